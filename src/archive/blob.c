/* Blobs on a disk. A put goes: temporary file in blobs/, write, fsync, rename into blobs/ab/ unless the name is taken, fsync of both
 * folders. A failure before the rename removes the temporary file. One behind it leaves the whole blob in place, unpromised: another
 * process may have met it there already and relied on it; the next put of the same bytes finds it, compares and syncs again. */
#include "blob_int.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE_BYTES 65536u
#define TEMPORARY_TRIES 100
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

const char *blob_path(const digest *name, char out[BLOB_PATH_BYTES])
{
	char hex[DIGEST_HEX_BYTES + 1];

	(void)snprintf(out, BLOB_PATH_BYTES, "blobs/%.2s/%s", digest_hex(name, hex), hex);
	return out;
}

struct blob_place blob_place_of(const digest *name)
{
	struct blob_place p;

	digest_hex(name, p.name);
	memcpy(p.folder, p.name, 2);
	p.folder[2] = 0;
	blob_path(name, p.path);
	return p;
}

/* ---- the store ---- */

enum err blob_store_open(int home, const struct blob_disk *disk, struct blob_store **out, struct fault *f)
{
	struct stat st;

	if (disk == NULL) disk = blob_disk_real();
	int folder = disk->openat(disk->context, home, "blobs", FOLDER_FLAGS, 0);
	if (folder < 0 && errno == ENOENT) {
		if (disk->mkdirat(disk->context, home, "blobs", 0700) != 0 && errno != EEXIST)
			return blob_refuse(f, "blobs", "make the folder");
		if (disk->fsync(disk->context, home) != 0) return blob_refuse(f, "blobs", "sync the home");
		folder = disk->openat(disk->context, home, "blobs", FOLDER_FLAGS, 0);
	}
	if (folder < 0) return blob_refuse(f, "blobs", "open the folder");
	enum err e = fstat(folder, &st) != 0 ? blob_refuse(f, "blobs", "look at the folder") : OK;
	if (e == OK && (st.st_mode & 022) != 0)
		e = fault_set(
			f, ERR_ACCESS, 0, 0, "blobs: others may write there: found mode %04o, expected 0700", (unsigned)st.st_mode & 07777);
	if (e != OK) {
		blob_close(folder);
		return e;
	}
	*out = mem_alloc(sizeof **out);
	**out = (struct blob_store){.disk = disk, .folder = folder};
	return OK;
}

void blob_store_close(struct blob_store *s)
{
	if (s == NULL) return;
	blob_close(s->folder);
	free(s);
}

int blob_folder_open(struct blob_store *s, const struct blob_place *p, bool make)
{
	const struct blob_disk *d = s->disk;
	int folder = d->openat(d->context, s->folder, p->folder, FOLDER_FLAGS, 0);

	if (folder >= 0 || errno != ENOENT || !make) return folder;
	if (d->mkdirat(d->context, s->folder, p->folder, 0700) != 0 && errno != EEXIST) return -1;
	return d->openat(d->context, s->folder, p->folder, FOLDER_FLAGS, 0);
}

/* The blob's name durable: its folder, and the folder's own name in blobs/. */
static enum err folders_sync(struct blob_store *s, int folder, const struct blob_place *p, struct fault *f)
{
	if (s->disk->fsync(s->disk->context, folder) != 0) return blob_refuse(f, p->path, "sync its folder");
	if (s->disk->fsync(s->disk->context, s->folder) != 0) return blob_refuse(f, p->path, "sync the folder blobs");
	return OK;
}

/* ---- reading ---- */

/* Where bytes go while they are hashed; sync: the file is to be durable too. */
struct sink {
	struct buf *b; /* NULL: nowhere */
	int fd;        /* -1: nowhere */
	bool sync;
	bool holes;     /* pieces of zeros become holes in fd, a new file */
	uint64_t bytes; /* out */
};

enum err blob_write_all(const struct blob_disk *d, int fd, slice bytes, const char *where, struct fault *f)
{
	while (bytes.n > 0) {
		ssize_t n = d->write(d->context, fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR) continue;
		if (n == 0) errno = ENOSPC;
		if (n <= 0) return blob_refuse(f, where, "write");
		bytes = slice_sub(bytes, (size_t)n, SIZE_MAX);
	}
	return OK;
}

/* At most room bytes; 0 at the end. */
static enum err read_some(const struct blob_disk *d, int fd, slice *piece, uint8_t *room, const char *where, struct fault *f)
{
	ssize_t n;

	do n = d->read(d->context, fd, room, PIECE_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0) return blob_refuse(f, where, "read");
	*piece = slice_of(room, (size_t)n);
	return OK;
}

static bool all_zero(slice piece)
{
	return piece.n > 0 && piece.p[0] == 0 && memcmp(piece.p, piece.p + 1, piece.n - 1) == 0;
}

static enum err sink_add(const struct blob_disk *d, struct sink *to, slice piece, const char *where, struct fault *f)
{
	to->bytes += piece.n;
	if (to->bytes > BLOB_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, BLOB_BYTES_MAX, "%s: more than %llu bytes (BLOB_BYTES_MAX)", where,
			(unsigned long long)BLOB_BYTES_MAX);
	if (to->b != NULL) {
		buf_add(to->b, piece);
		if (to->b->failed)
			return fault_set(f, ERR_LIMIT, 0, 0, "%s: more bytes than the %zu that the caller takes", where, to->b->max);
	}
	if (to->holes && all_zero(piece)) return d->extend(d->context, to->fd, piece.n) != 0 ? blob_refuse(f, where, "make a hole") : OK;
	return to->fd >= 0 ? blob_write_all(d, to->fd, piece, where, f) : OK;
}

/* All bytes of a descriptor, hashed, into the sink. */
static enum err pump(const struct blob_disk *d, int from, struct sink *to, digest *out, const char *where, struct fault *f)
{
	uint8_t room[PIECE_BYTES];
	struct digest_stream stream;
	slice piece = {room, 1};
	enum err e = OK;

	digest_start(&stream);
	while (e == OK && piece.n > 0) {
		e = read_some(d, from, &piece, room, where, f);
		if (e == OK && piece.n > 0) e = sink_add(d, to, piece, where, f);
		if (e == OK) digest_add(&stream, piece);
	}
	if (e == OK) *out = digest_end(&stream);
	return e;
}

static enum err file_open(struct blob_store *s, int folder, const struct blob_place *p, int *out, struct fault *f)
{
	struct stat st;

	/* O_NONBLOCK: a pipe under a blob's name must not hold us up. */
	int fd = s->disk->openat(s->disk->context, folder, p->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0) return blob_refuse(f, p->path, "open");
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*out = fd;
		return OK;
	}
	blob_close(fd);
	return fault_set(f, ERR_DAMAGED, 0, 0, "%s: expected a regular file, found something else", p->path);
}

/* All of a blob's file into the sink; what digest it has. */
static enum err file_hash(struct blob_store *s, int folder, const struct blob_place *p, struct sink *to, digest *found, struct fault *f)
{
	int fd = -1;

	enum err e = file_open(s, folder, p, &fd, f);
	if (e != OK) return e;
	e = pump(s->disk, fd, to, found, p->path, f);
	if (e == OK && to->sync && s->disk->fsync(s->disk->context, fd) != 0) e = blob_refuse(f, p->path, "sync");
	blob_close(fd);
	return e;
}

static enum err file_read(
	struct blob_store *s, int folder, const struct blob_place *p, const digest *name, struct sink *to, struct fault *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	digest found;

	enum err e = file_hash(s, folder, p, to, &found, f);
	if (e == OK && !digest_equal(&found, name))
		e = fault_set(f, ERR_DAMAGED, 0, 0, "%s: damaged: its %llu bytes have the digest sha256:%s", p->path,
			(unsigned long long)to->bytes, digest_hex(&found, hex));
	return e;
}

static enum err blob_read(struct blob_store *s, const digest *name, struct sink *to, struct fault *f)
{
	struct blob_place p = blob_place_of(name);

	int folder = blob_folder_open(s, &p, false);
	if (folder < 0) return blob_refuse(f, p.path, "open its folder");
	enum err e = file_read(s, folder, &p, name, to, f);
	blob_close(folder);
	return e;
}

enum err blob_open(struct blob_store *s, const digest *name, int *fd, struct fault *f)
{
	struct blob_place p = blob_place_of(name);

	int folder = blob_folder_open(s, &p, false);
	if (folder < 0) return blob_refuse(f, p.path, "open its folder");
	enum err e = file_open(s, folder, &p, fd, f);
	blob_close(folder);
	return e;
}

enum err blob_measure(struct blob_store *s, const digest *name, digest *found, uint64_t *bytes, struct fault *f)
{
	struct blob_place p = blob_place_of(name);
	struct sink to = {.fd = -1};
	digest d;

	int folder = blob_folder_open(s, &p, false);
	if (folder < 0) return blob_refuse(f, p.path, "open its folder");
	enum err e = file_hash(s, folder, &p, &to, &d, f);
	blob_close(folder);
	if (e != OK) return e;
	*found = d;
	*bytes = to.bytes;
	return OK;
}

enum err blob_get(struct blob_store *s, const digest *name, struct buf *b, struct fault *f)
{
	struct sink to = {.b = b, .fd = -1};
	size_t before = b->n;
	bool failed = b->failed;

	enum err e = blob_read(s, name, &to, f);
	if (e == OK) return OK;
	b->n = before;
	b->failed = failed;
	return e;
}

enum err blob_verify(struct blob_store *s, const digest *name, uint64_t *bytes, struct fault *f)
{
	struct sink to = {.fd = -1};

	enum err e = blob_read(s, name, &to, f);
	if (e == OK && bytes != NULL) *bytes = to.bytes;
	return e;
}

enum err blob_copy(struct blob_store *s, const digest *name, int to, struct fault *f)
{
	struct sink sink = {.fd = to};
	struct stat st;

	sink.holes = fstat(to, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
	return blob_read(s, name, &sink, f);
}

enum err blob_exists(struct blob_store *s, const digest *name, bool *out, struct fault *f)
{
	struct blob_place p = blob_place_of(name);
	struct stat st;

	int folder = blob_folder_open(s, &p, false);
	bool there = folder >= 0 && fstatat(folder, p.name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	blob_close(folder);
	if (!there && errno != ENOENT) return blob_refuse(f, p.path, "look for it");
	*out = there;
	return OK;
}

/* ---- writing ---- */

enum err blob_temporary_open(struct blob_store *s, char name[BLOB_TEMPORARY_NAME_BYTES], int *out, struct fault *f)
{
	int fd = -1;

	for (int i = 0; i < TEMPORARY_TRIES && fd < 0; i++) {
		(void)snprintf(name, BLOB_TEMPORARY_NAME_BYTES, BLOB_TEMPORARY_START "%ld-%u", (long)getpid(), s->counter++);
		fd = s->disk->openat(s->disk->context, s->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST) break;
	}
	if (fd < 0) {
		enum err e = blob_refuse(f, "blobs", "make a temporary file");
		return e == ERR_NOT_FOUND ? ERR_DISK : e; /* the folder itself is gone */
	}
	*out = fd;
	return OK;
}

/* What is there under the name already: OK when it is the same, and durable. */
static enum err already_there(struct blob_store *s, int folder, const struct blob_place *p, const digest *name, struct fault *f)
{
	struct sink nowhere = {.fd = -1, .sync = true};

	enum err e = file_read(s, folder, p, name, &nowhere, f);
	if (e == ERR_NOT_FOUND) return fault_set(f, ERR_CHANGED, 0, 0, "%s: it was there, and was erased meanwhile", p->path);
	return e == OK ? folders_sync(s, folder, p, f) : e;
}

enum err blob_temporary_name(struct blob_store *s, const char *temporary, const digest *name, bool sync, bool *renamed, struct fault *f)
{
	const struct blob_disk *d = s->disk;
	struct blob_place p = blob_place_of(name);
	enum err e;

	int folder = blob_folder_open(s, &p, true);
	if (folder < 0) {
		e = blob_refuse(f, p.path, "make its folder");
		return e == ERR_NOT_FOUND ? ERR_DISK : e;
	}
	*renamed = d->rename_new(d->context, s->folder, temporary, folder, p.name) == 0;
	if (*renamed) e = sync ? folders_sync(s, folder, &p, f) : OK;
	else e = errno == EEXIST ? already_there(s, folder, &p, name, f) : blob_refuse(f, p.path, "rename");
	blob_close(folder);
	return e;
}

/* Write what the descriptor, or else the bytes give. */
static enum err temporary_fill(struct blob_store *s, int fd, const slice *bytes, int from, digest *name, struct fault *f)
{
	struct sink to = {.fd = fd};
	enum err e;

	if (bytes == NULL) e = pump(s->disk, from, &to, name, "a new blob", f);
	else e = blob_write_all(s->disk, fd, *bytes, "a new blob", f);
	if (e == OK && s->disk->fsync(s->disk->context, fd) != 0) e = blob_refuse(f, "a new blob", "sync");
	return e;
}

static enum err put(struct blob_store *s, const slice *bytes, int from, digest *name, struct fault *f)
{
	char temporary[BLOB_TEMPORARY_NAME_BYTES];
	bool renamed = false;
	int fd = -1;

	enum err e = blob_temporary_open(s, temporary, &fd, f);
	if (e != OK) return e;
	e = temporary_fill(s, fd, bytes, from, name, f);
	blob_close(fd);
	if (e == OK) e = blob_temporary_name(s, temporary, name, true, &renamed, f);
	if (!renamed) (void)s->disk->unlinkat(s->disk->context, s->folder, temporary); /* if that fails, blob_sweep comes later */
	return e;
}

enum err blob_put(struct blob_store *s, slice bytes, digest *out, struct fault *f)
{
	digest name = digest_of(bytes);
	struct blob_place p = blob_place_of(&name);
	struct stat st;
	enum err e;

	if (bytes.n > BLOB_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "a new blob: more bytes than BLOB_BYTES_MAX");
	int folder = blob_folder_open(s, &p, false);
	bool there = folder >= 0 && fstatat(folder, p.name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	e = there ? already_there(s, folder, &p, &name, f) : put(s, &bytes, -1, &name, f);
	blob_close(folder);
	if (e == OK) *out = name;
	return e;
}

enum err blob_put_stream(struct blob_store *s, int from, digest *out, struct fault *f)
{
	digest name;

	enum err e = put(s, NULL, from, &name, f);
	if (e == OK) *out = name;
	return e;
}

enum err blob_erase(struct blob_store *s, const digest *name, struct fault *f)
{
	struct blob_place p = blob_place_of(name);
	enum err e = OK;

	int folder = blob_folder_open(s, &p, false);
	if (folder < 0) return blob_refuse(f, p.path, "open its folder");
	if (s->disk->unlinkat(s->disk->context, folder, p.name) != 0) e = blob_refuse(f, p.path, "erase");
	if (e == OK && s->disk->fsync(s->disk->context, folder) != 0) e = blob_refuse(f, p.path, "sync the folder it was erased from");
	blob_close(folder);
	return e;
}
