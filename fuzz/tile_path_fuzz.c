/* Any bytes as a tile's name: what is read is written again as it was. */
#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tile t;
	struct fault f = {0};
	char path[TILE_PATH_BYTES];

	if (tile_path_parse(slice_of(data, size), &t, &f) == OK) {
		if (!slice_equal(slice_from(tile_path(&t, path)), slice_of(data, size))) __builtin_trap();
		if (t.width == 0 || t.width > TILE_WIDTH || t.level > TILE_LEVEL_MAX || (t.entries && t.level != 0)) __builtin_trap();
	} else if (f.text[0] == '\0') {
		__builtin_trap();
	}
	return 0;
}
