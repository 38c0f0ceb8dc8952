/* A worker that answers, crashes, hangs, babbles: the other end always gets its word, and nobody is left behind. */
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "progress.h"

/* What it does on each request, by its first byte. */
static void work(const void *setup, int in, int out)
{
	static uint8_t room[WORKER_REQUEST_BYTES_MAX];
	struct buf b = {0};
	size_t n;
	int fd;
	(void)setup;
	while (worker_request(in, room, &n, &fd)) {
		uint8_t c = 0;
		if (room[0] == 'c' && signal(SIGSEGV, SIG_DFL) != SIG_ERR) (void)raise(SIGSEGV); /* cmocka handles it */
		if (room[0] == 'x') _exit(3);
		if (room[0] == 'h') (void)pause();
		if (room[0] == 'b') buf_add_text(&b, "babble, babble");
		if (room[0] == 'r' && (fd < 0 || read(fd, &c, 1) != 1)) _exit(4);
		if (room[0] != 'b') wire_put_end(&b, &(struct wire_end){.error = (uint32_t)n + c});
		if (fd >= 0) (void)close(fd);
		if (!worker_answer(out, &b)) return;
	}
	buf_free(&b);
}

static const struct worker_kind kind = {.run = work};

static enum err ask(struct worker *w, slice request, int fd, double seconds, struct wire_end *end, struct fault *f)
{
	enum wire_kind what;
	slice body;
	if (!worker_ask(w, request, fd)) return ERR_NOT_FOUND;
	enum err e = worker_frame(w, -1, clock_seconds() + seconds, &what, &body, f);
	if (e == OK) assert_true(what == WIRE_END && wire_get_end(body, end));
	return e;
}

static void nobody_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void answers_and_takes_descriptors(void **state)
{
	(void)state;
	static uint8_t longest[WORKER_REQUEST_BYTES_MAX] = {'a'};
	struct worker w = {.pid = 0};
	struct wire_end end;
	struct fault f = {0};
	int p[2];
	assert_int_equal(worker_start(&w, &kind, &f), OK);
	assert_int_equal(ask(&w, SLICE("abc"), -1, 60, &end, &f), OK);
	assert_int_equal(end.error, 3);
	assert_int_equal(ask(&w, slice_of(longest, sizeof longest), -1, 60, &end, &f), OK);
	assert_int_equal(end.error, sizeof longest);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "\x20", 1), 1);
	assert_int_equal(ask(&w, SLICE("r"), p[0], 60, &end, &f), OK);
	assert_int_equal(end.error, 0x21);
	worker_end(&w, NULL, 0);
	assert_int_equal(w.pid, 0);
	worker_end(&w, NULL, 0);
	assert_int_equal(close(p[0]) + close(p[1]), 0);
	nobody_is_left();
}

static void each_end_is_told(void **state)
{
	(void)state;
	const struct {
		slice request;
		double seconds;
		enum err kind;
		const char *how, *text;
	} rows[] = {{SLICE("crash"), 60, ERR_DAMAGED, "ended by signal 11", "ended"},
		{SLICE("x"), 60, ERR_DAMAGED, "ended with code 3", "ended"},
		{SLICE("hang"), 0.2, ERR_LIMIT, "ended by signal 9", "too long"},
		{SLICE("babble"), 60, ERR_DAMAGED, "ended by signal 9", "no answer"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct worker w = {.pid = 0};
		struct wire_end end;
		struct fault f = {0};
		char how[64];
		assert_int_equal(worker_start(&w, &kind, &f), OK);
		assert_int_equal(ask(&w, rows[i].request, -1, rows[i].seconds, &end, &f), rows[i].kind);
		assert_non_null(strstr(f.text, rows[i].text));
		worker_end(&w, how, sizeof how);
		assert_string_equal(how, rows[i].how);
		nobody_is_left();
	}
}

static void asking_a_dead_worker_is_no_end_of_us(void **state)
{
	(void)state;
	struct worker w = {.pid = 0};
	struct wire_end end;
	struct fault f = {0};
	assert_int_equal(worker_start(&w, &kind, &f), OK);
	assert_int_equal(ask(&w, SLICE("x"), -1, 60, &end, &f), ERR_DAMAGED);
	assert_int_not_equal(ask(&w, SLICE("a"), -1, 60, &end, &f), OK); /* it is not taken, or not answered */
	worker_end(&w, NULL, 0);
	nobody_is_left();
}

static void a_stop_is_heard(void **state)
{
	(void)state;
	struct worker w = {.pid = 0};
	struct fault f = {0};
	enum wire_kind what;
	slice body;
	int p[2];
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	assert_int_equal(worker_start(&w, &kind, &f), OK);
	assert_true(worker_ask(&w, SLICE("hang"), -1));
	assert_int_equal(worker_frame(&w, p[0], clock_seconds() + 60, &what, &body, &f), ERR_STOPPED);
	worker_end(&w, NULL, 0);
	assert_int_equal(close(p[0]) + close(p[1]), 0);
	nobody_is_left();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_takes_descriptors),
		cmocka_unit_test(each_end_is_told),
		cmocka_unit_test(asking_a_dead_worker_is_no_end_of_us),
		cmocka_unit_test(a_stop_is_heard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
