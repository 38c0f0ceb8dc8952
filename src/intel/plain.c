/* Plain lists: one value per line. `#`, `;`, `!` and `//` begin comments, blank + `#` ends a value, quotes around a value and a comma
 * behind them go, defanging is undone, a port behind an address or a name is dropped, "*.name" and ".name" mean the name, which meets all
 * below it, as does "address=/name/" of dnsmasq. Lines of a hosts file ("0.0.0.0 name") and of a blocker's list ("||name^") mean the name.
 * "a-b" with two addresses means the ranges that cover it, "md5:…" the hash, "ip:…" and the like the value, "hash  file" and "address
 * words" the first of these. What plainly means an address and is none is told. "value,comment" (comma, semicolon, tab) means the value
 * when that is plainly an address, hash or name. A comment that says "TLP:…" marks all values that follow; on a value's line it marks that
 * value (marking.c). */
#include "address.h"
#include "intel_int.h"
#include <stdlib.h>

struct plain {
	struct lines lines;
	struct buf scratch;
	slice author;
	slice beside; /* what else stands on the value's line */
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Bytes that make a line more than a bare value; most lines have none of them. */
static const bool special[256] = {[' '] = true, ['\t'] = true, [','] = true, [';'] = true, ['"'] = true, ['\''] = true, ['#'] = true};

static bool is_bare(slice s)
{
	unsigned found = 0;
	for (size_t i = 0; i < s.n; i++) found |= special[s.p[i]];
	return found == 0 && s.p[0] != '/' && s.p[0] != '!' && s.p[0] != '[';
}

static bool is_comment(slice s)
{
	return s.p[0] == '#' || s.p[0] == ';' || s.p[0] == '!' || (s.n > 1 && s.p[0] == '/' && s.p[1] == '/') ||
	       slice_starts(s, SLICE("[Adblock")) || slice_equal_nocase(slice_sub(s, 0, 4), SLICE("tlp:"));
}

/* A comment begins with blank and `#`, with `#TLP`, or with `//` between blanks. */
static bool comment_at(slice s, size_t i)
{
	bool behind_blank = blank(s.p[i - 1]);
	slice rest = slice_sub(s, i, s.n);
	if (s.p[i] == '#') return behind_blank || slice_equal_nocase(slice_sub(rest, 0, 4), SLICE("#tlp"));
	return s.p[i] == '/' && behind_blank && (slice_starts(rest, SLICE("// ")) || slice_starts(rest, SLICE("//\t")));
}

static slice without_comment(slice s)
{
	for (size_t i = 1; i < s.n; i++)
		if (comment_at(s, i)) return slice_trim(slice_sub(s, 0, i));
	return s;
}

/* What a line says behind a part of it. */
static slice behind_of(slice line, slice part)
{
	return slice_sub(line, (size_t)(part.p - line.p) + part.n, line.n);
}

/* "value", or 'value' with nothing but a comma or a comment behind. */
static slice without_quotes(slice s)
{
	if (s.n < 2 || (s.p[0] != '"' && s.p[0] != '\'')) return without_comment(s);
	slice inside = slice_sub(s, 1, s.n);
	size_t close = slice_find_byte(inside, s.p[0]);
	slice behind = slice_trim(slice_sub(inside, close + 1, inside.n));
	if (behind.n > 0 && behind.p[0] == ',') behind = slice_trim(slice_sub(behind, 1, behind.n));
	if (close == inside.n || (behind.n > 0 && !is_comment(behind))) return without_comment(s);
	return slice_trim(slice_sub(inside, 0, close));
}

static bool letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool plainly_hash(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(letter(s.p[i]) && (s.p[i] | 0x20) <= 'f')) return false;
	return s.n == 32 || s.n == 40 || s.n == 64 || s.n == 128;
}

static bool plainly_address(slice s)
{
	uint32_t v4;
	ipv6 v6;
	struct value_range range;
	return ipv4_parse(s, &v4) || ipv6_parse(s, &v6) || value_is_range(s) || value_range_read(s, &range, NULL) != OK || range.n > 0;
}

/* What stands before the first comma, semicolon or tab, when it cannot be part of a longer value. */
static slice without_columns(slice s, struct buf *scratch)
{
	size_t at = 0;
	while (at < s.n && s.p[at] != ',' && s.p[at] != ';' && s.p[at] != '\t') at++;
	if (at == s.n) return s;
	slice cell = value_trim(slice_sub(s, 0, at)), value = value_without_port(value_refang(scratch, cell));
	return plainly_address(value) || plainly_hash(value) || value_is_name(value) ? cell : s;
}

/* "- b" of "a - b"; "- seen twice" is a comment. */
static bool is_other_end(slice s)
{
	slice dash = slice_starts(s, SLICE("-")) ? SLICE("-") : SLICE("\xe2\x80\x93");
	slice end = slice_trim(slice_sub(s, dash.n, s.n));
	if (!slice_starts(s, dash)) return false;
	return end.n == 0 || (end.p[0] >= '0' && end.p[0] <= '9') || slice_find_byte(end, ':') < end.n;
}

/* "hash  name" as checksum tools print it, "address words": what stands before the first blank, when it is plainly a hash or an address. A
 * name is not: "cmd.exe /c whoami" is one value. */
static slice without_words(slice s, struct buf *scratch)
{
	size_t at = 0;
	while (at < s.n && !blank(s.p[at])) at++;
	if (at == s.n) return s;
	slice word = slice_sub(s, 0, at), value = value_without_port(value_refang(scratch, word));
	slice behind = slice_trim(slice_sub(s, at, s.n));
	return plainly_hash(value) || (plainly_address(value) && !is_other_end(behind)) ? word : s;
}

/* "ip:1.2.3.4", "domain=evil.example": what stands behind, when it is plainly what the word says. */
static slice without_kind(slice s)
{
	static const slice kinds[] = {SLICE("ip"), SLICE("ipv4"), SLICE("ipv6"), SLICE("ip-src"), SLICE("ip-dst"), SLICE("src"),
		SLICE("dst"), SLICE("addr"), SLICE("address"), SLICE("cidr"), SLICE("domain"), SLICE("host"), SLICE("hostname"),
		SLICE("fqdn"), SLICE("url"), SLICE("uri")};
	size_t at = 0;
	while (at < s.n && at < 10 && s.p[at] != ':' && s.p[at] != '=') at++;
	if (at == s.n || at == 10) return s;
	slice kind = slice_trim(slice_sub(s, 0, at)), value = slice_trim(slice_sub(s, at + 1, s.n));
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!slice_equal_nocase(kind, kinds[i])) continue;
		slice host = value_without_port(slice_sub(value, 0, slice_find_byte(value, '/')));
		bool named = slice_find(value, SLICE("://")) < value.n || value_is_name(value_of_wildcard(host));
		return named || plainly_address(value_without_port(value)) ? value : s;
	}
	return s;
}

/* "md5:…", "sha256=…": the hash. */
static slice without_algorithm(slice s)
{
	static const struct {
		slice name;
		size_t digits;
	} algorithms[] = {{SLICE("md5"), 32}, {SLICE("sha1"), 40}, {SLICE("sha-1"), 40}, {SLICE("sha256"), 64}, {SLICE("sha-256"), 64},
		{SLICE("sha512"), 128}, {SLICE("sha-512"), 128}};
	if (s.n < 36 || ((s.p[0] | 0x20) != 'm' && (s.p[0] | 0x20) != 's')) return s;
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
		slice name = algorithms[i].name;
		if (s.n <= name.n || (s.p[name.n] != ':' && s.p[name.n] != '=') || !slice_equal_nocase(slice_sub(s, 0, name.n), name))
			continue;
		slice hash = slice_trim(slice_sub(s, name.n + 1, s.n));
		return hash.n == algorithms[i].digits && plainly_hash(hash) ? hash : s;
	}
	return s;
}

static enum err emit_terms(struct plain *p, const struct indicator_term *terms, size_t n, uint64_t line)
{
	struct indicator i = indicator_empty(p->author);
	i.marking = marking_of_value(&p->lines, p->beside, line);
	i.terms = terms;
	i.terms_n = n;
	i.line = line;
	return p->lines.sink->indicator(p->lines.sink->context, &i);
}

/* "a-b": one indicator with a term for each range that covers it. */
static enum err emit_range(struct plain *p, const struct value_range *r, uint64_t line)
{
	struct indicator_term terms[RANGE_CIDRS_MAX];
	char texts[RANGE_CIDRS_MAX][RANGE_TEXT_BYTES];
	for (size_t i = 0; i < r->n; i++)
		terms[i] = (struct indicator_term){.op = TERM_EQUAL, .value = value_range_text(&r->cidrs[i], texts[i])};
	return emit_terms(p, terms, r->n, line);
}

/* A value that begins as an address does. */
static bool may_be_range(slice s)
{
	uint8_t c = s.p[0];
	if (s.n >= 32 && memchr(s.p, '.', s.n) == NULL && memchr(s.p, ':', s.n) == NULL) return false; /* a hash, most often */
	return (c >= '0' && c <= '9') || c == ':' || (letter(c) && (c | 0x20) <= 'f' && slice_find_byte(s, ':') < s.n);
}

/* "[x]", when x begins as an address does, so that it is judged as one. */
static slice without_brackets(slice s)
{
	slice inside = s.n > 2 && s.p[0] == '[' ? slice_sub(s, 1, s.n - 2) : (slice){0};
	bool whole = inside.n > 0 && s.p[s.n - 1] == ']' && slice_find_byte(inside, ']') == inside.n;
	return whole && may_be_range(inside) ? inside : s;
}

static enum err emit(struct plain *p, slice value, uint64_t line)
{
	struct value_range range;
	struct fault f = {0};
	value = value_without_port(without_kind(value_refang(&p->scratch, value_trim(value))));
	value = without_algorithm(without_brackets(value_of_wildcard(value)));
	if (value.n == 0) return OK;
	if (may_be_range(value)) {
		if (value_range_read(value, &range, &f) != OK) {
			trouble(p->lines.sink, ERR_SYNTAX, line, p->lines.offset, f.text);
			return OK;
		}
		if (range.n > 0) return emit_range(p, &range, line);
	}
	struct indicator_term term = {.op = TERM_EQUAL, .value = value}; /* a range too: told from its shape */
	return emit_terms(p, &term, 1, line);
}

/* Blockers' lists: "||name^" is the name and all below it; "||name^$options" too. What is more than a name, or an exception ("@@"), is
 * told. */
static enum err emit_adblock(struct plain *p, slice rule, uint64_t line)
{
	size_t end = 2;
	while (end < rule.n && rule.p[end] != '^' && rule.p[end] != '$') end++;
	slice name = slice_sub(rule, 2, end - 2), behind = slice_sub(rule, end, rule.n);
	uint32_t v4;
	bool only = behind.n == 0 || slice_equal(behind, SLICE("^")) || slice_equal(behind, SLICE("^|")) || behind.p[0] == '$' ||
		    slice_starts(behind, SLICE("^$"));
	if (rule.p[0] == '|' && only && (value_is_name(name) || ipv4_parse(name, &v4))) return emit(p, name, line);
	trouble(p->lines.sink, ERR_SYNTAX, line, p->lines.offset,
		rule.p[0] == '@' ? "plain list: a blocker's exception (@@) is no indicator, left out"
				 : "plain list: a blocker's rule that is more than ||name^, left out");
	return OK;
}

static bool is_adblock(slice s)
{
	return slice_starts(s, SLICE("||")) || slice_starts(s, SLICE("@@||"));
}

/* dnsmasq: "address=/name/name/target" (also server, local): the names. */
static bool is_dnsmasq(slice s)
{
	return slice_starts(s, SLICE("address=/")) || slice_starts(s, SLICE("server=/")) || slice_starts(s, SLICE("local=/"));
}

static enum err emit_dnsmasq(struct plain *p, slice line, uint64_t number)
{
	slice rest = without_comment(line);
	(void)slice_cut(&rest, '/');
	while (slice_find_byte(rest, '/') < rest.n) {
		slice name = slice_cut(&rest, '/');
		enum err e = value_is_name(value_of_wildcard(name)) ? emit(p, name, number) : OK;
		if (!value_is_name(value_of_wildcard(name)))
			trouble(p->lines.sink, ERR_SYNTAX, number, p->lines.offset,
				"plain list: a dnsmasq line whose name is none, left out");
		if (e != OK) return e;
	}
	return OK;
}

/* "0.0.0.0 name name": the names, when the address is one that hosts files send names to. */
static bool hosts_names(slice value, slice *names)
{
	static const slice nowhere[] = {SLICE("0.0.0.0"), SLICE("127.0.0.1"), SLICE("::"), SLICE("::1")};
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
		slice a = nowhere[i];
		if (value.n <= a.n || !slice_starts(value, a) || !blank(value.p[a.n])) continue;
		*names = slice_trim(slice_sub(value, a.n, value.n));
		return true;
	}
	return false;
}

static enum err emit_hosts(struct plain *p, slice names, uint64_t line)
{
	for (size_t at = 0; at < names.n;) {
		size_t end = at;
		while (end < names.n && !blank(names.p[end])) end++;
		slice name = slice_sub(names, at, end - at);
		at = end + 1;
		if (slice_find_byte(name, '.') == name.n || slice_starts(name, SLICE("localhost."))) continue;
		enum err e = emit(p, name, line);
		if (e != OK) return e;
	}
	return OK;
}

static enum err plain_line(void *context, slice line, uint64_t number)
{
	struct plain *p = context;
	line = value_trim_blanks(line);
	p->beside = (slice){0};
	if (line.n == 0) return OK;
	if (is_adblock(line)) return emit_adblock(p, line, number);
	if (is_comment(line)) {
		marking_comment(&p->lines, line, number);
		return OK;
	}
	if (is_dnsmasq(line)) return emit_dnsmasq(p, line, number);
	if (is_bare(line)) return emit(p, line, number);
	slice names, value = without_columns(without_quotes(line), &p->scratch);
	struct value_range range;
	bool ranges = may_be_range(value) && value_range_read(value, &range, NULL) == OK && range.n > 0; /* "0.0.0.0 - 0.0.0.9" */
	bool hosts = !ranges && hosts_names(value, &names);
	if (!ranges && !hosts) value = without_words(value, &p->scratch);
	p->beside = behind_of(line, value);
	return hosts ? emit_hosts(p, names, number) : emit(p, value, number);
}

static void *plain_open(slice author, const struct intel_sink *sink)
{
	struct plain *p = mem_alloc(sizeof *p);
	p->lines.sink = sink;
	p->author = author;
	return p;
}

static enum err plain_feed(void *reader, slice bytes, struct fault *f)
{
	(void)f;
	struct plain *p = reader;
	return lines_feed(&p->lines, bytes, plain_line, p);
}

static enum err plain_end(void *reader, struct fault *f)
{
	(void)f;
	struct plain *p = reader;
	return lines_end(&p->lines, plain_line, p);
}

static void plain_close(void *reader)
{
	struct plain *p = reader;
	buf_free(&p->lines.partial);
	buf_free(&p->scratch);
	free(p);
}

const struct reader_kind reader_plain = {plain_open, plain_feed, plain_end, plain_close};
