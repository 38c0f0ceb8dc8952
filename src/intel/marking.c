/* TLP levels in text that people write, and what a list's comments say for its values.
 * Invariant: a reader's marking only rises from line to line, so that a wrong or laxer word further down never lowers what was said. */
#include "intel_int.h"

static bool letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static slice word_at(slice s, size_t from)
{
	size_t end = from;
	while (end < s.n && letter(s.p[end])) end++;
	return slice_sub(s, from, end - from);
}

static size_t past(slice s, size_t at, const char *bytes)
{
	while (at < s.n && s.p[at] != 0 && strchr(bytes, s.p[at]) != NULL) at++;
	return at;
}

/* "AMBER+STRICT", "AMBER STRICT", "AMBER-STRICT": two words are one level. */
static enum tlp level_at(slice s, size_t at)
{
	slice word = word_at(s, at);
	enum tlp level = tlp_from_text(word);
	slice second = word_at(s, past(s, at + word.n, " +-_"));
	return level == TLP_AMBER && slice_equal_nocase(second, SLICE("strict")) ? TLP_AMBER_STRICT : level;
}

/* What stands behind "TLP" at `at`: a level ("TLP:RED", "TLP RED", "TLP 2.0: RED"), or with a colon or equals sign something else
 * (*unknown). */
static enum tlp level_behind(slice s, size_t at, bool *unknown)
{
	size_t from = past(s, at, " \t:=-_.(0123456789");
	enum tlp level = from > at ? level_at(s, from) : TLP_NONE;
	bool said = memchr(s.p + at, ':', from - at) != NULL || memchr(s.p + at, '=', from - at) != NULL;
	*unknown |= said && level == TLP_NONE;
	return level;
}

enum tlp value_tlp_said(slice s, bool *unknown)
{
	enum tlp strictest = tlp_from_text(slice_trim(s));
	*unknown = false;
	for (size_t i = 0; i + 3 < s.n; i++) {
		bool begins = i == 0 || (!letter(s.p[i - 1]) && !digit(s.p[i - 1]));
		if (begins && slice_equal_nocase(slice_sub(s, i, 3), SLICE("tlp")))
			strictest = tlp_stricter(strictest, level_behind(s, i + 3, unknown));
	}
	return strictest;
}

enum tlp value_tlp(slice s)
{
	bool unknown;
	return value_tlp_said(s, &unknown);
}

static enum tlp said_in(const struct lines *l, slice text, uint64_t number)
{
	bool unknown;
	enum tlp level = value_tlp_said(text, &unknown);
	if (!unknown) return level;
	trouble(l->sink, ERR_SYNTAX, number, l->offset, "TLP: what the comment says is no level of TLP 1 or 2; it is taken as TLP:RED");
	return TLP_RED;
}

void marking_comment(struct lines *l, slice comment, uint64_t number)
{
	enum tlp said = said_in(l, comment, number);
	if (said == TLP_NONE) return;
	bool raises = !l->marked || said > l->marking;
	if (raises) l->marking = said;
	l->marked = true;
	if (raises && l->valued) l->marking_waits = number;
}

enum tlp marking_of_value(struct lines *l, slice beside, uint64_t number)
{
	enum tlp own = beside.n > 3 ? said_in(l, beside, number) : TLP_NONE;
	l->marking_waits = 0;
	l->valued = true;
	return l->marked ? tlp_stricter(l->marking, own) : own;
}

void marking_end(struct lines *l)
{
	if (l->marking_waits > 0)
		trouble(l->sink, ERR_SYNTAX, l->marking_waits, l->offset,
			"TLP: a marking behind the last value marks nothing; expected above the values");
	l->marking_waits = 0;
}
