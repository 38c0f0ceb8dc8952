/* An item's files: read again, written out, destroyed. */
#ifndef NODE_EVIDENCE_FILES_H
#define NODE_EVIDENCE_FILES_H
#include "evidence.h"

/* A blob that is there already is not written again, so nothing may be destroyed between this and the entry that names it: who makes an
 * item holds the lock together with others, who destroys holds it alone. *out: evidence_unlock, which takes -1. Errors: ERR_ACCESS alone:
 * somebody makes an item now (together: it waits for who destroys); ERR_DISK. */
CHECKED enum err evidence_lock(const struct home *h, bool alone, int *out, struct fault *f);
void evidence_unlock(int lock);

/* What reading all files again found. */
struct evidence_reading {
	digest found;                   /* of the manifest as the files were found: the item's id when all are as sealed */
	uint64_t files, bytes, damaged; /* damaged: other bytes, or none */
};
/* Told of each file that is not as it was sealed; what: a sentence. */
typedef void evidence_trouble(void *context, slice name, const char *what);
/* Read all files of an item from the home's blobs. Errors: as blob_get on the manifest itself: ERR_DAMAGED, ERR_NOT_FOUND it was erased;
 * ERR_DISK. Damage to files is no error: it is counted and told. */
CHECKED enum err evidence_read(
	const struct home *h, const digest *id, evidence_trouble *tell, void *context, struct evidence_reading *out, struct fault *f);
/* The same of files that lie in a folder, as evidence_write_out made it: what came back. Files that the item has not are told too, and
 * make another `found`. Errors besides: ERR_NOT_FOUND none of its files lies there. */
CHECKED enum err evidence_read_folder(const struct home *h, const digest *id, const char *folder, evidence_trouble *tell, void *context,
	struct evidence_reading *out, struct fault *f);

/* Write an item's files below a new folder, for reading only, holes as holes, times as sealed; every byte is verified on the way. Links are
 * not made: they stand in the manifest. Errors: ERR_EXISTS the folder; ERR_DAMAGED a file; ERR_DISK: then nothing is left. */
CHECKED enum err evidence_write_out(const struct home *h, const digest *id, const char *folder, struct fault *f);

/* A working copy: another item of the same files, form copy. Errors: as manifest_open, blob_put, node_append. */
CHECKED enum err evidence_copy(struct home *h, const digest *id, slice collector, slice reason, slice version, instant now, digest *copy,
	struct node_place *place, struct fault *f);
/* Whether a blob may be erased: not when it is the manifest or a file of an item under hold. The lock is held alone.
 * Errors: ERR_ACCESS the rule and the item; as evidence_register_read, blob_get. */
CHECKED enum err evidence_erasable(struct home *h, const digest *blob, struct fault *f);
/* Whether evidence_destroy could tell which files other items have. Errors: as blob_get: a manifest that cannot be read may name any file.
 */
CHECKED enum err evidence_destroyable(const struct home *h, const struct evidence_register *r, const digest *id, struct fault *f);
/* Destroy the files of an item that was disposed of, but those that another item, which was not, has too. destroyed, kept: out.
 * The lock is held alone. Errors: as evidence_destroyable, blob_erase; it may be called again, and then goes on. */
CHECKED enum err evidence_destroy(
	const struct home *h, const struct evidence_register *r, const digest *id, uint64_t *destroyed, uint64_t *kept, struct fault *f);
#endif
