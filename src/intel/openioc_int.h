/* What OpenIOC's items mean: openioc.c reads documents, openioc_term.c knows places and conditions. */
#ifndef INTEL_OPENIOC_INT_H
#define INTEL_OPENIOC_INT_H
#include "intel_int.h"

struct openioc_item {
	slice search, condition, value; /* "FileItem/Md5sum", "is", … */
};
extern const char openioc_unknown[]; /* the reason when the place is not known */
/* NULL and *out filled (it borrows from the item and from *scratch), or why the item cannot be matched. */
const char *openioc_term(const struct openioc_item *item, struct buf *scratch, struct indicator_term *out);
#endif
