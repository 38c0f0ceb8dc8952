#include "../base/cmocka_all.h"
#include <stdio.h>
#include "sample.h"
int main(int argc, char **argv)
{
	struct arena *a = arena_new(0);
	struct document *d = sample_form(a);
	struct buf out = {0};
	struct fault f = {0};
	struct document_told t;
	enum err e = document_pdf(d, &out, &t, &f);
	fprintf(stderr, "%d %s pages %u esc %lu unk %lu bytes %zu\n", e, f.text, t.pages, t.escaped, t.unknown, out.n);
	FILE *o = fopen(argc > 1 ? argv[1] : "/tmp/wt/c-s.pdf", "w");
	fwrite(out.p, 1, out.n, o);
	fclose(o);
	return 0;
}
