/* The truth: which records were planted, where they stand, and which indicators they meet. */
#include "exercise_int.h"
#include "json.h"

/* Version 4 by its bits (STIX 2.1 2.9), made from the key so that a scenario's objects keep their ids. */
const char *exercise_id(const struct scenario *s, const char *type, slice key, char out[80])
{
	uint64_t seed = seed_mix(seed_mix(UINT64_C(0x65786572), s->key), slice_from(type));
	struct draw d = draw_new(seed_mix(seed, key));
	uint64_t a = draw_next(&d), b = draw_next(&d);
	(void)snprintf(out, 80, "%s--%08llx-%04llx-4%03llx-%04llx-%012llx", type, (unsigned long long)(a >> 32),
		(unsigned long long)(a >> 16 & 0xffff), (unsigned long long)(a & 0xfff), (unsigned long long)((b >> 48 & 0x3fff) | 0x8000),
		(unsigned long long)(b & 0xffffffffffff));
	return out;
}

static size_t indicator_add(const struct scenario *s, slice key, const struct scenario_indicator **out, size_t n)
{
	const struct scenario_indicator *x = scenario_indicator_find(s, key);
	for (size_t i = 0; i < n; i++)
		if (out[i] == x) return n;
	if (n == TRUTH_INDICATORS_MAX) return n;
	out[n] = x;
	return n + 1;
}

size_t planted_indicators(
	const struct scenario *s, const struct scenario_plant *p, const struct scenario_indicator *out[TRUTH_INDICATORS_MAX])
{
	size_t n = 0;
	slice key;
	for (size_t i = 0; i < p->set.n; i++) {
		slice value = SCENARIO_AT(p->set, struct scenario_setting, i)->value;
		while (value.n > 0) {
			(void)scenario_reference_next(&value, &key);
			if (key.n > 0) n = indicator_add(s, key, out, n);
		}
	}
	for (size_t i = 0; i < p->meets.n; i++) n = indicator_add(s, *SCENARIO_AT(p->meets, slice, i), out, n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < out[i]->with.n; k++) n = indicator_add(s, *SCENARIO_AT(out[i]->with, slice, k), out, n);
	return n;
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	json_put_member_text(b, key, slice_from(instant_format(t, 6, text)));
}

static void put_indicator(const struct scenario *s, const struct scenario_indicator *x, bool matchable, struct buf *b)
{
	char id[80];
	if (x == NULL) {
		json_put_member_null(b, "indicator");
	} else {
		json_put_member_text(b, "indicator", slice_from(exercise_id(s, "indicator", x->key, id)));
		json_put_member_text(b, "key", x->key);
	}
	json_put_member_bool(b, "matchable", matchable && x != NULL && !x->unmatchable && !x->listed);
	if (x != NULL && x->listed) json_put_member_bool(b, "on_warninglist", true);
}

/* A place as a line tells it. */
struct told_place {
	const char *file;
	struct truth_place in;
};

static void put_place(const struct exercise *e, const struct planted *p, const struct told_place *at, struct buf *b)
{
	if (at == NULL) {
		json_put_member_null(b, "file");
		json_put_member_text(b, "lost", slice_from(p->lost));
		return;
	}
	put_time(b, "clock", planted_clock(e, p));
	json_put_member_text(b, "file", slice_from(at->file));
	json_put_member_int(b, "line", (int64_t)at->in.line);
	json_put_member_int(b, "record_no", (int64_t)at->in.record_no);
	json_put_member_int(b, "offset", (int64_t)at->in.offset);
}

static void put_line(
	const struct exercise *e, const struct planted *p, const struct scenario_indicator *x, const struct told_place *at, struct buf *b)
{
	buf_add_text(b, "{\"kind\":");
	json_put_text(b, p->phase->decoy ? SLICE("decoy") : SLICE("planted"));
	json_put_member_bool(b, "exercise", true);
	put_indicator(e->scenario, x, at != NULL, b);
	json_put_member_text(b, "phase", p->phase->key);
	json_put_member_text(b, "technique", p->phase->technique);
	json_put_member_bool(b, "access", !p->phase->decoy && !p->phase->outside);
	json_put_member_text(b, "institution", e->institutions[p->institution].texts[POOL_KEY]);
	json_put_member_text(b, "sensor", p->plant->sensor);
	json_put_member_text(b, "format", slice_from(sensor_row(p->plant->sensor_index)->format));
	put_time(b, "time", p->time);
	put_place(e, p, at, b);
	buf_add_text(b, "}\n");
}

static void put_planted(const struct exercise *e, const struct planted *p, const struct told_place *at, struct buf *out)
{
	const struct scenario_indicator *met[TRUTH_INDICATORS_MAX];
	size_t n = planted_indicators(e->scenario, p->plant, met);
	if (n == 0) put_line(e, p, NULL, at, out);
	for (size_t i = 0; i < n; i++) put_line(e, p, met[i], at, out);
}

void exercise_put_truth(
	const struct exercise *e, size_t file, const struct exercise_truth *t, const struct exercise_counts *in_stream, struct buf *out)
{
	const struct exercise_counts before = in_stream != NULL ? *in_stream : (struct exercise_counts){0};
	char path[EXERCISE_PATH_BYTES] = "-"; /* as an answer names standard input */
	struct told_place at = {.file = in_stream != NULL ? path : exercise_file_path(e, file, path)};
	for (size_t i = 0; i + sizeof at.in <= t->places.n; i += sizeof at.in) {
		memcpy(&at.in, t->places.p + i, sizeof at.in);
		at.in.line += before.lines;
		at.in.record_no += before.records;
		at.in.offset += before.bytes;
		put_planted(e, &e->planted[at.in.planted], &at, out);
	}
}

void exercise_put_truth_lost(const struct exercise *e, struct buf *out)
{
	for (size_t i = 0; i < e->planted_n; i++)
		if (e->planted[i].lost != NULL) put_planted(e, &e->planted[i], NULL, out);
}

void exercise_put_truth_head(const struct exercise *e, struct buf *out)
{
	const struct scenario *s = e->scenario;
	for (size_t i = 0; i < s->indicators.n; i++) {
		const struct scenario_indicator *x = SCENARIO_AT(s->indicators, struct scenario_indicator, i);
		buf_add_text(out, "{\"kind\":\"indicator\",\"exercise\":true");
		put_indicator(s, x, true, out);
		json_put_member_text(out, "name", x->name);
		buf_add_text(out, "}\n");
	}
}
