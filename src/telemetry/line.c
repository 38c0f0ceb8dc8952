/* One line of text: which rows of the table fit it, and what it says behind a time of its own or inside syslog.
 * Invariant: a line that no row takes gives no field here, so that it stays one text. */
#include "json.h"
#include "limit.h"
#include "telemetry_int.h"

#define LINE_STEPS_MAX 4u /* syslog, then its message, then what stands in that */

slice skip_blanks(slice s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n')) s = slice_sub(s, 1, s.n);
	return s;
}

bool time_stands(const struct cutting *c, slice text, size_t *end)
{
	const struct telemetry_settings leap_year = {.year = 2000};
	bool guessed;
	return time_at(text, c->settings->year != 0 ? c->settings : &leap_year, &guessed, end) != INSTANT_NONE;
}

slice name_folded(uint8_t *to, slice name)
{
	if (name.n > NAME_BYTES_MAX) return name;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t b = name.p[i];
		to[i] = b >= 'A' && b <= 'Z' ? (uint8_t)(b | 32) : b == ' ' || b == '-' || b == '.' ? '_' : b;
	}
	return slice_of(to, name.n);
}

const struct field_row *cut_row(const struct cutting *c, slice name)
{
	uint8_t folded[NAME_BYTES_MAX];
	if (c->format == FORMAT_PAIRS) name = name_folded(folded, name);
	return reader_row(c->reader, c->format, name, c->format == FORMAT_PAIRS ? c->found->log : (slice){NULL, 0});
}

void cut_add(struct cutting *c, slice name, slice value)
{
	struct field f = {.name = name, .value = value};
	if (value.n == 0 || (value.n == 1 && value.p[0] == '-')) return;
	field_typed(c->list, c->found, cut_row(c, name), &f);
}

static bool by_templates(struct cutting *c, const char *const *templates, slice record)
{
	for (size_t i = 0; templates[i] != NULL; i++) {
		bool may = record.n > 0 && (templates[i][0] == '{' || (uint8_t)templates[i][0] == record.p[0]);
		if (may && template_cut(c, templates[i], record)) return true;
	}
	return false;
}

/* A row's try; what it added and noted is undone when it does not fit. */
static bool try_row(struct cutting *c, enum format f, slice record)
{
	const struct format_row *row = format_row_of(f);
	struct found before = *c->found;
	struct record_fields out = *c->found->out;
	size_t n = c->list->n;
	c->format = f;
	if (row->cut != NULL ? row->cut(c, record) : row->templates != NULL && by_templates(c, row->templates, record)) return true;
	*c->found = before;
	*c->found->out = out;
	c->list->n = n;
	return false;
}

/* Rows that hide values are only taken where the scanner looks for them: in files of their kind, or of syslog. */
static bool may_try(const struct cutting *c, enum format f, enum format file, bool inside)
{
	const struct format_row *row = format_row_of(f);
	if (row->syntax != SYNTAX_LINE || (inside && f == FORMAT_SYSLOG)) return false;
	if (row->hides != 0 && f != file && file != FORMAT_SYSLOG) return false;
	return row->tag == NULL || (c->tag.n > 0 && slice_starts(c->tag, slice_from(row->tag)));
}

static enum format find_row(struct cutting *c, enum format file, slice record, bool inside)
{
	if (may_try(c, file, file, inside) && try_row(c, file, record)) return file;
	for (enum format f = FORMAT_JSON; f < FORMAT_COUNT; f++) {
		if (f != file && may_try(c, f, file, inside) && try_row(c, f, record)) return f;
	}
	return FORMAT_TEXT;
}

/* A time before the record, as many programs write it: "[1700000000] unbound…", "24-Nov-2026 12:00:00.123 queries: …". */
static bool stamp(struct cutting *c, slice *rest)
{
	size_t end, open = rest->n > 0 && rest->p[0] == '[';
	slice text = slice_sub(*rest, open, rest->n);
	if (!time_stands(c, text, &end)) return false;
	slice behind = slice_sub(text, end, text.n);
	if (open && (behind.n == 0 || behind.p[0] != ']')) return false;
	behind = slice_sub(behind, open, behind.n);
	if (behind.n == 0 || behind.p[0] != ' ') return false;
	c->format = FORMAT_SYSLOG;
	cut_add(c, SLICE("time"), slice_sub(text, 0, end));
	*rest = skip_blanks(behind);
	return true;
}

/* The message in syslog: JSON, a row of the table, or text. */
static void cut_inner(struct cutting *c, enum format file)
{
	enum format *inner = &c->found->out->inner;
	for (size_t steps = 0; c->inner.p != NULL && steps < LINE_STEPS_MAX; steps++) {
		slice message = slice_trim(c->inner), start = skip_blanks(message);
		c->inner = (slice){NULL, 0};
		if (start.n > 0 && start.p[0] == '{' && json_cut(c, start)) return;
		enum format f = find_row(c, file, start, true);
		if (f != FORMAT_TEXT) {
			*inner = f;
			continue;
		}
		c->format = FORMAT_SYSLOG;
		cut_add(c, SLICE("message"), message);
	}
}

bool line_cut(struct telemetry_reader *r, struct field_list *l, struct found *d, enum format file, slice record)
{
	struct cutting c = {.reader = r, .settings = reader_settings(r), .list = l, .found = d};
	slice rest = slice_trim(record);
	enum format f = find_row(&c, file, rest, false);
	if (f == FORMAT_TEXT && stamp(&c, &rest)) f = find_row(&c, file, rest, true);
	if (f == FORMAT_TEXT) {
		l->n = 0;
		return false;
	}
	d->out->kind = f;
	cut_inner(&c, file);
	return true;
}
