/* Where a ledger lies: named pieces of bytes behind a few operations, so that a folder, and later an object store, can hold them.
 * Names are relative paths of our own making ("checkpoint", "tile/0/x001/067.p/8"); they are never taken from outside.
 * One writer at a time (the keeper's lock sees to it), any number of readers. The table may be shared between threads, a call's
 * buffers not. */
#ifndef LEDGER_STORAGE_H
#define LEDGER_STORAGE_H
#include <sys/types.h>

#include "err.h"

typedef enum err storage_name(void *context, slice name); /* not OK stops the listing */
struct storage {
	void *context;
	/* Append the whole piece to out. Errors: ERR_NOT_FOUND; ERR_LIMIT longer than bytes_max; ERR_DISK; ERR_ACCESS. */
	enum err (*get)(void *context, const char *name, size_t bytes_max, struct buf *out, struct fault *f);
	/* Put if absent; durable only after `sync`. The same bytes may be there already.
	 * Errors: ERR_EXISTS other bytes are there; ERR_DISK (a cut piece may be left: to be dropped before it is put again). */
	enum err (*put)(void *context, const char *name, slice bytes, struct fault *f);
	/* Compare and swap, durable when it returns. before NULL: it must be absent.
	 * Errors: ERR_CHANGED something else is there; ERR_DISK: the old piece or the new one is there, whole. */
	enum err (*swap)(void *context, const char *name, const slice *before, slice after, struct fault *f);
	/* All that was put and dropped is durable. */
	enum err (*sync)(void *context, struct fault *f);
	/* Add to the end of a piece (made when absent), durable when it returns.
	 * Errors: ERR_DISK: the piece is as before; ERR_DAMAGED: it could not be brought back, its end is unknown. */
	enum err (*append)(void *context, const char *name, slice bytes, struct fault *f);
	/* Remove; absent is OK. */
	enum err (*drop)(void *context, const char *name, struct fault *f);
	/* The names in a folder, without order. An absent folder has none. */
	enum err (*list)(void *context, const char *folder, storage_name *each, void *each_context, struct fault *f);
};

/* What the folder asks of the system, so that tests can let each call fail in turn. As the functions of the same names. */
struct storage_calls {
	ssize_t (*write)(int fd, const void *bytes, size_t n);
	int (*fsync)(int fd);
	int (*fdatasync)(int fd);
	int (*syncfs)(int fd);
	int (*ftruncate)(int fd, off_t length);
	int (*renameat)(int from_folder, const char *from, int to_folder, const char *to);
};
extern const struct storage_calls STORAGE_CALLS; /* the system's */

/* A folder as storage. It must be there; files are made 0600, folders 0700, links are not followed.
 *   path   for faults and to open it; copied
 * Gives; free takes NULL. Errors: ERR_NOT_FOUND, ERR_ACCESS, ERR_DISK. */
struct storage_folder;
CHECKED enum err storage_folder_open(const char *path, const struct storage_calls *calls, struct storage_folder **out, struct fault *f);
void storage_folder_free(struct storage_folder *s);
const struct storage *storage_of_folder(const struct storage_folder *s); /* lives as long as the folder */
int storage_folder_descriptor(const struct storage_folder *s);
#endif
