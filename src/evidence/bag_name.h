/* Where the files of an item lie in a bag. A name of the manifest that every file system can hold stays as it is; the others (no UTF-8,
 * characters that mean something to a reader, too long, or the same as another's once case and normalisation are forgotten) are told by
 * their line: "data/<item>/_renamed/0000017". The manifest keeps the true name, names.jsonl says which file it is. Both ends work the
 * places out from the manifest alone, and get the same.
 * Pure; any thread may call. Source: RFC 8493 6 (names); docs/formats/evidence-package.md. */
#ifndef EVIDENCE_BAG_NAME_H
#define EVIDENCE_BAG_NAME_H
#include "bag.h"
#include "manifest.h"

#define BAG_ITEM_DIGITS 16 /* of an item's id, as its folders are named */
const char *bag_item_folder(const digest *id, char out[BAG_ITEM_DIGITS + 1]);

struct bag_named {
	slice path; /* "data/<item>/…" */
	struct manifest_file file;
	uint64_t line; /* of the manifest */
	bool renamed;
};
struct bag_names {
	struct bag_named *files; /* of kind "file", in the manifest's order */
	size_t n, room;
	struct manifest_head head;
};
/* Everything lives in the arena. Errors: as manifest_open and manifest_next; ERR_LIMIT BAG_FILES_MAX. */
CHECKED enum err bag_names_read(slice manifest, const digest *id, struct arena *a, struct bag_names *out, struct fault *f);
/* names.jsonl: a line for each file that was renamed. */
void bag_put_names(struct buf *b, const struct bag_names *n);
#endif
