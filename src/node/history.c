/* Lines of a history blob. */
#include "history.h"

#include "canonical.h"
#include "entry.h"

void history_put(struct buf *b, const struct history_line *l)
{
	struct canonical_writer w = canonical_open(b);
	canonical_put_count(&w, "entry", l->entry);
	entry_write_digest(&w, "item", &l->item);
	canonical_put_bool(&w, "judged", l->judged);
	canonical_put_text(&w, "origin", l->origin);
	entry_write_digest(&w, "proof", &l->proof);
	canonical_close(&w);
	buf_add_byte(b, '\n');
}

static bool get_digest(slice line, const char *key, digest *out)
{
	struct canonical_value v;
	slice text;
	return canonical_member(line, key, &v) && canonical_get_plain(v, &text) && entry_get_digest(text, out);
}

enum err history_next(slice *rest, struct arena *a, struct history_line *out, struct fault *f)
{
	struct history_line l = {.entry = 0};
	struct canonical_value v;
	slice line = slice_cut(rest, '\n');
	enum err e = canonical_check(line, f);
	if (e != OK) return e;
	bool holds = canonical_member(line, "entry", &v) && canonical_get_count(v, &l.entry) && get_digest(line, "item", &l.item) &&
		     get_digest(line, "proof", &l.proof) && canonical_member(line, "judged", &v) && canonical_get_bool(v, &l.judged) &&
		     canonical_member(line, "origin", &v) && canonical_get_text(v, a, &l.origin);
	if (!holds) return fault_set(f, ERR_SYNTAX, 0, 0, "expected a line of a history: entry, item, judged, origin, proof");
	*out = l;
	return OK;
}
