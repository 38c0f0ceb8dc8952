/* MISP: events and search results, markings, versions, context; then misp-stix's corpus, read from both sides. */
#include "collect.h"
#include "json.h"
#include "misp_corpus.h"

/* clang-format off: samples and what is expected of them stand line by line */
#define UUID "\"uuid\":\"5e6f3a1c-0000-4000-8000-00000000000"
#define ATTRIBUTE(n, type, value, more)                                                                                                    \
	"{" UUID n "\",\"category\":\"Network activity\",\"type\":\"" type "\",\"value\":\"" value                                         \
	"\",\"to_ids\":true,\"timestamp\":\"1600000000\"" more "}"
#define TAG(name) "{\"name\":\"" name "\"}"
#define ID(n) "|indicator--5e6f3a1c-0000-4000-8000-00000000000" n "|"
#define IP(n, value) ATTRIBUTE(n, "ip-dst", value, "")

/* The tags and the author of an event stand behind its attributes. */
static const char event[] = "{\"Event\":{\"id\":\"1\",\"info\":\"Spring campaign\",\"distribution\":\"0\",\"Attribute\":[\n" ATTRIBUTE(
	"1", "ip-dst", "1.2.3.4", ",\"comment\":\"beacon\",\"first_seen\":\"2021-01-02T03:04:05.000000+00:00\"") ",\n" ATTRIBUTE("2",
	"domain|ip", "a.example|10.0.0.0/8", ",\"Tag\":[" TAG("tlp:red") "," TAG("PAP:AMBER") "]") ",\n" ATTRIBUTE("3", "filename|md5",
	"x|y.exe|d41d8cd98f00b204e9800998ecf8427e",
	",\"Tag\":[" TAG(
		"misp:confidence-level=\\\"unconfident\\\"") "]") ",\n"
								  "{" UUID "4\",\"type\":\"url\",\"value\":\"http://b.example/"
								  "\",\"to_ids\":false},\n" ATTRIBUTE("5", "hostname|port",
									  "c[.]example|8443", ",\"deleted\":true") ",\n" ATTRIBUTE("6",
									  "yara", "rule x {}", "") ",\n" ATTRIBUTE("7", "newtype", "v",
									  "") ",\n" ATTRIBUTE("8", "malware-sample", "lonely",
									  "") ",\n"
									      "{\"type\":\"md5\"},\n" ATTRIBUTE("9", "ip-src|port",
										      "[2001:db8::1]:99|80",
										      ",\"distribution\":\"3\"") "],\n"
														 "\"Object\":[\n"
														 "{\"name\":\"network-"
														 "connection\",\"comment\":"
														 "\"flow\",\"Attribute\":"
														 "[" ATTRIBUTE("a",
															 "ip-dst",
															 "5.6.7.8",
															 ",\"object_"
															 "relation\":\"ip-"
															 "dst\"") "]},\n"
																  "{\"name"
																  "\":"
																  "\"file\""
																  ",\"Attri"
																  "bute\":"
																  "[" ATTRIBUTE(
																	  "b",
																	  "filename",
																	  "q.exe",
																	  ",\"object_relation\":\"filename\"") "]}],\n"
																					       "\"Galaxy\":[{\"GalaxyCluster\":[{\"tag_name\":\"misp-galaxy:threat-actor=\\\"Sofacy\\\"\"}]}],\n"
																					       "\"Orgc\":{\"name\":\"CERT A\"},\n"
																					       "\"Tag\":[" TAG("tlp:amber") "," TAG(
																						       "tlp:ex:chr") "," TAG("misp:confidence-level=\\\"completely-confident\\\"") "]}}\n";
#define TAGS "tlp:amber,tlp:ex:chr,misp:confidence-level=\"completely-confident\",misp-galaxy:threat-actor=\"Sofacy\""
#define BY "Spring campaign|CERT A|"
#define SAID TAGS "|TLP:AMBER|-|-|100|"

static void reads_event(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP, SLICE(event),
		"trouble 0 MISP core format 2.4: an attribute without type or value, left out\n"
		"0" ID("1") "beacon|CERT A|" TAGS "|TLP:AMBER|2021-01-02T03:04:05Z|-|100| = 20 1.2.3.4\n"
			    "0" ID("2") BY "tlp:red,PAP:AMBER," TAGS "|TLP:RED|-|-|100| = 21 a.example in 20 10.0.0.0/8\n"
					   "0" ID("3") BY
		"misp:confidence-level=\"unconfident\"," TAGS "|TLP:AMBER|-|-|0| = 7 d41d8cd98f00b204e9800998ecf8427e\n"
		"0" ID("4") BY TAGS "|TLP:AMBER|-|-|100|context| ?context only: to_ids is false\n"
				    "0" ID("5") BY TAGS "|TLP:AMBER|-|-|100|revoked| = 21 c.example\n"
							"0" ID("6") BY SAID " ?MISP yara: a rule of another engine (YARA), kept for files\n"
									    "0" ID("7") BY SAID
		" ?MISP newtype: a type that this version does not match\n"
		"0" ID("8") BY SAID " ?the value has not the parts that its MISP type asks for\n"
				    "0" ID("9") BY SAID " = 20 2001:db8::1\n"
							"0" ID("a") "flow|CERT A|" SAID " = 20! 5.6.7.8 <network-traffic:dst_ref.value>\n"
								    "0" ID("b") BY SAID " = 6 q.exe\n");
}

static void reads_any_pieces(void **state)
{
	(void)state;
	collect_any_pieces(INTEL_MISP, SLICE(event));
}

static void reads_other_shapes(void **state)
{
	(void)state;
	static const struct {
		const char *before, *behind;
	} around[] = {
		{"{\"Event\":{\"Attribute\":[", "]}}"},
		{"{\"response\":[{\"Event\":{\"Attribute\":[", "]}}]}"},
		{"[{\"Event\":{\"Attribute\":[", "]}}]"},
		{"{\"Attribute\":", "}"},
		{"{\"response\":{\"Attribute\":[", "]}}"},
		{"{\"response\":[{\"Object\":{\"name\":\"x\",\"Attribute\":[", "]}}]}"},
		{"{\"Object\":{\"Attribute\":[", "]}}"},
		{"", ""},
		{"[", "]"},
		{"\n {\"Event\" : {\"x\":[{\"y\":\"}\\\"\"}], \"Attribute\" : [ ", " ] } }\n"},
	};
	for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
		struct buf text = {0};
		buf_printf(&text, "%s%s%s", around[i].before, IP("1", "1.2.3.4"), around[i].behind);
		assert_int_equal(intel_detect(buf_slice(&text)), INTEL_MISP);
		collect_expect(INTEL_MISP, buf_slice(&text), "0" ID("1") "|file|||-|-|-1| = 20 1.2.3.4\n");
		buf_free(&text);
	}
	collect_expect(INTEL_MISP,
		SLICE("{\"response\":{\"Attribute\":[" ATTRIBUTE(
			"1", "ip-dst", "1.2.3.4", ",\"Event\":{\"info\":\"i\",\"Orgc\":{\"name\":\"o\"}}") "]}}"),
		"0" ID("1") "i|o|||-|-|-1| = 20 1.2.3.4\n");
}

static void deleted_objects_delete(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP,
		SLICE("{\"Object\":{\"name\":\"x\",\"deleted\":true,\"comment\":\"c\",\"Attribute\":[" IP("1", "1.2.3.4") "]}}"),
		"0" ID("1") "c|file|||-|-|-1|revoked| = 20 1.2.3.4\n");
}

/* What an event says ends with it. */
static void events_are_apart(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP,
		SLICE("{\"response\":["
		      "{\"Event\":{\"info\":\"first\",\"Tag\":[" TAG("tlp:red") "],\"Orgc\":{\"name\":\"o\"},\"Attribute\":[" IP(
			      "1", "1.2.3.4") "]}},"
					      "{\"Event\":{\"info\":\"second\",\"Attribute\":[" IP("2", "1.2.3.5") "]}}]}"),
		"0" ID("1") "first|o|tlp:red|TLP:RED|-|-|-1| = 20 1.2.3.4\n"
			    "0" ID("2") "second|file|||-|-|-1| = 20 1.2.3.5\n");
}

/* An event that breaks off before its tags: what was read counts, as the strictest. */
static void broken_events_are_red(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP, SLICE("{\"Event\":{\"Attribute\":[" IP("1", "1.2.3.4") ",{\"type\""),
		"0" ID("1") "|file||TLP:RED|-|-|-1| = 20 1.2.3.4\n"
			    "error RFC 8259: the document ends early\n");
	collect_expect(INTEL_MISP, SLICE("{\"Event\":{\"Attribute\":[" IP("1", "1.2.3.4") "]]"),
		"0" ID("1") "|file||TLP:RED|-|-|-1| = 20 1.2.3.4\n"
			    "error RFC 8259: a comma or a closing bracket is expected\n");
}

/* An event that lacks its wrapper says as much. */
static void bare_events(void **state)
{
	(void)state;
	static const char bare[] = "[{\"id\":\"1\",\"info\":\"i\",\"Attribute\":[" IP("1", "1.2.3.4") "],\"Tag\":[" TAG(
		"tlp:red") "],\"Orgc\":{\"name\":\"o\"}},"
			   "{\"Attribute\":" IP("2", "1.2.3.5") "}]";
	assert_int_equal(intel_detect(SLICE(bare)), INTEL_MISP);
	collect_expect(INTEL_MISP, SLICE(bare),
		"0" ID("1") "i|o|tlp:red|TLP:RED|-|-|-1| = 20 1.2.3.4\n"
			    "0" ID("2") "|file|||-|-|-1| = 20 1.2.3.5\n");
}

static void patterns_are_read(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP,
		SLICE("[" ATTRIBUTE("1", "stix2-pattern", "[ipv4-addr:value = '1.2.3.4' OR domain-name:value = 'a.example']",
			"") "," ATTRIBUTE("2", "stix2-pattern", "[a:b = 'c' AND d:e = 'f']", "") "]"),
		"0" ID("1") "|file|||-|-|-1| = 1 1.2.3.4 <ipv4-addr:value> = 3 a.example <domain-name:value>\n"
			    "0" ID("2") "|file|||-|-|-1| ?AND of two comparisons\n");
}

/* People put a name where a URL is asked for; a path alone is none. */
static void urls_that_are_names(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP,
		SLICE("[" ATTRIBUTE("1", "url", "hidden.example", "") "," ATTRIBUTE("2", "url", "hxxp://a[.]example", "") "," ATTRIBUTE(
			"3", "uri", "/x", "") "]"),
		"0" ID("1") "|file|||-|-|-1| = 21 hidden.example\n"
			    "0" ID("2") "|file|||-|-|-1| = 4 http://a.example\n"
					"0" ID("3") "|file|||-|-|-1| = 4 /x\n");
}

static void unknown_tlp_is_red(void **state)
{
	(void)state;
	collect_expect(INTEL_MISP,
		SLICE("{\"Attribute\":" ATTRIBUTE("1", "ip-dst", "1.2.3.4", ",\"Tag\":[" TAG("tlp:purple") "," TAG("tlp:clear") "]") "}"),
		"trouble 0 MISP: a tlp tag is no level of TLP 1 or 2; it is taken as TLP:RED\n"
		"0" ID("1") "|file|tlp:purple,tlp:clear|TLP:RED|-|-|-1| = 20 1.2.3.4\n");
}

struct seen {
	enum tlp floor;
	instant modified;
};
static enum err see(void *context, const struct indicator *i)
{
	*(struct seen *)context = (struct seen){i->marking_floor, i->modified};
	return OK;
}

static struct seen seen_of(slice text)
{
	struct seen seen = {0};
	struct fault f;
	struct intel_sink sink = {see, NULL, &seen};
	struct intel_reader *r = intel_reader_new(INTEL_MISP, SLICE("file"), &sink);
	assert_int_equal(intel_reader_feed(r, text, &f), OK);
	assert_int_equal(intel_reader_end(r, &f), OK);
	intel_reader_free(r);
	return seen;
}

#define EVENT(distribution, more)                                                                                                          \
	SLICE("{\"Event\":{\"Attribute\":[" ATTRIBUTE("1", "ip-dst", "1.2.3.4", more) "],\"distribution\":" distribution "}}")
static void distribution_is_a_floor(void **state)
{
	(void)state;
	assert_int_equal(seen_of(EVENT("0", "")).floor, TLP_AMBER_STRICT);
	assert_int_equal(seen_of(EVENT("\"1\"", "")).floor, TLP_GREEN);
	assert_int_equal(seen_of(EVENT("2", "")).floor, TLP_GREEN);
	assert_int_equal(seen_of(EVENT("3", "")).floor, TLP_CLEAR);
	assert_int_equal(seen_of(EVENT("4", "")).floor, TLP_AMBER);
	assert_int_equal(seen_of(EVENT("3", ",\"distribution\":\"0\"")).floor, TLP_AMBER_STRICT);
	assert_int_equal(seen_of(EVENT("0", ",\"distribution\":\"5\"")).floor, TLP_AMBER_STRICT);
	assert_int_equal(seen_of(EVENT("9", "")).floor, TLP_NONE);
	assert_true(seen_of(EVENT("0", "")).modified == INT64_C(1600000000000000));
}
/* clang-format on */

/* Both sides of misp-stix's documentation say the same, except where misp_corpus.h says why not. */
static void corpus(void **state)
{
	(void)state;
	struct tally t = {0};
	if (!corpus_compare("data/corpora/misp_to_stix21.jsonl", &t) || !corpus_compare("data/corpora/stix21_to_misp.jsonl", &t)) skip();
	if (getenv("SHOW") != NULL) print_message("equal %zu, conjunctions %zu, explained %zu\n", t.equal, t.conjunctions, t.explained);
	assert_int_equal(t.unexplained, 0);
	assert_int_equal(t.equal + t.conjunctions + t.explained, t.compared);
	assert_int_equal(t.compared, 226);
	assert_int_equal(t.explained, 23);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_event),
		cmocka_unit_test(reads_any_pieces),
		cmocka_unit_test(reads_other_shapes),
		cmocka_unit_test(deleted_objects_delete),
		cmocka_unit_test(events_are_apart),
		cmocka_unit_test(broken_events_are_red),
		cmocka_unit_test(bare_events),
		cmocka_unit_test(patterns_are_read),
		cmocka_unit_test(urls_that_are_names),
		cmocka_unit_test(unknown_tlp_is_red),
		cmocka_unit_test(distribution_is_a_floor),
		cmocka_unit_test(corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
