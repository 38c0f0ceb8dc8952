/* Values as people write them in lists: defanged addresses, ports, dates, words. Pure. */
#include "intel_int.h"
#include "address.h"

static const struct {
	slice from, to;
} defangs[] = {
	{SLICE("[.]"), SLICE(".")},
	{SLICE("(.)"), SLICE(".")},
	{SLICE("{.}"), SLICE(".")},
	{SLICE("[."), SLICE(".")}, /* half a bracket, behind the whole one */
	{SLICE("[dot]"), SLICE(".")},
	{SLICE("(dot)"), SLICE(".")},
	{SLICE("{dot}"), SLICE(".")},
	{SLICE("[at]"), SLICE("@")},
	{SLICE("(at)"), SLICE("@")},
	{SLICE("{at}"), SLICE("@")},
	{SLICE("[@]"), SLICE("@")},
	{SLICE("(@)"), SLICE("@")},
	{SLICE("[://]"), SLICE("://")},
	{SLICE("[:]//"), SLICE("://")},
	{SLICE("[:]"), SLICE(":")},
};
static const struct {
	slice from, to;
} schemes[] = {
	{SLICE("hxxps"), SLICE("https")},
	{SLICE("hxxp"), SLICE("http")},
	{SLICE("h**ps"), SLICE("https")},
	{SLICE("h**p"), SLICE("http")},
	{SLICE("fxp"), SLICE("ftp")},
};

/* Length of the defanged sign at the start of s, 0 when there is none. */
static size_t defang_at(slice s, slice *plain)
{
	for (size_t i = 0; i < sizeof defangs / sizeof *defangs; i++) {
		slice from = defangs[i].from;
		if (s.n < from.n || !slice_equal_nocase(slice_sub(s, 0, from.n), from)) continue;
		*plain = defangs[i].to;
		return from.n;
	}
	return 0;
}

static size_t scheme_at(slice s, slice *plain)
{
	uint8_t first = s.n > 0 ? (uint8_t)(s.p[0] | 0x20) : 0;
	if (first != 'h' && first != 'f') return 0;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		slice from = schemes[i].from;
		if (s.n <= from.n || (s.p[from.n] != ':' && s.p[from.n] != '[')) continue;
		if (!slice_equal_nocase(slice_sub(s, 0, from.n), from)) continue;
		*plain = schemes[i].to;
		return from.n;
	}
	return 0;
}

static bool bracketed(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '[' || s.p[i] == '(' || s.p[i] == '{') return true;
	return false;
}

slice value_refang(struct buf *scratch, slice s)
{
	slice plain = {0};
	size_t taken = scheme_at(s, &plain);
	if (taken == 0 && !bracketed(s)) return s;
	buf_clear(scratch);
	buf_add(scratch, plain);
	for (size_t i = taken; i < s.n;) {
		uint8_t c = s.p[i];
		size_t n = c == '[' || c == '(' || c == '{' ? defang_at(slice_sub(s, i, s.n), &plain) : 0;
		if (n > 0) buf_add(scratch, plain);
		else buf_add_byte(scratch, c);
		i += n > 0 ? n : 1;
	}
	return buf_slice(scratch);
}

static bool digits(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n > 0;
}

static bool letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool value_is_name(slice s)
{
	size_t dots = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!letter(s.p[i]) && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-' && s.p[i] != '.') return false;
		dots += s.p[i] == '.';
	}
	return dots > 0 && s.n > 3 && s.p[0] != '.' && letter(s.p[s.n - 1]) && letter(s.p[s.n - 2]);
}

/* ---- what people's tools put around a value ---- */

static const slice wide_blanks[] = {
	SLICE("\xC2\xA0"), SLICE("\xE2\x80\x8B"), SLICE("\xE2\x81\xA0"), SLICE("\xEF\xBB\xBF")}; /* no-break, zero width (two), mark */
static const slice fine_quotes[] = {SLICE("\xE2\x80\x98"), SLICE("\xE2\x80\x99"), SLICE("\xE2\x80\x9A"), SLICE("\xE2\x80\x9C"),
	SLICE("\xE2\x80\x9D"), SLICE("\xE2\x80\x9E"), SLICE("\xE2\x80\xB9"), SLICE("\xE2\x80\xBA"), SLICE("\xC2\xAB"), SLICE("\xC2\xBB")};

/* s without one of these at either end; ASCII blanks go besides. */
static slice trim_once(slice s, const slice *all, size_t n)
{
	s = slice_trim(s);
	if (s.n == 0 || (s.p[0] < 0x80 && s.p[s.n - 1] < 0x80)) return s;
	for (size_t i = 0; i < n; i++) {
		if (slice_starts(s, all[i])) s = slice_sub(s, all[i].n, s.n);
		if (slice_ends(s, all[i])) s.n -= all[i].n;
	}
	return s;
}

slice value_trim_blanks(slice s)
{
	for (size_t before = s.n + 1; before > s.n;) {
		before = s.n;
		s = trim_once(s, wide_blanks, sizeof wide_blanks / sizeof *wide_blanks);
	}
	return s;
}

slice value_trim(slice s)
{
	for (size_t before = s.n + 1; before > s.n;) {
		before = s.n;
		s = trim_once(value_trim_blanks(s), fine_quotes, sizeof fine_quotes / sizeof *fine_quotes);
	}
	return s;
}

slice value_of_wildcard(slice s)
{
	size_t n = slice_starts(s, SLICE("*.")) ? 2 : slice_starts(s, SLICE(".")) ? 1 : 0;
	if (n == 0) return s;
	slice name = slice_sub(s, n, s.n);
	return value_is_name(name) ? name : s;
}

slice value_without_port(slice s)
{
	uint32_t v4;
	ipv6 v6;
	if (s.n == 0) return s;
	if (s.p[0] == '[') {
		size_t close = slice_find_byte(s, ']');
		slice inside = close < s.n ? slice_sub(s, 1, close - 1) : (slice){0}, behind = slice_sub(s, close + 1, s.n);
		bool port = behind.n == 0 || (behind.p[0] == ':' && digits(slice_sub(behind, 1, behind.n)));
		return close < s.n && port && (ipv6_parse(inside, &v6) || ipv4_parse(inside, &v4) || value_is_name(inside)) ? inside : s;
	}
	size_t colon = s.n > 6 ? s.n - 6 : 0; /* a port has five digits at most */
	colon += slice_find_byte(slice_sub(s, colon, s.n), ':');
	if (colon == s.n || !digits(slice_sub(s, colon + 1, s.n))) return s;
	slice host = slice_sub(s, 0, colon);
	return ipv4_parse(host, &v4) || value_is_name(host) ? host : s;
}

bool value_is_range(slice s)
{
	size_t slash = slice_find_byte(s, '/');
	struct cidr c;
	return slash + 1 < s.n && s.n - slash <= 4 && cidr_parse(s, &c);
}

bool text_to_number(slice s, uint64_t *out)
{
	if (s.n > 9 || !digits(s)) return false;
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) v = v * 10 + (uint64_t)(s.p[i] - '0');
	*out = v;
	return true;
}

bool value_time(slice s, instant *out)
{
	s = slice_trim(s);
	if (s.n > 4 && slice_equal_nocase(slice_sub(s, s.n - 4, 4), SLICE(" utc"))) s.n -= 4;
	if (s.n == 10 && s.p[4] == '-' && s.p[7] == '-') {
		uint8_t text[20];
		memcpy(text, s.p, 10);
		memcpy(text + 10, "T00:00:00Z", 10);
		return instant_parse(slice_of(text, 20), 0, out, NULL) == OK;
	}
	if (s.n == 16 && s.p[13] == ':') {
		uint8_t text[19];
		memcpy(text, s.p, 16);
		memcpy(text + 16, ":00", 3);
		return instant_parse(slice_of(text, 19), 0, out, NULL) == OK;
	}
	if (instant_parse(s, 0, out, NULL) == OK) return true;
	return s.n >= 9 && digits(slice_sub(s, 0, 9)) && instant_parse_epoch(s, out) == OK;
}

slice value_word(char *out, size_t room, slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < room; i++) {
		uint8_t c = s.p[i];
		if (c >= 'A' && c <= 'Z') c = (uint8_t)(c | 0x20);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out[n++] = (char)c;
	}
	return slice_of(out, n);
}

void trouble(const struct intel_sink *sink, enum err kind, uint64_t line, uint64_t offset, const char *text)
{
	struct fault f;
	if (sink->trouble == NULL) return;
	(void)fault_set(&f, kind, line, offset, "%s", text);
	sink->trouble(sink->context, &f);
}

struct indicator indicator_empty(slice author)
{
	return (struct indicator){.author = author,
		.marking = TLP_NONE,
		.marking_floor = TLP_NONE,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE,
		.modified = INSTANT_NONE,
		.confidence = -1};
}
