/* OpenIOC: OR trees, AND trees, conditions, metadata, XML that is refused. */
#include "collect.h"

#define ITEM(condition, search, value)                                                                                                     \
	"<IndicatorItem id=\"5e6f3a1c-0000-4000-8000-000000000001\" condition=\"" condition "\"><Context document=\"x\" search=\"" search  \
	"\" type=\"mir\"/><Content type=\"string\">" value "</Content></IndicatorItem>\n"
#define ID "indicator--5e6f3a1c-0000-4000-8000-000000000001"
#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

static const char ioc[] = HEAD
	"<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"x\" last-modified=\"2021-01-02T03:04:05\">\n"
	"<short_description>Fam &amp; co</short_description><authored_by>CERT A</authored_by>\n"
	"<definition><Indicator operator=\"OR\" id=\"i\">\n" ITEM("is", "FileItem/Md5sum", " d41d8cd98f00b204e9800998ecf8427e ")
		ITEM("contains", "Network/DNS", "c2.example") ITEM("contains", "FileItem/FullPath", "\\temp\\x")
			ITEM("starts-with", "FileItem/FilePath", "c:\\a_b") ITEM("is", "PortItem/remoteIP", "10.0.0.0/8") ITEM("matches",
				"Network/UserAgent", "^x+$") ITEM("isnot", "FileItem/FileName", "y") ITEM("is", "FileItem/SizeInBytes",
				"7") "<IndicatorItem condition=\"is\" negate=\"true\"><Context "
				     "search=\"FileItem/FileName\"/><Content>z</Content></IndicatorItem>\n"
				     "<Indicator operator=\"AND\">" ITEM("is", "FileItem/FileName", "a") "<Indicator operator=\"OR\">" ITEM(
					     "is", "FileItem/FileName", "b") ITEM("is", "FileItem/FileName",
					     "c") "</Indicator></Indicator>\n"
						  "<Indicator operator=\"AND\">" ITEM(
							  "is", "Email/From", "a@b.example") "</Indicator>\n"
											     "<Indicator operator=\"AND\"></Indicator>\n"
											     "</Indicator></definition></ioc>\n";

static void reads(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE(ioc)), INTEL_OPENIOC);
#define SAYS(line) line "|" ID "|Fam & co|CERT A|||-|-|-1|"
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
														      "?OpenIOC: AND of 3 "
														      "items\n" SAYS(
															      "18") " = 5 "
																    "a@b."
																    "exampl"
																    "e\n");
	collect_any_pieces(INTEL_OPENIOC, SLICE(ioc));
}

static void reads_1_1(void **state)
{
	(void)state;
	static const char text[] = HEAD "<OpenIOC "
					"xmlns=\"http://openioc.org/schemas/OpenIOC_1.1\"><metadata><short_description>n</"
					"short_description></metadata><criteria><Indicator operator=\"OR\">" ITEM(
						"is", "DnsEntryItem/Host", "c2.example") "</Indicator></criteria></OpenIOC>";
	assert_int_equal(intel_detect(SLICE(text)), INTEL_OPENIOC);
	collect_expect(INTEL_OPENIOC, SLICE(text), "2|" ID "|n|file|||-|-|-1| = 21 c2.example\n");
}

static void refuses(void **state)
{
	(void)state;
	struct collect c = {0};
	struct buf deep = {0};
	collect_expect(INTEL_OPENIOC, SLICE("<!DOCTYPE ioc [<!ENTITY a \"b\">]><ioc>&a;</ioc>"),
		"error XML: a DOCTYPE is not read: OpenIOC needs no entities\n");
	collect_expect(INTEL_OPENIOC, SLICE("<ioc><a></ioc>"), "error XML: mismatched tag\n");
	collect_expect(INTEL_OPENIOC, SLICE("<ioc>"), "error XML: no element found\n");
	buf_add_text(&deep, "<ioc>");
	for (unsigned i = 0; i < 65; i++) buf_add_text(&deep, "<Indicator operator=\"OR\">");
	assert_int_equal(collect_read(&c, INTEL_OPENIOC, buf_slice(&deep), 10000), ERR_LIMIT);
	buf_clear(&deep);
	buf_free(&c.text);
	buf_add_text(
		&deep, "<ioc><Indicator operator=\"OR\"><IndicatorItem condition=\"is\"><Context search=\"FileItem/FileName\"/><Content>");
	for (unsigned i = 0; i < 70000; i++) buf_add_byte(&deep, 'a');
	buf_add_text(&deep, "</Content></IndicatorItem></Indicator></ioc>");
	collect_expect(INTEL_OPENIOC, buf_slice(&deep), "1|||file|||-|-|-1| ?OpenIOC: the content is longer than OPENIOC_TEXT_BYTES_MAX\n");
	buf_free(&deep);
	assert_int_equal(intel_detect(SLICE("<html><body>x</body></html>")), INTEL_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(reads_1_1), cmocka_unit_test(refuses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
