/* Which days a folder's records are of, and the days between them of which it has none: a sensor that was down, a file that was not kept.
 */
#ifndef CLI_DAYS_H
#define CLI_DAYS_H
#include "instant.h"

#define DAYS_RANGES_MAX                                                                                                                    \
	4096u /* ranges kept of one folder; once full, nearby ones grow together, so that gaps are told too few, never too many */
#define DAYS_GAP_MAX 366 /* a longer hole is taken for a wrong clock, not for a gap */

struct day_range {
	int64_t from, to;
}; /* days since 1970-01-01 UTC, both included */
struct days {
	struct day_range *ranges;
	size_t ranges_n, room;
	bool settled; /* sorted, and none touches another */
};
/* There are records from here to there (from <= to); what lies between is taken as covered. */
void days_add(struct days *d, instant from, instant to);
/* Sort and join, for days_gap. */
void days_settle(struct days *d);
/* The next gap of one day or more; begin with *next 0, false at the end. The days must be settled. */
bool days_gap(const struct days *d, size_t *next, struct day_range *gap);
void days_free(struct days *d);
#endif
