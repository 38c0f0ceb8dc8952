/* Where the records of a JSON document are, when they are no lines: the elements of a top-level array, of a named wrapper
 * (`Records`, `hits.hits`, `value` …), or top-level objects one after the other, with any white space within. Pure: bytes of
 * any size of document go in piece by piece, places come out; nothing is copied. Belongs to one thread. */
#ifndef BASE_JSON_RECORDS_H
#define BASE_JSON_RECORDS_H
#include "err.h"

struct json_record {
	uint64_t start, end; /* bytes from the start of the document, end behind the last */
};
struct json_records;
struct json_records *json_records_new(void);
void json_records_free(struct json_records *r); /* takes NULL */

/* Whether a text that starts so is to be split like this; `whole`: there is no more. False for JSON lines, which are records by
 * themselves, and for what is no JSON; a byte-order mark must be gone. Looks at each byte a few times at most. */
bool json_records_wanted(slice start, bool whole);
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
/* Members of a wrapper behind its records that are no known part of one: each was given as a record of its own. */
uint64_t json_records_beside(const struct json_records *r);
#endif
