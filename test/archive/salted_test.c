/* Salted texts: one text with one salt has one content; anything else is refused; erasing takes text and salt. */
#include "folder.h"
#include "salted.h"

static const uint8_t SALT[SALTED_SALT_BYTES] = {1, 2, 3, [31] = 255};
#define SALT_TEXT "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP8="

static void composes_and_parses(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct buf b = {0};
	struct fault f = {0};
	slice text = {NULL, 0};

	assert_int_equal(salted_compose(&b, SLICE("Agim \"X\"\n\xC3\xAB"), SALT, &f), OK);
	assert_true(slice_equal(buf_slice(&b), SLICE("{\"salt\":\"" SALT_TEXT "\",\"text\":\"Agim \\\"X\\\"\\n\xC3\xAB\"}")));
	assert_int_equal(salted_parse(buf_slice(&b), a, &text, &f), OK);
	assert_true(slice_equal(text, SLICE("Agim \"X\"\n\xC3\xAB")));
	buf_free(&b);
	arena_free(a);
}

static void refuses(void **state)
{
	(void)state;
	static const char *const TEXTS[] = {
		"", "\"text\"", "{}", "[\"" SALT_TEXT "\",\"x\"]", "{\"salt\":\"" SALT_TEXT "\"}", "{\"text\":\"x\"}",
		"{\"salt\":\"" SALT_TEXT "\",\"text\":1}", "{\"salt\":1,\"text\":\"x\"}", "{\"salt\":\"AAAA\",\"text\":\"x\"}",
		"{\"salt\":\"\",\"text\":\"x\"}", "{\"salt\":\"" SALT_TEXT "\",\"text\":\"x\",\"z\":1}",
		"{\"a\":1,\"salt\":\"" SALT_TEXT "\",\"text\":\"x\"}", "{\"text\":\"x\",\"salt\":\"" SALT_TEXT "\"}",
		"{\"salt\":\"" SALT_TEXT "\", \"text\":\"x\"}",
		"{\"salt\":\"AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP9=\",\"text\":\"x\"}", /* pad bits */
	};
	struct arena *a = arena_new(0);
	struct buf b = {.max = 40};
	struct fault f = {0};
	slice text = SLICE("kept");

	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
		if (salted_parse(slice_from(TEXTS[i]), a, &text, &f) != ERR_SYNTAX) fail_msg("%s", TEXTS[i]);
	assert_int_equal(salted_parse(SLICE("{\"salt\":\"" SALT_TEXT "\",\"text\":\"\"}"), a, &text, &f), ERR_LIMIT);
	assert_true(slice_equal(text, SLICE("kept")));
	assert_int_equal(salted_compose(&b, SLICE(""), SALT, &f), ERR_LIMIT);
	assert_int_equal(salted_compose(&b, SLICE("\xff"), SALT, &f), ERR_SYNTAX);
	assert_int_equal(salted_compose(&b, SLICE("no room"), SALT, &f), ERR_LIMIT);
	assert_int_equal(b.n, 0);
	uint8_t *big = mem_alloc(SALTED_TEXT_BYTES_MAX + 1);
	struct buf all = {0};
	memset(big, 1, SALTED_TEXT_BYTES_MAX + 1); /* each an escape of six bytes */
	assert_int_equal(salted_compose(&all, slice_of(big, SALTED_TEXT_BYTES_MAX + 1), SALT, &f), ERR_LIMIT);
	assert_int_equal(salted_compose(&all, slice_of(big, SALTED_TEXT_BYTES_MAX), SALT, &f), OK);
	assert_int_equal(salted_parse(buf_slice(&all), a, &text, &f), OK);
	assert_int_equal(text.n, SALTED_TEXT_BYTES_MAX);
	free(big);
	buf_free(&all);
	buf_free(&b);
	arena_free(a);
}

static void every_changed_bit_is_refused_or_another_text(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct buf b = {0}, again = {0};
	slice text;

	assert_int_equal(salted_compose(&b, SLICE("Agim"), SALT, NULL), OK);
	digest name = digest_of(buf_slice(&b));
	for (size_t bit = 0; bit < 8 * b.n; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		digest other = digest_of(buf_slice(&b));
		assert_false(digest_equal(&name, &other));
		buf_clear(&again);
		if (salted_parse(buf_slice(&b), a, &text, NULL) == OK && slice_equal(text, SLICE("Agim"))) {
			assert_int_equal(salted_compose(&again, text, SALT, NULL), OK);
			assert_false(slice_equal(buf_slice(&again), buf_slice(&b))); /* then the salt is another */
		}
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_free(&b);
	buf_free(&again);
	arena_free(a);
}

static void stored_and_erased(void **state)
{
	(void)state;
	struct home h = home_new();
	struct arena *a = arena_new(0);
	struct blob_store *s = NULL;
	struct fault f = {0};
	slice text = SLICE("kept");
	digest name, plain;

	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(salted_put(s, SLICE("Agim"), SALT, &name, &f), OK);
	assert_int_equal(salted_get(s, &name, a, &text, &f), OK);
	assert_true(slice_equal(text, SLICE("Agim")));
	assert_int_equal(blob_put(s, SLICE("no salted text"), &plain, &f), OK);
	assert_int_equal(salted_get(s, &plain, a, &text, &f), ERR_SYNTAX);
	assert_int_equal(blob_erase(s, &name, &f), OK);
	assert_int_equal(salted_get(s, &name, a, &text, &f), ERR_NOT_FOUND);
	assert_true(slice_equal(text, SLICE("Agim")));
	blob_store_close(s);
	arena_free(a);
	home_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(composes_and_parses),
		cmocka_unit_test(refuses),
		cmocka_unit_test(every_changed_bit_is_refused_or_another_text),
		cmocka_unit_test(stored_and_erased),
	};
	return cmocka_run_group_tests_name("archive/salted", tests, NULL, NULL);
}
