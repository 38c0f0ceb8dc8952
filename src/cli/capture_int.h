/* What the two ends of the pipes share, and the helper's running of Suricata.
 * To the helper: frames of a length (4 bytes, little-endian) and so many bytes; a length of 0 ends the capture.
 * From it: frames of EVE bytes; a length of 0 ends them, then one frame more (of any length, also 0) with the reason why it failed. */
#ifndef CLI_CAPTURE_INT_H
#define CLI_CAPTURE_INT_H
#include "capture.h"

#define CAPTURE_REASON_BYTES_MAX 200u

/* All n bytes; false at the end or on error. */
bool capture_read_all(int fd, void *into, size_t n);
bool capture_write_all(int fd, const void *bytes, size_t n);

/* The helper: until `in` ends. */
void capture_helper_run(const struct capture_settings *s, int in, int out);
/* In the private folder: `capture` is there; afterwards `eve.json` may be. Returns NULL, or why not; ends early when `in` hangs up. */
const char *capture_suricata_run(const struct capture_settings *s, const char *folder, int in);
#endif
