/* kulla exercise generate: a case of an exercise, or a stream of one sensor's records. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"
#include "exercise_folder.h"
#include "limit.h"
#include "progress.h"

#define THREADS_MAX 256

struct generate_options {
	const char *out, *from, *size, *sensor;
	int64_t seed, institutions, months, threads;
	int compress;
	bool to_stdout, quiet, verbose;
};
/* In the order of enum exercise_compress. */
static const char *const compress_names[] = {"mixed", "zstd", "gzip", "none", NULL};
#define ROW(n, k, member, ...)                                                                                                             \
	{                                                                                                                                  \
		.name = n, .kind = k, .place = offsetof(struct generate_options, member), __VA_ARGS__                                      \
	}
static const struct option generate_options[] = {
	ROW("out", OPTION_TEXT, out, .letter = 'o', .argument = "DIR",
		.help = "folder to make; it must not exist, or be empty; with --stdout of all but the telemetry"),
	ROW("seed", OPTION_NUMBER, seed, .argument = "N", .min = 0, .max = INT64_MAX,
		.help = "the same number, the same bytes (default 1)"),
	ROW("institutions", OPTION_NUMBER, institutions, .argument = "N", .min = 1, .max = SCENARIO_INSTITUTIONS_MAX,
		.help = "the first N of the scenario's (default all)"),
	ROW("from", OPTION_TEXT, from, .argument = "MONTH", .help = "first month, such as 2021-04 (default the scenario's)"),
	ROW("months", OPTION_NUMBER, months, .argument = "N", .min = 1, .max = SCENARIO_MONTHS_MAX,
		.help = "how many (default the scenario's)"),
	ROW("size", OPTION_TEXT, size, .argument = "SIZE",
		.help = "bytes of telemetry before compression: 500M, 2G (default the scenario's)"),
	ROW("threads", OPTION_NUMBER, threads, .argument = "N", .min = 1, .max = THREADS_MAX,
		.help = "threads (default one per processor)"),
	ROW("compress", OPTION_CHOICE, compress, .argument = "HOW", .choices = compress_names,
		.help = "the files: zstd, gzip, none, or mixed as sensors do (default): Zeek's with gzip, the others with zstd"),
	ROW("stdout", OPTION_FLAG, to_stdout, .help = "records of one sensor to standard output, file behind file"),
	ROW("sensor", OPTION_TEXT, sensor, .argument = "NAME", .help = "with --stdout: which (default conn)"),
	ROW("verbose", OPTION_FLAG, verbose, .letter = 'v', .help = "tell how the process is confined"),
	ROW("quiet", OPTION_FLAG, quiet, .letter = 'q', .help = "no progress"),
	{0},
};

/* ---- arguments ---- */

static bool size_read(const char *text, uint64_t *out)
{
	uint64_t v = 0;
	unsigned shift = 0, digits = 0;
	for (; *text >= '0' && *text <= '9' && digits < 15; text++, digits++) v = v * 10 + (uint64_t)(*text - '0');
	static const char *const units = "kMGT";
	const char *unit = *text != '\0' ? strchr(units, *text) : NULL;
	if (unit != NULL) {
		shift = (unsigned)(unit - units) + 1;
		text++;
	}
	if (digits == 0 || *text != '\0') return false;
	for (; shift > 0; shift--) {
		if (v > (UINT64_C(1) << 44) / 1000) return false;
		v *= 1000;
	}
	*out = v;
	return v > 0 && v <= UINT64_C(1) << 44;
}

/* The first day of a month, and of the month that is `months` behind it. */
static bool month_read(const char *text, int64_t *day)
{
	char date[24];
	instant t;
	if (strlen(text) != 7) return false;
	(void)snprintf(date, sizeof date, "%s-01T00:00:00Z", text);
	if (instant_parse(slice_from(date), 0, &t, NULL) != OK) return false;
	*day = t / SCENARIO_DAY_MICROS;
	return *day >= SCENARIO_DAY_FIRST && *day < SCENARIO_DAY_END;
}

static int64_t months_days(int64_t from, int64_t months)
{
	char text[INSTANT_TEXT_BYTES];
	instant t = 0;
	(void)instant_format(from * SCENARIO_DAY_MICROS, 0, text);
	int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0',
	    month = (text[5] - '0') * 10 + text[6] - '0' - 1;
	int end = year * 12 + month + (int)months;
	if (instant_from_civil(end / 12, end % 12 + 1, (text[8] - '0') * 10 + text[9] - '0', 0, 0, 0, 0, &t) != OK) return months * 30;
	return t / SCENARIO_DAY_MICROS - from;
}

static int64_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
}

/* ---- the scenario ---- */

static bool file_read(const char *path, struct buf *out, struct fault *f)
{
	FILE *file = fopen(path, "rbe");
	if (file == NULL) {
		(void)fault_set(f, ERR_NOT_FOUND, 0, 0, "%s", strerror(errno));
		return false;
	}
	(void)buf_reserve(out, SCENARIO_BYTES_MAX + 1);
	out->n = fread(out->p, 1, SCENARIO_BYTES_MAX + 1, file);
	bool good = ferror(file) == 0;
	(void)fclose(file);
	if (!good) (void)fault_set(f, ERR_DISK, 0, 0, "cannot be read");
	return good;
}

static const struct scenario_built_in *built_in(const char *name)
{
	const struct scenario_built_in *b = NULL;
	for (size_t i = 0; (b = scenario_built_in(i)) != NULL; i++)
		if (strcmp(b->name, name) == 0) return b;
	return NULL;
}

static const char *built_in_name(const void *context, size_t i)
{
	(void)context;
	return scenario_built_in(i) != NULL ? scenario_built_in(i)->name : NULL;
}

/* A built-in scenario by its name, else a file. */
static const struct scenario *scenario_load(struct arena *a, const char *name)
{
	const struct scenario *s = NULL;
	const struct scenario_built_in *b = built_in(name);
	struct buf text = {0};
	struct fault f = {0};
	bool is_path = strchr(name, '/') != NULL || strchr(name, '.') != NULL;
	if (b == NULL && !is_path) {
		const char *near = option_suggest(name, built_in_name, NULL);
		(void)fault_set(&f, ERR_NOT_FOUND, 0, 0, "no scenario has this name%s%s%s; kulla help exercise generate lists them",
			near != NULL ? "; did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
	} else if (b != NULL || file_read(name, &text, &f)) {
		if (scenario_read(a, b != NULL ? b->text : buf_slice(&text), &s, &f) != OK) s = NULL;
	}
	if (s == NULL) complain(name, &f);
	buf_free(&text);
	return s;
}

/* ---- the folder ---- */

static bool folder_ready(const char *path, struct fault *f)
{
	if (mkdir(path, 0755) == 0) return true;
	DIR *d = errno == EEXIST ? opendir(path) : NULL;
	if (d == NULL) {
		(void)fault_set(f, ERR_DISK, 0, 0, "the folder cannot be made: %s", strerror(errno));
		return false;
	}
	size_t n = 0;
	for (const struct dirent *e = readdir(d); e != NULL && n <= 2; e = readdir(d)) n++;
	(void)closedir(d);
	if (n > 2) (void)fault_set(f, ERR_EXISTS, 0, 0, "the folder is not empty: an exercise gets a folder of its own");
	return n <= 2;
}

static int stop_descriptor(sigset_t *old)
{
	sigset_t stop;
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigaddset(&stop, SIGPIPE); /* standard output closed: write says so */
	(void)pthread_sigmask(SIG_BLOCK, &stop, old);
	(void)sigdelset(&stop, SIGPIPE);
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void done_tell(const struct generate_options *o, const struct exercise_written *d)
{
	char plain[24], disk[24], rate[24];
	FILE *out = o->to_stdout ? stderr : stdout;
	if (o->to_stdout && o->quiet) return;
	fprintf(out, "EXERCISE: %llu %s, %s of telemetry", (unsigned long long)d->files, d->files == 1 ? "file" : "files",
		progress_bytes_text(d->bytes, plain));
	if (!o->to_stdout && o->compress != EXERCISE_COMPRESS_NONE) fprintf(out, ", %s on disk", progress_bytes_text(d->disk_bytes, disk));
	fprintf(out, ", %.1f s (%s/s)\n", d->seconds, progress_bytes_text((uint64_t)((double)d->bytes / (d->seconds + 0.000001)), rate));
}

/* Stopped, failed, or a stream of which whoever read it had enough; the last is worth a word only where its truth was asked for. */
static void unfinished_tell(const struct generate_options *o, const struct exercise_written *d)
{
	char plain[24];
	if (d->stopped)
		fprintf(stderr, "kulla: stopped after %.1f s: %llu whole %s, %s of telemetry\n", d->seconds, (unsigned long long)d->files,
			d->files == 1 ? "file" : "files", progress_bytes_text(d->bytes, plain));
	if (o->out != NULL) fprintf(stderr, "kulla: %s is not whole, and INCOMPLETE in it says so\n", o->out);
}

static int generate(const struct generate_options *o, const struct exercise *e, uint64_t bytes)
{
	sigset_t old;
	struct fault f = {0};
	struct exercise_written done = {0};
	struct exercise_output out = {.exercise = e,
		.folder = o->out,
		.threads = (unsigned)o->threads,
		.compress = (enum exercise_compress)o->compress,
		.bytes_all = bytes,
		.progress = !o->quiet && isatty(STDERR_FILENO),
		.stop_fd = stop_descriptor(&old)};
	enum err x = o->to_stdout ? exercise_stream_write(&out, STDOUT_FILENO, &done, &f) : exercise_folder_write(&out, &done, &f);
	if (out.stop_fd >= 0) (void)close(out.stop_fd);
	if (x != OK) complain(NULL, &f);
	if (done.stopped || done.enough || x != OK) unfinished_tell(o, &done);
	if (x == OK && !done.stopped && !done.enough) done_tell(o, &done);
	return x == OK && !done.stopped ? 0 : EXIT_ERROR;
}

static int generate_confined(struct arena *a, const struct generate_options *o, const char *name)
{
	struct fault f = {0};
	uint64_t bytes = 0;
	int64_t from = 0;
	if (o->size != NULL && !size_read(o->size, &bytes))
		(void)fault_set(&f, ERR_USAGE, 0, 0, "--size must be a number of bytes such as 500M or 2G, at most 17T");
	else if (o->from != NULL && !month_read(o->from, &from))
		(void)fault_set(&f, ERR_USAGE, 0, 0, "--from must be a month such as 2021-04");
	else if (o->out != NULL) (void)folder_ready(o->out, &f);
	if (f.kind != OK) {
		complain(f.kind == ERR_USAGE ? NULL : o->out, &f);
		return EXIT_ERROR;
	}
	command_confine(o->out, o->verbose);
	const struct scenario *s = scenario_load(a, name);
	if (s == NULL) return EXIT_ERROR;
	struct exercise_settings x = {.seed = (uint64_t)o->seed,
		.institutions = (size_t)o->institutions,
		.from = o->from != NULL ? from : s->from,
		.bytes = bytes > 0 ? bytes : (uint64_t)s->bytes};
	x.days = months_days(x.from, o->months > 0 ? o->months : s->months);
	if (o->to_stdout) x.sensor = o->sensor != NULL ? o->sensor : "conn";
	const struct exercise *e;
	if (exercise_plan(a, s, &x, &e, &f) == OK) return generate(o, e, x.bytes);
	complain(name, &f);
	return EXIT_ERROR;
}

static const char *arguments_wrong(const struct generate_options *o, const struct arguments *r)
{
	if (r->n != 1) return "exercise generate needs one scenario: homeland-justice, led-screen, or a file";
	if (o->out == NULL && !o->to_stdout) return "exercise generate needs --out DIR, --stdout, or both";
	if (o->compress != EXERCISE_COMPRESS_MIXED && o->to_stdout) return "--compress is for files, not for --stdout";
	if (o->sensor != NULL && !o->to_stdout) return "--sensor is for --stdout";
	return NULL;
}

static int generate_run(const struct command *c, int argc, char *const *argv)
{
	struct generate_options o = {.seed = 1, .threads = processors()};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	const char *wrong = NULL;
	int code = EXIT_ERROR;
	if (options_parse(a, generate_options, argc, argv, &o, &rest, &f) != OK) (void)command_usage_error(c, f.text);
	else if ((wrong = arguments_wrong(&o, &rest)) != NULL) (void)command_usage_error(c, wrong);
	else code = generate_confined(a, &o, rest.items[0]);
	arena_free(a);
	return code;
}

const struct command command_exercise_generate = {
	.name = "exercise generate",
	.summary = "a case of an exercise, with its truth",
	.usage = "[OPTIONS] SCENARIO --out DIR [--stdout]",
	.text = "Makes a folder with telemetry of invented institutions in which SCENARIO is planted, an ally's warning (warning.json), "
		"the truth\n"
		"(truth.jsonl, case.json) and the file EXERCISE. SCENARIO: homeland-justice, led-screen, or a file (docs/exercise.md).\n"
		"The same scenario, seed and options give the same bytes on every machine. Everything in it is marked as an exercise.\n"
		"Sensors: conn, http, dns, eve, windows, iis, exchange, proxy, bind, mail, firewall, dhcp.\n",
	.examples = "  kulla exercise generate homeland-justice --out case --institutions 5 --size 100M\n"
		    "  kulla scan --json --warninglist case/warninglist case/warning.json -- case/telemetry >answer.jsonl\n"
		    "  kulla exercise score case answer.jsonl\n"
		    "  kulla exercise generate homeland-justice --size 64G --stdout --out case --sensor proxy |\n"
		    "    kulla scan --json --warninglist case/warninglist case/warning.json -- - >answer.jsonl\n",
	.options = generate_options,
	.run = generate_run,
};
