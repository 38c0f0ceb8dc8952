/* BinXML tokens to operations. One pass without recursion: elements nest by counting, templates and values within are left to the run.
 * Invariants of a program, also of one that breaks off:
 *  1. EVTX_OPEN is followed by attributes and exactly one EVTX_CONTENT before anything else of that element.
 *  2. there is never an EVTX_CLOSE without its EVTX_OPEN; at the end elements may be open (the run closes them).
 * Source: [MS-EVEN6] 2.2.12 (tokens), 2.2.16 to 2.2.19. */
#include "evtx_int.h"

#define TOKEN_MORE 0x40u /* flag: attributes follow, or more of the same */
#define NAME_HEADER_BYTES 8u
#define DEFINITION_HEADER_BYTES 24u
#define NAME_UNITS_MAX 1024u

struct compiler {
	struct evtx_chunk *chunk;
	const uint8_t *p; /* the chunk */
	uint32_t at, end; /* next token; end of what may be read */
	uint32_t token_at;
	uint8_t token;
	bool in_template;
	bool in_tag, done;
	uint32_t depth;
	size_t ops_n;
	struct arena *arena;
	const char *wrong;
};

static bool fail(struct compiler *c, const char *why)
{
	if (c->wrong == NULL) c->wrong = why;
	return false;
}

/* The next n bytes, or NULL. */
static const uint8_t *take(struct compiler *c, uint32_t n)
{
	if (n > c->end - c->at) {
		(void)fail(c, "a token reaches beyond its end");
		return NULL;
	}
	c->at += n;
	return c->p + c->at - n;
}

static struct evtx_op *emit(struct compiler *c, enum evtx_operation kind)
{
	struct evtx_chunk *k = c->chunk;
	if (c->ops_n == k->ops_room) {
		k->ops_room = k->ops_room == 0 ? 256 : k->ops_room * 2;
		k->ops = mem_resize(k->ops, k->ops_room * sizeof *k->ops);
	}
	struct evtx_op *op = &k->ops[c->ops_n++];
	*op = (struct evtx_op){.kind = kind, .at = c->token_at};
	return op;
}

/* UTF-16 as escaped text in the program's arena. */
static slice text_kept(struct compiler *c, slice utf16)
{
	buf_clear(&c->chunk->text);
	evtx_put_utf16(&c->chunk->text, utf16);
	return arena_copy(c->arena, buf_slice(&c->chunk->text));
}

/* ---- names ---- */
/* A name at `at`: next name, hash, count of units, units, NUL. */
static bool name_stands_at(const struct compiler *c, uint32_t at)
{
	if (at < EVTX_CHUNK_HEADER_BYTES || at > EVTX_CHUNK_BYTES - NAME_HEADER_BYTES - 2) return false;
	uint32_t n = evtx_u16(c->p + at + 6), units = at + NAME_HEADER_BYTES;
	if (n == 0 || n > NAME_UNITS_MAX || units + 2 * n + 2 > EVTX_CHUNK_BYTES) return false;
	return evtx_u16(c->p + units + 2 * n) == 0 && evtx_u16(c->p + units) != 0;
}

static enum evtx_name name_kind(slice name)
{
	static const struct {
		slice text;
		enum evtx_name kind;
	} kinds[] = {
		{SLICE("Data"), EVTX_DATA},
		{SLICE("Name"), EVTX_NAME},
		{SLICE("xmlns"), EVTX_XMLNS},
		{SLICE("System"), EVTX_SYSTEM},
		{SLICE("EventData"), EVTX_EVENT_DATA},
		{SLICE("UserData"), EVTX_USER_DATA},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (slice_equal(name, kinds[i].text)) return kinds[i].kind;
	}
	return slice_starts(name, SLICE("xmlns:")) ? EVTX_XMLNS : EVTX_OTHER;
}

/* Read the offset of a name; the name itself stands behind it the first time it is used in the chunk. */
static bool take_name(struct compiler *c, slice *text)
{
	const uint8_t *p = take(c, 4);
	if (p == NULL) return false;
	uint32_t offset = evtx_u32(p);
	if (!name_stands_at(c, offset)) return fail(c, "the offset of a name leads to no name");
	slice utf16 = slice_of(c->p + offset + NAME_HEADER_BYTES, 2u * evtx_u16(c->p + offset + 6));
	if (offset == c->at && take(c, (uint32_t)(NAME_HEADER_BYTES + utf16.n + 2)) == NULL) return false;
	if (!evtx_work(c->chunk, utf16.n / 16)) return fail(c, EVTX_WORK_USED_UP);
	*text = text_kept(c, utf16);
	return true;
}

/* ---- one function for each token ---- */
static bool token_end(struct compiler *c)
{
	c->done = true;
	return true;
}

/* A dependency id stands before the size in template definitions; elsewhere only some writers have it, so that the name decides. */
static bool has_dependency(const struct compiler *c)
{
	bool with = c->end - c->at >= 10 && name_stands_at(c, evtx_u32(c->p + c->at + 6));
	bool without = c->end - c->at >= 8 && name_stands_at(c, evtx_u32(c->p + c->at + 4));
	return with == without ? c->in_template : with;
}

static bool token_open(struct compiler *c)
{
	if (c->in_tag) return fail(c, "an element opens within a start tag");
	if (take(c, has_dependency(c) ? 6 : 4) == NULL) return false;
	slice name;
	if (!take_name(c, &name)) return false;
	if ((c->token & TOKEN_MORE) && take(c, 4) == NULL) return false; /* size of the attribute list */
	struct evtx_op *op = emit(c, EVTX_OPEN);
	op->text = name;
	op->name = name_kind(name);
	c->in_tag = true;
	c->depth++;
	return true;
}

static bool token_content(struct compiler *c)
{
	if (!c->in_tag) return fail(c, "a start tag closes that is not open");
	c->in_tag = false;
	(void)emit(c, EVTX_CONTENT);
	return true;
}

static bool token_close(struct compiler *c)
{
	if (c->in_tag || c->depth == 0) return fail(c, "an element closes that is not open");
	c->depth--;
	(void)emit(c, EVTX_CLOSE);
	return true;
}

static bool token_close_empty(struct compiler *c)
{
	return token_content(c) && token_close(c);
}

static bool token_attribute(struct compiler *c)
{
	slice name;
	if (!c->in_tag) return fail(c, "an attribute stands outside a start tag");
	if (!take_name(c, &name)) return false;
	struct evtx_op *op = emit(c, EVTX_ATTRIBUTE);
	op->text = name;
	op->name = name_kind(name);
	return true;
}

/* A count of UTF-16 units and these. */
static bool take_text(struct compiler *c)
{
	const uint8_t *p = take(c, 2);
	uint32_t n = p != NULL ? 2u * evtx_u16(p) : 0;
	const uint8_t *text = p != NULL ? take(c, n) : NULL;
	if (text == NULL) return false;
	if (!evtx_work(c->chunk, n / 16)) return fail(c, EVTX_WORK_USED_UP);
	slice kept = text_kept(c, slice_of(text, n));
	emit(c, EVTX_TEXT)->text = kept;
	return true;
}

static bool token_value(struct compiler *c)
{
	const uint8_t *type = take(c, 1);
	if (type == NULL) return false;
	if (*type != EVTX_STRING) return fail(c, "a value in the text is no string"); /* [MS-EVEN6] 2.2.12: ValueText */
	return take_text(c);
}

static bool token_char(struct compiler *c)
{
	const uint8_t *p = take(c, 2);
	if (p == NULL) return false;
	slice kept = text_kept(c, slice_of(p, 2));
	emit(c, EVTX_TEXT)->text = kept;
	return true;
}

static bool token_entity(struct compiler *c)
{
	static const struct {
		slice name, text;
	} entities[] = {
		{SLICE("amp"), SLICE("&")},
		{SLICE("lt"), SLICE("<")},
		{SLICE("gt"), SLICE(">")},
		{SLICE("quot"), SLICE("\\\"")},
		{SLICE("apos"), SLICE("'")},
	};
	slice name;
	if (!take_name(c, &name)) return false;
	struct evtx_op *op = emit(c, EVTX_TEXT);
	for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
		if (slice_equal(name, entities[i].name)) op->text = entities[i].text;
	}
	if (op->text.n == 0) op->text = arena_printf(c->arena, "&%.*s;", SLICE_PRINTF(name));
	return true;
}

static bool token_target(struct compiler *c)
{
	slice name;
	if (!take_name(c, &name)) return false;
	emit(c, EVTX_TEXT)->text = name;
	return true;
}

/* The definition stands behind its offset the first time the template is used; then come the values: a count, a size, a type and a
 * zero for each, their bytes. */
static bool token_instance(struct compiler *c)
{
	const uint8_t *p = take(c, 9);
	if (p == NULL) return false;
	uint32_t definition = evtx_u32(p + 5), values;
	if (definition == c->at) {
		const uint8_t *header = take(c, DEFINITION_HEADER_BYTES);
		if (header == NULL || take(c, evtx_u32(header + 20)) == NULL) return false;
	}
	values = c->at;
	const uint8_t *count = take(c, 4);
	uint32_t n = count != NULL ? evtx_u32(count) : 0;
	if (n > EVTX_CHUNK_BYTES / 4) return fail(c, "more values than a chunk has room for");
	const uint8_t *sizes = count != NULL ? take(c, 4 * n) : NULL;
	if (sizes == NULL) return false;
	if (!evtx_work(c->chunk, n)) return fail(c, EVTX_WORK_USED_UP);
	for (uint32_t i = 0; i < n; i++) {
		if (take(c, evtx_u16(sizes + 4 * i)) == NULL) return fail(c, "a value reaches beyond its end");
	}
	struct evtx_op *op = emit(c, EVTX_INSTANCE);
	op->number = definition;
	op->at = values;
	return true;
}

static bool token_substitution(struct compiler *c)
{
	const uint8_t *p = take(c, 3); /* index; the type is told again with the value */
	if (p == NULL) return false;
	emit(c, EVTX_SUBSTITUTE)->number = evtx_u16(p);
	return true;
}

static bool token_header(struct compiler *c)
{
	const uint8_t *p = take(c, 3);
	if (p == NULL) return false;
	return p[0] == 1 || fail(c, "the fragment is of an unknown version");
}

/* Compile until the end token or the end of the bytes; what is wrong stays in c->wrong. */
static void compile(struct compiler *c)
{
	static bool (*const tokens[16])(struct compiler *) = {
		token_end,
		token_open,
		token_content,
		token_close_empty,
		token_close,
		token_value,
		token_attribute,
		take_text,
		token_char,
		token_entity,
		token_target,
		take_text,
		token_instance,
		token_substitution,
		token_substitution,
		token_header,
	};
	while (!c->done && c->at < c->end) {
		c->token_at = c->at;
		c->token = c->p[c->at++];
		if (!evtx_work(c->chunk, 1)) {
			(void)fail(c, EVTX_WORK_USED_UP);
			return;
		}
		if ((c->token & ~TOKEN_MORE) >= 16) {
			(void)fail(c, "unknown token");
			return;
		}
		if (!tokens[c->token & 15](c)) return;
	}
	if (c->depth > 0 || c->in_tag) (void)fail(c, "an element is not closed");
}

static struct evtx_program *program_of(struct compiler *c)
{
	compile(c);
	struct evtx_program *p = ARENA_NEW(c->arena, struct evtx_program);
	if (c->in_tag) (void)emit(c, EVTX_CONTENT); /* invariant 1 */
	p->ops_n = (uint32_t)c->ops_n;
	p->ops = arena_array(c->arena, c->ops_n, sizeof *p->ops);
	if (c->ops_n > 0) memcpy(p->ops, c->chunk->ops, c->ops_n * sizeof *p->ops);
	p->wrong = c->wrong;
	p->wrong_at = c->token_at;
	return p;
}

const struct evtx_program *evtx_compile_fragment(struct evtx_chunk *c, uint32_t at, uint32_t end)
{
	struct compiler compiler = {.chunk = c, .p = c->p, .at = at, .end = end, .token_at = at, .arena = c->record};
	return program_of(&compiler);
}

const struct evtx_program *evtx_template(struct evtx_chunk *c, uint32_t at)
{
	struct evtx_program **slot = &c->cache[at % EVTX_CACHE_SLOTS];
	for (struct evtx_program *p = *slot; p != NULL; p = p->next) {
		if (p->definition == at) return p;
	}
	struct compiler compiler = {
		.chunk = c, .p = c->p, .at = at, .end = EVTX_CHUNK_BYTES, .token_at = at, .in_template = true, .arena = c->arena};
	bool inside = at >= EVTX_CHUNK_HEADER_BYTES && at <= EVTX_CHUNK_BYTES - DEFINITION_HEADER_BYTES;
	uint32_t bytes = inside ? evtx_u32(c->p + at + 20) : 0;
	if (inside && bytes <= EVTX_CHUNK_BYTES - DEFINITION_HEADER_BYTES - at) {
		compiler.at = at + DEFINITION_HEADER_BYTES;
		compiler.end = compiler.at + bytes;
	} else {
		compiler.end = compiler.at;
		compiler.wrong = "the offset of a template leads to no template";
	}
	struct evtx_program *p = program_of(&compiler);
	p->definition = at;
	p->next = *slot;
	*slot = p;
	return p;
}
