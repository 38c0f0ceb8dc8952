/* Any lines as a truth and an answer: up to an empty line the truth, behind it the answer. */
#include "score.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct score *s = score_new();
	struct fault f = {0};
	bool answers = false;
	for (slice rest = slice_of(data, size); rest.n > 0;) {
		slice line = slice_cut(&rest, '\n');
		answers |= line.n == 0;
		if (line.n > 0 && (answers ? score_answer : score_truth)(s, line, &f) != OK && f.text[0] == '\0') __builtin_trap();
	}
	const struct score_result *r = score_end(s);
	if (r->found + r->missed != r->matchable) __builtin_trap();
	score_free(s);
	return 0;
}
