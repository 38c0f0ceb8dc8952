/* Field tables of JSON kinds besides Zeek, EVE and Windows. What has no row is untyped.
 * Sources: Elastic Common Schema 8.11 field reference; OCSF 1.1 schema; AWS CloudTrail record contents; Office 365 Management Activity
 * API schema; nginx's list of variables. */
#include "rows_int.h"

#define HASHES(prefix) \
	FIELD(prefix ".md5", OBSERVABLE_MD5, FILE_MD5), FIELD(prefix ".sha1", OBSERVABLE_SHA1, FILE_SHA1), FIELD(prefix ".sha256", OBSERVABLE_SHA256, FILE_SHA256), \
	FIELD(prefix ".sha512", OBSERVABLE_SHA512, "file:hashes.'SHA-512'"), FIELD(prefix ".sha384", OBSERVABLE_SHA384, NULL), FIELD(prefix ".imphash", OTHER_HASH, NULL)
#define CERTIFICATE(prefix) \
	FIELD(prefix ".serial_number", OBSERVABLE_SERIAL, CERT_SERIAL), FIELD(prefix ".subject.distinguished_name", NONE, CERT_SUBJECT), \
	FIELD(prefix ".issuer.distinguished_name", NONE, CERT_ISSUER), FIELD(prefix ".alternative_names", HOST, NAME)

static const struct field_row ecs_rows[] = {
	TYPED("@timestamp", IGNORED, NULL, ROLE_TIME, 0), TYPED("event.created", IGNORED, NULL, ROLE_TIME, 1), TYPED("event.start", IGNORED, NULL, ROLE_TIME, 2),
	TYPED("event.ingested", IGNORED, NULL, ROLE_TIME, 3),
	TYPED("host.name", NONE, NULL, ROLE_HOST, 0), TYPED("host.hostname", NONE, NULL, ROLE_HOST, 1), TYPED("observer.hostname", NONE, NULL, ROLE_HOST, 2),
	TYPED("observer.name", NONE, NULL, ROLE_HOST, 3), TYPED("agent.name", NONE, NULL, ROLE_HOST, 4), TYPED("agent.hostname", NONE, NULL, ROLE_HOST, 5),
	FIELD("host.ip", ADDRESS, NULL), FIELD("host.mac", NONE, MAC), FIELD("observer.ip", ADDRESS, NULL), FIELD("related.ip", ADDRESS, NULL), FIELD("related.hosts", HOST, NULL),
	FIELD("related.hash", OBSERVABLE_SHA256, NULL),
	FIELD("source.ip", ADDRESS, SRC), FIELD("source.address", HOST, SRC), FIELD("source.domain", HOST, SRC), FIELD("source.port", IGNORED, SRC_PORT), FIELD("source.mac", NONE, MAC),
	FIELD("source.nat.ip", ADDRESS, SRC), FIELD("source.user.name", NONE, ACCOUNT),
	FIELD("destination.ip", ADDRESS, DST), FIELD("destination.address", HOST, DST), FIELD("destination.domain", HOST, DST), FIELD("destination.port", IGNORED, DST_PORT),
	FIELD("destination.mac", NONE, MAC), FIELD("destination.nat.ip", ADDRESS, DST),
	FIELD("client.ip", ADDRESS, SRC), FIELD("client.address", HOST, SRC), FIELD("client.domain", HOST, SRC), FIELD("server.ip", ADDRESS, DST), FIELD("server.address", HOST, DST),
	FIELD("server.domain", HOST, DST), FIELD("network.forwarded_ip", ADDRESS, SRC),
	FIELD("url.full", OBSERVABLE_URL, URL_VALUE), FIELD("url.original", OBSERVABLE_URL, URL_VALUE), TYPED("url.domain", HOST, NULL, ROLE_URL_HOST, 0),
	FIELD("url.registered_domain", HOST, NAME), TYPED("url.path", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0), TYPED("url.query", NONE, NULL, ROLE_URL_QUERY, 0),
	TYPED("url.scheme", NONE, NULL, ROLE_URL_SCHEME, 0), TYPED("url.port", IGNORED, DST_PORT, ROLE_URL_PORT, 0),
	FIELD("http.request.referrer", OBSERVABLE_URL, REFERER), FIELD("user_agent.original", OBSERVABLE_USER_AGENT, AGENT),
	FIELD("dns.question.name", HOST, NAME), FIELD("dns.question.registered_domain", HOST, NAME), FIELD("dns.answers.name", HOST, NAME), FIELD("dns.answers.data", HOST, NULL),
	FIELD("dns.resolved_ip", ADDRESS, NULL),
	HASHES("file.hash"), HASHES("process.hash"), HASHES("dll.hash"), HASHES("process.parent.hash"), HASHES("email.attachments.file.hash"),
	FIELD("file.name", FILE_NAME, "file:name"), FIELD("file.path", FILE_NAME, "file:name"), FIELD("file.target_path", FILE_NAME, "file:name"), FIELD("file.directory", FILE_NAME, "directory:path"),
	FIELD("dll.name", FILE_NAME, "file:name"), FIELD("dll.path", FILE_NAME, "file:name"), FIELD("file.pe.imphash", OTHER_HASH, NULL), FIELD("process.pe.imphash", OTHER_HASH, NULL),
	FIELD("file.pe.original_file_name", FILE_NAME, "file:name"), FIELD("process.pe.original_file_name", FILE_NAME, "file:name"), FIELD("dll.pe.imphash", OTHER_HASH, NULL),
	FIELD("process.name", FILE_NAME, "process:name"), FIELD("process.executable", FILE_NAME, PROCESS_IMAGE), FIELD("process.command_line", OBSERVABLE_COMMAND_LINE, COMMAND),
	FIELD("process.working_directory", FILE_NAME, "process:cwd"), FIELD("process.parent.name", FILE_NAME, PARENT_IMAGE), FIELD("process.parent.executable", FILE_NAME, PARENT_IMAGE),
	FIELD("process.parent.command_line", OBSERVABLE_COMMAND_LINE, "process:parent_ref.command_line"),
	FIELD("registry.path", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"), FIELD("registry.key", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"),
	FIELD("registry.value", NONE, "windows-registry-key:values.name"), FIELD("registry.data.strings", NONE, "windows-registry-key:values.data"),
	FIELD("tls.client.server_name", HOST, NAME), FIELD("tls.client.ja3", OTHER_HASH, NULL), FIELD("tls.server.ja3s", OTHER_HASH, NULL),
	FIELD("tls.server.hash.sha1", OBSERVABLE_SHA1, CERT_SHA1), FIELD("tls.server.hash.sha256", OBSERVABLE_SHA256, CERT_SHA256), FIELD("tls.client.hash.sha1", OBSERVABLE_SHA1, CERT_SHA1),
	FIELD("tls.client.hash.sha256", OBSERVABLE_SHA256, CERT_SHA256), FIELD("tls.server.subject", NONE, CERT_SUBJECT), FIELD("tls.server.issuer", NONE, CERT_ISSUER),
	CERTIFICATE("tls.server.x509"), CERTIFICATE("tls.client.x509"), CERTIFICATE("x509"), CERTIFICATE("file.x509"),
	FIELD("email.from.address", EMAIL, "email-message:from_ref.value"), FIELD("email.sender.address", EMAIL, "email-message:sender_ref.value"),
	FIELD("email.to.address", EMAIL, "email-message:to_refs[*].value"), FIELD("email.cc.address", EMAIL, "email-message:cc_refs[*].value"),
	FIELD("email.bcc.address", EMAIL, "email-message:bcc_refs[*].value"), FIELD("email.reply_to.address", EMAIL, "email-addr:value"), FIELD("email.subject", NONE, "email-message:subject"),
	FIELD("email.message_id", NONE, "email-message:message_id"), FIELD("email.attachments.file.name", FILE_NAME, "file:name"),
	FIELD("user.name", NONE, ACCOUNT), FIELD("user.email", EMAIL, "email-addr:value"),
	FIELD("threat.indicator.ip", ADDRESS, NULL), FIELD("threat.indicator.url.full", OBSERVABLE_URL, URL_VALUE),
};
TABLE(ecs_fields, ecs_rows);

#define OCSF_END(prefix, path) \
	FIELD(prefix ".ip", ADDRESS, path), FIELD(prefix ".hostname", HOST, path), FIELD(prefix ".domain", HOST, path), FIELD(prefix ".name", NONE, NULL), \
	FIELD(prefix ".intermediate_ips", ADDRESS, NULL), FIELD(prefix ".mac", NONE, MAC)
#define OCSF_FILE(prefix) \
	FIELD(prefix ".name", FILE_NAME, "file:name"), FIELD(prefix ".path", FILE_NAME, "file:name"), FIELD(prefix ".parent_folder", FILE_NAME, "directory:path"), \
	FIELD(prefix ".hashes.value", OBSERVABLE_SHA256, FILE_SHA256), FIELD(prefix ".fingerprints.value", OBSERVABLE_SHA256, FILE_SHA256)
#define OCSF_PROCESS(prefix, image, command) \
	FIELD(prefix ".cmd_line", OBSERVABLE_COMMAND_LINE, command), FIELD(prefix ".name", FILE_NAME, image), FIELD(prefix ".file.name", FILE_NAME, image), \
	FIELD(prefix ".file.path", FILE_NAME, image), FIELD(prefix ".file.hashes.value", OBSERVABLE_SHA256, FILE_SHA256), FIELD(prefix ".user.name", NONE, ACCOUNT)
static const struct field_row ocsf_rows[] = {
	TYPED("time", IGNORED, NULL, ROLE_TIME, 0), TYPED("time_dt", IGNORED, NULL, ROLE_TIME, 1), TYPED("start_time", IGNORED, NULL, ROLE_TIME, 2), TYPED("metadata.original_time", IGNORED, NULL, ROLE_TIME, 3),
	TYPED("device.hostname", HOST, NULL, ROLE_HOST, 0), TYPED("device.name", NONE, NULL, ROLE_HOST, 1), FIELD("device.ip", ADDRESS, NULL), FIELD("device.domain", HOST, NULL),
	OCSF_END("src_endpoint", SRC), OCSF_END("dst_endpoint", DST), FIELD("src_endpoint.port", IGNORED, SRC_PORT), FIELD("dst_endpoint.port", IGNORED, DST_PORT),
	OCSF_END("proxy_endpoint", NULL), OCSF_END("proxy", NULL),
	FIELD("query.hostname", HOST, NAME), FIELD("answers.rdata", HOST, NULL), FIELD("domain", HOST, NAME),
	OCSF_FILE("file"), OCSF_FILE("file_result"), OCSF_FILE("module.file"), OCSF_FILE("malware.files"),
	OCSF_PROCESS("process", PROCESS_IMAGE, COMMAND), OCSF_PROCESS("actor.process", PARENT_IMAGE, "process:parent_ref.command_line"),
	OCSF_PROCESS("process.parent_process", PARENT_IMAGE, "process:parent_ref.command_line"),
	TYPED("http_request.url.hostname", HOST, NULL, ROLE_URL_HOST, 0), TYPED("http_request.url.path", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0),
	TYPED("http_request.url.query_string", NONE, NULL, ROLE_URL_QUERY, 0), TYPED("http_request.url.scheme", NONE, NULL, ROLE_URL_SCHEME, 0),
	TYPED("http_request.url.port", IGNORED, DST_PORT, ROLE_URL_PORT, 0), FIELD("http_request.url.url_string", OBSERVABLE_URL, URL_VALUE), FIELD("http_request.url.text", OBSERVABLE_URL, URL_VALUE),
	FIELD("http_request.user_agent", OBSERVABLE_USER_AGENT, AGENT), FIELD("http_request.referrer", OBSERVABLE_URL, REFERER), FIELD("http_request.x_forwarded_for", ADDRESS, SRC),
	FIELD("url.url_string", OBSERVABLE_URL, URL_VALUE), FIELD("tls.sni", HOST, NAME), FIELD("tls.ja3_hash.value", OTHER_HASH, NULL), FIELD("tls.ja3s_hash.value", OTHER_HASH, NULL),
	FIELD("tls.certificate.serial_number", OBSERVABLE_SERIAL, CERT_SERIAL), FIELD("tls.certificate.fingerprints.value", OBSERVABLE_SHA256, CERT_SHA256),
	FIELD("tls.certificate.subject", NONE, CERT_SUBJECT), FIELD("tls.certificate.issuer", NONE, CERT_ISSUER),
	FIELD("reg_key.path", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"), FIELD("reg_value.path", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"),
	FIELD("email.from", EMAIL, "email-message:from_ref.value"), FIELD("email.to", EMAIL, "email-message:to_refs[*].value"), FIELD("email.subject", NONE, "email-message:subject"),
	FIELD("email.smtp_from", EMAIL, "email-message:sender_ref.value"), FIELD("user.name", NONE, ACCOUNT), FIELD("actor.user.name", NONE, ACCOUNT), FIELD("user.email_addr", EMAIL, "email-addr:value"),
	FIELD("observables.value", NONE, NULL),
};
TABLE(ocsf_fields, ocsf_rows);

static const struct field_row cloudtrail_rows[] = {
	TYPED("eventTime", IGNORED, NULL, ROLE_TIME, 0), TYPED("recipientAccountId", NONE, NULL, ROLE_HOST, 1),
	FIELD("sourceIPAddress", HOST, SRC), FIELD("userAgent", OBSERVABLE_USER_AGENT, AGENT), FIELD("userIdentity.userName", NONE, ACCOUNT), FIELD("tlsDetails.clientProvidedHostHeader", HOST, NULL),
	FIELD("responseElements.publicDnsName", HOST, NAME), FIELD("requestParameters.host", HOST, NULL), FIELD("requestParameters.Host", HOST, NULL), FIELD("requestParameters.cidrIp", NONE, NULL),
	FIELD("responseElements.instancesSet.items.privateIpAddress", ADDRESS, NULL), FIELD("responseElements.instancesSet.items.ipAddress", ADDRESS, NULL),
	FIELD("serviceEventDetails.clientIpAddress", ADDRESS, SRC),
};
TABLE(cloudtrail_fields, cloudtrail_rows);

/* ClientIP comes as "192.0.2.1", "192.0.2.1:443", "[2001:db8::1]:443" */
static const struct field_row m365_rows[] = {
	TYPED("CreationTime", IGNORED, NULL, ROLE_UTC, 0), TYPED("OriginatingServer", NONE, NULL, ROLE_HOST, 5), TYPED("ClientMachineName", HOST, NULL, ROLE_HOST, 0),
	TYPED("DeviceName", HOST, NULL, ROLE_HOST, 1),
	FIELD("ClientIP", HOST, SRC), FIELD("ClientIPAddress", HOST, SRC), FIELD("ActorIpAddress", HOST, SRC), FIELD("SenderIp", HOST, SRC), FIELD("OriginatingIp", HOST, SRC), FIELD("IPAddress", HOST, SRC),
	FIELD("UserAgent", OBSERVABLE_USER_AGENT, AGENT), FIELD("UserId", NONE, ACCOUNT), FIELD("UserKey", NONE, NULL), FIELD("MailboxOwnerUPN", EMAIL, "email-addr:value"),
	FIELD("LogonUserDisplayName", NONE, "user-account:display_name"),
	FIELD("SiteUrl", OBSERVABLE_URL, URL_VALUE), FIELD("ObjectId", OBSERVABLE_URL, URL_VALUE), FIELD("Url", OBSERVABLE_URL, URL_VALUE), FIELD("EventDeepLink", OBSERVABLE_URL, NULL),
	FIELD("SourceFileName", FILE_NAME, "file:name"), FIELD("DestinationFileName", FILE_NAME, "file:name"), FIELD("SourceRelativeUrl", NONE, NULL),
	FIELD("P1Sender", EMAIL, "email-message:sender_ref.value"), FIELD("P2Sender", EMAIL, "email-message:from_ref.value"), FIELD("Recipients", EMAIL, "email-message:to_refs[*].value"),
	FIELD("Subject", NONE, "email-message:subject"), FIELD("InternetMessageId", NONE, "email-message:message_id"), FIELD("AttachmentData.FileName", FILE_NAME, "file:name"),
	FIELD("AttachmentData.SHA256", OBSERVABLE_SHA256, FILE_SHA256), FIELD("Sha1", OBSERVABLE_SHA1, FILE_SHA1), FIELD("Sha256", OBSERVABLE_SHA256, FILE_SHA256),
	FIELD("SenderDomain", HOST, NAME), FIELD("P1SenderDomain", HOST, NAME), FIELD("P2SenderDomain", HOST, NAME),
	FIELD("TeamsMessageLinks", OBSERVABLE_URL, URL_VALUE), FIELD("MessageURLs", OBSERVABLE_URL, URL_VALUE),
};
TABLE(m365_fields, m365_rows);

static const struct field_row web_rows[] = {
	TYPED("time_iso8601", IGNORED, NULL, ROLE_TIME, 0), TYPED("time_local", IGNORED, NULL, ROLE_TIME, 1), TYPED("msec", IGNORED, NULL, ROLE_TIME, 2), TYPED("@timestamp", IGNORED, NULL, ROLE_TIME, 0),
	TYPED("timestamp", IGNORED, NULL, ROLE_TIME, 3), TYPED("time", IGNORED, NULL, ROLE_TIME, 4), TYPED("hostname", NONE, NULL, ROLE_HOST, 0), TYPED("server_name", HOST, NULL, ROLE_HOST, 1),
	FIELD("remote_addr", ADDRESS, SRC), FIELD("realip_remote_addr", ADDRESS, SRC), FIELD("http_x_forwarded_for", ADDRESS, SRC), FIELD("http_x_real_ip", ADDRESS, SRC),
	FIELD("remote_port", IGNORED, SRC_PORT), FIELD("remote_user", NONE, ACCOUNT), FIELD("server_addr", ADDRESS, DST), TYPED("server_port", IGNORED, DST_PORT, ROLE_URL_PORT_GUESS, 0),
	FIELD("upstream_addr", HOST, NULL),
	TYPED("http_host", HOST, NULL, ROLE_URL_HOST, 0), TYPED("host", HOST, NULL, ROLE_URL_HOST, 0), TYPED("request_uri", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0),
	TYPED("uri", OBSERVABLE_URL_PATH, REQUEST, ROLE_URL_PATH, 0), TYPED("scheme", NONE, NULL, ROLE_URL_SCHEME, 0),
	FIELD("http_user_agent", OBSERVABLE_USER_AGENT, AGENT), FIELD("http_referer", OBSERVABLE_URL, REFERER), FIELD("http_referrer", OBSERVABLE_URL, REFERER), FIELD("ssl_server_name", HOST, NAME),
	FIELD("request", NONE, NULL),
};
TABLE(web_json_fields, web_rows);
