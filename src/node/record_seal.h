/* From a hit to an exhibit: what a recorded scan found becomes an evidence item. */
#ifndef NODE_RECORD_SEAL_H
#define NODE_RECORD_SEAL_H
#include "record.h"

/* All texts UTF-8. */
struct record_seal {
	slice case_name, reason, collector;
	slice origin; /* of the ledger, for the notes */
};
/* Descriptors of files; borrowed. */
struct record_excerpt {
	int records, index;
};
struct record_item {
	digest id;
	struct node_place place;
};
/* Seal the answer, its coverage, the list of inputs, the records that hit and their index: an item of form original from "scan", whose
 * notes name the scan's entry. Its marking is the strictest of the scan's and TLP:AMBER, for records of one's own systems.
 * Errors: as seal_add, seal_end; then there is no item, and the scan's entry stands. */
CHECKED enum err record_seal(struct home *h, const struct scan_facts *s, const struct scan_material *m, const struct record_excerpt *x,
	const struct record_seal *what, uint64_t scan_entry, struct record_item *out, struct fault *f);
#endif
