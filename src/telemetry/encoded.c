/* Values in hex, as audit writes those that hold blanks, quotes or bytes that do not print: of one record, and of many lines at once.
 * The second must be as fast as looking at the digits: sixteen at a time, and only where a name that may be encoded stands before them. */
#include "address.h"
#include "telemetry_int.h"
#include "text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define ARGUMENT_DIGITS_MIN 6u /* of an argument's hex: two bytes hold nothing that stands by itself */
#define DIGITS_AT_ONCE 16u

static bool upper_hex(slice v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (!((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'A' && v.p[i] <= 'F'))) return false;
	}
	return v.n >= 2 && v.n % 2 == 0;
}

/* Zero bytes part the arguments of a title. */
slice encoded_text(struct arena *a, slice v)
{
	slice bytes;
	if (!upper_hex(v) || !text_get_hex(a, v, &bytes)) return v;
	uint8_t *out = arena_alloc(a, bytes.n);
	for (size_t i = 0; i < bytes.n; i++) out[i] = bytes.p[i] == 0 ? ' ' : bytes.p[i];
	return slice_trim(slice_of(out, bytes.n));
}

/* ---- socket addresses ---- */
#define SOCKADDR_TEXT_BYTES (ADDRESS_TEXT_BYTES + 8) /* brackets, a colon, a port */

static size_t put_port(char *out, unsigned port)
{
	static const unsigned TENS[] = {10000, 1000, 100, 10};
	size_t at = 0;
	out[at++] = ':';
	for (size_t i = 0; i < 4; i++) {
		out[at] = (char)('0' + port / TENS[i] % 10);
		at += port >= TENS[i]; /* no zeros before the number */
	}
	out[at++] = (char)('0' + port % 10);
	return at;
}

/* struct sockaddr_in and _in6, family in the machine's order (little-endian here, as nearly everywhere), port in the network's. 0: another
 * family. */
static size_t sockaddr_text(slice b, char out[SOCKADDR_TEXT_BYTES])
{
	unsigned family = b.n >= 2 ? b.p[0] | (unsigned)b.p[1] << 8 : 0, port = b.n >= 4 ? (unsigned)b.p[2] << 8 | b.p[3] : 0;
	if (family == 2 && b.n >= 8) {
		(void)ipv4_format((uint32_t)b.p[4] << 24 | (uint32_t)b.p[5] << 16 | (uint32_t)b.p[6] << 8 | b.p[7], out);
		size_t n = strlen(out);
		return n + put_port(out + n, port);
	}
	if (family != 10 || b.n < 24) return 0;
	ipv6 six;
	memcpy(six.b, b.p + 8, 16);
	out[0] = '[';
	(void)ipv6_format(&six, out + 1);
	size_t n = strlen(out);
	out[n++] = ']';
	return n + put_port(out + n, port);
}

/* What the bytes of one say; its own bytes when that is not known. */
static slice sockaddr_says(slice b, char text[SOCKADDR_TEXT_BYTES])
{
	size_t n = sockaddr_text(b, text);
	if (n > 0) return slice_of(text, n);
	bool local = b.n >= 2 && b.p[0] == 1 && b.p[1] == 0;
	return local ? slice_trim(slice_sub(b, 2, slice_find_byte(slice_sub(b, 2, b.n), 0))) : b;
}

slice encoded_sockaddr(struct arena *a, slice v)
{
	slice b;
	char text[SOCKADDR_TEXT_BYTES];
	if (!upper_hex(v) || !text_get_hex(a, v, &b)) return v;
	slice says = sockaddr_says(b, text);
	return says.p == b.p ? v : arena_copy(a, says);
}

static uint8_t *put_octet(uint8_t *to, unsigned octet)
{
	to[0] = (uint8_t)('0' + octet / 100);
	to += octet > 99;
	to[0] = (uint8_t)('0' + octet / 10 % 10);
	to += octet > 9;
	to[0] = (uint8_t)('0' + octet % 10);
	return to + 1;
}

/* An address in place of the n bytes of one. Returns how many bytes it has; 0 when it says nothing that the digits do not. */
static size_t put_sockaddr(uint8_t *at, size_t n)
{
	char text[SOCKADDR_TEXT_BYTES];
	if (n >= 8 && at[0] == 2 && at[1] == 0) { /* the most frequent */
		const uint8_t b[8] = {at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]};
		uint8_t *to = at;
		for (size_t i = 4; i < 8; i++) {
			to = put_octet(to, b[i]);
			*to++ = '.';
		}
		return (size_t)(to - 1 - at) + put_port((char *)to - 1, (unsigned)b[2] << 8 | b[3]);
	}
	slice says = sockaddr_says(slice_of(at, n), text);
	if (says.p == at) return 0;
	memmove(at, says.p, says.n);
	return says.n;
}

/* ---- many lines ---- */
/* The bytes that sixteen digits say, `zero` where they are zero. Returns a bit for each that is a lower-case letter. */
#if defined(__SSE2__)
static inline unsigned put_eight(uint8_t *to, const uint8_t *digits, uint8_t zero)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)digits), letter = _mm_cmpgt_epi8(v, _mm_set1_epi8('9'));
	__m128i value = _mm_add_epi8(_mm_and_si128(v, _mm_set1_epi8(15)), _mm_and_si128(letter, _mm_set1_epi8(9)));
	__m128i pair = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8)), _mm_set1_epi16(255));
	__m128i bytes = _mm_packus_epi16(pair, pair);
	bytes = _mm_or_si128(bytes, _mm_and_si128(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()), _mm_set1_epi8((char)zero)));
	_mm_storel_epi64((__m128i *)(void *)to, bytes);
	return (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_set1_epi8('F')));
}
#else
static inline unsigned put_eight(uint8_t *to, const uint8_t *digits, uint8_t zero)
{
	unsigned lower = 0;
	for (unsigned i = 0; i < DIGITS_AT_ONCE; i++) lower |= (unsigned)(digits[i] > 'F') << i;
	for (unsigned i = 0; i < DIGITS_AT_ONCE / 2; i++) {
		unsigned byte = (unsigned)(text_hex_value(digits[2 * i]) * 16 + text_hex_value(digits[2 * i + 1])) & 255;
		to[i] = byte == 0 ? zero : (uint8_t)byte;
	}
	return lower;
}
#endif

/* n hex digits as bytes, and up to seven bytes more; false when one is a lower-case letter. */
static bool put_decoded(uint8_t *to, const uint8_t *digits, size_t n, uint8_t zero)
{
	unsigned lower = 0;
	for (; n >= DIGITS_AT_ONCE; n -= DIGITS_AT_ONCE, digits += DIGITS_AT_ONCE, to += DIGITS_AT_ONCE / 2)
		lower |= put_eight(to, digits, zero);
	lower |= put_eight(to, digits, zero) & ((1u << n) - 1);
	return lower == 0;
}

void encoded_put(slice v, struct buf *out)
{
	size_t start = out->n;
	if (!upper_hex(v) || !buf_reserve(out, v.n / 2 + DIGITS_AT_ONCE) || !put_decoded(out->p + start, v.p, v.n, ' ')) {
		buf_add(out, v);
		return;
	}
	slice says = slice_trim(slice_of(out->p + start, v.n / 2));
	memmove(out->p + start, says.p, says.n);
	out->n = start + says.n;
}

/* Names of values that are written in hex, by their last two letters: proctitle, exe, comm, name, cmd, cwd, path, dir, data, acct, saddr;
 * and arguments, a0 and so on. The last letter has a bit, and the one before it those that it stands before. */
enum { BEFORE_E = 1, BEFORE_M = 2, BEFORE_D = 4, BEFORE_H = 8, BEFORE_A = 16, BEFORE_R = 32, BEFORE_T = 64, BEFORE_DIGIT = 128 };
#define EACH_DIGIT(bits)                                                                                                                   \
	['0'] = (bits), ['1'] = (bits), ['2'] = (bits), ['3'] = (bits), ['4'] = (bits), ['5'] = (bits), ['6'] = (bits), ['7'] = (bits),    \
	['8'] = (bits), ['9'] = (bits)
static const uint8_t lasts[256] = {['e'] = BEFORE_E,
	['m'] = BEFORE_M,
	['d'] = BEFORE_D,
	['h'] = BEFORE_H,
	['a'] = BEFORE_A,
	['r'] = BEFORE_R,
	['t'] = BEFORE_T,
	EACH_DIGIT(BEFORE_DIGIT)};
static const uint8_t befores[256] = {['l'] = BEFORE_E,
	['x'] = BEFORE_E,
	['m'] = BEFORE_E | BEFORE_M | BEFORE_D,
	['w'] = BEFORE_D,
	['t'] = BEFORE_H | BEFORE_A,
	['i'] = BEFORE_R,
	['c'] = BEFORE_T,
	['d'] = BEFORE_R,
	['a'] = BEFORE_DIGIT,
	EACH_DIGIT(BEFORE_DIGIT)};

/* An argument's first digits are looked at too: registers in SYSCALL have the names of arguments, and are in lower case. A letter of these
 * has both bits. */
static inline bool may_be_encoded(const uint8_t *equals)
{
	uint32_t four;
	memcpy(&four, equals + 1, sizeof four);
	unsigned argument = lasts[equals[-1]] >> 7, lower = (four & four >> 1 & 0x20202020u) != 0;
	return ((lasts[equals[-1]] & befores[equals[-2]]) != 0) & ((argument & lower) == 0);
}

/* Length of the run of set bits from `from` on; a clear one is behind it. */
static size_t run_of(const uint64_t *map, size_t from)
{
	for (size_t at = from;;) {
		uint64_t clear = ~map[at / 64] >> at % 64;
		if (clear != 0) return at + (size_t)__builtin_ctzll(clear) - from;
		at += 64 - at % 64;
	}
}

static bool ends_value(slice bytes, size_t at)
{
	uint8_t c = at < bytes.n ? bytes.p[at] : '\n';
	return c == ' ' || c == '\n' || c == '\'' || c == '\r' || c == '\t' || c == 0x1d;
}

size_t telemetry_encoded(const uint8_t *bytes, uint32_t *equals, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) { /* without a branch that nobody can foretell */
		equals[kept] = equals[i];
		kept += may_be_encoded(bytes + equals[i]);
	}
	return kept;
}

bool telemetry_decode(slice bytes, const uint64_t *hex, size_t equals, struct buf *out)
{
	const uint8_t *name_end = bytes.p + equals, *digits = name_end + 1;
	size_t n = run_of(hex, equals + 1), least = lasts[name_end[-1]] == BEFORE_DIGIT ? ARGUMENT_DIGITS_MIN : 2;
	if (n % 2 != 0 || n < least || !ends_value(bytes, equals + 1 + n)) return false;
	if (!buf_reserve(out, n / 2 + SOCKADDR_TEXT_BYTES)) return false;
	bool address = name_end[-1] == 'r' && equals >= 5 && memcmp(name_end - 5, "saddr", 5) == 0;
	uint8_t *to = out->p + out->n;
	if (!put_decoded(to, digits, n, address ? 0 : ' ')) return false;
	size_t said = address ? put_sockaddr(to, n / 2) : n / 2;
	to[said] = '\n';
	out->n += said > 0 ? said + 1 : 0;
	return said > 0;
}
