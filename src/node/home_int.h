/* What home.c and settings.c share. */
#ifndef NODE_HOME_INT_H
#define NODE_HOME_INT_H
#include "home.h"

#define HOME_CONFIGURATION "kulla.conf"
/* `name = value` lines; `#` begins a comment line. Slices are copied into the arena. Errors: ERR_SYNTAX, path and line. */
CHECKED enum err settings_parse(struct arena *a, slice text, const char *path, struct home_settings *out, struct fault *f);
/* The file as `kulla init` writes it: every setting with what it means, and its default. */
void settings_print(struct buf *b, slice origin);
#endif
