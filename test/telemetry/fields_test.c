/* Detection, Zeek headers in all their oddity, typing by field and by shape, the halves of URLs, records that the parser refuses. */
#include "samples.h"

struct rig {
	struct arena *arena;
	struct telemetry_reader *reader;
};
static int start(void **state)
{
	struct rig *r = calloc(1, sizeof *r);
	if (r == NULL) return -1;
	r->arena = arena_new(0);
	r->reader = telemetry_reader_new(NULL);
	*state = r;
	return 0;
}

static int stop(void **state)
{
	struct rig *r = *state;
	telemetry_reader_free(r->reader);
	arena_free(r->arena);
	free(r);
	return 0;
}

static struct record_fields fields_of(struct rig *g, enum format f, const struct telemetry_header *h, const char *text)
{
	struct record_fields r;
	telemetry_fields(g->reader, g->arena, f, h, padded(g->arena, slice_from(text)), &r);
	return r;
}

static void check(const struct record_fields *r, const char *name, size_t nth, const char *value, enum observable type)
{
	const struct field *f = field_named(r, name, nth);
	if (f == NULL) fail_msg("no field %s %zu", name, nth);
	assert_slice(f->value, value);
	if (f->type != type) fail_msg("%s = %s has type %d, expected %d", name, value, (int)f->type, (int)type);
}

static void formats_are_detected(void **state)
{
	struct rig *g = *state;
	static const struct {
		const char *text;
		enum format format;
	} cases[] = {
		{"", FORMAT_TEXT},
		{"\n\n", FORMAT_TEXT},
		{"hello\n", FORMAT_TEXT},
		{"# a comment\n1.2.3.4\n", FORMAT_TEXT},
		{"#Fields: date time\n", FORMAT_W3C},
		{"[10/Oct/2000:13:55:36 -0700] x\n", FORMAT_TEXT},
		{"[Wed Oct 11] x\n", FORMAT_TEXT},
		{"{hello}\n", FORMAT_TEXT},
		{"{\"a\":1}\n", FORMAT_JSON},
		{"\xef\xbb\xbf{\"a\":1}\n", FORMAT_JSON},
		{"{}", FORMAT_JSON},
		{"{", FORMAT_JSON},
		{"[{\"a\":1}]", FORMAT_JSON},
		{"{\n  \"ts\": 1.5,\n  \"uid\": \"C1\"\n}\n", FORMAT_ZEEK_JSON},
		{"{\"ts\":1,\"fuid\":\"F1\"}", FORMAT_ZEEK_JSON},
		{"{\"_path\":\"x509\",\"ts\":1,\"id\":\"F\"}", FORMAT_ZEEK_JSON},
		{"{\"ts\":1,\"id.orig_h\":\"1.2.3.4\"}", FORMAT_ZEEK_JSON},
		{"{\"ts\":1,\"msg\":\"x\"}", FORMAT_JSON},
		{"{\"_path\":\"/x\"}", FORMAT_JSON},
		{"{\"a\":{\"ts\":1,\"uid\":\"C\"}}", FORMAT_JSON},
		{"{\"a\":\"\\\"ts\\\":1,\\\"uid\\\":2\"}", FORMAT_JSON},
		{"[{\"ts\":1,\"uid\":\"C\"},{\"ts\":1", FORMAT_ZEEK_JSON},
		{"{\"timestamp\":\"2021\",\"event_type\":\"dns\",\"src_ip\":\"1.2.3.4\"", FORMAT_EVE},
		{"{\"timestamp\":\"2021\",\"event_type\":\"stats\",\"stats\":{}}", FORMAT_EVE},
		{"{\"timestamp\":\"2021\",\"event_type\":\"click\"}", FORMAT_JSON},
		{"{\"EventID\":1,\"Hostname\":\"a\"}", FORMAT_WINDOWS},
		{"{\"@timestamp\":\"x\",\"event_id\":1,\"event_data\":{}}", FORMAT_WINDOWS},
		{"{\"winlog\":{}}", FORMAT_WINDOWS},
		{"{\"x\":1}\n{\"EventID\":1,\"Hostname\":\"a\"}\n", FORMAT_WINDOWS},
		{"#separator \\x09\n", FORMAT_ZEEK_TSV},
		{"#fields\tts\tuid\n1\t2\n", FORMAT_ZEEK_TSV},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct telemetry_header *h;
		enum format f = telemetry_detect(g->arena, slice_from(cases[i].text), &h);
		if (f != cases[i].format) fail_msg("%s: %s, expected %s", cases[i].text, format_name(f), format_name(cases[i].format));
		assert_true((h != NULL) == telemetry_has_headers(f));
	}
	assert_true(telemetry_is_header(FORMAT_ZEEK_TSV, NULL, SLICE("#close")));
	assert_false(telemetry_is_header(FORMAT_TEXT, NULL, SLICE("#close")));
	assert_false(telemetry_is_header(FORMAT_ZEEK_TSV, NULL, SLICE("")));
}

static void zeek_values_are_unescaped_and_split(void **state)
{
	struct rig *g = *state;
	const struct telemetry_header *h;
	(void)telemetry_detect(g->arena,
		SLICE("#separator "
		      "\\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tfiles\n#fields\tts\tname\ttx_"
		      "hosts\ttags\tn\tmd5\thost\n"
		      "#types\ttime\tstring\tset[addr]\tset[string]\tcount\tstring\taddr\n"),
		&h);
	struct record_fields r = fields_of(g, FORMAT_ZEEK_TSV, h, "1.5\ta\\x09b\\\\c\\x2\t10.0.0.1,::1,-\tx\\x2cy,z\t77\t-\t2001:db8::1");
	assert_int_equal(r.time, 1500000);
	check(&r, "name", 0, "a\tb\\c\\x2", OBSERVABLE_NONE);
	check(&r, "tx_hosts", 0, "10.0.0.1", OBSERVABLE_ADDRESS);
	check(&r, "tx_hosts", 1, "::1", OBSERVABLE_ADDRESS);
	assert_null(field_named(&r, "tx_hosts", 2));
	check(&r, "tags", 0, "x,y", OBSERVABLE_NONE);
	check(&r, "tags", 1, "z", OBSERVABLE_NONE);
	check(&r, "n", 0, "77", OBSERVABLE_IGNORED);
	assert_null(field_named(&r, "md5", 0));
	check(&r, "host", 0, "2001:db8::1", OBSERVABLE_HOST);
	r = fields_of(g, FORMAT_ZEEK_TSV, h, "1.5\t(empty)\t(empty)\t-\t-\t-\t-\tmore 192.0.2.1\tand more");
	assert_int_equal(r.fields_n, 3); /* ts and two columns that the header does not know */
	assert_slice(r.fields[1].value, "more 192.0.2.1");
	assert_int_equal(r.fields[1].type, OBSERVABLE_NONE);
	r = fields_of(g, FORMAT_ZEEK_TSV, h, "1.5");
	assert_int_equal(r.fields_n, 1);
}

static void zeek_headers_may_change_and_be_odd(void **state)
{
	struct rig *g = *state;
	const struct telemetry_header *h, *same;
	(void)telemetry_detect(g->arena,
		SLICE("#separator "
		      "\\x7c\r\n#set_separator|;\r\n#unset_field|nil\r\n#path|dns\r\n#fields|ts|query|answers\r\n#types|time|string|vector["
		      "string]\r\n"),
		&h);
	struct record_fields r = fields_of(g, FORMAT_ZEEK_TSV, h, "2.0|a.test|b.test;192.0.2.1");
	check(&r, "query", 0, "a.test", OBSERVABLE_HOST);
	check(&r, "answers", 1, "192.0.2.1", OBSERVABLE_HOST);
	same = telemetry_header_line(g->arena, h, SLICE("#path|dns"));
	assert_ptr_equal(same, h);
	same = telemetry_header_line(g->arena, h, SLICE("#close|2024"));
	assert_ptr_equal(same, h);
	same = telemetry_header_line(g->arena, h, SLICE("#"));
	assert_ptr_equal(same, h);
	h = telemetry_header_line(g->arena, h, SLICE("#separator \\x09"));
	h = telemetry_header_line(g->arena, h, SLICE("#path\tsmtp"));
	h = telemetry_header_line(g->arena, h, SLICE("#fields\tts\tmailfrom\tpath"));
	r = fields_of(g, FORMAT_ZEEK_TSV, h, "3.0\tA <a@b.test>\t192.0.2.9"); /* no #types yet */
	check(&r, "mailfrom", 0, "A <a@b.test>", OBSERVABLE_NONE);
	check(&r, "path", 0, "192.0.2.9", OBSERVABLE_ADDRESS);
	h = telemetry_header_line(g->arena, h, SLICE("#types\ttime\tstring\tvector[addr]"));
	r = fields_of(g, FORMAT_ZEEK_TSV, h, "3.0\ta@b.test\t192.0.2.9,192.0.2.8");
	check(&r, "mailfrom", 0, "a@b.test", OBSERVABLE_EMAIL);
	check(&r, "path", 1, "192.0.2.8", OBSERVABLE_ADDRESS);
	h = telemetry_header_line(g->arena, NULL, SLICE("#fields"));
	r = fields_of(g, FORMAT_ZEEK_TSV, h, "a\tb"); /* a header without columns: text */
	assert_int_equal(r.fields_n, 1);
	r = fields_of(g, FORMAT_ZEEK_TSV, NULL, "a\tb");
	assert_int_equal(r.fields_n, 1);
	assert_null(telemetry_header_line(g->arena, NULL, SLICE("#open\tx")));
}

static void zeek_names_come_dotted_nested_or_flat(void **state)
{
	struct rig *g = *state;
	static const char *const records[] = {
		"{\"ts\":1,\"uid\":\"C\",\"id.orig_h\":\"192.0.2.1\",\"id.resp_h\":\"192.0.2.2\",\"id.resp_p\":53}",
		"{\"ts\":1,\"uid\":\"C\",\"id_orig_h\":\"192.0.2.1\",\"id_resp_h\":\"192.0.2.2\",\"id_resp_p\":53}",
		"{\"ts\":1,\"uid\":\"C\",\"id\":{\"orig_h\":\"192.0.2.1\",\"resp_h\":\"192.0.2.2\",\"resp_p\":53}}",
	};
	for (size_t i = 0; i < 3; i++) {
		struct record_fields r = fields_of(g, FORMAT_TEXT, NULL, records[i]);
		check(&r, i == 1 ? "id_orig_h" : "id.orig_h", 0, "192.0.2.1", OBSERVABLE_ADDRESS);
		check(&r, i == 1 ? "id_resp_h" : "id.resp_h", 0, "192.0.2.2", OBSERVABLE_ADDRESS);
		check(&r, i == 1 ? "id_resp_p" : "id.resp_p", 0, "53", OBSERVABLE_IGNORED);
		assert_slice(r.host, "192.0.2.1");
		assert_string_equal(field_named(&r, i == 1 ? "id_resp_h" : "id.resp_h", 0)->stix_path, "network-traffic:dst_ref.value");
	}
}

static void a_type_needs_its_shape(void **state)
{
	struct rig *g = *state;
	struct record_fields r = fields_of(g, FORMAT_JSON, NULL,
		"{\"_path\":\"dns\",\"ts\":1,\"answers\":[\"a.test\",\"TXT 20 see "
		"evil.test\",\"fe80::1%eth0\"],\"md5\":\"d41d8cd98f00b204e9800998ecf8427e\",\"sha1\":\"none\","
		"\"fingerprint\":\"d9105746ea023ecdc6a47e7b4d026d5308525b8c\",\"referrer\":\"http://a.test/"
		"\",\"origin\":\"null\",\"from\":\"x@y.test\",\"name\":\"n\"}");
	check(&r, "answers", 0, "a.test", OBSERVABLE_HOST);
	check(&r, "answers", 1, "TXT 20 see evil.test", OBSERVABLE_NONE);
	check(&r, "md5", 0, "d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_MD5);
	check(&r, "sha1", 0, "none", OBSERVABLE_NONE);
	check(&r, "fingerprint", 0, "d9105746ea023ecdc6a47e7b4d026d5308525b8c", OBSERVABLE_SHA1);
	assert_null(field_named(&r, "fingerprint", 0)->stix_path);
	check(&r, "referrer", 0, "http://a.test/", OBSERVABLE_URL);
	check(&r, "origin", 0, "null", OBSERVABLE_NONE);
	check(&r, "from", 0, "x@y.test", OBSERVABLE_NONE); /* only smtp's is an address */
	check(&r, "name", 0, "n", OBSERVABLE_NONE);
}

static void urls_come_in_halves(void **state)
{
	struct rig *g = *state;
	static const struct {
		const char *record, *host, *path;
	} cases[] = {
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"a.test\",\"uri\":\"/x?y=1\",\"id.resp_p\":80}", "a.test", "/x?y=1"},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"a.test\",\"uri\":\"/x\",\"id.resp_p\":8080}", "a.test:8080", "/x"},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"a.test:81\",\"uri\":\"/x\",\"id.resp_p\":8080}", "a.test:81", "/x"},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"2001:db8::1\",\"uri\":\"/x\",\"id.resp_p\":8080}", "[2001:db8::1]:8080", "/x"},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"[2001:db8::1]:9\",\"uri\":\"/x\",\"id.resp_p\":8080}", "[2001:db8::1]:9", "/x"},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"a.test\",\"uri\":\"http://b.test/\"}", "", ""},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"a.test\",\"uri\":\"b.test:443\"}", "", ""},
		{"{\"_path\":\"http\",\"ts\":1,\"host\":\"a.test\"}", "", ""},
		{"{\"timestamp\":\"x\",\"event_type\":\"http\",\"src_ip\":\"1.2.3.4\",\"dest_port\":8000,\"http\":{\"hostname\":\"a.test\","
		 "\"url\":\"/x\"}}",
			"a.test:8000", "/x"},
		{"{\"timestamp\":\"x\",\"event_type\":\"http\",\"src_ip\":\"1.2.3.4\",\"dest_port\":8000,\"http\":{\"hostname\":\"a.test\","
		 "\"http_port\":80,\"url\":\"/x\"}}",
			"a.test", "/x"},
		{"{\"timestamp\":\"x\",\"event_type\":\"fileinfo\",\"src_ip\":\"1.2.3.4\",\"dest_port\":54226,\"http\":{\"hostname\":\"a."
		 "test\",\"url\":\"/x\"}}",
			"a.test", "/x"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct record_fields r = fields_of(g, FORMAT_JSON, NULL, cases[i].record);
		assert_slice(r.url_host, cases[i].host);
		assert_slice(r.url_path, cases[i].path);
		assert_int_equal(r.url_scheme.n, 0);
		assert_true((r.url_field != NULL) == (cases[i].path[0] != 0));
	}
	struct record_fields r = fields_of(g, FORMAT_JSON, NULL, cases[5].record);
	check(&r, "uri", 0, "http://b.test/", OBSERVABLE_URL);
}

static void windows_events_in_their_forms(void **state)
{
	struct rig *g = *state;
	static const struct {
		const char *prefix, *record;
	} cases[] = {
		{"", "{\"EventID\":1,\"Channel\":\"x\",\"Hostname\":\"H.test\",%s}"},
		{"event_data.", "{\"event_id\":1,\"computer_name\":\"H.test\",\"host\":{\"name\":\"collector\"},\"event_data\":{%s}}"},
		{"winlog.event_data.", "{\"winlog\":{\"computer_name\":\"H.test\",\"event_data\":{%s}},\"host\":{\"name\":\"collector\"}}"},
	};
	static const char data[] =
		"\"CommandLine\":\"a.exe /x\",\"TargetObject\":\"HKLM\\\\Run\",\"QueryName\":\"q.test\",\"QueryResults\":\"type:  5 "
		"c.test;::ffff:192.0.2.1;\",\"PipeName\":\"\\\\p\","
		"\"Hashes\":\"SHA256=E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855,IMPHASH="
		"F34D5F2D4577ED6D9CEEC516C1F5A744,X\",\"Hostname\":\"inner\"";
	static const struct {
		const char *name, *value;
		enum observable type;
	} want[] = {
		{"CommandLine", "a.exe /x", OBSERVABLE_COMMAND_LINE},
		{"TargetObject", "HKLM\\Run", OBSERVABLE_REGISTRY_KEY},
		{"QueryName", "q.test", OBSERVABLE_HOST},
		{"PipeName", "\\p", OBSERVABLE_FILE_NAME},
		{"Hashes.SHA256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", OBSERVABLE_SHA256},
		{"Hashes.IMPHASH", "F34D5F2D4577ED6D9CEEC516C1F5A744", OBSERVABLE_HASH_OTHER},
		{"Hashes", "X", OBSERVABLE_NONE},
	};
	for (size_t i = 0; i < 3; i++) {
		slice format = slice_from(cases[i].record);
		size_t at = slice_find(format, SLICE("%s"));
		slice text = arena_printf(g->arena, "%.*s%s%.*s", (int)at, cases[i].record, i == 0 ? "\"z\":0" : data,
			(int)(format.n - at - 2), cases[i].record + at + 2);
		if (i == 0)
			text = arena_printf(g->arena, "{\"EventID\":1,\"Channel\":\"x\",\"Computer\":\"H.test\",%.*s}",
				(int)(sizeof data - 1 - strlen(",\"Hostname\":\"inner\"")), data);
		struct record_fields r;
		telemetry_fields(g->reader, g->arena, FORMAT_TEXT, NULL, padded(g->arena, text), &r);
		assert_false(r.as_text);
		assert_slice(r.host, "H.test");
		for (size_t k = 0; k < sizeof want / sizeof want[0]; k++)
			check(&r, (const char *)arena_printf(g->arena, "%s%s", cases[i].prefix, want[k].name).p, 0, want[k].value,
				want[k].type);
		const char *results = (const char *)arena_printf(g->arena, "%sQueryResults", cases[i].prefix).p;
		check(&r, results, 0, "type:  5 c.test", OBSERVABLE_NONE);
		check(&r, results, 1, "::ffff:192.0.2.1", OBSERVABLE_HOST);
	}
}

static void keys_are_fields_and_refused_json_is_text(void **state)
{
	struct rig *g = *state;
	struct record_fields r = fields_of(g, FORMAT_TEXT, NULL, "  {\"evil.test\":{\"k\":[\"a\",{\"b\":\"c\"}]}} ");
	assert_int_equal(r.fields_n, 5);
	assert_true(r.fields[0].is_key && r.fields[0].name.n == 0);
	assert_slice(r.fields[0].value, "evil.test");
	assert_slice(r.fields[1].name, "evil.test");
	assert_slice(r.fields[4].name, "evil.test.k.b");
	static const char *const refused[] = {
		"{", "{\"a\":}", "{\"a\":\"\\ud800\"}", "{\"a\":123456789012345678901234567890}", "{} {}", "{\"a\":\"\xff\"}"};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		r = fields_of(g, FORMAT_TEXT, NULL, refused[i]);
		assert_true(r.as_text);
		assert_int_equal(r.fields_n, 1);
		assert_slice(r.fields[0].value, refused[i]);
	}
	r = fields_of(g, FORMAT_JSON, NULL, "plain words in a file of JSON");
	assert_true(r.as_text);
	r = fields_of(g, FORMAT_TEXT, NULL, "[error] text with brackets]");
	assert_false(r.as_text);
	r = fields_of(g, FORMAT_JSON, NULL, "[\"192.0.2.1\",\"b\"]");
	assert_int_equal(r.fields_n, 2);
	assert_slice(r.fields[0].value, "192.0.2.1");
}

/* More fields than the limit: the whole record is one text, nothing is lost. */
static void too_many_fields_are_text(void **state)
{
	struct rig *g = *state;
	struct buf b = {.max = 0};
	buf_add_text(&b, "{\"a\":[\"evil.test\"");
	for (int i = 0; i < 5000; i++) buf_add_text(&b, ",\"x\"");
	buf_add_text(&b, "]}");
	struct record_fields r;
	slice text = padded(g->arena, buf_slice(&b));
	telemetry_fields(g->reader, g->arena, FORMAT_JSON, NULL, text, &r);
	assert_true(r.as_text);
	assert_int_equal(r.fields_n, 1);
	assert_int_equal(r.fields[0].value.n, text.n);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(formats_are_detected, start, stop),
		cmocka_unit_test_setup_teardown(zeek_values_are_unescaped_and_split, start, stop),
		cmocka_unit_test_setup_teardown(zeek_headers_may_change_and_be_odd, start, stop),
		cmocka_unit_test_setup_teardown(zeek_names_come_dotted_nested_or_flat, start, stop),
		cmocka_unit_test_setup_teardown(a_type_needs_its_shape, start, stop),
		cmocka_unit_test_setup_teardown(urls_come_in_halves, start, stop),
		cmocka_unit_test_setup_teardown(windows_events_in_their_forms, start, stop),
		cmocka_unit_test_setup_teardown(keys_are_fields_and_refused_json_is_text, start, stop),
		cmocka_unit_test_setup_teardown(too_many_fields_are_text, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
