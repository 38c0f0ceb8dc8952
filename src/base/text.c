/* Text. Source: RFC 3629 (UTF-8), UAX 15 (NFC), RFC 5891 and UTS 46 (A-labels), RFC 8259 7 (escapes), RFC 4648 (base64, hex). */
#include "text.h"

#include <idn2.h>
#include <stdlib.h>
#include <unictype.h>
#include <uninorm.h>

int text_hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

#define NAME_BYTES_MAX 1024u /* no name that DNS could carry is longer in UTF-8 */

unsigned text_utf8_next(slice s, uint32_t *code_point)
{
	if (s.n == 0) return 0;
	uint32_t c = s.p[0];
	if (c < 0x80) {
		*code_point = c;
		return 1;
	}
	unsigned n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || s.n < n) return 0;
	uint32_t value = c & (0x7Fu >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((s.p[i] & 0xC0) != 0x80) return 0;
		value = value << 6 | (s.p[i] & 0x3Fu);
	}
	if ((n == 3 && value < 0x800) || (n == 4 && value < 0x10000)) return 0; /* overlong */
	if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
	*code_point = value;
	return n;
}

/* Bytes below 0x80 at the start of s, counted eight at a time. */
static size_t ascii_run(slice s)
{
	size_t at = 0;
	uint64_t word;

	for (; s.n - at >= sizeof word; at += sizeof word) {
		memcpy(&word, s.p + at, sizeof word);
		if ((word & UINT64_C(0x8080808080808080)) != 0) break;
	}
	while (at < s.n && s.p[at] < 0x80) at++;
	return at;
}

bool text_is_utf8(slice s)
{
	uint32_t code_point;

	for (;;) {
		s = slice_sub(s, ascii_run(s), SIZE_MAX);
		if (s.n == 0) return true;
		unsigned n = text_utf8_next(s, &code_point);
		if (n == 0) return false;
		s = slice_sub(s, n, SIZE_MAX);
	}
}

unsigned text_utf8_put(uint32_t code_point, uint8_t out[4])
{
	if (code_point < 0x80) {
		out[0] = (uint8_t)code_point;
		return 1;
	}
	unsigned n = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	static const uint8_t LEADS[5] = {0, 0, 0xC0, 0xE0, 0xF0};
	for (unsigned i = n - 1; i > 0; i--, code_point >>= 6) out[i] = (uint8_t)(0x80 | (code_point & 0x3F));
	out[0] = (uint8_t)(LEADS[n] | code_point);
	return n;
}

bool text_is_letter(uint32_t code_point)
{
	if (code_point < 0x80) return (code_point | 32) >= 'a' && (code_point | 32) <= 'z';
	return uc_is_general_category_withtable(code_point, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M);
}

static void lower_ascii(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) p[i] = p[i] >= 'A' && p[i] <= 'Z' ? (uint8_t)(p[i] + 32) : p[i];
}

/* As arena_copy, writable. */
static uint8_t *copy_bytes(struct arena *a, slice s)
{
	uint8_t *p = arena_alloc(a, s.n + 1);

	if (s.n != 0) memcpy(p, s.p, s.n);
	return p;
}

slice text_lower_ascii(struct arena *a, slice s)
{
	uint8_t *p = copy_bytes(a, s);

	lower_ascii(p, s.n);
	return slice_of(p, s.n);
}

slice text_nfc(struct arena *a, slice s)
{
	size_t n = 0;

	if (ascii_run(s) == s.n || !text_is_utf8(s)) return s;
	uint8_t *normal = u8_normalize(UNINORM_NFC, s.p, s.n, NULL, &n);
	if (normal == NULL) return s;
	slice out = slice_of(normal, n);
	out = slice_equal(out, s) ? s : arena_copy(a, out);
	free(normal);
	return out;
}

bool text_to_alabels(struct arena *a, slice name, slice *out)
{
	char text[NAME_BYTES_MAX + 1], *label = NULL;

	if (name.n == 0 || name.n > NAME_BYTES_MAX || memchr(name.p, 0, name.n) != NULL || !text_is_utf8(name)) return false;
	memcpy(text, name.p, name.n);
	text[name.n] = 0;
	if (idn2_to_ascii_8z(text, &label, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) return false;
	*out = text_lower_ascii(a, slice_from(label));
	idn2_free(label);
	return true;
}

/* "\uXXXX" at the start of s. */
static bool unit_read(slice s, uint32_t *unit)
{
	uint32_t value = 0;

	if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u') return false;
	for (size_t i = 2; i < 6; i++) {
		int digit = text_hex_value(s.p[i]);
		if (digit < 0) return false;
		value = value << 4 | (uint32_t)digit;
	}
	*unit = value;
	return true;
}

/* The escape at the start of s: bytes taken (0 when it is none that we undo) and, in out, the *n bytes that it stands for. */
static size_t escape_read(slice s, uint8_t out[4], unsigned *n)
{
	static const char FROM[] = "/\\\"tnrbf", TO[] = "/\\\"\t\n\r\b\f";
	uint32_t high, low;

	if (s.n < 2) return 0;
	const char *simple = s.p[1] != 0 ? strchr(FROM, s.p[1]) : NULL;
	if (simple != NULL) {
		out[0] = (uint8_t)TO[simple - FROM];
		*n = 1;
		return 2;
	}
	if (!unit_read(s, &high)) return 0;
	if (high < 0xD800 || high > 0xDFFF) {
		*n = text_utf8_put(high, out);
		return 6;
	}
	if (high > 0xDBFF || !unit_read(slice_sub(s, 6, 6), &low) || low < 0xDC00 || low > 0xDFFF) return 0;
	*n = text_utf8_put(0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00)), out);
	return 12;
}

slice text_unescape_json(struct arena *a, slice s)
{
	uint8_t *out = NULL, bytes[4];
	size_t at = 0, n = 0; /* before `out` exists everything up to `at` stands for itself */

	while (at < s.n) {
		size_t run = slice_find_byte(slice_sub(s, at, SIZE_MAX), '\\');
		unsigned put = 0;
		size_t taken = escape_read(slice_sub(s, at + run, 12), bytes, &put);
		if (taken != 0 && out == NULL) {
			out = copy_bytes(a, s);
			n = at;
		}
		if (taken == 0 && at + run < s.n) run++; /* the backslash stays */
		if (out != NULL) {
			memcpy(out + n, s.p + at, run);
			memcpy(out + n + run, bytes, put);
			n += run + put;
		}
		at += run + taken;
	}
	return out != NULL ? slice_of(out, n) : s;
}

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void text_put_base64(struct buf *b, slice bytes)
{
	for (size_t at = 0; at < bytes.n; at += 3) {
		size_t n = bytes.n - at < 3 ? bytes.n - at : 3;
		uint32_t v = (uint32_t)bytes.p[at] << 16;
		if (n > 1) v |= (uint32_t)bytes.p[at + 1] << 8;
		if (n > 2) v |= bytes.p[at + 2];
		uint8_t four[4] = {
			(uint8_t)BASE64[v >> 18], (uint8_t)BASE64[v >> 12 & 63], (uint8_t)BASE64[v >> 6 & 63], (uint8_t)BASE64[v & 63]};
		if (n < 3) four[3] = '=';
		if (n < 2) four[2] = '=';
		buf_add(b, slice_of(four, 4));
	}
}

static int base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z') return c - 'A';
	if (c >= 'a' && c <= 'z') return c - 'a' + 26;
	if (c >= '0' && c <= '9') return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool text_get_base64_into(slice text, uint8_t *out, size_t room, size_t *count)
{
	unsigned padding = 0;
	uint32_t held = 0, bits = 0;
	size_t n = 0;

	if (text.n % 4 != 0) return false;
	while (padding < 2 && text.n > 0 && text.p[text.n - 1] == '=') text.n--, padding++;
	if (text.n / 4 * 3 + (text.n % 4 != 0 ? text.n % 4 - 1 : 0) > room) return false;
	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);
		if (value < 0) return false;
		held = (held << 6 | (uint32_t)value) & 0xFFFF;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		out[n++] = (uint8_t)(held >> bits);
	}
	if ((held & ((1u << bits) - 1)) != 0) return false; /* RFC 4648 3.5: pad bits are zero */
	*count = n;
	return true;
}

bool text_get_base64(struct arena *a, slice text, slice *out)
{
	size_t room = text.n / 4 * 3, n;

	if (text.n % 4 != 0) return false;
	uint8_t *bytes = arena_alloc(a, room + 1);
	if (!text_get_base64_into(text, bytes, room, &n)) return false;
	*out = slice_of(bytes, n);
	return true;
}

bool text_get_hex(struct arena *a, slice text, slice *out)
{
	if (text.n % 2 != 0) return false;
	uint8_t *bytes = arena_alloc(a, text.n / 2);
	for (size_t i = 0; i < text.n / 2; i++) {
		int high = text_hex_value(text.p[2 * i]), low = text_hex_value(text.p[2 * i + 1]);
		if (high < 0 || low < 0) return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = slice_of(bytes, text.n / 2);
	return true;
}

bool text_get_decimal(slice text, uint64_t *out)
{
	uint64_t value = 0;

	if (text.n == 0 || text.n > 20 || (text.p[0] == '0' && text.n > 1)) return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') return false;
		if (__builtin_mul_overflow(value, 10u, &value)) return false;
		if (__builtin_add_overflow(value, (uint64_t)(text.p[i] - '0'), &value)) return false;
	}
	*out = value;
	return true;
}
