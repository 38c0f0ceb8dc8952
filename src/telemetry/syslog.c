/* Syslog: the header of RFC 5424, or of RFC 3164 as programs write it (with or without priority, host, program; times of either form).
 * The header's fields stay untyped: where the message is free text, the whole record is (docs/decisions/0003, 18). */
#include "telemetry_int.h"

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static slice word(slice *rest)
{
	return slice_cut(rest, ' ');
}

static bool host_shaped(slice w)
{
	for (size_t i = 0; i < w.n; i++) {
		if (!digit(w.p[i]) && !letter(w.p[i]) && (w.p[i] == 0 || strchr(".-_:", w.p[i]) == NULL)) return false;
	}
	return w.n > 0 && w.n <= 255 && w.p[w.n - 1] != ':';
}

/* "<34>": false when there is none. */
static bool priority(struct cutting *c, slice *rest)
{
	size_t n = 1;
	if (rest->n < 3 || rest->p[0] != '<') return false;
	while (n < rest->n && n < 5 && digit(rest->p[n])) n++;
	if (n == 1 || n == 5 || n == rest->n || rest->p[n] != '>') return false;
	cut_add(c, SLICE("priority"), slice_sub(*rest, 1, n - 1));
	*rest = slice_sub(*rest, n + 1, rest->n);
	return true;
}

/* name="value" with \" \\ \] */
static bool parameter(struct cutting *c, slice id, slice *rest)
{
	slice name = slice_cut(rest, '=');
	if (rest->n == 0 || rest->p[0] != '"' || slice_find_byte(name, ' ') < name.n) return false;
	size_t n = 1, escapes = 0;
	while (n < rest->n && rest->p[n] != '"') {
		bool escape = rest->p[n] == '\\';
		escapes += escape;
		n += 1 + escape;
	}
	if (n >= rest->n) return false;
	slice raw = slice_sub(*rest, 1, n - 1), value = raw;
	if (escapes > 0) {
		uint8_t *out = arena_alloc(c->list->arena, raw.n);
		value = slice_of(out, 0);
		for (size_t i = 0; i < raw.n; i++) {
			if (raw.p[i] == '\\' && i + 1 < raw.n && strchr("\"\\]", raw.p[i + 1]) != NULL && raw.p[i + 1] != 0) i++;
			out[value.n++] = raw.p[i];
		}
	}
	cut_add(c, arena_printf(c->list->arena, "%.*s.%.*s", SLICE_PRINTF(id), SLICE_PRINTF(name)), value);
	*rest = slice_sub(*rest, n + 1, rest->n);
	return true;
}

/* RFC 5424 6.3: "-", or elements "[id name="value" …]" */
static bool structured(struct cutting *c, slice *rest)
{
	if (rest->n > 0 && rest->p[0] == '-') {
		*rest = slice_sub(*rest, 1, rest->n);
		return rest->n == 0 || rest->p[0] == ' ';
	}
	if (rest->n == 0 || rest->p[0] != '[') return false;
	while (rest->n > 0 && rest->p[0] == '[') {
		size_t n = 1;
		while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != ']') n++;
		slice id = slice_sub(*rest, 1, n - 1);
		*rest = slice_sub(*rest, n, rest->n);
		cut_add(c, SLICE("sd_id"), id);
		while (rest->n > 0 && rest->p[0] == ' ') {
			*rest = slice_sub(*rest, 1, rest->n);
			if (!parameter(c, id, rest)) return false;
		}
		if (rest->n == 0 || rest->p[0] != ']') return false;
		*rest = slice_sub(*rest, 1, rest->n);
	}
	return rest->n == 0 || rest->p[0] == ' ';
}

static void message(struct cutting *c, slice rest)
{
	rest = skip_blanks(rest);
	if (slice_starts(rest, SLICE("\xef\xbb\xbf"))) rest = slice_sub(rest, 3, rest.n);
	if (slice_starts(rest, SLICE("@cee:"))) rest = slice_sub(rest, 5, rest.n);
	c->inner = rest;
}

/* Behind "<PRI>1 ": TIME HOST APP PROCID MSGID SD MSG */
static bool rfc5424(struct cutting *c, slice rest)
{
	size_t end;
	slice time = word(&rest), host = word(&rest), tag = word(&rest), process = word(&rest), id = word(&rest);
	bool nil = slice_equal(time, SLICE("-"));
	if (id.n == 0 || (!nil && !time_stands(c, time, &end))) return false;
	cut_add(c, SLICE("time"), time);
	cut_add(c, SLICE("host"), host);
	cut_add(c, SLICE("program"), tag);
	cut_add(c, SLICE("process"), process);
	cut_add(c, SLICE("message_id"), id);
	c->tag = tag;
	if (!structured(c, &rest)) return false;
	message(c, rest);
	return true;
}

/* "sshd[123]:", "sshd[123]", "kernel:" at the start of *rest. */
static bool program(struct cutting *c, slice *rest)
{
	slice after = *rest, tag = word(&after);
	size_t bracket = slice_find_byte(tag, '['), colon = slice_find_byte(tag, ':');
	bool ends = tag.n > 0 && tag.p[tag.n - 1] == ':';
	if (tag.n < 2 || bracket == 0 || (!ends && bracket == tag.n)) return false;
	if (bracket < tag.n ? tag.p[tag.n - 1 - ends] != ']' : colon != tag.n - 1) return false;
	if (!ends && slice_find_byte(tag, ':') < tag.n) return false; /* unbound[1:0] */
	c->tag = slice_sub(tag, 0, bracket < tag.n ? bracket : colon);
	cut_add(c, SLICE("program"), c->tag);
	if (bracket < tag.n) cut_add(c, SLICE("process"), slice_sub(tag, bracket + 1, tag.n - bracket - 2 - ends));
	*rest = after;
	return true;
}

/* A message that tells its own format needs no program before it. */
static bool tells_itself(slice s)
{
	static const char *const starts[] = {"CEF:", "LEEF:", "{\"", "@cee:"};
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (slice_starts(s, slice_from(starts[i]))) return true;
	}
	return false;
}

/* BIND's "client 203.0.113.9#53124:" behind a time: no host and no program. */
static bool asks(slice host, slice rest)
{
	slice next = word(&rest);
	return slice_equal(host, SLICE("client")) && slice_find_byte(next, '#') < next.n;
}

/* "2021-05-01T10:00:00", "1990 Oct 22 10:52:01" (5.4, example 4); other forms are other programs'. */
static bool leading_date(slice s)
{
	return s.n >= 20 && ((s.p[4] == '-' && s.p[10] == 'T') || (s.p[4] == ' ' && letter(s.p[5]) && s.p[8] == ' '));
}

/* "Oct 11 22:14:15 host su: …", "2021-05-01T10:00:00+02:00 host su[1]: …", both without a host too */
static bool rfc3164(struct cutting *c, slice rest, bool told)
{
	size_t end;
	if (told && pairs_stand(rest)) { /* FortiGate: the priority, and the time in pairs */
		message(c, rest);
		return true;
	}
	if (rest.n < 16 || !time_stands(c, rest, &end)) return false;
	bool iso = digit(rest.p[0]);
	if (iso && !leading_date(rest)) return false;
	cut_add(c, SLICE("time"), slice_sub(rest, 0, end));
	rest = slice_sub(rest, end, rest.n);
	if (rest.n > 0 && rest.p[0] == ':') rest = slice_sub(rest, 1, rest.n);
	if (rest.n == 0 || rest.p[0] != ' ') return false;
	rest = skip_blanks(rest);
	if (program(c, &rest)) {
		message(c, rest);
		return true;
	}
	slice host = word(&rest);
	if (!host_shaped(host) || asks(host, rest)) return false;
	cut_add(c, SLICE("host"), host);
	rest = skip_blanks(rest);
	if (!program(c, &rest) && !tells_itself(rest) && !told) return false;
	message(c, rest);
	return true;
}

bool syslog_cut(struct cutting *c, slice record)
{
	slice rest = record;
	bool told = priority(c, &rest);
	if (told && slice_starts(rest, SLICE("1 "))) return rfc5424(c, slice_sub(rest, 2, rest.n));
	return rfc3164(c, rest, told);
}
