/* Attributes that wait for the end of their event, whose tags may stand behind them. Packed into chunks that are given back one by one, so
 * that while they move into a watchlist the sum stays about the same. Layout in a chunk: struct held, then the texts one behind the other,
 * padded to 8 bytes. */
#include "misp_int.h"
#include <stdlib.h>

#define CHUNK_BYTES (1u << 20)
#define TEXTS 7

struct misp_chunk {
	struct misp_chunk *next;
	size_t at, n, room;
	uint8_t bytes[];
};
struct held {
	const struct misp_type *type;
	const struct misp_meaning *meaning;
	instant modified, first_seen;
	uint32_t n[TEXTS];
	int8_t confidence;
	uint8_t marking, floor;
	bool to_ids : 1, deleted : 1;
};

static void texts_of(struct misp_attribute *a, slice *texts[TEXTS])
{
	slice *all[TEXTS] = {&a->uuid, &a->type_name, &a->value, &a->comment, &a->labels, &a->info, &a->author};
	memcpy(texts, all, sizeof all);
}

static struct misp_chunk *chunk_for(struct misp_held *h, size_t n)
{
	if (h->last != NULL && h->last->room - h->last->n >= n) return h->last;
	size_t room = n > CHUNK_BYTES ? n : CHUNK_BYTES;
	struct misp_chunk *c = mem_alloc(sizeof *c + room);
	c->room = room;
	if (h->last != NULL) h->last->next = c;
	else h->first = c;
	h->last = c;
	h->bytes += room;
	return c;
}

void misp_held_add(struct misp_held *h, const struct misp_attribute *a)
{
	struct held row = {.type = a->type,
		.meaning = a->meaning,
		.modified = a->modified,
		.first_seen = a->first_seen,
		.confidence = (int8_t)a->confidence,
		.marking = (uint8_t)a->marking,
		.floor = (uint8_t)a->floor,
		.to_ids = a->to_ids,
		.deleted = a->deleted};
	struct misp_attribute copy = *a;
	slice *texts[TEXTS];
	size_t n = sizeof row;
	texts_of(&copy, texts);
	for (size_t i = 0; i < TEXTS; i++) {
		row.n[i] = (uint32_t)texts[i]->n; /* a JSON value is shorter than 64 MiB */
		n += texts[i]->n;
	}
	size_t padded = (n + 7) & ~(size_t)7;
	struct misp_chunk *c = chunk_for(h, padded);
	uint8_t *to = c->bytes + c->n;
	memcpy(to, &row, sizeof row);
	to += sizeof row;
	for (size_t i = 0; i < TEXTS; i++) {
		if (texts[i]->n > 0) memcpy(to, texts[i]->p, texts[i]->n);
		to += texts[i]->n;
	}
	c->n += padded;
}

static void drop_first(struct misp_held *h)
{
	struct misp_chunk *c = h->first;
	h->bytes -= c->room;
	h->first = c->next;
	if (h->first == NULL) h->last = NULL;
	free(c);
}

bool misp_held_take(struct misp_held *h, struct misp_attribute *a)
{
	while (h->first != NULL && h->first->at == h->first->n) drop_first(h);
	if (h->first == NULL) return false;
	struct misp_chunk *c = h->first;
	struct held row;
	memcpy(&row, c->bytes + c->at, sizeof row);
	*a = (struct misp_attribute){.type = row.type,
		.meaning = row.meaning,
		.modified = row.modified,
		.first_seen = row.first_seen,
		.confidence = row.confidence,
		.marking = (enum tlp)row.marking,
		.floor = (enum tlp)row.floor,
		.to_ids = row.to_ids,
		.deleted = row.deleted};
	size_t n = sizeof row;
	slice *texts[TEXTS];
	texts_of(a, texts);
	for (size_t i = 0; i < TEXTS; i++) {
		*texts[i] = slice_of(c->bytes + c->at + n, row.n[i]);
		n += row.n[i];
	}
	c->at += (n + 7) & ~(size_t)7;
	return true;
}

void misp_held_free(struct misp_held *h)
{
	while (h->first != NULL) drop_first(h);
}
