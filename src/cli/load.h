/* Intelligence files to a watchlist. */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H
#include "match.h"
#include "option.h"

struct load_settings {
	enum tlp marking;               /* for indicators that say none */
	instant at;
	bool all;
	struct option_list warninglists; /* files and folders */
};
/* A watchlist and what it borrows from. */
struct loaded {
	struct watchlist *watchlist;
	void *map; size_t map_bytes;    /* a compiled one's file */
	struct warninglist **warninglists; size_t warninglists_n;
	uint64_t troubles;              /* lines, objects and files that could not be read; they were complained about. A compiled one remembers its sources' */
	uint64_t unread;                /* of these: files that could not be opened, or not be read to their end */
	uint64_t files;
};
/* paths: files, folders, "-"; or one compiled watchlist. Complains on standard error, line by line. When the whole cannot go on: not OK, and the
 * reason was complained about. A file among several that cannot be read counts as a trouble, and the rest goes on. */
CHECKED enum err load_intel(const struct load_settings *s, const char *const *paths, size_t paths_n, struct loaded *out);
/* One compiled watchlist, mapped. OK and out->watchlist NULL: something else, and complained about. */
CHECKED enum err load_compiled(const char *path, struct loaded *out);
void loaded_free(struct loaded *l);
#endif
