/* Rules and hashes over the files of evidence. The process that conducts reads blobs and hands their descriptors on; it parses no byte
 * of them, of rules or of intelligence: that do its workers (yara_worker.h, hash_worker.h), whose answers it checks.
 * Belongs to one thread. */
#ifndef CLI_EVIDENCE_SCAN_H
#define CLI_EVIDENCE_SCAN_H
#include "evidence.h"
#include "hash_worker.h"
#include "yara_worker.h"

/* A file that is being looked at. */
struct scanned_file {
	const digest *item;
	const struct manifest_file *file;
};
/* Who is told: in the order of the items and of the names in them; borrowed for the call. */
struct evidence_scan_told {
	void *context;
	void (*rule)(void *context, const struct scanned_file *at, const struct wire_rule *r);
	void (*hash)(void *context, const struct scanned_file *at, const struct wire_hash *h);
	void (*not_scanned)(void *context, const struct scanned_file *at, const struct fault *why);
	void (*cut)(void *context, const struct scanned_file *at); /* places or rules beyond a limit were not looked at */
	void (*says)(void *context, const struct wire_says *s);    /* of a file of rules */
	bool (*more)(void *context);                               /* whether to go on */
};
struct evidence_scan_settings {
	struct yara_setup yara;  /* no sources: no rules */
	struct hash_setup hash;  /* no paths: no hashes */
	uint64_t file_bytes_max; /* rules are not tried on longer files */
	int stop_fd;             /* readable when the user wants to stop; -1: none */
	struct evidence_scan_told told;
};
struct evidence_scan_counts {
	uint64_t files, bytes, matches, not_scanned, cut;
	bool stopped;
	bool broken; /* no worker can be had any more */
};
struct evidence_scan;
/* Compile and load. Gives; free takes NULL.
 * Errors: ERR_SYNTAX the rules (told.says says what is wrong); ERR_NOT_FOUND the intelligence could not be loaded, which was complained
 * about; ERR_LIMIT, ERR_DAMAGED a worker took too long or died; ERR_STOPPED. */
CHECKED enum err evidence_scan_new(struct home *h, const struct evidence_scan_settings *s, struct evidence_scan **out, struct fault *f);
void evidence_scan_free(struct evidence_scan *s);
const struct wire_ready *evidence_scan_rules(const struct evidence_scan *s);
const struct wire_ready *evidence_scan_hashes(const struct evidence_scan *s);
struct evidence_scan_counts evidence_scan_counts(const struct evidence_scan *s);
/* All files of an item. A file that cannot be looked at is told, counted, and the rest goes on.
 * Errors: as evidence_manifest, manifest_next; ERR_DISK, ERR_DAMAGED no worker can be had any more; ERR_STOPPED. */
CHECKED enum err evidence_scan_item(struct evidence_scan *s, const struct evidence_item *item, struct fault *f);
#endif
