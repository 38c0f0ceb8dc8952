/* One item on its way out: its manifest, entries with their proofs, texts, time stamps, parents, and its files. */
#include "package_int.h"

#include "proof_file.h"
#include "salted.h"

#define STAMP_KIND "\"kind\":\"stamp\""

/* ---- blobs beside entries ---- */
static const struct beside *const BESIDE[] = {&PACKAGE_ANCHORS, &PACKAGE_PROOFS, &PACKAGE_TOKEN};

static bool put_already(const struct package_source *s, slice path)
{
	return package_folder_has(s->folder, path);
}

/* A text that an erasure took is no fault: it is counted, and the entry still proves that it was there. */
static enum err put_blob(
	struct package_source *s, const digest *d, const char *folder, const char *ending, bool may_be_gone, struct fault *f)
{
	struct buf b = {.max = BAG_TAG_BYTES_MAX};
	char hex[DIGEST_HEX_BYTES + 1];
	slice path = arena_printf(s->arena, "%s%s%s%s", s->base, folder, digest_hex(d, hex), ending);
	if (put_already(s, path)) return OK;
	enum err e = blob_get(s->blobs, d, &b, f);
	if (e == OK) e = package_folder_put(s->folder, path, buf_slice(&b), f);
	else if (e == ERR_NOT_FOUND && may_be_gone) {
		s->texts_gone++;
		e = OK;
	}
	buf_free(&b);
	return e;
}

static enum err put_field(struct package_source *s, const struct entry *e, const struct entry_field *field, struct fault *f)
{
	digest d;
	if (!entry_field_digest(e, field->name, &d)) return OK;
	if (field->rule == ENTRY_SALTED) return put_blob(s, &d, PACKAGE_TEXTS.folder, PACKAGE_TEXTS.ending, true, f);
	for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE && field->rule == ENTRY_BLOB; i++)
		if (strcmp(field->name, BESIDE[i]->field) == 0) return put_blob(s, &d, BESIDE[i]->folder, BESIDE[i]->ending, s->foreign, f);
	return OK;
}

static enum err put_blobs_of(struct package_source *s, slice bytes, struct fault *f)
{
	struct entry entry;
	enum err e = entry_parse(bytes, &entry, f);
	for (unsigned i = 0; e == OK && entry.rules != NULL && i < entry.rules->field_count; i++)
		e = put_field(s, &entry, &entry.rules->fields[i], f);
	return e;
}

/* ---- entries ---- */

/* The head of a proof that was made here. */
static enum err keep_head(struct package_source *s, slice proof, struct fault *f)
{
	struct proof_file file;
	struct note note;
	struct checkpoint c;
	enum err e = proof_file_parse(arena_copy(s->arena, proof), s->arena, &file, f);
	if (e == OK) e = note_parse(file.note, s->arena, &note, f);
	if (e == OK) e = checkpoint_parse(note.text, &c, f);
	if (e != OK || c.head.size <= s->size) return e;
	s->size = c.head.size;
	s->note = file.note;
	return OK;
}

enum err package_put_entry(struct package_source *s, const char *folder, const char *name, uint64_t index, slice *entry, struct fault *f)
{
	struct buf proof = {0};
	slice bytes;
	enum err e = ledger_view_entry(s->view, index, &bytes, f);
	if (e != OK) return e;
	bytes = arena_copy(s->arena, bytes);
	e = ledger_view_prove(s->view, index, &proof, f);
	if (e == OK) e = keep_head(s, buf_slice(&proof), f);
	if (e == OK) e = package_folder_put(s->folder, arena_printf(s->arena, "%s%s" PACKAGE_ENTRY, folder, name), bytes, f);
	if (e == OK) e = package_folder_put(s->folder, arena_printf(s->arena, "%s%s" PACKAGE_PROOF, folder, name), buf_slice(&proof), f);
	buf_free(&proof);
	if (e == OK && entry != NULL) *entry = bytes;
	return e;
}

/* An entry about the item, by its number, with what it names. */
static enum err put_numbered(struct package_source *s, const char *folder, uint64_t index, struct fault *f)
{
	slice bytes;
	const char *below = (const char *)arena_printf(s->arena, "%s%s", s->base, folder).p;
	const char *name = (const char *)arena_printf(s->arena, "%012llu", (unsigned long long)index).p;
	enum err e = package_put_entry(s, below, name, index, &bytes, f);
	return e == OK ? put_blobs_of(s, bytes, f) : e;
}

static enum err put_custody(struct package_source *s, struct fault *f)
{
	enum err e = OK;
	for (unsigned i = 0; i < s->item->rows_n && e == OK; i++) e = put_numbered(s, "custody/", s->item->rows[i].entry, f);
	return e;
}

/* Entries of time stamps name the item; they are told by their kind, whatever else stands in them. */
static enum err put_stamps(struct package_source *s, struct fault *f)
{
	enum err e = OK;
	slice bytes;
	struct entry entry;
	digest item;
	for (uint64_t i = 0; e == OK && i < s->view->checkpoint.head.size; i++) {
		e = ledger_view_entry(s->view, i, &bytes, f);
		if (e != OK || slice_find(bytes, SLICE(STAMP_KIND)) == bytes.n) continue;
		e = entry_parse(bytes, &entry, f);
		if (e == OK && entry_field_digest(&entry, "item", &item) && digest_equal(&item, &s->item->id))
			e = put_numbered(s, "stamps/", i, f);
	}
	return e;
}

/* What other institutions said of it, as it came here, with what that names. Our own entries are in custody/. */
static enum err put_before(struct package_source *s, unsigned at, struct fault *f)
{
	const struct evidence_before *b = &s->item->before[at];
	struct buf proof = {.max = PROOF_FILE_BYTES_MAX};
	enum err e = blob_get(s->blobs, &b->line.proof, &proof, f);
	if (e == ERR_NOT_FOUND) { /* it was erased */
		s->texts_gone++;
		return OK;
	}
	slice path = arena_printf(s->arena, "%s" PACKAGE_BEFORE "%012u" PACKAGE_PROOF, s->base, at + 1);
	if (e == OK) e = package_folder_put(s->folder, path, buf_slice(&proof), f);
	buf_free(&proof);
	return e == OK ? put_blobs_of(s, b->bytes, f) : e;
}

static enum err put_history(struct package_source *s, struct fault *f)
{
	enum err e = OK;
	s->foreign = true;
	for (unsigned i = 0; i < s->item->before_n && e == OK; i++) e = put_before(s, i, f);
	s->foreign = false;
	return e;
}

/* What it was copied or derived from, as far as it is here: the chain up to an original. */
static enum err put_parents(struct package_source *s, struct fault *f)
{
	const struct evidence_item *child = s->item;
	const char *below = (const char *)arena_printf(s->arena, "%sparents/", s->base).p;
	char name[BAG_ITEM_DIGITS + 1];
	enum err e = OK;
	for (unsigned depth = 0; e == OK && child->has_from && depth < s->all->n; depth++) {
		const struct evidence_item *parent = NULL;
		for (unsigned i = 0; i < s->all->n; i++)
			if (digest_equal(&s->all->items[i].id, &child->from)) parent = &s->all->items[i];
		if (parent == NULL || parent->entry >= child->entry) break;
		e = package_put_entry(s, below, bag_item_folder(&parent->id, name), parent->entry, NULL, f);
		child = parent;
	}
	return e;
}

/* ---- the item ---- */
static enum err put_names(struct package_source *s, const struct bag_names *names, struct fault *f)
{
	struct buf b = {0};
	bag_put_names(&b, names);
	enum err e = b.n == 0 ? OK : package_folder_put(s->folder, arena_printf(s->arena, "%snames.jsonl", s->base), buf_slice(&b), f);
	buf_free(&b);
	return e;
}

static enum err put_manifest(struct package_source *s, struct bag_names *names, struct fault *f)
{
	struct buf b = {.max = MANIFEST_BYTES_MAX};
	enum err e = blob_get(s->blobs, &s->item->id, &b, f);
	if (e == OK) e = bag_names_read(arena_copy(s->arena, buf_slice(&b)), &s->item->id, s->arena, names, f);
	if (e == OK) e = package_folder_put(s->folder, arena_printf(s->arena, "%smanifest.jsonl", s->base), buf_slice(&b), f);
	buf_free(&b);
	return e == OK ? put_names(s, names, f) : e;
}

static enum err put_files(struct package_source *s, const struct bag_names *names, struct fault *f)
{
	enum err e = OK;
	for (size_t i = 0; i < names->n && e == OK; i++) {
		const struct bag_named *n = &names->files[i];
		e = package_folder_put_blob(s->folder, n->path, &n->file.blob, n->file.bytes, f);
	}
	return e;
}

enum err package_put_item(struct package_source *s, struct bag_names *names, struct fault *f)
{
	char folder[BAG_ITEM_DIGITS + 1];
	slice entry;
	s->base = (const char *)arena_printf(s->arena, "metadata/%s/", bag_item_folder(&s->item->id, folder)).p;
	enum err e = put_manifest(s, names, f);
	if (e == OK) e = package_put_entry(s, s->base, "item", s->item->entry, &entry, f);
	if (e == OK) e = put_blobs_of(s, entry, f);
	if (e == OK) e = put_custody(s, f);
	if (e == OK) e = put_history(s, f);
	if (e == OK) e = put_stamps(s, f);
	if (e == OK) e = put_parents(s, f);
	return e == OK ? put_files(s, names, f) : e;
}
