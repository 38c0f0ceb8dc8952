/* Points in time. */
#include "cmocka_all.h"
#include "instant.h"

#define SECOND INT64_C(1000000)

static void reads_rfc3339(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		instant t;
		bool guessed;
	} CASES[] = {
		{"1970-01-01T00:00:00Z", 0, false},
		{"1985-04-12T23:20:50.52Z", 482196050 * SECOND + 520000, false}, /* RFC 3339 5.8 */
		{"1996-12-19T16:39:57-08:00", 851042397 * SECOND, false},
		{"1990-12-31T23:59:60Z", 662688000 * SECOND, false}, /* a leap second */
		{"1937-01-01T12:00:27.87+00:20", -1041337173 * SECOND + 870000, false},
		{"2021-05-01T10:00:00.123456789+0200", 1619856000 * SECOND + 123456, false},
		{"2021-05-01 10:00:00", 1619863200 * SECOND, true},
		{"2021-05-01T10:00:00,5", 1619863200 * SECOND + 500000, true},
		{"0001-01-01T00:00:00Z", -62135596800 * SECOND, false},
		{"9999-12-31T23:59:59.999999Z", 253402300799 * SECOND + 999999, false},
		{"2000-02-29T00:00:00Z", 951782400 * SECOND, false},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		instant t = INSTANT_NONE;
		bool guessed = !CASES[i].guessed;
		assert_int_equal(instant_parse(slice_from(CASES[i].text), 0, &t, &guessed), OK);
		if (t != CASES[i].t) fail_msg("%s: %lld", CASES[i].text, (long long)t);
		assert_int_equal(guessed, CASES[i].guessed);
	}
	instant t;
	assert_int_equal(instant_parse(SLICE("2021-05-01T10:00:00"), 120, &t, NULL), OK);
	assert_int_equal(t, 1619856000 * SECOND);
}

static void refuses_what_is_no_time(void **state)
{
	(void)state;
	static const char *const BAD[] = {"", "2021-05-01", "2021-13-01T00:00:00Z", "2021-00-01T00:00:00Z", "2021-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2021-05-01T24:00:00Z", "2021-05-01T10:60:00Z", "2021-05-01T10:00:61Z", "2021-05-01T10:00:00.Z",
		"2021-05-01T10:00:00Zx", "2021-05-01T10:00:00+24:00", "2021-05-01T10:00:00+01:60", "2021-05-01  10:00:00Z",
		"21-05-01T10:00:00Z", "2021/05/01T10:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z",
		"9999-12-31T23:59:59-00:01", "2021-05-01T10:00Z", " 2021-05-01T10:00:00Z"};
	instant t = 5;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (instant_parse(slice_from(BAD[i]), 0, &t, NULL) != ERR_SYNTAX) fail_msg("taken: %s", BAD[i]);
	assert_int_equal(t, 5);
}

static void reads_epochs(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		instant t;
	} GOOD[] = {
		{"1521911720.865716", 1521911720865716},
		{"0", 0},
		{"-1.5", -1500000},
		{"1.521911720865716e9", 1521911720865716},
		{"1521911720865716E-6", 1521911720865716},
		{"1521911720.123456789", 1521911720123456},
		{"1e0", 1000000},
		{"0e999", 0},
		{"0.0000001", 0},
		{"15219117.20e+2", 1521911720000000},
	};
	static const char *const BAD[] = {"", ".", ".5", "1.", "1.2.3", "1e", "1e+", "1e9999", "1e30", "x", "1 ", "+1", "--1",
		"99999999999999999999", "253402300800", "1e99"};
	instant t = 3;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (instant_parse_epoch(slice_from(BAD[i]), &t) != ERR_SYNTAX) fail_msg("taken: %s", BAD[i]);
	assert_int_equal(t, 3);
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
		assert_int_equal(instant_parse_epoch(slice_from(GOOD[i].text), &t), OK);
		if (t != GOOD[i].t) fail_msg("%s: %lld", GOOD[i].text, (long long)t);
	}
}

static void prints_decimals(void **state)
{
	(void)state;
	char text[INSTANT_TEXT_BYTES];
	assert_string_equal(instant_format(1500000, 0, text), "1970-01-01T00:00:01Z");
	assert_string_equal(instant_format(1500000, 3, text), "1970-01-01T00:00:01.500Z");
	assert_string_equal(instant_format(1500000, 6, text), "1970-01-01T00:00:01.500000Z");
	assert_string_equal(instant_format(1500000, -1, text), "1970-01-01T00:00:01.500Z");
	assert_string_equal(instant_format(1500001, -1, text), "1970-01-01T00:00:01.500001Z");
	assert_string_equal(instant_format(1000000, -1, text), "1970-01-01T00:00:01Z");
	assert_string_equal(instant_format(-1, -1, text), "1969-12-31T23:59:59.999999Z");
	assert_int_equal(strlen(instant_format(INSTANT_NONE, -1, text)), 20);
	assert_int_equal(strlen(instant_format(INT64_MAX, 6, text)), 27);
}

static void parse_of_print_is_the_same(void **state)
{
	(void)state;
	char text[INSTANT_TEXT_BYTES];
	instant step = 86400 * SECOND * 13 + 12345678901;
	for (instant t = -62135596800 * SECOND; t < 253402300800 * SECOND; t += step) {
		instant again = 0;
		assert_int_equal(instant_parse(slice_from(instant_format(t, 6, text)), 99, &again, NULL), OK);
		if (again != t) fail_msg("%s", text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rfc3339),
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(reads_epochs),
		cmocka_unit_test(prints_decimals),
		cmocka_unit_test(parse_of_print_is_the_same),
	};
	return cmocka_run_group_tests_name("base/instant", tests, NULL, NULL);
}
