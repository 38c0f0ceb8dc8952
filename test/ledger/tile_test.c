/* Names and widths of tiles, entry bundles. */
#include "trees.h"

static void names(void **state)
{
	(void)state;
	static const struct {
		struct tile tile;
		const char *path;
	} ROWS[] = {
		{{.n = 0, .width = 256, .level = 0}, "tile/0/000"},
		{{.n = 1234067, .width = 256, .level = 2}, "tile/2/x001/x234/067"}, /* tlog-tiles' own example */
		{{.n = 1234067, .width = 8, .level = 63}, "tile/63/x001/x234/067.p/8"},
		{{.n = 999, .width = 255, .entries = true}, "tile/entries/999.p/255"},
		{{.n = 1000, .width = 1, .entries = true}, "tile/entries/x001/000.p/1"},
		{{.n = UINT64_MAX, .width = 256, .level = 1}, "tile/1/x018/x446/x744/x073/x709/x551/615"},
	};
	char path[TILE_PATH_BYTES];

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct tile t = {0};
		assert_string_equal(tile_path(&ROWS[i].tile, path), ROWS[i].path);
		assert_int_equal(tile_path_parse(slice_from(path), &t, NULL), OK);
		assert_true(t.n == ROWS[i].tile.n && t.width == ROWS[i].tile.width && t.level == ROWS[i].tile.level);
		assert_int_equal(t.entries, ROWS[i].tile.entries);
	}
}

static void names_refused(void **state)
{
	(void)state;
	static const char *const BAD[] = {"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000",
		"tile/64/000", "tile/-1/000", "tile/x/000", "/tile/0/000", "tile/0/000/", "tile/0/x000/000", "tile/0/x000", "tile/0/x001",
		"tile/0/001/000", "tile/0/x1/000", "tile/0/X001/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256",
		"tile/0/000.p/01", "tile/0/000.p/1/", "tile/0/000.q/1", "tile/entries", "tile/entries/", "tile/Entries/000", "tile/0/ 00",
		"tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x999/x999/x999/x999/x999/x999/999",
		"tile/0/x001/x018/x446/x744/x073/x709/x551/615", "tile/0/000.p/1.p/1", "tile//000", "tile/0//000", "tile/0/../000"};

	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		struct tile t = {.n = 5};
		struct fault f = {0};
		if (tile_path_parse(slice_from(BAD[i]), &t, &f) != ERR_SYNTAX) fail_msg("%s was read", BAD[i]);
		assert_int_equal(t.n, 5);
		assert_true(f.text[0] != 0);
	}
}

/* A tree of 70,000 is tlog-tiles' own example. */
static void widths(void **state)
{
	(void)state;
	assert_int_equal(tile_width(0, 272, 70000), 256);
	assert_int_equal(tile_width(0, 273, 70000), 112);
	assert_int_equal(tile_width(0, 274, 70000), 0);
	assert_int_equal(tile_width(1, 0, 70000), 256);
	assert_int_equal(tile_width(1, 1, 70000), 17);
	assert_int_equal(tile_width(2, 0, 70000), 1);
	assert_int_equal(tile_width(3, 0, 70000), 0);
	assert_int_equal(tile_width(0, 1, 256), 0);
	assert_int_equal(tile_width(1, 0, 256), 1);
	assert_int_equal(tile_width(63, 0, UINT64_MAX), 0);
	assert_int_equal(tile_hashes(7, TREE_SIZE_MAX), 127);
}

/* What a walk names is what grew, each once. */
static void walks(void **state)
{
	(void)state;
	static const uint64_t SIZES[] = {0, 1, 255, 256, 257, 511, 512, 65535, 65536, 65537, 70000};

	for (size_t a = 0; a < sizeof SIZES / sizeof *SIZES; a++)
		for (size_t b = a; b < sizeof SIZES / sizeof *SIZES; b++) {
			struct tile_walk w = {0};
			struct tile t;
			uint64_t expected = 0, seen = 0;
			for (unsigned step = 0; step <= TREE_TILE_LEVELS; step++) {
				unsigned level = step == 0 ? 0 : step - 1;
				for (uint64_t n = 0; tile_width(level, n, SIZES[b]) != 0; n++)
					expected += tile_width(level, n, SIZES[b]) != tile_width(level, n, SIZES[a]);
			}
			for (; tile_walk_next(&w, SIZES[a], SIZES[b], &t); seen++) {
				assert_int_equal(t.width, tile_width(t.level, t.n, SIZES[b]));
				assert_true(t.width > tile_width(t.level, t.n, SIZES[a]));
			}
			assert_int_equal(seen, expected);
			assert_false(tile_walk_next(&w, SIZES[a], SIZES[b], &t));
		}
}

static void bundles(void **state)
{
	(void)state;
	struct buf b = {0};
	static uint8_t large[ENTRY_BYTES_MAX + 1];
	slice entries[4];
	struct fault f = {0};

	assert_int_equal(bundle_add(&b, SLICE("one")), OK);
	assert_int_equal(bundle_add(&b, (slice){0}), OK);
	assert_int_equal(bundle_add(&b, slice_of(large, ENTRY_BYTES_MAX)), OK);
	size_t n = b.n;
	assert_int_equal(bundle_add(&b, slice_of(large, ENTRY_BYTES_MAX + 1)), ERR_LIMIT);
	assert_int_equal(b.n, n);
	assert_memory_equal(b.p, "\0\3one\0\0\xff\xff", 9);
	assert_int_equal(bundle_read(buf_slice(&b), 3, entries, &f), OK);
	assert_true(slice_equal(entries[0], SLICE("one")) && entries[1].n == 0 && entries[2].n == ENTRY_BYTES_MAX);
	assert_int_equal(bundle_read(buf_slice(&b), 4, entries, &f), ERR_SYNTAX);
	assert_int_equal(f.offset, n);
	assert_int_equal(bundle_read(buf_slice(&b), 2, entries, &f), ERR_SYNTAX);
	assert_int_equal(f.offset, 7);
	for (size_t cut = 0; cut < n; cut++) assert_int_equal(bundle_read(slice_of(b.p, cut), 3, entries, &f), ERR_SYNTAX);
	assert_int_equal(f.offset, 7); /* where the entry that is cut short starts */
	slice rest = buf_slice(&b), entry;
	unsigned count = 0;
	while (bundle_next(&rest, &entry, NULL) == OK) count++;
	assert_int_equal(count, 3);
	assert_int_equal(bundle_next(&rest, &entry, NULL), ERR_NOT_FOUND);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(names_refused), cmocka_unit_test(widths),
		cmocka_unit_test(walks), cmocka_unit_test(bundles)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
