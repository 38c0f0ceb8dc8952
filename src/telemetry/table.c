/* The field tables: which fields of the known formats carry which observable, one row each, and their lookup.
 * A string field without a row is untyped: matched by shape. Rows with a `log` stand before the general row of their name.
 * Sources: Zeek 6 script reference (Info records), Suricata 7 EVE schema, Sysmon 15 schema, winlogbeat exported fields. */
#include "rows_int.h"

static const struct field_row zeek_rows[] = {
	{"ts", NONE, NULL, ROLE_TIME, 0, NULL},
	{"_write_ts", NONE, NULL, ROLE_TIME, 1, NULL},
	{"_path", IGNORED, NULL, ROLE_LOG, 0, NULL},
	{"@stream", IGNORED, NULL, ROLE_LOG, 0, NULL},
	{"@system", NONE, NULL, ROLE_HOST, 1, NULL},
	{"_system_name", NONE, NULL, ROLE_HOST, 2, NULL},
	{"@proc", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"uid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"fuid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"uids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"parent_fuid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"fuids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"conn_uids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"orig_fuids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"resp_fuids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"cert_chain_fuids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"client_cert_chain_fuids", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"client_cert_fuid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"server_cert_fuid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"tunnel_parents", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"community_id", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"id", IGNORED, NULL, ROLE_NONE, 0, "x509"},
	{"id", IGNORED, NULL, ROLE_NONE, 0, "pe"},
	{"id", IGNORED, NULL, ROLE_NONE, 0, "ocsp"},
	{"history", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"conn_state", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"proto", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"qclass_name", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"qtype_name", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"rcode_name", IGNORED, NULL, ROLE_NONE, 0, NULL},
	BOTH("id", "orig_h", ADDRESS, SRC, ROLE_HOST, 0, NULL),
	BOTH("id", "resp_h", ADDRESS, DST, ROLE_NONE, 0, NULL),
	BOTH("id", "orig_p", IGNORED, SRC_PORT, ROLE_NONE, 0, NULL),
	BOTH("id", "resp_p", IGNORED, DST_PORT, ROLE_URL_PORT_GUESS, 0, NULL),
	{"orig_l2_addr", NONE, MAC, ROLE_NONE, 0, NULL},
	{"resp_l2_addr", NONE, MAC, ROLE_NONE, 0, NULL},
	{"mac", NONE, MAC, ROLE_NONE, 0, NULL},
	/* dns, http */
	{"query", HOST, NAME, ROLE_NONE, 0, NULL},
	{"answers", HOST, NULL, ROLE_NONE, 0, NULL},
	{"auth", HOST, NULL, ROLE_NONE, 0, "dns"},
	{"addl", HOST, NULL, ROLE_NONE, 0, "dns"},
	{"original_query", HOST, NAME, ROLE_NONE, 0, NULL},
	{"host", HOST, NULL, ROLE_URL_HOST, 0, NULL},
	{"uri", OBSERVABLE_URL_PATH, NULL, ROLE_URL_PATH, 0, NULL},
	{"referrer", OBSERVABLE_URL, "network-traffic:extensions.'http-request-ext'.request_header.Referer", ROLE_NONE, 0, NULL},
	{"origin", OBSERVABLE_URL, NULL, ROLE_NONE, 0, NULL},
	{"user_agent", OBSERVABLE_USER_AGENT, NULL, ROLE_NONE, 0, "smtp"},
	{"user_agent", OBSERVABLE_USER_AGENT, NULL, ROLE_NONE, 0, "sip"},
	{"user_agent", OBSERVABLE_USER_AGENT, AGENT, ROLE_NONE, 0, NULL},
	{"orig_filenames", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"resp_filenames", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"username", NONE, ACCOUNT, ROLE_NONE, 0, NULL},
	{"user", NONE, ACCOUNT, ROLE_NONE, 0, NULL},
	/* ssl, quic, x509, ocsp */
	{"server_name", HOST, NAME, ROLE_NONE, 0, NULL},
	{"ja3", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"ja3s", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"hassh", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"hasshServer", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"hassh_server", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, "ssl"},
	{"issuer", NONE, CERT_ISSUER, ROLE_NONE, 0, "ssl"},
	{"client_subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, NULL},
	{"client_issuer", NONE, CERT_ISSUER, ROLE_NONE, 0, NULL},
	{"client_cert_subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, NULL},
	{"server_cert_subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, NULL},
	{"subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, "known_certs"},
	{"issuer_subject", NONE, CERT_ISSUER, ROLE_NONE, 0, NULL},
	{"issuerNameHash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"issuerKeyHash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"client_initial_dcid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"client_scid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"server_scid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"resp_certificate_sha1", OBSERVABLE_SHA1, CERT_SHA1, ROLE_NONE, 0, NULL},
	{"orig_certificate_sha1", OBSERVABLE_SHA1, CERT_SHA1, ROLE_NONE, 0, NULL},
	{"cert_chain_fps", OBSERVABLE_SHA256, CERT_SHA256, ROLE_NONE, 0, NULL},
	{"client_cert_chain_fps", OBSERVABLE_SHA256, CERT_SHA256, ROLE_NONE, 0, NULL},
	{"fingerprint", OBSERVABLE_SHA256, CERT_SHA256, ROLE_NONE, 0, NULL},
	BOTH("certificate", "serial", OBSERVABLE_SERIAL, CERT_SERIAL, ROLE_NONE, 0, NULL),
	BOTH("certificate", "subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, NULL),
	BOTH("certificate", "issuer", NONE, CERT_ISSUER, ROLE_NONE, 0, NULL),
	{"serial", OBSERVABLE_SERIAL, CERT_SERIAL, ROLE_NONE, 0, NULL},
	{"serialNumber", OBSERVABLE_SERIAL, CERT_SERIAL, ROLE_NONE, 0, NULL},
	BOTH("san", "dns", HOST, NAME, ROLE_NONE, 0, NULL),
	BOTH("san", "ip", ADDRESS, NULL, ROLE_NONE, 0, NULL),
	BOTH("san", "uri", OBSERVABLE_URL, "url:value", ROLE_NONE, 0, NULL),
	BOTH("san", "email", EMAIL, "email-addr:value", ROLE_NONE, 0, NULL),
	/* files, smb */
	{"tx_hosts", ADDRESS, SRC, ROLE_NONE, 0, NULL},
	{"rx_hosts", ADDRESS, DST, ROLE_NONE, 0, NULL},
	{"filename", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"file_name", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"md5", OBSERVABLE_MD5, FILE_MD5, ROLE_NONE, 0, NULL},
	{"sha1", OBSERVABLE_SHA1, FILE_SHA1, ROLE_NONE, 0, NULL},
	{"sha256", OBSERVABLE_SHA256, FILE_SHA256, ROLE_NONE, 0, NULL},
	{"name", FILE_NAME, "file:name", ROLE_NONE, 0, "smb_files"},
	{"prev_name", FILE_NAME, "file:name", ROLE_NONE, 0, "smb_files"},
	{"path", FILE_NAME, "directory:path", ROLE_NONE, 0, "smb_files"},
	{"path", FILE_NAME, "directory:path", ROLE_NONE, 0, "smb_mapping"},
	BOTH("referenced_file", "name", FILE_NAME, "file:name", ROLE_NONE, 0, NULL),
	BOTH("referenced_file", "path", FILE_NAME, "directory:path", ROLE_NONE, 0, NULL),
	{"extracted", FILE_NAME, NULL, ROLE_NONE, 0, NULL},
	{"dcc_file_name", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	/* smtp */
	{"path", ADDRESS, NULL, ROLE_NONE, 0, "smtp"},
	{"helo", HOST, NULL, ROLE_NONE, 0, NULL},
	{"mailfrom", EMAIL, "email-message:sender_ref.value", ROLE_NONE, 0, NULL},
	{"rcptto", EMAIL, "email-message:to_refs[*].value", ROLE_NONE, 0, NULL},
	{"from", EMAIL, "email-message:from_ref.value", ROLE_NONE, 0, "smtp"},
	{"to", EMAIL, "email-message:to_refs[*].value", ROLE_NONE, 0, "smtp"},
	{"cc", EMAIL, "email-message:cc_refs[*].value", ROLE_NONE, 0, "smtp"},
	{"reply_to", EMAIL, "email-addr:value", ROLE_NONE, 0, NULL},
	{"subject", NONE, "email-message:subject", ROLE_NONE, 0, "smtp"},
	{"msg_id", NONE, "email-message:message_id", ROLE_NONE, 0, "smtp"},
	{"x_originating_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	/* ntlm, dhcp, socks, ftp, rdp, radius, notice, intel, signatures */
	{"hostname", HOST, NULL, ROLE_NONE, 0, "ntlm"},
	{"domainname", HOST, NULL, ROLE_NONE, 0, "ntlm"},
	{"dhcp_host_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"tunnel_client", HOST, NULL, ROLE_NONE, 0, NULL},
	{"cookie", NONE, ACCOUNT, ROLE_NONE, 0, "rdp"},
	{"server_dns_computer_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"server_nb_computer_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"server_tree_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"client_addr", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"server_addr", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"requested_addr", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"assigned_addr", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"assigned_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"host_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"client_fqdn", HOST, NULL, ROLE_NONE, 0, NULL},
	{"domain", HOST, NULL, ROLE_NONE, 0, "dhcp"},
	BOTH("request", "host", ADDRESS, DST, ROLE_NONE, 0, NULL),
	BOTH("request", "name", HOST, NAME, ROLE_NONE, 0, NULL),
	BOTH("bound", "host", ADDRESS, NULL, ROLE_NONE, 0, NULL),
	BOTH("bound", "name", HOST, NAME, ROLE_NONE, 0, NULL),
	BOTH("data_channel", "orig_h", ADDRESS, SRC, ROLE_NONE, 0, NULL),
	BOTH("data_channel", "resp_h", ADDRESS, DST, ROLE_NONE, 0, NULL),
	{"client_name", HOST, NULL, ROLE_NONE, 0, "rdp"},
	{"framed_addr", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"remote_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"src", ADDRESS, SRC, ROLE_NONE, 0, NULL},
	{"dst", ADDRESS, DST, ROLE_NONE, 0, NULL},
	{"src_addr", ADDRESS, SRC, ROLE_NONE, 0, NULL},
	{"dst_addr", ADDRESS, DST, ROLE_NONE, 0, NULL},
	BOTH("seen", "host", HOST, NULL, ROLE_NONE, 0, NULL),
};

static const struct field_row eve_rows[] = {
	{"timestamp", IGNORED, NULL, ROLE_TIME, 0, NULL},
	{"event_type", IGNORED, NULL, ROLE_LOG, 0, NULL},
	{"host", NONE, NULL, ROLE_HOST, 0, NULL},
	{"src_ip", ADDRESS, SRC, ROLE_HOST, 1, NULL},
	{"dest_ip", ADDRESS, DST, ROLE_NONE, 0, NULL},
	{"src_port", IGNORED, SRC_PORT, ROLE_NONE, 0, NULL},
	{"dest_port", IGNORED, DST_PORT, ROLE_URL_PORT_GUESS, 0, "http"},
	{"dest_port", IGNORED, DST_PORT, ROLE_NONE, 0, NULL},
	{"proto", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"pkt_src", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"app_proto", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"community_id", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"flow.start", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"flow.end", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"tcp.tcp_flags", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"tcp.tcp_flags_ts", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"tcp.tcp_flags_tc", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"xff", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"http.xff", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"http.true_client_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"tunnel.src_ip", ADDRESS, SRC, ROLE_NONE, 0, NULL},
	{"tunnel.dest_ip", ADDRESS, DST, ROLE_NONE, 0, NULL},
	{"flow.src_ip", ADDRESS, SRC, ROLE_NONE, 0, NULL},
	{"flow.dest_ip", ADDRESS, DST, ROLE_NONE, 0, NULL},
	{"alert.source.ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"alert.target.ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"ether.src_mac", NONE, MAC, ROLE_NONE, 0, NULL},
	{"ether.dest_mac", NONE, MAC, ROLE_NONE, 0, NULL},
	{"ether.src_macs", NONE, MAC, ROLE_NONE, 0, NULL},
	{"ether.dest_macs", NONE, MAC, ROLE_NONE, 0, NULL},
	{"dhcp.client_mac", NONE, MAC, ROLE_NONE, 0, NULL},
	/* dns: versions 1 to 3 */
	{"dns.type", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"dns.rrtype", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"dns.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.rdata", HOST, NULL, ROLE_NONE, 0, NULL},
	{"dns.query.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.queries.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.answer.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.answers.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.answers.rdata", HOST, NULL, ROLE_NONE, 0, NULL},
	{"dns.answer.answers.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.answer.answers.rdata", HOST, NULL, ROLE_NONE, 0, NULL},
	{"dns.authorities.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.authorities.rdata", HOST, NULL, ROLE_NONE, 0, NULL},
	{"dns.authorities.soa.mname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.additionals.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.additionals.rdata", HOST, NULL, ROLE_NONE, 0, NULL},
	{"dns.grouped.A", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dns.grouped.AAAA", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dns.grouped.CNAME", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.grouped.MX", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.grouped.NS", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.grouped.PTR", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.grouped.SRV.name", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.grouped.SOA.mname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.answers.soa.mname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"dns.answers.srv.name", HOST, NAME, ROLE_NONE, 0, NULL},
	{"mdns.queries.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"mdns.answers.rrname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"mdns.answers.rdata", HOST, NULL, ROLE_NONE, 0, NULL},
	{"arp.src_ip", ADDRESS, SRC, ROLE_NONE, 0, NULL},
	{"arp.dest_ip", ADDRESS, DST, ROLE_NONE, 0, NULL},
	{"arp.src_mac", NONE, MAC, ROLE_NONE, 0, NULL},
	{"arp.dest_mac", NONE, MAC, ROLE_NONE, 0, NULL},
	/* http */
	{"http.hostname", HOST, NULL, ROLE_URL_HOST, 0, NULL},
	{"http.url", OBSERVABLE_URL_PATH, NULL, ROLE_URL_PATH, 0, NULL},
	{"http.http_port", IGNORED, NULL, ROLE_URL_PORT, 0, NULL},
	{"http.http_user_agent", OBSERVABLE_USER_AGENT, AGENT, ROLE_NONE, 0, NULL},
	{"http.http_refer", OBSERVABLE_URL, "network-traffic:extensions.'http-request-ext'.request_header.Referer", ROLE_NONE, 0, NULL},
	{"http.redirect", OBSERVABLE_URL, NULL, ROLE_NONE, 0, NULL},
	{"http.location", OBSERVABLE_URL, NULL, ROLE_NONE, 0, NULL},
	{"http.http_method", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"http.protocol", IGNORED, NULL, ROLE_NONE, 0, NULL},
	/* tls, quic, ssh */
	{"tls.sni", HOST, NAME, ROLE_NONE, 0, NULL},
	{"tls.subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, NULL},
	{"tls.issuerdn", NONE, CERT_ISSUER, ROLE_NONE, 0, NULL},
	{"tls.serial", OBSERVABLE_SERIAL, CERT_SERIAL, ROLE_NONE, 0, NULL},
	{"tls.client.serial", OBSERVABLE_SERIAL, CERT_SERIAL, ROLE_NONE, 0, NULL},
	{"tls.client.subject", NONE, CERT_SUBJECT, ROLE_NONE, 0, NULL},
	{"tls.client.issuerdn", NONE, CERT_ISSUER, ROLE_NONE, 0, NULL},
	{"tls.fingerprint", OBSERVABLE_SHA1, CERT_SHA1, ROLE_NONE, 0, NULL},
	{"tls.client.fingerprint", OBSERVABLE_SHA1, CERT_SHA1, ROLE_NONE, 0, NULL},
	{"tls.subjectaltname", HOST, NAME, ROLE_NONE, 0, NULL},
	{"tls.ja3.hash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"tls.ja3s.hash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"tls.ja3.string", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"tls.ja3s.string", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"quic.sni", HOST, NAME, ROLE_NONE, 0, NULL},
	{"quic.ua", OBSERVABLE_USER_AGENT, NULL, ROLE_NONE, 0, NULL},
	{"quic.ja3.hash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"quic.ja3s.hash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"quic.ja3.string", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"quic.ja3s.string", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"ssh.client.hassh.hash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"ssh.server.hassh.hash", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	/* files */
	{"fileinfo.filename", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"fileinfo.md5", OBSERVABLE_MD5, FILE_MD5, ROLE_NONE, 0, NULL},
	{"fileinfo.sha1", OBSERVABLE_SHA1, FILE_SHA1, ROLE_NONE, 0, NULL},
	{"fileinfo.sha256", OBSERVABLE_SHA256, FILE_SHA256, ROLE_NONE, 0, NULL},
	{"files.filename", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"files.md5", OBSERVABLE_MD5, FILE_MD5, ROLE_NONE, 0, NULL},
	{"files.sha1", OBSERVABLE_SHA1, FILE_SHA1, ROLE_NONE, 0, NULL},
	{"files.sha256", OBSERVABLE_SHA256, FILE_SHA256, ROLE_NONE, 0, NULL},
	{"smb.filename", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"smb.share", FILE_NAME, "directory:path", ROLE_NONE, 0, NULL},
	{"smb.directory", FILE_NAME, "directory:path", ROLE_NONE, 0, NULL},
	{"smb.rename.from", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"smb.rename.to", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"smb.named_pipe", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"smb.ntlmssp.host", HOST, NULL, ROLE_NONE, 0, NULL},
	{"smb.ntlmssp.user", NONE, ACCOUNT, ROLE_NONE, 0, NULL},
	{"smb.ntlmssp.domain", HOST, NULL, ROLE_NONE, 0, NULL},
	{"smb.client_guid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"smb.server_guid", IGNORED, NULL, ROLE_NONE, 0, NULL},
	{"nfs.filename", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"nfs.rename.from", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"nfs.rename.to", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"rpc.creds.machine_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"ftp_data.filename", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"tftp.file", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	/* mail */
	{"smtp.helo", HOST, NULL, ROLE_NONE, 0, NULL},
	{"smtp.mail_from", EMAIL, "email-message:sender_ref.value", ROLE_NONE, 0, NULL},
	{"smtp.rcpt_to", EMAIL, "email-message:to_refs[*].value", ROLE_NONE, 0, NULL},
	{"email.from", EMAIL, "email-message:from_ref.value", ROLE_NONE, 0, NULL},
	{"email.to", EMAIL, "email-message:to_refs[*].value", ROLE_NONE, 0, NULL},
	{"email.cc", EMAIL, "email-message:cc_refs[*].value", ROLE_NONE, 0, NULL},
	{"email.subject", NONE, "email-message:subject", ROLE_NONE, 0, NULL},
	{"email.message_id", NONE, "email-message:message_id", ROLE_NONE, 0, NULL},
	{"email.attachment", FILE_NAME, "file:name", ROLE_NONE, 0, NULL},
	{"email.bcc", EMAIL, "email-message:bcc_refs[*].value", ROLE_NONE, 0, NULL},
	{"email.reply_to", EMAIL, "email-addr:value", ROLE_NONE, 0, NULL},
	{"email.url", OBSERVABLE_URL, URL_VALUE, ROLE_NONE, 0, NULL},
	{"email.body_md5", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"email.subject_md5", OTHER_HASH, NULL, ROLE_NONE, 0, NULL},
	{"email.x_originating_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	/* dhcp, rdp, ike, netflow */
	{"dhcp.assigned_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.client_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.next_server_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.relay_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.requested_ip", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.dns_servers", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.routers", ADDRESS, NULL, ROLE_NONE, 0, NULL},
	{"dhcp.hostname", HOST, NULL, ROLE_NONE, 0, NULL},
	{"rdp.client.client_name", HOST, NULL, ROLE_NONE, 0, NULL},
	{"rdp.cookie", NONE, ACCOUNT, ROLE_NONE, 0, NULL},
	{"rdp.x509_serials", OBSERVABLE_SERIAL, CERT_SERIAL, ROLE_NONE, 0, NULL},
};

/* Names below event_data, winlog.event_data, Event.EventData or user_data are looked up without that prefix. */
static const struct field_row windows_rows[] = {
	{"TimeCreated", IGNORED, NULL, ROLE_TIME, 0, NULL},
	{"@timestamp", IGNORED, NULL, ROLE_TIME, 1, NULL},
	{"Event.System.TimeCreated.#attributes.SystemTime", IGNORED, NULL, ROLE_TIME, 0, NULL},
	{"Event.System.TimeCreated_attributes.SystemTime", IGNORED, NULL, ROLE_TIME, 0, NULL},
	{"System.TimeCreated.SystemTime", IGNORED, NULL, ROLE_TIME, 0, NULL},
	{"UtcTime", IGNORED, NULL, ROLE_UTC, 2, NULL},
	{"EventTime", IGNORED, NULL, ROLE_TIME, 3, NULL},
	{"computer_name", NONE, NULL, ROLE_HOST, 0, NULL},
	{"winlog.computer_name", NONE, NULL, ROLE_HOST, 0, NULL},
	{"Hostname", NONE, NULL, ROLE_HOST, 0, NULL},
	{"Computer", NONE, NULL, ROLE_HOST, 1, NULL},
	{"Event.System.Computer", NONE, NULL, ROLE_HOST, 0, NULL},
	{"System.Computer", NONE, NULL, ROLE_HOST, 0, NULL},
	{"host.name", NONE, NULL, ROLE_HOST, 2, NULL},
	{"host.hostname", NONE, NULL, ROLE_HOST, 3, NULL},
	{"beat.hostname", NONE, NULL, ROLE_HOST, 4, NULL},
	/* Sysmon */
	FIELD("Image", FILE_NAME, PROCESS_IMAGE),
	FIELD("ParentImage", FILE_NAME, PARENT_IMAGE),
	FIELD("SourceImage", FILE_NAME, PROCESS_IMAGE),
	FIELD("TargetImage", FILE_NAME, PROCESS_IMAGE),
	FIELD("ImageLoaded", FILE_NAME, "file:name"),
	FIELD("OriginalFileName", FILE_NAME, "file:name"),
	FIELD("TargetFilename", FILE_NAME, "file:name"),
	FIELD("CommandLine", OBSERVABLE_COMMAND_LINE, "process:command_line"),
	FIELD("ParentCommandLine", OBSERVABLE_COMMAND_LINE, "process:parent_ref.command_line"),
	FIELD("ProcessCommandLine", OBSERVABLE_COMMAND_LINE, "process:command_line"),
	FIELD("CurrentDirectory", FILE_NAME, "process:cwd"),
	FIELD("SourceIp", ADDRESS, SRC),
	FIELD("DestinationIp", ADDRESS, DST),
	FIELD("SourceHostname", HOST, SRC),
	FIELD("DestinationHostname", HOST, DST),
	FIELD("SourcePort", IGNORED, SRC_PORT),
	FIELD("DestinationPort", IGNORED, DST_PORT),
	FIELD("QueryName", HOST, NAME),
	{"QueryResults", HOST, NULL, ROLE_LIST, 0, NULL},
	{"Hashes", NONE, NULL, ROLE_HASHES, 0, NULL},
	{"Hash", NONE, NULL, ROLE_HASHES, 0, NULL},
	FIELD("TargetObject", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"),
	FIELD("NewName", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"),
	{"ObjectName", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key", ROLE_OBJECT, 0, NULL},
	FIELD("PipeName", FILE_NAME, "file:name"),
	FIELD("StartModule", FILE_NAME, "file:name"),
	FIELD("Device", FILE_NAME, "file:name"),
	FIELD("Details", NONE, "windows-registry-key:values.data"),
	FIELD("RuleName", NONE, NULL),
	/* Security, System, PowerShell, TaskScheduler, WFP */
	FIELD("NewProcessName", FILE_NAME, PROCESS_IMAGE),
	FIELD("ProcessName", FILE_NAME, PROCESS_IMAGE),
	FIELD("ParentProcessName", FILE_NAME, PARENT_IMAGE),
	FIELD("CallerProcessName", FILE_NAME, PROCESS_IMAGE),
	FIELD("LogonProcessName", NONE, NULL),
	FIELD("Application", FILE_NAME, PROCESS_IMAGE),
	FIELD("ImagePath", OBSERVABLE_COMMAND_LINE, "process:command_line"),
	FIELD("ServiceFileName", OBSERVABLE_COMMAND_LINE, "process:command_line"),
	FIELD("RelativeTargetName", FILE_NAME, "file:name"),
	FIELD("ShareName", FILE_NAME, "directory:path"),
	FIELD("ShareLocalPath", FILE_NAME, "directory:path"),
	FIELD("FilePath", FILE_NAME, "file:name"),
	FIELD("FileName", FILE_NAME, "file:name"),
	FIELD("SourceAddress", ADDRESS, SRC),
	FIELD("DestAddress", ADDRESS, DST),
	FIELD("SourceIPAddress", ADDRESS, SRC),
	FIELD("IpAddress", ADDRESS, SRC),
	FIELD("ClientAddress", ADDRESS, SRC),
	FIELD("ClientIP", ADDRESS, SRC),
	FIELD("DestPort", IGNORED, DST_PORT),
	FIELD("IpPort", IGNORED, SRC_PORT),
	FIELD("WorkstationName", HOST, NULL),
	FIELD("Workstation", HOST, NULL),
	FIELD("TargetServerName", HOST, NULL),
	FIELD("ClientName", HOST, NULL),
	FIELD("ObjectValueName", NONE, "windows-registry-key:values.name"),
	FIELD("TargetUserName", NONE, ACCOUNT),
	FIELD("SubjectUserName", NONE, ACCOUNT),
	FIELD("user.name", NONE, ACCOUNT),
	FIELD("CertSerialNumber", OBSERVABLE_SERIAL, CERT_SERIAL),
	FIELD("CertThumbprint", OBSERVABLE_SHA1, CERT_SHA1),
	FIELD("ProcessGuid", IGNORED, NULL),
	FIELD("ParentProcessGuid", IGNORED, NULL),
	FIELD("SourceProcessGuid", IGNORED, NULL),
	FIELD("SourceProcessGUID", IGNORED, NULL),
	FIELD("TargetProcessGuid", IGNORED, NULL),
	FIELD("TargetProcessGUID", IGNORED, NULL),
	FIELD("ProviderGuid", IGNORED, NULL),
	FIELD("provider_guid", IGNORED, NULL),
	FIELD("LogonGuid", IGNORED, NULL),
	FIELD("TargetLogonGuid", IGNORED, NULL),
	FIELD("activity_id", IGNORED, NULL),
	FIELD("Keywords", IGNORED, NULL),
	/* ECS names that winlogbeat 7 and later adds */
	FIELD("process.executable", FILE_NAME, PROCESS_IMAGE),
	FIELD("process.name", FILE_NAME, PROCESS_IMAGE),
	FIELD("process.command_line", OBSERVABLE_COMMAND_LINE, "process:command_line"),
	FIELD("process.working_directory", FILE_NAME, "process:cwd"),
	FIELD("process.parent.executable", FILE_NAME, PARENT_IMAGE),
	FIELD("process.parent.name", FILE_NAME, PARENT_IMAGE),
	FIELD("process.parent.command_line", OBSERVABLE_COMMAND_LINE, "process:parent_ref.command_line"),
	FIELD("process.hash.md5", OBSERVABLE_MD5, FILE_MD5),
	FIELD("process.hash.sha1", OBSERVABLE_SHA1, FILE_SHA1),
	FIELD("process.hash.sha256", OBSERVABLE_SHA256, FILE_SHA256),
	FIELD("process.pe.imphash", OTHER_HASH, NULL),
	FIELD("process.pe.original_file_name", FILE_NAME, "file:name"),
	FIELD("file.path", FILE_NAME, "file:name"),
	FIELD("file.name", FILE_NAME, "file:name"),
	FIELD("file.hash.md5", OBSERVABLE_MD5, FILE_MD5),
	FIELD("file.hash.sha1", OBSERVABLE_SHA1, FILE_SHA1),
	FIELD("file.hash.sha256", OBSERVABLE_SHA256, FILE_SHA256),
	FIELD("dll.path", FILE_NAME, "file:name"),
	FIELD("registry.path", OBSERVABLE_REGISTRY_KEY, "windows-registry-key:key"),
	FIELD("source.ip", ADDRESS, SRC),
	FIELD("destination.ip", ADDRESS, DST),
	FIELD("source.domain", HOST, SRC),
	FIELD("destination.domain", HOST, DST),
	FIELD("source.port", IGNORED, SRC_PORT),
	FIELD("destination.port", IGNORED, DST_PORT),
	FIELD("dns.question.name", HOST, NAME),
	FIELD("dns.answers.data", HOST, NULL),
	FIELD("dns.resolved_ip", ADDRESS, NULL),
};

/* JSON of unknown kind: values stay untyped; only time and machine are looked for. */
static const struct field_row json_rows[] = {
	{"@timestamp", NONE, NULL, ROLE_TIME, 0, NULL},
	{"timestamp", NONE, NULL, ROLE_TIME, 1, NULL},
	{"time", NONE, NULL, ROLE_TIME, 2, NULL},
	{"ts", NONE, NULL, ROLE_TIME, 3, NULL},
	{"eventTime", NONE, NULL, ROLE_TIME, 4, NULL},
	{"event_time", NONE, NULL, ROLE_TIME, 5, NULL},
	{"datetime", NONE, NULL, ROLE_TIME, 6, NULL},
	{"date", NONE, NULL, ROLE_TIME, 7, NULL},
	{"_time", NONE, NULL, ROLE_TIME, 8, NULL},
	{"created_at", NONE, NULL, ROLE_TIME, 9, NULL},
	{"CreationTime", NONE, NULL, ROLE_TIME, 10, NULL},
	{"time_local", NONE, NULL, ROLE_TIME, 11, NULL},
	{"__REALTIME_TIMESTAMP", NONE, NULL, ROLE_TIME, 12, NULL},
	{"hostname", NONE, NULL, ROLE_HOST, 0, NULL},
	{"host.name", NONE, NULL, ROLE_HOST, 1, NULL},
	{"host.hostname", NONE, NULL, ROLE_HOST, 2, NULL},
	{"_HOSTNAME", NONE, NULL, ROLE_HOST, 3, NULL},
	{"computer", NONE, NULL, ROLE_HOST, 4, NULL},
	{"host", NONE, NULL, ROLE_HOST, 5, NULL},
};

TABLE(zeek_fields, zeek_rows);
TABLE(eve_fields, eve_rows);
TABLE(windows_fields, windows_rows);
TABLE(json_fields_table, json_rows);

const struct field_table *field_table_of(enum format f)
{
	static const struct field_table none = {NULL, 0};
	const struct field_table *t = format_row_of(f)->fields;
	return t != NULL ? t : &none;
}

bool telemetry_row(enum format f, size_t index, enum observable *type, const char **stix_path)
{
	const struct field_table *t = field_table_of(f);
	if (index >= t->rows_n) return false;
	*type = t->rows[index].type;
	*stix_path = t->rows[index].stix;
	return true;
}

static bool row_fits(const struct field_row *row, slice log)
{
	return row->log == NULL || slice_equal(slice_from(row->log), log);
}

const struct field_row *field_row_find(enum format f, slice name, slice log)
{
	const struct field_table *t = field_table_of(f);
	for (size_t i = 0; i < t->rows_n; i++) {
		if (slice_equal(slice_from(t->rows[i].name), name) && row_fits(&t->rows[i], log)) return &t->rows[i];
	}
	return NULL;
}

static uint32_t name_hash(const struct field_table *t, slice name)
{
	uint64_t h = 0x9e3779b97f4a7c15u + (uint64_t)(uintptr_t)t;
	for (size_t i = 0; i < name.n; i++) h = (h ^ name.p[i]) * 0x100000001b3u;
	return (uint32_t)(h ^ (h >> 32));
}

static void index_table(struct field_index *x, const struct field_table *t)
{
	for (size_t i = 0; i < t->rows_n; i++) {
		slice name = slice_from(t->rows[i].name);
		uint32_t h = name_hash(t, name), at = h % FIELD_INDEX_SLOTS;
		while (x->slots[at].row != NULL) at = (at + 1) % FIELD_INDEX_SLOTS;
		x->slots[at].row = &t->rows[i];
		x->slots[at].table = t;
		x->slots[at].hash = h;
		x->slots[at].name_bytes = (uint32_t)name.n;
	}
}

void field_index_make(struct field_index *x)
{
	memset(x, 0, sizeof *x);
	for (enum format f = FORMAT_JSON; f < FORMAT_COUNT; f++) {
		const struct field_table *t = field_table_of(f);
		bool shared = false;
		for (enum format other = FORMAT_JSON; other < f; other++) shared |= field_table_of(other) == t;
		if (!shared) index_table(x, t);
	}
}

const struct field_row *field_index_find(const struct field_index *x, enum format f, slice name, slice log)
{
	if (name.n > 64) return NULL; /* longer than every row's name */
	const struct field_table *t = field_table_of(f);
	uint32_t h = name_hash(t, name);
	for (uint32_t at = h % FIELD_INDEX_SLOTS; x->slots[at].row != NULL; at = (at + 1) % FIELD_INDEX_SLOTS) {
		if (x->slots[at].hash != h || x->slots[at].name_bytes != name.n || x->slots[at].table != t) continue;
		if (memcmp(x->slots[at].row->name, name.p, name.n) != 0 || !row_fits(x->slots[at].row, log)) continue;
		return x->slots[at].row;
	}
	return NULL;
}
