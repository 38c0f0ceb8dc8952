/* What the STIX reader's two halves share: stix.c reads objects, stix_pattern.c turns their patterns into terms. */
#ifndef INTEL_STIX_INT_H
#define INTEL_STIX_INT_H
#include "intel_int.h"

struct stix_pattern {
	slice type /* pattern_type, empty: stix */, text;
	int version;
};
struct stix_terms {
	const struct indicator_term *terms;
	size_t terms_n;
	const char *unmatchable;
};
struct stix_patterns;
struct stix_patterns *stix_patterns_new(void);
void stix_patterns_free(struct stix_patterns *p); /* takes NULL */
/* *out borrows from p and the pattern's text until the next read. Never fails: what cannot be matched has no terms and a reason; *f is
 * filled when the text is wrong. */
void stix_patterns_read(struct stix_patterns *p, const struct stix_pattern *pattern, struct stix_terms *out, struct fault *f);
#endif
