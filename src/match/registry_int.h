/* Registry keys: the hive has several spellings, and one key has several names in records (decision 0003, 9). Pure. */
#ifndef MATCH_REGISTRY_INT_H
#define MATCH_REGISTRY_INT_H
#include "slice.h"

/* Whether the text is a key that says its hive: "HKLM\…", "HKEY_USERS\…", "\REGISTRY\MACHINE\…". */
bool registry_has_hive(slice text);
/* The normal form: the hive's long name, the rest as it is without a backslash at its end; the text itself when it says no hive or no more
 * than that. */
slice registry_normal(struct arena *a, slice text);
/* Whether `text` starts with a spelling of the key (normal form, with a hive); *n: its bytes. `whole`: and is nothing else, but for a
 * backslash at its end. */
bool registry_spells(slice text, slice key, bool whole, size_t *n);
/* A record's value in all its readings, itself first: for LIKE and MATCHES. */
#define REGISTRY_READINGS_MAX 9
size_t registry_readings(struct arena *a, slice value, slice out[REGISTRY_READINGS_MAX]);
/* The part of a normal form that every spelling has. */
slice registry_firm(slice key);
#endif
