/* Any bytes as a request to a witness that knows one log: nothing is cosigned that the log did not sign, and that has not grown. */
#include "witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again_check(slice bytes)
{
	struct witness_request r;
	struct fault f = {0};
	struct buf b = {0};

	if (witness_request_parse(bytes, &r, &f) == OK) {
		witness_request_put(&b, &r);
		if (!slice_equal(buf_slice(&b), bytes)) __builtin_trap();
	} else if (f.text[0] == '\0') {
		__builtin_trap();
	}
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct note_key k;
	struct fault f = {0};
	slice bytes = slice_of(data, size);

	again_check(bytes);
	if (note_key_parse(SLICE("log.example+1cc758f9+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"), a, &k, &f) != OK) __builtin_trap();
	struct tree_head heads[2] = {{0}, {.size = 300}}; /* of the log in the corpus, at first and later */
	if (!digest_get_base64(SLICE("7sV7rIJMg7u0YTXmDSl36nxPkXAlsjF1FUg/ekaLRlU="), &heads[1].root)) __builtin_trap();
	for (unsigned i = 0; i < 2; i++) {
		struct witness_log log = {.origin = SLICE("log.example"), .keys = {&k, 1}, .head = heads[i]};
		struct witness_answer w = witness_judge(bytes, &log, 1, a, &f);
		if (w.verdict == WITNESS_COSIGN && w.remember.size != 600) __builtin_trap(); /* the one head that was signed */
	}
	arena_free(a);
	return 0;
}
