/* Salted texts: the content of a blob that holds a name or free text, {"salt":"<base64 of 32 random bytes>","text":"…"} in canonical
 * JSON. Whoever has only the digest cannot try texts, because the salt is gone with the blob. Pure; any thread may call. */
#ifndef ARCHIVE_SALTED_H
#define ARCHIVE_SALTED_H
#include "blob.h"

#define SALTED_SALT_BYTES 32
/* Append the blob's content.
 *   text   UTF-8, 1 to SALTED_TEXT_BYTES_MAX bytes
 *   salt   fresh random bytes for each text
 * Errors: ERR_LIMIT; ERR_SYNTAX the text is not UTF-8. On error b is untouched. */
CHECKED enum err salted_compose(struct buf *b, slice text, const uint8_t salt[SALTED_SALT_BYTES], struct fault *f);
/* The text of such a content; borrows, or copies into the arena when it has escapes. Errors: ERR_SYNTAX it is none; ERR_LIMIT. */
CHECKED enum err salted_parse(slice content, struct arena *a, slice *text, struct fault *f);
/* Compose and put; get and parse (text: in the arena). Errors: as those. */
CHECKED enum err salted_put(struct blob_store *s, slice text, const uint8_t salt[SALTED_SALT_BYTES], digest *out, struct fault *f);
CHECKED enum err salted_get(struct blob_store *s, const digest *name, struct arena *a, slice *text, struct fault *f);
#endif
