/* What is of an exercise: docs/decisions/0006-exercise.md. Only marks that an author or whoever keeps the logs has set count, never the
 * words of a record: an attacker may write those. */
#ifndef CLI_EXERCISE_MARK_H
#define CLI_EXERCISE_MARK_H
#include "answer.h"

#define EXERCISE_LABEL "exercise" /* of every STIX object that an exercise makes */

/* labels: joined by commas. */
bool exercise_labelled(slice labels);
/* A folder or file of the path is called exercise-…, as all telemetry of an exercise is. */
bool exercise_path(slice path);
/* One sentence for people, without an end: of what the answer is an exercise. The summary's `exercise` is set. */
void exercise_tell(const struct summary *m, struct buf *out);
#endif
