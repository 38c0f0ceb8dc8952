/* The keeper: the one process that owns a home's ledger, its lock and its keys. It parses nothing foreign; commands talk to it over a
 * Unix socket in the home (protocol.h), start it when it is not there, and it leaves when nobody asks. */
#ifndef CLI_KEEPER_H
#define CLI_KEEPER_H
#include "home.h"

/* Keep the home until nobody asks any more, or SIGTERM.
 *   ready   descriptor on which "ok\n" is written once it answers, or the reason why it does not; -1: none. Closed.
 * Errors: ERR_EXISTS another keeper is there; ERR_DAMAGED, ERR_ACCESS, … as home_key_load and ledger_log_open. */
CHECKED enum err keeper_run(struct home *h, int ready, struct fault *f);
#endif
