/* Any bytes as an authority's answer: whatever holds says what the one honest answer of the corpus says, and each refusal is told. */
#include "stamp_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct stamp_request r = stamp_sample_request();
	struct stamp_terms terms = {.subject = r.subject, .anchors = SLICE(STAMP_SAMPLE_ANCHORS), .request = &r, .at = r.sent};
	struct stamp s;
	struct fault f = {0};
	if (stamp_verify(slice_of(data, size), &terms, a, &s, &f) != OK) {
		if (f.text[0] == '\0') __builtin_trap();
	} else {
		if (s.gen_time < r.sent - 400000000 || s.gen_time > r.sent + 400000000) __builtin_trap();
		if (s.serial.n == 0 || s.policy.n == 0 || s.authority.n == 0) __builtin_trap();
	}
	arena_free(a);
	return 0;
}
