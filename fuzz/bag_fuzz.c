/* Fuzzes the texts of a bag. The first byte says which: a manifest that is read is written again to the same bytes, its paths are allowed
 * and ascend; places for an item's files are allowed, each another, and as many as the manifest has files. */
#include "bag_name.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds) abort();
}

static void fuzz_manifest(slice text, bool payload)
{
	struct bag_list l = {0};
	struct fault f = {0};
	struct buf b = {0};
	enum err e = bag_get_manifest(text, payload, &l, &f);
	if (e == OK) {
		bag_put_manifest(&b, &l);
		must(slice_equal(buf_slice(&b), text));
		for (size_t i = 0; i < l.n; i++) must(bag_path_allowed(l.files[i].path) && bag_is_payload(l.files[i].path) == payload);
		for (size_t i = 0; i < l.n; i++) must(bag_list_find(&l, l.files[i].path) == &l.files[i]);
	} else must(f.kind == e && f.text[0] != 0);
	buf_free(&b);
	bag_list_free(&l);
}

static void fuzz_names(slice text)
{
	struct arena *a = arena_new(0);
	struct bag_list l = {0};
	struct bag_names names;
	struct fault f = {0};
	struct buf b = {0};
	digest id = digest_of(text);
	enum err e = bag_names_read(text, &id, a, &names, &f);
	if (e == OK) {
		for (size_t i = 0; i < names.n; i++) {
			struct bag_file file = {.path = names.files[i].path};
			must(bag_path_allowed(file.path) && bag_is_payload(file.path));
			bag_list_add(&l, &file);
		}
		bag_list_sort(&l);
		for (size_t i = 1; i < l.n; i++) must(slice_compare(l.files[i - 1].path, l.files[i].path) < 0);
		bag_put_names(&b, &names);
	} else must(f.kind == e && f.text[0] != 0);
	buf_free(&b);
	bag_list_free(&l);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t bytes, files;
	if (size == 0) return 0;
	slice text = slice_of(data + 1, size - 1);
	switch (data[0] & 3) {
	case 0: fuzz_manifest(text, true); break;
	case 1: fuzz_manifest(text, false); break;
	case 2: fuzz_names(text); break;
	default: (void)!bag_get_oxum(text, &bytes, &files, NULL);
	}
	return 0;
}
