/* Formats told from first bytes: what each looks like, what nearly does, and that every cut of every sample is told as something. */
#include "collect.h"

#define MISP_EVENT "{\"Event\":{\"Attribute\":[]}}"
static const struct {
	const char *text;
	enum intel_format format;
} samples[] = {
	{"192.0.2.7\nevil.example\n", INTEL_PLAIN},
	{"# a comment\n\n; another\nevil.example\n", INTEL_PLAIN},
	{"type,value\nip,192.0.2.7\n", INTEL_CSV},
	{"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[]}", INTEL_STIX},
	{"[{\"type\":\"indicator\",\"id\":\"indicator--1\"}]", INTEL_STIX},
	{"{\"more\":false}", INTEL_STIX},
	{"{\"list\":[\"a\"],\"type\":\"string\",\"matching_attributes\":[]}", INTEL_WARNINGLIST},
	{MISP_EVENT, INTEL_MISP},
	{"[" MISP_EVENT "]", INTEL_MISP},
	{"{\"response\":[" MISP_EVENT "]}", INTEL_MISP},
	{"\xEF\xBB\xBF \n" MISP_EVENT, INTEL_MISP},
	{"{\"uuid\":\"x\",\"type\":\"md5\",\"value\":\"x\",\"category\":\"Other\"}", INTEL_MISP},
	{"[{\"id\":\"7\",\"orgc_id\":\"1\",\"info\":\"x\"}]", INTEL_MISP},
	{"{\"5e6f3a1c-0000-4000-8000-000000000001\":{}}", INTEL_MISP_MANIFEST},
	{"{\"5e6f3a1c-0000-4000-8000-00000000000z\":{}}", INTEL_STIX},
	{"#fields\tindicator\tindicator_type\n", INTEL_ZEEK},
	{"#separator \\x09\n#fields\tmeta.source\tindicator\tindicator_type\r\n", INTEL_ZEEK},
	{"ZXZpbC5leGFtcGxl\n", INTEL_DATASET},
	{"0.0.0.0 evil.example\n", INTEL_HOSTS},
	{"$TTL 60\nevil.example CNAME .\n", INTEL_RPZ},
	{"<?xml version=\"1.0\"?>\n<ioc id=\"x\">", INTEL_OPENIOC},
	{"<html>", INTEL_UNKNOWN},
	{"rule x { condition: true }", INTEL_YARA},
	{"title: x\nlogsource:\ndetection:\n", INTEL_SIGMA},
	{"alert ip any any -> any any (sid:1;)", INTEL_SNORT},
};

static void tells(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		if (intel_detect(slice_from(samples[i].text)) == samples[i].format) continue;
		fail_msg("%s is told as %s", samples[i].text, intel_format_name(intel_detect(slice_from(samples[i].text))));
	}
	assert_int_equal(intel_detect(SLICE("a\0b\0")), INTEL_UNKNOWN);
	assert_int_equal(intel_detect(SLICE("a.example\nb\0.example\nc.example\n")), INTEL_PLAIN);
	assert_int_equal(intel_detect(SLICE("value,tlp\na\0,red\n")), INTEL_CSV);
	assert_int_equal(intel_detect(SLICE("%PDF-1.5\n\0\1\n\2\3\n\0\n")), INTEL_UNKNOWN);
	assert_int_equal(intel_detect(SLICE("value,tlp\ra.example,red\r")), INTEL_CSV);
	assert_int_equal(intel_detect(SLICE("0.0.0.0 a.example\r0.0.0.0 b.example\r")), INTEL_HOSTS);
	assert_int_equal(intel_detect(SLICE("\xFF\xFE{\0\"\0E\0v\0e\0n\0t\0\"\0:\0{\0}\0}\0")), INTEL_MISP);
}

/* Cut anywhere, from memory that ends there; what is told is a format that has a name. */
static void any_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		slice whole = slice_from(samples[i].text);
		for (size_t n = 0; n <= whole.n; n++) {
			uint8_t *copy = malloc(n + 1);
			memcpy(copy, whole.p, n);
			copy = realloc(copy, n == 0 ? 1 : n);
			assert_true((unsigned)intel_detect(slice_of(copy, n)) < INTEL_FORMATS);
			free(copy);
		}
	}
}

static void names(void **state)
{
	(void)state;
	for (unsigned a = INTEL_UNKNOWN + 1; a < INTEL_FORMATS; a++)
		for (unsigned b = INTEL_UNKNOWN; b < a; b++)
			assert_string_not_equal(intel_format_name((enum intel_format)a), intel_format_name((enum intel_format)b));
	assert_string_equal(intel_format_name(INTEL_MISP), "misp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tells), cmocka_unit_test(any_cut), cmocka_unit_test(names)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
