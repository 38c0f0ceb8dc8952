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
#endif
