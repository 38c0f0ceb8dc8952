/* Days with records, and the gaps between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "days.h"

#define DAY INT64_C(86400000000)

static void add_days(struct days *d, int64_t from, int64_t to)
{
	days_add(d, from * DAY, to * DAY + DAY - 1);
}

static void gaps_lie_between(void **state)
{
	(void)state;
	struct days d = {0};
	struct day_range gap;
	size_t next = 0;
	add_days(&d, 10, 12);
	add_days(&d, 20, 20);
	add_days(&d, -3, -2); /* before 1970, and not in order */
	add_days(&d, 13, 13);
	add_days(&d, 12, 14);
	days_settle(&d);
	assert_true(days_gap(&d, &next, &gap));
	assert_true(gap.from == -1 && gap.to == 9);
	assert_true(days_gap(&d, &next, &gap));
	assert_true(gap.from == 15 && gap.to == 19);
	assert_false(days_gap(&d, &next, &gap));
	days_free(&d);
}

static void days_that_touch_leave_none(void **state)
{
	(void)state;
	struct days d = {0};
	struct day_range gap;
	size_t next = 0;
	days_settle(&d);
	assert_false(days_gap(&d, &next, &gap));
	days_add(&d, 5 * DAY + DAY - 1, 5 * DAY + DAY - 1);
	days_add(&d, 6 * DAY, 6 * DAY);
	days_settle(&d);
	assert_false(days_gap(&d, &next, &gap));
	days_free(&d);
}

static void a_wrong_clock_is_no_gap(void **state)
{
	(void)state;
	struct days d = {0};
	struct day_range gap;
	size_t next = 0;
	add_days(&d, 0, 0);
	add_days(&d, DAYS_GAP_MAX + 2, DAYS_GAP_MAX + 2);
	add_days(&d, 2 * DAYS_GAP_MAX + 3, 2 * DAYS_GAP_MAX + 3);
	days_settle(&d);
	assert_true(days_gap(&d, &next, &gap)); /* of just DAYS_GAP_MAX days */
	assert_true(gap.from == DAYS_GAP_MAX + 3 && gap.to == 2 * DAYS_GAP_MAX + 2);
	assert_false(days_gap(&d, &next, &gap));
	days_free(&d);
}

/* Whatever comes: the memory has its bound, and no day with records is said to be in a gap. */
static void the_bound_holds(void **state)
{
	(void)state;
	struct days d = {0};
	struct day_range gap;
	size_t next = 0, gaps = 0;
	uint64_t x = 88172645463325252u;
	for (int i = 0; i < 3 * (int)DAYS_RANGES_MAX; i++) add_days(&d, 3 * i, 3 * i);
	for (int i = 0; i < 1000; i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		add_days(&d, (int64_t)(x % 12000) * 3, (int64_t)(x % 12000) * 3);
	}
	days_settle(&d);
	assert_true(d.ranges_n <= DAYS_RANGES_MAX);
	for (; days_gap(&d, &next, &gap); gaps++) {
		assert_true(gap.to - gap.from == 1);
		assert_true((gap.from - 1) % 3 == 0);
	}
	assert_true(gaps > 0);
	days_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_lie_between),
		cmocka_unit_test(days_that_touch_leave_none),
		cmocka_unit_test(a_wrong_clock_is_no_gap),
		cmocka_unit_test(the_bound_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
