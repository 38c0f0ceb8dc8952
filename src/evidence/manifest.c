/* Manifest lines, written and read along one table a line: what is written can be read, and nothing else. */
#include "manifest.h"

#include "canonical.h"
#include "entry.h"
#include "text.h"

#define FORMAT "kulla/item/v1"
#define SHOWN_BYTES_MAX 60 /* of what was found, in a fault */

static const char *const FORMS[ITEM_FORMS] = {[ITEM_COPY] = "copy", [ITEM_DERIVED] = "derived", [ITEM_ORIGINAL] = "original"};
static const char *const KINDS[MANIFEST_KINDS] = {
	[MANIFEST_FILE] = "file", [MANIFEST_FOLDER] = "folder", [MANIFEST_LINK] = "link", [MANIFEST_OTHER] = "other"};

const char *item_form_text(enum item_form f)
{
	return FORMS[f];
}

static bool word_find(slice text, const char *const *words, unsigned n, unsigned *out)
{
	for (unsigned i = 0; i < n; i++) {
		if (!slice_equal(text, slice_from(words[i]))) continue;
		*out = i;
		return true;
	}
	return false;
}

bool item_form_parse(slice text, enum item_form *out)
{
	unsigned i;
	if (!word_find(text, FORMS, ITEM_FORMS, &i)) return false;
	*out = (enum item_form)i;
	return true;
}

/* No empty, "." or ".." part, no NUL: a name that can be put below any folder. */
bool manifest_name_allowed(slice name)
{
	if (name.n == 0 || name.n > EVIDENCE_NAME_BYTES_MAX || slice_find_byte(name, 0) < name.n) return false;
	for (slice rest = name; rest.n > 0 || rest.p == name.p + name.n;) {
		bool last = slice_find_byte(rest, '/') == rest.n;
		slice part = slice_cut(&rest, '/');
		if (part.n == 0 || slice_equal(part, SLICE(".")) || slice_equal(part, SLICE(".."))) return false;
		if (last) return true;
	}
	return false;
}

/* ---- members ---- */
enum member_rule {
	M_TEXT,
	M_BYTES,
	M_BASE64,
	M_HEX,
	M_DIGEST,
	M_COUNT,
	M_NUMBER,
	M_BOOL,
	M_TIME,
	M_FORM,
	M_KIND,
	M_MARKING,
	M_SALT,
	M_FORMAT
};
static const char *const RULE_TEXTS[] = {[M_TEXT] = "a text of 1 to EVIDENCE_TEXT_BYTES_MAX bytes",
	[M_BYTES] = "a text",
	[M_BASE64] = "base64 of bytes that are no UTF-8",
	[M_HEX] = "lower-case hexadecimal digits, as many as the digest has",
	[M_DIGEST] = "\"sha256:\" and 64 hexadecimal digits",
	[M_COUNT] = "an integer from 0 to 2^53-1",
	[M_NUMBER] = "an integer from 0 to 2^32-1",
	[M_BOOL] = "true or false",
	[M_TIME] = "a time with six decimals and Z",
	[M_FORM] = "copy, derived or original",
	[M_KIND] = "file, folder, link or other",
	[M_MARKING] = "a TLP marking",
	[M_SALT] = "base64 of 32 bytes",
	[M_FORMAT] = "\"kulla/item/v1\""};

/* Where a member lies in its structure. M_BYTES and M_BASE64 are two spellings of one slice. size: of M_HEX, bytes. */
struct member {
	const char *name;
	enum member_rule rule;
	size_t place;
	bool optional;
	size_t size;
};
#define HEAD(member) offsetof(struct manifest_head, member)
#define FILE_(member) offsetof(struct manifest_file, member)
/* Ascending by name, as RFC 8785 wants it. */
static const struct member HEAD_MEMBERS[] = {
	{"authority", M_TEXT, HEAD(authority), true, 0},
	{"began", M_TIME, HEAD(began), false, 0},
	{"bytes", M_COUNT, HEAD(bytes), false, 0},
	{"case", M_TEXT, HEAD(case_name), false, 0},
	{"collector", M_TEXT, HEAD(collector), false, 0},
	{"device", M_TEXT, HEAD(device), true, 0},
	{"ended", M_TIME, HEAD(ended), false, 0},
	{"exercise", M_BOOL, HEAD(exercise), false, 0},
	{"exhibit", M_TEXT, HEAD(exhibit), true, 0},
	{"files", M_COUNT, HEAD(files), false, 0},
	{"form", M_FORM, HEAD(form), false, 0},
	{"format", M_FORMAT, 0, false, 0},
	{"from", M_DIGEST, HEAD(from), true, 0},
	{"marking", M_MARKING, HEAD(marking), false, 0},
	{"notes", M_TEXT, HEAD(notes), true, 0},
	{"place", M_TEXT, HEAD(place), true, 0},
	{"reason", M_TEXT, HEAD(reason), false, 0},
	{"salt", M_SALT, HEAD(salt), false, 0},
	{"seal", M_TEXT, HEAD(seal), true, 0},
	{"source", M_TEXT, HEAD(source), true, 0},
	{"version", M_TEXT, HEAD(version), false, 0},
};
static const struct member FILE_MEMBERS[] = {
	{"accessed", M_TIME, FILE_(accessed), true, 0},
	{"blob", M_DIGEST, FILE_(blob), true, 0},
	{"bytes", M_COUNT, FILE_(bytes), true, 0},
	{"changed", M_TIME, FILE_(changed), true, 0},
	{"gid", M_NUMBER, FILE_(gid), false, 0},
	{"holes", M_COUNT, FILE_(holes), true, 0},
	{"kind", M_KIND, FILE_(kind), false, 0},
	{"md5", M_HEX, FILE_(md5), true, MANIFEST_MD5_BYTES},
	{"mode", M_NUMBER, FILE_(mode), false, 0},
	{"modified", M_TIME, FILE_(modified), true, 0},
	{"name", M_BYTES, FILE_(name), true, 0},
	{"name_base64", M_BASE64, FILE_(name), true, 0},
	{"sha1", M_HEX, FILE_(sha1), true, MANIFEST_SHA1_BYTES},
	{"sha512", M_HEX, FILE_(sha512), true, MANIFEST_SHA512_BYTES},
	{"target", M_BYTES, FILE_(target), true, 0},
	{"target_base64", M_BASE64, FILE_(target), true, 0},
	{"type", M_TEXT, FILE_(type), true, 0},
	{"uid", M_NUMBER, FILE_(uid), false, 0},
};
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define AT(type, object, m) ((type *)(void *)((uint8_t *)(object) + (m)->place))
#define AT_CONST(type, object, m) ((const type *)(const void *)((const uint8_t *)(object) + (m)->place))

/* ---- writing ---- */
static void put_hex(struct canonical_writer *w, const char *name, slice bytes)
{
	canonical_put_key(w, name);
	buf_add_byte(w->b, '"');
	for (size_t i = 0; i < bytes.n; i++) buf_printf(w->b, "%02x", bytes.p[i]);
	buf_add_byte(w->b, '"');
}

static void put_base64(struct canonical_writer *w, const char *name, slice bytes)
{
	canonical_put_key(w, name);
	buf_add_byte(w->b, '"');
	text_put_base64(w->b, bytes);
	buf_add_byte(w->b, '"');
}

static void put_slice(struct canonical_writer *w, const struct member *m, slice s)
{
	if (s.n == 0) return;
	if (m->rule == M_HEX) put_hex(w, m->name, s);
	else if (m->rule == M_TEXT || (m->rule == M_BYTES && text_is_utf8(s))) canonical_put_text(w, m->name, s);
	else if (m->rule == M_BASE64 && !text_is_utf8(s)) put_base64(w, m->name, s);
}

static void put_member(struct canonical_writer *w, const struct member *m, const void *object)
{
	switch (m->rule) {
	case M_TEXT:
	case M_BYTES:
	case M_BASE64:
	case M_HEX: put_slice(w, m, *AT_CONST(slice, object, m)); break;
	case M_DIGEST: entry_write_digest(w, m->name, AT_CONST(digest, object, m)); break;
	case M_COUNT: canonical_put_count(w, m->name, *AT_CONST(uint64_t, object, m)); break;
	case M_NUMBER: canonical_put_count(w, m->name, *AT_CONST(uint32_t, object, m)); break;
	case M_BOOL: canonical_put_bool(w, m->name, *AT_CONST(bool, object, m)); break;
	case M_TIME:
		if (*AT_CONST(instant, object, m) != INSTANT_NONE) entry_write_time(w, m->name, *AT_CONST(instant, object, m));
		break;
	case M_FORM: canonical_put_text(w, m->name, slice_from(FORMS[*AT_CONST(enum item_form, object, m)])); break;
	case M_KIND: canonical_put_text(w, m->name, slice_from(KINDS[*AT_CONST(enum manifest_kind, object, m)])); break;
	case M_MARKING: canonical_put_text(w, m->name, slice_from(tlp_text(*AT_CONST(enum tlp, object, m)))); break;
	case M_SALT: put_base64(w, m->name, slice_of(AT_CONST(uint8_t, object, m), 32)); break;
	case M_FORMAT: canonical_put_text(w, m->name, SLICE(FORMAT)); break;
	}
}

void manifest_put_head(struct buf *b, const struct manifest_head *h)
{
	struct canonical_writer w = canonical_open(b);
	for (size_t i = 0; i < COUNT(HEAD_MEMBERS); i++)
		if (HEAD_MEMBERS[i].place != HEAD(from) || HEAD_MEMBERS[i].rule != M_DIGEST || h->has_from)
			put_member(&w, &HEAD_MEMBERS[i], h);
	canonical_close(&w);
	buf_add_byte(b, '\n');
}

/* Of a file only. */
static bool of_content(const struct member *m)
{
	return m->rule == M_DIGEST || m->rule == M_COUNT;
}

void manifest_put_file(struct buf *b, const struct manifest_file *f)
{
	struct canonical_writer w = canonical_open(b);
	for (size_t i = 0; i < COUNT(FILE_MEMBERS); i++)
		if (f->kind == MANIFEST_FILE || !of_content(&FILE_MEMBERS[i])) put_member(&w, &FILE_MEMBERS[i], f);
	canonical_close(&w);
	buf_add_byte(b, '\n');
}

/* ---- reading ---- */
static bool get_number(struct canonical_value v, uint32_t *out)
{
	uint64_t n;
	if (!canonical_get_count(v, &n) || n > UINT32_MAX) return false;
	*out = (uint32_t)n;
	return true;
}

static bool get_time(struct canonical_value v, instant *out)
{
	slice text;
	return canonical_get_plain(v, &text) && entry_get_time(text, out);
}

static bool get_word(struct canonical_value v, const char *const *words, unsigned n, unsigned *out)
{
	slice text;
	return canonical_get_plain(v, &text) && word_find(text, words, n, out);
}

static bool get_marking(struct canonical_value v, enum tlp *out)
{
	slice text;
	if (!canonical_get_plain(v, &text)) return false;
	for (int t = 0; t < TLP_NONE; t++) {
		if (!slice_equal(text, slice_from(tlp_text((enum tlp)t)))) continue;
		*out = (enum tlp)t;
		return true;
	}
	return false;
}

static bool get_base64(struct canonical_value v, struct arena *a, slice *out)
{
	slice text;
	return canonical_get_plain(v, &text) && text_get_base64(a, text, out) && out->n > 0 && !text_is_utf8(*out);
}

/* Lower case is what we write: "AB" and "ab" must not be two spellings of one digest. */
static bool get_hex(struct canonical_value v, struct arena *a, size_t size, slice *out)
{
	slice text;
	if (!canonical_get_plain(v, &text) || text.n != 2 * size) return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F') return false;
	return text_get_hex(a, text, out);
}

static bool get_salt(struct canonical_value v, uint8_t *out)
{
	slice text;
	size_t n = 0;
	return canonical_get_plain(v, &text) && text_get_base64_into(text, out, 32, &n) && n == 32;
}

static bool get_digest(struct canonical_value v, digest *out)
{
	slice text;
	return canonical_get_plain(v, &text) && entry_get_digest(text, out);
}

static bool get_text(struct canonical_value v, struct arena *a, slice *out)
{
	return canonical_get_text(v, a, out) && out->n > 0 && out->n <= EVIDENCE_TEXT_BYTES_MAX;
}

static bool get_member(struct canonical_value v, const struct member *m, struct arena *a, void *object)
{
	unsigned word = 0;
	slice text;
	switch (m->rule) {
	case M_TEXT: return get_text(v, a, AT(slice, object, m));
	case M_BYTES: return canonical_get_text(v, a, AT(slice, object, m)) && AT(slice, object, m)->n > 0;
	case M_BASE64: return get_base64(v, a, AT(slice, object, m));
	case M_HEX: return get_hex(v, a, m->size, AT(slice, object, m));
	case M_DIGEST: return get_digest(v, AT(digest, object, m));
	case M_COUNT: return canonical_get_count(v, AT(uint64_t, object, m));
	case M_NUMBER: return get_number(v, AT(uint32_t, object, m));
	case M_BOOL: return canonical_get_bool(v, AT(bool, object, m));
	case M_TIME: return get_time(v, AT(instant, object, m));
	case M_FORM:
		if (!get_word(v, FORMS, ITEM_FORMS, &word)) return false;
		*AT(enum item_form, object, m) = (enum item_form)word;
		return true;
	case M_KIND:
		if (!get_word(v, KINDS, MANIFEST_KINDS, &word)) return false;
		*AT(enum manifest_kind, object, m) = (enum manifest_kind)word;
		return true;
	case M_MARKING: return get_marking(v, AT(enum tlp, object, m));
	case M_SALT: return get_salt(v, AT(uint8_t, object, m));
	case M_FORMAT: return canonical_get_plain(v, &text) && slice_equal(text, SLICE(FORMAT));
	}
	return false;
}

static enum err refuse(struct fault *f, uint64_t line, const struct member *m, slice found)
{
	slice shown = slice_sub(found, 0, SHOWN_BYTES_MAX);
	enum err kind = m->rule == M_FORMAT ? ERR_VERSION : ERR_SYNTAX;
	if (found.n == 0)
		return fault_set(f, kind, line, 0, "manifest line %llu: %s is missing, expected %s", (unsigned long long)line, m->name,
			RULE_TEXTS[m->rule]);
	return fault_set(f, kind, line, 0, "manifest line %llu: %s: found %.*s%s, expected %s", (unsigned long long)line, m->name,
		(int)shown.n, (const char *)shown.p, shown.n < found.n ? "…" : "", RULE_TEXTS[m->rule]);
}

static size_t member_find(const struct member *table, size_t n, slice key)
{
	size_t at = 0;
	while (at < n && !slice_equal(key, slice_from(table[at].name))) at++;
	return at;
}

static enum err refuse_unknown(struct fault *f, uint64_t line, slice key)
{
	slice shown = slice_sub(key, 0, SHOWN_BYTES_MAX);
	return fault_set(f, ERR_SYNTAX, line, 0, "manifest line %llu: found the member \"%.*s\", which it does not have",
		(unsigned long long)line, (int)shown.n, (const char *)shown.p);
}

/* The first row from `at` up to `end` that must be there; end when all may be left out. */
static size_t required_between(const struct member *table, size_t at, size_t end)
{
	while (at < end && table[at].optional) at++;
	return at;
}

/* Members in the table's order, which is the canonical one; seen: a bit a row. */
static enum err get_members(
	slice line, uint64_t number, const struct member *table, size_t n, struct arena *a, void *object, uint32_t *seen, struct fault *f)
{
	struct canonical_walk w = canonical_walk(line);
	size_t at = 0;
	if (!w.object) return fault_set(f, ERR_SYNTAX, number, 0, "manifest line %llu: expected an object", (unsigned long long)number);
	for (*seen = 0; canonical_next(&w); at++) {
		size_t row = member_find(table, n, w.key), missing = required_between(table, at, row);
		if (row == n) return refuse_unknown(f, number, w.key);
		if (missing < row) return refuse(f, number, &table[missing], (slice){0});
		if (!get_member(w.value, &table[row], a, object)) return refuse(f, number, &table[row], w.value.raw);
		at = row;
		*seen |= UINT32_C(1) << row;
	}
	size_t missing = required_between(table, at, n);
	return missing == n ? OK : refuse(f, number, &table[missing], (slice){0});
}

static enum err next_line(slice *rest, uint64_t number, slice *line, struct fault *f)
{
	size_t n = slice_find_byte(*rest, '\n');
	if (n == rest->n)
		return fault_set(f, ERR_SYNTAX, number, 0, "manifest line %llu: ends without a newline", (unsigned long long)number);
	if (n > MANIFEST_LINE_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, number, 0, "manifest line %llu: longer than MANIFEST_LINE_BYTES_MAX = %u bytes",
			(unsigned long long)number, MANIFEST_LINE_BYTES_MAX);
	*line = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n + 1, SIZE_MAX);
	struct fault inner = {0};
	enum err e = canonical_check(*line, &inner);
	return e == OK ? OK : fault_set(f, e, number, inner.offset, "manifest line %llu: %.200s", (unsigned long long)number, inner.text);
}

enum err manifest_open(slice bytes, struct arena *a, struct manifest_walk *out, struct fault *f)
{
	struct manifest_walk w = {.rest = bytes, .line = 1};
	uint32_t seen = 0;
	slice line = {0};
	if (bytes.n > MANIFEST_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "manifest: longer than MANIFEST_BYTES_MAX");
	enum err e = next_line(&w.rest, 1, &line, f);
	if (e == OK) e = get_members(line, 1, HEAD_MEMBERS, COUNT(HEAD_MEMBERS), a, &w.head, &seen, f);
	if (e != OK) return e;
	for (size_t i = 0; i < COUNT(HEAD_MEMBERS); i++)
		if (HEAD_MEMBERS[i].rule == M_DIGEST) w.head.has_from = (seen >> i & 1) != 0;
	if (w.head.files > MANIFEST_FILES_MAX) return fault_set(f, ERR_LIMIT, 1, 0, "manifest line 1: more than MANIFEST_FILES_MAX files");
	if ((w.head.form == ITEM_ORIGINAL) == w.head.has_from)
		return fault_set(f, ERR_SYNTAX, 1, 0, "manifest line 1: from: expected of a copy and a derived item, and of no original");
	*out = w;
	return OK;
}

static bool seen_member(uint32_t seen, const char *name)
{
	for (size_t i = 0; i < COUNT(FILE_MEMBERS); i++)
		if (strcmp(FILE_MEMBERS[i].name, name) == 0) return (seen >> i & 1) != 0;
	return false;
}

/* What no single member shows. */
static enum err judge_file(const struct manifest_walk *w, const struct manifest_file *m, uint32_t seen, struct fault *f)
{
	const char *wrong = NULL;
	bool file = m->kind == MANIFEST_FILE;
	bool content = seen_member(seen, "blob") || seen_member(seen, "bytes") || seen_member(seen, "holes");
	bool whole = seen_member(seen, "blob") && seen_member(seen, "bytes") && seen_member(seen, "holes");
	if (seen_member(seen, "name") == seen_member(seen, "name_base64")) wrong = "expected one of name and name_base64";
	else if (!manifest_name_allowed(m->name)) wrong = "name: expected a relative name without empty, . and .. parts";
	else if (file ? !whole : content) wrong = "blob, bytes and holes: expected of a file, and of nothing else";
	else if (file && m->holes > m->bytes) wrong = "holes: more than bytes";
	else if (!file && (m->md5.n + m->sha1.n + m->sha512.n + m->type.n) > 0) wrong = "digests and type: expected of a file only";
	else if ((m->kind == MANIFEST_LINK) != (m->target.n > 0)) wrong = "target: expected of a link, and of nothing else";
	else if (seen_member(seen, "target") && seen_member(seen, "target_base64")) wrong = "expected one of target and target_base64";
	else if (w->files > 0 && slice_compare(w->last_name, m->name) >= 0) wrong = "name: expected behind the one before, by its bytes";
	return wrong == NULL ? OK : fault_set(f, ERR_SYNTAX, w->line, 0, "manifest line %llu: %s", (unsigned long long)w->line, wrong);
}

static enum err judge_end(const struct manifest_walk *w, struct fault *f)
{
	if (w->files == w->head.files && w->bytes == w->head.bytes) return OK;
	return fault_set(f, ERR_SYNTAX, w->line, 0, "manifest: found %llu files of %llu bytes, expected %llu of %llu",
		(unsigned long long)w->files, (unsigned long long)w->bytes, (unsigned long long)w->head.files,
		(unsigned long long)w->head.bytes);
}

enum err manifest_next(struct manifest_walk *w, struct arena *a, struct manifest_file *out, bool *end, struct fault *f)
{
	struct manifest_file m = {.accessed = INSTANT_NONE, .changed = INSTANT_NONE, .modified = INSTANT_NONE};
	uint32_t seen = 0;
	slice line = {0}, rest = w->rest;
	*end = w->rest.n == 0;
	if (*end) return judge_end(w, f);
	w->line++;
	enum err e = next_line(&rest, w->line, &line, f);
	if (e == OK) e = get_members(line, w->line, FILE_MEMBERS, COUNT(FILE_MEMBERS), a, &m, &seen, f);
	if (e == OK) e = judge_file(w, &m, seen, f);
	if (e != OK) return e;
	w->rest = rest;
	w->last_name = m.name;
	w->files++;
	w->bytes += m.bytes;
	*out = m;
	return w->files <= w->head.files ? OK : judge_end(w, f);
}
