/* Values of BinXML as JSON: a row of one table for each type. A value whose size does not fit its type is shown as hex, so that
 * nothing is lost. Source: [MS-EVEN6] 2.2.12 (types), [MS-DTYP] 2.3.3 FILETIME, 2.3.13 SYSTEMTIME, 2.3.4.3 GUID, 2.4.2.1 SID. */
#include <math.h>

#include "evtx_int.h"
#include "instant.h"

#define FILETIME_1970 UINT64_C(116444736000000000) /* 100 ns from 1601 to 1970 */
#define FILETIME_10000 UINT64_C(2650467744000000000)
#define SID_BYTES_MIN 8u
#define DECIMAL_BYTES 20u

static void put_decimal(struct buf *b, uint64_t v)
{
	uint8_t digits[DECIMAL_BYTES];
	size_t n = DECIMAL_BYTES;
	do digits[--n] = (uint8_t)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_add(b, slice_of(digits + n, DECIMAL_BYTES - n));
}

/* Little-endian number of 1 to 8 bytes. */
static uint64_t load(slice s)
{
	uint64_t v = 0;
	for (size_t i = s.n; i-- > 0;) v = v << 8 | s.p[i];
	return v;
}

static void put_unsigned(struct buf *b, slice s)
{
	put_decimal(b, load(s));
}

static void put_signed(struct buf *b, slice s)
{
	uint64_t v = load(s), sign = UINT64_C(1) << (8 * s.n - 1);
	if (v & sign) buf_add_byte(b, '-');
	put_decimal(b, v & sign ? ((~v & (sign - 1)) + 1) : v);
}

static void put_real(struct buf *b, double v, int digits)
{
	if (isfinite(v)) buf_printf(b, "%.*g", digits, v);
	else buf_add_text(b, isnan(v) ? "\"NaN\"" : v < 0 ? "\"-Infinity\"" : "\"Infinity\"");
}

static void put_real32(struct buf *b, slice s)
{
	uint32_t bits = evtx_u32(s.p);
	float v;
	memcpy(&v, &bits, sizeof v);
	put_real(b, (double)v, 9);
}

static void put_real64(struct buf *b, slice s)
{
	uint64_t bits = evtx_u64(s.p);
	double v;
	memcpy(&v, &bits, sizeof v);
	put_real(b, v, 17);
}

static void put_bool(struct buf *b, slice s)
{
	buf_add_text(b, load(s) != 0 ? "true" : "false");
}

/* ---- quoted ones: the quotes are evtx_put_value's ---- */
static void put_string(struct buf *b, slice s)
{
	s.n &= ~(size_t)1;
	while (s.n > 0 && s.p[s.n - 1] == 0 && s.p[s.n - 2] == 0) s.n -= 2;
	evtx_put_utf16(b, s);
}

static void put_ansi(struct buf *b, slice s)
{
	while (s.n > 0 && s.p[s.n - 1] == 0) s.n--;
	evtx_put_ansi(b, s);
}

static void put_hex_number(struct buf *b, slice s)
{
	uint64_t v = load(s);
	uint8_t text[16];
	size_t n = sizeof text;
	do text[--n] = (uint8_t) "0123456789abcdef"[v & 15];
	while ((v >>= 4) > 0);
	buf_add(b, SLICE("0x"));
	buf_add(b, slice_of(text + n, sizeof text - n));
}

static void put_guid(struct buf *b, slice s)
{
	static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	if (!buf_reserve(b, 38)) return;
	uint8_t *to = b->p + b->n;
	*to++ = '{';
	for (size_t i = 0; i < sizeof order; i++) {
		uint8_t c = s.p[order[i]];
		if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
		*to++ = (uint8_t) "0123456789ABCDEF"[c >> 4];
		*to++ = (uint8_t) "0123456789ABCDEF"[c & 15];
	}
	*to++ = '}';
	b->n = (size_t)(to - b->p);
}

static void put_time(struct buf *b, uint64_t filetime)
{
	char text[INSTANT_TEXT_BYTES];
	if (filetime >= FILETIME_10000) { /* RFC 3339 ends there */
		buf_printf(b, "0x%llx", (unsigned long long)filetime);
		return;
	}
	instant_format(((int64_t)filetime - (int64_t)FILETIME_1970 - (int64_t)(filetime % 10)) / 10, 6, text);
	slice all = slice_from(text);
	buf_add(b, slice_sub(all, 0, all.n - 1));
	buf_add_byte(b, (uint8_t)('0' + filetime % 10));
	buf_add_byte(b, 'Z');
}

static void put_filetime(struct buf *b, slice s)
{
	put_time(b, evtx_u64(s.p));
}

void evtx_put_filetime(struct buf *b, uint64_t filetime)
{
	buf_add_byte(b, '"');
	put_time(b, filetime);
	buf_add_byte(b, '"');
}

/* Year, month, day of the week, day, hour, minute, second, millisecond. */
static void put_systemtime(struct buf *b, slice s)
{
	char text[INSTANT_TEXT_BYTES];
	instant t;
	int v[8];
	for (size_t i = 0; i < 8; i++) v[i] = evtx_u16(s.p + 2 * i);
	if (v[7] < 1000 && instant_from_civil(v[0], v[1], v[3], v[4], v[5], v[6], v[7] * 1000, &t) == OK) {
		buf_add_text(b, instant_format(t, 3, text));
		return;
	}
	evtx_put_hex(b, s);
}

static void put_sid(struct buf *b, slice s)
{
	if (s.n < SID_BYTES_MIN || s.n != SID_BYTES_MIN + 4u * s.p[1]) {
		evtx_put_hex(b, s);
		return;
	}
	uint64_t authority = 0;
	for (size_t i = 2; i < 8; i++) authority = authority << 8 | s.p[i];
	buf_add(b, SLICE("S-"));
	put_decimal(b, s.p[0]);
	buf_add_byte(b, '-');
	if (authority >> 32) buf_printf(b, "0x%llx", (unsigned long long)authority);
	else put_decimal(b, authority);
	for (size_t i = SID_BYTES_MIN; i < s.n; i += 4) {
		buf_add_byte(b, '-');
		put_decimal(b, evtx_u32(s.p + i));
	}
}

/* ---- the table ---- */
typedef void put_value(struct buf *b, slice s);
struct type_row {
	put_value *put;
	uint8_t bytes; /* of one; 0: any number */
	bool bare;     /* no quotes around it */
};
static const struct type_row *row_of(uint8_t type)
{
	static const struct type_row rows[] = {
		[0x01] = {put_string, 0, false},
		[0x02] = {put_ansi, 0, false},
		[0x03] = {put_signed, 1, true},
		[0x04] = {put_unsigned, 1, true},
		[0x05] = {put_signed, 2, true},
		[0x06] = {put_unsigned, 2, true},
		[0x07] = {put_signed, 4, true},
		[0x08] = {put_unsigned, 4, true},
		[0x09] = {put_signed, 8, true},
		[0x0a] = {put_unsigned, 8, true},
		[0x0b] = {put_real32, 4, true},
		[0x0c] = {put_real64, 8, true},
		[0x0d] = {put_bool, 4, true},
		[0x0e] = {evtx_put_hex, 0, false},
		[0x0f] = {put_guid, 16, false},
		[0x10] = {put_hex_number, 8, false},
		[0x11] = {put_filetime, 8, false},
		[0x12] = {put_systemtime, 16, false},
		[0x13] = {put_sid, 0, false},
		[0x14] = {put_hex_number, 4, false},
		[0x15] = {put_hex_number, 8, false},
		[0x23] = {put_string, 0, false},
	};
	static const struct type_row unknown = {evtx_put_hex, 0, false};
	return type < sizeof rows / sizeof rows[0] && rows[type].put != NULL ? &rows[type] : &unknown;
}

/* Some writers store pointers of 32 bits and booleans of one byte. */
static bool size_fits(uint8_t type, const struct type_row *row, size_t n)
{
	return row->bytes == 0 || n == row->bytes || (type == 0x10 && n == 4) || (type == 0x0d && n >= 1 && n <= 8);
}

bool evtx_put_value(struct buf *b, uint8_t type, slice bytes)
{
	const struct type_row *row = row_of(type);
	if (type == EVTX_NULL || (bytes.n == 0 && row->bytes != 0)) return false;
	bool fits = size_fits(type, row, bytes.n);
	if (row->bare && fits) {
		row->put(b, bytes);
		return true;
	}
	buf_add_byte(b, '"');
	(fits ? row->put : evtx_put_hex)(b, bytes);
	buf_add_byte(b, '"');
	return true;
}

/* Strings end with a NUL each; SIDs tell their length; the others have that of their type. */
static size_t element_bytes(uint8_t type, slice s)
{
	size_t n = 0;
	if (type == 0x02) return slice_find_byte(s, 0) + 1;
	if (type == 0x13) return s.n < SID_BYTES_MIN ? s.n : SID_BYTES_MIN + 4u * s.p[1];
	if (type != EVTX_STRING) return row_of(type)->bytes;
	while (n + 2 <= s.n && evtx_u16(s.p + n) != 0) n += 2;
	return n + 2;
}

bool evtx_array_next(uint8_t type, slice *rest, slice *element)
{
	if (rest->n == 0) return false;
	size_t n = element_bytes(type, *rest);
	if (n == 0 || n > rest->n) n = rest->n;
	*element = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->n);
	return true;
}
