/* What a limit hides is told by its name, and how much of a record is read all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "limit.h"
#include "rig.h"

static struct indicator plain(struct arena *a, const char *id, const char *value)
{
	return rig_indicator(a, id, (struct indicator_term){.op = TERM_EQUAL, .value = arena_copy(a, slice_from(value))});
}

static struct indicator expression(struct arena *a, const char *id, const char *value)
{
	return rig_indicator(a, id,
		(struct indicator_term){.op = TERM_MATCHES,
			.type = OBSERVABLE_COMMAND_LINE,
			.value = arena_copy(a, slice_from(value)),
			.path = SLICE("process:command_line"),
			.strict = true});
}

/* The limits that were met, as a text of names and counts. */
static void assert_limits(const struct scan_result *r, const char *want)
{
	struct buf b = {0};
	for (enum scan_limit l = 0; l < SCAN_LIMITS; l++)
		if (r->limited[l] > 0) buf_printf(&b, "%s=%llu ", scan_limit_name(l), (unsigned long long)r->limited[l]);
	if (!slice_equal(buf_slice(&b), slice_from(want)))
		fail_msg("'%.*s', wanted '%s'", (int)b.n, b.p != NULL ? (const char *)b.p : "", want);
	buf_free(&b);
}

static void expressions_that_are_given_up_are_named(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in[] = {expression(a, "indicator--1", "(x+x+)+y"), expression(a, "indicator--2", "(x+x+)+y|zz"),
		expression(a, "indicator--3", "x x")};
	struct rig_scanned s;
	rig_scan_open(
		in, 3, SLICE("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx xxy\nxxxy\nzz\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx xxy\n"), &s);
	assert_limits(&s.result, "MATCH_STEPS_MAX=2 ");
	assert_int_equal(s.result.unfinished_n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(slice_equal(watchlist_get(s.list, s.result.unfinished[i].term).id, in[i].id));
		assert_int_equal(s.result.unfinished[i].records, 2);
	}
	assert_int_equal(s.result.hits_n, 5); /* x x in two records, xxxy for two, zz */
	assert_true(scan_limit_hides(SCAN_LIMIT_MATCH_STEPS));
	rig_scan_close(&s);
	arena_free(a);
}

/* Groups within groups need more stack than compiled code has: that is no reason to give up. */
static void deep_expressions_are_no_limit(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in = expression(a, "indicator--1", "^(?:(a)|(b)|(c))*$");
	struct buf text = {0};
	for (size_t i = 0; i < 20000; i++) buf_add_byte(&text, (uint8_t)("abc"[i % 3]));
	struct rig_scanned s;
	rig_scan_open(&in, 1, buf_slice(&text), &s);
	assert_limits(&s.result, "");
	assert_int_equal(s.result.hits_n, 1);
	rig_scan_close(&s);
	buf_free(&text);
	arena_free(a);
}

/* Each URL is read to the line's end and to its separators; what stands between two separators is found however many there are. */
static void urls_within_urls_are_bounded(void **state)
{
	static const struct {
		const char *piece;
		const char *limits;
	} rows[] = {{"http://a,", ""}, {"http://a/,", "URL_WORK_MAX=1 "}, {"http://a/", ""}, {"http://[,", ""},
		{"evil.com/,", "URL_WORK_MAX=1 "}, {"http://a/;;;;;;;;", "URL_WORK_MAX=1 "}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new(0);
		struct indicator in = plain(a, "indicator--1", "http://evil.com/q");
		struct buf line = {0};
		for (size_t n = 0; line.n < (1u << 20); n++) buf_add_text(&line, n == 50000 ? "http://evil.com/q," : rows[i].piece);
		struct rig_scanned s;
		rig_scan_open(&in, 1, buf_slice(&line), &s);
		assert_limits(&s.result, rows[i].limits);
		assert_int_equal(s.result.hits_n, 1);
		rig_scan_close(&s);
		buf_free(&line);
		arena_free(a);
	}
}

static void records_over_a_limit_are_text(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in = plain(a, "indicator--1", "1.2.3.4");
	struct buf text = {0};
	buf_add_text(&text, "{\"a\":\"1.2.3.4\"}\n{\"a\":\"1.2.3.4\",\"b\":[");
	for (unsigned i = 0; i <= FIELDS_MAX; i++) buf_add_text(&text, "\"x\",");
	buf_add_text(&text, "1]}\n{\"a\":\"1.2.3.4\",\"b\":");
	for (unsigned i = 0; i < 1100; i++) buf_add_byte(&text, '[');
	for (unsigned i = 0; i < 1100; i++) buf_add_byte(&text, ']');
	buf_add_text(&text, "}\n{\"a\":\"1.2.3.4\",");
	struct rig_scanned s;
	rig_scan_open(&in, 1, buf_slice(&text), &s);
	assert_limits(&s.result, "FIELDS_MAX=1 JSON_DEPTH_MAX=1 ");
	assert_int_equal(s.result.refused, 3);
	assert_int_equal(s.result.hits_n, 4);
	rig_scan_close(&s);
	buf_free(&text);
	arena_free(a);
}

static void assert_unmatchable(const struct indicator *in, const char *want)
{
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *w = rig_watchlist(&ws, in, 1);
	slice id, reason;
	assert_int_equal(watchlist_counts(w).unmatchable, 1);
	assert_true(watchlist_unmatchable(w, 0, &id, &reason));
	if (slice_find(reason, slice_from(want)) >= reason.n) fail_msg("'%.*s', wanted '%s'", SLICE_PRINTF(reason), want);
	watchlist_free(w);
}

static void what_is_over_a_limit_is_unmatchable_by_its_name(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct buf url = {0}, like = {0};
	buf_add_text(&url, "http://evil.com/");
	while (url.n <= URL_BYTES_MAX) buf_add_byte(&url, 'a');
	buf_add_byte(&url, 0);
	while (like.n <= EXPRESSION_BYTES_MAX) buf_add_byte(&like, 'a');
	buf_add_byte(&like, 0);
	struct indicator in = plain(a, "indicator--1", (const char *)url.p);
	assert_unmatchable(&in, "URL_BYTES_MAX");
	in = rig_indicator(a, "indicator--1",
		(struct indicator_term){.op = TERM_EQUAL, .type = OBSERVABLE_URL, .value = slice_from((const char *)url.p)});
	assert_unmatchable(&in, "URL_BYTES_MAX");
	in = expression(a, "indicator--1", (const char *)like.p);
	assert_unmatchable(&in, "EXPRESSION_BYTES_MAX");
	in = expression(a, "indicator--1", "(");
	assert_unmatchable(&in, "missing closing parenthesis, at byte 1");
	buf_free(&url);
	buf_free(&like);
	arena_free(a);
}

static void one_address_is_one_value(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in[] = {
		plain(a, "", "10.0.0.1"), plain(a, "", "10.0.0.1/32"), plain(a, "", "2001:db8::1/128"), plain(a, "", "2001:db8:0::1")};
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *w = rig_watchlist(&ws, in, 4);
	assert_int_equal(watchlist_counts(w).loaded, 2);
	assert_int_equal(watchlist_counts(w).duplicate, 2);
	watchlist_free(w);
	arena_free(a);
}

/* Two sources make of one id and version what they understand of it: a pattern that is not matched hides no value, and of two values both
 * count; what is the same is a duplicate, and a newer version supersedes them all. */
static void one_version_from_two_sources(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct indicator_term evil = {.op = TERM_EQUAL, .type = OBSERVABLE_DOMAIN, .value = SLICE("evil.com")},
				    address = {.op = TERM_EQUAL, .type = OBSERVABLE_IPV4, .value = SLICE("192.0.2.7")};
	struct indicator in[6];
	for (size_t i = 0; i < 6; i++) {
		in[i] = rig_indicator(a, "indicator--1", i == 1 || i == 2 ? evil : address);
		in[i].modified = i < 5 ? 1000 : 2000;
	}
	in[0].terms_n = 0; /* a conjunction, say */
	in[0].unmatchable = "AND";
	in[4].terms_n = 0;
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *w = rig_watchlist(&ws, in, 5);
	assert_int_equal(watchlist_counts(w).loaded, 2);
	assert_int_equal(watchlist_counts(w).unmatchable, 1);
	assert_int_equal(watchlist_counts(w).duplicate, 2);
	watchlist_free(w);
	w = rig_watchlist(&ws, in, 6);
	assert_int_equal(watchlist_counts(w).loaded, 1);
	for (uint32_t t = 0; t + 1 < watchlist_terms(w); t++) assert_true(watchlist_superseded(w, t));
	assert_false(watchlist_superseded(w, (uint32_t)watchlist_terms(w) - 1));
	watchlist_free(w);
	in[2].revoked = true; /* a version that is withdrawn stays so */
	struct indicator gone[] = {in[2], in[3]};
	w = rig_watchlist(&ws, gone, 2);
	assert_int_equal(watchlist_counts(w).loaded, 0);
	watchlist_free(w);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_version_from_two_sources),
		cmocka_unit_test(expressions_that_are_given_up_are_named), cmocka_unit_test(deep_expressions_are_no_limit),
		cmocka_unit_test(urls_within_urls_are_bounded), cmocka_unit_test(records_over_a_limit_are_text),
		cmocka_unit_test(what_is_over_a_limit_is_unmatchable_by_its_name), cmocka_unit_test(one_address_is_one_value)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
