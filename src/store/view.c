/* Views: made, opened, sealed. Invariants: 1. `tree` and `unreadable` are what the state row says, or what the transaction under way will
 * make it say. 2. A view under its name is whole: view_create is for a name beside, which becomes the view's by a rename. */
#include "view_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VIEW_APPLICATION 0x4b756c6c /* "Kull": SQLite's application_id */
#define BUSY_MS 10000
#define CREATE_PRAGMAS                                                                                                                     \
	"PRAGMA page_size = 8192; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"                \
	"PRAGMA cache_size = -65536; PRAGMA mmap_size = 1099511627776;"
#define OPEN_PRAGMAS "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"

/* ---- the connection ---- */

static enum err kind_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH: return ERR_DAMAGED; /* our statements are right for our tables */
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN: return ERR_ACCESS;
	default: return ERR_DISK;
	}
}

enum err view_error(const struct view *v, const char *what, struct fault *f)
{
	int code = sqlite3_extended_errcode(v->db);
	enum err e = kind_of(code);
	return fault_set(f, e, 0, 0, "%s: %s: %s (SQLite %d)%s", v->path, what, sqlite3_errmsg(v->db), code,
		e == ERR_DAMAGED ? "; kulla rebuild makes the view again" : "");
}

enum err view_run(struct view *v, const char *sql, struct fault *f)
{
	return sqlite3_exec(v->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : view_error(v, "a statement fails", f);
}

enum err view_prepare(struct view *v, const char *sql, sqlite3_stmt **out, struct fault *f)
{
	int code = sqlite3_prepare_v3(v->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
	return code == SQLITE_OK ? OK : view_error(v, "its tables are not ours", f);
}

static enum err connect(const char *path, int flags, struct view **out, struct fault *f)
{
	struct view *v = mem_alloc(sizeof *v);
	size_t n = strlen(path) + 1;
	(void)entry_kinds(&v->kinds_n);
	v->path = mem_alloc(n);
	memcpy(v->path, path, n);
	v->kind_inserts = mem_alloc(v->kinds_n * sizeof *v->kind_inserts);
	*out = v;
	if (sqlite3_open_v2(path, &v->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
		return view_error(v, "cannot be opened", f);
	(void)sqlite3_busy_timeout(v->db, BUSY_MS);
	(void)sqlite3_db_config(v->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* a name in quotes is a name */
	(void)sqlite3_db_config(v->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(v->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return OK;
}

void view_free(struct view *v)
{
	if (v == NULL) return;
	(void)sqlite3_finalize(v->entry_insert);
	(void)sqlite3_finalize(v->state_update);
	for (unsigned i = 0; i < v->kinds_n; i++) (void)sqlite3_finalize(v->kind_inserts[i]);
	(void)sqlite3_close(v->db);
	free(v->kind_inserts);
	free(v->path);
	free(v);
}

static enum err prepare_writes(struct view *v, struct fault *f)
{
	struct buf sql = {0};
	unsigned n;
	const struct entry_kind *kinds = entry_kinds(&n);
	enum err e = view_prepare(v, "INSERT INTO entries VALUES(?,?,?,?,?,?)", &v->entry_insert, f);
	if (e == OK)
		e = view_prepare(
			v, "UPDATE state SET applied = ?, unreadable = ?, root = ?, frontier = ? WHERE one = 1", &v->state_update, f);
	for (unsigned i = 0; i < n && e == OK; i++) {
		buf_clear(&sql);
		view_insert_put(&sql, &kinds[i]);
		if (kinds[i].field_count > VIEW_FIELDS_MAX) abort(); /* the table of kinds outgrew VIEW_FIELDS_MAX */
		e = view_prepare(v, (const char *)sql.p, &v->kind_inserts[i], f);
	}
	buf_free(&sql);
	return e;
}

/* ---- a new one ---- */

static enum err create_file(const char *path, struct fault *f)
{
	char why[64];
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)close(fd);
		return OK;
	}
	enum err e = errno == EEXIST ? ERR_EXISTS : errno == EACCES || errno == EPERM || errno == EROFS ? ERR_ACCESS : ERR_DISK;
	return fault_set(f, e, 0, 0, "%s: cannot be made: %s", path, strerror_r(errno, why, sizeof why));
}

static enum err create_tables(struct view *v, struct fault *f)
{
	struct buf sql = {0};
	sqlite3_stmt *s = NULL;
	digest schema = view_schema_digest(), root = tree_empty_root();
	buf_printf(&sql, CREATE_PRAGMAS "PRAGMA application_id = %d; PRAGMA user_version = %d; BEGIN;", VIEW_APPLICATION, VIEW_VERSION);
	view_schema_put(&sql);
	buf_add(&sql, SLICE("COMMIT;\0"));
	enum err e = view_run(v, (const char *)sql.p, f);
	buf_free(&sql);
	if (e == OK) e = view_prepare(v, "INSERT INTO state VALUES(1, 0, 0, ?, x'', ?)", &s, f);
	if (e == OK) {
		(void)sqlite3_bind_blob(s, 1, root.b, DIGEST_BYTES, SQLITE_STATIC);
		(void)sqlite3_bind_blob(s, 2, schema.b, DIGEST_BYTES, SQLITE_STATIC);
		if (sqlite3_step(s) != SQLITE_DONE) e = view_error(v, "the state cannot be put in", f);
	}
	(void)sqlite3_finalize(s);
	return e;
}

enum err view_create(const char *path, struct view **out, struct fault *f)
{
	struct view *v = NULL;
	enum err e = create_file(path, f);
	if (e != OK) return e;
	e = connect(path, SQLITE_OPEN_READWRITE, &v, f);
	if (e == OK) e = create_tables(v, f);
	if (e == OK) e = prepare_writes(v, f);
	if (e == OK) {
		*out = v;
		return OK;
	}
	view_free(v);
	(void)unlink(path);
	return e;
}

static enum err sync_file(const char *path, struct fault *f)
{
	char why[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool fine = fd >= 0 && fsync(fd) == 0;
	enum err e = fine ? OK : fault_set(f, ERR_DISK, 0, 0, "%s: cannot be synced: %s", path, strerror_r(errno, why, sizeof why));
	if (fd >= 0) (void)close(fd);
	return e;
}

enum err view_seal(struct view *v, struct fault *f)
{
	char *path = v->path;
	enum err e = view_run(v, "PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)", f);
	v->path = NULL;
	view_free(v); /* the last connection: -wal goes */
	if (e == OK) e = sync_file(path, f);
	free(path);
	return e;
}

/* ---- one that is there ---- */

static enum err damaged(const struct view *v, const char *what, struct fault *f)
{
	return fault_set(f, ERR_DAMAGED, 0, 0, "%s: %s: the view is damaged; kulla rebuild makes it again", v->path, what);
}

static enum err pragma_number(struct view *v, const char *sql, int *out, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	enum err e = view_prepare(v, sql, &s, f);
	if (e == OK && sqlite3_step(s) != SQLITE_ROW) e = view_error(v, "cannot be read", f);
	if (e == OK) *out = sqlite3_column_int(s, 0);
	(void)sqlite3_finalize(s);
	return e;
}

static enum err check_version(struct view *v, struct fault *f)
{
	int application = 0, version = 0;
	enum err e = pragma_number(v, "PRAGMA application_id", &application, f);
	if (e == OK) e = pragma_number(v, "PRAGMA user_version", &version, f);
	if (e == OK && application != VIEW_APPLICATION) e = damaged(v, "is no view", f);
	if (e == OK && version != VIEW_VERSION)
		e = fault_set(f, ERR_VERSION, 0, 0, "%s: is a view of version %d, this program's is %d; kulla rebuild makes it again",
			v->path, version, VIEW_VERSION);
	return e;
}

static slice column_blob(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column);
	return slice_of(p, (size_t)sqlite3_column_bytes(s, column));
}

/* The row of `state`, and whether `entries` ends where it says. */
static enum err take_state(struct view *v, sqlite3_stmt *s, struct fault *f)
{
	digest hashes[TREE_HEIGHT_MAX], schema = view_schema_digest();
	sqlite3_int64 applied = sqlite3_column_int64(s, 0), unreadable = sqlite3_column_int64(s, 1);
	slice frontier = column_blob(s, 3);
	if (!slice_equal(column_blob(s, 4), digest_slice(&schema)))
		return fault_set(
			f, ERR_VERSION, 0, 0, "%s: has the tables of another version's kinds; kulla rebuild makes it again", v->path);
	if (applied < 0 || unreadable < 0 || unreadable > applied || frontier.n > sizeof hashes)
		return damaged(v, "its state is no state", f);
	if (frontier.n > 0) memcpy(hashes, frontier.p, frontier.n);
	if (frontier.n % DIGEST_BYTES != 0 ||
		!frontier_from_hashes(&v->tree, (uint64_t)applied, hashes, (unsigned)(frontier.n / DIGEST_BYTES)))
		return damaged(v, "its frontier is not that of its size", f);
	v->unreadable = (uint64_t)unreadable;
	digest root = frontier_root(&v->tree);
	if (!slice_equal(column_blob(s, 2), digest_slice(&root))) return damaged(v, "its root is not that of its frontier", f);
	if (sqlite3_column_int64(s, 5) != applied - 1) return damaged(v, "its entries do not end where its state says", f);
	return OK;
}

static enum err load_state(struct view *v, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	enum err e = view_prepare(v,
		"SELECT applied, unreadable, root, frontier, schema, (SELECT ifnull(max(idx), -1) FROM entries) FROM state WHERE one = 1",
		&s, f);
	int code = e == OK ? sqlite3_step(s) : SQLITE_ROW;
	if (code == SQLITE_DONE) e = damaged(v, "it has no state", f);
	else if (code != SQLITE_ROW) e = view_error(v, "its state cannot be read", f);
	if (e == OK) e = take_state(v, s, f);
	(void)sqlite3_finalize(s);
	return e;
}

enum err view_open(const char *path, bool write, struct view **out, struct fault *f)
{
	struct view *v = NULL;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: is not there; kulla rebuild makes it", path);
	enum err e = connect(path, write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, &v, f);
	if (e == OK) e = view_run(v, OPEN_PRAGMAS, f);
	if (e == OK) e = check_version(v, f);
	if (e == OK) e = load_state(v, f);
	if (e == OK && write) e = prepare_writes(v, f);
	if (e == OK) *out = v;
	else view_free(v);
	return e;
}

enum err view_settle(const char *path, struct fault *f)
{
	struct view *v = NULL;
	sqlite3_stmt *s = NULL;
	enum err e = connect(path, SQLITE_OPEN_READWRITE, &v, f);
	if (e == OK) e = view_prepare(v, "PRAGMA wal_checkpoint(TRUNCATE)", &s, f);
	if (e == OK && sqlite3_step(s) != SQLITE_ROW) e = view_error(v, "cannot be settled", f);
	if (e == OK && sqlite3_column_int(s, 0) != 0)
		e = fault_set(f, ERR_ACCESS, 0, 0, "%s: is being read; try again when its readers are done", path);
	(void)sqlite3_finalize(s);
	view_free(v);
	return e;
}

/* ---- what it says ---- */

struct tree_head view_head(const struct view *v)
{
	return frontier_head(&v->tree);
}

uint64_t view_unreadable(const struct view *v)
{
	return v->unreadable;
}

enum err view_leaf(struct view *v, uint64_t index, digest *out, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	enum err e = view_prepare(v, "SELECT hash FROM entries WHERE idx = ?", &s, f);
	if (e == OK) (void)sqlite3_bind_int64(s, 1, (sqlite3_int64)index);
	int code = e == OK ? sqlite3_step(s) : SQLITE_ROW;
	if (code == SQLITE_DONE) e = fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: has no entry %llu", v->path, (unsigned long long)index);
	else if (code != SQLITE_ROW) e = view_error(v, "cannot be read", f);
	if (e == OK && sqlite3_column_bytes(s, 0) != DIGEST_BYTES) e = damaged(v, "a leaf hash has not 32 bytes", f);
	if (e == OK) memcpy(out->b, sqlite3_column_blob(s, 0), DIGEST_BYTES);
	(void)sqlite3_finalize(s);
	return e;
}
