/* gzip by ISA-L: RFC 1952, any number of members. Invariant: in[at..n) is taken from below and not yet used. */
#include "layer_int.h"
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

struct gzip {
	struct inflate_state inflate;
	bool member_open, below_ended;
	size_t at, n;
	uint8_t in[LAYER_PIECE_BYTES];
};

static uint64_t gzip_place(const struct layer *l)
{
	const struct gzip *g = l->state;
	return l->in - (g->n - g->at);
}

/* More bytes behind those that are left. */
static enum err gzip_fill(struct layer *l, struct fault *f)
{
	struct gzip *g = l->state;
	if (g->at > 0) memmove(g->in, g->in + g->at, g->n - g->at);
	g->n -= g->at;
	g->at = 0;
	if (g->below_ended || g->n == sizeof g->in) return OK;
	size_t got;
	enum err e = layer_pull(l, g->in + g->n, sizeof g->in - g->n, &got, f);
	g->n += got;
	g->below_ended = e != OK || got == 0;
	return e;
}

static enum err gzip_fault(const struct layer *l, int code, struct fault *f)
{
	static const struct {
		int code;
		const char *text;
	} texts[] = {
		{ISAL_INCORRECT_CHECKSUM, "gzip: checksum or length in the trailer does not agree with the data"},
		{ISAL_INVALID_BLOCK, "gzip: invalid block"},
		{ISAL_INVALID_SYMBOL, "gzip: invalid symbol"},
		{ISAL_INVALID_LOOKBACK, "gzip: invalid distance"},
		{ISAL_INVALID_WRAPPER, "gzip: invalid member header"},
		{ISAL_UNSUPPORTED_METHOD, "gzip: unsupported method, expected deflate"},
	};
	const char *text = "gzip: cannot be decompressed";
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].code == code) text = texts[i].text;
	return fault_set(f, ERR_DAMAGED, 0, gzip_place(l), "%s; the bytes before were read, the rest was not", text);
}

static void gzip_member(struct gzip *g)
{
	isal_inflate_reset(&g->inflate);
	g->inflate.crc_flag = ISAL_GZIP;
	g->member_open = true;
}

/* Skip zeros until three bytes of something else are there, or the end. */
static enum err gzip_skip_zeros(struct layer *l, uint64_t *zeros, struct fault *f)
{
	struct gzip *g = l->state;
	for (;;) {
		while (g->at < g->n && g->in[g->at] == 0) {
			g->at++;
			++*zeros;
		}
		if (g->n - g->at >= 3 || g->below_ended) return OK;
		enum err e = gzip_fill(l, f);
		if (e != OK) return e;
	}
}

/* Behind a member: another one, the end, padding, or garbage. */
static enum err gzip_between(struct layer *l, bool *more, struct fault *f)
{
	struct gzip *g = l->state;
	uint64_t zeros = 0, start = gzip_place(l);
	*more = false;
	enum err e = gzip_skip_zeros(l, &zeros, f);
	if (e != OK) return e;
	if (zeros > 0)
		(void)fault_set(&l->remark, ERR_SYNTAX, 0, start, "gzip: %llu %s of zero padding behind a member",
			(unsigned long long)zeros, zeros == 1 ? "byte" : "bytes");
	if (g->at == g->n) return OK;
	if (!slice_starts(slice_of(g->in + g->at, g->n - g->at), SLICE("\x1f\x8b\x08")))
		return fault_set(
			f, ERR_DAMAGED, 0, gzip_place(l), "gzip: bytes behind the last member that are no member; they were not read");
	gzip_member(g);
	*more = true;
	return OK;
}

static enum err gzip_step(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct gzip *g = l->state;
	if (g->at == g->n) {
		enum err e = gzip_fill(l, f);
		if (e != OK) return e;
		if (g->at == g->n) return fault_set(f, ERR_DAMAGED, 0, l->in, "gzip: truncated; the bytes before were read");
	}
	struct inflate_state *z = &g->inflate;
	z->next_in = g->in + g->at;
	z->avail_in = (uint32_t)(g->n - g->at);
	z->next_out = into;
	z->avail_out = (uint32_t)n;
	int code = isal_inflate(z);
	g->at = g->n - z->avail_in;
	*got = n - z->avail_out;
	if (code < 0 || code == ISAL_NEED_DICT) return gzip_fault(l, code, f);
	if (z->block_state == ISAL_BLOCK_FINISH) g->member_open = false;
	return OK;
}

static enum err gzip_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct gzip *g = l->state;
	enum err e = OK;
	if (n > UINT32_MAX) n = UINT32_MAX;
	*got = 0;
	while (e == OK && *got == 0) {
		bool more = true;
		if (!g->member_open) e = gzip_between(l, &more, f);
		if (e != OK || !more) return e;
		e = gzip_step(l, into, n, got, f);
	}
	return e;
}

static void gzip_close(struct layer *l)
{
	free(l->state);
}

struct layer *layer_gzip_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	static const struct layer_kind kind = {.name = "gzip", .read = gzip_read, .close = gzip_close};
	struct gzip *g = mem_alloc(sizeof *g);
	isal_inflate_init(&g->inflate);
	gzip_member(g);
	(void)name;
	return layer_new(&kind, below, shared, g);
}
