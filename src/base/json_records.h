/* Where the records of a JSON document are, when they are no lines: the elements of a top-level array, of a named wrapper
 * (`Records`, `hits.hits`, `value` …), or top-level objects one after the other, with any white space within. Pure: bytes of
 * any size of document go in piece by piece, places come out; nothing is copied. Belongs to one thread. */
#ifndef BASE_JSON_RECORDS_H
#define BASE_JSON_RECORDS_H
#include "err.h"

struct json_record {
	uint64_t start, end; /* bytes from the start of the document, end behind the last */
};
/* How a text is to be split. */
enum json_split_kind {
	JSON_LINES,   /* not like this: JSON lines, which are records by themselves, or no JSON */
	JSON_OBJECTS, /* objects are records, also those with an array called as a wrapper's */
	JSON_PACKED,  /* objects whose members are a wrapper's known ones are wrappers, others are records */
	JSON_WRAPPED, /* the same; the first object is a wrapper, whatever else stands in it */
	JSON_MORE,    /* more of the text is needed to tell; never when it is whole, or JSON_LOOK_BYTES long */
};
/* How a text that starts so is to be split; `whole`: there is no more. A byte-order mark must be gone. Looks at each of the first
 * JSON_LOOK_BYTES a few times at most. Source: decision 0003, 24. */
enum json_split_kind json_records_kind(slice start, bool whole);

struct json_records;
struct json_records *json_records_new(enum json_split_kind kind); /* JSON_OBJECTS, JSON_PACKED or JSON_WRAPPED */
void json_records_free(struct json_records *r);                   /* takes NULL */
/* Feed the next bytes. Only brackets, commas and quotes are judged; records go through the parser later.
 * Errors: ERR_SYNTAX not well-formed; what was found before stays, and the fault's offset and line are in the document. */
CHECKED enum err json_records_feed(struct json_records *r, slice bytes, struct fault *f);
/* The complete records since json_records_forget, in order; borrowed until the next call that feeds or forgets. */
const struct json_record *json_records_found(const struct json_records *r, size_t *n);
void json_records_forget(struct json_records *r);
/* Every byte before this one belongs to a record that was found, or to none. */
uint64_t json_records_settled(const struct json_records *r);
/* Whether the text may end here. */
bool json_records_complete(const struct json_records *r);
/* Members of a wrapper beside its records that are no known part of one: each was given as a record of its own. */
uint64_t json_records_beside(const struct json_records *r);
#endif
