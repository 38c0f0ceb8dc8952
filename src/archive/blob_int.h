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
/* errno as a fault: "WHERE: cannot WHAT: …". Returns the kind. */
enum err blob_refuse(struct fault *f, const char *where, const char *what);
/* Close keeping errno. */
void blob_close(int fd);
#endif
