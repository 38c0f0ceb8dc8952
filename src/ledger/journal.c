/* Frames: 8 bytes magic, u64 first, u32 count, u32 bytes of entries, u32 requests, u32 bytes of the note, u64 XXH3 of these 32 bytes, u64
 * XXH3 of the rest of the frame, seeded with that of the head; entries; requests; note. The head has its own check so that a changed length
 * is no frame cut short. Numbers are little-endian. */
#include "journal.h"

#include <stdio.h>
#include <xxhash.h>

#include "limit.h"

#define MAGIC "kullajn2"
#define HEAD_CHECK_AT 32u
#define CHECK_AT 40u
#define SECTOR 512u /* what a disk writes whole or not at all; counted from the file's start */

static void put_number(uint8_t *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t get_number(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < bytes; i++) v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static uint64_t frame_check(slice frame)
{
	return XXH3_64bits_withSeed(frame.p + JOURNAL_HEAD_BYTES, frame.n - JOURNAL_HEAD_BYTES, get_number(frame.p + HEAD_CHECK_AT, 8));
}

void journal_begin(struct buf *b)
{
	static const uint8_t head[JOURNAL_HEAD_BYTES];
	buf_add(b, slice_of(head, sizeof head));
}

static void put_requests(struct buf *b, const struct journal_request *requests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t at[4];
		put_number(at, requests[i].at, sizeof at);
		buf_add(b, slice_of(requests[i].id.b, sizeof requests[i].id.b));
		buf_add(b, slice_of(at, sizeof at));
	}
}

void journal_end(struct buf *b, size_t begun_at, const struct journal_frame *frame, const struct journal_request *requests)
{
	size_t entries = b->n - begun_at - JOURNAL_HEAD_BYTES;
	put_requests(b, requests, frame->requests_n);
	buf_add(b, frame->note);
	if (b->failed) return;
	uint8_t *p = b->p + begun_at;
	memcpy(p, MAGIC, 8);
	put_number(p + 8, frame->first, 8);
	put_number(p + 16, frame->count, 4);
	put_number(p + 20, entries, 4);
	put_number(p + 24, frame->requests_n, 4);
	put_number(p + 28, frame->note.n, 4);
	put_number(p + HEAD_CHECK_AT, XXH3_64bits(p, HEAD_CHECK_AT), 8);
	put_number(p + CHECK_AT, frame_check(slice_of(p, b->n - begun_at)), 8);
}

struct journal_request journal_request_at(const struct journal_frame *f, uint32_t i)
{
	struct journal_request r;
	const uint8_t *p = f->requests.p + (size_t)i * JOURNAL_REQUEST_BYTES;
	memcpy(r.id.b, p, sizeof r.id.b);
	r.at = (uint32_t)get_number(p + sizeof r.id.b, 4);
	return r;
}

static bool all_zero(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0) return false;
	return true;
}

/* A crash may have left a file longer than what was written. What a frame has of a sector is never all zero: it begins with the magic, its
 * head ends with checks, entries and notes are text. So where that is all zero, the sector was not written. */
static bool has_empty_sector(slice file, size_t at, size_t end)
{
	for (size_t next; at < end; at = next) {
		next = (at / SECTOR + 1) * SECTOR;
		if (next > end) next = end;
		if (all_zero(slice_sub(file, at, next - at))) return true;
	}
	return false;
}

static enum err unreadable_head(slice file, size_t at, struct fault *f)
{
	slice s = slice_sub(file, at, file.n);
	size_t head = s.n < JOURNAL_HEAD_BYTES ? s.n : JOURNAL_HEAD_BYTES, sector = (at + head + SECTOR - 1) / SECTOR * SECTOR;
	if (has_empty_sector(file, at, sector < file.n ? sector : file.n))
		return fault_set(f, ERR_CHANGED, 0, at, "journal: a frame's head was never written whole");
	if (memcmp(s.p, MAGIC, s.n < 8 ? s.n : 8) != 0) return fault_set(f, ERR_DAMAGED, 0, at, "journal: no frame begins here");
	if (s.n < JOURNAL_HEAD_BYTES) return fault_set(f, ERR_CHANGED, 0, at, "journal: a frame is cut short");
	return fault_set(f, ERR_DAMAGED, 0, at, "journal: the head of a frame has changed");
}

enum err journal_next(slice file, size_t *at, struct journal_frame *out, struct fault *f)
{
	slice s = slice_sub(file, *at, file.n);
	if (s.n == 0) return ERR_NOT_FOUND;
	if (s.n < JOURNAL_HEAD_BYTES || memcmp(s.p, MAGIC, 8) != 0 || get_number(s.p + HEAD_CHECK_AT, 8) != XXH3_64bits(s.p, HEAD_CHECK_AT))
		return unreadable_head(file, *at, f);
	struct journal_frame frame = {.first = get_number(s.p + 8, 8), .count = (uint32_t)get_number(s.p + 16, 4)};
	*out = frame; /* also of one that is cut short: where it would stand */
	uint64_t entries = get_number(s.p + 20, 4), note = get_number(s.p + 28, 4);
	frame.requests_n = (uint32_t)get_number(s.p + 24, 4);
	uint64_t requests = (uint64_t)frame.requests_n * JOURNAL_REQUEST_BYTES, whole = JOURNAL_HEAD_BYTES + entries + requests + note;
	if (whole > s.n)
		return fault_set(
			f, ERR_CHANGED, 0, *at, "journal: a frame is cut short: %zu of %llu bytes", s.n, (unsigned long long)whole);
	if (frame_check(slice_sub(s, 0, whole)) != get_number(s.p + CHECK_AT, 8)) {
		if (has_empty_sector(file, *at, *at + whole))
			return fault_set(f, ERR_CHANGED, 0, *at, "journal: a frame was never written whole");
		return fault_set(f, ERR_DAMAGED, 0, *at, "journal: a frame's check does not hold: its bytes have changed");
	}
	frame.entries = slice_sub(s, JOURNAL_HEAD_BYTES, entries);
	frame.requests = slice_sub(s, JOURNAL_HEAD_BYTES + entries, requests);
	frame.note = slice_sub(s, JOURNAL_HEAD_BYTES + entries + requests, note);
	*out = frame;
	*at += whole;
	return OK;
}

bool journal_torn(slice file, size_t at, uint64_t next, uint64_t size)
{
	struct journal_frame frame = {.first = next};
	size_t there = at;
	if (journal_next(file, &there, &frame, NULL) != ERR_CHANGED) return false;
	if (frame.first != next || next < size) return false;
	for (there = at + 1; there < file.n; there++) {
		there += slice_find(slice_sub(file, there, file.n), SLICE(MAGIC));
		size_t behind = there;
		if (behind < file.n && journal_next(file, &behind, &frame, NULL) == OK) return false;
	}
	return true;
}

bool journal_find(slice file, size_t *at, struct journal_frame *out)
{
	for (size_t there = *at; there < file.n; there++) {
		there += slice_find(slice_sub(file, there, file.n), SLICE(MAGIC));
		slice s = slice_sub(file, there, JOURNAL_HEAD_BYTES);
		if (s.n < JOURNAL_HEAD_BYTES || get_number(s.p + HEAD_CHECK_AT, 8) != XXH3_64bits(s.p, HEAD_CHECK_AT)) continue;
		*out = (struct journal_frame){.first = get_number(s.p + 8, 8), .count = (uint32_t)get_number(s.p + 16, 4)};
		*at = there + JOURNAL_HEAD_BYTES;
		return true;
	}
	return false;
}

const char *journal_name(uint64_t first, char out[JOURNAL_NAME_BYTES])
{
	snprintf(out, JOURNAL_NAME_BYTES, JOURNAL_FOLDER "/%020llu", (unsigned long long)first);
	return out;
}

bool journal_name_read(slice name, uint64_t *first)
{
	uint64_t v = 0;
	if (name.n != 20) return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] < '0' || name.p[i] > '9' || v > (UINT64_MAX - 9) / 10) return false;
		v = v * 10 + (uint64_t)(name.p[i] - '0');
	}
	*first = v;
	return true;
}
