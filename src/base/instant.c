/* Points in time. The calendar is the proleptic Gregorian one; days are counted from 1970-01-01 in eras of 400 years
 * that begin on 1 March. Source: RFC 3339 5.6, ISO 8601. */
#include "instant.h"

#define MICROS ((int64_t)1000000)
#define DAY_MICROS (86400 * MICROS)
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468                                /* 0000-03-01 to 1970-01-01 */
#define INSTANT_MIN (INT64_C(-62135596800) * MICROS)     /* 0001-01-01T00:00:00Z */
#define INSTANT_MAX (INT64_C(253402300800) * MICROS - 1) /* 9999-12-31T23:59:59.999999Z */

static int64_t days_from_civil(int64_t year, int month, int day)
{
	if (month <= 2) year--;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_DAYS;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	days += EPOCH_DAYS;
	int64_t era = (days >= 0 ? days : days - ERA_DAYS + 1) / ERA_DAYS;
	int64_t day_of_era = days - era * ERA_DAYS;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int march_month = (int)((5 * day_of_year + 2) / 153);

	*day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	*month = march_month < 10 ? march_month + 3 : march_month - 9;
	*year = year_of_era + era * 400 + (*month <= 2);
}

static int month_days(int year, int month)
{
	static const uint8_t DAYS[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return DAYS[month] + (month == 2 && leap);
}

enum err instant_from_civil(int year, int month, int day, int hour, int minute, int second, int micro, instant *out)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_days(year, month)) return ERR_SYNTAX;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return ERR_SYNTAX; /* 60: a leap second */
	if (micro < 0 || micro >= MICROS) return ERR_SYNTAX;
	int64_t seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;

	if (seconds * MICROS + micro > INSTANT_MAX) return ERR_SYNTAX;
	*out = seconds * MICROS + micro;
	return OK;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `digits` digits at *at; -1 when there are not so many. */
static int number_take(slice s, size_t *at, unsigned digits)
{
	int value = 0;

	if (s.n - *at < digits) return -1;
	for (unsigned i = 0; i < digits; i++) {
		if (!is_digit(s.p[*at + i])) return -1;
		value = value * 10 + s.p[*at + i] - '0';
	}
	*at += digits;
	return value;
}

static bool byte_take(slice s, size_t *at, uint8_t c)
{
	if (*at >= s.n || s.p[*at] != c) return false;
	(*at)++;
	return true;
}

/* ".865716": microseconds, further digits dropped; 0 when there is no fraction, -1 when it has no digit. */
static int fraction_take(slice s, size_t *at)
{
	int micro = 0, scale = 100000;

	if (!byte_take(s, at, '.') && !byte_take(s, at, ',')) return 0;
	size_t start = *at;
	for (; *at < s.n && is_digit(s.p[*at]); (*at)++, scale /= 10) micro += (s.p[*at] - '0') * scale;
	return *at > start ? micro : -1;
}

/* "Z", "±hh:mm", "±hhmm" or "±hh" up to the end. */
static bool zone_take(slice s, size_t *at, int *minutes)
{
	if (byte_take(s, at, 'Z') || byte_take(s, at, 'z')) {
		*minutes = 0;
		return *at == s.n;
	}
	bool west = byte_take(s, at, '-');
	if (!west && !byte_take(s, at, '+')) return false;
	int hours = number_take(s, at, 2), rest = 0;
	if (*at < s.n) {
		(void)byte_take(s, at, ':');
		rest = number_take(s, at, 2);
	}
	if (hours < 0 || hours > 23 || rest < 0 || rest > 59 || *at != s.n) return false;
	*minutes = west ? -(hours * 60 + rest) : hours * 60 + rest;
	return true;
}

enum err instant_parse(slice text, int zone_minutes, instant *out, bool *guessed)
{
	size_t at = 0;
	instant t;

	int year = number_take(text, &at, 4);
	if (year < 0 || !byte_take(text, &at, '-')) return ERR_SYNTAX;
	int month = number_take(text, &at, 2);
	if (month < 0 || !byte_take(text, &at, '-')) return ERR_SYNTAX;
	int day = number_take(text, &at, 2);
	if (!byte_take(text, &at, 'T') && !byte_take(text, &at, 't') && !byte_take(text, &at, ' ')) return ERR_SYNTAX;
	int hour = number_take(text, &at, 2);
	if (hour < 0 || !byte_take(text, &at, ':')) return ERR_SYNTAX;
	int minute = number_take(text, &at, 2);
	if (minute < 0 || !byte_take(text, &at, ':')) return ERR_SYNTAX;
	int second = number_take(text, &at, 2), micro = fraction_take(text, &at);
	bool bare = at == text.n;
	if (!bare && !zone_take(text, &at, &zone_minutes)) return ERR_SYNTAX;
	enum err e = instant_from_civil(year, month, day, hour, minute, second, micro, &t);
	if (e != OK) return e;
	t -= zone_minutes * 60 * MICROS;
	if (t < INSTANT_MIN || t > INSTANT_MAX) return ERR_SYNTAX;
	*out = t;
	if (guessed != NULL) *guessed = bare;
	return OK;
}

/* Digits with at most one dot as value * 10^scale; digits behind the 19th are dropped. False without a digit. */
static bool decimal_take(slice s, size_t *at, uint64_t *value, int *scale)
{
	unsigned kept = 0;
	bool digit = false, dot = false;

	*value = 0;
	*scale = 0;
	for (; *at < s.n; (*at)++) {
		uint8_t c = s.p[*at];
		if (c == '.' && digit && !dot) {
			dot = true;
			continue;
		}
		if (!is_digit(c)) break;
		digit = true;
		if (kept == 19) {
			if (!dot) return false;
			continue;
		}
		*value = *value * 10 + (uint64_t)(c - '0');
		if (*value != 0) kept++;
		*scale -= dot;
		if (*scale < -400) return false;
	}
	return digit && s.p[*at - 1] != '.';
}

/* "e9", "E+09" or nothing. */
static bool exponent_take(slice s, size_t *at, int *scale)
{
	if (*at == s.n) return true;
	if (!byte_take(s, at, 'e') && !byte_take(s, at, 'E')) return false;
	bool negative = byte_take(s, at, '-');
	if (!negative) (void)byte_take(s, at, '+');
	size_t digits = s.n - *at;
	if (digits == 0 || digits > 3) return false;
	int exponent = number_take(s, at, (unsigned)digits);
	if (exponent < 0) return false;
	*scale += negative ? -exponent : exponent;
	return true;
}

enum err instant_parse_epoch(slice text, instant *out)
{
	size_t at = 0;
	uint64_t value;
	int scale;
	bool negative = byte_take(text, &at, '-');

	if (!decimal_take(text, &at, &value, &scale) || !exponent_take(text, &at, &scale)) return ERR_SYNTAX;
	for (scale += 6; scale > 0 && value != 0; scale--)
		if (__builtin_mul_overflow(value, (uint64_t)10, &value)) return ERR_SYNTAX;
	for (; scale < 0 && value != 0; scale++) value /= 10;
	if (value > (uint64_t)INSTANT_MAX) return ERR_SYNTAX;
	instant t = negative ? -(instant)value : (instant)value;
	if (t < INSTANT_MIN) return ERR_SYNTAX;
	*out = t;
	return OK;
}

/* `digits` decimal digits of value at out; returns what stands behind them. */
static char *digits_put(char *out, int64_t value, int digits)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10) out[i] = (char)('0' + value % 10);
	return out + digits;
}

static char *pair_put(char *out, char before, int64_t value)
{
	*out = before;
	return digits_put(out + 1, value, 2);
}

const char *instant_format(instant t, int decimals, char out[INSTANT_TEXT_BYTES])
{
	int64_t year;
	int month, day;
	char *at = out;

	t = t < INSTANT_MIN ? INSTANT_MIN : t > INSTANT_MAX ? INSTANT_MAX : t; /* four digits of year are all there are */
	int64_t since = t - INSTANT_MIN, days = since / DAY_MICROS, rest = since % DAY_MICROS;
	civil_from_days(days + INSTANT_MIN / DAY_MICROS, &year, &month, &day);
	int64_t seconds = rest / MICROS, micro = rest % MICROS;
	if (decimals < 0) decimals = micro == 0 ? 0 : micro % 1000 == 0 ? 3 : 6;
	at = digits_put(at, year, 4);
	at = pair_put(at, '-', month);
	at = pair_put(at, '-', day);
	at = pair_put(at, 'T', seconds / 3600);
	at = pair_put(at, ':', seconds / 60 % 60);
	at = pair_put(at, ':', seconds % 60);
	if (decimals > 0) {
		*at++ = '.';
		at = decimals == 3 ? digits_put(at, micro / 1000, 3) : digits_put(at, micro, 6);
	}
	*at++ = 'Z';
	*at = 0;
	return out;
}
