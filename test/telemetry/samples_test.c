/* The first records of the real samples: format, time, machine and typed fields exactly; every record of every sample is understood. */
#include "samples.h"

#define SAMPLE_BYTES (24u << 20)
#define SRC "network-traffic:src_ref.value"
#define DST "network-traffic:dst_ref.value"
#define ADDRESS OBSERVABLE_ADDRESS
#define HOST OBSERVABLE_HOST

struct expected_field {
	const char *name, *value;
	enum observable type;
	const char *stix;
};
struct expected {
	const char *file;
	enum format format;
	const char *with; /* the first record that has this text */
	const char *time, *host, *url;
	struct expected_field fields[12];
};

/* Written down by reading the samples with zcat. */
static const struct expected expectations[] = {
	{"zeek-tsv/dns.log.gz", FORMAT_ZEEK_TSV, "", "2018-03-24T17:15:20.865716Z", "10.47.1.100", "",
		{{"uid", "CqKst53mF3det3eDV9", OBSERVABLE_IGNORED, NULL}, {"id.orig_h", "10.47.1.100", ADDRESS, SRC},
			{"id.resp_h", "10.0.0.100", ADDRESS, DST}, {"id.resp_p", "53", OBSERVABLE_IGNORED, "network-traffic:dst_port"},
			{"query", "ise.wrccdc.org", HOST, "domain-name:value"}, {"answers", "ise.wrccdc.cpp.edu", HOST, NULL},
			{"answers", "134.71.3.16", HOST, NULL}, {"TTLs", "2230.000000", OBSERVABLE_IGNORED, NULL}}},
	{"zeek-tsv/ftp.log.gz", FORMAT_ZEEK_TSV, "STOR", "2018-03-24T17:15:24.704286Z", "10.164.94.120", "",
		{{"arg", "ftp://10.47.27.80/nessus_test", OBSERVABLE_NONE, NULL},
			{"password", "nessus@nessus.org", OBSERVABLE_NONE, NULL}}},
	{"zeek-tsv/notice.log.gz", FORMAT_ZEEK_TSV, "", "2018-03-24T17:15:20.629574Z", "10.164.94.120", "",
		{{"src", "10.164.94.120", ADDRESS, SRC}, {"dst", "10.47.3.200", ADDRESS, DST},
			{"note", "SSL::Invalid_Server_Cert", OBSERVABLE_IGNORED, NULL},
			{"sub",
				"unstructuredName=1315656901\\,564d7761726520496e632e,CN=localhost.localdomain,emailAddress=ssl-"
				"certificates@vmware.com,"
				"OU=VMware ESX Server Default Certificate,O=VMware\\, Inc,L=Palo Alto,ST=California,C=US",
				OBSERVABLE_NONE, NULL}}},
	{"zeek-tsv/ntlm.log.gz", FORMAT_ZEEK_TSV, "", "2018-03-24T17:15:21.608646Z", "10.164.94.120", "",
		{{"server_nb_computer_name", "SNOZBERRY", HOST, NULL},
			{"server_dns_computer_name", "Snozberry.factory.oompa.loompa", HOST, NULL}}},
	{"zeek-tsv/smtp.log.gz", FORMAT_ZEEK_TSV, "", "2018-03-24T17:15:21.789543Z", "10.164.94.120", "",
		{{"helo", "10.164.94.120", HOST, NULL}, {"path", "10.47.8.208", ADDRESS, NULL}, {"path", "10.164.94.120", ADDRESS, NULL}}},
	{"zeek-tsv/ssh.log.gz", FORMAT_ZEEK_TSV, "", "2018-03-24T17:16:39.739898Z", "10.0.0.227", "",
		{{"id.resp_h", "10.47.8.50", ADDRESS, DST}, {"server", "SSH-2.0-OpenSSH_7.4p1 Raspbian-10+deb9u3", OBSERVABLE_NONE, NULL}}},
	{"zeek-tsv/weird.log.gz", FORMAT_ZEEK_TSV, "", "2018-03-24T17:15:20.600843Z", "10.47.1.152", "",
		{{"id.resp_h", "23.217.103.245", ADDRESS, DST}, {"name", "TCP_ack_underflow_or_misorder", OBSERVABLE_NONE, NULL}}},
	{"zeek-json/NASHUA_dns.log.gz", FORMAT_ZEEK_JSON, "", "2020-04-30T00:06:39.824370Z", "10.0.1.6", "",
		{{"id_orig_h", "10.0.1.6", ADDRESS, SRC}, {"id_resp_h", "10.0.0.4", ADDRESS, DST},
			{"id_resp_p", "53", OBSERVABLE_IGNORED, "network-traffic:dst_port"},
			{"query", "newyork.dmevals.local", HOST, "domain-name:value"}, {"answers", "10.0.0.4", HOST, NULL},
			{"uid", "Cvf4XX17hSAgXDdGEd", OBSERVABLE_IGNORED, NULL}}},
	{"zeek-json/NASHUA_files.log.gz", FORMAT_ZEEK_JSON, "", "2020-04-30T00:20:49.300416Z", "bobs.bigwheel.local", "",
		{{"tx_hosts", "10.0.0.4", ADDRESS, SRC}, {"rx_hosts", "10.0.1.6", ADDRESS, DST},
			{"filename", "dmevals.local\\Policies\\{31B2F340-016D-11D2-945F-00C04FB984F9}\\gpt.ini", OBSERVABLE_FILE_NAME,
				"file:name"},
			{"md5", "cc85d7649546d3c0b1607f761b73fec2", OBSERVABLE_MD5, "file:hashes.MD5"},
			{"sha1", "1a1a10b819f321b91b47d7dd73668406a15992db", OBSERVABLE_SHA1, "file:hashes.'SHA-1'"}}},
	{"zeek-json/NASHUA_ssl.log.gz", FORMAT_ZEEK_JSON, "", "2020-04-30T00:40:44.736422Z", "10.0.1.6", "",
		{{"server_name", "192.168.0.4", HOST, "domain-name:value"},
			{"ja3", "e0fe397a5edfba9a6facc7c7b341f4eb", OBSERVABLE_HASH_OTHER, NULL},
			{"ja3s", "e35df3e00ca4ef31d42b34bebaa2f86e", OBSERVABLE_HASH_OTHER, NULL},
			{"resp_certificate_sha1", "d9105746ea023ecdc6a47e7b4d026d5308525b8c", OBSERVABLE_SHA1,
				"x509-certificate:hashes.'SHA-1'"}}},
	{"zeek-json/NASHUA_x509.log.gz", FORMAT_ZEEK_JSON, "", "2020-04-30T00:40:44.736422Z", "bobs.bigwheel.local", "",
		{{"certificate_serial", "7EFDE1CFECCCDB44", OBSERVABLE_SERIAL, "x509-certificate:serial_number"},
			{"id", "F1v6sJmRC73GU6WT3", OBSERVABLE_IGNORED, NULL}}},
	{"zeek-json/NASHUA_smb_files.log.gz", FORMAT_ZEEK_JSON, "", "2020-04-30T00:20:49.298765Z", "10.0.1.6", "",
		{{"path", "\\\\NEWYORK.dmevals.local\\sysvol", OBSERVABLE_NONE, "directory:path"},
			{"name", "dmevals.local\\Policies\\{31B2F340-016D-11D2-945F-00C04FB984F9}\\gpt.ini", OBSERVABLE_FILE_NAME,
				"file:name"}}},
	{"zeek-json/SCRANTON_http.log.gz", FORMAT_ZEEK_JSON, "", "2020-04-30T00:32:18.095510Z", "10.0.1.4", "192.168.0.4 /",
		{{"host", "192.168.0.4", HOST, NULL}, {"uri", "/", OBSERVABLE_URL_PATH, NULL},
			{"user_agent", "DavClnt", OBSERVABLE_USER_AGENT,
				"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"}}},
	{"suricata-eve/empire_ninjacopy_dumping_ntds_dit_file.eve.json.gz", FORMAT_EVE, "", "2023-07-20T00:33:07.084861Z",
		"fe80:0000:0000:0000:3b31:a8fa:5adc:7b9e", "",
		{{"src_ip", "fe80:0000:0000:0000:3b31:a8fa:5adc:7b9e", ADDRESS, SRC},
			{"dest_ip", "2001:0500:009f:0000:0000:0000:0000:0042", ADDRESS, DST},
			{"dns.rrname", "checkappexec.microsoft.com", HOST, "domain-name:value"},
			{"dest_port", "53", OBSERVABLE_IGNORED, "network-traffic:dst_port"}}},
	{"suricata-eve/pcap_log4shell_cve2021_44228_jndi_reference_2022-05-11181020.eve.json.gz", FORMAT_EVE, "",
		"2022-05-11T18:10:21.981268Z", "192.168.2.5", "192.168.2.6:8888 /xExportObject.class",
		{{"http.hostname", "192.168.2.6", HOST, NULL}, {"http.url", "/xExportObject.class", OBSERVABLE_URL_PATH, NULL},
			{"http.http_user_agent", "Java/1.8.0_312", OBSERVABLE_USER_AGENT,
				"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"}}},
	{"suricata-eve/pcap_log4shell_cve2021_44228_java_serialized_2022-05-13045800.eve.json.gz", FORMAT_EVE, "",
		"2022-05-13T08:54:09.543681Z", "192.168.2.5", "192.168.3.5 /news.php", {{"http.hostname", "192.168.3.5", HOST, NULL}}},
	{"windows-json/proxylogon_ssrf_rce_poc.jsonl.gz", FORMAT_WINDOWS, "", "2021-03-14T01:39:32.609Z", "MXS01.azsentinel.local", "",
		{{"Image", "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeHMWorker.exe", OBSERVABLE_FILE_NAME,
			 "process:image_ref.name"},
			{"SourceIp", "127.0.0.1", ADDRESS, SRC}, {"DestinationIp", "127.0.0.1", ADDRESS, DST},
			{"DestinationPort", "443", OBSERVABLE_IGNORED, "network-traffic:dst_port"},
			{"ProcessGuid", "{6004D249-0957-604D-6019-000000000900}", OBSERVABLE_IGNORED, NULL}}},
	{"windows-json/empire_invoke_runas.jsonl.gz", FORMAT_WINDOWS, "", "2019-05-18T20:42:59.034Z", "HR001.shire.com", "",
		{{"@metadata.beat", "winlogbeat", OBSERVABLE_NONE, NULL}, {"host.name", "WECserver", OBSERVABLE_NONE, NULL}}},
	{"windows-json/psh_stop_event_logging_controlset001_minint_key.jsonl.gz", FORMAT_WINDOWS, "", "2022-08-03T04:56:33.005Z", "Pedro01",
		"", {{"Channel", "Application", OBSERVABLE_NONE, NULL}}},
};

static void check_field(const struct expected *e, const struct record_fields *r, const struct expected_field *want)
{
	for (size_t i = 0; i < r->fields_n; i++) {
		const struct field *f = &r->fields[i];
		if (f->is_key || !slice_equal(f->name, slice_from(want->name)) || !slice_equal(f->value, slice_from(want->value))) continue;
		if (f->type != want->type) fail_msg("%s: %s has type %d, expected %d", e->file, want->name, (int)f->type, (int)want->type);
		assert_slice(slice_from(f->stix_path), want->stix != NULL ? want->stix : "");
		return;
	}
	fail_msg("%s: no field %s = %s", e->file, want->name, want->value);
}

static void check_first(const struct expected *e)
{
	struct buf text = {.max = 0};
	SAMPLE_OR_SKIP(e->file, 1u << 20, &text);
	struct arena *a = arena_new(0);
	const struct telemetry_settings settings = {.zone_minutes = 0, .year = 2023};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	const struct telemetry_header *header;
	slice rest = buf_slice(&text), record;
	enum format f = telemetry_detect(a, slice_sub(rest, 0, 65536), &header);
	assert_string_equal(format_name(f), format_name(e->format));
	do {
		assert_true(sample_record(a, f, &header, &rest, &record));
	} while (e->with[0] != 0 && slice_find(record, slice_from(e->with)) == record.n);
	struct record_fields r;
	char time[INSTANT_TEXT_BYTES];
	telemetry_fields(reader, a, f, header, record, &r);
	assert_false(r.as_text || r.time_guessed);
	assert_string_equal(instant_format(r.time, -1, time), e->time);
	assert_slice(r.host, e->host);
	slice url = r.url_path.n > 0 ? arena_printf(a, "%.*s %.*s", SLICE_PRINTF(r.url_host), SLICE_PRINTF(r.url_path)) : r.url_host;
	assert_slice(url, e->url);
	for (size_t i = 0; i < 12 && e->fields[i].name != NULL; i++) check_field(e, &r, &e->fields[i]);
	telemetry_reader_free(reader);
	arena_free(a);
	buf_free(&text);
}

static void first_records_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) check_first(&expectations[i]);
}

static void check_all(const char *file)
{
	struct buf text = {.max = 0};
	SAMPLE_OR_SKIP(file, SAMPLE_BYTES, &text);
	struct arena *a = arena_new(0), *each = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(NULL);
	const struct telemetry_header *header;
	slice rest = buf_slice(&text), record;
	enum format f = telemetry_detect(a, slice_sub(rest, 0, 65536), &header);
	size_t records = 0, hosts = 0;
	while (sample_record(a, f, &header, &rest, &record) && rest.n > 0) { /* the last one may be cut short */
		struct record_fields r;
		telemetry_fields(reader, each, f, header, record, &r);
		if (r.as_text || r.time == INSTANT_NONE || r.time_guessed) fail_msg("%s: not understood: %.*s", file, SLICE_PRINTF(record));
		records++;
		hosts += r.host.n > 0;
		arena_reset(each);
	}
	size_t hostless = strstr(file, "weird") != NULL ? 1 : 0; /* one weird has no connection */
	if (hosts + hostless != records) fail_msg("%s: %zu of %zu records have a host", file, hosts, records);
	telemetry_reader_free(reader);
	arena_free(each);
	arena_free(a);
	buf_free(&text);
}

static void every_record_has_time_and_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) check_all(expectations[i].file);
}

static void sysmon_hashes_are_split(void **state)
{
	(void)state;
	struct buf text = {.max = 0};
	SAMPLE_OR_SKIP("windows-json/empire_invoke_runas.jsonl.gz", SAMPLE_BYTES, &text);
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(NULL);
	const struct telemetry_header *header = NULL;
	slice rest = buf_slice(&text), record;
	do {
		assert_true(sample_record(a, FORMAT_WINDOWS, &header, &rest, &record));
	} while (slice_find(record, SLICE("\"Hashes\":\"SHA1=08CC2E8DCA652BDDA1ACCA9C446560D4BC1BCDF9,MD5=")) == record.n);
	struct record_fields r;
	telemetry_fields(reader, a, FORMAT_WINDOWS, NULL, record, &r);
	const struct field *sha1 = field_named(&r, "event_data.Hashes.SHA1", 0), *imphash = field_named(&r, "event_data.Hashes.IMPHASH", 0);
	assert_true(sha1 != NULL && imphash != NULL);
	assert_slice(sha1->value, "08CC2E8DCA652BDDA1ACCA9C446560D4BC1BCDF9");
	assert_int_equal(sha1->type, OBSERVABLE_SHA1);
	assert_string_equal(sha1->stix_path, "file:hashes.'SHA-1'");
	assert_int_equal(imphash->type, OBSERVABLE_HASH_OTHER);
	telemetry_reader_free(reader);
	arena_free(a);
	buf_free(&text);
}

/* The first record of a sample, cut at every byte, in memory of its size: nothing is read beyond, one field at least. */
static void check_cuts(const char *file)
{
	struct buf text = {.max = 0};
	SAMPLE_OR_SKIP(file, 65536, &text);
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(NULL);
	const struct telemetry_header *header, *unused;
	slice rest = buf_slice(&text), record;
	enum format f = telemetry_detect(a, rest, &header);
	assert_true(sample_record(a, f, &header, &rest, &record));
	for (size_t n = 0; n <= record.n && n < 4096; n++) {
		uint8_t *p = malloc(n + 64);
		assert_non_null(p);
		memcpy(p, record.p, n);
		memset(p + n, '}', 64);
		struct arena *each = arena_new(0);
		struct record_fields r;
		telemetry_fields(reader, each, f, header, slice_of(p, n), &r);
		if (n > 0) assert_true(r.fields_n > 0);
		if (f != FORMAT_ZEEK_TSV && n > 0 && n < record.n)
			assert_true(r.as_text && r.fields_n == 1 && r.fields[0].value.p == p && r.fields[0].value.n == n);
		(void)telemetry_detect(each, slice_of(p, n), &unused);
		arena_free(each);
		free(p);
	}
	telemetry_reader_free(reader);
	arena_free(a);
	buf_free(&text);
}

static void cut_records_never_crash(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) check_cuts(expectations[i].file);
}

/* Several samples one behind the other in one text file: each record is recognised on its own. */
static void mixed_records_are_recognised(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct telemetry_reader *reader = telemetry_reader_new(NULL);
	for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
		if (expectations[i].format == FORMAT_ZEEK_TSV || expectations[i].with[0] != 0) continue;
		struct buf text = {.max = 0};
		SAMPLE_OR_SKIP(expectations[i].file, 1u << 20, &text);
		const struct telemetry_header *header = NULL;
		slice rest = buf_slice(&text), record;
		assert_true(sample_record(a, FORMAT_JSON, &header, &rest, &record));
		for (enum format f = FORMAT_TEXT; f < FORMAT_COUNT; f++) {
			struct record_fields r;
			telemetry_fields(reader, a, f, NULL, record, &r);
			assert_slice(r.host, expectations[i].host);
			for (size_t k = 0; k < 12 && expectations[i].fields[k].name != NULL; k++)
				check_field(&expectations[i], &r, &expectations[i].fields[k]);
		}
		buf_free(&text);
	}
	telemetry_reader_free(reader);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_records_are_exact),
		cmocka_unit_test(every_record_has_time_and_host),
		cmocka_unit_test(sysmon_hashes_are_split),
		cmocka_unit_test(cut_records_never_crash),
		cmocka_unit_test(mixed_records_are_recognised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
