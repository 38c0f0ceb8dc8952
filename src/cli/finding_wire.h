/* What the confined workers of `kulla evidence scan` answer over their pipes, and how it is read by the one that trusts none of it:
 * a frame is its body's length (u32), its kind (u8) and the body; integers little-endian, a text its length (u16) and its bytes.
 * Whatever a worker that a foreign byte has taken over writes, a frame is read within its bytes and limits, or refused whole.
 * Texts are foreign: any bytes. Pure; any thread may call. */
#ifndef CLI_FINDING_WIRE_H
#define CLI_FINDING_WIRE_H
#include "digest.h"
#include "limit.h"
#include "observable.h"

#define WIRE_HEAD_BYTES 5u
enum wire_kind {
	WIRE_READY = 1, /* compiled, or loaded */
	WIRE_SAYS,      /* what is wrong with rules */
	WIRE_RULE,      /* a rule matches */
	WIRE_HASH,      /* a hash matches */
	WIRE_END,       /* of what was asked for */
	WIRE_KINDS
};

struct wire_ready {
	uint64_t indicators; /* rules, or hashes */
	uint64_t troubles;   /* of intelligence: what could not be read */
	digest watchlist;    /* of intelligence */
	uint8_t digests;     /* which are needed beside SHA-256: DIGESTS_… */
	bool exercise;
};
enum wire_level { WIRE_ERROR, WIRE_WARNING, WIRE_LEVELS };
struct wire_says {
	enum wire_level level;
	uint32_t source; /* number of the file of rules, from 0 */
	uint32_t line;   /* 0: not known */
	slice text;
};
enum wire_meta { WIRE_META_INTEGER, WIRE_META_BOOL, WIRE_META_TEXT, WIRE_METAS };
struct wire_value {
	slice name, text; /* text: of WIRE_META_TEXT */
	enum wire_meta type;
	int64_t number;
};
struct wire_place {
	slice name; /* "$a" */
	uint64_t offset, bytes;
	slice shown; /* its first bytes, at most YARA_SHOWN_BYTES_MAX */
};
struct wire_rule {
	uint32_t source;
	slice name;
	uint64_t places_all;                /* of which places_n are told */
	bool cut;                           /* tags or metadata are left out or cut */
	uint16_t tags_n, metas_n, places_n; /* at most YARA_LIST_MAX */
	slice tags[YARA_LIST_MAX];
	struct wire_value metas[YARA_LIST_MAX];
	struct wire_place places[YARA_LIST_MAX];
};
struct wire_hash {
	slice indicator, value, name, author, labels;
	enum observable type; /* OBSERVABLE_MD5, _SHA1, _SHA256, _SHA512 */
	enum tlp marking;
	bool marking_default;
	int32_t confidence; /* -1: none is said */
};
enum wire_outcome { WIRE_DONE, WIRE_TIMEOUT, WIRE_MEMORY, WIRE_TOO_MANY, WIRE_UNREADABLE, WIRE_FAILED, WIRE_OUTCOMES };
struct wire_end {
	enum wire_outcome outcome;
	uint32_t error; /* the library's number */
	bool cut;       /* places beyond the library's limit, or rules beyond ours, were not looked at */
};

/* Append a whole frame. Texts are cut to YARA_TEXT_BYTES_MAX; lists hold to their limits. */
void wire_put_ready(struct buf *b, const struct wire_ready *x);
void wire_put_says(struct buf *b, const struct wire_says *x);
void wire_put_rule(struct buf *b, const struct wire_rule *x);
void wire_put_hash(struct buf *b, const struct wire_hash *x);
void wire_put_end(struct buf *b, const struct wire_end *x);

/* The head of a frame. Errors: ERR_SYNTAX the kind; ERR_LIMIT YARA_FRAME_BYTES_MAX. */
CHECKED enum err wire_head(const uint8_t head[WIRE_HEAD_BYTES], enum wire_kind *kind, size_t *bytes, struct fault *f);
/* A body; slices borrow from it. False: it is none, and *out is undefined. */
bool wire_get_ready(slice body, struct wire_ready *out);
bool wire_get_says(slice body, struct wire_says *out);
bool wire_get_rule(slice body, struct wire_rule *out);
bool wire_get_hash(slice body, struct wire_hash *out);
bool wire_get_end(slice body, struct wire_end *out);
#endif
