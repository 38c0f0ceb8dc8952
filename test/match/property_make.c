/* Random material for the property tests. Values come from small pools, so that indicators and records meet often. */
#include "property_make.h"
#include "address.h"

#define PICK(d, table) ((table)[dice_below((d), (uint32_t)(sizeof(table) / sizeof *(table)))])

uint32_t dice_below(struct dice *d, uint32_t n)
{
	d->state += 0x9E3779B97F4A7C15u; /* splitmix64 */
	uint64_t x = d->state;
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
	x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)((x ^ (x >> 31)) >> 32) % n;
}

static bool chance(struct dice *d, uint32_t percent)
{
	return dice_below(d, 100) < percent;
}

static slice join(struct arena *a, slice x, slice y)
{
	struct buf b = {0};
	buf_add(&b, x);
	buf_add(&b, y);
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* ---- values ---- */

static slice make_v4(struct arena *a, struct dice *d)
{
	static const char *const some[] = {
		"1.2.3.4", "10.0.0.1", "172.18.39.6", "192.168.56.4", "255.255.255.255", "0.0.0.0", "185.0.0.10", "185.0.0.100"};
	if (chance(d, 80)) return slice_from(PICK(d, some));
	return arena_printf(a, "%u.%u.%u.%u", dice_below(d, 256), dice_below(d, 3), dice_below(d, 12), dice_below(d, 256));
}

static slice make_v6(struct arena *a, struct dice *d)
{
	static const char *const some[] = {"fe80::1", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8:0:0:1::", "::1", "64:ff9b::10.0.0.1",
		"::ffff:192.168.56.4", "::ffff:c0a8:3804", "2001:0db8:0000:0000:0000:0000:0000:0042", "dead:beef::cafe", "fe80::1%eth0",
		"[2001:db8::1]", "fe80::1%"};
	(void)a;
	return slice_from(PICK(d, some));
}

static slice make_range(struct arena *a, struct dice *d)
{
	static const char *const some[] = {"10.0.0.0/8", "10.0.0.0/24", "172.18.32.0/20", "192.168.56.4/32", "2001:db8::/32", "fe80::/10",
		"1.2.3.0/29", "185.0.0.0/25", "2001:db8::1/128"};
	(void)a;
	return slice_from(PICK(d, some));
}

static slice make_name(struct arena *a, struct dice *d)
{
	static const char *const labels[] = {"evil", "wpad", "shire", "a", "www", "x1", "c2-node",
		"b\xc3\xbc"
		"cher",
		"_dmarc", "cl", "xn--bcher-kva", "EVIL", "7", "abcdef0123456789abcdef0123456789", "mail-a-"};
	static const char *const tops[] = {"com", "shire", "exe", "al", "xn--p1ai", "\xd1\x80\xd1\x84", "COM", "org", "co.uk", "php"};
	slice name = slice_from(PICK(d, tops));
	for (uint32_t n = 1 + dice_below(d, 3); n > 0; n--) name = arena_printf(a, "%s.%.*s", PICK(d, labels), SLICE_PRINTF(name));
	return name;
}

static slice make_path(struct arena *a, struct dice *d)
{
	static const char *const paths[] = {"", "/", "/gate.php", "/gate/", "/gate/a", "/gate?x=1", "/gate?x=2#top", "/a/../gate/a",
		"/%67ate/a", "/gate/%c3%a9", "/gate/%C3%A9", "/Gate/a", "/gate/a?u=evil.com/x", "/?q", "/./gate/a", "?q", "/gate/a)",
		"/a;b=c,d", "/gate/a.", "/gate/a)'", "/gate/(a)).", "/r?u=http://evil.com/gate/a", "/gate/a]}", "/gate/\xc3\xa9",
		"/gate/a,200", "/gate/a|x;y", "/gate/a b"};
	(void)a;
	return slice_from(PICK(d, paths));
}

static slice make_url(struct arena *a, struct dice *d)
{
	static const char *const schemes[] = {"http://", "https://", "HTTP://", "ftp://", "", "", "http://u:p@", "hxxp://"};
	static const char *const ports[] = {"", "", "", ":80", ":443", ":8080", "."};
	const char *scheme = PICK(d, schemes);
	slice host = chance(d, 15)                  ? make_v4(a, d)
		     : *scheme != 0 && chance(d, 8) ? SLICE("[2001:db8::1]")
		     : *scheme != 0 && chance(d, 5) ? SLICE("localhost")
						    : make_name(a, d);
	slice path = make_path(a, d);
	const char *port = PICK(d, ports);
	if (*port == '.' && (host.p[0] == 'l' || host.p[0] == '[' || ipv4_parse(host, &(uint32_t){0}))) port = "";
	return arena_printf(a, "%s%.*s%s%.*s", scheme, SLICE_PRINTF(host), port, SLICE_PRINTF(path));
}

static slice make_mail(struct arena *a, struct dice *d)
{
	static const char *const locals[] = {
		"bob", "Bob", "a.b", "bob+x", "o'brien", "x_y", "-", "b%c", "{id}", "b\xc3\xa9", "bob.", "!a!b", "1.2.3.4"};
	slice domain = make_name(a, d);
	return arena_printf(a, "%s@%.*s", PICK(d, locals), SLICE_PRINTF(domain));
}

static slice make_digits(struct arena *a, struct dice *d, uint32_t n)
{
	static const char *const digits[] = {"0123456789abcdef", "0123456789ABCDEF"};
	struct dice same = {.state = dice_below(d, 4)};
	const char *set = PICK(d, digits);
	bool colons = chance(d, 30);
	char text[192];
	uint32_t at = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (colons && i > 0 && i % 2 == 0) text[at++] = ':';
		text[at++] = set[dice_below(&same, 16)];
	}
	return arena_copy(a, slice_of(text, at));
}

static slice make_md5(struct arena *a, struct dice *d)
{
	return make_digits(a, d, 32);
}
static slice make_sha1(struct arena *a, struct dice *d)
{
	return make_digits(a, d, 40);
}
static slice make_sha256(struct arena *a, struct dice *d)
{
	return make_digits(a, d, 64);
}
static slice make_hash(struct arena *a, struct dice *d)
{
	static const uint32_t lengths[] = {32, 32, 40, 56, 64, 96, 128};
	return make_digits(a, d, PICK(d, lengths));
}

static slice make_file(struct arena *a, struct dice *d)
{
	static const char *const files[] = {"cl.exe", "CL.EXE", "C:\\Windows\\cl.exe", "Windows\\cl.exe", "/tmp/x.sh", "x.sh", "a b.doc",
		"Malicious Report.docx", "C:\\x\\a b (1).doc", "a b", "no_dots", "r\xc3\xa9sum\xc3\xa9.pdf", "evil.com",
		"\\\\srv\\share\\x.sh", "x-1_2.tar.gz", "d:\\new\\top.txt", "top.txt"};
	(void)a;
	return slice_from(PICK(d, files));
}

static slice make_key(struct arena *a, struct dice *d)
{
	static const char *const starts[] = {"HKLM", "HKEY_LOCAL_MACHINE", "hklm", "\\REGISTRY\\MACHINE", "HKLM:", "HKU", "HKEY_USERS",
		"\\Registry\\User", "HKCU", "HKEY_CURRENT_USER", "HKCR", "HKU\\S-1-5-21-7-8-1001", "\\REGISTRY\\USER\\S-1-5-21-7-8-1001",
		"HKU\\S-1-5-x", "HKEY_CURRENT_CONFIG", "HKXX", "", "HKU\\S-1-5-18_Classes"};
	static const char *const rests[] = {"\\Software\\Evil", "\\software\\EVIL", "\\SYSTEM\\CurrentControlSet\\Services\\evil",
		"\\System\\ControlSet001\\Services\\Evil", "\\SYSTEM\\ControlSet01\\x", "\\a", "\\new\\caf\xc3\xa9",
		"\\SYSTEM\\CurrentControlSet", "\\SYSTEM\\ControlSet002", "", "\\Software\\Evil\\Sub", "\\Software\\Evil 7",
		"\\Software\\Evil\\", "\\"};
	const char *start = PICK(d, starts), *rest = PICK(d, rests);
	if (*rest == 0) rest = "\\x y";
	return arena_printf(a, "%s%s", start, *start == 0 ? rest + 1 : rest);
}

static slice make_text(struct arena *a, struct dice *d)
{
	static const char *const texts[] = {"HKLM\\Software\\Evil", "hklm\\software\\evil", "Global\\mutex-7", "Mozilla/5.0 (Evil; x)",
		"cmd.exe /c whoami", "whoami", "0A:1B:2C", "caf\xc3\xa9", "cafe\xcc\x81", "evil agent", "(odd)", "1234"};
	(void)a;
	return slice_from(PICK(d, texts));
}

struct maker {
	enum observable type;
	slice (*make)(struct arena *a, struct dice *d);
	const char *path;
};
static const struct maker makers[] = {
	{OBSERVABLE_IPV4, make_v4, "ipv4-addr:value"},
	{OBSERVABLE_IPV6, make_v6, "ipv6-addr:value"},
	{OBSERVABLE_IPV4, make_range, "ipv4-addr:value"},
	{OBSERVABLE_DOMAIN, make_name, "domain-name:value"},
	{OBSERVABLE_DOMAIN, make_name, "domain-name:value"},
	{OBSERVABLE_URL, make_url, "url:value"},
	{OBSERVABLE_URL, make_url, "url:value"},
	{OBSERVABLE_EMAIL, make_mail, "email-addr:value"},
	{OBSERVABLE_FILE_NAME, make_file, "file:name"},
	{OBSERVABLE_MD5, make_md5, "file:hashes.MD5"},
	{OBSERVABLE_SHA256, make_sha256, "file:hashes.'SHA-256'"},
	{OBSERVABLE_SHA1, make_sha1, "file:hashes.'SHA-1'"},
	{OBSERVABLE_HASH_OTHER, make_hash, "x-ja3:value"},
	{OBSERVABLE_REGISTRY_KEY, make_text, "windows-registry-key:key"},
	{OBSERVABLE_REGISTRY_KEY, make_key, "windows-registry-key:key"},
	{OBSERVABLE_MUTEX, make_text, "mutex:name"},
	{OBSERVABLE_USER_AGENT, make_text, "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"},
	{OBSERVABLE_COMMAND_LINE, make_text, "process:command_line"},
	{OBSERVABLE_OTHER, make_text, "user-account:user_id"},
};

static struct indicator_term make_expression(struct dice *d)
{
	static const struct indicator_term some[] = {
		{TERM_LIKE, OBSERVABLE_DOMAIN, SLICE("%.evil.com"), SLICE("domain-name:value"), true, false},
		{TERM_LIKE, OBSERVABLE_COMMAND_LINE, SLICE("%whoami%"), SLICE("process:command_line"), true, false},
		{TERM_LIKE, OBSERVABLE_FILE_NAME, SLICE("%cl_exe"), SLICE("file:name"), true, false},
		{TERM_MATCHES, OBSERVABLE_COMMAND_LINE, SLICE("cmd\\.exe +/c"), SLICE("process:command_line"), true, false},
		{TERM_MATCHES, OBSERVABLE_DOMAIN, SLICE("^(www|wpad)\\."), SLICE("domain-name:value"), true, false},
		{TERM_MATCHES, OBSERVABLE_USER_AGENT, SLICE("Mozilla/[0-9]"),
			SLICE("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"), true, false},
		{TERM_MATCHES, OBSERVABLE_REGISTRY_KEY, SLICE("caf\xc3\xa9|Evil$"), SLICE("windows-registry-key:key"), true, false},
		{TERM_LIKE, OBSERVABLE_REGISTRY_KEY, SLICE("HKEY_LOCAL_MACHINE\\Software\\%"), SLICE("windows-registry-key:key"), true,
			false},
		{TERM_LIKE, OBSERVABLE_REGISTRY_KEY, SLICE("HKCU\\%evil%"), SLICE("windows-registry-key:key"), true, false},
		{TERM_LIKE, OBSERVABLE_REGISTRY_KEY, SLICE("%\\CurrentControlSet\\%"), SLICE("windows-registry-key:key"), true, false},
		{TERM_MATCHES, OBSERVABLE_REGISTRY_KEY, SLICE("(?i)^HKEY_(USERS|CURRENT_USER)\\\\.*evil"),
			SLICE("windows-registry-key:key"), true, false},
		{TERM_LIKE, OBSERVABLE_URL, SLICE("http://%.com/gate%"), SLICE("url:value"), true, false},
		{TERM_LIKE, OBSERVABLE_URL, SLICE("%evil.com_8080/gate/_"), SLICE("url:value"), true, false},
		{TERM_LIKE, OBSERVABLE_URL, SLICE("http_://evil%"), SLICE("url:value"), true, false},
		{TERM_LIKE, OBSERVABLE_URL, SLICE("%EVIL.com:443/gate/a"), SLICE("url:value"), true, false},
		{TERM_MATCHES, OBSERVABLE_URL, SLICE("^https?://[^/]+/gate"), SLICE("url:value"), true, false},
		{TERM_MATCHES, OBSERVABLE_URL, SLICE("^evil\\.com(:[0-9]+)?/"), SLICE("url:value"), true, false},
		{TERM_MATCHES, OBSERVABLE_IPV4, SLICE("^10\\."), SLICE("ipv4-addr:value"), true, false},
		{TERM_EQUAL, OBSERVABLE_NONE, SLICE("10.0.0.1"), SLICE("network-traffic:dst_ref.value"), true, true},
		{TERM_LIKE, OBSERVABLE_ADDRESS, SLICE("1%"), SLICE("network-traffic:dst_ref.value"), true, true},
		{TERM_EQUAL, OBSERVABLE_ADDRESS, SLICE("evil.com"), SLICE("network-traffic:dst_ref.value"), true, true},
		{TERM_EQUAL, OBSERVABLE_COMMAND_LINE, SLICE("cmd.exe /c whoami"), SLICE("process:parent_ref.command_line"), true, true},
		{TERM_LIKE, OBSERVABLE_COMMAND_LINE, SLICE("%whoami%"), SLICE("process:parent_ref.command_line"), true, true},
		{TERM_EQUAL, OBSERVABLE_FILE_NAME, SLICE("cl.exe"), SLICE("process:binary_ref.name"), true, true},
		{TERM_LIKE, OBSERVABLE_FILE_NAME, SLICE("%x.sh"), SLICE("process:image_ref.name"), true, true},
		{TERM_EQUAL, OBSERVABLE_FILE_NAME, SLICE("a b.doc"), SLICE("process:image_ref.name"), true, true},
		{TERM_SUBSET, OBSERVABLE_ADDRESS, SLICE("10.0.0.0/8"), SLICE("network-traffic:dst_ref.value"), true, true},
		{TERM_EQUAL, OBSERVABLE_NONE, SLICE("172.18.39.6"), SLICE("network-traffic:src_ref.value"), true, true},
	};
	return PICK(d, some);
}

struct indicator make_indicator(struct arena *a, struct dice *d, size_t number)
{
	size_t n = chance(d, 80) ? 1 : 1 + dice_below(d, 3);
	struct indicator_term *terms = arena_array(a, n, sizeof *terms);
	for (size_t i = 0; i < n; i++) {
		if (chance(d, 14)) {
			terms[i] = make_expression(d);
			continue;
		}
		const struct maker *m = &PICK(d, makers);
		bool plain = n == 1 && chance(d, 40);
		terms[i] = (struct indicator_term){.op = TERM_EQUAL,
			.type = plain ? OBSERVABLE_NONE : m->type,
			.value = m->make(a, d),
			.path = plain ? SLICE("") : slice_from(m->path)};
		if (m->make == make_range && !plain) terms[i].op = chance(d, 50) ? TERM_SUBSET : TERM_EQUAL;
	}
	return (struct indicator){.id = arena_printf(a, "indicator--%08zx", number),
		.name = SLICE("n"),
		.author = SLICE("a"),
		.marking = TLP_NONE,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE,
		.confidence = -1,
		.terms = terms,
		.terms_n = n};
}

/* ---- records ---- */

static slice swap_case(struct arena *a, struct dice *d, slice v)
{
	slice c = arena_copy(a, v);
	for (size_t i = 0; i < c.n; i++)
		if (c.p[i] >= 'a' && c.p[i] <= 'z' && chance(d, 50)) ((uint8_t *)(uintptr_t)c.p)[i] = (uint8_t)(c.p[i] - 32);
	return c;
}

/* A value as it may stand in a log: itself, or nearly. */
static slice vary(struct arena *a, struct dice *d, slice v)
{
	static const char *const before[] = {"www.", "a.b.", "x", "-", "_", "::ffff:", "http://", "https://", "bob@", "src:", "aa:", "\\",
		"\\n", "ip=", "\\\\srv\\", "/", ".", "1", "[", "(", "SHA256=", "x=", "0", "\xc3\xa9", "fe80:", "C:\\Windows\\"};
	static const char *const after[] = {":443", "/24", ".", "..", ".com", "-", "-10.0.0.1", "_", "/gate/a", "/", "?q", "%eth0", "]",
		"),", "@", "x", "1", ".5", ". ", ".exe", ":", "\xc3\xa9", "/gate/a?z", "]:80", ").", ")))", "'}],", ";,.", ":80/gate/a",
		":443/gate/a", ":80/", ",200", "',x=1", "/gate/a;b", "/gate/a|GET", ":bb", ":b", "/gate/a).", "/gate/a)')."};
	switch (dice_below(d, 6)) {
	case 0: return join(a, slice_from(PICK(d, before)), v);
	case 1: return join(a, v, slice_from(PICK(d, after)));
	case 2: return swap_case(a, d, v);
	case 3: return join(a, join(a, slice_from(PICK(d, before)), v), slice_from(PICK(d, after)));
	default: return v;
	}
}

static slice make_separator(struct arena *a, struct dice *d)
{
	static const char *const some[] = {" ", " ", " ", " ", "\t", ",", ";", "=", ":", "/", "\\", "-", "_", ".", "@", "\"", "'", "(", ")",
		"[", "]", "<", ">", "\xc3\xa9", "\xe2\x80\x99", "\\t", "\\n", "\\/", "\\u002e", "\\u00e9", "%", "#", "?", "&", "\x80",
		"\xff", "//", "\\u0000", "|", "~", "\r", "\\\\", "\\u002"};
	if (chance(d, 3)) return arena_copy(a, slice_of("", 1)); /* a NUL */
	return slice_from(PICK(d, some));
}

static slice make_piece(struct arena *a, struct dice *d, const struct indicator *in, size_t n, uint32_t words)
{
	struct buf b = {0};
	for (uint32_t w = 1 + dice_below(d, words); w > 0; w--) {
		const struct indicator *i = &in[dice_below(d, (uint32_t)n)];
		slice v = chance(d, 75) ? i->terms[dice_below(d, (uint32_t)i->terms_n)].value : PICK(d, makers).make(a, d);
		buf_add(&b, vary(a, d, v));
		if (w > 1 || chance(d, 10)) buf_add(&b, make_separator(a, d));
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	for (size_t i = 0; i < out.n; i++) /* a record is one line */
		if (out.p[i] == '\n') ((uint8_t *)(uintptr_t)out.p)[i] = ' ';
	return out;
}

/* As JSON text: what must be escaped is, what may be sometimes is. */
static void put_json(struct buf *b, struct dice *d, slice v, bool loose)
{
	buf_add_byte(b, '"');
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (loose || (c >= 128 && chance(d, 99))) buf_add_byte(b, c);
		else if (c < 32) buf_printf(b, "\\u%04x", c);
		else if (c == '"' || c == '\\') buf_printf(b, "\\%c", c);
		else if (c == '/' && chance(d, 30)) buf_add_text(b, "\\/");
		else if (c < 128 && chance(d, 3)) buf_printf(b, "\\u%04X", c);
		else buf_add_byte(b, c);
	}
	buf_add_byte(b, '"');
}

/* With JSON's escapes in what was logged. */
static slice make_json(struct arena *a, struct dice *d, slice v)
{
	struct buf json = {0};
	put_json(&json, d, v, false);
	slice out = slice_sub(arena_copy(a, buf_slice(&json)), 1, json.n - 2);
	buf_free(&json);
	return out;
}

/* As audit writes what holds blanks: in hex. */
static void put_hex(struct arena *a, struct dice *d, struct buf *b, slice v)
{
	if (chance(d, 20)) v = make_json(a, d, v);
	for (size_t i = 0; i < v.n; i++) buf_printf(b, "%02X", v.p[i]);
}

/* With escapes as web servers, CEF and pairs write them. */
static void put_escaped(struct arena *a, struct dice *d, struct buf *b, slice v)
{
	if (chance(d, 30)) v = make_json(a, d, v);
	uint32_t often = dice_below(d, 30), style = dice_below(d, 3);
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (c == '\\' || c == '"' || (c == '=' && style > 0)) buf_printf(b, chance(d, 95) ? "\\%c" : "%c", c);
		else if (style < 2 && (c < 32 || c >= 127 || chance(d, often))) buf_printf(b, chance(d, 50) ? "\\x%02x" : "\\x%02X", c);
		else if (style == 2 && c == ' ' && chance(d, 50)) buf_add_text(b, chance(d, 50) ? "\\n" : "\\t");
		else if (style == 2 && strchr("]|", c) != NULL && c != 0) buf_printf(b, "\\%c", c);
		else buf_add_byte(b, c);
	}
}

/* '~' is a short piece, '^' a long one, '`' a key, '%' a piece in hex, '$' one with escapes. */
static const char *const templates[FORMAT_COUNT][8] = {
	[FORMAT_TEXT] = {"^", "^", "Nov 23 10:00:00 host app[7]: ^", "^", "{\"m\":^,\"n\":~}", "{4f1c} ^ {'x': '~'}"},
	[FORMAT_JSON] = {"{\"a\":^,\"b\":{\"c\":[~,~,7,true]},`:1}", "{\"msg\":^}", "{`:~,\"x\":null}", "[~,~]",
		"{\"src_ip\":~,\"note\":^}"},
	[FORMAT_ZEEK_JSON] = {"{\"ts\":1521911720.8,\"uid\":\"CRJ34i\",\"id.orig_h\":~,\"id.orig_p\":5,\"id.resp_h\":~,\"id.resp_p\":80,"
			      "\"host\":~,\"uri\":~,\"user_agent\":~}",
		"{\"ts\":1521911720.8,\"uid\":\"CRJ34i\",\"id.orig_h\":~,\"id.resp_h\":\"10.0.0.1\",\"query\":~,\"answers\":[~,~]}",
		"{\"ts\":1521911720.8,\"fuid\":\"FRJ34i\",\"tx_hosts\":[~],\"filename\":~,\"md5\":~,\"sha1\":~,\"sha256\":~}",
		"{\"ts\":1521911720.8,\"uid\":\"CRJ34i\",\"id.orig_h\":~,\"id.resp_h\":~,\"server_name\":~,\"ja3\":~,\"subject\":^,\"id."
		"resp_p\":443,\"host\":~,\"uri\":\"/gate/a\"}",
		"{\"ts\":1521911720.8,\"uid\":\"CRJ34i\",\"id.orig_h\":~,\"id.resp_h\":~,\"uri\":\"/gate/"
		"a\",\"method\":\"GET\",\"referrer\":~,\"mailfrom\":~,\"host\":\"evil.com\"}"},
	[FORMAT_EVE] = {"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"http\",\"src_ip\":~,\"dest_ip\":~,\"http\":{"
			"\"hostname\":~,\"url\":~,\"http_user_agent\":~}}",
		"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"dns\",\"src_ip\":~,\"dest_ip\":~,\"dns\":{\"type\":"
		"\"query\",\"rrname\":~}}",
		"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"fileinfo\",\"src_ip\":~,\"fileinfo\":{\"filename\":~,"
		"\"md5\":~,\"sha256\":~}}",
		"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"http\",\"src_ip\":~,\"http\":{\"url\":\"/gate/"
		"a\",\"http_refer\":~,\"status\":200,\"hostname\":\"evil.com\"}}",
		"{\"timestamp\":\"2023-07-20T00:33:07.084861+0000\",\"event_type\":\"tls\",\"src_ip\":~,\"tls\":{\"sni\":~,\"ja3\":{"
		"\"hash\":~}}}"},
	[FORMAT_WINDOWS] = {"{\"EventID\":4657,\"Channel\":\"Security\",\"Hostname\":\"h\",\"ObjectName\":~,\"ObjectValueName\":~}",
		"{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/"
		"Operational\",\"Hostname\":~,\"Image\":~,\"CommandLine\":^,\"ParentCommandLine\":~,\"Hashes\":~,\"Message\":^}",
		"{\"EventID\":3,\"Channel\":\"Microsoft-Windows-Sysmon/"
		"Operational\",\"SourceIp\":~,\"DestinationIp\":~,\"DestinationHostname\":~,\"Image\":~}",
		"{\"EventID\":13,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"TargetObject\":~,\"Details\":^}",
		"{\"EventID\":22,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"QueryName\":~,\"QueryResults\":~}",
		"{\"event_id\":11,\"log_name\":\"Microsoft-Windows-Sysmon/"
		"Operational\",\"event_data\":{\"TargetFilename\":~,\"Image\":~}}"},
	[FORMAT_ZEEK_TSV] = {"1521911724.6\tCRJ34i\t~\t45905\t~\t80\t~\t~\t~\t~,~",
		"1521911724.6\tCRJ34i\t~\t45905\t~\t80\tevil.com\t/gate/a\t-\t-", "1521911724.6\tCRJ34i\t~\t1\t~\t80\t~\t^\t~\t-",
		"1521911724.6\tCRJ34i\t-\t-\t~", "^", "1521911724.6\tCRJ34i\t~\t1\t~\t80\t~\t$\t$\t-"},
	[FORMAT_ECS] = {"{\"@timestamp\":\"2023-07-20T00:33:07Z\",\"ecs\":{\"version\":\"8.11\"},\"source\":{\"ip\":~},\"destination\":{"
			"\"ip\":~},\"url\":{\"full\":~,\"domain\":~,\"path\":~}}",
		"{\"@timestamp\":\"2023-07-20T00:33:07Z\",\"event.kind\":\"event\",\"dns.question.name\":~,\"file.hash.md5\":~,\"process."
		"command_line\":^}",
		"{\"_index\":\"x\",\"_source\":{\"file\":{\"path\":~,\"hash\":{\"sha256\":~}},\"user_agent\":{\"original\":~}}}"},
	[FORMAT_OCSF] = {"{\"class_uid\":4001,\"category_uid\":4,\"time\":1689813187000,\"src_endpoint\":{\"ip\":~},\"dst_endpoint\":{"
			 "\"ip\":~,\"hostname\":~},\"query\":{\"hostname\":~}}",
		"{\"class_uid\":1001,\"activity_id\":1,\"file\":{\"name\":~,\"hashes\":[{\"value\":~}]},\"message\":^}"},
	[FORMAT_CLOUDTRAIL] = {"{\"eventVersion\":\"1.08\",\"eventName\":\"X\",\"eventSource\":~,\"sourceIPAddress\":~,\"userAgent\":~,"
			       "\"requestParameters\":{\"a\":^}}"},
	[FORMAT_M365] = {"{\"CreationTime\":\"2023-07-20T00:33:07\",\"Operation\":\"X\",\"Workload\":\"Exchange\",\"ClientIP\":~,"
			 "\"UserId\":~,\"ObjectId\":~,\"SourceFileName\":~}"},
	[FORMAT_WEB_JSON] =
		{"{\"remote_addr\":~,\"request\":^,\"http_host\":~,\"request_uri\":~,\"http_user_agent\":~,\"http_referer\":~}"},
	[FORMAT_SYSLOG] = {"<34>Oct 11 22:14:15 host su: ^", "<165>1 2003-10-11T22:14:15.003Z host app - - [x@1 a=\"~\" b=\"q\\\"~\"] ^",
		"Oct 11 22:14:15 host app[7]: {\"src_ip\":\"~\",\"m\":\"~\"}",
		"Oct 11 22:14:15 host sshd[1]: Accepted password for root from ~ port 22 ssh2",
		"Oct 11 22:14:15 host CEF:0|v|p|1|c|n|1|src=~ request=~ msg=^ a\\=b", "Oct 11 22:14:15 host app[7]: m=\"$\" $",
		"Oct 11 22:14:15 host audit: type=EXECVE msg=audit(1.243:24287): argc=2 a0=\"~\" a1=%",
		"Oct 11 22:14:15 host CEF:0|v|p|1|c|$|1|src=~ msg=$"},
	[FORMAT_ACCESS] = {"~ - - [10/Oct/2000:13:55:36 -0700] \"GET ~ HTTP/1.0\" 200 23",
		"~:80 ~ - - [10/Oct/2000:13:55:36 -0700] \"GET ~ HTTP/1.0\" 200 23 \"~\" \"^\"",
		"192.0.2.1 - ~ [10/Oct/2000:13:55:36 -0700] \"^\" 200 23 \"~\" \"\\x22~\\x20~\"",
		"192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET $ HTTP/1.0\" 200 23 \"$\" \"$\"",
		"evil.com:80 192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /gate/a HTTP/1.0\" 200 23"},
	[FORMAT_WEB_ERROR] =
		{"2021/05/01 10:00:00 [error] 12#12: *5 ^, client: ~, server: x, request: \"GET ~ HTTP/1.1\", host: \"~\", referrer: \"~\"",
			"[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 3] [client ~] ^, referer: ~"},
	[FORMAT_SQUID] = {"1286536309.586    921 ~ TCP_MISS/200 507 POST ~ - DIRECT/~ text/html",
		"1286536309.586    921 ~ TCP_TUNNEL/200 507 CONNECT ~ ~ HIER_DIRECT/~ -"},
	[FORMAT_CEF] = {"CEF:0|v|p|1|c|^|1|src=~ dst=~ request=~ requestClientApplication=~ fileHash=~ fname=~ msg=^",
		"CEF:0|v|p|1|c\\|~|n|1|request=~\\=~ shost=~ rt=1286536309586", "CEF:0|v|p|1|c|$|1|src=~ msg=$ request=$"},
	[FORMAT_LEEF] = {"LEEF:1.0|v|p|1|e|src=~\tdst=~\turl=~\tdomain=~\tx=^", "LEEF:2.0|v|p|1|e|x5E|src=~^dst=~",
		"LEEF:1.0|v|p|1|e|src=~\tx=$"},
	[FORMAT_BIND] = {"24-Nov-2026 12:00:00.123 queries: info: client @0x7f00 ~#53 (~): query: ~ IN A + (~)",
		"client @0x7f00 ~#53 (~): ^"},
	[FORMAT_UNBOUND] = {"[1286536309] unbound[1:0] info: ~ ~ A IN", "[1286536309] unbound[1:0] info: reply: ~ ~ A IN NOERROR 0.0 0 45"},
	[FORMAT_DNSMASQ] = {"Oct 11 22:14:15 dnsmasq[7]: query[A] ~ from ~", "Oct 11 22:14:15 dnsmasq[7]: reply ~ is ~",
		"Oct 11 22:14:15 dnsmasq[7]: reply ~ is ^"},
	[FORMAT_POWERDNS] = {"[1] question for '~|A' from ~:53", "Remote ~ wants '~|A', do = 0"},
	[FORMAT_NETFILTER] = {"DROP ~ IN=eth0 OUT= SRC=~ DST=~ LEN=5 PROTO=TCP SPT=1 DPT=2 SYN ~",
		"x IN=eth0 OUT= SRC=~ DST=~ PROTO=TCP \"$\" p=\"$\""},
	[FORMAT_FILTERLOG] = {"Oct 11 22:14:15 filterlog[7]: 5,,,1,igb0,match,block,in,4,0x0,,64,0,0,DF,6,tcp,60,~,~,1,2,0,S,^"},
	[FORMAT_AUDIT] = {"type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0=\"~\" a1=6576696C2E636F6D",
		"type=PATH msg=audit(1364481363.243:24287): name=\"~\" exe=\"~\" msg='addr=~ hostname=~'",
		"type=SOCKADDR msg=audit(1364481363.243:24287): saddr=02000050C0000201 ~",
		"type=EXECVE msg=audit(1364481363.243:24287): argc=3 a0=\"~\" a1=6576696C206167656E74 a2=\"~\"",
		"type=SYSCALL msg=audit(1364481363.243:24287): a0=5dc6 a1=10 comm=\"~\" exe=433A5C57696E646F77735C636C2E657865 key=~",
		"type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=%",
		"type=EXECVE msg=audit(1364481363.243:24287): argc=3 a0=\"~\" a1=% a2=%"},
	[FORMAT_SSHD] = {"Oct 11 22:14:15 h sshd[7]: Invalid user ~ from ~ port 5"},
	[FORMAT_SUDO] = {"Oct 11 22:14:15 h sudo: ~ : TTY=x ; PWD=~ ; USER=root ; COMMAND=^"},
	[FORMAT_POSTFIX] = {"Oct 11 22:14:15 h postfix/smtpd[7]: connect from ~[~]",
		"Oct 11 22:14:15 h postfix/qmgr[7]: AB12: from=<~>, ^"},
	[FORMAT_PAIRS] = {"date=2019-05-10 time=11:37:47 srcip=~ dstip=~ url=\"~\" msg=\"^\" q=\"\\\"~\" ~",
		"srcip=~ msg=\"$\" url=$ q=\"$\""},
	[FORMAT_W3C] = {"2021-05-01 10:00:00 ~ GET ~ ~ 80 ~ ~ ~",
		"2021-05-01 10:00:00 192.0.2.1 GET /gate/a ~ 80 192.0.2.9 evil+agent/~ evil.com"},
	[FORMAT_EXCHANGE] = {"2021-05-01T10:00:00.000Z,~,~,\"~\",~;~,\"a \"\"~\"\" b\",~"},
	[FORMAT_CSV] = {"2021-05-01T10:00:00Z,~,~,~,~,\"^\"", "2021-05-01T10:00:00Z,\"~\",\"x\"\"~\",,~,^"},
};

slice make_header(enum format f)
{
	if (f == FORMAT_W3C)
		return SLICE("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2021-05-01 10:00:00\n"
			     "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) cs-host\n");
	if (f == FORMAT_EXCHANGE)
		return SLICE("#Fields: date-time,client-ip,client-hostname,message-id,recipient-address,message-subject,sender-address\n");
	if (f == FORMAT_CSV) return SLICE("timestamp,src_ip,url,md5,domain,note\n");
	if (f != FORMAT_ZEEK_TSV) return SLICE("");
	return SLICE(
		"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n#open\t2024-04-12-19-29-14\n"
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\thost\turi\tuser_agent\tanswers\n"
		"#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tstring\tset[string]\n");
}

static void put_record(struct arena *a, struct dice *d, const struct indicator *in, size_t n, const char *template, struct buf *b)
{
	bool json = template[0] == '{' || template[0] == '[', loose = chance(d, 4);
	for (const char *t = template; *t != 0; t++) {
		if (strchr("~^`%$", *t) == NULL) {
			buf_add_byte(b, (uint8_t)*t);
			continue;
		}
		slice piece = make_piece(a, d, in, n, *t == '^' ? 8 : chance(d, 70) ? 1 : 3);
		if (*t == '%') put_hex(a, d, b, piece);
		else if (*t == '$') put_escaped(a, d, b, piece);
		else if (json) put_json(b, d, piece, loose);
		else buf_add(b, piece);
	}
}

slice make_records(struct arena *a, struct dice *d, const struct indicator *indicators, size_t n, enum format f)
{
	struct buf b = {0};
	for (uint32_t r = 1 + dice_below(d, 6); r > 0; r--) {
		if (chance(d, 5)) buf_add_text(&b, chance(d, 50) ? "\n" : "\r\n");
		enum format of = chance(d, 92) || f == FORMAT_ZEEK_TSV ? f : (enum format)dice_below(d, FORMAT_COUNT);
		const char *template = PICK(d, templates[of]);
		if (template == NULL) template = templates[of][0] != NULL ? templates[of][0] : templates[FORMAT_TEXT][0];
		put_record(a, d, indicators, n, template, &b);
		if (r > 1 || chance(d, 80)) buf_add_text(&b, chance(d, 85) ? "\n" : "\r\n");
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

slice make_noise(struct arena *a, struct dice *d, size_t n)
{
	static const char likely[] = "0123456789abcdefABCDEF....::::@@//--__  \n\r\t\"\\{}[]%u,=xzn";
	slice out = slice_of(arena_alloc(a, n + 1), n);
	bool text = chance(d, 70);
	for (size_t i = 0; i < n; i++)
		((uint8_t *)(uintptr_t)out.p)[i] =
			text && chance(d, 95) ? (uint8_t)likely[dice_below(d, sizeof likely - 1)] : (uint8_t)dice_below(d, 256);
	return out;
}
