/* Several digests of one stream of bytes, each on a thread of its own while the caller reads and writes on. SHA-256 always: it names the
 * blob; MD5, SHA-1 and SHA-512 when they are asked for. Short streams are hashed where they are: no thread is woken.
 * A set belongs to one thread. Source: FIPS 180-4, RFC 1321 (libcrypto). */
#ifndef ARCHIVE_DIGESTS_H
#define ARCHIVE_DIGESTS_H
#include "digest.h"

enum { DIGESTS_MD5 = 1, DIGESTS_SHA1 = 2, DIGESTS_SHA512 = 4 };
#define DIGESTS_EXTRA 3u
struct digests_result {
	digest sha256;
	uint8_t md5[16], sha1[20], sha512[64]; /* zero when not asked for */
};
struct digests;
/* extra: DIGESTS_… or 0. Gives; free takes NULL. */
struct digests *digests_new(unsigned extra);
void digests_free(struct digests *d);
/* A new stream begins; what was added before is forgotten. */
void digests_start(struct digests *d);
/* Add bytes; borrowed until the next digests_add, digests_wait or digests_end returns. */
void digests_add(struct digests *d, slice piece);
/* So many zero bytes. */
void digests_add_zeros(struct digests *d, uint64_t n);
/* Nothing is borrowed any more. */
void digests_wait(struct digests *d);
struct digests_result digests_end(struct digests *d);
#endif
