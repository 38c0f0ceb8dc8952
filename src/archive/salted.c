/* Salted texts. The content is canonical JSON, so that one text with one salt has one digest. */
#include "salted.h"
#include "canonical.h"
#include "text.h"

#define CONTENT_BYTES_MAX (6 * (size_t)SALTED_TEXT_BYTES_MAX + 128) /* every byte of the text as an escape, and what stands around it */

enum err salted_compose(struct buf *b, slice text, const uint8_t salt[SALTED_SALT_BYTES], struct fault *f)
{
	size_t before = b->n;

	if (text.n == 0 || text.n > SALTED_TEXT_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "salted text: found %zu bytes, expected 1 to %u (SALTED_TEXT_BYTES_MAX)", text.n,
			SALTED_TEXT_BYTES_MAX);
	if (!text_is_utf8(text)) return fault_set(f, ERR_SYNTAX, 0, 0, "salted text: it is not UTF-8");
	struct canonical_writer w = canonical_open(b);
	canonical_put_key(&w, "salt");
	buf_add_byte(b, '"');
	text_put_base64(b, slice_of(salt, SALTED_SALT_BYTES));
	buf_add_byte(b, '"');
	canonical_put_text(&w, "text", text);
	canonical_close(&w);
	if (!b->failed) return OK;
	b->n = before;
	return fault_set(f, ERR_LIMIT, 0, 0, "salted text: no room for it in the caller's %zu bytes", b->max);
}

/* The next member has this key and is a string. */
static bool member_take(struct canonical_walk *w, const char *key)
{
	return canonical_next(w) && slice_equal(w->key, slice_from(key)) && w->value.kind == CANONICAL_STRING;
}

enum err salted_parse(slice content, struct arena *a, slice *text, struct fault *f)
{
	uint8_t salt[SALTED_SALT_BYTES];
	size_t n = 0;
	slice found = {NULL, 0};

	if (content.n > CONTENT_BYTES_MAX) return fault_set(f, ERR_LIMIT, 0, 0, "salted text: more than SALTED_TEXT_BYTES_MAX");
	enum err e = canonical_check(content, f);
	if (e != OK) return e;
	struct canonical_walk w = canonical_walk(content);
	if (!w.object || !member_take(&w, "salt") || !canonical_get_plain(w.value, &found))
		return fault_set(f, ERR_SYNTAX, 0, 0, "salted text: expected the members \"salt\" and \"text\"");
	if (!text_get_base64_into(found, salt, sizeof salt, &n) || n != sizeof salt)
		return fault_set(f, ERR_SYNTAX, 0, 0, "salted text: salt: expected %d bytes in padded base64", SALTED_SALT_BYTES);
	if (!member_take(&w, "text") || !canonical_get_text(w.value, a, &found) || canonical_next(&w))
		return fault_set(f, ERR_SYNTAX, 0, 0, "salted text: expected the members \"salt\" and \"text\"");
	if (found.n == 0 || found.n > SALTED_TEXT_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "salted text: found %zu bytes, expected 1 to %u (SALTED_TEXT_BYTES_MAX)", found.n,
			SALTED_TEXT_BYTES_MAX);
	*text = found;
	return OK;
}

enum err salted_put(struct blob_store *s, slice text, const uint8_t salt[SALTED_SALT_BYTES], digest *out, struct fault *f)
{
	struct buf b = {0};

	enum err e = salted_compose(&b, text, salt, f);
	if (e == OK) e = blob_put(s, buf_slice(&b), out, f);
	buf_free(&b);
	return e;
}

enum err salted_get(struct blob_store *s, const digest *name, struct arena *a, slice *text, struct fault *f)
{
	struct buf b = {.max = CONTENT_BYTES_MAX};
	slice found = {NULL, 0};

	enum err e = blob_get(s, name, &b, f);
	if (e == OK) e = salted_parse(buf_slice(&b), a, &found, f);
	if (e == OK) *text = arena_copy(a, found);
	buf_free(&b);
	return e;
}
