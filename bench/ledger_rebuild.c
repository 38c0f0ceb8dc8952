/* The view made from a ledger of scan entries. Built and run by bench/ledger-rebuild; prints one line a figure.
 * arguments: FOLDER (a home made by an earlier run; else it is made), entries (default 1,000,000) */
#include "rebuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BATCH 4096u

static double now(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(enum err e, const struct fault *f)
{
	if (e == OK) return;
	fprintf(stderr, "ledger_rebuild: %s\n", f->text);
	exit(1);
}

/* A scan's entry as kulla scan --record writes it, each with digests of its own. */
static void compose(struct buf *b, uint64_t i)
{
	struct buf body = {0};
	digest d[4];
	struct fault f;
	instant t = INT64_C(1780000000000000) + (instant)i * 1000000;

	for (unsigned k = 0; k < 4; k++) {
		uint64_t seed[2] = {i, k};
		d[k] = digest_of(slice_of(seed, sizeof seed));
	}
	struct canonical_writer w = canonical_open(&body);
	entry_write_digest(&w, "answer", &d[0]);
	entry_write_time(&w, "began", t - 3000000);
	canonical_put_bool(&w, "complete", true);
	entry_write_digest(&w, "coverage", &d[1]);
	entry_write_time(&w, "ended", t - 1000);
	canonical_put_bool(&w, "exercise", false);
	canonical_put_count(&w, "hits", i % 7);
	canonical_put_count(&w, "indicators", 100000 + i);
	entry_write_digest(&w, "inputs", &d[2]);
	canonical_put_count(&w, "inputs_bytes", 1000003 * (i + 1));
	canonical_put_count(&w, "inputs_count", 1 + i % 100);
	canonical_put_text(&w, "marking", SLICE("TLP:AMBER"));
	canonical_put_count(&w, "records", 5003 * (i + 1));
	canonical_put_count(&w, "suppressed", i % 11);
	canonical_put_count(&w, "unreadable", 0);
	canonical_put_text(&w, "version", SLICE("0.1.0"));
	entry_write_digest(&w, "watchlist", &d[3]);
	canonical_close(&w);
	struct entry_draft draft = {SLICE("unix:1000"), SLICE("scan"), buf_slice(&body), d, 2, t};
	need(entry_compose(b, &draft, &f), &f);
	buf_free(&body);
}

static void fill(struct home *h, uint64_t entries)
{
	struct storage_folder *folder = NULL;
	struct home_key key = {0};
	struct ledger_log *log = NULL;
	struct ledger_recovery recovery;
	struct fault f;
	struct buf bytes[BATCH] = {{0}};
	slice slices[BATCH];
	uint64_t first, all = 0;

	need(home_storage(h, &folder, &f), &f);
	need(home_key_load(h, HOME_KEY_LEDGER, NOTE_ED25519, &key, &f), &f);
	need(ledger_log_open(storage_of_folder(folder), &key.signer, NULL, &log, &recovery, &f), &f);
	for (uint64_t i = 0; i < entries;) {
		size_t n = 0;
		for (; n < BATCH && i < entries; n++, i++) {
			buf_clear(&bytes[n]);
			compose(&bytes[n], i);
			slices[n] = buf_slice(&bytes[n]);
			all += slices[n].n;
		}
		need(ledger_log_append(log, slices, n, &first, &f), &f);
		if (ledger_log_pending(log) > (64u << 20) || i == entries) need(ledger_log_publish_now(log, &f), &f);
	}
	printf("entries                   %10llu of %llu bytes\n", (unsigned long long)entries, (unsigned long long)(all / entries));
	for (size_t n = 0; n < BATCH; n++) buf_free(&bytes[n]);
	ledger_log_free(log);
	home_key_free(&key);
	storage_folder_free(folder);
}

struct times {
	double cpu[REBUILD_DONE + 1], wall[REBUILD_DONE + 1];
};
static bool tell(void *context, enum rebuild_stage stage, uint64_t done, uint64_t all)
{
	struct times *t = context;

	(void)all;
	if (stage == REBUILD_ENTRIES && done > 0) return true;
	t->cpu[stage] = now(CLOCK_PROCESS_CPUTIME_ID);
	t->wall[stage] = now(CLOCK_MONOTONIC);
	return true;
}

static void rebuild(const struct home *h)
{
	static const char *const STAGES[] = {"entries", "digest", "sync", "replace"};
	struct times t = {{0}, {0}};
	struct rebuild_watch watch = {&t, tell};
	struct rebuild_result r;
	struct fault f;
	char hex[DIGEST_HEX_BYTES + 1];

	need(view_rebuild(h, &watch, &r, &f), &f);
	for (unsigned s = 0; s < REBUILD_DONE; s++)
		printf("%-8s                  %10.3f s of CPU, %.3f s\n", STAGES[s], t.cpu[s + 1] - t.cpu[s], t.wall[s + 1] - t.wall[s]);
	double cpu = t.cpu[REBUILD_DONE] - t.cpu[0], wall = t.wall[REBUILD_DONE] - t.wall[0], n = (double)r.head.size;
	printf("put in                    %10.0f entries a second of CPU\n", n / (t.cpu[REBUILD_DIGEST] - t.cpu[0]));
	printf("all                       %10.0f entries a second of CPU, %.0f of time\n", n / cpu, n / wall);
	printf("content                   sha256:%s\n", digest_hex(&r.content, hex));
}

int main(int argc, char **argv)
{
	struct home *h = NULL;
	struct fault f;
	struct buf vkey = {0};

	if (argc < 2) return 1;
	struct home_birth birth = {.path = argv[1], .origin = SLICE("bench.example/kulla"), .now = INT64_C(1780000000000000)};
	bool made = access(argv[1], F_OK) != 0;
	if (made) need(home_init(&birth, &vkey, &f), &f);
	buf_free(&vkey);
	need(home_open(argv[1], &h, &f), &f);
	if (made) fill(h, argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000);
	for (int i = 0; i < 3; i++) rebuild(h);
	home_close(h);
	return 0;
}
