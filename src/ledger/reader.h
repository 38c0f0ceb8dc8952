/* Reading a ledger as its files have it: checkpoint, tiles, entries. Judges nothing but lengths: verify.h does.
 * A reader belongs to one thread. */
#ifndef LEDGER_READER_H
#define LEDGER_READER_H
#include "checkpoint.h"
#include "proof.h"
#include "storage.h"

#define LEDGER_CHECKPOINT "checkpoint"
#define LEDGER_COSIGNED "cosigned" /* the newest checkpoint with cosignatures */

/* Gives; takes NULL. Borrows the storage. */
struct ledger_reader;
struct ledger_reader *ledger_reader_new(const struct storage *storage);
void ledger_reader_free(struct ledger_reader *r);

/* The published checkpoint's bytes, appended. Errors: as storage's get. */
CHECKED enum err ledger_read_checkpoint(const struct storage *storage, struct buf *out, struct fault *f);
/* A tile or bundle, at least as wide as asked: the full one when the partial one is gone. Borrowed until the next call.
 * Errors: storage's; ERR_DAMAGED too short, the fault names the file. */
CHECKED enum err ledger_read_tile(struct ledger_reader *r, const struct tile *t, slice *bytes, struct fault *f);
/* Entry `index` of a tree of `size` entries. Borrowed until the next call; entries in a row cost one read for 256.
 * Errors: ERR_USAGE index not below size; as ledger_read_tile; ERR_DAMAGED a bundle that breaks its rules, file and offset. */
CHECKED enum err ledger_read_entry(struct ledger_reader *r, uint64_t index, uint64_t size, slice *entry, struct fault *f);
/* For proof.h. Borrows r. */
struct tile_source ledger_tile_source(struct ledger_reader *r);
#endif
