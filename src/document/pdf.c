/* The press: texts are made printable, pages are counted, then printed into memory. */
#include "document_int.h"

#include <cairo-pdf.h>

struct job {
	struct press press;
	struct fonts fonts;
	struct document_told told;
	struct buf bytes;
	char time[INSTANT_TEXT_BYTES];
};

static cairo_status_t take(void *context, const unsigned char *p, unsigned n)
{
	struct buf *b = (struct buf *)context;
	buf_add(b, slice_of(p, n));
	return b->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static struct printable line_of(struct document *d, struct job *j, slice text)
{
	struct cell cell = {.text = text};
	return printable_of(d->a, &j->fonts, &cell, &j->told);
}

static void make_printable(struct document *d, struct job *j)
{
	for (struct row *r = d->first; r != NULL; r = r->next)
		for (unsigned i = 0; i < r->cells_n; i++) r->cells[i].shown = printable_of(d->a, &j->fonts, &r->cells[i], &j->told);
	struct document_told before = j->told; /* these texts stand in the rows already, or on every page */
	j->press.title = line_of(d, j, d->head.title);
	j->told = before;
	j->press.footer = line_of(d, j, d->head.footer);
	j->press.made = j->time;
}

/* Without a date cairo would put the clock's into the file. */
static void say_metadata(struct document *d, struct job *j, cairo_surface_t *s)
{
	struct printable author = line_of(d, j, d->head.author), subject = line_of(d, j, d->head.subtitle);
	const struct {
		cairo_pdf_metadata_t name;
		const char *text;
	} rows[] = {
		{CAIRO_PDF_METADATA_TITLE, (const char *)j->press.title.text.p},
		{CAIRO_PDF_METADATA_AUTHOR, (const char *)author.text.p},
		{CAIRO_PDF_METADATA_SUBJECT, (const char *)subject.text.p},
		{CAIRO_PDF_METADATA_CREATOR, "Kulla"},
		{CAIRO_PDF_METADATA_CREATE_DATE, j->time},
		{CAIRO_PDF_METADATA_MOD_DATE, j->time},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].text[0] != 0) cairo_pdf_surface_set_metadata(s, rows[i].name, rows[i].text);
}

static enum err pages_full(struct fault *f)
{
	return fault_set(f, ERR_LIMIT, 0, 0, "DOCUMENT_PAGES_MAX: the document needs more than %u pages", DOCUMENT_PAGES_MAX);
}

static enum err status_error(const struct job *j, cairo_status_t status, struct fault *f)
{
	if (status == CAIRO_STATUS_SUCCESS) return OK;
	if (j->bytes.failed) return fault_set(f, ERR_LIMIT, 0, 0, "the document is longer than %zu bytes", j->bytes.max);
	return fault_set(f, ERR_UNSUPPORTED, 0, 0, "cairo cannot print the document: %s", cairo_status_to_string(status));
}

static enum err print(struct document *d, struct job *j, struct fault *f)
{
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(take, &j->bytes, PAGE_WIDTH, PAGE_HEIGHT);
	say_metadata(d, j, s);
	j->press.cr = cairo_create(s);
	press_rows(&j->press);
	cairo_status_t status = cairo_status(j->press.cr);
	cairo_destroy(j->press.cr);
	j->press.cr = NULL;
	cairo_surface_finish(s);
	if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(s);
	cairo_surface_destroy(s);
	return status_error(j, status, f);
}

/* Counting first, which also finds a document that is too long before any of it is printed. */
static enum err run(struct document *d, struct job *j, struct fault *f)
{
	enum err e = fonts_open(&j->fonts, f);
	if (e != OK) return e;
	make_printable(d, j);
	j->press.d = d;
	j->press.fonts = &j->fonts;
	press_rows(&j->press);
	if (j->press.full) return pages_full(f);
	j->press.pages = j->press.page;
	j->press.unknown = 0;
	e = print(d, j, f);
	j->told.pages = j->press.pages;
	j->told.unknown += j->press.unknown;
	return e;
}

enum err document_pdf(struct document *d, struct buf *out, struct document_told *told, struct fault *f)
{
	struct job j = {.bytes = {.max = DOCUMENT_FILE_BYTES_MAX}};
	if (d->err != OK) return fault_set(f, d->err, 0, 0, "%s", d->fault.text);
	if (d->head.created == INSTANT_NONE) return fault_set(f, ERR_USAGE, 0, 0, "a document needs the time at which it is made");
	(void)instant_format(d->head.created, 0, j.time);
	enum err e = run(d, &j, f);
	if (e == OK && out->max != 0 && j.bytes.n > out->max - out->n)
		e = fault_set(f, ERR_LIMIT, 0, 0, "a document of %zu bytes where %zu may stand", j.bytes.n, out->max);
	if (e == OK) buf_add(out, buf_slice(&j.bytes));
	if (e == OK && told != NULL) *told = j.told;
	fonts_close(&j.fonts);
	buf_free(&j.bytes);
	return e;
}
