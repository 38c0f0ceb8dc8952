/* Sealing. Rows wait in memory, sorted at the end; their bytes are in a batch of blobs. */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "blob_batch.h"
#include "evidence_files.h"
#include "file_type.h"
#include "text.h"

#define PIECE_BYTES (1u << 20)

struct seal {
	struct home *home;
	struct seal_options options;
	struct blob_store *blobs;
	struct blob_batch *batch;
	struct arena *arena;
	int lock; /* nothing is destroyed meanwhile */
	struct manifest_file *files;
	size_t n, room;
	uint64_t bytes, read; /* of rows; of what was read */
	uint8_t *pieces[2];
	bool exercise;
};

enum err seal_begin(struct home *h, const struct seal_options *o, struct seal **out, struct fault *f)
{
	struct home_genesis genesis;
	struct seal *s = mem_alloc(sizeof *s);
	*s = (struct seal){.home = h, .options = *o, .arena = arena_new(0), .lock = -1};
	enum err e = home_genesis(h, &genesis, f);
	if (e == OK) s->exercise = genesis.exercise;
	if (e == OK) e = evidence_lock(h, false, &s->lock, f);
	if (e == OK) e = blob_store_open(h->fd, NULL, &s->blobs, f);
	if (e == OK) {
		s->batch = blob_batch_new(s->blobs, o->digests);
		for (int i = 0; i < 2; i++) s->pieces[i] = mem_alloc(PIECE_BYTES);
		*out = s;
	} else seal_free(s);
	return e;
}

void seal_free(struct seal *s)
{
	if (s == NULL) return;
	blob_batch_free(s->batch);
	blob_store_close(s->blobs);
	for (int i = 0; i < 2; i++) free(s->pieces[i]);
	free(s->files);
	arena_free(s->arena);
	evidence_unlock(s->lock);
	free(s);
}

/* ---- one file's bytes ---- */
struct reading {
	struct seal *seal;
	const char *shown;
	int fd;
	bool seekable;
	off_t at, size, data_end; /* seekable: where we are, its end, and the next hole's beginning */
	unsigned piece;           /* which of the two is filled next */
	uint8_t head[FILE_TYPE_BYTES];
	size_t head_n;
};

static enum err refuse(const char *shown, const char *what, struct fault *f)
{
	char why[64];
	enum err kind = errno == ENOENT ? ERR_NOT_FOUND : errno == EACCES || errno == EPERM ? ERR_ACCESS : ERR_DISK;
	return fault_set(f, kind, 0, 0, "%.200s: %s: %s", shown, what, strerror_r(errno, why, sizeof why));
}

/* The hole that begins here; else data_end is set: where the next one begins. Asked for once a stretch: some file systems look through all
 * of a file to answer. */
static uint64_t hole_here(struct reading *r)
{
	if (!r->seekable || r->at >= r->size || r->at < r->data_end) return 0;
	off_t data = lseek(r->fd, r->at, SEEK_DATA);
	if (data < 0) data = errno == ENXIO ? r->size : r->at; /* ENXIO: nothing but a hole follows; else it has no holes */
	if (data > r->size) data = r->size;
	if (data > r->at) return (uint64_t)(data - r->at);
	r->data_end = lseek(r->fd, r->at, SEEK_HOLE);
	if (r->data_end <= r->at) r->data_end = r->size;
	return 0;
}

static ssize_t read_some(const struct reading *r, uint8_t *room, size_t n)
{
	ssize_t got;
	do got = r->seekable ? pread(r->fd, room, n, r->at) : read(r->fd, room, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static void take_head(struct reading *r, slice piece)
{
	slice part = slice_sub(piece, 0, sizeof r->head - r->head_n);
	if (part.n > 0) memcpy(r->head + r->head_n, part.p, part.n);
	r->head_n += part.n;
}

static enum err next_piece(void *context, slice *piece, uint64_t *hole, struct fault *f)
{
	struct reading *r = context;
	struct seal *s = r->seal;
	uint8_t *room = s->pieces[r->piece];
	size_t limit = PIECE_BYTES, n = 0;
	*hole = hole_here(r);
	if (r->data_end > r->at && (uint64_t)(r->data_end - r->at) < limit) limit = (size_t)(r->data_end - r->at);
	while (*hole == 0 && n < limit) {
		ssize_t got = read_some(r, room + n, limit - n);
		if (got < 0) return refuse(r->shown, "cannot be read", f);
		if (got == 0) break;
		n += (size_t)got;
		r->at += got;
	}
	r->piece ^= 1;
	r->at += (off_t)*hole;
	*piece = slice_of(room, n);
	take_head(r, *piece);
	s->read += n + *hole;
	if (s->options.progress != NULL) s->options.progress(s->options.context, s->read, s->n);
	return OK;
}

/* ---- rows ---- */
static instant time_of(const struct timespec *t)
{
	return (instant)t->tv_sec * 1000000 + t->tv_nsec / 1000;
}

static enum err row_add(struct seal *s, slice name, const struct stat *st, const struct manifest_file *what, struct fault *f)
{
	if (!manifest_name_allowed(name))
		return fault_set(f, ERR_USAGE, 0, 0, "%.*s: a file's name within its item is relative, without empty, . and .. parts",
			(int)slice_sub(name, 0, 200).n, (const char *)name.p);
	if (s->n == MANIFEST_FILES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "more than MANIFEST_FILES_MAX = %u files", MANIFEST_FILES_MAX);
	if (s->n == s->room) {
		s->room = s->room * 2 + 64;
		s->files = mem_resize(s->files, s->room * sizeof *s->files);
	}
	struct manifest_file *row = &s->files[s->n++];
	*row = *what;
	row->name = arena_copy(s->arena, name);
	row->accessed = time_of(&st->st_atim);
	row->changed = time_of(&st->st_ctim);
	row->modified = time_of(&st->st_mtim);
	row->mode = st->st_mode & 07777;
	row->uid = st->st_uid;
	row->gid = st->st_gid;
	s->bytes += row->bytes;
	return OK;
}

static slice copy_if(struct arena *a, unsigned wanted, unsigned bit, const uint8_t *bytes, size_t n)
{
	return (wanted & bit) != 0 ? arena_copy(a, slice_of(bytes, n)) : (slice){0};
}

static struct manifest_file row_of(struct seal *s, const struct blob_added *got, const struct reading *r)
{
	const struct digests_result *d = &got->digests;
	return (struct manifest_file){.kind = MANIFEST_FILE,
		.blob = d->sha256,
		.bytes = got->bytes,
		.holes = got->holes,
		.type = slice_from(file_type(slice_of(r->head, r->head_n))),
		.md5 = copy_if(s->arena, s->options.digests, DIGESTS_MD5, d->md5, sizeof d->md5),
		.sha1 = copy_if(s->arena, s->options.digests, DIGESTS_SHA1, d->sha1, sizeof d->sha1),
		.sha512 = copy_if(s->arena, s->options.digests, DIGESTS_SHA512, d->sha512, sizeof d->sha512)};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* A file that somebody writes to while it is sealed is no evidence of anything. */
static enum err judge_unchanged(const struct reading *r, const struct stat *before, uint64_t bytes, struct fault *f)
{
	struct stat after;
	if (fstat(r->fd, &after) != 0) return refuse(r->shown, "cannot be looked at", f);
	bool same = same_time(&before->st_mtim, &after.st_mtim) && same_time(&before->st_ctim, &after.st_ctim) &&
		    before->st_size == after.st_size && bytes == (uint64_t)r->size;
	if (same || !r->seekable) return OK;
	return fault_set(f, ERR_CHANGED, 0, 0,
		"%.160s: it changed while it was read: %lld bytes before, %lld after, %llu read; stop what writes to it, or seal a copy",
		r->shown, (long long)r->size, (long long)(S_ISREG(after.st_mode) ? after.st_size : r->size), (unsigned long long)bytes);
}

static enum err size_of(int fd, const struct stat *st, struct reading *r, struct fault *f)
{
	r->seekable = S_ISREG(st->st_mode) || S_ISBLK(st->st_mode);
	r->size = S_ISBLK(st->st_mode) ? lseek(fd, 0, SEEK_END) : st->st_size;
	return r->size < 0 ? refuse(r->shown, "its size cannot be told", f) : OK;
}

enum err seal_add(struct seal *s, slice name, int fd, const char *shown, struct fault *f)
{
	struct reading r = {.seal = s, .shown = shown, .fd = fd};
	struct blob_added got = {.bytes = 0};
	struct stat st;
	if (fstat(fd, &st) != 0) return refuse(shown, "cannot be looked at", f);
	enum err e = size_of(fd, &st, &r, f);
	if (e == OK) e = blob_batch_add(s->batch, (struct blob_source){&r, next_piece}, &got, f);
	if (e == OK) e = judge_unchanged(&r, &st, got.bytes, f);
	if (e != OK) return e;
	struct manifest_file row = row_of(s, &got, &r);
	return row_add(s, name, &st, &row, f);
}

enum err seal_add_other(struct seal *s, slice name, const struct stat *st, slice target, struct fault *f)
{
	struct manifest_file row = {.kind = S_ISDIR(st->st_mode)   ? MANIFEST_FOLDER
					    : S_ISLNK(st->st_mode) ? MANIFEST_LINK
								   : MANIFEST_OTHER,
		.target = arena_copy(s->arena, target)};
	return row_add(s, name, st, &row, f);
}

/* ---- the item ---- */
static int by_name(const void *a, const void *b)
{
	const struct manifest_file *x = a, *y = b;
	return slice_compare(x->name, y->name);
}

static enum err judge_names(const struct seal *s, struct fault *f)
{
	if (s->n == 0) return fault_set(f, ERR_USAGE, 0, 0, "there is nothing to seal");
	for (size_t i = 1; i < s->n; i++)
		if (slice_equal(s->files[i - 1].name, s->files[i].name))
			return fault_set(f, ERR_USAGE, 0, 0, "two files would be called %.*s in the item: seal their common folder",
				(int)slice_sub(s->files[i].name, 0, 200).n, (const char *)s->files[i].name.p);
	return OK;
}

static enum err judge_text(const char *what, slice text, bool required, struct fault *f)
{
	if (required && text.n == 0) return fault_set(f, ERR_USAGE, 0, 0, "the %s is missing", what);
	if (text.n > EVIDENCE_TEXT_BYTES_MAX)
		return fault_set(
			f, ERR_LIMIT, 0, 0, "the %s is longer than EVIDENCE_TEXT_BYTES_MAX = %u bytes", what, EVIDENCE_TEXT_BYTES_MAX);
	return text_is_utf8(text) ? OK : fault_set(f, ERR_USAGE, 0, 0, "the %s is not UTF-8", what);
}

static enum err judge_head(const struct manifest_head *h, struct fault *f)
{
	const struct {
		const char *what;
		slice text;
		bool required;
	} texts[] = {{"case", h->case_name, true}, {"reason", h->reason, true}, {"collector", h->collector, true},
		{"version", h->version, true}, {"authority", h->authority, false}, {"device", h->device, false},
		{"exhibit", h->exhibit, false}, {"notes", h->notes, false}, {"place", h->place, false}, {"seal", h->seal, false},
		{"source", h->source, false}};
	enum err e = OK;
	for (size_t i = 0; i < sizeof texts / sizeof *texts && e == OK; i++)
		e = judge_text(texts[i].what, texts[i].text, texts[i].required, f);
	return e;
}

static enum err put_manifest(struct seal *s, struct manifest_head *head, digest *id, struct fault *f)
{
	struct buf b = {.max = MANIFEST_BYTES_MAX};
	if (getrandom(head->salt, sizeof head->salt, 0) != (ssize_t)sizeof head->salt) return refuse("the item", "no random bytes", f);
	manifest_put_head(&b, head);
	for (size_t i = 0; i < s->n; i++) manifest_put_file(&b, &s->files[i]);
	enum err e = b.failed ? fault_set(f, ERR_LIMIT, 0, 0, "the manifest would be longer than MANIFEST_BYTES_MAX") : OK;
	if (e == OK) e = blob_put(s->blobs, buf_slice(&b), id, f);
	buf_free(&b);
	return e;
}

enum err seal_end(struct seal *s, const struct manifest_head *head, digest *id, struct node_place *place, struct fault *f)
{
	struct manifest_head h = *head;
	digest manifest;
	if (s->n > 0) qsort(s->files, s->n, sizeof *s->files, by_name);
	h.files = s->n;
	h.bytes = s->bytes;
	h.exercise |= s->exercise;
	enum err e = judge_names(s, f);
	if (e == OK) e = judge_head(&h, f);
	if (e == OK) e = blob_batch_flush(s->batch, f);
	if (e == OK) e = put_manifest(s, &h, &manifest, f);
	if (e == OK) e = evidence_append_item(s->home, &manifest, &h, place, f);
	if (e == OK) *id = manifest;
	return e;
}
