/* Frames of the workers. Writing trusts its caller; reading trusts nobody: a cursor that once ran out stays out, and a body must end where
 * its last field does. */
#include "finding_wire.h"

#include "digests.h"

/* ---- writing ---- */
static void put_number(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++) buf_add_byte(b, (uint8_t)(v >> 8 * i));
}

static void put_text(struct buf *b, slice text)
{
	text = slice_sub(text, 0, YARA_TEXT_BYTES_MAX);
	put_number(b, text.n, 2);
	buf_add(b, text);
}

static size_t frame_open(struct buf *b, enum wire_kind kind)
{
	size_t at = b->n;
	put_number(b, 0, 4);
	buf_add_byte(b, (uint8_t)kind);
	return at;
}

static void frame_close(struct buf *b, size_t at)
{
	size_t n = b->n - at - WIRE_HEAD_BYTES;
	for (unsigned i = 0; i < 4; i++) b->p[at + i] = (uint8_t)(n >> 8 * i);
}

void wire_put_ready(struct buf *b, const struct wire_ready *x)
{
	size_t at = frame_open(b, WIRE_READY);
	put_number(b, x->indicators, 8);
	put_number(b, x->troubles, 8);
	buf_add(b, digest_slice(&x->watchlist));
	buf_add_byte(b, x->digests);
	buf_add_byte(b, x->exercise);
	frame_close(b, at);
}

void wire_put_says(struct buf *b, const struct wire_says *x)
{
	size_t at = frame_open(b, WIRE_SAYS);
	buf_add_byte(b, (uint8_t)x->level);
	put_number(b, x->source, 4);
	put_number(b, x->line, 4);
	put_text(b, x->text);
	frame_close(b, at);
}

void wire_put_rule(struct buf *b, const struct wire_rule *x)
{
	size_t at = frame_open(b, WIRE_RULE);
	put_number(b, x->source, 4);
	put_text(b, x->name);
	put_number(b, x->places_all, 8);
	buf_add_byte(b, x->cut);
	put_number(b, x->tags_n, 2);
	for (unsigned i = 0; i < x->tags_n; i++) put_text(b, x->tags[i]);
	put_number(b, x->metas_n, 2);
	for (unsigned i = 0; i < x->metas_n; i++) {
		put_text(b, x->metas[i].name);
		buf_add_byte(b, (uint8_t)x->metas[i].type);
		put_number(b, (uint64_t)x->metas[i].number, 8);
		put_text(b, x->metas[i].text);
	}
	put_number(b, x->places_n, 2);
	for (unsigned i = 0; i < x->places_n; i++) {
		put_text(b, x->places[i].name);
		put_number(b, x->places[i].offset, 8);
		put_number(b, x->places[i].bytes, 8);
		put_text(b, slice_sub(x->places[i].shown, 0, YARA_SHOWN_BYTES_MAX));
	}
	frame_close(b, at);
}

void wire_put_hash(struct buf *b, const struct wire_hash *x)
{
	size_t at = frame_open(b, WIRE_HASH);
	const slice texts[] = {x->indicator, x->value, x->name, x->author, x->labels};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) put_text(b, texts[i]);
	buf_add_byte(b, (uint8_t)x->type);
	buf_add_byte(b, (uint8_t)x->marking);
	buf_add_byte(b, x->marking_default);
	put_number(b, (uint32_t)x->confidence, 4);
	frame_close(b, at);
}

void wire_put_end(struct buf *b, const struct wire_end *x)
{
	size_t at = frame_open(b, WIRE_END);
	buf_add_byte(b, (uint8_t)x->outcome);
	put_number(b, x->error, 4);
	buf_add_byte(b, x->cut);
	frame_close(b, at);
}

/* ---- reading ---- */
struct cursor {
	slice rest;
	bool bad;
};

static slice take(struct cursor *c, size_t n)
{
	slice had = slice_sub(c->rest, 0, n);
	c->bad |= had.n < n;
	c->rest = slice_sub(c->rest, had.n, SIZE_MAX);
	if (c->bad) had.n = 0;
	return had;
}

static uint64_t take_number(struct cursor *c, unsigned bytes)
{
	slice p = take(c, bytes);
	uint64_t v = 0;
	for (size_t i = 0; i < p.n; i++) v |= (uint64_t)p.p[i] << 8 * i;
	return v;
}

/* A number that stands for one of `n` things. */
static unsigned take_choice(struct cursor *c, unsigned n)
{
	uint64_t v = take_number(c, 1);
	c->bad |= v >= n;
	return c->bad ? 0 : (unsigned)v;
}

static slice take_text(struct cursor *c, size_t max)
{
	size_t n = (size_t)take_number(c, 2);
	c->bad |= n > max;
	return take(c, c->bad ? 0 : n);
}

static uint16_t take_count(struct cursor *c)
{
	uint64_t n = take_number(c, 2);
	c->bad |= n > YARA_LIST_MAX;
	return c->bad ? 0 : (uint16_t)n;
}

static bool ended(const struct cursor *c)
{
	return !c->bad && c->rest.n == 0;
}

enum err wire_head(const uint8_t head[WIRE_HEAD_BYTES], enum wire_kind *kind, size_t *bytes, struct fault *f)
{
	size_t n = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
	if (head[4] == 0 || head[4] >= WIRE_KINDS)
		return fault_set(f, ERR_SYNTAX, 0, 4, "a frame of kind %u, expected 1 to %u", head[4], WIRE_KINDS - 1);
	if (n > YARA_FRAME_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "a frame of %zu bytes: more than YARA_FRAME_BYTES_MAX = %u", n, YARA_FRAME_BYTES_MAX);
	*kind = (enum wire_kind)head[4];
	*bytes = n;
	return OK;
}

bool wire_get_ready(slice body, struct wire_ready *out)
{
	struct cursor c = {.rest = body};
	out->indicators = take_number(&c, 8);
	out->troubles = take_number(&c, 8);
	slice d = take(&c, DIGEST_BYTES);
	if (d.n == DIGEST_BYTES) memcpy(out->watchlist.b, d.p, d.n);
	out->digests = (uint8_t)take_choice(&c, (DIGESTS_MD5 | DIGESTS_SHA1 | DIGESTS_SHA512) + 1);
	out->exercise = take_choice(&c, 2) != 0;
	return ended(&c);
}

bool wire_get_says(slice body, struct wire_says *out)
{
	struct cursor c = {.rest = body};
	out->level = (enum wire_level)take_choice(&c, WIRE_LEVELS);
	out->source = (uint32_t)take_number(&c, 4);
	out->line = (uint32_t)take_number(&c, 4);
	out->text = take_text(&c, YARA_TEXT_BYTES_MAX);
	return ended(&c);
}

static void take_meta(struct cursor *c, struct wire_value *m)
{
	m->name = take_text(c, YARA_TEXT_BYTES_MAX);
	m->type = (enum wire_meta)take_choice(c, WIRE_METAS);
	m->number = (int64_t)take_number(c, 8);
	m->text = take_text(c, YARA_TEXT_BYTES_MAX);
}

static void take_place(struct cursor *c, struct wire_place *p)
{
	p->name = take_text(c, YARA_TEXT_BYTES_MAX);
	p->offset = take_number(c, 8);
	p->bytes = take_number(c, 8);
	p->shown = take_text(c, YARA_SHOWN_BYTES_MAX);
	c->bad |= p->offset > INT64_MAX || p->bytes > INT64_MAX || p->shown.n > p->bytes;
}

bool wire_get_rule(slice body, struct wire_rule *out)
{
	struct cursor c = {.rest = body};
	out->source = (uint32_t)take_number(&c, 4);
	out->name = take_text(&c, YARA_TEXT_BYTES_MAX);
	out->places_all = take_number(&c, 8);
	out->cut = take_choice(&c, 2) != 0;
	out->tags_n = take_count(&c);
	for (unsigned i = 0; i < out->tags_n; i++) out->tags[i] = take_text(&c, YARA_TEXT_BYTES_MAX);
	out->metas_n = take_count(&c);
	for (unsigned i = 0; i < out->metas_n; i++) take_meta(&c, &out->metas[i]);
	out->places_n = take_count(&c);
	for (unsigned i = 0; i < out->places_n; i++) take_place(&c, &out->places[i]);
	return ended(&c) && out->name.n > 0 && out->places_all >= out->places_n && out->places_all <= INT64_MAX;
}

bool wire_get_hash(slice body, struct wire_hash *out)
{
	struct cursor c = {.rest = body};
	slice *const texts[] = {&out->indicator, &out->value, &out->name, &out->author, &out->labels};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = take_text(&c, YARA_TEXT_BYTES_MAX);
	out->type = (enum observable)take_choice(&c, OBSERVABLE_COUNT);
	out->marking = (enum tlp)take_choice(&c, TLP_NONE + 1);
	out->marking_default = take_choice(&c, 2) != 0;
	out->confidence = (int32_t)(uint32_t)take_number(&c, 4);
	return ended(&c) && out->confidence >= -1 && out->confidence <= 100;
}

bool wire_get_end(slice body, struct wire_end *out)
{
	struct cursor c = {.rest = body};
	out->outcome = (enum wire_outcome)take_choice(&c, WIRE_OUTCOMES);
	out->error = (uint32_t)take_number(&c, 4);
	out->cut = take_choice(&c, 2) != 0;
	return ended(&c);
}
