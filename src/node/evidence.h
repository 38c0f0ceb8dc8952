/* Evidence items of a home, as the ledger tells them: read every entry of kinds item and custody, apply the moves in order.
 * A register lives in the arena given; belongs to one thread. */
#ifndef NODE_EVIDENCE_H
#define NODE_EVIDENCE_H
#include "append.h"
#include "custody.h"
#include "history.h"
#include "ledger_use.h"

/* One entry of an item's history. Texts whose blob was erased are empty. */
struct custody_row {
	uint64_t entry;
	instant told; /* the entry's time */
	slice actor;  /* of the entry: "unix:1000" */
	enum custody_act act;
	instant at;
	slice by, party, reason, authority, place, seal;
	bool has_before, has_after, has_made, has_proof;
	digest before, after, made, proof;
	bool done;              /* false: it was refused when it was asked for */
	enum custody_rule rule; /* what forbids it, judged here again; CUSTODY_ALLOWED: it counts */
};
/* An entry of another institution's ledger about an item, that came with it. It moves nothing here. */
struct evidence_before {
	struct history_line line;
	slice bytes;  /* the entry; empty: its blob was erased or is damaged, then only the line is known */
	bool damaged; /* its blob is there, and is not what came in */
	bool sealed;  /* it is of kind item: no act, but that it was sealed there; row: told, at, actor, reason, by as far as known */
	struct custody_row row;
};
struct evidence_item {
	digest id; /* of its manifest */
	uint64_t entry;
	instant told, began, ended;
	slice actor, case_name, reason, collector;
	enum item_form form;
	bool has_from, exercise, readable; /* readable: the manifest was there and held */
	digest from;
	enum tlp marking;
	uint64_t files, bytes;
	struct custody_state state;
	struct custody_row *rows; /* in the ledger's order */
	unsigned rows_n, rows_room;
	struct evidence_before *before; /* by time */
	unsigned before_n, before_room;
};
struct evidence_register {
	struct evidence_item *items; /* in the ledger's order */
	unsigned n, room;
};
/* Errors: as ledger_view_entry, blob_get. A manifest or text that is gone or damaged leaves fields empty: `evidence check` names it. */
CHECKED enum err evidence_register_read(struct ledger_view *v, struct arena *a, struct evidence_register *out, struct fault *f);
/* An item by its id: "sha256:…", 64 digits, or at least 6 of its first digits, when no other begins so.
 * Errors: ERR_USAGE no such form; ERR_NOT_FOUND none; ERR_EXISTS several. */
CHECKED enum err evidence_find(const struct evidence_register *r, slice name, struct evidence_item **out, struct fault *f);

/* An item's manifest, appended. Errors: as blob_get. */
CHECKED enum err evidence_manifest(const struct home *h, const digest *id, struct buf *out, struct fault *f);

/* As node_put_text, of at most EVIDENCE_TEXT_BYTES_MAX bytes: ERR_LIMIT. */
CHECKED enum err evidence_put_text(struct blob_store *blobs, slice text, digest *out, struct fault *f);
/* Append an item whose manifest, with this head, and whose files are durable. Errors: as salted_put, node_append. */
CHECKED enum err evidence_append_item(
	struct home *h, const digest *manifest, const struct manifest_head *head, struct node_place *place, struct fault *f);

/* An act with an item. Texts that are empty are not told. */
struct custody_request {
	enum custody_act act;
	slice by, reason; /* required */
	slice party, authority, place, seal;
	instant at;
	const digest *before, *after, *made; /* NULL: not told */
	slice proof;                         /* the other side's entry with its proof, verified by the caller; empty: none */
};
/* Judge, and write down what was done or refused: both are entries. verdict: out, the rule that forbids it, or CUSTODY_ALLOWED.
 * The ledger's order decides: when another's act came first, the verdict is what holds behind it.
 * Errors: as node_append; then nothing was told. */
CHECKED enum err evidence_act(struct ledger_view *v, const digest *item, const struct custody_request *q, instant now,
	struct node_place *place, enum custody_rule *verdict, struct fault *f);
#endif
