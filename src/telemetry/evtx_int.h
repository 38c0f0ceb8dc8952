/* What the files of the EVTX reader share. The life of an event: evtx.c cuts the file into chunks, evtx_chunk.c finds the records,
 * evtx_compile.c turns BinXML into operations (templates once a chunk), evtx_run.c executes them with the values of the record,
 * evtx_value.c and evtx_text.c write values as JSON, evtx_event.c gathers them under their keys and prints the line.
 * Every position is an offset in the chunk; every chunk has EVTX_CHUNK_BYTES readable bytes. */
#ifndef TELEMETRY_EVTX_INT_H
#define TELEMETRY_EVTX_INT_H
#include "evtx.h"
#include "limit.h"

#define EVTX_CHUNK_BYTES 65536u
#define EVTX_CHUNK_HEADER_BYTES 512u
#define EVTX_WITHOUT_CRC 4u /* flag of file and chunk: the checksums are zero */

static inline uint16_t evtx_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t evtx_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t evtx_u64(const uint8_t *p)
{
	return evtx_u32(p) | (uint64_t)evtx_u32(p + 4) << 32;
}

/* ---- text (evtx_text.c) ---- */
/* Append UTF-16LE as UTF-8 that is escaped for JSON, without quotes. Lone surrogates become U+FFFD; an odd last byte is left out. */
void evtx_put_utf16(struct buf *b, slice utf16);
void evtx_put_ansi(struct buf *b, slice text); /* the same for Windows-1252 */
void evtx_put_hex(struct buf *b, slice bytes);

/* ---- values (evtx_value.c) ---- */
enum evtx_type { EVTX_NULL = 0x00, EVTX_STRING = 0x01, EVTX_BINXML = 0x21, EVTX_ARRAY = 0x80 };
/* Append one value that is no array as JSON: a quoted text, a number or a word. False: it is null, nothing was written. */
bool evtx_put_value(struct buf *b, uint8_t type, slice bytes);
/* Cut the first element of an array of `type` (without EVTX_ARRAY) off *rest. False when nothing is left. */
bool evtx_array_next(uint8_t type, slice *rest, slice *element);
void evtx_put_filetime(struct buf *b, uint64_t filetime); /* quoted */

/* ---- compiled BinXML (evtx_compile.c) ---- */
enum evtx_operation {
	EVTX_OPEN,      /* text: the element's name */
	EVTX_ATTRIBUTE, /* text: its name */
	EVTX_CONTENT,   /* the start tag is over */
	EVTX_CLOSE,
	EVTX_TEXT,       /* text */
	EVTX_SUBSTITUTE, /* number: index of the value */
	EVTX_INSTANCE,   /* number: where the template's definition stands; at: where its values do */
	EVTX_OPERATIONS
};
/* Names that mean something here; told once, when they are compiled. */
enum evtx_name { EVTX_OTHER, EVTX_SYSTEM, EVTX_EVENT_DATA, EVTX_USER_DATA, EVTX_DATA, EVTX_NAME, EVTX_XMLNS };
struct evtx_op {
	enum evtx_operation kind;
	enum evtx_name name;
	uint32_t number;
	uint32_t at; /* of its token, but for EVTX_INSTANCE */
	slice text;  /* escaped for JSON */
};
struct evtx_program {
	struct evtx_program *next; /* in the cache */
	uint32_t definition;       /* its key there */
	uint32_t ops_n;
	struct evtx_op *ops;
	const char *wrong; /* NULL, or why it ends before its time */
	uint32_t wrong_at;
};

/* What is known of one chunk while it is read. */
#define EVTX_CACHE_SLOTS 256u
struct evtx_chunk {
	const uint8_t *p;
	uint32_t work;        /* steps left, see EVTX_CHUNK_WORK_MAX */
	struct arena *arena;  /* templates */
	struct arena *record; /* what lives as long as one record */
	struct evtx_program *cache[EVTX_CACHE_SLOTS];
	struct evtx_op *ops;
	size_t ops_room; /* scratch of the compiler, kept */
	struct buf text; /* the same */
};
/* Take `steps` from the chunk's work; false when it is used up. */
static inline bool evtx_work(struct evtx_chunk *c, size_t steps)
{
	bool left = steps < c->work;
	c->work = left ? c->work - (uint32_t)steps : 0;
	return left;
}
#define EVTX_WORK_USED_UP "the chunk asks for more work than EVTX_CHUNK_WORK_MAX"
/* Compile the tokens in [at, end): a fragment (of a record or a value), living in c->record. Never NULL. */
const struct evtx_program *evtx_compile_fragment(struct evtx_chunk *c, uint32_t at, uint32_t end);
/* The template whose definition stands at `at`: compiled once a chunk. Never NULL. */
const struct evtx_program *evtx_template(struct evtx_chunk *c, uint32_t at);

/* ---- the event (evtx_event.c) ---- */
struct evtx_field {
	slice key;
	uint32_t value, value_n; /* in `values` */
	uint32_t same, last;     /* the next field of this key, and the last one; 0: none */
	uint32_t next;           /* the next key of this section; 0: none */
	uint16_t section;
	bool listed; /* a list even when alone */
};
struct evtx_section {
	slice name;
	enum evtx_name kind;
	uint32_t first, last;
	bool wrapped; /* UserData's element was met */
};
/* An open element. Its key is empty for the root, for what opens a section and for UserData's element. */
struct evtx_level {
	slice name, key;
	uint16_t section;
	bool listed; /* unnamed Data */
	bool silent; /* nothing is said when it is empty */
	bool filled; /* something was said */
	bool parent; /* of elements: blanks between these are no text */
};
enum evtx_target { EVTX_TO_KEY, EVTX_TO_NAME /* the value becomes the level's key */, EVTX_TO_NOTHING };
struct evtx_event {
	struct arena *record; /* keys */
	struct buf values;
	struct evtx_field *fields;
	size_t fields_n, fields_room; /* [0] is not used */
	uint32_t *slots;
	size_t slots_n, keys_n; /* fields by key, open addressing */
	size_t cost;            /* steps of work that were not paid for yet */
	struct evtx_section sections[EVTX_SECTIONS_MAX];
	size_t sections_n; /* [0] is the top level */
	struct evtx_level levels[EVTX_DEPTH_MAX];
	size_t depth;
	slice key; /* where pieces go now */
	bool listed;
	enum evtx_target target;
	bool in_tag, started; /* `started`: a value is being put together since `start` */
	size_t start;
	size_t print_bytes; /* an upper bound */
};
void evtx_event_begin(struct evtx_event *e);
const char *evtx_event_open(struct evtx_event *e, const struct evtx_op *name); /* NULL, or why it cannot be */
void evtx_event_attribute(struct evtx_event *e, const struct evtx_op *name);   /* in a start tag */
void evtx_event_close(struct evtx_event *e);
void evtx_event_content(struct evtx_event *e);
void evtx_event_text(struct evtx_event *e, slice escaped);
void evtx_event_value(struct evtx_event *e, uint8_t type, slice bytes);
/* The steps that keys took since it was last asked, beyond one for each call. */
size_t evtx_event_cost(struct evtx_event *e);
/* Whether there is a value of this key at the top level; add one. */
bool evtx_event_has(struct evtx_event *e, slice key);
void evtx_event_add(struct evtx_event *e, slice key, slice json);
void evtx_event_print(const struct evtx_event *e, struct buf *out);
void evtx_event_free(struct evtx_event *e);

/* ---- running (evtx_run.c) ---- */
struct evtx_value {
	uint32_t at;
	uint16_t n;
	uint8_t type;
};
struct evtx_run;
struct evtx_run *evtx_run_new(void);
void evtx_run_free(struct evtx_run *r);
/* Execute the BinXML in [at, end) into the event. NULL, or what is wrong, with its place in *wrong_at; what came before it is in the event.
 */
const char *evtx_run(struct evtx_run *r, struct evtx_chunk *c, struct evtx_event *e, uint32_t at, uint32_t end, uint32_t *wrong_at);

/* ---- one chunk (evtx_chunk.c) ---- */
struct evtx_decoder {
	struct evtx_chunk chunk;
	struct evtx_event event;
	struct evtx_run *run;
	evtx_trouble *trouble;
	void *context;
	struct buf *out;
	uint64_t offset; /* of the chunk in the file */
};
void evtx_decoder_init(struct evtx_decoder *d);
void evtx_decoder_free(struct evtx_decoder *d);
/* Read a chunk of which `n` bytes are the file's (those behind are zero). */
void evtx_chunk_read(struct evtx_decoder *d, const uint8_t *bytes, uint32_t n);
void evtx_tell(const struct evtx_decoder *d, enum err kind, uint64_t offset, const char *format, ...) __attribute__((format(printf, 4, 5)));
#endif
