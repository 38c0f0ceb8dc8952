/* Formats of lines: zones, hosts files, Zeek's intelligence, Suricata's datasets, rules. The first byte chooses the format and the size of
 * the pieces. */
#include "intel_twice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum intel_format formats[] = {
		INTEL_RPZ, INTEL_HOSTS, INTEL_ZEEK, INTEL_DATASET, INTEL_YARA, INTEL_SIGMA, INTEL_SNORT};
	if (size > 0) read_twice(formats[data[0] % 7], slice_of(data + 1, size - 1), 1u + data[0] / 7u);
	return 0;
}
