/* Walk a JSON document of any size along a table, fed in pieces: what the table names is entered or given out whole, what it says
 * is unwanted is passed over, the other members of an entered object arrive together as one small object. Memory is that of the
 * largest value given out. Several documents may follow each other (JSON lines). One stream belongs to one thread. */
#ifndef BASE_JSON_STREAM_H
#define BASE_JSON_STREAM_H
#include "err.h"
#include "limit.h"

#define JSON_STREAM_SKIP UINT8_MAX

/* A place is what a value means. An array at a place holds values of the same place. */
struct json_stream_member {
	const char *key;
	uint8_t place, to; /* to: a place, or JSON_STREAM_SKIP */
};
struct json_stream_table {
	const struct json_stream_member *members;
	size_t members_n;
	uint32_t whole; /* a bit per place whose objects are given out whole instead of entered */
};
/* text borrows until the callback returns; not OK stops the stream. enter may be NULL. What is over its limit arrives empty: the caller
 * says so, and the rest of the document goes on. */
struct json_stream_sink {
	enum err (*enter)(void *context, uint8_t place); /* an object begins */
	enum err (*whole)(void *context, uint8_t place, slice object, uint64_t offset);
	enum err (*leave)(void *context, uint8_t place, slice rest, uint64_t offset); /* an object ends: "{…}" of its other members */
	void *context;
};
struct json_stream;
/* table and *sink are borrowed; the document's value has place 0. */
struct json_stream *json_stream_new(const struct json_stream_table *table, const struct json_stream_sink *sink);
void json_stream_free(struct json_stream *s); /* takes NULL */
/* Errors: ERR_SYNTAX no JSON (only brackets and strings are judged); ERR_LIMIT a key or the depth; what a callback returned. Later calls
 * fail the same way. */
CHECKED enum err json_stream_feed(struct json_stream *s, slice bytes, struct fault *f);
CHECKED enum err json_stream_end(struct json_stream *s, struct fault *f); /* ERR_SYNTAX when a document is not complete */
#endif
