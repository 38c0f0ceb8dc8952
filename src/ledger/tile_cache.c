/* Tiles as whole subtrees. A proof needs most nodes within each tile it passes: to hash them again for each proof would cost more than all
 * the rest, so a tile is held with the nodes above its hashes. Four places a set, the one not used for longest goes. */
#include "proof_int.h"

#define WAYS 4u
#define NODES (2 * TILE_WIDTH - 2) /* heights 0 to 7: the root of a full tile is the next level's hash */

struct cached {
	uint64_t n;
	uint64_t used;  /* the clock of the last use; 0: empty */
	unsigned width; /* 0: empty */
	unsigned level;
	digest nodes[NODES];
};

struct tile_cache {
	struct tile_source source;
	uint64_t clock; /* counts uses */
	unsigned sets;
	struct cached tiles[];
};

struct tile_cache *tile_cache_new(struct tile_source source, unsigned tiles)
{
	unsigned sets = tiles < WAYS ? 1 : (tiles + WAYS - 1) / WAYS;
	struct tile_cache *c = mem_alloc(sizeof *c + (size_t)sets * WAYS * sizeof c->tiles[0]);

	c->source = source;
	c->sets = sets;
	return c;
}

void tile_cache_free(struct tile_cache *c)
{
	free(c);
}

void tile_cache_clear(struct tile_cache *c)
{
	for (unsigned i = 0; i < c->sets * WAYS; i++) c->tiles[i].width = 0, c->tiles[i].used = 0;
}

/* Where the nodes of a height start: 256 of height 0, then 128, then 64 … */
static unsigned nodes_at(unsigned height)
{
	return 2 * TILE_WIDTH - (2 * TILE_WIDTH >> height);
}

/* The place of a tile, or the one that it may have. */
static struct cached *place(struct tile_cache *c, unsigned level, uint64_t n)
{
	struct cached *set = &c->tiles[(n + level * UINT64_C(0x9E3779B97F4A7C15)) % c->sets * WAYS], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].width != 0 && set[i].level == level && set[i].n == n) return &set[i];
		if (set[i].used < oldest->used) oldest = &set[i];
	}
	return oldest;
}

static void fill(struct cached *t, slice bytes, const struct tile *want)
{
	memcpy(t->nodes, bytes.p, (size_t)want->width * DIGEST_BYTES);
	for (unsigned h = 1; h < 8; h++) {
		const digest *below = &t->nodes[nodes_at(h - 1)];
		digest *nodes = &t->nodes[nodes_at(h)];
		for (unsigned i = 0; i < (unsigned)want->width >> h; i++) nodes[i] = tree_node(&below[2 * i], &below[2 * i + 1]);
	}
	t->n = want->n;
	t->level = want->level;
	t->width = want->width;
}

static enum err load(struct tile_cache *c, const struct tile *want, struct cached *t, struct fault *f)
{
	slice bytes = {0};
	char name[TILE_PATH_BYTES];

	t->width = 0;
	t->used = 0;
	enum err e = c->source.read(c->source.context, want, &bytes, f);
	if (e != OK) return e;
	if (bytes.n < (size_t)want->width * DIGEST_BYTES || bytes.n > TILE_BYTES)
		return fault_set(f, ERR_DAMAGED, 0, bytes.n, "%s: %zu bytes, %u hashes are %zu", tile_path(want, name), bytes.n,
			(unsigned)want->width, (size_t)want->width * DIGEST_BYTES);
	fill(t, bytes, want);
	return OK;
}

enum err tile_cache_node(struct tile_cache *c, struct tree_place at, uint64_t size, digest *out, struct fault *f)
{
	unsigned level = at.height / 8, h = at.height % 8;
	uint64_t n = at.index >> (8 - h);
	unsigned i = (unsigned)(at.index & ((TILE_WIDTH >> h) - 1)), need = (i + 1) << h;
	struct cached *t = place(c, level, n);

	if (t->width < need || t->n != n || t->level != level) {
		struct tile want = {.n = n, .width = (uint16_t)tile_width(level, n, size), .level = (uint8_t)level};
		enum err e = load(c, &want, t, f);
		if (e != OK) return e;
	}
	t->used = ++c->clock;
	*out = t->nodes[nodes_at(h) + i];
	return OK;
}
