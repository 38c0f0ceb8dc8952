/* Values and texts of BinXML as JSON: every type by itself and in an event; random UTF-16 against a slow, obvious writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "evtx_int.h"
#include "evtx_types.h"
#include "json.h"
#include "samples.h"
#include "text.h"

static void test_types(void **state)
{
	(void)state;
	struct buf b = {.max = 0};
	for (size_t i = 0; i < TYPE_CASES; i++) {
		const struct type_case *c = &type_cases[i];
		buf_clear(&b);
		if (!evtx_put_value(&b, c->value.type, c->value.bytes)) buf_add_text(&b, "null");
		if (!slice_equal(buf_slice(&b), slice_from(c->json)))
			fail_msg("%s: got %.*s, expected %s", c->name, (int)b.n, (const char *)b.p, c->json);
	}
	buf_free(&b);
}

static void test_arrays(void **state)
{
	(void)state;
	struct buf b = {.max = 0};
	for (size_t i = 0; i < ARRAY_CASES; i++) {
		const struct type_case *c = &array_cases[i];
		slice rest = c->value.bytes, element;
		buf_clear(&b);
		while (evtx_array_next(c->value.type & 0x7f, &rest, &element)) {
			buf_add_byte(&b, b.n == 0 ? '[' : ',');
			assert_true(evtx_put_value(&b, c->value.type & 0x7f, element));
		}
		buf_add_byte(&b, ']');
		if (!slice_equal(buf_slice(&b), slice_from(c->json)))
			fail_msg("%s: got %.*s, expected %s", c->name, (int)b.n, (const char *)b.p, c->json);
	}
	buf_free(&b);
}

static void test_event(void **state)
{
	(void)state;
	struct writer *w = w_new();
	struct buf want = {.max = 0}, out = {.max = 0};
	struct fault f = {0};
	struct evtx_reader *r = evtx_reader_new();
	w_chunk_begin(w);
	w_types_event(w, 0, &want);
	w_types_event(w, JUDGE_BOTH, &want);
	w_chunk_end(w);
	assert_int_equal(evtx_reader_feed(r, w_file(w), &out, NULL, NULL, &f), OK);
	assert_int_equal(evtx_reader_end(r, &out, NULL, NULL, &f), OK);
	if (!slice_equal(buf_slice(&out), buf_slice(&want)))
		fail_msg("got:\n%.*s\nexpected:\n%.*s", (int)out.n, (const char *)out.p, (int)want.n, (const char *)want.p);
	evtx_reader_free(r);
	buf_free(&out);
	buf_free(&want);
	w_free(w);
}

/* ---- random text ---- */
static uint32_t random_next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Mostly plain, as text is; everything else now and then. */
static uint16_t random_unit(uint64_t *seed)
{
	uint32_t r = random_next(seed), kind = r % 16;
	if (kind < 11) return (uint16_t)(0x20 + (r >> 8) % 0x5f);
	if (kind < 13) return (uint16_t)((r >> 8) % 0x100);
	return (uint16_t)(kind == 13 ? 0xD700 + (r >> 8) % 0xA00 : r >> 8);
}

static void slow_utf16(struct buf *b, const uint16_t *units, size_t n)
{
	struct buf utf8 = {.max = 0};
	for (size_t i = 0; i < n; i++) {
		uint32_t c = units[i];
		uint8_t bytes[4];
		bool pair = c >= 0xD800 && c < 0xDC00 && i + 1 < n && units[i + 1] >= 0xDC00 && units[i + 1] < 0xE000;
		if (pair) c = 0x10000 + ((c - 0xD800) << 10) + units[++i] - 0xDC00u;
		else if (c >= 0xD800 && c < 0xE000) c = 0xFFFD;
		buf_add(&utf8, slice_of(bytes, text_utf8_put(c, bytes)));
	}
	json_put_text(b, buf_slice(&utf8)); /* RFC 8785: the same escapes */
	buf_free(&utf8);
}

static void test_random_text(void **state)
{
	(void)state;
	uint64_t seed = 20261124;
	struct buf got = {.max = 0}, want = {.max = 0};
	for (size_t round = 0; round < 20000; round++) {
		uint64_t start = seed;
		uint16_t units[80];
		size_t n = random_next(&seed) % 80;
		uint8_t *bytes = malloc(2 * n + 1); /* of exactly its size */
		assert_non_null(bytes);
		for (size_t i = 0; i < n; i++) w_put(bytes + 2 * i, units[i] = random_unit(&seed), 2);
		buf_clear(&got);
		buf_clear(&want);
		buf_add_byte(&got, '"');
		evtx_put_utf16(&got, slice_of(bytes, 2 * n + 1));
		buf_add_byte(&got, '"');
		slow_utf16(&want, units, n);
		free(bytes);
		if (!slice_equal(buf_slice(&got), buf_slice(&want)))
			fail_msg("seed %llu: got %.*s, expected %.*s", (unsigned long long)start, (int)got.n, (const char *)got.p,
				(int)want.n, (const char *)want.p);
	}
	buf_free(&got);
	buf_free(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_random_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
