/* Fuzzes entries: what is accepted and known is composed again to the same bytes; everything has a summary without control characters. */
#include "entry.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds) abort();
}

static void compose_again(const struct entry *e, slice bytes)
{
	static digest blobs[ENTRY_LIST_MAX];
	struct buf b = {0};

	for (unsigned i = 0; i < e->blob_count; i++) blobs[i] = entry_blob(e, i);
	struct entry_draft d = {e->actor, e->kind, e->body, blobs, e->blob_count, e->time};
	enum err error = entry_compose(&b, &d, NULL);
	if (e->known) must(error == OK && slice_equal(buf_slice(&b), bytes));
	else must(error == ERR_UNSUPPORTED && b.n == 0);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice bytes = slice_of(data, size);
	struct fault f = {0};
	struct buf line = {0};
	struct entry e;

	enum err error = entry_parse(bytes, &e, &f);
	if (error != OK) {
		must(f.kind == error && f.text[0] != 0 && f.offset <= size);
		return 0;
	}
	entry_summary(&line, &e);
	for (size_t i = 0; i < line.n; i++) must(line.p[i] >= 0x20 && line.p[i] != 0x7F);
	compose_again(&e, bytes);
	buf_free(&line);
	return 0;
}
