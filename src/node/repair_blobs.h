/* Blobs that are missing or have changed come back from a copy of the home. A blob's name is the digest of its bytes, so the copy need not
 * be believed; one that an erasure names is not missed, and does not come back. */
#ifndef NODE_REPAIR_BLOBS_H
#define NODE_REPAIR_BLOBS_H
#include "home.h"
#include "home_verify.h"

struct blob_repair {
	const char **files; /* what was put back, "blobs/…", ascending; in the arena */
	size_t files_n;
	uint64_t left; /* what the copy does not have either, or is more than REPAIR_FILES_MAX */
};
/* The caller holds the home's lock. What was there is kept beside, as NAME.damaged-TIME.
 * Errors: ERR_NOT_FOUND no ledger; ERR_DISK, ERR_ACCESS: blobs up to some were put back, each whole; repeat. */
CHECKED enum err blobs_repair(
	const struct home *h, const struct home_files *copy, instant now, struct arena *a, struct blob_repair *out, struct fault *f);
#endif
