/* The order of verification, and its answer.
 *   1. cosigned, checkpoint and journals as they were at one moment    4. who signed: the key that counts at the checkpoint's size
 *   2. whose checkpoint: the keys that this ledger may have            5. journals, witnesses, the outside head
 *   3. the tree from its right edge down, and the entries              6. blobs, what else lies there
 * Before 3 the keys are candidates only: they tell a changed checkpoint from changed tiles. 4 follows the entries. */
#include "verify_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "limit.h"

#define SNAPSHOT_TRIES 20u
static const slice OUTSIDE_TEXTS[] = {[VERIFY_SAME] = SLICE("same"),
	[VERIFY_CONSISTENT] = SLICE("consistent"),
	[VERIFY_AHEAD] = SLICE("ahead"),
	[VERIFY_CONFLICT] = SLICE("conflict"),
	[VERIFY_UNPROVEN] = SLICE("unproven")};

const char *verify_outside_text(enum verify_outside o)
{
	return (const char *)OUTSIDE_TEXTS[o].p;
}

/* ---- telling ---- */
static void tell(struct verifying *v, struct verify_finding found, const char *format, va_list arguments)
{
	char text[FAULT_TEXT_BYTES + 64];
	uint64_t *n = found.fault ? &v->answer->faults : &v->answer->notes;
	if ((*n)++ >= LEDGER_FINDINGS_MAX) return;
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is lost on the analyzer when it is given several files */
	(void)vsnprintf(text, sizeof text, format, arguments);
	found.text = text;
	if (v->request->tell != NULL) v->request->tell(v->request->tell_context, &found);
}

void verify_fault(struct verifying *v, struct verify_place at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(v, (struct verify_finding){.fault = true, .file = at.file, .entry = at.entry, .offset = at.offset}, format, arguments);
	va_end(arguments);
}

void verify_note(struct verifying *v, struct verify_place at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(v, (struct verify_finding){.file = at.file, .entry = at.entry, .offset = at.offset}, format, arguments);
	va_end(arguments);
}

void verify_piece(struct verifying *v, struct verify_place at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(v, (struct verify_finding){.fault = true, .piece = true, .file = at.file, .entry = at.entry, .offset = at.offset}, format,
		arguments);
	va_end(arguments);
}

bool verify_stops(struct verifying *v, enum err e, const struct fault *f)
{
	if (e == ERR_ACCESS && v->stop.kind == OK) v->stop = *f;
	return v->stop.kind != OK;
}

/* ---- the files at one moment ---- */
static void forget_journals(struct verifying *v)
{
	for (size_t i = 0; i < v->journals_n; i++) buf_free(&v->journals[i].bytes);
	v->journals_n = 0;
}

static enum err read_small(struct verifying *v, const char *name, struct buf *out, bool *there, struct fault *f)
{
	buf_clear(out);
	enum err e = v->storage->get(v->storage->context, name, NOTE_BYTES_MAX, out, f);
	*there = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Until the checkpoint is the same before and behind the journals. checkpoint: out, whether there is one. */
static enum err read_moment(struct verifying *v, bool *checkpoint, struct fault *f)
{
	struct buf again = {0};
	bool same = false, there = false;
	enum err e = OK;
	for (unsigned i = 0; e == OK && !same && i < SNAPSHOT_TRIES; i++) {
		forget_journals(v);
		e = read_small(v, LEDGER_COSIGNED, &v->cosigned, &v->cosigned_there, f);
		if (e == OK) e = read_small(v, LEDGER_CHECKPOINT, &v->note, checkpoint, f);
		if (e == OK) e = verify_journals_read(v, f);
		if (e == OK) e = read_small(v, LEDGER_CHECKPOINT, &again, &there, f);
		same = *checkpoint == there && slice_equal(buf_slice(&v->note), buf_slice(&again));
	}
	if (e == OK && !same) {
		verify_note(v, AT_FILE(JOURNAL_FOLDER), "not looked at: a keeper publishes all the time");
		forget_journals(v);
	}
	buf_free(&again);
	return e;
}

/* ---- whose checkpoint ---- */
struct candidates {
	struct note_key *keys;
	unsigned n, room;
};

static void add_candidate(struct verifying *v, struct candidates *c, const struct entry *e, const char *field)
{
	slice vkey;
	struct note_key key;
	if (!entry_field_text(e, field, &vkey) || note_key_parse(arena_copy(v->arena, vkey), v->arena, &key, NULL) != OK) return;
	if (c->n == c->room) {
		c->room = c->room == 0 ? 8 : 2 * c->room;
		c->keys = mem_resize(c->keys, c->room * sizeof *c->keys);
	}
	c->keys[c->n++] = key;
}

/* Keys that the entries of one bundle name, without judging them. */
static void candidates_in(struct verifying *v, struct candidates *c, uint64_t n, unsigned width)
{
	slice entries[TILE_WIDTH];
	struct entry e;
	struct fault f = {0};
	if (verify_bundle(v, n, width, entries, &f) != OK) return;
	for (unsigned i = 0; i < width; i++) {
		bool first = n == 0 && i == 0;
		if (!first && slice_find(entries[i], SLICE("\"kind\":\"key\"")) == entries[i].n) continue;
		if (entry_parse(entries[i], &e, NULL) == OK) add_candidate(v, c, &e, first ? "vkey" : "new");
	}
}

static bool opens(struct verifying *v, slice note, const struct candidates *c)
{
	struct checkpoint unused;
	struct arena_mark mark = arena_mark(v->arena);
	bool fine = checkpoint_open(note, (struct note_keys){c->keys, c->n}, v->arena, NULL, &unused, NULL) == OK;
	arena_release(v->arena, mark);
	return fine;
}

/* Whether one of the keys that this ledger may have signed it; *any: whether one is known. All entries are looked through only when the
 * first one's key did not sign. */
static bool candidates_sign(struct verifying *v, slice note, uint64_t size, bool *any)
{
	struct candidates c = {0};
	if (size > 0) candidates_in(v, &c, 0, tile_width(0, 0, size));
	*any = c.n > 0 || v->given.name.n > 0;
	if (v->given.name.n > 0) {
		c.keys = mem_resize(c.keys, (c.n + 1) * sizeof *c.keys);
		c.room = c.n + 1;
		c.keys[c.n++] = v->given;
	}
	bool fine = opens(v, note, &c);
	for (uint64_t n = 0; !fine && v->stop.kind == OK && n * TILE_WIDTH < size; n++) {
		unsigned before = c.n;
		candidates_in(v, &c, n, tile_width(0, n, size));
		if (c.n > before) fine = opens(v, note, &c);
	}
	free(c.keys);
	return fine;
}

/* ---- which checkpoint judges the tiles ---- */
static bool read_head(struct verifying *v, slice bytes, struct checkpoint *c, struct fault *f)
{
	struct note note;
	return note_parse(bytes, v->arena, &note, f) == OK && checkpoint_parse(note.text, c, f) == OK;
}

static void take_head(struct verifying *v, const struct checkpoint *c)
{
	v->head = c->head;
	v->answer->origin = c->origin;
}

/* The checkpoint is no use: the cosigned one may still judge the older part. */
static bool fall_back(struct verifying *v, struct verify_edge *edge)
{
	struct checkpoint c;
	bool any;
	slice bytes = arena_copy(v->arena, buf_slice(&v->cosigned));
	if (!v->cosigned_there || !read_head(v, bytes, &c, NULL) || !candidates_sign(v, bytes, c.head.size, &any)) {
		verify_note(v, AT_FILE(""), "tiles and entries were not looked at: without a checkpoint nobody says what they must be");
		return false;
	}
	verify_note(v, AT_FILE(""), "only the %llu entries under the cosigned checkpoint were looked at", (unsigned long long)c.head.size);
	take_head(v, &c);
	v->signed_by_candidate = v->judged_by_cosigned = true;
	verify_edge_settle(v, edge);
	return true;
}

/* False: nothing can be judged. */
static bool settle_head(struct verifying *v, bool there, struct verify_edge *edge)
{
	struct fault f = {0};
	struct checkpoint c;
	bool any;
	slice bytes = arena_copy(v->arena, buf_slice(&v->note));
	if (!there || !read_head(v, bytes, &c, &f)) {
		verify_piece(v, AT_FILE(LEDGER_CHECKPOINT), "%s", there ? f.text : "it is missing");
		return fall_back(v, edge);
	}
	take_head(v, &c);
	v->signed_by_candidate = candidates_sign(v, bytes, c.head.size, &any);
	if (v->stop.kind != OK) return false;
	verify_edge_settle(v, edge);
	if (edge->leads || v->signed_by_candidate) return true;
	verify_piece(v, AT_FILE(LEDGER_CHECKPOINT), "%s",
		any ? "no key of this ledger signed it, and the tiles do not have its root"
		    : "the tiles do not have its root, and whose ledger this is cannot be read either");
	return fall_back(v, edge);
}

/* ---- who signed it ---- */
static bool is_signed_by(const struct note *note, const struct note_key *key)
{
	for (unsigned i = 0; i < note->n; i++)
		if (note->signatures[i].key != NULL && note->signatures[i].key->algorithm == NOTE_ED25519 &&
			memcmp(note->signatures[i].key->public_key, key->public_key, ED25519_PUBLIC_BYTES) == 0)
			return true;
	return false;
}

static void judge_signature(struct verifying *v)
{
	struct fault f = {0};
	struct note note;
	struct checkpoint c;
	struct verify_place at = AT_FILE(LEDGER_CHECKPOINT);
	const struct verify_key *key = verify_key_at(v, v->head.size);
	if (v->judged_by_cosigned) return;
	if (key == NULL) {
		verify_note(v, at, "its signature cannot be judged: whose ledger this is is not known");
		return;
	}
	slice bytes = arena_copy(v->arena, buf_slice(&v->note));
	if (checkpoint_open(bytes, verify_keys(v, false), v->arena, &note, &c, &f) != OK) verify_piece(v, at, "%s", f.text);
	else if (!is_signed_by(&note, &key->key))
		verify_fault(v, at, "it is not signed by the key that counts at its size, %.*s", SLICE_PRINTF(key->vkey));
}

static void judge_given_key(struct verifying *v)
{
	if (v->given.name.n == 0 || v->keys_n == 0) return;
	for (unsigned i = 0; i < v->keys_n; i++)
		if (slice_equal(v->keys[i].vkey, v->request->key)) v->answer->key_given = true;
	if (!v->answer->key_given)
		verify_fault(v, AT_FILE(""), "the key that was given is none of this ledger's: it began with %.*s",
			SLICE_PRINTF(v->keys[0].vkey));
}

/* ---- the outside head ---- */
static void judge_outside(struct verifying *v)
{
	const struct verify_mark *mark = &v->marks[MARK_OUTSIDE];
	struct verify_answer *a = v->answer;
	if (!mark->asked) return;
	unsigned long long size = mark->stated.size, here = a->head.size;
	if (mark->stated.size > a->head.size) {
		a->outside = VERIFY_AHEAD;
		verify_fault(v, AT_FILE(""), "the head known from outside has %llu entries, %llu are here: the ledger was rolled back",
			size, here);
	} else if (!mark->found) a->outside = VERIFY_UNPROVEN;
	else if (!digest_equal(&mark->root, &mark->stated.root)) {
		a->outside = VERIFY_CONFLICT;
		verify_fault(v, AT_FILE(""),
			"the head known from outside has another root of the first %llu entries: the ledger has two histories", size);
	} else a->outside = mark->stated.size == a->head.size ? VERIFY_SAME : VERIFY_CONSISTENT;
	if (a->outside == VERIFY_UNPROVEN)
		verify_fault(v, AT_FILE(""), "the head known from outside cannot be compared: the tree at its size is not known");
}

static void ask_marks(struct verifying *v)
{
	struct checkpoint c;
	struct verify_mark *outside = &v->marks[MARK_OUTSIDE], *cosigned = &v->marks[MARK_COSIGNED];
	if (v->request->outside != NULL) *outside = (struct verify_mark){.stated = *v->request->outside, .asked = true};
	if (v->cosigned_there && read_head(v, arena_copy(v->arena, buf_slice(&v->cosigned)), &c, NULL))
		*cosigned = (struct verify_mark){.stated = c.head, .asked = true};
	for (unsigned m = 0; m < VERIFY_MARKS; m++) {
		if (v->marks[m].stated.size > 0) continue;
		v->marks[m].root = tree_empty_root();
		v->marks[m].found = true;
	}
}

/* ---- all of it ---- */
static void judge_all(struct verifying *v, bool there)
{
	struct verify_edge edge;
	struct verify_answer *a = v->answer;
	if (!settle_head(v, there, &edge)) return;
	a->published = a->head = v->head;
	ask_marks(v);
	verify_edge_tell(v, &edge);
	verify_walk(v);
	if (v->head.size > 0 && !v->genesis && a->faults == 0) verify_fault(v, AT_FILE(""), "whose ledger this is is not known");
	verify_journals_judge(v);
	judge_signature(v);
	judge_given_key(v);
	verify_cosigned_judge(v);
	judge_outside(v);
	verify_doubts(v);
	verify_blobs_end(v);
	verify_strays(v);
	if (v->keys_n > 0) a->key = v->keys[v->keys_n - 1].vkey;
}

static enum err note_tile(void *context, slice name)
{
	(void)name;
	*(bool *)context = true;
	return ERR_STOPPED;
}

static enum err look(struct verifying *v, struct fault *f)
{
	bool there = false, tiles = false;
	enum err e = read_moment(v, &there, f);
	if (e == OK && !there && !v->cosigned_there) {
		e = v->storage->list(v->storage->context, "tile", note_tile, &tiles, f);
		if (!tiles) return e != OK ? e : fault_set(f, ERR_NOT_FOUND, 0, 0, "no ledger is there: neither a checkpoint nor tiles");
		e = OK;
	}
	if (e != OK) return e;
	judge_all(v, there);
	if (v->stop.kind == OK) return OK;
	if (f != NULL) *f = v->stop;
	return v->stop.kind;
}

static void clean(struct verifying *v)
{
	forget_journals(v);
	free(v->journals);
	struct buf *bufs[] = {&v->note, &v->cosigned, &v->bytes, &v->below};
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
	free(v->keys);
	free(v->witnesses);
	free(v->erased.p);
	free(v->missing);
	free(v->blobs_seen);
	free(v);
}

enum err ledger_verify(const struct verify_request *r, struct arena *a, struct verify_answer *out, struct fault *f)
{
	struct verify_answer answer = {.since = INSTANT_NONE, .last = INSTANT_NONE};
	struct verifying *v = mem_alloc(sizeof *v);
	*v = (struct verifying){.request = r, .storage = r->storage, .answer = &answer, .arena = a};
	enum err e = r->key.n > 0 ? note_key_parse(r->key, a, &v->given, f) : OK;
	if (e == OK) e = look(v, f);
	clean(v);
	if (e != OK) return e;
	answer.holds = answer.faults == 0;
	*out = answer;
	return OK;
}
