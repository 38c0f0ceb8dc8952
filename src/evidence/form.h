/* The custody form: what one item is and everything that was done with it, on paper, with lines for two parties to sign. What it says is
 * what the ledger and the manifest say; erased texts are told as erased. Pure but for the fonts (document.h). */
#ifndef EVIDENCE_FORM_H
#define EVIDENCE_FORM_H
#include "custody.h"
#include "document.h"

/* One entry of the item's history. Empty: not told, or erased. */
struct form_row {
	uint64_t entry;
	instant told; /* when it was written down */
	instant at;   /* when it happened */
	enum custody_act act;
	slice by, party, place, reason, authority, seal;
	const digest *before, *after, *made; /* of the manifest as the files were found; of the item made. NULL: not told */
	bool done;                           /* false: it was refused when it was asked for */
	enum custody_rule rule;              /* that forbids it; CUSTODY_ALLOWED: it counts */
};
struct form {
	digest item;
	slice manifest; /* its bytes; empty: gone or damaged, then the form says so and shows the rest */
	slice origin;   /* the ledger's name */
	uint64_t entry; /* the item's own */
	instant sealed; /* its time */
	struct custody_state state;
	const struct form_row *rows; /* in the ledger's order */
	size_t rows_n;
	slice author; /* the institution that prints it; may be empty */
	slice from;   /* who will sign at the left; may be empty */
	slice to;     /* … and at the right */
	instant now;
};
/* The form as a PDF, added to out. The same form gives the same bytes.
 *   a     the form is built in it
 *   told  out; may be NULL
 * Errors: as manifest_next, when the manifest is not empty; as document_pdf. On error out and told are untouched. */
CHECKED enum err form_pdf(const struct form *form, struct arena *a, struct buf *out, struct document_told *told, struct fault *f);
#endif
