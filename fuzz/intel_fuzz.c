/* Intelligence of any format, fed in two ways of cutting: both must give the same. The first byte chooses the format (0-4: plain, CSV,
 * STIX, warninglist, detected) and the size of the pieces. */
#include "intel_twice.h"

static void read_warninglist(slice text)
{
	struct warninglist *w = NULL;
	struct fault f;
	if (warninglist_read(text, &w, &f) != OK) return;
	for (int type = 0; type < OBSERVABLE_COUNT; type++) {
		(void)warninglist_has(w, (enum observable)type, slice_sub(text, text.n / 2, 40));
		(void)warninglist_has(w, (enum observable)type, SLICE("10.0.0.1"));
		(void)warninglist_has(w, (enum observable)type, SLICE("http://a.b.example.com/"));
	}
	warninglist_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum intel_format formats[] = {INTEL_PLAIN, INTEL_CSV, INTEL_STIX, INTEL_WARNINGLIST, INTEL_UNKNOWN};
	if (size == 0) return 0;
	slice text = slice_of(data + 1, size - 1);
	enum intel_format format = formats[data[0] % 5];
	if (format == INTEL_UNKNOWN) format = intel_detect(text);
	if (format == INTEL_WARNINGLIST) read_warninglist(text);
	if (format == INTEL_WARNINGLIST || format == INTEL_UNKNOWN) return 0;
	if (format != INTEL_MISP_MANIFEST) read_twice(format, text, 1 + data[0] / 5u);
	return 0;
}
