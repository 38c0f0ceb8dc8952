/* Rows onto pages. A row that fits on what is left of the page goes there; else it goes on the next; one that is taller than a page, and a
 * paragraph, is split between lines. Rows that keep together move together.
 * A part of a row that is split always holds at least one line, so that the loop ends. */
#include "document_int.h"

#include <math.h>
#include <pango/pangocairo.h>

#define RULE_WIDTH 0.4
#define RULE_GREY 0.72
#define FILL_GREY 0.93
#define SIGN_GREY 0.2
#define FLOW_ROOM_MIN 36.0 /* a paragraph does not begin in less */
#define HEAD_SHARE 3       /* a table's head that takes more than this part of a page is not repeated */
#define KEPT_MAX 16        /* rows that are kept together */

/* One cell while its row is placed. */
struct column {
	PangoLayout *layout;
	PangoLayoutIter *lines;
	double top;   /* of the first line of this part, within the layout */
	double shift; /* down, in the first part: the first lines of a row's cells stand on one line, whatever their scripts' heights */
	bool done;
};

static double line_end(PangoLayoutIter *lines)
{
	int to;
	pango_layout_iter_get_line_yrange(lines, NULL, &to);
	return pango_units_to_double(to);
}

static double line_begin(PangoLayoutIter *lines)
{
	int from;
	pango_layout_iter_get_line_yrange(lines, &from, NULL);
	return pango_units_to_double(from);
}

/* ---- measuring ---- */

static double baseline(PangoLayout *layout)
{
	return pango_units_to_double(pango_layout_get_baseline(layout));
}

static void columns_open(const struct press *p, const struct row *r, struct column *columns)
{
	double deepest = 0;
	for (unsigned i = 0; i < r->cells_n; i++) {
		columns[i] = (struct column){.layout = fonts_layout(p->fonts, &r->cells[i].shown, r->cells[i].role, r->cells[i].width)};
		columns[i].lines = pango_layout_get_iter(columns[i].layout);
		deepest = fmax(deepest, baseline(columns[i].layout));
	}
	for (unsigned i = 0; i < r->cells_n; i++) columns[i].shift = deepest - baseline(columns[i].layout);
}

static void columns_close(const struct row *r, struct column *columns)
{
	for (unsigned i = 0; i < r->cells_n; i++) {
		pango_layout_iter_free(columns[i].lines);
		g_object_unref(columns[i].layout);
	}
}

static double columns_height(const struct row *r, const struct column *columns)
{
	double most = 0;
	for (unsigned i = 0; i < r->cells_n; i++) {
		double height;
		layout_size(columns[i].layout, NULL, &height);
		most = fmax(most, columns[i].shift + height);
	}
	return fmax(most + 2 * r->pad, r->height_min);
}

static double row_height(const struct press *p, const struct row *r)
{
	struct column columns[DOCUMENT_COLUMNS_MAX];
	columns_open(p, r, columns);
	double height = columns_height(r, columns);
	columns_close(r, columns);
	return height;
}

static double head_height(const struct press *p, const struct row *r)
{
	double height = r->head != NULL ? row_height(p, r->head) : 0;
	return height <= BODY_HEIGHT / HEAD_SHARE ? height : 0;
}

/* Of this row and those that it must stay with. */
static double kept_height(const struct press *p, const struct row *r, double own)
{
	double height = own;
	for (int n = 0; r->keep && r->next != NULL && n < KEPT_MAX; n++) {
		r = r->next;
		height += r->above + (r->flows ? FLOW_ROOM_MIN : row_height(p, r));
	}
	return height;
}

/* ---- ink ---- */

static void rectangle(const struct press *p, double x, double y, double width, double height, double grey)
{
	if (p->cr == NULL) return;
	cairo_set_source_rgb(p->cr, grey, grey, grey);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_fill(p->cr);
}

static void draw_line(const struct press *p, const struct cell *cell, const struct column *c, double y)
{
	PangoRectangle logical;
	if (p->cr == NULL) return;
	pango_layout_iter_get_line_extents(c->lines, NULL, &logical);
	double down = pango_units_to_double(pango_layout_iter_get_baseline(c->lines)) - c->top;
	cairo_move_to(p->cr, MARGIN_SIDE + cell->x + pango_units_to_double(logical.x), y + down);
	role_colour(p->cr, cell->role);
	pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(c->lines));
}

/* The lines of one cell that fit into `room`; returns their height. */
static double place_lines(const struct press *p, const struct cell *cell, struct column *c, double y, double room)
{
	double used = 0, shift = c->shift;
	bool first = true;
	while (!c->done) {
		if (first) c->top = line_begin(c->lines);
		double end = shift + line_end(c->lines) - c->top;
		if (end > room && !first) break;
		draw_line(p, cell, c, y + shift);
		used = end;
		first = false;
		c->done = !pango_layout_iter_next_line(c->lines);
	}
	c->shift = 0;
	return used;
}

static void draw_rules(const struct press *p, const struct row *r, double bottom)
{
	if (r->rule) rectangle(p, MARGIN_SIDE, bottom - RULE_WIDTH, BODY_WIDTH, RULE_WIDTH, RULE_GREY);
	for (unsigned i = 0; i < r->cells_n; i++)
		if (r->cells[i].to_sign)
			rectangle(p, MARGIN_SIDE + r->cells[i].x, bottom - RULE_WIDTH, r->cells[i].width, RULE_WIDTH, SIGN_GREY);
}

/* ---- placing ---- */

static void count_unknown(struct press *p, const struct row *r, const struct column *columns)
{
	for (unsigned i = 0; i < r->cells_n; i++) p->unknown += (uint64_t)pango_layout_get_unknown_glyphs_count(columns[i].layout);
}

static bool columns_done(const struct row *r, const struct column *columns)
{
	for (unsigned i = 0; i < r->cells_n; i++)
		if (!columns[i].done) return false;
	return true;
}

/* As much of the row as fits from p->y on; p->y moves behind it. */
static void place_part(struct press *p, const struct row *r, struct column *columns)
{
	double room = BODY_BOTTOM - p->y - 2 * r->pad, most = 0;
	for (unsigned i = 0; i < r->cells_n; i++) most = fmax(most, place_lines(p, &r->cells[i], &columns[i], p->y + r->pad, room));
	p->y += fmax(most + 2 * r->pad, r->height_min);
	draw_rules(p, r, p->y);
}

/* A row that is not split. */
static void place_whole(struct press *p, const struct row *r, double height)
{
	struct column columns[DOCUMENT_COLUMNS_MAX];
	if (r->fill) rectangle(p, MARGIN_SIDE, p->y, BODY_WIDTH, height, FILL_GREY);
	columns_open(p, r, columns);
	place_part(p, r, columns);
	count_unknown(p, r, columns);
	columns_close(r, columns);
}

static void next_page(struct press *p, const struct row *r)
{
	page_end(p);
	if (p->page >= DOCUMENT_PAGES_MAX) {
		p->full = true;
		return;
	}
	p->page++;
	page_begin(p);
	double head = head_height(p, r);
	if (head > 0) place_whole(p, r->head, head);
}

static void place_split(struct press *p, const struct row *r)
{
	struct column columns[DOCUMENT_COLUMNS_MAX];
	columns_open(p, r, columns);
	place_part(p, r, columns);
	while (!columns_done(r, columns) && !p->full) {
		next_page(p, r);
		if (!p->full) place_part(p, r, columns);
	}
	count_unknown(p, r, columns);
	columns_close(r, columns);
}

static void place(struct press *p, const struct row *r)
{
	double height = row_height(p, r), kept = kept_height(p, r, height), head = head_height(p, r);
	bool at_top = p->y <= BODY_TOP;
	if (!at_top) p->y += r->above;
	double room = BODY_BOTTOM - p->y, page = BODY_HEIGHT - head;
	double needed = r->flows ? fmin(height, FLOW_ROOM_MIN) : kept <= page ? kept : height;
	if (!at_top && needed > room && (needed <= page || room < FLOW_ROOM_MIN)) next_page(p, r);
	if (p->full) return;
	if (height <= BODY_BOTTOM - p->y) place_whole(p, r, height);
	else place_split(p, r);
}

void press_rows(struct press *p)
{
	p->page = 1;
	page_begin(p);
	for (const struct row *r = p->d->first; r != NULL && !p->full; r = r->next) place(p, r);
	if (!p->full) page_end(p);
}
