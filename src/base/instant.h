/* Points in time: microseconds since 1970-01-01T00:00:00Z. Pure: the clock is an argument everywhere. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H
#include "err.h"

typedef int64_t instant;
#define INSTANT_NONE INT64_MIN

/* RFC 3339 / ISO 8601: "2021-05-01T10:00:00[.f…][Z|±hh:mm|±hhmm]", "T" or one space. Without a zone `zone_minutes` is used
 * and *guessed (may be NULL) set. Digits beyond microseconds are dropped. Years 1 to 9999. */
CHECKED enum err instant_parse(slice text, int zone_minutes, instant *out, bool *guessed);
/* "1521911720.865716": seconds since 1970 with up to 9 decimals, optionally in exponent form. */
CHECKED enum err instant_parse_epoch(slice text, instant *out);
/* Calendar fields to an instant; ERR_SYNTAX when out of range (month 1-12 …). */
CHECKED enum err instant_from_civil(int year, int month, int day, int hour, int minute, int second, int micro, instant *out);
#define INSTANT_TEXT_BYTES 32
/* RFC 3339 UTC "2021-05-01T10:00:00.000001Z"; decimals: 0, 3 or 6; -1: none when zero, else 3 or 6. NUL-terminated; returns out. */
const char *instant_format(instant t, int decimals, char out[INSTANT_TEXT_BYTES]);
#endif
