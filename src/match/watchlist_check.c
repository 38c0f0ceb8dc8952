/* What a compiled set must hold so that no access through it leaves the file and every walk through it ends, whoever wrote it: the checksum
 * finds damage only. What the scan follows without looking (slots, anchors, terms, ranges, slow terms) is checked when the set is opened,
 * in straight loops over the tables; texts and metas are checked where they are read (watchlist_string, term_value, watchlist_get). A set
 * that passes can still be wrong: it may lack indicators, or name others. */
#include "watchlist_int.h"

#include <stddef.h>
#include <xxhash.h>

#define SECTION_ALIGNMENT 64u
#define NETS_WORDS (65536u / 64)
#define RANGES_MAX (33u + 129u) /* prefix lengths of IPv4 and IPv6 */

static const size_t SECTION_ROW[SECTION_COUNT] = {32, 4, sizeof(struct anchor), sizeof(struct term), sizeof(struct indicator_row),
	sizeof(struct meta_row), sizeof(struct unmatchable_row), sizeof(struct range_row), 8, 4, 8, 1};

static bool is_power(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* Sections follow one another, aligned, within the file. */
static enum err check_sections(const struct watchlist_header *h, uint64_t bytes, struct fault *f)
{
	uint64_t end = sizeof *h;
	for (int i = 0; i < SECTION_COUNT; i++) {
		uint64_t at = h->sections[i].at, count = h->sections[i].count;
		if (at < end || at > bytes || at % SECTION_ALIGNMENT != 0 || count > (bytes - at) / SECTION_ROW[i])
			return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: section %d leaves the file or its place", i);
		end = at + count * SECTION_ROW[i];
	}
	return OK;
}

static enum err check_sizes(const struct watchlist_header *h, struct fault *f)
{
	uint64_t slots = h->sections[SECTION_SLOTS].count, anchors = h->sections[SECTION_ANCHORS].count,
		 nets = h->sections[SECTION_NETS].count;
	bool good = is_power(h->sections[SECTION_BLOOM].count) && is_power(slots) && slots > anchors && anchors < UINT32_MAX;
	good = good && (nets == 0 || nets == NETS_WORDS) && h->sections[SECTION_RANGES].count <= RANGES_MAX &&
	       h->sections[SECTION_TERMS].count <= TERM_NONE;
	good = good && h->sections[SECTION_LASTS].count == LASTS_WORDS;
	good = good && h->sections[SECTION_STRINGS].count >= 4 && h->sections[SECTION_STRINGS].count <= UINT32_MAX;
	return good ? OK : fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: table sizes are wrong");
}

enum err watchlist_check_header(slice bytes, struct fault *f)
{
	struct watchlist_header h;
	if (bytes.n < sizeof h || !watchlist_is(bytes))
		return fault_set(f, ERR_SYNTAX, 0, 0, "watchlist: magic \"%s\" expected", WATCHLIST_MAGIC);
	memcpy(&h, bytes.p, sizeof h);
	if (h.version != WATCHLIST_VERSION)
		return fault_set(
			f, ERR_VERSION, 0, 8, "watchlist: version %u found, %u expected: build it again", h.version, WATCHLIST_VERSION);
	if (XXH3_64bits(&h, offsetof(struct watchlist_header, header_check)) != h.header_check)
		return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: the header does not match its checksum");
	if (h.bytes != bytes.n)
		return fault_set(
			f, ERR_DAMAGED, 0, bytes.n, "watchlist: %zu bytes found, %llu expected", bytes.n, (unsigned long long)h.bytes);
	enum err e = check_sections(&h, bytes.n, f);
	if (e == OK) e = check_sizes(&h, f);
	if (e != OK) return e;
	if (XXH3_64bits(bytes.p + sizeof h, bytes.n - sizeof h) != h.check)
		return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: the content does not match its checksum: build it again");
	return OK;
}

/* Every slot names an anchor or none, and one names none, so that every search ends. */
static bool slots_good(const struct watchlist *w, uint64_t anchors_n)
{
	uint32_t beyond = 0, empty = 0;
	for (uint64_t i = 0; i <= w->slot_mask; i++) {
		beyond |= w->slots[i] > anchors_n;
		empty |= w->slots[i] == 0;
	}
	return beyond == 0 && empty != 0;
}

/* An anchor names a term or TERM_NONE; chains go down, so they end. */
static bool anchors_good(const struct watchlist *w, uint64_t anchors_n)
{
	uint32_t bad = 0;
	for (uint64_t i = 0; i < anchors_n; i++) {
		const struct anchor *a = &w->anchors[i];
		uint32_t term = a->term & ~ANCHOR_FAST;
		bad |= (uint32_t)(a->next > i) | ((uint32_t)(term >= w->terms_n) & (uint32_t)(term != TERM_NONE));
	}
	return bad == 0;
}

static bool terms_good(const struct watchlist *w)
{
	uint64_t indicators_n = w->header->sections[SECTION_INDICATORS].count;
	uint32_t bad = 0;
	for (size_t i = 0; i < w->terms_n; i++) {
		const struct term *t = &w->terms[i];
		bad |= (uint32_t)(t->indicator >= indicators_n) | (uint32_t)((uint64_t)t->value + t->value_n > w->strings_n) |
		       (uint32_t)(t->value_n == 0) | (uint32_t)(t->value_n > WATCHLIST_TEXT_BYTES_MAX) |
		       (uint32_t)(t->type >= OBSERVABLE_COUNT) | (uint32_t)(t->op > TERM_MATCHES);
	}
	return bad == 0;
}

static bool ranges_good(const struct watchlist *w)
{
	for (size_t i = 0; i < w->ranges_n; i++)
		if (w->ranges[i].v6 > 1 || w->ranges[i].bits > (w->ranges[i].v6 != 0 ? 128 : 32)) return false;
	return true;
}

/* Sorted: they are searched by halves. */
static bool slow_good(const struct watchlist *w)
{
	for (size_t i = 0; i < w->slow_n; i++)
		if (w->slow[i] >= w->terms_n || (i > 0 && w->slow[i] <= w->slow[i - 1])) return false;
	return true;
}

enum err watchlist_check_tables(const struct watchlist *w, struct fault *f)
{
	uint64_t anchors_n = w->header->sections[SECTION_ANCHORS].count;
	const struct {
		bool good;
		const char *table;
	} rows[] = {
		{slots_good(w, anchors_n), "slots"},
		{anchors_good(w, anchors_n), "anchors"},
		{terms_good(w), "terms"},
		{ranges_good(w), "ranges"},
		{slow_good(w), "slow terms"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!rows[i].good)
			return fault_set(f, ERR_DAMAGED, 0, 0,
				"watchlist: the %s lead out of their tables: it was not written by kulla watchlist build", rows[i].table);
	return OK;
}
