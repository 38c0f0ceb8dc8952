/* Addresses and ranges as text and back. Source: RFC 4291 2.2 and 2.3, RFC 5952, RFC 4632 3.1. */
#include "address.h"

#include "text.h"

#include <stdio.h>

bool ipv4_parse(slice text, uint32_t *out)
{
	uint32_t value = 0;
	size_t at = 0;

	if (text.n < 7 || text.n > 15) return false;
	for (int part = 0; part < 4; part++) {
		unsigned number = 0, digits = 0;

		if (part > 0 && (at >= text.n || text.p[at++] != '.')) return false;
		while (at < text.n && digits < 3 && text.p[at] >= '0' && text.p[at] <= '9') {
			if (digits == 1 && number == 0) return false; /* a leading zero */
			number = number * 10 + text.p[at++] - '0';
			digits++;
		}
		if (digits == 0 || number > 255) return false;
		value = value << 8 | number;
	}
	if (at != text.n) return false;
	*out = value;
	return true;
}

/* One group of 1-4 hex digits at *at. */
static bool group_parse(slice text, size_t *at, uint16_t *out)
{
	unsigned value = 0, digits = 0;

	while (*at < text.n && digits < 4 && text_hex_value(text.p[*at]) >= 0) {
		value = value << 4 | (unsigned)text_hex_value(text.p[*at]);
		digits++;
		(*at)++;
	}
	if (digits == 0 || (*at < text.n && text_hex_value(text.p[*at]) >= 0)) return false;
	*out = (uint16_t)value;
	return true;
}

/* The groups as written; *gap is where "::" stood, or -1. False when the text is no list of groups. */
static bool groups_parse(slice text, uint16_t groups[8], unsigned *count, int *gap)
{
	size_t at = 0;
	uint32_t tail;

	*count = 0;
	*gap = -1;
	if (slice_starts(text, SLICE("::"))) {
		*gap = 0;
		at = 2;
	}
	while (at < text.n) {
		if (*count == 8) return false;
		size_t start = at;
		if (!group_parse(text, &at, &groups[*count])) return false;
		if (at < text.n && text.p[at] == '.') {
			if (*count > 6 || !ipv4_parse(slice_sub(text, start, SIZE_MAX), &tail)) return false;
			groups[(*count)++] = (uint16_t)(tail >> 16);
			groups[(*count)++] = (uint16_t)tail;
			return true;
		}
		(*count)++;
		if (at == text.n) return true;
		if (text.p[at++] != ':' || at == text.n) return false;
		if (text.p[at] == ':') {
			if (*gap >= 0) return false;
			*gap = (int)*count;
			at++;
		}
	}
	return true;
}

bool ipv6_parse(slice text, ipv6 *out)
{
	uint16_t groups[8] = {0};
	unsigned count;
	int gap;

	if (text.n < 2 || text.n > 45 || !groups_parse(text, groups, &count, &gap)) return false;
	if (gap < 0 ? count != 8 : count > 7) return false;
	unsigned head = gap < 0 ? 8 : (unsigned)gap;
	ipv6 a = {{0}};
	for (unsigned i = 0; i < count; i++) {
		unsigned to = i < head ? i : 8 - count + i;
		a.b[2 * to] = (uint8_t)(groups[i] >> 8);
		a.b[2 * to + 1] = (uint8_t)groups[i];
	}
	*out = a;
	return true;
}

bool ipv6_is_mapped(const ipv6 *a, uint32_t *v4)
{
	static const uint8_t PREFIX[12] = {[10] = 0xFF, [11] = 0xFF};

	if (memcmp(a->b, PREFIX, sizeof PREFIX) != 0) return false;
	*v4 = (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 | (uint32_t)a->b[14] << 8 | a->b[15];
	return true;
}

const char *ipv4_format(uint32_t a, char out[ADDRESS_TEXT_BYTES])
{
	size_t n = 0;
	for (int shift = 24; shift >= 0; shift -= 8) {
		unsigned part = a >> shift & 255;
		if (part > 99) out[n++] = (char)('0' + part / 100);
		if (part > 9) out[n++] = (char)('0' + part / 10 % 10);
		out[n++] = (char)('0' + part % 10);
		out[n++] = shift > 0 ? '.' : 0;
	}
	return out;
}

/* The longest run of at least two zero groups, the first of equal ones (RFC 5952 4.2). */
static void zero_run(const uint16_t groups[8], int *start, int *length)
{
	*start = -1;
	*length = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && groups[i + n] == 0) n++;
		if (n > *length) {
			*start = i;
			*length = n;
		}
		if (n > 0) i += n - 1;
	}
}

const char *ipv6_format(const ipv6 *a, char out[ADDRESS_TEXT_BYTES])
{
	uint16_t groups[8];
	uint32_t v4;
	int start, length, n = 0;

	if (ipv6_is_mapped(a, &v4)) { /* RFC 5952 5 */
		snprintf(out, ADDRESS_TEXT_BYTES, "::ffff:%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
		return out;
	}
	for (int i = 0; i < 8; i++) groups[i] = (uint16_t)(a->b[2 * i] << 8 | a->b[2 * i + 1]);
	zero_run(groups, &start, &length);
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			n += snprintf(out + n, (size_t)(ADDRESS_TEXT_BYTES - n), "::");
			i += length - 1;
			continue;
		}
		const char *colon = i > 0 && i != start + length ? ":" : "";
		if (start < 0 && i > 0) colon = ":";
		n += snprintf(out + n, (size_t)(ADDRESS_TEXT_BYTES - n), "%s%x", colon, groups[i]);
	}
	return out;
}

/* The first `bits` bits of a stay, the others become 0. */
static void prefix_keep(uint8_t *b, size_t bytes, unsigned bits)
{
	for (size_t i = 0; i < bytes; i++) {
		unsigned keep = bits > 8 * i ? bits - 8 * (unsigned)i : 0;
		if (keep < 8) b[i] = (uint8_t)(b[i] & (0xFF00u >> keep));
	}
}

static uint32_t mask_v4(unsigned bits)
{
	return bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}

bool cidr_parse(slice text, struct cidr *out)
{
	slice length = text, address = slice_cut(&length, '/');
	struct cidr c = {0};
	unsigned bits = 0;
	uint32_t mapped;

	if (length.n == 0 || length.n > 3 || (length.n > 1 && length.p[0] == '0')) return false;
	for (size_t i = 0; i < length.n; i++) {
		if (length.p[i] < '0' || length.p[i] > '9') return false;
		bits = bits * 10 + length.p[i] - '0';
	}
	c.v6 = !ipv4_parse(address, &c.v4);
	if (c.v6 && !ipv6_parse(address, &c.v6_address)) return false;
	if (bits > (c.v6 ? 128u : 32u)) return false;
	if (c.v6 && bits >= 96 && ipv6_is_mapped(&c.v6_address, &mapped)) { /* ::ffff:a.b.c.d is the IPv4 */
		c = (struct cidr){.v4 = mapped};
		bits -= 96;
	}
	c.bits = (uint8_t)bits;
	if (c.v6) prefix_keep(c.v6_address.b, sizeof c.v6_address.b, bits);
	else c.v4 &= mask_v4(bits);
	*out = c;
	return true;
}

bool cidr_has_v4(const struct cidr *c, uint32_t a)
{
	return !c->v6 && (a & mask_v4(c->bits)) == c->v4;
}

bool cidr_has_v6(const struct cidr *c, const ipv6 *a)
{
	ipv6 start = *a;
	uint32_t v4;

	if (!c->v6) return ipv6_is_mapped(a, &v4) && cidr_has_v4(c, v4);
	prefix_keep(start.b, sizeof start.b, c->bits);
	return memcmp(start.b, c->v6_address.b, sizeof start.b) == 0;
}
