/* Packages: evidence items with their custody, proofs and time stamps, as a bag that strangers check with stock tools; and back again.
 * What leaves is an entry before it has its name; what comes in is checked as a whole before anything of it is kept.
 * Source: docs/formats/evidence-package.md. */
#ifndef NODE_PACKAGE_H
#define NODE_PACKAGE_H
#include "bag_name.h"
#include "evidence.h"
#include "history.h"
#include "package_folder.h"
#include "policy.h"

/* ---- out ---- */
struct package_request {
	const digest *items;
	unsigned items_n;
	const char *dir;                 /* must not be there */
	slice party, reason;             /* party: for whom; empty: not told */
	slice version;                   /* of Kulla */
	const struct package_disk *disk; /* NULL: the real one */
};
struct package_written {
	digest bag; /* SHA-256 of its tag manifest */
	uint64_t files, bytes;
	uint64_t texts_gone;     /* texts that were erased, and so are not in it */
	struct node_place place; /* of the entry that says so */
};
/* The same items under the same checkpoint give the same bytes.
 * Errors: ERR_USAGE no items, one twice, or no reason; ERR_NOT_FOUND no such item; ERR_LIMIT BAG_ITEMS_MAX; ERR_DAMAGED a blob, by name; as
 * package_folder_new, ledger_view_prove, node_append. Then nothing stands under `dir`; only when the last step fails is there an entry of a
 * package that nobody has. */
CHECKED enum err package_export(struct ledger_view *v, const struct package_request *q, struct package_written *out, struct fault *f);

/* ---- checking ---- */

/* Whom the one who checks trusts: keys from outside the bag. */
struct package_trust {
	const struct policy *policy; /* its logs: a key that the bag's ledger has, or had; its witnesses and quorum */
};
/* One entry about an item, of the bag's ledger or of an earlier one, on its way into a history. */
struct package_act {
	struct history_line line;
	slice file; /* its proof file, the entry in it */
};
/* What an item in a bag says, once all of it has been proven. Slices live in the arena. */
struct package_item {
	digest id;
	struct bag_names names;
	slice manifest;
	struct custody_state state;
	bool offered;           /* its last act that counts is a transfer */
	bool addressee_known;   /* its text is in the bag */
	slice addressee, offer; /* offer: the proof file of the transfer, the entry in it */
	uint64_t acts;
	struct package_act *history; /* earlier institutions' first, each in its ledger's order */
	unsigned history_n, history_room;
	digest *named; /* what these entries name: texts and proofs, as far as they are in the bag */
	size_t named_n;
};
struct package_facts {
	digest bag;
	slice origin, vkey; /* of the ledger that proves it; the key that signed its newest head */
	struct package_item *items;
	unsigned items_n;
	uint64_t files, bytes, texts_gone, proofs, stamps;
	unsigned history_n; /* of all items */
	uint64_t foreign;   /* other institutions' entries whose ledger's key was not given: not known who signed them */
};
/* Everything in a bag against everything else in it, and against the keys. Nothing is written.
 *   folder   descriptor of the bag's folder
 *   payload  whether the payload's bytes are read too (else only their sizes are compared)
 *   now      for the time stamps
 * Errors, each with the file's name: ERR_DAMAGED bytes that are not those of the manifest, a file too many or too few; ERR_SYNTAX a rule of
 * the format; ERR_NOT_FOUND no key of `trust` is the ledger's, or the quorum is not met; ERR_LIMIT; ERR_DISK, ERR_ACCESS. */
CHECKED enum err package_check(int folder, const struct package_trust *trust, bool payload, instant now, struct arena *a,
	struct package_facts *out, struct fault *f);

/* ---- in ---- */
struct package_arrival {
	int folder; /* of the bag */
	const struct package_trust *trust;
	slice by, reason, version; /* version: of Kulla */
	instant now;
};
struct package_taken {
	struct package_facts facts;
	digest *items;           /* as they are called here: the same of what was handed over, new ones of copies */
	bool received;           /* custody goes on here; false: copies */
	struct node_place place; /* of the last entry */
	uint64_t *receives;      /* entries of the receives */
};
/* Take a bag in that package_check has accepted; it is judged again, its bytes are compared while they become blobs.
 * What was offered to `by` is received: same item, same manifest, custody goes on. What was not offered to anybody comes in as a copy.
 * Errors: as package_check; ERR_USAGE it was offered to somebody else, or is here already; ERR_CHANGED the bag is not what it was; as
 * blob_batch_add, evidence_append_item, evidence_act. Repeating it after an interruption ends it. */
CHECKED enum err package_import(
	struct ledger_view *v, const struct package_arrival *q, struct arena *a, struct package_taken *out, struct fault *f);

/* ---- the receipt ---- */

/* The proof file of a receive, its entry and the offer's proof in it. Appended. Errors: as ledger_view_prove; ERR_LIMIT. */
CHECKED enum err package_receipt(struct ledger_view *v, uint64_t receive, struct buf *out, struct fault *f);
struct package_receipt {
	digest item;
	slice origin; /* whose ledger says that it was received */
	uint64_t offer_index;
	slice offer_entry;
	instant at;
};
/* Judge a receipt. Errors: as proof_file_check; ERR_SYNTAX it is none: what is found and expected. */
CHECKED enum err package_receipt_check(
	slice receipt, const struct policy *policy, struct arena *a, struct package_receipt *out, struct fault *f);
/* Say that an item was delivered: the receipt is one of the last transfer of this item, in this ledger.
 * Errors: as package_receipt_check; ERR_USAGE it is another item's, or another transfer's; as evidence_act. */
struct package_delivery {
	const digest *item;
	slice receipt, by, reason;
	const struct policy *policy;
	instant now;
};
CHECKED enum err package_deliver(
	struct ledger_view *v, const struct package_delivery *q, struct node_place *place, enum custody_rule *verdict, struct fault *f);
#endif
