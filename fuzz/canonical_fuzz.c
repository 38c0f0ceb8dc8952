/* Fuzzes canonical JSON: what canonical_check accepts is what the parser and the writer make of it, and the walk stays within any bytes. */
#include "canonical.h"
#include "json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds) abort();
}

/* Members and elements, two levels down; each lies within its container. */
static void walk(slice text)
{
	for (struct canonical_walk w = canonical_walk(text); canonical_next(&w);) {
		must(w.value.raw.n > 0 && w.value.raw.p >= text.p && w.value.raw.p + w.value.raw.n <= text.p + text.n);
		for (struct canonical_walk in = canonical_walk(w.value.raw); canonical_next(&in);)
			must(in.value.raw.n > 0 && in.value.raw.p + in.value.raw.n <= w.value.raw.p + w.value.raw.n);
	}
}

/* Each accepted container below the root is canonical too. */
static void walk_checked(slice text)
{
	for (struct canonical_walk w = canonical_walk(text); canonical_next(&w);) must(canonical_check(w.value.raw, NULL) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice text = slice_of(data, size);
	struct json_parser *p = json_parser_new();
	struct fault f = {0};
	struct buf b = {0};
	json_value root;

	enum err e = canonical_check(text, &f);
	must(e == OK || (f.kind == e && f.text[0] != 0 && f.offset <= size));
	walk(text);
	if (e == OK) walk_checked(text);
	if (json_parse(p, text, &root, NULL) == OK) { /* refuses integers beyond 64 bits, which may be canonical */
		bool same = json_put_canonical(&b, root) == OK && slice_equal(buf_slice(&b), text);
		must(e == ERR_LIMIT || same == (e == OK));
		if (b.n != 0) must(canonical_check(buf_slice(&b), NULL) != ERR_SYNTAX);
	}
	buf_free(&b);
	json_parser_free(p);
	return 0;
}
