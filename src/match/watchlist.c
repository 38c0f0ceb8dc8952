/* Reading a compiled set: checks first, then pointers into the mapping. */
#include "watchlist_int.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <xxhash.h>

#define BLOOM_HOT_BYTES_MIN (64u << 10)
#define BLOOM_HOT_BYTES_MAX (64u << 20)

bool watchlist_is(slice start)
{
	return slice_starts(start, SLICE(WATCHLIST_MAGIC));
}

enum err watchlist_open(slice bytes, struct watchlist **out, struct fault *f)
{
	enum err e = watchlist_check_header(bytes, f);
	if (e != OK) return e;
	struct watchlist *w = mem_alloc(sizeof *w);
	w->bytes = bytes;
	const struct watchlist_header *h = (const void *)bytes.p;
	const void *at[SECTION_COUNT];
	for (int i = 0; i < SECTION_COUNT; i++) at[i] = bytes.p + h->sections[i].at;
	w->header = h;
	w->bloom = at[SECTION_BLOOM];
	w->slots = at[SECTION_SLOTS];
	w->anchors = at[SECTION_ANCHORS];
	w->terms = at[SECTION_TERMS];
	w->indicators = at[SECTION_INDICATORS];
	w->metas = at[SECTION_METAS];
	w->unmatchable = at[SECTION_UNMATCHABLE];
	w->ranges = at[SECTION_RANGES];
	w->nets = h->sections[SECTION_NETS].count != 0 ? at[SECTION_NETS] : NULL;
	w->slow = at[SECTION_SLOW];
	w->lasts = at[SECTION_LASTS];
	w->strings = at[SECTION_STRINGS];
	w->bloom_mask = h->sections[SECTION_BLOOM].count - 1;
	w->slot_mask = h->sections[SECTION_SLOTS].count - 1;
	w->terms_n = h->sections[SECTION_TERMS].count;
	w->ranges_n = h->sections[SECTION_RANGES].count;
	w->slow_n = h->sections[SECTION_SLOW].count;
	w->indicators_n = h->sections[SECTION_INDICATORS].count;
	w->metas_n = h->sections[SECTION_METAS].count;
	w->strings_n = h->sections[SECTION_STRINGS].count;
	e = watchlist_check_tables(w, f);
	if (e != OK) {
		free(w);
		return e;
	}
	size_t bloom_bytes = h->sections[SECTION_BLOOM].count * 32;
	if (bloom_bytes >= BLOOM_HOT_BYTES_MIN && bloom_bytes <= BLOOM_HOT_BYTES_MAX) {
		w->bloom_hot = mem_huge(bloom_bytes);
		memcpy(w->bloom_hot, w->bloom, bloom_bytes);
		w->bloom = w->bloom_hot;
	}
	if (w->slow_n > 0) e = literals_new(w, &w->literals, f);
	if (e != OK) {
		watchlist_free(w);
		return e;
	}
	*out = w;
	return OK;
}

void watchlist_free(struct watchlist *w)
{
	if (w == NULL) return;
	literals_free(w->literals);
	if (w->bloom_hot != NULL) mem_huge_free(w->bloom_hot, (w->bloom_mask + 1) * 32);
	if (w->owned != NULL) mem_huge_free(w->owned, w->owned_n);
	free(w);
}

slice watchlist_bytes(const struct watchlist *w)
{
	return w->bytes;
}

struct watchlist_counts watchlist_counts(const struct watchlist *w)
{
	return w->header->counts;
}

void watchlist_stamp(struct watchlist *w, instant judged, uint64_t unreadable)
{
	assert(w->owned != NULL);
	struct watchlist_header *h = (void *)w->owned;
	h->judged = judged;
	h->counts.unreadable = unreadable;
	h->header_check = XXH3_64bits(h, offsetof(struct watchlist_header, header_check));
}

instant watchlist_judged(const struct watchlist *w)
{
	return w->header->judged;
}

bool watchlist_keeps_all(const struct watchlist *w)
{
	return (w->header->flags & WATCHLIST_ALL) != 0;
}

static bool ended(const struct watchlist *w, uint32_t indicator, instant at)
{
	uint32_t meta = w->indicators[indicator].meta;
	return meta < w->metas_n && w->metas[meta].valid_until != INSTANT_NONE && w->metas[meta].valid_until <= at;
}

static bool any_ended(const struct watchlist *w, instant at)
{
	bool any = false;
	for (size_t i = 0; i < w->metas_n && !any; i++) any = w->metas[i].valid_until != INSTANT_NONE && w->metas[i].valid_until <= at;
	return any;
}

struct watchlist_counts watchlist_counts_at(const struct watchlist *w, instant at)
{
	struct watchlist_counts c = w->header->counts;
	if (watchlist_keeps_all(w) || !any_ended(w, at)) return c;
	for (size_t i = 0; i < w->terms_n;) {
		uint32_t indicator = w->terms[i].indicator; /* terms of one indicator stand together */
		bool suppressed = false;
		for (; i < w->terms_n && w->terms[i].indicator == indicator; i++) suppressed |= w->terms[i].warninglist != 0;
		if (!ended(w, indicator, at)) continue;
		c.expired++;
		c.loaded -= c.loaded > 0;
		c.suppressed -= suppressed && c.suppressed > 0;
	}
	return c;
}

size_t watchlist_terms(const struct watchlist *w)
{
	return w->terms_n;
}

bool watchlist_superseded(const struct watchlist *w, uint32_t term)
{
	return w->indicators[w->terms[term].indicator].meta == META_SUPERSEDED;
}

slice watchlist_string(const struct watchlist *w, uint32_t at)
{
	uint32_t n;
	if (at > w->strings_n - 4) return (slice){0};
	memcpy(&n, w->strings + at, 4);
	if (n > w->strings_n - 4 - at || n > WATCHLIST_TEXT_BYTES_MAX) return (slice){0};
	return (slice){w->strings + at + 4, n};
}

bool watchlist_unmatchable(const struct watchlist *w, size_t index, slice *id, slice *reason)
{
	if (index >= w->header->sections[SECTION_UNMATCHABLE].count) return false;
	*id = watchlist_string(w, w->unmatchable[index].id);
	*reason = watchlist_string(w, w->unmatchable[index].reason);
	return true;
}

/* Indicators of one source mostly share their labels, and equal texts one place. */
bool watchlist_has_label(const struct watchlist *w, slice label)
{
	for (uint32_t i = 0; i < w->metas_n; i++) {
		if (i > 0 && w->metas[i].labels == w->metas[i - 1].labels) continue;
		slice labels = watchlist_string(w, w->metas[i].labels);
		while (labels.n > 0)
			if (slice_equal(slice_cut(&labels, ','), label)) return true;
	}
	return false;
}

struct watched watchlist_get(const struct watchlist *w, uint32_t term)
{
	const struct term *t = &w->terms[term];
	const struct indicator_row *i = &w->indicators[t->indicator];
	static const struct meta_row none = {.valid_from = INSTANT_NONE, .valid_until = INSTANT_NONE, .confidence = -1, .marking = TLP_RED};
	const struct meta_row *m = i->meta < w->metas_n ? &w->metas[i->meta] : &none; /* superseded ones have none */
	return (struct watched){
		.id = watchlist_string(w, i->id),
		.value = term_value(w, t),
		.name = watchlist_string(w, m->name),
		.author = watchlist_string(w, m->author),
		.labels = watchlist_string(w, m->labels),
		.warninglist = watchlist_string(w, t->warninglist),
		.type = (enum observable)t->type,
		.op = (enum term_op)t->op,
		.marking = m->marking < TLP_NONE ? (enum tlp)m->marking : TLP_RED,
		.marking_default = m->marking_default != 0,
		.valid_from = m->valid_from,
		.valid_until = m->valid_until,
		.confidence = m->confidence,
		.indicator = t->indicator,
	};
}
