/* kulla evidence stamp: RFC 3161 time stamps for the items that have none yet. */
#include "evidence_stamp.h"

#include <stdio.h>

#include "command.h"
#include "courier.h"
#include "home_option.h"

#define SHOWN_DIGITS 12
#define TIMEOUT_S_DEFAULT 30
#define TIMEOUT_S_MAX 86400

struct stamp_options {
	const char *home, *item;
	int64_t timeout_s;
};
static const struct option stamp_options[] = {
	HOME_OPTION(struct stamp_options, home),
	{.name = "item",
		.kind = OPTION_TEXT,
		.place = offsetof(struct stamp_options, item),
		.argument = "DIGEST",
		.help = "only items whose digest begins so"},
	{.name = "timeout",
		.kind = OPTION_NUMBER,
		.place = offsetof(struct stamp_options, timeout_s),
		.argument = "SECONDS",
		.help = "for all of it; what fails is tried again until then (default: 30)",
		.min = 1,
		.max = TIMEOUT_S_MAX},
	{0},
};

/* ---- what is told ---- */

static void put_granted(FILE *out, const struct stamp *s)
{
	char text[INSTANT_TEXT_BYTES];
	fprintf(out, "stamped %s", instant_format(s->gen_time, -1, text));
	if (s->accuracy_us > 0) fprintf(out, " (within %g s)", (double)s->accuracy_us / 1e6);
	fputs(" by ", out);
	put_visible(out, s->authority);
}

/* `3f2a91c07be4 http://tsa.example/: stamped 2026-11-24T15:30:00Z by CN=…; entry 17` */
static void put_told(FILE *out, const struct stamp_told *t)
{
	static const char *const WORDS[] = {[STAMP_REFUSED] = "REFUSED: ", [STAMP_WAITING] = "waits: "};
	char hex[DIGEST_HEX_BYTES + 1];
	fprintf(out, "%.*s ", SHOWN_DIGITS, digest_hex(t->item, hex));
	put_visible(out, t->authority);
	fputs(": ", out);
	if (t->result == STAMP_GRANTED) put_granted(out, t->stamp);
	else {
		fputs(WORDS[t->result], out);
		put_visible(out, slice_from(t->why));
	}
	if (t->result != STAMP_WAITING) fprintf(out, "; entry %llu", (unsigned long long)t->entry);
	fputc('\n', out);
}

static void tell_out(void *context, const struct stamp_told *t)
{
	(void)context;
	put_told(stdout, t);
}

static void tell_err(void *context, const struct stamp_told *t)
{
	(void)context;
	fputs("kulla: ", stderr);
	put_told(stderr, t);
}

/* ---- behind a seal ---- */

void stamp_try(struct home *h, const digest *item, bool tell)
{
	struct stamp_queue q = {0};
	struct stamp_sum sum;
	struct fault f = {0};
	struct arena *a = arena_new(0);
	struct stamping s = {.carrier = {.carry = courier_carry_stamp}, .timeout_ms = STAMP_TRY_MS, .tell = tell ? tell_err : NULL};
	enum err e = stamp_queue_one(h, item, a, &q, &f);
	if (e == OK && q.n > 0) (void)fflush(stdout); /* the seal is told before anybody is waited for */
	if (e == OK) e = stamp_queue_work(h, &q, &s, &sum, &f);
	if (e != OK && tell) complain("no time stamp", &f);
	arena_free(a);
}

/* ---- the command ---- */

static void put_sum(const struct stamp_queue *q, const struct stamp_sum *s)
{
	if (q->authorities_n == 0)
		fputs("kulla: no time-stamp authority is configured: kulla.conf, time-stamp = ADDRESS CERTIFICATES\n", stderr);
	printf("%zu stamped, %zu refused, %zu waiting; %zu had been stamped before\n", s->granted, s->refused, s->waiting, q->done);
}

static enum err stamp_all(struct home *h, const struct stamp_options *o, struct arena *a, int *code, struct fault *f)
{
	struct ledger_view v = {0};
	struct stamp_queue q = {0};
	struct stamp_sum sum = {0};
	struct stamping s = {.carrier = {.carry = courier_carry_stamp}, .timeout_ms = (uint32_t)o->timeout_s * 1000, .tell = tell_out};
	enum err e = ledger_view_open(h, &v, f);
	if (e == OK) e = stamp_queue_read(&v, slice_from(o->item), a, &q, f);
	ledger_view_close(&v);
	if (e == OK) e = stamp_queue_work(h, &q, &s, &sum, f);
	if (e != OK) return e;
	put_sum(&q, &sum);
	*code = sum.refused + sum.waiting > 0 ? EXIT_NONE : 0;
	return OK;
}

static int run(const struct command *c, int argc, char *const *argv)
{
	struct stamp_options o = {.timeout_s = TIMEOUT_S_DEFAULT};
	struct arguments rest;
	struct fault f = {0};
	struct home *h = NULL;
	struct arena *a = arena_new(0);
	const char *path = NULL;
	int code = EXIT_ERROR;
	if (options_parse(a, stamp_options, argc, argv, &o, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (rest.n > 0) code = command_usage_error(c, "evidence stamp takes no arguments: --item names items");
	else {
		enum err e = home_option_find(o.home, &path, &f);
		if (e == OK) e = home_open(path, &h, &f);
		if (e == OK) e = stamp_all(h, &o, a, &code, &f);
		if (e != OK) complain(NULL, &f);
		if (e != OK || fflush(stdout) != 0) code = EXIT_ERROR;
	}
	home_close(h);
	arena_free(a);
	return code;
}

const struct command command_evidence_stamp = {
	.name = "evidence stamp",
	.summary = "get the RFC 3161 time stamps that items still lack",
	.usage = "[--home DIR] [--item DIGEST] [--timeout SECONDS]",
	.text = "Asks each authority of kulla.conf (time-stamp = ADDRESS CERTIFICATES) for a time stamp of every item that has none of it "
		"yet. Only the\n"
		"item's digest and a random number leave this machine. A stamp is checked in full before it is kept: that it is of this "
		"item "
		"and this\n"
		"request, who signed it, that its certificates lead to yours, that its time is plausible; with it all that is needed to "
		"check "
		"it years\n"
		"later. An authority that does not answer costs nothing: the item waits for the next call. One whose stamp breaks a rule "
		"is "
		"told by the\n"
		"rule, and its answer is kept as the proof. Exit code: 0 all are stamped, 1 some still wait or were refused, 2 an error.\n",
	.examples = "  kulla evidence stamp --home /var/lib/kulla\n"
		    "  kulla evidence stamp --item 3f2a91c0 --timeout 5\n",
	.options = stamp_options,
	.run = run,
};
