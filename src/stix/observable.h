/* Types of observables, TLP levels: words that intelligence and telemetry share. */
#ifndef STIX_OBSERVABLE_H
#define STIX_OBSERVABLE_H
#include "slice.h"

enum observable {
	OBSERVABLE_NONE = 0, /* a field without a type: matched by shape */
	OBSERVABLE_IPV4,
	OBSERVABLE_IPV6,
	OBSERVABLE_DOMAIN,
	OBSERVABLE_URL,
	OBSERVABLE_EMAIL,
	OBSERVABLE_FILE_NAME, /* a name or a whole path */
	OBSERVABLE_MD5,
	OBSERVABLE_SHA1,
	OBSERVABLE_SHA224,
	OBSERVABLE_SHA256,
	OBSERVABLE_SHA384,
	OBSERVABLE_SHA512,
	OBSERVABLE_HASH_OTHER, /* ja3, imphash, …: 32 hex digits that are no MD5 */
	OBSERVABLE_REGISTRY_KEY,
	OBSERVABLE_MUTEX,
	OBSERVABLE_USER_AGENT,
	OBSERVABLE_COMMAND_LINE,
	OBSERVABLE_SERIAL,
	OBSERVABLE_OTHER, /* any other text, by its STIX path */
	/* of fields only: */
	OBSERVABLE_ADDRESS,  /* IPv4 or IPv6 */
	OBSERVABLE_HOST,     /* domain, IPv4 or IPv6, perhaps with a port */
	OBSERVABLE_URL_PATH, /* path (and query) that belongs to a host field */
	OBSERVABLE_IGNORED,  /* ids, numbers: never matched */
	OBSERVABLE_COUNT
};
/* STIX object type as printed in answers: "ipv4-addr", "domain-name", "file", "windows-registry-key", … */
const char *observable_stix_type(enum observable o);

enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_NONE /* nothing said */ };
const char *tlp_text(enum tlp t); /* "TLP:CLEAR" …; "" for TLP_NONE */
/* marking-definition ids of TLP 1 and 2 (and OpenCTI's AMBER+STRICT); TLP_NONE for any other id. facts/stix-taxii.md 5.6 */
enum tlp tlp_from_marking_id(slice id);
/* "TLP:AMBER", "tlp:white", "amber+strict", …: any case; TLP_NONE when it is none */
enum tlp tlp_from_text(slice text);
const char *tlp_marking_id(enum tlp t); /* the TLP 2.0 id */
static inline enum tlp tlp_stricter(enum tlp a, enum tlp b)
{
	if (a == TLP_NONE) return b;
	if (b == TLP_NONE) return a;
	return a > b ? a : b;
}
#endif
