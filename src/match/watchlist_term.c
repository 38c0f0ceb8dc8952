/* A term of a watchlist as a line that does not depend on how the set is laid out. */
#include "canonical.h"
#include "watchlist_int.h"

static const char *const op_names[] = {[TERM_EQUAL] = "equal", [TERM_SUBSET] = "subset", [TERM_LIKE] = "like", [TERM_MATCHES] = "matches"};
#define OPS_N (sizeof op_names / sizeof *op_names)

static void put_text_or_null(struct canonical_writer *w, const char *key, slice text)
{
	if (text.n > 0) canonical_put_text(w, key, text);
	else canonical_put_null(w, key);
}

static void put_time_or_null(struct canonical_writer *w, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) canonical_put_null(w, key);
	else canonical_put_text(w, key, slice_from(instant_format(t, 6, text)));
}

void watchlist_put_term(struct buf *b, const struct watchlist *w, uint32_t term)
{
	const struct term *t = &w->terms[term];
	struct watched x = watchlist_get(w, term);
	struct canonical_writer line = canonical_open(b);
	canonical_put_bool(&line, "by_path", (t->flags & TERM_BY_PATH) != 0);
	put_text_or_null(&line, "id", x.id);
	canonical_put_text(&line, "marking", slice_from(tlp_text(x.marking)));
	canonical_put_text(&line, "op", slice_from(op_names[x.op < OPS_N ? x.op : TERM_EQUAL]));
	put_text_or_null(&line, "path", watchlist_string(w, t->path));
	canonical_put_bool(&line, "strict", (t->flags & TERM_STRICT) != 0);
	put_text_or_null(&line, "suppressed_by", x.warninglist);
	canonical_put_text(&line, "type", slice_from(observable_stix_type(x.type)));
	canonical_put_bool(&line, "typed", (t->flags & TERM_UNTYPED) == 0);
	put_time_or_null(&line, "valid_from", x.valid_from);
	put_time_or_null(&line, "valid_until", x.valid_until);
	canonical_put_text(&line, "value", x.value);
	canonical_close(&line);
	buf_add_byte(b, '\n');
}
