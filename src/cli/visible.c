/* Foreign text that people look at. One reader, `unit_next`, takes a text apart into what is shown as a whole: a character, or the escape
 * that stands for one; adding, measuring and cutting are loops over it. */
#include <stdlib.h>
#include <uniwidth.h>
#include "text.h"
#include "visible.h"

#define UNIT_BYTES 24u /* an escape of four bytes as \xNN is the longest */

struct unit {
	char text[UNIT_BYTES];
	size_t bytes, columns;
};

static bool moves_the_writing(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c || c == 0x2028 ||
	       c == 0x2029;
}

static void unit_escape_bytes(struct unit *u, slice bytes)
{
	u->bytes = 0;
	for (size_t i = 0; i < bytes.n; i++) u->bytes += (size_t)snprintf(u->text + u->bytes, UNIT_BYTES - u->bytes, "\\x%02x", bytes.p[i]);
	u->columns = u->bytes;
}

/* The unit at the start of *text, which moves behind it; false at the end. */
static bool unit_next(slice *text, bool ascii, struct unit *u)
{
	uint32_t c;
	if (text->n == 0) return false;
	unsigned n = text_utf8_next(*text, &c);
	if (n == 0 || (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || moves_the_writing(c)) {
		n = n == 0 ? 1 : n;
		unit_escape_bytes(u, slice_sub(*text, 0, n));
	} else if (ascii && c == 0x2026) { /* our own sign of a cut */
		memcpy(u->text, "...", 3);
		u->columns = u->bytes = 3;
	} else if (ascii && n > 1) {
		u->columns = u->bytes = (size_t)snprintf(u->text, UNIT_BYTES, "\\u{%x}", (unsigned)c);
	} else {
		int width = uc_width(c, "UTF-8");
		memcpy(u->text, text->p, n);
		if (c == '\t') u->text[0] = ' ';
		u->bytes = n;
		u->columns = c == '\t' ? 1 : width < 0 ? 0 : (size_t)width;
	}
	*text = slice_sub(*text, n, text->n);
	return true;
}

void visible_add(struct buf *b, slice text, bool ascii)
{
	struct unit u;
	while (unit_next(&text, ascii, &u)) buf_add(b, slice_of(u.text, u.bytes));
}

void visible_put(FILE *out, slice text, bool ascii)
{
	struct unit u;
	while (unit_next(&text, ascii, &u)) (void)fwrite(u.text, 1, u.bytes, out);
}

size_t visible_columns(slice text, bool ascii)
{
	struct unit u;
	size_t columns = 0;
	while (unit_next(&text, ascii, &u)) columns += u.columns;
	return columns;
}

void visible_add_cut(struct buf *b, slice text, size_t columns, bool ascii)
{
	size_t all = visible_columns(text, ascii), dots = ascii ? 3 : 1, at = 0;
	if (all <= columns || columns < dots) {
		visible_add(b, text, ascii);
		return;
	}
	size_t front = (columns - dots + 1) / 2, behind = all - (columns - dots - front);
	struct unit u;
	for (slice next = text; unit_next(&next, ascii, &u) && at + u.columns <= front; text = next) {
		buf_add(b, slice_of(u.text, u.bytes));
		at += u.columns;
	}
	buf_add_text(b, ascii ? "..." : "…");
	slice tail = text; /* begins at a character that takes columns: a combining one belongs to what stood before it */
	while (unit_next(&text, ascii, &u) && (at < behind || u.columns == 0)) {
		at += u.columns;
		tail = text;
	}
	visible_add(b, tail, ascii);
}

void visible_put_cut(FILE *out, slice text, size_t columns, bool ascii)
{
	struct buf b = {0};
	visible_add_cut(&b, text, columns, ascii);
	if (b.n > 0) (void)fwrite(b.p, 1, b.n, out);
	buf_free(&b);
}

bool visible_locale_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		slice value = slice_from(getenv(names[i]));
		if (value.n == 0) continue;
		for (size_t k = 0; k < value.n; k++) {
			slice rest = slice_sub(value, k, value.n);
			if (slice_equal_nocase(slice_sub(rest, 0, 5), SLICE("utf-8")) ||
				slice_equal_nocase(slice_sub(rest, 0, 4), SLICE("utf8")))
				return true;
		}
		return false;
	}
	return false;
}
