/* case.json: what happened, in order, and what no sensor can know; and the file EXERCISE, which says what the folder is. */
#include <stdlib.h>
#include "exercise_int.h"
#include "json.h"

static void put_day(struct buf *b, const char *key, int64_t day)
{
	char text[INSTANT_TEXT_BYTES];
	json_put_member_text(b, key, slice_sub(slice_from(instant_format(day * SCENARIO_DAY_MICROS, 0, text)), 0, 10));
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) json_put_member_null(b, key);
	else json_put_member_text(b, key, slice_from(instant_format(t, 6, text)));
}

/* Comma between members of a list: not behind its bracket. */
static void item_open(struct buf *b, bool *first)
{
	buf_add_text(b, *first ? "\n{" : ",\n{");
	*first = false;
}

static void put_sensors(const struct exercise *e, const struct institution *x, struct buf *b)
{
	json_put_key(b, "sensors");
	for (size_t i = 0; i < x->streams_n; i++) {
		const struct stream *s = &e->streams[x->stream_first + i];
		buf_add_text(b, i == 0 ? "[{" : ",{");
		json_put_member_text(b, "sensor", slice_from(sensor_row(s->sensor)->key));
		json_put_member_text(b, "format", slice_from(sensor_row(s->sensor)->format));
		if (s->clock_minutes != 0) json_put_member_int(b, "clock_wrong_minutes", s->clock_minutes);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

static void put_gaps(const struct scenario_institution *x, struct buf *b)
{
	json_put_key(b, "gaps");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < x->gaps.n; i++) {
		const struct scenario_gap *g = SCENARIO_AT(x->gaps, struct scenario_gap, i);
		if (i > 0) buf_add_byte(b, ',');
		buf_add_byte(b, '{');
		json_put_member_text(b, "sensor", g->sensor);
		put_day(b, "from", g->from);
		put_day(b, "to", g->to);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

static void put_institutions(const struct exercise *e, struct buf *b)
{
	bool first = true;
	json_put_key(b, "institutions");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < e->institutions_n; i++) {
		const struct institution *x = &e->institutions[i];
		item_open(b, &first);
		json_put_member_text(b, "institution", x->texts[POOL_KEY]);
		json_put_member_text(b, "name", x->of->name);
		json_put_member_text(b, "course", x->of->course);
		put_time(b, "first_access", x->first_access);
		put_sensors(e, x, b);
		put_gaps(x->of, b);
		buf_add_byte(b, '}');
	}
	buf_add_text(b, "]");
}

static void put_timeline(const struct scenario *s, struct buf *b)
{
	bool first = true;
	json_put_key(b, "timeline");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < s->timeline.n; i++) {
		const struct scenario_event *x = SCENARIO_AT(s->timeline, struct scenario_event, i);
		item_open(b, &first);
		put_day(b, "date", x->day);
		json_put_member_text(b, "text", x->text);
		buf_add_byte(b, '}');
	}
	buf_add_text(b, "]");
}

/* One phase at one institution. */
struct happened {
	instant first, last;
	size_t records, lost, institution;
	const struct scenario_phase *phase;
};

static int happened_compare(const void *x, const void *y)
{
	const struct happened *a = x, *b = y;
	if (a->first != b->first) return a->first < b->first ? -1 : 1;
	if (a->institution != b->institution) return a->institution < b->institution ? -1 : 1;
	return a->phase < b->phase ? -1 : a->phase > b->phase;
}

static struct happened *happened_make(const struct exercise *e)
{
	size_t phases = e->scenario->phases.n;
	struct happened *all = mem_alloc(e->institutions_n * phases * sizeof *all);
	for (size_t i = 0; i < e->institutions_n * phases; i++) all[i].first = INT64_MAX;
	for (size_t i = 0; i < e->planted_n; i++) {
		const struct planted *p = &e->planted[i];
		size_t phase = (size_t)(p->phase - SCENARIO_AT(e->scenario->phases, struct scenario_phase, 0));
		struct happened *h = &all[p->institution * phases + phase];
		h->phase = p->phase;
		h->institution = p->institution;
		h->records++;
		h->lost += p->lost != NULL;
		if (p->time < h->first) h->first = p->time;
		if (p->time > h->last) h->last = p->time;
	}
	qsort(all, e->institutions_n * phases, sizeof *all, happened_compare);
	return all;
}

static void put_happened(const struct exercise *e, struct buf *b)
{
	struct happened *all = happened_make(e);
	bool first = true;
	json_put_key(b, "happened");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < e->institutions_n * e->scenario->phases.n && all[i].records > 0; i++) {
		const struct happened *h = &all[i];
		item_open(b, &first);
		put_time(b, "first", h->first);
		put_time(b, "last", h->last);
		json_put_member_text(b, "institution", e->institutions[h->institution].texts[POOL_KEY]);
		json_put_member_text(b, "phase", h->phase->key);
		json_put_member_text(b, "technique", h->phase->technique);
		json_put_member_text(b, "title", h->phase->title);
		json_put_member_bool(b, "decoy", h->phase->decoy);
		json_put_member_int(b, "records", (int64_t)h->records);
		json_put_member_int(b, "lost", (int64_t)h->lost);
		buf_add_byte(b, '}');
	}
	buf_add_text(b, "]");
	free(all);
}

void exercise_put_case(const struct exercise *e, struct buf *out)
{
	const struct scenario *s = e->scenario;
	char seed[24];
	(void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)e->settings.seed);
	buf_add_text(out, "{\"kind\":\"case\",\"exercise\":true");
	json_put_member_text(out, "marking", SLICE(EXERCISE_WORD));
	json_put_member_text(out, "scenario", s->key);
	json_put_member_text(out, "title", s->title);
	json_put_member_text(out, "description", s->description);
	json_put_member_text(out, "seed", slice_from(seed));
	put_day(out, "from", e->settings.from);
	put_day(out, "to", e->settings.from + e->settings.days - 1);
	put_time(out, "warned", s->warning.published);
	json_put_member_int(out, "planted", (int64_t)e->planted_n);
	json_put_member_int(out, "lost", (int64_t)e->lost_n);
	put_institutions(e, out);
	put_timeline(s, out);
	put_happened(e, out);
	buf_add_text(out, "}\n");
}

void exercise_put_marker(const struct exercise *e, struct buf *out)
{
	buf_printf(out,
		EXERCISE_WORD "\n\nThis folder was made by kulla exercise generate: %.*s.\nNothing in it happened. It must not reach a "
			      "production home, a block list or a partner.\n"
			      "scenario: %.*s\nseed: %llu\n",
		SLICE_PRINTF(e->scenario->title), SLICE_PRINTF(e->scenario->key), (unsigned long long)e->settings.seed);
}
