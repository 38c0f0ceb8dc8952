/* Packed files of an exercise: gzip (RFC 1952) and zstd (RFC 8878), by encoders whose bytes are the same on every processor and with any
 * number of threads. Belongs to one thread. */
#ifndef CLI_EXERCISE_PACK_H
#define CLI_EXERCISE_PACK_H
#include "err.h"

enum pack_kind { PACK_NONE, PACK_GZIP, PACK_ZSTD, PACK_KINDS };
/* Of a file's name: "", ".gz", ".zst". */
const char *pack_ending(enum pack_kind k);

typedef bool pack_write(void *context, slice bytes); /* false: give up */
struct packer;
struct packer *packer_new(pack_write *write, void *context);
void packer_free(struct packer *p); /* takes NULL */
/* One file: begin, add, end. False when write said so. */
void packer_begin(struct packer *p, enum pack_kind k);
CHECKED bool packer_add(struct packer *p, slice bytes);
CHECKED bool packer_end(struct packer *p);
#endif
