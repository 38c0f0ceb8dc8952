/* Signed notes: examples from the standard and from Go's package, rules, changes. */
#include "notes.h"
#include "limit.h"
#include "text.h"

struct world {
	struct arena *a;
	struct tester log, ally, other;
	struct note_key keys[2]; /* log and ally */
	struct note_keys known;
	struct buf note; /* signed by all three, the ally twice */
};

#define TEXT "kulla.example/test\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	w->a = arena_new(0);
	w->log = tester_new("kulla.example/test", NOTE_ED25519, 1);
	w->ally = tester_new("ally.example/w", NOTE_COSIGNATURE, 2);
	w->other = tester_new("other.example/w", NOTE_COSIGNATURE, 3);
	w->keys[0] = w->log.signer.key;
	w->keys[1] = w->ally.signer.key;
	w->known = (struct note_keys){w->keys, 2};
	assert_int_equal(note_sign(&w->note, SLICE(TEXT), &w->log.signer, NULL), OK);
	assert_int_equal(cosignature_sign(&w->note, SLICE(TEXT), 1700000000, &w->ally.signer, NULL), OK);
	assert_int_equal(cosignature_sign(&w->note, SLICE(TEXT), 1700000001, &w->other.signer, NULL), OK);
	assert_int_equal(cosignature_sign(&w->note, SLICE(TEXT), 1700000002, &w->ally.signer, NULL), OK);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	tester_free(&w->log);
	tester_free(&w->ally);
	tester_free(&w->other);
	buf_free(&w->note);
	arena_free(w->a);
	free(w);
	return 0;
}

/* The standard's example and that of Go's sumdb/note: name, vkey, note. */
static void examples(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *vkey, *note;
	} ROWS[] = {
		{"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
			"This is an example message.\n\n"
			"— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"},
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
			"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
			"— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"},
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct note_key k;
		struct note n;
		struct fault f = {0};
		struct buf again = {0};
		OPENS(note_key_parse(slice_from(ROWS[i].vkey), w->a, &k, &f), f);
		OPENS(note_open(slice_from(ROWS[i].note), (struct note_keys){&k, 1}, w->a, &n, &f), f);
		assert_true(n.n == 1 && n.signatures[0].key == &k);
		note_key_put(&again, &k);
		assert_true(slice_equal(buf_slice(&again), slice_from(ROWS[i].vkey)));
		buf_free(&again);
	}
}

static void opened(void **state)
{
	struct world *w = *state;
	struct note n;
	struct fault f = {0};

	OPENS(note_open(buf_slice(&w->note), w->known, w->a, &n, &f), f);
	assert_true(slice_equal(n.text, SLICE(TEXT)));
	assert_int_equal(n.n, 4);
	assert_true(n.signatures[0].key == &w->keys[0] && n.signatures[0].time == 0);
	assert_true(n.signatures[1].key == &w->keys[1] && n.signatures[1].time == 1700000000);
	assert_true(n.signatures[2].key == NULL && n.signatures[2].time == 0); /* unknown: ignored */
	assert_true(n.signatures[3].key == &w->keys[1] && n.signatures[3].time == 1700000002);
	/* Nobody known. */
	assert_int_equal(note_open(buf_slice(&w->note), (struct note_keys){0}, w->a, &n, &f), ERR_NOT_FOUND);
}

/* Name or id alone make no key known; both with another public key refuse, unless a second known key of both holds. */
static void collisions(void **state)
{
	struct world *w = *state;
	struct note_key keys[2] = {w->keys[0], w->keys[0]};
	struct note n;
	struct fault f = {0};

	keys[0].id ^= 1;
	assert_int_equal(note_open(buf_slice(&w->note), (struct note_keys){keys, 1}, w->a, &n, &f), ERR_NOT_FOUND);
	keys[0] = w->keys[0];
	keys[0].name = SLICE("kulla.example/tesT");
	assert_int_equal(note_open(buf_slice(&w->note), (struct note_keys){keys, 1}, w->a, &n, &f), ERR_NOT_FOUND);
	keys[0] = w->keys[0];
	keys[0].public_key[3] ^= 1;
	assert_int_equal(note_open(buf_slice(&w->note), (struct note_keys){keys, 1}, w->a, &n, &f), ERR_DAMAGED);
	assert_int_equal(f.line, 5);
	assert_int_equal(note_open(buf_slice(&w->note), (struct note_keys){keys, 2}, w->a, &n, &f), OK);
	assert_true(n.signatures[0].key == &keys[1]);
	keys[0] = w->keys[0];
	keys[0].algorithm = 0x06; /* one that we do not know: its lines are ignored */
	assert_int_equal(note_open(buf_slice(&w->note), (struct note_keys){keys, 1}, w->a, &n, &f), ERR_NOT_FOUND);
}

static void rules(void **state)
{
	struct world *w = *state;
	static const struct {
		slice note;
		unsigned line;
		const char *says;
	} ROWS[] = {
		{SLICE(""), 0, "no empty line"},
		{SLICE("text\n"), 0, "no empty line"},
		{SLICE("text\n— a AAAAAAA=\n"), 0, "no empty line"},
		{SLICE("text\n\n"), 3, "no signature line"},
		{SLICE("text\n\n— a AAAAAAA="), 3, "no newline"},
		{SLICE("text\n\n- a AAAAAAA=\n"), 3, "em dash"},
		{SLICE("text\n\n—a AAAAAAA=\n"), 3, "em dash"},
		{SLICE("text\n\n—  AAAAAAA=\n"), 3, "name"},
		{SLICE("text\n\n— a+b AAAAAAA=\n"), 3, "name"},
		{SLICE("text\n\n— a\xc2\xa0"
		       "b AAAAAAA=\n"),
			3, "name"},
		{SLICE("text\n\n— a AAAAAAA=\n— a AAAAAAA\n"), 4, "base64"},
		{SLICE("text\n\n— a AAAAAAB=\n"), 3, "base64"}, /* pad bits */
		{SLICE("text\n\n— a AAAAAAA= \n"), 3, "base64"},
		{SLICE("text\n\n— a AAAAAA==\n"), 3, "four bytes"},
		{SLICE("te\txt\n\n— a AAAAAAA=\n"), 1, "control character 0x09"},
		{SLICE("text\r\n\n— a AAAAAAA=\n"), 1, "control character 0x0d"},
		{SLICE("text\n\n— a AAAAAAA=\r\n"), 3, "control character 0x0d"},
		{SLICE("text\n\n— a AAA\0AAA=\n"), 3, "control character 0x00"},
		{SLICE("te\xff"
		       "xt\n\n— a AAAAAAA=\n"),
			1, "no UTF-8"},
		{SLICE("text\n\n— a AAAAAAA=\n\n"), 5, "no signature line"},
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct note n;
		struct fault f = {0};
		if (note_parse(ROWS[i].note, w->a, &n, &f) != ERR_SYNTAX) fail_msg("row %zu was read", i);
		if (strstr(f.text, ROWS[i].says) == NULL || f.line != ROWS[i].line)
			fail_msg("row %zu: line %u: %s", i, (unsigned)f.line, f.text);
	}
	struct note n;
	struct fault f = {0};
	/* The last empty line parts: empty lines before it belong to the text. */
	OPENS(note_parse(SLICE("a\n\n\nb\n\n— a AAAAAAA=\n"), w->a, &n, &f), f);
	assert_true(slice_equal(n.text, SLICE("a\n\n\nb\n")));
}

static void limits(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	struct note n;
	struct fault f = {0};
	uint8_t nothing[ED25519_SIGNATURE_BYTES] = {0};

	assert_int_equal(note_sign(&b, SLICE(TEXT), &w->log.signer, NULL), OK);
	for (unsigned i = 1; i < NOTE_SIGNATURES_MAX; i++) note_put_line(&b, &w->other.signer.key, slice_of(nothing, sizeof nothing));
	OPENS(note_open(buf_slice(&b), w->known, w->a, &n, &f), f);
	assert_int_equal(n.n, NOTE_SIGNATURES_MAX);
	note_put_line(&b, &w->other.signer.key, slice_of(nothing, sizeof nothing));
	assert_int_equal(note_open(buf_slice(&b), w->known, w->a, &n, &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, "NOTE_SIGNATURES_MAX"));
	buf_clear(&b);
	for (unsigned i = 0; i < NOTE_BYTES_MAX; i++) buf_add_byte(&b, 'a');
	buf_add_text(&b, "\n\n— a AAAAAAA=\n");
	assert_int_equal(note_parse(buf_slice(&b), w->a, &n, &f), ERR_LIMIT);
	buf_free(&b);
}

static enum err refuse(void *context, slice message, uint8_t signature[ED25519_SIGNATURE_BYTES], struct fault *f)
{
	(void)message, (void)signature;
	return fault_set(f, *(enum err *)context, 0, 0, "the token is gone");
}

static enum err nonsense(void *context, slice message, uint8_t signature[ED25519_SIGNATURE_BYTES], struct fault *f)
{
	(void)context, (void)message, (void)f;
	memset(signature, 7, ED25519_SIGNATURE_BYTES);
	return OK;
}

/* A signer that fails, or answers nonsense, leaves the note as it was. */
static void signers(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	struct fault f = {0};
	enum err gone = ERR_ACCESS;
	struct note_signer s = {.key = w->log.signer.key, .context = &gone, .sign = refuse};

	buf_add_text(&b, "before");
	assert_int_equal(note_sign(&b, SLICE(TEXT), &s, &f), ERR_ACCESS);
	assert_string_equal(f.text, "the token is gone");
	s.sign = nonsense;
	assert_int_equal(note_sign(&b, SLICE(TEXT), &s, &f), ERR_DAMAGED);
	assert_int_equal(note_sign(&b, SLICE(TEXT), &w->ally.signer, &f), ERR_USAGE);
	assert_int_equal(note_sign(&b, SLICE("no newline"), &w->log.signer, &f), ERR_SYNTAX);
	assert_int_equal(note_sign(&b, SLICE("a\tb\n"), &w->log.signer, &f), ERR_SYNTAX);
	assert_int_equal(note_sign(&b, SLICE(""), &w->log.signer, &f), ERR_SYNTAX);
	assert_int_equal(cosignature_sign(&b, SLICE(TEXT), 5, &w->log.signer, &f), ERR_USAGE);
	assert_int_equal(cosignature_sign(&b, SLICE(TEXT), 0, &w->ally.signer, &f), ERR_USAGE);
	assert_int_equal(cosignature_sign(&b, SLICE(TEXT), COSIGNATURE_TIME_MAX + 1, &w->ally.signer, &f), ERR_USAGE);
	assert_true(slice_equal(buf_slice(&b), SLICE("before")));
	buf_free(&b);
}

static void keys(void **state)
{
	struct world *w = *state;
	static const char *const BAD[] = {"", "a", "a+", "a+530d903a", "a+530d903a+",
		"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
		"example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/f o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", "example.com/foo+530d903a+AQ=="};
	struct note_key k = {0};
	struct fault f = {0};

	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (note_key_parse(slice_from(BAD[i]), w->a, &k, &f) != ERR_SYNTAX) fail_msg("%s was read", BAD[i]);
	/* Of an algorithm to come: kept, printed again. */
	struct buf b = {0};
	OPENS(note_key_parse(SLICE("w.example+01020304+BgECAwQF"), w->a, &k, &f), f);
	assert_true(k.algorithm == 6 && k.id == 0x01020304 && slice_equal(k.material, SLICE("\1\2\3\4\5")));
	note_key_put(&b, &k);
	assert_true(slice_equal(buf_slice(&b), SLICE("w.example+01020304+BgECAwQF")));
	buf_free(&b);
	/* The same key in two roles has two ids. */
	struct note_key sign, cosign;
	const uint8_t *public_key = ed25519_public(w->log.key);
	assert_int_equal(note_key_make(SLICE("a"), NOTE_ED25519, public_key, &sign, &f), OK);
	assert_int_equal(note_key_make(SLICE("a"), NOTE_COSIGNATURE, public_key, &cosign, &f), OK);
	assert_int_not_equal(sign.id, cosign.id);
	assert_int_equal(note_key_make(SLICE("a"), 0x02, public_key, &sign, &f), ERR_UNSUPPORTED);
	static const char *const NAMES[] = {"", "a b", "a+b", "a\nb", "a\tb",
		"a\xe2\x80\x83"
		"b",
		"a\xe3\x80\x80", "\xc2\x85", "\xff"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		assert_int_equal(note_key_make(slice_from(NAMES[i]), NOTE_ED25519, public_key, &sign, &f), ERR_SYNTAX);
	assert_true(note_name_valid(SLICE("k\xc3\xab"
					  "shilla.example/\xe2\x82\xac")));
}

/* Opening what was changed: refused, or the text is the same and nobody is believed who did not sign. */
static void judge_changed(struct world *w, slice bytes, bool *held)
{
	struct arena_mark mark = arena_mark(w->a);
	struct note n;

	*held = note_open(bytes, w->known, w->a, &n, NULL) == OK;
	if (*held) {
		assert_true(slice_equal(n.text, SLICE(TEXT)));
		for (unsigned i = 0; i < n.n; i++)
			if (n.signatures[i].key == &w->keys[1])
				assert_true(n.signatures[i].time == 1700000000 || n.signatures[i].time == 1700000002);
	}
	arena_release(w->a, mark);
}

static void changed(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	slice whole = buf_slice(&w->note);
	unsigned refused = 0, holding = 0;
	bool held;

	for (size_t bit = 0; bit < whole.n * 8; bit++) {
		buf_clear(&b);
		buf_add(&b, whole);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		judge_changed(w, buf_slice(&b), &held);
		if (bit / 8 < sizeof TEXT - 1) assert_false(held);
		if (held) holding++;
		else refused++;
	}
	assert_true(refused > 8 * sizeof TEXT && holding > 0);
	for (size_t n = 0; n < whole.n; n++) judge_changed(w, slice_sub(whole, 0, n), &held);
	for (size_t at = 0; at < whole.n; at++)
		for (size_t n = 1; n <= 64; n += 9) { /* a stretch of it twice, and one missing */
			buf_clear(&b);
			buf_add(&b, slice_sub(whole, 0, at + n));
			buf_add(&b, slice_sub(whole, at, SIZE_MAX));
			judge_changed(w, buf_slice(&b), &held);
			buf_clear(&b);
			buf_add(&b, slice_sub(whole, 0, at));
			buf_add(&b, slice_sub(whole, at + n, SIZE_MAX));
			judge_changed(w, buf_slice(&b), &held);
		}
	buf_clear(&b);
	buf_add(&b, whole);
	buf_add(&b, whole);
	judge_changed(w, buf_slice(&b), &held);
	assert_false(held);
	buf_free(&b);
}

/* What is signed is what the standard writes: its own example of a message. */
static void cosignatures(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	uint64_t time = 0;
	struct note n;

	cosignature_message(&b, 1679315147, SLICE("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"));
	assert_true(slice_equal(buf_slice(&b), SLICE("cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
						     "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")));
	assert_int_equal(note_open(buf_slice(&w->note), w->known, w->a, &n, NULL), OK);
	slice bytes = n.signatures[1].bytes;
	assert_int_equal(bytes.n, COSIGNATURE_BYTES);
	assert_true(cosignature_verify(&w->keys[1], SLICE(TEXT), bytes, &time) && time == 1700000000);
	time = 7;
	assert_false(cosignature_verify(&w->keys[0], SLICE(TEXT), bytes, &time));
	assert_false(cosignature_verify(&w->keys[1], SLICE("x" TEXT), bytes, &time));
	assert_false(cosignature_verify(&w->keys[1], SLICE(TEXT), slice_sub(bytes, 0, bytes.n - 1), &time));
	for (size_t bit = 0; bit < bytes.n * 8; bit++) {
		uint8_t other[COSIGNATURE_BYTES];
		memcpy(other, bytes.p, sizeof other);
		other[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(cosignature_verify(&w->keys[1], SLICE(TEXT), slice_of(other, sizeof other), &time));
	}
	assert_int_equal(time, 7);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(examples), cmocka_unit_test(opened), cmocka_unit_test(collisions),
		cmocka_unit_test(rules), cmocka_unit_test(limits), cmocka_unit_test(signers), cmocka_unit_test(keys),
		cmocka_unit_test(changed), cmocka_unit_test(cosignatures)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
