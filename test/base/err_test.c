/* Errors and faults. */
#include "cmocka_all.h"
#include "err.h"

static void every_error_has_a_word(void **state)
{
	(void)state;
	for (int e = OK; e <= ERR_STOPPED; e++) assert_string_not_equal(err_text((enum err)e), "unknown");
	assert_string_equal(err_text((enum err)1000), "unknown");
	assert_string_equal(err_text(ERR_LIMIT), "limit");
}

static void fault_is_filled(void **state)
{
	(void)state;
	struct fault f = {0};
	assert_int_equal(fault_set(&f, ERR_SYNTAX, 3, 40, "got %s", "x"), ERR_SYNTAX);
	assert_int_equal(f.kind, ERR_SYNTAX);
	assert_int_equal(f.line, 3);
	assert_int_equal(f.offset, 40);
	assert_string_equal(f.text, "got x");
	assert_int_equal(fault_set(&f, ERR_LIMIT, 0, 0, "more: %s", f.text), ERR_LIMIT); /* its own text as argument */
	assert_string_equal(f.text, "more: got x");
	assert_int_equal(fault_set(NULL, ERR_DISK, 0, 0, "%d", 1), ERR_DISK);
}

static void long_text_is_cut_between_characters(void **state)
{
	(void)state;
	char long_text[2 * FAULT_TEXT_BYTES];
	for (size_t shift = 0; shift < 4; shift++) {
		struct fault f;
		memset(long_text, 'a', shift);
		for (size_t i = shift; i + 4 < sizeof long_text; i += 3) memcpy(long_text + i, "\xE2\x82\xAC", 4);
		fault_set(&f, ERR_SYNTAX, 1, 1, "%s", long_text);
		size_t n = strlen(f.text);
		assert_true(n < FAULT_TEXT_BYTES && n > FAULT_TEXT_BYTES - 5);
		assert_int_equal((n - shift) % 3, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_a_word),
		cmocka_unit_test(fault_is_filled),
		cmocka_unit_test(long_text_is_cut_between_characters),
	};
	return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
