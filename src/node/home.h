/* A node's home: where its ledger, blobs, keys and settings lie.
 *   kulla.conf  keys/ledger.key keys/next.key keys/witness.key (0600)  ledger/  blobs/  witness/  view.db  keeper.sock  keeper.lock
 * A home belongs to one thread. Only this file makes homes; the ledger in it is written by its keeper alone (keeper.h in cli), except
 * for its first entry. */
#ifndef NODE_HOME_H
#define NODE_HOME_H
#include "ed25519.h"
#include "entry.h"
#include "limit.h"
#include "log.h"

/* A time-stamp authority: its http or https address, and the file of root certificates (PEM) that its tokens must lead to; a path that does
 * not begin with '/' is one in the home. */
struct home_authority {
	slice url, anchors;
};
struct home_settings {
	slice origin;           /* of the ledger: its name in every checkpoint */
	slice marking;          /* of unmarked intelligence; empty: the program's default */
	uint64_t keeper_idle_s; /* the keeper leaves when nobody asked for so long; 0: never */
	uint64_t publish_ms;    /* appended entries are in tiles after this time at the latest */
	struct home_authority authorities[STAMP_AUTHORITIES_MAX];
	unsigned authorities_n;
};
struct home {
	const char *path;
	int fd;
	struct home_settings settings;
	struct arena *arena;
};

struct home_birth {
	const char *path; /* made when it is missing; must be empty */
	slice origin;     /* empty: "<host>/kulla/<8 hex digits>" */
	bool exercise;    /* everything in it is an exercise's, for ever */
	instant now;
	unsigned uid;
};
/* Make a home: keys, settings, the ledger with its first entry. vkey: out, in b, appended.
 * Errors: ERR_EXISTS the folder is not empty; ERR_SYNTAX the origin; ERR_ACCESS, ERR_DISK: what was made is taken back. */
CHECKED enum err home_init(const struct home_birth *birth, struct buf *vkey, struct fault *f);

/* Gives; home_close takes NULL. Errors: ERR_NOT_FOUND no home; ERR_ACCESS it is open to others; ERR_SYNTAX kulla.conf, line and rule. */
CHECKED enum err home_open(const char *path, struct home **out, struct fault *f);
void home_close(struct home *h);

#define HOME_KEY_LEDGER "keys/ledger.key"
#define HOME_KEY_NEXT "keys/next.key" /* a rotation is under way */
#define HOME_KEY_WITNESS "keys/witness.key"
struct home_key {
	struct ed25519_key *key;
	struct note_signer signer;
};
/* A private key, into locked memory. Errors: ERR_NOT_FOUND; ERR_ACCESS others can read it (expected 0600), or it is another's; ERR_SYNTAX.
 * home_key_free takes an empty one. */
CHECKED enum err home_key_load(struct home *h, const char *name, uint8_t algorithm, struct home_key *out, struct fault *f);
void home_key_free(struct home_key *k);
/* A new key, written and synced. Errors: ERR_EXISTS; ERR_DISK; ERR_ACCESS. */
CHECKED enum err home_key_make(struct home *h, const char *name, slice key_name, struct fault *f);

/* What was made, renamed or removed under this name is durable. Errors: ERR_DISK; ERR_ACCESS; ERR_NOT_FOUND no such folder. */
CHECKED enum err home_sync_folder_of(const struct home *h, const char *name, struct fault *f);

/* The home's ledger folder. Gives. */
CHECKED enum err home_storage(const struct home *h, struct storage_folder **out, struct fault *f);
/* The first entry: origin, first key, whether it is an exercise. Slices live in the home's arena.
 * Errors: as ledger_read_entry; ERR_DAMAGED it is no `home` entry. */
struct home_genesis {
	slice origin, vkey;
	bool exercise;
};
CHECKED enum err home_genesis(struct home *h, struct home_genesis *out, struct fault *f);
#endif
