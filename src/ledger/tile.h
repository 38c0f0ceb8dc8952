/* Tiles and entry bundles: their places, their names, their bytes. No I/O: a name is text, a tile is bytes.
 * A tile of level l holds up to 256 hashes of subtrees of 256^l leaves; an entry bundle holds the entries under a tile of level 0.
 * Pure; any thread may call. Source: C2SP tlog-tiles; docs/formats/ledger.md. */
#ifndef LEDGER_TILE_H
#define LEDGER_TILE_H
#include "tree.h"

#define TILE_WIDTH 256u
#define TILE_BYTES (TILE_WIDTH * DIGEST_BYTES)
#define TILE_LEVEL_MAX 63u                                             /* in a name; ours stay below TREE_TILE_LEVELS */
#define ENTRY_BYTES_MAX 65535u                                         /* what a bundle's 16-bit length can say */
#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_BYTES_MAX + 2u)) /* of one full bundle */

struct tile {
	uint64_t n;     /* which of its level, from 0 */
	uint16_t width; /* hashes or entries: 1 to TILE_WIDTH; less than that is a partial tile */
	uint8_t level;  /* 0 for bundles */
	bool entries;   /* an entry bundle, not a tile of hashes */
};

/* ---- arithmetic over a tree of `size` leaves ---- */
uint64_t tile_hashes(unsigned level, uint64_t size);            /* how many hashes all tiles of a level hold together */
unsigned tile_width(unsigned level, uint64_t n, uint64_t size); /* of tile n: 0 when the tree has none, else 1 to TILE_WIDTH */
/* The tiles that a tree of `size` has and one of `before` leaves has not, or has narrower: hash tiles and bundles, level by level,
 * lower first, bundles (entries) before level 0. Start with a zeroed walk; false when there are no more. */
struct tile_walk {
	uint64_t n;
	unsigned step; /* 0: bundles, 1 + l: level l */
	bool within;
};
bool tile_walk_next(struct tile_walk *w, uint64_t before, uint64_t size, struct tile *out);

/* ---- names ---- */
#define TILE_PATH_BYTES 64 /* the longest name with its NUL is shorter */
/* "tile/1/x001/x234/067.p/8", "tile/entries/000". NUL-terminated; returns out. */
const char *tile_path(const struct tile *t, char out[TILE_PATH_BYTES]);
/* Errors: ERR_SYNTAX for every other spelling than the one that tile_path writes; the fault names the part. */
CHECKED enum err tile_path_parse(slice path, struct tile *out, struct fault *f);

/* ---- entry bundles: each entry with its length before it, 16 bits, the high byte first ---- */
/* Errors: ERR_LIMIT over ENTRY_BYTES_MAX (nothing is added). */
CHECKED enum err bundle_add(struct buf *b, slice entry);
/* Cut the first entry off *rest (borrows). Errors: ERR_NOT_FOUND at the end; ERR_SYNTAX cut short: f->offset is where that entry starts,
 * counted from the start of *rest. On error *rest stays. */
CHECKED enum err bundle_next(slice *rest, slice *entry, struct fault *f);
/* The whole bundle: exactly `width` entries and not a byte more.
 *   entries  out: room for width slices, which borrow from bytes
 * Errors: ERR_SYNTAX with the offset in the bundle. */
CHECKED enum err bundle_read(slice bytes, unsigned width, slice *entries, struct fault *f);
#endif
