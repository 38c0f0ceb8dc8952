/* STIX: bundles, envelopes, arrays, single objects; markings, authors, patterns; then the MISP corpus. */
#include "collect.h"
#include "json.h"

#define HEAD "{\"type\":\"indicator\",\"spec_version\":\"2.1\","
#define IP "\"pattern\":\"[ipv4-addr:value = '1.2.3.4']\""

static const char bundle[] =
	"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n"
	"{\"type\":\"identity\",\"id\":\"identity--1\",\"name\":\"CERT A\"},\n"
	"{\"type\":\"marking-definition\",\"id\":\"marking-definition--1\",\"definition_type\":\"statement\",\"definition\":{\"statement\":"
	"\"TLP:AMBER+STRICT\"}},\n" HEAD
	"\"id\":\"indicator--1\",\"name\":\"n\",\"created_by_ref\":\"identity--1\",\"pattern_type\":\"stix\"," IP
	",\"valid_from\":\"2021-01-02T03:04:05.678Z\",\"valid_until\":\"2022-01-01T00:00:00Z\","
	"\"confidence\":70,\"labels\":[\"a\",\"b\"],\"indicator_types\":[\"c\"],\"object_marking_refs\":[\"marking-definition--34098fce-"
	"860f-48ae-8e50-ebd3cc5e41da\",\"marking-definition--1\"]},\n"
	"{\"type\":\"ipv4-addr\",\"value\":\"9.9.9.9\"},\n" HEAD "\"id\":\"indicator--2\",\"created_by_ref\":\"identity--2\",\"revoked\":"
	"true,\"pattern_type\":\"sigma\",\"pattern\":\"title: x\"},\n" HEAD
	"\"id\":\"indicator--3\",\"object_marking_refs\":[\"marking-definition--late\"]," IP "},\n" HEAD
	"\"id\":\"indicator--4\",\"object_marking_refs\":[\"marking-definition--unknown\"]," IP "},\n" HEAD
	"\"id\":\"indicator--5\",\"pattern\":\"[ipv4-addr:value = \"},\n" HEAD "\"id\":\"indicator--6\"},\n" HEAD
	"\"id\":\"indicator--7\",\"labels\":[\"tlp:red\"],\"pattern\":\"[domain-name:value IN ('a.com','b[.]com') OR url:value = "
	"'hxxp://c.com/']\"},\n" HEAD "\"id\":\"indicator--8\",\"pattern\":\"[network-traffic:dst_ref.value = '1.2.3.4']\"},\n" HEAD
	"\"id\":\"indicator--9\",\"pattern\":\"[ipv4-addr:value ISSUBSET '10.0.0.0/8' OR ipv4-addr:value = '11.0.0.0/8' OR file:name LIKE "
	"'a%']\"},\n"
	"{\"type\":\"marking-definition\",\"id\":\"marking-definition--late\",\"name\":\"TLP:GREEN\",\"extensions\":{\"extension-"
	"definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"green\"}}}\n"
	"]}\n";

static void reads_bundle(void **state)
{
	(void)state;
	collect_expect(INTEL_STIX, SLICE(bundle),
		"4|indicator--1|n|CERT A|a,b,c|TLP:AMBER+STRICT|2021-01-02T03:04:05Z|2022-01-01T00:00:00Z|70| = 1 1.2.3.4 "
		"<ipv4-addr:value>\n"
		"6|indicator--2||identity--2|||-|-|-1|revoked| ?pattern type sigma\n"
		"trouble 9 STIX pattern, byte 19: ends where a constant ('text', number, true, t'', h'', b'') was expected\n"
		"9|indicator--5||file|||-|-|-1| ?the pattern's syntax is wrong\n"
		"trouble 10 STIX 2.1 4.7: the indicator has no pattern, left out\n"
		"11|indicator--7||file|tlp:red|TLP:RED|-|-|-1| = 3 a.com <domain-name:value> = 3 b.com <domain-name:value> = 4 "
		"http://c.com/ <url:value>\n"
		"12|indicator--8||file|||-|-|-1| = 20! 1.2.3.4 <network-traffic:dst_ref.value>\n"
		"13|indicator--9||file|||-|-|-1| in 1 10.0.0.0/8 <ipv4-addr:value> in 1 11.0.0.0/8 <ipv4-addr:value> like 6! a% "
		"<file:name>\n"
		"7|indicator--3||file||TLP:GREEN|-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n"
		"trouble 8 STIX 2.1 7.2: object_marking_refs or granular_markings name a marking that is not defined here; the indicator "
		"is taken as TLP:RED\n"
		"8|indicator--4||file||TLP:RED|-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n");
}

static void reads_any_pieces(void **state)
{
	(void)state;
	collect_any_pieces(INTEL_STIX, SLICE(bundle));
}

static void reads_other_shapes(void **state)
{
	(void)state;
	collect_expect(INTEL_STIX, SLICE(HEAD "\"id\":\"i\"," IP "}"), "1|i||file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n");
	collect_expect(INTEL_STIX, SLICE("{\"more\":true,\"next\":\"x\",\"objects\":[" HEAD "\"id\":\"i\"," IP "}]}"),
		"1|i||file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n");
	collect_expect(INTEL_STIX, SLICE("[" HEAD "\"id\":\"i\"," IP "}]"), "1|i||file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n");
	collect_expect(INTEL_STIX,
		SLICE("[{\"type\":\"bundle\",\"objects\":[" HEAD "\"id\":\"i\",\"created_by_ref\":\"d\"," IP
		      "},{\"type\":\"identity\",\"id\":\"d\",\"name\":\"D\"},7]}]"),
		"1|i||D|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n");
	collect_expect(INTEL_STIX,
		SLICE("{\"type\":\"indicator\",\"id\":\"i\",\"pattern\":\"[file:hashes.x = 'aa' AND file:name = 'b']\"}"),
		"1|i||file|||-|-|-1| ?AND of two comparisons\n");
	collect_expect(INTEL_STIX,
		SLICE("{\"type\":\"indicator\",\"pattern\":\"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value "
		      "= '5.6.7.8']\"}"),
		"1|||file|||-|-|-1| = 20! 5.6.7.8 <network-traffic:dst_ref.value>\n");
	collect_expect(INTEL_STIX, SLICE("{\"more\":false}"), "");
	collect_expect(INTEL_STIX, SLICE("{}"), "");
}

static const char lines[] =
	"{\"type\":\"identity\",\"id\":\"d\",\"name\":\"D\"}\n" HEAD "\"id\":\"i\",\"created_by_ref\":\"d\"," IP "}\r\n\n"
	"{\"type\":\"bundle\",\"objects\":[" HEAD "\"id\":\"j\"," IP "}]}\n[" HEAD "\"id\":\"k\"," IP "}] " HEAD "\"id\":\"l\"," IP
	"}\n" HEAD "\"id\":\"m\",\"object_marking_refs\":[\"marking-definition--late\"]," IP
	"}\n{\"type\":\"marking-definition\",\"id\":\"marking-definition--late\",\"name\":\"TLP:GREEN\"}";

#define MARK_WHITE "\"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9\""
#define MARK_GREEN "\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\""
#define MARK_RED "\"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed\""

static enum err see_marking(void *context, const struct indicator *i)
{
	buf_printf(context, "%.*s %s %s\n", SLICE_PRINTF(i->id), i->marking == TLP_NONE ? "-" : tlp_text(i->marking),
		i->marking_floor == TLP_NONE ? "-" : tlp_text(i->marking_floor));
	return OK;
}

static void see_fault(void *context, const struct fault *f)
{
	buf_printf(context, "%s on line %llu\n", f->kind == OK ? "remark" : err_text(f->kind), (unsigned long long)f->line);
}

/* Marking and floor of each indicator, in the order given out. */
static void expect_markings(const char *text, const char *expected)
{
	struct buf seen = {0};
	struct intel_sink sink = {see_marking, see_fault, &seen};
	struct intel_reader *r = intel_reader_new(INTEL_STIX, SLICE("file"), &sink);
	assert_int_equal(intel_reader_feed(r, slice_from(text), NULL), OK);
	assert_int_equal(intel_reader_end(r, NULL), OK);
	intel_reader_free(r);
	buf_add_byte(&seen, 0);
	assert_string_equal((const char *)seen.p, expected);
	buf_free(&seen);
}

/* A part that is marked stricter marks the whole, in an answer that shows the whole. */
static void granular_markings_count(void **state)
{
	(void)state;
	expect_markings("[\n" HEAD "\"id\":\"red\",\"object_marking_refs\":[" MARK_WHITE
			"],\"granular_markings\":[{\"marking_ref\":" MARK_GREEN ",\"selectors\":[\"name\"]},"
			"{\"marking_ref\":" MARK_RED ",\"selectors\":[\"pattern\"]}]," IP "},\n" /* said once */
		HEAD "\"id\":\"again\",\"object_marking_refs\":[" MARK_WHITE "],\"granular_markings\":[{\"marking_ref\":" MARK_RED
			",\"selectors\":[\"pattern\"]}]," IP "}]",
		"remark on line 2\nred TLP:RED -\nagain TLP:RED -\n");
	expect_markings("[" HEAD "\"id\":\"laxer\",\"object_marking_refs\":[" MARK_RED
			"],\"granular_markings\":[{\"marking_ref\":" MARK_WHITE ",\"selectors\":[\"name\"]}]," IP "}," HEAD
			"\"id\":\"language\",\"granular_markings\":[{\"lang\":\"de\",\"selectors\":[\"name\"]}]," IP "}," HEAD
			"\"id\":\"null\",\"object_marking_refs\":null,\"granular_markings\":null," IP "}]",
		"laxer TLP:RED -\nlanguage - -\nnull - -\n");
	expect_markings("[" HEAD "\"id\":\"floor\",\"granular_markings\":[{\"marking_ref\":" MARK_GREEN ",\"selectors\":[\"name\"]}]," IP
			"}]",
		"remark on line 1\nfloor - TLP:GREEN\n"); /* never below the default */
}

static void unknown_markings_are_red(void **state)
{
	(void)state;
	expect_markings(HEAD "\"id\":\"granular\",\"object_marking_refs\":[" MARK_WHITE
			     "],\"granular_markings\":[{\"marking_ref\":\"marking-definition--x\",\"selectors\":[\"name\"]}]," IP "}",
		"not found on line 1\ngranular TLP:RED -\n");
	expect_markings(HEAD "\"id\":\"object\",\"object_marking_refs\":[" MARK_WHITE ",\"marking-definition--x\"]," IP "}",
		"not found on line 1\nobject TLP:RED -\n");
	expect_markings(HEAD "\"id\":\"neither\",\"granular_markings\":[{\"selectors\":[\"name\"]}]," IP "}",
		"not found on line 1\nneither TLP:RED -\n");
	expect_markings(HEAD "\"id\":\"number\",\"object_marking_refs\":7," IP "}", "not found on line 1\nnumber TLP:RED -\n");
	expect_markings(HEAD "\"id\":\"bare\",\"object_marking_refs\":" MARK_RED "," IP "}", "bare TLP:RED -\n");
	expect_markings("[{\"type\":\"bundle\",\"objects\":[" HEAD
			"\"id\":\"within\",\"object_marking_refs\":[\"marking-definition--x\"]," IP "}]}]",
		"not found on line 1\nwithin TLP:RED -\n");
	expect_markings("[" HEAD "\"id\":\"late\",\"granular_markings\":[{\"marking_ref\":\"m\",\"selectors\":[\"name\"]}]," IP "},"
			"{\"type\":\"marking-definition\",\"id\":\"m\",\"name\":\"TLP:AMBER\"},{\"type\":\"marking-definition\",\"id\":"
			"\"m\",\"name\":\"TLP:GREEN\"}]",
		"remark on line 1\nlate - TLP:AMBER\n");
}

static void reads_json_lines(void **state)
{
	(void)state;
	collect_expect(INTEL_STIX, SLICE(lines),
		"2|i||D|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n"
		"4|j||file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n"
		"5|k||file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n"
		"5|l||file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n"
		"6|m||file||TLP:GREEN|-|-|-1| = 1 1.2.3.4 <ipv4-addr:value>\n");
	collect_any_pieces(INTEL_STIX, SLICE(lines));
	struct collect c = {0};
	assert_int_not_equal(collect_read(&c, INTEL_STIX, SLICE(HEAD "\"id\":\"i\"," IP "}\nx"), 1000), OK);
	assert_int_equal(c.indicators, 1); /* what was whole before counts */
	buf_free(&c.text);
}

static void goes_on_after_bad_objects(void **state)
{
	(void)state;
	struct collect c = {0};
	assert_int_equal(collect_read(&c, INTEL_STIX, SLICE("{\"objects\":[{\"type\":tru},7,{\"id\":\"x\"}," HEAD IP "}]}"), 1000), OK);
	assert_int_equal(c.troubles, 3);
	assert_int_equal(c.indicators, 1);
	buf_free(&c.text);
}

/* The remembered path and the parser give the same. */
static void common_form_agrees(void **state)
{
	(void)state;
	static const char *const patterns[] = {
		"[ipv4-addr:value = '1.2.3.4']",
		"[ipv4-addr:value='1.2.3.4']",
		"[ ipv4-addr:value  =  '1.2.3.4' ]",
		"[file:hashes.'SHA-256' = 'aa']",
		"[file:hashes.MD5 = 'aa']",
		"[domain-name:value = 'a[.]b']",
		"[ipv4-addr:value = '10.0.0.0/8']",
		"[network-traffic:dst_ref.value = '1.2.3.4']",
		"[x-new:a.b = 'c']",
		"[url:value = 'http://\xC3\xA9/']",
		"[file:name = '']",
		"[ipv4-addr:value = 'a] OR [b']",
	};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct buf one = {0}, two = {0};
		struct collect a = {0}, b = {0};
		buf_printf(&one, "[" HEAD "\"pattern\":\"%s\"}]", patterns[i]);
		buf_printf(&two, "[" HEAD "\"pattern\":\"%s\"}," HEAD "\"pattern\":\"%s\"}]", patterns[i], patterns[i]);
		assert_int_equal(collect_read(&a, INTEL_STIX, buf_slice(&one), 10000), OK);
		assert_int_equal(collect_read(&b, INTEL_STIX, buf_slice(&two), 10000), OK);
		assert_int_equal(a.text.n * 2, b.text.n);
		assert_memory_equal(a.text.p, b.text.p, a.text.n);
		assert_memory_equal(a.text.p, b.text.p + a.text.n, a.text.n);
		buf_free(&one), buf_free(&two), buf_free(&a.text), buf_free(&b.text);
	}
}

/* A value that the parser refuses is refused on the short way as well. */
static void common_form_judges_hashes(void **state)
{
	(void)state;
	collect_expect(INTEL_STIX,
		SLICE("[" HEAD "\"pattern\":\"[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']\"}," HEAD
		      "\"pattern\":\"[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427']\"}]"),
		"1|||file|||-|-|-1| = 7 d41d8cd98f00b204e9800998ecf8427e <file:hashes.MD5>\n"
		"trouble 1 STIX pattern, byte 19: the hash has not the 32 hex digits of its algorithm\n"
		"1|||file|||-|-|-1| ?the pattern's syntax is wrong\n");
}

static bool has_indicator(json_value v)
{
	slice type;
	struct json_iter i = json_iter(v);
	if (json_type_of(v) == JSON_OBJECT) return json_member_text(v, "type", &type) && slice_equal(type, SLICE("indicator"));
	while (json_next(&i))
		if (has_indicator(i.value)) return true;
	return false;
}

/* misp-stix documentation: each indicator loads or is named, nothing is in trouble. */
static void corpus(void **state)
{
	(void)state;
	struct buf b = {0};
	if (!collect_shared("data/corpora/stix21_to_misp.jsonl", &b)) skip();
	struct json_parser *parser = json_parser_new();
	struct collect c = {0};
	slice rest = buf_slice(&b);
	while (rest.n > 0) {
		slice line = slice_trim(slice_cut(&rest, '\n'));
		json_value root, stix;
		struct fault f;
		if (line.n == 0) continue;
		assert_int_equal(json_parse(parser, line, &root, &f), OK);
		if (!json_member(root, "STIX", &stix) || !has_indicator(stix)) continue;
		struct buf text = {0};
		assert_int_equal(json_put_canonical(&text, stix), OK);
		assert_int_equal(collect_read(&c, INTEL_STIX, buf_slice(&text), 777), OK);
		buf_free(&text);
	}
	if (getenv("SHOW") != NULL) (void)fwrite(c.text.p, 1, c.text.n, stderr);
	assert_int_equal(c.indicators, 145);
	assert_int_equal(c.troubles, 0);
	assert_true(c.terms >= 50);
	json_parser_free(parser);
	buf_free(&c.text);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_bundle),
		cmocka_unit_test(reads_any_pieces),
		cmocka_unit_test(reads_other_shapes),
		cmocka_unit_test(granular_markings_count),
		cmocka_unit_test(unknown_markings_are_red),
		cmocka_unit_test(reads_json_lines),
		cmocka_unit_test(goes_on_after_bad_objects),
		cmocka_unit_test(common_form_agrees),
		cmocka_unit_test(common_form_judges_hashes),
		cmocka_unit_test(corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
