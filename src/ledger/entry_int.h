/* What the entry files share. */
#ifndef LEDGER_ENTRY_INT_H
#define LEDGER_ENTRY_INT_H
#include "entry.h"

#define ENTRY_FIELDS_MAX 32                          /* of one kind */
#define ENTRY_DIGEST_STRIDE (ENTRY_DIGEST_BYTES + 3) /* of one element of a list of digests: quotes and a comma */

/* Whether a value of canonical JSON holds to the field's rule: OK, ERR_SYNTAX, ERR_LIMIT (ENTRY_LIST_MAX). */
CHECKED enum err entry_rule_judge(const struct entry_field *field, struct canonical_value v);
/* How a form of actor stands: not known to this version, known and whole, known and broken. */
enum entry_actor_form { ENTRY_ACTOR_UNKNOWN, ENTRY_ACTOR_KNOWN, ENTRY_ACTOR_BROKEN };
enum entry_actor_form entry_actor_form(slice actor);

/* Check the members of an object against rows and give each row's value (raw.p NULL: left out).
 *   what     "scan" or "envelope", for faults
 *   text     the entry's bytes, for offsets
 *   values   out: one for each row; undefined on error */
CHECKED enum err entry_fields_match(
	const struct entry_kind *what, slice text, slice object, struct canonical_value *values, struct fault *f);
#endif
