/* kulla watchlist build, kulla watchlist show. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "command.h"
#include "load.h"

struct build_options {
	const char *output;
	struct load_settings load;
};
static const struct option build_options[] = {
	{.name = "output", .letter = 'o', .kind = OPTION_TEXT, .place = offsetof(struct build_options, output), .argument = "FILE", .help = "where the compiled watchlist goes"},
	{.name = "marking", .kind = OPTION_TLP, .place = offsetof(struct build_options, load.marking), .argument = "TLP", .help = "of indicators that say none (default amber+strict)"},
	{.name = "at", .kind = OPTION_TIME, .place = offsetof(struct build_options, load.at), .argument = "TIME", .help = "judge validity at this time (default now)"},
	{.name = "all", .kind = OPTION_FLAG, .place = offsetof(struct build_options, load.all), .help = "keep expired and revoked indicators"},
	{.name = "warninglist", .kind = OPTION_LIST, .place = offsetof(struct build_options, load.warninglists), .argument = "PATH", .help = "warninglist, folder of them, or name of one in such a folder; may be given again"},
	{0},
};
static const struct option show_options[] = {{0}};

static enum err write_all(int fd, slice bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return ERR_DISK;
		bytes = slice_sub(bytes, (size_t)n, bytes.n);
	}
	return OK;
}

/* Written beside the place, synced, renamed: the old file stays until the new one is whole. */
static enum err write_file(const char *path, slice bytes, struct fault *f)
{
	struct buf beside = {0};
	buf_printf(&beside, "%s.%ld.new", path, (long)getpid());
	buf_add_byte(&beside, 0);
	const char *name = (const char *)beside.p;
	enum err e = OK;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 || write_all(fd, bytes) != OK || fsync(fd) != 0) e = ERR_DISK;
	int error = errno;
	if (fd >= 0 && close(fd) != 0 && e == OK) {
		error = errno;
		e = ERR_DISK;
	}
	if (e == OK && rename(name, path) != 0) {
		error = errno;
		e = ERR_DISK;
	}
	if (e != OK) {
		if (fd >= 0) (void)unlink(name);
		e = fault_set(f, ERR_DISK, 0, 0, "cannot be written: %s", strerror(error));
	}
	buf_free(&beside);
	return e;
}

static void show_counts(const struct watchlist *w)
{
	struct watchlist_counts c = watchlist_counts(w);
	printf("%llu indicators loaded, %llu suppressed by warninglists, %llu expired, %llu revoked, %llu unmatchable, %llu duplicates\n", (unsigned long long)c.loaded,
		(unsigned long long)c.suppressed, (unsigned long long)c.expired, (unsigned long long)c.revoked, (unsigned long long)c.unmatchable,
		(unsigned long long)c.duplicate);
}

static int build_run(const struct command *c, int argc, char *const *argv)
{
	struct build_options o = {.load = {.marking = TLP_AMBER_STRICT, .at = (instant)time(NULL) * 1000000}};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	struct loaded loaded = {0};
	int code = EXIT_ERROR;
	if (options_parse(a, build_options, argc, argv, &o, &rest, &f) != OK) (void)command_usage_error(c, f.text);
	else if (o.output == NULL) (void)command_usage_error(c, "watchlist build needs -o FILE");
	else if (rest.n == 0) (void)command_usage_error(c, "watchlist build needs intelligence to compile");
	else if (load_intel(&o.load, rest.items, rest.n, &loaded) == OK) {
		if (loaded.map != NULL) {
			(void)command_usage_error(c, "the intelligence is a compiled watchlist already");
		} else if (write_file(o.output, watchlist_bytes(loaded.watchlist), &f) != OK) {
			complain(o.output, &f);
		} else {
			show_counts(loaded.watchlist);
			if (loaded.context > 0) printf("%llu for context only (their source says so), not compiled\n", (unsigned long long)loaded.context);
			code = loaded.troubles > 0 ? EXIT_ERROR : 0;
		}
	}
	loaded_free(&loaded);
	arena_free(a);
	return code;
}

static int show_run(const struct command *c, int argc, char *const *argv)
{
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	struct loaded loaded = {0};
	struct load_settings load = {.marking = TLP_AMBER_STRICT};
	int code = EXIT_ERROR;
	if (options_parse(a, show_options, argc, argv, &load, &rest, &f) != OK) (void)command_usage_error(c, f.text);
	else if (rest.n != 1) (void)command_usage_error(c, "watchlist show needs one compiled watchlist");
	else if (load_intel(&load, rest.items, 1, &loaded) == OK) {
		if (loaded.map == NULL) {
			(void)fault_set(&f, ERR_SYNTAX, 0, 0, "is no compiled watchlist; make one with kulla watchlist build");
			complain(rest.items[0], &f);
		} else {
			slice id, reason;
			show_counts(loaded.watchlist);
			for (size_t i = 0; watchlist_unmatchable(loaded.watchlist, i, &id, &reason); i++) {
				fputs("unmatchable: ", stdout);
				put_visible(stdout, id);
				fputs(": ", stdout);
				put_visible(stdout, reason);
				fputs("\n", stdout);
			}
			code = 0;
		}
	}
	loaded_free(&loaded);
	arena_free(a);
	return code;
}

const struct command command_watchlist_build = {
	.name = "watchlist build", .summary = "compile indicators for fast starts", .usage = "-o FILE [OPTIONS] INTEL…",
	.text = "Compiles intelligence of any format that kulla scan reads into one file that kulla scan maps in milliseconds.\n"
		"Validity, markings and warninglists are judged now, not when the watchlist is used.\n",
	.examples = "  kulla watchlist build -o ally.watchlist ally.json list.txt\n  kulla scan ally.watchlist -- /var/log\n",
	.options = build_options, .run = build_run,
};
const struct command command_watchlist_show = {
	.name = "watchlist show", .summary = "what a compiled watchlist holds", .usage = "FILE", .text = "Prints how many indicators were compiled, and which cannot be matched and why.\n",
	.examples = "  kulla watchlist show ally.watchlist\n", .options = show_options, .run = show_run,
};
