/* Blobs from a copy. */
#include "repair_blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "limit.h"

#define BESIDE ".repair"

struct wrong {
	digest blobs[REPAIR_FILES_MAX];
	size_t n;
	uint64_t more;
};

static bool digest_of_path(const char *path, digest *out)
{
	slice s = slice_from(path);
	return s.n == BLOB_PATH_BYTES - 1 && slice_starts(s, SLICE("blobs/")) && digest_get_hex(slice_sub(s, 9, DIGEST_HEX_BYTES), out);
}

static void note_wrong(void *context, const struct verify_finding *found)
{
	struct wrong *w = context;
	digest d;
	if (!found->fault || !digest_of_path(found->file, &d)) return;
	if (w->n == REPAIR_FILES_MAX) w->more++;
	else w->blobs[w->n++] = d;
}

static enum err find_wrong(struct home_files *ours, struct arena *a, struct wrong *w, struct fault *f)
{
	struct verify_request r = {.tell = note_wrong, .tell_context = w};
	struct verify_answer answer;
	home_files_request(ours, &r);
	return ledger_verify(&r, a, &answer, f);
}

static enum err disk_error(const struct home *h, const char *name, struct fault *f)
{
	char why[64];
	return fault_set(f, errno == EACCES || errno == EROFS ? ERR_ACCESS : ERR_DISK, 0, 0, "%s/%s: %s", h->path, name,
		strerror_r(errno, why, sizeof why));
}

/* The copy's bytes, proven by their name, in a file without a name. */
static enum err fetch(const struct home *h, const struct home_files *copy, const digest *d, int *out, struct fault *f)
{
	(void)unlinkat(h->fd, BESIDE, 0);
	int fd = openat(h->fd, BESIDE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return disk_error(h, BESIDE, f);
	(void)unlinkat(h->fd, BESIDE, 0);
	enum err e = blob_copy(copy->store, d, fd, f);
	if (e == OK && lseek(fd, 0, SEEK_SET) != 0) e = disk_error(h, BESIDE, f);
	if (e == OK) *out = fd;
	else close(fd);
	return e;
}

static enum err put_aside(const struct home *h, const digest *d, instant now, struct fault *f)
{
	char path[BLOB_PATH_BYTES], time[INSTANT_TEXT_BYTES], kept[BLOB_PATH_BYTES + INSTANT_TEXT_BYTES + 16];
	(void)snprintf(kept, sizeof kept, "%s.damaged-%s", blob_path(d, path), instant_format(now, 0, time));
	return renameat(h->fd, path, h->fd, kept) == 0 || errno == ENOENT ? OK : disk_error(h, path, f);
}

/* put: out, whether it came back. What the copy does not have is no error. */
static enum err put_back(const struct home *h, struct blob_store *ours, const struct home_files *copy, const digest *d, instant now,
	bool *put, struct fault *f)
{
	digest name;
	int fd = -1;
	*put = false;
	if (copy->store == NULL || fetch(h, copy, d, &fd, f) != OK) return OK;
	enum err e = put_aside(h, d, now, f);
	if (e == OK) e = blob_put_stream(ours, fd, &name, f);
	*put = e == OK && digest_equal(&name, d);
	close(fd);
	return e;
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_BYTES);
}

enum err blobs_repair(
	const struct home *h, const struct home_files *copy, instant now, struct arena *a, struct blob_repair *out, struct fault *f)
{
	struct home_files ours = {0};
	struct wrong *w = mem_alloc(sizeof *w);
	struct blob_repair r = {0};
	enum err e = home_files_open(h->path, &ours, f);
	if (e == OK && ours.store == NULL) e = blob_store_open(h->fd, NULL, &ours.store, f);
	if (e == OK) e = find_wrong(&ours, a, w, f);
	if (w->n > 0) qsort(w->blobs, w->n, sizeof *w->blobs, by_digest);
	r.files = arena_array(a, w->n + 1, sizeof *r.files);
	r.left = w->more;
	for (size_t i = 0; e == OK && i < w->n; i++) {
		char path[BLOB_PATH_BYTES];
		bool put = false;
		if (blob_verify(ours.store, &w->blobs[i], NULL, f) == OK) continue; /* it is there: that is what is wrong */
		e = put_back(h, ours.store, copy, &w->blobs[i], now, &put, f);
		if (put) r.files[r.files_n++] = (const char *)arena_copy(a, slice_of(blob_path(&w->blobs[i], path), BLOB_PATH_BYTES)).p;
		else r.left++;
	}
	home_files_close(&ours);
	free(w);
	if (e == OK) *out = r;
	return e;
}
