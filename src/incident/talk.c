/* Conversations. Sensors of an institution write apart and in any order, and yet tell of the same connections and letters: the i-th of a
 * day is drawn from a stream of numbers of its own, named after seed, institution and day. Each hour has as many as its bytes allow, one in
 * each of equal slots.
 * Invariant: what one view shows of the next conversation is not before what it shows of this one, because a conversation's start and a
 * view's own delay each take at most half a slot. */
#include "exercise_int.h"

#define TALK_BYTES 640 /* of a file, for each conversation of its day: no sensor writes as much about one */
#define DELAY_MICROS 80000u

#define WEB (1u << TALK_WEB)
#define TLS (1u << TALK_TLS)
#define LETTER (1u << TALK_LETTER)

static const struct talk_view views[] = {
	{"bind", "query", WEB | TLS, 0, true},
	{"dns", "query", WEB | TLS, 1, true},
	{"conn", "lookup", WEB | TLS, 1, true},
	{"conn", "connection", WEB | TLS, 90, false},
	{"conn", "letter", LETTER, 5, false},
	{"firewall", "accept", WEB | TLS, 91, false},
	{"firewall", "snat", WEB | TLS, 92, false},
	{"firewall", "letter", LETTER, 4, false},
	{"windows", "connect", WEB | TLS, 95, false},
	{"eve", "tls", TLS, 110, false},
	{"eve", "http", WEB, 120, false},
	{"http", "request", WEB, 115, false},
	{"proxy", "get", WEB, 400, false},
	{"proxy", "connect", TLS, 900, false},
	{"mail", "connect", LETTER, 10, false},
	{"mail", "from", LETTER, 400, false},
	{"mail", "to", LETTER, 700, false},
	{"exchange", "receive", LETTER, 800, false},
};

size_t talk_views(const char *sensor, const struct talk_view *out[TALK_VIEWS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < sizeof views / sizeof *views && n < TALK_VIEWS_MAX; i++)
		if (strcmp(views[i].sensor, sensor) == 0) out[n++] = &views[i];
	return n;
}

static uint64_t talks_before(const struct day *d, unsigned hour)
{
	return d->bytes_before[hour] / TALK_BYTES;
}

/* Few sites get most of the traffic. */
size_t site_draw(struct draw *d, size_t sites_n)
{
	return (size_t)((draw_below(d, sites_n) * draw_below(d, sites_n)) / sites_n);
}

static enum talk_kind kind_of(uint64_t drawn)
{
	static const uint8_t kinds[8] = {TALK_TLS, TALK_TLS, TALK_TLS, TALK_TLS, TALK_WEB, TALK_WEB, TALK_WEB, TALK_LETTER};
	return (enum talk_kind)kinds[drawn & 7];
}

static void talk_draw(const struct day *day, uint64_t number, struct talk *out)
{
	const struct world *w = &day->exercise->world;
	struct draw d = draw_new(day->seed + number);
	uint64_t r = draw_next(&d), page = draw_next(&d);
	*out = (struct talk){.kind = kind_of(r),
		.seed = draw_next(&d),
		.uid = draw_next(&d),
		.client = (size_t)draw_below(&d, day->institution->clients_n),
		.site = site_draw(&d, w->sites_n),
		.outside = (size_t)(r >> 8 & 0xffff) % w->outsides_n,
		.agent = (size_t)(r >> 24 & 0xff),
		.port = PORT_FIRST + (unsigned)(r >> 32 & 0x3fff),
		.page = (size_t)(page & 0xffff) % w->paths_n,
		.jitter = (uint32_t)(page >> 32)};
}

static instant view_time(const struct day *day, const struct talk_cursor *c, const struct talk *t)
{
	const uint64_t first = talks_before(day, c->hour), n = talks_before(day, c->hour + 1) - first;
	const uint64_t slot = (uint64_t)HOUR_MICROS / n, half = slot / 2, delay_max = half < DELAY_MICROS ? half : DELAY_MICROS;
	const uint64_t delay = ((t->seed >> (8 * (c->view->after_ms % 4))) & 0xffff) * delay_max >> 16;
	return day->start + c->hour * HOUR_MICROS + (instant)((c->number - first) * slot + (half * t->jitter >> 32) + delay) +
	       (instant)c->view->after_ms * 1000;
}

void talk_next(const struct day *day, struct talk_cursor *c)
{
	const instant end = day->start + SCENARIO_DAY_MICROS;
	for (c->time = INSTANT_NEVER; c->next < talks_before(day, HOURS);) {
		c->number = c->next++;
		while (c->number >= talks_before(day, c->hour + 1)) c->hour++;
		talk_draw(day, c->number, &c->talk);
		if ((c->view->kinds >> c->talk.kind & 1) == 0) continue;
		const instant time = view_time(day, c, &c->talk);
		if (time < end) c->time = time; /* else it belongs to the next day's file, which begins with its own */
		return;
	}
}
