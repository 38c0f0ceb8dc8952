/* Tables, statements and values: all from the table of kinds (entry.h), so that a new kind is a new table without a line here. */
#include "view_int.h"

#include <assert.h>

/* ---- values by rule ---- */

static int bind_digest(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	slice text;
	if (!canonical_get_plain(v, &text) || !entry_get_digest(text, room)) return SQLITE_MISMATCH;
	return sqlite3_bind_blob(s, column, room->b, DIGEST_BYTES, SQLITE_STATIC);
}

static int bind_root(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	slice text;
	if (!canonical_get_plain(v, &text) || !digest_get_base64(text, room)) return SQLITE_MISMATCH;
	return sqlite3_bind_blob(s, column, room->b, DIGEST_BYTES, SQLITE_STATIC);
}

static int bind_count(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	uint64_t n;
	(void)room;
	return canonical_get_count(v, &n) ? sqlite3_bind_int64(s, column, (sqlite3_int64)n) : SQLITE_MISMATCH;
}

static int bind_bool(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	bool b;
	(void)room;
	return canonical_get_bool(v, &b) ? sqlite3_bind_int(s, column, b) : SQLITE_MISMATCH;
}

static int bind_time(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	slice text;
	instant t;
	(void)room;
	if (!canonical_get_plain(v, &text) || !entry_get_time(text, &t)) return SQLITE_MISMATCH;
	return sqlite3_bind_int64(s, column, t);
}

static int bind_raw(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	(void)room;
	return sqlite3_bind_text(s, column, (const char *)v.raw.p, (int)v.raw.n, SQLITE_STATIC);
}

static int bind_text(sqlite3_stmt *s, int column, struct canonical_value v, digest *room)
{
	(void)room;
	if (v.kind != CANONICAL_STRING) return SQLITE_MISMATCH;
	return sqlite3_bind_text(s, column, (const char *)v.raw.p + 1, (int)v.raw.n - 2, SQLITE_STATIC);
}

/* A rule that stands not here is a text. */
static const struct {
	const char *type;
	int (*bind)(sqlite3_stmt *s, int column, struct canonical_value v, digest *room);
} RULES[ENTRY_RULES] = {
	[ENTRY_DIGEST] = {"BLOB", bind_digest},
	[ENTRY_BLOB] = {"BLOB", bind_digest},
	[ENTRY_SALTED] = {"BLOB", bind_digest},
	[ENTRY_ROOT] = {"BLOB", bind_root},
	[ENTRY_COUNT] = {"INTEGER", bind_count},
	[ENTRY_BOOL] = {"INTEGER", bind_bool},
	[ENTRY_TIME] = {"INTEGER", bind_time},
	[ENTRY_DIGESTS] = {"TEXT", bind_raw},
	[ENTRY_PATHS] = {"TEXT", bind_raw},
	[ENTRY_OBJECT] = {"TEXT", bind_raw},
};

int view_bind(sqlite3_stmt *s, int column, enum entry_rule rule, struct canonical_value v, digest *room)
{
	if (v.raw.p == NULL || v.kind == CANONICAL_NULL) return sqlite3_bind_null(s, column);
	return RULES[rule].bind != NULL ? RULES[rule].bind(s, column, v, room) : bind_text(s, column, v, room);
}

/* ---- statements ---- */

/* Names of kinds and fields are ours: words of letters, digits, dashes and low lines. */
static void name_put(struct buf *b, const char *prefix, const char *name)
{
	buf_printf(b, "\"%s%s\"", prefix, name);
}

void view_table_put(struct buf *b, const struct entry_kind *k)
{
	name_put(b, "kind_", k->name);
}

static void terminate(struct buf *b)
{
	buf_add_byte(b, 0);
	b->n--;
}

static void kind_schema_put(struct buf *b, const struct entry_kind *k)
{
	buf_add_text(b, "CREATE TABLE ");
	view_table_put(b, k);
	buf_add_text(b, "(idx INTEGER PRIMARY KEY");
	for (unsigned i = 0; i < k->field_count; i++) {
		const char *type = RULES[k->fields[i].rule].type;
		buf_add_text(b, ", ");
		name_put(b, "", k->fields[i].name);
		buf_printf(b, " %s", type != NULL ? type : "TEXT");
	}
	buf_add_text(b, ") STRICT;\n");
}

void view_schema_put(struct buf *b)
{
	unsigned n;
	const struct entry_kind *kinds = entry_kinds(&n);
	buf_add_text(b, "CREATE TABLE entries(idx INTEGER PRIMARY KEY, time INTEGER, kind TEXT, actor TEXT, bytes INTEGER NOT NULL,"
			" hash BLOB NOT NULL) STRICT;\n"
			"CREATE TABLE state(one INTEGER PRIMARY KEY CHECK (one = 1), applied INTEGER NOT NULL, unreadable INTEGER NOT NULL,"
			" root BLOB NOT NULL, frontier BLOB NOT NULL, schema BLOB NOT NULL) STRICT;\n");
	for (unsigned i = 0; i < n; i++) kind_schema_put(b, &kinds[i]);
	terminate(b);
}

digest view_schema_digest(void)
{
	struct buf b = {0};
	buf_printf(&b, "version %d\n", VIEW_VERSION);
	view_schema_put(&b);
	digest d = digest_of(buf_slice(&b));
	buf_free(&b);
	return d;
}

void view_insert_put(struct buf *b, const struct entry_kind *k)
{
	buf_add_text(b, "INSERT INTO ");
	view_table_put(b, k);
	buf_add_text(b, " VALUES(?");
	for (unsigned i = 0; i < k->field_count; i++) buf_add_text(b, ",?");
	buf_add_text(b, ")");
	terminate(b);
}
