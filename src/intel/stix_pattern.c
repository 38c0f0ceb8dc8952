/* STIX patterns to terms. Most indicators are `[type:property = 'value']`: the reading of such a path is remembered, and later patterns of
 * the same form only take their value out. Invariant: a path is remembered only after the parser gave exactly one EQ term with this path
 * and this value; what the parser judges in the value besides (the hex digits of a hash) is judged here too, else the parser is asked. So
 * both ways agree. */
#include "limit.h"
#include "path.h"
#include "pattern.h"
#include "stix_int.h"
#include <stdlib.h>

#define REMEMBERED 64u /* paths; a power of two */
#define PATH_BYTES_MAX 96u

struct known_path {
	uint8_t text[PATH_BYTES_MAX];
	size_t n;
	int version;
	enum observable type;
	bool strict;
	size_t hash_digits;
};
struct stix_patterns {
	struct arena *arena; /* of one pattern */
	struct known_path known[REMEMBERED];
	struct indicator_term one;
	struct buf scratch;
	char reason[96];
};

/* ---- the common form ---- */

struct simple {
	slice path, value;
};

static size_t past_spaces(slice s, size_t at)
{
	while (at < s.n && s.p[at] == ' ') at++;
	return at;
}

static bool path_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':' ||
	       c == '\'';
}

/* `[path = 'value']` with no escapes: cut out, not judged. */
static bool simple_form(slice s, struct simple *out)
{
	if (s.n < 8 || s.n > PATTERN_BYTES_MAX || s.p[0] != '[' || s.p[s.n - 1] != ']') return false;
	size_t from = past_spaces(s, 1), at = from;
	while (at < s.n && path_byte(s.p[at])) at++;
	out->path = slice_sub(s, from, at - from);
	at = past_spaces(s, at);
	if (out->path.n == 0 || out->path.n > PATH_BYTES_MAX || at >= s.n || s.p[at] != '=') return false;
	at = past_spaces(s, at + 1);
	if (at >= s.n || s.p[at] != '\'') return false;
	slice rest = slice_sub(s, at + 1, s.n);
	size_t close = slice_find_byte(rest, '\'');
	out->value = slice_sub(rest, 0, close);
	if (close >= rest.n || memchr(out->value.p, '\\', out->value.n) != NULL) return false;
	return past_spaces(rest, close + 1) == rest.n - 1;
}

static struct known_path *known_of(struct stix_patterns *p, slice path)
{
	size_t h = path.n;
	for (size_t i = 0; i < path.n; i++) h = h * 31 + path.p[i];
	return &p->known[(h ^ (h >> 7)) & (REMEMBERED - 1)];
}

static bool is_known(const struct known_path *k, slice path, int version)
{
	return k->n > 0 && k->version == version && slice_equal(slice_of(k->text, k->n), path);
}

static bool hex(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
	}
	return true;
}

static bool applies(const struct known_path *k, const struct simple *s, int version)
{
	return is_known(k, s->path, version) && (k->hash_digits == 0 || (k->hash_digits == s->value.n && hex(s->value)));
}

static struct known_path *remember(struct stix_patterns *p, const struct simple *s, int version, const struct indicator_term *t)
{
	struct known_path *k = known_of(p, s->path);
	memcpy(k->text, s->path.p, s->path.n);
	k->n = s->path.n;
	k->version = version;
	k->type = t->type;
	k->strict = t->strict;
	return k;
}

/* ---- terms ---- */

static bool address_like(enum observable t)
{
	return t == OBSERVABLE_IPV4 || t == OBSERVABLE_IPV6 || t == OBSERVABLE_ADDRESS;
}

static bool defanged_type(enum observable t)
{
	return address_like(t) || t == OBSERVABLE_DOMAIN || t == OBSERVABLE_URL || t == OBSERVABLE_EMAIL;
}

/* Ranges written as equality are ranges; a SUBSET without length is an equality; defanging is undone where the type is one that people
 * defang. */
static void settle(struct stix_patterns *p, struct indicator_term *t)
{
	if (t->op != TERM_EQUAL && t->op != TERM_SUBSET) return;
	if (defanged_type(t->type)) {
		slice plain = value_refang(&p->scratch, t->value);
		if (plain.p != t->value.p) t->value = arena_copy(p->arena, plain);
	}
	if (t->op == TERM_SUBSET && slice_find_byte(t->value, '/') == t->value.n) t->op = TERM_EQUAL;
	if (t->op == TERM_EQUAL && !t->strict && address_like(t->type) && value_is_range(t->value)) t->op = TERM_SUBSET;
}

static enum term_op op_of(enum pattern_operator op)
{
	static const struct {
		enum pattern_operator from;
		enum term_op to;
	} ops[] = {
		{OPERATOR_EQ, TERM_EQUAL},
		{OPERATOR_IN, TERM_EQUAL},
		{OPERATOR_ISSUBSET, TERM_SUBSET},
		{OPERATOR_LIKE, TERM_LIKE},
		{OPERATOR_MATCHES, TERM_MATCHES},
	};
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (ops[i].from == op) return ops[i].to;
	return TERM_EQUAL;
}

static struct indicator_term term_of(const struct pattern_term *t)
{
	bool value_property = false;
	enum observable type = stix_path_type(&t->path, &value_property);
	enum term_op op = op_of(t->op);
	return (struct indicator_term){.op = op,
		.type = type,
		.value = t->value,
		.path = t->path.text,
		.strict = op == TERM_LIKE || op == TERM_MATCHES || !value_property,
		.by_path = !value_property};
}

/* The other version is tried too: many producers name the wrong one or none. */
static enum err parse(struct stix_patterns *p, slice text, int version, struct pattern_node **root, struct fault *f)
{
	struct fault other;
	enum err e = pattern_parse_received(p->arena, text, version, root, f);
	if (e != ERR_SYNTAX) return e;
	return pattern_parse_received(p->arena, text, version == 20 ? 21 : 20, root, &other) == OK ? OK : e;
}

static bool is_equality(const struct pattern_node *n)
{
	return n->kind == PATTERN_COMPARE && n->op == OPERATOR_EQ && !n->negated && n->constants_n == 1 &&
	       n->constants[0].kind == CONSTANT_TEXT && n->path.steps_n > 0;
}

/* The path without its last step, when that is `last`; else empty. */
static slice path_before(const struct pattern_path *path, slice last)
{
	const struct pattern_step *s = &path->steps[path->steps_n - 1];
	if (s->kind != STEP_KEY || !slice_equal(s->key, last) || !slice_ends(path->text, last)) return (slice){0};
	return slice_sub(path->text, 0, path->text.n - last.n);
}

static bool says_type_of(const struct pattern_node *type, const struct pattern_node *value)
{
	static const slice implied[] = {SLICE("ipv4-addr"), SLICE("ipv6-addr"), SLICE("domain-name"), SLICE("email-addr"), SLICE("url")};
	if (!is_equality(type) || !is_equality(value)) return false;
	slice before = path_before(&type->path, SLICE("type"));
	if (before.n == 0 || !slice_equal(before, path_before(&value->path, SLICE("value")))) return false;
	for (size_t i = 0; i < sizeof implied / sizeof *implied; i++)
		if (slice_equal(type->constants[0].text, implied[i])) return true;
	return false;
}

/* `[x_ref.type = 'ipv4-addr' AND x_ref.value = '1.2.3.4']`, MISP's way to write an address: the value says its type, so that the first half
 * adds nothing. */
static void drop_implied_type(struct pattern_node *root)
{
	struct pattern_node *both = root->kind == PATTERN_OBSERVATION ? root->left : NULL;
	if (both == NULL || both->kind != PATTERN_AND) return;
	if (says_type_of(both->left, both->right)) root->left = both->right;
	else if (says_type_of(both->right, both->left)) root->left = both->left;
}

static void read_any(struct stix_patterns *p, const struct stix_pattern *pattern, struct stix_terms *out, struct fault *f)
{
	struct pattern_node *root;
	struct pattern_term *terms;
	struct fault wrong = {0};
	size_t n = 0;
	const char *why = "a form that is not matched yet";
	if (parse(p, pattern->text, pattern->version, &root, &wrong) != OK) {
		*f = wrong;
		out->unmatchable = wrong.kind == ERR_LIMIT ? "the pattern is over a limit" : "the pattern's syntax is wrong";
		return;
	}
	drop_implied_type(root);
	if (pattern_terms(p->arena, root, &terms, &n, &why) != OK || n == 0) {
		out->unmatchable = why;
		return;
	}
	struct indicator_term *all = arena_array(p->arena, n, sizeof *all);
	for (size_t i = 0; i < n; i++) all[i] = term_of(&terms[i]);
	struct simple s;
	if (n == 1 && terms[0].op == OPERATOR_EQ && simple_form(pattern->text, &s) && slice_equal(s.path, all[0].path) &&
		slice_equal(s.value, all[0].value))
		remember(p, &s, pattern->version, &all[0])->hash_digits = stix_path_hash_digits(&terms[0].path);
	for (size_t i = 0; i < n; i++) settle(p, &all[i]);
	out->terms = all;
	out->terms_n = n;
}

struct stix_patterns *stix_patterns_new(void)
{
	struct stix_patterns *p = mem_alloc(sizeof *p);
	p->arena = arena_new(0);
	return p;
}

void stix_patterns_free(struct stix_patterns *p)
{
	if (p == NULL) return;
	arena_free(p->arena);
	buf_free(&p->scratch);
	free(p);
}

static const char *type_reason(struct stix_patterns *p, slice type)
{
	arena_reset(p->arena);
	slice text = arena_printf(p->arena, "pattern type %.*s", SLICE_PRINTF(slice_sub(type, 0, 64)));
	memcpy(p->reason, text.p, text.n);
	p->reason[text.n] = 0;
	return p->reason;
}

void stix_patterns_read(struct stix_patterns *p, const struct stix_pattern *pattern, struct stix_terms *out, struct fault *f)
{
	struct simple s;
	*out = (struct stix_terms){0};
	if (pattern->type.n > 0 && !slice_equal_nocase(pattern->type, SLICE("stix"))) {
		out->unmatchable = type_reason(p, pattern->type);
		return;
	}
	arena_reset(p->arena);
	if (simple_form(pattern->text, &s)) {
		const struct known_path *k = known_of(p, s.path);
		if (applies(k, &s, pattern->version)) {
			p->one = (struct indicator_term){.op = TERM_EQUAL,
				.type = k->type,
				.value = s.value,
				.path = s.path,
				.strict = k->strict,
				.by_path = k->strict};
			settle(p, &p->one);
			out->terms = &p->one;
			out->terms_n = 1;
			return;
		}
	}
	read_any(p, pattern, out, f);
}
