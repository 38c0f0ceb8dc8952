/* The compiled set in memory and on disk (docs/formats/watchlist.md). All sections are little-endian, 64-byte aligned.
 * Invariants: 1. every anchor's key is found through `slots`; 2. every anchor with ANCHOR_FAST is in the Bloom filter, and for a name among
 * them the key of its last two labels too;
 * 3. chains end (`next` is at most its own index); 4. every string offset points inside `strings`.
 * 3 and what else memory safety hangs on is checked at open (watchlist_check.c), 4 for strings where they are read. */
#ifndef MATCH_WATCHLIST_INT_H
#define MATCH_WATCHLIST_INT_H
#include "key_int.h"
#include "limit.h"
#include "match.h"

#define WATCHLIST_MAGIC "KULLAWL1"
#define WATCHLIST_VERSION 2u
#define LASTS_WORDS (1u << (KEY_LASTS_BITS - 6))
#define TERM_NONE 0x7fffffffu
#define META_SUPERSEDED UINT32_MAX /* in indicator_row.meta: a newer version of the id stands elsewhere */
#define ANCHOR_FAST 0x80000000u    /* in anchor.term: the fast path looks for it */

enum term_flag {
	TERM_UNTYPED = 1,
	TERM_STRICT = 2,
	TERM_SLOW = 4 /* no anchor: found by its fragment */,
	TERM_ALWAYS = 8 /* no fragment either */,
	TERM_BY_PATH = 16 /* only in fields of its path */
};
struct anchor {
	uint64_t key;
	uint32_t term;
	uint32_t next; /* index + 1, 0 ends */
};
struct term {
	uint32_t indicator, value, value_n, path, warninglist;
	uint8_t type, op, flags, pad;
};
struct indicator_row {
	uint32_t id, meta;
};
struct meta_row {
	int64_t valid_from, valid_until;
	uint32_t name, author, labels;
	int16_t confidence;
	uint8_t marking, marking_default;
};
struct unmatchable_row {
	uint32_t id, reason;
};
struct range_row {
	uint32_t v6, bits;
};

enum section {
	SECTION_BLOOM,
	SECTION_SLOTS,
	SECTION_ANCHORS,
	SECTION_TERMS,
	SECTION_INDICATORS,
	SECTION_METAS,
	SECTION_UNMATCHABLE,
	SECTION_RANGES,
	SECTION_NETS,
	SECTION_SLOW,
	SECTION_LASTS,
	SECTION_STRINGS,
	SECTION_COUNT
};
struct watchlist_header {
	char magic[8];
	uint32_t version, flags;
	uint64_t bytes, check /* XXH3 of everything behind the header */, seed;
	struct watchlist_counts counts;
	int64_t judged; /* when validity was judged, microseconds since 1970 */
	struct {
		uint64_t at, count;
	} sections[SECTION_COUNT];
	uint64_t header_check; /* XXH3 of the header before this field */
};
enum {
	WATCHLIST_V6 = 1 /* an IPv6 address or range is among the anchors */,
	WATCHLIST_URLS = 2,
	WATCHLIST_EMAILS = 4,
	WATCHLIST_ALL = 8 /* nothing was left out for its validity */
};

struct watchlist {
	uint8_t *owned;
	size_t owned_n;
	slice bytes;
	const struct watchlist_header *header;
	const uint32_t *bloom; /* blocks of 8 */
	uint32_t *bloom_hot;   /* a copy on huge pages, or NULL */
	const uint32_t *slots;
	const struct anchor *anchors;
	const struct term *terms;
	const struct indicator_row *indicators;
	const struct meta_row *metas;
	const struct unmatchable_row *unmatchable;
	const struct range_row *ranges;
	const uint64_t *nets;  /* 65,536 bits: /16 networks that a range touches; NULL without IPv4 ranges */
	const uint32_t *slow;  /* terms with TERM_SLOW */
	const uint64_t *lasts; /* LASTS_WORDS: key_last of the last label of every name that is an anchor */
	const uint8_t *strings;
	uint64_t bloom_mask, slot_mask;
	size_t terms_n, indicators_n, metas_n, ranges_n, slow_n, strings_n;
	struct literals *literals; /* NULL without slow terms */
};
/* Empty when it would leave the section: see watchlist_check.c. */
slice watchlist_string(const struct watchlist *w, uint32_t at);
#define WATCHLIST_TEXT_BYTES_MAX INTEL_OBJECT_BYTES_MAX
CHECKED enum err watchlist_check_header(slice bytes, struct fault *f); /* header, checksums, sections */
CHECKED enum err watchlist_check_tables(const struct watchlist *w, struct fault *f);
static inline slice term_value(const struct watchlist *w, const struct term *t)
{
	return (slice){w->strings + t->value, t->value_n};
}
/* First anchor index + 1 with this key, or 0. */
static inline uint32_t watchlist_find(const struct watchlist *w, uint64_t key)
{
	for (uint64_t i = key & w->slot_mask;; i = (i + 1) & w->slot_mask) {
		uint32_t a = w->slots[i];
		if (a == 0 || w->anchors[a - 1].key == key) return a;
	}
}
static inline void bloom_words(uint32_t h, uint32_t out[8])
{
	static const uint32_t SALT[8] = {
		0x47b6137bu, 0x44974d91u, 0x8824ad5bu, 0xa2b7289du, 0x705495c7u, 0x2df1424bu, 0x9efc4947u, 0x5c6bfb31u};
	for (int i = 0; i < 8; i++) out[i] = 1u << ((h * SALT[i]) >> 27);
}
/* The fast path's key of a file name or path, when some name-shaped token of it always shows as one in a record. */
bool file_anchor(uint64_t seed, slice text, uint64_t *key, slice *token);
/* Key of a whole lower-case name. */
uint64_t name_key(uint64_t seed, slice name);
/* Key of an address in host order. */
uint64_t ipv4_key(uint64_t seed, uint32_t v4);
uint64_t email_key(uint64_t seed, slice normal);
slice email_domain(slice normal); /* behind its last '@' */

/* literals.c: fragments of slow terms, found in raw bytes by Hyperscan. */
struct literals;
struct literals_scratch;
CHECKED enum err literals_new(const struct watchlist *w, struct literals **out, struct fault *f);
void literals_free(struct literals *l);
bool literals_expression_ok(slice expression, struct fault *f); /* PCRE2 accepts it; else its words are in the fault, if there is one */
struct literals_scratch *literals_scratch_new(const struct literals *l);
void literals_scratch_free(struct literals_scratch *s);
typedef void literals_found(void *context, uint32_t term, size_t end);
/* Terms by their fragments, at the byte behind it. False: Hyperscan failed, any term may stand anywhere. */
CHECKED bool literals_scan(const struct literals *l, struct literals_scratch *s, slice bytes, literals_found *found, void *context);
bool literals_blanks(const struct literals *l);          /* a blank stands in some fragment */
bool literals_hold(const struct literals *l, uint8_t c); /* the byte, in either case, stands in some fragment */
bool literals_always(const struct literals *l);          /* some term must be tried on every record */
bool literals_shapes(const struct literals *l);          /* and every record's shapes must be looked at */
/* The terms with TERM_ALWAYS that a decoded value (NFC) may meet; never one too few. */
void literals_values(const struct literals *l, struct literals_scratch *s, slice value, literals_found *found, void *context);
bool literal_safe_byte(uint8_t c);
/* Adds to *fragment what stands in the raw bytes of every record that meets the term; false when nothing does (TERM_ALWAYS). */
bool literal_announced(enum observable type, enum term_op op, slice value, struct buf *fragment);
/* LIKE and MATCHES on a decoded value; scratch owns the compiled expressions of its thread. */
enum literals_answer { LITERALS_NO, LITERALS_YES, LITERALS_UNKNOWN /* it was given up: MATCH_STEPS_MAX */ };
enum literals_answer literals_test(const struct literals *l, struct literals_scratch *s, uint32_t term, slice value, size_t *at, size_t *n);
#endif
