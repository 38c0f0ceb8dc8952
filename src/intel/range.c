/* Ranges of addresses as people write them: "a-b" (blanks and an en dash are fine) and "a/length". A value that plainly means a range or an
 * address and is none is a fault, never text. Pure. */
#include "address.h"
#include "intel_int.h"
#include "text.h"

#include <stdio.h>

__extension__ typedef unsigned __int128 address_bits;
struct end {
	bool v6;
	address_bits at;
};

static bool end_read(slice s, struct end *out)
{
	uint32_t v4;
	ipv6 v6;
	*out = (struct end){0};
	if (ipv4_parse(s, &v4)) {
		out->at = v4;
		return true;
	}
	if (!ipv6_parse(s, &v6)) return false;
	out->v6 = true;
	for (size_t i = 0; i < sizeof v6.b; i++) out->at = out->at << 8 | v6.b[i];
	return true;
}

static struct cidr cidr_of(const struct end *e, unsigned free_bits)
{
	struct cidr c = {.v6 = e->v6, .bits = (uint8_t)((e->v6 ? 128 : 32) - free_bits), .v4 = (uint32_t)e->at};
	for (size_t i = 0; i < sizeof c.v6_address.b; i++) c.v6_address.b[i] = (uint8_t)(e->at >> (120 - 8 * i));
	return c;
}

/* The fewest ranges from first to last: each as big as its start allows and the end leaves, so at most two of a length. */
static size_t cover(struct end first, const struct end *last, struct cidr out[RANGE_CIDRS_MAX])
{
	unsigned width = first.v6 ? 128 : 32;
	size_t n = 0;
	for (bool more = true; more && n < RANGE_CIDRS_MAX;) {
		unsigned bits = 0;
		address_bits span = 0; /* addresses behind the first */
		while (bits < width && (first.at >> bits & 1) == 0 && last->at - first.at >= (span << 1 | 1)) {
			span = span << 1 | 1;
			bits++;
		}
		out[n++] = cidr_of(&first, bits);
		more = first.at + span != last->at;
		first.at += span + 1;
	}
	return n;
}

static bool counts(slice s, const char *others)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && (s.p[i] == 0 || strchr(others, s.p[i]) == NULL)) return false;
	return s.n > 0;
}

static enum err wrong(slice s, const char *expected, struct fault *f)
{
	return fault_set(f, ERR_SYNTAX, 0, 0, "RFC 4632 3.1: \"%.*s\" is no address and no range; expected %s",
		(int)(s.n < 100 ? s.n : 100), (const char *)s.p, expected);
}

/* Where the dash stands that parts two addresses, and its bytes. */
static size_t dash_at(slice s, size_t *bytes)
{
	size_t en = slice_find(s, SLICE("\xe2\x80\x93")), plain = slice_find_byte(s, '-');
	*bytes = en < plain ? 3 : 1;
	return en < plain ? en : plain;
}

static enum err between(slice s, size_t dash, size_t dash_bytes, struct value_range *out, struct fault *f)
{
	struct end first, last;
	slice behind = slice_trim(slice_sub(s, dash + dash_bytes, s.n));
	if (!end_read(slice_trim(slice_sub(s, 0, dash)), &first)) return OK;
	bool other = end_read(behind, &last);
	bool begins = behind.n > 0 && (counts(slice_sub(behind, 0, 1), ":") || slice_find(behind, SLICE("::")) < behind.n) &&
		      !value_is_name(s); /* "1.2.3.4-5.isp.example" */
	if (!other && (begins || counts(behind, "."))) return wrong(s, "a whole address behind the dash", f);
	if (!other) return OK;
	if (first.v6 != last.v6) return wrong(s, "two addresses of one family", f);
	if (last.at < first.at) return wrong(s, "the lower address first", f);
	out->n = cover(first, &last, out->cidrs);
	return OK;
}

static bool hex_group(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (text_hex_value(s.p[i]) < 0) return false;
	return s.n <= 4;
}

/* Meant as IPv6: a first group of hex digits with a decimal one among them or none, then "::" or as many groups as an address has, some too
 * long for those of a MAC address or a fingerprint. Letters, digits and dots only. */
static bool means_ipv6(slice s)
{
	size_t colons = 0, longest = 0, digits = 0, first = slice_find_byte(s, ':'), twice = slice_find(s, SLICE("::"));
	for (size_t i = 0, from = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != ':') {
			uint8_t c = s.p[i];
			bool number = c >= '0' && c <= '9', letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
			if (!number && !letter && c != '.') return false;
			digits += number;
			continue;
		}
		colons += i < s.n;
		longest = i - from > longest ? i - from : longest;
		from = i + 1;
	}
	bool counted = colons >= 4 && colons <= 9 && longest >= 3 && first > 0;
	return digits > 0 && first < s.n && hex_group(slice_sub(s, 0, first)) && ((twice < s.n && colons > 1) || counted);
}

enum err value_range_read(slice s, struct value_range *out, struct fault *f)
{
	struct end address;
	struct cidr c;
	size_t slash = slice_find_byte(s, '/'), dash_bytes, dash = dash_at(s, &dash_bytes), dots = 0;
	uint32_t v4;
	out->n = 0;
	if (ipv4_parse(s, &v4)) return OK; /* most are */
	for (size_t i = 0; i < s.n; i++) dots += s.p[i] == '.' && i > 0 && i + 1 < s.n && s.p[i - 1] != '.';
	if (dash < slash) return between(s, dash, dash_bytes, out, f);
	slice length = slice_sub(s, slash + 1, s.n);
	if (slash < s.n && length.n <= 15 && counts(length, ".") && (length.n <= 3 || slice_find_byte(length, '.') < length.n) &&
		end_read(slice_sub(s, 0, slash), &address) && !cidr_parse(s, &c))
		return wrong(s, address.v6 ? "a length of 0 to 128 behind the address" : "a length of 0 to 32 behind the address", f);
	if (slash == s.n && dots >= 3 && counts(s, ".") && !end_read(s, &address))
		return wrong(s, "four numbers of 0 to 255 without leading zeros", f);
	slice before = slice_sub(s, 0, slash);
	if ((slash == s.n || counts(length, "")) && means_ipv6(before) && !end_read(before, &address))
		return wrong(s, "up to eight groups of four hex digits, one \"::\" at most", f);
	return OK;
}

slice value_range_text(const struct cidr *c, char text[RANGE_TEXT_BYTES])
{
	char address[ADDRESS_TEXT_BYTES];
	int n = snprintf(text, RANGE_TEXT_BYTES, "%s/%u", c->v6 ? ipv6_format(&c->v6_address, address) : ipv4_format(c->v4, address),
		(unsigned)c->bits);
	return slice_of(text, (size_t)n);
}
