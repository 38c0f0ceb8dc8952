/* Ed25519: keys, signing, verifying. What is accepted is pinned by decision 0008 and a test over 914 edge cases.
 * Source: RFC 8032 5.1. */
#ifndef LEDGER_ED25519_H
#define LEDGER_ED25519_H
#include "err.h"

#define ED25519_SEED_BYTES 32
#define ED25519_PUBLIC_BYTES 32
#define ED25519_SIGNATURE_BYTES 64

/* True when the signature holds. Any thread may call. */
bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC_BYTES], slice message, const uint8_t signature[ED25519_SIGNATURE_BYTES]);

/* A secret key in memory of its own: locked where the system lets us, left out of core dumps, wiped when it is freed. Any thread may
 * sign. */
struct ed25519_key;
/* Gives; the caller wipes the seed (ed25519_wipe). The seed is 32 bytes of the system's randomness, or what was stored of them.
 * Errors: ERR_LIMIT no such memory. */
CHECKED enum err ed25519_key_new(const uint8_t seed[ED25519_SEED_BYTES], struct ed25519_key **out, struct fault *f);
void ed25519_key_free(struct ed25519_key *k); /* takes NULL */
const uint8_t *ed25519_public(const struct ed25519_key *k);
void ed25519_sign(const struct ed25519_key *k, slice message, uint8_t signature[ED25519_SIGNATURE_BYTES]);
void ed25519_wipe(void *p, size_t n); /* not optimised away */
#endif
