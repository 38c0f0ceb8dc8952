/* The journal: frames of entries that are durable but not yet in tiles, each with the checkpoint that covers it and the names of the
 * requests that it answers. A journal file is a row of frames. Pure; any thread may call. Layout: docs/formats/ledger.md, "The journal". */
#ifndef LEDGER_JOURNAL_H
#define LEDGER_JOURNAL_H
#include "tile.h"

#define JOURNAL_HEAD_BYTES 48u
#define JOURNAL_REQUEST_BYTES 20u

/* The name of a request to append: random, its client's. Who asks again under the same name is told where its entries are. */
#define REQUEST_ID_BYTES 16u
struct request_id {
	uint8_t b[REQUEST_ID_BYTES];
};
struct journal_request {
	struct request_id id;
	uint32_t at; /* its first entry, counted from the frame's; ascending */
};
struct journal_frame {
	uint64_t first; /* index of its first entry */
	uint32_t count; /* entries */
	uint32_t requests_n;
	slice entries;  /* as a bundle has them: each with its length before it */
	slice requests; /* journal_request_at */
	slice note;     /* the checkpoint behind them, signed */
};
/* Start a frame in b (appended), add entries with bundle_add, end it: of `frame` first, count, note and requests_n (of `requests`). */
void journal_begin(struct buf *b);
void journal_end(struct buf *b, size_t begun_at, const struct journal_frame *frame, const struct journal_request *requests);
struct journal_request journal_request_at(const struct journal_frame *f, uint32_t i);

/* The frame at *at of a journal file (borrows); *at moves behind it. Errors, *at stays:
 * ERR_NOT_FOUND the end; ERR_CHANGED what is there was cut short, or a sector of the file was never written: with a readable head
 * out->first says where it would stand; ERR_DAMAGED the frame was whole once, its bytes have changed. f->offset is *at. */
CHECKED enum err journal_next(slice file, size_t *at, struct journal_frame *out, struct fault *f);

/* Whether what stands at `at` is what a crash leaves of an append that was never answered: cut short or with sectors that were never
 * written, no whole frame behind it, and it would begin with entry `next`, not below the tree's size. Of the last journal only. */
bool journal_torn(slice file, size_t at, uint64_t next, uint64_t size);

/* The next place from *at on where a frame's head can be read, whatever stands behind it: out has first and count; *at moves behind it. */
bool journal_find(slice file, size_t *at, struct journal_frame *out);

#define JOURNAL_FOLDER "journal"
#define JOURNAL_NAME_BYTES 40
/* "journal/00000000000000000123": the frames from entry `first` on. NUL-terminated; returns out. */
const char *journal_name(uint64_t first, char out[JOURNAL_NAME_BYTES]);
/* Of a name in the folder, without the folder. False: no journal. */
bool journal_name_read(slice name, uint64_t *first);
#endif
