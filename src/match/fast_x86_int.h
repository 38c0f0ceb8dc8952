/* What the x86 builds of the fast path share. */
#ifndef MATCH_FAST_X86_INT_H
#define MATCH_FAST_X86_INT_H
#include <immintrin.h>

struct masks { uint64_t T, D, C, G, X, B, H; };

/* Two nibble tables; their AND tells the class: bit 0 '-' '.', 1 digit, 2 and 3 letters, 4 '_', 7 hex letter. Bytes above 127 give 0. */
#define CLASS_LOW 10, (char)0x8e, (char)0x8e, (char)0x8e, (char)0x8e, (char)0x8e, (char)0x8e, 14, 14, 14, 12, 4, 4, 5, 5, 20
#define CLASS_HIGH 0, 0, 1, 2, (char)0x84, 24, (char)0x84, 8, 0, 0, 0, 0, 0, 0, 0, 0

static inline uint32_t octet(const uint8_t *p, uint32_t from, uint32_t to, uint32_t *bad)
{
	uint32_t w, n = to - from;
	memcpy(&w, p + to - 4, 4);
	*bad |= n - 1 > 2;
	w &= 0x0f0f0f0f;
	w = n < 4 ? (n != 0 ? w >> (8 * (4 - n)) << (8 * (4 - n)) : 0) : w;
	uint32_t v = (w >> 24) + (w >> 16 & 15) * 10 + (w >> 8 & 15) * 100;
	*bad |= v > 255;
	*bad |= n > 1 && n < 4 && (w >> (8 * (4 - n)) & 15) == 0; /* a leading zero */
	return v;
}

static inline uint32_t address_parse(const uint8_t *p, uint32_t n, uint32_t dots, uint32_t *bad)
{
	__m128i v = _mm_sub_epi8(_mm_loadu_si128((const void *)p), _mm_set1_epi8('0'));
	uint32_t digits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v));
	uint32_t all = (1u << n) - 1;
	*bad |= ((digits | dots) & all) != all;
	uint32_t a = (uint32_t)__builtin_ctz(dots), rest = dots & (dots - 1);
	uint32_t b = (uint32_t)__builtin_ctz(rest), c = (uint32_t)__builtin_ctz(rest & (rest - 1));
	return octet(p, 0, a, bad) << 24 | octet(p, a + 1, b, bad) << 16 | octet(p, b + 1, c, bad) << 8 | octet(p, c + 1, n, bad);
}

#ifdef __AVX2__
static inline bool bloom_has(const uint32_t *block, uint32_t h)
{
	const __m256i salt = _mm256_setr_epi32(0x47b6137b, 0x44974d91, (int)0x8824ad5b, (int)0xa2b7289d, 0x705495c7, 0x2df1424b, (int)0x9efc4947, 0x5c6bfb31);
	__m256i words = _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_srli_epi32(_mm256_mullo_epi32(_mm256_set1_epi32((int)h), salt), 27));
	return _mm256_testc_si256(_mm256_loadu_si256((const void *)block), words);
}
#endif
#endif
