/* What scan can answer: patterns to terms, and the reason where they are none. Object paths to types. TLP names and ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "observable.h"
#include "path.h"
#include "pattern.h"

static struct pattern_node *parsed(struct arena *a, const char *text)
{
	struct pattern_node *n = NULL;
	struct fault f = {0};
	if (pattern_parse(a, slice_from(text), 21, &n, &f) != OK) fail_msg("%s: %s", text, f.text);
	return n;
}

static void test_terms(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct pattern_term *t = NULL;
	size_t n = 0;
	const char *why = NULL;
	const struct pattern_node *root =
		parsed(a, "[domain-name:value = 'a.org' OR (url:value IN ('u', 'v') OR ipv4-addr:value ISSUBSET '10.0.0.0/8')] OR "
			  "([file:name LIKE 'x%'] OR [file:name MATCHES 'y'])");
	assert_int_equal(pattern_terms(a, root, &t, &n, &why), OK);
	static const struct {
		enum pattern_operator op;
		const char *path, *value;
	} wanted[] = {
		{OPERATOR_EQ, "domain-name:value", "a.org"},
		{OPERATOR_EQ, "url:value", "u"},
		{OPERATOR_EQ, "url:value", "v"},
		{OPERATOR_ISSUBSET, "ipv4-addr:value", "10.0.0.0/8"},
		{OPERATOR_LIKE, "file:name", "x%"},
		{OPERATOR_MATCHES, "file:name", "y"},
	};
	assert_int_equal(n, sizeof wanted / sizeof *wanted);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(t[i].op, wanted[i].op);
		assert_true(slice_equal(t[i].path.text, slice_from(wanted[i].path)));
		assert_true(slice_equal(t[i].value, slice_from(wanted[i].value)));
	}
	arena_free(a);
}

static void test_no_terms(void **state)
{
	(void)state;
	static const char *const none[][2] = {
		{"[x:a = 'b' AND x:c = 'd']", "AND of two comparisons"},
		{"[x:a = 'b'] AND [x:c = 'd']", "AND of two observations"},
		{"[x:a = 'b'] FOLLOWEDBY [x:c = 'd']", "FOLLOWEDBY"},
		{"[x:a NOT = 'b']", "NOT"},
		{"[x:a = 'b' OR x:a != 'c']", "an inequality"},
		{"[x:a > 'b']", "an inequality"},
		{"[EXISTS x:a]", "EXISTS"},
		{"[x:a = 5]", "a constant that is no text"},
		{"[x:a IN ()]", "an empty list"},
		{"[x:a = 'b'] WITHIN 5 SECONDS", "WITHIN"},
		{"[x:a = 'b'] REPEATS 5 TIMES", "REPEATS"},
		{"[x:a ISSUPERSET 'b']", "ISSUPERSET"},
		{"[x:a = 'b'] START t'2020-01-01T00:00:00Z' STOP t'2020-01-02T00:00:00Z'", "START STOP"},
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct pattern_term *t = NULL;
		size_t n = 0;
		const char *why = NULL;
		assert_int_equal(pattern_terms(a, parsed(a, none[i][0]), &t, &n, &why), ERR_UNSUPPORTED);
		assert_string_equal(why, none[i][1]);
		assert_null(t);
	}
	arena_free(a);
}

static void test_paths(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum observable type;
		bool value;
	} paths[] = {
		{"ipv4-addr:value", OBSERVABLE_IPV4, true},
		{"ipv6-addr:value", OBSERVABLE_IPV6, true},
		{"domain-name:value", OBSERVABLE_DOMAIN, true},
		{"url:value", OBSERVABLE_URL, true},
		{"email-addr:value", OBSERVABLE_EMAIL, true},
		{"file:name", OBSERVABLE_FILE_NAME, true},
		{"file:hashes.MD5", OBSERVABLE_MD5, true},
		{"file:hashes.md5", OBSERVABLE_MD5, true},
		{"file:hashes.'SHA-1'", OBSERVABLE_SHA1, true},
		{"file:hashes.sha1", OBSERVABLE_SHA1, true},
		{"file:hashes.'sha-224'", OBSERVABLE_SHA224, true},
		{"file:hashes.SHA256", OBSERVABLE_SHA256, true},
		{"file:hashes.'SHA-256'", OBSERVABLE_SHA256, true},
		{"file:hashes.sha_384", OBSERVABLE_SHA384, true},
		{"file:hashes.'SHA-512'", OBSERVABLE_SHA512, true},
		{"file:hashes.'SHA3-256'", OBSERVABLE_HASH_OTHER, true},
		{"file:hashes.SSDEEP", OBSERVABLE_HASH_OTHER, true},
		{"file:hashes[*]", OBSERVABLE_NONE, true},
		{"artifact:hashes.MD5", OBSERVABLE_MD5, true},
		{"x509-certificate:hashes.'SHA-1'", OBSERVABLE_SHA1, true},
		{"x509-certificate:serial_number", OBSERVABLE_SERIAL, true},
		{"process:binary_ref.hashes.MD5", OBSERVABLE_MD5, false},
		{"windows-registry-key:key", OBSERVABLE_REGISTRY_KEY, true},
		{"mutex:name", OBSERVABLE_MUTEX, true},
		{"process:command_line", OBSERVABLE_COMMAND_LINE, true},
		{"network-traffic:src_ref.value", OBSERVABLE_ADDRESS, false},
		{"network-traffic:dst_ref.value", OBSERVABLE_ADDRESS, false},
		{"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'", OBSERVABLE_USER_AGENT, true},
		{"network-traffic:extensions.'http-request-ext'.request_value", OBSERVABLE_URL_PATH, false},
		{"email-message:from_ref.value", OBSERVABLE_EMAIL, false},
		{"email-message:to_refs[*].value", OBSERVABLE_EMAIL, false},
		{"domain-name:resolves_to_refs[0].value", OBSERVABLE_ADDRESS, false},
		{"directory:path", OBSERVABLE_FILE_NAME, true},
		{"process:image_ref.name", OBSERVABLE_FILE_NAME, false},
		{"file:parent_directory_ref.path", OBSERVABLE_FILE_NAME, false},
		{"user-account:user_id", OBSERVABLE_OTHER, true},
		{"x-thing:value", OBSERVABLE_OTHER, false},
		{"file:name.x", OBSERVABLE_OTHER, false},
		{"network-traffic:dst_ref", OBSERVABLE_OTHER, false},
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		slice text = arena_printf(a, "[%s LIKE 'x']", paths[i].path);
		bool value = !paths[i].value;
		enum observable type = stix_path_type(&parsed(a, (const char *)text.p)->left->path, &value);
		if (type != paths[i].type || value != paths[i].value) fail_msg("%s: type %d value %d", paths[i].path, (int)type, value);
	}
	arena_free(a);
}

static void test_tlp(void **state)
{
	(void)state;
	assert_int_equal(tlp_from_marking_id(SLICE("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9")), TLP_CLEAR);
	assert_int_equal(tlp_from_marking_id(SLICE("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da")), TLP_GREEN);
	assert_int_equal(tlp_from_marking_id(SLICE("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82")), TLP_AMBER);
	assert_int_equal(tlp_from_marking_id(SLICE("marking-definition--826578e1-40ad-459f-bc73-ede076f81f37")), TLP_AMBER_STRICT);
	assert_int_equal(tlp_from_marking_id(SLICE("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed")), TLP_RED);
	assert_int_equal(tlp_from_marking_id(SLICE("marking-definition--5e57f73f-391a-4eb3-b6be-7d15ca92d5ed")), TLP_NONE);
	assert_string_equal(tlp_marking_id(TLP_AMBER_STRICT), "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003");
	assert_string_equal(tlp_marking_id(TLP_NONE), "");
	for (enum tlp t = TLP_CLEAR; t < TLP_NONE; t++) {
		assert_int_equal(tlp_from_marking_id(slice_from(tlp_marking_id(t))), t);
		assert_int_equal(tlp_from_text(slice_from(tlp_text(t))), t);
	}
	assert_int_equal(tlp_from_text(SLICE("tlp:white")), TLP_CLEAR);
	assert_int_equal(tlp_from_text(SLICE(" Tlp:Amber+Strict ")), TLP_AMBER_STRICT);
	assert_int_equal(tlp_from_text(SLICE("red")), TLP_RED);
	assert_int_equal(tlp_from_text(SLICE("tlp:ex:chr")), TLP_NONE);
	assert_int_equal(tlp_from_text(SLICE("")), TLP_NONE);
	assert_string_equal(tlp_text(TLP_NONE), "");
	assert_int_equal(tlp_stricter(TLP_NONE, TLP_GREEN), TLP_GREEN);
	assert_int_equal(tlp_stricter(TLP_RED, TLP_GREEN), TLP_RED);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(observable_stix_type(OBSERVABLE_IPV4), "ipv4-addr");
	assert_string_equal(observable_stix_type(OBSERVABLE_SHA256), "file");
	assert_string_equal(observable_stix_type(OBSERVABLE_REGISTRY_KEY), "windows-registry-key");
	assert_string_equal(observable_stix_type(OBSERVABLE_COUNT), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_no_terms),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_tlp),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests_name("stix/terms", tests, NULL, NULL);
}
