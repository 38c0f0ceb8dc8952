/* STIX ids and observables that the STIX answer writes. Private to the STIX answer. */
#ifndef CLI_ANSWER_STIX_INT_H
#define CLI_ANSWER_STIX_INT_H
#include "answer.h"

#define STIX_UUID_TEXT_BYTES 37
struct stix_uuid {
	uint8_t b[16];
};
/* UUIDv5 in STIX's namespace for observables (STIX 2.1 2.9) over the canonical JSON of the id-contributing properties. */
struct stix_uuid stix_uuid_observable(slice canonical);
/* A version 4 id whose bits come from a digest of the parts: the same answer at the same --at has the same ids, another answer has others.
 */
struct stix_uuid stix_uuid_derived(const char *kind, slice a, slice b, instant now);
const char *stix_uuid_format(const struct stix_uuid *u, char out[STIX_UUID_TEXT_BYTES]);

/* One cyber observable, ready to be written. type is its STIX type; properties is JSON such as "\"value\":\"x\"". */
struct stix_observable {
	const char *type;
	slice properties;
	struct stix_uuid id;
};
/* What was seen; where only the record can vouch for it (an expression, a command line in plain text), the record as an artifact. Lives in
 * the arena. */
struct stix_observable stix_observable_of(struct arena *a, const struct answer_hit *h);
/* The STIX pattern that says what this plain indicator says. */
slice stix_pattern_of(struct arena *a, const struct watched *w);
#endif
