/* A package's items as CASE/UCO 1.4 JSON-LD, for tools that exchange investigations: files with their hashes, who did what when, and the
 * exhibit as a provenance record. What proves all this is not in here: the manifest, the entries and their proofs are.
 * Ids are UUIDs worked out from the items, so that one package has one text. Pure; any thread may call.
 * Source: CASE 1.4 (investigation), UCO 1.4 (action, core, identity, location, observable, tool, types); docs/formats/evidence-package.md.
 */
#ifndef EVIDENCE_CASE_UCO_H
#define EVIDENCE_CASE_UCO_H
#include "bag_name.h"
#include "custody.h"

/* One act of custody; empty texts: not told, or erased. */
struct case_act {
	enum custody_act act;
	instant at;
	slice by, party, reason, authority, place, seal;
	bool done; /* false: it was refused */
	uint64_t entry;
};
struct case_item {
	digest id;
	const struct bag_names *names;
	const struct case_act *acts;
	unsigned acts_n;
};
struct case_package {
	slice origin, version; /* of the ledger; of Kulla */
	const struct case_item *items;
	unsigned items_n;
};
void case_uco_put(struct buf *b, const struct case_package *p);
#endif
