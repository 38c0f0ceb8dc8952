/* Help on a terminal and as man pages: two prints of one table. */
#include <stdlib.h>
#include "confine.h"
#include "fold.h"
#include "help.h"

#define LEFT_COLUMN 22
#define READ_COLUMNS 100u /* longer lines are hard to read */

/* ---- on a terminal ---- */

void help_all(FILE *out, const struct command *const *commands)
{
	fputs("Kulla answers: were we hit, where, and since when?\n\nUsage: kulla COMMAND [ARGUMENTS]\n\n", out);
	for (; *commands != NULL; commands++) fprintf(out, "  %-18s %s\n", (*commands)->name, (*commands)->summary);
	fputs("  help [COMMAND]     how a command is used; help --man COMMAND: its man page\n"
	      "  help confinement   what the program can still do while it reads foreign files\n\n"
	      "Start here: kulla scan list.txt -- /var/log\n"
	      "Exit codes: 0 hit, 1 no hit, 2 error (also when something could not be read).\n",
		out);
}

static void help_option(FILE *out, const struct option *o)
{
	char left[64];
	int n = snprintf(left, sizeof left, "--%s%s%s", o->name, o->argument != NULL ? " " : "", o->argument != NULL ? o->argument : "");
	fprintf(out, "  %c%c%c %-*s%s%s\n", o->letter != 0 ? '-' : ' ', o->letter != 0 ? o->letter : ' ', o->letter != 0 ? ',' : ' ',
		LEFT_COLUMN, left, n > LEFT_COLUMN ? "  " : " ", o->help);
}

/* Lines of a paragraph become one; a line end before a capital stays, as in the man pages. */
static void paragraph_put(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		bool stays = text[1] == '\0' || text[1] == '\n' || (text[1] >= 'A' && text[1] <= 'Z') || text[1] == '-';
		fputc(*text == '\n' && !stays ? ' ' : *text, out);
	}
}

static void help_words(FILE *out, const struct command *c, bool folds)
{
	fprintf(out, "kulla %s: %s\n\nUsage: kulla %s %s\n\n", c->name, c->summary, c->name, c->usage);
	if (folds) paragraph_put(out, c->text);
	else fputs(c->text, out);
	if (c->options[0].name != NULL) fputs("\nOptions:\n", out);
	for (const struct option *o = c->options; o->name != NULL; o++) help_option(out, o);
}

/* Examples are for copying: they stay as they are. */
void help_command(FILE *out, const struct command *c)
{
	char *text = NULL;
	size_t n = 0, width = fold_width(out);
	FILE *words = open_memstream(&text, &n);
	if (words == NULL) abort(); /* no memory */
	help_words(words, c, width != SIZE_MAX);
	if (fclose(words) != 0) abort(); /* no memory */
	fold_put(out, slice_of(text, n), width < READ_COLUMNS || width == SIZE_MAX ? width : READ_COLUMNS);
	free(text);
	fprintf(out, "\nExamples:\n%s", c->examples);
}

void help_confinement(FILE *out)
{
	fputs("Before it reads the first byte of a log, a list or a bundle, kulla gives up what it does not need:\n\n"
	      "  files      can be read; none can be made, changed, removed or executed. kulla watchlist build can make\n"
	      "             and rename files in the folder of its -o FILE, kulla exercise generate files and folders in its\n"
	      "             --out DIR; both open none that exists for writing\n"
	      "  network    no socket can be made\n"
	      "  processes  no program can be started, no other process can be looked into or sent a signal\n\n"
	      "Landlock (Linux 5.13 and later) guards the files, seccomp the system calls; where the kernel lacks one,\n"
	      "the other stands alone. --verbose tells on standard error what a command got.\n\nHere: ",
		out);
	confinement_put(out, confinement_here());
	fputs(".\n", out);
}

/* ---- man pages ---- */

/* Text for roff: what it takes for its own language stands for itself; with `lines`, a line end before a capital stays one. */
static void roff_put(FILE *out, const char *text, bool lines)
{
	bool start = true;
	for (; *text != '\0'; text++) {
		if (start && (*text == '.' || *text == '\'')) fputs("\\&", out);
		if (*text == '\\') fputs("\\e", out);
		else if (*text == '-') fputs("\\-", out);
		else fputc(*text, out);
		start = *text == '\n';
		if (start && lines && text[1] >= 'A' && text[1] <= 'Z') fputs(".br\n", out);
	}
}

static void roff_title(FILE *out, const char *name)
{
	fputs(".TH KULLA", out);
	for (const char *p = name; *p != '\0'; p++) fputc(*p == ' ' ? '-' : *p >= 'a' && *p <= 'z' ? *p - 0x20 : *p, out);
	fputs(" 1 \"\" \"kulla " KULLA_VERSION "\" \"Kulla\"\n.SH NAME\nkulla", out);
	for (const char *p = name; *p != '\0'; p++) fputs(*p == ' ' ? "\\-" : (char[]){*p, '\0'}, out);
}

static void roff_option(FILE *out, const struct option *o)
{
	fputs(".TP\n", out);
	if (o->letter != 0) fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", out);
	roff_put(out, o->name, false);
	fputs("\\fR", out);
	if (o->argument != NULL) fprintf(out, " \\fI%s\\fR", o->argument);
	fputc('\n', out);
	roff_put(out, o->help, false);
	fputs(".\n", out);
}

void help_man(FILE *out, const struct command *c)
{
	char dashed[64];
	(void)snprintf(dashed, sizeof dashed, " %s", c->name);
	roff_title(out, dashed);
	fprintf(out, " \\- %s\n.SH SYNOPSIS\n.B kulla %s\n", c->summary, c->name);
	roff_put(out, c->usage, false);
	fputs("\n.SH DESCRIPTION\n", out);
	roff_put(out, c->text, true);
	if (c->options[0].name != NULL) fputs(".SH OPTIONS\n", out);
	for (const struct option *o = c->options; o->name != NULL; o++) roff_option(out, o);
	fputs(".SH EXAMPLES\n.nf\n", out);
	roff_put(out, c->examples, false);
	fputs(".fi\n.SH SEE ALSO\n.BR kulla (1)\n", out);
}

void help_man_all(FILE *out, const struct command *const *commands)
{
	roff_title(out, "");
	fputs(" \\- were we hit, where, and since when?\n.SH SYNOPSIS\n.B kulla\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n.SH COMMANDS\n", out);
	for (const struct command *const *c = commands; *c != NULL; c++) fprintf(out, ".TP\n.B kulla %s\n%s.\n", (*c)->name, (*c)->summary);
	fputs(".TP\n.B kulla help\n\\fICOMMAND\\fR: how a command is used.\n.SH EXIT STATUS\n"
	      "0 hit, 1 no hit, 2 error, also when something could not be read.\n.SH SEE ALSO\n",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++) {
		fputs(".BR kulla\\-", out);
		for (const char *p = (*c)->name; *p != '\0'; p++) fputs(*p == ' ' ? "\\-" : (char[]){*p, '\0'}, out);
		fprintf(out, " (1)%s\n", c[1] != NULL ? "," : "");
	}
}
