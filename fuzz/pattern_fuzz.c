/* Any bytes as a STIX pattern of both versions: never a crash, and the promises of the header hold. */
#include <stdlib.h>

#include "path.h"
#include "pattern.h"

static void require(bool true_always)
{
	if (!true_always) abort();
}

static void judge_tree(struct arena *a, const struct pattern_node *root)
{
	struct pattern_term *terms = NULL;
	size_t terms_n = 0;
	const char *why = NULL;
	if (pattern_terms(a, root, &terms, &terms_n, &why) != OK) {
		require(why != NULL && terms == NULL);
		return;
	}
	for (size_t i = 0; i < terms_n; i++) {
		bool value_property = false;
		require(terms[i].path.steps_n > 0);
		require(stix_path_type(&terms[i].path, &value_property) < OBSERVABLE_COUNT);
		require(terms[i].value.n == 0 || terms[i].value.p != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int version = 20; version <= 21; version++) {
		struct arena *a = arena_new(0);
		struct pattern_node *strict = NULL, *loose = NULL;
		struct fault f = {0};
		enum err e = pattern_parse(a, slice_of(data, size), version, &strict, &f);
		require((e == OK) == (strict != NULL));
		require(e == OK || (f.kind == e && f.offset <= size && f.text[0] != 0));
		enum err grammar = pattern_parse_grammar(a, slice_of(data, size), version, &loose, NULL);
		require(e != OK || grammar == OK);
		if (loose != NULL) judge_tree(a, loose);
		arena_free(a);
	}
	return 0;
}
