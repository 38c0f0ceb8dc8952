/* The pipeline: N threads take chunks, scan them, and hand the results on strictly in the order of the input. */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H
#include "input.h"

struct pipeline_settings {
	unsigned threads;
	const struct watchlist *watchlist;
	struct scan_settings scan;
};
/* One consumed chunk. Hits' line, record_no and offset are relative to the chunk: add first_line, first_record and first_offset (all from
 * 0; the first line and the first record of a file are 1). Everything borrows until the callback returns. */
struct pipeline_part {
	struct input_file *file;
	slice bytes;
	enum format format;
	const struct telemetry_header *header; /* that holds where the bytes begin */
	const struct scan_span *spans;         /* records that are no lines; NULL: lines */
	size_t spans_n;
	const struct scan_result *result;
	uint64_t first_line, first_record, first_offset, raw_bytes;
	bool file_ends;
};
/* Called by one thread at a time, in order. False: no more is wanted. */
typedef bool pipeline_consume(void *context, const struct pipeline_part *p);
/* Runs until the input ends, the callback says so, or the user stops. Errors: ERR_UNSUPPORTED no scanner for this processor. */
CHECKED enum err pipeline_run(struct input *in, const struct pipeline_settings *s, pipeline_consume *consume, void *context);
#endif
