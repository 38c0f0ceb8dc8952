/* Proof files (`.tlog-proof`): an entry's place, its inclusion proof and the checkpoint, to be verified offline.
 * Slices borrow from the file's bytes or live in the arena given. Source: C2SP tlog-proof. */
#ifndef LEDGER_PROOF_FILE_H
#define LEDGER_PROOF_FILE_H
#include "policy.h"
#include "proof.h"

struct proof_file {
	slice extra; /* opaque, not authenticated: never trusted; empty: none */
	uint64_t index;
	struct proof proof;
	slice note; /* the checkpoint, signed */
};
void proof_file_put(struct buf *b, const struct proof_file *p);
/* Errors: ERR_SYNTAX, line and rule; ERR_LIMIT PROOF_FILE_BYTES_MAX and the note's limits. The note is taken apart for its rules, no
 * signature is judged. */
CHECKED enum err proof_file_parse(slice bytes, struct arena *a, struct proof_file *out, struct fault *f);
/* Everything that a verifier must do: the log's signature, the cosignatures, the quorum, the inclusion of the leaf.
 * Errors: as policy_judge and proof_check_inclusion; ERR_NOT_FOUND the quorum is not met: the fault says who is missing. */
CHECKED enum err proof_file_check(const struct proof_file *p, const digest *leaf, const struct policy *policy, struct arena *a,
	struct policy_verdict *out, struct fault *f);
#endif
