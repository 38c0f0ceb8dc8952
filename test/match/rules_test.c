/* Golden tests: each rule of MATCHING.md with literal examples, for the engine on every CPU path and for the reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "rig.h"

#define NOTHING (-1)
#define EXACT MATCH_EXACT
#define SUB MATCH_SUBDOMAIN
#define RANGE MATCH_RANGE
#define PREFIX MATCH_PREFIX
#define LITERAL MATCH_LITERAL
#define PATTERN MATCH_PATTERN
#define T true
#define F false

struct rule {
	const char *indicator;
	enum observable type;
	const char *record;
	int kind;
	bool typed;
	const char *seen;
};

static const char *const zeek_tsv = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n"
				    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\thost\turi\n#"
				    "types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\n";

#define SYSMON_KEY(key) "{\"EventID\":13,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"TargetObject\":\"" key "\"}"
#define AUDIT_KEY(key) "{\"EventID\":4657,\"Channel\":\"Security\",\"ObjectName\":\"" key "\"}"
#define ZEEK_HTTP(port)                                                                                                                    \
	"{\"ts\":1.0,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\",\"id.resp_p\":" port                             \
	",\"host\":\"evil.com\",\"uri\":\"/a\"}"

#define EVE_TLS(fingerprint)                                                                                                               \
	"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"tls\",\"src_ip\":\"10.0.0.1\",\"tls\":{\"fingerprint\":"      \
	"\"" fingerprint "\"}}"
#define SYSMON_IMAGE(image) "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Image\":\"" image "\"}"
#define EVE_FILE(name)                                                                                                                     \
	"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"fileinfo\",\"src_ip\":\"10.0.0.1\",\"fileinfo\":{"            \
	"\"filename\":\"" name "\"}}"
#define ZEEK_FILE(name) "{\"_path\":\"files\",\"ts\":1.0,\"fuid\":\"F1\",\"filename\":\"" name "\"}"
static const struct rule rules[] = {
	/* IPv4 */
	{"172.18.39.6", OBSERVABLE_NONE, "{\"Message\":\"Address:\\t172.18.39.6\"}", EXACT, F, "172.18.39.6"},
	{"172.18.39.6", OBSERVABLE_NONE, "a\\t172.18.39.6 b", EXACT, F, "172.18.39.6"},
	{"192.168.56.4", OBSERVABLE_NONE, "from ::ffff:192.168.56.4 to", EXACT, F, NULL},
	{"192.168.56.4", OBSERVABLE_NONE, "from ::ffff:c0a8:3804 to", EXACT, F, "::ffff:c0a8:3804"},
	{"::ffff:192.168.56.4", OBSERVABLE_NONE, "x 192.168.56.4", EXACT, F, "192.168.56.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.4-5.6.7.8", EXACT, F, "1.2.3.4"},
	{"5.6.7.8", OBSERVABLE_NONE, "1.2.3.4-5.6.7.8", EXACT, F, "5.6.7.8"},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.4:443", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "net 1.2.3.4/24", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "It was 1.2.3.4.", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "It was 1.2.3.4. Then", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.4.5", NOTHING, F, NULL},
	{"2.3.4.5", OBSERVABLE_NONE, "1.2.3.4.5", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "01.2.3.4", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.04", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "v1.2.3.4", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "_1.2.3.4", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.4_", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.45", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.4.x", NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE,
		"\xc3\xa9"
		"1.2.3.4",
		NOTHING, F, NULL},
	{"1.2.3.4", OBSERVABLE_NONE,
		"\xe2\x80\x9c"
		"1.2.3.4\xe2\x80\x9d",
		EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE,
		"\xff"
		"1.2.3.4\x80",
		EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "ip=1.2.3.4;", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "{\"a\":\"1\\u002e2.3.4\"}", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "1.2.3.4", EXACT, F, "1.2.3.4"},
	/* IPv6 */
	{"2001:db8::1", OBSERVABLE_NONE, "[2001:DB8:0:0:0:0:0:1]:443", EXACT, F, NULL},
	{"2001:db8::1", OBSERVABLE_NONE, "2001:0db8:0000:0000:0000:0000:0000:0001", EXACT, F, NULL},
	{"fe80::1", OBSERVABLE_NONE, "fe80::1%eth0", EXACT, F, "fe80::1"},
	{"fe80::1", OBSERVABLE_NONE, "src:fe80::1,", EXACT, F, "fe80::1"},
	{"fe80::1", OBSERVABLE_NONE, "fe80::1x", NOTHING, F, NULL},
	{"10.0.0.1", OBSERVABLE_NONE, "64:ff9b::10.0.0.1", EXACT, F, "10.0.0.1"},
	{"fe80::1%eth0", OBSERVABLE_NONE, "x fe80::1 y", EXACT, F, "fe80::1"},
	{"[2001:db8::1]", OBSERVABLE_IPV6, "x 2001:db8::1 y", EXACT, F, NULL},
	/* ranges */
	{"10.0.0.0/8", OBSERVABLE_NONE, "a 10.9.8.7 b", RANGE, F, "10.9.8.7"},
	{"10.0.0.0/8", OBSERVABLE_NONE, "a 11.9.8.7 b", NOTHING, F, NULL},
	{"2001:db8::/32", OBSERVABLE_NONE, "a 2001:db8:ffff::1 b", RANGE, F, "2001:db8:ffff::1"},
	{"10.0.0.1/32", OBSERVABLE_NONE, "a 10.0.0.1 b", EXACT, F, "10.0.0.1"},
	{"::ffff:10.0.0.1/128", OBSERVABLE_NONE, "a 10.0.0.1 b", EXACT, F, "10.0.0.1"},
	{"2001:DB8::1/128", OBSERVABLE_NONE, "a 2001:db8:0::1 b", EXACT, F, "2001:db8:0::1"},
	{"10.0.0.1/32", OBSERVABLE_IPV4, "a 10.0.0.2 b", NOTHING, F, NULL},
	/* names */
	{"wpad.shire", OBSERVABLE_NONE, "q wpad.shire.com", NOTHING, F, NULL},
	{"wpad.shire", OBSERVABLE_NONE, "q a.wpad.shire", SUB, F, "a.wpad.shire"},
	{"wpad.shire", OBSERVABLE_NONE, "q WPAD.Shire.", EXACT, F, NULL},
	{"wpad.shire", OBSERVABLE_NONE, "q xwpad.shire", NOTHING, F, NULL},
	{"wpad.shire", OBSERVABLE_NONE, "q x-wpad.shire", NOTHING, F, NULL},
	{"wpad.shire", OBSERVABLE_NONE, "wpad.shire@evil.com", NOTHING, F, NULL},
	{"b.com", OBSERVABLE_NONE, "a..b.com", EXACT, F, "b.com"},
	{"xn--bcher-kva.com", OBSERVABLE_NONE,
		"www.b\xc3\xbc"
		"cher.com",
		SUB, F,
		"www.b\xc3\xbc"
		"cher.com"},
	{"b\xc3\xbc"
	 "cher.com",
		OBSERVABLE_NONE, "{\"q\":\"b\\u00fccher.com\"}", EXACT, F,
		"b\xc3\xbc"
		"cher.com"},
	{"evil.com", OBSERVABLE_NONE, "evil.com:443", EXACT, F, "evil.com"},
	{"evil.com", OBSERVABLE_NONE, "http://evil.com/x", EXACT, F, "evil.com"},
	{"evil.com", OBSERVABLE_NONE, "https:\\/\\/evil.com\\/x", EXACT, F, "evil.com"},
	{"evil.com", OBSERVABLE_NONE, "bob@evil.com", EXACT, F, "evil.com"},
	{"evil.com", OBSERVABLE_NONE, "evil.com.5", NOTHING, F, NULL},
	/* hashes */
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "MD5=D41D8CD98F00B204E9800998ECF8427E,x", EXACT, F,
		"D41D8CD98F00B204E9800998ECF8427E"},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "_d41d8cd98f00b204e9800998ecf8427e.", EXACT, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "xd41d8cd98f00b204e9800998ecf8427e", NOTHING, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "d41d8cd98f00b204e9800998ecf8427e0", NOTHING, F, NULL},
	/* fingerprints: the same with colons, in records and in indicators */
	{"da39a3ee5e6b4b0d3255bfef95601890afd80709", OBSERVABLE_SHA1,
		EVE_TLS("DA:39:A3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09"), EXACT, T,
		"DA:39:A3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09"},
	{"da39a3ee5e6b4b0d3255bfef95601890afd80709", OBSERVABLE_NONE,
		EVE_TLS("da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09"), EXACT, T, NULL},
	{"DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09", OBSERVABLE_NONE,
		EVE_TLS("da39a3ee5e6b4b0d3255bfef95601890afd80709"), EXACT, T, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	{"DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09", OBSERVABLE_SHA1,
		EVE_TLS("da39a3ee5e6b4b0d3255bfef95601890afd80709"), EXACT, T, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_MD5, EVE_TLS("d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e"), EXACT, T, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "MD5:d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e:", EXACT, F,
		"d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e"},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "a\nd4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e\n", EXACT, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e:00", NOTHING, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "00:d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e", NOTHING, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7ex", NOTHING, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "d4:1d:8c:d9:8f:00:b2:04::e9:80:09:98:ec:f8:42:7e", NOTHING, F, NULL},
	{"d41d8cd98f00b204e9800998ecf8427e", OBSERVABLE_NONE, "{\"id\":\"d4\\u003a1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e\"}", EXACT,
		F, NULL},
	/* e-mail */
	{"bob@evil.com", OBSERVABLE_NONE, "to <Bob@EVIL.com>", EXACT, F, "Bob@EVIL.com"},
	{"bob@evil.com", OBSERVABLE_NONE, "to x.bob@evil.com", NOTHING, F, NULL},
	{"o'brien@evil.com", OBSERVABLE_NONE, "to o'brien@evil.com", EXACT, F, "o'brien@evil.com"},
	{"bob+x@evil.com", OBSERVABLE_NONE, "(bob+x@evil.com)", EXACT, F, "bob+x@evil.com"},
	/* URLs */
	{"http://evil.com/a", OBSERVABLE_NONE, "GET http://EVIL.com:80/b/../a", EXACT, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, "GET https://evil.com/a", NOTHING, F, NULL},
	{"evil.com/a", OBSERVABLE_NONE, "GET https://evil.com/a", EXACT, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, "x evil.com/a y", EXACT, F, "evil.com/a"},
	{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/a/b", NOTHING, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/a#top", EXACT, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, "(see http://evil.com/a).", EXACT, F, "http://evil.com/a"},
	{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/%61", EXACT, F, NULL},
	{"http://evil.com/", OBSERVABLE_NONE, "host evil.com here", NOTHING, F, NULL},
	{"http://evil.com/", OBSERVABLE_NONE, "http://evil.com", EXACT, F, "http://evil.com"},
	{"http://evil.com/a?x=1", OBSERVABLE_NONE, "http://evil.com/a?x=1", EXACT, F, NULL},
	{"http://evil.com/a?x=1", OBSERVABLE_NONE, "http://evil.com/a?x=2", NOTHING, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE,
		"{\"ts\":1.0,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\",\"host\":\"evil.com\",\"method\":\"GET\","
		"\"uri\":\"/a\"}",
		EXACT, T, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE,
		"{\"ts\":1.0,\"uid\":\"C1\",\"uri\":\"/"
		"a\",\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\",\"user_agent\":\"x\",\"host\":\"evil.com\"}",
		EXACT, T, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE,
		"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"http\",\"src_ip\":\"10.0.0.1\",\"http\":{\"hostname\":"
		"\"evil.com\",\"url\":\"/a\"}}",
		EXACT, T, NULL},
	/* URLs: the marks behind one may be its own, each of them */
	{"http://evil.com/(x)", OBSERVABLE_NONE, "(see http://evil.com/(x)).", EXACT, F, "http://evil.com/(x)"},
	{"http://evil.com/(x)", OBSERVABLE_NONE, "\"url\":'http://evil.com/(x)'}],", EXACT, F, "http://evil.com/(x)"},
	{"http://evil.com/a.", OBSERVABLE_NONE, "http://evil.com/a...", EXACT, F, "http://evil.com/a."},
	{"evil.com/a?q=(1)", OBSERVABLE_NONE, "[x](evil.com/a?q=(1)).", EXACT, F, "evil.com/a?q=(1)"},
	{"http://evil.com/(x", OBSERVABLE_NONE, "http://evil.com/(x)).", EXACT, F, "http://evil.com/(x"},
	{"http://evil.com/(x)y", OBSERVABLE_NONE, "http://evil.com/(x)).", NOTHING, F, NULL},
	/* URLs: a port is the default one if it is that of the scheme that either of the two states */
	{"http://evil.com/a", OBSERVABLE_NONE, "x evil.com:80/a y", EXACT, F, "evil.com:80/a"},
	{"https://evil.com/a", OBSERVABLE_NONE, "x evil.com:443/a y", EXACT, F, NULL},
	{"https://evil.com/a", OBSERVABLE_NONE, "x evil.com:80/a y", NOTHING, F, NULL},
	{"http://evil.com:8080/a", OBSERVABLE_NONE, "x evil.com:8080/a y", EXACT, F, NULL},
	{"http://1.2.3.4/a", OBSERVABLE_NONE, "x 1.2.3.4:80/a y", EXACT, F, NULL},
	{"evil.com:80/a", OBSERVABLE_NONE, "x http://evil.com/a y", EXACT, F, NULL},
	{"evil.com:80/a", OBSERVABLE_NONE, "x http://evil.com:80/a y", EXACT, F, NULL},
	{"evil.com:80/a", OBSERVABLE_NONE, "x https://evil.com/a y", NOTHING, F, NULL},
	{"evil.com:443/a", OBSERVABLE_NONE, "x https://evil.com/a y", EXACT, F, NULL},
	{"evil.com/a", OBSERVABLE_NONE, "x evil.com:80/a y", EXACT, F, NULL},
	{"evil.com:80/a", OBSERVABLE_NONE, "x evil.com/a y", EXACT, F, NULL},
	{"evil.com:80/a", OBSERVABLE_NONE, "x evil.com:443/a y", NOTHING, F, NULL},
	{"evil.com:8080/a", OBSERVABLE_NONE, "x http://evil.com/a y", NOTHING, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, ZEEK_HTTP("443"), EXACT, T, NULL},
	{"https://evil.com/a", OBSERVABLE_NONE, ZEEK_HTTP("443"), EXACT, T, NULL},
	{"http://evil.com:443/a", OBSERVABLE_NONE, ZEEK_HTTP("443"), EXACT, T, NULL},
	{"https://evil.com:80/a", OBSERVABLE_NONE, ZEEK_HTTP("80"), EXACT, T, NULL},
	{"http://evil.com:8080/a", OBSERVABLE_NONE, ZEEK_HTTP("8080"), EXACT, T, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, ZEEK_HTTP("8080"), NOTHING, F, NULL},
	{"evil.com/r?u=http://x.com/", OBSERVABLE_NONE, "x https://evil.com/r?u=http://x.com/ y", EXACT, F, NULL},
	{"^https?://evil\\.com/a$", OBSERVABLE_URL, ZEEK_HTTP("80"), PATTERN, T, NULL},
	{"^https://evil\\.com:443/", OBSERVABLE_URL, ZEEK_HTTP("443"), PATTERN, T, NULL},
	/* an empty label ends no host, whatever follows it */
	{"hxxp://mail-a-.evil.php.", OBSERVABLE_URL, "_hxxp://mail-a-.evil.php..::FffF:1", NOTHING, F, NULL},
	{"http://evil.php/", OBSERVABLE_URL, "http://evil.php..::ffff:", NOTHING, F, NULL},
	{"http://evil.php/", OBSERVABLE_URL, "see http://evil.php.. or", EXACT, F, "http://evil.php"},
	/* URLs: text in columns, where a separator may be the URL's own or not */
	{"http://evil.com/a", OBSERVABLE_NONE, "10:00,http://evil.com/a,200", EXACT, F, "http://evil.com/a"},
	{"http://evil.com/a,200", OBSERVABLE_NONE, "10:00,http://evil.com/a,200", EXACT, F, "http://evil.com/a,200"},
	{"http://evil.com/a", OBSERVABLE_NONE, "GET|http://evil.com/a|200", EXACT, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, "{'url':'http://evil.com/a','n':1}", EXACT, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/a.php,1", NOTHING, F, NULL},
	{"http://evil.com/a", OBSERVABLE_NONE,
		"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"http\",\"src_ip\":\"10.0.0.1\",\"http\":{\"http_"
		"refer\":\"http://evil.com/a,200\"}}",
		NOTHING, F, NULL},
	/* URLs: what no URL may hold as it is */
	{"http://evil.com/a b", OBSERVABLE_NONE, "x http://evil.com/a%20b", EXACT, F, NULL},
	{"http://evil.com/%c3%a9", OBSERVABLE_NONE, "x http://evil.com/\xc3\xa9", EXACT, F, NULL},
	{"http://[2001:db8::1]/a", OBSERVABLE_NONE,
		"{\"ts\":1.0,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"host\":\"2001:db8::1\",\"uri\":\"/a\"}", EXACT, T, NULL},
	/* a fragment of a URL is looked for in its host only: the rest may be written in other ways */
	{"http://localhost/verylongsegment", OBSERVABLE_NONE, "x http://localhost/%76erylongsegment y", EXACT, F, NULL},
	/* files */
	{"cl.exe", OBSERVABLE_FILE_NAME, "run cl.exe now", EXACT, F, "cl.exe"},
	{"cl.exe", OBSERVABLE_DOMAIN, "run cl.exe now", EXACT, F, "cl.exe"},
	{"cl.exe", OBSERVABLE_FILE_NAME, "run C:\\Windows\\CL.EXE now", EXACT, F, "CL.EXE"},
	{"cl.exe", OBSERVABLE_FILE_NAME, "run ccl.exe now", NOTHING, F, NULL},
	{"cl.exe", OBSERVABLE_FILE_NAME, "run cl.exe.bak now", NOTHING, F, NULL},
	{"cl.exe", OBSERVABLE_FILE_NAME, "run cl.exe.", EXACT, F, "cl.exe"},
	{"C:\\Windows\\cl.exe", OBSERVABLE_FILE_NAME, "{\"m\":\"run c:\\\\windows\\\\cl.exe\"}", EXACT, F, "c:\\windows\\cl.exe"},
	{"cl.exe", OBSERVABLE_FILE_NAME,
		"{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Image\":\"C:\\\\x\\\\CL.exe\"}", EXACT, T, "CL.exe"},
	{"cl.exe", OBSERVABLE_DOMAIN,
		"{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Image\":\"C:\\\\x\\\\cl.exe\"}", NOTHING, F, NULL},
	{"cl.exe", OBSERVABLE_NONE, "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Image\":\"C:\\\\x\\\\cl.exe\"}",
		EXACT, T, "cl.exe"},
	/* files: names with blanks, plain and typed */
	{"Malicious Report.docx", OBSERVABLE_NONE, SYSMON_IMAGE("C:\\\\x\\\\malicious report.DOCX"), EXACT, T, "malicious report.DOCX"},
	{"Malicious Report.docx", OBSERVABLE_NONE, EVE_FILE("/a/Malicious Report.docx"), EXACT, T, "Malicious Report.docx"},
	{"Malicious Report.docx", OBSERVABLE_NONE, EVE_FILE("/a/Very Malicious Report.docx"), NOTHING, F, NULL},
	{"Malicious Report.docx", OBSERVABLE_NONE, ZEEK_FILE("Malicious Report.docx"), EXACT, T, NULL},
	{"Malicious Report.docx", OBSERVABLE_NONE, "opened Malicious Report.docx now", LITERAL, F, NULL},
	{"Read me", OBSERVABLE_NONE, ZEEK_FILE("dir/read me"), EXACT, T, "read me"},
	{"Malicious Report.docx", OBSERVABLE_FILE_NAME, SYSMON_IMAGE("C:\\\\x\\\\Malicious Report.docx"), EXACT, T, NULL},
	{"Malicious Report.docx", OBSERVABLE_FILE_NAME, EVE_FILE("Malicious Report.docx"), EXACT, T, NULL},
	{"Malicious Report.docx", OBSERVABLE_FILE_NAME, ZEEK_FILE("Malicious Report.docx"), EXACT, T, NULL},
	{"Malicious Report (1).docx", OBSERVABLE_FILE_NAME, EVE_FILE("/a/malicious report (1).docx"), EXACT, T, NULL},
	{"C:\\My Files\\run me.exe", OBSERVABLE_NONE, SYSMON_IMAGE("c:\\\\my files\\\\Run me.exe"), EXACT, T, "c:\\my files\\Run me.exe"},
	/* others */
	{"Global\\mutex-7", OBSERVABLE_MUTEX, "opened Global\\mutex-7.", LITERAL, F, NULL},
	{"Global\\mutex-7", OBSERVABLE_MUTEX, "opened Global\\mutex-77", NOTHING, F, NULL},
	{"caf\xc3\xa9 agent", OBSERVABLE_USER_AGENT, "x cafe\xcc\x81 agent y", LITERAL, F, NULL},
	/* registry keys: a hive has many names */
	{"HKEY_LOCAL_MACHINE\\Software\\Evil", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKLM\\\\SOFTWARE\\\\Evil"), LITERAL, T,
		"HKLM\\SOFTWARE\\Evil"},
	{"HKLM\\Software\\Evil", OBSERVABLE_NONE, SYSMON_KEY("HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Evil"), LITERAL, T, NULL},
	{"HKLM\\Software\\Evil", OBSERVABLE_REGISTRY_KEY, AUDIT_KEY("\\\\REGISTRY\\\\MACHINE\\\\SOFTWARE\\\\Evil"), LITERAL, T,
		"\\REGISTRY\\MACHINE\\SOFTWARE\\Evil"},
	{"\\REGISTRY\\MACHINE\\Software\\Evil", OBSERVABLE_NONE, SYSMON_KEY("HKLM\\\\SOFTWARE\\\\Evil"), LITERAL, T, NULL},
	{"HKCU\\Software\\Evil", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKU\\\\S-1-5-21-1-2-3-1001\\\\Software\\\\Evil"), LITERAL, T, NULL},
	{"HKU\\S-1-5-21-1-2-3-1001\\Software\\Evil", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKU\\\\S-1-5-21-1-2-3-1002\\\\Software\\\\Evil"),
		NOTHING, F, NULL},
	{"HKEY_CURRENT_USER\\Software\\Evil", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKU\\\\.DEFAULT\\\\Software\\\\Evil"), NOTHING, F, NULL},
	{"HKLM\\SYSTEM\\CurrentControlSet\\Services\\evil", OBSERVABLE_REGISTRY_KEY,
		AUDIT_KEY("\\\\REGISTRY\\\\MACHINE\\\\SYSTEM\\\\ControlSet001\\\\Services\\\\evil"), LITERAL, T, NULL},
	{"HKLM\\SYSTEM\\ControlSet002\\Services\\evil", OBSERVABLE_REGISTRY_KEY,
		SYSMON_KEY("HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\evil"), NOTHING, F, NULL},
	{"HKLM\\Software\\Evil", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKCU\\\\SOFTWARE\\\\Evil"), NOTHING, F, NULL},
	{"HKLM\\Software\\Evil", OBSERVABLE_NONE, "reg add HKEY_LOCAL_MACHINE\\software\\evil /f", LITERAL, F,
		"HKEY_LOCAL_MACHINE\\software\\evil"},
	{"HKLM\\Software\\Evil", OBSERVABLE_NONE, "Set-Item HKLM:\\Software\\Evil;", LITERAL, F, "HKLM:\\Software\\Evil"},
	{"HKLM\\Software\\Evil\\", OBSERVABLE_NONE, SYSMON_KEY("HKLM\\\\Software\\\\Evil"), LITERAL, T, NULL},
	{"HKLM\\Software\\Evil", OBSERVABLE_NONE, SYSMON_KEY("HKLM\\\\Software\\\\Evil\\\\"), LITERAL, T, NULL},
	{"HKLM\\Software\\Evil", OBSERVABLE_NONE, "reg add HKLM\\software\\evils /f", NOTHING, F, NULL},
	{"HKLM\\Software\\Evil", OBSERVABLE_NONE, "reg add XHKLM\\software\\evil /f", NOTHING, F, NULL},
	{"^HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKLM\\\\SOFTWARE\\\\Evil"), PATTERN, T, NULL},
	/* broken JSON is text */
	{"1.2.3.4", OBSERVABLE_NONE, "{\"a\":\"1.2.3.4\",", EXACT, F, "1.2.3.4"},
	{"1.2.3.4", OBSERVABLE_NONE, "{\"a\":\"\\t1.2.3.4\",\"n\":123456789012345678901234567890}", EXACT, F, "1.2.3.4"},
	/* and a backslash in it may be a path's or an escape's, as in any text */
	{"bad.exe", OBSERVABLE_FILE_NAME, "{thread-1} opened C:\\temp\\bad.exe", EXACT, F, "bad.exe"},
	{"bad.exe", OBSERVABLE_NONE, "  {'path': 'C:\\temp\\bad.exe'}", EXACT, F, "bad.exe"},
	{"C:\\temp\\bad.exe", OBSERVABLE_NONE, "{thread-1} opened C:\\temp\\bad.exe", EXACT, F, "C:\\temp\\bad.exe"},
	{"C:\\temp\\bad.exe", OBSERVABLE_NONE, "{\"path\":\"C:\\temp\\bad.exe\",", EXACT, F, "C:\\temp\\bad.exe"},
	{"native.evil.com", OBSERVABLE_NONE, "{4f1c} user \\\\fs01\\native.evil.com\\x", EXACT, F, "native.evil.com"},
	{"evil.com", OBSERVABLE_NONE, "{4f1c} user \\t\\nevil.com\\x", EXACT, F, "evil.com"},
	{"bob@evil.com", OBSERVABLE_NONE, "{4f1c} \\bob@evil.com", EXACT, F, "bob@evil.com"},
	{"ob@evil.com", OBSERVABLE_NONE, "{4f1c} \\bob@evil.com", EXACT, F, "ob@evil.com"},
	{"bob@nevil.com", OBSERVABLE_NONE, "{4f1c} bob@\\nevil.com", NOTHING, F, NULL},
	{"fd4b1ee2a25b1b4d8d3d1c8b2b1a8f6e", OBSERVABLE_NONE, "{4f1c} \\fd4b1ee2a25b1b4d8d3d1c8b2b1a8f6e", EXACT, F, NULL},
	{"fe80::1:2", OBSERVABLE_NONE, "{4f1c} \\fe80::1:2", EXACT, F, NULL},
	{"evil.com", OBSERVABLE_NONE, "{4f1c} evil\\u002ecom", EXACT, F, "evil.com"},
	{"users.evil.com", OBSERVABLE_NONE, "{4f1c} \\users.evil.com", EXACT, F, NULL},
	{"u002e.evil.com", OBSERVABLE_NONE, "{4f1c} \\u002e.evil.com", EXACT, F, NULL},
	{"evil.com", OBSERVABLE_NONE, "[4f1c] a=1 b=2 \\nevil.com", EXACT, F, NULL},
	{"nevil.com", OBSERVABLE_NONE, "[4f1c] a=1 b=2 \\nevil.com", EXACT, F, NULL},
	{"temp\\run x", OBSERVABLE_MUTEX, "{4f1c} a \\temp\\run x", LITERAL, F, NULL},
	{"\\\\.run x", OBSERVABLE_MUTEX, "{\"a\":\"\\\\.run x\"}", NOTHING, F, NULL},
	{"bad.exe", OBSERVABLE_FILE_NAME, "{\"path\":\"C:\\temp\\bad.exe\"}", NOTHING, F, NULL},
};

/* 1 and a line on stderr when the hits are not what the rule says */
static unsigned judge(const struct rule *r, const char *who, const struct reference_hits *h)
{
	bool good = r->kind == NOTHING ? h->n == 0 : h->n == 1 && (int)h->at[0].kind == r->kind && h->at[0].typed == r->typed;
	if (good && r->seen != NULL) good = slice_equal(h->at[0].seen, slice_from(r->seen));
	if (good) return 0;
	fprintf(stderr, "%s: '%s' (type %d) in '%s': %zu hits", who, r->indicator, r->type, r->record, h->n);
	if (h->n > 0)
		fprintf(stderr, ", %s typed=%d seen='%.*s'", match_kind_name(h->at[0].kind), h->at[0].typed, SLICE_PRINTF(h->at[0].seen));
	fprintf(stderr, "; wanted %s typed=%d seen='%s'\n", r->kind == NOTHING ? "nothing" : match_kind_name((enum match_kind)r->kind),
		r->typed, r->seen != NULL ? r->seen : "any");
	return 1;
}

struct options {
	bool exact_only, url_prefix;
	const char *path; /* strict, only there */
	enum term_op op;  /* TERM_EQUAL: told by the kind */
};

static unsigned apply(const struct rule *r, struct options o, const char *header)
{
	unsigned wrong = 0;
	struct arena *a = arena_new(0);
	enum term_op op = o.op != TERM_EQUAL ? o.op : r->kind == PATTERN ? TERM_MATCHES : TERM_EQUAL;
	struct indicator i = rig_indicator(a, "indicator--1",
		(struct indicator_term){.op = op,
			.type = r->type,
			.value = slice_from(r->indicator),
			.path = slice_from(o.path),
			.strict = op != TERM_EQUAL || o.path != NULL,
			.by_path = o.path != NULL});
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *list = rig_watchlist(&ws, &i, 1);
	assert_non_null(list);
	struct scan_settings s = {.exact_only = o.exact_only, .url_prefix = o.url_prefix, .telemetry = {.year = 2021}};
	struct reference_settings rs = {.exact_only = o.exact_only, .url_prefix = o.url_prefix, .telemetry = {.year = 2021}};
	struct reference_input in = {.text = slice_from(r->record)};
	if (header != NULL) in.format = telemetry_detect(a, slice_from(header), &in.header);
	struct reference_hits hits = {0};
	reference_match(a, &i, 1, &rs, &in, &hits);
	wrong += judge(r, "reference", &hits);
	struct rig_watch w = {list, &i, 1};
	for (int path = SCAN_BEST; path <= SCAN_AVX512; path++)
		if (rig_scan(a, &w, &s, (enum scan_path)path, &in, &hits)) wrong += judge(r, rig_path_name((enum scan_path)path), &hits);
	watchlist_free(list);
	arena_free(a);
	return wrong;
}

static void each_rule(void **state)
{
	(void)state;
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) wrong += apply(&rules[i], (struct options){0}, NULL);
	assert_int_equal(wrong, 0);
}

static void exact_only_leaves_exact(void **state)
{
	(void)state;
	static const struct rule r[] = {
		{"evil.com", OBSERVABLE_NONE, "evil.com", EXACT, F, "evil.com"},
		{"evil.com", OBSERVABLE_NONE, "a.evil.com", NOTHING, F, NULL},
		{"10.0.0.0/8", OBSERVABLE_NONE, "10.1.1.1", NOTHING, F, NULL},
		{"whoami /all", OBSERVABLE_COMMAND_LINE, "x whoami /all", NOTHING, F, NULL},
	};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof r / sizeof *r; i++) wrong += apply(&r[i], (struct options){.exact_only = true}, NULL);
	assert_int_equal(wrong, 0);
}

static void url_prefix_on_request(void **state)
{
	(void)state;
	static const struct rule r[] = {
		{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/a/b", PREFIX, F, NULL},
		{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/a?q", PREFIX, F, NULL},
		{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/ab", NOTHING, F, NULL},
		{"http://evil.com/a", OBSERVABLE_NONE, "http://evil.com/a", EXACT, F, NULL},
		{"http://evil.com/", OBSERVABLE_NONE, "http://evil.com/a/b", PREFIX, F, NULL},
	};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof r / sizeof *r; i++) wrong += apply(&r[i], (struct options){.url_prefix = true}, NULL);
	assert_int_equal(wrong, 0);
}

static void like_runs_on_values(void **state)
{
	(void)state;
	static const struct rule r[] = {
		{"http://evil.com/%", OBSERVABLE_URL, ZEEK_HTTP("80"), PATTERN, T, "http://evil.com/a"},
		{"https://%.com:443/_", OBSERVABLE_URL, ZEEK_HTTP("443"), PATTERN, T, NULL},
		{"evil.com:8080/%", OBSERVABLE_URL, ZEEK_HTTP("8080"), PATTERN, T, NULL},
		{"http://evil.com/a", OBSERVABLE_URL, ZEEK_HTTP("8080"), NOTHING, F, NULL},
		{"http://evil.com/b%", OBSERVABLE_URL, ZEEK_HTTP("80"), NOTHING, F, NULL},
		{"http%", OBSERVABLE_URL, ZEEK_HTTP("80"), PATTERN, T, NULL},
		{"HKEY_LOCAL_MACHINE\\Software\\%", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKLM\\\\Software\\\\Evil"), PATTERN, T, NULL},
		{"HKLM\\SYSTEM\\CurrentControlSet\\%", OBSERVABLE_REGISTRY_KEY,
			AUDIT_KEY("\\\\REGISTRY\\\\MACHINE\\\\SYSTEM\\\\ControlSet001\\\\x"), PATTERN, T, NULL},
		{"HKCU\\%", OBSERVABLE_REGISTRY_KEY, SYSMON_KEY("HKLM\\\\Software\\\\Evil"), NOTHING, F, NULL},
	};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof r / sizeof *r; i++) wrong += apply(&r[i], (struct options){.op = TERM_LIKE}, NULL);
	assert_int_equal(wrong, 0);
}

#define CONN(from, to) "{\"ts\":1.0,\"uid\":\"C1\",\"id.orig_h\":\"" from "\",\"id.resp_h\":\"" to "\"}"
#define SYSMON(fields) "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\"," fields "}"

static void roles_need_their_field(void **state)
{
	(void)state;
	static const char dst[] = "network-traffic:dst_ref.value", parent[] = "process:parent_ref.command_line",
			  image[] = "process:binary_ref.name";
	static const struct {
		struct rule r;
		const char *path;
		enum term_op op;
	} cases[] = {
		{{"10.0.0.2", OBSERVABLE_ADDRESS, CONN("10.0.0.1", "10.0.0.2"), EXACT, T, NULL}, dst, TERM_EQUAL},
		{{"10.0.0.1", OBSERVABLE_ADDRESS, CONN("10.0.0.1", "10.0.0.2"), NOTHING, F, NULL}, dst, TERM_EQUAL},
		{{"10.0.0.2", OBSERVABLE_ADDRESS, "to 10.0.0.2", NOTHING, F, NULL}, dst, TERM_EQUAL},
		{{"10.0.0.0/30", OBSERVABLE_ADDRESS, CONN("9.9.9.9", "10.0.0.2"), RANGE, T, NULL}, dst, TERM_SUBSET},
		{{"10.0.0.0/30", OBSERVABLE_ADDRESS, CONN("10.0.0.1", "9.9.9.9"), NOTHING, F, NULL}, dst, TERM_SUBSET},
		{{"10.0.0.%", OBSERVABLE_ADDRESS, CONN("9.9.9.9", "10.0.0.2"), PATTERN, T, NULL}, dst, TERM_LIKE},
		{{"10.0.0.%", OBSERVABLE_ADDRESS, CONN("10.0.0.1", "9.9.9.9"), NOTHING, F, NULL}, dst, TERM_LIKE},
		{{"evil.com", OBSERVABLE_ADDRESS, SYSMON("\"DestinationHostname\":\"evil.com\""), EXACT, T, NULL}, dst, TERM_EQUAL},
		{{"evil.com", OBSERVABLE_ADDRESS, SYSMON("\"DestinationHostname\":\"a.evil.com\""), NOTHING, F, NULL}, dst, TERM_EQUAL},
		{{"whoami", OBSERVABLE_COMMAND_LINE, SYSMON("\"ParentCommandLine\":\"whoami\""), LITERAL, T, NULL}, parent, TERM_EQUAL},
		{{"whoami", OBSERVABLE_COMMAND_LINE, SYSMON("\"CommandLine\":\"whoami\""), NOTHING, F, NULL}, parent, TERM_EQUAL},
		{{"whoami", OBSERVABLE_COMMAND_LINE, "run whoami", NOTHING, F, NULL}, parent, TERM_EQUAL},
		{{"%whoami%", OBSERVABLE_COMMAND_LINE, SYSMON("\"CommandLine\":\"whoami\""), NOTHING, F, NULL}, parent, TERM_LIKE},
		{{"cl.exe", OBSERVABLE_FILE_NAME, SYSMON("\"Image\":\"C:\\\\x\\\\cl.exe\""), EXACT, T, NULL}, image, TERM_EQUAL},
		{{"cl.exe", OBSERVABLE_FILE_NAME, SYSMON("\"ParentImage\":\"C:\\\\x\\\\cl.exe\""), NOTHING, F, NULL}, image, TERM_EQUAL},
	};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		wrong += apply(&cases[i].r, (struct options){.path = cases[i].path, .op = cases[i].op}, NULL);
	assert_int_equal(wrong, 0);
}

/* Zeek writes bytes that are no ASCII as \xHH. */
static void zeek_tsv_escapes(void **state)
{
	(void)state;
	const struct rule hidden[] = {
		{"xn--bcher-kva.com", OBSERVABLE_NONE, "1.5\tC1\t10.0.0.1\t1\t10.0.0.2\t80\tb\\xc3\\xbccher.com\t/a", EXACT, T, NULL},
		{"caf\xc3\xa9 agent", OBSERVABLE_NONE, "1.5\tC1\t10.0.0.1\t1\t10.0.0.2\t80\tx.com\t/caf\\xc3\\xa9 agent", LITERAL, F, NULL},
	};
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) assert_int_equal(apply(&hidden[i], (struct options){0}, zeek_tsv), 0);
}

static void zeek_tsv_is_typed(void **state)
{
	(void)state;
	static const struct rule r[] = {
		{"10.0.0.9", OBSERVABLE_NONE, "1.5\tC1\t10.0.0.9\t5\t10.0.0.2\t80\tevil.com\t/a", EXACT, T, "10.0.0.9"},
		{"www.evil.com", OBSERVABLE_NONE, "1.5\tC1\t10.0.0.9\t5\t10.0.0.2\t80\tevil.com\t/a", NOTHING, F, NULL},
		{"http://evil.com/a", OBSERVABLE_NONE, "1.5\tC1\t10.0.0.9\t5\t10.0.0.2\t80\tevil.com\t/a", EXACT, T, NULL},
	};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof r / sizeof *r; i++) wrong += apply(&r[i], (struct options){0}, zeek_tsv);
	assert_int_equal(wrong, 0);
}

/* ---- places, validity, suppression ---- */

static struct indicator plain(struct arena *a, const char *id, const char *value)
{
	return rig_indicator(a, id, (struct indicator_term){.op = TERM_EQUAL, .value = slice_from(value)});
}

static void places_are_told(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator i = plain(a, "indicator--1", "1.2.3.4");
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *list = rig_watchlist(&ws, &i, 1);
	struct rig_watch w = {list, &i, 1};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	struct reference_input in = {.text = SLICE("x\r\n\r\n\na 1.2.3.4\r\nb\n1.2.3.4")};
	struct reference_hits h;
	assert_true(rig_scan(a, &w, &s, SCAN_BEST, &in, &h));
	assert_int_equal(h.n, 2);
	assert_int_equal(h.records, 4);
	assert_int_equal(h.lines, 6);
	assert_int_equal(h.at[0].line, 3);
	assert_int_equal(h.at[0].record_no, 1);
	assert_int_equal(h.at[0].offset, 6);
	assert_int_equal(h.at[1].line, 5);
	assert_int_equal(h.at[1].record_no, 3);
	assert_int_equal(h.at[1].offset, 19);
	watchlist_free(list);
	arena_free(a);
}

static void expired_and_revoked_are_left_out(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in[3] = {
		plain(a, "indicator--1", "1.1.1.1"), plain(a, "indicator--2", "1.1.1.1"), plain(a, "indicator--3", "1.1.1.1")};
	in[0].valid_until = 1000;
	in[1].revoked = true;
	in[2].valid_until = 1001;
	struct reference_input text = {.text = SLICE("1.1.1.1\n")};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	for (int all = 0; all <= 1; all++) {
		struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT, .at = 1000, .all = all != 0};
		struct watchlist *list = rig_watchlist(&ws, in, 3);
		struct rig_watch w = {list, in, 3};
		struct reference_hits h;
		assert_true(rig_scan(a, &w, &s, SCAN_BEST, &text, &h));
		assert_int_equal(h.n, all ? 3 : 1);
		if (!all) assert_int_equal(h.at[0].indicator, 2);
		if (!all) assert_int_equal(watchlist_counts(list).expired, 1);
		if (!all) assert_int_equal(watchlist_counts(list).revoked, 1);
		watchlist_free(list);
	}
	arena_free(a);
}

/* STIX 2.1 3.6: the newest version of an id counts, in whatever order they come, also when it revokes. */
static void the_newest_version_counts(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct reference_input text = {.text = SLICE("1.1.1.1 2.2.2.2\n")};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	for (int round = 0; round < 4; round++) {
		bool old_first = (round & 1) != 0, revoked = (round & 2) != 0;
		struct indicator old = plain(a, "indicator--1", "1.1.1.1"), new = plain(a, "indicator--1", "2.2.2.2");
		old.modified = 1000;
		new.modified = 2000;
		new.revoked = revoked;
		struct indicator in[2] = {old_first ? old : new, old_first ? new : old};
		struct watchlist *list = rig_watchlist(&(struct watchlist_settings){.marking_default = TLP_AMBER_STRICT}, in, 2);
		struct rig_watch w = {list, in, 2};
		struct reference_hits h;
		assert_true(rig_scan(a, &w, &s, SCAN_BEST, &text, &h));
		assert_int_equal(h.n, revoked ? 0 : 1);
		if (!revoked) assert_true(slice_equal(h.at[0].seen, SLICE("2.2.2.2")));
		assert_int_equal(watchlist_counts(list).loaded, revoked ? 0 : 1);
		watchlist_free(list);
	}
	arena_free(a);
}

static void warninglisted_values_are_marked(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct warninglist *list_of = NULL;
	struct fault f = {0};
	assert_int_equal(warninglist_read(SLICE("{\"name\":\"Private\",\"type\":\"cidr\",\"version\":1,\"description\":\"d\",\"list\":["
						"\"10.0.0.0/8\"],\"matching_attributes\":[\"ip-src\",\"ip-dst\"]}"),
				 &list_of, &f),
		OK);
	const struct warninglist *lists[] = {list_of};
	struct indicator in[2] = {plain(a, "indicator--1", "10.1.1.1"), plain(a, "indicator--2", "8.1.1.1")};
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT, .warninglists = lists, .warninglists_n = 1};
	struct watchlist *list = rig_watchlist(&ws, in, 2);
	assert_non_null(list);
	assert_int_equal(watchlist_counts(list).suppressed, 1);
	bool seen = false;
	for (uint32_t t = 0; t < 2; t++) seen = seen || slice_equal(watchlist_get(list, t).warninglist, SLICE("Private"));
	assert_true(seen);
	watchlist_free(list);
	warninglist_free(list_of);
	arena_free(a);
}

static void partners_hit_each_under_their_own_marking(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in[2] = {plain(a, "indicator--1", "evil.com"), plain(a, "indicator--2", "evil.com")};
	in[0].marking = TLP_GREEN;
	in[1].marking = TLP_RED;
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *list = rig_watchlist(&ws, in, 2);
	struct rig_watch w = {list, in, 2};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	struct reference_input text = {.text = SLICE("a.evil.com evil.com evil.com\n")};
	struct reference_hits h;
	assert_true(rig_scan(a, &w, &s, SCAN_BEST, &text, &h));
	assert_int_equal(h.n, 2);
	assert_int_equal(h.at[0].kind, MATCH_EXACT);
	assert_int_equal(h.at[1].kind, MATCH_EXACT);
	watchlist_free(list);
	arena_free(a);
}

static void a_set_from_disk_answers_the_same(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator i = plain(a, "indicator--1", "evil.com");
	struct watchlist_settings ws = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist *made = rig_watchlist(&ws, &i, 1), *opened = NULL;
	slice bytes = arena_copy(a, watchlist_bytes(made));
	struct fault f = {0};
	assert_true(watchlist_is(bytes));
	assert_int_equal(watchlist_open(bytes, &opened, &f), OK);
	struct rig_watch w = {opened, &i, 1};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	struct reference_input text = {.text = SLICE("a.evil.com\n")};
	struct reference_hits h;
	assert_true(rig_scan(a, &w, &s, SCAN_BEST, &text, &h));
	assert_int_equal(h.n, 1);
	watchlist_free(opened);
	watchlist_free(made);
	for (size_t at = 0; at < bytes.n; at++) { /* any changed bit is refused */
		uint8_t *p = (uint8_t *)(uintptr_t)bytes.p;
		p[at] ^= 1;
		assert_int_not_equal(watchlist_open(bytes, &opened, &f), OK);
		p[at] ^= 1;
	}
	for (size_t n = 0; n < bytes.n; n += 1 + n / 8) assert_int_not_equal(watchlist_open(slice_sub(bytes, 0, n), &opened, &f), OK);
	arena_free(a);
}

/* A line of URLs without blanks: each runs to the line's end, or to the limit; the memory does not grow with their product. */
static void urls_within_urls(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator in[2] = {plain(a, "indicator--1", "http://evil.com/q"), plain(a, "indicator--2", "http://b.com/x")};
	struct watchlist *list = rig_watchlist(&(struct watchlist_settings){.marking_default = TLP_AMBER_STRICT}, in, 2);
	struct rig_watch w = {list, in, 2};
	struct scan_settings s = {.telemetry = {.year = 2021}};
	struct buf line = {0};
	for (size_t i = 0; i < 5000; i++) buf_add_text(&line, i == 2500 ? "http://b.com/x," : "http://a.com/,");
	buf_add_text(&line, "http://evil.com/q");
	struct reference_input text = {.text = buf_slice(&line)};
	struct reference_hits h;
	assert_true(rig_scan(a, &w, &s, SCAN_BEST, &text, &h));
	assert_int_equal(h.n, 2);
	for (size_t i = 0; i < h.n; i++) assert_int_equal(h.at[i].kind, MATCH_EXACT);
	watchlist_free(list);
	buf_free(&line);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule),
		cmocka_unit_test(urls_within_urls),
		cmocka_unit_test(exact_only_leaves_exact),
		cmocka_unit_test(url_prefix_on_request),
		cmocka_unit_test(like_runs_on_values),
		cmocka_unit_test(roles_need_their_field),
		cmocka_unit_test(zeek_tsv_is_typed),
		cmocka_unit_test(zeek_tsv_escapes),
		cmocka_unit_test(places_are_told),
		cmocka_unit_test(expired_and_revoked_are_left_out),
		cmocka_unit_test(the_newest_version_counts),
		cmocka_unit_test(warninglisted_values_are_marked),
		cmocka_unit_test(partners_hit_each_under_their_own_marking),
		cmocka_unit_test(a_set_from_disk_answers_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
