/* STIX patterns: text to tree (OASIS STIX 2.1 part 9; 2.0 grammar on request). Pure; the tree lives in the caller's arena.
 * No recursion on the text's depth beyond PATTERN_DEPTH_MAX. Chains (a AND b AND c …) and qualifiers are deep on the left side only, up to
 * PATTERN_NODES_MAX: whoever walks a tree loops along `left`; along `right` it is at most 3 * (PATTERN_DEPTH_MAX + 2) deep.
 * Keys and texts borrow from the pattern's text (or the arena): keep both as long as the tree. */
#ifndef STIX_PATTERN_H
#define STIX_PATTERN_H
#include "err.h"
#include "instant.h"

enum pattern_kind {
	/* observation level */ PATTERN_OBSERVATION /* [ … ] */,
	PATTERN_OBSERVATION_AND,
	PATTERN_OBSERVATION_OR,
	PATTERN_FOLLOWEDBY,
	PATTERN_WITHIN,
	PATTERN_REPEATS,
	PATTERN_START_STOP /* qualifiers: left is what they qualify */,
	/* comparison level */ PATTERN_AND,
	PATTERN_OR,
	PATTERN_COMPARE,
	PATTERN_EXISTS,
};
enum pattern_operator {
	OPERATOR_EQ,
	OPERATOR_NE,
	OPERATOR_LT,
	OPERATOR_LE,
	OPERATOR_GT,
	OPERATOR_GE,
	OPERATOR_IN,
	OPERATOR_LIKE,
	OPERATOR_MATCHES,
	OPERATOR_ISSUBSET,
	OPERATOR_ISSUPERSET
};
enum constant_kind { CONSTANT_TEXT, CONSTANT_INTEGER, CONSTANT_FLOAT, CONSTANT_BOOL, CONSTANT_TIME, CONSTANT_BINARY, CONSTANT_HEX };
struct pattern_constant {
	enum constant_kind kind;
	slice text /* unescaped / decoded bytes */;
	int64_t integer;
	double number;
	instant time;
};
enum step_kind { STEP_KEY, STEP_INDEX, STEP_ANY_INDEX };
struct pattern_step {
	enum step_kind kind;
	slice key;
	int64_t index;
};
struct pattern_path {
	slice object_type;
	struct pattern_step *steps;
	size_t steps_n;
	slice text /* as written */;
};
struct pattern_node {
	enum pattern_kind kind;
	struct pattern_node *left, *right; /* right NULL for PATTERN_OBSERVATION and qualifiers */
	/* PATTERN_COMPARE, PATTERN_EXISTS */
	struct pattern_path path;
	enum pattern_operator op;
	bool negated;
	struct pattern_constant *constants;
	size_t constants_n; /* one; any number for IN */
	/* qualifiers */
	double within_seconds;
	int64_t repeats;
	instant start, stop;
};
/* version 20 or 21. Errors: ERR_SYNTAX with the byte offset, what was found and expected; ERR_LIMIT (names in limit.h). */
CHECKED enum err pattern_parse(struct arena *a, slice text, int version, struct pattern_node **out, struct fault *f);
/* The same, as partners write patterns: a hash may stand in pairs with a colon between each, as certificates' fingerprints do. */
CHECKED enum err pattern_parse_received(struct arena *a, slice text, int version, struct pattern_node **out, struct fault *f);
/* The same without the two rules that the OASIS validator adds to the grammar (a qualifier twice on one [ … ]; a hash whose length is not
 * its algorithm's): what the OASIS matcher evaluates. */
CHECKED enum err pattern_parse_grammar(struct arena *a, slice text, int version, struct pattern_node **out, struct fault *f);

/* What scan can answer now: a disjunction of comparisons on one observation, each not negated and EQ, IN, ISSUBSET, LIKE or MATCHES
 * on text. */
struct pattern_term {
	enum pattern_operator op; /* IN is expanded into EQ terms */
	slice value;
	struct pattern_path path;
};
/* ERR_UNSUPPORTED when the pattern is anything else; *why then gets a short constant reason ("AND of two comparisons", "FOLLOWEDBY", "NOT",
 * …). */
CHECKED enum err pattern_terms(
	struct arena *a, const struct pattern_node *root, struct pattern_term **terms, size_t *terms_n, const char **why);
#endif
