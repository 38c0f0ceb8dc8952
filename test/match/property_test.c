/* The property that the engine stands on: on any records and any indicators the scan's answer is the naive reference's, on every CPU path.
 * KULLA_SEED sets the seed (printed), KULLA_SECONDS how long to try, KULLA_KEEP_GOING lists more than the first differences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "property_make.h"
#include "rig.h"

#define INDICATORS_MAX 24u
#define SECONDS 12.0

struct round {
	struct indicator in[INDICATORS_MAX];
	size_t n;
	struct reference_input input;
	struct scan_settings scan;
	struct reference_settings reference;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double number_from(const char *name, double otherwise)
{
	const char *text = getenv(name);
	return text != NULL ? strtod(text, NULL) : otherwise;
}

static void show_bytes(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 32 || s.p[i] == 127) fprintf(stderr, "<%02x>", s.p[i]);
		else fputc(s.p[i], stderr);
	}
}

static slice record_at(slice text, uint64_t offset)
{
	slice rest = slice_sub(text, (size_t)offset, text.n);
	return slice_cut(&rest, '\n');
}

static void show(const struct round *r, const char *who, const struct reference_hit *h)
{
	fprintf(stderr, "  only %s: record %llu line %llu %s typed=%d seen=<", who, (unsigned long long)h->record_no,
		(unsigned long long)h->line, match_kind_name(h->kind), h->typed);
	show_bytes(h->seen);
	fprintf(stderr, "> format %s indicator", format_name(r->input.format));
	const struct indicator *i = &r->in[h->indicator];
	for (size_t k = 0; k < i->terms_n; k++)
		fprintf(stderr, " (op %d type %d strict %d '%.*s')", i->terms[k].op, i->terms[k].type, i->terms[k].strict,
			SLICE_PRINTF(i->terms[k].value));
	fprintf(stderr, "\n    record: ");
	show_bytes(record_at(r->input.text, h->offset));
	fputc('\n', stderr);
}

/* Two terms of one indicator may meet at one place ("1.2.3.4@evil.com"): either is good. Of URLs only the normal form counts. */
static bool same_seen(slice x, slice y)
{
	if (slice_starts(x, y) || slice_starts(y, x)) return true;
	return slice_find(x, SLICE("://")) < x.n && slice_find(y, SLICE("://")) < y.n;
}

static int compare_hits(const struct reference_hit *x, const struct reference_hit *y)
{
	if (x->record_no != y->record_no) return x->record_no < y->record_no ? -1 : 1;
	if (x->indicator != y->indicator) return x->indicator < y->indicator ? -1 : 1;
	if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
	if (x->typed != y->typed) return x->typed ? -1 : 1;
	if (x->kind <= MATCH_RANGE && !same_seen(x->seen, y->seen)) return slice_compare(x->seen, y->seen);
	if (x->line != y->line) return x->line < y->line ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Number of differences, shown. */
static unsigned differences(const struct round *r, const struct reference_hits *engine, const struct reference_hits *reference)
{
	unsigned n = engine->records != reference->records || engine->lines != reference->lines;
	if (n > 0)
		fprintf(stderr, "  records %llu, reference %llu; lines %llu, reference %llu\n", (unsigned long long)engine->records,
			(unsigned long long)reference->records, (unsigned long long)engine->lines, (unsigned long long)reference->lines);
	size_t i = 0, k = 0;
	while (i < engine->n || k < reference->n) {
		int c = i == engine->n ? 1 : k == reference->n ? -1 : compare_hits(&engine->at[i], &reference->at[k]);
		if (c != 0) n++;
		if (c < 0) show(r, "engine", &engine->at[i]);
		if (c > 0) show(r, "reference", &reference->at[k]);
		i += c <= 0;
		k += c >= 0;
	}
	return n;
}

static void make_round(struct arena *a, struct dice *d, struct round *r)
{
	*r = (struct round){.n = 1 + dice_below(d, INDICATORS_MAX)};
	for (size_t i = 0; i < r->n; i++) r->in[i] = make_indicator(a, d, i);
	enum format f = (enum format)dice_below(d, FORMAT_COUNT);
	r->input.format = f;
	if (make_header(f).n > 0) r->input.format = telemetry_detect(a, make_header(f), &r->input.header);
	r->input.text = make_records(a, d, r->in, r->n, f);
	r->scan.exact_only = r->reference.exact_only = dice_below(d, 8) == 0;
	r->scan.url_prefix = r->reference.url_prefix = dice_below(d, 3) == 0;
	r->scan.telemetry = r->reference.telemetry = (struct telemetry_settings){.year = 2021};
}

static unsigned try_round(struct arena *a, const struct round *r, size_t *hits)
{
	struct watchlist_settings s = {.marking_default = TLP_AMBER_STRICT, .at = 0};
	struct watchlist *list = rig_watchlist(&s, r->in, r->n);
	struct rig_watch w = {list, r->in, r->n};
	struct reference_hits reference = {0}, engine;
	assert_non_null(list);
	reference_match(a, r->in, r->n, &r->reference, &r->input, &reference);
	*hits += reference.n;
	unsigned n = 0;
	for (int path = SCAN_BEST; path <= SCAN_AVX512 && n == 0; path++) {
		if (!rig_scan(a, &w, &r->scan, (enum scan_path)path, &r->input, &engine)) continue;
		n = differences(r, &engine, &reference);
		if (n > 0)
			fprintf(stderr, "  on path %s, exact_only %d, url_prefix %d\n", rig_path_name((enum scan_path)path),
				r->scan.exact_only, r->scan.url_prefix);
	}
	watchlist_free(list);
	return n;
}

static void engine_equals_reference(void **state)
{
	(void)state;
	uint64_t seed = (uint64_t)number_from("KULLA_SEED", 20211123), rounds = 0, bad = 0;
	double until = now() + number_from("KULLA_SECONDS", SECONDS);
	bool keep_going = getenv("KULLA_KEEP_GOING") != NULL;
	struct arena *a = arena_new(0);
	size_t hits = 0;
	fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
	for (; now() < until && (bad == 0 || keep_going); rounds++, seed++) {
		struct dice d = {.state = seed * 1000003};
		struct round r;
		arena_reset(a);
		make_round(a, &d, &r);
		unsigned n = try_round(a, &r, &hits);
		if (n > 0) fprintf(stderr, "KULLA_SEED=%llu repeats these %u differences\n", (unsigned long long)seed, n);
		bad += n > 0;
	}
	fprintf(stderr, "%llu rounds, %zu hits, %llu rounds differ\n", (unsigned long long)rounds, hits, (unsigned long long)bad);
	arena_free(a);
	assert_int_equal(bad, 0);
	assert_true(hits > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(engine_equals_reference)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
