/* Proofs from tiles. The path from a node to the root of a tree has three parts: while node and last leaf lie under different nodes of the
 * next height, siblings are whole; where the two paths meet, the sibling is what the tree has on the right, whole or not; above, the node
 * is on the right edge and has siblings only on its left. */
#include "proof_int.h"

/* Where a proof is made: every step needs these. */
struct making {
	struct tile_cache *cache;
	uint64_t size;
	struct fault *fault;
	enum err error; /* the first one; later steps do nothing */
};

static digest node(struct making *m, unsigned height, uint64_t index)
{
	digest d = {0};

	if (m->error == OK) m->error = tile_cache_node(m->cache, (struct tree_place){height, index}, m->size, &d, m->fault);
	return d;
}

/* The root over the leaves from `begin` to the tree's end, where begin is a multiple of a power of two that is no less than their number.
 */
static digest edge_root(struct making *m, uint64_t begin)
{
	uint64_t leaves = m->size - begin;
	unsigned h = (unsigned)__builtin_ctzll(leaves);
	digest root = node(m, h, (m->size >> h) - 1);

	for (h++; h < TREE_HEIGHT_MAX && leaves >> h != 0; h++) {
		if ((leaves >> h & 1) == 0) continue;
		digest left = node(m, h, (m->size >> h) - 1);
		root = tree_node(&left, &root);
	}
	return root;
}

/* The siblings on the way from the subtree of 2^height leaves that ends with leaf `last` up to the root. */
static void path(struct making *m, unsigned height, uint64_t last, struct proof *p)
{
	uint64_t apart = last ^ (m->size - 1);
	unsigned meet = apart == 0 ? 0 : 64 - (unsigned)__builtin_clzll(apart);

	for (unsigned h = height; h < TREE_HEIGHT_MAX; h++) {
		uint64_t at = last >> h;
		if (h + 1 < meet) p->hashes[p->n++] = node(m, h, at ^ 1);
		else if (h + 1 == meet) p->hashes[p->n++] = edge_root(m, (at ^ 1) << h);
		else if ((at & 1) != 0) p->hashes[p->n++] = node(m, h, at - 1);
	}
}

static enum err finish(const struct making *m, const struct proof *p, struct proof *out)
{
	if (m->error == OK) *out = *p;
	return m->error;
}

static enum err sizes_check(uint64_t size, bool within, struct fault *f)
{
	if (size > TREE_SIZE_MAX) return fault_set(f, ERR_USAGE, 0, 0, "no tree has %llu leaves", (unsigned long long)size);
	if (!within) return fault_set(f, ERR_USAGE, 0, 0, "outside of the tree of %llu leaves", (unsigned long long)size);
	return OK;
}

enum err proof_inclusion(struct tile_cache *c, uint64_t index, uint64_t size, struct proof *out, struct fault *f)
{
	struct making m = {c, size, f, sizes_check(size, index < size, f)};
	struct proof p = {0};

	if (m.error == OK) path(&m, 0, index, &p);
	return finish(&m, &p, out);
}

enum err proof_consistency(struct tile_cache *c, uint64_t old, uint64_t size, struct proof *out, struct fault *f)
{
	struct making m = {c, size, f, sizes_check(size, old <= size, f)};
	struct proof p = {0};

	if (m.error == OK && old != 0 && old != size) {
		unsigned h = (unsigned)__builtin_ctzll(old);
		/* Who checks knows the root of the old tree: where that is this very node, it is left out. */
		if (old >> h != 1) p.hashes[p.n++] = node(&m, h, (old >> h) - 1);
		path(&m, h, old - 1, &p);
	}
	return finish(&m, &p, out);
}

enum err proof_leaf(struct tile_cache *c, uint64_t index, uint64_t size, digest *out, struct fault *f)
{
	enum err e = sizes_check(size, index < size, f);

	return e != OK ? e : tile_cache_node(c, (struct tree_place){0, index}, size, out, f);
}

enum err proof_frontier(struct tile_cache *c, uint64_t size, struct frontier *out, struct fault *f)
{
	struct making m = {c, size, f, sizes_check(size, true, f)};
	struct frontier grown = {.size = size};

	if (m.error != OK) return m.error;
	for (unsigned h = 0; h < TREE_HEIGHT_MAX; h++)
		if ((size >> h & 1) != 0) grown.subtrees[h] = node(&m, h, (size >> h) - 1);
	if (m.error == OK) *out = grown;
	return m.error;
}
