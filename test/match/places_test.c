/* Where a hit shows in its record, and records with very many hits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "rig.h"

static struct indicator plain(struct arena *a, const char *id, const char *value)
{
	return rig_indicator(a, id, (struct indicator_term){.op = TERM_EQUAL, .value = arena_copy(a, slice_from(value))});
}

/* seen_n 0: the record's bytes do not show it */
static void hits_show_where_they_are(void **state)
{
	static const struct {
		const char *value, *record;
		size_t at, n;
	} rows[] = {
		{"1.2.3.4", "11.2.3.4 1.2.3.4 z", 9, 7},
		{"1.2.3.4", "a 1.2.3.4 1.2.3.4", 2, 7},
		{"1.2.3.4", "{\"a\":\"11.2.3.4\",\"b\":\"1.2.3.4\"}", 21, 7},
		{"1.2.3.4", "{\"a\":\"11.2.3.4 1.2.3.4 z\"}", 15, 7},
		{"1.2.3.4", "{\"a\":\"11.2.3.4\\t1.2.3.4\"}", 16, 7},
		{"C:\\temp\\bad.exe", "{\"a\":\"C:\\\\temp\\\\bad.exe\"}", 6, 17},
		{"1.2.3.4", "{\"a\":\"1\\u002e2.3.4\"}", 0, 0},
		{"evil.com", "revil.com=x evil.com C:\\temp\\x", 12, 8},
		{"bad.exe", "C:\\new\\verybad.exe C:\\temp\\bad.exe", 27, 7},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new(0);
		struct indicator in = plain(a, "indicator--1", rows[i].value);
		struct rig_scanned s;
		rig_scan_open(&in, 1, slice_from(rows[i].record), &s);
		assert_int_equal(s.result.hits_n, 1);
		const struct hit *h = &s.result.hits[0];
		if (h->seen_n != rows[i].n || (h->seen_n > 0 && h->seen_at != rows[i].at))
			fail_msg("%s: %zu, %zu bytes", rows[i].record, h->seen_at, h->seen_n);
		rig_scan_close(&s);
		arena_free(a);
	}
}

#define MANY 60000u

/* A line of very many addresses, each of them looked for twice: once in each indicator, in the order of ids. */
static void very_many_hits_in_one_record(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct indicator *in = arena_array(a, MANY, sizeof *in);
	struct buf line = {0};
	for (unsigned i = 0; i < MANY; i++) {
		slice id = arena_printf(a, "indicator--%05u", (i * 7919) % MANY), value = arena_printf(a, "10.1.%u.%u", i >> 8, i & 255);
		in[i] = rig_indicator(a, (const char *)arena_printf(a, "%.*s%c", SLICE_PRINTF(id), 0).p,
			(struct indicator_term){.op = TERM_EQUAL, .value = value});
		buf_printf(&line, "%.*s %.*s ", SLICE_PRINTF(value), SLICE_PRINTF(value));
	}
	struct rig_scanned s;
	rig_scan_open(in, MANY, buf_slice(&line), &s);
	assert_int_equal(s.result.hits_n, MANY);
	for (size_t i = 0; i < MANY; i++) {
		slice id = watchlist_get(s.list, s.result.hits[i].term).id;
		char want[32];
		(void)snprintf(want, sizeof want, "indicator--%05zu", i);
		assert_true(slice_equal(id, slice_from(want)));
		assert_true(slice_equal(slice_sub(buf_slice(&line), s.result.hits[i].seen_at, s.result.hits[i].seen_n),
			watchlist_get(s.list, s.result.hits[i].term).value));
	}
	rig_scan_close(&s);
	buf_free(&line);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hits_show_where_they_are), cmocka_unit_test(very_many_hits_in_one_record)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
