/* Reading a ledger as its files have it. */
#include "reader.h"

#include <stdlib.h>

#include "limit.h"

struct ledger_reader {
	const struct storage *storage;
	struct buf tile;
	struct buf bundle;
	slice entries[TILE_WIDTH];
	uint64_t bundle_n; /* which bundle is held, + 1 */
	unsigned held;     /* entries in it */
};

struct ledger_reader *ledger_reader_new(const struct storage *storage)
{
	struct ledger_reader *r = mem_alloc(sizeof *r);
	r->storage = storage;
	return r;
}

void ledger_reader_free(struct ledger_reader *r)
{
	if (r == NULL) return;
	buf_free(&r->tile);
	buf_free(&r->bundle);
	free(r);
}

enum err ledger_read_checkpoint(const struct storage *storage, struct buf *out, struct fault *f)
{
	return storage->get(storage->context, LEDGER_CHECKPOINT, NOTE_BYTES_MAX, out, f);
}

/* The piece as it is named, or the full tile. */
static enum err read_piece(const struct storage *s, struct tile *t, struct buf *out, char path[TILE_PATH_BYTES], struct fault *f)
{
	size_t max = t->entries ? BUNDLE_BYTES_MAX : TILE_BYTES;
	struct fault first;
	buf_clear(out);
	enum err e = s->get(s->context, tile_path(t, path), max, out, &first);
	if (e == ERR_NOT_FOUND && t->width < TILE_WIDTH) {
		struct tile full = *t;
		char full_path[TILE_PATH_BYTES];
		full.width = TILE_WIDTH;
		if (s->get(s->context, tile_path(&full, full_path), max, out, NULL) == OK) {
			memcpy(path, full_path, sizeof full_path);
			*t = full;
			return OK;
		}
	}
	if (e != OK && f != NULL) *f = first;
	return e;
}

enum err ledger_read_tile(struct ledger_reader *r, const struct tile *t, slice *bytes, struct fault *f)
{
	char path[TILE_PATH_BYTES];
	struct tile found = *t;
	enum err e = read_piece(r->storage, &found, &r->tile, path, f);
	if (e != OK) return e;
	if (!t->entries && r->tile.n != (size_t)found.width * DIGEST_BYTES)
		return fault_set(
			f, ERR_DAMAGED, 0, r->tile.n, "%s: has %zu bytes, not %zu", path, r->tile.n, (size_t)found.width * DIGEST_BYTES);
	*bytes = buf_slice(&r->tile);
	return OK;
}

static enum err load_bundle(struct ledger_reader *r, uint64_t n, unsigned width, struct fault *f)
{
	struct tile t = {.n = n, .width = (uint16_t)width, .entries = true};
	char path[TILE_PATH_BYTES];
	struct fault inner = {0};
	r->bundle_n = 0;
	enum err e = read_piece(r->storage, &t, &r->bundle, path, f);
	if (e != OK) return e;
	if (bundle_read(buf_slice(&r->bundle), t.width, r->entries, &inner) != OK)
		return fault_set(
			f, ERR_DAMAGED, 0, inner.offset, "%s: offset %llu: %s", path, (unsigned long long)inner.offset, inner.text);
	r->bundle_n = n + 1;
	r->held = t.width;
	return OK;
}

enum err ledger_read_entry(struct ledger_reader *r, uint64_t index, uint64_t size, slice *entry, struct fault *f)
{
	if (index >= size)
		return fault_set(
			f, ERR_USAGE, 0, 0, "entry %llu: the ledger has %llu", (unsigned long long)index, (unsigned long long)size);
	uint64_t n = index / TILE_WIDTH;
	unsigned at = (unsigned)(index % TILE_WIDTH);
	if (r->bundle_n != n + 1 || at >= r->held) {
		enum err e = load_bundle(r, n, tile_width(0, n, size), f);
		if (e != OK) return e;
	}
	*entry = r->entries[at];
	return OK;
}

static enum err source_read(void *context, const struct tile *t, slice *bytes, struct fault *f)
{
	return ledger_read_tile(context, t, bytes, f);
}

struct tile_source ledger_tile_source(struct ledger_reader *r)
{
	return (struct tile_source){r, source_read};
}
