/* What lies below blobs/. A folder's names are read first and sorted, so that the order does not depend on the file system. */
#include "blob_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_BYTES (sizeof "blobs/ab/" + 256)
#define FOLDERS 256u
#define MICROS INT64_C(1000000)

struct listing {
	struct blob_store *store;
	blob_visit *visit;
	void *context;
	struct fault *fault;
	struct buf digests; /* of one folder */
};

static enum err stray_tell(struct listing *l, const char *path, const struct stat *st, bool temporary)
{
	struct blob_found found = {.path = path, .bytes = (uint64_t)st->st_size, .stray = true, .temporary = temporary};

	return l->visit(l->context, &found);
}

/* A name in blobs/ab/: kept when it is a blob's, told when it is none. */
static enum err name_take(struct listing *l, int folder, const char *place, const char *name)
{
	char path[PATH_BYTES];
	struct stat st;
	digest d;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? OK : blob_refuse(l->fault, place, "look at a file");
	if (S_ISREG(st.st_mode) && strncmp(name, place + 6, 2) == 0 && digest_get_hex(slice_from(name), &d)) {
		if (l->digests.n / sizeof d >= BLOB_FOLDER_FILES_MAX)
			return fault_set(
				l->fault, ERR_LIMIT, 0, 0, "%s: more than %u files (BLOB_FOLDER_FILES_MAX)", place, BLOB_FOLDER_FILES_MAX);
		buf_add(&l->digests, digest_slice(&d));
		return OK;
	}
	(void)snprintf(path, sizeof path, "%s/%s", place, name);
	return stray_tell(l, path, &st, false);
}

static int digest_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(digest));
}

static enum err digests_tell(struct listing *l, int folder)
{
	size_t n = l->digests.n / sizeof(digest);
	enum err e = OK;

	if (n > 1) qsort(l->digests.p, n, sizeof(digest), digest_order);
	for (size_t i = 0; i < n && e == OK; i++) {
		char path[BLOB_PATH_BYTES];
		struct blob_found found = {.stray = false};
		struct stat st;
		memcpy(&found.name, l->digests.p + i * sizeof(digest), sizeof(digest));
		found.path = blob_path(&found.name, path);
		if (fstatat(folder, path + sizeof "blobs/ab/" - 1, &st, AT_SYMLINK_NOFOLLOW) != 0) continue; /* erased meanwhile */
		found.bytes = (uint64_t)st.st_size;
		e = l->visit(l->context, &found);
	}
	return e;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A stream over a folder of ours; NULL and errno. It owns its descriptor, and leaves `folder` alone. */
static DIR *names_open(struct blob_store *s, int folder, const char *name)
{
	int fd = s->disk->openat(s->disk->context, folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	DIR *names = fd >= 0 ? fdopendir(fd) : NULL;

	if (names == NULL) blob_close(fd);
	return names;
}

static enum err folder_each(struct listing *l, unsigned number)
{
	char place[sizeof "blobs/ab"];
	enum err e = OK;

	(void)snprintf(place, sizeof place, "blobs/%02x", number & 0xFF);
	DIR *names = names_open(l->store, l->store->folder, place + 6);
	if (names == NULL) return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? OK : blob_refuse(l->fault, place, "open");
	buf_clear(&l->digests);
	for (struct dirent *d; e == OK && (errno = 0, d = readdir(names)) != NULL;)
		if (!is_dots(d->d_name)) e = name_take(l, dirfd(names), place, d->d_name);
	if (e == OK && errno != 0) e = blob_refuse(l->fault, place, "list");
	if (e == OK) e = digests_tell(l, dirfd(names));
	(void)closedir(names);
	return e;
}

static bool is_folder_name(const char *name)
{
	return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

/* What lies in blobs/ itself beside the folders. */
static enum err top_strays(struct listing *l)
{
	enum err e = OK;

	DIR *names = names_open(l->store, l->store->folder, ".");
	if (names == NULL) return blob_refuse(l->fault, "blobs", "open");
	for (struct dirent *d; e == OK && (errno = 0, d = readdir(names)) != NULL;) {
		char path[PATH_BYTES];
		struct stat st;
		if (is_dots(d->d_name) || fstatat(dirfd(names), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
		if (is_folder_name(d->d_name) && S_ISDIR(st.st_mode)) continue;
		(void)snprintf(path, sizeof path, "blobs/%s", d->d_name);
		e = stray_tell(l, path, &st, slice_starts(slice_from(d->d_name), SLICE(BLOB_TEMPORARY_START)));
	}
	if (e == OK && errno != 0) e = blob_refuse(l->fault, "blobs", "list");
	(void)closedir(names);
	return e;
}

enum err blob_each(struct blob_store *s, blob_visit *visit, void *context, struct fault *f)
{
	struct listing l = {.store = s, .visit = visit, .context = context, .fault = f};

	enum err e = top_strays(&l);
	for (unsigned i = 0; i < FOLDERS && e == OK; i++) e = folder_each(&l, i);
	buf_free(&l.digests);
	return e;
}

struct sweep {
	struct blob_store *store;
	instant before;
	uint64_t removed;
	struct fault *fault;
};

static enum err sweep_one(void *context, const struct blob_found *found)
{
	struct sweep *w = context;
	const char *name = found->path + sizeof "blobs/" - 1;
	struct stat st;

	if (!found->temporary || fstatat(w->store->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return OK;
	if (!S_ISREG(st.st_mode) || (instant)st.st_mtim.tv_sec * MICROS > w->before) return OK;
	if (w->store->disk->unlinkat(w->store->disk->context, w->store->folder, name) != 0)
		return errno == ENOENT ? OK : blob_refuse(w->fault, found->path, "remove");
	w->removed++;
	return OK;
}

enum err blob_sweep(struct blob_store *s, instant now, uint64_t *removed, struct fault *f)
{
	struct sweep w = {.store = s, .before = now - BLOB_TEMPORARY_SECONDS * MICROS, .fault = f};
	struct listing l = {.store = s, .visit = sweep_one, .context = &w, .fault = f};

	enum err e = top_strays(&l);
	if (e == OK && removed != NULL) *removed = w.removed;
	return e;
}
