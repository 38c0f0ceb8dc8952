/* Texts made printable: escapes, their spans, and their isolation among letters that are written from the right. */
#include "../base/cmocka_all.h"
#include "document_int.h"

static struct printable made(struct arena *a, slice text, slice note, bool lines)
{
	struct fonts fonts;
	struct fault f;
	struct document_told told = {0};
	struct cell cell = {.text = text, .note = note, .lines = lines};
	assert_int_equal(fonts_open(&fonts, &f), OK);
	struct printable p = printable_of(a, &fonts, &cell, &told);
	fonts_close(&fonts);
	return p;
}

static void is(slice found, const char *expected)
{
	if (!slice_equal(found, slice_from(expected))) fail_msg("%.*s is not %s", (int)found.n, (const char *)found.p, expected);
}

static void escapes_that_touch_are_one_span(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	struct printable p = made(a, SLICE("a\x01\xff z\x02"), SLICE(""), false);
	is(p.text, "a\\u{1}\\xff z\\u{2}");
	assert_int_equal(p.escapes_n, 2);
	assert_int_equal(p.escapes[0].from, 1);
	assert_int_equal(p.escapes[0].to, 10);
	assert_int_equal(p.escapes[1].from, 12);
	assert_int_equal(p.escapes[1].to, p.text.n);
	assert_int_equal(p.note_from, p.text.n);
	arena_free(a);
}

static void among_arabic_letters_an_escape_is_isolated(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	struct printable p = made(a, SLICE("\u062a\x01\u0628"), SLICE(""), false);
	is(p.text, "\u062a\u2066\\u{1}\u2069\u0628");
	assert_int_equal(p.escapes_n, 1);
	is(slice_sub(p.text, p.escapes[0].from, p.escapes[0].to - p.escapes[0].from), "\\u{1}");
	p = made(a, SLICE("a\x01"), SLICE("\u05d0"), false);
	is(p.text, "a\u2066\\u{1}\u2069\n\u05d0");
	arena_free(a);
}

static void a_note_begins_a_line(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	struct printable p = made(a, SLICE("a\n"), SLICE("b\t"), false);
	is(p.text, "a\\u{a}\nb\\u{9}");
	assert_int_equal(p.note_from, 7);
	p = made(a, SLICE(""), SLICE("b"), false);
	is(p.text, "b");
	assert_int_equal(p.note_from, 0);
	p = made(a, SLICE("a\n\tb"), SLICE(""), true);
	is(p.text, "a\n    b");
	assert_int_equal(p.escapes_n, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_that_touch_are_one_span),
		cmocka_unit_test(among_arabic_letters_an_escape_is_isolated),
		cmocka_unit_test(a_note_begins_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
