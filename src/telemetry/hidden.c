/* What records say and their bytes do not. */
#include "telemetry_int.h"
#include "text.h"

bool telemetry_encodes(enum format f)
{
	return (format_row_of(f)->hides & HIDES_HEX) != 0;
}

unsigned telemetry_undoings(enum format f)
{
	return format_row_of(f)->hides >> 1;
}

void telemetry_join(struct arena *a, slice record, struct buf *out)
{
	audit_join(a, record, out);
}

/* The byte that an escape of two is, 0 when it is none. */
static uint8_t undone(enum telemetry_undoing u, uint8_t c)
{
	static const char *const ESCAPED[UNDO_COUNT] = {[UNDO_QUOTED] = "\"\\", [UNDO_PAIRS] = "\\=|\"nrt]", [UNDO_STRUCTURED] = "\"\\]"};
	if (c == 0 || strchr(ESCAPED[u], c) == NULL) return 0;
	return c == 'n' || c == 'r' || c == 't' ? ' ' : c;
}

/* The byte that the escape at p is, and in *n its length; one of itself where it is none. */
static uint8_t escape_at(enum telemetry_undoing u, slice s, size_t at, size_t *n)
{
	uint8_t c = s.p[at], next = at + 1 < s.n ? undone(u, s.p[at + 1]) : 0;
	bool hex = u == UNDO_QUOTED && at + 3 < s.n && s.p[at + 1] == 'x' && text_hex_value(s.p[at + 2]) >= 0 &&
		   text_hex_value(s.p[at + 3]) >= 0;
	*n = hex ? 4 : next != 0 ? 2 : 1;
	return hex ? (uint8_t)(text_hex_value(s.p[at + 2]) * 16 + text_hex_value(s.p[at + 3])) : next != 0 ? next : c;
}

void telemetry_undo(enum telemetry_undoing u, slice text, struct buf *out)
{
	if (!buf_reserve(out, text.n + 1)) return;
	for (size_t at = 0, n; at < text.n; at += n) {
		slice rest = slice_sub(text, at, text.n);
		const uint8_t *backslash = memchr(rest.p, '\\', rest.n);
		n = backslash != NULL ? (size_t)(backslash - rest.p) : rest.n;
		memcpy(out->p + out->n, rest.p, n);
		out->n += n;
		at += n;
		n = 0;
		if (backslash != NULL) out->p[out->n++] = escape_at(u, text, at, &n);
	}
	out->p[out->n++] = '\n';
}

slice telemetry_hidden(struct telemetry_reader *r, struct arena *a, enum format format, const struct telemetry_header *header, slice record)
{
	struct record_fields fields;
	slice out = {NULL, 0};
	if (format_row_of(format)->hides == 0) return out;
	telemetry_fields(r, a, format, header, record, &fields);
	size_t n = 0;
	for (size_t i = 0; i < fields.fields_n; i++) n += fields.fields[i].value.n + 1;
	uint8_t *to = arena_alloc(a, n + 1);
	out.p = to;
	for (size_t i = 0; i < fields.fields_n; i++) {
		slice v = fields.fields[i].value;
		if (v.n == 0 || fields.fields[i].type == OBSERVABLE_IGNORED ||
			((uintptr_t)v.p >= (uintptr_t)record.p && (uintptr_t)v.p < (uintptr_t)record.p + record.n))
			continue; /* the record's own bytes */
		memcpy(to + out.n, v.p, v.n);
		out.n += v.n;
		to[out.n++] = '\n';
	}
	return out;
}
