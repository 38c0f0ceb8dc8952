/* Records of JSON documents: made documents know where theirs are; whatever the pieces, the same ones are found. */
#include "cmocka_all.h"
#include <stdlib.h>

#include "json_records.h"
#include "limit.h"

#define SEED 20240229u
#define RECORDS_MAX 4000

struct made {
	struct buf text;
	struct json_record records[RECORDS_MAX];
	size_t records_n;
	uint64_t beside;
	enum json_split_kind kind;
	unsigned seed;
};

static unsigned dice(struct made *m, unsigned n)
{
	return (unsigned)rand_r(&m->seed) % n;
}

static void blanks(struct made *m)
{
	static const char some[] = {' ', '\n', '\t', '\r'};
	if (dice(m, 3) != 0) return;
	for (unsigned n = dice(m, 4); n > 0; n--) buf_add_byte(&m->text, (uint8_t)some[dice(m, 4)]);
}

static void put(struct made *m, const char *text)
{
	blanks(m);
	buf_add_text(&m->text, text);
	blanks(m);
}

static void string(struct made *m)
{
	static const char *const parts[] = {
		"a", "evil.example.com", "\\\"", "\\\\", "]", "}", "{", "[", ",", ":", "\\u00e9", "ë", " ", "Records"};
	buf_add_byte(&m->text, '"');
	for (unsigned n = dice(m, 12); n > 0; n--) buf_add_text(&m->text, parts[dice(m, sizeof parts / sizeof *parts)]);
	buf_add_byte(&m->text, '"');
}

static void value(struct made *m, unsigned depth)
{
	static const char *const atoms[] = {"0", "-1.5e3", "true", "null", "{}", "[]", "123456789012345678901234567890"};
	unsigned kind = depth > 0 ? dice(m, 4) : dice(m, 2);
	if (kind == 0) buf_add_text(&m->text, atoms[dice(m, sizeof atoms / sizeof *atoms)]);
	if (kind == 1) string(m);
	if (kind < 2) return;
	buf_add_byte(&m->text, kind == 2 ? '[' : '{');
	blanks(m);
	for (unsigned i = 0, n = dice(m, 5); i < n; i++) {
		if (i > 0) put(m, ",");
		if (kind == 3) {
			string(m);
			put(m, ":");
		}
		value(m, depth - 1);
	}
	blanks(m);
	buf_add_byte(&m->text, kind == 2 ? ']' : '}');
}

static void found_at(struct made *m, uint64_t start)
{
	assert_true(m->records_n < RECORDS_MAX);
	m->records[m->records_n++] = (struct json_record){start, m->text.n};
}

static void elements(struct made *m)
{
	put(m, "[");
	for (unsigned i = 0, n = dice(m, 6); i < n; i++) {
		if (i > 0) put(m, ",");
		uint64_t start = m->text.n;
		value(m, 3);
		found_at(m, start);
	}
	put(m, "]");
}

static void packing(struct made *m, const char *behind)
{
	static const char *const members[] = {"\"took\"", "\"count\"", "\"@odata.context\"", "\"nextToken\""};
	if (dice(m, 2) == 0) return;
	if (behind[0] == '\0') put(m, ",");
	put(m, members[dice(m, 4)]);
	put(m, ":");
	value(m, 2);
	put(m, behind);
}

/* Members before the array, of which nothing is known: records when it comes. */
static void stranger(struct made *m)
{
	if (m->kind != JSON_WRAPPED || dice(m, 3) == 0) return;
	blanks(m);
	uint64_t start = m->text.n;
	buf_add_text(&m->text, "\"note\":");
	blanks(m);
	value(m, 2);
	found_at(m, start);
	m->beside++;
	put(m, ",");
}

static void wrapper(struct made *m)
{
	static const char *const names[] = {"\"Records\"", "\"value\"", "\"events\"", "\"response\""};
	bool nested = dice(m, 4) == 0;
	put(m, "{");
	packing(m, ",");
	for (unsigned n = dice(m, 4); n > 0; n--) stranger(m);
	if (nested) {
		put(m, "\"hits\":{");
		packing(m, ",");
		stranger(m);
	}
	put(m, nested ? "\"hits\"" : names[dice(m, 4)]);
	put(m, ":");
	elements(m);
	packing(m, "");
	if (nested) put(m, "}");
	packing(m, "");
	if (dice(m, 3) == 0) {
		put(m, ",");
		uint64_t start = m->text.n;
		buf_add_text(&m->text, "\"unknown\":");
		value(m, 2);
		found_at(m, start);
		m->beside++;
	}
	put(m, "}");
}

/* A record whatever its members are called, because the first name is unknown. */
static void plain(struct made *m)
{
	uint64_t start = m->text.n;
	buf_add_text(&m->text, "{\"src_ip\":");
	value(m, 2);
	if (dice(m, 2) == 0) buf_add_text(&m->text, ",\"Records\":[{\"a\":1}]");
	buf_add_byte(&m->text, '}');
	found_at(m, start);
}

static struct made make(unsigned seed)
{
	static void (*const kinds[])(struct made *) = {elements, wrapper, plain};
	struct made m = {.seed = seed, .kind = seed % 2 == 0 ? JSON_PACKED : JSON_WRAPPED};
	if (m.kind == JSON_WRAPPED) wrapper(&m);
	m.kind = JSON_PACKED;
	for (unsigned n = 1 + dice(&m, 4); n > 0; n--) {
		kinds[dice(&m, 3)](&m);
		blanks(&m);
	}
	if (seed % 2 != 0) m.kind = JSON_WRAPPED;
	return m;
}

struct split {
	struct json_record records[RECORDS_MAX];
	size_t records_n;
	uint64_t beside;
	bool complete;
	enum err e;
	struct fault fault;
};

/* Feed pieces, each on its own so that a read beyond it is seen. */
static void split(slice text, enum json_split_kind kind, size_t first, size_t piece, struct split *out)
{
	struct json_records *r = json_records_new(kind);
	uint64_t settled = 0;
	*out = (struct split){0};
	for (size_t at = 0, n = first; out->e == OK && at < text.n; at += n, n = piece) {
		struct buf exact = {0};
		size_t found_n;
		buf_add(&exact, slice_sub(text, at, n > 0 ? n : piece));
		if (n == 0) n = piece;
		out->e = json_records_feed(r, buf_slice(&exact), &out->fault);
		buf_free(&exact);
		const struct json_record *found = json_records_found(r, &found_n);
		for (size_t i = 0; i < found_n; i++) {
			assert_true(found[i].start < found[i].end && found[i].end <= text.n);
			assert_true(found[i].start >= settled);
			assert_true(out->records_n < RECORDS_MAX);
			out->records[out->records_n++] = found[i];
		}
		assert_true(json_records_settled(r) >= settled);
		settled = json_records_settled(r);
		if (out->records_n > 0) assert_true(settled >= out->records[out->records_n - 1].end);
		json_records_forget(r);
	}
	out->complete = json_records_complete(r);
	out->beside = json_records_beside(r);
	json_records_free(r);
}

static void check_same(const struct made *m, const struct split *s, size_t first, size_t piece)
{
	if (s->e != OK || !s->complete) fail_msg("pieces %zu, %zu of %.*s: %s", first, piece, (int)m->text.n, m->text.p, s->fault.text);
	if (s->records_n != m->records_n)
		fail_msg("pieces %zu, %zu of %.*s: %zu records, expected %zu", first, piece, (int)m->text.n, m->text.p, s->records_n,
			m->records_n);
	for (size_t i = 0; i < m->records_n; i++) {
		assert_int_equal(s->records[i].start, m->records[i].start);
		assert_int_equal(s->records[i].end, m->records[i].end);
	}
	assert_int_equal(s->beside, m->beside);
}

static void random_documents(void **state)
{
	(void)state;
	static struct split s;
	print_message("seed %u\n", SEED);
	for (unsigned round = 0; round < 3000; round++) {
		struct made m = make(SEED + round);
		split(buf_slice(&m.text), m.kind, m.text.n, m.text.n, &s);
		check_same(&m, &s, 0, 0);
		size_t piece = 1 + round % 130;
		split(buf_slice(&m.text), m.kind, piece, piece, &s);
		check_same(&m, &s, piece, piece);
		buf_free(&m.text);
	}
}

static void every_border(void **state)
{
	(void)state;
	static struct split s;
	for (unsigned round = 0; round < 60; round++) {
		struct made m = make(SEED + 10000 + round);
		for (size_t first = 1; first < m.text.n; first++) {
			split(buf_slice(&m.text), m.kind, first, m.text.n, &s);
			check_same(&m, &s, first, m.text.n);
		}
		buf_free(&m.text);
	}
}

/* A byte is changed: whatever is found is the same in all pieces, and an error has the same place. */
static void changed_documents(void **state)
{
	(void)state;
	static struct split whole, pieces;
	for (unsigned round = 0; round < 3000; round++) {
		struct made m = make(SEED + 20000 + round);
		m.text.p[dice(&m, (unsigned)m.text.n)] = (uint8_t) "{}[],:\"\\ x\n1"[dice(&m, 12)];
		split(buf_slice(&m.text), m.kind, m.text.n, m.text.n, &whole);
		split(buf_slice(&m.text), m.kind, 1 + round % 70, 1 + round % 70, &pieces);
		assert_int_equal(whole.e, pieces.e);
		assert_int_equal(whole.fault.offset, pieces.fault.offset);
		assert_int_equal(whole.fault.line, pieces.fault.line);
		assert_int_equal(whole.records_n, pieces.records_n);
		assert_int_equal(whole.complete, pieces.complete);
		buf_free(&m.text);
	}
}

static void which_documents(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool whole;
		enum json_split_kind kind;
	} rows[] = {
		{"{\"a\":1}\n{\"b\":2}\n", true, JSON_LINES},
		{"{\"a\":1}", true, JSON_LINES},
		{"{\"a\":1}", false, JSON_LINES},
		{"{\"a\":1}\r\n{\"b\":2}", true, JSON_LINES},
		{"{\n  \"a\": 1\n}\n", true, JSON_PACKED},
		{"{\n  \"a\": 1\n}\n", false, JSON_PACKED},
		{"{\"a\":\n{}}", true, JSON_PACKED},
		{"{\"a\":1,\n", false, JSON_MORE},
		{"{\"a\":1,\n", true, JSON_PACKED},
		{"{\"a\":1} text\n", true, JSON_LINES}, /* a line of its own */
		{"{\"a\":1}{\"b\":2}\n", true, JSON_PACKED},
		{"{\"a\":1\n{\"b\":2}\n", true, JSON_LINES}, /* a line that is damaged */
		{"{ curly text }\n", true, JSON_LINES},
		{"[{\"a\":1},{\"a\":2}]\n", true, JSON_PACKED},
		{"[\n 1,\n2]\n", true, JSON_PACKED},
		{"[\n", false, JSON_PACKED},
		{"[\"a\",\"b\"]\n", true, JSON_PACKED},
		{"[\"a\",\"b\"]\n[\"c\"]\n", true, JSON_LINES}, /* each line is an array */
		{"[\"a\",\"b\"]\n", false, JSON_LINES},
		{"[INFO] text\n", true, JSON_LINES},
		{"[2024-01-01 00:00:00] text\n", true, JSON_LINES},
		{"[]", true, JSON_LINES},
		{"text\n", true, JSON_LINES},
		{"\n \n", true, JSON_LINES},
		{"", true, JSON_LINES},
		{" \n{\n\"a\":1}", true, JSON_PACKED},
		/* wrappers of known members only, also one after the other */
		{"{\"Records\":[{\"a\":1}]}\n", true, JSON_PACKED},
		{"{\"Records\":[{\"a\":1}]}\n{\"Records\":[]}\n", true, JSON_PACKED},
		{"{\"Records\":1}\n", true, JSON_LINES},
		{"{\"took\":1,\"hits\":{\"hits\":[]}}\n", true, JSON_PACKED},
		{"{\"value\":[]}\n{\"value\":[{\"a\":1}]}\n", true, JSON_PACKED},
		{"{\"value\":[1,2],\"count\":2}\n", true, JSON_LINES},
		{"{\"Stats\":{},\"Schema\":[{\"Name\":\"a\"}],\"Results\":[{\"a\":1}]}", true, JSON_PACKED},
		/* with others: the whole text is one wrapper */
		{"{\"note\":\"x\",\"Records\":[{\"a\":1}]}\n", true, JSON_WRAPPED},
		{"{\"note\":\"x\",\"Records\":[{\"a\":1}]}\n", false, JSON_MORE},
		{"{\"Records\":[{\"a\":1}],\"note\":\"x\"}", true, JSON_WRAPPED},
		{"{\n\"note\":\"x\",\n\"value\":[\n{\"a\":1}\n]\n}\n \n", true, JSON_WRAPPED},
		{"{\"note\":\"x\",\"hits\":{\"odd\":1,\"hits\":[{\"a\":1}]}}", true, JSON_WRAPPED},
		{"{\"note\":\"x\",\"Records\":[{\"a\":1},{", true, JSON_WRAPPED},
		/* records that happen to have such an array */
		{"{\"note\":\"x\",\"Records\":[{\"a\":1}]}\n{\"note\":\"y\"}\n", true, JSON_LINES},
		{"{\"note\":\"x\",\"Records\":[{\"a\":1}]}\ntext\n", true, JSON_LINES},
		{"{\"value\":[{\"a\":1}],\"host\":\"x\"}\n{\"value\":[{\"a\":2}],\"host\":\"y\"}\n", true, JSON_LINES},
		{"{\n\"value\":[{\"a\":1}],\"host\":\"x\"}\n{\n\"value\":[{\"a\":2}],\"host\":\"y\"}\n", true, JSON_OBJECTS},
		{"{\"value\":[1,2],\"host\":\"x\"}\n", true, JSON_LINES},
		{"{\n\"value\":[1,2],\"host\":\"x\"}\n", true, JSON_OBJECTS},
		{"{\"src\":1,\"Records\":[]}\n", true, JSON_LINES},
		{"{\"timestamp\":\"2024-01-01T00:00:00Z\",\"value\":[{\"a\":1}]}\n", true, JSON_LINES},
		{"{\"timestamp\":\"2024-01-01T00:00:00Z\",\"Records\":[{\"a\":1}]}\n", true, JSON_WRAPPED},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum json_split_kind kind = json_records_kind(slice_from(rows[i].text), rows[i].whole);
		if (kind != rows[i].kind) fail_msg("%s: %u", rows[i].text, kind);
	}
}

/* Objects are records whatever they hold, and members before an array of records are not lost however many they are. */
static void kinds(void **state)
{
	(void)state;
	static struct split s;
	split(SLICE("{\"value\":[1,2],\"host\":\"x\"} {\"Records\":[{}]}"), JSON_OBJECTS, 7, 5, &s);
	assert_int_equal(s.records_n, 2);
	assert_int_equal(s.records[0].end, 26);
	struct buf many = {0};
	buf_add_byte(&many, '{');
	for (unsigned i = 0; i < 100; i++) buf_printf(&many, "\"note%u\":1,", i);
	size_t end = many.n - 1;
	buf_add_text(&many, "\"Records\":[{}]}");
	split(buf_slice(&many), JSON_WRAPPED, 50, 50, &s);
	assert_int_equal(s.e, OK);
	assert_int_equal(s.records_n, 65);
	assert_int_equal(s.records[63].end, end);
	assert_int_equal(s.records[64].end, many.n - 2);
	split(buf_slice(&many), JSON_PACKED, 50, 50, &s);
	assert_int_equal(s.records_n, 1);
	buf_free(&many);
}

/* The limit: what is longer is told by what is seen. */
static void long_documents(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_add_text(&text, "{\"note\":\"x\",\"Records\":[{\"a\":\"");
	while (text.n < JSON_LOOK_BYTES) buf_add_byte(&text, 'x');
	assert_int_equal(json_records_kind(slice_sub(buf_slice(&text), 0, JSON_LOOK_BYTES - 1), false), JSON_MORE);
	assert_int_equal(json_records_kind(buf_slice(&text), false), JSON_WRAPPED);
	buf_free(&text);
}

static void places_of_faults(void **state)
{
	(void)state;
	static struct split s;
	split(SLICE("[{\"a\":1},\n{\"a\":2}\n} "), JSON_PACKED, 100, 100, &s);
	assert_int_equal(s.e, ERR_SYNTAX);
	assert_int_equal(s.records_n, 2);
	assert_int_equal(s.fault.line, 3);
	assert_int_equal(s.fault.offset, 18);
	split(SLICE("{\"a\":1}\ntext"), JSON_PACKED, 100, 100, &s);
	assert_int_equal(s.e, ERR_SYNTAX);
	assert_int_equal(s.records_n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_documents),
		cmocka_unit_test(every_border),
		cmocka_unit_test(changed_documents),
		cmocka_unit_test(which_documents),
		cmocka_unit_test(kinds),
		cmocka_unit_test(long_documents),
		cmocka_unit_test(places_of_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
