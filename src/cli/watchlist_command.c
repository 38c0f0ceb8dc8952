/* kulla watchlist build. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "command.h"
#include "exercise_mark.h"
#include "load.h"

struct build_options {
	const char *output;
	struct load_settings load;
	bool verbose;
};
static const struct option build_options[] = {
	{.name = "output",
		.letter = 'o',
		.kind = OPTION_TEXT,
		.place = offsetof(struct build_options, output),
		.argument = "FILE",
		.help = "where the compiled watchlist goes"},
	{.name = "marking",
		.kind = OPTION_TLP,
		.place = offsetof(struct build_options, load.marking),
		.argument = "TLP",
		.help = "of indicators that say none (default amber+strict)"},
	{.name = "at",
		.kind = OPTION_TIME,
		.place = offsetof(struct build_options, load.at),
		.argument = "TIME",
		.help = "judge validity at this time (default now)"},
	{.name = "all",
		.kind = OPTION_FLAG,
		.place = offsetof(struct build_options, load.all),
		.help = "keep expired and revoked indicators"},
	{.name = "warninglist",
		.kind = OPTION_LIST,
		.place = offsetof(struct build_options, load.warninglists),
		.argument = "PATH",
		.help = "warninglist, folder of them, or name of one in such a folder; may be given again"},
	{.name = "verbose",
		.letter = 'v',
		.kind = OPTION_FLAG,
		.place = offsetof(struct build_options, verbose),
		.help = "tell how the process is confined"},
	{0},
};

/* Only a regular file is ever replaced: renaming over a device, a pipe or a link would take it away from whoever uses it. */
static enum err output_look(const char *path, struct file_id *id, struct fault *f)
{
	static const struct {
		mode_t type;
		const char *name;
	} kinds[] = {{S_IFDIR, "a folder"}, {S_IFLNK, "a symbolic link"}, {S_IFIFO, "a pipe"}, {S_IFSOCK, "a socket"},
		{S_IFCHR, "a device"}, {S_IFBLK, "a device"}};
	struct stat st;
	if (lstat(path, &st) != 0) return OK; /* nothing there, or write_file says what is wrong */
	*id = (struct file_id){true, st.st_dev, st.st_ino};
	if (S_ISREG(st.st_mode)) return OK;
	const char *found = "no regular file";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if ((st.st_mode & S_IFMT) == kinds[i].type) found = kinds[i].name;
	return fault_set(f, ERR_EXISTS, 0, 0, "cannot be written: is %s; expected a regular file, or nothing there", found);
}

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

static void counts_tell(const struct watchlist *w)
{
	struct watchlist_counts c = watchlist_counts(w);
	printf("%llu %s loaded, %llu suppressed by warninglists, %llu expired, %llu revoked, %llu unmatchable, %llu %s, %llu %s "
	       "unreadable\n",
		(unsigned long long)c.loaded, c.loaded == 1 ? "indicator" : "indicators", (unsigned long long)c.suppressed,
		(unsigned long long)c.expired, (unsigned long long)c.revoked, (unsigned long long)c.unmatchable,
		(unsigned long long)c.duplicate, c.duplicate == 1 ? "duplicate" : "duplicates", (unsigned long long)c.unreadable,
		c.unreadable == 1 ? "line or object" : "lines or objects");
}

/* A set that silently lacks a list would answer "not hit" for years: better the old set, or none. */
static int refuse(const struct loaded *l, const char *output)
{
	fprintf(stderr, "kulla: %llu %s could not be read: ", (unsigned long long)l->unread, l->unread == 1 ? "file" : "files");
	put_visible(stderr, slice_from(output));
	fputs(" was not written\n", stderr);
	return EXIT_ERROR;
}

static void confine_to_folder(struct arena *a, const struct build_options *o)
{
	const char *slash = strrchr(o->output, '/');
	slice folder = slash == NULL        ? SLICE(".")
		       : slash == o->output ? SLICE("/")
					    : slice_sub(slice_from(o->output), 0, (size_t)(slash - o->output));
	command_confine((const char *)arena_copy(a, folder).p, o->verbose);
}

static int compile(const struct command *c, struct build_options *o, const struct arguments *rest, struct loaded *loaded)
{
	struct fault f = {0};
	if (output_look(o->output, &o->load.output, &f) != OK) {
		complain(o->output, &f);
		return EXIT_ERROR;
	}
	if (load_intel(&o->load, rest->items, rest->n, loaded) != OK) return EXIT_ERROR;
	if (loaded->map != NULL) return command_usage_error(c, "the intelligence is a compiled watchlist already");
	if (loaded->unread > 0) return refuse(loaded, o->output);
	enum err e = output_look(o->output, &o->load.output, &f); /* again: reading may have taken minutes */
	if (e == OK) e = write_file(o->output, watchlist_bytes(loaded->watchlist), &f);
	if (e != OK) {
		complain(o->output, &f);
		return EXIT_ERROR;
	}
	if (watchlist_counts(loaded->watchlist).loaded == 0) fputs("kulla: the intelligence holds no indicator that can be used\n", stderr);
	counts_tell(loaded->watchlist);
	if (watchlist_has_label(loaded->watchlist, SLICE(EXERCISE_LABEL)))
		puts("EXERCISE: indicators of an exercise are among them; it must not become a block list");
	if (loaded->context > 0)
		printf("%llu for context only (their source says so), not compiled\n", (unsigned long long)loaded->context);
	return loaded->troubles > 0 ? EXIT_ERROR : 0;
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
	else {
		confine_to_folder(a, &o);
		code = compile(c, &o, &rest, &loaded);
	}
	loaded_free(&loaded);
	arena_free(a);
	return code;
}

const struct command command_watchlist_build = {
	.name = "watchlist build",
	.summary = "compile indicators for fast starts",
	.usage = "-o FILE [OPTIONS] INTEL...",
	.text = "Compiles intelligence of any format that kulla scan reads into one file that kulla scan maps in milliseconds.\n"
		"Markings and warninglists are judged now, not when the watchlist is used. Validity is judged now, and again by each scan: "
		"what expires\n"
		"in between is left out then and counted. With --all nothing is left out, now or then.\n"
		"The set is written beside FILE and then renamed to it. FILE is a regular file or not there yet: a folder, a symbolic "
		"link, a pipe or\n"
		"a device is refused, and so is a file of INTEL or a warninglist.\n"
		"Nothing is written when a file of INTEL cannot be opened or not be read to its end. Lines and objects that are no "
		"intelligence\n"
		"are left out, named and counted; the count stays in the watchlist, and every scan with it tells it.\n"
		"Exit codes: 0 compiled, 2 not compiled, or compiled without the lines and objects that could not be read.\n",
	.examples = "  kulla watchlist build -o ally.watchlist ally.json list.txt\n  kulla scan ally.watchlist -- /var/log\n",
	.options = build_options,
	.run = build_run,
};
