/* The only way out: one HTTP request to one address that the home's settings name, carried by a child of its own. The child has the walls
 * of confine_courier, none of this process's descriptors, and moves bytes between a socket and a pipe; what they mean, it does not look
 * at. This process reads the pipe, within the time given, and has no connection. */
#ifndef CLI_COURIER_H
#define CLI_COURIER_H
#include "err.h"

struct courier_post {
	slice url;          /* http or https */
	slice type, expect; /* Content-Type of the request, and of the answer */
	slice body;
	size_t answer_max;
	uint32_t timeout_ms;
};
/* Post. Redirections are not followed, proxies of the environment not used; https is verified by the system's certificates.
 *   answer  appended; untouched on error
 * Call while this process has one thread.
 * Errors, the sentence being what is told: ERR_NOT_FOUND no connection, no answer in time, or another one than 200 with that type;
 * ERR_LIMIT more than answer_max bytes; ERR_DISK no child can be made, or it died. */
CHECKED enum err courier_post(const struct courier_post *p, struct buf *answer, struct fault *f);

/* A struct stamp_carrier's call; context is not used. */
CHECKED enum err courier_carry_stamp(void *context, slice url, slice request, uint32_t timeout_ms, struct buf *answer, struct fault *f);
#endif
