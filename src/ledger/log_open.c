/* Opening and recovery.
 * The checkpoint file is verified, the tiles' right edge must have its root. Behind it the journals are read in order: each frame's entries
 * must lead to the tree that its own signed checkpoint states. What a crash cut short behind the last whole frame is dropped, and told;
 * anything else that does not hold is damage: it is named, and nothing is changed. */
#include <stdio.h>
#include <stdlib.h>

#include "limit.h"
#include "log_int.h"
#include "text.h"

#define CACHE_TILES 16u

struct opening {
	struct ledger_log *l;
	struct note_keys keys;
	struct note_key known[2];
	struct ledger_recovery told;
	struct log_journal *journals; /* bytes: of whole frames */
	size_t journals_n, journals_room;
	bool torn;              /* the last of them ends in what was never answered */
	uint64_t requests_next; /* the frame whose requests come next; UINT64_MAX: any */
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
	o->journals[o->journals_n++] = (struct log_journal){.first = first};
	return OK;
}

static int by_number(const void *a, const void *b)
{
	const struct log_journal *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Which requests were answered, or would have been: without a gap, else what came before it is forgotten. */
static void take_requests(struct opening *o, const struct journal_frame *frame)
{
	if (frame->first != o->requests_next) request_table_begin(o->l->requests, frame->first);
	o->requests_next = frame->first + frame->count;
	for (uint32_t i = 0; i < frame->requests_n; i++) {
		struct journal_request r = journal_request_at(frame, i);
		request_table_add(o->l->requests, &r.id, frame->first + r.at);
	}
}

static enum err take_frame(struct opening *o, const struct journal_frame *frame, const char *name, uint64_t offset, struct fault *f)
{
	struct ledger_log *l = o->l;
	struct frontier frontier = l->frontier;
	struct checkpoint c;
	slice rest = frame->entries, entry;
	uint32_t count = 0;
	if (frame->first + frame->count <= l->frontier.size) { /* is in tiles */
		take_requests(o, frame);
		return OK;
	}
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
	take_requests(o, frame);
	o->told.recovered += count;
	return OK;
}

static enum err read_journal(struct opening *o, struct log_journal *j, bool last, struct fault *f)
{
	char name[JOURNAL_NAME_BYTES];
	struct buf bytes = {0};
	struct journal_frame frame;
	struct fault inner = {0};
	const struct storage *s = o->l->storage;
	enum err e = s->get(s->context, journal_name(j->first, name), LEDGER_JOURNAL_BYTES_MAX, &bytes, f);
	slice file = buf_slice(&bytes);
	uint64_t next = j->first;
	for (size_t at = 0; e == OK; j->bytes = at) {
		enum err found = journal_next(file, &at, &frame, &inner);
		if (found == ERR_NOT_FOUND) break;
		if (found == OK) {
			next = frame.first + frame.count;
			e = take_frame(o, &frame, name, j->bytes, f);
		} else if (last && journal_torn(file, at, next, o->l->frontier.size)) {
			o->told.dropped_bytes += file.n - at;
			o->torn = true;
			break;
		} else e = fault_set(f, ERR_DAMAGED, 0, at, "%s: offset %llu: %s", name, (unsigned long long)at, inner.text);
	}
	buf_free(&bytes);
	return e;
}

static enum err read_journals(struct opening *o, struct fault *f)
{
	const struct storage *s = o->l->storage;
	o->requests_next = UINT64_MAX;
	enum err e = s->list(s->context, JOURNAL_FOLDER, note_journal, o, f);
	if (o->journals_n > 0) qsort(o->journals, o->journals_n, sizeof *o->journals, by_number);
	for (size_t i = 0; e == OK && i < o->journals_n; i++) e = read_journal(o, &o->journals[i], i + 1 == o->journals_n, f);
	if (e == OK && o->requests_next == UINT64_MAX) request_table_begin(o->l->requests, o->l->frontier.size);
	return e;
}

/* A journal in which an append was cut short must not be followed by another: it is cut to its whole frames. */
static enum err cut_torn(const struct opening *o, struct fault *f)
{
	char name[JOURNAL_NAME_BYTES];
	const struct log_journal *j = &o->journals[o->journals_n - 1];
	const struct storage *s = o->l->storage;
	struct buf bytes = {0};
	enum err e = s->get(s->context, journal_name(j->first, name), LEDGER_JOURNAL_BYTES_MAX, &bytes, f);
	slice before = buf_slice(&bytes);
	if (e == OK) e = s->swap(s->context, name, &before, slice_sub(before, 0, j->bytes), f);
	buf_free(&bytes);
	return e;
}

/* All of it goes into tiles; the journals' requests stay known. */
static enum err settle_journals(struct opening *o, struct fault *f)
{
	struct ledger_log *l = o->l;
	const struct storage *s = l->storage;
	enum err e = ledger_log_publish_now(l, f);
	if (e == OK && o->torn) e = cut_torn(o, f);
	bool dropped = false;
	l->kept = mem_resize(l->kept, (o->journals_n + 1) * sizeof *l->kept);
	for (size_t i = 0; e == OK && i < o->journals_n; i++) {
		char name[JOURNAL_NAME_BYTES];
		if (o->journals[i].bytes > 0) {
			l->kept[l->kept_n++] = o->journals[i];
			continue;
		}
		e = s->drop(s->context, journal_name(o->journals[i].first, name), f);
		dropped = true;
	}
	if (e == OK && dropped) e = s->sync(s->context, f);
	return e;
}

/* ---- a checkpoint that is too old ---- */
struct wider {
	unsigned than, found;
};

static enum err note_wider(void *context, slice name)
{
	struct wider *w = context;
	uint64_t width;
	if (text_get_decimal(name, &width) && width > w->than && width < TILE_WIDTH) w->found = (unsigned)width;
	return OK;
}

static enum err look_beyond(
	const struct storage *s, const struct tile *full, unsigned width, char name[TILE_PATH_BYTES], bool *beyond, struct fault *f)
{
	struct buf bytes = {0};
	struct wider w = {.than = width};
	char folder[TILE_PATH_BYTES + 3];
	enum err e = s->get(s->context, tile_path(full, name), 0, &bytes, f); /* there: it is longer than that */
	buf_free(&bytes);
	*beyond = e == OK || e == ERR_LIMIT;
	if (*beyond || e != ERR_NOT_FOUND) return *beyond ? OK : e;
	snprintf(folder, sizeof folder, "%s.p", name);
	e = s->list(s->context, folder, note_wider, &w, f);
	*beyond = w.found > 0;
	if (*beyond) {
		struct tile part = *full;
		part.width = (uint16_t)w.found;
		tile_path(&part, name);
	}
	return e;
}

/* The tile at the right edge is the one that every later publication has widened. */
enum err log_find_beyond(const struct storage *s, uint64_t size, char name[TILE_PATH_BYTES], bool *beyond, struct fault *f)
{
	struct tile t = {.n = size / TILE_WIDTH, .width = TILE_WIDTH};
	unsigned width = (unsigned)(size % TILE_WIDTH);
	enum err e = look_beyond(s, &t, width, name, beyond, f);
	if (e != OK || *beyond) return e;
	t.entries = true;
	return look_beyond(s, &t, width, name, beyond, f);
}

/* What a publication writes was in a journal before, and stays there until the checkpoint covers it. So tiles that reach further than
 * checkpoint and journals say that a newer checkpoint was here: whoever appended would make a second history. */
static enum err check_beyond(const struct ledger_log *l, struct fault *f)
{
	char name[TILE_PATH_BYTES];
	bool beyond = false;
	enum err e = log_find_beyond(l->storage, l->frontier.size, name, &beyond, f);
	if (e != OK || !beyond) return e;
	return fault_set(f, ERR_DAMAGED, 0, 0,
		LEDGER_CHECKPOINT
		": with the journals it covers %llu entries, but %s reaches further: an older checkpoint took the place of a "
		"newer one; nothing can be appended before `kulla ledger repair --from` a newer copy",
		(unsigned long long)l->frontier.size, name);
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
	if (e == OK) e = check_beyond(l, f);
	return e == OK ? settle_journals(o, f) : e;
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
	l->requests = request_table_new();
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
