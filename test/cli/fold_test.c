/* Lines on a terminal: cut at blanks, under their beginning, colours without columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "fold.h"

static void folds(const char *text, size_t width, const char *expected)
{
	char *made = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&made, &n);
	assert_non_null(out);
	fold_put(out, slice_from(text), width);
	(void)fclose(out);
	assert_string_equal(made, expected);
	free(made);
}

static void what_fits_stays(void **state)
{
	(void)state;
	folds("", 20, "");
	folds("one two\n\n  three\n", 7, "one two\n\n  three\n");
	folds("a  b  c", 7, "a  b  c");
}

static void long_lines_go_on_under_their_beginning(void **state)
{
	(void)state;
	folds("  one two three four\nnext\n", 10, "  one two\n    three\n    four\nnext\n");
	folds("  -o, --out DIR   the folder that is made\n", 38, "  -o, --out DIR   the folder that is\n                  made\n");
	folds("a-word-wider-than-all of it", 10, "a-word-wider-than-all\n  of it");
}

static void wide_letters_and_colours_count_as_they_look(void **state)
{
	(void)state;
	folds("\033[1mone\033[0m two", 7, "\033[1mone\033[0m two");
	folds("\033[1mone\033[0m twos", 7, "\033[1mone\033[0m\n  twos");
	folds("\xe6\x97\xa5\xe6\x9c\xac ab", 7, "\xe6\x97\xa5\xe6\x9c\xac ab");
	folds("\xe6\x97\xa5\xe6\x9c\xac abc", 7, "\xe6\x97\xa5\xe6\x9c\xac\n  abc");
	folds("\033[ with no end", 20, "\033[ with no end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays),
		cmocka_unit_test(long_lines_go_on_under_their_beginning),
		cmocka_unit_test(wide_letters_and_colours_count_as_they_look),
	};
	return cmocka_run_group_tests_name("cli/fold", tests, NULL, NULL);
}
