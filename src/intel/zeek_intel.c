/* Zeek's intelligence files: tab-separated, "#fields" names the columns, "-" is not set, "(empty)" empty, \xNN a byte.
 * Intel::ADDR, SUBNET, DOMAIN, EMAIL, FILE_NAME … are typed; a URL has no scheme; a digest's kind is told from its length.
 * Source: Zeek, scripts/base/frameworks/intel (Intel::Type, Intel::MetaData). */
#include "intel_int.h"
#include "text.h"
#include <stdlib.h>

#define COLUMNS_MAX 64u
enum column { COLUMN_OTHER, COLUMN_INDICATOR, COLUMN_TYPE, COLUMN_SOURCE, COLUMN_NAME, COLUMN_CONFIDENCE, COLUMN_COUNT };
static const struct {
	slice name;
	enum column column;
} columns[] = {
	{SLICE("indicator"), COLUMN_INDICATOR},
	{SLICE("indicator_type"), COLUMN_TYPE},
	{SLICE("meta.source"), COLUMN_SOURCE},
	{SLICE("meta.desc"), COLUMN_NAME},
	{SLICE("meta.confidence"), COLUMN_CONFIDENCE},
	{SLICE("meta.cif_confidence"), COLUMN_CONFIDENCE},
};
static const struct {
	slice name;
	const char *path;
	enum observable type;
	bool digest;
} types[] = {
	{SLICE("Intel::ADDR"), NULL, OBSERVABLE_ADDRESS, false},
	{SLICE("Intel::SUBNET"), NULL, OBSERVABLE_ADDRESS, false},
	{SLICE("Intel::URL"), NULL, OBSERVABLE_URL, false},
	{SLICE("Intel::DOMAIN"), NULL, OBSERVABLE_DOMAIN, false},
	{SLICE("Intel::EMAIL"), NULL, OBSERVABLE_EMAIL, false},
	{SLICE("Intel::FILE_NAME"), NULL, OBSERVABLE_FILE_NAME, false},
	{SLICE("Intel::SOFTWARE"), NULL, OBSERVABLE_USER_AGENT, false},
	{SLICE("Intel::USER_NAME"), "user-account:account_login", OBSERVABLE_OTHER, false},
	{SLICE("Intel::FILE_HASH"), NULL, OBSERVABLE_HASH_OTHER, true},
	{SLICE("Intel::CERT_HASH"), NULL, OBSERVABLE_HASH_OTHER, true},
	{SLICE("Intel::PUBKEY_HASH"), NULL, OBSERVABLE_HASH_OTHER, true},
};

struct zeek {
	struct lines lines;
	slice author;
	enum column order[COLUMNS_MAX];
	size_t order_n; /* 0: no #fields yet */
	struct buf cells[COLUMN_COUNT];
	struct buf reason;
};

static void read_fields(struct zeek *z, slice names)
{
	z->order_n = 0;
	while (names.n > 0 && z->order_n < COLUMNS_MAX) {
		slice name = slice_cut(&names, '\t');
		enum column c = COLUMN_OTHER;
		for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
			if (slice_equal(name, columns[i].name)) c = columns[i].column;
		z->order[z->order_n++] = c;
	}
}

/* \xNN is a byte; "-" and "(empty)" are nothing. */
static void put_cell(struct buf *out, slice s)
{
	buf_clear(out);
	if (slice_equal(s, SLICE("-")) || slice_equal(s, SLICE("(empty)"))) return;
	for (size_t i = 0; i < s.n; i++) {
		int high = i + 3 < s.n && s.p[i] == '\\' && s.p[i + 1] == 'x' ? text_hex_value(s.p[i + 2]) : -1;
		int low = high >= 0 ? text_hex_value(s.p[i + 3]) : -1;
		buf_add_byte(out, low >= 0 ? (uint8_t)(high << 4 | low) : s.p[i]);
		if (low >= 0) i += 3;
	}
}

static void read_cells(struct zeek *z, slice line)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) buf_clear(&z->cells[i]);
	for (size_t i = 0; i < z->order_n && line.n > 0; i++) {
		slice cell = slice_cut(&line, '\t');
		if (z->order[i] != COLUMN_OTHER) put_cell(&z->cells[z->order[i]], cell);
	}
}

static bool term_of(const struct zeek *z, struct indicator_term *t)
{
	slice name = buf_slice(&z->cells[COLUMN_TYPE]), value = slice_trim(buf_slice(&z->cells[COLUMN_INDICATOR]));
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (!slice_equal(name, types[i].name)) continue;
		enum observable type = types[i].digest ? value_hash_type(value) : types[i].type;
		bool range = type == OBSERVABLE_ADDRESS && value_is_range(value);
		*t = (struct indicator_term){
			.op = range ? TERM_SUBSET : TERM_EQUAL, .type = type, .value = value, .path = slice_from(types[i].path)};
		return true;
	}
	return false;
}

static enum err zeek_row(struct zeek *z, slice line, uint64_t number)
{
	struct indicator_term term;
	read_cells(z, line);
	slice value = buf_slice(&z->cells[COLUMN_INDICATOR]), source = buf_slice(&z->cells[COLUMN_SOURCE]);
	if (value.n == 0) {
		trouble(z->lines.sink, ERR_SYNTAX, number, z->lines.offset, "Zeek intelligence: the line has no indicator, left out");
		return OK;
	}
	uint64_t confidence;
	struct indicator i = indicator_empty(source.n > 0 ? source : z->author);
	i.name = buf_slice(&z->cells[COLUMN_NAME]);
	i.marking = marking_of_value(&z->lines, (slice){0}, number);
	i.line = number;
	i.terms = &term;
	i.terms_n = term_of(z, &term);
	if (text_to_number(buf_slice(&z->cells[COLUMN_CONFIDENCE]), &confidence) && confidence <= 100) i.confidence = (int)confidence;
	if (i.terms_n == 0) {
		slice type = slice_sub(buf_slice(&z->cells[COLUMN_TYPE]), 0, 40);
		buf_clear(&z->reason);
		buf_printf(&z->reason, "Zeek type %.*s is not matched", SLICE_PRINTF(type));
		buf_add_byte(&z->reason, 0);
		i.unmatchable = (const char *)z->reason.p;
		if (i.name.n == 0) i.name = value;
	}
	return z->lines.sink->indicator(z->lines.sink->context, &i);
}

static enum err zeek_line(void *context, slice line, uint64_t number)
{
	struct zeek *z = context;
	if (slice_starts(line, SLICE("#fields\t"))) read_fields(z, slice_sub(line, 8, line.n));
	else if (slice_starts(line, SLICE("#"))) marking_comment(&z->lines, line, number);
	if (slice_trim(line).n == 0 || line.p[0] == '#') return OK;
	if (z->order_n > 0) return zeek_row(z, line, number);
	trouble(z->lines.sink, ERR_SYNTAX, number, z->lines.offset, "Zeek intelligence: a line before #fields, left out");
	return OK;
}

static void *zeek_open(slice author, const struct intel_sink *sink)
{
	struct zeek *z = mem_alloc(sizeof *z);
	z->lines.sink = sink;
	z->author = author;
	return z;
}

static enum err zeek_feed(void *reader, slice bytes, struct fault *f)
{
	(void)f;
	struct zeek *z = reader;
	return lines_feed(&z->lines, bytes, zeek_line, z);
}

static enum err zeek_end(void *reader, struct fault *f)
{
	(void)f;
	struct zeek *z = reader;
	return lines_end(&z->lines, zeek_line, z);
}

static void zeek_close(void *reader)
{
	struct zeek *z = reader;
	for (size_t i = 0; i < COLUMN_COUNT; i++) buf_free(&z->cells[i]);
	buf_free(&z->lines.partial);
	buf_free(&z->reason);
	free(z);
}

const struct reader_kind reader_zeek_intel = {zeek_open, zeek_feed, zeek_end, zeek_close};
