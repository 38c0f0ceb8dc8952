/* Foreign text that people look at: what would move a cursor, change the direction of writing or is no UTF-8 is written as \xNN; and how
 * many columns a text takes, for tables and cuts. Pure. */
#ifndef CLI_VISIBLE_H
#define CLI_VISIBLE_H
#include <stdio.h>
#include "slice.h"

/* Add text to b; a tab becomes a blank. With ascii, what is beyond ASCII is written as \u{NN}: for terminals that show no UTF-8. */
void visible_add(struct buf *b, slice text, bool ascii);
/* The same to a stream. */
void visible_put(FILE *out, slice text, bool ascii);
/* Columns that visible_add's text takes on a terminal: wide characters take two, combining ones none. Source: UAX #11 by libunistring. */
size_t visible_columns(slice text, bool ascii);
/* As visible_add, in at most `columns` (3 at least): a longer text loses its middle to `…`, so that both ends can be read. */
void visible_add_cut(struct buf *b, slice text, size_t columns, bool ascii);
void visible_put_cut(FILE *out, slice text, size_t columns, bool ascii);
/* Whether the environment says that text is UTF-8: the first of LC_ALL, LC_CTYPE, LANG that is set. */
bool visible_locale_is_utf8(void);
#endif
