/* Every CPU path gives bit-identical results: on bytes without any plan, on near misses, and on real telemetry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <glob.h>
#include <isa-l/igzip_lib.h>
#include <cmocka.h>
#include "property_make.h"
#include "rig.h"

#define INDICATORS 200u
#define FILE_BYTES_MAX (600u << 10)

static void assert_same(const struct reference_hits *x, const struct reference_hits *y, const char *what)
{
	bool same = x->n == y->n && x->records == y->records && x->lines == y->lines;
	for (size_t i = 0; same && i < x->n; i++) {
		const struct reference_hit *a = &x->at[i], *b = &y->at[i];
		same = a->record_no == b->record_no && a->line == b->line && a->offset == b->offset && a->indicator == b->indicator &&
		       a->kind == b->kind && a->typed == b->typed && slice_equal(a->seen, b->seen);
	}
	if (!same) fprintf(stderr, "%s differs: %zu and %zu hits\n", what, x->n, y->n);
	assert_true(same);
}

static void compare_paths(struct arena *a, const struct rig_watch *w, const struct reference_input *in)
{
	struct scan_settings s = {.url_prefix = true, .telemetry = {.year = 2021}};
	struct reference_hits first, other;
	assert_true(rig_scan(a, w, &s, SCAN_SCALAR, in, &first));
	for (int p = SCAN_BEST; p <= SCAN_AVX512; p++)
		if (rig_scan(a, w, &s, (enum scan_path)p, in, &other)) assert_same(&first, &other, rig_path_name((enum scan_path)p));
}

/* One line a chunk gives what all lines in one chunk give. */
static void compare_pieces(struct arena *a, const struct rig_watch *w, const struct reference_input *in)
{
	struct scan_settings s = {.telemetry = {.year = 2021}};
	struct reference_hits whole, piece;
	uint64_t hits = 0, records = 0, lines = 0;
	assert_true(rig_scan(a, w, &s, SCAN_BEST, in, &whole));
	for (slice rest = in->text; rest.n > 0;) {
		struct reference_input one = *in;
		const uint8_t *start = rest.p;
		(void)slice_cut(&rest, '\n');
		one.text = slice_of(start, rest.n > 0 ? (size_t)(rest.p - start) : in->text.n - (size_t)(start - in->text.p));
		assert_true(rig_scan(a, w, &s, SCAN_BEST, &one, &piece));
		for (size_t i = 0; i < piece.n; i++) {
			assert_int_equal(piece.at[i].record_no, 0);
			assert_true(hits + i < whole.n);
			assert_int_equal(piece.at[i].indicator, whole.at[hits + i].indicator);
			assert_int_equal(whole.at[hits + i].record_no, records);
			assert_int_equal(whole.at[hits + i].line, lines);
		}
		hits += piece.n;
		records += piece.records;
		lines += piece.lines;
	}
	assert_int_equal(hits, whole.n);
	assert_int_equal(records, whole.records);
	assert_int_equal(lines, whole.lines);
}

static void random_bytes(void **state)
{
	(void)state;
	const char *seed = getenv("KULLA_SEED");
	struct dice d = {.state = seed != NULL ? strtoull(seed, NULL, 10) : 1};
	fprintf(stderr, "seed %llu\n", (unsigned long long)d.state);
	struct arena *a = arena_new(0), *scratch = arena_new(0);
	struct indicator in[INDICATORS];
	for (size_t i = 0; i < INDICATORS; i++) in[i] = make_indicator(a, &d, i);
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *list = rig_watchlist(&ws, in, INDICATORS);
	assert_non_null(list);
	struct rig_watch w = {list, in, INDICATORS};
	for (size_t round = 0; round < 600; round++) {
		arena_reset(scratch);
		struct reference_input text = {.format = round % 3 == 0 ? FORMAT_JSON : FORMAT_TEXT};
		text.text = round % 2 == 0 ? make_noise(scratch, &d, dice_below(&d, 2000))
					   : make_records(scratch, &d, in, INDICATORS, (enum format)dice_below(&d, FORMAT_EVE));
		compare_paths(scratch, &w, &text);
		if (round % 4 == 0) compare_pieces(scratch, &w, &text);
	}
	watchlist_free(list);
	arena_free(scratch);
	arena_free(a);
}

/* ---- real telemetry ---- */

static slice read_gzip(struct arena *a, const char *path)
{
	uint8_t *packed = arena_alloc(a, FILE_BYTES_MAX), *bytes = arena_alloc(a, FILE_BYTES_MAX);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t packed_n = fread(packed, 1, FILE_BYTES_MAX, f);
	fclose(f);
	struct inflate_state state;
	isal_inflate_init(&state);
	state.crc_flag = ISAL_GZIP;
	state.next_in = packed;
	state.avail_in = (uint32_t)packed_n;
	state.next_out = bytes;
	state.avail_out = FILE_BYTES_MAX;
	assert_int_equal(isal_inflate(&state), ISAL_DECOMP_OK);
	size_t end = FILE_BYTES_MAX - state.avail_out;
	if (end == FILE_BYTES_MAX) /* whole lines */
		while (end > 0 && bytes[end - 1] != '\n') end--;
	return slice_of(bytes, end);
}

/* Indicators out of the text itself: words of it, so that there is something to find. */
static size_t words_of(struct arena *a, struct dice *d, slice text, struct indicator *in, size_t max)
{
	size_t n = 0;
	for (size_t tries = 0; tries < max * 20 && n < max && text.n > 100; tries++) {
		size_t from = dice_below(d, (uint32_t)text.n - 60), to;
		while (from < text.n && strchr(" \",:=\t", text.p[from]) == NULL) from++;
		for (to = ++from; to < text.n && to - from < 90 && strchr(" \",=\t\\\r\n", text.p[to]) == NULL; to++) continue;
		if (to - from < 5 || to >= text.n) continue;
		char id[40];
		snprintf(id, sizeof id, "indicator--%zu", n);
		in[n++] = rig_indicator(a, id, (struct indicator_term){.op = TERM_EQUAL, .value = slice_sub(text, from, to - from)});
	}
	return n;
}

static size_t compare_file(const char *path)
{
	struct arena *a = arena_new(0);
	struct dice d = {.state = 7};
	struct indicator in[INDICATORS];
	struct reference_input text = {.text = read_gzip(a, path)};
	size_t n = words_of(a, &d, text.text, in, INDICATORS);
	text.format = telemetry_detect(a, slice_sub(text.text, 0, 65536), &text.header);
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *list = rig_watchlist(&ws, in, n);
	assert_non_null(list);
	struct rig_watch w = {list, in, n};
	compare_paths(a, &w, &text);
	struct reference_hits hits, naive = {0};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	struct reference_settings rs = {.telemetry = {.year = 2021}};
	if (text.text.n > 20000) { /* the naive one is slow: the first lines only */
		text.text.n = 20000;
		while (text.text.p[text.text.n - 1] != '\n') text.text.n--;
	}
	assert_true(rig_scan(a, &w, &s, SCAN_BEST, &text, &hits));
	reference_match(a, in, n, &rs, &text, &naive);
	if (hits.n != naive.n) fprintf(stderr, "%s: %zu hits, reference %zu\n", path, hits.n, naive.n);
	assert_int_equal(hits.n, naive.n);
	for (size_t i = 0; i < hits.n; i++) {
		assert_int_equal(hits.at[i].record_no, naive.at[i].record_no);
		assert_int_equal(hits.at[i].indicator, naive.at[i].indicator);
		assert_int_equal(hits.at[i].kind, naive.at[i].kind);
	}
	size_t found = hits.n;
	watchlist_free(list);
	arena_free(a);
	return found;
}

static void real_telemetry(void **state)
{
	(void)state;
	const char *shared = getenv("KULLA_SHARED");
	char pattern[4096];
	glob_t g;
	snprintf(pattern, sizeof pattern, "%s/data/telemetry/*/*.gz", shared != NULL ? shared : "../shared");
	if (glob(pattern, 0, NULL, &g) != 0) {
		fprintf(stderr, "SKIPPED: no telemetry at %s (set KULLA_SHARED)\n", pattern);
		skip();
	}
	size_t found = 0;
	for (size_t i = 0; i < g.gl_pathc; i++) found += compare_file(g.gl_pathv[i]);
	fprintf(stderr, "%zu files, %zu hits\n", (size_t)g.gl_pathc, found);
	assert_true(found > 0);
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_bytes), cmocka_unit_test(real_telemetry)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
