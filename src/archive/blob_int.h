/* What the blob files share. */
#ifndef ARCHIVE_BLOB_INT_H
#define ARCHIVE_BLOB_INT_H
#include "blob.h"

#define BLOB_TEMPORARY_START ".new-"

struct blob_store {
	const struct blob_disk *disk;
	int folder;       /* blobs/ */
	unsigned counter; /* of temporary names */
};
/* A blob's place: its folder's name, its own, its path for faults. */
struct blob_place {
	char folder[3];
	char name[DIGEST_HEX_BYTES + 1];
	char path[BLOB_PATH_BYTES];
};
struct blob_place blob_place_of(const digest *name);
/* The descriptor of blobs/ab, made when it is not there and `make`; -1 and errno. */
int blob_folder_open(struct blob_store *s, const struct blob_place *p, bool make);
CHECKED enum err blob_write_all(const struct blob_disk *d, int fd, slice bytes, const char *where, struct fault *f);

#define BLOB_TEMPORARY_NAME_BYTES 64
/* A new file in blobs/ that nobody else has. */
CHECKED enum err blob_temporary_open(struct blob_store *s, char name[BLOB_TEMPORARY_NAME_BYTES], int *out, struct fault *f);
/* The written and synced temporary file becomes the blob; *renamed when its temporary name is gone. Without `sync` the caller syncs the
 * folders before it promises anything. */
CHECKED enum err blob_temporary_name(
	struct blob_store *s, const char *temporary, const digest *name, bool sync, bool *renamed, struct fault *f);

/* errno as a fault: "WHERE: cannot WHAT: …". Returns the kind. */
enum err blob_refuse(struct fault *f, const char *where, const char *what);
/* Close keeping errno. */
void blob_close(int fd);
#endif
