/* Bags: the files of a package, as lists and as the texts that BagIt (RFC 8493) wants of them. We write one spelling and read no other, so
 * that no byte of a bag can be changed without being noticed: SHA-256 in lower case, two blanks, paths ascending by their bytes. No path
 * that would have to be percent-encoded (RFC 8493 2.1.3: CR, LF, %) stands in a bag of ours: stock tools do not agree how to read those.
 * Slices borrow from the texts or live in the arena given. Pure; any thread may call. Source: RFC 8493 2; docs/formats/evidence-package.md.
 */
#ifndef EVIDENCE_BAG_H
#define EVIDENCE_BAG_H
#include "digest.h"
#include "instant.h"
#include "limit.h"

#define BAG_DECLARATION_NAME "bagit.txt"
#define BAG_INFO_NAME "bag-info.txt"
#define BAG_PAYLOAD_MANIFEST_NAME "manifest-sha256.txt"
#define BAG_TAG_MANIFEST_NAME "tagmanifest-sha256.txt"
#define BAG_DECLARATION "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

struct bag_file {
	slice path; /* from the bag's folder: "data/…" */
	digest digest;
	uint64_t bytes;
};
struct bag_list {
	struct bag_file *files;
	size_t n, room;
};
/* The path is borrowed. bag_list_free takes an empty one. */
void bag_list_add(struct bag_list *l, const struct bag_file *f);
void bag_list_sort(struct bag_list *l);
void bag_list_free(struct bag_list *l);
/* By path, in a sorted list; NULL: none. */
const struct bag_file *bag_list_find(const struct bag_list *l, slice path);
/* Bytes of all together. */
uint64_t bag_list_bytes(const struct bag_list *l);

/* Whether a path may stand in a bag: parts that every file system can hold under this very name, BAG_PATH_BYTES_MAX bytes, BAG_DEPTH_MAX
 * parts. */
bool bag_path_allowed(slice path);
bool bag_part_allowed(slice part);
bool bag_is_payload(slice path); /* below data/ */

/* A manifest of a sorted list. */
void bag_put_manifest(struct buf *b, const struct bag_list *l);
/* Read one; sizes are 0. payload: all paths must be payload, else none.
 * Errors: ERR_SYNTAX line and rule; ERR_LIMIT BAG_FILES_MAX, BAG_MANIFEST_BYTES_MAX. On error *out is untouched. */
CHECKED enum err bag_get_manifest(slice text, bool payload, struct bag_list *out, struct fault *f);

struct bag_info {
	slice organization, version, recipient, reason; /* version: of Kulla; recipient, reason: empty: not told */
	instant date;
	const digest *items;
	unsigned items_n;
	uint64_t bytes, files; /* of the payload */
};
/* Control characters in texts become blanks. */
void bag_put_info(struct buf *b, const struct bag_info *i);
/* "BYTES.FILES" of the one Payload-Oxum line. Errors: ERR_SYNTAX it is missing, repeated or no such numbers. */
CHECKED enum err bag_get_oxum(slice info, uint64_t *bytes, uint64_t *files, struct fault *f);
#endif
