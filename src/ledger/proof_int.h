/* What the sources of proof.h share. */
#ifndef LEDGER_PROOF_INT_H
#define LEDGER_PROOF_INT_H
#include "proof.h"

#include <stdlib.h>

/* The perfect subtree of the 2^height leaves from index * 2^height on. */
struct tree_place {
	unsigned height;
	uint64_t index;
};
/* Its root; the subtree lies within the tree of `size` leaves. Errors: the source's; ERR_DAMAGED. */
CHECKED enum err tile_cache_node(struct tile_cache *c, struct tree_place at, uint64_t size, digest *out, struct fault *f);
#endif
