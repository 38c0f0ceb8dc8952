/* Intelligence of any format, fed in two ways of cutting: both must give the same. The first byte chooses the format (0-4: plain, CSV, STIX, warninglist, detected)
 * and the size of the pieces. */
#include "intel.h"
#include <stdlib.h>

struct tally { uint64_t indicators, terms, troubles, bytes; };

static enum err count_indicator(void *context, const struct indicator *i)
{
	struct tally *t = context;
	t->indicators++;
	t->terms += i->terms_n;
	t->bytes += i->id.n + i->name.n + i->author.n + i->labels.n;
	for (size_t k = 0; k < i->terms_n; k++)
		for (size_t b = 0; b < i->terms[k].value.n; b++) t->bytes += i->terms[k].value.p[b];
	if (i->terms_n == 0 && i->unmatchable == NULL) abort();
	return OK;
}

static void count_trouble(void *context, const struct fault *f)
{
	struct tally *t = context;
	t->troubles++;
	if (f->kind == OK) abort();
}

static struct tally read_all(enum intel_format format, slice text, size_t piece)
{
	struct tally t = {0};
	struct intel_sink sink = {count_indicator, count_trouble, &t};
	struct intel_reader *r = intel_reader_new(format, SLICE("fuzz"), &sink);
	struct fault f;
	enum err e = OK;
	for (size_t at = 0; at < text.n && e == OK; at += piece) e = intel_reader_feed(r, slice_sub(text, at, piece), &f);
	if (e == OK) e = intel_reader_end(r, &f);
	intel_reader_free(r);
	return t;
}

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
	enum intel_format format = formats[data[0] % 5], detected = intel_detect(text);
	if (format == INTEL_UNKNOWN) format = detected;
	if (format == INTEL_WARNINGLIST) read_warninglist(text);
	if (format == INTEL_WARNINGLIST || format == INTEL_UNKNOWN) return 0;
	struct tally a = read_all(format, text, size), b = read_all(format, text, 1 + data[0] / 5u);
	if (memcmp(&a, &b, sizeof a) != 0) abort();
	return 0;
}
