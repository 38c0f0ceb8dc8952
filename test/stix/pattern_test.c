/* Patterns: shape of the trees, constants, refusals with their places, limits, and texts cut anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "limit.h"
#include "pattern.h"

static struct arena *arena;
static int setup(void **state)
{
	(void)state;
	arena = arena_new(0);
	return 0;
}
static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct pattern_node *parsed_as(const char *text, int version)
{
	struct pattern_node *n = NULL;
	struct fault f = {0};
	if (pattern_parse(arena, slice_from(text), version, &n, &f) != OK) fail_msg("%s: %s", text, f.text);
	return n;
}
static struct pattern_node *parsed(const char *text)
{
	return parsed_as(text, 21);
}

static void refused_as(const char *text, int version, uint64_t offset, const char *sentence)
{
	struct pattern_node *n = NULL;
	struct fault f = {0};
	assert_int_equal(pattern_parse(arena, slice_from(text), version, &n, &f), ERR_SYNTAX);
	assert_null(n);
	if (strstr(f.text, sentence) == NULL || f.offset != offset)
		fail_msg("%s: byte %llu %s, wanted byte %llu %s", text, (unsigned long long)f.offset, f.text, (unsigned long long)offset,
			sentence);
}
static void refused(const char *text, uint64_t offset, const char *sentence)
{
	refused_as(text, 21, offset, sentence);
}

/* The tree written with brackets around every pair. */
static void print_tree(struct buf *b, const struct pattern_node *n)
{
	static const char *const joins[] = {
		[PATTERN_OBSERVATION_AND] = " AND ",
		[PATTERN_OBSERVATION_OR] = " OR ",
		[PATTERN_FOLLOWEDBY] = " THEN ",
		[PATTERN_AND] = " & ",
		[PATTERN_OR] = " | ",
		[PATTERN_EXISTS] = "",
	};
	switch (n->kind) {
	case PATTERN_OBSERVATION:
		buf_add_text(b, "[");
		print_tree(b, n->left);
		buf_add_text(b, "]");
		break;
	case PATTERN_WITHIN:
		print_tree(b, n->left);
		buf_printf(b, "w%g", n->within_seconds);
		break;
	case PATTERN_REPEATS:
		print_tree(b, n->left);
		buf_printf(b, "r%lld", (long long)n->repeats);
		break;
	case PATTERN_START_STOP:
		print_tree(b, n->left);
		buf_add_text(b, "s");
		break;
	case PATTERN_COMPARE: buf_printf(b, "%s%.*s", n->negated ? "!" : "", SLICE_PRINTF(n->path.steps[0].key)); break;
	case PATTERN_EXISTS: buf_printf(b, "%s?%.*s", n->negated ? "!" : "", SLICE_PRINTF(n->path.steps[0].key)); break;
	default:
		buf_add_text(b, "(");
		print_tree(b, n->left);
		buf_add_text(b, joins[n->kind]);
		print_tree(b, n->right);
		buf_add_text(b, ")");
	}
}

static void shaped(const char *text, const char *wanted)
{
	struct buf b = {0};
	print_tree(&b, parsed(text));
	buf_add_byte(&b, 0);
	assert_string_equal((const char *)b.p, wanted);
	buf_free(&b);
}

static void test_precedence(void **state)
{
	(void)state;
	shaped("[x:a=1 OR x:b=2 AND x:c=3]", "[(a | (b & c))]");
	shaped("[x:a=1 AND x:b=2 OR x:c=3 AND x:d=4]", "[((a & b) | (c & d))]");
	shaped("[(x:a=1 OR x:b=2) AND x:c=3]", "[((a | b) & c)]");
	shaped("[x:a=1 OR x:b=2 OR x:c=3]", "[((a | b) | c)]");
	shaped("[x:a=1] FOLLOWEDBY [x:b=1] OR [x:c=1] AND [x:d=1]", "([a] THEN ([b] OR ([c] AND [d])))");
	shaped("[x:a=1] AND [x:b=1] OR [x:c=1] FOLLOWEDBY [x:d=1]", "((([a] AND [b]) OR [c]) THEN [d])");
	shaped("[x:a=1] FOLLOWEDBY [x:b=1] FOLLOWEDBY [x:c=1]", "(([a] THEN [b]) THEN [c])");
	shaped("([x:a=1] FOLLOWEDBY [x:b=1]) AND [x:c=1]", "(([a] THEN [b]) AND [c])");
	shaped("[x:a=1] OR [x:b=1] WITHIN 5 SECONDS", "([a] OR [b]w5)");
	shaped("([x:a=1] OR [x:b=1]) WITHIN 0.5 SECONDS REPEATS 2 TIMES", "([a] OR [b])w0.5r2");
	shaped("[x:a NOT = 1 AND EXISTS x:b AND NOT EXISTS x:c]", "[((!a & ?b) & !?c)]");
	shaped("(([(((x:a=1)))]))", "[a]");
	shaped(" /* c */ [ x:a // to the end\n = 1\xc2\xa0]\n", "[a]");
	shaped("[x:a=1]START t'2020-01-01T00:00:00Z'STOP t'2020-01-01T00:00:00.5Z'", "[a]s");
}

static struct pattern_constant constant(const char *text)
{
	char pattern[256];
	snprintf(pattern, sizeof pattern, "[x:a = %s]", text);
	return parsed(pattern)->left->constants[0];
}

static void test_constants(void **state)
{
	(void)state;
	struct pattern_constant c = constant("'it\\'s C:\\\\x'");
	assert_int_equal(c.kind, CONSTANT_TEXT);
	assert_true(slice_equal(c.text, SLICE("it's C:\\x")));
	assert_int_equal(constant("''").text.n, 0);
	c = constant("-9223372036854775808");
	assert_int_equal(c.kind, CONSTANT_INTEGER);
	assert_true(c.integer == INT64_MIN);
	assert_true(constant("+9223372036854775807").integer == INT64_MAX);
	c = constant("-.25");
	assert_int_equal(c.kind, CONSTANT_FLOAT);
	assert_true(c.number == -0.25);
	assert_true(constant("007.5").number == 7.5);
	c = constant("true");
	assert_int_equal(c.kind, CONSTANT_BOOL);
	assert_int_equal(c.integer, 1);
	assert_int_equal(constant("false").integer, 0);
	c = constant("t'2016-06-01T01:30:00.1239999Z'");
	assert_int_equal(c.kind, CONSTANT_TIME);
	assert_true(c.time == INT64_C(1464744600123999));
	assert_true(slice_equal(c.text, SLICE("2016-06-01T01:30:00.1239999Z")));
	assert_true(constant("t'2023-02-31T00:00:00Z'").time == constant("t'2023-03-03T00:00:00Z'").time);
	assert_true(constant("t'2016-12-31T23:59:60Z'").time == constant("t'2017-01-01T00:00:00Z'").time);
	c = constant("b'AQIDBA=='");
	assert_int_equal(c.kind, CONSTANT_BINARY);
	assert_true(slice_equal(c.text, SLICE("\1\2\3\4")));
	c = constant("h'fFd8'");
	assert_int_equal(c.kind, CONSTANT_HEX);
	assert_true(slice_equal(c.text, SLICE("\xff\xd8")));
	assert_int_equal(constant("h''").text.n, 0);
}

static void test_comparison(void **state)
{
	(void)state;
	const struct pattern_node *n = parsed("[obj-type:a.b[*][-1].'c-d' NOT ISSUPERSET '1.2.3.4/16']")->left;
	assert_int_equal(n->kind, PATTERN_COMPARE);
	assert_int_equal(n->op, OPERATOR_ISSUPERSET);
	assert_true(n->negated);
	assert_true(slice_equal(n->path.object_type, SLICE("obj-type")));
	assert_true(slice_equal(n->path.text, SLICE("obj-type:a.b[*][-1].'c-d'")));
	assert_int_equal(n->path.steps_n, 5);
	assert_int_equal(n->path.steps[2].kind, STEP_ANY_INDEX);
	assert_int_equal(n->path.steps[3].index, -1);
	assert_true(slice_equal(n->path.steps[4].key, SLICE("c-d")));
	n = parsed("[x:a IN ('p', 2, 3.5)]")->left;
	assert_int_equal(n->op, OPERATOR_IN);
	assert_int_equal(n->constants_n, 3);
	assert_int_equal(parsed("[x:a IN ()]")->left->constants_n, 0);
	static const struct {
		const char *text;
		enum pattern_operator op;
	} operators[] = {
		{"=", OPERATOR_EQ},
		{"==", OPERATOR_EQ},
		{"!=", OPERATOR_NE},
		{"<>", OPERATOR_NE},
		{"<", OPERATOR_LT},
		{"<=", OPERATOR_LE},
		{">", OPERATOR_GT},
		{">=", OPERATOR_GE},
		{"LIKE", OPERATOR_LIKE},
		{"MATCHES", OPERATOR_MATCHES},
		{"ISSUBSET", OPERATOR_ISSUBSET},
		{"ISSUPERSET", OPERATOR_ISSUPERSET},
	};
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		char text[64];
		snprintf(text, sizeof text, "[x:a %s'1']", operators[i].text);
		assert_int_equal(parsed(text)->left->op, operators[i].op);
	}
	n = parsed("[x:a=1] START t'1970-01-01T00:00:01Z' STOP t'1970-01-01T00:00:02Z'");
	assert_true(n->start == 1000000 && n->stop == 2000000);
}

static void test_versions(void **state)
{
	(void)state;
	const char *bare = "[x:a=1] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00Z'";
	assert_int_equal(parsed_as(bare, 20)->kind, PATTERN_START_STOP);
	refused(bare, 14, "a timestamp");
	refused_as("[x:a=1] START '2020-01-01' STOP '2020-01-02T00:00:00Z'", 20, 14, "a timestamp is written");
	refused_as("[EXISTS x:a]", 20, 8, "a colon");
	assert_int_equal(parsed_as("[EXISTS:a = 1]", 20)->left->kind, PATTERN_COMPARE);
	struct pattern_node *n = NULL;
	assert_int_equal(pattern_parse(arena, SLICE("[x:a=1]"), 19, &n, NULL), ERR_USAGE);
}

static void test_refusals(void **state)
{
	(void)state;
	refused("", 0, "ends where an observation");
	refused("file:size = 1280", 0, "found \"file\", expected an observation in square brackets");
	refused("[file:size = ]", 13, "found \"]\", expected a constant");
	refused("[file.size = 1280]", 5, "a colon behind the object type");
	refused("[file:name MATCHES /.*\\.dll/]", 19, "a string in quotes");
	refused("[x:a = 1] WITHIN 5 HOURS", 19, "expected SECONDS");
	refused("[x:a = 1] WITHIN -5 SECONDS", 17, "a number above zero");
	refused("[x:a = 1] WITHIN 0 SECONDS", 17, "a number above zero");
	refused("[x:a = 1] REPEATS 1.5 TIMES", 18, "a whole number");
	refused("[x:a = 1] within 2 seconds", 10, "AND, OR, FOLLOWEDBY");
	refused("[x:a = 'C:\\Users']", 10, "write \\\\ for one backslash");
	refused("[x:a = 'open]", 7, "not closed");
	refused("[x:a-b = 1]", 3, "quoted");
	refused("[x:a = 05]", 8, "AND, OR or ]");
	refused("[x:a = 9223372036854775808]", 7, "64 bits");
	refused("[x:a < true]", 7, "no boolean");
	refused("[x:a LIKE 5]", 10, "a string");
	refused("[x:a = h'abc']", 7, "even number of hex digits");
	refused("[x:a = b'====']", 7, "base64");
	refused("[x:a = t'2024-13-01T12:00:00Z']", 7, "timestamp");
	refused("[x:a = t'0000-01-01T12:00:00Z']", 7, "years");
	refused("[x:a = 1 FOLLOWEDBY x:b = 1]", 9, "AND, OR or ]");
	refused("[NOT x:a = 1]", 5, "EXISTS");
	refused("[x:a IN (1,)]", 11, "constant of the list");
	refused("[x:a = 1", 8, "ends where AND, OR or ]");
	refused("([x:a = 1]", 10, "ends where");
	refused("[x:a = 1])", 9, "found \")\"");
	refused("[x:a = 1] REPEATS 2 TIMES WITHIN 1 SECONDS REPEATS 3 TIMES", 43, "REPEATS stands twice");
	refused("[file:hashes.'SHA-256' = 'f00']", 25, "64 hex digits");
	refused("[x:a = '\xff']", 7, "UTF-8");
	refused("[\xff", 1, "UTF-8");
	struct pattern_node *n = NULL;
	struct fault f = {0};
	slice colons = SLICE("[file:hashes.MD5 = 'd4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e']");
	refused((const char *)colons.p, 19, "32 hex digits");
	assert_int_equal(pattern_parse_received(arena, colons, 21, &n, &f), OK);
	assert_int_equal(pattern_parse_received(arena, SLICE("[file:hashes.MD5 = 'd4:1d']"), 21, &n, &f), ERR_SYNTAX);
	assert_int_equal(pattern_parse(arena, SLICE("[x:a = 1]\n\n ?"), 21, &n, &f), ERR_SYNTAX);
	assert_int_equal(f.line, 3);
	assert_int_equal(pattern_parse_grammar(arena, SLICE("[file:hashes.MD5 = 'f00'] REPEATS 2 TIMES REPEATS 2 TIMES"), 21, &n, &f), OK);
}

static slice repeated(const char *before, const char *middle, const char *after, size_t times)
{
	struct buf b = {0};
	for (size_t i = 0; i < times; i++) buf_add_text(&b, before);
	buf_add_text(&b, middle);
	for (size_t i = 0; i < times; i++) buf_add_text(&b, after);
	slice s = arena_copy(arena, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void limited(slice text, const char *name)
{
	struct pattern_node *n = NULL;
	struct fault f = {0};
	assert_int_equal(pattern_parse(arena, text, 21, &n, &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, name));
	assert_null(n);
}

static void test_limits(void **state)
{
	(void)state;
	struct pattern_node *n = NULL;
	limited(repeated("(", "[x:a = 1]", ")", 10000), "PATTERN_DEPTH_MAX");
	limited(repeated("(", "", "", 10000), "PATTERN_DEPTH_MAX");
	assert_int_equal(pattern_parse(arena, repeated("(", "[x:a = 1]", ")", PATTERN_DEPTH_MAX), 21, &n, NULL), OK);
	n = NULL;
	limited(repeated("(", "[x:a = 1]", ")", PATTERN_DEPTH_MAX + 1), "PATTERN_DEPTH_MAX");
	slice deep = repeated("(", "x:a = 1", ")", PATTERN_DEPTH_MAX);
	assert_int_equal(pattern_parse(arena, arena_printf(arena, "[%.*s]", SLICE_PRINTF(deep)), 21, &n, NULL), OK);
	limited(repeated("", "[x:a IN (1", ",1", PATTERN_NODES_MAX), "PATTERN_NODES_MAX");
	limited(repeated("", "[x:a=1", " WITHIN 1 SECONDS", PATTERN_BYTES_MAX / 10), "PATTERN_BYTES_MAX");
	slice expression = repeated("a", "", "", EXPRESSION_BYTES_MAX + 1);
	limited(arena_printf(arena, "[x:a MATCHES '%.*s']", SLICE_PRINTF(expression)), "EXPRESSION_BYTES_MAX");
	/* a long chain is answered without recursion */
	slice chain = repeated("[x:a='1'] OR ", "[x:a='2']", "", 20000);
	assert_int_equal(pattern_parse(arena, chain, 21, &n, NULL), OK);
	struct pattern_term *terms = NULL;
	size_t terms_n = 0;
	const char *why = NULL;
	assert_int_equal(pattern_terms(arena, n, &terms, &terms_n, &why), OK);
	assert_int_equal(terms_n, 20001);
	assert_true(slice_equal(terms[20000].value, SLICE("2")));
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	static const char text[] =
		"([file:name = 'a\\\\\\'b' AND (file:size IN (1, 2.5, h'ff', b'AQID') OR EXISTS x-y:'q'[*].z)] START "
		"t'2020-01-01T00:00:00.5Z'"
		" STOP t'2021-01-01T00:00:00Z' FOLLOWEDBY [url:value LIKE 'x%']) WITHIN 5.5 SECONDS /* c */ REPEATS 3 TIMES // end";
	size_t complete = 0;
	for (size_t n = 0; n < sizeof text; n++) {
		uint8_t *copy = malloc(n + 1); /* of its own size, so that the sanitizer sees a read behind it */
		assert_non_null(copy);
		memcpy(copy, text, n);
		copy = realloc(copy, n == 0 ? 1 : n);
		struct pattern_node *tree = NULL;
		struct fault f = {0};
		enum err e = pattern_parse(arena, slice_of(copy, n), 21, &tree, &f);
		assert_true(e == OK ? tree != NULL : f.offset <= n && f.text[0] != 0);
		complete += e == OK;
		free(copy);
	}
	assert_true(complete > 3);
}

static void test_every_byte_changed(void **state)
{
	(void)state;
	static const char text[] = "[a:b[0].'c' NOT IN ('x', t'2020-01-01T00:00:00Z', -1.5)] REPEATS 2 TIMES";
	static const uint8_t others[] = {0, '\'', '\\', '(', ')', '[', ']', '-', '.', '0', '/', '*', 'Z', ' ', 0x80, 0xff};
	for (size_t at = 0; at < sizeof text - 1; at++)
		for (size_t k = 0; k < sizeof others; k++) {
			uint8_t copy[sizeof text - 1];
			memcpy(copy, text, sizeof copy);
			copy[at] = others[k];
			struct pattern_node *tree = NULL;
			struct fault f = {0};
			enum err e = pattern_parse(arena, slice_of(copy, sizeof copy), 21, &tree, &f);
			assert_true(e == OK ? tree != NULL : e == ERR_SYNTAX && f.offset <= sizeof copy);
			arena_reset(arena);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_precedence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_constants, setup, teardown),
		cmocka_unit_test_setup_teardown(test_comparison, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_byte_changed, setup, teardown),
	};
	return cmocka_run_group_tests_name("stix/pattern", tests, NULL, NULL);
}
