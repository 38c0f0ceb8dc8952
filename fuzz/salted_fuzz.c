/* Fuzzes salted texts: what is read is written again to the same bytes with the same salt. */
#include "canonical.h"
#include "salted.h"
#include "text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice content = slice_of(data, size), text, encoded = {NULL, 0};
	struct arena *a = arena_new(0);
	struct canonical_value v;
	struct fault f = {0};
	struct buf b = {0};
	uint8_t salt[SALTED_SALT_BYTES];
	size_t n = 0;

	enum err e = salted_parse(content, a, &text, &f);
	if (e == OK) {
		must(canonical_member(content, "salt", &v) && canonical_get_plain(v, &encoded));
		must(text_get_base64_into(encoded, salt, sizeof salt, &n) && n == sizeof salt);
		must(salted_compose(&b, text, salt, NULL) == OK && slice_equal(buf_slice(&b), content));
	} else {
		must(f.kind == e && f.text[0] != 0);
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
