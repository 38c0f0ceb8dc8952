/* What MISP's attribute types mean as indicators: one row a type. Types that are not here, and are not said to be unmatchable, are named by
 * the reader. Composites: of "filename|md5" the digest counts (the file is the same under any name, and the name alone would meet many
 * others), of "domain|ip" both, of "…|port" and "regkey|value" what stands before the bar. Source: MISP core format (draft 16) 2.4;
 * docs/decisions/0004-intelligence-formats.md. */
#include "misp_int.h"

#define FUZZY "a similarity digest; equality would say nothing"
#define RULE "a rule of another engine"
#define SHAPELESS "free text or a number that would meet anything"
#define UNSEEN "a type that records do not show"
#define MAIL "email-message:"

#define ROW(name, ...)                                                                                                                     \
	{                                                                                                                                  \
		SLICE(name), __VA_ARGS__                                                                                                   \
	}
#define ONE(name, observable) ROW(name, {observable, NULL}, {0}, NULL, false)
#define TEXT(name, path) ROW(name, {OBSERVABLE_OTHER, path}, {0}, NULL, false)
#define NAMED(name, observable) ROW(name, {0}, {observable, NULL}, NULL, false)
#define NOT(name, why) ROW(name, {0}, {0}, why, false)

static const struct misp_type types[] = {
	ONE("ip-src", OBSERVABLE_ADDRESS),
	ONE("ip-dst", OBSERVABLE_ADDRESS),
	ONE("ip-src|port", OBSERVABLE_ADDRESS),
	ONE("ip-dst|port", OBSERVABLE_ADDRESS),
	ONE("domain", OBSERVABLE_HOST),
	ONE("hostname", OBSERVABLE_HOST),
	ONE("hostname|port", OBSERVABLE_HOST),
	ONE("onion-address", OBSERVABLE_HOST),
	ROW("domain|ip", {OBSERVABLE_HOST, NULL}, {OBSERVABLE_ADDRESS, NULL}, NULL, false),
	ONE("url", OBSERVABLE_URL),
	ONE("uri", OBSERVABLE_URL),
	ONE("link", OBSERVABLE_URL),
	ONE("email", OBSERVABLE_EMAIL),
	ONE("email-src", OBSERVABLE_EMAIL),
	ONE("email-dst", OBSERVABLE_EMAIL),
	ONE("email-reply-to", OBSERVABLE_EMAIL),
	ONE("dns-soa-email", OBSERVABLE_EMAIL),
	ONE("whois-registrant-email", OBSERVABLE_EMAIL),
	ONE("target-email", OBSERVABLE_EMAIL),
	ONE("email-attachment", OBSERVABLE_FILE_NAME),
	TEXT("email-subject", MAIL "subject"),
	TEXT("email-message-id", MAIL "message_id"),
	TEXT("email-header", MAIL "received_lines"),
	TEXT("email-x-mailer", MAIL "additional_header_fields.x_mailer"),
	TEXT("email-mime-boundary", MAIL "additional_header_fields.x_mime_boundary"),
	TEXT("email-thread-index", MAIL "additional_header_fields.x_thread_index"),
	TEXT("email-body", MAIL "body"),
	TEXT("email-src-display-name", "email-addr:display_name"),
	TEXT("email-dst-display-name", "email-addr:display_name"),
	ONE("md5", OBSERVABLE_MD5),
	ONE("sha1", OBSERVABLE_SHA1),
	ONE("sha224", OBSERVABLE_SHA224),
	ONE("sha256", OBSERVABLE_SHA256),
	ONE("sha384", OBSERVABLE_SHA384),
	ONE("sha512", OBSERVABLE_SHA512),
	ONE("sha512/224", OBSERVABLE_HASH_OTHER),
	ONE("sha512/256", OBSERVABLE_HASH_OTHER),
	ONE("sha3-224", OBSERVABLE_HASH_OTHER),
	ONE("sha3-256", OBSERVABLE_HASH_OTHER),
	ONE("sha3-384", OBSERVABLE_HASH_OTHER),
	ONE("sha3-512", OBSERVABLE_HASH_OTHER),
	ONE("imphash", OBSERVABLE_HASH_OTHER),
	ONE("pehash", OBSERVABLE_HASH_OTHER),
	ONE("authentihash", OBSERVABLE_HASH_OTHER),
	ONE("git-commit-id", OBSERVABLE_HASH_OTHER),
	ONE("cdhash", OBSERVABLE_HASH_OTHER),
	ONE("ja3-fingerprint-md5", OBSERVABLE_HASH_OTHER),
	ONE("hassh-md5", OBSERVABLE_HASH_OTHER),
	ONE("hasshserver-md5", OBSERVABLE_HASH_OTHER),
	ONE("x509-fingerprint-md5", OBSERVABLE_MD5),
	ONE("x509-fingerprint-sha1", OBSERVABLE_SHA1),
	ONE("x509-fingerprint-sha256", OBSERVABLE_SHA256),
	NAMED("filename|md5", OBSERVABLE_MD5),
	NAMED("filename|sha1", OBSERVABLE_SHA1),
	NAMED("filename|sha224", OBSERVABLE_SHA224),
	NAMED("filename|sha256", OBSERVABLE_SHA256),
	NAMED("filename|sha384", OBSERVABLE_SHA384),
	NAMED("filename|sha512", OBSERVABLE_SHA512),
	NAMED("filename|sha512/224", OBSERVABLE_HASH_OTHER),
	NAMED("filename|sha512/256", OBSERVABLE_HASH_OTHER),
	NAMED("filename|sha3-224", OBSERVABLE_HASH_OTHER),
	NAMED("filename|sha3-256", OBSERVABLE_HASH_OTHER),
	NAMED("filename|sha3-384", OBSERVABLE_HASH_OTHER),
	NAMED("filename|sha3-512", OBSERVABLE_HASH_OTHER),
	NAMED("filename|imphash", OBSERVABLE_HASH_OTHER),
	NAMED("filename|pehash", OBSERVABLE_HASH_OTHER),
	NAMED("filename|authentihash", OBSERVABLE_HASH_OTHER),
	NAMED("malware-sample", OBSERVABLE_MD5),
	ONE("filename", OBSERVABLE_FILE_NAME),
	ONE("attachment", OBSERVABLE_FILE_NAME),
	ONE("regkey", OBSERVABLE_REGISTRY_KEY),
	ONE("regkey|value", OBSERVABLE_REGISTRY_KEY),
	ONE("mutex", OBSERVABLE_MUTEX),
	ONE("user-agent", OBSERVABLE_USER_AGENT),
	TEXT("mac-address", "mac-addr:value"),
	TEXT("mac-eui-64", "mac-addr:value"),
	TEXT("named pipe", NULL),
	TEXT("pdb", NULL),
	TEXT("windows-service-name", "process:extensions.'windows-service-ext'.service_name"),
	TEXT("windows-service-displayname", NULL),
	TEXT("windows-scheduled-task", NULL),
	TEXT("cpe", "software:cpe"),
	TEXT("btc", NULL),
	TEXT("xmr", NULL),
	TEXT("dash", NULL),
	TEXT("iban", NULL),
	TEXT("jarm-fingerprint", NULL),
	TEXT("ssh-fingerprint", NULL),
	TEXT("chrome-extension-id", NULL),
	TEXT("mobile-application-id", NULL),
	TEXT("cookie", NULL),
	TEXT("eppn", "user-account:user_id"),
	TEXT("jabber-id", NULL),
	TEXT("github-repository", NULL),
	TEXT("azure-application-id", NULL),
	TEXT("edge-extension-id", NULL),
	TEXT("community-id", NULL),
	TEXT("dkim", NULL),
	TEXT("dkim-signature", NULL),
	NOT("ssdeep", FUZZY),
	NOT("tlsh", FUZZY),
	NOT("impfuzzy", FUZZY),
	NOT("telfhash", FUZZY),
	NOT("vhash", FUZZY),
	NOT("filename|ssdeep", FUZZY),
	NOT("filename|tlsh", FUZZY),
	NOT("filename|impfuzzy", FUZZY),
	NOT("filename|vhash", FUZZY),
	NOT("dom-hash", FUZZY),
	NOT("favicon-mmh3", FUZZY),
	NOT("yara", RULE " (YARA), kept for files"),
	NOT("sigma", RULE " (Sigma)"),
	NOT("snort", RULE " (Snort, Suricata)"),
	NOT("suricata", RULE " (Snort, Suricata)"),
	NOT("bro", RULE " (Zeek)"),
	NOT("zeek", RULE " (Zeek)"),
	NOT("kusto-query", RULE " (KQL)"),
	ROW("stix2-pattern", {0}, {0}, NULL, true),
	NOT("pattern-in-file", "a pattern whose language MISP does not say"),
	NOT("pattern-in-traffic", "a pattern whose language MISP does not say"),
	NOT("pattern-in-memory", "a pattern whose language MISP does not say"),
	NOT("filename-pattern", "a pattern whose language MISP does not say"),
	NOT("AS", UNSEEN),
	NOT("vulnerability", UNSEEN),
	NOT("weakness", UNSEEN),
	NOT("campaign-name", UNSEEN),
	NOT("campaign-id", UNSEEN),
	NOT("threat-actor", UNSEEN),
	NOT("bic", UNSEEN),
	NOT("bank-account-nr", UNSEEN),
	NOT("aba-rtn", UNSEEN),
	NOT("bin", UNSEEN),
	NOT("cc-number", UNSEEN),
	NOT("prtn", UNSEEN),
	NOT("phone-number", UNSEEN),
	NOT("port", SHAPELESS),
	NOT("text", SHAPELESS),
	NOT("comment", SHAPELESS),
	NOT("other", SHAPELESS),
	NOT("hex", SHAPELESS),
	NOT("counter", SHAPELESS),
	NOT("float", SHAPELESS),
	NOT("integer", SHAPELESS),
	NOT("boolean", SHAPELESS),
	NOT("datetime", SHAPELESS),
	NOT("size-in-bytes", SHAPELESS),
	NOT("http-method", SHAPELESS),
	NOT("mime-type", SHAPELESS),
};

const struct misp_type *misp_type_of(slice name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_equal(types[i].name, name)) return &types[i];
	return NULL;
}

/* Objects that describe one connection: there source and destination are the connection's. A lone ip-dst attribute says which side the
 * attacker's is, which an answer of a name server or a line of text does not show; it counts wherever the address stands. */
#define SOURCE {OBSERVABLE_ADDRESS, "network-traffic:src_ref.value"}, true
#define DESTINATION {OBSERVABLE_ADDRESS, "network-traffic:dst_ref.value"}, true
static const struct {
	slice object, relation;
	struct misp_meaning meaning;
} relations[] = {
	{SLICE("network-connection"), SLICE("ip-src"), {SOURCE}},
	{SLICE("network-connection"), SLICE("ip-dst"), {DESTINATION}},
	{SLICE("network-socket"), SLICE("ip-src"), {SOURCE}},
	{SLICE("network-socket"), SLICE("ip-dst"), {DESTINATION}},
	{SLICE("network-traffic"), SLICE("src_ip"), {SOURCE}},
	{SLICE("network-traffic"), SLICE("dst_ip"), {DESTINATION}},
	{SLICE("netflow"), SLICE("ip-src"), {SOURCE}},
	{SLICE("netflow"), SLICE("ip-dst"), {DESTINATION}},
	{SLICE("http-request"), SLICE("ip-src"), {SOURCE}},
	{SLICE("http-request"), SLICE("ip-dst"), {DESTINATION}},
	{SLICE("directory"), SLICE("path"), {{OBSERVABLE_FILE_NAME, "directory:path"}, false}},
	{SLICE("file"), SLICE("fullpath"), {{OBSERVABLE_FILE_NAME, NULL}, false}},
	{SLICE("process"), SLICE("command-line"), {{OBSERVABLE_COMMAND_LINE, "process:command_line"}, false}},
	{SLICE("process"), SLICE("image"), {{OBSERVABLE_FILE_NAME, NULL}, false}},
};

const struct misp_meaning *misp_meaning_of(slice object, slice relation)
{
	for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
		if (slice_equal(object, relations[i].object) && slice_equal(relation, relations[i].relation)) return &relations[i].meaning;
	return NULL;
}
