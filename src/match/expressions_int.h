/* Expressions and short literals that no fragment of raw bytes announces: all of them at once on one decoded value. */
#ifndef MATCH_EXPRESSIONS_INT_H
#define MATCH_EXPRESSIONS_INT_H
#include "watchlist_int.h"

/* Bytes that stand in every text that the expression meets (ASCII, case aside): *out gets the longest run. False when none of
 * EXPRESSION_FRAGMENT_MIN bytes or more can be told. Reads less than PCRE2 does: what it does not know gives false. */
#define EXPRESSION_FRAGMENT_MIN 3u
bool expression_fragment(slice expression, struct buf *out);

/* Hyperscan over the terms with TERM_ALWAYS of a watchlist. It may name a term too many, never too few. */
struct expressions;
struct expressions *expressions_new(const struct watchlist *w);
void expressions_free(struct expressions *x); /* takes NULL */
struct expressions_scratch;
struct expressions_scratch *expressions_scratch_new(const struct expressions *x);
void expressions_scratch_free(struct expressions_scratch *s); /* takes NULL */
/* Every term that `value` (decoded, NFC) may meet, each at most once. */
void expressions_scan(const struct expressions *x, struct expressions_scratch *s, slice value, literals_found *found, void *context);
#endif
