/* What log.c and log_open.c share. */
#ifndef LEDGER_LOG_INT_H
#define LEDGER_LOG_INT_H
#include "journal.h"
#include "log.h"
#include "request_table.h"

/* A tile whose bytes are complete, waiting to be put. */
struct piece {
	struct tile tile;
	struct buf bytes;
};
struct pieces {
	struct piece *p;
	size_t n, room, bytes;
};

struct log_journal {
	uint64_t first;
	size_t bytes;
};

struct ledger_log {
	const struct storage *storage;
	const struct note_signer *signer, *next;
	struct frontier frontier;
	uint64_t published;                 /* size of the checkpoint file */
	struct buf published_note;          /* its bytes */
	struct buf note;                    /* the newest checkpoint */
	struct buf bundle;                  /* entries of the last, partial bundle */
	struct buf tiles[TREE_TILE_LEVELS]; /* hashes of the last, partial tile of each level */
	struct pieces full;                 /* what became full since the last publication */
	struct log_journal *journals;       /* with what was appended since then */
	size_t journals_n;
	bool journal_open;        /* the last of them takes more frames */
	struct log_journal *kept; /* older ones, which are in tiles: they say which requests were answered */
	size_t kept_n;
	struct request_table *requests;
	bool publishing, broken;
	struct buf frame, tops, levels;
	struct arena *scratch;
};

/* Grow a copy of the frontier by one entry; what it adds to the tiles is noted in l->tops and l->levels, the tree of l stays. */
void log_grow(struct ledger_log *l, struct frontier *frontier, slice entry);
/* Take over what log_grow worked out for these entries (as a bundle has them). */
void log_take(struct ledger_log *l, const struct frontier *frontier, slice entries);
void pieces_free(struct pieces *p);
/* Whether tiles stand beyond this size, as no crash leaves them; name: one of them. Errors: storage's. */
CHECKED enum err log_find_beyond(const struct storage *s, uint64_t size, char name[TILE_PATH_BYTES], bool *beyond, struct fault *f);
#endif
