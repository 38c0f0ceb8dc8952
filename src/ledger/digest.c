/* SHA-256. libcrypto's block functions, not EVP: a state that lives on the stack, cannot fail and needs nobody to own it (decision 0008).
 */
#define OPENSSL_API_COMPAT 0x10101000L
#include "digest.h"
#include "text.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest_stream), "the state fits");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct digest_stream), "the state is aligned");

static SHA256_CTX *state(struct digest_stream *s)
{
	return (SHA256_CTX *)(void *)s->state;
}

void digest_start(struct digest_stream *s)
{
	*s = (struct digest_stream){0};
	SHA256_Init(state(s));
}

void digest_add(struct digest_stream *s, slice bytes)
{
	if (bytes.n != 0) SHA256_Update(state(s), bytes.p, bytes.n);
}

digest digest_end(struct digest_stream *s)
{
	digest d;

	SHA256_Final(d.b, state(s));
	return d;
}

digest digest_of(slice bytes)
{
	struct digest_stream s;

	digest_start(&s);
	digest_add(&s, bytes);
	return digest_end(&s);
}

const char *digest_base64(const digest *d, char out[DIGEST_BASE64_BYTES + 1])
{
	uint8_t room[DIGEST_BASE64_BYTES];
	struct buf b = {.p = room, .room = sizeof room, .max = sizeof room}; /* never grows: nothing to free */

	text_put_base64(&b, digest_slice(d));
	memcpy(out, room, sizeof room);
	out[DIGEST_BASE64_BYTES] = 0;
	return out;
}

const char *digest_hex(const digest *d, char out[DIGEST_HEX_BYTES + 1])
{
	static const char DIGITS[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		out[2 * i] = DIGITS[d->b[i] >> 4];
		out[2 * i + 1] = DIGITS[d->b[i] & 15];
	}
	out[DIGEST_HEX_BYTES] = 0;
	return out;
}

bool digest_get_base64(slice text, digest *out)
{
	digest d;
	size_t n = 0;

	if (text.n != DIGEST_BASE64_BYTES || !text_get_base64_into(text, d.b, sizeof d.b, &n) || n != DIGEST_BYTES) return false;
	*out = d;
	return true;
}

/* 1 + the value of a lower-case hex digit; 0 for every other byte. A rebuild reads four million of these spellings a second. */
static const uint8_t HEX[256] = {['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ['a'] = 11, 12, 13, 14, 15, 16};

bool digest_get_hex(slice text, digest *out)
{
	digest d;
	bool good = true;

	if (text.n != DIGEST_HEX_BYTES) return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		unsigned high = HEX[text.p[2 * i]], low = HEX[text.p[2 * i + 1]];
		good = good && high != 0 && low != 0;
		d.b[i] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	if (good) *out = d;
	return good;
}
