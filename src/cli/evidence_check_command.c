/* kulla evidence check: all files of items are read again; what is found is an entry. */
#include <stdio.h>

#include "blob.h"
#include "evidence_files.h"
#include "evidence_options.h"
#include "json.h"
#include "progress.h"

#define DAY_US (INT64_C(86400) * 1000000)

struct checking {
	struct home_call *call;
	const struct evidence_item *item;
	struct buf report;
	uint64_t items, bytes, damaged;
};

static void tell_trouble(void *context, slice name, const char *what)
{
	struct checking *c = context;
	char hex[DIGEST_HEX_BYTES + 1];
	fprintf(stderr, "kulla: %.12s: ", digest_hex(&c->item->id, hex));
	put_visible(stderr, name);
	fputs(": ", stderr);
	put_visible(stderr, slice_from(what));
	fputc('\n', stderr);
	buf_printf(&c->report, "{\"file\":");
	json_put_text(&c->report, name);
	buf_printf(&c->report, ",\"item\":\"sha256:%s\",\"text\":", hex);
	json_put_text(&c->report, slice_from(what));
	buf_add_text(&c->report, "}\n");
}

/* What other institutions did with it came as blobs that no entry here names by itself: `kulla verify` does not read them. */
static bool check_before(struct checking *c)
{
	bool holds = true;
	for (unsigned i = 0; i < c->item->before_n; i++) {
		const struct evidence_before *b = &c->item->before[i];
		char path[BLOB_PATH_BYTES];
		if (!b->damaged) continue;
		holds = false;
		tell_trouble(
			c, slice_from(blob_path(&b->line.proof, path)), "an entry of another institution that came with it is damaged");
	}
	return holds;
}

static enum err check_item(struct checking *c, const struct evidence_item *item, struct fault *f)
{
	struct evidence_reading read = {.files = 0};
	struct fault inner = {0};
	char hex[DIGEST_HEX_BYTES + 1];
	c->item = item;
	enum err e = evidence_read(c->call->home, &item->id, tell_trouble, c, &read, &inner);
	if (e == ERR_DISK || e == ERR_ACCESS) {
		*f = inner;
		return e;
	}
	if (e != OK) tell_trouble(c, SLICE("(the manifest)"), inner.text);
	bool holds = check_before(c) && e == OK && read.damaged == 0;
	c->items++;
	c->bytes += read.bytes;
	c->damaged += !holds;
	buf_printf(&c->report, "{\"bytes\":%llu,\"files\":%llu,\"holds\":%s,\"item\":\"sha256:%s\"}\n", (unsigned long long)read.bytes,
		(unsigned long long)read.files, holds ? "true" : "false", digest_hex(&item->id, hex));
	return OK;
}

/* ---- when an item was last read ---- */
struct last {
	struct ledger_view *view;
	struct blob_store *blobs;
	struct evidence_register *all;
	instant *at; /* an item each */
};

static void take_line(struct last *l, slice line, instant told)
{
	struct canonical_value v;
	slice text;
	digest id;
	bool holds;
	if (!canonical_member(line, "holds", &v) || !canonical_get_bool(v, &holds) || !canonical_member(line, "item", &v) ||
		!canonical_get_plain(v, &text) || !entry_get_digest(text, &id))
		return;
	for (unsigned i = 0; i < l->all->n; i++)
		if (digest_equal(&l->all->items[i].id, &id)) l->at[i] = holds ? told : 0; /* what was found damaged stays due */
}

static enum err take_check(struct last *l, slice bytes, struct fault *f)
{
	struct entry e;
	struct buf report = {.max = MANIFEST_BYTES_MAX};
	digest blob;
	enum err x = entry_parse(bytes, &e, f);
	if (x != OK || !slice_equal(e.kind, SLICE("check")) || !entry_field_digest(&e, "report", &blob)) return x;
	if (blob_get(l->blobs, &blob, &report, NULL) == OK)
		for (slice rest = buf_slice(&report); rest.n > 0;) {
			slice line = slice_cut(&rest, '\n');
			if (canonical_check(line, NULL) == OK) take_line(l, line, e.time);
		}
	buf_free(&report);
	return OK;
}

/* Sealing read it too. */
static enum err last_read(struct home_call *call, struct evidence_register *all, instant *at, struct fault *f)
{
	struct last l = {.view = &call->view, .all = all, .at = at};
	slice bytes;
	for (unsigned i = 0; i < all->n; i++) at[i] = all->items[i].ended;
	enum err e = blob_store_open(call->home->fd, NULL, &l.blobs, f);
	for (uint64_t i = 0; e == OK && i < call->view.checkpoint.head.size; i++) {
		e = ledger_view_entry(&call->view, i, &bytes, f);
		if (e == OK && slice_find(bytes, SLICE("\"kind\":\"check\"")) < bytes.n) e = take_check(&l, bytes, f);
	}
	blob_store_close(l.blobs);
	return e;
}

/* ---- the command ---- */
static enum err append(struct checking *c, bool complete, struct node_place *place, struct fault *f)
{
	struct blob_store *blobs = NULL;
	struct buf body = {0};
	digest report;
	enum err e = blob_store_open(c->call->home->fd, NULL, &blobs, f);
	if (e == OK) e = blob_put(blobs, buf_slice(&c->report), &report, f);
	blob_store_close(blobs);
	if (e != OK) return e;
	struct canonical_writer w = canonical_open(&body);
	canonical_put_count(&w, "bytes", c->bytes);
	canonical_put_bool(&w, "complete", complete);
	canonical_put_count(&w, "damaged", c->damaged);
	canonical_put_count(&w, "items", c->items);
	entry_write_digest(&w, "report", &report);
	canonical_close(&w);
	struct node_entry entry = {.kind = SLICE("check"), .body = buf_slice(&body), .blobs = &report, .blob_count = 1};
	e = node_append(c->call->home, &entry, place, f);
	buf_free(&body);
	return e;
}

/* The items that are asked for, or all; those disposed of have no files any more. */
static enum err choose(struct home_call *call, struct evidence_register *all, bool *chosen, struct fault *f)
{
	struct evidence_item *item;
	enum err e = OK;
	for (size_t i = 0; i < call->arguments.n && e == OK; i++) {
		e = evidence_find(all, slice_from(call->arguments.items[i]), &item, f);
		if (e == OK) chosen[item - all->items] = true;
	}
	for (unsigned i = 0; i < all->n; i++) {
		if (call->arguments.n == 0) chosen[i] = true;
		if (all->items[i].state.place == CUSTODY_DISPOSED) chosen[i] = false;
	}
	return e;
}

static enum err drop_recent(struct home_call *call, struct evidence_register *all, bool *chosen, struct fault *f)
{
	instant *at = arena_array(call->arena, all->n + 1, sizeof *at), now = clock_now();
	if (call->options.evidence.older < 0) return OK;
	enum err e = last_read(call, all, at, f);
	for (unsigned i = 0; e == OK && i < all->n; i++)
		if (now - at[i] < call->options.evidence.older * DAY_US) chosen[i] = false;
	return e;
}

static enum err check_use(struct home_call *call, int *code, struct fault *f)
{
	struct evidence_register all = {0};
	struct checking c = {.call = call};
	struct node_place place;
	enum err e = home_call_view(call, f);
	if (e == OK) e = evidence_register_read(&call->view, call->arena, &all, f);
	bool *chosen = arena_array(call->arena, all.n + 1, sizeof *chosen);
	if (e == OK) e = choose(call, &all, chosen, f);
	if (e == OK) e = drop_recent(call, &all, chosen, f);
	enum err read = OK;
	for (unsigned i = 0; e == OK && read == OK && i < all.n; i++)
		if (chosen[i]) read = check_item(&c, &all.items[i], f);
	if (e == OK && c.items == 0 && read == OK) {
		puts("nothing to check");
		return OK;
	}
	if (e == OK) {
		struct fault inner = {0};
		e = append(&c, read == OK, &place, read == OK ? f : &inner);
	}
	if (e == OK) {
		printf("%llu items read, %llu damaged, by entry %llu\n", (unsigned long long)c.items, (unsigned long long)c.damaged,
			(unsigned long long)place.index);
		*code = c.damaged > 0 ? EXIT_NONE : 0;
	}
	buf_free(&c.report);
	return read != OK ? read : e;
}

static int check_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, SIZE_MAX, false, check_use);
}

static const struct option check_options[] = {{.name = "older",
						      .kind = OPTION_NUMBER,
						      .place = EVIDENCE_PLACE(older),
						      .argument = "DAYS",
						      .help = "only what was not read for so many days: for a timer that runs every night",
						      .max = 100000},
	HOME_CALL_OPTION, {0}};
const struct command command_evidence_check = {
	.name = "evidence check",
	.summary = "read evidence again, and record that it is as it was sealed",
	.usage = "[ITEM…] [--older DAYS] [--home DIR]",
	.text = "Every byte of every file, or of the items named, is read and compared. What was found is an entry, its report a blob. "
		"Exit code 1 when\n"
		"something is not as it was sealed: each such file is named.\n",
	.examples = "  kulla evidence check --older 30 --home /var/lib/kulla    # every night, from a timer\n",
	.options = check_options,
	.run = check_run,
};
