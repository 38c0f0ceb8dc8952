/* Places, names and bytes of tiles. A name is read leniently into a place and accepted when the place's own name is the same text: what is
 * not canonical cannot get through. */
#include "tile.h"
#include "text.h"

#include <stdio.h>

uint64_t tile_hashes(unsigned level, uint64_t size)
{
	return level < 8 ? size >> (8 * level) : 0;
}

unsigned tile_width(unsigned level, uint64_t n, uint64_t size)
{
	uint64_t hashes = tile_hashes(level, size), full = hashes / TILE_WIDTH;

	if (n > full) return 0;
	return n < full ? TILE_WIDTH : (unsigned)(hashes % TILE_WIDTH);
}

bool tile_walk_next(struct tile_walk *w, uint64_t before, uint64_t size, struct tile *out)
{
	for (; w->step <= TREE_TILE_LEVELS; w->step++, w->within = false) {
		unsigned level = w->step == 0 ? 0 : w->step - 1;
		uint64_t had = tile_hashes(level, before);
		if (!w->within) w->n = had / TILE_WIDTH;
		w->within = true;
		unsigned width = tile_width(level, w->n, size);
		if (width == 0 || had >= tile_hashes(level, size)) continue;
		*out = (struct tile){.n = w->n++, .width = (uint16_t)width, .level = (uint8_t)level, .entries = w->step == 0};
		return true;
	}
	return false;
}

/* ---- names ---- */

#define GROUPS_MAX 7 /* of three digits: 64 bits have 20 */

const char *tile_path(const struct tile *t, char out[TILE_PATH_BYTES])
{
	struct buf b = {.p = (uint8_t *)out, .room = TILE_PATH_BYTES, .max = TILE_PATH_BYTES}; /* never grows: nothing to free */
	unsigned groups[GROUPS_MAX], n = 0;

	if (t->entries) buf_add_text(&b, "tile/entries/");
	else buf_printf(&b, "tile/%u/", (unsigned)t->level);
	for (uint64_t rest = t->n; n == 0 || rest != 0; rest /= 1000) groups[n++] = (unsigned)(rest % 1000);
	while (n-- > 1) buf_printf(&b, "x%03u/", groups[n]);
	buf_printf(&b, "%03u", groups[0]);
	if (t->width < TILE_WIDTH) buf_printf(&b, ".p/%u", (unsigned)t->width);
	buf_add_byte(&b, 0);
	return out;
}

/* Three digits. */
static bool group_read(slice s, unsigned *value)
{
	if (s.n != 3) return false;
	*value = 0;
	for (size_t i = 0; i < 3; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		*value = *value * 10 + (unsigned)(s.p[i] - '0');
	}
	return true;
}

/* "x001/x234/067": *rest is then what stands behind. */
static bool index_read(slice *rest, uint64_t *n)
{
	unsigned value;

	*n = 0;
	for (unsigned i = 0; i < GROUPS_MAX; i++) {
		bool more = rest->n > 0 && rest->p[0] == 'x';
		if (!group_read(slice_sub(*rest, more, 3), &value)) return false;
		if (__builtin_mul_overflow(*n, 1000u, n) || __builtin_add_overflow(*n, (uint64_t)value, n)) return false;
		*rest = slice_sub(*rest, 3 + (size_t)more, SIZE_MAX);
		if (!more) return true;
		if (rest->n == 0 || rest->p[0] != '/') return false;
		*rest = slice_sub(*rest, 1, SIZE_MAX);
	}
	return false;
}

/* What stands behind the number: nothing, or ".p/W". */
static bool width_read(slice rest, uint16_t *width)
{
	uint64_t value;

	*width = TILE_WIDTH;
	if (rest.n == 0) return true;
	if (!slice_starts(rest, SLICE(".p/")) || !text_get_decimal(slice_sub(rest, 3, SIZE_MAX), &value)) return false;
	if (value == 0 || value >= TILE_WIDTH) return false;
	*width = (uint16_t)value;
	return true;
}

/* What is wrong with a name, or NULL. */
static const char *path_read(slice path, struct tile *t)
{
	slice rest = path, level;
	uint64_t value = 0;

	if (path.n >= TILE_PATH_BYTES) return "longer than any tile's name";
	if (!slice_equal(slice_cut(&rest, '/'), SLICE("tile"))) return "it does not start with tile/";
	level = slice_cut(&rest, '/');
	t->entries = slice_equal(level, SLICE("entries"));
	if (!t->entries && (!text_get_decimal(level, &value) || value > TILE_LEVEL_MAX)) return "the level is neither 0 to 63 nor entries";
	t->level = (uint8_t)value;
	if (!index_read(&rest, &t->n)) return "the number is not in groups like x001/x234/067";
	if (!width_read(rest, &t->width)) return "behind the number stands neither nothing nor .p/ and 1 to 255";
	return NULL;
}

enum err tile_path_parse(slice path, struct tile *out, struct fault *f)
{
	struct tile t = {0};
	char again[TILE_PATH_BYTES];
	const char *wrong = path_read(path, &t);

	if (wrong == NULL && !slice_equal(path, slice_from(tile_path(&t, again)))) wrong = "not the shortest spelling of that number";
	if (wrong != NULL)
		return fault_set(f, ERR_SYNTAX, 0, 0, "tlog-tiles: %.*s is no tile's name: %s", (int)(path.n < 80 ? path.n : 80),
			(const char *)path.p, wrong);
	*out = t;
	return OK;
}

/* ---- entry bundles ---- */

enum err bundle_add(struct buf *b, slice entry)
{
	if (entry.n > ENTRY_BYTES_MAX) return ERR_LIMIT;
	buf_add_byte(b, (uint8_t)(entry.n >> 8));
	buf_add_byte(b, (uint8_t)entry.n);
	buf_add(b, entry);
	return OK;
}

enum err bundle_next(slice *rest, slice *entry, struct fault *f)
{
	if (rest->n == 0) return ERR_NOT_FOUND;
	if (rest->n < 2) return fault_set(f, ERR_SYNTAX, 0, 0, "tlog-tiles: an entry's length is cut short");
	size_t n = (size_t)rest->p[0] << 8 | rest->p[1];
	if (rest->n - 2 < n)
		return fault_set(f, ERR_SYNTAX, 0, 0, "tlog-tiles: an entry of %zu bytes, of which %zu are there", n, rest->n - 2);
	*entry = slice_sub(*rest, 2, n);
	*rest = slice_sub(*rest, 2 + n, SIZE_MAX);
	return OK;
}

enum err bundle_read(slice bytes, unsigned width, slice *entries, struct fault *f)
{
	slice rest = bytes;

	for (unsigned i = 0; i < width; i++) {
		size_t at = bytes.n - rest.n;
		enum err e = bundle_next(&rest, &entries[i], f);
		if (e == ERR_NOT_FOUND)
			return fault_set(f, ERR_SYNTAX, 0, at, "tlog-tiles: a bundle ends behind %u of %u entries", i, width);
		if (e != OK) {
			if (f != NULL) f->offset = at;
			return e;
		}
	}
	if (rest.n != 0)
		return fault_set(
			f, ERR_SYNTAX, 0, bytes.n - rest.n, "tlog-tiles: %zu bytes behind the %u entries of a bundle", rest.n, width);
	return OK;
}
