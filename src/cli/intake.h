/* What was read: each file's name, size and SHA-256 as it lay on disk, taken while it was read. Told by the raw layer of a source, in the
 * order in which sources are closed. Belongs to whoever reads: one thread at a time. */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H
#include "digest.h"

enum intake_role { INTAKE_INTELLIGENCE, INTAKE_LOG, INTAKE_ROLES };
struct intake_file {
	slice name; /* "-": standard input */
	enum intake_role role;
	bool opened; /* else nothing is known but the reason */
	bool whole;  /* the digest is of all its bytes; else of the first `bytes` of them */
	uint64_t bytes;
	digest sha256;
	const char *reason; /* why it could not be read, or not all of it; NULL: it could, or reading was stopped */
};
struct intake;
struct intake *intake_new(void);
void intake_free(struct intake *i); /* takes NULL */
/* What comes from here on is of this role; in the beginning INTAKE_LOG. */
void intake_set_role(struct intake *i, enum intake_role role);
/* Copies. The role is the intake's. */
void intake_add(struct intake *i, const struct intake_file *file);
/* The scan is over: files that are closed from here on are not read to their end for their digest. */
void intake_end(struct intake *i);
bool intake_reads_on(const struct intake *i);

struct intake_sums {
	uint64_t files, bytes; /* of the role; files that could not be opened count, with no bytes */
	digest sha256;         /* the digest of the list without names: docs/formats/ledger.md, `scan` */
};
struct intake_sums intake_sum(const struct intake *i, enum intake_role role);
/* Append the list with names, canonical JSON: {"files":[…],"left_out":n}. left_out: how many files would have made it longer than
 * bytes_max; they are among the sums. Returns left_out. */
uint64_t intake_put_list(struct buf *b, const struct intake *i, size_t bytes_max);
#endif
