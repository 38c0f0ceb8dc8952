/* kulla formats: the log formats, and what a file is taken for. */
#include "command.h"
#include "confine.h"
#include "input.h"
#include "json.h"
#include <stdlib.h>

struct formats_options {
	const char *detect;
	int zone;
	int64_t year;
	bool json;
};
#define ROW(n, k, member, ...)                                                                                                             \
	{                                                                                                                                  \
		.name = n, .kind = k, .place = offsetof(struct formats_options, member), __VA_ARGS__                                       \
	}
static const struct option formats_options[] = {
	ROW("detect", OPTION_TEXT, detect, .argument = "FILE", .help = "what FILE is, and its first record's fields (- is standard input)"),
	ROW("json", OPTION_FLAG, json, .help = "JSON lines"),
	ROW("tz", OPTION_ZONE, zone, .argument = "ZONE", .help = "zone of times that say none (default UTC)"),
	ROW("year", OPTION_NUMBER, year, .argument = "YEAR", .min = 1970, .max = 9999, .help = "year of times that say none"),
	{0},
};

/* ---- the list ---- */
struct row {
	const char *kind, *name, *summary, *sample;
};

/* Files that are no text and are turned into records of a format above: the summary of a scan counts them under that format. */
static const struct row decoders[] = {
	{"decoder", "evtx", "Windows event logs (EVTX), read as JSON lines, one an event",
		"logs written by test/telemetry/evtx_writer.h, judged by libevtx and python-evtx where installed"},
	{"decoder", "capture", "packet captures (pcap, pcapng), read as EVE through Suricata where installed",
		"captures made by test/cli_capture.sh, through Suricata where installed; the test skips without it"},
};

static void list_row(struct buf *b, bool json, const struct row *r)
{
	if (!json) {
		buf_printf(b, "%-13s %s\n%-13s   tried on: %s\n", r->name, r->summary, "", r->sample);
		return;
	}
	buf_add_text(b, "{\"kind\":");
	json_put_text(b, slice_from(r->kind));
	json_put_member_text(b, "name", slice_from(r->name));
	json_put_member_text(b, "summary", slice_from(r->summary));
	json_put_member_text(b, "sample", slice_from(r->sample));
	buf_add_text(b, "}\n");
}

static void list_formats(bool json)
{
	struct buf b = {0};
	for (enum format f = FORMAT_TEXT; f < FORMAT_COUNT; f++)
		list_row(&b, json, &(struct row){"format", format_name(f), format_summary(f), format_sample(f)});
	for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) list_row(&b, json, &decoders[i]);
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

/* ---- one file ---- */
static const char *type_name(enum observable o)
{
	static const char *const of_fields[OBSERVABLE_COUNT] = {[OBSERVABLE_NONE] = "text",
		[OBSERVABLE_ADDRESS] = "address",
		[OBSERVABLE_HOST] = "host",
		[OBSERVABLE_URL_PATH] = "url-path",
		[OBSERVABLE_IGNORED] = "ignored",
		[OBSERVABLE_USER_AGENT] = "user-agent",
		[OBSERVABLE_COMMAND_LINE] = "command-line",
		[OBSERVABLE_SERIAL] = "serial",
		[OBSERVABLE_MD5] = "md5",
		[OBSERVABLE_SHA1] = "sha1",
		[OBSERVABLE_SHA224] = "sha224",
		[OBSERVABLE_SHA256] = "sha256",
		[OBSERVABLE_SHA384] = "sha384",
		[OBSERVABLE_SHA512] = "sha512",
		[OBSERVABLE_HASH_OTHER] = "hash"};
	return of_fields[o] != NULL ? of_fields[o] : observable_stix_type(o);
}

static void put_line(const char *name, slice value)
{
	printf("%-9s ", name);
	put_visible(stdout, value);
	fputc('\n', stdout);
}

static void show_text(const struct input_file *file, const struct record_fields *r, bool any)
{
	char time[INSTANT_TEXT_BYTES];
	put_line("format", slice_from(format_name(file->format)));
	if (!any) {
		puts("          no record");
		return;
	}
	if (r->kind != file->format) put_line("record", slice_from(format_name(r->kind)));
	if (r->inner != FORMAT_TEXT) put_line("message", slice_from(format_name(r->inner)));
	printf("time      %s%s\n", r->time != INSTANT_NONE ? instant_format(r->time, -1, time) : "none",
		r->time_guessed ? " (zone or year guessed)" : "");
	put_line("host", r->host.n > 0 ? r->host : SLICE("none"));
	if (r->url_host.n > 0) {
		fputs("url       ", stdout);
		put_visible(stdout, r->url_host);
		put_visible(stdout, r->url_path);
		fputc('\n', stdout);
	}
	for (size_t i = 0; i < r->fields_n; i++) {
		const struct field *f = &r->fields[i];
		if (f->is_key) continue;
		fputs("field     ", stdout);
		put_visible(stdout, f->name.n > 0 ? f->name : SLICE("(record)"));
		printf("  [%s%s%s]  ", type_name(f->type), f->stix_path != NULL ? ", " : "", f->stix_path != NULL ? f->stix_path : "");
		put_visible(stdout, f->value);
		fputc('\n', stdout);
	}
}

static void put_field(struct buf *b, const struct field *f)
{
	if (b->n > 0 && b->p[b->n - 1] == '}') buf_add_byte(b, ',');
	buf_add_byte(b, '{');
	json_put_member_text(b, "name", f->name);
	json_put_member_text(b, "value", f->value);
	json_put_member_text(b, "type", slice_from(type_name(f->type)));
	if (f->stix_path != NULL) json_put_member_text(b, "stix", slice_from(f->stix_path));
	else json_put_member_null(b, "stix");
	buf_add_byte(b, '}');
}

static void put_optional(struct buf *b, const char *key, slice text)
{
	if (text.n > 0) json_put_member_text(b, key, text);
	else json_put_member_null(b, key);
}

static void show_json(const struct input_file *file, const struct record_fields *r, bool any)
{
	struct buf b = {0};
	char time[INSTANT_TEXT_BYTES] = "";
	if (any && r->time != INSTANT_NONE) (void)instant_format(r->time, -1, time);
	buf_add_text(&b, "{\"kind\":\"detected\"");
	json_put_member_text(&b, "file", slice_from(file->path));
	json_put_member_text(&b, "format", slice_from(format_name(file->format)));
	json_put_member_text(&b, "record", slice_from(format_name(r->kind)));
	put_optional(&b, "message", slice_from(r->inner != FORMAT_TEXT ? format_name(r->inner) : ""));
	put_optional(&b, "time", slice_from(time));
	json_put_member_bool(&b, "time_guessed", r->time_guessed);
	put_optional(&b, "host", r->host);
	json_put_key(&b, "fields");
	buf_add_byte(&b, '[');
	for (size_t i = 0; i < r->fields_n; i++)
		if (!r->fields[i].is_key) put_field(&b, &r->fields[i]);
	buf_add_text(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

/* The chunk's first record; false when it has none. */
static bool first_record(const struct scan_chunk *c, slice *record)
{
	slice rest = c->bytes;
	if (c->spans != NULL) {
		if (c->spans_n > 0) *record = slice_sub(c->bytes, c->spans[0].start, c->spans[0].n);
		return c->spans_n > 0;
	}
	while (rest.n > 0) {
		slice line = slice_cut(&rest, '\n');
		*record = slice_sub(line, 0, line.n - (line.n > 0 && line.p[line.n - 1] == '\r'));
		if (slice_trim(line).n > 0 && !telemetry_is_header(c->format, c->header, *record)) return true;
	}
	return false;
}

static int detect_file(const struct formats_options *o)
{
	const struct telemetry_settings settings = {.zone_minutes = o->zone, .year = (int)o->year};
	struct input *in = input_new(&o->detect, 1, NULL, -1);
	struct input_buffer buffer = {0};
	struct input_chunk chunk = {0};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	struct arena *a = arena_new(0);
	struct record_fields fields = {.time = INSTANT_NONE};
	slice record;
	bool any = false;
	int code = EXIT_ERROR;
	while (!any && input_next(in, &buffer, &chunk)) {
		any = chunk.scan.bytes.n > 0 && first_record(&chunk.scan, &record);
		if (any) telemetry_fields(reader, a, chunk.scan.format, chunk.scan.header, record, &fields);
		if (chunk.file->unreadable) {
			complain(chunk.file->path, &chunk.file->fault);
		} else if (any || chunk.file_ends) {
			(o->json ? show_json : show_text)(chunk.file, &fields, any);
			code = 0;
		}
		if (!chunk.file_ends) continue;
		input_file_free(chunk.file);
		break;
	}
	telemetry_reader_free(reader);
	arena_free(a);
	input_buffer_free(&buffer);
	input_free(in);
	return code;
}

static int formats_run(const struct command *c, int argc, char *const *argv)
{
	struct formats_options o = {0};
	struct arguments rest;
	struct fault f = {0};
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	if (options_parse(a, formats_options, argc, argv, &o, &rest, &f) != OK) {
		(void)command_usage_error(c, f.text);
	} else if (rest.n > 0) {
		(void)command_usage_error(c, "formats takes no arguments; a file goes behind --detect");
	} else if (o.detect != NULL) {
		command_confine(NULL, false);
		code = detect_file(&o);
	} else {
		list_formats(o.json);
		code = 0;
	}
	arena_free(a);
	return code;
}

const struct command command_formats = {
	.name = "formats",
	.summary = "the log formats, and what a file is taken for",
	.usage = "[--json] [--detect FILE]",
	.text = "Lists the log formats that kulla scan knows and what each was tried on. Other files are matched as text.\n"
		"With --detect: what FILE is taken for, and the time, the machine and the fields of its first record.\n",
	.examples = "  kulla formats\n  kulla formats --detect /var/log/syslog --year 2026\n",
	.options = formats_options,
	.run = formats_run,
};
