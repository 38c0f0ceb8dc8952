/* What the ledger's tests share: leaves, the tree as RFC 6962 defines it (slow and obvious), tiles in memory. */
#ifndef TEST_LEDGER_TREES_H
#define TEST_LEDGER_TREES_H
#include "proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* A repeatable stream of numbers (xorshift64*). The tests print the seed they started with. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* MTH(D[n]) of RFC 6962 2.1 over leaf hashes. */
static inline digest obvious_root(const digest *leaves, uint64_t n)
{
	uint64_t k = 1;

	if (n == 0) return digest_of((slice){0});
	if (n == 1) return leaves[0];
	while (k * 2 < n) k *= 2;
	digest left = obvious_root(leaves, k), right = obvious_root(leaves + k, n - k);
	return tree_node(&left, &right);
}

/* PATH(m, D[n]) of 2.1.1, appended to p. */
static inline void obvious_path(const digest *leaves, uint64_t n, uint64_t m, struct proof *p)
{
	uint64_t k = 1;

	if (n == 1) return;
	while (k * 2 < n) k *= 2;
	if (m < k) {
		obvious_path(leaves, k, m, p);
		p->hashes[p->n++] = obvious_root(leaves + k, n - k);
	} else {
		obvious_path(leaves + k, n - k, m - k, p);
		p->hashes[p->n++] = obvious_root(leaves, k);
	}
}

/* SUBPROOF(m, D[n], whole) of 2.1.2, appended to p. */
static inline void obvious_subproof(const digest *leaves, uint64_t n, uint64_t m, bool whole, struct proof *p)
{
	uint64_t k = 1;

	if (m == n) {
		if (!whole) p->hashes[p->n++] = obvious_root(leaves, n);
		return;
	}
	while (k * 2 < n) k *= 2;
	if (m <= k) {
		obvious_subproof(leaves, k, m, whole, p);
		p->hashes[p->n++] = obvious_root(leaves + k, n - k);
	} else {
		obvious_subproof(leaves + k, n - k, m - k, false, p);
		p->hashes[p->n++] = obvious_root(leaves, k);
	}
}

/* A tree whose tiles stay in memory. */
struct memory {
	struct frontier frontier;
	struct buf levels[TREE_TILE_LEVELS]; /* the hashes of all tiles of a level, one behind another */
	unsigned reads;
	enum err fails; /* what the next reads say */
};

static inline void memory_add(struct memory *m, const digest *leaf)
{
	digest tops[TREE_TILE_LEVELS];
	unsigned n = frontier_add(&m->frontier, leaf, tops);

	for (unsigned l = 0; l < n; l++) buf_add(&m->levels[l], digest_slice(&tops[l]));
}

static inline enum err memory_read(void *context, const struct tile *t, slice *bytes, struct fault *f)
{
	struct memory *m = context;

	m->reads++;
	if (m->fails != OK) return fault_set(f, m->fails, 0, 0, "told to fail");
	*bytes = slice_sub(buf_slice(&m->levels[t->level]), (size_t)t->n * TILE_BYTES, (size_t)t->width * DIGEST_BYTES);
	return OK;
}

static inline struct tile_source memory_source(struct memory *m)
{
	return (struct tile_source){m, memory_read};
}

static inline void memory_free(struct memory *m)
{
	for (unsigned l = 0; l < TREE_TILE_LEVELS; l++) buf_free(&m->levels[l]);
}

static inline digest leaf_number(uint64_t i)
{
	return tree_leaf(slice_of(&i, sizeof i));
}
#endif
