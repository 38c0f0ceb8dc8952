/* A witness's protocol and decision. The order of the checks is the standard's: who may not know what is remembered does not learn it. */
#include "witness.h"
#include "cosignature.h"
#include "limit.h"
#include "text.h"

enum err witness_request_parse(slice bytes, struct witness_request *out, struct fault *f)
{
	struct witness_request r = {0};
	slice rest = bytes;
	uint64_t line = 2;

	if (bytes.n > WITNESS_REQUEST_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "WITNESS_REQUEST_BYTES_MAX: a request of %zu bytes", bytes.n);
	slice old = slice_cut(&rest, '\n');
	if (!slice_starts(old, SLICE("old ")) || !text_get_decimal(slice_sub(old, 4, SIZE_MAX), &r.old))
		return fault_set(f, ERR_SYNTAX, 1, 0, "tlog-witness: the first line is \"old N\", decimal without leading zeroes");
	enum err e = proof_get_lines(&rest, WITNESS_PROOF_LINES_MAX, &line, &r.proof, f);
	if (e != OK) return e;
	if (rest.n == 0) return fault_set(f, ERR_SYNTAX, line, 0, "tlog-witness: no checkpoint behind the empty line");
	r.checkpoint = rest;
	*out = r;
	return OK;
}

void witness_request_put(struct buf *b, const struct witness_request *r)
{
	buf_printf(b, "old %llu\n", (unsigned long long)r->old);
	proof_put_lines(b, &r->proof);
	buf_add_byte(b, '\n');
	buf_add(b, r->checkpoint);
}

unsigned witness_status(enum witness_verdict v)
{
	static const unsigned STATUS[] = {
		[WITNESS_COSIGN] = 200,
		[WITNESS_MALFORMED] = 400,
		[WITNESS_UNSIGNED] = 403,
		[WITNESS_UNKNOWN] = 404,
		[WITNESS_STALE] = 409,
		[WITNESS_FORK] = 409,
		[WITNESS_INCONSISTENT] = 422,
	};

	return STATUS[v];
}

static const struct witness_log *log_find(const struct witness_log *logs, unsigned n, slice origin)
{
	for (unsigned i = 0; i < n; i++)
		if (slice_equal(logs[i].origin, origin)) return &logs[i];
	return NULL;
}

/* Whose checkpoint it is and whether its log signed it. WITNESS_COSIGN: so far nothing is wrong. */
static enum witness_verdict authenticity(
	struct witness_answer *w, slice signed_note, const struct witness_log *logs, unsigned logs_n, struct arena *a, struct fault *f)
{
	struct note note = {0};

	if (note_parse(signed_note, a, &note, f) != OK || checkpoint_parse(note.text, &w->checkpoint, f) != OK) return WITNESS_MALFORMED;
	w->text = note.text;
	w->log = log_find(logs, logs_n, w->checkpoint.origin);
	if (w->log == NULL) {
		(void)fault_set(f, ERR_NOT_FOUND, 0, 0, "tlog-witness: no log %.*s is known",
			SLICE_PRINTF(slice_sub(w->checkpoint.origin, 0, 128)));
		return WITNESS_UNKNOWN;
	}
	return note_open(signed_note, w->log->keys, a, &note, f) == OK ? WITNESS_COSIGN : WITNESS_UNSIGNED;
}

static enum witness_verdict empty_judge(const struct witness_request *r, const struct tree_head *head, struct fault *f)
{
	digest empty = tree_empty_root();

	if (head->size == 0 && !digest_equal(&head->root, &empty)) {
		(void)fault_set(f, ERR_SYNTAX, 0, 0, "tlog-witness: the root of size 0 is not that of the empty tree");
		return WITNESS_INCONSISTENT;
	}
	if (r->proof.n == 0) return WITNESS_COSIGN;
	(void)fault_set(f, ERR_SYNTAX, 0, 0, "tlog-witness: from old size 0 the proof is empty");
	return WITNESS_INCONSISTENT;
}

/* Whether the checkpoint continues what is remembered. */
static enum witness_verdict growth(
	const struct witness_request *r, const struct tree_head *known, const struct tree_head *head, struct fault *f)
{
	if (r->old > head->size) {
		(void)fault_set(f, ERR_SYNTAX, 1, 0, "tlog-witness: old %llu is above the checkpoint's size %llu",
			(unsigned long long)r->old, (unsigned long long)head->size);
		return WITNESS_MALFORMED;
	}
	/* Before the old size is looked at: whatever the client believes, a second root is evidence that must not be lost. */
	if (known->size != 0 && known->size == head->size && !digest_equal(&known->root, &head->root)) {
		(void)fault_set(f, ERR_DAMAGED, 0, 0, "tlog-witness: a second root for size %llu: the log shows different trees",
			(unsigned long long)head->size);
		return WITNESS_FORK;
	}
	if (r->old != known->size) {
		(void)fault_set(f, ERR_CHANGED, 1, 0, "tlog-witness: old %llu, remembered is %llu", (unsigned long long)r->old,
			(unsigned long long)known->size);
		return WITNESS_STALE;
	}
	if (r->old == 0) return empty_judge(r, head, f);
	return proof_check_consistency(&r->proof, known, head, f) == OK ? WITNESS_COSIGN : WITNESS_INCONSISTENT;
}

struct witness_answer witness_judge(slice request, const struct witness_log *logs, unsigned logs_n, struct arena *a, struct fault *f)
{
	struct witness_answer w = {.verdict = WITNESS_MALFORMED};
	struct witness_request r = {0};

	if (witness_request_parse(request, &r, f) != OK) return w;
	w.verdict = authenticity(&w, r.checkpoint, logs, logs_n, a, f);
	if (w.verdict != WITNESS_COSIGN) return w;
	w.verdict = growth(&r, &w.log->head, &w.checkpoint.head, f);
	if (w.verdict == WITNESS_COSIGN) w.remember = w.checkpoint.head;
	return w;
}

void witness_put_refusal(struct buf *b, const struct witness_answer *w)
{
	if (witness_status(w->verdict) == 409) buf_printf(b, "%llu\n", (unsigned long long)w->log->head.size);
}

enum err witness_cosign(struct buf *b, const struct witness_answer *w, uint64_t time, const struct note_signer *signers, unsigned signers_n,
	struct fault *f)
{
	struct buf lines = {0};
	enum err e = OK;

	if (w->verdict != WITNESS_COSIGN || signers_n == 0) return fault_set(f, ERR_USAGE, 0, 0, "tlog-witness: nothing to cosign");
	for (unsigned i = 0; i < signers_n && e == OK; i++) e = cosignature_sign(&lines, w->text, time, &signers[i], f);
	if (e == OK) buf_add(b, buf_slice(&lines));
	buf_free(&lines);
	return e;
}
