/* Progress on a terminal's standard error: bytes, rate, time left, hits. Nothing when it is no terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
#include "instant.h"

struct progress {
	bool on, shown;
	uint64_t bytes_all, bytes;
	double started, told;
};
double clock_seconds(void); /* monotonic */
instant clock_now(void);    /* CLOCK_REALTIME */
/* bytes_all: bytes on disk of all inputs, 0 when not known. */
struct progress progress_start(bool wanted, const char *const *paths, size_t paths_n);
void progress_tell(struct progress *p, uint64_t raw_bytes, uint64_t hits);
void progress_end(struct progress *p); /* wipes the line */
/* "1.2 GB" */
const char *progress_bytes_text(uint64_t bytes, char out[24]);
#endif
