/* What else lies in the folder. Older partial tiles of a tile that is not full yet serve whoever has an older checkpoint: they must be its
 * first hashes. What stands beyond the checkpoint is nobody's until a checkpoint covers it. What is no file of a ledger is told. */
#include "verify_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "limit.h"
#include "text.h"

#define FOLDER_BYTES 96 /* longer names are no ledger's */

struct strays {
	struct verifying *v;
	char (*folders)[FOLDER_BYTES]; /* to be listed */
	size_t n, room;
	char here[FOLDER_BYTES]; /* the one that is listed */
	uint64_t beyond, left_over;
	char first_beyond[FOLDER_BYTES], first_left_over[FOLDER_BYTES];
};

static void later(struct strays *s, const char *path)
{
	if (s->n == s->room) {
		s->room = s->room == 0 ? 16 : 2 * s->room;
		s->folders = mem_resize(s->folders, s->room * sizeof *s->folders);
	}
	snprintf(s->folders[s->n++], FOLDER_BYTES, "%.*s", (int)FOLDER_BYTES - 1, path);
}

static void tell_stray(struct strays *s, const char *path)
{
	verify_note(s->v, AT_FILE(path), "it is no file of a ledger");
}

/* ---- older partial tiles ---- */
static bool hashes_hold(struct verifying *v, const struct tile *t, slice bytes, const struct verify_level *edge)
{
	slice entries[TILE_WIDTH];
	if (!t->entries) return bytes.n == (size_t)t->width * DIGEST_BYTES && memcmp(bytes.p, edge->hashes, bytes.n) == 0;
	if (bundle_read(bytes, t->width, entries, NULL) != OK) return false;
	for (unsigned i = 0; i < t->width; i++) {
		digest leaf = tree_leaf(entries[i]);
		if (!digest_equal(&leaf, &edge->hashes[i])) return false;
	}
	(void)v;
	return true;
}

static void look_at_older(struct strays *s, const struct tile *t, const char *path)
{
	struct verifying *v = s->v;
	const struct verify_level *edge = &v->edges[t->level];
	struct fault f = {0};
	if (!edge->trusted) return;
	buf_clear(&v->below);
	enum err e = v->storage->get(v->storage->context, path, t->entries ? BUNDLE_BYTES_MAX : TILE_BYTES, &v->below, &f);
	if (e == ERR_NOT_FOUND) return; /* a keeper dropped it just now */
	if (e != OK) verify_piece(v, AT_FILE(path), "%s", f.text);
	else if (!hashes_hold(v, t, buf_slice(&v->below), edge))
		verify_piece(v, AT_FILE(path), "an older, narrower tile: it is not the beginning of the one that the tree has");
}

static void count(uint64_t *n, char *first, const char *path)
{
	if ((*n)++ == 0) snprintf(first, FOLDER_BYTES, "%s", path);
}

static void look_at_tile(struct strays *s, const char *path)
{
	struct tile t;
	if (tile_path_parse(slice_from(path), &t, NULL) != OK || t.level >= TREE_TILE_LEVELS) {
		tell_stray(s, path);
		return;
	}
	unsigned width = tile_width(t.level, t.n, s->v->head.size);
	if (t.width == width) return;
	if (t.width > width) count(&s->beyond, s->first_beyond, path);
	else if (width == TILE_WIDTH) count(&s->left_over, s->first_left_over, path);
	else look_at_older(s, &t, path);
}

/* ---- the folders ---- */
static bool is_folder(slice name)
{
	return slice_ends(name, SLICE(".p")) || (name.n > 0 && name.p[0] == 'x');
}

static enum err look_below_tile(void *context, slice name)
{
	struct strays *s = context;
	char path[2 * FOLDER_BYTES];
	int n = snprintf(path, sizeof path, "%s/%.*s", s->here, (int)(name.n < FOLDER_BYTES ? name.n : FOLDER_BYTES), (const char *)name.p);
	if (n >= FOLDER_BYTES) {
		path[FOLDER_BYTES - 1] = 0;
		tell_stray(s, path);
	} else if (slice_equal(slice_from(s->here), SLICE("tile"))) {
		uint64_t level;
		if (slice_equal(name, SLICE("entries")) || (text_get_decimal(name, &level) && level < TREE_TILE_LEVELS)) later(s, path);
		else tell_stray(s, path);
	} else if (is_folder(name)) later(s, path);
	else look_at_tile(s, path);
	return OK;
}

static enum err look_at_top(void *context, slice name)
{
	static const slice ours[] = {SLICE(LEDGER_CHECKPOINT), SLICE(LEDGER_COSIGNED), SLICE("tile"), SLICE(JOURNAL_FOLDER)};
	struct strays *s = context;
	char path[FOLDER_BYTES];
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (slice_equal(name, ours[i])) return OK;
	snprintf(path, sizeof path, "%.*s", (int)(name.n < FOLDER_BYTES ? name.n : FOLDER_BYTES), (const char *)name.p);
	tell_stray(s, path);
	return OK;
}

static enum err look_at_journal(void *context, slice name)
{
	struct strays *s = context;
	char path[FOLDER_BYTES];
	uint64_t first;
	if (journal_name_read(name, &first)) return OK;
	snprintf(path, sizeof path, JOURNAL_FOLDER "/%.*s", (int)(name.n < FOLDER_BYTES ? name.n : FOLDER_BYTES), (const char *)name.p);
	tell_stray(s, path);
	return OK;
}

/* What is in tiles was in a journal before, until the checkpoint covered it. So tiles beyond both are of a newer checkpoint, which was
 * here. */
static void judge_beyond(struct verifying *v)
{
	char name[TILE_PATH_BYTES];
	bool beyond = false;
	uint64_t size = v->answer->head.size;
	if (v->judged_by_cosigned || log_find_beyond(v->storage, size, name, &beyond, NULL) != OK || !beyond) return;
	if (verify_reach_now(v) > size) return; /* a keeper is at work */
	verify_piece(v, AT_FILE(LEDGER_CHECKPOINT),
		"with the journals it covers %llu entries, but %s reaches further: an older checkpoint took the place of a newer one",
		(unsigned long long)size, name);
}

void verify_strays(struct verifying *v)
{
	struct strays s = {.v = v};
	const struct storage *storage = v->storage;
	struct fault f = {0};
	if (storage->list(storage->context, ".", look_at_top, &s, &f) != OK) verify_note(v, AT_FILE("."), "%s", f.text);
	if (storage->list(storage->context, JOURNAL_FOLDER, look_at_journal, &s, &f) != OK)
		verify_note(v, AT_FILE(JOURNAL_FOLDER), "%s", f.text);
	later(&s, "tile");
	while (s.n > 0 && v->stop.kind == OK) {
		memcpy(s.here, s.folders[--s.n], FOLDER_BYTES);
		if (storage->list(storage->context, s.here, look_below_tile, &s, &f) != OK) verify_note(v, AT_FILE(s.here), "%s", f.text);
	}
	v->answer->beyond = s.beyond;
	if (s.beyond > 0)
		verify_note(v, AT_FILE(s.first_beyond),
			"%llu tiles stand beyond the checkpoint: of a publication that is under way, or was cut short",
			(unsigned long long)s.beyond);
	if (s.beyond > 0) judge_beyond(v);
	if (s.left_over > 0)
		verify_note(
			v, AT_FILE(s.first_left_over), "%llu narrower tiles of full ones were left over", (unsigned long long)s.left_over);
	free(s.folders);
}
