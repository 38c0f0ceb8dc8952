/* Both ends of a worker. Requests go over a socket that keeps their borders and carries descriptors; answers come over a pipe. */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture_int.h"
#include "progress.h"

#define FRAME_SLICE_MS 1000
#define MOMENTS_MAX 400

/* ---- the worker's side ---- */

bool worker_request(int in, uint8_t room[WORKER_REQUEST_BYTES_MAX], size_t *n, int *fd)
{
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec bytes = {.iov_base = room, .iov_len = WORKER_REQUEST_BYTES_MAX};
	struct msghdr m = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	ssize_t got;
	do got = fd != NULL ? recvmsg(in, &m, 0) : read(in, room, WORKER_REQUEST_BYTES_MAX);
	while (got < 0 && errno == EINTR);
	if (fd != NULL) *fd = -1;
	*n = got > 0 ? (size_t)got : 0;
	const struct cmsghdr *c = fd != NULL && got > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) memcpy(fd, CMSG_DATA(c), sizeof *fd);
	return got > 0;
}

bool worker_answer(int out, struct buf *frames)
{
	bool written = capture_write_all(out, frames->p, frames->n);
	buf_clear(frames);
	return written;
}

static void descriptors_close(const struct worker_kind *kind, int in, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), low = in < out ? in : out, high = in < out ? out : in;
	if (null >= 0 && !kind->stdin_too) (void)dup2(null, STDIN_FILENO);
	if (null >= 0) (void)dup2(null, STDOUT_FILENO);
	if (null >= 0 && !kind->speaks) (void)dup2(null, STDERR_FILENO);
	if (low > 3) (void)close_range(3, (unsigned)low - 1, 0);
	if (high > low + 1) (void)close_range((unsigned)low + 1, (unsigned)high - 1, 0);
	(void)close_range((unsigned)high + 1, ~0u, 0);
}

static _Noreturn void become(const struct worker_kind *kind, int in, int out)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t none;
	(void)sigemptyset(&none);
	(void)setpgid(0, 0); /* the terminal's Ctrl-C is for the other end, whose leaving ends this one */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	descriptors_close(kind, in, out);
	kind->run(kind->setup, in, out);
	_exit(0);
}

/* ---- the other side ---- */

static void close_all(const int p[4])
{
	for (int i = 0; i < 4; i++)
		if (p[i] >= 0) (void)close(p[i]);
}

enum err worker_start(struct worker *w, const struct worker_kind *kind, struct fault *f)
{
	int p[4] = {-1, -1, -1, -1}; /* requests: p[0] is the worker's end; answers: p[3] is */
	pid_t pid = -1;
	(void)fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, p) == 0 && pipe2(p + 2, O_CLOEXEC) == 0) pid = fork();
	if (pid == 0) {
		(void)close(p[1]);
		(void)close(p[2]);
		become(kind, p[0], p[3]);
	}
	if (pid < 0) {
		enum err e = fault_set(f, ERR_DISK, 0, 0, "no process can be started: %s", strerror(errno));
		close_all(p);
		return e;
	}
	(void)close(p[0]);
	(void)close(p[3]);
	w->pid = pid;
	w->to = p[1];
	w->from = p[2];
	return OK;
}

bool worker_ask(struct worker *w, slice request, int fd)
{
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} control = {.room = {0}};
	struct iovec bytes = {.iov_base = (void *)(uintptr_t)request.p, .iov_len = request.n};
	struct msghdr m = {.msg_iov = &bytes, .msg_iovlen = 1};
	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof control;
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	ssize_t sent;
	do sent = sendmsg(w->to, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)request.n;
}

/* Until the pipe has bytes; a poll's time is short, so that a clock that jumps costs nothing. */
static enum err await(const struct worker *w, int stop_fd, double until, struct fault *f)
{
	struct pollfd p[2] = {{.fd = w->from, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
	for (;;) {
		double left = until - clock_seconds();
		if (left <= 0) return fault_set(f, ERR_LIMIT, 0, 0, "it took too long");
		int n = poll(p, 2, left > 1 ? FRAME_SLICE_MS : (int)(left * 1000) + 1);
		if (n < 0 && errno != EINTR) return fault_set(f, ERR_DISK, 0, 0, "waiting failed: %s", strerror(errno));
		if (n > 0 && p[1].revents != 0) return fault_set(f, ERR_STOPPED, 0, 0, "stopped");
		if (n > 0) return OK;
	}
}

static enum err read_all(struct worker *w, uint8_t *into, size_t n, int stop_fd, double until, struct fault *f)
{
	while (n > 0) {
		enum err e = await(w, stop_fd, until, f);
		if (e != OK) return e;
		ssize_t got = read(w->from, into, n);
		if (got < 0 && errno == EINTR) continue;
		w->hung_up |= got <= 0;
		if (got <= 0) return fault_set(f, ERR_DAMAGED, 0, 0, "its process ended");
		into += got;
		n -= (size_t)got;
	}
	return OK;
}

enum err worker_frame(struct worker *w, int stop_fd, double until, enum wire_kind *kind, slice *body, struct fault *f)
{
	uint8_t head[WIRE_HEAD_BYTES];
	size_t n = 0;
	struct fault wrong = {0};
	enum err e = read_all(w, head, sizeof head, stop_fd, until, f);
	if (e != OK) return e;
	if (wire_head(head, kind, &n, &wrong) != OK)
		return fault_set(f, ERR_DAMAGED, 0, 0, "its process wrote what is no answer: %.200s", wrong.text);
	buf_clear(&w->frame);
	(void)buf_reserve(&w->frame, n + 1);
	e = read_all(w, w->frame.p, n, stop_fd, until, f);
	w->frame.n = n;
	if (e == OK) *body = buf_slice(&w->frame);
	return e;
}

void worker_end(struct worker *w, char *how, size_t room)
{
	int status = 0;
	if (how != NULL) how[0] = 0;
	if (w->pid <= 0) return;
	(void)close(w->to);
	(void)close(w->from);
	/* One that died has its own end to tell, a moment after its pipe closed; one that hangs is ended. */
	const struct timespec moment = {.tv_nsec = 5000000};
	pid_t gone = waitpid(w->pid, &status, WNOHANG);
	for (int i = 0; w->hung_up && gone == 0 && i < MOMENTS_MAX; i++) {
		(void)nanosleep(&moment, NULL);
		gone = waitpid(w->pid, &status, WNOHANG);
	}
	if (gone == 0) {
		(void)kill(w->pid, SIGKILL);
		while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) continue;
	}
	if (how != NULL && WIFSIGNALED(status)) (void)snprintf(how, room, "ended by signal %d", WTERMSIG(status));
	if (how != NULL && WIFEXITED(status)) (void)snprintf(how, room, "ended with code %d", WEXITSTATUS(status));
	w->pid = 0;
	w->hung_up = false;
	buf_free(&w->frame);
}
