/* Inputs as chunks of whole records. States: no file at hand; a file at hand (file != NULL), of `source`
 * when it gives bytes. Invariant: `carry` holds the bytes behind the last record that was handed out; they open the next chunk. A chunk's
 * bytes have SCAN_MARGIN zero bytes on both sides. */
#include <poll.h>
#include <stdlib.h>
#include "input_int.h"
#include "intake.h"
#include "walk.h"

#define DETECT_BYTES (64u << 10)

void input_file_free(struct input_file *f)
{
	if (f == NULL) return;
	free(f->path);
	arena_free(f->headers);
	free(f);
}

void input_buffer_free(struct input_buffer *b)
{
	free(b->p);
	free(b->spans);
	*b = (struct input_buffer){0};
}

struct input *input_new(const char *const *paths, size_t paths_n, struct captures *captures, int stop_fd)
{
	struct input *in = mem_alloc(sizeof *in);
	in->walk = walk_new(paths, paths_n);
	in->captures = captures;
	in->stop_fd = stop_fd;
	return in;
}

void input_set_intake(struct input *in, struct intake *intake)
{
	in->intake = intake;
}

static bool stop_asked(struct input *in)
{
	struct pollfd p = {.fd = in->stop_fd, .events = POLLIN};
	if (in->stop_fd >= 0 && poll(&p, 1, 0) > 0) in->stopped = true;
	return in->stopped;
}

static void file_new(struct input *in, slice path)
{
	struct input_file *f = mem_alloc(sizeof *f);
	f->path = mem_alloc(path.n + 1);
	if (path.n > 0) memcpy(f->path, path.p, path.n);
	f->first = f->last = INSTANT_NONE;
	f->headers = arena_new(0);
	in->file = f;
	in->header = NULL;
	in->detected = in->ended = in->readable = in->looked = false;
	buf_clear(&in->carry);
	input_records_end(in);
}

/* The file cannot be read, or (not lost) there is only something to tell about it. */
static void file_refuse(struct input *in, const struct fault *why, bool lost)
{
	struct input_file *f = in->file;
	if (why->kind == ERR_STOPPED) in->stopped = true;
	f->unreadable = lost;
	if (lost) f->fault = *why;
	else f->remark = *why;
}

/* The next input on the list; false: no more. */
static bool source_begin(struct input *in, struct fault *trouble, const char **path)
{
	struct source_settings s = {.live = true, .archives = true, .captures = in->captures, .intake = in->intake, .stop_fd = in->stop_fd};
	if (!walk_next(in->walk, path, &s.named, trouble)) return false;
	if (trouble->kind == OK) in->source = source_new(*path, &s);
	else if (in->intake != NULL) intake_add(in->intake, &(struct intake_file){.name = slice_from(*path), .reason = trouble->text});
	in->raw_told = 0;
	return true;
}

static void source_end(struct input *in)
{
	source_close(in->source);
	in->source = NULL;
}

/* Begin the next file or member. False: no more. */
static bool file_open(struct input *in)
{
	const char *path;
	struct fault trouble;
	struct source_part part;
	while (in->source == NULL || !source_next(in->source, &part)) {
		source_end(in);
		if (!source_begin(in, &trouble, &path)) return false;
		if (in->source != NULL) continue;
		file_new(in, slice_from(path));
		file_refuse(in, &trouble, true);
		return true;
	}
	file_new(in, part.name);
	if (part.fault.kind != OK) {
		file_refuse(in, &part.fault, part.lost);
		return true;
	}
	in->readable = true;
	in->file->opened = true;
	in->file->offset = source_mark_bytes(in->source);
	return true;
}

/* The next line behind `at` that starts with '#', which is rarer than a newline. */
static size_t next_comment(slice bytes, size_t at)
{
	do at += 1 + slice_find_byte(slice_sub(bytes, at + 1, bytes.n), '#');
	while (at < bytes.n && bytes.p[at - 1] != '\n');
	return at < bytes.n ? at : bytes.n;
}

/* Zeek TSV and W3C: apply the header lines of the bytes. Returns the length up to a '#fields' that stands behind records. */
static size_t header_apply(struct input *in, slice bytes, struct scan_chunk *out)
{
	const struct telemetry_header *now = in->header;
	bool leading = true;
	out->header = in->header;
	size_t at = 0;
	while (at < bytes.n) {
		if (bytes.p[at] != '#') {
			leading = false;
			at = next_comment(bytes, at);
			continue;
		}
		slice rest = slice_sub(bytes, at, bytes.n), line = slice_cut(&rest, '\n');
		if (!leading && telemetry_changes_columns(in->file->format, line)) break;
		now = telemetry_header_line(in->file->headers, now, line);
		if (leading) out->header = now;
		at += line.n + 1;
	}
	in->header = now;
	return at < bytes.n ? at : bytes.n;
}

static void file_end(struct input *in, struct input_chunk *out)
{
	out->file_ends = true;
	input_records_end(in);
	if (in->readable && in->file->remark.kind == OK) (void)source_remark(in->source, &in->file->remark);
	in->file = NULL;
}

/* What the first records are. */
static void format_detect(struct input *in, const struct input_chunk *out)
{
	const struct scan_chunk *c = &out->scan;
	bool by_spans = c->spans != NULL;
	if (in->detected || c->bytes.n == 0 || (by_spans && c->spans_n == 0)) return;
	in->detected = true;
	in->file->format =
		telemetry_detect(in->file->headers, slice_sub(c->bytes, by_spans ? c->spans[0].start : 0, DETECT_BYTES), &in->header);
}

static void chunk_make(struct input *in, struct input_buffer *b, struct input_chunk *out)
{
	size_t n, whole = input_fill(in, b, &n, out);
	struct input_file *f = in->file;
	out->scan.bytes = slice_of(b->p + SCAN_MARGIN, whole);
	format_detect(in, out);
	out->scan.format = f->format;
	out->scan.header = in->header;
	if (telemetry_has_headers(f->format) && f->format != FORMAT_CSV) {
		size_t cut = header_apply(in, out->scan.bytes, &out->scan);
		if (cut < whole) out->open_end = false;
		out->scan.bytes.n = cut;
	}
	slice bytes = out->scan.bytes;
	buf_add(&in->carry, slice_of(b->p + SCAN_MARGIN + bytes.n, n - bytes.n));
	memset(b->p, 0, SCAN_MARGIN);
	memset(b->p + SCAN_MARGIN + bytes.n, 0, SCAN_MARGIN);
	f->bytes += bytes.n;
	uint64_t raw = source_raw_bytes(in->source);
	out->raw_bytes = raw - in->raw_told;
	in->raw_told = raw;
	if (in->ended && in->carry.n == 0) file_end(in, out);
}

bool input_next(struct input *in, struct input_buffer *b, struct input_chunk *out)
{
	*out = (struct input_chunk){0};
	if (in->file == NULL && (stop_asked(in) || !file_open(in))) return false;
	out->file = in->file;
	if (stop_asked(in) || !in->readable) file_end(in, out);
	else chunk_make(in, b, out);
	return true;
}

bool input_stopped(const struct input *in)
{
	return in->stopped;
}

void input_free(struct input *in)
{
	if (in == NULL) return;
	source_close(in->source);
	input_file_free(in->file);
	walk_free(in->walk);
	buf_free(&in->carry);
	input_records_end(in);
	free(in);
}
