/* Intelligence files to a watchlist. */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H
#include <sys/types.h>
#include "match.h"
#include "option.h"

struct intake;
struct file_id {
	bool known;
	dev_t device;
	ino_t node;
};
struct load_settings {
	enum tlp marking; /* for indicators that say none */
	instant at;
	bool all;
	struct option_list warninglists; /* files, folders, names of lists in these folders */
	struct intake *intake;           /* who is told the digests of what is read; NULL: nobody */
	struct file_id output;           /* a file that is about to be replaced: refused as an input */
};
/* One file of intelligence as it was read. */
struct loaded_input {
	char *path;
	enum intel_format format; /* INTEL_UNKNOWN: not read */
	uint64_t indicators;      /* that it holds, matchable or not */
	uint64_t context;         /* what its source says is no indicator */
	uint64_t troubles;
};
#define LOADED_INPUTS_MAX 10000u /* more are read, and not told one by one */
/* A watchlist and what it borrows from. */
struct loaded {
	struct watchlist *watchlist;
	void *map;
	size_t map_bytes; /* a compiled one's file */
	struct warninglist **warninglists;
	size_t warninglists_n;
	uint64_t troubles; /* lines, objects and files that could not be read; they were complained about. A compiled one remembers its
			      sources' */
	uint64_t unread;   /* of these: files that could not be opened, or not be read to their end */
	uint64_t files;
	uint64_t context; /* of all files */
	struct loaded_input *inputs;
	size_t inputs_n; /* in the order read; one without name: none */
};
/* paths: files, folders, "-"; or one compiled watchlist. Complains on standard error, line by line. When the whole cannot go on: not OK,
 * and the reason was complained about. A file among several that cannot be read counts as a trouble, and the rest goes on. */
CHECKED enum err load_intel(const struct load_settings *s, const char *const *paths, size_t paths_n, struct loaded *out);
/* One compiled watchlist, mapped. OK and out->watchlist NULL: something else, and complained about. */
CHECKED enum err load_compiled(const char *path, struct loaded *out);
void loaded_free(struct loaded *l);
/* warninglists.c: files and folders of warninglists into *out. A word that is no path names one list: by the "name" it says, its file, or
 * its file's folder (lists/rfc1918/list.json); it is looked for in the folders, of which then only the named lists are read. Complains; not
 * OK when a list cannot be had. */
CHECKED enum err warninglists_load(const struct load_settings *s, struct loaded *out);
/* load_manifest.c: the manifest of a MISP feed, open at `path`, of which `start` was read. When events that it names are not beside it,
 * *trouble says how many and the first, else its kind is OK. ERR_LIMIT, ERR_SYNTAX, or why it cannot be read: nothing was looked for. */
struct source;
CHECKED enum err load_manifest(struct source *s, const char *path, slice start, struct fault *trouble, struct fault *f);
/* ERR_EXISTS when the path (or "-") is s->output. */
CHECKED enum err load_not_output(const struct load_settings *s, const char *path, struct fault *f);
#endif
