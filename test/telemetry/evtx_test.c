/* Whole event log files, written by evtx_writer.h: the JSON of an event exactly, then every kind of damage: what is intact is read,
 * what is not is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "evtx.h"
#include "evtx_writer.h"
#include "limit.h"
#include "samples.h"

/* ---- reading with everything that was told ---- */
struct told {
	struct buf text;
	size_t n;
	enum err first;
	uint64_t first_offset;
};
static void tell(void *context, const struct fault *f)
{
	struct told *t = context;
	if (t->n++ == 0) {
		t->first = f->kind;
		t->first_offset = f->offset;
	}
	assert_true(f->text[0] != 0);
	buf_printf(&t->text, "%llu %s\n", (unsigned long long)f->offset, f->text);
}

static enum err read_all(slice file, size_t piece, struct buf *out, struct told *t, struct fault *f)
{
	struct evtx_reader *r = evtx_reader_new();
	enum err e = OK;
	buf_clear(out);
	buf_clear(&t->text);
	t->n = 0;
	for (size_t at = 0; at < file.n && e == OK; at += piece) {
		slice part = slice_sub(file, at, piece);
		uint8_t *copy = malloc(part.n); /* of exactly its size, so that reading beyond shows */
		assert_non_null(copy);
		memcpy(copy, part.p, part.n);
		e = evtx_reader_feed(r, slice_of(copy, part.n), out, tell, t, f);
		free(copy);
	}
	if (e == OK) e = evtx_reader_end(r, out, tell, t, f);
	evtx_reader_free(r);
	return e;
}

static size_t lines(const struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < out->n; i++) n += out->p[i] == '\n';
	return n;
}

struct reading {
	struct buf out;
	struct told told;
	struct fault fault;
};
static void reading_free(struct reading *r)
{
	buf_free(&r->out);
	buf_free(&r->told.text);
}

static void assert_text(const struct buf *b, const char *want)
{
	if (slice_equal(buf_slice(b), slice_from(want))) return;
	fail_msg("got:\n%.*s\nexpected:\n%s", (int)b->n, (const char *)b->p, want);
}

static bool says(const struct told *t, const char *text)
{
	return text[0] == 0 || slice_find(buf_slice(&t->text), slice_from(text)) < t->text.n;
}

static void assert_said(const struct reading *r, const char *text)
{
	if (!says(&r->told, text)) fail_msg("not said: %s\nsaid:\n%.*s", text, (int)r->told.text.n, (const char *)r->told.text.p);
}

/* ---- the sample: three records in two chunks ---- */
static void process_template(struct writer *w)
{
	w_fragment(w);
	uint32_t size = w_open(w, "EventData", false);
	w_content(w);
	w_data(w, "Image", 0, 0x01);
	w_data(w, "SourceIp", 1, 0x01);
	w_data(w, "ProcessId", 2, 0x08);
	w_data(w, "Empty", 3, 0x01);
	w_close(w, size);
	w_end(w);
}

static void user_template(struct writer *w)
{
	w_fragment(w);
	uint32_t data = w_open(w, "UserData", false);
	w_content(w);
	uint32_t inner = w_open(w, "EventXML", true);
	w_attribute(w, "xmlns");
	w_text(w, "Event_NS");
	w_content(w);
	w_element(w, "Address", 0, 0x01);
	uint32_t user = w_open(w, "User", true);
	w_attribute(w, "Kind");
	w_text(w, "a<b");
	w_content(w);
	w_element(w, "Name", 1, 0x01);
	w_element(w, "Name", 2, 0x08);
	w_close(w, user);
	w_close(w, inner);
	w_close(w, data);
	w_end(w);
}

#define IMAGE_UTF16 "C\0:\0\\\0a\0.\0e\0x\0e\0"
#define IP_UTF16                                                                                                                           \
	"1\0"                                                                                                                              \
	"9\0"                                                                                                                              \
	"2\0.\0"                                                                                                                           \
	"0\0.\0"                                                                                                                           \
	"2\0.\0"                                                                                                                           \
	"1\0"
static void process_event(struct writer *w)
{
	const struct w_value v[] = {W_VALUE(0x01, IMAGE_UTF16), W_VALUE(0x01, IP_UTF16), W_VALUE(0x08, "\x2a\0\0\0"), {0, {NULL, 0}}};
	w_event(w, 2, process_template, v, 4);
}

static void user_event(struct writer *w)
{
	const struct w_value v[] = {W_VALUE(0x01, IP_UTF16), W_VALUE(0x01, "\xe9\0\"\0"), W_VALUE(0x08, "\x07\0\0\0")};
	w_event(w, 3, user_template, v, 3);
}

#define PROCESS_DATA_JSON "\"EventData\":{\"Image\":\"C:\\\\a.exe\",\"SourceIp\":\"192.0.2.1\",\"ProcessId\":42,\"Empty\":null}}\n"
#define PROCESS_JSON(id) "{" W_SYSTEM_JSON(id) "," PROCESS_DATA_JSON
#define MARKED_JSON "{" W_SYSTEM_JSON("1") ",\"Incomplete\":true," PROCESS_DATA_JSON
#define USER_JSON(id)                                                                                                                      \
	"{" W_SYSTEM_JSON(id) ",\"UserData\":{\"xml_name\":\"EventXML\",\"Address\":\"192.0.2.1\",\"User.Kind\":\"a<b\",\"User.Name\":["   \
			      "\"\xc3\xa9\\\"\",7]}}\n"
#define SAMPLE_JSON PROCESS_JSON("1") USER_JSON("2") PROCESS_JSON("3")

static struct writer *sample(void)
{
	struct writer *w = w_new();
	w_chunk_begin(w);
	process_event(w);
	user_event(w);
	w_chunk_end(w);
	w_chunk_begin(w);
	process_event(w);
	w_chunk_end(w);
	(void)w_file(w);
	return w;
}

static void test_sample(void **state)
{
	(void)state;
	struct writer *w = sample();
	struct reading r = {.fault = {0}};
	static const size_t pieces[] = {SIZE_MAX / 2, 65536, 4096, 1000, 7};
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		assert_int_equal(read_all(w_file(w), pieces[i], &r.out, &r.told, &r.fault), OK);
		assert_text(&r.told.text, "");
		assert_text(&r.out, SAMPLE_JSON);
	}
	reading_free(&r);
	w_free(w);
}

/* The rows of FORMAT_WINDOWS see time, machine and typed fields. */
static void test_telemetry(void **state)
{
	(void)state;
	struct writer *w = sample();
	struct reading r = {.fault = {0}};
	struct arena *a = arena_new(0);
	const struct telemetry_header *header;
	const struct telemetry_settings settings = {.year = 2021};
	struct telemetry_reader *reader = telemetry_reader_new(&settings);
	struct record_fields fields;
	instant want;
	assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
	assert_int_equal(telemetry_detect(a, buf_slice(&r.out), &header), FORMAT_WINDOWS);
	slice rest = buf_slice(&r.out);
	telemetry_fields(reader, a, FORMAT_TEXT, NULL, padded(a, slice_cut(&rest, '\n')), &fields); /* TEXT: told by its own keys */
	assert_false(fields.as_text);
	assert_int_equal(instant_parse(SLICE("2021-03-14T01:39:32.609123Z"), 0, &want, NULL), OK);
	assert_int_equal(fields.time, want);
	assert_false(fields.time_guessed);
	assert_slice(fields.host, "HR001");
	const struct field *ip = field_named(&fields, "EventData.SourceIp", 0), *image = field_named(&fields, "EventData.Image", 0);
	assert_true(ip != NULL && image != NULL);
	assert_slice(ip->value, "192.0.2.1");
	assert_int_equal(ip->type, OBSERVABLE_ADDRESS);
	assert_string_equal(ip->stix_path, "network-traffic:src_ref.value");
	assert_slice(image->value, "C:\\a.exe");
	assert_string_equal(image->stix_path, "process:image_ref.name");
	telemetry_reader_free(reader);
	arena_free(a);
	reading_free(&r);
	w_free(w);
}

/* ---- other shapes of events ---- */
static void unnamed_template(struct writer *w)
{
	w_fragment(w);
	uint32_t size = w_open(w, "EventData", true);
	w_attribute(w, "Name");
	w_text(w, "N");
	w_content(w);
	w_data(w, NULL, 0, 0x81);
	w_data(w, NULL, 1, 0x01);
	w_data(w, "Alone", 2, 0x88);
	uint32_t mixed = w_open(w, "Mixed", false);
	w_content(w);
	w_substitution(w, 3, 0x08);
	w_text(w, " of ");
	w_substitution(w, 3, 0x08);
	w_number(w, 0x09, 1); /* &amp; */
	w_name(w, "amp");
	w_number(w, 0x08, 1); /* &#x41; */
	w_number(w, 0x41, 2);
	w_number(w, 0x07, 1); /* CDATA */
	w_number(w, 2, 2);
	w_utf16(w, "\"]");
	w_close(w, mixed);
	w_element(w, "Binary", 4, 0x0e);
	w_close(w, size);
	w_end(w);
}

static void test_shapes(void **state)
{
	(void)state;
	struct writer *w = w_new();
	struct reading r = {.fault = {0}};
	const struct w_value v[] = {W_VALUE(0x81, "a\0\0\0\0\0b\0\0\0"), W_VALUE(0x01, "c\0"), W_VALUE(0x88, "\x07\0\0\0"),
		W_VALUE(0x08, "\x2a\0\0\0"), W_VALUE(0x0e, "\x00\xff\x10")};
	w_chunk_begin(w);
	w_event(w, 2, unnamed_template, v, 5);
	w_chunk_end(w);
	assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
	assert_text(&r.told.text, "");
	assert_text(&r.out,
		"{" W_SYSTEM_JSON(
			"1") ",\"EventData\":{\"Name\":\"N\",\"Data\":[\"a\",\"\",\"b\",\"c\"],\"Alone\":7,\"Mixed\":\"42 of 42&A\\\"]\","
			     "\"Binary\":\"00ff10\"}}\n");
	reading_free(&r);
	w_free(w);
}

/* A forwarded event: no template, and no dependency ids. */
static void test_no_template(void **state)
{
	(void)state;
	for (int dependency = 0; dependency < 2; dependency++) {
		struct writer *w = w_new();
		struct reading r = {.fault = {0}};
		w_chunk_begin(w);
		w_record_begin(w);
		w->dependency = dependency != 0; /* some writers have them there too */
		w_fragment(w);
		uint32_t event = w_open(w, "Event", false);
		w_content(w);
		uint32_t system = w_open(w, "System", false);
		w_content(w);
		uint32_t id = w_open(w, "EventID", true);
		w_attribute(w, "Qualifiers");
		w_text(w, "16384");
		w_content(w);
		w_text(w, "1");
		w_close(w, id);
		w_close(w, system);
		uint32_t rendering = w_open(w, "RenderingInfo", true);
		w_attribute(w, "Culture");
		w_text(w, "en");
		w_content(w);
		uint32_t message = w_open(w, "Message", false);
		w_content(w);
		w_text(w, "\t");
		w_close(w, message);
		w_text(w, "\n ");
		w_close(w, rendering);
		w_close(w, event);
		w_end(w);
		w_record_end(w);
		w_chunk_end(w);
		assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
		assert_text(&r.told.text, "");
		assert_text(&r.out,
			"{\"Qualifiers\":\"16384\",\"EventID\":\"1\",\"EventRecordID\":1,\"TimeCreated\":\"2021-03-14T01:39:32.6091234Z\","
			"\"RenderingInfo\":{\"Culture\":\"en\",\"Message\":\"\\t\"}}\n");
		reading_free(&r);
		w_free(w);
	}
}

/* ---- what is no event log, and the cap ---- */
static void test_refused(void **state)
{
	(void)state;
	struct reading r = {.fault = {0}};
	struct writer *w = sample();
	slice file = w_file(w);
	assert_true(evtx_is(slice_sub(file, 0, 8)));
	assert_false(evtx_is(slice_sub(file, 0, 7)));
	assert_false(evtx_is(SLICE("ElfChnk\0")));
	assert_int_equal(read_all(SLICE(""), 1, &r.out, &r.told, &r.fault), ERR_SYNTAX);
	assert_int_equal(read_all(SLICE("{\"a\":1}"), 1, &r.out, &r.told, &r.fault), ERR_SYNTAX);
	assert_int_equal(r.fault.kind, ERR_SYNTAX);
	assert_int_equal(read_all(slice_sub(file, 0, 100), 100, &r.out, &r.told, &r.fault), ERR_SYNTAX);
	r.out.max = strlen(PROCESS_JSON("1")) + 20;
	buf_free(&r.out);
	r.out = (struct buf){.max = strlen(PROCESS_JSON("1")) * 3 / 2};
	assert_int_equal(read_all(file, SIZE_MAX / 2, &r.out, &r.told, &r.fault), ERR_LIMIT);
	assert_text(&r.out, PROCESS_JSON("1"));
	reading_free(&r);
	w_free(w);
}

/* ---- damage ---- */
#define CHUNK_1 4096u
#define CHUNK_2 (4096u + 65536u)
static uint32_t free_space(slice file, size_t chunk)
{
	return (uint32_t)file.p[chunk + 48] | (uint32_t)file.p[chunk + 49] << 8;
}

static uint32_t second_record(slice file)
{
	return CHUNK_1 + W_HEADER + ((uint32_t)file.p[CHUNK_1 + W_HEADER + 4] | (uint32_t)file.p[CHUNK_1 + W_HEADER + 5] << 8);
}

/* Change the sample, keep the checksums right unless the change is about them, and read it. */
typedef void damage(uint8_t *file);
static void read_changed(damage *change, bool checksums, struct reading *r)
{
	struct writer *w = sample();
	change(w->file.p);
	if (checksums) {
		w_checksums(w->file.p + CHUNK_1);
		w_checksums(w->file.p + CHUNK_2);
		w_file_checksum(w->file.p);
	}
	memset(r, 0, sizeof *r);
	assert_int_equal(read_all(buf_slice(&w->file), SIZE_MAX / 2, &r->out, &r->told, &r->fault), OK);
	w_free(w);
}

static void wrong_file_crc(uint8_t *file)
{
	file[124] ^= 1;
}
static void wrong_header_crc(uint8_t *file)
{
	file[CHUNK_1 + 124] ^= 1;
}
static void wrong_records_crc(uint8_t *file)
{
	file[CHUNK_1 + 52] ^= 1;
	w_put(file + CHUNK_1 + 124, crc32_gzip_refl(crc32_gzip_refl(0, file + CHUNK_1, 120), file + CHUNK_1 + 128, W_HEADER - 128), 4);
}
static void without_crc(uint8_t *file)
{
	file[120] = file[CHUNK_1 + 120] = 4;
	memset(file + 124, 0, 4);
	memset(file + CHUNK_1 + 124, 0, 4);
	memset(file + CHUNK_1 + 52, 0, 4);
}
static void wrong_magic(uint8_t *file)
{
	memset(file + CHUNK_1, 'x', 128);
}
static void garbage_chunk(uint8_t *file)
{
	memset(file + CHUNK_1, 'x', W_CHUNK);
}
static void zero_chunk(uint8_t *file)
{
	memset(file + CHUNK_1, 0, W_CHUNK);
}
static void wrong_free_space(uint8_t *file)
{
	w_put(file + CHUNK_1 + 48, 70000, 4);
	w_put(file + CHUNK_1 + 124, crc32_gzip_refl(crc32_gzip_refl(0, file + CHUNK_1, 120), file + CHUNK_1 + 128, W_HEADER - 128), 4);
}
static void early_free_space(uint8_t *file) /* as in a log that was copied while it was written to */
{
	w_put(file + CHUNK_1 + 48, second_record(slice_of(file, CHUNK_2)) - CHUNK_1, 4);
}
static void slack(uint8_t *file) /* an old record behind the last one */
{
	uint32_t first = CHUNK_1 + W_HEADER, n = second_record(slice_of(file, CHUNK_2)) - first,
		 end = CHUNK_1 + free_space(slice_of(file, CHUNK_2), CHUNK_1);
	memcpy(file + end, file + first, n);
}
static void more_chunks(uint8_t *file)
{
	w_put(file + 42, 1, 2);
	file[120] = 1;
}
static void fewer_chunks(uint8_t *file)
{
	w_put(file + 42, 3, 2);
}
static void wrong_size(uint8_t *file)
{
	w_put(file + CHUNK_1 + W_HEADER + 4, 70000, 4);
}
static void wrong_size_copy(uint8_t *file)
{
	w_put(file + second_record(slice_of(file, CHUNK_2)) - 4, 1, 4);
}
static void lost_magic(uint8_t *file)
{
	file[CHUNK_1 + W_HEADER] = 0;
}
static void overwritten_end(uint8_t *file) /* a sector that never reached the disk */
{
	uint32_t second = second_record(slice_of(file, CHUNK_2)), end = CHUNK_1 + free_space(slice_of(file, CHUNK_2), CHUNK_1);
	memset(file + second + 300, 0, end - second - 300);
}
static void unknown_token(uint8_t *file)
{
	file[CHUNK_1 + W_HEADER + 24 + 4] = 0x1f; /* where the template instance stands */
}

static void test_damage(void **state)
{
	(void)state;
	/* The second event takes its templates and names from the first: it lives on when that one is no record any more. */
	static const struct {
		damage *change;
		bool checksums;
		const char *said;
		const char *out;
	} rows[] = {
		{wrong_file_crc, false, "124 EVTX file: the CRC-32 of its header", SAMPLE_JSON},
		{wrong_header_crc, false, "4220 EVTX chunk: the CRC-32 of its header", SAMPLE_JSON},
		{wrong_records_crc, false, "4148 EVTX chunk: the CRC-32 of its records", SAMPLE_JSON},
		{without_crc, false, "", SAMPLE_JSON},
		{wrong_magic, false, "4096 EVTX chunk: it starts with 7878787878787878", SAMPLE_JSON},
		{garbage_chunk, false, "4096 EVTX chunk: it starts with 7878787878787878", PROCESS_JSON("3")},
		{zero_chunk, false, "", PROCESS_JSON("3")},
		{wrong_free_space, false, "4144 EVTX chunk: its free space starts at 70000", SAMPLE_JSON},
		{early_free_space, true, "EVTX chunk: its header ends the records at", SAMPLE_JSON},
		{slack, true, "", SAMPLE_JSON},
		{more_chunks, true, "", SAMPLE_JSON},
		{fewer_chunks, true, "42 EVTX file: its header counts 3 chunks, the file holds 2", SAMPLE_JSON},
		{wrong_size, true, "4612 EVTX record: its size is 70000", MARKED_JSON USER_JSON("2") PROCESS_JSON("3")},
		{lost_magic, true, "4608 EVTX chunk:", USER_JSON("2") PROCESS_JSON("3")},
		{wrong_size_copy, true, "EVTX record: its size is", SAMPLE_JSON},
		{unknown_token, true, "4636 BinXML of event 1 at byte 540 of its chunk: unknown token",
			"{\"Incomplete\":true,\"EventRecordID\":1,\"TimeCreated\":\"2021-03-14T01:39:32.6091234Z\"}\n" USER_JSON("2")
				PROCESS_JSON("3")},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reading r;
		read_changed(rows[i].change, rows[i].checksums, &r);
		assert_text(&r.out, rows[i].out);
		assert_said(&r, rows[i].said);
		assert_int_equal(r.told.n, rows[i].said[0] == 0 ? 0 : 1);
		if (r.told.n > 0) assert_int_equal(r.told.first, ERR_DAMAGED);
		reading_free(&r);
	}
}

/* A record that breaks off is shown as far as it goes, and marked. */
static void test_partial(void **state)
{
	(void)state;
	struct reading r;
	read_changed(overwritten_end, true, &r);
	slice rest = buf_slice(&r.out);
	assert_int_equal(lines(&r.out), 3);
	(void)slice_cut(&rest, '\n');
	slice second = slice_cut(&rest, '\n');
	assert_true(slice_find(second, SLICE("\"Incomplete\":true")) < second.n);
	assert_true(slice_find(second, SLICE("\"ProviderName\":\"Sysmon\"")) < second.n);
	assert_true(r.told.n > 0);
	reading_free(&r);
}

/* Cut anywhere: lines of the whole file, of which the last may be incomplete; and it is told, unless the cut is between chunks. */
static void test_cut(void **state)
{
	(void)state;
	struct writer *w = sample();
	slice file = w_file(w);
	struct reading r = {.fault = {0}};
	size_t used = CHUNK_1 + free_space(file, CHUNK_1) + 8, count = 0;
	for (size_t n = 0; n < file.n; n += n < 200 || (n >= CHUNK_1 && n < used) ? 1 : 61) {
		enum err e = read_all(slice_sub(file, 0, n), SIZE_MAX / 2, &r.out, &r.told, &r.fault);
		assert_int_equal(e, n < 128 ? ERR_SYNTAX : OK);
		if (e == OK) assert_true(r.told.n > 0); /* the header counts two chunks */
		assert_true(lines(&r.out) <= 3);
		slice whole = SLICE(SAMPLE_JSON), rest = buf_slice(&r.out);
		while (rest.n > 0) {
			slice line = slice_cut(&rest, '\n'), want = slice_cut(&whole, '\n');
			if (slice_find(line, SLICE("\"Incomplete\":true")) == line.n) assert_true(slice_equal(line, want));
		}
		count++;
	}
	assert_true(count > 2000);
	reading_free(&r);
	w_free(w);
}

static bool sealed(slice file, size_t at)
{
	size_t in_chunk = (at - CHUNK_1) % W_CHUNK, chunk = at - in_chunk;
	if (at < CHUNK_1) return at < 120 || (at >= 124 && at < 128);
	return in_chunk < 120 || (in_chunk >= 124 && in_chunk < free_space(file, chunk));
}

/* Any changed byte of what a checksum covers is told; any other changes nothing. Nothing crashes. */
static void test_flip(void **state)
{
	(void)state;
	struct writer *w = sample();
	slice file = w_file(w);
	struct reading r = {.fault = {0}};
	size_t used = CHUNK_1 + free_space(file, CHUNK_1) + 8;
	for (size_t i = 8; i < CHUNK_2; i += i < 200 || (i >= CHUNK_1 && i < used) ? 1 : 251) {
		uint8_t before = w->file.p[i];
		bool covered = sealed(file, i);
		w->file.p[i] ^= (uint8_t)(i % 255 + 1);
		assert_int_equal(read_all(file, SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
		if (covered && r.told.n == 0) fail_msg("byte %zu: not told", i);
		if (!covered && i >= CHUNK_1 + 128) assert_text(&r.out, SAMPLE_JSON);
		w->file.p[i] = before;
	}
	reading_free(&r);
	w_free(w);
}

/* ---- files that attack ---- */
static void loop_template(struct writer *w) /* an instance of itself within itself */
{
	w_fragment(w);
	uint32_t size = w_open(w, "Loop", false);
	w_content(w);
	for (int i = 0; i < 20; i++) {
		w_instance(w, 2, NULL);
		w_values(w, NULL, 0);
	}
	w_close(w, size);
	w_end(w);
}

static void test_loop(void **state)
{
	(void)state;
	struct writer *w = w_new();
	struct reading r = {.fault = {0}};
	w_chunk_begin(w);
	w_event(w, 2, loop_template, NULL, 0);
	process_event(w);
	w_chunk_end(w);
	assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
	assert_int_equal(lines(&r.out), 2);
	assert_true(r.told.n > 0);
	reading_free(&r);
	w_free(w);
}

static void deep_template(struct writer *w)
{
	w_fragment(w);
	for (unsigned i = 0; i <= EVTX_DEPTH_MAX; i++) {
		(void)w_open(w, "Deep", false);
		w_content(w);
	}
	w_end(w);
}

static void test_deep(void **state)
{
	(void)state;
	struct writer *w = w_new();
	struct reading r = {.fault = {0}};
	w_chunk_begin(w);
	w_event(w, 2, deep_template, NULL, 0);
	w_chunk_end(w);
	assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
	assert_int_equal(lines(&r.out), 1);
	assert_said(&r, "EVTX_DEPTH_MAX");
	reading_free(&r);
	w_free(w);
}

/* Long names within one another, and an array whose every element is a field of a long name: paths are cut off, work is bounded. */
static char long_name[1001];
static void long_template(struct writer *w)
{
	static const char name_attribute[] = "Name";
	memset(long_name, 'n', sizeof long_name - 1);
	w_fragment(w);
	uint32_t data = w_open(w, "EventData", false);
	w_content(w);
	for (size_t i = 0; i < 6; i++) {
		uint32_t size = w_open(w, "Data", true);
		w_attribute(w, name_attribute);
		w_text(w, long_name);
		w_content(w);
		for (size_t k = 0; k < 20; k++) w_substitution(w, 0, 0x84);
		w_close(w, size);
	}
	for (size_t i = 0; i < 20; i++) {
		(void)w_open(w, long_name, false);
		w_content(w);
	}
	for (size_t i = 0; i < 20; i++) w_number(w, 0x04, 1);
	w_close(w, data);
	w_end(w);
}

static void test_long_names(void **state)
{
	(void)state;
	struct writer *w = w_new();
	struct reading r = {.fault = {0}};
	static uint8_t bytes[20000];
	const struct w_value none = {0, {NULL, 0}}, many = {0x84, slice_of(bytes, sizeof bytes)};
	w_chunk_begin(w);
	w_event(w, 2, long_template, &none, 1);
	w_event(w, 2, long_template, &many, 1);
	w_chunk_end(w);
	assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
	assert_int_equal(lines(&r.out), 2);
	assert_said(&r, "of event 1 at byte");
	assert_said(&r, "EVTX_KEY_BYTES_MAX");
	assert_said(&r, "EVTX_CHUNK_WORK_MAX");
	reading_free(&r);
	w_free(w);
}

/* Values of 60 KB that a template repeats: the chunk's work comes to an end, and that is told. */
static void repeat_template(struct writer *w)
{
	w_fragment(w);
	uint32_t size = w_open(w, "EventData", false);
	w_content(w);
	for (int i = 0; i < 2000; i++) w_substitution(w, 0, 0x01);
	w_close(w, size);
	w_end(w);
}

static void test_repeat(void **state)
{
	(void)state;
	struct writer *w = w_new();
	struct reading r = {.fault = {0}};
	static uint8_t text[30000];
	for (size_t i = 0; i < sizeof text; i += 2) text[i] = 'x';
	const struct w_value v = {0x01, slice_of(text, sizeof text)};
	w_chunk_begin(w);
	w_event(w, 2, repeat_template, &v, 1);
	w_chunk_end(w);
	assert_int_equal(read_all(w_file(w), SIZE_MAX / 2, &r.out, &r.told, &r.fault), OK);
	assert_int_equal(lines(&r.out), 1);
	assert_true(r.out.n < 17u << 20);
	assert_said(&r, "EVTX_CHUNK_WORK_MAX");
	assert_int_equal(r.told.first, ERR_LIMIT);
	reading_free(&r);
	w_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_telemetry),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_no_template),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flip),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_repeat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
