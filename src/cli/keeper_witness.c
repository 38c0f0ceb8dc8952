/* This node as a witness of other ledgers, and what witnesses say of this one.
 * In home/witness: `logs`, the ledgers whose heads are cosigned (`log <vkey>` lines, as a policy has them), and for each the last head, in
 * a file named by the digest of its origin. A head is durable there, and in an entry, before its cosignature leaves this process. So the
 * entries know too what was cosigned: a file that was lost, or came back from a backup, lowers nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "keeper_int.h"
#include "limit.h"
#include "policy.h"
#include "text.h"
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

/* ---- what the entries say ---- */
static struct cosigned_head *cosigned_of(const struct keeper *k, const digest *origin)
{
	for (size_t i = 0; i < k->cosigned_n; i++)
		if (digest_equal(&k->cosigned[i].origin, origin)) return &k->cosigned[i];
	return NULL;
}

static void take_cosigned(struct keeper *k, slice bytes)
{
	struct entry e;
	struct cosigned_head found;
	slice origin;
	if (slice_find(bytes, SLICE("\"kind\":\"cosigned\"")) == bytes.n || entry_parse(bytes, &e, NULL) != OK) return;
	if (!slice_equal(e.kind, SLICE("cosigned")) || !entry_field_text(&e, "origin", &origin) ||
		!entry_field_count(&e, "size", &found.head.size) || !entry_field_root(&e, "root", &found.head.root))
		return;
	found.origin = digest_of(origin);
	struct cosigned_head *known = cosigned_of(k, &found.origin);
	if (known == NULL) {
		k->cosigned = mem_resize(k->cosigned, (k->cosigned_n + 1) * sizeof *k->cosigned);
		k->cosigned[k->cosigned_n++] = found;
	} else if (found.head.size >= known->head.size) *known = found;
}

/* All entries are looked through once in a keeper's life, and only by one that is asked to cosign. */
static enum err read_cosigned(struct keeper *k, struct fault *f)
{
	slice bytes;
	if (k->cosigned_read) return OK;
	enum err e = keeper_publish_now(k, f);
	if (e != OK) return e;
	uint64_t size = ledger_log_head(k->log).size;
	struct ledger_reader *r = ledger_reader_new(storage_of_folder(k->folder));
	for (uint64_t i = 0; e == OK && i < size; i++) {
		e = ledger_read_entry(r, i, size, &bytes, f);
		if (e == OK) take_cosigned(k, bytes);
	}
	ledger_reader_free(r);
	k->cosigned_read = e == OK;
	return e;
}

/* The higher of both counts. The file is written before the entry: it may be one ahead, and never says another root. */
static enum err join_heads(const struct keeper *k, slice origin, struct tree_head *head, struct fault *f)
{
	digest name = digest_of(origin);
	const struct cosigned_head *said = cosigned_of(k, &name);
	if (said == NULL || said->head.size < head->size) return OK;
	if (said->head.size == head->size && head->size > 0 && !digest_equal(&said->head.root, &head->root))
		return fault_set(f, ERR_DAMAGED, 0, 0,
			"witness/: the head remembered of %.*s has another root than the one that was cosigned, of %llu entries",
			SLICE_PRINTF(slice_sub(origin, 0, 100)), (unsigned long long)head->size);
	*head = said->head;
	return OK;
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
	return e == OK ? join_heads(k, origin, out, f) : e;
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
	enum err e = read_cosigned(k, f);
	if (e == OK) e = load_logs(k, a, &logs, &n, f);
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

/* One more ledger whose heads are cosigned. A key once trusted is not replaced here: the other one's rotation entry is the way (follow). */
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

/* ---- a trusted ledger has another key ---- */
static bool rotation_signed(const struct entry *e, const char *field, const struct note_key *key, slice message)
{
	uint8_t bytes[ED25519_SIGNATURE_BYTES + 1];
	size_t n = 0;
	slice text;
	return entry_field_text(e, field, &text) && text_get_base64_into(text, bytes, sizeof bytes, &n) && n == ED25519_SIGNATURE_BYTES &&
	       ed25519_verify(key->public_key, message, bytes);
}

/* new: out, the key's text, when the entry replaces `old` by it and both signed. */
static enum err judge_rotation(const struct entry *e, const struct note_key *old, struct arena *a, slice *new, struct fault *f)
{
	struct buf old_text = {0}, message = {0};
	struct note_key key;
	slice named;
	bool fine = slice_equal(e->kind, SLICE("key")) && entry_field_text(e, "old", &named) && entry_field_text(e, "new", new);
	note_key_put(&old_text, old);
	fine = fine && slice_equal(named, buf_slice(&old_text)) && note_key_parse(*new, a, &key, NULL) == OK &&
	       key.algorithm == NOTE_ED25519 && slice_equal(key.name, old->name);
	if (fine) {
		entry_rotation_message(&message, old->name, named, *new);
		fine = rotation_signed(e, "signature_old", old, buf_slice(&message)) &&
		       rotation_signed(e, "signature_new", &key, buf_slice(&message));
	}
	buf_free(&old_text);
	buf_free(&message);
	return fine ? OK
		    : fault_set(f, ERR_CHANGED, 0, 0,
			      "follow: the entry does not replace the key that is trusted here by one that both signed for");
}

/* The line of the old key gets the new one. */
static enum err follow(struct keeper *k, struct job *j, struct arena *a, struct fault *f)
{
	struct buf before = {0}, after = {0}, old = {0};
	struct policy policy = {0};
	struct entry entry;
	slice text, named, new = {0};
	bool there;
	if (!protocol_text(buf_slice(&j->request), "entry", a, &text)) return fault_set(f, ERR_SYNTAX, 0, 0, "follow: no entry");
	enum err e = entry_parse(text, &entry, f);
	if (e == OK) e = get_or_none(witness_storage(k), LOGS, &before, &there, f);
	if (e == OK && there) e = policy_parse(arena_copy(a, buf_slice(&before)), a, &policy, f);
	const struct note_key *trusted = NULL;
	for (unsigned i = 0; e == OK && i < policy.logs_n && trusted == NULL; i++) {
		buf_clear(&old);
		note_key_put(&old, &policy.logs[i].key);
		if (entry_field_text(&entry, "old", &named) && slice_equal(named, buf_slice(&old))) trusted = &policy.logs[i].key;
	}
	if (e == OK && trusted == NULL)
		e = fault_set(f, ERR_NOT_FOUND, 0, 0, "follow: the key that the entry replaces is not trusted here");
	if (e == OK) e = judge_rotation(&entry, trusted, a, &new, f);
	if (e == OK) {
		slice all = buf_slice(&before);
		size_t at = slice_find(all, buf_slice(&old));
		buf_add(&after, slice_sub(all, 0, at));
		buf_add(&after, new);
		buf_add(&after, slice_sub(all, at + old.n, SIZE_MAX));
		e = set(witness_storage(k), LOGS, buf_slice(&after), f);
	}
	buf_free(&before);
	buf_free(&after);
	buf_free(&old);
	return e;
}

void keeper_follow(struct keeper *k, struct job *j)
{
	struct arena *a = arena_new(0);
	struct fault f = {0};
	answer_ok(j, follow(k, j, a, &f), &f);
	arena_free(a);
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
