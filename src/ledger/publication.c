/* A publication: what was appended goes into tiles, then the checkpoint file says so, then the journals go. */
#include <stdio.h>
#include <stdlib.h>

#include "limit.h"
#include "log_int.h"

struct ledger_publication {
	const struct storage *storage;
	struct pieces full, partial;
	struct buf before, note; /* the checkpoint file's bytes, before and after */
	uint64_t size;
	struct log_journal *journals; /* oldest first */
	size_t journals_n;
	size_t covered; /* so many of them are in tiles already */
	size_t gone;    /* so many are dropped */
};

static void add_partial(struct ledger_publication *p, const struct ledger_log *l, const struct buf *bytes, struct tile tile)
{
	if (bytes->n == 0) return;
	p->partial.p = mem_resize(p->partial.p, (p->partial.n + 1) * sizeof *p->partial.p);
	struct piece *piece = &p->partial.p[p->partial.n++];
	*piece = (struct piece){.tile = tile};
	uint64_t hashes = tile.entries ? l->frontier.size : tile_hashes(tile.level, l->frontier.size);
	piece->tile.n = hashes / TILE_WIDTH;
	piece->tile.width = (uint16_t)(hashes % TILE_WIDTH);
	buf_add(&piece->bytes, buf_slice(bytes));
}

/* A copy of p's elements from..n behind those of to. */
static void join_journals(struct log_journal **to, size_t *to_n, const struct log_journal *p, size_t n)
{
	*to = mem_resize(*to, (*to_n + n + 1) * sizeof **to);
	if (n > 0) memcpy(*to + *to_n, p, n * sizeof *p);
	*to_n += n;
}

static void take_journals(struct ledger_publication *p, struct ledger_log *l)
{
	p->covered = l->kept_n;
	join_journals(&p->journals, &p->journals_n, l->kept, l->kept_n);
	join_journals(&p->journals, &p->journals_n, l->journals, l->journals_n);
	l->kept_n = l->journals_n = 0;
	l->journal_open = false;
}

struct ledger_publication *ledger_log_publish(struct ledger_log *l)
{
	bool same = slice_equal(buf_slice(&l->note), buf_slice(&l->published_note));
	if (l->publishing || same) return NULL;
	struct ledger_publication *p = mem_alloc(sizeof *p);
	p->storage = l->storage;
	p->size = l->frontier.size;
	p->full = l->full;
	l->full = (struct pieces){0};
	add_partial(p, l, &l->bundle, (struct tile){.entries = true});
	for (unsigned level = 0; level < TREE_TILE_LEVELS; level++)
		add_partial(p, l, &l->tiles[level], (struct tile){.level = (uint8_t)level});
	buf_add(&p->before, buf_slice(&l->published_note));
	buf_add(&p->note, buf_slice(&l->note));
	take_journals(p, l);
	l->publishing = true;
	return p;
}

/* A tile beyond the checkpoint file is what a crash left: it may be cut, and nobody relies on it. */
static enum err put_piece(const struct storage *s, const struct piece *piece, struct fault *f)
{
	char path[TILE_PATH_BYTES];
	tile_path(&piece->tile, path);
	enum err e = s->put(s->context, path, buf_slice(&piece->bytes), f);
	if (e != ERR_EXISTS) return e;
	e = s->drop(s->context, path, f);
	return e != OK ? e : s->put(s->context, path, buf_slice(&piece->bytes), f);
}

static enum err put_pieces(const struct storage *s, const struct pieces *pieces, struct fault *f)
{
	for (size_t i = 0; i < pieces->n; i++) {
		enum err e = put_piece(s, &pieces->p[i], f);
		if (e != OK) return e;
	}
	return OK;
}

/* The swap that failed behind its rename may have happened: then it is made durable. */
static enum err swap_checkpoint(const struct ledger_publication *p, struct fault *f)
{
	const struct storage *s = p->storage;
	slice before = buf_slice(&p->before), after = buf_slice(&p->note);
	enum err e = s->swap(s->context, LEDGER_CHECKPOINT, &before, after, f);
	return e == ERR_CHANGED ? s->swap(s->context, LEDGER_CHECKPOINT, &after, after, f) : e;
}

struct drop {
	const struct storage *storage;
	char folder[TILE_PATH_BYTES];
};

static enum err drop_one(void *context, slice name)
{
	struct drop *d = context;
	char path[2 * TILE_PATH_BYTES];
	snprintf(path, sizeof path, "%s/%.*s", d->folder, (int)name.n, (const char *)name.p);
	(void)d->storage->drop(d->storage->context, path, NULL);
	return OK;
}

/* Partial tiles of a tile that is full. What cannot be removed stays, and harms nobody. */
static void drop_partials(const struct storage *s, const struct tile *full)
{
	struct drop d = {.storage = s};
	char path[TILE_PATH_BYTES];
	snprintf(d.folder, sizeof d.folder, "%.*s.p", TILE_PATH_BYTES - 3, tile_path(full, path));
	(void)s->list(s->context, d.folder, drop_one, &d, NULL);
	(void)s->drop(s->context, d.folder, NULL);
}

/* The newest stay: a request that was not answered because its keeper died is looked for in them. */
static void drop_journals(struct ledger_publication *p)
{
	char name[JOURNAL_NAME_BYTES];
	size_t bytes = 0;
	for (size_t i = p->gone; i < p->journals_n; i++) bytes += p->journals[i].bytes;
	for (; p->gone < p->journals_n && bytes > LEDGER_JOURNAL_KEPT_BYTES; p->gone++) {
		(void)p->storage->drop(p->storage->context, journal_name(p->journals[p->gone].first, name), NULL);
		bytes -= p->journals[p->gone].bytes;
	}
}

enum err ledger_publication_write(struct ledger_publication *p, struct fault *f)
{
	const struct storage *s = p->storage;
	enum err e = put_pieces(s, &p->full, f);
	if (e == OK) e = put_pieces(s, &p->partial, f);
	if (e == OK) e = s->sync(s->context, f);
	if (e == OK) e = swap_checkpoint(p, f);
	if (e != OK) return e;
	drop_journals(p);
	bool seen[TREE_TILE_LEVELS + 1] = {false}; /* only the first of a level had partial ones */
	for (size_t i = 0; i < p->full.n; i++) {
		const struct tile *t = &p->full.p[i].tile;
		unsigned level = t->entries ? TREE_TILE_LEVELS : t->level;
		if (!seen[level]) drop_partials(s, t);
		seen[level] = true;
	}
	return OK;
}

/* What waits comes before what was added meanwhile. */
static void give_back(struct ledger_log *l, struct ledger_publication *p)
{
	size_t n = p->full.n + l->full.n;
	struct pieces all = {mem_alloc((n + 1) * sizeof *all.p), n, n + 1, p->full.bytes + l->full.bytes};
	if (p->full.n > 0) memcpy(all.p, p->full.p, p->full.n * sizeof *all.p);
	if (l->full.n > 0) memcpy(all.p + p->full.n, l->full.p, l->full.n * sizeof *all.p);
	free(p->full.p);
	free(l->full.p);
	l->full = all;
	p->full = (struct pieces){0};
	struct log_journal *behind = l->journals;
	size_t behind_n = l->journals_n;
	l->journals = NULL;
	l->journals_n = 0;
	join_journals(&l->kept, &l->kept_n, p->journals, p->covered);
	join_journals(&l->journals, &l->journals_n, p->journals + p->covered, p->journals_n - p->covered);
	join_journals(&l->journals, &l->journals_n, behind, behind_n);
	free(behind);
}

void ledger_log_published(struct ledger_log *l, struct ledger_publication *p, bool written)
{
	if (written) {
		l->published = p->size;
		buf_clear(&l->published_note);
		buf_add(&l->published_note, buf_slice(&p->note));
		join_journals(&l->kept, &l->kept_n, p->journals + p->gone, p->journals_n - p->gone);
	} else give_back(l, p);
	l->publishing = false;
	pieces_free(&p->full);
	pieces_free(&p->partial);
	buf_free(&p->before);
	buf_free(&p->note);
	free(p->journals);
	free(p);
}

enum err ledger_log_publish_now(struct ledger_log *l, struct fault *f)
{
	struct ledger_publication *p = ledger_log_publish(l);
	if (p == NULL) return OK;
	enum err e = ledger_publication_write(p, f);
	ledger_log_published(l, p, e == OK);
	return e;
}

void ledger_log_forget_requests(struct ledger_log *l)
{
	char name[JOURNAL_NAME_BYTES];
	for (size_t i = 0; i < l->kept_n; i++) (void)l->storage->drop(l->storage->context, journal_name(l->kept[i].first, name), NULL);
	l->kept_n = 0;
	request_table_begin(l->requests, l->frontier.size);
}
