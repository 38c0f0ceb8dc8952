/* The score. Invariants: `items` is sorted by file, line, indicator once the first answer comes (`sorted`); groups are found by name, and
 * all texts live in the arena. A hit is right when its indicator was planted at its file and line; files are compared from "telemetry/" on,
 * because an answer names them as its command line did. */
#include <stdlib.h>
#include "json.h"
#include "score.h"

#define TOLD_MAX 20u

struct item {
	slice file, indicator;
	uint64_t line, record_no, offset;
	size_t indicator_group, phase_group, access;
	bool decoy, access_counts, matchable, listed, found;
};
struct known {
	slice id, key;
	bool matchable, listed;
};
struct list {
	void *items;
	size_t n, room;
};
struct score {
	struct arena *arena;
	struct json_parser *parser;
	struct list items, known, indicators, phases, institutions, access;
	struct score_hit missed[TOLD_MAX], wrong[TOLD_MAX];
	struct score_result result;
	bool sorted;
};

static void *list_add(struct list *l, size_t size)
{
	if (l->n == l->room) {
		l->room = l->room == 0 ? 64 : l->room * 2;
		l->items = mem_resize(l->items, l->room * size);
	}
	void *made = (char *)l->items + l->n++ * size;
	memset(made, 0, size);
	return made;
}

struct score *score_new(void)
{
	struct score *s = mem_alloc(sizeof *s);
	s->arena = arena_new(0);
	s->parser = json_parser_new();
	return s;
}

void score_free(struct score *s)
{
	if (s == NULL) return;
	const struct list *const all[] = {&s->items, &s->known, &s->indicators, &s->phases, &s->institutions, &s->access};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]->items);
	json_parser_free(s->parser);
	arena_free(s->arena);
	free(s);
}

/* ---- groups ---- */

static struct score_group *group(struct score *s, struct list *l, slice name)
{
	struct score_group *all = l->items;
	for (size_t i = 0; i < l->n; i++)
		if (slice_equal(all[i].name, name)) return &all[i];
	struct score_group *made = list_add(l, sizeof *made);
	made->name = arena_copy(s->arena, name);
	return made;
}

static size_t access_of(struct score *s, slice institution)
{
	struct score_access *all = s->access.items;
	for (size_t i = 0; i < s->access.n; i++)
		if (slice_equal(all[i].institution, institution)) return i;
	struct score_access *made = list_add(&s->access, sizeof *made);
	*made = (struct score_access){.institution = arena_copy(s->arena, institution), .truth = INSTANT_NONE, .found = INSTANT_NONE};
	return s->access.n - 1;
}

static const struct known *known_find(const struct score *s, slice id)
{
	const struct known *all = s->known.items;
	for (size_t i = 0; i < s->known.n; i++)
		if (slice_equal(all[i].id, id)) return &all[i];
	return NULL;
}

/* ---- the truth ---- */

static slice member_text(json_value v, const char *key)
{
	slice s = {0};
	(void)json_member_text(v, key, &s);
	return s;
}

static bool member_number(json_value v, const char *key, uint64_t *out)
{
	json_value m;
	int64_t n;
	if (!json_member(v, key, &m) || !json_get_int(m, &n) || n < 0) return false;
	*out = (uint64_t)n;
	return true;
}

static bool member_flag(json_value v, const char *key)
{
	json_value m;
	bool b = false;
	return json_member(v, key, &m) && json_get_bool(m, &b) && b;
}

static enum err lacks(struct fault *f, const char *what)
{
	return fault_set(f, ERR_SYNTAX, 0, 0, "%s", what);
}

static enum err truth_indicator(struct score *s, json_value v, struct fault *f)
{
	slice id = member_text(v, "indicator");
	if (id.n == 0) return lacks(f, "a line of kind indicator needs \"indicator\"");
	struct known *k = list_add(&s->known, sizeof *k);
	*k = (struct known){arena_copy(s->arena, id), arena_copy(s->arena, member_text(v, "key")), member_flag(v, "matchable"),
		member_flag(v, "on_warninglist")};
	return OK;
}

static void truth_access(struct score *s, const struct item *x, json_value v, bool lost)
{
	struct score_access *a = &((struct score_access *)s->access.items)[x->access];
	instant t;
	if (!x->access_counts || instant_parse(member_text(v, "time"), 0, &t, NULL) != OK) return;
	if (a->truth != INSTANT_NONE && t > a->truth) return;
	a->truth_lost = lost && (t != a->truth || a->truth_lost);
	a->truth = t;
}

static enum err truth_planted(struct score *s, json_value v, bool decoy, struct fault *f)
{
	struct item x = {.decoy = decoy,
		.access_counts = member_flag(v, "access"),
		.matchable = member_flag(v, "matchable"),
		.listed = member_flag(v, "on_warninglist")};
	slice file = member_text(v, "file"), institution = member_text(v, "institution"), phase = member_text(v, "phase");
	if (institution.n == 0 || phase.n == 0) return lacks(f, "a planted record needs \"institution\" and \"phase\"");
	x.access = access_of(s, institution);
	truth_access(s, &x, v, file.n == 0);
	if (file.n == 0) {
		s->result.lost++;
		return OK;
	}
	if (!member_number(v, "line", &x.line) || !member_number(v, "record_no", &x.record_no) || !member_number(v, "offset", &x.offset))
		return lacks(f, "a planted record needs \"line\", \"record_no\" and \"offset\"");
	x.file = arena_copy(s->arena, file);
	x.indicator = arena_copy(s->arena, member_text(v, "indicator"));
	x.phase_group = (size_t)(group(s, &s->phases, phase) - (struct score_group *)s->phases.items);
	if (x.matchable) {
		struct score_group *g = group(s, &s->indicators, member_text(v, "key"));
		x.indicator_group = (size_t)(g - (struct score_group *)s->indicators.items);
		(void)group(s, &s->institutions, institution);
	}
	*(struct item *)list_add(&s->items, sizeof x) = x;
	return OK;
}

static enum err line_parse(struct score *s, slice line, json_value *v, slice *kind, struct fault *f)
{
	enum err e = json_parse(s->parser, line, v, f);
	if (e != OK) return e;
	if (!json_member_text(*v, "kind", kind)) return lacks(f, "a line needs \"kind\"");
	return OK;
}

enum err score_truth(struct score *s, slice line, struct fault *f)
{
	json_value v;
	slice kind;
	enum err e = line_parse(s, line, &v, &kind, f);
	if (e != OK) return e;
	if (slice_equal(kind, SLICE("indicator"))) return truth_indicator(s, v, f);
	bool decoy = slice_equal(kind, SLICE("decoy"));
	if (decoy || slice_equal(kind, SLICE("planted"))) return truth_planted(s, v, decoy, f);
	return fault_set(f, ERR_SYNTAX, 0, 0, "no line of the truth is of kind %.*s", SLICE_PRINTF(kind));
}

/* ---- answers ---- */

static int place_compare(const struct item *a, const struct item *b)
{
	int c = slice_compare(a->file, b->file);
	if (c != 0) return c;
	return a->line < b->line ? -1 : a->line > b->line;
}

static int item_compare(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int c = place_compare(a, b);
	return c != 0 ? c : slice_compare(a->indicator, b->indicator);
}

static void sort_once(struct score *s)
{
	if (!s->sorted && s->items.n > 0) qsort(s->items.items, s->items.n, sizeof(struct item), item_compare);
	s->sorted = true;
}

/* Files below "telemetry/", without the end that a packed one has: what stands before that is whoever scanned. */
static slice file_tail(slice file)
{
	const slice word = SLICE("telemetry/");
	if (slice_ends(file, SLICE(".gz"))) file.n -= 3;
	else if (slice_ends(file, SLICE(".zst"))) file.n -= 4;
	for (size_t i = file.n; i-- > 0;) {
		if ((i > 0 && file.p[i - 1] != '/') || !slice_starts(slice_sub(file, i, file.n), word)) continue;
		return slice_sub(file, i, file.n);
	}
	return file;
}

/* The first item at that place, or NULL. */
static struct item *items_at(struct score *s, const struct item *place)
{
	struct item *all = s->items.items;
	size_t low = 0, high = s->items.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (place_compare(&all[middle], place) < 0) low = middle + 1;
		else high = middle;
	}
	return low < s->items.n && place_compare(&all[low], place) == 0 ? &all[low] : NULL;
}

/* What was planted there for that indicator, or NULL; *beside: what is there else, a decoy before others. */
static struct item *item_at(struct score *s, const struct item *place, const struct item **beside)
{
	struct item *end = (struct item *)s->items.items + s->items.n, *met = NULL;
	for (struct item *x = items_at(s, place); x != NULL && x < end && place_compare(x, place) == 0; x++) {
		if (*beside == NULL || x->decoy) *beside = x;
		if (slice_equal(x->indicator, place->indicator)) met = x;
	}
	return met;
}

/* As the folders of an exercise say it: "telemetry/INSTITUTION/…"; one that the truth does not know is elsewhere. */
static slice institution_of(const struct score *s, slice file)
{
	const struct score_access *all = s->access.items;
	bool below = slice_equal(slice_cut(&file, '/'), SLICE("telemetry"));
	slice name = slice_cut(&file, '/');
	for (size_t i = 0; below && i < s->access.n; i++)
		if (slice_equal(all[i].institution, name)) return all[i].institution;
	return SLICE("elsewhere");
}

static void hit_wrong(struct score *s, const struct item *place, const struct known *k, const struct item *beside)
{
	s->result.decoys += beside != NULL && beside->decoy;
	group(s, &s->indicators, k != NULL ? k->key : SLICE("not of the warning"))->wrong++;
	group(s, &s->institutions,
		beside != NULL ? ((const struct score_access *)s->access.items)[beside->access].institution
			       : institution_of(s, place->file))
		->wrong++;
	if (beside != NULL) ((struct score_group *)s->phases.items)[beside->phase_group].wrong++;
	if (s->result.wrong++ >= TOLD_MAX) return;
	s->wrong[s->result.wrong_first_n++] = (struct score_hit){
		arena_copy(s->arena, k != NULL ? k->key : place->indicator), arena_copy(s->arena, place->file), place->line};
}

static void hit_right(struct score *s, struct item *x, json_value v)
{
	struct score_access *a = &((struct score_access *)s->access.items)[x->access];
	uint64_t record_no = 0, offset = 0;
	instant t;
	if (!x->matchable) {
		s->result.beyond++;
		return;
	}
	if (!x->found && (!member_number(v, "record_no", &record_no) || !member_number(v, "offset", &offset) || record_no != x->record_no ||
				 offset != x->offset))
		s->result.misplaced++;
	x->found = true;
	if (!x->access_counts || instant_parse(member_text(v, "time"), 0, &t, NULL) != OK) return;
	if (a->found == INSTANT_NONE || t < a->found) a->found = t;
}

static enum err answer_hit(struct score *s, json_value v, struct fault *f)
{
	struct item place = {.file = file_tail(member_text(v, "file"))};
	const struct item *beside = NULL;
	place.indicator = member_text(v, "indicator");
	if (place.file.n == 0 || !member_number(v, "line", &place.line)) return lacks(f, "a hit needs \"file\" and \"line\"");
	const struct known *k = known_find(s, place.indicator);
	if (member_text(v, "suppressed_by").n > 0) {
		s->result.suppressed++;
		return OK;
	}
	struct item *x = item_at(s, &place, &beside);
	if (k != NULL && k->listed) {
		s->result.unsuppressed++;
		hit_wrong(s, &place, k, beside);
	} else if (x == NULL) {
		hit_wrong(s, &place, k, beside);
	} else {
		hit_right(s, x, v);
	}
	return OK;
}

enum err score_answer(struct score *s, slice line, struct fault *f)
{
	json_value v;
	slice kind;
	sort_once(s);
	enum err e = line_parse(s, line, &v, &kind, f);
	if (e != OK) return e;
	if (slice_equal(kind, SLICE("summary"))) s->result.summary = true;
	return slice_equal(kind, SLICE("hit")) ? answer_hit(s, v, f) : OK;
}

/* ---- the end ---- */

static void count(struct score_group *g, const struct item *x)
{
	g->planted++;
	g->found += x->found;
	g->missed += !x->found;
}

static int group_compare(const void *x, const void *y)
{
	return slice_compare(((const struct score_group *)x)->name, ((const struct score_group *)y)->name);
}

static int access_compare(const void *x, const void *y)
{
	return slice_compare(((const struct score_access *)x)->institution, ((const struct score_access *)y)->institution);
}

static void item_count(struct score *s, const struct item *x)
{
	struct score_result *r = &s->result;
	if (!x->matchable) return;
	r->matchable++;
	r->found += x->found;
	r->missed += !x->found;
	count(&((struct score_group *)s->indicators.items)[x->indicator_group], x);
	count(&((struct score_group *)s->phases.items)[x->phase_group], x);
	count(group(s, &s->institutions, ((struct score_access *)s->access.items)[x->access].institution), x);
	if (x->found || r->missed_first_n == TOLD_MAX) return;
	const struct known *k = known_find(s, x->indicator);
	s->missed[r->missed_first_n++] = (struct score_hit){k != NULL ? k->key : x->indicator, x->file, x->line};
}

static void groups_sort(const struct list *l)
{
	if (l->n > 0) qsort(l->items, l->n, sizeof(struct score_group), group_compare);
}

const struct score_result *score_end(struct score *s)
{
	struct score_result *r = &s->result;
	sort_once(s);
	for (size_t i = 0; i < s->items.n; i++) item_count(s, &((struct item *)s->items.items)[i]);
	groups_sort(&s->indicators);
	groups_sort(&s->phases);
	groups_sort(&s->institutions);
	if (s->access.n > 0) qsort(s->access.items, s->access.n, sizeof(struct score_access), access_compare);
	r->indicators = s->indicators.items;
	r->indicators_n = s->indicators.n;
	r->phases = s->phases.items;
	r->phases_n = s->phases.n;
	r->institutions = s->institutions.items;
	r->institutions_n = s->institutions.n;
	r->access = s->access.items;
	r->access_n = s->access.n;
	r->missed_first = s->missed;
	r->wrong_first = s->wrong;
	return r;
}
