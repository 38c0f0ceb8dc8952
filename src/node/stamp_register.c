/* Stamps as the ledger tells them, and what is missing. */
#include "stamp_register.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "salted.h"

#define READ_BYTES 65536u

/* ---- reading the ledger ---- */

struct reading {
	struct ledger_view *view;
	struct blob_store *blobs;
	struct arena *arena;
	struct stamp_register r;
};

static void *grown(struct arena *a, void *old, size_t n, size_t *room, size_t size)
{
	if (n < *room) return old;
	*room = *room * 2 + 16;
	void *more = arena_array(a, *room, size);
	if (n > 0) memcpy(more, old, n * size);
	return more;
}

/* A text that was erased, or is missing, is empty: the stamp counts all the same. */
static slice text_of(struct reading *r, const struct entry *e, const char *name)
{
	digest d;
	slice text = {0};
	if (!entry_field_digest(e, name, &d) || salted_get(r->blobs, &d, r->arena, &text, NULL) != OK) return (slice){0};
	return text;
}

static void take_stamp(struct reading *r, uint64_t index, const struct entry *e)
{
	struct stamp_register *all = &r->r;
	struct stamp_row row = {.entry = index, .told = e->time, .gen_time = INSTANT_NONE};
	slice state = {0};
	(void)entry_field_text(e, "state", &state);
	(void)entry_field_text(e, "serial", &row.serial);
	(void)entry_field_time(e, "gen_time", &row.gen_time);
	row.granted = slice_equal(state, SLICE("granted"));
	row.has_token = entry_field_digest(e, "token", &row.token);
	row.has_anchors = entry_field_digest(e, "anchors", &row.anchors);
	row.serial = arena_copy(r->arena, row.serial);
	row.authority = text_of(r, e, "authority");
	row.failure = text_of(r, e, "failure");
	if (!entry_field_digest(e, "item", &row.item)) return;
	all->rows = grown(r->arena, all->rows, all->rows_n, &all->rows_room, sizeof *all->rows);
	all->rows[all->rows_n++] = row;
}

static void take_item(struct reading *r, const struct entry *e)
{
	struct stamp_register *all = &r->r;
	digest id;
	if (!entry_field_digest(e, "manifest", &id)) return;
	all->items = grown(r->arena, all->items, all->items_n, &all->items_room, sizeof *all->items);
	all->items[all->items_n++] = id;
}

static enum err take_entry(struct reading *r, uint64_t index, slice bytes, struct fault *f)
{
	struct entry e;
	bool stamp = slice_find(bytes, SLICE("\"kind\":\"stamp\"")) < bytes.n;
	if (!stamp && slice_find(bytes, SLICE("\"kind\":\"item\"")) == bytes.n) return OK;
	enum err error = entry_parse(bytes, &e, f);
	if (error != OK) return error;
	if (slice_equal(e.kind, SLICE("stamp"))) take_stamp(r, index, &e);
	if (slice_equal(e.kind, SLICE("item"))) take_item(r, &e);
	return OK;
}

enum err stamp_register_read(struct ledger_view *v, struct arena *a, struct stamp_register *out, struct fault *f)
{
	struct reading r = {.view = v, .arena = a};
	slice bytes;
	enum err e = blob_store_open(v->home->fd, NULL, &r.blobs, f);
	for (uint64_t i = 0; e == OK && i < v->checkpoint.head.size; i++) {
		e = ledger_view_entry(v, i, &bytes, f);
		if (e == OK) e = take_entry(&r, i, bytes, f);
	}
	blob_store_close(r.blobs);
	if (e == OK) *out = r.r;
	return e;
}

/* ---- judging again ---- */

static enum err says_the_same(const struct stamp_row *row, const struct stamp *s, struct fault *f)
{
	if (row->gen_time == s->gen_time && slice_equal(row->serial, s->serial)) return OK;
	return fault_set(f, ERR_DAMAGED, 0, 0, "entry %llu: its time or serial number is not the token's", (unsigned long long)row->entry);
}

enum err stamp_row_verify(const struct home *h, const struct stamp_row *row, struct arena *a, struct stamp *out, struct fault *f)
{
	struct buf token = {.max = STAMP_BYTES_MAX}, anchors = {.max = STAMP_ANCHORS_BYTES_MAX};
	struct blob_store *blobs = NULL;
	struct stamp s;
	if (!row->granted || !row->has_token || !row->has_anchors)
		return fault_set(f, ERR_USAGE, 0, 0, "entry %llu: no stamp was granted with it", (unsigned long long)row->entry);
	enum err e = blob_store_open(h->fd, NULL, &blobs, f);
	if (e == OK) e = blob_get(blobs, &row->token, &token, f);
	if (e == OK) e = blob_get(blobs, &row->anchors, &anchors, f);
	if (e == OK) {
		struct stamp_terms terms = {.subject = row->item, .anchors = buf_slice(&anchors), .at = row->told};
		e = stamp_verify(buf_slice(&token), &terms, a, &s, f);
	}
	if (e == OK) e = says_the_same(row, &s, f);
	if (e == OK) *out = s;
	blob_store_close(blobs);
	buf_free(&token);
	buf_free(&anchors);
	return e;
}

/* ---- authorities ---- */

static enum err read_file(const struct home *h, const char *path, struct buf *out, struct fault *f)
{
	char why[64];
	int fd = openat(h->fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && out->n <= STAMP_ANCHORS_BYTES_MAX) {
		(void)buf_reserve(out, READ_BYTES);
		n = read(fd, out->p + out->n, READ_BYTES);
		if (n > 0) out->n += (size_t)n;
		else if (n < 0 && errno == EINTR) n = 1;
	}
	int reason = errno;
	if (fd >= 0) (void)close(fd);
	return n >= 0 ? OK : fault_set(f, ERR_USAGE, 0, 0, "%s", strerror_r(reason, why, sizeof why));
}

static enum err load_authority(
	struct home *h, const struct home_authority *from, struct arena *a, struct stamp_authority *to, struct fault *f)
{
	struct buf bytes = {0};
	struct fault inner = {0};
	enum err e = read_file(h, (const char *)from->anchors.p, &bytes, &inner);
	if (e == OK) e = stamp_anchors_check(buf_slice(&bytes), &inner);
	if (e == OK) *to = (struct stamp_authority){from->url, arena_copy(a, buf_slice(&bytes))};
	buf_free(&bytes);
	if (e == OK) return OK;
	return fault_set(f, e, 0, 0, "kulla.conf: time-stamp %.*s: %.*s: %s", (int)(from->url.n < 80 ? from->url.n : 80),
		(const char *)from->url.p, (int)(from->anchors.n < 80 ? from->anchors.n : 80), (const char *)from->anchors.p, inner.text);
}

static enum err load_authorities(struct home *h, struct arena *a, struct stamp_queue *q, struct fault *f)
{
	enum err e = OK;
	q->authorities_n = h->settings.authorities_n;
	for (unsigned i = 0; e == OK && i < q->authorities_n; i++)
		e = load_authority(h, &h->settings.authorities[i], a, &q->authorities[i], f);
	return e;
}

/* ---- the queue ---- */

static int compare_tasks(const void *x, const void *y)
{
	const struct stamp_task *a = x, *b = y;
	int items = memcmp(a->item.b, b->item.b, DIGEST_BYTES);
	return items != 0 ? items : (a->authority > b->authority) - (a->authority < b->authority);
}

/* What is granted, ascending. Returns how many. */
static size_t granted_read(const struct stamp_register *r, const struct stamp_queue *q, struct arena *a, struct stamp_task **out)
{
	struct stamp_task *granted = arena_array(a, r->rows_n + 1, sizeof *granted);
	size_t n = 0;
	for (size_t i = 0; i < r->rows_n; i++)
		for (unsigned k = 0; r->rows[i].granted && k < q->authorities_n; k++)
			if (slice_equal(r->rows[i].authority, q->authorities[k].url))
				granted[n++] = (struct stamp_task){r->rows[i].item, k};
	qsort(granted, n, sizeof *granted, compare_tasks);
	*out = granted;
	return n;
}

static enum err digits_judge(slice *digits, struct fault *f)
{
	if (slice_starts(*digits, SLICE("sha256:"))) *digits = slice_sub(*digits, 7, SIZE_MAX);
	bool hex = digits->n <= DIGEST_HEX_BYTES;
	for (size_t i = 0; i < digits->n; i++)
		hex = hex && ((digits->p[i] >= '0' && digits->p[i] <= '9') || (digits->p[i] >= 'a' && digits->p[i] <= 'f'));
	if (hex) return OK;
	return fault_set(f, ERR_USAGE, 0, 0, "an item is named by its digest, or by how it begins: up to 64 of 0-9 and a-f");
}

static bool begins_with(const digest *item, slice digits)
{
	char hex[DIGEST_HEX_BYTES + 1];
	return slice_starts(slice_from(digest_hex(item, hex)), digits);
}

static enum err add_tasks(struct stamp_queue *q, const digest *item, const struct stamp_task *granted, size_t granted_n, struct arena *a)
{
	for (unsigned k = 0; k < q->authorities_n; k++) {
		struct stamp_task task = {*item, k};
		if (bsearch(&task, granted, granted_n, sizeof *granted, compare_tasks) != NULL) {
			q->done++;
			continue;
		}
		if (q->n == STAMP_TASKS_MAX) return ERR_LIMIT;
		q->tasks = grown(a, q->tasks, q->n, &q->room, sizeof *q->tasks);
		q->tasks[q->n++] = task;
	}
	return OK;
}

static enum err fill(struct stamp_queue *q, const struct stamp_register *r, slice digits, struct arena *a, struct fault *f)
{
	struct stamp_task *granted;
	size_t granted_n = granted_read(r, q, a, &granted), found = 0;
	for (size_t i = 0; i < r->items_n; i++) {
		if (!begins_with(&r->items[i], digits)) continue;
		found++;
		if (add_tasks(q, &r->items[i], granted, granted_n, a) != OK)
			return fault_set(f, ERR_LIMIT, 0, 0, "more than STAMP_TASKS_MAX = %u items and authorities wait", STAMP_TASKS_MAX);
	}
	if (found > 0 || digits.n == 0) return OK;
	return fault_set(f, ERR_NOT_FOUND, 0, 0, "no item's digest begins with %.*s", (int)digits.n, (const char *)digits.p);
}

enum err stamp_queue_read(struct ledger_view *v, slice digits, struct arena *a, struct stamp_queue *out, struct fault *f)
{
	struct stamp_queue q = {0};
	struct stamp_register r = {0};
	enum err e = digits_judge(&digits, f);
	if (e == OK) e = load_authorities(v->home, a, &q, f);
	if (e == OK) e = stamp_register_read(v, a, &r, f);
	if (e == OK) e = fill(&q, &r, digits, a, f);
	if (e == OK) *out = q;
	return e;
}

enum err stamp_queue_one(struct home *h, const digest *item, struct arena *a, struct stamp_queue *out, struct fault *f)
{
	struct stamp_queue q = {0};
	const struct stamp_task nothing = {.authority = 0};
	enum err e = load_authorities(h, a, &q, f);
	if (e == OK) e = add_tasks(&q, item, &nothing, 0, a);
	if (e == OK) *out = q;
	return e;
}
