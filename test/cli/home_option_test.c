/* Which home a command works in. */
#include "../base/cmocka_all.h"
#include "home_option.h"

#include <stdlib.h>

static void the_option_counts_more_than_the_variable(void **state)
{
	const char *path = NULL;

	(void)state;
	assert_int_equal(setenv("KULLA_HOME", "/variable", 1), 0);
	assert_int_equal(home_option_find("/option", &path, NULL), OK);
	assert_string_equal(path, "/option");
	assert_int_equal(home_option_find(NULL, &path, NULL), OK);
	assert_string_equal(path, "/variable");
}

static void without_either_it_says_what_to_do(void **state)
{
	const char *path = "untouched";
	struct fault f;

	(void)state;
	assert_int_equal(unsetenv("KULLA_HOME"), 0);
	assert_int_equal(home_option_find(NULL, &path, &f), ERR_USAGE);
	assert_non_null(strstr(f.text, "--home DIR"));
	assert_non_null(strstr(f.text, "KULLA_HOME"));
	assert_int_equal(home_option_find("", &path, &f), ERR_USAGE);
	assert_non_null(strstr(f.text, "--home is empty"));
	assert_int_equal(setenv("KULLA_HOME", "", 1), 0);
	assert_int_equal(home_option_find(NULL, &path, &f), ERR_USAGE);
	assert_non_null(strstr(f.text, "KULLA_HOME is empty"));
	assert_string_equal(path, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_option_counts_more_than_the_variable),
		cmocka_unit_test(without_either_it_says_what_to_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
