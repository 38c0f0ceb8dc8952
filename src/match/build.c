/* Compiling indicators: values get their normal form, then anchors under which the scan finds them.
 * Copies into growing tables; `finish` lays them out as one file image. */
#include <limits.h>
#include <stdlib.h>
#include <xxhash.h>

#include "registry_int.h"
#include "shape_int.h"
#include "text.h"
#include "watchlist_int.h"

#define BLOOM_BITS_PER_KEY 12
#define SLOTS_MIN 1024u
#define RECENT 8
#define STRINGS_BYTES_MAX (UINT32_MAX - (64u << 20))

struct table {
	uint8_t *p;
	size_t n, room, row;
};
struct version_row {
	instant modified;
	uint64_t says;      /* of its terms; WITHDRAWN */
	uint32_t indicator; /* number + 1, 0: none */
	uint32_t anchor;
	uint32_t also; /* number + 1 of the row of another object of this id and version, which says something else; 0: none */
};
#define WITHDRAWN UINT64_MAX
#define KEY_KIND_ID 0x1d1d
#define KEY_KIND_SLOW 0x510e

struct watchlist_builder {
	struct watchlist_settings settings;
	struct watchlist_counts counts;
	struct table anchors, terms, indicators, metas, unmatchable, ranges, slow, versions, parents /* keys of last two labels */;
	uint64_t lasts[LASTS_WORDS];
	struct buf strings;
	uint64_t *slots; /* low half of the key, and anchor + 1: a miss stays in this table */
	uint64_t slot_mask;
	uint64_t *nets;
	uint64_t fast_keys;
	uint32_t flags;
	uint64_t seed;
	struct {
		uint32_t at[RECENT];
		unsigned next;
	} recent[4]; /* strings that come again and again, by kind */
	struct arena *scratch;
};
enum { RECENT_PATH, RECENT_AUTHOR, RECENT_LABELS, RECENT_LIST };

static void *table_add(struct table *t)
{
	if (t->n == t->room) {
		t->room = t->room == 0 ? 1024 : t->room * 2;
		t->p = mem_resize(t->p, t->room * t->row);
	}
	void *row = t->p + t->n++ * t->row;
	memset(row, 0, t->row);
	return row;
}
#define TABLE(b, name, type, index) (&((struct type *)(void *)(b)->name.p)[index])

struct watchlist_builder *watchlist_builder_new(const struct watchlist_settings *s)
{
	struct watchlist_builder *b = mem_alloc(sizeof *b);
	b->settings = *s;
	b->flags = s->all ? WATCHLIST_ALL : 0;
	b->anchors.row = sizeof(struct anchor);
	b->terms.row = sizeof(struct term);
	b->indicators.row = sizeof(struct indicator_row);
	b->metas.row = sizeof(struct meta_row);
	b->unmatchable.row = sizeof(struct unmatchable_row);
	b->ranges.row = sizeof(struct range_row);
	b->slow.row = sizeof(uint32_t);
	b->versions.row = sizeof(struct version_row);
	b->parents.row = sizeof(uint64_t);
	b->slot_mask = SLOTS_MIN - 1;
	b->slots = mem_huge(SLOTS_MIN * sizeof *b->slots);
	b->seed = s->fingerprint_key;
	b->scratch = arena_new(0);
	b->strings.max = STRINGS_BYTES_MAX;
	buf_add(&b->strings, slice_of("\0\0\0\0", 4)); /* offset 0: the empty string */
	return b;
}

void watchlist_builder_free(struct watchlist_builder *b)
{
	if (b == NULL) return;
	struct table *tables[] = {
		&b->anchors, &b->terms, &b->indicators, &b->metas, &b->unmatchable, &b->ranges, &b->slow, &b->versions, &b->parents};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) free(tables[i]->p);
	buf_free(&b->strings);
	mem_huge_free(b->slots, (b->slot_mask + 1) * sizeof *b->slots);
	free(b->nets);
	arena_free(b->scratch);
	free(b);
}

static uint32_t add_string(struct watchlist_builder *b, slice s)
{
	if (s.n == 0) return 0;
	uint32_t at = (uint32_t)b->strings.n, n = (uint32_t)s.n;
	buf_add(&b->strings, slice_of(&n, 4));
	buf_add(&b->strings, s);
	return at;
}

static slice string_at(const struct watchlist_builder *b, uint32_t at)
{
	uint32_t n;
	memcpy(&n, b->strings.p + at, 4);
	return (slice){b->strings.p + at + 4, n};
}

static uint32_t add_recent(struct watchlist_builder *b, int kind, slice s)
{
	for (unsigned i = 0; i < RECENT; i++)
		if (slice_equal(string_at(b, b->recent[kind].at[i]), s)) return b->recent[kind].at[i];
	uint32_t at = add_string(b, s);
	b->recent[kind].at[b->recent[kind].next++ % RECENT] = at;
	return at;
}

static uint64_t slot_value(uint64_t key, uint64_t anchor)
{
	return key << 32 | anchor;
}

static void grow_slots(struct watchlist_builder *b)
{
	uint64_t old = b->slot_mask + 1;
	uint64_t *before = b->slots;
	b->slot_mask = old * 2 - 1;
	b->slots = mem_huge(old * 2 * sizeof *b->slots);
	for (uint64_t k = 0; k < old; k++) {
		if (before[k] == 0) continue;
		uint64_t i = before[k] >> 32 & b->slot_mask;
		while (b->slots[i] != 0) i = (i + 1) & b->slot_mask;
		b->slots[i] = before[k];
	}
	mem_huge_free(before, old * sizeof *before);
}

static uint64_t slot_of(const struct watchlist_builder *b, uint64_t key)
{
	uint64_t i = key & b->slot_mask;
	for (; b->slots[i] != 0; i = (i + 1) & b->slot_mask)
		if (b->slots[i] >> 32 == (key & UINT32_MAX) && TABLE(b, anchors, anchor, (uint32_t)b->slots[i] - 1)->key == key) break;
	return i;
}

static void add_anchor(struct watchlist_builder *b, uint64_t key, uint32_t term, bool fast)
{
	if (b->anchors.n * 5 >= b->slot_mask * 3) grow_slots(b);
	uint64_t slot = slot_of(b, key);
	uint32_t head = (uint32_t)b->slots[slot];
	for (uint32_t i = term == TERM_NONE ? head : 0; i != 0; i = TABLE(b, anchors, anchor, i - 1)->next) {
		struct anchor *a = TABLE(b, anchors, anchor, i - 1);
		if (fast) a->term |= ANCHOR_FAST;
		return; /* a key that only has to be present is */
	}
	struct anchor *a = table_add(&b->anchors);
	*a = (struct anchor){key, term | (fast ? ANCHOR_FAST : 0), head};
	b->slots[slot] = slot_value(key, b->anchors.n);
	b->fast_keys += fast;
}

/* ---- normal forms ---- */
struct normal {
	enum observable type;
	enum term_op op;
	slice value;
	uint8_t flags;
	struct cidr cidr;
	uint32_t v4;
	ipv6 v6;
	slice url, host;
	const char *wrong; /* why it is no value of its type, where more can be said */
};

/* "[v6]" and a zone are the address's own text (MATCHING.md). */
static slice bare_address(slice v)
{
	ipv6 v6;
	slice inner = v.n > 2 && v.p[0] == '[' && v.p[v.n - 1] == ']' ? slice_sub(v, 1, v.n - 2) : v;
	slice address = slice_sub(inner, 0, slice_find_byte(inner, '%'));
	bool zone = address.n == inner.n || address.n + 1 < inner.n;
	return (inner.n < v.n || address.n < inner.n) && zone && ipv6_parse(address, &v6) ? address : v;
}

/* A range of one address is the address (decision 0003, 21). */
static bool is_one_address(const struct cidr *c)
{
	return c->bits == (c->v6 ? 128 : 32);
}

static bool normal_address(struct watchlist_builder *b, slice v, struct normal *n)
{
	char text[ADDRESS_TEXT_BYTES];
	uint32_t mapped;
	if (ipv4_parse(v, &n->v4)) { /* its text is its normal form */
		n->type = OBSERVABLE_IPV4;
		n->op = TERM_EQUAL;
		n->value = v;
		return true;
	}
	if (slice_find_byte(v, ':') == v.n && slice_find_byte(v, '/') == v.n) return false;
	v = bare_address(v);
	bool whole = ipv6_parse(v, &n->v6);
	if (!whole && !cidr_parse(v, &n->cidr)) return false;
	n->type = OBSERVABLE_IPV6;
	if (!whole) {
		n->type = n->cidr.v6 ? OBSERVABLE_IPV6 : OBSERVABLE_IPV4;
		n->v4 = n->cidr.v4;
		n->v6 = n->cidr.v6_address;
	}
	if (!whole && !is_one_address(&n->cidr)) {
		n->op = TERM_SUBSET;
		n->value = arena_printf(
			b->scratch, "%s/%u", n->cidr.v6 ? ipv6_format(&n->v6, text) : ipv4_format(n->v4, text), (unsigned)n->cidr.bits);
		return true;
	}
	if (n->type == OBSERVABLE_IPV6 && ipv6_is_mapped(&n->v6, &mapped)) {
		n->type = OBSERVABLE_IPV4;
		n->v4 = mapped;
	}
	n->op = TERM_EQUAL;
	n->value = arena_copy(b->scratch, slice_from(n->type == OBSERVABLE_IPV4 ? ipv4_format(n->v4, text) : ipv6_format(&n->v6, text)));
	return true;
}

static bool normal_url(struct watchlist_builder *b, slice v, struct normal *n)
{
	slice scheme;
	if (v.n > URL_BYTES_MAX) n->wrong = "the URL is longer than URL_BYTES_MAX: no record's URL is";
	if (v.n > URL_BYTES_MAX || slice_find_byte(v, '/') >= v.n || !shape_url(b->scratch, v, &scheme, &n->url, &n->host)) return false;
	n->type = OBSERVABLE_URL;
	n->value = scheme.n > 0 ? arena_join(b->scratch, arena_join(b->scratch, scheme, SLICE("://")), n->url) : n->url;
	return true;
}

static enum observable hash_type(size_t n)
{
	static const struct {
		size_t n;
		enum observable type;
	} TYPES[] = {{32, OBSERVABLE_MD5}, {40, OBSERVABLE_SHA1}, {56, OBSERVABLE_SHA224}, {64, OBSERVABLE_SHA256}, {96, OBSERVABLE_SHA384},
		{128, OBSERVABLE_SHA512}};
	for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
		if (TYPES[i].n == n) return TYPES[i].type;
	return OBSERVABLE_NONE;
}

static bool looks_like_file(slice v)
{
	bool blank = slice_find_byte(v, ' ') < v.n || slice_find_byte(v, '\t') < v.n;
	if (slice_find_byte(v, '\\') < v.n || v.p[0] == '/') return true;
	if (blank || slice_find_byte(v, '/') < v.n) return !blank;
	size_t tail = 0;
	while (tail < v.n && shape_is_alnum(v.p[v.n - 1 - tail])) tail++;
	return tail >= 1 && tail <= 10 && tail < v.n && v.p[v.n - 1 - tail] == '.';
}

static bool has_url_host(struct watchlist_builder *b, slice v)
{
	uint32_t v4;
	slice name, host = slice_sub(v, 0, slice_find_byte(v, '/'));
	if (host.n == v.n) return false;
	if (slice_find(v, SLICE("://")) < v.n) return true;
	host = slice_sub(host, 0, slice_find_byte(host, ':'));
	return ipv4_parse(host, &v4) || shape_name(b->scratch, host, &name);
}

/* Decision 0003, 14. */
static bool normal_untyped(struct watchlist_builder *b, slice v, struct normal *n)
{
	n->flags |= TERM_UNTYPED;
	if (normal_address(b, v, n)) return true;
	n->op = TERM_EQUAL;
	if (shape_hash(b->scratch, v, &n->value)) n->type = hash_type(n->value.n);
	else if (shape_email(b->scratch, v, &n->value)) n->type = OBSERVABLE_EMAIL;
	else if (has_url_host(b, v) && normal_url(b, v, n)) n->type = OBSERVABLE_URL;
	else if (n->wrong != NULL) return false;
	else if (shape_name(b->scratch, v, &n->value)) n->type = OBSERVABLE_DOMAIN;
	else if (registry_has_hive(v)) {
		n->type = OBSERVABLE_REGISTRY_KEY;
		n->value = registry_normal(b->scratch, text_nfc(b->scratch, v));
	} else {
		n->type = looks_like_file(v) ? OBSERVABLE_FILE_NAME : OBSERVABLE_OTHER;
		n->value = n->type == OBSERVABLE_FILE_NAME ? v : text_nfc(b->scratch, v);
	}
	return true;
}

static bool expression_ok(struct watchlist_builder *b, struct normal *n)
{
	struct fault f;
	if (literals_expression_ok(n->value, &f)) return true;
	n->wrong = (const char *)arena_printf(b->scratch, "%s%c", f.text, 0).p;
	return false;
}

static bool normal_typed(struct watchlist_builder *b, const struct indicator_term *t, struct normal *n)
{
	n->type = t->type;
	n->op = t->op;
	n->value = t->value;
	if (t->op == TERM_LIKE || t->op == TERM_MATCHES) {
		n->value = text_nfc(b->scratch, t->value);
		return t->op == TERM_LIKE || expression_ok(b, n);
	}
	switch (t->type) {
	case OBSERVABLE_IPV4:
	case OBSERVABLE_IPV6: return normal_address(b, t->value, n);
	case OBSERVABLE_ADDRESS:
		if (!t->strict) return normal_address(b, t->value, n);
		__attribute__((fallthrough)); /* network-traffic:dst_ref may be a name */
	case OBSERVABLE_HOST:
		if (normal_address(b, t->value, n)) return true;
		n->type = OBSERVABLE_DOMAIN;
		n->op = TERM_EQUAL;
		return shape_name(b->scratch, t->value, &n->value);
	case OBSERVABLE_DOMAIN: return shape_name(b->scratch, t->value, &n->value);
	case OBSERVABLE_URL: return normal_url(b, t->value, n);
	case OBSERVABLE_EMAIL: return shape_email(b->scratch, t->value, &n->value);
	case OBSERVABLE_MD5:
	case OBSERVABLE_SHA1:
	case OBSERVABLE_SHA224:
	case OBSERVABLE_SHA256:
	case OBSERVABLE_SHA384:
	case OBSERVABLE_SHA512: return shape_hash(b->scratch, t->value, &n->value) && hash_type(n->value.n) == t->type;
	case OBSERVABLE_HASH_OTHER: return shape_hash(b->scratch, t->value, &n->value);
	case OBSERVABLE_FILE_NAME: return t->value.n > 0;
	case OBSERVABLE_REGISTRY_KEY: n->value = registry_normal(b->scratch, text_nfc(b->scratch, t->value)); return t->value.n > 0;
	default: n->value = text_nfc(b->scratch, t->value); return t->value.n > 0;
	}
}

/* ---- anchors ---- */
/* What the fast path asks before it takes a name's whole key: the last label, and the last two. `known`: the name's own key is an anchor.
 */
static void anchor_parents(struct watchlist_builder *b, slice name, bool known)
{
	uint8_t last[8 + 64] = {0};
	size_t dot = name.n, before = 0;
	while (dot > 0 && name.p[dot - 1] != '.') dot--;
	for (size_t i = 0; i + 1 < dot; i++)
		if (name.p[i] == '.') before = i + 1;
	size_t n = name.n - dot < 64 ? name.n - dot : 64;
	memcpy(last + 8, name.p + name.n - n, n);
	uint32_t bit = key_last(last + 8 + n, n);
	b->lasts[bit >> 6] |= 1ull << (bit & 63);
	if (before > 0 || !known) *(uint64_t *)table_add(&b->parents) = name_key(b->seed, slice_sub(name, before, name.n));
}

static void anchor_name(struct watchlist_builder *b, slice name, uint32_t term)
{
	add_anchor(b, name_key(b->seed, name), term, true);
	anchor_parents(b, name, true);
}

static uint64_t cidr_key(uint64_t seed, const struct normal *n)
{
	uint8_t v4[4] = {(uint8_t)(n->v4 >> 24), (uint8_t)(n->v4 >> 16), (uint8_t)(n->v4 >> 8), (uint8_t)n->v4};
	return key_range(seed, n->cidr.v6 ? n->v6.b : v4, n->cidr.v6 ? 16 : 4, n->cidr.bits);
}

static void anchor_range(struct watchlist_builder *b, const struct normal *n, uint32_t term)
{
	bool v6 = n->cidr.v6;
	add_anchor(b, cidr_key(b->seed, n), term, false);
	bool known = false;
	for (size_t i = 0; i < b->ranges.n; i++) {
		struct range_row *r = TABLE(b, ranges, range_row, i);
		known |= r->v6 == v6 && r->bits == n->cidr.bits;
	}
	if (!known) *(struct range_row *)table_add(&b->ranges) = (struct range_row){v6, n->cidr.bits};
	if (v6) b->flags |= WATCHLIST_V6;
	if (v6) return;
	if (b->nets == NULL) b->nets = mem_alloc(65536 / 8);
	uint32_t first = n->v4 >> 16, count = n->cidr.bits >= 16 ? 1 : 1u << (16 - n->cidr.bits);
	for (uint32_t i = first; i < first + count; i++) b->nets[i >> 6] |= 1ull << (i & 63);
}

static void anchor_slow(struct watchlist_builder *b, const struct normal *n, struct term *t, uint32_t term)
{
	struct buf fragment = {0};
	t->flags |= TERM_SLOW;
	if (n->op == TERM_EQUAL)
		add_anchor(b, key_text(b->seed, n->value.p, n->value.n, KEY_KIND_SLOW), term, false); /* duplicates are told by it */
	if (!literal_announced(n->type, n->op, n->value, &fragment)) t->flags |= TERM_ALWAYS;
	buf_free(&fragment);
	*(uint32_t *)table_add(&b->slow) = term;
}

static void anchor_ipv6(struct watchlist_builder *b, const ipv6 *address, uint32_t term)
{
	b->flags |= WATCHLIST_V6;
	add_anchor(b, key_ipv6(b->seed, address->b), term, true);
}

static void anchor_email(struct watchlist_builder *b, slice normal, uint32_t term)
{
	b->flags |= WATCHLIST_EMAILS;
	add_anchor(b, email_key(b->seed, normal), term, true);
	anchor_parents(b, email_domain(normal), false);
}

static void anchor_url(struct watchlist_builder *b, const struct normal *n, struct term *t, uint32_t term)
{
	uint32_t v4;
	ipv6 v6;
	slice name, bare;
	b->flags |= WATCHLIST_URLS;
	add_anchor(b, key_text(b->seed, n->url.p, n->url.n, OBSERVABLE_URL), term, false);
	if (n->url.p == n->value.p && url_without_port(b->scratch, n->url, &bare))
		add_anchor(b, key_text(b->seed, bare.p, bare.n, OBSERVABLE_URL), term, false);
	if (ipv4_parse(n->host, &v4)) add_anchor(b, ipv4_key(b->seed, v4), TERM_NONE, true);
	else if (n->host.n > 2 && n->host.p[0] == '[' && ipv6_parse(slice_sub(n->host, 1, n->host.n - 2), &v6))
		anchor_ipv6(b, &v6, TERM_NONE);
	else if (shape_name(b->scratch, n->host, &name)) anchor_name(b, name, TERM_NONE);
	else anchor_slow(b, n, t, term);
}

static void anchor_file(struct watchlist_builder *b, const struct normal *n, struct term *t, uint32_t term)
{
	uint64_t key;
	slice token;
	if (file_anchor(b->seed, n->value, &key, &token)) anchor_name(b, token, term);
	else anchor_slow(b, n, t, term);
}

static void add_anchors(struct watchlist_builder *b, const struct normal *n, uint32_t term)
{
	struct term *t = TABLE(b, terms, term, term);
	if (n->op == TERM_LIKE || n->op == TERM_MATCHES) anchor_slow(b, n, t, term);
	else if (n->op == TERM_SUBSET) anchor_range(b, n, term);
	else if (n->type == OBSERVABLE_IPV4) add_anchor(b, ipv4_key(b->seed, n->v4), term, true);
	else if (n->type == OBSERVABLE_IPV6) anchor_ipv6(b, &n->v6, term);
	else if (n->type == OBSERVABLE_DOMAIN) anchor_name(b, n->value, term);
	else if (n->type == OBSERVABLE_EMAIL) anchor_email(b, n->value, term);
	else if (n->type >= OBSERVABLE_MD5 && n->type <= OBSERVABLE_HASH_OTHER)
		add_anchor(b, key_hash(b->seed, n->value.p, n->value.n), term, true);
	else if (n->type == OBSERVABLE_URL) anchor_url(b, n, t, term);
	else if (n->type == OBSERVABLE_FILE_NAME) anchor_file(b, n, t, term);
	else anchor_slow(b, n, t, term);
}

/* ---- adding ---- */
static uint32_t meta_of(struct watchlist_builder *b, const struct indicator *i)
{
	struct meta_row m = {.valid_from = i->valid_from,
		.valid_until = i->valid_until,
		.confidence = (int16_t)i->confidence,
		.marking = (uint8_t)(i->marking == TLP_NONE ? b->settings.marking_default : i->marking),
		.marking_default = i->marking == TLP_NONE};
	for (size_t k = 0; k < 8 && k < b->metas.n; k++) {
		uint32_t at = (uint32_t)(b->metas.n - 1 - k);
		const struct meta_row *r = TABLE(b, metas, meta_row, at);
		if (r->valid_from == m.valid_from && r->valid_until == m.valid_until && r->confidence == m.confidence &&
			r->marking == m.marking && r->marking_default == m.marking_default && slice_equal(string_at(b, r->name), i->name) &&
			slice_equal(string_at(b, r->author), i->author) && slice_equal(string_at(b, r->labels), i->labels))
			return at;
	}
	m.name = add_string(b, i->name);
	m.author = add_recent(b, RECENT_AUTHOR, i->author);
	m.labels = add_recent(b, RECENT_LABELS, i->labels);
	*(struct meta_row *)table_add(&b->metas) = m;
	return (uint32_t)(b->metas.n - 1);
}

static slice suppressed_by(const struct watchlist_builder *b, const struct normal *n)
{
	for (size_t i = 0; i < b->settings.warninglists_n; i++)
		if (warninglist_has(b->settings.warninglists[i], n->type, n->type == OBSERVABLE_URL ? n->url : n->value))
			return warninglist_name(b->settings.warninglists[i]);
	return (slice){0};
}

/* The key of an anchor that the value has, whatever it is. */
static uint64_t plain_key(const struct watchlist_builder *b, const struct normal *n)
{
	uint64_t key;
	slice token;
	if (n->op == TERM_SUBSET) return cidr_key(b->seed, n);
	if (n->type == OBSERVABLE_IPV4) return ipv4_key(b->seed, n->v4);
	if (n->type == OBSERVABLE_IPV6) return key_ipv6(b->seed, n->v6.b);
	if (n->type == OBSERVABLE_DOMAIN) return name_key(b->seed, n->value);
	if (n->type == OBSERVABLE_EMAIL) return email_key(b->seed, n->value);
	if (n->type == OBSERVABLE_URL) return key_text(b->seed, n->url.p, n->url.n, OBSERVABLE_URL);
	if (n->type >= OBSERVABLE_MD5 && n->type <= OBSERVABLE_HASH_OTHER) return key_hash(b->seed, n->value.p, n->value.n);
	if (n->type == OBSERVABLE_FILE_NAME && file_anchor(b->seed, n->value, &key, &token)) return key;
	return key_text(b->seed, n->value.p, n->value.n, KEY_KIND_SLOW);
}

/* Whether a row that is there already lasts as long as this indicator: a compiled set outlives the shorter one. */
static bool lasts(const struct meta_row *r, const struct indicator *i)
{
	return r->valid_until == INSTANT_NONE || (i->valid_until != INSTANT_NONE && r->valid_until >= i->valid_until);
}

/* A plain value that the same file gave before. */
static bool is_duplicate(const struct watchlist_builder *b, const struct indicator *i, const struct normal *n)
{
	if (i->id.n > 0 || i->terms_n != 1 || b->metas.n == 0) return false;
	uint64_t key = plain_key(b, n);
	for (uint32_t a = (uint32_t)b->slots[slot_of(b, key)]; a != 0; a = TABLE(b, anchors, anchor, a - 1)->next) {
		uint32_t term = TABLE(b, anchors, anchor, a - 1)->term & ~ANCHOR_FAST;
		if (term == TERM_NONE) continue;
		const struct term *t = TABLE(b, terms, term, term);
		const struct indicator_row *r = TABLE(b, indicators, indicator_row, t->indicator);
		if (r->meta == META_SUPERSEDED || !lasts(TABLE(b, metas, meta_row, r->meta), i)) continue;
		if (r->id == 0 && t->type == n->type && t->op == n->op &&
			slice_equal(slice_of(b->strings.p + t->value, t->value_n), n->value) &&
			slice_equal(string_at(b, TABLE(b, metas, meta_row, r->meta)->author), i->author))
			return true;
	}
	return false;
}

/* The same version of an id from two sources under two markings: the stricter holds for both. Rows of metas are shared, so it gets one of
 * its own. */
static void raise_marking(struct watchlist_builder *b, uint32_t indicator, enum tlp marking)
{
	struct indicator_row *r = TABLE(b, indicators, indicator_row, indicator);
	struct meta_row m = *TABLE(b, metas, meta_row, r->meta);
	if (marking == TLP_NONE || (uint8_t)marking <= m.marking) return;
	m.marking = (uint8_t)marking;
	m.marking_default = 0;
	r->meta = (uint32_t)b->metas.n;
	*(struct meta_row *)table_add(&b->metas) = m;
}

/* The values that an object looks for: of one id and version two sources may tell different ones (a pattern that is not matched, a value of
 * it there). */
static uint64_t says_of(const struct watchlist_builder *b, const struct indicator *i)
{
	uint64_t says = 0;
	for (size_t k = 0; k < i->terms_n; k++) says += key_text(b->seed, i->terms[k].value.p, i->terms[k].value.n, KEY_KIND_ID);
	return says == WITHDRAWN ? 0 : says;
}

/* Another object of a version that is known. False: what it says is known too, or nothing, or the version is withdrawn. */
static bool says_more(struct watchlist_builder *b, uint32_t first, const struct indicator *i, uint64_t says, uint32_t **slot)
{
	uint32_t last = first;
	for (uint32_t at = first + 1; at != 0; at = TABLE(b, versions, version_row, last)->also) {
		const struct version_row *v = TABLE(b, versions, version_row, at - 1);
		if (v->says == says && v->indicator != 0) raise_marking(b, v->indicator - 1, i->marking);
		if (v->says == says || v->says == WITHDRAWN) return false;
		last = at - 1;
	}
	if (i->terms_n == 0 || says == WITHDRAWN) return false;
	struct version_row row = *TABLE(b, versions, version_row, first), *v = table_add(&b->versions);
	*v = (struct version_row){.modified = row.modified, .says = says, .anchor = row.anchor};
	TABLE(b, versions, version_row, last)->also = (uint32_t)b->versions.n;
	*slot = &v->indicator;
	return true;
}

static void supersede(struct watchlist_builder *b, uint32_t first)
{
	for (uint32_t at = first + 1; at != 0; at = TABLE(b, versions, version_row, at - 1)->also) {
		const struct version_row *v = TABLE(b, versions, version_row, at - 1);
		if (v->indicator == 0) continue;
		TABLE(b, indicators, indicator_row, v->indicator - 1)->meta = META_SUPERSEDED;
		b->counts.loaded--;
		b->counts.duplicate++;
	}
}

/* STIX versions: the newest one of an id counts, also when it revokes. False: this one is older, or known already.
 * An id's anchor holds the number of its row in `versions`. */
static bool is_newest(struct watchlist_builder *b, const struct indicator *i, uint64_t says, uint32_t **slot)
{
	if (i->id.n == 0) return true;
	uint64_t key = key_text(b->seed, i->id.p, i->id.n, KEY_KIND_ID);
	uint32_t head = (uint32_t)b->slots[slot_of(b, key)];
	struct version_row *v;
	if (head == 0) {
		v = table_add(&b->versions);
		add_anchor(b, key, (uint32_t)(b->versions.n - 1), false);
		v->anchor = (uint32_t)(b->anchors.n - 1);
	} else {
		uint32_t first = TABLE(b, anchors, anchor, head - 1)->term;
		v = TABLE(b, versions, version_row, first);
		if (i->modified <= 0 && v->modified <= 0) return true; /* no version is told: each object counts */
		if (i->modified == v->modified && says_more(b, first, i, says, slot)) return true;
		if (i->modified <= v->modified) {
			b->counts.duplicate++;
			return false;
		}
		supersede(b, first);
	}
	*v = (struct version_row){.modified = i->modified, .says = says, .anchor = v->anchor};
	*slot = &v->indicator;
	return true;
}

static void name_unmatchable(struct watchlist_builder *b, const struct indicator *i, const char *reason)
{
	b->counts.unmatchable++;
	struct unmatchable_row r = {.id = add_string(b, i->id.n > 0      ? i->id
							: i->terms_n > 0 ? i->terms[0].value
									 : i->name),
		.reason = add_string(b, slice_from(reason))};
	*(struct unmatchable_row *)table_add(&b->unmatchable) = r;
}

/* STIX 2.0 says binary_ref where 2.1 says image_ref. */
static slice path_normal(struct watchlist_builder *b, slice path)
{
	slice old = SLICE("binary_ref");
	size_t at = slice_find(path, old);
	if (at == path.n || !slice_starts(path, SLICE("process:"))) return path;
	return arena_join(
		b->scratch, arena_join(b->scratch, slice_sub(path, 0, at), SLICE("image_ref")), slice_sub(path, at + old.n, path.n));
}

static void add_term(struct watchlist_builder *b, const struct indicator_term *t, const struct normal *n, slice list)
{
	uint32_t number = (uint32_t)b->terms.n;
	struct term row = {.indicator = (uint32_t)(b->indicators.n - 1),
		.value_n = (uint32_t)n->value.n,
		.type = (uint8_t)n->type,
		.op = (uint8_t)n->op,
		.flags = n->flags};
	row.value = (uint32_t)b->strings.n;
	buf_add(&b->strings, n->value);
	row.path = add_recent(b, RECENT_PATH, path_normal(b, t->path));
	row.warninglist = add_recent(b, RECENT_LIST, list);
	if (t->strict) row.flags |= TERM_STRICT;
	if (t->by_path || (t->strict && t->op == TERM_EQUAL)) row.flags |= TERM_BY_PATH;
	*(struct term *)table_add(&b->terms) = row;
	add_anchors(b, n, number);
}

enum err watchlist_builder_add(struct watchlist_builder *b, const struct indicator *i, struct fault *f)
{
	uint32_t *version = NULL;
	if (!is_newest(b, i, i->revoked ? WITHDRAWN : says_of(b, i), &version)) return OK;
	bool expired = i->valid_until != INSTANT_NONE && i->valid_until <= b->settings.at;
	if (!b->settings.all && (expired || i->revoked)) {
		b->counts.expired += expired && !i->revoked;
		b->counts.revoked += i->revoked;
		return OK;
	}
	if (i->terms_n == 0) {
		name_unmatchable(b, i, i->unmatchable != NULL ? i->unmatchable : "no pattern");
		return OK;
	}
	if (b->terms.n + i->terms_n >= TERM_NONE || b->strings.n > STRINGS_BYTES_MAX - (64u << 20))
		return fault_set(f, ERR_LIMIT, i->line, 0, "watchlist: STRINGS_BYTES_MAX: more than 4 GB of values");
	arena_reset(b->scratch);
	struct normal *normals = arena_array(b->scratch, i->terms_n, sizeof *normals);
	slice list = {0};
	for (size_t k = 0; k < i->terms_n; k++) {
		const struct indicator_term *t = &i->terms[k];
		bool ok = true;
		if (t->type == OBSERVABLE_NONE && t->op == TERM_EQUAL) ok = normal_untyped(b, t->value, &normals[k]);
		else ok = normal_typed(b, t, &normals[k]);
		if (!ok || normals[k].value.n == 0) {
			const char *wrong = normals[k].wrong;
			name_unmatchable(b, i, wrong != NULL ? wrong : "a value is none of its type");
			if (wrong != NULL) return fault_set(f, ERR_SYNTAX, i->line, 0, "indicator: %s", wrong);
			return fault_set(f, ERR_SYNTAX, i->line, 0, "indicator: \"%.*s\" is no %s",
				(int)(t->value.n < 100 ? t->value.n : 100), (const char *)t->value.p, observable_stix_type(t->type));
		}
	}
	if (is_duplicate(b, i, &normals[0])) {
		b->counts.duplicate++;
		return OK;
	}
	struct indicator_row row = {add_string(b, i->id), meta_of(b, i)};
	*(struct indicator_row *)table_add(&b->indicators) = row;
	if (version != NULL) *version = (uint32_t)b->indicators.n;
	bool suppressed = false;
	for (size_t k = 0; k < i->terms_n; k++) {
		list = b->settings.warninglists_n > 0 ? suppressed_by(b, &normals[k]) : (slice){0};
		suppressed |= list.n > 0;
		add_term(b, &i->terms[k], &normals[k], list);
	}
	b->counts.loaded++;
	b->counts.suppressed += suppressed;
	return OK;
}

void watchlist_builder_withdraw(struct watchlist_builder *b, const struct indicator *i)
{
	uint32_t *version = NULL;
	uint64_t duplicate = b->counts.duplicate;
	(void)is_newest(b, i, WITHDRAWN, &version);
	b->counts.duplicate = duplicate;
}

/* ---- layout ---- */
static void bloom_add(uint32_t *bloom, uint64_t mask, uint64_t key)
{
	uint32_t words[8], *block = bloom + ((key >> 32) & mask) * 8;
	bloom_words((uint32_t)key, words);
	for (int k = 0; k < 8; k++) block[k] |= words[k];
}

static void fill_bloom(const struct watchlist_builder *b, uint32_t *bloom, uint64_t mask)
{
	for (size_t i = 0; i < b->anchors.n; i++) {
		const struct anchor *a = TABLE(b, anchors, anchor, i);
		if ((a->term & ANCHOR_FAST) != 0) bloom_add(bloom, mask, a->key);
	}
	for (size_t i = 0; i < b->parents.n; i++) bloom_add(bloom, mask, ((const uint64_t *)(const void *)b->parents.p)[i]);
}

static uint64_t power_above(uint64_t n)
{
	uint64_t p = 1;
	while (p < n) p *= 2;
	return p;
}

enum err watchlist_builder_finish(struct watchlist_builder *b, struct watchlist **out, struct fault *f)
{
	for (size_t i = 0; i < b->versions.n; i++) /* rows of versions are the builder's: in the set an id's anchor leads nowhere */
		TABLE(b, anchors, anchor, TABLE(b, versions, version_row, i)->anchor)->term = TERM_NONE;
	uint64_t bloom_blocks = power_above((b->fast_keys + b->parents.n) * BLOOM_BITS_PER_KEY / 256 + 64);
	const struct {
		struct table *t;
		uint64_t count, row;
	} SECTIONS[SECTION_COUNT] = {
		{NULL, bloom_blocks, 32},
		{NULL, b->slot_mask + 1, 4},
		{&b->anchors, b->anchors.n, b->anchors.row},
		{&b->terms, b->terms.n, b->terms.row},
		{&b->indicators, b->indicators.n, b->indicators.row},
		{&b->metas, b->metas.n, b->metas.row},
		{&b->unmatchable, b->unmatchable.n, b->unmatchable.row},
		{&b->ranges, b->ranges.n, b->ranges.row},
		{NULL, b->nets != NULL ? 1024 : 0, 8},
		{&b->slow, b->slow.n, 4},
		{NULL, LASTS_WORDS, 8},
		{NULL, b->strings.n, 1},
	};
	struct watchlist_header h = {.version = WATCHLIST_VERSION, .flags = b->flags, .seed = b->seed, .counts = b->counts};
	memcpy(h.magic, WATCHLIST_MAGIC, 8);
	uint64_t at = (sizeof h + 63) & ~63ull;
	for (int i = 0; i < SECTION_COUNT; i++) {
		h.sections[i].at = at;
		h.sections[i].count = SECTIONS[i].count;
		at = (at + SECTIONS[i].count * SECTIONS[i].row + 63) & ~63ull;
	}
	h.bytes = at;
	uint8_t *image = mem_huge(at);
	memcpy(image + h.sections[SECTION_STRINGS].at, b->strings.p, b->strings.n);
	buf_free(&b->strings); /* what is copied goes at once: the peak is the set and a half */
	if (b->nets != NULL) memcpy(image + h.sections[SECTION_NETS].at, b->nets, 65536 / 8);
	memcpy(image + h.sections[SECTION_LASTS].at, b->lasts, sizeof b->lasts);
	fill_bloom(b, (uint32_t *)(void *)(image + h.sections[SECTION_BLOOM].at), bloom_blocks - 1);
	uint32_t *slots = (uint32_t *)(void *)(image + h.sections[SECTION_SLOTS].at);
	for (uint64_t i = 0; i <= b->slot_mask; i++) slots[i] = (uint32_t)b->slots[i];
	for (int i = 0; i < SECTION_COUNT; i++) {
		if (SECTIONS[i].t == NULL || SECTIONS[i].count == 0) continue;
		memcpy(image + h.sections[i].at, SECTIONS[i].t->p, SECTIONS[i].count * SECTIONS[i].row);
		free(SECTIONS[i].t->p);
		SECTIONS[i].t->p = NULL;
	}
	h.check = XXH3_64bits(image + sizeof h, at - sizeof h);
	h.header_check = XXH3_64bits(&h, offsetof(struct watchlist_header, header_check));
	memcpy(image, &h, sizeof h);
	watchlist_builder_free(b);
	struct watchlist *w;
	enum err e = watchlist_open(slice_of(image, at), &w, f);
	if (e != OK) {
		mem_huge_free(image, at);
		return e;
	}
	w->owned = image;
	w->owned_n = at;
	*out = w;
	return OK;
}
