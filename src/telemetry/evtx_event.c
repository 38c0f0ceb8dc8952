/* One event on its way from elements to a line of JSON. Each value is written once, to `values`; a field remembers where it stands
 * and under which key. Fields of the same key hang together, so that the line can be printed without duplicate keys.
 * Invariants: fields[0] is not used; slots hold the first field of each key; while a value is put together it is the end of `values`. */
#include <stdlib.h>
#include <xxhash.h>

#include "evtx_int.h"

#define SLOTS_MIN 256u
#define SLOTS_KEPT 8192u /* one huge event shall not slow down all that follow */
#define COST_BYTES 16u   /* bytes of a key that count as a step */
#define COST_PROBES 8u   /* slots in vain that do: keys can be made to collide */
#define TOP_LEVEL 0u

void evtx_event_begin(struct evtx_event *e)
{
	if (e->slots_n == 0 || e->slots_n > SLOTS_KEPT) {
		free(e->slots);
		e->slots_n = SLOTS_MIN;
		e->slots = mem_alloc(e->slots_n * sizeof *e->slots);
	} else {
		memset(e->slots, 0, e->slots_n * sizeof *e->slots);
	}
	buf_clear(&e->values);
	e->keys_n = e->cost = 0;
	e->fields_n = 1;
	e->sections_n = 1;
	e->sections[TOP_LEVEL] = (struct evtx_section){.kind = EVTX_SYSTEM};
	e->depth = 0;
	e->key = (slice){NULL, 0};
	e->target = EVTX_TO_NOTHING;
	e->in_tag = e->started = false;
	e->print_bytes = 64;
}

void evtx_event_free(struct evtx_event *e)
{
	free(e->fields);
	free(e->slots);
	buf_free(&e->values);
}

/* ---- fields ---- */
/* The slot of a key: holds its first field, or 0. */
static uint32_t *slot_of(struct evtx_event *e, unsigned section, slice key)
{
	size_t mask = e->slots_n - 1, at = (size_t)XXH3_64bits_withSeed(key.p, key.n, section) & mask, probes = 0;
	for (; e->slots[at] != 0; at = (at + 1) & mask, probes++) {
		const struct evtx_field *f = &e->fields[e->slots[at]];
		if (f->section == section && slice_equal(f->key, key)) break;
	}
	e->cost += key.n / COST_BYTES + probes / COST_PROBES;
	return &e->slots[at];
}

static void more_slots(struct evtx_event *e)
{
	free(e->slots);
	e->slots_n *= 2;
	e->slots = mem_alloc(e->slots_n * sizeof *e->slots);
	for (size_t s = 0; s < e->sections_n; s++) {
		for (uint32_t i = e->sections[s].first; i != 0; i = e->fields[i].next) *slot_of(e, (unsigned)s, e->fields[i].key) = i;
	}
}

static void append_to(struct evtx_field *fields, uint32_t *first, uint32_t *last, uint32_t i)
{
	if (*first == 0) *first = i;
	else fields[*last].next = i;
	*last = i;
}

/* The value that ends `values` and began at `start` becomes a field. */
static void commit(struct evtx_event *e, unsigned section, slice key, size_t start, bool listed)
{
	if (e->keys_n * 2 >= e->slots_n) more_slots(e);
	if (e->fields_n >= e->fields_room) {
		e->fields_room = e->fields_room == 0 ? 128 : e->fields_room * 2;
		e->fields = mem_resize(e->fields, e->fields_room * sizeof *e->fields);
	}
	uint32_t i = (uint32_t)e->fields_n++, *slot = slot_of(e, section, key);
	struct evtx_field *f = &e->fields[i];
	*f = (struct evtx_field){
		.key = key, .value = (uint32_t)start, .value_n = (uint32_t)(e->values.n - start), .section = (uint16_t)section};
	f->listed = listed;
	e->print_bytes += key.n + f->value_n + 8;
	if (*slot == 0) {
		e->keys_n++;
		*slot = f->last = i;
		append_to(e->fields, &e->sections[section].first, &e->sections[section].last, i);
		return;
	}
	struct evtx_field *first = &e->fields[*slot];
	e->fields[first->last].same = i;
	first->last = i;
	first->listed = true;
}

/* ---- values ---- */
static bool blank_text(slice json)
{
	if (json.n < 2 || json.p[0] != '"') return false;
	for (size_t i = 1; i + 1 < json.n; i++) {
		if (json.p[i] == ' ') continue;
		if (json.p[i] != '\\' || strchr("nrt", json.p[++i]) == NULL) return false;
	}
	return true;
}

static void name_level(struct evtx_event *e, struct evtx_level *level)
{
	slice name = slice_of(e->values.p + e->start, e->values.n - e->start);
	if (name.n > 1 && name.p[0] == '"') name = slice_sub(name, 1, name.n - 2);
	if (name.n > EVTX_KEY_BYTES_MAX) { /* then it is no key: Data with an attribute like any other */
		commit(e, level->section, SLICE("Data.Name"), e->start, false);
		level->filled = true;
		return;
	}
	if (name.n > 0) {
		level->key = arena_copy(e->record, name);
		level->listed = false;
	}
	e->values.n = e->start;
}

/* The value is complete. */
static void finish(struct evtx_event *e)
{
	if (!e->started) return;
	e->started = false;
	struct evtx_level *level = &e->levels[e->depth - 1];
	if (e->target == EVTX_TO_NAME) {
		name_level(e, level);
		return;
	}
	bool between = level->parent && !e->in_tag && blank_text(slice_of(e->values.p + e->start, e->values.n - e->start));
	if (between) {
		e->values.n = e->start;
		return;
	}
	commit(e, level->section, e->key, e->start, e->listed);
	level->filled = true;
}

/* What was appended at `piece` joins the value before it: "a" and 1 become "a1". */
static void join(struct evtx_event *e, size_t piece)
{
	struct buf *b = &e->values;
	if (!buf_reserve(b, 2)) return;
	if (b->p[e->start] != '"') { /* a number: it gets its opening quote */
		memmove(b->p + e->start + 1, b->p + e->start, b->n - e->start);
		b->p[e->start] = '"';
		b->n++;
		piece++;
	} else {
		memmove(b->p + piece - 1, b->p + piece, b->n - piece);
		b->n--;
		piece--;
	}
	if (b->p[piece] == '"') {
		memmove(b->p + piece, b->p + piece + 1, b->n - piece - 1);
		b->n--;
	} else {
		b->p[b->n++] = '"';
	}
}

static void put_piece(struct evtx_event *e, uint8_t type, slice bytes)
{
	size_t piece = e->values.n;
	if (!evtx_put_value(&e->values, type, bytes)) return;
	if (e->started) {
		join(e, piece);
		return;
	}
	e->started = true;
	e->start = piece;
}

void evtx_event_value(struct evtx_event *e, uint8_t type, slice bytes)
{
	if (e->depth == 0 || e->target == EVTX_TO_NOTHING) return;
	if ((type & EVTX_ARRAY) == 0) {
		put_piece(e, type, bytes);
		return;
	}
	slice element;
	finish(e);
	while (evtx_array_next(type & 0x7f, &bytes, &element)) {
		put_piece(e, type & 0x7f, element);
		finish(e);
	}
}

void evtx_event_text(struct evtx_event *e, slice escaped)
{
	if (e->depth == 0 || e->target == EVTX_TO_NOTHING) return;
	size_t piece = e->values.n;
	buf_add_byte(&e->values, '"');
	buf_add(&e->values, escaped);
	buf_add_byte(&e->values, '"');
	if (e->started) join(e, piece);
	else e->start = piece;
	e->started = true;
}

/* ---- elements ---- */
static slice joined(struct evtx_event *e, slice a, slice b)
{
	if (a.n == 0) return b;
	uint8_t *p = arena_alloc(e->record, a.n + 1 + b.n);
	e->cost += (a.n + b.n) / COST_BYTES;
	memcpy(p, a.p, a.n);
	p[a.n] = '.';
	if (b.n > 0) memcpy(p + a.n + 1, b.p, b.n);
	return slice_of(p, a.n + 1 + b.n);
}

/* Text of the innermost element goes to its key from now on. */
static void aim(struct evtx_event *e)
{
	const struct evtx_level *level = e->depth > 0 ? &e->levels[e->depth - 1] : NULL;
	e->in_tag = false;
	e->target = level != NULL ? EVTX_TO_KEY : EVTX_TO_NOTHING;
	if (level == NULL) return;
	e->key = level->key.n > 0 ? level->key : level->name;
	e->listed = level->listed;
}

/* The section of a child of the root; EVTX_SECTIONS_MAX when there are too many. */
static size_t section_of(struct evtx_event *e, const struct evtx_op *op)
{
	if (op->name == EVTX_SYSTEM) return TOP_LEVEL;
	for (size_t i = 1; i < e->sections_n; i++) {
		if (slice_equal(e->sections[i].name, op->text)) return i;
	}
	if (e->sections_n == EVTX_SECTIONS_MAX) return EVTX_SECTIONS_MAX;
	e->sections[e->sections_n] = (struct evtx_section){.name = op->text, .kind = op->name};
	e->print_bytes += op->text.n + 8;
	return e->sections_n++;
}

/* UserData's element has no part in the keys: its name is a value of its own. */
static void wrap(struct evtx_event *e, struct evtx_level *level)
{
	size_t start = e->values.n;
	level->silent = true;
	e->sections[level->section].wrapped = true;
	buf_add_byte(&e->values, '"');
	buf_add(&e->values, level->name);
	buf_add_byte(&e->values, '"');
	commit(e, level->section, SLICE("xml_name"), start, false);
}

static void open_inner(struct evtx_event *e, struct evtx_level *level, const struct evtx_op *op)
{
	const struct evtx_level *parent = level - 1;
	const struct evtx_section *section = &e->sections[parent->section];
	level->section = parent->section;
	level->silent = section->kind == EVTX_SYSTEM;
	if (e->depth == 2 && section->kind == EVTX_USER_DATA && !section->wrapped) {
		wrap(e, level);
		return;
	}
	level->key = joined(e, parent->key, op->text);
	level->listed = e->depth == 2 && section->kind == EVTX_EVENT_DATA && op->name == EVTX_DATA;
}

const char *evtx_event_open(struct evtx_event *e, const struct evtx_op *op)
{
	if (e->depth == EVTX_DEPTH_MAX) return "elements nest deeper than EVTX_DEPTH_MAX";
	size_t section = e->depth == 1 ? section_of(e, op) : TOP_LEVEL;
	if (section == EVTX_SECTIONS_MAX) return "the event has more kinds of children than EVTX_SECTIONS_MAX";
	if (e->depth > 1 && e->levels[e->depth - 1].key.n + 1 + op->text.n > EVTX_KEY_BYTES_MAX) {
		return "the path of an element is longer than EVTX_KEY_BYTES_MAX";
	}
	if (e->depth > 0) {
		e->levels[e->depth - 1].parent = e->levels[e->depth - 1].filled = true;
		finish(e);
	}
	struct evtx_level *level = &e->levels[e->depth];
	*level = (struct evtx_level){.name = op->text, .section = (uint16_t)section, .silent = true};
	if (e->depth > 1) open_inner(e, level, op);
	e->depth++;
	aim(e);
	e->in_tag = true;
	return NULL;
}

/* Attributes of System's elements that have names of their own at the top level. */
static slice system_key(struct evtx_event *e, slice element, slice attribute)
{
	static const struct {
		slice element, attribute, key;
	} rows[] = {
		{SLICE("Provider"), SLICE("Name"), SLICE("ProviderName")},
		{SLICE("Provider"), SLICE("Guid"), SLICE("ProviderGuid")},
		{SLICE("Provider"), SLICE("EventSourceName"), SLICE("EventSourceName")},
		{SLICE("EventID"), SLICE("Qualifiers"), SLICE("Qualifiers")},
		{SLICE("TimeCreated"), SLICE("SystemTime"), SLICE("TimeCreated")},
		{SLICE("Correlation"), SLICE("ActivityID"), SLICE("ActivityID")},
		{SLICE("Correlation"), SLICE("RelatedActivityID"), SLICE("RelatedActivityID")},
		{SLICE("Execution"), SLICE("ProcessID"), SLICE("ProcessID")},
		{SLICE("Execution"), SLICE("ThreadID"), SLICE("ThreadID")},
		{SLICE("Execution"), SLICE("ProcessorID"), SLICE("ProcessorID")},
		{SLICE("Execution"), SLICE("SessionID"), SLICE("SessionID")},
		{SLICE("Execution"), SLICE("KernelTime"), SLICE("KernelTime")},
		{SLICE("Execution"), SLICE("UserTime"), SLICE("UserTime")},
		{SLICE("Execution"), SLICE("ProcessorTime"), SLICE("ProcessorTime")},
		{SLICE("Security"), SLICE("UserID"), SLICE("UserID")},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (slice_equal(rows[i].attribute, attribute) && slice_equal(rows[i].element, element)) return rows[i].key;
	}
	return joined(e, element, attribute);
}

void evtx_event_attribute(struct evtx_event *e, const struct evtx_op *op)
{
	if (e->depth == 0) return;
	finish(e);
	const struct evtx_level *level = &e->levels[e->depth - 1];
	e->target = op->name == EVTX_XMLNS ? EVTX_TO_NOTHING : op->name == EVTX_NAME && level->listed ? EVTX_TO_NAME : EVTX_TO_KEY;
	e->listed = false;
	if (e->target != EVTX_TO_KEY) return;
	bool in_system = e->sections[level->section].kind == EVTX_SYSTEM && e->depth == 3;
	e->key = in_system ? system_key(e, level->name, op->text) : joined(e, level->key, op->text);
}

void evtx_event_content(struct evtx_event *e)
{
	finish(e);
	aim(e);
}

void evtx_event_close(struct evtx_event *e)
{
	if (e->depth == 0) return;
	finish(e);
	const struct evtx_level *level = &e->levels[e->depth - 1];
	if (!level->filled && !level->silent) {
		size_t start = e->values.n;
		buf_add(&e->values, SLICE("null"));
		commit(e, level->section, level->key, start, level->listed);
	}
	e->depth--;
	aim(e);
}

size_t evtx_event_cost(struct evtx_event *e)
{
	size_t cost = e->cost;
	e->cost = 0;
	return cost;
}

bool evtx_event_has(struct evtx_event *e, slice key)
{
	return *slot_of(e, TOP_LEVEL, key) != 0;
}

void evtx_event_add(struct evtx_event *e, slice key, slice json)
{
	size_t start = e->values.n;
	buf_add(&e->values, json);
	commit(e, TOP_LEVEL, key, start, false);
}

/* ---- the line; `to` has room for print_bytes ---- */
static uint8_t *put(uint8_t *to, slice s)
{
	if (s.n > 0) memcpy(to, s.p, s.n);
	return to + s.n;
}

static uint8_t *put_key(uint8_t *to, slice key)
{
	*to++ = '"';
	to = put(to, key);
	*to++ = '"';
	*to++ = ':';
	return to;
}

static uint8_t *print_field(const struct evtx_event *e, uint8_t *to, uint32_t i)
{
	const struct evtx_field *f = &e->fields[i];
	bool listed = f->listed;
	to = put_key(to, f->key);
	if (listed) *to++ = '[';
	for (;; f = &e->fields[f->same]) {
		to = put(to, slice_of(e->values.p + f->value, f->value_n));
		if (f->same == 0) break;
		*to++ = ',';
	}
	if (listed) *to++ = ']';
	return to;
}

static uint8_t *print_section(const struct evtx_event *e, uint8_t *to, const struct evtx_section *s)
{
	for (uint32_t i = s->first; i != 0; i = e->fields[i].next) {
		to = print_field(e, to, i);
		if (e->fields[i].next != 0) *to++ = ',';
	}
	return to;
}

void evtx_event_print(const struct evtx_event *e, struct buf *out)
{
	if (!buf_reserve(out, e->print_bytes)) return;
	uint8_t *to = out->p + out->n;
	*to++ = '{';
	to = print_section(e, to, &e->sections[TOP_LEVEL]);
	for (size_t i = 1; i < e->sections_n; i++) {
		if (e->sections[i].first == 0) continue;
		if (to[-1] != '{') *to++ = ',';
		to = put_key(to, e->sections[i].name);
		*to++ = '{';
		to = print_section(e, to, &e->sections[i]);
		*to++ = '}';
	}
	*to++ = '}';
	*to++ = '\n';
	out->n = (size_t)(to - out->p);
}
