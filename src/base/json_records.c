/* A machine for the top of a document; whatever lies within a record is left to json_scan. Invariants:
 *  1. `offset` and `scan.line` are those of the next byte that is not yet consumed.
 *  2. `level` is 0 outside of objects, 1 in a top-level object, 2 in the object of an outer name (`hits` of `hits.hits`).
 *  3. a top-level object is a record unless its known names lead to an array of records: at the first name that is not known before
 *     such an array it is taken as a record (IN_PLAIN). So nothing that could be evidence is passed over as packing.
 *  4. in an object that is known to be a wrapper (`lenient`) what stands before the array waits in `held`, and is given when it comes. */
#include "json_records.h"

#include <stdlib.h>

#include "json_scan_int.h"
#include "limit.h"

#define KEY_BYTES_MAX 64u
#define HELD_MAX 64u /* members before the array; more are one record with the last */

enum state {
	TOP,
	ELEMENT_OR_END,
	ELEMENT,
	IN_ELEMENT,
	BEHIND_ELEMENT,
	KEY_OR_END,
	KEY,
	IN_KEY,
	COLON,
	VALUE,
	IN_VALUE,
	BEHIND_VALUE,
	IN_PLAIN,
	STATES,
};
enum { KEY_RECORDS = 1, KEY_OUTER = 2, KEY_PACKING = 4, KEY_WEAK = 8, KEY_TIME = 16 };

struct json_records {
	enum json_split_kind kind;
	slice in;
	size_t at;
	uint64_t offset, record_start, object_start, member_start, beside;
	struct json_scan scan;
	enum state state;
	enum err failed;
	unsigned level, array_level, key_flags;
	bool wrapper, keep_member;
	bool lenient; /* invariant 4 */
	/* of the object: objects, or else, are in its arrays of records; one of these has a telling name; it says a time */
	bool objects, others, strong, has_a_time;
	uint8_t key[KEY_BYTES_MAX];
	size_t key_n;
	const char *outer;
	struct json_record held[HELD_MAX];
	size_t held_n;
	struct json_record *found;
	size_t found_n, found_room;
};

/* Names whose array holds the records; `weak`: other objects have such a member too. Sources: AWS CloudTrail and S3 (`Records`,
 * `Events`), Azure Monitor (`records`), OData and Microsoft Graph (`value`), Microsoft Defender's advanced hunting (`Results`),
 * Elasticsearch's search (`hits.hits`), CloudWatch Logs (`events`, `logEvents`), MISP and Solr (`response`, `response.docs`), Splunk's
 * export (`results`). */
static const struct {
	const char *outer, *name;
	bool weak;
} WRAPPERS[] = {
	{NULL, "Records", false},
	{NULL, "records", true},
	{NULL, "value", true},
	{"hits", "hits", false},
	{NULL, "hits", true},
	{NULL, "events", true},
	{NULL, "Events", true},
	{NULL, "logEvents", false},
	{NULL, "response", true},
	{"response", "docs", false},
	{NULL, "results", true},
	{NULL, "Results", false},
};
/* Times of an object that is a record itself. */
static const char *const TIMES[] = {
	"timestamp", "@timestamp", "Timestamp", "time", "_time", "ts", "eventTime", "event_time", "CreationTime", "TimeGenerated"};
/* What the same formats put beside the array; it is about the answer, not about the world. */
static const char *const PACKING[] = {
	"Stats",
	"Schema",
	"took",
	"timed_out",
	"_shards",
	"_clusters",
	"num_reduce_phases",
	"total",
	"max_score",
	"_scroll_id",
	"pit_id",
	"@odata.context",
	"@odata.count",
	"@odata.nextLink",
	"@odata.deltaLink",
	"odata.metadata",
	"odata.nextLink",
	"NextToken",
	"nextToken",
	"nextForwardToken",
	"nextBackwardToken",
	"searchedLogStreams",
	"messageType",
	"owner",
	"logGroup",
	"logStream",
	"subscriptionFilters",
	"responseHeader",
	"numFound",
	"numFoundExact",
	"start",
	"maxScore",
	"preview",
	"init_offset",
	"fields",
	"messages",
	"highlighted",
	"count",
	"status",
	"success",
	"has_more",
	"hasMore",
	"offset",
	"limit",
	"page",
	"pages",
	"size",
	"version",
};

static unsigned key_flags(const struct json_records *r)
{
	slice key = slice_of(r->key, r->key_n);
	unsigned flags = 0;
	for (size_t i = 0; i < sizeof WRAPPERS / sizeof *WRAPPERS; i++) {
		const char *outer = WRAPPERS[i].outer;
		if (r->level == 1 && outer != NULL && slice_equal(key, slice_from(outer))) flags |= KEY_OUTER;
		bool here = r->level == 1 ? outer == NULL : outer != NULL && r->outer != NULL && strcmp(outer, r->outer) == 0;
		if (here && slice_equal(key, slice_from(WRAPPERS[i].name))) flags |= KEY_RECORDS | (WRAPPERS[i].weak ? KEY_WEAK : 0u);
	}
	for (size_t i = 0; r->level == 1 && i < sizeof TIMES / sizeof *TIMES; i++)
		if (slice_equal(key, slice_from(TIMES[i]))) flags |= KEY_TIME;
	for (size_t i = 0; i < sizeof PACKING / sizeof *PACKING; i++)
		if (slice_equal(key, slice_from(PACKING[i]))) flags |= KEY_PACKING;
	return flags;
}

static const char *outer_name(slice key)
{
	for (size_t i = 0; i < sizeof WRAPPERS / sizeof *WRAPPERS; i++)
		if (WRAPPERS[i].outer != NULL && slice_equal(key, slice_from(WRAPPERS[i].outer))) return WRAPPERS[i].outer;
	return NULL;
}

static enum err wrong(struct json_records *r, struct fault *f, const char *why)
{
	return fault_set(f, ERR_SYNTAX, r->scan.line, r->offset, "RFC 8259: %s", why);
}

static slice take(struct json_records *r, size_t n)
{
	slice taken = slice_sub(r->in, r->at, n);
	r->at += taken.n;
	r->offset += taken.n;
	return taken;
}

static slice value_take(struct json_records *r, bool *ended)
{
	return take(r, json_scan_value(&r->scan, slice_sub(r->in, r->at, SIZE_MAX), ended));
}

static void emit_span(struct json_records *r, struct json_record span)
{
	if (r->found_n == r->found_room) {
		r->found_room = r->found_room == 0 ? 256 : r->found_room * 2;
		r->found = mem_resize(r->found, r->found_room * sizeof *r->found);
	}
	r->found[r->found_n++] = span;
}

static void emit(struct json_records *r, uint64_t start)
{
	emit_span(r, (struct json_record){start, r->offset});
}

static void hold_member(struct json_records *r)
{
	if (r->held_n < HELD_MAX) r->held[r->held_n++].start = r->member_start;
	r->held[r->held_n - 1].end = r->offset;
}

static void emit_held(struct json_records *r)
{
	for (size_t i = 0; i < r->held_n; i++) emit_span(r, r->held[i]);
	r->beside += r->held_n;
	r->held_n = 0;
}

static enum err at_top(struct json_records *r, uint8_t c, struct fault *f)
{
	if (c != '{' && c != '[') return wrong(r, f, "an object or array is expected");
	r->object_start = r->offset;
	r->wrapper = r->objects = r->others = r->strong = r->has_a_time = false;
	r->level = c == '{';
	r->array_level = 0;
	r->state = c == '{' ? KEY_OR_END : ELEMENT_OR_END;
	take(r, 1);
	return OK;
}

/* ---- arrays of records ---- */

static enum err array_end(struct json_records *r)
{
	take(r, 1);
	r->state = r->array_level == 0 ? TOP : BEHIND_VALUE;
	return OK;
}

static enum err at_element(struct json_records *r, uint8_t c, struct fault *f)
{
	if (c == ']' && r->state == ELEMENT_OR_END) return array_end(r);
	if (!json_can_begin(c)) return wrong(r, f, "a value is expected");
	json_scan_begin(&r->scan, c);
	r->objects |= c == '{';
	r->others |= c != '{';
	r->record_start = r->offset;
	r->state = IN_ELEMENT;
	return OK;
}

static enum err in_element(struct json_records *r, uint8_t c, struct fault *f)
{
	bool ended;
	(void)c;
	(void)f;
	(void)value_take(r, &ended);
	if (!ended) return OK;
	emit(r, r->record_start);
	r->state = BEHIND_ELEMENT;
	return OK;
}

static enum err behind_element(struct json_records *r, uint8_t c, struct fault *f)
{
	if (c == ']') return array_end(r);
	if (c != ',') return wrong(r, f, "a comma or ] is expected");
	take(r, 1);
	r->state = ELEMENT;
	return OK;
}

/* ---- objects ---- */

static enum err object_end(struct json_records *r)
{
	take(r, 1);
	r->state = r->level == 2 ? BEHIND_VALUE : TOP;
	r->level--;
	if (r->level > 0) return OK;
	if (!r->wrapper) emit(r, r->object_start);
	r->lenient = false; /* it was the first object's */
	r->held_n = 0;
	return OK;
}

static enum err at_key(struct json_records *r, uint8_t c, struct fault *f)
{
	if (c == '}' && r->state == KEY_OR_END) return object_end(r);
	if (c != '"') return wrong(r, f, "a key in double quotes is expected");
	json_scan_begin(&r->scan, c);
	r->member_start = r->offset;
	r->key_n = 0;
	r->state = IN_KEY;
	return OK;
}

/* The key with its quotes; a longer one than any that is known is cut. */
static enum err in_key(struct json_records *r, uint8_t c, struct fault *f)
{
	bool ended;
	(void)c;
	(void)f;
	slice piece = slice_sub(value_take(r, &ended), 0, sizeof r->key - r->key_n);
	if (piece.n > 0) memcpy(r->key + r->key_n, piece.p, piece.n);
	r->key_n += piece.n;
	if (ended) r->state = COLON;
	return OK;
}

static enum err at_colon(struct json_records *r, uint8_t c, struct fault *f)
{
	if (c != ':') return wrong(r, f, "a colon is expected");
	take(r, 1);
	slice key = slice_sub(slice_of(r->key, r->key_n), 1, r->key_n - 2);
	memmove(r->key, key.p, key.n);
	r->key_n = key.n;
	r->key_flags = key_flags(r);
	r->state = VALUE;
	return OK;
}

static void array_begin(struct json_records *r)
{
	emit_held(r);
	r->wrapper = true;
	r->strong |= (r->key_flags & KEY_WEAK) == 0;
	r->array_level = r->level;
	r->state = ELEMENT_OR_END;
	take(r, 1);
}

/* A member beside the array of records. */
static void member_begin(struct json_records *r, uint8_t c)
{
	r->keep_member = (r->wrapper || r->lenient) && (r->key_flags & KEY_PACKING) == 0;
	r->has_a_time |= (r->key_flags & KEY_TIME) != 0 && c != '{' && c != '[';
	json_scan_begin(&r->scan, c);
	r->state = IN_VALUE;
}

static enum err at_value(struct json_records *r, uint8_t c, struct fault *f)
{
	bool wraps = r->kind != JSON_OBJECTS;
	if (!json_can_begin(c)) return wrong(r, f, "a value is expected");
	if (wraps && (r->key_flags & KEY_RECORDS) != 0 && c == '[') {
		array_begin(r);
	} else if (wraps && (r->key_flags & KEY_OUTER) != 0 && c == '{') {
		r->outer = outer_name(slice_of(r->key, r->key_n));
		r->level = 2;
		r->state = KEY_OR_END;
		take(r, 1);
	} else if (r->wrapper || r->lenient || (r->key_flags & KEY_PACKING) != 0) {
		member_begin(r, c);
	} else {
		json_scan_begin(&r->scan, '{');
		r->scan.depth = r->level;
		r->state = IN_PLAIN;
	}
	return OK;
}

static enum err in_value(struct json_records *r, uint8_t c, struct fault *f)
{
	bool ended;
	(void)c;
	(void)f;
	(void)value_take(r, &ended);
	if (!ended) return OK;
	if (r->keep_member && r->wrapper) {
		emit(r, r->member_start);
		r->beside++;
	} else if (r->keep_member) {
		hold_member(r);
	}
	r->keep_member = false;
	r->state = BEHIND_VALUE;
	return OK;
}

static enum err behind_value(struct json_records *r, uint8_t c, struct fault *f)
{
	if (c == '}') return object_end(r);
	if (c != ',') return wrong(r, f, "a comma or } is expected");
	take(r, 1);
	r->state = KEY;
	return OK;
}

static enum err in_plain(struct json_records *r, uint8_t c, struct fault *f)
{
	bool ended;
	(void)c;
	(void)f;
	(void)value_take(r, &ended);
	if (!ended) return OK;
	emit(r, r->object_start);
	r->level = 0;
	r->state = TOP;
	return OK;
}

struct step {
	enum err (*take)(struct json_records *r, uint8_t c, struct fault *f);
	bool blanks; /* blanks may stand here */
};
static const struct step STEPS[STATES] = {
	[TOP] = {at_top, true},
	[ELEMENT_OR_END] = {at_element, true},
	[ELEMENT] = {at_element, true},
	[IN_ELEMENT] = {in_element, false},
	[BEHIND_ELEMENT] = {behind_element, true},
	[KEY_OR_END] = {at_key, true},
	[KEY] = {at_key, true},
	[IN_KEY] = {in_key, false},
	[COLON] = {at_colon, true},
	[VALUE] = {at_value, true},
	[IN_VALUE] = {in_value, false},
	[BEHIND_VALUE] = {behind_value, true},
	[IN_PLAIN] = {in_plain, false},
};

enum err json_records_feed(struct json_records *r, slice bytes, struct fault *f)
{
	r->in = bytes;
	r->at = 0;
	while (r->failed == OK && r->at < r->in.n) {
		const struct step *step = &STEPS[r->state];
		uint8_t c = r->in.p[r->at];
		if (step->blanks && json_is_blank(c)) {
			r->scan.line += c == '\n';
			take(r, 1);
			continue;
		}
		r->failed = step->take(r, c, f);
	}
	r->in = (slice){NULL, 0};
	return r->failed;
}

struct json_records *json_records_new(enum json_split_kind kind)
{
	struct json_records *r = mem_alloc(sizeof *r);
	r->kind = kind;
	r->lenient = kind == JSON_WRAPPED;
	r->scan.line = 1;
	return r;
}

void json_records_free(struct json_records *r)
{
	if (r == NULL) return;
	free(r->found);
	free(r);
}

const struct json_record *json_records_found(const struct json_records *r, size_t *n)
{
	*n = r->found_n;
	return r->found;
}

void json_records_forget(struct json_records *r)
{
	r->found_n = 0;
}

uint64_t json_records_settled(const struct json_records *r)
{
	if (r->state == IN_ELEMENT) return r->record_start;
	if (r->level > 0 && !r->wrapper) return r->object_start;
	bool member = r->state == IN_KEY || r->state == COLON || r->state == VALUE || (r->state == IN_VALUE && r->keep_member);
	return r->level > 0 && member ? r->member_start : r->offset;
}

bool json_records_complete(const struct json_records *r)
{
	return r->state == TOP;
}

uint64_t json_records_beside(const struct json_records *r)
{
	return r->beside;
}

/* ---- which documents ---- */

static slice without_blanks(slice s)
{
	size_t i = 0;
	while (i < s.n && json_is_blank(s.p[i])) i++;
	return slice_sub(s, i, s.n);
}

/* An array of objects, an array that is broken into lines, or one that is all there is: "[INFO] …" and a line that is an array by
 * itself are none of these. */
static bool array_wanted(slice s, bool whole)
{
	slice behind = without_blanks(slice_sub(s, 1, s.n));
	bool broken = slice_find_byte(slice_sub(s, 1, s.n - 1 - behind.n), '\n') < s.n - 1 - behind.n;
	if (behind.n == 0) return broken || whole;
	if (behind.p[0] == '{') return true;
	if (behind.p[0] != '"' && behind.p[0] != '[' && !broken) return false;
	return broken || (whole && slice_find_byte(slice_trim(s), '\n') == slice_trim(s).n);
}

/* Whether what is not closed on its first line goes on behind it; else the line is damaged, and the next one is a record by itself. */
static bool goes_on(slice s, size_t line)
{
	slice before = slice_trim(slice_sub(s, 0, line)), behind = without_blanks(slice_sub(s, line, s.n));
	if (line == s.n || behind.n == 0) return true;
	return memchr("{[,:", before.p[before.n - 1], 4) != NULL || memchr("\",}]:", behind.p[0], 5) != NULL;
}

/* What an object says of itself. */
enum wrapping {
	WRAPS_NOTHING,
	WRAPS_LIKE,   /* it has an array called as a wrapper's, and is a record */
	WRAPS_IF_ALL, /* a wrapper with more in it than is known of one: not when other objects follow, each of which would be such a one */
	WRAPS,
};

/* Of an object, or as much of it as is there. */
static enum wrapping wrapping(slice object)
{
	struct json_records *r = json_records_new(JSON_WRAPPED);
	enum err e = json_records_feed(r, object, NULL);
	enum wrapping found = WRAPS_LIKE;
	if (!r->wrapper || e != OK) found = WRAPS_NOTHING;
	else if (r->beside == 0 && (r->objects || r->strong || !r->others)) found = WRAPS;
	else if (r->objects && (r->strong || !r->has_a_time)) found = WRAPS_IF_ALL;
	json_records_free(r);
	return found;
}

/* Of an object that does not end within what is there. */
static enum json_split_kind kind_of_open(slice s, bool all)
{
	static const enum json_split_kind KINDS[] = {
		[WRAPS_NOTHING] = JSON_PACKED, [WRAPS_LIKE] = JSON_OBJECTS, [WRAPS_IF_ALL] = JSON_WRAPPED, [WRAPS] = JSON_PACKED};
	return all ? KINDS[wrapping(s)] : JSON_MORE;
}

/* Of an object; `behind` it stands something else, or nothing. `lines`: it is broken into lines, or another one is on its last. */
static enum json_split_kind kind_of_closed(slice object, slice behind, bool lines, bool all)
{
	enum wrapping w = wrapping(object);
	if (w == WRAPS) return JSON_PACKED;
	if (w == WRAPS_IF_ALL && behind.n == 0) return all ? JSON_WRAPPED : JSON_MORE;
	if (!lines) return JSON_LINES;
	return w == WRAPS_NOTHING ? JSON_PACKED : JSON_OBJECTS;
}

static enum json_split_kind object_kind(slice s, bool all)
{
	slice behind = without_blanks(slice_sub(s, 1, s.n));
	if (behind.n > 0 && behind.p[0] != '"' && behind.p[0] != '}') return JSON_LINES;
	size_t line = slice_find_byte(s, '\n');
	struct json_scan scan = {0};
	bool ended;
	json_scan_begin(&scan, '{');
	size_t n = json_scan_value(&scan, s, &ended);
	bool broken = !ended || n > line;
	if (broken && !goes_on(s, line)) return JSON_LINES;
	if (!ended) return kind_of_open(s, all);
	slice rest = slice_trim(slice_sub(s, n, broken ? 0 : line - n));
	if (rest.n > 0 && rest.p[0] != '{' && rest.p[0] != '[') return JSON_LINES;
	return kind_of_closed(slice_sub(s, 0, n), without_blanks(slice_sub(s, n, s.n)), broken || rest.n > 0, all);
}

enum json_split_kind json_records_kind(slice start, bool whole)
{
	slice s = without_blanks(start);
	if (s.n == 0) return JSON_LINES;
	if (s.p[0] == '[') return array_wanted(s, whole) ? JSON_PACKED : JSON_LINES;
	return s.p[0] == '{' ? object_kind(slice_sub(s, 0, JSON_LOOK_BYTES), whole || s.n >= JSON_LOOK_BYTES) : JSON_LINES;
}
