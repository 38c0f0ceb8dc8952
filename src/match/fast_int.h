/* The fast path: which places of a chunk may hold an indicator. It may name too many, never too few: every observable
 * of shape.c with a fast anchor in the watchlist is named at a byte inside its record.
 * Four builds of fast_body.h, chosen at run time, give bit-identical results. */
#ifndef MATCH_FAST_INT_H
#define MATCH_FAST_INT_H
#include "watchlist_int.h"

enum {
	FAST_ESCAPES = 1, /* backslash escapes split tokens: the reading with escapes undone, but for \u */
	FAST_VALUES = 2,  /* the '=' before hex digits are told: values_at */
};
#define FAST_BATCH 2048u
#define FAST_WORDS_BEHIND 4u
#define FAST_KEYS_PER_TOKEN 72u
#define FAST_KEYS_MAX (FAST_BATCH * FAST_KEYS_PER_TOKEN)

struct span {
	uint32_t from, to;
};
struct positions {
	uint32_t *p;
	size_t n, room;
};
struct fast {
	const struct watchlist *w;
	const uint32_t *bloom;
	uint64_t bloom_mask, seed;
	const uint64_t *nets;
	bool v6, v6_ranges;    /* any IPv6 address or range is looked for */
	const uint64_t *lasts; /* bits of the last labels that an indicator has */
	uint64_t *T, *D, *C, *G, *X, *B, *H,
		*odd;   /* bitmaps: token, dot, colon, digit, hex, backslash, above 127, dot that may be an address' */
	uint64_t *maps; /* where they lie */
	size_t words_room;
	uint32_t *names_at, *numbers_at; /* first telling dot of each token: a name's, or one between digits */
	size_t names_n, numbers_n;
	uint32_t *values_at; /* out, for FAST_VALUES: each '=' with four hex digits behind it */
	size_t values_n;
	struct span *names, *others;
	uint64_t *keys;
	uint32_t *key_at;
	size_t keys_n;
	struct arena *scratch;
	struct positions found;   /* out: bytes in records to look at */
	struct positions hashes;  /* bytes inside long hex runs */
	struct positions escapes; /* out: letters of escapes, which may be a word's first letter behind a backslash (fast_raw), or \u */
};
void fast_init(struct fast *f, const struct watchlist *w);
void fast_free(struct fast *f);
void fast_room(struct fast *f, size_t n);
void positions_add(struct positions *p, uint32_t at);
/* bytes: 128 readable before and after; n below 2^32 */
typedef void fast_extract(struct fast *f, const uint8_t *b, size_t n, unsigned mode);
fast_extract fast_scalar, fast_sse42, fast_avx2, fast_avx512;

/* slow corners of the fast path, shared by its builds (fast.c) */
void fast_token(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to);
uint32_t fast_colons(struct fast *f, const uint8_t *b, size_t n, uint32_t at); /* where the run ends */
void fast_net(struct fast *f, const uint8_t *b, uint32_t at);                  /* an address in a network that is looked for */
void fast_hash(struct fast *f, const uint8_t *b, size_t n, struct span run);
/* Whether something that is looked for starts with the letter of the escape at `at`, where the backslash before it is no escape but itself.
 */
bool fast_raw(struct fast *f, const uint8_t *b, size_t n, uint32_t at);
void fast_email(struct fast *f, const uint8_t *b, uint32_t from, uint64_t domain);

static inline bool bloom_has_plain(const uint32_t *block, uint32_t h)
{
	uint32_t words[8], missing = 0;
	bloom_words(h, words);
	for (int i = 0; i < 8; i++) missing |= words[i] & ~block[i];
	return missing == 0;
}

/* The bytes that backslashes escape, themselves among them; *carry: whether the word before escapes the first. */
static inline uint64_t fast_escaped(uint64_t backslash, uint64_t *carry)
{
	const uint64_t odd_bits = 0xaaaaaaaaaaaaaaaaull;
	uint64_t starts = backslash & ~*carry;
	uint64_t codes = (((starts << 1) | odd_bits) - starts) ^ odd_bits;
	uint64_t escaped = codes ^ (backslash | *carry);
	*carry = (codes & backslash) >> 63;
	return escaped;
}

/* The place of each set bit; two are put without a look, as most words have no more. */
static inline uint32_t *put_bits_plain(uint32_t *out, uint32_t base, uint64_t bits)
{
	unsigned count = (unsigned)__builtin_popcountll(bits);
	for (unsigned j = 0; j < 2; j++, bits &= bits - 1) out[j] = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
	if (__builtin_expect(count > 2, 0))
		for (unsigned j = 2; j < count; j++, bits &= bits - 1) out[j] = base + (uint32_t)__builtin_ctzll(bits);
	return out + count;
}

static inline void fast_key(struct fast *f, uint64_t key, uint32_t at)
{
	size_t n = f->keys_n;
	f->keys[n] = key;
	f->key_at[n] = at;
	f->keys_n = n + (n + 1 < FAST_KEYS_MAX);
}
#endif
