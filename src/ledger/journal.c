/* Frames: 8 bytes magic, u64 first, u32 count, u32 bytes of entries, u32 bytes of the note, u32 low half of
 * the XXH3 of these 28 bytes, u64 XXH3 of the rest of the frame, seeded with that of the first 32 bytes; entries; note. The head has its
 * own check so that a changed length is no frame cut short. Numbers are little-endian. */
#include "journal.h"

#include <stdio.h>
#include <xxhash.h>

#include "limit.h"

#define MAGIC "kullajn1"
#define HEAD_CHECK_AT 28u
#define CHECK_AT 32u
#define SECTOR 512u /* what a disk writes whole or not at all */

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

static uint32_t head_check(const uint8_t *p)
{
	return (uint32_t)XXH3_64bits(p, HEAD_CHECK_AT);
}

static uint64_t frame_check(slice frame)
{
	uint64_t head = XXH3_64bits(frame.p, CHECK_AT);
	return XXH3_64bits_withSeed(frame.p + JOURNAL_HEAD_BYTES, frame.n - JOURNAL_HEAD_BYTES, head);
}

void journal_begin(struct buf *b)
{
	static const uint8_t head[JOURNAL_HEAD_BYTES];
	buf_add(b, slice_of(head, sizeof head));
}

void journal_end(struct buf *b, size_t begun_at, uint64_t first, uint32_t count, slice note)
{
	size_t entries = b->n - begun_at - JOURNAL_HEAD_BYTES;
	buf_add(b, note);
	if (b->failed) return;
	uint8_t *p = b->p + begun_at;
	memcpy(p, MAGIC, 8);
	put_number(p + 8, first, 8);
	put_number(p + 16, count, 4);
	put_number(p + 20, entries, 4);
	put_number(p + 24, note.n, 4);
	put_number(p + HEAD_CHECK_AT, head_check(p), 4);
	put_number(p + CHECK_AT, frame_check(slice_of(p, b->n - begun_at)), 8);
}

/* A crash may have left a file longer than what was written: then a sector of nothing lies in the frame. */
static bool has_empty_sector(slice s)
{
	size_t zeros = 0;
	for (size_t i = 0; i < s.n && zeros < SECTOR; i++) zeros = s.p[i] == 0 ? zeros + 1 : 0;
	return zeros == SECTOR;
}

static bool all_zero(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0) return false;
	return true;
}

enum err journal_next(slice *rest, struct journal_frame *out, struct fault *f)
{
	slice s = *rest;
	if (s.n == 0) return ERR_NOT_FOUND;
	if (all_zero(slice_sub(s, 0, SECTOR))) return fault_set(f, ERR_CHANGED, 0, 0, "journal: nothing was written here");
	if (memcmp(s.p, MAGIC, s.n < 8 ? s.n : 8) != 0) return fault_set(f, ERR_DAMAGED, 0, 0, "journal: no frame begins here");
	if (s.n < JOURNAL_HEAD_BYTES) return fault_set(f, ERR_CHANGED, 0, 0, "journal: a frame is cut short");
	if (get_number(s.p + HEAD_CHECK_AT, 4) != head_check(s.p))
		return fault_set(f, ERR_DAMAGED, 0, 0, "journal: the head of a frame has changed");
	uint64_t entries = get_number(s.p + 20, 4), note = get_number(s.p + 24, 4), whole = JOURNAL_HEAD_BYTES + entries + note;
	if (whole > s.n)
		return fault_set(f, ERR_CHANGED, 0, 0, "journal: a frame is cut short: %zu of %llu bytes", s.n, (unsigned long long)whole);
	slice frame = slice_sub(s, 0, whole);
	if (frame_check(frame) != get_number(s.p + CHECK_AT, 8)) {
		if (has_empty_sector(frame)) return fault_set(f, ERR_CHANGED, 0, 0, "journal: a frame was never written whole");
		return fault_set(f, ERR_DAMAGED, 0, 0, "journal: a frame's check does not hold: its bytes have changed");
	}
	*out = (struct journal_frame){get_number(s.p + 8, 8), (uint32_t)get_number(s.p + 16, 4),
		slice_sub(frame, JOURNAL_HEAD_BYTES, entries), slice_sub(frame, JOURNAL_HEAD_BYTES + entries, note)};
	*rest = slice_sub(s, whole, s.n);
	return OK;
}

bool journal_frame_behind(slice rest)
{
	struct journal_frame frame;
	for (size_t at = 1; at < rest.n; at++) {
		at += slice_find(slice_sub(rest, at, rest.n), SLICE(MAGIC));
		slice there = slice_sub(rest, at, rest.n);
		if (there.n > 0 && journal_next(&there, &frame, NULL) == OK) return true;
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
