/* JSON out. Numbers and the sorting example are those of RFC 8785 appendix B and 3.2.3. */
#include "cmocka_all.h"
#include "json.h"

static void check_canonical(const char *from, const char *to)
{
	struct json_parser *p = json_parser_new();
	struct buf b = {0};
	json_value root;

	assert_int_equal(json_parse(p, slice_from(from), &root, NULL), OK);
	assert_int_equal(json_put_canonical(&b, root), OK);
	buf_add_byte(&b, 0);
	assert_string_equal((char *)b.p, to);
	buf_free(&b);
	json_parser_free(p);
}

static void members_and_commas(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_add_byte(&b, '{');
	json_put_member_text(&b, "kind", SLICE("x{"));
	json_put_member_int(&b, "n", INT64_MIN);
	json_put_key(&b, "list");
	buf_add_byte(&b, '[');
	json_put_text(&b, SLICE("a"));
	buf_add_text(&b, "]");
	json_put_key(&b, "o");
	buf_add_byte(&b, '{');
	json_put_member_bool(&b, "yes", true);
	buf_add_byte(&b, '}');
	json_put_member_bool(&b, "no", false);
	json_put_member_null(&b, "nil");
	buf_add_text(&b, "}\n{");
	json_put_member_int(&b, "m", 1);
	buf_add_text(&b, "}");
	buf_add_byte(&b, 0);
	assert_string_equal((char *)b.p,
		"{\"kind\":\"x{\",\"n\":-9223372036854775808,\"list\":[\"a\"],\"o\":{\"yes\":true},\"no\":false,\"nil\":null}\n{\"m\":1}");
	buf_free(&b);
}

static void escapes(void **state)
{
	(void)state;
	static const struct {
		slice from;
		const char *to;
	} CASES[] = {
		{{(const uint8_t *)"\b\t\n\f\r\"\\/", 8}, "\"\\b\\t\\n\\f\\r\\\"\\\\/\""},
		{{(const uint8_t *)"\0\x0f\x1f\x7f", 4}, "\"\\u0000\\u000f\\u001f\x7f\""},
		{{(const uint8_t *)"\xE2\x82\xAC\xF0\x9F\x98\x80", 7}, "\"\xE2\x82\xAC\xF0\x9F\x98\x80\""},
		{{(const uint8_t *)"a\xff"
				   "b\xE2\x82",
			 5},
			"\"a\xEF\xBF\xBD"
			"b\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{{(const uint8_t *)"\xED\xA0\x80", 3}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{{NULL, 0}, "\"\""},
	};
	struct buf b = {0};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		buf_clear(&b);
		json_put_text(&b, CASES[i].from);
		buf_add_byte(&b, 0);
		assert_string_equal((char *)b.p, CASES[i].to);
	}
	buf_free(&b);
}

static void numbers_as_ecmascript(void **state)
{
	(void)state;
	static const char *const PAIRS[][2] = {
		{"-0.0", "0"},
		{"0e5", "0"},
		{"5e-324", "5e-324"},
		{"-5e-324", "-5e-324"},
		{"1.7976931348623157e308", "1.7976931348623157e+308"},
		{"9007199254740992", "9007199254740992"},
		{"-9007199254740992", "-9007199254740992"},
		{"295147905179352830000.0", "295147905179352830000"},
		{"1e21", "1e+21"},
		{"9.999999999999997e22", "9.999999999999997e+22"},
		{"1e23", "1e+23"},
		{"1.0000000000000001e23", "1.0000000000000001e+23"},
		{"999999999999999700000.0", "999999999999999700000"},
		{"0.000001", "0.000001"},
		{"9.999999999999997e-7", "9.999999999999997e-7"},
		{"333333333.3333332", "333333333.3333332"},
		{"333333333.33333325", "333333333.33333325"},
		{"-0.0000033333333333333333", "-0.0000033333333333333333"},
		{"1424953923781206.2", "1424953923781206.2"},
		{"4.50", "4.5"},
		{"2e-3", "0.002"},
		{"1E30", "1e+30"},
		{"10.0", "10"},
		{"100", "100"},
		{"9007199254740993", "9007199254740992"},
		{"18446744073709551615", "18446744073709552000"},
	};
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) check_canonical(PAIRS[i][0], PAIRS[i][1]);
}

static void sorts_by_utf16(void **state)
{
	(void)state;
	check_canonical(
		"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
		"\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
		"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"\xC3\xB6\":\"Latin Small Letter O With "
		"Diaeresis\",\"\xE2\x82\xAC\":\"Euro Sign\","
		"\"\xF0\x9F\x98\x80\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
	check_canonical(" { \"b\" : [ { \"z\":1, \"a\":[] } , 2, {} ] , \"a\" : { \"y\":null , \"x\":[[true]] }, \"aa\":false } ",
		"{\"a\":{\"x\":[[true]],\"y\":null},\"aa\":false,\"b\":[{\"a\":[],\"z\":1},2,{}]}");
	check_canonical("\"scalar\"", "\"scalar\"");
	check_canonical("[]", "[]");
}

static void refusals_leave_the_buffer(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	struct buf b = {.max = 16};
	json_value root;

	buf_add_text(&b, "kept");
	assert_int_equal(json_parse(p, SLICE("[1,{\"a\":1,\"b\":2,\"a\":3}]"), &root, NULL), OK);
	assert_int_equal(json_put_canonical(&b, root), ERR_SYNTAX); /* a key twice */
	assert_int_equal(b.n, 4);
	assert_int_equal(json_parse(p, SLICE("[\"longer than the cap of the buffer\"]"), &root, NULL), OK);
	assert_int_equal(json_put_canonical(&b, root), ERR_LIMIT);
	assert_int_equal(b.n, 4);
	buf_free(&b);
	json_parser_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_commas),
		cmocka_unit_test(escapes),
		cmocka_unit_test(numbers_as_ecmascript),
		cmocka_unit_test(sorts_by_utf16),
		cmocka_unit_test(refusals_leave_the_buffer),
	};
	return cmocka_run_group_tests_name("base/json_write", tests, NULL, NULL);
}
