/* Inputs as chunks of whole records. `input_next` is called under a lock of the caller's (whoever is free takes the next chunk);
 * chunks come in the order of the files. Memory does not grow with the input. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H
#include "match.h"

/* One input as the consumer sees it. Made by input_next, given back with input_file_free by whoever consumes its last chunk. */
struct input_file {
	char *path;
	enum format format;
	struct arena *headers;
	bool opened;
	bool unreadable; /* some or all of it could not be read: *fault says why */
	struct fault fault;
	struct fault remark;  /* kind OK: none; told, but nothing was lost */
	uint64_t bytes;       /* decoded bytes handed out */
	uint64_t cut_records; /* records longer than RECORD_BYTES_MAX */
	/* running totals, kept by the consumer */
	uint64_t lines, records, hits, offset;
	instant first, last; /* as span.h sees them; INSTANT_NONE */
	bool times_guessed;
};
void input_file_free(struct input_file *f); /* takes NULL */

/* A buffer that is used again for chunk after chunk. Zero-initialise. */
struct input_buffer {
	uint8_t *p;
	size_t room;
	struct scan_span *spans;
	size_t spans_room;
};
void input_buffer_free(struct input_buffer *b);

struct input_chunk {
	struct input_file *file;
	struct scan_chunk scan; /* bytes may be empty: a file without records, or an unreadable one */
	bool file_ends;         /* the last chunk of its file: fault and remark are final */
	bool open_end;          /* cut within a line that is too long: the next chunk goes on in it */
	uint64_t raw_bytes;     /* read from disk for it, for progress */
};
struct input;
/* paths are borrowed, and what reads packet captures (NULL: they are refused). stop_fd: readable when the user wants to stop, or -1. */
struct captures;
struct input *input_new(const char *const *paths, size_t paths_n, struct captures *captures, int stop_fd);
/* The digests of what is read go there, from the thread that calls input_next or input_free; borrowed. Call before the first input_next. */
struct intake;
void input_set_intake(struct input *in, struct intake *intake);
/* False at the end (or once stopped). */
bool input_next(struct input *in, struct input_buffer *b, struct input_chunk *out);
bool input_stopped(const struct input *in);
void input_free(struct input *in); /* takes NULL */
#endif
