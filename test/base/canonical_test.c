/* Canonical JSON judged in place, against the parser and the writer that stand beside it. Sources: RFC 8785 3.2 and appendix B,
 * JSONTestSuite (../shared/data/vectors/json-parsing). */
#include "canonical.h"
#include "cmocka_all.h"
#include "data.h"
#include "json.h"

#include <dirent.h>

/* ---- the reference: parse, write canonically, compare ---- */

static bool reference(struct json_parser *p, slice text)
{
	struct buf b = {0};
	json_value root;
	bool same = json_parse(p, text, &root, NULL) == OK && json_put_canonical(&b, root) == OK && slice_equal(buf_slice(&b), text);

	buf_free(&b);
	return same;
}

/* The text in memory of exactly its size, so that a sanitizer sees a read beyond it. */
static enum err check(slice text, struct fault *f)
{
	uint8_t *exact = malloc(text.n + (text.n == 0));

	assert_non_null(exact);
	if (text.n != 0) memcpy(exact, text.p, text.n);
	enum err e = canonical_check(slice_of(exact, text.n), f);
	free(exact);
	return e;
}

/* ---- rules one by one ---- */

static void accepts(void **state)
{
	(void)state;
	static const char *const TEXTS[] = {
		"null",
		"true",
		"false",
		"0",
		"-1",
		"1.5",
		"\"\"",
		"[]",
		"{}",
		"[[],{},[{}]]",
		"{\"\":0,\"a\":{\"x\":[1,2,{\"y\":null}]},\"b\":\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\x7f\"}",
		"{\"\\r\":1,\"1\":1,\"\xC2\x80\":1,\"\xC3\xB6\":1,\"\xE2\x82\xAC\":1,\"\xF0\x9F\x98\x80\":1,\"\xEF\xAC\xB3\":1}",
		"{\"\\b\":1,\"\\n\":1,\"\\f\":1,\"\\u000e\":1,\" \":1,\"\\\"\":1,\"#\":1,\"[\":1,\"\\\\\":1,\"]\":1}",
		"9007199254740991",
		"9007199254740992",
		"-9007199254740992",
		"999999999999999",
		"100000000000000000000",
		"1e+21",
		"1e-7",
		"0.000001",
		"5e-324",
		"1.7976931348623157e+308",
		"333333333.33333325",
		"-0.0000033333333333333333",
		"295147905179352830000",
	};
	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		struct fault f = {0};
		if (check(slice_from(TEXTS[i]), &f) != OK) fail_msg("%s: %s", TEXTS[i], f.text);
	}
}

static void refuses_naming_place_and_rule(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned offset;
		const char *said;
	} CASES[] = {
		{"", 0, "3.2.1: a value stands here, without white space, found the end"},
		{" 1", 0, "3.2.1: a value stands here"},
		{"1 ", 1, "3.2.1: nothing stands behind the document, found the byte 0x20"},
		{"[1, 2]", 3, "3.2.1: a value stands here"},
		{"[1 ,2]", 2, "3.2.1: a comma or the closing bracket"},
		{"[1,]", 3, "3.2.1: a value stands here"},
		{"[1", 2, "found the end"},
		{"[1}", 2, "closing bracket"},
		{"{\"a\":1]", 6, "closing bracket"},
		{"{\"a\":1,}", 7, "3.2.1: a key stands here"},
		{"{ \"a\":1}", 1, "3.2.1: a key stands here"},
		{"{\"a\" :1}", 4, "3.2.1: a colon"},
		{"{\"a\": 1}", 5, "3.2.1: a value stands here"},
		{"{\"a\"}", 4, "3.2.1: a colon"},
		{"{1:1}", 1, "3.2.1: a key stands here"},
		{"{", 1, "found the end"},
		{"{\"b\":1,\"a\":1}", 7, "3.2.3: keys ascend and are unique, found \"a\" behind \"b\""},
		{"{\"a\":1,\"a\":1}", 7, "3.2.3"},
		{"{\"aa\":1,\"a\":1}", 8, "3.2.3"},
		{"{\"\xEF\xAC\xB3\":1,\"\xF0\x9F\x98\x80\":1}", 9, "3.2.3"},
		{"{\"\\n\":1,\"\\b\":1}", 8, "3.2.3"},
		{"{\"[\":1,\"\\f\":1}", 7, "3.2.3"},
		{"\"a", 2, "3.2.2.2: a string ends with a quote, found the end"},
		{"\"a\nb\"", 2, "3.2.2.2: a control character is escaped, found the byte 0x0a"},
		{"\"\\/\"", 1, "3.2.2.2: an escape is the shortest one"},
		{"\"\\u0041\"", 1, "3.2.2.2"},
		{"\"\\u000a\"", 1, "3.2.2.2"},
		{"\"\\u001F\"", 1, "3.2.2.2"},
		{"\"\\u0020\"", 1, "3.2.2.2"},
		{"\"\\ud800\"", 1, "3.2.2.2"},
		{"\"\\u00\"", 1, "3.2.2.2"},
		{"\"\\", 1, "3.2.2.2"},
		{"\"a\xff\"", 2, "3.2.4: the text is UTF-8, found the byte 0xff"},
		{"\"\xED\xA0\x80\"", 1, "3.2.4"},
		{"\"\xC0\x80\"", 1, "3.2.4"},
		{"\"\xE2\x82", 1, "3.2.4"},
		{"\xEF\xBB\xBF{}", 0, "3.2.1"},
		{"-0", 0, "3.2.2.3: a number is as ECMAScript prints it"},
		{"01", 0, "3.2.2.3"},
		{"-", 0, "3.2.2.3"},
		{"-01", 0, "3.2.2.3"},
		{"1.0", 0, "3.2.2.3"},
		{"1.", 0, "3.2.2.3"},
		{"1e5", 0, "3.2.2.3"},
		{"1E+30", 0, "3.2.2.3"},
		{"1e21", 0, "3.2.2.3"},
		{"1e400", 0, "3.2.2.3"},
		{"1e-400", 0, "3.2.2.3"},
		{"9007199254740993", 0, "3.2.2.3"},
		{"1000000000000000000000", 0, "3.2.2.3"},
		{"0.10000000000000000000000000000000000000000000000001", 0, "3.2.2.3"},
		{"+1", 0, "3.2.1"},
		{"tru", 0, "3.2.1"},
		{"truex", 4, "3.2.1: nothing stands behind"},
		{"NaN", 0, "3.2.1"},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct fault f = {0};
		if (check(slice_from(CASES[i].text), &f) != ERR_SYNTAX || f.offset != CASES[i].offset ||
			strstr(f.text, CASES[i].said) == NULL)
			fail_msg("%s: offset %u, %s", CASES[i].text, (unsigned)f.offset, f.text);
	}
	assert_int_equal(canonical_check(SLICE(" "), NULL), ERR_SYNTAX); /* nobody asks why */
}

static void depth_has_its_limit(void **state)
{
	(void)state;
	struct fault f = {0};
	struct buf b = {0};

	for (int extra = 0; extra < 2; extra++) {
		buf_clear(&b);
		for (int i = 0; i < CANONICAL_DEPTH_MAX + extra; i++) buf_add_text(&b, i % 2 ? "[" : "{\"a\":");
		if (b.p[b.n - 1] == ':') buf_add_byte(&b, '0');
		for (int i = CANONICAL_DEPTH_MAX + extra; i-- > 0;) buf_add_byte(&b, i % 2 ? ']' : '}');
		assert_int_equal(check(buf_slice(&b), &f), extra == 0 ? OK : ERR_LIMIT);
	}
	assert_non_null(strstr(f.text, "CANONICAL_DEPTH_MAX"));
	buf_free(&b);
}

/* ---- the parsing suite ---- */

static void parsing_suite(void **state)
{
	(void)state;
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/data/vectors/json-parsing", data_root());
	DIR *folder = opendir(path);
	struct json_parser *p = json_parser_new();
	struct buf b = {0};
	unsigned files = 0, canonical = 0;
	assert_non_null(folder);
	for (struct dirent *e; (e = readdir(folder)) != NULL;) {
		if (e->d_name[0] == '.') continue;
		(void)snprintf(path, sizeof path, "%s/data/vectors/json-parsing/%s", data_root(), e->d_name);
		assert_true(data_read(path, &b));
		files++;
		enum err judged = check(buf_slice(&b), NULL);
		bool good = judged == OK;
		canonical += good;
		if (judged == ERR_LIMIT) {
			assert_true(e->d_name[0] == 'n' || strstr(e->d_name, "nested") != NULL);
			continue;
		}
		if (good && e->d_name[0] == 'n') fail_msg("%s is accepted", e->d_name);
		/* The parser refuses integers beyond 64 bits; this is one as ECMAScript prints it: 100000000000000000000. */
		if (strcmp(e->d_name, "i_number_too_big_pos_int.json") == 0) assert_true(good);
		else if (good != reference(p, buf_slice(&b))) fail_msg("%s: the parser and the writer judge otherwise", e->d_name);
	}
	(void)closedir(folder);
	assert_int_equal(files, 319);
	assert_true(canonical > 20);
	buf_free(&b);
	json_parser_free(p);
}

/* ---- properties ---- */

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static uint64_t seed_printed(void)
{
	const char *given = getenv("KULLA_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : UINT64_C(0x9E3779B97F4A7C15);

	printf("# seed 0x%llx (KULLA_SEED)\n", (unsigned long long)seed);
	return seed;
}

static void put_random_text(struct buf *b, uint64_t *seed)
{
	static const char *const PIECES[] = {"a", "b", "Z", "0", " ", "\\\"", "\\\\", "/", "\\/", "\\n", "\\b", "\\u0001", "\\u001f",
		"\\u000a", "\x7f", "\xC3\xB6", "\xE2\x82\xAC", "\xEF\xAC\xB3", "\xF0\x9F\x98\x80", "\\ud83d\\ude00", "\\u00e4",
		"0123456789abcdef"};

	buf_add_byte(b, '"');
	for (uint64_t n = next(seed) % 6; n > 0; n--) buf_add_text(b, PIECES[next(seed) % (sizeof PIECES / sizeof *PIECES)]);
	buf_add_byte(b, '"');
}

static void put_random_scalar(struct buf *b, uint64_t *seed)
{
	static const char *const WORDS[] = {"null", "true", "false", "0", "-0", "1e3", "1.0", "0.1", "1e-7", "9007199254740993"};
	uint64_t r = next(seed);
	double d;

	switch (r % 5) {
	case 0: put_random_text(b, seed); return;
	case 1: buf_add_text(b, WORDS[r / 8 % (sizeof WORDS / sizeof *WORDS)]); return;
	case 2: buf_printf(b, "%lld", (long long)(next(seed) >> (r / 8 % 50 + 13))); return;
	case 3: buf_printf(b, "%.*g", (int)(r / 8 % 17 + 1), (double)(int64_t)next(seed) / 1e9); return;
	default:
		r = next(seed);
		memcpy(&d, &r, sizeof d);
		buf_printf(b, "%.17g", d - d == 0 ? d : 1);
	}
}

/* A document, mostly not canonical: an explicit stack as deep as it goes. */
static void put_random(struct buf *b, uint64_t *seed)
{
	char closing[8];
	int depth = 0;

	for (;;) {
		if (depth > 0 && closing[depth - 1] == '}') {
			put_random_text(b, seed);
			buf_add_byte(b, ':');
		}
		if (depth < 8 && next(seed) % 3 == 0) {
			closing[depth] = next(seed) % 2 ? '}' : ']';
			buf_add_byte(b, closing[depth++] == '}' ? '{' : '[');
			if (next(seed) % 4 != 0) continue;
			buf_add_byte(b, (uint8_t)closing[--depth]);
		} else put_random_scalar(b, seed);
		while (depth > 0 && next(seed) % 3 == 0) buf_add_byte(b, (uint8_t)closing[--depth]);
		if (depth == 0) return;
		buf_add_text(b, next(seed) % 16 == 0 ? ", " : ",");
	}
}

/* The canonical form of any document is accepted, and the document itself exactly when it is that form. */
static void agrees_with_parser_and_writer(void **state)
{
	(void)state;
	uint64_t seed = seed_printed();
	struct json_parser *p = json_parser_new();
	struct buf b = {0}, canonical = {0};
	unsigned parsed = 0, same = 0;
	for (int i = 0; i < 40000; i++) {
		struct fault f = {0};
		json_value root;
		buf_clear(&b);
		buf_clear(&canonical);
		put_random(&b, &seed);
		bool good = check(buf_slice(&b), &f) == OK;
		if (json_parse(p, buf_slice(&b), &root, NULL) != OK) {
			assert_false(good && b.n > 0 && memchr(b.p, '.', b.n) == NULL && b.n < 15);
			continue;
		}
		if (json_put_canonical(&canonical, root) != OK) { /* a key twice */
			assert_false(good);
			continue;
		}
		parsed++;
		bool equal = slice_equal(buf_slice(&b), buf_slice(&canonical));
		same += equal;
		if (good != equal) fail_msg("%.*s: %s", SLICE_PRINTF(buf_slice(&b)), good ? "accepted" : f.text);
		if (check(buf_slice(&canonical), &f) != OK) fail_msg("%.*s: %s", SLICE_PRINTF(buf_slice(&canonical)), f.text);
	}
	assert_true(parsed > 20000 && same > 1000);
	buf_free(&b);
	buf_free(&canonical);
	json_parser_free(p);
}

static const char SAMPLE[] =
	"{\"actor\":\"unix:1000\",\"body\":{\"a\":[1,-2,0.5,1e-7,true,false,null],\"n\":123456789012345,\"s\":\"x\\n\\u0001\xC3\xB6"
	"\xF0\x9F\x98\x80 and a tail that is longer\"},\"kind\":\"scan\"}";

/* A changed text is refused, or is another canonical text: never the same statement in another spelling. */
static void flips_truncations_duplications(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	slice sample = SLICE(SAMPLE);
	uint8_t bytes[sizeof SAMPLE];
	unsigned accepted = 0;

	assert_int_equal(check(sample, NULL), OK);
	for (size_t bit = 0; bit < 8 * sample.n; bit++) {
		memcpy(bytes, SAMPLE, sizeof SAMPLE);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		slice flipped = slice_of(bytes, sample.n);
		bool good = check(flipped, NULL) == OK;
		accepted += good;
		if (good != reference(p, flipped)) fail_msg("bit %zu: %.*s", bit, SLICE_PRINTF(flipped));
	}
	assert_true(accepted > 100 && accepted < 4 * sample.n);
	for (size_t n = 0; n < sample.n; n++) assert_int_equal(check(slice_sub(sample, 0, n), NULL), ERR_SYNTAX);
	for (size_t n = 1; n < sample.n; n++)
		assert_int_equal(check(slice_sub(sample, n, SIZE_MAX), NULL) == OK, reference(p, slice_sub(sample, n, SIZE_MAX)));
	struct buf twice = {0};
	buf_add(&twice, sample);
	buf_add(&twice, sample);
	assert_int_equal(check(buf_slice(&twice), NULL), ERR_SYNTAX);
	buf_free(&twice);
	json_parser_free(p);
}

/* ---- the walk ---- */

static void walks_members_and_elements(void **state)
{
	(void)state;
	static const struct {
		const char *key, *raw;
		enum canonical_kind kind;
	} MEMBERS[] = {
		{"a\\n", "null", CANONICAL_NULL},
		{"b", "[1,\"]\",{\"x\":\"}\"}]", CANONICAL_ARRAY},
		{"c", "-1.5", CANONICAL_NUMBER},
		{"d", "\"q\\\"\\\\\"", CANONICAL_STRING},
		{"e", "false", CANONICAL_BOOL},
		{"f", "{}", CANONICAL_OBJECT},
		{"g", "0", CANONICAL_NUMBER},
	};
	slice text = SLICE("{\"a\\n\":null,\"b\":[1,\"]\",{\"x\":\"}\"}],\"c\":-1.5,\"d\":\"q\\\"\\\\\",\"e\":false,\"f\":{},\"g\":0}");
	struct canonical_walk w = canonical_walk(text);
	size_t i = 0;

	assert_int_equal(check(text, NULL), OK);
	for (; canonical_next(&w); i++) {
		assert_true(i < sizeof MEMBERS / sizeof *MEMBERS);
		assert_true(slice_equal(w.key, slice_from(MEMBERS[i].key)));
		assert_true(slice_equal(w.value.raw, slice_from(MEMBERS[i].raw)));
		assert_int_equal(w.value.kind, MEMBERS[i].kind);
	}
	assert_int_equal(i, sizeof MEMBERS / sizeof *MEMBERS);

	struct canonical_value v;
	assert_true(canonical_member(text, "b", &v));
	w = canonical_walk(v.raw);
	for (i = 0; canonical_next(&w); i++) assert_int_equal(w.key.n, 0);
	assert_int_equal(i, 3);
	assert_false(canonical_member(text, "z", &v));
	assert_false(canonical_member(SLICE("[\"a\"]"), "a", &v));
	w = canonical_walk(SLICE("{}"));
	assert_false(canonical_next(&w));
	w = canonical_walk(SLICE("\"text\""));
	assert_false(canonical_next(&w));
}

/* Whatever the bytes are, the walk stays within them (a sanitizer looks on) and ends. */
static void walk_survives_unchecked_bytes(void **state)
{
	(void)state;
	uint64_t seed = seed_printed();
	static const char ALPHABET[] = "{}[]\",:\\0a1-tnf \xC3";
	for (int i = 0; i < 100000; i++) {
		size_t n = next(&seed) % 40, steps = 0;
		uint8_t *bytes = malloc(n + (n == 0));
		assert_non_null(bytes);
		for (size_t k = 0; k < n; k++) bytes[k] = (uint8_t)ALPHABET[next(&seed) % (sizeof ALPHABET - 1)];
		if (n > 0) bytes[0] = i % 2 ? '{' : '[';
		for (struct canonical_walk w = canonical_walk(slice_of(bytes, n)); canonical_next(&w); steps++)
			assert_true(w.value.raw.n > 0 && w.value.raw.p >= bytes && w.value.raw.p + w.value.raw.n <= bytes + n);
		assert_true(steps <= n);
		free(bytes);
	}
}

static void getters(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	slice text = SLICE("untouched");
	uint64_t count = 7;
	bool flag = false;

	assert_true(canonical_get_bool(canonical_root(SLICE("true")), &flag) && flag);
	assert_false(canonical_get_bool(canonical_root(SLICE("null")), &flag));
	assert_true(canonical_get_count(canonical_root(SLICE("9007199254740991")), &count) && count == CANONICAL_INTEGER_MAX);
	count = 7;
	assert_false(canonical_get_count(canonical_root(SLICE("9007199254740992")), &count));
	assert_false(canonical_get_count(canonical_root(SLICE("-1")), &count));
	assert_false(canonical_get_count(canonical_root(SLICE("1.5")), &count));
	assert_false(canonical_get_count(canonical_root(SLICE("1e+21")), &count));
	assert_false(canonical_get_count(canonical_root(SLICE("\"1\"")), &count));
	assert_int_equal(count, 7);
	assert_false(canonical_get_plain(canonical_root(SLICE("\"a\\nb\"")), &text));
	assert_false(canonical_get_plain(canonical_root(SLICE("1")), &text));
	assert_true(slice_equal(text, SLICE("untouched")));
	assert_true(canonical_get_plain(canonical_root(SLICE("\"ab\"")), &text) && slice_equal(text, SLICE("ab")));
	assert_true(canonical_get_text(canonical_root(SLICE("\"a\\n\\u0001\\\"\"")), a, &text) && slice_equal(text, SLICE("a\n\x01\"")));
	assert_false(canonical_get_text(canonical_root(SLICE("{}")), a, &text));
	arena_free(a);
}

static void writes_what_it_accepts(void **state)
{
	(void)state;
	struct buf b = {0};
	struct canonical_writer w = canonical_open(&b);

	canonical_put_bool(&w, "a", true);
	canonical_put_count(&w, "b", CANONICAL_INTEGER_MAX);
	canonical_put_null(&w, "c");
	canonical_put_raw(&w, "d", SLICE("[1,2]"));
	canonical_put_key(&w, "e");
	struct canonical_writer inner = canonical_open(&b);
	canonical_put_text(&inner, "x", SLICE("a\n\"\\\xff"));
	canonical_close(&inner);
	canonical_put_bool(&w, "ea", false);
	canonical_close(&w);
	slice wanted =
		SLICE("{\"a\":true,\"b\":9007199254740991,\"c\":null,\"d\":[1,2],\"e\":{\"x\":\"a\\n\\\"\\\\\xEF\xBF\xBD\"},\"ea\":false}");
	assert_true(slice_equal(buf_slice(&b), wanted));
	assert_int_equal(check(buf_slice(&b), NULL), OK);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses_naming_place_and_rule),
		cmocka_unit_test(depth_has_its_limit),
		cmocka_unit_test(parsing_suite),
		cmocka_unit_test(agrees_with_parser_and_writer),
		cmocka_unit_test(flips_truncations_duplications),
		cmocka_unit_test(walks_members_and_elements),
		cmocka_unit_test(walk_survives_unchecked_bytes),
		cmocka_unit_test(getters),
		cmocka_unit_test(writes_what_it_accepts),
	};
	return cmocka_run_group_tests_name("base/canonical", tests, NULL, NULL);
}
