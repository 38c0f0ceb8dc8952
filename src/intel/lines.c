/* Physical lines out of bytes that come in any pieces: LF, CRLF or CR alone ends one. A line that lies whole in a piece is not copied.
 * A line over INTEL_LINE_BYTES_MAX, or with a NUL byte, is reported once and skipped; the line count goes on. */
#include "intel_int.h"
#include "limit.h"

/* What such a line says of markings still holds for what follows. */
static void left_out(struct lines *l, slice line)
{
	trouble(l->sink, ERR_SYNTAX, l->number, l->offset, "a NUL byte in the line, left out");
	marking_comment(l, line, l->number);
}

static enum err give(struct lines *l, slice line, line_take *take, void *context)
{
	l->number++;
	if (l->skipping) {
		l->skipping = false;
		return OK;
	}
	if (line.n == 0 || memchr(line.p, 0, line.n) == NULL) return take(context, line, l->number);
	left_out(l, line);
	return OK;
}

static void hold(struct lines *l, slice rest)
{
	l->held += rest.n;
	if (l->skipping) return;
	if (rest.n > INTEL_LINE_BYTES_MAX - l->partial.n) {
		trouble(l->sink, ERR_LIMIT, l->number + 1, l->offset, "INTEL_LINE_BYTES_MAX: the line is too long and left out");
		l->skipping = true;
		buf_clear(&l->partial);
		return;
	}
	buf_add(&l->partial, rest);
}

static enum err complete(struct lines *l, slice tail, line_take *take, void *context)
{
	if (l->partial.n == 0 && !l->skipping && tail.n <= INTEL_LINE_BYTES_MAX) return give(l, tail, take, context);
	hold(l, tail);
	enum err e = give(l, buf_slice(&l->partial), take, context);
	buf_clear(&l->partial);
	return e;
}

static size_t find_from(slice s, size_t from, uint8_t c)
{
	return from + slice_find_byte(slice_sub(s, from, s.n), c);
}

enum err lines_feed(struct lines *l, slice bytes, line_take *take, void *context)
{
	size_t lf = find_from(bytes, 0, '\n'), cr = find_from(bytes, 0, '\r');
	for (size_t at = 0; at < bytes.n;) {
		bool second = l->after_cr && bytes.p[at] == '\n'; /* of CRLF */
		l->after_cr = false;
		l->offset += second;
		at += second;
		if (lf < at) lf = find_from(bytes, at, '\n');
		if (cr < at) cr = find_from(bytes, at, '\r');
		size_t end = lf < cr ? lf : cr;
		slice part = slice_sub(bytes, at, end - at);
		if (end == bytes.n) {
			hold(l, part);
			return OK;
		}
		size_t whole = l->held + part.n + 1;
		enum err e = complete(l, part, take, context);
		l->held = 0;
		l->offset += whole;
		l->after_cr = end == cr;
		if (e != OK) return e;
		at = end + 1;
	}
	return OK;
}

enum err lines_end(struct lines *l, line_take *take, void *context)
{
	enum err e = l->partial.n > 0 ? give(l, buf_slice(&l->partial), take, context) : OK;
	buf_clear(&l->partial);
	if (e == OK) marking_end(l);
	return e;
}
