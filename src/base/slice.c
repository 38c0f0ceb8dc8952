/* Slices, arenas, growing buffers.
 * Invariants of an arena:
 *  1. chunks form a list in the order of use; those behind `current` are empty and kept for reuse.
 *  2. every allocation starts at a multiple of 16 and is zeroed when handed out, not when its chunk is made.
 *  3. `used` is the sum of what was handed out since the last reset and never exceeds `max` (when there is one).
 * Invariant of a buf: n <= room, and room <= max when there is a cap. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "slice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ALIGNMENT ((size_t)16)
#define CHUNK_BYTES_MIN ((size_t)4096)
#define CHUNK_BYTES_MAX ((size_t)1 << 20)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

struct chunk {
	struct chunk *next;
	size_t n, room;
	_Alignas(16) uint8_t bytes[];
};

struct arena {
	struct chunk *first, *current;
	size_t used, max, chunk_bytes;
};

static _Noreturn void memory_out(const char *what)
{
	fprintf(stderr, "out of memory: %s\n", what);
	_Exit(2);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool slice_equal_nocase(slice a, slice b)
{
	if (a.n != b.n) return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i])) return false;
	return true;
}

bool slice_starts(slice s, slice prefix)
{
	return s.n >= prefix.n && slice_equal(slice_sub(s, 0, prefix.n), prefix);
}

bool slice_ends(slice s, slice suffix)
{
	return s.n >= suffix.n && slice_equal(slice_sub(s, s.n - suffix.n, suffix.n), suffix);
}

int slice_compare(slice a, slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (order != 0) return order;
	return (a.n > b.n) - (a.n < b.n);
}

slice slice_trim(slice s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1])) s.n--;
	while (s.n > 0 && is_blank(s.p[0])) s.p++, s.n--;
	return s;
}

size_t slice_find_byte(slice s, uint8_t c)
{
	const uint8_t *at = s.n != 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

size_t slice_find(slice s, slice needle)
{
	if (needle.n == 0) return 0;
	const uint8_t *at = s.n >= needle.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

slice slice_cut(slice *rest, uint8_t c)
{
	size_t at = slice_find_byte(*rest, c);
	slice head = slice_sub(*rest, 0, at);

	*rest = slice_sub(*rest, at < rest->n ? at + 1 : at, SIZE_MAX);
	return head;
}

void *mem_alloc(size_t n)
{
	void *p = calloc(1, n != 0 ? n : 1);

	if (p == NULL) memory_out("heap");
	return p;
}

void *mem_resize(void *p, size_t n)
{
	void *q = realloc(p, n != 0 ? n : 1);

	if (q == NULL) memory_out("heap");
	return q;
}

static size_t huge_round(size_t n)
{
	if (n > SIZE_MAX - 2 * HUGE_PAGE_BYTES) memory_out("huge pages");
	if (n == 0) n = 1;
	return (n + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
}

void *mem_huge(size_t n)
{
	size_t want = huge_round(n), whole = want + HUGE_PAGE_BYTES;
	uint8_t *p = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) memory_out("huge pages");
	size_t before = (HUGE_PAGE_BYTES - (uintptr_t)p % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
	size_t behind = whole - before - want;
	if (before != 0) munmap(p, before);
	if (behind != 0) munmap(p + before + want, behind);
	madvise(p + before, want, MADV_HUGEPAGE); /* advice only: small pages work too */
	return p + before;
}

void mem_huge_free(void *p, size_t n)
{
	if (p != NULL) munmap(p, huge_round(n));
}

struct arena *arena_new(size_t bytes_max)
{
	struct arena *a = mem_alloc(sizeof *a);

	a->max = bytes_max;
	a->chunk_bytes = CHUNK_BYTES_MIN;
	return a;
}

void arena_free(struct arena *a)
{
	if (a == NULL) return;
	for (struct chunk *c = a->first, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	for (struct chunk *c = a->first; c != NULL; c = c->next) c->n = 0;
	a->current = a->first;
	a->used = 0;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){a->current, a->current != NULL ? a->current->n : 0, a->used};
}

void arena_release(struct arena *a, struct arena_mark m)
{
	struct chunk *marked = m.chunk;

	for (struct chunk *c = marked != NULL ? marked->next : a->first; c != NULL; c = c->next) c->n = 0;
	if (marked != NULL) marked->n = m.n;
	a->current = marked != NULL ? marked : a->first;
	a->used = m.used;
}

size_t arena_bytes(const struct arena *a)
{
	return a->used;
}

/* A chunk with room for n behind the current one: the next kept one when it fits, else a new one. */
static struct chunk *arena_advance(struct arena *a, size_t n)
{
	struct chunk *next = a->current != NULL ? a->current->next : NULL;

	if (next == NULL || next->room < n) {
		size_t room = n > a->chunk_bytes ? n : a->chunk_bytes;
		struct chunk *c = malloc(sizeof *c + room);

		if (c == NULL) memory_out("arena");
		*c = (struct chunk){.next = next, .room = room};
		if (a->current != NULL) a->current->next = c;
		else a->first = c;
		if (a->chunk_bytes < CHUNK_BYTES_MAX) a->chunk_bytes *= 2;
		next = c;
	}
	a->current = next;
	return next;
}

/* Room for n bytes, not zeroed. */
static void *arena_take(struct arena *a, size_t n)
{
	if (n > SIZE_MAX / 2) memory_out("arena");
	n = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (n == 0) n = ALIGNMENT;
	if (a->max != 0 && n > a->max - a->used) memory_out("the cap of an arena is met");
	struct chunk *c = a->current;
	if (c == NULL || c->room - c->n < n) c = arena_advance(a, n);
	void *p = c->bytes + c->n;
	c->n += n;
	a->used += n;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(arena_take(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n)) memory_out("arena");
	return arena_alloc(a, n);
}

slice arena_copy(struct arena *a, slice s)
{
	if (s.n == SIZE_MAX) memory_out("arena");
	uint8_t *p = arena_take(a, s.n + 1);

	if (s.n != 0) memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return (slice){p, s.n};
}

slice arena_join(struct arena *a, slice x, slice y)
{
	uint8_t *p = arena_alloc(a, x.n + y.n + 1);

	if (x.n != 0) memcpy(p, x.p, x.n);
	if (y.n != 0) memcpy(p + x.n, y.p, y.n);
	return slice_of(p, x.n + y.n);
}

slice arena_printf(struct arena *a, const char *format, ...)
{
	va_list first, second;

	va_start(first, format);
	va_copy(second, first);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is lost on the analyzer when it is given several files */
	int n = vsnprintf(NULL, 0, format, first);
	va_end(first);
	if (n < 0) n = 0;
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, format, second);
	va_end(second);
	return slice_of(p, (size_t)n);
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

bool buf_reserve(struct buf *b, size_t more)
{
	if (b->failed) return false;
	if (more <= b->room - b->n) return true;
	if (more > SIZE_MAX / 4 - b->n || (b->max != 0 && more > b->max - b->n)) {
		b->failed = true;
		return false;
	}
	size_t need = b->n + more, room = b->room < 64 ? 64 : b->room * 2;

	if (room < need) room = need;
	if (b->max != 0 && room > b->max) room = b->max;
	b->p = mem_resize(b->p, room);
	b->room = room;
	return true;
}

void buf_add(struct buf *b, slice s)
{
	if (s.n == 0 || !buf_reserve(b, s.n)) return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buf_add_byte(struct buf *b, uint8_t c)
{
	if (!buf_reserve(b, 1)) return;
	b->p[b->n++] = c;
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, slice_from(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list first, second;
	char small[256];

	va_start(first, format);
	va_copy(second, first);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is lost on the analyzer when it is given several files */
	int n = vsnprintf(small, sizeof small, format, first);
	va_end(first);
	if (n > 0 && (size_t)n < sizeof small) {
		buf_add(b, slice_of(small, (size_t)n));
	} else if (n > 0) {
		char *big = mem_alloc((size_t)n + 1);
		vsnprintf(big, (size_t)n + 1, format, second);
		buf_add(b, slice_of(big, (size_t)n));
		free(big);
	}
	va_end(second);
}

slice buf_slice(const struct buf *b)
{
	return (slice){b->p, b->n};
}
