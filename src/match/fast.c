/* Corners of the fast path that are rare enough to be plain: glued addresses, UTF-8, colons, hashes, e-mail. */
#include "fast_int.h"

#include <stdlib.h>

#include "address.h"
#include "shape_int.h"
#include "text.h"

void positions_add(struct positions *p, uint32_t at)
{
	if (p->n == p->room) {
		p->room = p->room == 0 ? 256 : p->room * 2;
		p->p = mem_resize(p->p, p->room * sizeof *p->p);
	}
	p->p[p->n++] = at;
}

void fast_room(struct fast *f, size_t n)
{
	size_t words = n / 64 + 1;
	if (words <= f->words_room) return;
	uint64_t **maps[] = {&f->T, &f->D, &f->C, &f->G, &f->X, &f->B, &f->H, &f->odd};
	size_t count = sizeof maps / sizeof *maps, each = 1 + words + FAST_WORDS_BEHIND; /* a word of zeros before each */
	free(f->maps);
	free(f->names_at);
	free(f->numbers_at);
	free(f->values_at);
	f->maps = mem_alloc(count * each * sizeof *f->maps);
	for (size_t i = 0; i < count; i++) *maps[i] = f->maps + i * each + 1;
	f->names_at = mem_alloc((n / 2 + 128) * sizeof *f->names_at);
	f->numbers_at = mem_alloc((n / 2 + 128) * sizeof *f->numbers_at);
	f->values_at = mem_alloc((n / 5 + 128) * sizeof *f->values_at);
	f->words_room = words;
}

void fast_init(struct fast *f, const struct watchlist *w)
{
	*f = (struct fast){.w = w,
		.bloom = w->bloom,
		.bloom_mask = w->bloom_mask,
		.seed = w->header->seed,
		.nets = w->nets,
		.lasts = w->lasts,
		.v6 = (w->header->flags & WATCHLIST_V6) != 0};
	for (size_t i = 0; i < w->ranges_n; i++) f->v6_ranges |= w->ranges[i].v6 != 0 && w->ranges[i].bits != 128;
	f->names = mem_alloc(FAST_BATCH * sizeof *f->names);
	f->others = mem_alloc(FAST_BATCH * sizeof *f->others);
	f->keys = mem_alloc(FAST_KEYS_MAX * sizeof *f->keys);
	f->key_at = mem_alloc(FAST_KEYS_MAX * sizeof *f->key_at);
	f->scratch = arena_new(0);
	fast_room(f, SCAN_CHUNK_BYTES + 4096);
}

void fast_free(struct fast *f)
{
	void *all[] = {f->maps, f->names_at, f->numbers_at, f->values_at, f->names, f->others, f->keys, f->key_at, f->found.p, f->hashes.p,
		f->escapes.p};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
	arena_free(f->scratch);
}

/* b[from - 1] is '@'. A letter right behind a backslash may be an escape, and a '+' stand for a blank: both readings. */
void fast_email(struct fast *f, const uint8_t *b, uint32_t from, uint64_t domain)
{
	uint64_t local = key_local_start();
	uint32_t i = from - 1;
	for (uint32_t steps = 0; i > 0 && steps < 320 && shape_is_local(b[i - 1]); i--, steps++) {
		if ((i > 1 && b[i - 2] == '\\') || b[i - 1] == '+') fast_key(f, key_email(domain, local), from);
		local = key_local_step(local, b[i - 1]);
	}
	fast_key(f, key_email(domain, local), from);
}

/* Keys of a dotted ASCII piece: every suffix of two labels or more. */
static void fold_piece(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to, uint32_t at)
{
	uint64_t h = key_name_start(f->seed);
	unsigned labels = 0;
	for (uint32_t end = to, i = to; i + 1 > from; i--) {
		if (i > from && b[i - 1] != '.') continue;
		if (end == i || end - i > 63) return;
		h = key_name_fold(h, key_label(b + i, end - i));
		if (++labels > 1) fast_key(f, h, at);
		if (labels > 1 && i == from && i > 0 && b[i - 1] == '@') fast_email(f, b, from, h);
		if (i == from || labels > 64) return;
		end = i - 1;
	}
}

static void unicode_piece(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to)
{
	slice name;
	arena_reset(f->scratch);
	if (!shape_name(f->scratch, slice_of(b + from, to - from), &name)) return;
	uint8_t *copy = arena_alloc(f->scratch, name.n + 16);
	memcpy(copy + 1, name.p, name.n);
	size_t before = f->keys_n;
	fold_piece(f, copy, 1, (uint32_t)name.n + 1, from);
	if (f->keys_n > before && from > 0 && b[from - 1] == '@') fast_email(f, b, from, name_key(f->seed, name));
}

static void piece(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to)
{
	bool ascii = true;
	while (from < to && b[from] == '.') from++;
	while (from < to && b[to - 1] == '.') to--;
	if (to - from < 4) return;
	for (uint32_t i = from; i < to; i++) ascii &= b[i] < 0x80;
	fold_piece(f, b, from, to, from);
	for (uint32_t i = from; i + 1 < to; i++) /* a..b.com */
		if (b[i] == '.' && b[i + 1] == '.') {
			piece(f, b, from, i);
			from = i + 1;
			while (b[from] == '.') from++;
			i = from;
			fold_piece(f, b, from, to, from);
		}
	if (!ascii) unicode_piece(f, b, from, to);
}

static void net_probe(struct fast *f, uint32_t v4, uint32_t at)
{
	if (f->nets != NULL && (f->nets[v4 >> 22] >> (v4 >> 16 & 63) & 1)) positions_add(&f->found, at);
}

/* The longest run of digits and single dots from i on, at most 15 bytes. */
static slice address_text(const uint8_t *b, uint32_t i)
{
	uint32_t k = i;
	while (k - i < 15 && (shape_is_digit(b[k]) || b[k] == '.')) k++;
	while (k > i && b[k - 1] == '.') k--;
	return slice_of(b + i, k - i);
}

void fast_net(struct fast *f, const uint8_t *b, uint32_t at)
{
	uint32_t v4;
	if (ipv4_parse(address_text(b, at), &v4)) net_probe(f, v4, at);
}

static void address_at(struct fast *f, const uint8_t *b, uint32_t i)
{
	uint32_t v4;
	slice text = address_text(b, i);
	if (!ipv4_parse(text, &v4)) return;
	fast_key(f, key_ipv4(f->seed, text.p, text.n), i);
	net_probe(f, v4, i);
}

/* A token of an unusual kind: with bytes above 127, over 64 bytes, or with an address glued to something. */
void fast_token(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (shape_is_digit(b[i]) && (i == from || !shape_is_digit(b[i - 1]))) address_at(f, b, i);
	uint32_t start = from;
	for (uint32_t i = from; i < to;) {
		uint32_t code;
		if (b[i] < 0x80) {
			i++;
			continue;
		}
		unsigned n = text_utf8_next(slice_of(b + i, to - i), &code);
		if (n == 0 || !text_is_letter(code)) {
			piece(f, b, start, i);
			start = i + (n == 0 ? 1 : n);
		}
		i += n == 0 ? 1 : n;
	}
	piece(f, b, start, to);
}

static bool address6(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to)
{
	ipv6 v6;
	uint32_t v4;
	while (to > from && (b[to - 1] == '.' || (b[to - 1] == ':' && !(to - from > 1 && b[to - 2] == ':')))) to--;
	while (to > from && (b[from] == '.' || (b[from] == ':' && !(to - from > 1 && b[from + 1] == ':')))) from++;
	if (to - from < 2 || !ipv6_parse(slice_of(b + from, to - from), &v6)) return false;
	if (ipv6_is_mapped(&v6, &v4)) {
		fast_key(f, ipv4_key(f->seed, v4), from);
		net_probe(f, v4, from);
		return true;
	}
	fast_key(f, key_ipv6(f->seed, v6.b), from);
	if (f->v6_ranges) positions_add(&f->found, from);
	return true;
}

#define FINGERPRINT_COLONS_MIN 15u
#define FINGERPRINT_RUN_BYTES 4096u /* of one look: what they may give fits behind FAST_KEYS_MAX / 2 */

/* The pairs of hex digits from i on; the first one's and the last one's neighbours are not looked at. */
static uint32_t pairs_at(const uint8_t *b, uint32_t n, uint32_t i)
{
	uint32_t pairs = 0;
	for (; i + 1 < n && shape_is_hex(b[i]) && shape_is_hex(b[i + 1]); i += 3) {
		pairs++;
		if (i + 2 >= n || b[i + 2] != ':') break;
	}
	return pairs;
}

/* What is pairs with colons: perhaps less the first or the last, which may belong to an escape or a word. */
static void fingerprint(struct fast *f, const uint8_t *b, uint32_t from, uint32_t pairs)
{
	uint8_t digits[16];
	for (uint32_t first = 0; first < 2; first++, from += 3, pairs--) {
		for (uint32_t i = 0; i < 8; i++) memcpy(digits + 2 * i, b + from + 3 * i, 2);
		for (uint32_t n = pairs; n + 1 >= pairs; n--)
			if (shape_hash_length(2 * (size_t)n)) fast_key(f, key_hash(f->seed, digits, 2 * (size_t)n), from);
	}
}

/* Returns where the next look begins: the run is looked through once, however long it is. */
static uint32_t fingerprints(struct fast *f, const uint8_t *b, uint32_t n, uint32_t from)
{
	uint32_t i = from > 0 ? from - 1 : 0; /* a letter of an escape may stand before the first */
	while (i < n && i < from + FINGERPRINT_RUN_BYTES && (i < from || shape_is_ipv6(b[i]))) {
		uint32_t pairs = pairs_at(b, n, i);
		if (pairs > FINGERPRINT_COLONS_MIN) fingerprint(f, b, i, pairs);
		i += pairs > FINGERPRINT_COLONS_MIN ? 3 * pairs - 1 : 1;
	}
	return i;
}

/* An address may start at the run's start or behind any of its colons ("src:", "dead:"). */
uint32_t fast_colons(struct fast *f, const uint8_t *b, size_t n, uint32_t at)
{
	uint32_t from = at, to = at, colons = 0, doubles = 0, mapped = 0, before = 0;
	while (from > 0 && at - from < 72 && shape_is_ipv6(b[from - 1])) before += b[--from] == ':';
	for (; to < n && to - at < 96 && shape_is_ipv6(b[to]); to++) {
		colons += b[to] == ':';
		doubles += b[to] == ':' && b[to + 1] == ':';
		mapped += (b[to] | 0x20) == 'f' && (b[to + 1] | 0x20) == 'f';
	}
	if (before + colons >= FINGERPRINT_COLONS_MIN) {
		uint32_t end = fingerprints(f, b, (uint32_t)n, from);
		if (to < end) to = end;
	}
	if ((colons < 6 && doubles == 0) || (!f->v6 && mapped == 0)) return to; /* an IPv4 as IPv6 holds "ffff" */
	bool clear = from == 0 || (!shape_is_alnum(b[from - 1]) && b[from - 1] != '_' && b[from - 1] != '\\' && b[from - 1] < 0x80);
	if (to - from <= 64 && address6(f, b, from, to) && clear) return to;
	if (from > 0 && b[from - 1] == '\\') address6(f, b, from + 1, to); /* \b and \f are hex letters */
	for (uint32_t i = from; i < to; i++)
		if (b[i] == ':' && to - i <= 64) address6(f, b, i + 1, to);
	return to;
}

/* [from, to): a maximal run of hex digits */
void fast_hash(struct fast *f, const uint8_t *b, size_t n, struct span run)
{
	uint32_t from = run.from, to = run.to;
	if ((to < n && shape_is_alnum(b[to])) || !shape_hash_length(to - from)) return;
	fast_key(f, key_hash(f->seed, b + from, to - from), from);
}

static void probe_plain(struct fast *f)
{
	for (size_t i = 0; i < f->keys_n; i++) {
		uint64_t key = f->keys[i];
		if (bloom_has_plain(f->bloom + ((key >> 32) & f->bloom_mask) * 8, (uint32_t)key) && watchlist_find(f->w, key) != 0)
			positions_add(&f->found, f->key_at[i]);
	}
	f->keys_n = 0;
}

bool fast_raw(struct fast *f, const uint8_t *b, size_t n, uint32_t at)
{
	uint32_t to = at, hex = at;
	while (to < n && (shape_is_alnum(b[to]) || b[to] == '.' || b[to] == '-' || b[to] == '_' || b[to] >= 0x80)) to++;
	while (hex < to && shape_is_hex(b[hex])) hex++;
	f->keys_n = f->found.n = 0;
	if (memchr(b + at, '.', to - at) != NULL) fast_token(f, b, at, to);
	if (hex > at) fast_hash(f, b, n, (struct span){at, hex});
	probe_plain(f);
	return f->found.n > 0;
}
