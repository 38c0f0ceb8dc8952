/* A packet capture as the EVE records that Suricata writes of it. States: the capture is sent, as far as it can be read; then
 * records are received; what was wrong with the capture comes behind them. */
#include "capture.h"
#include "layer_int.h"
#include "limit.h"
#include <stdlib.h>

struct taken {
	bool sent, ended;
	struct fault fault; /* of the capture, waiting */
	uint8_t piece[CAPTURE_PIECE_BYTES];
};

static enum err send_all(struct layer *l, struct fault *f)
{
	struct taken *t = l->state;
	const struct layer_shared *s = l->shared;
	size_t got = 1;
	t->sent = true;
	while (got > 0) {
		enum err e = layer_pull(l, t->piece, sizeof t->piece, &got, &t->fault);
		if (e == ERR_STOPPED) return fault_set(f, e, 0, 0, "stopped");
		t->fault.kind = e;
		if (e != OK) break;
		e = captures_send(s->captures, slice_of(t->piece, got), s->stop_fd, f);
		if (e != OK) return e;
	}
	return captures_send_end(s->captures, s->stop_fd, f);
}

static enum err capture_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct taken *t = l->state;
	*got = 0;
	if (!t->sent) {
		enum err e = send_all(l, f);
		if (e != OK) return e;
	}
	if (!t->ended) {
		enum err e = captures_receive(l->shared->captures, into, n, got, l->shared->stop_fd, f);
		t->ended = e != OK || *got == 0;
		if (!t->ended || e != OK) return e;
	}
	if (t->fault.kind != OK && f != NULL) *f = t->fault;
	return t->fault.kind;
}

/* What was not read is taken out of the way of the next capture. */
static void capture_close(struct layer *l)
{
	struct taken *t = l->state;
	size_t got;
	while (t->sent && !t->ended)
		t->ended =
			captures_receive(l->shared->captures, t->piece, sizeof t->piece, &got, l->shared->stop_fd, NULL) != OK || got == 0;
	free(t);
}

struct layer *layer_capture_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	static const struct layer_kind kind = {.name = "packet capture", .read = capture_read, .close = capture_close};
	(void)name;
	return layer_new(&kind, below, shared, mem_alloc(sizeof(struct taken)));
}
