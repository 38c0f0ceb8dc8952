/* Entries: what the ledger's leaves say. An entry is canonical JSON of at most ENTRY_BYTES_MAX bytes:
 *   {"actor":"unix:1000","blobs":["sha256:…",…],"body":{…},"kind":"scan","time":"2026-11-24T15:30:00.123456Z"}
 * Which members a kind's body has, and what each may hold, is a table (entry_kinds). Names and free text never stand in an entry:
 * a field that would hold them is the digest of a salted blob, so that an erasure destroys blob and salt and every proof stays valid.
 * Kinds that this version does not know are kept and shown; unknown members of a known kind are refused.
 * Slices borrow from the entry's bytes. Pure; any thread may call. Source: RFC 8785; docs/formats/entry.md. */
#ifndef LEDGER_ENTRY_H
#define LEDGER_ENTRY_H
#include "canonical.h"
#include "digest.h"
#include "instant.h"

#define ENTRY_DIGEST_BYTES (7 + DIGEST_HEX_BYTES) /* "sha256:" and 64 digits, without quotes */

/* What a field may hold. */
enum entry_rule {
	ENTRY_DIGEST,    /* "sha256:…" of something that is not kept here */
	ENTRY_BLOB,      /* "sha256:…" of a blob; stands among the entry's blobs */
	ENTRY_SALTED,    /* the same, of a salted text: a name, a reason, a place */
	ENTRY_DIGESTS,   /* array of ENTRY_DIGEST, strictly ascending, 1 to ENTRY_LIST_MAX */
	ENTRY_COUNT,     /* integer, 0 to CANONICAL_INTEGER_MAX */
	ENTRY_BOOL,      /* true or false */
	ENTRY_TIME,      /* "2026-11-24T15:30:00.123456Z": always six decimals and Z */
	ENTRY_WORD,      /* [a-z0-9-]{1,64}; one of the row's words when it names some */
	ENTRY_VERSION,   /* [a-z0-9.+~-]{1,64} */
	ENTRY_MARKING,   /* "TLP:CLEAR" … "TLP:RED" */
	ENTRY_VKEY,      /* C2SP signed-note verifier key; length and id are checked for the algorithms that we make */
	ENTRY_SIGNATURE, /* base64 (RFC 4648 4, padded) of 1 to NOTE_SIGNATURE_BYTES_MAX bytes */
	ENTRY_ROOT,      /* base64 of 32 bytes, as checkpoints write a root */
	ENTRY_ORIGIN,    /* a log's name: UTF-8 without spaces, '+', quotes, backslashes, control and format characters */
	ENTRY_STIX_ID,   /* "type--uuid", or null */
	ENTRY_PATHS, /* array of paths in a home that are ours (checkpoint, cosigned, journal/…, tile/…, blobs/…), strictly ascending, 1 to
			ENTRY_LIST_MAX */
	ENTRY_ACTOR,  /* who: "unix:UID", "node" (Kulla of itself), "id:sha256:…" (a salted text names the person) */
	ENTRY_OBJECT, /* any object: an entry's body */
	ENTRY_RULES
};
const char *entry_rule_text(enum entry_rule r); /* what the rule expects, as faults say it */

/* One field of a body. Rows of a kind stand in the order of their names (RFC 8785). */
struct entry_field {
	const char *name;
	enum entry_rule rule;
	bool optional;
	bool shown;        /* in the one-line summary */
	const char *words; /* of ENTRY_WORD: "added|removed"; NULL: any */
};
struct entry_kind {
	const char *name;
	const char *title; /* "a scan was answered" */
	const struct entry_field *fields;
	unsigned field_count;
};
const struct entry_kind *entry_kinds(unsigned *count);
const struct entry_kind *entry_kind_find(slice name); /* NULL when this version does not know it */

struct entry {
	slice actor; /* "unix:1000", "node", "id:sha256:…" */
	slice body;  /* an object, as it stands */
	slice kind;  /* a word */
	slice blobs; /* the array as it stands; empty when left out */
	unsigned blob_count;
	instant time;
	const struct entry_kind *rules; /* NULL: the kind is not known to this version */
	bool known;                     /* kind and form of the actor are known: everything in it was checked */
};

/* What a new entry is made of. */
struct entry_draft {
	slice actor;
	slice kind;
	slice body;          /* canonical JSON, an object; borrowed */
	const digest *blobs; /* in any order, at most ENTRY_LIST_MAX, repeated ones count once; borrowed */
	unsigned blob_count;
	instant time;
};

/* Append a new entry's bytes; kind and actor must be known ones.
 * Errors: as entry_parse; ERR_UNSUPPORTED the kind or the actor is not known. On error b is untouched. */
CHECKED enum err entry_compose(struct buf *b, const struct entry_draft *d, struct fault *f);
/* The same, of a body that is known to be canonical JSON: it stood in a message that was judged. */
CHECKED enum err entry_compose_judged(struct buf *b, const struct entry_draft *d, struct fault *f);
/* Judge and take apart: canonical form, envelope, and for a known kind each field by its rule, the blobs being exactly those that the
 * body's blob and salted fields name.
 * Errors: ERR_LIMIT ENTRY_BYTES_MAX, ENTRY_LIST_MAX, CANONICAL_DEPTH_MAX; ERR_SYNTAX kind, field, rule, what was
 * found and what was expected. On error *out is untouched. */
CHECKED enum err entry_parse(slice bytes, struct entry *out, struct fault *f);

/* The i-th blob, i < blob_count. */
digest entry_blob(const struct entry *e, unsigned i);
/* Fields of the body. False when absent or of another rule; texts are never escaped where the rules hold. */
bool entry_field(const struct entry *e, const char *name, struct canonical_value *out);
bool entry_field_digest(const struct entry *e, const char *name, digest *out); /* DIGEST, BLOB, SALTED */
bool entry_field_count(const struct entry *e, const char *name, uint64_t *out);
bool entry_field_bool(const struct entry *e, const char *name, bool *out);
bool entry_field_text(const struct entry *e, const char *name, slice *out);
bool entry_field_time(const struct entry *e, const char *name, instant *out);
bool entry_field_root(const struct entry *e, const char *name, digest *out);

/* "sha256:…" both ways; ENTRY_TIME both ways. put writes without quotes. */
void entry_put_digest(struct buf *b, const digest *d);
bool entry_get_digest(slice text, digest *out);
bool entry_get_time(slice text, instant *out);
/* Members of a body that is being written, in the rules' spelling. */
void entry_write_digest(struct canonical_writer *w, const char *key, const digest *d);
void entry_write_root(struct canonical_writer *w, const char *key, const digest *root);
void entry_write_time(struct canonical_writer *w, const char *key, instant t);

/* What both keys sign for a `key` entry: "kulla/key-rotation/v1\n", origin, old and new vkey, each with a newline. */
void entry_rotation_message(struct buf *b, slice origin, slice old_vkey, slice new_vkey);

/* One line for a person, without a newline: time, actor, kind, its shown fields; digests are shortened. Of a kind that is not known only
 * its name and size: nothing in the line moves a cursor. */
void entry_summary(struct buf *b, const struct entry *e);
#endif
