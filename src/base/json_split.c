/* Split a big JSON document into the elements of one array, fed in pieces of any size.
 * A small machine stands on the top level; whatever lies inside a value is left to json_scan.
 * Invariants:
 *  1. `offset` and `scan.line` are those of the next byte that is not yet consumed.
 *  2. between two feeds, `held` has the begun element's bytes so far; an element that lies in one piece is never copied.
 *  3. `rest` is the top-level object as it was written, without the member whose elements are given out.
 * The line of invariant 1 is kept by the scan. */
#include "json.h"

#include <stdlib.h>

#include "json_scan_int.h"

enum state {
	START,
	KEY_OR_END,
	KEY,
	IN_KEY,
	COLON,
	VALUE,
	IN_VALUE,
	BEHIND_VALUE,
	ELEMENT_OR_END,
	ELEMENT,
	IN_ELEMENT,
	BEHIND_ELEMENT,
	DONE,
	STATES,
};

struct json_split {
	slice array_key;
	json_element *element;
	void *context;
	struct buf held, rest;
	slice in;  /* the piece being fed */
	size_t at; /* the next byte of it */
	uint64_t offset;
	struct json_scan scan;
	uint64_t start_offset, start_line; /* of the value being scanned, at first of the document */
	size_t member_start, key_start;    /* in rest */
	enum state state;
	enum err failed;
	bool many; /* documents may follow each other */
	bool top_array, key_matches, array_found, first_member, comma_drop;
};

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
	return take(s, json_scan_value(&s->scan, slice_sub(s->in, s->at, SIZE_MAX), ended));
}

static enum err wrong(struct json_split *s, struct fault *f, const char *why)
{
	return fault_set(f, ERR_SYNTAX, s->scan.line, s->offset, "RFC 8259: %s", why);
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
	json_scan_begin(&s->scan, s->in.p[s->at]);
	s->start_offset = s->offset;
	s->start_line = s->scan.line;
	s->state = state;
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
	s->start_line = s->scan.line;
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
		json_scan_begin(&s->scan, c);
		s->key_start = s->rest.n;
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
	if (!json_can_begin(c)) return wrong(s, f, "a value is expected");
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
	if (!json_can_begin(c)) return wrong(s, f, "a value is expected");
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
	s->scan.line = 1;
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
		if (step->blanks && json_is_blank(c)) {
			s->scan.line += c == '\n';
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
