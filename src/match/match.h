/* The engine: compile indicators into a watchlist, find them in chunks of records.
 * A watchlist is immutable and shared by threads; a scanner belongs to one thread. Rules: ../shared/MATCHING.md and
 * docs/decisions/0003-readings.md. Layout on disk: docs/formats/watchlist.md. */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H
#include "err.h"
#include "instant.h"
#include "intel.h"
#include "telemetry.h"

/* ---- watchlist ---- */
struct watchlist_builder;
struct watchlist_settings {
	enum tlp marking_default; /* for indicators that say none */
	instant at;               /* validity is judged at this time */
	bool all;                 /* keep expired and revoked ones */
	const struct warninglist *const *warninglists;
	size_t warninglists_n;
	uint64_t fingerprint_key; /* random, so that nobody can aim collisions; 0 makes reproducible sets */
};
struct watchlist_counts {
	uint64_t loaded, suppressed, expired, revoked, unmatchable, duplicate;
	uint64_t unreadable; /* lines and objects that were no intelligence: see watchlist_stamp */
};
struct watchlist_builder *watchlist_builder_new(const struct watchlist_settings *s);
/* Copies what it needs. A value that is no observable of its type makes the indicator unmatchable (counted, named in *f, ERR_SYNTAX): the
 * caller goes on. */
CHECKED enum err watchlist_builder_add(struct watchlist_builder *b, const struct indicator *i, struct fault *f);
/* i's id is no indicator any more, says its newer version: older versions no longer count. */
void watchlist_builder_withdraw(struct watchlist_builder *b, const struct indicator *i);
/* takes the builder. Bytes of the compiled set: write them to a file, or give them to watchlist_open. */
struct watchlist;
CHECKED enum err watchlist_builder_finish(struct watchlist_builder *b, struct watchlist **out, struct fault *f);
void watchlist_builder_free(struct watchlist_builder *b);
slice watchlist_bytes(const struct watchlist *w); /* the compiled set, as on disk */
/* What the builder cannot know goes into the header of a set that was just built: when its validity was judged, and how many
 * lines and objects of its sources were unreadable. */
void watchlist_stamp(struct watchlist *w, instant judged, uint64_t unreadable);
instant watchlist_judged(const struct watchlist *w);
bool watchlist_keeps_all(const struct watchlist *w); /* built with `all` */
/* What the counts would be had validity been judged at `at`, not before watchlist_judged. An indicator that ended since is still met:
 * whoever takes hits leaves out those whose watched.valid_until is at or before `at`. */
struct watchlist_counts watchlist_counts_at(const struct watchlist *w, instant at);
/* bytes are borrowed (a mapping), 8-byte aligned. Errors: ERR_DAMAGED, ERR_VERSION. */
CHECKED enum err watchlist_open(slice bytes, struct watchlist **out, struct fault *f);
bool watchlist_is(slice start); /* starts with the magic */
void watchlist_free(struct watchlist *w);
struct watchlist_counts watchlist_counts(const struct watchlist *w);
/* unmatchable reasons: index 0..; false at the end */
bool watchlist_unmatchable(const struct watchlist *w, size_t index, slice *id, slice *reason);
/* Indicators that no record of a format can meet, by name: each of their terms needs a direction, a role or a typed field that the format's
 * fields do not carry. Begin with *next 0; false at the end. id: the STIX id, or the value. */
bool watchlist_unmatchable_there(const struct watchlist *w, enum format f, uint32_t *next, slice *id);

struct watched { /* one (indicator, value); borrows from the watchlist */
	slice id, value /* normal form */, name, author, labels, warninglist /* suppressed by, or empty */;
	enum observable type;
	enum term_op op;
	enum tlp marking;
	bool marking_default;
	instant valid_from, valid_until;
	int confidence;
	uint32_t indicator; /* number of the indicator object: terms of one object share it */
};
size_t watchlist_terms(const struct watchlist *w); /* watchlist_get takes 0 to one less than this */
struct watched watchlist_get(const struct watchlist *w, uint32_t term);
/* Whether one of its indicators has this label. Looks at every description that indicators share. */
bool watchlist_has_label(const struct watchlist *w, slice label);
/* Append a canonical JSON line that says all of a term that matching, judging and marking its hits depend on, and nothing of how the set is
 * laid out: equal terms of two sets, however they were built, have equal lines (docs/formats/ledger.md, `scan`). */
void watchlist_put_term(struct buf *b, const struct watchlist *w, uint32_t term);
bool watchlist_superseded(const struct watchlist *w, uint32_t term); /* a newer version of its indicator is in the set: it never hits */

/* ---- scan ---- */
enum match_kind { MATCH_EXACT, MATCH_SUBDOMAIN, MATCH_RANGE, MATCH_PREFIX, MATCH_LITERAL, MATCH_PATTERN };
const char *match_kind_name(enum match_kind k);
struct scan_settings {
	bool exact_only, url_prefix;
	struct telemetry_settings telemetry;
	bool count_only; /* fields, times and hosts of hits are not worked out */
};
struct scan_span {
	uint32_t start, n;
};
struct scan_chunk {
	slice bytes; /* whole records; SCAN_MARGIN readable bytes before and after, of any content */
	enum format format;
	const struct telemetry_header *header;
	const struct scan_span *spans;
	size_t spans_n; /* records that are no lines, in order, none empty; what lies between is no record. NULL: lines */
};
#define SCAN_MARGIN 128
#define SCAN_CHUNK_BYTES (256u << 10)
struct hit {
	uint32_t term; /* for watchlist_get */
	enum match_kind kind;
	enum observable type; /* as what it was met: of a plain value in a typed field, what the field is */
	bool typed, time_guessed;
	uint64_t line, record_no, offset; /* relative to the chunk: line and record_no from 0, byte offset of the record */
	slice record;                     /* in the chunk's bytes, without line end */
	slice seen;                       /* as in the record (decoded) */
	slice field, host;
	size_t seen_at, seen_n; /* where in the record it shows, for highlighting; seen_n 0: not known */
	instant time;
};
/* Limits that a record may meet, so that something about it was not looked at, or not as what it is. */
enum scan_limit {
	SCAN_LIMIT_FIELDS,
	SCAN_LIMIT_JSON_DEPTH /* both: it was matched as text */,
	SCAN_LIMIT_URL_WORK,
	SCAN_LIMIT_MATCH_STEPS,
	SCAN_LIMITS
};
const char *scan_limit_name(enum scan_limit l); /* as in base/limit.h: "FIELDS_MAX" */
bool scan_limit_hides(enum scan_limit l);       /* a hit may be missing for it */
struct scan_unfinished {
	uint32_t term;
	uint64_t records; /* whose values its expression was given up on, and that it did not hit */
};
struct scan_result { /* arena-owned: live until the next scan_chunk of the same scanner */
	struct hit *hits;
	size_t hits_n; /* by record, then indicator id or value */
	uint64_t records, lines, refused /* JSON records matched as text */;
	uint64_t limited[SCAN_LIMITS]; /* records that met the limit, of those that were looked at closely */
	const struct scan_unfinished *unfinished;
	size_t unfinished_n; /* by term, each once */
};
struct scanner;
enum scan_path { SCAN_BEST, SCAN_SCALAR, SCAN_SSE42, SCAN_AVX2, SCAN_AVX512 };
struct scanner *scanner_new(const struct watchlist *w, const struct scan_settings *s, enum scan_path path); /* NULL: the CPU lacks it */
void scanner_free(struct scanner *s);
/* Whether a line (without its end) of the chunk is a record: what is counted by record_no. */
bool scan_line_is_record(const struct scan_chunk *c, slice line);
void scan_chunk(struct scanner *s, const struct scan_chunk *c, struct scan_result *out);
#endif
