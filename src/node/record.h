/* A scan as an entry: what it leaves behind is put into blobs, then its entry is appended. The process that scans has parsed foreign bytes
 * and does not do this itself: it hands over descriptors and a scan_facts, of which nothing is parsed here (decision 0011). */
#ifndef NODE_RECORD_H
#define NODE_RECORD_H
#include "append.h"
#include "match.h"

/* Fixed size, no pointers: it crosses a pipe between two processes of one program. */
struct scan_facts {
	digest watchlist, inputs;
	uint64_t hits, indicators, inputs_bytes, inputs_count, records, suppressed, unreadable;
	instant began, ended;
	enum tlp marking;
	bool complete, exercise;
};
/* Descriptors of files that are read from their beginning; borrowed. */
struct scan_material {
	int answer, coverage, inputs; /* inputs: the list with names, at most SALTED_TEXT_BYTES_MAX bytes of UTF-8 */
	slice command;                /* UTF-8 */
	slice version;
};
struct scan_blobs {
	digest answer, coverage, command, inputs_list;
};

/* What the watchlist says, whoever compiled it: the digest_set of watchlist_put_term's lines of all terms that can hit at `at`
 * (INSTANT_NONE: all that are in it). */
digest record_watchlist(const struct watchlist *w, instant at);
/* Append the entry's body, canonical JSON. Counts above CANONICAL_INTEGER_MAX are written as that. */
void record_scan_body(struct buf *b, const struct scan_facts *s, const struct scan_blobs *blobs, slice version);
/* Whether a scan may stand in this home. Errors: ERR_USAGE an exercise's in a home that is not an exercise's. */
CHECKED enum err record_allowed(const struct home_genesis *g, bool exercise, struct fault *f);

/* A file in the home that has no name any more: it is gone with its descriptor. Errors: ERR_ACCESS, ERR_DISK. */
CHECKED enum err record_file(const struct home *h, int *out, struct fault *f);
/* Blobs, then the entry. In an exercise's home the entry is an exercise's whatever the facts say.
 * Errors: as record_allowed, blob_put_stream, salted_put, node_append; nothing is recorded then, though blobs may stand. */
CHECKED enum err record_scan(
	struct home *h, const struct scan_facts *s, const struct scan_material *m, struct node_place *out, struct fault *f);
#endif
