/* Proof files: written, read, verified; what is changed is refused or says the same. */
#include "notes.h"
#include "proof_file.h"

#define LEAVES 300
#define INDEX 211

struct world {
	struct arena *a;
	struct tester log, ally;
	struct memory memory;
	digest leaf;
	struct tree_head head;
	struct policy policy;
	struct proof_file file;
	struct buf note, bytes;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct buf text = {0};
	struct fault f = {0};

	w->a = arena_new(0);
	w->log = tester_new("log.example", NOTE_ED25519, 1);
	w->ally = tester_new("ally.example", NOTE_COSIGNATURE, 2);
	for (unsigned i = 0; i < LEAVES; i++) {
		digest leaf = leaf_number(i);
		memory_add(&w->memory, &leaf);
	}
	w->leaf = leaf_number(INDEX);
	w->head = frontier_head(&w->memory.frontier);
	struct checkpoint c = {.origin = SLICE("log.example"), .head = w->head};
	checkpoint_put(&text, &c);
	OPENS(checkpoint_sign(&w->note, &c, &w->log.signer, &f), f);
	OPENS(cosignature_sign(&w->note, buf_slice(&text), 1700000000, &w->ally.signer, &f), f);
	struct tile_cache *cache = tile_cache_new(memory_source(&w->memory), 4);
	w->file = (struct proof_file){.extra = SLICE("beside"), .index = INDEX, .note = buf_slice(&w->note)};
	OPENS(proof_inclusion(cache, INDEX, LEAVES, &w->file.proof, &f), f);
	tile_cache_free(cache);
	proof_file_put(&w->bytes, &w->file);
	buf_clear(&text);
	buf_add_text(&text, "log ");
	note_key_put(&text, &w->log.signer.key);
	buf_add_text(&text, "\nwitness ally ");
	note_key_put(&text, &w->ally.signer.key);
	buf_add_text(&text, "\nquorum ally\n");
	OPENS(policy_parse(arena_copy(w->a, buf_slice(&text)), w->a, &w->policy, &f), f);
	buf_free(&text);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	tester_free(&w->log);
	tester_free(&w->ally);
	memory_free(&w->memory);
	buf_free(&w->note);
	buf_free(&w->bytes);
	arena_free(w->a);
	free(w);
	return 0;
}

static void whole(void **state)
{
	struct world *w = *state;
	struct proof_file p;
	struct policy_verdict v;
	struct buf again = {0};
	struct fault f = {0};

	OPENS(proof_file_parse(buf_slice(&w->bytes), w->a, &p, &f), f);
	assert_true(p.index == INDEX && p.proof.n == w->file.proof.n && slice_equal(p.extra, SLICE("beside")));
	OPENS(proof_file_check(&p, &w->leaf, &w->policy, w->a, &v, &f), f);
	assert_true(v.checkpoint.head.size == LEAVES && v.times[0] == 1700000000);
	proof_file_put(&again, &p);
	assert_true(slice_equal(buf_slice(&again), buf_slice(&w->bytes)));
	/* Without extra data the line is not there. */
	p.extra = (slice){0};
	buf_clear(&again);
	proof_file_put(&again, &p);
	assert_true(slice_starts(buf_slice(&again), SLICE("c2sp.org/tlog-proof@v1\nindex 211\n")));
	OPENS(proof_file_parse(buf_slice(&again), w->a, &p, &f), f);
	assert_int_equal(p.extra.n, 0);
	/* Another leaf, another place; a quorum that is not met. */
	digest other = leaf_number(INDEX + 1);
	assert_int_equal(proof_file_check(&p, &other, &w->policy, w->a, &v, &f), ERR_SYNTAX);
	p.index++;
	assert_int_equal(proof_file_check(&p, &w->leaf, &w->policy, w->a, &v, &f), ERR_SYNTAX);
	p.index--;
	p.note.n -= 1 + strlen("— ally.example ") + 104; /* the last line */
	assert_int_equal(proof_file_check(&p, &w->leaf, &w->policy, w->a, &v, &f), ERR_NOT_FOUND);
	assert_non_null(strstr(f.text, "quorum is not met: missing ally"));
	buf_free(&again);
}

static void rules(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *bytes;
		unsigned line;
	} ROWS[] = {
		{"", 1},
		{"c2sp.org/tlog-proof@v2\n", 1},
		{"c2sp.org/tlog-proof@v1 \n", 1},
		{"c2sp.org/tlog-proof@v1", 2},
		{"c2sp.org/tlog-proof@v1\nindex 01\n\n", 2},
		{"c2sp.org/tlog-proof@v1\nindex\n\n", 2},
		{"c2sp.org/tlog-proof@v1\nindex 1 \n\n", 2},
		{"c2sp.org/tlog-proof@v1\nextra \nindex 1\n\n", 2},
		{"c2sp.org/tlog-proof@v1\nextra AAB=\nindex 1\n\n", 2},
		{"c2sp.org/tlog-proof@v1\nextra AAA=\nextra AAA=\nindex 1\n\n", 3},
		{"c2sp.org/tlog-proof@v1\nindex 1\nextra AAA=\n\n", 3},
		{"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n", 3},
		{"c2sp.org/tlog-proof@v1\nindex 1\n", 3},
		{"c2sp.org/tlog-proof@v1\nindex 1\n\n", 0},
		{"c2sp.org/tlog-proof@v1\nindex 1\n\ntext\n\nno signature\n", 6},
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct proof_file p;
		struct fault f = {0};
		if (proof_file_parse(slice_from(ROWS[i].bytes), w->a, &p, &f) != ERR_SYNTAX) fail_msg("row %zu was read", i);
		if (f.line != ROWS[i].line) fail_msg("row %zu: line %u: %s", i, (unsigned)f.line, f.text);
	}
}

/* Verified though changed: then it states what was stated. */
static bool says_the_same(struct world *w, slice bytes)
{
	struct arena_mark mark = arena_mark(w->a);
	struct proof_file p;
	struct policy_verdict v;
	bool held = proof_file_parse(bytes, w->a, &p, NULL) == OK && proof_file_check(&p, &w->leaf, &w->policy, w->a, &v, NULL) == OK;

	if (held) {
		assert_int_equal(p.index, INDEX);
		assert_true(v.checkpoint.head.size == LEAVES && digest_equal(&v.checkpoint.head.root, &w->head.root));
		assert_true(slice_equal(v.checkpoint.origin, SLICE("log.example")) && v.quorum && v.times[0] == 1700000000);
	}
	arena_release(w->a, mark);
	return held;
}

static void changed(void **state)
{
	struct world *w = *state;
	slice bytes = buf_slice(&w->bytes);
	struct buf b = {0};
	unsigned held = 0;

	assert_true(says_the_same(w, bytes));
	for (size_t bit = 0; bit < bytes.n * 8; bit++) {
		buf_clear(&b);
		buf_add(&b, bytes);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		held += says_the_same(w, buf_slice(&b));
	}
	assert_true(held > 0 && held < 8 * 8); /* only in the extra data, which nobody signed */
	for (size_t n = 0; n < bytes.n; n++) assert_false(says_the_same(w, slice_sub(bytes, 0, n)));
	for (size_t at = 0; at < bytes.n; at++)
		for (size_t n = 1; n <= 100; n += 11) {
			buf_clear(&b);
			buf_add(&b, slice_sub(bytes, 0, at + n));
			buf_add(&b, slice_sub(bytes, at, SIZE_MAX));
			(void)says_the_same(w, buf_slice(&b));
		}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(rules), cmocka_unit_test(changed)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
