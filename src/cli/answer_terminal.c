/* The answer for a person: per indicator who says so and under which marking, how many records on which hosts, first and last seen, then
 * records with the match highlighted; at the end what was looked at and what was not. Groups are kept until the end, so what they keep is
 * bounded: records_shown per indicator, HOSTS_KEPT hosts, KEPT_BYTES_MAX in all. Foreign control characters never reach the terminal. */
#include <inttypes.h>
#include <stdlib.h>
#include "exercise_mark.h"
#include "fold.h"
#include "load.h"
#include "progress.h"
#include "tally.h"
#include "visible.h"

#define HOSTS_KEPT 100u
#define HOSTS_SHOWN 5u
#define KEPT_BYTES_MAX (64u << 20)
#define REASONS_SHOWN 12u
#define THERE_SHOWN 5u
#define SEEN_SHOWN_COLUMNS 60u /* beside the place; the record shows all of it */
#define SEEN_KEPT_BYTES 8192u
#define HOST_COLUMNS 40u
#define PATH_COLUMNS_MIN 16u
#define PLACE_BESIDE_COLUMNS 12u /* the blanks before it, the colon and the line */
#define VALUE_BESIDE_COLUMNS 36u /* its type and marking: at least 4 columns are left, as a terminal has 40 */
#define KINDS_TERMS_MAX 2000000u /* more are not told by kind: it would take seconds */

struct shown { /* one record */
	slice file, seen, text, host;
	uint64_t line;
	instant time;
	bool time_guessed;
	enum match_kind kind;
	size_t mark_at, mark_n; /* in text */
	bool cut_before, cut_behind;
	struct shown *next;
};
struct host_kept {
	slice name;
	struct host_kept *next;
};
struct group { /* one indicator object, hit or suppressed */
	uint32_t indicator;
	struct watched watched;
	uint64_t records;
	instant first, last;
	struct host_kept *hosts, **hosts_end;
	size_t hosts_n;
	bool hosts_more;
	struct shown *shown, **shown_end;
	int64_t shown_n;
};
struct terminal {
	const struct answer_settings *settings; /* the copy below */
	struct answer_settings page;            /* writes to memory while a page is open */
	FILE *out;                              /* the answer's */
	char *page_text;
	size_t page_bytes;
	struct arena *kept;
	struct group **groups;
	size_t groups_n, room;
	uint32_t *table; /* open addressing: index + 1 into groups */
	size_t table_n;  /* a power of two, at least twice groups_n */
};

/* ---- keeping ---- */

static void *terminal_open(const struct answer_settings *s)
{
	struct terminal *t = mem_alloc(sizeof *t);
	t->page = *s;
	t->settings = &t->page;
	t->out = s->out;
	t->kept = arena_new(0);
	t->table_n = 1024;
	t->table = mem_alloc(t->table_n * sizeof *t->table);
	return t;
}

static uint64_t key_of(uint32_t indicator, bool suppressed)
{
	return (((uint64_t)indicator << 1) | suppressed) * UINT64_C(0x9e3779b97f4a7c15);
}

static void table_put(struct terminal *t, size_t index)
{
	const struct group *g = t->groups[index];
	size_t at = (size_t)(key_of(g->indicator, g->watched.warninglist.n > 0) >> 32) & (t->table_n - 1);
	while (t->table[at] != 0) at = (at + 1) & (t->table_n - 1);
	t->table[at] = (uint32_t)index + 1;
}

static struct group *group_add(struct terminal *t, const struct watched *w)
{
	if (t->groups_n == t->room) {
		t->room = t->room == 0 ? 256 : t->room * 2;
		t->groups = mem_resize(t->groups, t->room * sizeof *t->groups);
	}
	struct group *g = ARENA_NEW(t->kept, struct group);
	*g = (struct group){.indicator = w->indicator, .watched = *w, .first = INSTANT_NONE, .last = INSTANT_NONE};
	g->shown_end = &g->shown;
	g->hosts_end = &g->hosts;
	t->groups[t->groups_n++] = g;
	if (t->groups_n * 2 > t->table_n) {
		t->table_n *= 2;
		free(t->table);
		t->table = mem_alloc(t->table_n * sizeof *t->table);
		for (size_t i = 0; i < t->groups_n; i++) table_put(t, i);
	} else {
		table_put(t, t->groups_n - 1);
	}
	return g;
}

static struct group *group_of(struct terminal *t, const struct watched *w)
{
	bool suppressed = w->warninglist.n > 0;
	size_t at = (size_t)(key_of(w->indicator, suppressed) >> 32) & (t->table_n - 1);
	for (; t->table[at] != 0; at = (at + 1) & (t->table_n - 1)) {
		struct group *g = t->groups[t->table[at] - 1];
		if (g->indicator == w->indicator && (g->watched.warninglist.n > 0) == suppressed) return g;
	}
	return group_add(t, w);
}

static void host_keep(struct terminal *t, struct group *g, slice host)
{
	if (host.n == 0) return;
	for (const struct host_kept *k = g->hosts; k != NULL; k = k->next)
		if (slice_equal(k->name, host)) return;
	if (g->hosts_n == HOSTS_KEPT) {
		g->hosts_more = true;
		return;
	}
	struct host_kept *k = ARENA_NEW(t->kept, struct host_kept);
	k->name = arena_copy(t->kept, host);
	*g->hosts_end = k;
	g->hosts_end = &k->next;
	g->hosts_n++;
}

static bool utf8_tail(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* The part of the record that fits the width, around the match. */
static void record_cut(const struct terminal *t, const struct hit *h, struct shown *s)
{
	size_t width = t->settings->width - 6, from = 0, n = h->record.n;
	s->mark_at = h->seen_n > 0 ? h->seen_at : 0;
	s->mark_n = h->seen_n;
	if (n > width) {
		size_t around = s->mark_n < width ? (width - s->mark_n) / 2 : 0;
		from = s->mark_at > around ? s->mark_at - around : 0;
		if (n - from < width) from = n - width;
		n = width;
		while (from > 0 && utf8_tail(h->record.p[from])) from--;
		while (from + n < h->record.n && utf8_tail(h->record.p[from + n])) n++;
	}
	s->cut_before = from > 0;
	s->cut_behind = from + n < h->record.n;
	s->text = arena_copy(t->kept, slice_sub(h->record, from, n));
	s->mark_at -= from;
	if (s->mark_at + s->mark_n > s->text.n) s->mark_n = s->text.n - s->mark_at;
}

static void terminal_hit(void *state, const struct answer_hit *a)
{
	struct terminal *t = state;
	const struct hit *h = a->hit;
	struct group *g = group_of(t, &a->watched);
	g->records++;
	host_keep(t, g, h->host);
	if (h->time != INSTANT_NONE) {
		if (g->first == INSTANT_NONE || h->time < g->first) g->first = h->time;
		if (g->last == INSTANT_NONE || h->time > g->last) g->last = h->time;
	}
	if (g->shown_n >= t->settings->records_shown || arena_bytes(t->kept) > KEPT_BYTES_MAX) return;
	struct shown *s = ARENA_NEW(t->kept, struct shown);
	*s = (struct shown){.file = arena_copy(t->kept, a->file),
		.seen = arena_copy(t->kept, slice_sub(h->seen, 0, SEEN_KEPT_BYTES)),
		.host = arena_copy(t->kept, h->host),
		.line = a->line,
		.time = h->time,
		.time_guessed = h->time_guessed,
		.kind = h->kind};
	record_cut(t, h, s);
	*g->shown_end = s;
	g->shown_end = &s->next;
	g->shown_n++;
}

/* ---- writing ---- */

/* On a terminal what is written until page_end is kept, and then folded at its width. */
static void page_begin(struct terminal *t)
{
	if (!t->page.terminal) return;
	t->page.out = open_memstream(&t->page_text, &t->page_bytes);
	if (t->page.out == NULL) abort(); /* no memory */
}

static void page_end(struct terminal *t)
{
	if (!t->page.terminal) return;
	if (fclose(t->page.out) != 0) abort(); /* no memory */
	t->page.out = t->out;
	fold_put(t->out, slice_of(t->page_text, t->page_bytes), t->page.width);
	free(t->page_text);
}

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_MATCH, PAINT_DIM };
static void paint(const struct terminal *t, enum paint p)
{
	static const char *const codes[] = {"\033[0m", "\033[1m", "\033[1;31m", "\033[2m"};
	if (t->settings->color) fputs(codes[p], t->settings->out);
}

static void put(const struct terminal *t, slice text)
{
	visible_put(t->settings->out, text, t->settings->ascii);
}

/* On a terminal at most `columns` of it. In a file or a pipe all of it: who looks there for a value must find it. */
static void put_cut(const struct terminal *t, slice text, size_t columns)
{
	if (t->settings->terminal) visible_put_cut(t->settings->out, text, columns, t->settings->ascii);
	else put(t, text);
}

static void put_dots(const struct terminal *t)
{
	put(t, SLICE("…"));
}

static void put_count(FILE *out, uint64_t n)
{
	char digits[24], text[32];
	int d = snprintf(digits, sizeof digits, "%" PRIu64, n), k = 0;
	for (int i = 0; i < d; i++) {
		if (i > 0 && (d - i) % 3 == 0) text[k++] = ',';
		text[k++] = digits[i];
	}
	text[k] = '\0';
	fputs(text, out);
}

static void put_counted(FILE *out, uint64_t n, const char *one, const char *many)
{
	put_count(out, n);
	fprintf(out, " %s", n == 1 ? one : many);
}

static void put_time(FILE *out, instant i)
{
	char text[INSTANT_TEXT_BYTES];
	fputs(instant_format(i, -1, text), out);
}

/* What stands behind the place of a record: its time, its host, and what was seen when that is not the indicator's value. */
static void seen_add(struct buf *b, const struct terminal *t, const struct shown *s, const struct watched *w)
{
	char time[INSTANT_TEXT_BYTES];
	const bool same = slice_equal_nocase(s->seen, w->value);
	if (s->time != INSTANT_NONE)
		buf_printf(b, "  %s%s", instant_format(s->time, -1, time), s->time_guessed ? " (zone or year guessed)" : "");
	if (s->host.n > 0) {
		buf_add_text(b, "  ");
		visible_add_cut(b, s->host, t->settings->terminal ? HOST_COLUMNS : SIZE_MAX, t->settings->ascii);
	}
	if (s->kind != MATCH_EXACT || !same) buf_printf(b, "  %s", match_kind_name(s->kind));
	if (s->kind == MATCH_PATTERN || same) return; /* of a pattern the record shows it */
	buf_add_byte(b, ' ');
	visible_add_cut(b, s->seen, SEEN_SHOWN_COLUMNS, t->settings->ascii);
}

/* The place gets the columns that are left, and a few in any case. */
static void place_put(const struct terminal *t, const struct shown *s, const struct watched *w)
{
	struct buf behind = {0};
	seen_add(&behind, t, s, w);
	size_t taken = visible_columns(buf_slice(&behind), t->settings->ascii) + PLACE_BESIDE_COLUMNS, width = t->settings->width;
	put_cut(t, s->file, width > taken + PATH_COLUMNS_MIN ? width - taken : PATH_COLUMNS_MIN);
	fprintf(t->settings->out, ":%" PRIu64, s->line);
	put(t, buf_slice(&behind));
	buf_free(&behind);
}

static void shown_put(const struct terminal *t, const struct shown *s, const struct watched *w)
{
	FILE *out = t->settings->out;
	fputs("  ", out);
	paint(t, PAINT_DIM);
	place_put(t, s, w);
	paint(t, PAINT_NONE);
	fputs("\n    ", out);
	if (s->cut_before) put_dots(t);
	put(t, slice_sub(s->text, 0, s->mark_at));
	paint(t, PAINT_MATCH);
	put(t, slice_sub(s->text, s->mark_at, s->mark_n));
	paint(t, PAINT_NONE);
	put(t, slice_sub(s->text, s->mark_at + s->mark_n, s->text.n));
	if (s->cut_behind) put_dots(t);
	fputc('\n', out);
}

static void hosts_put(const struct terminal *t, const struct group *g)
{
	FILE *out = t->settings->out;
	if (g->hosts_n == 0) return;
	fputs(" on ", out);
	if (g->hosts_more) fputs("more than ", out);
	put_counted(out, g->hosts_n, "host (", "hosts (");
	size_t told = 0;
	for (const struct host_kept *k = g->hosts; k != NULL && told < HOSTS_SHOWN; k = k->next) {
		if (told++ > 0) fputs(", ", out);
		put_cut(t, k->name, HOST_COLUMNS);
	}
	put(t, g->hosts_n > HOSTS_SHOWN ? SLICE(", …)") : SLICE(")"));
}

static void group_put(const struct terminal *t, const struct group *g)
{
	FILE *out = t->settings->out;
	const struct watched *w = &g->watched;
	paint(t, PAINT_BOLD);
	put_cut(t, w->value, t->settings->width - VALUE_BESIDE_COLUMNS);
	paint(t, PAINT_NONE);
	fprintf(out, "  %s  %s%s", observable_stix_type(w->type), tlp_text(w->marking), w->marking_default ? " (by default)" : "");
	if (w->warninglist.n > 0) {
		fputs("  suppressed by ", out);
		put(t, w->warninglist);
	}
	fputs("\n  said by ", out);
	put(t, w->author.n > 0 ? w->author : SLICE("nobody named"));
	if (w->name.n > 0 && !slice_equal(w->name, w->value)) {
		fputs(": ", out);
		put(t, w->name);
	}
	if (w->labels.n > 0) {
		fputs(" [", out);
		put(t, w->labels);
		fputs("]", out);
	}
	if (w->confidence >= 0) fprintf(out, ", confidence %d", w->confidence);
	if (w->id.n > 0) {
		fputs("\n  ", out);
		put(t, w->id);
	}
	fputs("\n  ", out);
	put_counted(out, g->records, "record", "records");
	hosts_put(t, g);
	if (g->first == INSTANT_NONE) {
		fputs(", no times", out);
	} else {
		fputs(g->first == g->last ? "\n  seen " : "\n  first seen ", out);
		put_time(out, g->first);
		if (g->first != g->last) {
			fputs(", last seen ", out);
			put_time(out, g->last);
		}
	}
	fputs("\n", out);
	if (w->warninglist.n == 0)
		for (const struct shown *s = g->shown; s != NULL; s = s->next) shown_put(t, s, w);
	if (w->warninglist.n == 0 && g->records > (uint64_t)g->shown_n) {
		put(t, SLICE("  … and "));
		put_count(out, g->records - (uint64_t)g->shown_n);
		fputs(" more; --json lists all, --records N shows more\n", out);
	}
	fputs("\n", out);
}

static int reasons_compare(const void *a, const void *b)
{
	return slice_compare(*(const slice *)a, *(const slice *)b);
}

/* `14 of 3,201 indicators need more than this version can match`, with the reasons and how often each. */
static void unmatchable_put(const struct terminal *t, const struct summary *m)
{
	FILE *out = t->settings->out;
	if (m->indicators.unmatchable == 0) return;
	put_count(out, m->indicators.unmatchable);
	fputs(" of ", out);
	put_count(out, m->indicators.loaded + m->indicators.unmatchable);
	fputs(m->indicators.unmatchable == 1 ? " indicators needs more than this version can match:\n"
					     : " indicators need more than this version can match:\n",
		out);
	slice id, reason, *all = NULL;
	size_t n = 0, room = 0;
	for (; watchlist_unmatchable(t->settings->watchlist, n, &id, &reason); n++) {
		if (n == room) {
			room = room == 0 ? 64 : room * 2;
			all = mem_resize(all, room * sizeof *all);
		}
		all[n] = reason;
	}
	if (n > 0) qsort(all, n, sizeof *all, reasons_compare);
	size_t told = 0;
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && slice_equal(all[next], all[i]);) next++;
		if (++told > REASONS_SHOWN) continue;
		fprintf(out, "  %6zu  ", next - i);
		put(t, all[i]);
		fputs("\n", out);
	}
	if (told > REASONS_SHOWN) put(t, SLICE("          … "));
	if (told > REASONS_SHOWN)
		fprintf(out, "and %zu more %s; --json lists them\n", told - REASONS_SHOWN,
			told - REASONS_SHOWN == 1 ? "reason" : "reasons");
	free(all);
}

/* `2 of them no record of text can meet …: indicator--…`, by format that was read. */
static void unmatchable_there_put(const struct terminal *t, const struct summary *m)
{
	FILE *out = t->settings->out;
	for (enum format f = 0; f < FORMAT_COUNT; f++) {
		slice id, told[THERE_SHOWN];
		uint64_t n = 0;
		if (m->formats[f].records == 0) continue;
		for (uint32_t next = 0; watchlist_unmatchable_there(t->settings->watchlist, f, &next, &id); n++)
			if (n < THERE_SHOWN) told[n] = id;
		if (n == 0) continue;
		put_counted(out, n, "indicator needs", "indicators need");
		fprintf(out, " a direction or a typed field that records of %s do not have:", format_name(f));
		for (uint64_t i = 0; i < n && i < THERE_SHOWN; i++) {
			fputs(i > 0 ? ", " : " ", out);
			put(t, told[i]);
		}
		if (n > THERE_SHOWN) put(t, SLICE(", …; --json lists them"));
		fputc('\n', out);
	}
}

/* What a limit kept from being looked at, by its name; and the expressions that were given up, by indicator. */
static void limits_put(const struct terminal *t, const struct summary *m)
{
	static const char *const what[SCAN_LIMITS] = {[SCAN_LIMIT_FIELDS] = "matched as text: more fields than",
		[SCAN_LIMIT_JSON_DEPTH] = "matched as text: deeper than",
		[SCAN_LIMIT_URL_WORK] = "with more URLs within URLs than are read:",
		[SCAN_LIMIT_MATCH_STEPS] = "not known to be met or not, as an expression was given up at"};
	FILE *out = t->settings->out;
	for (enum scan_limit l = 0; l < SCAN_LIMITS; l++) {
		if (m->limited[l] == 0) continue;
		put_counted(out, m->limited[l], "record", "records");
		fprintf(out, " %s %s\n", what[l], scan_limit_name(l));
	}
	for (size_t i = 0; i < m->unfinished_n && i < REASONS_SHOWN; i++) {
		struct watched w = watchlist_get(t->settings->watchlist, m->unfinished[i].term);
		fputs("  ", out);
		put(t, w.id.n > 0 ? w.id : w.value);
		fputs(": given up on ", out);
		put_counted(out, m->unfinished[i].records, "record", "records");
		fputs("\n", out);
	}
}

/* What the watchlist looks for, by type. */
static void kinds_put(const struct terminal *t)
{
	FILE *out = t->settings->out;
	if (watchlist_terms(t->settings->watchlist) == 0 || watchlist_terms(t->settings->watchlist) > KINDS_TERMS_MAX) return;
	struct tally *tally = tally_new(t->settings->watchlist, false, t->settings->valid_at);
	const char *before = " (";
	for (int i = 0; i < OBSERVABLE_COUNT; i++) {
		if (tally->kinds[i] == 0) continue;
		fputs(before, out);
		put_count(out, tally->kinds[i]);
		fprintf(out, " %s", observable_stix_type((enum observable)i));
		before = ", ";
	}
	fputs(before[0] == ',' ? ")" : "", out);
	free(tally);
}

static void indicators_put(const struct terminal *t, const struct summary *m)
{
	FILE *out = t->settings->out;
	const struct watchlist_counts *c = &m->indicators;
	put_counted(out, c->loaded, "indicator loaded", "indicators loaded");
	kinds_put(t);
	const uint64_t context = m->loaded != NULL ? m->loaded->context : 0;
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {{context, "for context only (their source says so)"}, {c->suppressed, "on warninglists"}, {c->expired, "expired"},
		{c->revoked, "revoked"}, {c->duplicate, "duplicate"}, {m->intel_troubles, "lines or objects unreadable"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].n == 0) continue;
		fputs(", ", out);
		put_count(out, rows[i].n);
		fprintf(out, " %s", rows[i].what);
	}
	fputs("\n", out);
}

static void summary_put(const struct terminal *t, const struct summary *m)
{
	FILE *out = t->settings->out;
	char bytes[24], rate[24];
	uint64_t hit_groups = 0;
	for (size_t i = 0; i < t->groups_n; i++) hit_groups += t->groups[i]->watched.warninglist.n == 0;
	paint(t, m->hits > 0 ? PAINT_MATCH : PAINT_BOLD);
	put_counted(out, m->hits, "hit", "hits");
	paint(t, PAINT_NONE);
	fputs(" of ", out);
	put_counted(out, hit_groups, "indicator", "indicators");
	fputs(" in ", out);
	put_counted(out, m->records, "record", "records");
	fprintf(out, ", %s, ", progress_bytes_text(m->bytes, bytes));
	put_counted(out, m->files, "file", "files");
	fprintf(out, ", %.2f s (%s/s)\n", m->seconds,
		progress_bytes_text(m->seconds > 0 ? (uint64_t)((double)m->bytes / m->seconds) : 0, rate));
	indicators_put(t, m);
	unmatchable_put(t, m);
	unmatchable_there_put(t, m);
	limits_put(t, m);
	const struct {
		uint64_t n;
		const char *one, *many, *what;
	} rows[] = {{m->suppressed_hits, "hit", "hits", "suppressed by warninglists, not counted above"},
		{m->hits_without_time, "hit", "hits", "without a time, kept though times were asked for"},
		{m->hits_time_guessed, "hit", "hits", "with a guessed time zone or year: --tz and --year say them"},
		{m->left_out_time_guessed, "hit", "hits",
			"left out by --since or --until on a guessed time zone or year, not counted above"},
		{m->refused, "JSON record", "JSON records", "matched as text, not being whole JSON"},
		{m->cut_records, "record", "records", "cut at RECORD_BYTES_MAX"},
		{m->unreadable, "input", "inputs", "not read, or not to the end:"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].n == 0) continue;
		if (rows[i].n == m->unreadable && i + 1 == sizeof rows / sizeof *rows) paint(t, PAINT_BOLD);
		put_counted(out, rows[i].n, rows[i].one, rows[i].many);
		fprintf(out, " %s\n", rows[i].what);
		paint(t, PAINT_NONE);
	}
	if (m->unreadable == 0 && m->troubles_n > 0) fputs("Worth a look:\n", out);
	for (size_t i = 0; i < m->troubles_n && i < REASONS_SHOWN; i++) {
		fputs("  ", out);
		put_cut(t, slice_from(m->troubles[i].path), t->settings->width / 2);
		fputs(": ", out);
		put(t, slice_from(m->troubles[i].fault.text));
		fputs("\n", out);
	}
	if (m->troubles_all > REASONS_SHOWN) put(t, SLICE("  … "));
	if (m->troubles_all > REASONS_SHOWN) fprintf(out, "and %" PRIu64 " more\n", m->troubles_all - REASONS_SHOWN);
	if (m->stopped || m->enough)
		fprintf(out, "Not everything was read: %s.\n", m->stopped ? "stopped by the user" : "--max-hits was reached");
	if (m->marking != TLP_NONE) {
		paint(t, PAINT_BOLD);
		fprintf(out, "This answer is %s", tlp_text(m->marking));
		paint(t, PAINT_NONE);
		fputs(m->marking_default ? " (by default: its indicators say no marking).\n" : ".\n", out);
	}
}

static void exercise_put(const struct terminal *t, const struct summary *m)
{
	struct buf b = {0};
	if (!m->exercise) return;
	exercise_tell(m, &b);
	paint(t, PAINT_BOLD);
	fputs("EXERCISE: ", t->settings->out);
	paint(t, PAINT_NONE);
	put(t, buf_slice(&b));
	fputs(".\n\n", t->settings->out);
	buf_free(&b);
}

static void terminal_close(void *state, const struct summary *m)
{
	struct terminal *t = state;
	page_begin(t);
	exercise_put(t, m);
	page_end(t);
	for (size_t i = 0; i < t->groups_n; i++) {
		page_begin(t);
		group_put(t, t->groups[i]);
		page_end(t);
	}
	page_begin(t);
	summary_put(t, m);
	page_end(t);
	free(t->groups);
	free(t->table);
	arena_free(t->kept);
	free(t);
}

const struct answer answer_terminal = {terminal_open, terminal_hit, terminal_close};
