/* The world around the institutions: invented names under .example, .test and .invalid; addresses of 198.18.0.0/15 (RFC 2544, benchmarks)
 * for the many, so that the ranges for documentation (RFC 5737) stay for those whom a scenario names. */
#include "exercise_int.h"

#define SITES_N 1536u
#define OUTSIDES_N 768u
#define PATHS_N 384u
#define SHARED_ADDRESSES 61u /* content networks: many names, few addresses */

static const char *const firsts[] = {"alba", "bora", "city", "daily", "east", "forum", "green", "hill", "info", "jet", "kiosk", "lumi",
	"media", "north", "open", "port"};
static const char *const seconds[] = {"news", "mail", "shop", "maps", "bank", "cloud", "static", "video", "weather", "travel", "sport",
	"health", "school", "labs", "press", "tools"};
static const char *const prefixes[] = {"", "www.", "cdn.", "img.", "api.", "login.", "", "assets."};
static const char *const folders[] = {
	"/", "/index.html", "/assets/app", "/api/v1/items", "/news/article", "/images/photo", "/search", "/static/style"};
static const char *const ends[] = {"", "", ".js", "", ".html", ".jpg", "?q=budget", ".css"};
static const char *const given[] = {"agim", "besa", "drita", "edon", "fatmir", "genta", "ilir", "jeta", "klea", "luan", "mira", "nora",
	"orges", "petrit", "rea", "sokol"};
static const char *const family[] = {"kola", "hoxha", "shehu", "prifti", "leka", "marku", "gjoka", "dervishi", "basha", "cela", "duka",
	"elezi", "frasheri", "gashi", "halili", "imeri"};
static const char *const topics[] = {"Minutes of the meeting", "Invoice 2021", "Budget plan", "Leave request", "Weekly report",
	"You have won", "Training day", "Procurement notice"};

#define AGENTS_N 6
static const slice agents_plain[AGENTS_N] = {
	{(const uint8_t *)"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Browser/101.0", 55},
	{(const uint8_t *)"Mozilla/5.0 (Windows NT 6.1) Browser/52.0", 41},
	{(const uint8_t *)"Mozilla/5.0 (X11; Linux x86_64) Browser/99.0", 44},
	{(const uint8_t *)"Mozilla/5.0 (iPhone) Mobile/15E148", 34},
	{(const uint8_t *)"Update-Agent/10.0", 17},
	{(const uint8_t *)"Crawler/2.1 (+http://crawler.example/bot)", 41},
};
static const slice agents_w3c[AGENTS_N] = {
	{(const uint8_t *)"Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+Browser/101.0", 55},
	{(const uint8_t *)"Mozilla/5.0+(Windows+NT+6.1)+Browser/52.0", 41},
	{(const uint8_t *)"Mozilla/5.0+(X11;+Linux+x86_64)+Browser/99.0", 44},
	{(const uint8_t *)"Mozilla/5.0+(iPhone)+Mobile/15E148", 34},
	{(const uint8_t *)"Update-Agent/10.0", 17},
	{(const uint8_t *)"Crawler/2.1+(+http://crawler.example/bot)", 41},
};

size_t world_agents(const slice **plain, const slice **w3c)
{
	*plain = agents_plain;
	*w3c = agents_w3c;
	return AGENTS_N;
}

static void sites_make(struct arena *a, struct draw *d, struct world *w)
{
	w->sites = arena_array(a, SITES_N, sizeof *w->sites);
	w->peers = arena_array(a, SITES_N, sizeof *w->peers);
	w->sites_n = SITES_N;
	for (unsigned i = 0; i < SITES_N; i++) {
		unsigned shared = i % 3 != 0 ? (unsigned)draw_below(d, SHARED_ADDRESSES) : i;
		w->sites[i] = arena_printf(a, "%s%s-%s%u.%s", prefixes[draw_below(d, 8)], firsts[i % 16], seconds[i / 16 % 16], i / 256,
			i % 16 == 7 ? "test" : "example");
		w->peers[i] = arena_printf(a, "198.18.%u.%u", 16 + shared / 250, 1 + shared % 250);
	}
}

static void outsides_make(struct arena *a, struct draw *d, struct world *w)
{
	w->outsides = arena_array(a, OUTSIDES_N, sizeof *w->outsides);
	w->outside_hosts = arena_array(a, OUTSIDES_N, sizeof *w->outside_hosts);
	w->senders = arena_array(a, OUTSIDES_N, sizeof *w->senders);
	w->outsides_n = OUTSIDES_N;
	for (unsigned i = 0; i < OUTSIDES_N; i++) {
		unsigned third = (unsigned)draw_below(d, 250), fourth = 1 + (unsigned)draw_below(d, 250);
		w->outsides[i] = arena_printf(a, "198.19.%u.%u", third, fourth);
		w->outside_hosts[i] = arena_printf(
			a, "host%u.%s-%s.%s", i, firsts[draw_below(d, 16)], seconds[draw_below(d, 16)], i % 5 == 0 ? "invalid" : "example");
		w->senders[i] = arena_printf(a, "%s%u@%s-%s.%s", given[draw_below(d, 16)], i, firsts[draw_below(d, 16)],
			seconds[draw_below(d, 16)], i % 5 == 0 ? "invalid" : "example");
	}
}

static void pages_make(struct arena *a, struct draw *d, struct world *w)
{
	w->paths = arena_array(a, PATHS_N, sizeof *w->paths);
	w->subjects = arena_array(a, PATHS_N, sizeof *w->subjects);
	w->paths_n = w->subjects_n = PATHS_N;
	for (unsigned i = 0; i < PATHS_N; i++) {
		unsigned kind = i % 8, number = (unsigned)draw_below(d, 9000);
		w->paths[i] =
			kind < 2 ? arena_printf(a, "%s", folders[kind]) : arena_printf(a, "%s%u%s", folders[kind], number, ends[kind]);
		w->subjects[i] = arena_printf(a, "EXERCISE: %s %u", topics[draw_below(d, 8)], number);
	}
}

void world_make(struct arena *a, struct world *out)
{
	struct draw d = draw_new(UINT64_C(0x6b756c6c61)); /* one world for all exercises */
	sites_make(a, &d, out);
	outsides_make(a, &d, out);
	pages_make(a, &d, out);
}

/* ---- one institution ---- */

static slice upper(struct arena *a, slice key)
{
	slice copy = arena_copy(a, key);
	uint8_t *p = (uint8_t *)(uintptr_t)copy.p; /* ours, just made */
	for (size_t i = 0; i < copy.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z') p[i] = (uint8_t)(p[i] - 32);
	return copy;
}

static void clients_make(struct arena *a, unsigned network, struct institution *out)
{
	struct draw d = draw_new(seed_mix(network, out->of->key));
	out->clients_n = (size_t)out->of->clients;
	out->addresses_n = out->clients_n + 24;
	out->hosts = arena_array(a, out->clients_n, sizeof(slice));
	out->users = arena_array(a, out->clients_n, sizeof(slice));
	out->macs = arena_array(a, out->clients_n, sizeof(slice));
	out->addresses = arena_array(a, out->addresses_n, sizeof(slice));
	for (size_t i = 0; i < out->clients_n; i++) {
		out->hosts[i] = arena_printf(a, "%.*s-WS%03zu", SLICE_PRINTF(out->texts[POOL_UPPER]), i + 1);
		out->users[i] = arena_printf(a, "%s.%s%zu", given[draw_below(&d, 16)], family[draw_below(&d, 16)], i + 1);
		out->macs[i] = arena_printf(a, "00:16:3e:%02x:%02x:%02x", network, (unsigned)(i >> 8), (unsigned)(i & 255));
	}
	for (size_t i = 0; i < out->addresses_n; i++)
		out->addresses[i] = arena_printf(a, "10.%u.%zu.%zu", network, 16 + i / 250, 1 + i % 250);
}

void institution_make(struct arena *a, const struct scenario_institution *of, size_t number, struct institution *out)
{
	unsigned network = (unsigned)number + 1;
	slice *t = out->texts;
	out->of = of;
	out->first_access = INSTANT_NONE;
	t[POOL_KEY] = arena_printf(a, "exercise-%.*s", SLICE_PRINTF(of->key));
	t[POOL_UPPER] = upper(a, of->key);
	t[POOL_DOMAIN] = arena_printf(a, "exercise-%.*s.example", SLICE_PRINTF(of->key));
	t[POOL_WEB_HOST] = arena_printf(a, "www.%.*s", SLICE_PRINTF(t[POOL_DOMAIN]));
	t[POOL_MAIL_HOST] = arena_printf(a, "mail.%.*s", SLICE_PRINTF(t[POOL_DOMAIN]));
	t[POOL_NAT] = arena_printf(a, "192.0.2.%u", network);
	t[POOL_WEB] = arena_printf(a, "10.%u.1.80", network);
	t[POOL_DNS] = arena_printf(a, "10.%u.1.53", network);
	t[POOL_MAIL] = arena_printf(a, "10.%u.1.25", network);
	t[POOL_GATEWAY] = arena_printf(a, "10.%u.1.1", network);
	clients_make(a, network, out);
}
