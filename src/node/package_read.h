/* A bag of somebody else's, read: nothing in it is followed, opened or believed that its manifests do not list. Belongs to one thread. */
#ifndef NODE_PACKAGE_READ_H
#define NODE_PACKAGE_READ_H
#include "bag.h"

struct package_bag {
	int fd; /* borrowed */
	struct arena *arena;
	struct bag_list payload, tags; /* sorted, with sizes; the tag manifest itself is in neither */
	digest bag;                    /* SHA-256 of the tag manifest */
};
/* Walk the folder, read both manifests, compare what is there with what is listed, and the bytes: of all that is no payload, and with
 * `payload` of that too. Paths live in the arena; package_bag_close takes an empty one.
 * Errors: ERR_DAMAGED a file with other bytes, one too many, one missing; ERR_SYNTAX a path, a link, a rule of RFC 8493; ERR_LIMIT BAG_*;
 * ERR_NOT_FOUND it is no bag; ERR_DISK, ERR_ACCESS. */
CHECKED enum err package_bag_open(int fd, bool payload, struct arena *a, struct package_bag *out, struct fault *f);
void package_bag_close(struct package_bag *b);
/* A file beside the payload, in the arena; its bytes are compared again. Errors: ERR_NOT_FOUND it is not listed; ERR_LIMIT bytes_max. */
CHECKED enum err package_bag_text(const struct package_bag *b, slice path, size_t bytes_max, slice *out, struct fault *f);
/* Open a file of the payload for reading. Errors: ERR_NOT_FOUND, ERR_SYNTAX it is no regular file. */
CHECKED enum err package_bag_file(const struct package_bag *b, slice path, int *out, struct fault *f);
#endif
