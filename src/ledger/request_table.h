/* Which requests to append were answered with which place: of the newest LEDGER_REQUESTS_KEPT. Belongs to one thread. */
#ifndef LEDGER_REQUEST_TABLE_H
#define LEDGER_REQUEST_TABLE_H
#include "journal.h"

struct request_table;
struct request_table *request_table_new(void); /* gives; free takes NULL */
void request_table_free(struct request_table *t);
/* Forget all: from entry `since` on every request will be added. */
void request_table_begin(struct request_table *t, uint64_t since);
/* first: the index of its first entry, not below the last one added. The oldest is forgotten when there is no room. */
void request_table_add(struct request_table *t, const struct request_id *id, uint64_t first);
bool request_table_find(const struct request_table *t, const struct request_id *id, uint64_t *first);
/* Every request whose first entry is this one or later is in the table. */
uint64_t request_table_since(const struct request_table *t);
#endif
