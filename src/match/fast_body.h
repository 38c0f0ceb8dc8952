/* The fast path's body. Before including it a build defines:
 *   FAST_NAME            the function's name
 *   struct masks classify(const uint8_t *p)      bitmaps of 64 bytes: T token, D '.', C ':', G digit, X hex, B backslash, H above 127
 *   uint64_t equals_of(const uint8_t *p)         the '=' of 64 bytes
 *   bool bloom_has(const uint32_t *block, uint32_t h)
 *   bool number_like(const uint8_t *p, uint32_t n)           1-15 bytes, all digits and dots
 *   uint32_t *put_bits(uint32_t *out, uint32_t base, uint64_t bits)   base + the place of each set bit; room for 64; returns the end
 * Steps: 1. bitmaps, a block of words at a time; 2. relations between neighbours, in loops that the compiler turns into vectors; 3. of each
 * token the first dot that is not a plain number's ("telling"): names and numbers apart; 4. names by their last label, then by their last
 * two, which leaves few; 5. keys against the Bloom filter and the exact set. Bitmaps are little-endian bytes, so that 57 bits from any
 * place are one load and one shift. */
#define LANES 0x0001000100010001ull
#define LANE_TOPS 0x8000800080008000ull
#define BLOCK_WORDS 128u
#define WINDOW_BITS 57u

struct walk {
	uint64_t escape;
	unsigned char carry;
	uint32_t colon_end;
	bool high;
};
struct related {
	uint64_t tokens[BLOCK_WORDS], starts[BLOCK_WORDS], dots[BLOCK_WORDS], numbers[BLOCK_WORDS], colons[BLOCK_WORDS], lanes[BLOCK_WORDS];
};

/* Bits from p on; the lower WINDOW_BITS are good. */
static inline uint64_t window(const uint64_t *map, uint32_t p)
{
	return key_load8((const uint8_t *)map + (p >> 3)) >> (p & 7);
}

/* Bits up to p, which is the highest; the upper WINDOW_BITS are good. A map has a word of zeros before it. */
static inline uint64_t window_before(const uint64_t *map, uint32_t p)
{
	return key_load8((const uint8_t *)map + (p >> 3) - 7) << (7 - (p & 7));
}

/* ---- 1. bitmaps ---- */
static void classify_words(struct fast *f, const uint8_t *b, size_t from, size_t to, struct walk *k)
{
	uint64_t high = 0;
	for (size_t i = from; i < to; i++) {
		struct masks m = classify(b + i * 64);
		f->T[i] = m.T;
		f->D[i] = m.D;
		f->C[i] = m.C;
		f->G[i] = m.G;
		f->X[i] = m.X;
		f->B[i] = m.B;
		f->H[i] = m.H;
		high |= m.H;
	}
	k->high |= high != 0;
}

/* Nothing stands behind the last byte. */
static void end_words(struct fast *f, size_t n)
{
	size_t words = (n + 63) / 64;
	uint64_t *const maps[] = {f->T, f->D, f->C, f->G, f->X, f->B, f->H, f->odd};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		if (n % 64 != 0) maps[i][words - 1] &= (1ull << n % 64) - 1;
		memset(maps[i] + words, 0, FAST_WORDS_BEHIND * sizeof **maps);
	}
}

/* Whether a name or a hash may start with the letter at `at`: a dot follows in its token, or the token is long. Words up to `to` are known.
 */
static inline bool may_start(const struct fast *f, uint32_t at, size_t to)
{
	if (at / 64 + 1 >= to) return true;
	uint64_t token = window(f->T, at);
	unsigned n = (unsigned)__builtin_ctzll(~token | 1ull << 32);
	return n == 32 || (window(f->D, at) & ((1ull << n) - 1)) != 0;
}

static uint64_t escaped_letters(struct fast *f, const uint8_t *b, struct span word, uint64_t escaped)
{
	uint64_t letters = 0;
	for (uint64_t m = escaped; m != 0; m &= m - 1) {
		uint32_t at = word.from + (uint32_t)__builtin_ctzll(m);
		uint8_t c = b[at];
		if (c != 't' && c != 'n' && c != 'r' && c != 'b' && c != 'f' && c != 'u') continue;
		letters |= m & (0 - m);
		if (c == 'u' || may_start(f, at, word.to)) positions_add(&f->escapes, at);
	}
	return letters;
}

/* Letters that belong to an escape end a token. */
static void mask_escapes(struct fast *f, const uint8_t *b, struct walk *k, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if ((f->B[i] | k->escape) == 0) continue;
		uint64_t escaped = fast_escaped(f->B[i], &k->escape) & f->T[i];
		if (escaped == 0) continue;
		uint64_t letters = escaped_letters(f, b, (struct span){(uint32_t)(i * 64), (uint32_t)to}, escaped);
		f->T[i] &= ~letters;
		f->X[i] &= ~letters;
	}
}

/* ---- 2. neighbours ---- */
#define BEHIND(map, i, s) (map[i] >> (s) | map[(i) + 1] << (64 - (s)))
#define BEFORE(map, i) (map[i] << 1 | map##_before[i] >> 63)

static void relate(struct fast *f, size_t from, size_t count, struct related *restrict r)
{
	const uint64_t *restrict T = f->T + from, *restrict D = f->D + from, *restrict C = f->C + from, *restrict G = f->G + from,
				 *restrict X = f->X + from;
	const uint64_t *T_before = T - 1, *G_before = G - 1, *X_before = X - 1;
	uint64_t *restrict odd = f->odd + from;
	for (size_t i = 0; i < count; i++) {
		uint64_t before = BEFORE(T, i), digits = BEFORE(G, i) & BEHIND(G, i, 1);
		uint64_t later = BEHIND(D, i, 2) | BEHIND(D, i, 3) | BEHIND(D, i, 4), number = D[i] & digits;
		uint64_t dots = D[i] & ~(number & ~later) & before & BEHIND(T, i, 1);
		odd[i] = number & later;
		r->dots[i] = dots;
		r->numbers[i] = number;
		r->tokens[i] = T[i] & ~dots;
		r->starts[i] = T[i] & ~before & ~dots;
		r->lanes[i] = (~X[i] - LANES) & X[i] & LANE_TOPS;
		uint64_t doubled = BEHIND(C, i, 1), near = BEHIND(C, i, 2) | BEHIND(C, i, 3) | BEHIND(C, i, 4) | BEHIND(C, i, 5);
		r->colons[i] = C[i] & (BEFORE(X, i) | doubled) & ((near & BEHIND(X, i, 1)) | doubled);
	}
}

/* ---- 3. telling dots ---- */
/* A token is a run of ones; adding its first bit carries to its first telling dot, which is a hole. */
static void candidates(struct fast *f, struct walk *k, const struct related *r, size_t from, size_t count)
{
	uint32_t *names = f->names_at + f->names_n, *numbers = f->numbers_at + f->numbers_n;
	for (size_t i = 0; i < count; i++) {
		unsigned long long sum;
		unsigned char over = __builtin_uaddll_overflow(r->tokens[i], r->starts[i], &sum);
		k->carry = (unsigned char)(over | __builtin_uaddll_overflow(sum, k->carry, &sum));
		uint64_t first = sum & r->dots[i];
		names = put_bits(names, (uint32_t)((from + i) * 64), first & ~r->numbers[i]);
		numbers = put_bits(numbers, (uint32_t)((from + i) * 64), first & r->numbers[i]);
	}
	f->names_n = (size_t)(names - f->names_at);
	f->numbers_n = (size_t)(numbers - f->numbers_at);
}

static void probe(struct fast *f)
{
	size_t n = f->keys_n;
	for (size_t i = 0; i < n; i++) {
		if (i + 12 < n) __builtin_prefetch(f->bloom + ((f->keys[i + 12] >> 32) & f->bloom_mask) * 8);
		uint64_t key = f->keys[i];
		if (__builtin_expect(bloom_has(f->bloom + ((key >> 32) & f->bloom_mask) * 8, (uint32_t)key), 0) &&
			watchlist_find(f->w, key) != 0)
			positions_add(&f->found, f->key_at[i]);
	}
	f->keys_n = 0;
}

/* What is rare: colons that may be an IPv6 address', runs of hex digits. */
static void rarities(struct fast *f, const uint8_t *b, size_t n, struct walk *k, const struct related *r, size_t from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t base = (uint32_t)((from + i) * 64);
		if (__builtin_expect(r->lanes[i] != 0, 0)) positions_add(&f->hashes, base + ((uint32_t)__builtin_ctzll(r->lanes[i]) & 48u));
		for (uint64_t colons = r->colons[i]; __builtin_expect(colons != 0, 0); colons &= colons - 1) {
			uint32_t at = base + (uint32_t)__builtin_ctzll(colons);
			if (at >= k->colon_end) k->colon_end = fast_colons(f, b, n, at);
			if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
		}
	}
}

/* Each '=' that four hex digits stand behind: fewer say too little. */
static void values(struct fast *f, const uint8_t *b, size_t from, size_t count, struct related *restrict r)
{
	const uint64_t *restrict X = f->X + from;
	uint32_t *at = f->values_at + f->values_n;
	for (size_t i = 0; i < count; i++) r->lanes[i] = BEHIND(X, i, 1) & BEHIND(X, i, 2) & BEHIND(X, i, 3) & BEHIND(X, i, 4);
	for (size_t i = 0; i < count; i++) r->lanes[i] &= equals_of(b + (from + i) * 64);
	for (size_t i = 0; i < count; i++) at = put_bits(at, (uint32_t)((from + i) * 64), r->lanes[i]);
	f->values_n = (size_t)(at - f->values_at);
}

static void bitmaps(struct fast *f, const uint8_t *b, size_t n, unsigned mode, struct walk *k)
{
	size_t words = (n + 63) / 64, done = 0;
	struct related r;
	f->names_n = f->numbers_n = f->values_n = 0;
	for (size_t from = 0; from < words; from += BLOCK_WORDS) {
		size_t to = from + BLOCK_WORDS < words ? from + BLOCK_WORDS : words;
		classify_words(f, b, from, to, k);
		if (to == words) end_words(f, n);
		if ((mode & FAST_ESCAPES) != 0) mask_escapes(f, b, k, from, to);
		while (done < (to == words ? words : to - 1)) { /* a word's neighbours must be known */
			size_t left = (to == words ? words : to - 1) - done, count = left < BLOCK_WORDS ? left : BLOCK_WORDS;
			relate(f, done, count, &r);
			candidates(f, k, &r, done, count);
			rarities(f, b, n, k, &r, done, count);
			if ((mode & FAST_VALUES) != 0) values(f, b, done, count, &r);
			done += count;
		}
	}
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
	for (;; p += WINDOW_BITS) {
		uint32_t n = (uint32_t)__builtin_ctzll(~window(map, p) | 1ull << WINDOW_BITS);
		if (__builtin_expect(n < WINDOW_BITS, 1)) return p + n;
	}
}

static inline uint32_t run_start(const uint64_t *map, uint32_t p)
{
	for (;; p -= WINDOW_BITS) {
		uint32_t n = (uint32_t)__builtin_clzll(~window_before(map, p) | 1ull << (63 - WINDOW_BITS));
		if (n > p) return 0;
		if (__builtin_expect(n < WINDOW_BITS, 1)) return p + 1 - n;
	}
}

/* ---- 4. numbers and names ---- */
static inline uint64_t low_bits(uint32_t n) /* n below 64 */
{
	return (1ull << n) - 1;
}

/* Tokens whose first telling dot stands between digits. */
static void numbers(struct fast *f, const uint8_t *b, const uint32_t *at, size_t count)
{
	struct span *others = f->others;
	size_t others_n = 0, names_n = f->names_n, keys = f->keys_n;
	for (size_t j = 0; j < count; j++) {
		uint32_t p = at[j], from = run_start(f->T, p), to = run_end(f->T, p);
		to -= b[to - 1] == '.';
		uint32_t n = to - from;
		uint64_t dots = window(f->D, from) & low_bits(n & 63);
		if (__builtin_expect((n < 16) & (__builtin_popcountll(dots) == 3) && number_like(b + from, n), 1)) {
			f->keys[keys] = key_ipv4(f->seed, b + from, n);
			f->key_at[keys++] = from;
			continue;
		}
		bool few = n < WINDOW_BITS && __builtin_popcountll(dots) < 3; /* a version or a name: no address */
		f->names_at[names_n] = p;
		names_n += few;
		span_put(&others[others_n], from, to);
		others_n += !few;
	}
	if (f->nets != NULL)
		for (size_t j = f->keys_n; j < keys; j++) fast_net(f, b, f->key_at[j]);
	f->keys_n = keys;
	f->names_n = names_n;
	for (size_t j = 0; j < others_n; j++) {
		fast_token(f, b, others[j].from, others[j].to);
		if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
	}
	probe(f);
}

/* Keys of every suffix of two labels or more; [from, to): up to 63 bytes, ASCII, with a dot. */
static void name_keys(struct fast *f, const uint8_t *b, uint32_t from, uint32_t to)
{
	uint32_t end = to;
	uint64_t h = key_name_start(f->seed);
	bool parent = false;
	for (uint32_t i = to; i > from; i--) {
		if (b[i - 1] != '.' && i - 1 != from) continue;
		uint32_t label = b[i - 1] == '.' ? i : i - 1;
		if (label >= end) return;
		h = key_name_fold(h, key_label(b + label, end - label));
		if (parent) fast_key(f, h, label);
		parent = true;
		end = i - 1;
	}
	if (from > 0 && b[from - 1] == '@') fast_email(f, b, from, h);
}

/* Names whose last label some indicator ends in: from the dot before it, to the end. What is unusual goes to `others`. */
static size_t known_lasts(struct fast *f, const uint8_t *b, const uint32_t *at, size_t count, size_t *others_n)
{
	size_t kept = 0, others = 0;
	for (size_t j = 0; j < count; j++) {
		uint32_t p = at[j], n = (uint32_t)__builtin_ctzll(~window(f->T, p) | 1ull << WINDOW_BITS);
		uint64_t dots = window(f->D, p) & low_bits(n), odd = window(f->odd, p) & low_bits(n);
		uint64_t last = dots >> (n - 1) & 1; /* one dot behind the name */
		n -= (uint32_t)last;
		dots &= low_bits(n);
		uint32_t top = 63 - (uint32_t)__builtin_clzll(dots | 1), to = p + n;
		bool other = (n + (uint32_t)last == WINDOW_BITS) | ((dots & dots >> 1) != 0) | ((dots >> (n - 1) & 1) != 0) |
			     ((odd != 0) & (__builtin_popcountll(dots) > 2));
		uint32_t known = key_last(b + to, n - 1 - top);
		span_put(&f->names[kept], p + top, to);
		kept += (!other) & (f->lasts[known >> 6] >> (known & 63) & 1);
		span_put(&f->others[others], p, to);
		others += other;
	}
	*others_n = others;
	return kept;
}

/* The keys of their last two labels. */
static void two_labels(struct fast *f, const uint8_t *b, size_t count)
{
	for (size_t j = 0; j < count; j++) {
		uint32_t dot = f->names[j].from, to = f->names[j].to;
		uint64_t edges = ~window_before(f->T, dot - 1) | window_before(f->D, dot - 1) | 1ull << (63 - WINDOW_BITS);
		uint32_t n = (uint32_t)__builtin_clzll(edges);
		n += n == 0; /* ".com": no name, and no harm */
		uint64_t h = key_name_fold(key_name_start(f->seed), key_label(b + dot + 1, to - dot - 1));
		f->keys[j] = key_name_fold(h, key_label(b + dot - n, n));
		f->key_at[j] = n;
	}
}

static void names(struct fast *f, const uint8_t *b, const uint32_t *at, size_t count)
{
	size_t others_n, kept = known_lasts(f, b, at, count, &others_n), left = 0;
	two_labels(f, b, kept);
	for (size_t j = 0; j < kept; j++) {
		if (j + 12 < kept) __builtin_prefetch(f->bloom + ((f->keys[j + 12] >> 32) & f->bloom_mask) * 8);
		bool met = bloom_has(f->bloom + ((f->keys[j] >> 32) & f->bloom_mask) * 8, (uint32_t)f->keys[j]) |
			   (f->key_at[j] >= WINDOW_BITS);
		f->names[left] = f->names[j];
		left += met;
	}
	for (size_t j = 0; j < others_n; j++) {
		fast_token(f, b, run_start(f->T, f->others[j].from), run_end(f->T, f->others[j].from));
		if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
	}
	for (size_t j = 0; j < left; j++) {
		uint32_t from = run_start(f->T, f->names[j].from), to = f->names[j].to;
		from += b[from] == '.';
		if (to - from < 64) name_keys(f, b, from, to);
		else fast_token(f, b, from, to);
		if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
	}
	probe(f);
}

/* Tokens with bytes above 127. */
static void high_tokens(struct fast *f, const uint8_t *b, size_t words)
{
	uint32_t done = 0;
	for (size_t i = 0; i < words; i++) {
		for (uint64_t high = f->H[i]; high != 0; high &= high - 1) {
			uint32_t at = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(high);
			if (at < done) continue;
			uint32_t from = run_start(f->T, at);
			done = run_end(f->T, at);
			if (memchr(b + from, '.', done - from) != NULL) fast_token(f, b, from, done);
			if (f->keys_n > FAST_KEYS_MAX / 2) probe(f);
		}
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
	struct walk k = {0};
	f->keys_n = 0;
	f->found.n = f->escapes.n = 0;
	fast_room(f, n);
	if (n == 0) return;
	bitmaps(f, b, n, mode, &k);
	probe(f);
	for (size_t i = 0; i < f->numbers_n; i += FAST_BATCH)
		numbers(f, b, f->numbers_at + i, f->numbers_n - i < FAST_BATCH ? f->numbers_n - i : FAST_BATCH);
	for (size_t i = 0; i < f->names_n; i += FAST_BATCH)
		names(f, b, f->names_at + i, f->names_n - i < FAST_BATCH ? f->names_n - i : FAST_BATCH);
	if (k.high) high_tokens(f, b, (n + 63) / 64);
	hashes(f, b, n);
	probe(f);
}
