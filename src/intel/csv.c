/* CSV, RFC 4180, with a header (which may stand behind `#`). Separator: comma, semicolon, tab or bar, whichever the header has most of.
 * A quoted field may hold line ends. Where quotes do not balance, the lines are named and read one by one, so that no row is lost to its
 * neighbour. */
#include "csv_int.h"
#include "limit.h"
#include <stdlib.h>

enum quote_state { AT_START, IN_FIELD, IN_QUOTES, BEHIND_QUOTE, IN_JUNK /* text between a closing quote and the separator */ };
struct csv {
	struct lines lines;
	struct csv_header header;
	bool header_known, header_comment, rows;
	struct buf pending; /* lines of a record whose quotes are open */
	uint64_t pending_line;
	enum quote_state state;
	bool junk;
	struct buf unquoted, scratch;
	struct arena *arena;
	slice author;
	struct fault *fault; /* of the feed that runs */
};

static const uint8_t separators[] = {',', ';', '\t', '|'};

/* ---- fields ---- */

static size_t past_blank(slice s, size_t at, uint8_t separator)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t') && s.p[at] != separator) at++;
	return at;
}

/* Position of the quote that closes a field whose text begins at `at`; s.n when there is none. */
static size_t closing(slice s, size_t at)
{
	for (; at < s.n; at++) {
		if (s.p[at] != '"') continue;
		if (at + 1 < s.n && s.p[at + 1] == '"') at++;
		else return at;
	}
	return s.n;
}

static slice undouble(struct buf *scratch, slice s)
{
	if (slice_find(s, SLICE("\"\"")) == s.n) return s;
	size_t from = scratch->n;
	for (size_t i = 0; i < s.n; i++) {
		buf_add_byte(scratch, s.p[i]);
		if (s.p[i] == '"') i++;
	}
	return slice_of(scratch->p + from, scratch->n - from);
}

size_t csv_fields(struct buf *scratch, slice record, uint8_t separator, slice *fields)
{
	size_t n = 0, at = 0;
	buf_clear(scratch);
	(void)buf_reserve(scratch, record.n);
	while (n < CSV_COLUMNS_MAX) {
		size_t from = past_blank(record, at, separator);
		size_t close = from < record.n && record.p[from] == '"' ? closing(record, from + 1) : record.n;
		size_t next = close < record.n ? close : at;
		while (next < record.n && record.p[next] != separator) next++;
		if (close < record.n) fields[n++] = slice_trim(undouble(scratch, slice_sub(record, from + 1, close - from - 1)));
		else fields[n++] = slice_trim(slice_sub(record, at, next - at));
		if (next >= record.n) break;
		at = next + 1;
	}
	return n;
}

/* ---- header ---- */

static slice without_hashes(slice s)
{
	while (s.n > 0 && s.p[0] == '#') s = slice_sub(s, 1, s.n);
	return slice_trim(s);
}

/* In a comment only names count, not prose: "# IP, domain and URL list" is no header. */
static bool one_word(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] >= 0x80) return false;
	return s.n > 0 && s.n <= 40;
}

static uint8_t separator_of(slice line)
{
	uint8_t best = ',';
	size_t most = 0;
	for (size_t i = 0; i < sizeof separators; i++) {
		size_t count = 0;
		for (size_t k = 0; k < line.n; k++) count += line.p[k] == separators[i];
		if (count > most) best = separators[i];
		if (count > most) most = count;
	}
	return best;
}

static bool header_of(slice line, bool comment, struct buf *scratch, struct csv_header *out)
{
	slice fields[CSV_COLUMNS_MAX];
	if (line.n > 16384) return false;
	if (comment) line = without_hashes(line);
	uint8_t separator = separator_of(line);
	size_t n = csv_fields(scratch, line, separator, fields);
	if (comment && n < 2) return false;
	for (size_t i = 0; comment && i < n; i++)
		if (!one_word(fields[i])) return false;
	out->separator = separator;
	return csv_header_read(fields, n, out);
}

bool csv_is_header(slice line, bool comment)
{
	struct buf scratch = {0};
	struct csv_header header;
	bool is = header_of(line, comment, &scratch, &header);
	buf_free(&scratch);
	return is;
}

/* ---- records ---- */

static enum err record(struct csv *c, slice text, uint64_t line)
{
	slice fields[CSV_COLUMNS_MAX];
	size_t n = csv_fields(&c->unquoted, text, c->header.separator, fields);
	arena_reset(c->arena);
	struct csv_row row = {.header = &c->header,
		.fields = fields,
		.n = n,
		.arena = c->arena,
		.scratch = &c->scratch,
		.sink = c->lines.sink,
		.author = c->author,
		.line = line,
		.offset = c->lines.offset,
		.marking = marking_of_value(&c->lines, (slice){0}, line)};
	c->rows = true;
	return csv_row_emit(&row);
}

static void quotes(struct csv *c, slice line)
{
	for (size_t i = 0; i < line.n; i++) {
		uint8_t b = line.p[i];
		bool separator = b == c->header.separator;
		if (c->state == IN_QUOTES) {
			if (b == '"') c->state = BEHIND_QUOTE;
		} else if (separator) {
			c->state = AT_START;
		} else if (b == '"') {
			c->state = c->state == AT_START || c->state == BEHIND_QUOTE ? IN_QUOTES : c->state;
		} else if (b != ' ' && b != '\t') {
			c->junk = c->junk || c->state == BEHIND_QUOTE;
			c->state = c->state == BEHIND_QUOTE ? IN_JUNK : IN_FIELD;
		}
	}
}

static enum err give_up(struct csv *c)
{
	slice rest = buf_slice(&c->pending);
	uint64_t line = c->pending_line;
	enum err e = OK;
	trouble(c->lines.sink, ERR_SYNTAX, line, c->lines.offset, "RFC 4180 2: quotes do not balance; the lines are read one by one");
	while (rest.n > 0 && e == OK) {
		slice one = slice_trim(slice_cut(&rest, '\n'));
		if (one.n > 0) e = record(c, one, line);
		line++;
	}
	buf_clear(&c->pending);
	c->state = AT_START;
	return e;
}

static enum err data_line(struct csv *c, slice line, uint64_t number)
{
	bool open = c->pending.n > 0;
	if (!open && memchr(line.p, '"', line.n) == NULL) return record(c, line, number);
	if (!open) {
		c->state = AT_START;
		c->junk = false;
		c->pending_line = number;
	}
	quotes(c, line);
	if (!open && c->state != IN_QUOTES) return record(c, line, number);
	if (open) buf_add_byte(&c->pending, '\n');
	buf_add(&c->pending, line);
	if (c->pending.n > INTEL_LINE_BYTES_MAX || (open && c->junk)) return give_up(c);
	if (c->state == IN_QUOTES) return OK;
	enum err e = record(c, buf_slice(&c->pending), c->pending_line);
	buf_clear(&c->pending);
	return e;
}

static enum err csv_line(void *context, slice line, uint64_t number)
{
	struct csv *c = context;
	if (c->pending.n > 0) return data_line(c, line, number);
	slice text = slice_trim(line);
	if (text.n == 0) return OK;
	bool comment = text.p[0] == '#';
	bool may_be_header = !c->header_known || (!c->rows && c->header_comment);
	struct csv_header header;
	if (may_be_header && header_of(text, comment, &c->unquoted, &header)) {
		c->header = header;
		c->header_known = true;
		c->header_comment = comment;
		return OK;
	}
	if (comment) {
		marking_comment(&c->lines, text, number);
		return OK;
	}
	if (c->header_known) return data_line(c, line, number);
	return fault_set(c->fault, ERR_SYNTAX, number, c->lines.offset,
		"CSV: no column of the header holds values (value, indicator, ip, domain, url, sha256 …)");
}

static void *csv_open(slice author, const struct intel_sink *sink)
{
	struct csv *c = mem_alloc(sizeof *c);
	c->lines.sink = sink;
	c->author = author;
	c->arena = arena_new(0);
	return c;
}

static enum err csv_feed(void *reader, slice bytes, struct fault *f)
{
	struct csv *c = reader;
	c->fault = f;
	return lines_feed(&c->lines, bytes, csv_line, c);
}

static enum err csv_end(void *reader, struct fault *f)
{
	struct csv *c = reader;
	c->fault = f;
	enum err e = lines_end(&c->lines, csv_line, c);
	return e == OK && c->pending.n > 0 ? give_up(c) : e;
}

static void csv_close(void *reader)
{
	struct csv *c = reader;
	buf_free(&c->lines.partial);
	buf_free(&c->pending);
	buf_free(&c->unquoted);
	buf_free(&c->scratch);
	arena_free(c->arena);
	free(c);
}

const struct reader_kind reader_csv = {csv_open, csv_feed, csv_end, csv_close};
