/* What the files of packages share: names in a bag. */
#ifndef NODE_PACKAGE_INT_H
#define NODE_PACKAGE_INT_H
#include "evidence_files.h"
#include "package.h"

#define PACKAGE_KEYS "metadata/ledger/keys/"
#define PACKAGE_ENTRY ".json"
#define PACKAGE_PROOF ".tlog-proof"
#define PACKAGE_BEFORE "before/" /* what earlier institutions said of the item */

/* Blobs that entries name, beside salted texts: they lie at FOLDER/<hex>ENDING. An item's manifest has its own place. */
struct beside {
	const char *field, *folder, *ending;
};
static const struct beside PACKAGE_ANCHORS = {"anchors", "anchors/", ".pem"}, PACKAGE_TOKEN = {"token", "stamps/", ".tsr"},
			   PACKAGE_PROOFS = {"proof", "proofs/", PACKAGE_PROOF}, PACKAGE_TEXTS = {"", "texts/", PACKAGE_ENTRY};

/* One item on its way out. */
struct package_source {
	struct ledger_view *view;
	struct package_folder *folder;
	struct blob_store *blobs;
	struct arena *arena;
	const struct evidence_register *all;
	const struct evidence_item *item;
	const char *base; /* "metadata/<item>/" */
	uint64_t texts_gone;
	bool foreign;  /* the entries that are put now are another institution's */
	slice note;    /* the newest head under which an entry was proven */
	uint64_t size; /* its entries */
};
/* Write NAME.json and NAME.tlog-proof of an entry. *entry: its bytes, in the arena; may be NULL. */
CHECKED enum err package_put_entry(
	struct package_source *s, const char *folder, const char *name, uint64_t index, slice *entry, struct fault *f);
/* An item's metadata and payload. */
CHECKED enum err package_put_item(struct package_source *s, struct bag_names *names, struct fault *f);

/* An entry of kind package. items: ascending. origin, vkey, party: empty: not told. */
struct package_entry {
	digest bag;
	bool imported;
	const digest *items;
	unsigned items_n;
	const digest *history; /* NULL: none */
	slice origin, vkey, party, reason;
};
CHECKED enum err package_append(struct home *h, const struct package_entry *p, struct node_place *place, struct fault *f);

#endif
