/* The judge's process: one pipe, over which it says its error, its fault and its answer. */
#include "apart.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

#include "capture_int.h"
#include "confine.h"

struct verdict {
	enum err kind;
	struct fault fault;
};

static void judge_and_leave(apart_judge *judge, void *context, size_t bytes, int out)
{
	struct verdict v = {.kind = OK};
	void *answer = mem_alloc(bytes);
	(void)confine(NULL);
	v.kind = judge(context, answer, &v.fault);
	bool said = capture_write_all(out, &v, sizeof v) && capture_write_all(out, answer, bytes);
	_exit(said ? 0 : 1);
}

static enum err listen_to(int in, void *answer, size_t bytes, struct fault *f)
{
	struct verdict v;
	void *said = mem_alloc(bytes);
	bool whole = capture_read_all(in, &v, sizeof v) && capture_read_all(in, said, bytes);
	enum err e =
		whole ? v.kind : fault_set(f, ERR_DISK, 0, 0, "the process that checks ended without an answer: nothing was taken from it");
	if (whole && e == OK) memcpy(answer, said, bytes);
	if (whole && e != OK) {
		v.fault.text[FAULT_TEXT_BYTES - 1] = 0;
		if (f != NULL) *f = v.fault;
	}
	free(said);
	return e;
}

enum err apart_run(apart_judge *judge, void *context, void *answer, size_t bytes, struct fault *f)
{
	int p[2];
	int status;
	if (pipe2(p, O_CLOEXEC) != 0) return fault_set(f, ERR_DISK, 0, 0, "no pipe can be made: %s", strerror(errno));
	pid_t child = fork();
	if (child == 0) {
		(void)close(p[0]);
		judge_and_leave(judge, context, bytes, p[1]);
	}
	(void)close(p[1]);
	enum err e =
		child < 0 ? fault_set(f, ERR_DISK, 0, 0, "no process can be made: %s", strerror(errno)) : listen_to(p[0], answer, bytes, f);
	(void)close(p[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
	return e;
}
