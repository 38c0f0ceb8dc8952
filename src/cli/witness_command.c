/* kulla witness …: witnesses of this ledger, and this node as a witness of others. The exchange is by files. */
#include <stdio.h>

#include "home_call.h"
#include "json.h"
#include "limit.h"

/* ---- our witnesses ---- */
static enum err set_use(struct home_call *call, bool add, slice name, const char *vkey, struct fault *f)
{
	uint64_t entry = 0;
	enum err e = home_call_view(call, f);
	if (e == OK) e = ledger_witness_set(&call->view, name, slice_from(vkey), add, &entry, f);
	if (e == OK) printf("%s, by entry %llu\n", add ? "a witness more" : "a witness less", (unsigned long long)entry);
	return e;
}

static enum err add_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	return set_use(call, true, slice_from(call->arguments.items[0]), call->arguments.items[1], f);
}

static int add_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 2, 2, false, add_use);
}

static const struct option home_only[] = {HOME_CALL_OPTION, {0}};
const struct command command_witness_add = {
	.name = "witness add",
	.summary = "an ally who cosigns this ledger's heads",
	.usage = "NAME VKEY [--home DIR]",
	.text = "VKEY is the witness's key, of type 0x04 (an ally's `kulla witness key` prints it). That it was added is an entry; the "
		"name is a salted\n"
		"text beside the ledger.\n",
	.examples = "  kulla witness add \"CERT Polska\" cert.example.pl/kulla+1f2e3d4c+BO…\n",
	.options = home_only,
	.run = add_run,
};

static enum err remove_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct ledger_state state;
	slice vkey = slice_from(call->arguments.items[0]), name = SLICE("(erased)");
	enum err e = home_call_view(call, f);
	if (e == OK) e = ledger_state_read(&call->view, &state, f);
	for (unsigned i = 0; e == OK && i < state.witnesses_n; i++)
		if (slice_equal(state.witnesses[i].vkey, vkey) && state.witnesses[i].name.n > 0) name = state.witnesses[i].name;
	return e == OK ? set_use(call, false, name, call->arguments.items[0], f) : e;
}

static int remove_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, remove_use);
}

const struct command command_witness_remove = {
	.name = "witness remove",
	.summary = "a witness no longer counts",
	.usage = "VKEY [--home DIR]",
	.text = "An entry says so. What it cosigned before stays what it is.\n",
	.examples = "  kulla witness remove cert.example.pl/kulla+1f2e3d4c+BO…\n",
	.options = home_only,
	.run = remove_run,
};

static enum err list_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct ledger_state state;
	struct buf line = {0};
	enum err e = home_call_view(call, f);
	if (e == OK) e = ledger_state_read(&call->view, &state, f);
	for (unsigned i = 0; e == OK && i < state.witnesses_n; i++) {
		const struct ledger_witness *w = &state.witnesses[i];
		uint64_t last = ledger_witness_last(&call->view, &w->key);
		if (call->options.json) {
			buf_clear(&line);
			buf_add_text(&line, "{\"kind\":\"witness\"");
			json_put_member_text(&line, "name", w->name);
			json_put_member_text(&line, "vkey", w->vkey);
			json_put_member_int(&line, "cosigned", (int64_t)last);
			buf_add_text(&line, "}\n");
			(void)fwrite(line.p, 1, line.n, stdout);
			continue;
		}
		put_visible(stdout, w->name.n > 0 ? w->name : SLICE("(its name was erased)"));
		printf("\n  %.*s\n", (int)w->vkey.n, (const char *)w->vkey.p);
		if (last > 0) printf("  cosigned the checkpoint of %llu entries\n", (unsigned long long)last);
		else puts("  has not cosigned the newest cosigned checkpoint");
	}
	if (e == OK && state.witnesses_n == 0 && !call->options.json)
		puts("no witness: until one cosigns, a rollback of this ledger cannot be told");
	buf_free(&line);
	return e;
}

static int list_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 0, false, list_use);
}

static const struct option list_options[] = {HOME_CALL_OPTION, JSON_OPTION, {0}};
const struct command command_witness_list = {
	.name = "witness list",
	.summary = "who witnesses this ledger",
	.usage = "[--json] [--home DIR]",
	.text = "Names, keys, and what each has cosigned.\n",
	.examples = "  kulla witness list\n",
	.options = list_options,
	.run = list_run,
};

/* ---- the exchange ---- */

/* The witness whose name or key is given; with one witness none need be. */
static enum err find_old(struct home_call *call, uint64_t *old, struct fault *f)
{
	struct ledger_state state;
	enum err e = ledger_state_read(&call->view, &state, f);
	if (call->options.old >= 0 || e != OK) {
		*old = (uint64_t)call->options.old;
		return e;
	}
	slice wanted = call->arguments.n > 0 ? slice_from(call->arguments.items[0]) : (slice){0};
	if (wanted.n == 0 && state.witnesses_n != 1)
		return fault_set(f, ERR_USAGE, 0, 0,
			state.witnesses_n == 0 ? "this ledger has no witness: kulla witness add" : "which witness? give its name or key");
	for (unsigned i = 0; i < state.witnesses_n; i++) {
		const struct ledger_witness *w = &state.witnesses[i];
		if (wanted.n > 0 && !slice_equal(w->name, wanted) && !slice_equal(w->vkey, wanted)) continue;
		*old = ledger_witness_last(&call->view, &w->key);
		return OK;
	}
	return fault_set(
		f, ERR_NOT_FOUND, 0, 0, "no witness is called \"%.*s\"", (int)(wanted.n < 80 ? wanted.n : 80), (const char *)wanted.p);
}

static enum err request_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct buf out = {0};
	uint64_t old = 0;
	enum err e = home_call_view(call, f);
	if (e == OK) e = find_old(call, &old, f);
	if (e == OK) e = ledger_witness_request(&call->view, old, &out, f);
	if (e == OK) e = file_write_new(call->options.out, buf_slice(&out), f);
	buf_free(&out);
	return e;
}

static int request_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 1, false, request_use);
}

static const struct option request_options[] = {HOME_CALL_OPTION,
	{.name = "old",
		.kind = OPTION_NUMBER,
		.place = offsetof(struct home_options, old),
		.argument = "N",
		.help = "how many entries it has last cosigned, as its refusal said",
		.min = 0,
		.max = INT64_MAX},
	OUT_OPTION, {0}};
const struct command command_witness_request = {
	.name = "witness request",
	.summary = "ask a witness to cosign: write the request",
	.usage = "[NAME|VKEY] [--old N] [--out FILE] [--home DIR]",
	.text = "The body of a C2SP tlog-witness add-checkpoint request: the newest checkpoint, and the proof that it only grew since what "
		"the witness\n"
		"has last cosigned. Give the file to the witness; its answer goes into kulla witness accept.\n",
	.examples = "  kulla witness request \"CERT Polska\" --out request\n  … the ally: kulla witness cosign request >answer\n  kulla "
		    "witness accept request answer\n",
	.options = request_options,
	.run = request_run,
};

static enum err accept_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct buf request = {0}, answer = {0};
	unsigned n = 0;
	enum err e = home_call_view(call, f);
	if (e == OK) e = file_read_small(call->arguments.items[0], WITNESS_REQUEST_BYTES_MAX, &request, f);
	if (e == OK) e = file_read_small(call->arguments.items[1], NOTE_BYTES_MAX, &answer, f);
	if (e == OK) e = ledger_witness_accept(&call->view, buf_slice(&request), buf_slice(&answer), &n, f);
	if (e == OK) printf("%u %s kept with the checkpoint\n", n, n == 1 ? "cosignature is" : "cosignatures are");
	buf_free(&request);
	buf_free(&answer);
	return e;
}

static int accept_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 2, 2, false, accept_use);
}

const struct command command_witness_accept = {
	.name = "witness accept",
	.summary = "take a witness's cosignature",
	.usage = "REQUEST ANSWER [--home DIR]",
	.text = "The lines of ANSWER that known witnesses made for the checkpoint of REQUEST are verified and kept; proofs carry them from "
		"then on.\n",
	.examples = "  kulla witness accept request answer\n",
	.options = home_only,
	.run = accept_run,
};

/* ---- this node as a witness ---- */
static enum err ask_text(
	struct home_call *call, slice what, const char *key, slice text, slice *answer, struct keeper_client **c, struct fault *f)
{
	struct buf ask = {0};
	struct canonical_writer w = canonical_open(&ask);
	canonical_put_text(&w, "do", what);
	if (key != NULL) canonical_put_text(&w, key, text);
	canonical_close(&w);
	enum err e = keeper_connect(call->home, c, f);
	if (e == OK) e = keeper_ask(*c, buf_slice(&ask), answer, f);
	buf_free(&ask);
	return e;
}

static enum err key_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct keeper_client *c = NULL;
	slice answer, vkey;
	enum err e = ask_text(call, SLICE("hello"), NULL, (slice){0}, &answer, &c, f);
	if (e == OK && protocol_text(answer, "witness", call->arena, &vkey)) printf("%.*s\n", (int)vkey.n, (const char *)vkey.p);
	keeper_close_client(c);
	return e;
}

static int key_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 0, 0, false, key_use);
}

const struct command command_witness_key = {
	.name = "witness key",
	.summary = "the key by which this node cosigns",
	.usage = "[--home DIR]",
	.text = "Allies whose ledgers this node witnesses add it: kulla witness add NAME VKEY.\n",
	.examples = "  kulla witness key\n",
	.options = home_only,
	.run = key_run,
};

static enum err trust_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct keeper_client *c = NULL;
	slice answer;
	enum err e = ask_text(call, SLICE("trust"), "vkey", slice_from(call->arguments.items[0]), &answer, &c, f);
	if (e == OK) puts("its heads are cosigned from now on, as long as it only grows");
	keeper_close_client(c);
	return e;
}

static int trust_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, trust_use);
}

const struct command command_witness_trust = {
	.name = "witness trust",
	.summary = "a ledger whose heads this node cosigns",
	.usage = "VKEY [--home DIR]",
	.text = "VKEY is the key that the ally's kulla init printed. It should come by a second way.\n",
	.examples = "  kulla witness trust cert.example.fr/kulla+0a1b2c3d+AX…\n",
	.options = home_only,
	.run = trust_run,
};

static enum err follow_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	struct keeper_client *c = NULL;
	struct buf entry = {0};
	slice answer;
	enum err e = file_read_small(call->arguments.items[0], ENTRY_BYTES_MAX, &entry, f);
	if (e == OK) e = ask_text(call, SLICE("follow"), "entry", slice_trim(buf_slice(&entry)), &answer, &c, f);
	if (e == OK) puts("its heads are cosigned when the new key signs them");
	keeper_close_client(c);
	buf_free(&entry);
	return e;
}

static int follow_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, follow_use);
}

const struct command command_witness_follow = {
	.name = "witness follow",
	.summary = "a trusted ledger has another key",
	.usage = "FILE [--home DIR]",
	.text = "FILE is the entry that says so, from the ally (kulla ledger show INDEX --json | jq -cj .entry): both keys have signed "
		"it.\n",
	.examples = "  kulla witness follow rotation.json\n",
	.options = home_only,
	.run = follow_run,
};

static enum err cosign_use(struct home_call *call, int *code, struct fault *f)
{
	struct keeper_client *c = NULL;
	struct buf request = {0};
	slice answer, body = {0}, text = {0};
	uint64_t status = 0;
	enum err e = file_read_small(call->arguments.items[0], WITNESS_REQUEST_BYTES_MAX, &request, f);
	if (e == OK) e = ask_text(call, SLICE("cosign"), "request", buf_slice(&request), &answer, &c, f);
	if (e == OK) {
		(void)protocol_count(answer, "status", &status);
		(void)protocol_text(answer, "body", call->arena, &body);
		(void)protocol_text(answer, "text", call->arena, &text);
		*code = status == 200 ? 0 : 1;
		if (status != 200) {
			fprintf(stderr, "kulla: not cosigned (%llu): ", (unsigned long long)status);
			put_visible(stderr, text);
			fputc('\n', stderr);
		}
		e = file_write_new(call->options.out, body, f);
	}
	keeper_close_client(c);
	buf_free(&request);
	return e;
}

static int cosign_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, 1, false, cosign_use);
}

static const struct option cosign_options[] = {HOME_CALL_OPTION, OUT_OPTION, {0}};
const struct command command_witness_cosign = {
	.name = "witness cosign",
	.summary = "cosign an ally's head: answer a request",
	.usage = "REQUEST [--out FILE] [--home DIR]",
	.text = "Cosigns only what a trusted ledger has signed and what provably only grew since the last time; remembers it before it "
		"answers. Another\n"
		"root for the same number of entries is a conflict: it is refused and becomes an entry. Exit code 0: cosigned, 1: refused "
		"(the\n"
		"body of the answer, if any, goes out all the same), 2: error.\n",
	.examples = "  kulla witness cosign request >answer\n",
	.options = cosign_options,
	.run = cosign_run,
};
