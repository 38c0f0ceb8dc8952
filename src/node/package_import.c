/* A package on its way in. The order of entries makes an interruption harmless: first that the package came, which says of its items that
 * they begin elsewhere; then each item; then that it was received. Until then nothing here takes the item for held. */
#include "package_int.h"
#include "package_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "blob_batch.h"
#include "evidence_files.h"
#include "record.h"

#define PIECE_BYTES (1u << 20)
#define HOLE_BYTES_MIN 4096u
#define ERASURE_KIND "\"kind\":\"erasure\""

struct importing {
	struct ledger_view *view;
	const struct package_arrival *q;
	struct arena *arena;
	struct package_bag bag;
	struct package_taken *out;
	struct blob_store *blobs;
	struct blob_batch *batch;
	uint8_t *pieces[2];
	digest *erased; /* what this ledger says was erased: it does not come back */
	size_t erased_n;
	digest history;
	bool has_history;
};

/* ---- may it come in ---- */
static enum err judge_item(const struct importing *x, const struct package_item *item, const struct home_genesis *g, struct fault *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	enum err e = record_allowed(g, item->names.head.exercise, f);
	if (e != OK || !item->offered) return e;
	if (!item->addressee_known)
		return fault_set(f, ERR_USAGE, 0, 0,
			"refused (%s): to whom item %.12s was offered is not in the package, so nobody can show that it is theirs: it must "
			"be offered again",
			custody_rule_word(CUSTODY_NOT_ADDRESSEE), digest_hex(&item->id, hex));
	if (slice_equal(item->addressee, x->q->by)) return OK;
	return fault_set(f, ERR_USAGE, 0, 0, "refused (%s): item %.12s was offered to \"%.*s\", not to \"%.*s\"",
		custody_rule_word(CUSTODY_NOT_ADDRESSEE), digest_hex(&item->id, hex), (int)slice_sub(item->addressee, 0, 80).n,
		(const char *)item->addressee.p, (int)slice_sub(x->q->by, 0, 80).n, (const char *)x->q->by.p);
}

static enum err judge(const struct importing *x, struct fault *f)
{
	struct home_genesis genesis;
	enum err e = home_genesis(x->view->home, &genesis, f);
	if (x->q->by.n == 0) return fault_set(f, ERR_USAGE, 0, 0, "who takes it in is not told");
	if (x->q->reason.n == 0) return fault_set(f, ERR_USAGE, 0, 0, "why it is taken in is not told");
	for (unsigned i = 0; e == OK && i < x->out->facts.items_n; i++) e = judge_item(x, &x->out->facts.items[i], &genesis, f);
	return e;
}

/* ---- files become blobs ---- */
struct reading {
	struct importing *x;
	slice path;
	int fd;
	unsigned piece;
};

static bool all_zero(const uint8_t *p, size_t n)
{
	return n >= HOLE_BYTES_MIN && p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

static enum err next_piece(void *context, slice *piece, uint64_t *hole, struct fault *f)
{
	struct reading *r = context;
	uint8_t *room = r->x->pieces[r->piece ^= 1];
	ssize_t n;
	do n = read(r->fd, room, PIECE_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0) return fault_set(f, ERR_DISK, 0, 0, "%.*s: cannot be read", (int)slice_sub(r->path, 0, 200).n, (const char *)r->path.p);
	bool zero = all_zero(room, (size_t)n);
	*hole = zero ? (uint64_t)n : 0;
	*piece = slice_of(room, zero ? 0 : (size_t)n);
	return OK;
}

static enum err take_file(struct importing *x, const struct bag_named *n, struct fault *f)
{
	struct reading r = {.x = x, .path = n->path, .fd = -1};
	struct blob_added got;
	enum err e = package_bag_file(&x->bag, n->path, &r.fd, f);
	if (e != OK) return e;
	e = blob_batch_add(x->batch, (struct blob_source){&r, next_piece}, &got, f);
	(void)close(r.fd);
	if (e != OK || (digest_equal(&got.digests.sha256, &n->file.blob) && got.bytes == n->file.bytes)) return e;
	return fault_set(f, ERR_CHANGED, 0, 0, "%.*s: it is not what it was when the package was checked: nothing was taken in",
		(int)slice_sub(n->path, 0, 160).n, (const char *)n->path.p);
}

static enum err take_files(struct importing *x, struct fault *f)
{
	enum err e = blob_store_open(x->view->home->fd, NULL, &x->blobs, f);
	if (e != OK) return e;
	x->batch = blob_batch_new(x->blobs, 0);
	for (int i = 0; i < 2; i++) x->pieces[i] = mem_alloc(PIECE_BYTES);
	for (unsigned i = 0; i < x->out->facts.items_n && e == OK; i++) {
		const struct package_item *item = &x->out->facts.items[i];
		digest manifest;
		for (size_t k = 0; k < item->names.n && e == OK; k++) e = take_file(x, &item->names.files[k], f);
		if (e == OK) e = blob_put(x->blobs, item->manifest, &manifest, f);
	}
	return e == OK ? blob_batch_flush(x->batch, f) : e;
}

/* ---- what others did comes along ---- */
static enum err read_erased(struct importing *x, struct fault *f)
{
	size_t room = 0;
	slice bytes;
	struct entry entry;
	digest d;
	enum err e = OK;
	for (uint64_t i = 0; e == OK && i < x->view->checkpoint.head.size; i++) {
		e = ledger_view_entry(x->view, i, &bytes, f);
		if (e != OK || slice_find(bytes, SLICE(ERASURE_KIND)) == bytes.n) continue;
		e = entry_parse(bytes, &entry, f);
		if (e != OK || !slice_equal(entry.kind, SLICE("erasure")) || !entry_field_digest(&entry, "blob", &d)) continue;
		if (x->erased_n == room) {
			room = room * 2 + 16;
			x->erased = mem_resize(x->erased, room * sizeof *x->erased);
		}
		x->erased[x->erased_n++] = d;
	}
	return e;
}

static bool was_erased(const struct importing *x, const digest *d)
{
	bool found = false;
	for (size_t i = 0; i < x->erased_n && !found; i++) found = digest_equal(&x->erased[i], d);
	return found;
}

/* A text or proof that an entry names, where the bag has it. */
static enum err take_named(struct importing *x, const struct package_item *item, const digest *d, struct fault *f)
{
	char folder[BAG_ITEM_DIGITS + 1], hex[DIGEST_HEX_BYTES + 1];
	const struct beside *const places[] = {&PACKAGE_TEXTS, &PACKAGE_PROOFS};
	enum err e = OK;
	for (size_t i = 0; i < sizeof places / sizeof *places && e == OK && !was_erased(x, d); i++) {
		slice path = arena_printf(x->arena, "metadata/%s/%s%s%s", bag_item_folder(&item->id, folder), places[i]->folder,
			digest_hex(d, hex), places[i]->ending);
		slice bytes;
		digest put;
		if (bag_list_find(&x->bag.tags, path) == NULL) continue;
		e = package_bag_text(&x->bag, path, BAG_TAG_BYTES_MAX, &bytes, f);
		if (e == OK) e = blob_put(x->blobs, bytes, &put, f);
	}
	return e;
}

/* Our own entries that came back are in our ledger. */
static enum err take_acts(struct importing *x, const struct package_item *item, struct buf *lines, struct fault *f)
{
	digest put;
	enum err e = OK;
	for (unsigned i = 0; i < item->history_n && e == OK; i++) {
		const struct package_act *act = &item->history[i];
		if (slice_equal(act->line.origin, x->view->checkpoint.origin)) continue;
		history_put(lines, &act->line);
		if (!was_erased(x, &act->line.proof)) e = blob_put(x->blobs, act->file, &put, f);
	}
	for (size_t i = 0; i < item->named_n && e == OK; i++) e = take_named(x, item, &item->named[i], f);
	return e;
}

static enum err take_history(struct importing *x, struct fault *f)
{
	struct buf lines = {.max = BAG_TAG_BYTES_MAX};
	enum err e = read_erased(x, f);
	for (unsigned i = 0; i < x->out->facts.items_n && e == OK; i++) e = take_acts(x, &x->out->facts.items[i], &lines, f);
	x->has_history = e == OK && lines.n > 0;
	if (x->has_history) e = blob_put(x->blobs, buf_slice(&lines), &x->history, f);
	buf_free(&lines);
	return e;
}

static void files_close(struct importing *x)
{
	blob_batch_free(x->batch);
	blob_store_close(x->blobs);
	for (int i = 0; i < 2; i++) free(x->pieces[i]);
	package_bag_close(&x->bag);
	free(x->erased);
}

/* ---- entries ---- */
static enum err register_now(struct importing *x, struct evidence_register *out, struct ledger_view *view, struct fault *f)
{
	enum err e = ledger_view_open(x->view->home, view, f);
	return e == OK ? evidence_register_read(view, x->arena, out, f) : e;
}

static const struct evidence_item *item_of(const struct evidence_register *r, const digest *id)
{
	for (unsigned i = 0; i < r->n; i++)
		if (digest_equal(&r->items[i].id, id)) return &r->items[i];
	return NULL;
}

/* The act by which this very offer was received. */
static const struct custody_row *received(const struct evidence_register *r, const struct package_item *item)
{
	const struct evidence_item *here = item_of(r, &item->id);
	digest offer = digest_of(item->offer);
	for (unsigned i = 0; here != NULL && i < here->rows_n; i++) {
		const struct custody_row *row = &here->rows[i];
		if (row->act == CUSTODY_RECEIVE && row->done && row->rule == CUSTODY_ALLOWED && row->has_proof &&
			digest_equal(&row->proof, &offer))
			return row;
	}
	return NULL;
}

static enum err append_package(struct importing *x, struct fault *f)
{
	digest *ids = arena_array(x->arena, x->out->facts.items_n, sizeof *ids);
	for (unsigned i = 0; i < x->out->facts.items_n; i++) ids[i] = x->out->facts.items[i].id;
	struct package_entry entry = {.bag = x->out->facts.bag,
		.imported = true,
		.items = ids,
		.items_n = x->out->facts.items_n,
		.history = x->has_history ? &x->history : NULL,
		.origin = x->out->facts.origin,
		.vkey = x->out->facts.vkey,
		.party = x->q->by,
		.reason = x->q->reason};
	return package_append(x->view->home, &entry, &x->out->place, f);
}

static enum err receive(struct importing *x, const struct package_item *item, uint64_t *entry, struct fault *f)
{
	struct evidence_register all = {0};
	struct ledger_view view = {0};
	enum custody_rule verdict = CUSTODY_ALLOWED;
	struct custody_request act = {.act = CUSTODY_RECEIVE,
		.by = x->q->by,
		.reason = x->q->reason,
		.at = x->q->now,
		.before = &item->id, /* the files were found as they were sealed */
		.proof = item->offer};
	enum err e = register_now(x, &all, &view, f);
	if (e == OK) e = evidence_act(&view, &item->id, &act, x->q->now, &x->out->place, &verdict, f);
	ledger_view_close(&view);
	if (e == OK && verdict != CUSTODY_ALLOWED)
		return fault_set(f, ERR_USAGE, 0, 0, "refused (%s): %s; entry %llu says so", custody_rule_word(verdict),
			custody_rule_text(verdict), (unsigned long long)x->out->place.index);
	if (e == OK) *entry = x->out->place.index;
	return e;
}

static enum err take_offered(struct importing *x, const struct package_item *item, uint64_t *entry, struct fault *f)
{
	struct evidence_register all = {0};
	struct ledger_view view = {0};
	enum err e = register_now(x, &all, &view, f);
	const struct custody_row *row = e == OK ? received(&all, item) : NULL;
	bool here = e == OK && item_of(&all, &item->id) != NULL;
	ledger_view_close(&view);
	if (row != NULL) *entry = row->entry;
	if (e != OK || row != NULL) return e;
	if (!here) e = evidence_append_item(x->view->home, &item->id, &item->names.head, &x->out->place, f);
	return e == OK ? receive(x, item, entry, f) : e;
}

/* A hold that stood where the item comes from stands here too, until it is released here: a disposal must not become lawful by a transfer.
 */
static enum err carry_holds(struct importing *x, const struct package_item *item, struct fault *f)
{
	struct evidence_register all = {0};
	struct ledger_view view = {0};
	enum custody_rule verdict = CUSTODY_ALLOWED;
	struct custody_request act = {.act = CUSTODY_HOLD,
		.by = x->q->by,
		.reason = SLICE("it was under hold where it comes from"),
		.authority = x->out->facts.origin,
		.at = x->q->now};
	enum err e = item->state.holds > 0 ? register_now(x, &all, &view, f) : OK;
	const struct evidence_item *here = e == OK && item->state.holds > 0 ? item_of(&all, &item->id) : NULL;
	unsigned held = 0;
	for (unsigned i = 0; here != NULL && i < here->rows_n; i++)
		held += here->rows[i].act == CUSTODY_HOLD && here->rows[i].done && here->rows[i].rule == CUSTODY_ALLOWED;
	for (; e == OK && here != NULL && held < item->state.holds; held++)
		e = evidence_act(&view, &item->id, &act, x->q->now, &x->out->place, &verdict, f);
	ledger_view_close(&view);
	return e;
}

static enum err take_items(struct importing *x, struct fault *f)
{
	struct package_taken *t = x->out;
	enum err e = OK;
	t->items = arena_array(x->arena, t->facts.items_n, sizeof *t->items);
	t->receives = arena_array(x->arena, t->facts.items_n, sizeof *t->receives);
	for (unsigned i = 0; i < t->facts.items_n && e == OK; i++) {
		const struct package_item *item = &t->facts.items[i];
		t->items[i] = item->id;
		if (item->offered) {
			e = take_offered(x, item, &t->receives[i], f);
			if (e == OK) e = carry_holds(x, item, f);
		} else
			e = evidence_copy(
				x->view->home, &item->id, x->q->by, x->q->reason, x->q->version, x->q->now, &t->items[i], &t->place, f);
	}
	return e;
}

/* Whether all of it is here already. */
static enum err look_before(struct importing *x, bool *all_here, struct fault *f)
{
	struct evidence_register all = {0};
	struct ledger_view view = {0};
	enum err e = register_now(x, &all, &view, f);
	*all_here = e == OK;
	for (unsigned i = 0; *all_here && i < x->out->facts.items_n; i++)
		*all_here = x->out->facts.items[i].offered && received(&all, &x->out->facts.items[i]) != NULL;
	ledger_view_close(&view);
	return e;
}

enum err package_import(struct ledger_view *v, const struct package_arrival *q, struct arena *a, struct package_taken *out, struct fault *f)
{
	struct package_taken taken = {.place = {0}};
	struct importing x = {.view = v, .q = q, .arena = a, .out = &taken};
	bool here = false;
	int lock = -1;
	enum err e = evidence_lock(v->home, false, &lock, f);
	if (e == OK) e = package_check(q->folder, q->trust, false, q->now, a, &taken.facts, f);
	if (e == OK) e = judge(&x, f);
	if (e == OK) e = look_before(&x, &here, f);
	if (e == OK && !here) e = package_bag_open(q->folder, false, a, &x.bag, f);
	if (e == OK && !here) e = take_files(&x, f);
	if (e == OK && !here) e = take_history(&x, f);
	if (e == OK && !here) e = append_package(&x, f);
	if (e == OK) e = take_items(&x, f);
	files_close(&x);
	evidence_unlock(lock);
	if (e == OK) *out = taken;
	return e;
}
