/* Rules of other engines: recognised, so that they are named and counted instead of being taken for lists of words. Each rule arrives as an
 * indicator without terms, with the reason. A rule is known by the line on which it starts; nothing of it is judged. */
#include "intel_int.h"
#include <stdlib.h>

struct rules;
typedef bool rule_starts(slice line, slice *name);
struct rules_kind {
	rule_starts *starts;
	const char *reason;
};
struct rules {
	struct lines lines;
	slice author;
	const struct rules_kind *kind;
	bool in_comment; /* YARA */
};

static slice word(slice *rest)
{
	*rest = slice_trim(*rest);
	size_t end = 0;
	while (end < rest->n && rest->p[end] != ' ' && rest->p[end] != '\t' && rest->p[end] != ':' && rest->p[end] != '{') end++;
	slice w = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, end, rest->n);
	return w;
}

/* "private global rule name : tag {" */
static bool yara_starts(slice line, slice *name)
{
	slice w = word(&line);
	while (slice_equal(w, SLICE("private")) || slice_equal(w, SLICE("global"))) w = word(&line);
	if (!slice_equal(w, SLICE("rule"))) return false;
	*name = word(&line);
	return name->n > 0;
}

/* A document of Sigma's YAML begins with its title at the margin. */
static bool sigma_starts(slice line, slice *name)
{
	if (!slice_starts(line, SLICE("title:"))) return false;
	*name = slice_trim(slice_sub(line, 6, line.n));
	return true;
}

/* `alert tcp … (msg:"…"; …)` */
static bool snort_starts(slice line, slice *name)
{
	static const slice actions[] = {SLICE("alert"), SLICE("drop"), SLICE("reject"), SLICE("pass"), SLICE("log"), SLICE("block")};
	slice rest = line, action = word(&rest);
	bool known = false;
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) known |= slice_equal(action, actions[i]);
	if (!known || slice_find_byte(line, '(') == line.n ||
		(slice_find(line, SLICE("->")) == line.n && slice_find(line, SLICE("<>")) == line.n))
		return false;
	size_t msg = slice_find(line, SLICE("msg:"));
	*name = slice_sub(line, msg + 4, line.n);
	if (name->n > 0 && name->p[0] == '"') *name = slice_sub(*name, 1, name->n);
	*name = slice_sub(*name, 0, slice_find_byte(*name, '"'));
	return true;
}

static const struct rules_kind yara = {yara_starts, "a YARA rule, kept for files"}, sigma = {sigma_starts, "a Sigma rule"},
			       snort = {snort_starts, "a Snort or Suricata rule"};

/* ---- detection ---- */

static bool is_comment(slice line)
{
	return line.n == 0 || line.p[0] == '#' || slice_starts(line, SLICE("//"));
}

static bool yara_heads(slice line, slice *name)
{
	return yara_starts(line, name) || slice_starts(line, SLICE("import \"")) || slice_starts(line, SLICE("include \""));
}

/* The first line that is no comment of YARA's or the others'. */
static slice first_line(slice s)
{
	while (s.n > 0) {
		if (slice_starts(slice_trim(s), SLICE("/*"))) {
			size_t end = slice_find(s, SLICE("*/"));
			s = slice_sub(s, end + 2, s.n);
			continue;
		}
		slice line = slice_trim(slice_cut(&s, '\n'));
		if (!is_comment(line) && !slice_equal(line, SLICE("---"))) return line;
	}
	return (slice){0};
}

static bool at_margin(slice s, slice key)
{
	while (s.n > 0)
		if (slice_starts(slice_cut(&s, '\n'), key)) return true;
	return false;
}

enum intel_format rules_format(slice start)
{
	slice name, line = first_line(start);
	if (yara_heads(line, &name)) return INTEL_YARA;
	if (snort_starts(line, &name)) return INTEL_SNORT;
	if (at_margin(start, SLICE("title:")) && at_margin(start, SLICE("logsource:")) && at_margin(start, SLICE("detection:")))
		return INTEL_SIGMA;
	return INTEL_UNKNOWN;
}

/* ---- the reader ---- */

static bool in_comment(struct rules *r, slice line)
{
	if (r->kind != &yara) return false;
	if (!r->in_comment && slice_starts(line, SLICE("/*"))) r->in_comment = true;
	if (!r->in_comment) return false;
	if (slice_find(line, SLICE("*/")) < line.n) r->in_comment = false;
	return true;
}

static enum err rules_line(void *context, slice line, uint64_t number)
{
	struct rules *r = context;
	struct indicator i = indicator_empty(r->author);
	if (in_comment(r, slice_trim(line)) || !r->kind->starts(line, &i.name)) return OK;
	i.line = number;
	i.unmatchable = r->kind->reason;
	return r->lines.sink->indicator(r->lines.sink->context, &i);
}

static void *open_kind(const struct rules_kind *kind, slice author, const struct intel_sink *sink)
{
	struct rules *r = mem_alloc(sizeof *r);
	r->lines.sink = sink;
	r->author = author;
	r->kind = kind;
	return r;
}

static void *yara_open(slice author, const struct intel_sink *sink)
{
	return open_kind(&yara, author, sink);
}

static void *sigma_open(slice author, const struct intel_sink *sink)
{
	return open_kind(&sigma, author, sink);
}

static void *snort_open(slice author, const struct intel_sink *sink)
{
	return open_kind(&snort, author, sink);
}

static enum err rules_feed(void *reader, slice bytes, struct fault *f)
{
	(void)f;
	struct rules *r = reader;
	return lines_feed(&r->lines, bytes, rules_line, r);
}

static enum err rules_end(void *reader, struct fault *f)
{
	(void)f;
	struct rules *r = reader;
	return lines_end(&r->lines, rules_line, r);
}

static void rules_close(void *reader)
{
	struct rules *r = reader;
	buf_free(&r->lines.partial);
	free(r);
}

const struct reader_kind reader_yara = {yara_open, rules_feed, rules_end, rules_close};
const struct reader_kind reader_sigma = {sigma_open, rules_feed, rules_end, rules_close};
const struct reader_kind reader_snort = {snort_open, rules_feed, rules_end, rules_close};
