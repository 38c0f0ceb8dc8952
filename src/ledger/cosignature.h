/* Cosignatures, version 1: a witness says that at a time it had seen no larger consistent tree of this log.
 * Source: C2SP tlog-cosignature (Ed25519). Any thread may call. */
#ifndef LEDGER_COSIGNATURE_H
#define LEDGER_COSIGNATURE_H
#include "note.h"

#define COSIGNATURE_BYTES (8 + ED25519_SIGNATURE_BYTES)
#define COSIGNATURE_TIME_MAX (UINT64_MAX >> 1)
/* What is signed: "cosignature/v1\ntime N\n" and the checkpoint's text. */
void cosignature_message(struct buf *b, uint64_t time, slice text);
/* Append the signature line of a witness for a checkpoint's text.
 *   time   seconds since 1970, 1 to COSIGNATURE_TIME_MAX
 * Errors: ERR_USAGE the signer's algorithm, the time; the signer's own. On error b is untouched. */
CHECKED enum err cosignature_sign(struct buf *b, slice text, uint64_t time, const struct note_signer *s, struct fault *f);
/* True when the bytes behind the key id hold for the text; *time is then what they say. */
bool cosignature_verify(const struct note_key *key, slice text, slice bytes, uint64_t *time);
#endif
