/* Where a refused text stops being JSON: a plain scan after RFC 8259, one state, a stack of open brackets.
 * Slow and only for faults; that the fast parser refused is already certain. */
#include "json_int.h"
#include "text.h"

enum place { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, BEHIND };

struct scan {
	slice text;
	size_t at, depth;
	enum place place;
	const char *why;
	uint8_t open[JSON_DEPTH_MAX + 2];
};

static bool one_of(uint8_t c, slice these)
{
	return slice_find_byte(these, c) < these.n;
}

static bool wrong(struct scan *s, const char *why)
{
	s->why = why;
	return false;
}

static int hex4(slice s, size_t at)
{
	int value = 0;

	if (at > s.n || s.n - at < 4) return -1;
	for (size_t i = 0; i < 4; i++) {
		uint8_t c = s.p[at + i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0) return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* s->at is at a backslash. */
static bool escape_skip(struct scan *s)
{
	if (s->at + 1 >= s->text.n) return wrong(s, "a string does not end");
	uint8_t c = s->text.p[s->at + 1];
	if (c != 'u') {
		if (!one_of(c, SLICE("\"\\/bfnrt"))) return wrong(s, "no such escape in a string");
		s->at += 2;
		return true;
	}
	int unit = hex4(s->text, s->at + 2);
	if (unit < 0) return wrong(s, "\\u needs four hex digits");
	if (unit >= 0xDC00 && unit <= 0xDFFF) return wrong(s, "a lone surrogate in a string");
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		slice next = slice_sub(s->text, s->at + 6, 2);
		int low = slice_equal(next, SLICE("\\u")) ? hex4(s->text, s->at + 8) : -1;
		if (low < 0xDC00 || low > 0xDFFF) return wrong(s, "a lone surrogate in a string");
		s->at += 6;
	}
	s->at += 6;
	return true;
}

static bool string_skip(struct scan *s)
{
	size_t start = s->at++;

	while (s->at < s->text.n) {
		uint8_t c = s->text.p[s->at];
		uint32_t code_point;
		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20) return wrong(s, "a control character in a string must be escaped");
		if (c == '\\') {
			if (!escape_skip(s)) return false;
			continue;
		}
		unsigned n = text_utf8_next(slice_sub(s->text, s->at, 4), &code_point);
		if (n == 0) return wrong(s, "the bytes are not UTF-8");
		s->at += n;
	}
	s->at = start;
	return wrong(s, "a string does not end");
}

static size_t digits_skip(struct scan *s)
{
	size_t start = s->at;

	while (s->at < s->text.n && s->text.p[s->at] >= '0' && s->text.p[s->at] <= '9') s->at++;
	return s->at - start;
}

static uint8_t peek(const struct scan *s)
{
	return s->at < s->text.n ? s->text.p[s->at] : 0;
}

static bool number_skip(struct scan *s)
{
	size_t start = s->at;
	bool whole = true;

	if (peek(s) == '-') s->at++;
	bool zero = peek(s) == '0';
	size_t digits = digits_skip(s);
	if (digits == 0 || (zero && digits > 1)) return wrong(s, "a malformed number");
	if (peek(s) == '.') {
		whole = false;
		s->at++;
		if (digits_skip(s) == 0) return wrong(s, "a malformed number");
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		whole = false;
		s->at++;
		if (peek(s) == '+' || peek(s) == '-') s->at++;
		if (digits_skip(s) == 0) return wrong(s, "a malformed number");
	}
	if (whole && digits > 18) { /* the only ones that the fast parser may have refused for their size */
		s->at = start;
		return wrong(s, "a number beyond 64 bits");
	}
	return true;
}

static bool word_skip(struct scan *s)
{
	static const char *const WORDS[] = {"true", "false", "null"};

	for (size_t i = 0; i < 3; i++) {
		slice word = slice_from(WORDS[i]);
		if (!slice_starts(slice_sub(s->text, s->at, SIZE_MAX), word)) continue;
		s->at += word.n;
		return true;
	}
	return wrong(s, "a value is expected");
}

static bool value_skip(struct scan *s)
{
	uint8_t c = peek(s);

	if (c == '{' || c == '[') {
		if (s->depth > JSON_DEPTH_MAX) return wrong(s, "nested too deep");
		s->open[s->depth++] = c;
		s->place = c == '{' ? KEY_OR_END : VALUE_OR_END;
		s->at++;
		return true;
	}
	s->place = BEHIND;
	if (c == '"') return string_skip(s);
	if (c == '-' || (c >= '0' && c <= '9')) return number_skip(s);
	return word_skip(s);
}

static bool end_skip(struct scan *s)
{
	s->at++;
	s->depth--;
	s->place = BEHIND;
	return true;
}

static bool behind_skip(struct scan *s)
{
	uint8_t c = peek(s), open = s->depth > 0 ? s->open[s->depth - 1] : 0;

	if (open == 0) return wrong(s, "something stands behind the document");
	if (c == (open == '{' ? '}' : ']')) return end_skip(s);
	if (c != ',') return wrong(s, open == '{' ? "a comma or } is expected" : "a comma or ] is expected");
	s->at++;
	s->place = open == '{' ? KEY : VALUE;
	return true;
}

static bool step(struct scan *s)
{
	uint8_t c = peek(s);

	if (s->place == BEHIND) return behind_skip(s);
	if ((s->place == KEY_OR_END && c == '}') || (s->place == VALUE_OR_END && c == ']')) return end_skip(s);
	if (s->place == VALUE || s->place == VALUE_OR_END) return value_skip(s);
	if (s->place == COLON) {
		if (c != ':') return wrong(s, "a colon is expected");
		s->at++;
		s->place = VALUE;
		return true;
	}
	if (c != '"') return wrong(s, "a key in double quotes is expected");
	s->place = COLON;
	return string_skip(s);
}

bool json_locate(slice text, uint64_t *offset, const char **why)
{
	struct scan s = {.text = text, .place = VALUE};

	for (;;) {
		while (s.at < text.n && one_of(text.p[s.at], SLICE(" \t\r\n"))) s.at++;
		if (s.at >= text.n) {
			if (s.place == BEHIND && s.depth == 0) return false;
			wrong(&s, "the document ends early");
			break;
		}
		if (!step(&s)) break;
	}
	*offset = s.at;
	*why = s.why;
	return true;
}
