/* kulla exercise score: a scan's answer against the truth of the case. */
#include <errno.h>
#include <stdlib.h>
#include "command.h"
#include "fold.h"
#include "json.h"
#include "limit.h"
#include "score.h"
#include "visible.h"

struct score_options {
	bool json;
};
static const struct option score_options[] = {
	{.name = "json",
		.kind = OPTION_FLAG,
		.place = offsetof(struct score_options, json),
		.help = "JSON lines: a line per group, the summary last"},
	{0},
};

/* ---- reading ---- */

typedef enum err take_line(struct score *s, slice line, struct fault *f);

/* Every line of a file to `take`; false and told when one is refused. */
static bool lines_read(struct score *s, const char *path, take_line *take)
{
	struct fault f = {0};
	char *line = NULL;
	size_t room = 0;
	uint64_t number = 0;
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	if (file == NULL) (void)fault_set(&f, ERR_NOT_FOUND, 0, 0, "%s", strerror(errno));
	for (ssize_t n = 0; f.kind == OK && (n = getline(&line, &room, file)) > 0;) {
		number++;
		if ((size_t)n > RESULT_LINE_BYTES_MAX)
			(void)fault_set(&f, ERR_LIMIT, number, 0, "is longer than RESULT_LINE_BYTES_MAX = %u bytes", RESULT_LINE_BYTES_MAX);
		else if (slice_trim(slice_of(line, (size_t)n)).n > 0 && take(s, slice_trim(slice_of(line, (size_t)n)), &f) != OK)
			f.line = number;
	}
	if (f.kind == OK && ferror(file)) (void)fault_set(&f, ERR_DISK, 0, 0, "cannot be read");
	if (f.kind != OK) complain(path, &f);
	if (file != NULL && file != stdin) (void)fclose(file);
	free(line);
	return f.kind == OK;
}

/* ---- for people ---- */

#define NAME_COLUMNS 24
#define TIME_BYTES 17 /* "2021-05-05 20:28" */

static const char *time_text(instant t, char out[INSTANT_TEXT_BYTES])
{
	if (t == INSTANT_NONE) return "-";
	(void)instant_format(t, 0, out);
	out[10] = ' ';
	out[TIME_BYTES - 1] = '\0';
	return out;
}

/* A name in its column, whatever its letters take. */
static void name_put(FILE *out, slice name)
{
	struct buf b = {0};
	visible_add_cut(&b, name, NAME_COLUMNS, false);
	size_t columns = visible_columns(buf_slice(&b), false);
	fputs("  ", out);
	(void)fwrite(b.p, 1, b.n, out);
	fprintf(out, "%*s", (int)(NAME_COLUMNS - columns), "");
	buf_free(&b);
}

/* "the same minute", "3 h later", "12 days later" */
static void distance_put(FILE *out, instant truth, instant found)
{
	int64_t minutes = (found - truth) / 60000000;
	const char *way = minutes < 0 ? "early" : "late"; /* early: a clock is wrong */
	if (minutes < 0) minutes = -minutes;
	if (minutes == 0) fputs("none", out);
	else if (minutes < 120) fprintf(out, "%lld min %s", (long long)minutes, way);
	else if (minutes < 2880) fprintf(out, "%lld h %s", (long long)minutes / 60, way);
	else fprintf(out, "%lld days %s", (long long)minutes / 1440, way);
}

static void groups_show(FILE *out, const char *title, const struct score_group *all, size_t n)
{
	fprintf(out, "\n%-26s  planted    found   missed    false\n", title);
	for (size_t i = 0; i < n; i++) {
		if (all[i].planted + all[i].wrong == 0) continue;
		name_put(out, all[i].name);
		fprintf(out, " %8llu %8llu %8llu %8llu\n", (unsigned long long)all[i].planted, (unsigned long long)all[i].found,
			(unsigned long long)all[i].missed, (unsigned long long)all[i].wrong);
	}
}

static void access_show(FILE *out, const struct score_result *r)
{
	char a[INSTANT_TEXT_BYTES], b[INSTANT_TEXT_BYTES];
	bool lost = false, early = false;
	fputs("\nFirst access                true (UTC)        found             off\n", out);
	for (size_t i = 0; i < r->access_n; i++) {
		const struct score_access *x = &r->access[i];
		if (x->truth == INSTANT_NONE && x->found == INSTANT_NONE) continue;
		name_put(out, x->institution);
		fprintf(out, "  %-16s  %-16s  ", time_text(x->truth, a), time_text(x->found, b));
		if (x->found == INSTANT_NONE) fputs("not found", out);
		else distance_put(out, x->truth, x->found);
		fputs(x->truth_lost ? " *\n" : "\n", out);
		lost |= x->truth_lost;
		early |= x->found != INSTANT_NONE && x->found / 60000000 < x->truth / 60000000;
	}
	if (lost) fputs("  * no sensor saw the true one\n", out);
	if (early) fputs("  early: the record's clock is wrong\n", out);
}

static void hits_show(FILE *out, const char *title, const struct score_hit *all, size_t n, uint64_t of)
{
	if (n == 0) return;
	fprintf(out, "\n%s (%zu of %llu):\n", title, n, (unsigned long long)of);
	for (size_t i = 0; i < n; i++) {
		fputs("  ", out);
		visible_put(out, all[i].key, false);
		fputs("  ", out);
		visible_put(out, all[i].file, false);
		fprintf(out, ":%llu\n", (unsigned long long)all[i].line);
	}
}

static void text_put(FILE *out, const struct score_result *r)
{
	fprintf(out, "EXERCISE: %llu planted %s could be found; %llu found, %llu missed, %llu false\n", (unsigned long long)r->matchable,
		r->matchable == 1 ? "record" : "records and indicators", (unsigned long long)r->found, (unsigned long long)r->missed,
		(unsigned long long)r->wrong);
	groups_show(out, "Indicator", r->indicators, r->indicators_n);
	groups_show(out, "Phase", r->phases, r->phases_n);
	groups_show(out, "Institution", r->institutions, r->institutions_n);
	access_show(out, r);
	hits_show(out, "Missed", r->missed_first, r->missed_first_n, r->missed);
	hits_show(out, "False", r->wrong_first, r->wrong_first_n, r->wrong);
	fprintf(out,
		"\n%llu on decoys, %llu misplaced, %llu on the warninglist told apart, %llu not; %llu planted where no sensor looked\n",
		(unsigned long long)r->decoys, (unsigned long long)r->misplaced, (unsigned long long)r->suppressed,
		(unsigned long long)r->unsuppressed, (unsigned long long)r->lost);
	if (!r->summary) fputs("The answer has no summary: it is not whole.\n", out);
}

static void show_text(const struct score_result *r)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	if (out == NULL) abort(); /* no memory */
	text_put(out, r);
	if (fclose(out) != 0) abort(); /* no memory */
	fold_put(stdout, slice_of(text, n), fold_width(stdout));
	free(text);
}

/* ---- for programs ---- */

static void group_json(struct buf *b, const char *of, const struct score_group *g)
{
	buf_add_text(b, "{\"kind\":\"group\"");
	json_put_member_text(b, "of", slice_from(of));
	json_put_member_text(b, "name", g->name);
	json_put_member_int(b, "planted", (int64_t)g->planted);
	json_put_member_int(b, "found", (int64_t)g->found);
	json_put_member_int(b, "missed", (int64_t)g->missed);
	json_put_member_int(b, "false", (int64_t)g->wrong);
	buf_add_text(b, "}\n");
}

static void time_json(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) json_put_member_null(b, key);
	else json_put_member_text(b, key, slice_from(instant_format(t, 6, text)));
}

static void access_json(struct buf *b, const struct score_access *x)
{
	buf_add_text(b, "{\"kind\":\"access\"");
	json_put_member_text(b, "institution", x->institution);
	time_json(b, "true", x->truth);
	time_json(b, "found", x->found);
	if (x->truth != INSTANT_NONE && x->found != INSTANT_NONE) json_put_member_int(b, "seconds_off", (x->found - x->truth) / 1000000);
	json_put_member_bool(b, "seen", !x->truth_lost);
	buf_add_text(b, "}\n");
}

static void hits_json(struct buf *b, const char *kind, const struct score_hit *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add_text(b, "{\"kind\":");
		json_put_text(b, slice_from(kind));
		json_put_member_text(b, "indicator", all[i].key);
		json_put_member_text(b, "file", all[i].file);
		json_put_member_int(b, "line", (int64_t)all[i].line);
		buf_add_text(b, "}\n");
	}
}

static void summary_json(struct buf *b, const struct score_result *r)
{
	const struct {
		const char *key;
		uint64_t n;
	} rows[] = {{"matchable", r->matchable}, {"found", r->found}, {"missed", r->missed}, {"false", r->wrong}, {"decoys", r->decoys},
		{"misplaced", r->misplaced}, {"beyond", r->beyond}, {"suppressed", r->suppressed}, {"unsuppressed", r->unsuppressed},
		{"lost", r->lost}};
	buf_add_text(b, "{\"kind\":\"summary\",\"exercise\":true");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) json_put_member_int(b, rows[i].key, (int64_t)rows[i].n);
	json_put_member_bool(b, "whole", r->summary);
	json_put_member_bool(b, "good", score_good(r) && r->summary);
	buf_add_text(b, "}\n");
}

static void show_json(const struct score_result *r)
{
	struct buf b = {0};
	for (size_t i = 0; i < r->indicators_n; i++) group_json(&b, "indicator", &r->indicators[i]);
	for (size_t i = 0; i < r->phases_n; i++)
		if (r->phases[i].planted + r->phases[i].wrong > 0) group_json(&b, "phase", &r->phases[i]);
	for (size_t i = 0; i < r->institutions_n; i++) group_json(&b, "institution", &r->institutions[i]);
	for (size_t i = 0; i < r->access_n; i++) access_json(&b, &r->access[i]);
	hits_json(&b, "missed", r->missed_first, r->missed_first_n);
	hits_json(&b, "false", r->wrong_first, r->wrong_first_n);
	summary_json(&b, r);
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

/* ---- the command ---- */

static int score_files(const struct score_options *o, const char *folder, const char *answer)
{
	char path[4352];
	struct score *s = score_new();
	int code = EXIT_ERROR;
	(void)snprintf(path, sizeof path, "%s/truth.jsonl", folder);
	command_confine(NULL, false);
	if (lines_read(s, path, score_truth) && lines_read(s, answer, score_answer)) {
		const struct score_result *r = score_end(s);
		(o->json ? show_json : show_text)(r);
		code = score_good(r) && r->summary ? 0 : EXIT_NONE;
	}
	score_free(s);
	return code;
}

static int score_run(const struct command *c, int argc, char *const *argv)
{
	struct score_options o = {0};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	if (options_parse(a, score_options, argc, argv, &o, &rest, &f) != OK) (void)command_usage_error(c, f.text);
	else if (rest.n != 2)
		(void)command_usage_error(c, "exercise score needs the folder of the case and the answer: JSON lines of kulla scan --json");
	else code = score_files(&o, rest.items[0], rest.items[1]);
	arena_free(a);
	return code;
}

const struct command command_exercise_score = {
	.name = "exercise score",
	.summary = "an answer against the truth of an exercise",
	.usage = "[--json] DIR ANSWER",
	.text = "DIR: a folder of kulla exercise generate. ANSWER: JSON lines of kulla scan --json over its telemetry; - is standard "
		"input.\n"
		"Tells what was found, missed and false, by indicator, phase and institution, and how far the first access found is from "
		"the true one.\n"
		"Exit codes: 0 all that can be matched was found and nothing false, 1 not so, 2 error.\n",
	.examples =
		"  kulla scan --json --warninglist case/warninglist case/warning.json -- case/telemetry | kulla exercise score case -\n",
	.options = score_options,
	.run = score_run,
};
