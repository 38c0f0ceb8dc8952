/* Intelligence fed in two ways of cutting: both must give the same. */
#ifndef FUZZ_INTEL_TWICE_H
#define FUZZ_INTEL_TWICE_H
#include "intel.h"
#include <stdlib.h>

struct tally {
	uint64_t indicators, terms, troubles, bytes, context;
};

static enum err count_indicator(void *context, const struct indicator *i)
{
	struct tally *t = context;
	t->indicators++;
	t->terms += i->terms_n;
	t->context += i->context;
	t->bytes += i->id.n + i->name.n + i->author.n + i->labels.n;
	for (size_t k = 0; k < i->terms_n; k++)
		for (size_t b = 0; b < i->terms[k].value.n; b++) t->bytes += i->terms[k].value.p[b];
	if (i->terms_n == 0 && i->unmatchable == NULL) abort();
	if (i->context && i->terms_n > 0) abort();
	return OK;
}

static void count_trouble(void *context, const struct fault *f)
{
	struct tally *t = context;
	t->troubles++;
	if (f->kind == OK) abort();
}

static struct tally read_pieces(enum intel_format format, slice text, size_t piece)
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

static void read_twice(enum intel_format format, slice text, size_t piece)
{
	if (text.n == 0) return;
	(void)intel_detect(text);
	struct tally a = read_pieces(format, text, text.n), b = read_pieces(format, text, piece);
	if (memcmp(&a, &b, sizeof a) != 0) abort();
}
#endif
