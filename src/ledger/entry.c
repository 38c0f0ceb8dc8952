/* Entries: the envelope is one more row of the same kind as the bodies' (ENVELOPE), so one function matches members against rows. */
#include "entry_int.h"
#include "json.h"

#include <assert.h>
#include <stdlib.h>

#define SHOWN_BYTES_MAX 60 /* of what was found, in a fault */

/* ---- members against rows ---- */

enum envelope_place { ACTOR, BLOBS, BODY, KIND, TIME, ENVELOPE_FIELDS };
static const struct entry_field ENVELOPE_ROWS[ENVELOPE_FIELDS] = {
	[ACTOR] = {.name = "actor", .rule = ENTRY_ACTOR},
	[BLOBS] = {.name = "blobs", .rule = ENTRY_DIGESTS, .optional = true},
	[BODY] = {.name = "body", .rule = ENTRY_OBJECT},
	[KIND] = {.name = "kind", .rule = ENTRY_WORD},
	[TIME] = {.name = "time", .rule = ENTRY_TIME},
};
static const struct entry_kind ENVELOPE = {"envelope", "", ENVELOPE_ROWS, ENVELOPE_FIELDS};

static size_t offset_of(slice text, slice part)
{
	return (size_t)(part.p - text.p);
}

static bool name_is(const char *name, slice key)
{
	return strncmp(name, (const char *)key.p, key.n) == 0 && name[key.n] == 0;
}

static enum err refuse_missing(const struct entry_kind *k, const struct entry_field *field, size_t at, struct fault *f)
{
	return fault_set(f, ERR_SYNTAX, 0, at, "entry %s: %s is missing, expected %s", k->name, field->name, entry_rule_text(field->rule));
}

static enum err refuse_unknown(const struct entry_kind *k, slice text, slice key, struct fault *f)
{
	slice shown = slice_sub(key, 0, SHOWN_BYTES_MAX);

	return fault_set(f, ERR_SYNTAX, 0, offset_of(text, key), "entry %s: found the member \"%.*s\", which this kind does not have",
		k->name, SLICE_PRINTF(shown));
}

static enum err refuse_value(
	const struct entry_kind *k, const struct entry_field *field, slice text, slice raw, enum err kind, struct fault *f)
{
	slice shown = slice_sub(raw, 0, SHOWN_BYTES_MAX);
	const char *words = field->words != NULL ? field->words : "";

	if (kind == ERR_LIMIT)
		return fault_set(f, kind, 0, offset_of(text, raw), "entry %s: %s has more than %u elements (ENTRY_LIST_MAX)", k->name,
			field->name, ENTRY_LIST_MAX);
	return fault_set(f, kind, 0, offset_of(text, raw), "entry %s: %s: found %.*s%s, expected %s%s%s", k->name, field->name,
		SLICE_PRINTF(shown), shown.n < raw.n ? "…" : "", entry_rule_text(field->rule), *words != 0 ? ": " : "", words);
}

/* The row of a key from row `at` on; field_count when there is none. */
static unsigned row_find(const struct entry_kind *k, unsigned at, slice key)
{
	while (at < k->field_count && !name_is(k->fields[at].name, key)) at++;
	return at;
}

/* Rows [at, until) have no member: they must be optional. */
static enum err rows_absent(
	const struct entry_kind *k, unsigned at, unsigned until, size_t offset, struct canonical_value *values, struct fault *f)
{
	for (; at < until; at++) {
		if (!k->fields[at].optional) return refuse_missing(k, &k->fields[at], offset, f);
		values[at] = (struct canonical_value){.raw = {NULL, 0}};
	}
	return OK;
}

enum err entry_fields_match(const struct entry_kind *what, slice text, slice object, struct canonical_value *values, struct fault *f)
{
	struct canonical_walk w = canonical_walk(object);
	unsigned at = 0;

	for (enum err e; canonical_next(&w); at++) {
		unsigned row = row_find(what, at, w.key);
		if (row == what->field_count) return refuse_unknown(what, text, w.key, f);
		if ((e = rows_absent(what, at, row, offset_of(text, w.key), values, f)) != OK) return e;
		e = entry_rule_judge(&what->fields[row], w.value);
		if (e != OK) return refuse_value(what, &what->fields[row], text, w.value.raw, e, f);
		values[at = row] = w.value;
	}
	return rows_absent(what, at, what->field_count, offset_of(text, object) + object.n - 1, values, f);
}

/* ---- parse ---- */

/* The text of a string without escapes. */
static slice inner(struct canonical_value v)
{
	return slice_sub(v.raw, 1, v.raw.n - 2);
}

/* Place of a digest's text among the entry's blobs; blob_count when it is none of them. */
static unsigned blob_place(const struct entry *e, slice text)
{
	unsigned i = 0;

	while (i < e->blob_count && memcmp(e->blobs.p + 2 + i * ENTRY_DIGEST_STRIDE, text.p, ENTRY_DIGEST_BYTES) != 0) i++;
	return i;
}

/* The blobs are those that the body names, no more and no less: whoever keeps or copies a ledger's blobs needs to know no kind. */
static enum err blobs_check(const struct entry *e, slice text, const struct canonical_value *values, struct fault *f)
{
	uint8_t named[ENTRY_LIST_MAX] = {0};

	for (unsigned i = 0; i < e->rules->field_count; i++) {
		const struct entry_field *field = &e->rules->fields[i];
		if (values[i].raw.p == NULL || (field->rule != ENTRY_BLOB && field->rule != ENTRY_SALTED)) continue;
		unsigned place = blob_place(e, inner(values[i]));
		if (place == e->blob_count)
			return fault_set(f, ERR_SYNTAX, 0, offset_of(text, values[i].raw),
				"entry %s: %s: expected its blob among the entry's blobs, found %.*s not there", e->rules->name,
				field->name, SLICE_PRINTF(values[i].raw));
		named[place] = 1;
	}
	for (unsigned i = 0; i < e->blob_count; i++)
		if (named[i] == 0)
			return fault_set(f, ERR_SYNTAX, 0, offset_of(text, e->blobs) + 1 + i * ENTRY_DIGEST_STRIDE,
				"entry %s: blobs: found %.*s, which no field of the body names", e->rules->name, ENTRY_DIGEST_BYTES,
				(const char *)e->blobs.p + 2 + i * ENTRY_DIGEST_STRIDE);
	return OK;
}

static enum err body_check(const struct entry *e, slice text, struct fault *f)
{
	struct canonical_value values[ENTRY_FIELDS_MAX] = {{.raw = {NULL, 0}}}; /* entry_fields_match gives each row one */

	assert(e->rules->field_count <= ENTRY_FIELDS_MAX);
	enum err error = entry_fields_match(e->rules, text, e->body, values, f);
	return error != OK ? error : blobs_check(e, text, values, f);
}

/* The bytes are known to be canonical. */
static enum err parse_canonical(slice bytes, struct entry *out, struct fault *f)
{
	struct canonical_value v[ENVELOPE_FIELDS] = {{.raw = {NULL, 0}}};
	struct entry entry = {.blob_count = 0};

	if (canonical_root(bytes).kind != CANONICAL_OBJECT) return fault_set(f, ERR_SYNTAX, 0, 0, "entry envelope: expected an object");
	enum err e = entry_fields_match(&ENVELOPE, bytes, bytes, v, f);
	if (e != OK) return e;
	entry.actor = inner(v[ACTOR]);
	entry.kind = inner(v[KIND]);
	entry.body = v[BODY].raw;
	entry.blobs = v[BLOBS].raw;
	entry.blob_count = (unsigned)(entry.blobs.n / ENTRY_DIGEST_STRIDE);
	entry.rules = entry_kind_find(entry.kind);
	entry.known = entry.rules != NULL && entry_actor_form(entry.actor) == ENTRY_ACTOR_KNOWN;
	if (!entry_get_time(inner(v[TIME]), &entry.time)) return fault_set(f, ERR_SYNTAX, 0, 0, "entry envelope: time");
	if (entry.rules != NULL && (e = body_check(&entry, bytes, f)) != OK) return e;
	*out = entry;
	return OK;
}

static enum err check_length(slice bytes, struct fault *f)
{
	if (bytes.n <= ENTRY_BYTES_MAX) return OK;
	return fault_set(f, ERR_LIMIT, 0, ENTRY_BYTES_MAX, "entry: %zu bytes, at most %u (ENTRY_BYTES_MAX)", bytes.n, ENTRY_BYTES_MAX);
}

enum err entry_parse(slice bytes, struct entry *out, struct fault *f)
{
	enum err e = check_length(bytes, f);
	if (e == OK) e = canonical_check(bytes, f);
	return e == OK ? parse_canonical(bytes, out, f) : e;
}

/* ---- compose ---- */

void entry_put_digest(struct buf *b, const digest *d)
{
	char hex[DIGEST_HEX_BYTES + 1];

	buf_add(b, SLICE("sha256:"));
	buf_add_text(b, digest_hex(d, hex));
}

static int digest_order(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_BYTES);
}

static void blobs_put(struct canonical_writer *w, const digest *blobs, unsigned count)
{
	digest sorted[ENTRY_LIST_MAX];

	if (count == 0) return;
	memcpy(sorted, blobs, count * sizeof *blobs);
	qsort(sorted, count, sizeof *sorted, digest_order);
	canonical_put_key(w, "blobs");
	buf_add_byte(w->b, '[');
	for (unsigned i = 0; i < count; i++) {
		if (i > 0 && digest_equal(&sorted[i - 1], &sorted[i])) continue;
		buf_add(w->b, i > 0 ? SLICE(",\"") : SLICE("\""));
		entry_put_digest(w->b, &sorted[i]);
		buf_add_byte(w->b, '"');
	}
	buf_add_byte(w->b, ']');
}

static void draft_put(struct buf *b, const struct entry_draft *d)
{
	struct canonical_writer w = canonical_open(b);

	canonical_put_text(&w, "actor", d->actor);
	blobs_put(&w, d->blobs, d->blob_count);
	canonical_put_raw(&w, "body", d->body);
	canonical_put_text(&w, "kind", d->kind);
	entry_write_time(&w, "time", d->time);
	canonical_close(&w);
}

/* What was written is what a reader will accept, and says what the draft says. */
static enum err draft_check(slice bytes, const struct entry_draft *d, bool judged, struct fault *f)
{
	struct entry entry = {.blob_count = 0};

	enum err e = check_length(bytes, f);
	if (e == OK && !judged) e = canonical_check(bytes, f);
	if (e == OK) e = parse_canonical(bytes, &entry, f);
	if (e != OK) return e;
	if (!entry.known)
		return fault_set(f, ERR_UNSUPPORTED, 0, 0, "entry: kind %.*s or actor %.*s is not known to this version",
			SLICE_PRINTF(entry.kind), SLICE_PRINTF(entry.actor));
	if (entry.time != d->time) return fault_set(f, ERR_USAGE, 0, 0, "entry: the time is outside the years 1 to 9999");
	return OK;
}

static enum err compose(struct buf *b, const struct entry_draft *d, bool judged, struct fault *f)
{
	size_t before = b->n;

	if (d->blob_count > ENTRY_LIST_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "entry: %u blobs, at most %u (ENTRY_LIST_MAX)", d->blob_count, ENTRY_LIST_MAX);
	draft_put(b, d);
	enum err e = b->failed ? fault_set(f, ERR_LIMIT, 0, 0, "entry: no room for it in the caller's %zu bytes", b->max)
			       : draft_check(slice_sub(buf_slice(b), before, SIZE_MAX), d, judged, f);
	if (e != OK) b->n = before;
	return e;
}

enum err entry_compose(struct buf *b, const struct entry_draft *d, struct fault *f)
{
	return compose(b, d, false, f);
}

enum err entry_compose_judged(struct buf *b, const struct entry_draft *d, struct fault *f)
{
	return compose(b, d, true, f);
}

/* ---- fields in and out ---- */

digest entry_blob(const struct entry *e, unsigned i)
{
	digest d = {{0}};

	assert(i < e->blob_count);
	bool good = entry_get_digest(slice_sub(e->blobs, 2 + i * ENTRY_DIGEST_STRIDE, ENTRY_DIGEST_BYTES), &d);
	assert(good);
	(void)good;
	return d;
}

bool entry_field(const struct entry *e, const char *name, struct canonical_value *out)
{
	return canonical_member(e->body, name, out);
}

bool entry_field_text(const struct entry *e, const char *name, slice *out)
{
	struct canonical_value v;

	return entry_field(e, name, &v) && canonical_get_plain(v, out);
}

bool entry_field_digest(const struct entry *e, const char *name, digest *out)
{
	slice text;

	return entry_field_text(e, name, &text) && entry_get_digest(text, out);
}

bool entry_field_count(const struct entry *e, const char *name, uint64_t *out)
{
	struct canonical_value v;

	return entry_field(e, name, &v) && canonical_get_count(v, out);
}

bool entry_field_bool(const struct entry *e, const char *name, bool *out)
{
	struct canonical_value v;

	return entry_field(e, name, &v) && canonical_get_bool(v, out);
}

bool entry_field_time(const struct entry *e, const char *name, instant *out)
{
	slice text;

	return entry_field_text(e, name, &text) && entry_get_time(text, out);
}

bool entry_field_root(const struct entry *e, const char *name, digest *out)
{
	slice text;

	return entry_field_text(e, name, &text) && digest_get_base64(text, out);
}

void entry_write_digest(struct canonical_writer *w, const char *key, const digest *d)
{
	canonical_put_key(w, key);
	buf_add_byte(w->b, '"');
	entry_put_digest(w->b, d);
	buf_add_byte(w->b, '"');
}

void entry_write_root(struct canonical_writer *w, const char *key, const digest *root)
{
	char text[DIGEST_BASE64_BYTES + 1];

	canonical_put_text(w, key, slice_from(digest_base64(root, text)));
}

void entry_write_time(struct canonical_writer *w, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];

	canonical_put_text(w, key, slice_from(instant_format(t, 6, text)));
}

void entry_rotation_message(struct buf *b, slice origin, slice old_vkey, slice new_vkey)
{
	const slice lines[] = {SLICE("kulla/key-rotation/v1"), origin, old_vkey, new_vkey};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		buf_add(b, lines[i]);
		buf_add_byte(b, '\n');
	}
}
