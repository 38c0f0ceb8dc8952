/* The digest of a view's content.
 *
 *   digest  = SHA-256(table …)               entries, then kind_<kind> in the order of entry_kinds
 *   table   = 'T' text(name) u32(columns) text(name of column) … row … 'E'
 *   row     = 'R' value …                     in the order of idx
 *   value   = 'N' | 'I' u64(two's complement) | 'S' u32(length) bytes | 'B' u32(length) bytes
 *   text    = u32(length) bytes
 *
 * Integers are little-endian. No two contents have the same encoding: every part says its type and length. */
#include "digests.h"
#include "view_int.h"

#define CHUNK_BYTES (512u << 10) /* enough for the thread that hashes while the next is read */

/* What was put waits in one of two buffers while the other is hashed. */
struct digesting {
	struct digests *digests;
	struct buf rooms[2];
	unsigned filled; /* which of them is being filled */
};

static void put_number(struct buf *b, uint64_t n, unsigned bytes)
{
	uint8_t room[8];
	for (unsigned i = 0; i < bytes; i++) room[i] = (uint8_t)(n >> (8 * i));
	buf_add(b, slice_of(room, bytes));
}

static void put_bytes(struct buf *b, const void *p, size_t n)
{
	put_number(b, n, 4);
	buf_add(b, slice_of(p, n));
}

#define FIXED_BYTES 9 /* of a value, its text or bytes apart */

/* b has room for FIXED_BYTES. */
static void put_tagged(struct buf *b, uint8_t tag, uint64_t n, unsigned bytes)
{
	uint8_t *p = b->p + b->n;
	*p++ = tag;
	for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(n >> (8 * i));
	b->n += 1 + bytes;
}

static void put_value(struct buf *b, sqlite3_stmt *s, int column)
{
	int type = sqlite3_column_type(s, column);
	(void)buf_reserve(b, FIXED_BYTES);
	if (type == SQLITE_NULL) put_tagged(b, 'N', 0, 0);
	else if (type == SQLITE_INTEGER) put_tagged(b, 'I', (uint64_t)sqlite3_column_int64(s, column), 8);
	else {
		const void *p = sqlite3_column_blob(s, column);
		size_t n = (size_t)sqlite3_column_bytes(s, column);
		put_tagged(b, type == SQLITE_TEXT ? 'S' : 'B', n, 4); /* a REAL, which no table of ours has, as its text */
		buf_add(b, slice_of(p, n));
	}
}

static void put_header(struct buf *b, slice name, sqlite3_stmt *s)
{
	int columns = sqlite3_column_count(s);
	buf_add_byte(b, 'T');
	put_bytes(b, name.p, name.n);
	put_number(b, (uint64_t)columns, 4);
	for (int i = 0; i < columns; i++) {
		slice column = slice_from(sqlite3_column_name(s, i));
		put_bytes(b, column.p, column.n);
	}
}

static void flush(struct digesting *d)
{
	digests_add(d->digests, buf_slice(&d->rooms[d->filled])); /* the one before is hashed when this returns */
	d->filled ^= 1;
	buf_clear(&d->rooms[d->filled]);
}

/* name: as SQL quotes it, with a NUL. */
static enum err add_table(struct view *v, struct digesting *d, slice name, struct fault *f)
{
	struct buf sql = {0};
	sqlite3_stmt *s = NULL;
	buf_printf(&sql, "SELECT * FROM %.*s ORDER BY idx", SLICE_PRINTF(name));
	buf_add_byte(&sql, 0);
	enum err e = view_prepare(v, (const char *)sql.p, &s, f);
	int code = SQLITE_DONE, columns = e == OK ? sqlite3_column_count(s) : 0;
	if (e == OK) put_header(&d->rooms[d->filled], slice_sub(name, 1, name.n - 2), s);
	while (e == OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct buf *b = &d->rooms[d->filled];
		buf_add_byte(b, 'R');
		for (int i = 0; i < columns; i++) put_value(b, s, i);
		if (b->n >= CHUNK_BYTES) flush(d);
	}
	if (e == OK && code != SQLITE_DONE) e = view_error(v, "cannot be read", f);
	buf_add_byte(&d->rooms[d->filled], 'E');
	(void)sqlite3_finalize(s);
	buf_free(&sql);
	return e;
}

enum err view_digest(struct view *v, digest *out, struct fault *f)
{
	struct digesting d = {.filled = 0};
	struct buf name = {0};
	unsigned n;
	const struct entry_kind *kinds = entry_kinds(&n);
	enum err e = view_run(v, "BEGIN", f); /* all tables as of one moment */
	if (e != OK) return e;
	d.digests = digests_new(0);
	e = add_table(v, &d, SLICE("\"entries\""), f);
	for (unsigned i = 0; i < n && e == OK; i++) {
		buf_clear(&name);
		view_table_put(&name, &kinds[i]);
		e = add_table(v, &d, buf_slice(&name), f);
	}
	(void)sqlite3_exec(v->db, "ROLLBACK", NULL, NULL, NULL);
	buf_free(&name);
	flush(&d);
	struct digests_result r = digests_end(d.digests);
	digests_free(d.digests);
	for (int i = 0; i < 2; i++) buf_free(&d.rooms[i]);
	if (e == OK) *out = r.sha256;
	return e;
}
