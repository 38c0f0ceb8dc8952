/* The rules of fields, one function each, in one table. Values come from canonical JSON: a string without a backslash is its own text. */
#include "entry_int.h"
#include "journal.h"
#include "observable.h"
#include "text.h"

#include <assert.h>
#include <unictype.h>

#define TIME_BYTES 27 /* "2026-11-24T15:30:00.123456Z" */
#define VKEY_MATERIAL_BYTES_MAX (NOTE_KEY_BYTES_MAX / 4 * 3)
#define WORD_BYTES_MAX 64u
#define UID_DIGITS_MAX 10u

/* ---- characters ---- */

enum { LOWER = 1, DIGIT = 2, DASH = 4, HEX = 8, VERSION_MARK = 16, ACTOR_MARK = 32 };

static const uint8_t CLASSES[256] = {['0' ... '9'] = DIGIT | HEX,
	['a' ... 'f'] = LOWER | HEX,
	['g' ... 'z'] = LOWER,
	['-'] = DASH,
	['.'] = VERSION_MARK | ACTOR_MARK,
	[':'] = ACTOR_MARK,
	['+'] = VERSION_MARK,
	['~'] = VERSION_MARK};

/* 1 to max bytes, all of these classes. */
static bool all_of(slice s, unsigned classes, size_t max)
{
	size_t n = 0;

	if (s.n == 0 || s.n > max) return false;
	while (n < s.n && (CLASSES[s.p[n]] & classes) != 0) n++;
	return n == s.n;
}

static bool word_valid(slice s)
{
	return all_of(s, LOWER | DIGIT | DASH, WORD_BYTES_MAX);
}

/* A decimal without a leading zero. */
static bool decimal_valid(slice s, size_t digits_max)
{
	return all_of(s, DIGIT, digits_max) && (s.n == 1 || s.p[0] != '0');
}

/* A log's or a key's name (C2SP signed-note), and nothing in it that moves a cursor or turns the direction of writing. */
static bool name_valid(slice name)
{
	uint32_t c;

	if (name.n == 0 || name.n > CHECKPOINT_ORIGIN_BYTES_MAX) return false;
	for (unsigned n; name.n > 0; name = slice_sub(name, n, SIZE_MAX)) {
		n = text_utf8_next(name, &c);
		if (n == 0 || c <= ' ' || c == 0x7F || c == '+' || c == '"' || c == '\\') return false;
		if (c > 0x7F && uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Z))
			return false;
	}
	return true;
}

/* ---- rules of texts ---- */

static bool is_digest(slice s, const struct entry_field *field)
{
	(void)field;
	return s.n == ENTRY_DIGEST_BYTES && memcmp(s.p, "sha256:", 7) == 0 && all_of(slice_sub(s, 7, SIZE_MAX), HEX, DIGEST_HEX_BYTES);
}

static bool is_time(slice s, const struct entry_field *field)
{
	instant t;

	(void)field;
	return entry_get_time(s, &t);
}

/* One of "added|removed". */
static bool is_word(slice s, const struct entry_field *field)
{
	slice words = slice_from(field->words);

	if (!word_valid(s)) return false;
	while (words.n > 0)
		if (slice_equal(slice_cut(&words, '|'), s)) return true;
	return field->words == NULL;
}

static bool is_version(slice s, const struct entry_field *field)
{
	(void)field;
	return all_of(s, LOWER | DIGIT | DASH | VERSION_MARK, WORD_BYTES_MAX);
}

static bool is_marking(slice s, const struct entry_field *field)
{
	(void)field;
	for (enum tlp t = TLP_CLEAR; t < TLP_NONE; t++)
		if (slice_equal(s, slice_from(tlp_text(t)))) return true;
	return false;
}

/* The id that a key of this name has: the first four bytes of SHA-256(name || 0x0A || algorithm || public key). */
static uint32_t key_id(slice name, slice material)
{
	struct digest_stream s;

	digest_start(&s);
	digest_add(&s, name);
	digest_add(&s, SLICE("\n"));
	digest_add(&s, material);
	digest d = digest_end(&s);
	return (uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 | (uint32_t)d.b[2] << 8 | d.b[3];
}

static bool is_vkey(slice s, const struct entry_field *field)
{
	uint8_t room[VKEY_MATERIAL_BYTES_MAX];
	size_t n = 0;
	uint32_t id = 0;

	(void)field;
	if (s.n > NOTE_KEY_BYTES_MAX) return false;
	slice name = slice_cut(&s, '+'), hex = slice_cut(&s, '+');
	if (!name_valid(name) || hex.n != 8 || !all_of(hex, HEX, 8)) return false;
	for (size_t i = 0; i < hex.n; i++) id = id << 4 | (uint32_t)text_hex_value(hex.p[i]);
	if (!text_get_base64_into(s, room, sizeof room, &n) || n < 2) return false;
	if (room[0] != 0x01 && room[0] != 0x04) return true; /* another algorithm: its ids are its own */
	return n == 33 && key_id(name, slice_of(room, n)) == id;
}

static bool is_signature(slice s, const struct entry_field *field)
{
	uint8_t room[NOTE_SIGNATURE_BYTES_MAX];
	size_t n = 0;

	(void)field;
	return text_get_base64_into(s, room, sizeof room, &n) && n > 0;
}

static bool is_root(slice s, const struct entry_field *field)
{
	digest d;

	(void)field;
	return digest_get_base64(s, &d);
}

static bool is_origin(slice s, const struct entry_field *field)
{
	(void)field;
	return name_valid(s);
}

/* "type--uuid". Source: STIX 2.1 2.9. */
static bool is_stix_id(slice s, const struct entry_field *field)
{
	static const char SHAPE[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
	size_t dashes = slice_find(s, SLICE("--"));

	(void)field;
	if (!word_valid(slice_sub(s, 0, dashes)) || s.n - dashes != 2 + sizeof SHAPE - 1) return false;
	for (size_t i = 0; i < sizeof SHAPE - 1; i++) {
		unsigned wanted = SHAPE[i] == 'h' ? HEX : DASH;
		if ((CLASSES[s.p[dashes + 2 + i]] & wanted) == 0) return false;
	}
	return true;
}

/* "x001/x234/067": a tile's number in groups of three digits, all but the last behind an x; the first not x000. */
static bool tile_number_cut(slice *rest)
{
	size_t groups = 0;

	for (bool more = true; more; groups++) {
		more = rest->n > 0 && rest->p[0] == 'x';
		slice group = slice_sub(*rest, more, 3);
		if (group.n != 3 || !all_of(group, DIGIT, 3)) return false;
		if (groups == 0 && more && memcmp(group.p, "000", 3) == 0) return false;
		*rest = slice_sub(*rest, more + 3u, SIZE_MAX);
		if (more && (rest->n == 0 || rest->p[0] != '/')) return false;
		if (more) *rest = slice_sub(*rest, 1, SIZE_MAX);
	}
	return groups <= 7; /* 2^63 has seven groups */
}

/* "tile/0/x001/067", "tile/entries/067.p/12". Source: C2SP tlog-tiles. */
static bool is_tile_path(slice s)
{
	slice_cut(&s, '/');
	slice level = slice_cut(&s, '/');
	if (!slice_equal(level, SLICE("entries")) &&
		!(decimal_valid(level, 2) && (level.n == 1 || (level.p[0] <= '6' && (level.p[0] < '6' || level.p[1] <= '3')))))
		return false;
	if (!tile_number_cut(&s)) return false;
	if (s.n == 0) return true;
	if (!slice_starts(s, SLICE(".p/"))) return false;
	slice width = slice_sub(s, 3, SIZE_MAX);
	return decimal_valid(width, 3) && width.p[0] != '0' && (width.n < 3 || memcmp(width.p, "255", 3) <= 0);
}

/* "blobs/ab/ab…": the folder's name is the start of the blob's. */
static bool is_blob_path(slice s)
{
	slice name = slice_sub(s, 9, SIZE_MAX);

	return s.n == 9 + DIGEST_HEX_BYTES && s.p[8] == '/' && all_of(name, HEX, DIGEST_HEX_BYTES) && memcmp(s.p + 6, name.p, 2) == 0;
}

/* "journal/00000000000000000017". */
static bool is_journal_path(slice s)
{
	uint64_t first;
	return journal_name_read(slice_sub(s, sizeof JOURNAL_FOLDER, SIZE_MAX), &first);
}

static bool is_path(slice s, const struct entry_field *field)
{
	(void)field;
	if (slice_starts(s, SLICE("tile/"))) return is_tile_path(s);
	if (slice_starts(s, SLICE("blobs/"))) return is_blob_path(s);
	if (slice_starts(s, SLICE(JOURNAL_FOLDER "/"))) return is_journal_path(s);
	return slice_equal(s, SLICE("checkpoint")) || slice_equal(s, SLICE("cosigned"));
}

/* Forms of actors: a scheme and what may stand behind its colon. */
static bool is_uid(slice s, const struct entry_field *field)
{
	(void)field;
	return decimal_valid(s, UID_DIGITS_MAX) && (s.n < UID_DIGITS_MAX || memcmp(s.p, "4294967295", UID_DIGITS_MAX) <= 0);
}

static bool is_nothing(slice s, const struct entry_field *field)
{
	(void)field;
	return s.n == 0;
}

static const struct {
	slice start;
	bool (*rest)(slice, const struct entry_field *);
} ACTORS[] = {
	{SLICE("unix:"), is_uid},
	{SLICE("node"), is_nothing},
	{SLICE("id:"), is_digest},
};

enum entry_actor_form entry_actor_form(slice actor)
{
	for (size_t i = 0; i < sizeof ACTORS / sizeof *ACTORS; i++) {
		slice rest = slice_sub(actor, ACTORS[i].start.n, SIZE_MAX);
		if (slice_starts(actor, ACTORS[i].start) && (ACTORS[i].start.p[ACTORS[i].start.n - 1] == ':' || rest.n == 0))
			return ACTORS[i].rest(rest, NULL) ? ENTRY_ACTOR_KNOWN : ENTRY_ACTOR_BROKEN;
	}
	return ENTRY_ACTOR_UNKNOWN;
}

/* "scheme" or "scheme:…"; of a known scheme what stands behind is judged too. */
static bool is_actor(slice s, const struct entry_field *field)
{
	slice rest = s, scheme = slice_cut(&rest, ':');

	(void)field;
	if (!word_valid(scheme) || (scheme.n < s.n && !all_of(rest, LOWER | DIGIT | DASH | ACTOR_MARK, 2 * WORD_BYTES_MAX))) return false;
	return entry_actor_form(s) != ENTRY_ACTOR_BROKEN;
}

/* ---- the table ---- */

/* A scalar of `kind` whose text, when it is a string, `text` accepts; `nullable`: or null. `list`: an array of such. */
struct rule {
	enum canonical_kind kind;
	bool (*text)(slice, const struct entry_field *);
	bool list, nullable;
	const char *expected;
};

static const struct rule RULES[ENTRY_RULES] = {
	[ENTRY_DIGEST] = {CANONICAL_STRING, is_digest, .expected = "a digest, \"sha256:\" and 64 lower-case hex digits"},
	[ENTRY_BLOB] = {CANONICAL_STRING, is_digest, .expected = "the digest of a blob, \"sha256:\" and 64 lower-case hex digits"},
	[ENTRY_SALTED] = {CANONICAL_STRING, is_digest, .expected = "the digest of a salted text, \"sha256:\" and 64 lower-case hex digits"},
	[ENTRY_DIGESTS] = {CANONICAL_STRING, is_digest, .list = true, .expected = "an array of digests, strictly ascending"},
	[ENTRY_COUNT] = {CANONICAL_NUMBER, .expected = "an integer from 0 to 9007199254740991"},
	[ENTRY_BOOL] = {CANONICAL_BOOL, .expected = "true or false"},
	[ENTRY_TIME] = {CANONICAL_STRING, is_time, .expected = "a time such as \"2026-11-24T15:30:00.123456Z\""},
	[ENTRY_WORD] = {CANONICAL_STRING, is_word, .expected = "a word of at most 64 of a-z, 0-9 and '-'"},
	[ENTRY_VERSION] = {CANONICAL_STRING, is_version, .expected = "a version of at most 64 of a-z, 0-9 and \".+~-\""},
	[ENTRY_MARKING] = {CANONICAL_STRING, is_marking, .expected = "a marking such as \"TLP:AMBER\""},
	[ENTRY_VKEY] = {CANONICAL_STRING, is_vkey, .expected = "a verifier key, name+id+base64, whose id is that of its key"},
	[ENTRY_SIGNATURE] = {CANONICAL_STRING, is_signature, .expected = "a signature in padded base64"},
	[ENTRY_ROOT] = {CANONICAL_STRING, is_root, .expected = "a root, 32 bytes in padded base64"},
	[ENTRY_ORIGIN] = {CANONICAL_STRING, is_origin, .expected = "a log's name without spaces, '+', quotes and control characters"},
	[ENTRY_STIX_ID] = {CANONICAL_STRING, is_stix_id, .nullable = true, .expected = "a STIX id, type--uuid, or null"},
	[ENTRY_PATHS] = {CANONICAL_STRING, is_path, .list = true,
		.expected = "an array of paths (checkpoint, cosigned, journal/…, tile/…, blobs/…), strictly ascending"},
	[ENTRY_ACTOR] = {CANONICAL_STRING, is_actor, .expected = "an actor such as \"unix:1000\""},
	[ENTRY_OBJECT] = {CANONICAL_OBJECT, .expected = "an object"},
};

const char *entry_rule_text(enum entry_rule r)
{
	return RULES[r].expected;
}

static bool scalar_holds(const struct rule *r, const struct entry_field *field, struct canonical_value v)
{
	uint64_t count;
	slice text;

	if (v.kind == CANONICAL_NULL) return r->nullable;
	if (v.kind != r->kind) return false;
	if (v.kind == CANONICAL_NUMBER) return canonical_get_count(v, &count);
	return r->text == NULL || (canonical_get_plain(v, &text) && r->text(text, field));
}

/* Elements that ascend bytewise: one list has one spelling. */
static enum err list_judge(const struct rule *r, const struct entry_field *field, struct canonical_value v)
{
	struct canonical_walk w = canonical_walk(v.raw);
	slice before = {NULL, 0};
	unsigned n = 0;

	if (v.kind != CANONICAL_ARRAY) return ERR_SYNTAX;
	for (; canonical_next(&w); n++, before = w.value.raw) {
		if (n == ENTRY_LIST_MAX) return ERR_LIMIT;
		if (!scalar_holds(r, field, w.value)) return ERR_SYNTAX;
		slice text = slice_sub(w.value.raw, 1, w.value.raw.n - 2);
		if (n > 0 && slice_compare(slice_sub(before, 1, before.n - 2), text) >= 0) return ERR_SYNTAX;
	}
	return n > 0 ? OK : ERR_SYNTAX;
}

enum err entry_rule_judge(const struct entry_field *field, struct canonical_value v)
{
	assert(field->rule < ENTRY_RULES);
	const struct rule *r = &RULES[field->rule];
	if (r->list) return list_judge(r, field, v);
	return scalar_holds(r, field, v) ? OK : ERR_SYNTAX;
}

/* ---- values in and out ---- */

/* Two digits; -1 when they are none. */
static int pair(const uint8_t *p)
{
	unsigned tens = (unsigned)p[0] - '0', ones = (unsigned)p[1] - '0';

	return tens < 10 && ones < 10 ? (int)(tens * 10 + ones) : -1;
}

bool entry_get_time(slice text, instant *out)
{
	static const char SHAPE[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
	const uint8_t *p = text.p;

	if (text.n != TIME_BYTES) return false;
	for (size_t i = 0; i < TIME_BYTES; i++)
		if (SHAPE[i] == 'd' ? (CLASSES[p[i]] & DIGIT) == 0 : p[i] != (uint8_t)SHAPE[i]) return false;
	int second = pair(p + 17); /* 60, a leap second, would read back as another text */
	return second < 60 && instant_from_civil(pair(p) * 100 + pair(p + 2), pair(p + 5), pair(p + 8), pair(p + 11), pair(p + 14), second,
				      pair(p + 20) * 10000 + pair(p + 22) * 100 + pair(p + 24), out) == OK;
}

bool entry_get_digest(slice text, digest *out)
{
	return text.n == ENTRY_DIGEST_BYTES && memcmp(text.p, "sha256:", 7) == 0 && digest_get_hex(slice_sub(text, 7, SIZE_MAX), out);
}
