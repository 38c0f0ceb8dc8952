/* The digest of a set of lines. */
#include "digest_set.h"

#include <stdlib.h>

void digest_set_add(struct digest_set *s, slice line)
{
	if (s->n == s->room) {
		s->room = s->room > 0 ? s->room * 2 : 64;
		s->rows = mem_resize(s->rows, s->room * sizeof *s->rows);
	}
	s->rows[s->n++] = digest_of(line);
}

static int compare(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(digest));
}

digest digest_set_end(struct digest_set *s)
{
	if (s->n > 0) qsort(s->rows, s->n, sizeof *s->rows, compare);
	digest d = digest_of(slice_of(s->rows, s->n * sizeof *s->rows));
	free(s->rows);
	*s = (struct digest_set){0};
	return d;
}
