/* What the hits of a scan say together: tables from a name to counts and times, each bounded. */
#include <stdlib.h>
#include <sys/stat.h>
#include "answer.h"
#include "findings.h"

#define SLOTS_FIRST 256u

/* ---- tables ---- */

/* FNV-1a: names are few and short, and nobody gains by making them collide in a table of at most FOUND_MAX. */
static uint64_t key_of(slice name)
{
	uint64_t k = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < name.n; i++) k = (k ^ name.p[i]) * UINT64_C(0x100000001b3);
	return k;
}

static void table_grow(struct found_table *t)
{
	t->slots_n = t->slots_n == 0 ? SLOTS_FIRST : t->slots_n * 2;
	free(t->slots);
	t->slots = mem_alloc(t->slots_n * sizeof *t->slots);
	for (size_t i = 0; i < t->rows_n; i++) {
		size_t at = (size_t)(t->rows[i].key ^ t->rows[i].key >> 32) & (t->slots_n - 1);
		while (t->slots[at] != 0) at = (at + 1) & (t->slots_n - 1);
		t->slots[at] = (uint32_t)i + 1;
	}
}

/* The row of a name, made when there is none; NULL when the table is full. */
static struct found *table_row(struct found_table *t, struct arena *kept, slice name)
{
	if ((t->rows_n + 1) * 2 > t->slots_n) table_grow(t);
	uint64_t key = key_of(name);
	size_t at = (size_t)(key ^ key >> 32) & (t->slots_n - 1);
	for (; t->slots[at] != 0; at = (at + 1) & (t->slots_n - 1)) {
		struct found *row = &t->rows[t->slots[at] - 1];
		if (row->key == key && slice_equal(row->name, name)) return row;
	}
	if (t->rows_n == FOUND_MAX) {
		t->more++;
		return NULL;
	}
	if (t->rows_n == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->rows = mem_resize(t->rows, t->room * sizeof *t->rows);
	}
	struct found *row = &t->rows[t->rows_n++];
	*row = (struct found){.name = arena_copy(kept, name), .first = INSTANT_NONE, .last = INSTANT_NONE, .marking = TLP_NONE, .key = key};
	t->slots[at] = (uint32_t)t->rows_n;
	return row;
}

static void row_hit(struct found *row, const struct answer_hit *a)
{
	instant t = a->hit->time;
	if (row == NULL) return;
	if (row->hits++ == 0) row->term = a->hit->term;
	row->marking = tlp_stricter(row->marking, a->watched.marking);
	if (t == INSTANT_NONE) return;
	if (row->first == INSTANT_NONE || t < row->first) row->first = t;
	if (row->last == INSTANT_NONE || t > row->last) row->last = t;
}

static void table_free(struct found_table *t)
{
	free(t->rows);
	free(t->slots);
}

/* ---- institutions ---- */

static slice without_slash(slice path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
	return path;
}

/* What stands behind folder/ in path; false: it is not under it. */
static bool path_under(slice path, slice folder, slice *rest)
{
	if (!slice_starts(path, folder) || path.n <= folder.n) return false;
	bool slash = folder.p[folder.n - 1] == '/';
	if (!slash && path.p[folder.n] != '/') return false;
	*rest = slice_sub(path, folder.n + !slash, path.n);
	return true;
}

/* Empty: it lies in no folder that could be an institution's. */
static slice institution_of(const struct findings *f, slice path, bool is_folder)
{
	slice rest;
	if (f->folders_n == 1) {
		if (!path_under(path, f->root, &rest)) return SLICE("");
		size_t slash = slice_find_byte(rest, '/');
		return slash < rest.n || is_folder ? slice_sub(rest, 0, slash) : SLICE("");
	}
	for (size_t i = 0; i < f->logs_n && f->folders_n > 1; i++) {
		slice given = without_slash(slice_from(f->logs[i]));
		if (given.n > 0 && (slice_equal(given, path) ? is_folder : path_under(path, given, &rest))) return given;
	}
	return SLICE("");
}

struct findings *findings_new(const char *const *logs, size_t logs_n)
{
	struct findings *f = mem_alloc(sizeof *f);
	struct stat st;
	f->kept = arena_new(0);
	f->logs = logs;
	f->logs_n = logs_n;
	f->first = f->records_first = f->records_last = INSTANT_NONE;
	for (size_t i = 0; i < logs_n; i++) {
		if (logs[i][0] == '\0' || stat(logs[i], &st) != 0 || !S_ISDIR(st.st_mode)) continue;
		if (f->folders_n++ == 0) f->root = without_slash(slice_from(logs[i]));
	}
	return f;
}

void findings_free(struct findings *f)
{
	if (f == NULL) return;
	table_free(&f->institutions);
	table_free(&f->hosts);
	table_free(&f->indicators);
	table_free(&f->authors);
	for (size_t i = 0; i < f->folders.rows_n; i++) days_free(&f->folders.rows[i].days);
	table_free(&f->folders);
	arena_free(f->kept);
	free(f);
}

bool findings_by_institution(const struct findings *f)
{
	size_t named = 0;
	for (size_t i = 0; i < f->institutions.rows_n && named < 2; i++) named += f->institutions.rows[i].name.n > 0;
	return named > 1;
}

const struct found_table *findings_places(const struct findings *f)
{
	return findings_by_institution(f) ? &f->institutions : &f->hosts;
}

size_t findings_hit_rows(const struct found_table *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->rows_n; i++) n += t->rows[i].hits > 0;
	return n;
}

/* ---- what comes in ---- */

void findings_file(struct findings *f, slice path, bool is_folder, bool unread)
{
	struct found *row = table_row(&f->institutions, f->kept, institution_of(f, path, is_folder));
	if (row == NULL) return;
	row->files++;
	row->unread += unread;
}

static void first_keep(struct findings *f, const struct answer_hit *a)
{
	const struct hit *h = a->hit;
	f->hits_untimed += h->time == INSTANT_NONE;
	if (h->time == INSTANT_NONE || (f->first != INSTANT_NONE && h->time >= f->first)) return;
	f->first = h->time;
	if (!slice_equal(f->first_file, a->file)) f->first_file = arena_copy(f->kept, a->file);
	f->first_line = a->line;
	f->first_guessed = h->time_guessed;
}

void findings_hit(struct findings *f, const struct answer_hit *a)
{
	const struct hit *h = a->hit;
	uint32_t indicator = a->watched.indicator;
	row_hit(table_row(&f->authors, f->kept, a->watched.author), a);
	if (a->watched.warninglist.n > 0) return;
	f->hits_typed += h->typed;
	f->hits_hostless += h->host.n == 0;
	if (h->host.n > 0) row_hit(table_row(&f->hosts, f->kept, h->host), a);
	row_hit(table_row(&f->institutions, f->kept, institution_of(f, a->file, false)), a);
	row_hit(table_row(&f->indicators, f->kept, slice_of(&indicator, sizeof indicator)), a);
	first_keep(f, a);
}

static slice folder_of(slice path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/') path.n--;
	return path.n > 1 ? slice_sub(path, 0, path.n - 1) : path;
}

void findings_piece(struct findings *f, slice path, instant from, instant to, bool guessed)
{
	const instant first = from < to ? from : to, last = from < to ? to : from;
	if (f->records_first == INSTANT_NONE || first < f->records_first) f->records_first = first;
	if (f->records_last == INSTANT_NONE || last > f->records_last) f->records_last = last;
	f->records_guessed |= guessed;
	struct found *row = table_row(&f->folders, f->kept, folder_of(path));
	if (row != NULL) days_add(&row->days, first, last);
}

struct findings_gaps findings_gaps(const struct findings *f)
{
	struct findings_gaps g = {0};
	for (size_t i = 0; i < f->folders.rows_n; i++) {
		const struct found *r = &f->folders.rows[i];
		struct day_range gap;
		const uint64_t before = g.gaps;
		for (size_t next = 0; days_gap(&r->days, &next, &gap); g.gaps++) {
			const int64_t n = gap.to - gap.from + 1;
			g.days += (uint64_t)n;
			if (g.gaps > 0 && n <= g.longest.to - g.longest.from + 1) continue;
			g.longest = gap;
			g.longest_folder = r->name;
		}
		g.folders += g.gaps > before;
	}
	return g;
}

/* ---- in order ---- */

static int by_first_seen(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if ((x->hits > 0) != (y->hits > 0)) return x->hits > 0 ? -1 : 1;
	if ((x->first == INSTANT_NONE) != (y->first == INSTANT_NONE)) return x->first == INSTANT_NONE ? 1 : -1;
	if (x->first != y->first) return x->first < y->first ? -1 : 1;
	return slice_compare(x->name, y->name);
}

/* Indicators are numbered in the order of their ids or values. */
static int by_hits(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->hits != y->hits) return x->hits > y->hits ? -1 : 1;
	return x->term < y->term ? -1 : x->term > y->term;
}

static int by_name(const void *a, const void *b)
{
	return slice_compare(((const struct found *)a)->name, ((const struct found *)b)->name);
}

static void table_sort(struct found_table *t, int compare(const void *, const void *))
{
	if (t->rows_n > 1) qsort(t->rows, t->rows_n, sizeof *t->rows, compare);
}

void findings_sort(struct findings *f)
{
	table_sort(&f->institutions, by_first_seen);
	table_sort(&f->hosts, by_first_seen);
	table_sort(&f->indicators, by_hits);
	table_sort(&f->authors, by_name);
	table_sort(&f->folders, by_name);
	for (size_t i = 0; i < f->folders.rows_n; i++) days_settle(&f->folders.rows[i].days);
}
