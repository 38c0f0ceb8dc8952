/* The custody form. The history is printed whole or not at all: where it does not fit, document.h's limit is the error. Of the files the
 * first FORM_FILES_MAX are listed; how many more there are is said, and the manifest's digest stands for all. */
#include "form.h"

#include <stdio.h>

#define ID_TEXT_BYTES 12 /* of an item's digest, in hexadecimal digits, where it is only a name */
#define PAIRS_MAX 24

struct maker {
	const struct form *form;
	struct arena *a;
	struct document *d;
	struct manifest_head head; /* zero when there is no manifest */
	struct document_pair pairs[PAIRS_MAX];
	unsigned pairs_n;
};

static slice hex(struct maker *m, const digest *d)
{
	char out[DIGEST_HEX_BYTES + 1];
	return arena_copy(m->a, slice_from(digest_hex(d, out)));
}

/* "2026-03-02 21:14:07": the head of the column says UTC. */
static slice time_of(struct maker *m, instant t)
{
	char out[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) return SLICE("not known");
	slice s = slice_from(instant_format(t, 0, out));
	return arena_printf(m->a, "%.10s %.*s", out, (int)(s.n - 12), out + 11);
}

static slice time_utc(struct maker *m, instant t)
{
	return arena_join(m->a, time_of(m, t), t == INSTANT_NONE ? SLICE("") : SLICE(" UTC"));
}

/* Thousands apart, as people read them. */
static slice number(struct maker *m, uint64_t n)
{
	char digits[24], out[32];
	size_t count = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0) out[at++] = ' ';
		out[at++] = digits[i];
	}
	return arena_copy(m->a, slice_of(out, at));
}

static void pair(struct maker *m, const char *label, slice value, enum document_face face)
{
	if (value.n == 0) return;
	m->pairs[m->pairs_n++] = (struct document_pair){slice_from(label), value, face};
}

static void pairs_out(struct maker *m, const char *heading)
{
	document_heading(m->d, slice_from(heading));
	document_pairs(m->d, m->pairs, m->pairs_n);
	m->pairs_n = 0;
}

/* ---- the item ---- */

static slice state_words(struct maker *m)
{
	const struct custody_state *s = &m->form->state;
	slice out = slice_from(custody_place_text(s->place)), who = s->place == CUSTODY_OFFERED ? s->addressee : s->holder;
	if (s->place <= CUSTODY_OFFERED && who.n > 0)
		out = arena_join(m->a, arena_join(m->a, out, s->place == CUSTODY_OFFERED ? SLICE(" to ") : SLICE(" by ")), who);
	if (s->open) out = arena_join(m->a, out, SLICE("; taken out for examination"));
	if (s->holds > 0) out = arena_join(m->a, out, arena_printf(m->a, "; under %u hold%s", s->holds, s->holds == 1 ? "" : "s"));
	return out;
}

static void put_manifest_pairs(struct maker *m)
{
	const struct manifest_head *h = &m->head;
	pair(m, "Case", h->case_name, DOCUMENT_STRONG);
	pair(m, "Exhibit", h->exhibit, DOCUMENT_STRONG);
	pair(m, "Kind", slice_from(item_form_text(h->form)), DOCUMENT_PLAIN);
	if (h->has_from) pair(m, "Comes from item", hex(m, &h->from), DOCUMENT_MONO);
	pair(m, "Collected by", h->collector, DOCUMENT_PLAIN);
	pair(m, "On the authority of", h->authority, DOCUMENT_PLAIN);
	pair(m, "Reason", h->reason, DOCUMENT_PLAIN);
	pair(m, "Place", h->place, DOCUMENT_PLAIN);
	pair(m, "Source", h->source, DOCUMENT_PLAIN);
	pair(m, "Device", h->device, DOCUMENT_PLAIN);
	pair(m, "Seal number", h->seal, DOCUMENT_PLAIN);
	pair(m, "Read", arena_printf(m->a, "%s to %s UTC", time_of(m, h->began).p, time_of(m, h->ended).p), DOCUMENT_PLAIN);
	pair(m, "Contents", arena_printf(m->a, "%s entries, %s bytes", number(m, h->files).p, number(m, h->bytes).p), DOCUMENT_PLAIN);
}

static void put_item(struct maker *m)
{
	const struct form *form = m->form;
	if (form->manifest.n > 0) put_manifest_pairs(m);
	else pair(m, "Manifest", SLICE("not there, or damaged: what the item is cannot be told"), DOCUMENT_STRONG);
	pair(m, "Item (SHA-256 of the manifest)", hex(m, &form->item), DOCUMENT_MONO);
	pair(m, "Ledger", form->origin, DOCUMENT_PLAIN);
	pair(m, "Entry", arena_printf(m->a, "%s, of %s", number(m, form->entry).p, time_utc(m, form->sealed).p), DOCUMENT_PLAIN);
	pair(m, "State", state_words(m), DOCUMENT_STRONG);
	pairs_out(m, "The item");
}

/* ---- files ---- */

static slice file_note(struct maker *m, const struct manifest_file *file)
{
	static const char *const kinds[MANIFEST_KINDS] = {
		[MANIFEST_FOLDER] = "folder", [MANIFEST_LINK] = "link", [MANIFEST_OTHER] = "neither file, folder nor link"};
	slice out = file->kind == MANIFEST_FILE ? file->type : slice_from(kinds[file->kind]);
	if (file->kind == MANIFEST_LINK) out = arena_join(m->a, SLICE("link to "), file->target);
	if (file->holes > 0)
		out = arena_join(m->a, out, arena_printf(m->a, "%s%s bytes in holes", out.n > 0 ? ", " : "", number(m, file->holes).p));
	return out;
}

static void put_file(struct maker *m, const struct manifest_file *file, uint64_t at)
{
	bool bytes = file->kind == MANIFEST_FILE;
	const struct document_cell cells[] = {
		{number(m, at), SLICE("")},
		{file->name, file_note(m, file)},
		{bytes ? number(m, file->bytes) : SLICE(""), SLICE("")},
		{bytes ? hex(m, &file->blob) : SLICE(""), SLICE("")},
	};
	document_row(m->d, cells, sizeof cells / sizeof *cells);
}

/* The walk goes to the end whatever is printed: a manifest that breaks a rule must not become a form. */
static enum err put_files(struct maker *m, struct manifest_walk *w, struct fault *f)
{
	static const struct document_column columns[] = {{SLICE("No."), 7, DOCUMENT_NUMBER}, {SLICE("File"), 31, DOCUMENT_PLAIN},
		{SLICE("Bytes"), 19, DOCUMENT_NUMBER}, {SLICE("SHA-256"), 43, DOCUMENT_MONO}};
	document_heading(m->d, SLICE("Files"));
	document_table(m->d, columns, sizeof columns / sizeof *columns);
	for (uint64_t at = 1;; at++) {
		struct manifest_file file;
		bool end;
		enum err e = manifest_next(w, m->a, &file, &end, f);
		if (e != OK) return e;
		if (end) break;
		if (at <= FORM_FILES_MAX) put_file(m, &file, at);
	}
	if (m->head.files > FORM_FILES_MAX)
		document_paragraph(m->d, arena_printf(m->a, "%s more stand in the manifest, whose SHA-256 is the item's.",
						 number(m, m->head.files - FORM_FILES_MAX).p));
	return OK;
}

/* ---- custody ---- */

static const char *const acts[CUSTODY_ACTS] = {[CUSTODY_COPY] = "copied",
	[CUSTODY_DELIVERED] = "delivered",
	[CUSTODY_DISPOSE] = "disposed of",
	[CUSTODY_HOLD] = "put under hold",
	[CUSTODY_OPEN] = "opened",
	[CUSTODY_RECEIVE] = "received",
	[CUSTODY_RELEASE] = "hold ended",
	[CUSTODY_RETURN] = "returned",
	[CUSTODY_TRANSFER] = "transferred"};

static slice joined(struct maker *m, slice x, const char *between, slice y)
{
	if (x.n == 0 || y.n == 0) return x.n > 0 ? x : y;
	return arena_join(m->a, arena_join(m->a, x, slice_from(between)), y);
}

static slice act_note(struct maker *m, const struct form_row *r)
{
	slice out = r->seal.n > 0 ? arena_join(m->a, SLICE("seal "), r->seal) : SLICE("");
	if (r->made != NULL) out = joined(m, out, "; ", arena_join(m->a, SLICE("made "), slice_sub(hex(m, r->made), 0, ID_TEXT_BYTES)));
	if (r->rule != CUSTODY_ALLOWED) out = joined(m, out, "; ", slice_from(custody_rule_text(r->rule)));
	return out;
}

static slice act_words(struct maker *m, const struct form_row *r)
{
	slice word = slice_from(acts[r->act]);
	if (!r->done) return arena_join(m->a, SLICE("refused: "), slice_from(custody_act_text(r->act)));
	return r->rule == CUSTODY_ALLOWED ? word : arena_join(m->a, word, SLICE(" (does not count)"));
}

/* Whether the files were found as they were sealed. */
static struct document_cell found(struct maker *m, const struct form_row *r)
{
	const digest *all[] = {r->before, r->after};
	static const char *const when[] = {"before: ", "after: "};
	struct document_cell c = {SLICE("not read"), SLICE("")};
	for (size_t i = 0; i < 2; i++) {
		if (all[i] == NULL) continue;
		bool same = digest_equal(all[i], &m->form->item);
		if (same && c.note.n == 0) c.text = SLICE("as sealed");
		if (same) continue;
		c.text = SLICE("CHANGED");
		c.note = joined(m, c.note, "; ", arena_join(m->a, slice_from(when[i]), hex(m, all[i])));
	}
	return c;
}

static void put_act(struct maker *m, const struct form_row *r)
{
	slice entry = arena_printf(m->a, "entry %s", number(m, r->entry).p);
	if (r->told - r->at > (instant)EVIDENCE_CLOCK_SECONDS * 1000000) entry = joined(m, entry, ", told ", time_of(m, r->told));
	slice authority = r->authority.n > 0 ? arena_join(m->a, SLICE("authority: "), r->authority) : SLICE("");
	const struct document_cell cells[] = {
		{time_of(m, r->at), entry},
		{act_words(m, r), act_note(m, r)},
		{r->by.n > 0 ? r->by : SLICE("(erased)"),
			r->party.n > 0 ? arena_join(m->a, r->act == CUSTODY_TRANSFER ? SLICE("to ") : SLICE("with "), r->party)
				       : SLICE("")},
		{r->place.n > 0 ? r->place : r->reason, joined(m, r->place.n > 0 ? r->reason : SLICE(""), "; ", authority)},
		found(m, r),
	};
	document_row(m->d, cells, sizeof cells / sizeof *cells);
}

/* Its first row is the seal itself. */
static void put_custody(struct maker *m)
{
	static const struct document_column columns[] = {{SLICE("When (UTC)"), 20, DOCUMENT_PLAIN}, {SLICE("What"), 16, DOCUMENT_STRONG},
		{SLICE("Who"), 24, DOCUMENT_PLAIN}, {SLICE("Where and why"), 26, DOCUMENT_PLAIN},
		{SLICE("Files found"), 14, DOCUMENT_PLAIN}};
	const struct manifest_head *h = &m->head;
	const struct document_cell seal[] = {
		{time_of(m, m->form->sealed), arena_printf(m->a, "entry %s", number(m, m->form->entry).p)},
		{SLICE("sealed"), h->seal.n > 0 ? arena_join(m->a, SLICE("seal "), h->seal) : SLICE("")},
		{h->collector.n > 0 ? h->collector : SLICE("(not known)"), SLICE("")},
		{h->place.n > 0 ? h->place : h->reason, h->place.n > 0 ? h->reason : SLICE("")},
		{SLICE("taken in"), SLICE("")},
	};
	document_heading(m->d, SLICE("Custody"));
	document_table(m->d, columns, sizeof columns / sizeof *columns);
	document_row(m->d, seal, sizeof seal / sizeof *seal);
	for (size_t i = 0; i < m->form->rows_n; i++) put_act(m, &m->form->rows[i]);
}

/* ---- the whole ---- */

static struct document_head head_of(struct maker *m)
{
	const struct form *form = m->form;
	slice id = slice_sub(hex(m, &form->item), 0, ID_TEXT_BYTES), origin = form->origin;
	slice subtitle = arena_join(m->a, SLICE("Evidence item "), id);
	slice footer = arena_join(m->a, SLICE("item "), id);
	if (m->head.case_name.n > 0 && m->head.case_name.n <= DOCUMENT_TITLE_BYTES_MAX / 2)
		subtitle = joined(m, subtitle, ", case ", m->head.case_name);
	if (origin.n <= DOCUMENT_TITLE_BYTES_MAX / 2) footer = joined(m, footer, " · ", origin);
	return (struct document_head){.title = SLICE("Custody form"),
		.subtitle = subtitle,
		.author = form->author,
		.footer = footer,
		.marking = form->manifest.n > 0 ? m->head.marking : TLP_RED,
		.exercise = m->head.exercise,
		.created = form->now};
}

static void put_end(struct maker *m)
{
	const struct document_party parties[] = {{SLICE("Handed over by"), m->form->from}, {SLICE("Received by"), m->form->to}};
	if (m->head.notes.n > 0) {
		document_heading(m->d, SLICE("Notes"));
		document_paragraph(m->d, m->head.notes);
	}
	document_heading(m->d, SLICE("Signatures"));
	document_lines_to_sign(m->d, parties, 2);
}

enum err form_pdf(const struct form *form, struct arena *a, struct buf *out, struct document_told *told, struct fault *f)
{
	struct maker m = {.form = form, .a = a};
	struct manifest_walk w;
	enum err e = OK;
	if (form->manifest.n > 0) {
		e = manifest_open(form->manifest, a, &w, f);
		if (e != OK) return e;
		m.head = w.head;
	}
	struct document_head head = head_of(&m);
	m.d = document_new(a, &head);
	put_item(&m);
	if (form->manifest.n > 0) e = put_files(&m, &w, f);
	if (e != OK) return e;
	put_custody(&m);
	put_end(&m);
	return document_pdf(m.d, out, told, f);
}
