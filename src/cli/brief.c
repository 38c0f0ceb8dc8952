/* The answer for who has to decide. Each statement is a function of the summary; the table at the end puts them in order. "Not hit" and
 * "not seen" are different answers: a statement that finds nothing says in what nothing was found, and never that all is well. Lists are
 * cut with how many more. */
#include <inttypes.h>
#include "brief.h"
#include "exercise_mark.h"
#include "findings.h"
#include "load.h"
#include "progress.h"
#include "visible.h"

#define PLACES_TOLD 6u
#define INDICATORS_TOLD 5u
#define AUTHORS_TOLD 3u
#define FORMATS_TOLD 6u
#define NAME_COLUMNS 48u /* longer names lose their middle */
#define PATH_COLUMNS 60u
#define COMMAND_COLUMNS 600u /* a longer command is not repeated: cut it would not be exact */
#define REASON_COLUMNS 90u

struct about { /* what a statement is made from */
	const struct summary *m;
	const struct answer_settings *s;
	const struct findings *f;
};

/* ---- pieces ---- */

static void add_count(struct buf *b, uint64_t n)
{
	char digits[24];
	int d = snprintf(digits, sizeof digits, "%" PRIu64, n);
	for (int i = 0; i < d; i++) {
		if (i > 0 && (d - i) % 3 == 0) buf_add_byte(b, ',');
		buf_add_byte(b, (uint8_t)digits[i]);
	}
}

static void add_counted(struct buf *b, uint64_t n, const char *one, const char *many)
{
	add_count(b, n);
	buf_add_byte(b, ' ');
	buf_add_text(b, n == 1 ? one : many);
}

/* To the second below, as people read it: `2026-03-03 02:03:20 UTC`. */
static void add_time(struct buf *b, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	slice s = slice_from(instant_format(t, 6, text));
	buf_add(b, slice_sub(s, 0, 10));
	buf_add_byte(b, ' ');
	buf_add(b, slice_sub(s, 11, 8));
	buf_add_text(b, " UTC");
}

static void add_name(struct buf *b, slice name, const char *nameless)
{
	if (name.n == 0) buf_add_text(b, nameless);
	else visible_add_cut(b, name, NAME_COLUMNS, false);
}

static void add_more(struct buf *b, uint64_t more)
{
	if (more == 0) return;
	buf_add_text(b, " and ");
	add_count(b, more);
	buf_add_text(b, " more");
}

/* What stands before the next part of a list of parts. */
static void add_between(struct buf *b, size_t before, const char *between)
{
	if (b->n > before) buf_add_text(b, between);
}

static bool all_read(const struct summary *m)
{
	return !m->stopped && !m->enough && m->unreadable == 0 && m->cut_records == 0;
}

enum tlp brief_marking(const struct summary *m)
{
	return m->marking == TLP_NONE ? TLP_CLEAR : m->marking;
}

static enum brief_verdict verdict_of(const struct summary *m)
{
	if (m->hits > 0) return BRIEF_HIT;
	return all_read(m) && m->intel_troubles == 0 && m->records > 0 && m->indicators.loaded > 0 ? BRIEF_NONE : BRIEF_UNCERTAIN;
}

/* ---- the statements ---- */

static void say_answer(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	if (m->hits > 0) {
		buf_add_text(b, "HIT: ");
		const uint64_t met = findings_hit_rows(&a->f->indicators);
		add_count(b, met);
		buf_add_text(b, " of ");
		add_counted(b, m->indicators.loaded, "indicator ", "indicators ");
		buf_add_text(b, met == 1 ? "was met, in " : "were met, in ");
		add_counted(b, m->hits, "hit.", "hits.");
		buf_add_text(b, all_read(m) ? "" : " There may be more: not everything was read.");
	} else if (m->indicators.loaded == 0) {
		buf_add_text(b, "No answer: there was no indicator that can be looked for.");
	} else if (m->records == 0) {
		buf_add_text(b, "No answer: no record was read.");
	} else {
		buf_add_text(b, "No indicator was met in what was read");
		if (m->suppressed_hits > 0) buf_add_text(b, ", but for values on warninglists");
		buf_add_text(b, verdict_of(m) == BRIEF_NONE ? ". That is not proof that nothing happened."
							    : "; but not everything was read, so this settles nothing.");
	}
}

static void say_marking(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	const struct found_table *t = &a->f->authors;
	buf_add_text(b, tlp_text(brief_marking(m)));
	if (m->marking == TLP_NONE) {
		buf_add_text(b, ", as no indicator was met; the indicators keep their own markings");
		return;
	}
	buf_add_text(b, m->marking_default ? " by default: the indicators that were met say no marking; they come from "
					   : ", the strictest of the indicators that were met, says ");
	size_t told = 0, more = 0;
	for (size_t i = 0; i < t->rows_n; i++) {
		if (t->rows[i].marking != m->marking) continue;
		if (told == AUTHORS_TOLD) {
			more++;
			continue;
		}
		buf_add_text(b, told++ > 0 ? ", " : "");
		add_name(b, t->rows[i].name, "nobody named");
	}
	add_more(b, more + t->more);
}

/* `institutions (folders under logs)`, `hosts`. */
static void add_kind(struct buf *b, const struct findings *f, uint64_t n)
{
	if (!findings_by_institution(f)) {
		buf_add_text(b, n == 1 ? "host" : "hosts");
		return;
	}
	buf_add_text(b, n == 1 ? "institution" : "institutions");
	if (f->folders_n > 1) {
		buf_add_text(b, " (the folders given)");
		return;
	}
	buf_add_text(b, " (the folders under ");
	visible_add_cut(b, f->root, NAME_COLUMNS, false);
	buf_add_byte(b, ')');
}

static void add_place(struct buf *b, const struct found *r)
{
	add_name(b, r->name, "files in no such folder");
	buf_add_text(b, " (");
	if (r->first != INSTANT_NONE) {
		buf_add_text(b, "since ");
		add_time(b, r->first);
		buf_add_text(b, ", ");
	}
	add_counted(b, r->hits, "hit)", "hits)");
}

/* Institutions, or their number, in which nothing was met. */
static void add_places_without(struct buf *b, const struct found_table *t, size_t from)
{
	size_t n = t->rows_n - from;
	if (n == 0) return;
	buf_add_text(b, from > 0 ? "; none was met in what was read of " : "");
	for (size_t i = from; i < t->rows_n && i - from < PLACES_TOLD; i++) {
		buf_add_text(b, i > from ? ", " : "");
		add_name(b, t->rows[i].name, "files in no such folder");
	}
	add_more(b, n > PLACES_TOLD ? n - PLACES_TOLD : 0);
}

static void say_where(struct buf *b, const struct about *a)
{
	const struct findings *f = a->f;
	const struct found_table *t = findings_places(f);
	size_t hit = findings_hit_rows(t);
	bool institutions = findings_by_institution(f);
	if (a->m->hits == 0) {
		if (!institutions) {
			buf_add_text(b, "Nowhere in what was read");
			return;
		}
		buf_add_text(b, "In none of the ");
		add_count(b, t->rows_n + t->more);
		buf_add_byte(b, ' ');
		add_kind(b, f, 2);
		buf_add_text(b, ": ");
		add_places_without(b, t, 0);
		return;
	}
	if (hit == 0) {
		buf_add_text(b, "Not known: no hit names a host");
		return;
	}
	add_count(b, hit);
	if (institutions) {
		buf_add_text(b, " of ");
		add_count(b, t->rows_n + t->more);
	}
	buf_add_byte(b, ' ');
	add_kind(b, f, institutions ? t->rows_n : hit);
	for (size_t i = 0; i < hit && i < PLACES_TOLD; i++) {
		buf_add_text(b, i > 0 ? ", " : ": ");
		add_place(b, &t->rows[i]);
	}
	add_more(b, hit > PLACES_TOLD ? hit - PLACES_TOLD : 0);
	if (institutions) add_places_without(b, t, hit);
	if (institutions || f->hits_hostless == 0) return;
	buf_add_text(b, "; ");
	add_counted(b, f->hits_hostless, "hit names no host", "hits name no host");
}

static void say_since(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	if (m->hits == 0 || m->hit_first == INSTANT_NONE) {
		buf_add_text(b, m->hits == 0 ? "No date: nothing was met" : "Not known: no record that was hit has a time");
		return;
	}
	buf_add_text(b, "First seen ");
	add_time(b, m->hit_first);
	buf_add_text(b, " (");
	visible_add_cut(b, a->f->first_file, PATH_COLUMNS, false);
	buf_printf(b, " line %" PRIu64 "%s), last seen ", a->f->first_line, a->f->first_guessed ? ", its zone or year guessed" : "");
	add_time(b, m->hit_last);
}

static void add_indicator(struct buf *b, const struct found *r, const struct watchlist *w)
{
	struct watched x = watchlist_get(w, r->term);
	visible_add_cut(b, x.value, NAME_COLUMNS, false);
	buf_add_text(b, " (");
	if (x.name.n > 0 && !slice_equal(x.name, x.value)) {
		visible_add_cut(b, x.name, NAME_COLUMNS, false);
		buf_add_text(b, ", ");
	}
	add_counted(b, r->hits, "hit)", "hits)");
}

static void say_what(struct buf *b, const struct about *a)
{
	const struct found_table *t = &a->f->indicators;
	if (t->rows_n == 0) {
		add_counted(b, a->m->indicators.loaded, "indicator was", "indicators were");
		buf_add_text(b, " looked for, and none was met");
		return;
	}
	for (size_t i = 0; i < t->rows_n && i < INDICATORS_TOLD; i++) {
		buf_add_text(b, i > 0 ? ", " : "");
		add_indicator(b, &t->rows[i], a->s->watchlist);
	}
	add_more(b, t->more + (t->rows_n > INDICATORS_TOLD ? t->rows_n - INDICATORS_TOLD : 0));
}

static void say_certain(struct buf *b, const struct about *a)
{
	if (a->m->hits == 0) {
		buf_add_text(b, "None of the ");
		add_counted(b, a->m->records, "record that was read meets", "records that were read meets");
		buf_add_text(b, " one of the indicators that could be looked for in it");
		return;
	}
	add_count(b, a->f->hits_typed);
	buf_add_text(b, " of ");
	add_counted(b, a->m->hits, "hit", "hits");
	buf_add_text(b, " in a field of which the log's format says what it holds; every hit was checked on its record");
}

static void say_uncertain(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	const size_t before = b->n;
	const struct {
		uint64_t n;
		const char *one, *many;
	} rows[] = {
		{m->hits - a->f->hits_typed, "hit by the shape of the text only", "hits by the shape of the text only"},
		{m->hits_time_guessed, "hit with a guessed zone or year (--tz and --year say them)",
			"hits with a guessed zone or year (--tz and --year say them)"},
		{a->f->hits_untimed, "hit without a time", "hits without a time"},
		{m->suppressed_hits, "more on warninglists of harmless values, not counted",
			"more on warninglists of harmless values, not counted"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].n == 0) continue;
		add_between(b, before, "; ");
		add_counted(b, rows[i].n, rows[i].one, rows[i].many);
	}
	if (b->n == before) buf_add_text(b, m->hits > 0 ? "Nothing noted about these hits" : "What is not covered, see below");
}

static void add_formats(struct buf *b, const struct summary *m)
{
	size_t told = 0, more = 0;
	for (enum format f = 0; f < FORMAT_COUNT; f++) {
		if (m->formats[f].records == 0) continue;
		if (told == FORMATS_TOLD) {
			more++;
			continue;
		}
		buf_add_text(b, told++ > 0 ? ", " : " (");
		buf_add_text(b, format_name(f));
	}
	add_more(b, more);
	buf_add_text(b, told > 0 ? ")" : "");
}

static void say_looked_at(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	const struct findings *f = a->f;
	char bytes[24];
	add_counted(b, m->files, "file, ", "files, ");
	add_counted(b, m->records, "record, ", "records, ");
	buf_add_text(b, progress_bytes_text(m->bytes, bytes));
	add_formats(b, m);
	if (f->records_first == INSTANT_NONE) {
		buf_add_text(b, "; from when the logs are is not known");
	} else {
		buf_add_text(b, "; logs from ");
		add_time(b, f->records_first);
		buf_add_text(b, " to ");
		add_time(b, f->records_last);
		buf_add_text(b, f->records_guessed ? " (zones or years partly guessed)" : "");
	}
	if (m->since != INSTANT_NONE || m->until != INSTANT_NONE) buf_add_text(b, "; asked were hits");
	if (m->since != INSTANT_NONE) buf_add_text(b, " since "), add_time(b, m->since);
	if (m->until != INSTANT_NONE) buf_add_text(b, " until "), add_time(b, m->until);
	buf_add_text(b, "; indicators valid at ");
	add_time(b, a->s->now);
}

/* `2 inputs not read, or not to the end (logs/a.evtx: why, and 1 more)`. */
static void add_unreadable(struct buf *b, const struct summary *m)
{
	const struct trouble *first = NULL;
	uint64_t unsupported = 0;
	for (size_t i = 0; i < m->troubles_n; i++) {
		const struct trouble *t = &m->troubles[i];
		if (!t->unreadable) continue;
		if (first == NULL) first = t;
		unsupported += t->fault.kind == ERR_UNSUPPORTED;
	}
	add_counted(b, m->unreadable, "input not read, or not to its end", "inputs not read, or not to their end");
	if (unsupported > 0) {
		buf_add_text(b, ", ");
		add_count(b, unsupported);
		buf_add_text(b, " of them in formats that are not read");
	}
	if (first == NULL) return;
	buf_add_text(b, " (");
	visible_add_cut(b, slice_from(first->path), PATH_COLUMNS, false);
	buf_add_text(b, ": ");
	visible_add_cut(b, slice_from(first->fault.text), REASON_COLUMNS, false);
	add_more(b, m->unreadable - 1);
	buf_add_byte(b, ')');
}

/* `, of a, b and 3 more`: institutions of which something was not read. */
static void add_unread_institutions(struct buf *b, const struct findings *f)
{
	const struct found_table *t = &f->institutions;
	size_t told = 0, more = 0;
	for (size_t i = 0; findings_by_institution(f) && i < t->rows_n; i++) {
		if (t->rows[i].unread == 0 || t->rows[i].name.n == 0) continue;
		if (told == PLACES_TOLD) {
			more++;
			continue;
		}
		buf_add_text(b, told++ > 0 ? ", " : " of ");
		add_name(b, t->rows[i].name, "");
	}
	add_more(b, more);
}

/* Formats that were read and in which some indicators cannot be met. */
static void add_unmatchable_there(struct buf *b, const struct about *a, size_t before)
{
	size_t formats = 0;
	for (enum format f = 0; f < FORMAT_COUNT; f++) {
		uint64_t n = 0;
		slice id;
		if (a->m->formats[f].records == 0) continue;
		for (uint32_t next = 0; watchlist_unmatchable_there(a->s->watchlist, f, &next, &id);) n++;
		if (n == 0) continue;
		if (formats++ == 0) add_between(b, before, "; ");
		buf_add_text(b, formats > 1 ? ", " : "indicators that need what a format does not say: ");
		add_count(b, n);
		buf_printf(b, " in %s", format_name(f));
	}
}

static void add_day(struct buf *b, int64_t day)
{
	char text[INSTANT_TEXT_BYTES];
	buf_add(b, slice_sub(slice_from(instant_format(day * INT64_C(86400000000), 0, text)), 0, 10));
}

/* `no records of 9 days in 2 folders (the longest: logs/mof/zeek, 2021-07-03 to 2021-07-09)`. */
static void add_gaps(struct buf *b, const struct findings *f, size_t before)
{
	const struct findings_gaps g = findings_gaps(f);
	if (g.gaps == 0) return;
	add_between(b, before, "; ");
	buf_add_text(b, "no records of ");
	add_counted(b, g.days, "day in ", "days in ");
	add_counted(b, g.folders, "folder (", "folders (");
	buf_add_text(b, g.gaps > 1 ? "the longest: " : "");
	if (g.longest_folder.n == 0) buf_add_text(b, "here");
	else visible_add_cut(b, g.longest_folder, PATH_COLUMNS, false);
	buf_add_text(b, ", ");
	add_day(b, g.longest.from);
	if (g.longest.to > g.longest.from) buf_add_text(b, " to "), add_day(b, g.longest.to);
	buf_add_byte(b, ')');
}

static void say_not_covered(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	const struct watchlist_counts *c = &m->indicators;
	const size_t before = b->n;
	if (m->stopped) buf_add_text(b, "what was left when the user stopped the scan");
	if (m->enough) buf_add_text(b, "what was left when --max-hits was reached");
	if (m->unreadable > 0) add_between(b, before, "; "), add_unreadable(b, m), add_unread_institutions(b, a->f);
	add_gaps(b, a->f, before);
	const struct {
		uint64_t n;
		const char *one, *many;
	} rows[] = {
		{m->cut_records, "record cut for its length", "records cut for their length"},
		{m->refused, "damaged JSON record read as plain text", "damaged JSON records read as plain text"},
		{c->unmatchable, "indicator that this version cannot match", "indicators that this version cannot match"},
		{m->intel_troubles, "line or object of the intelligence not readable", "lines or objects of the intelligence not readable"},
		{c->expired, "expired indicator", "expired indicators"},
		{c->revoked, "revoked indicator", "revoked indicators"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].n == 0) continue;
		add_between(b, before, "; ");
		add_counted(b, rows[i].n, rows[i].one, rows[i].many);
	}
	add_unmatchable_there(b, a, before);
	buf_add_text(b, b->n > before ? "; and all logs that were not given" : "Logs that were not given: of what was given, all was read");
}

static void say_next(struct buf *b, const struct about *a)
{
	const struct summary *m = a->m;
	if (m->hits > 0) buf_add_text(b, "See the records: ");
	else
		buf_add_text(b, verdict_of(m) == BRIEF_NONE ? "Look further back or in other logs, or see this in full: "
							    : "Close the gaps above, then ask again: ");
	if (visible_columns(a->s->command, false) > COMMAND_COLUMNS) buf_add_text(b, "the same command without --brief or --html");
	else visible_add(b, a->s->command, false);
}

static const struct {
	const char *label;
	void (*say)(struct buf *b, const struct about *a);
} statements[BRIEF_LINES] = {
	[BRIEF_ANSWER] = {"Answer", say_answer},
	{"Marking", say_marking},
	{"Where", say_where},
	{"Since", say_since},
	{"What", say_what},
	{"Certain", say_certain},
	{"Uncertain", say_uncertain},
	{"Looked at", say_looked_at},
	{"Not covered", say_not_covered},
	{"Next", say_next},
};

void brief_make(struct brief *b, const struct summary *m, const struct answer_settings *s)
{
	const struct about about = {.m = m, .s = s, .f = m->findings};
	*b = (struct brief){.verdict = verdict_of(m)};
	if (m->exercise) exercise_tell(m, &b->exercise);
	for (size_t i = 0; i < BRIEF_LINES; i++) {
		b->lines[i].label = statements[i].label;
		statements[i].say(&b->lines[i].text, &about);
	}
}

void brief_free(struct brief *b)
{
	buf_free(&b->exercise);
	for (size_t i = 0; i < BRIEF_LINES; i++) buf_free(&b->lines[i].text);
}
