/* RFC 6962's hashes and the frontier. Invariant: subtrees[h] is the root of the 2^h leaves that end at size with its bits below h cleared,
 * for every h whose bit is set in size; the others are leftovers that nobody reads. */
#include "tree.h"

#include <assert.h>

digest tree_empty_root(void)
{
	return digest_of((slice){0});
}

digest tree_leaf(slice entry)
{
	struct digest_stream s;

	digest_start(&s);
	digest_add(&s, SLICE("\0"));
	digest_add(&s, entry);
	return digest_end(&s);
}

digest tree_node(const digest *left, const digest *right)
{
	uint8_t bytes[1 + 2 * DIGEST_BYTES];

	bytes[0] = 1;
	memcpy(bytes + 1, left->b, DIGEST_BYTES);
	memcpy(bytes + 1 + DIGEST_BYTES, right->b, DIGEST_BYTES);
	return digest_of(slice_of(bytes, sizeof bytes));
}

unsigned frontier_add(struct frontier *f, const digest *leaf, digest *tops)
{
	digest carry = *leaf;
	unsigned h = 0;

	assert(f->size < TREE_SIZE_MAX);
	if (tops != NULL) tops[0] = carry;
	for (; (f->size >> h & 1) != 0; h++) {
		carry = tree_node(&f->subtrees[h], &carry);
		if (tops != NULL && (h + 1) % 8 == 0) tops[(h + 1) / 8] = carry;
	}
	f->subtrees[h] = carry;
	f->size++;
	return h / 8 + 1;
}

digest frontier_root(const struct frontier *f)
{
	if (f->size == 0) return tree_empty_root();
	unsigned h = (unsigned)__builtin_ctzll(f->size);
	digest root = f->subtrees[h];
	for (h++; h < TREE_HEIGHT_MAX; h++)
		if ((f->size >> h & 1) != 0) root = tree_node(&f->subtrees[h], &root);
	return root;
}

struct tree_head frontier_head(const struct frontier *f)
{
	return (struct tree_head){f->size, frontier_root(f)};
}

unsigned frontier_hashes(const struct frontier *f, digest *out)
{
	unsigned n = 0;

	for (unsigned h = TREE_HEIGHT_MAX; h-- > 0;)
		if ((f->size >> h & 1) != 0) out[n++] = f->subtrees[h];
	return n;
}

bool frontier_from_hashes(struct frontier *f, uint64_t size, const digest *hashes, unsigned n)
{
	unsigned at = 0;

	if (size > TREE_SIZE_MAX || (unsigned)__builtin_popcountll(size) != n) return false;
	*f = (struct frontier){.size = size};
	for (unsigned h = TREE_HEIGHT_MAX; h-- > 0;)
		if ((size >> h & 1) != 0) f->subtrees[h] = hashes[at++];
	return true;
}
