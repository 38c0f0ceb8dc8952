/* The tests' rig: see rig.h. */
#include "rig.h"
#include <stdlib.h>

#define MARGIN_BYTE 'a' /* bytes outside of the chunk are no part of any word, whatever they are */

struct watchlist *rig_watchlist(const struct watchlist_settings *s, const struct indicator *indicators, size_t n)
{
	struct watchlist_builder *b = watchlist_builder_new(s);
	struct watchlist *w = NULL;
	struct fault f = {0};
	for (size_t i = 0; i < n; i++)
		if (watchlist_builder_add(b, &indicators[i], &f) != OK) continue; /* unmatchable: counted by the builder */
	if (watchlist_builder_finish(b, &w, &f) != OK) return NULL;
	return w;
}

static int by_record(const void *x, const void *y)
{
	const struct reference_hit *a = x, *b = y;
	if (a->record_no != b->record_no) return a->record_no < b->record_no ? -1 : 1;
	if (a->indicator != b->indicator) return a->indicator < b->indicator ? -1 : 1;
	return 0;
}

static size_t indicator_of(const struct rig_watch *w, slice id)
{
	for (size_t i = 0; i < w->n; i++)
		if (slice_equal(w->indicators[i].id, id)) return i;
	return SIZE_MAX;
}

static void copy_hits(struct arena *a, const struct rig_watch *w, const struct scan_result *r, struct reference_hits *out)
{
	*out = (struct reference_hits){.n = r->hits_n, .records = r->records, .lines = r->lines};
	out->at = arena_array(a, r->hits_n + 1, sizeof *out->at);
	for (size_t i = 0; i < r->hits_n; i++) {
		const struct hit *h = &r->hits[i];
		out->at[i] = (struct reference_hit){.record_no = h->record_no,
			.line = h->line,
			.offset = h->offset,
			.kind = h->kind,
			.typed = h->typed,
			.seen = arena_copy(a, h->seen),
			.indicator = indicator_of(w, watchlist_get(w->list, h->term).id)};
	}
	if (out->n > 0) qsort(out->at, out->n, sizeof *out->at, by_record);
}

bool rig_scan(struct arena *a, const struct rig_watch *w, const struct scan_settings *s, enum scan_path path,
	const struct reference_input *in, struct reference_hits *out)
{
	struct scanner *scanner = scanner_new(w->list, s, path);
	if (scanner == NULL) return false;
	uint8_t *bytes = mem_alloc(in->text.n + 2 * SCAN_MARGIN);
	memset(bytes, MARGIN_BYTE, in->text.n + 2 * SCAN_MARGIN);
	if (in->text.n > 0) memcpy(bytes + SCAN_MARGIN, in->text.p, in->text.n);
	struct scan_chunk chunk = {.bytes = slice_of(bytes + SCAN_MARGIN, in->text.n), .format = in->format, .header = in->header};
	struct scan_result result = {0};
	scan_chunk(scanner, &chunk, &result);
	copy_hits(a, w, &result, out);
	scanner_free(scanner);
	free(bytes);
	return true;
}

void rig_scan_open(const struct indicator *indicators, size_t n, slice text, struct rig_scanned *out)
{
	*out = (struct rig_scanned){
		.list = rig_watchlist(&(struct watchlist_settings){.marking_default = TLP_AMBER_STRICT}, indicators, n)};
	out->scanner = scanner_new(out->list, &(struct scan_settings){.telemetry = {.year = 2021}}, SCAN_BEST);
	out->bytes = mem_alloc(text.n + 2 * SCAN_MARGIN);
	memcpy(out->bytes + SCAN_MARGIN, text.p, text.n);
	scan_chunk(out->scanner, &(struct scan_chunk){.bytes = slice_of(out->bytes + SCAN_MARGIN, text.n)}, &out->result);
}

void rig_scan_close(struct rig_scanned *s)
{
	scanner_free(s->scanner);
	watchlist_free(s->list);
	free(s->bytes);
}

struct indicator rig_indicator(struct arena *a, const char *id, struct indicator_term term)
{
	struct indicator_term *t = ARENA_NEW(a, struct indicator_term);
	*t = term;
	return (struct indicator){.id = arena_copy(a, slice_from(id)),
		.name = SLICE("test"),
		.author = SLICE("test"),
		.marking = TLP_NONE,
		.valid_from = INSTANT_NONE,
		.valid_until = INSTANT_NONE,
		.confidence = -1,
		.terms = t,
		.terms_n = 1};
}

const char *rig_path_name(enum scan_path p)
{
	static const char *const names[] = {"best", "scalar", "sse4.2", "avx2", "avx512"};
	return names[p];
}
