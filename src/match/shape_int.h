/* Observables by shape in decoded text, exactly as MATCHING.md and decision 0003 say; and their normal forms.
 * Slow and exact: the fast path only chooses the records that come here. Pure. */
#ifndef MATCH_SHAPE_INT_H
#define MATCH_SHAPE_INT_H
#include "address.h"
#include "observable.h"

enum shape_kind { SHAPE_IPV4, SHAPE_IPV6, SHAPE_NAME, SHAPE_HASH, SHAPE_EMAIL, SHAPE_URL };
struct shape {
	enum shape_kind kind;
	size_t at, n; /* where it stands in the text */
	uint32_t v4;
	ipv6 v6;
	slice normal; /* NAME, HASH, EMAIL: lower case; URL: without scheme, "host[:port]/path?query" */
	slice scheme; /* URL: lower case, empty when the text gives none */
	bool cut;     /* URL: it ends before a separator that may be its own: only in text without a type */
};
typedef void shape_found(void *context, const struct shape *s);
/* Every observable of the text, in no particular order; memory for normal forms from `a`, a URL's until `found` returns.
 * False: not every URL within URLs was read, for URL_WORK_MAX. */
bool shape_scan(struct arena *a, slice text, shape_found *found, void *context);

/* Every maximal run of name characters and dots, dots at its ends dropped, that holds a dot. */
typedef void shape_token(void *context, size_t at, size_t n);
void shape_tokens(slice text, shape_token *found, void *context);
/* A letter, digit or '_' (UTF-8 letters too) stands right before / at i. */
bool shape_word_before(slice text, size_t i);
bool shape_word_at(slice text, size_t i);

/* The lower-case A-label form of a name; false when it is none. */
bool shape_name(struct arena *a, slice text, slice *out);
/* RFC 3986 6.2.2, 6.2.3; `text` with scheme, or host/path when scheme is empty. */
bool shape_url(struct arena *a, slice text, slice *scheme, slice *normal, slice *host);
/* host and path of two fields */
bool shape_url_join(struct arena *a, slice scheme, slice host, slice path, slice *normal);
/* ---- url.c ---- */
slice url_default_port(slice scheme); /* "80" of "http"; empty when the scheme has none */
/* Of an indicator's value, "scheme://normal" or "normal": the scheme (or empty), and *value becomes what stands behind it. */
slice url_cut_scheme(slice *value);
/* The normal form without its port, when that is some scheme's default; else false. */
bool url_without_port(struct arena *a, slice normal, slice *out);
/* Whether two normal forms are the same URL; a scheme is empty where it is not stated. */
bool url_equal(slice x_scheme, slice x, slice y_scheme, slice y);
bool shape_email(struct arena *a, slice text, slice *normal);
bool shape_hash(struct arena *a, slice text, slice *normal);
static inline bool shape_is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') < 10;
}
static inline bool shape_is_letter(uint8_t c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26;
}
static inline bool shape_is_alnum(uint8_t c)
{
	return shape_is_digit(c) || shape_is_letter(c);
}
static inline bool shape_is_hex(uint8_t c)
{
	return shape_is_digit(c) || (uint8_t)((c | 0x20) - 'a') < 6;
}
static inline bool shape_hex_follows(slice s, size_t at, size_t digits)
{
	for (size_t i = at; i < at + digits; i++)
		if (i >= s.n || !shape_is_hex(s.p[i])) return false;
	return true;
}
/* What the fast path and the exact one must agree about: a byte of an e-mail address' local part, of an IPv6 address' run. */
static inline bool shape_is_local(uint8_t c)
{
	return shape_is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c >= 0x80;
}
static inline bool shape_is_ipv6(uint8_t c)
{
	return shape_is_hex(c) || c == ':' || c == '.';
}
static inline bool shape_hash_length(size_t n)
{
	return n == 32 || n == 40 || n == 56 || n == 64 || n == 96 || n == 128;
}
#endif
