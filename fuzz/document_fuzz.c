/* Printed documents of foreign texts: each line of the input is a call, its first byte says which, the rest is the text. Whatever they are,
 * the answer is a PDF or an error that names a limit. */
#include <stdlib.h>
#include "document.h"
#include "limit.h"

static const struct document_column columns[] = {{SLICE("A"), 1, DOCUMENT_PLAIN}, {SLICE("B"), 3, DOCUMENT_MONO}};

static void call(struct document *d, uint8_t which, slice text)
{
	const struct document_pair pair = {text, text, (enum document_face)(which % 4)};
	const struct document_cell cells[] = {{text, SLICE("note")}, {SLICE("x"), text}};
	const struct document_party parties[] = {{text, text}, {SLICE("by"), text}};
	switch (which % 6) {
	case 0: document_heading(d, text); return;
	case 1: document_paragraph(d, text); return;
	case 2: document_pairs(d, &pair, 1); return;
	case 3: document_table(d, columns, 2); return;
	case 4: document_row(d, cells, 2); return;
	default: document_lines_to_sign(d, parties, 1 + which % 2u); return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct buf out = {0};
	struct fault f = {0};
	struct document_told told;
	slice rest = {p, n}, title = slice_cut(&rest, '\n');
	struct document_head head = {
		.title = title, .subtitle = title, .author = title, .footer = title, .marking = (enum tlp)(n % 6), .created = 0};
	struct document *d = document_new(a, &head);
	while (rest.n > 0) {
		slice line = slice_cut(&rest, '\n');
		if (line.n > 0) call(d, line.p[0], slice_sub(line, 1, line.n));
	}
	enum err e = document_pdf(d, &out, &told, &f);
	if (e == OK && (out.n < 8 || memcmp(out.p, "%PDF-1.5", 8) != 0 || told.pages == 0)) abort();
	if (e != OK && (out.n != 0 || f.text[0] == 0)) abort();
	buf_free(&out);
	arena_free(a);
	return 0;
}
