/* The derived view: the ledger's entries as tables, so that questions need no walk through the ledger. Nothing in it is true because it
 * stands here: `kulla rebuild` makes it again from the ledger, and the digest of its content is the same every time.
 *
 *   entries(idx, time, kind, actor, bytes, hash)   one row an entry; time, kind, actor NULL: this version could not read it
 *   kind_<kind>(idx, <field>…)                     one table a kind of entry.h, one column a field: a new kind needs no code here
 *   state(applied, unreadable, root, frontier, schema)   one row: how much is applied, and the tree over it
 *
 * Times are INTEGER microseconds since 1970 UTC, counts and booleans INTEGER, digests and roots BLOBs of 32 bytes, lists their canonical
 * JSON as TEXT, everything else TEXT as it stands. A field that was left out, or is null, is NULL. SQLite, in WAL mode.
 * A view belongs to one thread; other processes may read it. Source: decision 0010. */
#ifndef STORE_VIEW_H
#define STORE_VIEW_H
#include "entry.h"
#include "tree.h"

#define VIEW_VERSION 1 /* of what no table says: entries, state, how values become columns */

struct view;

/* A new view, for a rebuild: nothing in it is durable before view_seal.
 *   path   must not be there; made with mode 0600
 * Gives. Errors: ERR_EXISTS; ERR_ACCESS; ERR_DISK. */
CHECKED enum err view_create(const char *path, struct view **out, struct fault *f);
/* Gives. Errors: ERR_NOT_FOUND; ERR_VERSION of another version, or of other kinds; ERR_DAMAGED no view, or a damaged one (both: rebuild);
 * ERR_ACCESS, also when another process holds it; ERR_DISK. */
CHECKED enum err view_open(const char *path, bool write, struct view **out, struct fault *f);
void view_free(struct view *v); /* takes NULL */
/* Takes a view of view_create: it is whole, synced, in WAL mode, and nothing is left beside it. Errors: ERR_DISK. */
CHECKED enum err view_seal(struct view *v, struct fault *f);
/* What a writer left beside it (-wal) comes into the view itself; nothing may be left beside when it is replaced.
 * Errors: ERR_ACCESS somebody reads it; as view_open. */
CHECKED enum err view_settle(const char *path, struct fault *f);

struct tree_head view_head(const struct view *v); /* how many entries are applied, and the root of the tree over them */
uint64_t view_unreadable(const struct view *v);   /* of these, how many this version could not read */
/* The leaf hash that the view holds of an entry. Errors: ERR_NOT_FOUND; ERR_DAMAGED. */
CHECKED enum err view_leaf(struct view *v, uint64_t index, digest *out, struct fault *f);

/* Where entries come from: the next one, its bytes borrowed until the next call. Its errors stop the application. */
struct view_source {
	void *context;
	enum err (*next)(void *context, uint64_t *index, slice *bytes, struct fault *f);
};
/* Apply entries until the view is at this head: all of them in one transaction, which is only kept when their tree has that root.
 * An entry that breaks a rule, or is of a kind that is not known, keeps its row in `entries`: it cannot be taken back.
 * Errors: ERR_USAGE the head is behind the view, or the source gave another entry than the next; ERR_DAMAGED another root; the source's;
 * ERR_ACCESS; ERR_DISK. On error the view is as before. */
CHECKED enum err view_apply(struct view *v, struct view_source source, const struct tree_head *until, struct fault *f);

/* The digest of all content: SHA-256 over tables in order (entries, then the kinds' by name), rows in the order of idx, values typed and
 * with their lengths. It depends on the ledger and on VIEW_VERSION and kinds, not on SQLite, the machine or how often the view was caught
 * up. What is damaged within the tables shows as another digest. Errors: ERR_DAMAGED; ERR_DISK. */
CHECKED enum err view_digest(struct view *v, digest *out, struct fault *f);
#endif
