/* A bag that is being written: into a new folder beside the place where it is to stand, which gets its name when all of it is whole and
 * durable. Belongs to one thread. */
#ifndef NODE_PACKAGE_FOLDER_H
#define NODE_PACKAGE_FOLDER_H
#include <sys/stat.h>

#include "bag.h"
#include "blob.h"

/* The disk, as the calls of the same names. Tests give one that fails. */
struct package_disk {
	void *context;
	int (*openat)(void *context, int folder, const char *name, int flags, mode_t mode);
	int (*mkdirat)(void *context, int folder, const char *name, mode_t mode);
	ssize_t (*write)(void *context, int fd, const void *bytes, size_t n);
	int (*syncfs)(void *context, int fd);
	int (*rename_new)(void *context, const char *from, const char *to); /* EEXIST when `to` is there */
	int (*fsync)(void *context, int fd);
};
const struct package_disk *package_disk_real(void);

struct package_folder;
/* Make the temporary folder.
 *   dir    where the bag is to stand: must not be there, the folder around it must
 *   home   descriptor of the home whose blobs are copied; borrowed for the call
 *   disk   borrowed; NULL: the real one
 * Gives. Errors: ERR_EXISTS, ERR_NOT_FOUND, ERR_ACCESS, ERR_DISK. */
CHECKED enum err package_folder_new(
	const char *dir, int home, const struct package_disk *disk, struct package_folder **out, struct fault *f);
void package_folder_free(struct package_folder *p); /* takes NULL; removes what did not get its name */

/* A file with these bytes. path: borrowed for the call. Errors: ERR_SYNTAX the path; ERR_DISK, ERR_ACCESS. */
CHECKED enum err package_folder_put(struct package_folder *p, slice path, slice bytes, struct fault *f);
/* A file with a blob's bytes, verified while they are copied; what is zero stays a hole.
 * Errors: as blob_copy, package_folder_put; ERR_DAMAGED it has another size than is told. */
CHECKED enum err package_folder_put_blob(struct package_folder *p, slice path, const digest *blob, uint64_t bytes, struct fault *f);
/* The last files: bagit.txt, bag-info.txt (its counts are filled in), the manifests; then all is made durable.
 *   bag   out: SHA-256 of the tag manifest */
CHECKED enum err package_folder_seal(struct package_folder *p, const struct bag_info *info, digest *bag, struct fault *f);
/* The bag gets its name. Errors: ERR_EXISTS; ERR_DISK. */
CHECKED enum err package_folder_name(struct package_folder *p, struct fault *f);
/* Whether a file beside the payload was put under this path. */
bool package_folder_has(const struct package_folder *p, slice path);
const struct bag_list *package_folder_payload(const struct package_folder *p);
#endif
