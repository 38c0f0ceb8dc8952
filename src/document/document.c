/* The builder: calls become rows. Nothing is measured here. */
#include "document_int.h"

#define LABEL_WIDTH 124.0
#define GUTTER 8.0
#define CELL_PAD 2.5

static bool failed(const struct document *d)
{
	return d->err != OK;
}

static void limit(struct document *d, const char *name, size_t found, size_t most)
{
	d->err = fault_set(&d->fault, ERR_LIMIT, 0, 0, "%s: %zu bytes of text, at most %zu", name, found, most);
}

/* Copies. */
static slice keep_text(struct document *d, slice text)
{
	if (failed(d)) return SLICE("");
	if (text.n > DOCUMENT_TEXT_BYTES_MAX) limit(d, "DOCUMENT_TEXT_BYTES_MAX", text.n, DOCUMENT_TEXT_BYTES_MAX);
	else if (text.n > DOCUMENT_BYTES_MAX - d->bytes) limit(d, "DOCUMENT_BYTES_MAX", d->bytes + text.n, DOCUMENT_BYTES_MAX);
	if (failed(d)) return SLICE("");
	d->bytes += text.n;
	return arena_copy(d->a, text);
}

static slice keep_title(struct document *d, slice text)
{
	if (!failed(d) && text.n > DOCUMENT_TITLE_BYTES_MAX) limit(d, "DOCUMENT_TITLE_BYTES_MAX", text.n, DOCUMENT_TITLE_BYTES_MAX);
	return keep_text(d, text);
}

/* Empty rows cost memory too: each counts as some bytes of text. */
static struct row *row_add(struct document *d, unsigned cells_n)
{
	struct row *r = ARENA_NEW(d->a, struct row);
	r->cells = arena_array(d->a, cells_n, sizeof *r->cells);
	r->cells_n = cells_n;
	*d->end = r;
	d->end = &r->next;
	d->bytes += cells_n * sizeof *r->cells;
	if (d->bytes > DOCUMENT_BYTES_MAX) {
		limit(d, "DOCUMENT_BYTES_MAX", d->bytes, DOCUMENT_BYTES_MAX);
		d->bytes = DOCUMENT_BYTES_MAX;
	}
	return r;
}

static struct row *row_of_text(struct document *d, slice text, enum role role, double above)
{
	struct row *r = row_add(d, 1);
	r->cells[0] = (struct cell){.text = keep_text(d, text), .role = role, .width = BODY_WIDTH};
	r->above = above;
	return r;
}

struct document *document_new(struct arena *a, const struct document_head *head)
{
	struct document *d = ARENA_NEW(a, struct document);
	d->a = a;
	d->end = &d->first;
	d->head = *head;
	d->head.title = keep_title(d, head->title);
	d->head.subtitle = keep_title(d, head->subtitle);
	d->head.author = keep_title(d, head->author);
	d->head.footer = keep_title(d, head->footer);
	row_of_text(d, d->head.title, ROLE_TITLE, 0)->keep = true;
	if (head->subtitle.n > 0) (void)row_of_text(d, d->head.subtitle, ROLE_SUBTITLE, 1);
	return d;
}

void document_heading(struct document *d, slice text)
{
	if (failed(d)) return;
	struct row *r = row_of_text(d, text, ROLE_HEADING, 16);
	r->keep = true;
	r->pad = 2;
}

void document_paragraph(struct document *d, slice text)
{
	if (failed(d)) return;
	struct row *r = row_of_text(d, text, ROLE_BODY, 4);
	r->cells[0].lines = true;
	r->flows = true;
}

static enum role role_of(enum document_face face)
{
	static const enum role roles[] = {
		[DOCUMENT_PLAIN] = ROLE_BODY,
		[DOCUMENT_STRONG] = ROLE_STRONG,
		[DOCUMENT_MONO] = ROLE_MONO,
		[DOCUMENT_NUMBER] = ROLE_NUMBER,
	};
	return roles[face];
}

void document_pairs(struct document *d, const struct document_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n && !failed(d); i++) {
		struct row *r = row_add(d, 2);
		double x = LABEL_WIDTH + GUTTER;
		enum role role = pairs[i].face == DOCUMENT_NUMBER ? ROLE_BODY : role_of(pairs[i].face);
		r->cells[0] = (struct cell){.text = keep_text(d, pairs[i].label), .role = ROLE_LABEL, .width = LABEL_WIDTH};
		r->cells[1] = (struct cell){.text = keep_text(d, pairs[i].value), .role = role, .x = x, .width = BODY_WIDTH - x};
		r->pad = CELL_PAD;
		r->rule = true;
	}
}

/* ---- tables ---- */

static bool widths_sum(const struct document_column *columns, unsigned n, uint64_t *sum)
{
	*sum = 0;
	for (unsigned i = 0; i < n && n <= DOCUMENT_COLUMNS_MAX; i++) {
		if (columns[i].width == 0) return false;
		*sum += columns[i].width;
	}
	return n >= 1 && n <= DOCUMENT_COLUMNS_MAX;
}

/* The table's head stands in the list as its first row, and its cells say the places of those below. */
void document_table(struct document *d, const struct document_column *columns, unsigned n)
{
	uint64_t sum;
	if (failed(d)) return;
	if (!widths_sum(columns, n, &sum)) {
		d->err =
			fault_set(&d->fault, ERR_USAGE, 0, 0, "a table of %u columns: 1 to %u, each with a width", n, DOCUMENT_COLUMNS_MAX);
		return;
	}
	struct row *r = row_add(d, n);
	double x = 0, room = BODY_WIDTH - GUTTER * n;
	for (unsigned i = 0; i < n; i++) {
		double width = room * (double)columns[i].width / (double)sum;
		r->cells[i] = (struct cell){.text = keep_text(d, columns[i].title),
			.role = columns[i].face == DOCUMENT_NUMBER ? ROLE_COLUMN_NUMBER : ROLE_COLUMN,
			.x = x + GUTTER / 2,
			.width = width};
		x += width + GUTTER;
	}
	r->above = 4;
	r->pad = 3;
	r->keep = r->fill = r->rule = true;
	d->table = r;
	d->faces = arena_array(d->a, n, sizeof *d->faces);
	for (unsigned i = 0; i < n; i++) d->faces[i] = role_of(columns[i].face);
}

void document_row(struct document *d, const struct document_cell *cells, unsigned n)
{
	if (failed(d)) return;
	if (d->table == NULL || n != d->table->cells_n) {
		d->err = fault_set(&d->fault, ERR_USAGE, 0, 0, "a row of %u cells in a table of %u columns", n,
			d->table != NULL ? d->table->cells_n : 0);
		return;
	}
	struct row *r = row_add(d, n);
	for (unsigned i = 0; i < n; i++)
		r->cells[i] = (struct cell){.text = keep_text(d, cells[i].text),
			.note = keep_text(d, cells[i].note),
			.role = d->faces[i],
			.x = d->table->cells[i].x,
			.width = d->table->cells[i].width};
	r->head = d->table;
	r->pad = CELL_PAD;
	r->rule = true;
}

/* ---- lines to sign ---- */

struct sign_line {
	const char *label;
	double height;
	bool named; /* the party's name stands on it */
	bool more;  /* another follows */
};
static const struct sign_line sign_lines[] = {
	{"Name", 22, true, true},
	{"Date and time (UTC)", 26, false, true},
	{"Place", 26, false, true},
	{"Signature", 44, false, false},
};

static struct row *row_of_parties(struct document *d, unsigned n)
{
	struct row *r = row_add(d, n);
	double width = (BODY_WIDTH - 3 * GUTTER) / 2;
	for (unsigned i = 0; i < n; i++) {
		r->cells[i].x = i * (width + 3 * GUTTER);
		r->cells[i].width = width;
	}
	r->keep = true;
	return r;
}

/* A line to write on, and below it what is to be written there. */
static void add_line(struct document *d, const struct document_party *parties, unsigned n, const struct sign_line *line)
{
	struct row *r = row_of_parties(d, n), *below = row_of_parties(d, n);
	for (unsigned i = 0; i < n; i++) {
		r->cells[i].text = line->named ? keep_text(d, parties[i].name) : SLICE("");
		r->cells[i].role = ROLE_BODY;
		r->cells[i].to_sign = true;
		below->cells[i].text = slice_from(line->label);
		below->cells[i].role = ROLE_CAPTION;
	}
	r->pad = CELL_PAD;
	r->height_min = line->height;
	below->keep = line->more;
}

void document_lines_to_sign(struct document *d, const struct document_party *parties, unsigned n)
{
	if (failed(d)) return;
	if (n < 1 || n > 2) {
		d->err = fault_set(&d->fault, ERR_USAGE, 0, 0, "%u parties sign: 1 or 2", n);
		return;
	}
	struct row *r = row_of_parties(d, n);
	for (unsigned i = 0; i < n; i++) {
		r->cells[i].text = keep_text(d, parties[i].role);
		r->cells[i].role = ROLE_STRONG;
	}
	r->above = 14;
	r->pad = CELL_PAD;
	for (size_t i = 0; i < sizeof sign_lines / sizeof *sign_lines; i++) add_line(d, parties, n, &sign_lines[i]);
}
