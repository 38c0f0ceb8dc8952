/* The fast path's body. Before including it a build defines:
 *   FAST_NAME            the function's name
 *   struct masks classify(const uint8_t *p)      bitmaps of 64 bytes: T token, D '.', C ':', G digit, X hex, B backslash, H above 127
 *   bool bloom_has(const uint32_t *block, uint32_t h)
 *   uint32_t address_parse(const uint8_t *p, uint32_t n, uint32_t dots, uint32_t *bad)   1-15 bytes, exactly three dots
 * Steps: 1. bitmaps, and for each token the first dot that is not a plain number's; 2. the token's ends and kind; 3. addresses, names, others;
 * 4. keys against the Bloom filter and the exact set. */
#define ODD_BITS 0xaaaaaaaaaaaaaaaaull
#define LANES 0x0001000100010001ull
#define LANE_TOPS 0x8000800080008000ull

struct place { uint32_t base; unsigned mode; };
struct walk { uint64_t t, d, c, g, x, carry_t, carry_g, carry_x, escape; unsigned char carry; uint32_t colon_end; };

static inline uint64_t bits_at(const uint64_t *map, uint32_t at)
{
	uint32_t w = at >> 6, s = at & 63;
	return s != 0 ? map[w] >> s | map[w + 1] << (64 - s) : map[w];
}

static uint64_t escaped_letters(struct fast *f, const uint8_t *b, uint32_t base, uint64_t escaped, unsigned mode)
{
	uint64_t letters = 0;
	for (uint64_t m = escaped; m != 0; m &= m - 1) {
		uint32_t at = base + (uint32_t)__builtin_ctzll(m);
		uint8_t c = b[at];
		if (c != 't' && c != 'n' && c != 'r' && c != 'b' && c != 'f' && c != 'u') continue;
		letters |= m & (0 - m);
		if (c == 'u' || (mode & FAST_JSON) == 0) positions_add(&f->escapes, at);
	}
	return letters;
}

static inline uint64_t find_escaped(struct walk *k, uint64_t backslash)
{
	uint64_t starts = backslash & ~k->escape;
	uint64_t codes = (((starts << 1) | ODD_BITS) - starts) ^ ODD_BITS;
	uint64_t escaped = codes ^ (backslash | k->escape);
	k->escape = (codes & backslash) >> 63;
	return escaped;
}

static void colon_runs(struct fast *f, const uint8_t *b, size_t n, struct walk *k, uint32_t base, uint64_t colons)
{
	for (; colons != 0; colons &= colons - 1) {
		uint32_t at = base + (uint32_t)__builtin_ctzll(colons);
		if (at >= k->colon_end) k->colon_end = fast_colons(f, b, n, at);
	}
}

static void probe(struct fast *f)
{
	size_t n = f->keys_n;
	for (size_t i = 0; i < n; i++) {
		if (i + 12 < n) __builtin_prefetch(f->bloom + ((f->keys[i + 12] >> 32) & f->bloom_mask) * 8);
		uint64_t key = f->keys[i];
		if (__builtin_expect(bloom_has(f->bloom + ((key >> 32) & f->bloom_mask) * 8, (uint32_t)key), 0) && watchlist_find(f->w, key) != 0) positions_add(&f->found, f->key_at[i]);
	}
	f->keys_n = 0;
}

static inline void masks_keep(struct masks *m, uint64_t keep)
{
	m->T &= keep;
	m->D &= keep;
	m->C &= keep;
	m->G &= keep;
	m->X &= keep;
	m->B &= keep;
	m->H &= keep;
}

/* Letters that belong to an escape end a token. */
static inline void mask_escapes(struct fast *f, const uint8_t *b, struct walk *k, struct masks *m, struct place at)
{
	uint64_t escaped = find_escaped(k, m->B) & m->T;
	if (escaped == 0) return;
	uint64_t letters = escaped_letters(f, b, at.base, escaped, at.mode);
	m->T &= ~letters;
	m->X &= ~letters;
}

static inline uint32_t *put_bits(uint32_t *out, uint32_t base, uint64_t bits)
{
	unsigned count = (unsigned)__builtin_popcountll(bits);
	for (unsigned j = 0; j < 2; j++) {
		out[j] = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
		bits &= bits - 1;
	}
	if (__builtin_expect(count > 2, 0))
		for (unsigned j = 2; j < count; j++) {
			out[j] = base + (uint32_t)__builtin_ctzll(bits);
			bits &= bits - 1;
		}
	return out + count;
}

__attribute__((noinline)) static void bitmaps(struct fast *f, const uint8_t *b, size_t n, unsigned mode)
{
	size_t words = (n + 63) / 64;
	uint32_t *out = f->candidates;
	struct walk k = {0};
	struct masks next = classify(b);
	if (n < 64) masks_keep(&next, (1ull << n) - 1);
	for (size_t i = 0; i < words; i++) {
		struct masks m = next;
		uint32_t base = (uint32_t)(i * 64);
		if (i + 1 < words) {
			next = classify(b + base + 64);
			if (__builtin_expect(base + 128 > n, 0)) masks_keep(&next, (1ull << (n - base - 64)) - 1);
		} else {
			next = (struct masks){0};
		}
		if ((mode & FAST_ESCAPES) != 0 && (m.B | k.escape) != 0) mask_escapes(f, b, &k, &m, (struct place){base, mode});
#define AHEAD(map, s) (m.map >> (s) | next.map << (64 - (s)))
		uint64_t before = m.T << 1 | k.carry_t, behind = AHEAD(T, 1);
		uint64_t digits = (m.G << 1 | k.carry_g) & AHEAD(G, 1);
		uint64_t later = AHEAD(D, 2) | AHEAD(D, 3) | AHEAD(D, 4);
		uint64_t number = m.D & digits;
		uint64_t dots = m.D & ~(number & ~later) & before & behind;
		uint64_t start = m.T & ~before;
		f->T[i] = m.T;
		f->D[i] = m.D;
		f->odd[i] = (number & later) | m.H;
		f->X[i] = m.X;
		unsigned long long sum;
		unsigned char over = __builtin_uaddll_overflow(m.T & ~dots, start & ~dots, &sum);
		k.carry = (unsigned char)(over | __builtin_uaddll_overflow(sum, k.carry, &sum));
		out = put_bits(out, base, sum & dots);
		uint64_t gaps = ~m.X, lanes = (gaps - LANES) & ~gaps & LANE_TOPS;
		if (__builtin_expect(lanes != 0, 0)) positions_add(&f->hashes, base + ((uint32_t)__builtin_ctzll(lanes) & 48u));
		uint64_t doubled = AHEAD(C, 1), between = m.C & ((m.X << 1 | k.carry_x) | doubled);
		if (__builtin_expect(between != 0, 0)) {
			uint64_t near = AHEAD(C, 2) | AHEAD(C, 3) | AHEAD(C, 4) | AHEAD(C, 5), hex = AHEAD(X, 1);
			colon_runs(f, b, n, &k, base, between & ((near & hex) | doubled));
			if (__builtin_expect(f->keys_n > FAST_KEYS_MAX / 2, 0)) probe(f);
		}
		k.carry_t = m.T >> 63;
		k.carry_g = m.G >> 63;
		k.carry_x = m.X >> 63;
	}
	for (size_t i = words; i < words + 4; i++) f->T[i] = f->D[i] = f->odd[i] = f->X[i] = 0;
	f->candidates_n = (size_t)(out - f->candidates);
}

/* One store instead of a vector's making. */
static inline void span_put(struct span *s, uint32_t from, uint32_t to)
{
	uint64_t both = from | (uint64_t)to << 32;
	memcpy(s, &both, sizeof both);
}

/* Ends of the run of set bits around p. */
static inline uint32_t run_end(const uint64_t *map, uint32_t p)
{
	uint64_t m = ~bits_at(map, p);
	if (__builtin_expect(m != 0, 1)) return p + (uint32_t)__builtin_ctzll(m);
	uint32_t w = (p + 64) >> 6;
	m = ~map[w] & (~0ull << (p & 63));
	while (m == 0) m = ~map[++w];
	return w * 64 + (uint32_t)__builtin_ctzll(m);
}

static inline uint32_t run_start(const uint64_t *map, uint32_t p)
{
	if (__builtin_expect(p >= 63, 1)) {
		uint64_t m = ~bits_at(map, p - 63);
		if (__builtin_expect(m != 0, 1)) return p + 1 - (uint32_t)__builtin_clzll(m);
	}
	uint32_t w = p >> 6;
	uint64_t m = ~map[w] & ((1ull << (p & 63)) - 1);
	while (m == 0 && w > 0) m = ~map[--w];
	return m != 0 ? w * 64 + 64 - (uint32_t)__builtin_clzll(m) : 0;
}

/* [from, to): up to 64 bytes, ASCII, with a dot; keys of every suffix of two labels or more */
static inline void name_keys(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to)
{
	uint32_t n = to - from, end = to;
	uint64_t dots = bits_at(f->D, from);
	if (n < 64) dots &= (1ull << n) - 1;
	uint64_t h = key_name_start(f->seed);
	bool parent = false;
	for (;;) {
		int top = dots != 0 ? 63 - __builtin_clzll(dots) : -1;
		uint32_t label = from + (uint32_t)(top + 1);
		if (label >= end) return;
		h = key_name_fold(h, key_label(b + label, end - label));
		if (parent) fast_key(f, h, label);
		if (top < 0) break;
		parent = true;
		dots &= ~(1ull << top);
		end = label - 1;
	}
	if (parent && from > 0 && b[from - 1] == '@') fast_email(f, b, from, h);
}

__attribute__((noinline)) static void tokens(struct fast *f, const uint8_t *b, const uint32_t *candidates, size_t count)
{
	struct span *addresses = f->addresses, *names = f->names, *others = f->others;
	size_t addresses_n = 0, names_n = 0, others_n = 0, kept = 0;
	bool digit_last = f->digit_last;
	for (size_t j = 0; j < count; j++) {
		uint32_t p = candidates[j], to = run_end(f->T, p);
		uint16_t next;
		memcpy(&next, b + to, 2);
		span_put(&others[kept], p, to);
		kept += next != 0x3a22 || b[to - 2] != '_'; /* "…_x": is a key and no name */
	}
	for (size_t j = 0; j < kept; j++) {
		uint32_t from = run_start(f->T, others[j].from), to = others[j].to;
		from += b[from] == '.';
		to -= b[to - 1] == '.';
		uint32_t n = to - from;
		uint64_t in = n < 64 ? (1ull << n) - 1 : ~0ull;
		uint64_t dots = bits_at(f->D, from) & in, odd = bits_at(f->odd, from) & in;
		bool last = (uint8_t)(b[to - 1] - '0') < 10, first = (uint8_t)(b[from] - '0') < 10;
		bool address = last & first & (n < 16) & (__builtin_popcountll(dots) == 3);
		bool other = (!address) & ((odd != 0) | (n > 64) | ((dots & dots >> 1) != 0) | (b[from] == '.') | (b[to - 1] == '.'));
		bool name = (!address) & (!other) & (!last | digit_last);
		span_put(&addresses[addresses_n], from, to);
		addresses_n += address;
		span_put(&names[names_n], from, to);
		names_n += name;
		span_put(&others[others_n], from, to);
		others_n += other;
	}
	size_t keys = f->keys_n;
	for (size_t j = 0; j < addresses_n; j++) {
		uint32_t from = addresses[j].from, n = addresses[j].to - from, bad = 0;
		uint32_t v4 = address_parse(b + from, n, (uint32_t)(bits_at(f->D, from) & ((1ull << n) - 1)), &bad);
		f->keys[keys] = key_ipv4(f->seed, v4);
		f->key_at[keys] = from;
		keys += bad == 0;
		if (__builtin_expect(bad != 0, 0)) others[others_n++] = addresses[j]; /* 1-2.3.4.5, versions */
		if (f->nets != NULL && bad == 0 && (f->nets[v4 >> 22] >> (v4 >> 16 & 63) & 1)) positions_add(&f->found, from);
	}
	f->keys_n = keys;
	for (size_t j = 0; j < names_n; j++) name_keys(f, b, names[j].from, names[j].to);
	for (size_t j = 0; j < others_n; j++) {
		fast_token(f, b, others[j].from, others[j].to);
		if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
	}
	probe(f);
}

/* A lane of 16 hex digits is full; a word holds at most one run of 32 or more that no other word's lane shows. */
static void hashes(struct fast *f, const uint8_t *b, size_t n)
{
	uint32_t done = 0;
	for (size_t i = 0; i < f->hashes.n; i++) {
		uint32_t base = f->hashes.p[i] & ~63u;
		for (uint32_t at = base; at < base + 64; at += 16) {
			if (at < done || (uint16_t)(f->X[at >> 6] >> (at & 63)) != 0xffff) continue;
			done = run_end(f->X, at);
			fast_hash(f, b, n, (struct span){run_start(f->X, at), done});
		}
		if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
	}
	f->hashes.n = 0;
}

void FAST_NAME(struct fast *f, const uint8_t *b, size_t n, unsigned mode)
{
	f->keys_n = 0;
	f->found.n = f->escapes.n = 0;
	fast_room(f, n);
	if (n == 0) return;
	bitmaps(f, b, n, mode);
	for (size_t i = 0; i < f->candidates_n; i += FAST_BATCH) tokens(f, b, f->candidates + i, f->candidates_n - i < FAST_BATCH ? f->candidates_n - i : FAST_BATCH);
	hashes(f, b, n);
	probe(f);
}
