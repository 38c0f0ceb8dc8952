/* Records that are given as spans have the hits that they have as lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "property_make.h"
#include "rig.h"

#define SEED 20200615u
#define ROUNDS 1500u
#define INDICATORS_MAX 24u

/* A chunk in memory of its own: zero margins, and spans. */
struct chunk {
	uint8_t *p;
	struct scan_chunk scan;
	struct scan_span *spans;
};

static void chunk_make(struct chunk *c, slice text, enum format f)
{
	c->p = mem_alloc(text.n + 2 * SCAN_MARGIN);
	if (text.n > 0) memcpy(c->p + SCAN_MARGIN, text.p, text.n);
	c->scan = (struct scan_chunk){.bytes = slice_of(c->p + SCAN_MARGIN, text.n), .format = f};
	c->spans = mem_alloc((text.n + 1) * sizeof *c->spans);
}

static void chunk_free(struct chunk *c)
{
	free(c->p);
	free(c->spans);
}

/* Each line that is a record is a span. */
static void spans_of_lines(struct chunk *c)
{
	slice rest = c->scan.bytes;
	size_t n = 0;
	while (rest.n > 0) {
		slice line = slice_cut(&rest, '\n');
		uint32_t start = (uint32_t)(line.p - c->scan.bytes.p);
		if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
		if (slice_trim(line).n > 0) c->spans[n++] = (struct scan_span){start, (uint32_t)line.n};
	}
	c->scan.spans = c->spans;
	c->scan.spans_n = n;
}

static void put_hits(struct buf *b, const struct scan_result *r)
{
	buf_printf(b, "%llu records, refused %llu\n", (unsigned long long)r->records, (unsigned long long)r->refused);
	for (size_t i = 0; i < r->hits_n; i++) {
		const struct hit *h = &r->hits[i];
		buf_printf(b, "%u %d %d line %llu record %llu at %llu ", h->term, h->kind, h->typed, (unsigned long long)h->line,
			(unsigned long long)h->record_no, (unsigned long long)h->offset);
		buf_add(b, h->seen);
		buf_add(b, h->record);
		buf_add_byte(b, '\n');
	}
}

static struct buf scan(struct scanner *s, const struct scan_chunk *c)
{
	struct scan_result r;
	struct buf b = {0};
	scan_chunk(s, c, &r);
	put_hits(&b, &r);
	return b;
}

static void round_try(struct arena *a, struct dice *d, size_t *bytes)
{
	static const enum format formats[] = {FORMAT_TEXT, FORMAT_JSON, FORMAT_EVE, FORMAT_WINDOWS, FORMAT_ZEEK_JSON};
	struct indicator in[INDICATORS_MAX];
	size_t n = 1 + dice_below(d, INDICATORS_MAX);
	struct watchlist_settings settings = {.marking_default = TLP_AMBER_STRICT};
	struct scan_settings how = {.telemetry = {.year = 2020}};
	struct chunk c;
	for (size_t i = 0; i < n; i++) in[i] = make_indicator(a, d, i);
	enum format f = formats[dice_below(d, sizeof formats / sizeof *formats)];
	chunk_make(&c, make_records(a, d, in, n, f), f);
	struct watchlist *list = rig_watchlist(&settings, in, n);
	struct scanner *scanner = scanner_new(list, &how, SCAN_BEST);
	struct buf lines = scan(scanner, &c.scan);
	spans_of_lines(&c);
	struct buf spans = scan(scanner, &c.scan);
	if (!slice_equal(buf_slice(&lines), buf_slice(&spans)))
		fail_msg("of %.*s\nlines: %.*s\nspans: %.*s", SLICE_PRINTF(c.scan.bytes), SLICE_PRINTF(buf_slice(&lines)),
			SLICE_PRINTF(buf_slice(&spans)));
	*bytes += spans.n;
	buf_free(&lines);
	buf_free(&spans);
	scanner_free(scanner);
	watchlist_free(list);
	chunk_free(&c);
}

static void spans_are_lines(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	size_t bytes = 0;
	print_message("seed %u\n", SEED);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct dice d = {.state = (SEED + i) * 1000003ull};
		arena_reset(a);
		round_try(a, &d, &bytes);
	}
	assert_true(bytes > 100 * ROUNDS);
	arena_free(a);
}

/* What lies between the spans is no record, and a span may hold newlines. */
static void what_lies_between(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator_term term = {.type = OBSERVABLE_DOMAIN, .op = TERM_EQUAL, .value = SLICE("evil.example.com")};
	struct indicator in = rig_indicator(a, "indicator--1", term);
	struct watchlist_settings settings = {.marking_default = TLP_AMBER_STRICT};
	struct scan_settings how = {.telemetry = {.year = 2020}};
	struct watchlist *list = rig_watchlist(&settings, &in, 1);
	struct scanner *scanner = scanner_new(list, &how, SCAN_BEST);
	struct chunk c;
	chunk_make(&c, SLICE("[ evil.example.com {\n\"a\":\n\"evil.example.com\"},\n{\"b\":\"x\\nevil.example.com\"} evil.example.com"),
		FORMAT_JSON);
	c.spans[0] = (struct scan_span){19, 28};
	c.spans[1] = (struct scan_span){49, 27};
	c.scan.spans = c.spans;
	c.scan.spans_n = 2;
	struct scan_result r;
	scan_chunk(scanner, &c.scan, &r);
	assert_int_equal(r.records, 2);
	assert_int_equal(r.lines, 3);
	assert_int_equal(r.hits_n, 2);
	assert_int_equal(r.hits[0].line, 0);
	assert_int_equal(r.hits[0].offset, 19);
	assert_int_equal(r.hits[0].record.n, 28);
	assert_int_equal(r.hits[1].line, 3);
	assert_int_equal(r.hits[1].record_no, 1);
	assert_int_equal(r.hits[1].offset, 49);
	c.scan.spans_n = 0;
	scan_chunk(scanner, &c.scan, &r);
	assert_int_equal(r.records, 0);
	assert_int_equal(r.hits_n, 0);
	scanner_free(scanner);
	watchlist_free(list);
	chunk_free(&c);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(spans_are_lines), cmocka_unit_test(what_lies_between)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
