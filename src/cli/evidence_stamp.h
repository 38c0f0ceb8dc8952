/* Time stamps from the command line: for every item that waits, and for one that was just sealed. */
#ifndef CLI_EVIDENCE_STAMP_H
#define CLI_EVIDENCE_STAMP_H
#include "stamping.h"

#define STAMP_TRY_MS 3000u
/* Behind an acknowledged seal: ask every configured authority for this item's stamp, within STAMP_TRY_MS, and say on standard error what
 * came of it (`tell`). Nothing that goes wrong here is the seal's failure: what was not given waits for `kulla evidence stamp`. With no
 * authority configured nothing is done or said. Call while this process has one thread, unconfined. */
void stamp_try(struct home *h, const digest *item, bool tell);
#endif
