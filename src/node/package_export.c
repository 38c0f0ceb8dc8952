/* A package on its way out. */
#include "package_int.h"

#include <stdlib.h>

#include "bag_words.h"
#include "case_uco.h"
#include "form.h"
#include "salted.h"

#define KEY_KIND "\"kind\":\"key\""

struct exporting {
	const struct package_request *q;
	struct package_source source;
	struct evidence_register all;
	struct evidence_item *items[BAG_ITEMS_MAX]; /* by id, ascending */
	struct bag_names names[BAG_ITEMS_MAX];
	digest ids[BAG_ITEMS_MAX];
	instant date;
	slice vkey; /* the ledger's newest */
};

/* ---- what is asked for ---- */
static int by_id(const void *x, const void *y)
{
	return memcmp(((const digest *)x)->b, ((const digest *)y)->b, DIGEST_BYTES);
}

static enum err find_item(struct exporting *x, unsigned at, struct fault *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	if (at > 0 && memcmp(x->ids[at].b, x->ids[at - 1].b, BAG_ITEM_DIGITS / 2) == 0)
		return fault_set(f, ERR_USAGE, 0, 0, "item %.16s is named twice", digest_hex(&x->ids[at], hex));
	for (unsigned i = 0; i < x->all.n; i++)
		if (digest_equal(&x->all.items[i].id, &x->ids[at])) x->items[at] = &x->all.items[i];
	return x->items[at] != NULL ? OK : fault_set(f, ERR_NOT_FOUND, 0, 0, "no item sha256:%s", digest_hex(&x->ids[at], hex));
}

static enum err find_items(struct exporting *x, struct fault *f)
{
	const struct package_request *q = x->q;
	if (q->items_n == 0) return fault_set(f, ERR_USAGE, 0, 0, "a package needs an item");
	if (q->items_n > BAG_ITEMS_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "more than BAG_ITEMS_MAX = %u items", BAG_ITEMS_MAX);
	if (q->reason.n == 0) return fault_set(f, ERR_USAGE, 0, 0, "a package needs a reason");
	enum err e = evidence_register_read(x->source.view, x->source.arena, &x->all, f);
	if (e != OK) return e;
	memcpy(x->ids, q->items, q->items_n * sizeof *x->ids);
	qsort(x->ids, q->items_n, sizeof *x->ids, by_id);
	for (unsigned i = 0; e == OK && i < q->items_n; i++) e = find_item(x, i, f);
	return e;
}

/* ---- what is said about the ledger ---- */

/* The first entry, and those that replaced its key: from any key that a stranger was given to the one that signed. */
static enum err put_keys(struct exporting *x, struct fault *f)
{
	struct package_source *s = &x->source;
	enum err e = OK;
	slice bytes, vkey;
	struct entry entry;
	for (uint64_t i = 0; e == OK && i < s->view->checkpoint.head.size; i++) {
		e = ledger_view_entry(s->view, i, &bytes, f);
		if (e != OK || (i > 0 && slice_find(bytes, SLICE(KEY_KIND)) == bytes.n)) continue;
		e = entry_parse(bytes, &entry, f);
		if (e != OK || (i > 0 && !slice_equal(entry.kind, SLICE("key")))) continue;
		if (entry_field_text(&entry, i == 0 ? "vkey" : "new", &vkey)) x->vkey = arena_copy(s->arena, vkey);
		e = package_put_entry(
			s, PACKAGE_KEYS, (const char *)arena_printf(s->arena, "%012llu", (unsigned long long)i).p, i, NULL, f);
	}
	return e;
}

static enum err put_policy(struct package_source *s, const struct ledger_state *state, struct fault *f)
{
	struct buf b = {.max = POLICY_BYTES_MAX};
	if (!state->has_policy) return OK;
	enum err e = blob_get(s->blobs, &state->policy, &b, f);
	if (e == OK) e = package_folder_put(s->folder, SLICE("metadata/ledger/policy"), buf_slice(&b), f);
	buf_free(&b);
	return e;
}

static enum err put_ledger(struct exporting *x, struct fault *f)
{
	struct package_source *s = &x->source;
	struct ledger_state state;
	struct buf b = {0};
	enum err e = ledger_state_read(s->view, &state, f);
	if (e == OK) e = put_keys(x, f);
	if (e == OK) e = put_policy(s, &state, f);
	if (e != OK) return e;
	buf_printf(&b, "%.*s\n", (int)x->vkey.n, (const char *)x->vkey.p);
	e = package_folder_put(s->folder, SLICE("metadata/ledger/vkey"), buf_slice(&b), f);
	buf_clear(&b);
	for (unsigned i = 0; i < state.witnesses_n; i++)
		buf_printf(&b, "%.*s\n", (int)state.witnesses[i].vkey.n, (const char *)state.witnesses[i].vkey.p);
	if (e == OK && b.n > 0) e = package_folder_put(s->folder, SLICE("metadata/ledger/witnesses"), buf_slice(&b), f);
	buf_free(&b);
	return e;
}

/* The newest head that the proofs lead to, and the bag's date, which is that of its last entry: the same items under the same head make
 * the same bag. */
static enum err put_head(struct exporting *x, struct fault *f)
{
	slice bytes;
	struct entry entry;
	struct package_source *s = &x->source;
	enum err e = ledger_view_entry(s->view, s->size - 1, &bytes, f);
	if (e == OK) e = entry_parse(bytes, &entry, f);
	if (e == OK) x->date = entry.time;
	return e == OK ? package_folder_put(s->folder, SLICE("metadata/ledger/checkpoint"), s->note, f) : e;
}

/* ---- for tools that exchange investigations ---- */
static const struct case_act *acts_of(struct arena *a, const struct evidence_item *item)
{
	struct case_act *acts = arena_array(a, (size_t)item->rows_n + 1, sizeof *acts);
	for (unsigned i = 0; i < item->rows_n; i++) {
		const struct custody_row *r = &item->rows[i];
		acts[i] = (struct case_act){.act = r->act,
			.at = r->at,
			.by = r->by,
			.party = r->party,
			.reason = r->reason,
			.authority = r->authority,
			.place = r->place,
			.seal = r->seal,
			.done = r->done && r->rule == CUSTODY_ALLOWED,
			.entry = r->entry};
	}
	return acts;
}

static enum err put_case(struct exporting *x, struct fault *f)
{
	struct arena *a = x->source.arena;
	struct case_item *items = arena_array(a, x->q->items_n, sizeof *items);
	struct case_package p = {
		.origin = x->source.view->checkpoint.origin, .version = x->q->version, .items = items, .items_n = x->q->items_n};
	struct buf b = {0};
	for (unsigned i = 0; i < x->q->items_n; i++)
		items[i] = (struct case_item){
			.id = x->ids[i], .names = &x->names[i], .acts = acts_of(a, x->items[i]), .acts_n = x->items[i]->rows_n};
	case_uco_put(&b, &p);
	enum err e = package_folder_put(x->source.folder, SLICE("metadata/case.jsonld"), buf_slice(&b), f);
	buf_free(&b);
	return e;
}

/* ---- on paper ---- */
static const struct form_row *form_rows_of(struct arena *a, const struct evidence_item *item)
{
	struct form_row *rows = arena_array(a, (size_t)item->rows_n + 1, sizeof *rows);
	for (unsigned i = 0; i < item->rows_n; i++) {
		const struct custody_row *r = &item->rows[i];
		rows[i] = (struct form_row){.entry = r->entry,
			.told = r->told,
			.at = r->at,
			.act = r->act,
			.by = r->by,
			.party = r->party,
			.place = r->place,
			.reason = r->reason,
			.authority = r->authority,
			.seal = r->seal,
			.before = r->has_before ? &r->before : NULL,
			.after = r->has_after ? &r->after : NULL,
			.made = r->has_made ? &r->made : NULL,
			.done = r->done,
			.rule = r->rule};
	}
	return rows;
}

static enum err put_form(struct exporting *x, const struct evidence_item *item, struct fault *f)
{
	struct package_source *s = &x->source;
	struct buf manifest = {.max = MANIFEST_BYTES_MAX}, pdf = {0};
	char folder[BAG_ITEM_DIGITS + 1];
	enum err e = blob_get(s->blobs, &item->id, &manifest, f);
	struct form form = {.item = item->id,
		.manifest = buf_slice(&manifest),
		.origin = s->view->checkpoint.origin,
		.entry = item->entry,
		.sealed = item->told,
		.state = item->state,
		.rows = form_rows_of(s->arena, item),
		.rows_n = item->rows_n,
		.author = s->view->checkpoint.origin,
		.from = item->state.holder,
		.to = x->q->party,
		.now = x->date};
	if (e == OK) e = form_pdf(&form, s->arena, &pdf, NULL, f);
	if (e == OK)
		e = package_folder_put(s->folder, arena_printf(s->arena, "metadata/%s/custody.pdf", bag_item_folder(&item->id, folder)),
			buf_slice(&pdf), f);
	buf_free(&manifest);
	buf_free(&pdf);
	return e;
}

/* ---- writing ---- */
static enum err put_words(struct exporting *x, struct fault *f)
{
	struct package_folder *p = x->source.folder;
	enum err e = package_folder_put(p, SLICE("VERIFY.txt"), slice_of(bag_verify_txt, bag_verify_txt_bytes), f);
	return e == OK ? package_folder_put(p, SLICE("verify.py"), slice_of(bag_verify_py, bag_verify_py_bytes), f) : e;
}

static enum err write_bag(struct exporting *x, struct package_written *out, struct fault *f)
{
	const struct package_request *q = x->q;
	struct package_source *s = &x->source;
	struct bag_info info = {.organization = s->view->checkpoint.origin,
		.version = q->version,
		.recipient = q->party,
		.reason = q->reason,
		.items = x->ids,
		.items_n = q->items_n};
	enum err e = put_ledger(x, f);
	for (unsigned i = 0; e == OK && i < q->items_n; i++) {
		s->item = x->items[i];
		e = package_put_item(s, &x->names[i], f);
	}
	if (e == OK) e = put_case(x, f);
	if (e == OK) e = put_words(x, f);
	if (e == OK) e = put_head(x, f);
	for (unsigned i = 0; e == OK && i < q->items_n; i++) e = put_form(x, x->items[i], f);
	info.date = x->date;
	if (e == OK) e = package_folder_seal(s->folder, &info, &out->bag, f);
	out->files = package_folder_payload(s->folder)->n;
	out->bytes = bag_list_bytes(package_folder_payload(s->folder));
	out->texts_gone = s->texts_gone;
	return e;
}

/* ---- the entry ---- */
enum err package_append(struct home *h, const struct package_entry *p, struct node_place *place, struct fault *f)
{
	struct blob_store *blobs = NULL;
	struct buf body = {0};
	digest texts[3];
	unsigned n = 0;
	enum err e = blob_store_open(h->fd, NULL, &blobs, f);
	if (e == OK) e = evidence_put_text(blobs, p->reason, &texts[n++], f);
	if (e == OK && p->party.n > 0) e = evidence_put_text(blobs, p->party, &texts[n++], f);
	blob_store_close(blobs);
	if (e != OK) return e;
	bool party = n > 1;
	if (p->history != NULL) texts[n++] = *p->history;
	struct canonical_writer w = canonical_open(&body);
	entry_write_digest(&w, "bag", &p->bag);
	canonical_put_text(&w, "direction", p->imported ? SLICE("imported") : SLICE("exported"));
	if (p->history != NULL) entry_write_digest(&w, "history", p->history);
	canonical_put_key(&w, "items");
	for (unsigned i = 0; i < p->items_n; i++) {
		buf_add_text(&body, i == 0 ? "[\"" : ",\"");
		entry_put_digest(&body, &p->items[i]);
		buf_add_byte(&body, '"');
	}
	buf_add_byte(&body, ']');
	if (p->origin.n > 0) canonical_put_text(&w, "origin", p->origin);
	if (party) entry_write_digest(&w, "party", &texts[1]);
	entry_write_digest(&w, "reason", &texts[0]);
	if (p->vkey.n > 0) canonical_put_text(&w, "vkey", p->vkey);
	canonical_close(&w);
	struct node_entry entry = {.kind = SLICE("package"), .body = buf_slice(&body), .blobs = texts, .blob_count = n};
	e = node_append(h, &entry, place, f);
	buf_free(&body);
	return e;
}

/* Nothing leaves without its entry: it is appended when the bag is whole and durable, before it gets its name. */
static enum err send(struct exporting *x, struct package_written *out, struct fault *f)
{
	struct package_source *s = &x->source;
	struct fault why = {0};
	enum err e = write_bag(x, out, f);
	struct package_entry entry = {
		.bag = out->bag, .items = x->ids, .items_n = x->q->items_n, .party = x->q->party, .reason = x->q->reason};
	if (e == OK) e = package_append(s->view->home, &entry, &out->place, f);
	if (e != OK) return e;
	e = package_folder_name(s->folder, &why);
	return e == OK ? OK
		       : fault_set(f, e, 0, 0, "%.200s (entry %llu tells of a package that nobody has: export again)", why.text,
				 (unsigned long long)out->place.index);
}

enum err package_export(struct ledger_view *v, const struct package_request *q, struct package_written *out, struct fault *f)
{
	struct exporting *x = mem_alloc(sizeof *x);
	struct package_written written = {.files = 0};
	x->q = q;
	x->source = (struct package_source){.view = v, .arena = arena_new(0), .all = &x->all};
	enum err e = find_items(x, f);
	if (e == OK) e = blob_store_open(v->home->fd, NULL, &x->source.blobs, f);
	if (e == OK) e = package_folder_new(q->dir, v->home->fd, q->disk, &x->source.folder, f);
	if (e == OK) e = send(x, &written, f);
	package_folder_free(x->source.folder);
	blob_store_close(x->source.blobs);
	arena_free(x->source.arena);
	free(x);
	if (e == OK) *out = written;
	return e;
}
