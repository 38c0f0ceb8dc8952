/* A ledger in a temporary folder, for tests. */
#ifndef TEST_LEDGER_LOGS_H
#define TEST_LEDGER_LOGS_H
#include "../base/cmocka_all.h"
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORIGIN "ledger.example/test"

struct fixture {
	char path[64];
	struct storage_folder *folder;
	struct ed25519_key *key;
	struct note_signer signer;
};

static inline void fixture_storage(struct fixture *x, const struct storage_calls *calls)
{
	struct fault f = {0};
	storage_folder_free(x->folder);
	assert_int_equal(storage_folder_open(x->path, calls, &x->folder, &f), OK);
}

static inline void fixture_begin(struct fixture *x)
{
	static const uint8_t seed[ED25519_SEED_BYTES] = {1, 2, 3};
	struct fault f = {0};
	*x = (struct fixture){0};
	snprintf(x->path, sizeof x->path, "/tmp/kulla-ledger-XXXXXX");
	assert_non_null(mkdtemp(x->path));
	fixture_storage(x, NULL);
	assert_int_equal(ed25519_key_new(seed, &x->key, &f), OK);
	assert_int_equal(note_signer_make(SLICE(ORIGIN), NOTE_ED25519, x->key, &x->signer, &f), OK);
}

static inline void fixture_remove(const char *path)
{
	char command[128];
	snprintf(command, sizeof command, "%s", path);
	pid_t child = fork();
	if (child == 0) {
		execlp("rm", "rm", "-rf", "--", command, (char *)NULL);
		_exit(1);
	}
	int status;
	(void)waitpid(child, &status, 0);
}

static inline void fixture_end(struct fixture *x)
{
	storage_folder_free(x->folder);
	ed25519_key_free(x->key);
	fixture_remove(x->path);
}

static inline const struct storage *fixture_store(const struct fixture *x)
{
	return storage_of_folder(x->folder);
}

/* Entry i: bytes that tell which it is, of any length. */
static inline slice entry_made(uint64_t i, uint8_t *room)
{
	size_t n = (size_t)snprintf((char *)room, 64, "entry %llu ", (unsigned long long)i);
	size_t more = (size_t)(i * 2654435761u % 97);
	memset(room + n, 'a' + (int)(i % 26), more);
	return slice_of(room, n + more);
}

/* Append entries [from, from + n) and look at the answer. */
static inline enum err append_made(struct ledger_log *l, uint64_t from, size_t n, struct fault *f)
{
	uint8_t(*rooms)[192] = malloc(n * sizeof *rooms);
	slice *entries = malloc(n * sizeof *entries);
	uint64_t first = UINT64_MAX;
	for (size_t i = 0; i < n; i++) entries[i] = entry_made(from + i, rooms[i]);
	enum err e = ledger_log_append(l, entries, n, &first, f);
	if (e == OK) assert_int_equal(first, from);
	free(rooms);
	free(entries);
	return e;
}

/* The tree of the first n entries, from nothing but the definition. */
static inline struct tree_head tree_made(uint64_t n)
{
	struct frontier f = {0};
	uint8_t room[192];
	for (uint64_t i = 0; i < n; i++) {
		digest leaf = tree_leaf(entry_made(i, room));
		frontier_add(&f, &leaf, NULL);
	}
	return frontier_head(&f);
}
#endif
