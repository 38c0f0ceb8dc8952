/* The naive reference matcher: slow and obvious, written from MATCHING.md and decision 0003 alone. It shares no code with src/match,
 * so that "engine = reference" means something. Every indicator is compared with every field of every record. */
#ifndef TEST_MATCH_REFERENCE_H
#define TEST_MATCH_REFERENCE_H
#include "intel.h"
#include "match.h"

struct reference_settings {
	bool exact_only, url_prefix;
	struct telemetry_settings telemetry;
};
struct reference_hit {
	uint64_t record_no, line, offset; /* from 0, as in struct hit */
	size_t indicator;                 /* index in the array given */
	enum match_kind kind;
	bool typed;
	slice seen; /* in the arena */
};
struct reference_hits {
	struct reference_hit *at;
	size_t n, room;
	uint64_t records, lines;
};

/* All hits of the indicators in the records, by record, then by index of the indicator. Validity and suppression are not judged here.
 *   in  whole records; borrowed
 * Everything lives in the arena. */
struct reference_input {
	slice text;
	enum format format;
	const struct telemetry_header *header;
};
void reference_match(struct arena *a, const struct indicator *indicators, size_t indicators_n, const struct reference_settings *s,
	const struct reference_input *in, struct reference_hits *out);
/* Whether the indicator can match anything at all (its value is an observable of its type). */
bool reference_matchable(struct arena *a, const struct indicator *i);
#endif
