/* A checkpoint's text: origin, size, root, and lines that nobody reads. */
#include "checkpoint.h"
#include "limit.h"
#include "text.h"

/* Cut the next line off *rest, without its newline; false when there is none that ends in one. */
static bool line_cut(slice *rest, slice *line)
{
	size_t n = slice_find_byte(*rest, '\n');

	if (n == rest->n) return false;
	*line = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n + 1, SIZE_MAX);
	return true;
}

static enum err extensions_check(slice rest, struct fault *f)
{
	slice line;

	for (uint64_t number = 4; rest.n > 0; number++) {
		if (!line_cut(&rest, &line))
			return fault_set(f, ERR_SYNTAX, number, 0, "tlog-checkpoint: an extension line has no newline");
		if (line.n == 0) return fault_set(f, ERR_SYNTAX, number, 0, "tlog-checkpoint: an extension line is empty");
	}
	return OK;
}

static enum err origin_check(slice origin, struct fault *f)
{
	if (origin.n == 0) return fault_set(f, ERR_SYNTAX, 1, 0, "tlog-checkpoint: the origin is empty");
	if (origin.n > CHECKPOINT_ORIGIN_BYTES_MAX)
		return fault_set(f, ERR_LIMIT, 1, 0, "CHECKPOINT_ORIGIN_BYTES_MAX: an origin of %zu bytes", origin.n);
	return OK;
}

enum err checkpoint_parse(slice text, struct checkpoint *out, struct fault *f)
{
	struct checkpoint c = {0};
	slice line, rest = text;
	enum err e = note_text_check(text, f);

	if (e != OK) return e;
	(void)line_cut(&rest, &c.origin);
	e = origin_check(c.origin, f);
	if (e != OK) return e;
	if (!line_cut(&rest, &line) || !text_get_decimal(line, &c.head.size))
		return fault_set(f, ERR_SYNTAX, 2, 0, "tlog-checkpoint: the second line is the size, decimal without leading zeroes");
	if (c.head.size > TREE_SIZE_MAX)
		return fault_set(f, ERR_LIMIT, 2, 0, "TREE_SIZE_MAX: a tree of %llu leaves", (unsigned long long)c.head.size);
	if (!line_cut(&rest, &line) || !digest_get_base64(line, &c.head.root))
		return fault_set(f, ERR_SYNTAX, 3, 0, "tlog-checkpoint: the third line is the root, base64 of 32 bytes");
	e = extensions_check(rest, f);
	if (e != OK) return e;
	c.extensions = rest;
	*out = c;
	return OK;
}

void checkpoint_put(struct buf *b, const struct checkpoint *c)
{
	char root[DIGEST_BASE64_BYTES + 1];

	buf_add(b, c->origin);
	buf_printf(b, "\n%llu\n%s\n", (unsigned long long)c->head.size, digest_base64(&c->head.root, root));
	buf_add(b, c->extensions);
}

enum err checkpoint_check(const struct checkpoint *c, struct fault *f)
{
	struct checkpoint again = {0};
	struct buf b = {0};

	checkpoint_put(&b, c);
	enum err e = checkpoint_parse(buf_slice(&b), &again, f);
	if (e == OK && (again.origin.n != c->origin.n || again.extensions.n != c->extensions.n))
		e = fault_set(f, ERR_SYNTAX, 1, 0, "tlog-checkpoint: a newline in the origin");
	buf_free(&b);
	return e;
}

enum err checkpoint_sign(struct buf *b, const struct checkpoint *c, const struct note_signer *s, struct fault *f)
{
	struct buf text = {0};
	enum err e = checkpoint_check(c, f);

	if (e != OK) return e;
	if (!slice_equal(c->origin, s->key.name))
		return fault_set(f, ERR_USAGE, 0, 0, "a checkpoint of %.*s is not signed by %.*s",
			SLICE_PRINTF(slice_sub(c->origin, 0, 100)), SLICE_PRINTF(slice_sub(s->key.name, 0, 100)));
	checkpoint_put(&text, c);
	e = note_sign(b, buf_slice(&text), s, f);
	buf_free(&text);
	return e;
}

/* Whether one of the verified signatures is the log's own. */
static bool log_signed(const struct note *note, slice origin)
{
	for (unsigned i = 0; i < note->n; i++) {
		const struct note_key *k = note->signatures[i].key;
		if (k != NULL && k->algorithm == NOTE_ED25519 && slice_equal(k->name, origin)) return true;
	}
	return false;
}

enum err checkpoint_open(slice bytes, struct note_keys known, struct arena *a, struct note *note, struct checkpoint *out, struct fault *f)
{
	struct note opened = {0};
	struct checkpoint c = {0};
	enum err e = note_open(bytes, known, a, &opened, f);

	if (e == OK) e = checkpoint_parse(opened.text, &c, f);
	if (e != OK) return e;
	if (!log_signed(&opened, c.origin))
		return fault_set(f, ERR_NOT_FOUND, 1, 0, "tlog-checkpoint: no signature of a known key of the log %.*s",
			SLICE_PRINTF(slice_sub(c.origin, 0, 128)));
	if (note != NULL) *note = opened;
	*out = c;
	return OK;
}
