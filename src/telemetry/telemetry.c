/* Detecting a file's format and taking one record apart. JSON records are walked once; then, when the top-level keys have told
 * the kind, each field gets its row. */
#include <stdlib.h>
#include "json.h"
#include "limit.h"
#include "telemetry_int.h"

#define DETECT_RECORDS 16u
#define DETECT_LINES 32u /* programs greet before they log */

bool telemetry_has_headers(enum format f)
{
	return format_row_of(f)->syntax == SYNTAX_COLUMNS;
}

bool telemetry_is_header(enum format f, const struct telemetry_header *h, slice line)
{
	if (line.n == 0 || !telemetry_has_headers(f)) return false;
	if (f != FORMAT_CSV) return line.p[0] == '#';
	return h != NULL && line.n >= h->first_line.n && line.p[0] == h->first_line.p[0] && slice_equal(slice_trim(line), h->first_line);
}

bool telemetry_changes_columns(enum format f, slice line)
{
	return f == FORMAT_ZEEK_TSV ? slice_starts(line, SLICE("#fields")) : columns_is_header_line(line);
}

struct telemetry_reader {
	struct telemetry_settings settings;
	struct json_parser *parser;
	struct field_index *index; /* NULL in the reader of detection, which looks few names up */
};

struct telemetry_reader *telemetry_reader_new(const struct telemetry_settings *s)
{
	struct telemetry_reader *r = mem_alloc(sizeof *r);
	if (s != NULL) r->settings = *s;
	r->index = mem_alloc(sizeof *r->index);
	field_index_make(r->index);
	return r;
}

void telemetry_reader_free(struct telemetry_reader *r)
{
	if (r == NULL) return;
	json_parser_free(r->parser);
	free(r->index);
	free(r);
}

const struct field_row *reader_row(const struct telemetry_reader *r, enum format f, slice name, slice log)
{
	return r->index != NULL ? field_index_find(r->index, f, name, log) : field_row_find(f, name, log);
}

const struct telemetry_settings *reader_settings(const struct telemetry_reader *r)
{
	return &r->settings;
}

static struct json_parser *parser_of(struct telemetry_reader *r)
{
	if (r->parser == NULL) r->parser = json_parser_new();
	return r->parser;
}

static struct found found_of(const struct telemetry_reader *r, struct record_fields *out)
{
	return (struct found){
		.settings = &r->settings, .out = out, .time_rank = RANK_UNSET, .host_rank = RANK_UNSET, .url_host_rank = RANK_UNSET};
}

/* ---- detection ---- */
/* The string that starts at s[0] == '"', with its quotes; cut short text gives all of it. */
static slice string_at(slice s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\') i++;
		else if (s.p[i] == '"') return slice_sub(s, 0, i + 1);
	}
	return s;
}

/* Top-level keys of the first objects (an outer array does not count), told without a parser: the last record may be cut short. */
static enum format json_kind(slice s)
{
	uint32_t signals = 0;
	size_t depth = 0, base = s.p[0] == '[' ? 2 : 1, records = 0;
	for (size_t i = 0; i < s.n && records < DETECT_RECORDS; i++) {
		uint8_t c = s.p[i];
		if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && depth > 0) {
			if (depth-- != base || c != '}') continue;
			if (format_from_signals(signals) != FORMAT_JSON) break;
			signals = 0;
			records++;
		} else if (c == '"') {
			slice text = string_at(slice_sub(s, i, s.n)), behind = skip_blanks(slice_sub(s, i + text.n, 64));
			if (depth == base && text.n > 2 && behind.n > 0 && behind.p[0] == ':')
				signals |= signal_of_key(slice_sub(text, 1, text.n - 2));
			i += text.n - 1;
		}
	}
	return format_from_signals(signals);
}

static bool json_starts(slice s)
{
	if (s.n == 0 || (s.p[0] != '{' && s.p[0] != '[')) return false;
	slice behind = skip_blanks(slice_sub(s, 1, 4096));
	if (s.p[0] == '{') return behind.n == 0 || behind.p[0] == '"' || behind.p[0] == '}';
	return behind.n > 0 && (behind.p[0] == '{' || behind.p[0] == '"' || behind.p[0] == '[');
}

static bool zeek_starts(slice s)
{
	static const char *const words[] = {
		"#separator ", "#set_separator\t", "#fields\t", "#path\t", "#empty_field\t", "#unset_field\t", "#types\t"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (slice_starts(s, slice_from(words[i]))) return true;
	}
	return false;
}

static const struct telemetry_header *zeek_header(struct arena *a, slice s)
{
	const struct telemetry_header *h = NULL;
	while (s.n > 0) {
		slice line = slice_cut(&s, '\n');
		if (line.n == 0 || (line.n == 1 && line.p[0] == '\r')) continue;
		if (line.p[0] != '#') break;
		h = telemetry_header_line(a, h, line);
	}
	return h;
}

/* The first of a text's lines that is of a known format tells. */
static enum format line_kind(slice s)
{
	const struct telemetry_settings some = {.year = 2000};
	struct telemetry_reader reader = {.settings = some}, *r = &reader;
	struct arena *a = arena_new(0);
	enum format f = FORMAT_TEXT;
	for (size_t i = 0; i < DETECT_LINES && s.n > 0 && f == FORMAT_TEXT; i++) {
		struct record_fields out = {.time = INSTANT_NONE};
		struct found d = found_of(r, &out);
		struct field_list l = {.arena = a};
		(void)line_cut(r, &l, &d, FORMAT_SYSLOG, slice_cut(&s, '\n'));
		f = out.kind;
		arena_reset(a);
	}
	arena_free(a);
	json_parser_free(reader.parser);
	return f;
}

enum format telemetry_detect(struct arena *a, slice start, const struct telemetry_header **header)
{
	*header = NULL;
	if (slice_starts(start, SLICE("\xef\xbb\xbf"))) start = slice_sub(start, 3, start.n);
	slice s = skip_blanks(start);
	if (zeek_starts(s)) {
		*header = zeek_header(a, s);
		return FORMAT_ZEEK_TSV;
	}
	if (json_starts(s)) return json_kind(s);
	const struct telemetry_header *columns = columns_detect(a, s);
	if (columns == NULL) return line_kind(s);
	*header = columns;
	return columns->format;
}

/* ---- one record of JSON ---- */
struct number {
	slice path;
	json_value value;
};
struct walk {
	struct field_list list;
	struct number *numbers;
	size_t numbers_n, numbers_room;
	uint8_t *text;
	size_t text_n, text_room; /* decoded strings: together never longer than the record */
	slice key, path;          /* the last ones, already in the arena */
	uint32_t signals;
};

static slice kept(struct walk *w, slice s)
{
	if (s.n > w->text_room - w->text_n) return arena_copy(w->list.arena, s);
	uint8_t *to = w->text + w->text_n;
	if (s.n > 0) memcpy(to, s.p, s.n);
	w->text_n += s.n;
	return slice_of(to, s.n);
}

static slice kept_path(struct walk *w, slice path)
{
	if (slice_equal(path, w->path)) return w->path;
	w->path = slice_equal(path, w->key) ? w->key : arena_copy(w->list.arena, path);
	return w->path;
}

static void add_number(struct walk *w, const struct json_scalar *s)
{
	if (w->numbers_n == w->numbers_room) {
		if (w->numbers_room >= FIELDS_MAX) return; /* the ports and times of known formats come before */
		size_t room = w->numbers_room == 0 ? 32 : w->numbers_room * 2;
		struct number *more = arena_array(w->list.arena, room, sizeof *more);
		if (w->numbers_n > 0) memcpy(more, w->numbers, w->numbers_n * sizeof *more);
		w->numbers = more;
		w->numbers_room = room;
	}
	w->numbers[w->numbers_n++] = (struct number){kept_path(w, s->path), s->value};
}

static bool visit(void *context, const struct json_scalar *s)
{
	struct walk *w = context;
	struct field f = {.is_key = s->is_key};
	if (s->is_key) {
		f.name = kept_path(w, s->path);
		f.value = w->key = kept(w, s->text);
		if (s->path.n == 0 || slice_equal(s->path, SLICE("_source"))) w->signals |= signal_of_key(s->text);
		field_list_add(&w->list, &f);
	} else if (s->type == JSON_STRING) {
		f.name = kept_path(w, s->path);
		f.value = kept(w, s->text);
		field_list_add(&w->list, &f);
	} else if (s->type == JSON_INTEGER || s->type == JSON_UNSIGNED || s->type == JSON_DOUBLE) {
		add_number(w, s);
	}
	return !w->list.full;
}

static slice inner_name(enum format kind, slice path)
{
	const char *const *prefixes = format_row_of(kind)->prefixes;
	for (size_t i = 0; prefixes != NULL && prefixes[i] != NULL; i++) {
		slice p = slice_from(prefixes[i]);
		if (path.p[0] == p.p[0] && slice_starts(path, p)) return slice_sub(path, p.n, path.n);
	}
	return path;
}

/* Inside event data a name tells the value's type, not the record's machine or time (but for Sysmon's UtcTime). */
static const struct field_row *row_of(const struct telemetry_reader *r, enum format kind, slice path, slice log)
{
	if (slice_starts(path, SLICE("_source."))) path = slice_sub(path, 8, path.n); /* a hit of Elasticsearch's search wraps the record */
	if (path.n == 0) return NULL;
	slice name = inner_name(kind, path);
	const struct field_row *row = reader_row(r, kind, name, log);
	bool inner = name.n != path.n && kind == FORMAT_WINDOWS;
	return row != NULL && inner && (row->role == ROLE_HOST || row->role == ROLE_TIME) ? NULL : row;
}

static slice log_of(const struct telemetry_reader *r, enum format kind, const struct field_list *l)
{
	if (kind != FORMAT_ZEEK_JSON && kind != FORMAT_EVE) return (slice){NULL, 0};
	for (size_t i = 0; i < l->n; i++) {
		const struct field *f = &l->fields[i];
		if (f->is_key || f->name.n > 10) continue;
		const struct field_row *row = row_of(r, kind, f->name, (slice){NULL, 0});
		if (row != NULL && row->role == ROLE_LOG) return f->value;
	}
	return (slice){NULL, 0};
}

static void number_typed(const struct telemetry_reader *r, struct field_list *l, struct found *d, enum format kind, const struct number *n)
{
	const struct field_row *row = row_of(r, kind, n->path, d->log);
	int64_t whole;
	double value;
	if (row == NULL || !json_get_double(n->value, &value)) return;
	if (row->role == ROLE_TIME && row->rank < d->time_rank) {
		instant t = time_of_number(value);
		if (t == INSTANT_NONE) return;
		d->out->time = t;
		d->out->time_guessed = false;
		d->time_rank = row->rank;
	}
	if (row->type != OBSERVABLE_IGNORED || row->role == ROLE_TIME || !json_get_int(n->value, &whole)) return;
	struct field f = {.name = n->path, .value = arena_printf(l->arena, "%lld", (long long)whole)};
	field_typed(l, d, row, &f);
}

static void text_fields(struct found *d, struct arena *a, slice record)
{
	struct record_fields *out = d->out;
	size_t end = 0;
	bool guessed = false;
	out->fields = ARENA_NEW(a, struct field);
	out->fields[0] = (struct field){.value = record};
	out->fields_n = 1;
	out->time = time_find(record, d->settings, &guessed, &end);
	out->time_guessed = out->time != INSTANT_NONE && guessed;
	if (out->time != INSTANT_NONE) out->host = host_of_line(record, end);
}

/* Adds the fields of a JSON text to the list. False when the parser refuses it or it has too many fields. */
static bool json_fields(struct telemetry_reader *r, struct found *d, struct field_list *l, enum format format, slice record)
{
	json_value root;
	struct fault fault;
	if (json_parse_padded(parser_of(r), record, &root, &fault) != OK) {
		d->out->too_deep |= fault.kind == ERR_LIMIT;
		return false;
	}
	struct walk w = {.list = {.arena = l->arena}, .text = arena_alloc(l->arena, record.n), .text_room = record.n};
	json_walk(root, visit, &w);
	d->out->too_many |= w.list.full;
	if (w.list.full) return false;
	enum format kind = format_from_signals(w.signals);
	if (kind == FORMAT_JSON && format_row_of(format)->syntax == SYNTAX_JSON) kind = format;
	d->log = log_of(r, kind, &w.list);
	d->out->kind = kind;
	for (size_t i = 0; i < w.list.n; i++) {
		struct field *f = &w.list.fields[i];
		field_typed(l, d, f->is_key ? NULL : row_of(r, kind, f->name, d->log), f);
	}
	for (size_t i = 0; i < w.numbers_n; i++) number_typed(r, l, d, kind, &w.numbers[i]);
	d->out->too_many |= l->full;
	return !l->full;
}

/* A message inside syslog; its numbers and machine count before the header's. */
bool json_cut(struct cutting *c, slice record)
{
	enum format outer = c->found->out->kind;
	size_t n = c->list->n;
	bool good = json_fields(c->reader, c->found, c->list, FORMAT_JSON, record);
	if (good) c->found->out->inner = c->found->out->kind;
	else c->list->n = n;
	c->found->out->kind = outer;
	return good;
}

/* All but why. */
static void forget(struct record_fields *out)
{
	*out = (struct record_fields){.time = INSTANT_NONE, .too_many = out->too_many, .too_deep = out->too_deep};
}

static void take_list(struct found *d, const struct field_list *l)
{
	d->out->fields = l->fields;
	d->out->fields_n = l->n;
	found_finish(d, l->arena);
}

/* A time that no field told. */
static void find_time(struct found *d, slice record)
{
	size_t end;
	bool guessed = false;
	if (d->out->time != INSTANT_NONE) return;
	d->out->time = time_find(record, d->settings, &guessed, &end);
	d->out->time_guessed = d->out->time != INSTANT_NONE && guessed;
}

/* A record of a file with columns, or a line. False: text. */
static bool other_fields(struct telemetry_reader *r, struct found *d, struct arena *a, enum format format,
	const struct telemetry_header *header, slice record)
{
	struct field_list l = {.arena = a};
	bool columns = telemetry_has_headers(format);
	if (columns && (header == NULL || header->columns_n == 0)) return false;
	struct cutting c = {.reader = r, .settings = &r->settings, .list = &l, .found = d, .format = format};
	d->out->kind = format;
	if (format == FORMAT_ZEEK_TSV) zeek_tsv_fields(&l, d, header, record);
	else if (columns) columns_cut(&c, header, record);
	else if (!line_cut(r, &l, d, format, record)) return false;
	d->out->too_many |= l.full;
	if (l.full) return false;
	take_list(d, &l);
	if (format != FORMAT_ZEEK_TSV) find_time(d, record);
	return true;
}

void telemetry_fields(struct telemetry_reader *r, struct arena *a, enum format format, const struct telemetry_header *header, slice record,
	struct record_fields *out)
{
	struct found d = found_of(r, out);
	*out = (struct record_fields){.time = INSTANT_NONE};
	slice s = skip_blanks(record);
	bool object = s.n > 0 && s.p[0] == '{', array = s.n > 0 && s.p[0] == '[';
	bool text_file = format_row_of(format)->syntax != SYNTAX_JSON;
	if (array && text_file) array = json_starts(s) || s.n < 3; /* a bracket opens many lines of text */
	if (object || array) {
		struct field_list l = {.arena = a};
		if (json_fields(r, &d, &l, format, record)) {
			take_list(&d, &l);
			out->is_json = true;
			return;
		}
		forget(out);
		d = found_of(r, out);
		if (!array || !text_file || !other_fields(r, &d, a, format, header, record)) {
			forget(out);
			text_fields(&d, a, record);
		}
		out->as_text = object || !text_file;
		return;
	}
	if (text_file && other_fields(r, &d, a, format, header, record)) return;
	forget(out);
	text_fields(&d, a, record);
	out->as_text = !text_file;
}
