/* Observables and TLP levels: names and ids, in tables.
 * Sources: STIX 2.1 part 6; TLP 1 ids from STIX 2.1 part 7.2.1.4; TLP 2.0 ids from the OASIS common objects. */
#include "observable.h"

const char *observable_stix_type(enum observable o)
{
	static const char *const types[OBSERVABLE_COUNT] = {
		[OBSERVABLE_IPV4] = "ipv4-addr",
		[OBSERVABLE_IPV6] = "ipv6-addr",
		[OBSERVABLE_DOMAIN] = "domain-name",
		[OBSERVABLE_URL] = "url",
		[OBSERVABLE_EMAIL] = "email-addr",
		[OBSERVABLE_FILE_NAME] = "file",
		[OBSERVABLE_MD5] = "file",
		[OBSERVABLE_SHA1] = "file",
		[OBSERVABLE_SHA224] = "file",
		[OBSERVABLE_SHA256] = "file",
		[OBSERVABLE_SHA384] = "file",
		[OBSERVABLE_SHA512] = "file",
		[OBSERVABLE_HASH_OTHER] = "other", /* JA3, HASSH, imphash: no digest of a file */
		[OBSERVABLE_REGISTRY_KEY] = "windows-registry-key",
		[OBSERVABLE_MUTEX] = "mutex",
		[OBSERVABLE_USER_AGENT] = "network-traffic",
		[OBSERVABLE_COMMAND_LINE] = "process",
		[OBSERVABLE_SERIAL] = "x509-certificate",
		[OBSERVABLE_OTHER] = "other",
		[OBSERVABLE_ADDRESS] = "network-traffic",
		[OBSERVABLE_HOST] = "domain-name",
		[OBSERVABLE_URL_PATH] = "url",
	};
	const char *t = o < OBSERVABLE_COUNT ? types[o] : NULL;
	return t != NULL ? t : "";
}

static const char *const tlp_texts[] = {
	[TLP_CLEAR] = "TLP:CLEAR",
	[TLP_GREEN] = "TLP:GREEN",
	[TLP_AMBER] = "TLP:AMBER",
	[TLP_AMBER_STRICT] = "TLP:AMBER+STRICT",
	[TLP_RED] = "TLP:RED",
	[TLP_NONE] = "",
};

const char *tlp_text(enum tlp t)
{
	return t <= TLP_NONE ? tlp_texts[t] : "";
}

/* the TLP 2.0 ids first, in the order of the levels */
static const struct {
	const char *id;
	enum tlp level;
} tlp_ids[] = {
	{"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", TLP_CLEAR},
	{"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", TLP_GREEN},
	{"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", TLP_AMBER},
	{"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", TLP_AMBER_STRICT},
	{"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", TLP_RED},
	{"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", TLP_CLEAR},
	{"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", TLP_GREEN},
	{"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", TLP_AMBER},
	{"marking-definition--826578e1-40ad-459f-bc73-ede076f81f37", TLP_AMBER_STRICT},
	{"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", TLP_RED},
};

enum tlp tlp_from_marking_id(slice id)
{
	for (size_t i = 0; i < sizeof tlp_ids / sizeof *tlp_ids; i++)
		if (slice_equal_nocase(id, slice_from(tlp_ids[i].id))) return tlp_ids[i].level;
	return TLP_NONE;
}

const char *tlp_marking_id(enum tlp t)
{
	return t < TLP_NONE ? tlp_ids[t].id : "";
}

enum tlp tlp_from_text(slice text)
{
	static const struct {
		const char *name;
		enum tlp level;
	} names[] = {
		{"clear", TLP_CLEAR},
		{"white", TLP_CLEAR},
		{"green", TLP_GREEN},
		{"amber", TLP_AMBER},
		{"amber+strict", TLP_AMBER_STRICT},
		{"amber-strict", TLP_AMBER_STRICT},
		{"amber_strict", TLP_AMBER_STRICT},
		{"amber strict", TLP_AMBER_STRICT},
		{"red", TLP_RED},
	};
	slice s = slice_trim(text);
	if (slice_equal_nocase(slice_sub(s, 0, 4), SLICE("tlp:"))) s = slice_trim(slice_sub(s, 4, s.n));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_equal_nocase(s, slice_from(names[i].name))) return names[i].level;
	return TLP_NONE;
}
