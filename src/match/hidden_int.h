/* What a chunk's records say and their bytes do not show: texts gathered one behind the other, each with its record, and looked through
 * at once. Belongs to one scanner. */
#ifndef MATCH_HIDDEN_INT_H
#define MATCH_HIDDEN_INT_H
#include "fast_int.h"

struct hidden_part {
	uint32_t at, record; /* where its text begins, and a byte of its record in the chunk */
};
struct hidden {
	const struct literals *literals; /* whose fragments are looked for, or NULL */
	uint8_t undoings[256];           /* by the byte behind a backslash: ways in which the escape matters, a bit each */
	bool json[256];                  /* letters of JSON's escapes */
	bool in_token[256], in_fragment[256];
	struct buf text; /* SCAN_MARGIN zero bytes before it */
	struct hidden_part *parts;
	size_t n, room;
	uint32_t *escapes;
	size_t escapes_room;
};
void hidden_init(struct hidden *h, const struct literals *literals);
void hidden_free(struct hidden *h);
void hidden_forget(struct hidden *h);
/* A text of its own, which nothing before or behind it touches; copies it. */
void hidden_add(struct hidden *h, slice text, uint32_t record);
/* What a chunk of lines hides, by the bitmaps of the extraction that its bytes had last. */
void hidden_find(struct hidden *h, const struct fast *f, enum format format, slice bytes);
/* All of it, SCAN_MARGIN readable bytes before and behind; borrowed until the next that adds or forgets. */
slice hidden_text(struct hidden *h);
/* The record of the text that holds this byte. */
uint32_t hidden_record(const struct hidden *h, size_t at);
#endif
