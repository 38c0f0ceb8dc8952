/* Inclusion and consistency: made from tiles, checked from nothing but hashes.
 * Making asks a tile_source for tiles, through a cache that the caller owns; checking is pure. A cache belongs to one thread.
 * What is made is no better than the tiles: check it against the root before it leaves the house.
 * Source: RFC 6962 2.1.1 and 2.1.2, RFC 9162 2.1.3.2 and 2.1.4.2 (checking). */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H
#include "tile.h"

#define PROOF_HASHES_MAX 64u /* no proof in a tree of TREE_SIZE_MAX leaves is longer */
struct proof {
	unsigned n;
	digest hashes[PROOF_HASHES_MAX];
};

/* Where tiles come from. `read` gives the bytes of one tile of hashes: at least t->width of them, 32 bytes each (a fuller tile may be
 * given for a partial one: its first hashes are the same). The bytes are borrowed until the next read.
 * Errors: the source's own, passed on; it fills the fault. */
struct tile_source {
	void *context;
	enum err (*read)(void *context, const struct tile *t, slice *bytes, struct fault *f);
};

/* Tiles with the nodes above their hashes worked out: 16 KiB each. Gives; takes NULL. `tiles` is rounded up to a multiple of 4. */
struct tile_cache;
struct tile_cache *tile_cache_new(struct tile_source source, unsigned tiles);
void tile_cache_free(struct tile_cache *c);
/* Forget what is held, after a repair or a rollback of the files. Growth needs no call: a wider tile is read when it is needed. */
void tile_cache_clear(struct tile_cache *c);

/* ---- making; all: Errors: ERR_USAGE index not below size, old above size; the source's; ERR_DAMAGED a tile that is too short ---- */
/* The leaf's sibling first. */
CHECKED enum err proof_inclusion(struct tile_cache *c, uint64_t index, uint64_t size, struct proof *out, struct fault *f);
/* Empty when old is 0 or size. */
CHECKED enum err proof_consistency(struct tile_cache *c, uint64_t old, uint64_t size, struct proof *out, struct fault *f);
/* The hash of leaf `index`. */
CHECKED enum err proof_leaf(struct tile_cache *c, uint64_t index, uint64_t size, digest *out, struct fault *f);
/* The frontier of the tree of `size` leaves, from which it can grow; its root is the tree's. */
CHECKED enum err proof_frontier(struct tile_cache *c, uint64_t size, struct frontier *out, struct fault *f);

/* ---- checking; all: Errors: ERR_SYNTAX, the fault says what does not hold ---- */
CHECKED enum err proof_check_inclusion(
	const struct proof *p, uint64_t index, const digest *leaf, const struct tree_head *head, struct fault *f);
/* An old size of 0 is refused whatever the proof: the empty tree proves nothing (who allows it, as witness.h, does so above this).
 * Equal sizes: equal roots and an empty proof. */
CHECKED enum err proof_check_consistency(const struct proof *p, const struct tree_head *old, const struct tree_head *head, struct fault *f);

/* Lines of base64, as proof files and witness requests carry them: up to the first empty line, which is cut off too.
 *   rest   in: from the first hash line on; out: behind the empty line
 *   line   in and out: number of the next line, for faults
 * Errors: ERR_SYNTAX a line that is no hash, or no empty line; ERR_LIMIT more than `max` hashes. */
CHECKED enum err proof_get_lines(slice *rest, unsigned max, uint64_t *line, struct proof *out, struct fault *f);
void proof_put_lines(struct buf *b, const struct proof *p); /* without the empty line */
#endif
