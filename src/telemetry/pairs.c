/* Syntaxes of names and values: key=value lines, netfilter's, audit's, CEF's and LEEF's extensions.
 * Words that belong to no pair are text fields, so that nothing is lost. */
#include "limit.h"
#include "telemetry_int.h"
#include "text.h"

#define PAIRS_MIN 3u   /* fewer are no key=value line */
#define ENRICHED 0x1du /* audit's log_format = ENRICHED: names follow this byte */

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == ENRICHED;
}

static bool key_byte(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-' || c == '.';
}

static size_t key_length(slice s)
{
	size_t n = 0;
	while (n < s.n && key_byte(s.p[n])) n++;
	return n;
}

/* A pair's name at the start of s, '=' behind it; 0 when there is none. */
static size_t pair_key(slice s)
{
	size_t n = key_length(s);
	return n > 0 && n < s.n && s.p[n] == '=' && n <= 64 ? n : 0;
}

/* \x of a quoted or escaped value becomes x; \n, \r and \t a blank. */
static slice unescape(struct arena *a, slice v)
{
	if (slice_find_byte(v, '\\') == v.n) return v;
	uint8_t *out = arena_alloc(a, v.n);
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t b = v.p[i];
		if (b == '\\' && i + 1 < v.n && strchr("\\=|\"nrt]", v.p[i + 1]) != NULL && v.p[i + 1] != 0) {
			b = v.p[++i];
			if (b == 'n' || b == 'r' || b == 't') b = ' ';
		}
		out[n++] = b;
	}
	return slice_of(out, n);
}

/* ---- key=value ---- */
struct pair {
	slice key, value;
	bool quoted;
};

static size_t word_length(slice s)
{
	size_t n = 0;
	while (n < s.n && !blank(s.p[n])) n++;
	return n;
}

static size_t quoted_length(slice s) /* behind the opening mark; s.n when it is never closed */
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\') i++;
		else if (s.p[i] == '"') return i;
	}
	return s.n;
}

/* The pair at the start of *rest; false when a word of text stands there. */
static bool next_pair(slice *rest, struct pair *p)
{
	size_t key = pair_key(*rest);
	if (key == 0) return false;
	*p = (struct pair){.key = slice_sub(*rest, 0, key)};
	*rest = slice_sub(*rest, key + 1, rest->n);
	p->quoted = rest->n > 0 && rest->p[0] == '"';
	if (p->quoted) *rest = slice_sub(*rest, 1, rest->n);
	size_t n = p->quoted ? quoted_length(*rest) : word_length(*rest);
	p->value = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n + p->quoted, rest->n);
	return true;
}

static slice behind_blanks(slice s)
{
	while (s.n > 0 && blank(s.p[0])) s = slice_sub(s, 1, s.n);
	return s;
}

/* Text up to the next pair. */
static slice next_text(slice *rest)
{
	slice start = *rest;
	while (rest->n > 0 && pair_key(*rest) == 0) {
		*rest = slice_sub(*rest, word_length(*rest), rest->n);
		*rest = behind_blanks(*rest);
	}
	return slice_trim(slice_sub(start, 0, start.n - rest->n));
}

typedef void pair_add(struct cutting *c, const struct pair *p, void *context);

static void each_pair(struct cutting *c, slice rest, pair_add *add, void *context)
{
	struct pair p;
	for (rest = behind_blanks(rest); rest.n > 0 && !c->list->full; rest = behind_blanks(rest)) {
		if (next_pair(&rest, &p)) add(c, &p, context);
		else cut_add(c, SLICE("text"), next_text(&rest));
	}
}

static void add_plain(struct cutting *c, const struct pair *p, void *context)
{
	(void)context;
	cut_add(c, p->key, p->quoted ? unescape(c->list->arena, p->value) : p->value);
}

static void pairs_cut(struct cutting *c, slice text)
{
	each_pair(c, text, add_plain, NULL);
}

static size_t pairs_count(slice rest, size_t most)
{
	struct pair p;
	size_t n = 0;
	for (rest = behind_blanks(rest); rest.n > 0 && n < most; rest = behind_blanks(rest)) {
		if (!next_pair(&rest, &p)) break;
		n++;
	}
	return n;
}

bool pairs_stand(slice text)
{
	return pairs_count(text, PAIRS_MIN) == PAIRS_MIN;
}

/* FortiGate's lines name their device and the number of the message: some of their names mean other things than elsewhere. */
static bool of_fortigate(slice record)
{
	return slice_find(record, SLICE("devname=")) < record.n || slice_find(record, SLICE("logid=")) < record.n;
}

bool pairs_line_cut(struct cutting *c, slice record)
{
	if (!pairs_stand(record)) return false;
	c->found->log = of_fortigate(record) ? SLICE("fortigate") : (slice){NULL, 0};
	size_t before = c->list->n;
	pairs_cut(c, record);
	for (size_t i = before; i < c->list->n; i++) {
		enum observable type = c->list->fields[i].type;
		if (type != OBSERVABLE_NONE && type != OBSERVABLE_IGNORED) return true;
	}
	return false; /* no name tells a type: text */
}

/* ---- netfilter: "prefix IN=eth0 OUT= MAC=… SRC=… DST=… … SYN URGP=0" ---- */
bool netfilter_cut(struct cutting *c, slice record)
{
	if (slice_find(record, SLICE("IN=")) == record.n || slice_find(record, SLICE(" SRC=")) == record.n ||
		slice_find(record, SLICE(" DST=")) == record.n)
		return false;
	if (slice_find(record, SLICE(" PROTO=")) == record.n) return false;
	pairs_cut(c, record);
	return true;
}

/* ---- audit ---- */
struct command {
	bool execve;
	struct buf words;
};

/* a0, a1, … of EXECVE */
static bool is_argument(slice key)
{
	return key.n >= 2 && key.n <= 5 && key.p[0] == 'a' && key.p[1] >= '0' && key.p[1] <= '9';
}

static void add_audit(struct cutting *c, const struct pair *p, void *context)
{
	struct command *command = context;
	bool numbered = command->execve && is_argument(p->key);
	const struct field_row *row = cut_row(c, numbered ? SLICE("argument") : p->key);
	slice value = p->value;
	bool argument = row != NULL && row->role == ROLE_ARGUMENT, hex = argument || (row != NULL && row->role == ROLE_HEX);
	if (hex && !p->quoted) value = encoded_text(c->list->arena, value);
	if (row != NULL && row->role == ROLE_SOCKADDR) value = encoded_sockaddr(c->list->arena, value);
	if (value.n > 1 && value.p[value.n - 1] == '\'') value.n--; /* the end of msg='…' */
	cut_add(c, p->key, value);
	if (!argument) return;
	if (command->words.n > 0) buf_add_byte(&command->words, ' ');
	buf_add(&command->words, value);
}

/* "1364481363.243:24287): ", or as ausearch -i writes it, by its locale: "03/28/13 14:36:03.243:24287) : ". */
static bool audit_stamp(struct cutting *c, slice *rest)
{
	slice stamp = slice_cut(rest, ')');
	size_t colon = stamp.n;
	while (colon > 0 && stamp.p[colon - 1] != ':') colon--;
	*rest = behind_blanks(*rest);
	if (rest->n == 0 || rest->p[0] != ':' || colon < 2 || colon == stamp.n) return false;
	slice when = slice_sub(stamp, 0, colon - 1);
	bool brief = when.n > 8 && when.p[2] == '/' && when.p[5] == '/' && when.p[8] == ' ';
	if (brief) when = arena_printf(c->list->arena, "%.6s20%.*s", (const char *)when.p, (int)(when.n - 6), (const char *)when.p + 6);
	cut_add(c, SLICE("time"), when);
	*rest = behind_blanks(slice_sub(*rest, 1, rest->n));
	return true;
}

/* A title that ausearch -i shows: no hex, no quotes, blanks in it. */
static bool interpreted_title(struct cutting *c, slice rest)
{
	slice name = SLICE("proctitle"), value = slice_trim(slice_sub(rest, name.n + 1, rest.n));
	if (!slice_starts(rest, SLICE("proctitle=")) || slice_find_byte(value, ' ') == value.n || value.p[0] == '"') return false;
	cut_add(c, name, value);
	return true;
}

void audit_join(slice record, struct buf *out)
{
	struct pair p;
	size_t before = out->n;
	slice rest = slice_sub(record, slice_find_byte(record, ')') + 1, record.n);
	for (rest = behind_blanks(rest); rest.n > 0; rest = behind_blanks(rest)) {
		if (!next_pair(&rest, &p)) {
			rest = slice_sub(rest, word_length(rest), rest.n);
			continue;
		}
		if (!is_argument(p.key)) continue;
		if (out->n > before) buf_add_byte(out, ' ');
		size_t start = out->n;
		if (p.quoted) buf_add(out, p.value);
		else encoded_put(p.value, out);
		if (out->n > start + 1 && out->p[out->n - 1] == '\'') out->n--;
	}
	if (out->n > before) buf_add_byte(out, '\n');
}

/* type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat" a1="/etc/x"; perhaps node=NAME before. */
bool audit_cut(struct cutting *c, slice record)
{
	struct pair p;
	slice rest = record, open = SLICE("msg=audit(");
	struct command command = {.words = {.max = RECORD_BYTES_MAX}};
	while (!slice_starts(rest, open)) {
		if (!next_pair(&rest, &p) || (!slice_equal(p.key, SLICE("type")) && !slice_equal(p.key, SLICE("node")))) return false;
		command.execve |= slice_equal(p.value, SLICE("EXECVE"));
		cut_add(c, p.key, p.value);
		rest = behind_blanks(rest);
	}
	rest = slice_sub(rest, open.n, rest.n);
	if (!audit_stamp(c, &rest)) return false;
	if (interpreted_title(c, rest)) return true;
	size_t inner = slice_find(rest, SLICE("msg='"));
	each_pair(c, slice_sub(rest, 0, inner), add_audit, &command);
	each_pair(c, slice_sub(rest, inner + 5, rest.n), add_audit, &command);
	if (command.words.n > 0) cut_add(c, SLICE("command_line"), arena_copy(c->list->arena, buf_slice(&command.words)));
	buf_free(&command.words);
	return true;
}

/* ---- CEF and LEEF ---- */
/* Up to an unescaped '|'; *rest moves behind it. False when there is none. */
static bool bar(slice *rest, slice *piece)
{
	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] == '\\') {
			i++;
		} else if (rest->p[i] == '|') {
			*piece = slice_sub(*rest, 0, i);
			*rest = slice_sub(*rest, i + 1, rest->n);
			return true;
		}
	}
	return false;
}

/* "CEF:0", and "CEF: 0" or "0" of the program "CEF", as syslog servers make of it. */
static bool mark(const struct cutting *c, slice record, const char *word, slice *rest)
{
	slice w = slice_from(word);
	*rest = record;
	if (slice_starts(record, w) && record.n > w.n && record.p[w.n] == ':') *rest = skip_blanks(slice_sub(record, w.n + 1, record.n));
	else if (!slice_equal(c->tag, w)) return false;
	return rest->n > 0 && rest->p[0] >= '0' && rest->p[0] <= '9';
}

static bool bars(struct cutting *c, slice *rest, const char *const *names)
{
	slice piece;
	for (size_t i = 0; names[i] != NULL; i++) {
		if (!bar(rest, &piece)) return false;
		cut_add(c, slice_from(names[i]), unescape(c->list->arena, piece));
	}
	return true;
}

/* The first unescaped '=' that has a key before it, at a blank or the start; s.n when there is none. *key: where the key starts. */
static size_t next_equals(slice s, size_t from, size_t *key)
{
	for (size_t i = from; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '=') {
			size_t k = i;
			while (k > from && (key_byte(s.p[k - 1]) || s.p[k - 1] == '[' || s.p[k - 1] == ']')) k--;
			*key = k;
			if (k < i && (k == 0 || blank(s.p[k - 1]))) return i;
		}
	}
	return s.n;
}

/* key=value with blanks in the values: a value ends where the next key starts. */
static void extension(struct cutting *c, slice s)
{
	size_t key, next_key = s.n, at = next_equals(s, 0, &key);
	cut_add(c, SLICE("text"), slice_trim(slice_sub(s, 0, at < s.n ? key : s.n)));
	while (at < s.n && !c->list->full) {
		size_t next = next_equals(s, at + 1, &next_key);
		slice value = slice_sub(s, at + 1, (next < s.n ? next_key : s.n) - at - 1);
		cut_add(c, slice_sub(s, key, at - key), slice_trim(unescape(c->list->arena, value)));
		at = next;
		key = next_key;
	}
}

/* CEF:0|vendor|product|version|class|name|severity|extension */
bool cef_cut(struct cutting *c, slice record)
{
	static const char *const names[] = {
		"cefVersion", "deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity", NULL};
	slice rest;
	if (!mark(c, record, "CEF", &rest)) return false;
	if (!bars(c, &rest, names)) return false;
	extension(c, rest);
	return true;
}

/* LEEF 2.0 tells its delimiter: one character, or its code as x5E or 0x5E; else a tab. */
static uint8_t delimiter_of(slice told)
{
	slice bytes;
	size_t x = slice_find_byte(told, 'x');
	struct arena *a = arena_new(0);
	uint8_t byte = told.n == 1 ? told.p[0] : '\t';
	if (told.n > 1 && x < 2 && text_get_hex(a, slice_sub(told, x + 1, told.n), &bytes) && bytes.n == 1) byte = bytes.p[0];
	arena_free(a);
	return byte;
}

bool leef_cut(struct cutting *c, slice record)
{
	static const char *const names[] = {"leefVersion", "vendor", "product", "version", "eventId", NULL};
	slice rest, told = SLICE("\t"), line;
	if (!mark(c, record, "LEEF", &rest)) return false;
	bool two = slice_starts(rest, SLICE("2"));
	if (!bars(c, &rest, names)) return false;
	line = rest;
	size_t key, first = slice_find_byte(rest, '=');
	if (two && bar(&line, &told) && rest.n - line.n <= first) rest = line;
	else told = SLICE("\t");
	uint8_t delimiter = delimiter_of(told);
	if (slice_find_byte(rest, delimiter) == rest.n && next_equals(rest, first + 1, &key) < rest.n) {
		extension(c, rest); /* many senders part them by blanks */
		return true;
	}
	while (rest.n > 0 && !c->list->full) {
		slice value = slice_cut(&rest, delimiter),
		      name = slice_find_byte(value, '=') < value.n ? slice_cut(&value, '=') : SLICE("text");
		cut_add(c, name, slice_trim(unescape(c->list->arena, value)));
	}
	return true;
}
