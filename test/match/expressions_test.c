/* What an expression's fragment and the prefilter promise: whatever PCRE2 meets holds the fragment and is named. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "expressions_int.h"
#include "property_make.h"
#include "rig.h"

static void fragments(void **state)
{
	static const struct {
		const char *expression, *fragment;
	} rows[] = {
		{"powershell\\.exe", "powershell.exe"}, /* literal_safe_byte has no letter that NFC makes: see below */
		{"^mimi.*dump$", "mimi"},
		{"a|bcdef", NULL},
		{"(abc|def)ghij", "ghij"},
		{"abcd?ef", "abc"},
		{"abcd*", "abc"},
		{"abcd+ef", "abcd"},
		{"abcd{0,3}efg", "abc"},
		{"[abc]defg", "defg"},
		{"[]abc]defg", "defg"},
		{"[^]abc]defg", "defg"},
		{"[[:alpha:]]defgh", NULL},
		{"(?i)abcdef", NULL},
		{"(?:abcdef)xyz", "xyz"},
		{"(?x) abc def", NULL},
		{"abc\\x41def", NULL},
		{"abc\\ddefg", "defg"},
		{"\\Qa|b\\Ecdef", NULL},
		{"abc\\\\defgh", "defgh"},
		{"ab", NULL},
		{"a.b.c.d", NULL},
		{"abc(", NULL},
		{"abc)", NULL},
		{"abc(?#)def", NULL},
		{"(*UTF)abcdef", NULL},
		{"desktop.ini", "des"},
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = {0};
		bool found = expression_fragment(slice_from(rows[i].expression), &out);
		if (found != (rows[i].fragment != NULL) || (found && !slice_equal(buf_slice(&out), slice_from(rows[i].fragment))))
			fail_msg("%s: %.*s", rows[i].expression, (int)out.n, out.p != NULL ? (const char *)out.p : "");
		buf_free(&out);
	}
}

/* A random expression over a small alphabet, so that texts often meet it. */
static slice make_expression(struct arena *a, struct dice *d)
{
	static const char *const parts[] = {"a", "b", "c", "ab", "abc", "cab", ".", ".*", "a?", "b*", "c+", "(a|b)", "(ab)?", "[ab]",
		"[^a]", "\\.", "^", "$", "|", "{2}", "a{1,2}", "\\w", "(?:bc)+", "\xc3\xa9", "\\d", "(?=a)"};
	struct buf out = {0};
	for (uint32_t n = 1 + dice_below(d, 8); n > 0; n--) buf_add_text(&out, parts[dice_below(d, sizeof parts / sizeof *parts)]);
	slice kept = arena_copy(a, buf_slice(&out));
	buf_free(&out);
	return kept;
}

static slice make_text(struct arena *a, struct dice *d)
{
	static const char *const parts[] = {"a", "b", "c", "ab", "abc", ".", "1", "\xc3\xa9", "\xff", "A"};
	struct buf out = {0};
	for (uint32_t n = dice_below(d, 12); n > 0; n--) buf_add_text(&out, parts[dice_below(d, sizeof parts / sizeof *parts)]);
	slice kept = arena_copy(a, buf_slice(&out));
	buf_free(&out);
	return kept;
}

static bool meets(slice expression, slice text)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *code =
		pcre2_compile(expression.p, expression.n, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
	assert_non_null(code);
	pcre2_match_data *m = pcre2_match_data_create(1, NULL);
	bool met = pcre2_match(code, text.p != NULL ? text.p : (const uint8_t *)"", text.n, 0, 0, m, NULL) >= 0;
	pcre2_match_data_free(m);
	pcre2_code_free(code);
	return met;
}

#define EXPRESSIONS 40u

struct named {
	bool terms[EXPRESSIONS];
};

static void name(void *context, uint32_t term, size_t end)
{
	(void)end;
	((struct named *)context)->terms[term] = true;
}

static bool holds(slice text, slice fragment)
{
	for (size_t i = 0; i + fragment.n <= text.n; i++)
		if (slice_equal_nocase(slice_sub(text, i, fragment.n), fragment)) return true;
	return false;
}

static void check_round(struct arena *a, struct dice *d, size_t *met)
{
	struct indicator in[EXPRESSIONS];
	slice expressions[EXPRESSIONS];
	size_t n = 0;
	while (n < EXPRESSIONS) {
		expressions[n] = make_expression(a, d);
		if (!literals_expression_ok(expressions[n], NULL)) continue;
		struct indicator_term t = {
			TERM_MATCHES, OBSERVABLE_COMMAND_LINE, expressions[n], SLICE("process:command_line"), true, false};
		in[n] = rig_indicator(a, "indicator--x", t);
		n++;
	}
	struct watchlist_settings ws = {.marking_default = TLP_RED};
	struct watchlist *w = rig_watchlist(&ws, in, n);
	assert_non_null(w);
	assert_int_equal(watchlist_terms(w), n);
	struct literals_scratch *s = literals_scratch_new(w->literals);
	for (size_t k = 0; k < 60; k++) {
		slice text = make_text(a, d);
		struct named named = {{false}};
		literals_values(w->literals, s, text, name, &named);
		for (size_t i = 0; i < n; i++) {
			struct buf fragment = {0};
			if (meets(expressions[i], text)) {
				++*met;
				if ((w->terms[i].flags & TERM_ALWAYS) != 0) assert_true(named.terms[i]);
				else assert_true(expression_fragment(expressions[i], &fragment) && holds(text, buf_slice(&fragment)));
			}
			buf_free(&fragment);
		}
	}
	literals_scratch_free(s);
	watchlist_free(w);
}

static void never_too_few(void **state)
{
	(void)state;
	const char *seed = getenv("KULLA_SEED");
	struct dice d = {.state = seed != NULL ? strtoull(seed, NULL, 10) : 7};
	size_t met = 0;
	fprintf(stderr, "seed %llu\n", (unsigned long long)d.state);
	struct arena *a = arena_new(0);
	for (int round = 0; round < 60; round++) {
		arena_reset(a);
		check_round(a, &d, &met);
	}
	arena_free(a);
	assert_true(met > 1000);
}

/* Hyperscan 5.4.0 compiles literals of 40 bytes and more, then fails in every scan: nothing at all was found. */
static void long_literals(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	slice text = SLICE("run the-quick-brown-fox-jumps-over-the-lazy-dog-and-then-some-more now\nrun mutex-a now\n");
	struct indicator_term terms[] = {
		{TERM_EQUAL, OBSERVABLE_MUTEX, SLICE("the-quick-brown-fox-jumps-over-the-lazy-dog-and-then-some-more"), SLICE("mutex:name"),
			false, false},
		{TERM_LIKE, OBSERVABLE_COMMAND_LINE, SLICE("%the-quick-brown-fox-jumps-over-the-lazy-dog-and-then%"),
			SLICE("process:command_line"), true, false},
		{TERM_MATCHES, OBSERVABLE_COMMAND_LINE, SLICE("quic[jk]-brown-fox-jumps-over-the-lazy-dog-and-then-some"),
			SLICE("process:command_line"), true, false},
		{TERM_EQUAL, OBSERVABLE_MUTEX, SLICE("mutex-a"), SLICE("mutex:name"), false, false},
	};
	struct indicator in[4];
	for (size_t i = 0; i < 4; i++) in[i] = rig_indicator(a, (const char *)arena_printf(a, "indicator--%zu", i).p, terms[i]);
	struct watchlist_settings ws = {.marking_default = TLP_RED};
	struct rig_watch w = {rig_watchlist(&ws, in, 4), in, 4};
	struct scan_settings s = {0};
	struct reference_input input = {.format = FORMAT_TEXT, .text = text};
	struct reference_hits hits;
	assert_non_null(w.list);
	assert_true(rig_scan(a, &w, &s, SCAN_BEST, &input, &hits));
	assert_int_equal(hits.n, 4);
	watchlist_free((struct watchlist *)w.list);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fragments), cmocka_unit_test(long_literals), cmocka_unit_test(never_too_few)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
