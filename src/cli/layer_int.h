/* Stages of decoding. A source is a stack of layers: the file itself, what decompresses it, an archive, a member of it, what
 * decompresses that … each pulls bytes from the one below. A layer belongs to one thread at a time; whoever made the stack
 * closes it from the top down.
 * Invariants: an error is sticky and comes after all bytes that were decoded before it; bytes that were looked at (layer_peek)
 * are read again by layer_read; `in` and `out` count what went through, so that a decompression bomb is seen in any layer. */
#ifndef CLI_LAYER_INT_H
#define CLI_LAYER_INT_H
#include "err.h"
#include "source.h"

#define LAYER_PEEK_BYTES 4096u
#define LAYER_PIECE_BYTES (256u << 10)

struct layer;
struct layer_kind {
	const char *name;
	bool is_archive; /* has members instead of bytes */
	/* Decode up to n bytes; *got 0 and OK is the end. On error *got bytes are good. */
	enum err (*read)(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f);
	void (*close)(struct layer *l);
};
/* What the layers of one source have in common. */
struct layer_shared {
	struct source_limits limits;
	uint64_t read, decoded;    /* from the file; out of all layers above it, however they are nested */
	struct captures *captures; /* NULL: Suricata is not here */
	int stop_fd;
	bool spent; /* together they are a bomb: the source is left */
};
struct layer {
	const struct layer_kind *kind;
	struct layer *below; /* NULL: the file */
	void *state;         /* the kind's */
	struct layer_shared *shared;
	uint64_t in, out; /* bytes from below, bytes decoded */
	uint8_t *start;   /* looked at, not yet read: start[start_at..start_n) */
	size_t start_at, start_n;
	bool ended;
	enum err error;
	struct fault fault;  /* when error is not OK */
	struct fault remark; /* kind OK: none; told, but nothing was lost */
};

/* takes nothing, gives a layer that borrows `below`. */
struct layer *layer_new(const struct layer_kind *kind, struct layer *below, struct layer_shared *shared, void *state);
void layer_close(struct layer *l); /* takes NULL; not the ones below */
/* Up to n > 0 decoded bytes; *got 0 is the end. Errors come with *got 0. */
CHECKED enum err layer_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f);
/* layer_read of the layer below, counted. */
CHECKED enum err layer_pull(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f);
/* The first bytes, LAYER_PEEK_BYTES or all; of a live pipe what is there once it looks like text. An error waits for layer_read. */
slice layer_peek(struct layer *l, bool live);
/* Whether `out` bytes from `in` are a bomb: ERR_LIMIT. `free_bytes` are not judged. */
CHECKED enum err layer_judge(const struct layer *l, uint64_t free_bytes, struct fault *f);

/* The file. path "-" is standard input. Errors: see source_open. */
CHECKED enum err layer_raw_open(
	const char *path, const struct source_settings *s, struct layer_shared *shared, struct layer **out, struct fault *f);
bool layer_raw_is_pipe(const struct layer *l);
/* A file whose place can be set; false for pipes and every other kind of layer. */
bool layer_can_seek(const struct layer *l);
/* Set the place (clamped to the size) and return it; -1 when that cannot be. */
int64_t layer_seek(struct layer *l, int64_t offset, int whence);

/* Makes a layer of the kind NAME over `below`, which stays the caller's. */
typedef struct layer *layer_open(struct layer *below, struct layer_shared *shared, const char *name);
layer_open layer_gzip_new;
layer_open layer_zstd_new;
layer_open layer_text_new;    /* UTF-16 to UTF-8: "UTF-16LE", "UTF-16BE" */
layer_open layer_filter_new;  /* by libarchive: "xz", "bzip2", "lz4", "lzip", "compress" */
layer_open layer_archive_new; /* by libarchive: "tar", "zip", "7z", "cpio", "rar", "cab" */
layer_open layer_evtx_new;    /* Windows event log to JSON lines */
layer_open layer_capture_new; /* by Suricata, where shared->captures is */

/* What a file's first bytes say that it is. */
struct content {
	const char *name; /* as the user reads it, and the layer's NAME */
	layer_open *open; /* NULL: recognised, not supported */
};
/* NULL: nothing that is known, so text. */
const struct content *content_of(slice start);

struct member {
	slice name;          /* raw; borrowed until the next call */
	struct fault fault;  /* kind OK: a file to read. Else it is not read, for this reason */
	bool lost;           /* with a fault: bytes are there that were not read */
	struct layer *layer; /* gives the member's bytes; the caller closes it before the next call */
};
/* The next member. False at the end; *f says whether the end came too early (kind not OK). */
bool layer_archive_next(struct layer *l, struct member *m, struct fault *f);
#endif
