/* Records with their surroundings. A part without a hit is looked at from its end only, as far as a hit in the next part needs. */
#include "excerpt.h"

#include <stdlib.h>

#include "json.h"
#include "limit.h"
#include "text.h"

/* A record, or a line of a header. */
struct piece {
	slice bytes;                      /* with its line's end */
	uint64_t record_no, line, offset; /* in the file: from 1, from 1, from 0 */
};
struct held {
	struct buf bytes;
	struct piece at;
};
struct excerpt {
	FILE *records, *index;
	unsigned around, after; /* after: so many records more belong to a hit before */
	struct held *ring;      /* the last records that were not written */
	unsigned held, next;
	struct held header; /* of this file: what stands before its first record */
	bool header_written;
	const struct input_file *file;
	uint64_t *hits; /* of this part */
	size_t hits_n, hits_room;
	uint64_t at, written_hits;
	bool too_long;
	struct buf line;
};

struct excerpt *excerpt_new(FILE *records, FILE *index, unsigned around)
{
	struct excerpt *x = mem_alloc(sizeof *x);
	*x = (struct excerpt){.records = records, .index = index, .around = around};
	x->ring = mem_alloc((around > 0 ? around : 1) * sizeof *x->ring);
	return x;
}

void excerpt_free(struct excerpt *x)
{
	if (x == NULL) return;
	for (unsigned i = 0; i < x->around; i++) buf_free(&x->ring[i].bytes);
	buf_free(&x->header.bytes);
	buf_free(&x->line);
	free(x->ring);
	free(x->hits);
	free(x);
}

void excerpt_hit(struct excerpt *x, uint64_t record_no)
{
	if (x->hits_n > 0 && x->hits[x->hits_n - 1] == record_no) return;
	if (x->hits_n == x->hits_room) {
		x->hits_room = x->hits_room * 2 + 64;
		x->hits = mem_resize(x->hits, x->hits_room * sizeof *x->hits);
	}
	x->hits[x->hits_n++] = record_no;
}

uint64_t excerpt_hits(const struct excerpt *x)
{
	return x->written_hits;
}

bool excerpt_too_long(const struct excerpt *x)
{
	return x->too_long;
}

/* ---- writing ---- */

static void put_file(struct buf *b, slice path)
{
	if (text_is_utf8(path)) {
		json_put_member_text(b, "file", path);
		return;
	}
	json_put_key(b, "file_base64");
	buf_add_byte(b, '"');
	text_put_base64(b, path);
	buf_add_byte(b, '"');
}

static void write_piece(struct excerpt *x, const char *role, const struct piece *p)
{
	struct buf *b = &x->line;
	bool ended = p->bytes.n > 0 && p->bytes.p[p->bytes.n - 1] == '\n';
	x->too_long |= x->at + p->bytes.n >= EXCERPT_BYTES_MAX;
	if (x->too_long) return;
	buf_clear(b);
	buf_printf(b, "{\"kind\":\"%s\"", role);
	put_file(b, slice_from(x->file->path));
	if (p->record_no > 0) json_put_member_int(b, "record_no", (int64_t)p->record_no);
	json_put_member_int(b, "line", (int64_t)p->line);
	json_put_member_int(b, "offset", (int64_t)p->offset);
	json_put_member_int(b, "bytes", (int64_t)p->bytes.n);
	json_put_member_int(b, "at", (int64_t)x->at);
	buf_add_text(b, "}\n");
	(void)fwrite(b->p, 1, b->n, x->index);
	(void)fwrite(p->bytes.p, 1, p->bytes.n, x->records);
	if (!ended) (void)fputc('\n', x->records);
	x->at += p->bytes.n + !ended;
}

static void hold(struct held *h, const struct piece *p)
{
	buf_clear(&h->bytes);
	buf_add(&h->bytes, p->bytes);
	h->at = *p;
}

static void ring_add(struct excerpt *x, const struct piece *p)
{
	if (x->around == 0) return;
	hold(&x->ring[x->next], p);
	x->next = (x->next + 1) % x->around;
	if (x->held < x->around) x->held++;
}

static void write_held(struct excerpt *x, const char *role, struct held *h)
{
	h->at.bytes = buf_slice(&h->bytes);
	write_piece(x, role, &h->at);
}

/* What stands before a hit: the file's header, once, then the records that wait. */
static void ring_write(struct excerpt *x)
{
	if (!x->header_written && x->header.bytes.n > 0) write_held(x, "header", &x->header);
	x->header_written = true;
	for (unsigned i = 0; i < x->held; i++) write_held(x, "around", &x->ring[(x->next + x->around - x->held + i) % x->around]);
	x->held = 0;
}

/* ---- a part's records ---- */

struct place {
	size_t from, span;        /* where in the bytes; which span comes next */
	uint64_t line, record_no; /* of what stands there, in the part: from 0 */
	size_t next_hit;
};

static void take_record(struct excerpt *x, const struct pipeline_part *p, struct place *w, slice bytes)
{
	struct piece piece = {.bytes = bytes,
		.record_no = p->first_record + w->record_no + 1,
		.line = p->first_line + w->line + 1,
		.offset = p->first_offset + (uint64_t)(bytes.p - p->bytes.p)};
	while (w->next_hit < x->hits_n && x->hits[w->next_hit] < w->record_no) w->next_hit++;
	if (w->next_hit < x->hits_n && x->hits[w->next_hit] == w->record_no) {
		ring_write(x);
		write_piece(x, "hit", &piece);
		x->written_hits++;
		x->after = x->around;
	} else if (x->after > 0) {
		write_piece(x, "around", &piece);
		x->after--;
	} else ring_add(x, &piece);
	w->record_no++;
}

static uint64_t lines_in(slice bytes)
{
	uint64_t n = 0;
	for (size_t at; (at = slice_find_byte(bytes, '\n')) < bytes.n; n++) bytes = slice_sub(bytes, at + 1, SIZE_MAX);
	return n;
}

static void walk_spans(struct excerpt *x, const struct pipeline_part *p, struct place w)
{
	size_t counted = 0;
	for (; w.span < p->spans_n; w.span++) {
		const struct scan_span *s = &p->spans[w.span];
		w.line += lines_in(slice_sub(p->bytes, counted, s->start - counted));
		counted = s->start;
		take_record(x, p, &w, slice_sub(p->bytes, s->start, s->n));
	}
}

/* A line with its end, and whether it is a record. */
static slice line_at(const struct pipeline_part *p, size_t from, bool *record)
{
	slice rest = slice_sub(p->bytes, from, SIZE_MAX);
	size_t n = slice_find_byte(rest, '\n');
	struct scan_chunk c = {.bytes = p->bytes, .format = p->format, .header = p->header};
	*record = scan_line_is_record(&c, slice_sub(rest, 0, n));
	return slice_sub(rest, 0, n + 1);
}

/* The lines before a file's first record, blank ones too. */
static void header_add(struct excerpt *x, const struct pipeline_part *p, slice line)
{
	if (p->first_record > 0 || x->header.bytes.n + line.n > EXCERPT_HEADER_BYTES_MAX) return;
	if (x->header.bytes.n == 0) x->header.at = (struct piece){.line = p->first_line + 1, .offset = p->first_offset};
	buf_add(&x->header.bytes, line);
}

static void walk_lines(struct excerpt *x, const struct pipeline_part *p, struct place w)
{
	while (w.from < p->bytes.n) {
		bool record;
		slice line = line_at(p, w.from, &record);
		if (record) take_record(x, p, &w, line);
		w.from += line.n;
		w.line++;
	}
}

static void take_header(struct excerpt *x, const struct pipeline_part *p)
{
	bool record = p->first_record > 0 || p->spans != NULL;
	for (size_t from = 0; from < p->bytes.n && !record;) {
		slice line = line_at(p, from, &record);
		if (!record) header_add(x, p, line);
		from += line.n;
	}
}

/* Where to begin so that the part's last `around` records are met. */
static struct place tail_of(const struct excerpt *x, const struct pipeline_part *p)
{
	struct place w = {.from = p->bytes.n, .line = p->result->lines, .record_no = p->result->records};
	uint64_t all = p->spans != NULL ? p->spans_n : w.record_no, wanted = x->around < all ? x->around : all;
	if (p->spans != NULL) return (struct place){.span = p->spans_n - wanted, .record_no = p->spans_n - wanted};
	while (wanted > 0 && w.from > 0) {
		const uint8_t *before = w.from > 1 ? memrchr(p->bytes.p, '\n', w.from - 1) : NULL;
		bool record;
		w.from = before != NULL ? (size_t)(before - p->bytes.p) + 1 : 0;
		(void)line_at(p, w.from, &record);
		w.line--;
		w.record_no -= record;
		wanted -= record;
	}
	return w;
}

static void file_begin(struct excerpt *x, const struct input_file *f)
{
	x->file = f;
	x->held = x->next = x->after = 0;
	x->header_written = false;
	buf_clear(&x->header.bytes);
}

void excerpt_part(struct excerpt *x, const struct pipeline_part *p)
{
	if (x->file != p->file) file_begin(x, p->file);
	take_header(x, p);
	struct place from = {.from = 0};
	if (x->hits_n == 0 && x->after == 0) from = tail_of(x, p);
	if (p->spans != NULL) walk_spans(x, p, from);
	else walk_lines(x, p, from);
	x->hits_n = 0;
	if (p->file_ends) x->file = NULL; /* another may come to stand at its address */
}
