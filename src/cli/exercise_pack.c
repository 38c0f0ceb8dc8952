/* zlib and zstd, each at level 1 and by one thread: their bytes hang on the version of the library and on nothing else. gzip's header has
 * no time and no name; zstd's frame has a checksum, and no size, which nobody knows when it begins. Contexts are made when first needed. */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include "exercise_pack.h"

#define PACKED_BYTES (256u << 10)
#define GZIP_WINDOW (15 + 16) /* zlib: a gzip wrapper */
#define GZIP_MEMORY 8
#define LEVEL 1

struct packer {
	pack_write *write;
	void *context;
	enum pack_kind kind;
	z_stream gzip;
	bool has_gzip;
	ZSTD_CCtx *zstd;
	uint8_t packed[PACKED_BYTES];
};

const char *pack_ending(enum pack_kind k)
{
	static const char *const endings[PACK_KINDS] = {[PACK_NONE] = "", [PACK_GZIP] = ".gz", [PACK_ZSTD] = ".zst"};
	return endings[k];
}

struct packer *packer_new(pack_write *write, void *context)
{
	struct packer *p = mem_alloc(sizeof *p);
	p->write = write;
	p->context = context;
	return p;
}

void packer_free(struct packer *p)
{
	if (p == NULL) return;
	if (p->has_gzip) (void)deflateEnd(&p->gzip);
	(void)ZSTD_freeCCtx(p->zstd);
	free(p);
}

/* ---- each kind ---- */

static void none_begin(struct packer *p)
{
	(void)p;
}

static bool none_put(struct packer *p, slice bytes, bool last)
{
	(void)last;
	return bytes.n == 0 || p->write(p->context, bytes);
}

static void gzip_begin(struct packer *p)
{
	if (p->has_gzip) (void)deflateReset(&p->gzip);
	else if (deflateInit2(&p->gzip, LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) abort(); /* no memory */
	p->has_gzip = true;
}

static bool gzip_put(struct packer *p, slice bytes, bool last)
{
	z_stream *z = &p->gzip;
	z->next_in = (Bytef *)(uintptr_t)bytes.p;
	z->avail_in = (uInt)bytes.n;
	do {
		z->next_out = p->packed;
		z->avail_out = PACKED_BYTES;
		(void)deflate(z, last ? Z_FINISH : Z_NO_FLUSH);
		size_t n = PACKED_BYTES - z->avail_out;
		if (n > 0 && !p->write(p->context, slice_of(p->packed, n))) return false;
	} while (z->avail_out == 0);
	return true;
}

static void zstd_begin(struct packer *p)
{
	if (p->zstd == NULL) p->zstd = ZSTD_createCCtx();
	if (p->zstd == NULL) abort(); /* no memory */
	(void)ZSTD_CCtx_reset(p->zstd, ZSTD_reset_session_only);
	(void)ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, LEVEL);
	(void)ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
}

static bool zstd_put(struct packer *p, slice bytes, bool last)
{
	ZSTD_inBuffer in = {.src = bytes.p, .size = bytes.n};
	for (size_t left = 1; in.pos < in.size || (last && left > 0);) {
		ZSTD_outBuffer out = {.dst = p->packed, .size = PACKED_BYTES};
		left = ZSTD_compressStream2(p->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left)) abort(); /* no memory: nothing else can be wrong with our own bytes */
		if (out.pos > 0 && !p->write(p->context, slice_of(p->packed, out.pos))) return false;
	}
	return true;
}

static const struct {
	void (*begin)(struct packer *p);
	bool (*put)(struct packer *p, slice bytes, bool last);
} kinds[PACK_KINDS] = {[PACK_NONE] = {none_begin, none_put}, [PACK_GZIP] = {gzip_begin, gzip_put}, [PACK_ZSTD] = {zstd_begin, zstd_put}};

void packer_begin(struct packer *p, enum pack_kind k)
{
	p->kind = k;
	kinds[k].begin(p);
}

bool packer_add(struct packer *p, slice bytes)
{
	return kinds[p->kind].put(p, bytes, false);
}

bool packer_end(struct packer *p)
{
	return kinds[p->kind].put(p, (slice){0}, true);
}
