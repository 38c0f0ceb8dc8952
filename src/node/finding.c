/* A scan of evidence as an entry. */
#include "finding.h"

#include <unistd.h>

#include "blob.h"
#include "record.h"

static void put_count(struct canonical_writer *w, const char *key, uint64_t n)
{
	canonical_put_count(w, key, n < CANONICAL_INTEGER_MAX ? n : CANONICAL_INTEGER_MAX);
}

void finding_body(struct buf *b, const struct finding *x, const digest *answer)
{
	struct canonical_writer w = canonical_open(b);
	entry_write_digest(&w, "answer", answer);
	entry_write_time(&w, "began", x->began);
	canonical_put_bool(&w, "complete", x->complete);
	entry_write_time(&w, "ended", x->ended);
	canonical_put_bool(&w, "exercise", x->exercise);
	put_count(&w, "files", x->files);
	put_count(&w, "indicators", x->indicators);
	put_count(&w, "items", x->items);
	canonical_put_text(&w, "marking", slice_from(tlp_text(x->marking < TLP_NONE ? x->marking : TLP_CLEAR)));
	put_count(&w, "matches", x->matches);
	put_count(&w, "not_scanned", x->not_scanned);
	entry_write_digest(&w, "rules", &x->rules);
	canonical_put_text(&w, "version", x->version);
	canonical_close(&w);
}

static enum err put_answer(struct home *h, int answer, digest *out, struct fault *f)
{
	struct blob_store *store = NULL;
	if (lseek(answer, 0, SEEK_SET) != 0) return fault_set(f, ERR_DISK, 0, 0, "the answer cannot be read again");
	enum err e = blob_store_open(h->fd, NULL, &store, f);
	if (e == OK) e = blob_put_stream(store, answer, out, f);
	blob_store_close(store);
	return e;
}

enum err finding_record(struct home *h, const struct finding *x, int answer, struct node_place *out, struct fault *f)
{
	struct home_genesis genesis;
	struct finding facts = *x;
	struct buf body = {0};
	digest blob;
	enum err e = home_genesis(h, &genesis, f);
	if (e == OK) e = record_allowed(&genesis, x->exercise, f);
	if (e == OK) e = put_answer(h, answer, &blob, f);
	if (e != OK) return e;
	facts.exercise |= genesis.exercise;
	finding_body(&body, &facts, &blob);
	struct node_entry entry = {.kind = SLICE("finding"), .body = buf_slice(&body), .blobs = &blob, .blob_count = 1};
	e = node_append(h, &entry, out, f);
	buf_free(&body);
	return e;
}
