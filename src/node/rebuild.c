/* Rebuilding and catching up. Invariants: 1. Who holds LOCK_WRITER is alone to write view.db, view.db.new and what stands beside them.
 * 2. view.db changes its file only under LOCK_NAME, held alone, when nothing stands beside it: nobody opens the one file with the other's
 * -wal. 3. What is renamed is whole and synced. */
#include "rebuild.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define VIEW_NAME "view.db"
#define NEW_NAME "view.db.new"
#define LOCK_FILE "view.lock"
#define TELL_ENTRIES 4096u
#define CACHE_TILES 8u

static enum err system_error(const struct home *h, const char *name, const char *what, struct fault *f)
{
	char why[64];
	enum err e = errno == EACCES || errno == EPERM || errno == EROFS ? ERR_ACCESS : ERR_DISK;
	return fault_set(f, e, 0, 0, "%s/%s: %s: %s", h->path, name, what, strerror_r(errno, why, sizeof why));
}

static const char *path_of(const struct home *h, const char *name)
{
	return (const char *)arena_printf(h->arena, "%s/%s", h->path, name).p;
}

/* ---- locks ---- */

enum lock_byte { LOCK_WRITER, LOCK_NAME };

static int lock_take(int fd, enum lock_byte byte, int kind, int command)
{
	struct flock l = {.l_type = (short)kind, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
	int done;
	do done = fcntl(fd, command, &l);
	while (done != 0 && errno == EINTR);
	return done;
}

/* Closing *fd gives the lock back. */
static enum err lock_writer(const struct home *h, int *fd, struct fault *f)
{
	*fd = openat(h->fd, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0) return system_error(h, LOCK_FILE, "cannot be opened", f);
	if (lock_take(*fd, LOCK_WRITER, F_WRLCK, F_OFD_SETLK) == 0) return OK;
	if (errno == EAGAIN || errno == EACCES)
		return fault_set(f, ERR_EXISTS, 0, 0, "%s/" VIEW_NAME ": another process writes it; try again when it is done", h->path);
	return system_error(h, LOCK_FILE, "cannot be locked", f);
}

static void lock_free(int fd)
{
	if (fd >= 0) (void)close(fd);
}

/* Open while no other file is put in its place. Where no lock can be (a read-only disk) nobody replaces anything either. */
static enum err open_named(const struct home *h, bool write, struct view **out, struct fault *f)
{
	int fd = openat(h->fd, LOCK_FILE, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && lock_take(fd, LOCK_NAME, F_RDLCK, F_OFD_SETLKW) != 0) {
		enum err e = system_error(h, LOCK_FILE, "cannot be locked", f);
		lock_free(fd);
		return e;
	}
	enum err e = view_open(path_of(h, VIEW_NAME), write, out, f);
	lock_free(fd);
	return e;
}

/* ---- the ledger as a source ---- */

struct ledger_source {
	struct storage_folder *folder;
	struct ledger_reader *reader;
	struct tree_head head;
	uint64_t at;
	const struct rebuild_watch *watch;
};

static bool tell(const struct rebuild_watch *w, enum rebuild_stage stage, uint64_t done, uint64_t all)
{
	return w == NULL || w->tell == NULL || w->tell(w->context, stage, done, all);
}

static enum err stage(const struct ledger_source *s, enum rebuild_stage now, struct fault *f)
{
	return tell(s->watch, now, s->at, s->head.size) ? OK : fault_set(f, ERR_STOPPED, 0, 0, "stopped: the view is as it was");
}

static enum err next_entry(void *context, uint64_t *index, slice *bytes, struct fault *f)
{
	struct ledger_source *s = context;
	enum err e = s->at % TELL_ENTRIES == 0 ? stage(s, REBUILD_ENTRIES, f) : OK;
	if (e == OK) e = ledger_read_entry(s->reader, s->at, s->head.size, bytes, f);
	if (e == OK) *index = s->at++;
	return e;
}

static enum err read_head(const struct home *h, struct ledger_source *s, struct fault *f)
{
	struct buf bytes = {0};
	struct note note;
	struct checkpoint c;
	enum err e = ledger_read_checkpoint(storage_of_folder(s->folder), &bytes, f);
	if (e == OK) e = note_parse(buf_slice(&bytes), h->arena, &note, f);
	if (e == OK) e = checkpoint_parse(note.text, &c, f);
	if (e == OK) s->head = c.head;
	buf_free(&bytes);
	return e;
}

static enum err source_open(const struct home *h, const struct rebuild_watch *watch, struct ledger_source *s, struct fault *f)
{
	s->watch = watch;
	enum err e = home_storage(h, &s->folder, f);
	if (e == OK) e = read_head(h, s, f);
	if (e == OK) s->reader = ledger_reader_new(storage_of_folder(s->folder));
	return e;
}

static void source_close(struct ledger_source *s)
{
	ledger_reader_free(s->reader);
	storage_folder_free(s->folder);
}

static enum err apply(struct view *v, struct ledger_source *s, struct rebuild_result *r, struct fault *f)
{
	s->at = view_head(v).size;
	r->applied = s->head.size - s->at;
	enum err e = view_apply(v, (struct view_source){s, next_entry}, &s->head, f);
	if (e == OK) *r = (struct rebuild_result){.head = s->head, .applied = r->applied, .unreadable = view_unreadable(v)};
	return e;
}

/* ---- rebuild ---- */

/* What SQLite keeps beside a database. */
static void remove_beside(const struct home *h, const char *name)
{
	static const char *const ENDS[] = {"-wal", "-shm", "-journal"};
	char beside[64];
	for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
		(void)snprintf(beside, sizeof beside, "%s%s", name, ENDS[i]);
		(void)unlinkat(h->fd, beside, 0);
	}
}

static void remove_new(const struct home *h)
{
	remove_beside(h, NEW_NAME);
	(void)unlinkat(h->fd, NEW_NAME, 0);
}

static enum err make_new(const struct home *h, struct ledger_source *s, struct rebuild_result *r, struct fault *f)
{
	struct view *v = NULL;
	enum err e = view_create(path_of(h, NEW_NAME), &v, f);
	if (e == OK) e = apply(v, s, r, f);
	if (e == OK) e = stage(s, REBUILD_DIGEST, f);
	if (e == OK) e = view_digest(v, &r->content, f);
	if (e == OK) e = stage(s, REBUILD_SYNC, f);
	if (e == OK) return view_seal(v, f);
	view_free(v);
	return e;
}

/* An old view that is damaged, or no view, is simply replaced; one that is being read is not taken from under its reader. */
static enum err replace(const struct home *h, int lock, struct fault *f)
{
	struct fault old;
	if (lock_take(lock, LOCK_NAME, F_WRLCK, F_OFD_SETLKW) != 0) return system_error(h, LOCK_FILE, "cannot be locked", f);
	if (faccessat(h->fd, VIEW_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 && view_settle(path_of(h, VIEW_NAME), &old) == ERR_ACCESS) {
		if (f != NULL) *f = old;
		return ERR_ACCESS;
	}
	remove_beside(h, VIEW_NAME);
	if (renameat(h->fd, NEW_NAME, h->fd, VIEW_NAME) != 0) return system_error(h, NEW_NAME, "cannot be renamed", f);
	return fsync(h->fd) != 0 ? system_error(h, VIEW_NAME, "its folder cannot be synced", f) : OK;
}

enum err view_rebuild(const struct home *h, const struct rebuild_watch *watch, struct rebuild_result *out, struct fault *f)
{
	struct ledger_source s = {0};
	struct rebuild_result r = {0};
	int lock = -1;
	enum err e = lock_writer(h, &lock, f);
	bool alone = e == OK;
	if (alone) remove_new(h);
	if (e == OK) e = source_open(h, watch, &s, f);
	if (e == OK) e = make_new(h, &s, &r, f);
	if (e == OK) e = stage(&s, REBUILD_REPLACE, f);
	if (e == OK) e = replace(h, lock, f);
	if (e == OK) {
		(void)tell(watch, REBUILD_DONE, s.at, s.head.size);
		*out = r;
	} else if (alone) remove_new(h);
	source_close(&s);
	lock_free(lock);
	return e;
}

/* ---- catching up ---- */

static enum err another_ledger(const struct home *h, uint64_t size, const struct ledger_source *s, struct fault *f)
{
	return fault_set(f, ERR_CHANGED, 0, 0,
		"%s/" VIEW_NAME
		": the view's %llu entries are not the first %llu of the ledger, which has %llu: the view is of another ledger; "
		"kulla rebuild makes it again",
		h->path, (unsigned long long)size, (unsigned long long)size, (unsigned long long)s->head.size);
}

/* A tile as wide as the ledger has it now: narrower ones of an earlier size may never have been written. */
static enum err read_wide(void *context, const struct tile *t, slice *bytes, struct fault *f)
{
	struct ledger_source *s = context;
	struct tile wide = *t;
	wide.width = (uint16_t)tile_width(t->level, t->n, s->head.size);
	return ledger_read_tile(s->reader, &wide, bytes, f);
}

/* The tree over what the view has applied is that of the ledger at this size, and the view's last row is the ledger's. */
static enum err check_same(const struct home *h, struct view *v, struct ledger_source *s, struct fault *f)
{
	struct tree_head head = view_head(v);
	struct frontier tree;
	digest held, leaf;
	if (head.size > s->head.size) return another_ledger(h, head.size, s, f);
	if (head.size == 0) return OK;
	struct tile_cache *cache = tile_cache_new((struct tile_source){s, read_wide}, CACHE_TILES);
	enum err e = proof_frontier(cache, head.size, &tree, f);
	if (e == OK) e = proof_leaf(cache, head.size - 1, head.size, &leaf, f);
	if (e == OK) e = view_leaf(v, head.size - 1, &held, f);
	tile_cache_free(cache);
	if (e != OK) return e;
	digest root = frontier_root(&tree);
	return digest_equal(&root, &head.root) && digest_equal(&held, &leaf) ? OK : another_ledger(h, head.size, s, f);
}

enum err view_catch_up(const struct home *h, const struct rebuild_watch *watch, struct rebuild_result *out, struct fault *f)
{
	struct ledger_source s = {0};
	struct rebuild_result r = {0};
	struct view *v = NULL;
	int lock = -1;
	enum err e = lock_writer(h, &lock, f);
	if (e == OK) e = open_named(h, true, &v, f);
	if (e == OK) e = source_open(h, watch, &s, f);
	if (e == OK) e = check_same(h, v, &s, f);
	if (e == OK) e = apply(v, &s, &r, f);
	if (e == OK) {
		(void)tell(watch, REBUILD_DONE, s.at, s.head.size);
		*out = r;
	}
	view_free(v);
	source_close(&s);
	lock_free(lock);
	return e;
}

enum err view_of_home(const struct home *h, struct view **out, struct fault *f)
{
	return open_named(h, false, out, f);
}

/* Where the view cannot be written just now it is read as it stands; one of another ledger is not. */
enum err view_of_home_now(const struct home *h, struct view **out, struct fault *f)
{
	struct rebuild_result unused;
	if (view_catch_up(h, NULL, &unused, f) == ERR_CHANGED) return ERR_CHANGED;
	return view_of_home(h, out, f);
}
