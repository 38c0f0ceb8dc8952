/* The records that hit, with those around them, byte for byte, for `kulla scan --seal`: into one file of records, and one of JSON lines
 * that says of each where in which input it stands (docs/json.md). Memory: the records before a hit that may follow. Belongs to the thread
 * that consumes. */
#ifndef CLI_EXCERPT_H
#define CLI_EXCERPT_H
#include <stdio.h>

#include "pipeline.h"

#define EXCERPT_AROUND_MAX 10000
struct excerpt;
/* Gives; free takes NULL. around: records before and behind a hit, at most EXCERPT_AROUND_MAX. The streams are borrowed; their errors are
 * theirs. */
struct excerpt *excerpt_new(FILE *records, FILE *index, unsigned around);
void excerpt_free(struct excerpt *x);
/* A record of the part that is being consumed hit: its number in the part. Ascending. */
void excerpt_hit(struct excerpt *x, uint64_t record_no);
/* The part is whole: all its hits were told. */
void excerpt_part(struct excerpt *x, const struct pipeline_part *p);
uint64_t excerpt_hits(const struct excerpt *x); /* records written that hit */
bool excerpt_too_long(const struct excerpt *x); /* beyond EXCERPT_BYTES_MAX nothing more was written */
#endif
