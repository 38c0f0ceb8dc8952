/* Proofs from tiles against the tree as RFC 6962 defines it; what is changed is refused. */
#include "trees.h"

#define LEAVES 3000

struct made {
	struct memory memory;
	digest leaves[LEAVES];
	struct tile_cache *cache;
};

static int set_up(void **state)
{
	struct made *m = calloc(1, sizeof *m);

	for (unsigned i = 0; i < LEAVES; i++) {
		m->leaves[i] = leaf_number(i);
		memory_add(&m->memory, &m->leaves[i]);
	}
	m->cache = tile_cache_new(memory_source(&m->memory), 8);
	*state = m;
	return 0;
}

static int tear_down(void **state)
{
	struct made *m = *state;

	tile_cache_free(m->cache);
	memory_free(&m->memory);
	free(m);
	return 0;
}

static bool proof_equal(const struct proof *a, const struct proof *b)
{
	return a->n == b->n && memcmp(a->hashes, b->hashes, a->n * sizeof a->hashes[0]) == 0;
}

static struct tree_head head_of(const struct made *m, uint64_t size)
{
	return (struct tree_head){size, obvious_root(m->leaves, size)};
}

static void inclusion_check(struct made *m, uint64_t index, uint64_t size)
{
	struct proof p = {0}, expected = {0};
	struct tree_head head = head_of(m, size);
	digest leaf;
	struct fault f = {0};

	assert_int_equal(proof_inclusion(m->cache, index, size, &p, &f), OK);
	obvious_path(m->leaves, size, index, &expected);
	if (!proof_equal(&p, &expected)) fail_msg("the path of %u in %u", (unsigned)index, (unsigned)size);
	assert_int_equal(proof_leaf(m->cache, index, size, &leaf, &f), OK);
	assert_true(digest_equal(&leaf, &m->leaves[index]));
	assert_int_equal(proof_check_inclusion(&p, index, &leaf, &head, &f), OK);
	/* Another place never holds, unless the tree has one leaf only. */
	if (size > 1) assert_int_not_equal(proof_check_inclusion(&p, index == 0 ? 1 : index - 1, &leaf, &head, &f), OK);
	assert_int_equal(proof_check_inclusion(&p, size, &leaf, &head, &f), ERR_SYNTAX);
}

static void consistency_check(struct made *m, uint64_t old, uint64_t size)
{
	struct proof p = {0}, expected = {0};
	struct tree_head before = head_of(m, old), head = head_of(m, size);
	struct fault f = {0};

	assert_int_equal(proof_consistency(m->cache, old, size, &p, &f), OK);
	if (old != 0) obvious_subproof(m->leaves, size, old, true, &expected);
	if (!proof_equal(&p, &expected)) fail_msg("from %u to %u", (unsigned)old, (unsigned)size);
	assert_int_equal(proof_check_consistency(&p, &before, &head, &f), old == 0 ? ERR_SYNTAX : OK);
}

static void small_sizes(void **state)
{
	struct made *m = *state;

	for (uint64_t size = 1; size <= 40; size++)
		for (uint64_t i = 0; i < size; i++) inclusion_check(m, i, size);
	for (uint64_t size = 0; size <= 40; size++)
		for (uint64_t old = 0; old <= size; old++) consistency_check(m, old, size);
}

static void random_sizes(void **state)
{
	struct made *m = *state;
	uint64_t seed = 20240517;

	print_message("# seed %llu\n", (unsigned long long)seed);
	for (unsigned i = 0; i < 400; i++) {
		uint64_t size = 1 + random_next(&seed) % LEAVES, old = random_next(&seed) % (size + 1);
		inclusion_check(m, random_next(&seed) % size, size);
		consistency_check(m, old, size);
		struct frontier f;
		assert_int_equal(proof_frontier(m->cache, size, &f, NULL), OK);
		digest root = frontier_root(&f), expected = obvious_root(m->leaves, size);
		assert_true(digest_equal(&root, &expected));
	}
}

/* Every bit, and every hash too many, too few or twice. */
static void changed(void **state)
{
	struct made *m = *state;
	struct proof p = {0}, c = {0}, other;
	struct tree_head head = head_of(m, 2500), old = head_of(m, 1300);
	const digest *leaf = &m->leaves[777];
	struct fault f;

	assert_int_equal(proof_inclusion(m->cache, 777, 2500, &p, &f), OK);
	assert_int_equal(proof_consistency(m->cache, 1300, 2500, &c, &f), OK);
	for (unsigned bit = 0; bit < p.n * 256; bit++) {
		other = p;
		other.hashes[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(proof_check_inclusion(&other, 777, leaf, &head, &f), ERR_SYNTAX);
	}
	for (unsigned bit = 0; bit < c.n * 256; bit++) {
		other = c;
		other.hashes[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(proof_check_consistency(&other, &old, &head, &f), ERR_SYNTAX);
	}
	for (unsigned i = 0; i < p.n; i++) {
		other = p;
		memmove(&other.hashes[i + 1], &other.hashes[i], (p.n - i) * sizeof other.hashes[0]);
		other.n++;
		assert_int_equal(proof_check_inclusion(&other, 777, leaf, &head, &f), ERR_SYNTAX);
		other = p;
		memmove(&other.hashes[i], &other.hashes[i + 1], (p.n - i - 1) * sizeof other.hashes[0]);
		other.n--;
		assert_int_equal(proof_check_inclusion(&other, 777, leaf, &head, &f), ERR_SYNTAX);
	}
	for (unsigned i = 0; i < c.n; i++) {
		other = c;
		memmove(&other.hashes[i + 1], &other.hashes[i], (c.n - i) * sizeof other.hashes[0]);
		other.n++;
		assert_int_equal(proof_check_consistency(&other, &old, &head, &f), ERR_SYNTAX);
		other = c;
		memmove(&other.hashes[i], &other.hashes[i + 1], (c.n - i - 1) * sizeof other.hashes[0]);
		other.n--;
		assert_int_equal(proof_check_consistency(&other, &old, &head, &f), ERR_SYNTAX);
	}
	/* Another index or size of all near ones. A size may be changed without harm only where the proof's shape says the same. */
	for (uint64_t i = 0; i < 2500; i++)
		if (i != 777) assert_int_equal(proof_check_inclusion(&p, i, leaf, &head, &f), ERR_SYNTAX);
}

/* The tree grows under a cache: what was narrow is read again, what was whole is not. */
static void growing(void **state)
{
	(void)state;
	struct memory m = {0};
	struct tile_cache *c = tile_cache_new(memory_source(&m), 4);
	struct proof p;
	struct fault f;
	digest leaf = leaf_number(0);

	memory_add(&m, &leaf);
	for (uint64_t n = 1; n < 700; n++) {
		digest next = leaf_number(n);
		memory_add(&m, &next);
		struct tree_head head = frontier_head(&m.frontier);
		assert_int_equal(proof_inclusion(c, 0, n + 1, &p, &f), OK);
		assert_int_equal(proof_check_inclusion(&p, 0, &leaf, &head, &f), OK);
	}
	unsigned reads = m.reads;
	for (unsigned i = 0; i < 100; i++) assert_int_equal(proof_inclusion(c, i, 700, &p, &f), OK);
	assert_true(m.reads <= reads + 1);
	tile_cache_clear(c);
	m.fails = ERR_DISK;
	struct proof before = p;
	assert_int_equal(proof_inclusion(c, 0, 700, &p, &f), ERR_DISK);
	assert_string_equal(f.text, "told to fail");
	assert_true(proof_equal(&p, &before));
	m.fails = OK;
	m.levels[0].n = 256 * DIGEST_BYTES - 1; /* a tile that is a byte short */
	assert_int_equal(proof_inclusion(c, 0, 700, &p, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, "tile/0/000"));
	assert_int_equal(proof_inclusion(c, 700, 700, &p, &f), ERR_USAGE);
	assert_int_equal(proof_consistency(c, 701, 700, &p, &f), ERR_USAGE);
	assert_int_equal(proof_inclusion(c, 0, TREE_SIZE_MAX + 1, &p, &f), ERR_USAGE);
	tile_cache_free(c);
	tile_cache_free(NULL);
	memory_free(&m);
}

static void lines(void **state)
{
	struct made *m = *state;
	struct proof p, back;
	struct buf b = {0};
	uint64_t line = 3;
	struct fault f = {0};

	assert_int_equal(proof_inclusion(m->cache, 5, LEAVES, &p, &f), OK);
	proof_put_lines(&b, &p);
	slice rest = buf_slice(&b);
	assert_int_equal(proof_get_lines(&rest, 63, &line, &back, &f), ERR_SYNTAX); /* no empty line */
	buf_add_text(&b, "\nrest");
	rest = buf_slice(&b);
	assert_int_equal(proof_get_lines(&rest, p.n - 1, &line, &back, &f), ERR_LIMIT);
	assert_int_equal(f.line, 3 + p.n - 1);
	assert_int_equal(proof_get_lines(&rest, p.n, &line, &back, &f), OK);
	assert_true(proof_equal(&p, &back) && slice_equal(rest, SLICE("rest")) && line == 3 + p.n + 1);
	b.p[50] = '!';
	rest = buf_slice(&b), line = 3;
	assert_int_equal(proof_get_lines(&rest, 63, &line, &back, &f), ERR_SYNTAX);
	assert_int_equal(f.line, 4);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(small_sizes), cmocka_unit_test(random_sizes), cmocka_unit_test(changed),
		cmocka_unit_test(growing), cmocka_unit_test(lines)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
