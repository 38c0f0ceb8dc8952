/* Lines of a history: what is written is read, what is no line is refused. */
#include "history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char LINE[] =
	"{\"entry\":4,\"item\":\"sha256:0101010101010101010101010101010101010101010101010101010101010101\",\"judged\":true,"
	"\"origin\":\"a.example/kulla\",\"proof\":\"sha256:0202020202020202020202020202020202020202020202020202020202020202\"}\n";

static void lines_come_back(void **state)
{
	struct arena *a = arena_new(0);
	struct buf b = {0};
	struct history_line x = {.entry = 4, .judged = true, .origin = SLICE("a.example/kulla")}, y;
	memset(x.item.b, 1, DIGEST_BYTES);
	memset(x.proof.b, 2, DIGEST_BYTES);
	history_put(&b, &x);
	assert_int_equal(b.n, sizeof LINE - 1);
	assert_memory_equal(b.p, LINE, b.n);
	x.origin = SLICE("a\"b\\");
	x.judged = false;
	history_put(&b, &x);
	slice rest = buf_slice(&b);
	assert_int_equal(history_next(&rest, a, &y, NULL), OK);
	assert_int_equal(y.entry, 4);
	assert_true(y.judged && digest_equal(&x.item, &y.item) && digest_equal(&x.proof, &y.proof));
	assert_int_equal(history_next(&rest, a, &y, NULL), OK);
	assert_true(!y.judged && slice_equal(x.origin, y.origin) && rest.n == 0);
	buf_free(&b);
	arena_free(a);
	(void)state;
}

static void others_are_refused(void **state)
{
	static const char *const MEMBERS[] = {
		"\"entry\":4", "\"item\":\"sha256:", "\"judged\":true", "\"origin\":\"a", "\"proof\":\"sha256:"};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
		struct fault f = {0};
		struct history_line y = {.entry = 77};
		slice line = arena_copy(a, SLICE(LINE)), rest = line;
		size_t at = slice_find(line, slice_from(MEMBERS[i]));
		assert_true(at < line.n);
		((uint8_t *)(uintptr_t)line.p)[at + 2] = 'x'; /* another name, still in order or not */
		assert_int_equal(history_next(&rest, a, &y, &f), ERR_SYNTAX);
		assert_int_equal(y.entry, 77);
		assert_int_equal(rest.n, 0); /* whoever goes on comes to an end */
	}
	arena_free(a);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_come_back), cmocka_unit_test(others_are_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
