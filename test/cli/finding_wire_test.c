/* Frames of the workers: what is written is read; what is cut or changed is refused or read within its bytes. */
#include "finding_wire.h"

#include <stdlib.h>

#include "cmocka_all.h"

static struct wire_rule rule_sample(void)
{
	struct wire_rule r = {
		.source = 3, .name = SLICE("evil"), .places_all = 1000, .cut = true, .tags_n = 2, .metas_n = 3, .places_n = 2};
	r.tags[0] = SLICE("a");
	r.tags[1] = SLICE("\xff\n");
	r.metas[0] = (struct wire_value){.name = SLICE("score"), .type = WIRE_META_INTEGER, .number = INT64_MIN};
	r.metas[1] = (struct wire_value){.name = SLICE("author"), .type = WIRE_META_TEXT, .text = SLICE("x")};
	r.metas[2] = (struct wire_value){.name = SLICE("sure"), .type = WIRE_META_BOOL, .number = 1};
	r.places[0] = (struct wire_place){.name = SLICE("$a"), .offset = 1ull << 40, .bytes = 100, .shown = SLICE("MZ")};
	r.places[1] = (struct wire_place){.name = SLICE("$"), .offset = 0, .bytes = 0};
	return r;
}

static slice body_of(const struct buf *b, enum wire_kind kind)
{
	enum wire_kind found;
	size_t n;
	assert_int_equal(wire_head(b->p, &found, &n, NULL), OK);
	assert_int_equal(found, kind);
	assert_int_equal(n + WIRE_HEAD_BYTES, b->n);
	return slice_sub(buf_slice(b), WIRE_HEAD_BYTES, SIZE_MAX);
}

static void rules_come_through(void **state)
{
	(void)state;
	struct wire_rule r = rule_sample(), got;
	struct buf b = {0};
	wire_put_rule(&b, &r);
	assert_true(wire_get_rule(body_of(&b, WIRE_RULE), &got));
	assert_int_equal(got.source, 3);
	assert_true(slice_equal(got.name, r.name) && got.cut && got.places_all == 1000);
	assert_int_equal(got.tags_n, 2);
	assert_true(slice_equal(got.tags[1], r.tags[1]));
	assert_int_equal(got.metas_n, 3);
	assert_true(got.metas[0].number == INT64_MIN && got.metas[0].type == WIRE_META_INTEGER);
	assert_true(slice_equal(got.metas[1].text, SLICE("x")) && got.metas[2].type == WIRE_META_BOOL && got.metas[2].number == 1);
	assert_int_equal(got.places_n, 2);
	assert_true(got.places[0].offset == 1ull << 40 && got.places[0].bytes == 100 && slice_equal(got.places[0].shown, SLICE("MZ")));
	buf_free(&b);
}

static void the_others_come_through(void **state)
{
	(void)state;
	struct wire_ready ready = {.indicators = 5, .troubles = 6, .watchlist = digest_of(SLICE("w")), .digests = 7, .exercise = true},
			  ready_got;
	struct wire_says says = {.level = WIRE_WARNING, .source = 1, .line = 70000, .text = SLICE("what")}, says_got;
	struct wire_hash hash = {.indicator = SLICE("i"),
				 .value = SLICE("v"),
				 .type = OBSERVABLE_SHA1,
				 .marking = TLP_RED,
				 .confidence = -1},
			 hash_got;
	struct wire_end end = {.outcome = WIRE_TIMEOUT, .error = 26, .cut = true}, end_got;
	struct buf b = {0};
	wire_put_ready(&b, &ready);
	assert_true(wire_get_ready(body_of(&b, WIRE_READY), &ready_got));
	assert_true(ready_got.indicators == 5 && ready_got.troubles == 6 && digest_equal(&ready_got.watchlist, &ready.watchlist));
	assert_true(ready_got.digests == 7 && ready_got.exercise);
	buf_clear(&b);
	wire_put_says(&b, &says);
	assert_true(wire_get_says(body_of(&b, WIRE_SAYS), &says_got));
	assert_true(
		says_got.level == WIRE_WARNING && says_got.source == 1 && says_got.line == 70000 && slice_equal(says_got.text, says.text));
	buf_clear(&b);
	wire_put_hash(&b, &hash);
	assert_true(wire_get_hash(body_of(&b, WIRE_HASH), &hash_got));
	assert_true(slice_equal(hash_got.value, hash.value) && hash_got.type == OBSERVABLE_SHA1 && hash_got.marking == TLP_RED);
	assert_int_equal(hash_got.confidence, -1);
	buf_clear(&b);
	wire_put_end(&b, &end);
	assert_true(wire_get_end(body_of(&b, WIRE_END), &end_got));
	assert_true(end_got.outcome == WIRE_TIMEOUT && end_got.error == 26 && end_got.cut);
	buf_free(&b);
}

static bool get_any(slice body, enum wire_kind kind)
{
	union {
		struct wire_ready ready;
		struct wire_says says;
		struct wire_rule rule;
		struct wire_hash hash;
		struct wire_end end;
	} x;
	switch (kind) {
	case WIRE_READY: return wire_get_ready(body, &x.ready);
	case WIRE_SAYS: return wire_get_says(body, &x.says);
	case WIRE_RULE: return wire_get_rule(body, &x.rule);
	case WIRE_HASH: return wire_get_hash(body, &x.hash);
	default: return wire_get_end(body, &x.end);
	}
}

/* Each length but the whole is refused, and so is a byte more; the bytes are a heap's own, so that a sanitizer sees a step too far. */
static void cut_bodies_are_refused(void **state)
{
	(void)state;
	struct buf frames[5] = {{0}};
	struct wire_rule rule = rule_sample();
	wire_put_ready(&frames[0], &(struct wire_ready){.indicators = 1});
	wire_put_says(&frames[1], &(struct wire_says){.text = SLICE("text")});
	wire_put_rule(&frames[2], &rule);
	wire_put_hash(&frames[3], &(struct wire_hash){.value = SLICE("v"), .type = OBSERVABLE_MD5});
	wire_put_end(&frames[4], &(struct wire_end){.error = 1});
	for (int i = 0; i < 5; i++) {
		enum wire_kind kind = (enum wire_kind)(WIRE_READY + i);
		slice body = body_of(&frames[i], kind);
		for (size_t n = 0; n <= body.n + 1; n++) {
			uint8_t *copy = calloc(1, n + (n == 0));
			memcpy(copy, body.p, n < body.n ? n : body.n);
			assert_int_equal(get_any(slice_of(copy, n), kind), n == body.n);
			free(copy);
		}
		buf_free(&frames[i]);
	}
}

static void what_no_worker_of_ours_says_is_refused(void **state)
{
	(void)state;
	struct fault f = {0};
	enum wire_kind kind;
	size_t n;
	assert_int_equal(wire_head((const uint8_t *)"\0\0\0\0\0", &kind, &n, &f), ERR_SYNTAX);
	assert_int_equal(wire_head((const uint8_t *)"\0\0\0\0\6", &kind, &n, &f), ERR_SYNTAX);
	assert_int_equal(wire_head((const uint8_t *)"\xff\xff\xff\x7f\1", &kind, &n, &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, "YARA_FRAME_BYTES_MAX"));
	struct wire_rule rule = rule_sample();
	const struct {
		uint64_t offset, bytes, all;
		slice name;
	} rows[] = {{UINT64_MAX, 1, 2, SLICE("r")}, {0, UINT64_MAX, 2, SLICE("r")}, {0, 1, 2, SLICE("r")}, {0, 2, 1, SLICE("r")},
		{0, 2, 2, SLICE("")}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) { /* shown is longer than the place; fewer places than shown; no name */
		struct buf b = {0};
		rule.name = rows[i].name;
		rule.places_all = rows[i].all;
		rule.places[0].offset = rows[i].offset;
		rule.places[0].bytes = rows[i].bytes;
		wire_put_rule(&b, &rule);
		assert_false(wire_get_rule(body_of(&b, WIRE_RULE), &rule));
		rule = rule_sample();
		buf_free(&b);
	}
}

static void the_longest_rule_fits_a_frame(void **state)
{
	(void)state;
	static char text[YARA_TEXT_BYTES_MAX + 100];
	struct wire_rule r = {.tags_n = YARA_LIST_MAX, .metas_n = YARA_LIST_MAX, .places_n = YARA_LIST_MAX, .places_all = YARA_LIST_MAX},
			 got;
	struct buf b = {0};
	memset(text, 'x', sizeof text);
	slice all = slice_of(text, sizeof text);
	r.name = all;
	for (unsigned i = 0; i < YARA_LIST_MAX; i++) {
		r.tags[i] = all;
		r.metas[i] = (struct wire_value){.name = all, .type = WIRE_META_TEXT, .text = all};
		r.places[i] = (struct wire_place){.name = all, .bytes = 100, .shown = slice_sub(all, 0, 100)};
	}
	wire_put_rule(&b, &r);
	assert_true(wire_get_rule(body_of(&b, WIRE_RULE), &got));
	assert_int_equal(got.tags[0].n, YARA_TEXT_BYTES_MAX);
	assert_int_equal(got.places[YARA_LIST_MAX - 1].shown.n, YARA_SHOWN_BYTES_MAX);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_come_through),
		cmocka_unit_test(the_others_come_through),
		cmocka_unit_test(cut_bodies_are_refused),
		cmocka_unit_test(what_no_worker_of_ours_says_is_refused),
		cmocka_unit_test(the_longest_rule_fits_a_frame),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
