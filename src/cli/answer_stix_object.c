/* STIX ids (facts: STIX 2.1 2.9, deterministic ids), observables made of hits, patterns made of plain indicators. */
#include <openssl/evp.h>
#include "address.h"
#include "answer_stix_int.h"
#include "json.h"
#include "text.h"

/* 00abedb4-aa42-466c-9c01-fed23315a9b7 */
static const uint8_t namespace_observables[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

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

/* Rows: how a type is written as an observable and as a pattern. `property` NULL: no simple observable, the text goes into an artifact. */
struct row { enum observable type; const char *object, *property, *hash, *pattern_path; };
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

struct stix_observable stix_observable_of(struct arena *a, const struct answer_hit *h)
{
	const struct row *r = row_of(h->watched.type);
	slice seen = answer_seen_normal(a, h);
	bool v6, text = text_is_utf8(seen) && seen.n > 0;
	slice address;
	if (r != NULL && (r->type == OBSERVABLE_IPV4 || r->type == OBSERVABLE_IPV6)) {
		if (address_normal(a, seen, &address, &v6)) {
			r = row_of(v6 ? OBSERVABLE_IPV6 : OBSERVABLE_IPV4);
			seen = address;
		} else {
			r = NULL;
		}
	}
	if (r != NULL && r->type == OBSERVABLE_FILE_NAME) seen = file_name_of(seen);
	struct buf properties = {0}, canonical = {0};
	struct stix_observable out = {.type = "artifact"};
	if (r != NULL && text && (r->property != NULL || r->hash != NULL)) {
		out.type = r->object;
		if (r->hash != NULL) buf_printf(&properties, "\"hashes\":{\"%s\":", r->hash);
		else buf_printf(&properties, "\"%s\":", r->property);
		json_put_text(&properties, r->hash != NULL ? text_lower_ascii(a, seen) : seen);
		if (r->hash != NULL) buf_add_byte(&properties, '}');
		buf_printf(&canonical, "{");
		buf_add(&canonical, buf_slice(&properties));
		buf_add_byte(&canonical, '}');
	} else {
		buf_add_text(&canonical, "{\"payload_bin\":\"");
		text_put_base64(&canonical, seen.n > 0 ? seen : h->hit->record);
		buf_add_text(&canonical, "\"}");
		buf_add_text(&properties, "\"mime_type\":\"text/plain\",");
		buf_add(&properties, slice_sub(buf_slice(&canonical), 1, canonical.n - 2));
	}
	out.properties = arena_copy(a, buf_slice(&properties));
	out.id = strcmp(out.type, "process") == 0 ? stix_uuid_derived("process", seen, SLICE(""), 0) : stix_uuid_observable(buf_slice(&canonical));
	buf_free(&properties);
	buf_free(&canonical);
	return out;
}

slice stix_pattern_of(struct arena *a, const struct watched *w)
{
	static const char *const operators[] = {[TERM_EQUAL] = "=", [TERM_SUBSET] = "ISSUBSET", [TERM_LIKE] = "LIKE", [TERM_MATCHES] = "MATCHES"};
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
