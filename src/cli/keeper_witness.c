/* This node as a witness of other ledgers, and what witnesses say of this one.
 * In home/witness: `logs`, the ledgers whose heads are cosigned (`log <vkey>` lines, as a policy has them), and for each the last head, in
 * a file named by the digest of its origin. A head is durable there, and in an entry, before its cosignature leaves this process. */
#include <stdio.h>

#include "keeper_int.h"
#include "limit.h"
#include "policy.h"
#include "witness.h"

#define LOGS "logs"

static const struct storage *witness_storage(const struct keeper *k)
{
	return storage_of_folder(k->witness_folder);
}

/* Append the piece; an absent one is empty. */
static enum err get_or_none(const struct storage *s, const char *name, struct buf *out, bool *there, struct fault *f)
{
	enum err e = s->get(s->context, name, POLICY_BYTES_MAX, out, f);
	*there = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err set(const struct storage *s, const char *name, slice after, struct fault *f)
{
	struct buf found = {0};
	bool there;
	enum err e = get_or_none(s, name, &found, &there, f);
	slice before = buf_slice(&found);
	if (e == OK) e = s->swap(s->context, name, there ? &before : NULL, after, f);
	buf_free(&found);
	return e;
}

static void state_name(slice origin, char out[DIGEST_HEX_BYTES + 1])
{
	digest d = digest_of(origin);
	digest_hex(&d, out);
}

static enum err load_head(struct keeper *k, slice origin, struct arena *a, struct tree_head *out, struct fault *f)
{
	char name[DIGEST_HEX_BYTES + 1];
	struct buf text = {0};
	struct checkpoint c;
	bool there;
	state_name(origin, name);
	enum err e = get_or_none(witness_storage(k), name, &text, &there, f);
	if (e == OK && there) e = checkpoint_parse(arena_copy(a, buf_slice(&text)), &c, f);
	if (e == OK && there && !slice_equal(c.origin, origin))
		e = fault_set(f, ERR_DAMAGED, 0, 0, "witness/%s: is of another origin", name);
	if (e == OK && there) *out = c.head;
	buf_free(&text);
	return e;
}

/* The ledgers that are cosigned, each with the head remembered. */
static enum err load_logs(struct keeper *k, struct arena *a, struct witness_log **out, unsigned *n, struct fault *f)
{
	struct buf text = {0};
	struct policy policy = {0};
	bool there;
	enum err e = get_or_none(witness_storage(k), LOGS, &text, &there, f);
	if (e == OK && there) e = policy_parse(arena_copy(a, buf_slice(&text)), a, &policy, f);
	buf_free(&text);
	if (e != OK) return e;
	struct witness_log *logs = arena_array(a, policy.logs_n + 1, sizeof *logs);
	for (unsigned i = 0; i < policy.logs_n && e == OK; i++) {
		logs[i] = (struct witness_log){.origin = policy.logs[i].key.name, .keys = {&policy.logs[i].key, 1}};
		e = load_head(k, logs[i].origin, a, &logs[i].head, f);
	}
	*out = logs;
	*n = policy.logs_n;
	return e;
}

static enum err remember(struct keeper *k, const struct witness_answer *w, instant now, struct fault *f)
{
	char name[DIGEST_HEX_BYTES + 1];
	struct checkpoint c = {.origin = w->log->origin, .head = w->remember};
	struct buf text = {0}, body = {0};
	uint64_t first;
	checkpoint_put(&text, &c);
	state_name(w->log->origin, name);
	struct canonical_writer b = canonical_open(&body);
	canonical_put_count(&b, "old", w->log->head.size);
	canonical_put_text(&b, "origin", w->log->origin);
	entry_write_root(&b, "root", &w->remember.root);
	canonical_put_count(&b, "signed_at", (uint64_t)(now / 1000000));
	canonical_put_count(&b, "size", w->remember.size);
	canonical_close(&b);
	enum err e = set(witness_storage(k), name, buf_slice(&text), f);
	if (e == OK) e = keeper_append_own(k, SLICE("cosigned"), buf_slice(&body), now, &first, f);
	buf_free(&text);
	buf_free(&body);
	return e;
}

/* The same size with another root: two histories. It is an entry, so that it cannot be forgotten. */
static enum err record_fork(struct keeper *k, const struct witness_answer *w, instant now, struct fault *f)
{
	struct buf body = {0};
	uint64_t first;
	struct canonical_writer b = canonical_open(&body);
	canonical_put_text(&b, "how", SLICE("request"));
	entry_write_root(&b, "known_root", &w->log->head.root);
	canonical_put_count(&b, "known_size", w->log->head.size);
	canonical_put_text(&b, "origin", w->log->origin);
	entry_write_root(&b, "root", &w->checkpoint.head.root);
	canonical_put_count(&b, "size", w->checkpoint.head.size);
	canonical_put_text(&b, "verdict", SLICE("conflict"));
	canonical_close(&b);
	enum err e = keeper_append_own(k, SLICE("head"), buf_slice(&body), now, &first, f);
	buf_free(&body);
	return e;
}

static enum err cosign(struct keeper *k, struct job *j, struct arena *a, struct buf *body, unsigned *status, struct fault *f)
{
	struct witness_log *logs;
	unsigned n;
	slice request;
	if (!protocol_text(buf_slice(&j->request), "request", a, &request)) return fault_set(f, ERR_SYNTAX, 0, 0, "cosign: no request");
	enum err e = load_logs(k, a, &logs, &n, f);
	if (e != OK) return e;
	struct witness_answer w = witness_judge(request, logs, n, a, f);
	*status = witness_status(w.verdict);
	if (w.verdict == WITNESS_FORK) e = record_fork(k, &w, j->time, f);
	if (e == OK && w.verdict != WITNESS_COSIGN) witness_put_refusal(body, &w);
	if (e != OK || w.verdict != WITNESS_COSIGN) return e;
	e = remember(k, &w, j->time, f);
	return e == OK ? witness_cosign(body, &w, (uint64_t)(j->time / 1000000), &k->witness.signer, 1, f) : e;
}

void keeper_cosign(struct keeper *k, struct job *j)
{
	struct arena *a = arena_new(0);
	struct buf body = {0};
	struct fault f = {0};
	unsigned status = 0;
	enum err e = cosign(k, j, a, &body, &status, &f);
	if (e != OK) protocol_put_error(&j->answer, e, &f);
	else {
		size_t at = protocol_begin(&j->answer);
		struct canonical_writer w = canonical_open(&j->answer);
		canonical_put_text(&w, "body", buf_slice(&body));
		canonical_put_bool(&w, "ok", true);
		canonical_put_count(&w, "status", status);
		canonical_put_text(&w, "text", slice_from(f.text));
		canonical_close(&w);
		protocol_end(&j->answer, at);
	}
	buf_free(&body);
	arena_free(a);
}

static void answer_ok(struct job *j, enum err e, const struct fault *f)
{
	if (e != OK) {
		protocol_put_error(&j->answer, e, f);
		return;
	}
	size_t at = protocol_begin(&j->answer);
	buf_add_text(&j->answer, "{\"ok\":true}");
	protocol_end(&j->answer, at);
}

/* One more ledger whose heads are cosigned. A key once trusted is not replaced here: the other one's rotation entry is the way. */
static enum err trust(struct keeper *k, struct job *j, struct arena *a, struct fault *f)
{
	struct buf text = {0};
	struct policy policy = {0};
	struct note_key key;
	slice vkey;
	bool there;
	if (!protocol_text(buf_slice(&j->request), "vkey", a, &vkey)) return fault_set(f, ERR_SYNTAX, 0, 0, "trust: no vkey");
	enum err e = note_key_parse(vkey, a, &key, f);
	if (e == OK && key.algorithm != NOTE_ED25519)
		e = fault_set(f, ERR_UNSUPPORTED, 0, 0, "trust: a ledger's key is of type 0x01 (Ed25519)");
	if (e == OK) e = get_or_none(witness_storage(k), LOGS, &text, &there, f);
	if (e == OK && there) e = policy_parse(arena_copy(a, buf_slice(&text)), a, &policy, f);
	for (unsigned i = 0; e == OK && i < policy.logs_n; i++)
		if (slice_equal(policy.logs[i].key.name, key.name))
			e = fault_set(f, ERR_EXISTS, 0, 0, "%.*s is trusted already", SLICE_PRINTF(key.name));
	if (e == OK) {
		buf_printf(&text, "%slog %.*s\n", there ? "" : "quorum none\n", SLICE_PRINTF(vkey)); /* a policy's form */
		e = set(witness_storage(k), LOGS, buf_slice(&text), f);
	}
	buf_free(&text);
	return e;
}

void keeper_trust(struct keeper *k, struct job *j)
{
	struct arena *a = arena_new(0);
	struct fault f = {0};
	answer_ok(j, trust(k, j, a, &f), &f);
	arena_free(a);
}

/* A checkpoint of ours that witnesses have cosigned: the newest is kept, for proofs. The lines are the caller's to verify. */
static enum err keep_cosigned(struct keeper *k, struct job *j, struct arena *a, struct fault *f)
{
	struct note_keys keys = {&k->key.signer.key, 1};
	struct checkpoint new, old;
	struct note unused;
	struct buf found = {0};
	slice note;
	bool there;
	if (!protocol_text(buf_slice(&j->request), "note", a, &note)) return fault_set(f, ERR_SYNTAX, 0, 0, "cosigned: no note");
	const struct storage *s = storage_of_folder(k->folder);
	enum err e = checkpoint_open(note, keys, a, &unused, &new, f);
	if (e == OK) e = get_or_none(s, LEDGER_COSIGNED, &found, &there, f);
	if (e == OK && there && checkpoint_open(arena_copy(a, buf_slice(&found)), keys, a, &unused, &old, NULL) == OK &&
		old.head.size > new.head.size)
		e = fault_set(
			f, ERR_EXISTS, 0, 0, "a newer checkpoint is cosigned already (of %llu entries)", (unsigned long long)old.head.size);
	buf_free(&found);
	return e == OK ? set(s, LEDGER_COSIGNED, note, f) : e;
}

void keeper_cosigned(struct keeper *k, struct job *j)
{
	struct arena *a = arena_new(0);
	struct fault f = {0};
	answer_ok(j, keep_cosigned(k, j, a, &f), &f);
	arena_free(a);
}
