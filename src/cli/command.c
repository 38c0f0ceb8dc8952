/* The commands, and help made from their table. */
#include <stdio.h>
#include <unistd.h>
#include "command.h"
#include "completion.h"
#include "confine.h"
#include "help.h"
#include "visible.h"

static const struct command *const commands[] = {&command_scan, &command_watchlist_build, &command_watchlist_show, &command_formats,
	&command_stix_pattern, &command_exercise_generate, &command_exercise_score, &command_init, &command_verify, &command_rebuild,
	&command_ledger_checkpoint, &command_ledger_prove, &command_ledger_check, &command_ledger_show, &command_ledger_tail,
	&command_ledger_policy, &command_ledger_rotate, &command_ledger_repair, &command_ledger_erase, &command_witness_add,
	&command_witness_remove, &command_witness_list, &command_witness_request, &command_witness_accept, &command_witness_key,
	&command_witness_trust, &command_witness_follow, &command_witness_cosign, &command_evidence_seal, &command_evidence_stamp,
	&command_evidence_list, &command_evidence_show, &command_evidence_history, &command_evidence_search, &command_evidence_scan,
	&command_evidence_check, &command_evidence_open, &command_evidence_return, &command_evidence_copy, &command_evidence_transfer,
	&command_evidence_receive, &command_evidence_dispose, &command_evidence_hold, &command_evidence_release, &command_evidence_export,
	&command_evidence_import, &command_evidence_deliver, &command_keeper, &command_completion, NULL};
#define COMMANDS_N (sizeof commands / sizeof *commands - 1)

static const char *command_name_at(const void *context, size_t i)
{
	(void)context;
	static const char *const others[] = {"help", "watchlist", "stix", "exercise", "ledger", "witness", "evidence"};
	if (i < COMMANDS_N) return commands[i]->name;
	return i < COMMANDS_N + sizeof others / sizeof *others ? others[i - COMMANDS_N] : NULL;
}

/* Whether commands of two words begin with this one. */
static bool is_group(const char *word, const struct command *c)
{
	slice name = slice_from(c->name);
	return slice_equal(slice_cut(&name, ' '), slice_from(word)) && name.n > 0;
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

/* `kulla watchlist`: which words can follow. False: no such group. */
static bool tell_group(const char *word)
{
	bool found = false;
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if (!is_group(word, *c)) continue;
		fprintf(stderr, "%s%s", found ? " or " : "kulla: a word is missing: kulla ", (*c)->name);
		found = true;
	}
	if (found) fputs("; see kulla help\n", stderr);
	return found;
}

static int unknown_command(int argc, char *const *argv)
{
	char name[100];
	bool group = false;
	for (const struct command *const *c = commands; *c != NULL; c++) group |= is_group(argv[0], *c);
	if (argc == 1 && tell_group(argv[0])) return EXIT_ERROR;
	(void)snprintf(name, sizeof name, "%.40s%s%.40s", argv[0], group ? " " : "", group ? argv[1] : "");
	const char *near = option_suggest(name, command_name_at, NULL);
	fputs("kulla: unknown command ", stderr);
	put_visible(stderr, slice_from(name));
	fprintf(stderr, "%s%s%s; see kulla help\n", near != NULL ? "; did you mean " : "", near != NULL ? near : "",
		near != NULL ? "?" : "");
	return EXIT_ERROR;
}

/* Help of every command of a group; false: no such group. */
static bool help_group(const char *word)
{
	bool found = false;
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if (!is_group(word, *c)) continue;
		if (found) fputs("\n", stdout);
		help_command(stdout, *c);
		found = true;
	}
	return found;
}

static int help(int argc, char *const *argv)
{
	int words;
	bool man = argc > 0 && strcmp(argv[0], "--man") == 0;
	argc -= man;
	argv += man;
	if (argc == 0) {
		if (man) help_man_all(stdout, commands);
		else help_all(stdout, commands);
		return 0;
	}
	if (argc == 1 && strcmp(argv[0], "confinement") == 0) {
		help_confinement(stdout);
		return 0;
	}
	const struct command *c = command_find(argc, argv, &words);
	if (c == NULL && argc == 1 && !man && help_group(argv[0])) return 0;
	if (c == NULL) return unknown_command(argc, argv);
	if (man) help_man(stdout, c);
	else help_command(stdout, c);
	return 0;
}

static int completion_run(const struct command *c, int argc, char *const *argv)
{
	for (const struct completion_shell *s = completion_shells; s->name != NULL && argc == 1; s++) {
		if (strcmp(argv[0], s->name) != 0) continue;
		s->put(stdout, commands);
		return 0;
	}
	return command_usage_error(c, "completion needs the name of a shell: bash, zsh or fish");
}

static const struct option completion_options[] = {{0}};
const struct command command_completion = {
	.name = "completion",
	.summary = "completion of commands and options for a shell",
	.usage = "bash|zsh|fish",
	.text = "Prints a script that completes commands, options and their values. make install puts each where its shell looks.\n",
	.examples = "  kulla completion bash >~/.local/share/bash-completion/completions/kulla\n"
		    "  kulla completion zsh >~/.zfunc/_kulla    # with fpath=(~/.zfunc $fpath) before compinit\n"
		    "  kulla completion fish >~/.config/fish/completions/kulla.fish\n",
	.options = completion_options,
	.run = completion_run,
};

int command_usage_error(const struct command *c, const char *text)
{
	fprintf(stderr, "kulla: %s\nkulla: see kulla help %s\n", text, c->name);
	return EXIT_ERROR;
}

void command_confine(const char *write_folder, bool tell)
{
	struct confinement c = confine(write_folder);
	if (!tell) return;
	fputs("kulla: confined by ", stderr);
	confinement_put(stderr, c);
	fputc('\n', stderr);
}

void put_visible(FILE *out, slice text)
{
	visible_put(out, text, isatty(fileno(out)) && !visible_locale_is_utf8());
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
		help_all(stderr, commands);
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
	if (c == NULL && argc == 3 && help_asked(1, argv + 2) && help_group(argv[1])) return 0;
	if (c == NULL) return unknown_command(argc - 1, argv + 1);
	if (help_asked(argc - 1 - words, argv + 1 + words)) {
		help_command(stdout, c);
		return 0;
	}
	return c->run(c, argc - 1 - words, argv + 1 + words);
}
