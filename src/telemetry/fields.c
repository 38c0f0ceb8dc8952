/* From a raw field to a typed one: does the value have the shape of its type, what is it for, which parts has it.
 * Invariant: a type is only given when the value has its shape; else the field stays untyped and shapes are looked for, so that nothing is
 * lost. */
#include "limit.h"
#include "telemetry_int.h"

void field_list_add(struct field_list *l, const struct field *f)
{
	if (l->n == l->room) {
		if (l->room >= FIELDS_MAX) {
			l->full = true;
			return;
		}
		size_t room = l->room == 0 ? 64 : l->room * 2;
		struct field *more = arena_array(l->arena, room, sizeof *more);
		if (l->n > 0) memcpy(more, l->fields, l->n * sizeof *more);
		l->fields = more;
		l->room = room;
	}
	l->fields[l->n++] = *f;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool all_hex(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_hex(s.p[i])) return false;
	}
	return s.n > 0;
}

/* How many hex digits the value is, plain or as pairs with colons; 0: it is something else. */
static size_t hex_digits(slice s)
{
	if (all_hex(s)) return s.n;
	if (s.n % 3 != 2) return 0;
	for (size_t i = 0; i < s.n; i++)
		if (i % 3 == 2 ? s.p[i] != ':' : !is_hex(s.p[i])) return 0;
	return (s.n + 1) / 3 * 2;
}

static bool all_of(slice s, const char *others, bool letters)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool good = is_hex(c) || (c != 0 && strchr(others, c) != NULL) ||
			    (letters && (((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80));
		if (!good) return false;
	}
	return s.n > 0;
}

static enum observable hash_of_length(size_t n)
{
	static const struct {
		size_t n;
		enum observable type;
	} lengths[] = {
		{32, OBSERVABLE_MD5},
		{40, OBSERVABLE_SHA1},
		{56, OBSERVABLE_SHA224},
		{64, OBSERVABLE_SHA256},
		{96, OBSERVABLE_SHA384},
		{128, OBSERVABLE_SHA512},
	};
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		if (lengths[i].n == n) return lengths[i].type;
	}
	return OBSERVABLE_NONE;
}

static bool plain_email(slice v)
{
	size_t at = slice_find_byte(v, '@');
	if (at == 0 || at + 1 >= v.n || slice_find_byte(slice_sub(v, at + 1, v.n), '@') != v.n - at - 1) return false;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= ' ' || strchr("<>()[],;:\"", v.p[i]) != NULL) return false;
	}
	return true;
}

static bool names_scheme(slice v)
{
	if (v.n == 0) return false;
	const uint8_t *end = v.p + v.n, *at = memchr(v.p, ':', v.n);
	while (at != NULL && end - at >= 3) {
		if (at[1] == '/' && at[2] == '/') return true;
		at = memchr(at + 1, ':', (size_t)(end - at - 1));
	}
	return false;
}

enum observable field_fit(enum observable type, slice v)
{
	if (type == OBSERVABLE_ADDRESS)
		return all_of(v, ".:%", false) || (slice_find_byte(v, '%') < v.n && all_of(v, ".:%-_", true)) ? type : OBSERVABLE_NONE;
	if (type == OBSERVABLE_HOST) return all_of(v, ".:-_[]", true) ? type : OBSERVABLE_NONE;
	if (type == OBSERVABLE_EMAIL) return plain_email(v) ? type : OBSERVABLE_NONE;
	if (type == OBSERVABLE_FILE_NAME) { /* \\host\share and URLs name a host too, which only shapes find */
		return slice_starts(v, SLICE("\\\\")) || names_scheme(v) ? OBSERVABLE_NONE : type;
	}
	if (type == OBSERVABLE_HASH_OTHER) return hex_digits(v) > 0 ? type : OBSERVABLE_NONE;
	if (type >= OBSERVABLE_MD5 && type <= OBSERVABLE_SHA512) return hash_of_length(hex_digits(v));
	if (type == OBSERVABLE_URL) return names_scheme(v) && slice_find_byte(v, ' ') == v.n ? type : OBSERVABLE_NONE;
	if (type == OBSERVABLE_URL_PATH) {
		if (v.n > 0 && v.p[0] == '/') return type;
		return field_fit(OBSERVABLE_URL, v);
	}
	return type;
}

/* "SHA1=4DD1…,MD5=…,SHA256=…,IMPHASH=…" */
static void add_hashes(struct field_list *l, const struct field *whole)
{
	static const struct {
		const char *name;
		enum observable type;
		const char *stix;
	} kinds[] = {
		{"MD5", OBSERVABLE_MD5, "file:hashes.MD5"},
		{"SHA1", OBSERVABLE_SHA1, "file:hashes.'SHA-1'"},
		{"SHA256", OBSERVABLE_SHA256, "file:hashes.'SHA-256'"},
		{"SHA512", OBSERVABLE_SHA512, "file:hashes.'SHA-512'"},
		{"IMPHASH", OBSERVABLE_HASH_OTHER, NULL},
	};
	slice rest = whole->value;
	while (rest.n > 0) {
		slice value = slice_cut(&rest, ','), part = value;
		struct field f = {.name = whole->name, .value = value};
		if (slice_find_byte(value, '=') == value.n) {
			f.type = value.n == 32 ? OBSERVABLE_NONE : field_fit(OBSERVABLE_SHA1, value);
			field_list_add(l, &f);
			continue;
		}
		slice kind = slice_trim(slice_cut(&value, '='));
		f.value = slice_trim(value);
		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
			if (!slice_equal_nocase(kind, slice_from(kinds[i].name))) continue;
			f.type = field_fit(kinds[i].type, f.value);
			f.stix_path = f.type == kinds[i].type ? kinds[i].stix : NULL;
		}
		if (f.type == OBSERVABLE_NONE) f.value = part;
		f.name = arena_printf(l->arena, "%.*s.%.*s", SLICE_PRINTF(whole->name), SLICE_PRINTF(kind));
		field_list_add(l, &f);
	}
}

/* "type:  5 www.example.com;::ffff:192.0.2.1;" */
static void add_list(struct field_list *l, const struct field *whole, enum observable type)
{
	slice rest = whole->value;
	while (rest.n > 0) {
		struct field f = *whole;
		f.value = slice_trim(slice_cut(&rest, ';'));
		f.type = field_fit(type, f.value);
		if (f.value.n > 0) field_list_add(l, &f);
	}
}

static void note_time(struct found *d, const struct field_row *row, slice value)
{
	if (row->rank >= d->time_rank) return;
	bool guessed = false;
	instant t = time_of_text(value, d->settings, &guessed);
	if (t == INSTANT_NONE) return;
	if (d->time_rank >= RANK_HEADER && d->time_rank < RANK_UNSET && guessed && !d->out->time_guessed)
		return; /* the header around it knows its zone */
	d->out->time = t;
	d->out->time_guessed = guessed;
	d->time_rank = row->rank;
	if (row->role != ROLE_UTC || !guessed) return;
	const struct telemetry_settings utc = {.zone_minutes = 0, .year = d->settings->year, .latest = d->settings->latest};
	d->out->time = time_of_text(value, &utc, &guessed);
	d->out->time_guessed = false;
}

static void note_host(struct found *d, const struct field_row *row, const struct field *f)
{
	if (row->rank >= d->host_rank || f->value.n == 0 || slice_equal(f->value, SLICE("-"))) return;
	d->out->host = f->value;
	d->host_rank = row->rank;
}

static void note_url_host(struct found *d, const struct field_row *row, const struct field *f)
{
	if (row->rank >= d->url_host_rank || f->type != OBSERVABLE_HOST || slice_equal(f->value, SLICE("-"))) return;
	d->out->url_host = f->value;
	d->url_host_rank = row->rank;
}

static void note_role(struct found *d, const struct field_row *row, const struct field *f)
{
	switch (row->role) {
	case ROLE_TIME:
	case ROLE_UTC: note_time(d, row, f->value); break;
	case ROLE_HOST: note_host(d, row, f); break;
	case ROLE_URL_HOST: note_url_host(d, row, f); break;
	case ROLE_VHOST:
		note_host(d, row, f);
		note_url_host(d, row, f);
		break;
	case ROLE_URL_PATH:
		if (d->out->url_path.n > 0 || f->type != OBSERVABLE_URL_PATH) break;
		d->out->url_path = f->value;
		d->out->url_field = row->name;
		break;
	case ROLE_REQUEST: d->request = f->value; break;
	case ROLE_DATE: d->date = f->value; break;
	case ROLE_CLOCK:
	case ROLE_CLOCK_UTC:
		d->clock = f->value;
		d->clock_utc = row->role == ROLE_CLOCK_UTC;
		break;
	case ROLE_ZONE: d->zone = f->value; break;
	case ROLE_URL_QUERY: d->query = f->value; break;
	case ROLE_URL_SCHEME: d->out->url_scheme = f->value; break;
	case ROLE_URL_PORT: d->port = f->value; break;
	case ROLE_URL_PORT_GUESS: d->port_guess = f->value; break;
	default: break;
	}
}

/* A file's hash of another kind than the row expects: the path names its kind. NULL when the row is about something else. */
static const char *other_hash_path(const struct field_row *row, enum observable type)
{
	static const struct {
		enum observable type;
		const char *path;
	} paths[] = {
		{OBSERVABLE_MD5, "file:hashes.MD5"},
		{OBSERVABLE_SHA1, "file:hashes.'SHA-1'"},
		{OBSERVABLE_SHA256, "file:hashes.'SHA-256'"},
		{OBSERVABLE_SHA512, "file:hashes.'SHA-512'"},
	};
	if (row->stix == NULL || !slice_starts(slice_from(row->stix), SLICE("file:hashes."))) return NULL;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		if (paths[i].type == type) return paths[i].path;
	}
	return NULL;
}

/* A URL's path is text too: names of files stand in it. */
static void add_path(struct field_list *l, const struct field *url)
{
	size_t host = slice_find(url->value, SLICE("://")) + 3;
	slice rest = slice_sub(url->value, host, url->value.n);
	size_t path = slice_find_byte(rest, '/');
	const struct field f = {.name = url->name, .value = slice_sub(rest, path, rest.n), .type = OBSERVABLE_URL_PATH};
	if (f.value.n > 1) field_list_add(l, &f);
}

void field_typed(struct field_list *l, struct found *d, const struct field_row *row, struct field *f)
{
	if (row == NULL) {
		field_list_add(l, f);
		return;
	}
	f->stix_path = row->stix;
	if (row->role == ROLE_HASHES) {
		add_hashes(l, f);
		return;
	}
	if (row->role == ROLE_LIST) {
		add_list(l, f, row->type);
		return;
	}
	if (row->role == ROLE_OBJECT && !(f->value.n > 10 && slice_equal_nocase(slice_sub(f->value, 0, 10), SLICE("\\REGISTRY\\")))) {
		f->stix_path = NULL;
		field_list_add(l, f);
		return;
	}
	bool angled = row->type == OBSERVABLE_EMAIL && f->value.n > 2 && f->value.p[0] == '<' && f->value.p[f->value.n - 1] == '>';
	slice bare = angled ? slice_sub(f->value, 1, f->value.n - 2) : f->value;
	f->type = field_fit(row->type, bare);
	if (angled && f->type == OBSERVABLE_EMAIL) f->value = bare;
	/* a SHA-1 in a field for SHA-256, a whole URL where a path is expected: the path of the row no longer holds */
	if (f->type != row->type && row->type != OBSERVABLE_NONE && f->type != OBSERVABLE_NONE)
		f->stix_path = other_hash_path(row, f->type);
	note_role(d, row, f);
	field_list_add(l, f);
	if (f->type == OBSERVABLE_URL) add_path(l, f);
}

static bool has_port(slice host)
{
	size_t i = host.n;
	while (i > 0 && host.p[i - 1] >= '0' && host.p[i - 1] <= '9') i--;
	if (i == 0 || i == host.n || host.p[i - 1] != ':') return false;
	return slice_find_byte(host, ':') == i - 1 || (i > 1 && host.p[i - 2] == ']');
}

/* "+0200", "-05:00" */
static bool is_zone(slice z)
{
	return (z.n == 5 || z.n == 6) && (z.p[0] == '+' || z.p[0] == '-') && all_of(slice_sub(z, 1, z.n), ":", false);
}

/* A date and a clock in fields of their own, perhaps the zone. */
static void finish_time(struct found *d, struct arena *a)
{
	if (d->time_rank < RANK_HEADER || d->date.n == 0 || d->clock.n == 0) return;
	const struct field_row row = {.role = d->clock_utc ? ROLE_UTC : ROLE_TIME, .rank = RANK_HEADER - 1};
	slice zone = is_zone(d->zone) ? d->zone : (slice){NULL, 0};
	note_time(d, &row, arena_printf(a, "%.*s %.*s%.*s", SLICE_PRINTF(d->date), SLICE_PRINTF(d->clock), SLICE_PRINTF(zone)));
}

/* The path in "METHOD /path HTTP/1.1". */
static void finish_request(struct found *d)
{
	slice rest = d->request;
	(void)slice_cut(&rest, ' ');
	size_t end = slice_find(rest, SLICE(" HTTP/"));
	if (d->out->url_path.n > 0 || end == rest.n || rest.p[0] != '/') return;
	d->out->url_path = slice_sub(rest, 0, end);
	d->out->url_field = "request";
	d->query = (slice){NULL, 0}; /* the request holds it */
}

void found_finish(struct found *d, struct arena *a)
{
	struct record_fields *out = d->out;
	finish_time(d, a);
	finish_request(d);
	if (out->url_path.n == 0 || out->url_host.n == 0) {
		out->url_path = out->url_host = out->url_scheme = (slice){NULL, 0};
		out->url_field = NULL;
		return;
	}
	if (d->query.n > 0) out->url_path = arena_printf(a, "%.*s?%.*s", SLICE_PRINTF(out->url_path), SLICE_PRINTF(d->query));
	slice port = d->port.n > 0 ? d->port : d->port_guess;
	if (port.n == 0 || has_port(out->url_host) || slice_equal(port, SLICE("0"))) return;
	if (slice_equal(port, SLICE("80")) || slice_equal(port, SLICE("443"))) {
		out->url_port = port;
		return;
	}
	bool bare_v6 = out->url_host.p[0] != '[' && slice_find_byte(out->url_host, ':') < out->url_host.n;
	out->url_host = arena_printf(a, bare_v6 ? "[%.*s]:%.*s" : "%.*s:%.*s", SLICE_PRINTF(out->url_host), SLICE_PRINTF(port));
}
