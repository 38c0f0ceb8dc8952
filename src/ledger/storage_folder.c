/* A folder as storage. Names are resolved below the folder's descriptor; parents are made when they are missing.
 * Invariants: 1. `put` never touches what exists. 2. `swap` and `append` are durable when they return. 3. What `swap` leaves after a crash
 * is one whole piece: it is written beside, synced, renamed, and the folder is synced. 4. `append` that fails takes its bytes back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limit.h"
#include "storage.h"

const struct storage_calls STORAGE_CALLS = {write, fsync, fdatasync, syncfs, ftruncate, renameat};

#define SWAP_BESIDE ".swap"
#define READ_BYTES 65536u
#define NAME_BYTES_MAX 128u

struct storage_folder {
	struct storage table;
	struct storage_calls calls;
	char *path;
	int fd;
};

static enum err disk_error(const struct storage_folder *s, struct fault *f, const char *what, const char *name)
{
	enum err kind = errno == ENOENT                                                         ? ERR_NOT_FOUND
			: errno == EACCES || errno == EPERM || errno == EROFS || errno == ELOOP ? ERR_ACCESS
												: ERR_DISK;
	char why[64];
	return fault_set(f, kind, 0, 0, "%s/%s: %s: %s", s->path, name, what, strerror_r(errno, why, sizeof why));
}

/* Make the folders above a name. */
static int make_parents(const struct storage_folder *s, const char *name)
{
	char folder[NAME_BYTES_MAX];
	for (size_t i = 0; i < sizeof folder - 1 && name[i] != 0; i++) {
		folder[i] = name[i];
		if (name[i] != '/') continue;
		folder[i] = 0;
		if (mkdirat(s->fd, folder, 0700) != 0 && errno != EEXIST) return -1;
		folder[i] = '/';
	}
	return 0;
}

static int open_to_write(const struct storage_folder *s, const char *name, int flags)
{
	int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (fd >= 0 || errno != ENOENT) return fd;
	return make_parents(s, name) != 0 ? -1 : openat(s->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
}

static int write_all(const struct storage_folder *s, int fd, slice bytes)
{
	while (bytes.n > 0) {
		ssize_t n = s->calls.write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return -1;
		if (n == 0) errno = ENOSPC;
		if (n == 0) return -1;
		bytes = slice_sub(bytes, (size_t)n, bytes.n);
	}
	return 0;
}

static enum err folder_get(void *context, const char *name, size_t bytes_max, struct buf *out, struct fault *f)
{
	struct storage_folder *s = context;
	int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) return disk_error(s, f, "cannot be opened", name);
	size_t start = out->n;
	enum err e = OK;
	for (ssize_t n = 1; n > 0 && e == OK;) {
		(void)buf_reserve(out, READ_BYTES);
		n = read(fd, out->p + out->n, READ_BYTES);
		if (n < 0 && errno == EINTR) n = 1;
		else if (n < 0) e = disk_error(s, f, "cannot be read", name);
		else out->n += (size_t)n;
		if (out->n - start > bytes_max) e = fault_set(f, ERR_LIMIT, 0, 0, "%s/%s: longer than %zu bytes", s->path, name, bytes_max);
	}
	if (e != OK) out->n = start;
	close(fd);
	return e;
}

/* OK when the piece has these bytes. */
static enum err compare(struct storage_folder *s, const char *name, slice bytes, struct fault *f)
{
	struct buf found = {0};
	enum err e = folder_get(s, name, bytes.n, &found, f);
	if (e == ERR_LIMIT || (e == OK && !slice_equal(buf_slice(&found), bytes)))
		e = fault_set(f, ERR_EXISTS, 0, 0, "%s/%s: is there already, with other bytes", s->path, name);
	buf_free(&found);
	return e;
}

static enum err folder_put(void *context, const char *name, slice bytes, struct fault *f)
{
	struct storage_folder *s = context;
	int fd = open_to_write(s, name, O_EXCL);
	if (fd < 0 && errno == EEXIST) return compare(s, name, bytes, f);
	if (fd < 0) return disk_error(s, f, "cannot be made", name);
	enum err e = write_all(s, fd, bytes) != 0 ? disk_error(s, f, "cannot be written", name) : OK;
	if (close(fd) != 0 && e == OK) e = disk_error(s, f, "cannot be written", name);
	return e;
}

/* A piece lies directly in the folder or below it: that folder's entry must be durable. */
static int sync_folder_of(const struct storage_folder *s, const char *name)
{
	char folder[NAME_BYTES_MAX] = ".";
	const char *slash = strrchr(name, '/');
	if (slash != NULL) snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
	int fd = openat(s->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return -1;
	int done = s->calls.fsync(fd), why = errno;
	close(fd);
	errno = why;
	return done;
}

/* A new file, in a folder that may be new as well. */
static int sync_new(const struct storage_folder *s, const char *name)
{
	char folder[NAME_BYTES_MAX];
	const char *slash = strrchr(name, '/');
	int done = sync_folder_of(s, name);
	if (done != 0 || slash == NULL) return done;
	snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
	return sync_folder_of(s, folder);
}

static enum err write_beside(struct storage_folder *s, const char *beside, slice bytes, struct fault *f)
{
	int fd = open_to_write(s, beside, O_TRUNC);
	if (fd < 0) return disk_error(s, f, "cannot be made", beside);
	enum err e = write_all(s, fd, bytes) != 0 || s->calls.fsync(fd) != 0 ? disk_error(s, f, "cannot be written", beside) : OK;
	if (close(fd) != 0 && e == OK) e = disk_error(s, f, "cannot be written", beside);
	return e;
}

static enum err folder_swap(void *context, const char *name, const slice *before, slice after, struct fault *f)
{
	struct storage_folder *s = context;
	char beside[NAME_BYTES_MAX];
	enum err e = OK;
	if (before != NULL) e = compare(s, name, *before, f);
	else if (faccessat(s->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) e = ERR_EXISTS;
	if (e == ERR_EXISTS || e == ERR_NOT_FOUND)
		return fault_set(
			f, ERR_CHANGED, 0, 0, "%s/%s: is not what this process last knew: something else writes here", s->path, name);
	if (e != OK) return e;
	snprintf(beside, sizeof beside, "%s" SWAP_BESIDE, name);
	e = write_beside(s, beside, after, f);
	if (e == OK && s->calls.renameat(s->fd, beside, s->fd, name) != 0) e = disk_error(s, f, "cannot be renamed", beside);
	if (e == OK && sync_folder_of(s, name) != 0) return disk_error(s, f, "its folder cannot be synced", name);
	if (e != OK) (void)unlinkat(s->fd, beside, 0);
	return e;
}

static enum err folder_sync(void *context, struct fault *f)
{
	struct storage_folder *s = context;
	return s->calls.syncfs(s->fd) != 0 ? disk_error(s, f, "cannot be synced", "") : OK;
}

/* Take back what a failed append left. */
static enum err cut_back(struct storage_folder *s, int fd, off_t length, const char *name, struct fault *f)
{
	int why = errno;
	if (s->calls.ftruncate(fd, length) != 0 || s->calls.fsync(fd) != 0)
		return fault_set(f, ERR_DAMAGED, 0, (uint64_t)length, "%s/%s: cannot be written, and what was written cannot be taken back",
			s->path, name);
	errno = why;
	return disk_error(s, f, "cannot be written", name);
}

static enum err folder_append(void *context, const char *name, slice bytes, struct fault *f)
{
	struct storage_folder *s = context;
	int fd = openat(s->fd, name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	bool made = fd < 0 && errno == ENOENT;
	if (made) fd = open_to_write(s, name, O_APPEND | O_EXCL);
	if (fd < 0) return disk_error(s, f, "cannot be opened", name);
	off_t length = lseek(fd, 0, SEEK_END);
	enum err e = OK;
	if (length < 0) e = disk_error(s, f, "cannot be measured", name);
	else if (write_all(s, fd, bytes) != 0 || s->calls.fdatasync(fd) != 0 || (made && sync_new(s, name) != 0))
		e = cut_back(s, fd, length, name, f);
	close(fd);
	return e;
}

static enum err folder_drop(void *context, const char *name, struct fault *f)
{
	struct storage_folder *s = context;
	if (unlinkat(s->fd, name, 0) == 0 || errno == ENOENT) return OK;
	if (errno == EISDIR || errno == EPERM)
		if (unlinkat(s->fd, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY) return OK;
	return disk_error(s, f, "cannot be removed", name);
}

static enum err folder_list(void *context, const char *folder, storage_name *each, void *each_context, struct fault *f)
{
	struct storage_folder *s = context;
	int fd = openat(s->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) return errno == ENOENT ? OK : disk_error(s, f, "cannot be opened", folder);
	DIR *d = fdopendir(fd);
	enum err e = OK;
	if (d == NULL) {
		e = disk_error(s, f, "cannot be listed", folder);
		close(fd);
		return e;
	}
	for (const struct dirent *n = readdir(d); n != NULL && e == OK; n = readdir(d))
		if (n->d_name[0] != '.') e = each(each_context, slice_from(n->d_name));
	closedir(d);
	return e;
}

enum err storage_folder_open(const char *path, const struct storage_calls *calls, struct storage_folder **out, struct fault *f)
{
	struct storage_folder *s = mem_alloc(sizeof *s);
	size_t n = strlen(path) + 1;
	s->path = memcpy(mem_alloc(n), path, n);
	s->calls = calls != NULL ? *calls : STORAGE_CALLS;
	s->table = (struct storage){s, folder_get, folder_put, folder_swap, folder_sync, folder_append, folder_drop, folder_list};
	s->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0) {
		enum err e = disk_error(s, f, "cannot be opened", "");
		storage_folder_free(s);
		return e;
	}
	*out = s;
	return OK;
}

void storage_folder_free(struct storage_folder *s)
{
	if (s == NULL) return;
	if (s->fd >= 0) close(s->fd);
	free(s->path);
	free(s);
}

const struct storage *storage_of_folder(const struct storage_folder *s)
{
	return &s->table;
}

int storage_folder_descriptor(const struct storage_folder *s)
{
	return s->fd;
}
