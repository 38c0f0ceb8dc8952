/* Time stamps: what an honest authority says is read, what a lying one says is refused by the rule it breaks, and no byte of it counts
 * twice. The answers were made by test/authority with the openssl command. */
#include "../../fuzz/stamp_sample.h"
#include "../base/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

struct bench {
	struct arena *arena;
	struct stamp_request request;
	struct stamp_terms terms;
	struct stamp stamp;
	struct fault fault;
};

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	b->arena = arena_new(0);
	b->request = stamp_sample_request();
	b->terms = (struct stamp_terms){
		.subject = b->request.subject, .anchors = SLICE(STAMP_SAMPLE_ANCHORS), .request = &b->request, .at = b->request.sent};
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	arena_free(b->arena);
	free(b);
	return 0;
}

static slice read_answer(struct bench *b, const char *how)
{
	uint8_t bytes[16384];
	char path[256];
	snprintf(path, sizeof path, STAMP_SAMPLE_FOLDER "%s.tsr", how);
	FILE *f = fopen(path, "rb");
	if (f == NULL) fail_msg("%s", path);
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return arena_copy(b->arena, slice_of(bytes, n));
}

static enum err judge(struct bench *b, slice answer)
{
	b->fault = (struct fault){0};
	return stamp_verify(answer, &b->terms, b->arena, &b->stamp, &b->fault);
}

/* Source: what `openssl ts -query -text` and `-reply -text` say of the same bytes. */
static void a_request_is_what_openssl_reads(void **state)
{
	struct bench *b = *state;
	struct buf request = {0};
	static const uint8_t begin[] = {0x30, 0x4b, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09};
	stamp_request_put(&request, &b->request);
	assert_int_equal(request.n, STAMP_REQUEST_BYTES);
	assert_memory_equal(request.p, begin, sizeof begin);
	assert_memory_equal(request.p + 24, b->request.subject.b, DIGEST_BYTES);
	assert_int_equal(request.p[58], 0x4b); /* positive, sixteen bytes, whatever the chance */
	buf_clear(&request);
	b->request.nonce[0] = 0xff;
	stamp_request_put(&request, &b->request);
	assert_int_equal(request.p[58], 0x7f);
	buf_free(&request);
}

static void an_honest_answer_is_read(void **state)
{
	struct bench *b = *state;
	char text[INSTANT_TEXT_BYTES];
	slice answer = read_answer(b, "good");
	if (judge(b, answer) != OK) fail_msg("%s", b->fault.text);
	assert_string_equal(instant_format(b->stamp.gen_time, 3, text), "2026-11-24T18:44:26.051Z");
	assert_int_equal(b->stamp.accuracy_us, 1500100);
	assert_true(slice_equal(b->stamp.serial, SLICE("a09")));
	assert_true(slice_equal(b->stamp.policy, SLICE("1.3.6.1.4.1.99999.1")));
	assert_true(slice_equal(b->stamp.authority, SLICE("CN=Time stamps,O=Test of Arberia")));
	/* Years after, without the exchange. */
	b->terms.request = NULL;
	b->terms.at += (instant)10 * 365 * 86400 * 1000000;
	assert_int_equal(judge(b, answer), OK);
	b->terms.at = INSTANT_NONE;
	assert_int_equal(judge(b, answer), OK);
	/* Before it was made. */
	b->terms.at = b->request.sent - (instant)1000 * 1000000;
	assert_int_equal(judge(b, answer), ERR_SYNTAX);
	assert_non_null(strstr(b->fault.text, "behind the answer"));
}

/* Judged at the time that it says: its authority's certificate has expired since, as each one will. */
static void an_old_stamp_still_holds(void **state)
{
	struct bench *b = *state;
	char text[INSTANT_TEXT_BYTES];
	b->terms.request = NULL;
	if (judge(b, read_answer(b, "bygone")) != OK) fail_msg("%s", b->fault.text);
	assert_string_equal(instant_format(b->stamp.gen_time, 0, text), "2020-06-01T00:00:00Z");
	assert_true(slice_equal(b->stamp.authority, SLICE("CN=Old time stamps,O=Test of Arberia")));
}

static void another_signer_of_the_same_statement_is_read(void **state)
{
	struct bench *b = *state;
	if (judge(b, read_answer(b, "hand")) != OK) fail_msg("%s", b->fault.text);
	assert_true(slice_equal(b->stamp.serial, SLICE("a99")));
	assert_int_equal(b->stamp.accuracy_us, 1000000);
}

static void each_lie_is_refused_by_its_rule(void **state)
{
	struct bench *b = *state;
	static const struct {
		const char *how;
		enum err kind;
		const char *rule;
	} rows[] = {
		{"imprint", ERR_SYNTAX, "RFC 3161 2.4.2: the message imprint is "},
		{"nonce", ERR_SYNTAX, "RFC 3161 2.4.2: the nonce is 41414141414141414141414141414141, that of another request"},
		{"replayed", ERR_SYNTAX, "RFC 3161 2.4.2: the message imprint is "},
		{"bygone", ERR_SYNTAX, "RFC 3161 2.4.2: genTime 2020-06-01T00:00:00Z is before the request at 2026-"},
		{"past", ERR_SYNTAX, "RFC 3161 2.4.2: genTime 2001-09-09T01:46:40Z is before the request at 2026-"},
		{"future", ERR_SYNTAX, "is behind the answer at 2026-"},
		{"vague", ERR_SYNTAX, "STAMP_ACCURACY_SECONDS_MAX = 3600"},
		{"name", ERR_SYNTAX, "RFC 3161 2.4.2: the statement names another authority than its signer"},
		{"unnamed", ERR_SYNTAX, "RFC 5816 2.2.1: the signed ESSCertID is missing"},
		{"sha1", ERR_SYNTAX, "RFC 5652 5.4: the signature is over a digest that is none of"},
		{"expired", ERR_SYNTAX, "had expired: valid from 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z, genTime is 2026-"},
		{"soft", ERR_SYNTAX, "RFC 3161 2.3: the signer's certificate has 1 extended key usages, not critical"},
		{"web", ERR_SYNTAX, "RFC 3161 2.3: the signer's certificate has 1 extended key usages, not timeStamping alone"},
		{"bare", ERR_SYNTAX, "RFC 3161 2.4.1: the signer's certificate is not in the token"},
		{"orphan", ERR_SYNTAX,
			"RFC 5280 6.1: the authority's certificate does not lead to a configured root (Verify error:unable to get"},
		{"second", ERR_SYNTAX, "RFC 5280 6.1: the authority's certificate does not lead to a configured root"},
		{"signature", ERR_SYNTAX, "RFC 5652 5.6: the signature is not the signer's"},
		{"rejection", ERR_NOT_FOUND, "status 2 (rejection), timeNotAvailable, \"closed on Sundays\""},
		{"garbage", ERR_NOT_FOUND, "the answer's 43 bytes are no TimeStampResp"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err e = judge(b, read_answer(b, rows[i].how));
		if (e != rows[i].kind || strstr(b->fault.text, rows[i].rule) == NULL)
			fail_msg("%s: %s: \"%s\"", rows[i].how, err_text(e), b->fault.text);
	}
}

static void anchors_decide(void **state)
{
	struct bench *b = *state;
	slice answer = read_answer(b, "good"), second = read_answer(b, "second");
	b->terms.anchors = SLICE(STAMP_SAMPLE_OTHER_ANCHORS);
	assert_int_equal(judge(b, second), OK);
	assert_true(slice_equal(b->stamp.authority, SLICE("CN=Time stamps,O=Test of Elsewhere")));
	assert_int_equal(judge(b, answer), ERR_SYNTAX);
	b->terms.anchors = SLICE(STAMP_SAMPLE_OTHER_ANCHORS "\nwords between\n" STAMP_SAMPLE_ANCHORS);
	assert_int_equal(judge(b, answer), OK);
	assert_int_equal(judge(b, second), OK);
	static const slice none[] = {SLICE(""), SLICE("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		SLICE("-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
		      "AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n"
		      "-----END CERTIFICATE-----\n")};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(stamp_anchors_check(none[i], &b->fault), ERR_USAGE);
		b->terms.anchors = none[i];
		assert_int_equal(judge(b, answer), ERR_USAGE);
	}
	assert_int_equal(stamp_anchors_check(SLICE(STAMP_SAMPLE_ANCHORS), &b->fault), OK);
}

static bool same(const struct stamp *x, const struct stamp *y)
{
	return x->gen_time == y->gen_time && x->accuracy_us == y->accuracy_us && slice_equal(x->serial, y->serial) &&
	       slice_equal(x->policy, y->policy) && slice_equal(x->authority, y->authority);
}

/* Each bit of each byte turned: refused, or the same statement (what is not signed, such as the unused certificate, may differ). */
static void a_changed_bit_changes_no_statement(void **state)
{
	struct bench *b = *state;
	slice answer = read_answer(b, "good");
	unsigned held = 0, refused = 0;
	assert_int_equal(judge(b, answer), OK);
	struct stamp honest = b->stamp;
	for (size_t bit = 0; bit < answer.n * 8; bit++) {
		struct arena_mark m = arena_mark(b->arena);
		uint8_t *bytes = arena_alloc(b->arena, answer.n);
		memcpy(bytes, answer.p, answer.n);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (judge(b, slice_of(bytes, answer.n)) == OK) {
			held++;
			if (!same(&b->stamp, &honest)) fail_msg("bit %zu changed the statement", bit);
		} else {
			refused++;
			if (b->fault.text[0] == '\0') fail_msg("bit %zu: refused without a word", bit);
		}
		arena_release(b->arena, m);
	}
	assert_true(refused > held * 20);
}

static void a_cut_or_longer_answer_is_refused(void **state)
{
	struct bench *b = *state;
	slice answer = read_answer(b, "good");
	for (size_t n = 0; n < answer.n; n++) {
		uint8_t *bytes = malloc(n > 0 ? n : 1); /* of exactly that length: a sanitizer sees what is read behind it */
		memcpy(bytes, answer.p, n);
		assert_int_equal(judge(b, slice_of(bytes, n)), ERR_NOT_FOUND);
		free(bytes);
	}
	assert_int_equal(judge(b, arena_join(b->arena, answer, SLICE("x"))), ERR_NOT_FOUND);
	uint8_t *big = arena_alloc(b->arena, STAMP_BYTES_MAX + 1);
	assert_int_equal(judge(b, slice_of(big, STAMP_BYTES_MAX + 1)), ERR_LIMIT);
	assert_int_equal(judge(b, slice_of(big, STAMP_BYTES_MAX)), ERR_NOT_FOUND);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(a_request_is_what_openssl_reads), TEST(an_honest_answer_is_read),
		TEST(an_old_stamp_still_holds), TEST(another_signer_of_the_same_statement_is_read), TEST(each_lie_is_refused_by_its_rule),
		TEST(anchors_decide), TEST(a_changed_bit_changes_no_statement), TEST(a_cut_or_longer_answer_is_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
