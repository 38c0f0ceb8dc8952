/* What a scenario must keep beyond the types of its members: keys that are named must be there, places must stand in the record that a
 * plant writes, patterns must be patterns, and everything must say that it is an exercise. */
#include "limit.h"
#include "pattern.h"
#include "record_int.h"
#include "scenario_int.h"

struct checking {
	struct arena *arena;
	struct scenario *scenario;
	struct fault *fault;
};

#define REFUSE(c, ...) return fault_set((c)->fault, ERR_SYNTAX, 0, 0, __VA_ARGS__)

const struct scenario_indicator *scenario_indicator_find(const struct scenario *s, slice key)
{
	for (size_t i = 0; i < s->indicators.n; i++) {
		const struct scenario_indicator *x = SCENARIO_AT(s->indicators, struct scenario_indicator, i);
		if (slice_equal(x->key, key)) return x;
	}
	return NULL;
}

slice scenario_reference_next(slice *rest, slice *key)
{
	slice start = *rest;
	size_t open = slice_find(start, SLICE("${"));
	*key = (slice){0};
	*rest = slice_sub(start, open + 2, start.n);
	if (open == start.n) return start;
	size_t close = slice_find_byte(*rest, '}');
	*key = slice_sub(*rest, 0, close);
	*rest = slice_sub(*rest, close + 1, rest->n);
	return slice_sub(start, 0, open);
}

/* ---- keys ---- */

static enum err keys_known(const struct checking *c, struct scenario_list keys, const char *where, size_t i)
{
	for (size_t k = 0; k < keys.n; k++) {
		slice key = *SCENARIO_AT(keys, slice, k);
		if (scenario_indicator_find(c->scenario, key) == NULL)
			REFUSE(c, "%s[%zu]: no indicator has the key %.*s", where, i, SLICE_PRINTF(key));
	}
	return OK;
}

static enum err sensor_known(const struct checking *c, slice key, const char *where, size_t i)
{
	size_t index;
	if (sensor_find(key, &index)) return OK;
	REFUSE(c, "%s[%zu]: no sensor is called %.*s", where, i, SLICE_PRINTF(key));
}

/* ---- indicators ---- */

static enum err check_indicator(const struct checking *c, size_t i)
{
	const struct scenario_indicator *x = SCENARIO_AT(c->scenario->indicators, struct scenario_indicator, i);
	struct pattern_node *tree;
	struct pattern_term *terms;
	size_t terms_n;
	const char *why;
	struct fault inner = {0};
	if (scenario_indicator_find(c->scenario, x->key) != x)
		REFUSE(c, "indicators[%zu].key: %.*s stands here twice", i, SLICE_PRINTF(x->key));
	if (pattern_parse(c->arena, x->pattern, 21, &tree, &inner) != OK) REFUSE(c, "indicators[%zu].pattern: %s", i, inner.text);
	if (pattern_terms(c->arena, tree, &terms, &terms_n, &why) != OK && !x->unmatchable)
		REFUSE(c, "indicators[%zu].pattern: cannot be matched record by record (%s): it must say \"unmatchable\": true", i, why);
	return keys_known(c, x->with, "indicators", i);
}

/* ---- kits and institutions ---- */

static enum err check_kit(const struct checking *c, size_t i)
{
	const struct scenario_kit *k = SCENARIO_AT(c->scenario->kits, struct scenario_kit, i);
	for (size_t n = 0; n < k->sensors.n; n++) {
		enum err e = sensor_known(c, *SCENARIO_AT(k->sensors, slice, n), "kits", i);
		if (e != OK) return e;
		for (size_t m = 0; m < n; m++)
			if (slice_equal(*SCENARIO_AT(k->sensors, slice, n), *SCENARIO_AT(k->sensors, slice, m)))
				REFUSE(c, "kits[%zu].sensors: a sensor stands here twice", i);
	}
	return OK;
}

static enum err check_troubles(const struct checking *c, const struct scenario_institution *x, size_t i)
{
	enum err e = OK;
	for (size_t n = 0; e == OK && n < x->gaps.n; n++) {
		const struct scenario_gap *g = SCENARIO_AT(x->gaps, struct scenario_gap, n);
		if (g->to < g->from) REFUSE(c, "institutions[%zu].gaps[%zu]: ends before it begins", i, n);
		e = sensor_known(c, g->sensor, "institutions", i);
	}
	for (size_t n = 0; e == OK && n < x->clocks.n; n++)
		e = sensor_known(c, SCENARIO_AT(x->clocks, struct scenario_clock, n)->sensor, "institutions", i);
	return e;
}

static enum err check_institution(const struct checking *c, size_t i)
{
	struct scenario_institution *x = &((struct scenario_institution *)c->scenario->institutions.items)[i];
	if (!slice_starts(x->name, SLICE("EXERCISE "))) REFUSE(c, "institutions[%zu].name: must begin with \"EXERCISE \"", i);
	for (size_t k = 0; k < i; k++)
		if (slice_equal(x->key, SCENARIO_AT(c->scenario->institutions, struct scenario_institution, k)->key))
			REFUSE(c, "institutions[%zu].key: %.*s stands here twice", i, SLICE_PRINTF(x->key));
	for (x->kit_index = 0; x->kit_index < c->scenario->kits.n; x->kit_index++)
		if (slice_equal(x->kit, SCENARIO_AT(c->scenario->kits, struct scenario_kit, x->kit_index)->key))
			return check_troubles(c, x, i);
	REFUSE(c, "institutions[%zu].kit: no kit has the key %.*s", i, SLICE_PRINTF(x->kit));
}

/* ---- phases ---- */

static bool technique_good(slice s)
{
	if (s.n != 5 && s.n != 9) return false;
	if (s.p[0] != 'T' || (s.n == 9 && s.p[5] != '.')) return false;
	for (size_t i = 1; i < s.n; i++)
		if (i != 5 && (s.p[i] < '0' || s.p[i] > '9')) return false;
	return true;
}

static enum err check_value(const struct checking *c, slice value, const char *place)
{
	slice key;
	while (value.n > 0) {
		(void)scenario_reference_next(&value, &key);
		if (key.n > 0 && scenario_indicator_find(c->scenario, key) == NULL)
			REFUSE(c, "%s: no indicator has the key %.*s", place, SLICE_PRINTF(key));
	}
	return OK;
}

static enum err check_settings(const struct checking *c, const struct scenario_plant *p, const struct recipe *r, const char *place)
{
	for (size_t i = 0; i < p->set.n; i++) {
		const struct scenario_setting *s = SCENARIO_AT(p->set, struct scenario_setting, i);
		if (!recipe_has_place(r, s->place))
			REFUSE(c, "%s.set.%.*s: the record %.*s of %.*s has no such place", place, SLICE_PRINTF(s->place),
				SLICE_PRINTF(p->record), SLICE_PRINTF(p->sensor));
		enum err e = check_value(c, s->value, place);
		if (e != OK) return e;
	}
	return OK;
}

static enum err check_plant(const struct checking *c, struct scenario_plant *p, const char *place)
{
	struct recipe r;
	if (!sensor_find(p->sensor, &p->sensor_index)) REFUSE(c, "%s.sensor: no sensor is called %.*s", place, SLICE_PRINTF(p->sensor));
	const struct sensor_row *row = sensor_row(p->sensor_index);
	if (!record_find(row, p->record, &p->record_index))
		REFUSE(c, "%s.record: %.*s has no record %.*s", place, SLICE_PRINTF(p->sensor), SLICE_PRINTF(p->record));
	if (p->most < p->least) REFUSE(c, "%s.most: is less than least", place);
	enum err e = recipe_make(c->arena, row, row->records[p->record_index].text, &r, c->fault);
	if (e == OK) e = check_settings(c, p, &r, place);
	for (size_t i = 0; e == OK && i < p->meets.n; i++)
		if (scenario_indicator_find(c->scenario, *SCENARIO_AT(p->meets, slice, i)) == NULL)
			REFUSE(c, "%s.meets[%zu]: no indicator has this key", place, i);
	return e;
}

static enum err check_phase(const struct checking *c, size_t i)
{
	const struct scenario_phase *p = SCENARIO_AT(c->scenario->phases, struct scenario_phase, i);
	char place[64];
	enum err e = OK;
	if (!technique_good(p->technique)) REFUSE(c, "phases[%zu].technique: must be an ATT&CK technique such as T1505.003", i);
	for (size_t k = 0; k < p->when.n; k++) {
		const struct scenario_when *w = SCENARIO_AT(p->when, struct scenario_when, k);
		if (w->to < w->from) REFUSE(c, "phases[%zu].when[%zu]: ends before it begins", i, k);
		if (w->hour_last < w->hour_first) REFUSE(c, "phases[%zu].when[%zu]: hour_last is before hour_first", i, k);
	}
	for (size_t k = 0; e == OK && k < p->plants.n; k++) {
		(void)snprintf(place, sizeof place, "phases[%zu].plants[%zu]", i, k);
		e = check_plant(c, &((struct scenario_plant *)p->plants.items)[k], place);
	}
	return e;
}

static enum err check_warning(const struct checking *c)
{
	struct scenario_warning *w = &c->scenario->warning;
	w->tlp = tlp_from_text(w->marking);
	if (w->tlp == TLP_NONE) REFUSE(c, "warning.marking: must be a marking such as TLP:AMBER");
	if (!slice_starts(w->author, SLICE("EXERCISE "))) REFUSE(c, "warning.author: must begin with \"EXERCISE \"");
	return OK;
}

enum err scenario_check(struct arena *a, struct scenario *s, struct fault *f)
{
	const struct checking c = {.arena = a, .scenario = s, .fault = f};
	enum err e = check_warning(&c);
	for (size_t i = 0; e == OK && i < s->indicators.n; i++) e = check_indicator(&c, i);
	for (size_t i = 0; e == OK && i < s->kits.n; i++) e = check_kit(&c, i);
	for (size_t i = 0; e == OK && i < s->institutions.n; i++) e = check_institution(&c, i);
	for (size_t i = 0; e == OK && i < s->phases.n; i++) e = check_phase(&c, i);
	return e;
}
