/* One input as decoded bytes: told by its content, decompressed, archives taken apart into their members (archives in archives too),
 * UTF-16 turned into UTF-8. Belongs to one thread at a time. Memory does not grow with the input. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H
#include "err.h"

struct source;
struct captures;
struct intake;
/* Against decompression bombs; limit.h has the ordinary values and what they mean. */
struct source_limits {
	uint64_t decoded_bytes, expansion_free, expansion_archive;
	unsigned expansion_ratio, members;
};
struct source_settings {
	bool named;                         /* stands on the command line: a pipe given as /dev/fd/N is then read too */
	bool live;                          /* a pipe's bytes are handed on as soon as they are there */
	bool archives;                      /* members are wanted; else an archive is refused */
	int stop_fd;                        /* readable when the user wants to stop; -1: none */
	struct captures *captures;          /* who reads packet captures; NULL: they are refused; borrowed */
	struct intake *intake;              /* who is told the file's digest when the source is closed; NULL: nobody; borrowed */
	const struct source_limits *limits; /* NULL: the ordinary ones; borrowed */
};

/* A file, or a member of an archive. */
struct source_part {
	slice name;         /* "logs.tar.gz!var/log/auth.log", control characters made visible; borrowed until the next call */
	struct fault fault; /* kind not OK: it cannot be read, for this reason */
	bool lost;          /* with a fault: bytes are there that were not read (a link has none) */
};
/* path "-" is standard input; copied. Nothing is opened yet. */
struct source *source_new(const char *path, const struct source_settings *s);
/* The next part, which source_read then gives (not when it has a fault). False at the end. What is left of the part before is
 * skipped. An archive that is damaged comes as a part of its own name behind its members. Faults: ERR_NOT_FOUND, ERR_ACCESS, ERR_DISK,
 * ERR_UNSUPPORTED (special file, binary format, encrypted), ERR_LIMIT (a bomb, too deep, too many), ERR_DAMAGED, ERR_STOPPED. */
bool source_next(struct source *s, struct source_part *p);
/* source_new and its one part, for inputs that are no archives (ERR_UNSUPPORTED). */
CHECKED enum err source_open(const char *path, const struct source_settings *s, struct source **out, struct fault *f);
/* Fill `into` (n > 0) as far as possible; *got 0 is the end. On error what came before was given by earlier calls.
 * The fault's offset is that in the compressed file or in the archive.
 * Errors: ERR_DISK, ERR_DAMAGED, ERR_LIMIT (a bomb), ERR_CHANGED (shorter than it was at open), ERR_STOPPED. */
CHECKED enum err source_read(struct source *s, uint8_t *into, size_t n, size_t *got, struct fault *f);
uint64_t source_raw_bytes(const struct source *s);  /* read from the file so far */
uint64_t source_mark_bytes(const struct source *s); /* of a UTF-8 byte-order mark, which stands before the decoded bytes */
bool source_is_live(const struct source *s);        /* a pipe, so that a short read is no end */
bool source_is_decoded(const struct source *s);     /* its bytes are not those of the file */
/* Something worth telling about the part that lost nothing (zero padding behind gzip); false when there is none. */
bool source_remark(const struct source *s, struct fault *f);
void source_close(struct source *s); /* takes NULL */
/* Name of a recognised binary format that starts so, or NULL. */
const char *source_binary_format(slice start);
#endif
