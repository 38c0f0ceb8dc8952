/* Help and man pages, made from the table of commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H
#include "command.h"

/* commands ends with NULL. */
void help_all(FILE *out, const struct command *const *commands);
void help_command(FILE *out, const struct command *c);
void help_confinement(FILE *out);
/* roff for man(1): kulla(1), and kulla-NAME(1) for one command. */
void help_man_all(FILE *out, const struct command *const *commands);
void help_man(FILE *out, const struct command *c);
#endif
