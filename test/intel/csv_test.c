/* CSV: columns of the feeds that people use, quotes, broken quotes. Column layouts: abuse.ch Feodo Tracker, URLhaus, ThreatFox,
 * MalwareBazaar; MISP export. */
#include "collect.h"

static void reads_ranges(void **state)
{
	(void)state;
	collect_expect(INTEL_CSV, SLICE("value,type\n10.0.0.1-10.0.0.3,ip\n10.0.0.0/33,\n10.0.0.0/24,ip\nevil.com:80,\n"),
		"2|||file|||-|-|-1| = 20 10.0.0.1/32 = 20 10.0.0.2/31\n"
		"trouble 3 RFC 4632 3.1: \"10.0.0.0/33\" is no address and no range; expected a length of 0 to 32 behind the address\n"
		"3|||file|||-|-|-1| ?an address that is none\n"
		"4|||file|||-|-|-1| = 20 10.0.0.0/24\n"
		"5|||file|||-|-|-1| = 0 evil.com\n");
}

static void reads_generic(void **state)
{
	(void)state;
	collect_expect(INTEL_CSV,
		SLICE("value,type,id,name,tlp,valid_from,valid_until,confidence,tags\r\n"
		      "evil[.]com,domain,indicator--1,\"a \"\"b\"\", c\",TLP:RED,2024-01-02,2025-01-02T03:04:05Z,80,\"x,tlp:green\"\r\n"
		      "1.2.3.4:80,ip:port,,,amber+strict,,never,high,\n"
		      "10.0.0.0/8,cidr,,,,,,,\n"
		      "CVE-2024-1,cve,,,,,,,\n"
		      "x.exe|0123456789abcdef0123456789abcdef,filename|md5,,,,,,,\n"
		      "a.example|192.0.2.7,domain|ip,,,,,,,\nb.example,domain|ip,,,,,,,\n"),
		"2|indicator--1|a \"b\", c|file|x,tlp:green|TLP:RED|2024-01-02T00:00:00Z|2025-01-02T03:04:05Z|80| = 21 evil.com\n"
		"3|||file||TLP:AMBER+STRICT|-|-|85| = 20 1.2.3.4\n"
		"4|||file|||-|-|-1| = 20 10.0.0.0/8\n"
		"5|||file|||-|-|-1| ?a type that records do not show\n"
		"6|||file|||-|-|-1| = 7 0123456789abcdef0123456789abcdef\n"
		"7|||file|||-|-|-1| = 21 a.example = 20 192.0.2.7\n"
		"8|||file|||-|-|-1| = 21 b.example\n");
}

static void reads_feeds(void **state)
{
	(void)state;
	collect_expect(INTEL_CSV,
		SLICE("####\n# Feodo Tracker, some "
		      "words\n####\n\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\",\"malware\"\n"
		      "\"2022-06-04 21:24:53\",\"1.2.3.4\",\"443\",\"offline\",\"2024-01-01\",\"QakBot\"\n# Number of entries: 1\n"),
		"5||QakBot|file|||2022-06-04T21:24:53Z|-|-1| = 20 1.2.3.4\n");
	collect_expect(INTEL_CSV,
		SLICE("# id,dateadded,url,url_status,tags,urlhaus_link\n#\n\"7\",\"2024-01-01 "
		      "00:00:01\",\"http://evil.com/a,b\",\"online\",\"elf\",\"https://urlhaus/7\"\n"),
		"3|7||file|elf||2024-01-01T00:00:01Z|-|-1| = 4 http://evil.com/a,b\n");
	collect_expect(INTEL_CSV,
		SLICE("# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"malware_printable\",\"confidence_level\"\n"
		      "\"2024-01-01 00:00:00\", \"12\", \"5.6.7.8:443\", \"ip:port\", \"Cobalt Strike\", \"75\"\n"),
		"2|12|Cobalt Strike|file|||2024-01-01T00:00:00Z|-|75| = 20 5.6.7.8\n");
	collect_expect(INTEL_CSV,
		SLICE("# "
		      "\"sha256_hash\",\"md5_hash\",\"sha1_hash\",\"file_name\"\n\"aa\",\"bb\",\"n/"
		      "a\",\"invoice.exe\"\n\"\",\"\",\"\",\"only.exe\"\n"),
		"2|||file|||-|-|-1| = 10 aa = 7 bb\n3|||file|||-|-|-1| = 6 only.exe\n");
	collect_expect(INTEL_CSV,
		SLICE("uuid,event_id,category,type,value,comment,to_ids,date\nu1,1,Network "
		      "activity,ip-dst,1.1.1.1,c,1,0\nu2,1,x,ip-dst,2.2.2.2,c,0,0\n"),
		"2|u1|c|file|||-|-|-1| = 20 1.1.1.1\n3|u2|c|file|||-|-|-1|context| ?context only: to_ids is false\n");
	collect_expect(INTEL_CSV, SLICE("Domain;Note\nevil.com;\"a;b\"\n"), "2||a;b|file|||-|-|-1| = 21 evil.com\n");
}

static const char quoted[] = "name,value\n\"two\nlines\",a.com\n\"open,b.com\nx,c.com\n\"y\",d.com\n";

static void reads_quotes(void **state)
{
	(void)state;
	collect_expect(INTEL_CSV, SLICE(quoted),
		"2||two\nlines|file|||-|-|-1| = 0 a.com\n"
		"trouble 4 RFC 4180 2: quotes do not balance; the lines are read one by one\n"
		"4||\"open|file|||-|-|-1| = 0 b.com\n"
		"5||x|file|||-|-|-1| = 0 c.com\n"
		"6||y|file|||-|-|-1| = 0 d.com\n");
	collect_expect(INTEL_CSV, SLICE("value,name\na.com,\"open\nb.com,\n"),
		"trouble 2 RFC 4180 2: quotes do not balance; the lines are read one by one\n2||\"open|file|||-|-|-1| = 0 "
		"a.com\n3|||file|||-|-|-1| = 0 b.com\n");
	collect_any_pieces(INTEL_CSV, SLICE(quoted));
}

static void names_what_is_wrong(void **state)
{
	(void)state;
	collect_expect(INTEL_CSV, SLICE("a,b\n1,2\n"),
		"error CSV: no column of the header holds values (value, indicator, ip, domain, url, sha256 …)\n");
	collect_expect(INTEL_CSV, SLICE("ip,tlp\n,red\n1.1.1.1,purple\n"),
		"trouble 2 CSV: the row has no value, left out\ntrouble 3 CSV: the marking is no TLP level; the row is taken as "
		"TLP:RED\n3|||file||TLP:RED|-|-|-1| = 20 1.1.1.1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_ranges),
		cmocka_unit_test(reads_generic),
		cmocka_unit_test(reads_feeds),
		cmocka_unit_test(reads_quotes),
		cmocka_unit_test(names_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
