/* OpenIOC 1.0 and 1.1. Items joined by OR are indicators, one each; items joined by AND need more than this version matches: the tree
 * arrives as one unmatchable indicator (an AND of one item is that item). XML is expat's work; a DOCTYPE ends the document, so that no
 * entity is ever expanded.
 * Invariant: `and_from` is the number of entered Indicator elements when the outermost AND was, 0 outside of one.
 * Source: the OpenIOC 1.0 and 1.1 schemas. */
#include "intel_int.h"
#include "limit.h"
#include "openioc_int.h"
#include <expat.h>
#include <stdlib.h>

#define PIECE_BYTES (1u << 20)

struct item {
	struct buf id, search, condition, value;
	bool negated, too_long;
	uint64_t line;
};
struct openioc {
	const struct intel_sink *sink;
	slice author;
	XML_Parser parser;
	struct buf name, authored_by; /* of the document */
	instant modified;
	struct item item, and_first;
	struct buf *text; /* where characters go, or NULL */
	size_t indicators_n, and_from, and_items;
	struct buf id, value, reason;
	uint64_t bytes;
	enum err failed;
	struct fault fault;
};

static void fail(struct openioc *o, enum err kind, const char *text)
{
	o->failed = fault_set(
		&o->fault, kind, (uint64_t)XML_GetCurrentLineNumber(o->parser), (uint64_t)XML_GetCurrentByteIndex(o->parser), "%s", text);
	(void)XML_StopParser(o->parser, XML_FALSE);
}

/* ---- indicators ---- */

static void give(struct openioc *o, struct indicator *i, slice id, uint64_t line)
{
	buf_clear(&o->id);
	buf_add(&o->id, SLICE("indicator--"));
	buf_add(&o->id, id);
	if (id.n == 36) i->id = buf_slice(&o->id);
	i->name = slice_trim(buf_slice(&o->name));
	i->modified = o->modified;
	i->line = line;
	enum err e = o->sink->indicator(o->sink->context, i);
	if (e != OK) fail(o, e, err_text(e));
}

static struct indicator indicator_of(const struct openioc *o)
{
	slice by = slice_trim(buf_slice(&o->authored_by));
	return indicator_empty(by.n > 0 ? by : o->author);
}

static void give_item(struct openioc *o, const struct item *item)
{
	struct indicator_term term;
	struct indicator i = indicator_of(o);
	struct openioc_item said = {
		.search = buf_slice(&item->search), .condition = buf_slice(&item->condition), .value = slice_trim(buf_slice(&item->value))};
	i.terms = &term;
	if (item->too_long) i.unmatchable = "OpenIOC: the content is longer than OPENIOC_TEXT_BYTES_MAX";
	else if (item->negated) i.unmatchable = "OpenIOC: a negated item";
	else i.unmatchable = openioc_term(&said, &o->value, &term);
	if (i.unmatchable == openioc_unknown) {
		slice place = slice_sub(said.search, 0, 60);
		buf_clear(&o->reason);
		buf_printf(&o->reason, "OpenIOC %.*s: a place that is not matched", SLICE_PRINTF(place));
		buf_add_byte(&o->reason, 0);
		i.unmatchable = (const char *)o->reason.p;
	}
	i.terms_n = i.unmatchable == NULL;
	give(o, &i, buf_slice(&item->id), item->line);
}

static void give_and(struct openioc *o)
{
	struct indicator i = indicator_of(o);
	i.unmatchable = "OpenIOC: items joined by AND";
	give(o, &i, (slice){0}, o->and_first.line);
}

/* ---- elements ---- */

static void item_clear(struct item *item)
{
	struct buf *all[] = {&item->id, &item->search, &item->condition, &item->value};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		buf_clear(all[i]);
		all[i]->max = OPENIOC_TEXT_BYTES_MAX;
		all[i]->failed = false;
	}
	item->negated = item->too_long = false;
}

static void item_free(struct item *item)
{
	struct buf *all[] = {&item->id, &item->search, &item->condition, &item->value};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
}

static void text_into(struct openioc *o, struct buf *b)
{
	buf_clear(b);
	b->max = OPENIOC_TEXT_BYTES_MAX;
	b->failed = false;
	o->text = b;
}

static slice attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2)
		if (strcmp(attributes[i], name) == 0) return slice_from(attributes[i + 1]);
	return (slice){0};
}

static void root_begin(struct openioc *o, const char **attributes)
{
	buf_clear(&o->name);
	buf_clear(&o->authored_by);
	if (!value_time(attribute(attributes, "last-modified"), &o->modified)) o->modified = INSTANT_NONE;
}

static void name_begin(struct openioc *o, const char **attributes)
{
	(void)attributes;
	text_into(o, &o->name);
}

static void author_begin(struct openioc *o, const char **attributes)
{
	(void)attributes;
	text_into(o, &o->authored_by);
}

static void content_begin(struct openioc *o, const char **attributes)
{
	(void)attributes;
	text_into(o, &o->item.value);
}

static void context_begin(struct openioc *o, const char **attributes)
{
	buf_clear(&o->item.search);
	buf_add(&o->item.search, attribute(attributes, "search"));
}

static void item_begin(struct openioc *o, const char **attributes)
{
	item_clear(&o->item);
	o->item.line = (uint64_t)XML_GetCurrentLineNumber(o->parser);
	buf_add(&o->item.id, attribute(attributes, "id"));
	buf_add(&o->item.condition, attribute(attributes, "condition"));
	o->item.negated = slice_equal(attribute(attributes, "negate"), SLICE("true"));
}

static void indicator_begin(struct openioc *o, const char **attributes)
{
	if (++o->indicators_n > OPENIOC_DEPTH_MAX) {
		fail(o, ERR_LIMIT, "OpenIOC: Indicator elements lie deeper than OPENIOC_DEPTH_MAX = 64");
		return;
	}
	if (o->and_from > 0 || !slice_equal_nocase(attribute(attributes, "operator"), SLICE("AND"))) return;
	o->and_from = o->indicators_n;
	o->and_items = 0;
}

static void item_end(struct openioc *o)
{
	o->item.too_long = o->item.value.failed || o->item.search.failed || o->item.id.failed || o->item.condition.failed;
	if (o->and_from == 0) {
		give_item(o, &o->item);
	} else if (o->and_items++ == 0) {
		struct item first = o->and_first; /* changes places, so that no buffer is lost */
		o->and_first = o->item;
		o->item = first;
	}
}

static void indicator_end(struct openioc *o)
{
	if (o->and_from > 0 && o->and_from == o->indicators_n) {
		o->and_from = 0;
		if (o->and_items == 1) give_item(o, &o->and_first);
		if (o->and_items > 1) give_and(o);
	}
	if (o->indicators_n > 0) o->indicators_n--;
}

static const struct {
	const char *name;
	void (*begin)(struct openioc *o, const char **attributes);
	void (*end)(struct openioc *o);
} elements[] = {
	{"ioc", root_begin, NULL},
	{"OpenIOC", root_begin, NULL},
	{"short_description", name_begin, NULL},
	{"authored_by", author_begin, NULL},
	{"Indicator", indicator_begin, indicator_end},
	{"IndicatorItem", item_begin, item_end},
	{"Context", context_begin, NULL},
	{"Content", content_begin, NULL},
};

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon != NULL ? colon + 1 : name;
}

static void XMLCALL on_begin(void *context, const char *name, const char **attributes)
{
	struct openioc *o = context;
	o->text = NULL;
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (o->failed == OK && strcmp(local_name(name), elements[i].name) == 0) elements[i].begin(o, attributes);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct openioc *o = context;
	o->text = NULL;
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (o->failed == OK && elements[i].end != NULL && strcmp(local_name(name), elements[i].name) == 0) elements[i].end(o);
}

static void XMLCALL on_text(void *context, const char *text, int n)
{
	struct openioc *o = context;
	if (o->text != NULL && n > 0) buf_add(o->text, slice_of(text, (size_t)n));
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system_id, const char *public_id, int internal)
{
	(void)name, (void)system_id, (void)public_id, (void)internal;
	fail(context, ERR_SYNTAX, "XML: a DOCTYPE is not read: OpenIOC needs no entities");
}

/* ---- the reader ---- */

static void *openioc_open(slice author, const struct intel_sink *sink)
{
	struct openioc *o = mem_alloc(sizeof *o);
	o->sink = sink;
	o->author = author;
	o->modified = INSTANT_NONE;
	o->parser = XML_ParserCreate("UTF-8"); /* what the declaration says has been undone by then */
	if (o->parser == NULL) {
		(void)fault_set(&o->fault, ERR_UNSUPPORTED, 0, 0, "XML: the parser cannot be made");
		o->failed = ERR_UNSUPPORTED;
		return o;
	}
	XML_SetUserData(o->parser, o);
	XML_SetElementHandler(o->parser, on_begin, on_end);
	XML_SetCharacterDataHandler(o->parser, on_text);
	XML_SetStartDoctypeDeclHandler(o->parser, on_doctype);
	return o;
}

static enum err parse(struct openioc *o, slice bytes, bool last, struct fault *f)
{
	if (o->failed == OK && XML_Parse(o->parser, (const char *)bytes.p, (int)bytes.n, last) != XML_STATUS_OK && o->failed == OK)
		o->failed = fault_set(&o->fault, ERR_SYNTAX, (uint64_t)XML_GetCurrentLineNumber(o->parser),
			(uint64_t)XML_GetCurrentByteIndex(o->parser), "XML: %s", XML_ErrorString(XML_GetErrorCode(o->parser)));
	if (o->failed != OK && f != NULL) *f = o->fault;
	return o->failed;
}

static enum err openioc_feed(void *reader, slice bytes, struct fault *f)
{
	struct openioc *o = reader;
	o->bytes += bytes.n;
	if (o->failed == OK && o->bytes > OPENIOC_BYTES_MAX)
		o->failed = fault_set(&o->fault, ERR_LIMIT, 0, o->bytes, "OpenIOC: the document is longer than OPENIOC_BYTES_MAX = %u",
			OPENIOC_BYTES_MAX);
	enum err e = OK;
	while (e == OK && bytes.n > 0) {
		e = parse(o, slice_sub(bytes, 0, PIECE_BYTES), false, f);
		bytes = slice_sub(bytes, PIECE_BYTES, bytes.n);
	}
	return e;
}

static enum err openioc_end(void *reader, struct fault *f)
{
	return parse(reader, SLICE(""), true, f);
}

static void openioc_close(void *reader)
{
	struct openioc *o = reader;
	if (o->parser != NULL) XML_ParserFree(o->parser);
	struct buf *all[] = {&o->name, &o->authored_by, &o->id, &o->value, &o->reason};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
	item_free(&o->item);
	item_free(&o->and_first);
	free(o);
}

const struct reader_kind reader_openioc = {openioc_open, openioc_feed, openioc_end, openioc_close};
