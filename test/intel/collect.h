/* A sink that writes what arrives as text, so that two readings can be compared, and finds the shared data. */
#ifndef TEST_INTEL_COLLECT_H
#define TEST_INTEL_COLLECT_H
#include "data.h"
#include "intel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct collect {
	struct buf text;
	size_t indicators, terms, troubles;
};

static inline void collect_term(struct buf *b, const struct indicator_term *t)
{
	static const char *const ops[] = {"=", "in", "like", "matches"};
	buf_printf(b, " %s %d%s %.*s", ops[t->op], (int)t->type, t->strict ? "!" : "", SLICE_PRINTF(t->value));
	if (t->path.n > 0) buf_printf(b, " <%.*s>", SLICE_PRINTF(t->path));
}
static inline enum err collect_indicator(void *context, const struct indicator *i)
{
	struct collect *c = context;
	char from[INSTANT_TEXT_BYTES] = "-", until[INSTANT_TEXT_BYTES] = "-";
	if (i->valid_from != INSTANT_NONE) (void)instant_format(i->valid_from, 0, from);
	if (i->valid_until != INSTANT_NONE) (void)instant_format(i->valid_until, 0, until);
	c->indicators++;
	c->terms += i->terms_n;
	buf_printf(&c->text, "%llu|%.*s|%.*s|%.*s|%.*s|%s|%s|%s|%d%s%s|", (unsigned long long)i->line, SLICE_PRINTF(i->id),
		SLICE_PRINTF(i->name), SLICE_PRINTF(i->author), SLICE_PRINTF(i->labels), i->marking == TLP_NONE ? "" : tlp_text(i->marking),
		from, until, i->confidence, i->revoked ? "|revoked" : "", i->context ? "|context" : "");
	for (size_t k = 0; k < i->terms_n; k++) collect_term(&c->text, &i->terms[k]);
	if (i->terms_n == 0) buf_printf(&c->text, " ?%s", i->unmatchable);
	buf_add_byte(&c->text, '\n');
	return OK;
}
static inline void collect_trouble(void *context, const struct fault *f)
{
	struct collect *c = context;
	c->troubles++;
	buf_printf(&c->text, "trouble %llu %s\n", (unsigned long long)f->line, f->text);
}
/* Read text in pieces of `piece` bytes. */
static inline enum err collect_read(struct collect *c, enum intel_format format, slice text, size_t piece)
{
	struct intel_sink sink = {collect_indicator, collect_trouble, c};
	struct intel_reader *r = intel_reader_new(format, SLICE("file"), &sink);
	struct fault f = {0};
	enum err e = OK;
	for (size_t at = 0; at < text.n && e == OK; at += piece) {
		slice part = slice_sub(text, at, piece);
		uint8_t *copy = malloc(part.n); /* so that reading beyond it shows */
		memcpy(copy, part.p, part.n);
		e = intel_reader_feed(r, slice_of(copy, part.n), &f);
		free(copy);
	}
	if (e == OK) e = intel_reader_end(r, &f);
	if (e != OK) buf_printf(&c->text, "error %s\n", f.text);
	intel_reader_free(r);
	return e;
}
static inline void collect_expect(enum intel_format format, slice text, const char *expected)
{
	struct collect whole = {0};
	(void)collect_read(&whole, format, text, text.n + 1);
	buf_add_byte(&whole.text, 0);
	assert_string_equal((const char *)whole.text.p, expected);
	buf_free(&whole.text);
}
/* Every size of pieces gives the same; cut anywhere it ends with an error or not, never otherwise. */
static inline void collect_any_pieces(enum intel_format format, slice text)
{
	struct collect whole = {0};
	enum err e = collect_read(&whole, format, text, text.n + 1);
	for (size_t piece = 1; piece <= text.n; piece = piece < 70 ? piece + 1 : piece * 2) {
		struct collect c = {0};
		assert_int_equal(collect_read(&c, format, text, piece), e);
		assert_true(slice_equal(buf_slice(&c.text), buf_slice(&whole.text)));
		buf_free(&c.text);
	}
	for (size_t n = 0; n < text.n; n++) {
		struct collect c = {0};
		(void)collect_read(&c, format, slice_sub(text, 0, n), text.n + 1);
		buf_free(&c.text);
	}
	buf_free(&whole.text);
}
/* A file of the shared data; NULL (and a loud line) when it is not there. Free with buf_free. */
static inline bool collect_shared(const char *name, struct buf *out)
{
	char path[512];
	(void)snprintf(path, sizeof path, "%s/%s", data_root(), name);
	if (data_read(path, out)) return true;
	(void)fprintf(stderr, "SKIPPED: %s is missing (set KULLA_SHARED)\n", path);
	return false;
}
#endif
