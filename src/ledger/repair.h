/* Repair of a ledger's files from a copy of the same ledger: what verification names as damaged or missing is taken from the copy, and
 * stays only when all of the ledger, with these pieces in their places, leads to the signed checkpoint.
 * Invariants: 1. nothing is changed before every piece that is put back is proven; 2. what was there is kept aside, as
 * NAME.damaged-TIME; 3. a checkpoint is put back only when nothing here reaches beyond it, so that no answered entry is lost.
 * The caller holds the home's lock. Source: docs/formats/ledger.md. */
#ifndef LEDGER_REPAIR_H
#define LEDGER_REPAIR_H
#include "verify.h"

struct repair_request {
	const struct storage *home; /* is written */
	const struct storage *copy; /* is read */
	slice key;                  /* the ledger's verifier key: needed when its own checkpoint cannot be read, else it may be empty */
	instant now;                /* for the names of what is kept aside */
	verify_tell *tell;          /* what is wrong before the repair */
	void *tell_context;
};
struct repair_answer {
	const char **files; /* what was put back, or set aside because no copy needs it: ascending; in the arena */
	size_t files_n;
	uint64_t left;         /* faults that remain */
	struct tree_head head; /* the checkpoint's, under which all was proven */
};
/* Errors, nothing is changed: ERR_CHANGED the copy is not one of this ledger, or another history of it; ERR_USAGE a key is needed;
 * ERR_DAMAGED the copy cannot prove itself, or would take entries away; ERR_LIMIT REPAIR_FILES_MAX, REPAIR_BYTES_MAX; as ledger_verify.
 * ERR_DISK: pieces up to some were put back, each whole; repeat. */
CHECKED enum err ledger_repair(const struct repair_request *r, struct arena *a, struct repair_answer *out, struct fault *f);
#endif
