/* What the files of verification share. verify.c: order and answer · verify_tiles.c: tree against files · verify_entries.c: what entries
 * say · verify_journal.c: behind the checkpoint · verify_cosigned.c: witnesses · verify_strays.c: what else lies there. */
#ifndef LEDGER_VERIFY_INT_H
#define LEDGER_VERIFY_INT_H
#include "journal.h"
#include "log_int.h"
#include "verify.h"

#define VERIFY_MARKS 2 /* the outside head, the cosigned checkpoint */

/* A root that somebody states for a size, and the one found there. */
struct verify_mark {
	struct tree_head stated;
	bool asked, found;
	digest root;
};
enum { MARK_OUTSIDE, MARK_COSIGNED };

/* A tile as it must be, or as far as that is known. */
struct verify_level {
	uint64_t n; /* which tile; UINT64_MAX: none yet */
	unsigned width;
	bool known;   /* hashes are filled */
	bool trusted; /* they lead to the signed root */
	digest root;  /* of a full tile that is known */
	digest hashes[TILE_WIDTH];
};
struct verify_key {
	struct note_key key;
	slice vkey;
	uint64_t from;   /* index of the entry that made it count */
	instant doubted; /* since when the key before it is doubted, or INSTANT_NONE */
};
struct verify_witness {
	struct note_key key;
	slice vkey;
	bool added;
};
/* Ascending by blob. */
struct verify_erasure {
	digest blob;
	uint64_t entry;
	bool named_later; /* by an entry behind the erasure: it came back lawfully */
};
struct verify_list {
	struct verify_erasure *p;
	size_t n, room;
};
struct verify_missing {
	digest blob;
	uint64_t entry;
};
struct verify_journal {
	uint64_t first;
	struct buf bytes;
};

struct verifying {
	const struct verify_request *request;
	const struct storage *storage;
	struct verify_answer *answer;
	struct arena *arena;
	struct fault stop; /* kind not OK: it cannot be looked at, and why */

	/* as the files were at one moment */
	struct buf note, cosigned;
	bool cosigned_there;
	struct verify_journal *journals;
	size_t journals_n, journals_room;

	struct tree_head head;    /* of the checkpoint that judges the tiles */
	bool signed_by_candidate; /* a key that this ledger may have signed it */
	bool judged_by_cosigned;  /* the checkpoint is unreadable: the cosigned one stands in */
	struct verify_level levels[TREE_TILE_LEVELS], edges[TREE_TILE_LEVELS];
	struct frontier full; /* over the roots of full tiles of level 0 */
	bool full_known;
	struct frontier grown; /* journals: over entries */
	struct verify_mark marks[VERIFY_MARKS];
	struct buf bytes, below; /* of files being read */

	/* what entries said so far */
	struct verify_key *keys;
	unsigned keys_n, keys_room;
	bool genesis; /* the first entry says whose ledger this is */
	struct verify_witness *witnesses;
	unsigned witnesses_n, witnesses_room;
	bool policy_set;
	digest policy;
	struct verify_list erased;
	struct verify_missing *missing;
	size_t missing_n, missing_room;
	digest *blobs_seen; /* a cache: a blob is read once where it is named often */
	struct note_key given;
};

/* ---- telling ---- */
struct verify_place {
	const char *file;
	uint64_t entry, offset;
};
#define AT_FILE(name) ((struct verify_place){(name), VERIFY_NOWHERE, VERIFY_NOWHERE})
void verify_fault(struct verifying *v, struct verify_place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void verify_note(struct verifying *v, struct verify_place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A fault that is a file of the tree whose bytes are wrong. */
void verify_piece(struct verifying *v, struct verify_place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Remember an error after which looking on is no use (ERR_ACCESS); whether it is one. */
bool verify_stops(struct verifying *v, enum err e, const struct fault *f);

/* ---- tiles ---- */
/* Whether the tiles at the right edge lead to v->head, and what had to be put right for it: told by verify_edge_tell. */
struct verify_edge {
	bool leads;
	struct fault wrong[TREE_TILE_LEVELS]; /* kind not OK: that level's file */
};
void verify_edge_settle(struct verifying *v, struct verify_edge *edge);
void verify_edge_tell(struct verifying *v, const struct verify_edge *edge);
void verify_walk(struct verifying *v);
/* The entries of a bundle as its file has them: the full one stands in for a partial one that is gone.
 *   entries  out: TILE_WIDTH of them, borrowed from v->below
 * Errors: storage's; ERR_SYNTAX with the offset. */
CHECKED enum err verify_bundle(struct verifying *v, uint64_t n, unsigned width, slice *entries, struct fault *f);
/* The frontier at the checkpoint. False: not known. */
bool verify_frontier(const struct verifying *v, struct frontier *out);

/* ---- entries ---- */
void verify_entry(struct verifying *v, uint64_t index, slice bytes, struct verify_place at);
void verify_blobs_end(struct verifying *v); /* which missing ones were erased, and which erased ones are there */
void verify_doubts(struct verifying *v);    /* what keys signed that are doubted */
const struct verify_key *verify_key_at(const struct verifying *v, uint64_t size); /* NULL: none is known */
/* All keys that ever counted, for note_open. */
struct note_keys verify_keys(const struct verifying *v, bool witnesses);

/* ---- the others ---- */
CHECKED enum err verify_journals_read(struct verifying *v, struct fault *f);
void verify_journals_judge(struct verifying *v);
/* How many entries checkpoint and journals have now, as far as they can be read: more than before where a keeper is at work. */
uint64_t verify_reach_now(struct verifying *v);
void verify_cosigned_judge(struct verifying *v);
void verify_strays(struct verifying *v);
#endif
