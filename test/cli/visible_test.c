/* Foreign text on a screen: escapes, columns (UAX #11), cuts in the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "visible.h"

static void added(const char *text, bool ascii, const char *expected)
{
	struct buf b = {0};
	visible_add(&b, slice_from(text), ascii);
	buf_add_byte(&b, 0);
	assert_string_equal((const char *)b.p, expected);
	buf_free(&b);
}

static void cut(const char *text, size_t columns, bool ascii, const char *expected)
{
	struct buf b = {0};
	visible_add_cut(&b, slice_from(text), columns, ascii);
	assert_true(visible_columns(buf_slice(&b), ascii) <= columns);
	buf_add_byte(&b, 0);
	assert_string_equal((const char *)b.p, expected);
	buf_free(&b);
}

static void nothing_moves_the_cursor(void **state)
{
	(void)state;
	added("a\033]0;b\007\tc", false, "a\\x1b]0;b\\x07 c");
	added("caf\xe9 \xc3", false, "caf\\xe9 \\xc3");
	added("\xc2\x9b"
	      "2J",
		false, "\\xc2\\x9b2J"); /* C1: CSI */
	added("gpj.\xe2\x80\xae"
	      "exe",
		false,
		"gpj.\\xe2\\x80\\xae"
		"exe"); /* U+202E turns the writing round */
	added("Tiran\xc3\xab \xe2\x80\xa6", false, "Tiran\xc3\xab \xe2\x80\xa6");
	added("Tiran\xc3\xab \xe2\x80\xa6 \xf0\x9f\x98\x80", true, "Tiran\\u{eb} ... \\u{1f600}");
}

static void wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(visible_columns(SLICE("abc"), false), 3);
	assert_int_equal(visible_columns(SLICE("財務省"), false), 6);     /* East Asian Wide */
	assert_int_equal(visible_columns(SLICE("Ａ"), false), 2);         /* Fullwidth */
	assert_int_equal(visible_columns(SLICE("e\xcc\x81x"), false), 2); /* a combining accent */
	assert_int_equal(visible_columns(SLICE("\033"), false), 4);
	assert_int_equal(visible_columns(SLICE("財"), true), 8); /* \u{8ca1} */
}

static void a_cut_keeps_both_ends(void **state)
{
	(void)state;
	cut("short", 5, false, "short");
	cut("0123456789", 9, false, "0123…6789");
	cut("0123456789", 4, false, "01…9");
	cut("0123456789", 1, false, "…");
	cut("0123456789", 9, true, "012...789");
	cut("財務省財務省", 9, false, "財務…務省");
	cut("財務省財務省", 8, false, "財務…省"); /* half a character is none */
	cut("e\xcc\x81"
	    "bcdefg\xcc\x81h",
		5, false,
		"e\xcc\x81"
		"b…g\xcc\x81h");
	cut("abcdef\xcc\x81h", 4, false, "ab…h"); /* not the accent without its letter */
}

/* Every width from 3 on is kept to, whatever the text. */
static void every_width_is_kept_to(void **state)
{
	(void)state;
	static const char *const texts[] = {"財務省.example/aé\xcc\x81\xff\033x財", "\xcc\x81\xcc\x81財財財", "https://例え.example/…/終"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t columns = 3; columns < 40; columns++) {
			struct buf b = {0};
			visible_add_cut(&b, slice_from(texts[i]), columns, false);
			size_t found = visible_columns(buf_slice(&b), false), all = visible_columns(slice_from(texts[i]), false);
			assert_true(found <= columns);
			assert_true(all <= columns
					    ? found == all
					    : found + 7 >= columns); /* at most an escape, or half a character, is lost at each end */
			buf_free(&b);
		}
}

static void the_locale_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *all, *ctype, *lang;
		bool expected;
	} rows[] = {
		{"", "", "", false},
		{"C.UTF-8", "", "", true},
		{"C", "C.UTF-8", "C.UTF-8", false},
		{"", "sq_AL.utf8", "C", true},
		{"", "", "en_US.ISO-8859-1", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(
			setenv("LC_ALL", rows[i].all, 1) | setenv("LC_CTYPE", rows[i].ctype, 1) | setenv("LANG", rows[i].lang, 1), 0);
		assert_int_equal(visible_locale_is_utf8(), rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_moves_the_cursor),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(a_cut_keeps_both_ends),
		cmocka_unit_test(every_width_is_kept_to),
		cmocka_unit_test(the_locale_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
