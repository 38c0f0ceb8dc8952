/* What the files that read scenarios share: a table of members per kind of object, and the checks behind them. */
#ifndef INCIDENT_SCENARIO_INT_H
#define INCIDENT_SCENARIO_INT_H
#include "scenario.h"

enum member_kind {
	MEMBER_TEXT,
	MEMBER_KEY,    /* a-z 0-9 and '-' */
	MEMBER_NUMBER, /* min..max */
	MEMBER_FLAG,
	MEMBER_DATE,     /* YYYY-MM-DD: int64_t days */
	MEMBER_TIME,     /* RFC 3339: instant */
	MEMBER_KEYS,     /* list of keys */
	MEMBER_DATES,    /* list of dates */
	MEMBER_SETTINGS, /* object of texts */
	MEMBER_OBJECT,   /* one object of `table` */
	MEMBER_OBJECTS,  /* list of objects of `table` */
};
struct member_table;
struct member {
	const char *key;
	enum member_kind kind;
	size_t place; /* offsetof */
	bool needed;
	int64_t min, max; /* of numbers; of lists how many */
	const struct member_table *table;
};
struct member_table {
	const struct member *members;
	size_t members_n, size;
};
extern const struct member_table scenario_table;
/* Everything that needs more than one member: references, places, patterns. Fills what the header calls resolved. */
CHECKED enum err scenario_check(struct arena *a, struct scenario *s, struct fault *f);
#endif
