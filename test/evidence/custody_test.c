/* Custody: each rule refuses what it is there for, a refused move changes nothing, and whatever the order of moves the state stays one that
 * can be. */
#include "custody.h"

#include "../base/cmocka_all.h"

#include <stdio.h>

#define T(n) ((instant)(n)*1000000)

static struct custody_move move_of(enum custody_act act, const char *by, const char *party, int at)
{
	return (struct custody_move){
		.act = act, .by = slice_from(by), .party = slice_from(party), .authority = true, .at = T(at), .told = T(1000)};
}

/* One story: each row a move and what is said to it. */
static void a_story(void **state)
{
	(void)state;
	static const struct {
		enum custody_act act;
		const char *by, *party;
		int at;
		enum custody_rule rule;
		enum custody_place place;
		const char *holder;
	} ROWS[] = {
		{CUSTODY_RETURN, "A", "", 2, CUSTODY_NOT_OPEN, CUSTODY_HERE, "A"},
		{CUSTODY_OPEN, "B", "", 0, CUSTODY_TIME_ORDER, CUSTODY_HERE, "A"},
		{CUSTODY_OPEN, "B", "", 2000, CUSTODY_TIME_FUTURE, CUSTODY_HERE, "A"},
		{CUSTODY_OPEN, "B", "", 2, CUSTODY_ALLOWED, CUSTODY_HERE, "A"},
		{CUSTODY_OPEN, "C", "", 3, CUSTODY_IS_OPEN, CUSTODY_HERE, "A"},
		{CUSTODY_TRANSFER, "A", "B", 3, CUSTODY_IS_OPEN, CUSTODY_HERE, "A"},
		{CUSTODY_RETURN, "A", "", 3, CUSTODY_NOT_OPENER, CUSTODY_HERE, "A"},
		{CUSTODY_RETURN, "B", "", 3, CUSTODY_ALLOWED, CUSTODY_HERE, "A"},
		{CUSTODY_COPY, "B", "", 3, CUSTODY_ALLOWED, CUSTODY_HERE, "A"},
		{CUSTODY_TRANSFER, "B", "C", 4, CUSTODY_NOT_HOLDER, CUSTODY_HERE, "A"},
		{CUSTODY_TRANSFER, "A", "A", 4, CUSTODY_OWN_OFFER, CUSTODY_HERE, "A"},
		{CUSTODY_RECEIVE, "B", "", 4, CUSTODY_NOT_OFFERED, CUSTODY_HERE, "A"},
		{CUSTODY_DELIVERED, "A", "B", 4, CUSTODY_NOT_OFFERED, CUSTODY_HERE, "A"},
		{CUSTODY_TRANSFER, "A", "B", 4, CUSTODY_ALLOWED, CUSTODY_OFFERED, "A"},
		{CUSTODY_COPY, "A", "", 5, CUSTODY_IN_TRANSIT, CUSTODY_OFFERED, "A"},
		{CUSTODY_TRANSFER, "A", "C", 5, CUSTODY_IN_TRANSIT, CUSTODY_OFFERED, "A"},
		{CUSTODY_RECEIVE, "C", "", 5, CUSTODY_NOT_ADDRESSEE, CUSTODY_OFFERED, "A"},
		{CUSTODY_RECEIVE, "A", "", 5, CUSTODY_ALLOWED, CUSTODY_HERE, "A"}, /* taken back */
		{CUSTODY_TRANSFER, "A", "B", 6, CUSTODY_ALLOWED, CUSTODY_OFFERED, "A"},
		{CUSTODY_RECEIVE, "B", "", 7, CUSTODY_ALLOWED, CUSTODY_HERE, "B"},
		{CUSTODY_RELEASE, "B", "", 7, CUSTODY_NO_HOLD, CUSTODY_HERE, "B"},
		{CUSTODY_HOLD, "X", "", 8, CUSTODY_ALLOWED, CUSTODY_HERE, "B"},
		{CUSTODY_HOLD, "Y", "", 8, CUSTODY_ALLOWED, CUSTODY_HERE, "B"},
		{CUSTODY_RELEASE, "X", "", 9, CUSTODY_ALLOWED, CUSTODY_HERE, "B"},
		{CUSTODY_DISPOSE, "B", "", 9, CUSTODY_UNDER_HOLD, CUSTODY_HERE, "B"},
		{CUSTODY_RELEASE, "X", "", 9, CUSTODY_ALLOWED, CUSTODY_HERE, "B"},
		{CUSTODY_DISPOSE, "A", "", 9, CUSTODY_NOT_HOLDER, CUSTODY_HERE, "B"},
		{CUSTODY_TRANSFER, "B", "court abroad", 10, CUSTODY_ALLOWED, CUSTODY_OFFERED, "B"},
		{CUSTODY_DELIVERED, "B", "court abroad", 11, CUSTODY_ALLOWED, CUSTODY_GONE, "court abroad"},
		{CUSTODY_OPEN, "B", "", 12, CUSTODY_NOT_HELD, CUSTODY_GONE, "court abroad"},
		{CUSTODY_RECEIVE, "B", "", 12, CUSTODY_NOT_OFFERED, CUSTODY_GONE, "court abroad"},
	};
	struct custody_state s = custody_begin(SLICE("A"), T(1));
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct custody_move m = move_of(ROWS[i].act, ROWS[i].by, ROWS[i].party, ROWS[i].at);
		enum custody_rule r = custody_apply(&s, &m);
		if (r != ROWS[i].rule) fail_msg("row %zu: %s, expected %s", i, custody_rule_word(r), custody_rule_word(ROWS[i].rule));
		assert_int_equal(s.place, ROWS[i].place);
		assert_true(slice_equal(s.holder, slice_from(ROWS[i].holder)));
	}
	struct custody_move back = move_of(CUSTODY_RECEIVE, "B", "court abroad", 13); /* it comes back, with their proof */
	back.proven = true;
	assert_int_equal(custody_apply(&s, &back), CUSTODY_ALLOWED);
	struct custody_move end = move_of(CUSTODY_DISPOSE, "B", "", 14);
	end.authority = false;
	assert_int_equal(custody_apply(&s, &end), CUSTODY_NO_AUTHORITY);
	end.authority = true;
	assert_int_equal(custody_apply(&s, &end), CUSTODY_ALLOWED);
	for (int a = 0; a < CUSTODY_ACTS; a++) {
		struct custody_move m = move_of((enum custody_act)a, "B", "C", 15);
		m.proven = true;
		assert_int_not_equal(custody_apply(&s, &m), CUSTODY_ALLOWED);
	}
}

/* A name that was erased is held against nobody. */
static void erased_names_refuse_nobody(void **state)
{
	(void)state;
	struct custody_state s = custody_begin((slice){0}, T(1));
	struct custody_move m = move_of(CUSTODY_TRANSFER, "anyone", "B", 2);
	assert_int_equal(custody_apply(&s, &m), CUSTODY_ALLOWED);
	s.addressee = (slice){0};
	m = move_of(CUSTODY_RECEIVE, "C", "", 3);
	assert_int_equal(custody_apply(&s, &m), CUSTODY_ALLOWED);
}

static void words_round_trip(void **state)
{
	(void)state;
	for (int a = 0; a < CUSTODY_ACTS; a++) {
		enum custody_act back;
		assert_true(custody_act_parse(slice_from(custody_act_text((enum custody_act)a)), &back));
		assert_int_equal(back, a);
	}
	enum custody_act untouched = CUSTODY_HOLD;
	assert_false(custody_act_parse(SLICE("keep"), &untouched));
	assert_int_equal(untouched, CUSTODY_HOLD);
	for (int r = 0; r < CUSTODY_RULES; r++)
		assert_true(*custody_rule_word((enum custody_rule)r) != 0 && *custody_rule_text((enum custody_rule)r) != 0);
}

static uint32_t next_random(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

/* Random moves: time never goes back, what is refused changes nothing, what is over stays over. */
static void whatever_the_order(void **state)
{
	(void)state;
	static const char *const NAMES[] = {"", "A", "B", "C"};
	uint32_t x = 20261124;
	unsigned done[CUSTODY_ACTS] = {0}, refused[CUSTODY_RULES] = {0};
	printf("# seed %u\n", x);
	for (int story = 0; story < 4000; story++) {
		struct custody_state s = custody_begin(SLICE("A"), T(1));
		for (int i = 0, at = 1; i < 40; i++) {
			struct custody_move m = move_of((enum custody_act)(next_random(&x) % CUSTODY_ACTS), NAMES[1 + next_random(&x) % 3],
				NAMES[next_random(&x) % 4], at + (int)(next_random(&x) % 4) - 1);
			if (next_random(&x) % 60 != 0 && m.act == CUSTODY_DISPOSE) m.act = CUSTODY_TRANSFER;
			m.authority = next_random(&x) % 3 != 0;
			m.proven = next_random(&x) % 2 != 0;
			if (next_random(&x) % 50 == 0) m.at = T(5000);
			struct custody_state before = s;
			enum custody_rule r = custody_judge(&s, &m);
			assert_int_equal(custody_apply(&s, &m), r);
			if (r != CUSTODY_ALLOWED) {
				refused[r]++;
				assert_memory_equal(&before, &s, sizeof s);
				continue;
			}
			done[m.act]++;
			assert_true(s.last == m.at && s.last >= before.last);
			assert_true(before.place != CUSTODY_DISPOSED);
			assert_true(before.place != CUSTODY_GONE || (m.act == CUSTODY_RECEIVE && m.proven));
			assert_true(m.act != CUSTODY_DISPOSE || (before.holds == 0 && m.authority && !before.open));
			assert_true(before.place != CUSTODY_OFFERED || m.act == CUSTODY_RECEIVE || m.act == CUSTODY_DELIVERED ||
				    m.act == CUSTODY_HOLD || m.act == CUSTODY_RELEASE || m.act == CUSTODY_RETURN);
			at = (int)(s.last / 1000000);
		}
	}
	for (int a = 0; a < CUSTODY_ACTS; a++) assert_true(done[a] > 0);
	for (int r = 1; r < CUSTODY_RULES; r++)
		if (refused[r] == 0) fail_msg("no move met the rule %s", custody_rule_word((enum custody_rule)r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_story),
		cmocka_unit_test(erased_names_refuse_nobody),
		cmocka_unit_test(words_round_trip),
		cmocka_unit_test(whatever_the_order),
	};
	return cmocka_run_group_tests_name("evidence/custody", tests, NULL, NULL);
}
