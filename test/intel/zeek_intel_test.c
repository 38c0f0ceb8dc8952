/* Zeek's intelligence files: types, what is not set, escapes, what is not matched. */
#include "collect.h"

static const char text[] = "#separator \\x09\n"
			   "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\tmeta.confidence\n"
			   "192.0.2.7\tIntel::ADDR\tCERT A\tscanner\t-\t80\n"
			   "198.51.100.0/24\tIntel::SUBNET\t-\t-\t-\t-\n"
			   "bad.example/x\\x09y\tIntel::URL\tf\t(empty)\n"
			   "c2.example\tIntel::DOMAIN\tf\t-\t-\t101\r\n"
			   "a@b.example\tIntel::EMAIL\tf\n"
			   "d41d8cd98f00b204e9800998ecf8427e\tIntel::FILE_HASH\tf\n"
			   "da39a3ee5e6b4b0d3255bfef95601890afd80709\tIntel::CERT_HASH\tf\n"
			   "evil.exe\tIntel::FILE_NAME\tf\n"
			   "curl/7.1\tIntel::SOFTWARE\tf\n"
			   "root\tIntel::USER_NAME\tf\n"
			   "x\tIntel::NEW\tf\td\n"
			   "-\tIntel::ADDR\tf\n"
			   "\n# a comment\n";

static void reads(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE(text)), INTEL_ZEEK);
	collect_expect(INTEL_ZEEK, SLICE(text),
		"3||scanner|CERT A|||-|-|80| = 20 192.0.2.7\n"
		"4|||file|||-|-|-1| in 20 198.51.100.0/24\n"
		"5|||f|||-|-|-1| = 4 bad.example/x\ty\n"
		"6|||f|||-|-|-1| = 3 c2.example\n"
		"7|||f|||-|-|-1| = 5 a@b.example\n"
		"8|||f|||-|-|-1| = 7 d41d8cd98f00b204e9800998ecf8427e\n"
		"9|||f|||-|-|-1| = 8 da39a3ee5e6b4b0d3255bfef95601890afd80709\n"
		"10|||f|||-|-|-1| = 6 evil.exe\n"
		"11|||f|||-|-|-1| = 16 curl/7.1\n"
		"12|||f|||-|-|-1| = 19 root <user-account:account_login>\n"
		"13||d|f|||-|-|-1| ?Zeek type Intel::NEW is not matched\n"
		"trouble 14 Zeek intelligence: the line has no indicator, left out\n");
	collect_any_pieces(INTEL_ZEEK, SLICE(text));
}

static void needs_fields(void **state)
{
	(void)state;
	collect_expect(INTEL_ZEEK, SLICE("1.2.3.4\tIntel::ADDR\n"), "trouble 1 Zeek intelligence: a line before #fields, left out\n");
	assert_int_equal(intel_detect(SLICE("#fields\tts\tuid\n1\t2\n")), INTEL_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(needs_fields)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
