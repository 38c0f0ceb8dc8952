/* Any bytes as a proof file: what is read is written again as it was. */
#include "proof_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct proof_file p;
	struct fault f = {0};
	struct buf b = {0};

	if (proof_file_parse(slice_of(data, size), a, &p, &f) == OK) {
		proof_file_put(&b, &p);
		if (!slice_equal(buf_slice(&b), slice_of(data, size))) __builtin_trap();
		/* Checked against a root that no proof leads to. */
		struct tree_head head = {p.index + 1, {{1}}};
		digest leaf = {{0}};
		if (proof_check_inclusion(&p.proof, p.index, &leaf, &head, &f) == OK) __builtin_trap();
	} else if (f.text[0] == '\0') {
		__builtin_trap();
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
