/* Streams: what is entered, given out whole, passed over and left over is the same whatever the size of the pieces. */
#include "cmocka_all.h"
#include "json.h"
#include "json_stream.h"

enum { TOP, LIST, ITEM };
static const struct json_stream_member members[] = {
	{"list", TOP, LIST}, {"items", TOP, ITEM}, {"skip", TOP, JSON_STREAM_SKIP}, {"items", LIST, ITEM}, {"in", LIST, LIST}};
static const struct json_stream_table table = {members, sizeof members / sizeof *members, 1u << ITEM};

static enum err enter(void *context, uint8_t place)
{
	buf_printf(context, "<%d", place);
	return OK;
}

static enum err whole(void *context, uint8_t place, slice object, uint64_t offset)
{
	buf_printf(context, "[%d@%d:%.*s]", place, (int)offset, SLICE_PRINTF(object));
	return slice_equal(object, SLICE("{\"stop\":1}")) ? ERR_STOPPED : OK;
}

static enum err leave(void *context, uint8_t place, slice rest, uint64_t offset)
{
	buf_printf(context, "%d@%d:%.*s>", place, (int)offset, SLICE_PRINTF(rest));
	return OK;
}

static enum err stream(struct buf *log, slice text, size_t piece)
{
	struct json_stream_sink sink = {enter, whole, leave, log};
	struct json_stream *s = json_stream_new(&table, &sink);
	struct fault f = {0};
	enum err e = OK;
	for (size_t at = 0; e == OK && at < text.n; at += piece) {
		struct buf exact = {0};
		buf_add(&exact, slice_sub(text, at, piece));
		e = json_stream_feed(s, buf_slice(&exact), &f);
		buf_free(&exact);
	}
	if (e == OK) e = json_stream_end(s, &f);
	else assert_int_equal(json_stream_end(s, &f), e);
	if (e != OK && e != ERR_STOPPED) buf_printf(log, "!%d %s", (int)f.offset, f.text);
	json_stream_free(s);
	return e;
}

static void gives(const char *text, const char *expected)
{
	slice t = slice_from(text);
	for (size_t piece = 1; piece <= t.n + 1; piece++) {
		struct buf log = {0};
		(void)stream(&log, t, piece);
		buf_add_byte(&log, 0);
		assert_string_equal((const char *)log.p, expected);
		buf_free(&log);
	}
}

static void walks(void **state)
{
	(void)state;
	gives("{}", "<00@0:{}>");
	gives("[{},{}]", "<00@1:{}><00@4:{}>");
	gives("{\"a\":1,\"items\":[{\"x\":\"}\"},7,{}],\"b\":\"c\\\"\"}", "<0[2@16:{\"x\":\"}\"}][2@28:{}]0@0:{\"a\":1,\"b\":\"c\\\"\"}>");
	gives("{\"items\":{\"y\":[1]},\"skip\":[{\"items\":[{}]}]}", "<0[2@9:{\"y\":[1]}]0@0:{}>");
	gives("{\"list\":[{\"n\":1,\"items\":[{\"k\":\"\\\\\"}]},{\"in\":{\"m\":null}}],\"z\":true}",
		"<0<1[2@25:{\"k\":\"\\\\\"}]1@9:{\"n\":1}><1<11@44:{\"m\":null}>1@38:{}>0@0:{\"z\":true}>");
	gives("{\"items\":null,\"list\":\"x\"}", "<00@0:{}>");
	gives("\xEF\xBB\xBF {\"a\" : [ 1 , {} ] } \n{\"b\":2}\n", "<00@4:{\"a\":[ 1 , {} ]}><00@25:{\"b\":2}>");
}

static void refuses(void **state)
{
	(void)state;
	gives("7", "!0 RFC 8259: an object or array is expected");
	gives("{\"a\":1", "<0!6 RFC 8259: the document ends early");
	gives("{\"a\" 1}", "<0!5 RFC 8259: a colon is expected");
	gives("{\"a\":,}", "<0!5 RFC 8259: a value is expected");
	gives("{a:1}", "<0!1 RFC 8259: a key in double quotes is expected");
	gives("{\"list\":[{} {}]}", "<0<11@9:{}>!12 RFC 8259: a comma or a closing bracket is expected");
	gives("[[[[[[[[[[[[[[[[[", "!16 containers lie deeper than JSON_STREAM_DEPTH_MAX = 16");
}

static void stops(void **state)
{
	(void)state;
	struct buf log = {0};
	assert_int_equal(stream(&log, SLICE("{\"items\":[{\"stop\":1},{}]}"), 100), ERR_STOPPED);
	assert_int_equal(slice_find(buf_slice(&log), SLICE("{}")), log.n);
	buf_free(&log);
}

/* `before`, then n times x, then `behind`. */
static struct buf stretched(const char *before, size_t n, const char *behind)
{
	struct buf text = {0};
	buf_add_text(&text, before);
	(void)buf_reserve(&text, n);
	memset(text.p + text.n, 'x', n);
	text.n += n;
	buf_add_text(&text, behind);
	return text;
}

/* What is over its limit arrives empty, and what stands behind it arrives. */
static void limits(void **state)
{
	(void)state;
	static const struct {
		const char *before, *behind;
		size_t n;
		const char *expected;
	} rows[] = {
		{"[{\"a\":\"", "\"},{\"b\":1}]", JSON_STREAM_REST_BYTES_MAX, "<00@1:><00@16777226:{\"b\":1}>"},
		{"{\"items\":[{\"a\":\"", "\"},{\"b\":1}],\"c\":2}", JSON_STREAM_VALUE_BYTES_MAX,
			"<0[2@10:][2@67108883:{\"b\":1}]0@0:{\"c\":2}>"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t piece = 1u << 20; piece <= 1u << 27; piece <<= 7) {
			struct buf text = stretched(rows[i].before, rows[i].n, rows[i].behind), log = {0};
			assert_int_equal(stream(&log, buf_slice(&text), piece), OK);
			buf_add_byte(&log, 0);
			assert_string_equal((const char *)log.p, rows[i].expected);
			buf_free(&text);
			buf_free(&log);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks), cmocka_unit_test(refuses), cmocka_unit_test(stops), cmocka_unit_test(limits)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
