/* JSON in. The suite is JSONTestSuite (y_ must be taken, n_ refused, i_ is ours to choose), in the shared data. */
#include "cmocka_all.h"
#include "data.h"
#include "json.h"

#include <dirent.h>

static void suite_file(struct json_parser *p, const char *folder, const char *name)
{
	char path[1024];
	struct buf b = {.max = 64u << 20};
	struct fault f = {0};
	json_value root;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_true(data_read(path, &b));
	enum err e = json_parse(p, buf_slice(&b), &root, &f);
	if (name[0] == 'y' && e != OK) fail_msg("%s refused: %s", name, f.text);
	if (name[0] == 'n' && e == OK) fail_msg("%s taken", name);
	if (e != OK) {
		assert_int_equal(f.kind, e);
		assert_true(f.text[0] != 0 && f.offset <= b.n);
	}
	if (e != OK && (name[0] == 'n') && e == ERR_SYNTAX && f.line == 0) fail_msg("%s: no place", name);
	buf_free(&b);
}

static void suite_holds(void **state)
{
	(void)state;
	char folder[512];
	snprintf(folder, sizeof folder, "%s/data/vectors/json-parsing", data_root());
	DIR *dir = opendir(folder);
	if (dir == NULL) {
		print_message("SKIPPED: %s is missing (set KULLA_SHARED)\n", folder);
		skip();
	}
	struct json_parser *p = json_parser_new();
	unsigned count = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		slice name = slice_from(entry->d_name);
		if (!slice_ends(name, SLICE(".json"))) continue;
		suite_file(p, folder, entry->d_name);
		count++;
	}
	closedir(dir);
	json_parser_free(p);
	assert_true(count > 300);
}

static json_value parsed(struct json_parser *p, const char *text)
{
	json_value root = {0};
	struct fault f = {0};
	if (json_parse(p, slice_from(text), &root, &f) != OK) fail_msg("%s: %s", text, f.text);
	return root;
}

static void types_and_values(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	json_value root = parsed(p, "{\"s\":\"a\\u0000\\ud83d\\ude00\",\"i\":-9223372036854775808,\"u\":18446744073709551615,\"d\":2.0,"
				    "\"t\":true,\"n\":null,\"a\":[],\"i\":1}"),
		   v;
	slice text;
	int64_t whole = 5;
	double number = 5;
	bool flag = false;

	assert_int_equal(json_type_of(root), JSON_OBJECT);
	assert_true(json_member_text(root, "s", &text));
	assert_true(slice_equal(text, slice_of("a\0\xF0\x9F\x98\x80", 6)));
	assert_true(json_member(root, "i", &v)); /* the first one */
	assert_int_equal(json_type_of(v), JSON_INTEGER);
	assert_true(json_get_int(v, &whole));
	assert_true(whole == INT64_MIN);
	assert_false(json_get_text(v, &text));
	assert_true(json_member(root, "u", &v));
	assert_int_equal(json_type_of(v), JSON_UNSIGNED);
	assert_false(json_get_int(v, &whole));
	assert_true(json_get_double(v, &number) && number > 1.8e19);
	assert_true(json_member(root, "d", &v));
	assert_int_equal(json_type_of(v), JSON_DOUBLE);
	assert_false(json_get_int(v, &whole));
	assert_true(json_get_double(v, &number) && number == 2.0);
	assert_true(json_member(root, "t", &v) && json_get_bool(v, &flag) && flag);
	assert_true(json_member(root, "n", &v));
	assert_int_equal(json_type_of(v), JSON_NULL);
	assert_false(json_get_bool(v, &flag) || json_get_double(v, &number));
	assert_true(json_member(root, "a", &v));
	assert_int_equal(json_type_of(v), JSON_ARRAY);
	assert_false(json_member(v, "a", &v));
	assert_false(json_member(root, "missing", &v));
	assert_false(json_member_text(root, "t", &text));
	json_parser_free(p);
	json_parser_free(NULL);
}

static void iterates(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	json_value root = parsed(p, "[1,[2,[3]],{\"a\":{\"b\":[]},\"c\":1.5},\"x\"]");
	unsigned n = 0;

	for (struct json_iter i = json_iter(root); json_next(&i); n++) {
		assert_int_equal(i.key.n, 0);
		if (n != 2) continue;
		struct json_iter inner = json_iter(i.value);
		assert_true(json_next(&inner) && slice_equal(inner.key, SLICE("a")));
		assert_true(json_next(&inner) && slice_equal(inner.key, SLICE("c")));
		assert_int_equal(json_type_of(inner.value), JSON_DOUBLE);
		assert_false(json_next(&inner));
		assert_false(json_next(&inner));
	}
	assert_int_equal(n, 4);
	struct json_iter none = json_iter(parsed(p, "\"scalar\""));
	assert_false(json_next(&none));
	json_parser_free(p);
}

struct log {
	struct buf b;
	unsigned stop;
};

static bool note(void *context, const struct json_scalar *s)
{
	struct log *log = context;
	int64_t whole = 0;

	buf_printf(&log->b, "%s%.*s=", s->is_key ? "#" : "", SLICE_PRINTF(s->path));
	if (s->type == JSON_INTEGER && json_get_int(s->value, &whole)) buf_printf(&log->b, "%lld", (long long)whole);
	buf_printf(&log->b, "%.*s;", SLICE_PRINTF(s->text));
	return log->stop == 0 || --log->stop != 0;
}

static void walks_in_order(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	struct log log = {0};

	json_walk(parsed(p, "{\"e\":{\"ip\":\"x\",\"l\":[\"a\",{\"k\":\"b\"},[\"c\"]]},\"n\":7,\"z\":{},\"\":null}"), note, &log);
	buf_add_byte(&log.b, 0);
	assert_string_equal((char *)log.b.p, "#=e;#e=ip;e.ip=x;#e=l;e.l=a;#e.l=k;e.l.k=b;e.l=c;#=n;n=7;#=z;#=;=;");
	buf_clear(&log.b);
	log.stop = 2;
	json_walk(parsed(p, "[1,2,3]"), note, &log);
	buf_add_byte(&log.b, 0);
	assert_string_equal((char *)log.b.p, "=1;=2;");
	buf_clear(&log.b);
	json_value inner;
	assert_true(json_member(parsed(p, "{\"a\":{\"b\":1},\"c\":2}"), "a", &inner)); /* from within */
	json_walk(inner, note, &log);
	buf_add_byte(&log.b, 0);
	assert_string_equal((char *)log.b.p, "#=b;b=1;");
	buf_free(&log.b);
	json_parser_free(p);
}

/* depth arrays or objects within each other, walked, with long paths. */
static void depth_is_bounded(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	struct log log = {0};
	struct buf b = {0};

	for (int depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX + 2; depth++) {
		struct fault f = {0};
		json_value root;
		buf_clear(&b);
		for (int i = 0; i < depth; i++) buf_add_text(&b, "{\"key\":");
		buf_add_text(&b, "1");
		for (int i = 0; i < depth; i++) buf_add_byte(&b, '}');
		enum err e = json_parse(p, buf_slice(&b), &root, &f);
		assert_int_equal(e, depth <= JSON_DEPTH_MAX ? OK : ERR_LIMIT);
		if (e != OK) continue;
		buf_clear(&log.b);
		json_walk(root, note, &log);
		assert_true(slice_ends(buf_slice(&log.b), SLICE("key.key=1;")));
		buf_clear(&log.b);
		assert_int_equal(json_put_canonical(&log.b, root), OK);
		assert_true(slice_equal(buf_slice(&log.b), buf_slice(&b)));
	}
	buf_free(&b);
	buf_free(&log.b);
	json_parser_free(p);
}

static void faults_say_where(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t line, offset;
	} CASES[] = {
		{"{\"a\":1,\n\"b\":tru}", 2, 12},
		{"[1 2]", 1, 3},
		{"", 1, 0},
		{"[\"a\tb\"]", 1, 3},
		{"[\n\n\"\\ud800\"]", 3, 4},
		{"{\"a\"}", 1, 4},
		{"[1]]", 1, 3},
		{"[01]", 1, 3},
		{"[\"\xff\"]", 1, 2},
		{"[99999999999999999999]", 1, 1},
		{"[\"\\q\"]", 1, 2},
		{"{\"a\":1,}", 1, 7},
		{"[1", 1, 2},
	};
	struct json_parser *p = json_parser_new();
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct fault f = {0};
		json_value root = {.at = 77};
		assert_int_equal(json_parse(p, slice_from(CASES[i].text), &root, &f), ERR_SYNTAX);
		assert_int_equal(root.at, 77);
		if (f.line != CASES[i].line || f.offset != CASES[i].offset)
			fail_msg("%s: %s at %d:%d", CASES[i].text, f.text, (int)f.line, (int)f.offset);
		assert_int_equal(json_parse(p, slice_from(CASES[i].text), &root, NULL), ERR_SYNTAX);
	}
	json_parser_free(p);
}

/* What stands behind the text does not matter, whatever it is. */
static void padding_is_not_read_as_text(void **state)
{
	(void)state;
	struct json_parser *p = json_parser_new();
	static const char *const TAILS[] = {"", "1", "\"", "]", "\\", "\xff"};
	for (size_t n = 1; n < 200; n++) {
		for (size_t t = 0; t < sizeof TAILS / sizeof *TAILS; t++) {
			uint8_t text[200 + JSON_PADDING];
			json_value root;
			memset(text, TAILS[t][0], sizeof text);
			memset(text, '7', n);
			if (n > 2) text[0] = text[n - 1] = '"';
			assert_int_equal(json_parse_padded(p, slice_of(text, n), &root, NULL), OK);
		}
	}
	json_parser_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suite_holds),
		cmocka_unit_test(types_and_values),
		cmocka_unit_test(iterates),
		cmocka_unit_test(walks_in_order),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(faults_say_where),
		cmocka_unit_test(padding_is_not_read_as_text),
	};
	return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
