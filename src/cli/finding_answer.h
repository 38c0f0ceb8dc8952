/* The answer of a scan of evidence: JSON lines into the file that is recorded, and for the user the same lines or a text. What a line
 * holds stands in docs/json.md. */
#ifndef CLI_FINDING_ANSWER_H
#define CLI_FINDING_ANSWER_H
#include <stdio.h>

#include "evidence_scan.h"

struct finding_answer {
	FILE *kept;
	bool json; /* what the user sees */
	const struct yara_source *sources;
	struct buf line;
	enum tlp marking; /* the strictest so far */
	uint64_t rule_matches, hash_matches;
};
void finding_put_rule(struct finding_answer *a, const struct scanned_file *at, const struct wire_rule *r);
void finding_put_hash(struct finding_answer *a, const struct scanned_file *at, const struct wire_hash *h);
void finding_put_not_scanned(struct finding_answer *a, const struct scanned_file *at, const struct fault *why);
void finding_put_cut(struct finding_answer *a, const struct scanned_file *at);
/* An item's line stands behind those of its files. */
void finding_put_item(
	struct finding_answer *a, const struct evidence_item *item, const struct evidence_scan_counts *of_it, const char *wrong);

struct finding_summary {
	struct evidence_scan_counts counts;
	uint64_t items, items_unreadable, sources_n;
	const struct wire_ready *rules, *hashes;
	instant began, ended;
	bool complete, exercise;
};
/* The last line. */
void finding_put_summary(struct finding_answer *a, const struct finding_summary *s);
#endif
