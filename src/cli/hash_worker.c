/* The watchlist's hashes on the digests of a file: they are scanned as the record of a log that has them would be, so that one indicator
 * means the same in both. */
#include "hash_worker.h"

#include "command.h"
#include "confine.h"
#include "exercise_mark.h"
#include "load.h"
#include "record.h"

struct hash_worker {
	const struct hash_setup *setup;
	struct loaded loaded;
	struct scanner *scanner;
	instant ended_at; /* what ended at or before it is no hit */
	unsigned digests;
	struct buf record, frames;
};

struct algorithm {
	enum observable type;
	unsigned bit; /* 0: always there */
	size_t place, bytes;
};
static const struct algorithm algorithms[] = {
	{OBSERVABLE_MD5, DIGESTS_MD5, offsetof(struct digests_result, md5), 16},
	{OBSERVABLE_SHA1, DIGESTS_SHA1, offsetof(struct digests_result, sha1), 20},
	{OBSERVABLE_SHA256, 0, offsetof(struct digests_result, sha256), 32},
	{OBSERVABLE_SHA512, DIGESTS_SHA512, offsetof(struct digests_result, sha512), 64},
};
#define ALGORITHMS_N (sizeof algorithms / sizeof *algorithms)

static const struct algorithm *algorithm_of(enum observable type)
{
	for (size_t i = 0; i < ALGORITHMS_N; i++)
		if (algorithms[i].type == type) return &algorithms[i];
	return NULL;
}

/* Whether the term can be met, by which digest; NULL: it cannot. */
static const struct algorithm *usable(const struct hash_worker *w, const struct watched *t)
{
	if (t->op != TERM_EQUAL || t->warninglist.n > 0) return NULL;
	if (w->ended_at != INSTANT_NONE && t->valid_until != INSTANT_NONE && t->valid_until <= w->ended_at) return NULL;
	return algorithm_of(t->type);
}

static uint64_t count_hashes(struct hash_worker *w)
{
	const struct watchlist *list = w->loaded.watchlist;
	uint64_t n = 0;
	for (size_t i = 0; i < watchlist_terms(list); i++) {
		struct watched t = watchlist_get(list, (uint32_t)i);
		const struct algorithm *a = watchlist_superseded(list, (uint32_t)i) ? NULL : usable(w, &t);
		if (a == NULL) continue;
		w->digests |= a->bit;
		n++;
	}
	return n;
}

static bool load(struct hash_worker *w)
{
	const struct hash_setup *s = w->setup;
	struct load_settings settings = {.marking = s->marking, .at = s->at};
	if (load_intel(&settings, s->paths, s->paths_n, &w->loaded) != OK) return false;
	w->ended_at = w->loaded.map == NULL || watchlist_keeps_all(w->loaded.watchlist) ? INSTANT_NONE : s->at;
	struct scan_settings scan = {.exact_only = true};
	w->scanner = scanner_new(w->loaded.watchlist, &scan, SCAN_BEST);
	return w->scanner != NULL;
}

static void record_make(struct hash_worker *w, const struct digests_result *d)
{
	static const uint8_t margin[SCAN_MARGIN] = {0};
	struct buf *b = &w->record;
	buf_clear(b);
	buf_add(b, slice_of(margin, sizeof margin));
	for (size_t i = 0; i < ALGORITHMS_N; i++) {
		const struct algorithm *a = &algorithms[i];
		if (a->bit != 0 && (w->digests & a->bit) == 0) continue;
		for (size_t k = 0; k < a->bytes; k++) buf_printf(b, "%02x", ((const uint8_t *)d)[a->place + k]);
		buf_add_byte(b, ' ');
	}
	buf_add_byte(b, '\n');
	buf_add(b, slice_of(margin, sizeof margin));
}

static void put_hit(struct hash_worker *w, const struct watched *t)
{
	struct wire_hash x = {.indicator = t->id,
		.value = t->value,
		.name = t->name,
		.author = t->author,
		.labels = t->labels,
		.type = t->type,
		.marking = t->marking,
		.marking_default = t->marking_default,
		.confidence = t->confidence};
	wire_put_hash(&w->frames, &x);
}

static void answer_hits(struct hash_worker *w, const struct digests_result *d)
{
	struct scan_result r;
	record_make(w, d);
	struct scan_chunk c = {.bytes = slice_of(w->record.p + SCAN_MARGIN, w->record.n - 2 * SCAN_MARGIN)};
	scan_chunk(w->scanner, &c, &r);
	for (size_t i = 0; i < r.hits_n; i++) {
		struct watched t = watchlist_get(w->loaded.watchlist, r.hits[i].term);
		if (usable(w, &t) != NULL) put_hit(w, &t);
	}
	wire_put_end(&w->frames, &(struct wire_end){.outcome = WIRE_DONE});
}

static bool ready(struct hash_worker *w)
{
	bool good = load(w);
	if (good) {
		struct wire_ready x = {.indicators = count_hashes(w),
			.troubles = w->loaded.troubles,
			.watchlist = record_watchlist(w->loaded.watchlist, w->ended_at),
			.exercise = watchlist_has_label(w->loaded.watchlist, SLICE(EXERCISE_LABEL))};
		x.digests = (uint8_t)w->digests;
		wire_put_ready(&w->frames, &x);
	} else wire_put_end(&w->frames, &(struct wire_end){.outcome = WIRE_FAILED});
	return good;
}

void hash_worker_run(const void *setup, int in, int out)
{
	struct hash_worker w = {.setup = setup};
	union {
		struct digests_result digests;
		uint8_t room[WORKER_REQUEST_BYTES_MAX];
	} request;
	size_t n;
	(void)confine(NULL);
	if (!ready(&w)) {
		(void)worker_answer(out, &w.frames);
		return;
	}
	if (!worker_answer(out, &w.frames)) return;
	while (worker_request(in, request.room, &n, NULL)) {
		if (n == sizeof request.digests) answer_hits(&w, &request.digests);
		if (!worker_answer(out, &w.frames)) return;
	}
}
