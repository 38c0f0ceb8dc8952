/* The register of evidence: entries of kinds item and custody, in order. */
#include "evidence.h"

#include <errno.h>
#include <stdlib.h>

#include "proof_file.h"
#include "salted.h"

#define NAME_DIGITS_MIN 6

struct reading {
	struct ledger_view *view;
	struct blob_store *blobs;
	struct arena *arena;
	struct evidence_register *r;
	digest *arrived; /* items of packages that came in */
	unsigned arrived_n, arrived_room;
	struct evidence_before *before; /* what came with them */
	unsigned before_n, before_room;
};

/* ---- texts ---- */

/* A text that was erased, or is missing, is empty: what it says is gone, not what was done. */
static slice text_of(struct reading *r, const struct entry *e, const char *name)
{
	digest d;
	slice text = {0};
	if (!entry_field_digest(e, name, &d) || salted_get(r->blobs, &d, r->arena, &text, NULL) != OK) return (slice){0};
	return text;
}

static uint64_t count_of(const struct entry *e, const char *name)
{
	uint64_t n = 0;
	(void)entry_field_count(e, name, &n);
	return n;
}

static instant time_of(const struct entry *e, const char *name)
{
	instant t = INSTANT_NONE;
	(void)entry_field_time(e, name, &t);
	return t;
}

static slice word_of(const struct entry *e, const char *name)
{
	slice word = {0};
	(void)entry_field_text(e, name, &word);
	return word;
}

/* ---- items ---- */
static void *grown(struct arena *a, void *old, unsigned n, unsigned *room, size_t size)
{
	if (n < *room) return old;
	*room = *room * 2 + 8;
	void *more = arena_array(a, *room, size);
	if (n > 0) memcpy(more, old, n * size);
	return more;
}

static struct evidence_item *item_by_id(const struct evidence_register *r, const digest *id)
{
	for (unsigned i = 0; i < r->n; i++)
		if (digest_equal(&r->items[i].id, id)) return &r->items[i];
	return NULL;
}

/* Who collected it stands in the manifest alone. */
static void take_head(struct reading *r, struct evidence_item *item)
{
	struct manifest_walk walk;
	struct buf bytes = {.max = MANIFEST_BYTES_MAX};
	item->readable = blob_get(r->blobs, &item->id, &bytes, NULL) == OK && manifest_open(buf_slice(&bytes), r->arena, &walk, NULL) == OK;
	if (item->readable) item->collector = arena_copy(r->arena, walk.head.collector);
	buf_free(&bytes);
}

static void take_item(struct reading *r, uint64_t index, const struct entry *e)
{
	struct evidence_item item = {.entry = index,
		.told = e->time,
		.actor = arena_copy(r->arena, e->actor),
		.case_name = text_of(r, e, "case"),
		.reason = text_of(r, e, "reason"),
		.began = time_of(e, "began"),
		.ended = time_of(e, "ended"),
		.files = count_of(e, "files"),
		.bytes = count_of(e, "bytes"),
		.marking = tlp_from_text(word_of(e, "marking"))};
	struct evidence_register *all = r->r;
	if (!entry_field_digest(e, "manifest", &item.id) || item_by_id(all, &item.id) != NULL) return;
	if (!item_form_parse(word_of(e, "form"), &item.form)) return;
	item.has_from = entry_field_digest(e, "from", &item.from);
	(void)entry_field_bool(e, "exercise", &item.exercise);
	take_head(r, &item);
	item.state = custody_begin(item.collector, item.ended);
	for (unsigned i = 0; i < r->arrived_n; i++)
		if (digest_equal(&r->arrived[i], &item.id)) item.state.place = CUSTODY_GONE;
	all->items = grown(r->arena, all->items, all->n, &all->room, sizeof *all->items);
	all->items[all->n++] = item;
}

/* ---- custody ---- */
static struct custody_row row_of(struct reading *r, uint64_t index, const struct entry *e)
{
	struct custody_row row = {.entry = index,
		.told = e->time,
		.actor = arena_copy(r->arena, e->actor),
		.at = time_of(e, "at"),
		.by = text_of(r, e, "by"),
		.party = text_of(r, e, "party"),
		.reason = text_of(r, e, "reason"),
		.authority = text_of(r, e, "authority"),
		.place = text_of(r, e, "place"),
		.seal = text_of(r, e, "seal")};
	(void)custody_act_parse(word_of(e, "act"), &row.act);
	(void)entry_field_bool(e, "done", &row.done);
	row.has_before = entry_field_digest(e, "before", &row.before);
	row.has_after = entry_field_digest(e, "after", &row.after);
	row.has_made = entry_field_digest(e, "made", &row.made);
	row.has_proof = entry_field_digest(e, "proof", &row.proof);
	return row;
}

static void take_custody(struct reading *r, uint64_t index, const struct entry *e)
{
	struct custody_row row = row_of(r, index, e);
	struct canonical_value authority;
	struct evidence_item *item;
	digest id;
	if (!entry_field_digest(e, "item", &id) || (item = item_by_id(r->r, &id)) == NULL) return;
	struct custody_move move = {.act = row.act,
		.by = row.by,
		.party = row.party,
		.authority = entry_field(e, "authority", &authority),
		.proven = row.has_proof,
		.at = row.at,
		.told = row.told};
	row.rule = row.done ? custody_apply(&item->state, &move) : custody_judge(&item->state, &move);
	item->rows = grown(r->arena, item->rows, item->rows_n, &item->rows_room, sizeof *item->rows);
	item->rows[item->rows_n++] = row;
}

/* ---- what was done elsewhere ---- */
static enum custody_rule rule_of(const struct entry *e)
{
	slice word = word_of(e, "rule");
	enum custody_rule rule = CUSTODY_ALLOWED;
	for (int i = 0; word.n > 0 && i < CUSTODY_RULES; i++)
		if (slice_equal(word, slice_from(custody_rule_word((enum custody_rule)i)))) rule = (enum custody_rule)i;
	return rule;
}

/* Its bytes were proven when they came in; the blob's name keeps them. One that was erased leaves its line. */
static void read_before(struct reading *r, struct evidence_before *b)
{
	struct buf bytes = {.max = PROOF_FILE_BYTES_MAX};
	struct proof_file file = {.index = 0};
	struct entry e;
	slice said;
	enum err found = blob_get(r->blobs, &b->line.proof, &bytes, NULL);
	bool there = found == OK && proof_file_parse(arena_copy(r->arena, buf_slice(&bytes)), r->arena, &file, NULL) == OK;
	b->damaged = found != OK && found != ERR_NOT_FOUND;
	buf_free(&bytes);
	said = slice_cut(&file.extra, '\n'); /* what stands behind it was not proven */
	if (!there || entry_parse(said, &e, NULL) != OK) return;
	b->bytes = said;
	b->sealed = slice_equal(e.kind, SLICE("item"));
	b->row = row_of(r, b->line.entry, &e);
	b->row.rule = rule_of(&e);
	if (b->sealed) b->row.at = time_of(&e, "ended");
}

/* It came before: items come back, and imports are repeated. */
static bool told_before(const struct reading *r, const struct evidence_before *b)
{
	for (unsigned i = 0; i < r->before_n; i++) {
		struct evidence_before *other = &r->before[i];
		if (other->line.entry != b->line.entry || !digest_equal(&other->line.item, &b->line.item) ||
			!slice_equal(other->line.origin, b->line.origin) || !slice_equal(other->bytes, b->bytes))
			continue;
		other->line.judged |= b->line.judged;
		return true;
	}
	return false;
}

static void take_history(struct reading *r, const digest *name)
{
	struct buf lines = {.max = BAG_TAG_BYTES_MAX};
	slice rest = {0};
	if (blob_get(r->blobs, name, &lines, NULL) == OK) rest = arena_copy(r->arena, buf_slice(&lines));
	buf_free(&lines);
	while (rest.n > 0) {
		struct evidence_before b = {.line = {.entry = 0}};
		if (history_next(&rest, r->arena, &b.line, NULL) != OK) continue;
		read_before(r, &b);
		if (told_before(r, &b)) continue;
		r->before = grown(r->arena, r->before, r->before_n, &r->before_room, sizeof *r->before);
		r->before[r->before_n++] = b;
	}
}

static int by_time(const void *x, const void *y)
{
	const struct evidence_before *a = x, *b = y;
	int origins = slice_compare(a->line.origin, b->line.origin);
	if (a->row.told != b->row.told) return a->row.told < b->row.told ? -1 : 1;
	return origins != 0 ? origins : (a->line.entry > b->line.entry) - (a->line.entry < b->line.entry);
}

/* To the item itself; to a copy of it when only that is here. */
static void hand_out(struct reading *r)
{
	for (unsigned k = 0; k < r->before_n; k++) {
		const struct evidence_before *b = &r->before[k];
		bool here = item_by_id(r->r, &b->line.item) != NULL;
		for (unsigned i = 0; i < r->r->n; i++) {
			struct evidence_item *item = &r->r->items[i];
			if (!digest_equal(here ? &item->id : &item->from, &b->line.item)) continue;
			item->before = grown(r->arena, item->before, item->before_n, &item->before_room, sizeof *item->before);
			item->before[item->before_n++] = *b;
		}
	}
	for (unsigned i = 0; i < r->r->n; i++)
		if (r->r->items[i].before_n > 1)
			qsort(r->r->items[i].before, r->r->items[i].before_n, sizeof *r->r->items[i].before, by_time);
}

/* What a package brought begins elsewhere: it is held here once it was received. */
static void take_package(struct reading *r, const struct entry *e)
{
	struct canonical_value items;
	slice text;
	digest d;
	if (!slice_equal(word_of(e, "direction"), SLICE("imported")) || !entry_field(e, "items", &items)) return;
	for (struct canonical_walk w = canonical_walk(items.raw); canonical_next(&w);) {
		if (!canonical_get_plain(w.value, &text) || !entry_get_digest(text, &d)) continue;
		r->arrived = grown(r->arena, r->arrived, r->arrived_n, &r->arrived_room, sizeof *r->arrived);
		r->arrived[r->arrived_n++] = d;
	}
	if (entry_field_digest(e, "history", &d)) take_history(r, &d);
}

static enum err take_entry(struct reading *r, uint64_t index, slice bytes, struct fault *f)
{
	static const char *const KINDS[] = {"\"kind\":\"item\"", "\"kind\":\"custody\"", "\"kind\":\"package\""};
	struct entry e;
	bool ours = false;
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS && !ours; i++) ours = slice_find(bytes, slice_from(KINDS[i])) < bytes.n;
	if (!ours) return OK;
	enum err error = entry_parse(bytes, &e, f);
	if (error != OK) return error;
	if (slice_equal(e.kind, SLICE("item"))) take_item(r, index, &e);
	if (slice_equal(e.kind, SLICE("custody"))) take_custody(r, index, &e);
	if (slice_equal(e.kind, SLICE("package"))) take_package(r, &e);
	return OK;
}

enum err evidence_register_read(struct ledger_view *v, struct arena *a, struct evidence_register *out, struct fault *f)
{
	struct evidence_register all = {0};
	struct reading r = {.view = v, .arena = a, .r = &all};
	slice bytes;
	enum err e = blob_store_open(v->home->fd, NULL, &r.blobs, f);
	for (uint64_t i = 0; e == OK && i < v->checkpoint.head.size; i++) {
		e = ledger_view_entry(v, i, &bytes, f);
		if (e == OK) e = take_entry(&r, i, bytes, f);
	}
	blob_store_close(r.blobs);
	if (e == OK) hand_out(&r);
	if (e == OK) *out = all;
	return e;
}

static bool begins(const digest *id, slice digits)
{
	char hex[DIGEST_HEX_BYTES + 1];
	return slice_starts(slice_of(digest_hex(id, hex), DIGEST_HEX_BYTES), digits);
}

enum err evidence_find(const struct evidence_register *r, slice name, struct evidence_item **out, struct fault *f)
{
	slice digits = slice_starts(name, SLICE("sha256:")) ? slice_sub(name, 7, SIZE_MAX) : name;
	struct evidence_item *found = NULL;
	for (size_t i = 0; i < digits.n; i++)
		if (memchr("0123456789abcdef", digits.p[i], 16) == NULL) digits.n = 0;
	if (digits.n < NAME_DIGITS_MIN || digits.n > DIGEST_HEX_BYTES)
		return fault_set(f, ERR_USAGE, 0, 0,
			"an item is named by its id, or at least %d of its first digits (lower-case hexadecimal): found \"%.*s\"",
			NAME_DIGITS_MIN, (int)slice_sub(name, 0, 80).n, (const char *)name.p);
	for (unsigned i = 0; i < r->n; i++) {
		if (!begins(&r->items[i].id, digits)) continue;
		if (found != NULL)
			return fault_set(f, ERR_EXISTS, 0, 0, "several items begin with %.*s: give more digits", (int)digits.n,
				(const char *)digits.p);
		found = &r->items[i];
	}
	if (found == NULL)
		return fault_set(f, ERR_NOT_FOUND, 0, 0, "no item begins with %.*s (`kulla evidence list` shows them)", (int)digits.n,
			(const char *)digits.p);
	*out = found;
	return OK;
}

enum err evidence_manifest(const struct home *h, const digest *id, struct buf *out, struct fault *f)
{
	struct blob_store *blobs = NULL;
	enum err e = blob_store_open(h->fd, NULL, &blobs, f);
	if (e == OK) e = blob_get(blobs, id, out, f);
	blob_store_close(blobs);
	return e;
}

/* ---- appending ---- */
enum err evidence_put_text(struct blob_store *blobs, slice text, digest *out, struct fault *f)
{
	if (text.n > EVIDENCE_TEXT_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "a text is longer than EVIDENCE_TEXT_BYTES_MAX = %u bytes", EVIDENCE_TEXT_BYTES_MAX);
	return node_put_text(blobs, text, out, f);
}

enum err evidence_append_item(
	struct home *h, const digest *manifest, const struct manifest_head *head, struct node_place *place, struct fault *f)
{
	struct blob_store *blobs = NULL;
	struct buf body = {0};
	digest all[3] = {*manifest};
	enum err e = blob_store_open(h->fd, NULL, &blobs, f);
	if (e == OK) e = evidence_put_text(blobs, head->case_name, &all[1], f);
	if (e == OK) e = evidence_put_text(blobs, head->reason, &all[2], f);
	blob_store_close(blobs);
	if (e != OK) return e;
	struct canonical_writer w = canonical_open(&body);
	entry_write_time(&w, "began", head->began);
	canonical_put_count(&w, "bytes", head->bytes);
	entry_write_digest(&w, "case", &all[1]);
	entry_write_time(&w, "ended", head->ended);
	canonical_put_bool(&w, "exercise", head->exercise);
	canonical_put_count(&w, "files", head->files);
	canonical_put_text(&w, "form", slice_from(item_form_text(head->form)));
	if (head->has_from) entry_write_digest(&w, "from", &head->from);
	entry_write_digest(&w, "manifest", manifest);
	canonical_put_text(&w, "marking", slice_from(tlp_text(head->marking)));
	entry_write_digest(&w, "reason", &all[2]);
	canonical_put_text(&w, "version", head->version);
	canonical_close(&w);
	struct node_entry entry = {.kind = SLICE("item"), .body = buf_slice(&body), .blobs = all, .blob_count = 3};
	e = node_append(h, &entry, place, f);
	buf_free(&body);
	return e;
}

/* ---- acting ---- */

/* The salted texts of one act, and its proof; at most so many blobs. */
enum { BY, REASON, PARTY, AUTHORITY, PLACE, SEAL, TEXTS };
struct act_blobs {
	digest texts[TEXTS], proof;
	bool has[TEXTS], has_proof;
	digest all[TEXTS + 1];
	unsigned n;
};

static enum err put_blobs(const struct home *h, const struct custody_request *q, struct act_blobs *out, struct fault *f)
{
	const slice texts[TEXTS] = {
		[BY] = q->by, [REASON] = q->reason, [PARTY] = q->party, [AUTHORITY] = q->authority, [PLACE] = q->place, [SEAL] = q->seal};
	struct blob_store *blobs = NULL;
	enum err e = blob_store_open(h->fd, NULL, &blobs, f);
	for (unsigned i = 0; e == OK && i < TEXTS; i++) {
		if (texts[i].n == 0) continue;
		e = evidence_put_text(blobs, texts[i], &out->texts[i], f);
		out->has[i] = e == OK;
		if (e == OK) out->all[out->n++] = out->texts[i];
	}
	if (e == OK && q->proof.n > 0) {
		e = blob_put(blobs, q->proof, &out->proof, f);
		out->has_proof = e == OK;
		if (e == OK) out->all[out->n++] = out->proof;
	}
	blob_store_close(blobs);
	return e;
}

static void write_text(struct canonical_writer *w, const char *name, const struct act_blobs *blobs, unsigned which)
{
	if (blobs->has[which]) entry_write_digest(w, name, &blobs->texts[which]);
}

static void write_body(
	struct buf *b, const digest *item, const struct custody_request *q, const struct act_blobs *blobs, enum custody_rule rule)
{
	struct canonical_writer w = canonical_open(b);
	canonical_put_text(&w, "act", slice_from(custody_act_text(q->act)));
	if (q->after != NULL) entry_write_digest(&w, "after", q->after);
	entry_write_time(&w, "at", q->at);
	write_text(&w, "authority", blobs, AUTHORITY);
	if (q->before != NULL) entry_write_digest(&w, "before", q->before);
	write_text(&w, "by", blobs, BY);
	canonical_put_bool(&w, "done", rule == CUSTODY_ALLOWED);
	entry_write_digest(&w, "item", item);
	if (q->made != NULL) entry_write_digest(&w, "made", q->made);
	write_text(&w, "party", blobs, PARTY);
	write_text(&w, "place", blobs, PLACE);
	if (blobs->has_proof) entry_write_digest(&w, "proof", &blobs->proof);
	write_text(&w, "reason", blobs, REASON);
	if (rule != CUSTODY_ALLOWED) canonical_put_text(&w, "rule", slice_from(custody_rule_word(rule)));
	write_text(&w, "seal", blobs, SEAL);
	canonical_close(&w);
}

static enum err append(struct home *h, const digest *item, const struct custody_request *q, enum custody_rule rule,
	struct node_place *place, struct fault *f)
{
	struct act_blobs blobs = {.n = 0};
	struct buf body = {0};
	enum err e = put_blobs(h, q, &blobs, f);
	if (e != OK) return e;
	write_body(&body, item, q, &blobs, rule);
	struct node_entry entry = {.kind = SLICE("custody"), .body = buf_slice(&body), .blobs = blobs.all, .blob_count = blobs.n};
	e = node_append(h, &entry, place, f);
	buf_free(&body);
	return e;
}

/* How our own row stands where the ledger put it. */
static enum err judged_there(struct ledger_view *v, const digest *item, uint64_t entry, enum custody_rule *verdict, struct fault *f)
{
	struct evidence_register now = {0};
	struct ledger_view fresh = {0};
	struct arena *a = arena_new(0);
	enum err e = ledger_view_open(v->home, &fresh, f);
	if (e == OK) e = evidence_register_read(&fresh, a, &now, f);
	const struct evidence_item *it = e == OK ? item_by_id(&now, item) : NULL;
	for (unsigned i = 0; it != NULL && i < it->rows_n; i++)
		if (it->rows[i].entry == entry) *verdict = it->rows[i].rule;
	ledger_view_close(&fresh);
	arena_free(a);
	return e;
}

enum err evidence_act(struct ledger_view *v, const digest *item, const struct custody_request *q, instant now, struct node_place *place,
	enum custody_rule *verdict, struct fault *f)
{
	struct evidence_register all = {0};
	struct arena *a = arena_new(0);
	struct custody_move move = {.act = q->act,
		.by = q->by,
		.party = q->party,
		.authority = q->authority.n > 0,
		.proven = q->proof.n > 0,
		.at = q->at,
		.told = now};
	enum err e = evidence_register_read(v, a, &all, f);
	const struct evidence_item *it = e == OK ? item_by_id(&all, item) : NULL;
	if (e == OK && it == NULL) e = fault_set(f, ERR_NOT_FOUND, 0, 0, "no such item");
	enum custody_rule rule = e == OK ? custody_judge(&it->state, &move) : CUSTODY_ALLOWED;
	arena_free(a);
	if (e == OK) e = append(v->home, item, q, rule, place, f);
	if (e != OK) return e;
	*verdict = rule;
	return rule == CUSTODY_ALLOWED ? judged_there(v, item, place->index, verdict, f) : OK;
}
