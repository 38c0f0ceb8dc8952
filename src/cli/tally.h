/* What a watchlist looks for, counted. */
#ifndef CLI_TALLY_H
#define CLI_TALLY_H
#include "match.h"

#define TALLY_AUTHORS_MAX 1000u

struct tally_author {
	slice name;
	uint64_t indicators;
};
struct tally {
	uint64_t values;                                /* (indicator, value) pairs that can hit */
	uint64_t kinds[OBSERVABLE_COUNT];               /* of values; types with one STIX name are counted under the first of them */
	uint64_t markings[TLP_NONE];                    /* of indicators */
	uint64_t markings_default;                      /* indicators that said none */
	uint64_t plain;                                 /* indicators of plain lists and CSV: without a STIX id */
	struct tally_author authors[TALLY_AUTHORS_MAX]; /* most indicators first */
	size_t authors_n;
	uint64_t authors_more; /* indicators of authors that found no place */
};
/* Walks every value, without those of indicators that ended at or before `at` (INSTANT_NONE: none did). The names borrow from the
 * watchlist; without authors, none are told: with many of them they take most of the time. gives: free() it. */
struct tally *tally_new(const struct watchlist *w, bool authors, instant at);
#endif
