/* The fast path with AVX-512 (BW, VL, VBMI). */
#include "fast_int.h"

#include "fast_x86_int.h"

static inline struct masks classify(const uint8_t *p)
{
	const __m512i low = _mm512_broadcast_i32x4(_mm_setr_epi8(CLASS_LOW)), high = _mm512_broadcast_i32x4(_mm_setr_epi8(CLASS_HIGH));
	__m512i v = _mm512_loadu_si512((const void *)p);
	__m512i c = _mm512_and_si512(_mm512_shuffle_epi8(low, v), _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15))));
	struct masks m;
	m.H = _mm512_movepi8_mask(v);
	m.D = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('.'));
	m.C = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(':'));
	m.B = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
	m.T = _mm512_test_epi8_mask(c, c) | m.H;
	m.G = _mm512_test_epi8_mask(c, _mm512_set1_epi8(2));
	m.X = _mm512_movepi8_mask(c) | m.G;
	return m;
}

static inline bool bloom_has(const uint32_t *block, uint32_t h)
{
	const __m256i salt = _mm256_setr_epi32(0x47b6137b, 0x44974d91, (int)0x8824ad5b, (int)0xa2b7289d, 0x705495c7, 0x2df1424b, (int)0x9efc4947, 0x5c6bfb31);
	__m256i words = _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_srli_epi32(_mm256_mullo_epi32(_mm256_set1_epi32((int)h), salt), 27));
	return _mm256_testc_si256(_mm256_loadu_si256((const void *)block), words);
}

#define FAST_NAME fast_avx512
#include "fast_body.h"
