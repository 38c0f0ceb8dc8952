/* One entry, and the published checkpoint that covers it. */
#include "append.h"

#include <sys/random.h>

#include "keeper_client.h"
#include "salted.h"

enum err node_put_text(struct blob_store *blobs, slice text, digest *out, struct fault *f)
{
	uint8_t salt[SALTED_SALT_BYTES];
	if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt) return fault_set(f, ERR_DISK, 0, 0, "no random bytes");
	return salted_put(blobs, text, salt, out, f);
}

enum err node_append(struct home *h, const struct node_entry *e, struct node_place *out, struct fault *f)
{
	struct keeper_client *c = NULL;
	struct node_place place = {0};
	slice answer;
	enum err x = keeper_connect(h, &c, f);
	if (x == OK) x = keeper_append(c, e->kind, e->body, e->blobs, e->blob_count, &place.index, f);
	if (x == OK) {
		place.size = place.index + 1; /* durable, and in tiles with the next keeper if this one dies now */
		if (keeper_ask(c, SLICE("{\"do\":\"publish\"}"), &answer, NULL) == OK) (void)protocol_count(answer, "size", &place.size);
		*out = place;
	}
	keeper_close_client(c);
	return x;
}
