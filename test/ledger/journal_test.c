/* Frames: what a power loss leaves of the last one is told from damage, sector by sector of the file; what was answered never counts as
 * torn. And the names of requests that frames carry. */
#include "logs.h"

#include "journal.h"

#define SECTOR 512u

static void add_frame(struct buf *b, uint64_t first, uint32_t count, uint32_t requests_n)
{
	struct journal_request requests[64];
	uint8_t room[192];
	size_t at = b->n;
	journal_begin(b);
	for (uint32_t i = 0; i < count; i++) assert_int_equal(bundle_add(b, entry_made(first + i, room)), OK);
	for (uint32_t i = 0; i < requests_n; i++) {
		memset(requests[i].id.b, (int)(first + i + 1), REQUEST_ID_BYTES);
		requests[i].at = i;
	}
	struct journal_frame frame = {
		.first = first, .count = count, .requests_n = requests_n, .note = SLICE("a note\n\nwith a line for its signature\n")};
	journal_end(b, at, &frame, requests);
}

static void frames_come_back(void **state)
{
	(void)state;
	struct buf b = {0};
	struct journal_frame frame;
	size_t at = 0;
	add_frame(&b, 7, 3, 2);
	add_frame(&b, 10, 1, 0);
	assert_int_equal(journal_next(buf_slice(&b), &at, &frame, NULL), OK);
	assert_int_equal(frame.first, 7);
	assert_int_equal(frame.count, 3);
	assert_int_equal(frame.requests_n, 2);
	struct journal_request r = journal_request_at(&frame, 1);
	assert_int_equal(r.at, 1);
	assert_int_equal(r.id.b[15], 9);
	assert_true(slice_starts(frame.note, SLICE("a note\n")));
	assert_int_equal(journal_next(buf_slice(&b), &at, &frame, NULL), OK);
	assert_int_equal(frame.first, 10);
	assert_int_equal(at, b.n);
	assert_int_equal(journal_next(buf_slice(&b), &at, &frame, NULL), ERR_NOT_FOUND);
	buf_free(&b);
}

/* A file of one durable frame of `before` bytes' worth of entries and a torn one; every set of its sectors may be missing, and its end. */
static void each_set_of_sectors_may_be_missing(void **state)
{
	(void)state;
	for (uint32_t before = 1; before < 9; before++)
		for (uint32_t torn = 1; torn < 12; torn += 5) {
			struct buf whole = {0}, b = {0};
			struct journal_frame frame;
			add_frame(&whole, 3, before, 1);
			size_t start = whole.n, at;
			add_frame(&whole, 3 + before, torn, torn);
			size_t first = start / SECTOR, sectors = (whole.n - 1) / SECTOR - first + 1;
			assert_true(sectors < 12);
			for (unsigned missing = 1; missing < 1u << sectors; missing++) {
				buf_clear(&b);
				buf_add(&b, buf_slice(&whole));
				for (size_t i = 0; i < sectors; i++) {
					size_t from = (first + i) * SECTOR, to = from + SECTOR;
					if (from < start) from = start;
					if (to > b.n) to = b.n;
					if (missing >> i & 1) memset(b.p + from, 0, to - from);
				}
				at = 0;
				assert_int_equal(journal_next(buf_slice(&b), &at, &frame, NULL), OK);
				assert_int_equal(at, start);
				assert_true(journal_torn(buf_slice(&b), at, 3 + before, 3 + before));
				assert_false(journal_torn(buf_slice(&b), at, 3 + before, 4 + before)); /* below the checkpoint */
				add_frame(&b, 3 + before + torn, 1, 0);
				assert_false(journal_torn(buf_slice(&b), at, 3 + before, 3 + before)); /* a whole frame behind it */
			}
			for (size_t cut = start + 1; cut < whole.n; cut++)
				assert_true(journal_torn(slice_of(whole.p, cut), start, 3 + before, 3 + before));
			buf_free(&whole);
			buf_free(&b);
		}
}

/* A changed bit, and zeros that are no whole sector's, are damage. */
static void less_than_a_sector_is_damage(void **state)
{
	(void)state;
	struct buf b = {0};
	struct fault f = {0};
	struct journal_frame frame;
	add_frame(&b, 3, 2, 1);
	size_t start = b.n;
	add_frame(&b, 5, 30, 3);
	for (size_t i = start; i < b.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			size_t at = start;
			b.p[i] ^= (uint8_t)(1u << bit);
			assert_int_equal(journal_next(buf_slice(&b), &at, &frame, &f), ERR_DAMAGED);
			assert_false(journal_torn(buf_slice(&b), start, 5, 5));
			assert_int_equal(f.offset, start);
			b.p[i] ^= (uint8_t)(1u << bit);
		}
	size_t inside = (start / SECTOR + 1) * SECTOR + 1;
	uint8_t kept[SECTOR];
	assert_true(inside + SECTOR - 1 < b.n);
	memcpy(kept, b.p + inside, SECTOR - 1);
	memset(b.p + inside, 0, SECTOR - 1);
	assert_false(journal_torn(buf_slice(&b), start, 5, 5));
	memcpy(b.p + inside, kept, SECTOR - 1);
	size_t at = start;
	assert_int_equal(journal_next(buf_slice(&b), &at, &frame, &f), OK);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(frames_come_back), cmocka_unit_test(each_set_of_sectors_may_be_missing),
		cmocka_unit_test(less_than_a_sector_is_damage)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
