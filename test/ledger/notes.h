/* Keys and signers that the ledger's tests share: the seed of a key is one byte, repeated. */
#ifndef TEST_LEDGER_NOTES_H
#define TEST_LEDGER_NOTES_H
#include "trees.h"
#include "cosignature.h"

struct tester {
	struct ed25519_key *key;
	struct note_signer signer;
};

static inline struct tester tester_new(const char *name, enum note_algorithm algorithm, uint8_t seed_byte)
{
	uint8_t seed[ED25519_SEED_BYTES];
	struct tester t;

	memset(seed, seed_byte, sizeof seed);
	assert_int_equal(ed25519_key_new(seed, &t.key, NULL), OK);
	assert_int_equal(note_signer_make(slice_from(name), (uint8_t)algorithm, t.key, &t.signer, NULL), OK);
	return t;
}

static inline void tester_free(struct tester *t)
{
	ed25519_key_free(t->key);
}

#define OPENS(e, f)                                                                                                                        \
	do {                                                                                                                               \
		enum err opens_ = (e);                                                                                                     \
		if (opens_ != OK) fail_msg("%s: line %u: %s", err_text(opens_), (unsigned)(f).line, (f).text);                             \
	} while (0)
#endif
