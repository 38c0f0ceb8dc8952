/* kulla.conf: one table of settings, from which it is written and read. */
#include <stdio.h>

#include "home_int.h"
#include "limit.h"
#include "text.h"

enum setting_kind { SETTING_TEXT, SETTING_COUNT, SETTING_AUTHORITY };
struct setting {
	const char *name;
	enum setting_kind kind;
	size_t place;
	const char *standard; /* NULL: must be given; of SETTING_AUTHORITY an example, the default being none */
	uint64_t min, max;
	const char *comment;
};
static const struct setting settings[] = {
	{"origin", SETTING_TEXT, offsetof(struct home_settings, origin), NULL, 0, 0,
		"The ledger's name. It stands in every checkpoint and every key; allies know this node by it. It cannot be changed."},
	{"marking", SETTING_TEXT, offsetof(struct home_settings, marking), "TLP:AMBER+STRICT", 0, 0,
		"How intelligence is marked that says nothing itself."},
	{"keeper-idle", SETTING_COUNT, offsetof(struct home_settings, keeper_idle_s), "30", 0, 86400,
		"Seconds after which the keeper leaves when nobody asks anything. 0: it stays."},
	{"publish", SETTING_COUNT, offsetof(struct home_settings, publish_ms), "200", 1, 60000,
		"Milliseconds after which an appended entry stands in tiles at the latest. (It is durable at once.)"},
	{"time-stamp", SETTING_AUTHORITY, 0, "http://tsa.example/ tsa.pem", 0, 0,
		"An authority that time-stamps evidence (RFC 3161): address, and its root certificates (PEM; a relative path is one in "
		"this "
		"folder).\n# One line for each authority, up to 8; none by default, and then nothing is sent anywhere."},
};

void settings_print(struct buf *b, slice origin)
{
	buf_add_text(b, "# Kulla: settings of this node. Lines are `name = value`; what is commented shows the default.\n");
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		const struct setting *s = &settings[i];
		buf_printf(b, "\n# %s\n", s->comment);
		if (s->standard == NULL) buf_printf(b, "%s = %.*s\n", s->name, SLICE_PRINTF(origin));
		else buf_printf(b, "# %s = %s\n", s->name, s->standard);
	}
}

static bool url_valid(slice url)
{
	bool known = slice_starts(url, SLICE("http://")) || slice_starts(url, SLICE("https://"));
	for (size_t i = 0; i < url.n; i++) known = known && url.p[i] > ' ' && url.p[i] < 0x7F;
	return known && url.n <= URL_BYTES_MAX;
}

/* "URL ANCHORS": each line is one more. */
static enum err set_authority(struct arena *a, slice value, const char *path, uint64_t line, struct home_settings *out, struct fault *f)
{
	const char *wrong = NULL;
	slice rest = value, url = slice_cut(&rest, ' '), anchors = slice_trim(rest);
	if (!url_valid(url)) wrong = "the address is none of http or https";
	else if (anchors.n == 0) wrong = "the file with its root certificates is missing";
	else if (out->authorities_n == STAMP_AUTHORITIES_MAX) wrong = "there are more than STAMP_AUTHORITIES_MAX = 8 authorities";
	for (unsigned i = 0; i < out->authorities_n; i++)
		if (slice_equal(out->authorities[i].url, url)) wrong = "the authority stands here twice";
	if (wrong != NULL)
		return fault_set(f, ERR_SYNTAX, 0, 0,
			"%s/" HOME_CONFIGURATION
			": line %llu: time-stamp is \"%.*s\": %s; expected an address and a file, such as \"http://tsa.example/ "
			"tsa.pem\"",
			path, (unsigned long long)line, (int)(value.n < 60 ? value.n : 60), (const char *)value.p, wrong);
	out->authorities[out->authorities_n++] = (struct home_authority){arena_copy(a, url), arena_copy(a, anchors)};
	return OK;
}

static enum err set(
	struct arena *a, const struct setting *s, slice value, const char *path, uint64_t line, struct home_settings *out, struct fault *f)
{
	uint8_t *place = (uint8_t *)out + s->place;
	uint64_t count;
	if (s->kind == SETTING_AUTHORITY) return set_authority(a, value, path, line, out, f);
	if (s->kind == SETTING_TEXT) {
		slice copy = arena_copy(a, value);
		memcpy(place, &copy, sizeof copy);
		return value.n > 0 ? OK
				   : fault_set(f, ERR_SYNTAX, 0, 0, "%s/" HOME_CONFIGURATION ": line %llu: %s is empty", path,
					     (unsigned long long)line, s->name);
	}
	if (!text_get_decimal(value, &count) || count < s->min || count > s->max)
		return fault_set(f, ERR_SYNTAX, 0, 0,
			"%s/" HOME_CONFIGURATION ": line %llu: %s is \"%.*s\", expected a number from %llu to %llu", path,
			(unsigned long long)line, s->name, (int)(value.n < 40 ? value.n : 40), (const char *)value.p,
			(unsigned long long)s->min, (unsigned long long)s->max);
	memcpy(place, &count, sizeof count);
	return OK;
}

static enum err set_line(struct arena *a, slice text, const char *path, uint64_t line, struct home_settings *out, struct fault *f)
{
	slice name = slice_trim(slice_cut(&text, '=')), value = slice_trim(text);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (slice_equal(name, slice_from(settings[i].name))) return set(a, &settings[i], value, path, line, out, f);
	return fault_set(f, ERR_SYNTAX, 0, 0, "%s/" HOME_CONFIGURATION ": line %llu: there is no setting \"%.*s\"", path,
		(unsigned long long)line, (int)(name.n < 60 ? name.n : 60), (const char *)name.p);
}

enum err settings_parse(struct arena *a, slice text, const char *path, struct home_settings *out, struct fault *f)
{
	struct home_settings s = {0};
	enum err e = OK;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (settings[i].standard != NULL && settings[i].kind != SETTING_AUTHORITY)
			e = set(a, &settings[i], slice_from(settings[i].standard), path, 0, &s, f);
	for (uint64_t line = 1; e == OK && text.n > 0; line++) {
		slice one = slice_trim(slice_cut(&text, '\n'));
		if (one.n > 0 && one.p[0] != '#') e = set_line(a, one, path, line, &s, f);
	}
	if (e == OK && !note_name_valid(s.origin))
		e = fault_set(f, ERR_SYNTAX, 0, 0, "%s/" HOME_CONFIGURATION ": has no origin, or one that is no name", path);
	if (e == OK) *out = s;
	return e;
}
