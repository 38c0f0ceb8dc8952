/* A Windows event log as JSON lines, one an event. States: bytes are fed until lines are there; the end is told once; then what was
 * damaged comes as the error behind all lines. */
#include <stdlib.h>
#include "evtx.h"
#include "layer_int.h"

#define EVTX_PIECE_BYTES (64u << 10)

struct evtx {
	struct evtx_reader *reader;
	struct buf lines;
	size_t at;
	bool fed_all;
	uint64_t troubles;
	struct fault trouble; /* the first */
	struct fault below;   /* why the bytes end; kind OK: they are all there */
	uint8_t piece[EVTX_PIECE_BYTES];
};

static void on_trouble(void *context, const struct fault *f)
{
	struct evtx *x = context;
	if (x->troubles++ == 0) x->trouble = *f;
}

static enum err evtx_feed(struct layer *l, struct fault *f)
{
	struct evtx *x = l->state;
	size_t got;
	buf_clear(&x->lines);
	x->at = 0;
	x->below.kind = layer_pull(l, x->piece, sizeof x->piece, &got, &x->below);
	if (got > 0) return evtx_reader_feed(x->reader, slice_of(x->piece, got), &x->lines, on_trouble, x, f);
	x->fed_all = true;
	return evtx_reader_end(x->reader, &x->lines, on_trouble, x, f);
}

static enum err evtx_over(const struct evtx *x, struct fault *f)
{
	if (x->below.kind != OK) {
		if (f != NULL) *f = x->below;
		return x->below.kind;
	}
	if (x->troubles == 0) return OK;
	return fault_set(f, x->trouble.kind, 0, x->trouble.offset,
		"event log: %llu damaged places, the first: %.200s; what could be read was", (unsigned long long)x->troubles,
		x->trouble.text);
}

static enum err evtx_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct evtx *x = l->state;
	*got = 0;
	while (x->at == x->lines.n) {
		if (x->fed_all) return evtx_over(x, f);
		enum err e = evtx_feed(l, f);
		if (e != OK) return e;
	}
	*got = x->lines.n - x->at < n ? x->lines.n - x->at : n;
	memcpy(into, x->lines.p + x->at, *got);
	x->at += *got;
	return OK;
}

static void evtx_close(struct layer *l)
{
	struct evtx *x = l->state;
	evtx_reader_free(x->reader);
	buf_free(&x->lines);
	free(x);
}

struct layer *layer_evtx_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	static const struct layer_kind kind = {.name = "event log", .read = evtx_read, .close = evtx_close};
	struct evtx *x = mem_alloc(sizeof *x);
	(void)name;
	x->reader = evtx_reader_new();
	return layer_new(&kind, below, shared, x);
}
