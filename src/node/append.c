/* Appending once. Before the first try the keeper publishes: an entry of ours can only stand behind that size. */
#include "append.h"

#include "keeper_client.h"
#include "reader.h"

#define TRIES 4

static enum err publish(struct keeper_client *c, uint64_t *size, struct fault *f)
{
	slice answer;
	enum err e = keeper_ask(c, SLICE("{\"do\":\"publish\"}"), &answer, f);
	if (e == OK && !protocol_count(answer, "size", size)) e = fault_set(f, ERR_SYNTAX, 0, 0, "the keeper's answer has no size");
	return e;
}

/* Among the entries from..size, by its kind and body. */
static enum err find(struct home *h, const struct node_entry *e, uint64_t from, struct node_place *at, bool *found, struct fault *f)
{
	struct storage_folder *folder = NULL;
	enum err x = home_storage(h, &folder, f);
	if (x != OK) return x;
	struct ledger_reader *r = ledger_reader_new(storage_of_folder(folder));
	for (uint64_t i = from; x == OK && i < at->size && !*found; i++) {
		slice bytes;
		struct entry entry;
		x = ledger_read_entry(r, i, at->size, &bytes, f);
		if (x == OK) x = entry_parse(bytes, &entry, f);
		if (x != OK || !slice_equal(entry.kind, e->kind) || !slice_equal(entry.body, e->body)) continue;
		at->index = i;
		*found = true;
	}
	ledger_reader_free(r);
	storage_folder_free(folder);
	return x;
}

struct appending {
	struct home *home;
	const struct node_entry *entry;
	uint64_t before; /* size of the ledger before the first try */
	bool asked, done;
	struct node_place place;
};

/* With one keeper: until it dies. */
static enum err try(struct appending *a, struct keeper_client *c, struct fault *f)
{
	const struct node_entry *e = a->entry;
	enum err x = publish(c, &a->place.size, f);
	if (x == OK && a->asked && !a->done) x = find(a->home, e, a->before, &a->place, &a->done, f);
	if (x != OK || a->done) return x;
	if (!a->asked) a->before = a->place.size;
	a->asked = true;
	x = keeper_append(c, e->kind, e->body, e->blobs, e->blob_count, &a->place.index, f);
	if (x != OK) return x;
	a->done = true;
	return publish(c, &a->place.size, f);
}

enum err node_append(struct home *h, const struct node_entry *e, struct node_place *out, struct fault *f)
{
	struct appending a = {.home = h, .entry = e};
	enum err x = ERR_CHANGED;
	for (int i = 0; i < TRIES && x == ERR_CHANGED; i++) {
		struct keeper_client *c = NULL;
		x = keeper_connect(h, &c, f);
		if (x == OK) x = try(&a, c, f);
		keeper_close_client(c);
	}
	if (!a.done) return x;
	if (x != OK) a.place.size = a.place.index + 1; /* durable, and in tiles with the next keeper */
	*out = a.place;
	return OK;
}
