/* kulla evidence open, return, copy, transfer, receive, dispose, hold, release: one table of acts, one function.
 * What is done is an entry; what is refused is one too, with the rule that refused it. */
#include <stdio.h>
#include <sys/stat.h>

#include "evidence_files.h"
#include "evidence_options.h"
#include "progress.h"
#include "text.h"

struct act {
	const struct command *command;
	enum custody_act act;
	bool measured; /* its files are read: before */
	bool needs_party;
	const char *done; /* what is said */
};
static const struct act *act_of(const struct command *c);

static void tell_trouble(void *context, slice name, const char *what)
{
	(void)context;
	fputs("kulla: damaged: ", stderr);
	put_visible(stderr, name);
	fputs(": ", stderr);
	put_visible(stderr, slice_from(what));
	fputc('\n', stderr);
}

static enum err find_item(
	struct home_call *call, const char *name, struct evidence_register *all, struct evidence_item **out, struct fault *f)
{
	enum err e = home_call_view(call, f);
	if (e == OK) e = evidence_register_read(&call->view, call->arena, all, f);
	return e == OK ? evidence_find(all, slice_from(name), out, f) : e;
}

static struct custody_request request_of(struct home_call *call, const struct act *a)
{
	const struct evidence_options *o = &call->options.evidence;
	return (struct custody_request){.act = a->act,
		.by = person_given(call, o->by),
		.reason = text_given(o->reason),
		.party = text_nfc(call->arena, text_given(o->to)),
		.authority = text_given(o->authority),
		.place = text_given(o->place),
		.seal = text_given(o->seal),
		.at = o->at != INSTANT_NONE ? o->at : clock_now()};
}

static enum err judge_options(struct home_call *call, const struct act *a, struct fault *f)
{
	const struct evidence_options *o = &call->options.evidence;
	if (o->reason == NULL || *o->reason == 0)
		return fault_set(f, ERR_USAGE, 0, 0, "an act with evidence needs its reason: give --reason TEXT");
	if (a->needs_party && (o->to == NULL || *o->to == 0)) return fault_set(f, ERR_USAGE, 0, 0, "to whom? give --to NAME");
	return OK;
}

/* Read the files that the act is about: those beside the ledger, or those that came back. */
static enum err measure(struct home_call *call, const struct act *a, const digest *item, struct evidence_reading *out, struct fault *f)
{
	const char *folder = call->options.evidence.path;
	if (a->act == CUSTODY_RETURN && folder != NULL) return evidence_read_folder(call->home, item, folder, tell_trouble, NULL, out, f);
	return evidence_read(call->home, item, tell_trouble, NULL, out, f);
}

/* What follows an act that counted. */
static enum err follow(
	struct home_call *call, const struct act *a, const struct evidence_register *all, const digest *item, struct fault *f)
{
	uint64_t destroyed = 0, kept = 0;
	enum err e = OK;
	if (a->act == CUSTODY_OPEN && call->options.out != NULL) e = evidence_write_out(call->home, item, call->options.out, f);
	if (a->act != CUSTODY_DISPOSE) return e;
	e = evidence_destroy(call->home, all, item, &destroyed, &kept, f);
	printf("%llu files destroyed, %llu kept because another item has them\n", (unsigned long long)destroyed, (unsigned long long)kept);
	return e;
}

static int tell(const struct act *a, enum custody_rule verdict, const struct node_place *place, bool damaged)
{
	if (verdict != CUSTODY_ALLOWED) {
		fprintf(stderr, "kulla: refused (%s): %s; entry %llu says so\n", custody_rule_word(verdict), custody_rule_text(verdict),
			(unsigned long long)place->index);
		return EXIT_ERROR;
	}
	printf("%s, by entry %llu%s\n", a->done, (unsigned long long)place->index,
		damaged ? "; ITS FILES ARE NOT AS THEY WERE SEALED" : "");
	return damaged ? EXIT_NONE : 0;
}

/* A working copy is made before the act that names it; a refused act makes none. */
static enum err copy_first(
	struct home_call *call, const struct evidence_item *item, struct custody_request *q, digest *made, struct fault *f)
{
	struct custody_move move = {.act = CUSTODY_COPY, .by = q->by, .at = q->at, .told = clock_now()};
	struct node_place place;
	if (custody_judge(&item->state, &move) != CUSTODY_ALLOWED) return OK;
	enum err e = evidence_copy(call->home, &item->id, q->by, q->reason, SLICE(KULLA_VERSION), q->at, made, &place, f);
	if (e == OK) q->made = made;
	return e;
}

/* What can fail is tried before the act is written down. */
static enum err prepare(struct home_call *call, const struct act *a, const struct evidence_register *all, const struct evidence_item *item,
	struct custody_request *q, digest *made, struct fault *f)
{
	struct stat st;
	const char *out = call->options.out;
	if (a->act == CUSTODY_OPEN && out != NULL && lstat(out, &st) == 0)
		return fault_set(f, ERR_EXISTS, 0, 0, "%.200s: is there already: --out makes a new folder", out);
	if (a->act == CUSTODY_DISPOSE) return evidence_destroyable(call->home, all, &item->id, f);
	return a->act == CUSTODY_COPY ? copy_first(call, item, q, made, f) : OK;
}

static enum err act_on(struct home_call *call, const struct act *a, const struct evidence_register *all, const struct evidence_item *item,
	int *code, struct fault *f)
{
	struct custody_request q = request_of(call, a);
	struct evidence_reading read = {.files = 0};
	struct node_place place;
	enum custody_rule verdict = CUSTODY_ALLOWED;
	digest made;
	char hex[DIGEST_HEX_BYTES + 1];
	enum err e = a->measured ? measure(call, a, &item->id, &read, f) : OK;
	if (e == OK && a->measured) *(a->act == CUSTODY_RETURN ? &q.after : &q.before) = &read.found;
	if (e == OK) e = prepare(call, a, all, item, &q, &made, f);
	if (e == OK) e = evidence_act(&call->view, &item->id, &q, clock_now(), &place, &verdict, f);
	if (e != OK) return e;
	*code = tell(a, verdict, &place, read.damaged > 0);
	if (verdict == CUSTODY_ALLOWED && q.made != NULL) printf("copy sha256:%s\n", digest_hex(&made, hex));
	return verdict == CUSTODY_ALLOWED ? follow(call, a, all, &item->id, f) : OK;
}

static enum err act_use(struct home_call *call, int *code, struct fault *f)
{
	const struct act *a = act_of(call->command);
	struct evidence_register all = {0};
	struct evidence_item *item = NULL;
	int lock = -1;
	enum err e = judge_options(call, a, f);
	if (e == OK && a->act == CUSTODY_DISPOSE) e = evidence_lock(call->home, true, &lock, f);
	if (e == OK) e = find_item(call, call->arguments.items[0], &all, &item, f);
	if (e == OK && a->act == CUSTODY_DISPOSE && item->state.place == CUSTODY_DISPOSED)
		e = follow(call, a, &all, &item->id, f); /* one that was interrupted goes on */
	else if (e == OK) e = act_on(call, a, &all, item, code, f);
	evidence_unlock(lock);
	return e;
}

static int act_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, act_use);
}

/* ---- the commands ---- */
#define AT_OPTION                                                                                                                          \
	{                                                                                                                                  \
		.name = "at", .kind = OPTION_TIME, .place = EVIDENCE_PLACE(at), .argument = "TIME",                                        \
		.help = "when it happened (default: now)"                                                                                  \
	}
#define ACT_OPTIONS                                                                                                                        \
	REASON_OPTION, BY_OPTION, AUTHORITY_OPTION, PLACE_OPTION, SEAL_OPTION, AT_OPTION, HOME_CALL_OPTION,                                \
	{                                                                                                                                  \
		0                                                                                                                          \
	}
#define USAGE "--reason TEXT [--by NAME] [OPTIONS] [--home DIR]"
static const struct option act_options[] = {ACT_OPTIONS};
static const struct option open_options[] = {{.name = "out",
						     .kind = OPTION_TEXT,
						     .place = offsetof(struct home_options, out),
						     .argument = "DIR",
						     .help = "write its files there, into a new folder, for reading only"},
	ACT_OPTIONS};
static const struct option return_options[] = {
	EVIDENCE_TEXT("path", path, "DIR", "the files that came back: they are read and compared"), ACT_OPTIONS};
static const struct option transfer_options[] = {EVIDENCE_TEXT("to", to, "NAME", "who shall receive it"), ACT_OPTIONS};

/* What all of them have. */
#define ACT(tail) .usage = "ITEM " tail USAGE, .run = act_run

const struct command command_evidence_open = {
	.name = "evidence open",
	.summary = "take an item out for examination",
	ACT("[--out DIR] "),
	.text = "Its files are read and compared before it leaves. One person examines an item at a time, and returns it.\n",
	.examples = "  kulla evidence open 3f2a91c0 "
		    "--reason 'malware analysis' --by 'E. Hoxha' --out /srv/lab/exhibit-4"
		    "\n",
	.options = open_options,
};

const struct command command_evidence_return = {
	.name = "evidence return",
	.summary = "an examination ends",
	ACT("[--path DIR] "),
	.text = "The files are read again: those beside the ledger, or with --path those that come back. What differs is told and stands "
		"in the "
		"entry.\n",
	.examples = "  kulla evidence return 3f2a91c0 "
		    "--reason 'analysis done' --by 'E. Hoxha' --path /srv/lab/exhibit-4"
		    "\n",
	.options = return_options,
};

const struct command command_evidence_copy = {
	.name = "evidence copy",
	.summary = "make a working copy: an item of its own",
	ACT(""),
	.text = "The copy shares the original's bytes; its custody is its own. The original is read and compared first.\n",
	.examples = "  kulla evidence copy 3f2a91c0 "
		    "--reason 'copy for the defence'"
		    "\n",
	.options = act_options,
};

const struct command command_evidence_transfer = {
	.name = "evidence transfer",
	.summary = "offer an item to who shall hold it",
	ACT("--to NAME "),
	.text = "Only its holder can. The item is in transit until the other side receives it (kulla evidence receive; in another "
		"institution "
		"kulla evidence\n"
		"import, whose receipt comes back with kulla evidence deliver). The holder can receive it back himself.\n",
	.examples = "  kulla evidence transfer 3f2a91c0 "
		    "--to 'Prosecutor M. Leka' --reason 'trial' --seal B-00417"
		    "\n",
	.options = transfer_options,
};

const struct command command_evidence_receive = {
	.name = "evidence receive",
	.summary = "take over an item that was offered",
	ACT(""),
	.text = "Only to whom it was offered. Its files are read and compared.\n",
	.examples = "  kulla evidence receive 3f2a91c0 "
		    "--by 'Prosecutor M. Leka' --reason 'trial' --seal B-00417"
		    "\n",
	.options = act_options,
};

const struct command command_evidence_dispose = {
	.name = "evidence dispose",
	.summary = "end custody: its files are destroyed",
	ACT(""),
	.text = "Needs an authority; refused under hold, in transit, or while somebody examines it. The entry stands first, then the files "
		"are "
		"destroyed, but for\n"
		"those that another item has. The manifest stays: what it was, and that it was lawfully destroyed, can be shown. A "
		"disposal that was\ninterrupted goes on when it is asked for again.\n",
	.examples = "  kulla evidence dispose 3f2a91c0 "
		    "--reason 'case closed' --authority 'court of Tirana, 88/2027'"
		    "\n",
	.options = act_options,
};

const struct command command_evidence_hold = {
	.name = "evidence hold",
	.summary = "forbid disposal",
	ACT(""),
	.text = "Needs an authority. Several can stand; each must be released.\n",
	.examples = "  kulla evidence hold 3f2a91c0 "
		    "--reason 'appeal' --authority 'prosecutor general, 5/2027'"
		    "\n",
	.options = act_options,
};

const struct command command_evidence_release = {
	.name = "evidence release",
	.summary = "a hold ends",
	ACT(""),
	.text = "Needs an authority.\n",
	.examples = "  kulla evidence release 3f2a91c0 "
		    "--reason 'appeal decided' --authority 'prosecutor general, 9/2027'"
		    "\n",
	.options = act_options,
};

static const struct act ACTS[] = {
	{&command_evidence_open, CUSTODY_OPEN, true, false, "taken out"},
	{&command_evidence_return, CUSTODY_RETURN, true, false, "returned"},
	{&command_evidence_copy, CUSTODY_COPY, true, false, "copied"},
	{&command_evidence_transfer, CUSTODY_TRANSFER, true, true, "offered"},
	{&command_evidence_receive, CUSTODY_RECEIVE, true, false, "received"},
	{&command_evidence_dispose, CUSTODY_DISPOSE, false, false, "disposed of"},
	{&command_evidence_hold, CUSTODY_HOLD, false, false, "held"},
	{&command_evidence_release, CUSTODY_RELEASE, false, false, "released"},
};

static const struct act *act_of(const struct command *c)
{
	size_t i = 0;
	while (ACTS[i].command != c) i++;
	return &ACTS[i];
}
