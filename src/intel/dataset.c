/* Suricata's string datasets: a base64 value a line, perhaps with ",reputation" behind. Datasets of digests and addresses are plain lists.
 * Source: Suricata user guide, "Datasets", file formats. */
#include "intel_int.h"
#include "text.h"
#include <stdlib.h>

struct dataset {
	struct lines lines;
	struct arena *arena;
	slice author;
};

static bool is_printable(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
	return s.n > 0 && text_is_utf8(s);
}

static bool is_hex(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (text_hex_value(s.p[i]) < 0) return false;
	return true;
}

static bool decode(struct arena *a, slice line, slice *out)
{
	slice cell = slice_trim(slice_sub(line, 0, slice_find_byte(line, ',')));
	return cell.n >= 4 && cell.n % 4 == 0 && text_get_base64(a, cell, out);
}

/* Every line is base64 of text, none is a row of hex digits, and one decodes to what has a dot or a slash: words that happen to be base64
 * do not. */
bool dataset_is(slice start, bool whole)
{
	struct arena *a = arena_new(0);
	bool dotted = false, all = true;
	for (unsigned n = 0; start.n > 0 && all && n < 1000; n++) {
		bool last = slice_find_byte(start, '\n') == start.n;
		slice line = slice_trim(slice_cut(&start, '\n')), value;
		if (line.n == 0 || (last && !whole)) continue;
		arena_reset(a);
		all = !is_hex(line) && decode(a, line, &value) && is_printable(value);
		dotted |= all && (slice_find_byte(value, '.') < value.n || slice_find_byte(value, '/') < value.n);
	}
	arena_free(a);
	return all && dotted;
}

static enum err dataset_line(void *context, slice line, uint64_t number)
{
	struct dataset *d = context;
	struct indicator_term term = {.op = TERM_EQUAL};
	struct indicator i = indicator_empty(d->author);
	if (slice_trim(line).n == 0) return OK;
	arena_reset(d->arena);
	if (!decode(d->arena, line, &term.value) || !is_printable(slice_trim(term.value))) {
		trouble(d->lines.sink, ERR_SYNTAX, number, d->lines.offset, "Suricata dataset: the line is no base64 of a text, left out");
		return OK;
	}
	term.value = slice_trim(term.value);
	i.terms = &term;
	i.terms_n = 1;
	i.line = number;
	return d->lines.sink->indicator(d->lines.sink->context, &i);
}

static void *dataset_open(slice author, const struct intel_sink *sink)
{
	struct dataset *d = mem_alloc(sizeof *d);
	d->lines.sink = sink;
	d->author = author;
	d->arena = arena_new(0);
	return d;
}

static enum err dataset_feed(void *reader, slice bytes, struct fault *f)
{
	(void)f;
	struct dataset *d = reader;
	return lines_feed(&d->lines, bytes, dataset_line, d);
}

static enum err dataset_end(void *reader, struct fault *f)
{
	(void)f;
	struct dataset *d = reader;
	return lines_end(&d->lines, dataset_line, d);
}

static void dataset_close(void *reader)
{
	struct dataset *d = reader;
	buf_free(&d->lines.partial);
	arena_free(d->arena);
	free(d);
}

const struct reader_kind reader_dataset = {dataset_open, dataset_feed, dataset_end, dataset_close};
