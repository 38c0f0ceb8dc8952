/* The fast path with AVX-512 (BW, VL, VBMI). */
#include "fast_int.h"

#include "fast_x86_int.h"

static inline struct masks classify(const uint8_t *p)
{
	const __m512i low = _mm512_broadcast_i32x4(_mm_setr_epi8(CLASS_LOW)), high = _mm512_broadcast_i32x4(_mm_setr_epi8(CLASS_HIGH));
	__m512i v = _mm512_loadu_si512((const void *)p);
	__m512i c = _mm512_and_si512(
		_mm512_shuffle_epi8(low, v), _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15))));
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

static inline uint64_t equals_of(const uint8_t *p)
{
	return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512((const void *)p), _mm512_set1_epi8('='));
}

static inline uint32_t *put_bits(uint32_t *out, uint32_t base, uint64_t bits)
{
	const __m512i places = _mm512_set_epi64(0x3f3e3d3c3b3a3938, 0x3736353433323130, 0x2f2e2d2c2b2a2928, 0x2726252423222120,
		0x1f1e1d1c1b1a1918, 0x1716151413121110, 0x0f0e0d0c0b0a0908, 0x0706050403020100);
	unsigned count = (unsigned)__builtin_popcountll(bits);
	__m512i at = _mm512_maskz_compress_epi8(bits, places), from = _mm512_set1_epi32((int)base);
	_mm512_storeu_si512(out, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
	if (__builtin_expect(count > 16, 0)) { /* no token is shorter than three bytes */
		_mm512_storeu_si512(out + 16, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 1))));
		_mm512_storeu_si512(out + 32, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 2))));
	}
	return out + count;
}

#define FAST_NAME fast_avx512
#include "fast_body.h"
