/* Verification of a ledger's files: does what lies there lead to the signed root, does every entry keep the rules, and which file is wrong
 * where it does not. Reads, writes nothing, asks nobody; a keeper may write meanwhile.
 * Trust goes from the signed checkpoint down: its root judges the tiles at the right edge, each of their hashes a full tile below, down to
 * the entries. A file that does not lead where it should is told apart from its neighbours by what lies above and below it, so that one
 * changed byte is one fault that names its file. A verification belongs to one thread. Source: C2SP tlog-tiles; docs/formats/ledger.md. */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H
#include "entry.h"
#include "reader.h"

#define VERIFY_NOWHERE UINT64_MAX
/* What was found; all of it is borrowed for the call. */
struct verify_finding {
	bool fault;       /* false: a note. The ledger states the same with it and without it */
	bool piece;       /* the file's bytes are not those of the tree: a copy's may be (repair.h) */
	const char *file; /* "tile/0/000", "checkpoint", "journal/…", "blobs/…"; empty: the ledger as a whole */
	const char *text; /* one sentence */
	uint64_t entry;   /* its index, or VERIFY_NOWHERE */
	uint64_t offset;  /* byte in the file, or VERIFY_NOWHERE */
};
typedef void verify_tell(void *context, const struct verify_finding *found);

/* Where blobs are. Errors of get: ERR_NOT_FOUND; ERR_DAMAGED other bytes stand under that name; ERR_ACCESS, ERR_DISK. */
struct verify_blobs {
	void *context;
	enum err (*get)(void *context, const digest *name, struct buf *out, struct fault *f); /* out NULL: read and compare only */
};

struct verify_request {
	const struct storage *storage;
	slice key;                        /* a verifier key that must be this ledger's, now or once; empty: what the first entry says */
	const struct tree_head *outside;  /* a head known from elsewhere; NULL: none */
	const struct verify_blobs *blobs; /* NULL: not looked at */
	verify_tell *tell;
	void *tell_context;
};

enum verify_outside { VERIFY_NO_HEAD, VERIFY_SAME, VERIFY_CONSISTENT, VERIFY_AHEAD, VERIFY_CONFLICT, VERIFY_UNPROVEN };
const char *verify_outside_text(enum verify_outside v); /* "same", …; as `head` entries write it; NULL for none */
enum verify_policy { VERIFY_POLICY_NONE, VERIFY_POLICY_UNKNOWN, VERIFY_POLICY_MET, VERIFY_POLICY_MISSING };

struct verify_cosignature {
	slice witness; /* the key's name */
	uint64_t time; /* seconds since 1970 */
};
/* What the ledger states, as far as it was seen. Slices live in the arena. */
struct verify_answer {
	bool holds;                 /* no fault */
	uint64_t faults, notes;     /* all of them; at most LEDGER_FINDINGS_MAX of each are told */
	slice origin;               /* empty: no checkpoint that can be read */
	slice key;                  /* the verifier key that counts now */
	bool key_given;             /* the request's key is this ledger's */
	bool exercise;              /* all of it is an exercise's */
	struct tree_head published; /* what the checkpoint states */
	struct tree_head head;      /* with what the journals have behind it */
	uint64_t journal_entries, torn_bytes;
	uint64_t beyond;          /* tiles that stand beyond the checkpoint */
	uint64_t unknown_entries; /* of kinds that this version does not know */
	unsigned rotations;
	uint64_t doubtful;   /* entries appended under a key while it was doubted (a rotation's doubtful_since) */
	instant since, last; /* time of the first and of the last entry, or INSTANT_NONE */
	enum verify_outside outside;
	uint64_t blobs, blobs_erased; /* verified; named by an erasure */
	uint64_t cosigned_size;       /* of the newest cosigned checkpoint; 0: none */
	struct verify_cosignature *cosignatures;
	unsigned cosignatures_n;
	enum verify_policy policy;
	slice policy_missing; /* who has not cosigned */
};
/* Look at all of it. Findings are told as they are found.
 * Errors (nothing is known then): ERR_NOT_FOUND no ledger there; ERR_ACCESS a file may not be read; ERR_SYNTAX the request's key. */
CHECKED enum err ledger_verify(const struct verify_request *r, struct arena *a, struct verify_answer *out, struct fault *f);
#endif
