/* kulla scan: which indicators met which records. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "answer.h"
#include "capture.h"
#include "command.h"
#include "limit.h"
#include "load.h"
#include "pipeline.h"
#include "progress.h"

#define THREADS_MAX 256
#define STDOUT_BYTES (64u << 10)

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
static const char *const color_names[] = {"auto", "always", "never", NULL};

struct scan_options {
	struct load_settings load;
	instant since, until;
	int zone;
	int64_t year, max_hits, threads, records;
	bool exact, url_prefix, count, json, csv, stix, quiet, verbose, at_given;
	int color;
};
#define ROW(n, k, member, ...) {.name = n, .kind = k, .place = offsetof(struct scan_options, member), __VA_ARGS__}
static const struct option scan_options[] = {
	ROW("json", OPTION_FLAG, json, .help = "JSON lines: a line per hit, the summary last"),
	ROW("csv", OPTION_FLAG, csv, .help = "CSV with a header"),
	ROW("stix", OPTION_FLAG, stix, .help = "a STIX 2.1 bundle of sightings"),
	ROW("count", OPTION_FLAG, count, .help = "only the number of hits"),
	ROW("max-hits", OPTION_NUMBER, max_hits, .argument = "N", .min = 1, .max = INT32_MAX, .help = "stop after N hits"),
	ROW("records", OPTION_NUMBER, records, .argument = "N", .max = 1000000, .help = "records shown per indicator on a terminal (default 10)"),
	ROW("since", OPTION_TIME, since, .argument = "TIME", .help = "hits at or after TIME; records without time stay"),
	ROW("until", OPTION_TIME, until, .argument = "TIME", .help = "hits before TIME; records without time stay"),
	ROW("tz", OPTION_ZONE, zone, .argument = "ZONE", .help = "zone of times that say none (default UTC)"),
	ROW("year", OPTION_NUMBER, year, .argument = "YEAR", .min = 1970, .max = 9999, .help = "year of times that say none"),
	ROW("exact", OPTION_FLAG, exact, .help = "no subdomains, ranges or prefixes"),
	ROW("url-prefix", OPTION_FLAG, url_prefix, .help = "a URL indicator meets longer URLs too"),
	ROW("warninglist", OPTION_LIST, load.warninglists, .argument = "PATH", .help = "warninglist, folder of them, or name of one in such a folder; may be given again"),
	ROW("marking", OPTION_TLP, load.marking, .argument = "TLP", .help = "of indicators that say none (default amber+strict)"),
	ROW("at", OPTION_TIME, load.at, .argument = "TIME", .help = "judge validity at TIME (default now)"),
	ROW("all", OPTION_FLAG, load.all, .help = "expired and revoked indicators too"),
	ROW("threads", OPTION_NUMBER, threads, .argument = "N", .min = 1, .max = THREADS_MAX, .help = "threads (default one per processor)"),
	ROW("color", OPTION_CHOICE, color, .argument = "WHEN", .choices = color_names, .help = "auto, always or never"),
	ROW("verbose", OPTION_FLAG, verbose, .letter = 'v', .help = "tell how the process is confined"),
	ROW("quiet", OPTION_FLAG, quiet, .letter = 'q', .help = "no progress and no banner"),
	{0},
};

/* ---- one scan ---- */

struct scanning {
	const struct scan_options *options;
	const struct watchlist *watchlist;
	const struct answer *form;
	void *state;
	struct answer_settings answer_settings;
	struct summary summary;
	struct progress progress;
	bool writes_through; /* each hit goes to the terminal at once, where the progress stands */
};

static void trouble_add(struct scanning *s, const char *path, const struct fault *f, bool unreadable)
{
	struct summary *m = &s->summary;
	progress_end(&s->progress);
	complain(path, f);
	m->troubles_all++;
	m->unreadable += unreadable;
	if (m->troubles_n == TROUBLES_MAX) return;
	if (m->troubles == NULL) m->troubles = mem_alloc(TROUBLES_MAX * sizeof *m->troubles);
	size_t path_bytes = strlen(path) + 1;
	struct trouble *t = &m->troubles[m->troubles_n++];
	*t = (struct trouble){.path = mem_alloc(path_bytes), .fault = *f, .unreadable = unreadable};
	memcpy(t->path, path, path_bytes);
}

static void file_ended(struct scanning *s, const struct input_file *f)
{
	struct summary *m = &s->summary;
	m->files++;
	if (f->unreadable) trouble_add(s, f->path, &f->fault, true);
	if (f->remark.kind != OK) trouble_add(s, f->path, &f->remark, false);
	if (f->cut_records > 0) {
		struct fault cut;
		(void)fault_set(&cut, ERR_LIMIT, 0, 0, "%llu records are longer than RECORD_BYTES_MAX and were cut there", (unsigned long long)f->cut_records);
		trouble_add(s, f->path, &cut, false);
		m->cut_records += f->cut_records;
	}
	if (!f->opened) return;
	struct format_count *c = &m->formats[f->format];
	c->files++;
	c->records += f->records;
	c->bytes += f->bytes;
}

/* Whether the hit's time is asked for; a hit without time is. */
static bool time_wanted(struct scanning *s, const struct hit *h)
{
	const struct scan_options *o = s->options;
	if (o->since == INSTANT_NONE && o->until == INSTANT_NONE) return true;
	if (h->time == INSTANT_NONE) return true;
	return (o->since == INSTANT_NONE || h->time >= o->since) && (o->until == INSTANT_NONE || h->time < o->until);
}

static void hit_count(struct scanning *s, const struct answer_hit *a)
{
	struct summary *m = &s->summary;
	const struct hit *h = a->hit;
	enum tlp before = m->marking, own = a->watched.marking;
	m->marking = tlp_stricter(before, own);
	if (own == m->marking) m->marking_default = a->watched.marking_default && (own != before || m->marking_default);
	if (a->watched.warninglist.n > 0) {
		m->suppressed_hits++;
		return;
	}
	m->hits++;
	if (h->time_guessed) m->hits_time_guessed++;
	if (h->time == INSTANT_NONE) {
		bool filtered = s->options->since != INSTANT_NONE || s->options->until != INSTANT_NONE;
		m->hits_without_time += filtered;
		return;
	}
	if (m->hit_first == INSTANT_NONE || h->time < m->hit_first) m->hit_first = h->time;
	if (m->hit_last == INSTANT_NONE || h->time > m->hit_last) m->hit_last = h->time;
}

/* At most UNFINISHED_MAX terms are named, all records are counted. */
static void limits_count(struct summary *m, const struct scan_result *r)
{
	for (enum scan_limit l = 0; l < SCAN_LIMITS; l++) m->limited[l] += r->limited[l];
	for (size_t i = 0; i < r->unfinished_n; i++) {
		size_t k = 0;
		while (k < m->unfinished_n && m->unfinished[k].term != r->unfinished[i].term) k++;
		if (k == UNFINISHED_MAX) continue;
		if (m->unfinished == NULL) m->unfinished = mem_alloc(UNFINISHED_MAX * sizeof *m->unfinished);
		if (k == m->unfinished_n) m->unfinished[m->unfinished_n++] = (struct scan_unfinished){.term = r->unfinished[i].term};
		m->unfinished[k].records += r->unfinished[i].records;
	}
}

static bool on_part(void *context, const struct pipeline_part *p)
{
	struct scanning *s = context;
	const struct scan_result *r = p->result;
	bool more = true;
	for (size_t i = 0; i < r->hits_n && more; i++) {
		const struct hit *h = &r->hits[i];
		if (!time_wanted(s, h)) continue;
		struct answer_hit a = {.hit = h, .watched = watchlist_get(s->watchlist, h->term), .file = slice_from(p->file->path), .line = p->first_line + h->line + 1,
			.record_no = p->first_record + h->record_no + 1, .offset = p->first_offset + h->offset};
		if (s->writes_through && s->progress.shown) progress_end(&s->progress);
		hit_count(s, &a);
		s->form->hit(s->state, &a);
		more = s->options->max_hits == 0 || s->summary.hits < (uint64_t)s->options->max_hits;
	}
	s->summary.records += r->records;
	s->summary.bytes += p->bytes.n;
	s->summary.refused += r->refused;
	limits_count(&s->summary, r);
	s->summary.raw_bytes += p->raw_bytes;
	if (r->hits_n > 0) (void)fflush(s->answer_settings.out);
	if (p->file_ends) file_ended(s, p->file);
	progress_tell(&s->progress, p->raw_bytes, s->summary.hits);
	if (!more) s->summary.enough = true;
	return more && !ferror(s->answer_settings.out);
}

/* ---- the command ---- */

static int64_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
}

static int year_now(void)
{
	time_t now = time(NULL);
	struct tm t;
	return gmtime_r(&now, &t) != NULL ? t.tm_year + 1900 : 1970;
}

static const struct answer *form_of(const struct scan_options *o)
{
	if (o->count) return &answer_count;
	if (o->json) return &answer_json;
	if (o->csv) return &answer_csv;
	if (o->stix) return &answer_stix;
	return &answer_terminal;
}

static void answer_settings_make(const struct scan_options *o, const struct watchlist *w, struct answer_settings *out)
{
	struct winsize size;
	bool terminal = isatty(STDOUT_FILENO);
	*out = (struct answer_settings){.out = stdout, .watchlist = w, .records_shown = o->records, .width = 160, .now = o->load.at};
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) out->width = size.ws_col;
	out->color = o->color == COLOR_ALWAYS || (o->color == COLOR_AUTO && terminal && getenv("NO_COLOR") == NULL);
}

/* SIGINT and SIGTERM arrive at a descriptor; *old is the mask to go back to. */
static int stop_descriptor(sigset_t *old)
{
	sigset_t stop;
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &stop, old);
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void stop_close(int fd, const sigset_t *old)
{
	struct signalfd_siginfo drained;
	if (fd >= 0) {
		while (read(fd, &drained, sizeof drained) == (ssize_t)sizeof drained) continue;
		(void)close(fd);
	}
	(void)pthread_sigmask(SIG_SETMASK, old, NULL);
}

static void banner(const struct scanning *s)
{
	const struct summary *m = &s->summary;
	if (s->options->quiet || m->marking == TLP_NONE || s->form == &answer_terminal) return; /* whose own last line it is */
	fprintf(stderr, "kulla: this answer is %s%s\n", tlp_text(m->marking), m->marking_default ? " (its indicators say no marking: the default was used)" : "");
}

static int exit_code(const struct scanning *s)
{
	const struct summary *m = &s->summary;
	if (m->unreadable > 0 || m->intel_troubles > 0 || m->stopped) return EXIT_ERROR;
	return m->hits > 0 ? EXIT_HIT : EXIT_NONE;
}

static void troubles_free(struct summary *m)
{
	for (size_t i = 0; i < m->troubles_n; i++) free(m->troubles[i].path);
	free(m->troubles);
	free(m->unfinished);
}

static int scan_logs(const struct scan_options *o, const struct loaded *loaded, struct captures *captures, const char *const *logs, size_t logs_n)
{
	struct scanning s = {.options = o, .watchlist = loaded->watchlist, .form = form_of(o)};
	struct summary *m = &s.summary;
	m->marking = TLP_NONE;
	m->hit_first = m->hit_last = INSTANT_NONE;
	m->since = o->since;
	m->until = o->until;
	m->indicators = watchlist_counts(loaded->watchlist);
	m->intel_troubles = loaded->troubles;
	m->loaded = loaded;
	answer_settings_make(o, loaded->watchlist, &s.answer_settings);
	struct pipeline_settings p = {.threads = (unsigned)o->threads, .watchlist = loaded->watchlist,
		.scan = {.exact_only = o->exact, .url_prefix = o->url_prefix, .telemetry = {.zone_minutes = o->zone, .year = (int)o->year},
			.count_only = o->count && o->since == INSTANT_NONE && o->until == INSTANT_NONE}};
	sigset_t old;
	int stop_fd = stop_descriptor(&old);
	struct input *in = input_new(logs, logs_n, captures, stop_fd);
	s.writes_through = (o->json || o->csv) && isatty(STDOUT_FILENO);
	s.progress = progress_start(!o->quiet, logs, logs_n);
	s.state = s.form->open(&s.answer_settings);
	enum err e = pipeline_run(in, &p, on_part, &s);
	progress_end(&s.progress);
	m->stopped = input_stopped(in);
	m->seconds = clock_seconds() - s.progress.started;
	input_free(in);
	stop_close(stop_fd, &old);
	if (e != OK) fputs("kulla: this processor cannot run the scanner\n", stderr);
	if (m->stopped) fputs("kulla: stopped; the answer covers what was read until then\n", stderr);
	s.form->close(s.state, m);
	(void)fflush(stdout);
	banner(&s);
	int code = e != OK ? EXIT_ERROR : exit_code(&s);
	troubles_free(m);
	return code;
}

/* What is wrong with the arguments, or NULL. */
static const char *arguments_wrong(const struct scan_options *o, const struct arguments *r)
{
	int forms = o->count + o->json + o->csv + o->stix;
	size_t inputs = 0;
	for (size_t i = 0; i < r->n; i++) inputs += strcmp(r->items[i], "-") == 0;
	if (forms > 1) return "only one of --count, --json, --csv and --stix can be given";
	if (!r->has_split) return "put -- between the intelligence and the logs: kulla scan list.txt -- /var/log";
	if (r->split == 0) return "no intelligence is given before --";
	if (r->n == r->split) return "no logs are given behind --; - is standard input";
	if (inputs > 1) return "standard input (-) can be given once only";
	if (o->since != INSTANT_NONE && o->until != INSTANT_NONE && o->until <= o->since) return "--until must be after --since";
	return NULL;
}

static int scan_confined(const struct command *c, const struct scan_options *o, const struct arguments *rest, struct captures *captures, struct loaded *loaded)
{
	command_confine(NULL, o->verbose);
	if (load_intel(&o->load, rest->items, rest->split, loaded) != OK) return EXIT_ERROR;
	if (loaded->unread > 0 && watchlist_counts(loaded->watchlist).loaded == 0) return EXIT_ERROR; /* "no hit" would be no answer */
	if (loaded->map != NULL && (o->load.warninglists.n > 0 || o->load.all || o->at_given || o->load.marking != TLP_AMBER_STRICT))
		return command_usage_error(c, "--warninglist, --all, --at and --marking are judged when a watchlist is compiled; give them to kulla watchlist build");
	return scan_logs(o, loaded, captures, rest->items + rest->split, rest->n - rest->split);
}

static int scan_run(const struct command *c, int argc, char *const *argv)
{
	struct scan_options o = {.load = {.marking = TLP_AMBER_STRICT, .at = INSTANT_NONE}, .since = INSTANT_NONE, .until = INSTANT_NONE,
		.year = year_now(), .threads = processors(), .records = 10};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	struct loaded loaded = {0};
	int code = EXIT_ERROR;
	const char *wrong = NULL;
	if (options_parse(a, scan_options, argc, argv, &o, &rest, &f) != OK) (void)command_usage_error(c, f.text);
	else if ((wrong = arguments_wrong(&o, &rest)) != NULL) (void)command_usage_error(c, wrong);
	else {
		o.at_given = o.load.at != INSTANT_NONE;
		if (!o.at_given) o.load.at = (instant)time(NULL) * 1000000;
		struct capture_settings s = {.program = capture_program(a), .seconds_max = CAPTURE_SECONDS_MAX};
		struct captures *captures = s.program != NULL ? captures_start(&s) : NULL; /* it runs a program, which this process soon cannot */
		code = scan_confined(c, &o, &rest, captures, &loaded);
		captures_end(captures);
	}
	loaded_free(&loaded);
	arena_free(a);
	return code;
}

const struct command command_scan = {
	.name = "scan", .summary = "which indicators met which records", .usage = "[OPTIONS] INTEL… -- LOGS…",
	.text = "INTEL: lists, CSV with a header, STIX, MISP events and feeds, OpenIOC, Zeek intel files, Suricata datasets, RPZ zones, hosts files,\n"
		"folders of these, or one compiled watchlist. The format is told from the content.\n"
		"LOGS: files and folders, compressed or in archives (gzip, zstd, xz, bzip2, lz4; tar, zip, 7z, cpio, rar, cab), any text or JSON lines;\n"
		"- is standard input.\n"
		"Exit codes: 0 hit, 1 no hit, 2 error or something could not be read.\n",
	.examples = "  kulla scan ally.json -- /var/log\n"
		"  kulla scan list.txt --since 2022-05-01 -- zeek/ sysmon.json.gz\n"
		"  zcat proxy.log.gz | kulla scan --json list.txt -- - | jq .seen\n"
		"  kulla scan --stix ally.json -- logs/ > sightings.json\n",
	.options = scan_options, .run = scan_run,
};
