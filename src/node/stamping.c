/* The queue of stamps, worked in rounds: whoever fails is left alone until the next round. */
#include "stamping.h"

#include <assert.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "append.h"
#include "salted.h"
#include "text.h"

#define TRY_MS_MAX 10000u   /* for one request */
#define TRY_MS_MIN 200u     /* with less left none is begun: its failure would say nothing but that */
#define PAUSE_MS_FIRST 250u /* between the first two rounds; then twice as long each time … */
#define PAUSE_MS_MAX 8000u

enum task_state { TASK_WAITS, TASK_DONE };
struct asked {
	bool down;                  /* failed in this round */
	bool out;                   /* gave a token that breaks a rule */
	char why[FAULT_TEXT_BYTES]; /* the last failure; empty: never asked */
};
struct work {
	struct home *home;
	const struct stamp_queue *queue;
	const struct stamping *how;
	struct blob_store *blobs;
	struct arena *arena;
	struct asked authorities[STAMP_AUTHORITIES_MAX];
	uint8_t *states; /* enum task_state, one for each task */
	uint64_t until_ms;
	struct stamp_sum sum;
};

/* ---- the clock ---- */

static uint64_t clock_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static instant clock_now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (instant)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint32_t left_ms(const struct work *w)
{
	uint64_t now = clock_ms();
	return now < w->until_ms ? (uint32_t)(w->until_ms - now) : 0;
}

/* A fair part of the time: an authority that hangs leaves some for the others. */
static uint32_t try_ms(const struct work *w)
{
	assert(w->queue->authorities_n > 0);
	uint32_t share = w->how->timeout_ms / w->queue->authorities_n, left = left_ms(w);
	if (share > TRY_MS_MAX) share = TRY_MS_MAX;
	if (share < TRY_MS_MIN) share = TRY_MS_MIN;
	if (left < TRY_MS_MIN) return 0;
	return share < left ? share : left;
}

/* ---- the entry ---- */

struct outcome {
	const struct stamp_task *task;
	const struct stamp *stamp; /* NULL: refused */
	const char *failure;
	slice answer;
};
struct named {
	digest all[4];
	unsigned n;
	digest anchors, authority, failure, token;
};

/* Foreign bytes may stand in a reason, and a long one may be cut within a letter. */
static slice readable(struct arena *a, const char *why)
{
	slice s = slice_from(why);
	if (text_is_utf8(s)) return s;
	uint8_t *copy = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) copy[i] = s.p[i] < 0x80 ? s.p[i] : (uint8_t)'?';
	return slice_of(copy, s.n);
}

static enum err put_blobs(struct work *w, const struct outcome *o, struct named *out, struct fault *f)
{
	const struct stamp_authority *authority = &w->queue->authorities[o->task->authority];
	enum err e = blob_put(w->blobs, o->answer, &out->token, f);
	if (e == OK) e = blob_put(w->blobs, authority->anchors, &out->anchors, f);
	if (e == OK) e = node_put_text(w->blobs, authority->url, &out->authority, f);
	if (e == OK && o->stamp == NULL) e = node_put_text(w->blobs, readable(w->arena, o->failure), &out->failure, f);
	out->n = o->stamp == NULL ? 4 : 3;
	memcpy(out->all, (const digest[]){out->token, out->anchors, out->authority, out->failure}, sizeof out->all);
	return e;
}

static void put_body(struct buf *b, const struct outcome *o, const struct named *n)
{
	struct canonical_writer w = canonical_open(b);
	entry_write_digest(&w, "anchors", &n->anchors);
	entry_write_digest(&w, "authority", &n->authority);
	if (o->stamp == NULL) entry_write_digest(&w, "failure", &n->failure);
	else entry_write_time(&w, "gen_time", o->stamp->gen_time);
	entry_write_digest(&w, "item", &o->task->item);
	if (o->stamp != NULL) canonical_put_text(&w, "serial", o->stamp->serial);
	canonical_put_text(&w, "state", o->stamp != NULL ? SLICE("granted") : SLICE("refused"));
	entry_write_digest(&w, "token", &n->token);
	canonical_close(&w);
}

static enum err record(struct work *w, const struct outcome *o, struct node_place *place, struct fault *f)
{
	struct named named = {0};
	struct buf body = {0};
	enum err e = put_blobs(w, o, &named, f);
	if (e != OK) return e;
	put_body(&body, o, &named);
	struct node_entry entry = {.kind = SLICE("stamp"), .body = buf_slice(&body), .blobs = named.all, .blob_count = named.n};
	e = node_append(w->home, &entry, place, f);
	buf_free(&body);
	return e;
}

/* ---- one task ---- */

static void tell(const struct work *w, const struct stamp_told *t)
{
	if (w->how->tell != NULL) w->how->tell(w->how->context, t);
}

static enum err finish(struct work *w, size_t i, const struct outcome *o, struct fault *f)
{
	struct node_place place = {0};
	enum err e = record(w, o, &place, f);
	if (e != OK) return e;
	w->states[i] = TASK_DONE;
	*(o->stamp != NULL ? &w->sum.granted : &w->sum.refused) += 1;
	tell(w, &(struct stamp_told){.item = &o->task->item,
			.authority = w->queue->authorities[o->task->authority].url,
			.result = o->stamp != NULL ? STAMP_GRANTED : STAMP_REFUSED,
			.stamp = o->stamp,
			.why = o->failure,
			.entry = place.index});
	return OK;
}

static enum err judge(struct work *w, size_t i, const struct stamp_request *request, slice answer, struct fault *f)
{
	const struct stamp_task *task = &w->queue->tasks[i];
	struct asked *asked = &w->authorities[task->authority];
	struct stamp_terms terms = {
		.subject = task->item, .anchors = w->queue->authorities[task->authority].anchors, .request = request, .at = clock_now()};
	struct outcome o = {.task = task, .answer = answer};
	struct fault why = {0};
	struct stamp stamp;
	enum err e = stamp_verify(answer, &terms, w->arena, &stamp, &why);
	if (e == OK) o.stamp = &stamp;
	else {
		(void)snprintf(asked->why, sizeof asked->why, "%s", why.text);
		asked->down = true;
		asked->out = e == ERR_SYNTAX;
		o.failure = why.text;
		if (!asked->out) return OK;
	}
	return finish(w, i, &o, f);
}

static enum err ask(struct work *w, size_t i, struct fault *f)
{
	const struct stamp_task *task = &w->queue->tasks[i];
	struct asked *asked = &w->authorities[task->authority];
	struct stamp_request request = {.subject = task->item, .sent = clock_now()};
	struct buf bytes = {0}, answer = {.max = STAMP_BYTES_MAX};
	struct fault why = {0};
	struct arena_mark mark = arena_mark(w->arena);
	if (getrandom(request.nonce, sizeof request.nonce, 0) != (ssize_t)sizeof request.nonce)
		return fault_set(f, ERR_DISK, 0, 0, "no random bytes");
	stamp_request_put(&bytes, &request);
	const struct stamp_carrier *c = &w->how->carrier;
	enum err e = OK,
		 carried = c->carry(c->context, w->queue->authorities[task->authority].url, buf_slice(&bytes), try_ms(w), &answer, &why);
	if (carried == OK) e = judge(w, i, &request, buf_slice(&answer), f);
	else {
		asked->down = true;
		(void)snprintf(asked->why, sizeof asked->why, "%s", why.text);
	}
	buf_free(&bytes);
	buf_free(&answer);
	arena_release(w->arena, mark);
	return e;
}

/* ---- rounds ---- */

/* Ask for what waits, each authority until it fails. waits: out, whether another round may help. */
static enum err round_work(struct work *w, bool *waits, struct fault *f)
{
	enum err e = OK;
	for (unsigned k = 0; k < w->queue->authorities_n; k++) w->authorities[k].down = false;
	*waits = false;
	for (size_t i = 0; e == OK && i < w->queue->n; i++) {
		struct asked *asked = &w->authorities[w->queue->tasks[i].authority];
		if (w->states[i] == TASK_DONE) continue;
		if (!asked->down && !asked->out && try_ms(w) > 0) e = ask(w, i, f);
		*waits |= w->states[i] != TASK_DONE && !asked->out;
	}
	return e;
}

static void pause_between(const struct work *w, unsigned round)
{
	uint32_t ms = PAUSE_MS_FIRST << (round < 5 ? round : 5), left = left_ms(w);
	if (ms > PAUSE_MS_MAX) ms = PAUSE_MS_MAX;
	if (ms > left) ms = left;
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
	(void)nanosleep(&t, NULL);
}

static void tell_waiting(struct work *w)
{
	for (size_t i = 0; i < w->queue->n; i++) {
		const struct stamp_task *task = &w->queue->tasks[i];
		const struct asked *asked = &w->authorities[task->authority];
		char why[FAULT_TEXT_BYTES + 64];
		if (w->states[i] == TASK_DONE) continue;
		(void)snprintf(why, sizeof why, "%s%s", asked->out ? "not asked any more: " : "",
			asked->why[0] != 0 ? asked->why : "there was no time to ask");
		w->sum.waiting++;
		tell(w, &(struct stamp_told){.item = &task->item,
				.authority = w->queue->authorities[task->authority].url,
				.result = STAMP_WAITING,
				.why = why});
	}
}

enum err stamp_queue_work(struct home *h, const struct stamp_queue *q, const struct stamping *s, struct stamp_sum *sum, struct fault *f)
{
	struct work w = {.home = h, .queue = q, .how = s, .until_ms = clock_ms() + s->timeout_ms};
	bool waits = q->n > 0;
	*sum = (struct stamp_sum){0};
	if (q->n == 0) return OK;
	w.arena = arena_new(0);
	w.states = arena_alloc(w.arena, q->n);
	enum err e = blob_store_open(h->fd, NULL, &w.blobs, f);
	for (unsigned round = 0; e == OK && waits && (round == 0 || left_ms(&w) >= TRY_MS_MIN); round++) {
		if (round > 0) pause_between(&w, round - 1);
		e = round_work(&w, &waits, f);
	}
	if (e == OK) tell_waiting(&w);
	*sum = w.sum;
	blob_store_close(w.blobs);
	arena_free(w.arena);
	return e;
}
