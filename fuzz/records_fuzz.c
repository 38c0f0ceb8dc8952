/* Records of JSON documents: in one piece and in small ones the same are found, in order, within the text. */
#include <assert.h>

#include "json_records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t sum, n, last;
	enum err e;
	struct fault f;
	bool complete;
};

static struct seen feed(slice text, enum json_split_kind kind, size_t piece)
{
	struct json_records *r = json_records_new(kind);
	struct seen s = {0};
	for (size_t at = 0; s.e == OK && at < text.n; at += piece) {
		size_t n;
		s.e = json_records_feed(r, slice_sub(text, at, piece), &s.f);
		const struct json_record *found = json_records_found(r, &n);
		for (size_t i = 0; i < n; i++) {
			assert(found[i].start >= s.last && found[i].start < found[i].end && found[i].end <= text.n);
			s.last = found[i].end;
			s.sum = s.sum * 31 + found[i].start * 7 + found[i].end;
		}
		s.n += n;
		assert(json_records_settled(r) >= s.last && json_records_settled(r) <= text.n);
		json_records_forget(r);
	}
	s.complete = json_records_complete(r);
	json_records_free(r);
	return s;
}

static void check_kind(slice text, enum json_split_kind kind)
{
	struct seen whole = feed(text, kind, text.n > 0 ? text.n : 1);
	for (size_t piece = 1; piece < 80; piece = piece * 3 + 1) {
		struct seen s = feed(text, kind, piece);
		assert(s.sum == whole.sum && s.n == whole.n && s.e == whole.e && s.complete == whole.complete);
		assert(s.e == OK || s.f.offset == whole.f.offset);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice text = slice_of(data, size);
	assert(json_records_kind(text, true) != JSON_MORE);
	(void)json_records_kind(text, false);
	check_kind(text, JSON_PACKED);
	check_kind(text, JSON_WRAPPED);
	check_kind(text, JSON_OBJECTS);
	return 0;
}
