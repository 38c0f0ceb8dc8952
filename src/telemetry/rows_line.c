/* Field tables of the line and column formats. What has no row is untyped: matched by shape. Names of templates are ours, the others
 * are the formats' own. `named` is for formats whose names everyone chooses: lower case, '_' for blank, '-' and '.'. */
#include "rows_int.h"

#define SENDER "email-message:sender_ref.value"
#define RECIPIENT "email-message:to_refs[*].value"
#define ANSWERED "domain-name:resolves_to_refs[*].value"

static const struct field_row syslog_rows[] = {
	TYPED("time", NONE, NULL, ROLE_TIME, RANK_HEADER),
	TYPED("host", NONE, NULL, ROLE_HOST, RANK_HEADER),
};
TABLE(syslog_fields, syslog_rows);

static const struct field_row line_rows[] = {
	TYPED("time", IGNORED, NULL, ROLE_TIME, 0),
	FIELD("client", HOST, SRC),
	TYPED("asker", HOST, SRC, ROLE_HOST, 0), /* the machine that asked a resolver or a proxy */
	FIELD("src", HOST, SRC),
	FIELD("dst", HOST, DST),
	FIELD("server", HOST, DST),
	FIELD("peer", HOST, DST),
	FIELD("relay", HOST, DST),
	FIELD("sport", IGNORED, SRC_PORT),
	FIELD("dport", IGNORED, DST_PORT),
	FIELD("query", HOST, NAME),
	FIELD("answer", HOST, NULL),
	FIELD("zone", HOST, NULL),
	FIELD("target", HOST, DST),
	TYPED("vhost", HOST, NULL, ROLE_URL_HOST, 0),
	TYPED("vport", IGNORED, DST_PORT, ROLE_URL_PORT, 0),
	TYPED("path", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0),
	FIELD("url", OBSERVABLE_URL, URL_VALUE),
	FIELD("referer", OBSERVABLE_URL, REFERER),
	FIELD("agent", OBSERVABLE_USER_AGENT, AGENT),
	FIELD("user", NONE, ACCOUNT),
	FIELD("runas", NONE, ACCOUNT),
	FIELD("cwd", FILE_NAME, "process:cwd"),
	FIELD("command", OBSERVABLE_COMMAND_LINE, COMMAND),
	FIELD("address", ADDRESS, NULL),
	FIELD("mac", NONE, MAC),
	FIELD("name", HOST, NULL),
	FIELD("peer_name", HOST, NULL),
	FIELD("helo", HOST, NULL),
	FIELD("sender", EMAIL, SENDER),
	FIELD("recipient", EMAIL, RECIPIENT),
	FIELD("message_id", NONE, "email-message:message_id"),
};
TABLE(line_fields_table, line_rows);

static const struct field_row netfilter_rows[] = {
	FIELD("SRC", ADDRESS, SRC),
	FIELD("DST", ADDRESS, DST),
	FIELD("SPT", IGNORED, SRC_PORT),
	FIELD("DPT", IGNORED, DST_PORT),
	FIELD("MAC", NONE, NULL),
	FIELD("MACSRC", NONE, MAC),
	FIELD("MACDST", NONE, MAC),
};
TABLE(netfilter_fields, netfilter_rows);

/* linux-audit-documentation, field dictionary; "encoded" fields are ROLE_HEX. */
static const struct field_row audit_rows[] = {
	TYPED("time", IGNORED, NULL, ROLE_TIME, 0),
	TYPED("node", NONE, NULL, ROLE_HOST, 0),
	TYPED("argument", OBSERVABLE_COMMAND_LINE, NULL, ROLE_ARGUMENT, 0), /* a0, a1, … of EXECVE */
	TYPED("proctitle", OBSERVABLE_COMMAND_LINE, COMMAND, ROLE_HEX, 0),
	TYPED("command_line", OBSERVABLE_COMMAND_LINE, COMMAND, ROLE_NONE, 0),
	TYPED("cmd", OBSERVABLE_COMMAND_LINE, COMMAND, ROLE_HEX, 0),
	TYPED("exe", FILE_NAME, PROCESS_IMAGE, ROLE_HEX, 0),
	TYPED("comm", FILE_NAME, "process:name", ROLE_HEX, 0),
	TYPED("name", FILE_NAME, "file:name", ROLE_HEX, 0),
	TYPED("cwd", FILE_NAME, "process:cwd", ROLE_HEX, 0),
	TYPED("path", FILE_NAME, "file:name", ROLE_HEX, 0),
	TYPED("dir", FILE_NAME, "directory:path", ROLE_HEX, 0),
	TYPED("data", NONE, NULL, ROLE_HEX, 0),
	TYPED("acct", NONE, ACCOUNT, ROLE_HEX, 0),
	TYPED("saddr", HOST, DST, ROLE_SOCKADDR, 0),
	FIELD("laddr", ADDRESS, DST),
	FIELD("faddr", ADDRESS, SRC),
	FIELD("addr", ADDRESS, SRC),
	FIELD("hostname", HOST, NULL),
	FIELD("lport", IGNORED, DST_PORT),
	FIELD("fport", IGNORED, SRC_PORT),
	FIELD("unit", NONE, NULL),
};
TABLE(audit_fields, audit_rows);

/* Implementing ArcSight CEF, extension dictionary */
static const struct field_row cef_rows[] = {
	TYPED("rt", IGNORED, NULL, ROLE_TIME, 0),
	TYPED("start", IGNORED, NULL, ROLE_TIME, 1),
	TYPED("end", IGNORED, NULL, ROLE_TIME, 2),
	TYPED("art", IGNORED, NULL, ROLE_TIME, 3),
	TYPED("dvchost", HOST, NULL, ROLE_HOST, 50),
	TYPED("dvc", ADDRESS, NULL, ROLE_HOST, 51),
	FIELD("src", ADDRESS, SRC),
	FIELD("dst", ADDRESS, DST),
	FIELD("spt", IGNORED, SRC_PORT),
	FIELD("dpt", IGNORED, DST_PORT),
	FIELD("c6a1", ADDRESS, NULL),
	FIELD("c6a2", ADDRESS, SRC),
	FIELD("c6a3", ADDRESS, DST),
	FIELD("c6a4", ADDRESS, NULL),
	FIELD("sourceTranslatedAddress", ADDRESS, SRC),
	FIELD("destinationTranslatedAddress", ADDRESS, DST),
	FIELD("deviceTranslatedAddress", ADDRESS, NULL),
	FIELD("agt", ADDRESS, NULL),
	FIELD("shost", HOST, SRC),
	FIELD("dhost", HOST, DST),
	FIELD("ahost", HOST, NULL),
	FIELD("sntdom", NONE, NULL),
	FIELD("dntdom", NONE, NULL),
	FIELD("sourceDnsDomain", HOST, NAME),
	FIELD("destinationDnsDomain", HOST, NAME),
	FIELD("deviceDnsDomain", HOST, NULL),
	FIELD("smac", NONE, MAC),
	FIELD("dmac", NONE, MAC),
	FIELD("dvcmac", NONE, MAC),
	FIELD("suser", NONE, ACCOUNT),
	FIELD("duser", NONE, ACCOUNT),
	FIELD("request", OBSERVABLE_URL, URL_VALUE),
	FIELD("requestClientApplication", OBSERVABLE_USER_AGENT, AGENT),
	FIELD("requestContext", OBSERVABLE_URL, REFERER),
	FIELD("fname", FILE_NAME, "file:name"),
	FIELD("filePath", FILE_NAME, "file:name"),
	FIELD("oldFileName", FILE_NAME, "file:name"),
	FIELD("oldFilePath", FILE_NAME, "file:name"),
	FIELD("fileHash", OBSERVABLE_SHA256, FILE_SHA256),
	FIELD("oldFileHash", OBSERVABLE_SHA256, FILE_SHA256),
	FIELD("sproc", FILE_NAME, PROCESS_IMAGE),
	FIELD("dproc", FILE_NAME, PROCESS_IMAGE),
	FIELD("sourceProcessName", FILE_NAME, PROCESS_IMAGE),
};
TABLE(cef_fields, cef_rows);

/* QRadar LEEF guide, predefined event attributes */
static const struct field_row leef_rows[] = {
	TYPED("devTime", IGNORED, NULL, ROLE_TIME, 0),
	TYPED("identHostName", HOST, NULL, ROLE_HOST, 50),
	FIELD("src", ADDRESS, SRC),
	FIELD("dst", ADDRESS, DST),
	FIELD("srcPort", IGNORED, SRC_PORT),
	FIELD("dstPort", IGNORED, DST_PORT),
	FIELD("srcPreNAT", ADDRESS, SRC),
	FIELD("dstPreNAT", ADDRESS, DST),
	FIELD("srcPostNAT", ADDRESS, SRC),
	FIELD("dstPostNAT", ADDRESS, DST),
	FIELD("identSrc", ADDRESS, NULL),
	FIELD("vSrc", ADDRESS, NULL),
	FIELD("srcMAC", NONE, MAC),
	FIELD("dstMAC", NONE, MAC),
	FIELD("identMAC", NONE, MAC),
	FIELD("usrName", NONE, ACCOUNT),
	FIELD("accountName", NONE, ACCOUNT),
	FIELD("url", OBSERVABLE_URL, URL_VALUE),
	FIELD("domain", HOST, NAME),
	FIELD("fileName", FILE_NAME, "file:name"),
	FIELD("fileHash", OBSERVABLE_SHA256, FILE_SHA256),
	FIELD("hostName", HOST, NULL),
};
TABLE(leef_fields, leef_rows);

/* W3C Extended Log File Format; names that IIS adds */
static const struct field_row w3c_rows[] = {
	TYPED("date", IGNORED, NULL, ROLE_DATE, 0),
	TYPED("time", IGNORED, NULL, ROLE_CLOCK_UTC, 0),
	TYPED("s-computername", HOST, NULL, ROLE_HOST, 0),
	TYPED("s-ip", ADDRESS, DST, ROLE_HOST, 1),
	TYPED("x-hostname", HOST, NULL, ROLE_HOST, 2),
	FIELD("c-ip", ADDRESS, SRC),
	FIELD("c-dns", HOST, SRC),
	FIELD("s-dns", HOST, DST),
	FIELD("r-ip", ADDRESS, DST),
	FIELD("r-dns", HOST, DST),
	FIELD("r-host", HOST, DST),
	FIELD("c-port", IGNORED, SRC_PORT),
	FIELD("r-port", IGNORED, DST_PORT),
	TYPED("s-port", IGNORED, DST_PORT, ROLE_URL_PORT_GUESS, 0),
	TYPED("cs-host", HOST, NULL, ROLE_URL_HOST, 0),
	TYPED("cs(Host)", HOST, NULL, ROLE_URL_HOST, 0),
	TYPED("cs-uri-host", HOST, NULL, ROLE_URL_HOST, 0),
	TYPED("cs-uri-stem", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0),
	TYPED("cs-uri-path", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0),
	TYPED("cs-uri-query", NONE, NULL, ROLE_URL_QUERY, 0),
	TYPED("cs-uri-scheme", NONE, NULL, ROLE_URL_SCHEME, 0),
	TYPED("cs-uri-port", IGNORED, NULL, ROLE_URL_PORT, 0),
	FIELD("cs-uri", OBSERVABLE_URL, URL_VALUE),
	FIELD("c-uri", OBSERVABLE_URL, URL_VALUE),
	TYPED("cs(User-Agent)", OBSERVABLE_USER_AGENT, AGENT, ROLE_PLUS, 0),
	FIELD("c-agent", OBSERVABLE_USER_AGENT, AGENT),
	FIELD("cs(Referer)", OBSERVABLE_URL, REFERER),
	FIELD("cs(Referrer)", OBSERVABLE_URL, REFERER),
	FIELD("cs-referred", OBSERVABLE_URL, REFERER),
	FIELD("cs-username", NONE, ACCOUNT),
	FIELD("X-Forwarded-For", ADDRESS, SRC),
	FIELD("cs(X-Forwarded-For)", ADDRESS, SRC),
	FIELD("c-computername", HOST, NULL),
};
TABLE(w3c_fields, w3c_rows);

/* Exchange: message tracking, protocol, connectivity and HttpProxy logs */
static const struct field_row exchange_rows[] = {
	TYPED("date-time", IGNORED, NULL, ROLE_UTC, 0),
	TYPED("DateTime", IGNORED, NULL, ROLE_UTC, 0),
	TYPED("DateTimeUtc", IGNORED, NULL, ROLE_UTC, 0),
	TYPED("server-hostname", HOST, DST, ROLE_HOST, 0),
	TYPED("ServerHostName", HOST, NULL, ROLE_HOST, 0),
	FIELD("client-ip", ADDRESS, SRC),
	FIELD("client-hostname", HOST, SRC),
	FIELD("server-ip", ADDRESS, DST),
	FIELD("original-client-ip", ADDRESS, SRC),
	FIELD("original-server-ip", ADDRESS, DST),
	FIELD("local-endpoint", HOST, NULL),
	FIELD("remote-endpoint", HOST, NULL),
	FIELD("ClientIpAddress", ADDRESS, SRC),
	FIELD("ClientIp", ADDRESS, SRC),
	FIELD("sender-address", EMAIL, SENDER),
	FIELD("return-path", EMAIL, SENDER),
	TYPED("recipient-address", EMAIL, RECIPIENT, ROLE_LIST, 0),
	TYPED("related-recipient-address", EMAIL, RECIPIENT, ROLE_LIST, 0),
	FIELD("message-subject", NONE, "email-message:subject"),
	FIELD("message-id", NONE, "email-message:message_id"),
	TYPED("UrlHost", HOST, NULL, ROLE_URL_HOST, 0),
	TYPED("UrlStem", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0),
	TYPED("UrlQuery", NONE, NULL, ROLE_URL_QUERY, 0),
	FIELD("UserAgent", OBSERVABLE_USER_AGENT, AGENT),
	FIELD("AuthenticatedUser", NONE, ACCOUNT),
	FIELD("TargetServer", HOST, DST),
};
TABLE(exchange_fields, exchange_rows);

#define SPELLED2(a, b, ...)                                                                                                                \
	{a, __VA_ARGS__},                                                                                                                  \
	{                                                                                                                                  \
		b, __VA_ARGS__                                                                                                             \
	}
#define SPELLED3(a, b, c, ...)                                                                                                             \
	{a, __VA_ARGS__}, {b, __VA_ARGS__},                                                                                                \
	{                                                                                                                                  \
		c, __VA_ARGS__                                                                                                             \
	}
#define PLAIN ROLE_NONE, 0, NULL
static const struct field_row named_rows[] = {
	SPELLED3("timestamp", "@timestamp", "datetime", IGNORED, NULL, ROLE_TIME, 0, NULL),
	SPELLED3("date_time", "event_time", "eventtime", IGNORED, NULL, ROLE_TIME, 1, NULL),
	SPELLED3("ts", "_time", "time_generated", IGNORED, NULL, ROLE_TIME, 2, NULL),
	SPELLED3("start_time", "starttime", "timegenerated", IGNORED, NULL, ROLE_TIME, 3, NULL),
	SPELLED2("first_seen", "created_at", IGNORED, NULL, ROLE_TIME, 4, NULL),
	SPELLED2("creationdate", "creationtime", IGNORED, NULL, ROLE_UTC, 5, NULL), /* exports of Microsoft 365's audit log */
	TYPED("auditdata", NONE, NULL, ROLE_JSON, 0),
	TYPED("date", IGNORED, NULL, ROLE_DATE, 0),
	TYPED("time", IGNORED, NULL, ROLE_CLOCK, 0),
	SPELLED3("tz", "timezone", "time_zone", IGNORED, NULL, ROLE_ZONE, 0, NULL),
	{"hostname", HOST, NULL, ROLE_URL_HOST, 0, "fortigate"}, /* the requested site; the machine is devname */
	{"url", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0, "fortigate"},
	SPELLED3("hostname", "host_name", "computer", NONE, NULL, ROLE_HOST, 0, NULL),
	SPELLED3("computer_name", "computername", "devname", NONE, NULL, ROLE_HOST, 1, NULL),
	SPELLED3("device_name", "devicename", "machine", NONE, NULL, ROLE_HOST, 2, NULL),
	SPELLED3("src_ip", "source_ip", "srcip", ADDRESS, SRC, PLAIN),
	SPELLED3("sourceip", "source_address", "src_addr", ADDRESS, SRC, PLAIN),
	SPELLED3("client_ip", "clientip", "remote_ip", ADDRESS, SRC, PLAIN),
	SPELLED3("saddr", "ipsrc", "ip_src", ADDRESS, SRC, PLAIN),
	SPELLED3("src", "source", "client", HOST, SRC, PLAIN),
	SPELLED2("sourceaddress", "srcaddr", ADDRESS, SRC, PLAIN),
	SPELLED3("dest_ip", "dst_ip", "dstip", ADDRESS, DST, PLAIN),
	SPELLED3("destination_ip", "destip", "destinationip", ADDRESS, DST, PLAIN),
	SPELLED3("destination_address", "dst_addr", "server_ip", ADDRESS, DST, PLAIN),
	SPELLED3("daddr", "ipdst", "ip_dst", ADDRESS, DST, PLAIN),
	SPELLED3("dst", "dest", "destination", HOST, DST, PLAIN),
	SPELLED2("destinationaddress", "dstaddr", ADDRESS, DST, PLAIN),
	SPELLED3("ip", "ip_address", "ipaddress", ADDRESS, NULL, PLAIN),
	SPELLED3("remip", "locip", "transip", ADDRESS, NULL, PLAIN),
	SPELLED3("src_port", "source_port", "srcport", IGNORED, SRC_PORT, PLAIN),
	SPELLED3("dest_port", "dst_port", "dstport", IGNORED, DST_PORT, PLAIN),
	SPELLED2("destination_port", "sourceport", IGNORED, NULL, PLAIN),
	SPELLED3("domain", "domain_name", "fqdn", HOST, NAME, PLAIN),
	TYPED("remote", HOST, SRC, ROLE_HOST, 9),
	SPELLED3("query", "qname", "dns_query", HOST, NAME, PLAIN),
	SPELLED3("queryname", "query_name", "rrname", HOST, NAME, PLAIN),
	SPELLED3("answer", "answers", "rdata", HOST, NULL, PLAIN),
	SPELLED3("src_host", "source_host", "srcname", HOST, SRC, PLAIN),
	SPELLED3("dest_host", "dst_host", "dstname", HOST, DST, PLAIN),
	SPELLED3("sni", "server_name", "tls_sni", HOST, NAME, PLAIN),
	SPELLED3("url", "uri", "full_url", OBSERVABLE_URL, URL_VALUE, PLAIN),
	SPELLED3("request_url", "requesturl", "cs_uri", OBSERVABLE_URL, URL_VALUE, PLAIN),
	SPELLED2("referer", "referrer", OBSERVABLE_URL, REFERER, PLAIN),
	SPELLED3("user_agent", "useragent", "agent", OBSERVABLE_USER_AGENT, AGENT, PLAIN),
	SPELLED2("http_host", "host_header", HOST, NULL, ROLE_URL_HOST, 0, NULL),
	SPELLED3("path", "uri_path", "url_path", OBSERVABLE_URL_PATH, NULL, ROLE_URL_PATH, 0, NULL),
	SPELLED3("md5", "file_md5", "hash_md5", OBSERVABLE_MD5, FILE_MD5, PLAIN),
	SPELLED3("sha1", "file_sha1", "hash_sha1", OBSERVABLE_SHA1, FILE_SHA1, PLAIN),
	SPELLED3("sha256", "file_sha256", "hash_sha256", OBSERVABLE_SHA256, FILE_SHA256, PLAIN),
	SPELLED3("hash", "file_hash", "filehash", OBSERVABLE_SHA256, FILE_SHA256, PLAIN),
	SPELLED3("ja3", "ja3_hash", "ja3s", OTHER_HASH, NULL, PLAIN),
	SPELLED2("imphash", "hassh", OTHER_HASH, NULL, PLAIN),
	SPELLED3("email", "mail", "email_address", EMAIL, "email-addr:value", PLAIN),
	SPELLED3("sender", "from", "sender_address", EMAIL, SENDER, PLAIN),
	SPELLED3("recipient", "to", "recipient_address", EMAIL, RECIPIENT, PLAIN),
	FIELD("subject", NONE, "email-message:subject"),
	SPELLED3("file", "file_name", "filename", FILE_NAME, "file:name", PLAIN),
	SPELLED3("file_path", "filepath", "target_filename", FILE_NAME, "file:name", PLAIN),
	SPELLED3("process", "process_name", "image", FILE_NAME, PROCESS_IMAGE, PLAIN),
	SPELLED3("command_line", "commandline", "cmdline", OBSERVABLE_COMMAND_LINE, COMMAND, PLAIN),
	SPELLED3("registry_key", "target_object", "targetobject", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key", PLAIN),
	SPELLED3("user", "username", "user_name", NONE, ACCOUNT, PLAIN),
	SPELLED3("mac", "src_mac", "srcmac", NONE, MAC, PLAIN),
};
TABLE(named_fields, named_rows);
