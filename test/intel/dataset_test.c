/* Suricata's datasets of strings: base64, told from lists of words and digests. RFC 4648 values. */
#include "collect.h"

/* "evil.example", "Mozilla/5.0", "a" */
static const char text[] = "ZXZpbC5leGFtcGxl\nTW96aWxsYS81LjA=,500\r\n\nYQ==\n";

static void reads(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE(text)), INTEL_DATASET);
	collect_expect(INTEL_DATASET, SLICE(text),
		"1|||file|||-|-|-1| = 0 evil.example\n"
		"2|||file|||-|-|-1| = 0 Mozilla/5.0\n"
		"4|||file|||-|-|-1| = 0 a\n");
	collect_expect(INTEL_DATASET, SLICE("evil.example\n/w==\n"),
		"trouble 1 Suricata dataset: the line is no base64 of a text, left out\n"
		"trouble 2 Suricata dataset: the line is no base64 of a text, left out\n");
	collect_any_pieces(INTEL_DATASET, SLICE(text));
}

static void detects(void **state)
{
	(void)state;
	static const char *const plain[] = {"evil.example\n", "d41d8cd98f00b204e9800998ecf8427e\n",
		"d41d8cd98f00b204e9800998ecf8427e,100\n", "malw\nevil\n", "ZXZpbC5leGFtcGxl\nevil.example\n", "YQ==\n", "192.0.2.7\n",
		"/etc\n"};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) assert_int_equal(intel_detect(slice_from(plain[i])), INTEL_PLAIN);
	assert_int_equal(intel_detect(SLICE("ZXZpbC5leGFtcGxl")), INTEL_DATASET); /* without a line end */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(detects)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
