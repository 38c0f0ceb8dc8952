/* See json_scan_int.h. Invariant: quotes and backslashes are tracked across pieces by `in_string` and `escaped`. */
#include "json_scan_int.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BLOCK 64u

struct masks {
	uint64_t quote, backslash, open, close, newline;
};

#if defined(__SSE2__)
static struct masks masks_of(const uint8_t *p)
{
	struct masks m = {0};
	const __m128i low = _mm_set1_epi8(0x20);

	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		__m128i folded = _mm_or_si128(v, low); /* '[' becomes '{', ']' becomes '}' */
#define MASK(x, c) ((uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8((x), _mm_set1_epi8(c))) << (16 * i))
		m.quote |= MASK(v, '"');
		m.backslash |= MASK(v, '\\');
		m.newline |= MASK(v, '\n');
		m.open |= MASK(folded, '{');
		m.close |= MASK(folded, '}');
#undef MASK
	}
	return m;
}
#else
static struct masks masks_of(const uint8_t *p)
{
	struct masks m = {0};

	for (unsigned i = 0; i < BLOCK; i++) {
		uint8_t c = p[i], folded = c | 0x20;
		m.quote |= (uint64_t)(c == '"') << i;
		m.backslash |= (uint64_t)(c == '\\') << i;
		m.newline |= (uint64_t)(c == '\n') << i;
		m.open |= (uint64_t)(folded == '{') << i;
		m.close |= (uint64_t)(folded == '}') << i;
	}
	return m;
}
#endif

/* Bytes that a backslash escapes; `carry`: the first byte is one, and whether the byte behind the block is one.
 * A run of backslashes that starts on an odd place is turned into one on an even place by an addition (as simdjson does). */
static uint64_t escaped_bits(uint64_t backslash, uint64_t *carry)
{
	const uint64_t even = UINT64_C(0x5555555555555555);
	uint64_t runs;

	backslash &= ~*carry;
	uint64_t follows = backslash << 1 | *carry;
	uint64_t odd_starts = backslash & ~even & ~follows;
	*carry = __builtin_add_overflow(odd_starts, backslash, &runs);
	return (even ^ runs << 1) & follows;
}

static uint64_t prefix_xor(uint64_t x)
{
	for (unsigned shift = 1; shift < 64; shift *= 2) x ^= x << shift;
	return x;
}

/* Scan a block of n <= 64 bytes (readable up to 64, zero behind n). Returns how many belong to the container;
 * *ended when its closing bracket is the last of them. */
static size_t block_scan(struct json_scan *s, const uint8_t *block, size_t n, bool *ended)
{
	struct masks m = masks_of(block);
	uint64_t carry = s->escaped, escaped = carry;

	if (m.backslash != 0) escaped = escaped_bits(m.backslash, &carry);
	else carry = 0;
	uint64_t inside = prefix_xor(m.quote & ~escaped) ^ (s->in_string ? UINT64_MAX : 0);
	uint64_t open = m.open & ~inside, close = m.close & ~inside;
	unsigned closes = (unsigned)__builtin_popcountll(close);
	if (s->depth <= closes) {
		for (uint64_t both = open | close; both != 0; both &= both - 1) {
			uint64_t bit = both & -both;
			if ((open & bit) != 0) s->depth++;
			else s->depth--;
			if (s->depth != 0) continue;
			uint64_t until = bit | (bit - 1);
			s->line += (unsigned)__builtin_popcountll(m.newline & until);
			s->in_string = s->escaped = false;
			*ended = true;
			return (size_t)__builtin_ctzll(bit) + 1;
		}
	} else {
		s->depth += (unsigned)__builtin_popcountll(open);
		s->depth -= closes;
	}
	s->line += (unsigned)__builtin_popcountll(m.newline);
	s->in_string = inside >> 63 != 0;
	s->escaped = (n < BLOCK ? escaped >> n & 1 : carry) != 0;
	return n;
}

static size_t container_scan(struct json_scan *s, slice bytes, bool *ended)
{
	size_t at = 0;
	uint8_t last[BLOCK] = {0};

	while (bytes.n - at >= BLOCK) {
		at += block_scan(s, bytes.p + at, BLOCK, ended);
		if (*ended) return at;
	}
	if (at == bytes.n) return at;
	memcpy(last, bytes.p + at, bytes.n - at);
	return at + block_scan(s, last, bytes.n - at, ended);
}

/* From the opening quote on. */
static size_t string_scan(struct json_scan *s, slice bytes, bool *ended)
{
	for (size_t at = 0; at < bytes.n; at++) {
		uint8_t c = bytes.p[at];
		s->line += c == '\n';
		if (s->escaped) {
			s->escaped = false;
		} else if (c == '\\') {
			s->escaped = true;
		} else if (c == '"') {
			s->in_string = !s->in_string;
			if (s->in_string) continue;
			*ended = true;
			return at + 1;
		}
	}
	return bytes.n;
}

bool json_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Numbers and words end before what cannot belong to them. */
static size_t atom_scan(struct json_scan *s, slice bytes, bool *ended)
{
	(void)s;
	for (size_t at = 0; at < bytes.n; at++) {
		uint8_t c = bytes.p[at];
		if (c != ',' && c != ']' && c != '}' && !json_is_blank(c)) continue;
		*ended = true;
		return at;
	}
	return bytes.n;
}

bool json_can_begin(uint8_t c)
{
	return c != ',' && c != ':' && c != '}' && c != ']';
}

void json_scan_begin(struct json_scan *s, uint8_t c)
{
	s->kind = c == '{' || c == '[' ? JSON_KIND_CONTAINER : c == '"' ? JSON_KIND_STRING : JSON_KIND_ATOM;
	s->depth = 0;
	s->in_string = s->escaped = false;
}

size_t json_scan_value(struct json_scan *s, slice bytes, bool *ended)
{
	static size_t (*const SCANS[])(struct json_scan *, slice, bool *) = {
		[JSON_KIND_CONTAINER] = container_scan, [JSON_KIND_STRING] = string_scan, [JSON_KIND_ATOM] = atom_scan};

	*ended = false;
	return SCANS[s->kind](s, bytes, ended);
}
