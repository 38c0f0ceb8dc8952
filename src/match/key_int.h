/* Keyed 64-bit fingerprints of observables. A collision costs a verification, never a wrong answer; the key keeps
 * whoever writes log lines from aiming at one. The same functions serve the fast path, the exact path and the builder.
 * Names fold label by label from the right, so that every parent's fingerprint falls out on the way. */
#ifndef MATCH_KEY_INT_H
#define MATCH_KEY_INT_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KEY_A 0xa0761d6478bd642full
#define KEY_B 0xe7037ed1a0b428dbull
#define KEY_C 0x8ebc6af09c88c6e3ull
#define KEY_FOLD 0x2020202020202020ull

static inline uint64_t key_mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 r = (unsigned __int128)a * b;
	return (uint64_t)r ^ (uint64_t)(r >> 64);
}
static inline uint64_t key_load8(const uint8_t *p)
{
	uint64_t w;
	memcpy(&w, p, 8);
	return w;
}
/* 8 bytes behind p[n-1] must be readable. */
static inline uint64_t key_label(const uint8_t *p, size_t n)
{
	uint64_t h = KEY_A ^ n;
	while (n > 8) {
		h = key_mix(h ^ (key_load8(p) | KEY_FOLD), KEY_B);
		p += 8;
		n -= 8;
	}
	return key_mix(h ^ ((key_load8(p) | KEY_FOLD) & (~0ull >> ((64 - 8 * n) & 63))), KEY_C); /* & 63: defined for an empty label too */
}
static inline uint64_t key_name_start(uint64_t seed)
{
	return KEY_B ^ seed;
}
static inline uint64_t key_name_fold(uint64_t h, uint64_t label)
{
	return key_mix(h ^ label, KEY_A);
}
/* The text of an address is its only one; 1-15 bytes, 16 readable. What is none gets a key that no address has. */
static inline uint64_t key_ipv4(uint64_t seed, const uint8_t *p, size_t n)
{
	uint64_t low = n < 8 ? (1ull << 8 * n) - 1 : ~0ull, high = n > 8 ? (1ull << 8 * (n - 8)) - 1 : 0;
	return key_mix((key_load8(p) & low) ^ KEY_A ^ seed, (key_load8(p + 8) & high) ^ KEY_B);
}
/* Bit of a last label in the set of them: its last 8 bytes decide. `end` is behind it, n > 0, 8 bytes before `end` are readable. */
#define KEY_LASTS_BITS 15
static inline uint32_t key_last(const uint8_t *end, size_t n)
{
	uint64_t w = (key_load8(end - 8) | KEY_FOLD) >> (n < 8 ? (64 - 8 * n) & 63 : 0);
	return (uint32_t)(w * KEY_C >> (64 - KEY_LASTS_BITS));
}
static inline uint64_t key_ipv6(uint64_t seed, const uint8_t b[16])
{
	return key_mix(key_load8(b) ^ KEY_C ^ seed, key_load8(b + 8) ^ KEY_A);
}
/* the first 16 hex digits in either case, and the length */
static inline uint64_t key_hash(uint64_t seed, const uint8_t *p, size_t n)
{
	return key_mix((key_load8(p) | KEY_FOLD) ^ KEY_B ^ seed, (key_load8(p + 8) | KEY_FOLD) ^ KEY_C ^ n);
}
static inline uint64_t key_email(uint64_t domain, uint64_t local)
{
	return key_mix(domain ^ 0x4040404040404040ull, local ^ KEY_C);
}
static inline uint64_t key_local_step(uint64_t h, uint8_t c)
{
	return (h ^ (c | 0x20)) * 0x100000001b3ull;
}
static inline uint64_t key_local_start(void)
{
	return 0xcbf29ce484222325ull;
}
/* exact path only: any text, byte for byte */
static inline uint64_t key_text(uint64_t seed, const uint8_t *p, size_t n, uint64_t kind)
{
	uint64_t h = KEY_A ^ seed ^ kind * KEY_C;
	for (; n >= 8; p += 8, n -= 8) h = key_mix(h ^ key_load8(p), KEY_B);
	uint64_t w = n;
	for (size_t i = 0; i < n; i++) w = w << 8 | p[i];
	return key_mix(h ^ w, KEY_C);
}
static inline uint64_t key_range(uint64_t seed, const uint8_t *address, size_t n, unsigned bits)
{
	return key_text(seed, address, n, 0x100u + bits);
}
#endif
