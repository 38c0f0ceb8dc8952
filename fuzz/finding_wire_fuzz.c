/* Fuzzes the workers' frames: a byte says the kind, the rest is a body; what is read is, written again, the same bytes. */
#include "finding_wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool again(enum wire_kind kind, slice body, struct buf *b)
{
	static struct wire_rule rule;
	struct wire_ready ready;
	struct wire_says says;
	struct wire_hash hash;
	struct wire_end end;
	bool good = false;
	if (kind == WIRE_READY && (good = wire_get_ready(body, &ready))) wire_put_ready(b, &ready);
	if (kind == WIRE_SAYS && (good = wire_get_says(body, &says))) wire_put_says(b, &says);
	if (kind == WIRE_RULE && (good = wire_get_rule(body, &rule))) wire_put_rule(b, &rule);
	if (kind == WIRE_HASH && (good = wire_get_hash(body, &hash))) wire_put_hash(b, &hash);
	if (kind == WIRE_END && (good = wire_get_end(body, &end))) wire_put_end(b, &end);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = {0};
	enum wire_kind kind;
	size_t n = 0;
	if (size == 0) return 0;
	slice body = slice_of(data + 1, size - 1);
	if (again((enum wire_kind)(data[0] % WIRE_KINDS), body, &b)) {
		if (!slice_equal(slice_sub(buf_slice(&b), WIRE_HEAD_BYTES, SIZE_MAX), body)) abort();
		if (wire_head(b.p, &kind, &n, NULL) == OK && n != body.n) abort();
	}
	buf_free(&b);
	return 0;
}
