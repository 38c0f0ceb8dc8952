/* Any bytes as an event log file, or (when they do not start as one) as a chunk behind a valid header: every line is JSON, and the
 * pieces in which a file is fed change nothing. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evtx.h"
#include "json.h"

#define OUTPUT_MAX (8u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void trouble(void *context, const struct fault *f)
{
	size_t *n = context;
	assert(f->text[0] != 0 && memchr(f->text, 0, sizeof f->text) != NULL);
	assert(f->kind == ERR_DAMAGED || f->kind == ERR_LIMIT);
	(*n)++;
}

static enum err read_file(slice file, size_t piece, struct buf *out, size_t *told)
{
	struct evtx_reader *r = evtx_reader_new();
	struct fault f;
	enum err e = OK;
	for (size_t at = 0; at < file.n && e == OK; at += piece) {
		slice part = slice_sub(file, at, piece);
		uint8_t *copy = malloc(part.n);
		if (copy == NULL) abort();
		memcpy(copy, part.p, part.n);
		e = evtx_reader_feed(r, slice_of(copy, part.n), out, trouble, told, &f);
		free(copy);
	}
	if (e == OK) e = evtx_reader_end(r, out, trouble, told, &f);
	evtx_reader_free(r);
	return e;
}

static void check_lines(slice rest)
{
	struct json_parser *parser = json_parser_new();
	json_value root;
	struct fault f;
	while (rest.n > 0) {
		assert(rest.p[rest.n - 1] == '\n');
		slice line = slice_cut(&rest, '\n');
		assert(json_parse(parser, line, &root, &f) == OK && json_type_of(root) == JSON_OBJECT);
	}
	json_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf file = {.max = 0}, out = {.max = OUTPUT_MAX}, again = {.max = OUTPUT_MAX};
	size_t told = 0, told_again = 0;
	if (!evtx_is(slice_of(data, size))) {
		static const uint8_t header[4096] = "ElfFile";
		buf_add(&file, slice_of(header, sizeof header));
	}
	buf_add(&file, slice_of(data, size));
	enum err e = read_file(buf_slice(&file), SIZE_MAX / 2, &out, &told),
		 f = read_file(buf_slice(&file), size % 5000 + 100, &again, &told_again);
	assert(e == f && told == told_again && slice_equal(buf_slice(&out), buf_slice(&again)));
	check_lines(buf_slice(&out));
	buf_free(&file);
	buf_free(&out);
	buf_free(&again);
	return 0;
}
