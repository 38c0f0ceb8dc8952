/* Sealing: files become blobs, their manifest an evidence item, by one entry. Nothing exists before seal_end has appended it.
 * A seal belongs to one thread (it starts others for the digests that are asked for). */
#ifndef NODE_SEAL_H
#define NODE_SEAL_H
#include <sys/stat.h>

#include "append.h"
#include "digests.h"
#include "manifest.h"

struct seal_options {
	unsigned digests;                                                /* DIGESTS_…, beside SHA-256, which is the blob's name */
	void (*progress)(void *context, uint64_t bytes, uint64_t files); /* NULL: none */
	void *context;
};
struct seal;
/* Gives; free takes NULL. Errors: as blob_store_open. */
CHECKED enum err seal_begin(struct home *h, const struct seal_options *o, struct seal **out, struct fault *f);
void seal_free(struct seal *s);

/* A file's bytes from its beginning to its end: a regular file, a block device, or anything else that gives bytes until it ends.
 *   name   in the item; any bytes that manifest_name_allowed takes; copied
 *   fd     borrowed
 *   shown  its path, for faults
 * Errors: ERR_CHANGED its size or its time of change moved while it was read; ERR_USAGE the name; ERR_DISK, ERR_ACCESS; as blob_put. */
CHECKED enum err seal_add(struct seal *s, slice name, int fd, const char *shown, struct fault *f);
/* What has no bytes of its own: a folder, a link with its target, a socket … */
CHECKED enum err seal_add_other(struct seal *s, slice name, const struct stat *st, slice target, struct fault *f);

/* What is said about the whole: files, bytes, salt and exercise of the head are filled in. Appends the item.
 *   id     out: the item's
 * Errors: ERR_USAGE nothing was added, two files of one name, a text is missing or too long; as blob_put, node_append. Then there is no
 * item. */
CHECKED enum err seal_end(struct seal *s, const struct manifest_head *head, digest *id, struct node_place *place, struct fault *f);
#endif
