/* This side of the courier: the pipe, the deadline, and what the head says. The child may be anybody's by now: nothing in it is trusted
 * but its size. */
#include "courier_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stamp.h"

#define GRACE_MS 1000u /* libcurl ends by itself at the timeout; then it is ended */

static uint64_t clock_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Until `n` bytes came, the other end closed, or it is `until`. Returns how many came. */
static size_t read_until(int fd, uint8_t *into, size_t n, uint64_t until)
{
	size_t had = 0;
	while (had < n) {
		uint64_t now = clock_ms();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int ready = now < until ? poll(&p, 1, (int)(until - now)) : 0;
		if (ready < 0 && errno == EINTR) continue;
		if (ready <= 0) break;
		ssize_t got = read(fd, into + had, n - had);
		if (got < 0 && errno == EINTR) continue;
		if (got <= 0) break;
		had += (size_t)got;
	}
	return had;
}

/* "type; charset=…" is that type. */
static bool is_type(slice said, slice expected)
{
	return slice_equal_nocase(slice_trim(slice_cut(&said, ';')), expected);
}

static enum err judge(const struct courier_post *p, struct courier_head *h, struct fault *f)
{
	h->type[COURIER_TYPE_BYTES - 1] = h->why[COURIER_WHY_BYTES - 1] = 0;
	if (h->too_long != 0 || h->bytes > p->answer_max)
		return fault_set(f, ERR_LIMIT, 0, 0, "the answer is longer than %zu bytes: it was not taken", p->answer_max);
	if (h->failed != 0) return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s", h->why);
	if (h->status != 200)
		return fault_set(f, ERR_NOT_FOUND, 0, 0, "the answer is HTTP %u: expected 200%s", h->status,
			h->status / 100 == 3 ? " (redirections are not followed: configure the address itself)" : "");
	if (!is_type(slice_from(h->type), p->expect))
		return fault_set(f, ERR_NOT_FOUND, 0, 0, "the answer is of type \"%s\": expected %.*s", h->type, (int)p->expect.n,
			(const char *)p->expect.p);
	return OK;
}

static enum err take(const struct courier_post *p, int from, struct buf *answer, struct fault *f)
{
	struct courier_head head;
	uint64_t until = clock_ms() + p->timeout_ms + GRACE_MS;
	if (read_until(from, (uint8_t *)&head, sizeof head, until) != sizeof head)
		return fault_set(f, ERR_DISK, 0, 0, "the process that carries the request ended, or did not end in time");
	enum err e = judge(p, &head, f);
	if (e != OK) return e;
	if (!buf_reserve(answer, head.bytes))
		return fault_set(f, ERR_LIMIT, 0, 0, "the answer's %u bytes are more than there is room for", head.bytes);
	if (read_until(from, answer->p + answer->n, head.bytes, until) != head.bytes)
		return fault_set(f, ERR_DISK, 0, 0, "the process that carries the request ended before its answer was whole");
	answer->n += head.bytes;
	return OK;
}

enum err courier_post(const struct courier_post *p, struct buf *answer, struct fault *f)
{
	int ends[2] = {-1, -1};
	pid_t child = -1;
	if (pipe2(ends, O_CLOEXEC) == 0) child = fork();
	if (child == 0) courier_child_run(p, ends[1]);
	if (ends[1] >= 0) (void)close(ends[1]);
	enum err e = child > 0
			     ? take(p, ends[0], answer, f)
			     : fault_set(f, ERR_DISK, 0, 0, "the process that carries the request cannot be started: %s", strerror(errno));
	if (ends[0] >= 0) (void)close(ends[0]);
	if (child > 0) {
		(void)kill(child, SIGKILL); /* it has said all that is taken */
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
	}
	return e;
}

enum err courier_carry_stamp(void *context, slice url, slice request, uint32_t timeout_ms, struct buf *answer, struct fault *f)
{
	(void)context;
	struct courier_post p = {.url = url,
		.type = SLICE(STAMP_REQUEST_TYPE),
		.expect = SLICE(STAMP_REPLY_TYPE),
		.body = request,
		.answer_max = STAMP_BYTES_MAX,
		.timeout_ms = timeout_ms};
	return courier_post(&p, answer, f);
}
