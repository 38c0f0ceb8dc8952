/* Times and machines in lines of text: RFC 3339, "2021/05/01 10:00:00", epoch with decimals, RFC 3164, Apache's forms.
 * Only the first KiB is looked at. */
#include <stdio.h>
#include "limit.h"
#include "telemetry_int.h"

#define LEAP_YEARS_APART 8 /* at most: 1896 and 1904 */

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool word_byte(uint8_t c)
{
	return digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* s starts with bytes of this shape: '0' a digit, ' ' a digit or a space, 'T' T, t, space or '_'; others are themselves. */
static bool shaped(slice s, const char *shape)
{
	size_t n = strlen(shape);
	if (s.n < n) return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = s.p[i];
		bool good = shape[i] == '0'   ? digit(c)
			    : shape[i] == ' ' ? digit(c) || c == ' '
			    : shape[i] == 'T' ? c == 'T' || c == 't' || c == ' ' || c == '_'
					      : c == (uint8_t)shape[i];
		if (!good) return false;
	}
	return true;
}

static int number(slice s, size_t at, size_t n)
{
	int v = 0;
	for (size_t i = at; i < at + n && i < s.n; i++) v = v * 10 + (digit(s.p[i]) ? s.p[i] - '0' : 0);
	return v;
}

/* 1-12, or 0 */
static int month_of(slice s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int m = 0; s.n >= 3 && m < 12; m++) {
		if (memcmp(months + m * 3, s.p, 3) == 0) return m + 1;
	}
	return 0;
}

/* ".123456" at s[at]: microseconds, and the byte behind */
static int fraction(slice s, size_t at, size_t *end)
{
	int micro = 0, digits = 0;
	*end = at;
	if (at + 1 >= s.n || (s.p[at] != '.' && s.p[at] != ',') || !digit(s.p[at + 1])) return 0;
	for (at++; at < s.n && digit(s.p[at]); at++) {
		if (digits < 6) micro = micro * 10 + (s.p[at] - '0'), digits++;
	}
	for (; digits < 6; digits++) micro *= 10;
	*end = at;
	return micro;
}

/* "Z", "+0200", "+02:00", " +0200" at s[at]; false when there is none */
static bool zone(slice s, size_t at, int *minutes, size_t *end)
{
	if (at < s.n && (s.p[at] == 'Z' || s.p[at] == 'z') && (at + 1 == s.n || !word_byte(s.p[at + 1]))) {
		*minutes = 0;
		*end = at + 1;
		return true;
	}
	slice word = slice_sub(s, at, 4);
	if ((slice_equal(word, SLICE(" UTC")) || slice_equal(word, SLICE(" GMT"))) && (at + 4 == s.n || !word_byte(s.p[at + 4]))) {
		*minutes = 0;
		*end = at + 4;
		return true;
	}
	if (at + 1 < s.n && s.p[at] == ' ' && (s.p[at + 1] == '+' || s.p[at + 1] == '-')) at++;
	if (at >= s.n || (s.p[at] != '+' && s.p[at] != '-')) return false;
	slice rest = slice_sub(s, at + 1, s.n);
	bool colon = shaped(rest, "00:00");
	if (!colon && !shaped(rest, "0000")) return false;
	int m = number(rest, 0, 2) * 60 + number(rest, colon ? 3 : 2, 2);
	if (m > 24 * 60) return false;
	*minutes = s.p[at] == '-' ? -m : m;
	*end = at + (colon ? 6u : 5u);
	return true;
}

struct civil {
	int year, month, day;
	size_t clock; /* where hh:mm:ss stands */
};
static instant of_civil(slice s, const struct civil *c, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	size_t at = c->clock;
	int minutes = set->zone_minutes, micro = fraction(s, at + 8, end);
	*guessed = !zone(s, *end, &minutes, end);
	instant t;
	if (instant_from_civil(c->year, c->month, c->day, number(s, at, 2), number(s, at + 3, 2), number(s, at + 6, 2), micro, &t) != OK)
		return INSTANT_NONE;
	return t - (instant)minutes * 60 * 1000000;
}

/* 2021-05-01T10:00:00, 2021-05-01 10:00:00,123, 2021/05/01 10:00:00 */
static instant try_iso(slice s, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	if (!shaped(s, "0000-00-00T00:00:00") && !shaped(s, "0000/00/00T00:00:00")) return INSTANT_NONE;
	const struct civil c = {number(s, 0, 4), number(s, 5, 2), number(s, 8, 2), 11};
	return of_civil(s, &c, set, guessed, end);
}

/* 10/Oct/2000:13:55:36 -0700 */
static instant try_apache(slice s, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	if (s.n < 20 || s.p[2] != '/' || s.p[6] != '/' || !shaped(s, "00/") || !shaped(slice_sub(s, 7, s.n), "0000:00:00:00"))
		return INSTANT_NONE;
	const struct civil c = {number(s, 7, 4), month_of(slice_sub(s, 3, 3)), number(s, 0, 2), 12};
	return c.month == 0 ? INSTANT_NONE : of_civil(s, &c, set, guessed, end);
}

/* 1521911720.865716; `leading`: also whole seconds and milliseconds that stand alone */
static instant try_epoch(slice s, bool leading, size_t *end)
{
	size_t n = 0;
	while (n < s.n && n < 20 && digit(s.p[n])) n++;
	if ((n != 10 && n != 13) || s.p[0] == '0') return INSTANT_NONE;
	instant t;
	size_t behind = n;
	if (n == 10 && n + 1 < s.n && s.p[n] == '.' && digit(s.p[n + 1])) {
		for (behind++; behind < s.n && digit(s.p[behind]);) behind++;
		if (behind < s.n && (word_byte(s.p[behind]) || s.p[behind] == '.')) return INSTANT_NONE;
		if (behind - n > 10 || instant_parse_epoch(slice_sub(s, 0, behind), &t) != OK) return INSTANT_NONE;
		*end = behind;
		return t;
	}
	if (!leading || (n < s.n && s.p[n] != ']' && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != ',' && s.p[n] != ';' && s.p[n] != '|'))
		return INSTANT_NONE;
	int64_t v = 0;
	for (size_t i = 0; i < n; i++) v = v * 10 + (s.p[i] - '0');
	*end = n;
	return n == 10 ? v * 1000000 : v * 1000;
}

/* A year that nobody told is the last one in which the time is not later than the settings allow. */
static instant of_guessed_year(slice s, struct civil *c, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	instant t = INSTANT_NONE;
	const int first = set->latest != 0 ? set->year - LEAP_YEARS_APART : set->year;
	for (c->year = set->year; c->year >= first && c->year >= 1970 && t == INSTANT_NONE; c->year--) {
		t = of_civil(s, c, set, guessed, end);
		if (t != INSTANT_NONE && set->latest != 0 && t > set->latest) t = INSTANT_NONE;
	}
	*guessed = t != INSTANT_NONE;
	return t;
}

/* Oct 11 22:14:15 (year from the settings), Oct 11 2021 22:14:15, Oct 11 22:14:15.123456 2021 */
static instant try_month(slice s, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	struct civil c = {.month = month_of(s)};
	if (c.month == 0 || s.n < 12 || s.p[3] != ' ') return INSTANT_NONE;
	size_t at = s.p[4] == ' ' ? 5 : 4, day_n = digit(s.p[at + 1]) ? 2 : 1;
	if (!digit(s.p[at])) return INSTANT_NONE;
	c.day = number(s, at, day_n);
	at += day_n;
	bool told = shaped(slice_sub(s, at, s.n), " 0000 00:00:00") && s.p[at] == ' ';
	if (told) c.year = number(s, at + 1, 4), at += 5;
	if (at >= s.n || s.p[at] != ' ' || !shaped(slice_sub(s, at + 1, s.n), "00:00:00")) return INSTANT_NONE;
	c.clock = at + 1;
	size_t behind;
	(void)fraction(s, c.clock + 8, &behind);
	slice rest = slice_sub(s, behind, s.n);
	bool year_behind = !told && shaped(rest, " 0000") && rest.p[0] == ' ' && (rest.n == 5 || rest.p[5] == ']' || rest.p[5] == ' ');
	if (year_behind) c.year = number(rest, 1, 4);
	if (!told && !year_behind) return of_guessed_year(s, &c, set, guessed, end);
	if (c.year < 1970 || c.year > 9999) return INSTANT_NONE;
	instant t = of_civil(s, &c, set, guessed, end);
	if (year_behind) *end = behind + 5;
	return t;
}

/* 1990 Oct 22 10:52:01, perhaps a zone as RFC 3164's example has it: "TZ-6" */
static instant try_year(slice s, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	slice rest = slice_sub(s, 5, s.n);
	if (!shaped(s, "0000") || rest.n < 15 || s.p[4] != ' ' || !shaped(slice_sub(rest, 3, rest.n), "  0 00:00:00") || rest.p[3] != ' ' ||
		rest.p[6] != ' ')
		return INSTANT_NONE;
	const struct civil c = {number(s, 0, 4), month_of(rest), number(rest, 4, 2), 12};
	instant t = c.month == 0 || c.year < 1970 ? INSTANT_NONE : of_civil(s, &c, set, guessed, end);
	slice zone = slice_sub(s, *end, s.n);
	if (t == INSTANT_NONE || !*guessed || !slice_starts(zone, SLICE(" TZ")) || zone.n < 5 || (zone.p[3] != '-' && zone.p[3] != '+') ||
		!digit(zone.p[4]))
		return t;
	size_t digits = zone.n > 5 && digit(zone.p[5]) ? 2 : 1;
	int hours = number(zone, 4, digits);
	*end += 4 + digits;
	return t + (instant)(set->zone_minutes - (zone.p[3] == '-' ? -hours : hours) * 60) * 60 * 1000000;
}

/* 11/24/2026 10:11:12.123; the day may come first, where it can be no month. Guessed: either order is somebody's. */
static instant try_slashes(slice s, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	if (!shaped(s, "00/00/0000T00:00:00")) return INSTANT_NONE;
	int first = number(s, 0, 2), second = number(s, 3, 2);
	const struct civil c = {number(s, 6, 4), first > 12 ? second : first, first > 12 ? first : second, 11};
	instant t = of_civil(s, &c, set, guessed, end);
	*guessed = true;
	return t;
}

/* 24-Nov-2026 12:00:00.123 */
static instant try_day(slice s, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	if (s.n < 20 || s.p[2] != '-' || s.p[6] != '-' || !shaped(s, "00-") || !shaped(slice_sub(s, 7, s.n), "0000T00:00:00"))
		return INSTANT_NONE;
	const struct civil c = {number(s, 7, 4), month_of(slice_sub(s, 3, 3)), number(s, 0, 2), 12};
	return c.month == 0 ? INSTANT_NONE : of_civil(s, &c, set, guessed, end);
}

/* `leading`: an epoch without decimals counts too */
static instant try_all(slice s, const struct telemetry_settings *set, bool leading, bool *guessed, size_t *end)
{
	if (s.n == 0 || !digit(s.p[0])) return try_month(s, set, guessed, end);
	instant t = try_iso(s, set, guessed, end);
	if (t == INSTANT_NONE) t = try_apache(s, set, guessed, end);
	if (t == INSTANT_NONE) t = try_day(s, set, guessed, end);
	if (t == INSTANT_NONE) t = try_year(s, set, guessed, end);
	if (t == INSTANT_NONE) t = try_slashes(s, set, guessed, end);
	return t == INSTANT_NONE ? try_epoch(s, leading, end) : t;
}

instant time_at(slice text, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	*guessed = false;
	return try_all(slice_sub(text, 0, 64), set, true, guessed, end);
}

instant time_find(slice text, const struct telemetry_settings *set, bool *guessed, size_t *end)
{
	size_t limit = text.n < TIME_SEARCH_BYTES ? text.n : TIME_SEARCH_BYTES;
	for (size_t i = 0; i < limit; i++) {
		uint8_t c = text.p[i];
		if (!word_byte(c) || (i > 0 && word_byte(text.p[i - 1]) && !(text.p[i - 1] == 'T' && digit(c)))) continue;
		slice s = slice_sub(text, i, 64);
		bool unsure = false;
		size_t behind = 0;
		if (digit(c) && i > 0 && text.p[i - 1] == '.') continue; /* a number's decimals */
		instant t = try_all(s, set, i == 0, &unsure, &behind);
		if (t == INSTANT_NONE) continue;
		*guessed = unsure;
		*end = i + behind;
		return t;
	}
	return INSTANT_NONE;
}

static instant of_whole_number(int64_t v)
{
	if (v < 0) return INSTANT_NONE;
	if (v < 100000000000) return v * 1000000; /* seconds until the year 5138 */
	if (v < 100000000000000) return v * 1000;
	if (v < 100000000000000000) return v;
	return v / 1000;
}

instant time_of_number(double v)
{
	if (!(v >= 0) || v > 9e18) return INSTANT_NONE;
	if (v < 1e11) return (instant)(v * 1e6 + 0.5);
	if (v < 1e14) return (instant)(v * 1e3 + 0.5);
	return of_whole_number((int64_t)v);
}

instant time_of_text(slice text, const struct telemetry_settings *set, bool *guessed)
{
	instant t;
	size_t end;
	*guessed = false;
	text = slice_trim(text);
	if (slice_starts(text, SLICE("/Date("))) text = slice_sub(text, 6, text.n);
	if (instant_parse(text, set->zone_minutes, &t, guessed) == OK) return t;
	*guessed = false;
	size_t n = 0;
	int64_t v = 0;
	while (n < text.n && n < 19 && digit(text.p[n]) && v < INT64_MAX / 10 - 9) v = v * 10 + (text.p[n++] - '0');
	if (n >= 9 && (n == text.n || text.p[n] == ')')) return of_whole_number(v);
	if (instant_parse_epoch(text, &t) == OK && t < INT64_C(100000000000) * 1000000) return t;
	return time_find(text, set, guessed, &end);
}

static slice next_word(slice *rest)
{
	*rest = slice_trim(*rest);
	return slice_cut(rest, ' ');
}

static bool host_shaped(slice w)
{
	for (size_t i = 0; i < w.n; i++) {
		if (!word_byte(w.p[i]) && strchr(".-_:", w.p[i]) == NULL) return false;
		if (w.p[i] == 0) return false;
	}
	return w.n > 0 && w.n <= 255 && w.p[w.n - 1] != ':';
}

slice host_of_line(slice text, size_t end)
{
	const slice none = {NULL, 0};
	size_t lead = 0, pri = 0;
	if (text.n > 3 && text.p[0] == '<') {
		for (pri = 1; pri < text.n && pri < 5 && text.p[pri] != '>';) pri++;
		if (pri >= text.n || text.p[pri] != '>') return none;
		lead = ++pri;
	}
	bool v1 = pri > 0 && lead + 2 < text.n && text.p[lead] == '1' && text.p[lead + 1] == ' ';
	if (end > lead + (v1 ? 2u : 0u) + 40 || end >= text.n || text.p[end] != ' ') return none;
	if (!digit(text.p[lead]) && month_of(slice_sub(text, lead, 3)) == 0) return none; /* the time does not lead */
	slice rest = slice_sub(text, end, 512), host = next_word(&rest), tag = next_word(&rest);
	if (!host_shaped(host) || slice_equal(host, SLICE("-"))) return none;
	if (v1) return host;
	if (slice_equal(host, SLICE("client")) && slice_find_byte(tag, '#') < tag.n) return none; /* of BIND */
	size_t colon = slice_find_byte(tag, ':');
	bool program = colon < tag.n && colon > 0 && (colon + 1 == tag.n || tag.p[colon - 1] == ']');
	return program || (tag.n > 0 && tag.p[tag.n - 1] == ']' && slice_find_byte(tag, '[') > 0) ? host : none;
}
