/* The fast path without SIMD. */
#include "fast_int.h"

#include "address.h"

struct masks { uint64_t T, D, C, G, X, B, H; };

enum { CLASS_TOKEN = 1, CLASS_DIGIT = 2, CLASS_HEX = 4 };

static inline unsigned class_of(uint8_t c)
{
	bool digit = (uint8_t)(c - '0') < 10, letter = (uint8_t)((c | 0x20) - 'a') < 26;
	bool hex = digit || (uint8_t)((c | 0x20) - 'a') < 6;
	return (digit || letter || c == '-' || c == '_' || c == '.' || c >= 0x80 ? CLASS_TOKEN : 0u) | (digit ? CLASS_DIGIT : 0u) | (hex ? CLASS_HEX : 0u);
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

static inline uint32_t address_parse(const uint8_t *p, uint32_t n, uint32_t dots, uint32_t *bad)
{
	uint32_t v4 = 0;
	(void)dots;
	*bad = !ipv4_parse(slice_of(p, n), &v4);
	return v4;
}

#define bloom_has bloom_has_plain
#define FAST_NAME fast_scalar
#include "fast_body.h"
