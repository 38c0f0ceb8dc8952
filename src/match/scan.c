/* Scanning a chunk: the fast path names places, their records go through the exact path.
 * Invariant: the places are a superset of the hits, so that the answer is the exact path's alone. */
#include <stdlib.h>

#include "evaluate_int.h"
#include "hidden_int.h"
#include "shape_int.h"
#include "text.h"

enum { PLACE_ANCHORED = 1 /* the fast path or a fragment named it; else only what has neither is looked for */ };

struct slow_place {
	uint32_t at, term;
};

struct scanner {
	const struct watchlist *w;
	struct fast fast;
	fast_extract *extract;
	struct evaluator *evaluator;
	struct literals_scratch *literals;
	struct arena *results, *scratch;
	struct hidden hidden, twice; /* of the chunk, and of what it hides */
	struct positions places;     /* bytes whose records are looked at, twice, plus PLACE_ANCHORED */
	struct slow_place *slow;
	size_t slow_n, slow_room;
	uint32_t *terms; /* of one record */
	size_t terms_room;
	struct hit *hits;
	size_t hits_n, hits_room;
	struct positions unfinished; /* terms, for each record that their expression was given up on */
	uint32_t line_at;            /* where all that is added belongs; UINT32_MAX: where it stands … */
	const struct hidden *inside; /* … in the text of one of these */
	const struct scan_chunk *chunk;
};

const char *match_kind_name(enum match_kind k)
{
	static const char *const NAMES[] = {"exact", "subdomain", "range", "prefix", "literal", "pattern"};
	return NAMES[k];
}

static const struct {
	const char *name;
	bool hides;
} limits[SCAN_LIMITS] = {
	[SCAN_LIMIT_FIELDS] = {"FIELDS_MAX", false},
	[SCAN_LIMIT_JSON_DEPTH] = {"JSON_DEPTH_MAX", false},
	[SCAN_LIMIT_URL_WORK] = {"URL_WORK_MAX", true},
	[SCAN_LIMIT_MATCH_STEPS] = {"MATCH_STEPS_MAX", true},
};

const char *scan_limit_name(enum scan_limit l)
{
	return limits[l].name;
}

bool scan_limit_hides(enum scan_limit l)
{
	return limits[l].hides;
}

static fast_extract *choose(enum scan_path path)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	bool sse42 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
	bool avx2 = sse42 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
	bool avx512 = avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
		      __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
	const struct {
		enum scan_path path;
		bool has;
		fast_extract *extract;
	} PATHS[] = {{SCAN_AVX512, avx512, fast_avx512}, {SCAN_AVX2, avx2, fast_avx2}, {SCAN_SSE42, sse42, fast_sse42},
		{SCAN_SCALAR, true, fast_scalar}};
	for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
		if (PATHS[i].has && (path == SCAN_BEST || path == PATHS[i].path)) return PATHS[i].extract;
	return NULL;
#else
	return path == SCAN_BEST || path == SCAN_SCALAR ? fast_scalar : NULL;
#endif
}

struct scanner *scanner_new(const struct watchlist *w, const struct scan_settings *settings, enum scan_path path)
{
	fast_extract *extract = choose(path);
	if (extract == NULL) return NULL;
	struct scanner *s = mem_alloc(sizeof *s);
	s->w = w;
	s->extract = extract;
	s->results = arena_new(0);
	s->scratch = arena_new(0);
	fast_init(&s->fast, w);
	hidden_init(&s->hidden, w->literals);
	hidden_init(&s->twice, w->literals);
	s->evaluator = evaluator_new(w, settings, s->results);
	s->literals = w->literals != NULL ? literals_scratch_new(w->literals) : NULL;
	return s;
}

void scanner_free(struct scanner *s)
{
	if (s == NULL) return;
	fast_free(&s->fast);
	hidden_free(&s->hidden);
	hidden_free(&s->twice);
	evaluator_free(s->evaluator);
	literals_scratch_free(s->literals);
	arena_free(s->results);
	arena_free(s->scratch);
	free(s->places.p);
	free(s->slow);
	free(s->terms);
	free(s->hits);
	free(s->unfinished.p);
	free(s);
}

/* ---- lines ---- */
static bool is_blank(slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r') return false;
	return true;
}

bool scan_line_is_record(const struct scan_chunk *c, slice line)
{
	if (line.n > 0 && line.p[0] > ' ')
		return (line.p[0] != '#' && c->header == NULL) || !telemetry_is_header(c->format, c->header, line);
	return !is_blank(line);
}

static void count_lines(const struct scan_chunk *c, size_t from, size_t to, struct scan_result *out)
{
	while (from < to) {
		const uint8_t *end = memchr(c->bytes.p + from, '\n', to - from);
		size_t n = end != NULL ? (size_t)(end - c->bytes.p) - from : to - from;
		out->lines++;
		out->records += scan_line_is_record(c, slice_sub(c->bytes, from, n));
		from += n + 1;
	}
}

static uint32_t line_start(slice bytes, uint32_t at)
{
	while (at > 0 && bytes.p[at - 1] != '\n') {
		const uint8_t *before = memrchr(bytes.p, '\n', at);
		return before != NULL ? (uint32_t)(before - bytes.p) + 1 : 0;
	}
	return at;
}

static slice line_at(slice bytes, uint32_t start)
{
	const uint8_t *end = memchr(bytes.p + start, '\n', bytes.n - start);
	slice line = slice_sub(bytes, start, end != NULL ? (size_t)(end - bytes.p) - start : bytes.n);
	if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
	return line;
}

/* ---- records, which are lines or spans ---- */
struct place {
	uint32_t start, end; /* end: its last byte, or its newline */
	slice text;
	bool is_record;
};

/* Spans that start before `at`. */
static size_t spans_before(const struct scan_chunk *c, size_t at)
{
	size_t low = 0, high = c->spans_n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c->spans[middle].start < at) low = middle + 1;
		else high = middle;
	}
	return low;
}

/* The span that holds byte `at`, or the bytes between two spans. */
static struct place span_place(const struct scan_chunk *c, uint32_t at)
{
	size_t next = spans_before(c, (size_t)at + 1);
	const struct scan_span *s = next > 0 ? &c->spans[next - 1] : NULL;
	if (s != NULL && at - s->start < s->n)
		return (struct place){s->start, s->start + s->n - 1, slice_sub(c->bytes, s->start, s->n), true};
	size_t end = next < c->spans_n ? c->spans[next].start : c->bytes.n;
	return (struct place){.start = at, .end = (uint32_t)(end - 1)};
}

static struct place place_of(const struct scan_chunk *c, uint32_t at)
{
	if (c->spans != NULL) return span_place(c, at);
	uint32_t start = line_start(c->bytes, at);
	slice line = line_at(c->bytes, start);
	size_t end = start + slice_find_byte(slice_sub(c->bytes, start, c->bytes.n), '\n');
	return (struct place){start, (uint32_t)end, line, scan_line_is_record(c, line)};
}

static void count_spans(const struct scan_chunk *c, size_t from, size_t to, struct scan_result *out)
{
	for (const uint8_t *p = c->bytes.p + from, *end = c->bytes.p + to; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		out->lines++;
	out->records += spans_before(c, to) - spans_before(c, from);
}

static void count(const struct scan_chunk *c, size_t from, size_t to, struct scan_result *out)
{
	if (c->spans != NULL) count_spans(c, from, to, out);
	else count_lines(c, from, to, out);
}

/* ---- places ---- */
static void add_slow(void *context, uint32_t term, size_t end)
{
	struct scanner *s = context;
	if (s->slow_n == s->slow_room) {
		s->slow_room = s->slow_room == 0 ? 256 : s->slow_room * 2;
		s->slow = mem_resize(s->slow, s->slow_room * sizeof *s->slow);
	}
	uint32_t at = (uint32_t)(end > 0 ? end - 1 : 0);
	if (s->line_at != UINT32_MAX) at = s->line_at;
	else if (s->inside != NULL) at = hidden_record(s->inside, at);
	s->slow[s->slow_n++] = (struct slow_place){at, term};
}

/* Every slow term may stand in the line at s->line_at. */
static void add_all_slow(struct scanner *s)
{
	for (size_t i = 0; i < s->w->slow_n; i++) add_slow(s, s->w->slow[i], 0);
}

static void add_place(struct scanner *s, uint32_t at, unsigned anchored)
{
	positions_add(&s->places, at * 2 + anchored);
}

/* Where the fast path found something, in the chunk or in what it hides. */
static void add_found(struct scanner *s, uint32_t at)
{
	add_place(s, s->inside != NULL ? hidden_record(s->inside, at) : at, PLACE_ANCHORED);
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* A backslash in a text that is no whole JSON may be a path's (decision 0003, 1), and which texts are is not known here. The first look
 * took "\\n" for a line feed; so here its letter is also the first one of a word, and what "\\u" stands for is put in. */
static void second_readings(struct scanner *s, slice bytes, void (*undo)(struct scanner *s, slice bytes, uint32_t at, uint32_t *done))
{
	struct positions escapes = s->fast.escapes;
	uint32_t done = 0; /* records before it have had theirs */
	s->fast.escapes = (struct positions){0};
	for (size_t i = 0; i < escapes.n; i++) {
		uint32_t at = escapes.p[i];
		if (fast_raw(&s->fast, bytes.p, bytes.n, at)) add_found(s, at);
		if (bytes.p[at] == 'u' && at >= done && undo != NULL && shape_hex_follows(bytes, at + 1, 4)) undo(s, bytes, at, &done);
	}
	free(s->fast.escapes.p);
	s->fast.escapes = escapes;
}

/* A record of the chunk. */
static void undo_record(struct scanner *s, slice bytes, uint32_t at, uint32_t *done)
{
	struct place place = place_of(s->chunk, at);
	(void)bytes;
	*done = place.end + 1;
	if (!place.is_record) return;
	arena_reset(s->scratch);
	hidden_add(&s->hidden, text_unescape_json(s->scratch, place.text), place.start);
}

/* A part of what is hidden. */
static void undo_part(struct scanner *s, slice bytes, uint32_t at, uint32_t *done)
{
	uint32_t start = line_start(bytes, at);
	slice line = line_at(bytes, start);
	*done = start + (uint32_t)line.n + 1;
	arena_reset(s->scratch);
	hidden_add(&s->twice, text_unescape_json(s->scratch, line), hidden_record(&s->hidden, at));
}

static void every_slow(struct scanner *s, uint32_t start)
{
	s->line_at = start;
	add_all_slow(s);
	s->line_at = UINT32_MAX;
}

static void every_place(struct scanner *s, uint32_t start)
{
	add_place(s, start, literals_shapes(s->w->literals) ? PLACE_ANCHORED : 0);
}

static void every_record(struct scanner *s, const struct scan_chunk *c, void (*at)(struct scanner *s, uint32_t start))
{
	for (size_t i = 0; i < c->spans_n; i++) at(s, c->spans[i].start);
	for (size_t i = 0; i < c->bytes.n && c->spans == NULL; i += slice_find_byte(slice_sub(c->bytes, i, c->bytes.n), '\n') + 1)
		at(s, (uint32_t)i);
}

/* Fragments in the text; where a byte stands for a blank also with blanks in its place. False: any term may stand anywhere. */
static bool find_fragments(struct scanner *s, slice text, uint8_t blank)
{
	if (s->literals == NULL || text.n == 0) return true;
	if (!literals_scan(s->w->literals, s->literals, text, add_slow, s)) return false;
	if (blank == 0 || !literals_blanks(s->w->literals) || slice_find_byte(text, blank) == text.n) return true;
	uint8_t *copy = arena_alloc(s->results, text.n);
	for (size_t i = 0; i < text.n; i++) copy[i] = text.p[i] == blank ? ' ' : text.p[i];
	return literals_scan(s->w->literals, s->literals, slice_of(copy, text.n), add_slow, s);
}

/* The places of a chunk's bytes as they are. */
static void read_bytes(struct scanner *s, const struct scan_chunk *c, uint8_t blank)
{
	s->extract(&s->fast, c->bytes.p, c->bytes.n, FAST_ESCAPES | (telemetry_encodes(c->format) ? FAST_VALUES : 0));
	for (size_t i = 0; i < s->fast.found.n; i++) add_found(s, s->fast.found.p[i]);
	second_readings(s, c->bytes, undo_record);
	if (!find_fragments(s, c->bytes, blank)) every_record(s, c, every_slow);
}

/* The places of what the bytes do not show. */
static void read_hidden(struct scanner *s, struct hidden *h, uint8_t blank)
{
	slice text = hidden_text(h);
	if (text.n == 0) return;
	s->extract(&s->fast, text.p, text.n, FAST_ESCAPES);
	s->inside = h;
	for (size_t i = 0; i < s->fast.found.n; i++) add_found(s, s->fast.found.p[i]);
	second_readings(s, text, h == &s->hidden ? undo_part : NULL);
	bool good = find_fragments(s, text, blank);
	s->inside = NULL;
	for (size_t i = 0; i < h->n && !good; i++) every_slow(s, h->parts[i].record);
}

static void find_places(struct scanner *s, const struct scan_chunk *c)
{
	s->places.n = s->slow_n = 0;
	s->line_at = UINT32_MAX;
	s->inside = NULL;
	hidden_forget(&s->hidden);
	hidden_forget(&s->twice);
	uint8_t blank = telemetry_blank(c->format);
	read_bytes(s, c, blank);
	if (c->spans == NULL) hidden_find(&s->hidden, &s->fast, c->format, c->bytes);
	read_hidden(s, &s->hidden, blank);
	read_hidden(s, &s->twice, blank);
	for (size_t i = 0; i < s->slow_n; i++) add_place(s, s->slow[i].at, PLACE_ANCHORED);
	if (s->literals != NULL && literals_always(s->w->literals)) every_record(s, c, every_place);
}

static int by_place(const void *a, const void *b)
{
	const struct slow_place *x = a, *y = b;
	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->term > y->term) - (x->term < y->term);
}

/* The slow terms to try on the record [start, end); `*next` moves through s->slow. */
static size_t slow_terms(struct scanner *s, uint32_t start, uint32_t end, size_t *next)
{
	while (*next < s->slow_n && s->slow[*next].at < start) ++*next;
	size_t first = *next, n = 0;
	while (*next < s->slow_n && s->slow[*next].at <= end) ++*next;
	if (s->terms_room < *next - first) {
		s->terms_room = (*next - first) * 2;
		s->terms = mem_resize(s->terms, s->terms_room * sizeof *s->terms);
	}
	for (size_t i = first; i < *next; i++) s->terms[n++] = s->slow[i].term;
	if (n > 1) qsort(s->terms, n, sizeof *s->terms, by_value);
	size_t unique = 0;
	for (size_t i = 0; i < n; i++)
		if (unique == 0 || s->terms[unique - 1] != s->terms[i]) s->terms[unique++] = s->terms[i];
	return unique;
}

/* Whether one of the places from i on, within the record that ends at `end`, is anchored. */
static bool is_anchored(const struct scanner *s, size_t i, size_t end)
{
	for (; i < s->places.n && s->places.p[i] / 2 <= end; i++)
		if ((s->places.p[i] & PLACE_ANCHORED) != 0) return true;
	return false;
}

static void keep(struct scanner *s, const struct scan_result *before, uint32_t start)
{
	const struct evaluator *e = s->evaluator;
	if (s->hits_n + e->hits_n > s->hits_room) {
		s->hits_room = (s->hits_n + e->hits_n) * 2;
		s->hits = mem_resize(s->hits, s->hits_room * sizeof *s->hits);
	}
	for (size_t i = 0; i < e->hits_n; i++) {
		struct hit h = e->hits[i];
		h.line = before->lines;
		h.record_no = before->records;
		h.offset = start;
		s->hits[s->hits_n++] = h;
	}
}

static void count_limits(struct scanner *s, struct scan_result *total)
{
	const struct evaluator *e = s->evaluator;
	for (unsigned i = 0; i < SCAN_LIMITS; i++) total->limited[i] += e->limits >> i & 1;
	for (size_t i = 0; i < e->unfinished_n; i++) positions_add(&s->unfinished, e->unfinished[i]);
}

static void tell_unfinished(struct scanner *s, struct scan_result *total)
{
	struct positions *u = &s->unfinished;
	if (u->n == 0) return;
	qsort(u->p, u->n, sizeof *u->p, by_value);
	struct scan_unfinished *rows = arena_array(s->results, u->n, sizeof *rows);
	size_t n = 0;
	for (size_t i = 0; i < u->n; i++) {
		if (n == 0 || rows[n - 1].term != u->p[i]) rows[n++] = (struct scan_unfinished){.term = u->p[i]};
		rows[n - 1].records++;
	}
	total->unfinished = rows;
	total->unfinished_n = n;
}

void scan_chunk(struct scanner *s, const struct scan_chunk *c, struct scan_result *out)
{
	struct scan_result total = {0}, before = {0};
	arena_reset(s->results);
	s->hits_n = s->unfinished.n = 0;
	s->chunk = c;
	count(c, 0, c->bytes.n, &total);
	find_places(s, c);
	if (s->places.n > 0) qsort(s->places.p, s->places.n, sizeof *s->places.p, by_value);
	if (s->slow_n > 0) qsort(s->slow, s->slow_n, sizeof *s->slow, by_place);
	size_t counted = 0, next_slow = 0;
	for (size_t i = 0; i < s->places.n; i++) {
		uint32_t at = s->places.p[i] / 2;
		if (at < counted) continue; /* its record is done */
		struct place place = place_of(c, at);
		size_t end = place.end;
		count(c, counted, place.start, &before);
		if (place.is_record) {
			size_t slow_n = slow_terms(s, place.start, place.end, &next_slow);
			struct candidate candidate = {
				.record = place.text, .anchored = is_anchored(s, i, end), .slow = s->terms, .slow_n = slow_n};
			total.refused += !evaluate(s->evaluator, c, &candidate);
			count_limits(s, &total);
			keep(s, &before, place.start);
		}
		count(c, place.start, end + 1 < c->bytes.n ? end + 1 : c->bytes.n, &before);
		counted = end + 1;
	}
	tell_unfinished(s, &total);
	total.hits = s->hits;
	total.hits_n = s->hits_n;
	*out = total;
}
