/* The ledger as its one writer has it: entries are appended, become durable together with the checkpoint that covers them, and are put
 * into tiles later.
 *
 *   append ──▶ journal (durable; answered) ──▶ publication: tiles, sync, checkpoint, journal dropped
 *
 * A log belongs to one thread. A publication is made and ended on that thread; ledger_publication_write may run on another.
 * Entries are bytes here: entry.h says what they may be. Source: C2SP tlog-tiles, tlog-checkpoint; docs/formats/ledger.md. */
#ifndef LEDGER_LOG_H
#define LEDGER_LOG_H
#include "journal.h"
#include "reader.h"

struct ledger_log;

/* An empty ledger: its first checkpoint, of no entries. Errors: ERR_EXISTS a ledger is there; the signer's; storage's. */
CHECKED enum err ledger_log_create(const struct storage *storage, const struct note_signer *signer, struct fault *f);

/* What opening found and did. */
struct ledger_recovery {
	uint64_t published;     /* size of the checkpoint file */
	uint64_t recovered;     /* entries from the journal behind it */
	uint64_t dropped_bytes; /* behind the last checkpoint: of an append that a crash cut short, never answered */
	bool by_next;           /* the newest checkpoint carries the next key's signature too: finish the rotation */
};
/* Open to append; recovers. Checks the last checkpoint's signature and that the tiles' right edge has its root, not the whole ledger.
 *   signer  borrowed for the log's life, its name is the origin
 *   next    NULL, or the key to which a rotation was under way: checkpoints may carry its signature
 * Gives; free takes NULL. Errors: ERR_NOT_FOUND no ledger; ERR_DAMAGED below the last checkpoint, file and offset named, nothing is
 * changed: also a checkpoint that is older than the tiles; storage's. */
CHECKED enum err ledger_log_open(const struct storage *storage, const struct note_signer *signer, const struct note_signer *next,
	struct ledger_log **out, struct ledger_recovery *recovery, struct fault *f);
void ledger_log_free(struct ledger_log *l);

/* Append entries in this order; when it returns OK they are durable, and the checkpoint in ledger_log_note covers them.
 *   entries  n of them, 1..LEDGER_APPEND_MAX, each at most ENTRY_BYTES_MAX bytes; copied
 *   first    out: index of the first; untouched on error
 * Errors: ERR_LIMIT; ERR_DISK not written, the ledger unchanged; ERR_DAMAGED the journal's end is unknown: free and open again. */
CHECKED enum err ledger_log_append(struct ledger_log *l, const slice *entries, size_t n, uint64_t *first, struct fault *f);
/* The same, with the names of the requests that asked for them: `at` of each is the index in `entries` of its first one. */
struct ledger_batch {
	const slice *entries;
	size_t n;
	const struct journal_request *requests; /* ascending by `at` */
	size_t requests_n;
};
CHECKED enum err ledger_log_append_batch(struct ledger_log *l, const struct ledger_batch *b, uint64_t *first, struct fault *f);
/* Where the entries of a request are that was answered, by this process or by one before it. */
bool ledger_log_find_request(const struct ledger_log *l, const struct request_id *id, uint64_t *first);
/* From which entry on every request is known: one that asked when the ledger had so many entries or more, and is not found, never was. */
uint64_t ledger_log_requests_since(const struct ledger_log *l);
struct tree_head ledger_log_head(const struct ledger_log *l);
slice ledger_log_note(const struct ledger_log *l);     /* the newest checkpoint, signed; borrowed until the next append */
size_t ledger_log_pending(const struct ledger_log *l); /* bytes that wait for a publication */
/* Sign with these from the next append on: next NULL, or both sign. */
void ledger_log_sign_with(struct ledger_log *l, const struct note_signer *signer, const struct note_signer *next);

/* What is to be published: all that is appended by now. NULL: nothing is new, or one is under way already. */
struct ledger_publication;
struct ledger_publication *ledger_log_publish(struct ledger_log *l);
/* Tiles, sync, checkpoint; then journals that are no longer needed go. May be repeated after an error. Errors: storage's. */
CHECKED enum err ledger_publication_write(struct ledger_publication *p, struct fault *f);
/* Takes p. written: whether the last ledger_publication_write said OK; else all of it waits for the next publication. */
void ledger_log_published(struct ledger_log *l, struct ledger_publication *p, bool written);
/* The three in one. */
CHECKED enum err ledger_log_publish_now(struct ledger_log *l, struct fault *f);
/* Nobody will ask again: journals that are in tiles go. */
void ledger_log_forget_requests(struct ledger_log *l);
#endif
