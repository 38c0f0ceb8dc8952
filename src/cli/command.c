/* The commands, and help made from their table. */
#include <stdio.h>
#include "command.h"

static const struct command *const commands[] = {&command_scan, &command_watchlist_build, &command_watchlist_show, &command_formats};
#define COMMANDS_N (sizeof commands / sizeof *commands)

static const char *command_name_at(const void *context, size_t i)
{
	(void)context;
	static const char *const others[] = {"help", "watchlist"};
	if (i < COMMANDS_N) return commands[i]->name;
	return i < COMMANDS_N + 2 ? others[i - COMMANDS_N] : NULL;
}

static void help_all(FILE *out)
{
	fputs("Kulla answers: were we hit, where, and since when?\n\nUsage: kulla COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < COMMANDS_N; i++) fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
	fputs("  help [COMMAND]   how a command is used\n\n"
	      "Exit codes: 0 hit, 1 no hit, 2 error (also when something could not be read).\n", out);
}

static void help_option(FILE *out, const struct option *o)
{
	char left[64];
	int n = snprintf(left, sizeof left, "--%s%s%s", o->name, o->argument != NULL ? " " : "", o->argument != NULL ? o->argument : "");
	fprintf(out, "  %c%c%c %-22s%s%s\n", o->letter != 0 ? '-' : ' ', o->letter != 0 ? o->letter : ' ', o->letter != 0 ? ',' : ' ', left, n > 22 ? "  " : " ", o->help);
}

static void help_command(FILE *out, const struct command *c)
{
	fprintf(out, "kulla %s: %s\n\nUsage: kulla %s %s\n\n%s", c->name, c->summary, c->name, c->usage, c->text);
	if (c->options[0].name != NULL) fputs("\nOptions:\n", out);
	for (const struct option *o = c->options; o->name != NULL; o++) help_option(out, o);
	fprintf(out, "\nExamples:\n%s", c->examples);
}

/* The command whose words open argv; *words: how many. */
static const struct command *command_find(int argc, char *const *argv, int *words)
{
	for (size_t i = 0; i < COMMANDS_N; i++) {
		slice rest = slice_from(commands[i]->name);
		int k = 0;
		bool same = true;
		while (rest.n > 0 && same) {
			slice word = slice_cut(&rest, ' ');
			same = k < argc && slice_equal(word, slice_from(argv[k]));
			k++;
		}
		if (!same) continue;
		*words = k;
		return commands[i];
	}
	return NULL;
}

static int unknown_command(int argc, char *const *argv)
{
	char name[100];
	bool watchlist = strcmp(argv[0], "watchlist") == 0;
	if (watchlist && argc == 1) {
		fputs("kulla: watchlist needs a word behind it: build or show; see kulla help\n", stderr);
		return EXIT_ERROR;
	}
	(void)snprintf(name, sizeof name, "%.40s%s%.40s", argv[0], watchlist ? " " : "", watchlist ? argv[1] : "");
	const char *near = option_suggest(name, command_name_at, NULL);
	fprintf(stderr, "kulla: unknown command %s%s%s%s; see kulla help\n", name, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
		near != NULL ? "?" : "");
	return EXIT_ERROR;
}

static int help(int argc, char *const *argv)
{
	int words;
	if (argc == 0) {
		help_all(stdout);
		return 0;
	}
	if (argc == 1 && strcmp(argv[0], "watchlist") == 0) {
		help_command(stdout, &command_watchlist_build);
		fputs("\n", stdout);
		help_command(stdout, &command_watchlist_show);
		return 0;
	}
	const struct command *c = command_find(argc, argv, &words);
	if (c == NULL) return unknown_command(argc, argv);
	help_command(stdout, c);
	return 0;
}

int command_usage_error(const struct command *c, const char *text)
{
	fprintf(stderr, "kulla: %s\nkulla: see kulla help %s\n", text, c->name);
	return EXIT_ERROR;
}

void put_visible(FILE *out, slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f) fprintf(out, "\\x%02x", text.p[i]);
		else fputc(text.p[i], out);
	}
}

void complain(const char *name, const struct fault *f)
{
	fputs("kulla: ", stderr);
	if (name != NULL) {
		put_visible(stderr, slice_from(name));
		fputs(": ", stderr);
	}
	if (f->line > 0) fprintf(stderr, "line %llu: ", (unsigned long long)f->line);
	else if (f->offset > 0) fprintf(stderr, "byte %llu: ", (unsigned long long)f->offset);
	put_visible(stderr, slice_from(f->text));
	fputc('\n', stderr);
}

static bool help_asked(int argc, char *const *argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
	return false;
}

int command_run(int argc, char *const *argv)
{
	if (argc < 2) {
		help_all(stderr);
		return EXIT_ERROR;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("kulla " KULLA_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "help") == 0) return help(argc - 2, argv + 2);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return help(0, NULL);
	int words;
	const struct command *c = command_find(argc - 1, argv + 1, &words);
	if (c == NULL && strcmp(argv[1], "watchlist") == 0 && help_asked(argc - 1, argv + 1)) return help(1, argv + 1);
	if (c == NULL) return unknown_command(argc - 1, argv + 1);
	if (help_asked(argc - 1 - words, argv + 1 + words)) {
		help_command(stdout, c);
		return 0;
	}
	return c->run(c, argc - 1 - words, argv + 1 + words);
}
