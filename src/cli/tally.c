/* What a watchlist looks for, counted in one walk over its values. */
#include <stdlib.h>
#include "tally.h"

/* The first type with this type's STIX name: hashes are files. */
static enum observable kind_of(enum observable type)
{
	for (int i = 0; i < (int)type; i++)
		if (strcmp(observable_stix_type((enum observable)i), observable_stix_type(type)) == 0) return (enum observable)i;
	return type;
}

/* Neighbours have the same author nearly always, so the last one found is looked at first. */
static void author_add(struct tally *t, slice name, size_t *last)
{
	if (*last < t->authors_n && slice_equal(t->authors[*last].name, name)) {
		t->authors[*last].indicators++;
		return;
	}
	for (*last = 0; *last < t->authors_n; ++*last)
		if (slice_equal(t->authors[*last].name, name)) break;
	if (*last == TALLY_AUTHORS_MAX) {
		t->authors_more++;
		return;
	}
	if (*last == t->authors_n) t->authors[t->authors_n++].name = name;
	t->authors[*last].indicators++;
}

static int more_first(const void *a, const void *b)
{
	const struct tally_author *x = a, *y = b;
	if (x->indicators != y->indicators) return x->indicators < y->indicators ? 1 : -1;
	return slice_compare(x->name, y->name);
}

struct tally *tally_new(const struct watchlist *w, bool authors, instant at)
{
	struct tally *t = mem_alloc(sizeof *t);
	uint64_t by_type[OBSERVABLE_COUNT] = {0};
	uint32_t indicator = UINT32_MAX;
	size_t last = 0;
	for (size_t i = 0; i < watchlist_terms(w); i++) {
		if (watchlist_superseded(w, (uint32_t)i)) continue;
		struct watched x = watchlist_get(w, (uint32_t)i);
		if (at != INSTANT_NONE && x.valid_until != INSTANT_NONE && x.valid_until <= at) continue;
		t->values++;
		by_type[x.type]++;
		if (x.indicator == indicator) continue; /* values of one indicator stand together */
		indicator = x.indicator;
		t->markings[x.marking]++;
		t->markings_default += x.marking_default;
		t->plain += x.id.n == 0;
		if (authors) author_add(t, x.author, &last);
	}
	for (int i = 0; i < OBSERVABLE_COUNT; i++)
		if (by_type[i] > 0) t->kinds[kind_of((enum observable)i)] += by_type[i];
	if (t->authors_n > 0) qsort(t->authors, t->authors_n, sizeof *t->authors, more_first);
	return t;
}
