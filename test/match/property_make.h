/* Random indicators and records that are likely to meet, and likelier to nearly meet. */
#ifndef TEST_MATCH_PROPERTY_MAKE_H
#define TEST_MATCH_PROPERTY_MAKE_H
#include "reference.h"

struct dice {
	uint64_t state;
};
uint32_t dice_below(struct dice *d, uint32_t n);
/* An indicator with one to three terms of every kind; in the arena. */
struct indicator make_indicator(struct arena *a, struct dice *d, size_t number);
/* A few records of the format, built from the indicators' values; in the arena. */
slice make_records(struct arena *a, struct dice *d, const struct indicator *indicators, size_t n, enum format f);
/* Bytes without any plan. */
slice make_noise(struct arena *a, struct dice *d, size_t n);
/* The first lines of a file of that format, for telemetry_detect; empty where none is needed. */
slice make_header(enum format f);
#endif
