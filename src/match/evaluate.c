/* The exact path. Observables of each field are looked up in the watchlist; of several ways in which an indicator meets
 * the record the strongest stays: a rank is kind, then length of the name or narrowness, then field, then place. */
#include "evaluate_int.h"

#include <stdlib.h>

#include "json.h"
#include "limit.h"
#include "registry_int.h"
#include "shape_int.h"
#include "text.h"

#define HITS_ROOM_MIN 64 /* a power of two */
#define SEEN_NEIGHBOURS 8u

struct evaluator *evaluator_new(const struct watchlist *w, const struct scan_settings *s, struct arena *results)
{
	struct evaluator *e = mem_alloc(sizeof *e);
	e->w = w;
	e->settings = *s;
	e->reader = telemetry_reader_new(&s->telemetry);
	e->literals = w->literals != NULL ? literals_scratch_new(w->literals) : NULL;
	e->scratch = arena_new(0);
	e->results = results;
	return e;
}

void evaluator_free(struct evaluator *e)
{
	if (e == NULL) return;
	telemetry_reader_free(e->reader);
	literals_scratch_free(e->literals);
	arena_free(e->scratch);
	free(e->hits);
	free(e->met);
	free(e->places);
	free(e->unfinished);
	free(e);
}

struct way {
	uint32_t term;
	enum match_kind kind;
	unsigned strength;
	bool typed;
	slice seen;
	size_t at;
};

/* The row of the indicator's hit, or the empty one that it may have. */
static uint32_t place_of(const struct evaluator *e, uint32_t indicator)
{
	size_t mask = e->hits_room * 2 - 1, i = (indicator * 0x9e3779b1u) & mask;
	while (e->places[i] != 0 && e->w->terms[e->hits[e->places[i] - 1].term].indicator != indicator) i = (i + 1) & mask;
	return (uint32_t)i;
}

static void put_place(struct evaluator *e, size_t hit)
{
	e->met[hit].place = place_of(e, e->w->terms[e->hits[hit].term].indicator);
	e->places[e->met[hit].place] = (uint32_t)hit + 1;
}

static void hits_grow(struct evaluator *e)
{
	e->hits_room = e->hits_room == 0 ? HITS_ROOM_MIN : e->hits_room * 2;
	e->hits = mem_resize(e->hits, e->hits_room * sizeof *e->hits);
	e->met = mem_resize(e->met, e->hits_room * sizeof *e->met);
	free(e->places);
	e->places = mem_alloc(e->hits_room * 2 * sizeof *e->places);
	for (size_t i = 0; i < e->hits_n; i++) put_place(e, i);
}

/* Row by row, as one long record may have left many of them. */
static void hits_forget(struct evaluator *e)
{
	for (size_t i = 0; i < e->hits_n; i++) e->places[e->met[i].place] = 0;
	e->hits_n = 0;
}

static bool is_hash(enum observable o)
{
	return o >= OBSERVABLE_MD5 && o <= OBSERVABLE_HASH_OTHER;
}

/* As what a term is met: a plain value in a typed field is what the field is. */
static enum observable met_type(const struct field *f, const struct term *t, bool typed)
{
	bool by_field = typed && (t->flags & TERM_UNTYPED) != 0 && (f->type == OBSERVABLE_FILE_NAME || is_hash(f->type));
	return by_field ? f->type : (enum observable)t->type;
}

static void meet(struct evaluator *e, const struct way *m)
{
	const struct term *t = &e->w->terms[m->term];
	if (e->w->indicators[t->indicator].meta == META_SUPERSEDED) return;
	if ((t->flags & TERM_STRICT) != 0 && m->kind < MATCH_LITERAL) {
		slice path = watchlist_string(e->w, t->path);
		if ((m->kind != MATCH_EXACT && m->kind != MATCH_RANGE) || e->field->stix_path == NULL ||
			!slice_equal(path, slice_from(e->field->stix_path)))
			return;
	}
	if (e->settings.exact_only && m->kind != MATCH_EXACT) return;
	uint64_t rank = (uint64_t)m->kind << 60 | (uint64_t)(1023 - (m->strength < 1023 ? m->strength : 1023)) << 50 |
			(uint64_t)(e->field_no & 0x3fff) << 36 | (m->at & 0xfffffffffull);
	if (e->hits_n == e->hits_room) hits_grow(e);
	uint32_t place = place_of(e, t->indicator);
	bool known = e->places[place] != 0;
	size_t i = known ? e->places[place] - 1 : e->hits_n++;
	if (known && e->met[i].rank <= rank) return;
	e->places[place] = (uint32_t)i + 1;
	e->met[i] = (struct met){rank, e->text, place};
	e->hits[i] = (struct hit){.term = m->term,
		.kind = m->kind,
		.type = met_type(e->field, t, m->typed),
		.typed = m->typed,
		.seen = m->seen,
		.field = e->field->name};
}

/* A field whose values are looked at by shape and without a type. */
static bool is_free_text(const struct field *f)
{
	return f->is_key || f->type == OBSERVABLE_NONE || f->type == OBSERVABLE_USER_AGENT || f->type == OBSERVABLE_COMMAND_LINE ||
	       f->type == OBSERVABLE_OTHER || f->type == OBSERVABLE_URL_PATH;
}

#define EACH_TERM(e, key, number)                                                                                                          \
	for (uint32_t a_ = watchlist_find((e)->w, (key)), number;                                                                          \
		a_ != 0 && ((number = (e)->w->anchors[a_ - 1].term & ~ANCHOR_FAST), true); a_ = (e)->w->anchors[a_ - 1].next)              \
		if (number != TERM_NONE)

static slice seen_of(const struct evaluator *e, const struct shape *s)
{
	return slice_sub(e->text, s->at, s->n);
}

static void meet_ranges(struct evaluator *e, const struct shape *s, const uint8_t *address, size_t n, bool typed)
{
	for (size_t i = 0; i < e->w->ranges_n; i++) {
		const struct range_row *r = &e->w->ranges[i];
		uint8_t net[16] = {0};
		if ((r->v6 != 0) != (n == 16)) continue;
		for (size_t k = 0; k < n; k++) {
			unsigned left = r->bits > 8 * k ? r->bits - (unsigned)(8 * k) : 0;
			net[k] = left >= 8 ? address[k] : (uint8_t)(address[k] & (0xff00u >> left));
		}
		EACH_TERM(e, key_range(e->w->header->seed, net, n, r->bits), number)
		if (e->w->terms[number].op == TERM_SUBSET && e->w->terms[number].type == (n == 16 ? OBSERVABLE_IPV6 : OBSERVABLE_IPV4)) {
			char text[ADDRESS_TEXT_BYTES];
			ipv6 v6;
			memcpy(v6.b, net, 16);
			uint32_t v4 = (uint32_t)net[0] << 24 | (uint32_t)net[1] << 16 | (uint32_t)net[2] << 8 | net[3];
			slice want = arena_printf(e->scratch, "%s/%u", n == 16 ? ipv6_format(&v6, text) : ipv4_format(v4, text), r->bits);
			if (slice_equal(want, term_value(e->w, &e->w->terms[number])))
				meet(e, &(struct way){number, MATCH_RANGE, r->bits, typed, seen_of(e, s), s->at});
		}
	}
}

static void meet_address(struct evaluator *e, const struct shape *s, bool typed)
{
	char text[ADDRESS_TEXT_BYTES];
	bool v6 = s->kind == SHAPE_IPV6;
	slice normal = slice_from(v6 ? ipv6_format(&s->v6, text) : ipv4_format(s->v4, text));
	uint64_t key = v6 ? key_ipv6(e->w->header->seed, s->v6.b) : ipv4_key(e->w->header->seed, s->v4);
	EACH_TERM(e, key, number)
	{
		const struct term *t = &e->w->terms[number];
		if (t->op == TERM_EQUAL && t->type == (v6 ? OBSERVABLE_IPV6 : OBSERVABLE_IPV4) && slice_equal(normal, term_value(e->w, t)))
			meet(e, &(struct way){number, MATCH_EXACT, 0, typed, seen_of(e, s), s->at});
	}
	uint8_t v4[4] = {(uint8_t)(s->v4 >> 24), (uint8_t)(s->v4 >> 16), (uint8_t)(s->v4 >> 8), (uint8_t)s->v4};
	if (e->w->ranges_n > 0) meet_ranges(e, s, v6 ? s->v6.b : v4, v6 ? 16 : 4, typed);
}

static void meet_name(struct evaluator *e, const struct shape *s, bool typed)
{
	slice name = s->normal;
	for (size_t from = 0; from < name.n;) {
		slice suffix = slice_sub(name, from, name.n);
		size_t dot = slice_find_byte(suffix, '.');
		if (dot == suffix.n) return;
		EACH_TERM(e, name_key(e->w->header->seed, suffix), number)
		{
			const struct term *t = &e->w->terms[number];
			if (t->type == OBSERVABLE_DOMAIN && t->op == TERM_EQUAL && slice_equal(suffix, term_value(e->w, t)))
				meet(e, &(struct way){number, from == 0 ? MATCH_EXACT : MATCH_SUBDOMAIN, from == 0 ? 0 : (unsigned)suffix.n,
						typed, seen_of(e, s), s->at});
		}
		from += dot + 1;
	}
}

static void meet_hash(struct evaluator *e, const struct shape *s)
{
	EACH_TERM(e, key_hash(e->w->header->seed, s->normal.p, s->normal.n), number)
	{
		const struct term *t = &e->w->terms[number];
		bool typed = is_hash(e->field->type);
		if (!is_hash((enum observable)t->type) || !slice_equal(s->normal, term_value(e->w, t))) continue;
		if (typed && t->type != e->field->type && (t->flags & TERM_UNTYPED) == 0) continue;
		meet(e, &(struct way){number, MATCH_EXACT, 0, typed, seen_of(e, s), s->at});
	}
}

static void meet_email(struct evaluator *e, const struct shape *s)
{
	EACH_TERM(e, email_key(e->w->header->seed, s->normal), number)
	if (e->w->terms[number].type == OBSERVABLE_EMAIL && slice_equal(s->normal, term_value(e->w, &e->w->terms[number])))
		meet(e, &(struct way){number, MATCH_EXACT, 0, e->field->type == OBSERVABLE_EMAIL, seen_of(e, s), s->at});
}

struct url {
	slice scheme, normal, seen;
	size_t at;
	bool typed;
};

/* Terms under the key of `found`, which is `part` of the URL or the same without its port. */
static void meet_url_key(struct evaluator *e, const struct url *u, slice found, slice part, enum match_kind kind)
{
	EACH_TERM(e, key_text(e->w->header->seed, found.p, found.n, OBSERVABLE_URL), number)
	{
		const struct term *t = &e->w->terms[number];
		if (t->type != OBSERVABLE_URL || t->op != TERM_EQUAL) continue;
		slice want = term_value(e->w, t), scheme = url_cut_scheme(&want);
		if (url_equal(scheme, want, u->scheme, part))
			meet(e, &(struct way){number, kind, kind == MATCH_PREFIX ? (unsigned)part.n : 0, u->typed, u->seen, u->at});
	}
}

static void meet_url_part(struct evaluator *e, const struct url *u, slice part, enum match_kind kind)
{
	slice bare;
	meet_url_key(e, u, part, part, kind);
	if (u->scheme.n == 0 && url_without_port(e->scratch, part, &bare)) meet_url_key(e, u, bare, part, kind);
}

static void meet_url(struct evaluator *e, const struct url *u)
{
	meet_url_part(e, u, u->normal, MATCH_EXACT);
	if (!e->settings.url_prefix) return;
	for (size_t i = 1; i < u->normal.n; i++) {
		uint8_t c = u->normal.p[i];
		if (c == '/' || c == '?') meet_url_part(e, u, slice_sub(u->normal, 0, i), MATCH_PREFIX);
		if (c == '/' && i + 1 < u->normal.n) meet_url_part(e, u, slice_sub(u->normal, 0, i + 1), MATCH_PREFIX);
	}
}

/* Whether the place is the host of a URL: right behind "://" or "@". */
static bool at_host(const struct evaluator *e, size_t at)
{
	return at > 0 && ((at > 2 && e->text.p[at - 1] == '/' && e->text.p[at - 2] == '/') || e->text.p[at - 1] == '@');
}

static void meet_shape(void *context, const struct shape *s)
{
	struct evaluator *e = context;
	enum observable type = e->field->type;
	bool free_text = is_free_text(e->field), url = type == OBSERVABLE_URL, host = type == OBSERVABLE_HOST;
	switch (s->kind) {
	case SHAPE_IPV4:
	case SHAPE_IPV6:
		if (free_text || url || host || type == OBSERVABLE_ADDRESS ||
			type == (s->kind == SHAPE_IPV4 ? OBSERVABLE_IPV4 : OBSERVABLE_IPV6))
			meet_address(e, s, !free_text && (!url || at_host(e, s->at)));
		break;
	case SHAPE_NAME:
		if (free_text || url || host || type == OBSERVABLE_DOMAIN || type == OBSERVABLE_EMAIL)
			meet_name(e, s, !free_text && (!url || at_host(e, s->at)));
		break;
	case SHAPE_HASH:
		if (free_text || url || is_hash(type)) meet_hash(e, s);
		break;
	case SHAPE_EMAIL:
		if (free_text || type == OBSERVABLE_EMAIL) meet_email(e, s);
		break;
	case SHAPE_URL:
		if (free_text || ((url || host) && !s->cut)) meet_url(e, &(struct url){s->scheme, s->normal, seen_of(e, s), s->at, url});
		break;
	}
}

/* ---- files ---- */
static bool file_stands(slice text, slice value, size_t at)
{
	if (at + value.n > text.n || !slice_equal_nocase(slice_sub(text, at, value.n), value)) return false;
	if (shape_word_before(text, at) || (at > 0 && (text.p[at - 1] == '-' || text.p[at - 1] == '.'))) return false;
	size_t end = at + value.n;
	if (shape_word_at(text, end) || (end < text.n && text.p[end] == '-')) return false;
	return !(end + 1 < text.n && text.p[end] == '.' && (shape_word_at(text, end + 1) || text.p[end + 1] == '-'));
}

static void meet_file_token(void *context, size_t at, size_t n)
{
	struct evaluator *e = context;
	uint64_t key;
	slice token;
	if (!file_anchor(e->w->header->seed, slice_sub(e->text, at, n), &key, &token)) return;
	EACH_TERM(e, key, number)
	{
		const struct term *t = &e->w->terms[number];
		slice value = term_value(e->w, t);
		if (t->type != OBSERVABLE_FILE_NAME || t->op != TERM_EQUAL || value.n > at + n) continue;
		size_t from = at + n - value.n;
		if (file_stands(e->text, value, from))
			meet(e, &(struct way){number, MATCH_EXACT, 0, false, slice_sub(e->text, from, value.n), from});
	}
}

static slice last_component(slice path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '\\' || path.p[i - 1] == '/') return slice_sub(path, i, path.n);
	return path;
}

static bool file_equal(slice path, slice component, slice value)
{
	return slice_equal_nocase(component, value) || slice_equal_nocase(path, value);
}

static void meet_file_key(struct evaluator *e, uint64_t key, slice component, slice name)
{
	EACH_TERM(e, key, number)
	{
		const struct term *t = &e->w->terms[number];
		slice value = term_value(e->w, t);
		bool file = t->type == OBSERVABLE_FILE_NAME && file_equal(e->text, component, value);
		bool as_name = t->type == OBSERVABLE_DOMAIN && (t->flags & TERM_UNTYPED) != 0 && slice_equal_nocase(name, value);
		if (t->op == TERM_EQUAL && (file || as_name))
			meet(e, &(struct way){number, MATCH_EXACT, 0, true, as_name || component.n == value.n ? component : e->text, 0});
	}
}

static void meet_typed_file(struct evaluator *e)
{
	slice component = last_component(e->text), name = component, token;
	uint64_t key, seed = e->w->header->seed;
	if (file_anchor(seed, component, &key, &token)) meet_file_key(e, key, component, name);
	else if (shape_name(e->scratch, component, &name)) meet_file_key(e, name_key(seed, name), component, name);
}

/* ---- literals and expressions ---- */
bool observable_compatible(enum observable field, enum observable term)
{
	if (field == term) return field != OBSERVABLE_NONE && field != OBSERVABLE_OTHER;
	if (term == OBSERVABLE_IPV4 || term == OBSERVABLE_IPV6) return field == OBSERVABLE_ADDRESS || field == OBSERVABLE_HOST;
	return term == OBSERVABLE_DOMAIN && field == OBSERVABLE_HOST;
}

bool observable_is_other(enum observable o)
{
	return o >= OBSERVABLE_REGISTRY_KEY && o <= OBSERVABLE_OTHER;
}

static bool letter_before(slice text, size_t i)
{
	return i > 0 && text.p[i - 1] != '_' && shape_word_before(text, i);
}

static bool letter_at(slice text, size_t i)
{
	return i < text.n && text.p[i] != '_' && shape_word_at(text, i);
}

static bool literal_stands(slice text, slice value, bool nocase, size_t *at)
{
	bool first = letter_at(value, 0), last = letter_before(value, value.n);
	for (size_t i = 0; i + value.n <= text.n; i++) {
		if ((text.p[i] | 0x20) != (value.p[0] | 0x20)) continue;
		slice here = slice_sub(text, i, value.n);
		if (!(nocase ? slice_equal_nocase(here, value) : slice_equal(here, value))) continue;
		if ((first && letter_before(text, i)) || (last && letter_at(text, i + value.n))) continue;
		*at = i;
		return true;
	}
	return false;
}

/* A registry key in free text, by any of its spellings. */
static bool key_stands(slice text, slice key, size_t *at, size_t *n)
{
	bool last = letter_before(key, key.n);
	for (size_t i = 0; i < text.n; i++) {
		if ((text.p[i] | 0x20) != 'h' && text.p[i] != '\\') continue;
		if (text.p[i] != '\\' && letter_before(text, i)) continue;
		if (!registry_spells(slice_sub(text, i, text.n), key, false, n) || (last && letter_at(text, i + *n))) continue;
		*at = i;
		return true;
	}
	return false;
}

static void meet_key(struct evaluator *e, uint32_t number, bool fits, bool free_text)
{
	slice key = term_value(e->w, &e->w->terms[number]), text = text_nfc(e->scratch, e->text);
	size_t at, n;
	if (fits && registry_spells(text, key, true, &n)) meet(e, &(struct way){number, MATCH_LITERAL, 0, true, e->text, 0});
	else if (free_text && key_stands(text, key, &at, &n))
		meet(e, &(struct way){number, MATCH_LITERAL, 0, false, slice_sub(text, at, n), at});
}

/* The field is a file's name, and this one. */
static bool meet_file_field(struct evaluator *e, uint32_t number, slice text)
{
	slice component = last_component(text), value = term_value(e->w, &e->w->terms[number]);
	if (e->field->is_key || e->field->type != OBSERVABLE_FILE_NAME || !file_equal(text, component, value)) return false;
	meet(e, &(struct way){number, MATCH_EXACT, 0, true, component.n == value.n ? component : text, 0});
	return true;
}

static void meet_slow_equal(struct evaluator *e, uint32_t number, bool fits)
{
	const struct term *t = &e->w->terms[number];
	slice value = term_value(e->w, t), text = text_nfc(e->scratch, e->text);
	bool nocase = t->type == OBSERVABLE_REGISTRY_KEY;
	bool free_text = (e->whole && (t->flags & TERM_BY_PATH) == 0) ||
			 ((t->flags & TERM_UNTYPED) != 0 && !e->unknown_format && is_free_text(e->field) && !e->field->is_key);
	size_t at = 0;
	if (t->type == OBSERVABLE_FILE_NAME) {
		(void)meet_file_field(e, number, e->text);
		if (!is_free_text(e->field)) return;
		for (size_t i = 0; i + value.n <= e->text.n; i++)
			if ((e->text.p[i] | 0x20) == (value.p[0] | 0x20) && file_stands(e->text, value, i)) {
				meet(e, &(struct way){number, MATCH_EXACT, 0, false, slice_sub(e->text, i, value.n), i});
				return;
			}
	} else if (!observable_is_other((enum observable)t->type) ||
		   ((t->flags & TERM_UNTYPED) != 0 && !nocase && meet_file_field(e, number, text))) {
		return;
	} else if (nocase && registry_has_hive(value)) {
		meet_key(e, number, fits, free_text);
	} else if (fits && (nocase ? slice_equal_nocase(text, value) : slice_equal(text, value))) {
		meet(e, &(struct way){number, MATCH_LITERAL, 0, true, e->text, 0});
	} else if (free_text && literal_stands(text, value, nocase, &at)) {
		meet(e, &(struct way){number, MATCH_LITERAL, 0, false, slice_sub(text, at, value.n), at});
	}
}

/* The text as expressions see it, itself (NFC) first: a file's name is its last component too, a registry key has many names. */
static size_t readings_of(struct evaluator *e, slice readings[REGISTRY_READINGS_MAX])
{
	slice text = text_nfc(e->scratch, e->text);
	if (e->field->type == OBSERVABLE_REGISTRY_KEY) return registry_readings(e->scratch, text, readings);
	readings[0] = text;
	readings[1] = last_component(text);
	return e->field->type == OBSERVABLE_FILE_NAME && readings[1].n < text.n ? 2 : 1;
}

static void add_unfinished(struct evaluator *e, uint32_t number)
{
	if (e->unfinished_n == e->unfinished_room) {
		e->unfinished_room = e->unfinished_room == 0 ? 16 : e->unfinished_room * 2;
		e->unfinished = mem_resize(e->unfinished, e->unfinished_room * sizeof *e->unfinished);
	}
	e->unfinished[e->unfinished_n++] = number;
}

/* LIKE or MATCHES; that it was given up is kept. */
static bool is_met(struct evaluator *e, uint32_t number, slice value, size_t *at, size_t *n)
{
	enum literals_answer answer = literals_test(e->w->literals, e->literals, number, value, at, n);
	if (answer == LITERALS_UNKNOWN) add_unfinished(e, number);
	return answer == LITERALS_YES;
}

static void meet_slow(struct evaluator *e, uint32_t number)
{
	const struct term *t = &e->w->terms[number];
	const char *path = e->field->stix_path;
	bool by_path = (t->flags & TERM_BY_PATH) != 0;
	bool fits = !e->field->is_key &&
		    ((!by_path && observable_compatible(e->field->type, (enum observable)t->type)) ||
			    (path != NULL && t->path != 0 && slice_equal(watchlist_string(e->w, t->path), slice_from(path))));
	if (t->op == TERM_EQUAL) {
		meet_slow_equal(e, number, fits);
		return;
	}
	if (!fits && (by_path || !e->whole || !observable_is_other((enum observable)t->type))) return;
	slice readings[REGISTRY_READINGS_MAX];
	size_t at, n, readings_n = readings_of(e, readings);
	for (size_t i = 0; i < (fits ? readings_n : 1); i++) {
		if (!is_met(e, number, readings[i], &at, &n)) continue;
		slice seen = e->field->type == OBSERVABLE_REGISTRY_KEY ? e->text : slice_sub(readings[i], at, n);
		meet(e, &(struct way){number, MATCH_PATTERN, 0, fits, seen, at});
		return;
	}
}

static void meet_candidate(void *context, uint32_t number, size_t end)
{
	(void)end;
	meet_slow(context, number);
}

/* Terms that nothing in the raw bytes announces. */
static void meet_always(struct evaluator *e)
{
	if (e->literals == NULL || !literals_always(e->w->literals)) return;
	slice readings[REGISTRY_READINGS_MAX];
	size_t n = readings_of(e, readings);
	for (size_t i = 0; i < n; i++) literals_values(e->w->literals, e->literals, readings[i], meet_candidate, e);
}

static void meet_slows(struct evaluator *e)
{
	for (size_t i = 0; i < e->candidate->slow_n; i++) meet_slow(e, e->candidate->slow[i]);
	meet_always(e);
}

static void meet_anchored(struct evaluator *e)
{
	enum observable type = e->field->type;
	if (type == OBSERVABLE_FILE_NAME && !e->field->is_key) meet_typed_file(e);
	else if (e->field->is_key || type < OBSERVABLE_REGISTRY_KEY || type > OBSERVABLE_SERIAL || is_free_text(e->field))
		e->limits |= shape_scan(e->scratch, e->text, meet_shape, e) ? 0 : 1u << SCAN_LIMIT_URL_WORK;
	if (is_free_text(e->field)) shape_tokens(e->text, meet_file_token, e);
}

static void meet_reading(struct evaluator *e, slice text)
{
	e->text = text;
	if (text.n == 0) return;
	if (e->candidate->anchored) meet_anchored(e);
	meet_slows(e);
}

/* The whole record as one text: where its format is unknown, "other" literals and expressions are looked for in it. */
static void meet_whole(struct evaluator *e, bool json)
{
	static const struct field RECORD = {.type = OBSERVABLE_IGNORED};
	if (!e->unknown_format || e->literals == NULL) return;
	e->field = &RECORD;
	e->field_no = e->fields.fields_n;
	e->whole = true;
	slice undone = text_unescape_json(e->scratch, e->record);
	for (int reading = 0; reading < 2; reading++) { /* raw, and with escapes undone */
		if (reading == 0 ? json : !json && undone.p == e->record.p) continue;
		e->text = reading == 0 ? e->record : undone;
		meet_slows(e);
	}
	e->whole = false;
}

/* ---- URLs of two fields ---- */
/* LIKE and MATCHES see it as written and with the host in lower case; a scheme that is not told is any of these, or left out. */
#define JOINED_READINGS 6u
struct joined {
	struct evaluator *e;
	slice readings[JOINED_READINGS];
	size_t n;
};

static void joined_make(struct evaluator *e, slice host, struct joined *j)
{
	static const slice any[] = {SLICE(""), SLICE("http"), SLICE("https")};
	const struct record_fields *r = &e->fields;
	const slice *schemes = r->url_scheme.n > 0 ? &r->url_scheme : any;
	size_t schemes_n = r->url_scheme.n > 0 ? 1 : sizeof any / sizeof *any;
	*j = (struct joined){.e = e};
	for (size_t i = 0; i < schemes_n * 2; i++) {
		slice scheme = schemes[i / 2],
		      text = arena_join(e->scratch, i % 2 == 0 ? host : text_lower_ascii(e->scratch, host), r->url_path);
		if (scheme.n > 0) text = arena_join(e->scratch, arena_join(e->scratch, scheme, SLICE("://")), text);
		j->readings[j->n++] = text_nfc(e->scratch, text);
	}
}

static void meet_joined_pattern(void *context, uint32_t number, size_t end)
{
	struct joined *j = context;
	const struct term *t = &j->e->w->terms[number];
	size_t at, n;
	(void)end;
	if (t->type != OBSERVABLE_URL || (t->op != TERM_LIKE && t->op != TERM_MATCHES)) return;
	for (size_t i = 0; i < j->n; i++) {
		if (!is_met(j->e, number, j->readings[i], &at, &n)) continue;
		meet(j->e, &(struct way){number, MATCH_PATTERN, 0, true, j->readings[i], 0});
		return;
	}
}

static void meet_joined_patterns(struct evaluator *e, slice host)
{
	struct joined j;
	if (e->literals == NULL) return;
	joined_make(e, host, &j);
	for (size_t i = 0; i < e->candidate->slow_n; i++) meet_joined_pattern(&j, e->candidate->slow[i], 0);
	for (size_t i = 0; i < j.n; i++) literals_values(e->w->literals, e->literals, j.readings[i], meet_joined_pattern, &j);
}

static void meet_joined(struct evaluator *e, slice host)
{
	const struct record_fields *r = &e->fields;
	slice normal, seen = arena_join(e->scratch, host, r->url_path);
	if (e->candidate->anchored && shape_url_join(e->scratch, r->url_scheme, host, r->url_path, &normal))
		meet_url(e, &(struct url){text_lower_ascii(e->scratch, r->url_scheme), normal, seen, 0, true});
	meet_joined_patterns(e, host);
}

/* A URL whose host and path stand in two fields. A port 80 or 443 beside them is the default of the scheme that is not told, or not: both
 * count. */
static void meet_halves(struct evaluator *e)
{
	const struct record_fields *r = &e->fields;
	struct field field = {
		.name = r->url_field != NULL ? slice_from(r->url_field) : (slice){0}, .type = OBSERVABLE_URL, .stix_path = "url:value"};
	if (r->url_host.n == 0) return;
	e->field = &field;
	e->field_no = 0; /* it stands where the path does */
	while (e->field_no < r->fields_n && !slice_equal(r->fields[e->field_no].name, field.name)) e->field_no++;
	meet_joined(e, r->url_host);
	bool bare_v6 = r->url_host.p[0] != '[' && slice_find_byte(r->url_host, ':') < r->url_host.n;
	if (r->url_port.n > 0)
		meet_joined(e, arena_printf(e->scratch, bare_v6 ? "[%.*s]:%.*s" : "%.*s:%.*s", SLICE_PRINTF(r->url_host),
				       SLICE_PRINTF(r->url_port)));
	e->field = NULL; /* it was this function's */
}

/* By id, or by value where there is none; no two hits are of one indicator. */
static int by_indicator(const void *a, const void *b, void *context)
{
	const struct watchlist *w = context;
	const struct term *x = &w->terms[((const struct hit *)a)->term], *y = &w->terms[((const struct hit *)b)->term];
	slice p = watchlist_string(w, w->indicators[x->indicator].id), q = watchlist_string(w, w->indicators[y->indicator].id);
	int c = slice_compare(p.n > 0 ? p : term_value(w, x), q.n > 0 ? q : term_value(w, y));
	return c != 0 ? c : (x->indicator > y->indicator) - (x->indicator < y->indicator);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Leaves of the expressions that were given up each once, and none that met the record elsewhere. */
static void settle_unfinished(struct evaluator *e)
{
	size_t n = 0;
	if (e->unfinished_n == 0) return;
	qsort(e->unfinished, e->unfinished_n, sizeof *e->unfinished, by_number);
	for (size_t i = 0; i < e->unfinished_n; i++) {
		uint32_t number = e->unfinished[i];
		bool met = e->hits_room > 0 && e->places[place_of(e, e->w->terms[number].indicator)] != 0;
		if (!met && (n == 0 || e->unfinished[n - 1] != number)) e->unfinished[n++] = number;
	}
	e->unfinished_n = n;
	if (n > 0) e->limits |= 1u << SCAN_LIMIT_MATCH_STEPS;
}

static void sort_hits(struct evaluator *e)
{
	if (e->hits_n > 1) qsort_r(e->hits, e->hits_n, sizeof *e->hits, by_indicator, (void *)(uintptr_t)e->w);
}

static bool is_within(slice part, slice whole)
{
	return (uintptr_t)part.p >= (uintptr_t)whole.p && (uintptr_t)part.p + part.n <= (uintptr_t)whole.p + whole.n;
}

/* What a decoded value's part looks like in the record, as JSON writes it, with a little of what stands around it, so that 1.2.3.4 is not
 * shown within 11.2.3.4. */
struct written {
	slice text;
	size_t before, n;
};

static size_t put_written(struct buf *b, slice text)
{
	size_t start = b->n;
	json_put_text(b, text);
	if (b->failed || b->n < start + 2) return 0;
	memmove(b->p + start, b->p + start + 1, b->n - start - 2); /* without quotes */
	b->n -= 2;
	return b->n - start;
}

static void write_part(struct evaluator *e, slice seen, slice text, struct written *out)
{
	struct buf b = {0};
	bool within = is_within(seen, text);
	size_t at = within ? (size_t)(seen.p - text.p) : 0, end = at + seen.n, from = at < SEEN_NEIGHBOURS ? 0 : at - SEEN_NEIGHBOURS;
	if (within && at == 0) buf_add_byte(&b, '"'); /* it starts the value */
	if (within) (void)put_written(&b, slice_sub(text, from, at - from));
	out->before = b.n;
	out->n = put_written(&b, seen);
	if (within) (void)put_written(&b, slice_sub(text, end, SEEN_NEIGHBOURS));
	if (within && end == text.n) buf_add_byte(&b, '"');
	out->text = arena_copy(e->scratch, buf_slice(&b));
	buf_free(&b);
}

/* Where the record's bytes show what was seen: its own place, or where the decoded value it is a part of stands. */
static void tell_place(struct evaluator *e, struct hit *h, slice text, size_t *budget)
{
	struct written w = {.text = h->seen, .n = h->seen.n};
	if (is_within(h->seen, e->record)) {
		h->seen_at = (size_t)(h->seen.p - e->record.p);
		h->seen_n = h->seen.n;
		return;
	}
	if (*budget < 2 * e->record.n) return;
	write_part(e, h->seen, text, &w);
	size_t at = slice_find(e->record, w.text);
	*budget -= at;
	if (at >= e->record.n) {
		w = (struct written){.text = h->seen, .n = h->seen.n};
		at = slice_find(e->record, w.text);
		*budget -= at;
	}
	if (at >= e->record.n) return;
	h->seen_at = at + w.before;
	h->seen_n = w.n;
}

static void tell_places(struct evaluator *e)
{
	size_t budget = 2 * e->record.n + SEEN_SEARCH_BYTES_MAX;
	for (size_t i = 0; i < e->hits_n && !e->settings.count_only; i++) tell_place(e, &e->hits[i], e->met[i].text, &budget);
}

static void keep_hits(struct evaluator *e)
{
	slice host = arena_copy(e->results, e->fields.host);
	for (size_t i = 0; i < e->hits_n; i++) {
		struct hit *h = &e->hits[i];
		h->record = e->record;
		h->seen = arena_copy(e->results, h->seen);
		h->field = arena_copy(e->results, h->field);
		h->host = host;
		h->time = e->fields.time;
		h->time_guessed = e->fields.time_guessed;
	}
}

bool evaluate(struct evaluator *e, const struct scan_chunk *c, const struct candidate *candidate)
{
	slice record = candidate->record;
	arena_reset(e->scratch);
	hits_forget(e);
	e->limits = 0;
	e->unfinished_n = 0;
	e->record = record;
	e->candidate = candidate;
	telemetry_fields(e->reader, e->scratch, c->format, c->header, record, &e->fields);
	slice start = slice_trim(slice_sub(record, 0, 64));
	if (e->fields.too_many) e->limits |= 1u << SCAN_LIMIT_FIELDS;
	if (e->fields.too_deep) e->limits |= 1u << SCAN_LIMIT_JSON_DEPTH;
	bool json = e->fields.is_json, refused = e->fields.as_text && start.n > 0 && start.p[0] == '{';
	e->unknown_format = true;
	for (size_t i = 0; i < e->fields.fields_n; i++)
		e->unknown_format &= e->fields.fields[i].is_key ||
				     (e->fields.fields[i].type == OBSERVABLE_NONE && e->fields.fields[i].stix_path == NULL);
	for (size_t i = 0; i < e->fields.fields_n; i++) {
		e->field = &e->fields.fields[i];
		e->field_no = i;
		if (e->field->type == OBSERVABLE_IGNORED && !e->field->is_key) continue;
		slice value = e->field->value, undone = json ? value : text_unescape_json(e->scratch, value);
		meet_reading(e, value);
		if (undone.p != value.p) meet_reading(e, undone);
	}
	meet_whole(e, json);
	meet_halves(e);
	settle_unfinished(e);
	tell_places(e);
	sort_hits(e);
	keep_hits(e);
	return !refused;
}
