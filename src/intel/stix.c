/* STIX 2.0 and 2.1: bundles, TAXII envelopes, arrays (of objects or of bundles), single objects, and any of these one behind the other
 * (JSON lines). Objects are cut out of the stream one by one, so that memory stays flat; what is kept is the names of identities and the
 * levels of marking definitions (KEPT_BYTES_MAX) and indicators whose marking is not defined yet (LATE_BYTES_MAX): they are read again at
 * the end. An indicator whose marking nobody defines is TLP:RED, and said so (facts 5.6). */
#include "stix_int.h"
#include "json.h"
#include "limit.h"
#include <stdlib.h>

#define KEPT_BYTES_MAX (16u << 20)
#define LATE_BYTES_MAX (32u << 20)
#define BUNDLE_OBJECTS_DEPTH 2 /* an array of bundles */

enum member {
	M_TYPE,
	M_ID,
	M_NAME,
	M_PATTERN,
	M_PATTERN_TYPE,
	M_PATTERN_VERSION,
	M_SPEC_VERSION,
	M_CREATED_BY,
	M_MARKINGS,
	M_GRANULAR,
	M_REVOKED,
	M_MODIFIED,
	M_VALID_FROM,
	M_VALID_UNTIL,
	M_CONFIDENCE,
	M_LABELS,
	M_INDICATOR_TYPES,
	M_OBJECTS,
	M_DEFINITION_TYPE,
	M_DEFINITION,
	M_EXTENSIONS,
	M_OPENCTI_DEFINITION,
	M_MORE,
	M_NEXT,
	M_OTHER
};
static const struct {
	slice key;
	enum member member;
} members[] = {
	{SLICE("type"), M_TYPE},
	{SLICE("id"), M_ID},
	{SLICE("name"), M_NAME},
	{SLICE("pattern"), M_PATTERN},
	{SLICE("pattern_type"), M_PATTERN_TYPE},
	{SLICE("pattern_version"), M_PATTERN_VERSION},
	{SLICE("spec_version"), M_SPEC_VERSION},
	{SLICE("created_by_ref"), M_CREATED_BY},
	{SLICE("object_marking_refs"), M_MARKINGS},
	{SLICE("granular_markings"), M_GRANULAR},
	{SLICE("revoked"), M_REVOKED},
	{SLICE("modified"), M_MODIFIED},
	{SLICE("valid_from"), M_VALID_FROM},
	{SLICE("valid_until"), M_VALID_UNTIL},
	{SLICE("confidence"), M_CONFIDENCE},
	{SLICE("labels"), M_LABELS},
	{SLICE("indicator_types"), M_INDICATOR_TYPES},
	{SLICE("objects"), M_OBJECTS},
	{SLICE("definition_type"), M_DEFINITION_TYPE},
	{SLICE("definition"), M_DEFINITION},
	{SLICE("extensions"), M_EXTENSIONS},
	{SLICE("x_opencti_definition"), M_OPENCTI_DEFINITION},
	{SLICE("more"), M_MORE},
	{SLICE("next"), M_NEXT} /* of an envelope without objects */,
};

struct object {
	json_value at[M_OTHER];
	bool has[M_OTHER];
};
struct place {
	uint64_t line, offset;
};
struct late {
	size_t at, n;
	struct place place;
};
struct stix {
	const struct intel_sink *sink;
	slice author;
	struct json_split *split;
	struct json_parser *parser;
	struct stix_patterns *patterns;
	struct arena *kept;    /* keys and names of the two maps */
	struct map identities; /* id to address of its name in `kept` */
	struct map markings;   /* id to enum tlp, TLP_NONE when the definition is no TLP */
	struct buf late;       /* texts of indicators that wait for a marking definition */
	struct late *waiting;
	size_t waiting_n, waiting_room;
	bool last, kept_full; /* last: what is not known now will not become known */
	bool granular_told;
	struct buf labels;
	struct place place; /* of the object that is read */
};

static void object_trouble(const struct stix *s, enum err kind, const char *text)
{
	trouble(s->sink, kind, s->place.line, s->place.offset, text);
}

static void object_read(json_value v, struct object *o)
{
	*o = (struct object){0};
	struct json_iter i = json_iter(v);
	while (json_next(&i)) {
		for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
			if (members[k].key.n != i.key.n || !slice_equal(members[k].key, i.key)) continue;
			enum member m = members[k].member;
			if (!o->has[m]) o->at[m] = i.value;
			o->has[m] = true;
			break;
		}
	}
}

static slice text_of(const struct object *o, enum member m)
{
	slice s = {0};
	if (o->has[m]) (void)json_get_text(o->at[m], &s);
	return s;
}

/* ---- identities and markings ---- */

static bool keep(struct stix *s, slice id, slice text, slice *id_kept, slice *text_kept)
{
	if (arena_bytes(s->kept) + id.n + text.n > KEPT_BYTES_MAX) {
		if (!s->kept_full)
			object_trouble(
				s, ERR_LIMIT, "KEPT_BYTES_MAX: too many identities and marking definitions; later ones are not kept");
		s->kept_full = true;
		return false;
	}
	*id_kept = arena_copy(s->kept, id);
	*text_kept = arena_copy(s->kept, text);
	return true;
}

static enum err identity(struct stix *s, const struct object *o, slice text)
{
	(void)text;
	slice id = text_of(o, M_ID), name = text_of(o, M_NAME), id_kept, name_kept;
	if (id.n == 0 || name.n == 0 || !keep(s, id, slice_sub(name, 0, 512), &id_kept, &name_kept)) return OK;
	slice *cell = ARENA_NEW(s->kept, slice);
	*cell = name_kept;
	map_put(&s->identities, id_kept, (uint64_t)(uintptr_t)cell);
	return OK;
}

static enum tlp level_of_extensions(json_value extensions)
{
	enum tlp level = TLP_NONE;
	struct json_iter i = json_iter(extensions);
	slice text;
	while (json_next(&i))
		if (json_member_text(i.value, "tlp_2_0", &text)) level = tlp_stricter(level, tlp_from_text(text));
	return level;
}

/* TLP 1: definition.tlp. TLP 2: the extension, and the name. OpenCTI: a statement. facts 5.6 */
static enum tlp level_of(const struct object *o)
{
	enum tlp level = tlp_from_marking_id(text_of(o, M_ID));
	slice text;
	if (o->has[M_DEFINITION] && json_member_text(o->at[M_DEFINITION], "tlp", &text)) level = tlp_stricter(level, tlp_from_text(text));
	if (o->has[M_DEFINITION] && json_member_text(o->at[M_DEFINITION], "statement", &text) && slice_starts(text, SLICE("TLP:")))
		level = tlp_stricter(level, value_tlp(text));
	if (o->has[M_EXTENSIONS]) level = tlp_stricter(level, level_of_extensions(o->at[M_EXTENSIONS]));
	level = tlp_stricter(level, value_tlp(text_of(o, M_OPENCTI_DEFINITION)));
	return tlp_stricter(level, value_tlp(text_of(o, M_NAME)));
}

static enum err marking_definition(struct stix *s, const struct object *o, slice text)
{
	(void)text;
	slice id = text_of(o, M_ID), id_kept, none;
	if (id.n == 0 || !keep(s, id, (slice){0}, &id_kept, &none)) return OK;
	uint64_t before = TLP_NONE;
	(void)map_get(&s->markings, id_kept, &before); /* defined twice: the stricter holds */
	map_put(&s->markings, id_kept, (uint64_t)tlp_stricter(level_of(o), (enum tlp)before));
	return OK;
}

/* False when the marking is not known (yet). */
static bool level_of_ref(const struct stix *s, json_value ref, enum tlp *level)
{
	slice id = {0};
	uint64_t defined = TLP_NONE;
	(void)json_get_text(ref, &id);
	enum tlp t = tlp_from_marking_id(id);
	bool known = map_get(&s->markings, id, &defined) || t != TLP_NONE;
	*level = tlp_stricter(*level, tlp_stricter(t, (enum tlp)defined));
	return known;
}

/* The next three: false when one of the markings is not known (yet) or cannot be read; *level then has what is known. */
static bool level_of_refs(const struct stix *s, json_value refs, enum tlp *level)
{
	enum json_type type = json_type_of(refs);
	bool known = type == JSON_ARRAY || type == JSON_NULL;
	struct json_iter i = json_iter(refs);
	if (type == JSON_STRING) return level_of_ref(s, refs, level); /* some write the one id bare */
	while (known && json_next(&i)) known = level_of_ref(s, i.value, level);
	return known;
}

/* STIX 2.1 7.2.3: a marking of some properties, or their language, which marks nothing. */
static bool level_of_granular(const struct stix *s, json_value list, enum tlp *level)
{
	enum json_type type = json_type_of(list);
	bool known = type == JSON_ARRAY || type == JSON_NULL;
	struct json_iter i = json_iter(list);
	json_value ref, language;
	while (known && json_next(&i)) {
		if (json_member(i.value, "marking_ref", &ref)) known = level_of_ref(s, ref, level);
		else known = json_member(i.value, "lang", &language);
	}
	return known;
}

struct levels {
	enum tlp object, granular;
};

static bool levels_of(const struct stix *s, const struct object *o, struct levels *out)
{
	*out = (struct levels){TLP_NONE, TLP_NONE};
	bool refs = !o->has[M_MARKINGS] || level_of_refs(s, o->at[M_MARKINGS], &out->object);
	bool granular = !o->has[M_GRANULAR] || level_of_granular(s, o->at[M_GRANULAR], &out->granular);
	return refs && granular;
}

/* Answers carry an indicator whole, so that the strictest marking of a part is the marking of all. Where the object itself says none, a
 * part only raises the default. */
static void mark(struct stix *s, struct indicator *i, enum tlp granular)
{
	bool raises = granular != TLP_NONE && (i->marking == TLP_NONE ? granular > TLP_CLEAR : granular > i->marking);
	if (i->marking == TLP_NONE) i->marking_floor = granular;
	else i->marking = tlp_stricter(i->marking, granular);
	if (raises && !s->granular_told)
		object_trouble(s, OK,
			"STIX 2.1 7.2.3: granular_markings mark a part stricter than the object; indicators like this one are taken whole "
			"under the strictest marking");
	s->granular_told |= raises;
}

/* ---- indicators ---- */

static void add_labels(struct stix *s, const struct object *o, enum member m)
{
	if (!o->has[m]) return;
	struct json_iter i = json_iter(o->at[m]);
	slice text;
	while (json_next(&i)) {
		if (!json_get_text(i.value, &text)) continue;
		if (s->labels.n > 0) buf_add_byte(&s->labels, ',');
		buf_add(&s->labels, text);
	}
}

static instant time_of(const struct stix *s, const struct object *o, enum member m)
{
	instant t = INSTANT_NONE;
	slice text = text_of(o, m);
	if (o->has[m] && (text.n == 0 || instant_parse(text, 0, &t, NULL) != OK))
		object_trouble(s, ERR_SYNTAX,
			"STIX 2.1 3.2: valid_from, valid_until or modified is no timestamp; the indicator is kept without it");
	return t;
}

static slice author_of(const struct stix *s, const struct object *o)
{
	uint64_t cell;
	slice id = text_of(o, M_CREATED_BY);
	if (id.n == 0) return s->author;
	return map_get(&s->identities, id, &cell) ? *(const slice *)(uintptr_t)cell : id;
}

static int version_of(const struct object *o)
{
	slice v = o->has[M_PATTERN_VERSION] ? text_of(o, M_PATTERN_VERSION) : text_of(o, M_SPEC_VERSION);
	return v.n == 0 || slice_starts(v, SLICE("2.0")) ? 20 : 21;
}

static void confidence_of(const struct object *o, int *out)
{
	int64_t n;
	if (o->has[M_CONFIDENCE] && json_get_int(o->at[M_CONFIDENCE], &n) && n >= 0 && n <= 100) *out = (int)n;
}

static void set_terms(struct stix *s, const struct object *o, struct indicator *i)
{
	struct stix_terms t;
	struct fault why = {0};
	stix_patterns_read(s->patterns,
		&(struct stix_pattern){.type = text_of(o, M_PATTERN_TYPE), .text = text_of(o, M_PATTERN), .version = version_of(o)}, &t,
		&why);
	i->terms = t.terms;
	i->terms_n = t.terms_n;
	i->unmatchable = t.unmatchable;
	if (why.kind == OK || s->sink->trouble == NULL) return;
	why.line = s->place.line;
	why.offset = s->place.offset;
	s->sink->trouble(s->sink->context, &why);
}

/* Keep the indicator for later. False when there is no room. */
static bool wait_for_marking(struct stix *s, slice text)
{
	if (s->last || text.n > LATE_BYTES_MAX - s->late.n) return false;
	if (s->waiting_n == s->waiting_room) {
		s->waiting_room = s->waiting_room == 0 ? 64 : s->waiting_room * 2;
		s->waiting = mem_resize(s->waiting, s->waiting_room * sizeof *s->waiting);
	}
	s->waiting[s->waiting_n++] = (struct late){.at = s->late.n, .n = text.n, .place = s->place};
	buf_add(&s->late, text);
	return true;
}

static enum err indicator(struct stix *s, const struct object *o, slice text)
{
	struct indicator i = indicator_empty(author_of(s, o));
	struct levels levels;
	if (!levels_of(s, o, &levels)) {
		if (wait_for_marking(s, text)) return OK;
		object_trouble(s, ERR_NOT_FOUND,
			"STIX 2.1 7.2: object_marking_refs or granular_markings name a marking that is not defined here; the indicator is "
			"taken as TLP:RED");
		levels.object = TLP_RED;
	}
	if (text_of(o, M_PATTERN).n == 0) {
		object_trouble(s, ERR_SYNTAX, "STIX 2.1 4.7: the indicator has no pattern, left out");
		return OK;
	}
	buf_clear(&s->labels);
	add_labels(s, o, M_LABELS);
	add_labels(s, o, M_INDICATOR_TYPES);
	i.labels = buf_slice(&s->labels);
	i.marking = tlp_stricter(levels.object, value_tlp(i.labels));
	mark(s, &i, levels.granular);
	i.id = text_of(o, M_ID);
	i.name = text_of(o, M_NAME);
	i.valid_from = time_of(s, o, M_VALID_FROM);
	i.valid_until = time_of(s, o, M_VALID_UNTIL);
	i.modified = time_of(s, o, M_MODIFIED);
	if (o->has[M_REVOKED]) (void)json_get_bool(o->at[M_REVOKED], &i.revoked);
	confidence_of(o, &i.confidence);
	set_terms(s, o, &i);
	i.line = s->place.line;
	return s->sink->indicator(s->sink->context, &i);
}

/* ---- objects ---- */

typedef enum err take_object(struct stix *s, const struct object *o, slice text);
static const struct {
	slice type;
	take_object *take;
} objects[] = {
	{SLICE("indicator"), indicator},
	{SLICE("identity"), identity},
	{SLICE("marking-definition"), marking_definition},
};

static enum err object(struct stix *s, const struct object *o, slice text)
{
	slice type = text_of(o, M_TYPE);
	if (type.n == 0 && !o->has[M_MORE] && !o->has[M_NEXT] && text.n > 2)
		object_trouble(s, ERR_SYNTAX, "STIX 2.1 3.2: an object without type, left out");
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (slice_equal(type, objects[i].type)) return objects[i].take(s, o, text);
	return OK;
}

/* A bundle or envelope that is itself an element of an array: its objects, in two rounds, so that what indicators name is known before
 * them. */
static enum err bundle_within(struct stix *s, json_value list)
{
	bool last = s->last;
	enum err e = OK;
	for (int round = 0; round < 2 && e == OK; round++) {
		struct json_iter i = json_iter(list);
		while (e == OK && json_next(&i)) {
			struct object o;
			object_read(i.value, &o);
			bool is_indicator = slice_equal(text_of(&o, M_TYPE), SLICE("indicator"));
			if (json_type_of(i.value) != JSON_OBJECT || is_indicator != (round == 1)) continue;
			s->last = true;
			e = object(s, &o, (slice){0});
		}
	}
	s->last = last;
	return e;
}

static enum err element(struct stix *s, slice text)
{
	struct fault f = {0};
	json_value root;
	struct object o;
	if (json_parse(s->parser, text, &root, &f) != OK) {
		f.line = s->place.line;
		f.offset += s->place.offset;
		if (s->sink->trouble != NULL) s->sink->trouble(s->sink->context, &f);
		return OK;
	}
	if (json_type_of(root) != JSON_OBJECT) {
		object_trouble(s, ERR_SYNTAX, "STIX 2.1 3.2: an element that is no object, left out");
		return OK;
	}
	object_read(root, &o);
	if (o.has[M_OBJECTS] && json_type_of(o.at[M_OBJECTS]) == JSON_ARRAY) return bundle_within(s, o.at[M_OBJECTS]);
	if (text.n > INTEL_OBJECT_BYTES_MAX) {
		object_trouble(s, ERR_LIMIT, "INTEL_OBJECT_BYTES_MAX: the object is too long, left out");
		return OK;
	}
	return object(s, &o, text);
}

static enum err take_element(void *context, slice text, uint64_t offset, uint64_t line)
{
	struct stix *s = context;
	s->place = (struct place){.line = line, .offset = offset};
	return element(s, text);
}

/* ---- the reader ---- */

static void *stix_open(slice author, const struct intel_sink *sink)
{
	struct stix *s = mem_alloc(sizeof *s);
	s->sink = sink;
	s->author = author;
	s->split = json_split_new("objects", take_element, s);
	json_split_many(s->split);
	s->parser = json_parser_new();
	s->patterns = stix_patterns_new();
	s->kept = arena_new(0);
	return s;
}

static enum err stix_feed(void *reader, slice bytes, struct fault *f)
{
	struct stix *s = reader;
	return json_split_feed(s->split, bytes, f);
}

static enum err read_waiting(struct stix *s)
{
	enum err e = OK;
	s->last = true;
	for (size_t k = 0; k < s->waiting_n && e == OK; k++) {
		s->place = s->waiting[k].place;
		e = element(s, slice_sub(buf_slice(&s->late), s->waiting[k].at, s->waiting[k].n));
	}
	s->waiting_n = 0;
	return e;
}

static enum err stix_end(void *reader, struct fault *f)
{
	struct stix *s = reader;
	slice rest = {0};
	enum err split = json_split_end(s->split, &rest, f);
	enum err e = split == ERR_STOPPED ? OK : read_waiting(s);
	return split != OK ? split : e;
}

static void stix_close(void *reader)
{
	struct stix *s = reader;
	json_split_free(s->split);
	json_parser_free(s->parser);
	stix_patterns_free(s->patterns);
	arena_free(s->kept);
	map_free(&s->identities);
	map_free(&s->markings);
	buf_free(&s->late);
	buf_free(&s->labels);
	free(s->waiting);
	free(s);
}

const struct reader_kind reader_stix = {stix_open, stix_feed, stix_end, stix_close};
