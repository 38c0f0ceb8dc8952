/* One chunk: its header, its checksums, its records. Damage is told and what is intact is read: a record that is none is skipped up
 * to the next one that is, a header that is wrong is not believed.
 *
 *   0 "ElfChnk\0"  8 first and last record number  24 first and last record id  40 size of the header (128)  44 last record
 *  48 free space  52 CRC-32 of the records  120 flags: 4 no checksums  124 CRC-32 of [0,120) and [128,512)  128 64 names  384 32 templates
 * 512 records:  0 0x00002a2a  4 size  8 id  16 FILETIME written  24 BinXML  size-4 size once more */
#include <isa-l/crc.h>
#include <stdarg.h>
#include <stdio.h>

#include "evtx_int.h"

#define CHUNK_MAGIC SLICE("ElfChnk\0")
#define RECORD_MAGIC 0x00002a2au
#define RECORD_HEADER_BYTES 24u
#define RECORD_BYTES_MIN (RECORD_HEADER_BYTES + 4u)

void evtx_tell(const struct evtx_decoder *d, enum err kind, uint64_t offset, const char *format, ...)
{
	char text[FAULT_TEXT_BYTES];
	struct fault f;
	va_list list;
	if (d->trouble == NULL) return;
	va_start(list, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is lost on the analyzer when it is given several files */
	(void)vsnprintf(text, sizeof text, format, list);
	va_end(list);
	(void)fault_set(&f, kind, 0, offset, "%s", text);
	d->trouble(d->context, &f);
}

void evtx_decoder_init(struct evtx_decoder *d)
{
	d->chunk.arena = arena_new(0);
	d->chunk.record = arena_new(0);
	d->event.record = d->chunk.record;
	d->run = evtx_run_new();
}

void evtx_decoder_free(struct evtx_decoder *d)
{
	arena_free(d->chunk.arena);
	arena_free(d->chunk.record);
	free(d->chunk.ops);
	buf_free(&d->chunk.text);
	evtx_event_free(&d->event);
	evtx_run_free(d->run);
}

/* ---- the header ---- */
static uint32_t header_crc(const uint8_t *p)
{
	return crc32_gzip_refl(crc32_gzip_refl(0, p, 120), p + 128, EVTX_CHUNK_HEADER_BYTES - 128);
}

static void check_crc(const struct evtx_decoder *d, const char *what, uint32_t at, uint32_t found)
{
	uint32_t told = evtx_u32(d->chunk.p + at), flags = evtx_u32(d->chunk.p + 120);
	if (found == told || (told == 0 && (flags & EVTX_WITHOUT_CRC))) return;
	evtx_tell(d, ERR_DAMAGED, d->offset + at, "EVTX chunk: the CRC-32 of its %s is %08x, the header says %08x", what, found, told);
}

/* Where the records end, as far as the header can be believed; *known: whether it can. */
static uint32_t records_end(const struct evtx_decoder *d, const uint8_t *p, uint32_t n, bool *known)
{
	*known = slice_starts(slice_of(p, n), CHUNK_MAGIC);
	if (!*known) {
		evtx_tell(d, ERR_DAMAGED, d->offset, "EVTX chunk: it starts with %08x%08x, expected \"ElfChnk\"", evtx_u32(p),
			evtx_u32(p + 4));
		return n;
	}
	uint32_t end = evtx_u32(p + 48);
	check_crc(d, "header", 124, header_crc(p));
	*known = end >= EVTX_CHUNK_HEADER_BYTES && end <= EVTX_CHUNK_BYTES;
	if (!*known) {
		evtx_tell(d, ERR_DAMAGED, d->offset + 48, "EVTX chunk: its free space starts at %u, expected %u to %u", end,
			EVTX_CHUNK_HEADER_BYTES, EVTX_CHUNK_BYTES);
		return n;
	}
	if (end > n) return n;
	check_crc(d, "records", 52, crc32_gzip_refl(0, p + EVTX_CHUNK_HEADER_BYTES, end - EVTX_CHUNK_HEADER_BYTES));
	return end;
}

/* ---- records ---- */
/* Whether a record starts at `at`, however it ends. */
static bool record_starts(const uint8_t *p, uint32_t at, uint32_t end)
{
	return end - at >= RECORD_BYTES_MIN && evtx_u32(p + at) == RECORD_MAGIC;
}

/* Bytes of the record at `at`, 0 when there is none whose end can be believed: its size stands there, or another record. */
static uint32_t record_bytes(const uint8_t *p, uint32_t at, uint32_t end)
{
	uint32_t n = record_starts(p, at, end) ? evtx_u32(p + at + 4) : 0;
	if (n < RECORD_BYTES_MIN || n > end - at) return 0;
	bool next = at + n == end || (end - at - n >= 4 && evtx_u32(p + at + n) == RECORD_MAGIC);
	return next || evtx_u32(p + at + n - 4) == n ? n : 0;
}

/* What System did not say stands in the record's header too. */
static void put_defaults(struct evtx_event *e, const uint8_t *record)
{
	struct buf text = {.max = 0};
	if (!evtx_event_has(e, SLICE("EventRecordID"))) {
		buf_printf(&text, "%llu", (unsigned long long)evtx_u64(record + 8));
		evtx_event_add(e, SLICE("EventRecordID"), buf_slice(&text));
	}
	buf_clear(&text);
	if (!evtx_event_has(e, SLICE("TimeCreated"))) {
		evtx_put_filetime(&text, evtx_u64(record + 16));
		evtx_event_add(e, SLICE("TimeCreated"), buf_slice(&text));
	}
	buf_free(&text);
}

/* whole: its end was found where it should be. */
static void read_record(struct evtx_decoder *d, uint32_t at, uint32_t n, bool whole)
{
	struct evtx_event *e = &d->event;
	const uint8_t *p = d->chunk.p + at;
	uint32_t wrong_at, copy = evtx_u32(p + n - 4);
	if (whole && copy != n)
		evtx_tell(d, ERR_DAMAGED, d->offset + at + n - 4, "EVTX record: its size is %u at the start, %u at the end", n, copy);
	arena_reset(d->chunk.record);
	evtx_event_begin(e);
	const char *wrong = evtx_run(d->run, &d->chunk, e, at + RECORD_HEADER_BYTES, at + n - 4, &wrong_at);
	if (wrong != NULL || !whole) evtx_event_add(e, SLICE("Incomplete"), SLICE("true"));
	if (wrong != NULL) {
		enum err kind = d->chunk.work == 0 ? ERR_LIMIT : ERR_DAMAGED;
		evtx_tell(d, kind, d->offset + wrong_at, "BinXML of event %llu at byte %u of its chunk: %s",
			(unsigned long long)evtx_u64(p + 8), wrong_at, wrong);
	}
	put_defaults(e, p);
	size_t before = d->out->n;
	evtx_event_print(e, d->out);
	if (d->out->failed) d->out->n = before;
}

/* The next record at or behind `at`, or `end`. */
static uint32_t next_record(const uint8_t *p, uint32_t at, uint32_t end)
{
	while (at < end && record_bytes(p, at, end) == 0) at++;
	return at;
}

static bool all_zero(const uint8_t *p, uint32_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* No record whose end can be believed stands at `at`: what starts as one is read as far as its BinXML goes. The next place to look. */
static uint32_t read_damaged(struct evtx_decoder *d, uint32_t at, uint32_t end, bool known)
{
	const uint8_t *p = d->chunk.p;
	uint32_t next = next_record(p, at + 1, end), n = next - at;
	if (record_starts(p, at, next)) {
		evtx_tell(
			d, ERR_DAMAGED, d->offset + at + 4, "EVTX record: its size is %u, but it does not end there", evtx_u32(p + at + 4));
		read_record(d, at, n, false);
	} else if (known || next < end) { /* else there are no records, as was told */
		evtx_tell(d, ERR_DAMAGED, d->offset + at, "EVTX chunk: %u bytes at %u are no record: they start with %08x, expected %08x",
			n, at, end - at >= 4 ? evtx_u32(p + at) : 0, RECORD_MAGIC);
	}
	return next;
}

/* Read the records in [512, end). *id: of the last one. */
static void read_records(struct evtx_decoder *d, uint32_t end, bool known, uint64_t *id)
{
	const uint8_t *p = d->chunk.p;
	uint32_t at = EVTX_CHUNK_HEADER_BYTES;
	while (at < end && !d->out->failed) {
		uint32_t n = record_bytes(p, at, end);
		if (n == 0) {
			at = read_damaged(d, at, end, known);
			continue;
		}
		*id = evtx_u64(p + at + 8);
		read_record(d, at, n, true);
		at += n;
	}
}

/* A chunk that was still open has records behind what its header tells. Slack is told from them by the ids, which go on. */
static void read_beyond(struct evtx_decoder *d, uint32_t at, uint32_t n, uint64_t id)
{
	const uint8_t *p = d->chunk.p;
	uint32_t size, start = at, records = 0;
	for (; !d->out->failed && at < n && (size = record_bytes(p, at, n)) > 0 && evtx_u64(p + at + 8) == id + 1; id++, records++) {
		read_record(d, at, size, true);
		at += size;
	}
	if (records > 0)
		evtx_tell(d, ERR_DAMAGED, d->offset + start, "EVTX chunk: its header ends the records at %u, %u more follow (read)", start,
			records);
}

void evtx_chunk_read(struct evtx_decoder *d, const uint8_t *bytes, uint32_t n)
{
	bool known;
	uint64_t id = UINT64_MAX;
	if (all_zero(bytes, n)) return;
	d->chunk.p = bytes;
	d->chunk.work = EVTX_CHUNK_WORK_MAX;
	arena_reset(d->chunk.arena);
	memset(d->chunk.cache, 0, sizeof d->chunk.cache);
	if (n < EVTX_CHUNK_BYTES)
		evtx_tell(d, ERR_DAMAGED, d->offset, "EVTX chunk: the file ends after %u of its %u bytes", n, EVTX_CHUNK_BYTES);
	if (n <= EVTX_CHUNK_HEADER_BYTES) return;
	uint32_t end = records_end(d, bytes, n, &known);
	read_records(d, end, known, &id);
	if (known && end < n) read_beyond(d, end, n, id);
}
