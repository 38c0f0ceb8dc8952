/* Any bytes as an entry bundle, the first byte saying of how many entries: what is read is written again as it was. */
#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice entries[TILE_WIDTH], bytes = slice_sub(slice_of(data, size), 1, SIZE_MAX);
	unsigned width = size > 0 ? data[0] + 1u : 1;
	struct fault f = {0};
	struct buf b = {0};

	if (bundle_read(bytes, width, entries, &f) == OK) {
		for (unsigned i = 0; i < width; i++)
			if (bundle_add(&b, entries[i]) != OK) __builtin_trap();
		if (!slice_equal(buf_slice(&b), bytes)) __builtin_trap();
	} else if (f.text[0] == '\0' || f.offset > bytes.n) {
		__builtin_trap();
	}
	buf_free(&b);
	return 0;
}
