/* The frontier against the tree as RFC 6962 defines it. */
#include "trees.h"

#define LEAVES 1100

static void grows(void **state)
{
	(void)state;
	static digest leaves[LEAVES];
	struct memory m = {0};

	for (unsigned n = 0; n <= LEAVES; n++) {
		digest root = frontier_root(&m.frontier), expected = obvious_root(leaves, n);
		assert_true(digest_equal(&root, &expected));
		if (n == LEAVES) break;
		leaves[n] = leaf_number(n);
		memory_add(&m, &leaves[n]);
	}
	/* Level 0 has the leaves, level 1 the root of each 256. */
	assert_int_equal(m.levels[0].n, LEAVES * DIGEST_BYTES);
	assert_int_equal(m.levels[1].n, LEAVES / 256 * DIGEST_BYTES);
	for (unsigned i = 0; i < LEAVES / 256; i++) {
		digest expected = obvious_root(leaves + 256 * (size_t)i, 256);
		assert_memory_equal(m.levels[1].p + (size_t)i * DIGEST_BYTES, expected.b, DIGEST_BYTES);
	}
	memory_free(&m);
}

/* Taken apart and put together at any size, it grows on as before. */
static void stored(void **state)
{
	(void)state;
	struct frontier f = {0};
	digest hashes[TREE_HEIGHT_MAX], leaf;

	for (unsigned n = 0; n < 600; n++) {
		struct frontier again;
		unsigned count = frontier_hashes(&f, hashes);
		assert_int_equal(count, __builtin_popcount(n));
		assert_false(frontier_from_hashes(&again, n, hashes, count + 1));
		assert_true(frontier_from_hashes(&again, n, hashes, count));
		digest root = frontier_root(&f), other = frontier_root(&again);
		assert_true(digest_equal(&root, &other));
		leaf = leaf_number(n);
		assert_int_equal(frontier_add(&f, &leaf, NULL), 1 + ((n + 1) % 256 == 0));
		(void)frontier_add(&again, &leaf, NULL);
		root = frontier_root(&f), other = frontier_root(&again);
		assert_true(digest_equal(&root, &other));
	}
	assert_false(frontier_from_hashes(&f, TREE_SIZE_MAX + 1, hashes, 1));
}

/* A leaf that completes several levels at once: the tops of all are given. */
static void high(void **state)
{
	(void)state;
	digest hashes[TREE_HEIGHT_MAX], tops[TREE_TILE_LEVELS], leaf = leaf_number(0);
	struct frontier f;

	for (unsigned h = 0; h < 62; h++) hashes[h] = leaf_number(h);
	assert_true(frontier_from_hashes(&f, (UINT64_C(1) << 62) - 1, hashes, 62));
	assert_int_equal(frontier_add(&f, &leaf, tops), 8);
	assert_true(digest_equal(&tops[0], &leaf));
	digest carry = leaf;
	for (unsigned h = 0; h < 62; h++) {
		carry = tree_node(&hashes[61 - h], &carry);
		if ((h + 1) % 8 == 0) assert_true(digest_equal(&tops[(h + 1) / 8], &carry));
	}
	digest root = frontier_root(&f);
	assert_true(digest_equal(&root, &carry));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(grows), cmocka_unit_test(stored), cmocka_unit_test(high)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
