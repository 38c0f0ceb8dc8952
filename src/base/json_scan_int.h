/* Runs through one JSON value: containers 64 bytes at a time by bit masks, strings and atoms byte by byte. Only brackets, quotes and
 * backslashes are judged. A value may come in pieces of any size: what must be remembered between them stands in the struct. */
#ifndef BASE_JSON_SCAN_INT_H
#define BASE_JSON_SCAN_INT_H
#include "slice.h"

enum json_kind { JSON_KIND_CONTAINER, JSON_KIND_STRING, JSON_KIND_ATOM };
struct json_scan {
	enum json_kind kind;
	uint64_t depth; /* brackets open */
	uint64_t line;  /* newlines passed are added */
	bool in_string, escaped;
};
/* A value begins with byte c; the line stays. */
void json_scan_begin(struct json_scan *s, uint8_t c);
/* How many of the bytes belong to the value; *ended when it ends there (an atom may end before the first). */
size_t json_scan_value(struct json_scan *s, slice bytes, bool *ended);
/* Space, tab, LF or CR. */
bool json_is_blank(uint8_t c);
/* A byte with which a value can begin, as far as commas, colons and brackets tell. */
bool json_can_begin(uint8_t c);
#endif
