/* What goes over the pipe: one head of fixed size, then `bytes` bytes. Both ends are one program. */
#ifndef CLI_COURIER_INT_H
#define CLI_COURIER_INT_H
#include "courier.h"

#define COURIER_TYPE_BYTES 64
#define COURIER_WHY_BYTES 200
struct courier_head {
	uint32_t failed;               /* no answer: `why` tells */
	uint32_t too_long;             /* the answer was cut off at answer_max */
	uint32_t status;               /* of HTTP */
	uint32_t bytes;                /* of the answer's body, behind this head */
	char type[COURIER_TYPE_BYTES]; /* its Content-Type, cut; NUL-terminated, as is `why` */
	char why[COURIER_WHY_BYTES];
};
/* The child's life: confine, post, write. Does not return. */
void courier_child_run(const struct courier_post *p, int out) __attribute__((noreturn));
#endif
