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
