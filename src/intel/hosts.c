/* Hosts files: "0.0.0.0 name name # comment". Each name that stands beside an address that goes nowhere is an indicator; the machine's own
 * names are not. A foreign name with a real address is told and left out; a value that stands alone counts as in a plain list. */
#include "address.h"
#include "intel_int.h"
#include <stdlib.h>

struct hosts {
	struct lines lines;
	slice author;
	slice beside; /* the comment on the line */
};

static slice next_word(slice *rest)
{
	size_t at = 0, end;
	while (at < rest->n && (rest->p[at] == ' ' || rest->p[at] == '\t')) at++;
	for (end = at; end < rest->n && rest->p[end] != ' ' && rest->p[end] != '\t';) end++;
	slice word = slice_sub(*rest, at, end - at);
	*rest = slice_sub(*rest, end, rest->n);
	return word;
}

static bool is_nowhere(slice address)
{
	static const slice nowhere[] = {SLICE("0.0.0.0"), SLICE("127.0.0.1"), SLICE("127.0.1.1"), SLICE("::"), SLICE("::1")};
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
		if (slice_equal(address, nowhere[i])) return true;
	return false;
}

static bool is_own(slice name)
{
	uint32_t v4;
	return slice_find_byte(name, '.') == name.n || slice_equal_nocase(slice_sub(name, 0, 10), SLICE("localhost.")) ||
	       slice_ends(name, SLICE(".localdomain")) || slice_ends(name, SLICE(".local")) || ipv4_parse(name, &v4);
}

static enum err emit(struct hosts *h, enum observable type, slice name, uint64_t number)
{
	struct indicator_term term = {.op = TERM_EQUAL, .type = type, .value = name};
	struct indicator i = indicator_empty(h->author);
	i.terms = &term;
	i.terms_n = 1;
	i.marking = marking_of_value(&h->lines, h->beside, number);
	i.line = number;
	return h->lines.sink->indicator(h->lines.sink->context, &i);
}

static enum err names(struct hosts *h, slice rest, bool nowhere, uint64_t number)
{
	slice name;
	while ((name = next_word(&rest)).n > 0) {
		if (is_own(name)) continue;
		if (!nowhere) {
			trouble(h->lines.sink, ERR_SYNTAX, number, h->lines.offset,
				"hosts file: a name whose address is not 0.0.0.0 or 127.0.0.1, left out");
			return OK;
		}
		enum err e = emit(h, OBSERVABLE_DOMAIN, name, number);
		if (e != OK) return e;
	}
	return OK;
}

static enum err hosts_line(void *context, slice line, uint64_t number)
{
	struct hosts *h = context;
	slice rest = slice_sub(line, 0, slice_find_byte(line, '#'));
	slice address = next_word(&rest);
	h->beside = slice_sub(line, slice_find_byte(line, '#'), line.n);
	if (address.n == 0) {
		marking_comment(&h->lines, h->beside, number);
		return OK;
	}
	if (slice_trim(rest).n == 0) return emit(h, OBSERVABLE_NONE, address, number);
	return names(h, rest, is_nowhere(address), number);
}

/* Every line is an address that goes nowhere, then names; values that stand alone make it a plain list. */
bool hosts_is(slice start)
{
	size_t n = 0;
	for (unsigned line_no = 0; start.n > 0 && line_no < 100; line_no++) {
		slice line = slice_cut(&start, '\n'), rest = slice_trim(slice_sub(line, 0, slice_find_byte(line, '#')));
		slice address = next_word(&rest);
		if (address.n == 0) continue;
		bool own = slice_trim(rest).n > 0 && is_own(slice_trim(rest)); /* "fe80::1%lo0 localhost" */
		if (slice_trim(rest).n == 0 || (!is_nowhere(address) && !own)) return false;
		n += is_nowhere(address);
	}
	return n > 0;
}

static void *hosts_open(slice author, const struct intel_sink *sink)
{
	struct hosts *h = mem_alloc(sizeof *h);
	h->lines.sink = sink;
	h->author = author;
	return h;
}

static enum err hosts_feed(void *reader, slice bytes, struct fault *f)
{
	(void)f;
	struct hosts *h = reader;
	return lines_feed(&h->lines, bytes, hosts_line, h);
}

static enum err hosts_end(void *reader, struct fault *f)
{
	(void)f;
	struct hosts *h = reader;
	return lines_end(&h->lines, hosts_line, h);
}

static void hosts_close(void *reader)
{
	struct hosts *h = reader;
	buf_free(&h->lines.partial);
	free(h);
}

const struct reader_kind reader_hosts = {hosts_open, hosts_feed, hosts_end, hosts_close};
