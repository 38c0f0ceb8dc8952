/* Lines by template. A template is the line's text with captures in braces, the first byte of which may say more:
 *   {name}   a word        {+name}  any text, blanks too, perhaps none   {.name}  perhaps nothing, no blank
 *   {#name}  digits        {@name}  an address       {?name}  a host     {!name}  a time
 *   {'name}  up to a quotation mark that no backslash escapes; \" \\ \xHH are undone
 * A capture ends where the text behind it in the template begins; one blank in the template stands for several in the line.
 * Invariant: all bytes of the line are in captures, but for words of the template itself. */
#include "limit.h"
#include "telemetry_int.h"
#include "text.h"

#define CAPTURES_MAX 32u

struct capture {
	slice name, value;
	uint8_t kind;
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool all_digits(slice v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9') return false;
	}
	return v.n > 0;
}

static size_t quoted_end(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\') i++;
		else if (s.p[i] == '"') return i;
	}
	return s.n;
}

static size_t word_length(slice s)
{
	size_t n = 0;
	while (n < s.n && !blank(s.p[n])) n++;
	return n;
}

/* Whether a value is what its kind says. */
static bool value_fits(uint8_t kind, slice v)
{
	if (kind == '+' || kind == '\'') return true;
	for (size_t i = 0; i < v.n; i++) {
		if (blank(v.p[i])) return false;
	}
	if (kind == '.') return true;
	if (v.n == 0) return false;
	if (kind == '#') return all_digits(v);
	if (kind == '@') return field_fit(OBSERVABLE_ADDRESS, v) == OBSERVABLE_ADDRESS;
	return kind != '?' || field_fit(OBSERVABLE_HOST, v) == OBSERVABLE_HOST;
}

/* The capture's value at the start of `rest`, before `until` (the template's text behind it; empty: up to the end). */
static bool take(struct cutting *c, uint8_t kind, slice until, slice rest, slice *value)
{
	size_t n = 0;
	if (kind == '!') {
		if (!time_stands(c, rest, &n)) return false;
	} else if (kind == '\'') {
		n = quoted_end(rest);
	} else if (until.n == 0) {
		n = rest.n;
	} else {
		if (kind != '+') rest = slice_sub(rest, 0, word_length(rest) + until.n); /* no blank is in a word */
		n = slice_find(rest, until);
		if (n == rest.n) return false;
	}
	*value = slice_sub(rest, 0, n);
	return kind == '!' || value_fits(kind, *value);
}

/* The template's plain text at the start of *rest: a blank stands for several. */
static bool plain_stands(slice plain, slice *rest)
{
	for (size_t i = 0; i < plain.n; i++) {
		if (rest->n == 0) return false;
		bool same = plain.p[i] == ' ' ? blank(rest->p[0]) : plain.p[i] == rest->p[0];
		if (!same) return false;
		*rest = slice_sub(*rest, 1, rest->n);
		while (plain.p[i] == ' ' && rest->n > 0 && blank(rest->p[0])) *rest = slice_sub(*rest, 1, rest->n);
	}
	return true;
}

static bool match(struct cutting *c, slice template, slice record, struct capture *captures, size_t *n)
{
	*n = 0;
	while (template.n > 0) {
		slice plain = slice_sub(template, 0, slice_find_byte(template, '{'));
		if (!plain_stands(plain, &record)) return false;
		template = slice_sub(template, plain.n, template.n);
		if (template.n == 0) break;
		slice name = slice_sub(template, 1, slice_find_byte(template, '}') - 1);
		template = slice_sub(template, name.n + 2, template.n);
		uint8_t kind = memchr("+.#@?!'", name.p[0], 7) != NULL ? name.p[0] : 0;
		if (kind != 0) name = slice_sub(name, 1, name.n);
		slice until = slice_sub(template, 0, slice_find_byte(template, '{')), value;
		if (*n == CAPTURES_MAX || !take(c, kind, until, record, &value)) return false;
		captures[(*n)++] = (struct capture){name, value, kind};
		record = slice_sub(record, value.n, record.n);
	}
	return record.n == 0;
}

static slice unquote(struct arena *a, slice v)
{
	if (slice_find_byte(v, '\\') == v.n) return v;
	uint8_t *out = arena_alloc(a, v.n);
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t b = v.p[i];
		if (b == '\\' && i + 1 < v.n && (v.p[i + 1] == '"' || v.p[i + 1] == '\\')) {
			b = v.p[++i];
		} else if (b == '\\' && i + 3 < v.n && v.p[i + 1] == 'x' && text_hex_value(v.p[i + 2]) >= 0 &&
			   text_hex_value(v.p[i + 3]) >= 0) {
			b = (uint8_t)(text_hex_value(v.p[i + 2]) * 16 + text_hex_value(v.p[i + 3]));
			i += 3;
		}
		out[n++] = b;
	}
	return slice_of(out, n);
}

bool template_cut(struct cutting *c, const char *template, slice record)
{
	struct capture captures[CAPTURES_MAX];
	size_t n;
	if (!match(c, slice_from(template), record, captures, &n)) return false;
	for (size_t i = 0; i < n; i++)
		cut_add(c, captures[i].name, captures[i].kind == '\'' ? unquote(c->list->arena, captures[i].value) : captures[i].value);
	return true;
}
