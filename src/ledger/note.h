/* Signed notes: text, an empty line, signature lines. Keys carry an algorithm byte; lines of unknown keys or algorithms are ignored, a
 * line of a known key that does not hold refuses the note.
 * Slices borrow from the note's bytes or live in the arena given. Any thread may call. Source: C2SP signed-note. */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H
#include "ed25519.h"

/* Signature types. Only these two are made and checked; every other byte is unknown: kept where it is met, never trusted. */
enum note_algorithm {
	NOTE_ED25519 = 0x01,     /* over the note's text */
	NOTE_COSIGNATURE = 0x04, /* Ed25519 over a time and the text: cosignature.h */
};
bool note_algorithm_known(uint8_t algorithm);

/* A verifier key ("vkey"). */
struct note_key {
	slice name;
	uint32_t id;
	uint8_t algorithm;
	uint8_t public_key[ED25519_PUBLIC_BYTES]; /* of a known algorithm; else zero */
	slice material;                           /* the public key as the vkey had it, of any algorithm */
};
/* Known keys, borrowed. */
struct note_keys {
	const struct note_key *keys;
	unsigned n;
};
/* "name+hex id+base64(algorithm || public key)". A vkey of an unknown algorithm is read too (its id cannot be checked): its signatures
 * are ignored. The name is borrowed, the material copied.
 * Errors: ERR_SYNTAX (also an id that is not that of the key: signed-note allows others, we do not); ERR_LIMIT. */
CHECKED enum err note_key_parse(slice vkey, struct arena *a, struct note_key *out, struct fault *f);
/* A key from its parts. Borrows name. Errors: ERR_SYNTAX the name breaks a rule; ERR_UNSUPPORTED the algorithm. */
CHECKED enum err note_key_make(
	slice name, uint8_t algorithm, const uint8_t public_key[ED25519_PUBLIC_BYTES], struct note_key *out, struct fault *f);
void note_key_put(struct buf *b, const struct note_key *k); /* the vkey, without a newline */
bool note_name_valid(slice name);                           /* UTF-8, not empty, no Unicode space, no control character, no '+' */

/* Who can sign: a key in this process, the keeper, a PKCS#11 token. `sign` makes an Ed25519 signature of the message; it may fail and
 * then fills the fault. */
struct note_signer {
	struct note_key key;
	void *context;
	enum err (*sign)(void *context, slice message, uint8_t signature[ED25519_SIGNATURE_BYTES], struct fault *f);
};
/* The signer that is a key in memory. Borrows name and key. Errors: as note_key_make. */
CHECKED enum err note_signer_make(slice name, uint8_t algorithm, struct ed25519_key *key, struct note_signer *out, struct fault *f);

struct note_signature {
	slice name;
	uint32_t id;
	slice bytes;                /* behind the id */
	slice line;                 /* as it stands, with its newline */
	const struct note_key *key; /* the known key that made it, verified; NULL: ignored */
	uint64_t time;              /* of a verified cosignature, seconds since 1970; else 0 */
};
struct note {
	slice text; /* with its last newline */
	struct note_signature *signatures;
	unsigned n;
};
/* Take a note apart without judging signatures (no key set). Errors: ERR_SYNTAX, line and rule; ERR_LIMIT NOTE_BYTES_MAX,
 * NOTE_SIGNATURES_MAX. */
CHECKED enum err note_parse(slice bytes, struct arena *a, struct note *out, struct fault *f);
/* Take it apart and verify it: every line whose name and id are those of a known key must hold, and one at least must. Repeated lines of
 * one key must hold each. Borrows keys.
 * Errors: as note_parse; ERR_DAMAGED a known key's signature does not hold; ERR_NOT_FOUND no signature of a known key. */
CHECKED enum err note_open(slice bytes, struct note_keys known, struct arena *a, struct note *out, struct fault *f);
/* Whether the text may be a note's: UTF-8, no control character but newline, ends in a newline, not empty. f->line is set. */
CHECKED enum err note_text_check(slice text, struct fault *f);
/* Append text, the empty line and one signature line (NOTE_ED25519). More lines follow with note_sign_line or cosignature_sign.
 * Errors: as note_text_check; ERR_USAGE the signer's algorithm; the signer's own. On error b is untouched. */
CHECKED enum err note_sign(struct buf *b, slice text, const struct note_signer *s, struct fault *f);
CHECKED enum err note_sign_line(struct buf *b, slice text, const struct note_signer *s, struct fault *f);
/* "— name base64(id || bytes)\n" */
void note_put_line(struct buf *b, const struct note_key *key, slice bytes);
#endif
