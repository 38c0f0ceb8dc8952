/* A scan as an entry. */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "digest_set.h"
#include "limit.h"
#include "salted.h"

#define READ_BYTES 65536u
#define NAME_TRIES 1000

digest record_watchlist(const struct watchlist *w, instant at)
{
	struct digest_set set = {0};
	struct buf line = {0};
	for (size_t i = 0; i < watchlist_terms(w); i++) {
		if (watchlist_superseded(w, (uint32_t)i)) continue;
		instant until = watchlist_get(w, (uint32_t)i).valid_until;
		if (at != INSTANT_NONE && until != INSTANT_NONE && until <= at) continue;
		buf_clear(&line);
		watchlist_put_term(&line, w, (uint32_t)i);
		digest_set_add(&set, buf_slice(&line));
	}
	buf_free(&line);
	return digest_set_end(&set);
}

static void put_count(struct canonical_writer *w, const char *key, uint64_t n)
{
	canonical_put_count(w, key, n < CANONICAL_INTEGER_MAX ? n : CANONICAL_INTEGER_MAX);
}

void record_scan_body(struct buf *b, const struct scan_facts *s, const struct scan_blobs *blobs, slice version)
{
	struct canonical_writer w = canonical_open(b);
	entry_write_digest(&w, "answer", &blobs->answer);
	entry_write_time(&w, "began", s->began);
	entry_write_digest(&w, "command", &blobs->command);
	canonical_put_bool(&w, "complete", s->complete);
	entry_write_digest(&w, "coverage", &blobs->coverage);
	entry_write_time(&w, "ended", s->ended);
	canonical_put_bool(&w, "exercise", s->exercise);
	put_count(&w, "hits", s->hits);
	put_count(&w, "indicators", s->indicators);
	entry_write_digest(&w, "inputs", &s->inputs);
	put_count(&w, "inputs_bytes", s->inputs_bytes);
	put_count(&w, "inputs_count", s->inputs_count);
	entry_write_digest(&w, "inputs_list", &blobs->inputs_list);
	canonical_put_text(&w, "marking", slice_from(tlp_text(s->marking < TLP_NONE ? s->marking : TLP_CLEAR)));
	put_count(&w, "records", s->records);
	put_count(&w, "suppressed", s->suppressed);
	put_count(&w, "unreadable", s->unreadable);
	canonical_put_text(&w, "version", version);
	entry_write_digest(&w, "watchlist", &s->watchlist);
	canonical_close(&w);
}

enum err record_allowed(const struct home_genesis *g, bool exercise, struct fault *f)
{
	if (g->exercise || !exercise) return OK;
	return fault_set(f, ERR_USAGE, 0, 0,
		"what was given is of an exercise, and this home is not (%.*s): record it in a home made with kulla init --exercise",
		SLICE_PRINTF(slice_sub(g->origin, 0, 100)));
}

/* ---- the disk ---- */

static enum err disk_error(const char *what, struct fault *f)
{
	char why[64];
	return fault_set(f, errno == EACCES || errno == EPERM || errno == EROFS ? ERR_ACCESS : ERR_DISK, 0, 0, "%s: %s", what,
		strerror_r(errno, why, sizeof why));
}

enum err record_file(const struct home *h, int *out, struct fault *f)
{
	char name[64], what[FAULT_TEXT_BYTES];
	int fd = -1;
	for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
		(void)snprintf(name, sizeof name, ".record-%ld-%d", (long)getpid(), i);
		fd = openat(h->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST) break;
	}
	if (fd < 0) {
		(void)snprintf(what, sizeof what, "%.200s: a file for the answer cannot be made there", h->path);
		return disk_error(what, f);
	}
	(void)unlinkat(h->fd, name, 0);
	*out = fd;
	return OK;
}

static enum err read_whole(int fd, struct buf *out, struct fault *f)
{
	if (lseek(fd, 0, SEEK_SET) != 0) return disk_error("the list of inputs cannot be read", f);
	for (;;) {
		(void)buf_reserve(out, READ_BYTES);
		ssize_t n = read(fd, out->p + out->n, READ_BYTES);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return disk_error("the list of inputs cannot be read", f);
		if (n == 0) return OK;
		out->n += (size_t)n;
		if (out->n > SALTED_TEXT_BYTES_MAX)
			return fault_set(f, ERR_LIMIT, 0, 0, "the list of inputs is longer than SALTED_TEXT_BYTES_MAX = %u bytes",
				SALTED_TEXT_BYTES_MAX);
	}
}

static enum err put_file(struct blob_store *store, int fd, digest *out, struct fault *f)
{
	if (lseek(fd, 0, SEEK_SET) != 0) return disk_error("the answer cannot be read again", f);
	return blob_put_stream(store, fd, out, f);
}

static enum err put_blobs(const struct home *h, const struct scan_material *m, struct scan_blobs *out, struct fault *f)
{
	struct blob_store *store = NULL;
	struct buf list = {0};
	enum err e = blob_store_open(h->fd, NULL, &store, f);
	if (e == OK) e = put_file(store, m->answer, &out->answer, f);
	if (e == OK) e = put_file(store, m->coverage, &out->coverage, f);
	if (e == OK) e = read_whole(m->inputs, &list, f);
	if (e == OK) e = node_put_text(store, buf_slice(&list), &out->inputs_list, f);
	if (e == OK) e = node_put_text(store, m->command, &out->command, f);
	buf_free(&list);
	blob_store_close(store);
	return e;
}

enum err record_scan(struct home *h, const struct scan_facts *s, const struct scan_material *m, struct node_place *out, struct fault *f)
{
	struct home_genesis genesis;
	struct scan_facts facts = *s;
	struct scan_blobs blobs;
	struct buf body = {0};
	enum err e = home_genesis(h, &genesis, f);
	if (e == OK) e = record_allowed(&genesis, s->exercise, f);
	if (e == OK) e = put_blobs(h, m, &blobs, f);
	if (e != OK) return e;
	facts.exercise |= genesis.exercise;
	record_scan_body(&body, &facts, &blobs, m->version);
	const digest named[] = {blobs.answer, blobs.coverage, blobs.command, blobs.inputs_list};
	struct node_entry entry = {
		.kind = SLICE("scan"), .body = buf_slice(&body), .blobs = named, .blob_count = sizeof named / sizeof *named};
	e = node_append(h, &entry, out, f);
	buf_free(&body);
	return e;
}
