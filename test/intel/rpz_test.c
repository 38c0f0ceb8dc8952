/* Response policy zones: names, addresses, actions, origins. draft-vixie-dnsop-dns-rpz 4 and 6. */
#include "collect.h"

static const char zone[] = "$TTL 1h ; one hour\n"
			   "@ IN SOA localhost. root.localhost. (\n"
			   "\t1 ; serial (\n"
			   "\t1h 15m 30d 2h )\n"
			   "\tIN NS localhost.\n"
			   "evil.example        CNAME .\n"
			   "*.evil.example      CNAME .\n"
			   "nodata.example 300 IN CNAME *.\n"
			   "walled.example      A 10.0.0.1\n"
			   "                    AAAA 2001:db8::1\n"
			   "                    TXT \"; no comment (\"\n"
			   "good.example        CNAME rpz-passthru.\n"
			   "old.example         CNAME old.example.\n"
			   "32.7.2.0.192.rpz-ip CNAME .\n"
			   "24.0.100.51.198.rpz-client-ip CNAME rpz-drop.\n"
			   "48.zz.db8.2001.rpz-ip CNAME .\n"
			   "128.1.zz.db8.2001.rpz-ip CNAME .\n"
			   "128.1.zz.rpz-ip     CNAME .\n"
			   "64.4.3.2.1.zz.rpz-ip CNAME .\n"
			   "ns.evil.example.rpz-nsdname CNAME .\n"
			   "*.evil-dns.example.rpz-nsdname CNAME .\n"
			   "32.1.2.0.192.rpz-nsip CNAME .\n"
			   "*.rpz-nsdname       CNAME .\n"
			   "*                   CNAME .\n"
			   "$INCLUDE other\n"
			   "lonely.example\n";

static void reads(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE(zone)), INTEL_RPZ);
	collect_expect(INTEL_RPZ, SLICE(zone),
		"6|||file|||-|-|-1| = 3 evil.example\n"
		"7|||file|||-|-|-1| = 3 evil.example\n"
		"8|||file|||-|-|-1| = 3 nodata.example\n"
		"9|||file|||-|-|-1| = 3 walled.example\n"
		"12||good.example|file|||-|-|-1|context| ?context only: the zone lets it pass\n"
		"13||old.example|file|||-|-|-1|context| ?context only: the zone lets it pass\n"
		"14|||file|||-|-|-1| in 20 192.0.2.7/32\n"
		"15||198.51.100.0/24|file|||-|-|-1|context| ?context only: who asks, not what is asked for\n"
		"16|||file|||-|-|-1| in 20 2001:db8::/48\n"
		"17|||file|||-|-|-1| in 20 2001:db8::1/128\n"
		"18|||file|||-|-|-1| in 20 ::1/128\n"
		"19|||file|||-|-|-1| in 20 ::1:2:3:4/64\n"
		"20|||file|||-|-|-1| = 3 ns.evil.example\n"
		"21|||file|||-|-|-1| = 3 evil-dns.example\n"
		"22|||file|||-|-|-1| in 20 192.0.2.1/32\n"
		"23||*|file|||-|-|-1| ?a wildcard for every name\n"
		"24||*|file|||-|-|-1| ?a wildcard for every name\n"
		"trouble 25 zone file: $INCLUDE and $GENERATE are not followed\n"
		"trouble 26 RFC 1035 5.1: a record without a type, left out\n");
	collect_any_pieces(INTEL_RPZ, SLICE(zone));
}

/* As a transfer prints it: whole names below the apex. */
static void knows_its_apex(void **state)
{
	(void)state;
	static const char whole[] = "rpz.local. 60 IN SOA ns. root. 1 2 3 4 5\n"
				    "rpz.local. 60 IN NS ns.\n"
				    "rpz.local. 60 IN A 10.0.0.1\n"
				    "evil.example.RPZ.local. 60 IN CNAME .\n"
				    "RPZ.LOCAL. 60 IN SOA ns. root. 1 2 3 4 5\n";
	static const char origins[] = "$ORIGIN local.\nrpz SOA ns. root. 1 2 3 4 5\n$ORIGIN example.rpz.local.\nevil CNAME .\n@ CNAME *.\n";
	assert_int_equal(intel_detect(SLICE(whole)), INTEL_RPZ);
	assert_int_equal(intel_detect(SLICE(origins)), INTEL_RPZ);
	collect_expect(INTEL_RPZ, SLICE(whole), "4|||file|||-|-|-1| = 3 evil.example\n");
	collect_expect(INTEL_RPZ, SLICE(origins), "4|||file|||-|-|-1| = 3 evil.example\n5|||file|||-|-|-1| = 3 example\n");
}

static void tells_open_parentheses(void **state)
{
	(void)state;
	collect_expect(INTEL_RPZ, SLICE("evil.example CNAME .\n@ SOA a. b. (1 2\n 3\n"),
		"1|||file|||-|-|-1| = 3 evil.example\n"
		"trouble 2 RFC 1035 5.1: parentheses stay open, the record is left out\n");
}

static void detects(void **state)
{
	(void)state;
	assert_int_equal(intel_detect(SLICE("; comment\nevil.example CNAME .\n")), INTEL_RPZ);
	static const char *const plain[] = {
		"evil.example\n", "$TTL 1h\n@ SOA a. b. 1 2 3 4 5\nwww A 1.2.3.4\n", "cname .\n", "a CNAME b\n"};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) assert_int_equal(intel_detect(slice_from(plain[i])), INTEL_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(knows_its_apex),
		cmocka_unit_test(tells_open_parentheses), cmocka_unit_test(detects)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
