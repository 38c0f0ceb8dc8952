/* What the MISP reader's files share: misp.c walks documents, misp_held.c keeps attributes until their event is known, misp_tag.c reads
 * tags, misp_type.c knows what attribute types mean. */
#ifndef INTEL_MISP_INT_H
#define INTEL_MISP_INT_H
#include "intel_int.h"
#include "json.h"

/* ---- misp_type.c ---- */
struct misp_part {
	enum observable type; /* OBSERVABLE_NONE: says more about the other part, is not matched */
	const char *path;
};
struct misp_type {
	slice name;
	struct misp_part first, second; /* second: behind the bar of a composite */
	const char *unmatchable;        /* why no part is matched, or NULL */
	bool pattern;                   /* the value is a STIX pattern */
};
const struct misp_type *misp_type_of(slice name); /* NULL: none that is matched */
/* What an object's relation says beyond the attribute's type, or NULL. strict: counts in fields of this path only. */
struct misp_meaning {
	struct misp_part part;
	bool strict;
};
const struct misp_meaning *misp_meaning_of(slice object, slice relation);

/* ---- misp_tag.c ---- */
struct misp_said {
	enum tlp marking;
	int confidence;
	struct buf labels;
	bool unknown_tlp;
};
void misp_said_clear(struct misp_said *s);
void misp_tags_read(struct misp_said *s, json_value tags);         /* "Tag": [{"name":…}] */
void misp_galaxies_read(struct misp_said *s, json_value galaxies); /* "Galaxy": [{"GalaxyCluster":[{"tag_name":…}]}] */
/* The level that a distribution asks for at least; false when it inherits or is none. */
bool misp_distribution(json_value v, enum tlp *floor);

/* ---- misp_held.c: attributes, packed ---- */
struct misp_attribute {
	const struct misp_type *type;       /* NULL: type_name says it */
	const struct misp_meaning *meaning; /* of its object, or NULL */
	slice uuid, type_name, value, comment, labels, info, author;
	instant modified, first_seen;
	enum tlp marking, floor; /* floor: TLP_NONE inherits */
	int confidence;
	bool to_ids, deleted;
};
struct misp_held {
	struct misp_chunk *first, *last;
	uint64_t bytes;
};
void misp_held_add(struct misp_held *h, const struct misp_attribute *a); /* copies */
/* Take the oldest one: *a borrows until the next call. False when none is left; memory goes back as it is taken. */
bool misp_held_take(struct misp_held *h, struct misp_attribute *a);
void misp_held_free(struct misp_held *h);
#endif
