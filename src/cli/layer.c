/* What all layers share: looking ahead, sticky errors, and the judgement of decompression bombs. */
#include "layer_int.h"
#include "limit.h"
#include <stdlib.h>

struct layer *layer_new(const struct layer_kind *kind, struct layer *below, struct layer_shared *shared, void *state)
{
	struct layer *l = mem_alloc(sizeof *l);
	l->kind = kind;
	l->below = below;
	l->shared = shared;
	l->state = state;
	return l;
}

void layer_close(struct layer *l)
{
	if (l == NULL) return;
	if (l->kind->close != NULL) l->kind->close(l);
	free(l->start);
	free(l);
}

enum err layer_judge(const struct layer *l, uint64_t free_bytes, struct fault *f)
{
	if (l->out > l->shared->limits.decoded_bytes)
		return fault_set(f, ERR_LIMIT, 0, l->in, "%s: more than DECODED_BYTES_MAX = %llu bytes; the rest was not read",
			l->kind->name, (unsigned long long)l->shared->limits.decoded_bytes);
	if (l->out > free_bytes && l->out / l->shared->limits.expansion_ratio > l->in)
		return fault_set(f, ERR_LIMIT, 0, l->in,
			"%s: %llu bytes came out of %llu, more than EXPANSION_RATIO_MAX = %u times: taken for a decompression bomb, the "
			"rest was not read",
			l->kind->name, (unsigned long long)l->out, (unsigned long long)l->in, l->shared->limits.expansion_ratio);
	return OK;
}

/* Small bombs in great number, nested so that no container is one by itself. */
static enum err judge_all(const struct layer *l, struct fault *f)
{
	struct layer_shared *s = l->shared;
	if (s->decoded <= s->limits.expansion_archive * 4 || s->decoded / s->limits.expansion_ratio <= s->read) return OK;
	s->spent = true;
	return fault_set(f, ERR_LIMIT, 0, l->in,
		"%llu bytes came out of the first %llu of the file, more than EXPANSION_RATIO_MAX = %u times: taken for a decompression "
		"bomb, the rest was not read",
		(unsigned long long)s->decoded, (unsigned long long)s->read, s->limits.expansion_ratio);
}

static enum err account(struct layer *l, size_t got)
{
	l->out += got;
	if (l->below == NULL) {
		l->shared->read += got;
		return OK;
	}
	l->shared->decoded += got;
	enum err e = layer_judge(l, l->shared->limits.expansion_free, &l->fault);
	return e == OK ? judge_all(l, &l->fault) : e;
}

/* One call of the kind; what it decoded before an error is given first. */
static enum err fetch(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	*got = 0;
	if (!l->ended) {
		l->error = l->kind->read(l, into, n, got, &l->fault);
		enum err judged = account(l, *got);
		if (judged != OK) l->error = judged;
		l->ended = l->error != OK || *got == 0;
		if (*got > 0) return OK;
	}
	if (l->error != OK && f != NULL) *f = l->fault;
	return l->error;
}

enum err layer_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	if (l->start_at == l->start_n) return fetch(l, into, n, got, f);
	*got = l->start_n - l->start_at < n ? l->start_n - l->start_at : n;
	memcpy(into, l->start + l->start_at, *got);
	l->start_at += *got;
	return OK;
}

enum err layer_pull(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	enum err e = layer_read(l->below, into, n, got, f);
	l->in += *got;
	return e;
}

/* Bytes that no archive and no compressed file starts with. */
static bool looks_like_text(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 ? s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r' : s.p[i] >= 0x7f) return false;
	return s.n > 8;
}

slice layer_peek(struct layer *l, bool live)
{
	if (l->start == NULL) l->start = mem_alloc(LAYER_PEEK_BYTES);
	size_t got = 1;
	while (l->start_n < LAYER_PEEK_BYTES && got > 0) {
		if (fetch(l, l->start + l->start_n, LAYER_PEEK_BYTES - l->start_n, &got, NULL) != OK) break;
		l->start_n += got;
		if (live && looks_like_text(slice_of(l->start, l->start_n))) break;
	}
	return slice_of(l->start + l->start_at, l->start_n - l->start_at);
}
