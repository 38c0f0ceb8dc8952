/* Who records a scan: a process forked before this one confines itself. The one that scans writes its answer into files of the home that
 * have no name, which it holds open, and says over a pipe what the entry is to hold; the recorder puts the files into blobs and asks the
 * keeper. It parses no foreign byte, and the one that does reaches neither the home nor the keeper (decision 0011). */
#ifndef CLI_RECORDER_H
#define CLI_RECORDER_H
#include <stdio.h>

#include "record_seal.h"

enum recorder_stream { RECORDER_ANSWER, RECORDER_COVERAGE, RECORDER_INPUTS, RECORDER_RECORDS, RECORDER_INDEX, RECORDER_STREAMS };
struct recorder;
/* Look whether the home can be recorded in (a home, its keeper answers, files can be made in it), and fork. Call before confinement and
 * threads. home, command: copied.
 *   seal  what to seal of it when it is recorded; copied; NULL: nothing, and there is no RECORDER_RECORDS, _INDEX
 * Errors: as home_open, home_genesis, keeper_connect, record_file; ERR_DISK no process can be made. */
CHECKED enum err recorder_start(const char *home, slice command, const struct record_seal *seal, struct recorder **out, struct fault *f);
/* Whether a scan of an exercise, or of none, may stand in the home: known before anything is read. Errors: as record_allowed. */
CHECKED enum err recorder_allows(const struct recorder *r, bool exercise, struct fault *f);
slice recorder_origin(const struct recorder *r); /* of the home's ledger */
/* Where to write. Borrowed; errors show at recorder_end. */
FILE *recorder_stream(struct recorder *r, enum recorder_stream s);

/* Record what was written. Once at most. With `sealed` it is sealed too.
 *   sealed  out; NULL: it is not to be sealed
 *   place   out: of the scan's entry, also when the sealing failed: then its size is not 0
 * Errors: ERR_DISK a stream was not kept whole, or the recorder is gone; as record_scan. */
CHECKED enum err recorder_end(
	struct recorder *r, const struct scan_facts *facts, struct node_place *out, struct record_item *sealed, struct fault *f);
void recorder_free(struct recorder *r); /* takes NULL; what was not recorded is gone */
#endif
