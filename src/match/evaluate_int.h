/* The exact path: everything that one record meets, by the rules of MATCHING.md. */
#ifndef MATCH_EVALUATE_INT_H
#define MATCH_EVALUATE_INT_H
#include "watchlist_int.h"

struct met {
	uint64_t rank;
	slice text;     /* the reading that `seen` is a part of */
	uint32_t place; /* its row of `places` */
};
struct evaluator {
	const struct watchlist *w;
	struct scan_settings settings;
	struct telemetry_reader *reader;
	struct literals_scratch *literals;
	struct arena *scratch; /* of one record */
	struct arena *results; /* of one chunk */
	struct hit *hits;      /* of one record, an indicator's at most once */
	struct met *met;       /* what stands behind each hit */
	size_t hits_n, hits_room;
	uint32_t *places; /* by indicator, open addressing: number of its hit + 1; twice hits_room, a power of two */
	/* the record at work */
	struct record_fields fields;
	const struct field *field;
	slice text; /* the reading at work */
	slice record;
	const struct candidate *candidate;
	unsigned limits;      /* a bit for each enum scan_limit that it met */
	uint32_t *unfinished; /* terms given up, in any order, perhaps twice */
	size_t unfinished_n, unfinished_room;
	size_t field_no;
	bool unknown_format, whole;
};
struct evaluator *evaluator_new(const struct watchlist *w, const struct scan_settings *s, struct arena *results);
void evaluator_free(struct evaluator *e);
struct candidate {
	slice record;
	bool anchored; /* false: nothing that has an anchor or a fragment is in it */
	const uint32_t *slow;
	size_t slow_n; /* terms whose fragment stands in the record, each once */
};
/* Hits: e->hits[0..hits_n), sorted by indicator id or value; place fields are the caller's.
 * Returns false when a JSON record was matched as text. */
bool evaluate(struct evaluator *e, const struct scan_chunk *c, const struct candidate *candidate);
/* Whether LIKE, MATCHES and literals on a term's type look at the fields of a type. */
bool observable_compatible(enum observable field, enum observable term);
/* Text without a shape: registry keys, mutexes, … */
bool observable_is_other(enum observable o);
#endif
