/* What the x86 builds of the fast path share. */
#ifndef MATCH_FAST_X86_INT_H
#define MATCH_FAST_X86_INT_H
#include <immintrin.h>

struct masks {
	uint64_t T, D, C, G, X, B, H;
};

/* Two nibble tables; their AND tells the class: bit 0 '-' '.', 1 digit, 2 and 3 letters, 4 '_', 7 hex letter. Bytes above 127 give 0. */
#define CLASS_LOW 10, (char)0x8e, (char)0x8e, (char)0x8e, (char)0x8e, (char)0x8e, (char)0x8e, 14, 14, 14, 12, 4, 4, 5, 5, 20
#define CLASS_HIGH 0, 0, 1, 2, (char)0x84, 24, (char)0x84, 8, 0, 0, 0, 0, 0, 0, 0, 0

/* 1-15 bytes, all digits and dots */
static inline bool number_like(const uint8_t *p, uint32_t n)
{
	__m128i v = _mm_loadu_si128((const void *)p), number = _mm_sub_epi8(v, _mm_set1_epi8('0'));
	__m128i good = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(number, _mm_set1_epi8(9)), number), _mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
	return ((uint32_t)_mm_movemask_epi8(good) | ~0u << n) == ~0u;
}

#ifdef __AVX2__
static inline bool bloom_has(const uint32_t *block, uint32_t h)
{
	const __m256i salt = _mm256_setr_epi32(
		0x47b6137b, 0x44974d91, (int)0x8824ad5b, (int)0xa2b7289d, 0x705495c7, 0x2df1424b, (int)0x9efc4947, 0x5c6bfb31);
	__m256i words = _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_srli_epi32(_mm256_mullo_epi32(_mm256_set1_epi32((int)h), salt), 27));
	return _mm256_testc_si256(_mm256_loadu_si256((const void *)block), words);
}
#endif
#endif
