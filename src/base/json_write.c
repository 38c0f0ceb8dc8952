/* JSON out: text as RFC 8785 3.2.2.2 escapes it, numbers as ECMAScript prints them, canonical documents.
 * The canonical form is written with an explicit stack: members of all open objects stand on one array, sorted per object. */
#include "json_int.h"
#include "text.h"

#include <stdlib.h>

#define EXACT_MAX (INT64_C(1) << 53) /* integers beyond go through a double, as ECMAScript's do */

/* What stands behind the backslash for the short escapes; 'u' for \u00xx; 0 for bytes that stand for themselves. */
static const uint8_t ESCAPES[256] = {
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'b',
	't',
	'n',
	'u',
	'f',
	'r',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	['"'] = '"',
	['\\'] = '\\',
};

static void put_escaped(struct buf *b, uint8_t c)
{
	static const char HEX[] = "0123456789abcdef";
	uint8_t text[6] = {'\\', ESCAPES[c], '0', '0', (uint8_t)HEX[c >> 4], (uint8_t)HEX[c & 15]};

	buf_add(b, slice_of(text, ESCAPES[c] == 'u' ? 6 : 2));
}

void json_put_text(struct buf *b, slice text)
{
	size_t start = 0, at = 0;

	buf_add_byte(b, '"');
	while (at < text.n) {
		uint8_t c = text.p[at];
		uint32_t code_point;
		unsigned n = c < 0x80 ? ESCAPES[c] == 0 : text_utf8_next(slice_sub(text, at, 4), &code_point);
		if (n != 0) {
			at += n;
			continue;
		}
		buf_add(b, slice_sub(text, start, at - start));
		if (c < 0x80) put_escaped(b, c);
		else buf_add(b, SLICE("\xEF\xBF\xBD"));
		start = ++at;
	}
	buf_add(b, slice_sub(text, start, at - start));
	buf_add_byte(b, '"');
}

static void put_comma(struct buf *b)
{
	if (b->n == 0 || b->failed) return;
	uint8_t last = b->p[b->n - 1];
	if (last != '{' && last != '[' && last != ',' && last != '\n') buf_add_byte(b, ',');
}

void json_put_key(struct buf *b, const char *key)
{
	put_comma(b);
	json_put_text(b, slice_from(key));
	buf_add_byte(b, ':');
}

void json_put_member_text(struct buf *b, const char *key, slice text)
{
	json_put_key(b, key);
	json_put_text(b, text);
}

void json_put_member_int(struct buf *b, const char *key, int64_t v)
{
	json_put_key(b, key);
	buf_printf(b, "%lld", (long long)v);
}

void json_put_member_bool(struct buf *b, const char *key, bool v)
{
	json_put_key(b, key);
	buf_add_text(b, v ? "true" : "false");
}

void json_put_member_null(struct buf *b, const char *key)
{
	json_put_key(b, key);
	buf_add_text(b, "null");
}

static void put_zeros(struct buf *b, int n)
{
	while (n-- > 0) buf_add_byte(b, '0');
}

/* ECMA-262 Number::toString; digits d1d2…dk and exponent n as there: the value is 0.d1d2… * 10^n. */
void json_put_double(struct buf *b, double v)
{
	char digits[JSON_DIGITS_MAX + 1];
	int n;

	if (v == 0) {
		buf_add_byte(b, '0');
		return;
	}
	int k = json_shortest(v, digits, &n);
	slice all = slice_of(digits, (size_t)k);
	if (v < 0) buf_add_byte(b, '-');
	if (k <= n && n <= 21) {
		buf_add(b, all);
		put_zeros(b, n - k);
	} else if (n > 0 && n <= 21) {
		buf_add(b, slice_sub(all, 0, (size_t)n));
		buf_add_byte(b, '.');
		buf_add(b, slice_sub(all, (size_t)n, SIZE_MAX));
	} else if (n > -6 && n <= 0) {
		buf_add_text(b, "0.");
		put_zeros(b, -n);
		buf_add(b, all);
	} else {
		buf_add(b, slice_sub(all, 0, 1));
		if (k > 1) buf_add_byte(b, '.');
		buf_add(b, slice_sub(all, 1, SIZE_MAX));
		buf_printf(b, "e%c%d", n > 0 ? '+' : '-', abs(n - 1));
	}
}

static void put_scalar(struct buf *b, json_value v)
{
	slice text;
	int64_t whole;
	double number;
	bool flag;

	if (json_get_text(v, &text)) json_put_text(b, text);
	else if (json_get_int(v, &whole) && whole <= EXACT_MAX && whole >= -EXACT_MAX) buf_printf(b, "%lld", (long long)whole);
	else if (json_get_double(v, &number)) json_put_double(b, number);
	else if (json_get_bool(v, &flag)) buf_add_text(b, flag ? "true" : "false");
	else buf_add_text(b, "null");
}

struct member {
	slice key;
	json_value value;
};

struct frame {
	struct json_iter elements; /* of an array */
	size_t start, next, end;   /* of an object: places among the members */
	bool object, first;
};

struct canon {
	struct member *members;
	size_t n, room, depth;
	struct frame frames[JSON_DEPTH_MAX + 2];
};

/* Order of UTF-16 code units among UTF-8 bytes: code points from U+10000 (F0-F4) come before U+E000-U+FFFF (EE, EF). */
static int utf16_weight(uint8_t c)
{
	return c >= 0xF0 ? c - 2 : c >= 0xEE ? c + 5 : c;
}

static int member_order(const void *a, const void *b)
{
	slice x = ((const struct member *)a)->key, y = ((const struct member *)b)->key;

	for (size_t i = 0; i < x.n && i < y.n; i++)
		if (x.p[i] != y.p[i]) return utf16_weight(x.p[i]) - utf16_weight(y.p[i]);
	return (x.n > y.n) - (x.n < y.n);
}

static void member_push(struct canon *c, slice key, json_value value)
{
	if (c->n == c->room) {
		c->room = c->room == 0 ? 32 : 2 * c->room;
		c->members = mem_resize(c->members, c->room * sizeof *c->members);
	}
	c->members[c->n++] = (struct member){key, value};
}

/* Open an array or object: false when a key stands twice (RFC 8785 3.1 asks for I-JSON, RFC 7493 2.3). */
static bool frame_push(struct canon *c, struct buf *b, json_value v)
{
	struct json_iter i = json_iter(v);
	struct frame f = {.elements = i, .start = c->n, .next = c->n, .object = i.object, .first = true};

	buf_add_byte(b, i.object ? '{' : '[');
	while (i.object && json_next(&i)) member_push(c, i.key, i.value);
	f.end = c->n;
	if (f.end - f.start > 1) qsort(c->members + f.start, f.end - f.start, sizeof *c->members, member_order);
	for (size_t k = f.start + 1; k < f.end; k++)
		if (slice_equal(c->members[k - 1].key, c->members[k].key)) return false;
	c->frames[c->depth++] = f;
	return true;
}

/* The next value of the innermost frame, its comma and key written; false at its end. */
static bool frame_next(struct canon *c, struct buf *b, json_value *v)
{
	struct frame *f = &c->frames[c->depth - 1];

	if (f->object ? f->next == f->end : !json_next(&f->elements)) return false;
	if (!f->first) buf_add_byte(b, ',');
	f->first = false;
	if (!f->object) {
		*v = f->elements.value;
		return true;
	}
	json_put_text(b, c->members[f->next].key);
	buf_add_byte(b, ':');
	*v = c->members[f->next++].value;
	return true;
}

static void frame_pop(struct canon *c, struct buf *b)
{
	struct frame *f = &c->frames[--c->depth];

	buf_add_byte(b, f->object ? '}' : ']');
	c->n = f->start;
}

enum err json_put_canonical(struct buf *b, json_value v)
{
	struct canon *c = mem_alloc(sizeof *c);
	size_t before = b->n;
	enum err e = OK;

	do {
		enum json_type type = json_type_of(v);
		if (type != JSON_ARRAY && type != JSON_OBJECT) put_scalar(b, v);
		else if (!frame_push(c, b, v)) e = ERR_SYNTAX;
		while (e == OK && c->depth > 0 && !frame_next(c, b, &v)) frame_pop(c, b);
	} while (e == OK && c->depth > 0 && !b->failed);
	if (b->failed) e = ERR_LIMIT;
	if (e != OK) b->n = before;
	free(c->members);
	free(c);
	return e;
}
