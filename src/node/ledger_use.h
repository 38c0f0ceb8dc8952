/* Reading a home's ledger, and what its entries say about keys, witnesses and the policy. Nothing here writes but through the keeper. */
#ifndef NODE_LEDGER_USE_H
#define NODE_LEDGER_USE_H
#include "keeper_client.h"
#include "policy.h"
#include "witness.h"

/* A home's ledger as it stands in its files, under one checkpoint. Lives in its arena; belongs to one thread. */
struct ledger_view {
	struct home *home;
	struct storage_folder *folder;
	struct ledger_reader *reader;
	struct tile_cache *cache;
	struct arena *arena;
	slice note; /* the checkpoint, signed; not judged here: `kulla verify` does */
	struct checkpoint checkpoint;
};
/* Bring the files up to date and open them: a keeper that runs publishes first; a journal that a crash left is taken up by starting one.
 * Errors: as home_storage, keeper_connect, checkpoint_parse. ledger_view_close takes an empty one. */
CHECKED enum err ledger_view_open(struct home *h, struct ledger_view *out, struct fault *f);
void ledger_view_close(struct ledger_view *v);
/* Entry by index. Borrowed until the next. Errors: as ledger_read_entry. */
CHECKED enum err ledger_view_entry(struct ledger_view *v, uint64_t index, slice *entry, struct fault *f);

/* Append the proof file of an entry: under the newest checkpoint that witnesses have cosigned, if it covers the entry, else under the
 * newest. It is checked before it is given out. Errors: ERR_USAGE no such entry; ERR_DAMAGED the tiles do not lead to the root. */
CHECKED enum err ledger_view_prove(struct ledger_view *v, uint64_t index, struct buf *out, struct fault *f);

/* What entries say, the newest counting. */
struct ledger_witness {
	slice name; /* empty: its text was erased */
	slice vkey;
	struct note_key key;
};
struct ledger_state {
	struct ledger_witness *witnesses; /* added and not removed, in the order of their entries */
	unsigned witnesses_n;
	bool has_policy;
	digest policy; /* of its text, a blob */
};
/* Read all entries. Lives in the view's arena. */
CHECKED enum err ledger_state_read(struct ledger_view *v, struct ledger_state *out, struct fault *f);

/* Add or remove a witness. Errors: ERR_SYNTAX the key, or it is none of a cosigner; ERR_EXISTS, ERR_NOT_FOUND by its key. */
CHECKED enum err ledger_witness_set(struct ledger_view *v, slice name, slice vkey, bool add, uint64_t *entry, struct fault *f);
/* Set the policy. Errors: as policy_parse. */
CHECKED enum err ledger_policy_set(struct ledger_view *v, slice text, uint64_t *entry, struct fault *f);
/* The policy's text, appended. Errors: ERR_NOT_FOUND none was set; as blob_get. */
CHECKED enum err ledger_policy_get(struct ledger_view *v, struct buf *out, struct fault *f);

/* The exchange with a witness, as files.
 * request: the body of an add-checkpoint request for a witness that has last seen `old` entries.
 * accept: a witness's answer to a request of ours; the lines are verified, and kept with the checkpoint. accepted: out, how many. */
CHECKED enum err ledger_witness_request(struct ledger_view *v, uint64_t old, struct buf *out, struct fault *f);
CHECKED enum err ledger_witness_accept(struct ledger_view *v, slice request, slice answer, unsigned *accepted, struct fault *f);
/* The size that a witness has last cosigned, as far as is known here; 0: none. */
uint64_t ledger_witness_last(struct ledger_view *v, const struct note_key *key);
#endif
