/* Intelligence files to a watchlist: plain or gzip, any format that intel_detect knows, or one compiled watchlist that is mapped. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"
#include "limit.h"
#include "load.h"
#include "source.h"
#include "walk.h"

#define READ_BYTES (256u << 10)
#define TROUBLES_TOLD 20u /* per file; the rest is counted */

struct loading {
	struct watchlist_builder *builder;
	const char *path;
	const struct load_settings *settings;
	struct loaded_input input; /* the file that is read */
	struct loaded *out;
};

/* Who may see an indicator is not said, only how far it may spread: the default, or what that asks for if it is stricter. */
static enum tlp marking_of(const struct loading *l, const struct indicator *i)
{
	if (i->marking != TLP_NONE || i->marking_floor == TLP_NONE || i->marking_floor <= l->settings->marking) return i->marking;
	return i->marking_floor;
}

static enum err on_indicator(void *context, const struct indicator *i)
{
	struct loading *l = context;
	struct fault f = {0};
	if (i->context) {
		l->input.context++;
		watchlist_builder_withdraw(l->builder, i);
		return OK;
	}
	struct indicator marked = *i;
	marked.marking = marking_of(l, i);
	l->input.indicators++;
	enum err e = watchlist_builder_add(l->builder, &marked, &f);
	if (e == ERR_SYNTAX || e == OK) return OK; /* unmatchable: the watchlist keeps the reason */
	complain(l->path, &f);
	return e;
}

static void on_trouble(void *context, const struct fault *f)
{
	struct loading *l = context;
	if (f->kind == OK) { /* told, but nothing was lost */
		complain(l->path, f);
		return;
	}
	l->out->troubles++;
	if (++l->input.troubles <= TROUBLES_TOLD) complain(l->path, f);
}

static void troubles_rest(const struct loading *l)
{
	if (l->input.troubles <= TROUBLES_TOLD) return;
	struct fault f;
	const uint64_t more = l->input.troubles - TROUBLES_TOLD;
	(void)fault_set(&f, ERR_SYNTAX, 0, 0, "%llu more %s could not be read", (unsigned long long)more,
		more == 1 ? "line or object" : "lines or objects");
	complain(l->path, &f);
}

static slice base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (strcmp(path, "-") == 0) return SLICE("standard input");
	return slice_from(slash != NULL && slash[1] != '\0' ? slash + 1 : path);
}

/* Its events are files beside it. */
static enum err manifest(struct loading *l, struct source *s, slice start, struct fault *f)
{
	struct fault trouble;
	if (strcmp(l->path, "-") == 0) return OK;
	enum err e = load_manifest(s, l->path, start, &trouble, f);
	if (trouble.kind != OK) on_trouble(l, &trouble);
	return e;
}

/* Feed an open source to the reader its start asks for. */
static enum err feed(struct loading *l, struct source *s, uint8_t *room, struct fault *f)
{
	size_t n = 0, got = 1;
	enum err e = OK;
	while (e == OK && n < READ_BYTES && got > 0) {
		e = source_read(s, room + n, READ_BYTES - n, &got, f);
		n += got;
	}
	if (e != OK && n == 0) return e;
	slice start = slice_of(room, n);
	enum intel_format format = intel_detect(slice_sub(start, 0, 64u << 10));
	l->input.format = format;
	if (format == INTEL_MISP_MANIFEST) return manifest(l, s, start, f);
	if (format == INTEL_WARNINGLIST) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "is a warninglist; give it with --warninglist");
	if (format == INTEL_UNKNOWN && slice_trim(start).n == 0) return OK;
	if (format == INTEL_UNKNOWN)
		return fault_set(f, ERR_UNSUPPORTED, 0, 0,
			"is no intelligence that this version reads; expected a list, CSV with a header, STIX, MISP or OpenIOC");
	struct intel_sink sink = {on_indicator, on_trouble, l};
	struct intel_reader *r = intel_reader_new(format, base_name(l->path), &sink);
	enum err fed = intel_reader_feed(r, start, f);
	while (fed == OK && e == OK && got > 0) {
		e = source_read(s, room, READ_BYTES, &got, f);
		fed = intel_reader_feed(r, slice_of(room, got), e == OK ? f : NULL);
	}
	if (fed == OK) fed = intel_reader_end(r, e == OK ? f : NULL);
	intel_reader_free(r);
	return e != OK ? e : fed;
}

/* "hashes.csv" beside the manifest of a MISP feed: digests of its values for look-ups, no indicators. */
static bool is_feed_hashes(const char *path)
{
	static const char name[] = "hashes.csv";
	struct buf beside = {0};
	slice whole = slice_from(path);
	if (!slice_equal(base_name(path), slice_from(name))) return false;
	buf_add(&beside, slice_sub(whole, 0, whole.n - (sizeof name - 1)));
	buf_add_text(&beside, "manifest.json");
	buf_add_byte(&beside, 0);
	bool is = access((const char *)beside.p, F_OK) == 0;
	buf_free(&beside);
	return is;
}

static bool is_compiled(const char *path)
{
	uint8_t start[16];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : pread(fd, start, sizeof start, 0);
	if (fd >= 0) (void)close(fd);
	return n > 0 && watchlist_is(slice_of(start, (size_t)n));
}

static void input_keep(struct loading *l)
{
	struct loaded *out = l->out;
	out->context += l->input.context;
	if (out->inputs_n == LOADED_INPUTS_MAX) return;
	if (out->inputs == NULL) out->inputs = mem_alloc(LOADED_INPUTS_MAX * sizeof *out->inputs);
	size_t path_bytes = strlen(l->path) + 1;
	struct loaded_input *kept = &out->inputs[out->inputs_n++];
	*kept = l->input;
	kept->path = mem_alloc(path_bytes);
	memcpy(kept->path, l->path, path_bytes);
}

enum err load_not_output(const struct load_settings *s, const char *path, struct fault *f)
{
	struct stat st;
	if (!s->output.known) return OK;
	if ((strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) != 0) return OK;
	if (st.st_dev != s->output.device || st.st_ino != s->output.node) return OK;
	return fault_set(f, ERR_EXISTS, 0, 0, "is the file that -o names too, and would be written over; give -o another one");
}

static void load_file(struct loading *l, const char *path, bool named, uint8_t *room)
{
	struct source_settings settings = {.named = named, .intake = l->settings->intake, .stop_fd = -1};
	struct source *s;
	struct fault f = {0};
	l->path = path;
	l->input = (struct loaded_input){0};
	if (!named && is_feed_hashes(path)) {
		l->input.format = INTEL_MISP_MANIFEST;
		l->out->files++;
		input_keep(l);
		return;
	}
	enum err e = load_not_output(l->settings, path, &f);
	if (e == OK) e = source_open(path, &settings, &s, &f);
	if (e == OK) {
		e = feed(l, s, room, &f);
		source_close(s);
	}
	troubles_rest(l);
	l->out->files++;
	if (e != OK) {
		l->out->troubles++;
		l->input.troubles++;
	}
	input_keep(l);
	if (e == OK) return;
	l->out->unread++;
	if (e == ERR_UNSUPPORTED && is_compiled(path))
		(void)fault_set(&f, e, 0, 0, "is a compiled watchlist: give it alone, or compile all intelligence into one watchlist");
	complain(path, &f);
}

/* ---- compiled ---- */

/* Map the file when it is a compiled watchlist; OK and out->watchlist NULL when it is not. */
static enum err map_compiled(const char *path, struct loaded *out)
{
	struct fault f = {0};
	uint8_t start[16];
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) return OK; /* load_file says what is wrong */
	ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? pread(fd, start, sizeof start, 0) : -1;
	enum err e = OK;
	if (n > 0 && watchlist_is(slice_of(start, (size_t)n))) {
		out->map_bytes = (size_t)st.st_size;
		out->map = mmap(NULL, out->map_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		if (out->map == MAP_FAILED) {
			out->map = NULL;
			e = fault_set(&f, ERR_DISK, 0, 0, "cannot be mapped: %s", strerror(errno));
		} else {
			e = watchlist_open(slice_of(out->map, out->map_bytes), &out->watchlist, &f);
		}
		if (e != OK) complain(path, &f);
	}
	(void)close(fd);
	if (out->watchlist == NULL) return e;
	out->files++;
	out->troubles = watchlist_counts(out->watchlist).unreadable;
	if (out->troubles > 0) {
		(void)fault_set(&f, ERR_SYNTAX, 0, 0, "lines or objects that could not be read when it was compiled: %llu",
			(unsigned long long)out->troubles);
		complain(path, &f);
	}
	return e;
}

enum err load_compiled(const char *path, struct loaded *out)
{
	struct fault f;
	*out = (struct loaded){0};
	enum err e = map_compiled(path, out);
	if (e != OK || out->watchlist != NULL) return e;
	if (strcmp(path, "-") == 0 || access(path, R_OK) == 0)
		(void)fault_set(&f, ERR_SYNTAX, 0, 0, "is no compiled watchlist; make one with kulla watchlist build");
	else (void)fault_set(&f, ERR_NOT_FOUND, 0, 0, "cannot be opened: %s", strerror(errno));
	complain(path, &f);
	return OK;
}

/* Whoever writes log lines must not know where collisions are; without entropy there is nothing to be done about it. */
static uint64_t key_random(void)
{
	uint64_t key = 0;
	if (getentropy(&key, sizeof key) != 0) key = 0;
	return key;
}

enum err load_intel(const struct load_settings *s, const char *const *paths, size_t paths_n, struct loaded *out)
{
	*out = (struct loaded){0};
	if (paths_n == 1) {
		enum err e = map_compiled(paths[0], out);
		if (e != OK || out->watchlist != NULL) return e;
	}
	enum err e = warninglists_load(s, out);
	if (e != OK) return e;
	struct watchlist_settings settings = {.marking_default = s->marking,
		.at = s->at,
		.all = s->all,
		.fingerprint_key = key_random(),
		.warninglists = (const struct warninglist *const *)out->warninglists,
		.warninglists_n = out->warninglists_n};
	struct loading l = {.builder = watchlist_builder_new(&settings), .settings = s, .out = out};
	uint8_t *room = mem_alloc(READ_BYTES + 64);
	struct walk *w = walk_new(paths, paths_n);
	const char *path;
	bool named;
	struct fault f;
	while (walk_next(w, &path, &named, &f)) {
		if (f.kind == OK) {
			load_file(&l, path, named, room);
			continue;
		}
		out->troubles++;
		out->unread++;
		complain(path, &f);
	}
	walk_free(w);
	free(room);
	f = (struct fault){0};
	e = watchlist_builder_finish(l.builder, &out->watchlist, &f);
	if (e != OK) {
		complain(NULL, &f);
		return e;
	}
	watchlist_stamp(out->watchlist, s->at, out->troubles - out->unread);
	return e;
}

void loaded_free(struct loaded *l)
{
	watchlist_free(l->watchlist);
	if (l->map != NULL) (void)munmap(l->map, l->map_bytes);
	for (size_t i = 0; i < l->warninglists_n; i++) warninglist_free(l->warninglists[i]);
	free(l->warninglists);
	for (size_t i = 0; i < l->inputs_n; i++) free(l->inputs[i].path);
	free(l->inputs);
	*l = (struct loaded){0};
}
