/* Ed25519: RFC 8032's tests, and the verdict on each of CCTV's 914 edge cases as decision 0008 pins it. */
#include "notes.h"
#include "../base/data.h"
#include "json.h"
#include "text.h"

/* A signature with one of these is refused, whatever equation it fulfils; without them all of CCTV's hold. */
static const char *const REFUSED[] = {
	"low_order_A", "low_order_R", "low_order_residue", "non_canonical_A", "non_canonical_R", "reencoded_k"};

static bool flag_refused(json_value v)
{
	json_value flags;

	if (!json_member(v, "flags", &flags)) return false;
	for (struct json_iter i = json_iter(flags); json_next(&i);) {
		slice flag = {0};
		assert_true(json_get_text(i.value, &flag));
		for (size_t r = 0; r < sizeof REFUSED / sizeof *REFUSED; r++)
			if (slice_equal(flag, slice_from(REFUSED[r]))) return true;
	}
	return false;
}

static void edges(void **state)
{
	(void)state;
	char path[4096];
	struct buf text = {0};
	struct arena *a = arena_new(0);
	struct json_parser *parser = json_parser_new();
	json_value root;
	unsigned accepted = 0, refused = 0;

	(void)snprintf(path, sizeof path, "%s/data/vectors/ed25519vectors.json", data_root());
	if (!data_read(path, &text)) {
		print_message("SKIPPED: %s is missing (set KULLA_SHARED)\n", path);
		arena_free(a);
		json_parser_free(parser);
		skip();
	}
	assert_int_equal(json_parse(parser, buf_slice(&text), &root, NULL), OK);
	for (struct json_iter i = json_iter(root); json_next(&i);) {
		slice hex = {0}, key = {0}, signature = {0}, message = {0};
		assert_true(json_member_text(i.value, "key", &hex) && text_get_hex(a, hex, &key) && key.n == ED25519_PUBLIC_BYTES);
		assert_true(json_member_text(i.value, "sig", &hex) && text_get_hex(a, hex, &signature));
		assert_int_equal(signature.n, ED25519_SIGNATURE_BYTES);
		assert_true(json_member_text(i.value, "msg", &message));
		bool holds = ed25519_verify(key.p, message, signature.p);
		if (holds == flag_refused(i.value)) fail_msg("vector %u", accepted + refused);
		if (holds) accepted++;
		else refused++;
	}
	assert_int_equal(accepted, 43);
	assert_int_equal(refused, 871);
	json_parser_free(parser);
	buf_free(&text);
	arena_free(a);
}

/* RFC 8032 7.1, tests 1 to 3. */
static void known(void **state)
{
	(void)state;
	static const struct {
		slice seed, public_key, message, signature;
	} ROWS[] = {
		{SLICE("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
			SLICE("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), SLICE(""),
			SLICE("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595b"
			      "be"
			      "24655141438e7a100b")},
		{SLICE("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
			SLICE("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), SLICE("72"),
			SLICE("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb430"
			      "2a"
			      "eeb00d291612bb0c00")},
		{SLICE("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
			SLICE("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"), SLICE("af82"),
			SLICE("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e"
			      "d2"
			      "8dc027beceea1ec40a")},
	};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		slice seed, public_key, message, expected;
		uint8_t signature[ED25519_SIGNATURE_BYTES];
		struct ed25519_key *k;
		assert_true(text_get_hex(a, ROWS[i].seed, &seed) && text_get_hex(a, ROWS[i].public_key, &public_key));
		assert_true(text_get_hex(a, ROWS[i].message, &message) && text_get_hex(a, ROWS[i].signature, &expected));
		assert_int_equal(ed25519_key_new(seed.p, &k, NULL), OK);
		assert_memory_equal(ed25519_public(k), public_key.p, ED25519_PUBLIC_BYTES);
		ed25519_sign(k, message, signature);
		assert_memory_equal(signature, expected.p, ED25519_SIGNATURE_BYTES);
		assert_true(ed25519_verify(public_key.p, message, signature));
		ed25519_key_free(k);
	}
	ed25519_key_free(NULL);
	arena_free(a);
}

/* S and S plus the group's order fulfil the same equation: only the first is a signature (RFC 8032 5.1.7). */
static void malleable(void **state)
{
	(void)state;
	static const uint8_t ORDER[32] = {
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	struct tester t = tester_new("a", NOTE_ED25519, 1);
	uint8_t signature[ED25519_SIGNATURE_BYTES];
	unsigned carry = 0;

	ed25519_sign(t.key, SLICE("m"), signature);
	assert_true(ed25519_verify(ed25519_public(t.key), SLICE("m"), signature));
	for (unsigned i = 0; i < 32; i++) {
		carry += (unsigned)signature[32 + i] + ORDER[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_false(ed25519_verify(ed25519_public(t.key), SLICE("m"), signature));
	tester_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(edges), cmocka_unit_test(known), cmocka_unit_test(malleable)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
