/* Fuzzes JSON: parse, walk, canonical form (which must be its own canonical form), split in pieces.
 * The first byte chooses the size of the pieces. */
#include "json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct totals {
	size_t scalars, bytes;
	bool beyond; /* ECMAScript prints 1e20 as an integer, which the parser then refuses as beyond 64 bits */
};

static void must(bool holds)
{
	if (!holds) abort();
}

static bool visit(void *context, const struct json_scalar *s)
{
	struct totals *totals = context;
	double number;
	slice text;

	totals->scalars++;
	for (size_t i = 0; i < s->text.n; i++) totals->bytes += s->text.p[i];
	for (size_t i = 0; i < s->path.n; i++) totals->bytes += s->path.p[i];
	must(s->is_key || json_type_of(s->value) == s->type);
	must(json_get_text(s->value, &text) == (s->type == JSON_STRING));
	if (json_get_double(s->value, &number)) {
		totals->beyond = totals->beyond || number >= 9.2e18 || number <= -9.2e18;
		must(s->type == JSON_INTEGER || s->type == JSON_UNSIGNED || s->type == JSON_DOUBLE);
	}
	return totals->scalars < 100000;
}

/* canonical(parse(canonical(v))) = canonical(v); `beyond`: the canonical text may be one that the parser refuses. */
static void check_canonical(struct json_parser *p, json_value root, bool beyond)
{
	struct buf first = {0}, second = {0};
	json_value again;

	if (json_put_canonical(&first, root) == OK) {
		enum err e = json_parse(p, buf_slice(&first), &again, NULL);
		must(e == OK || beyond);
		if (e == OK) {
			must(json_put_canonical(&second, again) == OK);
			must(slice_equal(buf_slice(&first), buf_slice(&second)));
		}
	}
	buf_free(&first);
	buf_free(&second);
}

/* Elements and their places, as a number that any difference changes. */
static enum err element_add(void *context, slice element, uint64_t offset, uint64_t line)
{
	uint64_t *sum = context;

	*sum = (*sum + offset * 31 + line) * 1099511628211u;
	for (size_t i = 0; i < element.n; i++) *sum = (*sum ^ element.p[i]) * 1099511628211u;
	return OK;
}

static enum err split(slice text, size_t piece, uint64_t *sum)
{
	struct json_split *s = json_split_new("objects", element_add, sum);
	slice rest = {NULL, 0};
	struct fault f = {0};
	enum err e = OK;

	for (size_t at = 0; at < text.n && e == OK; at += piece) e = json_split_feed(s, slice_sub(text, at, piece), &f);
	if (e == OK) e = json_split_end(s, &rest, &f);
	element_add(sum, rest, f.offset, f.line);
	json_split_free(s);
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) return 0;
	slice text = slice_of(data + 1, size - 1);
	struct json_parser *p = json_parser_new();
	struct totals totals = {0};
	struct fault f = {0};
	uint64_t whole = 0, pieces = 0;
	json_value root;

	enum err e = json_parse(p, text, &root, &f);
	enum json_type type = e == OK ? json_type_of(root) : JSON_NULL;
	if (e == OK) {
		json_walk(root, visit, &totals);
		check_canonical(p, root, totals.beyond || totals.scalars >= 100000);
	} else {
		must(f.kind == e && f.text[0] != 0 && f.offset <= text.n);
	}
	enum err split_whole = split(text, text.n + 1, &whole);
	must(split(text, (size_t)data[0] % 67 + 1, &pieces) == split_whole);
	must(whole == pieces);
	if (type == JSON_ARRAY || type == JSON_OBJECT) must(split_whole == OK); /* what parses also splits */
	json_parser_free(p);
	return 0;
}
