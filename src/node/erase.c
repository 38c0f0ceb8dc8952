/* A lawful erasure. */
#include "erase.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "evidence_files.h"

static enum err blob_bytes(const struct home *h, const digest *name, uint64_t *out, struct fault *f)
{
	char path[BLOB_PATH_BYTES], why[64];
	struct stat st;
	if (fstatat(h->fd, blob_path(name, path), &st, AT_SYMLINK_NOFOLLOW) == 0) {
		*out = (uint64_t)st.st_size;
		return OK;
	}
	if (errno == ENOENT || errno == ENOTDIR)
		return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: no such blob in this home; nothing was erased", path);
	return fault_set(f, errno == EACCES ? ERR_ACCESS : ERR_DISK, 0, 0, "%s: %s", path, strerror_r(errno, why, sizeof why));
}

static void put_body(struct buf *b, const struct erasure *x, uint64_t bytes, const digest *ground)
{
	struct canonical_writer w = canonical_open(b);
	entry_write_digest(&w, "blob", &x->blob);
	canonical_put_count(&w, "bytes", bytes);
	entry_write_digest(&w, "ground", ground);
	if (x->ordered != INSTANT_NONE) entry_write_time(&w, "ordered", x->ordered);
	canonical_close(&w);
}

enum err node_erase(struct home *h, const struct erasure *x, struct node_place *out, struct fault *f)
{
	struct blob_store *store = NULL;
	struct buf body = {0};
	digest ground;
	uint64_t bytes = 0;
	int lock = -1;
	if (slice_trim(x->ground).n == 0)
		return fault_set(f, ERR_USAGE, 0, 0, "an erasure needs its ground: who ordered it, under which law");
	enum err e = evidence_lock(h, true, &lock, f);
	if (e == OK) e = blob_bytes(h, &x->blob, &bytes, f);
	if (e == OK) e = evidence_erasable(h, &x->blob, f);
	if (e == OK) e = blob_store_open(h->fd, NULL, &store, f);
	if (e == OK) e = node_put_text(store, x->ground, &ground, f);
	if (e == OK) {
		put_body(&body, x, bytes, &ground);
		struct node_entry entry = {.kind = SLICE("erasure"), .body = buf_slice(&body), .blobs = &ground, .blob_count = 1};
		e = node_append(h, &entry, out, f);
	}
	if (e == OK) e = blob_erase(store, &x->blob, f);
	buf_free(&body);
	blob_store_close(store);
	evidence_unlock(lock);
	return e;
}
