/* Foreign text made printable: what would not be seen, would move or cover other text, or has no glyph is written as an escape. */
#include "document_int.h"

#include <stdio.h>
#include <unictype.h>
#include "text.h"

#define ESCAPE_BYTES_MAX 16u /* "\u{10ffff}" and a NUL */
#define ZWNJ 0x200cu
#define RLM 0x200fu
#define ALM 0x61cu
#define ISOLATE "\xe2\x81\xa6"     /* U+2066: what follows is written from the left, and moves nothing beside it … */
#define ISOLATE_END "\xe2\x81\xa9" /* … until U+2069 */

struct maker {
	const struct fonts *fonts;
	struct arena *a;
	struct buf text;
	struct buf spans;
	unsigned marks; /* combining marks in a row */
	bool isolates;  /* the text has letters that are written from the right: escapes among them would be taken apart */
	struct document_told *told;
};

/* Joiners and the two marks of direction are part of how Persian, Arabic and Hebrew are written, and move nothing but neutral characters
 * beside them; of the other formatting characters none is needed. */
static bool is_writing_aid(uint32_t c)
{
	return (c >= ZWNJ && c <= RLM) || c == ALM;
}

static bool is_hidden(uint32_t c)
{
	uint32_t mask = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp | UC_CATEGORY_MASK_Cs |
			UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn;
	return uc_is_general_category_withtable(c, mask) || uc_is_property_default_ignorable_code_point(c);
}

/* A stack of marks would be drawn over the lines above and below it. */
static bool is_one_mark_too_many(struct maker *m, uint32_t c)
{
	m->marks = uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me) ? m->marks + 1 : 0;
	return m->marks > DOCUMENT_MARKS_MAX;
}

/* Escapes that touch are one span. */
static void add_escape(struct maker *m, const char *escape)
{
	if (m->isolates) buf_add_text(&m->text, ISOLATE);
	struct span s = {(unsigned)m->text.n, (unsigned)(m->text.n + strlen(escape))};
	struct span *last = m->spans.n > 0 ? (struct span *)(void *)(m->spans.p + m->spans.n - sizeof s) : NULL;
	if (last != NULL && last->to == s.from) last->to = s.to;
	else buf_add(&m->spans, slice_of(&s, sizeof s));
	buf_add_text(&m->text, escape);
	if (m->isolates) buf_add_text(&m->text, ISOLATE_END);
	m->told->escaped++;
}

static void add_character(struct maker *m, slice bytes, uint32_t c)
{
	char escape[ESCAPE_BYTES_MAX];
	bool too_many = is_one_mark_too_many(m, c);
	bool unknown = !is_writing_aid(c) && !is_hidden(c) && !fonts_have(m->fonts, c);
	if (is_writing_aid(c) || (!too_many && !unknown && !is_hidden(c))) {
		buf_add(&m->text, bytes);
		return;
	}
	m->told->unknown += unknown;
	(void)snprintf(escape, sizeof escape, "\\u{%x}", (unsigned)c);
	add_escape(m, escape);
}

static void add_byte(struct maker *m, uint8_t byte)
{
	char escape[ESCAPE_BYTES_MAX];
	(void)snprintf(escape, sizeof escape, "\\x%02x", byte);
	add_escape(m, escape);
}

static bool has_right_to_left(slice text)
{
	while (text.n > 0) {
		uint32_t c;
		unsigned n = text_utf8_next(text, &c);
		int class = n > 1 ? uc_bidi_category(c) : UC_BIDI_L;
		if (class == UC_BIDI_R || class == UC_BIDI_AL) return true;
		text = slice_sub(text, n == 0 ? 1 : n, text.n);
	}
	return false;
}

static void add_text(struct maker *m, slice text, bool lines)
{
	while (text.n > 0) {
		uint32_t c;
		unsigned n = text_utf8_next(text, &c);
		if (n == 0) add_byte(m, text.p[0]);
		else if (lines && c == '\n') buf_add_byte(&m->text, '\n');
		else if (lines && c == '\t') buf_add_text(&m->text, "    ");
		else add_character(m, slice_sub(text, 0, n), c);
		text = slice_sub(text, n == 0 ? 1 : n, text.n);
	}
}

static struct printable settle(struct maker *m, size_t note_from)
{
	slice spans = arena_copy(m->a, buf_slice(&m->spans));
	struct printable out = {.text = arena_copy(m->a, buf_slice(&m->text)),
		.escapes = (const struct span *)(const void *)spans.p,
		.escapes_n = spans.n / sizeof(struct span),
		.note_from = note_from};
	buf_free(&m->text);
	buf_free(&m->spans);
	return out;
}

struct printable printable_of(struct arena *a, const struct fonts *fonts, const struct cell *cell, struct document_told *told)
{
	struct maker m = {.fonts = fonts, .a = a, .told = told};
	m.isolates = has_right_to_left(cell->text) || has_right_to_left(cell->note);
	add_text(&m, cell->text, cell->lines);
	if (cell->note.n == 0) return settle(&m, m.text.n);
	if (m.text.n > 0) buf_add_byte(&m.text, '\n');
	size_t note_from = m.text.n;
	add_text(&m, cell->note, cell->lines);
	return settle(&m, note_from);
}
