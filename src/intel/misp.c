/* MISP: events, arrays and search results of events, attributes, objects. The document is walked along a table; each attribute and object
 * is parsed alone. An event's tags, author and distribution may stand behind its attributes, so these wait, packed, for its end
 * (misp_held.c). Beyond MISP_HELD_BYTES_MAX they go on without waiting, as TLP:RED, and that is said. An event without its wrapper, or the
 * frame of a search result, is read in the same way.
 * - to_ids false: an observable for context, arrives with `context` set and no terms; deleted: arrives revoked.
 * - The id is indicator--<uuid of the attribute>, as MISP's own STIX export writes it; the version is its timestamp.
 * Source: MISP core format; docs/decisions/0004-intelligence-formats.md. */
#include "json_stream.h"
#include "limit.h"
#include "misp_int.h"
#include "stix_int.h"
#include <stdlib.h>

#define NAME_BYTES_MAX 512u

enum place { TOP, EVENT, ATTRIBUTE, OBJECT };
static const struct json_stream_member members[] = {
	{"response", TOP, TOP},
	{"Event", TOP, EVENT},
	{"Attribute", TOP, ATTRIBUTE},
	{"Object", TOP, OBJECT},
	{"Attribute", EVENT, ATTRIBUTE},
	{"Object", EVENT, OBJECT},
	{"ShadowAttribute", EVENT, JSON_STREAM_SKIP},
	{"RelatedEvent", EVENT, JSON_STREAM_SKIP},
	{"EventReport", EVENT, JSON_STREAM_SKIP},
	{"CryptographicKey", EVENT, JSON_STREAM_SKIP},
};
static const struct json_stream_table table = {members, sizeof members / sizeof *members, 1u << ATTRIBUTE | 1u << OBJECT};

struct misp {
	const struct intel_sink *sink;
	slice author;
	struct json_stream_sink stream_sink;
	struct json_stream *stream;
	struct json_parser *parser;
	struct stix_patterns *patterns;
	struct misp_held held;
	struct misp_said said; /* of the attribute that is read */
	struct misp_said event_said;
	slice event_author, event_info;
	enum tlp event_floor;
	bool held_full, tlp_told;
	struct buf id, labels, reason, scratch[2];
	uint64_t offset; /* of the object that is read */
};

static void tell(const struct misp *m, enum err kind, const char *text)
{
	trouble(m->sink, kind, 0, m->offset, text);
}

/* ---- members ---- */

static slice text_of(json_value v, const char *key)
{
	slice s = {0};
	(void)json_member_text(v, key, &s);
	return s;
}

static bool flag_of(json_value v, const char *key, bool missing)
{
	json_value member;
	slice text;
	int64_t n;
	bool flag = missing;
	if (!json_member(v, key, &member)) return missing;
	if (json_get_int(member, &n)) return n != 0;
	if (json_get_text(member, &text)) return slice_equal(text, SLICE("1")) || slice_equal_nocase(text, SLICE("true"));
	(void)json_get_bool(member, &flag);
	return flag;
}

/* Seconds since 1970, as text or number, or RFC 3339. */
static instant time_of(json_value v, const char *key)
{
	json_value member;
	slice text;
	int64_t seconds;
	instant t = INSTANT_NONE;
	if (!json_member(v, key, &member)) return INSTANT_NONE;
	if (json_get_int(member, &seconds) && seconds > 0 && seconds < INT64_C(253402300800)) return seconds * 1000000;
	if (json_get_text(member, &text) && text.n > 0 && instant_parse_epoch(text, &t) != OK) (void)value_time(text, &t);
	return t;
}

static void said_of(struct misp *m, struct misp_said *said, json_value v)
{
	json_value member;
	if (json_member(v, "Tag", &member)) misp_tags_read(said, member);
	if (json_member(v, "Galaxy", &member)) misp_galaxies_read(said, member);
	if (said->unknown_tlp && !m->tlp_told) tell(m, ERR_SYNTAX, "MISP: a tlp tag is no level of TLP 1 or 2; it is taken as TLP:RED");
	m->tlp_told |= said->unknown_tlp;
}

static enum tlp floor_of(json_value v, enum tlp inherited)
{
	json_value member;
	enum tlp floor;
	return json_member(v, "distribution", &member) && misp_distribution(member, &floor) ? floor : inherited;
}

/* ---- indicators ---- */

/* Where a composite's bar stands: the last one when only what is behind it counts (a file's name may hold bars), else the first. */
static size_t bar_of(slice value, bool last)
{
	size_t at = slice_find_byte(value, '|');
	for (size_t i = at + 1; last && i < value.n; i++)
		if (value.p[i] == '|') at = i;
	return at;
}

static bool is_defanged(enum observable type)
{
	return type == OBSERVABLE_ADDRESS || type == OBSERVABLE_HOST || type == OBSERVABLE_URL || type == OBSERVABLE_EMAIL;
}

static void add_term(struct misp *m, struct indicator_term *terms, size_t *n, const struct misp_part *part, slice value)
{
	enum observable type = part->type;
	if (type == OBSERVABLE_NONE || value.n == 0) return;
	if (is_defanged(type)) value = value_refang(&m->scratch[*n], value);
	if (type == OBSERVABLE_URL && slice_find_byte(value, '/') == value.n) type = OBSERVABLE_HOST; /* a "url" that is a name */
	if (type == OBSERVABLE_ADDRESS || type == OBSERVABLE_HOST) value = value_without_port(value);
	bool range = type == OBSERVABLE_ADDRESS && value_is_range(value);
	terms[(*n)++] = (struct indicator_term){
		.op = range ? TERM_SUBSET : TERM_EQUAL, .type = type, .value = value, .path = slice_from(part->path)};
}

static size_t terms_of(struct misp *m, const struct misp_attribute *a, struct indicator_term terms[2])
{
	size_t n = 0;
	slice value = slice_trim(a->value);
	if (a->meaning != NULL) {
		add_term(m, terms, &n, &a->meaning->part, value);
		if (n > 0) terms[0].strict = a->meaning->strict;
		return n;
	}
	bool composite = slice_find_byte(a->type->name, '|') < a->type->name.n || a->type->second.type != OBSERVABLE_NONE;
	size_t bar = composite ? bar_of(value, a->type->first.type == OBSERVABLE_NONE) : value.n;
	add_term(m, terms, &n, &a->type->first, slice_trim(slice_sub(value, 0, bar)));
	if (bar < value.n) add_term(m, terms, &n, &a->type->second, slice_trim(slice_sub(value, bar + 1, value.n)));
	return n;
}

static const char *reason_of(struct misp *m, const struct misp_attribute *a)
{
	if (!a->to_ids) return "context only: to_ids is false";
	if (a->type != NULL && a->type->unmatchable == NULL) return "the value has not the parts that its MISP type asks for";
	slice name = slice_sub(a->type != NULL ? a->type->name : a->type_name, 0, 32);
	buf_clear(&m->reason);
	buf_printf(&m->reason, "MISP %.*s: %s", SLICE_PRINTF(name),
		a->type != NULL ? a->type->unmatchable : "a type that this version does not match");
	buf_add_byte(&m->reason, 0);
	return (const char *)m->reason.p;
}

static slice labels_of(struct misp *m, slice own)
{
	slice event = buf_slice(&m->event_said.labels);
	if (own.n == 0 || event.n == 0) return own.n == 0 ? event : own;
	buf_clear(&m->labels);
	buf_add(&m->labels, own);
	buf_add_byte(&m->labels, ',');
	buf_add(&m->labels, event);
	return buf_slice(&m->labels);
}

/* The first that is not empty. */
static slice either(slice a, slice b, slice c)
{
	return a.n > 0 ? a : b.n > 0 ? b : c;
}

static void pattern_terms_of(struct misp *m, slice text, struct indicator *i)
{
	struct stix_terms t;
	struct fault why = {0};
	stix_patterns_read(m->patterns, &(struct stix_pattern){.text = slice_trim(text), .version = 21}, &t, &why);
	i->terms = t.terms;
	i->terms_n = t.terms_n;
	i->unmatchable = t.unmatchable;
	if (why.kind != OK && m->sink->trouble != NULL) m->sink->trouble(m->sink->context, &why);
}

static void set_terms(struct misp *m, const struct misp_attribute *a, struct indicator_term terms[2], struct indicator *i)
{
	i->terms = terms;
	if (a->to_ids && a->type != NULL && a->type->pattern) {
		pattern_terms_of(m, a->value, i);
		return;
	}
	bool matched = a->meaning != NULL || (a->type != NULL && a->type->unmatchable == NULL);
	if (a->to_ids && matched) i->terms_n = terms_of(m, a, terms);
	if (i->terms_n == 0) i->unmatchable = reason_of(m, a);
}

static enum err give(struct misp *m, const struct misp_attribute *a)
{
	struct indicator_term terms[2];
	struct indicator i = indicator_empty(either(a->author, m->event_author, m->author));
	buf_clear(&m->id);
	buf_add(&m->id, SLICE("indicator--"));
	buf_add(&m->id, a->uuid);
	if (a->uuid.n > 0) i.id = buf_slice(&m->id);
	i.name = slice_sub(either(a->comment, a->info, m->event_info), 0, NAME_BYTES_MAX);
	i.labels = labels_of(m, a->labels);
	i.marking = tlp_stricter(a->marking, m->event_said.marking);
	i.marking_floor = a->floor != TLP_NONE ? a->floor : m->event_floor;
	i.confidence = a->confidence >= 0 ? a->confidence : m->event_said.confidence;
	i.valid_from = a->first_seen;
	i.modified = a->modified;
	i.revoked = a->deleted;
	i.context = !a->to_ids;
	set_terms(m, a, terms, &i);
	return m->sink->indicator(m->sink->context, &i);
}

static enum err give_held(struct misp *m)
{
	struct misp_attribute a;
	enum err e = OK;
	while (e == OK && misp_held_take(&m->held, &a)) e = give(m, &a);
	return e;
}

/* ---- attributes and objects ---- */

/* The object that an attribute stands in. */
struct owner {
	slice object, comment;
	enum tlp floor;
	bool deleted;
};

static enum err keep(struct misp *m, struct misp_attribute *a)
{
	if (m->held.bytes <= MISP_HELD_BYTES_MAX) {
		misp_held_add(&m->held, a);
		return OK;
	}
	if (!m->held_full)
		tell(m, ERR_LIMIT,
			"MISP_HELD_BYTES_MAX: the event is too big to wait for its tags; attributes from here on are taken as TLP:RED");
	m->held_full = true;
	a->marking = TLP_RED;
	return give(m, a);
}

static void event_of(json_value v, struct misp_attribute *a)
{
	json_value event, orgc;
	if (!json_member(v, "Event", &event)) return;
	a->info = text_of(event, "info");
	if (json_member(event, "Orgc", &orgc)) a->author = text_of(orgc, "name");
}

static enum err attribute(struct misp *m, json_value v, const struct owner *owner)
{
	struct misp_attribute a = {.type_name = text_of(v, "type"),
		.value = text_of(v, "value"),
		.uuid = text_of(v, "uuid"),
		.comment = text_of(v, "comment")};
	if (a.type_name.n == 0 || a.value.n == 0) {
		tell(m, ERR_SYNTAX, "MISP core format 2.4: an attribute without type or value, left out");
		return OK;
	}
	a.type = misp_type_of(a.type_name);
	if (a.type != NULL) a.type_name = (slice){0};
	misp_said_clear(&m->said);
	said_of(m, &m->said, v);
	a.floor = floor_of(v, owner->floor);
	a.marking = m->said.marking;
	a.confidence = m->said.confidence;
	a.labels = buf_slice(&m->said.labels);
	a.meaning = owner->object.n > 0 ? misp_meaning_of(owner->object, text_of(v, "object_relation")) : NULL;
	if (a.comment.n == 0) a.comment = owner->comment;
	a.modified = time_of(v, "timestamp");
	a.first_seen = time_of(v, "first_seen");
	a.to_ids = flag_of(v, "to_ids", true);
	a.deleted = owner->deleted || flag_of(v, "deleted", false);
	event_of(v, &a);
	return keep(m, &a);
}

static enum err object(struct misp *m, json_value v)
{
	json_value list;
	struct owner owner = {.object = text_of(v, "name"),
		.comment = text_of(v, "comment"),
		.floor = floor_of(v, TLP_NONE),
		.deleted = flag_of(v, "deleted", false)};
	if (!json_member(v, "Attribute", &list)) return OK;
	struct json_iter i = json_iter(list);
	enum err e = OK;
	while (e == OK && json_next(&i)) e = attribute(m, i.value, &owner);
	return e;
}

static bool parse(struct misp *m, slice text, uint64_t offset, json_value *root)
{
	struct fault f = {0};
	m->offset = offset;
	if (json_parse(m->parser, text, root, &f) == OK) return true;
	f.offset += offset;
	if (m->sink->trouble != NULL) m->sink->trouble(m->sink->context, &f);
	return false;
}

/* ---- places ---- */

static void event_clear(struct misp *m)
{
	m->held_full = false;
	m->event_author = m->event_info = (slice){0};
	m->event_floor = TLP_NONE;
	misp_said_clear(&m->event_said);
}

static enum err on_enter(void *context, uint8_t place)
{
	struct misp *m = context;
	(void)place;
	enum err e = give_held(m); /* what stands before an event in a document is not the event's */
	event_clear(m);
	return e;
}

static enum err on_whole(void *context, uint8_t place, slice text, uint64_t offset)
{
	struct misp *m = context;
	json_value root;
	static const struct owner none = {.floor = TLP_NONE};
	m->offset = offset;
	if (text.n == 0) tell(m, ERR_LIMIT, "JSON_STREAM_VALUE_BYTES_MAX: an attribute or object is too long, left out");
	if (text.n == 0 || !parse(m, text, offset, &root)) return OK;
	return place == OBJECT ? object(m, root) : attribute(m, root, &none);
}

static void said_of_event(struct misp *m, json_value root)
{
	json_value orgc;
	said_of(m, &m->event_said, root);
	m->event_info = text_of(root, "info");
	m->event_floor = floor_of(root, TLP_NONE);
	if (json_member(root, "Orgc", &orgc)) m->event_author = text_of(orgc, "name");
}

/* What an object says for all of its attributes, whether it is wrapped as an event or not; or it is an attribute itself.
 * What cannot be read makes them TLP:RED: it may have said so. */
static enum err on_leave(void *context, uint8_t place, slice rest, uint64_t offset)
{
	struct misp *m = context;
	json_value root, category;
	static const struct owner none = {.floor = TLP_NONE};
	enum err e = OK;
	slice value;
	m->offset = offset;
	if (rest.n == 0)
		tell(m, ERR_LIMIT, "JSON_STREAM_REST_BYTES_MAX: what the event says of itself is too long; it is taken as TLP:RED");
	bool read = rest.n > 0 && parse(m, rest, offset, &root);
	bool lone = read && place == TOP && json_member_text(root, "value", &value) && json_member(root, "category", &category);
	if (!read) m->event_said.marking = TLP_RED;
	if (lone) e = attribute(m, root, &none);
	else if (read) said_of_event(m, root);
	if (e == OK) e = give_held(m);
	event_clear(m);
	return e;
}

/* ---- the reader ---- */

static void *misp_open(slice author, const struct intel_sink *sink)
{
	struct misp *m = mem_alloc(sizeof *m);
	m->sink = sink;
	m->author = author;
	m->stream_sink = (struct json_stream_sink){on_enter, on_whole, on_leave, m};
	m->stream = json_stream_new(&table, &m->stream_sink);
	m->parser = json_parser_new();
	m->patterns = stix_patterns_new();
	event_clear(m);
	return m;
}

/* Of an event that is broken off its tags may be missing: what waits is taken as TLP:RED. */
static enum err break_off(struct misp *m, enum err e)
{
	if (e == OK || e == ERR_STOPPED || m->held.first == NULL) return e;
	m->event_said.marking = TLP_RED;
	enum err given = give_held(m);
	return given == ERR_STOPPED ? given : e;
}

static enum err misp_feed(void *reader, slice bytes, struct fault *f)
{
	struct misp *m = reader;
	return break_off(m, json_stream_feed(m->stream, bytes, f));
}

static enum err misp_end(void *reader, struct fault *f)
{
	struct misp *m = reader;
	return break_off(m, json_stream_end(m->stream, f));
}

static void misp_close(void *reader)
{
	struct misp *m = reader;
	json_stream_free(m->stream);
	json_parser_free(m->parser);
	stix_patterns_free(m->patterns);
	misp_held_free(&m->held);
	buf_free(&m->said.labels);
	buf_free(&m->event_said.labels);
	buf_free(&m->id);
	buf_free(&m->labels);
	buf_free(&m->reason);
	buf_free(&m->scratch[0]);
	buf_free(&m->scratch[1]);
	free(m);
}

const struct reader_kind reader_misp = {misp_open, misp_feed, misp_end, misp_close};
