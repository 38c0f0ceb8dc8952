/* An exercise as planned: who has which sensors, what is planted when. */
#ifndef INCIDENT_EXERCISE_INT_H
#define INCIDENT_EXERCISE_INT_H
#include "exercise.h"
#include "record_int.h"

#define EXERCISE_WORD "EXERCISE EXERCISE EXERCISE"
#define UUID_BYTES 37

/* Texts that all institutions meet: sites, strangers, pages. Immutable. */
struct world {
	slice *sites, *peers; /* name and address of one site */
	size_t sites_n;
	slice *outsides, *outside_hosts, *senders;
	size_t outsides_n;
	slice *paths, *subjects;
	size_t paths_n, subjects_n;
};
void world_make(struct arena *a, struct world *out);
size_t world_agents(const slice **plain, const slice **w3c);

struct institution {
	const struct scenario_institution *of;
	slice texts[POOL_COUNT];     /* key, upper, domain, nat, web, dns, mail, gateway */
	slice *hosts, *users, *macs; /* of clients */
	slice *addresses;            /* of leases */
	size_t clients_n, addresses_n;
	size_t stream_first, streams_n;
	int64_t first_access; /* instant; INSTANT_NONE: not hit */
};
/* Texts of an institution: number gives its network. */
void institution_make(struct arena *a, const struct scenario_institution *of, size_t number, struct institution *out);

struct stream {
	size_t institution, sensor;
	int64_t clock_minutes;
};
struct planted {
	instant time;
	const struct scenario_phase *phase;
	const struct scenario_plant *plant;
	size_t file;      /* SIZE_MAX: lost */
	const char *lost; /* why */
	size_t institution, client, number;
};
struct exercise {
	const struct scenario *scenario;
	struct exercise_settings settings;
	struct world world;
	struct institution *institutions;
	size_t institutions_n;
	struct stream *streams;
	size_t streams_n;
	struct planted *planted; /* by file, time, number */
	size_t planted_n, lost_n;
	uint64_t weight; /* of all files */
};
bool day_is_work(const struct scenario *s, int64_t day);
/* Hours east of UTC on a day of that country: 1, in summer 2. */
unsigned day_zone_hours(int64_t day);
uint64_t file_weight(const struct exercise *e, size_t file);
/* What the record's own clock says; the record is in a file. */
instant planted_clock(const struct exercise *e, const struct planted *p);

/* ---- conversations: connections and letters that several sensors of an institution see ---- */

#define HOURS 24
#define HOUR_MICROS (3600 * INT64_C(1000000))
#define PORT_FIRST 49152u /* of clients */
#define INSTANT_NEVER INT64_MAX
struct day { /* one file's, and the same for all files of an institution's day */
	const struct exercise *exercise;
	const struct institution *institution;
	uint64_t seed;
	instant start;
	uint64_t bytes_before[HOURS + 1]; /* of background, before each hour; the last: all of it */
};
enum talk_kind { TALK_WEB, TALK_TLS, TALK_LETTER };
struct talk {
	enum talk_kind kind;
	uint64_t seed, uid; /* of numbers that one sensor alone tells; of the connection's id */
	uint32_t jitter;
	unsigned port;
	size_t client, site, outside, page, agent;
};
/* What a sensor writes of conversations of some kinds, and how long after they began. */
struct talk_view {
	const char *sensor, *record;
	unsigned kinds; /* bits */
	uint32_t after_ms;
	bool lookup; /* the name's look-up before the connection: another id, another port */
};
#define TALK_VIEWS_MAX 4
size_t talk_views(const char *sensor, const struct talk_view *out[TALK_VIEWS_MAX]);
/* Goes through a day as one view shows it. Set view and recipe, then call talk_next before each look. */
struct talk_cursor {
	const struct talk_view *view;
	const struct recipe *recipe;
	struct talk talk;
	instant time; /* true; INSTANT_NEVER: no more */
	uint64_t number, next;
	unsigned hour;
};
void talk_next(const struct day *day, struct talk_cursor *c);
size_t site_draw(struct draw *d, size_t sites_n);

/* "indicator--…" of a key: the same in every exercise of the scenario. */
const char *exercise_id(const struct scenario *s, const char *type, slice key, char out[80]);
/* Where a planted record stands: what exercise_truth keeps. */
struct truth_place {
	size_t planted; /* its index */
	uint64_t line, record_no, offset;
};
/* Indicators that a planted record meets, each once; at most TRUTH_INDICATORS_MAX. */
#define TRUTH_INDICATORS_MAX 32
size_t planted_indicators(
	const struct scenario *s, const struct scenario_plant *p, const struct scenario_indicator *out[TRUTH_INDICATORS_MAX]);
#endif
