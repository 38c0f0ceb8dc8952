/* Runs compiled BinXML into an event, on a stack of programs: the record's fragment, the template that it names, the fragments that
 * are values of that, and so on. Every step costs work, so that templates that multiply or name themselves come to an end. */
#include <stdlib.h>

#include "evtx_int.h"

#define TEXT_STEP 16u /* bytes of text that count as a step */
#define VALUES_MAX (2 * EVTX_CHUNK_BYTES)

struct frame {
	const struct evtx_program *program;
	uint32_t pc;
	size_t depth;            /* of the event when it began: it closes no element of another frame's */
	size_t values, values_n; /* among the run's values; a fragment has none */
};
struct evtx_run {
	struct evtx_chunk *chunk;
	struct evtx_event *event;
	struct frame frames[EVTX_NESTING_MAX];
	size_t frames_n;
	struct evtx_value *values;
	size_t values_n, values_room;
	const char *wrong;
	uint32_t wrong_at;
};

struct evtx_run *evtx_run_new(void)
{
	return mem_alloc(sizeof(struct evtx_run));
}

void evtx_run_free(struct evtx_run *r)
{
	if (r == NULL) return;
	free(r->values);
	free(r);
}

/* Only the first thing that is wrong is told. */
static bool note(struct evtx_run *r, const char *why, uint32_t at)
{
	if (why == NULL) return true;
	if (r->wrong == NULL) {
		r->wrong = why;
		r->wrong_at = at;
	}
	return false;
}

static bool push(struct evtx_run *r, const struct evtx_program *p, uint32_t at)
{
	if (r->frames_n == EVTX_NESTING_MAX) return note(r, "templates and values nest deeper than EVTX_NESTING_MAX", at);
	r->frames[r->frames_n++] = (struct frame){.program = p, .depth = r->event->depth, .values = r->values_n};
	return true;
}

/* Its values go with it. Elements that a damaged program left open are closed. */
static void pop(struct evtx_run *r)
{
	struct frame *f = &r->frames[--r->frames_n];
	while (r->event->depth > f->depth) evtx_event_close(r->event);
	r->values_n = f->values;
	(void)note(r, f->program->wrong, f->program->wrong_at);
}

/* Room for n more values. */
static bool reserve(struct evtx_run *r, size_t n)
{
	if (n > VALUES_MAX - r->values_n) return false;
	if (r->values_n + n <= r->values_room) return true;
	r->values_room = 2 * (r->values_n + n);
	r->values = mem_resize(r->values, r->values_room * sizeof *r->values);
	return true;
}

/* The sizes were checked when the token was compiled. A template that cannot be had leaves the rest of its frame intact. */
static bool step_instance(struct evtx_run *r, const struct evtx_op *op)
{
	const uint8_t *p = r->chunk->p;
	uint32_t n = evtx_u32(p + op->at), sizes = op->at + 4, at = sizes + 4 * n;
	if (!reserve(r, n)) return note(r, "more values than a chunk has room for", op->at);
	if (!push(r, evtx_template(r->chunk, op->number), op->at)) return true;
	for (uint32_t i = 0; i < n; i++, sizes += 4) {
		struct evtx_value v = {.at = at, .n = evtx_u16(p + sizes), .type = p[sizes + 2]};
		r->values[r->values_n++] = v;
		at += v.n;
	}
	r->frames[r->frames_n - 1].values_n = n;
	return true;
}

static bool step_substitute(struct evtx_run *r, const struct evtx_op *op)
{
	const struct frame *f = &r->frames[r->frames_n - 1];
	if (op->number >= f->values_n) {
		(void)note(r, "a substitution names a value that is not there", op->at);
		return true;
	}
	struct evtx_value v = r->values[f->values + op->number];
	if (!evtx_work(r->chunk, (v.type & EVTX_ARRAY) ? v.n : v.n / TEXT_STEP)) return note(r, EVTX_WORK_USED_UP, op->at);
	if (v.type == EVTX_BINXML && !r->event->in_tag) {
		if (v.n > 0) (void)push(r, evtx_compile_fragment(r->chunk, v.at, v.at + v.n), v.at);
		return true;
	}
	evtx_event_value(r->event, v.type, slice_of(r->chunk->p + v.at, v.n));
	return true;
}

static bool step_open(struct evtx_run *r, const struct evtx_op *op)
{
	return note(r, evtx_event_open(r->event, op), op->at);
}

static bool step_attribute(struct evtx_run *r, const struct evtx_op *op)
{
	evtx_event_attribute(r->event, op);
	return true;
}

static bool step_content(struct evtx_run *r, const struct evtx_op *op)
{
	(void)op;
	evtx_event_content(r->event);
	return true;
}

static bool step_close(struct evtx_run *r, const struct evtx_op *op)
{
	(void)op;
	evtx_event_close(r->event);
	return true;
}

static bool step_text(struct evtx_run *r, const struct evtx_op *op)
{
	if (!evtx_work(r->chunk, op->text.n / TEXT_STEP)) return note(r, EVTX_WORK_USED_UP, op->at);
	evtx_event_text(r->event, op->text);
	return true;
}

/* False: the rest of this frame cannot be run. */
static bool step(struct evtx_run *r, const struct evtx_op *op)
{
	static bool (*const steps[EVTX_OPERATIONS])(struct evtx_run *, const struct evtx_op *) = {
		[EVTX_OPEN] = step_open,
		[EVTX_ATTRIBUTE] = step_attribute,
		[EVTX_CONTENT] = step_content,
		[EVTX_CLOSE] = step_close,
		[EVTX_TEXT] = step_text,
		[EVTX_SUBSTITUTE] = step_substitute,
		[EVTX_INSTANCE] = step_instance,
	};
	if (!evtx_work(r->chunk, 1 + evtx_event_cost(r->event))) return note(r, EVTX_WORK_USED_UP, op->at);
	return steps[op->kind](r, op);
}

const char *evtx_run(struct evtx_run *r, struct evtx_chunk *c, struct evtx_event *e, uint32_t at, uint32_t end, uint32_t *wrong_at)
{
	r->chunk = c;
	r->event = e;
	r->frames_n = r->values_n = 0;
	r->wrong = NULL;
	(void)push(r, evtx_compile_fragment(c, at, end), at);
	while (r->frames_n > 0) {
		struct frame *f = &r->frames[r->frames_n - 1];
		if (f->pc >= f->program->ops_n || !step(r, &f->program->ops[f->pc++])) pop(r);
	}
	*wrong_at = r->wrong_at;
	return r->wrong;
}
