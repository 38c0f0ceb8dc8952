/* Reading a home's ledger. */
#include "ledger_use.h"

#include "limit.h"
#include "proof_file.h"

#define CACHE_TILES 64u

/* ---- opening ---- */
static enum err note_any(void *context, slice name)
{
	(void)name;
	*(bool *)context = true;
	return OK;
}

static enum err bring_up_to_date(struct home *h, const struct storage *s, struct fault *f)
{
	struct keeper_client *c = NULL;
	bool journal = false;
	enum err e = keeper_connect_running(h, &c, f);
	if (e == ERR_NOT_FOUND) {
		e = s->list(s->context, "journal", note_any, &journal, f);
		if (e != OK || !journal) return e;
		e = keeper_connect(h, &c, f);
	}
	if (e == OK) e = keeper_publish(c, NULL, f);
	keeper_close_client(c);
	return e;
}

enum err ledger_view_open(struct home *h, struct ledger_view *out, struct fault *f)
{
	struct ledger_view v = {.home = h, .arena = arena_new(0)};
	struct buf note = {0};
	struct note parsed;
	enum err e = home_storage(h, &v.folder, f);
	if (e == OK) e = bring_up_to_date(h, storage_of_folder(v.folder), f);
	if (e == OK) e = ledger_read_checkpoint(storage_of_folder(v.folder), &note, f);
	if (e == OK) {
		v.note = arena_copy(v.arena, buf_slice(&note));
		e = note_parse(v.note, v.arena, &parsed, f);
	}
	if (e == OK) e = checkpoint_parse(parsed.text, &v.checkpoint, f);
	buf_free(&note);
	if (e == OK) {
		v.reader = ledger_reader_new(storage_of_folder(v.folder));
		v.cache = tile_cache_new(ledger_tile_source(v.reader), CACHE_TILES);
		*out = v;
	} else ledger_view_close(&v);
	return e;
}

void ledger_view_close(struct ledger_view *v)
{
	tile_cache_free(v->cache);
	ledger_reader_free(v->reader);
	storage_folder_free(v->folder);
	arena_free(v->arena);
	*v = (struct ledger_view){0};
}

enum err ledger_view_entry(struct ledger_view *v, uint64_t index, slice *entry, struct fault *f)
{
	return ledger_read_entry(v->reader, index, v->checkpoint.head.size, entry, f);
}

/* ---- proofs ---- */

/* The newest checkpoint with cosignatures, when it is of this ledger and covers the entry. */
static bool cosigned_covers(struct ledger_view *v, uint64_t index, slice *note, struct checkpoint *c)
{
	const struct storage *s = storage_of_folder(v->folder);
	struct buf bytes = {0};
	struct note parsed;
	bool found = s->get(s->context, LEDGER_COSIGNED, NOTE_BYTES_MAX, &bytes, NULL) == OK;
	if (found) {
		*note = arena_copy(v->arena, buf_slice(&bytes));
		found = note_parse(*note, v->arena, &parsed, NULL) == OK && checkpoint_parse(parsed.text, c, NULL) == OK &&
			slice_equal(c->origin, v->checkpoint.origin) && index < c->head.size && c->head.size <= v->checkpoint.head.size;
	}
	buf_free(&bytes);
	return found;
}

enum err ledger_view_prove(struct ledger_view *v, uint64_t index, struct buf *out, struct fault *f)
{
	struct proof_file file = {.index = index, .note = v->note};
	struct checkpoint c = v->checkpoint, cosigned;
	slice note, entry;
	struct fault inner = {0};
	enum err e = ledger_view_entry(v, index, &entry, f);
	if (e != OK) return e;
	digest leaf = tree_leaf(entry);
	if (cosigned_covers(v, index, &note, &cosigned)) {
		file.note = note;
		c = cosigned;
	}
	e = proof_inclusion(v->cache, index, c.head.size, &file.proof, f);
	if (e != OK) return e;
	if (proof_check_inclusion(&file.proof, index, &leaf, &c.head, &inner) != OK)
		return fault_set(f, ERR_DAMAGED, 0, 0, "entry %llu: no proof can be made: %s (`kulla verify` finds the damage)",
			(unsigned long long)index, inner.text);
	proof_file_put(out, &file);
	return OK;
}

/* ---- witnesses, as files ---- */
uint64_t ledger_witness_last(struct ledger_view *v, const struct note_key *key)
{
	slice note;
	struct checkpoint c;
	struct note parsed;
	if (!cosigned_covers(v, 0, &note, &c) || note_parse(note, v->arena, &parsed, NULL) != OK) return 0;
	for (unsigned i = 0; i < parsed.n; i++)
		if (parsed.signatures[i].id == key->id && slice_equal(parsed.signatures[i].name, key->name)) return c.head.size;
	return 0;
}

enum err ledger_witness_request(struct ledger_view *v, uint64_t old, struct buf *out, struct fault *f)
{
	struct witness_request request = {.old = old, .checkpoint = v->note};
	if (old > v->checkpoint.head.size)
		return fault_set(f, ERR_USAGE, 0, 0,
			"the witness has seen %llu entries, this ledger has %llu: it was rolled back, or it is another one",
			(unsigned long long)old, (unsigned long long)v->checkpoint.head.size);
	enum err e = proof_consistency(v->cache, old, v->checkpoint.head.size, &request.proof, f);
	if (e == OK) witness_request_put(out, &request);
	return e;
}

/* The checkpoint of the request with the lines of known witnesses that hold; others are left out. */
static enum err join_lines(struct ledger_view *v, const struct ledger_state *state, slice checkpoint, slice answer, struct buf *out,
	unsigned *accepted, struct fault *f)
{
	struct note note, one;
	enum err e = note_parse(checkpoint, v->arena, &note, f);
	if (e != OK) return e;
	buf_add(out, checkpoint);
	struct note_key *keys = arena_array(v->arena, state->witnesses_n + 1, sizeof *keys);
	for (unsigned i = 0; i < state->witnesses_n; i++) keys[i] = state->witnesses[i].key;
	for (*accepted = 0; answer.n > 0;) {
		slice line = slice_cut(&answer, '\n');
		slice single = arena_join(v->arena, arena_join(v->arena, note.text, SLICE("\n")), arena_join(v->arena, line, SLICE("\n")));
		if (line.n == 0) continue;
		e = note_open(single, (struct note_keys){keys, state->witnesses_n}, v->arena, &one, f);
		if (e == ERR_NOT_FOUND) continue;
		if (e != OK) return e;
		buf_add(out, line);
		buf_add_byte(out, '\n');
		++*accepted;
	}
	return *accepted > 0
		       ? OK
		       : fault_set(f, ERR_NOT_FOUND, 0, 0, "no line is of a witness of this ledger (`kulla witness list` shows them)");
}

/* Cosignatures of the same checkpoint that are kept already. */
static slice with_kept(struct ledger_view *v, slice checkpoint)
{
	struct note kept, asked;
	struct checkpoint c;
	slice note;
	if (!cosigned_covers(v, 0, &note, &c) || note_parse(note, v->arena, &kept, NULL) != OK) return checkpoint;
	return note_parse(checkpoint, v->arena, &asked, NULL) == OK && slice_equal(kept.text, asked.text) ? note : checkpoint;
}

enum err ledger_witness_accept(struct ledger_view *v, slice request, slice answer, unsigned *accepted, struct fault *f)
{
	struct witness_request r;
	struct ledger_state state;
	struct buf note = {0}, ask = {0};
	struct keeper_client *c = NULL;
	slice said;
	enum err e = witness_request_parse(request, &r, f);
	if (e == OK) e = ledger_state_read(v, &state, f);
	if (e == OK) e = join_lines(v, &state, with_kept(v, r.checkpoint), answer, &note, accepted, f);
	if (e == OK) {
		struct canonical_writer w = canonical_open(&ask);
		canonical_put_text(&w, "do", SLICE("cosigned"));
		canonical_put_text(&w, "note", buf_slice(&note));
		canonical_close(&w);
		e = keeper_connect(v->home, &c, f);
	}
	if (e == OK) e = keeper_ask(c, buf_slice(&ask), &said, f);
	keeper_close_client(c);
	buf_free(&note);
	buf_free(&ask);
	return e;
}
