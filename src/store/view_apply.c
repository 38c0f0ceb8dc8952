/* Entries into rows. */
#include "view_int.h"

#include <assert.h>

/* Run a statement that gives no row, and make it ready for the next. */
static enum err step(struct view *v, sqlite3_stmt *s, const char *what, struct fault *f)
{
	int code = sqlite3_step(s);
	enum err e = code != SQLITE_DONE ? view_error(v, what, f) : OK;
	(void)sqlite3_reset(s);
	return e;
}

static void bind_slice(sqlite3_stmt *s, int column, slice text)
{
	(void)sqlite3_bind_text(s, column, (const char *)text.p, (int)text.n, SQLITE_STATIC);
}

/* entry: NULL when this version cannot read it. */
static enum err insert_entry(struct view *v, uint64_t index, slice bytes, const digest *leaf, const struct entry *entry, struct fault *f)
{
	sqlite3_stmt *s = v->entry_insert;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)index);
	if (entry != NULL) {
		(void)sqlite3_bind_int64(s, 2, entry->time);
		bind_slice(s, 3, entry->kind);
		bind_slice(s, 4, entry->actor);
	} else
		for (int column = 2; column <= 4; column++) (void)sqlite3_bind_null(s, column);
	(void)sqlite3_bind_int64(s, 5, (sqlite3_int64)bytes.n);
	(void)sqlite3_bind_blob(s, 6, leaf->b, DIGEST_BYTES, SQLITE_STATIC);
	return step(v, s, "an entry cannot be put in", f);
}

static bool key_is(slice key, const char *name)
{
	return strncmp(name, (const char *)key.p, key.n) == 0 && name[key.n] == 0;
}

/* Members and rows stand in the same order, and entry_parse has seen that each member has its row. */
static enum err insert_kind(struct view *v, uint64_t index, const struct entry *entry, struct fault *f)
{
	unsigned n;
	const struct entry_kind *kind = entry->rules;
	sqlite3_stmt *s = v->kind_inserts[kind - entry_kinds(&n)];
	struct canonical_walk w = canonical_walk(entry->body);
	bool more = canonical_next(&w);
	int code = sqlite3_bind_int64(s, 1, (sqlite3_int64)index);
	for (unsigned i = 0; i < kind->field_count && code == SQLITE_OK; i++) {
		bool here = more && key_is(w.key, kind->fields[i].name);
		struct canonical_value value = here ? w.value : (struct canonical_value){.raw = {NULL, 0}};
		code = view_bind(s, (int)i + 2, kind->fields[i].rule, value, &v->values[i]);
		if (here) more = canonical_next(&w);
	}
	if (code != SQLITE_OK || more)
		return fault_set(f, ERR_DAMAGED, 0, 0, "entry %llu: a value cannot be put in: %s", (unsigned long long)index,
			more ? "a member is out of its order" : sqlite3_errstr(code));
	return step(v, s, "an entry's fields cannot be put in", f);
}

static enum err apply_one(struct view *v, uint64_t index, slice bytes, struct fault *f)
{
	struct entry entry;
	digest leaf = tree_leaf(bytes);
	bool readable = entry_parse(bytes, &entry, NULL) == OK;
	(void)frontier_add(&v->tree, &leaf, NULL);
	v->unreadable += !readable;
	enum err e = insert_entry(v, index, bytes, &leaf, readable ? &entry : NULL, f);
	if (e == OK && readable && entry.rules != NULL) e = insert_kind(v, index, &entry, f);
	return e;
}

static enum err apply_all(struct view *v, struct view_source source, uint64_t until, struct fault *f)
{
	enum err e = OK;
	while (e == OK && v->tree.size < until) {
		uint64_t index = UINT64_MAX;
		slice bytes;
		e = source.next(source.context, &index, &bytes, f);
		if (e == OK && index != v->tree.size)
			e = fault_set(f, ERR_USAGE, 0, 0, "entry %llu was given where entry %llu is the next", (unsigned long long)index,
				(unsigned long long)v->tree.size);
		if (e == OK) e = apply_one(v, index, bytes, f);
	}
	return e;
}

static enum err store_state(struct view *v, struct fault *f)
{
	digest hashes[TREE_HEIGHT_MAX], root = frontier_root(&v->tree);
	unsigned n = frontier_hashes(&v->tree, hashes);
	sqlite3_stmt *s = v->state_update;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)v->tree.size);
	(void)sqlite3_bind_int64(s, 2, (sqlite3_int64)v->unreadable);
	(void)sqlite3_bind_blob(s, 3, root.b, DIGEST_BYTES, SQLITE_STATIC);
	(void)sqlite3_bind_blob(s, 4, hashes, (int)(n * sizeof *hashes), SQLITE_STATIC);
	return step(v, s, "the state cannot be put in", f);
}

static enum err check_root(const struct view *v, const struct tree_head *until, struct fault *f)
{
	char found[DIGEST_BASE64_BYTES + 1], expected[DIGEST_BASE64_BYTES + 1];
	digest root = frontier_root(&v->tree);
	if (digest_equal(&root, &until->root)) return OK;
	return fault_set(f, ERR_DAMAGED, 0, 0, "the first %llu entries of the ledger have the root %s, the checkpoint says %s",
		(unsigned long long)until->size, digest_base64(&root, found), digest_base64(&until->root, expected));
}

enum err view_apply(struct view *v, struct view_source source, const struct tree_head *until, struct fault *f)
{
	struct frontier before = v->tree;
	uint64_t unreadable_before = v->unreadable;
	if (until->size < before.size)
		return fault_set(f, ERR_USAGE, 0, 0, "the view has %llu entries, the ledger %llu", (unsigned long long)before.size,
			(unsigned long long)until->size);
	enum err e = view_run(v, "BEGIN IMMEDIATE", f);
	if (e != OK) return e;
	e = apply_all(v, source, until->size, f);
	if (e == OK) e = check_root(v, until, f);
	if (e == OK) e = store_state(v, f);
	if (e == OK) e = view_run(v, "COMMIT", f);
	if (e == OK) return OK;
	(void)sqlite3_exec(v->db, "ROLLBACK", NULL, NULL, NULL);
	v->tree = before;
	v->unreadable = unreadable_before;
	return e;
}
