/* What entries say about witnesses and the policy. */
#include <sys/random.h>

#include "cosignature.h"
#include "ledger_use.h"
#include "limit.h"
#include "salted.h"

struct reading {
	struct ledger_view *view;
	struct blob_store *blobs;
	struct ledger_state state;
	unsigned room;
};

/* A name whose blob was erased, or is missing, is empty: the witness counts all the same. */
static slice text_of(struct reading *r, const struct entry *e)
{
	digest name;
	slice text = {0};
	if (!entry_field_digest(e, "name", &name) || salted_get(r->blobs, &name, r->view->arena, &text, NULL) != OK) return (slice){0};
	return text;
}

static enum err take_witness(struct reading *r, const struct entry *e, struct fault *f)
{
	struct ledger_state *s = &r->state;
	struct arena *a = r->view->arena;
	struct ledger_witness w = {0};
	slice vkey, change;
	if (!entry_field_text(e, "vkey", &vkey) || !entry_field_text(e, "state", &change)) return OK;
	unsigned at = 0;
	while (at < s->witnesses_n && !slice_equal(s->witnesses[at].vkey, vkey)) at++;
	if (slice_equal(change, SLICE("removed"))) {
		if (at < s->witnesses_n) memmove(&s->witnesses[at], &s->witnesses[at + 1], (--s->witnesses_n - at) * sizeof *s->witnesses);
		return OK;
	}
	if (at < s->witnesses_n) return OK;
	w.vkey = arena_copy(a, vkey);
	w.name = text_of(r, e);
	enum err error = note_key_parse(w.vkey, a, &w.key, f);
	if (error != OK) return error;
	if (s->witnesses_n == r->room) {
		struct ledger_witness *more = arena_array(a, r->room * 2 + 8, sizeof *more);
		if (s->witnesses_n > 0) memcpy(more, s->witnesses, s->witnesses_n * sizeof *more);
		s->witnesses = more;
		r->room = r->room * 2 + 8;
	}
	s->witnesses[s->witnesses_n++] = w;
	return OK;
}

static enum err take_entry(struct reading *r, slice bytes, struct fault *f)
{
	struct entry e;
	bool witness = slice_find(bytes, SLICE("\"kind\":\"witness\"")) < bytes.n;
	if (!witness && slice_find(bytes, SLICE("\"kind\":\"policy\"")) == bytes.n) return OK;
	enum err error = entry_parse(bytes, &e, f);
	if (error != OK) return error;
	if (slice_equal(e.kind, SLICE("witness"))) return take_witness(r, &e, f);
	if (slice_equal(e.kind, SLICE("policy"))) r->state.has_policy = entry_field_digest(&e, "policy", &r->state.policy);
	return OK;
}

enum err ledger_state_read(struct ledger_view *v, struct ledger_state *out, struct fault *f)
{
	struct reading r = {.view = v};
	slice bytes;
	enum err e = blob_store_open(v->home->fd, NULL, &r.blobs, f);
	for (uint64_t i = 0; e == OK && i < v->checkpoint.head.size; i++) {
		e = ledger_view_entry(v, i, &bytes, f);
		if (e == OK) e = take_entry(&r, bytes, f);
	}
	blob_store_close(r.blobs);
	if (e == OK) *out = r.state;
	return e;
}

/* ---- changing ---- */
static enum err append(
	struct ledger_view *v, slice kind, struct buf *body, const digest *blobs, unsigned n, uint64_t *entry, struct fault *f)
{
	struct keeper_client *c = NULL;
	enum err e = keeper_connect(v->home, &c, f);
	if (e == OK) e = keeper_append(c, kind, buf_slice(body), blobs, n, entry, f);
	keeper_close_client(c);
	return e;
}

static enum err check_witness(struct ledger_view *v, slice vkey, bool add, struct fault *f)
{
	struct ledger_state state;
	struct note_key key;
	bool known = false;
	enum err e = note_key_parse(vkey, v->arena, &key, f);
	if (e == OK && key.algorithm != NOTE_COSIGNATURE)
		return fault_set(f, ERR_SYNTAX, 0, 0,
			"the key is of type 0x%02x: a witness cosigns with one of type 0x04 (C2SP tlog-cosignature)", key.algorithm);
	if (e == OK) e = ledger_state_read(v, &state, f);
	if (e != OK) return e;
	for (unsigned i = 0; i < state.witnesses_n; i++) known |= slice_equal(state.witnesses[i].vkey, vkey);
	if (known && add)
		return fault_set(
			f, ERR_EXISTS, 0, 0, "%.*s is a witness already", (int)(vkey.n < 120 ? vkey.n : 120), (const char *)vkey.p);
	if (!known && !add)
		return fault_set(
			f, ERR_NOT_FOUND, 0, 0, "no witness has the key %.*s", (int)(vkey.n < 120 ? vkey.n : 120), (const char *)vkey.p);
	return OK;
}

enum err ledger_witness_set(struct ledger_view *v, slice name, slice vkey, bool add, uint64_t *entry, struct fault *f)
{
	uint8_t salt[SALTED_SALT_BYTES];
	struct blob_store *blobs = NULL;
	struct buf body = {0};
	digest text;
	enum err e = check_witness(v, vkey, add, f);
	if (e == OK && getrandom(salt, sizeof salt, 0) != sizeof salt) e = fault_set(f, ERR_DISK, 0, 0, "no randomness");
	if (e == OK) e = blob_store_open(v->home->fd, NULL, &blobs, f);
	if (e == OK) e = salted_put(blobs, name, salt, &text, f);
	blob_store_close(blobs);
	if (e != OK) return e;
	struct canonical_writer w = canonical_open(&body);
	entry_write_digest(&w, "name", &text);
	canonical_put_text(&w, "state", add ? SLICE("added") : SLICE("removed"));
	canonical_put_text(&w, "vkey", vkey);
	canonical_close(&w);
	e = append(v, SLICE("witness"), &body, &text, 1, entry, f);
	buf_free(&body);
	return e;
}

enum err ledger_policy_set(struct ledger_view *v, slice text, uint64_t *entry, struct fault *f)
{
	struct ledger_state state;
	struct policy policy;
	struct blob_store *blobs = NULL;
	struct buf body = {0};
	digest name;
	enum err e = policy_parse(text, v->arena, &policy, f);
	if (e == OK) e = ledger_state_read(v, &state, f);
	if (e == OK) e = blob_store_open(v->home->fd, NULL, &blobs, f);
	if (e == OK) e = blob_put(blobs, text, &name, f);
	blob_store_close(blobs);
	if (e != OK) return e;
	struct canonical_writer w = canonical_open(&body);
	entry_write_digest(&w, "policy", &name);
	if (state.has_policy) entry_write_digest(&w, "previous", &state.policy);
	canonical_close(&w);
	e = append(v, SLICE("policy"), &body, &name, 1, entry, f);
	buf_free(&body);
	return e;
}

enum err ledger_policy_get(struct ledger_view *v, struct buf *out, struct fault *f)
{
	struct ledger_state state;
	struct blob_store *blobs = NULL;
	enum err e = ledger_state_read(v, &state, f);
	if (e == OK && !state.has_policy) e = fault_set(f, ERR_NOT_FOUND, 0, 0, "no policy was set: `kulla ledger policy FILE` sets one");
	if (e == OK) e = blob_store_open(v->home->fd, NULL, &blobs, f);
	if (e == OK) e = blob_get(blobs, &state.policy, out, f);
	blob_store_close(blobs);
	return e;
}
