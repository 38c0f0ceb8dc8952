/* The 196 inclusion and consistency proofs of transparency-dev/merkle, each with the verdict it states. */
#include "trees.h"
#include "../base/data.h"
#include "json.h"
#include "text.h"

#include <glob.h>

/* A hash of the vector. Some are no hashes ("don't care 2"): their own digest stands for them, so that what is equal stays equal; an empty
 * one cannot be said to us at all. */
static bool hash_read(slice text, digest *d)
{
	uint8_t bytes[64];
	size_t n;

	if (digest_get_base64(text, d)) return true;
	if (!text_get_base64_into(text, bytes, sizeof bytes, &n) || n == 0) return false;
	*d = digest_of(slice_of(bytes, n));
	return true;
}

static bool hash_get(json_value v, const char *key, digest *d)
{
	slice text = {0};

	return json_member_text(v, key, &text) && hash_read(text, d);
}

static bool proof_get(json_value v, struct proof *p)
{
	json_value list;

	*p = (struct proof){0};
	if (!json_member(v, "proof", &list) || json_type_of(list) == JSON_NULL) return true;
	for (struct json_iter i = json_iter(list); json_next(&i);) {
		slice text = {0};
		if (p->n == PROOF_HASHES_MAX || !json_get_text(i.value, &text) || !hash_read(text, &p->hashes[p->n++])) return false;
	}
	return true;
}

static bool number_get(json_value v, const char *key, uint64_t *out)
{
	json_value member;
	int64_t n;

	if (!json_member(v, key, &member) || !json_get_int(member, &n) || n < 0) return false;
	*out = (uint64_t)n;
	return true;
}

static bool inclusion_holds(json_value v)
{
	struct tree_head head;
	struct proof p;
	digest leaf;
	uint64_t index;
	struct fault f;

	return number_get(v, "leafIdx", &index) && number_get(v, "treeSize", &head.size) && hash_get(v, "root", &head.root) &&
	       hash_get(v, "leafHash", &leaf) && proof_get(v, &p) && proof_check_inclusion(&p, index, &leaf, &head, &f) == OK;
}

static bool consistency_holds(json_value v)
{
	struct tree_head old, head;
	struct proof p;
	struct fault f;

	return number_get(v, "size1", &old.size) && number_get(v, "size2", &head.size) && hash_get(v, "root1", &old.root) &&
	       hash_get(v, "root2", &head.root) && proof_get(v, &p) && proof_check_consistency(&p, &old, &head, &f) == OK;
}

static void run(const char *kind, bool (*holds)(json_value), unsigned good, unsigned bad)
{
	char pattern[4096];
	struct buf text = {0};
	struct json_parser *parser = json_parser_new();
	glob_t found = {0};
	unsigned held = 0, refused = 0;

	static const char *const DEPTHS[] = {"*", "*/*", "*/*/*"};
	for (size_t i = 0; i < sizeof DEPTHS / sizeof *DEPTHS; i++) {
		(void)snprintf(pattern, sizeof pattern, "%s/data/vectors/merkle/%s/%s.json", data_root(), kind, DEPTHS[i]);
		(void)glob(pattern, i == 0 ? 0 : GLOB_APPEND, NULL, &found);
	}
	if (found.gl_pathc == 0) {
		print_message("SKIPPED: %s is missing (set KULLA_SHARED)\n", pattern);
		globfree(&found);
		json_parser_free(parser);
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		json_value v, want;
		bool wrong = false;
		assert_true(data_read(found.gl_pathv[i], &text));
		assert_int_equal(json_parse(parser, buf_slice(&text), &v, NULL), OK);
		if (json_member(v, "wantErr", &want)) assert_true(json_get_bool(want, &wrong));
		if (holds(v) == wrong) fail_msg("%s: expected to %s", found.gl_pathv[i], wrong ? "be refused" : "hold");
		if (wrong) refused++;
		else held++;
	}
	assert_int_equal(held, good);
	assert_int_equal(refused, bad);
	globfree(&found);
	buf_free(&text);
	json_parser_free(parser);
}

static void inclusion(void **state)
{
	(void)state;
	run("inclusion", inclusion_holds, 6, 92);
}

static void consistency(void **state)
{
	(void)state;
	run("consistency", consistency_holds, 6, 92);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(inclusion), cmocka_unit_test(consistency)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
