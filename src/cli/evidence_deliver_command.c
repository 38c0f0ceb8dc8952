/* kulla evidence deliver: the other institution's receipt came back. */
#include <stdio.h>

#include "apart.h"

#include "evidence_options.h"
#include "package.h"
#include "package_trust.h"
#include "progress.h"

struct judged {
	slice receipt;
	const struct policy *policy;
};

static enum err judge_apart(void *context, void *answer, struct fault *f)
{
	const struct judged *j = context;
	struct package_receipt r;
	struct arena *a = arena_new(0);
	enum err e = package_receipt_check(j->receipt, j->policy, a, &r, f);
	if (e == OK) *(digest *)answer = r.item;
	arena_free(a);
	return e;
}

static enum err find(struct home_call *call, struct evidence_item **out, struct fault *f)
{
	struct evidence_register all = {0};
	enum err e = home_call_view(call, f);
	if (e == OK) e = evidence_register_read(&call->view, call->arena, &all, f);
	return e == OK ? evidence_find(&all, slice_from(call->arguments.items[0]), out, f) : e;
}

static enum err deliver(struct home_call *call, slice receipt, const struct policy *policy, int *code, struct fault *f)
{
	struct judged j = {receipt, policy};
	struct evidence_item *item = NULL;
	struct node_place place;
	enum custody_rule verdict = CUSTODY_ALLOWED;
	digest judged;
	enum err e = find(call, &item, f);
	if (e == OK) e = apart_run(judge_apart, &j, &judged, sizeof judged, f);
	if (e != OK) return e;
	struct package_delivery q = {.item = &item->id,
		.receipt = receipt,
		.by = person_given(call, call->options.evidence.by),
		.reason =
			call->options.evidence.reason != NULL ? slice_from(call->options.evidence.reason) : SLICE("the receipt came back"),
		.policy = policy,
		.now = clock_now()};
	e = package_deliver(&call->view, &q, &place, &verdict, f);
	if (e != OK) return e;
	if (verdict == CUSTODY_ALLOWED) printf("delivered, by entry %llu\n", (unsigned long long)place.index);
	else
		fprintf(stderr, "kulla: refused (%s): %s; entry %llu says so\n", custody_rule_word(verdict), custody_rule_text(verdict),
			(unsigned long long)place.index);
	*code = verdict == CUSTODY_ALLOWED ? 0 : EXIT_ERROR;
	return OK;
}

static enum err deliver_use(struct home_call *call, int *code, struct fault *f)
{
	struct policy policy;
	struct buf receipt = {0};
	if (call->options.package.receipt == NULL) return fault_set(f, ERR_USAGE, 0, 0, "give the receipt: --receipt FILE");
	enum err e = package_trust_read(call, &policy, f);
	if (e == OK) e = file_read_small(call->options.package.receipt, PROOF_FILE_BYTES_MAX, &receipt, f);
	if (e == OK) e = deliver(call, buf_slice(&receipt), &policy, code, f);
	buf_free(&receipt);
	return e;
}

static int deliver_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, deliver_use);
}

static const struct option deliver_options[] = {{.name = "receipt",
							.kind = OPTION_TEXT,
							.place = offsetof(struct home_options, package.receipt),
							.argument = "FILE",
							.help = "what kulla evidence import wrote at the other institution"},
	TRUST_OPTIONS, REASON_OPTION, BY_OPTION, HOME_CALL_OPTION, {0}};
const struct command command_evidence_deliver = {
	.name = "evidence deliver",
	.summary = "the receipt of what was handed over came back",
	.usage = "ITEM --receipt FILE (--key VKEY [--witness VKEY] | --policy FILE) [--by NAME] [--reason TEXT] [--home DIR]",
	.text = "The receipt proves that the other institution's ledger has received this item by this very offer. From then on the item "
		"is held "
		"there.\n",
	.examples = "  kulla evidence deliver 3f2a91c0 --receipt r.tlog-proof --key \"$VKEY\"\n",
	.options = deliver_options,
	.run = deliver_run,
};
