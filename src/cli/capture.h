/* Packet captures, read by Suricata (decision 0005). A helper process is forked before this one confines itself; over two pipes it
 * takes a capture's bytes and gives the EVE records that Suricata wrote of it. One capture at a time; one thread at a time. */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H
#include "err.h"

struct captures;
struct capture_settings {
	const char *program;  /* path of Suricata; borrowed */
	unsigned seconds_max; /* for one capture */
};
/* Suricata on PATH, in the arena; NULL: there is none. */
const char *capture_program(struct arena *a);
/* Fork the helper; NULL when that fails. Call before confinement and before threads. */
struct captures *captures_start(const struct capture_settings *s);
void captures_end(struct captures *c); /* takes NULL; ends the helper and what it runs */

/* stop_fd: readable when the user wants to stop; -1: none. Errors: ERR_STOPPED; ERR_DISK the helper is gone. */
CHECKED enum err captures_send(struct captures *c, slice bytes, int stop_fd, struct fault *f); /* at most CAPTURE_PIECE_BYTES */
CHECKED enum err captures_send_end(struct captures *c, int stop_fd, struct fault *f);
/* After the end was sent: EVE bytes; *got 0 is their end. Errors, also: ERR_DAMAGED with what Suricata said, after the last bytes. */
CHECKED enum err captures_receive(struct captures *c, uint8_t *into, size_t n, size_t *got, int stop_fd, struct fault *f);
#define CAPTURE_PIECE_BYTES (256u << 10)
#endif
