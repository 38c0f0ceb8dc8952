/* Manifests: what is written is read back, and what is not exactly that is refused with line and member. */
#include "manifest.h"

#include "../base/cmocka_all.h"

#include <stdio.h>

#include "file_type.h"

static struct manifest_head head_of(uint64_t files, uint64_t bytes)
{
	struct manifest_head h = {.case_name = SLICE("2026-117"),
		.collector = SLICE("E. Hoxha"),
		.reason = SLICE("seized \"at\" the ministry\n"),
		.version = SLICE("0.1"),
		.exhibit = SLICE("4"),
		.began = 1764000000000000,
		.ended = 1764000000000001,
		.files = files,
		.bytes = bytes,
		.form = ITEM_ORIGINAL,
		.marking = TLP_AMBER_STRICT,
		.exercise = true};
	for (int i = 0; i < 32; i++) h.salt[i] = (uint8_t)(i * 7);
	return h;
}

#define FILES_N 5
static void sample(struct buf *b)
{
	static const uint8_t md5[16] = {1, 2, 0xab}, sha512[64] = {0xff};
	const struct manifest_file files[FILES_N] = {
		{.name = SLICE("a"), .kind = MANIFEST_FOLDER, .mode = 0755, .accessed = INSTANT_NONE, .changed = 0, .modified = -1},
		{.name = SLICE("a/\n\"q\""),
			.bytes = 3,
			.holes = 1,
			.type = SLICE("text/plain"),
			.modified = 1,
			.uid = UINT32_MAX,
			.gid = 5,
			.md5 = {md5, 16},
			.sha512 = {sha512, 64}},
		{.name = SLICE("a/l"), .kind = MANIFEST_LINK, .target = SLICE("/etc/\xff")},
		{.name = SLICE("p"), .kind = MANIFEST_OTHER},
		{.name = SLICE("\xff\xfe"), .bytes = 1ull << 40},
	};
	struct manifest_head h = head_of(FILES_N, 3 + (1ull << 40));
	manifest_put_head(b, &h);
	for (int i = 0; i < FILES_N; i++) manifest_put_file(b, &files[i]);
}

/* Read all; write what was read. */
static enum err again(slice bytes, struct buf *out, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct manifest_walk w;
	struct manifest_file m;
	bool end = false;
	enum err e = manifest_open(bytes, a, &w, f);
	if (e == OK) manifest_put_head(out, &w.head);
	while (e == OK) {
		e = manifest_next(&w, a, &m, &end, f);
		if (e != OK || end) break;
		manifest_put_file(out, &m);
	}
	arena_free(a);
	return e;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct buf b = {0}, back = {0};
	struct fault f = {0};
	sample(&b);
	if (again(buf_slice(&b), &back, &f) != OK) fail_msg("%s", f.text);
	assert_true(slice_equal(buf_slice(&b), buf_slice(&back)));
	buf_free(&b);
	buf_free(&back);
}

/* Cut anywhere, any bit flipped: refused, or read as exactly the bytes that stand there. */
static void every_change_is_seen(void **state)
{
	(void)state;
	struct buf b = {0}, back = {0};
	unsigned read = 0;
	sample(&b);
	for (size_t n = 0; n < b.n; n++) assert_int_not_equal(again(slice_of(b.p, n), &back, NULL), OK);
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
		buf_clear(&back);
		if (again(buf_slice(&b), &back, NULL) == OK) {
			read++;
			assert_true(slice_equal(buf_slice(&b), buf_slice(&back)));
		}
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_true(read > 0); /* letters within texts, digits */
	buf_free(&b);
	buf_free(&back);
}

static void replace(struct buf *b, const char *from, const char *to)
{
	struct buf out = {0};
	size_t at = slice_find(buf_slice(b), slice_from(from));
	assert_true(at < b->n);
	buf_add(&out, slice_sub(buf_slice(b), 0, at));
	buf_add_text(&out, to);
	buf_add(&out, slice_sub(buf_slice(b), at + strlen(from), SIZE_MAX));
	buf_free(b);
	*b = out;
}

static void faults_say_where(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *text;
	} ROWS[] = {
		{"kulla/item/v1", "kulla/item/v2", "manifest line 1: format: found \"kulla/item/v2\", expected \"kulla/item/v1\""},
		{"\"form\":\"original\"", "\"form\":\"copy\"",
			"manifest line 1: from: expected of a copy and a derived item, and of no original"},
		{"\"reason\":\"seized \\\"at\\\" the ministry\\n\",", "",
			"manifest line 1: reason is missing, expected a text of 1 to EVIDENCE_TEXT_BYTES_MAX bytes"},
		{"\"files\":5", "\"files\":6", "manifest: found 5 files of 1099511627779 bytes, expected 6 of 1099511627779"},
		{"\"files\":5", "\"files\":4", "manifest: found 5 files of 1099511627779 bytes, expected 4 of 1099511627779"},
		{"\"exhibit\"", "\"exhibiu\"", "manifest line 1: found the member \"exhibiu\", which it does not have"},
		{"\"name\":\"a/l\"", "\"name\":\"a/../l\"",
			"manifest line 4: name: expected a relative name without empty, . and .. parts"},
		{"\"name\":\"p\"", "\"name\":\"a\"", "manifest line 5: name: expected behind the one before, by its bytes"},
		{"\"kind\":\"other\"", "\"kind\":\"file\"",
			"manifest line 5: blob, bytes and holes: expected of a file, and of nothing else"},
		{"\"holes\":1", "\"holes\":4", "manifest line 3: holes: more than bytes"},
		{"\"md5\":\"0102ab", "\"md5\":\"0102AB",
			"manifest line 3: md5: found \"0102AB00000000000000000000000000\", expected lower-case hexadecimal digits, as many "
			"as the digest has"},
		{"\"name_base64\":\"//4=\"", "\"name_base64\":\"YWI=\"",
			"manifest line 6: name_base64: found \"YWI=\", expected base64 of bytes that are no UTF-8"},
		{"\"kind\":\"other\"", "\"kind\": \"other\"", "manifest line 5: "},
	};
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct buf b = {0}, back = {0};
		struct fault f = {0};
		sample(&b);
		replace(&b, ROWS[i].from, ROWS[i].to);
		assert_int_not_equal(again(buf_slice(&b), &back, &f), OK);
		if (!slice_starts(slice_from(f.text), slice_from(ROWS[i].text))) fail_msg("row %zu: %s", i, f.text);
		buf_free(&b);
		buf_free(&back);
	}
}

static void names(void **state)
{
	(void)state;
	static const struct {
		slice name;
		bool allowed;
	} ROWS[] = {{SLICE("a"), true}, {SLICE("a/b"), true}, {SLICE("..."), true}, {SLICE("a\nb"), true}, {SLICE("\xff"), true},
		{SLICE(""), false}, {SLICE("/a"), false}, {SLICE("a/"), false}, {SLICE("a//b"), false}, {SLICE("."), false},
		{SLICE("a/./b"), false}, {SLICE("../a"), false}, {SLICE("a/.."), false}, {SLICE("a\0b"), false}};
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
		if (manifest_name_allowed(ROWS[i].name) != ROWS[i].allowed) fail_msg("row %zu", i);
}

static void types(void **state)
{
	(void)state;
	uint8_t disk[512] = {[510] = 0x55, [511] = 0xaa};
	assert_string_equal(file_type(SLICE("%PDF-1.7")), "application/pdf");
	assert_string_equal(file_type(SLICE("EVF\x09\x0d\x0a\xff\x00")), "application/x-ewf");
	assert_string_equal(file_type(slice_of(disk, sizeof disk)), "application/x-raw-disk-image");
	assert_string_equal(file_type(SLICE("Përshëndetje\n")), "text/plain");
	assert_string_equal(file_type(SLICE("\x01\x02")), "");
	assert_string_equal(file_type((slice){0}), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(every_change_is_seen),
		cmocka_unit_test(faults_say_where),
		cmocka_unit_test(names),
		cmocka_unit_test(types),
	};
	return cmocka_run_group_tests_name("evidence/manifest", tests, NULL, NULL);
}
