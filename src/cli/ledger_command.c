/* kulla ledger …: heads, proofs, entries, the policy, the key. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "home_call.h"
#include "json.h"
#include "limit.h"
#include "proof_file.h"
#include "text.h"

#define FOLLOW_MS 500
#define TAIL_DEFAULT 10

/* ---- checkpoint ---- */
static enum err checkpoint_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct buf note = {0};
	enum err e = home_call_view(call, f);
	if (e == OK && call->options.cosigned) {
		const struct storage *s = storage_of_folder(call->view.folder);
		e = s->get(s->context, LEDGER_COSIGNED, NOTE_BYTES_MAX, &note, f);
		if (e == ERR_NOT_FOUND)
			e = fault_set(f, e, 0, 0, "no witness has cosigned this ledger yet: see kulla help witness request");
	} else if (e == OK) buf_add(&note, call->view.note);
	if (e == OK) e = file_write_new(call->options.out, buf_slice(&note), f);
	buf_free(&note);
	return e;
}

static int checkpoint_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 0, false, checkpoint_use);
}

static const struct option checkpoint_options[] = {HOME_CALL_OPTION,
	{.name = "cosigned",
		.kind = OPTION_FLAG,
		.place = offsetof(struct home_options, cosigned),
		.help = "the newest that witnesses have cosigned"},
	OUT_OPTION, {0}};
const struct command command_ledger_checkpoint = {
	.name = "ledger checkpoint",
	.summary = "the ledger's signed head",
	.usage = "[--home DIR] [--cosigned] [--out FILE]",
	.text = "A C2SP checkpoint: the ledger's name, how many entries it has, the root of its tree, signatures. Whoever keeps one can "
		"tell later\n"
		"whether the ledger was rolled back or rewritten: kulla verify --head FILE.\n",
	.examples = "  kulla ledger checkpoint --home /var/lib/kulla --out head-2026-11-24.txt\n",
	.options = checkpoint_options,
	.run = checkpoint_run,
};

/* ---- prove ---- */
static enum err prove_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	uint64_t index;
	struct buf proof = {0};
	if (!text_get_decimal(slice_from(call->arguments.items[0]), &index))
		return fault_set(f, ERR_USAGE, 0, 0, "\"%.60s\" is no entry's number", call->arguments.items[0]);
	enum err e = home_call_view(call, f);
	if (e == OK) e = ledger_view_prove(&call->view, index, &proof, f);
	if (e == OK) e = file_write_new(call->options.out, buf_slice(&proof), f);
	buf_free(&proof);
	return e;
}

static int prove_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, prove_use);
}

static const struct option prove_options[] = {HOME_CALL_OPTION, OUT_OPTION, {0}};
const struct command command_ledger_prove = {
	.name = "ledger prove",
	.summary = "prove that an entry is in the ledger",
	.usage = "INDEX [--home DIR] [--out FILE.tlog-proof]",
	.text = "Writes a C2SP .tlog-proof: the entry's number, the hashes that lead from it to the root, and the checkpoint; with "
		"witnesses'\n"
		"cosignatures when they cover the entry. Together with the entry's bytes (kulla ledger show INDEX --json | jq -cj .entry) "
		"anyone can check\n"
		"it offline: kulla ledger check.\n",
	.examples = "  kulla ledger prove 17 --out entry-17.tlog-proof\n",
	.options = prove_options,
	.run = prove_run,
};

/* ---- check: a stranger's side ---- */
static enum err load_policy(struct home_call *call, struct policy *out, struct fault *f)
{
	struct buf text = {0};
	struct note_key key;
	enum err e;
	if (call->options.policy == NULL && call->options.key == NULL)
		return fault_set(f, ERR_USAGE, 0, 0, "whose ledger is it? give --key VKEY, or --policy FILE");
	if (call->options.policy != NULL) e = file_read_small(call->options.policy, POLICY_BYTES_MAX, &text, f);
	else {
		buf_printf(&text, "log %s\nquorum none\n", call->options.key);
		e = note_key_parse(slice_from(call->options.key), call->arena, &key, f);
	}
	if (e == OK) e = policy_parse(arena_copy(call->arena, buf_slice(&text)), call->arena, out, f);
	buf_free(&text);
	return e;
}

/* The entry's bytes, with or without a newline behind them: canonical JSON has none. */
static slice entry_of_file(const struct buf *b)
{
	slice s = buf_slice(b);
	if (s.n > 0 && s.p[s.n - 1] == '\n') s.n--;
	return s;
}

static enum err check_use(struct home_call *call, int *code, struct fault *f)
{
	struct policy policy;
	struct policy_verdict verdict;
	struct proof_file proof;
	struct buf bytes = {0}, entry = {0};
	struct fault why = {0};
	enum err e = load_policy(call, &policy, f);
	if (e == OK) e = file_read_small(call->arguments.items[0], PROOF_FILE_BYTES_MAX, &bytes, f);
	if (e == OK) e = file_read_small(call->arguments.items[1], ENTRY_BYTES_MAX + 1, &entry, f);
	if (e == OK) e = proof_file_parse(buf_slice(&bytes), call->arena, &proof, f);
	if (e == OK) {
		digest leaf = tree_leaf(entry_of_file(&entry));
		*code = proof_file_check(&proof, &leaf, &policy, call->arena, &verdict, &why) == OK ? 0 : 1;
		if (*code == 0)
			printf("holds: entry %llu of %.*s, under its checkpoint of %llu entries\n", (unsigned long long)proof.index,
				(int)verdict.checkpoint.origin.n, (const char *)verdict.checkpoint.origin.p,
				(unsigned long long)verdict.checkpoint.head.size);
		else printf("does not hold: %s\n", why.text);
	}
	buf_free(&bytes);
	buf_free(&entry);
	return e;
}

static int check_run(const struct command *c, int argc, char *const *argv)
{
	command_confine(NULL, false);
	return home_call_run(c, argc, argv, 2, 2, true, check_use);
}

static const struct option check_options[] = {
	{.name = "key", .kind = OPTION_TEXT, .place = offsetof(struct home_options, key), .argument = "VKEY", .help = "the ledger's key"},
	{.name = "policy",
		.kind = OPTION_TEXT,
		.place = offsetof(struct home_options, policy),
		.argument = "FILE",
		.help = "a C2SP policy: ledgers, witnesses, who must have cosigned"},
	{0}};
const struct command command_ledger_check = {
	.name = "ledger check",
	.summary = "check a proof offline",
	.usage = "PROOF ENTRY (--key VKEY | --policy FILE)",
	.text = "PROOF is what kulla ledger prove wrote, ENTRY a file with the entry's bytes. No home is needed. Exit code 0: it holds, 1: "
		"it does\n"
		"not, 2: it could not be looked at.\n",
	.examples = "  kulla ledger check entry-17.tlog-proof entry-17.json --key cert.example/kulla+49365ede+Ab…\n",
	.options = check_options,
	.run = check_run,
};

/* ---- show, tail ---- */
static bool shown(const struct home_call *call, const struct entry *e)
{
	return call->options.kind == NULL || slice_equal(e->kind, slice_from(call->options.kind));
}

static enum err show_one(struct home_call *call, uint64_t index, struct buf *line, struct fault *f)
{
	slice bytes;
	struct entry entry;
	struct fault inner = {0};
	enum err e = ledger_view_entry(&call->view, index, &bytes, f);
	if (e != OK) return e;
	buf_clear(line);
	bool fine = entry_parse(bytes, &entry, &inner) == OK;
	if (fine && !shown(call, &entry)) return OK;
	if (call->options.json) {
		buf_printf(line, "{\"kind\":\"entry\",\"index\":%llu", (unsigned long long)index);
		json_put_member_bool(line, "valid", fine);
		json_put_key(line, "entry");
		if (fine) buf_add(line, bytes);
		else json_put_text(line, bytes);
		buf_add_byte(line, '}');
	} else {
		buf_printf(line, "%8llu  ", (unsigned long long)index);
		if (fine) entry_summary(line, &entry);
		else buf_printf(line, "breaks a rule: %s", inner.text);
	}
	buf_add_byte(line, '\n');
	(void)fwrite(line->p, 1, line->n, stdout);
	return OK;
}

static enum err show_range(struct home_call *call, uint64_t from, uint64_t to, struct fault *f)
{
	struct buf line = {0};
	enum err e = OK;
	for (uint64_t i = from; e == OK && i < to; i++) e = show_one(call, i, &line, f);
	buf_free(&line);
	return e;
}

/* "7", "7-9", "7-". */
static enum err range_of(const char *text, uint64_t size, uint64_t *from, uint64_t *to, struct fault *f)
{
	slice rest = slice_from(text), first = slice_cut(&rest, '-');
	bool range = strchr(text, '-') != NULL, fine = text_get_decimal(first, from);
	*to = fine ? *from : 0;
	if (fine && range && rest.n > 0) fine = text_get_decimal(rest, to) && *to >= *from;
	if (!fine) return fault_set(f, ERR_USAGE, 0, 0, "\"%.60s\" is neither an entry's number nor a range such as 7-9", text);
	if (*from >= size || *to >= size)
		return fault_set(
			f, ERR_USAGE, 0, 0, "\"%.60s\": the ledger has the entries 0 to %llu", text, (unsigned long long)(size - 1));
	*to = range && rest.n == 0 ? size : *to + 1;
	return OK;
}

static enum err show_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	enum err e = home_call_view(call, f);
	if (e != OK) return e;
	uint64_t size = call->view.checkpoint.head.size, from = 0, to = size;
	if (call->arguments.n == 0) return show_range(call, 0, size, f);
	for (size_t i = 0; e == OK && i < call->arguments.n; i++) {
		e = range_of(call->arguments.items[i], size, &from, &to, f);
		if (e == OK) e = show_range(call, from, to, f);
	}
	return e;
}

static int show_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, SIZE_MAX, false, show_use);
}

#define KIND_OPTION                                                                                                                        \
	{                                                                                                                                  \
		.name = "kind", .kind = OPTION_TEXT, .place = offsetof(struct home_options, kind), .argument = "KIND",                     \
		.help = "only entries of this kind: scan, key, witness …"                                                                \
	}
static const struct option show_options[] = {HOME_CALL_OPTION, KIND_OPTION, JSON_OPTION, {0}};
const struct command command_ledger_show = {
	.name = "ledger show",
	.summary = "entries of the ledger",
	.usage = "[INDEX | FROM-TO]… [--kind KIND] [--json] [--home DIR]",
	.text = "One line for each entry: number, time, who, what. With --json the whole entry, exactly as it was hashed. Kinds that this "
		"version\n"
		"does not know are shown too. Names and free text stand in blobs; the entry has their salted digest.\n",
	.examples = "  kulla ledger show\n  kulla ledger show 17 --json | jq .entry\n  kulla ledger show --kind scan\n",
	.options = show_options,
	.run = show_run,
};

static enum err tail_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	uint64_t n = call->options.count < 0 ? TAIL_DEFAULT : (uint64_t)call->options.count;
	enum err e = home_call_view(call, f);
	uint64_t seen = e != OK || call->view.checkpoint.head.size < n ? 0 : call->view.checkpoint.head.size - n;
	while (e == OK) {
		uint64_t size = call->view.checkpoint.head.size;
		e = show_range(call, seen, size, f);
		seen = size;
		if (e != OK || !call->options.follow || fflush(stdout) != 0) break;
		struct timespec t = {0, FOLLOW_MS * 1000000l};
		(void)nanosleep(&t, NULL);
		ledger_view_close(&call->view);
		e = home_call_view(call, f);
	}
	return e;
}

static int tail_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 0, false, tail_use);
}

static const struct option tail_options[] = {HOME_CALL_OPTION,
	{.name = "lines",
		.letter = 'n',
		.kind = OPTION_NUMBER,
		.place = offsetof(struct home_options, count),
		.argument = "N",
		.help = "how many entries (default 10)",
		.min = 0,
		.max = INT64_MAX},
	{.name = "follow",
		.letter = 'f',
		.kind = OPTION_FLAG,
		.place = offsetof(struct home_options, follow),
		.help = "go on as entries come"},
	KIND_OPTION, JSON_OPTION, {0}};
const struct command command_ledger_tail = {
	.name = "ledger tail",
	.summary = "the newest entries",
	.usage = "[-n N] [-f] [--kind KIND] [--json] [--home DIR]",
	.text = "As kulla ledger show, for the last entries; with -f it goes on until it is interrupted.\n",
	.examples = "  kulla ledger tail -f\n",
	.options = tail_options,
	.run = tail_run,
};

/* ---- policy ---- */
static enum err policy_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct buf text = {0};
	uint64_t entry = 0;
	enum err e = home_call_view(call, f);
	if (e == OK && call->arguments.n == 0) {
		e = ledger_policy_get(&call->view, &text, f);
		if (e == OK) e = file_write_new(NULL, buf_slice(&text), f);
	} else if (e == OK) {
		e = file_read_small(call->arguments.items[0], POLICY_BYTES_MAX, &text, f);
		if (e == OK) e = ledger_policy_set(&call->view, buf_slice(&text), &entry, f);
		if (e == OK) printf("the policy is set, by entry %llu\n", (unsigned long long)entry);
	}
	buf_free(&text);
	return e;
}

static int policy_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 1, false, policy_use);
}

static const struct option policy_options[] = {HOME_CALL_OPTION, {0}};
const struct command command_ledger_policy = {
	.name = "ledger policy",
	.summary = "who must have cosigned: show or set it",
	.usage = "[FILE] [--home DIR]",
	.text = "The policy is a C2SP tlog-policy: `witness NAME VKEY`, `group NAME K MEMBER…`, `quorum NAME`. kulla verify says whether "
		"the newest\n"
		"cosigned checkpoint meets it. Setting one is an entry; the text is a blob.\n",
	.examples = "  printf 'witness fr %s\\nwitness pl %s\\ngroup allies 1 fr pl\\nquorum allies\\n' \"$FR\" \"$PL\" >policy\n  kulla "
		    "ledger policy policy\n",
	.options = policy_options,
	.run = policy_run,
};

/* ---- rotate ---- */
static const char *const reasons[] = {"scheduled", "compromised", "algorithm", NULL};

static enum err rotate_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct keeper_client *c = NULL;
	struct buf ask = {0};
	slice answer, vkey;
	struct canonical_writer w = canonical_open(&ask);
	canonical_put_text(&w, "do", SLICE("rotate"));
	if (call->options.since != 0) entry_write_time(&w, "doubtful_since", call->options.since);
	canonical_put_text(&w, "reason", slice_from(reasons[call->options.reason]));
	canonical_close(&w);
	enum err e = keeper_connect(call->home, &c, f);
	if (e == OK) e = keeper_ask(c, buf_slice(&ask), &answer, f);
	if (e == OK && protocol_text(answer, "vkey", call->arena, &vkey))
		printf("a new key signs from now on:\n%.*s\n", (int)vkey.n, (const char *)vkey.p);
	keeper_close_client(c);
	buf_free(&ask);
	return e;
}

static int rotate_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 0, false, rotate_use);
}

static const struct option rotate_options[] = {HOME_CALL_OPTION,
	{.name = "reason",
		.kind = OPTION_CHOICE,
		.place = offsetof(struct home_options, reason),
		.argument = "WORD",
		.help = "why (default scheduled)",
		.choices = reasons},
	{.name = "doubtful-since",
		.kind = OPTION_TIME,
		.place = offsetof(struct home_options, since),
		.argument = "TIME",
		.help = "since when somebody else may have had the old key: kulla verify names what was appended from then on"},
	{0}};
const struct command command_ledger_rotate = {
	.name = "ledger rotate",
	.summary = "replace the ledger's signing key",
	.usage = "[--reason WORD] [--doubtful-since TIME] [--home DIR]",
	.text = "A new key is made; an entry signed by the old and the new one says so; the old one is removed. Whoever verifies by the "
		"first key\n"
		"follows these entries. Give the new key to your witnesses.\n",
	.examples = "  kulla ledger rotate --reason scheduled\n  kulla ledger rotate --reason compromised --doubtful-since "
		    "2026-11-20T00:00:00Z\n",
	.options = rotate_options,
	.run = rotate_run,
};
