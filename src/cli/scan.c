/* kulla scan: which indicators met which records. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "answer.h"
#include "capture.h"
#include "command.h"
#include "evidence_options.h"
#include "exercise_mark.h"
#include "findings.h"
#include "home_option.h"
#include "keep.h"
#include "limit.h"
#include "load.h"
#include "pipeline.h"
#include "progress.h"
#include "span.h"
#include "visible.h"

#define THREADS_MAX 256
#define AROUND_DEFAULT 10
#define REASON_DEFAULT "records that met indicators"
#define STDOUT_BYTES (64u << 10)

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
static const char *const color_names[] = {"auto", "always", "never", NULL};

struct scan_options {
	struct load_settings load;
	instant since, until;
	int zone;
	int64_t year, max_hits, threads, records;
	int64_t around;
	bool exact, url_prefix, count, json, csv, stix, brief, html, quiet, verbose, at_given, record, seal;
	const char *home, *case_name, *reason, *collector;
	int color;
	int argc;
	char *const *argv; /* behind the command's name */
};
#define ROW(n, k, member, ...)                                                                                                             \
	{                                                                                                                                  \
		.name = n, .kind = k, .place = offsetof(struct scan_options, member), __VA_ARGS__                                          \
	}
static const struct option scan_options[] = {
	ROW("json", OPTION_FLAG, json, .help = "JSON lines: a line per hit, the summary last"),
	ROW("csv", OPTION_FLAG, csv, .help = "CSV with a header; ' stands before a cell that a table would take for a formula"),
	ROW("stix", OPTION_FLAG, stix, .help = "a STIX 2.1 bundle of sightings"),
	ROW("brief", OPTION_FLAG, brief, .help = "ten lines for who has to decide"),
	ROW("html", OPTION_FLAG, html, .help = "the same ten as an HTML page that prints on one sheet"),
	ROW("count", OPTION_FLAG, count, .help = "only the number of hits"),
	ROW("max-hits", OPTION_NUMBER, max_hits, .argument = "N", .min = 1, .max = INT32_MAX, .help = "stop after N hits"),
	ROW("records", OPTION_NUMBER, records, .argument = "N", .max = 1000000,
		.help = "records shown per indicator on a terminal (default 10)"),
	ROW("since", OPTION_TIME, since, .argument = "TIME", .help = "hits at or after TIME; records without time stay"),
	ROW("until", OPTION_TIME, until, .argument = "TIME", .help = "hits before TIME; records without time stay"),
	ROW("tz", OPTION_ZONE, zone, .argument = "ZONE", .help = "zone of times that say none (default UTC)"),
	ROW("year", OPTION_NUMBER, year, .argument = "YEAR", .min = 1970, .max = 9999,
		.help = "year of times that say none (default: the last in which they are not in the future)"),
	ROW("exact", OPTION_FLAG, exact, .help = "no subdomains, ranges or prefixes"),
	ROW("url-prefix", OPTION_FLAG, url_prefix, .help = "a URL indicator meets longer URLs too"),
	ROW("warninglist", OPTION_LIST, load.warninglists, .argument = "PATH",
		.help = "warninglist, folder of them, or name of one in such a folder; may be given again"),
	ROW("marking", OPTION_TLP, load.marking, .argument = "TLP", .help = "of indicators that say none (default amber+strict)"),
	ROW("at", OPTION_TIME, load.at, .argument = "TIME",
		.help = "judge validity at TIME (default now); of a compiled watchlist not before it was compiled"),
	ROW("all", OPTION_FLAG, load.all, .help = "expired and revoked indicators too"),
	ROW("record", OPTION_FLAG, record,
		.help = "make this scan an entry of a home's ledger: what was looked for, where, and the answer"),
	ROW("seal", OPTION_FLAG, seal, .help = "record it, and seal the records that hit, with those around them, as evidence"),
	ROW("case", OPTION_TEXT, case_name, .argument = "TEXT", .help = "the case that what is sealed belongs to"),
	ROW("reason", OPTION_TEXT, reason, .argument = "TEXT", .help = "why it is sealed (default: records that met indicators)"),
	ROW("collector", OPTION_TEXT, collector, .argument = "NAME", .help = "who secures it (default: the name of who is logged in)"),
	ROW("around", OPTION_NUMBER, around, .argument = "N", .max = EXCERPT_AROUND_MAX,
		.help = "records sealed before and behind each that hit (default 10)"),
	HOME_OPTION(struct scan_options, home),
	ROW("threads", OPTION_NUMBER, threads, .argument = "N", .min = 1, .max = THREADS_MAX,
		.help = "threads (default one per processor)"),
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
	struct span *span; /* NULL where only the number of hits is asked for */
	struct progress progress;
	instant at;        /* what ended at or before it is no hit; INSTANT_NONE: the watchlist was made for this scan, or keeps all */
	struct keep *keep; /* NULL: the scan is not recorded */
	struct excerpt *excerpt; /* NULL: nothing is sealed */
	bool writes_through;     /* each hit goes to the terminal at once, where the progress stands */
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

/* A folder that cannot be read comes like a file that could not be opened. */
static void file_found(struct scanning *s, const struct input_file *f)
{
	struct stat st;
	bool folder = f->unreadable && !f->opened && stat(f->path, &st) == 0 && S_ISDIR(st.st_mode);
	findings_file(s->summary.findings, slice_from(f->path), folder, f->unreadable);
}

static void file_ended(struct scanning *s, const struct input_file *f)
{
	struct summary *m = &s->summary;
	m->files++;
	m->exercise_files += exercise_path(slice_from(f->path));
	file_found(s, f);
	if (f->unreadable) trouble_add(s, f->path, &f->fault, true);
	if (f->remark.kind != OK) trouble_add(s, f->path, &f->remark, false);
	if (f->cut_records > 0) {
		struct fault cut;
		(void)fault_set(&cut, ERR_LIMIT, 0, 0, "%llu %s longer than RECORD_BYTES_MAX and %s cut there",
			(unsigned long long)f->cut_records, f->cut_records == 1 ? "record is" : "records are",
			f->cut_records == 1 ? "was" : "were");
		trouble_add(s, f->path, &cut, false);
		m->cut_records += f->cut_records;
	}
	if (s->keep != NULL) keep_file(s->keep, f);
	if (!f->opened) return;
	struct format_count *c = &m->formats[f->format];
	c->files++;
	c->records += f->records;
	c->bytes += f->bytes;
}

/* In a compiled watchlist are indicators whose time was over after it was compiled. */
static bool valid(const struct scanning *s, const struct watched *w)
{
	return s->at == INSTANT_NONE || w->valid_until == INSTANT_NONE || w->valid_until > s->at;
}

/* Whether the hit's time is asked for; a hit without time is. */
static bool time_wanted(struct scanning *s, const struct answer_hit *a)
{
	const struct hit *h = a->hit;
	const struct scan_options *o = s->options;
	if (o->since == INSTANT_NONE && o->until == INSTANT_NONE) return true;
	if (h->time == INSTANT_NONE) return true;
	bool wanted = (o->since == INSTANT_NONE || h->time >= o->since) && (o->until == INSTANT_NONE || h->time < o->until);
	s->summary.left_out_time_guessed += !wanted && h->time_guessed && a->watched.warninglist.n == 0;
	return wanted;
}

static void hit_count(struct scanning *s, const struct answer_hit *a)
{
	struct summary *m = &s->summary;
	const struct hit *h = a->hit;
	findings_hit(m->findings, a);
	enum tlp before = m->marking, own = a->watched.marking;
	m->marking = tlp_stricter(before, own);
	if (own == m->marking) m->marking_default = a->watched.marking_default && (own != before || m->marking_default);
	if (a->watched.warninglist.n > 0) {
		m->suppressed_hits++;
		return;
	}
	m->hits++;
	m->exercise_hits += a->exercise;
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
	struct summary *m = &s->summary;
	const struct scan_result *r = p->result;
	bool more = true;
	for (size_t i = 0; i < r->hits_n && more; i++) {
		const struct hit *h = &r->hits[i];
		struct answer_hit a = {.hit = h,
			.watched = watchlist_get(s->watchlist, h->term),
			.file = slice_from(p->file->path),
			.line = p->first_line + h->line + 1,
			.record_no = p->first_record + h->record_no + 1,
			.offset = p->first_offset + h->offset};
		if (!valid(s, &a.watched) || !time_wanted(s, &a)) continue;
		if (s->writes_through && s->progress.shown) progress_end(&s->progress);
		a.exercise = exercise_labelled(a.watched.labels) || exercise_path(a.file);
		hit_count(s, &a);
		s->form->hit(s->state, &a);
		if (s->keep != NULL) keep_hit(s->keep, &a);
		if (s->excerpt != NULL && a.watched.warninglist.n == 0) excerpt_hit(s->excerpt, h->record_no);
		more = s->options->max_hits == 0 || m->hits < (uint64_t)s->options->max_hits;
	}
	if (s->excerpt != NULL) excerpt_part(s->excerpt, p);
	m->records += r->records;
	m->bytes += p->bytes.n;
	m->refused += r->refused;
	limits_count(m, r);
	m->raw_bytes += p->raw_bytes;
	if (s->span != NULL) span_look(s->span, p, m->findings);
	if (r->hits_n > 0) (void)fflush(s->answer_settings.out);
	if (p->file_ends) file_ended(s, p->file);
	progress_tell(&s->progress, p->raw_bytes, m->hits);
	if (!more) m->enough = true;
	return more && !ferror(s->answer_settings.out);
}

/* ---- the command ---- */

static int64_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
}

/* A clock may be wrong and a zone unknown, but what was logged is not a day ahead: without --year, times that say none are of the last year
 * in which they are not. */
static struct telemetry_settings time_settings(const struct scan_options *o)
{
	struct telemetry_settings s = {.zone_minutes = o->zone, .year = (int)o->year};
	time_t latest = time(NULL) + 24 * 60 * 60;
	struct tm t;
	if (s.year != 0 || gmtime_r(&latest, &t) == NULL) return s;
	s.year = t.tm_year + 1900;
	s.latest = (instant)latest * 1000000;
	return s;
}

static const struct answer *form_of(const struct scan_options *o)
{
	if (o->count) return &answer_count;
	if (o->json) return &answer_json;
	if (o->csv) return &answer_csv;
	if (o->stix) return &answer_stix;
	if (o->html) return &answer_html;
	if (o->brief) return &answer_brief;
	return &answer_terminal;
}

static void answer_settings_make(const struct scan_options *o, const struct watchlist *w, struct answer_settings *out)
{
	struct winsize size;
	const bool terminal = isatty(STDOUT_FILENO);
	*out = (struct answer_settings){.out = stdout,
		.watchlist = w,
		.records_shown = o->records,
		.width = 160,
		.terminal = terminal,
		.ascii = terminal && !visible_locale_is_utf8(),
		.now = o->load.at};
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
	if (s->options->quiet || m->marking == TLP_NONE || s->form == &answer_terminal || s->form == &answer_brief)
		return; /* who say it themselves */
	fprintf(stderr, "kulla: %sthis answer is %s%s\n", m->exercise ? "EXERCISE: " : "", tlp_text(m->marking),
		m->marking_default ? " (by default: its indicators say no marking)" : "");
}

/* A download that failed must not read as "not hit". */
static void nothing_tell(const struct summary *m)
{
	const struct watchlist_counts *c = &m->indicators;
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {{c->expired, "expired"}, {c->revoked, "revoked"}, {c->unmatchable, "unmatchable"},
		{m->loaded->context, "for context only"}, {m->intel_troubles, "unreadable"}};
	if (c->loaded > 0) return;
	fputs("kulla: nothing was looked for: the intelligence holds no indicator that can be used", stderr);
	const char *before = " (";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].n == 0) continue;
		fprintf(stderr, "%s%llu %s", before, (unsigned long long)rows[i].n, rows[i].what);
		before = ", ";
	}
	fputs(before[0] == ',' ? ")\n" : "\n", stderr);
}

static int exit_code(const struct scanning *s)
{
	const struct summary *m = &s->summary;
	if (m->unreadable > 0 || m->intel_troubles > 0 || m->indicators.loaded == 0 || m->stopped) return EXIT_ERROR;
	return m->hits > 0 ? EXIT_HIT : EXIT_NONE;
}

static void troubles_free(struct summary *m)
{
	for (size_t i = 0; i < m->troubles_n; i++) free(m->troubles[i].path);
	free(m->troubles);
	free(m->unfinished);
}

static instant validity_time(const struct scan_options *o, const struct loaded *l)
{
	return l->map == NULL || watchlist_keeps_all(l->watchlist) ? INSTANT_NONE : o->load.at;
}

/* One word for a shell. */
static void command_put_word(struct buf *b, const char *word)
{
	slice w = slice_from(word);
	bool plain = w.n > 0;
	for (size_t i = 0; i < w.n && plain; i++)
		plain = (w.p[i] >= '0' && w.p[i] <= '9') || (w.p[i] >= 'A' && w.p[i] <= 'Z') || (w.p[i] >= 'a' && w.p[i] <= 'z') ||
			memchr("/._-+=:,@%", w.p[i], 11) != NULL;
	buf_add_byte(b, ' ');
	if (plain) {
		buf_add(b, w);
		return;
	}
	buf_add_byte(b, '\'');
	for (size_t i = 0; i < w.n; i++) {
		if (w.p[i] == '\'') buf_add_text(b, "'\\''");
		else buf_add_byte(b, w.p[i]);
	}
	buf_add_byte(b, '\'');
}

/* The command as it was given, but for the form of the answer: it shows the records. */
static void command_put(struct buf *b, const struct scan_options *o)
{
	bool options = true;
	buf_add_text(b, "kulla scan");
	for (int i = 0; i < o->argc; i++) {
		options = options && strcmp(o->argv[i], "--") != 0;
		if (options && (strcmp(o->argv[i], "--brief") == 0 || strcmp(o->argv[i], "--html") == 0)) continue;
		command_put_word(b, o->argv[i]);
	}
}

/* What was started before this process confined itself, and what is kept for it. */
struct scan_helpers {
	struct captures *captures;
	struct recorder *recorder; /* NULL: the scan is not recorded, and there is no intake */
	struct intake *intake;
	instant began;
};

/* Something that was read or looked for is of an exercise, met or not. */
static bool touches_exercise(const struct summary *m, const struct watchlist *w)
{
	return m->exercise_hits > 0 || m->exercise_files > 0 || watchlist_has_label(w, SLICE(EXERCISE_LABEL));
}

/* False: it was to be recorded and was not. */
static bool scan_record(struct scanning *s, const struct scan_helpers *h)
{
	if (s->keep == NULL) return true;
	struct keep_facts facts = {.summary = &s->summary,
		.intake = h->intake,
		.began = h->began,
		.excerpt = s->excerpt,
		.exercise = touches_exercise(&s->summary, s->watchlist)};
	return keep_record(s->keep, &facts);
}

/* What is kept for the recorder. */
static void keeps_open(struct scanning *s, const struct scan_helpers *h)
{
	struct recorder *r = h->recorder;
	if (r == NULL) return;
	s->keep = keep_new(r, &s->answer_settings);
	if (s->options->seal)
		s->excerpt =
			excerpt_new(recorder_stream(r, RECORDER_RECORDS), recorder_stream(r, RECORDER_INDEX), (unsigned)s->options->around);
}

static int scan_logs(
	const struct scan_options *o, const struct loaded *loaded, const struct scan_helpers *h, const char *const *logs, size_t logs_n)
{
	struct scanning s = {.options = o, .watchlist = loaded->watchlist, .form = form_of(o)};
	struct summary *m = &s.summary;
	m->marking = TLP_NONE;
	m->hit_first = m->hit_last = INSTANT_NONE;
	m->since = o->since;
	m->until = o->until;
	s.at = validity_time(o, loaded);
	m->indicators = s.at == INSTANT_NONE ? watchlist_counts(loaded->watchlist) : watchlist_counts_at(loaded->watchlist, s.at);
	m->intel_troubles = loaded->troubles;
	m->loaded = loaded;
	m->findings = findings_new(logs, logs_n);
	answer_settings_make(o, loaded->watchlist, &s.answer_settings);
	s.answer_settings.valid_at = s.at;
	struct buf command = {0};
	command_put(&command, o);
	s.answer_settings.command = buf_slice(&command);
	struct pipeline_settings p = {.threads = (unsigned)o->threads,
		.watchlist = loaded->watchlist,
		.scan = {.exact_only = o->exact,
			.url_prefix = o->url_prefix,
			.telemetry = time_settings(o),
			.count_only = o->count && !o->record && o->since == INSTANT_NONE && o->until == INSTANT_NONE}};
	if (!o->count || o->record) s.span = span_new(&p.scan.telemetry);
	sigset_t old;
	int stop_fd = stop_descriptor(&old);
	struct input *in = input_new(logs, logs_n, h->captures, stop_fd);
	if (h->intake != NULL) input_set_intake(in, h->intake);
	s.writes_through = (o->json || o->csv) && isatty(STDOUT_FILENO);
	s.progress = progress_start(!o->quiet, logs, logs_n);
	s.state = s.form->open(&s.answer_settings);
	keeps_open(&s, h);
	enum err e = pipeline_run(in, &p, on_part, &s);
	progress_end(&s.progress);
	m->stopped = input_stopped(in);
	m->seconds = clock_seconds() - s.progress.started;
	if (h->intake != NULL && m->enough) intake_end(h->intake);
	input_free(in);
	stop_close(stop_fd, &old);
	if (e != OK) fputs("kulla: this processor cannot run the scanner\n", stderr);
	if (m->stopped) fputs("kulla: stopped; the answer covers what was read until then\n", stderr);
	nothing_tell(m);
	m->exercise = m->exercise_hits > 0 ||
		      (m->hits == 0 && (m->exercise_files > 0 || watchlist_has_label(loaded->watchlist, SLICE(EXERCISE_LABEL))));
	findings_sort(m->findings);
	s.form->close(s.state, m);
	if (s.keep != NULL) keep_close(s.keep, m);
	(void)fflush(stdout);
	banner(&s);
	int code = e != OK ? EXIT_ERROR : exit_code(&s);
	if (!scan_record(&s, h)) code = EXIT_ERROR;
	troubles_free(m);
	findings_free(m->findings);
	span_free(s.span);
	excerpt_free(s.excerpt);
	buf_free(&command);
	return code;
}

/* What is wrong with the arguments, or NULL. */
static const char *arguments_wrong(const struct scan_options *o, const struct arguments *r)
{
	int forms = o->count + o->json + o->csv + o->stix + (o->brief || o->html);
	size_t inputs = 0;
	for (size_t i = 0; i < r->n; i++) inputs += strcmp(r->items[i], "-") == 0;
	if (forms > 1) return "only one of --count, --json, --csv, --stix and --brief (--html) can be given";
	if (!r->has_split) return "put -- between the intelligence and the logs: kulla scan list.txt -- /var/log";
	if (r->split == 0) return "no intelligence is given before --";
	if (r->n == r->split) return "no logs are given behind --; - is standard input";
	if (o->home != NULL && !o->record) return "--home is the home to record in: give --record too";
	if (inputs > 1) return "standard input (-) can be given once only";
	if (o->since != INSTANT_NONE && o->until != INSTANT_NONE && o->until <= o->since) return "--until must be after --since";
	return NULL;
}

/* What was left out of a compiled watchlist cannot be had again. False: complained about. */
static bool compiled_fits(const struct command *c, const struct scan_options *o, const char *path, const struct watchlist *w)
{
	char judged[INSTANT_TEXT_BYTES], text[FAULT_TEXT_BYTES];
	if (o->load.warninglists.n > 0 || o->load.marking != TLP_AMBER_STRICT || (o->load.all && !watchlist_keeps_all(w))) {
		(void)command_usage_error(c,
			"--warninglist, --all and --marking are judged when a watchlist is compiled; give them to kulla watchlist build");
		return false;
	}
	if (o->at_given && o->load.at < watchlist_judged(w) && !watchlist_keeps_all(w)) {
		(void)snprintf(text, sizeof text,
			"--at is before the time for which the watchlist was compiled, %s: what had ended by then is not in it",
			instant_format(watchlist_judged(w), -1, judged));
		(void)command_usage_error(c, text);
		return false;
	}
	uint64_t ended = watchlist_counts_at(w, o->load.at).expired - watchlist_counts(w).expired;
	struct fault f;
	(void)fault_set(&f, OK, 0, 0, "%llu %s expired after it was compiled: left out and counted", (unsigned long long)ended,
		ended == 1 ? "indicator" : "indicators");
	if (ended > 0 && !o->quiet) complain(path, &f);
	return true;
}

/* An exercise is refused before anything is read for a home that is none; what only a folder's name says, in the end. */
static bool record_fits(const struct scan_helpers *h, const struct loaded *l, const char *const *logs, size_t logs_n)
{
	struct fault f = {0};
	if (h->recorder == NULL) return true;
	bool exercise = watchlist_has_label(l->watchlist, SLICE(EXERCISE_LABEL));
	for (size_t i = 0; i < logs_n; i++) exercise |= exercise_path(slice_from(logs[i]));
	if (recorder_allows(h->recorder, exercise, &f) == OK) return true;
	complain(NULL, &f);
	return false;
}

/* A compiled watchlist was mapped: it is read here for its digest. */
static void compiled_take(const struct scan_helpers *h, const struct loaded *l, const char *path)
{
	if (h->intake == NULL || l->map == NULL) return;
	struct intake_file file = {.name = slice_from(path),
		.opened = true,
		.whole = true,
		.bytes = l->map_bytes,
		.sha256 = digest_of(slice_of(l->map, l->map_bytes))};
	intake_add(h->intake, &file);
}

static int scan_confined(const struct command *c, const struct scan_options *o, const struct arguments *rest, const struct scan_helpers *h,
	struct loaded *loaded)
{
	const char *const *logs = rest->items + rest->split;
	const size_t logs_n = rest->n - rest->split;
	command_confine(NULL, o->verbose);
	if (h->intake != NULL) intake_set_role(h->intake, INTAKE_INTELLIGENCE);
	if (load_intel(&o->load, rest->items, rest->split, loaded) != OK) return EXIT_ERROR;
	if (loaded->unread > 0 && watchlist_counts(loaded->watchlist).loaded == 0) return EXIT_ERROR; /* "no hit" would be no answer */
	if (loaded->map != NULL && !compiled_fits(c, o, rest->items[0], loaded->watchlist)) return EXIT_ERROR;
	if (!record_fits(h, loaded, logs, logs_n)) return EXIT_ERROR;
	compiled_take(h, loaded, rest->items[0]);
	if (h->intake != NULL) intake_set_role(h->intake, INTAKE_LOG);
	return scan_logs(o, loaded, h, logs, logs_n);
}

/* The process that records; false: complained about. */
static bool recorder_begin(struct arena *a, struct scan_options *o, struct scan_helpers *h)
{
	struct fault f = {0};
	struct buf command = {0};
	const char *home = NULL;
	if (!o->record) return true;
	enum err e = home_option_find(o->home, &home, &f);
	command_put(&command, o);
	struct home_call call = {.arena = a};
	struct record_seal seal = {
		.case_name = text_given(o->case_name), .reason = text_given(o->reason), .collector = person_given(&call, o->collector)};
	if (e == OK) e = recorder_start(home, buf_slice(&command), o->seal ? &seal : NULL, &h->recorder, &f);
	buf_free(&command);
	if (e != OK) {
		complain("nothing can be recorded", &f);
		return false;
	}
	o->load.intake = h->intake = intake_new();
	return true;
}

/* Helpers first: they start programs, which this process soon cannot. */
static int scan_helped(const struct command *c, struct arena *a, struct scan_options *o, const struct arguments *rest)
{
	struct capture_settings s = {.program = capture_program(a), .seconds_max = CAPTURE_SECONDS_MAX};
	struct scan_helpers h = {.began = keep_now()};
	struct loaded loaded = {0};
	int code = EXIT_ERROR;
	if (recorder_begin(a, o, &h)) {
		h.captures = s.program != NULL ? captures_start(&s) : NULL;
		code = scan_confined(c, o, rest, &h, &loaded);
		captures_end(h.captures);
	}
	recorder_free(h.recorder);
	intake_free(h.intake);
	loaded_free(&loaded);
	return code;
}

static bool missing(const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(paths[i], "-") != 0 && access(paths[i], F_OK) != 0 && errno == ENOENT) return true;
	return false;
}

/* Whoever writes to our standard input may be about to make the intelligence too, as kulla exercise generate --stdout --out does: it is
 * there once something can be read. What is missing even then is told by whoever reads it. */
static void maker_await(const struct scan_options *o, const struct arguments *r)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	bool piped = false;
	for (size_t i = r->split; i < r->n; i++) piped |= strcmp(r->items[i], "-") == 0;
	if (!piped || isatty(STDIN_FILENO)) return;
	if (missing(r->items, r->split) || missing(o->load.warninglists.items, o->load.warninglists.n)) (void)poll(&p, 1, -1);
}

/* What is sealed is recorded. */
static const char *sealing_wrong(struct scan_options *o)
{
	bool asked = o->case_name != NULL || o->reason != NULL || o->collector != NULL || o->around >= 0;
	if (!o->seal) return asked ? "--case, --reason, --collector and --around are of what is sealed: give --seal too" : NULL;
	if (o->case_name == NULL || *o->case_name == 0) return "what is sealed belongs to a case: give --case TEXT";
	o->record = true;
	if (o->reason == NULL) o->reason = REASON_DEFAULT;
	if (o->around < 0) o->around = AROUND_DEFAULT;
	return NULL;
}

static int scan_run(const struct command *c, int argc, char *const *argv)
{
	struct scan_options o = {.load = {.marking = TLP_AMBER_STRICT, .at = INSTANT_NONE},
		.since = INSTANT_NONE,
		.until = INSTANT_NONE,
		.threads = processors(),
		.records = 10,
		.around = -1,
		.argc = argc,
		.argv = argv};
	struct arguments rest = {0};
	struct fault f = {0};
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	const char *wrong = NULL;
	if (options_parse(a, scan_options, argc, argv, &o, &rest, &f) != OK) (void)command_usage_error(c, f.text);
	else if ((wrong = sealing_wrong(&o)) != NULL || (wrong = arguments_wrong(&o, &rest)) != NULL) (void)command_usage_error(c, wrong);
	else {
		o.at_given = o.load.at != INSTANT_NONE;
		maker_await(&o, &rest);
		if (!o.at_given) o.load.at = (instant)time(NULL) * 1000000;
		code = scan_helped(c, a, &o, &rest);
	}
	arena_free(a);
	return code;
}

const struct command command_scan = {
	.name = "scan",
	.summary = "which indicators met which records",
	.usage = "[OPTIONS] INTEL... -- LOGS...",
	.text = "INTEL: lists, CSV with a header, STIX, MISP events and feeds, OpenIOC, Zeek intel files, Suricata datasets, RPZ zones, "
		"hosts files,\n"
		"folders of these, or one compiled watchlist. The format is told from the content.\n"
		"LOGS: files and folders, compressed or in archives (gzip, zstd, xz, bzip2, lz4; tar, zip, 7z, cpio, rar, cab): any text, "
		"JSON lines,\n"
		"JSON arrays and wrappers, Windows event logs (EVTX), packet captures where Suricata is installed; - is standard input.\n"
		"--brief tells places by institution where the logs lie in one folder each; else by host.\n"
		"Exit codes: 0 hit, 1 no hit, 2 error, something could not be read, or the intelligence holds nothing that can be looked "
		"for.\n",
	.examples = "  kulla scan ally.json -- /var/log\n"
		    "  kulla scan list.txt --since 2022-05-01 -- zeek/ sysmon.json.gz\n"
		    "  zcat proxy.log.gz | kulla scan --json list.txt -- - | jq .seen\n"
		    "  kulla scan --stix ally.json -- logs/ > sightings.json\n"
		    "  kulla scan --html ally.json -- logs/ > brief.html\n"
		    "  kulla scan --record --home /var/lib/kulla ally.json -- logs/\n"
		    "  kulla scan --seal --case 2026-117 --around 50 ally.json -- proxy.log.gz\n",
	.options = scan_options,
	.run = scan_run,
};
