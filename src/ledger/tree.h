/* The Merkle tree of RFC 6962 over entries, and the frontier that grows it.
 * Pure; any thread may call; a frontier belongs to one. Source: RFC 6962 2.1. */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H
#include "digest.h"

#define TREE_HEIGHT_MAX 63                                   /* of a subtree in a tree of at most TREE_SIZE_MAX leaves */
#define TREE_SIZE_MAX ((UINT64_C(1) << TREE_HEIGHT_MAX) - 1) /* leaves: what other implementations read (a signed number) */
#define TREE_TILE_LEVELS 8                                   /* levels of tiles that a tree of TREE_SIZE_MAX leaves has */

/* A tree as a checkpoint states it. */
struct tree_head {
	uint64_t size;
	digest root;
};

digest tree_empty_root(void);                              /* of the tree without leaves: SHA-256 of nothing */
digest tree_leaf(slice entry);                             /* SHA-256(0x00 || entry) */
digest tree_node(const digest *left, const digest *right); /* SHA-256(0x01 || left || right) */

/* The roots of the perfect subtrees of which a tree of `size` leaves consists: subtrees[h] is the one of 2^h leaves, and counts
 * where bit h of size is set. Zero-initialised it is the empty tree. Copying the struct copies the tree. */
struct frontier {
	uint64_t size;
	digest subtrees[TREE_HEIGHT_MAX];
};
/* Append a leaf hash (amortised: one node hash a leaf). Returns into how many levels of tiles a hash came: always level 0 (the leaf
 * itself), level 1 when the leaf completes a tile of level 0, and so on; tops[l] is the hash that is next in level l.
 *   tops   out: at least TREE_TILE_LEVELS; NULL when nobody writes tiles
 * The caller keeps size below TREE_SIZE_MAX (asserted). */
unsigned frontier_add(struct frontier *f, const digest *leaf, digest *tops);
digest frontier_root(const struct frontier *f);
struct tree_head frontier_head(const struct frontier *f);
/* The subtrees that count, the largest first: `out` has room for TREE_HEIGHT_MAX; returns how many there are. */
unsigned frontier_hashes(const struct frontier *f, digest *out);
/* The reverse: false when n is not the number of subtrees of a tree of that size. Whether the hashes are right only the root tells. */
bool frontier_from_hashes(struct frontier *f, uint64_t size, const digest *hashes, unsigned n);
#endif
