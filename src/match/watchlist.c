/* Reading a compiled set: checks first, then pointers into the mapping. */
#include "watchlist_int.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <xxhash.h>

static const size_t SECTION_ROW[SECTION_COUNT] = {32, 4, sizeof(struct anchor), sizeof(struct term), sizeof(struct indicator_row), sizeof(struct meta_row),
	sizeof(struct unmatchable_row), sizeof(struct range_row), 8, 4, 1};

#define BLOOM_HOT_BYTES_MIN (64u << 10)
#define BLOOM_HOT_BYTES_MAX (64u << 20)

bool watchlist_is(slice start)
{
	return slice_starts(start, SLICE(WATCHLIST_MAGIC));
}

static bool is_power(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static enum err check_header(slice bytes, struct fault *f)
{
	struct watchlist_header h;
	if (bytes.n < sizeof h || !watchlist_is(bytes)) return fault_set(f, ERR_SYNTAX, 0, 0, "watchlist: magic \"%s\" expected", WATCHLIST_MAGIC);
	memcpy(&h, bytes.p, sizeof h);
	if (h.version != WATCHLIST_VERSION) return fault_set(f, ERR_VERSION, 0, 8, "watchlist: version %u found, %u expected: build it again", h.version, WATCHLIST_VERSION);
	if (XXH3_64bits(&h, offsetof(struct watchlist_header, header_check)) != h.header_check) return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: the header does not match its checksum");
	if (h.bytes != bytes.n) return fault_set(f, ERR_DAMAGED, 0, bytes.n, "watchlist: %zu bytes found, %llu expected", bytes.n, (unsigned long long)h.bytes);
	for (int i = 0; i < SECTION_COUNT; i++)
		if (h.sections[i].at > bytes.n || h.sections[i].count > (bytes.n - h.sections[i].at) / SECTION_ROW[i]) return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: section %d leaves the file", i);
	if (!is_power(h.sections[SECTION_BLOOM].count) || !is_power(h.sections[SECTION_SLOTS].count) || h.sections[SECTION_SLOTS].count <= h.sections[SECTION_ANCHORS].count)
		return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: table sizes are wrong");
	if (XXH3_64bits(bytes.p + sizeof h, bytes.n - sizeof h) != h.check) return fault_set(f, ERR_DAMAGED, 0, 0, "watchlist: the content does not match its checksum: build it again");
	return OK;
}

enum err watchlist_open(slice bytes, struct watchlist **out, struct fault *f)
{
	enum err e = check_header(bytes, f);
	if (e != OK) return e;
	struct watchlist *w = mem_alloc(sizeof *w);
	w->bytes = bytes;
	const struct watchlist_header *h = (const void *)bytes.p;
	const void *at[SECTION_COUNT];
	for (int i = 0; i < SECTION_COUNT; i++) at[i] = bytes.p + h->sections[i].at;
	w->header = h;
	w->bloom = at[SECTION_BLOOM];
	w->slots = at[SECTION_SLOTS];
	w->anchors = at[SECTION_ANCHORS];
	w->terms = at[SECTION_TERMS];
	w->indicators = at[SECTION_INDICATORS];
	w->metas = at[SECTION_METAS];
	w->unmatchable = at[SECTION_UNMATCHABLE];
	w->ranges = at[SECTION_RANGES];
	w->nets = h->sections[SECTION_NETS].count != 0 ? at[SECTION_NETS] : NULL;
	w->slow = at[SECTION_SLOW];
	w->strings = at[SECTION_STRINGS];
	w->bloom_mask = h->sections[SECTION_BLOOM].count - 1;
	w->slot_mask = h->sections[SECTION_SLOTS].count - 1;
	w->terms_n = h->sections[SECTION_TERMS].count;
	w->ranges_n = h->sections[SECTION_RANGES].count;
	w->slow_n = h->sections[SECTION_SLOW].count;
	size_t bloom_bytes = h->sections[SECTION_BLOOM].count * 32;
	if (bloom_bytes >= BLOOM_HOT_BYTES_MIN && bloom_bytes <= BLOOM_HOT_BYTES_MAX) {
		w->bloom_hot = mem_huge(bloom_bytes);
		memcpy(w->bloom_hot, w->bloom, bloom_bytes);
		w->bloom = w->bloom_hot;
	}
	if (w->slow_n > 0) e = literals_new(w, &w->literals, f);
	if (e != OK) {
		watchlist_free(w);
		return e;
	}
	*out = w;
	return OK;
}

void watchlist_free(struct watchlist *w)
{
	if (w == NULL) return;
	literals_free(w->literals);
	if (w->bloom_hot != NULL) mem_huge_free(w->bloom_hot, (w->bloom_mask + 1) * 32);
	if (w->owned != NULL) mem_huge_free(w->owned, w->owned_n);
	free(w);
}

slice watchlist_bytes(const struct watchlist *w)
{
	return w->bytes;
}

struct watchlist_counts watchlist_counts(const struct watchlist *w)
{
	return w->header->counts;
}

void watchlist_stamp(struct watchlist *w, instant judged, uint64_t unreadable)
{
	assert(w->owned != NULL);
	struct watchlist_header *h = (void *)w->owned;
	h->judged = judged;
	h->counts.unreadable = unreadable;
	h->header_check = XXH3_64bits(h, offsetof(struct watchlist_header, header_check));
}

instant watchlist_judged(const struct watchlist *w)
{
	return w->header->judged;
}

size_t watchlist_terms(const struct watchlist *w) { return w->terms_n; }

bool watchlist_superseded(const struct watchlist *w, uint32_t term)
{
	return w->indicators[w->terms[term].indicator].meta == META_SUPERSEDED;
}

slice watchlist_string(const struct watchlist *w, uint32_t at)
{
	uint32_t n;
	memcpy(&n, w->strings + at, 4);
	return (slice){w->strings + at + 4, n};
}

bool watchlist_unmatchable(const struct watchlist *w, size_t index, slice *id, slice *reason)
{
	if (index >= w->header->sections[SECTION_UNMATCHABLE].count) return false;
	*id = watchlist_string(w, w->unmatchable[index].id);
	*reason = watchlist_string(w, w->unmatchable[index].reason);
	return true;
}

struct watched watchlist_get(const struct watchlist *w, uint32_t term)
{
	const struct term *t = &w->terms[term];
	const struct indicator_row *i = &w->indicators[t->indicator];
	const struct meta_row *m = &w->metas[i->meta != META_SUPERSEDED ? i->meta : 0];
	return (struct watched){
		.id = watchlist_string(w, i->id), .value = term_value(w, t), .name = watchlist_string(w, m->name), .author = watchlist_string(w, m->author),
		.labels = watchlist_string(w, m->labels), .warninglist = watchlist_string(w, t->warninglist), .type = (enum observable)t->type, .op = (enum term_op)t->op,
		.marking = (enum tlp)m->marking, .marking_default = m->marking_default != 0, .valid_from = m->valid_from, .valid_until = m->valid_until,
		.confidence = m->confidence, .indicator = t->indicator,
	};
}
