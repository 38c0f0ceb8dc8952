/* Entries: what is composed is read back, every rule is broken once, and no changed bit goes unseen or makes a second spelling. */
#include "../base/data.h"
#include "entry_samples.h"

#define TIME INT64_C(1795534200123456) /* 2026-11-24T15:30:00.123456Z */

static enum err compose_sample(
	struct buf *b, const struct entry_kind *k, const char *without, const char *changed, const char *value, struct fault *f)
{
	struct buf body = {0};
	digest blobs[2];
	struct entry_draft d = {.actor = SLICE("unix:1000"), .kind = slice_from(k->name), .blobs = blobs, .time = TIME};

	sample_body(&body, k, without, changed, value);
	d.body = buf_slice(&body);
	d.blob_count = sample_blobs(k, without, blobs);
	buf_clear(b);
	enum err e = entry_compose(b, &d, f);
	buf_free(&body);
	return e;
}

/* ---- the table ---- */

static void table_is_in_order(void **state)
{
	(void)state;
	unsigned count;
	const struct entry_kind *k = entry_kinds(&count);
	struct canonical_value word = {CANONICAL_STRING, {NULL, 0}};
	char room[80];

	assert_true(count >= 10);
	for (unsigned i = 0; i < count; i++) {
		assert_true(i == 0 || strcmp(k[i - 1].name, k[i].name) < 0);
		assert_true(k[i].title[0] != 0 && k[i].field_count > 0 && k[i].field_count <= ENTRY_FIELDS_MAX);
		assert_ptr_equal(entry_kind_find(slice_from(k[i].name)), &k[i]);
		for (unsigned j = 0; j < k[i].field_count; j++) {
			const struct entry_field *field = &k[i].fields[j];
			assert_true(j == 0 || strcmp(field[-1].name, field->name) < 0);
			word.raw = slice_from(sample_value(field, room));
			if (field->rule == ENTRY_WORD) assert_int_equal(entry_rule_judge(field, word), OK);
			else assert_null(field->words);
		}
	}
	assert_null(entry_kind_find(SLICE("clocks")));
}

/* The page that others read has a row for each kind with each of its fields. */
static void page_names_every_field(void **state)
{
	(void)state;
	unsigned count;
	const struct entry_kind *k = entry_kinds(&count);
	struct buf page = {0};
	char wanted[80];

	assert_true(data_read("docs/formats/entry.md", &page));
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(wanted, sizeof wanted, "\n| `%s` | ", k[i].name);
		size_t at = slice_find(buf_slice(&page), slice_from(wanted));
		if (at == page.n) fail_msg("no row for %s", k[i].name);
		slice row = slice_sub(buf_slice(&page), at + 1, SIZE_MAX);
		row = slice_sub(row, 0, slice_find_byte(row, '\n'));
		for (unsigned j = 0; j < k[i].field_count; j++) {
			(void)snprintf(wanted, sizeof wanted, "%s`%s`", k[i].fields[j].optional ? "[" : " ", k[i].fields[j].name);
			if (slice_find(row, slice_from(wanted)) == row.n) fail_msg("%s: no %s", k[i].name, wanted);
		}
	}
	buf_free(&page);
}

/* ---- round trip ---- */

static void composes_and_reads_back(void **state)
{
	(void)state;
	struct buf b = {0};
	struct entry e;
	struct fault f = {0};
	uint64_t count = 0;
	bool flag = true;
	instant t = 0;
	digest d, root;
	slice text = {NULL, 0};

	if (compose_sample(&b, entry_kind_find(SLICE("scan")), NULL, NULL, NULL, &f) != OK) fail_msg("%s", f.text);
	slice start = SLICE("{\"actor\":\"unix:1000\",\"blobs\":[" DIGEST_A "," DIGEST_B "],\"body\":{\"answer\":" DIGEST_A ",\"began\":");
	slice end = SLICE("},\"kind\":\"scan\",\"time\":\"2026-11-24T15:30:00.123456Z\"}");
	assert_true(slice_starts(buf_slice(&b), start) && slice_ends(buf_slice(&b), end));
	assert_int_equal(entry_parse(buf_slice(&b), &e, &f), OK);
	assert_true(e.known && e.rules == entry_kind_find(SLICE("scan")) && e.time == TIME && slice_equal(e.actor, SLICE("unix:1000")));
	assert_int_equal(e.blob_count, 2);
	memset(&d, 0xbb, sizeof d);
	root = entry_blob(&e, 1);
	assert_true(digest_equal(&root, &d));
	assert_true(entry_field_count(&e, "hits", &count) && count == 12);
	assert_true(entry_field_bool(&e, "exercise", &flag) && !flag);
	assert_true(entry_field_time(&e, "began", &t) && t == TIME);
	assert_true(entry_field_digest(&e, "command", &root) && digest_equal(&root, &d));
	assert_true(entry_field_text(&e, "marking", &text) && slice_equal(text, SLICE("TLP:AMBER+STRICT")));
	assert_false(
		entry_field_count(&e, "marking", &count) || entry_field_count(&e, "absent", &count) || entry_field_text(&e, "hits", &text));
	assert_int_equal(compose_sample(&b, entry_kind_find(SLICE("cosigned")), NULL, NULL, NULL, &f), OK);
	assert_int_equal(entry_parse(buf_slice(&b), &e, &f), OK);
	d = digest_of(SLICE(""));
	assert_true(entry_field_root(&e, "root", &root) && digest_equal(&root, &d));
	assert_int_equal(e.blob_count, 0);
	buf_free(&b);
}

/* Every kind, with and without what is optional: parse(compose(x)) = x, and composing what was read gives the same bytes. */
static void every_kind_round_trips(void **state)
{
	(void)state;
	unsigned count;
	const struct entry_kind *k = entry_kinds(&count);
	struct buf b = {0}, again = {0};
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j <= k[i].field_count; j++) {
			const struct entry_field *field = j < k[i].field_count ? &k[i].fields[j] : NULL;
			struct fault f = {0};
			struct entry e;
			enum err error = compose_sample(&b, &k[i], field != NULL ? field->name : NULL, NULL, NULL, &f);
			if (field != NULL && !field->optional) {
				assert_int_equal(error, ERR_SYNTAX);
				assert_non_null(strstr(f.text, "is missing, expected"));
				assert_non_null(strstr(f.text, field->name));
				assert_int_equal(b.n, 0);
				continue;
			}
			if (error != OK) fail_msg("%s: %s", k[i].name, f.text);
			assert_int_equal(entry_parse(buf_slice(&b), &e, &f), OK);
			digest blobs[ENTRY_LIST_MAX];
			for (unsigned n = 0; n < e.blob_count; n++) blobs[n] = entry_blob(&e, n);
			struct entry_draft d = {e.actor, e.kind, e.body, blobs, e.blob_count, e.time};
			buf_clear(&again);
			assert_int_equal(entry_compose(&again, &d, &f), OK);
			assert_true(slice_equal(buf_slice(&b), buf_slice(&again)));
		}
	buf_free(&b);
	buf_free(&again);
}

/* ---- the rules ---- */

struct rule_case {
	enum entry_rule rule;
	const char *words;
	const char *values[12];
};

static enum err judge(const struct rule_case *c, const char *value)
{
	const struct entry_field field = {.name = "x", .rule = c->rule, .words = c->words};

	assert_int_equal(canonical_check(slice_from(value), NULL), OK);
	return entry_rule_judge(&field, canonical_root(slice_from(value)));
}

static void rules_accept(void **state)
{
	(void)state;
	static const struct rule_case CASES[] = {
		{ENTRY_DIGEST, NULL, {DIGEST_A}},
		{ENTRY_DIGESTS, NULL, {"[" DIGEST_A "]", "[" DIGEST_A "," DIGEST_B "]"}},
		{ENTRY_COUNT, NULL, {"0", "9007199254740991"}},
		{ENTRY_BOOL, NULL, {"true", "false"}},
		{ENTRY_TIME, NULL,
			{"\"0001-01-01T00:00:00.000000Z\"", "\"9999-12-31T23:59:59.999999Z\"", "\"2024-02-29T00:00:00.000001Z\""}},
		{ENTRY_WORD, NULL, {"\"a-9\""}},
		{ENTRY_WORD, "added|removed", {"\"added\"", "\"removed\""}},
		{ENTRY_VERSION, NULL, {"\"0.1.0\"", "\"1.2~rc1+b2-3\""}},
		{ENTRY_MARKING, NULL, {"\"TLP:CLEAR\"", "\"TLP:GREEN\"", "\"TLP:AMBER\"", "\"TLP:AMBER+STRICT\"", "\"TLP:RED\""}},
		{ENTRY_VKEY, NULL, {VKEY, "\"a+00000000+/wA=\""}}, /* algorithm 0xff is not ours */
		{ENTRY_SIGNATURE, NULL, {"\"AA==\"", "\"AAAA\""}},
		{ENTRY_ROOT, NULL, {ROOT}},
		{ENTRY_ORIGIN, NULL, {"\"example.com/log\"", "\"\xC3\xB6.example\""}},
		{ENTRY_STIX_ID, NULL,
			{"null", "\"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"", "\"x-a--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\""}},
		{ENTRY_PATHS, NULL,
			{"[\"checkpoint\"]", "[\"blobs/aa/" HEX_A "\",\"tile/0/000\",\"tile/63/x123/x000/001.p/255\",\"tile/entries/255\"]",
				"[\"tile/1/001.p/1\"]"}},
		{ENTRY_ACTOR, NULL,
			{"\"unix:0\"", "\"unix:4294967295\"", "\"node\"", "\"id:sha256:" HEX_A "\"", "\"oidc:abc.def-1\"", "\"later\"",
				"\"nodes\""}},
		{ENTRY_OBJECT, NULL, {"{}", "{\"a\":1}"}},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		for (size_t j = 0; CASES[i].values[j] != NULL; j++)
			if (judge(&CASES[i], CASES[i].values[j]) != OK) fail_msg("%s", CASES[i].values[j]);
}

static const struct rule_case BROKEN[] = {
	{ENTRY_DIGEST, NULL,
		{"\"sha256:" HEX_A "a\"", "\"sha512:" HEX_A "\"", "\"SHA256:" HEX_A "\"", "\"" HEX_A "\"", "\"\"", "null", "1",
			"\"sha256:Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "[" DIGEST_A "]"}},
	{ENTRY_BLOB, NULL, {"\"blob\"", "null"}},
	{ENTRY_SALTED, NULL, {"\"Jane Doe\"", "null"}},
	{ENTRY_DIGESTS, NULL, {"[]", "[" DIGEST_B "," DIGEST_A "]", "[" DIGEST_A "," DIGEST_A "]", "[null]", "[1]", DIGEST_A, "{}"}},
	{ENTRY_COUNT, NULL, {"-1", "1.5", "9007199254740992", "1e+21", "\"1\"", "null", "true", "[]"}},
	{ENTRY_BOOL, NULL, {"0", "\"true\"", "null"}},
	{ENTRY_TIME, NULL,
		{"\"2026-11-24T15:30:00Z\"", "\"2026-11-24T15:30:00.12345Z\"", "\"2026-11-24T15:30:00.123456+00:00\"",
			"\"2026-11-24 15:30:00.123456Z\"", "\"2026-02-29T00:00:00.000000Z\"", "\"2016-12-31T23:59:60.000000Z\"",
			"\"2026-11-24T24:00:00.000000Z\"", "\"0000-01-01T00:00:00.000000Z\"", "\"2026-1a-24T15:30:00.123456Z\"",
			"\"2026-11-24t15:30:00.123456z\"", "1"}},
	{ENTRY_WORD, NULL,
		{"\"\"", "\"A\"", "\"a b\"", "\"a_b\"", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "true"}},
	{ENTRY_WORD, "added|removed", {"\"adde\"", "\"added-removed\"", "\"other\"", "\"\""}},
	{ENTRY_VERSION, NULL, {"\"\"", "\"1 0\"", "\"V1\"", "1"}},
	{ENTRY_MARKING, NULL, {"\"TLP:WHITE\"", "\"tlp:red\"", "\"RED\"", "\"\"", "null"}},
	{ENTRY_VKEY, NULL,
		{"\"example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\"", /* another id */
			"\"example.com/log/testdatb+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\"",
			"\"example.com/log/testdata+33D7B496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\"", "\"a b+33d7b496+AeHT\"",
			"\"+33d7b496+AeHT\"", "\"a+33d7b496\"", "\"a+33d7b496+AQ==\"", "\"a+33d7b496+AeH\"", "\"\""}},
	{ENTRY_SIGNATURE, NULL, {"\"\"", "\"AA\"", "\"AB==\"", "\"A A=\"", "\"AA==\\n\"", "null"}},
	{ENTRY_ROOT, NULL, {"\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\"", "\"AAAA\"", DIGEST_A}},
	{ENTRY_ORIGIN, NULL,
		{"\"\"", "\"a b\"", "\"a+b\"", "\"a\\\"b\"", "\"a\\\\b\"", "\"a\\u0001\"", "\"a\x7f\"", "\"a\xC2\xA0\"",
			"\"a\xE2\x80\xAE"
			"b\"",
			"\"a\xC2\x9B\"", "1"}},
	{ENTRY_STIX_ID, NULL,
		{"\"\"", "\"indicator\"", "\"--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"",
			"\"indicator--8E2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\"", "\"indicator--8e2e2d2b017d4-4cbf-938f-98ee46b3cd3f\"",
			"\"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f0\"", "0"}},
	{ENTRY_PATHS, NULL,
		{"[]", "[\"/etc/passwd\"]", "[\"tile/../key\"]", "[\"tile/64/000\"]", "[\"tile/0/x000/001\"]", "[\"tile/0/01\"]",
			"[\"tile/0/001.p/0\"]", "[\"tile/0/001.p/256\"]", "[\"tile/0/001x\"]", "[\"blobs/ab/" HEX_A "\"]",
			"\"checkpoint\""}},
	{ENTRY_PATHS, NULL,
		{"[\"tile/00/000\"]", "[\"tile/0/x001\"]", "[\"tile/0/x001/\"]", "[\"checkpoints\"]", "[\"tile/entries/001.p/007\"]",
			"[\"tile/0/x001/x001/x001/x001/x001/x001/x001/001\"]", "[\"tile/0\"]", "[\"tile/0/001\",\"checkpoint\"]"}},
	{ENTRY_ACTOR, NULL,
		{"\"\"", "\"unix:\"", "\"unix:01\"", "\"unix:4294967296\"", "\"unix:root\"", "\"Jane\"", "\"id:jane\"", "\"a:\"",
			"\"a:b c\"", "1"}},
	{ENTRY_OBJECT, NULL, {"[]", "null", "\"{}\""}},
};

static void rules_refuse(void **state)
{
	(void)state;
	bool seen[ENTRY_RULES] = {false};
	for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++)
		for (size_t j = 0; BROKEN[i].values[j] != NULL; j++) {
			seen[BROKEN[i].rule] = true;
			if (judge(&BROKEN[i], BROKEN[i].values[j]) != ERR_SYNTAX) fail_msg("accepted: %s", BROKEN[i].values[j]);
		}
	for (unsigned r = 0; r < ENTRY_RULES; r++) assert_true(seen[r] && entry_rule_text(r)[0] != 0);
}

/* In every field of every kind each broken value of its rule is refused, and the fault names kind, field, found and expected. */
static void faults_name_the_field(void **state)
{
	(void)state;
	unsigned count;
	const struct entry_kind *k = entry_kinds(&count);
	struct buf b = {0};
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < k[i].field_count; j++)
			for (size_t n = 0; n < sizeof BROKEN / sizeof *BROKEN; n++) {
				const struct entry_field *field = &k[i].fields[j];
				struct fault f = {0};
				char said[80];
				if (BROKEN[n].rule != field->rule || (field->words == NULL) != (BROKEN[n].words == NULL)) continue;
				const char *value = BROKEN[n].values[0];
				assert_int_equal(compose_sample(&b, &k[i], NULL, field->name, value, &f), ERR_SYNTAX);
				(void)snprintf(said, sizeof said, "entry %s: %s: found %.10s", k[i].name, field->name, value);
				if (strncmp(f.text, said, strlen(said)) != 0 || strstr(f.text, entry_rule_text(field->rule)) == NULL ||
					(field->words != NULL && strstr(f.text, field->words) == NULL))
					fail_msg("%s\n%s", f.text, said);
				assert_true(f.offset > 0);
			}
	buf_free(&b);
}

/* ---- the envelope ---- */

#define BODY "\"body\":{\"last\":\"2026-11-24T15:30:00.123456Z\",\"read\":\"2026-11-24T15:29:00.123456Z\"}"
#define TAIL ",\"kind\":\"clock\",\"time\":\"2026-11-24T15:30:00.123456Z\"}"

static void envelope_is_strict(void **state)
{
	(void)state;
	static const struct {
		const char *text, *said;
	} CASES[] = {
		{"[]", "entry envelope: expected an object"},
		{"{}", "entry envelope: actor is missing"},
		{"{\"actor\":\"unix:1\"," BODY ",\"kind\":\"clock\"}", "entry envelope: time is missing"},
		{"{\"actor\":\"unix:1\"," BODY ",\"time\":\"2026-11-24T15:30:00.123456Z\"}", "entry envelope: kind is missing"},
		{"{\"actor\":\"unix:1\",\"kind\":\"clock\",\"time\":\"2026-11-24T15:30:00.123456Z\"}", "entry envelope: body is missing"},
		{"{" BODY TAIL, "entry envelope: actor is missing"},
		{"{\"actor\":\"unix:1\",\"blobs\":[]," BODY TAIL, "entry envelope: blobs: found [], expected an array of digests"},
		{"{\"actor\":\"unix:1\",\"blobs\":[" DIGEST_A "]," BODY TAIL, "entry clock: blobs: found sha256:aaaa"},
		{"{\"actor\":\"unix:1\"," BODY ",\"extra\":1" TAIL, "entry envelope: found the member \"extra\""},
		{"{\"actor\":\"Jane Doe\"," BODY TAIL, "entry envelope: actor: found \"Jane Doe\", expected an actor"},
		{"{\"actor\":\"unix:1\",\"body\":[]" TAIL, "entry envelope: body: found [], expected an object"},
		{"{\"actor\":\"unix:1\",\"body\":{}" TAIL, "entry clock: last is missing"},
		{"{\"actor\":\"unix:1\",\"body\":{\"last\":1}" TAIL, "entry clock: last: found 1, expected a time"},
		{"{\"actor\":\"unix:1\"," BODY ",\"kind\":\"Clock\",\"time\":\"2026-11-24T15:30:00.123456Z\"}",
			"entry envelope: kind: found \"Clock\""},
		{"{\"actor\":\"unix:1\"," BODY ",\"kind\":\"clock\",\"time\":\"2026-11-24T15:30:00Z\"}", "entry envelope: time: found"},
		{"{\"actor\":\"unix:1\", " BODY TAIL, "RFC 8785 3.2.1"},
		{"", "RFC 8785 3.2.1"},
	};
	struct entry e;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct fault f = {0};
		if (entry_parse(slice_from(CASES[i].text), &e, &f) != ERR_SYNTAX ||
			strncmp(f.text, CASES[i].said, strlen(CASES[i].said)) != 0)
			fail_msg("%s: %s", CASES[i].text, f.text);
	}
	struct fault f = {0};
	assert_int_equal(entry_parse(SLICE("{\"actor\":\"unix:1\"," BODY TAIL), &e, &f), OK);
}

static void blobs_are_those_of_the_body(void **state)
{
	(void)state;
	struct buf body = {0}, b = {0};
	struct fault f = {0};
	digest blobs[4];
	const struct entry_kind *k = entry_kind_find(SLICE("scan"));
	struct entry_draft d = {.actor = SLICE("node"), .kind = SLICE("scan"), .blobs = blobs, .time = TIME};

	sample_body(&body, k, NULL, NULL, NULL);
	d.body = buf_slice(&body);
	assert_int_equal(sample_blobs(k, NULL, blobs), 2);
	blobs[2] = blobs[0];
	d.blob_count = 3; /* one of them twice */
	assert_int_equal(entry_compose(&b, &d, &f), OK);
	buf_clear(&b);
	d.blob_count = 1;
	assert_int_equal(entry_compose(&b, &d, &f), ERR_SYNTAX);
	assert_non_null(strstr(f.text, "entry scan: answer: expected its blob among the entry's blobs"));
	memset(&blobs[2], 0xcc, sizeof *blobs);
	d.blob_count = 3;
	assert_int_equal(entry_compose(&b, &d, &f), ERR_SYNTAX);
	assert_non_null(strstr(f.text, "entry scan: blobs: found sha256:cccc"));
	assert_int_equal(b.n, 0);
	buf_free(&body);
	buf_free(&b);
}

static void unknown_kinds_and_actors_are_kept(void **state)
{
	(void)state;
	struct entry e;
	struct buf b = {0};
	struct fault f = {0};

	assert_int_equal(entry_parse(SLICE("{\"actor\":\"unix:1\",\"blobs\":[" DIGEST_A
					   "],\"body\":{\"any\":[1,\"free \\n text\"]},\"kind\":\"later\",\"time\":"
					   "\"2026-11-24T15:30:00.123456Z\"}"),
				 &e, &f),
		OK);
	assert_true(!e.known && e.rules == NULL && e.blob_count == 1 && slice_equal(e.kind, SLICE("later")));
	entry_summary(&b, &e);
	buf_add_byte(&b, 0);
	assert_string_equal((char *)b.p, "2026-11-24T15:30:00.123456Z unix:1 later: a kind that this version does not know, 26 bytes");
	assert_int_equal(entry_parse(SLICE("{\"actor\":\"oidc:abc\"," BODY TAIL), &e, &f), OK);
	assert_true(!e.known && e.rules != NULL);
	assert_int_equal(
		entry_parse(SLICE("{\"actor\":\"oidc:abc\",\"body\":{}" TAIL), &e, &f), ERR_SYNTAX); /* the body is judged all the same */

	struct entry_draft d = {.actor = SLICE("unix:1"), .kind = SLICE("later"), .body = SLICE("{}"), .time = TIME};
	buf_clear(&b);
	buf_add_text(&b, "kept");
	assert_int_equal(entry_compose(&b, &d, &f), ERR_UNSUPPORTED); /* nobody writes what he cannot check */
	assert_int_equal(b.n, 4);
	buf_free(&b);
}

/* ---- limits ---- */

static void limits(void **state)
{
	(void)state;
	struct buf b = {0}, body = {0};
	struct fault f = {0};
	struct entry e;

	/* ENTRY_BYTES_MAX to the byte, of an unknown kind. */
	for (size_t extra = 0; extra < 2; extra++) {
		buf_clear(&b);
		buf_add_text(&b, "{\"actor\":\"unix:1\",\"body\":{\"a\":\"");
		while (b.n + sizeof "\"},\"kind\":\"later\",\"time\":\"2026-11-24T15:30:00.123456Z\"}" - 1 < ENTRY_BYTES_MAX + extra)
			buf_add_byte(&b, 'a');
		buf_add_text(&b, "\"},\"kind\":\"later\",\"time\":\"2026-11-24T15:30:00.123456Z\"}");
		assert_int_equal(b.n, ENTRY_BYTES_MAX + extra);
		assert_int_equal(entry_parse(buf_slice(&b), &e, &f), extra == 0 ? OK : ERR_LIMIT);
	}
	assert_non_null(strstr(f.text, "ENTRY_BYTES_MAX"));

	/* ENTRY_LIST_MAX. */
	for (unsigned extra = 0; extra < 2; extra++) {
		buf_clear(&body);
		for (unsigned i = 0; i < ENTRY_LIST_MAX + extra; i++)
			buf_printf(&body, "%c\"tile/0/%03u.p/%u\"", i == 0 ? '[' : ',', i / 100, 100 + i % 100);
		buf_add_text(&body, "]");
		buf_add_byte(&body, 0);
		enum err error = compose_sample(&b, entry_kind_find(SLICE("repair")), NULL, "files", (char *)body.p, &f);
		if (error != (extra == 0 ? OK : ERR_LIMIT)) fail_msg("%s", f.text);
	}
	assert_non_null(strstr(f.text, "entry repair: files has more than 512 elements (ENTRY_LIST_MAX)"));
	digest many[1] = {{{0}}};
	struct entry_draft d = {.actor = SLICE("node"),
		.kind = SLICE("scan"),
		.body = SLICE("{}"),
		.blobs = many,
		.blob_count = ENTRY_LIST_MAX + 1,
		.time = TIME};
	buf_clear(&b);
	assert_int_equal(entry_compose(&b, &d, &f), ERR_LIMIT);

	/* The years, the caller's room, and a body that would be more than a body. */
	d = (struct entry_draft){.actor = SLICE("node"),
		.kind = SLICE("clock"),
		.time = INSTANT_NONE,
		.body = SLICE("{\"last\":\"2026-11-24T15:30:00.123456Z\",\"read\":\"2026-11-24T15:29:00.123456Z\"}")};
	assert_int_equal(entry_compose(&b, &d, &f), ERR_USAGE);
	d.time = TIME;
	d.body = SLICE("{\"last\":\"2026-11-24T15:30:00.123456Z\",\"read\":\"2026-11-24T15:29:00.123456Z\"},\"kind\":\"later\"");
	assert_int_equal(entry_compose(&b, &d, &f), ERR_SYNTAX);
	d.body = SLICE("{\"last\":\"2026-11-24T15:30:00.123456Z\",\"read\":\"2026-11-24T15:29:00.123456Z\"}");
	struct buf small = {.max = 64};
	assert_int_equal(entry_compose(&small, &d, &f), ERR_LIMIT);
	assert_int_equal(small.n, 0);
	buf_free(&small);
	buf_free(&body);
	buf_free(&b);
}

/* ---- changes ---- */

/* Every single-bit flip, truncation and duplication of an entry is refused, or is another entry whose bytes (and so hash) differ and which
 * is composed to exactly those bytes: no statement has two spellings. */
static void flips_truncations_duplications(void **state)
{
	(void)state;
	unsigned count, accepted = 0;
	const struct entry_kind *k = entry_kinds(&count);
	struct buf b = {0}, again = {0};
	struct entry e;

	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(compose_sample(&b, &k[i], NULL, NULL, NULL, NULL), OK);
		slice whole = buf_slice(&b);
		for (size_t n = 0; n < whole.n; n++) assert_int_not_equal(entry_parse(slice_sub(whole, 0, n), &e, NULL), OK);
		for (size_t bit = 0; bit < 8 * whole.n; bit++) {
			b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (entry_parse(whole, &e, NULL) == OK) {
				digest blobs[ENTRY_LIST_MAX];
				for (unsigned n = 0; n < e.blob_count; n++) blobs[n] = entry_blob(&e, n);
				struct entry_draft d = {e.actor, e.kind, e.body, blobs, e.blob_count, e.time};
				buf_clear(&again);
				accepted++;
				if (e.known) assert_true(entry_compose(&again, &d, NULL) == OK && slice_equal(buf_slice(&again), whole));
				else assert_true(entry_compose(&again, &d, NULL) == ERR_UNSUPPORTED);
			}
			b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		buf_clear(&again);
		buf_add(&again, whole);
		buf_add(&again, whole);
		assert_int_equal(entry_parse(buf_slice(&again), &e, NULL), ERR_SYNTAX);
	}
	assert_true(accepted > 1000); /* digits of counts, times, digests that nothing else names */
	buf_free(&b);
	buf_free(&again);
}

/* ---- what a person sees ---- */

static void summaries(void **state)
{
	(void)state;
	struct buf b = {0}, line = {0};
	struct entry e;
	unsigned count;
	const struct entry_kind *k = entry_kinds(&count);

	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(compose_sample(&b, &k[i], NULL, NULL, NULL, NULL), OK);
		assert_int_equal(entry_parse(buf_slice(&b), &e, NULL), OK);
		buf_clear(&line);
		entry_summary(&line, &e);
		for (size_t n = 0; n < line.n; n++) assert_true(line.p[n] >= 0x20);
		buf_add_byte(&line, 0);
		assert_non_null(strstr((char *)line.p, k[i].title));
		for (unsigned j = 0; j < k[i].field_count; j++) {
			char first[80], later[80];
			(void)snprintf(first, sizeof first, "; %s ", k[i].fields[j].name);
			(void)snprintf(later, sizeof later, ", %s ", k[i].fields[j].name);
			bool shown = strstr((char *)line.p, first) != NULL || strstr((char *)line.p, later) != NULL;
			if (k[i].fields[j].shown != shown) fail_msg("%s: %s", k[i].fields[j].name, (char *)line.p);
		}
	}
	assert_int_equal(compose_sample(&b, entry_kind_find(SLICE("repair")), NULL, NULL, NULL, NULL), OK);
	assert_int_equal(entry_parse(buf_slice(&b), &e, NULL), OK);
	buf_clear(&line);
	entry_summary(&line, &e);
	buf_add_byte(&line, 0);
	assert_string_equal((char *)line.p, "2026-11-24T15:30:00.123456Z unix:1000 repair: damaged files were put back from a copy; "
					    "files checkpoint and 2 more, files_count 12, size 12");
	buf_free(&b);
	buf_free(&line);
}

static void rotation_message(void **state)
{
	(void)state;
	struct buf b = {0};
	entry_rotation_message(&b, SLICE("o"), SLICE("old"), SLICE("new"));
	assert_true(slice_equal(buf_slice(&b), SLICE("kulla/key-rotation/v1\no\nold\nnew\n")));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_in_order),
		cmocka_unit_test(page_names_every_field),
		cmocka_unit_test(composes_and_reads_back),
		cmocka_unit_test(every_kind_round_trips),
		cmocka_unit_test(rules_accept),
		cmocka_unit_test(rules_refuse),
		cmocka_unit_test(faults_name_the_field),
		cmocka_unit_test(envelope_is_strict),
		cmocka_unit_test(blobs_are_those_of_the_body),
		cmocka_unit_test(unknown_kinds_and_actors_are_kept),
		cmocka_unit_test(limits),
		cmocka_unit_test(flips_truncations_duplications),
		cmocka_unit_test(summaries),
		cmocka_unit_test(rotation_message),
	};
	return cmocka_run_group_tests_name("ledger/entry", tests, NULL, NULL);
}
