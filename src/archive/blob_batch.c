/* A batch: temporary files that are written and stay open, then are made durable, named, and their names made durable, together. A few are
 * synced one by one; for many the whole file system is, twice, which costs one commit of its journal each time instead of one a file (ext4
 * has to commit for each file's own extents: 200 files a second became 10,000). */
#include "blob_batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "blob_int.h"

#define FEW 8u

struct waiting {
	char temporary[BLOB_TEMPORARY_NAME_BYTES];
	digest name;
	int fd;       /* -1: closed */
	bool renamed; /* its temporary name is gone */
};
struct blob_batch {
	struct blob_store *store;
	struct digests *digests;
	struct waiting rows[BLOB_BATCH_MAX];
	unsigned n;
};

struct blob_batch *blob_batch_new(struct blob_store *s, unsigned digests)
{
	struct blob_batch *b = mem_alloc(sizeof *b);
	b->store = s;
	b->digests = digests_new(digests);
	return b;
}

static void forget(struct blob_batch *b, struct waiting *w)
{
	const struct blob_disk *d = b->store->disk;
	blob_close(w->fd);
	if (!w->renamed) (void)d->unlinkat(d->context, b->store->folder, w->temporary); /* if that fails, blob_sweep comes later */
}

static void forget_all(struct blob_batch *b)
{
	for (unsigned i = 0; i < b->n; i++) forget(b, &b->rows[i]);
	b->n = 0;
}

void blob_batch_free(struct blob_batch *b)
{
	if (b == NULL) return;
	forget_all(b);
	digests_free(b->digests);
	free(b);
}

/* ---- flushing ---- */
static enum err sync_all(struct blob_batch *b, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	return d->syncfs(d->context, b->store->folder) != 0 ? blob_refuse(f, "blobs", "sync the file system") : OK;
}

static enum err sync_files(struct blob_batch *b, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	if (b->n > FEW) return sync_all(b, f);
	for (unsigned i = 0; i < b->n; i++)
		if (d->fsync(d->context, b->rows[i].fd) != 0) return blob_refuse(f, "a new blob", "sync");
	return OK;
}

static enum err sync_folder(struct blob_batch *b, const digest *name, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	struct blob_place p = blob_place_of(name);
	int folder = blob_folder_open(b->store, &p, false);
	if (folder < 0) return blob_refuse(f, p.path, "open its folder");
	enum err e = d->fsync(d->context, folder) != 0 ? blob_refuse(f, p.path, "sync its folder") : OK;
	blob_close(folder);
	return e;
}

static enum err sync_names(struct blob_batch *b, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	enum err e = OK;
	if (b->n > FEW) return sync_all(b, f);
	for (unsigned i = 0; i < b->n && e == OK; i++) e = sync_folder(b, &b->rows[i].name, f);
	if (e == OK && b->n > 0 && d->fsync(d->context, b->store->folder) != 0) e = blob_refuse(f, "blobs", "sync the folder");
	return e;
}

static enum err name_one(struct blob_batch *b, struct waiting *w, struct fault *f)
{
	blob_close(w->fd);
	w->fd = -1;
	return blob_temporary_name(b->store, w->temporary, &w->name, false, &w->renamed, f);
}

enum err blob_batch_flush(struct blob_batch *b, struct fault *f)
{
	enum err e = sync_files(b, f);
	for (unsigned i = 0; i < b->n && e == OK; i++) e = name_one(b, &b->rows[i], f);
	if (e == OK) e = sync_names(b, f);
	forget_all(b);
	return e;
}

/* ---- adding ---- */
static enum err add_piece(struct blob_batch *b, int fd, slice piece, struct blob_added *got, struct fault *f)
{
	digests_add(b->digests, piece);
	got->bytes += piece.n;
	return blob_write_all(b->store->disk, fd, piece, "a new blob", f);
}

static enum err add_hole(struct blob_batch *b, int fd, uint64_t hole, struct blob_added *got, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	got->bytes += hole;
	got->holes += hole;
	if (got->bytes > BLOB_BYTES_MAX) return OK; /* refused by the caller, before so many zeros are hashed */
	digests_add_zeros(b->digests, hole);
	return d->extend(d->context, fd, hole) != 0 ? blob_refuse(f, "a new blob", "make a hole") : OK;
}

static enum err fill(struct blob_batch *b, int fd, struct blob_source source, struct blob_added *got, struct fault *f)
{
	enum err e = OK;
	digests_start(b->digests);
	while (e == OK) {
		slice piece = {0};
		uint64_t hole = 0;
		e = source.next(source.context, &piece, &hole, f);
		if (e == OK && piece.n == 0 && hole == 0) break;
		if (e == OK && hole > 0) e = add_hole(b, fd, hole, got, f);
		if (e == OK && piece.n > 0) e = add_piece(b, fd, piece, got, f);
		if (e == OK && got->bytes > BLOB_BYTES_MAX)
			e = fault_set(f, ERR_LIMIT, 0, BLOB_BYTES_MAX, "a new blob: more than %llu bytes (BLOB_BYTES_MAX)",
				(unsigned long long)BLOB_BYTES_MAX);
	}
	got->digests = digests_end(b->digests);
	return e;
}

enum err blob_batch_add(struct blob_batch *b, struct blob_source source, struct blob_added *out, struct fault *f)
{
	struct blob_added got = {.bytes = 0};
	enum err e = b->n == BLOB_BATCH_MAX ? blob_batch_flush(b, f) : OK;
	if (e != OK) return e;
	struct waiting *w = &b->rows[b->n];
	*w = (struct waiting){.fd = -1};
	e = blob_temporary_open(b->store, w->temporary, &w->fd, f);
	if (e != OK) return e;
	e = fill(b, w->fd, source, &got, f);
	if (e != OK) {
		forget(b, w);
		return e;
	}
	w->name = got.digests.sha256;
	b->n++;
	*out = got;
	return OK;
}
