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

#define FAST_NAME fast_avx512
#include "fast_body.h"
