/* A command's side of the keeper: find it, start it when it is not there, ask it. A connection belongs to one thread. */
#ifndef NODE_KEEPER_CLIENT_H
#define NODE_KEEPER_CLIENT_H
#include <sys/un.h>

#include "home.h"
#include "protocol.h"

#define KEEPER_SOCKET "keeper.sock"
/* The socket's address, through this process's own descriptor of the home: a home's path may be longer than an address. */
void keeper_address(const struct home *h, struct sockaddr_un *out);

struct keeper_client;
/* Connect; a keeper is started when there is none. Gives; close takes NULL.
 * Errors: the keeper's reason why it cannot run (damage, keys open to others …); ERR_DISK it does not answer. */
CHECKED enum err keeper_connect(const struct home *h, struct keeper_client **out, struct fault *f);
/* Only a keeper that runs. Errors: ERR_NOT_FOUND none does. */
CHECKED enum err keeper_connect_running(const struct home *h, struct keeper_client **out, struct fault *f);
void keeper_close_client(struct keeper_client *c);

/* Ask: one message; the answer is borrowed until the next.
 * Errors: what it refuses; ERR_CHANGED it died and the request may have happened or not. */
CHECKED enum err keeper_ask(struct keeper_client *c, slice request, slice *answer, struct fault *f);

/* Append one entry. blobs: n of them, already durable. first: out, may be NULL. A keeper that dies before it answers costs a retry: its
 * successor is started, and knows by the request's random name whether it was appended; identical entries of others are others.
 * Errors: as keeper_ask; ERR_CHANGED also when that cannot be told any more (decision 0012). */
CHECKED enum err keeper_append(
	struct keeper_client *c, slice kind, slice body, const digest *blobs, unsigned n, uint64_t *first, struct fault *f);
/* All that was appended is in tiles. note: out, appended, may be NULL. */
CHECKED enum err keeper_publish(struct keeper_client *c, struct buf *note, struct fault *f);
#endif
