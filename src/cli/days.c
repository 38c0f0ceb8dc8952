/* Which days a folder's records are of. Files mostly come in the order of time, so that a range mostly grows the last one. */
#include <assert.h>
#include <stdlib.h>
#include "days.h"

#define DAY_MICROSECONDS INT64_C(86400000000)

static int64_t day_of(instant t)
{
	return t / DAY_MICROSECONDS - (t % DAY_MICROSECONDS < 0);
}

static bool touches(const struct day_range *r, const struct day_range *new)
{
	return new->from <= r->to + 1 && new->to >= r->from - 1;
}

static void grow(struct day_range *r, const struct day_range *new)
{
	if (new->from < r->from) r->from = new->from;
	if (new->to > r->to) r->to = new->to;
}

static int range_compare(const void *a, const void *b)
{
	const struct day_range *x = a, *y = b;
	if (x->from != y->from) return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

void days_settle(struct days *d)
{
	size_t kept = 0;
	if (d->ranges_n > 1) qsort(d->ranges, d->ranges_n, sizeof *d->ranges, range_compare);
	for (size_t i = 0; i < d->ranges_n; i++) {
		if (kept > 0 && touches(&d->ranges[kept - 1], &d->ranges[i])) grow(&d->ranges[kept - 1], &d->ranges[i]);
		else d->ranges[kept++] = d->ranges[i];
	}
	d->ranges_n = kept;
	d->settled = true;
}

/* Room for one more. When there is none, ranges side by side become one. */
static void make_room(struct days *d)
{
	if (d->ranges_n == DAYS_RANGES_MAX) {
		days_settle(d);
		for (size_t i = 0; d->ranges_n == DAYS_RANGES_MAX && i < DAYS_RANGES_MAX / 2; i++)
			d->ranges[i] = (struct day_range){d->ranges[2 * i].from, d->ranges[2 * i + 1].to};
		if (d->ranges_n == DAYS_RANGES_MAX) d->ranges_n /= 2;
	}
	if (d->ranges_n < d->room) return;
	d->room = d->room == 0 ? 16 : d->room * 2;
	d->ranges = mem_resize(d->ranges, d->room * sizeof *d->ranges);
}

void days_add(struct days *d, instant from, instant to)
{
	assert(from <= to);
	const struct day_range new = {day_of(from), day_of(to)};
	d->settled = false;
	if (d->ranges_n > 0 && touches(&d->ranges[d->ranges_n - 1], &new)) {
		grow(&d->ranges[d->ranges_n - 1], &new);
		return;
	}
	make_room(d);
	d->ranges[d->ranges_n++] = new;
}

bool days_gap(const struct days *d, size_t *next, struct day_range *gap)
{
	assert(d->settled);
	while (*next + 1 < d->ranges_n) {
		const struct day_range *r = &d->ranges[(*next)++];
		if (r[1].from - r->to - 1 > DAYS_GAP_MAX) continue;
		*gap = (struct day_range){r->to + 1, r[1].from - 1};
		return true;
	}
	return false;
}

void days_free(struct days *d)
{
	free(d->ranges);
}
