/* Checkpoints: a ledger's head as a note's text, and the note around it. Slices borrow. Any thread may call.
 * Source: C2SP tlog-checkpoint. */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H
#include "note.h"
#include "tree.h"

struct checkpoint {
	slice origin;
	struct tree_head head;
	slice extensions; /* further lines, each with its newline; ours have none */
};
/* The text of a note. Errors: ERR_SYNTAX, line and rule; ERR_LIMIT a size above TREE_SIZE_MAX. */
CHECKED enum err checkpoint_parse(slice text, struct checkpoint *out, struct fault *f);
void checkpoint_put(struct buf *b, const struct checkpoint *c); /* the text; the caller's origin and extensions are valid */
/* Origin and extensions as checkpoint_parse would accept them. */
CHECKED enum err checkpoint_check(const struct checkpoint *c, struct fault *f);
/* The signed note. Errors: as checkpoint_check and note_sign; ERR_USAGE the signer's name is not the origin. On error b is untouched. */
CHECKED enum err checkpoint_sign(struct buf *b, const struct checkpoint *c, const struct note_signer *s, struct fault *f);
/* Verify and read: note_open, checkpoint_parse, and among the verified signatures one of NOTE_ED25519 by a key whose name is the origin.
 * Known keys of witnesses may be among `known`: their lines are verified too.
 *   note   out: may be NULL
 * Errors: as those; ERR_NOT_FOUND no signature of the log itself. */
CHECKED enum err checkpoint_open(
	slice bytes, struct note_keys known, struct arena *a, struct note *note, struct checkpoint *out, struct fault *f);
#endif
