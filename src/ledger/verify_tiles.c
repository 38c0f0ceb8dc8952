/* The tree against its files.
 * Each tile is loaded below a parent whose hashes are settled already, so that its file is judged by one comparison. Where the file does
 * not lead to its parent's hash, the tile is built from what lies below it and the two are tried against the hash, position by position
 * where they differ: that says which file has changed, also when one above and one below have. What stays unsettled is told, and judged by
 * a vote of its neighbours. At any time one tile of each level is in memory. */
#include "verify_int.h"

#include <stdlib.h>

#define CHOICES_MAX 10u /* positions at which file and what lies below may differ: 2^10 ways are tried */

/* ---- files ---- */

/* A tile's file, or the full one that took its place: *t is then that. */
static enum err read_file(struct verifying *v, struct tile *t, struct buf *out, struct fault *f)
{
	const struct storage *s = v->storage;
	size_t max = t->entries ? BUNDLE_BYTES_MAX : TILE_BYTES;
	char path[TILE_PATH_BYTES];
	struct tile full = *t;
	full.width = TILE_WIDTH;
	buf_clear(out);
	enum err e = s->get(s->context, tile_path(t, path), max, out, f);
	if (e == ERR_NOT_FOUND && t->width < TILE_WIDTH && s->get(s->context, tile_path(&full, path), max, out, NULL) == OK) {
		*t = full;
		e = OK;
	}
	if (e == ERR_NOT_FOUND) return fault_set(f, e, 0, 0, "it is missing");
	if (e == ERR_LIMIT) return fault_set(f, e, 0, 0, "it is longer than such a file can be");
	return e;
}

/* The hashes of a tile as its file has them. */
static enum err read_hashes(struct verifying *v, struct tile t, digest *out, struct fault *f)
{
	unsigned width = t.width;
	enum err e = read_file(v, &t, &v->bytes, f);
	(void)verify_stops(v, e, f);
	if (e != OK) return e;
	if (v->bytes.n != (size_t)t.width * DIGEST_BYTES)
		return fault_set(
			f, ERR_DAMAGED, 0, v->bytes.n, "it has %zu bytes, expected %zu", v->bytes.n, (size_t)t.width * DIGEST_BYTES);
	memcpy(out, v->bytes.p, (size_t)width * DIGEST_BYTES);
	return OK;
}

enum err verify_bundle(struct verifying *v, uint64_t n, unsigned width, slice *entries, struct fault *f)
{
	struct tile t = {.n = n, .width = (uint16_t)width, .entries = true};
	enum err e = read_file(v, &t, &v->below, f);
	(void)verify_stops(v, e, f);
	return e == OK ? bundle_read(buf_slice(&v->below), t.width, entries, f) : e;
}

/* ---- hashes ---- */
static digest fold(const digest *hashes, unsigned n) /* a power of two, at most TILE_WIDTH */
{
	digest nodes[TILE_WIDTH];
	memcpy(nodes, hashes, n * sizeof *nodes);
	for (; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++) nodes[i] = tree_node(&nodes[2 * i], &nodes[2 * i + 1]);
	return nodes[0];
}

/* The frontier that the partial tiles make; hashes of all levels stand one behind another, level 0 first. */
static void edge_frontier(uint64_t size, const digest *hashes, struct frontier *out)
{
	*out = (struct frontier){.size = size};
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) {
		unsigned width = (unsigned)(size >> (8 * level) & 0xFF);
		for (unsigned bit = 8; bit-- > 0;) {
			if ((width >> bit & 1) == 0) continue;
			out->subtrees[8 * level + bit] = fold(hashes, 1u << bit);
			hashes += 1u << bit;
		}
	}
}

/* ---- choosing ---- */

/* Hashes as two sources have them; a position may be missing in either. */
struct choice {
	unsigned n;
	const digest *file, *built;
	const bool *file_there, *built_there;
	digest *out;
	bool (*leads)(const void *goal, const digest *hashes, unsigned n);
	const void *goal;
};

/* The positions at which they differ. False: too many, or one that neither has. */
static bool choice_begin(const struct choice *c, unsigned *free, unsigned *free_n)
{
	*free_n = 0;
	for (unsigned i = 0; i < c->n; i++) {
		if (!c->file_there[i] && !c->built_there[i]) return false;
		c->out[i] = c->file_there[i] ? c->file[i] : c->built[i];
		if (!c->file_there[i] || !c->built_there[i] || digest_equal(&c->file[i], &c->built[i])) continue;
		if (*free_n == CHOICES_MAX) return false;
		free[(*free_n)++] = i;
	}
	return true;
}

/* What lies below, wherever it is there. */
static bool choice_built(const struct choice *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (!c->file_there[i] && !c->built_there[i]) return false;
		c->out[i] = c->built_there[i] ? c->built[i] : c->file[i];
	}
	return c->leads(c->goal, c->out, c->n);
}

static bool choose(const struct choice *c)
{
	unsigned free[CHOICES_MAX], free_n;
	if (choice_built(c)) return true;
	if (!choice_begin(c, free, &free_n)) return false;
	for (unsigned way = 0; way < 1u << free_n; way++) {
		for (unsigned i = 0; i < free_n; i++) c->out[free[i]] = (way >> i & 1) != 0 ? c->built[free[i]] : c->file[free[i]];
		if (c->leads(c->goal, c->out, c->n)) return true;
	}
	return false;
}

/* What lies below a tile: the roots of its children, or the hashes of its entries. */
static void build(struct verifying *v, const struct tile *t, digest *out, bool *there)
{
	struct fault f;
	slice entries[TILE_WIDTH];
	digest child[TILE_WIDTH];
	memset(there, 0, TILE_WIDTH * sizeof *there);
	if (t->level == 0) {
		bool fine = verify_bundle(v, t->n, t->width, entries, &f) == OK;
		for (unsigned i = 0; fine && i < t->width; i++) out[i] = tree_leaf(entries[i]);
		for (unsigned i = 0; i < t->width; i++) there[i] = fine;
		return;
	}
	for (unsigned i = 0; i < t->width; i++) {
		struct tile below = {.n = t->n * TILE_WIDTH + i, .width = TILE_WIDTH, .level = (uint8_t)(t->level - 1)};
		there[i] = read_hashes(v, below, child, &f) == OK;
		if (there[i]) out[i] = fold(child, TILE_WIDTH);
	}
}

/* ---- the right edge ---- */
static bool edge_leads(const void *goal, const digest *hashes, unsigned n)
{
	const struct tree_head *head = goal;
	struct frontier frontier;
	(void)n;
	edge_frontier(head->size, hashes, &frontier);
	digest root = frontier_root(&frontier);
	return digest_equal(&root, &head->root);
}

static struct tile edge_tile(uint64_t size, unsigned level)
{
	uint64_t hashes = tile_hashes(level, size);
	return (struct tile){.n = hashes / TILE_WIDTH, .width = (uint16_t)(hashes % TILE_WIDTH), .level = (uint8_t)level};
}

struct edge_work {
	digest file[TREE_TILE_LEVELS * TILE_WIDTH], built[TREE_TILE_LEVELS * TILE_WIDTH], out[TREE_TILE_LEVELS * TILE_WIDTH];
	bool file_there[TREE_TILE_LEVELS * TILE_WIDTH], built_there[TREE_TILE_LEVELS * TILE_WIDTH];
	unsigned n;
};

static bool edge_read(struct verifying *v, struct edge_work *w, struct verify_edge *edge)
{
	bool all = true;
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) {
		struct tile t = edge_tile(v->head.size, level);
		if (t.width == 0) continue;
		bool there = read_hashes(v, t, w->file + w->n, &edge->wrong[level]) == OK;
		if (there) edge->wrong[level].kind = OK;
		for (unsigned i = 0; i < t.width; i++) w->file_there[w->n + i] = there;
		w->n += t.width;
		all = all && there;
	}
	return all;
}

static void edge_build(struct verifying *v, struct edge_work *w)
{
	bool there[TILE_WIDTH];
	for (unsigned level = 0, at = 0; level < TREE_TILE_LEVELS; level++) {
		struct tile t = edge_tile(v->head.size, level);
		if (t.width == 0) continue;
		build(v, &t, w->built + at, there);
		memcpy(w->built_there + at, there, t.width * sizeof *there);
		at += t.width;
	}
}

/* Keep what was settled, and note which files it is not. */
static void edge_take(struct verifying *v, const struct edge_work *w, const digest *hashes, struct verify_edge *edge)
{
	for (unsigned level = 0, at = 0; level < TREE_TILE_LEVELS; level++) {
		struct tile t = edge_tile(v->head.size, level);
		struct verify_level *l = &v->edges[level];
		*l = (struct verify_level){.n = t.n, .width = t.width, .trusted = edge->leads, .known = true};
		memcpy(l->hashes, hashes + at, t.width * sizeof *hashes);
		for (unsigned i = 0; i < t.width; i++) {
			if (!edge->leads && !w->file_there[at + i]) l->known = false;
			if (!edge->leads || !w->file_there[at + i] || digest_equal(&hashes[at + i], &w->file[at + i])) continue;
			(void)fault_set(&edge->wrong[level], ERR_DAMAGED, 0, (uint64_t)i * DIGEST_BYTES,
				"hash %u is not the one that leads from what lies below to the checkpoint's root", i);
			break;
		}
		at += t.width;
	}
}

void verify_edge_settle(struct verifying *v, struct verify_edge *edge)
{
	struct edge_work *w = mem_alloc(sizeof *w);
	*edge = (struct verify_edge){0};
	bool all = edge_read(v, w, edge);
	struct choice c = {w->n, w->file, w->built, w->file_there, w->built_there, w->out, edge_leads, &v->head};
	edge->leads = all && edge_leads(&v->head, w->file, w->n);
	const digest *settled = w->file;
	if (!edge->leads && v->stop.kind == OK) {
		edge_build(v, w);
		edge->leads = choose(&c);
		if (edge->leads) settled = w->out;
	}
	edge_take(v, w, settled, edge);
	free(w);
}

void verify_edge_tell(struct verifying *v, const struct verify_edge *edge)
{
	char path[TILE_PATH_BYTES];
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) {
		const struct fault *f = &edge->wrong[level];
		struct tile t = edge_tile(v->head.size, level);
		if (t.width == 0 || f->kind == OK) continue;
		struct verify_place at = {tile_path(&t, path), VERIFY_NOWHERE, f->kind == ERR_DAMAGED ? f->offset : VERIFY_NOWHERE};
		verify_piece(v, at, "%s", f->text);
	}
	if (!edge->leads)
		verify_fault(v, AT_FILE(""),
			"the tiles at the right edge of the tree, and what lies below them, do not lead to the root that the signed "
			"checkpoint states");
}

bool verify_frontier(const struct verifying *v, struct frontier *out)
{
	digest *hashes = mem_alloc(TREE_TILE_LEVELS * TILE_WIDTH * sizeof *hashes);
	unsigned n = 0;
	bool known = true;
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) {
		const struct verify_level *l = &v->edges[level];
		known = known && l->trusted;
		memcpy(hashes + n, l->hashes, l->width * sizeof *hashes);
		n += l->width;
	}
	edge_frontier(v->head.size, hashes, out);
	free(hashes);
	return known;
}

/* ---- full tiles ---- */
struct full_goal {
	digest root;
};

static bool full_leads(const void *goal, const digest *hashes, unsigned n)
{
	digest root = fold(hashes, n);
	return digest_equal(&root, &((const struct full_goal *)goal)->root);
}

static void tell_tile(
	struct verifying *v, const struct tile *t, const struct verify_level *settled, const digest *file, const struct fault *f)
{
	char path[TILE_PATH_BYTES];
	struct verify_place at = AT_FILE(tile_path(t, path));
	if (file == NULL) {
		verify_piece(v, at, "%s", f->text);
		return;
	}
	unsigned i = 0;
	while (settled->known && i < TILE_WIDTH - 1 && digest_equal(&settled->hashes[i], &file[i])) i++;
	at.offset = settled->known ? (uint64_t)i * DIGEST_BYTES : VERIFY_NOWHERE;
	if (settled->known) verify_piece(v, at, "hash %u is not the one that leads from what lies below to the level above", i);
	else verify_piece(v, at, "its hashes do not lead to the level above, nor do those of what lies below");
}

/* The file of a full tile does not lead to `goal`, or is not there: settle it from below. */
static void settle_full(struct verifying *v, const struct tile *t, const digest *goal, struct verify_level *l, const struct fault *f)
{
	digest *file = mem_alloc(2 * TILE_WIDTH * sizeof *file), *built = file + TILE_WIDTH;
	bool file_there[TILE_WIDTH], built_there[TILE_WIDTH];
	struct full_goal g = {*goal};
	bool there = l->known;
	memcpy(file, l->hashes, sizeof l->hashes);
	for (unsigned i = 0; i < TILE_WIDTH; i++) file_there[i] = there;
	build(v, t, built, built_there);
	struct choice c = {TILE_WIDTH, file, built, file_there, built_there, l->hashes, full_leads, &g};
	l->trusted = l->known = choose(&c);
	if (l->trusted) l->root = *goal;
	tell_tile(v, t, l, there ? file : NULL, f);
	if (!l->trusted && there) { /* go on with what the file says */
		memcpy(l->hashes, file, sizeof l->hashes);
		l->known = true;
	}
	free(file);
}

static void load_full(struct verifying *v, const struct tile *t, struct verify_level *l, const struct verify_level *parent)
{
	struct fault f = {0};
	const digest *goal = &parent->hashes[t->n % TILE_WIDTH];
	l->n = t->n;
	l->width = TILE_WIDTH;
	l->trusted = false;
	l->known = read_hashes(v, *t, l->hashes, &f) == OK;
	if (l->known) l->root = fold(l->hashes, TILE_WIDTH);
	if (!parent->trusted) {
		if (!l->known) tell_tile(v, t, l, NULL, &f);
		return;
	}
	l->trusted = l->known && digest_equal(&l->root, goal);
	if (!l->trusted) settle_full(v, t, goal, l, &f);
}

/* The tile of each level over bundle n, from the top. */
static void load_above(struct verifying *v, uint64_t n)
{
	for (unsigned level = TREE_TILE_LEVELS; level-- > 0;) {
		uint64_t at = n >> (8 * level);
		unsigned width = tile_width(level, at, v->head.size);
		struct verify_level *l = &v->levels[level];
		if (width == 0 || l->n == at) continue;
		struct tile t = {.n = at, .width = (uint16_t)width, .level = (uint8_t)level};
		if (width < TILE_WIDTH) *l = v->edges[level];
		else load_full(v, &t, l, &v->levels[level + 1]);
	}
}

/* ---- bundles ---- */
struct bundle {
	uint64_t n;
	unsigned width;
	char path[TILE_PATH_BYTES];
	slice entries[TILE_WIDTH];
	digest leaves[TILE_WIDTH];
	bool right[TILE_WIDTH]; /* the entry is the one that the tree has, as far as is known */
	bool readable;
	unsigned wrong, first; /* how many are not, and the first */
};

static struct verify_place entry_place(const struct bundle *b, unsigned i)
{
	return (struct verify_place){
		b->path, b->n * TILE_WIDTH + i, (uint64_t)(b->entries[i].p - b->entries[0].p)}; /* the first one's length is at 0 */
}

static void compare(struct bundle *b, const struct verify_level *tile)
{
	for (unsigned i = 0; i < b->width; i++) {
		b->leaves[i] = tree_leaf(b->entries[i]);
		b->right[i] = !tile->known || digest_equal(&b->leaves[i], &tile->hashes[i]);
		if (!b->right[i] && b->wrong++ == 0) b->first = i;
	}
}

static void tell_bundle(struct verifying *v, const struct bundle *b)
{
	const char *more = b->wrong > 1 ? " and others" : "";
	verify_piece(v, entry_place(b, b->first), "the entry%s: not the bytes whose hash is in the tree", more);
}

/* The tile is not settled: the hash above it, or else nobody, says which of the two is right. */
static void vote(struct verifying *v, struct bundle *b, struct verify_level *tile)
{
	char path[TILE_PATH_BYTES];
	struct tile t = {.n = b->n, .width = (uint16_t)b->width};
	const struct verify_level *parent = &v->levels[1];
	digest root = b->width == TILE_WIDTH ? fold(b->leaves, TILE_WIDTH) : (digest){{0}};
	bool asked = b->width == TILE_WIDTH && parent->known && parent->n == b->n / TILE_WIDTH;
	const digest *above = asked ? &parent->hashes[b->n % TILE_WIDTH] : NULL;
	bool bundle_right = asked && digest_equal(&root, above), tile_right = asked && tile->known && digest_equal(&tile->root, above);
	if (b->wrong > 0 && !bundle_right) tell_bundle(v, b);
	if (b->wrong > 0 && !tile_right) verify_piece(v, AT_FILE(tile_path(&t, path)), "its hashes are not those of the entries");
	if (b->wrong == 0 && asked && parent->trusted && !bundle_right)
		verify_piece(v, entry_place(b, 0), "these entries and their hashes agree, but not with the tree above: both were changed");
	if (!bundle_right) return;
	memcpy(tile->hashes, b->leaves, sizeof b->leaves);
	tile->root = root;
	tile->known = true;
	for (unsigned i = 0; i < b->width; i++) b->right[i] = true;
}

/* Roots that somebody asked for, at sizes within this bundle. */
static void take_marks(struct verifying *v, const struct bundle *b, const struct verify_level *tile)
{
	for (unsigned m = 0; m < VERIFY_MARKS; m++) {
		struct verify_mark *mark = &v->marks[m];
		uint64_t before = b->n * TILE_WIDTH, size = mark->stated.size;
		if (!mark->asked || size <= before || size > before + b->width || !tile->known || !v->full_known) continue;
		struct frontier f = {.size = before};
		memcpy(f.subtrees + 8, v->full.subtrees, sizeof f.subtrees - 8 * sizeof *f.subtrees);
		for (unsigned i = 0; i < size - before; i++) frontier_add(&f, &tile->hashes[i], NULL);
		mark->root = frontier_root(&f);
		mark->found = true;
	}
}

static void walk_bundle(struct verifying *v, struct bundle *b)
{
	struct fault f = {0};
	struct verify_level *tile = &v->levels[0];
	struct tile t = {.n = b->n, .width = (uint16_t)b->width, .entries = true};
	tile_path(&t, b->path);
	b->wrong = 0;
	b->readable = verify_bundle(v, b->n, b->width, b->entries, &f) == OK;
	if (v->stop.kind != OK) return;
	if (b->readable) {
		compare(b, tile);
		if (!tile->trusted) vote(v, b, tile);
		else if (b->wrong > 0) tell_bundle(v, b);
		for (unsigned i = 0; i < b->width; i++)
			if (b->right[i]) verify_entry(v, b->n * TILE_WIDTH + i, b->entries[i], entry_place(b, i));
	} else {
		struct verify_place at = {b->path, VERIFY_NOWHERE, f.kind == ERR_SYNTAX ? f.offset : VERIFY_NOWHERE};
		verify_piece(v, at, "%s", f.text);
	}
	take_marks(v, b, tile);
	v->full_known = v->full_known && tile->known;
	if (b->width == TILE_WIDTH && tile->known) frontier_add(&v->full, &tile->root, NULL);
}

void verify_walk(struct verifying *v)
{
	struct bundle *b = mem_alloc(sizeof *b);
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++) v->levels[level].n = UINT64_MAX;
	v->full_known = true;
	for (b->n = 0; v->stop.kind == OK && b->n * TILE_WIDTH < v->head.size; b->n++) {
		b->width = tile_width(0, b->n, v->head.size);
		load_above(v, b->n);
		walk_bundle(v, b);
	}
	free(b);
}
