/* kulla watchlist show: everything that a compiled watchlist knows of itself. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "command.h"
#include "exercise_mark.h"
#include "load.h"
#include "tally.h"

#define AUTHORS_SHOWN 20u

static const struct option show_options[] = {{0}};

static void row(const char *label, uint64_t n, const char *what)
{
	printf("%-13s %10" PRIu64 "  %s\n", label, n, what);
}

static void left_out_show(const struct watchlist_counts *c)
{
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {
		{c->expired, "expired"},
		{c->revoked, "revoked"},
		{c->duplicate, "said twice, or an older version"},
		{c->unmatchable, c->unmatchable == 1 ? "needs more than this version can match: named below"
						     : "need more than this version can match: named below"},
		{c->unreadable, c->unreadable == 1 ? "line or object that could not be read" : "lines or objects that could not be read"},
	};
	const char *label = "left out";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].n == 0) continue;
		row(label, rows[i].n, rows[i].what);
		label = "";
	}
}

static void tally_show(const struct tally *t)
{
	const char *label = "values";
	for (int i = 0; i < OBSERVABLE_COUNT; i++) {
		if (t->kinds[i] == 0) continue;
		row(label, t->kinds[i], observable_stix_type((enum observable)i));
		label = "";
	}
	label = "markings";
	for (int i = 0; i < TLP_NONE; i++) {
		if (t->markings[i] == 0) continue;
		row(label, t->markings[i], tlp_text((enum tlp)i));
		label = "";
	}
	if (t->markings_default > 0) row("", t->markings_default, "of these said no marking: the default was taken");
	label = "said by";
	for (size_t i = 0; i < t->authors_n && i < AUTHORS_SHOWN; i++) {
		printf("%-13s %10" PRIu64 "  ", label, t->authors[i].indicators);
		put_visible(stdout, t->authors[i].name.n > 0 ? t->authors[i].name : SLICE("nobody named"));
		putchar('\n');
		label = "";
	}
	if (t->authors_n > AUTHORS_SHOWN)
		printf("%26s%zu more%s\n", "", t->authors_n - AUTHORS_SHOWN, t->authors_more > 0 ? ", at least" : "");
}

static void unmatchable_show(const struct watchlist *w)
{
	slice id, reason;
	for (size_t i = 0; watchlist_unmatchable(w, i, &id, &reason); i++) {
		fputs("unmatchable: ", stdout);
		put_visible(stdout, id);
		fputs(": ", stdout);
		put_visible(stdout, reason);
		fputs("\n", stdout);
	}
}

static void show(const char *path, const struct watchlist *w, instant now)
{
	char judged[INSTANT_TEXT_BYTES];
	struct watchlist_counts c = watchlist_counts(w);
	struct tally *t = tally_new(w, true, INSTANT_NONE);
	fputs("watchlist     ", stdout);
	put_visible(stdout, slice_from(path));
	printf("\nsize          %10zu  bytes\n", watchlist_bytes(w).n);
	printf("compiled      %s  validity was judged at this time\n", instant_format(watchlist_judged(w), 0, judged));
	row("indicators", c.loaded, "loaded");
	if (watchlist_has_label(w, SLICE(EXERCISE_LABEL))) puts("EXERCISE                  indicators of an exercise are among them");
	if (t->plain > 0) row("", t->plain, "of these from plain lists and CSV, without a STIX id");
	if (c.suppressed > 0) row("", c.suppressed, "of these on warninglists: their hits are kept apart");
	const uint64_t ended = watchlist_counts_at(w, now).expired - c.expired;
	if (ended > 0) row("", ended, "of these expired since: a scan leaves them out");
	left_out_show(&c);
	tally_show(t);
	unmatchable_show(w);
	free(t);
}

static int show_run(const struct command *c, int argc, char *const *argv)
{
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	struct loaded loaded = {0};
	struct load_settings load = {.marking = TLP_AMBER_STRICT};
	int code = EXIT_ERROR;
	if (options_parse(a, show_options, argc, argv, &load, &rest, &f) != OK) {
		(void)command_usage_error(c, f.text);
	} else if (rest.n != 1) {
		(void)command_usage_error(c, "watchlist show needs one compiled watchlist");
	} else if (command_confine(NULL, false), load_compiled(rest.items[0], &loaded) == OK) {
		if (loaded.watchlist != NULL) {
			show(rest.items[0], loaded.watchlist, (instant)time(NULL) * 1000000);
			code = 0;
		}
	}
	loaded_free(&loaded);
	arena_free(a);
	return code;
}

const struct command command_watchlist_show = {
	.name = "watchlist show",
	.summary = "what a compiled watchlist holds",
	.usage = "FILE",
	.text = "Prints when the watchlist was compiled, how many indicators it holds and of which kinds, under which markings and by "
		"whom\n"
		"they were said, what was left out, and each indicator that cannot be matched, with the reason.\n",
	.examples = "  kulla watchlist show ally.watchlist\n",
	.options = show_options,
	.run = show_run,
};
