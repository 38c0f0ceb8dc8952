/* Many blobs at once: durable and named together, so that two hundred thousand small files do not cost as many syncs. What was added has
 * its name once blob_batch_flush returns OK, not before; the invariants of blob.h hold. A batch belongs to its store's thread. */
#ifndef ARCHIVE_BLOB_BATCH_H
#define ARCHIVE_BLOB_BATCH_H
#include "blob.h"
#include "digests.h"

/* Where a blob's bytes come from: the next piece, or so many zero bytes that the source did not store; both empty at the end.
 * A piece is borrowed until the call after the next (it is hashed while the next is read). Its errors are returned by blob_batch_add. */
struct blob_source {
	void *context;
	enum err (*next)(void *context, slice *piece, uint64_t *hole, struct fault *f);
};
struct blob_batch;
/* digests: which are wanted beside SHA-256 (DIGESTS_…). Gives; free takes NULL, and removes what was not flushed. The store must outlive
 * it. */
struct blob_batch *blob_batch_new(struct blob_store *s, unsigned digests);
void blob_batch_free(struct blob_batch *b);
struct blob_added {
	struct digests_result digests; /* sha256 is the blob's name */
	uint64_t bytes, holes;         /* holes: of the bytes, those that the source did not store */
};
/* Add one. Flushes when BLOB_BATCH_MAX wait. Holes stay holes.
 * Errors: as blob_put; the source's. What was added before still waits, unless it was flushed. */
CHECKED enum err blob_batch_add(struct blob_batch *b, struct blob_source source, struct blob_added *out, struct fault *f);
/* All that was added is durable under its name. Errors: as blob_put. */
CHECKED enum err blob_batch_flush(struct blob_batch *b, struct fault *f);
#endif
