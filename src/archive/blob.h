/* Blobs: bytes beside the ledger, named by their SHA-256, in home/blobs/ab/<64 hex>. Written once, never changed, verified on every read.
 * What exists, exists by its entry: a blob is put (durable when put returns), then the entry that names it is appended.
 * Invariants: 1. a file under a blob's name was whole and synced before it got that name; 2. an interrupted put leaves at most a
 * temporary file (blobs/.new-…), which blob_sweep removes; 3. a blob's name is never given to other bytes: put compares, never replaces.
 * This file touches the disk, through struct blob_disk. A store belongs to one thread; several processes may put into one home. */
#ifndef ARCHIVE_BLOB_H
#define ARCHIVE_BLOB_H
#include "digest.h"
#include "instant.h"
#include "limit.h"

#include <sys/stat.h>
#include <sys/types.h>

/* The disk, as the calls of the same names: -1 and errno on failure. Tests give one that fails. */
struct blob_disk {
	void *context;
	int (*openat)(void *context, int folder, const char *name, int flags, mode_t mode);
	int (*mkdirat)(void *context, int folder, const char *name, mode_t mode);
	ssize_t (*read)(void *context, int fd, void *bytes, size_t n);
	ssize_t (*write)(void *context, int fd, const void *bytes, size_t n);
	int (*fsync)(void *context, int fd);
	int (*syncfs)(void *context, int fd);                 /* all of its file system */
	int (*extend)(void *context, int fd, uint64_t bytes); /* a hole of so many bytes at the end, where writing goes on behind it */
	int (*rename_new)(void *context, int folder, const char *from, int to_folder, const char *to); /* EEXIST when `to` is there */
	int (*unlinkat)(void *context, int folder, const char *name);
};
const struct blob_disk *blob_disk_real(void);

struct blob_store;
/* Open, or make, the folder `blobs` of a home.
 *   home   descriptor of the home's folder; borrowed for the call
 *   disk   borrowed for the store's life; NULL: the real one
 *   out    gives; blob_store_close
 * Errors: ERR_ACCESS others may write into the folder (it is made with mode 0700), or no permission; ERR_DISK. */
CHECKED enum err blob_store_open(int home, const struct blob_disk *disk, struct blob_store **out, struct fault *f);
void blob_store_close(struct blob_store *s); /* takes NULL */

/* Put bytes, or all that a descriptor gives from where it stands to its end. OK means durable; the same bytes again are OK once what is
 * there has been read and compared.
 *   out    the blob's name; untouched on error
 * Errors: ERR_DISK, nothing half there, may be tried again; ERR_DAMAGED another content stands under this name; ERR_LIMIT BLOB_BYTES_MAX;
 * ERR_ACCESS; ERR_CHANGED it was there and was erased meanwhile. */
CHECKED enum err blob_put(struct blob_store *s, slice bytes, digest *out, struct fault *f);
CHECKED enum err blob_put_stream(struct blob_store *s, int from, digest *out, struct fault *f);

/* Append a blob's bytes to b, verified. On error b is untouched.
 * Errors: ERR_NOT_FOUND; ERR_DAMAGED names the file; ERR_LIMIT b's cap; ERR_ACCESS; ERR_DISK. */
CHECKED enum err blob_get(struct blob_store *s, const digest *name, struct buf *b, struct fault *f);
/* Read and compare, in pieces. bytes: out, may be NULL. Errors: as blob_get. */
CHECKED enum err blob_verify(struct blob_store *s, const digest *name, uint64_t *bytes, struct fault *f);
/* Read, and say what digest the bytes have, whatever their name: for who must tell what damage there is. Errors: as blob_get, but for
 * ERR_DAMAGED it is something else than a file. */
CHECKED enum err blob_measure(struct blob_store *s, const digest *name, digest *found, uint64_t *bytes, struct fault *f);
/* The same as blob_verify, each byte written to a descriptor (long runs of zeros become holes in a new file): whoever reads them trusts
 * them only when this returned OK. */
CHECKED enum err blob_copy(struct blob_store *s, const digest *name, int to, struct fault *f);
/* A descriptor of its file, from its beginning, for who reads and compares by itself; gives. Errors: as blob_get, but ERR_DAMAGED. */
CHECKED enum err blob_open(struct blob_store *s, const digest *name, int *fd, struct fault *f);
/* Whether a file of that name is there; its content is not looked at. */
CHECKED enum err blob_exists(struct blob_store *s, const digest *name, bool *out, struct fault *f);

/* What lies below blobs/: first the strays of a folder (files that are no blobs, in no order), then its blobs, ascending. What the visitor
 * returns, when not OK, stops it and is returned. Errors: ERR_LIMIT BLOB_FOLDER_FILES_MAX; ERR_ACCESS; ERR_DISK. */
struct blob_found {
	const char *path; /* "blobs/ab/…", borrowed for the call */
	digest name;      /* zero for a stray */
	uint64_t bytes;
	bool stray;
	bool temporary; /* a stray that an interrupted put left */
};
typedef enum err blob_visit(void *context, const struct blob_found *found);
CHECKED enum err blob_each(struct blob_store *s, blob_visit *visit, void *context, struct fault *f);
/* Remove temporary files that nobody has written to for BLOB_TEMPORARY_SECONDS before now. removed: out, may be NULL. */
CHECKED enum err blob_sweep(struct blob_store *s, instant now, uint64_t *removed, struct fault *f);

/* Destroy a blob (with its salt, when it is a salted text); OK means durably gone. Errors: ERR_NOT_FOUND; ERR_ACCESS; ERR_DISK.
 * The bytes may survive in what the file system or the device keeps: SECURITY.md. */
CHECKED enum err blob_erase(struct blob_store *s, const digest *name, struct fault *f);

/* "blobs/ab/<hex>", NUL-terminated; returns out. */
#define BLOB_PATH_BYTES (6 + 3 + DIGEST_HEX_BYTES + 1)
const char *blob_path(const digest *name, char out[BLOB_PATH_BYTES]);
#endif
