/* Completion for shells: one section each. */
#include <string.h>
#include "completion.h"
#include "observable.h"

/* ---- common ---- */

static slice first_word(const struct command *c)
{
	slice name = slice_from(c->name);
	return slice_cut(&name, ' ');
}

static void put_slice(FILE *out, slice s)
{
	(void)fwrite(s.p, 1, s.n, out);
}

static void put_word(FILE *out, slice word)
{
	put_slice(out, word);
	fputc(' ', out);
}

static bool begins_a_word(const struct command *const *commands, const struct command *const *c)
{
	return c == commands || !slice_equal(first_word(c[0]), first_word(c[-1]));
}

static bool has_two_words(const struct command *c)
{
	return strchr(c->name, ' ') != NULL;
}

/* What an option's value can be, ended by NULL; NULL: no list. */
static const char *const *values_of(const struct option *o)
{
	static const char *const markings[] = {"clear", "green", "amber", "amber+strict", "red", NULL};
	return o->kind == OPTION_TLP ? markings : o->kind == OPTION_CHOICE ? o->choices : NULL;
}

static void put_joined(FILE *out, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++) fprintf(out, "%s%s", i > 0 ? " " : "", words[i]);
}

static bool takes_a_file(const struct option *o)
{
	return o->kind == OPTION_TEXT || o->kind == OPTION_LIST;
}

static void put_shells(FILE *out)
{
	for (const struct completion_shell *s = completion_shells; s->name != NULL; s++)
		fprintf(out, "%s%s", s == completion_shells ? "" : " ", s->name);
}

/* Within single quotes; what `escaped` names gets a backslash, which zsh's _arguments takes away. */
static void put_quoted(FILE *out, const char *text, const char *escaped)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') fputs("'\\''", out);
		else if (strchr(escaped, *text) != NULL) fprintf(out, "\\%c", *text);
		else fputc(*text, out);
	}
}

/* ---- bash ---- */

/* The words that can stand first, each once. */
static void put_first_words(FILE *out, const struct command *const *commands)
{
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (begins_a_word(commands, c)) put_word(out, first_word(*c));
	fputs("help", out);
}

/* Behind a first word that needs a second. */
static void put_second_words(FILE *out, const struct command *const *commands)
{
	for (const struct command *const *c = commands; *c != NULL; c++) {
		slice first = first_word(*c);
		if (!has_two_words(*c)) continue;
		if (begins_a_word(commands, c)) {
			fputc('\t', out);
			put_slice(out, first);
			fputs(") words=\"", out);
		}
		fprintf(out, "%s ", (*c)->name + first.n + 1);
		if (c[1] == NULL || !slice_equal(first, first_word(c[1]))) fputs("\" ;;\n", out);
	}
	fputs("\tcompletion) words=\"", out);
	put_shells(out);
	fputs("\" ;;\n\thelp) words=\"--man confinement ", out);
	put_first_words(out, commands);
	fputs("\" ;;\n", out);
}

static void put_options(FILE *out, const struct command *c)
{
	const bool two = has_two_words(c);
	fprintf(out, "\t\"%s%s\"%s) options=\"--help", c->name, two ? "" : " ", two ? "" : "*");
	for (const struct option *o = c->options; o->name != NULL; o++) fprintf(out, " --%s", o->name);
	fputs("\" ;;\n", out);
}

/* Whether a command before this one has the option. */
static bool had(const struct command *const *commands, const struct command *until, const char *name)
{
	for (; *commands != until; commands++)
		for (const struct option *o = (*commands)->options; o->name != NULL; o++)
			if (strcmp(o->name, name) == 0) return true;
	return false;
}

static void put_values(FILE *out, const struct option *o)
{
	const char *const *values = values_of(o);
	if (values == NULL) return;
	fprintf(out, "\t--%s) values=\"", o->name);
	put_joined(out, values);
	fputs("\" ;;\n", out);
}

static void put_bash(FILE *out, const struct command *const *commands)
{
	fputs("# bash completion of kulla: written by `kulla completion bash`\n_kulla()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words='' "
	      "options='' values=''\n\tCOMPREPLY=()\n"
	      "\tcase ${COMP_WORDS[1]} in\n",
		out);
	put_second_words(out, commands);
	fputs("\tesac\n\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n", out);
	for (const struct command *const *c = commands; *c != NULL; c++) put_options(out, *c);
	fputs("\tesac\n\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n", out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		for (const struct option *o = (*c)->options; o->name != NULL; o++)
			if (!had(commands, *c, o->name)) put_values(out, o);
	fputs("\tesac\n\tif ((COMP_CWORD == 1)); then words=\"", out);
	put_first_words(out, commands);
	fputs("\"\n\telif [[ -n $values ]]; then words=$values\n\telif [[ $cur == -* ]]; then words=$options\n\telif ((COMP_CWORD > 2)); "
	      "then words=''\n\tfi\n"
	      "\t[[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -o default -o filenames -F "
	      "_kulla kulla\n",
		out);
}

/* ---- zsh ---- */

/* Commands that are described as `'word:summary'`: those of one first word by their second, or with `first` empty each first word. */
static void zsh_words(FILE *out, const struct command *const *commands, slice first)
{
	for (const struct command *const *c = commands; *c != NULL; c++) {
		slice word = first_word(*c);
		if (first.n > 0 ? !slice_equal(word, first) || !has_two_words(*c) : !begins_a_word(commands, c)) continue;
		const char *text = first.n > 0 ? (*c)->name + first.n + 1 : (*c)->name;
		fprintf(out, " '%.*s:", (int)(first.n > 0 ? strlen(text) : word.n), text);
		put_quoted(out, first.n == 0 && has_two_words(*c) ? "several commands" : (*c)->summary, "");
		fputc('\'', out);
	}
}

static void zsh_option(FILE *out, const struct option *o)
{
	const char *const *values = values_of(o);
	const char *equals = o->argument != NULL ? "=" : "", *plus = o->argument != NULL ? "+" : "";
	fputs(" \\\n\t\t", out);
	if (o->letter != 0) fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", o->letter, o->name, o->letter, plus, o->name, equals);
	else fprintf(out, "'%s--%s%s", o->kind == OPTION_LIST ? "*" : "", o->name, equals);
	fputc('[', out);
	put_quoted(out, o->help, "[]");
	fputc(']', out);
	if (o->argument != NULL) fprintf(out, ":%s:", o->argument);
	if (values != NULL) {
		fputc('(', out);
		put_joined(out, values);
		fputc(')', out);
	} else if (takes_a_file(o)) {
		fputs("_files", out);
	}
	fputc('\'', out);
}

static void zsh_command(FILE *out, const struct command *c)
{
	const bool two = has_two_words(c);
	fprintf(out, "\t\"%s%s\"%s) _arguments -S : '--help[how the command is used]'", c->name, two ? "" : " ", two ? "" : "*");
	for (const struct option *o = c->options; o->name != NULL; o++) zsh_option(out, o);
	fputs(" \\\n\t\t'*:file:_files' ;;\n", out);
}

static void put_zsh(FILE *out, const struct command *const *commands)
{
	fputs("#compdef kulla\n# zsh completion of kulla: written by `kulla completion zsh`\n_kulla()\n{\n\tlocal -a found\n\tif ((CURRENT "
	      "== 2)); then\n\t\tfound=(",
		out);
	zsh_words(out, commands, SLICE(""));
	fputs(" 'help:how a command is used')\n\t\t_describe command found\n\t\treturn\n\tfi\n\tif ((CURRENT == 3)); then\n\t\tcase "
	      "$words[2] in\n",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if (!has_two_words(*c) || !begins_a_word(commands, c)) continue;
		fputs("\t\t", out);
		put_slice(out, first_word(*c));
		fputs(") found=(", out);
		zsh_words(out, commands, first_word(*c));
		fputs(" ) ;;\n", out);
	}
	fputs("\t\tcompletion) found=(", out);
	put_shells(out);
	fputs(") ;;\n\t\thelp) found=(--man confinement ", out);
	put_first_words(out, commands);
	fputs(") ;;\n\t\tesac\n\t\tif (($#found)); then\n\t\t\t_describe command found\n\t\t\treturn\n\t\tfi\n\tfi\n\tcase \"$words[2] "
	      "$words[3]\" in\n",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++) zsh_command(out, *c);
	fputs("\tesac\n}\n_kulla \"$@\"\n", out);
}

/* ---- fish ---- */

static void fish_option(FILE *out, const char *when, const struct option *o)
{
	const char *const *values = values_of(o);
	fprintf(out, "complete -c kulla -n '%s' -l %s", when, o->name);
	if (o->letter != 0) fprintf(out, " -s %c", o->letter);
	if (o->argument != NULL) fputs(takes_a_file(o) ? " -r -F" : " -x", out);
	if (values != NULL) {
		fputs(" -a '", out);
		put_joined(out, values);
		fputc('\'', out);
	}
	fputs(" -d '", out);
	put_quoted(out, o->help, "");
	fputs("'\n", out);
}

/* A word that can stand behind `before`, with what it is for. */
static void fish_word(FILE *out, const char *before, slice word, const char *summary)
{
	fprintf(out, "complete -c kulla -f -n '__kulla_is%s' -a ", before);
	put_slice(out, word);
	fputs(" -d '", out);
	put_quoted(out, summary, "");
	fputs("'\n", out);
}

static void fish_command(FILE *out, const struct command *const *commands, const struct command *const *c)
{
	char when[100], before[50];
	slice rest = slice_from((*c)->name), first = slice_cut(&rest, ' ');
	if (begins_a_word(commands, c)) fish_word(out, "", first, rest.n > 0 ? "several commands" : (*c)->summary);
	(void)snprintf(before, sizeof before, " %.*s", (int)first.n, (*c)->name);
	if (rest.n > 0) fish_word(out, before, rest, (*c)->summary);
	(void)snprintf(when, sizeof when, "__kulla_begins %s", (*c)->name);
	for (const struct option *o = (*c)->options; o->name != NULL; o++) fish_option(out, when, o);
}

static void put_fish(FILE *out, const struct command *const *commands)
{
	fputs("# fish completion of kulla: written by `kulla completion fish`\n"
	      "# Whether the words before the cursor are these and no more; whether they begin with these.\n"
	      "function __kulla_is\n\ttest \"$(commandline -opc | tail -n +2)\" = \"$(string join \\n -- $argv)\"\nend\n"
	      "function __kulla_begins\n\tset -l words (commandline -opc)[2..-1]\n\ttest \"$words[1..$(count $argv)]\" = \"$argv\"\nend\n"
	      "complete -c kulla -f -n __kulla_is -a help -d 'how a command is used'\ncomplete -c kulla -l help -d 'how the command is "
	      "used'\n",
		out);
	for (const struct command *const *c = commands; *c != NULL; c++) fish_command(out, commands, c);
	fputs("complete -c kulla -f -n '__kulla_is completion' -a '", out);
	put_shells(out);
	fputs("'\ncomplete -c kulla -f -n '__kulla_is help' -a '--man confinement ", out);
	put_first_words(out, commands);
	fputs("'\n", out);
}

const struct completion_shell completion_shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}, {NULL, NULL}};
