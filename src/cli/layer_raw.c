/* The file as it lies on disk, or a pipe. Invariants: `place` is the descriptor's place in a file; with an intake the first `hashed` bytes
 * are in `hash`, whatever order they were read in. */
#include "intake.h"
#include "layer_int.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct raw {
	int fd, stop_fd;
	bool is_pipe, can_seek;
	uint64_t size, size_at_open, place; /* size_at_open: 0 when it may change */
	struct intake *intake;              /* NULL: nobody asks for digests */
	char *path;
	struct digest_stream hash;
	uint64_t hashed;
	bool hashed_all;
	struct fault wrong; /* kind OK: it could be read */
};
#define HASH_PIECE_BYTES (256u << 10)

static enum err errno_kind(int error)
{
	if (error == ENOENT) return ERR_NOT_FOUND;
	return error == EACCES || error == EPERM ? ERR_ACCESS : ERR_DISK;
}

/* Wait until a pipe has bytes or the user wants to stop. */
static enum err raw_wait(const struct raw *r, struct fault *f)
{
	struct pollfd p[2] = {{.fd = r->fd, .events = POLLIN}, {.fd = r->stop_fd, .events = POLLIN}};
	while (poll(p, 2, -1) < 0)
		if (errno != EINTR) return fault_set(f, ERR_DISK, 0, r->place, "cannot wait for input: %s", strerror(errno));
	if (p[1].revents != 0) return fault_set(f, ERR_STOPPED, 0, r->place, "stopped");
	return OK;
}

/* n bytes (0: the end) were read at `place`. Archives are read here and there: what lies behind a gap waits for hash_rest. */
static void hash_read(struct raw *r, const uint8_t *p, size_t n)
{
	if (n == 0) r->hashed_all |= r->place == r->hashed;
	if (r->place > r->hashed || r->place + n <= r->hashed) return;
	size_t known = (size_t)(r->hashed - r->place);
	digest_add(&r->hash, slice_of(p + known, n - known));
	r->hashed = r->place + n;
}

static bool stop_asked(const struct raw *r)
{
	struct pollfd p = {.fd = r->stop_fd, .events = POLLIN};
	return r->stop_fd >= 0 && poll(&p, 1, 0) > 0;
}

/* What nobody wanted to decode is in the file's digest too: to the size that it had when it was opened. */
static void hash_rest(struct raw *r)
{
	if (r->hashed_all || !r->can_seek || !intake_reads_on(r->intake)) return;
	uint8_t *room = mem_alloc(HASH_PIECE_BYTES);
	bool more = true;
	while (more && r->hashed < r->size && !stop_asked(r)) {
		uint64_t left = r->size - r->hashed;
		ssize_t had = pread(r->fd, room, left < HASH_PIECE_BYTES ? (size_t)left : HASH_PIECE_BYTES, (off_t)r->hashed);
		if (had < 0 && errno == EINTR) continue;
		if (had < 0) (void)fault_set(&r->wrong, ERR_DISK, 0, r->hashed, "read failed: %s", strerror(errno));
		more = had > 0;
		if (!more) break;
		digest_add(&r->hash, slice_of(room, (size_t)had));
		r->hashed += (uint64_t)had;
	}
	r->hashed_all = r->hashed >= r->size;
	free(room);
}

static void hash_tell(struct raw *r)
{
	if (r->wrong.kind == OK) hash_rest(r);
	struct intake_file file = {.name = slice_from(r->path),
		.opened = true,
		.bytes = r->hashed,
		.sha256 = digest_end(&r->hash),
		.whole = r->hashed_all && r->wrong.kind == OK,
		.reason = r->wrong.kind == OK ? NULL : r->wrong.text};
	intake_add(r->intake, &file);
}

static enum err raw_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct raw *r = l->state;
	*got = 0;
	if (r->is_pipe) {
		enum err e = raw_wait(r, f);
		if (e != OK) return e;
	}
	ssize_t had;
	do had = read(r->fd, into, n);
	while (had < 0 && (errno == EINTR || errno == EAGAIN));
	if (had < 0) {
		(void)fault_set(&r->wrong, ERR_DISK, 0, r->place, "read failed: %s", strerror(errno));
		*f = r->wrong;
		return ERR_DISK;
	}
	if (r->intake != NULL) hash_read(r, into, (size_t)had);
	r->place += (uint64_t)had;
	*got = (size_t)had;
	if (had == 0 && r->place < r->size_at_open)
		return fault_set(f, ERR_CHANGED, 0, r->place, "file became shorter while it was read: %llu bytes at open, %llu read",
			(unsigned long long)r->size_at_open, (unsigned long long)r->place);
	return OK;
}

static void raw_close(struct layer *l)
{
	struct raw *r = l->state;
	if (r->intake != NULL) hash_tell(r);
	if (r->fd >= 0) (void)close(r->fd);
	free(r->path);
	free(r);
}

static const struct layer_kind raw_kind = {.name = "file", .read = raw_read, .close = raw_close};

static bool pipe_is_given(const char *path, const struct source_settings *s)
{
	if (!s->named) return false;
	return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 || strcmp(path, "/dev/stdin") == 0;
}

static enum err raw_describe(struct raw *r, bool is_stdin, bool given, struct fault *f)
{
	struct stat st;
	if (fstat(r->fd, &st) != 0) return fault_set(f, ERR_DISK, 0, 0, "cannot be looked at: %s", strerror(errno));
	if (S_ISDIR(st.st_mode)) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "is a folder, expected a file");
	if (!S_ISREG(st.st_mode) && !given)
		return fault_set(f, ERR_UNSUPPORTED, 0, 0, "is a special file (device, pipe or socket), expected a regular file");
	r->is_pipe = !S_ISREG(st.st_mode);
	r->size_at_open = r->is_pipe || is_stdin ? 0 : (uint64_t)st.st_size;
	r->size = r->is_pipe ? 0 : (uint64_t)st.st_size;
	r->can_seek =
		!r->is_pipe && (!is_stdin || lseek(r->fd, 0, SEEK_CUR) == 0); /* what stands before standard input's place is not ours */
	if (!r->is_pipe) (void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return OK;
}

static void hash_begin(struct raw *r, struct intake *intake, const char *path)
{
	size_t path_bytes = strlen(path) + 1;
	r->intake = intake;
	r->path = mem_alloc(path_bytes);
	memcpy(r->path, path, path_bytes);
	digest_start(&r->hash);
}

static void refused_tell(struct intake *intake, const char *path, const struct fault *f)
{
	if (intake == NULL) return;
	struct intake_file file = {.name = slice_from(path), .reason = f->text};
	intake_add(intake, &file);
}

enum err layer_raw_open(const char *path, const struct source_settings *s, struct layer_shared *shared, struct layer **out, struct fault *f)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		enum err why = fault_set(f, errno_kind(errno), 0, 0, "cannot be opened: %s", strerror(errno));
		refused_tell(s->intake, path, f);
		return why;
	}
	struct raw *r = mem_alloc(sizeof *r);
	r->fd = fd;
	r->stop_fd = s->stop_fd;
	enum err e = raw_describe(r, is_stdin, is_stdin || pipe_is_given(path, s), f);
	struct layer *l = layer_new(&raw_kind, NULL, shared, r);
	if (e == OK) {
		if (s->intake != NULL) hash_begin(r, s->intake, path);
		*out = l;
		return OK;
	}
	refused_tell(s->intake, path, f);
	layer_close(l);
	return e;
}

bool layer_raw_is_pipe(const struct layer *l)
{
	return ((const struct raw *)l->state)->is_pipe;
}

bool layer_can_seek(const struct layer *l)
{
	return l->kind == &raw_kind && ((const struct raw *)l->state)->can_seek;
}

int64_t layer_seek(struct layer *l, int64_t offset, int whence)
{
	struct raw *r = l->state;
	if (!layer_can_seek(l)) return -1;
	int64_t size = (int64_t)r->size, now = (int64_t)r->place - (int64_t)(l->start_n - l->start_at), to;
	int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_END ? size : now;
	if (__builtin_add_overflow(base, offset, &to)) return -1;
	to = to < 0 ? 0 : to > size ? size : to;
	if (lseek(r->fd, to, SEEK_SET) != to) return -1;
	r->place = (uint64_t)to;
	l->start_at = l->start_n = 0;
	l->ended = l->error != OK;
	return to;
}
