/* What libarchive decompresses: its "raw" format over one filter, so that the bytes come out as one nameless member. */
#include "layer_int.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

struct filter {
	struct layer *layer;
	struct archive *archive;
	int (*support)(struct archive *a);
	bool opened;
	uint64_t given; /* bytes handed to libarchive */
	struct fault below;
	uint8_t in[LAYER_PIECE_BYTES];
};

/* libarchive's read callback. */
static ssize_t filter_feed(struct archive *a, void *context, const void **bytes)
{
	struct filter *x = context;
	size_t got;
	*bytes = x->in;
	if (layer_pull(x->layer, x->in, sizeof x->in, &got, &x->below) != OK) {
		archive_set_error(a, EIO, "%s", x->below.text);
		return ARCHIVE_FATAL;
	}
	x->given += got;
	return (ssize_t)got;
}

static enum err filter_fault(const struct filter *x, struct fault *f)
{
	const char *why = archive_error_string(x->archive);
	if (x->below.kind != OK) {
		if (f != NULL) *f = x->below;
		return x->below.kind;
	}
	return fault_set(f, ERR_DAMAGED, 0, x->given, "%s: %s; the bytes before were read, the rest was not", x->layer->kind->name,
		why != NULL ? why : "cannot be decompressed");
}

static enum err filter_open(struct layer *l, struct fault *f)
{
	struct filter *x = l->state;
	struct archive_entry *e;
	x->opened = true;
	x->layer = l;
	x->archive = archive_read_new();
	if (x->archive == NULL) return fault_set(f, ERR_LIMIT, 0, 0, "%s: no memory for the decompressor", l->kind->name);
	if (x->support(x->archive) < ARCHIVE_WARN || archive_read_support_format_raw(x->archive) != ARCHIVE_OK) return filter_fault(x, f);
	if (archive_read_open(x->archive, x, NULL, filter_feed, NULL) < ARCHIVE_WARN) return filter_fault(x, f);
	int r = archive_read_next_header(x->archive, &e);
	if (r == ARCHIVE_EOF && x->below.kind == OK) return OK;
	return r < ARCHIVE_WARN ? filter_fault(x, f) : OK;
}

/* libarchive ends quietly where no further stream begins: what stands behind must not be lost in silence. */
static enum err filter_end(struct layer *l, struct fault *f)
{
	const struct filter *x = l->state;
	uint8_t more[1];
	size_t got;
	int64_t used = archive_filter_bytes(x->archive, -1);
	enum err e = layer_pull(l, more, sizeof more, &got, f);
	if (e != OK) return e;
	if (got == 0 && used >= 0 && (uint64_t)used >= x->given) return OK;
	return fault_set(f, ERR_DAMAGED, 0, used < 0 ? x->given : (uint64_t)used,
		"%s: bytes behind the last stream that are none; they were not read", l->kind->name);
}

static enum err filter_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct filter *x = l->state;
	*got = 0;
	if (!x->opened) {
		enum err e = filter_open(l, f);
		if (e != OK) return e;
	}
	ssize_t had = archive_read_data(x->archive, into, n);
	if (had < 0) return filter_fault(x, f);
	*got = (size_t)had;
	return had == 0 ? filter_end(l, f) : OK;
}

static void filter_close(struct layer *l)
{
	struct filter *x = l->state;
	(void)archive_read_free(x->archive);
	free(x);
}

#define FILTER(text)                                                                                                                       \
	{                                                                                                                                  \
		.name = (text), .read = filter_read, .close = filter_close                                                                 \
	}
static const struct {
	struct layer_kind kind;
	int (*support)(struct archive *a);
} filters[] = {
	{FILTER("xz"), archive_read_support_filter_xz},
	{FILTER("bzip2"), archive_read_support_filter_bzip2},
	{FILTER("lz4"), archive_read_support_filter_lz4},
	{FILTER("lzip"), archive_read_support_filter_lzip},
	{FILTER("compress"), archive_read_support_filter_compress},
};

struct layer *layer_filter_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		if (strcmp(filters[i].kind.name, name) != 0) continue;
		struct filter *x = mem_alloc(sizeof *x);
		x->support = filters[i].support;
		return layer_new(&filters[i].kind, below, shared, x);
	}
	return NULL;
}
