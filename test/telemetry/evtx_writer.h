/* A small writer of event log files for the tests: as Windows lays them out, every name and template inline where it is first used in a
 * chunk, both checksums right. Each function appends at the end of the chunk that is being written. */
#ifndef TEST_TELEMETRY_EVTX_WRITER_H
#define TEST_TELEMETRY_EVTX_WRITER_H
#include <isa-l/crc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "slice.h"

#define W_CHUNK 65536u
#define W_HEADER 512u
#define W_NAMES 256u
#define W_TEMPLATES 64u
#define W_FILETIME UINT64_C(132601595726091234) /* 2021-03-14T01:39:32.6091234Z */

struct writer {
	struct buf file;
	uint8_t chunk[W_CHUNK];
	uint32_t at, record; /* end of what is written; start of the open record */
	uint64_t id, first_id, chunks;
	struct {
		const char *text;
		uint32_t at;
	} names[W_NAMES];
	size_t names_n;
	struct {
		unsigned id;
		uint32_t at;
	} templates[W_TEMPLATES];
	size_t templates_n;
	uint32_t list;   /* size of the attribute list that is open; 0: none */
	bool dependency; /* elements have a dependency id: in templates */
};
struct w_value {
	uint8_t type;
	slice bytes;
};
#define W_VALUE(type, literal)                                                                                                             \
	{                                                                                                                                  \
		(type),                                                                                                                    \
		{                                                                                                                          \
			(const uint8_t *)(literal), sizeof(literal) - 1                                                                    \
		}                                                                                                                          \
	}

static inline void w_bytes(struct writer *w, const void *p, size_t n)
{
	if (n > W_CHUNK - w->at) abort();
	memcpy(w->chunk + w->at, p, n);
	w->at += (uint32_t)n;
}
static inline void w_put(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8) p[i] = (uint8_t)v;
}
static inline void w_number(struct writer *w, uint64_t v, size_t n)
{
	uint8_t bytes[8];
	w_put(bytes, v, n);
	w_bytes(w, bytes, n);
}
/* ASCII as UTF-16. */
static inline void w_utf16(struct writer *w, const char *text)
{
	for (; *text != 0; text++) w_number(w, (uint8_t)*text, 2);
}
/* What is written next becomes the head of a chain whose head stands in the chunk's header. */
static inline void w_chain(struct writer *w, uint32_t head, uint32_t at)
{
	w_bytes(w, w->chunk + head, 4);
	w_put(w->chunk + head, at, 4);
}
static inline void w_name(struct writer *w, const char *text)
{
	uint32_t hash = 0;
	for (size_t i = 0; i < w->names_n; i++) {
		if (strcmp(w->names[i].text, text) != 0) continue;
		w_number(w, w->names[i].at, 4);
		return;
	}
	if (w->names_n == W_NAMES) abort();
	for (const char *c = text; *c != 0; c++) hash = hash * 65599 + (uint8_t)*c;
	w->names[w->names_n].text = text;
	w->names[w->names_n++].at = w->at + 4;
	w_number(w, w->at + 4, 4);
	w_chain(w, 128 + 4 * ((hash & 0xffff) % 64), w->at);
	w_number(w, hash & 0xffff, 2);
	w_number(w, strlen(text), 2);
	w_utf16(w, text);
	w_number(w, 0, 2);
}

/* ---- tokens. Sizes that frame something are filled in when it ends ---- */
static inline uint32_t w_open(struct writer *w, const char *name, bool attributes)
{
	w_number(w, attributes ? 0x41 : 0x01, 1);
	if (w->dependency) w_number(w, 0xffff, 2);
	uint32_t size = w->at;
	w_number(w, 0, 4);
	w_name(w, name);
	w->list = attributes ? w->at : 0;
	if (attributes) w_number(w, 0, 4);
	return size;
}
static inline void w_attribute(struct writer *w, const char *name)
{
	w_number(w, 0x06, 1);
	w_name(w, name);
}
static inline void w_list_end(struct writer *w)
{
	if (w->list != 0) w_put(w->chunk + w->list, w->at - w->list - 4, 4);
	w->list = 0;
}
static inline void w_content(struct writer *w)
{
	w_list_end(w);
	w_number(w, 0x02, 1);
}
static inline void w_close(struct writer *w, uint32_t size)
{
	w_number(w, 0x04, 1);
	w_put(w->chunk + size, w->at - size - 4, 4);
}
static inline void w_close_empty(struct writer *w, uint32_t size)
{
	w_list_end(w);
	w_number(w, 0x03, 1);
	w_put(w->chunk + size, w->at - size - 4, 4);
}
static inline void w_text(struct writer *w, const char *text)
{
	w_number(w, 0x05, 1);
	w_number(w, 0x01, 1);
	w_number(w, strlen(text), 2);
	w_utf16(w, text);
}
static inline void w_substitution(struct writer *w, unsigned index, uint8_t type)
{
	w_number(w, 0x0e, 1);
	w_number(w, index, 2);
	w_number(w, type, 1);
}
static inline void w_end(struct writer *w)
{
	w_number(w, 0x00, 1);
}
static inline void w_fragment(struct writer *w)
{
	w_bytes(w, "\x0f\x01\x01\x00", 4);
}
/* <name>%index</name> */
static inline void w_element(struct writer *w, const char *name, unsigned index, uint8_t type)
{
	uint32_t size = w_open(w, name, false);
	w_content(w);
	w_substitution(w, index, type);
	w_close(w, size);
}
/* <Data Name="name">%index</Data> */
static inline void w_data(struct writer *w, const char *name, unsigned index, uint8_t type)
{
	uint32_t size = w_open(w, "Data", name != NULL);
	if (name != NULL) {
		w_attribute(w, "Name");
		w_text(w, name);
	}
	w_content(w);
	w_substitution(w, index, type);
	w_close(w, size);
}

/* ---- templates: w_instance writes the reference and, once a chunk, calls `define`; then come the values ---- */
typedef void w_define(struct writer *w);
static inline void w_instance(struct writer *w, unsigned id, w_define *define)
{
	w_number(w, 0x0c, 1);
	w_number(w, 1, 1);
	w_number(w, id, 4);
	for (size_t i = 0; i < w->templates_n; i++) {
		if (w->templates[i].id != id) continue;
		w_number(w, w->templates[i].at, 4);
		return;
	}
	if (w->templates_n == W_TEMPLATES) abort();
	uint32_t definition = w->at + 4;
	w->templates[w->templates_n].id = id;
	w->templates[w->templates_n++].at = definition;
	w_number(w, definition, 4);
	w_chain(w, 384 + 4 * (id % 32), definition);
	w_number(w, id, 8); /* the GUID starts with the id */
	w_number(w, 0, 8);
	w_number(w, 0, 4);
	bool before = w->dependency;
	w->dependency = true;
	define(w);
	w->dependency = before;
	w_put(w->chunk + definition + 20, w->at - definition - 24, 4);
}
static inline void w_values(struct writer *w, const struct w_value *v, size_t n)
{
	w_number(w, n, 4);
	for (size_t i = 0; i < n; i++) {
		w_number(w, v[i].bytes.n, 2);
		w_number(w, v[i].type, 2);
	}
	for (size_t i = 0; i < n; i++) {
		if (v[i].bytes.n > 0) w_bytes(w, v[i].bytes.p, v[i].bytes.n);
	}
}

/* ---- records, chunks, the file ---- */
static inline void w_record_begin(struct writer *w)
{
	w->record = w->at;
	w_number(w, 0x2a2a, 4);
	w_number(w, 0, 4);
	w_number(w, w->id++, 8);
	w_number(w, W_FILETIME, 8);
}
static inline void w_record_end(struct writer *w)
{
	while ((w->at - w->record) % 8 != 4) w_number(w, 0, 1);
	w_number(w, 0, 4);
	w_put(w->chunk + w->record + 4, w->at - w->record, 4);
	w_put(w->chunk + w->at - 4, w->at - w->record, 4);
}
static inline void w_chunk_begin(struct writer *w)
{
	memset(w->chunk, 0, sizeof w->chunk);
	w->at = W_HEADER;
	w->names_n = w->templates_n = 0;
	w->first_id = w->id;
}
static inline void w_checksums(uint8_t *chunk)
{
	uint32_t end = (uint32_t)chunk[48] | (uint32_t)chunk[49] << 8 | (uint32_t)chunk[50] << 16;
	w_put(chunk + 52, crc32_gzip_refl(0, chunk + W_HEADER, end - W_HEADER), 4);
	w_put(chunk + 124, crc32_gzip_refl(crc32_gzip_refl(0, chunk, 120), chunk + 128, W_HEADER - 128), 4);
}
static inline void w_chunk_end(struct writer *w)
{
	memcpy(w->chunk, "ElfChnk", 8);
	for (size_t i = 0; i < 2; i++) {
		w_put(w->chunk + 8 + 16 * i, w->first_id, 8);
		w_put(w->chunk + 16 + 16 * i, w->id - 1, 8);
	}
	w_put(w->chunk + 40, 128, 4);
	w_put(w->chunk + 44, w->record, 4);
	w_put(w->chunk + 48, w->at, 4);
	w_checksums(w->chunk);
	buf_add(&w->file, slice_of(w->chunk, sizeof w->chunk));
	w->chunks++;
}
static inline struct writer *w_new(void)
{
	static const uint8_t zero[4096] = {0};
	struct writer *w = calloc(1, sizeof *w);
	if (w == NULL) abort();
	w->id = 1;
	buf_add(&w->file, slice_of(zero, sizeof zero));
	return w;
}
static inline void w_file_checksum(uint8_t *file)
{
	w_put(file + 124, crc32_gzip_refl(0, file, 120), 4);
}
static inline slice w_file(struct writer *w)
{
	uint8_t *p = w->file.p;
	memcpy(p, "ElfFile", 8);
	w_put(p + 16, w->chunks - 1, 8);
	w_put(p + 24, w->id, 8);
	w_put(p + 32, 128, 4);
	w_put(p + 36, 1, 2);
	w_put(p + 38, 3, 2);
	w_put(p + 40, 4096, 2);
	w_put(p + 42, w->chunks, 2);
	w_file_checksum(p);
	return buf_slice(&w->file);
}
static inline void w_free(struct writer *w)
{
	buf_free(&w->file);
	free(w);
}

/* ---- the event that the tests write: System as Windows writes it, then EventData or UserData as a value of its own ---- */
enum { W_SYSTEM_VALUES = 19 };
static inline void w_attribute_value(struct writer *w, const char *name, unsigned index, uint8_t type)
{
	w_attribute(w, name);
	w_substitution(w, index, type);
}
static inline void w_system_elements(struct writer *w)
{
	uint32_t size = w_open(w, "Provider", true);
	w_attribute_value(w, "Name", 14, 0x01);
	w_attribute_value(w, "Guid", 15, 0x0f);
	w_close_empty(w, size);
	size = w_open(w, "EventID", true);
	w_attribute_value(w, "Qualifiers", 4, 0x06);
	w_content(w);
	w_substitution(w, 3, 0x06);
	w_close(w, size);
	w_element(w, "Version", 11, 0x04);
	w_element(w, "Level", 0, 0x04);
	w_element(w, "Task", 2, 0x06);
	w_element(w, "Opcode", 1, 0x04);
	w_element(w, "Keywords", 5, 0x15);
	size = w_open(w, "TimeCreated", true);
	w_attribute_value(w, "SystemTime", 6, 0x11);
	w_close_empty(w, size);
	w_element(w, "EventRecordID", 10, 0x0a);
	size = w_open(w, "Correlation", true);
	w_attribute_value(w, "ActivityID", 7, 0x0f);
	w_attribute_value(w, "RelatedActivityID", 13, 0x0f);
	w_close_empty(w, size);
	size = w_open(w, "Execution", true);
	w_attribute_value(w, "ProcessID", 8, 0x08);
	w_attribute_value(w, "ThreadID", 9, 0x08);
	w_close_empty(w, size);
	w_element(w, "Channel", 16, 0x01);
	w_element(w, "Computer", 17, 0x01);
	size = w_open(w, "Security", true);
	w_attribute_value(w, "UserID", 12, 0x13);
	w_close_empty(w, size);
}
static inline void w_event_template(struct writer *w)
{
	w_fragment(w);
	uint32_t event = w_open(w, "Event", true);
	w_attribute(w, "xmlns");
	w_text(w, "http://schemas.microsoft.com/win/2004/08/events/event");
	w_content(w);
	uint32_t system = w_open(w, "System", false);
	w_content(w);
	w_system_elements(w);
	w_close(w, system);
	w_substitution(w, 18, 0x21);
	w_close(w, event);
	w_end(w);
}
/* The values of System, and where the last one stands whose size is not known yet. */
static inline uint32_t w_system_values(struct writer *w)
{
	uint8_t id[8], time[8];
	w_put(id, w->id - 1, 8);
	w_put(time, W_FILETIME, 8);
	static const char provider[] = "S\0y\0s\0m\0o\0n", channel[] = "O\0p\0s", computer[] = "H\0R\0\x30\0\x30\0\x31";
	const struct w_value v[W_SYSTEM_VALUES] = {
		W_VALUE(0x04, "\x04"),
		W_VALUE(0x04, "\x00"),
		W_VALUE(0x06, "\x03\x00"),
		W_VALUE(0x06, "\x03\x00"),
		{0, {NULL, 0}},
		W_VALUE(0x15, "\x00\x00\x00\x00\x00\x00\x00\x80"),
		{0x11, slice_of(time, 8)},
		{0, {NULL, 0}},
		W_VALUE(0x08, "\xdc\x2f\x00\x00"),
		W_VALUE(0x08, "\x07\x00\x00\x00"),
		{0x0a, slice_of(id, 8)},
		W_VALUE(0x04, "\x05"),
		W_VALUE(0x13, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00"),
		{0, {NULL, 0}},
		{0x01, slice_of(provider, sizeof provider)},
		W_VALUE(0x0f, "\x5f\x38\x70\x57\x2a\xc2\xe0\x43\xbf\x4c\x06\xf5\x69\x8f\xfb\xd9"),
		{0x01, slice_of(channel, sizeof channel)},
		{0x01, slice_of(computer, sizeof computer)},
		{0x21, {NULL, 0}},
	};
	uint32_t start = w->at;
	w_values(w, v, W_SYSTEM_VALUES);
	return start + 4 + 4 * (W_SYSTEM_VALUES - 1);
}
#define W_SYSTEM_JSON(id)                                                                                                                  \
	"\"ProviderName\":\"Sysmon\",\"ProviderGuid\":\"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}\",\"EventID\":3,\"Version\":5,"             \
	"\"Level\":4,\"Task\":3,\"Opcode\":0,\"Keywords\":\"0x8000000000000000\",\"TimeCreated\":\"2021-03-14T01:39:32.6091234Z\","        \
	"\"EventRecordID\":" id ","                                                                                                        \
	"\"ProcessID\":12252,\"ThreadID\":7,\"Channel\":\"Ops\",\"Computer\":\"HR001\",\"UserID\":\"S-1-5-18\""
/* A record whose data is an instance of another template. */
static inline void w_event(struct writer *w, unsigned id, w_define *define, const struct w_value *v, size_t n)
{
	w_record_begin(w);
	w_fragment(w);
	w_instance(w, 1, w_event_template);
	uint32_t size = w_system_values(w), start = w->at;
	w_fragment(w);
	w_instance(w, id, define);
	w_values(w, v, n);
	w_end(w);
	w_put(w->chunk + size, w->at - start, 2);
	w_end(w);
	w_record_end(w);
}
#endif
