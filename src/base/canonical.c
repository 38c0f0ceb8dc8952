/* Canonical JSON. canonical_check runs over the text once:
 *   value_take   a scalar, or an opening bracket (with the first key of an object)
 *   value_end    what may stand behind a value: a comma (and a key), closing brackets, the end
 * Invariant: a frame is open for each container around `at`; its key is the last one of that object.
 * The walk trusts that a check came before, and stays within its slice when none did. */
#include "canonical.h"
#include "json_int.h"
#include "json_scan_int.h"
#include "text.h"

#include <assert.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SHOWN_BYTES_MAX 40 /* of a key, in a fault */
#define EXACT_DIGITS 15    /* an integer of so many digits is below 2^53 whatever they are */

struct frame {
	slice key; /* the last one, between its quotes; p NULL: none yet */
	bool object;
};

struct scan {
	slice text;
	size_t at;
	unsigned depth;
	struct fault *fault;
	enum err failed;
	struct frame frames[CANONICAL_DEPTH_MAX];
};

/* ---- refusals ---- */

/* Always false, so that a caller can return it. */
static bool refuse(struct scan *s, size_t at, const char *rule)
{
	if (at < s->text.n)
		s->failed = fault_set(s->fault, ERR_SYNTAX, 0, at, "RFC 8785 %s, found the byte 0x%02x", rule, (unsigned)s->text.p[at]);
	else s->failed = fault_set(s->fault, ERR_SYNTAX, 0, s->text.n, "RFC 8785 %s, found the end", rule);
	return false;
}

static bool refuse_key(struct scan *s, size_t at, slice key, slice before)
{
	slice shown = slice_sub(key, 0, SHOWN_BYTES_MAX), behind = slice_sub(before, 0, SHOWN_BYTES_MAX);

	s->failed = fault_set(s->fault, ERR_SYNTAX, 0, at, "RFC 8785 3.2.3: keys ascend and are unique, found \"%.*s\" behind \"%.*s\"",
		SLICE_PRINTF(shown), SLICE_PRINTF(behind));
	return false;
}

/* ---- strings ---- */

/* The first byte from `at` on that a string's content treats apart: a control character, a quote, a backslash, a byte above 0x7F. */
static size_t plain_end(slice text, size_t at)
{
#if defined(__SSE2__)
	for (; text.n - at >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text.p + at));
		__m128i apart = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); /* signed: above 0x7F too */
		apart = _mm_or_si128(apart, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
		apart = _mm_or_si128(apart, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
		int mask = _mm_movemask_epi8(apart);
		if (mask != 0) return at + (unsigned)__builtin_ctz((unsigned)mask);
	}
#endif
	while (at < text.n && text.p[at] >= 0x20 && text.p[at] < 0x80 && text.p[at] != '"' && text.p[at] != '\\') at++;
	return at;
}

/* The character that a canonical escape stands for, *n its bytes; -1 when the escape is not the shortest or none. */
static int escape_value(slice s, size_t *n)
{
	static const char SHORT[] = "\"\\bfnrt", VALUES[] = "\"\\\b\f\n\r\t";

	if (s.n < 2) return -1;
	const char *found = s.p[1] != 0 ? strchr(SHORT, s.p[1]) : NULL;
	*n = 2;
	if (found != NULL) return VALUES[found - SHORT];
	*n = 6;
	if (s.n < 6 || memcmp(s.p, "\\u00", 4) != 0 || s.p[4] > '1' || s.p[4] < '0') return -1;
	int low = text_hex_value(s.p[5]);
	if (low < 0 || (s.p[5] >= 'A' && s.p[5] <= 'F')) return -1;
	int value = (s.p[4] - '0') * 16 + low;
	return strchr("\b\f\n\r\t", value) != NULL && value != 0 ? -1 : value;
}

/* From an opening quote to behind the closing one; *content what stands between. */
static bool string_take(struct scan *s, slice *content)
{
	size_t start = s->at + 1, at = start;

	for (;;) {
		uint32_t code_point;
		size_t n = 1;
		at = plain_end(s->text, at);
		if (at == s->text.n) return refuse(s, at, "3.2.2.2: a string ends with a quote");
		uint8_t c = s->text.p[at];
		if (c == '"') break;
		if (c < 0x20) return refuse(s, at, "3.2.2.2: a control character is escaped");
		if (c == '\\' && escape_value(slice_sub(s->text, at, 6), &n) < 0)
			return refuse(s, at, "3.2.2.2: an escape is the shortest one, for what needs one");
		if (c >= 0x80) n = text_utf8_next(slice_sub(s->text, at, 4), &code_point);
		if (n == 0) return refuse(s, at, "3.2.4: the text is UTF-8");
		at += n;
	}
	*content = slice_sub(s->text, start, at - start);
	s->at = at + 1;
	return true;
}

/* The weight of what stands at *at in a key, ascending as UTF-16 code units do. Among UTF-8 bytes code points from U+10000 (F0-F4)
 * come before U+E000-U+FFFF (EE, EF); all others are in order. */
static int unit_take(slice key, size_t *at)
{
	uint8_t c = key.p[*at];
	size_t n = 1;
	int value = c >= 0xF0 ? c - 2 : c >= 0xEE ? c + 5 : c;

	if (c == '\\') value = escape_value(slice_sub(key, *at, 6), &n);
	*at += n;
	return value;
}

/* Whether x comes before y: both without their quotes, their escapes canonical. */
static bool key_before(slice x, slice y)
{
	size_t i = 0, j = 0;

	while (i < x.n && j < y.n) {
		int of_x = unit_take(x, &i), of_y = unit_take(y, &j);
		if (of_x != of_y) return of_x < of_y;
	}
	return i == x.n && j < y.n;
}

static bool byte_take(struct scan *s, uint8_t c, const char *rule)
{
	if (s->at >= s->text.n || s->text.p[s->at] != c) return refuse(s, s->at, rule);
	s->at++;
	return true;
}

/* The key of the innermost object's next member, and its colon. */
static bool key_take(struct scan *s)
{
	struct frame *frame = &s->frames[s->depth - 1];
	size_t start = s->at;
	slice key;

	if (s->at >= s->text.n || s->text.p[s->at] != '"') return refuse(s, s->at, "3.2.1: a key stands here, without white space");
	if (!string_take(s, &key)) return false;
	if (frame->key.p != NULL && !key_before(frame->key, key)) return refuse_key(s, start, key, frame->key);
	frame->key = key;
	return byte_take(s, ':', "3.2.1: a colon stands behind a key, without white space");
}

/* ---- numbers and words ---- */

static size_t digits_end(slice text, size_t at)
{
	while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9') at++;
	return at;
}

/* Any number is canonical when printing its value gives its text. */
static bool number_is_canonical(slice text)
{
	uint8_t room[64];
	struct buf b = {.p = room, .room = sizeof room, .max = sizeof room}; /* never grows */
	double value;

	if (text.n > JSON_DOUBLE_BYTES_MAX || !json_nearest(text, &value)) return false;
	json_put_double(&b, value);
	return slice_equal(buf_slice(&b), text);
}

static bool number_take(struct scan *s)
{
	size_t start = s->at, first = start + (s->text.p[start] == '-'), end = digits_end(s->text, first), at = end;

	while (at < s->text.n && strchr("0123456789+-.eE", s->text.p[at]) != NULL && s->text.p[at] != 0) at++;
	bool zero = end > first && s->text.p[first] == '0';
	bool plain = at == end && end > first && end - first <= EXACT_DIGITS && (!zero || (end == first + 1 && first == start));
	if (!plain && !number_is_canonical(slice_sub(s->text, start, at - start)))
		return refuse(s, start, "3.2.2.3: a number is as ECMAScript prints it");
	s->at = at;
	return true;
}

static bool word_take(struct scan *s)
{
	static const slice WORDS[] = {SLICE("true"), SLICE("false"), SLICE("null")};

	for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
		if (slice_equal(slice_sub(s->text, s->at, WORDS[i].n), WORDS[i])) {
			s->at += WORDS[i].n;
			return true;
		}
	return refuse(s, s->at, "3.2.1: a value stands here, without white space");
}

/* ---- values ---- */

static bool container_open(struct scan *s)
{
	bool object = s->text.p[s->at] == '{';

	if (s->depth == CANONICAL_DEPTH_MAX) {
		s->failed = fault_set(s->fault, ERR_LIMIT, 0, s->at, "more than %d containers within each other (CANONICAL_DEPTH_MAX)",
			CANONICAL_DEPTH_MAX);
		return false;
	}
	s->frames[s->depth++] = (struct frame){.object = object};
	s->at++;
	return true;
}

/* A whole value, or the start of a container up to its first value: then *open. */
static bool value_take(struct scan *s, bool *open)
{
	slice content;

	*open = false;
	if (s->at >= s->text.n) return word_take(s);
	uint8_t c = s->text.p[s->at];
	if (c == '"') return string_take(s, &content);
	if (c == '-' || (c >= '0' && c <= '9')) return number_take(s);
	if (c != '{' && c != '[') return word_take(s);
	if (!container_open(s)) return false;
	if (s->at < s->text.n && s->text.p[s->at] == (c == '{' ? '}' : ']')) return true; /* value_end closes it */
	*open = true;
	return c == '[' || key_take(s);
}

/* Behind a value: close what ends here; *more when another value follows. */
static bool value_end(struct scan *s, bool *more)
{
	for (*more = false; s->depth > 0; s->depth--) {
		bool object = s->frames[s->depth - 1].object;
		if (s->at < s->text.n && s->text.p[s->at] == ',') {
			s->at++;
			*more = true;
			return !object || key_take(s);
		}
		if (!byte_take(s, object ? '}' : ']', "3.2.1: a comma or the closing bracket stands behind a value, without white space"))
			return false;
	}
	return s->at == s->text.n || refuse(s, s->at, "3.2.1: nothing stands behind the document");
}

enum err canonical_check(slice text, struct fault *f)
{
	struct scan s; /* frames are written before they are read */
	bool more = true;

	s.text = text;
	s.at = 0;
	s.depth = 0;
	s.fault = f;
	s.failed = OK;
	while (more)
		if (!value_take(&s, &more) || (!more && !value_end(&s, &more))) return s.failed;
	return OK;
}

/* ---- the walk ---- */

static enum canonical_kind kind_of(uint8_t c)
{
	switch (c) {
	case '"': return CANONICAL_STRING;
	case '{': return CANONICAL_OBJECT;
	case '[': return CANONICAL_ARRAY;
	case 'n': return CANONICAL_NULL;
	case 't':
	case 'f': return CANONICAL_BOOL;
	default: return CANONICAL_NUMBER;
	}
}

/* Bytes of the string at the start of s with its quotes; 0 when it does not end. */
static size_t string_bytes(slice s)
{
	for (size_t at = plain_end(s, 1); at < s.n; at = plain_end(s, at)) {
		if (s.p[at] == '"') return at + 1;
		at += s.p[at] == '\\' ? 2 : 1;
		if (at > s.n) break;
	}
	return 0;
}

static size_t value_bytes(slice s, enum canonical_kind kind)
{
	struct json_scan scan = {0};
	bool ended;

	if (kind == CANONICAL_STRING) return string_bytes(s);
	json_scan_begin(&scan, s.p[0]);
	size_t n = json_scan_value(&scan, s, &ended);
	return ended || kind < CANONICAL_STRING ? n : 0;
}

struct canonical_walk canonical_walk(slice raw)
{
	struct canonical_walk w = {.object = raw.n >= 2 && raw.p[0] == '{'};

	if (w.object || (raw.n >= 2 && raw.p[0] == '[')) w.rest = slice_sub(raw, 1, raw.n - 2);
	return w;
}

/* The key and its colon; false when there are none. */
static bool walk_key(struct canonical_walk *w)
{
	size_t n = w->rest.p[0] == '"' ? string_bytes(w->rest) : 0;

	if (n == 0 || n + 1 >= w->rest.n) return false;
	w->key = slice_sub(w->rest, 1, n - 2);
	w->rest = slice_sub(w->rest, n + 1, SIZE_MAX);
	return true;
}

bool canonical_next(struct canonical_walk *w)
{
	if (w->rest.n == 0) return false;
	if (w->object && !walk_key(w)) {
		w->rest.n = 0;
		return false;
	}
	enum canonical_kind kind = kind_of(w->rest.p[0]);
	size_t n = value_bytes(w->rest, kind);
	w->value = (struct canonical_value){kind, slice_sub(w->rest, 0, n)};
	w->rest = slice_sub(w->rest, n + (n != 0), n != 0 ? SIZE_MAX : 0);
	return n != 0;
}

struct canonical_value canonical_root(slice text)
{
	return (struct canonical_value){text.n != 0 ? kind_of(text.p[0]) : CANONICAL_NULL, text};
}

bool canonical_member(slice raw, const char *key, struct canonical_value *out)
{
	struct canonical_walk w = canonical_walk(raw);
	slice wanted = slice_from(key);

	while (w.object && canonical_next(&w))
		if (slice_equal(w.key, wanted)) {
			*out = w.value;
			return true;
		}
	return false;
}

bool canonical_get_bool(struct canonical_value v, bool *out)
{
	if (v.kind != CANONICAL_BOOL) return false;
	*out = v.raw.p[0] == 't';
	return true;
}

bool canonical_get_count(struct canonical_value v, uint64_t *out)
{
	uint64_t value = 0;

	if (v.kind != CANONICAL_NUMBER || v.raw.n == 0 || v.raw.n > 16) return false; /* 2^53 has 16 digits */
	for (size_t i = 0; i < v.raw.n; i++) {
		if (v.raw.p[i] < '0' || v.raw.p[i] > '9') return false;
		value = value * 10 + (uint64_t)(v.raw.p[i] - '0');
	}
	if (value > CANONICAL_INTEGER_MAX) return false;
	*out = value;
	return true;
}

static bool text_of(struct canonical_value v, slice *out)
{
	if (v.kind != CANONICAL_STRING || v.raw.n < 2) return false;
	*out = slice_sub(v.raw, 1, v.raw.n - 2);
	return true;
}

bool canonical_get_plain(struct canonical_value v, slice *out)
{
	slice text;

	if (!text_of(v, &text) || slice_find_byte(text, '\\') != text.n) return false;
	*out = text;
	return true;
}

bool canonical_get_text(struct canonical_value v, struct arena *a, slice *out)
{
	slice text;

	if (!text_of(v, &text)) return false;
	*out = text_unescape_json(a, text);
	return true;
}

/* ---- the writer ---- */

struct canonical_writer canonical_open(struct buf *b)
{
	buf_add_byte(b, '{');
	return (struct canonical_writer){.b = b};
}

void canonical_put_key(struct canonical_writer *w, const char *key)
{
	assert(strpbrk(key, "\"\\") == NULL); /* then a key's own bytes are what is compared */
	assert(w->key == NULL || key_before(slice_from(w->key), slice_from(key)));
	if (w->key != NULL) buf_add_byte(w->b, ',');
	json_put_text(w->b, slice_from(key));
	buf_add_byte(w->b, ':');
	w->key = key;
}

void canonical_put_text(struct canonical_writer *w, const char *key, slice text)
{
	canonical_put_key(w, key);
	json_put_text(w->b, text);
}

void canonical_put_count(struct canonical_writer *w, const char *key, uint64_t count)
{
	assert(count <= CANONICAL_INTEGER_MAX);
	canonical_put_key(w, key);
	buf_printf(w->b, "%llu", (unsigned long long)count);
}

void canonical_put_bool(struct canonical_writer *w, const char *key, bool v)
{
	canonical_put_key(w, key);
	buf_add_text(w->b, v ? "true" : "false");
}

void canonical_put_null(struct canonical_writer *w, const char *key)
{
	canonical_put_key(w, key);
	buf_add_text(w->b, "null");
}

void canonical_put_raw(struct canonical_writer *w, const char *key, slice raw)
{
	canonical_put_key(w, key);
	buf_add(w->b, raw);
}

void canonical_close(struct canonical_writer *w)
{
	buf_add_byte(w->b, '}');
}
