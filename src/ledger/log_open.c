/* Opening and recovery.
 * The checkpoint file is verified, the tiles' right edge must have its root. Behind it the journals are read in order: each frame's entries
 * must lead to the tree that its own signed checkpoint states. What a crash cut short behind the last whole frame is dropped, and told;
 * anything else that does not hold is damage: it is named, and nothing is changed. */
#include <stdlib.h>

#include "limit.h"
#include "log_int.h"

#define CACHE_TILES 16u

struct opening {
	struct ledger_log *l;
	struct note_keys keys;
	struct note_key known[2];
	struct ledger_recovery told;
	uint64_t *journals;
	size_t journals_n, journals_room;
};

static enum err open_note(struct opening *o, slice bytes, const char *name, struct checkpoint *c, struct fault *f)
{
	struct note note;
	struct fault inner = {0};
	arena_reset(o->l->scratch);
	enum err e = checkpoint_open(bytes, o->keys, o->l->scratch, &note, c, &inner);
	if (e != OK) return fault_set(f, ERR_DAMAGED, inner.line, 0, "%s: %s", name, inner.text);
	if (!slice_equal(c->origin, o->l->signer->key.name))
		return fault_set(f, ERR_DAMAGED, 0, 0, "%s: is of \"%.*s\", not of this ledger", name,
			(int)(c->origin.n < 80 ? c->origin.n : 80), (const char *)c->origin.p);
	o->told.by_next = false;
	for (unsigned i = 0; i < note.n && o->keys.n > 1; i++)
		if (note.signatures[i].key == &o->known[1]) o->told.by_next = true;
	return OK;
}

static enum err load_tiles(struct ledger_log *l, struct ledger_reader *r, uint64_t size, struct fault *f)
{
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) {
		uint64_t hashes = tile_hashes(level, size);
		struct tile t = {.n = hashes / TILE_WIDTH, .width = (uint16_t)(hashes % TILE_WIDTH), .level = (uint8_t)level};
		slice bytes;
		if (t.width == 0) continue;
		enum err e = ledger_read_tile(r, &t, &bytes, f);
		if (e != OK) return e == ERR_NOT_FOUND ? fault_set(f, ERR_DAMAGED, 0, 0, "%.*s", 200, f->text) : e;
		buf_add(&l->tiles[level], slice_sub(bytes, 0, (size_t)t.width * DIGEST_BYTES));
	}
	return OK;
}

static enum err load_bundle(struct ledger_log *l, struct ledger_reader *r, uint64_t size, struct fault *f)
{
	char path[TILE_PATH_BYTES];
	unsigned width = (unsigned)(size % TILE_WIDTH);
	struct tile t = {.n = size / TILE_WIDTH, .width = (uint16_t)width, .entries = true};
	slice entry;
	for (unsigned i = 0; i < width; i++) {
		enum err e = ledger_read_entry(r, size - width + i, size, &entry, f);
		if (e != OK) return e == ERR_NOT_FOUND ? fault_set(f, ERR_DAMAGED, 0, 0, "%.*s", 200, f->text) : e;
		digest leaf = tree_leaf(entry);
		if (memcmp(leaf.b, l->tiles[0].p + (size_t)i * DIGEST_BYTES, DIGEST_BYTES) != 0)
			return fault_set(f, ERR_DAMAGED, 0, l->bundle.n,
				"%s: offset %zu: the entry is not the one whose hash is in the tree", tile_path(&t, path), l->bundle.n);
		e = bundle_add(&l->bundle, entry);
		if (e != OK) return e;
	}
	return OK;
}

static enum err load_edge(struct ledger_log *l, const struct tree_head *head, struct fault *f)
{
	struct ledger_reader *r = ledger_reader_new(l->storage);
	struct tile_cache *cache = tile_cache_new(ledger_tile_source(r), CACHE_TILES);
	struct fault inner = {0};
	enum err e = head->size > 0 ? proof_frontier(cache, head->size, &l->frontier, &inner) : OK;
	digest root = frontier_root(&l->frontier);
	if (e == ERR_NOT_FOUND) e = ERR_DAMAGED;
	if (e != OK) (void)fault_set(f, e, 0, 0, "%s", inner.text);
	else if (!digest_equal(&root, &head->root))
		e = fault_set(f, ERR_DAMAGED, 0, 0,
			"tile: the tiles at the right edge do not have the root that the checkpoint states: `kulla verify` finds which");
	if (e == OK) e = load_tiles(l, r, head->size, f);
	if (e == OK) e = load_bundle(l, r, head->size, f);
	tile_cache_free(cache);
	ledger_reader_free(r);
	return e;
}

/* ---- journals ---- */
static enum err note_journal(void *context, slice name)
{
	struct opening *o = context;
	uint64_t first;
	if (!journal_name_read(name, &first)) return OK;
	if (o->journals_n == o->journals_room) {
		o->journals_room = o->journals_room == 0 ? 16 : o->journals_room * 2;
		o->journals = mem_resize(o->journals, o->journals_room * sizeof *o->journals);
	}
	o->journals[o->journals_n++] = first;
	return OK;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

static enum err take_frame(struct opening *o, const struct journal_frame *frame, const char *name, uint64_t offset, struct fault *f)
{
	struct ledger_log *l = o->l;
	struct frontier frontier = l->frontier;
	struct checkpoint c;
	slice rest = frame->entries, entry;
	uint32_t count = 0;
	if (frame->first + frame->count <= l->frontier.size) return OK; /* is in tiles */
	if (frame->first != l->frontier.size)
		return fault_set(f, ERR_DAMAGED, 0, offset, "%s: offset %llu: begins with entry %llu where %llu is next", name,
			(unsigned long long)offset, (unsigned long long)frame->first, (unsigned long long)l->frontier.size);
	buf_clear(&l->tops);
	buf_clear(&l->levels);
	for (; bundle_next(&rest, &entry, NULL) == OK; count++) log_grow(l, &frontier, entry);
	enum err e = open_note(o, frame->note, name, &c, f);
	if (e != OK) return e;
	digest root = frontier_root(&frontier);
	if (rest.n > 0 || count != frame->count || c.head.size != frontier.size || !digest_equal(&c.head.root, &root))
		return fault_set(f, ERR_DAMAGED, 0, offset, "%s: offset %llu: the entries are not those that its checkpoint covers", name,
			(unsigned long long)offset);
	log_take(l, &frontier, frame->entries);
	buf_clear(&l->note);
	buf_add(&l->note, frame->note);
	o->told.recovered += count;
	return OK;
}

static enum err read_journal(struct opening *o, uint64_t first, bool last, struct fault *f)
{
	char name[JOURNAL_NAME_BYTES];
	struct buf bytes = {0};
	struct journal_frame frame;
	struct fault inner = {0};
	const struct storage *s = o->l->storage;
	enum err e = s->get(s->context, journal_name(first, name), LEDGER_JOURNAL_BYTES_MAX, &bytes, f);
	slice rest = buf_slice(&bytes);
	while (e == OK) {
		uint64_t offset = bytes.n - rest.n;
		enum err found = journal_next(&rest, &frame, &inner);
		if (found == ERR_NOT_FOUND) break;
		if (found == OK) e = take_frame(o, &frame, name, offset, f);
		else if (found == ERR_CHANGED && last && !journal_frame_behind(rest)) {
			o->told.dropped_bytes += rest.n;
			break;
		} else e = fault_set(f, ERR_DAMAGED, 0, offset, "%s: offset %llu: %s", name, (unsigned long long)offset, inner.text);
	}
	buf_free(&bytes);
	return e;
}

static enum err read_journals(struct opening *o, struct fault *f)
{
	const struct storage *s = o->l->storage;
	enum err e = s->list(s->context, JOURNAL_FOLDER, note_journal, o, f);
	if (o->journals_n > 0) qsort(o->journals, o->journals_n, sizeof *o->journals, by_number);
	for (size_t i = 0; e == OK && i < o->journals_n; i++) e = read_journal(o, o->journals[i], i + 1 == o->journals_n, f);
	return e;
}

/* All of it goes into tiles; then no journal is needed. */
static enum err clear_journals(struct opening *o, struct fault *f)
{
	const struct storage *s = o->l->storage;
	enum err e = ledger_log_publish_now(o->l, f);
	for (size_t i = 0; e == OK && i < o->journals_n; i++) {
		char name[JOURNAL_NAME_BYTES];
		e = s->drop(s->context, journal_name(o->journals[i], name), f);
	}
	if (e == OK && o->journals_n > 0) e = s->sync(s->context, f);
	return e;
}

static enum err open_all(struct opening *o, struct fault *f)
{
	struct ledger_log *l = o->l;
	struct checkpoint c;
	enum err e = ledger_read_checkpoint(l->storage, &l->published_note, f);
	if (e == OK) e = open_note(o, buf_slice(&l->published_note), LEDGER_CHECKPOINT, &c, f);
	if (e != OK) return e;
	struct tree_head head = c.head; /* the arena is used again below */
	buf_add(&l->note, buf_slice(&l->published_note));
	l->published = o->told.published = head.size;
	e = load_edge(l, &head, f);
	if (e == OK) e = read_journals(o, f);
	return e == OK ? clear_journals(o, f) : e;
}

enum err ledger_log_open(const struct storage *storage, const struct note_signer *signer, const struct note_signer *next,
	struct ledger_log **out, struct ledger_recovery *recovery, struct fault *f)
{
	struct fault unused;
	struct ledger_log *l = mem_alloc(sizeof *l);
	struct opening o = {.l = l};
	if (f == NULL) f = &unused;
	l->storage = storage;
	l->signer = signer;
	l->next = next;
	l->scratch = arena_new(0);
	l->note.max = l->published_note.max = NOTE_BYTES_MAX;
	o.known[0] = signer->key;
	if (next != NULL) o.known[1] = next->key;
	o.keys = (struct note_keys){o.known, next != NULL ? 2 : 1};
	enum err e = open_all(&o, f);
	free(o.journals);
	if (e != OK) {
		ledger_log_free(l);
		return e;
	}
	*recovery = o.told;
	*out = l;
	return OK;
}
