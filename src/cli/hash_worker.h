/* The process that reads intelligence and says which of its hashes a file has. It reads files, as `kulla scan` does, and reaches no more.
 */
#ifndef CLI_HASH_WORKER_H
#define CLI_HASH_WORKER_H
#include "digests.h"
#include "instant.h"
#include "worker.h"

struct hash_setup {
	const char *const *paths;
	size_t paths_n;
	enum tlp marking; /* of indicators that say none */
	instant at;
};
/* A worker_run whose setup is a struct hash_setup. First WIRE_READY, or WIRE_END when nothing can be looked for; it complains itself.
 * A request is a struct digests_result: WIRE_HASH …, then WIRE_END. */
void hash_worker_run(const void *setup, int in, int out);
#endif
