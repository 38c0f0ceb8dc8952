/* A command's side of the keeper. */
#include "keeper_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "limit.h"

#define TRIES 100
#define TRY_MS 50
#define APPEND_TRIES 10 /* keepers that die one behind the other */
#define READ_BYTES 65536u

struct keeper_client {
	const struct home *home;
	int fd;
	struct buf in;
	size_t taken; /* of `in`: the last answer */
	bool dead;    /* the keeper closed it */
	bool size_known;
	uint64_t size; /* so many entries the ledger has at least */
};

void keeper_address(const struct home *h, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" KEEPER_SOCKET, h->fd);
}

static int connect_once(const struct home *h)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	keeper_address(h, &address);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static void pause_ms(unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
	(void)nanosleep(&t, NULL);
}

/* The child becomes the keeper: without our descriptors and terminal, in a session of its own. */
static void become_keeper(const struct home *h, int ready)
{
	char number[16], *const arguments[] = {
				 (char *)"kulla", (char *)"keeper", (char *)"--home", (char *)h->path, (char *)"--ready", number, NULL};
	int nothing = open("/dev/null", O_RDWR);
	(void)setsid();
	if (fork() != 0) _exit(0); /* init's child: nobody has to wait for it */
	if (nothing >= 0)
		for (int fd = 0; fd < 3; fd++) (void)dup2(nothing, fd);
	if (dup2(ready, 3) < 0) _exit(1);
	(void)snprintf(number, sizeof number, "%d", 3);
	(void)close_range(4, ~0u, 0);
	(void)execv("/proc/self/exe", arguments);
	_exit(1);
}

/* What the keeper says when it is ready, or why it is not. */
static enum err read_ready(int fd, const struct home *h, struct fault *f)
{
	char text[FAULT_TEXT_BYTES];
	size_t n = 0;
	for (ssize_t got = 1; got > 0 && n < sizeof text - 1;) {
		got = read(fd, text + n, sizeof text - 1 - n);
		if (got < 0 && errno == EINTR) got = 1;
		else if (got > 0) n += (size_t)got;
	}
	text[n] = 0;
	if (strcmp(text, "ok\n") == 0 || strcmp(text, "busy\n") == 0) return OK;
	if (n == 0) return fault_set(f, ERR_DISK, 0, 0, "%s: the keeper ended before it answered", h->path);
	return fault_set(f, ERR_DAMAGED, 0, 0, "%s", text);
}

/* Only the program itself starts its like: any other that is linked with this code would run itself again. */
static bool is_kulla(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0) return false;
	path[n] = 0;
	const char *name = strrchr(path, '/');
	return name != NULL && (strcmp(name, "/kulla") == 0 || strcmp(name, "/kulla (deleted)") == 0);
}

static enum err start(const struct home *h, struct fault *f)
{
	int ready[2];
	if (!is_kulla())
		return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: no keeper runs, and only a program called kulla can start one", h->path);
	if (pipe2(ready, O_CLOEXEC) != 0) return fault_set(f, ERR_DISK, 0, 0, "%s: the keeper cannot be started", h->path);
	pid_t child = fork();
	if (child == 0) become_keeper(h, ready[1]);
	close(ready[1]);
	if (child > 0) (void)waitpid(child, NULL, 0);
	enum err e = child < 0 ? fault_set(f, ERR_DISK, 0, 0, "%s: the keeper cannot be started", h->path) : read_ready(ready[0], h, f);
	close(ready[0]);
	return e;
}

static struct keeper_client *client_of(const struct home *h, int fd)
{
	struct keeper_client *c = mem_alloc(sizeof *c);
	c->home = h;
	c->fd = fd;
	return c;
}

static enum err connect_or_start(const struct home *h, int *out, struct fault *f)
{
	for (int i = 0; i < TRIES; i++) {
		int fd = connect_once(h);
		if (fd >= 0) {
			*out = fd;
			return OK;
		}
		if (errno != ENOENT && errno != ECONNREFUSED && errno != EAGAIN) {
			char why[64];
			return fault_set(f, errno == EACCES ? ERR_ACCESS : ERR_DISK, 0, 0, "%s/" KEEPER_SOCKET ": %s", h->path,
				strerror_r(errno, why, sizeof why));
		}
		enum err e = start(h, f);
		if (e != OK) return e;
		if (i > 1) pause_ms(TRY_MS); /* another's keeper is about to come, or to go */
	}
	return fault_set(f, ERR_DISK, 0, 0, "%s: the keeper does not answer", h->path);
}

enum err keeper_connect(const struct home *h, struct keeper_client **out, struct fault *f)
{
	int fd;
	enum err e = connect_or_start(h, &fd, f);
	if (e == OK) *out = client_of(h, fd);
	return e;
}

enum err keeper_connect_running(const struct home *h, struct keeper_client **out, struct fault *f)
{
	int fd = connect_once(h);
	if (fd < 0) return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: no keeper runs", h->path);
	*out = client_of(h, fd);
	return OK;
}

void keeper_close_client(struct keeper_client *c)
{
	if (c == NULL) return;
	close(c->fd);
	buf_free(&c->in);
	free(c);
}

static enum err died(struct keeper_client *c, struct fault *f)
{
	c->dead = true;
	return fault_set(f, ERR_CHANGED, 0, 0, "the keeper ended before it answered: whether it was done shows the ledger");
}

/* A keeper that turns this connection away has said why: it is read then. */
static void send_all(const struct keeper_client *c, slice bytes)
{
	while (bytes.n > 0) {
		ssize_t n = send(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) {
			(void)shutdown(c->fd, SHUT_WR);
			return;
		}
		bytes = slice_sub(bytes, (size_t)n, bytes.n);
	}
}

static enum err receive(struct keeper_client *c, slice *answer, struct fault *f)
{
	if (c->taken > 0) memmove(c->in.p, c->in.p + c->taken, c->in.n - c->taken);
	c->in.n -= c->taken;
	c->taken = 0;
	for (;;) {
		slice rest = buf_slice(&c->in);
		enum err e = protocol_next(&rest, answer, f);
		if (e == OK) c->taken = c->in.n - rest.n;
		if (e != ERR_NOT_FOUND) return e;
		(void)buf_reserve(&c->in, READ_BYTES);
		ssize_t n = read(c->fd, c->in.p + c->in.n, READ_BYTES);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return died(c, f);
		c->in.n += (size_t)n;
	}
}

enum err keeper_ask(struct keeper_client *c, slice request, slice *answer, struct fault *f)
{
	struct buf message = {0};
	size_t at = protocol_begin(&message);
	buf_add(&message, request);
	protocol_end(&message, at);
	send_all(c, buf_slice(&message));
	buf_free(&message);
	enum err e = receive(c, answer, f);
	return e == OK ? protocol_answer(*answer, f) : e;
}

/* ---- appending ---- */
struct asked {
	slice kind, body;
	const digest *blobs;
	unsigned n;
	struct request_id id;
};

static void put_entry(struct buf *request, const struct asked *a)
{
	struct canonical_writer w = canonical_open(request);
	if (a->n > 0) canonical_put_key(&w, "blobs");
	for (unsigned i = 0; i < a->n; i++) {
		buf_add_text(request, i == 0 ? "[\"" : ",\"");
		entry_put_digest(request, &a->blobs[i]);
		buf_add_text(request, "\"");
	}
	if (a->n > 0) buf_add_byte(request, ']');
	canonical_put_raw(&w, "body", a->body);
	canonical_put_text(&w, "kind", a->kind);
	canonical_close(&w);
}

/* since: NULL, or the ledger's size when it was asked first. */
static void put_append(struct buf *request, const struct asked *a, const uint64_t *since)
{
	struct canonical_writer w = canonical_open(request);
	canonical_put_text(&w, "do", SLICE("append"));
	canonical_put_key(&w, "entries");
	buf_add_byte(request, '[');
	put_entry(request, a);
	buf_add_byte(request, ']');
	canonical_put_key(&w, "request");
	buf_add_byte(request, '"');
	protocol_put_request(request, &a->id);
	buf_add_byte(request, '"');
	if (since != NULL) canonical_put_count(&w, "since", *since);
	canonical_close(&w);
}

/* Another connection where this one is dead, and a size that the ledger surely had before the request. */
static enum err prepare(struct keeper_client *c, struct fault *f)
{
	slice answer;
	enum err e = OK;
	if (c->dead) {
		int fd = -1;
		e = connect_or_start(c->home, &fd, f);
		if (e != OK) return e;
		close(c->fd);
		c->fd = fd;
		c->in.n = c->taken = 0;
		c->dead = false;
	}
	if (c->size_known) return OK;
	e = keeper_ask(c, SLICE("{\"do\":\"hello\"}"), &answer, f);
	if (e == OK && !protocol_count(answer, "size", &c->size))
		e = fault_set(f, ERR_SYNTAX, 0, 0, "the keeper does not say the ledger's size");
	c->size_known = e == OK;
	return e;
}

static enum err ask_append(struct keeper_client *c, const struct asked *a, bool again, uint64_t *first, struct fault *f)
{
	struct buf request = {0};
	slice answer;
	put_append(&request, a, again ? &c->size : NULL);
	enum err e = keeper_ask(c, buf_slice(&request), &answer, f);
	if (e == OK && !protocol_count(answer, "first", first)) e = fault_set(f, ERR_SYNTAX, 0, 0, "the keeper's answer has no place");
	buf_free(&request);
	return e;
}

/* Each keeper that dies costs one more try, under the same name: its successor knows what was appended under it. */
enum err keeper_append(struct keeper_client *c, slice kind, slice body, const digest *blobs, unsigned n, uint64_t *first, struct fault *f)
{
	struct asked a = {.kind = kind, .body = body, .blobs = blobs, .n = n};
	uint64_t place = 0;
	bool asked = false;
	enum err e = OK;
	if (getrandom(a.id.b, sizeof a.id.b, 0) != (ssize_t)sizeof a.id.b) return fault_set(f, ERR_DISK, 0, 0, "no random bytes");
	for (int i = 0; i < APPEND_TRIES; i++) {
		e = prepare(c, f);
		if (e == OK) {
			e = ask_append(c, &a, asked, &place, f);
			asked = true;
		}
		if (!c->dead) break;
	}
	if (e != OK) return e;
	if (place >= c->size) c->size = place + 1;
	if (first != NULL) *first = place;
	return OK;
}

enum err keeper_publish(struct keeper_client *c, struct buf *note, struct fault *f)
{
	slice answer, text;
	struct arena *a = arena_new(0);
	enum err e = keeper_ask(c, SLICE("{\"do\":\"publish\"}"), &answer, f);
	if (e == OK && note != NULL) {
		if (protocol_text(answer, "note", a, &text)) buf_add(note, text);
		else e = fault_set(f, ERR_SYNTAX, 0, 0, "the keeper's answer has no note");
	}
	arena_free(a);
	return e;
}
