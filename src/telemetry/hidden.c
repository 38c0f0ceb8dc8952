/* What records say and their bytes do not. */
#include "telemetry_int.h"
#include "text.h"

bool telemetry_encodes(enum format f)
{
	return (format_row_of(f)->hides & HIDES_HEX) != 0;
}

bool telemetry_escapes(enum format f)
{
	return (format_row_of(f)->hides & HIDES_ESCAPES) != 0;
}

void telemetry_decode(slice bytes, size_t equals, struct buf *out)
{
	audit_decode(bytes, equals, out);
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

void telemetry_undo(enum telemetry_undoing u, slice record, struct buf *out)
{
	if (!buf_reserve(out, record.n + 1)) return;
	for (size_t i = 0; i < record.n; i++) {
		uint8_t c = record.p[i], next = c == '\\' && i + 1 < record.n ? undone(u, record.p[i + 1]) : 0;
		bool hex = c == '\\' && u == UNDO_QUOTED && i + 3 < record.n && record.p[i + 1] == 'x' &&
			   text_hex_value(record.p[i + 2]) >= 0 && text_hex_value(record.p[i + 3]) >= 0;
		if (hex) c = (uint8_t)(text_hex_value(record.p[i + 2]) * 16 + text_hex_value(record.p[i + 3]));
		else if (next != 0) c = next;
		i += hex ? 3 : next != 0;
		out->p[out->n++] = c;
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
