/* A scan's entry: its body is one that the ledger takes, its watchlist's digest depends on what is looked for and on nothing else. */
#include "record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "digest_set.h"

#define AT INT64_C(1764000000123456)

static struct watchlist *make(const char *const *values, size_t n, uint64_t key, instant until, enum tlp marking)
{
	struct watchlist_settings s = {.marking_default = marking, .at = AT, .fingerprint_key = key};
	struct watchlist_builder *b = watchlist_builder_new(&s);
	struct watchlist *w = NULL;
	struct fault f;
	for (size_t i = 0; i < n; i++) {
		struct indicator_term t = {.op = TERM_EQUAL, .value = slice_from(values[i])};
		struct indicator x = {.marking = TLP_NONE,
			.marking_floor = TLP_NONE,
			.valid_from = INSTANT_NONE,
			.valid_until = i == 0 ? until : INSTANT_NONE,
			.modified = INSTANT_NONE,
			.confidence = -1,
			.terms = &t,
			.terms_n = 1};
		assert_int_equal(watchlist_builder_add(b, &x, &f), OK);
	}
	assert_int_equal(watchlist_builder_finish(b, &w, &f), OK);
	return w;
}

static digest digest_made(const char *const *values, size_t n, uint64_t key, instant until, enum tlp marking, instant at)
{
	struct watchlist *w = make(values, n, key, until, marking);
	digest d = record_watchlist(w, at);
	watchlist_free(w);
	return d;
}

static void test_watchlist_is_what_is_looked_for(void **state)
{
	(void)state;
	static const char *const one[] = {"evil.example", "203.0.113.9", "mail@evil.example"},
				 *const turned[] = {"mail@evil.example", "evil.example", "203.0.113.9"},
				 *const other[] = {"evil.example", "203.0.113.8", "mail@evil.example"};
	const digest d = digest_made(one, 3, 1, INSTANT_NONE, TLP_AMBER, INSTANT_NONE);
	const digest same = digest_made(turned, 3, 77, INSTANT_NONE, TLP_AMBER, AT);
	assert_true(digest_equal(&d, &same));
	const digest differ[] = {
		digest_made(other, 3, 1, INSTANT_NONE, TLP_AMBER, INSTANT_NONE),
		digest_made(one, 2, 1, INSTANT_NONE, TLP_AMBER, INSTANT_NONE),
		digest_made(one, 3, 1, INSTANT_NONE, TLP_GREEN, INSTANT_NONE),
		digest_made(one, 3, 1, AT + 1000000, TLP_AMBER, INSTANT_NONE),
	};
	for (size_t i = 0; i < sizeof differ / sizeof *differ; i++) assert_false(digest_equal(&d, &differ[i]));
}

static void test_what_has_ended_is_not_looked_for(void **state)
{
	(void)state;
	static const char *const values[] = {"ends.example", "evil.example"};
	const digest ended = digest_made(values, 2, 1, AT + 1000000, TLP_AMBER, AT + 1000000);
	const digest never = digest_made(values + 1, 1, 1, INSTANT_NONE, TLP_AMBER, INSTANT_NONE);
	const digest still = digest_made(values, 2, 1, AT + 1000000, TLP_AMBER, AT + 999999);
	assert_true(digest_equal(&ended, &never));
	assert_false(digest_equal(&ended, &still));
}

/* SHA-256("b\n") = 0263829989b6fd95…, SHA-256("a\n") = 87428fc522803d31…: in ascending order b stands first. */
static void test_a_set_has_no_order_and_counts(void **state)
{
	(void)state;
	struct digest_set x = {0}, y = {0}, z = {0};
	const slice a = SLICE("a\n"), b = SLICE("b\n");
	digest_set_add(&x, a);
	digest_set_add(&x, b);
	digest_set_add(&y, b);
	digest_set_add(&y, a);
	digest_set_add(&z, a);
	digest_set_add(&z, b);
	digest_set_add(&z, b);
	digest both[2] = {digest_of(b), digest_of(a)};
	digest expected = digest_of(slice_of(both, sizeof both)), dx = digest_set_end(&x), dy = digest_set_end(&y), dz = digest_set_end(&z);
	digest empty = digest_set_end(&x), nothing = digest_of((slice){0});
	assert_true(digest_equal(&dx, &expected) && digest_equal(&dy, &expected) && !digest_equal(&dz, &expected));
	assert_true(digest_equal(&empty, &nothing));
}

static void test_the_body_is_an_entry(void **state)
{
	(void)state;
	struct scan_facts s = {.watchlist = digest_of(SLICE("w")),
		.inputs = digest_of(SLICE("i")),
		.hits = UINT64_MAX,
		.inputs_count = 3,
		.began = AT,
		.ended = AT + 5,
		.marking = TLP_NONE,
		.exercise = true};
	const struct scan_blobs blobs = {digest_of(SLICE("1")), digest_of(SLICE("2")), digest_of(SLICE("3")), digest_of(SLICE("4"))};
	const digest named[] = {blobs.answer, blobs.coverage, blobs.command, blobs.inputs_list};
	struct buf body = {0}, bytes = {0};
	struct fault f = {0};
	struct entry e;
	uint64_t n;
	bool b;
	slice text;
	record_scan_body(&body, &s, &blobs, SLICE("0.1"));
	struct entry_draft d = {
		.actor = SLICE("unix:0"), .kind = SLICE("scan"), .body = buf_slice(&body), .blobs = named, .blob_count = 4, .time = AT};
	if (entry_compose(&bytes, &d, &f) != OK) fail_msg("%s", f.text);
	assert_int_equal(entry_parse(buf_slice(&bytes), &e, &f), OK);
	assert_true(e.known && entry_field_count(&e, "hits", &n) && n == CANONICAL_INTEGER_MAX);
	assert_true(entry_field_count(&e, "inputs_count", &n) && n == 3);
	assert_true(entry_field_bool(&e, "complete", &b) && !b && entry_field_bool(&e, "exercise", &b) && b);
	assert_true(entry_field_text(&e, "marking", &text) && slice_equal(text, SLICE("TLP:CLEAR")));
	buf_free(&body);
	buf_free(&bytes);
}

static void test_exercises_stay_among_themselves(void **state)
{
	(void)state;
	const struct home_genesis production = {.origin = SLICE("cert.example/kulla")}, drill = {.exercise = true};
	struct fault f = {0};
	assert_int_equal(record_allowed(&production, false, &f), OK);
	assert_int_equal(record_allowed(&drill, true, &f), OK);
	assert_int_equal(record_allowed(&drill, false, &f), OK);
	assert_int_equal(record_allowed(&production, true, &f), ERR_USAGE);
	assert_non_null(strstr(f.text, "cert.example/kulla"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watchlist_is_what_is_looked_for),
		cmocka_unit_test(test_what_has_ended_is_not_looked_for),
		cmocka_unit_test(test_a_set_has_no_order_and_counts),
		cmocka_unit_test(test_the_body_is_an_entry),
		cmocka_unit_test(test_exercises_stay_among_themselves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
