/* The real disk, and its errors as faults. */
#include "blob_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int real_openat(void *context, int folder, const char *name, int flags, mode_t mode)
{
	(void)context;
	return openat(folder, name, flags, mode);
}

static int real_mkdirat(void *context, int folder, const char *name, mode_t mode)
{
	(void)context;
	return mkdirat(folder, name, mode);
}

static ssize_t real_read(void *context, int fd, void *bytes, size_t n)
{
	(void)context;
	return read(fd, bytes, n);
}

static ssize_t real_write(void *context, int fd, const void *bytes, size_t n)
{
	(void)context;
	return write(fd, bytes, n);
}

static int real_fsync(void *context, int fd)
{
	(void)context;
	return fsync(fd);
}

static int real_syncfs(void *context, int fd)
{
	(void)context;
	return syncfs(fd);
}

static int real_extend(void *context, int fd, uint64_t bytes)
{
	(void)context;
	off_t end = lseek(fd, (off_t)bytes, SEEK_END);
	return end < 0 ? -1 : ftruncate(fd, end);
}

/* File systems that cannot rename without replacing can link without replacing. */
static int real_rename_new(void *context, int folder, const char *from, int to_folder, const char *to)
{
	(void)context;
	if (renameat2(folder, from, to_folder, to, RENAME_NOREPLACE) == 0) return 0;
	if (errno != EINVAL && errno != ENOSYS) return -1;
	if (linkat(folder, from, to_folder, to, 0) != 0) return -1;
	return unlinkat(folder, from, 0);
}

static int real_unlinkat(void *context, int folder, const char *name)
{
	(void)context;
	return unlinkat(folder, name, 0);
}

const struct blob_disk *blob_disk_real(void)
{
	static const struct blob_disk REAL = {.openat = real_openat,
		.mkdirat = real_mkdirat,
		.read = real_read,
		.write = real_write,
		.fsync = real_fsync,
		.syncfs = real_syncfs,
		.extend = real_extend,
		.rename_new = real_rename_new,
		.unlinkat = real_unlinkat};

	return &REAL;
}

enum err blob_refuse(struct fault *f, const char *where, const char *what)
{
	static const struct {
		int number;
		enum err kind;
	} KINDS[] = {
		{ENOENT, ERR_NOT_FOUND}, {EACCES, ERR_ACCESS}, {EPERM, ERR_ACCESS}, {ELOOP, ERR_DAMAGED} /* a link where none may be */};
	enum err kind = ERR_DISK;

	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		if (errno == KINDS[i].number) kind = KINDS[i].kind;
	return fault_set(f, kind, 0, 0, "%s: cannot %s: %s", where, what, strerror(errno));
}

void blob_close(int fd)
{
	int kept = errno;

	if (fd >= 0) (void)close(fd);
	errno = kept;
}
