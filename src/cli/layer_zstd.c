/* zstd: RFC 8878, any number of frames, skippable ones too. Invariant: in[at..n) is taken from below and not yet used;
 * `frame_open` between the first byte of a frame and its last. */
#include "layer_int.h"
#include "limit.h"
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct zstd {
	ZSTD_DCtx *context;
	bool frame_open, held; /* held: the last output was full, more may wait in the context */
	size_t at, n;
	uint8_t in[LAYER_PIECE_BYTES];
};

static enum err zstd_fault(const struct layer *l, size_t code, struct fault *f)
{
	const struct zstd *z = l->state;
	uint64_t place = l->in - (z->n - z->at);
	if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
		return fault_set(f, ERR_LIMIT, 0, place,
			"zstd: the frame needs a window above ZSTD_WINDOW_LOG_LIMIT = %d bits; it was not read", ZSTD_WINDOW_LOG_LIMIT);
	return fault_set(f, ERR_DAMAGED, 0, place, "zstd: %s; the bytes before were read, the rest was not", ZSTD_getErrorName(code));
}

/* Take bytes from below when none are left; *more false at the end. */
static enum err zstd_fill(struct layer *l, bool *more, struct fault *f)
{
	struct zstd *z = l->state;
	*more = true;
	if (z->at < z->n || z->held) return OK;
	z->at = 0;
	enum err e = layer_pull(l, z->in, sizeof z->in, &z->n, f);
	*more = z->n > 0;
	if (e == OK && !*more && z->frame_open) return fault_set(f, ERR_DAMAGED, 0, l->in, "zstd: truncated; the bytes before were read");
	return e;
}

static enum err zstd_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct zstd *z = l->state;
	*got = 0;
	if (z->context == NULL) return fault_set(f, ERR_LIMIT, 0, 0, "zstd: no memory for the decompressor");
	while (*got == 0) {
		bool more;
		enum err e = zstd_fill(l, &more, f);
		if (e != OK || !more) return e;
		ZSTD_inBuffer in = {z->in, z->n, z->at};
		ZSTD_outBuffer out = {into, n, 0};
		size_t code = ZSTD_decompressStream(z->context, &out, &in);
		z->at = in.pos;
		*got = out.pos;
		if (ZSTD_isError(code)) return zstd_fault(l, code, f);
		z->frame_open = code != 0;
		z->held = z->frame_open && out.pos == n;
	}
	return OK;
}

static void zstd_close(struct layer *l)
{
	struct zstd *z = l->state;
	(void)ZSTD_freeDCtx(z->context);
	free(z);
}

struct layer *layer_zstd_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	static const struct layer_kind kind = {.name = "zstd", .read = zstd_read, .close = zstd_close};
	struct zstd *z = mem_alloc(sizeof *z);
	z->context = ZSTD_createDCtx();
	if (z->context != NULL) (void)ZSTD_DCtx_setParameter(z->context, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_LIMIT);
	(void)name;
	return layer_new(&kind, below, shared, z);
}
