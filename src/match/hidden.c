/* See hidden_int.h. Invariant: parts are in the order of their texts.
 * What is undone where values are taken apart matters here only if it makes what was not there: an observable's anchor, or a fragment.
 * Names, addresses and digests end at a backslash, a quote, an equals sign and a bar alike; fragments hold no backslash, quote or slash
 * (literal_safe_byte). So doubled quotes matter to nothing, \\ \" to nothing, \= \| \] \t \n \r to fragments with these bytes or blanks,
 * \xHH to all. (JSON's \uXXXX is looked at wherever it stands: second_readings.) */
#include "hidden_int.h"

#include "shape_int.h"

#include <stdlib.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void hidden_init(struct hidden *h)
{
	*h = (struct hidden){.scratch = arena_new(0)};
}

void hidden_free(struct hidden *h)
{
	buf_free(&h->text);
	free(h->parts);
	arena_free(h->scratch);
}

void hidden_forget(struct hidden *h)
{
	buf_clear(&h->text);
	h->n = 0;
}

/* The part that what is added now belongs to. */
static void part_add(struct hidden *h, uint32_t record)
{
	static const uint8_t margin[SCAN_MARGIN];
	if (h->text.n == 0) buf_add(&h->text, slice_of(margin, sizeof margin));
	if (h->n == h->room) {
		h->room = h->room == 0 ? 256 : h->room * 2;
		h->parts = mem_resize(h->parts, h->room * sizeof *h->parts);
	}
	h->parts[h->n++] = (struct hidden_part){(uint32_t)(h->text.n - SCAN_MARGIN), record};
}

static void part_drop_empty(struct hidden *h)
{
	h->n -= h->parts[h->n - 1].at + SCAN_MARGIN == h->text.n;
}

void hidden_add(struct hidden *h, slice text, uint32_t record)
{
	if (text.n == 0) return;
	part_add(h, record);
	buf_add(&h->text, text);
	buf_add_byte(&h->text, '\n');
}

static slice line_around(slice bytes, size_t at)
{
	const uint8_t *before = memrchr(bytes.p, '\n', at);
	slice rest = slice_sub(bytes, before != NULL ? (size_t)(before - bytes.p) + 1 : 0, bytes.n);
	return slice_sub(rest, 0, slice_find_byte(rest, '\n'));
}

/* ---- values in hex ---- */
#if defined(__SSE2__)
static uint64_t equals_of(const uint8_t *p)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('='))) << (16 * i);
	}
	return bits;
}
#else
static uint64_t equals_of(const uint8_t *p)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < 64; i++) bits |= (uint64_t)(p[i] == '=') << i;
	return bits;
}
#endif

/* X: hex digits. Behind the last byte there are none. */
static void find_values(struct hidden *h, const uint64_t *X, slice bytes)
{
	for (size_t i = 0; i * 64 < bytes.n; i++) {
		uint64_t two = (X[i] >> 1 | X[i + 1] << 63) & (X[i] >> 2 | X[i + 1] << 62);
		for (uint64_t at = two == 0 ? 0 : equals_of(bytes.p + i * 64) & two; at != 0; at &= at - 1) {
			size_t equals = i * 64 + (size_t)__builtin_ctzll(at);
			part_add(h, (uint32_t)equals);
			telemetry_decode(bytes, equals, &h->text);
			part_drop_empty(h);
		}
	}
}

/* The records that hold the word; its second letter is rarer than the others. */
static void find_split(struct hidden *h, slice word, slice bytes)
{
	const uint8_t *p = bytes.p, *end = bytes.p + bytes.n;
	while (p < end && (p = memchr(p, word.p[1], (size_t)(end - p))) != NULL) {
		size_t at = (size_t)(p++ - bytes.p);
		if (at == 0 || !slice_starts(slice_sub(bytes, at - 1, bytes.n), word)) continue;
		slice record = line_around(bytes, at);
		part_add(h, (uint32_t)at);
		telemetry_join(h->scratch, slice_trim(record), &h->text);
		part_drop_empty(h);
		p = record.p + record.n;
	}
}

/* ---- escapes ---- */
/* The ways in which the escape matters that the backslash may begin, a bit each. */
static unsigned undoing_of(slice bytes, size_t backslash, bool escapes)
{
	slice behind = slice_sub(bytes, backslash + 1, 3);
	uint8_t c = behind.n > 0 ? behind.p[0] : 0;
	if (c == 'x') return behind.n == 3 && shape_is_hex(behind.p[1]) && shape_is_hex(behind.p[2]) ? 1u << UNDO_QUOTED : 0;
	if (!escapes || c == 0) return 0;
	if (c == ']') return 1u << UNDO_PAIRS | 1u << UNDO_STRUCTURED;
	return strchr("=|nrt", c) != NULL ? 1u << UNDO_PAIRS : 0;
}

static void undo_line(struct hidden *h, slice bytes, slice line, unsigned undoings)
{
	for (enum telemetry_undoing u = 0; u < UNDO_COUNT; u++) {
		if ((undoings >> u & 1) == 0) continue;
		part_add(h, (uint32_t)(line.p - bytes.p));
		telemetry_undo(u, line, &h->text);
	}
}

/* B: backslashes. */
static void find_escapes(struct hidden *h, const uint64_t *B, slice bytes, bool escapes)
{
	slice line = {bytes.p, 0};
	unsigned undoings = 0;
	for (size_t i = 0; i * 64 < bytes.n; i++) {
		for (uint64_t at = B[i]; at != 0; at &= at - 1) {
			size_t backslash = i * 64 + (size_t)__builtin_ctzll(at);
			unsigned more = undoing_of(bytes, backslash, escapes);
			if (more == 0) continue;
			if (bytes.p + backslash >= line.p + line.n) {
				undo_line(h, bytes, line, undoings);
				undoings = 0;
				line = line_around(bytes, backslash);
			}
			undoings |= more;
		}
	}
	undo_line(h, bytes, line, undoings);
}

void hidden_find(struct hidden *h, const struct fast *f, enum format format, slice bytes, bool words, bool escapes)
{
	arena_reset(h->scratch);
	if (telemetry_encodes(format)) {
		find_values(h, f->X, bytes);
		if (words) find_split(h, SLICE(TELEMETRY_SPLITS), bytes);
	}
	if (telemetry_escapes(format)) find_escapes(h, f->B, bytes, escapes);
}

/* ---- looking through ---- */
slice hidden_text(struct hidden *h)
{
	if (h->n == 0) return (slice){NULL, 0};
	(void)buf_reserve(&h->text, SCAN_MARGIN);
	memset(h->text.p + h->text.n, 0, SCAN_MARGIN);
	return slice_of(h->text.p + SCAN_MARGIN, h->text.n - SCAN_MARGIN);
}

uint32_t hidden_record(const struct hidden *h, size_t at)
{
	size_t low = 0, high = h->n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (h->parts[middle].at <= at) low = middle + 1;
		else high = middle;
	}
	return h->parts[low > 0 ? low - 1 : 0].record;
}
