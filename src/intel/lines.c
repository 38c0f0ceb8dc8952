/* Physical lines out of bytes that come in any pieces. A line that lies whole in a piece is not copied.
 * A line over INTEL_LINE_BYTES_MAX is reported once and skipped; the line count goes on. */
#include "intel_int.h"
#include "limit.h"

static enum err give(struct lines *l, slice line, line_take *take, void *context)
{
	l->number++;
	if (l->skipping) {
		l->skipping = false;
		return OK;
	}
	if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
	return take(context, line, l->number);
}

static void hold(struct lines *l, slice rest)
{
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

enum err lines_feed(struct lines *l, slice bytes, line_take *take, void *context)
{
	while (bytes.n > 0) {
		const uint8_t *end = memchr(bytes.p, '\n', bytes.n);
		if (end == NULL) {
			hold(l, bytes);
			return OK;
		}
		size_t n = (size_t)(end - bytes.p);
		size_t whole = l->partial.n + n + 1;
		enum err e = complete(l, slice_sub(bytes, 0, n), take, context);
		l->offset += whole;
		if (e != OK) return e;
		bytes = slice_sub(bytes, n + 1, bytes.n);
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
