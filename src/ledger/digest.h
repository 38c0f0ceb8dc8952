/* SHA-256: a value of 32 bytes, and its two spellings. The ledger is the room's one truth; see tree.h for how it is hashed.
 * Pure; nothing here allocates or fails; any thread may call. (libcrypto's block functions: decision 0008 says why.)
 * Source: FIPS 180-4; RFC 4648 4 (base64). */
#ifndef LEDGER_DIGEST_H
#define LEDGER_DIGEST_H
#include "err.h"

#define DIGEST_BYTES 32
typedef struct digest {
	uint8_t b[DIGEST_BYTES];
} digest;

digest digest_of(slice bytes);
static inline bool digest_equal(const digest *a, const digest *b) /* digests are public: not in constant time */
{
	return memcmp(a->b, b->b, DIGEST_BYTES) == 0;
}
static inline slice digest_slice(const digest *d) /* borrows */
{
	return slice_of(d->b, DIGEST_BYTES);
}

/* The digest of what comes in pieces: start, add …, end. Copying the struct copies the state. */
struct digest_stream {
	uint64_t state[16]; /* libcrypto's */
};
void digest_start(struct digest_stream *s);
void digest_add(struct digest_stream *s, slice bytes);
digest digest_end(struct digest_stream *s);

#define DIGEST_BASE64_BYTES 44 /* without the NUL */
#define DIGEST_HEX_BYTES 64
/* NUL-terminated; both return out. Base64 with padding, hex in lower case. */
const char *digest_base64(const digest *d, char out[DIGEST_BASE64_BYTES + 1]);
const char *digest_hex(const digest *d, char out[DIGEST_HEX_BYTES + 1]);
/* Only what the two above write is read: exact length, canonical padding, lower case. On false *out is untouched. */
bool digest_get_base64(slice text, digest *out);
bool digest_get_hex(slice text, digest *out);
#endif
