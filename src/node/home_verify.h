/* Verification of a home, of a copy of one, or of a ledger's folder alone: the ledger's files, and the blobs where they lie beside it.
 * Reads only; needs no key and no settings, so that a second site or a court can do it. */
#ifndef NODE_HOME_VERIFY_H
#define NODE_HOME_VERIFY_H
#include "blob.h"
#include "storage.h"
#include "verify.h"

struct home_files {
	struct storage_folder *ledger;
	struct blob_store *store; /* NULL: no blobs are here */
	struct verify_blobs blobs;
};
/* Open what is there: PATH/ledger and PATH/blobs, or PATH itself as a ledger's folder. Nothing is made.
 * Gives; home_files_close takes an empty one. Errors: ERR_NOT_FOUND, ERR_ACCESS, ERR_DISK. */
CHECKED enum err home_files_open(const char *path, struct home_files *out, struct fault *f);
void home_files_close(struct home_files *h);
/* Fill the request's storage and blobs; borrows h. */
void home_files_request(struct home_files *h, struct verify_request *r);

/* A head as people and programs hand it over: "SIZE ROOT", or the bytes of a checkpoint (a note).
 *   origin   out: of a note; empty for the other form; borrows
 * Errors: ERR_SYNTAX it is neither. */
CHECKED enum err home_head_parse(slice text, struct arena *a, struct tree_head *head, slice *origin, struct fault *f);
#endif
