/* The journal: frames of entries that are durable but not yet in tiles, each with the checkpoint that covers it.
 * A journal file is a row of frames. Pure; any thread may call. Layout: docs/formats/ledger.md, "The journal". */
#ifndef LEDGER_JOURNAL_H
#define LEDGER_JOURNAL_H
#include "tile.h"

#define JOURNAL_HEAD_BYTES 40u
struct journal_frame {
	uint64_t first; /* index of its first entry */
	uint32_t count; /* entries */
	slice entries;  /* as a bundle has them: each with its length before it */
	slice note;     /* the checkpoint behind them, signed */
};
/* Start a frame in b (appended), add entries with bundle_add, end it with the note. */
void journal_begin(struct buf *b);
void journal_end(struct buf *b, size_t begun_at, uint64_t first, uint32_t count, slice note);

/* Cut the first frame off *rest (borrows). Errors, *rest stays:
 * ERR_NOT_FOUND the end; ERR_CHANGED what is there was cut short or never written whole (a crash): nothing behind it counts;
 * ERR_DAMAGED the frame was whole once, its bytes have changed. f->offset counts from the start of *rest. */
CHECKED enum err journal_next(slice *rest, struct journal_frame *out, struct fault *f);

/* Whether a whole frame stands anywhere behind the start of rest: then what is there was no crash's cut. */
bool journal_frame_behind(slice rest);

#define JOURNAL_FOLDER "journal"
#define JOURNAL_NAME_BYTES 40
/* "journal/00000000000000000123": the frames from entry `first` on. NUL-terminated; returns out. */
const char *journal_name(uint64_t first, char out[JOURNAL_NAME_BYTES]);
/* Of a name in the folder, without the folder. False: no journal. */
bool journal_name_read(slice name, uint64_t *first);
#endif
