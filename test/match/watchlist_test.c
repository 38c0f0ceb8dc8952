/* Compiled sets that somebody wrote by hand: the checksums fit, the content leads out of its tables. Each is refused; what is checked only
 * where it is read gives an empty text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <xxhash.h>
#include "watchlist_int.h"

static const struct indicator_term terms[] = {
	{.op = TERM_EQUAL, .value = SLICE("203.0.113.7")},
	{.op = TERM_SUBSET, .type = OBSERVABLE_IPV4, .value = SLICE("10.0.0.0/8")},
	{.op = TERM_EQUAL, .value = SLICE("evil.example")},
	{.op = TERM_LIKE, .type = OBSERVABLE_COMMAND_LINE, .value = SLICE("%evil tool%"), .path = SLICE("process:command_line")},
	{.op = TERM_EQUAL, .type = OBSERVABLE_MUTEX, .value = SLICE("evil mutex"), .path = SLICE("mutex:name")},
};
#define TERMS_N (sizeof terms / sizeof *terms)

struct set {
	uint8_t *p;
	size_t n;
	struct watchlist_header *header;
};

static struct set set_make(void)
{
	struct watchlist_settings settings = {.marking_default = TLP_AMBER};
	struct watchlist_builder *b = watchlist_builder_new(&settings);
	struct watchlist *w = NULL;
	for (size_t i = 0; i < TERMS_N; i++) {
		struct indicator x = {.id = SLICE("indicator--1"),
			.name = SLICE("name"),
			.author = SLICE("author"),
			.marking = TLP_NONE,
			.modified = INSTANT_NONE,
			.valid_from = INSTANT_NONE,
			.valid_until = INSTANT_NONE,
			.confidence = -1,
			.terms = &terms[i],
			.terms_n = 1};
		assert_int_equal(watchlist_builder_add(b, &x, NULL), OK);
	}
	assert_int_equal(watchlist_builder_finish(b, &w, NULL), OK);
	slice bytes = watchlist_bytes(w);
	struct set s = {.n = bytes.n};
	assert_int_equal(posix_memalign((void **)&s.p, 64, s.n), 0);
	memcpy(s.p, bytes.p, s.n);
	s.header = (void *)s.p;
	watchlist_free(w);
	return s;
}

static void *section(const struct set *s, enum section which)
{
	return s->p + s->header->sections[which].at;
}

static enum err set_open(struct set *s, struct watchlist **w, struct fault *f)
{
	s->header->check = XXH3_64bits(s->p + sizeof *s->header, s->n - sizeof *s->header);
	s->header->header_check = XXH3_64bits(s->header, offsetof(struct watchlist_header, header_check));
	return watchlist_open(slice_of(s->p, s->n), w, f);
}

static void slot_beyond(struct set *s)
{
	((uint32_t *)section(s, SECTION_SLOTS))[7] = (uint32_t)s->header->sections[SECTION_ANCHORS].count + 1;
}
static void slots_full(struct set *s)
{
	uint32_t *slots = section(s, SECTION_SLOTS);
	for (size_t i = 0; i < s->header->sections[SECTION_SLOTS].count; i++) slots[i] = 1;
}
static void chain_up(struct set *s)
{
	((struct anchor *)section(s, SECTION_ANCHORS))[0].next = 2;
}
static void chain_to_itself(struct set *s)
{
	((struct anchor *)section(s, SECTION_ANCHORS))[1].next = 2;
}
static void anchor_term(struct set *s)
{
	((struct anchor *)section(s, SECTION_ANCHORS))[0].term = TERMS_N | ANCHOR_FAST;
}
static void term_indicator(struct set *s)
{
	((struct term *)section(s, SECTION_TERMS))[1].indicator = TERMS_N;
}
static void term_value_beyond(struct set *s)
{
	((struct term *)section(s, SECTION_TERMS))[0].value = (uint32_t)s->header->sections[SECTION_STRINGS].count;
}
static void term_value_wraps(struct set *s)
{
	((struct term *)section(s, SECTION_TERMS))[0].value_n = UINT32_MAX;
}
static void term_value_empty(struct set *s)
{
	((struct term *)section(s, SECTION_TERMS))[0].value_n = 0;
}
static void term_type(struct set *s)
{
	((struct term *)section(s, SECTION_TERMS))[0].type = OBSERVABLE_COUNT;
}
static void term_op(struct set *s)
{
	((struct term *)section(s, SECTION_TERMS))[0].op = TERM_MATCHES + 1;
}
static void range_bits(struct set *s)
{
	((struct range_row *)section(s, SECTION_RANGES))[0].bits = 33;
}
static void slow_beyond(struct set *s)
{
	((uint32_t *)section(s, SECTION_SLOW))[1] = TERMS_N;
}
static void slow_unsorted(struct set *s)
{
	((uint32_t *)section(s, SECTION_SLOW))[1] = ((uint32_t *)section(s, SECTION_SLOW))[0];
}
static void nets_short(struct set *s)
{
	s->header->sections[SECTION_NETS].count = 1;
}
static void bloom_size(struct set *s)
{
	s->header->sections[SECTION_BLOOM].count = 3;
}
static void section_unaligned(struct set *s)
{
	s->header->sections[SECTION_BLOOM].at += 4;
}
static void section_over_header(struct set *s)
{
	s->header->sections[SECTION_BLOOM].at = 0;
}
static void section_beyond(struct set *s)
{
	s->header->sections[SECTION_STRINGS].count = s->n;
}
static void section_wraps(struct set *s)
{
	s->header->sections[SECTION_ANCHORS].count = UINT64_MAX / 16 + 1;
}
static void strings_missing(struct set *s)
{
	s->header->sections[SECTION_STRINGS].count = 0;
}
static void length_wrong(struct set *s)
{
	s->header->bytes++;
}

static void what_leads_out_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		void (*spoil)(struct set *);
	} rows[] = {
#define ROW(f) {#f, f}
		ROW(slot_beyond),
		ROW(slots_full),
		ROW(chain_up),
		ROW(chain_to_itself),
		ROW(anchor_term),
		ROW(term_indicator),
		ROW(term_value_beyond),
		ROW(term_value_wraps),
		ROW(term_value_empty),
		ROW(term_type),
		ROW(term_op),
		ROW(range_bits),
		ROW(slow_beyond),
		ROW(slow_unsorted),
		ROW(nets_short),
		ROW(bloom_size),
		ROW(section_unaligned),
		ROW(section_over_header),
		ROW(section_beyond),
		ROW(section_wraps),
		ROW(strings_missing),
		ROW(length_wrong),
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct set s = set_make();
		struct watchlist *w = NULL;
		struct fault f = {0};
		rows[i].spoil(&s);
		enum err e = set_open(&s, &w, &f);
		if (e != ERR_DAMAGED) print_error("%s\n", rows[i].name);
		assert_int_equal(e, ERR_DAMAGED);
		assert_null(w);
		assert_true(f.text[0] != '\0');
		free(s.p);
	}
}

static void texts_that_lead_out_are_empty(void **state)
{
	(void)state;
	struct set s = set_make();
	struct watchlist *w = NULL;
	struct indicator_row *rows = section(&s, SECTION_INDICATORS);
	struct meta_row *metas = section(&s, SECTION_METAS);
	rows[0].id = UINT32_MAX;
	rows[1].id = (uint32_t)s.header->sections[SECTION_STRINGS].count - 3;
	rows[2].meta = 1000000;
	metas[rows[3].meta].name =
		(uint32_t)s.header->sections[SECTION_STRINGS].count - 4; /* whatever length stands there, no byte is behind it */
	metas[rows[3].meta].marking = 200;
	assert_int_equal(set_open(&s, &w, NULL), OK);
	assert_int_equal(watchlist_get(w, 0).id.n, 0);
	assert_int_equal(watchlist_get(w, 1).id.n, 0);
	assert_int_equal(watchlist_get(w, 2).marking, TLP_RED);
	assert_int_equal(watchlist_get(w, 3).name.n, 0);
	assert_int_equal(watchlist_get(w, 3).marking, TLP_RED);
	watchlist_free(w);
	free(s.p);
}

static void what_is_stamped_stays(void **state)
{
	(void)state;
	struct watchlist_settings settings = {.marking_default = TLP_AMBER};
	struct watchlist_builder *b = watchlist_builder_new(&settings);
	struct watchlist *w = NULL, *again = NULL;
	assert_int_equal(watchlist_builder_finish(b, &w, NULL), OK);
	watchlist_stamp(w, 1654041600000000, 3);
	assert_int_equal(watchlist_open(watchlist_bytes(w), &again, NULL), OK);
	assert_int_equal(watchlist_counts(again).unreadable, 3);
	assert_true(watchlist_judged(again) == 1654041600000000);
	watchlist_free(again);
	watchlist_free(w);
}

/* Indicator k ends at 10 k; the first never does. */
static struct watchlist *ending_make(bool all)
{
	const struct watchlist_settings settings = {.marking_default = TLP_AMBER, .at = 5, .all = all};
	struct watchlist_builder *b = watchlist_builder_new(&settings);
	struct watchlist *w = NULL;
	for (size_t i = 0; i < TERMS_N; i++) {
		struct indicator x = {.id = SLICE("indicator--1"),
			.marking = TLP_NONE,
			.modified = INSTANT_NONE,
			.valid_from = INSTANT_NONE,
			.valid_until = i == 0 ? INSTANT_NONE : (instant)i * 10,
			.confidence = -1,
			.terms = &terms[i],
			.terms_n = 1};
		assert_int_equal(watchlist_builder_add(b, &x, NULL), OK);
	}
	assert_int_equal(watchlist_builder_finish(b, &w, NULL), OK);
	return w;
}

static void what_ends_is_counted_at_each_time(void **state)
{
	(void)state;
	static const struct {
		instant at;
		uint64_t ended;
	} times[] = {{5, 0}, {9, 0}, {10, 1}, {39, 3}, {40, 4}, {INT64_MAX, 4}};
	struct watchlist *w = ending_make(false), *all = ending_make(true);
	assert_false(watchlist_keeps_all(w));
	assert_true(watchlist_keeps_all(all));
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		assert_int_equal(watchlist_counts_at(w, times[i].at).expired, times[i].ended);
		assert_int_equal(watchlist_counts_at(w, times[i].at).loaded, TERMS_N - times[i].ended);
		assert_int_equal(watchlist_counts_at(all, times[i].at).loaded, TERMS_N);
	}
	watchlist_free(w);
	watchlist_free(all);
}

/* An expression that PCRE2 refuses is named with PCRE2's words and place; one over our limit with the limit's name. */
static void why_an_expression_is_refused(void **state)
{
	(void)state;
	struct buf big = {0};
	for (size_t i = 0; i < 17000; i++) buf_add_byte(&big, 'a');
	const struct {
		slice value;
		const char *reason;
	} cases[] = {
		{SLICE("("), "the expression does not compile: missing closing parenthesis, at byte 1"},
		{SLICE("ab[z-a]"), "the expression does not compile: range out of order in character class, at byte 5"},
		{buf_slice(&big), "the expression is longer than EXPRESSION_BYTES_MAX, 16384 bytes"},
	};
	struct watchlist_settings settings = {.marking_default = TLP_AMBER};
	struct watchlist_builder *b = watchlist_builder_new(&settings);
	struct watchlist *w = NULL;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct indicator_term term = {.op = TERM_MATCHES,
			.type = OBSERVABLE_COMMAND_LINE,
			.value = cases[k].value,
			.path = SLICE("process:command_line"),
			.strict = true};
		struct indicator x = {.id = SLICE("indicator--1"),
			.marking = TLP_NONE,
			.modified = INSTANT_NONE,
			.valid_from = INSTANT_NONE,
			.valid_until = INSTANT_NONE,
			.confidence = -1,
			.terms = &term,
			.terms_n = 1};
		if (k > 0) x.id = k == 1 ? SLICE("indicator--2") : SLICE("indicator--3");
		assert_int_equal(watchlist_builder_add(b, &x, NULL), ERR_SYNTAX);
	}
	assert_int_equal(watchlist_builder_finish(b, &w, NULL), OK);
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		slice id, reason;
		assert_true(watchlist_unmatchable(w, k, &id, &reason));
		assert_int_equal(reason.n, strlen(cases[k].reason));
		assert_memory_equal(reason.p, cases[k].reason, reason.n);
	}
	watchlist_free(w);
	buf_free(&big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leads_out_is_refused),
		cmocka_unit_test(texts_that_lead_out_are_empty),
		cmocka_unit_test(what_is_stamped_stays),
		cmocka_unit_test(what_ends_is_counted_at_each_time),
		cmocka_unit_test(why_an_expression_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
