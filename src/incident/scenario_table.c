/* The members of a scenario, one row each: docs/exercise.md says what they mean. */
#include "limit.h"
#include "scenario_int.h"

#define PLACE(k, type, member) .key = k, .place = offsetof(struct type, member)
#define TEXT(k, type, member)                                                                                                              \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_TEXT, .needed = true                                                                \
	}
#define TEXT_MAYBE(k, type, member)                                                                                                        \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_TEXT                                                                                \
	}
#define KEY(k, type, member)                                                                                                               \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_KEY, .needed = true                                                                 \
	}
#define NUMBER(k, type, member, low, high)                                                                                                 \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_NUMBER, .needed = true, .min = low, .max = high                                     \
	}
#define FLAG(k, type, member)                                                                                                              \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_FLAG                                                                                \
	}
#define DATE(k, type, member)                                                                                                              \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_DATE, .needed = true                                                                \
	}
#define LIST(k, type, member, what, low, high)                                                                                             \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = what, .needed = (low) > 0, .min = low, .max = high                                         \
	}
#define OBJECTS(k, type, member, of, low, high)                                                                                            \
	{                                                                                                                                  \
		PLACE(k, type, member), .kind = MEMBER_OBJECTS, .needed = (low) > 0, .min = low, .max = high, .table = &(of)               \
	}
#define TABLE(name, rows, type) static const struct member_table name = {rows, sizeof rows / sizeof *rows, sizeof(struct type)}

static const struct member when_members[] = {
	KEY("course", scenario_when, course),
	DATE("from", scenario_when, from),
	DATE("to", scenario_when, to),
	NUMBER("hour_first", scenario_when, hour_first, 0, 23),
	NUMBER("hour_last", scenario_when, hour_last, 0, 23),
};
TABLE(when_table, when_members, scenario_when);

static const struct member plant_members[] = {
	KEY("sensor", scenario_plant, sensor),
	KEY("record", scenario_plant, record),
	NUMBER("least", scenario_plant, least, 1, SCENARIO_PLANTED_MAX),
	NUMBER("most", scenario_plant, most, 1, SCENARIO_PLANTED_MAX),
	LIST("set", scenario_plant, set, MEMBER_SETTINGS, 0, 32),
	LIST("meets", scenario_plant, meets, MEMBER_KEYS, 0, 16),
};
TABLE(plant_table, plant_members, scenario_plant);

static const struct member phase_members[] = {
	KEY("key", scenario_phase, key),
	TEXT("title", scenario_phase, title),
	TEXT("technique", scenario_phase, technique),
	FLAG("decoy", scenario_phase, decoy),
	FLAG("outside", scenario_phase, outside),
	OBJECTS("when", scenario_phase, when, when_table, 1, 16),
	OBJECTS("plants", scenario_phase, plants, plant_table, 1, 64),
};
TABLE(phase_table, phase_members, scenario_phase);

static const struct member indicator_members[] = {
	KEY("key", scenario_indicator, key),
	TEXT("name", scenario_indicator, name),
	TEXT("pattern", scenario_indicator, pattern),
	TEXT("value", scenario_indicator, value),
	TEXT_MAYBE("description", scenario_indicator, description),
	LIST("with", scenario_indicator, with, MEMBER_KEYS, 0, 8),
	FLAG("unmatchable", scenario_indicator, unmatchable),
	FLAG("on_warninglist", scenario_indicator, listed),
};
TABLE(indicator_table, indicator_members, scenario_indicator);

static const struct member kit_members[] = {
	KEY("key", scenario_kit, key),
	LIST("sensors", scenario_kit, sensors, MEMBER_KEYS, 1, 32),
};
TABLE(kit_table, kit_members, scenario_kit);

static const struct member gap_members[] = {
	KEY("sensor", scenario_gap, sensor),
	DATE("from", scenario_gap, from),
	DATE("to", scenario_gap, to),
};
TABLE(gap_table, gap_members, scenario_gap);

static const struct member clock_members[] = {
	KEY("sensor", scenario_clock, sensor),
	NUMBER("minutes", scenario_clock, minutes, -720, 720),
};
TABLE(clock_table, clock_members, scenario_clock);

static const struct member institution_members[] = {
	KEY("key", scenario_institution, key),
	TEXT("name", scenario_institution, name),
	KEY("course", scenario_institution, course),
	KEY("kit", scenario_institution, kit),
	NUMBER("clients", scenario_institution, clients, 2, SCENARIO_CLIENTS_MAX),
	NUMBER("weight", scenario_institution, weight, 1, 1000),
	OBJECTS("gaps", scenario_institution, gaps, gap_table, 0, 64),
	OBJECTS("clocks", scenario_institution, clocks, clock_table, 0, 16),
};
TABLE(institution_table, institution_members, scenario_institution);

static const struct member event_members[] = {
	DATE("date", scenario_event, day),
	TEXT("text", scenario_event, text),
};
TABLE(event_table, event_members, scenario_event);

static const struct member warning_members[] = {
	TEXT("author", scenario_warning, author),
	TEXT("name", scenario_warning, name),
	TEXT("description", scenario_warning, description),
	{PLACE("published", scenario_warning, published), .kind = MEMBER_TIME, .needed = true},
	TEXT("marking", scenario_warning, marking),
};
TABLE(warning_table, warning_members, scenario_warning);

static const struct member scenario_members[] = {
	KEY("scenario", scenario, key),
	TEXT("title", scenario, title),
	TEXT("description", scenario, description),
	DATE("from", scenario, from),
	NUMBER("months", scenario, months, 1, SCENARIO_MONTHS_MAX),
	NUMBER("bytes", scenario, bytes, 1, INT64_C(1) << 42),
	LIST("holidays", scenario, holidays, MEMBER_DATES, 0, 400),
	OBJECTS("kits", scenario, kits, kit_table, 1, 64),
	OBJECTS("institutions", scenario, institutions, institution_table, 1, SCENARIO_INSTITUTIONS_MAX),
	OBJECTS("indicators", scenario, indicators, indicator_table, 1, SCENARIO_INDICATORS_MAX),
	OBJECTS("phases", scenario, phases, phase_table, 1, 256),
	OBJECTS("timeline", scenario, timeline, event_table, 0, 400),
	{PLACE("warning", scenario, warning), .kind = MEMBER_OBJECT, .needed = true, .table = &warning_table},
};
const struct member_table scenario_table = {scenario_members, sizeof scenario_members / sizeof *scenario_members, sizeof(struct scenario)};
