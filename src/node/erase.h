/* A lawful erasure: a blob is destroyed, and the ledger says so. */
#ifndef NODE_ERASE_H
#define NODE_ERASE_H
#include "append.h"

struct erasure {
	digest blob;
	slice ground;    /* who ordered it, under which law; UTF-8; kept as a salted text */
	instant ordered; /* when; INSTANT_NONE: not said */
};
/* The entry first, then the destruction: a crash between the two leaves a blob whose erasure is ordered, and the same call again destroys
 * it (with an entry more). Every entry that names the blob stays valid; so does every proof. Errors: ERR_NOT_FOUND no such blob, nothing
 * was appended; ERR_USAGE no ground; as evidence_lock, evidence_erasable; as salted_put, node_append; as blob_erase, and then the entry
 * stands: *out is set. */
CHECKED enum err node_erase(struct home *h, const struct erasure *x, struct node_place *out, struct fault *f);
#endif
