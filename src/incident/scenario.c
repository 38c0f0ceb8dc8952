/* Scenarios in: JSON to structures along the tables of scenario_table.c. Objects within objects wait in a queue, so that nothing recurses;
 * what no table knows is refused, because a slip in an optional member would otherwise plant nothing and say nothing. */
#include "json.h"
#include "limit.h"
#include "scenario_int.h"
#include "text.h"

struct pending {
	json_value value;
	const struct member_table *table;
	void *target;
	slice place;
	struct pending *next;
};
struct reading {
	struct arena *arena;
	struct fault *fault;
	struct pending *first, **last;
	size_t objects_n;
};
/* The member that is read: where it stands, and where it goes. */
struct reached {
	const struct member *m;
	json_value value;
	slice place;
	void *to;
};

static enum err refuse(struct reading *r, slice place, const char *rule)
{
	return fault_set(r->fault, ERR_SYNTAX, 0, 0, "%.*s: %s", SLICE_PRINTF(place), rule);
}

static enum err queue(struct reading *r, json_value value, const struct member_table *table, void *target, slice place)
{
	if (json_type_of(value) != JSON_OBJECT) return refuse(r, place, "must be an object");
	if (++r->objects_n > SCENARIO_OBJECTS_MAX)
		return fault_set(r->fault, ERR_LIMIT, 0, 0, "more than SCENARIO_OBJECTS_MAX = %u objects", SCENARIO_OBJECTS_MAX);
	struct pending *p = ARENA_NEW(r->arena, struct pending);
	*p = (struct pending){.value = value, .table = table, .target = target, .place = place};
	*r->last = p;
	r->last = &p->next;
	return OK;
}

/* ---- values ---- */

static bool text_good(slice s)
{
	if (s.n == 0 || s.n > SCENARIO_TEXT_BYTES_MAX) return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
	return true;
}

static bool key_good(slice s)
{
	if (s.n == 0 || s.n > SCENARIO_KEY_BYTES_MAX) return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
	}
	return true;
}

static enum err read_text(struct reading *r, const struct reached *x)
{
	slice s;
	if (!json_get_text(x->value, &s) || !text_good(s))
		return refuse(r, x->place, "must be a text of 1 to SCENARIO_TEXT_BYTES_MAX bytes without controls");
	*(slice *)x->to = arena_copy(r->arena, s);
	return OK;
}

static enum err read_key(struct reading *r, const struct reached *x)
{
	slice s;
	if (!json_get_text(x->value, &s) || !key_good(s)) return refuse(r, x->place, "must be 1 to 40 of a-z, 0-9 and '-'");
	*(slice *)x->to = arena_copy(r->arena, s);
	return OK;
}

static enum err read_number(struct reading *r, const struct reached *x)
{
	int64_t v;
	if (json_get_int(x->value, &v) && v >= x->m->min && v <= x->m->max) {
		*(int64_t *)x->to = v;
		return OK;
	}
	return fault_set(r->fault, ERR_SYNTAX, 0, 0, "%.*s: must be a whole number from %lld to %lld", SLICE_PRINTF(x->place),
		(long long)x->m->min, (long long)x->m->max);
}

static enum err read_flag(struct reading *r, const struct reached *x)
{
	return json_get_bool(x->value, x->to) ? OK : refuse(r, x->place, "must be true or false");
}

static enum err read_time(struct reading *r, const struct reached *x)
{
	slice s;
	bool guessed = false;
	if (json_get_text(x->value, &s) && instant_parse(s, 0, x->to, &guessed) == OK && !guessed) return OK;
	return refuse(r, x->place, "must be a time such as 2022-08-10T08:00:00Z");
}

static enum err read_date(struct reading *r, const struct reached *x)
{
	slice s;
	instant t;
	if (json_get_text(x->value, &s) && s.n == 10 && instant_parse(arena_join(r->arena, s, SLICE("T00:00:00Z")), 0, &t, NULL) == OK &&
		t >= SCENARIO_DAY_FIRST * SCENARIO_DAY_MICROS && t < SCENARIO_DAY_END * SCENARIO_DAY_MICROS) {
		*(int64_t *)x->to = t / SCENARIO_DAY_MICROS;
		return OK;
	}
	return refuse(r, x->place, "must be a date such as 2022-07-15, from 1980 to 2099");
}

/* ---- lists ---- */

typedef enum err read_value(struct reading *r, const struct reached *x);

/* Size of the list, judged; 0 is fine where nothing is needed. */
static enum err list_start(struct reading *r, const struct reached *x, size_t size, enum json_type type)
{
	size_t n = 0;
	if (json_type_of(x->value) != type) return refuse(r, x->place, type == JSON_ARRAY ? "must be a list" : "must be an object");
	for (struct json_iter i = json_iter(x->value); json_next(&i);) n++;
	if (n < (size_t)x->m->min || n > (size_t)x->m->max)
		return fault_set(r->fault, ERR_SYNTAX, 0, 0, "%.*s: must have %lld to %lld members", SLICE_PRINTF(x->place),
			(long long)x->m->min, (long long)x->m->max);
	*(struct scenario_list *)x->to = (struct scenario_list){arena_array(r->arena, n > 0 ? n : 1, size), n};
	return OK;
}

static enum err read_each(struct reading *r, const struct reached *x, size_t size, read_value *each)
{
	enum err e = list_start(r, x, size, JSON_ARRAY);
	if (e != OK) return e;
	const struct scenario_list *list = x->to;
	size_t n = 0;
	for (struct json_iter i = json_iter(x->value); e == OK && json_next(&i); n++) {
		struct reached item = *x;
		item.value = i.value;
		item.place = arena_printf(r->arena, "%.*s[%zu]", SLICE_PRINTF(x->place), n);
		item.to = (char *)list->items + n * size;
		e = each(r, &item);
	}
	return e;
}

static enum err read_keys(struct reading *r, const struct reached *x)
{
	return read_each(r, x, sizeof(slice), read_key);
}

static enum err read_dates(struct reading *r, const struct reached *x)
{
	return read_each(r, x, sizeof(int64_t), read_date);
}

static enum err read_object(struct reading *r, const struct reached *x)
{
	return queue(r, x->value, x->m->table, x->to, x->place);
}

static enum err read_objects(struct reading *r, const struct reached *x)
{
	return read_each(r, x, x->m->table->size, read_object);
}

static enum err read_settings(struct reading *r, const struct reached *x)
{
	enum err e = list_start(r, x, sizeof(struct scenario_setting), JSON_OBJECT);
	if (e != OK) return e;
	struct scenario_setting *s = ((struct scenario_list *)x->to)->items;
	for (struct json_iter i = json_iter(x->value); e == OK && json_next(&i); s++) {
		struct reached item = {.value = i.value, .to = &s->value};
		item.place = arena_printf(r->arena, "%.*s.%.*s", SLICE_PRINTF(x->place), SLICE_PRINTF(i.key));
		s->place = arena_copy(r->arena, i.key);
		e = read_text(r, &item);
	}
	return e;
}

static read_value *const readers[] = {
	[MEMBER_TEXT] = read_text,
	[MEMBER_KEY] = read_key,
	[MEMBER_NUMBER] = read_number,
	[MEMBER_FLAG] = read_flag,
	[MEMBER_DATE] = read_date,
	[MEMBER_TIME] = read_time,
	[MEMBER_KEYS] = read_keys,
	[MEMBER_DATES] = read_dates,
	[MEMBER_SETTINGS] = read_settings,
	[MEMBER_OBJECT] = read_object,
	[MEMBER_OBJECTS] = read_objects,
};

/* ---- objects ---- */

static const struct member *member_find(const struct member_table *t, slice key)
{
	for (size_t i = 0; i < t->members_n; i++)
		if (slice_equal(slice_from(t->members[i].key), key)) return &t->members[i];
	return NULL;
}

static slice place_below(struct arena *a, slice place, slice key)
{
	return arena_printf(a, "%.*s%s%.*s", SLICE_PRINTF(place), place.n > 0 ? "." : "", SLICE_PRINTF(key));
}

static enum err members_needed(struct reading *r, const struct pending *p)
{
	json_value v;
	for (size_t i = 0; i < p->table->members_n; i++) {
		const struct member *m = &p->table->members[i];
		if (m->needed && !json_member(p->value, m->key, &v))
			return refuse(r, place_below(r->arena, p->place, slice_from(m->key)), "is missing");
	}
	return OK;
}

static enum err read_members(struct reading *r, const struct pending *p)
{
	enum err e = members_needed(r, p);
	uint64_t met = 0;
	for (struct json_iter i = json_iter(p->value); e == OK && json_next(&i);) {
		struct reached x = {.m = member_find(p->table, i.key), .value = i.value, .place = place_below(r->arena, p->place, i.key)};
		if (x.m == NULL) return refuse(r, x.place, "no such member is known here");
		uint64_t bit = UINT64_C(1) << (x.m - p->table->members);
		if ((met & bit) != 0) return refuse(r, x.place, "stands here twice");
		met |= bit;
		x.to = (char *)p->target + x.m->place;
		e = readers[x.m->kind](r, &x);
	}
	return e;
}

static enum err read_document(struct reading *r, json_value root, struct scenario *s)
{
	enum err e = queue(r, root, &scenario_table, s, SLICE(""));
	for (struct pending *p = r->first; e == OK && p != NULL; p = p->next) e = read_members(r, p);
	return e;
}

enum err scenario_read(struct arena *a, slice text, const struct scenario **out, struct fault *f)
{
	if (text.n > SCENARIO_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "a scenario is longer than SCENARIO_BYTES_MAX = %u bytes", SCENARIO_BYTES_MAX);
	struct json_parser *parser = json_parser_new();
	struct reading r = {.arena = a, .fault = f};
	r.last = &r.first;
	json_value root;
	struct scenario *s = ARENA_NEW(a, struct scenario);
	enum err e = json_parse(parser, text, &root, f);
	if (e == OK && json_type_of(root) != JSON_OBJECT) e = fault_set(f, ERR_SYNTAX, 1, 0, "a scenario must be one JSON object");
	if (e == OK) e = read_document(&r, root, s);
	if (e == OK) e = scenario_check(a, s, f);
	json_parser_free(parser);
	if (e == OK) *out = s;
	return e;
}
