/* The manifest of an evidence item: what was taken in, from where, by whom and on whose authority, and each file with its digests.
 * Its SHA-256 is the item's id. Canonical JSON (RFC 8785), a line each: first the head, then the files, ascending by the bytes of their
 * names.
 *   {"bytes":…,"case":…,"files":…,"form":"original","format":"kulla/item/v1",…,"salt":"<base64 of 32 random bytes>",…}
 *   {"accessed":…,"blob":"sha256:…","bytes":…,"changed":…,"kind":"file","mode":420,"modified":…,"name":"disk/sda.img",…}
 * The salt makes every item another, so that the same files can be sealed twice and nobody who has only the id can try likely contents.
 * Slices borrow from the bytes or live in the arena given. Pure; any thread may call. Source: docs/formats/evidence.md. */
#ifndef EVIDENCE_MANIFEST_H
#define EVIDENCE_MANIFEST_H
#include "digest.h"
#include "instant.h"
#include "limit.h"
#include "observable.h"

enum item_form { ITEM_COPY, ITEM_DERIVED, ITEM_ORIGINAL, ITEM_FORMS };
const char *item_form_text(enum item_form f); /* "copy", "derived", "original" */
bool item_form_parse(slice text, enum item_form *out);

/* What is said about the whole. Optional texts are empty when not given; all texts are UTF-8 of at most EVIDENCE_TEXT_BYTES_MAX bytes. */
struct manifest_head {
	slice case_name, collector, reason;                           /* required */
	slice version;                                                /* of Kulla; required */
	slice authority, device, exhibit, notes, place, seal, source; /* optional */
	instant began, ended;                                         /* of the reading */
	uint64_t files, bytes;                                        /* lines that follow; bytes of all of kind "file" */
	enum item_form form;
	enum tlp marking;
	bool exercise;
	bool has_from;
	digest from; /* of a copy or a derived item: the item it comes from */
	uint8_t salt[32];
};

enum manifest_kind { MANIFEST_FILE, MANIFEST_FOLDER, MANIFEST_LINK, MANIFEST_OTHER, MANIFEST_KINDS };
#define MANIFEST_MD5_BYTES 16
#define MANIFEST_SHA1_BYTES 20
#define MANIFEST_SHA512_BYTES 64
struct manifest_file {
	slice name; /* any bytes but NUL, relative, without empty, "." and ".." parts */
	enum manifest_kind kind;
	digest blob;                         /* of MANIFEST_FILE; zero for the others */
	uint64_t bytes;                      /* of MANIFEST_FILE */
	uint64_t holes;                      /* of these, bytes that the file system did not store */
	instant accessed, changed, modified; /* INSTANT_NONE: not known */
	uint32_t mode, uid, gid;             /* permission bits; owner by number */
	slice target;                        /* of MANIFEST_LINK: any bytes */
	slice type;                          /* of MANIFEST_FILE: media type by its first bytes; empty: not known */
	slice md5, sha1, sha512;             /* bytes, or empty: not asked for */
};

/* Append a line. The head's counts must be those of the lines that will follow; names must ascend (asserted by the reader, not here). */
void manifest_put_head(struct buf *b, const struct manifest_head *h);
void manifest_put_file(struct buf *b, const struct manifest_file *f);
/* Whether a name may stand in a manifest. */
bool manifest_name_allowed(slice name);

/* Read: open, then next until *end. The whole is judged on the way: canonical lines, known members, ascending names, the counts.
 * Errors: ERR_SYNTAX line, member, found and expected; ERR_LIMIT MANIFEST_*; ERR_VERSION another format. */
struct manifest_walk {
	struct manifest_head head;
	slice rest, last_name;
	uint64_t line, files, bytes;
};
CHECKED enum err manifest_open(slice bytes, struct arena *a, struct manifest_walk *out, struct fault *f);
CHECKED enum err manifest_next(struct manifest_walk *w, struct arena *a, struct manifest_file *out, bool *end, struct fault *f);
#endif
