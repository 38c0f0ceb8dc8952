/* JSON in (libsimdjson behind a C interface, the one C++ file) and out.
 * A json_parser belongs to one thread; values borrow from it and live until its next parse. */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "err.h"
#include "limit.h"

#define JSON_PADDING 64 /* readable bytes that must follow the text given to json_parse_padded */

enum json_type { JSON_NULL, JSON_BOOL, JSON_INTEGER, JSON_UNSIGNED /* above int64 */, JSON_DOUBLE, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_parser;
struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *p); /* takes NULL */

typedef struct {
	const void *doc;
	size_t at;
} json_value;

/* Parse exactly one document. Refuses what RFC 8259 refuses, invalid UTF-8, numbers beyond 64 bits, lone surrogates,
 * depth above JSON_DEPTH_MAX (ERR_LIMIT); the fault gives the byte offset where known. json_parse copies its text;
 * json_parse_padded does not: JSON_PADDING bytes behind it must be readable (their content does not matter). */
CHECKED enum err json_parse(struct json_parser *p, slice text, json_value *root, struct fault *f);
CHECKED enum err json_parse_padded(struct json_parser *p, slice text, json_value *root, struct fault *f);

enum json_type json_type_of(json_value v);
/* Each returns false and leaves *out alone when v is of another type. Text is decoded UTF-8 and borrowed. */
bool json_get_text(json_value v, slice *out);
bool json_get_int(json_value v, int64_t *out);   /* a double with an integral value is not an int */
bool json_get_double(json_value v, double *out); /* any number */
bool json_get_bool(json_value v, bool *out);
/* Member of an object by key (first one wins); false when absent or v is no object. */
bool json_member(json_value v, const char *key, json_value *out);
bool json_member_text(json_value v, const char *key, slice *out);

/* Iterate over an array or object: `struct json_iter i = json_iter(v); while (json_next(&i)) … i.key, i.value`.
 * i.key is empty in arrays. Iterating anything else gives nothing. */
struct json_iter {
	json_value value;
	slice key;
	const void *doc;
	size_t at, end;
	bool object;
};
struct json_iter json_iter(json_value v);
bool json_next(struct json_iter *i);

/* Visit every scalar of a document in document order, without recursion. The path has the keys joined by '.', without
 * array positions ("event_data.SourceIp", "answers"). Keys are visited too, with is_key and the path of their parent.
 * Integers and doubles arrive as JSON_INTEGER/JSON_DOUBLE with text empty. Return false to stop. */
struct json_scalar {
	slice path;
	slice text;
	json_value value;
	enum json_type type;
	bool is_key;
};
typedef bool json_visit(void *context, const struct json_scalar *s);
void json_walk(json_value root, json_visit *visit, void *context);

/* Writing: text is escaped as RFC 8785 does (invalid UTF-8 becomes U+FFFD). */
void json_put_text(struct buf *b, slice text);     /* "…" */
void json_put_key(struct buf *b, const char *key); /* ,"key": (comma unless after '{' or '[') */
void json_put_member_text(struct buf *b, const char *key, slice text);
void json_put_member_int(struct buf *b, const char *key, int64_t v);
void json_put_member_bool(struct buf *b, const char *key, bool v);
void json_put_member_null(struct buf *b, const char *key);
/* RFC 8785 canonical form of a parsed value, appended (keys by UTF-16 code units, shortest ES6 numbers). */
CHECKED enum err json_put_canonical(struct buf *b, json_value v);

/* Split big documents into elements so that memory stays flat: feed bytes in any pieces; the elements of the array found at
 * member `array_key` of the top-level object (or of a top-level array; or a single top-level object when neither is there)
 * arrive whole. Other members of the top-level object arrive as one small object text via `rest` at the end (limited to
 * JSON_SPLIT_REST_MAX). Only brackets and strings are judged here; each element still goes through json_parse. */
struct json_split;
typedef enum err json_element(void *context, slice element, uint64_t offset, uint64_t line); /* not OK stops the split */
struct json_split *json_split_new(const char *array_key, json_element *element, void *context);
/* Documents may follow each other (JSON lines): the elements of each arrive in turn; `rest` is the last one's. Call before the first feed.
 */
void json_split_many(struct json_split *s);
void json_split_free(struct json_split *s); /* takes NULL */
CHECKED enum err json_split_feed(struct json_split *s, slice bytes, struct fault *f);
CHECKED enum err json_split_end(struct json_split *s, slice *rest, struct fault *f); /* ERR_SYNTAX when the document is not complete */
#endif
