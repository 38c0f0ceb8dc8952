/* Slices, arenas, buffers, pages. */
#include "cmocka_all.h"
#include "slice.h"

static void compares_and_finds(void **state)
{
	(void)state;
	slice s = SLICE("Content-Type: text");
	assert_true(slice_equal_nocase(s, SLICE("content-TYPE: TEXT")));
	assert_false(slice_equal_nocase(SLICE("a["), SLICE("A{")));
	assert_false(slice_equal(SLICE("ab"), SLICE("abc")));
	assert_true(slice_equal((slice){NULL, 0}, SLICE("")));
	assert_true(slice_starts(s, SLICE("Content")));
	assert_true(slice_starts(s, SLICE("")));
	assert_false(slice_starts(SLICE("ab"), SLICE("abc")));
	assert_true(slice_ends(s, SLICE("text")));
	assert_false(slice_ends(SLICE("t"), SLICE("text")));
	assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
	assert_true(slice_compare(SLICE("\xff"), SLICE("a")) > 0);
	assert_int_equal(slice_compare((slice){NULL, 0}, (slice){NULL, 0}), 0);
	assert_int_equal(slice_find_byte(s, ':'), 12);
	assert_int_equal(slice_find_byte(s, '!'), s.n);
	assert_int_equal(slice_find_byte((slice){NULL, 0}, 0), 0);
	assert_int_equal(slice_find(s, SLICE("Type")), 8);
	assert_int_equal(slice_find(s, SLICE("Types")), s.n);
	assert_int_equal(slice_find(SLICE("a"), SLICE("ab")), 1);
	assert_int_equal(slice_find(s, SLICE("")), 0);
}

static void cuts_and_trims(void **state)
{
	(void)state;
	slice rest = SLICE("a,,b");
	assert_true(slice_equal(slice_cut(&rest, ','), SLICE("a")));
	assert_true(slice_equal(slice_cut(&rest, ','), SLICE("")));
	assert_int_equal(rest.n, 1);
	assert_true(slice_equal(slice_cut(&rest, ','), SLICE("b")));
	assert_int_equal(rest.n, 0);
	assert_int_equal(slice_cut(&rest, ',').n, 0);
	assert_true(slice_equal(slice_trim(SLICE(" \t\r\na b\n ")), SLICE("a b")));
	assert_int_equal(slice_trim(SLICE(" \n ")).n, 0);
	assert_int_equal(slice_sub(SLICE("abc"), 9, 9).n, 0);
	assert_true(slice_equal(slice_sub(SLICE("abc"), 1, SIZE_MAX), SLICE("bc")));
}

static void arena_zeroes_aligns_counts(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	for (int round = 0; round < 3; round++) {
		size_t total = 0;
		for (size_t n = 0; n < 3000; n += 7) {
			uint8_t *p = arena_alloc(a, n);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
			memset(p, 0xAA, n);
			total += n;
		}
		assert_true(arena_bytes(a) >= total);
		uint8_t *big = arena_alloc(a, 5u << 20);
		assert_int_equal(big[(5u << 20) - 1], 0);
		memset(big, 0xBB, 5u << 20);
		arena_reset(a);
		assert_int_equal(arena_bytes(a), 0);
	}
	slice copy = arena_copy(a, SLICE("text"));
	assert_string_equal((const char *)copy.p, "text");
	assert_int_equal(copy.n, 4);
	assert_int_equal(arena_copy(a, (slice){NULL, 0}).n, 0);
	slice printed = arena_printf(a, "%s-%d", "x", 42);
	assert_string_equal((const char *)printed.p, "x-42");
	assert_non_null(arena_array(a, 3, 8));
	arena_free(a);
	arena_free(NULL);
}

static void buf_keeps_its_cap(void **state)
{
	(void)state;
	for (size_t max = 1; max < 300; max++) {
		struct buf b = {.max = max};
		for (size_t i = 0; i < max; i++) buf_add_byte(&b, (uint8_t)i);
		assert_false(b.failed);
		assert_int_equal(b.n, max);
		assert_true(b.room <= max);
		buf_add_byte(&b, 0);
		assert_true(b.failed);
		assert_int_equal(b.n, max);
		assert_false(buf_reserve(&b, 0));
		buf_clear(&b);
		assert_false(b.failed);
		buf_add(&b, slice_of("x", 1));
		assert_int_equal(b.n, 1);
		buf_free(&b);
		assert_null(b.p);
	}
	struct buf b = {.max = 4};
	buf_add_text(&b, "abc");
	buf_add_text(&b, "de"); /* all or nothing */
	assert_true(b.failed);
	assert_int_equal(b.n, 3);
	buf_add_text(&b, "d"); /* would fit, comes too late */
	assert_int_equal(b.n, 3);
	buf_free(&b);
	buf_free(&b);
}

static void buf_prints(void **state)
{
	(void)state;
	struct buf b = {0};
	char wide[1000];
	memset(wide, 'w', sizeof wide);
	buf_printf(&b, "%d|", 7);
	buf_printf(&b, "%.*s", (int)sizeof wide, wide);
	buf_printf(&b, "%s", "");
	assert_int_equal(b.n, 1002);
	assert_int_equal(buf_slice(&b).p[1001], 'w');
	buf_free(&b);
}

static void huge_pages_are_aligned(void **state)
{
	(void)state;
	size_t n = (2u << 20) + 1;
	uint8_t *p = mem_huge(n);
	assert_int_equal((uintptr_t)p % (2u << 20), 0);
	assert_int_equal(p[0] + p[n - 1], 0);
	p[n - 1] = 1;
	mem_huge_free(p, n);
	mem_huge_free(NULL, 0);
}

static void arena_marks(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct arena_mark empty = arena_mark(a);
	slice kept = arena_copy(a, SLICE("kept"));
	struct arena_mark mark = arena_mark(a);
	size_t bytes = arena_bytes(a);
	for (int round = 0; round < 3; round++) {
		for (size_t n = 1; n < 1u << 20; n *= 3) memset(arena_alloc(a, n), 0xa5, n); /* over several chunks */
		arena_release(a, mark);
		assert_int_equal(arena_bytes(a), bytes);
	}
	assert_true(slice_equal(kept, SLICE("kept")));
	slice more = arena_copy(a, SLICE("more"));
	assert_true(slice_equal(kept, SLICE("kept")) && slice_equal(more, SLICE("more")));
	arena_release(a, empty);
	assert_int_equal(arena_bytes(a), 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_marks),
		cmocka_unit_test(compares_and_finds),
		cmocka_unit_test(cuts_and_trims),
		cmocka_unit_test(arena_zeroes_aligns_counts),
		cmocka_unit_test(buf_keeps_its_cap),
		cmocka_unit_test(buf_prints),
		cmocka_unit_test(huge_pages_are_aligned),
	};
	return cmocka_run_group_tests_name("base/slice", tests, NULL, NULL);
}
