/* kulla init: make a home. */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "home.h"
#include "home_option.h"
#include "progress.h"

struct init_options {
	const char *home, *origin;
	bool exercise;
};
static const struct option init_options[] = {
	HOME_OPTION(struct init_options, home),
	{.name = "origin",
		.kind = OPTION_TEXT,
		.place = offsetof(struct init_options, origin),
		.argument = "NAME",
		.help = "the ledger's name for allies, such as cert.example/kulla (default: made from the host's name)"},
	{.name = "exercise",
		.kind = OPTION_FLAG,
		.place = offsetof(struct init_options, exercise),
		.help = "an exercise's home: everything in it is marked so, for ever"},
	{0},
};

static int run(const struct command *c, int argc, char *const *argv)
{
	struct init_options o = {0};
	struct arguments rest;
	struct fault f = {0};
	struct buf vkey = {0};
	struct home_birth birth = {.uid = (unsigned)geteuid()};
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	birth.now = clock_now();
	if (options_parse(a, init_options, argc, argv, &o, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (rest.n > 1 || (rest.n == 1 && o.home != NULL)) code = command_usage_error(c, "init takes one folder");
	else {
		birth.origin = slice_from(o.origin);
		birth.exercise = o.exercise;
		enum err e = home_option_find(rest.n == 1 ? rest.items[0] : o.home, &birth.path, &f);
		if (e == OK) e = home_init(&birth, &vkey, &f);
		if (e != OK) complain(NULL, &f);
		else
			printf("%s is a home%s. Allies know its ledger by this key:\n%.*s\n", birth.path,
				o.exercise ? " for an exercise" : "", (int)vkey.n, (const char *)vkey.p);
		code = e == OK ? 0 : EXIT_ERROR;
	}
	buf_free(&vkey);
	arena_free(a);
	return code;
}

const struct command command_init = {
	.name = "init",
	.summary = "make a home: keys, settings, an empty ledger",
	.usage = "[DIR | --home DIR] [--origin NAME] [--exercise]",
	.text = "A home holds one institution's ledger, what it names by digest, and the keys (mode 0600). The folder must be empty or "
		"missing. The\n"
		"ledger begins with an entry that states its name, its key, and whether it is an exercise's. The line that is printed is "
		"the\n"
		"key by which allies verify every checkpoint of this ledger: give it to them by a second way.\n",
	.examples = "  kulla init /var/lib/kulla --origin cert.example/kulla\n  KULLA_HOME=/var/lib/kulla kulla verify\n",
	.options = init_options,
	.run = run,
};
