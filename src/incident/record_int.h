/* Records: what each sensor writes, as templates. A template is text with slots between '$':
 *   $NAME$           the pool of that name (client, site, …), or a part of the time (date, clock, us, …)
 *   $NAME=POOL$      a place NAME with the pool's value; NAME may be empty
 *   $NAME=#LOW-HIGH$ a number, $NAME=?a|b|c$ one of these texts
 * A scenario's plants set places by NAME; everything else of a planted record is as in the background. */
#ifndef INCIDENT_RECORD_INT_H
#define INCIDENT_RECORD_INT_H
#include "err.h"
#include "instant.h"

enum pool {
	POOL_EPOCH6,
	POOL_EPOCH3,
	POOL_DATE,
	POOL_CLOCK,
	POOL_MS,
	POOL_US,
	POOL_BIND_DATE, /* of the record's time */
	POOL_UID,
	POOL_PORT,
	POOL_HEX8,
	POOL_HEX32,
	POOL_HEX64,
	POOL_NUMBER,
	POOL_CHOICE, /* drawn */
	POOL_TEXTS,  /* from here on: texts of the scene */
	POOL_CLIENT = POOL_TEXTS,
	POOL_CLIENT_HOST,
	POOL_USER,
	POOL_MAC, /* one machine */
	POOL_PEER,
	POOL_SITE,
	POOL_SERVICE_PORT,
	POOL_SERVICE, /* one site */
	POOL_OUTSIDE,
	POOL_OUTSIDE_HOST,
	POOL_SENDER, /* one stranger */
	POOL_PATH,
	POOL_AGENT,
	POOL_AGENT_W3C,
	POOL_SUBJECT,
	POOL_KEY,
	POOL_UPPER,
	POOL_DOMAIN,
	POOL_NAT,
	POOL_WEB_HOST,
	POOL_MAIL_HOST,
	POOL_WEB,
	POOL_DNS,
	POOL_MAIL,
	POOL_GATEWAY, /* the institution */
	POOL_COUNT
};
enum escape { ESCAPE_NONE, ESCAPE_JSON, ESCAPE_W3C, ESCAPE_CSV };
struct record_row {
	const char *key;
	unsigned weight; /* in the background, of all the sensor's; 0: only planted */
	const char *text;
};
struct sensor_row {
	const char *key, *format, *file; /* format: as kulla formats names it; file: the end of the files' names */
	enum escape escape;
	const char *header; /* a template too, of which only the time and the institution may be used; "" for none */
	const struct record_row *records;
	size_t records_n;
};
/* NULL behind the last. */
const struct sensor_row *sensor_row(size_t i);
bool sensor_find(slice key, size_t *index);
bool record_find(const struct sensor_row *s, slice key, size_t *index);

/* ---- templates, taken apart once ---- */

struct step {
	slice before; /* text before the slot */
	slice place;  /* its name; may be empty */
	enum pool pool;
	bool last;          /* only `before` counts */
	uint64_t low, span; /* POOL_NUMBER */
	const slice *choices;
	size_t choices_n;
};
struct recipe {
	const struct step *steps;
	size_t steps_n;
	size_t bytes; /* about, of one record */
	const struct sensor_row *sensor;
};
/* In the arena. Errors: ERR_SYNTAX, the slot that no pool is named after. */
CHECKED enum err recipe_make(struct arena *a, const struct sensor_row *sensor, const char *text, struct recipe *out, struct fault *f);
bool recipe_has_place(const struct recipe *r, slice place);

/* ---- writing ---- */

/* xoshiro256**: the same numbers on every machine. */
struct draw {
	uint64_t s[4];
};
struct draw draw_new(uint64_t seed);
uint64_t draw_next(struct draw *d);
/* 0..n-1; n at most 2^32 */
static inline uint64_t draw_below(struct draw *d, uint64_t n)
{
	return ((draw_next(d) >> 32) * n) >> 32;
}
/* Of a seed and texts: streams that know nothing of each other. */
uint64_t seed_mix(uint64_t seed, slice text);

struct setting {
	slice place, value;
}; /* value escaped already */
/* One record's world. `texts` for the pools from POOL_TEXTS on. */
struct scene {
	struct draw draw;
	slice texts[POOL_COUNT];
	instant time;      /* as the sensor's clock has it */
	int64_t day_known; /* of date_text and bind_text */
	char date_text[INSTANT_TEXT_BYTES], bind_text[16];
	const struct setting *set;
	size_t set_n;
	uint64_t uid;  /* of the connection; 0: drawn */
	unsigned port; /* of the client */
};
/* Append one record with its line end. What is set is written as it stands. */
void recipe_write(const struct recipe *r, struct scene *s, struct buf *out);
/* The value as the sensor's records write it. */
slice record_escape(struct arena *a, enum escape e, slice value);
#endif
