/* One file of telemetry: background by the hour, planted records in between in the order of their time.
 * Invariant: `done` bytes, `line` lines and `record_no` records stand before what is in the buffer. */
#include <stdlib.h>
#include "exercise_int.h"

#define DAY_MICROS SCENARIO_DAY_MICROS
#define EMIT_BYTES (256u << 10)
#define RECORD_BYTES_LEAST 60 /* no record is shorter: as much later the next one comes at least, so that times never go back */
#define WEIGHT_ROOM 64        /* entries of a table of weighted records */

static const uint8_t work_hours[HOURS] = {1, 1, 1, 1, 1, 2, 3, 6, 11, 13, 13, 12, 10, 10, 11, 10, 8, 5, 3, 2, 2, 2, 1, 1};
static const uint8_t rest_hours[HOURS] = {3, 2, 2, 2, 2, 2, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 3};

struct kitchen { /* one sensor's templates, taken apart */
	struct recipe header, *recipes;
	uint8_t drawn[WEIGHT_ROOM]; /* a record's index as often as its weight says */
	size_t drawn_n;
	const struct talk_view *views[TALK_VIEWS_MAX];
	const struct recipe *view_recipes[TALK_VIEWS_MAX];
	size_t views_n;
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
	struct day day;
	struct talk_cursor cursors[TALK_VIEWS_MAX];
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
	k->views_n = talk_views(row->key, k->views);
	for (size_t i = 0, record; i < k->views_n; i++) {
		if (!record_find(row, slice_from(k->views[i]->record), &record)) abort(); /* as above */
		k->view_recipes[i] = &k->recipes[record];
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

/* What two sensors that see the same tell alike. */
static void scene_set(struct writing *g, const struct talk *x)
{
	const struct world *w = &g->w->exercise->world;
	slice *t = g->scene.texts;
	const slice *plain, *w3c;
	size_t agent = x->agent % world_agents(&plain, &w3c);
	scene_client(g, x->client);
	t[POOL_SITE] = w->sites[x->site];
	t[POOL_PEER] = w->peers[x->site];
	t[POOL_SERVICE_PORT] = x->kind == TALK_WEB ? SLICE("80") : SLICE("443");
	t[POOL_SERVICE] = x->kind == TALK_WEB ? SLICE("http") : SLICE("ssl");
	t[POOL_OUTSIDE] = w->outsides[x->outside];
	t[POOL_OUTSIDE_HOST] = w->outside_hosts[x->outside];
	t[POOL_SENDER] = w->senders[x->outside];
	t[POOL_PATH] = w->paths[x->page];
	t[POOL_SUBJECT] = w->subjects[x->page];
	t[POOL_AGENT] = plain[agent];
	t[POOL_AGENT_W3C] = w3c[agent];
	g->scene.port = x->port;
	g->scene.uid = x->uid;
}

/* Of what one sensor alone sees. */
static void scene_draw(struct writing *g)
{
	const struct world *w = &g->w->exercise->world;
	struct draw *d = &g->scene.draw;
	uint64_t r = draw_next(d);
	const struct talk x = {.kind = r >> 62 == 0 ? TALK_WEB : TALK_TLS,
		.client = (size_t)draw_below(d, g->institution->clients_n),
		.site = site_draw(d, w->sites_n),
		.outside = (size_t)(r & 0xffff) % w->outsides_n,
		.page = (size_t)(r >> 16 & 0xffff) % w->paths_n,
		.agent = (size_t)(r >> 32 & 0xffff),
		.port = PORT_FIRST + (unsigned)(r >> 48 & 0x3fff)};
	scene_set(g, &x);
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

/* ---- conversations ---- */

static bool flush(struct writing *g)
{
	struct buf *b = &g->w->out;
	g->stopped = g->stopped || (b->n > 0 && !g->emit(g->context, buf_slice(b)));
	g->done += b->n;
	buf_clear(b);
	return !g->stopped;
}

static struct talk_cursor *cursor_first(struct writing *g)
{
	struct talk_cursor *first = &g->cursors[0];
	for (size_t i = 1; i < g->kitchen->views_n; i++)
		if (g->cursors[i].time < first->time) first = &g->cursors[i];
	return first;
}

static void talk_write(struct writing *g, struct talk_cursor *c)
{
	const struct draw kept = g->scene.draw;
	struct talk x = c->talk;
	if (c->view->lookup) {
		x.uid = ~x.uid;
		x.port = PORT_FIRST + (x.port * 7 & 0x3fff);
	}
	scene_set(g, &x);
	g->scene.draw = draw_new(x.seed + c->view->after_ms);
	g->scene.time = c->time + g->stream->clock_minutes * 60 * 1000000;
	const size_t before = g->w->out.n;
	recipe_write(c->recipe, &g->scene, &g->w->out);
	g->background += g->w->out.n - before;
	g->line++;
	g->record_no++;
	g->scene.draw = kept;
	talk_next(&g->day, c);
}

static void talks_begin(struct writing *g)
{
	const struct kitchen *k = g->kitchen;
	g->cursors[0].time = INSTANT_NEVER;
	for (size_t i = 0; i < k->views_n; i++) {
		g->cursors[i] = (struct talk_cursor){.view = k->views[i], .recipe = k->view_recipes[i]};
		talk_next(&g->day, &g->cursors[i]);
	}
}

/* What was planted and what others see too, until then. */
static void write_until(struct writing *g, instant time)
{
	for (;;) {
		struct talk_cursor *c = cursor_first(g);
		if (g->next < g->end && g->next->time <= time && g->next->time <= c->time) plant_one(g, g->next++);
		else if (c->time <= time) talk_write(g, c);
		else return;
		if (g->w->out.n >= EMIT_BYTES && !flush(g)) return;
	}
}

/* ---- the file ---- */

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
		write_until(g, t);
		scene_draw(g);
		g->scene.time = t + g->stream->clock_minutes * 60 * 1000000;
		size_t before = g->w->out.n;
		recipe_write(&k->recipes[k->drawn[draw_below(&g->scene.draw, k->drawn_n)]], &g->scene, &g->w->out);
		g->background += g->w->out.n - before;
		g->line++;
		g->record_no++;
		if (g->w->out.n >= EMIT_BYTES) (void)flush(g);
	}
	write_until(g, start + HOUR_MICROS - 1);
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

static void day_make(const struct exercise *e, const struct institution *x, int64_t day, uint64_t bytes, struct day *out)
{
	char text[INSTANT_TEXT_BYTES];
	const uint8_t *weights = day_is_work(e->scenario, day) ? work_hours : rest_hours;
	unsigned zone = day_zone_hours(day), sum = 0, past = 0;
	*out = (struct day){.exercise = e, .institution = x, .start = day * DAY_MICROS};
	out->seed = seed_mix(seed_mix(seed_mix(e->settings.seed, e->scenario->key), x->texts[POOL_KEY]),
		slice_from(instant_format(out->start, 0, text)));
	for (unsigned h = 0; h < HOURS; h++) sum += weights[h];
	for (unsigned h = 0; h < HOURS; h++) {
		past += weights[(h + zone) % HOURS];
		out->bytes_before[h + 1] = bytes * past / sum;
	}
}

static void day_write(struct writing *g)
{
	for (unsigned h = 0; h < HOURS && !g->stopped; h++)
		hour_write(g, g->day.start + h * HOUR_MICROS, g->day.bytes_before[h], g->day.bytes_before[h + 1]);
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
	day_make(e, g.institution, day, bytes_of(e, file), &g.day);
	talks_begin(&g);
	day_write(&g);
	bool good = flush(&g);
	truth->counts = (struct exercise_counts){g.line, g.record_no, g.done};
	return good;
}
