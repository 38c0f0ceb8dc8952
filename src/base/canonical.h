/* Canonical JSON (RFC 8785) judged and walked where it lies: one pass, no tree, no allocation, no recursion. And its writer.
 * Slices borrow from the text. Pure; any thread may call. */
#ifndef BASE_CANONICAL_H
#define BASE_CANONICAL_H
#include "err.h"
#include "limit.h"

#define CANONICAL_INTEGER_MAX ((UINT64_C(1) << 53) - 1) /* RFC 7493 2.2: what every reader takes for the same integer */

enum canonical_kind { CANONICAL_NULL, CANONICAL_BOOL, CANONICAL_NUMBER, CANONICAL_STRING, CANONICAL_ARRAY, CANONICAL_OBJECT };

/* A value as it stands: a string with its quotes and escapes, a container with its brackets. */
struct canonical_value {
	enum canonical_kind kind;
	slice raw;
};

/* Whether the bytes are exactly one canonical document: no white space, keys unique and ascending by UTF-16 code units, the
 * shortest escapes, valid UTF-8, numbers as ECMAScript prints them, at most CANONICAL_DEPTH_MAX containers within each other.
 * Errors: ERR_SYNTAX, offset and rule; ERR_LIMIT CANONICAL_DEPTH_MAX. Source: RFC 8785 3.2. */
CHECKED enum err canonical_check(slice text, struct fault *f);

/* The members of an object, or the elements of an array, of a text that canonical_check has accepted:
 * `struct canonical_walk w = canonical_walk(raw); while (canonical_next(&w)) … w.key, w.value`.
 * Anything else has no members; on a text that was not checked the walk ends early, within the text. */
struct canonical_walk {
	struct canonical_value value;
	slice key; /* as it stands between its quotes; empty in arrays */
	slice rest;
	bool object;
};
struct canonical_walk canonical_walk(slice raw);
bool canonical_next(struct canonical_walk *w);
/* The document itself as a value. */
struct canonical_value canonical_root(slice text);
/* Member by key (a key without escapes); false when absent or raw is no object. */
bool canonical_member(slice raw, const char *key, struct canonical_value *out);

/* Each returns false and leaves *out alone when the value is of another kind. */
bool canonical_get_bool(struct canonical_value v, bool *out);
bool canonical_get_count(struct canonical_value v, uint64_t *out); /* an integer, 0 to CANONICAL_INTEGER_MAX */
bool canonical_get_plain(struct canonical_value v, slice *out);    /* a string that has no escapes, without its quotes; borrows */
/* A string's text. Borrows when it has no escapes, else copies into the arena. */
bool canonical_get_text(struct canonical_value v, struct arena *a, slice *out);

/* Write an object: open, members with keys strictly ascending (asserted), close. Objects and arrays within come through
 * canonical_put_key and the caller's own bytes, or a writer of their own on the same buf. What is written is canonical when the
 * texts are UTF-8 (other bytes become U+FFFD) and the raw values are canonical. */
struct canonical_writer {
	struct buf *b;   /* borrowed */
	const char *key; /* the last one, borrowed until the next; NULL: none yet */
};
struct canonical_writer canonical_open(struct buf *b); /* '{' */
void canonical_put_key(struct canonical_writer *w, const char *key);
void canonical_put_text(struct canonical_writer *w, const char *key, slice text);
void canonical_put_count(struct canonical_writer *w, const char *key, uint64_t count); /* at most CANONICAL_INTEGER_MAX, asserted */
void canonical_put_bool(struct canonical_writer *w, const char *key, bool v);
void canonical_put_null(struct canonical_writer *w, const char *key);
void canonical_put_raw(struct canonical_writer *w, const char *key, slice raw);
void canonical_close(struct canonical_writer *w); /* '}' */
#endif
