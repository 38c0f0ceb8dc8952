/* The ledger as its one writer has it.
 * Invariants: 1. What `append` answered is in a journal, synced, with the checkpoint that covers it. 2. The checkpoint file never covers
 * what is not in synced tiles. 3. A journal goes only when the checkpoint file covers all of it. 4. Memory is changed only after the
 * journal took the frame: an append that fails leaves the log as it was. 5. Full tiles are never changed; a tile beyond the checkpoint
 * file is that of a publication that was cut short, and is replaced: opening refuses one that reaches beyond the journals too. */
#include "log.h"

#include <assert.h>
#include <stdlib.h>

#include "limit.h"
#include "log_int.h"

/* ---- pieces ---- */
static struct piece *pieces_add(struct pieces *p)
{
	if (p->n == p->room) {
		p->room = p->room == 0 ? 64 : p->room * 2;
		p->p = mem_resize(p->p, p->room * sizeof *p->p);
	}
	memset(&p->p[p->n], 0, sizeof *p->p);
	return &p->p[p->n++];
}

/* Takes the bytes out of `from`, or copies them. */
static void pieces_put(struct pieces *p, struct tile tile, struct buf *from, bool take)
{
	struct piece *piece = pieces_add(p);
	piece->tile = tile;
	p->bytes += from->n;
	if (take) {
		piece->bytes = *from;
		*from = (struct buf){0};
	} else buf_add(&piece->bytes, buf_slice(from));
}

void pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++) buf_free(&p->p[i].bytes);
	free(p->p);
	*p = (struct pieces){0};
}

/* ---- growing ---- */
void log_grow(struct ledger_log *l, struct frontier *frontier, slice entry)
{
	digest tops[TREE_TILE_LEVELS], leaf = tree_leaf(entry);
	unsigned levels = frontier_add(frontier, &leaf, tops);
	buf_add(&l->tops, slice_of(tops, levels * sizeof *tops));
	buf_add_byte(&l->levels, (uint8_t)levels);
}

static void take_hash(struct ledger_log *l, unsigned level, const uint8_t *hash, uint64_t size)
{
	buf_add(&l->tiles[level], slice_of(hash, DIGEST_BYTES));
	if (l->tiles[level].n < TILE_BYTES) return;
	uint64_t n = tile_hashes(level, size) / TILE_WIDTH - 1;
	pieces_put(&l->full, (struct tile){.n = n, .width = TILE_WIDTH, .level = (uint8_t)level}, &l->tiles[level], true);
}

void log_take(struct ledger_log *l, const struct frontier *frontier, slice entries)
{
	uint64_t size = l->frontier.size;
	const uint8_t *hash = l->tops.p;
	slice entry;
	while (bundle_next(&entries, &entry, NULL) == OK) {
		if (bundle_add(&l->bundle, entry) != OK) abort(); /* it came out of a bundle */
		unsigned levels = l->levels.p[size - l->frontier.size];
		size++;
		for (unsigned level = 0; level < levels; level++, hash += DIGEST_BYTES) take_hash(l, level, hash, size);
		if (size % TILE_WIDTH == 0)
			pieces_put(&l->full, (struct tile){.n = size / TILE_WIDTH - 1, .width = TILE_WIDTH, .entries = true}, &l->bundle,
				true);
	}
	assert(size == frontier->size);
	l->frontier = *frontier;
	buf_clear(&l->tops);
	buf_clear(&l->levels);
}

/* ---- signing ---- */
static enum err sign(
	struct buf *out, const struct note_signer *signer, const struct note_signer *next, struct tree_head head, struct fault *f)
{
	struct checkpoint c = {.origin = signer->key.name, .head = head};
	struct buf text = {0};
	size_t start = out->n;
	checkpoint_put(&text, &c);
	enum err e = checkpoint_sign(out, &c, signer, f);
	if (e == OK && next != NULL) e = note_sign_line(out, buf_slice(&text), next, f);
	if (e != OK) out->n = start;
	buf_free(&text);
	return e;
}

enum err ledger_log_create(const struct storage *storage, const struct note_signer *signer, struct fault *f)
{
	struct buf note = {0};
	enum err e = sign(&note, signer, NULL, (struct tree_head){0, tree_empty_root()}, f);
	if (e == OK) e = storage->swap(storage->context, LEDGER_CHECKPOINT, NULL, buf_slice(&note), f);
	if (e == ERR_CHANGED) e = fault_set(f, ERR_EXISTS, 0, 0, "a ledger is there already");
	buf_free(&note);
	return e;
}

void ledger_log_free(struct ledger_log *l)
{
	if (l == NULL) return;
	struct buf *bufs[] = {&l->published_note, &l->note, &l->bundle, &l->frame, &l->tops, &l->levels};
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) buf_free(&l->tiles[level]);
	pieces_free(&l->full);
	free(l->journals);
	free(l->kept);
	request_table_free(l->requests);
	arena_free(l->scratch);
	free(l);
}

/* ---- appending ---- */
static enum err check_batch(const struct ledger_log *l, const struct ledger_batch *b, struct fault *f)
{
	size_t n = b->n;
	if (l->broken) return fault_set(f, ERR_DAMAGED, 0, 0, "the journal's end is unknown after a failed write: open the ledger again");
	if (n == 0 || n > LEDGER_APPEND_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "LEDGER_APPEND_MAX: %zu entries at once", n);
	if (l->full.bytes + l->bundle.n > LEDGER_PENDING_BYTES_MAX)
		return fault_set(f, ERR_DISK, 0, 0, "LEDGER_PENDING_BYTES_MAX: what is appended cannot be put into tiles");
	for (size_t i = 0; i < n; i++)
		if (b->entries[i].n > ENTRY_BYTES_MAX)
			return fault_set(f, ERR_LIMIT, 0, i, "ENTRY_BYTES_MAX: an entry of %zu bytes", b->entries[i].n);
	return OK;
}

static void open_journal(struct ledger_log *l)
{
	if (l->journal_open) return;
	l->journals = mem_resize(l->journals, (l->journals_n + 1) * sizeof *l->journals);
	l->journals[l->journals_n++] = (struct log_journal){.first = l->frontier.size};
	l->journal_open = true;
}

/* The frame of a batch; *frontier is the tree behind it, the note covers it. */
static enum err make_frame(struct ledger_log *l, const struct ledger_batch *b, struct frontier *frontier, struct buf *note, struct fault *f)
{
	buf_clear(&l->frame);
	buf_clear(&l->tops);
	buf_clear(&l->levels);
	journal_begin(&l->frame);
	for (size_t i = 0; i < b->n; i++) {
		log_grow(l, frontier, b->entries[i]);
		if (bundle_add(&l->frame, b->entries[i]) != OK) return ERR_LIMIT; /* cannot be: check_batch */
	}
	enum err e = sign(note, l->signer, l->next, frontier_head(frontier), f);
	struct journal_frame frame = {
		.first = l->frontier.size, .count = (uint32_t)b->n, .requests_n = (uint32_t)b->requests_n, .note = buf_slice(note)};
	if (e == OK) journal_end(&l->frame, 0, &frame, b->requests);
	return e;
}

static enum err write_frame(struct ledger_log *l, struct fault *f)
{
	char name[JOURNAL_NAME_BYTES];
	bool begun = l->journal_open;
	open_journal(l);
	struct log_journal *j = &l->journals[l->journals_n - 1];
	enum err e = l->storage->append(l->storage->context, journal_name(j->first, name), buf_slice(&l->frame), f);
	if (e == OK) j->bytes += l->frame.n;
	else if (!begun) { /* an empty journal of that name may be left: it is opened again by the next append */ l->journals_n--;
		l->journal_open = false;
	}
	l->broken = e == ERR_DAMAGED;
	return e;
}

enum err ledger_log_append_batch(struct ledger_log *l, const struct ledger_batch *b, uint64_t *first, struct fault *f)
{
	struct frontier frontier = l->frontier;
	struct buf note = {0};
	enum err e = check_batch(l, b, f);
	if (e == OK) e = make_frame(l, b, &frontier, &note, f);
	if (e == OK) e = write_frame(l, f);
	if (e != OK) {
		buf_free(&note);
		return e;
	}
	*first = l->frontier.size;
	for (size_t i = 0; i < b->requests_n; i++) request_table_add(l->requests, &b->requests[i].id, *first + b->requests[i].at);
	size_t bytes = l->frame.n - JOURNAL_HEAD_BYTES - b->requests_n * JOURNAL_REQUEST_BYTES - note.n;
	log_take(l, &frontier, slice_of(l->frame.p + JOURNAL_HEAD_BYTES, bytes));
	buf_free(&l->note);
	l->note = note;
	return OK;
}

enum err ledger_log_append(struct ledger_log *l, const slice *entries, size_t n, uint64_t *first, struct fault *f)
{
	return ledger_log_append_batch(l, &(struct ledger_batch){.entries = entries, .n = n}, first, f);
}

bool ledger_log_find_request(const struct ledger_log *l, const struct request_id *id, uint64_t *first)
{
	return request_table_find(l->requests, id, first);
}

uint64_t ledger_log_requests_since(const struct ledger_log *l)
{
	return request_table_since(l->requests);
}

struct tree_head ledger_log_head(const struct ledger_log *l)
{
	return frontier_head(&l->frontier);
}

slice ledger_log_note(const struct ledger_log *l)
{
	return buf_slice(&l->note);
}

size_t ledger_log_pending(const struct ledger_log *l)
{
	return l->frontier.size == l->published ? 0 : 1 + l->full.bytes + l->bundle.n; /* also while it is on its way into tiles */
}

void ledger_log_sign_with(struct ledger_log *l, const struct note_signer *signer, const struct note_signer *next)
{
	l->signer = signer;
	l->next = next;
}
