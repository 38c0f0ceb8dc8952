/* What witnesses say: the newest checkpoint of ours that they cosigned, against the tree that was found, and the policy's quorum. */
#include "verify_int.h"

#include "limit.h"
#include "policy.h"

#define AT AT_FILE(LEDGER_COSIGNED)

/* Witnesses' lines that hold, the latest of each. */
static void take_cosignatures(struct verifying *v, const struct note *note)
{
	struct verify_answer *a = v->answer;
	a->cosignatures = arena_array(v->arena, note->n, sizeof *a->cosignatures);
	for (unsigned i = 0; i < note->n; i++) {
		const struct note_signature *s = &note->signatures[i];
		if (s->key == NULL || s->key->algorithm != NOTE_COSIGNATURE) continue;
		unsigned at = 0;
		while (at < a->cosignatures_n && !slice_equal(a->cosignatures[at].witness, s->key->name)) at++;
		if (at == a->cosignatures_n) a->cosignatures[a->cosignatures_n++] = (struct verify_cosignature){s->key->name, 0};
		if (s->time > a->cosignatures[at].time) a->cosignatures[at].time = s->time;
	}
}

static void judge_policy(struct verifying *v, slice note)
{
	const struct verify_blobs *blobs = v->request->blobs;
	struct verify_answer *a = v->answer;
	struct buf text = {.max = POLICY_BYTES_MAX}, missing = {0};
	struct policy policy = {0};
	struct policy_verdict verdict;
	struct fault f = {0};
	a->policy = v->policy_set ? VERIFY_POLICY_UNKNOWN : VERIFY_POLICY_NONE;
	if (!v->policy_set || blobs == NULL || blobs->get(blobs->context, &v->policy, &text, &f) != OK) return;
	enum err e = policy_parse(arena_copy(v->arena, buf_slice(&text)), v->arena, &policy, &f);
	buf_free(&text);
	if (e != OK) {
		verify_fault(v, AT_FILE(""), "the policy for cosignatures cannot be read: %s", f.text);
		return;
	}
	for (unsigned i = 0; i < v->keys_n; i++) policy_add_log(&policy, &v->keys[i].key, v->arena);
	a->policy = VERIFY_POLICY_MISSING;
	if (note.n == 0 || policy_judge(&policy, note, v->arena, &verdict, &f) != OK) return;
	if (verdict.quorum) a->policy = VERIFY_POLICY_MET;
	policy_put_missing(&missing, &policy, verdict.witnessed);
	a->policy_missing = arena_copy(v->arena, buf_slice(&missing));
	buf_free(&missing);
}

static bool signed_at(const struct note *note, const struct verify_key *key)
{
	for (unsigned i = 0; key != NULL && i < note->n; i++)
		if (note->signatures[i].key != NULL && note->signatures[i].key->algorithm == NOTE_ED25519 &&
			memcmp(note->signatures[i].key->public_key, key->key.public_key, ED25519_PUBLIC_BYTES) == 0)
			return true;
	return false;
}

static void judge_growth(struct verifying *v, const struct checkpoint *c)
{
	const struct verify_mark *mark = &v->marks[MARK_COSIGNED];
	if (c->head.size > v->answer->head.size)
		verify_fault(v, AT, "witnesses cosigned %llu entries, %llu are here: the ledger was rolled back",
			(unsigned long long)c->head.size, (unsigned long long)v->answer->head.size);
	else if (!mark->found) verify_note(v, AT, "not compared: the tree at its size is not known");
	else if (!digest_equal(&mark->root, &c->head.root))
		verify_fault(v, AT, "witnesses cosigned another root of the first %llu entries: the ledger has two histories",
			(unsigned long long)c->head.size);
}

void verify_cosigned_judge(struct verifying *v)
{
	struct fault f = {0};
	struct note note;
	struct checkpoint c;
	if (!v->cosigned_there || v->keys_n == 0) {
		if (v->cosigned_there) verify_note(v, AT, "not judged: the ledger's key is not known");
		judge_policy(v, (slice){0});
		return;
	}
	slice bytes = arena_copy(v->arena, buf_slice(&v->cosigned));
	enum err e = checkpoint_open(bytes, verify_keys(v, true), v->arena, &note, &c, &f);
	if (e != OK) verify_piece(v, AT, "%s", f.text);
	else if (!slice_equal(c.origin, v->answer->origin)) verify_fault(v, AT, "it is of another ledger");
	else if (!signed_at(&note, verify_key_at(v, c.head.size)))
		verify_fault(v, AT, "it is not signed by the key that counts at its size");
	else {
		judge_growth(v, &c);
		take_cosignatures(v, &note);
		v->answer->cosigned_size = c.head.size;
	}
	judge_policy(v, e == OK ? bytes : (slice){0});
}
