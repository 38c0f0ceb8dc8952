/* Bytes into a buffer, cut at the ends of records. Records are lines, or (JSON documents) what json_records finds: then `base` and
 * `fed` go along, so that each byte is seen once however large a record is. */
#include <stdlib.h>

#include "input_int.h"
#include "json_records.h"
#include "limit.h"

/* Whoever takes a chunk decompresses it while others scan. Larger chunks change hands less often: with a quarter of it, two threads are a
 * tenth slower. */
#define DECODED_CHUNK_BYTES (1u << 20)

/* Room for n bytes and both margins; the first `keep` bytes stay. */
static void buffer_room(struct input_buffer *b, size_t n, size_t keep)
{
	if (b->room >= n && (b->room <= 4 * (size_t)SCAN_CHUNK_BYTES || n > SCAN_CHUNK_BYTES)) return;
	uint8_t *p = mem_alloc(n + 2 * SCAN_MARGIN);
	if (keep > 0) memcpy(p + SCAN_MARGIN, b->p + SCAN_MARGIN, keep);
	free(b->p);
	b->p = p;
	b->room = n;
}

/* One read behind the n bytes in the buffer. False at the end of the file. */
static bool buffer_read(struct input *in, struct input_buffer *b, size_t *n)
{
	size_t got;
	struct fault fault = {0};
	enum err e = source_read(in->source, b->p + SCAN_MARGIN + *n, b->room - *n, &got, &fault);
	*n += got;
	if (e == ERR_STOPPED) in->stopped = true;
	else if (e != OK) {
		in->file->unreadable = true;
		in->file->fault = fault;
		in->file->fault.kind = e;
	}
	return e == OK && got > 0;
}

/* Length of the whole lines among the n bytes, or 0 when there is no newline. */
static size_t whole_lines(const uint8_t *p, size_t n)
{
	const uint8_t *end = n > 0 ? memrchr(p, '\n', n) : NULL;
	return end == NULL ? 0 : (size_t)(end - p) + 1;
}

/* Read until the buffer is full or the file ends; a live source's lines are handed on as they come. */
static void buffer_fill(struct input *in, struct input_buffer *b, size_t *n)
{
	size_t searched = *n;
	while (*n < b->room && !in->ended) {
		in->ended = !buffer_read(in, b, n);
		if (source_is_live(in->source) && memchr(b->p + SCAN_MARGIN + searched, '\n', *n - searched) != NULL) return;
	}
}

/* Twice the room, up to a record's limit. False: it is reached. */
static bool buffer_grow(struct input_buffer *b, size_t keep)
{
	if (b->room >= RECORD_BYTES_MAX) return false;
	buffer_room(b, b->room * 2 < RECORD_BYTES_MAX ? b->room * 2 : RECORD_BYTES_MAX, keep);
	return true;
}

/* ---- lines ---- */

/* The end of the bytes. Where they end because the rest cannot be had, the record that they break off in is none: half an address may
 * be another's. */
static size_t lines_end(const struct input *in, const struct input_buffer *b, size_t *n)
{
	if (in->file->unreadable || in->stopped) *n = whole_lines(b->p + SCAN_MARGIN, *n);
	return *n;
}

static size_t lines_fill(struct input *in, struct input_buffer *b, size_t *n, bool *open_end)
{
	size_t searched = 0;
	for (;;) {
		if (in->ended) return lines_end(in, b, n);
		size_t whole = whole_lines(b->p + SCAN_MARGIN + searched, *n - searched);
		if (whole > 0) return searched + whole;
		searched = *n;
		if (*n == b->room && !buffer_grow(b, *n)) {
			in->file->cut_records++;
			*open_end = true;
			return *n;
		}
		buffer_fill(in, b, n);
	}
}

/* ---- JSON documents ---- */

void input_records_end(struct input *in)
{
	struct fault *remark = in->file != NULL ? &in->file->remark : NULL;
	const uint64_t beside = in->records != NULL ? json_records_beside(in->records) : 0;
	if (remark != NULL && remark->kind == OK && beside > 0)
		(void)fault_set(remark, ERR_SYNTAX, 0, 0,
			beside == 1
				? "%llu member beside the array of records is no known part of its format; it was matched as a record"
				: "%llu members beside the array of records are no known part of its format; each was matched as a record",
			(unsigned long long)beside);
	json_records_free(in->records);
	in->records = NULL;
	in->base = 0;
	in->fed = 0;
}

/* What is not well-formed is read by lines from here on. */
static void records_leave(struct input *in, const struct fault *f)
{
	struct fault *remark = &in->file->remark;
	if (remark->kind == OK)
		(void)fault_set(remark, f->kind, f->line, f->offset,
			"the JSON document is not well-formed (%.150s); from its record at byte %llu on it was matched line by line",
			f->text, (unsigned long long)json_records_settled(in->records));
	input_records_end(in);
}

static void spans_take(struct input *in, struct input_buffer *b, struct input_chunk *out)
{
	size_t n;
	const struct json_record *found = json_records_found(in->records, &n);
	if (b->spans == NULL || b->spans_room < n) {
		b->spans_room = n + 64;
		b->spans = mem_resize(b->spans, b->spans_room * sizeof *b->spans);
	}
	for (size_t i = 0; i < n; i++)
		b->spans[i] = (struct scan_span){(uint32_t)(found[i].start - in->base), (uint32_t)(found[i].end - found[i].start)};
	out->scan.spans = b->spans;
	out->scan.spans_n = n;
	json_records_forget(in->records);
}

/* Feed what was not seen yet. False when lines are to be read behind what is settled. */
static bool records_feed(struct input *in, const struct input_buffer *b, size_t n, struct fault *f)
{
	enum err e = json_records_feed(in->records, slice_of(b->p + SCAN_MARGIN + in->fed, n - in->fed), f);
	in->fed = n;
	if (e == OK && in->ended && !json_records_complete(in->records)) e = fault_set(f, ERR_SYNTAX, 0, in->base + n, "it ends early");
	if (e == OK && n >= RECORD_BYTES_MAX && json_records_settled(in->records) == in->base)
		e = fault_set(f, ERR_LIMIT, 0, in->base, "a record is longer than RECORD_BYTES_MAX = %u bytes", RECORD_BYTES_MAX);
	f->kind = e;
	return e == OK;
}

static size_t records_fill(struct input *in, struct input_buffer *b, size_t *n, struct input_chunk *out)
{
	for (;;) {
		struct fault f = {0};
		bool good = records_feed(in, b, *n, &f);
		size_t settled = (size_t)(json_records_settled(in->records) - in->base);
		if (!good || settled > 0 || in->ended) {
			spans_take(in, b, out);
			in->base += settled;
			in->fed -= settled;
			if (!good) records_leave(in, &f);
			return settled;
		}
		if (*n == b->room) (void)buffer_grow(b, *n);
		buffer_fill(in, b, n);
	}
}

/* At the start of a file: lines or a document. */
static void records_look(struct input *in, const struct input_buffer *b, size_t n)
{
	slice start = slice_of(b->p + SCAN_MARGIN, n);
	in->looked = true;
	if (json_records_wanted(start, in->ended)) in->records = json_records_new();
}

size_t input_fill(struct input *in, struct input_buffer *b, size_t *n, struct input_chunk *out)
{
	size_t target = source_is_decoded(in->source) ? DECODED_CHUNK_BYTES : SCAN_CHUNK_BYTES;
	while (target < in->carry.n + 1) target *= 2;
	buffer_room(b, target, 0);
	if (in->carry.n > 0) memcpy(b->p + SCAN_MARGIN, in->carry.p, in->carry.n);
	*n = in->carry.n;
	buf_clear(&in->carry);
	buffer_fill(in, b, n);
	if (!in->looked) records_look(in, b, *n);
	if (in->records != NULL) return records_fill(in, b, n, out);
	return lines_fill(in, b, n, &out->open_end);
}
