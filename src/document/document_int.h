/* What the files of the room share. A document is a list of rows; a row is cells side by side; headings and paragraphs are rows of one
 * cell. So one engine (rows.c) measures, breaks and draws everything between a page's head and foot (page.c).
 * Lengths are points (1/72 inch), from the page's upper left corner. */
#ifndef DOCUMENT_DOCUMENT_INT_H
#define DOCUMENT_DOCUMENT_INT_H
#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <pango/pango.h>
#include "document.h"
#include "limit.h"

#define PAGE_WIDTH 595.276 /* A4 */
#define PAGE_HEIGHT 841.890
#define MARGIN_SIDE 56.0
#define BODY_TOP 78.0
#define BODY_BOTTOM (PAGE_HEIGHT - 74.0)
#define BODY_WIDTH (PAGE_WIDTH - 2 * MARGIN_SIDE)
#define BODY_HEIGHT (BODY_BOTTOM - BODY_TOP)

/* How a text looks: rows of a table in fonts.c. */
enum role {
	ROLE_TITLE,
	ROLE_SUBTITLE,
	ROLE_HEADING,
	ROLE_BODY,
	ROLE_STRONG,
	ROLE_MONO,
	ROLE_NUMBER,
	ROLE_LABEL,
	ROLE_COLUMN,        /* the head of a column */
	ROLE_COLUMN_NUMBER, /* of numbers */
	ROLE_CAPTION,       /* below a line to write on */
	ROLE_FURNITURE,     /* head and foot of a page */
	ROLE_MARKING,
	ROLE_COUNT
};

/* A text made printable (printable.c). */
struct span {
	unsigned from, to; /* bytes */
};
struct printable {
	slice text;
	const struct span *escapes; /* in order, apart from each other */
	size_t escapes_n;
	size_t note_from; /* where the smaller text begins; text.n: nowhere */
};

struct cell {
	slice text, note; /* as given */
	struct printable shown;
	enum role role;
	double x, width; /* from the body's left */
	bool lines;      /* a newline begins a line */
	bool to_sign;    /* a line to write on runs below it */
};
struct row {
	struct row *next;
	const struct row *head; /* repeated where a page breaks before or within this row; NULL: none */
	struct cell *cells;
	unsigned cells_n;
	double above, pad; /* free room above it (not at the top of a page); within it, above and below its texts */
	double height_min;
	bool keep;  /* on one page with the next row */
	bool flows; /* may be split wherever the page ends */
	bool rule;  /* below it */
	bool fill;  /* behind it */
};

struct document {
	struct arena *a;
	struct document_head head;
	struct row *first, **end;
	const struct row *table; /* the head of the table begun last, which says the columns' places … */
	enum role *faces;        /* … and how their cells look */
	size_t bytes;            /* of all texts */
	enum err err;            /* the first */
	struct fault fault;
};

/* ---- fonts.c ---- */
struct fonts {
	FcConfig *config;
	PangoFontMap *map;
	PangoContext *context;
	PangoFontDescription *looks[ROLE_COUNT];
};
/* Gives; fonts_close takes half-built ones. Errors: ERR_NOT_FOUND. */
CHECKED enum err fonts_open(struct fonts *fonts, struct fault *f);
void fonts_close(struct fonts *fonts);
bool fonts_have(const struct fonts *fonts, uint32_t c);
/* Gives (g_object_unref). width 0: one line, however long. */
PangoLayout *fonts_layout(const struct fonts *fonts, const struct printable *text, enum role role, double width);
void role_colour(cairo_t *cr, enum role role);
void layout_size(PangoLayout *layout, double *width, double *height);

/* ---- printable.c ---- */
/* Text and the note below it, copied into the arena. Adds to told->escaped and ->unknown. */
struct printable printable_of(struct arena *a, const struct fonts *fonts, const struct cell *cell, struct document_told *told);

/* ---- rows.c, page.c: the press ---- */
/* It runs twice over the rows: first without ink, to count the pages that "page 1 of 3" needs. */
struct press {
	const struct document *d;
	const struct fonts *fonts;
	cairo_t *cr;          /* NULL: no ink */
	double y;             /* where the next row begins */
	unsigned page, pages; /* this one, from 1; all (0 in the first run) */
	uint64_t unknown;     /* glyphs that the fonts turned out not to have */
	bool full;            /* DOCUMENT_PAGES_MAX */
	struct printable title, footer;
	const char *made; /* the time, RFC 3339 */
};
void press_rows(struct press *p);
void page_begin(struct press *p);
void page_end(struct press *p);
#endif
