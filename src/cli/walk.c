/* Files of a list of paths. Invariant: `stack` holds the open folders from the outermost in; each has its sorted names
 * and the position of the next. Folders within folders end at FOLDER_DEPTH_MAX, so that links in circles end too. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "limit.h"
#include "walk.h"

struct folder {
	char **names;
	size_t names_n, next;
	size_t path_n; /* length of the folder's path in walk.path, with the slash */
};
struct walk {
	const char *const *paths;
	size_t paths_n, next;
	struct folder stack[FOLDER_DEPTH_MAX];
	size_t depth;
	struct buf path;
};

struct walk *walk_new(const char *const *paths, size_t paths_n)
{
	struct walk *w = mem_alloc(sizeof *w);
	w->paths = paths;
	w->paths_n = paths_n;
	return w;
}

static int names_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void folder_close(struct folder *f)
{
	for (size_t i = 0; i < f->names_n; i++) free(f->names[i]);
	free(f->names);
	*f = (struct folder){0};
}

static bool folder_read(struct folder *f, const char *path)
{
	DIR *d = opendir(path);
	if (d == NULL) return false;
	size_t room = 0;
	for (;;) {
		errno = 0;
		const struct dirent *e = readdir(d);
		if (e == NULL) break;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
		if (f->names_n == room) {
			room = room == 0 ? 64 : room * 2;
			f->names = mem_resize(f->names, room * sizeof *f->names);
		}
		size_t name_bytes = strlen(e->d_name) + 1;
		char *copy = mem_alloc(name_bytes);
		memcpy(copy, e->d_name, name_bytes);
		f->names[f->names_n++] = copy;
	}
	int error = errno;
	(void)closedir(d);
	if (f->names_n > 0) qsort(f->names, f->names_n, sizeof *f->names, names_compare);
	errno = error;
	return error == 0;
}

/* Go into the folder whose path is in w->path. True when it was entered; else *trouble says why. */
static bool walk_enter(struct walk *w, struct fault *trouble)
{
	if (w->depth == FOLDER_DEPTH_MAX) {
		(void)fault_set(
			trouble, ERR_LIMIT, 0, 0, "folder not read: more than FOLDER_DEPTH_MAX = %d folders deep", FOLDER_DEPTH_MAX);
		return false;
	}
	struct folder *f = &w->stack[w->depth];
	*f = (struct folder){0};
	if (!folder_read(f, (const char *)w->path.p)) {
		(void)fault_set(trouble, errno == EACCES ? ERR_ACCESS : ERR_DISK, 0, 0, "folder not read: %s", strerror(errno));
		folder_close(f);
		return false;
	}
	w->path.n--; /* the NUL */
	if (w->path.n == 0 || w->path.p[w->path.n - 1] != '/') buf_add_byte(&w->path, '/');
	f->path_n = w->path.n;
	w->depth++;
	return true;
}

/* The next path into w->path, NUL-terminated; false at the end. */
static bool walk_step(struct walk *w, bool *named)
{
	while (w->depth > 0) {
		struct folder *f = &w->stack[w->depth - 1];
		if (f->next == f->names_n) {
			folder_close(f);
			w->depth--;
			continue;
		}
		w->path.n = f->path_n;
		buf_add_text(&w->path, f->names[f->next++]);
		buf_add_byte(&w->path, 0);
		*named = false;
		return true;
	}
	if (w->next == w->paths_n) return false;
	buf_clear(&w->path);
	buf_add_text(&w->path, w->paths[w->next++]);
	buf_add_byte(&w->path, 0);
	*named = true;
	return true;
}

bool walk_next(struct walk *w, const char **path, bool *named, struct fault *trouble)
{
	*trouble = (struct fault){0};
	while (walk_step(w, named)) {
		const char *p = (const char *)w->path.p;
		struct stat st;
		bool folder = strcmp(p, "-") != 0 && stat(p, &st) == 0 && S_ISDIR(st.st_mode);
		if (folder && !*named && lstat(p, &st) == 0 && S_ISLNK(st.st_mode)) {
			(void)fault_set(
				trouble, ERR_UNSUPPORTED, 0, 0, "link to a folder is not followed; name the folder itself to read it");
		} else if (folder && walk_enter(w, trouble)) {
			continue;
		}
		*path = (const char *)w->path.p;
		return true;
	}
	return false;
}

void walk_free(struct walk *w)
{
	if (w == NULL) return;
	for (size_t i = 0; i < w->depth; i++) folder_close(&w->stack[i]);
	buf_free(&w->path);
	free(w);
}
