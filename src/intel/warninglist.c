/* Warninglists in MISP's format: values that must not become indicators. Immutable once read, so threads may share it.
 *   string     the whole value            hostname   the name and names below it (a leading dot means the same)
 *   cidr       addresses and ranges       substring  the value holds the entry        regex   PCRE2 search, with limits
 * All without regard to ASCII case. string, hostname and cidr answer from a hash map, whatever the list's length. An entry that is wrong is
 * left out and told. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "address.h"
#include "intel_int.h"
#include "json.h"
#include "limit.h"
#include "text.h"
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#define MATCH_LIMIT 100000u
#define DEPTH_LIMIT 1000u
#define VALUE_BYTES_MAX 4096u /* of a value that is looked up; longer ones are on no list */

enum list_type { LIST_STRING, LIST_HOSTNAME, LIST_CIDR, LIST_SUBSTRING, LIST_REGEX };
struct warninglist {
	struct arena *arena;
	slice name;
	enum list_type type;
	uint64_t types;       /* bit per enum observable that the list is about */
	struct map entries;   /* string, hostname: lower-case text; cidr: range_key */
	bool lengths[2][129]; /* cidr: prefix lengths in use, IPv4 and IPv6 */
	slice *texts;
	size_t texts_n; /* substring */
	pcre2_code **expressions;
	size_t expressions_n; /* regex */
	pcre2_match_context *limits;
	char expected[192]; /* add_regex: of the last entry */
};

#define BIT(o) (UINT64_C(1) << (o))
#define ADDRESSES (BIT(OBSERVABLE_IPV4) | BIT(OBSERVABLE_IPV6))
#define HASHES                                                                                                                             \
	(BIT(OBSERVABLE_MD5) | BIT(OBSERVABLE_SHA1) | BIT(OBSERVABLE_SHA224) | BIT(OBSERVABLE_SHA256) | BIT(OBSERVABLE_SHA384) |           \
		BIT(OBSERVABLE_SHA512) | BIT(OBSERVABLE_HASH_OTHER))
static const struct {
	slice prefix;
	uint64_t types;
} attributes[] = {
	{SLICE("ip-"), ADDRESSES},
	{SLICE("domain"), BIT(OBSERVABLE_DOMAIN)},
	{SLICE("hostname"), BIT(OBSERVABLE_DOMAIN)},
	{SLICE("url"), BIT(OBSERVABLE_URL)},
	{SLICE("uri"), BIT(OBSERVABLE_URL)},
	{SLICE("link"), BIT(OBSERVABLE_URL)},
	{SLICE("email"), BIT(OBSERVABLE_EMAIL)},
	{SLICE("md5"), BIT(OBSERVABLE_MD5)},
	{SLICE("sha1"), BIT(OBSERVABLE_SHA1)},
	{SLICE("sha224"), BIT(OBSERVABLE_SHA224)},
	{SLICE("sha256"), BIT(OBSERVABLE_SHA256)},
	{SLICE("sha384"), BIT(OBSERVABLE_SHA384)},
	{SLICE("sha512"), BIT(OBSERVABLE_SHA512)},
	{SLICE("imphash"), BIT(OBSERVABLE_HASH_OTHER)},
	{SLICE("ja3"), BIT(OBSERVABLE_HASH_OTHER)},
	{SLICE("filename"), BIT(OBSERVABLE_FILE_NAME)},
	{SLICE("regkey"), BIT(OBSERVABLE_REGISTRY_KEY)},
	{SLICE("mutex"), BIT(OBSERVABLE_MUTEX)},
	{SLICE("user-agent"), BIT(OBSERVABLE_USER_AGENT)},
	{SLICE("x509-fingerprint"), HASHES},
};

/* ---- entries ---- */

static slice range_key(const struct cidr *c, uint8_t room[18])
{
	room[0] = c->v6 ? 6 : 4;
	room[1] = c->bits;
	if (c->v6) {
		memcpy(room + 2, c->v6_address.b, 16);
		return slice_of(room, 18);
	}
	for (unsigned i = 0; i < 4; i++) room[2 + i] = (uint8_t)(c->v4 >> (24 - 8 * i));
	return slice_of(room, 6);
}

static bool range_of(slice s, struct cidr *out)
{
	*out = (struct cidr){0};
	if (ipv4_parse(s, &out->v4)) {
		out->bits = 32;
		return true;
	}
	if (ipv6_parse(s, &out->v6_address)) {
		out->v6 = true;
		out->bits = 128;
		return true;
	}
	return cidr_parse(s, out);
}

static void shorten(struct cidr *c, unsigned bits)
{
	c->bits = (uint8_t)bits;
	if (!c->v6) {
		c->v4 = bits == 0 ? 0 : c->v4 & (UINT32_MAX << (32 - bits));
		return;
	}
	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
		if (keep < 8) c->v6_address.b[i] = (uint8_t)(c->v6_address.b[i] & (0xFF00u >> keep));
	}
}

/* Each returns NULL, or what was expected of the entry, which is left out. */

static const char *add_text(struct warninglist *w, slice s)
{
	if (s.n == 0) return "a value";
	map_put(&w->entries, text_lower_ascii(w->arena, s), 1);
	return NULL;
}

static const char *add_hostname(struct warninglist *w, slice s)
{
	while (s.n > 0 && s.p[0] == '.') s = slice_sub(s, 1, s.n);
	while (s.n > 0 && s.p[s.n - 1] == '.') s.n--;
	return s.n > 0 ? add_text(w, s) : "a name";
}

static const char *add_cidr(struct warninglist *w, slice s)
{
	struct cidr c;
	uint8_t room[18];
	if (!range_of(s, &c)) return "an address, or one with a length of 0 to 32 or 128 behind (RFC 4632 3.1)";
	w->lengths[c.v6 ? 1 : 0][c.bits] = true;
	map_put(&w->entries, arena_copy(w->arena, range_key(&c, room)), 1);
	return NULL;
}

static const char *add_substring(struct warninglist *w, slice s)
{
	if (s.n == 0) return "a text";
	w->texts[w->texts_n++] = text_lower_ascii(w->arena, s);
	return NULL;
}

/* "/expression/flags" or the bare expression. */
static const char *add_regex(struct warninglist *w, slice s)
{
	size_t end = s.n, where;
	int code;
	PCRE2_UCHAR why[128] = "";
	if (s.n > 2 && s.p[0] == '/') {
		while (end > 1 && s.p[end - 1] != '/') end--;
		if (end > 1 && s.n - end <= 6) s = slice_sub(s, 1, end - 2);
	}
	if (s.n == 0) return "an expression";
	if (s.n > EXPRESSION_BYTES_MAX) return "an expression of at most EXPRESSION_BYTES_MAX bytes";
	pcre2_code *expression = pcre2_compile(s.p, s.n, PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &code, &where, NULL);
	if (expression != NULL) {
		w->expressions[w->expressions_n++] = expression;
		return NULL;
	}
	(void)pcre2_get_error_message(code, why, sizeof why);
	(void)snprintf(w->expected, sizeof w->expected, "an expression that compiles, not: %s (byte %zu)", (const char *)why, where);
	return w->expected;
}

/* ---- reading ---- */

typedef const char *add_entry(struct warninglist *w, slice s);
static const struct {
	slice name;
	enum list_type type;
	add_entry *add;
} list_types[] = {
	{SLICE("string"), LIST_STRING, add_text},
	{SLICE("hostname"), LIST_HOSTNAME, add_hostname},
	{SLICE("cidr"), LIST_CIDR, add_cidr},
	{SLICE("substring"), LIST_SUBSTRING, add_substring},
	{SLICE("regex"), LIST_REGEX, add_regex},
};

static void add_attribute(struct warninglist *w, slice name)
{
	slice rest = name;
	if (slice_equal_nocase(name, SLICE("all"))) w->types = UINT64_MAX;
	while (rest.n > 0) {
		slice part = slice_cut(&rest, '|');
		if (slice_equal(part, SLICE("ip"))) w->types |= ADDRESSES;
		for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
			if (slice_starts(part, attributes[i].prefix)) w->types |= attributes[i].types;
	}
}

static void read_attributes(struct warninglist *w, json_value root)
{
	json_value list;
	bool any = false;
	if (json_member(root, "matching_attributes", &list)) {
		struct json_iter i = json_iter(list);
		slice text;
		while (json_next(&i)) {
			if (!json_get_text(i.value, &text)) continue;
			any = true;
			add_attribute(w, text);
		}
	}
	if (!any) w->types = UINT64_MAX;
}

/* The first entry that was left out. */
struct wrong {
	size_t n, number;
	slice text;
	char expected[192];
};

static void wrong_add(struct wrong *wrong, size_t number, slice text, const char *expected)
{
	if (wrong->n++ > 0) return;
	wrong->number = number;
	wrong->text = text;
	(void)snprintf(wrong->expected, sizeof wrong->expected, "%s", expected);
}

static void read_entries(struct warninglist *w, json_value list, add_entry *add, struct wrong *wrong)
{
	size_t n = 0;
	struct json_iter i = json_iter(list);
	while (json_next(&i)) n++;
	if (w->type == LIST_SUBSTRING) w->texts = arena_array(w->arena, n, sizeof *w->texts);
	if (w->type == LIST_REGEX) w->expressions = arena_array(w->arena, n, sizeof *w->expressions);
	i = json_iter(list);
	for (size_t number = 1; json_next(&i); number++) {
		slice text = {0};
		bool has = json_get_text(i.value, &text) || json_member_text(i.value, "value", &text);
		const char *expected = has ? add(w, slice_trim(text)) : "a text";
		if (expected != NULL) wrong_add(wrong, number, text, expected);
	}
}

/* The line on which a text stands behind another, when it stands there as it is; else 0. */
static uint64_t line_of(slice json, slice behind, slice text)
{
	size_t from = slice_find(json, behind), line = 1;
	slice rest = slice_sub(json, from, json.n);
	size_t at = text.n > 0 ? slice_find(rest, text) : rest.n;
	if (at == rest.n) return 0;
	for (size_t i = 0; i < from + at; i++) line += json.p[i] == '\n';
	return line;
}

static void tell_wrong(const struct wrong *wrong, slice json, struct fault *f)
{
	slice shown = slice_sub(wrong->text, 0, 64);
	if (wrong->n == 0) return;
	(void)fault_set(f, ERR_SYNTAX, line_of(json, SLICE("\"list\""), wrong->text), 0,
		"warninglist: entry %zu, \"%.*s\", is left out%s; expected %s", wrong->number, SLICE_PRINTF(shown),
		wrong->n > 1 ? ", the first of several" : "", wrong->expected);
}

static const char *found_as(json_value root, const char *key)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",
		[JSON_BOOL] = "a boolean",
		[JSON_INTEGER] = "a number",
		[JSON_UNSIGNED] = "a number",
		[JSON_DOUBLE] = "a number",
		[JSON_STRING] = "a text",
		[JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};
	json_value v;
	return json_member(root, key, &v) ? names[json_type_of(v)] : "missing";
}

/* A list's "type" is a text, its "list" an array or, in old ones, an object. */
static bool members_of(json_value root, slice *type, json_value *list)
{
	if (!json_member_text(root, "type", type) || !json_member(root, "list", list)) return false;
	return json_type_of(*list) == JSON_ARRAY || json_type_of(*list) == JSON_OBJECT;
}

static struct warninglist *list_new(enum list_type type, json_value root)
{
	slice name = SLICE("warninglist");
	struct warninglist *w = mem_alloc(sizeof *w);
	w->arena = arena_new(0);
	w->type = type;
	(void)json_member_text(root, "name", &name);
	w->name = arena_copy(w->arena, name);
	w->limits = pcre2_match_context_create(NULL);
	if (w->limits != NULL) {
		(void)pcre2_set_match_limit(w->limits, MATCH_LIMIT);
		(void)pcre2_set_depth_limit(w->limits, DEPTH_LIMIT);
	}
	read_attributes(w, root);
	return w;
}

static uint64_t line_of_member(slice json)
{
	uint64_t list = line_of(json, SLICE("{"), SLICE("\"list\":")), type = line_of(json, SLICE("{"), SLICE("\"type\":"));
	return list > 0 ? list : type > 0 ? type : 1;
}

static enum err read_root(slice json, json_value root, struct warninglist **out, struct wrong *wrong, struct fault *f)
{
	json_value list;
	slice type;
	if (!members_of(root, &type, &list))
		return fault_set(f, ERR_SYNTAX, line_of_member(json), 0,
			"warninglist: \"type\" is %s and \"list\" is %s; expected a text and an array", found_as(root, "type"),
			found_as(root, "list"));
	for (size_t i = 0; i < sizeof list_types / sizeof *list_types; i++) {
		if (!slice_equal(type, list_types[i].name)) continue;
		*out = list_new(list_types[i].type, root);
		read_entries(*out, list, list_types[i].add, wrong);
		return OK;
	}
	return fault_set(f, ERR_UNSUPPORTED, 0, 0, "warninglist: type \"%.*s\" is none of string, hostname, cidr, substring, regex",
		SLICE_PRINTF(slice_sub(type, 0, 64)));
}

enum err warninglist_read(slice json, struct warninglist **out, struct fault *f)
{
	struct json_parser *parser = json_parser_new();
	struct wrong wrong = {0};
	json_value root;
	enum err e = json_parse(parser, json, &root, f);
	if (e == OK) e = read_root(json, root, out, &wrong, f);
	if (e == OK && f != NULL) *f = (struct fault){0};
	if (e == OK) tell_wrong(&wrong, json, f);
	json_parser_free(parser);
	return e;
}

slice warninglist_name(const struct warninglist *w)
{
	return w->name;
}

/* ---- looking up ---- */

static bool has_text(const struct warninglist *w, slice value)
{
	uint64_t one;
	return map_get(&w->entries, value, &one);
}

/* The host of a URL; any other value as it is. */
static slice host_of(slice value)
{
	size_t at = slice_find(value, SLICE("://"));
	if (at < value.n) value = slice_sub(value, at + 3, value.n);
	size_t end = 0;
	while (end < value.n && value.p[end] != '/' && value.p[end] != '?' && value.p[end] != '#') end++;
	value = slice_sub(value, 0, end);
	size_t user = slice_find_byte(value, '@');
	if (user < value.n) value = slice_sub(value, user + 1, value.n);
	return slice_sub(value, 0, slice_find_byte(value, ':'));
}

static bool has_hostname(const struct warninglist *w, slice value)
{
	value = host_of(value);
	while (value.n > 0) {
		if (has_text(w, value)) return true;
		(void)slice_cut(&value, '.');
	}
	return false;
}

static bool has_range(const struct warninglist *w, slice value)
{
	struct cidr c;
	uint8_t room[18];
	if (!range_of(value, &c)) return false;
	for (unsigned bits = c.bits + 1u; bits-- > 0;) {
		if (!w->lengths[c.v6 ? 1 : 0][bits]) continue;
		shorten(&c, bits);
		if (has_text(w, range_key(&c, room))) return true;
	}
	return false;
}

static bool has_substring(const struct warninglist *w, slice value)
{
	for (size_t i = 0; i < w->texts_n; i++)
		if (slice_find(value, w->texts[i]) < value.n) return true;
	return false;
}

static bool has_expression(const struct warninglist *w, slice value)
{
	bool found = false;
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	for (size_t i = 0; data != NULL && i < w->expressions_n && !found; i++)
		found = pcre2_match(w->expressions[i], value.p, value.n, 0, 0, data, w->limits) >= 0;
	pcre2_match_data_free(data);
	return found;
}

typedef bool has_value(const struct warninglist *w, slice value);
static has_value *const lookups[] = {
	[LIST_STRING] = has_text,
	[LIST_HOSTNAME] = has_hostname,
	[LIST_CIDR] = has_range,
	[LIST_SUBSTRING] = has_substring,
	[LIST_REGEX] = has_expression,
};

bool warninglist_has(const struct warninglist *w, enum observable type, slice value)
{
	uint8_t lower[VALUE_BYTES_MAX];
	if (value.n == 0 || value.n > sizeof lower) return false;
	if (type != OBSERVABLE_NONE && (w->types & BIT(type)) == 0) return false;
	for (size_t i = 0; i < value.n; i++) lower[i] = value.p[i] >= 'A' && value.p[i] <= 'Z' ? (uint8_t)(value.p[i] | 0x20) : value.p[i];
	return lookups[w->type](w, slice_of(lower, value.n));
}

void warninglist_free(struct warninglist *w)
{
	if (w == NULL) return;
	for (size_t i = 0; i < w->expressions_n; i++) pcre2_code_free(w->expressions[i]);
	pcre2_match_context_free(w->limits);
	map_free(&w->entries);
	arena_free(w->arena);
	free(w);
}
