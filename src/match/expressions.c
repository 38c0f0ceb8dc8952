/* Expressions (PCRE syntax) and LIKE, seen two ways: the bytes that every match must hold, looked for in raw records; and, where there
 * are none, a Hyperscan prefilter over decoded values. PCRE2 and LIKE decide behind both (literals.c). */
#include "expressions_int.h"

#include <hs/hs.h>
#include <stdlib.h>

#include "shape_int.h"
#include "text.h"

/* ---- mandatory bytes ---- */
struct reading {
	slice text;
	size_t at;
	struct buf run, best;
	unsigned depth;
	bool given_up;
};

static void run_ends(struct reading *r)
{
	if (r->run.n > r->best.n) {
		buf_clear(&r->best);
		buf_add(&r->best, buf_slice(&r->run));
	}
	buf_clear(&r->run);
}

static void literal(struct reading *r, uint8_t c)
{
	if (r->depth > 0) return;
	if (literal_safe_byte(c)) buf_add_byte(&r->run, c);
	else run_ends(r);
}

/* Behind '[': to its ']', which is no end where it stands first. */
static void skip_class(struct reading *r)
{
	run_ends(r);
	size_t first = r->at + (r->at < r->text.n && r->text.p[r->at] == '^');
	for (size_t i = first; i < r->text.n; i++) {
		uint8_t c = r->text.p[i];
		if (c == '\\') i++;
		else if (c == '[' && i + 1 < r->text.n && strchr(":.=", r->text.p[i + 1]) != NULL && r->text.p[i + 1] != 0)
			break; /* POSIX: not read */
		else if (c == ']' && i > first) {
			r->at = i + 1;
			return;
		}
	}
	r->given_up = true;
}

/* Behind '\': a mark is itself; the letters listed stand for a character or a place. */
static void escape(struct reading *r)
{
	uint8_t c = r->at < r->text.n ? r->text.p[r->at++] : 0;
	if (c > ' ' && c < 0x7f && !shape_is_alnum(c)) literal(r, c);
	else if (c != 0 && strchr("dDwWsSbBAzZhHvVtnrfae", c) != NULL) run_ends(r);
	else r->given_up = true;
}

/* '(': what stands in a group may be missing or one of several; options and verbs may change how all is read. */
static void group_opens(struct reading *r)
{
	run_ends(r);
	r->depth++;
	slice behind = slice_sub(r->text, r->at, 3);
	if (behind.n > 0 && behind.p[0] == '*') r->given_up = true;
	if (behind.n > 1 && behind.p[0] == '?' && strchr(":=!<|>P'", behind.p[1]) == NULL) r->given_up = true;
}

/* A quantifier: the character before it may be missing, or (+) stands at least once. */
static void quantifier(struct reading *r, uint8_t c)
{
	if (c != '+' && r->run.n > 0) r->run.n--;
	run_ends(r);
	if (c == '{')
		while (r->at < r->text.n && (shape_is_digit(r->text.p[r->at]) || r->text.p[r->at] == ',' || r->text.p[r->at] == '}'))
			if (r->text.p[r->at++] == '}') break;
	if (r->at < r->text.n && (r->text.p[r->at] == '?' || r->text.p[r->at] == '+')) r->at++;
}

static void read_one(struct reading *r)
{
	uint8_t c = r->text.p[r->at++];
	switch (c) {
	case '\\': escape(r); break;
	case '[': skip_class(r); break;
	case '(': group_opens(r); break;
	case ')':
		r->given_up |= r->depth == 0;
		r->depth -= r->depth > 0;
		break;
	case '|': r->given_up |= r->depth == 0; break;
	case '*':
	case '?':
	case '+':
	case '{': quantifier(r, c); break;
	case '.':
	case '^':
	case '$': run_ends(r); break;
	default: literal(r, c); break;
	}
}

bool expression_fragment(slice expression, struct buf *out)
{
	struct reading r = {.text = expression};
	while (r.at < expression.n && !r.given_up) read_one(&r);
	run_ends(&r);
	bool found = !r.given_up && r.depth == 0 && r.best.n >= EXPRESSION_FRAGMENT_MIN;
	if (found) buf_add(out, buf_slice(&r.best));
	buf_free(&r.run);
	buf_free(&r.best);
	return found;
}

/* ---- the prefilter ---- */
struct expressions {
	hs_database_t *database; /* NULL: nothing in it */
	uint32_t *terms;
	size_t terms_n; /* by Hyperscan's id */
	uint32_t *plain;
	size_t plain_n; /* what Hyperscan refuses: tried on every value */
};
struct expressions_scratch {
	hs_scratch_t *hs;
};

#define EXPRESSION_FLAGS (HS_FLAG_PREFILTER | HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8)

/* Text, NUL-terminated; false when Hyperscan does not take it. */
static bool accepted(const char *text)
{
	hs_expr_info_t *info = NULL;
	hs_compile_error_t *error = NULL;
	bool ok = hs_expression_info(text, EXPRESSION_FLAGS, &info, &error) == HS_SUCCESS;
	free(info);
	hs_free_compile_error(error);
	return ok;
}

static void like_expression(struct buf *out, slice like)
{
	buf_add_text(out, "(?s)\\A");
	for (size_t i = 0; i < like.n; i++) {
		uint8_t c = like.p[i];
		if (c == '%') buf_add_text(out, ".*");
		else if (c == '_') buf_add_byte(out, '.');
		else if (c < 0x80 && !shape_is_alnum(c)) buf_printf(out, "\\x%02x", (unsigned)c);
		else buf_add_byte(out, c);
	}
	buf_add_text(out, "\\z");
}

/* The term as an expression, NUL-terminated, or an empty buffer. */
static void term_expression(const struct watchlist *w, const struct term *t, struct buf *out)
{
	slice value = term_value(w, t);
	if (memchr(value.p, 0, value.n) != NULL || !text_is_utf8(value)) return;
	if (t->op == TERM_MATCHES) buf_add(out, value);
	else if (t->op == TERM_LIKE) like_expression(out, value);
	else return;
	buf_add_byte(out, 0);
}

static void add_term(struct expressions *x, uint32_t term, char **text)
{
	if (*text != NULL && !accepted(*text)) {
		free(*text);
		*text = NULL;
	}
	if (*text != NULL) x->terms[x->terms_n++] = term;
	else x->plain[x->plain_n++] = term;
}

static void compile_all(struct expressions *x, char **texts)
{
	unsigned *ids = mem_alloc((x->terms_n + 1) * sizeof *ids), *flags = mem_alloc((x->terms_n + 1) * sizeof *flags);
	hs_compile_error_t *error = NULL;
	for (unsigned i = 0; i < x->terms_n; i++) {
		ids[i] = i;
		flags[i] = EXPRESSION_FLAGS;
	}
	if (x->terms_n > 0 && hs_compile_multi((const char *const *)texts, flags, ids, (unsigned)x->terms_n, HS_MODE_BLOCK, NULL,
				      &x->database, &error) != HS_SUCCESS) {
		hs_free_compile_error(error); /* together they are too much: one by one, then */
		for (size_t i = 0; i < x->terms_n; i++) x->plain[x->plain_n++] = x->terms[i];
		x->terms_n = 0;
	}
	free(ids);
	free(flags);
}

struct expressions *expressions_new(const struct watchlist *w)
{
	struct expressions *x = mem_alloc(sizeof *x);
	char **texts = mem_alloc((w->slow_n + 1) * sizeof *texts);
	x->terms = mem_alloc((w->slow_n + 1) * sizeof *x->terms);
	x->plain = mem_alloc((w->slow_n + 1) * sizeof *x->plain);
	for (size_t i = 0; i < w->slow_n; i++) {
		const struct term *t = &w->terms[w->slow[i]];
		struct buf text = {0};
		if ((t->flags & TERM_ALWAYS) == 0) continue;
		term_expression(w, t, &text);
		char *kept = (char *)text.p; /* owned by `texts` now */
		add_term(x, w->slow[i], &kept);
		if (kept != NULL) texts[x->terms_n - 1] = kept;
	}
	compile_all(x, texts);
	for (size_t i = 0; texts[i] != NULL; i++) free(texts[i]);
	free(texts);
	return x;
}

void expressions_free(struct expressions *x)
{
	if (x == NULL) return;
	hs_free_database(x->database);
	free(x->terms);
	free(x->plain);
	free(x);
}

struct expressions_scratch *expressions_scratch_new(const struct expressions *x)
{
	struct expressions_scratch *s = mem_alloc(sizeof *s);
	if (x->database != NULL && hs_alloc_scratch(x->database, &s->hs) != HS_SUCCESS) abort();
	return s;
}

void expressions_scratch_free(struct expressions_scratch *s)
{
	if (s == NULL) return;
	hs_free_scratch(s->hs);
	free(s);
}

struct forward {
	const uint32_t *terms;
	literals_found *found;
	void *context;
};

static int forward_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct forward *f = context;
	(void)from;
	(void)flags;
	f->found(f->context, f->terms[id], (size_t)to);
	return 0;
}

void expressions_scan(const struct expressions *x, struct expressions_scratch *s, slice value, literals_found *found, void *context)
{
	for (size_t i = 0; i < x->plain_n; i++) found(context, x->plain[i], 0);
	if (x->database == NULL) return;
	struct forward f = {x->terms, found, context};
	if (text_is_utf8(value) && value.n <= UINT32_MAX &&
		hs_scan(x->database, (const char *)value.p, (unsigned)value.n, 0, s->hs, forward_match, &f) == HS_SUCCESS)
		return;
	for (size_t i = 0; i < x->terms_n; i++) found(context, x->terms[i], 0); /* Hyperscan wants UTF-8 */
}
