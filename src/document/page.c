/* What stands on every page: its marking, whose page it is, and its number. TLP 2.0 wants the label in head and foot of each page, of 12
 * points or more, at the right; its colours are those of FIRST's table, all on black. */
#include "document_int.h"

#include <pango/pangocairo.h>
#include <stdio.h>

#define HEAD_Y 34.0
#define FOOT_Y (PAGE_HEIGHT - 52.0)
#define FOOT_RULE_Y (FOOT_Y - 6.0)
#define LABEL_PAD_X 6.0
#define LABEL_PAD_Y 1.5
#define LABEL_GAP 6.0
#define SIDE_WIDTH 275.0 /* for the text at the left, beside the two labels */
#define RULE_COLOUR 0x808080
#define RULE_WIDTH 0.4
#define PAGE_WORDS_BYTES 96

struct label_colours {
	unsigned ink, ground; /* 0xRRGGBB */
};
/* FIRST, TLP 2.0, the table of colours. */
static const struct label_colours tlp_colours[TLP_NONE] = {
	[TLP_CLEAR] = {0xffffff, 0},
	[TLP_GREEN] = {0x33ff00, 0},
	[TLP_AMBER] = {0xffc000, 0},
	[TLP_AMBER_STRICT] = {0xffc000, 0},
	[TLP_RED] = {0xff2b2b, 0},
};
static const struct label_colours exercise_colours = {0xffffff, 0xb00020};

static void set_colour(cairo_t *cr, unsigned rgb)
{
	cairo_set_source_rgb(cr, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

/* One line, cut in its middle where it is longer than its room. */
static void put(const struct press *p, const struct printable *text, double y)
{
	PangoLayout *layout = fonts_layout(p->fonts, text, ROLE_FURNITURE, SIDE_WIDTH);
	pango_layout_set_height(layout, -1);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_MIDDLE);
	pango_layout_set_auto_dir(layout, FALSE);
	role_colour(p->cr, ROLE_FURNITURE);
	cairo_move_to(p->cr, MARGIN_SIDE, y);
	pango_cairo_show_layout(p->cr, layout);
	g_object_unref(layout);
}

static struct printable plain(const char *text)
{
	return (struct printable){.text = slice_from(text), .note_from = strlen(text)};
}

/* A label on its ground, between y and the right edge; returns its left edge. */
static double put_label(const struct press *p, const char *text, double right, double y, const struct label_colours *colours)
{
	double width, height;
	struct printable label = plain(text);
	PangoLayout *layout = fonts_layout(p->fonts, &label, ROLE_MARKING, 0);
	layout_size(layout, &width, &height);
	double x = right - width - 2 * LABEL_PAD_X;
	set_colour(p->cr, colours->ground);
	cairo_rectangle(p->cr, x, y - LABEL_PAD_Y, right - x, height + 2 * LABEL_PAD_Y);
	cairo_fill(p->cr);
	set_colour(p->cr, colours->ink);
	cairo_move_to(p->cr, x + LABEL_PAD_X, y);
	pango_cairo_show_layout(p->cr, layout);
	g_object_unref(layout);
	return x;
}

static void put_labels(const struct press *p, double y)
{
	double right = PAGE_WIDTH - MARGIN_SIDE;
	enum tlp marking = p->d->head.marking;
	if (marking < TLP_NONE) right = put_label(p, tlp_text(marking), right, y, &tlp_colours[marking]) - LABEL_GAP;
	if (p->d->head.exercise) (void)put_label(p, "EXERCISE", right, y, &exercise_colours);
}

void page_begin(struct press *p)
{
	p->y = BODY_TOP;
	if (p->cr == NULL) return;
	put_labels(p, HEAD_Y);
	if (p->page > 1) put(p, &p->title, HEAD_Y + 4);
}

/* Foot: at the left whose page it is, its number and when it was made; labels as in the head. */
void page_end(struct press *p)
{
	char words[PAGE_WORDS_BYTES];
	if (p->cr == NULL) return;
	(void)snprintf(words, sizeof words, "page %u of %u · made %s", p->page, p->pages, p->made);
	struct printable number = plain(words);
	set_colour(p->cr, RULE_COLOUR);
	cairo_rectangle(p->cr, MARGIN_SIDE, FOOT_RULE_Y, BODY_WIDTH, RULE_WIDTH);
	cairo_fill(p->cr);
	put(p, &p->footer, FOOT_Y - 2);
	put(p, &number, FOOT_Y + 10);
	put_labels(p, FOOT_Y);
	cairo_show_page(p->cr);
}
