/* A ring of requests in the order of their entries; slots by the name's first bytes (it is random), each the head of a chain. */
#include "request_table.h"

#include <stdlib.h>

#include "limit.h"

#define NONE UINT32_MAX
_Static_assert((LEDGER_REQUESTS_KEPT & (LEDGER_REQUESTS_KEPT - 1)) == 0, "a power of two");

struct kept {
	struct request_id id;
	uint64_t first;
	uint32_t older; /* of the same slot: an index in the ring, or NONE */
};
struct request_table {
	struct kept ring[LEDGER_REQUESTS_KEPT];
	uint32_t slots[LEDGER_REQUESTS_KEPT]; /* the newest of each */
	uint64_t added, since;
};

static uint32_t slot_of(const struct request_id *id)
{
	uint32_t v;
	memcpy(&v, id->b, sizeof v);
	return v & (LEDGER_REQUESTS_KEPT - 1);
}

struct request_table *request_table_new(void)
{
	struct request_table *t = mem_alloc(sizeof *t);
	request_table_begin(t, 0);
	return t;
}

void request_table_free(struct request_table *t)
{
	free(t);
}

void request_table_begin(struct request_table *t, uint64_t since)
{
	for (size_t i = 0; i < LEDGER_REQUESTS_KEPT; i++) t->slots[i] = NONE;
	t->added = 0;
	t->since = since;
}

/* The oldest one stands last in its slot's chain. */
static void forget(struct request_table *t, uint32_t at)
{
	uint32_t *link = &t->slots[slot_of(&t->ring[at].id)];
	while (*link != at && *link != NONE) link = &t->ring[*link].older;
	*link = NONE;
	t->since = t->ring[at].first + 1;
}

void request_table_add(struct request_table *t, const struct request_id *id, uint64_t first)
{
	uint32_t at = (uint32_t)(t->added % LEDGER_REQUESTS_KEPT), *slot = &t->slots[slot_of(id)];
	if (t->added >= LEDGER_REQUESTS_KEPT) forget(t, at);
	t->ring[at] = (struct kept){*id, first, *slot};
	*slot = at;
	t->added++;
}

bool request_table_find(const struct request_table *t, const struct request_id *id, uint64_t *first)
{
	uint32_t at = t->slots[slot_of(id)];
	for (uint32_t i = 0; at != NONE && i < LEDGER_REQUESTS_KEPT; i++, at = t->ring[at].older) {
		if (memcmp(t->ring[at].id.b, id->b, REQUEST_ID_BYTES) != 0) continue;
		*first = t->ring[at].first;
		return true;
	}
	return false;
}

uint64_t request_table_since(const struct request_table *t)
{
	return t->since;
}
