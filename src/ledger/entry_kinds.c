/* The table of kinds: a row per field, in the order of the names. A new kind is a new array and a row in KINDS.
 * What a row must answer years later, before a court: what was done, with what exactly (digests), by which version, marked how, and
 * whether it was whole. What names a person, gives a reason or a place is a salted text, so that it can be destroyed. */
#include "entry_int.h"

#include <assert.h>

/* The first entry: whose ledger this is. */
static const struct entry_field HOME[] = {
	{.name = "exercise", .rule = ENTRY_BOOL, .shown = true},
	{.name = "format", .rule = ENTRY_COUNT}, /* of entries and files: 1 */
	{.name = "institution", .rule = ENTRY_SALTED, .optional = true},
	{.name = "origin", .rule = ENTRY_ORIGIN, .shown = true},
	{.name = "version", .rule = ENTRY_VERSION, .shown = true},
	{.name = "vkey", .rule = ENTRY_VKEY},
};

/* Both keys sign entry_rotation_message. */
static const struct entry_field KEY[] = {
	{.name = "doubtful_since",
		.rule = ENTRY_TIME,
		.optional = true,
		.shown = true}, /* of a compromised key: what it signed later proves nothing */
	{.name = "new", .rule = ENTRY_VKEY, .shown = true},
	{.name = "old", .rule = ENTRY_VKEY},
	{.name = "reason", .rule = ENTRY_WORD, .words = "scheduled|compromised|algorithm", .shown = true},
	{.name = "signature_new", .rule = ENTRY_SIGNATURE},
	{.name = "signature_old", .rule = ENTRY_SIGNATURE},
};

static const struct entry_field WITNESS[] = {
	{.name = "name", .rule = ENTRY_SALTED},
	{.name = "reason", .rule = ENTRY_SALTED, .optional = true},
	{.name = "state", .rule = ENTRY_WORD, .words = "added|removed", .shown = true},
	{.name = "vkey", .rule = ENTRY_VKEY, .shown = true},
};

static const struct entry_field POLICY[] = {
	{.name = "policy", .rule = ENTRY_BLOB, .shown = true},
	{.name = "previous", .rule = ENTRY_DIGEST, .optional = true, .shown = true},
	{.name = "reason", .rule = ENTRY_SALTED, .optional = true},
};

/* We as a witness: what was signed, from which size its growth was proven, and the time that stands in the signature. */
static const struct entry_field COSIGNED[] = {
	{.name = "cosignature", .rule = ENTRY_SIGNATURE, .optional = true},
	{.name = "old", .rule = ENTRY_COUNT, .shown = true}, /* 0: this log was not known before */
	{.name = "origin", .rule = ENTRY_ORIGIN, .shown = true},
	{.name = "root", .rule = ENTRY_ROOT, .shown = true},
	{.name = "signed_at", .rule = ENTRY_COUNT}, /* seconds since 1970 */
	{.name = "size", .rule = ENTRY_COUNT, .shown = true},
};

/* A head known from outside, ours or another log's, and how it stands to what we know. With a conflict the note is the evidence. */
static const struct entry_field HEAD[] = {
	{.name = "from", .rule = ENTRY_SALTED, .optional = true},
	{.name = "how", .rule = ENTRY_WORD, .words = "witness|partner|printed|file|request", .shown = true},
	{.name = "known_root", .rule = ENTRY_ROOT, .optional = true},
	{.name = "known_size", .rule = ENTRY_COUNT, .optional = true, .shown = true},
	{.name = "note", .rule = ENTRY_BLOB, .optional = true},
	{.name = "origin", .rule = ENTRY_ORIGIN, .shown = true},
	{.name = "root", .rule = ENTRY_ROOT, .shown = true},
	{.name = "size", .rule = ENTRY_COUNT, .shown = true},
	{.name = "verdict", .rule = ENTRY_WORD, .words = "same|consistent|ahead|conflict|unproven", .shown = true},
};

static const struct entry_field CLOCK[] = {
	{.name = "last", .rule = ENTRY_TIME, .shown = true}, /* of the entry before */
	{.name = "read", .rule = ENTRY_TIME, .shown = true}, /* what the clock said then */
};

static const struct entry_field SCAN[] = {
	{.name = "answer", .rule = ENTRY_BLOB, .shown = true},
	{.name = "began", .rule = ENTRY_TIME},
	{.name = "command", .rule = ENTRY_SALTED, .optional = true},
	{.name = "complete", .rule = ENTRY_BOOL, .shown = true}, /* false: it was stopped before the end of its inputs */
	{.name = "coverage", .rule = ENTRY_BLOB},
	{.name = "ended", .rule = ENTRY_TIME},
	{.name = "exercise", .rule = ENTRY_BOOL},
	{.name = "hits", .rule = ENTRY_COUNT, .shown = true},
	{.name = "indicators", .rule = ENTRY_COUNT}, /* loaded */
	{.name = "inputs", .rule = ENTRY_DIGEST},
	{.name = "inputs_bytes", .rule = ENTRY_COUNT, .shown = true},
	{.name = "inputs_count", .rule = ENTRY_COUNT, .shown = true},
	{.name = "inputs_list", .rule = ENTRY_SALTED, .optional = true}, /* names, sizes and digests of the inputs */
	{.name = "marking", .rule = ENTRY_MARKING, .shown = true},
	{.name = "records", .rule = ENTRY_COUNT, .shown = true},
	{.name = "suppressed", .rule = ENTRY_COUNT},
	{.name = "unreadable", .rule = ENTRY_COUNT, .shown = true},
	{.name = "version", .rule = ENTRY_VERSION},
	{.name = "watchlist", .rule = ENTRY_DIGEST},
};

/* What was put back from a copy, and the head under which the copy was proven. */
static const struct entry_field REPAIR[] = {
	{.name = "files", .rule = ENTRY_PATHS, .shown = true}, /* the first ENTRY_LIST_MAX */
	{.name = "files_count", .rule = ENTRY_COUNT, .shown = true},
	{.name = "list", .rule = ENTRY_BLOB, .optional = true}, /* all of them, when they are more */
	{.name = "root", .rule = ENTRY_ROOT},
	{.name = "size", .rule = ENTRY_COUNT, .shown = true},
	{.name = "source", .rule = ENTRY_SALTED},
};

/* The blob is named by its digest only: it is gone. */
static const struct entry_field ERASURE[] = {
	{.name = "blob", .rule = ENTRY_DIGEST, .shown = true}, {.name = "bytes", .rule = ENTRY_COUNT},
	{.name = "ground", .rule = ENTRY_SALTED, .shown = true},                  /* who ordered it, under which law */
	{.name = "ordered", .rule = ENTRY_TIME, .optional = true, .shown = true}, /* when the order was given */
};

/* An evidence item was taken in. Its id, here and everywhere else, is the digest of its manifest (evidence/manifest.h), in which the
 * names, digests and times of its files stand, and who took it from where, on whose authority. */
static const struct entry_field ITEM[] = {
	{.name = "began", .rule = ENTRY_TIME},
	{.name = "bytes", .rule = ENTRY_COUNT, .shown = true},
	{.name = "case", .rule = ENTRY_SALTED},
	{.name = "ended", .rule = ENTRY_TIME},
	{.name = "exercise", .rule = ENTRY_BOOL},
	{.name = "files", .rule = ENTRY_COUNT, .shown = true},
	{.name = "form", .rule = ENTRY_WORD, .words = "copy|derived|original", .shown = true},
	{.name = "from", .rule = ENTRY_DIGEST, .optional = true, .shown = true}, /* the item of which this is a copy, or made from */
	{.name = "manifest", .rule = ENTRY_BLOB, .shown = true},
	{.name = "marking", .rule = ENTRY_MARKING, .shown = true},
	{.name = "reason", .rule = ENTRY_SALTED},
	{.name = "version", .rule = ENTRY_VERSION},
};

/* Who did what with an item, or was refused it. before and after: the manifest as the files were found (the item's id: as sealed). */
static const struct entry_field CUSTODY[] = {
	{.name = "act", .rule = ENTRY_WORD, .words = "copy|delivered|dispose|hold|open|receive|release|return|transfer", .shown = true},
	{.name = "after", .rule = ENTRY_DIGEST, .optional = true},
	{.name = "at", .rule = ENTRY_TIME, .shown = true}, /* when it happened; the entry's own time is when it was told */
	{.name = "authority", .rule = ENTRY_SALTED, .optional = true}, {.name = "before", .rule = ENTRY_DIGEST, .optional = true},
	{.name = "by", .rule = ENTRY_SALTED},
	{.name = "done", .rule = ENTRY_BOOL, .shown = true}, /* false: refused, and the rule says why */
	{.name = "item", .rule = ENTRY_DIGEST, .shown = true},
	{.name = "made", .rule = ENTRY_DIGEST, .optional = true},  /* of a copy: the item that it is */
	{.name = "party", .rule = ENTRY_SALTED, .optional = true}, /* the other side: to whom, or from whom */
	{.name = "place", .rule = ENTRY_SALTED, .optional = true},
	{.name = "proof", .rule = ENTRY_BLOB, .optional = true}, /* the other side's entry with its proof: its signature */
	{.name = "reason", .rule = ENTRY_SALTED}, {.name = "rule", .rule = ENTRY_WORD, .optional = true, .shown = true},
	{.name = "seal", .rule = ENTRY_SALTED, .optional = true}, /* the number on the bag or case */
};

/* Evidence was read again and compared. */
static const struct entry_field CHECK[] = {
	{.name = "bytes", .rule = ENTRY_COUNT},
	{.name = "complete", .rule = ENTRY_BOOL, .shown = true},
	{.name = "damaged", .rule = ENTRY_COUNT, .shown = true}, /* items */
	{.name = "items", .rule = ENTRY_COUNT, .shown = true},
	{.name = "report", .rule = ENTRY_BLOB},
};

/* A package left, or came in. bag: SHA-256 of its tagmanifest-sha256.txt. */
static const struct entry_field PACKAGE[] = {
	{.name = "bag", .rule = ENTRY_DIGEST, .shown = true},
	{.name = "direction", .rule = ENTRY_WORD, .words = "exported|imported", .shown = true},
	{.name = "history", .rule = ENTRY_BLOB, .optional = true}, /* of what came in: other ledgers' entries about the items */
	{.name = "items", .rule = ENTRY_DIGESTS, .shown = true},
	{.name = "origin", .rule = ENTRY_ORIGIN, .optional = true, .shown = true}, /* of what came in: whose ledger proves it */
	{.name = "party", .rule = ENTRY_SALTED, .optional = true},
	{.name = "reason", .rule = ENTRY_SALTED, .optional = true},
	{.name = "vkey", .rule = ENTRY_VKEY, .optional = true},
};

/* What a time-stamp authority answered about an item, when that is final: a token that holds, or one that breaks a rule, which is then the
 * proof that the authority, or what sits before it, is at fault. No answer at all is no entry: the item waits. */
static const struct entry_field STAMP[] = {
	{.name = "anchors", .rule = ENTRY_BLOB, .optional = true},   /* the roots by which it was judged, PEM */
	{.name = "authority", .rule = ENTRY_SALTED},                 /* its address, as configured */
	{.name = "failure", .rule = ENTRY_SALTED, .optional = true}, /* of a refused one: the rule, what was found, what was expected */
	{.name = "gen_time", .rule = ENTRY_TIME, .optional = true, .shown = true}, /* what a granted one says */
	{.name = "item", .rule = ENTRY_DIGEST, .shown = true},
	{.name = "serial", .rule = ENTRY_WORD, .optional = true}, /* the token's, hexadecimal */
	{.name = "state", .rule = ENTRY_WORD, .words = "granted|refused", .shown = true},
	{.name = "token", .rule = ENTRY_BLOB, .optional = true}, /* the whole TimeStampResp, DER */
};

/* Rules and hashes met files of evidence. rules: the digest_set of what was looked for. */
static const struct entry_field FINDING[] = {
	{.name = "answer", .rule = ENTRY_BLOB, .shown = true},
	{.name = "began", .rule = ENTRY_TIME},
	{.name = "complete", .rule = ENTRY_BOOL, .shown = true}, /* every file was looked through for all of it */
	{.name = "ended", .rule = ENTRY_TIME},
	{.name = "exercise", .rule = ENTRY_BOOL},
	{.name = "files", .rule = ENTRY_COUNT, .shown = true},
	{.name = "indicators", .rule = ENTRY_COUNT}, /* hashes and rules */
	{.name = "items", .rule = ENTRY_COUNT, .shown = true},
	{.name = "marking", .rule = ENTRY_MARKING, .shown = true},
	{.name = "matches", .rule = ENTRY_COUNT, .shown = true},
	{.name = "not_scanned", .rule = ENTRY_COUNT, .shown = true},
	{.name = "rules", .rule = ENTRY_DIGEST},
	{.name = "version", .rule = ENTRY_VERSION},
};

#define ROW(name, title, fields)                                                                                                           \
	{                                                                                                                                  \
		(name), (title), (fields), sizeof(fields) / sizeof *(fields)                                                               \
	}
#define CHECK_ROW(fields) _Static_assert(sizeof(fields) / sizeof *(fields) <= ENTRY_FIELDS_MAX, "values of all fields fit")
CHECK_ROW(SCAN);

/* Ascending by name. */
static const struct entry_kind KINDS[] = {
	ROW("check", "evidence was read again", CHECK),
	ROW("clock", "the clock ran backwards", CLOCK),
	ROW("cosigned", "we cosigned another log's head", COSIGNED),
	ROW("custody", "custody of evidence", CUSTODY),
	ROW("erasure", "a blob was erased", ERASURE),
	ROW("finding", "files of evidence were scanned", FINDING),
	ROW("head", "a head was seen from outside", HEAD),
	ROW("home", "the ledger begins", HOME),
	ROW("item", "evidence was sealed", ITEM),
	ROW("key", "the ledger's key was replaced", KEY),
	ROW("package", "a package of evidence left or came in", PACKAGE),
	ROW("policy", "the policy for cosignatures was set", POLICY),
	ROW("repair", "damaged files were put back from a copy", REPAIR),
	ROW("scan", "a scan was answered", SCAN),
	ROW("stamp", "a time-stamp authority answered", STAMP),
	ROW("witness", "a witness was added or removed", WITNESS),
};

const struct entry_kind *entry_kinds(unsigned *count)
{
	*count = sizeof KINDS / sizeof *KINDS;
	return KINDS;
}

const struct entry_kind *entry_kind_find(slice name)
{
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		if (slice_equal(name, slice_from(KINDS[i].name))) return &KINDS[i];
	return NULL;
}
