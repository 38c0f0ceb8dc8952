/* The digest of a set of lines that does not depend on their order, so that two readers who met them in another order agree: SHA-256 over
 * the lines' own SHA-256 digests (32 bytes each, the newline counted in), in ascending order; equal lines count as often as they stand.
 * Memory: 32 bytes a line. Pure; a set belongs to one thread. Source: docs/formats/ledger.md, `scan`. */
#ifndef NODE_DIGEST_SET_H
#define NODE_DIGEST_SET_H
#include "digest.h"

/* Zero-initialise. */
struct digest_set {
	digest *rows;
	size_t n, room;
};
void digest_set_add(struct digest_set *s, slice line);
/* The set's digest; empties the set and gives its memory back. */
digest digest_set_end(struct digest_set *s);
#endif
