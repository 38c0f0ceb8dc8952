/* Short words for the rows of the field tables. */
#ifndef TELEMETRY_ROWS_INT_H
#define TELEMETRY_ROWS_INT_H
#include "telemetry_int.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ADDRESS OBSERVABLE_ADDRESS
#define HOST OBSERVABLE_HOST
#define FILE_NAME OBSERVABLE_FILE_NAME
#define EMAIL OBSERVABLE_EMAIL
#define IGNORED OBSERVABLE_IGNORED
#define OTHER_HASH OBSERVABLE_HASH_OTHER
#define NONE OBSERVABLE_NONE
#define SRC "network-traffic:src_ref.value"
#define DST "network-traffic:dst_ref.value"
#define SRC_PORT "network-traffic:src_port"
#define DST_PORT "network-traffic:dst_port"
#define NAME "domain-name:value"
#define AGENT "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
#define FILE_MD5 "file:hashes.MD5"
#define FILE_SHA1 "file:hashes.'SHA-1'"
#define FILE_SHA256 "file:hashes.'SHA-256'"
#define CERT_SHA1 "x509-certificate:hashes.'SHA-1'"
#define CERT_SHA256 "x509-certificate:hashes.'SHA-256'"
#define CERT_SERIAL "x509-certificate:serial_number"
#define CERT_SUBJECT "x509-certificate:subject"
#define CERT_ISSUER "x509-certificate:issuer"
#define MAC "mac-addr:value"
#define ACCOUNT "user-account:account_login"
/* a field of a Zeek sub-record: "id.orig_h", and "id_orig_h" as some writers flatten it */
#define BOTH(a, b, ...)                                                                                                                    \
	{a "." b, __VA_ARGS__},                                                                                                            \
	{                                                                                                                                  \
		a "_" b, __VA_ARGS__                                                                                                       \
	}
#define FIELD(name, type, stix)                                                                                                            \
	{                                                                                                                                  \
		name, type, stix, ROLE_NONE, 0, NULL                                                                                       \
	}
#define PROCESS_IMAGE "process:image_ref.name"
#define PARENT_IMAGE "process:parent_ref.image_ref.name"
#define TYPED(name, type, stix, role, rank)                                                                                                \
	{                                                                                                                                  \
		name, type, stix, role, rank, NULL                                                                                         \
	}
#define TABLE(t, rows) const struct field_table t = {rows, COUNT(rows)}
#define URL_VALUE "url:value"
#define REQUEST "network-traffic:extensions.'http-request-ext'.request_value"
#define REFERER "network-traffic:extensions.'http-request-ext'.request_header.Referer"
#define COMMAND "process:command_line"
#endif
