/* Lines out of pieces: where they end, which are left out, and that the rest goes on. */
#include "collect.h"

static void ends_of_lines(void **state)
{
	(void)state;
	static const char expected[] = "1|||file|||-|-|-1| = 0 a.com\n2|||file|||-|-|-1| = 0 b.com\n4|||file|||-|-|-1| = 0 c.com\n";
	static const char *const texts[] = {
		"a.com\nb.com\n\nc.com\n", "a.com\r\nb.com\r\n\r\nc.com", "a.com\rb.com\r\rc.com\r", "a.com\rb.com\n\nc.com\r\n"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		collect_expect(INTEL_PLAIN, slice_from(texts[i]), expected);
		collect_any_pieces(INTEL_PLAIN, slice_from(texts[i]));
	}
	collect_expect(INTEL_CSV, SLICE("value,name\ra.com,\"x\ry\"\rb.com,z\r"),
		"2||x\ny|file|||-|-|-1| = 0 a.com\n4||z|file|||-|-|-1| = 0 b.com\n");
}

/* What was lost is told with its place; a marking in it still holds. */
static void a_zero_byte(void **state)
{
	(void)state;
	static const char list[] = "a.com\nb\0.com # x\n# TLP:RED \0\nc.com\n";
	collect_expect(INTEL_PLAIN, SLICE(list),
		"1|||file|||-|-|-1| = 0 a.com\n"
		"trouble 2 a NUL byte in the line, left out\n"
		"trouble 3 a NUL byte in the line, left out\n"
		"4|||file||TLP:RED|-|-|-1| = 0 c.com\n");
	collect_any_pieces(INTEL_PLAIN, SLICE(list));
	collect_expect(
		INTEL_CSV, SLICE("value\na\0.com\nb.com\n"), "trouble 2 a NUL byte in the line, left out\n3|||file|||-|-|-1| = 0 b.com\n");
}

static void remember_offset(void *context, const struct fault *f)
{
	*(uint64_t *)context = f->offset;
}

static enum err pass(void *context, const struct indicator *i)
{
	(void)context;
	(void)i;
	return OK;
}

/* The place of a line behind a skipped one, in pieces of any size. */
static void offsets(void **state)
{
	(void)state;
	struct buf b = {0};
	for (size_t i = 0; i < (1u << 20) + 1; i++) buf_add_byte(&b, 'a');
	buf_add_text(&b, "\r\nb.com\r");
	uint64_t place = b.n, seen = 0;
	buf_add(&b, SLICE("\0\r"));
	for (size_t piece = 1000; piece < 4u << 20; piece *= 8) {
		struct intel_sink sink = {pass, remember_offset, &seen};
		struct intel_reader *r = intel_reader_new(INTEL_PLAIN, SLICE("file"), &sink);
		for (size_t at = 0; at < b.n; at += piece)
			assert_int_equal(intel_reader_feed(r, slice_sub(buf_slice(&b), at, piece), NULL), OK);
		assert_int_equal(intel_reader_end(r, NULL), OK);
		assert_int_equal(seen, place);
		intel_reader_free(r);
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ends_of_lines), cmocka_unit_test(a_zero_byte), cmocka_unit_test(offsets)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
