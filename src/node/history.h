/* The blob that a `package` entry names as `history`: one canonical JSON line for each entry of another institution's ledger that came with
 * the package's items, {"entry":n,"item":"sha256:…","judged":true,"origin":"…","proof":"sha256:…"}. Slices live in the arena or borrow from
 * the text. Pure; any thread may call. Source: docs/formats/evidence-package.md. */
#ifndef NODE_HISTORY_H
#define NODE_HISTORY_H
#include "digest.h"

struct history_line {
	uint64_t entry;     /* its number in that ledger */
	digest item, proof; /* proof: the blob of its proof file, whose extra is the entry */
	bool judged;        /* that ledger's key was given when it came in: its signature was verified */
	slice origin;       /* as the proof's checkpoint says */
};
void history_put(struct buf *b, const struct history_line *l);
/* The next line of what is left. Errors: ERR_SYNTAX it is no such line. */
CHECKED enum err history_next(slice *rest, struct arena *a, struct history_line *out, struct fault *f);
#endif
