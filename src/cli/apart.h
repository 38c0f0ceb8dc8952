/* Judge foreign bytes apart: in a process of its own that confines itself first (confine.h), writes nowhere, and answers with a structure
 * of fixed size. What it cannot do, a parser that was deceived in it cannot do either. */
#ifndef CLI_APART_H
#define CLI_APART_H
#include "err.h"

typedef enum err apart_judge(void *context, void *answer, struct fault *f);
/* Fork, confine, judge. Call before threads are started.
 *   answer   out, of `bytes` bytes, without pointers; untouched on error
 * Errors: the judge's, with its fault; ERR_DISK no process can be made, or it ended without an answer. */
CHECKED enum err apart_run(apart_judge *judge, void *context, void *answer, size_t bytes, struct fault *f);
#endif
