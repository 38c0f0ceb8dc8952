/* The shapes of MATCHING.md with plain loops: at every byte of the text each shape is asked whether it starts there. */
#include "reference_int.h"
#include "address.h"
#include "text.h"

#define URL_BYTES 8192 /* a longer one is none */
#define MARKS 32       /* reading 7: so many marks behind a URL are tried one by one */

bool reference_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}
static bool is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_alnum(uint8_t c)
{
	return is_alpha(c) || reference_is_digit(c);
}
static bool is_hex(uint8_t c)
{
	return reference_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}
static bool among(uint8_t c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

bool reference_is_hex(slice t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!is_hex(t.p[i])) return false;
	return t.n > 0;
}

slice reference_lower(struct arena *a, slice t)
{
	slice c = arena_copy(a, t);
	for (size_t i = 0; i < c.n; i++) ((uint8_t *)(uintptr_t)c.p)[i] = lower(c.p[i]);
	return c;
}

size_t reference_letter_at(slice t, size_t i)
{
	if (i >= t.n) return 0;
	if (t.p[i] < 128) return is_alpha(t.p[i]) ? 1 : 0;
	uint32_t code = 0;
	unsigned n = text_utf8_next(slice_sub(t, i, t.n), &code);
	return n > 0 && text_is_letter(code) ? n : 0;
}

size_t reference_letter_before(slice t, size_t i)
{
	for (size_t n = 1; n <= 4 && n <= i; n++)
		if (reference_letter_at(slice_sub(t, 0, i), i - n) == n) return n;
	return 0;
}

/* letters, digits, and the other bytes named */
static size_t word_at(slice t, size_t i, const char *others)
{
	if (i >= t.n) return 0;
	if (reference_is_digit(t.p[i]) || among(t.p[i], others)) return 1;
	return reference_letter_at(t, i);
}
static size_t word_before(slice t, size_t i, const char *others)
{
	if (i == 0) return 0;
	if (reference_is_digit(t.p[i - 1]) || among(t.p[i - 1], others)) return 1;
	return reference_letter_before(t, i);
}

static struct shape *push(struct arena *a, struct shapes *out, struct shape s)
{
	if (s.kind == SHAPE_URL && s.seen.n > URL_BYTES) return NULL;
	if (out->n == out->room) {
		size_t room = out->room == 0 ? 32 : out->room * 2;
		struct shape *bigger = arena_array(a, room, sizeof *bigger);
		if (out->n > 0) memcpy(bigger, out->at, out->n * sizeof *bigger);
		out->at = bigger;
		out->room = room;
	}
	out->at[out->n] = s;
	return &out->at[out->n++];
}

/* ---- addresses ---- */

/* End of four numbers that start at i, 0 if they do not; nothing about the neighbours. */
static size_t four_numbers(slice t, size_t i)
{
	for (int part = 0; part < 4; part++) {
		if (part > 0 && (i >= t.n || t.p[i++] != '.')) return 0;
		size_t digits = 0;
		unsigned value = 0;
		while (i + digits < t.n && digits < 4 && reference_is_digit(t.p[i + digits]))
			value = value * 10 + (unsigned)(t.p[i + digits++] - '0');
		if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && t.p[i] == '0')) return 0;
		i += digits;
	}
	return i;
}

static size_t v4_end(slice t, size_t i)
{
	if (i >= t.n || word_before(t, i, "_.")) return 0;
	size_t end = four_numbers(t, i);
	if (end == 0 || word_at(t, end, "_")) return 0;
	if (end < t.n && t.p[end] == '.' && word_at(t, end + 1, "_")) return 0;
	return end;
}

static slice v4_text(struct arena *a, uint32_t v)
{
	char text[ADDRESS_TEXT_BYTES];
	return arena_copy(a, slice_from(ipv4_format(v, text)));
}
static slice v6_text(struct arena *a, const ipv6 *v)
{
	char text[ADDRESS_TEXT_BYTES];
	return arena_copy(a, slice_from(ipv6_format(v, text)));
}

static void add_v4(struct arena *a, slice t, size_t i, struct shapes *out)
{
	size_t end = v4_end(t, i);
	uint32_t v = 0;
	if (end == 0 || !ipv4_parse(slice_sub(t, i, end - i), &v)) return;
	push(a, out, (struct shape){.kind = SHAPE_V4, .at = i, .seen = slice_sub(t, i, end - i), .normal = v4_text(a, v)});
}

static void trim_run(slice t, size_t *from, size_t *to)
{
	while (*from < *to && (t.p[*from] == '.' || (t.p[*from] == ':' && !(*from + 1 < *to && t.p[*from + 1] == ':')))) ++*from;
	while (*from < *to && (t.p[*to - 1] == '.' || (t.p[*to - 1] == ':' && !(*to - 1 > *from && t.p[*to - 2] == ':')))) --*to;
}

static bool v6_run_parses(slice t, size_t *from, size_t *to, ipv6 *v)
{
	trim_run(t, from, to);
	if (ipv6_parse(slice_sub(t, *from, *to - *from), v)) return true;
	size_t colon = slice_find_byte(slice_sub(t, *from, *to - *from), ':');
	if (*from + colon >= *to) return false;
	*from += colon + 1;
	trim_run(t, from, to);
	return ipv6_parse(slice_sub(t, *from, *to - *from), v);
}

static bool in_v6_run(uint8_t c)
{
	return is_hex(c) || c == ':' || c == '.';
}

static void add_v6(struct arena *a, slice t, size_t i, struct shapes *out)
{
	if (!in_v6_run(t.p[i]) || (i > 0 && in_v6_run(t.p[i - 1]))) return;
	size_t from = i, to = i, colons = 0;
	for (; to < t.n && in_v6_run(t.p[to]); to++) colons += t.p[to] == ':';
	if (colons < 2 || word_at(t, to, "_")) return;
	if (word_before(t, i, "_")) {
		while (t.p[from] != ':') from++;
		from++;
	}
	ipv6 v;
	uint32_t v4 = 0;
	if (!v6_run_parses(t, &from, &to, &v)) return;
	struct shape s = {.kind = SHAPE_V6, .at = from, .seen = slice_sub(t, from, to - from)};
	if (ipv6_is_mapped(&v, &v4)) {
		s.kind = SHAPE_V4;
		s.normal = v4_text(a, v4);
	} else {
		s.normal = v6_text(a, &v);
	}
	push(a, out, s);
}

/* ---- names, hashes, e-mail ---- */

static size_t labels_end(slice t, size_t i)
{
	size_t n;
	while ((n = word_at(t, i, "-_")) > 0) {
		i += n;
		if (i < t.n && t.p[i] == '.' && word_at(t, i + 1, "-_")) i++;
	}
	return i;
}

static bool starts_labels(slice t, size_t i)
{
	if (!word_at(t, i, "-_") || word_before(t, i, "-_")) return false;
	return !(i > 0 && t.p[i - 1] == '.' && word_before(t, i - 1, "-_"));
}

static bool label_normal(struct arena *a, slice label, slice *out)
{
	bool ascii = true;
	for (size_t i = 0; i < label.n; i++) ascii = ascii && label.p[i] < 128;
	if (ascii) *out = reference_lower(a, label);
	else if (!text_to_alabels(a, label, out)) return false;
	return out->n >= 1 && out->n <= 63;
}

static bool last_label_fits(slice label)
{
	if (label.n >= 4 && slice_equal_nocase(slice_sub(label, 0, 4), SLICE("xn--"))) return true;
	size_t letters = 0, n;
	for (size_t i = 0; i < label.n; i += n, letters++)
		if ((n = reference_letter_at(label, i)) == 0) return false;
	return letters >= 2;
}

/* Normal form of the labels in t (no dot behind); labels_min 2 for a name, 1 for the host of a URL. */
static bool labels_normal(struct arena *a, slice t, size_t labels_min, slice *out)
{
	slice rest = t, label = {0}, normal = {0}, all = {0};
	size_t labels = 0;
	while (rest.n > 0) {
		label = slice_cut(&rest, '.');
		if (!label_normal(a, label, &normal)) return false;
		all = labels == 0 ? normal : arena_printf(a, "%.*s.%.*s", SLICE_PRINTF(all), SLICE_PRINTF(normal));
		labels++;
	}
	if (labels < labels_min || all.n > 253) return false;
	if (labels >= 2 && !last_label_fits(label)) return false;
	*out = all;
	return true;
}

/* A name starts at i: its end without the dot behind. */
static bool name_from(struct arena *a, slice t, size_t i, size_t *end, slice *normal)
{
	*end = labels_end(t, i);
	size_t behind = *end + (*end < t.n && t.p[*end] == '.');
	if (behind < t.n && t.p[behind] == '@') return false;
	return *end > i && labels_normal(a, slice_sub(t, i, *end - i), 2, normal);
}

static void add_name(struct arena *a, slice t, size_t i, struct shapes *out)
{
	size_t end;
	slice normal;
	if (!starts_labels(t, i) || !name_from(a, t, i, &end, &normal)) return;
	push(a, out, (struct shape){.kind = SHAPE_NAME, .at = i, .seen = slice_sub(t, i, end - i), .normal = normal});
}

bool reference_whole_name(struct arena *a, slice t, slice *out)
{
	size_t end;
	if (t.n == 0 || !starts_labels(t, 0) || !name_from(a, t, 0, &end, out)) return false;
	return end == t.n || (end + 1 == t.n && t.p[end] == '.');
}

static void add_hash(struct arena *a, slice t, size_t i, struct shapes *out)
{
	if (!is_alnum(t.p[i]) || (i > 0 && is_alnum(t.p[i - 1]))) return;
	size_t end = i;
	while (end < t.n && is_alnum(t.p[end])) end++;
	slice seen = slice_sub(t, i, end - i);
	if (!reference_is_hex(seen)) return;
	if (seen.n != 32 && seen.n != 40 && seen.n != 56 && seen.n != 64 && seen.n != 96 && seen.n != 128) return;
	push(a, out, (struct shape){.kind = SHAPE_HASH, .at = i, .seen = seen, .normal = reference_lower(a, seen)});
}

/* Pairs of hex digits, a colon between each, that are words of their own. */
static bool pair_at(slice t, size_t i)
{
	if (i + 2 > t.n || !is_hex(t.p[i]) || !is_hex(t.p[i + 1])) return false;
	return !(i > 0 && is_alnum(t.p[i - 1])) && !(i + 2 < t.n && is_alnum(t.p[i + 2]));
}

static void add_fingerprint(struct arena *a, slice t, size_t i, struct shapes *out)
{
	char digits[128];
	size_t n = 0;
	if (!pair_at(t, i) || (i >= 3 && t.p[i - 1] == ':' && pair_at(t, i - 3))) return;
	for (size_t k = i; pair_at(t, k) && (k == i || t.p[k - 1] == ':'); k += 3, n += 2) {
		if (n + 2 > sizeof digits) return;
		digits[n] = (char)t.p[k];
		digits[n + 1] = (char)t.p[k + 1];
	}
	if (n != 32 && n != 40 && n != 56 && n != 64 && n != 96 && n != 128) return;
	slice seen = slice_sub(t, i, n / 2 * 3 - 1);
	push(a, out, (struct shape){.kind = SHAPE_HASH, .at = i, .seen = seen, .normal = reference_lower(a, slice_of(digits, n))});
}

bool reference_whole_hash(struct arena *a, slice t, slice *out)
{
	struct shapes found = {0};
	if (t.n == 0) return false;
	add_hash(a, t, 0, &found);
	add_fingerprint(a, t, 0, &found);
	if (found.n != 1 || found.at[0].seen.n != t.n) return false;
	*out = found.at[0].normal;
	return true;
}

static void push_mail(struct arena *a, slice t, size_t from, size_t at, struct shapes *out)
{
	size_t end;
	slice domain;
	if (from == at || !name_from(a, t, at + 1, &end, &domain)) return;
	slice local = reference_lower(a, slice_sub(t, from, at - from));
	slice normal = arena_printf(a, "%.*s@%.*s", SLICE_PRINTF(local), SLICE_PRINTF(domain));
	push(a, out, (struct shape){.kind = SHAPE_MAIL, .at = from, .seen = slice_sub(t, from, end - from), .normal = normal});
}

static void add_mail(struct arena *a, slice t, size_t at, struct shapes *out)
{
	if (t.p[at] != '@') return;
	size_t from = at;
	while (from > 0 && (is_alnum(t.p[from - 1]) || t.p[from - 1] > 127 || among(t.p[from - 1], "._%+-"))) from--;
	push_mail(a, t, from, at, out);
	size_t near = from;
	while (from > 0 && (is_alnum(t.p[from - 1]) || t.p[from - 1] > 127 || among(t.p[from - 1], "._%+-!#$&'*/=?^{|}~`"))) from--;
	if (from < near) push_mail(a, t, from, at, out);
}

bool reference_whole_mail(struct arena *a, slice t, slice *out)
{
	size_t at = t.n;
	while (at > 0 && t.p[at - 1] != '@') at--;
	slice domain;
	if (at < 2 || !reference_whole_name(a, slice_sub(t, at, t.n), &domain)) return false;
	for (size_t i = 0; i + 1 < at; i++)
		if (t.p[i] <= ' ' || t.p[i] == '/') return false;
	slice local = reference_lower(a, slice_sub(t, 0, at - 1));
	*out = arena_printf(a, "%.*s@%.*s", SLICE_PRINTF(local), SLICE_PRINTF(domain));
	return true;
}

/* ---- URLs ---- */

static unsigned hex_value(uint8_t c)
{
	return (unsigned)(c <= '9' ? c - '0' : lower(c) - 'a' + 10);
}

/* RFC 3986 6.2.2.1, 6.2.2.2: unreserved octets decoded, other triplets upper case. */
static slice percent_normal(struct arena *a, slice t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] != '%' || i + 2 >= t.n || !is_hex(t.p[i + 1]) || !is_hex(t.p[i + 2])) {
			if (t.p[i] <= 32 || t.p[i] >= 127 || among(t.p[i], "\"<>`")) buf_printf(&b, "%%%02X", t.p[i]); /* RFC 3987 3.1 */
			else buf_add_byte(&b, t.p[i]);
			continue;
		}
		uint8_t c = (uint8_t)(hex_value(t.p[i + 1]) * 16 + hex_value(t.p[i + 2]));
		if (is_alnum(c) || among(c, "-._~")) buf_add_byte(&b, c);
		else buf_printf(&b, "%%%02X", c);
		i += 2;
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* RFC 3986 5.2.4 for a path that starts with '/'. */
static slice without_dot_segments(struct arena *a, slice path)
{
	struct buf b = {0};
	size_t i = 0;
	while (i < path.n) {
		size_t end = i + 1;
		while (end < path.n && path.p[end] != '/') end++;
		slice segment = slice_sub(path, i + 1, end - i - 1);
		bool one = slice_equal(segment, SLICE(".")), two = slice_equal(segment, SLICE(".."));
		if (two) {
			while (b.n > 0 && b.p[b.n - 1] != '/') b.n--;
			if (b.n > 0) b.n--;
		}
		if (!one && !two) buf_add(&b, slice_sub(path, i, end - i));
		else if (end == path.n) buf_add_byte(&b, '/');
		i = end;
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

static size_t url_run(slice t, size_t i)
{
	size_t end = i;
	while (end < t.n && t.p[end] > ' ' && t.p[end] != 127 && !among(t.p[end], "\"<>`")) end++;
	return end;
}

static size_t url_end(slice t, size_t i)
{
	size_t end = url_run(t, i);
	while (end > i && among(t.p[end - 1], "')]},;.")) end--;
	return end;
}

static bool url_host(struct arena *a, slice t, size_t i, size_t *end, slice *normal)
{
	uint32_t v4;
	ipv6 v6;
	if (i < t.n && t.p[i] == '[') {
		size_t close = slice_find_byte(slice_sub(t, i, t.n), ']') + i;
		if (close >= t.n || !ipv6_parse(slice_sub(t, i + 1, close - i - 1), &v6)) return false;
		*end = close + 1;
		*normal = arena_printf(a, "[%.*s]", SLICE_PRINTF(v6_text(a, &v6)));
		return true;
	}
	*end = labels_end(t, i);
	if (*end == i) return false;
	slice host = slice_sub(t, i, *end - i);
	if (ipv4_parse(host, &v4)) *normal = v4_text(a, v4);
	else if (!labels_normal(a, host, 1, normal)) return false;
	return true;
}

static const struct {
	slice scheme, port;
} default_ports[] = {
	{SLICE("http"), SLICE("80")},
	{SLICE("https"), SLICE("443")},
	{SLICE("ftp"), SLICE("21")},
	{SLICE("ws"), SLICE("80")},
	{SLICE("wss"), SLICE("443")},
};

static bool default_port(slice scheme, slice port)
{
	for (size_t i = 0; i < sizeof default_ports / sizeof *default_ports; i++)
		if (slice_equal(scheme, default_ports[i].scheme) && slice_equal(port, default_ports[i].port)) return true;
	return port.n == 0;
}

/* Normal form without scheme, its port dropped where it is the scheme's default. */
slice reference_url_under(struct arena *a, slice scheme, slice normal)
{
	slice authority = slice_sub(normal, 0, slice_find_byte(normal, '/'));
	size_t colon = authority.n;
	while (colon > 0 && reference_is_digit(authority.p[colon - 1])) colon--;
	if (colon == 0 || colon == authority.n || authority.p[colon - 1] != ':') return normal;
	if (!default_port(scheme, slice_sub(authority, colon, authority.n))) return normal;
	return arena_printf(
		a, "%.*s%.*s", (int)(colon - 1), (const char *)normal.p, SLICE_PRINTF(slice_sub(normal, authority.n, normal.n)));
}

bool reference_url_scheme(size_t i, slice *scheme)
{
	if (i >= sizeof default_ports / sizeof *default_ports) return false;
	*scheme = default_ports[i].scheme;
	return true;
}

/* Path with query from `i` to `end`, the fragment dropped. */
static slice path_normal(struct arena *a, slice t)
{
	t = slice_sub(t, 0, slice_find_byte(t, '#'));
	size_t q = slice_find_byte(t, '?');
	slice path = without_dot_segments(a, percent_normal(a, slice_sub(t, 0, q)));
	slice query = percent_normal(a, slice_sub(t, q, t.n));
	if (path.n == 0) path = SLICE("/");
	struct buf b = {0};
	buf_add(&b, path);
	buf_add(&b, query);
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* From the host on: out->scheme and out->at are told; userinfo is no part of the normal form. `whole`: the text is a URL and nothing else.
 */
static bool url_from_host(struct arena *a, slice t, size_t i, bool whole, struct shape *out)
{
	size_t at, start = out->at;
	slice host, port = {0};
	if (!url_host(a, t, i, &at, &host)) return false;
	out->host = slice_sub(t, i, at - i);
	uint32_t v4;
	if (at < t.n && t.p[at] == '.' && t.p[i] != '[' && !ipv4_parse(out->host, &v4) && (at + 1 >= t.n || among(t.p[at + 1], ":/?#")))
		at++;
	if (at < t.n && t.p[at] == ':') {
		size_t digits = at + 1;
		while (digits < t.n && reference_is_digit(t.p[digits])) digits++;
		port = slice_sub(t, at + 1, digits - at - 1);
		at = digits;
	}
	bool more = at < t.n && among(t.p[at], "/?#");
	if (!more && (out->scheme.n == 0)) return false;
	if (out->scheme.n == 0 && t.p[at] != '/') return false;
	if (whole && !more && at < t.n) return false;
	if (!more && at < url_end(t, i) && t.p[at] == '.') return false; /* an empty label */
	if (!more && port.n == 0) at = (size_t)(out->host.p - t.p) + out->host.n;
	size_t end = whole ? t.n : more ? url_end(t, at) : at; /* what follows the host and is no path ends the URL */
	if (end < at) end = at;
	slice path = path_normal(a, more ? slice_sub(t, at, end - at) : SLICE(""));
	slice colon = default_port(out->scheme, port) ? SLICE("") : SLICE(":");
	if (colon.n == 0) port = SLICE("");
	out->kind = SHAPE_URL;
	out->seen = slice_sub(t, start, end - start);
	struct buf b = {0};
	slice parts[] = {host, colon, port, path};
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) buf_add(&b, parts[k]);
	out->normal = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return true;
}

/* "://" stands at i */
static bool url_with_scheme(struct arena *a, slice t, size_t i, bool whole, struct shape *out)
{
	if (i + 3 > t.n || memcmp(t.p + i, "://", 3) != 0) return false;
	size_t from = i, host = i + 3;
	while (from > 0 && (is_alnum(t.p[from - 1]) || among(t.p[from - 1], "+-."))) from--;
	while (from < i && !is_alpha(t.p[from])) from++; /* RFC 3986 3.1: a scheme starts with a letter */
	if (from == i) return false;
	*out = (struct shape){.at = from, .scheme = reference_lower(a, slice_sub(t, from, i - from))};
	size_t end = url_end(t, host);
	for (size_t k = host; k < end && !among(t.p[k], "/?#"); k++)
		if (t.p[k] == '@') host = k + 1;
	return url_from_host(a, t, host, whole, out);
}

static bool url_schemeless(struct arena *a, slice t, size_t i, bool whole, struct shape *out)
{
	if (i > 0 && (word_before(t, i, "_-@/\\") || t.p[i - 1] == '.')) return false;
	slice normal;
	uint32_t v4;
	size_t end = labels_end(t, i);
	slice host = slice_sub(t, i, end - i);
	if (!(whole && t.p[i] == '[') && !ipv4_parse(host, &v4) && !labels_normal(a, host, 2, &normal)) return false;
	*out = (struct shape){.at = i, .scheme = SLICE("")};
	return url_from_host(a, t, i, whole, out);
}

bool reference_whole_url(struct arena *a, slice t, struct shape *out)
{
	size_t colon = slice_find(t, SLICE("://"));
	if (colon < t.n && url_with_scheme(a, t, colon, true, out) && out->at == 0) return out->seen.n == t.n;
	return t.n > 0 && url_schemeless(a, t, 0, true, out) && out->seen.n == t.n;
}

bool reference_joined_url(struct arena *a, slice scheme, slice host, slice path, struct shape *out)
{
	ipv6 v6;
	if (path.n == 0 || path.p[0] != '/') return false;
	if (ipv6_parse(host, &v6)) host = arena_printf(a, "[%.*s]", SLICE_PRINTF(host));
	slice start = scheme.n > 0 ? scheme : SLICE("unknown");
	slice bare = arena_printf(a, "%.*s://%.*s/", SLICE_PRINTF(start), SLICE_PRINTF(host));
	if (!reference_whole_url(a, bare, out)) return false;
	struct buf b = {0};
	buf_add(&b, slice_sub(out->normal, 0, out->normal.n - 1));
	buf_add(&b, path_normal(a, path));
	out->normal = arena_copy(a, buf_slice(&b));
	buf_clear(&b);
	if (scheme.n == 0) out->scheme = SLICE("");
	else buf_add(&b, arena_printf(a, "%.*s://", SLICE_PRINTF(scheme)));
	buf_add(&b, host);
	buf_add(&b, path);
	out->seen = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return true;
}

/* Reading 7: the URL may end before each separator behind the first byte of its path. */
static void push_cuts(struct arena *a, slice t, const struct shape *url, size_t authority, struct shapes *out)
{
	size_t from = (size_t)(url->seen.p - t.p), to = from + url->seen.n, tried = 0, i = authority;
	while (i < to && !among(t.p[i], "/?#")) i++;
	for (i++; i < to && tried < MARKS; i++) {
		struct shape shorter;
		if (!among(t.p[i], "')]},;|")) continue;
		tried++;
		if (!reference_whole_url(a, slice_sub(t, from, i - from), &shorter)) continue;
		shorter.at = from;
		shorter.cut = true;
		push(a, out, shorter);
	}
}

/* Reading 7: a URL with a path, and the same with each number of the marks that stood behind it. */
static void push_url(struct arena *a, slice t, const struct shape *url, struct shapes *out)
{
	size_t from = (size_t)(url->seen.p - t.p), to = from + url->seen.n, run = url_run(t, to);
	slice rest = slice_sub(url->seen, url->scheme.n > 0 ? url->scheme.n + 3 : 0, url->seen.n);
	bool path = slice_find_byte(rest, '/') < rest.n || slice_find_byte(rest, '?') < rest.n || slice_find_byte(rest, '#') < rest.n;
	push(a, out, *url);
	push_cuts(a, t, url, (size_t)(rest.p - t.p), out);
	for (size_t end = to + 1; end <= run && path; end++) {
		struct shape longer;
		if (!among(t.p[end - 1], "')]},;.")) return;
		if (end < run && end - to > MARKS) continue;
		if (!reference_whole_url(a, slice_sub(t, from, end - from), &longer)) continue;
		longer.at = from;
		push(a, out, longer);
	}
}

void reference_shapes(struct arena *a, slice t, struct shapes *out)
{
	struct shape url;
	for (size_t i = 0; i < t.n; i++) {
		add_v4(a, t, i, out);
		add_v6(a, t, i, out);
		add_name(a, t, i, out);
		add_hash(a, t, i, out);
		add_fingerprint(a, t, i, out);
		add_mail(a, t, i, out);
		if (t.p[i] == ':' && url_with_scheme(a, t, i, false, &url)) push_url(a, t, &url, out);
		if (starts_labels(t, i) && url_schemeless(a, t, i, false, &url)) push_url(a, t, &url, out);
	}
}
