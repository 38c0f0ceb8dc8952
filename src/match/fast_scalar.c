/* The fast path without SIMD. */
#include "fast_int.h"

struct masks {
	uint64_t T, D, C, G, X, B, H;
};

enum { CLASS_TOKEN = 1, CLASS_DIGIT = 2, CLASS_HEX = 4 };

static inline unsigned class_of(uint8_t c)
{
	bool digit = (uint8_t)(c - '0') < 10, letter = (uint8_t)((c | 0x20) - 'a') < 26;
	bool hex = digit || (uint8_t)((c | 0x20) - 'a') < 6;
	return (digit || letter || c == '-' || c == '_' || c == '.' || c >= 0x80 ? CLASS_TOKEN : 0u) | (digit ? CLASS_DIGIT : 0u) |
	       (hex ? CLASS_HEX : 0u);
}

static struct masks classify(const uint8_t *p)
{
	struct masks m = {0};
	for (unsigned i = 0; i < 64; i++) {
		unsigned c = class_of(p[i]);
		uint64_t bit = 1ull << i;
		m.T |= (c & CLASS_TOKEN) != 0 ? bit : 0;
		m.G |= (c & CLASS_DIGIT) != 0 ? bit : 0;
		m.X |= (c & CLASS_HEX) != 0 ? bit : 0;
		m.D |= p[i] == '.' ? bit : 0;
		m.C |= p[i] == ':' ? bit : 0;
		m.B |= p[i] == '\\' ? bit : 0;
		m.H |= p[i] >= 0x80 ? bit : 0;
	}
	return m;
}

static inline bool number_like(const uint8_t *p, uint32_t n)
{
	bool good = true;
	for (uint32_t i = 0; i < n; i++) good &= p[i] == '.' || (uint8_t)(p[i] - '0') < 10;
	return good;
}

static inline uint64_t equals_of(const uint8_t *p)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < 64; i++) bits |= (uint64_t)(p[i] == '=') << i;
	return bits;
}

#define bloom_has bloom_has_plain
#define put_bits put_bits_plain
#define FAST_NAME fast_scalar
#include "fast_body.h"
