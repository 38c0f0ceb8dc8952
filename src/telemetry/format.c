/* The table of formats: one row each. To add one, add its name to `enum format` and a row here: how it is recognised (keys of a JSON
 * record, templates or a cutter for a line, a header), the table of its fields (which holds time, machine, types and STIX paths), and
 * the sample that it was tried on. Lines are tried in the order of the names: whatever asks for
 * little stands late, or only counts as the message of its program. */
#include "rows_int.h"

/* ---- what the top-level keys of a JSON record tell ---- */
enum signal {
	ZEEK_LOG = 1u << 0,
	ZEEK_TS = 1u << 1,
	ZEEK_ID = 1u << 2,
	EVE_TYPE = 1u << 3,
	EVE_TIME = 1u << 4,
	EVE_ID = 1u << 5,
	WINDOWS_ID = 1u << 6,
	WINDOWS_PLACE = 1u << 7,
	WINDOWS_OWN = 1u << 8,
	ECS_TIME = 1u << 9,
	ECS_OWN = 1u << 10,
	ECS_PART = 1u << 11,
	ECS_INDEX = 1u << 12,
	ECS_SOURCE = 1u << 13,
	OCSF_CLASS = 1u << 14,
	OCSF_PART = 1u << 15,
	TRAIL_NAME = 1u << 16,
	TRAIL_SOURCE = 1u << 17,
	TRAIL_PART = 1u << 18,
	TRAIL_RECORDS = 1u << 19,
	M365_TIME = 1u << 20,
	M365_OPERATION = 1u << 21,
	M365_PART = 1u << 22,
	WEB_CLIENT = 1u << 23,
	WEB_REQUEST = 1u << 24,
	ECS_SIDE = 1u << 25,
	ECS_EVENT = 1u << 26,
};
#define SIGNAL(key, bits)                                                                                                                  \
	{                                                                                                                                  \
		key, sizeof(key) - 1, bits                                                                                                 \
	}
static const struct {
	const char *key;
	size_t n;
	uint32_t bits;
} signals[] = {
	SIGNAL("_path", ZEEK_LOG),
	SIGNAL("@stream", ZEEK_LOG),
	SIGNAL("ts", ZEEK_TS),
	SIGNAL("_write_ts", ZEEK_TS),
	SIGNAL("uid", ZEEK_ID),
	SIGNAL("fuid", ZEEK_ID),
	SIGNAL("id.orig_h", ZEEK_ID),
	SIGNAL("id_orig_h", ZEEK_ID),
	SIGNAL("certificate.serial", ZEEK_ID),
	SIGNAL("certificate_serial", ZEEK_ID),
	SIGNAL("event_type", EVE_TYPE),
	SIGNAL("timestamp", EVE_TIME),
	SIGNAL("flow_id", EVE_ID),
	SIGNAL("src_ip", EVE_ID),
	SIGNAL("dest_ip", EVE_ID),
	SIGNAL("pcap_cnt", EVE_ID),
	SIGNAL("stats", EVE_ID),
	SIGNAL("in_iface", EVE_ID),
	SIGNAL("engine", EVE_ID),
	SIGNAL("EventID", WINDOWS_ID),
	SIGNAL("EventId", WINDOWS_ID),
	SIGNAL("event_id", WINDOWS_ID),
	SIGNAL("Id", WINDOWS_ID | M365_PART),
	SIGNAL("Channel", WINDOWS_PLACE),
	SIGNAL("Hostname", WINDOWS_PLACE),
	SIGNAL("Computer", WINDOWS_PLACE),
	SIGNAL("SourceName", WINDOWS_PLACE),
	SIGNAL("ProviderGuid", WINDOWS_PLACE),
	SIGNAL("ProviderName", WINDOWS_PLACE),
	SIGNAL("computer_name", WINDOWS_PLACE),
	SIGNAL("log_name", WINDOWS_PLACE),
	SIGNAL("event_data", WINDOWS_PLACE),
	SIGNAL("winlog", WINDOWS_OWN),
	SIGNAL("@timestamp", ECS_TIME),
	SIGNAL("ecs", ECS_OWN),
	SIGNAL("ecs.version", ECS_OWN),
	SIGNAL("_index", ECS_INDEX),
	SIGNAL("_source", ECS_SOURCE),
	SIGNAL("source", ECS_SIDE),
	SIGNAL("destination", ECS_SIDE),
	SIGNAL("event", ECS_EVENT),
	SIGNAL("agent", ECS_SIDE),
	SIGNAL("observer", ECS_SIDE),
	SIGNAL("client", ECS_SIDE),
	SIGNAL("server", ECS_SIDE),
	SIGNAL("source.ip", ECS_PART),
	SIGNAL("destination.ip", ECS_PART),
	SIGNAL("event.kind", ECS_PART),
	SIGNAL("event.category", ECS_PART),
	SIGNAL("event.dataset", ECS_PART),
	SIGNAL("url.full", ECS_PART),
	SIGNAL("dns.question.name", ECS_PART),
	SIGNAL("class_uid", OCSF_CLASS),
	SIGNAL("category_uid", OCSF_PART),
	SIGNAL("activity_id", OCSF_PART),
	SIGNAL("type_uid", OCSF_PART),
	SIGNAL("eventName", TRAIL_NAME),
	SIGNAL("eventSource", TRAIL_SOURCE),
	SIGNAL("awsRegion", TRAIL_PART),
	SIGNAL("eventVersion", TRAIL_PART),
	SIGNAL("sourceIPAddress", TRAIL_PART),
	SIGNAL("Records", TRAIL_RECORDS),
	SIGNAL("CreationTime", M365_TIME),
	SIGNAL("Operation", M365_OPERATION),
	SIGNAL("Workload", M365_PART),
	SIGNAL("RecordType", M365_PART),
	SIGNAL("OrganizationId", M365_PART),
	SIGNAL("remote_addr", WEB_CLIENT),
	SIGNAL("request", WEB_REQUEST),
	SIGNAL("request_uri", WEB_REQUEST),
	SIGNAL("uri", WEB_REQUEST),
	SIGNAL("http_user_agent", WEB_REQUEST),
	SIGNAL("http_host", WEB_REQUEST),
	SIGNAL("status", WEB_REQUEST),
};

uint32_t signal_of_key(slice key)
{
	if (key.n < 2 || key.n > 18) return 0;
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (signals[i].n == key.n && memcmp(signals[i].key, key.p, key.n) == 0) return signals[i].bits;
	}
	return 0;
}

static const char *const windows_prefixes[] = {
	"event_data.", "winlog.event_data.", "user_data.", "winlog.user_data.", "EventData.", "UserData.", "Event.EventData.", NULL};
static const char *const ecs_prefixes[] = {"_source.", NULL};
static const char *const trail_prefixes[] = {"Records.", NULL};

#define EVE_DATA "real captures, as Suricata writes them (OTRF/Security-Datasets)"
static const struct format_row rows[FORMAT_COUNT] = {
	[FORMAT_TEXT] = {.name = "text", .summary = "Lines of unknown format: matched by shape.", .sample = "any text"},
	[FORMAT_JSON] = {.name = "json",
		.summary = "JSON lines of unknown kind: values are matched by shape.",
		.sample = "any JSON",
		.syntax = SYNTAX_JSON,
		.fields = &json_fields_table},
	[FORMAT_ZEEK_JSON] = {.name = "zeek-json",
		.summary = "Zeek logs as JSON, also with names like id_orig_h.",
		.sample = "Zeek logs of an APT29 emulation (OTRF/Security-Datasets)",
		.syntax = SYNTAX_JSON,
		.fields = &zeek_fields,
		.signals = {ZEEK_LOG | ZEEK_TS, ZEEK_LOG | ZEEK_ID, ZEEK_TS | ZEEK_ID}},
	[FORMAT_ZEEK_TSV] = {.name = "zeek-tsv",
		.summary = "Zeek logs with a header.",
		.sample = "Zeek logs of a contest's network (brimdata/zed-sample-data)",
		.syntax = SYNTAX_COLUMNS,
		.fields = &zeek_fields,
		.hides = HIDES_QUOTED},
	[FORMAT_EVE] = {.name = "eve",
		.summary = "Suricata EVE JSON.",
		.sample = EVE_DATA,
		.syntax = SYNTAX_JSON,
		.fields = &eve_fields,
		.signals = {EVE_TYPE | EVE_TIME | EVE_ID}},
	[FORMAT_WINDOWS] = {.name = "windows-json",
		.summary = "Windows events as JSON (winlogbeat, nxlog, Get-WinEvent), Sysmon's among them.",
		.sample = "events of attacks (OTRF/Security-Datasets)",
		.syntax = SYNTAX_JSON,
		.fields = &windows_fields,
		.signals = {WINDOWS_ID | WINDOWS_PLACE, WINDOWS_OWN},
		.prefixes = windows_prefixes},
	[FORMAT_ECS] = {.name = "ecs",
		.summary = "Elastic Common Schema JSON, also below _source.",
		.sample = "field names and examples of the ECS 8.11 reference",
		.syntax = SYNTAX_JSON,
		.fields = &ecs_fields,
		.signals = {ECS_OWN, ECS_TIME | ECS_PART, ECS_TIME | ECS_EVENT | ECS_SIDE, ECS_INDEX | ECS_SOURCE},
		.prefixes = ecs_prefixes},
	[FORMAT_OCSF] = {.name = "ocsf",
		.summary = "Open Cybersecurity Schema Framework JSON.",
		.sample = "OCSF project, examples: DNS Activity of AWS Route 53; classes 4001, 1001, 1007 of the 1.1 schema",
		.syntax = SYNTAX_JSON,
		.fields = &ocsf_fields,
		.signals = {OCSF_CLASS | OCSF_PART}},
	[FORMAT_CLOUDTRAIL] = {.name = "cloudtrail",
		.summary = "AWS CloudTrail JSON.",
		.sample = "AWS CloudTrail User Guide, log file examples",
		.syntax = SYNTAX_JSON,
		.fields = &cloudtrail_fields,
		.signals = {TRAIL_NAME | TRAIL_SOURCE, TRAIL_NAME | TRAIL_PART, TRAIL_RECORDS},
		.prefixes = trail_prefixes},
	[FORMAT_M365] = {.name = "m365",
		.summary = "Microsoft 365 unified audit log JSON.",
		.sample = "Office 365 Management Activity API schema",
		.syntax = SYNTAX_JSON,
		.fields = &m365_fields,
		.signals = {M365_TIME | M365_OPERATION | M365_PART}},
	[FORMAT_WEB_JSON] = {.name = "web-json",
		.summary = "JSON access log named after nginx's variables.",
		.sample = "nginx 1.22: test/formats/nginx_test.sh",
		.syntax = SYNTAX_JSON,
		.fields = &web_json_fields,
		.signals = {WEB_CLIENT | WEB_REQUEST}},
	[FORMAT_CEF] = {.name = "cef",
		.summary = "ArcSight Common Event Format 0 and 1.",
		.sample = "Micro Focus, Implementing ArcSight CEF, version 25",
		.syntax = SYNTAX_LINE,
		.fields = &cef_fields,
		.cut = cef_cut,
		.hides = HIDES_PAIRS},
	[FORMAT_LEEF] = {.name = "leef",
		.summary = "IBM QRadar Log Event Extended Format 1.0 and 2.0.",
		.sample = "IBM, LEEF event components (ibm.com/docs/en/dsm) and LEEF mapping (ibm.com/docs/en/gdp), examples",
		.syntax = SYNTAX_LINE,
		.fields = &leef_fields,
		.cut = leef_cut,
		.hides = HIDES_PAIRS},
	[FORMAT_AUDIT] = {.name = "audit",
		.summary = "Linux audit records, also as ausearch -i shows them; hex values are decoded.",
		.sample = "Linux audit documentation (RHEL Security Guide 6.6), record types; audit 3.0.9: test/formats/audit_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &audit_fields,
		.cut = audit_cut,
		.hides = HIDES_HEX},
	[FORMAT_ACCESS] = {.name = "access",
		.summary = "Apache and nginx access logs: common, combined, vhost_combined.",
		.sample = "nginx 1.22, Apache 2.4: test/formats/nginx_test.sh, apache_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = access_templates,
		.hides = HIDES_QUOTED},
	[FORMAT_WEB_ERROR] = {.name = "web-error",
		.summary = "Error logs of nginx and Apache.",
		.sample = "nginx 1.22, Apache 2.4: test/formats/nginx_test.sh, apache_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = web_error_templates,
		.hides = HIDES_QUOTED},
	[FORMAT_SQUID] = {.name = "squid",
		.summary = "Squid's native access.log.",
		.sample = "Squid 5.7: test/formats/squid_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = squid_templates},
	[FORMAT_BIND] = {.name = "bind",
		.summary = "BIND's queries category, and what it says of clients.",
		.sample = "BIND 9.18: test/formats/bind_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = bind_templates},
	[FORMAT_UNBOUND] = {.name = "unbound",
		.summary = "Unbound's log-queries, log-replies, log-local-actions.",
		.sample = "Unbound 1.17: test/formats/unbound_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = unbound_templates},
	[FORMAT_POWERDNS] = {.name = "powerdns",
		.summary = "PowerDNS: query log of the server, questions of the recursor.",
		.sample = "PowerDNS Recursor 4.8: test/formats/powerdns_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = powerdns_templates},
	[FORMAT_NETFILTER] = {.name = "netfilter",
		.summary = "Kernel log lines of iptables and nftables.",
		.sample = "netfilter's LOG target as in iptables-extensions(8)",
		.syntax = SYNTAX_LINE,
		.fields = &netfilter_fields,
		.cut = netfilter_cut,
		.hides = HIDES_PAIRS},
	[FORMAT_FILTERLOG] = {.name = "filterlog",
		.summary = "pfSense and OPNsense filter log.",
		.sample = "Netgate, Raw Filter Log Format",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = filterlog_templates,
		.tag = "filterlog"},
	[FORMAT_DNSMASQ] = {.name = "dnsmasq",
		.summary = "dnsmasq: queries, answers, leases.",
		.sample = "dnsmasq 2.90: test/formats/dnsmasq_test.sh",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = dnsmasq_templates,
		.tag = "dnsmasq"},
	[FORMAT_SSHD] = {.name = "sshd",
		.summary = "OpenSSH server, inside syslog.",
		.sample = "OpenSSH 9.2: test/formats/sshd_test.sh, messages of its auth.c and packet.c",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = sshd_templates,
		.tag = "sshd"},
	[FORMAT_SUDO] = {.name = "sudo",
		.summary = "sudo, inside syslog.",
		.sample = "sudoers(5), LOG FORMAT",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = sudo_templates,
		.tag = "sudo"},
	[FORMAT_POSTFIX] = {.name = "postfix",
		.summary = "Postfix, inside syslog.",
		.sample = "Postfix documentation: examples of smtpd, qmgr and smtp",
		.syntax = SYNTAX_LINE,
		.fields = &line_fields_table,
		.templates = postfix_templates,
		.tag = "postfix"},
	[FORMAT_PAIRS] = {.name = "pairs",
		.summary = "key=value lines (FortiGate and many others): types by the fields' names.",
		.sample = "Fortinet, FortiOS Log Reference, sample traffic log",
		.syntax = SYNTAX_LINE,
		.fields = &named_fields,
		.cut = pairs_line_cut,
		.hides = HIDES_PAIRS},
	[FORMAT_SYSLOG] = {.name = "syslog",
		.summary = "Syslog of RFC 3164 and RFC 5424; the message's own format is found again.",
		.sample = "rsyslog 8.2302: test/formats/rsyslog_test.sh; examples of both RFCs",
		.syntax = SYNTAX_LINE,
		.fields = &syslog_fields,
		.cut = syslog_cut,
		.hides = HIDES_ALL},
	[FORMAT_W3C] = {.name = "w3c",
		.summary = "W3C extended log files with #Fields (IIS and others).",
		.sample = "Microsoft, IIS log file formats, W3C example",
		.syntax = SYNTAX_COLUMNS,
		.fields = &w3c_fields,
		.blank = '+'},
	[FORMAT_EXCHANGE] = {.name = "exchange",
		.summary = "Exchange logs: CSV with #Fields (message tracking and others).",
		.sample = "Microsoft, Exchange message tracking, fields and example",
		.syntax = SYNTAX_COLUMNS,
		.fields = &exchange_fields},
	[FORMAT_CSV] = {.name = "csv",
		.summary = "CSV with a header line: types by the columns' names.",
		.sample = "RFC 4180, with the columns of the field table",
		.syntax = SYNTAX_COLUMNS,
		.fields = &named_fields},
};

const struct format_row *format_row_of(enum format f)
{
	return &rows[f < FORMAT_COUNT ? f : FORMAT_TEXT];
}

const char *format_name(enum format f)
{
	return format_row_of(f)->name;
}

const char *format_summary(enum format f)
{
	return format_row_of(f)->summary;
}

const char *format_sample(enum format f)
{
	return format_row_of(f)->sample;
}

uint8_t telemetry_blank(enum format f)
{
	return format_row_of(f)->blank;
}

enum format format_from_signals(uint32_t s)
{
	for (enum format f = FORMAT_JSON; s != 0 && f < FORMAT_COUNT; f++) {
		for (size_t i = 0; i < SIGNAL_SETS; i++) {
			uint32_t all = rows[f].signals[i];
			if (all != 0 && (s & all) == all) return f;
		}
	}
	return FORMAT_JSON;
}
