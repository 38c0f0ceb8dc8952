/* Any bytes as a signed note: what is read is made of its parts again, and nobody is believed who did not sign. */
#include "note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again_check(const struct note *n, slice bytes)
{
	struct buf b = {0};

	buf_add(&b, n->text);
	buf_add_byte(&b, '\n');
	for (unsigned i = 0; i < n->n; i++) {
		struct note_key k = {.name = n->signatures[i].name, .id = n->signatures[i].id};
		note_put_line(&b, &k, n->signatures[i].bytes);
	}
	if (!slice_equal(buf_slice(&b), bytes)) __builtin_trap();
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct note n;
	struct note_key k;
	struct fault f = {0};
	slice bytes = slice_of(data, size);

	if (note_parse(bytes, a, &n, &f) == OK) again_check(&n, bytes);
	else if (f.text[0] == '\0') __builtin_trap();
	/* The key of signed-note's example, which signed one text that is known. */
	static const slice KNOWN = SLICE("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
	if (note_key_parse(KNOWN, a, &k, &f) != OK) __builtin_trap();
	if (note_open(bytes, (struct note_keys){&k, 1}, a, &n, &f) == OK && !slice_equal(n.text, SLICE("This is an example message.\n")))
		__builtin_trap();
	if (note_key_parse(bytes, a, &k, &f) == OK) {
		struct buf b = {0};
		note_key_put(&b, &k);
		if (!slice_equal(buf_slice(&b), bytes)) __builtin_trap();
		buf_free(&b);
	}
	arena_free(a);
	return 0;
}
