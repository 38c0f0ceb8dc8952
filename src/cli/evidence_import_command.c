/* kulla evidence import: another institution's package, checked as a whole, then taken in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "apart.h"

#include "evidence_options.h"
#include "package.h"
#include "package_trust.h"
#include "progress.h"

/* ---- whom we trust ---- */
enum err package_trust_read(struct home_call *call, struct policy *out, struct fault *f)
{
	const struct package_options *o = &call->options.package;
	struct buf text = {0};
	enum err e = OK;
	if (call->options.policy == NULL && o->keys.n == 0)
		return fault_set(
			f, ERR_USAGE, 0, 0, "whose ledger is it? give --key VKEY, as you were told it by another way, or --policy FILE");
	if (call->options.policy != NULL) e = file_read_small(call->options.policy, POLICY_BYTES_MAX, &text, f);
	else {
		for (size_t i = 0; i < o->keys.n; i++) buf_printf(&text, "log %s\n", o->keys.items[i]);
		for (size_t i = 0; i < o->witnesses.n; i++) buf_printf(&text, "witness w%zu %s\n", i, o->witnesses.items[i]);
		if (o->witnesses.n > 0) buf_add_text(&text, "group all all");
		for (size_t i = 0; i < o->witnesses.n; i++) buf_printf(&text, " w%zu", i);
		buf_add_text(&text, o->witnesses.n > 0 ? "\nquorum all\n" : "quorum none\n");
	}
	if (e == OK) e = policy_parse(arena_copy(call->arena, buf_slice(&text)), call->arena, out, f);
	buf_free(&text);
	return e;
}

/* ---- the check, apart ---- */
struct import {
	struct home_call *call;
	struct package_trust trust;
	int folder;
};
/* Counts for people; what is taken in is judged again. */
struct checked {
	unsigned items_n;
	uint64_t proofs, stamps, texts_gone, foreign;
};

static enum err check_apart(void *context, void *answer, struct fault *f)
{
	struct import *m = context;
	struct checked *c = answer;
	struct package_facts facts;
	struct arena *a = arena_new(0);
	enum err e = package_check(m->folder, &m->trust, true, clock_now(), a, &facts, f);
	if (e == OK) *c = (struct checked){facts.items_n, facts.proofs, facts.stamps, facts.texts_gone, facts.foreign};
	arena_free(a);
	return e;
}

/* ---- receipts ---- */

/* One item's receipt has the name that was given; of several each has its item's digits behind it. */
static enum err write_receipt(struct import *m, const struct package_taken *t, unsigned i, struct fault *f)
{
	const char *path = m->call->options.package.receipt;
	char digits[BAG_ITEM_DIGITS + 1];
	struct ledger_view view = {0};
	struct buf receipt = {0};
	if (t->facts.items_n > 1) path = (const char *)arena_printf(m->call->arena, "%s-%s", path, bag_item_folder(&t->items[i], digits)).p;
	enum err e = ledger_view_open(m->call->home, &view, f);
	if (e == OK) e = package_receipt(&view, t->receives[i], &receipt, f);
	if (e == OK) e = file_write_new(path, buf_slice(&receipt), f);
	ledger_view_close(&view);
	buf_free(&receipt);
	return e;
}

static void tell(const struct package_taken *t, const struct checked *c)
{
	char hex[DIGEST_HEX_BYTES + 1];
	printf("checked: %u items, %llu entries proven in the ledger ", c->items_n, (unsigned long long)c->proofs);
	put_visible(stdout, t->facts.origin);
	printf(", %llu time stamps\n", (unsigned long long)c->stamps);
	if (c->texts_gone > 0) printf("%llu texts of it were erased where it comes from\n", (unsigned long long)c->texts_gone);
	if (c->foreign > 0)
		printf("%llu entries of earlier institutions are in it whose key was not given: not known who signed them (--key)\n",
			(unsigned long long)c->foreign);
	for (unsigned i = 0; i < t->facts.items_n; i++) {
		printf("%s sha256:%s", t->facts.items[i].offered ? "received" : "copy", digest_hex(&t->items[i], hex));
		if (t->facts.items[i].offered) printf(", by entry %llu\n", (unsigned long long)t->receives[i]);
		else printf(" of sha256:%s, which was not offered to anybody\n", digest_hex(&t->facts.items[i].id, hex));
	}
}

static enum err take_in(struct import *m, const struct checked *c, struct fault *f)
{
	struct home_call *call = m->call;
	struct package_taken taken;
	struct package_arrival q = {.folder = m->folder,
		.trust = &m->trust,
		.by = person_given(call, call->options.evidence.by),
		.reason = text_given(call->options.evidence.reason),
		.version = SLICE(KULLA_VERSION),
		.now = clock_now()};
	enum err e = home_call_view(call, f);
	if (e == OK) e = package_import(&call->view, &q, call->arena, &taken, f);
	if (e != OK) return e;
	tell(&taken, c);
	for (unsigned i = 0; i < taken.facts.items_n && e == OK && call->options.package.receipt != NULL; i++)
		if (taken.facts.items[i].offered) e = write_receipt(m, &taken, i, f);
	return e;
}

static enum err import_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct import m = {.call = call};
	struct policy policy;
	struct checked checked;
	const char *path = call->arguments.items[0];
	if (call->options.evidence.reason == NULL || *call->options.evidence.reason == 0)
		return fault_set(f, ERR_USAGE, 0, 0, "what is taken in needs its reason: give --reason TEXT");
	enum err e = package_trust_read(call, &policy, f);
	if (e != OK) return e;
	m.trust.policy = &policy;
	m.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m.folder < 0) return fault_set(f, ERR_NOT_FOUND, 0, 0, "%.200s: cannot be opened: %s", path, strerror(errno));
	e = apart_run(check_apart, &m, &checked, sizeof checked, f);
	if (e == OK) e = take_in(&m, &checked, f);
	close(m.folder);
	return e;
}

static int import_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, import_use);
}

static const struct option import_options[] = {TRUST_OPTIONS, REASON_OPTION, BY_OPTION,
	{.name = "receipt",
		.kind = OPTION_TEXT,
		.place = offsetof(struct home_options, package.receipt),
		.argument = "FILE",
		.help = "write the receipt for whoever offered it there"},
	HOME_CALL_OPTION, {0}};
const struct command command_evidence_import = {
	.name = "evidence import",
	.summary = "take in another institution's package",
	.usage = "DIR (--key VKEY [--witness VKEY] | --policy FILE) --reason TEXT [--by NAME] [--receipt FILE] [--home DIR]",
	.text = "The whole package is checked first, by a process that can write nowhere: every byte against the manifests, every entry "
		"against "
		"the\n"
		"ledger's signed head. An item that was offered to --by is received: it is the same item, its custody goes on here, and "
		"the receipt "
		"goes\n"
		"back (kulla evidence deliver). One that was offered to somebody else is refused. One that was not offered comes in as a "
		"copy.\n",
	.examples = "  kulla evidence import /media/usb/case-17 --key \"$VKEY\" --by 'Prosecutor M. Leka' --reason trial --receipt "
		    "r.tlog-proof\n",
	.options = import_options,
	.run = import_run,
};
