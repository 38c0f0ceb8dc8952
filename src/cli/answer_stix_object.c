/* STIX ids (facts: STIX 2.1 2.9, deterministic ids), observables made of hits, patterns made of plain indicators. */
#include <openssl/evp.h>
#include "address.h"
#include "answer_stix_int.h"
#include "json.h"
#include "text.h"

/* 00abedb4-aa42-466c-9c01-fed23315a9b7 */
static const uint8_t namespace_observables[16] = {
	0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

static struct stix_uuid uuid_from(const uint8_t *digest, uint8_t version)
{
	struct stix_uuid u;
	memcpy(u.b, digest, 16);
	u.b[6] = (uint8_t)((u.b[6] & 0x0f) | version << 4);
	u.b[8] = (uint8_t)((u.b[8] & 0x3f) | 0x80);
	return u;
}

static void digest_of(const EVP_MD *md, slice text, uint8_t out[EVP_MAX_MD_SIZE])
{
	unsigned n = 0;
	memset(out, 0, EVP_MAX_MD_SIZE);
	if (EVP_Digest(text.p, text.n, out, &n, md, NULL) != 1) abort();
}

struct stix_uuid stix_uuid_observable(slice canonical)
{
	struct buf b = {0};
	uint8_t digest[EVP_MAX_MD_SIZE];
	buf_add(&b, slice_of(namespace_observables, sizeof namespace_observables));
	buf_add(&b, canonical);
	digest_of(EVP_sha1(), buf_slice(&b), digest);
	buf_free(&b);
	return uuid_from(digest, 5);
}

struct stix_uuid stix_uuid_derived(const char *kind, slice first, slice second, instant now)
{
	struct buf b = {0};
	uint8_t digest[EVP_MAX_MD_SIZE];
	buf_printf(&b, "%s %lld %zu ", kind, (long long)now, first.n);
	buf_add(&b, first);
	buf_add(&b, second);
	digest_of(EVP_sha256(), buf_slice(&b), digest);
	buf_free(&b);
	return uuid_from(digest, 4);
}

const char *stix_uuid_format(const struct stix_uuid *u, char out[STIX_UUID_TEXT_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) out[at++] = '-';
		out[at++] = hex[u->b[i] >> 4];
		out[at++] = hex[u->b[i] & 15];
	}
	out[at] = '\0';
	return out;
}

/* ---- observables ---- */

static bool address_normal(struct arena *a, slice text, slice *out, bool *v6)
{
	uint32_t v4;
	ipv6 address;
	char room[ADDRESS_TEXT_BYTES];
	*v6 = false;
	if (ipv4_parse(text, &v4)) {
		*out = arena_copy(a, slice_from(ipv4_format(v4, room)));
		return true;
	}
	if (!ipv6_parse(text, &address)) return false;
	*v6 = !ipv6_is_mapped(&address, &v4);
	*out = arena_copy(a, slice_from(*v6 ? ipv6_format(&address, room) : ipv4_format(v4, room)));
	return true;
}

slice answer_seen_normal(struct arena *a, const struct answer_hit *h)
{
	const struct watched *w = &h->watched;
	slice seen = h->hit->seen, out;
	bool v6;
	if (h->hit->kind == MATCH_EXACT && w->op == TERM_EQUAL) return w->value;
	if (w->type == OBSERVABLE_IPV4 || w->type == OBSERVABLE_IPV6) return address_normal(a, seen, &out, &v6) ? out : seen;
	if (w->type == OBSERVABLE_DOMAIN) {
		if (slice_ends(seen, SLICE("."))) seen.n--;
		return text_to_alabels(a, seen, &out) ? text_lower_ascii(a, out) : text_lower_ascii(a, seen);
	}
	return seen;
}

/* Rows: how a type is written as an observable and as a pattern. Neither property nor hash: no simple observable, the record goes into an
 * artifact. */
struct row {
	enum observable type;
	const char *object, *property, *hash, *pattern_path;
};
static const struct row rows[] = {
	{OBSERVABLE_IPV4, "ipv4-addr", "value", NULL, "ipv4-addr:value"},
	{OBSERVABLE_IPV6, "ipv6-addr", "value", NULL, "ipv6-addr:value"},
	{OBSERVABLE_DOMAIN, "domain-name", "value", NULL, "domain-name:value"},
	{OBSERVABLE_URL, "url", "value", NULL, "url:value"},
	{OBSERVABLE_EMAIL, "email-addr", "value", NULL, "email-addr:value"},
	{OBSERVABLE_FILE_NAME, "file", "name", NULL, "file:name"},
	{OBSERVABLE_MD5, "file", NULL, "MD5", "file:hashes.MD5"},
	{OBSERVABLE_SHA1, "file", NULL, "SHA-1", "file:hashes.'SHA-1'"},
	{OBSERVABLE_SHA224, "file", NULL, "SHA-224", "file:hashes.'SHA-224'"},
	{OBSERVABLE_SHA256, "file", NULL, "SHA-256", "file:hashes.'SHA-256'"},
	{OBSERVABLE_SHA384, "file", NULL, "SHA-384", "file:hashes.'SHA-384'"},
	{OBSERVABLE_SHA512, "file", NULL, "SHA-512", "file:hashes.'SHA-512'"},
	{OBSERVABLE_REGISTRY_KEY, "windows-registry-key", "key", NULL, "windows-registry-key:key"},
	{OBSERVABLE_MUTEX, "mutex", "name", NULL, "mutex:name"},
	{OBSERVABLE_SERIAL, "x509-certificate", "serial_number", NULL, "x509-certificate:serial_number"},
	{OBSERVABLE_COMMAND_LINE, "process", "command_line", NULL, "process:command_line"},
	{OBSERVABLE_USER_AGENT, "artifact", NULL, NULL, "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"},
};

static const struct row *row_of(enum observable type)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].type == type) return &rows[i];
	return NULL;
}

static slice file_name_of(slice path)
{
	for (size_t i = path.n; i > 0; i--)
		if ((path.p[i - 1] == '/' || path.p[i - 1] == '\\') && i < path.n) return slice_sub(path, i, path.n);
	return path;
}

/* STIX 2.1 6.17: the hive is written in full. */
static slice registry_key_of(struct arena *a, slice key)
{
	static const struct {
		const char *hive, *full;
	} hives[] = {
		{"HKLM", "HKEY_LOCAL_MACHINE"},
		{"HKCU", "HKEY_CURRENT_USER"},
		{"HKCR", "HKEY_CLASSES_ROOT"},
		{"HKU", "HKEY_USERS"},
		{"HKCC", "HKEY_CURRENT_CONFIG"},
		{"\\REGISTRY\\MACHINE", "HKEY_LOCAL_MACHINE"},
		{"\\REGISTRY\\USER", "HKEY_USERS"},
	};
	for (size_t i = 0; i < sizeof hives / sizeof *hives; i++) {
		slice hive = slice_from(hives[i].hive);
		bool whole = key.n == hive.n || (key.n > hive.n && key.p[hive.n] == '\\');
		if (!whole || !slice_equal_nocase(slice_sub(key, 0, hive.n), hive)) continue;
		struct buf b = {0};
		buf_add_text(&b, hives[i].full);
		buf_add(&b, slice_sub(key, hive.n, key.n));
		key = arena_copy(a, buf_slice(&b));
		buf_free(&b);
		return key;
	}
	return key;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* RFC 3986: a scheme, then only what a URI may hold. What is less is no url:value (STIX 2.1 6.15). */
static bool is_uri(slice s)
{
	size_t colon = slice_find(s, SLICE("://"));
	if (colon == 0 || colon == s.n) return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		if (i == 0 && (!alnum || c <= '9')) return false;
		if (c == '%' && !(i + 2 < s.n && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]))) return false;
		if (!alnum && (c <= ' ' || c >= 0x7f || strchr(i < colon ? "+-." : "-._~:/?#[]@!$&'()*+,;=%", c) == NULL)) return false;
	}
	return true;
}

/* Whether what was seen is a whole value of its type: an expression tells a part, and a command line found in text may go on. */
static bool seen_whole(const struct answer_hit *h)
{
	const struct watched *w = &h->watched;
	if (h->hit->kind == MATCH_PATTERN) return h->hit->typed && w->op == TERM_LIKE;
	return w->type != OBSERVABLE_COMMAND_LINE || h->hit->typed;
}

/* The row and the text of a simple observable; NULL when only the record can be shown. */
static const struct row *simple_of(struct arena *a, const struct answer_hit *h, slice *text)
{
	const struct row *r = row_of(h->hit->type);
	bool v6;
	*text = answer_seen_normal(a, h);
	if (r == NULL || (r->property == NULL && r->hash == NULL) || !seen_whole(h) || text->n == 0 || !text_is_utf8(*text)) return NULL;
	if (r->type == OBSERVABLE_IPV4 || r->type == OBSERVABLE_IPV6)
		return address_normal(a, *text, text, &v6) ? row_of(v6 ? OBSERVABLE_IPV6 : OBSERVABLE_IPV4) : NULL;
	if (r->type == OBSERVABLE_URL && !is_uri(*text)) return NULL;
	if (r->type == OBSERVABLE_FILE_NAME) *text = file_name_of(*text);
	if (r->type == OBSERVABLE_REGISTRY_KEY) *text = registry_key_of(a, *text);
	if (r->hash != NULL) *text = text_lower_ascii(a, *text);
	return r;
}

static struct stix_observable simple_make(struct arena *a, const struct row *r, slice text)
{
	struct buf b = {0};
	buf_add_byte(&b, '{');
	if (r->hash != NULL) buf_printf(&b, "\"hashes\":{\"%s\":", r->hash);
	else buf_printf(&b, "\"%s\":", r->property);
	json_put_text(&b, text);
	buf_add_text(&b, r->hash != NULL ? "}}" : "}");
	struct stix_observable out = {.type = r->object, .properties = arena_copy(a, slice_sub(buf_slice(&b), 1, b.n - 2))};
	bool process = r->type == OBSERVABLE_COMMAND_LINE; /* STIX 2.1 6.13: no property contributes to its id */
	out.id = process ? stix_uuid_derived("process", text, SLICE(""), 0) : stix_uuid_observable(buf_slice(&b));
	buf_free(&b);
	return out;
}

/* The record itself. mime_type does not contribute to the id. */
static struct stix_observable artifact_make(struct arena *a, slice record)
{
	struct buf b = {0};
	buf_add_text(&b, "{\"payload_bin\":\"");
	text_put_base64(&b, record);
	buf_add_text(&b, "\"}");
	struct stix_observable out = {.type = "artifact", .id = stix_uuid_observable(buf_slice(&b))};
	out.properties = arena_printf(a, "\"mime_type\":\"%s\",%.*s", text_is_utf8(record) ? "text/plain" : "application/octet-stream",
		(int)(b.n - 2), (const char *)b.p + 1);
	buf_free(&b);
	return out;
}

struct stix_observable stix_observable_of(struct arena *a, const struct answer_hit *h)
{
	slice text;
	const struct row *r = simple_of(a, h, &text);
	return r != NULL ? simple_make(a, r, text) : artifact_make(a, h->hit->record);
}

slice stix_pattern_of(struct arena *a, const struct watched *w)
{
	static const char *const operators[] = {
		[TERM_EQUAL] = "=", [TERM_SUBSET] = "ISSUBSET", [TERM_LIKE] = "LIKE", [TERM_MATCHES] = "MATCHES"};
	const struct row *r = row_of(w->type);
	struct buf b = {0};
	if (r == NULL || !text_is_utf8(w->value)) {
		buf_add_text(&b, "[artifact:payload_bin = b'");
		text_put_base64(&b, w->value);
		buf_add_text(&b, "']");
	} else {
		buf_printf(&b, "[%s %s '", r->pattern_path, operators[w->op]);
		for (size_t i = 0; i < w->value.n; i++) {
			if (w->value.p[i] == '\'' || w->value.p[i] == '\\') buf_add_byte(&b, '\\');
			buf_add_byte(&b, w->value.p[i]);
		}
		buf_add_text(&b, "']");
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}
