/* `--home DIR` or KULLA_HOME: which home a command works in. One row, one answer, for every command that has a home. */
#ifndef CLI_HOME_OPTION_H
#define CLI_HOME_OPTION_H
#include "option.h"

/* The row for a command's table; `member` is a const char * of its structure. */
#define HOME_OPTION(structure, member)                                                                                                     \
	{                                                                                                                                  \
		.name = "home", .kind = OPTION_TEXT, .place = offsetof(structure, member), .argument = "DIR",                              \
		.help = "the home to work in (default: KULLA_HOME)"                                                                        \
	}
/* What the option gave (NULL: it was not given), else KULLA_HOME; *path is borrowed. Whether it is a home, home_open says.
 * Errors: ERR_USAGE neither is given, or the one that counts is empty. */
CHECKED enum err home_option_find(const char *given, const char **path, struct fault *f);
#endif
