/* Bags: what may be a path, manifests that have one spelling, and places for names that not every system can hold. */
#include "bag_name.h"

#include "../base/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "case_uco.h"

/* ---- paths ---- */
static void paths_that_every_system_can_hold(void **state)
{
	(void)state;
	static const char *const good[] = {
		"data/a", "a", "metadata/x/y.json", "data/ä/日本", "data/a b", "data/.hidden", "data/a~", "com10"};
	static const char *const bad[] = {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a%b", "a\nb", "a\rb", "a\\b", "a\tb", "a:b",
		"a*b", "a?b", "a\"b", "a<b", "a>b", "a|b", "~a", " a", "a ", "a.", "con", "CON.txt", "lpt1", "com9.x", "data/Nul", "a\x7f",
		"a\xc2\x85", "a\xc2\xa0",
		"a\xe2\x80\xa8"
		"b",
		"a\xe2\x80\xae"
		"b",
		"\xef\xbb\xbf"
		"a",
		"\xff"};
	char part[BAG_PART_BYTES_MAX + 2];
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!bag_path_allowed(slice_from(good[i]))) fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (bag_path_allowed(slice_from(bad[i]))) fail_msg("number %zu is allowed", i);
	memset(part, 'a', sizeof part);
	assert_true(bag_path_allowed(slice_of(part, BAG_PART_BYTES_MAX)));
	assert_false(bag_path_allowed(slice_of(part, BAG_PART_BYTES_MAX + 1)));
	assert_false(bag_path_allowed(slice_of("a\0b", 3)));
}

static void paths_have_so_many_parts(void **state)
{
	(void)state;
	struct buf b = {0};
	for (int i = 0; i < BAG_DEPTH_MAX; i++) buf_add_text(&b, i == 0 ? "a" : "/a");
	assert_true(bag_path_allowed(buf_slice(&b)));
	buf_add_text(&b, "/a");
	assert_false(bag_path_allowed(buf_slice(&b)));
	buf_free(&b);
}

/* ---- manifests ---- */
#define X "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define Y "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
static const char WHOLE[] = X "  data/a\n" Y "  data/b/c d\n";

static enum err get(const char *text, bool payload)
{
	struct bag_list l = {0};
	struct fault f = {0};
	enum err e = bag_get_manifest(slice_from(text), payload, &l, &f);
	assert_true(e == OK || (f.kind == e && f.text[0] != 0));
	bag_list_free(&l);
	return e;
}

static void manifests_are_written_as_they_are_read(void **state)
{
	(void)state;
	struct bag_list l = {0};
	struct buf b = {0};
	assert_int_equal(bag_get_manifest(slice_from(WHOLE), true, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	bag_put_manifest(&b, &l);
	assert_true(slice_equal(buf_slice(&b), slice_from(WHOLE)));
	assert_non_null(bag_list_find(&l, SLICE("data/b/c d")));
	assert_null(bag_list_find(&l, SLICE("data/b")));
	buf_free(&b);
	bag_list_free(&l);
}

static void manifests_have_one_spelling(void **state)
{
	(void)state;
	static const char *const bad[] = {X "  data/a", X " data/a\n", X "   data/a\n", X " *data/a\n", X "\tdata/a\n", X "  \n", "\n",
		X "\n", "E3" /* upper case */ "b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  data/a\n", X "  data/a\r\n",
		X "  data/a\n\n", X "  data/b\n" X "  data/a\n", X "  data/a\n" X "  data/a\n", X "  ../a\n", X "  data/../a\n",
		X "  /data/a\n", X "  data/a%0Ab\n", X "  a\n"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (get(bad[i], true) != ERR_SYNTAX) fail_msg("number %zu is taken", i);
	assert_int_equal(get("", true), OK);
	assert_int_equal(get(X "  a\n", false), OK);
	assert_int_equal(get(WHOLE, false), ERR_SYNTAX);
}

static void each_changed_bit_of_a_manifest_shows(void **state)
{
	(void)state;
	struct bag_list was = {0};
	char text[sizeof WHOLE];
	assert_int_equal(bag_get_manifest(slice_from(WHOLE), true, &was, NULL), OK);
	for (size_t i = 0; i < 8 * (sizeof WHOLE - 1); i++) {
		struct bag_list now = {0};
		memcpy(text, WHOLE, sizeof text);
		text[i / 8] = (char)(text[i / 8] ^ (1 << (i % 8)));
		if (bag_get_manifest(slice_of(text, sizeof text - 1), true, &now, NULL) != OK) continue;
		bool same = now.n == was.n;
		for (size_t k = 0; same && k < now.n; k++)
			same = slice_equal(now.files[k].path, was.files[k].path) &&
			       digest_equal(&now.files[k].digest, &was.files[k].digest);
		assert_false(same);
		bag_list_free(&now);
	}
	bag_list_free(&was);
}

static void the_info_says_what_is_in_it(void **state)
{
	(void)state;
	digest item = digest_of(SLICE("x"));
	struct bag_info info = {.organization = SLICE("a.example/kulla"),
		.version = SLICE("0.1"),
		.recipient = SLICE("Bob\nPayload-Oxum: 1.1"),
		.reason = SLICE("trial"),
		.date = INT64_C(1764000000000000),
		.items = &item,
		.items_n = 1,
		.bytes = 12,
		.files = 3};
	struct buf b = {0};
	uint64_t bytes = 0, files = 0;
	bag_put_info(&b, &info);
	assert_int_equal(bag_get_oxum(buf_slice(&b), &bytes, &files, NULL), OK);
	assert_true(bytes == 12 && files == 3);
	assert_true(slice_find(buf_slice(&b), SLICE("\nBagging-Date: 2025-11-24\n")) < b.n);
	buf_add_text(&b, "Payload-Oxum: 12.3\n");
	assert_int_equal(bag_get_oxum(buf_slice(&b), &bytes, &files, NULL), ERR_SYNTAX);
	assert_int_equal(bag_get_oxum(SLICE("Payload-Oxum: 12\n"), &bytes, &files, NULL), ERR_SYNTAX);
	assert_int_equal(bag_get_oxum(SLICE("x: y\n"), &bytes, &files, NULL), ERR_SYNTAX);
	buf_free(&b);
}

/* ---- names ---- */
struct named {
	const char *name;
	const char *place; /* below the item's folder; NULL: it is renamed */
};

static int by_name(const void *a, const void *b)
{
	return slice_compare(slice_from(((const struct named *)a)->name), slice_from(((const struct named *)b)->name));
}

static void manifest_of(struct buf *b, const struct named *files, unsigned n)
{
	struct manifest_head h = {.case_name = SLICE("c"),
		.collector = SLICE("p"),
		.reason = SLICE("r"),
		.version = SLICE("0.1"),
		.form = ITEM_ORIGINAL,
		.files = n,
		.bytes = n,
		.marking = TLP_AMBER};
	manifest_put_head(b, &h);
	for (unsigned i = 0; i < n; i++) {
		struct manifest_file f = {.name = slice_from(files[i].name),
			.kind = MANIFEST_FILE,
			.bytes = 1,
			.accessed = INSTANT_NONE,
			.changed = INSTANT_NONE,
			.modified = INSTANT_NONE};
		manifest_put_file(b, &f);
	}
}

/* files: at most 16; sorted here. Returns how many were renamed. */
static unsigned places(const struct named *given, unsigned n)
{
	struct named files[16];
	struct arena *a = arena_new(0);
	struct buf b = {0}, lines = {0};
	struct bag_names names;
	struct fault f = {0};
	char expected[256], folder[BAG_ITEM_DIGITS + 1];
	unsigned renamed = 0;
	memcpy(files, given, n * sizeof *files);
	qsort(files, n, sizeof *files, by_name);
	manifest_of(&b, files, n);
	digest id = digest_of(buf_slice(&b));
	if (bag_names_read(buf_slice(&b), &id, a, &names, &f) != OK) fail_msg("%s", f.text);
	assert_int_equal(names.n, n);
	for (unsigned i = 0; i < n; i++) {
		if (files[i].place == NULL)
			(void)snprintf(expected, sizeof expected, "data/%s/_renamed/%07u", bag_item_folder(&id, folder), i + 2);
		else (void)snprintf(expected, sizeof expected, "data/%s/%s", bag_item_folder(&id, folder), files[i].place);
		if (!slice_equal(names.files[i].path, slice_from(expected)))
			fail_msg("%s lies at %.*s, expected %s", files[i].name, (int)names.files[i].path.n,
				(const char *)names.files[i].path.p, expected);
		assert_true(bag_path_allowed(names.files[i].path));
		renamed += names.files[i].renamed;
	}
	bag_put_names(&lines, &names);
	unsigned told = 0;
	for (size_t i = 0; i < lines.n; i++) told += lines.p[i] == '\n';
	assert_int_equal(told, renamed);
	buf_free(&lines);
	buf_free(&b);
	arena_free(a);
	return renamed;
}

static void names_stay_where_they_can(void **state)
{
	(void)state;
	const struct named plain[] = {{"a", "a"}, {"b/c", "b/c"}, {"b/d", "b/d"}, {"\xc3\xa9", "\xc3\xa9"}};
	assert_int_equal(places(plain, 4), 0);
}

static void names_that_collide_are_told_by_their_line(void **state)
{
	(void)state;
	/* the first by the bytes of its name stays */
	const struct named cases[] = {{"A", "A"}, {"a", NULL}, {"x/B", "x/B"}, {"x/b", NULL}, {"X/c", "X/c"}};
	const struct named normal[] = {{"e\xcc\x81", NULL}, {"\xc3\xa9", "\xc3\xa9"}}; /* é in two pieces is not NFC */
	const struct named sharp[] = {{"stra\xc3\x9f"
				       "e",
					      NULL},
		{"STRASSE", "STRASSE"}};                                                        /* folds to ss */
	const struct named both[] = {{"F", "F"}, {"f/x", NULL}, {"f/y/z", NULL}, {"f.", NULL}}; /* a file and a folder of one name */
	const struct named ours[] = {{"_renamed/0000003", NULL}, {"_RENAMED", NULL}, {"x", "x"}};
	const struct named odd[] = {{"100%", NULL}, {"a\nb", NULL}, {"a\\b", NULL}, {"nul", NULL}, {"\xff", NULL}, {"z ", NULL}};
	assert_int_equal(places(cases, 5), 2);
	assert_int_equal(places(normal, 2), 1);
	assert_int_equal(places(sharp, 2), 1);
	assert_int_equal(places(both, 4), 3);
	assert_int_equal(places(ours, 3), 2);
	assert_int_equal(places(odd, 6), 6);
}

/* Whatever the names, two files never lie at one place, nor one where another needs a folder. */
static void no_two_files_at_one_place(void **state)
{
	(void)state;
	static const char *const parts[] = {"a", "A", "b", "\xc3\xa4", "\xc3\x84", "_renamed", "0000002", "con"};
	struct arena *a = arena_new(0);
	unsigned seed = 20261124;
	for (int round = 0; round < 300; round++) {
		struct named files[8];
		struct buf b = {0};
		struct bag_names names;
		unsigned n = 0;
		for (unsigned i = 0; i < 8; i++) {
			struct buf name = {0};
			for (unsigned k = 0; k < 1 + (seed >> 20) % 3; k++) {
				seed = seed * 1103515245 + 12345;
				buf_printf(&name, "%s%s", k == 0 ? "" : "/", parts[(seed >> 16) % 8]);
			}
			files[i].name = (const char *)arena_copy(a, buf_slice(&name)).p;
			buf_free(&name);
		}
		qsort(files, 8, sizeof *files, by_name);
		for (unsigned i = 0; i < 8; i++)
			if (n == 0 || strcmp(files[n - 1].name, files[i].name) != 0) files[n++] = files[i];
		manifest_of(&b, files, n);
		digest id = digest_of(buf_slice(&b));
		assert_int_equal(bag_names_read(buf_slice(&b), &id, a, &names, NULL), OK);
		for (unsigned i = 0; i < n; i++)
			for (unsigned k = 0; k < n; k++) {
				slice x = names.files[i].path, y = names.files[k].path;
				bool below = i != k && y.n >= x.n && slice_equal_nocase(slice_sub(y, 0, x.n), x) &&
					     (y.n == x.n || y.p[x.n] == '/');
				if (below) fail_msg("seed 20261124, round %d: %s and %s collide", round, files[i].name, files[k].name);
			}
		buf_free(&b);
	}
	arena_free(a);
}

/* ---- CASE ---- */
static void the_graph_is_json_and_the_same_twice(void **state)
{
	(void)state;
	const struct named files[] = {{"\xff", NULL}, {"a\"b\n", NULL}};
	const struct case_act acts[] = {
		{.act = CUSTODY_TRANSFER, .at = 1764000000000000, .by = SLICE("A"), .party = SLICE("B"), .done = true, .entry = 7},
		{.act = CUSTODY_DISPOSE,
			.at = 1764000000000001,
			.by = SLICE("B"),
			.reason = SLICE("\"\\\n"),
			.place = SLICE("lab"),
			.entry = 9}};
	struct arena *a = arena_new(0);
	struct buf b = {0}, x = {0}, y = {0};
	struct bag_names names;
	struct named sorted[2] = {files[0], files[1]};
	struct fault f = {0};
	qsort(sorted, 2, sizeof *sorted, by_name);
	manifest_of(&b, sorted, 2);
	digest id = digest_of(buf_slice(&b));
	assert_int_equal(bag_names_read(buf_slice(&b), &id, a, &names, &f), OK);
	const struct case_item item = {.id = id, .names = &names, .acts = acts, .acts_n = 2};
	const struct case_package p = {.origin = SLICE("a.example/kulla"), .version = SLICE("0.1"), .items = &item, .items_n = 1};
	case_uco_put(&x, &p);
	case_uco_put(&y, &p);
	assert_true(slice_equal(buf_slice(&x), buf_slice(&y)));
	assert_true(slice_find(buf_slice(&x), SLICE("\"uco-action:actionStatus\":\"Fail\"")) < x.n);
	assert_true(slice_find(buf_slice(&x), SLICE("\"uco-types:hashMethod\":\"SHA256\"")) < x.n);
	assert_true(slice_find(buf_slice(&x), SLICE("\"uco-core:name\":\"dispose\"")) < x.n);
	buf_free(&b);
	buf_free(&x);
	buf_free(&y);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_that_every_system_can_hold),
		cmocka_unit_test(paths_have_so_many_parts),
		cmocka_unit_test(manifests_are_written_as_they_are_read),
		cmocka_unit_test(manifests_have_one_spelling),
		cmocka_unit_test(each_changed_bit_of_a_manifest_shows),
		cmocka_unit_test(the_info_says_what_is_in_it),
		cmocka_unit_test(names_stay_where_they_can),
		cmocka_unit_test(names_that_collide_are_told_by_their_line),
		cmocka_unit_test(no_two_files_at_one_place),
		cmocka_unit_test(the_graph_is_json_and_the_same_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
