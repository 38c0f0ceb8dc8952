/* Exercises: telemetry of invented institutions in which a scenario is planted, with its truth. Pure: bytes come out, the caller writes
 * them. The same scenario and settings give the same bytes on every machine, in any order of files and with any number of threads: each
 * file has a stream of numbers of its own, and only integers decide. An exercise lives in the arena given and is immutable: threads may
 * share it; a writer belongs to one thread. Everything written says that it is an exercise: docs/decisions/0006-exercise.md. */
#ifndef INCIDENT_EXERCISE_H
#define INCIDENT_EXERCISE_H
#include "scenario.h"

struct exercise_settings {
	uint64_t seed;
	size_t institutions; /* the first N of the scenario's; 0: all */
	int64_t from, days;  /* from: day since 1970 */
	const char *sensor;  /* NULL: as the kits say; else every institution has this one sensor (streams of one format) */
	uint64_t bytes;      /* of all telemetry, uncompressed; met within a few hundredths where a file gets more than some records */
};
struct exercise;
/* Errors: ERR_USAGE more institutions than the scenario has; ERR_LIMIT more than EXERCISE_FILES_MAX files. The scenario is borrowed. */
CHECKED enum err exercise_plan(
	struct arena *a, const struct scenario *s, const struct exercise_settings *settings, const struct exercise **out, struct fault *f);

/* ---- telemetry ---- */

/* Files are numbered by institution, sensor, day. */
size_t exercise_files(const struct exercise *e);
/* False where the sensor was down that day: there is no such file. */
bool exercise_file_exists(const struct exercise *e, size_t file);
#define EXERCISE_PATH_BYTES 256
/* "telemetry/exercise-moi/conn/2021-05-01.conn.log"; returns out. */
const char *exercise_file_path(const struct exercise *e, size_t file, char out[EXERCISE_PATH_BYTES]);
/* Names of sensors: NULL behind the last. */
const char *exercise_sensor_name(size_t i);
const char *exercise_sensor_format(size_t i);
size_t exercise_file_sensor(const struct exercise *e, size_t file);

struct exercise_writer;
struct exercise_writer *exercise_writer_new(const struct exercise *e);
void exercise_writer_free(struct exercise_writer *w);   /* takes NULL */
typedef bool exercise_emit(void *context, slice bytes); /* whole records; false stops */
/* What was written: the places of the planted records in the file, and how much it holds. Give back with buf_free(&places). */
struct exercise_counts {
	uint64_t lines, records, bytes;
};
struct exercise_truth {
	struct buf places; /* of what only this room knows */
	struct exercise_counts counts;
};
/* One file's bytes. truth: is overwritten, its buffer used again. False when stopped by emit. */
CHECKED bool exercise_write(struct exercise_writer *w, size_t file, exercise_emit *emit, void *context, struct exercise_truth *truth);

/* ---- beside the telemetry ---- */

/* The planted records of one file, a JSON line for each record and indicator. in_stream: how much was written before the file to the one
 * stream that holds them all, or NULL where it is a file of its own. */
void exercise_put_truth(
	const struct exercise *e, size_t file, const struct exercise_truth *t, const struct exercise_counts *in_stream, struct buf *out);
void exercise_put_truth_head(const struct exercise *e, struct buf *out); /* the indicators, JSON lines */
void exercise_put_truth_lost(const struct exercise *e, struct buf *out); /* planted where no sensor looked, JSON lines */
void exercise_put_warning(const struct exercise *e, struct buf *out);    /* STIX 2.1 bundle */
/* The marking-definition that every object of every exercise refers to, beside its TLP: one id, always the same object. */
#define EXERCISE_MARKING_ID "marking-definition--9f2e6c1b-3a57-4d0e-8c4f-6b1d2e7a5c90"
void exercise_put_marking(struct buf *out);
void exercise_put_warninglist(const struct exercise *e, struct buf *out); /* MISP warninglist of the indicators on_warninglist */
void exercise_put_case(const struct exercise *e, struct buf *out);        /* case.json: what happened, in order */
void exercise_put_marker(const struct exercise *e, struct buf *out);      /* the file EXERCISE */
#endif
