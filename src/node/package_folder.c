/* Writing a bag. Folders are made when their first file comes; nothing is durable before all of it is. */
#include "package_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NAME_TRIES 100
#define WALK_DESCRIPTORS 16

struct package_folder {
	const struct package_disk *disk;
	struct arena *arena;
	const char *dir, *temporary;
	int fd;
	bool named;
	struct blob_disk through;
	struct blob_store *blobs;
	struct bag_list payload, tags;
	slice last_folder; /* made already */
};

/* ---- the real disk ---- */
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

static ssize_t real_write(void *context, int fd, const void *bytes, size_t n)
{
	(void)context;
	return write(fd, bytes, n);
}

static int real_syncfs(void *context, int fd)
{
	(void)context;
	return syncfs(fd);
}

static int real_rename_new(void *context, const char *from, const char *to)
{
	(void)context;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
	if (errno != EINVAL && errno != ENOSYS) return -1;
	if (access(to, F_OK) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(from, to);
}

static int real_fsync(void *context, int fd)
{
	(void)context;
	return fsync(fd);
}

const struct package_disk *package_disk_real(void)
{
	static const struct package_disk REAL = {.openat = real_openat,
		.mkdirat = real_mkdirat,
		.write = real_write,
		.syncfs = real_syncfs,
		.rename_new = real_rename_new,
		.fsync = real_fsync};
	return &REAL;
}

static enum err refuse(struct fault *f, const char *where, const char *what)
{
	char why[64];
	enum err kind = errno == ENOENT                         ? ERR_NOT_FOUND
			: errno == EEXIST || errno == ENOTEMPTY ? ERR_EXISTS
			: errno == EACCES || errno == EPERM     ? ERR_ACCESS
								: ERR_DISK;
	return fault_set(f, kind, 0, 0, "%.150s: cannot be %s: %s", where, what, strerror_r(errno, why, sizeof why));
}

/* What blobs are copied with: the real disk, but what it writes goes through ours. */
static ssize_t write_through(void *context, int fd, const void *bytes, size_t n)
{
	struct package_folder *p = context;
	return p->disk->write(p->disk->context, fd, bytes, n);
}

/* ---- the folder ---- */
static enum err make_temporary(struct package_folder *p, struct fault *f)
{
	int made = -1;
	for (int i = 0; i < NAME_TRIES && made != 0; i++) {
		p->temporary = (const char *)arena_printf(p->arena, "%s.new-%ld-%d", p->dir, (long)getpid(), i).p;
		made = p->disk->mkdirat(p->disk->context, AT_FDCWD, p->temporary, 0700);
		if (made != 0 && errno != EEXIST) break;
	}
	if (made != 0) {
		enum err e = refuse(f, p->temporary, "made");
		p->temporary = NULL;
		return e;
	}
	p->fd = p->disk->openat(p->disk->context, AT_FDCWD, p->temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	return p->fd < 0 ? refuse(f, p->temporary, "opened") : OK;
}

enum err package_folder_new(const char *dir, int home, const struct package_disk *disk, struct package_folder **out, struct fault *f)
{
	struct stat st;
	slice name = slice_from(dir);
	while (name.n > 1 && name.p[name.n - 1] == '/') name.n--;
	if (name.n == 0) return fault_set(f, ERR_USAGE, 0, 0, "the package needs a folder that is not there yet");
	if (lstat(dir, &st) == 0) return fault_set(f, ERR_EXISTS, 0, 0, "%.200s: is there already: a package gets a new folder", dir);
	struct package_folder *p = mem_alloc(sizeof *p);
	*p = (struct package_folder){.disk = disk != NULL ? disk : package_disk_real(), .arena = arena_new(0), .fd = -1};
	p->dir = (const char *)arena_copy(p->arena, name).p;
	p->through = *blob_disk_real();
	p->through.context = p;
	p->through.write = write_through;
	enum err e = blob_store_open(home, &p->through, &p->blobs, f);
	if (e == OK) e = make_temporary(p, f);
	if (e == OK) *out = p;
	else package_folder_free(p);
	return e;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	(void)remove(path);
	return 0;
}

void package_folder_free(struct package_folder *p)
{
	if (p == NULL) return;
	if (p->fd >= 0) (void)close(p->fd);
	if (!p->named && p->temporary != NULL) (void)nftw(p->temporary, remove_one, WALK_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	blob_store_close(p->blobs);
	bag_list_free(&p->payload);
	bag_list_free(&p->tags);
	arena_free(p->arena);
	free(p);
}

const struct bag_list *package_folder_payload(const struct package_folder *p)
{
	return &p->payload;
}

bool package_folder_has(const struct package_folder *p, slice path)
{
	for (size_t i = 0; i < p->tags.n; i++)
		if (slice_equal(p->tags.files[i].path, path)) return true;
	return false;
}

/* ---- files ---- */

/* Folders of a path, down from the bag's. */
static enum err make_folders(struct package_folder *p, slice path, struct fault *f)
{
	size_t end = 0;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/') end = i;
	slice folder = slice_sub(path, 0, end);
	if (end == 0 || slice_equal(folder, p->last_folder)) return OK;
	for (size_t i = 1; i <= end; i++) {
		if (path.p[i] != '/') continue;
		const char *name = (const char *)arena_copy(p->arena, slice_sub(path, 0, i)).p;
		if (p->disk->mkdirat(p->disk->context, p->fd, name, 0755) != 0 && errno != EEXIST) return refuse(f, name, "made");
	}
	p->last_folder = arena_copy(p->arena, folder);
	return OK;
}

static enum err file_make(struct package_folder *p, slice path, const char **name, int *fd, struct fault *f)
{
	if (!bag_path_allowed(path))
		return fault_set(f, ERR_SYNTAX, 0, 0, "%.*s: no path for a bag", (int)slice_sub(path, 0, 200).n, (const char *)path.p);
	enum err e = make_folders(p, path, f);
	if (e != OK) return e;
	*name = (const char *)arena_copy(p->arena, path).p;
	*fd = p->disk->openat(p->disk->context, p->fd, *name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	return *fd < 0 ? refuse(f, *name, "made") : OK;
}

static void remember(struct package_folder *p, const char *name, const digest *d, uint64_t bytes)
{
	struct bag_file file = {.path = slice_from(name), .digest = *d, .bytes = bytes};
	bag_list_add(bag_is_payload(file.path) ? &p->payload : &p->tags, &file);
}

enum err package_folder_put(struct package_folder *p, slice path, slice bytes, struct fault *f)
{
	const char *name = NULL;
	int fd = -1;
	enum err e = file_make(p, path, &name, &fd, f);
	if (e != OK) return e;
	for (slice rest = bytes; e == OK && rest.n > 0;) {
		ssize_t n = p->disk->write(p->disk->context, fd, rest.p, rest.n);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) e = refuse(f, name, "written");
		else rest = slice_sub(rest, (size_t)n, SIZE_MAX);
	}
	if (close(fd) != 0 && e == OK) e = refuse(f, name, "written");
	digest d = digest_of(bytes);
	if (e == OK) remember(p, name, &d, bytes.n);
	return e;
}

enum err package_folder_put_blob(struct package_folder *p, slice path, const digest *blob, uint64_t bytes, struct fault *f)
{
	const char *name = NULL;
	int fd = -1;
	enum err e = file_make(p, path, &name, &fd, f);
	if (e != OK) return e;
	e = blob_copy(p->blobs, blob, fd, f);
	off_t found = lseek(fd, 0, SEEK_CUR);
	if (e == OK && (found < 0 || (uint64_t)found != bytes))
		e = fault_set(f, ERR_DAMAGED, 0, 0, "%.150s: its blob has %lld bytes, its manifest says %llu", name, (long long)found,
			(unsigned long long)bytes);
	if (close(fd) != 0 && e == OK) e = refuse(f, name, "written");
	if (e == OK) remember(p, name, blob, bytes);
	return e;
}

/* ---- the end ---- */
static enum err put_manifest(struct package_folder *p, const char *name, struct bag_list *l, digest *out, struct fault *f)
{
	struct buf b = {0};
	bag_list_sort(l);
	bag_put_manifest(&b, l);
	if (out != NULL) *out = digest_of(buf_slice(&b));
	enum err e = package_folder_put(p, slice_from(name), buf_slice(&b), f);
	buf_free(&b);
	return e;
}

enum err package_folder_seal(struct package_folder *p, const struct bag_info *info, digest *bag, struct fault *f)
{
	struct bag_info whole = *info;
	struct buf b = {0};
	whole.bytes = bag_list_bytes(&p->payload);
	whole.files = p->payload.n;
	bag_put_info(&b, &whole);
	enum err e = package_folder_put(p, SLICE(BAG_DECLARATION_NAME), SLICE(BAG_DECLARATION), f);
	if (e == OK) e = package_folder_put(p, SLICE(BAG_INFO_NAME), buf_slice(&b), f);
	if (e == OK) e = put_manifest(p, BAG_PAYLOAD_MANIFEST_NAME, &p->payload, NULL, f);
	if (e == OK) e = put_manifest(p, BAG_TAG_MANIFEST_NAME, &p->tags, bag, f);
	if (e == OK && p->disk->syncfs(p->disk->context, p->fd) != 0) e = refuse(f, p->temporary, "made durable");
	buf_free(&b);
	return e;
}

enum err package_folder_name(struct package_folder *p, struct fault *f)
{
	const char *slash = strrchr(p->dir, '/');
	slice around = slash == NULL ? SLICE(".") : slash == p->dir ? SLICE("/") : slice_of(p->dir, (size_t)(slash - p->dir));
	const char *parent = (const char *)arena_copy(p->arena, around).p;
	if (p->disk->rename_new(p->disk->context, p->temporary, p->dir) != 0) return refuse(f, p->dir, "named");
	p->named = true;
	int fd = p->disk->openat(p->disk->context, AT_FDCWD, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	enum err e = fd < 0 || p->disk->fsync(p->disk->context, fd) != 0 ? refuse(f, parent, "synced") : OK;
	if (fd >= 0) (void)close(fd);
	return e;
}
