/* What the pattern's lexer, constants and parser share. Private to this room. */
#ifndef STIX_PATTERN_INT_H
#define STIX_PATTERN_INT_H
#include "pattern.h"

enum token_kind {
	TOKEN_END,
	TOKEN_INVALID,
	TOKEN_NAME,
	TOKEN_NAME_HYPHEN /* object types only */,
	TOKEN_TEXT,
	TOKEN_INTEGER,
	TOKEN_FLOAT,
	TOKEN_BOOL,
	TOKEN_TIME,
	TOKEN_BINARY,
	TOKEN_HEX,
	TOKEN_COMPARE,       /* = == != <> < <= > >=: `op` says which */
	TOKEN_WORD_OPERATOR, /* IN LIKE MATCHES ISSUBSET ISSUPERSET: `op` says which */
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_FOLLOWEDBY,
	TOKEN_EXISTS,
	TOKEN_START,
	TOKEN_STOP,
	TOKEN_WITHIN,
	TOKEN_SECONDS,
	TOKEN_REPEATS,
	TOKEN_TIMES,
	TOKEN_PAREN_OPEN,
	TOKEN_PAREN_CLOSE,
	TOKEN_BRACKET_OPEN,
	TOKEN_BRACKET_CLOSE,
	TOKEN_COLON,
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_ASTERISK,
};
struct token {
	enum token_kind kind;
	enum pattern_operator op;
	slice text;      /* as written; TOKEN_INVALID: what stands there */
	size_t at;       /* byte offset in the pattern */
	const char *why; /* TOKEN_INVALID: the rule that it breaks */
};
struct lexer {
	slice text;
	size_t at;
	bool exists_is_word; /* STIX 2.1 */
};
/* The next token; TOKEN_END for ever once the text is used up. Every call but at the end moves on. */
struct token pattern_lex(struct lexer *l);

/* The value of a constant's token. False and *why when it has no value (beyond 64 bits, year 0). */
bool pattern_constant_from(struct arena *a, const struct token *t, struct pattern_constant *out, const char **why);
/* The text of a quoted string: outer quotes off, \\ and \' undone. Borrows from the pattern when nothing is escaped. */
slice pattern_unquote(struct arena *a, slice quoted);
/* "2016-06-01T00:00:00[.f]Z"; day 31 in a short month runs on into the next one, second 60 into the next minute (as the
 * OASIS grammar allows both). */
bool pattern_time(slice text, instant *out);
/* Whether the shape is right; the year is not judged. */
bool pattern_time_shaped(slice text);

/* Rules beyond the grammar: a hash under `hashes` has its algorithm's length; `colons`: or is written in pairs with a colon between each.
 * NULL when the comparison is fine. */
const char *pattern_hash_wrong(const struct pattern_node *compare, bool colons);
#endif
