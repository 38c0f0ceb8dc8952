/* Plain lists: one value per line. `#`, `;` and `//` begin comments, blank + `#` ends a value, quotes around a value and a comma behind them go,
 * defanging is undone, a port behind an address is dropped. Lines of a hosts file ("0.0.0.0 name") mean the name.
 * A comment that says "TLP:…" before the first value marks the list. */
#include "intel_int.h"
#include <stdlib.h>

struct plain {
	struct lines lines;
	struct buf scratch;
	slice author;
	enum tlp marking;
	bool begun;
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_comment(slice s)
{
	return s.p[0] == '#' || s.p[0] == ';' || (s.n > 1 && s.p[0] == '/' && s.p[1] == '/');
}

static slice without_comment(slice s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == '#' && blank(s.p[i - 1])) return slice_trim(slice_sub(s, 0, i));
	return s;
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

static enum err emit(struct plain *p, slice value, uint64_t line)
{
	value = value_without_port(value_refang(&p->scratch, value));
	if (value.n == 0) return OK;
	struct indicator_term term = {.op = value_is_range(value) ? TERM_SUBSET : TERM_EQUAL, .value = value};
	struct indicator i = indicator_empty(p->author);
	i.marking = p->marking;
	i.terms = &term;
	i.terms_n = 1;
	i.line = line;
	p->begun = true;
	return p->lines.sink->indicator(p->lines.sink->context, &i);
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
	line = slice_trim(line);
	if (line.n == 0) return OK;
	if (is_comment(line)) {
		if (!p->begun) p->marking = tlp_stricter(p->marking, value_tlp(slice_sub(line, 1, 256)));
		return OK;
	}
	slice names, value = without_quotes(line);
	if (memchr(value.p, 0, value.n) != NULL) {
		trouble(p->lines.sink, ERR_SYNTAX, number, p->lines.offset, "plain list: a NUL byte in the line, left out");
		return OK;
	}
	if (hosts_names(value, &names)) return emit_hosts(p, names, number);
	return emit(p, value, number);
}

static void *plain_open(slice author, const struct intel_sink *sink)
{
	struct plain *p = mem_alloc(sizeof *p);
	p->lines.sink = sink;
	p->author = author;
	p->marking = TLP_NONE;
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
