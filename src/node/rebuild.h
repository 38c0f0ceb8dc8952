/* The home's view: made again from the ledger, caught up, opened.
 *
 *   view.db        the view, always whole                    view.db-wal, view.db-shm   SQLite's
 *   view.db.new    a rebuild under way, or what is left of one that was cut short: the next rebuild removes it
 *   view.lock      byte 0: who writes the view; byte 1: who opens it (shared) or puts another in its place (exclusive)
 *
 * A rebuild that is killed at any moment leaves the view that was there. The ledger is read as its published checkpoint says, without the
 * keeper; whether that checkpoint's signature holds, `kulla verify` says: here its root must be that of the entries.
 * Source: DESIGN.md, "A node's home"; decision 0010. */
#ifndef NODE_REBUILD_H
#define NODE_REBUILD_H
#include "home.h"
#include "view.h"

enum rebuild_stage { REBUILD_ENTRIES, REBUILD_DIGEST, REBUILD_SYNC, REBUILD_REPLACE, REBUILD_DONE };
/* Told at each stage, and every few thousand entries; may be NULL. False stops before REBUILD_DONE: ERR_STOPPED, the view is as before. */
struct rebuild_watch {
	void *context;
	bool (*tell)(void *context, enum rebuild_stage stage, uint64_t done, uint64_t all);
};
struct rebuild_result {
	struct tree_head head;
	uint64_t applied;    /* entries that were put in now */
	uint64_t unreadable; /* of all: entries that break a rule of this version; their rows in `entries` have neither time, kind nor actor
			      */
	digest content;      /* of view_rebuild only */
};

/* Make the view from nothing and put it in the old one's place.
 * Errors: ERR_EXISTS another process writes the view; ERR_NOT_FOUND no ledger; ERR_DAMAGED the ledger; ERR_ACCESS, also while somebody
 * reads the old view; ERR_DISK; ERR_STOPPED. On error the old view is as it was. */
CHECKED enum err view_rebuild(const struct home *h, const struct rebuild_watch *watch, struct rebuild_result *out, struct fault *f);
/* Apply what the ledger has more.
 * Errors: as view_rebuild; ERR_NOT_FOUND no view; ERR_VERSION, ERR_DAMAGED as view_open; ERR_CHANGED the view is of another ledger (all of
 * these: rebuild). On error the view is as it was. */
CHECKED enum err view_catch_up(const struct home *h, const struct rebuild_watch *watch, struct rebuild_result *out, struct fault *f);
/* The home's view as it stands, to read. Gives (view_free). A view that is replaced meanwhile stays readable. Errors: as view_open. */
CHECKED enum err view_of_home(const struct home *h, struct view **out, struct fault *f);
/* The same, for commands: caught up with the published checkpoint first, where it can be written.
 * Errors: as view_open; ERR_CHANGED the view is of another ledger. */
CHECKED enum err view_of_home_now(const struct home *h, struct view **out, struct fault *f);
#endif
