/* kulla evidence scan: rules and hashes over the files of evidence. Always an entry, whatever it finds. */
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "digest_set.h"
#include "finding.h"
#include "finding_answer.h"
#include "home_call.h"
#include "keep.h"
#include "record.h"

struct finding_options {
	const char *home;
	struct option_list rules;
	int64_t seconds, bytes_max;
	enum tlp marking;
	bool json, quiet;
};
#define ROW(n, k, member, ...)                                                                                                             \
	{                                                                                                                                  \
		.name = n, .kind = k, .place = offsetof(struct finding_options, member), __VA_ARGS__                                       \
	}
static const struct option finding_options[] = {
	ROW("rules", OPTION_LIST, rules, .argument = "FILE", .help = "YARA rules, as text; may be given again"),
	ROW("json", OPTION_FLAG, json, .help = "JSON lines: a line per match, the summary last"),
	ROW("timeout", OPTION_NUMBER, seconds, .argument = "SECONDS", .min = 1, .max = 86400,
		.help = "that rules may take for one file (default 600)"),
	ROW("max-bytes", OPTION_NUMBER, bytes_max, .argument = "N", .min = 1, .max = INT64_MAX,
		.help = "rules are not tried on longer files, which are named"),
	ROW("marking", OPTION_TLP, marking, .argument = "TLP", .help = "of indicators that say none (default amber+strict)"),
	ROW("quiet", OPTION_FLAG, quiet, .letter = 'q', .help = "no warnings about rules"),
	HOME_OPTION(struct finding_options, home),
	{0},
};

/* One run. */
struct run {
	struct finding_options options;
	struct arena *arena;
	struct home *home;
	struct ledger_view view;
	struct evidence_register all;
	struct yara_source *sources;
	const char **intel;
	const struct evidence_item **items;
	size_t intel_n, items_n;
	struct evidence_scan *scan;
	struct finding_answer answer;
	uint64_t unreadable; /* items */
	bool exercise;
};

/* ---- what is told on the way ---- */

static void on_rule(void *context, const struct scanned_file *at, const struct wire_rule *r)
{
	finding_put_rule(&((struct run *)context)->answer, at, r);
}

static void on_hash(void *context, const struct scanned_file *at, const struct wire_hash *h)
{
	finding_put_hash(&((struct run *)context)->answer, at, h);
}

static void on_not_scanned(void *context, const struct scanned_file *at, const struct fault *why)
{
	finding_put_not_scanned(&((struct run *)context)->answer, at, why);
}

static void on_cut(void *context, const struct scanned_file *at)
{
	finding_put_cut(&((struct run *)context)->answer, at);
}

static void on_says(void *context, const struct wire_says *s)
{
	struct run *r = context;
	struct fault f = {0};
	bool error = s->level == WIRE_ERROR;
	if (!error && r->options.quiet) return;
	(void)fault_set(
		&f, ERR_SYNTAX, s->line, 0, "%s%.*s", error ? "" : "warning: ", (int)slice_sub(s->text, 0, 280).n, (const char *)s->text.p);
	complain(s->source < r->options.rules.n ? r->sources[s->source].path : NULL, &f);
}

static bool on_more(void *context)
{
	const struct run *r = context;
	return !ferror(r->answer.kept) && !ferror(stdout) && ftello(r->answer.kept) < (off_t)FINDING_ANSWER_BYTES_MAX;
}

/* ---- what is looked for, and in what ---- */

static enum err read_rules(struct run *r, struct fault *f)
{
	size_t n = r->options.rules.n;
	enum err e = OK;
	if (n > YARA_SOURCES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "more than YARA_SOURCES_MAX = %u files of rules", YARA_SOURCES_MAX);
	r->sources = arena_array(r->arena, n > 0 ? n : 1, sizeof *r->sources);
	for (size_t i = 0; i < n && e == OK; i++) {
		struct buf bytes = {0};
		struct yara_source *s = &r->sources[i];
		s->path = r->options.rules.items[i];
		for (size_t k = 0; k < i && e == OK; k++)
			if (strcmp(s->path, r->sources[k].path) == 0)
				e = fault_set(f, ERR_USAGE, 0, 0, "%.200s: given twice as rules", s->path);
		if (e == OK) e = file_read_small(s->path, YARA_SOURCE_BYTES_MAX, &bytes, f);
		s->bytes = arena_copy(r->arena, buf_slice(&bytes)); /* a NUL stands behind it */
		s->sha256 = digest_of(s->bytes);
		buf_free(&bytes);
	}
	return e;
}

static void take_item(struct run *r, const struct evidence_item *item)
{
	for (size_t i = 0; i < r->items_n; i++)
		if (r->items[i] == item) return;
	r->items[r->items_n++] = item;
	r->exercise |= item->exercise;
}

/* Before -- stands intelligence, items behind it. Without --, what names a file or folder is intelligence. */
static enum err sort_arguments(struct run *r, const struct arguments *rest, struct fault *f)
{
	struct stat st;
	struct evidence_item *item;
	bool named = false;
	r->intel = arena_array(r->arena, rest->n + 1, sizeof *r->intel);
	r->items = arena_array(r->arena, rest->n + r->all.n + 1, sizeof *r->items);
	for (size_t i = 0; i < rest->n; i++) {
		const char *word = rest->items[i];
		bool intel = rest->has_split ? i < rest->split : strcmp(word, "-") == 0 || stat(word, &st) == 0;
		if (intel) {
			r->intel[r->intel_n++] = word;
			continue;
		}
		enum err e = evidence_find(&r->all, slice_from(word), &item, f);
		if (e != OK) return e;
		take_item(r, item);
		named = true;
	}
	for (unsigned i = 0; i < r->all.n && !named; i++)
		if (r->all.items[i].state.place != CUSTODY_DISPOSED) take_item(r, &r->all.items[i]);
	return r->items_n > 0 ? OK : fault_set(f, ERR_NOT_FOUND, 0, 0, "there is no evidence in this home that could be scanned");
}

/* A line for each file of rules and one for the watchlist: docs/formats/evidence.md. */
static digest rules_digest(const struct run *r)
{
	struct digest_set set = {0};
	char hex[DIGEST_HEX_BYTES + 1];
	struct buf line = {0};
	for (size_t i = 0; i < r->options.rules.n; i++) {
		buf_clear(&line);
		buf_printf(&line, "rules sha256:%s\n", digest_hex(&r->sources[i].sha256, hex));
		digest_set_add(&set, buf_slice(&line));
	}
	buf_clear(&line);
	buf_printf(&line, "watchlist sha256:%s\n", digest_hex(&evidence_scan_hashes(r->scan)->watchlist, hex));
	if (r->intel_n > 0) digest_set_add(&set, buf_slice(&line));
	buf_free(&line);
	return digest_set_end(&set);
}

/* ---- the run ---- */

static int stop_open(sigset_t *old)
{
	sigset_t stop;
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &stop, old);
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

static struct evidence_scan_settings settings_of(struct run *r, int stop_fd)
{
	const struct finding_options *o = &r->options;
	return (struct evidence_scan_settings){.yara = {.sources = r->sources, .sources_n = o->rules.n, .seconds = (unsigned)o->seconds},
		.hash = {.paths = r->intel, .paths_n = r->intel_n, .marking = o->marking, .at = keep_now()},
		.file_bytes_max = (uint64_t)o->bytes_max,
		.stop_fd = stop_fd,
		.told = {r, on_rule, on_hash, on_not_scanned, on_cut, on_says, on_more}};
}

static struct evidence_scan_counts counts_between(struct evidence_scan_counts a, struct evidence_scan_counts b)
{
	return (struct evidence_scan_counts){.files = b.files - a.files,
		.bytes = b.bytes - a.bytes,
		.matches = b.matches - a.matches,
		.not_scanned = b.not_scanned - a.not_scanned,
		.cut = b.cut - a.cut};
}

/* An item whose manifest cannot be read is told, and the rest goes on; a worker that is gone, or a stop, ends the run. */
static enum err scan_items(struct run *r, struct fault *f)
{
	enum err e = OK;
	for (size_t i = 0; i < r->items_n && on_more(r); i++) {
		struct evidence_scan_counts before = evidence_scan_counts(r->scan), after;
		struct fault why = {0};
		char hex[DIGEST_HEX_BYTES + 1];
		e = evidence_scan_item(r->scan, r->items[i], &why);
		after = evidence_scan_counts(r->scan);
		struct evidence_scan_counts of_it = counts_between(before, after);
		bool lost = e != OK && e != ERR_STOPPED && !after.broken;
		finding_put_item(&r->answer, r->items[i], &of_it, lost ? why.text : NULL);
		if (lost) complain(digest_hex(&r->items[i]->id, hex), &why);
		r->unreadable += lost;
		if (e == ERR_STOPPED) {
			fputs("kulla: stopped; the answer covers what was scanned until then\n", stderr);
			return OK;
		}
		if (e != OK && !lost) {
			*f = why;
			return e;
		}
	}
	return OK;
}

static struct finding_summary summary_of(struct run *r, instant began)
{
	struct finding_summary s = {.counts = evidence_scan_counts(r->scan),
		.items = r->items_n,
		.items_unreadable = r->unreadable,
		.sources_n = r->options.rules.n,
		.rules = evidence_scan_rules(r->scan),
		.hashes = evidence_scan_hashes(r->scan),
		.began = began,
		.ended = keep_now(),
		.exercise = r->exercise || evidence_scan_hashes(r->scan)->exercise};
	if (s.ended < began) s.ended = began;
	s.complete = !s.counts.stopped && s.counts.not_scanned == 0 && s.counts.cut == 0 && r->unreadable == 0 && on_more(r);
	return s;
}

static enum err record(struct run *r, const struct finding_summary *s, struct fault *f)
{
	struct node_place place;
	struct finding x = {.rules = rules_digest(r),
		.files = s->counts.files,
		.indicators = s->rules->indicators + s->hashes->indicators,
		.items = s->items,
		.matches = s->counts.matches,
		.not_scanned = s->counts.not_scanned,
		.began = s->began,
		.ended = s->ended,
		.marking = r->answer.marking,
		.complete = s->complete,
		.exercise = s->exercise,
		.version = SLICE(KULLA_VERSION)};
	if (fflush(r->answer.kept) != 0 || ferror(r->answer.kept))
		return fault_set(f, ERR_DISK, 0, 0, "the answer could not be kept in the home (is its disk full?): nothing was recorded");
	enum err e = finding_record(r->home, &x, fileno(r->answer.kept), &place, f);
	(void)fflush(stdout);
	if (e == OK)
		fprintf(stderr, "kulla: recorded as entry %llu (checkpoint of %llu entries)\n", (unsigned long long)place.index,
			(unsigned long long)place.size);
	return e;
}

static enum err scan_and_record(struct run *r, int stop_fd, int *code, struct fault *f)
{
	struct evidence_scan_settings settings = settings_of(r, stop_fd);
	instant began = keep_now();
	enum err e = evidence_scan_new(r->home, &settings, &r->scan, f);
	if (e != OK) return e;
	uint64_t sought = evidence_scan_rules(r->scan)->indicators + evidence_scan_hashes(r->scan)->indicators;
	if (sought == 0)
		return fault_set(f, ERR_USAGE, 0, 0, "nothing was looked for: there is no rule, and no hash of a file in the intelligence");
	e = scan_items(r, f);
	if (e != OK) return e;
	struct finding_summary s = summary_of(r, began);
	finding_put_summary(&r->answer, &s);
	*code = !s.complete || s.hashes->troubles > 0 ? EXIT_ERROR : s.counts.matches > 0 ? EXIT_HIT : EXIT_NONE;
	return record(r, &s, f);
}

static enum err answer_open(struct run *r, struct fault *f)
{
	int fd = -1;
	enum err e = record_file(r->home, &fd, f);
	if (e != OK) return e;
	r->answer = (struct finding_answer){.kept = fdopen(fd, "w+"), .json = r->options.json, .sources = r->sources, .marking = TLP_NONE};
	if (r->answer.kept != NULL) return OK;
	(void)close(fd);
	return fault_set(f, ERR_DISK, 0, 0, "the answer's file cannot be opened");
}

static enum err run_in_home(struct run *r, const struct arguments *rest, int *code, struct fault *f)
{
	const char *path = NULL;
	sigset_t old;
	enum err e = home_option_find(r->options.home, &path, f);
	if (e == OK) e = read_rules(r, f);
	if (e == OK) e = home_open(path, &r->home, f);
	if (e == OK) e = ledger_view_open(r->home, &r->view, f);
	if (e == OK) e = evidence_register_read(&r->view, r->arena, &r->all, f);
	if (e == OK) e = sort_arguments(r, rest, f);
	if (e == OK && r->options.rules.n + r->intel_n == 0)
		e = fault_set(f, ERR_USAGE, 0, 0, "nothing to look for: give --rules FILE, or intelligence with hashes");
	if (e == OK) e = answer_open(r, f);
	if (e != OK) return e;
	int stop_fd = stop_open(&old);
	e = scan_and_record(r, stop_fd, code, f);
	if (stop_fd >= 0) (void)close(stop_fd);
	return e;
}

static int run(const struct command *c, int argc, char *const *argv)
{
	struct run r = {.options = {.seconds = YARA_FILE_SECONDS_DEFAULT, .bytes_max = YARA_FILE_BYTES_MAX, .marking = TLP_AMBER_STRICT}};
	struct arguments rest;
	struct fault f = {0};
	int code = EXIT_ERROR;
	r.arena = arena_new(0);
	if (options_parse(r.arena, finding_options, argc, argv, &r.options, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (run_in_home(&r, &rest, &code, &f) != OK) {
		complain(NULL, &f);
		code = EXIT_ERROR;
	}
	evidence_scan_free(r.scan);
	ledger_view_close(&r.view);
	home_close(r.home);
	if (r.answer.kept != NULL) (void)fclose(r.answer.kept);
	buf_free(&r.answer.line);
	arena_free(r.arena);
	return code;
}

const struct command command_evidence_scan = {
	.name = "evidence scan",
	.summary = "which rules and hashes met the files of evidence",
	.usage = "[--home DIR] [--rules FILE]... [INTEL...] [-- ITEM...]",
	.text = "Tries YARA rules, and the hashes of files (MD5, SHA-1, SHA-256, SHA-512) from any intelligence that kulla scan reads, on "
		"every file of the\n"
		"items given, or of all. An argument that names no file is an item. Each file's digest is verified first. Rules run in a "
		"process that reaches\n"
		"no file, network or other process; a file on which it fails is named, and the rest goes on. What was found, or not, is an "
		"entry of the ledger.\n"
		"Rules know filename, filepath (the folder) and extension (.exe); include, and the modules cuckoo and magic, are refused.\n"
		"Exit codes: 0 a match, 1 none, 2 error, or not every file was scanned whole.\n",
	.examples = "  kulla evidence scan --home /var/lib/kulla --rules implants.yar ally.json\n"
		    "  kulla evidence scan --rules a.yar --rules b.yar --json -- sha256:3b1e0f… | jq .rule\n",
	.options = finding_options,
	.run = run,
};
