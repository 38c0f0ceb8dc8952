/* Any bytes as a checkpoint's text: what is read is written again as it was. */
#include "checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checkpoint c;
	struct fault f = {0};
	struct buf b = {0};

	if (checkpoint_parse(slice_of(data, size), &c, &f) == OK) {
		checkpoint_put(&b, &c);
		if (!slice_equal(buf_slice(&b), slice_of(data, size))) __builtin_trap();
		if (checkpoint_check(&c, &f) != OK) __builtin_trap();
	} else if (f.text[0] == '\0') {
		__builtin_trap();
	}
	buf_free(&b);
	return 0;
}
