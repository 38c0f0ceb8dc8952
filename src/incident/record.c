/* Templates of records: taken apart once, written millions of times. Only integers decide bytes; no locale, no printf on the way. */
#include "record_int.h"

/* ---- numbers that are the same everywhere: xoshiro256** seeded by splitmix64 (Blackman, Vigna) ---- */

static uint64_t split_next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct draw draw_new(uint64_t seed)
{
	struct draw d;
	for (size_t i = 0; i < 4; i++) d.s[i] = split_next(&seed);
	return d;
}

static inline uint64_t rotate(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

uint64_t draw_next(struct draw *d)
{
	uint64_t *s = d->s, out = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return out;
}

uint64_t seed_mix(uint64_t seed, slice text)
{
	uint64_t h = seed ^ (UINT64_C(0xcbf29ce484222325) + text.n);
	for (size_t i = 0; i < text.n; i++) h = (h ^ text.p[i]) * UINT64_C(0x100000001b3);
	return split_next(&h);
}

/* ---- taking apart ---- */

static const char *const pool_names[POOL_COUNT] = {
	[POOL_EPOCH6] = "epoch6",
	[POOL_EPOCH3] = "epoch3",
	[POOL_DATE] = "date",
	[POOL_CLOCK] = "clock",
	[POOL_MS] = "ms",
	[POOL_US] = "us",
	[POOL_BIND_DATE] = "bind_date",
	[POOL_UID] = "uid",
	[POOL_PORT] = "port",
	[POOL_HEX8] = "hex8",
	[POOL_HEX32] = "hex32",
	[POOL_HEX64] = "hex64",
	[POOL_CLIENT] = "client",
	[POOL_CLIENT_HOST] = "client_host",
	[POOL_USER] = "user",
	[POOL_MAC] = "mac",
	[POOL_PEER] = "peer",
	[POOL_SITE] = "site",
	[POOL_SERVICE_PORT] = "service_port",
	[POOL_SERVICE] = "service",
	[POOL_OUTSIDE] = "outside",
	[POOL_OUTSIDE_HOST] = "outside_host",
	[POOL_SENDER] = "sender",
	[POOL_PATH] = "path",
	[POOL_AGENT] = "agent",
	[POOL_AGENT_W3C] = "agent_w3c",
	[POOL_SUBJECT] = "subject",
	[POOL_KEY] = "key",
	[POOL_UPPER] = "upper",
	[POOL_DOMAIN] = "domain",
	[POOL_NAT] = "nat",
	[POOL_WEB_HOST] = "web_host",
	[POOL_MAIL_HOST] = "mail_host",
	[POOL_WEB] = "web",
	[POOL_DNS] = "dns",
	[POOL_MAIL] = "mail",
	[POOL_GATEWAY] = "gateway",
};

static bool pool_find(slice name, enum pool *out)
{
	for (int i = 0; i < POOL_COUNT; i++) {
		if (pool_names[i] == NULL || !slice_equal(name, slice_from(pool_names[i]))) continue;
		*out = (enum pool)i;
		return true;
	}
	return false;
}

static bool number_read(slice text, uint64_t *out)
{
	uint64_t v = 0;
	if (text.n == 0 || text.n > 9) return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') return false;
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	*out = v;
	return true;
}

static bool choices_read(struct arena *a, slice text, struct step *out)
{
	size_t n = 1;
	for (size_t i = 0; i < text.n; i++) n += text.p[i] == '|';
	slice *all = arena_array(a, n, sizeof *all);
	for (size_t i = 0; i < n; i++) all[i] = slice_cut(&text, '|');
	out->pool = POOL_CHOICE;
	out->choices = all;
	out->choices_n = n;
	return true;
}

static bool range_read(slice text, struct step *out)
{
	uint64_t high;
	slice low = slice_cut(&text, '-');
	if (!number_read(low, &out->low) || !number_read(text, &high) || high < out->low) return false;
	out->pool = POOL_NUMBER;
	out->span = high - out->low + 1;
	return true;
}

static bool slot_read(struct arena *a, slice slot, struct step *out)
{
	bool apart = slice_find_byte(slot, '=') < slot.n;
	out->place = slice_cut(&slot, '=');
	if (!apart) return pool_find(out->place, &out->pool);
	if (slot.n > 0 && slot.p[0] == '#') return range_read(slice_sub(slot, 1, slot.n), out);
	if (slot.n > 0 && slot.p[0] == '?') return choices_read(a, slice_sub(slot, 1, slot.n), out);
	return pool_find(slot, &out->pool);
}

enum err recipe_make(struct arena *a, const struct sensor_row *sensor, const char *text, struct recipe *out, struct fault *f)
{
	slice rest = slice_from(text);
	size_t n = 1;
	for (size_t i = 0; i < rest.n; i++) n += rest.p[i] == '$';
	struct step *steps = arena_array(a, n / 2 + 1, sizeof *steps);
	struct recipe r = {.steps = steps, .sensor = sensor};
	for (;;) {
		struct step *s = &steps[r.steps_n++];
		s->last = slice_find_byte(rest, '$') == rest.n;
		s->before = slice_cut(&rest, '$');
		r.bytes += s->before.n + 8;
		if (s->last) break;
		slice slot = slice_cut(&rest, '$');
		if (!slot_read(a, slot, s))
			return fault_set(f, ERR_SYNTAX, 0, 0, "%s: no slot is called %.*s", sensor->key, SLICE_PRINTF(slot));
	}
	*out = r;
	return OK;
}

bool recipe_has_place(const struct recipe *r, slice place)
{
	for (size_t i = 0; i < r->steps_n; i++)
		if (place.n > 0 && slice_equal(r->steps[i].place, place)) return true;
	return false;
}

/* ---- writing ---- */

#define DAY_MICROS (86400 * INT64_C(1000000))
#define STEP_BYTES 96 /* more than any drawn slot writes */

static uint8_t *put_number(uint8_t *w, uint64_t v)
{
	uint8_t digits[20];
	size_t n = 0;
	do {
		digits[n++] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	while (n > 0) *w++ = digits[--n];
	return w;
}

static uint8_t *put_digits(uint8_t *w, uint64_t v, unsigned width)
{
	for (unsigned i = width; i > 0; i--) {
		w[i - 1] = (uint8_t)('0' + v % 10);
		v /= 10;
	}
	return w + width;
}

static uint8_t *put_text(uint8_t *w, const char *text, size_t n)
{
	memcpy(w, text, n);
	return w + n;
}

static uint8_t *put_hex(uint8_t *w, struct draw *d, unsigned digits)
{
	for (unsigned i = 0; i < digits; i += 8) {
		uint64_t v = draw_next(d);
		for (unsigned k = 0; k < 8; k++, v >>= 4) *w++ = (uint8_t) "0123456789abcdef"[v & 15];
	}
	return w;
}

/* Zeek's ids begin with C; these say besides what they are. */
static uint8_t *put_uid(uint8_t *w, struct scene *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab";
	uint64_t v = s->uid != 0 ? s->uid : draw_next(&s->draw);
	w = put_text(w, "CExercise", 9);
	for (unsigned k = 0; k < 9; k++, v >>= 6) *w++ = (uint8_t)letters[v & 63];
	return w;
}

static void day_know(struct scene *s, int64_t day)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	(void)instant_format(day * DAY_MICROS, 0, s->date_text);
	unsigned month = (unsigned)(s->date_text[5] - '0') * 10 + (unsigned)(s->date_text[6] - '0');
	memcpy(s->bind_text, s->date_text + 8, 2);
	s->bind_text[2] = s->bind_text[6] = '-';
	memcpy(s->bind_text + 3, months + (month - 1) * 3, 3);
	memcpy(s->bind_text + 7, s->date_text, 4);
	s->day_known = day;
}

static uint8_t *put_clock(uint8_t *w, uint64_t second)
{
	w = put_digits(w, second / 3600, 2);
	*w++ = ':';
	w = put_digits(w, second / 60 % 60, 2);
	*w++ = ':';
	return put_digits(w, second % 60, 2);
}

static uint8_t *put_time(uint8_t *w, enum pool pool, struct scene *s)
{
	int64_t day = s->time / DAY_MICROS; /* not before 1970: SCENARIO_DAY_FIRST */
	uint64_t micro = (uint64_t)(s->time % 1000000), second = (uint64_t)(s->time / 1000000);
	if (day != s->day_known) day_know(s, day);
	switch (pool) {
	case POOL_EPOCH6:
	case POOL_EPOCH3:
		w = put_number(w, second);
		*w++ = '.';
		return pool == POOL_EPOCH6 ? put_digits(w, micro, 6) : put_digits(w, micro / 1000, 3);
	case POOL_DATE: return put_text(w, s->date_text, 10);
	case POOL_BIND_DATE: return put_text(w, s->bind_text, 11);
	case POOL_CLOCK: return put_clock(w, second % 86400);
	case POOL_MS: return put_digits(w, micro / 1000, 3);
	default: return put_digits(w, micro, 6);
	}
}

static uint8_t *put_drawn(uint8_t *w, const struct step *t, struct scene *s)
{
	switch (t->pool) {
	case POOL_UID: return put_uid(w, s);
	case POOL_PORT: return put_number(w, s->port);
	case POOL_HEX8: return put_hex(w, &s->draw, 8);
	case POOL_HEX32: return put_hex(w, &s->draw, 32);
	case POOL_HEX64: return put_hex(w, &s->draw, 64);
	case POOL_NUMBER: return put_number(w, t->low + draw_below(&s->draw, t->span));
	default: return put_time(w, t->pool, s);
	}
}

static const slice *setting_of(const struct scene *s, slice place)
{
	for (size_t i = 0; place.n > 0 && i < s->set_n; i++)
		if (slice_equal(s->set[i].place, place)) return &s->set[i].value;
	return NULL;
}

void recipe_write(const struct recipe *r, struct scene *s, struct buf *out)
{
	for (const struct step *t = r->steps;; t++) {
		slice text = {0};
		const slice *set = s->set_n > 0 && !t->last ? setting_of(s, t->place) : NULL;
		bool drawn = false;
		if (t->last) text.n = 0;
		else if (set != NULL) text = *set;
		else if (t->pool >= POOL_TEXTS) text = s->texts[t->pool];
		else if (t->pool == POOL_CHOICE) text = t->choices[draw_below(&s->draw, t->choices_n)];
		else drawn = true;
		(void)buf_reserve(out, t->before.n + text.n + STEP_BYTES);
		uint8_t *w = out->p + out->n;
		if (t->before.n > 0) memcpy(w, t->before.p, t->before.n);
		w += t->before.n;
		if (drawn) w = put_drawn(w, t, s);
		else if (text.n > 0) memcpy(w, text.p, text.n);
		out->n = (size_t)(w - out->p) + text.n;
		if (t->last) return;
	}
}

slice record_escape(struct arena *a, enum escape e, slice value)
{
	struct buf b = {0};
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];
		if (e == ESCAPE_JSON && (c == '"' || c == '\\')) buf_add_byte(&b, '\\');
		if (e == ESCAPE_W3C && c == ' ') c = '+';
		if (e == ESCAPE_CSV && (c == ',' || c == '"')) c = ';';
		buf_add_byte(&b, c);
	}
	slice out = arena_copy(a, buf_slice(&b));
	buf_free(&b);
	return out;
}
