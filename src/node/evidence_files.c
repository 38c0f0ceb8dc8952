/* An item's files. */
#include "evidence_files.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"

#define SHOWN_BYTES_MAX 120

/* A manifest that is read file by file. */
struct files {
	struct blob_store *blobs;
	struct arena *arena;
	struct buf manifest;
	struct manifest_walk walk;
};

static void files_close(struct files *x)
{
	blob_store_close(x->blobs);
	arena_free(x->arena);
	buf_free(&x->manifest);
}

static enum err files_open(const struct home *h, const digest *id, struct files *out, struct fault *f)
{
	struct files x = {.arena = arena_new(0), .manifest = {.max = MANIFEST_BYTES_MAX}};
	enum err e = blob_store_open(h->fd, NULL, &x.blobs, f);
	if (e == OK) e = blob_get(x.blobs, id, &x.manifest, f);
	if (e == OK) e = manifest_open(buf_slice(&x.manifest), x.arena, &x.walk, f);
	if (e != OK) files_close(&x);
	else *out = x;
	return e;
}

/* ---- the lock ---- */
#define LOCK_NAME "evidence.lock"

enum err evidence_lock(const struct home *h, bool alone, int *out, struct fault *f)
{
	char why[64];
	int fd = openat(h->fd, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600), done = -1;
	if (fd < 0)
		return fault_set(f, errno == EACCES ? ERR_ACCESS : ERR_DISK, 0, 0, LOCK_NAME ": %s", strerror_r(errno, why, sizeof why));
	do done = flock(fd, alone ? LOCK_EX | LOCK_NB : LOCK_SH);
	while (done != 0 && errno == EINTR);
	if (done == 0) {
		*out = fd;
		return OK;
	}
	close(fd);
	return fault_set(f, ERR_ACCESS, 0, 0,
		"evidence is being sealed, copied or taken in at this moment, and may come to share what would be destroyed: try again "
		"when that is over");
}

void evidence_unlock(int lock)
{
	if (lock >= 0) close(lock);
}

/* ---- reading again ---- */
struct again {
	struct digest_stream stream;
	struct buf line;
	evidence_trouble *tell;
	void *context;
	struct evidence_reading out;
};

static void again_begin(struct again *a, const struct files *x)
{
	digest_start(&a->stream);
	manifest_put_head(&a->line, &x->walk.head);
	digest_add(&a->stream, buf_slice(&a->line));
}

static void again_file(struct again *a, const struct manifest_file *m)
{
	buf_clear(&a->line);
	manifest_put_file(&a->line, m);
	digest_add(&a->stream, buf_slice(&a->line));
	a->out.files++;
	a->out.bytes += m->bytes;
}

static void again_trouble(struct again *a, slice name, const char *what)
{
	a->out.damaged++;
	if (a->tell != NULL) a->tell(a->context, name, what);
}

/* How the bytes of one file are found: OK and its digest, or a fault that says what there is instead. */
struct finder {
	void *context;
	enum err (*find)(void *context, const struct manifest_file *m, digest *found, uint64_t *bytes, struct fault *f);
};

static enum err again_one(struct again *a, struct finder by, struct manifest_file m, struct fault *f)
{
	struct fault inner = {0};
	uint64_t bytes = 0;
	digest found = {{0}};
	if (m.kind != MANIFEST_FILE) {
		again_file(a, &m);
		return OK;
	}
	enum err e = by.find(by.context, &m, &found, &bytes, &inner);
	if (e == ERR_DISK || e == ERR_ACCESS) {
		if (f != NULL) *f = inner;
		return e;
	}
	if (e != OK) again_trouble(a, m.name, inner.text);
	else if (!digest_equal(&found, &m.blob)) again_trouble(a, m.name, "its bytes are not those that were sealed");
	if (e != OK || !digest_equal(&found, &m.blob)) {
		m.blob = found;
		m.bytes = bytes;
		m.holes = 0;
	}
	again_file(a, &m);
	return OK;
}

static enum err read_all(struct files *x, struct finder by, struct again *a, struct fault *f)
{
	struct manifest_file m;
	bool end = false;
	enum err e = OK;
	again_begin(a, x);
	while (e == OK) {
		e = manifest_next(&x->walk, x->arena, &m, &end, f);
		if (e != OK || end) break;
		e = again_one(a, by, m, f);
	}
	return e;
}

static enum err find_blob(void *context, const struct manifest_file *m, digest *found, uint64_t *bytes, struct fault *f)
{
	return blob_measure(context, &m->blob, found, bytes, f);
}

enum err evidence_read(
	const struct home *h, const digest *id, evidence_trouble *tell, void *context, struct evidence_reading *out, struct fault *f)
{
	struct again a = {.tell = tell, .context = context};
	struct files x;
	enum err e = files_open(h, id, &x, f);
	if (e != OK) return e;
	e = read_all(&x, (struct finder){x.blobs, find_blob}, &a, f);
	a.out.found = digest_end(&a.stream);
	files_close(&x);
	buf_free(&a.line);
	if (e == OK) *out = a.out;
	return e;
}

/* ---- a folder that came back ---- */
struct folder {
	int fd;
	const char *path;
	uint64_t asked, missing; /* files */
};

static enum err refuse(const char *folder, slice name, const char *what, struct fault *f)
{
	char why[64];
	enum err kind = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND
			: errno == EEXIST                   ? ERR_EXISTS
			: errno == EACCES || errno == EPERM ? ERR_ACCESS
							    : ERR_DISK;
	slice shown = slice_sub(name, 0, SHOWN_BYTES_MAX);
	return fault_set(f, kind, 0, 0, "%.120s%s%.*s: %s: %s", folder, shown.n > 0 ? "/" : "", (int)shown.n, (const char *)shown.p, what,
		strerror_r(errno, why, sizeof why));
}

/* A path below a folder, its parts opened one by one, no link followed. The last part is left in *last. */
static int open_parent(int folder, slice name, bool make, char *last, size_t room)
{
	int fd = dup(folder);
	for (slice rest = name; fd >= 0;) {
		bool end = slice_find_byte(rest, '/') == rest.n;
		slice part = slice_cut(&rest, '/');
		if (part.n >= room) {
			errno = ENAMETOOLONG;
			close(fd);
			return -1;
		}
		memcpy(last, part.p, part.n);
		last[part.n] = 0;
		if (end) break;
		if (make && mkdirat(fd, last, 0700) != 0 && errno != EEXIST) {
			close(fd);
			return -1;
		}
		int below = openat(fd, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		fd = below;
	}
	return fd;
}

static enum err hash_fd(int fd, digest *found, uint64_t *bytes, const struct folder *x, slice name, struct fault *f)
{
	uint8_t room[65536];
	struct digest_stream s;
	digest_start(&s);
	*bytes = 0;
	for (ssize_t n = 1; n > 0;) {
		n = read(fd, room, sizeof room);
		if (n < 0 && errno == EINTR) n = 1;
		else if (n < 0) return refuse(x->path, name, "cannot be read", f);
		else {
			digest_add(&s, slice_of(room, (size_t)n));
			*bytes += (uint64_t)n;
		}
	}
	*found = digest_end(&s);
	return OK;
}

static enum err find_in_folder(void *context, const struct manifest_file *m, digest *found, uint64_t *bytes, struct fault *f)
{
	struct folder *x = context;
	char last[256];
	struct stat st;
	int parent = open_parent(x->fd, m->name, false, last, sizeof last);
	int fd = parent < 0 ? -1 : openat(parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum err e = OK;
	x->asked++;
	if (fd < 0) x->missing++;
	if (fd < 0)
		e = errno == ELOOP ? fault_set(f, ERR_DAMAGED, 0, 0, "a link stands in its place")
				   : refuse(x->path, m->name, "cannot be opened", f);
	else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) e = fault_set(f, ERR_DAMAGED, 0, 0, "it is no regular file");
	else e = hash_fd(fd, found, bytes, x, m->name, f);
	if (fd >= 0) close(fd);
	if (parent >= 0) close(parent);
	return e;
}

/* Names of an item, ascending, as its manifest has them. */
struct names {
	struct arena *arena;
	slice *rows;
	size_t n;
};

static enum err names_read(const struct home *h, const digest *id, struct names *out, struct fault *f)
{
	struct manifest_file m;
	struct files x;
	bool end = false;
	enum err e = files_open(h, id, &x, f);
	if (e != OK) return e;
	out->rows = arena_array(out->arena, x.walk.head.files + 1, sizeof *out->rows);
	while (e == OK) {
		e = manifest_next(&x.walk, x.arena, &m, &end, f);
		if (e != OK || end) break;
		out->rows[out->n++] = arena_copy(out->arena, m.name);
	}
	files_close(&x);
	return e;
}

static int name_order(const void *a, const void *b)
{
	const slice *x = a, *y = b;
	return slice_compare(*x, *y);
}

/* What lies there and was not in the item. */
static enum err find_more(const char *path, const struct names *known, struct again *a, struct fault *f)
{
	char *paths[] = {(char *)(uintptr_t)path, NULL};
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	enum err e = OK;
	if (walk == NULL) return refuse(path, (slice){0}, "cannot be listed", f);
	for (const FTSENT *at; e == OK && (at = fts_read(walk)) != NULL;) {
		slice name = slice_sub(slice_from(at->fts_path), strlen(path), SIZE_MAX);
		while (name.n > 0 && name.p[0] == '/') name = slice_sub(name, 1, SIZE_MAX);
		if (at->fts_info == FTS_DNR || at->fts_info == FTS_ERR || at->fts_info == FTS_NS) {
			errno = at->fts_errno;
			e = refuse(path, name, "cannot be read", f);
		}
		if (name.n == 0 || at->fts_info == FTS_DP || bsearch(&name, known->rows, known->n, sizeof name, name_order) != NULL)
			continue;
		again_trouble(a, name, "the item has no such file");
		digest_add(&a->stream, name);
	}
	fts_close(walk);
	return e;
}

enum err evidence_read_folder(const struct home *h, const digest *id, const char *folder, evidence_trouble *tell, void *context,
	struct evidence_reading *out, struct fault *f)
{
	struct again a = {.tell = tell, .context = context};
	struct folder at = {.path = folder, .fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	struct files x;
	struct names known = {.arena = arena_new(0)};
	enum err e = at.fd < 0 ? refuse(folder, (slice){0}, "cannot be opened", f) : names_read(h, id, &known, f);
	if (e == OK) e = files_open(h, id, &x, f);
	if (e == OK) {
		e = read_all(&x, (struct finder){&at, find_in_folder}, &a, f);
		if (e == OK && at.asked > 0 && at.missing == at.asked)
			e = fault_set(f, ERR_NOT_FOUND, 0, 0,
				"%.200s: none of the item's files lies there: is it the folder that was written out?", folder);
		if (e == OK) e = find_more(folder, &known, &a, f);
		a.out.found = digest_end(&a.stream);
		files_close(&x);
	}
	if (at.fd >= 0) close(at.fd);
	arena_free(known.arena);
	buf_free(&a.line);
	if (e == OK) *out = a.out;
	return e;
}

/* ---- writing out ---- */
static void time_put(struct timespec *t, instant at)
{
	if (at == INSTANT_NONE) *t = (struct timespec){.tv_nsec = UTIME_OMIT};
	else
		*t = (struct timespec){
			.tv_sec = (time_t)(at / 1000000 - (at % 1000000 < 0)), .tv_nsec = (at % 1000000 + 1000000) % 1000000 * 1000};
}

static enum err write_file(struct files *x, const struct folder *to, const struct manifest_file *m, struct fault *f)
{
	char last[256];
	struct timespec times[2];
	int parent = open_parent(to->fd, m->name, true, last, sizeof last);
	int fd = parent < 0 ? -1 : openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (parent >= 0) close(parent);
	if (fd < 0) return refuse(to->path, m->name, "cannot be made", f);
	enum err e = blob_copy(x->blobs, &m->blob, fd, f);
	time_put(&times[0], m->accessed);
	time_put(&times[1], m->modified);
	if (e == OK && (fchmod(fd, 0400) != 0 || futimens(fd, times) != 0)) e = refuse(to->path, m->name, "cannot be written", f);
	close(fd);
	return e;
}

static enum err write_one(struct files *x, const struct folder *to, const struct manifest_file *m, struct fault *f)
{
	char last[256];
	if (m->kind == MANIFEST_FILE) return write_file(x, to, m, f);
	if (m->kind != MANIFEST_FOLDER) return OK;
	int parent = open_parent(to->fd, m->name, true, last, sizeof last);
	bool made = parent >= 0 && (mkdirat(parent, last, 0700) == 0 || errno == EEXIST);
	if (parent >= 0) close(parent);
	return made ? OK : refuse(to->path, m->name, "cannot be made", f);
}

static void remove_all(const char *folder)
{
	char *paths[] = {(char *)(uintptr_t)folder, NULL};
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (walk == NULL) return;
	for (const FTSENT *e; (e = fts_read(walk)) != NULL;)
		if (e->fts_info != FTS_D) (void)remove(e->fts_accpath);
	fts_close(walk);
}

enum err evidence_write_out(const struct home *h, const digest *id, const char *folder, struct fault *f)
{
	struct folder to = {.path = folder, .fd = -1};
	struct manifest_file m;
	struct files x;
	bool end = false;
	enum err e = files_open(h, id, &x, f);
	if (e != OK) return e;
	if (mkdir(folder, 0700) != 0) {
		files_close(&x);
		return refuse(folder, (slice){0}, "cannot be made", f);
	}
	to.fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to.fd < 0) e = refuse(folder, (slice){0}, "cannot be opened", f);
	while (e == OK) {
		e = manifest_next(&x.walk, x.arena, &m, &end, f);
		if (e != OK || end) break;
		e = write_one(&x, &to, &m, f);
	}
	if (e == OK && syncfs(to.fd) != 0) e = refuse(folder, (slice){0}, "cannot be synced", f); /* one commit for all, not one a file */
	if (to.fd >= 0) close(to.fd);
	if (e != OK) remove_all(folder);
	files_close(&x);
	return e;
}

/* ---- copies and disposal ---- */
enum err evidence_copy(struct home *h, const digest *id, slice collector, slice reason, slice version, instant now, digest *copy,
	struct node_place *place, struct fault *f)
{
	struct buf b = {.max = MANIFEST_BYTES_MAX};
	struct manifest_head head;
	struct manifest_file m;
	struct files x;
	digest made;
	bool end = false;
	int lock = -1;
	enum err e = evidence_lock(h, false, &lock, f);
	if (e == OK) e = files_open(h, id, &x, f);
	if (e != OK) {
		evidence_unlock(lock);
		return e;
	}
	head = x.walk.head;
	head.form = ITEM_COPY;
	head.has_from = true;
	head.from = *id;
	head.collector = collector;
	head.reason = reason;
	head.version = version;
	head.began = head.ended = now;
	if (getrandom(head.salt, sizeof head.salt, 0) != (ssize_t)sizeof head.salt) e = fault_set(f, ERR_DISK, 0, 0, "no random bytes");
	manifest_put_head(&b, &head);
	while (e == OK) {
		e = manifest_next(&x.walk, x.arena, &m, &end, f);
		if (e != OK || end) break;
		manifest_put_file(&b, &m);
	}
	if (e == OK) e = blob_put(x.blobs, buf_slice(&b), &made, f);
	if (e == OK) e = evidence_append_item(h, &made, &head, place, f);
	if (e == OK) *copy = made;
	buf_free(&b);
	files_close(&x);
	evidence_unlock(lock);
	return e;
}

struct digests_list {
	digest *rows;
	size_t n, room;
};

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(digest));
}

static enum err list_files(const struct home *h, const digest *id, struct digests_list *out, struct fault *f)
{
	struct manifest_file m;
	struct files x;
	bool end = false;
	enum err e = files_open(h, id, &x, f);
	if (e != OK) return e;
	while (e == OK) {
		e = manifest_next(&x.walk, x.arena, &m, &end, f);
		if (e != OK || end) break;
		if (m.kind != MANIFEST_FILE) continue;
		if (out->n == out->room) {
			out->room = out->room * 2 + 64;
			out->rows = mem_resize(out->rows, out->room * sizeof *out->rows);
		}
		out->rows[out->n++] = m.blob;
	}
	files_close(&x);
	return e;
}

/* A manifest that cannot be read may name any file: then nothing is destroyed. */
static enum err list_others(
	const struct home *h, const struct evidence_register *r, const digest *id, struct digests_list *out, struct fault *f)
{
	enum err e = OK;
	for (unsigned i = 0; i < r->n && e == OK; i++)
		if (!digest_equal(&r->items[i].id, id) && r->items[i].state.place != CUSTODY_DISPOSED)
			e = list_files(h, &r->items[i].id, out, f);
	if (e == OK && out->n > 0) qsort(out->rows, out->n, sizeof *out->rows, by_bytes);
	return e;
}

enum err evidence_destroyable(const struct home *h, const struct evidence_register *r, const digest *id, struct fault *f)
{
	struct digests_list own = {0}, others = {0};
	enum err e = list_files(h, id, &own, f);
	if (e == OK) e = list_others(h, r, id, &others, f);
	free(own.rows);
	free(others.rows);
	return e;
}

static enum err has_blob(const struct home *h, const struct evidence_item *item, const digest *blob, bool *has, struct fault *f)
{
	struct digests_list files = {0};
	*has = digest_equal(&item->id, blob);
	enum err e = *has ? OK : list_files(h, &item->id, &files, f);
	for (size_t i = 0; e == OK && i < files.n; i++) *has |= digest_equal(&files.rows[i], blob);
	free(files.rows);
	return e;
}

enum err evidence_erasable(struct home *h, const digest *blob, struct fault *f)
{
	struct evidence_register all = {0};
	struct ledger_view view = {0};
	struct arena *a = arena_new(0);
	char hex[DIGEST_HEX_BYTES + 1];
	enum err e = ledger_view_open(h, &view, f);
	if (e == OK) e = evidence_register_read(&view, a, &all, f);
	for (unsigned i = 0; e == OK && i < all.n; i++) {
		bool has = false;
		if (all.items[i].state.holds == 0) continue;
		e = has_blob(h, &all.items[i], blob, &has, f);
		if (e == OK && has)
			e = fault_set(f, ERR_ACCESS, 0, 0,
				"refused (%s): it belongs to the evidence item %.12s: every hold must be released first",
				custody_rule_word(CUSTODY_UNDER_HOLD), digest_hex(&all.items[i].id, hex));
	}
	ledger_view_close(&view);
	arena_free(a);
	return e;
}

static enum err destroy_one(struct blob_store *blobs, const digest *name, const struct digests_list *others, uint64_t *destroyed,
	uint64_t *kept, struct fault *f)
{
	if (others->n > 0 && bsearch(name, others->rows, others->n, sizeof *others->rows, by_bytes) != NULL) {
		++*kept;
		return OK;
	}
	enum err e = blob_erase(blobs, name, f);
	*destroyed += e == OK;
	return e == ERR_NOT_FOUND ? OK : e; /* twice in the item, or destroyed before a crash */
}

enum err evidence_destroy(
	const struct home *h, const struct evidence_register *r, const digest *id, uint64_t *destroyed, uint64_t *kept, struct fault *f)
{
	struct digests_list own = {0}, others = {0};
	struct blob_store *blobs = NULL;
	*destroyed = *kept = 0;
	enum err e = list_files(h, id, &own, f);
	if (e == OK) e = list_others(h, r, id, &others, f);
	if (e == OK) e = blob_store_open(h->fd, NULL, &blobs, f);
	for (size_t i = 0; i < own.n && e == OK; i++) e = destroy_one(blobs, &own.rows[i], &others, destroyed, kept, f);
	blob_store_close(blobs);
	free(own.rows);
	free(others.rows);
	return e;
}
