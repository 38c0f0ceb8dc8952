/* Exercises: same bytes in any order, true to their truth, marked everywhere, read back as the formats that they are. */
#include "tests.h"
#include "exercise_int.h"
#include "json.h"
#include "telemetry.h"

static bool keep(void *context, slice bytes)
{
	buf_add(context, bytes);
	return true;
}

static const struct exercise *planned(struct arena *a, slice text, uint64_t seed, uint64_t bytes)
{
	const struct scenario *s = NULL;
	const struct exercise *e = NULL;
	struct fault f = {0};
	if (scenario_read(a, text, &s, &f) != OK) fail_msg("%s", f.text);
	const struct exercise_settings x = {.seed = seed, .from = s->from, .days = 20, .bytes = bytes};
	assert_int_equal(exercise_plan(a, s, &x, &e, &f), OK);
	return e;
}

static void written(struct exercise_writer *w, size_t file, struct buf *out, struct exercise_truth *truth)
{
	struct exercise_truth ours = {0};
	buf_clear(out);
	assert_true(exercise_write(w, file, keep, out, truth != NULL ? truth : &ours));
	buf_free(&ours.places);
}

/* Its lines are added to `lines`. */
static void written_with_truth(const struct exercise *e, struct exercise_writer *w, size_t file, struct buf *out, struct buf *lines)
{
	struct exercise_truth truth = {0};
	written(w, file, out, &truth);
	exercise_put_truth(e, file, &truth, NULL, lines);
	buf_free(&truth.places);
}

static void same_seed_same_bytes_in_any_order(void **state)
{
	(void)state;
	struct arena *a = arena_new(0), *b = arena_new(0);
	const struct exercise *x = planned(a, SLICE(SMALL), 7, 200000), *y = planned(b, SLICE(SMALL), 7, 200000),
			      *z = planned(b, SLICE(SMALL), 8, 200000);
	struct exercise_writer *forth = exercise_writer_new(x), *back = exercise_writer_new(y), *other = exercise_writer_new(z);
	size_t n = exercise_files(x), differ = 0;
	struct buf *one = calloc(n, sizeof *one), two = {0}, truth_one = {0}, truth_two = {0};
	assert_non_null(one);
	for (size_t i = 0; i < n; i++) written_with_truth(x, forth, i, &one[i], &truth_one);
	for (size_t i = n; i-- > 0;) {
		written(back, i, &two, NULL);
		assert_true(slice_equal(buf_slice(&one[i]), buf_slice(&two)));
		written(other, i, &two, NULL);
		differ += !slice_equal(buf_slice(&one[i]), buf_slice(&two));
	}
	for (size_t i = 0; i < n; i++) written_with_truth(y, back, i, &two, &truth_two);
	assert_true(truth_one.n > 0 && slice_equal(buf_slice(&truth_one), buf_slice(&truth_two)));
	assert_int_equal(differ, n);
	for (size_t i = 0; i < n; i++) buf_free(&one[i]);
	free(one);
	buf_free(&two);
	buf_free(&truth_one);
	buf_free(&truth_two);
	exercise_writer_free(forth);
	exercise_writer_free(back);
	exercise_writer_free(other);
	arena_free(a);
	arena_free(b);
}

/* Draws are fixed for all machines: xoshiro256** from splitmix64(42), computed apart in Python from the authors' description. */
static void numbers_are_the_same_on_every_machine(void **state)
{
	(void)state;
	struct draw d = draw_new(42);
	assert_true(draw_next(&d) == UINT64_C(1546998764402558742));
	assert_true(draw_next(&d) == UINT64_C(6990951692964543102));
}

static uint64_t number_at(json_value v, const char *key)
{
	json_value m;
	int64_t n = -1;
	assert_true(json_member(v, key, &m) && json_get_int(m, &n));
	return (uint64_t)n;
}

/* The place that a line of the truth gives is the start of a record with that number on that line, and holds the value. */
static void truth_line_holds(struct json_parser *p, slice line, slice file)
{
	json_value v;
	slice said, place = {0};
	uint64_t lines = 1, records = 0;
	assert_int_equal(json_parse(p, line, &v, &(struct fault){0}), OK);
	assert_true(json_member_text(v, "kind", &said));
	uint64_t offset = number_at(v, "offset");
	assert_true(offset < file.n);
	for (slice rest = file; rest.n > 0 && rest.p <= file.p + offset; lines++) {
		place = slice_cut(&rest, '\n');
		records += place.n > 0 && place.p[0] != '#';
		if (place.p == file.p + offset) break;
	}
	assert_ptr_equal(place.p, file.p + offset);
	assert_int_equal(lines, number_at(v, "line"));
	assert_int_equal(records, number_at(v, "record_no"));
	assert_true(slice_find(place, SLICE("203.0.113.201")) < place.n);
}

static void truth_says_where_planted_records_stand(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct exercise *e = planned(a, SLICE(SMALL), 7, 200000);
	struct exercise_writer *w = exercise_writer_new(e);
	struct json_parser *p = json_parser_new();
	struct buf file = {0}, truth = {0};
	size_t n = 0;
	for (size_t i = 0; i < exercise_files(e); i++) {
		buf_clear(&truth);
		written_with_truth(e, w, i, &file, &truth);
		for (slice rest = buf_slice(&truth); rest.n > 0; n++) truth_line_holds(p, slice_cut(&rest, '\n'), buf_slice(&file));
	}
	assert_int_equal(n, 3);
	buf_free(&file);
	buf_free(&truth);
	json_parser_free(p);
	exercise_writer_free(w);
	arena_free(a);
}

/* One stream of all files: a place counts from its beginning. */
static void truth_in_a_stream(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct exercise *e = planned(a, SLICE(SMALL), 7, 200000);
	struct exercise_writer *w = exercise_writer_new(e);
	struct json_parser *p = json_parser_new();
	struct buf stream = {0}, file = {0}, lines = {0};
	struct exercise_counts before = {0};
	struct exercise_truth truth = {0};
	for (size_t i = 0; i < exercise_files(e); i++) {
		written(w, i, &file, &truth);
		exercise_put_truth(e, i, &truth, &before, &lines);
		buf_add(&stream, buf_slice(&file));
		before.lines += truth.counts.lines;
		before.records += truth.counts.records;
		before.bytes += truth.counts.bytes;
	}
	assert_int_equal(before.bytes, stream.n);
	size_t n = 0;
	for (slice rest = buf_slice(&lines); rest.n > 0; n++) {
		slice line = slice_cut(&rest, '\n');
		assert_true(slice_find(line, SLICE("\"file\":\"-\"")) < line.n);
		truth_line_holds(p, line, buf_slice(&stream));
	}
	assert_int_equal(n, 3);
	buf_free(&truth.places);
	buf_free(&stream);
	buf_free(&file);
	buf_free(&lines);
	json_parser_free(p);
	exercise_writer_free(w);
	arena_free(a);
}

static bool says_exercise(slice line)
{
	for (size_t i = 0; i + 8 <= line.n; i++)
		if (slice_equal_nocase(slice_sub(line, i, 8), SLICE("exercise"))) return true;
	return false;
}

/* The records of one file: each says what it is, none is before the one before it. */
static void file_judge(const char *sensor, slice file, enum format f, const struct telemetry_header *h)
{
	const struct telemetry_settings settings = {.year = 2021};
	struct telemetry_reader *r = telemetry_reader_new(&settings);
	struct arena *a = arena_new(0);
	struct buf line = {0};
	instant last = INSTANT_NONE;
	for (slice rest = file; rest.n > 0;) {
		struct record_fields fields;
		slice record = slice_cut(&rest, '\n');
		if (telemetry_is_header(f, h, record)) continue;
		if (!says_exercise(record)) fail_msg("%s: no mark in %.*s", sensor, SLICE_PRINTF(record));
		buf_clear(&line);
		buf_add(&line, record);
		(void)buf_reserve(&line, 64);
		memset(line.p + line.n, '"', 64);
		telemetry_fields(r, a, f, h, buf_slice(&line), &fields);
		if (fields.time == INSTANT_NONE) fail_msg("%s: no time in %.*s", sensor, SLICE_PRINTF(record));
		if (last != INSTANT_NONE && fields.time < last) fail_msg("%s: time goes back at %.*s", sensor, SLICE_PRINTF(record));
		last = fields.time;
		arena_reset(a);
	}
	assert_true(last != INSTANT_NONE);
	buf_free(&line);
	arena_free(a);
	telemetry_reader_free(r);
}

static void every_sensor_writes_its_format(void **state)
{
	(void)state;
	for (size_t i = 0; exercise_sensor_name(i) != NULL; i++) {
		struct arena *a = arena_new(0);
		const struct scenario *s = NULL;
		const struct exercise *e = NULL;
		const struct telemetry_header *h = NULL;
		struct buf file = {0};
		assert_int_equal(scenario_read(a, scenario_built_in(0)->text, &s, NULL), OK);
		const struct exercise_settings x = {
			.seed = 3, .institutions = 1, .from = 18748, .days = 1, .bytes = 100000, .sensor = exercise_sensor_name(i)};
		assert_int_equal(exercise_plan(a, s, &x, &e, NULL), OK);
		struct exercise_writer *w = exercise_writer_new(e);
		written(w, 0, &file, NULL);
		assert_true(file.n > 95000 && file.n < 105000);
		enum format f = telemetry_detect(a, slice_sub(buf_slice(&file), 0, 65536), &h);
		assert_string_equal(format_name(f), exercise_sensor_format(i));
		file_judge(exercise_sensor_name(i), buf_slice(&file), f, h);
		exercise_writer_free(w);
		buf_free(&file);
		arena_free(a);
	}
}

static bool stop(void *context, slice bytes)
{
	(void)context;
	(void)bytes;
	return false;
}

static void whoever_has_enough_stops(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct exercise *e = planned(a, SLICE(SMALL), 7, 200000);
	struct exercise_writer *w = exercise_writer_new(e);
	struct exercise_truth truth = {0};
	assert_false(exercise_write(w, 0, stop, NULL, &truth));
	buf_free(&truth.places);
	exercise_writer_free(w);
	arena_free(a);
}

static int64_t day(int year, int month, int of_month)
{
	instant t;
	assert_int_equal(instant_from_civil(year, month, of_month, 0, 0, 0, 0, &t), OK);
	return t / SCENARIO_DAY_MICROS;
}

static void the_calendar_is_right(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct scenario *s = NULL;
	assert_int_equal(scenario_read(a, scenario_built_in(0)->text, &s, NULL), OK);
	assert_int_equal(day_zone_hours(day(2021, 3, 27)), 1);
	assert_int_equal(day_zone_hours(day(2021, 3, 28)), 2);
	assert_int_equal(day_zone_hours(day(2021, 10, 30)), 2);
	assert_int_equal(day_zone_hours(day(2021, 10, 31)), 1);
	assert_int_equal(day_zone_hours(day(2022, 3, 26)), 1);
	assert_int_equal(day_zone_hours(day(2022, 3, 31)), 2);
	assert_int_equal(day_zone_hours(day(2022, 1, 1)), 1);
	assert_true(day_is_work(s, day(2021, 11, 26)));
	assert_false(day_is_work(s, day(2021, 11, 27))); /* a Saturday */
	assert_false(day_is_work(s, day(2021, 11, 29))); /* a holiday */
	arena_free(a);
}

/* Every object but TLP's own says that it is an exercise, in its label, its name and its marking. */
static void the_warning_is_marked(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct buf b = {0};
	struct json_parser *p = json_parser_new();
	json_value root, list;
	size_t marked = 0, others = 0;
	exercise_put_warning(planned(a, SLICE(SMALL), 7, 1000), &b);
	assert_int_equal(json_parse(p, buf_slice(&b), &root, &(struct fault){0}), OK);
	assert_true(json_member(root, "objects", &list));
	for (struct json_iter i = json_iter(list); json_next(&i);) {
		json_value labels, refs;
		slice name, label, ref = {0};
		assert_true(json_member_text(i.value, "name", &name));
		if (!json_member(i.value, "labels", &labels)) {
			others++;
			continue;
		}
		struct json_iter l = json_iter(labels);
		assert_true(json_next(&l) && json_get_text(l.value, &label) && slice_equal(label, SLICE("exercise")));
		assert_true(slice_starts(name, SLICE("EXERCISE")));
		assert_true(json_member(i.value, "object_marking_refs", &refs));
		for (struct json_iter r = json_iter(refs); json_next(&r);) assert_true(json_get_text(r.value, &ref));
		assert_true(slice_starts(ref, SLICE("marking-definition--")) && tlp_from_marking_id(ref) == TLP_NONE);
		marked++;
	}
	assert_int_equal(marked, 3);
	assert_int_equal(others, 2); /* TLP's marking and the exercise's */
	json_parser_free(p);
	buf_free(&b);
	arena_free(a);
}

static void wrong_settings_are_refused(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct scenario *s = NULL;
	const struct exercise *e = NULL;
	struct fault f = {0};
	assert_int_equal(scenario_read(a, SLICE(SMALL), &s, &f), OK);
	struct exercise_settings x = {.institutions = 2, .from = s->from, .days = 1, .bytes = 1};
	assert_int_equal(exercise_plan(a, s, &x, &e, &f), ERR_USAGE);
	x = (struct exercise_settings){.from = s->from, .days = 1, .bytes = 1, .sensor = "nose"};
	assert_int_equal(exercise_plan(a, s, &x, &e, &f), ERR_USAGE);
	x = (struct exercise_settings){.from = s->from, .days = 2000001, .bytes = 1};
	assert_int_equal(exercise_plan(a, s, &x, &e, &f), ERR_LIMIT);
	assert_null(e);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed_same_bytes_in_any_order),
		cmocka_unit_test(numbers_are_the_same_on_every_machine),
		cmocka_unit_test(truth_says_where_planted_records_stand),
		cmocka_unit_test(truth_in_a_stream),
		cmocka_unit_test(every_sensor_writes_its_format),
		cmocka_unit_test(whoever_has_enough_stops),
		cmocka_unit_test(the_calendar_is_right),
		cmocka_unit_test(the_warning_is_marked),
		cmocka_unit_test(wrong_settings_are_refused),
	};
	return cmocka_run_group_tests_name("incident/exercise", tests, NULL, NULL);
}
