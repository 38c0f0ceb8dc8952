/* OpenIOC: OR trees, AND trees, conditions, metadata, XML that is refused. */
#include "collect.h"

/* clang-format off: samples and what is expected of them stand line by line */
#define UUID "5e6f3a1c-0000-4000-8000-000000000001"
#define ITEM(condition, search, value)                                                                                                     \
	"<IndicatorItem id=\"" UUID "\" condition=\"" condition "\"><Context document=\"x\" search=\"" search "\" type=\"mir\"/>"          \
	"<Content type=\"string\">" value "</Content></IndicatorItem>\n"
#define OR "<Indicator operator=\"OR\">"
#define AND "<Indicator operator=\"AND\">"
#define END "</Indicator>"
#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

static const char ioc[] = HEAD
	"<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"x\" last-modified=\"2021-01-02T03:04:05\">\n"
	"<short_description>Fam &amp; co</short_description><authored_by>CERT A</authored_by>\n"
	"<definition>" OR "\n" ITEM("is", "FileItem/Md5sum", " d41d8cd98f00b204e9800998ecf8427e ") ITEM(
		"contains", "Network/DNS", "c2.example") ITEM("contains", "FileItem/FullPath", "\\temp\\x")
		ITEM("starts-with", "FileItem/FilePath", "c:\\a_b") ITEM("is", "PortItem/remoteIP", "10.0.0.0/8") ITEM(
			"matches", "Network/UserAgent", "^x+$") ITEM("isnot", "FileItem/FileName", "y") ITEM("is", "FileItem/SizeInBytes",
			"7") "<IndicatorItem condition=\"is\" negate=\"true\"><Context "
			     "search=\"FileItem/FileName\"/><Content>z</Content></IndicatorItem>\n" AND ITEM("is", "FileItem/FileName", "a")
				     OR ITEM("is", "FileItem/FileName", "b") ITEM("is", "FileItem/FileName", "c") END END
	"\n" AND ITEM("is", "Email/From", "a@b.example") END "\n" AND END "\n" END "</definition></ioc>\n";

#define SAYS(line) line "|indicator--" UUID "|Fam & co|CERT A|||-|-|-1|"
static void reads(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE(ioc)), INTEL_OPENIOC);
	collect_expect(INTEL_OPENIOC, SLICE(ioc),
		SAYS("5") " = 7 d41d8cd98f00b204e9800998ecf8427e\n" SAYS("6") " = 21 c2.example\n" SAYS("7") " like 6! %\\temp\\x%\n" SAYS("8") " matches 6! (?is)^\\Qc:\\a_b\\E\n" SAYS(
			"9") " in 20 10.0.0.0/8\n" SAYS("10") " matches 16! ^x+$\n" SAYS("11") " ?OpenIOC: a condition that is not "
											       "matched\n" SAYS("12") " ?OpenIOC "
														      "FileItem/"
														      "SizeInBytes: a "
														      "place that is not "
														      "matched\n"
														      "13||Fam & co|CERT "
														      "A|||-|-|-1| "
														      "?OpenIOC: a negated "
														      "item\n"
														      "14||Fam & co|CERT "
														      "A|||-|-|-1| "
														      "?OpenIOC: items "
														      "joined by "
														      "AND\n" SAYS(
															      "18") " = 5 "
																    "a@b."
																    "exampl"
																    "e\n");
	collect_any_pieces(INTEL_OPENIOC, SLICE(ioc));
}

static void reads_1_1(void **state)
{
	(void)state;
	static const char text[] =
		HEAD "<OpenIOC "
		     "xmlns=\"http://openioc.org/schemas/OpenIOC_1.1\"><metadata><short_description>n</short_description></"
		     "metadata><criteria>" OR ITEM("is", "DnsEntryItem/Host", "c2.example") END "</criteria></OpenIOC>";
	assert_int_equal(intel_detect(SLICE(text)), INTEL_OPENIOC);
	collect_expect(INTEL_OPENIOC, SLICE(text), "2|indicator--" UUID "|n|file|||-|-|-1| = 21 c2.example\n");
}

static void refuses_xml(void **state)
{
	(void)state;
	collect_expect(INTEL_OPENIOC, SLICE("<!DOCTYPE ioc [<!ENTITY a \"b\">]><ioc>&a;</ioc>"),
		"error XML: a DOCTYPE is not read: OpenIOC needs no entities\n");
	collect_expect(INTEL_OPENIOC, SLICE("<ioc><a></ioc>"), "error XML: mismatched tag\n");
	collect_expect(INTEL_OPENIOC, SLICE("<ioc>"), "error XML: no element found\n");
	assert_int_equal(intel_detect(SLICE("<html><body>x</body></html>")), INTEL_UNKNOWN);
}
/* clang-format on */

static void deep_trees_are_refused(void **state)
{
	(void)state;
	struct collect c = {0};
	struct buf deep = {0};
	buf_add_text(&deep, "<ioc>");
	for (unsigned i = 0; i < 65; i++) buf_add_text(&deep, OR);
	assert_int_equal(collect_read(&c, INTEL_OPENIOC, buf_slice(&deep), 10000), ERR_LIMIT);
	buf_free(&deep);
	buf_free(&c.text);
}

static void long_contents_are_named(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_add_text(&text, "<ioc>" OR "<IndicatorItem condition=\"is\"><Context search=\"FileItem/FileName\"/><Content>");
	for (unsigned i = 0; i < 70000; i++) buf_add_byte(&text, 'a');
	buf_add_text(&text, "</Content></IndicatorItem>" END "</ioc>");
	collect_expect(INTEL_OPENIOC, buf_slice(&text), "1|||file|||-|-|-1| ?OpenIOC: the content is longer than OPENIOC_TEXT_BYTES_MAX\n");
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(reads_1_1), cmocka_unit_test(refuses_xml),
		cmocka_unit_test(deep_trees_are_refused), cmocka_unit_test(long_contents_are_named)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
