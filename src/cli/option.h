/* Options of a command: one table, one parser. A row says where in the command's structure its value goes. */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H
#include "err.h"
#include "instant.h"

struct option_list {
	const char **items;
	size_t n;
};
enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_TEXT,   /* const char * */
	OPTION_LIST,   /* struct option_list; may be given again */
	OPTION_NUMBER, /* int64_t within min..max */
	OPTION_TIME,   /* instant: RFC 3339, or a date */
	OPTION_ZONE,   /* int: minutes east of UTC */
	OPTION_TLP,    /* enum tlp */
	OPTION_CHOICE, /* int: index into choices */
};
struct option {
	const char *name; /* without the dashes */
	char letter;      /* short form, or 0 */
	enum option_kind kind;
	size_t place;         /* offsetof in the command's structure */
	const char *argument; /* "FILE", NULL for flags */
	const char *help;
	int64_t min, max;
	const char *const *choices; /* NULL at the end */
};
struct arguments {
	const char **items; /* what is no option; borrowed from argv */
	size_t n;
	size_t split; /* how many stand before "--" */
	bool has_split;
};
/* Fill *target from argv[0..argc). The table ends with a row without a name. "--help" is not handled here.
 * Errors: ERR_USAGE, with the sentence in *f. Lists and arguments live in the arena. */
CHECKED enum err options_parse(
	struct arena *a, const struct option *table, int argc, char *const *argv, void *target, struct arguments *rest, struct fault *f);
/* The candidate that is nearest to `word`, or NULL when none is near. candidate(context, i) gives the i-th, NULL at the end. */
typedef const char *option_candidate(const void *context, size_t i);
const char *option_suggest(const char *word, option_candidate *candidate, const void *context);
#endif
