/* Hosts files: names that go nowhere; the machine's own names; what is told. */
#include "collect.h"

static const char text[] = "# Title: list\n"
			   "127.0.0.1 localhost localhost.localdomain\n"
			   "::1 ip6-localhost\n"
			   "fe80::1%lo0 localhost\n"
			   "255.255.255.255\tbroadcasthost\n"
			   "0.0.0.0 0.0.0.0\n"
			   "0.0.0.0 evil.example www.evil.example # both\n"
			   "127.0.0.1\tother.example\r\n"
			   "10.1.2.3 printer.office.example\n";

static void reads(void **state)
{
	(void)state;
	collect_expect(INTEL_HOSTS, SLICE(text),
		"7|||file|||-|-|-1| = 3 evil.example\n"
		"7|||file|||-|-|-1| = 3 www.evil.example\n"
		"8|||file|||-|-|-1| = 3 other.example\n"
		"trouble 9 hosts file: a name whose address is not 0.0.0.0 or 127.0.0.1, left out\n");
	collect_expect(INTEL_HOSTS, SLICE("0.0.0.0 a.example\n192.0.2.7\n"),
		"1|||file|||-|-|-1| = 3 a.example\n2|||file|||-|-|-1| = 0 192.0.2.7\n");
	collect_any_pieces(INTEL_HOSTS, SLICE(text));
}

/* A list of values stays one, whatever its first line looks like. */
static void detects(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE("# x\n0.0.0.0 evil.example\n")), INTEL_HOSTS);
	assert_int_equal(intel_detect(SLICE("127.0.0.1 localhost\nfe80::1%lo0 localhost\n0.0.0.0 evil.example\n")), INTEL_HOSTS);
	assert_int_equal(intel_detect(SLICE("0.0.0.0 evil.example\n192.0.2.7\n")), INTEL_PLAIN);
	assert_int_equal(intel_detect(SLICE("192.0.2.7 evil.example\n")), INTEL_PLAIN);
	assert_int_equal(intel_detect(SLICE("10.0.0.1\n")), INTEL_PLAIN);
	assert_int_equal(intel_detect(SLICE("")), INTEL_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(detects)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
