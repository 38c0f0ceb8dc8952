#include <inttypes.h>
#include "exercise_mark.h"

bool exercise_labelled(slice labels)
{
	while (labels.n > 0)
		if (slice_equal(slice_cut(&labels, ','), SLICE(EXERCISE_LABEL))) return true;
	return false;
}

bool exercise_path(slice path)
{
	while (path.n > 0)
		if (slice_starts(slice_cut(&path, '/'), SLICE("exercise-"))) return true;
	return false;
}

void exercise_tell(const struct summary *m, struct buf *out)
{
	static const char keep[] = "; it must not reach production, a block list or a partner";
	const uint64_t real = m->hits - m->exercise_hits;
	if (real > 0 && m->exercise_hits > 0) {
		buf_printf(out, "Only in part: %" PRIu64 " of %" PRIu64 " hits %s of an exercise, %" PRIu64 " %s not", m->exercise_hits,
			m->hits, m->exercise_hits == 1 ? "is" : "are", real, real == 1 ? "is" : "are");
		return;
	}
	if (m->hits > 0) buf_add_text(out, "Nothing of this happened");
	else if (m->exercise_files > 0) buf_add_text(out, "Logs of an exercise were looked at; nothing of this is real");
	else buf_add_text(out, "Indicators of an exercise were looked for; nothing of this is real");
	buf_add_text(out, keep);
}
