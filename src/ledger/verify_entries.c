/* What entries say of the ledger itself: each keeps its kind's rules, times never go back, the first one begins the ledger, keys follow one
 * another by entries that both signed, witnesses and the policy are the last ones named; blobs are there or erased. */
#include "verify_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "limit.h"
#include "text.h"

#define BLOBS_SEEN (1u << 14)

/* ---- keys ---- */
const struct verify_key *verify_key_at(const struct verifying *v, uint64_t size)
{
	unsigned i = v->keys_n;
	while (i > 1 && v->keys[i - 1].from >= size) i--;
	return i > 0 ? &v->keys[i - 1] : NULL;
}

struct note_keys verify_keys(const struct verifying *v, bool witnesses)
{
	unsigned n = 0;
	struct note_key *keys = arena_array(v->arena, (size_t)v->keys_n + v->witnesses_n + 1, sizeof *keys);
	for (unsigned i = 0; i < v->keys_n; i++) keys[n++] = v->keys[i].key;
	for (unsigned i = 0; witnesses && i < v->witnesses_n; i++)
		if (v->witnesses[i].added) keys[n++] = v->witnesses[i].key;
	return (struct note_keys){keys, n};
}

static void add_key(struct verifying *v, struct note_key key, slice vkey, uint64_t from)
{
	if (v->keys_n == v->keys_room) {
		v->keys_room = v->keys_room == 0 ? 4 : 2 * v->keys_room;
		v->keys = mem_resize(v->keys, v->keys_room * sizeof *v->keys);
	}
	v->keys[v->keys_n++] = (struct verify_key){key, vkey, from, INSTANT_NONE};
}

/* A key that can sign this ledger. Its slices are kept. */
static bool take_key(struct verifying *v, const struct entry *e, const char *field, struct note_key *key, slice *vkey, struct fault *f)
{
	slice text;
	if (!entry_field_text(e, field, &text)) return false;
	*vkey = arena_copy(v->arena, text);
	if (note_key_parse(*vkey, v->arena, key, f) != OK) return false;
	if (key->algorithm != NOTE_ED25519)
		return fault_set(f, ERR_UNSUPPORTED, 0, 0, "a key of type 0x%02x cannot sign checkpoints", key->algorithm), false;
	if (slice_equal(key->name, v->answer->origin)) return true;
	return fault_set(f, ERR_SYNTAX, 0, 0, "the key %.*s is not named as the ledger, %.*s", SLICE_PRINTF(slice_sub(key->name, 0, 80)),
		       SLICE_PRINTF(slice_sub(v->answer->origin, 0, 80))),
	       false;
}

static bool signed_by(const struct entry *e, const char *field, const struct note_key *key, slice message)
{
	uint8_t bytes[ED25519_SIGNATURE_BYTES + 1];
	size_t n = 0;
	slice text;
	return entry_field_text(e, field, &text) && text_get_base64_into(text, bytes, sizeof bytes, &n) && n == ED25519_SIGNATURE_BYTES &&
	       ed25519_verify(key->public_key, message, bytes);
}

static void entry_key(struct verifying *v, uint64_t index, const struct entry *e, struct verify_place at)
{
	struct fault f = {0};
	struct note_key key;
	slice vkey, old;
	struct buf message = {0};
	if (v->keys_n == 0) return; /* whose ledger this is is not known: that was told */
	const struct verify_key *now = &v->keys[v->keys_n - 1];
	bool fine = take_key(v, e, "new", &key, &vkey, &f);
	if (!fine) verify_fault(v, at, "key: %s", f.text);
	else if (!entry_field_text(e, "old", &old) || !slice_equal(old, now->vkey)) {
		verify_fault(v, at, "key: the key that it replaces is not the one that counted, %.*s", SLICE_PRINTF(now->vkey));
		fine = false;
	}
	if (!fine) return;
	entry_rotation_message(&message, v->answer->origin, old, vkey);
	bool by_old = signed_by(e, "signature_old", &now->key, buf_slice(&message));
	bool by_new = signed_by(e, "signature_new", &key, buf_slice(&message));
	buf_free(&message);
	if (!by_old) verify_fault(v, at, "key: the old key's signature does not hold: the new key does not count");
	else if (!by_new) verify_fault(v, at, "key: the new key's signature does not hold: it does not count");
	if (!by_old || !by_new) return;
	add_key(v, key, vkey, index);
	(void)entry_field_time(e, "doubtful_since", &v->keys[v->keys_n - 1].doubted);
	v->answer->rotations++;
}

static void entry_home(struct verifying *v, uint64_t index, const struct entry *e, struct verify_place at)
{
	struct fault f = {0};
	struct note_key key;
	slice vkey, origin;
	if (index > 0) {
		verify_fault(v, at, "a ledger begins once: only entry 0 is of kind home");
		return;
	}
	(void)entry_field_bool(e, "exercise", &v->answer->exercise);
	if (!entry_field_text(e, "origin", &origin)) return;
	if (!slice_equal(origin, v->answer->origin) && !v->signed_by_candidate) {
		verify_piece(v, AT_FILE(LEDGER_CHECKPOINT), "it is of %.*s, this ledger began as %.*s",
			SLICE_PRINTF(slice_sub(v->answer->origin, 0, 100)), SLICE_PRINTF(slice_sub(origin, 0, 100)));
		v->answer->origin = arena_copy(v->arena, origin);
	} else if (!slice_equal(origin, v->answer->origin)) {
		verify_fault(v, at, "home: this ledger began as %.*s, its checkpoint is of %.*s", SLICE_PRINTF(slice_sub(origin, 0, 100)),
			SLICE_PRINTF(slice_sub(v->answer->origin, 0, 100)));
		return;
	}
	if (!take_key(v, e, "vkey", &key, &vkey, &f)) {
		verify_fault(v, at, "home: %s", f.text);
		return;
	}
	add_key(v, key, vkey, 0);
	v->genesis = true;
}

/* ---- witnesses and their policy ---- */
static void entry_witness(struct verifying *v, uint64_t index, const struct entry *e, struct verify_place at)
{
	struct verify_witness w = {0};
	slice vkey, state;
	(void)index;
	(void)at;
	if (!entry_field_text(e, "vkey", &vkey) || !entry_field_text(e, "state", &state)) return;
	w.vkey = arena_copy(v->arena, vkey);
	w.added = slice_equal(state, SLICE("added"));
	for (unsigned i = 0; i < v->witnesses_n; i++)
		if (slice_equal(v->witnesses[i].vkey, w.vkey)) {
			v->witnesses[i].added = w.added;
			return;
		}
	if (note_key_parse(w.vkey, v->arena, &w.key, NULL) != OK) return; /* the rule for keys refuses it: cannot be */
	if (v->witnesses_n == v->witnesses_room) {
		v->witnesses_room = v->witnesses_room == 0 ? 8 : 2 * v->witnesses_room;
		v->witnesses = mem_resize(v->witnesses, v->witnesses_room * sizeof *v->witnesses);
	}
	v->witnesses[v->witnesses_n++] = w;
}

static void entry_policy(struct verifying *v, uint64_t index, const struct entry *e, struct verify_place at)
{
	(void)index;
	(void)at;
	v->policy_set = entry_field_digest(e, "policy", &v->policy);
}

/* ---- doubted keys ---- */

/* The first entry at or behind a time; times never go back (where they do, that was told). */
static uint64_t first_since(struct verifying *v, struct ledger_reader *r, instant t, uint64_t until)
{
	uint64_t low = 0, high = until;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct entry e;
		slice bytes;
		bool before =
			ledger_read_entry(r, middle, v->head.size, &bytes, NULL) == OK && entry_parse(bytes, &e, NULL) == OK && e.time < t;
		if (before) low = middle + 1;
		else high = middle;
	}
	return low;
}

void verify_doubts(struct verifying *v)
{
	struct ledger_reader *r = ledger_reader_new(v->storage);
	for (unsigned i = 1; i < v->keys_n; i++) {
		const struct verify_key *k = &v->keys[i];
		char since[INSTANT_TEXT_BYTES];
		if (k->doubted == INSTANT_NONE) continue;
		uint64_t until = k->from < v->head.size ? k->from : v->head.size, from = first_since(v, r, k->doubted, until);
		if (from >= until) continue;
		v->answer->doubtful += until - from;
		verify_note(v, (struct verify_place){"", from, VERIFY_NOWHERE},
			"entries %llu to %llu were appended under a key that is doubted since %s: that it signed them proves nothing",
			(unsigned long long)from, (unsigned long long)(until - 1), instant_format(k->doubted, 6, since));
	}
	ledger_reader_free(r);
}

/* ---- blobs ---- */
static size_t erased_place(const struct verify_list *l, const digest *d)
{
	size_t low = 0, high = l->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(l->p[middle].blob.b, d->b, DIGEST_BYTES) < 0) low = middle + 1;
		else high = middle;
	}
	return low;
}

static struct verify_erasure *erased_find(const struct verify_list *l, const digest *d)
{
	size_t at = erased_place(l, d);
	return at < l->n && digest_equal(&l->p[at].blob, d) ? &l->p[at] : NULL;
}

static void entry_erasure(struct verifying *v, uint64_t index, const struct entry *e, struct verify_place at)
{
	struct verify_list *l = &v->erased;
	digest d;
	(void)at;
	if (!entry_field_digest(e, "blob", &d)) return;
	struct verify_erasure *known = erased_find(l, &d);
	if (known != NULL) {
		*known = (struct verify_erasure){d, index, false};
		return;
	}
	if (l->n == l->room) {
		l->room = l->room == 0 ? 64 : 2 * l->room;
		l->p = mem_resize(l->p, l->room * sizeof *l->p);
	}
	size_t place = erased_place(l, &d);
	memmove(l->p + place + 1, l->p + place, (l->n - place) * sizeof *l->p);
	l->p[place] = (struct verify_erasure){d, index, false};
	l->n++;
}

static void note_missing(struct verifying *v, const digest *d, uint64_t index)
{
	if (v->missing_n == v->missing_room) {
		v->missing_room = v->missing_room == 0 ? 64 : 2 * v->missing_room;
		v->missing = mem_resize(v->missing, v->missing_room * sizeof *v->missing);
	}
	v->missing[v->missing_n++] = (struct verify_missing){*d, index};
}

static void blob_name(const digest *d, char out[80])
{
	char hex[DIGEST_HEX_BYTES + 1];
	digest_hex(d, hex);
	snprintf(out, 80, "blobs/%.2s/%s", hex, hex);
}

static void look_at_blob(struct verifying *v, const digest *d, uint64_t index)
{
	const struct verify_blobs *blobs = v->request->blobs;
	struct fault f = {0};
	char name[80];
	size_t slot = ((size_t)d->b[0] | (size_t)d->b[1] << 8) % BLOBS_SEEN;
	if (digest_equal(&v->blobs_seen[slot], d)) return;
	enum err e = blobs->get(blobs->context, d, NULL, &f);
	if (verify_stops(v, e, &f)) return;
	v->blobs_seen[slot] = *d;
	v->answer->blobs += e == OK;
	if (e == ERR_NOT_FOUND) note_missing(v, d, index);
	else if (e != OK) {
		blob_name(d, name);
		verify_fault(v, (struct verify_place){name, index, VERIFY_NOWHERE}, "%s", f.text);
	}
}

static void look_at_blobs(struct verifying *v, const struct entry *e, uint64_t index)
{
	if (v->request->blobs == NULL || e->blob_count == 0) return;
	if (v->blobs_seen == NULL) v->blobs_seen = mem_alloc(BLOBS_SEEN * sizeof *v->blobs_seen);
	for (unsigned i = 0; i < e->blob_count && v->stop.kind == OK; i++) {
		digest d = entry_blob(e, i);
		struct verify_erasure *erased = v->erased.n > 0 ? erased_find(&v->erased, &d) : NULL;
		if (erased != NULL) erased->named_later = true;
		look_at_blob(v, &d, index);
	}
}

/* An erasure's entry comes before the blob goes: who stopped in between must erase again. */
static void look_at_erased(struct verifying *v)
{
	const struct verify_blobs *blobs = v->request->blobs;
	char name[80];
	for (size_t i = 0; blobs != NULL && i < v->erased.n && v->stop.kind == OK; i++) {
		const struct verify_erasure *x = &v->erased.p[i];
		struct fault f = {0};
		if (x->named_later) continue;
		enum err e = blobs->get(blobs->context, &x->blob, NULL, &f);
		if (verify_stops(v, e, &f) || e == ERR_NOT_FOUND) continue;
		blob_name(&x->blob, name);
		verify_fault(v, (struct verify_place){name, x->entry, VERIFY_NOWHERE},
			"it is there, though the erasure in this entry names it: `kulla ledger erase` ends it");
	}
}

void verify_blobs_end(struct verifying *v)
{
	char name[80];
	for (size_t i = 0; i < v->missing_n; i++) {
		const struct verify_missing *m = &v->missing[i];
		if (erased_find(&v->erased, &m->blob) != NULL) continue;
		blob_name(&m->blob, name);
		verify_fault(v, (struct verify_place){name, m->entry, VERIFY_NOWHERE}, "it is missing, and no erasure names it");
	}
	look_at_erased(v);
	v->answer->blobs_erased = v->erased.n;
}

/* ---- all entries ---- */
static const struct {
	slice kind;
	void (*take)(struct verifying *v, uint64_t index, const struct entry *e, struct verify_place at);
} kinds[] = {
	{SLICE("erasure"), entry_erasure},
	{SLICE("home"), entry_home},
	{SLICE("key"), entry_key},
	{SLICE("policy"), entry_policy},
	{SLICE("witness"), entry_witness},
};

static void take_time(struct verifying *v, const struct entry *e, struct verify_place at)
{
	char before[INSTANT_TEXT_BYTES], now[INSTANT_TEXT_BYTES];
	struct verify_answer *a = v->answer;
	if (a->last != INSTANT_NONE && e->time < a->last)
		verify_fault(v, at, "its time, %s, is before that of the entry before it, %s", instant_format(e->time, 6, now),
			instant_format(a->last, 6, before));
	else a->last = e->time;
	if (at.entry == 0) a->since = e->time;
}

void verify_entry(struct verifying *v, uint64_t index, slice bytes, struct verify_place at)
{
	struct entry e;
	struct fault f = {0};
	if (entry_parse(bytes, &e, &f) != OK) {
		at.offset += 2 + f.offset; /* behind its length */
		verify_fault(v, at, "%s", f.text);
		return;
	}
	take_time(v, &e, at);
	if (!e.known) v->answer->unknown_entries++;
	if (index == 0 && !slice_equal(e.kind, SLICE("home")))
		verify_fault(v, at, "the first entry is of kind %.*s, expected home: it says whose ledger this is", SLICE_PRINTF(e.kind));
	for (size_t i = 0; e.rules != NULL && i < sizeof kinds / sizeof *kinds; i++)
		if (slice_equal(kinds[i].kind, e.kind)) kinds[i].take(v, index, &e, at);
	look_at_blobs(v, &e, index);
}
