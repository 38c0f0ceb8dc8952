/* UTF-16 to UTF-8; a lone surrogate or an odd byte becomes U+FFFD. Invariant: units[at..n) is taken from below and not yet turned. */
#include "layer_int.h"
#include "text.h"
#include <stdlib.h>

struct turn {
	bool big_endian, below_ended;
	uint64_t replaced; /* units that are no characters */
	enum err below_error;
	struct fault below_fault;
	uint8_t held[4]; /* the end of a character that did not fit */
	unsigned held_at, held_n;
	size_t at, n;
	uint8_t units[LAYER_PIECE_BYTES];
};

/* At least four bytes, unless the end or an error comes first. */
static void turn_fill(struct layer *l)
{
	struct turn *t = l->state;
	if (t->at > 0) memmove(t->units, t->units + t->at, t->n - t->at);
	t->n -= t->at;
	t->at = 0;
	while (t->n < 4 && !t->below_ended) {
		size_t got;
		t->below_error = layer_pull(l, t->units + t->n, sizeof t->units - t->n, &got, &t->below_fault);
		t->n += got;
		t->below_ended = t->below_error != OK || got == 0;
	}
}

static uint32_t unit_at(const struct turn *t, size_t at)
{
	const uint8_t *p = t->units + at;
	return t->big_endian ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[0] | p[1] << 8);
}

#define NO_CHARACTER UINT32_MAX

/* The character at `at`, or NO_CHARACTER; returns the bytes it takes, 0 when more are needed. */
static size_t turn_next(const struct turn *t, uint32_t *c)
{
	size_t left = t->n - t->at;
	*c = NO_CHARACTER;
	if (left < 2) return t->below_ended ? 1 : 0;
	uint32_t unit = unit_at(t, t->at);
	if (unit < 0xd800 || unit >= 0xe000) *c = unit;
	if (unit < 0xd800 || unit >= 0xdc00) return 2;
	if (left < 4 && !t->below_ended) return 0;
	uint32_t low = left >= 4 ? unit_at(t, t->at + 2) : 0;
	if (low < 0xdc00 || low >= 0xe000) return 2;
	*c = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	return 4;
}

/* What of the last character is left; returns the bytes given. */
static size_t held_take(struct turn *t, uint8_t *into, size_t n)
{
	size_t took = 0;
	while (took < n && t->held_at < t->held_n) into[took++] = t->held[t->held_at++];
	return took;
}

static void replaced_tell(struct layer *l)
{
	const struct turn *t = l->state;
	(void)fault_set(&l->remark, ERR_SYNTAX, 0, 0,
		t->replaced == 1
			? "UTF-16: %llu unit is no character (half of a pair, or an odd byte at the end): U+FFFD stands in its place"
			: "UTF-16: %llu units are no characters (halves of pairs, or an odd byte at the end): U+FFFD stands in their place",
		(unsigned long long)t->replaced);
}

static enum err turn_read(struct layer *l, uint8_t *into, size_t n, size_t *got, struct fault *f)
{
	struct turn *t = l->state;
	const uint64_t replaced = t->replaced;
	*got = held_take(t, into, n);
	while (*got < n) {
		if (t->n - t->at < 4 && !t->below_ended) {
			if (*got > 0) break; /* a live source's bytes are not held back */
			turn_fill(l);
		}
		uint32_t c;
		size_t used = t->at < t->n ? turn_next(t, &c) : 0;
		if (used == 0) break;
		t->at += used;
		t->held_at = 0;
		t->replaced += c == NO_CHARACTER;
		t->held_n = text_utf8_put(c == NO_CHARACTER ? 0xfffd : c, t->held);
		*got += held_take(t, into + *got, n - *got);
	}
	if (t->replaced > replaced) replaced_tell(l);
	if (*got > 0 || t->below_error == OK) return OK;
	if (f != NULL) *f = t->below_fault;
	return t->below_error;
}

static void turn_close(struct layer *l)
{
	free(l->state);
}

struct layer *layer_text_new(struct layer *below, struct layer_shared *shared, const char *name)
{
	static const struct layer_kind kind = {.name = "UTF-16", .read = turn_read, .close = turn_close};
	struct turn *t = mem_alloc(sizeof *t);
	t->big_endian = strcmp(name, "UTF-16BE") == 0;
	return layer_new(&kind, below, shared, t);
}
