/* The pipeline. Chunk number n lives in slot n % slots_n from when it is read until it is consumed. Two locks, taken in this order:
 * `reading` guards the input and the number of the next chunk; `state` guards the slots and who consumes.
 * Invariant: consumed <= scanned chunks <= taken <= consumed + slots_n. A scanner's result lives until its next chunk, so what a slot
 * keeps is copied into the slot's arena. */
#include <pthread.h>
#include <stdlib.h>
#include "pipeline.h"

struct slot {
	struct input_buffer buffer; /* borrowed from the pipeline's while the slot is taken */
	struct input_chunk chunk;
	struct arena *kept;
	struct scan_result result;
	bool done;
};
struct pipeline {
	struct input *in;
	const struct pipeline_settings *settings;
	pipeline_consume *consume;
	void *context;
	pthread_mutex_t reading, state;
	pthread_cond_t freed;
	struct slot *slots;
	size_t slots_n;
	struct input_buffer *buffers; /* guarded by state: free ones, the last used on top, because it is still in the cache */
	size_t buffers_n;
	uint64_t taken;         /* guarded by reading */
	bool input_ended;       /* guarded by reading */
	uint64_t consumed;      /* guarded by state */
	bool consuming, enough; /* guarded by state */
};
struct worker {
	struct pipeline *p;
	struct scanner *scanner;
	pthread_t thread;
};

static void result_keep(struct slot *s, const struct scan_result *r)
{
	s->result = *r;
	if (r->unfinished_n > 0) {
		struct scan_unfinished *rows = arena_array(s->kept, r->unfinished_n, sizeof *rows);
		memcpy(rows, r->unfinished, r->unfinished_n * sizeof *rows);
		s->result.unfinished = rows;
	}
	if (r->hits_n == 0) return;
	s->result.hits = arena_array(s->kept, r->hits_n, sizeof *r->hits);
	for (size_t i = 0; i < r->hits_n; i++) {
		struct hit *h = &s->result.hits[i];
		*h = r->hits[i];
		h->seen = arena_copy(s->kept, h->seen);
		h->field = arena_copy(s->kept, h->field);
		h->host = arena_copy(s->kept, h->host);
	}
}

/* wanted: false once the callback has had enough. Returns whether it wants more. */
static bool slot_consume(struct pipeline *p, struct slot *s, bool wanted)
{
	struct input_file *f = s->chunk.file;
	struct pipeline_part part = {.file = f,
		.bytes = s->chunk.scan.bytes,
		.format = s->chunk.scan.format,
		.header = s->chunk.scan.header,
		.spans = s->chunk.scan.spans,
		.spans_n = s->chunk.scan.spans_n,
		.result = &s->result,
		.first_line = f->lines,
		.first_record = f->records,
		.first_offset = f->offset,
		.raw_bytes = s->chunk.raw_bytes,
		.file_ends = s->chunk.file_ends};
	f->lines += s->result.lines - (s->chunk.open_end && s->result.lines > 0 ? 1 : 0);
	f->records += s->result.records;
	f->offset += s->chunk.scan.bytes.n;
	bool more = wanted && p->consume(p->context, &part);
	if (s->chunk.file_ends) input_file_free(f);
	arena_reset(s->kept);
	s->result = (struct scan_result){0};
	return more;
}

/* Mark a slot done and consume what is next, unless another thread is at it. */
static void slot_done(struct pipeline *p, struct slot *done)
{
	pthread_mutex_lock(&p->state);
	done->done = true;
	while (!p->consuming && p->slots[p->consumed % p->slots_n].done) {
		struct slot *s = &p->slots[p->consumed % p->slots_n];
		p->consuming = true;
		bool wanted = !p->enough;
		pthread_mutex_unlock(&p->state);
		bool more = slot_consume(p, s, wanted);
		pthread_mutex_lock(&p->state);
		p->enough = !more;
		s->done = false;
		p->buffers[p->buffers_n++] = s->buffer;
		p->consumed++;
		p->consuming = false;
		pthread_cond_signal(&p->freed);
	}
	pthread_mutex_unlock(&p->state);
}

/* Take the next chunk; NULL when there is none. */
static struct slot *slot_take(struct pipeline *p)
{
	struct slot *s = NULL;
	pthread_mutex_lock(&p->reading);
	if (!p->input_ended) {
		pthread_mutex_lock(&p->state);
		while (p->taken - p->consumed == p->slots_n) pthread_cond_wait(&p->freed, &p->state);
		p->input_ended = p->enough;
		s = &p->slots[p->taken % p->slots_n];
		if (!p->input_ended) s->buffer = p->buffers[--p->buffers_n];
		pthread_mutex_unlock(&p->state);
	}
	if (!p->input_ended) {
		if (input_next(p->in, &s->buffer, &s->chunk)) {
			p->taken++;
		} else {
			input_buffer_free(&s->buffer);
			p->input_ended = true;
		}
	}
	if (p->input_ended) s = NULL;
	pthread_mutex_unlock(&p->reading);
	return s;
}

static void *worker_run(void *argument)
{
	struct worker *w = argument;
	struct slot *s;
	while ((s = slot_take(w->p)) != NULL) {
		struct scan_result r = {0};
		if (s->chunk.scan.bytes.n > 0) scan_chunk(w->scanner, &s->chunk.scan, &r);
		result_keep(s, &r);
		slot_done(w->p, s);
	}
	return NULL;
}

static void workers_run(struct worker *workers, unsigned n)
{
	unsigned started = 1;
	while (started < n && pthread_create(&workers[started].thread, NULL, worker_run, &workers[started]) == 0) started++;
	(void)worker_run(&workers[0]);
	for (unsigned i = 1; i < started; i++) (void)pthread_join(workers[i].thread, NULL);
}

enum err pipeline_run(struct input *in, const struct pipeline_settings *s, pipeline_consume *consume, void *context)
{
	struct pipeline p = {.in = in,
		.settings = s,
		.consume = consume,
		.context = context,
		.reading = PTHREAD_MUTEX_INITIALIZER,
		.state = PTHREAD_MUTEX_INITIALIZER,
		.freed = PTHREAD_COND_INITIALIZER,
		.slots_n = (size_t)s->threads * 4};
	struct worker *workers = mem_alloc(s->threads * sizeof *workers);
	enum err e = OK;
	for (unsigned i = 0; i < s->threads; i++) {
		workers[i] = (struct worker){.p = &p, .scanner = scanner_new(s->watchlist, &s->scan, SCAN_BEST)};
		if (workers[i].scanner == NULL) e = ERR_UNSUPPORTED;
	}
	p.slots = mem_alloc(p.slots_n * sizeof *p.slots);
	p.buffers = mem_alloc(p.slots_n * sizeof *p.buffers);
	p.buffers_n = p.slots_n;
	for (size_t i = 0; i < p.slots_n; i++) p.slots[i].kept = arena_new(0);
	if (e == OK) workers_run(workers, s->threads);
	for (size_t i = 0; i < p.buffers_n; i++) input_buffer_free(&p.buffers[i]);
	for (size_t i = 0; i < p.slots_n; i++) arena_free(p.slots[i].kept);
	free(p.buffers);
	free(p.slots);
	for (unsigned i = 0; i < s->threads; i++) scanner_free(workers[i].scanner);
	free(workers);
	return e;
}
