/* Slices, growing buffers, arenas: memory whose owner can be seen in its type.
 * A slice borrows. An arena owns everything allocated in it until it is reset or freed. A buf owns its
 * bytes and carries its cap. When memory runs out the program says so and ends (decision 0002): nothing
 * here returns NULL. Nothing here is shared between threads. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const uint8_t *p;
	size_t n;
} slice;

#define SLICE(literal) ((slice){(const uint8_t *)(literal), sizeof(literal) - 1})
#define SLICE_PRINTF(s) (int)(s).n, (const char *)(s).p /* for "%.*s" */

static inline slice slice_from(const char *text)
{
	return (slice){(const uint8_t *)text, text != NULL ? strlen(text) : 0};
}
static inline slice slice_of(const void *p, size_t n)
{
	return (slice){(const uint8_t *)p, n};
}
/* The part from `from` (clamped) with at most `n` bytes. */
static inline slice slice_sub(slice s, size_t from, size_t n)
{
	if (from > s.n) from = s.n;
	if (n > s.n - from) n = s.n - from;
	return (slice){s.p + from, n};
}
static inline bool slice_equal(slice a, slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
bool slice_equal_nocase(slice a, slice b); /* ASCII case only */
bool slice_starts(slice s, slice prefix);
bool slice_ends(slice s, slice suffix);
int slice_compare(slice a, slice b); /* bytewise, shorter first */
slice slice_trim(slice s);           /* without leading and trailing space, tab, CR, LF */
/* Position of a byte or of a needle, or s.n when absent. */
size_t slice_find_byte(slice s, uint8_t c);
size_t slice_find(slice s, slice needle);
/* Cut `*rest` at the first `c`: returns what stands before it and moves `*rest` behind it (empty at the end). */
slice slice_cut(slice *rest, uint8_t c);

struct arena;
struct arena *arena_new(size_t bytes_max); /* bytes_max 0: no cap; the caller gives it back with arena_free */
void arena_free(struct arena *a);          /* takes NULL */
void arena_reset(struct arena *a);         /* forgets every allocation, keeps the memory for reuse */
/* What was allocated since the mark goes at once; the memory is kept for reuse. Marks nest; a reset ends them. */
struct arena_mark {
	void *chunk;
	size_t n, used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_release(struct arena *a, struct arena_mark m);
size_t arena_bytes(const struct arena *a);                     /* bytes handed out since the last reset */
void *arena_alloc(struct arena *a, size_t n);                  /* zeroed, aligned to 16 */
void *arena_array(struct arena *a, size_t count, size_t size); /* checked product */
slice arena_copy(struct arena *a, slice s);                    /* copies, with a NUL behind it that is not counted */
slice arena_join(struct arena *a, slice x, slice y);           /* copies both, y behind x, with a NUL behind that is not counted */
slice arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* Growing bytes. Zero-initialise with {.max = cap}; max 0 means no cap. `failed` is set once the cap is met;
 * later additions are then ignored, so that it need be looked at only once. */
struct buf {
	uint8_t *p;
	size_t n, room, max;
	bool failed;
};
void buf_free(struct buf *b);  /* takes an empty one */
void buf_clear(struct buf *b); /* keeps the memory */
bool buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, slice s);
void buf_add_byte(struct buf *b, uint8_t c);
void buf_add_text(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
slice buf_slice(const struct buf *b); /* borrows until the next addition */

void *mem_alloc(size_t n);           /* zeroed; never NULL */
void *mem_resize(void *p, size_t n); /* never NULL */
void *mem_huge(size_t n);            /* zeroed, 2 MiB aligned, huge pages advised; give back with mem_huge_free */
void mem_huge_free(void *p, size_t n);
#endif
