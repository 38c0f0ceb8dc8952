/* Other people's readers on the files that evtx_writer.h makes: python-evtx and evtxexport must see the values that we see. Without
 * them the test is skipped and says so. They run from Debian's own Python, which alone has its modules. */
#include <errno.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "evtx.h"
#include "evtx_types.h"
#include "samples.h"

#define PYTHON "/usr/bin/python3" /* also as its own name, from which it tells where its modules are */
#define JUDGE_ABSENT 77
extern char **environ;

static void small_template(struct writer *w)
{
	w_fragment(w);
	uint32_t size = w_open(w, "UserData", false);
	w_content(w);
	uint32_t inner = w_open(w, "EventXML", true);
	w_attribute(w, "Kind");
	w_text(w, "k");
	w_content(w);
	w_element(w, "Address", 0, 0x01);
	w_element(w, "Count", 1, 0x08);
	w_close(w, inner);
	w_close(w, size);
	w_end(w);
}

/* Three chunks: every type that the judge knows, UserData, and enough of both that templates are used again. */
static struct writer *big_sample(unsigned judge)
{
	struct writer *w = w_new();
	struct buf json = {.max = 0};
	const struct w_value v[] = {W_VALUE(0x01, "1\0"
						  "9\0"
						  "2\0.\0"
						  "0\0.\0"
						  "2\0.\0"
						  "1\0"),
		W_VALUE(0x08, "\x07\0\0\0")};
	for (size_t chunk = 0; chunk < 3; chunk++) {
		w_chunk_begin(w);
		for (size_t i = 0; i < 10; i++) {
			w_types_event(w, judge, &json);
			w_event(w, 4, small_template, v, 2);
		}
		w_chunk_end(w);
	}
	buf_free(&json);
	return w;
}

static void write_file(char *path, slice bytes)
{
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
	assert_int_equal(close(fd), 0);
}

/* The exit code of test/telemetry/evtx_judge.py; what it says goes to standard error. */
static int run_judge(const char *judge, char *file, char *ours)
{
	char python[] = PYTHON, script[] = "test/telemetry/evtx_judge.py", name[32];
	char *const arguments[] = {python, script, name, file, ours, NULL};
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status;
	(void)snprintf(name, sizeof name, "%s", judge);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO), 0);
	int e = posix_spawn(&child, PYTHON, &actions, NULL, arguments, environ);
	assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
	if (e == ENOENT) return JUDGE_ABSENT;
	assert_int_equal(e, 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int judged(const char *judge, unsigned bit, bool lie)
{
	char file[] = "/tmp/evtx_judge_XXXXXX", lines[] = "/tmp/evtx_judge_XXXXXX";
	struct writer *w = big_sample(bit);
	struct buf out = {.max = 0};
	struct fault f = {0};
	struct evtx_reader *r = evtx_reader_new();
	assert_int_equal(evtx_reader_feed(r, w_file(w), &out, NULL, NULL, &f), OK);
	assert_int_equal(evtx_reader_end(r, &out, NULL, NULL, &f), OK);
	if (lie) {
		size_t at = slice_find(buf_slice(&out), SLICE("192.0.2.1"));
		assert_true(at < out.n);
		out.p[at] = '2';
	}
	write_file(file, w_file(w));
	write_file(lines, buf_slice(&out));
	int code = run_judge(judge, file, lines);
	(void)unlink(file);
	(void)unlink(lines);
	evtx_reader_free(r);
	buf_free(&out);
	w_free(w);
	return code;
}

static void judge_sample(const char *judge, unsigned bit, const char *package)
{
	int code = judged(judge, bit, false);
	if (code == JUDGE_ABSENT) {
		print_message("SKIPPED: no %s (Debian package %s)\n", judge, package);
		skip();
	}
	assert_int_equal(code, 0);
	assert_int_equal(judged(judge, bit, true), 1); /* a judge that accepts everything is none */
}

static void test_python_evtx(void **state)
{
	(void)state;
	judge_sample("python-evtx", JUDGE_PYTHON, "python3-evtx");
}

static void test_evtxexport(void **state)
{
	(void)state;
	judge_sample("evtxexport", JUDGE_EXPORT, "libevtx-utils");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_python_evtx), cmocka_unit_test(test_evtxexport)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
