/* Time stamps of a home, as its ledger tells them, and what still waits for one: the queue is kept nowhere, it is what the ledger lacks.
 * Lives in the arena given; belongs to one thread. */
#ifndef NODE_STAMP_REGISTER_H
#define NODE_STAMP_REGISTER_H
#include "ledger_use.h"
#include "stamp.h"

/* An entry of kind stamp. */
struct stamp_row {
	uint64_t entry;
	digest item;
	bool granted; /* else refused: the token is the proof of why */
	bool has_token, has_anchors;
	digest token, anchors; /* blobs */
	instant told;          /* the entry's time */
	instant gen_time;      /* INSTANT_NONE: refused */
	slice serial;
	slice authority, failure; /* empty: not told, or erased */
};
struct stamp_register {
	digest *items; /* every item entry's, in the ledger's order */
	size_t items_n, items_room;
	struct stamp_row *rows; /* in the ledger's order */
	size_t rows_n, rows_room;
};
/* Errors: as ledger_view_entry, entry_parse, blob_store_open. */
CHECKED enum err stamp_register_read(struct ledger_view *v, struct arena *a, struct stamp_register *out, struct fault *f);

/* Judge a granted stamp again from its blobs, offline: the token holds, and says what its entry says.
 * Errors: as stamp_verify, blob_get; ERR_DAMAGED the entry says something else. ERR_USAGE it is a refused one. */
CHECKED enum err stamp_row_verify(const struct home *h, const struct stamp_row *row, struct arena *a, struct stamp *out, struct fault *f);

/* A configured authority, its root certificates read. */
struct stamp_authority {
	slice url, anchors;
};
struct stamp_task {
	digest item;
	unsigned authority;
};
struct stamp_queue {
	struct stamp_authority authorities[STAMP_AUTHORITIES_MAX];
	unsigned authorities_n;
	struct stamp_task *tasks; /* items in the ledger's order, each with its authorities */
	size_t n, room;
	size_t done; /* pairs of item and authority that have their stamp */
};
/* Every item, or those whose digest begins with `digits` (hexadecimal, lower case; "sha256:" may stand before), with every configured
 * authority of which it has no granted stamp.
 * Errors: ERR_USAGE the digits, or an authority's anchors; ERR_NOT_FOUND no item begins so; ERR_LIMIT STAMP_TASKS_MAX; as
 * stamp_register_read. */
CHECKED enum err stamp_queue_read(struct ledger_view *v, slice digits, struct arena *a, struct stamp_queue *out, struct fault *f);
/* One item that was just sealed, with every configured authority. Errors: ERR_USAGE an authority's anchors. */
CHECKED enum err stamp_queue_one(struct home *h, const digest *item, struct arena *a, struct stamp_queue *out, struct fault *f);
#endif
