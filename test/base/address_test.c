/* Addresses and ranges. IPv6 examples from RFC 4291 2.2 and RFC 5952 4. */
#include "address.h"
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <stdio.h>

static void ipv4_accepts_only_addresses(void **state)
{
	(void)state;
	static const char *const BAD[] = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4", "1..2.3",
		"1.2.3.", ".1.2.3", "1.2.3.0004", "a.b.c.d", "1,2,3,4", "1.2.3.-4", "00.0.0.0", "1234.1.1.1"};
	uint32_t a = 7;
	char text[ADDRESS_TEXT_BYTES];
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(ipv4_parse(slice_from(BAD[i]), &a));
	assert_int_equal(a, 7);
	assert_true(ipv4_parse(SLICE("192.168.0.1"), &a));
	assert_int_equal(a, 0xC0A80001);
	assert_string_equal(ipv4_format(a, text), "192.168.0.1");
	assert_true(ipv4_parse(SLICE("255.255.255.255"), &a));
	assert_string_equal(ipv4_format(a, text), "255.255.255.255");
}

static void ipv6_prints_as_rfc5952(void **state)
{
	(void)state;
	static const char *const PAIRS[][2] = {
		{"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
		{"FF01:0:0:0:0:0:0:101", "ff01::101"},
		{"0:0:0:0:0:0:0:1", "::1"},
		{"0:0:0:0:0:0:0:0", "::"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"::13.1.68.3", "::d01:4403"},
		{"::FFFF:129.144.52.38", "::ffff:129.144.52.38"},
		{"::ffff:8190:3426", "::ffff:129.144.52.38"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"1::", "1::"},
		{"64:ff9b::10.0.0.1", "64:ff9b::a00:1"},
		{"fe80::0001", "fe80::1"},
		{"0:0:1::", "0:0:1::"},
	};
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
		ipv6 a;
		char text[ADDRESS_TEXT_BYTES];
		assert_true(ipv6_parse(slice_from(PAIRS[i][0]), &a));
		assert_string_equal(ipv6_format(&a, text), PAIRS[i][1]);
	}
}

static void ipv6_refuses(void **state)
{
	(void)state;
	static const char *const BAD[] = {"", ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
		"12345::", "g::", "fe80::1%eth0", "[::1]", "::1/64", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4", "::1.2.3", "::1.2.3.4:5",
		"1::2:3:4:5:6:7:8", "::01.2.3.4", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::", "::1 ", "::256.1.1.1", "::00001"};
	ipv6 a;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(ipv6_parse(slice_from(BAD[i]), &a));
}

/* Random texts of the address alphabet: our answer is inet_pton's. */
static void agrees_with_the_system(void **state)
{
	(void)state;
	static const char ALPHABET[] = "::::..01fF2a";
	uint64_t seed = 88172645463325252u;
	for (int round = 0; round < 200000; round++) {
		char text[24];
		size_t n = 2 + (size_t)round % 20;
		for (size_t i = 0; i < n; i++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			text[i] = ALPHABET[(seed >> 20) % (sizeof ALPHABET - 1)];
		}
		text[n] = 0;
		ipv6 ours, theirs;
		uint32_t v4, v4_theirs;
		bool good = ipv6_parse(slice_from(text), &ours);
		if (good != (inet_pton(AF_INET6, text, &theirs) == 1)) fail_msg("%s: ours %d", text, good);
		if (good) assert_memory_equal(&ours, &theirs, 16);
		good = ipv4_parse(slice_from(text), &v4);
		if (good != (inet_pton(AF_INET, text, &v4_theirs) == 1)) fail_msg("%s: ours %d", text, good);
		if (good) assert_int_equal(v4, ntohl(v4_theirs));
	}
}

static void ranges(void **state)
{
	(void)state;
	static const char *const BAD[] = {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "::/129", "10.0.0.0/-1",
		"10.0.0/8", "::/1/2", "10.0.0.0/ 8", "::/1000"};
	struct cidr c;
	ipv6 a;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(cidr_parse(slice_from(BAD[i]), &c));
	assert_true(cidr_parse(SLICE("10.1.2.3/8"), &c));
	assert_int_equal(c.v4, 0x0A000000);
	assert_true(cidr_has_v4(&c, 0x0AFFFFFF));
	assert_false(cidr_has_v4(&c, 0x0B000000));
	assert_true(ipv6_parse(SLICE("::ffff:10.9.9.9"), &a));
	assert_true(cidr_has_v6(&c, &a));
	assert_true(cidr_parse(SLICE("0.0.0.0/0"), &c));
	assert_true(cidr_has_v4(&c, UINT32_MAX));
	assert_true(cidr_parse(SLICE("10.0.0.1/32"), &c));
	assert_true(cidr_has_v4(&c, 0x0A000001));
	assert_false(cidr_has_v4(&c, 0x0A000002));
	assert_true(cidr_parse(SLICE("2001:db8::ff/33"), &c));
	assert_true(c.v6);
	assert_int_equal(c.bits, 33);
	assert_false(cidr_has_v4(&c, 0));
	assert_true(ipv6_parse(SLICE("2001:db8:7fff::1"), &a));
	assert_true(cidr_has_v6(&c, &a));
	assert_true(ipv6_parse(SLICE("2001:db8:8000::1"), &a));
	assert_false(cidr_has_v6(&c, &a));
	assert_true(cidr_parse(SLICE("::/0"), &c));
	assert_true(cidr_has_v6(&c, &a));
	assert_true(cidr_parse(SLICE("::ffff:10.1.2.3/104"), &c)); /* the IPv4 range */
	assert_false(c.v6);
	assert_int_equal(c.bits, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_accepts_only_addresses),
		cmocka_unit_test(ipv6_prints_as_rfc5952),
		cmocka_unit_test(ipv6_refuses),
		cmocka_unit_test(agrees_with_the_system),
		cmocka_unit_test(ranges),
	};
	return cmocka_run_group_tests_name("base/address", tests, NULL, NULL);
}
