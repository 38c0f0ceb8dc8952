/* Warninglists: each type in small, then the real lists of MISP. */
#include "collect.h"

static struct warninglist *list_of(const char *json)
{
	struct warninglist *w = NULL;
	struct fault f = {0};
	assert_int_equal(warninglist_read(slice_from(json), &w, &f), OK);
	return w;
}

static void expect(const struct warninglist *w, enum observable type, const char *value, bool on)
{
	if (warninglist_has(w, type, slice_from(value)) != on) fail_msg("%s", value);
}

static void hostname(void **state)
{
	(void)state;
	struct warninglist *w = list_of("{\"name\":\"n\",\"type\":\"hostname\",\"matching_attributes\":[\"domain\",\"hostname\",\"url\"],"
					"\"list\":[\".Dyn.example\",\"name.org\"]}");
	assert_true(slice_equal(warninglist_name(w), SLICE("n")));
	expect(w, OBSERVABLE_DOMAIN, "dyn.example", true);
	expect(w, OBSERVABLE_DOMAIN, "a.b.dyn.example", true);
	expect(w, OBSERVABLE_DOMAIN, "xdyn.example", false);
	expect(w, OBSERVABLE_DOMAIN, "a.name.org", true);
	expect(w, OBSERVABLE_DOMAIN, "org", false);
	expect(w, OBSERVABLE_URL, "http://u@a.name.org:80/x", true);
	expect(w, OBSERVABLE_URL, "http://evil.com/name.org", false);
	expect(w, OBSERVABLE_FILE_NAME, "name.org", false);
	warninglist_free(w);
}

static void cidr(void **state)
{
	(void)state;
	struct warninglist *w = list_of("{\"type\":\"cidr\",\"matching_attributes\":[\"ip-src\"],\"list\":[\"10.0.0.0/"
					"8\",\"8.8.8.8\",\"2001:db8::/33\",\"::1\",\"junk\"]}");
	expect(w, OBSERVABLE_IPV4, "10.255.0.1", true);
	expect(w, OBSERVABLE_IPV4, "11.0.0.1", false);
	expect(w, OBSERVABLE_IPV4, "8.8.8.8", true);
	expect(w, OBSERVABLE_IPV4, "8.8.8.9", false);
	expect(w, OBSERVABLE_IPV4, "10.1.0.0/16", true);
	expect(w, OBSERVABLE_IPV4, "0.0.0.0/0", false);
	expect(w, OBSERVABLE_IPV6, "2001:db8:7fff::1", true);
	expect(w, OBSERVABLE_IPV6, "2001:db8:8000::1", false);
	expect(w, OBSERVABLE_IPV6, "::1", true);
	expect(w, OBSERVABLE_DOMAIN, "8.8.8.8", false);
	warninglist_free(w);
}

static void others(void **state)
{
	(void)state;
	struct warninglist *w = list_of("{\"type\":\"string\",\"list\":[\"D41D8CD98F00B204E9800998ECF8427E\",7]}");
	expect(w, OBSERVABLE_MD5, "d41d8cd98f00b204e9800998ecf8427e", true);
	expect(w, OBSERVABLE_MD5, "d41d8cd98f00b204e9800998ecf8427", false);
	warninglist_free(w);
	w = list_of("{\"type\":\"substring\",\"matching_attributes\":[\"url\"],\"list\":[\"/Static/\"]}");
	expect(w, OBSERVABLE_URL, "http://a.b/static/x", true);
	expect(w, OBSERVABLE_URL, "http://a.b/stat", false);
	warninglist_free(w);
	w = list_of("{\"type\":\"regex\",\"list\":[\"/^Goo+gle\\\\.com$/i\",\"(unclosed\",\"(a+)+$\"]}");
	expect(w, OBSERVABLE_DOMAIN, "gooogle.com", true);
	expect(w, OBSERVABLE_DOMAIN, "gooogle.comx", false);
	expect(w, OBSERVABLE_OTHER, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab!", false);
	warninglist_free(w);
}

static void refuses(void **state)
{
	(void)state;
	struct warninglist *w = NULL;
	struct fault f = {0};
	assert_int_equal(warninglist_read(SLICE("{\"type\":\"other\",\"list\":[]}"), &w, &f), ERR_UNSUPPORTED);
	assert_int_equal(warninglist_read(SLICE("{\"list\":[]}"), &w, &f), ERR_SYNTAX);
	assert_int_equal(warninglist_read(SLICE("{"), &w, &f), ERR_SYNTAX);
	assert_null(w);
}

/* What is left out is told: how many, which, where, and what was expected; the rest counts. */
static void names_wrong_entries(void **state)
{
	(void)state;
	static const struct {
		const char *json;
		unsigned line;
		const char *text;
	} lists[] = {
		{"{\"type\":\"cidr\",\"description\":\"no bad/99\",\n\"list\":[\"10.0.0.0/8\",\n\"bad/99\"]}", 3,
			"warninglist: entry 2, \"bad/99\", is left out; expected an address, or one with a length of 0 to 32 or 128 behind "
			"(RFC 4632 3.1)"},
		{"{\"type\":\"cidr\",\"list\":[\"10.0.0.0/33\",\"10.0.0.0/8\",7]}", 1,
			"warninglist: entry 1, \"10.0.0.0/33\", is left out, the first of several; expected an address, or one with a "
			"length of 0 to 32 or 128 behind (RFC 4632 3.1)"},
		{"{\"type\":\"string\",\"list\":[\"10.0.0.1\",{\"x\":1}]}", 0, "warninglist: entry 2, \"\", is left out; expected a text"},
		{"{\"type\":\"hostname\",\"list\":[\"..\",\"10.0.0.1\"]}", 1, "warninglist: entry 1, \"..\", is left out; expected a name"},
		{"{\"type\":\"regex\",\"list\":[\"10\",\"(x\"]}", 1,
			"warninglist: entry 2, \"(x\", is left out; expected an expression that compiles, not: missing closing parenthesis "
			"(byte 2)"},
	};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct warninglist *w = NULL;
		struct fault f = {0};
		assert_int_equal(warninglist_read(slice_from(lists[i].json), &w, &f), OK);
		assert_int_equal(f.kind, ERR_SYNTAX);
		assert_int_equal(f.line, lists[i].line);
		assert_string_equal(f.text, lists[i].text);
		expect(w, OBSERVABLE_IPV4, "10.0.0.1", true);
		warninglist_free(w);
		assert_int_equal(warninglist_read(slice_from(lists[i].json), &w, NULL), OK);
		warninglist_free(w);
	}
}

static void expect_refused(const char *json, unsigned line, const char *text)
{
	struct warninglist *w = NULL;
	struct fault f = {0};
	assert_int_equal(warninglist_read(slice_from(json), &w, &f), ERR_SYNTAX);
	assert_int_equal(f.line, line);
	assert_string_equal(f.text, text);
	assert_null(w);
}

static void names_what_is_missing(void **state)
{
	(void)state;
	expect_refused("{\"list\":[]}", 1, "warninglist: \"type\" is missing and \"list\" is an array; expected a text and an array");
	expect_refused("{\"type\":7}", 1, "warninglist: \"type\" is a number and \"list\" is missing; expected a text and an array");
	expect_refused("\n{\"type\":\"string\",\n\"list\":\"a\"}", 3,
		"warninglist: \"type\" is a text and \"list\" is a text; expected a text and an array");
}

static void real_lists(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum observable type;
		const char *on, *off;
	} lists[] = {
		{"dynamic-dns", OBSERVABLE_DOMAIN, "evil.zzz.lv", "zz.lv"},
		{"public-dns-v4", OBSERVABLE_IPV4, "1.0.0.1", "1.0.0.77"},
		{"rfc1918", OBSERVABLE_IPV4, "172.31.255.255", "172.32.0.0"},
		{"google", OBSERVABLE_DOMAIN, "youtubegaming.com", "youtubegaming.co"},
		{"empty-hashes", OBSERVABLE_MD5, "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427f"},
		{"multicast", OBSERVABLE_IPV4, "224.0.0.251", "223.0.0.1"},
		{"rfc6598", OBSERVABLE_IPV4, "100.127.0.1", "100.128.0.1"},
		{"rfc6761", OBSERVABLE_DOMAIN, "example.com", "example.comm"},
		{"rfc5735", OBSERVABLE_IPV4, "192.0.2.9", "192.0.3.9"},
		{"microsoft-office365", OBSERVABLE_DOMAIN, "yammer.com", "ammer.com"},
		{"common-ioc-false-positive", OBSERVABLE_MD5, "0f343b0931126a20f133d67c2b018a3b", "0f343b0931126a20f133d67c2b018a3c"},
	};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		char name[128];
		struct buf b = {0};
		struct fault f = {0};
		struct warninglist *w = NULL;
		(void)snprintf(name, sizeof name, "data/intel/warninglists/%s.json", lists[i].file);
		if (!collect_shared(name, &b)) skip();
		assert_int_equal(intel_detect(slice_sub(buf_slice(&b), 0, 65536)), INTEL_WARNINGLIST);
		assert_int_equal(warninglist_read(buf_slice(&b), &w, &f), OK);
		assert_string_equal(f.text, "");
		expect(w, lists[i].type, lists[i].on, true);
		expect(w, lists[i].type, lists[i].off, false);
		warninglist_free(w);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostname),
		cmocka_unit_test(cidr),
		cmocka_unit_test(others),
		cmocka_unit_test(refuses),
		cmocka_unit_test(names_wrong_entries),
		cmocka_unit_test(names_what_is_missing),
		cmocka_unit_test(real_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
