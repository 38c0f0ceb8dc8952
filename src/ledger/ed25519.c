/* Ed25519 is libsodium's. It refuses, beside what does not hold: S not below the group's order, A or R of low order, A or R not in their
 * only encoding; and checks without the cofactor (decision 0008). */
#include "ed25519.h"

#include <sodium.h>

_Static_assert(crypto_sign_SEEDBYTES == ED25519_SEED_BYTES && crypto_sign_PUBLICKEYBYTES == ED25519_PUBLIC_BYTES &&
		       crypto_sign_BYTES == ED25519_SIGNATURE_BYTES,
	"libsodium's sizes are ours");

struct ed25519_key {
	uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
};

bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC_BYTES], slice message, const uint8_t signature[ED25519_SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, message.p, message.n, public_key) == 0;
}

enum err ed25519_key_new(const uint8_t seed[ED25519_SEED_BYTES], struct ed25519_key **out, struct fault *f)
{
	struct ed25519_key *k = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *k);

	if (k == NULL) return fault_set(f, ERR_LIMIT, 0, 0, "there is no guarded memory for a secret key");
	crypto_sign_seed_keypair(k->public_key, k->secret, seed);
	*out = k;
	return OK;
}

void ed25519_key_free(struct ed25519_key *k)
{
	sodium_free(k);
}

const uint8_t *ed25519_public(const struct ed25519_key *k)
{
	return k->public_key;
}

void ed25519_sign(const struct ed25519_key *k, slice message, uint8_t signature[ED25519_SIGNATURE_BYTES])
{
	crypto_sign_detached(signature, NULL, message.p, message.n, k->secret);
}

void ed25519_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}
