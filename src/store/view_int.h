/* What the view's files share. */
#ifndef STORE_VIEW_INT_H
#define STORE_VIEW_INT_H
#include <sqlite3.h>

#include "view.h"

#define VIEW_FIELDS_MAX 64 /* of one kind */

struct view {
	sqlite3 *db;
	char *path;
	struct frontier tree;
	uint64_t unreadable;
	unsigned kinds_n;
	sqlite3_stmt *entry_insert;
	sqlite3_stmt *state_update;
	sqlite3_stmt **kind_inserts;    /* one for each kind, in the order of entry_kinds */
	digest values[VIEW_FIELDS_MAX]; /* what a row binds, until it is stepped */
};

/* The error that the connection has met. */
CHECKED enum err view_error(const struct view *v, const char *what, struct fault *f);
CHECKED enum err view_run(struct view *v, const char *sql, struct fault *f);
CHECKED enum err view_prepare(struct view *v, const char *sql, sqlite3_stmt **out, struct fault *f);

/* ---- tables from kinds: view_schema.c ---- */
void view_schema_put(struct buf *b);                             /* all CREATE statements, with a NUL behind them that is not counted */
digest view_schema_digest(void);                                 /* of these: views of other kinds are of another version */
void view_insert_put(struct buf *b, const struct entry_kind *k); /* INSERT of a row of a kind, with such a NUL */
void view_table_put(struct buf *b, const struct entry_kind *k);  /* the table's name, as SQL quotes it */
/* Bind a field's value by its rule; v.raw.p NULL: left out. room: what the value becomes, kept until the step. */
int view_bind(sqlite3_stmt *s, int column, enum entry_rule rule, struct canonical_value v, digest *room);
#endif
