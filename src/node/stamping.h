/* Asking authorities for the stamps that are missing. What talks to the network is given: this half composes requests, judges answers and
 * writes entries (kind stamp). An authority that cannot be reached, or gives no token, costs a wait; one whose token breaks a rule is asked
 * nothing more in this call, and its token is kept as the proof. */
#ifndef NODE_STAMPING_H
#define NODE_STAMPING_H
#include "stamp_register.h"

/* Carry one request (STAMP_REQUEST_TYPE) and append its answer, at most STAMP_BYTES_MAX bytes of STAMP_REPLY_TYPE.
 * Errors: any; the fault's sentence is what is told. */
struct stamp_carrier {
	void *context;
	enum err (*carry)(void *context, slice url, slice request, uint32_t timeout_ms, struct buf *answer, struct fault *f);
};
enum stamp_result { STAMP_GRANTED, STAMP_REFUSED, STAMP_WAITING };
/* What became of one pair of item and authority; borrowed for the call. */
struct stamp_told {
	const digest *item;
	slice authority;
	enum stamp_result result;
	const struct stamp *stamp; /* granted */
	const char *why;           /* refused, waiting */
	uint64_t entry;            /* granted, refused */
};
struct stamping {
	struct stamp_carrier carrier;
	uint32_t timeout_ms; /* for all of it; what fails is tried again, at growing distances, until then */
	void (*tell)(void *context, const struct stamp_told *t); /* NULL: nobody is told */
	void *context;
};
struct stamp_sum {
	size_t granted, refused, waiting;
};
/* Work the queue; each pair is told once. sum: out, also on error: entries that were appended stand.
 * Errors: as blob_put, node_append: the home is at fault, no authority. */
CHECKED enum err stamp_queue_work(
	struct home *h, const struct stamp_queue *q, const struct stamping *s, struct stamp_sum *sum, struct fault *f);
#endif
