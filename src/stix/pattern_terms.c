/* STIX patterns: which ones scan can answer as a list of terms, and the length of hashes. Walks by an explicit list of nodes:
 * chains may be 100 000 long. */
#include "path.h"
#include "pattern_int.h"

static const char *const not_disjunctions[] = {
	[PATTERN_OBSERVATION_AND] = "AND of two observations",
	[PATTERN_FOLLOWEDBY] = "FOLLOWEDBY",
	[PATTERN_WITHIN] = "WITHIN",
	[PATTERN_REPEATS] = "REPEATS",
	[PATTERN_START_STOP] = "START STOP",
	[PATTERN_AND] = "AND of two comparisons",
	[PATTERN_EXISTS] = "EXISTS",
	[PATTERN_COMPARE] = NULL,
};
static const char *const not_operators[] = {
	[OPERATOR_NE] = "an inequality",
	[OPERATOR_LT] = "an inequality",
	[OPERATOR_LE] = "an inequality",
	[OPERATOR_GT] = "an inequality",
	[OPERATOR_GE] = "an inequality",
	[OPERATOR_ISSUPERSET] = "ISSUPERSET",
};

/* Why a node keeps the pattern from being a disjunction of terms; NULL when it does not. */
static const char *obstacle(const struct pattern_node *n)
{
	if (n->kind != PATTERN_COMPARE) return not_disjunctions[n->kind];
	if (n->negated) return "NOT";
	if (not_operators[n->op] != NULL) return not_operators[n->op];
	for (size_t i = 0; i < n->constants_n; i++)
		if (n->constants[i].kind != CONSTANT_TEXT) return "a constant that is no text";
	return NULL;
}

static bool branches(enum pattern_kind k)
{
	return k == PATTERN_OBSERVATION || k == PATTERN_OBSERVATION_OR || k == PATTERN_OR;
}

/* The comparisons of a disjunction from left to right. Returns the obstacle, or NULL; counts the terms, and writes them when
 * terms is not NULL. */
static const char *collect(struct arena *a, const struct pattern_node *root, struct pattern_term *terms, size_t *terms_n)
{
	/* the right sides that still wait, the nearest one last */
	size_t room = 64, n = 0, found = 0;
	const struct pattern_node **list = arena_array(a, room, sizeof *list);
	for (const struct pattern_node *at = root; at != NULL; at = n > 0 ? list[--n] : NULL) {
		while (branches(at->kind)) { /* down the left side */
			if (n == room) {
				const struct pattern_node **more = arena_array(a, room * 2, sizeof *more);
				memcpy(more, list, n * sizeof *more);
				list = more;
				room *= 2;
			}
			if (at->right != NULL) list[n++] = at->right;
			at = at->left;
		}
		const char *why = obstacle(at);
		if (why != NULL) return why;
		for (size_t i = 0; i < at->constants_n; i++, found++)
			if (terms != NULL)
				terms[found] = (struct pattern_term){.op = at->op == OPERATOR_IN ? OPERATOR_EQ : at->op,
					.value = at->constants[i].text,
					.path = at->path};
	}
	*terms_n = found;
	return NULL;
}

enum err pattern_terms(struct arena *a, const struct pattern_node *root, struct pattern_term **terms, size_t *terms_n, const char **why)
{
	size_t n = 0;
	const char *reason = collect(a, root, NULL, &n);
	if (reason == NULL && n == 0) reason = "an empty list";
	if (reason != NULL) {
		*why = reason;
		return ERR_UNSUPPORTED;
	}
	struct pattern_term *out = arena_array(a, n, sizeof *out);
	collect(a, root, out, &n);
	*terms = out;
	*terms_n = n;
	return OK;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool all_hex(slice s, size_t digits)
{
	bool fine = s.n == digits;
	for (size_t i = 0; i < s.n && fine; i++) fine = is_hex(s.p[i]);
	return fine;
}

/* In pairs with a colon between each. */
static bool all_pairs(slice s, size_t digits)
{
	bool fine = s.n == digits / 2 * 3 - 1;
	for (size_t i = 0; i < s.n && fine; i++) fine = i % 3 == 2 ? s.p[i] == ':' : is_hex(s.p[i]);
	return fine;
}

const char *pattern_hash_wrong(const struct pattern_node *c, bool colons)
{
	static const char *const wrong[] = {
		[32] = "the hash has not the 32 hex digits of its algorithm",
		[40] = "the hash has not the 40 hex digits of its algorithm",
		[56] = "the hash has not the 56 hex digits of its algorithm",
		[64] = "the hash has not the 64 hex digits of its algorithm",
		[96] = "the hash has not the 96 hex digits of its algorithm",
		[128] = "the hash has not the 128 hex digits of its algorithm",
	};
	size_t digits = stix_path_hash_digits(&c->path);
	if (digits == 0 || (c->op != OPERATOR_EQ && c->op != OPERATOR_NE && c->op != OPERATOR_IN)) return NULL;
	for (size_t i = 0; i < c->constants_n; i++) {
		slice s = c->constants[i].text;
		if (c->constants[i].kind != CONSTANT_TEXT) continue;
		if (!all_hex(s, digits) && !(colons && all_pairs(s, digits))) return wrong[digits];
	}
	return NULL;
}
