/* A witness: each verdict, growth over random steps, what may never be cosigned. */
#include "notes.h"
#include "witness.h"

struct world {
	struct arena *a;
	struct tester log, stranger, witness;
	struct memory memory, fork; /* the fork differs in its third leaf */
	struct tile_cache *cache, *fork_cache;
	struct tree_head heads[601], fork_heads[601];
	struct witness_log known;
	struct buf request;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	w->a = arena_new(0);
	w->log = tester_new("log.example", NOTE_ED25519, 1);
	w->stranger = tester_new("log.example", NOTE_ED25519, 9);
	w->witness = tester_new("witness.example", NOTE_COSIGNATURE, 2);
	for (unsigned i = 0; i <= 600; i++) {
		digest leaf = leaf_number(i), other = leaf_number(i == 2 ? 77777 : i);
		w->heads[i] = frontier_head(&w->memory.frontier);
		w->fork_heads[i] = frontier_head(&w->fork.frontier);
		memory_add(&w->memory, &leaf);
		memory_add(&w->fork, &other);
	}
	w->cache = tile_cache_new(memory_source(&w->memory), 8);
	w->fork_cache = tile_cache_new(memory_source(&w->fork), 8);
	w->known = (struct witness_log){.origin = SLICE("log.example"), .keys = {&w->log.signer.key, 1}};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	tester_free(&w->log);
	tester_free(&w->stranger);
	tester_free(&w->witness);
	tile_cache_free(w->cache);
	tile_cache_free(w->fork_cache);
	memory_free(&w->memory);
	memory_free(&w->fork);
	buf_free(&w->request);
	arena_free(w->a);
	free(w);
	return 0;
}

/* A request from `old` to a head, signed, with this proof. */
static slice request_of(struct world *w, uint64_t old, struct tree_head head, const struct proof *p, const struct note_signer *s)
{
	struct checkpoint c = {.origin = SLICE("log.example"), .head = head};
	struct buf note = {0};
	struct fault f = {0};

	OPENS(checkpoint_sign(&note, &c, s, &f), f);
	struct witness_request r = {.old = old, .proof = *p, .checkpoint = buf_slice(&note)};
	buf_clear(&w->request);
	witness_request_put(&w->request, &r);
	buf_free(&note);
	return buf_slice(&w->request);
}

static slice honest(struct world *w, uint64_t old, uint64_t size)
{
	struct proof p;
	struct fault f = {0};

	OPENS(proof_consistency(w->cache, old, size, &p, &f), f);
	return request_of(w, old, w->heads[size], &p, &w->log.signer);
}

static struct witness_answer judge(struct world *w, slice request)
{
	struct fault f = {0};
	struct witness_answer answer = witness_judge(request, &w->known, 1, w->a, &f);

	if (answer.verdict != WITNESS_COSIGN) assert_true(f.text[0] != 0);
	return answer;
}

static void verdict(struct world *w, slice request, enum witness_verdict expected, unsigned status, const char *body)
{
	struct witness_answer answer = judge(w, request);
	struct buf b = {0};

	assert_int_equal(answer.verdict, expected);
	assert_int_equal(witness_status(answer.verdict), status);
	witness_put_refusal(&b, &answer);
	assert_true(slice_equal(buf_slice(&b), slice_from(body)));
	buf_clear(&b);
	assert_int_equal(witness_cosign(&b, &answer, 1700000000, &w->witness.signer, 1, NULL), expected == WITNESS_COSIGN ? OK : ERR_USAGE);
	assert_int_equal(b.n > 0, expected == WITNESS_COSIGN);
	buf_free(&b);
}

static void verdicts(void **state)
{
	struct world *w = *state;
	struct proof none = {0}, p, stray = {.n = 1};
	struct tree_head lie;

	w->known.head = (struct tree_head){0};
	verdict(w, SLICE("old 0\n"), WITNESS_MALFORMED, 400, "");
	verdict(w, SLICE("old 0\n\n"), WITNESS_MALFORMED, 400, "");
	verdict(w, SLICE("old 0\n\nno note\n"), WITNESS_MALFORMED, 400, "");
	verdict(w, request_of(w, 0, w->heads[5], &none, &w->stranger.signer), WITNESS_UNSIGNED, 403, "");
	verdict(w, honest(w, 0, 5), WITNESS_COSIGN, 200, "");
	verdict(w, request_of(w, 3, w->heads[2], &none, &w->log.signer), WITNESS_MALFORMED, 400, "");
	verdict(w, honest(w, 3, 5), WITNESS_STALE, 409, "0\n");
	verdict(w, request_of(w, 0, w->heads[5], &stray, &w->log.signer), WITNESS_INCONSISTENT, 422, "");
	verdict(w, honest(w, 0, 0), WITNESS_COSIGN, 200, "");
	lie = w->heads[0];
	lie.root.b[0] ^= 1;
	verdict(w, request_of(w, 0, lie, &none, &w->log.signer), WITNESS_INCONSISTENT, 422, "");

	w->known.head = w->heads[300];
	verdict(w, honest(w, 300, 600), WITNESS_COSIGN, 200, "");
	verdict(w, honest(w, 300, 300), WITNESS_COSIGN, 200, "");
	verdict(w, honest(w, 299, 600), WITNESS_STALE, 409, "300\n");
	verdict(w, honest(w, 0, 600), WITNESS_STALE, 409, "300\n");
	verdict(w, honest(w, 0, 0), WITNESS_STALE, 409, "300\n");
	verdict(w, request_of(w, 300, w->heads[600], &none, &w->log.signer), WITNESS_INCONSISTENT, 422, "");
	verdict(w, request_of(w, 300, w->heads[300], &stray, &w->log.signer), WITNESS_INCONSISTENT, 422, "");
	/* Another tree: of the same size, whatever old says; larger, with its own honest proof. */
	verdict(w, request_of(w, 300, w->fork_heads[300], &none, &w->log.signer), WITNESS_FORK, 409, "300\n");
	verdict(w, request_of(w, 0, w->fork_heads[300], &none, &w->log.signer), WITNESS_FORK, 409, "300\n");
	assert_int_equal(proof_consistency(w->fork_cache, 300, 600, &p, NULL), OK);
	verdict(w, request_of(w, 300, w->fork_heads[600], &p, &w->log.signer), WITNESS_INCONSISTENT, 422, "");
	/* An origin that nobody told us; a signature with the log's name and id that does not hold. */
	w->known.origin = SLICE("other.example");
	verdict(w, honest(w, 300, 600), WITNESS_UNKNOWN, 404, "");
	w->known.origin = SLICE("log.example");
	slice request = honest(w, 300, 600);
	w->request.p[request.n - 10] ^= 1;
	verdict(w, request, WITNESS_UNSIGNED, 403, "");
}

/* Remember, grow, remember: what is remembered is what was asked, and the cosignature says so. */
static void grows(void **state)
{
	struct world *w = *state;
	uint64_t seed = 4242, size = 0;
	struct note_key keys[] = {w->log.signer.key, w->witness.signer.key};

	print_message("# seed %llu\n", (unsigned long long)seed);
	w->known.head = (struct tree_head){0};
	while (size < 600) {
		uint64_t next = size + random_next(&seed) % (601 - size);
		slice request = honest(w, size, next);
		struct witness_answer answer = judge(w, request);
		assert_int_equal(answer.verdict, WITNESS_COSIGN);
		assert_true(answer.remember.size == next && digest_equal(&answer.remember.root, &w->heads[next].root));
		struct witness_request r;
		struct buf note = {0};
		struct note n;
		struct checkpoint c;
		struct fault f = {0};
		OPENS(witness_request_parse(request, &r, &f), f);
		buf_add(&note, r.checkpoint);
		OPENS(witness_cosign(&note, &answer, 1700000000 + next, &w->witness.signer, 1, &f), f);
		OPENS(checkpoint_open(buf_slice(&note), (struct note_keys){keys, 2}, w->a, &n, &c, &f), f);
		assert_true(n.n == 2 && n.signatures[1].time == 1700000000 + next);
		buf_free(&note);
		w->known.head = answer.remember;
		size = next;
	}
}

static void requests(void **state)
{
	struct world *w = *state;
	struct witness_request r;
	struct fault f = {0};
	struct buf b = {0};
	static const char *const BAD[] = {"", "old", "old \n\nx", "old 01\n\nx", "Old 1\n\nx", "old 1 \n\nx", "old 1\r\n\nx",
		"old 1\nnope\n\nx", "old 1\nx", "new 1\n\nx", "old 1\n\n"};

	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (witness_request_parse(slice_from(BAD[i]), &r, &f) != ERR_SYNTAX) fail_msg("row %zu was read", i);
	for (unsigned n = 63; n <= 64; n++) {
		buf_clear(&b);
		buf_add_text(&b, "old 1\n");
		for (unsigned i = 0; i < n; i++) buf_add_text(&b, "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
		buf_add_text(&b, "\nx");
		assert_int_equal(witness_request_parse(buf_slice(&b), &r, &f), n == 63 ? OK : ERR_LIMIT);
	}
	/* The standard's own example, written again as it was. */
	static const slice EXAMPLE =
		SLICE("old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
		      "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n"
		      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
		      "— example.com/behind-the-sofa "
		      "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n");
	OPENS(witness_request_parse(EXAMPLE, &r, &f), f);
	assert_true(r.old == 20852014 && r.proof.n == 4);
	buf_clear(&b);
	witness_request_put(&b, &r);
	assert_true(slice_equal(buf_slice(&b), EXAMPLE));
	assert_int_equal(judge(w, EXAMPLE).verdict, WITNESS_UNKNOWN);
	buf_free(&b);
}

/* No change of a request gets something else cosigned. */
static void changed(void **state)
{
	struct world *w = *state;
	struct buf b = {0};

	w->known.head = w->heads[300];
	slice request = honest(w, 300, 600);
	for (size_t bit = 0; bit < request.n * 8; bit++) {
		struct arena_mark mark = arena_mark(w->a);
		buf_clear(&b);
		buf_add(&b, request);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(judge(w, buf_slice(&b)).verdict, WITNESS_COSIGN);
		arena_release(w->a, mark);
	}
	for (size_t n = 0; n < request.n; n++) assert_int_not_equal(judge(w, slice_sub(request, 0, n)).verdict, WITNESS_COSIGN);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts), cmocka_unit_test(grows), cmocka_unit_test(requests), cmocka_unit_test(changed)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
