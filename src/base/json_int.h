/* What the JSON files share. */
#ifndef BASE_JSON_INT_H
#define BASE_JSON_INT_H
#include "json.h"

/* The first place where `text` is no JSON document, by a plain scan: *offset and, in *why, what is wrong there (static).
 * False when the scan finds nothing wrong. Used only after the fast parser has refused. */
bool json_locate(slice text, uint64_t *offset, const char **why);

/* Shortest decimal digits that give v back (finite, not 0): v = 0.DIGITS * 10^*exponent, without sign. Returns their count. */
#define JSON_DIGITS_MAX 17
int json_shortest(double v, char digits[JSON_DIGITS_MAX + 1], int *exponent);
/* The number as ECMAScript prints it (finite): at most JSON_DOUBLE_BYTES_MAX bytes. */
#define JSON_DOUBLE_BYTES_MAX 25 /* -0.0000012345678901234567 */
void json_put_double(struct buf *b, double v);
/* The double nearest to a JSON number, whole text; false when it is none or beyond the range of doubles. Independent of the locale. */
bool json_nearest(slice text, double *out);
#endif
