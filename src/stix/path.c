/* Object paths to observable types: two tables, paths and hash algorithms. A path is compared step by step with the table's text, in
 * which '.' parts keys; positions in arrays are passed over. Keys of the table hold no '.'. */
#include "path.h"

struct known_path {
	const char *type, *keys;
	enum observable means;
	bool value_property;
};
/* the first row that fits counts */
static const struct known_path known_paths[] = {
	{"ipv4-addr", "value", OBSERVABLE_IPV4, true},
	{"ipv6-addr", "value", OBSERVABLE_IPV6, true},
	{"domain-name", "value", OBSERVABLE_DOMAIN, true},
	{"url", "value", OBSERVABLE_URL, true},
	{"email-addr", "value", OBSERVABLE_EMAIL, true},
	{"mac-addr", "value", OBSERVABLE_OTHER, true},
	{"file", "name", OBSERVABLE_FILE_NAME, true},
	{"file", "parent_directory_ref.path", OBSERVABLE_FILE_NAME, false},
	{"file", "content_ref.url", OBSERVABLE_URL, false},
	{"artifact", "url", OBSERVABLE_URL, true},
	{"directory", "path", OBSERVABLE_FILE_NAME, true},
	{"directory", "contains_refs.name", OBSERVABLE_FILE_NAME, false},
	{"windows-registry-key", "key", OBSERVABLE_REGISTRY_KEY, true},
	{"win-registry-key", "key", OBSERVABLE_REGISTRY_KEY, true},
	{"mutex", "name", OBSERVABLE_MUTEX, true},
	{"process", "command_line", OBSERVABLE_COMMAND_LINE, true},
	{"process", "name", OBSERVABLE_FILE_NAME, true},
	{"process", "cwd", OBSERVABLE_FILE_NAME, false},
	{"process", "binary_ref.name", OBSERVABLE_FILE_NAME, false},
	{"process", "image_ref.name", OBSERVABLE_FILE_NAME, false},
	{"process", "binary_ref.parent_directory_ref.path", OBSERVABLE_FILE_NAME, false},
	{"process", "image_ref.parent_directory_ref.path", OBSERVABLE_FILE_NAME, false},
	{"process", "parent_ref.command_line", OBSERVABLE_COMMAND_LINE, false},
	{"process", "parent_ref.name", OBSERVABLE_FILE_NAME, false},
	{"process", "parent_ref.binary_ref.name", OBSERVABLE_FILE_NAME, false},
	{"process", "parent_ref.image_ref.name", OBSERVABLE_FILE_NAME, false},
	{"process", "child_refs.command_line", OBSERVABLE_COMMAND_LINE, false},
	{"process", "child_refs.name", OBSERVABLE_FILE_NAME, false},
	{"process", "opened_connection_refs.src_ref.value", OBSERVABLE_ADDRESS, false},
	{"process", "opened_connection_refs.dst_ref.value", OBSERVABLE_ADDRESS, false},
	{"process", "extensions.windows-service-ext.service_name", OBSERVABLE_OTHER, true},
	{"network-traffic", "src_ref.value", OBSERVABLE_ADDRESS, false},
	{"network-traffic", "dst_ref.value", OBSERVABLE_ADDRESS, false},
	{"network-traffic", "src_ref.resolves_to_refs.value", OBSERVABLE_ADDRESS, false},
	{"network-traffic", "dst_ref.resolves_to_refs.value", OBSERVABLE_ADDRESS, false},
	{"network-traffic", "extensions.http-request-ext.request_header.User-Agent", OBSERVABLE_USER_AGENT, true},
	{"network-traffic", "extensions.http-request-ext.request_header.user-agent", OBSERVABLE_USER_AGENT, true},
	{"network-traffic", "extensions.http-request-ext.request_header.Host", OBSERVABLE_DOMAIN, false},
	{"network-traffic", "extensions.http-request-ext.request_header.Referer", OBSERVABLE_URL, false},
	{"network-traffic", "extensions.http-request-ext.request_value", OBSERVABLE_URL_PATH, false},
	{"email-message", "from_ref.value", OBSERVABLE_EMAIL, false},
	{"email-message", "sender_ref.value", OBSERVABLE_EMAIL, false},
	{"email-message", "to_refs.value", OBSERVABLE_EMAIL, false},
	{"email-message", "cc_refs.value", OBSERVABLE_EMAIL, false},
	{"email-message", "bcc_refs.value", OBSERVABLE_EMAIL, false},
	{"email-message", "body_multipart.body_raw_ref.name", OBSERVABLE_FILE_NAME, false},
	{"email-message", "subject", OBSERVABLE_OTHER, true},
	{"email-message", "message_id", OBSERVABLE_OTHER, true},
	{"email-addr", "belongs_to_ref.account_login", OBSERVABLE_OTHER, false},
	{"domain-name", "resolves_to_refs.value", OBSERVABLE_ADDRESS, false},
	{"ipv4-addr", "resolves_to_refs.value", OBSERVABLE_OTHER, false},
	{"ipv6-addr", "resolves_to_refs.value", OBSERVABLE_OTHER, false},
	{"x509-certificate", "serial_number", OBSERVABLE_SERIAL, true},
	{"user-account", "user_id", OBSERVABLE_OTHER, true},
	{"user-account", "account_login", OBSERVABLE_OTHER, true},
	{"user-account", "display_name", OBSERVABLE_OTHER, true},
	{"software", "name", OBSERVABLE_OTHER, true},
};

struct algorithm {
	const char *name; /* upper case, without '-', '_' and blanks */
	enum observable means;
	size_t digits;
};
static const struct algorithm algorithms[] = {
	{"MD5", OBSERVABLE_MD5, 32},
	{"SHA1", OBSERVABLE_SHA1, 40},
	{"SHA224", OBSERVABLE_SHA224, 56},
	{"SHA256", OBSERVABLE_SHA256, 64},
	{"SHA384", OBSERVABLE_SHA384, 96},
	{"SHA512", OBSERVABLE_SHA512, 128},
	{"SHA2224", OBSERVABLE_SHA224, 56},
	{"SHA2256", OBSERVABLE_SHA256, 64},
	{"SHA2384", OBSERVABLE_SHA384, 96},
	{"SHA2512", OBSERVABLE_SHA512, 128},
	{"RIPEMD160", OBSERVABLE_HASH_OTHER, 40},
	{"SHA3224", OBSERVABLE_HASH_OTHER, 56},
	{"SHA3256", OBSERVABLE_HASH_OTHER, 64},
	{"SHA3384", OBSERVABLE_HASH_OTHER, 96},
	{"SHA3512", OBSERVABLE_HASH_OTHER, 128},
	{"WHIRLPOOL", OBSERVABLE_HASH_OTHER, 128},
};

static const struct algorithm *algorithm_named(slice name)
{
	char folded[16];
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		if (c == '-' || c == '_' || c == ' ') continue;
		if (n == sizeof folded) return NULL;
		folded[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
		if (slice_equal(slice_from(algorithms[i].name), slice_of(folded, n))) return &algorithms[i];
	return NULL;
}

enum observable stix_hash_type(slice name)
{
	const struct algorithm *a = algorithm_named(name);
	return a != NULL ? a->means : OBSERVABLE_HASH_OTHER;
}

/* The last step, when `hashes` stands directly before it; else NULL. */
static const struct pattern_step *hash_step(const struct pattern_path *p)
{
	if (p->steps_n < 2) return NULL;
	const struct pattern_step *before = &p->steps[p->steps_n - 2];
	return before->kind == STEP_KEY && slice_equal(before->key, SLICE("hashes")) ? &p->steps[p->steps_n - 1] : NULL;
}

size_t stix_path_hash_digits(const struct pattern_path *p)
{
	const struct pattern_step *s = hash_step(p);
	if (s == NULL || s->kind != STEP_KEY) return 0;
	const struct algorithm *a = algorithm_named(s->key);
	return a != NULL ? a->digits : 0;
}

static bool keys_fit(const struct pattern_path *p, const char *keys)
{
	slice rest = slice_from(keys);
	for (size_t i = 0; i < p->steps_n; i++) {
		if (p->steps[i].kind != STEP_KEY) continue;
		if (rest.n == 0 || !slice_equal(slice_cut(&rest, '.'), p->steps[i].key)) return false;
	}
	return rest.n == 0;
}

/* Hashes of these types themselves; through a reference ("process:binary_ref.hashes") the path says more than the value. */
static bool hash_is_value(const struct pattern_path *p)
{
	static const char *const types[] = {"file", "artifact", "x509-certificate"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_equal(p->object_type, slice_from(types[i])) && p->steps_n == 2) return true;
	return false;
}

enum observable stix_path_type(const struct pattern_path *p, bool *value_property)
{
	const struct pattern_step *hash = hash_step(p);
	if (hash != NULL) {
		*value_property = hash_is_value(p);
		return hash->kind == STEP_KEY ? stix_hash_type(hash->key) : OBSERVABLE_NONE;
	}
	for (size_t i = 0; i < sizeof known_paths / sizeof *known_paths; i++)
		if (slice_equal(p->object_type, slice_from(known_paths[i].type)) && keys_fit(p, known_paths[i].keys)) {
			*value_property = known_paths[i].value_property;
			return known_paths[i].means;
		}
	*value_property = false;
	return OBSERVABLE_OTHER;
}
