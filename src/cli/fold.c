#include <sys/ioctl.h>
#include <unistd.h>
#include "fold.h"
#include "visible.h"

#define WIDTH_MIN 40u    /* narrower ones are not believed */
#define UNDER_COLUMNS 2u /* a line goes on further right than it begins */

static size_t paint_bytes(slice text)
{
	if (!slice_starts(text, SLICE("\033["))) return 0;
	size_t end = slice_find_byte(text, 'm');
	return end < text.n ? end + 1 : 0;
}

/* Columns of a text in which colours stand. */
static size_t columns_of(slice text)
{
	size_t columns = 0;
	while (text.n > 0) {
		size_t painted = paint_bytes(text), n = painted;
		while (painted == 0 && n < text.n && (n == 0 || text.p[n] != '\033')) n++;
		if (painted == 0) columns += visible_columns(slice_sub(text, 0, n), false);
		text = slice_sub(text, n, text.n);
	}
	return columns;
}

/* Where a line goes on. Columns begin behind ASCII: bytes are columns there. */
static size_t under_of(slice line, size_t begin, size_t width)
{
	for (size_t i = begin, blanks = 0; i < line.n && i < width / 2; i++) {
		if (line.p[i] != ' ' && blanks >= 3) return i;
		blanks = line.p[i] == ' ' ? blanks + 1 : 0;
	}
	return begin + UNDER_COLUMNS;
}

static void line_put(FILE *out, slice line, size_t width)
{
	size_t begin = 0, at = 0;
	if (columns_of(line) <= width) {
		(void)fwrite(line.p, 1, line.n, out);
		return;
	}
	while (begin < line.n && line.p[begin] == ' ') begin++;
	fprintf(out, "%*s", (int)begin, "");
	const size_t under = under_of(line, begin, width);
	at = begin;
	line = slice_sub(line, begin, line.n);
	for (bool first = true; line.n > 0; first = false) {
		slice word = slice_cut(&line, ' ');
		size_t columns = columns_of(word);
		if (!first && at + 1 + columns > width) {
			at = under;
			fprintf(out, "\n%*s", (int)at, "");
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		(void)fwrite(word.p, 1, word.n, out);
		at += columns;
	}
}

size_t fold_width(FILE *out)
{
	struct winsize size;
	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col < WIDTH_MIN) return SIZE_MAX;
	return size.ws_col;
}

void fold_put(FILE *out, slice text, size_t width)
{
	while (text.n > 0) {
		size_t end = slice_find_byte(text, '\n');
		line_put(out, slice_sub(text, 0, end), width);
		if (end < text.n) fputc('\n', out);
		text = slice_sub(text, end < text.n ? end + 1 : end, text.n);
	}
}
