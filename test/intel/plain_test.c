/* Plain lists and the detection of formats. */
#include "collect.h"

static const char list[] = "# TLP:GREEN list of a friend\r\n"
			   "\n"
			   "1.2.3.4\r\n"
			   "  evil.example.com   # the first\n"
			   "; comment\n"
			   "// comment\n"
			   "hxxps://evil[.]example[.]com/a?b=[1]#frag\n"
			   "user[at]evil(.)org\n"
			   "\"C:\\Program Files\\a.exe\",  # quoted\n"
			   "'2001:db8::1'\n"
			   "10.0.0.0/8\n"
			   "2001:db8::/32\n"
			   "5.6.7.8:443\n"
			   "[2001:db8::2]:80\n"
			   "http://[2001:db8::3]/x\n"
			   "hxxp[://]a{.}b[dot]com[:]8080/\n"
			   "0.0.0.0 bad.example.net worse.example.net # hosts\n"
			   "127.0.0.1 localhost\n"
			   "9.9.9.9,a comment\n"
			   "b[.]example;x\n"
			   "http://c.example/a,b\n"
			   "*.wild[.]example\n"
			   "*.exe\n"
			   "last.example";

static void reads_lists(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN, SLICE(list),
		"3|||file||TLP:GREEN|-|-|-1| = 0 1.2.3.4\n"
		"4|||file||TLP:GREEN|-|-|-1| = 0 evil.example.com\n"
		"7|||file||TLP:GREEN|-|-|-1| = 0 https://evil.example.com/a?b=[1]#frag\n"
		"8|||file||TLP:GREEN|-|-|-1| = 0 user@evil.org\n"
		"9|||file||TLP:GREEN|-|-|-1| = 0 C:\\Program Files\\a.exe\n"
		"10|||file||TLP:GREEN|-|-|-1| = 0 2001:db8::1\n"
		"11|||file||TLP:GREEN|-|-|-1| = 0 10.0.0.0/8\n"
		"12|||file||TLP:GREEN|-|-|-1| = 0 2001:db8::/32\n"
		"13|||file||TLP:GREEN|-|-|-1| = 0 5.6.7.8\n"
		"14|||file||TLP:GREEN|-|-|-1| = 0 2001:db8::2\n"
		"15|||file||TLP:GREEN|-|-|-1| = 0 http://[2001:db8::3]/x\n"
		"16|||file||TLP:GREEN|-|-|-1| = 0 http://a.b.com:8080/\n"
		"17|||file||TLP:GREEN|-|-|-1| = 0 bad.example.net\n"
		"17|||file||TLP:GREEN|-|-|-1| = 0 worse.example.net\n"
		"19|||file||TLP:GREEN|-|-|-1| = 0 9.9.9.9\n"
		"20|||file||TLP:GREEN|-|-|-1| = 0 b.example\n"
		"21|||file||TLP:GREEN|-|-|-1| = 0 http://c.example/a,b\n"
		"22|||file||TLP:GREEN|-|-|-1| = 0 wild.example\n"
		"23|||file||TLP:GREEN|-|-|-1| = 0 *.exe\n"
		"24|||file||TLP:GREEN|-|-|-1| = 0 last.example\n");
}

static void reads_ranges(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("10.0.0.0-10.0.0.255\n10.0.0.1 - 10.0.0.6\n10.0.0.0\xe2\x80\x93"
		      "10.0.0.1,x\n0.0.0.0 - "
		      "255.255.255.255\n9[.]9.9.9-9.9.9[.]9\n2001:db8::1-2001:db8::4\n::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n10.1.2.3/"
		      "24\nbad-1.example\n"),
		"1|||file|||-|-|-1| = 0 10.0.0.0/24\n"
		"2|||file|||-|-|-1| = 0 10.0.0.1/32 = 0 10.0.0.2/31 = 0 10.0.0.4/31 = 0 10.0.0.6/32\n"
		"3|||file|||-|-|-1| = 0 10.0.0.0/31\n"
		"4|||file|||-|-|-1| = 0 0.0.0.0/0\n"
		"5|||file|||-|-|-1| = 0 9.9.9.9/32\n"
		"6|||file|||-|-|-1| = 0 2001:db8::1/128 = 0 2001:db8::2/127 = 0 2001:db8::4/128\n"
		"7|||file|||-|-|-1| = 0 ::/0\n"
		"8|||file|||-|-|-1| = 0 10.1.2.3/24\n"
		"9|||file|||-|-|-1| = 0 bad-1.example\n");
	struct collect c = {0}; /* the longest cover: two of each length */
	assert_int_equal(
		collect_read(&c, INTEL_PLAIN, SLICE("0.0.0.1-255.255.255.254\n::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe\n"), 1000), OK);
	assert_int_equal(c.terms, 62 + 254);
	buf_free(&c.text);
}

static void names_what_is_no_address(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("10.1.2.3/33\n10.0.0.9-10.0.0.1\n10.0.0.1-50\n10.0.0.0/255.255.255.0\n2001:db8::/"
		      "129\n256.1.1.1\n10.0.0.1-::1\n010.1.2.3 # x\n10.1.2.3/33/x\n"),
		"trouble 1 RFC 4632 3.1: \"10.1.2.3/33\" is no address and no range; expected a length of 0 to 32 behind the address\n"
		"trouble 2 RFC 4632 3.1: \"10.0.0.9-10.0.0.1\" is no address and no range; expected the lower address first\n"
		"trouble 3 RFC 4632 3.1: \"10.0.0.1-50\" is no address and no range; expected a whole address behind the dash\n"
		"trouble 4 RFC 4632 3.1: \"10.0.0.0/255.255.255.0\" is no address and no range; expected a length of 0 to 32 behind the "
		"address\n"
		"trouble 5 RFC 4632 3.1: \"2001:db8::/129\" is no address and no range; expected a length of 0 to 128 behind the address\n"
		"trouble 6 RFC 4632 3.1: \"256.1.1.1\" is no address and no range; expected four numbers of 0 to 255 without leading "
		"zeros\n"
		"trouble 7 RFC 4632 3.1: \"10.0.0.1-::1\" is no address and no range; expected two addresses of one family\n"
		"trouble 8 RFC 4632 3.1: \"010.1.2.3\" is no address and no range; expected four numbers of 0 to 255 without leading "
		"zeros\n"
		"9|||file|||-|-|-1| = 0 10.1.2.3/33/x\n");
}

static void names_what_is_half_an_address(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("2001:db8::g\n1.2.3.4.5\n1.2.3.4 - "
		      "1.2.3.x\n1.2.3.4-1.2.3.*\n[2001:db8::g]\nip:256.1.1.1\n2001:db8:1:2:3:4:5:6:7\n::1::2\n2001:db8::g/"
		      "64\nfe80::1-fe80::g\n"),
		"trouble 1 RFC 4632 3.1: \"2001:db8::g\" is no address and no range; expected up to eight groups of four hex digits, one "
		"\"::\" at most\n"
		"trouble 2 RFC 4632 3.1: \"1.2.3.4.5\" is no address and no range; expected four numbers of 0 to 255 without leading "
		"zeros\n"
		"trouble 3 RFC 4632 3.1: \"1.2.3.4 - 1.2.3.x\" is no address and no range; expected a whole address behind the dash\n"
		"trouble 4 RFC 4632 3.1: \"1.2.3.4-1.2.3.*\" is no address and no range; expected a whole address behind the dash\n"
		"trouble 5 RFC 4632 3.1: \"2001:db8::g\" is no address and no range; expected up to eight groups of four hex digits, one "
		"\"::\" at most\n"
		"trouble 6 RFC 4632 3.1: \"256.1.1.1\" is no address and no range; expected four numbers of 0 to 255 without leading "
		"zeros\n"
		"trouble 7 RFC 4632 3.1: \"2001:db8:1:2:3:4:5:6:7\" is no address and no range; expected up to eight groups of four hex "
		"digits, one \"::\" at most\n"
		"trouble 8 RFC 4632 3.1: \"::1::2\" is no address and no range; expected up to eight groups of four hex digits, one \"::\" "
		"at most\n"
		"trouble 9 RFC 4632 3.1: \"2001:db8::g/64\" is no address and no range; expected up to eight groups of four hex digits, "
		"one \"::\" at most\n"
		"trouble 10 RFC 4632 3.1: \"fe80::1-fe80::g\" is no address and no range; expected a whole address behind the dash\n");
	/* what is none of these stays text */
	collect_expect(INTEL_PLAIN,
		SLICE("00:1a:2b:3c:4d:5e\n12:30:45\nstd::string\nFoo1::Bar\n1.2.3\n1.2.3.4-5.isp.example\nab:cd:ef:01:23:45:67:89:ab:cd\n"),
		"1|||file|||-|-|-1| = 0 00:1a:2b:3c:4d:5e\n2|||file|||-|-|-1| = 0 12:30:45\n3|||file|||-|-|-1| = 0 "
		"std::string\n4|||file|||-|-|-1| = 0 Foo1::Bar\n"
		"5|||file|||-|-|-1| = 0 1.2.3\n6|||file|||-|-|-1| = 0 1.2.3.4-5.isp.example\n7|||file|||-|-|-1| = 0 "
		"ab:cd:ef:01:23:45:67:89:ab:cd\n");
}

static void reads_what_is_around_values(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("[1.2.3.4]\n[1[.]2.3.4]:80\n[evil.com]\nip:1.2.3.4\nIPv4 = 1.2.3.4\nip: "
		      "1.2.3.4:80\nip:10.0.0.0/8\ndomain:evil.com\nurl:http://evil.com/a\nurl=evil.com/a\nip:x\nhostname\n"
		      "\xC2\xA0"
		      "evil.com\xC2\xA0\n\xE2\x80\x9C"
		      "evil.com\xE2\x80\x9D\n\xE2\x80\x9E"
		      "evil.com\xE2\x80\x9C, # x\n\xE2\x80\x8B"
		      "1.2.3.4\n1.2.3.4 - seen twice\n[section]\n"),
		"1|||file|||-|-|-1| = 0 1.2.3.4\n2|||file|||-|-|-1| = 0 1.2.3.4\n3|||file|||-|-|-1| = 0 evil.com\n4|||file|||-|-|-1| = 0 "
		"1.2.3.4\n"
		"5|||file|||-|-|-1| = 0 1.2.3.4\n6|||file|||-|-|-1| = 0 1.2.3.4\n7|||file|||-|-|-1| = 0 10.0.0.0/8\n8|||file|||-|-|-1| = 0 "
		"evil.com\n"
		"9|||file|||-|-|-1| = 0 http://evil.com/a\n10|||file|||-|-|-1| = 0 evil.com/a\n11|||file|||-|-|-1| = 0 "
		"ip:x\n12|||file|||-|-|-1| = 0 hostname\n"
		"13|||file|||-|-|-1| = 0 evil.com\n14|||file|||-|-|-1| = 0 evil.com\n15|||file|||-|-|-1| = 0 evil.com\n16|||file|||-|-|-1| "
		"= 0 1.2.3.4\n"
		"17|||file|||-|-|-1| = 0 1.2.3.4\n18|||file|||-|-|-1| = 0 [section]\n");
}

static void reads_names_with_a_dot_before(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE(".evil.com\n.bashrc\n.evil.com # x\naddress=/evil.com/0.0.0.0\nserver=/a.com/.b.com/\naddress=/c.com/#\nlocal=/x/\n"),
		"1|||file|||-|-|-1| = 0 evil.com\n2|||file|||-|-|-1| = 0 .bashrc\n3|||file|||-|-|-1| = 0 evil.com\n4|||file|||-|-|-1| = 0 "
		"evil.com\n"
		"5|||file|||-|-|-1| = 0 a.com\n5|||file|||-|-|-1| = 0 b.com\n6|||file|||-|-|-1| = 0 c.com\ntrouble 7 plain list: a dnsmasq "
		"line whose name is none, left out\n");
	collect_expect(INTEL_CSV, SLICE("domain\n.evil.com\n\xC2\xA0*.b.com\n"),
		"2|||file|||-|-|-1| = 21 evil.com\n3|||file|||-|-|-1| = 21 b.com\n");
}

static void reads_first_words(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("0123456789abcdef0123456789ABCDEF  "
		      "cl.exe\nMD5:0123456789abcdef0123456789ABCDEF\nsha1=0123456789abcdef0123456789ABCDEF\n1.2.3.4 seen "
		      "twice\n10.0.0.0/33 x\n1.2.3.4 - 1.2.3.5\n"
		      "cmd.exe /c whoami\nevil[.com\n1.2.3[.4\n0.0.0.0 a.example\n"),
		"1|||file|||-|-|-1| = 0 0123456789abcdef0123456789ABCDEF\n"
		"2|||file|||-|-|-1| = 0 0123456789abcdef0123456789ABCDEF\n"
		"3|||file|||-|-|-1| = 0 sha1=0123456789abcdef0123456789ABCDEF\n"
		"4|||file|||-|-|-1| = 0 1.2.3.4\n"
		"trouble 5 RFC 4632 3.1: \"10.0.0.0/33\" is no address and no range; expected a length of 0 to 32 behind the address\n"
		"6|||file|||-|-|-1| = 0 1.2.3.4/31\n"
		"7|||file|||-|-|-1| = 0 cmd.exe /c whoami\n"
		"8|||file|||-|-|-1| = 0 evil.com\n"
		"9|||file|||-|-|-1| = 0 1.2.3.4\n"
		"10|||file|||-|-|-1| = 0 a.example\n");
}

static void reads_blockers_lists(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("[Adblock Plus 2.0]\n! Title: "
		      "x\n||evil.example^\n||b.example^$third-party\n||9.9.9.9^\n@@||good.example^\n||c.example/"
		      "ads^\nd.example:8443\nHKLM\\Software\\E\n"),
		"3|||file|||-|-|-1| = 0 evil.example\n"
		"4|||file|||-|-|-1| = 0 b.example\n"
		"5|||file|||-|-|-1| = 0 9.9.9.9\n"
		"trouble 6 plain list: a blocker's exception (@@) is no indicator, left out\n"
		"trouble 7 plain list: a blocker's rule that is more than ||name^, left out\n"
		"8|||file|||-|-|-1| = 0 d.example\n"
		"9|||file|||-|-|-1| = 0 HKLM\\Software\\E\n");
}

static void reads_any_pieces(void **state)
{
	(void)state;
	collect_any_pieces(INTEL_PLAIN, SLICE(list));
	collect_any_pieces(INTEL_PLAIN, SLICE("\xEF\xBB\xBF"
					      "a.example\nb\0c\n\xFF\xFE\n"));
	collect_any_pieces(INTEL_PLAIN, SLICE("\xFF\xFE"
					      "a\0.\0d\0e\0\n\0\x3D\xD8\x00\xDE\n\0x\0"));
}

static void reads_marks(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN,
		SLICE("\xEF\xBB\xBF"
		      "a.de"),
		"1|||file|||-|-|-1| = 0 a.de\n");
	collect_expect(INTEL_PLAIN,
		SLICE("\xFF\xFE"
		      "a\0.\0d\0e\0\r\0\n\0"),
		"1|||file|||-|-|-1| = 0 a.de\n");
	collect_expect(INTEL_PLAIN, SLICE("\xFE\xFF\0a\0.\0d\0e"), "1|||file|||-|-|-1| = 0 a.de\n");
	collect_expect(INTEL_PLAIN, SLICE("\xEF\xBB"), "1|||file|||-|-|-1| = 0 \xEF\xBB\n");
}

static void names_long_lines(void **state)
{
	(void)state;
	struct buf b = {0};
	for (size_t i = 0; i < (1u << 20) + 1; i++) buf_add_byte(&b, 'a');
	buf_add_text(&b, "\nb.example\n");
	for (size_t piece = 4096; piece < 4u << 20; piece *= 8) {
		struct collect c = {0};
		assert_int_equal(collect_read(&c, INTEL_PLAIN, buf_slice(&b), piece), OK);
		assert_int_equal(c.troubles, 1);
		assert_int_equal(c.indicators, 1);
		assert_true(slice_find(buf_slice(&c.text), SLICE("2|||file|||-|-|-1| = 0 b.example")) < c.text.n);
		buf_free(&c.text);
	}
	buf_free(&b);
}

static void detects(void **state)
{
	(void)state;
	static const struct {
		slice start;
		enum intel_format format;
	} cases[] = {
		{SLICE("1.2.3.4\n"), INTEL_PLAIN},
		{SLICE(""), INTEL_PLAIN},
		{SLICE("# comment\nevil.com\n"), INTEL_PLAIN},
		{SLICE("[2001:db8::1]:80\n"), INTEL_PLAIN},
		{SLICE("{a}\n"), INTEL_PLAIN},
		{SLICE("value,type\n1.2.3.4,ip\n"), INTEL_CSV},
		{SLICE("\xEF\xBB\xBFindicator;tlp\n"), INTEL_CSV},
		{SLICE("ip\tport\n"), INTEL_CSV},
		{SLICE("sha256\n"), INTEL_CSV},
		{SLICE("####\n# URLhaus Database Dump (CSV - online URLs only) #\n# "
		       "id,dateadded,url,url_status\n\"1\",\"x\",\"http://a/\""),
			INTEL_CSV},
		{SLICE("# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\"\n"), INTEL_CSV},
		{SLICE("# IP, domain and URL list\n1.2.3.4\n"), INTEL_PLAIN},
		{SLICE(" \n{\"type\":\"bundle\",\"objects\":[]}"), INTEL_STIX},
		{SLICE("{\"objects\":["), INTEL_STIX},
		{SLICE("[{\"type\":\"indicator\"}]"), INTEL_STIX},
		{SLICE("{\"type\":\"indicator\""), INTEL_STIX},
		{SLICE("{\"description\":\"\\\"list\\\":\",\"list\":[\"a\",\"b"), INTEL_WARNINGLIST},
		{SLICE("{\"matching_attributes\":[],\"list\":[],\"type\":\"string\"}"), INTEL_WARNINGLIST},
		{SLICE("<?xml version=\"1.0\"?>"), INTEL_UNKNOWN},
		{SLICE("PK\3\4\0\0"), INTEL_UNKNOWN},
		{SLICE("\xFF\xFEi\0p\0,\0t\0y\0p\0e\0\n\0"), INTEL_CSV},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(intel_detect(cases[i].start), cases[i].format);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lists),
		cmocka_unit_test(reads_ranges),
		cmocka_unit_test(names_what_is_no_address),
		cmocka_unit_test(names_what_is_half_an_address),
		cmocka_unit_test(reads_what_is_around_values),
		cmocka_unit_test(reads_names_with_a_dot_before),
		cmocka_unit_test(reads_first_words),
		cmocka_unit_test(reads_blockers_lists),
		cmocka_unit_test(reads_any_pieces),
		cmocka_unit_test(reads_marks),
		cmocka_unit_test(names_long_lines),
		cmocka_unit_test(detects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
