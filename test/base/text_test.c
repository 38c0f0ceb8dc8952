/* Text. */
#include "cmocka_all.h"
#include "text.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void utf8_round_trip(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110010; c++) {
		uint8_t bytes[4];
		uint32_t again = 0;
		unsigned n = text_utf8_put(c, bytes);
		bool good = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
		unsigned read = text_utf8_next(slice_of(bytes, n), &again);
		if (read != (good ? n : 0) || (good && again != c)) fail_msg("U+%X", c);
		if (n > 1 && text_utf8_next(slice_of(bytes, n - 1), &again) != 0) fail_msg("U+%X cut", c);
	}
}

static void utf8_refusals(void **state)
{
	(void)state;
	static const char *const BAD[] = {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xED\xA0\x80",
		"\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "\xE2\x28\xA1", "12345678\xC3", "1234567\xC3(9"};
	uint32_t c;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(text_is_utf8(slice_from(BAD[i])));
	assert_true(text_is_utf8(SLICE("1234567890 \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80 abc")));
	assert_true(text_is_utf8((slice){NULL, 0}));
	assert_int_equal(text_utf8_next((slice){NULL, 0}, &c), 0);
}

static void letters(void **state)
{
	(void)state;
	static const uint32_t YES[] = {'a', 'Z', 0xE4, 0x3B1, 0x4E2D, 0x301, 0x5D0},
			      NO[] = {'0', '@', '[', '`', '{', ' ', 0x20AC, 0x660, 0x1F600, 0x2014};
	for (size_t i = 0; i < sizeof YES / sizeof *YES; i++) assert_true(text_is_letter(YES[i]));
	for (size_t i = 0; i < sizeof NO / sizeof *NO; i++) assert_false(text_is_letter(NO[i]));
}

static void normal_forms(void **state)
{
	(void)state;
	slice ascii = SLICE("plain"),
	      broken = SLICE("\xff"
			     "a\xCC\x81"),
	      normal = SLICE("\xC3\xA1");
	assert_ptr_equal(text_nfc(arena, ascii).p, ascii.p);
	assert_ptr_equal(text_nfc(arena, broken).p, broken.p);
	assert_ptr_equal(text_nfc(arena, normal).p, normal.p);
	assert_true(slice_equal(text_nfc(arena, SLICE("a\xCC\x81")), normal));
	assert_true(slice_equal(text_lower_ascii(arena, SLICE("AbZ[\xC3\x84")), SLICE("abz[\xC3\x84")));
	assert_int_equal(text_lower_ascii(arena, (slice){NULL, 0}).n, 0);
}

static void alabels(void **state)
{
	(void)state;
	static const char *const PAIRS[][2] = {{"b\xC3\xBC"
						"cher.de",
						       "xn--bcher-kva.de"},
		{"B\xC3\x9C"
		 "CHER.DE",
			"xn--bcher-kva.de"},
		{"fa\xC3\x9F.de", "xn--fa-hia.de"}, {"Example.COM", "example.com"}, {"xn--bcher-kva.de", "xn--bcher-kva.de"},
		{"bu\xCC\x88"
		 "cher.de",
			"xn--bcher-kva.de"}};
	slice out = SLICE("kept");
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
		assert_true(text_to_alabels(arena, slice_from(PAIRS[i][0]), &out));
		if (!slice_equal(out, slice_from(PAIRS[i][1]))) fail_msg("%s: %.*s", PAIRS[i][0], SLICE_PRINTF(out));
	}
	char wide[2000];
	memset(wide, 'a', sizeof wide);
	out = SLICE("kept");
	assert_false(text_to_alabels(arena, slice_of(wide, sizeof wide), &out));
	assert_false(text_to_alabels(arena, slice_of(wide, 64), &out));
	assert_false(text_to_alabels(arena, slice_of("a\0b", 3), &out));
	assert_false(text_to_alabels(arena, SLICE("\xff.de"), &out));
	assert_false(text_to_alabels(arena, SLICE(""), &out));
	assert_true(slice_equal(out, SLICE("kept")));
}

static void json_escapes(void **state)
{
	(void)state;
	static const char *const PAIRS[][2] = {
		{"http:\\/\\/a.b\\/c", "http://a.b/c"},
		{"\\\\n", "\\n"},
		{"\\\"", "\""},
		{"a\\tb\\nc\\rd\\be\\ff", "a\tb\nc\rd\be\ff"},
		{"\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC"},
		{"\\ud83d\\ude00!", "\xF0\x9F\x98\x80!"},
		{"C:\\Windows\\\\x", "C:\\Windows\\x"},
		{"\\ud83d\\/", "\\ud83d/"},
		{"\\u12\\/", "\\u12/"},
		{"\\/\\", "/\\"},
		{"\\ud83d\\ud83d\\ude00", "\\ud83d\xF0\x9F\x98\x80"},
	};
	static const char *const SAME[] = {"", "plain", "C:\\Windows", "\\", "a\\", "\\ud83d", "\\udc00x", "\\u12", "\\uXYZW", "\\x41"};
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
		slice out = text_unescape_json(arena, slice_from(PAIRS[i][0]));
		if (!slice_equal(out, slice_from(PAIRS[i][1]))) fail_msg("%s: %.*s", PAIRS[i][0], SLICE_PRINTF(out));
	}
	for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
		slice s = slice_from(SAME[i]), out = text_unescape_json(arena, s);
		assert_ptr_equal(out.p, s.p);
		assert_int_equal(out.n, s.n);
	}
	slice zero = text_unescape_json(arena, SLICE("\\u0000"));
	assert_true(zero.n == 1 && zero.p[0] == 0);
}

static void base64_and_hex(void **state)
{
	(void)state;
	static const char *const PAIRS[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}}; /* RFC 4648 10 */
	static const char *const BAD[] = {"Z", "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9", "Zm9v\n", "-_-_"};
	slice out;
	for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
		struct buf b = {0};
		text_put_base64(&b, slice_from(PAIRS[i][0]));
		assert_true(slice_equal(buf_slice(&b), slice_from(PAIRS[i][1])));
		assert_true(text_get_base64(arena, buf_slice(&b), &out));
		assert_true(slice_equal(out, slice_from(PAIRS[i][0])));
		buf_free(&b);
	}
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (text_get_base64(arena, slice_from(BAD[i]), &out)) fail_msg("taken: %s", BAD[i]);
	assert_true(text_get_hex(arena, SLICE("00fFAa"), &out));
	assert_true(slice_equal(out, slice_of("\x00\xff\xaa", 3)));
	assert_false(text_get_hex(arena, SLICE("0"), &out));
	assert_false(text_get_hex(arena, SLICE("0g"), &out));
	assert_true(text_get_hex(arena, SLICE(""), &out) && out.n == 0);
}

/* Into room of the caller's: exactly as much as the bytes need, and not a byte past it. */
static void base64_into(void **state)
{
	(void)state;
	static const struct {
		slice text;
		size_t bytes;
	} ROWS[] = {{SLICE(""), 0}, {SLICE("QQ=="), 1}, {SLICE("QUI="), 2}, {SLICE("QUJD"), 3}, {SLICE("QUJDRA=="), 4}};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint8_t room[8];
		size_t n = 77;
		memset(room, 0x5A, sizeof room);
		assert_true(text_get_base64_into(ROWS[i].text, room, ROWS[i].bytes, &n));
		assert_int_equal(n, ROWS[i].bytes);
		assert_memory_equal(room, "ABCD", n);
		assert_int_equal(room[n], 0x5A);
		if (n == 0) continue;
		memset(room, 0x5A, sizeof room);
		size_t before = n = 77;
		assert_false(text_get_base64_into(ROWS[i].text, room, ROWS[i].bytes - 1, &n));
		assert_true(n == before && room[ROWS[i].bytes - 1] == 0x5A);
	}
}

static void decimals(void **state)
{
	(void)state;
	uint64_t v = 7;
	assert_true(text_get_decimal(SLICE("0"), &v) && v == 0);
	assert_true(text_get_decimal(SLICE("18446744073709551615"), &v) && v == UINT64_MAX);
	static const char *const BAD[] = {"", "00", "01", "+1", "-1", " 1", "1 ", "1a", "18446744073709551616", "99999999999999999999",
		"184467440737095516150", "0x1"};
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		v = 7;
		assert_false(text_get_decimal(slice_from(BAD[i]), &v));
		assert_int_equal(v, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_round_trip),
		cmocka_unit_test(utf8_refusals),
		cmocka_unit_test(letters),
		cmocka_unit_test(normal_forms),
		cmocka_unit_test(alabels),
		cmocka_unit_test(json_escapes),
		cmocka_unit_test(base64_and_hex),
		cmocka_unit_test(base64_into),
		cmocka_unit_test(decimals),
	};
	return cmocka_run_group_tests_name("base/text", tests, setup, teardown);
}
