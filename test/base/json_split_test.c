/* Splits: the elements are the same whatever the size of the pieces. */
#include "cmocka_all.h"
#include "data.h"
#include "json.h"

struct found {
	struct buf log;
	unsigned stop_at;
};

static enum err found_add(void *context, slice element, uint64_t offset, uint64_t line)
{
	struct found *found = context;

	buf_printf(&found->log, "%d:%d:", (int)line, (int)offset);
	buf_add(&found->log, element);
	buf_add_byte(&found->log, ';');
	return found->stop_at != 0 && --found->stop_at == 0 ? ERR_STOPPED : OK;
}

/* Everything that came out, as one text: elements, then the rest or the fault. */
static enum err split(slice text, size_t piece, struct found *found)
{
	struct json_split *s = json_split_new("objects", found_add, found);
	struct fault f = {0};
	slice rest = {NULL, 0};
	enum err e = OK;

	for (size_t at = 0; e == OK && at < text.n; at += piece) {
		struct buf exact = {0}; /* on its own, so that a read beyond the piece is seen */
		buf_add(&exact, slice_sub(text, at, piece));
		e = json_split_feed(s, buf_slice(&exact), &f);
		buf_free(&exact);
	}
	if (e == OK) e = json_split_end(s, &rest, &f);
	else assert_int_equal(json_split_end(s, &rest, &f), e);
	if (e == OK) {
		buf_add_text(&found->log, "rest ");
		buf_add(&found->log, rest);
	} else {
		buf_printf(&found->log, "%s %d:%d", err_text(e), (int)f.line, (int)f.offset);
	}
	json_split_free(s);
	return e;
}

static void check(const char *text, const char *want)
{
	size_t n = strlen(text);

	for (size_t piece = 1; piece <= n + 1; piece++) {
		struct found found = {0};
		split(slice_from(text), piece, &found);
		buf_add_byte(&found.log, 0);
		if (strcmp((char *)found.log.p, want) != 0) fail_msg("pieces of %zu of %s: %s", piece, text, (char *)found.log.p);
		buf_free(&found.log);
	}
}

static void elements_and_rest(void **state)
{
	(void)state;
	check("{\"type\":\"bundle\",\"objects\":[{\"a\":\"]}\\\"\"}, 1 ,\"x\",[[]]],\"id\":\"q\"}",
		"1:28:{\"a\":\"]}\\\"\"};1:42:1;1:45:\"x\";1:49:[[]];rest {\"type\":\"bundle\",\"id\":\"q\"}");
	check("{\"objects\":[],\"id\":1}", "rest {\"id\":1}");
	check("{\"objects\":[ ]}", "rest {}");
	check("{\"objects\" : [true\n,\nnull ], \"objects\":[2]}", "1:14:true;3:21:null;3:40:2;rest {}");
	check("{\"objects\":{\"a\":[1]},\"b\":[2]}", "1:0:{\"objects\":{\"a\":[1]},\"b\":[2]};rest ");
	check(" \n[1,2\n,{}]\n", "2:3:1;2:5:2;3:8:{};rest ");
	check("[]", "rest ");
	check("\n {\"a\":{\"objects\":[1]}} ", "2:2:{\"a\":{\"objects\":[1]}};rest ");
	check("{}", "1:0:{};rest ");
	check("\xEF\xBB\xBF[7]", "1:4:7;rest ");
}

static void escapes_of_all_lengths(void **state)
{
	(void)state;
	for (size_t pad = 0; pad < 70; pad++) {
		for (size_t slashes = 0; slashes < 9; slashes++) {
			struct buf text = {0}, want = {0};
			buf_add_text(&text, "[");
			size_t start = text.n;
			buf_add_text(&text, "{\"");
			for (size_t i = 0; i < pad; i++) buf_add_byte(&text, 'p');
			for (size_t i = 0; i < slashes; i++) buf_add_byte(&text, '\\');
			buf_add_text(&text, slashes % 2 != 0 ? "\"]}\":[\"{\"]}" : "\":[\"{\"]}"); /* an odd run escapes the quote */
			buf_add_text(&want, "1:1:");
			buf_add(&want, slice_sub(buf_slice(&text), start, SIZE_MAX));
			buf_add_text(&want, ";rest ");
			buf_add_text(&text, "]");
			for (size_t piece = 1; piece < 140; piece += piece < 70 ? 7 : 1) {
				struct found found = {0};
				split(buf_slice(&text), piece, &found);
				if (!slice_equal(buf_slice(&found.log), buf_slice(&want)))
					fail_msg("%.*s in %zu: %.*s", SLICE_PRINTF(buf_slice(&text)), piece,
						SLICE_PRINTF(buf_slice(&found.log)));
				buf_free(&found.log);
			}
			buf_free(&text);
			buf_free(&want);
		}
	}
}

static void refusals(void **state)
{
	(void)state;
	check("", "syntax 1:0");
	check("7", "syntax 1:0");
	check("[1,]", "1:1:1;syntax 1:3");
	check("[,1]", "syntax 1:1");
	check("[1 2]", "1:1:1;syntax 1:3");
	check("{\"a\":1,}", "syntax 1:7");
	check("{\"a\" 1}", "syntax 1:5");
	check("{\"a\":}", "syntax 1:5");
	check("{,}", "syntax 1:1");
	check("{\"a\":1 2}", "syntax 1:7");
	check("[{\"a\":1}", "1:1:{\"a\":1};syntax 1:8");
	check("[{\"a\":", "syntax 1:6");
	check("{\"objects\":[1]} \nx", "1:12:1;syntax 2:17");
	check("{}{}", "syntax 1:2");
}

static void stops_when_asked(void **state)
{
	(void)state;
	struct found found = {.stop_at = 2};
	assert_int_equal(split(SLICE("[1,2,3,4]"), 3, &found), ERR_STOPPED);
	assert_true(slice_starts(buf_slice(&found.log), SLICE("1:1:1;1:3:2;stopped")));
	buf_free(&found.log);
}

static enum err ignore(void *context, slice element, uint64_t offset, uint64_t line)
{
	(void)context, (void)element, (void)offset, (void)line;
	return OK;
}

/* Feed head, then `body` bytes of text, then tail. */
static enum err split_long(const char *head, size_t body, const char *tail, struct fault *f)
{
	struct json_split *s = json_split_new("objects", ignore, NULL);
	static char fill[1u << 16];
	slice rest;

	memset(fill, 'f', sizeof fill);
	enum err e = json_split_feed(s, slice_from(head), f);
	for (size_t n = 0; e == OK && n < body; n += sizeof fill) e = json_split_feed(s, slice_of(fill, sizeof fill), f);
	if (e == OK) e = json_split_feed(s, slice_from(tail), f);
	if (e == OK) e = json_split_end(s, &rest, f);
	json_split_free(s);
	return e;
}

static void limits_bite(void **state)
{
	(void)state;
	struct fault f = {0};
	assert_int_equal(split_long("[\"", JSON_ELEMENT_BYTES_MAX, "\"]", &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, "JSON_ELEMENT_BYTES_MAX"));
	assert_int_equal(split_long("{\"a\":\"", JSON_ELEMENT_BYTES_MAX, "\"}", &f), ERR_LIMIT);
	assert_int_equal(split_long("{\"a\":\"", 4 * JSON_SPLIT_REST_MAX, "\"}", &f), OK);
	assert_int_equal(split_long("{\"a\":\"", 4 * JSON_SPLIT_REST_MAX, "\",\"objects\":[]}", &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, "JSON_SPLIT_REST_MAX"));
	assert_int_equal(split_long("{\"objects\":[],\"a\":\"", 4 * JSON_SPLIT_REST_MAX, "\"}", &f), ERR_LIMIT);
	assert_int_equal(split_long("{\"objects\":[\"", 4 * JSON_SPLIT_REST_MAX, "\"]}", &f), OK);
}

struct bundle {
	struct json_parser *parser;
	unsigned count;
};

static enum err bundle_add(void *context, slice element, uint64_t offset, uint64_t line)
{
	struct bundle *bundle = context;
	json_value root;
	slice id;

	(void)offset, (void)line;
	assert_int_equal(json_parse(bundle->parser, element, &root, NULL), OK);
	assert_true(json_member_text(root, "id", &id));
	bundle->count++;
	return OK;
}

/* A real bundle: as many objects as a parse of the whole finds. */
static void real_bundle(void **state)
{
	(void)state;
	char path[512];
	struct buf b = {0};
	snprintf(path, sizeof path, "%s/data/intel/attack-c0038-homeland-justice.json", data_root());
	if (!data_read(path, &b)) {
		print_message("SKIPPED: %s is missing (set KULLA_SHARED)\n", path);
		skip();
	}
	struct json_parser *p = json_parser_new();
	json_value root, objects;
	unsigned count = 0;
	assert_int_equal(json_parse(p, buf_slice(&b), &root, NULL), OK);
	assert_true(json_member(root, "objects", &objects));
	for (struct json_iter i = json_iter(objects); json_next(&i);) count++;
	assert_true(count > 10);
	for (size_t piece = 1; piece < 200000; piece = piece * 7 + 1) {
		struct bundle bundle = {.parser = p};
		struct json_split *s = json_split_new("objects", bundle_add, &bundle);
		slice rest;
		for (size_t at = 0; at < b.n; at += piece)
			assert_int_equal(json_split_feed(s, slice_sub(buf_slice(&b), at, piece), NULL), OK);
		assert_int_equal(json_split_end(s, &rest, NULL), OK);
		assert_int_equal(bundle.count, count);
		assert_int_equal(json_parse(p, rest, &root, NULL), OK);
		assert_true(json_member(root, "type", &objects));
		json_split_free(s);
	}
	json_parser_free(p);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_and_rest),
		cmocka_unit_test(escapes_of_all_lengths),
		cmocka_unit_test(refusals),
		cmocka_unit_test(stops_when_asked),
		cmocka_unit_test(limits_bite),
		cmocka_unit_test(real_bundle),
	};
	return cmocka_run_group_tests_name("base/json_split", tests, NULL, NULL);
}
