/* The naive reference: every indicator against every field of every record, with plain comparisons.
 * Terms become goals (what is looked for, in normal form); a record becomes views (a piece of decoded text with its shapes).
 * Readings beyond decision 0003 that are chosen here:
 *  - Fields of free text (command lines, user agents, other text, URL paths) are searched by shape, untyped.
 *  - What stands in a typed URL is free text too, e-mail addresses apart; typed is what stands behind "//" or '@'.
 *  - A record's format is unknown when none of its fields has a type or a STIX path.
 *  - A strict equality on an address or a name is sought in the field of that path only, there by shape (brackets, ports). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "reference.h"
#include <pcre2.h>
#include "address.h"
#include "reference_int.h"
#include "text.h"

enum goal_kind {
	GOAL_NONE,
	GOAL_V4,
	GOAL_V6,
	GOAL_RANGE,
	GOAL_NAME,
	GOAL_HASH,
	GOAL_MAIL,
	GOAL_URL,
	GOAL_FILE,
	GOAL_TEXT,
	GOAL_LIKE,
	GOAL_MATCHES
};
struct goal {
	enum goal_kind kind;
	size_t indicator;
	const struct indicator_term *term;
	enum observable type; /* NONE: told by shape */
	slice normal;
	slice scheme; /* of a URL */
	struct cidr range;
	bool key; /* a registry key that says its hive */
	pcre2_code *code;
};
struct view {
	const struct field *field;
	size_t place; /* order of fields */
	slice text;
	struct shapes shapes;
};
struct best {
	bool any, typed;
	enum match_kind kind;
	size_t detail, place, at;
	slice seen;
};
struct run {
	struct arena *a;
	const struct reference_settings *s;
	const struct record_fields *fields;
	struct view *views;
	size_t views_n;
	slice whole[2];
	size_t whole_n; /* the decoded record */
	struct best *best;
};

/* ---- goals ---- */

/* Reading 16: plain text that is nothing else may be a file's name. */
static bool may_name_file(const struct goal *g)
{
	return g->type == OBSERVABLE_NONE && (g->kind == GOAL_NAME || (g->kind == GOAL_TEXT && !g->key));
}

/* Reading 14. */
static bool looks_like_file(slice v)
{
	size_t tail = 0;
	bool blank = false, slash = false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\\') return true;
		if (v.p[i] == '/') slash = true;
		if (v.p[i] == ' ' || v.p[i] == '\t') blank = true;
	}
	if (v.n > 0 && v.p[0] == '/') return true;
	if (blank) return false;
	while (tail < v.n && v.p[v.n - 1 - tail] < 128 &&
		(reference_is_digit(v.p[v.n - 1 - tail]) || reference_letter_at(v, v.n - 1 - tail)))
		tail++;
	return slash || (tail >= 1 && tail <= 10 && tail < v.n && v.p[v.n - 1 - tail] == '.');
}

static bool goal_address(struct arena *a, slice v, struct goal *g)
{
	char text[ADDRESS_TEXT_BYTES];
	uint32_t v4;
	ipv6 v6;
	slice inner = v.n > 2 && v.p[0] == '[' && v.p[v.n - 1] == ']' ? slice_sub(v, 1, v.n - 2) : v, zone = inner,
	      bare = slice_cut(&zone, '%');
	if (ipv6_parse(bare, &v6) && (zone.n > 0 || bare.n == inner.n)) v = bare;
	if (ipv4_parse(v, &v4) || (ipv6_parse(v, &v6) && ipv6_is_mapped(&v6, &v4))) {
		g->kind = GOAL_V4;
		g->normal = arena_copy(a, slice_from(ipv4_format(v4, text)));
		return true;
	}
	if (ipv6_parse(v, &v6)) {
		g->kind = GOAL_V6;
		g->normal = arena_copy(a, slice_from(ipv6_format(&v6, text)));
		return true;
	}
	if (!cidr_parse(v, &g->range)) return false;
	if (g->range.bits == (g->range.v6 ? 128 : 32)) { /* reading 21: one address */
		g->kind = g->range.v6 ? GOAL_V6 : GOAL_V4;
		g->normal =
			arena_copy(a, slice_from(g->range.v6 ? ipv6_format(&g->range.v6_address, text) : ipv4_format(g->range.v4, text)));
		return true;
	}
	g->kind = GOAL_RANGE;
	g->normal = v;
	return true;
}

static bool goal_hash(struct arena *a, slice v, struct goal *g)
{
	static const size_t length_of[OBSERVABLE_COUNT] = {[OBSERVABLE_MD5] = 32,
		[OBSERVABLE_SHA1] = 40,
		[OBSERVABLE_SHA224] = 56,
		[OBSERVABLE_SHA256] = 64,
		[OBSERVABLE_SHA384] = 96,
		[OBSERVABLE_SHA512] = 128};
	if (!reference_whole_hash(a, v, &g->normal) || (length_of[g->type] != 0 && length_of[g->type] != g->normal.n)) return false;
	g->kind = GOAL_HASH;
	return true;
}

static bool goal_mail(struct arena *a, slice v, struct goal *g)
{
	if (!reference_whole_mail(a, v, &g->normal)) return false;
	g->kind = GOAL_MAIL;
	return true;
}

static bool goal_url(struct arena *a, slice v, struct goal *g)
{
	struct shape url;
	if (!reference_whole_url(a, v, &url)) return false;
	g->kind = GOAL_URL;
	g->normal = url.normal;
	g->scheme = url.scheme;
	return true;
}

static bool goal_name(struct arena *a, slice v, struct goal *g)
{
	if (!reference_whole_name(a, v, &g->normal)) return false;
	g->kind = GOAL_NAME;
	return true;
}

static bool goal_file(struct arena *a, slice v, struct goal *g)
{
	(void)a;
	g->kind = GOAL_FILE;
	g->normal = v;
	return v.n > 0;
}

static bool goal_text(struct arena *a, slice v, struct goal *g)
{
	g->kind = GOAL_TEXT;
	g->normal = text_nfc(a, v);
	return v.n > 0;
}

/* ---- registry keys, reading 9 ---- */

static bool goal_key(struct arena *a, slice v, struct goal *g)
{
	struct key_name names[KEY_NAMES_MAX];
	slice t = text_nfc(a, v);
	if (!goal_text(a, v, g)) return false;
	g->key = reference_key_names(a, reference_without_last(t), names) > 0;
	if (g->key) g->normal = reference_key_full(a, &names[0]);
	return true;
}

static bool goal_told(struct arena *a, slice v, struct goal *g)
{
	if (goal_address(a, v, g) || goal_hash(a, v, g) || goal_mail(a, v, g) || goal_url(a, v, g) || goal_name(a, v, g)) return true;
	if (reference_has_hive(v)) return goal_key(a, v, g);
	return looks_like_file(v) ? goal_file(a, v, g) : goal_text(a, v, g);
}

typedef bool goal_maker(struct arena *a, slice v, struct goal *g);
static goal_maker *const makers[OBSERVABLE_COUNT] = {
	[OBSERVABLE_NONE] = goal_told,
	[OBSERVABLE_IPV4] = goal_address,
	[OBSERVABLE_IPV6] = goal_address,
	[OBSERVABLE_ADDRESS] = goal_address,
	[OBSERVABLE_DOMAIN] = goal_name,
	[OBSERVABLE_URL] = goal_url,
	[OBSERVABLE_EMAIL] = goal_mail,
	[OBSERVABLE_FILE_NAME] = goal_file,
	[OBSERVABLE_MD5] = goal_hash,
	[OBSERVABLE_SHA1] = goal_hash,
	[OBSERVABLE_SHA224] = goal_hash,
	[OBSERVABLE_SHA256] = goal_hash,
	[OBSERVABLE_SHA384] = goal_hash,
	[OBSERVABLE_SHA512] = goal_hash,
	[OBSERVABLE_HASH_OTHER] = goal_hash,
	[OBSERVABLE_REGISTRY_KEY] = goal_key,
	[OBSERVABLE_MUTEX] = goal_text,
	[OBSERVABLE_USER_AGENT] = goal_text,
	[OBSERVABLE_COMMAND_LINE] = goal_text,
	[OBSERVABLE_SERIAL] = goal_text,
	[OBSERVABLE_OTHER] = goal_text,
	[OBSERVABLE_HOST] = goal_told,
};

static pcre2_code *compile(struct arena *a, slice expression)
{
	int error;
	PCRE2_SIZE where;
	slice e = text_nfc(a, expression);
	return pcre2_compile(e.p, e.n, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &where, NULL);
}

static struct goal goal_make(struct arena *a, const struct indicator_term *t)
{
	struct goal g = {.term = t, .type = t->type};
	if (t->op == TERM_MATCHES) {
		g.code = compile(a, t->value);
		g.kind = g.code != NULL ? GOAL_MATCHES : GOAL_NONE;
	} else if (t->op == TERM_LIKE) {
		g.kind = GOAL_LIKE;
		g.normal = text_nfc(a, t->value);
	} else if (t->type == OBSERVABLE_ADDRESS && t->strict && !goal_address(a, t->value, &g)) {
		if (!goal_name(a, t->value, &g)) g.kind = GOAL_NONE;
	} else if (makers[t->type] == NULL || !makers[t->type](a, t->value, &g)) {
		g.kind = GOAL_NONE;
	}
	return g;
}

bool reference_matchable(struct arena *a, const struct indicator *i)
{
	bool all = i->terms_n > 0;
	for (size_t k = 0; k < i->terms_n; k++) {
		struct goal g = goal_make(a, &i->terms[k]);
		pcre2_code_free(g.code);
		all = all && g.kind != GOAL_NONE;
	}
	return all;
}

/* ---- what a type allows ---- */

#define V4 (1u << SHAPE_V4)
#define V6 (1u << SHAPE_V6)
#define NAME (1u << SHAPE_NAME)
#define HASH (1u << SHAPE_HASH)
#define MAIL (1u << SHAPE_MAIL)
#define URL (1u << SHAPE_URL)
#define ALL (V4 | V6 | NAME | HASH | MAIL | URL)
static const struct {
	unsigned shapes;
	bool typed;
} allows[OBSERVABLE_COUNT] = {
	[OBSERVABLE_NONE] = {ALL, false},
	[OBSERVABLE_USER_AGENT] = {ALL, false},
	[OBSERVABLE_COMMAND_LINE] = {ALL, false},
	[OBSERVABLE_OTHER] = {ALL, false},
	[OBSERVABLE_URL_PATH] = {ALL, false},
	[OBSERVABLE_URL] = {V4 | V6 | NAME | HASH | URL, true},
	[OBSERVABLE_IPV4] = {V4 | V6, true},
	[OBSERVABLE_IPV6] = {V4 | V6, true},
	[OBSERVABLE_ADDRESS] = {V4 | V6, true},
	[OBSERVABLE_DOMAIN] = {NAME, true},
	[OBSERVABLE_HOST] = {V4 | V6 | NAME | URL, true},
	[OBSERVABLE_EMAIL] = {MAIL | NAME, true},
	[OBSERVABLE_MD5] = {HASH, true},
	[OBSERVABLE_SHA1] = {HASH, true},
	[OBSERVABLE_SHA224] = {HASH, true},
	[OBSERVABLE_SHA256] = {HASH, true},
	[OBSERVABLE_SHA384] = {HASH, true},
	[OBSERVABLE_SHA512] = {HASH, true},
	[OBSERVABLE_HASH_OTHER] = {HASH, true},
};
static const uint32_t like_allows[OBSERVABLE_COUNT] = {
	[OBSERVABLE_IPV4] = 1u << OBSERVABLE_IPV4 | 1u << OBSERVABLE_ADDRESS | 1u << OBSERVABLE_HOST,
	[OBSERVABLE_IPV6] = 1u << OBSERVABLE_IPV6 | 1u << OBSERVABLE_ADDRESS | 1u << OBSERVABLE_HOST,
	[OBSERVABLE_DOMAIN] = 1u << OBSERVABLE_DOMAIN | 1u << OBSERVABLE_HOST,
	[OBSERVABLE_URL] = 1u << OBSERVABLE_URL,
	[OBSERVABLE_EMAIL] = 1u << OBSERVABLE_EMAIL,
	[OBSERVABLE_FILE_NAME] = 1u << OBSERVABLE_FILE_NAME,
	[OBSERVABLE_MD5] = 1u << OBSERVABLE_MD5,
	[OBSERVABLE_SHA1] = 1u << OBSERVABLE_SHA1,
	[OBSERVABLE_SHA224] = 1u << OBSERVABLE_SHA224,
	[OBSERVABLE_SHA256] = 1u << OBSERVABLE_SHA256,
	[OBSERVABLE_SHA384] = 1u << OBSERVABLE_SHA384,
	[OBSERVABLE_SHA512] = 1u << OBSERVABLE_SHA512,
	[OBSERVABLE_HASH_OTHER] = 1u << OBSERVABLE_HASH_OTHER,
	[OBSERVABLE_REGISTRY_KEY] = 1u << OBSERVABLE_REGISTRY_KEY,
	[OBSERVABLE_MUTEX] = 1u << OBSERVABLE_MUTEX,
	[OBSERVABLE_USER_AGENT] = 1u << OBSERVABLE_USER_AGENT,
	[OBSERVABLE_COMMAND_LINE] = 1u << OBSERVABLE_COMMAND_LINE,
	[OBSERVABLE_SERIAL] = 1u << OBSERVABLE_SERIAL,
};

/* Binary_ref is STIX 2.0's name of image_ref. */
static bool same_path(const struct goal *g, const struct field *f)
{
	slice path = g->term->path, have = slice_from(f->stix_path);
	if (f->stix_path == NULL || path.n == 0) return false;
	size_t at = slice_starts(path, SLICE("process:")) ? slice_find(path, SLICE("binary_ref")) : path.n;
	if (at == path.n) return slice_equal(path, have);
	slice rest = slice_sub(path, at + 10, path.n);
	return have.n == at + 9 + rest.n && slice_starts(have, slice_sub(path, 0, at)) &&
	       slice_equal(slice_sub(have, at, 9), SLICE("image_ref")) && slice_ends(have, rest);
}

/* Only fields of that path count. */
static bool by_path(const struct goal *g)
{
	return g->term->by_path || (g->term->strict && g->term->op == TERM_EQUAL);
}

static bool compatible(const struct goal *g, const struct field *f)
{
	if (f->is_key || same_path(g, f) || by_path(g)) return !f->is_key && same_path(g, f);
	return (g->key && f->type == OBSERVABLE_REGISTRY_KEY) || (like_allows[g->type] >> f->type & 1) != 0;
}
/* "others" of MATCHING.md: text that has no shape */
static bool is_other(const struct goal *g)
{
	return g->kind == GOAL_TEXT || g->type >= OBSERVABLE_REGISTRY_KEY || g->type == OBSERVABLE_NONE;
}

/* Whether this shape of this view counts, and typed or not. */
static bool shape_counts(const struct view *v, const struct shape *s, bool *typed)
{
	enum observable type = v->field->is_key ? OBSERVABLE_NONE : v->field->type;
	if ((allows[type].shapes >> s->kind & 1) == 0) return false;
	*typed = allows[type].typed;
	if (s->cut && *typed) return false;
	if (type == OBSERVABLE_HOST && s->kind == SHAPE_URL) *typed = false;
	if (type != OBSERVABLE_URL || s->kind == SHAPE_URL) return true;
	size_t i = s->at; /* the host stands right behind "//" or '@' */
	*typed = i > 0 && (v->text.p[i - 1] == '@' || (i > 2 && v->text.p[i - 1] == '/' && v->text.p[i - 2] == '/'));
	if (s->kind == SHAPE_HASH) *typed = false;
	return true;
}

/* ---- candidates ---- */

/* Strongest kind, then detail (bigger is stronger), then leftmost. */
static void offer(struct run *r, struct best c)
{
	struct best *b = r->best;
	if (r->s->exact_only && c.kind != MATCH_EXACT) return;
	c.any = true;
	bool better = !b->any || c.kind < b->kind;
	if (b->any && c.kind == b->kind) {
		better = c.detail > b->detail;
		if (c.detail == b->detail) better = c.place < b->place || (c.place == b->place && c.at < b->at);
	}
	if (better) *b = c;
}

static bool below(slice name, slice domain)
{
	return name.n > domain.n && name.p[name.n - domain.n - 1] == '.' && slice_ends(name, domain);
}

static bool in_range(const struct cidr *c, const struct shape *s)
{
	uint32_t v4;
	ipv6 v6;
	if (s->kind == SHAPE_V4) return ipv4_parse(s->normal, &v4) && cidr_has_v4(c, v4);
	return s->kind == SHAPE_V6 && ipv6_parse(s->normal, &v6) && cidr_has_v6(c, &v6);
}

static bool hash_fits(const struct goal *g, const struct view *v, bool typed)
{
	return !typed || g->type == OBSERVABLE_NONE || g->type == v->field->type;
}

static bool url_prefix(slice url, slice prefix)
{
	if (url.n <= prefix.n || !slice_starts(url, prefix)) return false;
	uint8_t last = prefix.p[prefix.n - 1], next = url.p[prefix.n];
	return next == '/' || next == '?' || last == '/' || last == '?';
}

/* Exact, or a prefix where that is asked for, when both have this scheme. */
static bool url_meets_under(const struct run *r, const struct goal *g, const struct shape *s, slice scheme, enum match_kind *kind)
{
	slice want = reference_url_under(r->a, scheme, g->normal), have = reference_url_under(r->a, scheme, s->normal);
	*kind = slice_equal(want, have) ? MATCH_EXACT : MATCH_PREFIX;
	return *kind == MATCH_EXACT || (r->s->url_prefix && url_prefix(have, want));
}

/* Reading 7: under the scheme that one of the two states; where neither does, under any. */
static bool url_meets(const struct run *r, const struct goal *g, const struct shape *s, enum match_kind *kind)
{
	slice scheme = g->scheme.n > 0 ? g->scheme : s->scheme;
	if (g->scheme.n > 0 && s->scheme.n > 0 && !slice_equal(g->scheme, s->scheme)) return false;
	if (scheme.n > 0) return url_meets_under(r, g, s, scheme, kind);
	bool met = url_meets_under(r, g, s, scheme, kind);
	for (size_t i = 0; (!met || *kind != MATCH_EXACT) && reference_url_scheme(i, &scheme); i++) {
		enum match_kind k;
		if (!url_meets_under(r, g, s, scheme, &k)) continue;
		*kind = met && *kind < k ? *kind : k;
		met = true;
	}
	return met;
}

/* The kind in which the goal meets the shape; false: not. */
static bool goal_meets(const struct run *r, const struct goal *g, const struct shape *s, enum match_kind *kind)
{
	static const int wanted[] = {[GOAL_V4] = SHAPE_V4,
		[GOAL_V6] = SHAPE_V6,
		[GOAL_NAME] = SHAPE_NAME,
		[GOAL_HASH] = SHAPE_HASH,
		[GOAL_MAIL] = SHAPE_MAIL,
		[GOAL_URL] = SHAPE_URL};
	*kind = MATCH_EXACT;
	if (g->kind == GOAL_RANGE) {
		*kind = MATCH_RANGE;
		return in_range(&g->range, s);
	}
	if (wanted[g->kind] != (int)s->kind) return false;
	if (g->kind == GOAL_URL) return url_meets(r, g, s, kind);
	if (slice_equal(g->normal, s->normal)) return true;
	*kind = MATCH_SUBDOMAIN;
	return g->kind == GOAL_NAME && below(s->normal, g->normal);
}

static size_t detail_of(const struct goal *g, enum match_kind kind)
{
	return kind == MATCH_SUBDOMAIN ? g->normal.n : kind == MATCH_RANGE ? (size_t)g->range.bits : 0;
}

static void try_shapes(struct run *r, const struct goal *g)
{
	if (g->kind < GOAL_V4 || g->kind > GOAL_URL) return;
	for (size_t v = 0; v < r->views_n; v++) {
		const struct view *view = &r->views[v];
		for (size_t i = 0; i < view->shapes.n; i++) {
			const struct shape *s = &view->shapes.at[i];
			enum match_kind kind;
			bool typed;
			if (!shape_counts(view, s, &typed) || !goal_meets(r, g, s, &kind)) continue;
			if (g->term->strict &&
				((kind != MATCH_EXACT && kind != MATCH_RANGE) || view->field->is_key || !same_path(g, view->field)))
				continue;
			if (g->kind == GOAL_HASH && !hash_fits(g, view, typed)) continue;
			offer(r, (struct best){.kind = kind,
					 .typed = typed,
					 .detail = detail_of(g, kind),
					 .place = view->place,
					 .at = s->at,
					 .seen = s->seen});
		}
	}
}

/* '%' any run, '_' one character */
static bool like(slice pattern, slice t)
{
	size_t p = 0, i = 0, back_p = SIZE_MAX, back_i = 0;
	uint32_t code;
	while (i < t.n) {
		unsigned one = text_utf8_next(slice_sub(t, i, t.n), &code);
		if (one == 0) one = 1;
		if (p < pattern.n && pattern.p[p] == '%') {
			back_p = ++p;
			back_i = i;
		} else if (p < pattern.n && pattern.p[p] == '_') {
			p++;
			i += one;
		} else if (p < pattern.n && pattern.p[p] == t.p[i]) {
			p++;
			i++;
		} else if (back_p != SIZE_MAX) {
			p = back_p;
			i = ++back_i;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '%') p++;
	return p == pattern.n;
}

static bool expression_found(const struct goal *g, slice t)
{
	if (g->kind == GOAL_LIKE) return like(g->normal, t);
	pcre2_match_data *m = pcre2_match_data_create_from_pattern(g->code, NULL);
	int found = pcre2_match(g->code, t.p != NULL ? t.p : (PCRE2_SPTR) "", t.n, 0, 0, m, NULL);
	pcre2_match_data_free(m);
	return found >= 0;
}

static size_t joined_place(const struct record_fields *f)
{
	size_t place = 0;
	for (size_t i = 0; i < f->fields_n && f->url_field != NULL; i++)
		if (slice_equal(f->fields[i].name, slice_from(f->url_field))) place = i;
	return place;
}

/* Reading 10: host as written and in lower case, and path; with each scheme when none is told. */
static void try_joined_pattern(struct run *r, const struct goal *g, slice host)
{
	static const slice starts[] = {SLICE(""), SLICE("http://"), SLICE("https://")};
	const struct record_fields *f = r->fields;
	slice hosts[] = {host, reference_lower(r->a, host)};
	for (size_t h = 0; h < 2; h++)
		for (size_t i = 0; i < 3; i++) {
			slice start = f->url_scheme.n > 0 ? arena_join(r->a, f->url_scheme, SLICE("://")) : starts[i];
			slice text = arena_join(r->a, arena_join(r->a, start, hosts[h]), f->url_path);
			if (expression_found(g, text_nfc(r->a, text)))
				offer(r, (struct best){.kind = MATCH_PATTERN, .typed = true, .place = joined_place(f), .seen = text});
		}
}

static void try_joined_host(struct run *r, const struct goal *g, slice host)
{
	const struct record_fields *f = r->fields;
	struct shape url;
	enum match_kind kind;
	if (g->kind != GOAL_URL) {
		try_joined_pattern(r, g, host);
		return;
	}
	if (!reference_joined_url(r->a, f->url_scheme, host, f->url_path, &url) || !goal_meets(r, g, &url, &kind)) return;
	offer(r, (struct best){.kind = kind, .typed = true, .place = joined_place(f), .seen = url.seen});
}

/* A port 80 or 443 that the format gives beside the host may be the scheme's or not. */
static void try_joined_url(struct run *r, const struct goal *g)
{
	const struct record_fields *f = r->fields;
	bool pattern = g->type == OBSERVABLE_URL && (g->kind == GOAL_LIKE || g->kind == GOAL_MATCHES);
	if ((g->kind != GOAL_URL || g->term->strict) && !pattern) return;
	if (f->url_host.n == 0) return;
	try_joined_host(r, g, f->url_host);
	if (f->url_port.n == 0) return;
	bool bare_v6 = f->url_host.p[0] != '[' && slice_find_byte(f->url_host, ':') < f->url_host.n;
	try_joined_host(
		r, g, arena_printf(r->a, bare_v6 ? "[%.*s]:%.*s" : "%.*s:%.*s", SLICE_PRINTF(f->url_host), SLICE_PRINTF(f->url_port)));
}

static slice last_component(slice v)
{
	size_t i = v.n;
	while (i > 0 && v.p[i - 1] != '\\' && v.p[i - 1] != '/') i--;
	return slice_sub(v, i, v.n);
}

static bool file_border(slice t, size_t from, size_t to)
{
	if (from > 0) {
		uint8_t b = t.p[from - 1];
		if (reference_is_digit(b) || b == '_' || b == '-' || b == '.' || reference_letter_before(t, from)) return false;
	}
	if (to >= t.n) return true;
	size_t k = t.p[to] == '.' ? to + 1 : to;
	if (k >= t.n) return true;
	return !(reference_is_digit(t.p[k]) || t.p[k] == '_' || t.p[k] == '-' || reference_letter_at(t, k));
}

static void try_file(struct run *r, const struct goal *g)
{
	if (g->kind != GOAL_FILE && !may_name_file(g)) return;
	slice wanted = g->kind == GOAL_NAME ? g->term->value : g->normal;
	for (size_t v = 0; v < r->views_n; v++) {
		const struct view *view = &r->views[v];
		if (g->term->strict && (view->field->is_key || !same_path(g, view->field))) continue;
		slice t = g->kind == GOAL_TEXT ? text_nfc(r->a, view->text) : view->text, last = last_component(t);
		enum observable type = view->field->is_key ? OBSERVABLE_NONE : view->field->type;
		slice name;
		bool same_name = g->kind == GOAL_NAME && reference_whole_name(r->a, last, &name) && slice_equal(name, g->normal);
		if (type == OBSERVABLE_FILE_NAME && (same_name || slice_equal_nocase(last, wanted) || slice_equal_nocase(t, wanted))) {
			slice seen = slice_equal_nocase(t, wanted) ? t : last;
			offer(r, (struct best){.kind = MATCH_EXACT,
					 .typed = true,
					 .place = view->place,
					 .at = (size_t)(seen.p - t.p),
					 .seen = seen});
		}
		if (g->kind != GOAL_FILE || allows[type].shapes != ALL) continue;
		for (size_t i = 0; i + wanted.n <= t.n; i++)
			if (slice_equal_nocase(slice_sub(t, i, wanted.n), wanted) && file_border(t, i, i + wanted.n))
				offer(r, (struct best){
						 .kind = MATCH_EXACT, .place = view->place, .at = i, .seen = slice_sub(t, i, wanted.n)});
	}
}

/* ---- literals and patterns ---- */

static bool format_unknown(const struct record_fields *f)
{
	for (size_t i = 0; i < f->fields_n; i++)
		if (!f->fields[i].is_key && (f->fields[i].type != OBSERVABLE_NONE || f->fields[i].stix_path != NULL)) return false;
	return true;
}

static bool word_here(slice t, size_t i)
{
	return i < t.n && (reference_is_digit(t.p[i]) || reference_letter_at(t, i));
}
static bool word_behind(slice t, size_t i)
{
	return i > 0 && (reference_is_digit(t.p[i - 1]) || reference_letter_before(t, i));
}

static bool text_equal(struct run *r, const struct goal *g, slice x)
{
	if (g->key) return reference_key_equal(r->a, x, g->normal);
	return g->type == OBSERVABLE_REGISTRY_KEY ? slice_equal_nocase(x, g->normal) : slice_equal(x, g->normal);
}

/* A registry key somewhere in the text: what starts as one is tried at every length. */
static void find_key(struct run *r, const struct goal *g, size_t place, slice t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (!reference_has_hive(slice_sub(t, i, t.n)) || (word_here(t, i) && word_behind(t, i))) continue;
		for (size_t n = 1; i + n <= t.n; n++) {
			if (!reference_key_equal(r->a, slice_sub(t, i, n), g->normal) || (word_behind(t, i + n) && word_here(t, i + n)))
				continue;
			offer(r, (struct best){.kind = MATCH_LITERAL, .place = place, .at = i, .seen = slice_sub(t, i, n)});
		}
	}
}

static void find_text(struct run *r, const struct goal *g, size_t place, slice t)
{
	slice w = g->normal;
	if (g->key) {
		find_key(r, g, place, t);
		return;
	}
	for (size_t i = 0; i + w.n <= t.n; i++) {
		if (!text_equal(r, g, slice_sub(t, i, w.n))) continue;
		if (word_here(w, 0) && word_behind(t, i)) continue;
		if (word_behind(w, w.n) && word_here(t, i + w.n)) continue;
		offer(r, (struct best){.kind = MATCH_LITERAL, .place = place, .at = i, .seen = slice_sub(t, i, w.n)});
	}
}

/* "Others" as free text: the whole decoded record where the format is unknown; a plain value (reading 16) in free-text fields elsewhere. */
static void try_other(struct run *r, const struct goal *g, bool pattern)
{
	if (format_unknown(r->fields)) {
		for (size_t w = 0; w < r->whole_n; w++) {
			slice t = text_nfc(r->a, r->whole[w]);
			if (g->kind == GOAL_TEXT) find_text(r, g, r->fields->fields_n, t);
			else if (pattern && expression_found(g, t))
				offer(r, (struct best){.kind = MATCH_PATTERN, .place = r->fields->fields_n, .seen = r->whole[w]});
		}
	} else if (g->kind == GOAL_TEXT && g->type == OBSERVABLE_NONE) {
		for (size_t v = 0; v < r->views_n; v++) {
			const struct view *view = &r->views[v];
			if (!view->field->is_key && allows[view->field->type].shapes == ALL)
				find_text(r, g, view->place, text_nfc(r->a, view->text));
		}
	}
}

/* In a value: of a file also in its last component, of a registry key in each of its names, with the long and the short name of the hive.
 */
static bool pattern_found(struct run *r, const struct goal *g, const struct field *f, slice t)
{
	struct key_name names[KEY_NAMES_MAX];
	if (expression_found(g, t)) return true;
	if (f->type == OBSERVABLE_FILE_NAME && expression_found(g, last_component(t))) return true;
	size_t n = g->type == OBSERVABLE_REGISTRY_KEY ? reference_key_names(r->a, t, names) : 0;
	for (size_t i = 0; i < n; i++)
		if (expression_found(g, reference_key_full(r->a, &names[i])) || expression_found(g, reference_key_brief(r->a, &names[i])))
			return true;
	return false;
}

static void try_values(struct run *r, const struct goal *g)
{
	bool pattern = g->kind == GOAL_LIKE || g->kind == GOAL_MATCHES;
	for (size_t v = 0; v < r->views_n; v++) {
		const struct view *view = &r->views[v];
		slice t = text_nfc(r->a, view->text);
		struct best c = {.place = view->place, .typed = true, .seen = view->text};
		if (g->kind == GOAL_TEXT && compatible(g, view->field) && text_equal(r, g, t)) {
			c.kind = MATCH_LITERAL;
			offer(r, c);
		} else if (pattern && compatible(g, view->field) && pattern_found(r, g, view->field, t)) {
			c.kind = MATCH_PATTERN;
			offer(r, c);
		}
	}
	if (is_other(g) && !by_path(g)) try_other(r, g, pattern);
}

/* ---- records ---- */

static void add_view(struct run *r, const struct field *f, size_t place, slice text)
{
	struct view *v = &r->views[r->views_n++];
	*v = (struct view){.field = f, .place = place, .text = text};
	if (f->is_key || allows[f->type].shapes != 0) reference_shapes(r->a, text, &v->shapes);
}

static void make_views(struct run *r, slice record)
{
	bool json = r->fields->is_json; /* else text, whatever it starts with: reading 1 */
	r->views = arena_array(r->a, r->fields->fields_n * 2 + 1, sizeof *r->views);
	for (size_t i = 0; i < r->fields->fields_n; i++) {
		const struct field *f = &r->fields->fields[i];
		slice undone = json ? f->value : text_unescape_json(r->a, f->value);
		add_view(r, f, i, f->value);
		if (!slice_equal(undone, f->value)) add_view(r, f, i, undone);
	}
	slice undone = text_unescape_json(r->a, record);
	if (!json) r->whole[r->whole_n++] = record;
	if (json || !slice_equal(undone, record)) r->whole[r->whole_n++] = undone;
}

static void add_hit(struct arena *a, struct reference_hits *out, struct reference_hit h)
{
	if (out->n == out->room) {
		size_t room = out->room == 0 ? 64 : out->room * 2;
		struct reference_hit *bigger = arena_array(a, room, sizeof *bigger);
		if (out->n > 0) memcpy(bigger, out->at, out->n * sizeof *bigger);
		out->at = bigger;
		out->room = room;
	}
	out->at[out->n++] = h;
}

static void match_record(struct run *r, const struct goal *goals, size_t goals_n, struct reference_hit place, struct reference_hits *out)
{
	for (size_t i = 0; i < goals_n;) {
		struct best best = {0};
		size_t indicator = goals[i].indicator;
		r->best = &best;
		for (; i < goals_n && goals[i].indicator == indicator; i++) {
			try_shapes(r, &goals[i]);
			try_joined_url(r, &goals[i]);
			try_file(r, &goals[i]);
			try_values(r, &goals[i]);
		}
		if (!best.any) continue;
		place.indicator = indicator;
		place.kind = best.kind;
		place.typed = best.typed;
		place.seen = best.seen;
		add_hit(r->a, out, place);
	}
}

static slice record_of(slice line)
{
	return line.n > 0 && line.p[line.n - 1] == '\r' ? slice_sub(line, 0, line.n - 1) : line;
}

void reference_match(struct arena *a, const struct indicator *indicators, size_t indicators_n, const struct reference_settings *s,
	const struct reference_input *in, struct reference_hits *out)
{
	size_t goals_n = 0;
	for (size_t i = 0; i < indicators_n; i++) goals_n += indicators[i].terms_n;
	struct goal *goals = arena_array(a, goals_n + 1, sizeof *goals);
	goals_n = 0;
	for (size_t i = 0; i < indicators_n; i++)
		for (size_t k = 0; k < indicators[i].terms_n && reference_matchable(a, &indicators[i]); k++) {
			goals[goals_n] = goal_make(a, &indicators[i].terms[k]);
			goals[goals_n++].indicator = i;
		}
	struct telemetry_reader *reader = telemetry_reader_new(&s->telemetry);
	slice rest = in->text;
	for (; rest.n > 0; out->lines++) {
		size_t offset = (size_t)(rest.p - in->text.p);
		slice record = record_of(slice_cut(&rest, '\n'));
		if (record.n == 0 || telemetry_is_header(in->format, in->header, record)) continue;
		struct record_fields fields = {0};
		telemetry_fields(reader, a, in->format, in->header, record, &fields);
		struct run r = {.a = a, .s = s, .fields = &fields};
		make_views(&r, record);
		match_record(
			&r, goals, goals_n, (struct reference_hit){.record_no = out->records++, .line = out->lines, .offset = offset}, out);
	}
	telemetry_reader_free(reader);
	for (size_t i = 0; i < goals_n; i++) pcre2_code_free(goals[i].code);
}
