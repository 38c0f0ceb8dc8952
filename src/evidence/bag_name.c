/* Places in a bag. Names collide when their folded spellings are one, or when one is a folder in the other's path: sorted with '/' below
 * every other byte, a name stands right before everything below it, so that one pass finds both. */
#include "bag_name.h"

#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>

#include "canonical.h"
#include "text.h"

#define RENAMED "_renamed"

const char *bag_item_folder(const digest *id, char out[BAG_ITEM_DIGITS + 1])
{
	char hex[DIGEST_HEX_BYTES + 1];
	memcpy(out, digest_hex(id, hex), BAG_ITEM_DIGITS);
	out[BAG_ITEM_DIGITS] = 0;
	return out;
}

struct folded {
	slice text;
	size_t file; /* its place in the list */
};

static slice fold(struct arena *a, slice name)
{
	size_t n = 0;
	uint8_t *text = u8_casefold(name.p, name.n, NULL, UNINORM_NFC, NULL, &n);
	slice out = arena_copy(a, text != NULL ? slice_of(text, n) : name);
	free(text);
	return out;
}

/* A name that can stand in a bag as far as it alone can tell. The folder's part of a path is about 25 bytes. */
static bool fits(struct arena *a, slice name)
{
	slice normal = text_nfc(a, name), rest = name;
	if (name.n > BAG_PATH_BYTES_MAX - 64 || !slice_equal(normal, name) || name.p[name.n - 1] == '/') return false;
	if (slice_equal_nocase(slice_cut(&rest, '/'), SLICE(RENAMED))) return false;
	rest = name;
	for (unsigned parts = 3; rest.n > 0; parts++)
		if (parts > BAG_DEPTH_MAX || !bag_part_allowed(slice_cut(&rest, '/'))) return false;
	return true;
}

static int byte_order(uint8_t c)
{
	return c == '/' ? -1 : c;
}

static int by_folded(const void *x, const void *y)
{
	const struct folded *a = x, *b = y;
	size_t n = a->text.n < b->text.n ? a->text.n : b->text.n;
	for (size_t i = 0; i < n; i++)
		if (a->text.p[i] != b->text.p[i]) return byte_order(a->text.p[i]) - byte_order(b->text.p[i]);
	if (a->text.n != b->text.n) return a->text.n < b->text.n ? -1 : 1;
	return a->file < b->file ? -1 : a->file > b->file;
}

/* The same, or a file where the other needs a folder. */
static bool collide(slice held, slice other)
{
	return slice_starts(other, held) && (other.n == held.n || other.p[held.n] == '/');
}

static void rename_colliding(struct bag_names *names, struct arena *a)
{
	struct folded *all = arena_array(a, names->n + 1, sizeof *all);
	slice held = {0};
	size_t n = 0;
	for (size_t i = 0; i < names->n; i++)
		if (!names->files[i].renamed) all[n++] = (struct folded){fold(a, names->files[i].file.name), i};
	if (n > 1) qsort(all, n, sizeof *all, by_folded);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && collide(held, all[i].text)) names->files[all[i].file].renamed = true;
		else held = all[i].text;
	}
}

static enum err take_files(struct manifest_walk *w, struct arena *a, struct bag_names *names, struct fault *f)
{
	struct manifest_file file;
	for (;;) {
		bool end = false;
		enum err e = manifest_next(w, a, &file, &end, f);
		if (e != OK || end) return e;
		if (file.kind != MANIFEST_FILE) continue;
		if (names->n == names->room) {
			struct bag_named *more = arena_array(a, names->room = names->room * 2 + 64, sizeof *more);
			if (names->n > 0) memcpy(more, names->files, names->n * sizeof *more);
			names->files = more;
		}
		if (names->n == BAG_FILES_MAX) return fault_set(f, ERR_LIMIT, w->line, 0, "more than BAG_FILES_MAX files in one item");
		names->files[names->n++] = (struct bag_named){.file = file, .line = w->line, .renamed = !fits(a, file.name)};
	}
}

enum err bag_names_read(slice manifest, const digest *id, struct arena *a, struct bag_names *out, struct fault *f)
{
	struct bag_names names = {.n = 0};
	struct manifest_walk w;
	char folder[BAG_ITEM_DIGITS + 1];
	enum err e = manifest_open(manifest, a, &w, f);
	if (e == OK) e = take_files(&w, a, &names, f);
	if (e != OK) return e;
	names.head = w.head;
	bag_item_folder(id, folder);
	rename_colliding(&names, a);
	for (size_t i = 0; i < names.n; i++) {
		struct bag_named *file = &names.files[i];
		file->path = file->renamed ? arena_printf(a, "data/%s/" RENAMED "/%07llu", folder, (unsigned long long)file->line)
					   : arena_join(a, arena_printf(a, "data/%s/", folder), file->file.name);
	}
	*out = names;
	return OK;
}

void bag_put_names(struct buf *b, const struct bag_names *n)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct bag_named *file = &n->files[i];
		if (!file->renamed) continue;
		struct canonical_writer w = canonical_open(b);
		canonical_put_text(&w, "bag", file->path);
		canonical_put_count(&w, "line", file->line);
		if (text_is_utf8(file->file.name)) canonical_put_text(&w, "name", file->file.name);
		else {
			canonical_put_key(&w, "name_base64");
			buf_add_byte(b, '"');
			text_put_base64(b, file->file.name);
			buf_add_byte(b, '"');
		}
		canonical_close(&w);
		buf_add_byte(b, '\n');
	}
}
