/* The process that runs libyara: it compiles the rules and tries them on descriptors, in a process that reaches nothing else. */
#ifndef CLI_YARA_WORKER_H
#define CLI_YARA_WORKER_H
#include "worker.h"

struct yara_source {
	const char *path; /* as given: for what is told, and the rules' namespace */
	slice bytes;      /* with a NUL behind them */
	digest sha256;
};
struct yara_setup {
	const struct yara_source *sources;
	size_t sources_n;
	unsigned seconds; /* for one file */
};
/* A worker_run whose setup is a struct yara_setup. First WIRE_SAYS …, then WIRE_READY (no rule was wrong) or WIRE_END.
 * A request is a file's name in its item, with its descriptor: WIRE_RULE …, then WIRE_END. */
void yara_worker_run(const void *setup, int in, int out);
#endif
