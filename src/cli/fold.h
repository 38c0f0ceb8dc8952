/* Text for people onto a terminal: lines that are too wide go on under their beginning, cut at blanks. */
#ifndef CLI_FOLD_H
#define CLI_FOLD_H
#include <stdio.h>
#include "slice.h"

/* text: visible already (visible.h), with colours (ESC [ … m) where it has some; they take no columns. A line that has a column, three
 * blanks or more before it and in its left half, goes on under that. Lines that fit, and words that fit nowhere, are written as they
 * stand. */
void fold_put(FILE *out, slice text, size_t width);
/* Columns of the terminal that out is; SIZE_MAX where it is none. */
size_t fold_width(FILE *out);
#endif
