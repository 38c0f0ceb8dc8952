/* Printable documents: headings, paragraphs, pairs, tables and lines to sign become one PDF (A4, fonts embedded). Pure but for the fonts,
 * which are read from the folders of the system's packages, and nothing is written: bytes come out.
 *
 * The same calls give the same bytes, in any process, time zone and language: every time is an argument, the fonts are named files, and no
 * configuration or cache of fonts is read or made. (Another version of cairo, pango or the fonts may give other bytes.)
 *
 * Every text is foreign. It is shown as it stands, never read as markup; its direction is its own, paragraph by paragraph (Unicode bidi),
 * so that Arabic may stand beside Cyrillic and Latin. What cannot be printed as it stands (bytes that are no UTF-8, control and direction
 * characters, characters that no font has, stacks of accents) is written as `\xff` or `\u{202e}` on a shaded ground.
 *
 * All texts are copied into the arena. The first error is kept and every later call does nothing, so that only document_pdf need be
 * looked at. One thread at a time: the fonts' library has one current configuration for the process. */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H
#include "instant.h"
#include "observable.h"

struct document;

/* Each text at most DOCUMENT_TITLE_BYTES_MAX bytes. */
struct document_head {
	slice title, subtitle; /* the subtitle may be empty */
	slice author;          /* of the file's metadata; may be empty */
	slice footer;          /* at the foot of every page, as an item's id; one line, cut in its middle */
	enum tlp marking;      /* at head and foot of every page, in its colour on black (TLP 2.0); TLP_NONE: none */
	bool exercise;         /* EXERCISE at head and foot of every page */
	instant created;       /* in the file's metadata and at the foot */
};

enum document_face {
	DOCUMENT_PLAIN,
	DOCUMENT_STRONG,
	DOCUMENT_MONO,   /* digests: of equal widths, broken at any character, no hyphen put in */
	DOCUMENT_NUMBER, /* at the right of its column */
};

/* A new document, in the arena, which frees it. Copies. */
struct document *document_new(struct arena *a, const struct document_head *head);

/* Stays with what follows it. */
void document_heading(struct document *d, slice text);
/* A newline begins a new line, and in it a new direction of writing. Everywhere else a newline is shown as `\u{a}`. */
void document_paragraph(struct document *d, slice text);

/* A label and its value, side by side. */
struct document_pair {
	slice label, value;
	enum document_face face; /* of the value */
};
void document_pairs(struct document *d, const struct document_pair *pairs, size_t n);

/* A table. Its head is repeated on each page; a row is not split unless it is taller than a page. */
struct document_column {
	slice title;
	unsigned width; /* relative to the others', from 1 */
	enum document_face face;
};
struct document_cell {
	slice text;
	slice note; /* below it, smaller; may be empty */
};
/*   columns  1..DOCUMENT_COLUMNS_MAX */
void document_table(struct document *d, const struct document_column *columns, unsigned n);
/* One more row of the table begun last.
 *   cells  as many as it has columns */
void document_row(struct document *d, const struct document_cell *cells, unsigned n);

/* A party that signs: what it does and, where it is known, its name. */
struct document_party {
	slice role; /* "Handed over by" */
	slice name; /* printed on the line; empty: left free */
};
/* Lines for name, date and time, place, signature, of one or two parties side by side; never split.
 *   n  1 or 2 */
void document_lines_to_sign(struct document *d, const struct document_party *parties, unsigned n);

/* What the reader of a document should be told. */
struct document_told {
	unsigned pages;
	uint64_t escaped; /* characters and bytes that stand there as an escape … */
	uint64_t unknown; /* … and those of them that no font has */
};
/* The document as a PDF, added to `out`. May be called again: the same bytes.
 *   told  out; may be NULL
 * Errors: ERR_LIMIT a DOCUMENT_… limit, or the cap of `out`; ERR_USAGE columns, cells or parties out of range, no time of making;
 * ERR_NOT_FOUND no font; ERR_UNSUPPORTED the library refuses (the fault says what). On error `out` and `told` are untouched. Source:
 * TLP 2.0 (FIRST), colours and places of the label; ISO 32000-1 by cairo. */
CHECKED enum err document_pdf(struct document *d, struct buf *out, struct document_told *told, struct fault *f);
#endif
