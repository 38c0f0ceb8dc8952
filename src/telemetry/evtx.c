/* The file: a header block, then chunks of 64 KiB until the end. Bytes gather in one block until it is complete; a chunk that lies
 * whole in what was fed is read where it lies.
 *
 * 0 "ElfFile\0"  8 first and last chunk  24 next record id  32 size of the header (128)  36 minor and major version
 * 40 bytes of the header block (4096)  42 count of chunks  120 flags: 1 dirty, 2 full, 4 no checksums  124 CRC-32 of [0,120) */
#include <isa-l/crc.h>
#include <stdio.h>
#include <stdlib.h>

#include "evtx_int.h"

#define FILE_MAGIC SLICE("ElfFile\0")
#define FILE_HEADER_BYTES 128u
#define FILE_BLOCK_BYTES 4096u

struct evtx_reader {
	struct evtx_decoder decoder;
	bool header_read;
	uint32_t block_bytes; /* of the block that is being gathered */
	uint32_t have;
	uint64_t offset; /* of that block in the file */
	uint64_t chunks, chunks_told;
	uint8_t block[EVTX_CHUNK_BYTES];
};

static void start_over(struct evtx_reader *r)
{
	r->header_read = false;
	r->block_bytes = FILE_BLOCK_BYTES;
	r->have = 0;
	r->offset = r->chunks = 0;
}

struct evtx_reader *evtx_reader_new(void)
{
	struct evtx_reader *r = mem_alloc(sizeof *r);
	evtx_decoder_init(&r->decoder);
	start_over(r);
	return r;
}

void evtx_reader_free(struct evtx_reader *r)
{
	if (r == NULL) return;
	evtx_decoder_free(&r->decoder);
	free(r);
}

bool evtx_is(slice start)
{
	return slice_starts(start, FILE_MAGIC);
}

static enum err not_evtx(struct fault *f, slice start)
{
	char text[2 * EVTX_MAGIC_BYTES + 1] = "";
	for (size_t i = 0; i < start.n && i < EVTX_MAGIC_BYTES; i++) (void)snprintf(text + 2 * i, 3, "%02x", start.p[i]);
	return fault_set(f, ERR_SYNTAX, 0, 0, "EVTX: the file has %zu bytes of header and starts with %s, expected %u and \"ElfFile\"",
		start.n, text, FILE_HEADER_BYTES);
}

static enum err read_header(struct evtx_reader *r, const uint8_t *p, uint32_t n, struct fault *f)
{
	if (n < FILE_HEADER_BYTES || !evtx_is(slice_of(p, n))) return not_evtx(f, slice_of(p, n));
	uint32_t crc = crc32_gzip_refl(0, p, 120), told = evtx_u32(p + 124), flags = evtx_u32(p + 120), version = evtx_u16(p + 38);
	if (crc != told && (told != 0 || !(flags & EVTX_WITHOUT_CRC)))
		evtx_tell(&r->decoder, ERR_DAMAGED, 124, "EVTX file: the CRC-32 of its header is %08x, the header says %08x", crc, told);
	if (version != 3) evtx_tell(&r->decoder, ERR_DAMAGED, 38, "EVTX file: its major version is %u, expected 3", version);
	if (n < FILE_BLOCK_BYTES) evtx_tell(&r->decoder, ERR_DAMAGED, n, "EVTX file: it ends within its header block");
	r->chunks_told = evtx_u16(p + 42);
	r->header_read = true;
	return OK;
}

/* The block of n bytes is complete (or the file's last one). */
static enum err read_block(struct evtx_reader *r, const uint8_t *p, uint32_t n, struct fault *f)
{
	enum err e = OK;
	if (!r->header_read) {
		e = read_header(r, p, n, f);
	} else {
		r->decoder.offset = r->offset;
		evtx_chunk_read(&r->decoder, p, n);
		r->chunks++;
		if (r->decoder.out->failed)
			e = fault_set(f, ERR_LIMIT, 0, r->offset, "EVTX: the events take more than %zu bytes", r->decoder.out->max);
	}
	r->offset += n;
	r->have = 0;
	r->block_bytes = EVTX_CHUNK_BYTES;
	return e;
}

static void lend(struct evtx_reader *r, struct buf *out, evtx_trouble *trouble, void *context)
{
	r->decoder.out = out;
	r->decoder.trouble = trouble;
	r->decoder.context = context;
}

enum err evtx_reader_feed(struct evtx_reader *r, slice bytes, struct buf *out, evtx_trouble *trouble, void *context, struct fault *f)
{
	enum err e = OK;
	lend(r, out, trouble, context);
	while (bytes.n > 0 && e == OK) {
		uint32_t part = r->block_bytes - r->have;
		if (part > bytes.n) part = (uint32_t)bytes.n;
		bool whole = part == r->block_bytes;
		if (!whole) memcpy(r->block + r->have, bytes.p, part);
		r->have += part;
		if (r->have == r->block_bytes) e = read_block(r, whole ? bytes.p : r->block, r->block_bytes, f);
		bytes = slice_sub(bytes, part, bytes.n);
	}
	return e;
}

/* A file that was not closed may hold more chunks than its header counts, never fewer. */
static void check_count(const struct evtx_reader *r)
{
	if (!r->header_read || r->chunks >= r->chunks_told) return;
	evtx_tell(&r->decoder, ERR_DAMAGED, 42, "EVTX file: its header counts %llu chunks, the file holds %llu",
		(unsigned long long)r->chunks_told, (unsigned long long)r->chunks);
}

enum err evtx_reader_end(struct evtx_reader *r, struct buf *out, evtx_trouble *trouble, void *context, struct fault *f)
{
	enum err e = OK;
	lend(r, out, trouble, context);
	if (r->have > 0 || !r->header_read) {
		uint32_t n = r->have;
		memset(r->block + n, 0, sizeof r->block - n);
		e = read_block(r, r->block, n, f);
	}
	if (e == OK) check_count(r);
	start_over(r);
	return e;
}
