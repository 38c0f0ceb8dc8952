/* The answer as a STIX 2.1 bundle: per indicator one sighting, per indicator and observable one observed-data, each observable once, the
 * identity of the scanner, and the TLP 2.0 markings that are used. An indicator without a STIX id gets an indicator object. Hits that a
 * warninglist suppresses are not written. What is kept until the end grows with distinct (indicator, observable), not with the input.
 * Sightings and observed data carry the marking of their indicator, an observable the strictest of all that met it.
 * Ids that STIX does not fix are digests of the content: two answers under one --at never give one id to different objects.
 * A record without time is taken as observed when it was scanned (`--at`), because observed-data must have times. */
#include <stdlib.h>
#include "answer_stix_int.h"
#include "exercise.h"
#include "exercise_mark.h"
#include "json.h"

/* Kulla as an identity: always the same object. */
#define IDENTITY_ID "identity--5d0e2f0c-6b4c-4b1b-9f0a-2f3c7e8f4a11"
#define IDENTITY_TIME "2025-01-01T00:00:00.000Z"
#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
#define TLP_TIME "2022-10-01T00:00:00.000Z"
#define COUNT_MAX 999999999u /* number_observed and count, STIX 2.1 4.14, 5.2 */

struct observed { /* one observable */
	struct stix_observable observable;
	enum tlp marking; /* the strictest of the indicators that met it */
	bool exercise;    /* one of these is of an exercise, or was met in one */
	bool written;
};
struct seen_row { /* one observable of one indicator */
	struct observed *observed;
	struct stix_uuid id; /* of the observed-data; made when it is written */
	uint64_t count;
	instant first, last;
	struct sighted *of;
	bool exercise;
	struct seen_row *next;
};
struct sighted { /* one indicator */
	struct watched watched;
	uint64_t count;
	instant first, last;
	bool exercise;
	struct seen_row *seen, **seen_end;
	struct sighted *next;
};
struct table {
	void **rows;
	size_t n, size;
}; /* open addressing; size is a power of two */
struct stix_answer {
	const struct answer_settings *settings;
	struct arena *kept, *scratch;
	struct table sighted, seen, observed;
	struct sighted *first, **end;
	bool used[TLP_NONE], exercise;
	struct buf out;
	bool comma;
};

static void *stix_open(const struct answer_settings *s)
{
	struct stix_answer *x = mem_alloc(sizeof *x);
	x->settings = s;
	x->kept = arena_new(0);
	x->scratch = arena_new(0);
	x->end = &x->first;
	x->used[TLP_CLEAR] = true; /* the identity's */
	return x;
}

/* ---- keeping ---- */

static uint64_t mix(uint64_t v)
{
	return (v ^ v >> 29) * UINT64_C(0x9e3779b97f4a7c15);
}
static uint64_t sighted_hash(const void *row)
{
	return mix(((const struct sighted *)row)->watched.indicator);
}
static uint64_t uuid_hash(const struct stix_uuid *u, uint32_t indicator)
{
	uint64_t v;
	memcpy(&v, u->b, sizeof v);
	return mix(v + indicator);
}
static uint64_t observed_hash(const void *row)
{
	return uuid_hash(&((const struct observed *)row)->observable.id, 0);
}
static uint64_t seen_hash(const void *row)
{
	const struct seen_row *r = row;
	return uuid_hash(&r->observed->observable.id, r->of->watched.indicator);
}

static void table_add(struct table *t, void *row, uint64_t (*hash)(const void *))
{
	if ((t->n + 1) * 2 > t->size) {
		struct table bigger = {.size = t->size == 0 ? 256 : t->size * 2};
		bigger.rows = mem_alloc(bigger.size * sizeof *bigger.rows);
		for (size_t i = 0; i < t->size; i++)
			if (t->rows[i] != NULL) table_add(&bigger, t->rows[i], hash);
		free(t->rows);
		*t = bigger;
	}
	size_t at = (size_t)(hash(row) >> 32) & (t->size - 1);
	while (t->rows[at] != NULL) at = (at + 1) & (t->size - 1);
	t->rows[at] = row;
	t->n++;
}

static struct sighted *sighted_of(struct stix_answer *x, const struct watched *w)
{
	struct table *t = &x->sighted;
	for (size_t at = (size_t)(mix(w->indicator) >> 32) & (t->size - 1); t->size > 0 && t->rows[at] != NULL;
		at = (at + 1) & (t->size - 1)) {
		struct sighted *s = t->rows[at];
		if (s->watched.indicator == w->indicator) return s;
	}
	struct sighted *s = ARENA_NEW(x->kept, struct sighted);
	*s = (struct sighted){.watched = *w, .first = INSTANT_NONE, .last = INSTANT_NONE};
	s->seen_end = &s->seen;
	*x->end = s;
	x->end = &s->next;
	table_add(t, s, sighted_hash);
	return s;
}

static struct observed *observed_of(struct stix_answer *x, const struct stix_observable *o)
{
	struct table *t = &x->observed;
	for (size_t at = (size_t)(uuid_hash(&o->id, 0) >> 32) & (t->size - 1); t->size > 0 && t->rows[at] != NULL;
		at = (at + 1) & (t->size - 1)) {
		struct observed *r = t->rows[at];
		if (memcmp(&r->observable.id, &o->id, sizeof o->id) == 0) return r;
	}
	struct observed *r = ARENA_NEW(x->kept, struct observed);
	*r = (struct observed){.observable = *o, .marking = TLP_CLEAR};
	r->observable.properties = arena_copy(x->kept, o->properties);
	table_add(t, r, observed_hash);
	return r;
}

static struct seen_row *seen_of(struct stix_answer *x, struct sighted *of, struct observed *o)
{
	struct table *t = &x->seen;
	for (size_t at = (size_t)(uuid_hash(&o->observable.id, of->watched.indicator) >> 32) & (t->size - 1);
		t->size > 0 && t->rows[at] != NULL; at = (at + 1) & (t->size - 1)) {
		struct seen_row *r = t->rows[at];
		if (r->of == of && r->observed == o) return r;
	}
	struct seen_row *r = ARENA_NEW(x->kept, struct seen_row);
	*r = (struct seen_row){.observed = o, .of = of, .first = INSTANT_NONE, .last = INSTANT_NONE};
	*of->seen_end = r;
	of->seen_end = &r->next;
	table_add(t, r, seen_hash);
	return r;
}

static void times_add(instant t, instant *first, instant *last)
{
	if (t == INSTANT_NONE) return;
	if (*first == INSTANT_NONE || t < *first) *first = t;
	if (*last == INSTANT_NONE || t > *last) *last = t;
}

static void stix_hit(void *state, const struct answer_hit *h)
{
	struct stix_answer *x = state;
	if (h->watched.warninglist.n > 0) return;
	struct stix_observable observable = stix_observable_of(x->scratch, h);
	struct observed *o = observed_of(x, &observable);
	struct sighted *s = sighted_of(x, &h->watched);
	struct seen_row *r = seen_of(x, s, o);
	s->count++;
	r->count++;
	times_add(h->hit->time, &s->first, &s->last);
	times_add(h->hit->time, &r->first, &r->last);
	arena_reset(x->scratch);
	if (h->exercise) x->exercise = o->exercise = s->exercise = r->exercise = true;
	if (h->watched.marking >= TLP_NONE) return;
	x->used[h->watched.marking] = true;
	o->marking = tlp_stricter(o->marking, h->watched.marking);
}

/* ---- writing ---- */

static void put_text(struct buf *b, const char *key, const char *text)
{
	json_put_member_text(b, key, slice_from(text));
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	put_text(b, key, instant_format(t, t % 1000 == 0 ? 3 : 6, text));
}

static void object_start(struct stix_answer *x, const char *type, const char *id)
{
	buf_add_text(&x->out, x->comma ? ",\n{" : "\n{");
	x->comma = true;
	put_text(&x->out, "type", type);
	put_text(&x->out, "spec_version", "2.1");
	put_text(&x->out, "id", id);
}

static void object_end(struct stix_answer *x)
{
	buf_add_byte(&x->out, '}');
	(void)fwrite(x->out.p, 1, x->out.n, x->settings->out);
	buf_clear(&x->out);
}

static void put_refs(struct buf *b, const char *key, const char *id)
{
	json_put_key(b, key);
	buf_add_byte(b, '[');
	json_put_text(b, slice_from(id));
	buf_add_byte(b, ']');
}

/* TLP, and the marking of exercises: each where there is one. */
static void put_markings(struct buf *b, enum tlp tlp, bool exercise)
{
	if (tlp >= TLP_NONE && !exercise) return;
	json_put_key(b, "object_marking_refs");
	buf_add_byte(b, '[');
	if (tlp < TLP_NONE) json_put_text(b, slice_from(tlp_marking_id(tlp)));
	if (tlp < TLP_NONE && exercise) buf_add_byte(b, ',');
	if (exercise) json_put_text(b, SLICE(EXERCISE_MARKING_ID));
	buf_add_byte(b, ']');
}

/* created_by_ref, created, modified, marking of what this scan makes; of exercises also their marking and label (decision 0006). */
static void put_common(struct stix_answer *x, const struct watched *w, bool exercise)
{
	put_text(&x->out, "created_by_ref", IDENTITY_ID);
	put_time(&x->out, "created", x->settings->now);
	put_time(&x->out, "modified", x->settings->now);
	put_markings(&x->out, w->marking, exercise);
	if (exercise) put_refs(&x->out, "labels", EXERCISE_LABEL);
}

#define ID_BYTES 80
static const char *id_format(const char *type, const struct stix_uuid *u, char out[ID_BYTES])
{
	char uuid[STIX_UUID_TEXT_BYTES];
	(void)snprintf(out, ID_BYTES, "%s--%s", type, stix_uuid_format(u, uuid));
	return out;
}

static void write_markings(struct stix_answer *x)
{
	static const char *const words[] = {"clear", "green", "amber", "amber+strict", "red"};
	for (int i = 0; i < TLP_NONE; i++) {
		if (!x->used[i]) continue;
		object_start(x, "marking-definition", tlp_marking_id((enum tlp)i));
		put_text(&x->out, "created", TLP_TIME);
		put_text(&x->out, "name", tlp_text((enum tlp)i));
		json_put_key(&x->out, "extensions");
		buf_printf(&x->out, "{\"" TLP_EXTENSION "\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"%s\"}}", words[i]);
		object_end(x);
	}
	if (!x->exercise) return;
	buf_add_text(&x->out, ",\n"); /* the identity stands before */
	exercise_put_marking(&x->out);
	(void)fwrite(x->out.p, 1, x->out.n, x->settings->out);
	buf_clear(&x->out);
}

static void write_identity(struct stix_answer *x)
{
	object_start(x, "identity", IDENTITY_ID);
	put_text(&x->out, "created", IDENTITY_TIME);
	put_text(&x->out, "modified", IDENTITY_TIME);
	put_refs(&x->out, "object_marking_refs", tlp_marking_id(TLP_CLEAR));
	put_text(&x->out, "name", "Kulla");
	put_text(&x->out, "description", "Kulla scan matches indicators against telemetry");
	put_text(&x->out, "identity_class", "system");
	object_end(x);
}

static void write_indicator(struct stix_answer *x, const struct sighted *s, const char *id, slice pattern)
{
	const struct watched *w = &s->watched;
	object_start(x, "indicator", id);
	put_common(x, w, s->exercise);
	json_put_member_text(&x->out, "name", w->name.n > 0 ? w->name : w->value);
	json_put_key(&x->out, "description");
	slice from_whom = arena_printf(
		x->scratch, "Said by %.*s without a STIX object; the pattern is Kulla's wording of it", SLICE_PRINTF(w->author));
	json_put_text(&x->out, from_whom);
	json_put_member_text(&x->out, "pattern", pattern);
	put_text(&x->out, "pattern_type", "stix");
	instant from = w->valid_from != INSTANT_NONE ? w->valid_from : x->settings->now;
	put_time(&x->out, "valid_from", from);
	if (w->valid_until != INSTANT_NONE && w->valid_until > from) put_time(&x->out, "valid_until", w->valid_until);
	if (w->confidence >= 0) json_put_member_int(&x->out, "confidence", w->confidence);
	object_end(x);
}

static void write_observable(struct stix_answer *x, struct observed *o)
{
	char id[ID_BYTES];
	if (o->written) return;
	o->written = true;
	object_start(x, o->observable.type, id_format(o->observable.type, &o->observable.id, id));
	put_markings(&x->out, o->marking, o->exercise);
	buf_add_byte(&x->out, ',');
	buf_add(&x->out, o->observable.properties);
	object_end(x);
}

/* Of this indicator, this observable, so often, between these times. */
static struct stix_uuid observed_id(const struct stix_answer *x, const struct seen_row *r, slice indicator)
{
	struct buf b = {0};
	buf_add(&b, slice_of(r->observed->observable.id.b, 16));
	buf_printf(&b, "%llu %lld %lld%s", (unsigned long long)r->count, (long long)r->first, (long long)r->last,
		r->exercise ? " " EXERCISE_LABEL : "");
	struct stix_uuid u = stix_uuid_derived("observed-data", indicator, buf_slice(&b), x->settings->now);
	buf_free(&b);
	return u;
}

static void write_observed(struct stix_answer *x, const struct seen_row *r)
{
	const struct stix_observable *o = &r->observed->observable;
	char id[ID_BYTES];
	object_start(x, "observed-data", id_format("observed-data", &r->id, id));
	put_common(x, &r->of->watched, r->exercise);
	put_time(&x->out, "first_observed", r->first != INSTANT_NONE ? r->first : x->settings->now);
	put_time(&x->out, "last_observed", r->last != INSTANT_NONE ? r->last : x->settings->now);
	json_put_member_int(&x->out, "number_observed", (int64_t)(r->count < COUNT_MAX ? r->count : COUNT_MAX));
	put_refs(&x->out, "object_refs", id_format(o->type, &o->id, id));
	object_end(x);
}

/* Of this indicator, with these observed data. */
static struct stix_uuid sighting_id(const struct stix_answer *x, const struct sighted *s, slice indicator)
{
	struct buf b = {0};
	for (const struct seen_row *r = s->seen; r != NULL; r = r->next) buf_add(&b, slice_of(r->id.b, 16));
	struct stix_uuid u = stix_uuid_derived("sighting", indicator, buf_slice(&b), x->settings->now);
	buf_free(&b);
	return u;
}

static void write_sighting(struct stix_answer *x, const struct sighted *s, slice indicator)
{
	char id[ID_BYTES];
	struct stix_uuid u = sighting_id(x, s, indicator);
	object_start(x, "sighting", id_format("sighting", &u, id));
	put_common(x, &s->watched, s->exercise);
	if (s->first != INSTANT_NONE) put_time(&x->out, "first_seen", s->first);
	if (s->last != INSTANT_NONE && s->last >= s->first) put_time(&x->out, "last_seen", s->last);
	json_put_member_int(&x->out, "count", (int64_t)(s->count < COUNT_MAX ? s->count : COUNT_MAX));
	json_put_member_text(&x->out, "sighting_of_ref", indicator);
	json_put_key(&x->out, "observed_data_refs");
	buf_add_byte(&x->out, '[');
	for (const struct seen_row *r = s->seen; r != NULL; r = r->next) {
		if (r != s->seen) buf_add_byte(&x->out, ',');
		json_put_text(&x->out, slice_from(id_format("observed-data", &r->id, id)));
	}
	buf_add_byte(&x->out, ']');
	put_refs(&x->out, "where_sighted_refs", IDENTITY_ID);
	object_end(x);
}

/* The id of the indicator; what has none gets an object, whose marking, name and author are part of its id. */
static slice indicator_id(struct stix_answer *x, const struct sighted *s)
{
	const struct watched *w = &s->watched;
	char id[ID_BYTES];
	if (slice_starts(w->id, SLICE("indicator--"))) return w->id;
	slice pattern = stix_pattern_of(x->scratch, w);
	struct buf who = {0};
	buf_printf(&who, "%u %d %zu ", w->indicator, (int)w->marking, w->name.n);
	buf_add(&who, w->name);
	buf_add(&who, w->author);
	if (s->exercise) buf_add_text(&who, " " EXERCISE_LABEL);
	struct stix_uuid u = stix_uuid_derived("indicator", pattern, buf_slice(&who), x->settings->now);
	buf_free(&who);
	slice out = arena_copy(x->kept, slice_from(id_format("indicator", &u, id)));
	write_indicator(x, s, id, pattern);
	arena_reset(x->scratch);
	return out;
}

static void write_sighted(struct stix_answer *x, struct sighted *s)
{
	slice indicator = indicator_id(x, s);
	for (struct seen_row *r = s->seen; r != NULL; r = r->next) {
		r->id = observed_id(x, r, indicator);
		write_observable(x, r->observed);
		write_observed(x, r);
	}
	write_sighting(x, s, indicator);
}

/* Bundles are no objects with versions: their id need only differ where what is in them differs. */
static struct stix_uuid bundle_id(const struct stix_answer *x)
{
	struct buf b = {0};
	for (const struct sighted *s = x->first; s != NULL; s = s->next) {
		buf_add(&b, s->watched.id.n > 0 ? s->watched.id : s->watched.value);
		buf_printf(&b, " %d %llu %lld %lld ", (int)s->watched.marking, (unsigned long long)s->count, (long long)s->first,
			(long long)s->last);
		for (const struct seen_row *r = s->seen; r != NULL; r = r->next) buf_add(&b, slice_of(r->observed->observable.id.b, 16));
		if (s->exercise) buf_add_text(&b, EXERCISE_LABEL);
	}
	struct stix_uuid u = stix_uuid_derived("bundle", buf_slice(&b), SLICE(""), x->settings->now);
	buf_free(&b);
	return u;
}

static void stix_close(void *state, const struct summary *m)
{
	struct stix_answer *x = state;
	char id[ID_BYTES];
	(void)m;
	struct stix_uuid u = bundle_id(x);
	fprintf(x->settings->out, "{\"type\":\"bundle\",\"id\":\"%s\",\"objects\":[", id_format("bundle", &u, id));
	write_identity(x);
	write_markings(x);
	for (struct sighted *s = x->first; s != NULL; s = s->next) write_sighted(x, s);
	fputs("\n]}\n", x->settings->out);
	free(x->observed.rows);
	free(x->sighted.rows);
	free(x->seen.rows);
	buf_free(&x->out);
	arena_free(x->kept);
	arena_free(x->scratch);
	free(x);
}

const struct answer answer_stix = {stix_open, stix_hit, stix_close};
