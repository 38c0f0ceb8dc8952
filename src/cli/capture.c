/* The end of the pipes that the confined process holds: read, write and poll are all it needs. */
#include "capture.h"
#include "capture_int.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct captures {
	pid_t helper;
	int to, from;
	uint32_t left; /* of the frame that is being received */
	bool gone;
};

bool capture_read_all(int fd, void *into, size_t n)
{
	uint8_t *p = into;
	while (n > 0) {
		ssize_t had = read(fd, p, n);
		if (had < 0 && errno == EINTR) continue;
		if (had <= 0) return false;
		p += had;
		n -= (size_t)had;
	}
	return true;
}

bool capture_write_all(int fd, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	while (n > 0) {
		ssize_t had = write(fd, p, n);
		if (had < 0 && errno == EINTR) continue;
		if (had <= 0) return false;
		p += had;
		n -= (size_t)had;
	}
	return true;
}

static bool is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

const char *capture_program(struct arena *a)
{
	const char *path = getenv("PATH");
	slice rest = slice_from(path != NULL ? path : "/usr/bin:/usr/sbin");
	while (rest.n > 0) {
		slice folder = slice_cut(&rest, ':');
		if (folder.n == 0 || folder.p[0] != '/') continue; /* never what lies in the folder at hand */
		const char *program = (const char *)arena_printf(a, "%.*s/suricata", SLICE_PRINTF(folder)).p;
		if (is_program(program)) return program;
	}
	return NULL;
}

static void pipes_close(int p[4])
{
	for (int i = 0; i < 4; i++)
		if (p[i] >= 0) (void)close(p[i]);
}

struct captures *captures_start(const struct capture_settings *s)
{
	int p[4] = {-1, -1, -1, -1}; /* to the helper: p[0] is its end; from it: p[3] is */
	pid_t helper = -1;
	if (pipe2(p, O_CLOEXEC) == 0 && pipe2(p + 2, O_CLOEXEC) == 0) helper = fork();
	if (helper < 0) {
		pipes_close(p);
		return NULL;
	}
	if (helper == 0) {
		(void)close(p[1]);
		(void)close(p[2]);
		capture_helper_run(s, p[0], p[3]);
		_exit(0);
	}
	(void)close(p[0]);
	(void)close(p[3]);
	struct captures *c = mem_alloc(sizeof *c);
	*c = (struct captures){.helper = helper, .to = p[1], .from = p[2]};
	return c;
}

/* The helper's end of the pipe closes when it has cleaned up and ended: that is waited for, because waiting for a process may be forbidden
 * here. */
void captures_end(struct captures *c)
{
	uint8_t rest[4096];
	if (c == NULL) return;
	(void)close(c->to);
	for (ssize_t had = 1; had > 0 || (had < 0 && errno == EINTR);) had = read(c->from, rest, sizeof rest);
	(void)close(c->from);
	(void)waitpid(c->helper, NULL, 0);
	free(c);
}

static enum err gone(struct captures *c, struct fault *f)
{
	c->gone = true;
	return fault_set(f, ERR_DISK, 0, 0, "the helper that runs Suricata has ended; nothing in the capture was matched");
}

/* Until the pipe is ready or the user wants to stop. What is wrong with a pipe shows in `revents`. */
static enum err ready(struct captures *c, int fd, short events, int stop_fd, struct fault *f)
{
	struct pollfd p[2] = {{.fd = fd, .events = events}, {.fd = stop_fd, .events = POLLIN}};
	if (c->gone) return gone(c, f);
	while (poll(p, 2, -1) < 0)
		if (errno != EINTR) return gone(c, f);
	if (p[1].revents != 0) return fault_set(f, ERR_STOPPED, 0, 0, "stopped");
	return (p[0].revents & POLLERR) != 0 || (p[0].revents & events) == 0 ? gone(c, f) : OK;
}

static enum err send_frame(struct captures *c, slice bytes, int stop_fd, struct fault *f)
{
	uint8_t length[4] = {(uint8_t)bytes.n, (uint8_t)(bytes.n >> 8), (uint8_t)(bytes.n >> 16), (uint8_t)(bytes.n >> 24)};
	enum err e = ready(c, c->to, POLLOUT, stop_fd, f);
	if (e != OK) return e;
	return capture_write_all(c->to, length, sizeof length) && capture_write_all(c->to, bytes.p, bytes.n) ? OK : gone(c, f);
}

enum err captures_send(struct captures *c, slice bytes, int stop_fd, struct fault *f)
{
	return bytes.n == 0 ? OK : send_frame(c, bytes, stop_fd, f);
}

enum err captures_send_end(struct captures *c, int stop_fd, struct fault *f)
{
	return send_frame(c, (slice){NULL, 0}, stop_fd, f);
}

static bool receive_length(struct captures *c, uint32_t *out)
{
	uint8_t p[4];
	if (!capture_read_all(c->from, p, sizeof p)) return false;
	*out = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return true;
}

static enum err receive_reason(struct captures *c, struct fault *f)
{
	char reason[CAPTURE_REASON_BYTES_MAX + 1] = {0};
	uint32_t n;
	if (!receive_length(c, &n) || n > CAPTURE_REASON_BYTES_MAX || !capture_read_all(c->from, reason, n)) return gone(c, f);
	return n == 0 ? OK : fault_set(f, ERR_DAMAGED, 0, 0, "Suricata: %s", reason);
}

enum err captures_receive(struct captures *c, uint8_t *into, size_t n, size_t *got, int stop_fd, struct fault *f)
{
	*got = 0;
	enum err e = ready(c, c->from, POLLIN, stop_fd, f);
	if (e != OK) return e;
	if (c->left == 0) {
		if (!receive_length(c, &c->left)) return gone(c, f);
		if (c->left == 0) return receive_reason(c, f);
	}
	if (n > c->left) n = c->left;
	if (!capture_read_all(c->from, into, n)) return gone(c, f);
	c->left -= (uint32_t)n;
	*got = n;
	return OK;
}
