/* Receipts: the proof file of a `receive`. Its extra data are the entry, a newline, and the blob that the entry names as its proof: the
 * offer's proof file, with the offer's entry in it. So the one who offered finds his own entry again, and nothing else is needed. */
#include "package_int.h"

#include "proof_file.h"

/* ---- making ---- */
static enum err read_parts(struct ledger_view *v, uint64_t receive, struct buf *extra, struct fault *f)
{
	struct blob_store *blobs = NULL;
	struct entry entry;
	slice bytes;
	digest proof;
	enum err e = ledger_view_entry(v, receive, &bytes, f);
	if (e == OK) buf_add(extra, bytes);
	if (e == OK) e = entry_parse(bytes, &entry, f);
	if (e == OK && !entry_field_digest(&entry, "proof", &proof))
		return fault_set(f, ERR_USAGE, 0, 0, "entry %llu has no proof of an offer", (unsigned long long)receive);
	buf_add_byte(extra, '\n');
	if (e == OK) e = blob_store_open(v->home->fd, NULL, &blobs, f);
	if (e == OK) e = blob_get(blobs, &proof, extra, f);
	blob_store_close(blobs);
	return e;
}

enum err package_receipt(struct ledger_view *v, uint64_t receive, struct buf *out, struct fault *f)
{
	struct buf extra = {.max = PROOF_FILE_EXTRA_BYTES_MAX}, proof = {0};
	struct proof_file file;
	enum err e = read_parts(v, receive, &extra, f);
	if (e == OK) e = ledger_view_prove(v, receive, &proof, f);
	if (e == OK) e = proof_file_parse(buf_slice(&proof), v->arena, &file, f);
	if (e == OK) {
		file.extra = buf_slice(&extra);
		proof_file_put(out, &file);
	}
	buf_free(&extra);
	buf_free(&proof);
	return e;
}

/* ---- judging ---- */
static enum err refuse(struct fault *f, const char *found)
{
	return fault_set(f, ERR_SYNTAX, 0, 0, "no receipt: %s", found);
}

static enum err read_receive(slice bytes, digest *offer, struct package_receipt *out, struct fault *f)
{
	struct entry entry;
	slice act = {0};
	bool done = false;
	enum err e = entry_parse(bytes, &entry, f);
	if (e != OK) return e;
	if (!slice_equal(entry.kind, SLICE("custody")) || !entry_field_text(&entry, "act", &act) || !slice_equal(act, SLICE("receive")))
		return refuse(f, "its entry is not that something was received");
	if (!entry_field_bool(&entry, "done", &done) || !done) return refuse(f, "the other side refused it");
	if (!entry_field_digest(&entry, "proof", offer)) return refuse(f, "its entry names no offer");
	(void)entry_field_digest(&entry, "item", &out->item);
	(void)entry_field_time(&entry, "at", &out->at);
	return OK;
}

static enum err read_offer(slice bytes, const digest *expected, struct arena *a, struct package_receipt *out, struct fault *f)
{
	struct proof_file offer;
	digest found = digest_of(bytes);
	if (!digest_equal(&found, expected)) return refuse(f, "the offer beside it is not the one that its entry names");
	enum err e = proof_file_parse(bytes, a, &offer, f);
	if (e != OK) return e;
	out->offer_index = offer.index;
	out->offer_entry = offer.extra;
	return OK;
}

enum err package_receipt_check(slice receipt, const struct policy *policy, struct arena *a, struct package_receipt *out, struct fault *f)
{
	struct package_receipt r = {.at = INSTANT_NONE};
	struct policy_verdict verdict;
	struct proof_file file;
	digest offer;
	enum err e = proof_file_parse(receipt, a, &file, f);
	if (e != OK) return e;
	slice rest = file.extra, entry = slice_cut(&rest, '\n');
	digest leaf = tree_leaf(entry);
	e = proof_file_check(&file, &leaf, policy, a, &verdict, f);
	if (e == OK) e = read_receive(entry, &offer, &r, f);
	if (e == OK) e = read_offer(rest, &offer, a, &r, f);
	if (e != OK) return e;
	r.origin = verdict.checkpoint.origin;
	*out = r;
	return OK;
}

/* ---- delivered ---- */

/* The transfer that still waits. */
static const struct custody_row *open_offer(const struct evidence_register *all, const digest *id)
{
	const struct custody_row *last = NULL;
	for (unsigned i = 0; i < all->n; i++)
		for (unsigned k = 0; digest_equal(&all->items[i].id, id) && k < all->items[i].rows_n; k++) {
			const struct custody_row *row = &all->items[i].rows[k];
			if (row->done && row->rule == CUSTODY_ALLOWED && row->act == CUSTODY_TRANSFER) last = row;
		}
	return last;
}

static enum err judge_offer(
	struct ledger_view *v, const struct package_receipt *r, const struct custody_row *offer, const digest *item, struct fault *f)
{
	slice ours;
	if (!digest_equal(&r->item, item)) return fault_set(f, ERR_USAGE, 0, 0, "the receipt is of another item");
	if (offer == NULL || offer->entry != r->offer_index)
		return fault_set(f, ERR_USAGE, 0, 0, "the receipt is of the offer of entry %llu, which is not the last of this item",
			(unsigned long long)r->offer_index);
	enum err e = ledger_view_entry(v, r->offer_index, &ours, f);
	if (e != OK || slice_equal(ours, r->offer_entry)) return e;
	return fault_set(f, ERR_USAGE, 0, 0, "the receipt is of an offer of another ledger than this one");
}

enum err package_deliver(
	struct ledger_view *v, const struct package_delivery *q, struct node_place *place, enum custody_rule *verdict, struct fault *f)
{
	struct evidence_register all = {0};
	struct package_receipt r;
	struct arena *a = arena_new(0);
	enum err e = package_receipt_check(q->receipt, q->policy, a, &r, f);
	if (e == OK) e = evidence_register_read(v, a, &all, f);
	const struct custody_row *offer = e == OK ? open_offer(&all, q->item) : NULL;
	if (e == OK) e = judge_offer(v, &r, offer, q->item, f);
	if (e == OK) {
		struct custody_request act = {.act = CUSTODY_DELIVERED,
			.by = q->by,
			.reason = q->reason,
			.party = offer->party,
			.at = q->now,
			.proof = q->receipt};
		e = evidence_act(v, q->item, &act, q->now, place, verdict, f);
	}
	arena_free(a);
	return e;
}
