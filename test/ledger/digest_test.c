/* SHA-256 against FIPS 180's examples; the two spellings. */
#include "trees.h"

static void known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *hex;
	} ROWS[] = {
		/* NIST's examples for FIPS 180-4. */
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	char hex[DIGEST_HEX_BYTES + 1];

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		slice text = slice_from(ROWS[i].text);
		digest d = digest_of(text);
		assert_string_equal(digest_hex(&d, hex), ROWS[i].hex);
		struct digest_stream s;
		digest_start(&s);
		for (size_t at = 0; at < text.n; at += 5) digest_add(&s, slice_sub(text, at, 5));
		digest pieces = digest_end(&s);
		assert_true(digest_equal(&d, &pieces));
	}
}

/* What is read is exactly what is written. */
static void spellings(void **state)
{
	(void)state;
	digest d = digest_of(SLICE("abc")), back = {0}, untouched;
	char hex[DIGEST_HEX_BYTES + 1], base64[DIGEST_BASE64_BYTES + 1];

	digest_hex(&d, hex);
	digest_base64(&d, base64);
	assert_string_equal(base64, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
	assert_true(digest_get_hex(slice_from(hex), &back) && digest_equal(&d, &back));
	back = (digest){0};
	assert_true(digest_get_base64(slice_from(base64), &back) && digest_equal(&d, &back));

	untouched = back;
	for (size_t i = 0; i < DIGEST_HEX_BYTES; i++)
		for (unsigned c = 0; c < 256; c++) {
			char other[DIGEST_HEX_BYTES + 1];
			memcpy(other, hex, sizeof other);
			other[i] = (char)c;
			bool lower = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
			assert_int_equal(digest_get_hex(slice_of(other, DIGEST_HEX_BYTES), &back), lower);
		}
	for (size_t i = 0; i < DIGEST_BASE64_BYTES; i++)
		for (unsigned c = 0; c < 256; c++) {
			char other[DIGEST_BASE64_BYTES + 1];
			memcpy(other, base64, sizeof other);
			other[i] = (char)c;
			back = untouched;
			if (!digest_get_base64(slice_of(other, DIGEST_BASE64_BYTES), &back)) assert_true(digest_equal(&back, &untouched));
			else if (other[i] != base64[i]) assert_false(digest_equal(&back, &d)); /* another spelling is another digest */
		}
	assert_false(digest_get_hex(slice_of(hex, 63), &back) || digest_get_hex(slice_of(hex, 62), &back));
	assert_false(digest_get_base64(SLICE("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1="), &back)); /* a pad bit is set */
	assert_false(digest_get_base64(SLICE("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0"), &back));
	assert_false(digest_get_base64(SLICE("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\n"), &back));
	assert_false(digest_get_base64(SLICE("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFQ=="), &back)); /* 31 bytes */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(known), cmocka_unit_test(spellings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
