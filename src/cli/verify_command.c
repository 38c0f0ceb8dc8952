/* kulla verify: does the ledger hold, since when, against which head known from outside. Reads only. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "home_option.h"
#include "home_verify.h"
#include "json.h"
#include "limit.h"
#include "verify_print.h"

struct verify_options {
	const char *home, *head, *key;
	bool json, verbose;
};
static const struct option verify_options[] = {
	HOME_OPTION(struct verify_options, home),
	{.name = "json",
		.kind = OPTION_FLAG,
		.place = offsetof(struct verify_options, json),
		.help = "JSON lines: each fault, then a summary"},
	{.name = "head",
		.kind = OPTION_TEXT,
		.place = offsetof(struct verify_options, head),
		.argument = "HEAD",
		.help = "a head known from outside: a checkpoint's file, or \"SIZE ROOT\" as printed"},
	{.name = "key",
		.kind = OPTION_TEXT,
		.place = offsetof(struct verify_options, key),
		.argument = "VKEY",
		.help = "the ledger's key as it was handed over (a key that it had once is enough)"},
	{.name = "verbose", .letter = 'v', .kind = OPTION_FLAG, .place = offsetof(struct verify_options, verbose), .help = "say more"},
	{0},
};

/* The option's text, or the bytes of the file that it names. */
static enum err read_head(const char *given, struct buf *out, struct fault *f)
{
	FILE *in = strchr(given, ' ') == NULL ? fopen(given, "re") : NULL;
	out->max = NOTE_BYTES_MAX;
	if (in == NULL) {
		if (strchr(given, ' ') == NULL)
			return fault_set(f, ERR_NOT_FOUND, 0, 0, "--head: no \"SIZE ROOT\", and no such file: %s", strerror(errno));
		buf_add_text(out, given);
		return OK;
	}
	(void)buf_reserve(out, 65536);
	size_t n = 1;
	for (uint8_t block[4096]; n > 0;) {
		n = fread(block, 1, sizeof block, in);
		buf_add(out, slice_of(block, n));
	}
	bool bad = ferror(in) != 0;
	fclose(in);
	if (bad) return fault_set(f, ERR_DISK, 0, 0, "--head: the file cannot be read");
	return out->failed ? fault_set(f, ERR_LIMIT, 0, 0, "--head: NOTE_BYTES_MAX: the file is too long") : OK;
}

struct verify_run {
	struct verify_options o;
	struct home_files files;
	struct verify_request request;
	struct verify_answer answer;
	struct tree_head head;
	struct arena *arena;
	slice head_origin;
	struct verify_print print;
};

static enum err take_head(struct verify_run *r, struct fault *f)
{
	struct buf text = {0};
	if (r->o.head == NULL) return OK;
	struct fault inner = {0};
	enum err e = read_head(r->o.head, &text, f);
	if (e == OK) {
		e = home_head_parse(arena_copy(r->arena, buf_slice(&text)), r->arena, &r->head, &r->head_origin, &inner);
		if (e != OK) e = fault_set(f, e, 0, 0, "--head: neither \"SIZE ROOT\" nor a checkpoint: %.200s", inner.text);
	}
	buf_free(&text);
	r->request.outside = &r->head;
	return e;
}

static enum err look(struct verify_run *r, const char *path, struct fault *f)
{
	enum err e = take_head(r, f);
	if (e == OK) e = home_files_open(path, &r->files, f);
	if (e != OK) return e;
	home_files_request(&r->files, &r->request);
	r->request.key = slice_from(r->o.key);
	r->request.tell = verify_print_finding;
	r->request.tell_context = &r->print;
	e = ledger_verify(&r->request, r->arena, &r->answer, f);
	if (e == OK && r->head_origin.n > 0 && r->answer.origin.n > 0 && !slice_equal(r->head_origin, r->answer.origin))
		e = fault_set(f, ERR_USAGE, 0, 0, "--head: the checkpoint is of %.*s, this ledger is %.*s",
			SLICE_PRINTF(slice_sub(r->head_origin, 0, 100)), SLICE_PRINTF(slice_sub(r->answer.origin, 0, 100)));
	return e;
}

static int verify(struct verify_run *r, const char *path)
{
	struct fault f = {0};
	command_confine(NULL, r->o.verbose);
	enum err e = look(r, path, &f);
	if (e == OK) verify_print_answer(&r->print, &r->request, &r->answer);
	else complain(NULL, &f);
	home_files_close(&r->files);
	if (e != OK) return EXIT_ERROR;
	return r->answer.holds ? 0 : EXIT_NONE;
}

static int run(const struct command *c, int argc, char *const *argv)
{
	struct verify_run r = {.arena = arena_new(0)};
	struct arguments rest;
	struct fault f = {0};
	const char *path = NULL;
	int code = EXIT_ERROR;
	if (options_parse(r.arena, verify_options, argc, argv, &r.o, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (rest.n > 1 || (rest.n == 1 && r.o.home != NULL)) code = command_usage_error(c, "verify takes one folder");
	else if (rest.n == 1) path = rest.items[0];
	else if (home_option_find(r.o.home, &path, &f) != OK) code = command_usage_error(c, f.text);
	if (path != NULL) {
		r.print = (struct verify_print){.json = r.o.json, .out = stdout};
		code = verify(&r, path);
		verify_print_free(&r.print);
	}
	arena_free(r.arena);
	return code;
}

const struct command command_verify = {
	.name = "verify",
	.summary = "does the ledger hold: tree, signatures, entries, blobs",
	.usage = "[--home DIR | DIR] [--head HEAD] [--key VKEY] [--json]",
	.text = "Reads the ledger of a home, of a copy of one, or of a ledger's folder alone, and says whether it holds: every entry and "
		"every "
		"tile\n"
		"leads to the signed root, every entry keeps its kind's rules, keys follow one another, blobs are there or erased by an "
		"entry. What\n"
		"is wrong is listed, each with its file. Nothing is written and no keeper is asked; one may be at work.\n"
		"What lies in one place cannot tell whether its newest part was taken away: give a head known from outside with --head (a "
		"witness,\n"
		"a partner, a print), or a rollback cannot be excluded. Without --key the ledger's own first entry says whose it is.\n"
		"Exit codes: 0 it holds, 1 it does not, 2 it could not be looked at.\n",
	.examples = "  kulla verify --home /var/lib/kulla\n"
		    "  kulla verify --json --head head-of-monday.txt /mnt/second-site/ledger --key \"$VKEY\"\n"
		    "  kulla verify --head \"120334 rKbrcGGhpMDx4nJh9YaMBzYmNOvPmj5VWnlCLgFVLjU=\"\n",
	.options = verify_options,
	.run = run,
};
