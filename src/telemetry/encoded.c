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
	char digits[5];
	size_t n = 0, at = 0;
	out[at++] = ':';
	do digits[n++] = (char)('0' + port % 10);
	while ((port /= 10) > 0);
	while (n > 0) out[at++] = digits[--n];
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

/* An address in place of the bytes of one, which begin at `start`. */
static void put_sockaddr(size_t start, struct buf *out)
{
	char text[SOCKADDR_TEXT_BYTES];
	slice bytes = slice_of(out->p + start, out->n - start), says = sockaddr_says(bytes, text);
	out->n = start;
	if (says.p == (const uint8_t *)text) {
		buf_add(out, says);
	} else if (says.p != bytes.p) {
		memmove(out->p + start, says.p, says.n);
		out->n += says.n;
	}
}

/* ---- many lines ---- */
/* The bytes that sixteen digits say, `zero` where they are zero. False when one is a lower-case letter; `to` has room for eight. */
#if defined(__SSE2__)
static bool put_eight(uint8_t *to, const uint8_t *digits, uint8_t zero)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)digits), letter = _mm_cmpgt_epi8(v, _mm_set1_epi8('9'));
	__m128i value = _mm_add_epi8(_mm_and_si128(v, _mm_set1_epi8(15)), _mm_and_si128(letter, _mm_set1_epi8(9)));
	__m128i pair = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8)), _mm_set1_epi16(255));
	__m128i bytes = _mm_packus_epi16(pair, pair);
	bytes = _mm_or_si128(bytes, _mm_and_si128(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()), _mm_set1_epi8((char)zero)));
	_mm_storel_epi64((__m128i *)(void *)to, bytes);
	return _mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_set1_epi8('F'))) == 0;
}
#else
static bool put_eight(uint8_t *to, const uint8_t *digits, uint8_t zero)
{
	bool upper = true;
	for (unsigned i = 0; i < 8; i++) {
		unsigned byte = (unsigned)(text_hex_value(digits[2 * i]) * 16 + text_hex_value(digits[2 * i + 1])) & 255;
		to[i] = byte == 0 ? zero : (uint8_t)byte;
		upper &= digits[2 * i] <= 'F' && digits[2 * i + 1] <= 'F';
	}
	return upper;
}
#endif

/* n hex digits as bytes; false, and nothing is added, when one is a lower-case letter. */
static bool put_decoded(const uint8_t *digits, size_t n, uint8_t zero, struct buf *out)
{
	if (!buf_reserve(out, n / 2 + DIGITS_AT_ONCE)) return false;
	uint8_t *to = out->p + out->n;
	for (; n >= DIGITS_AT_ONCE; n -= DIGITS_AT_ONCE, digits += DIGITS_AT_ONCE, to += DIGITS_AT_ONCE / 2)
		if (!put_eight(to, digits, zero)) return false;
	uint8_t last[DIGITS_AT_ONCE] = "000000000000000";
	memcpy(last, digits, n);
	if (n > 0 && !put_eight(to, last, zero)) return false;
	out->n = (size_t)(to - out->p) + n / 2;
	return true;
}

/* The names that are written in hex, told by their last two letters: proctitle, exe, comm, name, cmd, cwd, path, dir, data, acct, saddr;
 * and arguments, by their last digit. */
static bool may_be_encoded(const uint8_t *end)
{
#define LETTER(c) (1u << ((c) - 'a'))
	static const uint32_t LAST[256] = {['l'] = LETTER('e'),
		['x'] = LETTER('e'),
		['m'] = LETTER('m') | LETTER('e') | LETTER('d'),
		['w'] = LETTER('d'),
		['t'] = LETTER('h') | LETTER('a'),
		['i'] = LETTER('r'),
		['c'] = LETTER('t'),
		['d'] = LETTER('r')};
	unsigned last = (unsigned)(end[-1] - 'a');
	return last < 26 && (LAST[end[-2]] >> last & 1) != 0;
#undef LETTER
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
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
	return at >= bytes.n || strchr(" \t\x1d'\r\n", bytes.p[at]) != NULL;
}

/* Lower-case letters have both bits; six digits at least stand there. */
static bool lower_letters(const uint8_t *digits)
{
	uint32_t four;
	memcpy(&four, digits, sizeof four);
	return (four & four >> 1 & 0x20202020u) != 0;
}

/* What the value behind the '=' says is added, with a line feed; false when it is none that is encoded. */
static bool put_value(slice bytes, const uint64_t *hex, size_t equals, struct buf *out)
{
	const uint8_t *digits = bytes.p + equals + 1;
	bool argument = equals > 1 && is_digit(digits[-2]);
	if (equals < 2 || (argument ? lower_letters(digits) : !may_be_encoded(digits - 1))) return false;
	size_t start = out->n, n = run_of(hex, equals + 1);
	if (n % 2 != 0 || n < (argument ? ARGUMENT_DIGITS_MIN : 2) || !ends_value(bytes, equals + 1 + n)) return false;
	bool address = digits[-2] == 'r' && equals >= 5 && memcmp(digits - 6, "saddr", 5) == 0;
	if (!put_decoded(digits, n, address ? 0 : ' ', out)) return false;
	if (address) put_sockaddr(start, out);
	if (out->n == start) return false;
	buf_add_byte(out, '\n');
	return true;
}

#if defined(__SSE2__)
static uint64_t equals_of(const uint8_t *p)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('='))) << (16 * i);
	}
	return bits;
}
#else
static uint64_t equals_of(const uint8_t *p)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < 64; i++) bits |= (uint64_t)(p[i] == '=') << i;
	return bits;
}
#endif

/* The '=' of the i-th 64 bytes that two hex digits stand behind. */
static uint64_t before_digits(slice bytes, const uint64_t *hex, size_t i)
{
	uint64_t two = (hex[i] >> 1 | hex[i + 1] << 63) & (hex[i] >> 2 | hex[i + 1] << 62);
	return two == 0 ? 0 : equals_of(bytes.p + i * 64) & two;
}

bool telemetry_decode(slice bytes, const uint64_t *hex, size_t *at, struct buf *out)
{
	for (size_t i = *at / 64, words = (bytes.n + 63) / 64; i < words; i++) {
		uint64_t equals = before_digits(bytes, hex, i);
		if (i == *at / 64) equals &= ~0ull << *at % 64;
		for (; equals != 0; equals &= equals - 1) {
			*at = i * 64 + (size_t)__builtin_ctzll(equals);
			if (put_value(bytes, hex, *at, out)) return true;
		}
	}
	return false;
}
