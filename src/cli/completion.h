/* Completion of commands, options, and the values of options that have a list of them, for shells: scripts made from the table of commands.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H
#include "command.h"

struct completion_shell {
	const char *name;
	void (*put)(FILE *out, const struct command *const *commands); /* commands ends with NULL */
};
extern const struct completion_shell completion_shells[]; /* the last has no name */
#endif
