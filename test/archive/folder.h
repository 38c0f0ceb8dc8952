/* A home in a folder of its own, removed afterwards; and a disk that fails when asked to. */
#ifndef TEST_ARCHIVE_FOLDER_H
#define TEST_ARCHIVE_FOLDER_H
#include "blob_int.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

struct home {
	char path[256];
	int fd;
};

static inline struct home home_new(void)
{
	const char *tmp = getenv("TMPDIR");
	struct home h;

	(void)snprintf(h.path, sizeof h.path, "%s/kulla-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(h.path));
	h.fd = open(h.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(h.fd >= 0);
	return h;
}

static inline int home_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static inline void home_free(struct home *h)
{
	(void)close(h->fd);
	assert_int_equal(nftw(h->path, home_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Calls are counted from 1. From `first` to `last` they fail with `error`; a write that fails has written half before. only: calls of this
 * kind count (DISK_ANY: all). short_bytes: reads and writes do at most so many; every second call is interrupted. */
enum disk_call { DISK_ANY, DISK_OPEN, DISK_MKDIR, DISK_READ, DISK_WRITE, DISK_FSYNC, DISK_SYNCFS, DISK_EXTEND, DISK_RENAME, DISK_UNLINK };
struct broken {
	struct blob_disk disk;
	unsigned calls, first, last;
	int error;
	enum disk_call only;
	size_t short_bytes;
	unsigned interrupted;
	enum disk_call failed; /* the last call that did; DISK_ANY: none */
};

static inline bool broken_now(struct broken *b, enum disk_call call)
{
	if (b->only != DISK_ANY && b->only != call) return false;
	b->calls++;
	if (b->first == 0 || b->calls < b->first || b->calls > b->last) return false;
	errno = b->error;
	b->failed = call;
	return true;
}

static inline int broken_openat(void *context, int folder, const char *name, int flags, mode_t mode)
{
	return broken_now(context, DISK_OPEN) ? -1 : openat(folder, name, flags, mode);
}
static inline int broken_mkdirat(void *context, int folder, const char *name, mode_t mode)
{
	return broken_now(context, DISK_MKDIR) ? -1 : mkdirat(folder, name, mode);
}
static inline bool broken_interrupts(struct broken *b)
{
	if (b->short_bytes == 0 || b->interrupted++ % 2 != 0) return false;
	errno = EINTR;
	return true;
}
static inline ssize_t broken_read(void *context, int fd, void *bytes, size_t n)
{
	struct broken *b = context;

	if (broken_interrupts(b) || broken_now(b, DISK_READ)) return -1;
	return read(fd, bytes, b->short_bytes != 0 && n > b->short_bytes ? b->short_bytes : n);
}
static inline ssize_t broken_write(void *context, int fd, const void *bytes, size_t n)
{
	struct broken *b = context;

	if (broken_interrupts(b)) return -1;
	if (broken_now(b, DISK_WRITE)) {
		ssize_t half = write(fd, bytes, n / 2); /* what a full disk leaves */
		errno = b->error;
		return half < 0 ? half : -1;
	}
	return write(fd, bytes, b->short_bytes != 0 && n > b->short_bytes ? b->short_bytes : n);
}
static inline int broken_fsync(void *context, int fd)
{
	return broken_now(context, DISK_FSYNC) ? -1 : fsync(fd);
}
static inline int broken_syncfs(void *context, int fd)
{
	return broken_now(context, DISK_SYNCFS) ? -1 : syncfs(fd);
}
static inline int broken_extend(void *context, int fd, uint64_t bytes)
{
	return broken_now(context, DISK_EXTEND) ? -1 : blob_disk_real()->extend(NULL, fd, bytes);
}
static inline int broken_rename_new(void *context, int folder, const char *from, int to_folder, const char *to)
{
	return broken_now(context, DISK_RENAME) ? -1 : blob_disk_real()->rename_new(NULL, folder, from, to_folder, to);
}
static inline int broken_unlinkat(void *context, int folder, const char *name)
{
	return broken_now(context, DISK_UNLINK) ? -1 : unlinkat(folder, name, 0);
}

static inline void broken_init(struct broken *b)
{
	*b = (struct broken){.error = EIO};
	b->disk = (struct blob_disk){.context = b,
		.openat = broken_openat,
		.mkdirat = broken_mkdirat,
		.read = broken_read,
		.write = broken_write,
		.fsync = broken_fsync,
		.syncfs = broken_syncfs,
		.extend = broken_extend,
		.rename_new = broken_rename_new,
		.unlinkat = broken_unlinkat};
}
#endif
