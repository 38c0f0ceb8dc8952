/* The fast path with SSE4.2. */
#include "fast_int.h"

#include "fast_x86_int.h"

static inline __m128i class_of(__m128i v)
{
	const __m128i low = _mm_setr_epi8(CLASS_LOW), high = _mm_setr_epi8(CLASS_HIGH);
	return _mm_and_si128(_mm_shuffle_epi8(low, v), _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15))));
}

static inline struct masks classify(const uint8_t *p)
{
	struct masks m = {0};
	for (unsigned i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i)), c = class_of(v);
#define BITS(x) ((uint64_t)(uint32_t)_mm_movemask_epi8(x) << i)
		uint64_t high = BITS(v), digit = BITS(_mm_slli_epi16(c, 6));
		m.H |= high;
		m.D |= BITS(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
		m.C |= BITS(_mm_cmpeq_epi8(v, _mm_set1_epi8(':')));
		m.B |= BITS(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
		m.T |= (BITS(_mm_cmpeq_epi8(c, _mm_setzero_si128())) ^ (0xffffull << i)) | high;
		m.G |= digit;
		m.X |= BITS(c) | digit;
#undef BITS
	}
	return m;
}

static inline uint64_t equals_of(const uint8_t *p)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < 64; i += 16)
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const void *)(p + i)), _mm_set1_epi8('=')))
			<< i;
	return bits;
}

#define bloom_has bloom_has_plain
#define put_bits put_bits_plain
#define FAST_NAME fast_sse42
#include "fast_body.h"
