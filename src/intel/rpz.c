/* Response policy zones: the owner names of a DNS zone are triggers, its records say what a name server does then. An owner is an indicator
 * once, whatever its records, except where the action lets it pass (CNAME rpz-passthru., or to itself): that is context.
 * - name.apex, *.name.apex: a name (ours always meets the names below it too).
 * - 32.4.3.2.1.rpz-ip.apex: the address 1.2.3.4/32 in an answer; "zz" is IPv6's "::".
 * - NAME.rpz-nsdname.apex, 32.4.3.2.1.rpz-nsip.apex: a name server that serves what is bad, by its name or address.
 * - 32.4.3.2.1.rpz-client-ip.apex: who asks. That is one of the zone's own clients, not what they must not reach: context.
 * Only what is needed of RFC 1035 5.1: owners, $ORIGIN, comments, quotes, parentheses. Source: draft-vixie-dnsop-dns-rpz 4 and 6. */
#include "intel_int.h"
#include "limit.h"
#include <stdlib.h>

#define TOKENS_MAX 8u
#define LABELS_MAX 40u

struct rpz {
	struct lines lines;
	slice author;
	struct buf pending; /* a record whose parentheses are open */
	uint64_t pending_line;
	struct buf origin, apex, owner, full, last, value;
	struct buf beside; /* comments of the record */
	size_t depth;
};

struct record {
	slice owner, type, data;
};

/* ---- zone text ---- */

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '(' || c == ')' || c == '\n';
}

/* The line without its comment; *depth follows its parentheses. */
static slice without_comment(slice s, size_t *depth)
{
	bool quoted = false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (c == '\\') i++;
		else if (c == '"') quoted = !quoted;
		else if (!quoted && c == ';') return slice_sub(s, 0, i);
		else if (!quoted && c == '(') ++*depth;
		else if (!quoted && c == ')' && *depth > 0) --*depth;
	}
	return s;
}

static slice token(slice *rest)
{
	size_t at = 0, end;
	while (at < rest->n && blank(rest->p[at])) at++;
	for (end = at; end < rest->n && !blank(rest->p[end]);) end++;
	slice t = slice_sub(*rest, at, end - at);
	*rest = slice_sub(*rest, end, rest->n);
	return t;
}

static bool is_ttl_or_class(slice t)
{
	static const slice classes[] = {SLICE("IN"), SLICE("CH"), SLICE("HS")};
	if (t.n > 0 && t.p[0] >= '0' && t.p[0] <= '9') return true;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (slice_equal_nocase(t, classes[i])) return true;
	return false;
}

static bool record_of(slice line, struct record *out)
{
	slice rest = line, t;
	*out = (struct record){0};
	if (line.n > 0 && !blank(line.p[0])) out->owner = token(&rest);
	for (unsigned i = 0; i < TOKENS_MAX; i++) {
		t = token(&rest);
		if (is_ttl_or_class(t)) continue;
		out->type = t;
		out->data = token(&rest);
		break;
	}
	return out->type.n > 0;
}

static slice without_dot(slice name)
{
	if (name.n > 0 && name.p[name.n - 1] == '.') name.n--;
	return name;
}

/* The whole name, without the last dot. */
static void resolve(const struct rpz *z, slice name, struct buf *out)
{
	buf_clear(out);
	bool absolute = name.n > 0 && name.p[name.n - 1] == '.', origin = slice_equal(name, SLICE("@"));
	if (!origin) buf_add(out, without_dot(name));
	if (absolute || z->origin.n == 0) return;
	if (!origin) buf_add_byte(out, '.');
	buf_add(out, buf_slice(&z->origin));
}

static bool ends_nocase(slice s, slice end)
{
	return s.n >= end.n && slice_equal_nocase(slice_sub(s, s.n - end.n, end.n), end);
}

/* The name below the zone's apex; false for the apex itself. */
static bool below_apex(const struct rpz *z, slice *name)
{
	slice apex = buf_slice(&z->apex);
	if (apex.n == 0) return name->n > 0;
	if (slice_equal_nocase(*name, apex)) return false;
	if (name->n > apex.n && ends_nocase(*name, apex) && name->p[name->n - apex.n - 1] == '.') name->n -= apex.n + 1;
	return true;
}

/* ---- triggers ---- */

static size_t labels_of(slice s, slice labels[LABELS_MAX])
{
	size_t n = 0;
	while (s.n > 0 && n < LABELS_MAX) labels[n++] = slice_cut(&s, '.');
	return n;
}

/* "32.4.3.2.1" is 1.2.3.4/32; "48.zz.db8.2001" is 2001:db8::/48. */
static void address_of(slice trigger, struct buf *out)
{
	slice labels[LABELS_MAX];
	size_t n = labels_of(trigger, labels);
	bool zz = false;
	for (size_t i = 0; i < n; i++) zz |= slice_equal_nocase(labels[i], SLICE("zz"));
	char separator = n == 5 && !zz ? '.' : ':';
	buf_clear(out);
	for (size_t i = n; i-- > 1;) {
		bool empty = slice_equal_nocase(labels[i], SLICE("zz"));
		if (empty && (i == n - 1 || i == 1)) buf_add_byte(out, ':');
		if (!empty) buf_add(out, labels[i]);
		if (i > 1) buf_add_byte(out, (uint8_t)separator);
	}
	buf_add_byte(out, '/');
	if (n > 0) buf_add(out, labels[0]);
}

static const struct {
	slice suffix;
	bool address;
	const char *context; /* why it is no indicator; NULL: it is one */
} triggers[] = {
	{SLICE(".rpz-ip"), true, NULL},
	{SLICE(".rpz-client-ip"), true, "context only: who asks, not what is asked for"},
	{SLICE(".rpz-nsip"), true, NULL},
	{SLICE(".rpz-nsdname"), false, NULL},
};

static void term_of(struct rpz *z, slice name, struct indicator *i, struct indicator_term *t)
{
	*t = (struct indicator_term){.op = TERM_EQUAL, .type = OBSERVABLE_DOMAIN, .value = name};
	for (size_t k = 0; k < sizeof triggers / sizeof *triggers; k++) {
		if (!ends_nocase(name, triggers[k].suffix)) continue;
		name = slice_sub(name, 0, name.n - triggers[k].suffix.n);
		i->context = triggers[k].context != NULL;
		i->unmatchable = triggers[k].context;
		if (!triggers[k].address) break;
		address_of(name, &z->value);
		*t = (struct indicator_term){.op = TERM_SUBSET, .type = OBSERVABLE_ADDRESS, .value = buf_slice(&z->value)};
		return;
	}
	t->value = slice_starts(name, SLICE("*.")) ? slice_sub(name, 2, name.n) : name;
	if (slice_equal(name, SLICE("*"))) i->unmatchable = "a wildcard for every name";
}

static bool passes(const struct rpz *z, const struct record *r)
{
	if (!slice_equal_nocase(r->type, SLICE("CNAME"))) return false;
	return slice_equal_nocase(slice_sub(r->data, 0, 12), SLICE("rpz-passthru")) ||
	       slice_equal_nocase(without_dot(r->data), buf_slice(&z->last));
}

static enum err emit(struct rpz *z, const struct record *r, slice name, uint64_t line)
{
	struct indicator_term term;
	struct indicator i = indicator_empty(z->author);
	if (slice_equal_nocase(name, buf_slice(&z->last))) return OK; /* one more record of the same owner */
	buf_clear(&z->last);
	buf_add(&z->last, name);
	term_of(z, name, &i, &term);
	i.marking = marking_of_value(&z->lines, buf_slice(&z->beside), line);
	i.line = line;
	if (passes(z, r)) {
		i.context = true;
		i.unmatchable = "context only: the zone lets it pass";
	}
	if (i.unmatchable != NULL) i.name = term.value;
	i.terms = &term;
	i.terms_n = i.unmatchable == NULL;
	return z->lines.sink->indicator(z->lines.sink->context, &i);
}

/* ---- records ---- */

static bool is_of_the_zone(slice type)
{
	static const slice types[] = {SLICE("SOA"), SLICE("NS"), SLICE("RRSIG"), SLICE("NSEC"), SLICE("NSEC3"), SLICE("NSEC3PARAM"),
		SLICE("DNSKEY"), SLICE("CDNSKEY"), SLICE("CDS"), SLICE("DS"), SLICE("ZONEMD")};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_equal_nocase(type, types[i])) return true;
	return false;
}

static void directive(struct rpz *z, slice line, uint64_t number)
{
	slice rest = line, word = token(&rest), name = token(&rest);
	if (slice_equal_nocase(word, SLICE("$TTL"))) return;
	if (!slice_equal_nocase(word, SLICE("$ORIGIN"))) {
		trouble(z->lines.sink, ERR_UNSUPPORTED, number, z->lines.offset, "zone file: $INCLUDE and $GENERATE are not followed");
		return;
	}
	resolve(z, name, &z->full);
	buf_clear(&z->origin);
	buf_add(&z->origin, buf_slice(&z->full));
}

static enum err record(struct rpz *z, slice line, uint64_t number)
{
	struct record r;
	if (slice_trim(line).n == 0) return OK;
	if (line.p[0] == '$') {
		directive(z, line, number);
		return OK;
	}
	if (!record_of(line, &r)) {
		trouble(z->lines.sink, ERR_SYNTAX, number, z->lines.offset, "RFC 1035 5.1: a record without a type, left out");
		return OK;
	}
	if (r.owner.n > 0) {
		buf_clear(&z->owner);
		buf_add(&z->owner, r.owner);
	}
	resolve(z, buf_slice(&z->owner), &z->full);
	slice name = buf_slice(&z->full);
	if (slice_equal_nocase(r.type, SLICE("SOA"))) {
		buf_clear(&z->apex);
		buf_add(&z->apex, name);
	}
	if (is_of_the_zone(r.type) || !below_apex(z, &name)) return OK;
	return emit(z, &r, name, number);
}

static enum err rpz_line(void *context, slice line, uint64_t number)
{
	struct rpz *z = context;
	slice whole = line;
	line = without_comment(line, &z->depth);
	slice comment = slice_sub(whole, line.n, whole.n);
	if (z->pending.n == 0) buf_clear(&z->beside);
	if (z->pending.n == 0 && slice_trim(line).n == 0) marking_comment(&z->lines, comment, number);
	else buf_add(&z->beside, comment);
	if (z->pending.n == 0 && z->depth == 0) return record(z, line, number);
	if (z->pending.n == 0) z->pending_line = number;
	if (z->pending.n + z->beside.n + line.n > INTEL_LINE_BYTES_MAX) {
		trouble(z->lines.sink, ERR_LIMIT, z->pending_line, z->lines.offset,
			"INTEL_LINE_BYTES_MAX: parentheses stay open too long, the record is left out");
		z->depth = 0;
		buf_clear(&z->pending);
		return OK;
	}
	buf_add(&z->pending, line);
	buf_add_byte(&z->pending, '\n');
	if (z->depth > 0) return OK;
	enum err e = record(z, buf_slice(&z->pending), z->pending_line);
	buf_clear(&z->pending);
	return e;
}

/* ---- detection ---- */

/* A zone begins with $TTL, $ORIGIN or a record, and one with policies has their actions. */
bool rpz_is(slice start)
{
	static const slice actions[] = {SLICE("."), SLICE("*.")};
	bool zone = false, policy = false;
	size_t depth = 0;
	for (unsigned n = 0; start.n > 0 && n < 1000; n++) {
		struct record r;
		slice line = without_comment(slice_cut(&start, '\n'), &depth);
		if (slice_trim(line).n == 0 || line.p[0] == '#') continue;
		bool directive_line = slice_starts(line, SLICE("$TTL")) || slice_starts(line, SLICE("$ORIGIN"));
		bool good = !directive_line && record_of(line, &r);
		bool action = good && slice_equal_nocase(r.type, SLICE("CNAME")) && slice_starts(r.data, SLICE("rpz-"));
		for (size_t i = 0; i < 2 && good; i++)
			action |= slice_equal_nocase(r.type, SLICE("CNAME")) && slice_equal(r.data, actions[i]);
		if (!zone && !directive_line && !(good && (action || slice_equal_nocase(r.type, SLICE("SOA"))))) return false;
		zone = true;
		policy |= action || (good && slice_find(r.owner, SLICE(".rpz-")) < r.owner.n);
		if (policy) return true;
	}
	return false;
}

/* ---- the reader ---- */

static void *rpz_open(slice author, const struct intel_sink *sink)
{
	struct rpz *z = mem_alloc(sizeof *z);
	z->lines.sink = sink;
	z->author = author;
	return z;
}

static enum err rpz_feed(void *reader, slice bytes, struct fault *f)
{
	(void)f;
	struct rpz *z = reader;
	return lines_feed(&z->lines, bytes, rpz_line, z);
}

static enum err rpz_end(void *reader, struct fault *f)
{
	(void)f;
	struct rpz *z = reader;
	enum err e = lines_end(&z->lines, rpz_line, z);
	if (e == OK && z->pending.n > 0)
		trouble(z->lines.sink, ERR_SYNTAX, z->pending_line, z->lines.offset,
			"RFC 1035 5.1: parentheses stay open, the record is left out");
	return e;
}

static void rpz_close(void *reader)
{
	struct rpz *z = reader;
	struct buf *all[] = {&z->lines.partial, &z->pending, &z->origin, &z->apex, &z->owner, &z->full, &z->last, &z->value, &z->beside};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
	free(z);
}

const struct reader_kind reader_rpz = {rpz_open, rpz_feed, rpz_end, rpz_close};
