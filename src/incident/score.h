/* How well an answer knows the truth: a scan's JSON lines against truth.jsonl. Pure; one score belongs to one thread. */
#ifndef INCIDENT_SCORE_H
#define INCIDENT_SCORE_H
#include "instant.h"

struct score;
struct score *score_new(void);
void score_free(struct score *s); /* takes NULL */
/* One line of truth.jsonl, all of them before the first answer. Errors: ERR_SYNTAX what is no JSON, or lacks what its kind needs. */
CHECKED enum err score_truth(struct score *s, slice line, struct fault *f);
/* One line of the answer (kinds other than hit and summary are passed over). Errors: as above. */
CHECKED enum err score_answer(struct score *s, slice line, struct fault *f);

struct score_group {
	slice name;
	uint64_t planted, found, missed;
	uint64_t wrong; /* of a phase: where something of it was planted, for another indicator */
};
struct score_hit {
	slice key, file;
	uint64_t line;
};
struct score_access {
	slice institution;
	instant truth, found; /* earliest planted; earliest found; INSTANT_NONE */
	bool truth_lost;      /* no sensor saw the earliest */
};
struct score_result {
	uint64_t matchable, found, missed, wrong; /* wrong: hits where nothing was planted for that indicator */
	uint64_t misplaced;                       /* found at the line, with another record number or offset */
	uint64_t beyond;                          /* hits of indicators that were thought unmatchable: right ones */
	uint64_t suppressed, unsuppressed;        /* on the warninglist: told apart; told as hits (these are wrong too) */
	uint64_t decoys;                          /* wrong hits on decoys */
	uint64_t lost;                            /* planted where no sensor looked */
	bool summary;                             /* the answer ends as a whole one */
	const struct score_group *indicators, *phases, *institutions;
	size_t indicators_n, phases_n, institutions_n;
	const struct score_hit *missed_first, *wrong_first; /* the first some */
	size_t missed_first_n, wrong_first_n;
	const struct score_access *access;
	size_t access_n;
};
/* Once, behind all lines. Borrows until score_free. */
const struct score_result *score_end(struct score *s);
static inline bool score_good(const struct score_result *r)
{
	return r->missed == 0 && r->wrong == 0 && r->misplaced == 0;
}
#endif
