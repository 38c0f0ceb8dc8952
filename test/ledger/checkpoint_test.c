/* Checkpoints: their rules; the tile log of transparency-dev/tessera, read from its files. */
#include "notes.h"
#include "../base/data.h"
#include "checkpoint.h"

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static void text(void **state)
{
	(void)state;
	static const slice GOOD[] = {SLICE("a\n0\n" ROOT "\n"), SLICE("an origin with spaces + plus\n9223372036854775807\n" ROOT "\n"),
		SLICE("a\n1\n" ROOT "\nextension\nanother one\n")};
	static const struct {
		slice text;
		enum err kind;
		unsigned line;
	} BAD[] = {
		{SLICE(""), ERR_SYNTAX, 1},
		{SLICE("a\n1\n" ROOT), ERR_SYNTAX, 1},
		{SLICE("\n1\n" ROOT "\n"), ERR_SYNTAX, 1},
		{SLICE("a\n"), ERR_SYNTAX, 2},
		{SLICE("a\n01\n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n-1\n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n+1\n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n 1\n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n1 \n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n\n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n18446744073709551616\n" ROOT "\n"), ERR_SYNTAX, 2},
		{SLICE("a\n9223372036854775808\n" ROOT "\n"), ERR_LIMIT, 2},
		{SLICE("a\n1\n"), ERR_SYNTAX, 3},
		{SLICE("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"), ERR_SYNTAX, 3}, /* pad bits */
		{SLICE("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"), ERR_SYNTAX, 3}, /* 31 bytes */
		{SLICE("a\n1\n" ROOT " \n"), ERR_SYNTAX, 3},
		{SLICE("a\n1\n" ROOT "\n\n"), ERR_SYNTAX, 4},
		{SLICE("a\n1\n" ROOT "\nx\n\ny\n"), ERR_SYNTAX, 5},
		{SLICE("a\n1\n" ROOT "\nx\ty\n"), ERR_SYNTAX, 4},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
		struct checkpoint c;
		struct fault f = {0};
		OPENS(checkpoint_parse(GOOD[i], &c, &f), f);
		buf_clear(&b);
		checkpoint_put(&b, &c);
		assert_true(slice_equal(buf_slice(&b), GOOD[i]));
		OPENS(checkpoint_check(&c, &f), f);
	}
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		struct checkpoint c;
		struct fault f = {0};
		enum err e = checkpoint_parse(BAD[i].text, &c, &f);
		if (e != BAD[i].kind || f.line != BAD[i].line)
			fail_msg("row %zu: %s, line %u: %s", i, err_text(e), (unsigned)f.line, f.text);
	}
	struct checkpoint c = {.origin = SLICE("a\nb"), .head = {1, {{0}}}};
	assert_int_equal(checkpoint_check(&c, NULL), ERR_SYNTAX);
	c.origin = SLICE("a\n7\n" ROOT "\nb"); /* an origin that would make a whole checkpoint */
	assert_int_equal(checkpoint_check(&c, NULL), ERR_SYNTAX);
	buf_free(&b);
}

/* Signed by the log whose name is the origin, and by nobody else. */
static void signatures(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct tester log = tester_new("log.example", NOTE_ED25519, 1), other = tester_new("other.example", NOTE_ED25519, 2);
	struct checkpoint c = {.origin = SLICE("log.example"), .head = {0, tree_empty_root()}}, back;
	struct note_key keys[] = {log.signer.key, other.signer.key};
	struct buf b = {0}, text = {0};
	struct fault f = {0};
	struct note n;

	assert_int_equal(checkpoint_sign(&b, &c, &other.signer, &f), ERR_USAGE);
	assert_int_equal(b.n, 0);
	OPENS(checkpoint_sign(&b, &c, &log.signer, &f), f);
	OPENS(checkpoint_open(buf_slice(&b), (struct note_keys){keys, 2}, a, &n, &back, &f), f);
	assert_true(slice_equal(back.origin, c.origin) && digest_equal(&back.head.root, &c.head.root) && back.head.size == 0);
	assert_int_equal(checkpoint_open(buf_slice(&b), (struct note_keys){&keys[1], 1}, a, NULL, &back, &f), ERR_NOT_FOUND);
	/* A note that another known log signed about this one. */
	checkpoint_put(&text, &c);
	buf_clear(&b);
	OPENS(note_sign(&b, buf_slice(&text), &other.signer, &f), f);
	assert_int_equal(checkpoint_open(buf_slice(&b), (struct note_keys){keys, 2}, a, NULL, &back, &f), ERR_NOT_FOUND);
	/* A signed text that is no checkpoint. */
	buf_clear(&b);
	OPENS(note_sign(&b, SLICE("log.example\n"), &log.signer, &f), f);
	assert_int_equal(checkpoint_open(buf_slice(&b), (struct note_keys){keys, 2}, a, NULL, &back, &f), ERR_SYNTAX);
	buf_free(&b);
	buf_free(&text);
	tester_free(&log);
	tester_free(&other);
	arena_free(a);
}

/* ---- the log that tessera made ---- */

#define SIZES 16 /* checkpoint.0 to checkpoint.15, and checkpoint, which is the last */
#define TESSERA_KEY "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

static bool log_read(const char *name, struct buf *b)
{
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/data/vectors/tlog/log/%s", data_root(), name);
	return data_read(path, b);
}

static struct tree_head head_read(const char *name, struct arena *a)
{
	struct note_key key;
	struct buf b = {0};
	struct checkpoint c;
	struct fault f = {0};

	OPENS(note_key_parse(SLICE(TESSERA_KEY), a, &key, &f), f);
	assert_true(log_read(name, &b));
	OPENS(checkpoint_open(buf_slice(&b), (struct note_keys){&key, 1}, a, NULL, &c, &f), f);
	assert_true(slice_equal(c.origin, SLICE("example.com/log/testdata")));
	buf_free(&b);
	return c.head;
}

static enum err file_read(void *context, const struct tile *t, slice *bytes, struct fault *f)
{
	char name[TILE_PATH_BYTES];

	if (!log_read(tile_path(t, name), context)) return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s", name);
	*bytes = buf_slice(context);
	return OK;
}

/* The tree of each size from its own bundle: leaves, tile and root agree. */
static void size_check(const struct tree_head *head)
{
	struct tile t = {.width = (uint16_t)head->size, .entries = true};
	struct buf b = {0};
	struct frontier tree = {0};
	char name[TILE_PATH_BYTES];
	slice entries[SIZES];
	digest leaves[SIZES];
	struct fault f = {0};

	if (head->size > 0) {
		assert_true(log_read(tile_path(&t, name), &b));
		OPENS(bundle_read(buf_slice(&b), t.width, entries, &f), f);
	}
	for (unsigned i = 0; i < head->size; i++) {
		leaves[i] = tree_leaf(entries[i]);
		(void)frontier_add(&tree, &leaves[i], NULL);
	}
	digest root = frontier_root(&tree);
	assert_true(digest_equal(&root, &head->root));
	if (head->size > 0) {
		assert_true(slice_equal(entries[0], SLICE("one")));
		t.entries = false;
		assert_true(log_read(tile_path(&t, name), &b));
		assert_true(slice_equal(buf_slice(&b), slice_of(leaves, head->size * DIGEST_BYTES)));
	}
	buf_free(&b);
}

static void tessera(void **state)
{
	(void)state;
	struct tree_head heads[SIZES];
	struct arena *a = arena_new(0);
	struct buf tile = {0};
	struct fault f = {0};
	struct proof p;

	if (!log_read("checkpoint", &tile)) {
		print_message("SKIPPED: data/vectors/tlog is missing (set KULLA_SHARED)\n");
		arena_free(a);
		skip();
	}
	for (unsigned n = 0; n < SIZES; n++) {
		char name[32];
		(void)snprintf(name, sizeof name, "checkpoint.%u", n);
		heads[n] = head_read(name, a);
		assert_int_equal(heads[n].size, n);
		size_check(&heads[n]);
	}
	struct tree_head last = head_read("checkpoint", a);
	assert_true(last.size == SIZES - 1 && digest_equal(&last.root, &heads[SIZES - 1].root));
	for (unsigned size = 1; size < SIZES; size++) {
		struct tile_cache *c = tile_cache_new((struct tile_source){&tile, file_read}, 4);
		for (unsigned i = 0; i < size; i++) {
			digest leaf;
			OPENS(proof_inclusion(c, i, size, &p, &f), f);
			OPENS(proof_leaf(c, i, size, &leaf, &f), f);
			OPENS(proof_check_inclusion(&p, i, &leaf, &heads[size], &f), f);
			OPENS(proof_consistency(c, i + 1, size, &p, &f), f);
			OPENS(proof_check_consistency(&p, &heads[i + 1], &heads[size], &f), f);
		}
		tile_cache_free(c);
	}
	buf_free(&tile);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(text), cmocka_unit_test(signatures), cmocka_unit_test(tessera)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
