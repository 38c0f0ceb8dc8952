/* Options: the table-driven parser and the suggestions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "observable.h"
#include "option.h"

struct target {
	bool flag;
	const char *text;
	struct option_list list;
	int64_t number;
	instant time;
	int zone, choice;
	enum tlp tlp;
};
static const char *const choices[] = {"auto", "always", NULL};
#define ROW(n, k, member, ...)                                                                                                             \
	{                                                                                                                                  \
		.name = n, .kind = k, .place = offsetof(struct target, member), __VA_ARGS__                                                \
	}
static const struct option table[] = {
	ROW("flag", OPTION_FLAG, flag, .letter = 'f'),
	ROW("text", OPTION_TEXT, text, .letter = 'o', .argument = "FILE"),
	ROW("list", OPTION_LIST, list, .argument = "PATH"),
	ROW("number", OPTION_NUMBER, number, .argument = "N", .min = 1, .max = 10),
	ROW("time", OPTION_TIME, time, .argument = "TIME"),
	ROW("zone", OPTION_ZONE, zone, .argument = "ZONE"),
	ROW("choice", OPTION_CHOICE, choice, .choices = choices, .argument = "WHEN"),
	ROW("tlp", OPTION_TLP, tlp, .argument = "TLP"),
	{0},
};

#define PARSE(...)                                                                                                                         \
	do {                                                                                                                               \
		const char *argv[] = {__VA_ARGS__};                                                                                        \
		e = options_parse(a, table, (int)(sizeof argv / sizeof *argv), (char *const *)argv, &t, &rest, &f);                        \
	} while (0)

static void every_kind(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct target t = {0};
	struct arguments rest;
	struct fault f;
	enum err e;
	PARSE("-f", "one", "--text=x", "--list", "a", "--list=b", "--number", "7", "--time", "2022-07-15", "--zone", "-03:30", "--choice",
		"always", "--tlp", "amber+strict", "--", "--flag", "-");
	assert_int_equal(e, OK);
	assert_true(t.flag);
	assert_string_equal(t.text, "x");
	assert_int_equal(t.list.n, 2);
	assert_string_equal(t.list.items[1], "b");
	assert_int_equal(t.number, 7);
	assert_true(t.time == INT64_C(1657843200000000));
	assert_int_equal(t.zone, -210);
	assert_int_equal(t.choice, 1);
	assert_int_equal(t.tlp, TLP_AMBER_STRICT);
	assert_true(rest.has_split);
	assert_int_equal(rest.split, 1);
	assert_int_equal(rest.n, 3);
	assert_string_equal(rest.items[1], "--flag");
	PARSE("-ofile");
	assert_int_equal(e, OK);
	assert_string_equal(t.text, "file");
	assert_false(rest.has_split);
	arena_free(a);
}

static void refused(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct target t = {0};
	struct arguments rest;
	struct fault f;
	enum err e;
	PARSE("--flg");
	assert_int_equal(e, ERR_USAGE);
	assert_string_equal(f.text, "unknown option --flg; did you mean --flag?");
	PARSE("--zzzzzzzz");
	assert_string_equal(f.text, "unknown option --zzzzzzzz");
	PARSE("--number", "11");
	assert_string_equal(f.text, "--number 11: expected a number from 1 to 10");
	PARSE("--number", "99999999999999999999");
	assert_int_equal(e, ERR_USAGE);
	PARSE("--number", "");
	assert_int_equal(e, ERR_USAGE);
	PARSE("--text");
	assert_string_equal(f.text, "--text needs FILE behind it");
	PARSE("--flag=x");
	assert_string_equal(f.text, "--flag takes no value");
	PARSE("--choice", "never");
	assert_string_equal(f.text, "--choice never: expected one of auto, always");
	PARSE("--zone", "+15:00");
	assert_int_equal(e, ERR_USAGE);
	PARSE("--tlp", "pink");
	assert_int_equal(e, ERR_USAGE);
	PARSE("--time", "2022-13-01");
	assert_int_equal(e, ERR_USAGE);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind), cmocka_unit_test(refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
