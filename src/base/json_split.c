/* Split a big JSON document into the elements of one array, fed in pieces of any size.
 * A small machine stands on the top level; whatever lies inside a value is scanned 64 bytes at a time by bit masks.
 * Invariants:
 *  1. `offset` and `line` are those of the next byte that is not yet consumed.
 *  2. between two feeds, `held` has the begun element's bytes so far; an element that lies in one piece is never copied.
 *  3. `rest` is the top-level object as it was written, without the member whose elements are given out.
 *  4. quotes and backslashes are tracked across pieces by `in_string` and `escaped`, both false outside of values. */
#include "json.h"

#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BLOCK 64u

enum kind { CONTAINER, STRING, ATOM };
enum state {
	START, KEY_OR_END, KEY, IN_KEY, COLON, VALUE, IN_VALUE, BEHIND_VALUE,
	ELEMENT_OR_END, ELEMENT, IN_ELEMENT, BEHIND_ELEMENT, DONE, STATES,
};

struct json_split {
	slice array_key;
	json_element *element;
	void *context;
	struct buf held, rest;
	slice in;    /* the piece being fed */
	size_t at;   /* the next byte of it */
	uint64_t offset, line;
	uint64_t start_offset, start_line; /* of the value being scanned, at first of the document */
	size_t member_start, key_start;    /* in rest */
	uint64_t depth;
	enum state state;
	enum kind kind;
	enum err failed;
	bool many;   /* documents may follow each other */
	bool in_string, escaped, top_array, key_matches, array_found, first_member, comma_drop;
};

struct masks { uint64_t quote, backslash, open, close, newline; };

#if defined(__SSE2__)
static struct masks masks_of(const uint8_t *p)
{
	struct masks m = {0};
	const __m128i low = _mm_set1_epi8(0x20);

	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		__m128i folded = _mm_or_si128(v, low); /* '[' becomes '{', ']' becomes '}' */
#define MASK(x, c) ((uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8((x), _mm_set1_epi8(c))) << (16 * i))
		m.quote |= MASK(v, '"');
		m.backslash |= MASK(v, '\\');
		m.newline |= MASK(v, '\n');
		m.open |= MASK(folded, '{');
		m.close |= MASK(folded, '}');
#undef MASK
	}
	return m;
}
#else
static struct masks masks_of(const uint8_t *p)
{
	struct masks m = {0};

	for (unsigned i = 0; i < BLOCK; i++) {
		uint8_t c = p[i], folded = c | 0x20;
		m.quote |= (uint64_t)(c == '"') << i;
		m.backslash |= (uint64_t)(c == '\\') << i;
		m.newline |= (uint64_t)(c == '\n') << i;
		m.open |= (uint64_t)(folded == '{') << i;
		m.close |= (uint64_t)(folded == '}') << i;
	}
	return m;
}
#endif

/* Bytes that a backslash escapes; `carry`: the first byte is one, and whether the byte behind the block is one.
 * A run of backslashes that starts on an odd place is turned into one on an even place by an addition (as simdjson does). */
static uint64_t escaped_bits(uint64_t backslash, uint64_t *carry)
{
	const uint64_t even = UINT64_C(0x5555555555555555);
	uint64_t runs;

	backslash &= ~*carry;
	uint64_t follows = backslash << 1 | *carry;
	uint64_t odd_starts = backslash & ~even & ~follows;
	*carry = __builtin_add_overflow(odd_starts, backslash, &runs);
	return (even ^ runs << 1) & follows;
}

static uint64_t prefix_xor(uint64_t x)
{
	for (unsigned shift = 1; shift < 64; shift *= 2) x ^= x << shift;
	return x;
}

/* Scan a block of n <= 64 bytes (readable up to 64, zero behind n). Returns how many belong to the container;
 * *ended when its closing bracket is the last of them. */
static size_t block_scan(struct json_split *s, const uint8_t *block, size_t n, bool *ended)
{
	struct masks m = masks_of(block);
	uint64_t carry = s->escaped, escaped = carry;

	if (m.backslash != 0) escaped = escaped_bits(m.backslash, &carry);
	else carry = 0;
	uint64_t inside = prefix_xor(m.quote & ~escaped) ^ (s->in_string ? UINT64_MAX : 0);
	uint64_t open = m.open & ~inside, close = m.close & ~inside;
	unsigned closes = (unsigned)__builtin_popcountll(close);
	if (s->depth <= closes) {
		for (uint64_t both = open | close; both != 0; both &= both - 1) {
			uint64_t bit = both & -both;
			if ((open & bit) != 0) s->depth++;
			else s->depth--;
			if (s->depth != 0) continue;
			uint64_t until = bit | (bit - 1);
			s->line += (unsigned)__builtin_popcountll(m.newline & until);
			s->in_string = s->escaped = false;
			*ended = true;
			return (size_t)__builtin_ctzll(bit) + 1;
		}
	} else {
		s->depth += (unsigned)__builtin_popcountll(open);
		s->depth -= closes;
	}
	s->line += (unsigned)__builtin_popcountll(m.newline);
	s->in_string = inside >> 63 != 0;
	s->escaped = (n < BLOCK ? escaped >> n & 1 : carry) != 0;
	return n;
}

static size_t container_scan(struct json_split *s, slice bytes, bool *ended)
{
	size_t at = 0;
	uint8_t last[BLOCK] = {0};

	while (bytes.n - at >= BLOCK) {
		at += block_scan(s, bytes.p + at, BLOCK, ended);
		if (*ended) return at;
	}
	if (at == bytes.n) return at;
	memcpy(last, bytes.p + at, bytes.n - at);
	return at + block_scan(s, last, bytes.n - at, ended);
}

/* From the opening quote on. */
static size_t string_scan(struct json_split *s, slice bytes, bool *ended)
{
	for (size_t at = 0; at < bytes.n; at++) {
		uint8_t c = bytes.p[at];
		s->line += c == '\n';
		if (s->escaped) {
			s->escaped = false;
		} else if (c == '\\') {
			s->escaped = true;
		} else if (c == '"') {
			s->in_string = !s->in_string;
			if (s->in_string) continue;
			*ended = true;
			return at + 1;
		}
	}
	return bytes.n;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Numbers and words end before what cannot belong to them. */
static size_t atom_scan(struct json_split *s, slice bytes, bool *ended)
{
	(void)s;
	for (size_t at = 0; at < bytes.n; at++) {
		uint8_t c = bytes.p[at];
		if (c != ',' && c != ']' && c != '}' && !is_blank(c)) continue;
		*ended = true;
		return at;
	}
	return bytes.n;
}

/* Take n bytes whose newlines are already counted. */
static slice take(struct json_split *s, size_t n)
{
	slice taken = slice_sub(s->in, s->at, n);

	s->at += n;
	s->offset += n;
	return taken;
}

/* The part of the value being scanned that stands in this piece. */
static slice value_take(struct json_split *s, bool *ended)
{
	static size_t (*const SCANS[])(struct json_split *, slice, bool *) = {
		[CONTAINER] = container_scan, [STRING] = string_scan, [ATOM] = atom_scan};

	*ended = false;
	return take(s, SCANS[s->kind](s, slice_sub(s->in, s->at, SIZE_MAX), ended));
}

static enum err wrong(struct json_split *s, struct fault *f, const char *why)
{
	return fault_set(f, ERR_SYNTAX, s->line, s->offset, "RFC 8259: %s", why);
}

static enum err too_long(struct json_split *s, struct fault *f, const char *name, unsigned max)
{
	return fault_set(f, ERR_LIMIT, s->start_line, s->start_offset, "a JSON element is longer than %s, %u bytes", name, max);
}

static enum err rest_check(struct json_split *s, struct fault *f)
{
	if (!s->rest.failed && s->rest.n <= s->rest.max) return OK;
	if (s->array_found) return too_long(s, f, "JSON_SPLIT_REST_MAX", JSON_SPLIT_REST_MAX);
	return too_long(s, f, "JSON_ELEMENT_BYTES_MAX", JSON_ELEMENT_BYTES_MAX);
}

/* Take the next byte of the top-level object, and keep it in rest. */
static void rest_take(struct json_split *s)
{
	buf_add(&s->rest, take(s, 1));
}

static void value_begin(struct json_split *s, enum state state)
{
	uint8_t c = s->in.p[s->at];

	s->kind = c == '{' || c == '[' ? CONTAINER : c == '"' ? STRING : ATOM;
	s->depth = 0;
	s->in_string = s->escaped = false;
	s->start_offset = s->offset;
	s->start_line = s->line;
	s->state = state;
}

static bool can_begin(uint8_t c)
{
	return c != ',' && c != ':' && c != '}' && c != ']';
}

static enum err at_start(struct json_split *s, uint8_t c, struct fault *f)
{
	static const uint8_t MARK[3] = {0xEF, 0xBB, 0xBF}; /* the UTF-8 signature of Windows' tools */

	if (s->offset < 3 && c == MARK[s->offset]) {
		take(s, 1);
		return OK;
	}
	if (c != '{' && c != '[') return wrong(s, f, "an object or array is expected");
	s->start_offset = s->offset;
	s->start_line = s->line;
	s->top_array = c == '[';
	s->state = s->top_array ? ELEMENT_OR_END : KEY_OR_END;
	if (s->top_array) take(s, 1);
	else rest_take(s);
	s->member_start = s->rest.n;
	return OK;
}

static enum err at_key(struct json_split *s, uint8_t c, struct fault *f)
{
	if (c == '}' && s->state == KEY_OR_END) {
		s->state = DONE;
	} else if (c == '"') {
		s->state = IN_KEY;
		s->in_string = s->escaped = false;
		s->key_start = s->rest.n;
		s->kind = STRING;
		return OK;
	} else {
		return wrong(s, f, "a key in double quotes is expected");
	}
	rest_take(s);
	return OK;
}

static enum err in_key(struct json_split *s, uint8_t c, struct fault *f)
{
	bool ended;

	(void)c;
	buf_add(&s->rest, value_take(s, &ended));
	if (ended) s->state = COLON;
	return rest_check(s, f);
}

static enum err at_colon(struct json_split *s, uint8_t c, struct fault *f)
{
	if (c != ':') return wrong(s, f, "a colon is expected");
	/* the key in its quotes; blanks may stand behind it */
	slice key = slice_trim(slice_sub(buf_slice(&s->rest), s->key_start, SIZE_MAX));
	s->key_matches = key.n >= 2 && s->array_key.p != NULL && slice_equal(slice_sub(key, 1, key.n - 2), s->array_key);
	rest_take(s);
	s->state = VALUE;
	return OK;
}

static enum err at_value(struct json_split *s, uint8_t c, struct fault *f)
{
	if (!can_begin(c)) return wrong(s, f, "a value is expected");
	if (!s->key_matches || c != '[') {
		uint64_t offset = s->start_offset, line = s->start_line;
		value_begin(s, IN_VALUE);
		s->start_offset = offset; /* the document's: it may turn out to be the one element */
		s->start_line = line;
		return OK;
	}
	s->array_found = true;
	s->comma_drop = s->first_member;
	s->rest.n = s->member_start;
	s->rest.max = JSON_SPLIT_REST_MAX;
	take(s, 1);
	s->state = ELEMENT_OR_END;
	return rest_check(s, f);
}

static enum err in_value(struct json_split *s, uint8_t c, struct fault *f)
{
	bool ended;

	(void)c;
	buf_add(&s->rest, value_take(s, &ended));
	if (ended) {
		s->state = BEHIND_VALUE;
		s->first_member = false;
	}
	return rest_check(s, f);
}

static enum err behind_value(struct json_split *s, uint8_t c, struct fault *f)
{
	if (c != ',' && c != '}') return wrong(s, f, "a comma or } is expected");
	s->state = c == ',' ? KEY : DONE;
	if (c == ',') s->member_start = s->rest.n;
	if (c == ',' && s->comma_drop) take(s, 1);
	else rest_take(s);
	s->comma_drop = false;
	return rest_check(s, f);
}

static enum err array_end(struct json_split *s)
{
	take(s, 1);
	s->state = s->top_array ? DONE : BEHIND_VALUE;
	return OK;
}

static enum err at_element(struct json_split *s, uint8_t c, struct fault *f)
{
	if (c == ']' && s->state == ELEMENT_OR_END) return array_end(s);
	if (!can_begin(c)) return wrong(s, f, "a value is expected");
	value_begin(s, IN_ELEMENT);
	return OK;
}

static enum err in_element(struct json_split *s, uint8_t c, struct fault *f)
{
	bool ended;
	slice piece = value_take(s, &ended);

	(void)c;
	if (!ended || s->held.n != 0) {
		buf_add(&s->held, piece);
		if (s->held.failed) return too_long(s, f, "JSON_ELEMENT_BYTES_MAX", JSON_ELEMENT_BYTES_MAX);
		if (!ended) return OK;
		piece = buf_slice(&s->held);
	}
	if (piece.n > JSON_ELEMENT_BYTES_MAX) return too_long(s, f, "JSON_ELEMENT_BYTES_MAX", JSON_ELEMENT_BYTES_MAX);
	s->state = BEHIND_ELEMENT;
	enum err e = s->element(s->context, piece, s->start_offset, s->start_line);
	buf_clear(&s->held);
	return e;
}

static enum err behind_element(struct json_split *s, uint8_t c, struct fault *f)
{
	if (c == ']') return array_end(s);
	if (c != ',') return wrong(s, f, "a comma or ] is expected");
	take(s, 1);
	s->state = ELEMENT;
	return OK;
}

/* A document that is one object: it is the one element. */
static enum err whole_give(struct json_split *s)
{
	if (s->top_array || s->array_found) return OK;
	return s->element(s->context, buf_slice(&s->rest), s->start_offset, s->start_line);
}

static enum err at_done(struct json_split *s, uint8_t c, struct fault *f)
{
	enum err e = s->many ? rest_check(s, f) : OK;
	if (e == OK && s->many) e = whole_give(s);
	if (e != OK) return e;
	if (!s->many || (c != '{' && c != '[')) return wrong(s, f, "something stands behind the document");
	buf_clear(&s->rest);
	s->rest.max = JSON_ELEMENT_BYTES_MAX;
	s->array_found = s->key_matches = s->comma_drop = false;
	s->first_member = true;
	return at_start(s, c, f);
}

struct step {
	enum err (*take)(struct json_split *s, uint8_t c, struct fault *f);
	bool blanks; /* blanks may stand here */
	bool kept;   /* and belong to rest */
};

static const struct step STEPS[STATES] = {
	[START] = {at_start, true, false},
	[KEY_OR_END] = {at_key, true, true},
	[KEY] = {at_key, true, true},
	[IN_KEY] = {in_key, false, false},
	[COLON] = {at_colon, true, true},
	[VALUE] = {at_value, true, true},
	[IN_VALUE] = {in_value, false, false},
	[BEHIND_VALUE] = {behind_value, true, true},
	[ELEMENT_OR_END] = {at_element, true, false},
	[ELEMENT] = {at_element, true, false},
	[IN_ELEMENT] = {in_element, false, false},
	[BEHIND_ELEMENT] = {behind_element, true, false},
	[DONE] = {at_done, true, false},
};

struct json_split *json_split_new(const char *array_key, json_element *element, void *context)
{
	struct json_split *s = mem_alloc(sizeof *s);

	s->array_key = slice_from(array_key);
	s->element = element;
	s->context = context;
	s->held.max = s->rest.max = JSON_ELEMENT_BYTES_MAX;
	s->line = 1;
	s->first_member = true;
	return s;
}

void json_split_many(struct json_split *s)
{
	s->many = true;
}

void json_split_free(struct json_split *s)
{
	if (s == NULL) return;
	buf_free(&s->held);
	buf_free(&s->rest);
	free(s);
}

enum err json_split_feed(struct json_split *s, slice bytes, struct fault *f)
{
	if (s->failed != OK) return s->failed;
	s->in = bytes;
	s->at = 0;
	while (s->at < s->in.n) {
		const struct step *step = &STEPS[s->state];
		uint8_t c = s->in.p[s->at];
		if (step->blanks && is_blank(c)) {
			s->line += c == '\n';
			slice blank = take(s, 1);
			if (step->kept) buf_add(&s->rest, blank);
			continue;
		}
		s->failed = step->take(s, c, f);
		if (s->failed != OK) break;
	}
	s->in = (slice){NULL, 0};
	return s->failed;
}

enum err json_split_end(struct json_split *s, slice *rest, struct fault *f)
{
	if (s->failed != OK) return s->failed;
	if (s->state != DONE) return s->failed = wrong(s, f, "the document ends early");
	s->failed = rest_check(s, f);
	if (s->failed != OK) return s->failed;
	bool whole = !s->top_array && !s->array_found; /* a single object */
	slice text = buf_slice(&s->rest);
	s->failed = whole_give(s);
	if (s->failed == OK && rest != NULL) *rest = whole ? (slice){NULL, 0} : text;
	return s->failed;
}
