/* Which indicators the records of a format can meet at all. Shapes are met in any text; a strict path needs a field of that path, LIKE and
 * MATCHES a field of a compatible type (decision 0003, 10 and 19). */
#include "evaluate_int.h"

static bool is_pattern(const struct term *t)
{
	return t->op == TERM_LIKE || t->op == TERM_MATCHES;
}

static bool row_carries(const struct watchlist *w, const struct term *t, enum observable type, const char *path)
{
	if (is_pattern(t) && (t->flags & TERM_BY_PATH) == 0 && observable_compatible(type, (enum observable)t->type)) return true;
	return path != NULL && slice_equal(watchlist_string(w, t->path), slice_from(path));
}

static bool format_carries(const struct watchlist *w, const struct term *t, enum format f)
{
	enum observable type;
	const char *path;
	bool unknown = f == FORMAT_TEXT || f == FORMAT_JSON;
	if (!is_pattern(t) && (t->flags & TERM_STRICT) == 0) return true;
	if (unknown) return is_pattern(t) && (t->flags & TERM_BY_PATH) == 0 && observable_is_other((enum observable)t->type);
	for (size_t i = 0; telemetry_row(f, i, &type, &path); i++)
		if (row_carries(w, t, type, path)) return true;
	return false;
}

bool watchlist_unmatchable_there(const struct watchlist *w, enum format f, uint32_t *next, slice *id)
{
	while (*next < w->terms_n) {
		uint32_t first = *next, indicator = w->terms[first].indicator;
		bool carried = w->indicators[indicator].meta == META_SUPERSEDED;
		for (; *next < w->terms_n && w->terms[*next].indicator == indicator; ++*next)
			carried = carried || format_carries(w, &w->terms[*next], f);
		if (carried) continue;
		*id = watchlist_string(w, w->indicators[indicator].id);
		if (id->n == 0) *id = term_value(w, &w->terms[first]);
		return true;
	}
	return false;
}
