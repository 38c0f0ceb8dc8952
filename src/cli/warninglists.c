/* Warninglists by path and by name. */
#include "command.h"
#include "load.h"
#include "source.h"
#include "walk.h"
#include <stdlib.h>
#include <unistd.h>

#define READ_BYTES (256u << 10)
#define WARNINGLIST_BYTES_MAX (256u << 20)
#define NEAR_MAX 6u

struct asked {
	const char *name;
	bool found;
};
struct finding {
	const struct load_settings *settings;
	struct loaded *out;
	const char **paths;
	size_t paths_n; /* what was given and is a path */
	struct asked *names;
	size_t names_n;
	char **seen;
	size_t seen_n, seen_room; /* names of the lists in the folders, for the complaint */
};

static enum err file_whole(const char *path, bool named, struct buf *into, struct fault *f)
{
	struct source_settings settings = {.named = named, .stop_fd = -1};
	struct source *s;
	enum err e = source_open(path, &settings, &s, f);
	if (e != OK) return e;
	size_t got = 1;
	while (e == OK && got > 0) {
		if (into->n >= WARNINGLIST_BYTES_MAX) {
			e = fault_set(f, ERR_LIMIT, 0, into->n, "warninglist is longer than WARNINGLIST_BYTES_MAX = %u bytes",
				WARNINGLIST_BYTES_MAX);
			break;
		}
		(void)buf_reserve(into, READ_BYTES + 64);
		e = source_read(s, into->p + into->n, READ_BYTES, &got, f);
		into->n += got;
	}
	source_close(s);
	return e;
}

static enum err list_read(const char *path, bool named, struct warninglist **list, struct fault *f)
{
	struct buf text = {0};
	enum err e = file_whole(path, named, &text, f);
	if (e == OK) e = warninglist_read(buf_slice(&text), list, f);
	buf_free(&text);
	return e;
}

/* "rfc1918" of ".../rfc1918.json" and ".../rfc1918/list.json". */
static slice short_name(const char *path)
{
	slice s = slice_from(path);
	if (slice_ends(s, SLICE("/list.json"))) s.n -= sizeof "/list.json" - 1;
	if (slice_ends(s, SLICE(".json"))) s.n -= sizeof ".json" - 1;
	size_t from = s.n;
	while (from > 0 && s.p[from - 1] != '/') from--;
	return slice_sub(s, from, s.n);
}

static void seen_add(struct finding *w, slice name)
{
	if (w->seen_n + 1 >= w->seen_room) {
		w->seen_room = w->seen_room == 0 ? 64 : w->seen_room * 2;
		w->seen = mem_resize(w->seen, w->seen_room * sizeof *w->seen);
	}
	char *copy = mem_alloc(name.n + 1);
	memcpy(copy, name.p, name.n);
	w->seen[w->seen_n++] = copy;
	w->seen[w->seen_n] = NULL;
}

/* Whether the list is one of those asked for by name. */
static bool asked_for(struct finding *w, slice file_name, slice list_name)
{
	bool any = false;
	for (size_t i = 0; i < w->names_n; i++) {
		slice name = slice_from(w->names[i].name);
		if (!slice_equal_nocase(name, file_name) && !slice_equal_nocase(name, list_name)) continue;
		w->names[i].found = any = true;
	}
	return any;
}

/* ---- what is near ---- */

static bool holds(const char *text, const char *part)
{
	slice t = slice_from(text), p = slice_from(part);
	for (size_t i = 0; i + p.n <= t.n; i++)
		if (slice_equal_nocase(slice_sub(t, i, p.n), p)) return true;
	return false;
}

static const char *seen_at(const void *context, size_t i)
{
	const struct finding *w = context;
	return i < w->seen_n ? w->seen[i] : NULL;
}

static void near_put(const struct finding *w, const char *name, struct buf *out)
{
	unsigned told = 0;
	for (size_t i = 0; i < w->seen_n && told < NEAR_MAX; i++) {
		if (!holds(w->seen[i], name)) continue;
		buf_printf(out, "%s%.60s", told++ > 0 ? ", " : "; near it: ", w->seen[i]);
	}
	const char *near = told == 0 ? option_suggest(name, seen_at, w) : NULL;
	if (near != NULL) buf_printf(out, "; did you mean %.60s?", near);
	buf_add_byte(out, 0);
}

static enum err complain_missing(const struct finding *w)
{
	enum err e = OK;
	for (size_t i = 0; i < w->names_n; i++) {
		struct fault f;
		struct buf near = {0};
		if (w->names[i].found) continue;
		near_put(w, w->names[i].name, &near);
		if (w->paths_n == 0)
			e = fault_set(&f, ERR_NOT_FOUND, 0, 0,
				"no such file; to name a list give the folder it lies in as well: --warninglist FOLDER");
		else
			e = fault_set(&f, ERR_NOT_FOUND, 0, 0,
				w->seen_n == 1 ? "no file, and the %zu warninglist in the folders given has another name%s"
					       : "no file, and none of the %zu warninglists in the folders given has this name%s",
				w->seen_n, (const char *)near.p);
		complain(w->names[i].name, &f);
		buf_free(&near);
	}
	return e;
}

/* ---- loading ---- */

static enum err take_file(struct finding *w, const char *path, bool named)
{
	struct fault f = {0};
	struct warninglist *list;
	enum err e = load_not_output(w->settings, path, &f);
	if (e == OK) e = list_read(path, named, &list, &f);
	if (e != OK) {
		complain(path, &f);
		return e;
	}
	if (f.kind != OK) complain(path, &f); /* entries that were left out */
	if (!named) seen_add(w, short_name(path));
	if (!named && w->names_n > 0 && !asked_for(w, short_name(path), warninglist_name(list))) {
		warninglist_free(list);
		return OK;
	}
	struct loaded *out = w->out;
	out->warninglists = mem_resize(out->warninglists, (out->warninglists_n + 1) * sizeof *out->warninglists);
	out->warninglists[out->warninglists_n++] = list;
	return OK;
}

static enum err take_paths(struct finding *w)
{
	struct walk *walk = walk_new(w->paths, w->paths_n);
	const char *path;
	bool named;
	struct fault f;
	enum err result = OK;
	while (walk_next(walk, &path, &named, &f)) {
		if (f.kind == OK && !named && !slice_ends(slice_from(path), SLICE(".json"))) continue;
		enum err e = f.kind;
		if (e != OK) complain(path, &f);
		else e = take_file(w, path, named);
		if (e != OK) result = e;
	}
	walk_free(walk);
	return result;
}

static bool is_name(const char *text)
{
	return strcmp(text, "-") != 0 && strchr(text, '/') == NULL && access(text, F_OK) != 0;
}

enum err warninglists_load(const struct load_settings *s, struct loaded *out)
{
	const struct option_list *lists = &s->warninglists;
	struct finding w = {.settings = s, .out = out};
	w.paths = mem_alloc((lists->n + 1) * sizeof *w.paths);
	w.names = mem_alloc((lists->n + 1) * sizeof *w.names);
	for (size_t i = 0; i < lists->n; i++) {
		if (is_name(lists->items[i])) w.names[w.names_n++] = (struct asked){lists->items[i], false};
		else w.paths[w.paths_n++] = lists->items[i];
	}
	enum err e = take_paths(&w), missing = complain_missing(&w);
	for (size_t i = 0; i < w.seen_n; i++) free(w.seen[i]);
	free(w.seen);
	free(w.paths);
	free(w.names);
	return e != OK ? e : missing;
}
