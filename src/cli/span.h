/* Which times the logs are of: the times of the records that begin and end each piece that was read. Looking at every record would cost
 * more than the scan; records lie in the order of time, nearly, so that these say it, nearly: what lies outside is not claimed. Belongs to
 * one thread. */
#ifndef CLI_SPAN_H
#define CLI_SPAN_H
#include "findings.h"
#include "pipeline.h"

struct span;
struct span *span_new(const struct telemetry_settings *t);
void span_free(struct span *s); /* takes NULL */
/* The times of the first and the last record of a piece go to the findings and to its file. */
void span_look(struct span *s, const struct pipeline_part *p, struct findings *f);
#endif
