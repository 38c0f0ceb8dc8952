/* See hidden_int.h. Invariant: parts are in the order of their texts. */
#include "hidden_int.h"

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
		const uint8_t *line = memrchr(bytes.p, '\n', at);
		slice rest = slice_sub(bytes, line != NULL ? (size_t)(line - bytes.p) + 1 : 0, bytes.n);
		slice record = slice_sub(rest, 0, slice_find_byte(rest, '\n'));
		part_add(h, (uint32_t)at);
		telemetry_join(h->scratch, slice_trim(record), &h->text);
		part_drop_empty(h);
		p = record.p + record.n;
	}
}

void hidden_encoded(struct hidden *h, const struct fast *f, enum format format, slice bytes, bool joined)
{
	arena_reset(h->scratch);
	find_values(h, f->X, bytes);
	slice word = telemetry_splits(format);
	if (joined && word.n > 0) find_split(h, word, bytes);
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
