/* What the sources of note.h and cosignature.h share. */
#ifndef LEDGER_NOTE_INT_H
#define LEDGER_NOTE_INT_H
#include "cosignature.h"
#include "limit.h"

/* Let a signer sign, and look at what it made: a token or a process that answers nonsense must not get it into a checkpoint.
 * Errors: ERR_USAGE the signer's key is of another algorithm; the signer's; ERR_DAMAGED its signature does not hold. */
CHECKED enum err note_signer_run(const struct note_signer *s, enum note_algorithm algorithm, slice message,
	uint8_t signature[ED25519_SIGNATURE_BYTES], struct fault *f);
#endif
