/* Literals and expressions: Hyperscan finds the terms' fragments in raw bytes, PCRE2 (with limits) and LIKE decide on decoded values. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "expressions_int.h"
#include "limit.h"
#include "registry_int.h"
#include "shape_int.h"
#include "text.h"

#define FRAGMENT_BYTES_MAX 32u /* Hyperscan 5.4.0 compiles longer literals, and then its scan fails */

struct literals {
	const struct watchlist *w;
	hs_database_t *database;
	pcre2_code **codes;         /* by position in w->slow; NULL unless MATCHES */
	struct expressions *always; /* NULL: every slow term has a fragment */
	bool holds[256];            /* bytes that stand in some fragment, letters in lower case */
	bool shapes;                /* a URL without anchor and fragment is among them */
};
struct literals_scratch {
	hs_scratch_t *hs;
	struct expressions_scratch *always;
	pcre2_match_data *match;
	pcre2_match_context *context;
};

/* A byte that stands in a raw record whenever it stands in the decoded value: JSON escapes none of these, and NFC makes none of them from
 * another character (as it does K, ';' and '`'). */
bool literal_safe_byte(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && strchr("\"\\/Kk;`", c) == NULL;
}

/* The part of the value that stands in every record that it meets: of a URL its host, as the rest can be written in other ways; of a
 * registry key what is behind its hive, which has many names. */
static slice firm_part(enum observable type, enum term_op op, slice value)
{
	bool equal = op == TERM_EQUAL, key = type == OBSERVABLE_REGISTRY_KEY;
	if (equal && type == OBSERVABLE_URL) {
		(void)url_cut_scheme(&value);
		return slice_sub(value, 0, slice_find_byte(value, '/'));
	}
	if (equal) return key ? registry_firm(value) : value;
	return key ? slice_sub(value, slice_find_byte(value, '\\'), value.n) : value;
}

/* Words that an expression on such a type may have from us and not from the record: a scheme, a name of the control set. */
static bool is_ours(enum observable type, enum term_op op, slice word)
{
	static const slice ours[OBSERVABLE_COUNT] = {
		[OBSERVABLE_URL] = SLICE("https"), [OBSERVABLE_REGISTRY_KEY] = SLICE("CurrentControlSet")};
	for (size_t i = 0; op != TERM_EQUAL && i + word.n <= ours[type].n; i++)
		if (slice_equal_nocase(slice_sub(ours[type], i, word.n), word)) return true;
	return false;
}

static bool fragment_byte(enum observable type, enum term_op op, uint8_t c)
{
	if (op == TERM_LIKE && (c == '%' || c == '_')) return false;
	return literal_safe_byte(c) && (type != OBSERVABLE_URL || c != ':'); /* a port may stand in another field */
}

/* Longest part of a term's value that stands as it is in every record that the term meets; false when shorter than 2. */
static bool literal_fragment(enum observable type, enum term_op op, slice value, struct buf *out)
{
	slice best = {0}, firm = firm_part(type, op, value);
	for (size_t i = 0; i < firm.n;) {
		size_t k = i;
		while (k < firm.n && fragment_byte(type, op, firm.p[k])) k++;
		slice word = slice_sub(firm, i, k - i);
		if (word.n > best.n && !is_ours(type, op, word)) best = word;
		i = k + 1;
	}
	if (best.n < 2) return false;
	buf_add(out, best);
	return true;
}

bool literal_announced(enum observable type, enum term_op op, slice value, struct buf *fragment)
{
	bool readings = type == OBSERVABLE_URL || type == OBSERVABLE_REGISTRY_KEY; /* parts of them may be ours */
	bool found = op == TERM_MATCHES ? !readings && expression_fragment(value, fragment) : literal_fragment(type, op, value, fragment);
	if (fragment->n > FRAGMENT_BYTES_MAX) fragment->n = FRAGMENT_BYTES_MAX;
	return found;
}

static pcre2_code *compile(slice expression, struct fault *f)
{
	int error = 0;
	PCRE2_SIZE at = 0;
	PCRE2_UCHAR text[FAULT_TEXT_BYTES] = {0};
	if (expression.n > EXPRESSION_BYTES_MAX) {
		(void)fault_set(f, ERR_LIMIT, 0, 0, "the expression is longer than EXPRESSION_BYTES_MAX, %u bytes", EXPRESSION_BYTES_MAX);
		return NULL;
	}
	pcre2_code *code =
		pcre2_compile(expression.p, expression.n, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
	if (code != NULL || f == NULL) return code;
	(void)pcre2_get_error_message(error, text, sizeof text);
	(void)fault_set(f, ERR_SYNTAX, 0, at, "the expression does not compile: %s, at byte %zu", (const char *)text, (size_t)at);
	return NULL;
}

bool literals_expression_ok(slice expression, struct fault *f)
{
	pcre2_code *code = compile(expression, f);
	pcre2_code_free(code);
	return code != NULL;
}

static uint8_t lower(uint8_t c)
{
	return shape_is_letter(c) ? c | 0x20 : c;
}

static enum err compile_fragments(struct literals *l, struct fault *f)
{
	const struct watchlist *w = l->w;
	const char **texts = mem_alloc(w->slow_n * sizeof *texts);
	struct arena *fragments = arena_new(0);
	struct buf fragment = {0};
	unsigned *flags = mem_alloc(w->slow_n * sizeof *flags), *ids = mem_alloc(w->slow_n * sizeof *ids);
	size_t *lengths = mem_alloc(w->slow_n * sizeof *lengths), n = 0;
	for (size_t i = 0; i < w->slow_n; i++) {
		const struct term *t = &w->terms[w->slow[i]];
		if ((t->flags & TERM_ALWAYS) != 0) continue;
		buf_clear(&fragment);
		(void)literal_announced((enum observable)t->type, (enum term_op)t->op, term_value(w, t), &fragment);
		if (fragment.n == 0) continue; /* only in a set that we did not build: Hyperscan cannot bear it */
		texts[n] = (const char *)arena_copy(fragments, buf_slice(&fragment)).p;
		lengths[n] = fragment.n;
		for (size_t k = 0; k < fragment.n; k++) l->holds[lower(fragment.p[k])] = true;
		ids[n] = w->slow[i];
		flags[n++] = HS_FLAG_CASELESS;
	}
	hs_compile_error_t *error = NULL;
	enum err e = OK;
	if (n > 0 &&
		hs_compile_lit_multi(texts, flags, ids, lengths, (unsigned)n, HS_MODE_BLOCK, NULL, &l->database, &error) != HS_SUCCESS) {
		e = fault_set(f, ERR_UNSUPPORTED, 0, 0, "watchlist: literals: %s", error != NULL ? error->message : "not compiled");
		hs_free_compile_error(error);
	}
	arena_free(fragments);
	buf_free(&fragment);
	free(texts);
	free(flags);
	free(ids);
	free(lengths);
	return e;
}

enum err literals_new(const struct watchlist *w, struct literals **out, struct fault *f)
{
	struct literals *l = mem_alloc(sizeof *l);
	l->w = w;
	l->codes = mem_alloc((w->slow_n + 1) * sizeof *l->codes);
	bool always = false;
	for (size_t i = 0; i < w->slow_n; i++) {
		const struct term *t = &w->terms[w->slow[i]];
		bool unannounced = (t->flags & TERM_ALWAYS) != 0;
		always |= unannounced;
		l->shapes |= unannounced && t->op == TERM_EQUAL && t->type == OBSERVABLE_URL;
		if (t->op != TERM_MATCHES) continue;
		l->codes[i] = compile(term_value(w, t), NULL);
		if (l->codes[i] != NULL) pcre2_jit_compile(l->codes[i], PCRE2_JIT_COMPLETE);
	}
	if (always) l->always = expressions_new(w);
	enum err e = compile_fragments(l, f);
	if (e != OK) {
		literals_free(l);
		return e;
	}
	*out = l;
	return OK;
}

void literals_free(struct literals *l)
{
	if (l == NULL) return;
	for (size_t i = 0; i < l->w->slow_n; i++) pcre2_code_free(l->codes[i]);
	hs_free_database(l->database);
	expressions_free(l->always);
	free(l->codes);
	free(l);
}

struct literals_scratch *literals_scratch_new(const struct literals *l)
{
	struct literals_scratch *s = mem_alloc(sizeof *s);
	if (l->database != NULL && hs_alloc_scratch(l->database, &s->hs) != HS_SUCCESS) abort();
	if (l->always != NULL) s->always = expressions_scratch_new(l->always);
	s->match = pcre2_match_data_create(1, NULL);
	s->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(s->context, MATCH_STEPS_MAX);
	return s;
}

void literals_scratch_free(struct literals_scratch *s)
{
	if (s == NULL) return;
	hs_free_scratch(s->hs);
	expressions_scratch_free(s->always);
	pcre2_match_data_free(s->match);
	pcre2_match_context_free(s->context);
	free(s);
}

struct forward {
	literals_found *found;
	void *context;
};

static int forward_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct forward *f = context;
	(void)from;
	(void)flags;
	f->found(f->context, id, (size_t)to);
	return 0;
}

bool literals_scan(const struct literals *l, struct literals_scratch *s, slice bytes, literals_found *found, void *context)
{
	struct forward f = {found, context};
	return l->database == NULL || bytes.n == 0 ||
	       hs_scan(l->database, (const char *)bytes.p, (unsigned)bytes.n, 0, s->hs, forward_match, &f) == HS_SUCCESS;
}

bool literals_blanks(const struct literals *l)
{
	return l->holds[' '];
}

bool literals_hold(const struct literals *l, uint8_t c)
{
	return l->holds[lower(c)];
}

bool literals_always(const struct literals *l)
{
	return l->always != NULL;
}

bool literals_shapes(const struct literals *l)
{
	return l->shapes;
}

void literals_values(const struct literals *l, struct literals_scratch *s, slice value, literals_found *found, void *context)
{
	if (l->always != NULL) expressions_scan(l->always, s->always, value, found, context);
}

static size_t character(slice s, size_t i)
{
	uint32_t code;
	unsigned n = text_utf8_next(slice_sub(s, i, 4), &code);
	return n == 0 ? 1 : n;
}

/* % any text, _ one character; greedy with one point of return, so linear in practice and never exponential */
static bool like(slice pattern, slice value)
{
	size_t p = 0, v = 0, star = SIZE_MAX, resume = 0;
	while (v < value.n) {
		if (p < pattern.n && pattern.p[p] == '%') {
			star = p++;
			resume = v;
		} else if (p < pattern.n && pattern.p[p] == '_') {
			p++;
			v += character(value, v);
		} else if (p < pattern.n && pattern.p[p] == value.p[v]) {
			p++;
			v++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			resume += character(value, resume);
			v = resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '%') p++;
	return p == pattern.n;
}

/* An expression that needs more stack than PCRE2's compiled code has runs interpreted. */
static int run(const pcre2_code *code, slice value, struct literals_scratch *s)
{
	int found = pcre2_match(code, value.p, value.n, 0, 0, s->match, s->context);
	return found == PCRE2_ERROR_JIT_STACKLIMIT ? pcre2_match(code, value.p, value.n, 0, PCRE2_NO_JIT, s->match, s->context) : found;
}

enum literals_answer literals_test(const struct literals *l, struct literals_scratch *s, uint32_t term, slice value, size_t *at, size_t *n)
{
	const struct term *t = &l->w->terms[term];
	*at = 0;
	*n = value.n;
	if (t->op == TERM_LIKE) return like(term_value(l->w, t), value) ? LITERALS_YES : LITERALS_NO;
	size_t low = 0, high = l->w->slow_n; /* w->slow is sorted */
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (l->w->slow[middle] < term) low = middle + 1;
		else high = middle;
	}
	const pcre2_code *code = low < l->w->slow_n && l->w->slow[low] == term ? l->codes[low] : NULL;
	int found = code != NULL ? run(code, value, s) : PCRE2_ERROR_NOMATCH;
	if (found < 0) return found == PCRE2_ERROR_NOMATCH ? LITERALS_NO : LITERALS_UNKNOWN;
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(s->match);
	if (ends[1] > ends[0] && ends[1] <= value.n) {
		*at = ends[0];
		*n = ends[1] - ends[0];
	}
	return LITERALS_YES;
}
