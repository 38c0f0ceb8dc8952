/* Repair. An overlay is the home's files with the copy's pieces before them; verification of the overlay is the proof of every piece. A
 * checkpoint that is put back shows more that is wrong, so it is done in rounds. */
#include "repair.h"

#include <stdio.h>
#include <stdlib.h>

#include "journal.h"
#include "limit.h"

#define ROUNDS 6u
#define NAME_BYTES 96

struct piece_of_copy {
	char name[NAME_BYTES];
	struct buf bytes;
	bool absent;    /* the copy has none, and needs none: it is set aside here */
	bool refused;   /* the copy's does not lead to the root either */
	uint64_t reach; /* of a journal: so many entries the ledger had with it, as far as it can be read */
};
struct repairing {
	const struct repair_request *request;
	struct storage overlay;
	struct piece_of_copy *pieces;
	size_t n, room, bytes;
	struct checkpoint copy; /* the copy's */
	size_t fresh;           /* pieces that the last look added */
	bool journal;           /* a journal that is not put back does not continue the checkpoint */
	bool whole;             /* a fault of the ledger as a whole was told */
	bool judging;           /* the last look: what is still named is refused */
	struct fault failed;    /* kind not OK: a limit, or the copy's disk */
	struct arena *arena;
};

static struct piece_of_copy *find(struct repairing *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->pieces[i].name, name) == 0) return &r->pieces[i];
	return NULL;
}

/* ---- the overlay ---- */
static enum err overlay_get(void *context, const char *name, size_t bytes_max, struct buf *out, struct fault *f)
{
	struct repairing *r = context;
	const struct piece_of_copy *p = find(r, name);
	const struct storage *home = r->request->home;
	if (p == NULL || (p->absent && p->refused)) return home->get(home->context, name, bytes_max, out, f);
	if (p->absent) return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: is not there", name);
	if (p->bytes.n > bytes_max) return fault_set(f, ERR_LIMIT, 0, 0, "%s: is too long", name);
	buf_add(out, buf_slice(&p->bytes));
	return OK;
}

static enum err overlay_list(void *context, const char *folder, storage_name *each, void *each_context, struct fault *f)
{
	struct repairing *r = context;
	return r->request->home->list(r->request->home->context, folder, each, each_context, f);
}

/* ---- the copy's pieces ---- */

/* The first `width` hashes or entries of a wider tile. */
static bool cut_tile(struct buf *b, const struct tile *t)
{
	slice rest = buf_slice(b), entry;
	if (!t->entries) {
		bool fine = b->n >= (size_t)t->width * DIGEST_BYTES;
		if (fine) b->n = (size_t)t->width * DIGEST_BYTES;
		return fine;
	}
	for (unsigned i = 0; i < t->width; i++)
		if (bundle_next(&rest, &entry, NULL) != OK) return false;
	b->n -= rest.n;
	return true;
}

/* The copy may have grown since, and have the tile wider. */
static enum err get_from_copy(struct repairing *r, const char *name, struct buf *out, struct fault *f)
{
	const struct storage *copy = r->request->copy;
	char wider[TILE_PATH_BYTES];
	struct tile t, w;
	enum err e = copy->get(copy->context, name, BUNDLE_BYTES_MAX, out, f);
	if (e != ERR_NOT_FOUND || tile_path_parse(slice_from(name), &t, NULL) != OK) return e;
	w = t;
	w.width = (uint16_t)tile_width(t.level, t.n, r->copy.head.size);
	if (w.width <= t.width || copy->get(copy->context, tile_path(&w, wider), BUNDLE_BYTES_MAX, out, f) != OK) return e;
	return cut_tile(out, &t) ? OK : fault_set(f, ERR_DAMAGED, 0, 0, "%s: too short", wider);
}

static bool is_journal(const char *name)
{
	return slice_starts(slice_from(name), SLICE(JOURNAL_FOLDER "/"));
}

/* How far the frames of a damaged journal went: heads that can still be read count, whatever became of the rest. */
static uint64_t reach_here(const struct repairing *r, const char *name)
{
	const struct storage *s = r->request->home;
	struct buf bytes = {0};
	struct journal_frame frame;
	uint64_t reach = 0;
	(void)!s->get(s->context, name, LEDGER_JOURNAL_BYTES_MAX, &bytes, NULL);
	for (size_t at = 0; journal_find(buf_slice(&bytes), &at, &frame);)
		if (frame.first + frame.count > reach) reach = frame.first + frame.count;
	buf_free(&bytes);
	return reach;
}

static void add_piece(struct repairing *r, const char *name)
{
	struct fault f = {0};
	if (r->n == REPAIR_FILES_MAX)
		r->failed.kind =
			fault_set(&r->failed, ERR_LIMIT, 0, 0, "REPAIR_FILES_MAX: more than %u files are damaged", REPAIR_FILES_MAX);
	if (r->failed.kind != OK) return;
	if (r->n == r->room) {
		r->room = r->room == 0 ? 16 : 2 * r->room;
		r->pieces = mem_resize(r->pieces, r->room * sizeof *r->pieces);
	}
	struct piece_of_copy *p = &r->pieces[r->n];
	*p = (struct piece_of_copy){0};
	snprintf(p->name, sizeof p->name, "%s", name);
	enum err e = get_from_copy(r, name, &p->bytes, &f);
	p->absent = e != OK;
	if (e != OK) buf_clear(&p->bytes);
	if (is_journal(name)) p->reach = reach_here(r, name);
	p->refused = e != OK && strcmp(name, LEDGER_COSIGNED) == 0; /* what witnesses saw is replaced, not removed */
	r->n++;
	r->fresh++;
	r->bytes += p->bytes.n;
	if (r->bytes > REPAIR_BYTES_MAX)
		(void)fault_set(&r->failed, ERR_LIMIT, 0, 0, "REPAIR_BYTES_MAX: the damaged files are too large together");
}

static void on_finding(void *context, const struct verify_finding *found)
{
	struct repairing *r = context;
	if (!found->fault) return;
	struct piece_of_copy *p = find(r, found->file);
	if (is_journal(found->file) && p == NULL) r->journal = true;
	if (*found->file == 0) r->whole = true;
	else if (p != NULL) p->refused = p->refused || r->judging;
	else if (found->piece && !r->judging) add_piece(r, found->file);
}

static enum err look(struct repairing *r, struct verify_answer *out, struct fault *f)
{
	struct verify_request q = {.storage = &r->overlay, .key = r->request->key, .tell = on_finding, .tell_context = r};
	if (r->judging && r->copy.head.size <= out->published.size) q.outside = &r->copy.head;
	r->whole = r->journal = false;
	r->fresh = 0;
	enum err e = ledger_verify(&q, r->arena, out, f);
	if (e == OK && r->failed.kind != OK) {
		*f = r->failed;
		e = r->failed.kind;
	}
	return e;
}

/* ---- judging the copy ---- */
static enum err read_copy(struct repairing *r, struct fault *f)
{
	struct buf bytes = {0};
	struct note note = {0};
	struct fault inner = {0};
	enum err e = ledger_read_checkpoint(r->request->copy, &bytes, &inner);
	if (e == OK) e = note_parse(arena_copy(r->arena, buf_slice(&bytes)), r->arena, &note, &inner);
	if (e == OK) e = checkpoint_parse(note.text, &r->copy, &inner);
	buf_free(&bytes);
	return e == OK ? OK : fault_set(f, e == ERR_NOT_FOUND ? e : ERR_DAMAGED, 0, 0, "the copy's checkpoint: %.200s", inner.text);
}

/* A damaged journal is put aside only when nothing that it had is lost: its entries are in tiles, or come with the copy's. */
static uint64_t journal_reach(const struct repairing *r)
{
	uint64_t reach = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->pieces[i].reach > reach) reach = r->pieces[i].reach;
	return reach;
}

/* The copy's checkpoint covers what a journal here had, and more: then the ledger goes on from there. */
static bool take_newer(struct repairing *r, const struct verify_answer *answer)
{
	uint64_t reach = journal_reach(r);
	if (reach <= answer->head.size || r->copy.head.size < reach || find(r, LEDGER_CHECKPOINT) != NULL) return false;
	add_piece(r, LEDGER_CHECKPOINT);
	return true;
}

static enum err check_journals(const struct repairing *r, const struct verify_answer *answer, struct fault *f)
{
	uint64_t reach = journal_reach(r);
	if (reach <= answer->head.size) return OK;
	return fault_set(f, ERR_DAMAGED, 0, 0,
		"a damaged journal here reaches to %llu entries, with the copy there are %llu: entries would be lost; take a newer copy",
		(unsigned long long)reach, (unsigned long long)answer->head.size);
}

/* The copy has grown further: its tree of our size must be ours. */
static enum err check_ahead(struct repairing *r, const struct tree_head *ours, struct fault *f)
{
	struct ledger_reader *reader = ledger_reader_new(r->request->copy);
	struct tile_cache *cache = tile_cache_new(ledger_tile_source(reader), 16);
	struct frontier frontier = {0};
	struct fault inner = {0};
	enum err e = ours->size > 0 ? proof_frontier(cache, ours->size, &frontier, &inner) : OK;
	digest root = frontier_root(&frontier);
	if (e != OK) e = fault_set(f, ERR_DAMAGED, 0, 0, "the copy: %.200s", inner.text);
	else if (!digest_equal(&root, &ours->root))
		e = fault_set(f, ERR_CHANGED, 0, 0, "the copy is of another history: its first %llu entries have another root than ours",
			(unsigned long long)ours->size);
	tile_cache_free(cache);
	ledger_reader_free(reader);
	return e;
}

/* A checkpoint of the copy's must cover everything that is here. */
static enum err check_checkpoint(struct repairing *r, const struct verify_answer *answer, struct fault *f)
{
	const struct piece_of_copy *p = find(r, LEDGER_CHECKPOINT);
	if (p == NULL) return OK;
	if (r->request->key.n == 0)
		return fault_set(f, ERR_USAGE, 0, 0,
			"the checkpoint cannot be relied on, so the files do not say for sure whose ledger this is: give its key, as kulla "
			"init "
			"printed it "
			"(--key)");
	if (p->absent || p->refused) return fault_set(f, ERR_DAMAGED, 0, 0, "the copy's checkpoint is none of this ledger");
	if (answer->beyond == 0 && !r->journal) return OK;
	return fault_set(f, ERR_DAMAGED, 0, 0,
		"the copy's checkpoint covers %llu entries, the files here reach further: with it entries would be lost; take a newer copy",
		(unsigned long long)answer->published.size);
}

static enum err judge(struct repairing *r, struct verify_answer *answer, struct fault *f)
{
	r->judging = true;
	enum err e = look(r, answer, f);
	if (e != OK) return e;
	if (answer->origin.n > 0 && !slice_equal(answer->origin, r->copy.origin))
		return fault_set(f, ERR_CHANGED, 0, 0, "the copy is of %.*s, this ledger is %.*s",
			SLICE_PRINTF(slice_sub(r->copy.origin, 0, 100)), SLICE_PRINTF(slice_sub(answer->origin, 0, 100)));
	if (answer->outside == VERIFY_CONFLICT)
		return fault_set(f, ERR_CHANGED, 0, 0, "the copy is of another history: it has another root of the first %llu entries",
			(unsigned long long)r->copy.head.size);
	if (r->whole || answer->origin.n == 0)
		return fault_set(f, ERR_DAMAGED, 0, 0, "with the copy's pieces too the ledger does not lead to its signed checkpoint");
	e = check_checkpoint(r, answer, f);
	if (e == OK) e = check_journals(r, answer, f);
	return e == OK && r->copy.head.size > answer->published.size ? check_ahead(r, &answer->published, f) : e;
}

/* ---- putting back ---- */
static enum err put_back(struct repairing *r, const struct piece_of_copy *p, const char *aside, struct fault *f)
{
	const struct storage *s = r->request->home;
	char kept[2 * NAME_BYTES];
	struct buf before = {0};
	enum err e = s->get(s->context, p->name, REPAIR_BYTES_MAX, &before, f);
	bool there = e == OK;
	slice old = buf_slice(&before);
	snprintf(kept, sizeof kept, "%s.damaged-%s", p->name, aside);
	if (e == ERR_NOT_FOUND) e = OK;
	if (e == OK && there) e = s->put(s->context, kept, old, f);
	if (e == OK && there) e = s->sync(s->context, f);
	if (e == OK && p->absent) e = s->drop(s->context, p->name, f);
	else if (e == OK) e = s->swap(s->context, p->name, there ? &old : NULL, buf_slice(&p->bytes), f);
	buf_free(&before);
	return e;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct piece_of_copy *)a)->name, ((const struct piece_of_copy *)b)->name);
}

/* "checkpoint" comes before every tile in the order of names, but is put back last. */
static enum err put_all_back(struct repairing *r, struct repair_answer *out, struct fault *f)
{
	char aside[INSTANT_TEXT_BYTES];
	enum err e = OK;
	instant_format(r->request->now, 0, aside);
	if (r->n > 0) qsort(r->pieces, r->n, sizeof *r->pieces, by_name);
	out->files = arena_array(r->arena, r->n + 1, sizeof *out->files);
	for (unsigned last = 0; last < 2; last++)
		for (size_t i = 0; i < r->n && e == OK; i++) {
			bool is_last = strcmp(r->pieces[i].name, LEDGER_CHECKPOINT) == 0;
			if (!r->pieces[i].refused && is_last == (last == 1)) e = put_back(r, &r->pieces[i], aside, f);
		}
	for (size_t i = 0; i < r->n; i++)
		if (!r->pieces[i].refused) out->files[out->files_n++] = (const char *)arena_copy(r->arena, slice_from(r->pieces[i].name)).p;
	if (e == OK) e = r->request->home->sync(r->request->home->context, f);
	return e;
}

static enum err repair(struct repairing *r, struct repair_answer *out, struct fault *f)
{
	struct verify_answer answer = {0};
	struct verify_request q = {
		.storage = r->request->home, .key = r->request->key, .tell = r->request->tell, .tell_context = r->request->tell_context};
	enum err e = read_copy(r, f);
	if (e == OK) e = ledger_verify(&q, r->arena, &answer, f);
	if (e != OK) return e;
	for (unsigned round = 0; e == OK && round < ROUNDS; round++) {
		e = look(r, &answer, f);
		if (e == OK && r->fresh == 0 && !take_newer(r, &answer)) break;
	}
	if (e == OK) e = judge(r, &answer, f);
	if (e != OK) return e;
	out->left = answer.faults;
	out->head = answer.published;
	return put_all_back(r, out, f);
}

enum err ledger_repair(const struct repair_request *request, struct arena *a, struct repair_answer *out, struct fault *f)
{
	struct fault unused;
	struct repairing r = {.request = request, .arena = a};
	struct repair_answer answer = {0};
	if (f == NULL) f = &unused;
	r.overlay = (struct storage){.context = &r, .get = overlay_get, .list = overlay_list};
	enum err e = repair(&r, &answer, f);
	for (size_t i = 0; i < r.n; i++) buf_free(&r.pieces[i].bytes);
	free(r.pieces);
	if (e == OK) *out = answer;
	return e;
}
