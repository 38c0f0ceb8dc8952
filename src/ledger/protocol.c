/* Messages to and from the keeper. */
#include "protocol.h"

#include "text.h"

size_t protocol_begin(struct buf *b)
{
	size_t at = b->n;
	buf_add(b, slice_of("\0\0\0\0", PROTOCOL_LENGTH_BYTES));
	return at;
}

void protocol_end(struct buf *b, size_t begun_at)
{
	size_t n = b->n - begun_at - PROTOCOL_LENGTH_BYTES;
	for (unsigned i = 0; i < PROTOCOL_LENGTH_BYTES; i++) b->p[begun_at + i] = (uint8_t)(n >> (8 * i));
}

enum err protocol_next(slice *rest, slice *message, struct fault *f)
{
	size_t n = 0;
	if (rest->n < PROTOCOL_LENGTH_BYTES) return ERR_NOT_FOUND;
	for (unsigned i = 0; i < PROTOCOL_LENGTH_BYTES; i++) n |= (size_t)rest->p[i] << (8 * i);
	if (n < 2 || n > PROTOCOL_MESSAGE_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 0, 0, "PROTOCOL_MESSAGE_BYTES_MAX: a message of %zu bytes, expected 2 to %u", n,
			PROTOCOL_MESSAGE_BYTES_MAX);
	if (rest->n - PROTOCOL_LENGTH_BYTES < n) return ERR_NOT_FOUND;
	*message = slice_sub(*rest, PROTOCOL_LENGTH_BYTES, n);
	*rest = slice_sub(*rest, PROTOCOL_LENGTH_BYTES + n, rest->n);
	return OK;
}

void protocol_put_error(struct buf *b, enum err e, const struct fault *f)
{
	size_t at = protocol_begin(b);
	struct canonical_writer w = canonical_open(b);
	canonical_put_text(&w, "error", slice_from(err_text(e)));
	canonical_put_bool(&w, "ok", false);
	canonical_put_text(&w, "text", slice_from(f->text));
	canonical_close(&w);
	protocol_end(b, at);
}

static enum err error_of(slice word)
{
	for (int e = OK + 1; e <= (int)ERR_STOPPED; e++)
		if (slice_equal(slice_from(err_text((enum err)e)), word)) return (enum err)e;
	return ERR_UNSUPPORTED;
}

enum err protocol_answer(slice message, struct fault *f)
{
	struct canonical_value ok, error, text;
	bool fine;
	slice word, said = {0};
	if (canonical_check(message, f) != OK) return ERR_SYNTAX;
	if (!canonical_member(message, "ok", &ok) || !canonical_get_bool(ok, &fine))
		return fault_set(f, ERR_SYNTAX, 0, 0, "the keeper's answer has no \"ok\"");
	if (fine) return OK;
	if (!canonical_member(message, "error", &error) || !canonical_get_plain(error, &word))
		return fault_set(f, ERR_SYNTAX, 0, 0, "the keeper's refusal has no reason");
	struct arena *a = arena_new(0);
	if (canonical_member(message, "text", &text)) (void)canonical_get_text(text, a, &said);
	enum err e = fault_set(f, error_of(word), 0, 0, "%.*s", SLICE_PRINTF(said));
	arena_free(a);
	return e;
}

bool protocol_text(slice message, const char *key, struct arena *a, slice *out)
{
	struct canonical_value v;
	return canonical_member(message, key, &v) && canonical_get_text(v, a, out);
}

bool protocol_count(slice message, const char *key, uint64_t *out)
{
	struct canonical_value v;
	return canonical_member(message, key, &v) && canonical_get_count(v, out);
}

void protocol_put_request(struct buf *b, const struct request_id *id)
{
	for (size_t i = 0; i < REQUEST_ID_BYTES; i++) buf_printf(b, "%02x", id->b[i]);
}

bool protocol_get_request(slice text, struct request_id *out)
{
	struct request_id id;
	if (text.n != 2 * REQUEST_ID_BYTES) return false;
	for (size_t i = 0; i < REQUEST_ID_BYTES; i++) {
		int high = text_hex_value(text.p[2 * i]), low = text_hex_value(text.p[2 * i + 1]);
		if (high < 0 || low < 0) return false;
		id.b[i] = (uint8_t)(high * 16 + low);
	}
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F') return false;
	*out = id;
	return true;
}
