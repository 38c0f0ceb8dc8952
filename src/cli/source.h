/* One file as decoded bytes: plain or gzip by content, UTF-16 turned into UTF-8. Belongs to one thread at a time. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H
#include "err.h"

struct source;
struct source_settings {
	bool named;   /* stands on the command line: a pipe given as /dev/fd/N is then read too */
	bool live;    /* a pipe's bytes are handed on as soon as they are there */
	int stop_fd;  /* readable when the user wants to stop; -1: none */
};
/* path "-" is standard input. Errors: ERR_NOT_FOUND, ERR_ACCESS, ERR_DISK, ERR_UNSUPPORTED (special file, binary format), ERR_STOPPED. */
CHECKED enum err source_open(const char *path, const struct source_settings *s, struct source **out, struct fault *f);
/* Fill `into` (n > 0) as far as possible; *got 0 is the end. On error what came before was given by earlier calls or is in *got:
 * take *got bytes, then look at the error, then stop. The fault's offset is that in the file as it lies on disk.
 * Errors: ERR_DISK, ERR_DAMAGED (gzip), ERR_CHANGED (shorter than it was at open), ERR_STOPPED. */
CHECKED enum err source_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f);
uint64_t source_raw_bytes(const struct source *s);   /* read from the file so far */
uint64_t source_skipped(const struct source *s);     /* bytes of a byte-order mark, which are not in the decoded bytes */
bool source_is_live(const struct source *s);         /* a pipe, so that a short read is no end */
/* Something worth telling that lost nothing (zero padding behind gzip); false when there is none. */
bool source_remark(const struct source *s, struct fault *f);
void source_close(struct source *s); /* takes NULL */
/* Name of a recognised binary format that starts so, or NULL. */
const char *source_binary_format(slice start);
#endif
