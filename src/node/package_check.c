/* What a bag says, proven from the keys down: the ledger's keys, each item's entry, manifest and files, each act of custody, each stamp. */
#include "package_int.h"
#include "package_read.h"

#include <stdlib.h>

#include "proof_file.h"
#include "salted.h"
#include "stamp.h"
#include "text.h"

#define METADATA "metadata/"
#define ITEM_BASE_BYTES (sizeof METADATA + BAG_ITEM_DIGITS) /* "metadata/<item>/" */
#define MANIFEST_NAME "manifest.jsonl"

struct checking {
	struct package_bag bag;
	struct policy policy; /* the trusted one; the ledger's keys are added when one of them is in it */
	struct arena *arena;
	struct package_facts facts;
	instant now;
	/* of the item that is checked now */
	slice base;
	struct package_item *item;
	struct digest_list {
		digest *d;
		size_t n, room;
	} named; /* blobs that its entries name */
	uint64_t last_entry;
	size_t payload_met;
};
struct proven {
	uint64_t index;
	struct entry entry;
	slice bytes;
	struct proof_file proof;
};

/* A fault of something in a file, with the file's name. */
static enum err within(slice path, enum err e, const struct fault *inner, struct fault *f)
{
	return e == OK ? OK
		       : fault_set(f, e, inner->line, inner->offset, "%.*s: %.200s", (int)slice_sub(path, 0, 100).n, (const char *)path.p,
				 inner->text);
}

static enum err wrong(slice path, const char *what, struct fault *f)
{
	return fault_set(f, ERR_DAMAGED, 0, 0, "%.*s: %s", (int)slice_sub(path, 0, 120).n, (const char *)path.p, what);
}

static slice join(struct checking *c, slice a, const char *b)
{
	return arena_join(c->arena, a, slice_from(b));
}

/* ---- entries ---- */
static enum err read_entry(struct checking *c, slice path, const char *kind, struct proven *out, struct fault *f)
{
	struct fault inner = {0};
	enum err e = package_bag_text(&c->bag, path, ENTRY_BYTES_MAX, &out->bytes, f);
	if (e != OK) return e;
	e = within(path, entry_parse(out->bytes, &out->entry, &inner), &inner, f);
	if (e == OK && !slice_equal(out->entry.kind, slice_from(kind))) return wrong(path, "is an entry of another kind than expected", f);
	return e;
}

static bool add_named(struct digest_list *l, digest d)
{
	if (l->n == l->room) {
		l->room = l->room * 2 + 64;
		l->d = mem_resize(l->d, l->room * sizeof *l->d);
	}
	l->d[l->n++] = d;
	return true;
}

/* STEM.json under STEM.tlog-proof. */
static enum err prove(struct checking *c, slice stem, const char *kind, struct proven *out, struct fault *f)
{
	slice path = join(c, stem, PACKAGE_ENTRY), proof_path = join(c, stem, PACKAGE_PROOF), proof;
	struct policy_verdict verdict;
	struct fault inner = {0};
	enum err e = read_entry(c, path, kind, out, f);
	if (e == OK) e = package_bag_text(&c->bag, proof_path, PROOF_FILE_BYTES_MAX, &proof, f);
	if (e != OK) return e;
	digest leaf = tree_leaf(out->bytes);
	e = proof_file_parse(proof, c->arena, &out->proof, &inner);
	if (e == OK) e = proof_file_check(&out->proof, &leaf, &c->policy, c->arena, &verdict, &inner);
	if (e != OK) return within(proof_path, e, &inner, f);
	if (!slice_equal(verdict.checkpoint.origin, c->facts.origin)) return wrong(proof_path, "is of another ledger", f);
	out->index = out->proof.index;
	for (unsigned i = 0; i < out->entry.blob_count; i++) (void)add_named(&c->named, entry_blob(&out->entry, i));
	c->facts.proofs++;
	return OK;
}

/* Stems "<base><folder>NAME" of all entries in a folder, in order; NULL-safe callback. */
typedef enum err stem_use(struct checking *c, slice stem, struct fault *f);
static enum err each_stem(struct checking *c, slice folder, stem_use *use, struct fault *f)
{
	enum err e = OK;
	for (size_t i = 0; i < c->bag.tags.n && e == OK; i++) {
		slice path = c->bag.tags.files[i].path;
		if (slice_starts(path, folder) && slice_ends(path, SLICE(PACKAGE_ENTRY)))
			e = use(c, slice_sub(path, 0, path.n - (sizeof PACKAGE_ENTRY - 1)), f);
	}
	return e;
}

/* The number that an entry's file is named by. */
static bool number_of(slice stem, uint64_t *out)
{
	slice name = stem;
	for (size_t i = 0; i < stem.n; i++)
		if (stem.p[i] == '/') name = slice_sub(stem, i + 1, SIZE_MAX);
	while (name.n > 1 && name.p[0] == '0') name = slice_sub(name, 1, SIZE_MAX);
	return text_get_decimal(name, out);
}

static enum err prove_numbered(struct checking *c, slice stem, const char *kind, struct proven *out, struct fault *f)
{
	uint64_t number = 0;
	enum err e = prove(c, stem, kind, out, f);
	if (e == OK && (!number_of(stem, &number) || number != out->index)) return wrong(stem, "is another entry than its name says", f);
	return e;
}

/* ---- the ledger's keys ---- */
static bool holds_rotation(struct checking *c, const struct entry *e, slice old, slice new)
{
	static const char *const FIELDS[] = {"signature_old", "signature_new"};
	slice vkeys[] = {old, new}, text, signature;
	struct note_key key;
	struct buf message = {0};
	bool holds = true;
	entry_rotation_message(&message, c->facts.origin, old, new);
	for (int i = 0; i < 2 && holds; i++)
		holds = entry_field_text(e, FIELDS[i], &text) && text_get_base64(c->arena, text, &signature) &&
			signature.n == ED25519_SIGNATURE_BYTES && note_key_parse(vkeys[i], c->arena, &key, NULL) == OK &&
			key.algorithm == NOTE_ED25519 && ed25519_verify(key.public_key, buf_slice(&message), signature.p);
	buf_free(&message);
	return holds;
}

/* Each key was replaced by the next; both signed. Whether the entries stand in the ledger is asked when a key of it is trusted. */
static enum err take_key(struct checking *c, slice stem, struct fault *f)
{
	slice path = join(c, stem, PACKAGE_ENTRY), old, vkey;
	struct proven p;
	bool first = c->facts.origin.p == NULL;
	enum err e = read_entry(c, path, first ? "home" : "key", &p, f);
	if (e != OK) return e;
	if (first) {
		if (!entry_field_text(&p.entry, "origin", &c->facts.origin) || !entry_field_text(&p.entry, "vkey", &c->facts.vkey))
			return wrong(path, "is no first entry of a ledger", f);
		return OK;
	}
	if (!entry_field_text(&p.entry, "old", &old) || !entry_field_text(&p.entry, "new", &vkey) || !slice_equal(old, c->facts.vkey))
		return wrong(path, "replaces another key than the one before it", f);
	if (!holds_rotation(c, &p.entry, old, vkey)) return wrong(path, "the signatures of the old and the new key do not hold", f);
	c->facts.vkey = vkey;
	return OK;
}

static bool trusted(const struct checking *c, const struct note_key *key)
{
	for (unsigned i = 0; i < c->policy.logs_n; i++) {
		const struct note_key *k = &c->policy.logs[i].key;
		if (k->id == key->id && slice_equal(k->name, key->name) && slice_equal(k->material, key->material)) return true;
	}
	return false;
}

struct chain {
	struct note_key *keys;
	unsigned n;
};

static enum err chain_read(struct checking *c, struct chain *out, struct fault *f)
{
	slice folder = SLICE(PACKAGE_KEYS), vkey;
	struct proven p;
	out->keys = arena_array(c->arena, c->bag.tags.n + 1, sizeof *out->keys);
	for (size_t i = 0; i < c->bag.tags.n; i++) {
		slice path = c->bag.tags.files[i].path;
		if (!slice_starts(path, folder) || !slice_ends(path, SLICE(PACKAGE_ENTRY))) continue;
		enum err e = read_entry(c, path, out->n == 0 ? "home" : "key", &p, f);
		if (e == OK && !entry_field_text(&p.entry, out->n == 0 ? "vkey" : "new", &vkey)) e = wrong(path, "names no key", f);
		if (e == OK) e = note_key_parse(vkey, c->arena, &out->keys[out->n], f);
		if (e != OK) return e;
		out->n++;
	}
	return OK;
}

static enum err prove_key(struct checking *c, slice stem, struct fault *f)
{
	struct proven p;
	uint64_t number;
	bool first = number_of(stem, &number) && number == 0;
	return prove_numbered(c, stem, first ? "home" : "key", &p, f);
}

static enum err check_keys(struct checking *c, struct fault *f)
{
	struct chain chain = {.n = 0};
	bool known = false;
	enum err e = each_stem(c, SLICE(PACKAGE_KEYS), take_key, f);
	if (e == OK) e = chain_read(c, &chain, f);
	if (e != OK) return e;
	if (chain.n == 0) return fault_set(f, ERR_NOT_FOUND, 0, 0, PACKAGE_KEYS ": is empty: this is no package of evidence");
	for (unsigned i = 0; i < chain.n; i++) known |= trusted(c, &chain.keys[i]);
	if (!known)
		return fault_set(f, ERR_NOT_FOUND, 0, 0,
			"the ledger of this package is %.*s, with the key %.*s, which is none that you trust",
			(int)slice_sub(c->facts.origin, 0, 80).n, (const char *)c->facts.origin.p, (int)slice_sub(c->facts.vkey, 0, 160).n,
			(const char *)c->facts.vkey.p);
	for (unsigned i = 0; i < chain.n; i++)
		if (!trusted(c, &chain.keys[i])) policy_add_log(&c->policy, &chain.keys[i], c->arena);
	return each_stem(c, SLICE(PACKAGE_KEYS), prove_key, f);
}

/* ---- an item: manifest, names, files ---- */
static enum err check_names(struct checking *c, struct fault *f)
{
	slice path = join(c, c->base, "names.jsonl"), text = {0};
	struct buf expected = {0};
	bag_put_names(&expected, &c->item->names);
	bool there = bag_list_find(&c->bag.tags, path) != NULL;
	enum err e = there ? package_bag_text(&c->bag, path, MANIFEST_BYTES_MAX, &text, f) : OK;
	if (e == OK && !slice_equal(text, buf_slice(&expected))) e = wrong(path, "does not say where the manifest's files lie", f);
	buf_free(&expected);
	return e;
}

static enum err check_files(struct checking *c, struct fault *f)
{
	const struct bag_names *names = &c->item->names;
	for (size_t i = 0; i < names->n; i++) {
		const struct bag_named *n = &names->files[i];
		const struct bag_file *file = bag_list_find(&c->bag.payload, n->path);
		if (file == NULL) return wrong(n->path, "is missing: the item's manifest has it", f);
		if (!digest_equal(&file->digest, &n->file.blob))
			return wrong(n->path, "is listed with another digest than its manifest's", f);
		if (file->bytes != n->file.bytes) return wrong(n->path, "has another size than in its manifest", f);
	}
	c->payload_met += names->n;
	c->facts.files += names->n;
	c->facts.bytes += names->head.bytes;
	return OK;
}

static enum err check_manifest(struct checking *c, slice path, struct fault *f)
{
	struct package_item *item = c->item;
	char folder[BAG_ITEM_DIGITS + 1];
	struct fault inner = {0};
	enum err e = package_bag_text(&c->bag, path, MANIFEST_BYTES_MAX, &item->manifest, f);
	if (e != OK) return e;
	item->id = digest_of(item->manifest);
	if (!slice_ends(slice_sub(c->base, 0, c->base.n - 1), slice_from(bag_item_folder(&item->id, folder))))
		return wrong(path, "its SHA-256 does not begin as its folder is called", f);
	e = within(path, bag_names_read(item->manifest, &item->id, c->arena, &item->names, &inner), &inner, f);
	if (e == OK) e = check_names(c, f);
	return e == OK ? check_files(c, f) : e;
}

/* ---- what comes along ---- */

/* An entry's proof file with the entry in it: what the other side keeps, and what a receipt points to. */
static slice with_entry(struct checking *c, const struct proven *p)
{
	struct proof_file file = p->proof;
	struct buf b = {0};
	file.extra = p->bytes;
	proof_file_put(&b, &file);
	slice whole = arena_copy(c->arena, buf_slice(&b));
	buf_free(&b);
	return whole;
}

static enum err keep_act(struct checking *c, const struct package_act *act, struct fault *f)
{
	struct package_item *item = c->item;
	if (c->facts.history_n++ == BAG_HISTORY_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "more than BAG_HISTORY_MAX = %u entries about items", BAG_HISTORY_MAX);
	if (act->line.entry > CANONICAL_INTEGER_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "the number of an entry is beyond 2^53-1");
	if (item->history_n == item->history_room) {
		item->history_room = item->history_room * 2 + 16;
		struct package_act *more = arena_array(c->arena, item->history_room, sizeof *more);
		if (item->history_n > 0) memcpy(more, item->history, item->history_n * sizeof *more);
		item->history = more;
	}
	struct package_act *kept = &item->history[item->history_n++];
	*kept = *act;
	kept->line.proof = digest_of(act->file);
	return OK;
}

static enum err keep_own(struct checking *c, const struct proven *p, slice *file, struct fault *f)
{
	*file = with_entry(c, p);
	struct package_act act = {
		.line = {.entry = p->index, .item = c->item->id, .judged = true, .origin = c->facts.origin}, .file = *file};
	return keep_act(c, &act, f);
}

static enum err check_item_entry(struct checking *c, struct fault *f)
{
	slice stem = join(c, c->base, "item"), form, marking, file;
	const struct manifest_head *h = &c->item->names.head;
	struct proven p;
	digest id;
	uint64_t files = 0, bytes = 0;
	enum err e = prove(c, stem, "item", &p, f);
	if (e != OK) return e;
	c->last_entry = p.index;
	if (!entry_field_digest(&p.entry, "manifest", &id) || !digest_equal(&id, &c->item->id)) return wrong(stem, "is of another item", f);
	if (!entry_field_count(&p.entry, "files", &files) || !entry_field_count(&p.entry, "bytes", &bytes) || files != h->files ||
		bytes != h->bytes || !entry_field_text(&p.entry, "form", &form) ||
		!slice_equal(form, slice_from(item_form_text(h->form))) || !entry_field_text(&p.entry, "marking", &marking) ||
		tlp_from_text(marking) != h->marking)
		return wrong(stem, "says something else than the item's manifest", f);
	c->item->state = custody_begin(h->collector, h->ended);
	return keep_own(c, &p, &file, f);
}

/* ---- custody ---- */

/* Empty: it is not in the bag (it was erased, or was not told). A text that is there and broken is a fault. */
static enum err text_of(struct checking *c, const struct entry *entry, const char *field, slice *out, struct fault *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	struct fault inner = {0};
	digest d;
	slice content;
	*out = (slice){0};
	if (!entry_field_digest(entry, field, &d)) return OK;
	slice path = arena_printf(c->arena, "%.*stexts/%s" PACKAGE_ENTRY, (int)c->base.n, (const char *)c->base.p, digest_hex(&d, hex));
	if (bag_list_find(&c->bag.tags, path) == NULL) {
		c->facts.texts_gone++;
		return OK;
	}
	enum err e = package_bag_text(&c->bag, path, BAG_TAG_BYTES_MAX, &content, f);
	if (e != OK) return e;
	return within(path, salted_parse(content, c->arena, out, &inner), &inner, f);
}

static enum err take_act(struct checking *c, slice stem, struct fault *f)
{
	struct custody_state *s = &c->item->state;
	struct custody_move move = {.act = CUSTODY_OPEN};
	struct canonical_value value;
	struct proven p;
	digest id;
	slice word, file = {0};
	bool done = false;
	enum err e = prove_numbered(c, stem, "custody", &p, f);
	if (e != OK) return e;
	if (!entry_field_digest(&p.entry, "item", &id) || !digest_equal(&id, &c->item->id)) return wrong(stem, "is of another item", f);
	if (p.index <= c->last_entry) return wrong(stem, "is out of order", f);
	if (!entry_field_text(&p.entry, "act", &word) || !custody_act_parse(word, &move.act) ||
		!entry_field_bool(&p.entry, "done", &done) || !entry_field_time(&p.entry, "at", &move.at))
		return wrong(stem, "is no act of custody", f);
	move.told = p.entry.time;
	move.authority = entry_field(&p.entry, "authority", &value);
	move.proven = entry_field(&p.entry, "proof", &value);
	e = text_of(c, &p.entry, "by", &move.by, f);
	if (e == OK) e = text_of(c, &p.entry, "party", &move.party, f);
	if (e == OK) e = keep_own(c, &p, &file, f);
	if (e != OK) return e;
	c->last_entry = p.index;
	/* It came from another institution: there it was offered. */
	if (c->item->acts++ == 0 && move.act == CUSTODY_RECEIVE && move.proven) s->place = CUSTODY_GONE;
	if (done && custody_apply(s, &move) == CUSTODY_ALLOWED && move.act == CUSTODY_TRANSFER) c->item->offer = file;
	return OK;
}

static enum err check_custody(struct checking *c, struct fault *f)
{
	enum err e = each_stem(c, join(c, c->base, "custody/"), take_act, f);
	struct package_item *item = c->item;
	item->offered = item->state.place == CUSTODY_OFFERED && item->offer.n > 0;
	item->addressee = item->state.addressee;
	item->addressee_known = item->addressee.n > 0;
	return e;
}

/* ---- what lies beside ---- */
static enum err take_parent(struct checking *c, slice stem, struct fault *f)
{
	struct proven p;
	return prove(c, stem, "item", &p, f);
}

static enum err blob_beside(struct checking *c, const struct entry *e, const struct beside *b, slice *out, struct fault *f)
{
	char hex[DIGEST_HEX_BYTES + 1];
	digest d;
	if (!entry_field_digest(e, b->field, &d)) return fault_set(f, ERR_SYNTAX, 0, 0, "the entry names no %s", b->field);
	slice below = arena_printf(c->arena, "%s%s%s", b->folder, digest_hex(&d, hex), b->ending);
	return package_bag_text(&c->bag, arena_join(c->arena, c->base, below), BAG_TAG_BYTES_MAX, out, f);
}

/* A granted one must hold, by the roots under which it was judged, and say what its entry says. A refused one is the proof of why. */
static enum err judge_stamp(struct checking *c, slice stem, const struct entry *e, struct fault *f)
{
	struct stamp_terms terms = {.subject = c->item->id, .at = e->time};
	struct stamp stamp;
	struct fault inner = {0};
	slice state, token;
	instant said = INSTANT_NONE;
	if (!entry_field_text(e, "state", &state) || !slice_equal(state, SLICE("granted"))) return OK;
	enum err x = blob_beside(c, e, &PACKAGE_TOKEN, &token, f);
	if (x == OK) x = blob_beside(c, e, &PACKAGE_ANCHORS, &terms.anchors, f);
	if (x != OK) return x;
	x = stamp_verify(token, &terms, c->arena, &stamp, &inner);
	if (x != OK) return within(stem, x == ERR_NOT_FOUND ? ERR_SYNTAX : x, &inner, f);
	if (!entry_field_time(e, "gen_time", &said) || said != stamp.gen_time) return wrong(stem, "says another time than its token", f);
	c->facts.stamps++;
	return OK;
}

static enum err take_stamp(struct checking *c, slice stem, struct fault *f)
{
	struct proven p;
	digest id;
	enum err e = prove_numbered(c, stem, "stamp", &p, f);
	if (e != OK) return e;
	if (!entry_field_digest(&p.entry, "item", &id) || !digest_equal(&id, &c->item->id)) return wrong(stem, "is of another item", f);
	return judge_stamp(c, stem, &p.entry, f);
}

/* Whether one of the trusted ledgers is of this name. */
static bool trusted_origin(const struct checking *c, slice origin)
{
	for (unsigned i = 0; i < c->policy.logs_n; i++)
		if (slice_equal(c->policy.logs[i].key.name, origin)) return true;
	return false;
}

struct foreign {
	struct proof_file proof;
	struct entry entry;
	slice file, bytes, origin; /* bytes: of the entry */
	digest item;
	bool judged;
};

/* Another institution's entry leads to its head in any case; whether that head is signed can be told when its key was given too. Witnesses
 * are asked for of the package's own ledger only. */
static enum err judge_foreign(struct checking *c, struct foreign *x, struct fault *f)
{
	struct policy any = c->policy;
	struct policy_verdict verdict;
	struct note note;
	struct checkpoint head;
	digest leaf = tree_leaf(x->bytes);
	enum err e = note_parse(x->proof.note, c->arena, &note, f);
	if (e == OK) e = checkpoint_parse(note.text, &head, f);
	if (e != OK) return e;
	any.quorum = POLICY_QUORUM_NONE;
	x->origin = head.origin;
	x->judged = trusted_origin(c, head.origin);
	if (x->judged) return proof_file_check(&x->proof, &leaf, &any, c->arena, &verdict, f);
	c->facts.foreign++;
	return proof_check_inclusion(&x->proof.proof, x->proof.index, &leaf, &head.head, f);
}

/* Of this item, or of what it is a copy of. */
static bool about_item(const struct checking *c, const struct entry *e, digest *id)
{
	const struct manifest_head *h = &c->item->names.head;
	bool sealed = slice_equal(e->kind, SLICE("item"));
	if (!sealed && !slice_equal(e->kind, SLICE("custody"))) return false;
	return entry_field_digest(e, sealed ? "manifest" : "item", id) &&
	       (digest_equal(id, &c->item->id) || (h->has_from && digest_equal(id, &h->from)));
}

static enum err read_foreign(struct checking *c, slice path, struct foreign *x, struct fault *f)
{
	struct fault inner = {0};
	enum err e = package_bag_text(&c->bag, path, PROOF_FILE_BYTES_MAX, &x->file, f);
	if (e != OK) return e;
	e = proof_file_parse(x->file, c->arena, &x->proof, &inner);
	if (e != OK) return within(path, e, &inner, f);
	slice rest = x->proof.extra;
	x->bytes = slice_cut(&rest, '\n');
	e = judge_foreign(c, x, &inner);
	if (e == OK) e = entry_parse(x->bytes, &x->entry, &inner);
	if (e != OK) return within(path, e, &inner, f);
	for (unsigned i = 0; i < x->entry.blob_count; i++) (void)add_named(&c->named, entry_blob(&x->entry, i));
	return about_item(c, &x->entry, &x->item) ? OK : wrong(path, "is of another item", f);
}

/* What earlier institutions said, and the other side's entries that acts name. Only the former become lines of the history: the latter are
 * blobs of the acts. */
static enum err check_foreign(struct checking *c, const char *folder, bool keep, struct fault *f)
{
	slice below = join(c, c->base, folder);
	enum err e = OK;
	for (size_t i = 0; i < c->bag.tags.n && e == OK; i++) {
		struct foreign x = {.judged = false};
		if (!slice_starts(c->bag.tags.files[i].path, below)) continue;
		e = read_foreign(c, c->bag.tags.files[i].path, &x, f);
		struct package_act act = {
			.line = {.entry = x.proof.index, .item = x.item, .judged = x.judged, .origin = x.origin}, .file = x.file};
		if (e == OK && keep) e = keep_act(c, &act, f);
	}
	return e;
}

/* Time stamps stay with who asked for them: what they name does not come along. */
static void keep_named(struct checking *c)
{
	c->item->named = arena_array(c->arena, c->named.n + 1, sizeof *c->item->named);
	c->item->named_n = c->named.n;
	if (c->named.n > 0) memcpy(c->item->named, c->named.d, c->named.n * sizeof *c->named.d);
}

static int by_digest(const void *x, const void *y)
{
	return memcmp(x, y, DIGEST_BYTES);
}

/* Blobs are called by their digest, and an entry names them. */
static enum err check_blobs(struct checking *c, struct fault *f)
{
	static const char *const FOLDERS[] = {"anchors/", "proofs/", "stamps/", "texts/"};
	if (c->named.n > 1) qsort(c->named.d, c->named.n, sizeof *c->named.d, by_digest);
	for (size_t i = 0; i < c->bag.tags.n; i++) {
		const struct bag_file *file = &c->bag.tags.files[i];
		slice below = slice_starts(file->path, c->base) ? slice_sub(file->path, c->base.n, SIZE_MAX) : (slice){0};
		for (size_t k = 0; k < sizeof FOLDERS / sizeof *FOLDERS; k++) {
			if (!slice_starts(below, slice_from(FOLDERS[k]))) continue;
			slice name = slice_sub(below, strlen(FOLDERS[k]), DIGEST_HEX_BYTES);
			digest d;
			if (k == 2 && !slice_ends(below, SLICE(".tsr"))) continue; /* an entry */
			if (!digest_get_hex(name, &d) || !digest_equal(&d, &file->digest))
				return wrong(file->path, "is called by another digest", f);
			if (c->named.n == 0 || bsearch(&d, c->named.d, c->named.n, sizeof d, by_digest) == NULL)
				return wrong(file->path, "is named by no entry", f);
		}
	}
	return OK;
}

static enum err check_item(struct checking *c, slice path, struct fault *f)
{
	c->base = slice_sub(path, 0, ITEM_BASE_BYTES);
	c->item = &c->facts.items[c->facts.items_n];
	c->named.n = 0;
	enum err e = check_manifest(c, path, f);
	if (e == OK) e = check_foreign(c, PACKAGE_BEFORE, true, f);
	if (e == OK) e = check_item_entry(c, f);
	if (e == OK) e = check_custody(c, f);
	if (e == OK) e = check_foreign(c, "proofs/", false, f);
	if (e == OK) keep_named(c);
	if (e == OK) e = each_stem(c, join(c, c->base, "stamps/"), take_stamp, f);
	if (e == OK) e = each_stem(c, join(c, c->base, "parents/"), take_parent, f);
	if (e == OK) e = check_blobs(c, f);
	c->facts.items_n++;
	return e;
}

static bool is_manifest(slice path)
{
	return path.n == ITEM_BASE_BYTES + sizeof MANIFEST_NAME - 1 && slice_starts(path, SLICE(METADATA)) &&
	       path.p[ITEM_BASE_BYTES - 1] == '/' && slice_ends(path, SLICE("/" MANIFEST_NAME));
}

static enum err check_items(struct checking *c, struct fault *f)
{
	enum err e = OK;
	c->facts.items = arena_array(c->arena, BAG_ITEMS_MAX, sizeof *c->facts.items);
	for (size_t i = 0; i < c->bag.tags.n && e == OK; i++) {
		slice path = c->bag.tags.files[i].path;
		if (!is_manifest(path)) continue;
		if (c->facts.items_n == BAG_ITEMS_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "more than BAG_ITEMS_MAX items");
		e = check_item(c, path, f);
	}
	if (e != OK) return e;
	if (c->facts.items_n == 0) return fault_set(f, ERR_NOT_FOUND, 0, 0, "there is no evidence item in this package");
	if (c->payload_met == c->bag.payload.n) return OK;
	return fault_set(f, ERR_DAMAGED, 0, 0, "data/: %zu files are of no item", c->bag.payload.n - c->payload_met);
}

enum err package_check(int folder, const struct package_trust *trust, bool payload, instant now, struct arena *a, struct package_facts *out,
	struct fault *f)
{
	struct checking c = {.policy = *trust->policy, .arena = a, .now = now};
	enum err e = package_bag_open(folder, payload, a, &c.bag, f);
	if (e == OK) e = check_keys(&c, f);
	if (e == OK) e = check_items(&c, f);
	c.facts.bag = c.bag.bag;
	free(c.named.d);
	package_bag_close(&c.bag);
	if (e == OK) *out = c.facts;
	return e;
}
