/* What input.c and input_fill.c share. */
#ifndef CLI_INPUT_INT_H
#define CLI_INPUT_INT_H
#include "input.h"
#include "source.h"
struct json_records;

struct input {
	struct walk *walk;
	struct captures *captures;
	struct intake *intake; /* NULL: no digests */
	int stop_fd;
	bool stopped;
	struct source *source;
	struct input_file *file;
	const struct telemetry_header *header;
	bool readable; /* the file at hand gives bytes */
	bool detected, ended;
	struct buf carry;
	uint64_t raw_told;
	/* records that are no lines */
	bool looked;                  /* it is decided what the records are */
	struct json_records *records; /* NULL: lines */
	uint64_t base;                /* place in the file of the buffer's first byte */
	size_t fed;                   /* bytes of the buffer that `records` has seen */
};
/* Fill the buffer with whole records: returns the length of what is to be scanned; *n is all that is there. Sets out->scan.spans and
 * out->open_end. */
size_t input_fill(struct input *in, struct input_buffer *b, size_t *n, struct input_chunk *out);
/* The file's records are lines from here on. */
void input_records_end(struct input *in);
#endif
