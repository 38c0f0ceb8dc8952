/* UTF-16 and Windows-1252 to UTF-8 as a JSON string holds it. Runs of plain ASCII, nearly everything in event logs, go 16 at a time.
 * Sources: RFC 8259 7, RFC 2781 2.2, Windows-1252 as in the WHATWG Encoding Standard. */
#include "evtx_int.h"
#include "text.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define VECTOR_UNITS 16u
#define ESCAPE_BYTES 6u /* \u001f: the most that one unit becomes */

static bool plain(uint32_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static size_t put_control(uint8_t *to, uint32_t c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "uuuuuuuubtnufruu"; /* what stands behind the backslash for 0x00 to 0x0f */
	to[0] = '\\';
	to[1] = c == '"' || c == '\\' ? (uint8_t)c : c < 16 ? (uint8_t)letters[c] : 'u';
	if (to[1] != 'u') return 2;
	to[2] = to[3] = '0';
	to[4] = (uint8_t)hex[c >> 4 & 15];
	to[5] = (uint8_t)hex[c & 15];
	return ESCAPE_BYTES;
}

static size_t put_code_point(uint8_t *to, uint32_t c)
{
	if (plain(c)) {
		*to = (uint8_t)c;
		return 1;
	}
	if (c < 0x20 || c == '"' || c == '\\') return put_control(to, c);
	return text_utf8_put(c, to);
}

/* One code point from units[0…n); *used: how many units it took. */
static uint32_t next_code_point(const uint8_t *p, size_t n, size_t *used)
{
	uint32_t c = evtx_u16(p);
	*used = 1;
	if (c < 0xD800 || c > 0xDFFF) return c;
	uint32_t low = n > 1 ? evtx_u16(p + 2) : 0;
	if (c > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return 0xFFFD;
	*used = 2;
	return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

#ifdef __SSE2__
/* Writes 16 bytes to `to` and returns how many of them stand for themselves. Reads `units` units, 8 or 16. */
static size_t plain_run(uint8_t *to, const uint8_t *from, size_t units)
{
	__m128i a = _mm_loadu_si128((const __m128i *)(const void *)from), b = a;
	if (units == VECTOR_UNITS) b = _mm_loadu_si128((const __m128i *)(const void *)(from + 16));
	__m128i bytes = _mm_packus_epi16(a, b);                       /* beyond 0xff: 0xff; beyond 0x7fff: 0 */
	__m128i control = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)); /* signed: from 0x80 on too */
	__m128i escape = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
	unsigned special = (unsigned)_mm_movemask_epi8(_mm_or_si128(control, escape)) | 1u << units;
	_mm_storeu_si128((__m128i *)(void *)to, bytes);
	return (size_t)__builtin_ctz(special);
}
#else
static size_t plain_run(uint8_t *to, const uint8_t *from, size_t units)
{
	size_t i = 0;
	for (; i < units && plain(evtx_u16(from + 2 * i)); i++) to[i] = from[2 * i];
	return i;
}
#endif

void evtx_put_utf16(struct buf *b, slice utf16)
{
	size_t units = utf16.n / 2, at = 0, used;
	if (!buf_reserve(b, units * ESCAPE_BYTES + VECTOR_UNITS)) return;
	uint8_t *to = b->p + b->n;
	while (at < units) {
		size_t left = units - at, vector = left >= VECTOR_UNITS ? VECTOR_UNITS : left >= VECTOR_UNITS / 2 ? VECTOR_UNITS / 2 : 0;
		if (vector > 0) {
			size_t run = plain_run(to, utf16.p + 2 * at, vector);
			to += run;
			at += run;
			if (run == vector) continue;
		}
		to += put_code_point(to, next_code_point(utf16.p + 2 * at, units - at, &used));
		at += used;
	}
	b->n = (size_t)(to - b->p);
}

void evtx_put_ansi(struct buf *b, slice text)
{
	static const uint16_t upper[32] = {
		0x20AC,
		0x81,
		0x201A,
		0x0192,
		0x201E,
		0x2026,
		0x2020,
		0x2021,
		0x02C6,
		0x2030,
		0x0160,
		0x2039,
		0x0152,
		0x8D,
		0x017D,
		0x8F,
		0x90,
		0x2018,
		0x2019,
		0x201C,
		0x201D,
		0x2022,
		0x2013,
		0x2014,
		0x02DC,
		0x2122,
		0x0161,
		0x203A,
		0x0153,
		0x9D,
		0x017E,
		0x0178,
	};
	if (!buf_reserve(b, text.n * ESCAPE_BYTES)) return;
	uint8_t *to = b->p + b->n;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		to += put_code_point(to, c >= 0x80 && c < 0xA0 ? upper[c - 0x80] : c);
	}
	b->n = (size_t)(to - b->p);
}

void evtx_put_hex(struct buf *b, slice bytes)
{
	static const char hex[] = "0123456789abcdef";
	if (!buf_reserve(b, bytes.n * 2)) return;
	for (size_t i = 0; i < bytes.n; i++) {
		b->p[b->n++] = (uint8_t)hex[bytes.p[i] >> 4];
		b->p[b->n++] = (uint8_t)hex[bytes.p[i] & 15];
	}
}
