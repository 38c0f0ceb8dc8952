/* Notes. Text and signatures part at the last empty line, so no signature line can be empty; every rule of the text holds for the whole
 * note, which is checked first. */
#include "note_int.h"
#include "text.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */

/* UTF-8 without control characters but newline. */
static enum err characters_check(slice s, struct fault *f)
{
	uint64_t line = 1;
	uint32_t c = 0;

	for (size_t at = 0, n; at < s.n; at += n) {
		n = text_utf8_next(slice_sub(s, at, 4), &c);
		if (n == 0) return fault_set(f, ERR_SYNTAX, line, at, "signed-note: no UTF-8 at byte %zu", at);
		if (c < ' ' && c != '\n')
			return fault_set(f, ERR_SYNTAX, line, at, "signed-note: control character 0x%02x at byte %zu", (unsigned)c, at);
		line += c == '\n';
	}
	return OK;
}

enum err note_text_check(slice text, struct fault *f)
{
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		return fault_set(f, ERR_SYNTAX, 1, text.n, "signed-note: the text does not end in a newline");
	if (text.n > NOTE_BYTES_MAX) return fault_set(f, ERR_LIMIT, 1, 0, "NOTE_BYTES_MAX: a text of %zu bytes", text.n);
	return characters_check(text, f);
}

/* Where the last empty line starts, or SIZE_MAX. */
static size_t last_empty_line(slice s)
{
	for (size_t at = s.n; at-- > 1;)
		if (s.p[at] == '\n' && s.p[at - 1] == '\n') return at;
	return SIZE_MAX;
}

/* What is wrong with a signature line (without its newline), or NULL. */
static const char *line_read(slice line, struct arena *a, struct note_signature *out)
{
	slice rest = slice_sub(line, sizeof DASH - 1, SIZE_MAX), bytes;

	if (!slice_starts(line, SLICE(DASH))) return "a signature line starts with an em dash and a space";
	out->name = slice_cut(&rest, ' ');
	if (!note_name_valid(out->name)) return "behind the dash stands a key's name, without '+', and a space";
	if (rest.n / 4 * 3 > NOTE_SIGNATURE_BYTES_MAX) return "NOTE_SIGNATURE_BYTES_MAX: the signature is too long";
	if (!text_get_base64(a, rest, &bytes)) return "the signature is not canonical base64";
	if (bytes.n < 5) return "a signature has four bytes of key id and one or more behind";
	out->id = (uint32_t)bytes.p[0] << 24 | (uint32_t)bytes.p[1] << 16 | (uint32_t)bytes.p[2] << 8 | bytes.p[3];
	out->bytes = slice_sub(bytes, 4, SIZE_MAX);
	return NULL;
}

static uint64_t lines_count(slice s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
	return n;
}

/* The signature lines, of which the first is line number `number` of the note. */
static enum err lines_read(slice rest, uint64_t number, struct arena *a, struct note *note, struct fault *f)
{
	uint64_t n = lines_count(rest);

	if (n > NOTE_SIGNATURES_MAX)
		return fault_set(f, ERR_LIMIT, number, 0, "NOTE_SIGNATURES_MAX: %llu signatures, at most %u", (unsigned long long)n,
			NOTE_SIGNATURES_MAX);
	note->signatures = arena_array(a, (size_t)n, sizeof *note->signatures);
	for (; rest.n > 0; note->n++) {
		struct note_signature *s = &note->signatures[note->n];
		slice whole = slice_sub(rest, 0, slice_find_byte(rest, '\n') + 1);
		const char *wrong = line_read(slice_sub(whole, 0, whole.n - 1), a, s);
		if (wrong != NULL) return fault_set(f, ERR_SYNTAX, number + note->n, 0, "signed-note: %s", wrong);
		s->line = whole;
		rest = slice_sub(rest, whole.n, SIZE_MAX);
	}
	return OK;
}

enum err note_parse(slice bytes, struct arena *a, struct note *out, struct fault *f)
{
	struct note note = {0};

	if (bytes.n > NOTE_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "NOTE_BYTES_MAX: a note of %zu bytes", bytes.n);
	enum err e = characters_check(bytes, f);
	if (e != OK) return e;
	size_t empty = last_empty_line(bytes);
	if (empty == SIZE_MAX) return fault_set(f, ERR_SYNTAX, 0, 0, "signed-note: no empty line between text and signatures");
	note.text = slice_sub(bytes, 0, empty);
	slice rest = slice_sub(bytes, empty + 1, SIZE_MAX);
	uint64_t number = lines_count(note.text) + 2;
	if (rest.n == 0) return fault_set(f, ERR_SYNTAX, number, 0, "signed-note: no signature line behind the last empty line");
	if (rest.p[rest.n - 1] != '\n')
		return fault_set(f, ERR_SYNTAX, number + lines_count(rest), 0, "signed-note: the last line has no newline");
	e = lines_read(rest, number, a, &note, f);
	if (e == OK) *out = note;
	return e;
}

/* ---- verifying ---- */

static bool ed25519_holds(const struct note_key *k, slice text, slice bytes, uint64_t *time)
{
	*time = 0;
	return bytes.n == ED25519_SIGNATURE_BYTES && ed25519_verify(k->public_key, text, bytes.p);
}

static const struct {
	enum note_algorithm algorithm;
	bool (*holds)(const struct note_key *k, slice text, slice bytes, uint64_t *time);
} ALGORITHMS[] = {{NOTE_ED25519, ed25519_holds}, {NOTE_COSIGNATURE, cosignature_verify}};

static bool holds(const struct note_key *k, slice text, struct note_signature *s)
{
	for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++)
		if (ALGORITHMS[i].algorithm == k->algorithm) return ALGORITHMS[i].holds(k, text, s->bytes, &s->time);
	return false;
}

/* Whether a known key is named and, if so, holds. Two known keys may share name and id (an id is four bytes: whoever makes a key can make
 * it collide): then either may hold, or one partner's key could silence another's. */
static enum err signature_judge(struct note_keys known, slice text, struct note_signature *s)
{
	bool named = false;

	for (unsigned i = 0; i < known.n && s->key == NULL; i++) {
		const struct note_key *k = &known.keys[i];
		if (k->id != s->id || !note_algorithm_known(k->algorithm) || !slice_equal(k->name, s->name)) continue;
		named = true;
		if (holds(k, text, s)) s->key = k;
	}
	return named && s->key == NULL ? ERR_DAMAGED : OK;
}

enum err note_open(slice bytes, struct note_keys known, struct arena *a, struct note *out, struct fault *f)
{
	struct note note = {0};
	bool verified = false;
	enum err e = note_parse(bytes, a, &note, f);

	if (e != OK) return e;
	uint64_t number = lines_count(note.text) + 2;
	for (unsigned i = 0; i < note.n; i++) {
		struct note_signature *s = &note.signatures[i];
		if (signature_judge(known, note.text, s) != OK)
			return fault_set(f, ERR_DAMAGED, number + i, 0, "signed-note: the signature of %.*s does not hold",
				(int)(s->name.n < 128 ? s->name.n : 128), (const char *)s->name.p);
		verified |= s->key != NULL;
	}
	if (!verified) return fault_set(f, ERR_NOT_FOUND, number, 0, "signed-note: none of the %u signatures is of a known key", note.n);
	*out = note;
	return OK;
}

/* ---- signing ---- */

void note_put_line(struct buf *b, const struct note_key *key, slice bytes)
{
	struct buf whole = {0};
	const uint8_t id[4] = {(uint8_t)(key->id >> 24), (uint8_t)(key->id >> 16), (uint8_t)(key->id >> 8), (uint8_t)key->id};

	buf_add(&whole, slice_of(id, sizeof id));
	buf_add(&whole, bytes);
	buf_add_text(b, DASH);
	buf_add(b, key->name);
	buf_add_byte(b, ' ');
	text_put_base64(b, buf_slice(&whole));
	buf_add_byte(b, '\n');
	buf_free(&whole);
}

enum err note_sign_line(struct buf *b, slice text, const struct note_signer *s, struct fault *f)
{
	uint8_t signature[ED25519_SIGNATURE_BYTES];
	enum err e = note_text_check(text, f);

	if (e == OK) e = note_signer_run(s, NOTE_ED25519, text, signature, f);
	if (e == OK) note_put_line(b, &s->key, slice_of(signature, sizeof signature));
	return e;
}

enum err note_sign(struct buf *b, slice text, const struct note_signer *s, struct fault *f)
{
	struct buf line = {0};
	enum err e = note_sign_line(&line, text, s, f);

	if (e == OK) {
		buf_add(b, text);
		buf_add_byte(b, '\n');
		buf_add(b, buf_slice(&line));
	}
	buf_free(&line);
	return e;
}
