/* Zeek TSV: the header lines that describe the records, and one record's columns.
 * Source: Zeek, Log::WriterBackend Ascii: #separator with \x escapes, the others separated by it; \xHH and \\ in values; sets split before
 * they are unescaped. */
#include "limit.h"
#include "telemetry_int.h"

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9') return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo \xHH and \\; s itself when nothing changes. */
static slice unescape(struct arena *a, slice s)
{
	if (slice_find_byte(s, '\\') == s.n) return s;
	uint8_t *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (c == '\\' && i + 3 < s.n && s.p[i + 1] == 'x' && hex(s.p[i + 2]) >= 0 && hex(s.p[i + 3]) >= 0) {
			c = (uint8_t)(hex(s.p[i + 2]) * 16 + hex(s.p[i + 3]));
			i += 3;
		} else if (c == '\\' && i + 1 < s.n && s.p[i + 1] == '\\') {
			i++;
		}
		out[n++] = c;
	}
	return slice_of(out, n);
}

/* Cut *rest at the separator of more than one byte too. *more tells whether one was there. */
static slice cut(slice *rest, slice separator, bool *more)
{
	size_t at = separator.n == 1 ? slice_find_byte(*rest, separator.p[0]) : separator.n == 0 ? rest->n : slice_find(*rest, separator);
	slice piece = slice_sub(*rest, 0, at);
	*more = at < rest->n;
	*rest = slice_sub(*rest, at + separator.n, rest->n);
	return piece;
}

/* The inner type of set[…] and vector[…]. */
static slice inner_type(slice type, bool *set)
{
	size_t open = slice_find_byte(type, '[');
	*set = open < type.n && type.p[type.n - 1] == ']';
	return *set ? slice_sub(type, open + 1, type.n - open - 2) : type;
}

static void column_typed(struct zeek_column *c, slice type, slice log)
{
	static const char *const numbers[] = {"count", "int", "port", "bool", "interval", "double", "time", "enum"};
	slice kind = inner_type(type, &c->set);
	c->row = field_row_find(FORMAT_ZEEK_TSV, c->name, log);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (slice_equal(kind, slice_from(numbers[i]))) c->type = OBSERVABLE_IGNORED;
	}
	if (c->row == NULL && slice_equal(kind, SLICE("addr"))) c->type = OBSERVABLE_ADDRESS;
}

static void resolve(struct arena *a, struct telemetry_header *h)
{
	const slice tab = {&h->separator, 1};
	slice names = h->fields_line, types = h->types_line;
	size_t n = 1;
	for (size_t i = 0; i < names.n; i++) n += names.p[i] == h->separator;
	if (n > FIELDS_MAX) n = FIELDS_MAX;
	h->columns = names.n == 0 ? NULL : arena_array(a, n, sizeof *h->columns);
	h->columns_n = names.n == 0 ? 0 : n;
	for (size_t i = 0; i < h->columns_n; i++) {
		bool more;
		h->columns[i].name = cut(&names, tab, &more);
		column_typed(&h->columns[i], cut(&types, tab, &more), h->path);
	}
}

/* "#path<separator>dns": the value behind the word; false when the line is about something else. */
static bool told(slice line, const char *word, uint8_t separator, slice *value)
{
	slice w = slice_from(word);
	if (!slice_starts(line, w)) return false;
	if (line.n == w.n) {
		*value = (slice){NULL, 0};
		return true;
	}
	if (line.p[w.n] != separator && line.p[w.n] != ' ' && line.p[w.n] != '\t') return false;
	*value = slice_sub(line, w.n + 1, line.n);
	return true;
}

static struct telemetry_header first_header(void)
{
	return (struct telemetry_header){
		.format = FORMAT_ZEEK_TSV, .separator = '\t', .set_separator = SLICE(","), .empty = SLICE("(empty)"), .unset = SLICE("-")};
}

const struct telemetry_header *telemetry_header_line(struct arena *a, const struct telemetry_header *old, slice line)
{
	if (columns_is_header_line(line) || (old != NULL && old->format != FORMAT_ZEEK_TSV)) return columns_header_line(a, old, line);
	struct telemetry_header h = old != NULL ? *old : first_header();
	while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n')) line.n--;
	slice value, *target = NULL;
	if (told(line, "#separator", ' ', &value)) {
		slice byte = unescape(a, value);
		if (byte.n != 1) return old;
		if (old != NULL && old->separator == byte.p[0]) return old;
		h = first_header(); /* a new file begins */
		h.separator = byte.p[0];
	} else {
		const struct {
			const char *word;
			slice *target;
		} lines[] = {
			{"#set_separator", &h.set_separator},
			{"#empty_field", &h.empty},
			{"#unset_field", &h.unset},
			{"#path", &h.path},
			{"#fields", &h.fields_line},
			{"#types", &h.types_line},
		};
		for (size_t i = 0; i < sizeof lines / sizeof lines[0] && target == NULL; i++) {
			if (told(line, lines[i].word, h.separator, &value)) target = lines[i].target;
		}
		if (target == NULL) return old;
		if (old != NULL && slice_equal(*target, value)) return old;
		*target = arena_copy(a, value);
		if (target == &h.set_separator) h.set_separator = unescape(a, h.set_separator);
		if (target == &h.fields_line) h.types_line = (slice){NULL, 0};
	}
	struct telemetry_header *made = ARENA_NEW(a, struct telemetry_header);
	*made = h;
	resolve(a, made);
	return made;
}

static void add_value(struct field_list *l, struct found *d, const struct zeek_column *c, slice value)
{
	struct field f = {.name = c->name, .value = unescape(l->arena, value), .type = c->type};
	if (c->type == OBSERVABLE_NONE || c->row == NULL) {
		if (c->type == OBSERVABLE_ADDRESS) f.type = field_fit(c->type, f.value);
		field_typed(l, d, c->row, &f);
		return;
	}
	/* a number: what it is for counts, never its text */
	struct field_row row = *c->row;
	row.type = OBSERVABLE_IGNORED;
	field_typed(l, d, &row, &f);
}

void zeek_tsv_fields(struct field_list *l, struct found *d, const struct telemetry_header *h, slice record)
{
	static const struct zeek_column unnamed = {.type = OBSERVABLE_NONE};
	const slice separator = {&h->separator, 1};
	bool more = true;
	d->log = h->path;
	for (size_t i = 0; more && !l->full; i++) {
		const struct zeek_column *c = i < h->columns_n ? &h->columns[i] : &unnamed;
		slice value = cut(&record, separator, &more);
		if (value.n == 0 || slice_equal(value, h->unset) || slice_equal(value, h->empty)) continue;
		bool parts = c->set;
		while (parts && !l->full) {
			slice part = cut(&value, h->set_separator, &parts);
			if (part.n > 0 && !slice_equal(part, h->unset)) add_value(l, d, c, part);
		}
		if (!c->set) add_value(l, d, c, value);
	}
}
