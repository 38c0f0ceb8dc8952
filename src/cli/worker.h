/* A confined process that parses foreign bytes, and the end that asks it: requests of at most WORKER_REQUEST_BYTES_MAX bytes, with a
 * descriptor where one is needed, go to it; frames (finding_wire.h) come back. The worker is given nothing else, and what it writes is
 * trusted in nothing; when it dies, hangs or babbles the caller ends it and may start another. Belongs to one thread. */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H
#include <sys/types.h>

#include "finding_wire.h"

#define WORKER_REQUEST_BYTES_MAX (EVIDENCE_NAME_BYTES_MAX + 1)
struct worker {
	pid_t pid; /* 0: none runs */
	int to, from;
	bool hung_up; /* its end of the pipe closed */
	struct buf frame;
};
/* What runs in the process, with all descriptors closed but its two (and standard error; standard input when it was asked for). It
 * confines itself before the first foreign byte, and returns when `in` ends. */
typedef void worker_run(const void *setup, int in, int out);
struct worker_kind {
	worker_run *run;
	const void *setup; /* borrowed for the call: the worker has a copy of all memory */
	bool speaks;       /* it may complain on standard error */
	bool stdin_too;
};
CHECKED enum err worker_start(struct worker *w, const struct worker_kind *kind, struct fault *f);
/* False: it is gone. fd: -1 none. */
bool worker_ask(struct worker *w, slice request, int fd);
/* The next frame; its body is borrowed until the next call.
 *   stop_fd  readable when the user wants to stop; -1: none
 *   until    of clock_seconds(), when the worker has had its time
 * Errors: ERR_STOPPED; ERR_LIMIT its time is over; ERR_DAMAGED it ended, or wrote what is no frame. Then worker_end. */
CHECKED enum err worker_frame(struct worker *w, int stop_fd, double until, enum wire_kind *kind, slice *body, struct fault *f);
/* End it if it runs. how: out, of room bytes: how it ended; NULL: nobody asks. */
void worker_end(struct worker *w, char *how, size_t room);

/* The worker's side. Request: one, with its descriptor in *fd (-1: none; NULL: the worker takes none); false at the end. */
bool worker_request(int in, uint8_t room[WORKER_REQUEST_BYTES_MAX], size_t *n, int *fd);
bool worker_answer(int out, struct buf *frames); /* write, and clear */
#endif
