/* What can go wrong, as the caller sees it, and the sentence that the user sees.
 * On error a function leaves its outputs untouched unless its header says otherwise. */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include "slice.h"

enum err {
	OK = 0,
	ERR_SYNTAX,      /* foreign bytes break a rule: the fault says which */
	ERR_LIMIT,       /* one of our limits bites: the fault names it */
	ERR_UNSUPPORTED, /* understood, not handled by this version */
	ERR_NOT_FOUND,
	ERR_EXISTS,
	ERR_ACCESS,  /* permission */
	ERR_DISK,    /* read, write or space */
	ERR_DAMAGED, /* our own file fails its check */
	ERR_VERSION, /* our own file, of another version */
	ERR_CHANGED, /* the input changed while it was read */
	ERR_USAGE,   /* the caller's arguments */
	ERR_STOPPED, /* asked to stop (signal, callback) */
};
const char *err_text(enum err e); /* "limit", "damaged", …: one or two words */

#define FAULT_TEXT_BYTES 320
/* Where and why foreign bytes were refused. Unknown places are 0. */
struct fault {
	enum err kind;
	uint64_t line;               /* from 1 */
	uint64_t offset;             /* bytes from the start of the document */
	char text[FAULT_TEXT_BYTES]; /* "STIX 2.1 3.2: modified 2021-… is before created 2022-…" */
};
/* Fill *f (may be NULL) and return kind: `return fault_set(f, ERR_SYNTAX, line, offset, "…", …);` */
enum err fault_set(struct fault *f, enum err kind, uint64_t line, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#define CHECKED __attribute__((warn_unused_result))
#endif
