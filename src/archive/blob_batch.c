/* A batch: temporary files that are written and stay open; flushed together: each synced and named, then each folder synced once. The first
 * sync of a file system with a journal pays for all that wait, so the many that follow cost little. */
#include "blob_batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "blob_int.h"

struct waiting {
	char temporary[BLOB_TEMPORARY_NAME_BYTES];
	digest name;
	int fd;       /* -1: synced and closed */
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
static enum err name_one(struct blob_batch *b, struct waiting *w, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	if (d->fsync(d->context, w->fd) != 0) return blob_refuse(f, "a new blob", "sync");
	blob_close(w->fd);
	w->fd = -1;
	return blob_temporary_name(b->store, w->temporary, &w->name, false, &w->renamed, f);
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

enum err blob_batch_flush(struct blob_batch *b, struct fault *f)
{
	const struct blob_disk *d = b->store->disk;
	bool synced[256] = {false};
	enum err e = OK;
	for (unsigned i = 0; i < b->n; i++) (void)sync_file_range(b->rows[i].fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* a hint */
	for (unsigned i = 0; i < b->n && e == OK; i++) e = name_one(b, &b->rows[i], f);
	for (unsigned i = 0; i < b->n && e == OK; i++) {
		if (synced[b->rows[i].name.b[0]]) continue;
		synced[b->rows[i].name.b[0]] = true;
		e = sync_folder(b, &b->rows[i].name, f);
	}
	if (e == OK && b->n > 0 && d->fsync(d->context, b->store->folder) != 0) e = blob_refuse(f, "blobs", "sync the folder");
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
