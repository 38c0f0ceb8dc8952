/* Records in columns that a header names: W3C extended log files, Exchange's CSV with #Fields, CSV with a first line of names.
 * Cells: between blanks (W3C) or the separator; "…" with "" for a mark. Cells beyond the header are text. */
#include "json.h"
#include "limit.h"
#include "rows_int.h"

#define COLUMNS_MAX 512u

/* ---- cells ---- */
static slice undouble(struct arena *a, slice v)
{
	if (slice_find(v, SLICE("\"\"")) == v.n) return v;
	uint8_t *out = arena_alloc(a, v.n);
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++) {
		out[n++] = v.p[i];
		if (v.p[i] == '"' && i + 1 < v.n && v.p[i + 1] == '"') i++;
	}
	return slice_of(out, n);
}

static size_t quoted_length(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '"') continue;
		if (i + 1 == s.n || s.p[i + 1] != '"') return i;
		i++;
	}
	return s.n;
}

/* The next cell; what stands between a closing mark and the separator belongs to it. */
static slice cell(struct arena *a, slice *rest, uint8_t separator)
{
	if (rest->n > 0 && rest->p[0] == '"') {
		slice inner = slice_sub(*rest, 1, rest->n);
		size_t n = quoted_length(inner);
		slice behind = slice_sub(inner, n + 1, inner.n);
		if (behind.n == 0 || behind.p[0] == separator || (separator == ' ' && behind.p[0] == '\t')) {
			*rest = slice_sub(behind, 1, behind.n);
			return undouble(a, slice_sub(inner, 0, n));
		}
	}
	return slice_cut(rest, separator);
}

static bool row_of_name(struct arena *a, enum format f, slice name, struct zeek_column *c);

/* ---- headers ---- */
static struct telemetry_header *header_new(struct arena *a, enum format f, uint8_t separator, slice names)
{
	struct telemetry_header *h = ARENA_NEW(a, struct telemetry_header);
	h->format = f;
	h->separator = separator;
	h->fields_line = names;
	size_t n = 0;
	h->columns = arena_array(a, COLUMNS_MAX, sizeof *h->columns);
	while (names.n > 0 && n < COLUMNS_MAX) {
		if (separator == ' ') names = skip_blanks(names);
		slice name = slice_trim(cell(a, &names, separator));
		if (name.n == 0 && separator == ' ') continue;
		(void)row_of_name(a, f, name, &h->columns[n++]);
	}
	h->columns_n = n;
	return h;
}

/* A CSV header's names in any spelling: "Source IP", "source.ip", "SourceIP" stay apart only by their letters. */
static bool row_of_name(struct arena *a, enum format f, slice name, struct zeek_column *c)
{
	uint8_t folded[NAME_BYTES_MAX];
	slice key = f == FORMAT_CSV ? name_folded(folded, name) : name;
	c->name = arena_copy(a, name);
	c->row = field_row_find(f, key, (slice){NULL, 0});
	return c->row != NULL;
}

bool columns_is_header_line(slice line)
{
	return line.n >= 8 && slice_equal_nocase(slice_sub(line, 0, 8), SLICE("#Fields:"));
}

const struct telemetry_header *columns_header_line(struct arena *a, const struct telemetry_header *old, slice line)
{
	while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n')) line.n--;
	slice date = SLICE("#Date:"), told = old != NULL ? old->date : (slice){NULL, 0};
	if (columns_is_header_line(line)) {
		slice names = slice_trim(slice_sub(line, 8, line.n));
		if (old != NULL && slice_equal(old->fields_line, names)) return old;
		bool commas = slice_find_byte(names, ',') < names.n;
		bool tabs = !commas && slice_find_byte(names, '\t') < names.n;
		struct telemetry_header *h = header_new(a, commas ? FORMAT_EXCHANGE : FORMAT_W3C,
			commas ? ','
			: tabs ? '\t'
			       : ' ',
			arena_copy(a, names));
		h->date = told;
		return h;
	}
	if (line.n < date.n || !slice_equal_nocase(slice_sub(line, 0, date.n), date)) return old;
	slice day = slice_sub(slice_trim(slice_sub(line, date.n, line.n)), 0, 10);
	if (slice_equal(day, told)) return old;
	struct telemetry_header *h = ARENA_NEW(a, struct telemetry_header);
	if (old != NULL) *h = *old;
	else *h = (struct telemetry_header){.format = FORMAT_W3C, .separator = ' '};
	h->date = arena_copy(a, day);
	return h;
}

static bool name_shaped(slice v)
{
	if (v.n == 0 || v.n > NAME_BYTES_MAX) return false;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t b = v.p[i];
		bool good = ((b | 32) >= 'a' && (b | 32) <= 'z') || strchr("_-. @()/:#", b) != NULL || (i > 0 && b >= '0' && b <= '9');
		if (!good || b == 0) return false;
	}
	return true;
}

static bool tells(const struct field_row *row)
{
	return (row->type != OBSERVABLE_NONE && row->type != OBSERVABLE_IGNORED) || row->role == ROLE_JSON;
}

/* A first line of names, two of which at least are known and one of them an observable's. */
static const struct telemetry_header *csv_header(struct arena *a, slice line, uint8_t separator)
{
	const struct telemetry_header *h = header_new(a, FORMAT_CSV, separator, arena_copy(a, line));
	size_t known = 0, typed = 0;
	for (size_t i = 0; i < h->columns_n; i++) {
		if (!name_shaped(h->columns[i].name)) return NULL;
		known += h->columns[i].row != NULL;
		typed += h->columns[i].row != NULL && tells(h->columns[i].row);
	}
	return h->columns_n >= 3 && known >= 2 && typed >= 1 ? h : NULL;
}

const struct telemetry_header *columns_detect(struct arena *a, slice s)
{
	const struct telemetry_header *h = NULL;
	slice line = slice_trim(slice_cut(&s, '\n'));
	while (line.n > 0 && line.p[0] == '#') {
		h = columns_header_line(a, h, line);
		line = slice_trim(slice_cut(&s, '\n'));
	}
	if (h != NULL) return h->columns_n > 0 ? h : NULL;
	static const uint8_t separators[] = {',', ';', '\t'};
	for (size_t i = 0; i < sizeof separators && line.n < 16384; i++) {
		if (slice_find_byte(line, separators[i]) == line.n) continue;
		struct telemetry_header *csv = (struct telemetry_header *)(uintptr_t)csv_header(a, line, separators[i]);
		if (csv == NULL) continue;
		csv->first_line = csv->fields_line;
		return csv;
	}
	return NULL;
}

/* ---- records ---- */
static slice plus_undone(struct arena *a, slice v)
{
	if (slice_find_byte(v, '+') == v.n) return v;
	uint8_t *out = arena_alloc(a, v.n);
	for (size_t i = 0; i < v.n; i++) out[i] = v.p[i] == '+' ? ' ' : v.p[i];
	return slice_of(out, v.n);
}

/* JSON in a cell is a record of its own kind; what it says of time and machine counts. */
static bool json_cell(struct cutting *c, slice value)
{
	slice text = slice_of(arena_alloc(c->list->arena, value.n + JSON_PADDING), value.n);
	memcpy((uint8_t *)(uintptr_t)text.p, value.p, value.n);
	return json_cut(c, text);
}

static void add_cell(struct cutting *c, const struct zeek_column *column, slice value)
{
	const struct field_row *row = column->row;
	struct field f = {.name = column->name, .value = value};
	if (value.n == 0 || slice_equal(value, SLICE("-"))) return;
	if (row != NULL && row->role == ROLE_JSON && value.p[0] == '{' && json_cell(c, value)) return;
	if (row != NULL && row->role == ROLE_PLUS) f.value = plus_undone(c->list->arena, value);
	field_typed(c->list, c->found, row, &f);
}

void columns_cut(struct cutting *c, const struct telemetry_header *h, slice record)
{
	static const struct zeek_column unnamed = {.type = OBSERVABLE_NONE};
	c->found->date = h->date;
	for (size_t i = 0; record.n > 0 && !c->list->full; i++) {
		if (h->separator == ' ') record = skip_blanks(record);
		slice value = cell(c->list->arena, &record, h->separator);
		add_cell(c, i < h->columns_n ? &h->columns[i] : &unnamed, h->separator == ' ' ? value : slice_trim(value));
	}
}
