/* One file of telemetry: background by the hour, planted records in between in the order of their time.
 * Invariant: `done` bytes, `line` lines and `record_no` records stand before what is in the buffer. */
#include <stdlib.h>
#include "exercise_int.h"

#define DAY_MICROS SCENARIO_DAY_MICROS
#define HOUR_MICROS (3600 * INT64_C(1000000))
#define EMIT_BYTES (256u << 10)
#define HOURS 24
#define RECORD_BYTES_LEAST 60 /* no record is shorter: as much later the next one comes at least, so that times never go back */
#define WEIGHT_ROOM 64        /* entries of a table of weighted records */

static const uint8_t work_hours[HOURS] = {1, 1, 1, 1, 1, 2, 3, 6, 11, 13, 13, 12, 10, 10, 11, 10, 8, 5, 3, 2, 2, 2, 1, 1};
static const uint8_t rest_hours[HOURS] = {3, 2, 2, 2, 2, 2, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 3};

struct kitchen { /* one sensor's templates, taken apart */
	struct recipe header, *recipes;
	uint8_t drawn[WEIGHT_ROOM]; /* a record's index as often as its weight says */
	size_t drawn_n;
};
struct exercise_writer {
	const struct exercise *exercise;
	struct arena *arena, *scratch;
	struct kitchen *kitchens;
	struct buf out;
};
struct writing {
	struct exercise_writer *w;
	const struct kitchen *kitchen;
	const struct institution *institution;
	const struct stream *stream;
	struct scene scene;
	size_t lease_shift;
	uint64_t done, line, record_no, background;
	const struct planted *next, *end;
	struct buf *places;
	exercise_emit *emit;
	void *context;
	bool stopped;
};

/* ---- the writer ---- */

static void kitchen_make(struct arena *a, const struct sensor_row *row, struct kitchen *k)
{
	struct fault f = {0};
	k->recipes = arena_array(a, row->records_n, sizeof *k->recipes);
	if (recipe_make(a, row, row->header, &k->header, &f) != OK) abort(); /* our own table: a test makes every recipe */
	for (size_t i = 0; i < row->records_n; i++) {
		if (recipe_make(a, row, row->records[i].text, &k->recipes[i], &f) != OK) abort();
		for (unsigned n = 0; n < row->records[i].weight && k->drawn_n < WEIGHT_ROOM; n++) k->drawn[k->drawn_n++] = (uint8_t)i;
	}
}

struct exercise_writer *exercise_writer_new(const struct exercise *e)
{
	size_t n = 0;
	while (sensor_row(n) != NULL) n++;
	struct exercise_writer *w = mem_alloc(sizeof *w);
	w->exercise = e;
	w->arena = arena_new(0);
	w->scratch = arena_new(0);
	w->kitchens = arena_array(w->arena, n, sizeof *w->kitchens);
	for (size_t i = 0; i < n; i++) kitchen_make(w->arena, sensor_row(i), &w->kitchens[i]);
	return w;
}

void exercise_writer_free(struct exercise_writer *w)
{
	if (w == NULL) return;
	buf_free(&w->out);
	arena_free(w->arena);
	arena_free(w->scratch);
	free(w);
}

/* ---- scenes ---- */

static void scene_client(struct writing *g, size_t client)
{
	const struct institution *x = g->institution;
	slice *t = g->scene.texts;
	t[POOL_CLIENT] = x->addresses[(client + g->lease_shift) % x->addresses_n]; /* leases move on: an address changes its owner */
	t[POOL_CLIENT_HOST] = x->hosts[client];
	t[POOL_USER] = x->users[client];
	t[POOL_MAC] = x->macs[client];
}

static void scene_draw(struct writing *g)
{
	const struct world *w = &g->w->exercise->world;
	struct draw *d = &g->scene.draw;
	slice *t = g->scene.texts;
	const slice *plain, *w3c;
	size_t agents = world_agents(&plain, &w3c);
	uint64_t r = draw_next(d);
	scene_client(g, (size_t)draw_below(d, g->institution->clients_n));
	size_t site = (size_t)((draw_below(d, w->sites_n) * draw_below(d, w->sites_n)) / w->sites_n); /* few sites get most */
	size_t outside = (size_t)(r & 0xffff) % w->outsides_n, page = (size_t)(r >> 16 & 0xffff) % w->paths_n,
	       agent = (size_t)(r >> 32 & 0xffff) % agents;
	t[POOL_SITE] = w->sites[site];
	t[POOL_PEER] = w->peers[site];
	t[POOL_OUTSIDE] = w->outsides[outside];
	t[POOL_OUTSIDE_HOST] = w->outside_hosts[outside];
	t[POOL_SENDER] = w->senders[outside];
	t[POOL_PATH] = w->paths[page];
	t[POOL_SUBJECT] = w->subjects[page];
	t[POOL_AGENT] = plain[agent];
	t[POOL_AGENT_W3C] = w3c[agent];
}

/* ---- planted records ---- */

static slice value_expand(struct arena *a, const struct scenario *s, slice value)
{
	struct buf b = {0};
	slice key;
	while (value.n > 0) {
		buf_add(&b, scenario_reference_next(&value, &key));
		if (key.n > 0) buf_add(&b, scenario_indicator_find(s, key)->value); /* scenario_check looked for it */
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

static void plant_one(struct writing *g, const struct planted *p)
{
	const struct exercise *e = g->w->exercise;
	const struct scenario_plant *plant = p->plant;
	struct arena *a = g->w->scratch;
	struct setting *set = arena_array(a, plant->set.n + 1, sizeof *set);
	enum escape escape = sensor_row(g->stream->sensor)->escape;
	for (size_t i = 0; i < plant->set.n; i++) {
		const struct scenario_setting *s = SCENARIO_AT(plant->set, struct scenario_setting, i);
		set[i] = (struct setting){s->place, record_escape(a, escape, value_expand(a, e->scenario, s->value))};
	}
	scene_draw(g);
	scene_client(g, p->client);
	g->scene.time = planted_clock(e, p);
	g->scene.set = set;
	g->scene.set_n = plant->set.n;
	const struct truth_place at = {
		.planted = (size_t)(p - e->planted), .line = ++g->line, .record_no = ++g->record_no, .offset = g->done + g->w->out.n};
	recipe_write(&g->kitchen->recipes[plant->record_index], &g->scene, &g->w->out);
	buf_add(g->places, slice_of(&at, sizeof at));
	g->scene.set_n = 0;
	arena_reset(a);
}

static void plant_until(struct writing *g, instant time)
{
	while (g->next < g->end && g->next->time <= time) plant_one(g, g->next++);
}

/* ---- the file ---- */

static bool flush(struct writing *g)
{
	struct buf *b = &g->w->out;
	g->stopped = g->stopped || (b->n > 0 && !g->emit(g->context, buf_slice(b)));
	g->done += b->n;
	buf_clear(b);
	return !g->stopped;
}

/* Until the file has `end` bytes of background; `begin` are those of the hours before: what one hour wrote too much,
 * the next writes less. Invariant: begin <= background. */
static void hour_write(struct writing *g, instant start, uint64_t begin, uint64_t end)
{
	const struct kitchen *k = g->kitchen;
	while (g->background < end && !g->stopped) {
		uint64_t past = (uint64_t)HOUR_MICROS / 64 * (g->background - begin) / (end - begin) * 64,
			 left = (uint64_t)HOUR_MICROS - past;
		uint64_t step = (uint64_t)HOUR_MICROS / 64 * RECORD_BYTES_LEAST / (end - begin) * 64 + 1;
		instant t = start + (instant)(past + draw_below(&g->scene.draw, step < left ? step : left));
		plant_until(g, t);
		scene_draw(g);
		g->scene.time = t + g->stream->clock_minutes * 60 * 1000000;
		size_t before = g->w->out.n;
		recipe_write(&k->recipes[k->drawn[draw_below(&g->scene.draw, k->drawn_n)]], &g->scene, &g->w->out);
		g->background += g->w->out.n - before;
		g->line++;
		g->record_no++;
		if (g->w->out.n >= EMIT_BYTES) (void)flush(g);
	}
	plant_until(g, start + HOUR_MICROS - 1);
}

static void header_write(struct writing *g)
{
	recipe_write(&g->kitchen->header, &g->scene, &g->w->out);
	for (size_t i = 0; i < g->w->out.n; i++) g->line += g->w->out.p[i] == '\n';
}

static void planted_find(const struct exercise *e, size_t file, struct writing *g)
{
	size_t low = 0, high = e->planted_n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (e->planted[middle].file < file) low = middle + 1;
		else high = middle;
	}
	g->next = g->end = e->planted + low;
	while (g->end < e->planted + e->planted_n && g->end->file == file) g->end++;
}

static void day_write(struct writing *g, int64_t day, uint64_t bytes)
{
	const struct exercise *e = g->w->exercise;
	const uint8_t *weights = day_is_work(e->scenario, day) ? work_hours : rest_hours;
	unsigned zone = day_zone_hours(day), sum = 0;
	uint64_t past = 0;
	for (unsigned h = 0; h < HOURS; h++) sum += weights[h];
	for (unsigned h = 0; h < HOURS && !g->stopped; h++) {
		uint64_t begin = bytes * past / sum;
		past += weights[(h + zone) % HOURS];
		hour_write(g, day * DAY_MICROS + h * HOUR_MICROS, begin, bytes * past / sum);
	}
}

static uint64_t bytes_of(const struct exercise *e, size_t file)
{
	unsigned __int128 all = (unsigned __int128)e->settings.bytes * file_weight(e, file);
	return e->weight > 0 ? (uint64_t)(all / e->weight) : 0;
}

bool exercise_write(struct exercise_writer *w, size_t file, exercise_emit *emit, void *context, struct exercise_truth *truth)
{
	const struct exercise *e = w->exercise;
	int64_t day = e->settings.from + (int64_t)(file % (size_t)e->settings.days);
	char path[EXERCISE_PATH_BYTES];
	struct writing g = {
		.w = w, .stream = &e->streams[file / (size_t)e->settings.days], .places = &truth->places, .emit = emit, .context = context};
	g.kitchen = &w->kitchens[g.stream->sensor];
	g.institution = &e->institutions[g.stream->institution];
	g.lease_shift = (size_t)(day / 3 % 4096) * 17;
	memcpy(g.scene.texts, g.institution->texts, sizeof g.scene.texts);
	g.scene.draw = draw_new(seed_mix(seed_mix(e->settings.seed, e->scenario->key), slice_from(exercise_file_path(e, file, path))));
	g.scene.time = day * DAY_MICROS;
	g.scene.day_known = INT64_MIN;
	buf_clear(&w->out);
	buf_clear(&truth->places);
	planted_find(e, file, &g);
	header_write(&g);
	day_write(&g, day, bytes_of(e, file));
	bool good = flush(&g);
	truth->counts = (struct exercise_counts){g.line, g.record_no, g.done};
	return good;
}
