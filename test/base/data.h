/* Files of the shared data: below $KULLA_SHARED or ../shared. */
#ifndef TEST_BASE_DATA_H
#define TEST_BASE_DATA_H
#include "slice.h"

#include <stdio.h>
#include <stdlib.h>

static inline const char *data_root(void)
{
	const char *root = getenv("KULLA_SHARED");

	return root != NULL ? root : "../shared";
}

/* The whole file into b; false when it cannot be read. */
static inline bool data_read(const char *path, struct buf *b)
{
	FILE *file = fopen(path, "rb");

	buf_clear(b);
	if (file == NULL) return false;
	for (size_t n = 1; n != 0;) {
		if (!buf_reserve(b, 65536)) break;
		n = fread(b->p + b->n, 1, 65536, file);
		b->n += n;
	}
	bool good = ferror(file) == 0 && !b->failed;
	fclose(file);
	return good;
}
#endif
