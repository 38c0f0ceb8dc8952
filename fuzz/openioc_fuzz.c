/* OpenIOC documents; the first byte is the size of the pieces. */
#include "intel_twice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0) read_twice(INTEL_OPENIOC, slice_of(data + 1, size - 1), 1u + data[0]);
	return 0;
}
