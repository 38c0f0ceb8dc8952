/* Reading a bag. Every part of a path is opened by itself and no link is followed, so that nothing outside the folder can be reached
 * whatever the paths say, and however they change meanwhile. */
#include "package_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES (256u << 10)

static enum err refuse(slice path, const char *what, struct fault *f)
{
	char why[64];
	enum err kind = errno == ENOENT                      ? ERR_NOT_FOUND
			: errno == EACCES || errno == EPERM  ? ERR_ACCESS
			: errno == ELOOP || errno == ENOTDIR ? ERR_SYNTAX /* a link */
							     : ERR_DISK;
	return fault_set(f, kind, 0, 0, "%.*s: cannot be %s: %s", (int)slice_sub(path, 0, 200).n, (const char *)path.p, what,
		strerror_r(errno, why, sizeof why));
}

static enum err say(slice path, enum err kind, const char *what, struct fault *f)
{
	return fault_set(f, kind, 0, 0, "%.*s: %s", (int)slice_sub(path, 0, 240).n, (const char *)path.p, what);
}

/* -1 and errno. The path's parts hold no NUL: bag_path_allowed. */
static int open_below(int fd, slice path, int flags)
{
	char part[BAG_PART_BYTES_MAX + 1];
	int folder = fd, next = -1;
	do {
		slice name = slice_cut(&path, '/');
		memcpy(part, name.p, name.n);
		part[name.n] = 0;
		next = openat(folder, part, (path.n > 0 ? O_PATH | O_DIRECTORY : flags) | O_NOFOLLOW | O_CLOEXEC);
		if (folder != fd) {
			int kept = errno;
			(void)close(folder);
			errno = kept;
		}
		folder = next;
	} while (next >= 0 && path.n > 0);
	return next;
}

/* A regular file: a pipe or device is neither read nor waited for. */
static enum err open_file(int fd, slice path, int *out, struct stat *st, struct fault *f)
{
	int file = open_below(fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (file < 0) return refuse(path, "opened", f);
	if (fstat(file, st) == 0 && S_ISREG(st->st_mode)) {
		*out = file;
		return OK;
	}
	(void)close(file);
	return say(path, ERR_SYNTAX, "is no regular file", f);
}

/* ---- walking ---- */
struct walking {
	int fd;
	struct arena *arena;
	struct bag_list found, folders; /* folders: still to be read */
};

static enum err take_name(struct walking *w, int folder, slice below, const char *name, struct fault *f)
{
	struct stat st;
	slice path = below.n == 0 ? arena_copy(w->arena, slice_from(name))
				  : arena_printf(w->arena, "%.*s/%s", (int)below.n, (const char *)below.p, name);
	if (!bag_path_allowed(path)) return say(path, ERR_SYNTAX, "a path that no bag of ours has", f);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return refuse(path, "looked at", f);
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) return say(path, ERR_SYNTAX, "is neither a file nor a folder", f);
	if (w->found.n + w->folders.n > 2 * (size_t)BAG_FILES_MAX) return say(path, ERR_LIMIT, "more than BAG_FILES_MAX files", f);
	struct bag_file file = {.path = path, .bytes = (uint64_t)st.st_size};
	bag_list_add(S_ISDIR(st.st_mode) ? &w->folders : &w->found, &file);
	return OK;
}

static enum err walk_folder(struct walking *w, slice path, struct fault *f)
{
	int fd = path.n == 0 ? openat(w->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : open_below(w->fd, path, O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	enum err e = OK;
	if (d == NULL) {
		e = refuse(path.n == 0 ? SLICE("the package") : path, "opened", f);
		if (fd >= 0) (void)close(fd);
		return e;
	}
	errno = 0;
	for (struct dirent *x; e == OK && (x = readdir(d)) != NULL; errno = 0)
		if (strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0) e = take_name(w, fd, path, x->d_name, f);
	if (e == OK && errno != 0) e = refuse(path, "read", f);
	(void)closedir(d);
	return e;
}

static enum err walk(struct walking *w, struct fault *f)
{
	enum err e = walk_folder(w, (slice){0}, f);
	for (size_t i = 0; e == OK && i < w->folders.n; i++) e = walk_folder(w, w->folders.files[i].path, f);
	bag_list_sort(&w->found);
	return e;
}

/* ---- bytes ---- */
static enum err hash_file(int fd, const struct bag_file *file, uint8_t *room, struct fault *f)
{
	struct digest_stream stream;
	struct stat st;
	ssize_t n = 1;
	uint64_t bytes = 0; /* a file that grows is not followed */
	int in = -1;
	enum err e = open_file(fd, file->path, &in, &st, f);
	if (e != OK) return e;
	digest_start(&stream);
	while (e == OK && n > 0 && bytes <= file->bytes) {
		n = read(in, room, PIECE_BYTES);
		if (n > 0) digest_add(&stream, slice_of(room, (size_t)n));
		if (n > 0) bytes += (uint64_t)n;
		else if (n < 0 && errno == EINTR) n = 1;
		else if (n < 0) e = refuse(file->path, "read", f);
	}
	(void)close(in);
	digest found = digest_end(&stream);
	return e != OK || digest_equal(&found, &file->digest) ? e
							      : say(file->path, ERR_DAMAGED, "its bytes are not those that are listed", f);
}

static enum err hash_all(int fd, const struct bag_list *l, struct fault *f)
{
	uint8_t *room = mem_alloc(PIECE_BYTES);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < l->n; i++) e = hash_file(fd, &l->files[i], room, f);
	free(room);
	return e;
}

static enum err read_whole(int fd, slice path, size_t bytes_max, struct arena *a, slice *out, struct fault *f)
{
	struct buf b = {0};
	struct stat st;
	ssize_t n = 1;
	int in = -1;
	enum err e = open_file(fd, path, &in, &st, f);
	while (e == OK && n > 0) {
		if (b.n > bytes_max) {
			e = say(path, ERR_LIMIT, "is too long", f);
			break;
		}
		(void)buf_reserve(&b, PIECE_BYTES);
		n = read(in, b.p + b.n, PIECE_BYTES);
		if (n > 0) b.n += (size_t)n;
		else if (n < 0 && errno == EINTR) n = 1;
		else if (n < 0) e = refuse(path, "read", f);
	}
	if (in >= 0) (void)close(in);
	if (e == OK) *out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return e;
}

/* ---- the manifests ---- */
static enum err read_manifest(struct package_bag *b, const char *name, bool payload, struct bag_list *out, digest *of, struct fault *f)
{
	slice text;
	enum err e = read_whole(b->fd, slice_from(name), BAG_MANIFEST_BYTES_MAX, b->arena, &text, f);
	if (e == ERR_NOT_FOUND) return fault_set(f, e, 0, 0, "%s: is missing: this is no package", name);
	if (e != OK) return e;
	if (of != NULL) *of = digest_of(text);
	return bag_get_manifest(text, payload, out, f);
}

static enum err say_missing(const struct bag_list *listed, const struct bag_list *found, struct fault *f)
{
	for (size_t i = 0; i < listed->n; i++)
		if (bag_list_find(found, listed->files[i].path) == NULL) return say(listed->files[i].path, ERR_DAMAGED, "is missing", f);
	return OK;
}

/* What is there, and what is listed: both sorted. Sizes go into the lists. */
static enum err compare(struct package_bag *b, const struct bag_list *found, struct fault *f)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct bag_file *file = &found->files[i];
		struct bag_list *l = bag_is_payload(file->path) ? &b->payload : &b->tags;
		if (slice_equal(file->path, SLICE(BAG_TAG_MANIFEST_NAME))) continue; /* it lists itself nowhere */
		const struct bag_file *listed = bag_list_find(l, file->path);
		if (listed == NULL) return say(file->path, ERR_DAMAGED, "is in no manifest", f);
		l->files[listed - l->files].bytes = file->bytes;
	}
	enum err e = say_missing(&b->tags, found, f);
	return e == OK ? say_missing(&b->payload, found, f) : e;
}

static enum err judge_texts(const struct package_bag *b, struct fault *f)
{
	slice declaration = {0}, info = {0};
	uint64_t bytes = 0, files = 0;
	enum err e = package_bag_text(b, SLICE(BAG_DECLARATION_NAME), BAG_TAG_BYTES_MAX, &declaration, f);
	if (e == OK && !slice_equal(declaration, SLICE(BAG_DECLARATION)))
		return fault_set(f, ERR_VERSION, 0, 0, BAG_DECLARATION_NAME ": RFC 8493 2.1.1: expected BagIt-Version 1.0 and UTF-8");
	if (e == OK) e = package_bag_text(b, SLICE(BAG_INFO_NAME), BAG_TAG_BYTES_MAX, &info, f);
	if (e == OK) e = bag_get_oxum(info, &bytes, &files, f);
	if (e != OK || (bytes == bag_list_bytes(&b->payload) && files == b->payload.n)) return e;
	return fault_set(f, ERR_DAMAGED, 0, 0, BAG_INFO_NAME ": Payload-Oxum says %llu bytes in %llu files, there are %llu in %zu",
		(unsigned long long)bytes, (unsigned long long)files, (unsigned long long)bag_list_bytes(&b->payload), b->payload.n);
}

enum err package_bag_open(int fd, bool payload, struct arena *a, struct package_bag *out, struct fault *f)
{
	struct package_bag b = {.fd = fd, .arena = a};
	struct walking w = {.fd = fd, .arena = a};
	enum err e = walk(&w, f);
	if (e == OK) e = read_manifest(&b, BAG_TAG_MANIFEST_NAME, false, &b.tags, &b.bag, f);
	if (e == OK) e = read_manifest(&b, BAG_PAYLOAD_MANIFEST_NAME, true, &b.payload, NULL, f);
	if (e == OK) e = compare(&b, &w.found, f);
	if (e == OK) e = hash_all(fd, &b.tags, f);
	if (e == OK && payload) e = hash_all(fd, &b.payload, f);
	if (e == OK) e = judge_texts(&b, f);
	bag_list_free(&w.found);
	bag_list_free(&w.folders);
	if (e == OK) *out = b;
	else package_bag_close(&b);
	return e;
}

void package_bag_close(struct package_bag *b)
{
	bag_list_free(&b->payload);
	bag_list_free(&b->tags);
}

enum err package_bag_text(const struct package_bag *b, slice path, size_t bytes_max, slice *out, struct fault *f)
{
	const struct bag_file *file = bag_list_find(&b->tags, path);
	slice text;
	if (file == NULL) return say(path, ERR_NOT_FOUND, "is missing", f);
	enum err e = read_whole(b->fd, path, bytes_max, b->arena, &text, f);
	if (e != OK) return e;
	digest found = digest_of(text);
	if (!digest_equal(&found, &file->digest)) return say(path, ERR_DAMAGED, "its bytes are not those that are listed", f);
	*out = text;
	return OK;
}

enum err package_bag_file(const struct package_bag *b, slice path, int *out, struct fault *f)
{
	struct stat st;
	return open_file(b->fd, path, out, &st, f);
}
