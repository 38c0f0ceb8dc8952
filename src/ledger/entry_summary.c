/* An entry as one line for a person, from the table of kinds. */
#include "entry_int.h"

#define DIGITS_SHOWN 12     /* of a digest */
#define TEXT_BYTES_SHOWN 60 /* of an origin, a key: whole characters */

static void text_put(struct buf *b, slice text)
{
	slice shown = slice_sub(text, 0, TEXT_BYTES_SHOWN);

	if (text.n > TEXT_BYTES_SHOWN)
		while (shown.n > 0 && (text.p[shown.n] & 0xC0) == 0x80) shown.n--;
	buf_add(b, shown);
	if (shown.n < text.n) buf_add(b, SLICE("…"));
}

static void digest_put(struct buf *b, slice text)
{
	buf_add(b, slice_sub(text, 0, ENTRY_DIGEST_BYTES - DIGEST_HEX_BYTES + DIGITS_SHOWN));
	buf_add(b, SLICE("…"));
}

static void list_put(struct buf *b, slice raw)
{
	struct canonical_walk w = canonical_walk(raw);
	slice first = {NULL, 0};
	unsigned n = 0;

	for (; canonical_next(&w); n++)
		if (n == 0) (void)canonical_get_plain(w.value, &first);
	text_put(b, first);
	if (n > 1) buf_printf(b, " and %u more", n - 1);
}

static void value_put(struct buf *b, const struct entry_field *field, struct canonical_value v)
{
	slice text = v.raw;

	if (v.kind == CANONICAL_ARRAY) {
		list_put(b, v.raw);
		return;
	}
	(void)canonical_get_plain(v, &text);
	if (field->rule == ENTRY_DIGEST || field->rule == ENTRY_BLOB || field->rule == ENTRY_SALTED) digest_put(b, text);
	else text_put(b, text);
}

static void fields_put(struct buf *b, const struct entry *e)
{
	const char *before = "; ";

	for (unsigned i = 0; i < e->rules->field_count; i++) {
		const struct entry_field *field = &e->rules->fields[i];
		struct canonical_value v;
		if (!field->shown || !entry_field(e, field->name, &v)) continue;
		buf_printf(b, "%s%s ", before, field->name);
		value_put(b, field, v);
		before = ", ";
	}
}

void entry_summary(struct buf *b, const struct entry *e)
{
	char time[INSTANT_TEXT_BYTES];

	buf_printf(b, "%s %.*s %.*s: ", instant_format(e->time, 6, time), SLICE_PRINTF(e->actor), SLICE_PRINTF(e->kind));
	if (e->rules == NULL) {
		buf_printf(b, "a kind that this version does not know, %zu bytes", e->body.n);
		return;
	}
	buf_add_text(b, e->rules->title);
	fields_put(b, e);
}
