/* Files of a list of paths, one by one: folders are walked in sorted order, depth first. */
#ifndef CLI_WALK_H
#define CLI_WALK_H
#include "err.h"

struct walk;
/* paths are borrowed until walk_free. */
struct walk *walk_new(const char *const *paths, size_t paths_n);
/* The next file. *path is borrowed until the next call; *named: it stands in the list itself ("-" too).
 * False at the end. A folder that cannot be read comes as its own path with *trouble filled (kind not OK). */
bool walk_next(struct walk *w, const char **path, bool *named, struct fault *trouble);
void walk_free(struct walk *w); /* takes NULL */
#endif
