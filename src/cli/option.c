/* Options of a command: `--name VALUE`, `--name=VALUE`, `-n VALUE`; "--" ends the options. */
#include "observable.h"
#include "option.h"

#define WORD_MAX 40u
#define DISTANCE_MAX 2u

/* Edits (insert, delete, change) between two short words. */
static size_t word_distance(const char *a, const char *b)
{
	size_t an = strlen(a), bn = strlen(b), row[WORD_MAX + 1];
	if (an > WORD_MAX || bn > WORD_MAX) return WORD_MAX;
	for (size_t j = 0; j <= bn; j++) row[j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			corner = row[j];
			size_t best = change < row[j] + 1 ? change : row[j] + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[bn];
}

const char *option_suggest(const char *word, option_candidate *candidate, const void *context)
{
	const char *best = NULL;
	size_t best_distance = DISTANCE_MAX + 1, n = strlen(word);
	for (size_t i = 0;; i++) {
		const char *c = candidate(context, i);
		if (c == NULL) return best;
		size_t d = word_distance(word, c);
		if (n >= 3 && d > 1 && strncmp(word, c, n) == 0) d = 1;
		if (d < best_distance && d < strlen(c)) {
			best = c;
			best_distance = d;
		}
	}
}

static const char *option_name_at(const void *context, size_t i)
{
	return ((const struct option *)context)[i].name;
}

static enum err value_number(const struct option *o, slice text, int64_t *out, struct fault *f)
{
	int64_t v = 0;
	bool good = text.n > 0 && text.n <= 15;
	for (size_t i = 0; i < text.n && good; i++) {
		good = text.p[i] >= '0' && text.p[i] <= '9';
		v = v * 10 + (text.p[i] - '0');
	}
	if (!good || v < o->min || v > o->max)
		return fault_set(f, ERR_USAGE, 0, 0, "--%s %.*s: expected a number from %lld to %lld", o->name, SLICE_PRINTF(text),
			(long long)o->min, (long long)o->max);
	*out = v;
	return OK;
}

static enum err value_time(const struct option *o, slice text, instant *out, struct fault *f)
{
	char whole[40];
	slice s = text;
	if (text.n == 10) {
		memcpy(whole, text.p, 10);
		memcpy(whole + 10, "T00:00:00Z", 10);
		s = slice_of(whole, 20);
	}
	if (instant_parse(s, 0, out, NULL) == OK) return OK;
	return fault_set(
		f, ERR_USAGE, 0, 0, "--%s %.*s: expected a time such as 2022-07-15T00:00:00Z or a date", o->name, SLICE_PRINTF(text));
}

static enum err value_zone(const struct option *o, slice text, int *out, struct fault *f)
{
	const uint8_t *p = text.p;
	if (slice_equal_nocase(text, SLICE("utc")) || slice_equal_nocase(text, SLICE("z"))) {
		*out = 0;
		return OK;
	}
	bool shape = (text.n == 6 && p[3] == ':') || text.n == 5 || text.n == 3;
	int d[4] = {0, 0, 0, 0}, k = 0;
	for (size_t i = 1; i < text.n && shape; i++) {
		if (i == 3 && text.n == 6) continue;
		shape = p[i] >= '0' && p[i] <= '9';
		if (k < 4) d[k++] = p[i] - '0';
	}
	int hours = d[0] * 10 + d[1], minutes = d[2] * 10 + d[3];
	if (!shape || (p[0] != '+' && p[0] != '-') || hours > 14 || minutes > 59)
		return fault_set(f, ERR_USAGE, 0, 0, "--%s %.*s: expected a zone such as +02:00 or UTC", o->name, SLICE_PRINTF(text));
	*out = (p[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return OK;
}

static enum err value_choice(const struct option *o, slice text, int *out, struct fault *f)
{
	char all[160] = "";
	size_t at = 0;
	for (int i = 0; o->choices[i] != NULL; i++) {
		slice c = slice_from(o->choices[i]);
		if (slice_equal(text, c)) {
			*out = i;
			return OK;
		}
		if (at + c.n + 3 >= sizeof all) continue;
		if (i > 0) {
			all[at++] = ',';
			all[at++] = ' ';
		}
		memcpy(all + at, c.p, c.n);
		at += c.n;
		all[at] = '\0';
	}
	return fault_set(f, ERR_USAGE, 0, 0, "--%s %.*s: expected one of %s", o->name, SLICE_PRINTF(text), all);
}

static enum err value_tlp(const struct option *o, slice text, enum tlp *out, struct fault *f)
{
	enum tlp t = tlp_from_text(text);
	if (t == TLP_NONE)
		return fault_set(
			f, ERR_USAGE, 0, 0, "--%s %.*s: expected clear, green, amber, amber+strict or red", o->name, SLICE_PRINTF(text));
	*out = t;
	return OK;
}

static void value_list(struct arena *a, struct option_list *l, const char *text)
{
	const char **items = arena_array(a, l->n + 1, sizeof *items);
	if (l->n > 0) memcpy(items, l->items, l->n * sizeof *items);
	items[l->n++] = text;
	l->items = items;
}

static enum err value_set(struct arena *a, const struct option *o, const char *text, void *target, struct fault *f)
{
	void *place = (uint8_t *)target + o->place;
	slice s = slice_from(text);
	switch (o->kind) {
	case OPTION_FLAG: *(bool *)place = true; return OK;
	case OPTION_TEXT: *(const char **)place = text; return OK;
	case OPTION_LIST: value_list(a, place, text); return OK;
	case OPTION_NUMBER: return value_number(o, s, place, f);
	case OPTION_TIME: return value_time(o, s, place, f);
	case OPTION_ZONE: return value_zone(o, s, place, f);
	case OPTION_TLP: return value_tlp(o, s, place, f);
	case OPTION_CHOICE: return value_choice(o, s, place, f);
	}
	return ERR_USAGE;
}

/* The row that an argument names; *value behind '=' or NULL. */
static const struct option *option_find(
	struct arena *a, const struct option *table, const char *text, const char **value, const char **word)
{
	*value = NULL;
	if (text[1] != '-') {
		*word = text + 1;
		for (const struct option *o = table; o->name != NULL; o++)
			if (o->letter != 0 && o->letter == text[1]) {
				if (text[2] != '\0') *value = text + 2;
				return o;
			}
		return NULL;
	}
	slice name = slice_from(text + 2);
	size_t equals = slice_find_byte(name, '=');
	if (equals < name.n) {
		*value = text + 2 + equals + 1;
		name.n = equals;
	}
	*word = (const char *)arena_copy(a, name).p;
	for (const struct option *o = table; o->name != NULL; o++)
		if (slice_equal(name, slice_from(o->name))) return o;
	return NULL;
}

/* One option at argv[*i]. */
static enum err option_take(struct arena *a, const struct option *table, int argc, char *const *argv, int *i, void *target, struct fault *f)
{
	const char *value, *word;
	const struct option *o = option_find(a, table, argv[*i], &value, &word);
	if (o == NULL) {
		const char *near = option_suggest(word, option_name_at, table);
		return fault_set(f, ERR_USAGE, 0, 0, "unknown option %.100s%s%s%s", argv[*i], near != NULL ? "; did you mean --" : "",
			near != NULL ? near : "", near != NULL ? "?" : "");
	}
	if (o->kind == OPTION_FLAG && value != NULL) return fault_set(f, ERR_USAGE, 0, 0, "--%s takes no value", o->name);
	if (o->kind != OPTION_FLAG && value == NULL) {
		if (*i + 1 >= argc) return fault_set(f, ERR_USAGE, 0, 0, "--%s needs %s behind it", o->name, o->argument);
		value = argv[++*i];
	}
	return value_set(a, o, value, target, f);
}

enum err options_parse(
	struct arena *a, const struct option *table, int argc, char *const *argv, void *target, struct arguments *rest, struct fault *f)
{
	struct arguments out = {.items = arena_array(a, (size_t)argc + 1, sizeof(char *))};
	for (int i = 0; i < argc; i++) {
		const char *text = argv[i];
		if (out.has_split || text[0] != '-' || text[1] == '\0') {
			out.items[out.n++] = text;
		} else if (strcmp(text, "--") == 0) {
			out.has_split = true;
			out.split = out.n;
		} else {
			enum err e = option_take(a, table, argc, argv, &i, target, f);
			if (e != OK) return e;
		}
	}
	if (!out.has_split) out.split = out.n;
	*rest = out;
	return OK;
}
