/* A stack of entered containers and a small machine between them; whatever is not entered is scanned for brackets and strings only.
 * Invariants:
 *  1. `offset` is that of the next byte that is not yet consumed.
 *  2. `held` has the begun value's earlier pieces; a value that lies whole in one piece is never copied.
 *  3. of every entered object `rest` is "{" and its members that no row of the table names, joined by commas. */
#include "json_stream.h"

#include <stdlib.h>

enum kind { CONTAINER, STRING, ATOM };
enum state { VALUE, KEY_OR_END, KEY, IN_KEY, COLON, IN_VALUE, BEHIND, ELEMENT_OR_END, STATES };
enum target { PASS_OVER, TO_REST, GIVE_WHOLE };

struct frame {
	uint8_t place;
	bool array;
	struct buf rest;
	uint64_t offset;
};
struct json_stream {
	const struct json_stream_table *table;
	const struct json_stream_sink *sink;
	struct frame frames[JSON_STREAM_DEPTH_MAX];
	size_t frames_n;
	slice in; /* the piece being fed */
	size_t at;
	uint64_t offset, value_offset;
	uint64_t depth; /* of the value being scanned */
	struct buf key, held;
	enum state state;
	enum kind kind;
	enum target target;
	uint8_t place; /* of the value that comes next */
	bool in_string, escaped;
	enum err failed;
};

/* ---- scanning values ---- */

enum { PLAIN, QUOTE, BACKSLASH, OPEN, CLOSE };
static const uint8_t classes[256] = {['"'] = QUOTE, ['\\'] = BACKSLASH, ['{'] = OPEN, ['['] = OPEN, ['}'] = CLOSE, [']'] = CLOSE};

/* The part of a string up to its closing quote, which is taken. */
static size_t string_scan(struct json_stream *s, slice bytes)
{
	size_t at = 0;
	while (at < bytes.n && s->in_string) {
		if (s->escaped) {
			s->escaped = false;
			at++;
			continue;
		}
		while (at < bytes.n && bytes.p[at] != '"' && bytes.p[at] != '\\') at++;
		if (at == bytes.n) break;
		if (bytes.p[at] == '"') s->in_string = false;
		else s->escaped = true;
		at++;
	}
	return at;
}

/* How many bytes belong to the value; *ended when the last of them ends it. */
static size_t container_scan(struct json_stream *s, slice bytes, bool *ended)
{
	size_t at = 0;
	while (at < bytes.n) {
		if (s->in_string) at += string_scan(s, slice_sub(bytes, at, SIZE_MAX));
		while (at < bytes.n && classes[bytes.p[at]] == PLAIN) at++;
		if (at == bytes.n) break;
		uint8_t class = classes[bytes.p[at++]];
		if (class == QUOTE) s->in_string = true;
		if (class == OPEN) s->depth++;
		if (class == CLOSE && --s->depth == 0) {
			*ended = true;
			return at;
		}
	}
	return at;
}

static size_t text_scan(struct json_stream *s, slice bytes, bool *ended)
{
	size_t at = string_scan(s, bytes);
	*ended = !s->in_string;
	return at;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Numbers and words end before what cannot belong to them. */
static size_t atom_scan(struct json_stream *s, slice bytes, bool *ended)
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

/* ---- the machine ---- */

static enum err wrong(const struct json_stream *s, struct fault *f, const char *why)
{
	return fault_set(f, ERR_SYNTAX, 0, s->offset, "RFC 8259: %s", why);
}

static slice take(struct json_stream *s, size_t n)
{
	slice taken = slice_sub(s->in, s->at, n);
	s->at += n;
	s->offset += n;
	return taken;
}

static void scan_begin(struct json_stream *s, enum target target)
{
	uint8_t c = s->in.p[s->at];
	s->kind = c == '{' || c == '[' ? CONTAINER : c == '"' ? STRING : ATOM;
	s->target = target;
	s->depth = 0;
	s->in_string = s->escaped = false;
	s->value_offset = s->offset;
	s->state = IN_VALUE;
	if (s->kind != STRING) return;
	slice quote = take(s, 1);
	s->in_string = true;
	if (target == TO_REST) buf_add(&s->frames[s->frames_n - 1].rest, quote);
}

static slice value_take(struct json_stream *s, bool *ended)
{
	static size_t (*const scans[])(struct json_stream *, slice, bool *) = {
		[CONTAINER] = container_scan, [STRING] = text_scan, [ATOM] = atom_scan};
	*ended = false;
	return take(s, scans[s->kind](s, slice_sub(s->in, s->at, SIZE_MAX), ended));
}

static enum err enter(struct json_stream *s, bool array, struct fault *f)
{
	if (s->frames_n == JSON_STREAM_DEPTH_MAX)
		return fault_set(
			f, ERR_LIMIT, 0, s->offset, "containers lie deeper than JSON_STREAM_DEPTH_MAX = %u", JSON_STREAM_DEPTH_MAX);
	struct frame *frame = &s->frames[s->frames_n++];
	frame->place = s->place;
	frame->array = array;
	frame->offset = s->offset;
	buf_clear(&frame->rest);
	frame->rest.max = JSON_STREAM_REST_BYTES_MAX;
	buf_add_byte(&frame->rest, '{');
	take(s, 1);
	s->state = array ? ELEMENT_OR_END : KEY_OR_END;
	return array || s->sink->enter == NULL ? OK : s->sink->enter(s->sink->context, s->place);
}

static enum err leave(struct json_stream *s)
{
	struct frame *frame = &s->frames[--s->frames_n];
	take(s, 1);
	s->state = s->frames_n == 0 ? VALUE : BEHIND;
	s->place = 0;
	if (frame->array) return OK;
	buf_add_byte(&frame->rest, '}');
	slice rest = {0};
	if (!frame->rest.failed) rest = buf_slice(&frame->rest);
	return s->sink->leave(s->sink->context, frame->place, rest, frame->offset);
}

static enum err at_value(struct json_stream *s, uint8_t c, struct fault *f)
{
	static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
	if (s->frames_n == 0 && s->offset < 3 && c == mark[s->offset]) {
		take(s, 1);
		return OK;
	}
	if (s->frames_n == 0 && c != '{' && c != '[') return wrong(s, f, "an object or array is expected");
	if (c == ',' || c == ':' || c == '}' || c == ']') return wrong(s, f, "a value is expected");
	if (c == '[') return enter(s, true, f);
	if (c == '{' && (s->table->whole >> s->place & 1) == 0) return enter(s, false, f);
	scan_begin(s, c == '{' ? GIVE_WHOLE : PASS_OVER);
	return OK;
}

static enum err at_key(struct json_stream *s, uint8_t c, struct fault *f)
{
	if (c == '}' && s->state == KEY_OR_END) return leave(s);
	if (c != '"') return wrong(s, f, "a key in double quotes is expected");
	take(s, 1);
	buf_clear(&s->key);
	s->key.max = JSON_STREAM_REST_BYTES_MAX;
	s->in_string = true;
	s->escaped = false;
	s->state = IN_KEY;
	return OK;
}

static enum err in_key(struct json_stream *s, uint8_t c, struct fault *f)
{
	(void)c;
	buf_add(&s->key, take(s, string_scan(s, slice_sub(s->in, s->at, SIZE_MAX))));
	if (s->key.failed)
		return fault_set(f, ERR_LIMIT, 0, s->offset, "a JSON key is longer than JSON_STREAM_REST_BYTES_MAX, %u bytes",
			JSON_STREAM_REST_BYTES_MAX);
	if (!s->in_string) s->state = COLON;
	return OK;
}

static const struct json_stream_member *row_of(const struct json_stream *s, uint8_t place)
{
	slice key = slice_sub(buf_slice(&s->key), 0, s->key.n - 1);
	for (size_t i = 0; i < s->table->members_n; i++)
		if (s->table->members[i].place == place && slice_equal(key, slice_from(s->table->members[i].key)))
			return &s->table->members[i];
	return NULL;
}

static enum err at_colon(struct json_stream *s, uint8_t c, struct fault *f)
{
	if (c != ':') return wrong(s, f, "a colon is expected");
	take(s, 1);
	s->state = VALUE;
	return OK;
}

/* The value of a member: where it goes is known from its key. */
static enum err at_member(struct json_stream *s, uint8_t c, struct fault *f)
{
	struct frame *frame = &s->frames[s->frames_n - 1];
	const struct json_stream_member *row = row_of(s, frame->place);
	if (row != NULL && row->to != JSON_STREAM_SKIP) {
		s->place = row->to;
		return at_value(s, c, f);
	}
	if (c == ',' || c == ':' || c == '}' || c == ']') return wrong(s, f, "a value is expected");
	if (row == NULL) {
		if (frame->rest.n > 1) buf_add_byte(&frame->rest, ',');
		buf_add_byte(&frame->rest, '"');
		buf_add(&frame->rest, buf_slice(&s->key));
		buf_add_byte(&frame->rest, ':');
	}
	scan_begin(s, row == NULL ? TO_REST : PASS_OVER);
	return OK;
}

static enum err any_value(struct json_stream *s, uint8_t c, struct fault *f)
{
	if (s->frames_n == 0 || s->frames[s->frames_n - 1].array) return at_value(s, c, f);
	return at_member(s, c, f);
}

static enum err give_whole(struct json_stream *s, slice piece, bool ended)
{
	if (!ended || s->held.n > 0) {
		s->held.max = JSON_STREAM_VALUE_BYTES_MAX;
		buf_add(&s->held, piece);
		piece = buf_slice(&s->held);
	}
	if (!ended) return OK;
	if (s->held.failed || piece.n > JSON_STREAM_VALUE_BYTES_MAX) piece = (slice){0};
	enum err e = s->sink->whole(s->sink->context, s->place, piece, s->value_offset);
	buf_clear(&s->held);
	return e;
}

static enum err in_value(struct json_stream *s, uint8_t c, struct fault *f)
{
	bool ended;
	(void)c, (void)f;
	slice piece = value_take(s, &ended);
	if (ended) s->state = BEHIND;
	if (s->target == TO_REST) buf_add(&s->frames[s->frames_n - 1].rest, piece);
	return s->target == GIVE_WHOLE ? give_whole(s, piece, ended) : OK;
}

static enum err behind(struct json_stream *s, uint8_t c, struct fault *f)
{
	struct frame *frame = &s->frames[s->frames_n - 1];
	if (c == (frame->array ? ']' : '}')) return leave(s);
	if (c != ',') return wrong(s, f, "a comma or a closing bracket is expected");
	take(s, 1);
	s->place = frame->place;
	s->state = frame->array ? VALUE : KEY;
	return OK;
}

static enum err element_or_end(struct json_stream *s, uint8_t c, struct fault *f)
{
	if (c == ']') return leave(s);
	s->place = s->frames[s->frames_n - 1].place;
	return at_value(s, c, f);
}

static const struct {
	enum err (*take)(struct json_stream *s, uint8_t c, struct fault *f);
	bool blanks;
} steps[STATES] = {
	[VALUE] = {any_value, true},
	[KEY_OR_END] = {at_key, true},
	[KEY] = {at_key, true},
	[IN_KEY] = {in_key, false},
	[COLON] = {at_colon, true},
	[IN_VALUE] = {in_value, false},
	[BEHIND] = {behind, true},
	[ELEMENT_OR_END] = {element_or_end, true},
};

struct json_stream *json_stream_new(const struct json_stream_table *table, const struct json_stream_sink *sink)
{
	struct json_stream *s = mem_alloc(sizeof *s);
	s->table = table;
	s->sink = sink;
	return s;
}

void json_stream_free(struct json_stream *s)
{
	if (s == NULL) return;
	for (size_t i = 0; i < JSON_STREAM_DEPTH_MAX; i++) buf_free(&s->frames[i].rest);
	buf_free(&s->key);
	buf_free(&s->held);
	free(s);
}

enum err json_stream_feed(struct json_stream *s, slice bytes, struct fault *f)
{
	if (s->failed != OK) return s->failed;
	s->in = bytes;
	s->at = 0;
	while (s->at < s->in.n && s->failed == OK) {
		uint8_t c = s->in.p[s->at];
		if (steps[s->state].blanks && is_blank(c)) take(s, 1);
		else s->failed = steps[s->state].take(s, c, f);
	}
	s->in = (slice){0};
	return s->failed;
}

enum err json_stream_end(struct json_stream *s, struct fault *f)
{
	if (s->failed != OK) return s->failed;
	if (s->frames_n > 0 || s->state != VALUE) return s->failed = wrong(s, f, "the document ends early");
	return OK;
}
