/* Policies: their rules line by line, quorums by every set of witnesses, judging a checkpoint. */
#include "notes.h"
#include "limit.h"
#include "policy.h"

#define WITNESSES 6

struct world {
	struct arena *a;
	struct tester log, witnesses[WITNESSES];
	struct buf text; /* log L, witnesses X1 X2 X3 Y1 Y2 Y3, no quorum yet */
};

static const char *const NAMES[WITNESSES] = {"X1", "X2", "X3", "Y1", "Y2", "Y3"};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	char name[32];

	w->a = arena_new(0);
	w->log = tester_new("log.example", NOTE_ED25519, 1);
	buf_add_text(&w->text, "# the example of tlog-policy\n\nlog ");
	note_key_put(&w->text, &w->log.signer.key);
	buf_add_text(&w->text, " https://log.example/\n");
	for (unsigned i = 0; i < WITNESSES; i++) {
		(void)snprintf(name, sizeof name, "%s.example", NAMES[i]);
		w->witnesses[i] = tester_new(name, NOTE_COSIGNATURE, (uint8_t)(10 + i));
		w->witnesses[i].signer.key.name = arena_copy(w->a, slice_from(name));
		buf_printf(&w->text, "\t witness  %s ", NAMES[i]);
		note_key_put(&w->text, &w->witnesses[i].signer.key);
		buf_add_text(&w->text, " \n");
	}
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	tester_free(&w->log);
	for (unsigned i = 0; i < WITNESSES; i++) tester_free(&w->witnesses[i]);
	buf_free(&w->text);
	arena_free(w->a);
	free(w);
	return 0;
}

/* The logs and witnesses of set_up, and these lines. */
static enum err with_lines(struct world *w, const char *lines, struct policy *p, struct fault *f)
{
	return policy_parse(arena_join(w->a, buf_slice(&w->text), slice_from(lines)), w->a, p, f);
}

#define LINES_BEFORE 9u

static void refused(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *lines, *says;
		unsigned line; /* of these */
	} ROWS[] = {
		{"", "no line says the quorum", 0},
		{"quorum none", "no newline", 1},
		{"quorum none\nquorum none\n", "a second quorum", 2},
		{"quorum Z\n", "no earlier line names Z", 1},
		{"quorum G\ngroup G any X1\n", "no earlier line names G", 1},
		{"quorum\n", "quorum NAME|none", 1},
		{"quorum X1 X2\n", "quorum NAME|none", 1},
		{"quarum X1\n", "quarum is none of log", 1},
		{"Quorum X1\n", "none of log", 1},
		{"group G any\n", "group NAME", 1},
		{"group G 0 X1\n", "from 1 to 1", 1},
		{"group G 2 X1\n", "from 1 to 1", 1},
		{"group G 01 X1\n", "from 1 to 1", 1},
		{"group G some X1\n", "not some", 1},
		{"group G any G\n", "no earlier line names G", 1},
		{"group G any none\n", "no earlier line names none", 1},
		{"group G any X1 X1\n", "X1 is a member already", 1},
		{"group G any X1\ngroup H any X1\n", "X1 is a member already", 2},
		{"group G any X1\ngroup H any G\ngroup I any G\n", "G is a member already", 3},
		{"group X1 any X2\n", "a second witness or group X1", 1},
		{"group none any X2\n", "none means no quorum", 1},
		{"log\n", "log VKEY [URL]", 1},
		{"log a b c\n", "log VKEY [URL]", 1},
		{"log nonsense\n", "verifier key", 1},
		{"witness W\n", "witness NAME VKEY", 1},
		{"witness W a\n", "verifier key", 1},
		{"# a\rcomment\n", "control character 0x0d", 1},
		{"quorum none\n\n\x7f\n", "control character 0x7f", 3},
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct policy p = {.logs_n = 77};
		struct fault f = {0};
		enum err e = with_lines(w, ROWS[i].lines, &p, &f);
		if (e != ERR_SYNTAX || strstr(f.text, ROWS[i].says) == NULL || f.line != LINES_BEFORE + ROWS[i].line)
			fail_msg("row %zu: %s, line %u: %s", i, err_text(e), (unsigned)f.line, f.text);
		assert_int_equal(p.logs_n, 77);
	}
}

/* Keys: twice, in the wrong role, of an algorithm to come. */
static void keys(void **state)
{
	struct world *w = *state;
	struct note_key k;
	struct policy p;
	struct fault f = {0};
	struct buf b = {0};

	buf_add_text(&b, "log ");
	note_key_put(&b, &w->log.signer.key);
	buf_add_text(&b, "\nquorum none\n");
	buf_add_byte(&b, 0);
	assert_int_equal(with_lines(w, (const char *)b.p, &p, &f), ERR_SYNTAX);
	assert_non_null(strstr(f.text, "a second log"));
	/* The same public key under another name is the same witness. */
	assert_int_equal(note_key_make(SLICE("z"), NOTE_COSIGNATURE, ed25519_public(w->witnesses[2].key), &k, NULL), OK);
	buf_clear(&b);
	buf_add_text(&b, "witness Z ");
	note_key_put(&b, &k);
	buf_add_text(&b, "\nquorum none\n");
	buf_add_byte(&b, 0);
	assert_int_equal(with_lines(w, (const char *)b.p, &p, &f), ERR_SYNTAX);
	assert_non_null(strstr(f.text, "same public key, X3"));
	assert_int_equal(note_key_make(SLICE("z"), NOTE_ED25519, ed25519_public(w->witnesses[2].key), &k, NULL), OK);
	buf_clear(&b);
	buf_add_text(&b, "witness Z ");
	note_key_put(&b, &k);
	buf_add_text(&b, "\nquorum none\n");
	buf_add_byte(&b, 0);
	assert_int_equal(with_lines(w, (const char *)b.p, &p, &f), ERR_SYNTAX);
	assert_non_null(strstr(f.text, "type 0x01, where 0x04"));

	OPENS(with_lines(w, "witness M m.example+01020304+BgECAwQF\ngroup G 2 X1 M\nquorum G\n", &p, &f), f);
	assert_int_equal(p.keys_n, 1 + WITNESSES);
	bool witnessed[8] = {[0] = true};
	assert_false(policy_evaluate(&p, witnessed));
	buf_clear(&b);
	policy_put_missing(&b, &p, witnessed);
	assert_true(slice_equal(buf_slice(&b), SLICE("G: 1 of 2, missing M (signature type 0x06: not supported)")));
	buf_free(&b);
}

/* Every set of witnesses against the rule said in C. */
static void quorums(void **state)
{
	struct world *w = *state;
	struct policy p;
	struct fault f = {0};

	OPENS(with_lines(w,
		      "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum "
		      "X-and-Y\n",
		      &p, &f),
		f);
	assert_int_equal(p.parties_n, 9);
	assert_true(p.logs_n == 1 && slice_equal(p.logs[0].url, SLICE("https://log.example/")));
	for (unsigned set = 0; set < 1u << WITNESSES; set++) {
		bool witnessed[9] = {false};
		for (unsigned i = 0; i < WITNESSES; i++) witnessed[i] = (set >> i & 1) != 0;
		bool expected = __builtin_popcount(set & 7) >= 2 && (set & 56) != 0;
		assert_int_equal(policy_evaluate(&p, witnessed), expected);
		struct buf b = {0};
		policy_put_missing(&b, &p, witnessed);
		assert_int_equal(b.n == 0, expected);
		if (set == 2)
			assert_true(slice_equal(
				buf_slice(&b), SLICE("X-and-Y: 0 of 2, missing X-witnesses, Y-witnesses; "
						     "Y-witnesses: 0 of 1, missing Y1, Y2, Y3; X-witnesses: 1 of 2, missing X1, X3")));
		buf_free(&b);
	}
	OPENS(with_lines(w, "quorum Y2\n", &p, &f), f);
	bool witnessed[6] = {[3] = true};
	struct buf b = {0};
	assert_false(policy_evaluate(&p, witnessed));
	policy_put_missing(&b, &p, witnessed);
	assert_true(slice_equal(buf_slice(&b), SLICE("missing Y2")));
	witnessed[4] = true;
	assert_true(policy_evaluate(&p, witnessed));
	OPENS(with_lines(w, "quorum none\n", &p, &f), f);
	assert_true(policy_evaluate(&p, (bool[6]){false}));
	buf_free(&b);
}

static void judged(void **state)
{
	struct world *w = *state;
	struct checkpoint c = {.origin = SLICE("log.example"), .head = {0, tree_empty_root()}};
	struct buf note = {0}, text = {0};
	struct policy p;
	struct policy_verdict v;
	struct fault f = {0};

	OPENS(with_lines(w, "group X 2 X1 X2 X3\nquorum X\n", &p, &f), f);
	checkpoint_put(&text, &c);
	OPENS(checkpoint_sign(&note, &c, &w->log.signer, &f), f);
	OPENS(cosignature_sign(&note, buf_slice(&text), 100, &w->witnesses[1].signer, &f), f);
	OPENS(cosignature_sign(&note, buf_slice(&text), 300, &w->witnesses[1].signer, &f), f);
	OPENS(cosignature_sign(&note, buf_slice(&text), 200, &w->witnesses[1].signer, &f), f);
	OPENS(policy_judge(&p, buf_slice(&note), w->a, &v, &f), f);
	assert_false(v.quorum); /* one witness, however often it signs */
	assert_true(v.witnessed[1] && !v.witnessed[0] && v.times[1] == 300);
	OPENS(cosignature_sign(&note, buf_slice(&text), 400, &w->witnesses[2].signer, &f), f);
	OPENS(policy_judge(&p, buf_slice(&note), w->a, &v, &f), f);
	assert_true(v.quorum && v.checkpoint.head.size == 0);

	/* A policy that names no log takes one that is known otherwise. */
	OPENS(policy_parse(SLICE("quorum none\n"), w->a, &p, &f), f);
	assert_int_equal(policy_judge(&p, buf_slice(&note), w->a, &v, &f), ERR_NOT_FOUND);
	policy_add_log(&p, &w->log.signer.key, w->a);
	OPENS(policy_judge(&p, buf_slice(&note), w->a, &v, &f), f);
	assert_true(v.quorum);
	buf_free(&note);
	buf_free(&text);
}

static void limits(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	struct policy p;
	struct fault f = {0};
	uint8_t public_key[ED25519_PUBLIC_BYTES] = {0};

	for (unsigned i = 0; i <= POLICY_PARTIES_MAX; i++) {
		struct note_key k;
		memcpy(public_key, &i, sizeof i);
		assert_int_equal(note_key_make(SLICE("w"), NOTE_COSIGNATURE, public_key, &k, NULL), OK);
		buf_printf(&b, "witness w%u ", i);
		note_key_put(&b, &k);
		buf_add_byte(&b, '\n');
	}
	assert_int_equal(policy_parse(buf_slice(&b), w->a, &p, &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, "POLICY_PARTIES_MAX"));
	assert_int_equal(f.line, POLICY_PARTIES_MAX + 1);
	buf_clear(&b);
	for (unsigned i = 0; i <= POLICY_BYTES_MAX / 2; i++) buf_add_text(&b, " \n");
	assert_int_equal(policy_parse(buf_slice(&b), w->a, &p, &f), ERR_LIMIT);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(refused), cmocka_unit_test(keys), cmocka_unit_test(quorums),
		cmocka_unit_test(judged), cmocka_unit_test(limits)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
