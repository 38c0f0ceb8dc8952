/* STIX patterns: the values of constants. Only tokens that the lexer accepted come here, so that the shapes are known. */
#include <math.h>
#include <stdlib.h>

#include "pattern_int.h"
#include "text.h"

slice pattern_unquote(struct arena *a, slice quoted)
{
	slice inner = slice_sub(quoted, 1, quoted.n - 2);
	if (slice_find_byte(inner, '\\') == inner.n) return inner;
	uint8_t *out = arena_alloc(a, inner.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < inner.n; i++) {
		if (inner.p[i] == '\\' && i + 1 < inner.n) i++;
		out[n++] = inner.p[i];
	}
	return slice_of(out, n);
}

/* '0' stands for any digit, everything else for itself. */
static bool shaped_as(slice s, const char *shape)
{
	for (size_t i = 0; shape[i] != 0; i++) {
		if (i >= s.n) return false;
		if (shape[i] == '0' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != (uint8_t)shape[i]) return false;
	}
	return true;
}

static int number_at(slice s, size_t at, size_t n)
{
	int v = 0;
	for (size_t i = at; i < at + n; i++) v = v * 10 + (s.p[i] - '0');
	return v;
}

#define TIME_BYTES 19 /* up to the seconds */

bool pattern_time_shaped(slice s)
{
	if (!shaped_as(s, "0000-00-00T00:00:00") || s.p[s.n - 1] != 'Z') return false;
	slice fraction = slice_sub(s, TIME_BYTES, s.n - TIME_BYTES - 1);
	if (fraction.n == 1 || (fraction.n > 0 && fraction.p[0] != '.')) return false;
	for (size_t i = 1; i < fraction.n; i++)
		if (fraction.p[i] < '0' || fraction.p[i] > '9') return false;
	int month = number_at(s, 5, 2), day = number_at(s, 8, 2);
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && number_at(s, 11, 2) <= 23 && number_at(s, 14, 2) <= 59 &&
	       number_at(s, 17, 2) <= 60;
}

bool pattern_time(slice s, instant *out)
{
	if (!pattern_time_shaped(s)) return false;
	int micro = 0, scale = 100000;
	for (size_t i = TIME_BYTES + 1; i + 1 < s.n && scale > 0; i++, scale /= 10) micro += (s.p[i] - '0') * scale;
	instant t = 0;
	if (instant_from_civil(number_at(s, 0, 4), number_at(s, 5, 2), 1, number_at(s, 11, 2), number_at(s, 14, 2), 0, micro, &t) != OK)
		return false;
	int64_t seconds = (int64_t)(number_at(s, 8, 2) - 1) * 86400 + number_at(s, 17, 2);
	*out = t + seconds * 1000000;
	return true;
}

static bool integer_from(slice s, int64_t *out)
{
	bool negative = s.p[0] == '-';
	uint64_t v = 0, limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	for (size_t i = s.p[0] == '-' || s.p[0] == '+'; i < s.n; i++) {
		unsigned digit = s.p[i] - (unsigned)'0';
		if (v > (limit - digit) / 10) return false;
		v = v * 10 + digit;
	}
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static bool from_integer(struct arena *a, slice written, struct pattern_constant *c)
{
	(void)a;
	c->kind = CONSTANT_INTEGER;
	if (!integer_from(written, &c->integer)) return false;
	c->number = (double)c->integer;
	return true;
}
static bool from_float(struct arena *a, slice written, struct pattern_constant *c)
{
	c->kind = CONSTANT_FLOAT;
	c->number = strtod((const char *)arena_copy(a, written).p, NULL);
	return isfinite(c->number);
}
static bool from_bool(struct arena *a, slice written, struct pattern_constant *c)
{
	(void)a;
	c->kind = CONSTANT_BOOL;
	c->integer = written.p[0] == 't';
	return true;
}
static bool from_text(struct arena *a, slice written, struct pattern_constant *c)
{
	c->kind = CONSTANT_TEXT;
	c->text = pattern_unquote(a, written);
	return true;
}
static bool from_time(struct arena *a, slice written, struct pattern_constant *c)
{
	(void)a;
	c->kind = CONSTANT_TIME;
	c->text = slice_sub(written, 2, written.n - 3);
	return pattern_time(c->text, &c->time);
}
static bool from_binary(struct arena *a, slice written, struct pattern_constant *c)
{
	c->kind = CONSTANT_BINARY;
	return text_get_base64(a, slice_sub(written, 2, written.n - 3), &c->text);
}
static bool from_hex(struct arena *a, slice written, struct pattern_constant *c)
{
	c->kind = CONSTANT_HEX;
	return written.n == 3 || text_get_hex(a, slice_sub(written, 2, written.n - 3), &c->text);
}

static const struct reader {
	enum token_kind kind;
	bool (*read)(struct arena *a, slice written, struct pattern_constant *c);
	const char *why;
} readers[] = {
	{TOKEN_TEXT, from_text, "no text"},
	{TOKEN_INTEGER, from_integer, "an integer has at most 64 bits"},
	{TOKEN_FLOAT, from_float, "the number is too large"},
	{TOKEN_BOOL, from_bool, "no boolean"},
	{TOKEN_TIME, from_time, "years run from 0001 to 9999"},
	{TOKEN_BINARY, from_binary, "the base64 text is wrong (RFC 4648)"},
	{TOKEN_HEX, from_hex, "the hex text is wrong"},
};

bool pattern_constant_from(struct arena *a, const struct token *t, struct pattern_constant *out, const char **why)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		if (readers[i].kind != t->kind) continue;
		struct pattern_constant c = {0};
		if (!readers[i].read(a, t->text, &c)) {
			*why = readers[i].why;
			return false;
		}
		*out = c;
		return true;
	}
	*why = "no constant";
	return false;
}
