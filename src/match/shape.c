/* Observables by shape. One pass finds runs of name characters (names, IPv4, hashes, e-mail), one finds colons (IPv6), one "://" (URL). */
#include "shape_int.h"

#include "limit.h"
#include "text.h"

#define NAME_BYTES_MAX 253
#define LABEL_BYTES_MAX 63
#define HASH_BYTES_MIN 32
#define FINGERPRINT_BYTES_MIN 47 /* the same with colons */

/* A URL whole or to its first separator; and in the many other ways in which it may end. Each has URL_WORK_MAX of its own, so that the
 * second leaves the first its share. */
enum reading { READING_PLAIN, READING_OTHER };

struct finder {
	struct arena *a;
	slice text;
	shape_found *found;
	void *context;
	size_t url_work[2];                /* bytes of URLs that may still be read, by enum reading */
	size_t run_from, run_to, run_bare; /* the run of URL bytes that was measured last, and its end without marks */
	size_t gap_from, gap_to;           /* no separator stands in [gap_from, gap_to) */
	bool given_up;
};

static const uint8_t NAME_BYTE[256] = {['0' ... '9'] = 1, ['a' ... 'z'] = 1, ['A' ... 'Z'] = 1, ['-'] = 1, ['_'] = 1};

static size_t name_char_utf8(slice text, size_t i)
{
	uint32_t code;
	unsigned n = text_utf8_next(slice_sub(text, i, 4), &code);
	return n != 0 && text_is_letter(code) ? n : 0;
}

/* Bytes of the name character at text[i]: 1 for ASCII ones, 2-4 for a UTF-8 letter, 0 for anything else. */
static inline size_t name_char(slice text, size_t i)
{
	return __builtin_expect(text.p[i] >= 0x80, 0) ? name_char_utf8(text, i) : NAME_BYTE[text.p[i]];
}

/* Whether a letter or digit (UTF-8 letters too) or '_' ends right before i. */
bool shape_word_before(slice text, size_t i)
{
	if (i == 0) return false;
	uint8_t c = text.p[i - 1];
	if (c < 0x80) return shape_is_alnum(c) || c == '_';
	size_t k = i - 1;
	while (k > 0 && i - k < 4 && (text.p[k] & 0xc0) == 0x80) k--;
	return name_char(text, k) == i - k;
}

bool shape_word_at(slice text, size_t i)
{
	return i < text.n && text.p[i] != '-' && name_char(text, i) != 0;
}

static bool label_ok(slice label)
{
	return label.n > 0 && label.n <= LABEL_BYTES_MAX;
}

static bool last_label_ok(slice label)
{
	if (label.n >= 4 && slice_equal_nocase(slice_sub(label, 0, 4), SLICE("xn--"))) return true;
	for (size_t i = 0; i < label.n; i++)
		if (!shape_is_letter(label.p[i])) return false;
	return label.n >= 2;
}

/* ASCII labels as they are (IDNA would refuse "_dmarc" and "a-"), others as A-labels. */
static bool to_alabels(struct arena *a, slice text, slice *out)
{
	struct buf name = {.max = 4096};
	bool ok = true;
	for (slice rest = text; ok && rest.n > 0;) {
		slice label = slice_sub(rest, 0, slice_find_byte(rest, '.')), converted = label;
		bool ascii = true;
		for (size_t i = 0; i < label.n; i++) ascii &= label.p[i] < 0x80;
		ok = ascii || text_to_alabels(a, label, &converted);
		if (name.n > 0) buf_add_byte(&name, '.');
		buf_add(&name, converted);
		rest = slice_sub(rest, label.n + 1, rest.n);
		ok = ok && label.n > 0 && !name.failed;
	}
	*out = text_lower_ascii(a, buf_slice(&name));
	buf_free(&name);
	return ok;
}

bool shape_name(struct arena *a, slice text, slice *out)
{
	bool ascii = true;
	for (size_t i = 0; i < text.n; i++) ascii &= text.p[i] < 0x80;
	if (text.n > 0 && text.p[text.n - 1] == '.') text.n--;
	slice name;
	if (ascii) name = text_lower_ascii(a, text);
	else if (text.n > 1024 || text.p[text.n - 1] == '.' || !to_alabels(a, text, &name)) return false;
	if (name.n > NAME_BYTES_MAX || name.n < 3) return false;
	size_t labels = 0;
	slice label = {0}, rest = name;
	for (bool more = true; more; labels++) {
		size_t dot = slice_find_byte(rest, '.');
		more = dot < rest.n;
		label = slice_sub(rest, 0, dot);
		rest = slice_sub(rest, dot + 1, rest.n);
		if (!label_ok(label)) return false;
		for (size_t i = 0; i < label.n; i++)
			if (!shape_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_') return false;
	}
	if (labels < 2 || !last_label_ok(label)) return false;
	*out = name;
	return true;
}

/* ---- fingerprints: pairs of hex digits with a colon between each ---- */
static size_t word_end(slice text, size_t i)
{
	while (i < text.n && shape_is_alnum(text.p[i])) i++;
	return i;
}

/* Behind the pairs that start with the word at i; i when it is none. */
static size_t pairs_end(slice text, size_t i)
{
	size_t end = i;
	for (size_t k = i; k + 1 < text.n && shape_is_hex(text.p[k]) && shape_is_hex(text.p[k + 1]); k += 3) {
		if (k + 2 < text.n && shape_is_alnum(text.p[k + 2])) break;
		end = k + 2;
		if (end == text.n || text.p[end] != ':') break;
	}
	return end;
}

/* Of so many bytes of pairs. */
static bool fingerprint_length(size_t n)
{
	return n >= FINGERPRINT_BYTES_MIN && n % 3 == 2 && shape_hash_length((n + 1) / 3 * 2);
}

static slice without_colons(struct arena *a, slice pairs)
{
	uint8_t *digits = arena_alloc(a, pairs.n);
	size_t n = 0;
	for (size_t i = 0; i < pairs.n; i++)
		if (pairs.p[i] != ':') digits[n++] = pairs.p[i];
	return text_lower_ascii(a, slice_of(digits, n));
}

bool shape_hash(struct arena *a, slice text, slice *normal)
{
	if (fingerprint_length(text.n) && pairs_end(text, 0) == text.n) {
		*normal = without_colons(a, text);
		return true;
	}
	if (!shape_hash_length(text.n)) return false;
	for (size_t i = 0; i < text.n; i++)
		if (!shape_is_hex(text.p[i])) return false;
	*normal = text_lower_ascii(a, text);
	return true;
}

static void found_at(struct finder *f, struct shape *s, size_t at, size_t n)
{
	s->at = at;
	s->n = n;
	f->found(f->context, s);
}

static void find_hashes(struct finder *f, size_t from, size_t to)
{
	for (size_t i = from; i < to;) {
		size_t k = i;
		while (k < to && shape_is_alnum(f->text.p[k])) k++;
		struct shape s = {.kind = SHAPE_HASH};
		if (shape_hash_length(k - i) && shape_hash(f->a, slice_sub(f->text, i, k - i), &s.normal)) found_at(f, &s, i, k - i);
		i = k + 1;
	}
}

static void find_fingerprints(struct finder *f)
{
	for (size_t i = 0, end; i < f->text.n; i = end + 1) {
		end = pairs_end(f->text, i);
		struct shape s = {.kind = SHAPE_HASH};
		if (fingerprint_length(end - i)) {
			s.normal = without_colons(f->a, slice_sub(f->text, i, end - i));
			found_at(f, &s, i, end - i);
		}
		end = word_end(f->text, end);
	}
}

/* Length of the IPv4 that starts at i, or 0. */
static size_t ipv4_here(slice text, size_t i, size_t to, uint32_t *out)
{
	size_t k = i, dots = 0;
	while (k < to && k - i < 16 && (shape_is_digit(text.p[k]) || (text.p[k] == '.' && dots < 3))) {
		if (text.p[k] == '.') dots++;
		k++;
	}
	if (k > i && text.p[k - 1] == '.') k--;
	if (shape_word_at(text, k) || (k + 1 < text.n && text.p[k] == '.' && shape_word_at(text, k + 1))) return 0;
	return ipv4_parse(slice_sub(text, i, k - i), out) ? k - i : 0;
}

static void find_ipv4(struct finder *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct shape s = {.kind = SHAPE_IPV4};
		if (!shape_is_digit(f->text.p[i]) || shape_word_before(f->text, i) || (i > 0 && f->text.p[i - 1] == '.')) continue;
		size_t n = ipv4_here(f->text, i, to, &s.v4);
		if (n != 0) found_at(f, &s, i, n);
	}
}

static bool local_char_wide(uint8_t c)
{
	return c != 0 && (shape_is_local(c) || strchr("!#$&'*/=?^{|}~`", c) != NULL);
}

static slice email_normal(struct arena *a, slice local, slice domain)
{
	slice all = arena_printf(a, "%.*s@%.*s", SLICE_PRINTF(local), SLICE_PRINTF(domain));
	return text_lower_ascii(a, all);
}

static void find_email(struct finder *f, size_t at, size_t end, slice domain)
{
	size_t from = at;
	while (from > 0 && shape_is_local(f->text.p[from - 1])) from--;
	struct shape s = {.kind = SHAPE_EMAIL};
	if (from < at) {
		s.normal = email_normal(f->a, slice_sub(f->text, from, at - from), domain);
		found_at(f, &s, from, end - from);
	}
	size_t wide = from;
	while (wide > 0 && local_char_wide(f->text.p[wide - 1])) wide--;
	if (wide == from) return;
	s.normal = email_normal(f->a, slice_sub(f->text, wide, at - wide), domain);
	found_at(f, &s, wide, end - wide);
}

static void find_names(struct finder *f, size_t from, size_t to)
{
	for (size_t i = from; i < to;) {
		if (f->text.p[i] == '.') {
			i++;
			continue;
		}
		size_t k = i;
		while (k < to && !(f->text.p[k] == '.' && (k + 1 >= to || f->text.p[k + 1] == '.'))) k++;
		struct shape s = {.kind = SHAPE_NAME};
		size_t behind = k + (k < f->text.n && f->text.p[k] == '.');
		bool local = behind < f->text.n && f->text.p[behind] == '@';
		if (!local && slice_find_byte(slice_sub(f->text, i, k - i), '.') < k - i &&
			shape_name(f->a, slice_sub(f->text, i, k - i), &s.normal)) {
			found_at(f, &s, i, k - i);
			if (i > 1 && f->text.p[i - 1] == '@') find_email(f, i - 1, k, s.normal);
		}
		i = k + 1;
	}
}

static void find_runs(struct finder *f)
{
	for (size_t i = 0; i < f->text.n;) {
		size_t k = i, dots = 0, step = 0;
		while (k < f->text.n && ((step = name_char(f->text, k)) != 0 || f->text.p[k] == '.')) {
			dots += f->text.p[k] == '.';
			k += step != 0 ? step : 1;
		}
		if (k == i) {
			i++;
			continue;
		}
		if (k - i >= HASH_BYTES_MIN) find_hashes(f, i, k);
		if (dots > 0 && k - i >= 4) {
			if (dots >= 3) find_ipv4(f, i, k);
			find_names(f, i, k);
		}
		i = k;
	}
}

void shape_tokens(slice text, shape_token *found, void *context)
{
	if (slice_find_byte(text, '.') == text.n) return;
	for (size_t i = 0; i < text.n;) {
		size_t k = i, dots = 0, step = 0;
		while (k < text.n && ((step = name_char(text, k)) != 0 || (text.p[k] == '.' && k > i && text.p[k - 1] != '.'))) {
			dots += text.p[k] == '.';
			k += step != 0 ? step : 1;
		}
		size_t to = k > i && text.p[k - 1] == '.' ? k - 1 : k;
		if (dots > 0 && to > i) found(context, i, to - i);
		i = k > i ? k : i + 1;
	}
}

/* Without single colons and dots at its ends; *from moves to where the rest starts. */
static bool ipv6_emit(struct finder *f, size_t *from, size_t to)
{
	size_t i = *from;
	while (to > i && (f->text.p[to - 1] == '.' || (f->text.p[to - 1] == ':' && !(to - i > 1 && f->text.p[to - 2] == ':')))) to--;
	while (to > i && (f->text.p[i] == '.' || (f->text.p[i] == ':' && !(to - i > 1 && f->text.p[i + 1] == ':')))) i++;
	*from = i;
	struct shape s = {.kind = SHAPE_IPV6};
	if (to - i < 2 || !ipv6_parse(slice_sub(f->text, i, to - i), &s.v6)) return false;
	uint32_t v4;
	if (ipv6_is_mapped(&s.v6, &v4)) {
		s.kind = SHAPE_IPV4;
		s.v4 = v4;
	}
	found_at(f, &s, i, to - i);
	return true;
}

static size_t behind_colon(slice text, size_t from, size_t to)
{
	size_t colon = from + slice_find_byte(slice_sub(text, from, to - from), ':');
	return colon < to ? colon + 1 : to;
}

static void find_ipv6(struct finder *f)
{
	size_t first = slice_find_byte(f->text, ':');
	for (size_t i = first; i < f->text.n;) {
		if (f->text.p[i] != ':') {
			i++;
			continue;
		}
		size_t from = i, to = i, colons = 0;
		while (from > 0 && shape_is_ipv6(f->text.p[from - 1])) from--;
		for (; to < f->text.n && shape_is_ipv6(f->text.p[to]); to++) colons += f->text.p[to] == ':';
		if (colons >= 2 && !shape_word_at(f->text, to)) {
			if (shape_word_before(f->text, from)) from = behind_colon(f->text, from, to);
			if (!ipv6_emit(f, &from, to)) {
				from = behind_colon(f->text, from, to);
				ipv6_emit(f, &from, to);
			}
		}
		i = to + (to == i);
	}
}

/* ---- URL ---- */
static bool unreserved(uint8_t c)
{
	return shape_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* Percent-encodings: of unreserved characters undone, others with capital digits (6.2.2.1, 6.2.2.2); what no URL may hold as it is, encoded
 * (RFC 3987 3.1). */
static void put_normal_path(struct buf *out, slice path)
{
	for (size_t i = 0; i < path.n; i++) {
		uint8_t c = path.p[i];
		if (c == '%' && i + 2 < path.n && shape_is_hex(path.p[i + 1]) && shape_is_hex(path.p[i + 2])) {
			int v = text_hex_value(path.p[i + 1]) << 4 | text_hex_value(path.p[i + 2]);
			if (unreserved((uint8_t)v)) buf_add_byte(out, (uint8_t)v);
			else buf_printf(out, "%%%02X", (unsigned)v);
			i += 2;
		} else if (c <= ' ' || c >= 0x7f || strchr("\"<>`", c) != NULL) {
			buf_printf(out, "%%%02X", (unsigned)c);
		} else {
			buf_add_byte(out, c);
		}
	}
}

/* Remove dot segments of an absolute path in place (RFC 3986 5.2.4). */
static size_t remove_dots(uint8_t *p, size_t n)
{
	size_t out = 0;
	for (size_t i = 0; i < n;) {
		size_t k = i + 1;
		while (k < n && p[k] != '/') k++;
		size_t m = k - i;
		bool last = k == n;
		if (m == 2 && p[i + 1] == '.') {
			if (last) p[out++] = '/';
		} else if (m == 3 && p[i + 1] == '.' && p[i + 2] == '.') {
			while (out > 0 && p[--out] != '/') {
			}
			if (last) p[out++] = '/';
		} else {
			memmove(p + out, p + i, m);
			out += m;
		}
		i = k;
	}
	return out;
}

/* host in normal form: address, name, or a single label */
static bool put_host(struct arena *a, struct buf *out, slice host)
{
	uint32_t v4;
	ipv6 v6;
	char text[ADDRESS_TEXT_BYTES];
	slice name;
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		if (!ipv6_parse(slice_sub(host, 1, host.n - 2), &v6)) return false;
		if (ipv6_is_mapped(&v6, &v4)) buf_add_text(out, ipv4_format(v4, text));
		else buf_printf(out, "[%s]", ipv6_format(&v6, text));
		return true;
	}
	if (ipv4_parse(host, &v4)) {
		buf_add_text(out, ipv4_format(v4, text));
		return true;
	}
	if (shape_name(a, host, &name)) {
		buf_add(out, name);
		return true;
	}
	if (host.n > 1 && host.p[host.n - 1] == '.') host.n--; /* as of names */
	if (host.n == 0 || host.n > NAME_BYTES_MAX) return false;
	for (size_t i = 0; i < host.n; i++)
		if (!shape_is_alnum(host.p[i]) && (host.p[i] == 0 || strchr("-_.", host.p[i]) == NULL)) return false;
	buf_add(out, text_lower_ascii(a, host));
	return true;
}

static bool put_authority(struct arena *a, struct buf *out, slice authority, slice scheme, slice *host)
{
	for (size_t i = authority.n; i > 0; i--)
		if (authority.p[i - 1] == '@') {
			authority = slice_sub(authority, i, authority.n);
			break;
		}
	slice port = {0};
	size_t colon = authority.n;
	for (size_t i = authority.n; i > 0 && authority.p[i - 1] != ']'; i--)
		if (authority.p[i - 1] == ':') {
			colon = i - 1;
			break;
		}
	if (colon < authority.n) port = slice_sub(authority, colon + 1, authority.n);
	authority = slice_sub(authority, 0, colon);
	for (size_t i = 0; i < port.n; i++)
		if (!shape_is_digit(port.p[i])) return false;
	if (!put_host(a, out, authority)) return false;
	*host = arena_copy(a, buf_slice(out));
	if (port.n > 0 && !slice_equal(port, url_default_port(scheme))) {
		buf_add_byte(out, ':');
		buf_add(out, port);
	}
	return true;
}

static bool url_normal(struct arena *a, slice scheme, slice authority, slice path, slice *normal, slice *host)
{
	struct buf out = {0};
	bool ok = put_authority(a, &out, authority, scheme, host);
	if (ok) {
		path = slice_sub(path, 0, slice_find_byte(path, '#'));
		size_t start = out.n;
		if (path.n == 0 || path.p[0] != '/') buf_add_byte(&out, '/');
		size_t query = slice_find_byte(path, '?');
		put_normal_path(&out, slice_sub(path, 0, query));
		out.n = start + remove_dots(out.p + start, out.n - start);
		put_normal_path(&out, slice_sub(path, query, path.n));
		*normal = arena_copy(a, buf_slice(&out));
	}
	buf_free(&out);
	return ok;
}

/* Scheme length when text starts with `scheme://`, else 0. */
static size_t scheme_length(slice text)
{
	size_t n = 0;
	while (n < text.n && (shape_is_alnum(text.p[n]) || strchr("+-.", text.p[n]) != NULL) && text.p[n] != 0) n++;
	return n > 0 && shape_is_letter(text.p[0]) && slice_starts(slice_sub(text, n, 3), SLICE("://")) ? n : 0;
}

static size_t authority_end(slice rest)
{
	size_t n = 0;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#') n++;
	return n;
}

bool shape_url(struct arena *a, slice text, slice *scheme, slice *normal, slice *host)
{
	size_t s = scheme_length(text);
	slice rest = s > 0 ? slice_sub(text, s + 3, text.n) : text;
	slice lower = text_lower_ascii(a, slice_sub(text, 0, s));
	size_t n = authority_end(rest);
	slice out, out_host;
	if (!url_normal(a, lower, slice_sub(rest, 0, n), slice_sub(rest, n, rest.n), &out, &out_host)) return false;
	*scheme = lower;
	*normal = out;
	*host = out_host;
	return true;
}

bool shape_url_join(struct arena *a, slice scheme, slice host, slice path, slice *normal)
{
	slice ignored_scheme, ignored_host;
	ipv6 v6;
	if (scheme_length(path) > 0) return shape_url(a, path, &ignored_scheme, normal, &ignored_host);
	if (ipv6_parse(host, &v6)) host = arena_printf(a, "[%.*s]", SLICE_PRINTF(host));
	return url_normal(a, scheme, host, path, normal, &ignored_host);
}

static bool is_mark(uint8_t c)
{
	return c != 0 && strchr("')]},;.", c) != NULL;
}

static bool is_url_byte(uint8_t c)
{
	return c > 0x20 && c != 0x7f && strchr("\"<>`", c) == NULL;
}

/* A run is measured once, however many URLs start within it. */
static void run_measure(struct finder *f, size_t i)
{
	if (i >= f->run_from && i <= f->run_to && f->run_to > 0) return;
	f->run_from = f->run_to = i;
	while (f->run_to < f->text.n && is_url_byte(f->text.p[f->run_to])) f->run_to++;
	f->run_bare = f->run_to;
	while (f->run_bare > 0 && is_mark(f->text.p[f->run_bare - 1])) f->run_bare--;
}

/* Where the bytes of a URL end; a run over the limit is not followed to its end. */
static size_t url_run(struct finder *f, size_t i)
{
	run_measure(f, i);
	size_t limit = i + URL_BYTES_MAX + 1;
	return f->run_to < limit ? f->run_to : limit;
}

static size_t url_end(struct finder *f, size_t i)
{
	size_t run = url_run(f, i);
	return run - i > URL_BYTES_MAX ? run : f->run_bare;
}

/* False: there was no work left for it. */
static bool url_emit(struct finder *f, size_t from, size_t to, bool cut, enum reading r)
{
	struct shape s = {.kind = SHAPE_URL, .cut = cut};
	slice host;
	if (to <= from || to - from > URL_BYTES_MAX) return true;
	if (f->url_work[r] < to - from) {
		f->given_up = true;
		return false;
	}
	f->url_work[r] -= to - from;
	struct arena_mark mark = arena_mark(f->a); /* a line may hold very many URLs within URLs */
	if (shape_url(f->a, slice_sub(f->text, from, to - from), &s.scheme, &s.normal, &host)) found_at(f, &s, from, to - from);
	arena_release(f->a, mark);
	return true;
}

static bool is_path_start(uint8_t c)
{
	return c == '/' || c == '?' || c == '#';
}

/* The first separator from i on; what was passed once is not passed again. */
static size_t next_separator(struct finder *f, size_t i)
{
	if (i >= f->gap_from && i < f->gap_to) return f->gap_to;
	f->gap_from = f->gap_to = i;
	while (f->gap_to < f->text.n && (f->text.p[f->gap_to] == 0 || strchr("')]},;|", f->text.p[f->gap_to]) == NULL)) f->gap_to++;
	return f->gap_to;
}

/* Text in columns, or in quotes without a blank behind: the URL may end before each separator that stands in it, from `path` on. */
static void url_emit_cuts(struct finder *f, size_t from, size_t path, size_t to)
{
	unsigned cuts = 0;
	for (size_t i = next_separator(f, path + 1); i < to && cuts < URL_MARKS_MAX; i = next_separator(f, i + 1)) {
		if (!url_emit(f, from, i, true, cuts == 0 ? READING_PLAIN : READING_OTHER)) return;
		if (f->url_work[READING_OTHER] <= i - from) { /* the next one is longer */
			f->given_up |= next_separator(f, i + 1) < to;
			return;
		}
		cuts++;
	}
}

/* A URL with a path, and the same with each number of the marks that stand behind it: they may be its own. */
static void url_emit_all(struct finder *f, size_t from, size_t authority, size_t to)
{
	size_t run = url_run(f, to), path = authority, end = to;
	(void)url_emit(f, from, to, false, READING_PLAIN);
	while (path < to && !is_path_start(f->text.p[path])) path++;
	if (path == to) return;
	url_emit_cuts(f, from, path, to);
	while (end < run && end - to < URL_MARKS_MAX && is_mark(f->text.p[end]))
		if (!url_emit(f, from, ++end, false, READING_OTHER)) return;
	if (to == f->run_bare && run == f->run_to && run - to > URL_MARKS_MAX) (void)url_emit(f, from, run, false, READING_OTHER);
}

/* Where a URL ends whose authority starts at `at`: behind the host and port, unless a path, query or fragment follows. */
static size_t url_stop(struct finder *f, size_t at)
{
	slice text = f->text;
	size_t end = url_end(f, at), slash = at, step = 0;
	while (slash < end && !is_path_start(text.p[slash])) slash++;
	size_t k = at;
	for (size_t i = slash; i > at; i--)
		if (text.p[i - 1] == '@') {
			k = i;
			break;
		}
	if (k < text.n && text.p[k] == '[') {
		size_t close = slice_find_byte(slice_sub(text, k, ADDRESS_TEXT_BYTES + 2), ']');
		if (k + close >= text.n || text.p[k + close] != ']') return at;
		k += close + 1;
	} else {
		while (k < text.n && (text.p[k] == '.' || (step = name_char(text, k)) != 0)) k += text.p[k] == '.' ? 1 : step;
		bool more = k < text.n && (text.p[k] == ':' || is_path_start(text.p[k]));
		if (more && k > at + 1 && text.p[k - 1] == '.' && text.p[k - 2] == '.') return at; /* an empty label */
		if (k < text.n && !more)
			while (k > at && text.p[k - 1] == '.') k--;
	}
	if (k + 1 < text.n && text.p[k] == ':' && (shape_is_digit(text.p[k + 1]) || text.p[k + 1] == '/')) /* the port may be empty */
		do k++;
		while (k < text.n && shape_is_digit(text.p[k]));
	if (k < text.n && (text.p[k] == '/' || text.p[k] == '?' || text.p[k] == '#')) return end > k ? end : k;
	if (k < end && text.p[k] == '.') return at; /* "host:80.exe" is none */
	while (k > at && text.p[k - 1] == '.') k--;
	return k;
}

static void find_urls(struct finder *f)
{
	for (size_t i = 0, colon; i < f->text.n; i = colon + 3) {
		colon = i + slice_find(slice_sub(f->text, i, f->text.n), SLICE("://"));
		if (colon >= f->text.n) return;
		size_t from = colon;
		while (from > 0 &&
			(shape_is_alnum(f->text.p[from - 1]) || (f->text.p[from - 1] != 0 && strchr("+-.", f->text.p[from - 1]) != NULL)))
			from--;
		while (from < colon && !shape_is_letter(f->text.p[from])) from++;
		size_t to = url_stop(f, colon + 3);
		if (from < colon && to > colon + 3) url_emit_all(f, from, colon + 3, to);
	}
}

/* host[:port]/path without a scheme, where the host is a name or an IPv4 */
static void find_bare_urls(struct finder *f)
{
	for (size_t i = 0, slash; i < f->text.n; i = slash + 1) {
		slice rest = slice_sub(f->text, i, f->text.n);
		slash = i + slice_find_byte(rest, '/');
		if (slash >= f->text.n) return;
		size_t from = slash, host_end = slash;
		while (from > 0 && shape_is_digit(f->text.p[from - 1])) from--;
		if (from < slash && from > 0 && f->text.p[from - 1] == ':') host_end = --from;
		else from = slash;
		while (from > 0) {
			size_t k = from - 1;
			while (k > 0 && from - k < 4 && (f->text.p[k] & 0xc0) == 0x80) k--;
			if (f->text.p[from - 1] != '.' && name_char(f->text, k) != from - k) break;
			from = f->text.p[from - 1] == '.' ? from - 1 : k;
		}
		while (from < host_end && f->text.p[from] == '.') from++;
		slice host = slice_sub(f->text, from, host_end - from), name;
		uint32_t v4;
		bool clear = from == 0 || strchr("@/\\.", f->text.p[from - 1]) == NULL || f->text.p[from - 1] == 0;
		if (host.n >= 4 && clear && (ipv4_parse(host, &v4) || (shape_name(f->a, host, &name))))
			url_emit_all(f, from, from, url_end(f, slash));
	}
}

bool shape_email(struct arena *a, slice text, slice *normal)
{
	size_t at = text.n;
	while (at > 0 && text.p[at - 1] != '@') at--;
	slice domain;
	if (at < 2 || !shape_name(a, slice_sub(text, at, text.n), &domain)) return false;
	for (size_t i = 0; i + 1 < at; i++)
		if (!local_char_wide(text.p[i])) return false;
	*normal = email_normal(a, slice_sub(text, 0, at - 1), domain);
	return true;
}

/* Which marks stand in the text: most values hold none, and so no shape but a hash. */
enum { MARK_DOT = 1, MARK_COLON = 2, MARK_SLASH = 4 };

static unsigned marks_of(slice text)
{
	static const uint8_t MARKS[256] = {['.'] = MARK_DOT, [':'] = MARK_COLON, ['/'] = MARK_SLASH};
	unsigned marks = 0;
	for (size_t i = 0; i < text.n; i++) marks |= MARKS[text.p[i]];
	return marks;
}

bool shape_scan(struct arena *a, slice text, shape_found *found, void *context)
{
	struct finder f = {
		.a = a,
		.text = text,
		.found = found,
		.context = context,
	};
	f.url_work[READING_PLAIN] = f.url_work[READING_OTHER] = URL_WORK_FREE_BYTES + text.n * URL_WORK_MAX;
	unsigned marks = marks_of(text);
	if ((marks & MARK_DOT) != 0 || text.n >= HASH_BYTES_MIN) find_runs(&f);
	if ((marks & MARK_COLON) != 0) find_ipv6(&f);
	if ((marks & MARK_COLON) != 0 && text.n >= FINGERPRINT_BYTES_MIN) find_fingerprints(&f);
	if ((marks & MARK_SLASH) == 0) return true;
	find_urls(&f);
	find_bare_urls(&f);
	return !f.given_up;
}
