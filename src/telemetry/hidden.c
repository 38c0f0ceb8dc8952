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

void telemetry_join(slice record, struct buf *out)
{
	audit_join(record, out);
}

/* The byte that an escape of two is, by its second; 0 when it is none. */
static const uint8_t undone[UNDO_COUNT][256] = {
	[UNDO_QUOTED] = {['"'] = '"', ['\\'] = '\\'},
	[UNDO_PAIRS] = {['\\'] = '\\', ['='] = '=', ['|'] = '|', ['"'] = '"', [']'] = ']', ['n'] = ' ', ['r'] = ' ', ['t'] = ' '},
	[UNDO_STRUCTURED] = {['"'] = '"', ['\\'] = '\\', [']'] = ']'},
};

/* The byte that the escape at p is, and in *n its length; a backslash where it is none. */
static uint8_t escape_at(enum telemetry_undoing u, const uint8_t *p, size_t left, size_t *n)
{
	uint8_t two = left > 1 ? undone[u][p[1]] : 0;
	*n = two != 0 ? 2 : 1;
	if (two != 0) return two;
	if (u != UNDO_QUOTED || left < 4 || p[1] != 'x' || text_hex_value(p[2]) < 0 || text_hex_value(p[3]) < 0) return '\\';
	*n = 4;
	return (uint8_t)(text_hex_value(p[2]) * 16 + text_hex_value(p[3]));
}

void telemetry_undo(enum telemetry_undoing u, slice text, struct buf *out)
{
	if (!buf_reserve(out, text.n + 1)) return;
	uint8_t *to = out->p + out->n;
	const uint8_t *p = text.p, *end = text.p + text.n;
	while (p < end) {
		size_t n = 1;
		*to++ = *p != '\\' ? *p : escape_at(u, p, (size_t)(end - p), &n);
		p += n;
	}
	*to++ = '\n';
	out->n = (size_t)(to - out->p);
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
