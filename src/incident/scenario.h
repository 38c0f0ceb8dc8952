/* Scenarios: what an exercise plants, where and when. They are data (docs/exercise.md describes the format): this file reads and judges
 * them. Pure. A scenario and everything in it lives in the arena given and is immutable: threads may share it. */
#ifndef INCIDENT_SCENARIO_H
#define INCIDENT_SCENARIO_H
#include "instant.h"
#include "observable.h"

struct scenario_list { /* items: an array of the structure that the member's comment names */
	void *items;
	size_t n;
};
#define SCENARIO_DAY_MICROS (86400 * INT64_C(1000000))
#define SCENARIO_DAY_FIRST 3652 /* 1980-01-01 */
#define SCENARIO_DAY_END 47482  /* 2100-01-01 */
#define SCENARIO_AT(list, type, i) (&((const type *)(list).items)[i])

/* Days are counted from 1970-01-01. Texts are UTF-8 without controls and end in a NUL that is not counted. */
struct scenario_indicator {
	slice key, name, pattern, value; /* value: what ${key} stands for in records */
	slice description;
	struct scenario_list with; /* slice: keys of indicators that every record with this one meets too */
	bool unmatchable, listed;  /* no version of kulla scan meets it yet; its value is on the exercise's warninglist */
};
struct scenario_setting {
	slice place, value;
}; /* value with ${key} still in it */
struct scenario_plant {
	slice sensor, record;
	int64_t least, most;               /* records, for each institution */
	struct scenario_list set;          /* struct scenario_setting */
	struct scenario_list meets;        /* slice: keys of indicators beyond those in `set` */
	size_t sensor_index, record_index; /* resolved */
};
struct scenario_when {
	slice course;
	int64_t from, to;              /* days */
	int64_t hour_first, hour_last; /* UTC */
};
struct scenario_phase {
	slice key, title, technique;
	bool decoy;                  /* looks like an indicator and is none */
	bool outside;                /* knocks at the door, or comes after: no access */
	struct scenario_list when;   /* struct scenario_when */
	struct scenario_list plants; /* struct scenario_plant */
};
struct scenario_kit {
	slice key;
	struct scenario_list sensors; /* slice */
};
struct scenario_gap {
	slice sensor;
	int64_t from, to; /* days, both without records */
};
struct scenario_clock {
	slice sensor;
	int64_t minutes;
};
struct scenario_institution {
	slice key, name, course, kit;
	int64_t clients, weight;
	struct scenario_list gaps;   /* struct scenario_gap */
	struct scenario_list clocks; /* struct scenario_clock: sensors whose clock is wrong */
	size_t kit_index;            /* resolved */
};
struct scenario_event {
	int64_t day;
	slice text;
}; /* of the timeline */
struct scenario_warning {
	slice author, name, description;
	instant published;
	slice marking;
	enum tlp tlp; /* resolved */
};
struct scenario {
	slice key, title, description;
	int64_t from, months; /* day; as generated unless told */
	int64_t bytes;
	struct scenario_list holidays;     /* int64_t: days */
	struct scenario_list kits;         /* struct scenario_kit */
	struct scenario_list institutions; /* struct scenario_institution */
	struct scenario_list indicators;   /* struct scenario_indicator */
	struct scenario_list phases;       /* struct scenario_phase */
	struct scenario_list timeline;     /* struct scenario_event */
	struct scenario_warning warning;
};

/* Read one scenario.
 *   text     JSON, at most SCENARIO_BYTES_MAX
 *   out      untouched on error
 * Errors: ERR_SYNTAX, ERR_LIMIT; the fault says the place (`phases[2].plants[0].set.client`), the rule, and the byte where JSON itself is
 * broken. */
CHECKED enum err scenario_read(struct arena *a, slice text, const struct scenario **out, struct fault *f);
/* The indicator of that key, or NULL. */
const struct scenario_indicator *scenario_indicator_find(const struct scenario *s, slice key);
/* Cut `*rest` before its next ${key}: returns the text before it and sets *key, or key->n = 0 at the end. */
slice scenario_reference_next(slice *rest, slice *key);

/* Scenarios that are part of the program; NULL behind the last. */
struct scenario_built_in {
	const char *name;
	slice text;
};
const struct scenario_built_in *scenario_built_in(size_t i);
#endif
