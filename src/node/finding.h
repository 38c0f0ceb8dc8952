/* A scan of evidence as an entry: the answer becomes a blob, then the entry is appended. */
#ifndef NODE_FINDING_H
#define NODE_FINDING_H
#include "append.h"
#include "observable.h"

struct finding {
	digest rules; /* digest_set of what was looked for */
	uint64_t files, indicators, items, matches, not_scanned;
	instant began, ended;
	enum tlp marking; /* TLP_NONE is written as TLP_CLEAR */
	bool complete, exercise;
	slice version;
};
/* Append the entry's body, canonical JSON. Counts above CANONICAL_INTEGER_MAX are written as that. */
void finding_body(struct buf *b, const struct finding *x, const digest *answer);
/* answer: a descriptor that is read from its beginning; borrowed. In an exercise's home the entry is an exercise's whatever it says.
 * Errors: ERR_USAGE an exercise's in a home that is not an exercise's; as blob_put_stream, node_append: nothing was recorded then. */
CHECKED enum err finding_record(struct home *h, const struct finding *x, int answer, struct node_place *out, struct fault *f);
#endif
