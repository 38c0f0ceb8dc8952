/* Any bytes as a scenario: refused with a sentence, or a small exercise is made of it. The period is short, so that what is planted and not
 * the background takes the time. */
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool swallow(void *context, slice bytes)
{
	(void)context;
	return bytes.n > 0;
}

static void make(struct arena *a, const struct scenario *s)
{
	const struct exercise_settings x = {.seed = 1, .from = s->from, .days = 3, .bytes = 20000};
	const struct exercise *e = NULL;
	struct fault f = {0};
	struct buf b = {0};
	struct exercise_truth t = {0};
	if (s->institutions.n > 8 || s->phases.n > 16 || exercise_plan(a, s, &x, &e, &f) != OK) return;
	struct exercise_writer *w = exercise_writer_new(e);
	for (size_t i = 0; i < exercise_files(e) && i < 40; i++) {
		if (!exercise_file_exists(e, i)) continue;
		if (!exercise_write(w, i, swallow, NULL, &t)) __builtin_trap();
		exercise_put_truth(e, i, &t, NULL, &b);
	}
	exercise_put_truth_head(e, &b);
	exercise_put_truth_lost(e, &b);
	exercise_put_warning(e, &b);
	exercise_put_warninglist(e, &b);
	exercise_put_case(e, &b);
	exercise_put_marker(e, &b);
	exercise_writer_free(w);
	buf_free(&b);
	buf_free(&t.places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	const struct scenario *s = NULL;
	struct fault f = {0};
	if (scenario_read(a, slice_of(data, size), &s, &f) == OK) make(a, s);
	else if (f.text[0] == '\0') __builtin_trap();
	arena_free(a);
	return 0;
}
