/* What the tests of the engine share: a watchlist from indicators, a scan of text, and its hits in the reference's form. */
#ifndef TEST_MATCH_RIG_H
#define TEST_MATCH_RIG_H
#include "reference.h"

/* Ids are what maps hits back to indicators: they must be unique, or empty for at most one indicator. */
struct watchlist *rig_watchlist(const struct watchlist_settings *s, const struct indicator *indicators, size_t n);
/* Scans the text as one chunk between zero margins. False: the CPU lacks the path. Hits in the arena, sorted as the reference's. */
struct rig_watch {
	const struct watchlist *list;
	const struct indicator *indicators;
	size_t n;
};
bool rig_scan(struct arena *a, const struct rig_watch *w, const struct scan_settings *s, enum scan_path path,
	const struct reference_input *in, struct reference_hits *out);
/* One term of an indicator, both in the arena. */
struct indicator rig_indicator(struct arena *a, const char *id, struct indicator_term term);
const char *rig_path_name(enum scan_path p);
/* The scan's own result on text of no known format, in default settings; close frees it all. */
struct rig_scanned {
	struct watchlist *list;
	struct scanner *scanner;
	uint8_t *bytes;
	struct scan_result result;
};
void rig_scan_open(const struct indicator *indicators, size_t n, slice text, struct rig_scanned *out);
void rig_scan_close(struct rig_scanned *s);
#endif
