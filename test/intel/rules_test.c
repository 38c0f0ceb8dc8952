/* Rules of other engines: one unmatchable indicator each, and lists of words that are no rules. */
#include "collect.h"

static const char yara[] = "/* rule not_one { }\n rule nor_this */\nimport \"pe\"\n// rule x\nprivate rule first : tag\n{ strings: $a = "
			   "\"rule y\"\n condition: $a }\nrule second{condition: true}\n";
static const char sigma[] =
	"title: One\nid: 5e6f3a1c-0000-4000-8000-000000000001\nlogsource:\n  product: windows\ndetection:\n  title: x\n---\ntitle: Two\n";
static const char snort[] = "# c\nalert http any any -> any any (msg:\"one \"; content:\"x\"; sid:1;)\n#alert tcp any any -> any any "
			    "(msg:\"off\";)\ndrop tcp 1.2.3.4 any <> any 1 (sid:2;)\n";

static void reads(void **state)
{
	(void)state;
	collect_expect(INTEL_YARA, SLICE(yara),
		"5||first|file|||-|-|-1| ?a YARA rule, kept for files\n8||second|file|||-|-|-1| ?a YARA rule, kept for files\n");
	collect_expect(INTEL_SIGMA, SLICE(sigma), "1||One|file|||-|-|-1| ?a Sigma rule\n8||Two|file|||-|-|-1| ?a Sigma rule\n");
	collect_expect(INTEL_SNORT, SLICE(snort),
		"2||one |file|||-|-|-1| ?a Snort or Suricata rule\n4|||file|||-|-|-1| ?a Snort or Suricata rule\n");
	collect_any_pieces(INTEL_YARA, SLICE(yara));
	collect_any_pieces(INTEL_SIGMA, SLICE(sigma));
	collect_any_pieces(INTEL_SNORT, SLICE(snort));
}

static void detects(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE(yara)), INTEL_YARA);
	assert_int_equal(intel_detect(SLICE("rule a { condition: true }")), INTEL_YARA);
	assert_int_equal(intel_detect(SLICE(sigma)), INTEL_SIGMA);
	assert_int_equal(intel_detect(SLICE(snort)), INTEL_SNORT);
	static const char *const plain[] = {
		"ruler\n", "alert\n", "title: x\n", "rule\n", "drop.example\n", "pass (word)\n", "/* unclosed\n"};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) assert_int_equal(intel_detect(slice_from(plain[i])), INTEL_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(detects)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
