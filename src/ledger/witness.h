/* A witness without its disk and its network: what it is asked, what it decides, what it must remember before it answers.
 * The caller holds one lock per origin over judge, store and cosign; order: witness_judge, store `remember` durably, witness_cosign.
 * Source: C2SP tlog-witness (add-checkpoint). */
#ifndef LEDGER_WITNESS_H
#define LEDGER_WITNESS_H
#include "checkpoint.h"
#include "proof.h"

#define WITNESS_PROOF_LINES_MAX 63u
struct witness_request {
	uint64_t old;
	struct proof proof;
	slice checkpoint; /* the signed note */
};
/* Borrows. Errors: ERR_SYNTAX, line and rule; ERR_LIMIT WITNESS_REQUEST_BYTES_MAX, WITNESS_PROOF_LINES_MAX. */
CHECKED enum err witness_request_parse(slice bytes, struct witness_request *out, struct fault *f);
void witness_request_put(struct buf *b, const struct witness_request *r);

/* What the witness knows of one log. */
struct witness_log {
	slice origin;
	struct note_keys keys; /* that may sign for this origin */
	struct tree_head head; /* the last that was cosigned; size 0 (root ignored) when none was */
};
enum witness_verdict {
	WITNESS_COSIGN,      /* 200 */
	WITNESS_MALFORMED,   /* 400 the request breaks a rule, or its old size is above its checkpoint's */
	WITNESS_UNSIGNED,    /* 403 no signature of the log, or one that does not hold */
	WITNESS_UNKNOWN,     /* 404 an origin that is not in the list */
	WITNESS_STALE,       /* 409 old is not the size remembered: the body says which is */
	WITNESS_FORK,        /* 409 the size remembered with another root: evidence against the log, to be kept */
	WITNESS_INCONSISTENT /* 422 the proof does not hold, or an empty tree's root is not that of the empty tree */
};
unsigned witness_status(enum witness_verdict v); /* as in HTTP */
struct witness_answer {
	enum witness_verdict verdict;
	const struct witness_log *log; /* NULL when unknown or before it is known */
	struct checkpoint checkpoint;  /* of the request, from WITNESS_STALE on verified; borrows */
	slice text;                    /* of the note: what is cosigned */
	struct tree_head remember;     /* WITNESS_COSIGN: to be durable before witness_cosign; the same as log->head when nothing grew */
};
/* Decide. Never fails: what is wrong is a verdict, and the fault (may be NULL) says why, for the log. */
struct witness_answer witness_judge(slice request, const struct witness_log *logs, unsigned logs_n, struct arena *a, struct fault *f);
/* The answer's body for a refusal: the remembered size and a newline for WITNESS_STALE and WITNESS_FORK (text/x.tlog.size), else nothing.
 */
void witness_put_refusal(struct buf *b, const struct witness_answer *w);
/* The answer's body for WITNESS_COSIGN: one line of each signer. Only after `remember` is durable. Errors: ERR_USAGE another verdict;
 * as cosignature_sign. On error b is untouched. */
CHECKED enum err witness_cosign(struct buf *b, const struct witness_answer *w, uint64_t time, const struct note_signer *signers,
	unsigned signers_n, struct fault *f);
#endif
