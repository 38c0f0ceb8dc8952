/* kulla evidence list, show, history, search: what is held, and what became of it. */
#include <stdio.h>

#include "evidence.h"
#include "evidence_options.h"
#include "json.h"
#include "progress.h"
#include "text.h"
#include "visible.h"

#define SHORT_DIGITS 12
#define FILES_SHOWN 20u

static const char *short_id(const digest *id, char room[DIGEST_HEX_BYTES + 1])
{
	digest_hex(id, room);
	room[SHORT_DIGITS] = 0;
	return room;
}

static const char *minute(instant t, char room[INSTANT_TEXT_BYTES])
{
	instant_format(t, 0, room);
	room[16] = 0; /* "2026-11-24T15:30" */
	room[10] = ' ';
	return room;
}

/* ---- JSON lines, "kind" first ---- */
static void json_begin(struct buf *b, const char *kind)
{
	buf_clear(b);
	buf_printf(b, "{\"kind\":\"%s\"", kind);
}

static void json_text(struct buf *b, const char *key, slice text)
{
	buf_printf(b, ",\"%s\":", key);
	if (text.n == 0) buf_add_text(b, "null");
	else json_put_text(b, text);
}

static void json_count(struct buf *b, const char *key, uint64_t n)
{
	buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void json_digest(struct buf *b, const char *key, const digest *d)
{
	char hex[DIGEST_HEX_BYTES + 1];
	buf_printf(b, ",\"%s\":\"sha256:%s\"", key, digest_hex(d, hex));
}

static void json_time(struct buf *b, const char *key, instant t)
{
	char room[INSTANT_TEXT_BYTES];
	slice text = {0};
	if (t != INSTANT_NONE) text = slice_from(instant_format(t, 6, room));
	json_text(b, key, text);
}

static void json_end(struct buf *b)
{
	buf_add_text(b, "}\n");
	(void)fwrite(b->p, 1, b->n, stdout);
}

static void item_json(struct buf *b, const struct evidence_item *i)
{
	json_begin(b, "item");
	json_digest(b, "item", &i->id);
	json_count(b, "entry", i->entry);
	json_text(b, "form", slice_from(item_form_text(i->form)));
	if (i->has_from) json_digest(b, "from", &i->from);
	json_text(b, "state", slice_from(custody_place_text(i->state.place)));
	json_text(b, "holder", i->state.holder);
	json_count(b, "holds", i->state.holds);
	buf_printf(b, ",\"open\":%s", i->state.open ? "true" : "false");
	json_text(b, "case", i->case_name);
	json_text(b, "reason", i->reason);
	json_text(b, "collector", i->collector);
	json_text(b, "marking", slice_from(tlp_text(i->marking)));
	json_count(b, "files", i->files);
	json_count(b, "bytes", i->bytes);
	json_time(b, "began", i->began);
	json_time(b, "ended", i->ended);
	buf_printf(b, ",\"exercise\":%s", i->exercise ? "true" : "false");
	json_end(b);
}

/* ---- list ---- */
static void cell(slice text, size_t columns)
{
	struct buf b = {0};
	visible_add_cut(&b, text.n > 0 ? text : SLICE("-"), columns, !visible_locale_is_utf8());
	size_t wide = visible_columns(buf_slice(&b), false);
	(void)fwrite(b.p, 1, b.n, stdout);
	for (size_t i = wide; i < columns + 2; i++) putchar(' ');
	buf_free(&b);
}

static const char *state_text(const struct evidence_item *i)
{
	if (i->state.place == CUSTODY_HERE && i->state.open) return "examined";
	return custody_place_text(i->state.place);
}

static void item_row(const struct evidence_item *i)
{
	char id[DIGEST_HEX_BYTES + 1], when[INSTANT_TEXT_BYTES], size[24];
	printf("%s  ", short_id(&i->id, id));
	cell(i->case_name, 16);
	cell(slice_from(item_form_text(i->form)), 8);
	cell(slice_from(state_text(i)), 11);
	cell(i->state.holder, 22);
	printf("%7llu  %9s  %s%s\n", (unsigned long long)i->files, progress_bytes_text(i->bytes, size), minute(i->ended, when),
		i->state.holds > 0 ? "  HOLD" : "");
}

static bool case_fits(const struct home_call *call, const struct evidence_item *i)
{
	const char *wanted = call->options.evidence.case_name;
	return wanted == NULL || slice_equal(i->case_name, slice_from(wanted));
}

static enum err register_read(struct home_call *call, struct evidence_register *all, struct fault *f)
{
	enum err e = home_call_view(call, f);
	return e == OK ? evidence_register_read(&call->view, call->arena, all, f) : e;
}

static enum err list_use(struct home_call *call, int *code, struct fault *f)
{
	struct evidence_register all = {0};
	struct buf line = {0};
	size_t shown = 0;
	enum err e = register_read(call, &all, f);
	for (unsigned i = 0; e == OK && i < all.n; i++) {
		if (!case_fits(call, &all.items[i])) continue;
		if (shown++ == 0 && !call->options.json)
			puts("ITEM          CASE              FORM      STATE        HOLDER                    FILES       SIZE  SEALED "
			     "(UTC)");
		if (call->options.json) item_json(&line, &all.items[i]);
		else item_row(&all.items[i]);
	}
	if (e == OK && shown == 0) {
		*code = EXIT_NONE;
		if (!call->options.json) fputs("kulla: no evidence here\n", stderr);
	}
	buf_free(&line);
	return e;
}

static int list_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 0, false, list_use);
}

static const struct option list_options[] = {
	EVIDENCE_TEXT("case", case_name, "TEXT", "of this case only"), JSON_OPTION, HOME_CALL_OPTION, {0}};
const struct command command_evidence_list = {
	.name = "evidence list",
	.summary = "what evidence there is, and who holds it",
	.usage = "[--case TEXT] [--json] [--home DIR]",
	.text = "One line an item. Exit code 1 when there is none.\n",
	.examples = "  kulla evidence list --case 2026-117\n",
	.options = list_options,
	.run = list_run,
};

/* ---- history ---- */

/* before: what another institution says; NULL: it is our own. */
static void origin_json(struct buf *b, const struct evidence_before *before)
{
	if (before == NULL) return;
	json_text(b, "origin", before->line.origin);
	buf_printf(b, ",\"judged\":%s", before->line.judged ? "true" : "false");
}

static void history_json(struct buf *b, const digest *item, const struct custody_row *r, const struct evidence_before *before)
{
	json_begin(b, "custody");
	json_digest(b, "item", item);
	origin_json(b, before);
	json_count(b, "entry", r->entry);
	json_text(b, "act", slice_from(custody_act_text(r->act)));
	json_time(b, "at", r->at);
	json_time(b, "told", r->told);
	json_text(b, "actor", r->actor);
	json_text(b, "by", r->by);
	json_text(b, "party", r->party);
	json_text(b, "reason", r->reason);
	json_text(b, "authority", r->authority);
	json_text(b, "place", r->place);
	json_text(b, "seal", r->seal);
	if (r->has_before) json_digest(b, "before", &r->before);
	if (r->has_after) json_digest(b, "after", &r->after);
	if (r->has_made) json_digest(b, "made", &r->made);
	if (r->has_proof) json_digest(b, "proof", &r->proof);
	buf_printf(b, ",\"done\":%s", r->done && r->rule == CUSTODY_ALLOWED ? "true" : "false");
	if (r->rule != CUSTODY_ALLOWED) json_text(b, "rule", slice_from(custody_rule_word(r->rule)));
	json_end(b);
}

/* No act: that it was sealed there, or an entry that is not here any more. */
static void before_json(struct buf *b, const struct evidence_before *x)
{
	if (x->bytes.n > 0 && !x->sealed) {
		history_json(b, &x->line.item, &x->row, x);
		return;
	}
	json_begin(b, x->sealed ? "sealed" : "gone");
	json_digest(b, "item", &x->line.item);
	origin_json(b, x);
	json_count(b, "entry", x->line.entry);
	if (x->sealed) {
		json_time(b, "at", x->row.at);
		json_time(b, "told", x->row.told);
		json_text(b, "reason", x->row.reason);
	}
	json_end(b);
}

static void named(const char *name, slice text)
{
	if (text.n == 0) return;
	printf("      %-10s ", name);
	put_visible(stdout, text);
	putchar('\n');
}

static void measured(const char *name, bool has, const digest *found, const digest *item)
{
	char hex[DIGEST_HEX_BYTES + 1];
	if (has)
		printf("      %-10s %s%s\n", name, digest_equal(found, item) ? "as sealed" : "NOT as sealed: sha256:",
			digest_equal(found, item) ? "" : digest_hex(found, hex));
}

static void where_told(const struct evidence_before *before)
{
	if (before == NULL) return;
	fputs("  at ", stdout);
	put_visible(stdout, before->line.origin);
	if (!before->line.judged) fputs(" (not known who signed it: its key was not given)", stdout);
}

static void history_row(const digest *item, const struct custody_row *r, const struct evidence_before *before)
{
	char when[INSTANT_TEXT_BYTES], hex[DIGEST_HEX_BYTES + 1];
	bool counts = r->done && r->rule == CUSTODY_ALLOWED;
	printf("%s  entry %-6llu %s%s", minute(r->at, when), (unsigned long long)r->entry, custody_act_text(r->act),
		counts ? "" : " REFUSED");
	where_told(before);
	putchar('\n');
	if (!counts) named("rule", slice_from(custody_rule_text(r->rule)));
	named("by", r->by);
	named(r->act == CUSTODY_TRANSFER ? "to" : "with", r->party);
	named("why", r->reason);
	named("authority", r->authority);
	named("where", r->place);
	named("seal", r->seal);
	measured("before", r->has_before, &r->before, item);
	measured("after", r->has_after, &r->after, item);
	if (r->has_made) printf("      %-10s sha256:%s\n", "copy", digest_hex(&r->made, hex));
	if (r->has_proof) printf("      %-10s the other side's entry and its proof: sha256:%s\n", "signed", digest_hex(&r->proof, hex));
}

static void before_row(const struct evidence_before *x)
{
	char when[INSTANT_TEXT_BYTES];
	if (x->bytes.n > 0 && !x->sealed) {
		history_row(&x->line.item, &x->row, x);
		return;
	}
	printf("%-16s  entry %-6llu %s", x->sealed ? minute(x->row.at, when) : "-", (unsigned long long)x->line.entry,
		x->sealed ? "sealed" : "(its entry is not here: erased, or damaged)");
	where_told(x);
	putchar('\n');
	named("why", x->row.reason);
}

static void before_put(struct home_call *call, const struct evidence_item *item, struct buf *line)
{
	for (unsigned i = 0; i < item->before_n; i++) {
		if (call->options.json) before_json(line, &item->before[i]);
		else before_row(&item->before[i]);
	}
}

static void history_show(struct home_call *call, const struct evidence_item *item)
{
	char when[INSTANT_TEXT_BYTES];
	struct buf line = {0};
	before_put(call, item, &line);
	if (!call->options.json) {
		printf("%s  entry %-6llu sealed\n", minute(item->ended, when), (unsigned long long)item->entry);
		named("by", item->collector);
		named("why", item->reason);
	}
	for (unsigned i = 0; i < item->rows_n; i++) {
		if (call->options.json) history_json(&line, &item->id, &item->rows[i], NULL);
		else history_row(&item->id, &item->rows[i], NULL);
	}
	buf_free(&line);
}

static enum err history_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct evidence_register all = {0};
	struct evidence_item *item = NULL;
	enum err e = register_read(call, &all, f);
	if (e == OK) e = evidence_find(&all, slice_from(call->arguments.items[0]), &item, f);
	if (e == OK) history_show(call, item);
	return e;
}

static int history_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, history_use);
}

static const struct option json_home[] = {JSON_OPTION, HOME_CALL_OPTION, {0}};
const struct command command_evidence_history = {
	.name = "evidence history",
	.summary = "the acts of custody with an item, done or refused",
	.usage = "ITEM [--json] [--home DIR]",
	.text = "In the ledger's order. An act that was written down but that the order of the ledger made impossible is shown as "
		"refused. What other institutions did with it before stands first, as it came with the package, with their name.\n",
	.examples = "  kulla evidence history 3f2a91c0\n",
	.options = json_home,
	.run = history_run,
};

/* ---- show ---- */
static void file_row(const struct manifest_file *m)
{
	static const char *const NOTES[MANIFEST_KINDS] = {
		[MANIFEST_FOLDER] = "folder", [MANIFEST_LINK] = "link", [MANIFEST_OTHER] = "neither file, folder nor link"};
	char id[DIGEST_HEX_BYTES + 1], size[24];
	if (m->kind == MANIFEST_FILE) printf("  %s  %9s  ", short_id(&m->blob, id), progress_bytes_text(m->bytes, size));
	else printf("  %-12s  %9s  ", "-", NOTES[m->kind]);
	put_visible(stdout, m->name);
	if (m->type.n > 0) printf("  (%.*s)", (int)m->type.n, (const char *)m->type.p);
	putchar('\n');
}

static void put_line(const char *name, slice text)
{
	if (text.n == 0) return;
	printf("%-11s ", name);
	put_visible(stdout, text);
	putchar('\n');
}

static void head_put(const struct evidence_item *i, const struct manifest_head *h)
{
	char hex[DIGEST_HEX_BYTES + 1], when[INSTANT_TEXT_BYTES], size[24];
	printf("item        sha256:%s (entry %llu)\n", digest_hex(&i->id, hex), (unsigned long long)i->entry);
	printf("form        %s\n", item_form_text(i->form));
	if (i->has_from) printf("from        sha256:%s\n", digest_hex(&i->from, hex));
	put_line("case", h->case_name);
	put_line("exhibit", h->exhibit);
	put_line("reason", h->reason);
	put_line("collector", h->collector);
	put_line("authority", h->authority);
	put_line("source", h->source);
	put_line("place", h->place);
	put_line("device", h->device);
	put_line("seal", h->seal);
	put_line("notes", h->notes);
	printf("marking     %s%s\n", tlp_text(h->marking), h->exercise ? ", AN EXERCISE" : "");
	printf("sealed      %s UTC\n", minute(h->ended, when));
	printf("state       %s%s\n", state_text(i), i->state.holds > 0 ? ", under hold" : "");
	put_line("holder", i->state.holder);
	printf("files       %llu, %s\n", (unsigned long long)h->files, progress_bytes_text(h->bytes, size));
}

static void json_bytes(struct buf *b, const char *key, slice bytes)
{
	if (bytes.n == 0) return;
	buf_printf(b, ",\"%s\":\"", key);
	for (size_t i = 0; i < bytes.n; i++) buf_printf(b, "%02x", bytes.p[i]);
	buf_add_byte(b, '"');
}

static void file_json(struct buf *b, const struct evidence_item *i, const struct manifest_file *m)
{
	json_begin(b, "file");
	json_digest(b, "item", &i->id);
	if (text_is_utf8(m->name)) json_text(b, "name", m->name);
	else {
		buf_add_text(b, ",\"name_base64\":\"");
		text_put_base64(b, m->name);
		buf_add_byte(b, '"');
	}
	if (m->kind == MANIFEST_FILE) {
		json_digest(b, "blob", &m->blob);
		json_count(b, "bytes", m->bytes);
	}
	json_bytes(b, "md5", m->md5);
	json_bytes(b, "sha1", m->sha1);
	json_bytes(b, "sha512", m->sha512);
	json_text(b, "type", m->type);
	json_time(b, "modified", m->modified);
	json_end(b);
}

static enum err show_files(struct home_call *call, const struct evidence_item *item, struct manifest_walk *w, struct fault *f)
{
	struct manifest_file m;
	struct buf line = {0};
	bool end = false;
	enum err e = OK;
	for (uint64_t n = 0; e == OK; n++) {
		e = manifest_next(w, call->arena, &m, &end, f);
		if (e != OK || end) break;
		if (call->options.json) file_json(&line, item, &m);
		else if (call->options.evidence.files || n < FILES_SHOWN) file_row(&m);
		else if (n == FILES_SHOWN) printf("  … --files shows all %llu\n", (unsigned long long)w->head.files);
	}
	buf_free(&line);
	return e;
}

static enum err show_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct evidence_register all = {0};
	struct evidence_item *item = NULL;
	struct manifest_walk w;
	struct buf manifest = {.max = MANIFEST_BYTES_MAX}, line = {0};
	enum err e = register_read(call, &all, f);
	if (e == OK) e = evidence_find(&all, slice_from(call->arguments.items[0]), &item, f);
	if (e == OK) e = evidence_manifest(call->home, &item->id, &manifest, f);
	if (e == OK) e = manifest_open(buf_slice(&manifest), call->arena, &w, f);
	if (e == OK) {
		if (call->options.json) item_json(&line, item);
		else head_put(item, &w.head);
		e = show_files(call, item, &w, f);
	}
	buf_free(&manifest);
	buf_free(&line);
	return e;
}

static int show_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, show_use);
}

static const struct option show_options[] = {
	{.name = "files", .kind = OPTION_FLAG, .place = EVIDENCE_PLACE(files), .help = "all its files, not the first 20"}, JSON_OPTION,
	HOME_CALL_OPTION, {0}};
const struct command command_evidence_show = {
	.name = "evidence show",
	.summary = "one item: what was said about it, its files",
	.usage = "ITEM [--files] [--json] [--home DIR]",
	.text = "ITEM is its id, or at least six of its first digits. --json gives the item, then a line a file.\n",
	.examples = "  kulla evidence show 3f2a91c0 --files\n",
	.options = show_options,
	.run = show_run,
};

/* ---- search ---- */
static bool holds(slice text, slice wanted)
{
	if (wanted.n == 0 || text.n < wanted.n) return false;
	for (size_t i = 0; i + wanted.n <= text.n; i++)
		if (slice_equal_nocase(slice_sub(text, i, wanted.n), wanted)) return true;
	return false;
}

static bool digest_is(slice bytes, slice wanted)
{
	for (size_t i = 0; i < bytes.n && wanted.n == 2 * bytes.n; i++)
		if (text_hex_value(wanted.p[2 * i]) * 16 + text_hex_value(wanted.p[2 * i + 1]) != bytes.p[i]) return false;
	return bytes.n > 0 && wanted.n == 2 * bytes.n;
}

static bool head_holds(const struct manifest_head *h, slice wanted)
{
	const slice texts[] = {
		h->case_name, h->exhibit, h->reason, h->collector, h->authority, h->source, h->place, h->device, h->seal, h->notes};
	bool found = false;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) found |= holds(texts[i], wanted);
	return found;
}

static bool rows_hold(const struct evidence_item *item, slice wanted)
{
	bool found = false;
	for (unsigned i = 0; i < item->rows_n; i++) {
		const struct custody_row *r = &item->rows[i];
		found |= holds(r->by, wanted) || holds(r->party, wanted) || holds(r->reason, wanted) || holds(r->authority, wanted) ||
			 holds(r->place, wanted) || holds(r->seal, wanted);
	}
	return found;
}

static bool file_holds(const struct manifest_file *m, slice wanted)
{
	return holds(m->name, wanted) || (m->kind == MANIFEST_FILE && digest_is(digest_slice(&m->blob), wanted)) ||
	       digest_is(m->md5, wanted) || digest_is(m->sha1, wanted) || digest_is(m->sha512, wanted);
}

/* An item is shown when its texts hold what is looked for; else those of its files that do. */
static enum err search_item(struct home_call *call, const struct evidence_item *item, slice wanted, size_t *found, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct buf manifest = {.max = MANIFEST_BYTES_MAX}, line = {0};
	struct manifest_walk w;
	struct manifest_file m;
	bool end = false, whole = rows_hold(item, wanted), told = false;
	enum err e = evidence_manifest(call->home, &item->id, &manifest, f);
	if (e == OK) e = manifest_open(buf_slice(&manifest), a, &w, f);
	if (e == OK && (whole || head_holds(&w.head, wanted))) {
		if (call->options.json) item_json(&line, item);
		else item_row(item);
		told = true;
		++*found;
	}
	while (e == OK) {
		e = manifest_next(&w, a, &m, &end, f);
		if (e != OK || end) break;
		if (!file_holds(&m, wanted)) continue;
		++*found;
		if (call->options.json) file_json(&line, item, &m);
		else {
			if (!told) item_row(item);
			file_row(&m);
		}
		told = true;
	}
	arena_free(a);
	buf_free(&manifest);
	buf_free(&line);
	return e;
}

static enum err search_use(struct home_call *call, int *code, struct fault *f)
{
	struct evidence_register all = {0};
	slice wanted = slice_from(call->arguments.items[0]);
	size_t found = 0;
	if (slice_starts(wanted, SLICE("sha256:"))) wanted = slice_sub(wanted, 7, SIZE_MAX);
	enum err e = register_read(call, &all, f);
	for (unsigned i = 0; e == OK && i < all.n; i++) {
		struct fault inner = {0};
		if (!case_fits(call, &all.items[i])) continue;
		if (search_item(call, &all.items[i], wanted, &found, &inner) == OK) continue;
		complain("an item was not searched", &inner);
		*code = EXIT_ERROR;
	}
	if (e == OK && found == 0 && *code == 0) *code = EXIT_NONE;
	return e;
}

static int search_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, search_use);
}

const struct command command_evidence_search = {
	.name = "evidence search",
	.summary = "items and files by a part of a text, or a digest",
	.usage = "TEXT [--case TEXT] [--json] [--home DIR]",
	.text = "Looks in all that was said about items and acts, in the names of files (case of ASCII letters apart), and for a whole "
		"MD5, SHA-1,\n"
		"SHA-256 or SHA-512 that was recorded. Exit code 1 when nothing is found.\n",
	.examples = "  kulla evidence search 44d88612fea8a8f36de82e1278abb02f\n  kulla evidence search 'thinkpad'\n",
	.options = list_options,
	.run = search_run,
};
