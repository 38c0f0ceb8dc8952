/* The plan of an exercise: streams (one sensor of one institution), weights of their days, and what is planted in which file.
 * Drawn by one thread from streams of numbers named after institution and phase, so that more institutions change nothing in those before.
 */
#include <stdlib.h>
#include "exercise_int.h"
#include "limit.h"

#define MINUTE_MICROS (60 * INT64_C(1000000))
#define DAY_MICROS SCENARIO_DAY_MICROS
#define SESSIONS_MAX SCENARIO_PLANTED_MAX
#define PLANTED_MAX 1000000u

/* ---- the calendar ---- */

static unsigned weekday(int64_t day) /* 0: Sunday */
{
	return (unsigned)((day + 4) % 7);
}

bool day_is_work(const struct scenario *s, int64_t day)
{
	if (weekday(day) == 0 || weekday(day) == 6) return false;
	for (size_t i = 0; i < s->holidays.n; i++)
		if (*SCENARIO_AT(s->holidays, int64_t, i) == day) return false;
	return true;
}

static void civil(int64_t day, unsigned *month, unsigned *day_of_month)
{
	char text[INSTANT_TEXT_BYTES];
	(void)instant_format(day * DAY_MICROS, 0, text);
	*month = (unsigned)(text[5] - '0') * 10 + (unsigned)(text[6] - '0');
	*day_of_month = (unsigned)(text[8] - '0') * 10 + (unsigned)(text[9] - '0');
}

/* From the last Sunday of March to the last of October (Directive 2000/84/EC). */
unsigned day_zone_hours(int64_t day)
{
	unsigned month, d;
	civil(day, &month, &d);
	if (month < 3 || month > 10) return 1;
	if (month > 3 && month < 10) return 2;
	bool behind_last_sunday = d >= 25 && d - weekday(day) >= 25;
	return (month == 3) == behind_last_sunday ? 2 : 1;
}

/* ---- files ---- */

size_t exercise_files(const struct exercise *e)
{
	return e->streams_n * (size_t)e->settings.days;
}

static const struct stream *stream_of(const struct exercise *e, size_t file)
{
	return &e->streams[file / (size_t)e->settings.days];
}

static int64_t day_of(const struct exercise *e, size_t file)
{
	return e->settings.from + (int64_t)(file % (size_t)e->settings.days);
}

static bool sensor_down(const struct scenario_institution *x, slice sensor, int64_t day)
{
	for (size_t i = 0; i < x->gaps.n; i++) {
		const struct scenario_gap *g = SCENARIO_AT(x->gaps, struct scenario_gap, i);
		if (slice_equal(g->sensor, sensor) && day >= g->from && day <= g->to) return true;
	}
	return false;
}

bool exercise_file_exists(const struct exercise *e, size_t file)
{
	const struct stream *s = stream_of(e, file);
	return !sensor_down(e->institutions[s->institution].of, slice_from(sensor_row(s->sensor)->key), day_of(e, file));
}

const char *exercise_file_path(const struct exercise *e, size_t file, char out[EXERCISE_PATH_BYTES])
{
	const struct stream *s = stream_of(e, file);
	const struct sensor_row *row = sensor_row(s->sensor);
	char date[INSTANT_TEXT_BYTES];
	const char *key = (const char *)e->institutions[s->institution].texts[POOL_KEY].p; /* ends in a NUL: arena_printf */
	(void)instant_format(day_of(e, file) * DAY_MICROS, 0, date);
	date[10] = '\0'; /* the day alone */
	(void)snprintf(out, EXERCISE_PATH_BYTES, "telemetry/%s/%s/%s.%s", key, row->key, date, row->file);
	return out;
}

const char *exercise_sensor_name(size_t i)
{
	return sensor_row(i) != NULL ? sensor_row(i)->key : NULL;
}

const char *exercise_sensor_format(size_t i)
{
	return sensor_row(i) != NULL ? sensor_row(i)->format : NULL;
}

size_t exercise_file_sensor(const struct exercise *e, size_t file)
{
	return stream_of(e, file)->sensor;
}

uint64_t file_weight(const struct exercise *e, size_t file)
{
	if (!exercise_file_exists(e, file)) return 0;
	const struct scenario_institution *x = e->institutions[stream_of(e, file)->institution].of;
	return (uint64_t)x->weight * (day_is_work(e->scenario, day_of(e, file)) ? 10 : 3);
}

instant planted_clock(const struct exercise *e, const struct planted *p)
{
	return p->time + stream_of(e, p->file)->clock_minutes * MINUTE_MICROS;
}

/* ---- streams ---- */

static int64_t clock_of(const struct scenario_institution *x, slice sensor)
{
	for (size_t i = 0; i < x->clocks.n; i++)
		if (slice_equal(SCENARIO_AT(x->clocks, struct scenario_clock, i)->sensor, sensor))
			return SCENARIO_AT(x->clocks, struct scenario_clock, i)->minutes;
	return 0;
}

static void streams_make(struct arena *a, struct exercise *e)
{
	size_t n = 0;
	const slice only = slice_from(e->settings.sensor);
	for (size_t i = 0; i < e->institutions_n; i++)
		n += only.n > 0 ? 1 : SCENARIO_AT(e->scenario->kits, struct scenario_kit, e->institutions[i].of->kit_index)->sensors.n;
	e->streams = arena_array(a, n, sizeof *e->streams);
	for (size_t i = 0; i < e->institutions_n; i++) {
		struct institution *x = &e->institutions[i];
		struct scenario_list sensors = SCENARIO_AT(e->scenario->kits, struct scenario_kit, x->of->kit_index)->sensors;
		if (only.n > 0) sensors = (struct scenario_list){(void *)(uintptr_t)&only, 1};
		x->stream_first = e->streams_n;
		x->streams_n = sensors.n;
		for (size_t k = 0; k < sensors.n; k++) {
			struct stream *s = &e->streams[e->streams_n++];
			slice key = *SCENARIO_AT(sensors, slice, k);
			s->institution = i;
			if (!sensor_find(key, &s->sensor)) s->sensor = 0; /* judged before */
			s->clock_minutes = clock_of(x->of, key);
		}
	}
}

/* ---- planting ---- */

struct planting {
	struct exercise *exercise;
	struct buf all; /* of struct planted */
	size_t number;
};

static void planted_place(const struct exercise *e, struct planted *p)
{
	const struct institution *x = &e->institutions[p->institution];
	int64_t day = p->time / DAY_MICROS - e->settings.from;
	p->file = SIZE_MAX;
	p->lost = "no such sensor";
	for (size_t i = x->stream_first; i < x->stream_first + x->streams_n; i++) {
		if (e->streams[i].sensor != p->plant->sensor_index) continue;
		size_t file = i * (size_t)e->settings.days + (size_t)day;
		p->lost = exercise_file_exists(e, file) ? NULL : "sensor was down";
		if (p->lost == NULL) p->file = file;
		return;
	}
}

static void planted_add(struct planting *l, const struct planted *p)
{
	struct exercise *e = l->exercise;
	int64_t day = p->time / DAY_MICROS - e->settings.from;
	struct planted made = *p;
	if (day < 0 || day >= e->settings.days || e->planted_n >= PLANTED_MAX) return;
	made.number = l->number++;
	planted_place(e, &made);
	struct institution *x = &e->institutions[p->institution];
	if (!p->phase->decoy && !p->phase->outside && (x->first_access == INSTANT_NONE || p->time < x->first_access))
		x->first_access = p->time;
	buf_add(&l->all, slice_of(&made, sizeof made));
	e->planted_n++;
}

/* Sessions: the same record numbers of a phase's plants belong together, some minutes apart, in the plants' order. */
static void sessions_draw(struct draw *d, const struct scenario_when *w, size_t n, instant *sessions)
{
	for (size_t i = 0; i < n; i++) {
		int64_t day = w->from + (int64_t)draw_below(d, (uint64_t)(w->to - w->from + 1));
		int64_t hour = w->hour_first + (int64_t)draw_below(d, (uint64_t)(w->hour_last - w->hour_first + 1));
		sessions[i] =
			day * DAY_MICROS + hour * HOUR_MICROS + (int64_t)draw_below(d, 2400) * 1000000 + (int64_t)draw_below(d, 1000000);
	}
}

static void phase_plant(struct planting *l, size_t institution, const struct scenario_phase *phase, const struct scenario_when *w)
{
	const struct exercise *e = l->exercise;
	const struct scenario_institution *x = e->institutions[institution].of;
	struct draw d = draw_new(seed_mix(seed_mix(seed_mix(e->settings.seed, e->scenario->key), x->key), phase->key));
	struct planted p = {.phase = phase, .institution = institution, .client = (size_t)draw_below(&d, (uint64_t)x->clients)};
	instant *sessions = mem_alloc(SESSIONS_MAX * sizeof *sessions);
	sessions_draw(&d, w, SESSIONS_MAX, sessions);
	for (size_t k = 0; k < phase->plants.n; k++) {
		p.plant = SCENARIO_AT(phase->plants, struct scenario_plant, k);
		size_t n = (size_t)p.plant->least + (size_t)draw_below(&d, (uint64_t)(p.plant->most - p.plant->least + 1));
		for (size_t i = 0; i < n; i++) {
			p.time = sessions[i] + (int64_t)(k % 12) * MINUTE_MICROS + (int64_t)draw_below(&d, 40) * 1000000;
			planted_add(l, &p);
		}
	}
	free(sessions);
}

static void institution_plant(struct planting *l, size_t institution)
{
	const struct scenario *s = l->exercise->scenario;
	slice course = l->exercise->institutions[institution].of->course;
	for (size_t i = 0; i < s->phases.n; i++) {
		const struct scenario_phase *phase = SCENARIO_AT(s->phases, struct scenario_phase, i);
		for (size_t k = 0; k < phase->when.n; k++) {
			const struct scenario_when *w = SCENARIO_AT(phase->when, struct scenario_when, k);
			if (slice_equal(w->course, course)) phase_plant(l, institution, phase, w);
		}
	}
}

static int planted_compare(const void *x, const void *y)
{
	const struct planted *a = x, *b = y;
	if (a->file != b->file) return a->file < b->file ? -1 : 1;
	if (a->time != b->time) return a->time < b->time ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void plant_all(struct arena *a, struct exercise *e)
{
	struct planting l = {.exercise = e};
	for (size_t i = 0; i < e->institutions_n; i++) institution_plant(&l, i);
	e->planted = arena_array(a, e->planted_n + 1, sizeof *e->planted);
	if (l.all.p != NULL) memcpy(e->planted, l.all.p, e->planted_n * sizeof *e->planted);
	if (e->planted_n > 0) qsort(e->planted, e->planted_n, sizeof *e->planted, planted_compare);
	for (size_t i = 0; i < e->planted_n; i++) e->lost_n += e->planted[i].lost != NULL;
	buf_free(&l.all);
}

enum err exercise_plan(
	struct arena *a, const struct scenario *s, const struct exercise_settings *settings, const struct exercise **out, struct fault *f)
{
	size_t index;
	if (settings->institutions > s->institutions.n)
		return fault_set(f, ERR_USAGE, 0, 0, "the scenario has %zu %s, not %zu", s->institutions.n,
			s->institutions.n == 1 ? "institution" : "institutions", settings->institutions);
	if (settings->sensor != NULL && !sensor_find(slice_from(settings->sensor), &index))
		return fault_set(f, ERR_USAGE, 0, 0, "no sensor is called %.40s", settings->sensor);
	struct exercise *e = ARENA_NEW(a, struct exercise);
	e->scenario = s;
	e->settings = *settings;
	e->institutions_n = settings->institutions > 0 ? settings->institutions : s->institutions.n;
	e->institutions = arena_array(a, e->institutions_n, sizeof *e->institutions);
	world_make(a, &e->world);
	for (size_t i = 0; i < e->institutions_n; i++)
		institution_make(a, SCENARIO_AT(s->institutions, struct scenario_institution, i), i, &e->institutions[i]);
	streams_make(a, e);
	if (e->streams_n > EXERCISE_FILES_MAX / (size_t)settings->days)
		return fault_set(f, ERR_LIMIT, 0, 0, "more than EXERCISE_FILES_MAX = %u files", EXERCISE_FILES_MAX);
	for (size_t i = 0; i < exercise_files(e); i++) e->weight += file_weight(e, i);
	plant_all(a, e);
	*out = e;
	return OK;
}
