/* A home in a temporary folder whose ledger holds scans, for tests. */
/* A home in a temporary folder, for tests. */
#ifndef TEST_NODE_HOMES_H
#define TEST_NODE_HOMES_H
#include "../base/cmocka_all.h"
#include "home.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOMES_BORN INT64_C(1780000000000000)
#define HOMES_DIGEST "\"sha256:%064llx\""

struct homes {
	char path[64];
	struct home *home;
};

static inline void homes_begin(struct homes *x)
{
	struct fault f = {0};
	struct buf vkey = {0};
	(void)snprintf(x->path, sizeof x->path, "/tmp/kulla-home-XXXXXX");
	assert_non_null(mkdtemp(x->path));
	struct home_birth birth = {.path = x->path, .origin = SLICE("home.example/test"), .now = HOMES_BORN};
	assert_int_equal(home_init(&birth, &vkey, &f), OK);
	buf_free(&vkey);
	assert_int_equal(home_open(x->path, &x->home, &f), OK);
}

static inline void homes_end(struct homes *x)
{
	int status;
	home_close(x->home);
	pid_t child = fork();
	if (child == 0) {
		(void)execlp("rm", "rm", "-rf", "--", x->path, (char *)NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
}

static inline const char *homes_file(const struct homes *x, const char *name, char room[128])
{
	(void)snprintf(room, 128, "%s/%s", x->path, name);
	return room;
}

static inline bool homes_has(const struct homes *x, const char *name)
{
	char room[128];
	return access(homes_file(x, name, room), F_OK) == 0;
}

/* A scan with i hits. */
static inline void homes_scan(struct buf *b, uint64_t i)
{
	struct buf body = {0};
	struct fault f = {0};
	digest blobs[2] = {{{0}}, {{0}}};
	unsigned long long n = i;
	blobs[0].b[31] = 1;
	blobs[1].b[31] = 2;
	buf_printf(&body,
		"{\"answer\":" HOMES_DIGEST ",\"began\":\"2026-11-24T15:30:00.000001Z\",\"complete\":true,\"coverage\":" HOMES_DIGEST
		",\"ended\":\"2026-11-24T15:30:01.000000Z\",\"exercise\":false,\"hits\":%llu,\"indicators\":10,\"inputs\":" HOMES_DIGEST
		",\"inputs_bytes\":1000,\"inputs_count\":1,\"marking\":\"TLP:GREEN\",\"records\":77,\"suppressed\":0,\"unreadable\":0,"
		"\"version\":\"0.1\",\"watchlist\":" HOMES_DIGEST "}",
		1ull, 2ull, n, n + 3, n + 4);
	struct entry_draft draft = {SLICE("unix:1000"), SLICE("scan"), buf_slice(&body), blobs, 2, HOMES_BORN + (instant)i};
	if (entry_compose(b, &draft, &f) != OK) fail_msg("%s", f.text);
	buf_free(&body);
}

/* Append n scans and then `extra` (empty: nothing), and publish. */
static inline void homes_fill(struct homes *x, uint64_t n, slice extra)
{
	struct storage_folder *folder = NULL;
	struct home_key key = {0};
	struct ledger_log *log = NULL;
	struct ledger_recovery recovery;
	struct fault f = {0};
	uint64_t first;
	assert_int_equal(home_storage(x->home, &folder, &f), OK);
	assert_int_equal(home_key_load(x->home, HOME_KEY_LEDGER, NOTE_ED25519, &key, &f), OK);
	assert_int_equal(ledger_log_open(storage_of_folder(folder), &key.signer, NULL, &log, &recovery, &f), OK);
	struct buf bytes = {0};
	slice *entries = mem_alloc((n + 1) * sizeof *entries);
	size_t *ends = mem_alloc((n + 1) * sizeof *ends); /* of entry i: ends[i + 1] */
	for (uint64_t i = 0; i < n; i++) {
		homes_scan(&bytes, i);
		ends[i + 1] = bytes.n;
	}
	for (uint64_t i = 0; i < n; i++) entries[i] = slice_sub(buf_slice(&bytes), ends[i], ends[i + 1] - ends[i]);
	if (n > 0) assert_int_equal(ledger_log_append(log, entries, n, &first, &f), OK);
	if (extra.n > 0) assert_int_equal(ledger_log_append(log, &extra, 1, &first, &f), OK);
	assert_int_equal(ledger_log_publish_now(log, &f), OK);
	ledger_log_free(log);
	buf_free(&bytes);
	free(entries);
	free(ends);
	home_key_free(&key);
	storage_folder_free(folder);
#define TEST_NOW ((instant)1780000000 * 1000000)
static inline char *folder_new(char path[64])
	snprintf(path, 64, "/tmp/kulla-home-XXXXXX");
	assert_non_null(mkdtemp(path));
	return path;
static inline void folder_remove(const char *path)
		execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
	(void)waitpid(child, &status, 0);
static inline struct home *home_new(char path[64], instant now)
	struct home *h = NULL;
	struct home_birth birth = {.path = folder_new(path), .origin = SLICE("h.example/kulla"), .now = now, .uid = (unsigned)geteuid()};
	if (home_init(&birth, &vkey, &f) != OK) fail_msg("%s", f.text);
	if (home_open(path, &h, &f) != OK) fail_msg("%s", f.text);
	return h;
}
#endif
