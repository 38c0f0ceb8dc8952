/* One entry into a home's ledger, through its keeper, once: a keeper that dies meanwhile costs a retry, and what it had appended before it
 * died is found again instead of appended twice. */
#ifndef NODE_APPEND_H
#define NODE_APPEND_H
#include "blob.h"
#include "home.h"

struct node_entry {
	slice kind, body;    /* body: canonical JSON */
	const digest *blobs; /* already durable */
	unsigned blob_count;
};
struct node_place {
	uint64_t index; /* the entry's */
	uint64_t size;  /* of the published checkpoint that covers it */
};
/* A name or free text as a blob with a fresh salt; its digest goes into an entry. Errors: as salted_put; ERR_DISK no random bytes. */
CHECKED enum err node_put_text(struct blob_store *blobs, slice text, digest *out, struct fault *f);
/* Errors: as keeper_connect and keeper_append; ERR_CHANGED the keeper died again and again. The entry is durable when OK. */
CHECKED enum err node_append(struct home *h, const struct node_entry *e, struct node_place *out, struct fault *f);
#endif
