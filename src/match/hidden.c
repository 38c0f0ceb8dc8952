/* See hidden_int.h. Invariant: parts are in the order of their texts.
 * What is undone where values are taken apart matters here only if it makes what was not there: an observable's anchor, or a fragment.
 * 1. Names, addresses and digests end at a backslash, a quote, an equals sign and a bar alike; fragments hold no backslash, quote or slash
 *    (literal_safe_byte). So doubled quotes matter to nothing, \\ \" to nothing, \= \| \] \t \n \r to fragments with these bytes or
 *    blanks, \xHH to all.
 * 2. The values are then read with JSON's escapes undone too (decision 0003, 1). Those of the raw bytes are seen where they stand
 *    (second_readings), so that \\ matters when one of these follows: \\n before a name, \\uXXXX anywhere.
 * 3. An escape that matters does so within its piece: the bytes around it of which one token, or one fragment, may be made. Everything
 *    else about the line stands in the raw bytes. */
#include "hidden_int.h"

#include "limit.h"
#include "shape_int.h"

#include <stdlib.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define FRAGMENT_BYTES_MAX 32u /* as in literals.c */
#define ESCAPE_BYTES 8u        /* behind a backslash, of one byte of the undone text: \x5cu0041 */
#define TOKEN_BYTES_MIN 32u    /* of a digest, the shortest token without a dot or two colons */

/* Bits beside those of the undoings: what is behind must be looked at. */
enum { LOOK_HEX = 1 << UNDO_COUNT, LOOK_BACKSLASH = 2 << UNDO_COUNT };

static void escapes_init(struct hidden *h)
{
	const struct literals *l = h->literals;
	for (const char *c = "tnrbfu"; *c != 0; c++) h->json[(uint8_t)*c] = true;
	h->undoings['x'] = LOOK_HEX;
	h->undoings['\\'] = LOOK_BACKSLASH;
	if (l == NULL) return;
	for (const char *c = "=|]"; *c != 0; c++)
		if (literals_hold(l, (uint8_t)*c)) h->undoings[(uint8_t)*c] = 1 << UNDO_PAIRS;
	for (const char *c = "nrt"; *c != 0; c++)
		if (literals_hold(l, ' ')) h->undoings[(uint8_t)*c] = 1 << UNDO_PAIRS;
	if (literals_hold(l, ']')) h->undoings[']'] |= 1 << UNDO_STRUCTURED;
}

void hidden_init(struct hidden *h, const struct literals *literals)
{
	*h = (struct hidden){.literals = literals};
	for (unsigned c = 0; c < 256; c++) {
		h->in_token[c] = shape_is_local((uint8_t)c) || c == '@' || c == ':' || c == '\\';
		h->in_fragment[c] = literals != NULL && literals_hold(literals, (uint8_t)c);
	}
	escapes_init(h);
}

void hidden_free(struct hidden *h)
{
	buf_free(&h->text);
	free(h->parts);
	free(h->escapes);
}

void hidden_forget(struct hidden *h)
{
	buf_clear(&h->text);
	h->n = 0;
}

/* The part that what is added now belongs to. */
static void part_add(struct hidden *h, uint32_t record)
{
	static const uint8_t margin[SCAN_MARGIN];
	if (h->text.n == 0) buf_add(&h->text, slice_of(margin, sizeof margin));
	if (h->n == h->room) {
		h->room = h->room == 0 ? 256 : h->room * 2;
		h->parts = mem_resize(h->parts, h->room * sizeof *h->parts);
	}
	(void)buf_reserve(&h->text, SCAN_MARGIN);
	h->parts[h->n++] = (struct hidden_part){(uint32_t)(h->text.n - SCAN_MARGIN), record};
}

/* The last part, whose text is unwanted. */
static void part_drop(struct hidden *h)
{
	h->text.n = h->parts[--h->n].at + SCAN_MARGIN;
}

static slice part_text(const struct hidden *h)
{
	size_t at = h->parts[h->n - 1].at + SCAN_MARGIN;
	return slice_of(h->text.p + at, h->text.n - at);
}

/* Whether the text may hold an observable's anchor, or an escape that makes its dot. Sixteen bytes may be read behind it. */
#if defined(__SSE2__)
static bool may_hold(slice text)
{
	unsigned good = 0, colon = 0;
	if (text.n > TOKEN_BYTES_MIN) return true;
	for (size_t i = 0; i < text.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i));
		__m128i other = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
		unsigned within = text.n - i < 16 ? (1u << (text.n - i)) - 1 : 0xffff;
		unsigned colons = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(':'))) & within;
		good |= ((unsigned)_mm_movemask_epi8(other) & within) | (colons & (colons - 1)) | (colons != 0 ? colon : 0);
		colon |= colons;
	}
	return good != 0;
}
#else
static bool may_hold(slice text)
{
	size_t colons = 0;
	if (text.n > TOKEN_BYTES_MIN) return true;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '.' || text.p[i] == '\\') return true;
		colons += text.p[i] == ':';
	}
	return colons > 1;
}
#endif

void hidden_add(struct hidden *h, slice text, uint32_t record)
{
	if (text.n == 0) return;
	part_add(h, record);
	buf_add(&h->text, text);
	buf_add_byte(&h->text, '\n');
}

static slice line_around(slice bytes, size_t at)
{
	const uint8_t *before = memrchr(bytes.p, '\n', at);
	slice rest = slice_sub(bytes, before != NULL ? (size_t)(before - bytes.p) + 1 : 0, bytes.n);
	return slice_sub(rest, 0, slice_find_byte(rest, '\n'));
}

/* ---- values in hex ---- */
static void find_values(struct hidden *h, const struct fast *f, slice bytes)
{
	size_t n = telemetry_encoded(bytes.p, f->values_at, f->values_n);
	for (size_t i = 0; i < n; i++) {
		part_add(h, f->values_at[i]);
		if (!telemetry_decode(bytes, f->X, f->values_at[i], &h->text) || (h->literals == NULL && !may_hold(part_text(h))))
			part_drop(h);
	}
}

/* The records that hold the word; its second letter is rarer than the others. */
static void find_split(struct hidden *h, slice word, slice bytes)
{
	const uint8_t *p = bytes.p, *end = bytes.p + bytes.n;
	while (p < end && (p = memchr(p, word.p[1], (size_t)(end - p))) != NULL) {
		size_t at = (size_t)(p++ - bytes.p);
		if (at == 0 || !slice_starts(slice_sub(bytes, at - 1, bytes.n), word)) continue;
		slice record = line_around(bytes, at);
		part_add(h, (uint32_t)at);
		telemetry_join(slice_trim(record), &h->text);
		if (part_text(h).n == 0) part_drop(h);
		p = record.p + record.n;
	}
}

/* ---- which escapes matter ---- */
/* Whether an escape of JSON, whose backslash was two, makes an anchor of what stands there: a character, or a token without its first
 * letter.
 */
static bool json_follows(slice bytes, size_t letter)
{
	size_t at = letter + 1;
	if (at >= bytes.n) return false;
	if (bytes.p[letter] == 'u') return shape_hex_follows(bytes, at, 4);
	while (at < bytes.n && (shape_is_alnum(bytes.p[at]) || bytes.p[at] == '-' || bytes.p[at] == '_' || bytes.p[at] >= 0x80)) at++;
	return at - letter > TOKEN_BYTES_MIN || (at < bytes.n && (bytes.p[at] == '.' || bytes.p[at] == ':'));
}

/* ---- the piece around an escape ---- */
static slice token_around(const struct hidden *h, slice bytes, size_t backslash)
{
	size_t from = backslash, to = backslash;
	while (from > 0 && h->in_token[bytes.p[from - 1]]) from--;
	while (to < bytes.n && h->in_token[bytes.p[to]]) to++;
	return slice_sub(bytes, from, to - from);
}

/* The backslash that the byte before `at` may belong to; `at` when there is none. B: backslashes, a word of zeros before them. */
static size_t escape_before(const uint64_t *B, slice bytes, size_t at)
{
	const uint64_t *words = B - 1;
	size_t from = at + 64 - ESCAPE_BYTES, shift = from % 64;
	uint64_t low = words[from / 64] >> shift, high = shift == 0 ? 0 : words[from / 64 + 1] << (64 - shift);
	unsigned near = (unsigned)(low | high) & ((1u << ESCAPE_BYTES) - 1);
	if (near == 0) return at;
	size_t escape = at - 1 - (size_t)(__builtin_clz(near) - (32 - (int)ESCAPE_BYTES));
	return memchr(bytes.p + escape, '\n', at - escape) == NULL ? escape : at;
}

/* So many bytes that may stand in fragments as the longest has, those that an escape may take not counted. */
static size_t fragment_start(const struct hidden *h, const uint64_t *B, slice bytes, size_t at)
{
	for (size_t counted = 0; at > 0 && counted < FRAGMENT_BYTES_MAX;) {
		size_t escape = escape_before(B, bytes, at);
		if (escape == at && !h->in_fragment[bytes.p[at - 1]]) break;
		counted += escape == at;
		at = escape < at ? escape : at - 1;
	}
	return at;
}

static size_t fragment_end(const struct hidden *h, slice bytes, size_t at)
{
	size_t within = 0, counted = 0;
	for (; at < bytes.n && bytes.p[at] != '\n' && counted < FRAGMENT_BYTES_MAX; at++) {
		bool backslash = bytes.p[at] == '\\';
		if (within == 0 && !backslash && !h->in_fragment[bytes.p[at]]) break;
		counted += within == 0;
		within = backslash ? ESCAPE_BYTES : within > 0 ? within - 1 : 0;
	}
	return at;
}

static slice piece_around(const struct hidden *h, const uint64_t *B, slice bytes, size_t backslash)
{
	slice token = token_around(h, bytes, backslash);
	if (h->literals == NULL) return token;
	const uint8_t *from = bytes.p + fragment_start(h, B, bytes, backslash), *to = bytes.p + fragment_end(h, bytes, backslash),
		      *end = token.p + token.n;
	if (token.p < from) from = token.p;
	return slice_of(from, (size_t)((to > end ? to : end) - from));
}

/* ---- escapes ---- */
struct piece {
	slice text;
	unsigned undoings; /* those that matter to an escape in it */
};

/* The piece in each of the readings; one that is like the one before is no other. */
static void undo_piece(struct hidden *h, slice bytes, const struct piece *piece)
{
	slice text = piece->text, last = {NULL, 0};
	for (enum telemetry_undoing u = 0; u < UNDO_COUNT; u++) {
		if ((piece->undoings >> u & 1) == 0) continue;
		(void)buf_reserve(&h->text, SCAN_MARGIN + text.n + 1); /* `last` stays where it is */
		if (last.n > 0) last = part_text(h);
		part_add(h, (uint32_t)(text.p - bytes.p));
		telemetry_undo(u, text, &h->text);
		slice now = part_text(h);
		if (slice_equal(now, last) || (h->literals == NULL && !may_hold(now))) part_drop(h);
		else last = now;
	}
}

/* The ways in which the escape that begins there matters. */
static unsigned undoings_of(const struct hidden *h, slice bytes, size_t backslash)
{
	unsigned undoings = backslash + 1 < bytes.n ? h->undoings[bytes.p[backslash + 1]] : 0;
	if (undoings == LOOK_HEX) return shape_hex_follows(bytes, backslash + 2, 2) ? 1u << UNDO_QUOTED : 0;
	if (undoings == LOOK_BACKSLASH) return json_follows(bytes, backslash + 2) ? (1u << UNDO_COUNT) - 1 : 0;
	return undoings;
}

static void escapes_room(struct hidden *h, size_t n)
{
	if (n <= h->escapes_room) return;
	free(h->escapes);
	h->escapes = mem_alloc(n * sizeof *h->escapes);
	h->escapes_room = n;
}

/* Where escapes begin that may matter, by the byte or two behind; without a branch that nobody can foretell. Returns how many. */
static size_t escapes_of(struct hidden *h, const uint64_t *B, slice bytes)
{
	uint64_t carry = 0;
	uint32_t *to;
	size_t kept = 0, words = (bytes.n + 63) / 64;
	escapes_room(h, bytes.n + 64);
	to = h->escapes;
	for (size_t i = 0; i < words; i++)
		if ((B[i] | carry) != 0) to = put_bits_plain(to, (uint32_t)(i * 64), B[i] & ~fast_escaped(B[i], &carry));
	for (size_t i = 0, n = (size_t)(to - h->escapes); i < n; i++) {
		const uint8_t *p = bytes.p + h->escapes[i];
		unsigned what = h->undoings[p[1]];
		h->escapes[kept] = h->escapes[i];
		kept += (what != 0) & ((what != LOOK_BACKSLASH) | h->json[p[2]]);
	}
	return kept;
}

/* B: backslashes. */
static void find_escapes(struct hidden *h, const uint64_t *B, slice bytes, unsigned undoings)
{
	struct piece piece = {.text = {bytes.p, 0}};
	for (size_t i = 0, n = escapes_of(h, B, bytes); i < n; i++) {
		size_t backslash = h->escapes[i];
		unsigned more = undoings_of(h, bytes, backslash) & undoings;
		if (more == 0) continue;
		if (bytes.p + backslash >= piece.text.p + piece.text.n) {
			undo_piece(h, bytes, &piece);
			piece = (struct piece){.text = piece_around(h, B, bytes, backslash)};
		}
		piece.undoings |= more;
	}
	undo_piece(h, bytes, &piece);
}

void hidden_find(struct hidden *h, const struct fast *f, enum format format, slice bytes)
{
	unsigned undoings = telemetry_undoings(format);
	if (telemetry_encodes(format)) {
		find_values(h, f, bytes);
		if (h->literals != NULL && literals_blanks(h->literals)) find_split(h, SLICE(TELEMETRY_SPLITS), bytes);
	}
	if (undoings != 0) find_escapes(h, f->B, bytes, undoings);
}

/* ---- looking through ---- */
slice hidden_text(struct hidden *h)
{
	if (h->n == 0) return (slice){NULL, 0};
	(void)buf_reserve(&h->text, SCAN_MARGIN);
	memset(h->text.p + h->text.n, 0, SCAN_MARGIN);
	return slice_of(h->text.p + SCAN_MARGIN, h->text.n - SCAN_MARGIN);
}

uint32_t hidden_record(const struct hidden *h, size_t at)
{
	size_t low = 0, high = h->n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (h->parts[middle].at <= at) low = middle + 1;
		else high = middle;
	}
	return h->parts[low > 0 ? low - 1 : 0].record;
}
