/* The fast path with AVX2. */
#include "fast_int.h"

#include "fast_x86_int.h"

static inline uint64_t pair(__m256i a, __m256i b)
{
	return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

static inline __m256i class_of(__m256i v)
{
	const __m256i low = _mm256_setr_epi8(CLASS_LOW, CLASS_LOW), high = _mm256_setr_epi8(CLASS_HIGH, CLASS_HIGH);
	return _mm256_and_si256(
		_mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15))));
}

static inline struct masks classify(const uint8_t *p)
{
	__m256i a = _mm256_loadu_si256((const void *)p), b = _mm256_loadu_si256((const void *)(p + 32));
	__m256i ca = class_of(a), cb = class_of(b), zero = _mm256_setzero_si256();
	struct masks m;
#define EACH(c) pair(_mm256_cmpeq_epi8(a, _mm256_set1_epi8(c)), _mm256_cmpeq_epi8(b, _mm256_set1_epi8(c)))
	m.H = pair(a, b);
	m.D = EACH('.');
	m.C = EACH(':');
	m.B = EACH('\\');
#undef EACH
	m.T = ~pair(_mm256_cmpeq_epi8(ca, zero), _mm256_cmpeq_epi8(cb, zero)) | m.H;
	m.G = pair(_mm256_slli_epi16(ca, 6), _mm256_slli_epi16(cb, 6));
	m.X = pair(ca, cb) | m.G;
	return m;
}

static inline uint64_t equals_of(const uint8_t *p)
{
	__m256i a = _mm256_loadu_si256((const void *)p), b = _mm256_loadu_si256((const void *)(p + 32)), sign = _mm256_set1_epi8('=');
	return pair(_mm256_cmpeq_epi8(a, sign), _mm256_cmpeq_epi8(b, sign));
}

#define put_bits put_bits_plain
#define FAST_NAME fast_avx2
#include "fast_body.h"
