/* Which times the logs are of. */
#include <stdlib.h>
#include "span.h"

#define LINES_TRIED 64u               /* at each end, for one that is a record with a time */
#define SPAN_RECORD_BYTES (64u << 10) /* a longer one is not taken apart for its time */

struct span {
	struct telemetry_reader *reader;
	struct arena *scratch;
	instant time; /* of the record with a time looked at last */
	bool guessed;
};

struct span *span_new(const struct telemetry_settings *t)
{
	struct span *s = mem_alloc(sizeof *s);
	s->reader = telemetry_reader_new(t);
	s->scratch = arena_new(0);
	return s;
}

void span_free(struct span *s)
{
	if (s == NULL) return;
	telemetry_reader_free(s->reader);
	arena_free(s->scratch);
	free(s);
}

/* Whether the line is a record with a time, which then is in s->time. */
static bool line_look(struct span *s, const struct pipeline_part *p, const struct telemetry_header *h, slice line)
{
	struct record_fields fields;
	if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
	if (line.n == 0 || line.n > SPAN_RECORD_BYTES || telemetry_is_header(p->format, h, line)) return false;
	telemetry_fields(s->reader, s->scratch, p->format, h, line, &fields);
	if (fields.time == INSTANT_NONE) return false;
	s->time = fields.time;
	s->guessed |= fields.time_guessed;
	return true;
}

/* The header that holds at the end of the piece. */
static const struct telemetry_header *header_behind(struct span *s, const struct pipeline_part *p)
{
	const struct telemetry_header *h = p->header;
	slice rest = p->bytes;
	if (h == NULL || !telemetry_has_headers(p->format)) return h;
	if (rest.p[0] == '#') h = telemetry_header_line(s->scratch, h, slice_trim(slice_sub(rest, 0, slice_find_byte(rest, '\n'))));
	for (size_t at; (at = slice_find(rest, SLICE("\n#"))) < rest.n;) {
		rest = slice_sub(rest, at + 1, rest.n);
		h = telemetry_header_line(s->scratch, h, slice_trim(slice_sub(rest, 0, slice_find_byte(rest, '\n'))));
	}
	return h;
}

static bool look_from_start(struct span *s, const struct pipeline_part *p)
{
	const struct telemetry_header *h = p->header;
	slice rest = p->bytes;
	for (size_t i = 0; i < LINES_TRIED && rest.n > 0; i++) {
		slice line = slice_cut(&rest, '\n');
		if (h != NULL && line.n > 0 && line.p[0] == '#' && telemetry_has_headers(p->format))
			h = telemetry_header_line(s->scratch, h, slice_trim(line));
		else if (line_look(s, p, h, line)) return true;
	}
	return false;
}

static bool look_from_end(struct span *s, const struct pipeline_part *p)
{
	const struct telemetry_header *h = header_behind(s, p);
	slice rest = p->bytes;
	for (size_t i = 0; i < LINES_TRIED && rest.n > 0; i++) {
		size_t end = rest.p[rest.n - 1] == '\n' ? rest.n - 1 : rest.n;
		const uint8_t *before = end > 0 ? memrchr(rest.p, '\n', end) : NULL;
		size_t start = before != NULL ? (size_t)(before - rest.p) + 1 : 0;
		if (line_look(s, p, h, slice_sub(rest, start, end - start))) return true;
		rest.n = start;
	}
	return false;
}

static void file_widen(struct input_file *f, instant from, instant to, bool guessed)
{
	const instant low = from < to ? from : to, high = from < to ? to : from;
	if (f->first == INSTANT_NONE || low < f->first) f->first = low;
	if (f->last == INSTANT_NONE || high > f->last) f->last = high;
	f->times_guessed |= guessed;
}

void span_look(struct span *s, const struct pipeline_part *p, struct findings *f)
{
	s->guessed = false;
	if (p->bytes.n > 0 && look_from_start(s, p)) {
		const instant from = s->time;
		(void)look_from_end(s, p); /* finds that one again, or a later one */
		findings_piece(f, slice_from(p->file->path), from, s->time, s->guessed);
		file_widen(p->file, from, s->time, s->guessed);
	}
	arena_reset(s->scratch);
}
