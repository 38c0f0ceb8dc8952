/* What the columns of a CSV file mean, and a row as an indicator. Names of columns and types are compared as words: lower-case letters and
 * digits only, so that "dst_ip", "DstIP" and "dst-ip" are one. A row with several value columns (md5, sha1, sha256) is one indicator with
 * several terms. */
#include "csv_int.h"

#define WORD_BYTES 48

static const struct {
	const char *word;
	struct csv_column column;
} column_names[] = {
	{"value", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"indicator", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"ioc", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"iocvalue", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"indicatorvalue", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"observable", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"observablevalue", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"artifact", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_MAIN}},
	{"ip", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipaddress", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipaddr", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"address", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"dstip", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"srcip", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipdst", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipsrc", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"destinationip", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"sourceip", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"cidr", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"network", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"subnet", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipv4", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipv4addr", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipv6", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"ipv6addr", {COLUMN_VALUE, OBSERVABLE_ADDRESS, RANK_USUAL}},
	{"host", {COLUMN_VALUE, OBSERVABLE_HOST, RANK_USUAL}},
	{"hostname", {COLUMN_VALUE, OBSERVABLE_HOST, RANK_USUAL}},
	{"fqdn", {COLUMN_VALUE, OBSERVABLE_HOST, RANK_USUAL}},
	{"domain", {COLUMN_VALUE, OBSERVABLE_HOST, RANK_USUAL}},
	{"domainname", {COLUMN_VALUE, OBSERVABLE_HOST, RANK_USUAL}},
	{"url", {COLUMN_VALUE, OBSERVABLE_URL, RANK_USUAL}},
	{"uri", {COLUMN_VALUE, OBSERVABLE_URL, RANK_USUAL}},
	{"email", {COLUMN_VALUE, OBSERVABLE_EMAIL, RANK_USUAL}},
	{"emailaddress", {COLUMN_VALUE, OBSERVABLE_EMAIL, RANK_USUAL}},
	{"emailaddr", {COLUMN_VALUE, OBSERVABLE_EMAIL, RANK_USUAL}},
	{"sender", {COLUMN_VALUE, OBSERVABLE_EMAIL, RANK_USUAL}},
	{"hash", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_USUAL}},
	{"filehash", {COLUMN_VALUE, OBSERVABLE_NONE, RANK_USUAL}},
	{"md5", {COLUMN_VALUE, OBSERVABLE_MD5, RANK_USUAL}},
	{"md5hash", {COLUMN_VALUE, OBSERVABLE_MD5, RANK_USUAL}},
	{"filemd5", {COLUMN_VALUE, OBSERVABLE_MD5, RANK_USUAL}},
	{"sha1", {COLUMN_VALUE, OBSERVABLE_SHA1, RANK_USUAL}},
	{"sha1hash", {COLUMN_VALUE, OBSERVABLE_SHA1, RANK_USUAL}},
	{"filesha1", {COLUMN_VALUE, OBSERVABLE_SHA1, RANK_USUAL}},
	{"sha224", {COLUMN_VALUE, OBSERVABLE_SHA224, RANK_USUAL}},
	{"sha384", {COLUMN_VALUE, OBSERVABLE_SHA384, RANK_USUAL}},
	{"sha256", {COLUMN_VALUE, OBSERVABLE_SHA256, RANK_USUAL}},
	{"sha256hash", {COLUMN_VALUE, OBSERVABLE_SHA256, RANK_USUAL}},
	{"filesha256", {COLUMN_VALUE, OBSERVABLE_SHA256, RANK_USUAL}},
	{"sha512", {COLUMN_VALUE, OBSERVABLE_SHA512, RANK_USUAL}},
	{"sha512hash", {COLUMN_VALUE, OBSERVABLE_SHA512, RANK_USUAL}},
	{"ja3", {COLUMN_VALUE, OBSERVABLE_HASH_OTHER, RANK_USUAL}},
	{"ja3md5", {COLUMN_VALUE, OBSERVABLE_HASH_OTHER, RANK_USUAL}},
	{"ja3s", {COLUMN_VALUE, OBSERVABLE_HASH_OTHER, RANK_USUAL}},
	{"imphash", {COLUMN_VALUE, OBSERVABLE_HASH_OTHER, RANK_WEAK}},
	{"filename", {COLUMN_VALUE, OBSERVABLE_FILE_NAME, RANK_WEAK}},
	{"filepath", {COLUMN_VALUE, OBSERVABLE_FILE_NAME, RANK_WEAK}},
	{"mutex", {COLUMN_VALUE, OBSERVABLE_MUTEX, RANK_USUAL}},
	{"registrykey", {COLUMN_VALUE, OBSERVABLE_REGISTRY_KEY, RANK_USUAL}},
	{"regkey", {COLUMN_VALUE, OBSERVABLE_REGISTRY_KEY, RANK_USUAL}},
	{"useragent", {COLUMN_VALUE, OBSERVABLE_USER_AGENT, RANK_USUAL}},
	{"type", {COLUMN_TYPE, 0, 0}},
	{"ioctype", {COLUMN_TYPE, 0, 0}},
	{"indicatortype", {COLUMN_TYPE, 0, 0}},
	{"observabletype", {COLUMN_TYPE, 0, 0}},
	{"kind", {COLUMN_TYPE, 0, 0}},
	{"id", {COLUMN_ID, 0, 0}},
	{"iocid", {COLUMN_ID, 0, 0}},
	{"indicatorid", {COLUMN_ID, 0, 0}},
	{"uuid", {COLUMN_ID, 0, 0}},
	{"stixid", {COLUMN_ID, 0, 0}},
	{"name", {COLUMN_NAME, 0, 0}},
	{"title", {COLUMN_NAME, 0, 0}},
	{"description", {COLUMN_NAME, 0, 0}},
	{"comment", {COLUMN_NAME, 0, 0}},
	{"note", {COLUMN_NAME, 0, 0}},
	{"notes", {COLUMN_NAME, 0, 0}},
	{"malware", {COLUMN_NAME, 0, 0}},
	{"malwareprintable", {COLUMN_NAME, 0, 0}},
	{"signature", {COLUMN_NAME, 0, 0}},
	{"threat", {COLUMN_NAME, 0, 0}},
	{"listingreason", {COLUMN_NAME, 0, 0}},
	{"author", {COLUMN_AUTHOR, 0, 0}},
	{"createdby", {COLUMN_AUTHOR, 0, 0}},
	{"producer", {COLUMN_AUTHOR, 0, 0}},
	{"tlp", {COLUMN_MARKING, 0, 0}},
	{"marking", {COLUMN_MARKING, 0, 0}},
	{"markings", {COLUMN_MARKING, 0, 0}},
	{"tlplevel", {COLUMN_MARKING, 0, 0}},
	{"tlpmarking", {COLUMN_MARKING, 0, 0}},
	{"validfrom", {COLUMN_FROM, 0, 0}},
	{"firstseen", {COLUMN_FROM, 0, 0}},
	{"firstseenutc", {COLUMN_FROM, 0, 0}},
	{"dateadded", {COLUMN_FROM, 0, 0}},
	{"listingdate", {COLUMN_FROM, 0, 0}},
	{"validuntil", {COLUMN_UNTIL, 0, 0}},
	{"validto", {COLUMN_UNTIL, 0, 0}},
	{"expires", {COLUMN_UNTIL, 0, 0}},
	{"expiry", {COLUMN_UNTIL, 0, 0}},
	{"expiration", {COLUMN_UNTIL, 0, 0}},
	{"expirationdate", {COLUMN_UNTIL, 0, 0}},
	{"expirationtime", {COLUMN_UNTIL, 0, 0}},
	{"expirationdatetime", {COLUMN_UNTIL, 0, 0}},
	{"confidence", {COLUMN_CONFIDENCE, 0, 0}},
	{"confidencelevel", {COLUMN_CONFIDENCE, 0, 0}},
	{"score", {COLUMN_CONFIDENCE, 0, 0}},
	{"tags", {COLUMN_LABELS, 0, 0}},
	{"tag", {COLUMN_LABELS, 0, 0}},
	{"labels", {COLUMN_LABELS, 0, 0}},
	{"label", {COLUMN_LABELS, 0, 0}},
	{"attributetag", {COLUMN_LABELS, 0, 0}},
	{"eventtag", {COLUMN_LABELS, 0, 0}},
	{"revoked", {COLUMN_REVOKED, 0, 0}},
	{"toids", {COLUMN_TO_IDS, 0, 0}},
};

static const struct {
	const char *word;
	enum observable type;
	bool unmatchable;
} type_names[] = {
	{"ip", OBSERVABLE_ADDRESS, false},
	{"ipaddr", OBSERVABLE_ADDRESS, false},
	{"ipaddress", OBSERVABLE_ADDRESS, false},
	{"ipport", OBSERVABLE_ADDRESS, false},
	{"cidr", OBSERVABLE_ADDRESS, false},
	{"ipsrc", OBSERVABLE_ADDRESS, false},
	{"ipdst", OBSERVABLE_ADDRESS, false},
	{"address", OBSERVABLE_ADDRESS, false},
	{"ipv4cidr", OBSERVABLE_ADDRESS, false},
	{"ipv6cidr", OBSERVABLE_ADDRESS, false},
	{"ipv4", OBSERVABLE_ADDRESS, false},
	{"ipv4addr", OBSERVABLE_ADDRESS, false},
	{"ipv6", OBSERVABLE_ADDRESS, false},
	{"ipv6addr", OBSERVABLE_ADDRESS, false},
	{"domain", OBSERVABLE_HOST, false},
	{"domainname", OBSERVABLE_HOST, false},
	{"fqdn", OBSERVABLE_HOST, false},
	{"hostname", OBSERVABLE_HOST, false},
	{"host", OBSERVABLE_HOST, false},
	{"url", OBSERVABLE_URL, false},
	{"uri", OBSERVABLE_URL, false},
	{"email", OBSERVABLE_EMAIL, false},
	{"emailaddr", OBSERVABLE_EMAIL, false},
	{"emailaddress", OBSERVABLE_EMAIL, false},
	{"emailsrc", OBSERVABLE_EMAIL, false},
	{"emaildst", OBSERVABLE_EMAIL, false},
	{"md5", OBSERVABLE_MD5, false},
	{"md5hash", OBSERVABLE_MD5, false},
	{"filehashmd5", OBSERVABLE_MD5, false},
	{"filemd5", OBSERVABLE_MD5, false},
	{"filehashesmd5", OBSERVABLE_MD5, false},
	{"sha1", OBSERVABLE_SHA1, false},
	{"sha1hash", OBSERVABLE_SHA1, false},
	{"filehashsha1", OBSERVABLE_SHA1, false},
	{"filesha1", OBSERVABLE_SHA1, false},
	{"filehashessha1", OBSERVABLE_SHA1, false},
	{"sha224", OBSERVABLE_SHA224, false},
	{"sha384", OBSERVABLE_SHA384, false},
	{"sha256", OBSERVABLE_SHA256, false},
	{"sha256hash", OBSERVABLE_SHA256, false},
	{"filehashsha256", OBSERVABLE_SHA256, false},
	{"filesha256", OBSERVABLE_SHA256, false},
	{"filehashessha256", OBSERVABLE_SHA256, false},
	{"sha512", OBSERVABLE_SHA512, false},
	{"sha512hash", OBSERVABLE_SHA512, false},
	{"filehashsha512", OBSERVABLE_SHA512, false},
	{"ja3", OBSERVABLE_HASH_OTHER, false},
	{"ja3s", OBSERVABLE_HASH_OTHER, false},
	{"ja3fingerprintmd5", OBSERVABLE_HASH_OTHER, false},
	{"imphash", OBSERVABLE_HASH_OTHER, false},
	{"filehashimphash", OBSERVABLE_HASH_OTHER, false},
	{"pehash", OBSERVABLE_HASH_OTHER, false},
	{"filehashpehash", OBSERVABLE_HASH_OTHER, false},
	{"filename", OBSERVABLE_FILE_NAME, false},
	{"filepath", OBSERVABLE_FILE_NAME, false},
	{"file", OBSERVABLE_NONE, false},
	{"malwaresample", OBSERVABLE_FILE_NAME, false},
	{"attachment", OBSERVABLE_FILE_NAME, false},
	{"regkey", OBSERVABLE_REGISTRY_KEY, false},
	{"registrykey", OBSERVABLE_REGISTRY_KEY, false},
	{"windowsregistrykey", OBSERVABLE_REGISTRY_KEY, false},
	{"registry", OBSERVABLE_REGISTRY_KEY, false},
	{"mutex", OBSERVABLE_MUTEX, false},
	{"useragent", OBSERVABLE_USER_AGENT, false},
	{"commandline", OBSERVABLE_COMMAND_LINE, false},
	{"cmdline", OBSERVABLE_COMMAND_LINE, false},
	{"cve", OBSERVABLE_NONE, true},
	{"vulnerability", OBSERVABLE_NONE, true},
	{"yara", OBSERVABLE_NONE, true},
	{"sigma", OBSERVABLE_NONE, true},
	{"snort", OBSERVABLE_NONE, true},
	{"as", OBSERVABLE_NONE, true},
	{"asn", OBSERVABLE_NONE, true},
	{"ssdeep", OBSERVABLE_NONE, true},
	{"tlsh", OBSERVABLE_NONE, true},
	{"btc", OBSERVABLE_NONE, true},
};

bool csv_header_read(const slice *fields, size_t n, struct csv_header *out)
{
	out->n = n;
	out->best = RANK_WEAK;
	bool values = false;
	for (size_t i = 0; i < n; i++) {
		char text[WORD_BYTES];
		slice word = value_word(text, sizeof text, fields[i]);
		out->columns[i] = (struct csv_column){0};
		for (size_t k = 0; k < sizeof column_names / sizeof *column_names; k++)
			if (slice_equal(word, slice_from(column_names[k].word))) out->columns[i] = column_names[k].column;
		if (out->columns[i].role != COLUMN_VALUE) continue;
		values = true;
		if (out->columns[i].rank > out->best) out->best = out->columns[i].rank;
	}
	return values;
}

/* ---- one row ---- */

struct filling {
	const struct csv_row *row;
	struct indicator i;
	struct indicator_term terms[2 * CSV_COLUMNS_MAX + RANGE_CIDRS_MAX]; /* of "domain|ip" two */
	slice type;                                                         /* of the type column */
	bool skipped;                                                       /* to_ids says no */
};

static bool says_nothing(slice s)
{
	static const slice words[] = {SLICE("-"), SLICE("n/a"), SLICE("none"), SLICE("null"), SLICE("nan"), SLICE("unknown")};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal_nocase(s, words[i])) return true;
	return s.n == 0;
}

static bool says_yes(slice s)
{
	return slice_equal(s, SLICE("1")) || slice_equal_nocase(s, SLICE("true")) || slice_equal_nocase(s, SLICE("yes"));
}

static void row_trouble(const struct csv_row *row, const char *text)
{
	trouble(row->sink, ERR_SYNTAX, row->line, row->offset, text);
}

static void fill_type(struct filling *f, slice s)
{
	f->type = s;
}
static void fill_id(struct filling *f, slice s)
{
	f->i.id = s;
}
static void fill_author(struct filling *f, slice s)
{
	f->i.author = s;
}
static void fill_revoked(struct filling *f, slice s)
{
	f->i.revoked = says_yes(s);
}
static void fill_to_ids(struct filling *f, slice s)
{
	f->skipped = !says_yes(s);
}

static void fill_name(struct filling *f, slice s)
{
	if (f->i.name.n == 0) f->i.name = s;
}

static void fill_marking(struct filling *f, slice s)
{
	enum tlp t = value_tlp(s);
	if (t == TLP_NONE) row_trouble(f->row, "CSV: the marking is no TLP level; the row is taken as TLP:RED");
	f->i.marking = tlp_stricter(f->i.marking, t == TLP_NONE ? TLP_RED : t);
}

static void fill_labels(struct filling *f, slice s)
{
	f->i.marking = tlp_stricter(f->i.marking, value_tlp(s));
	f->i.labels = f->i.labels.n == 0 ? s : arena_printf(f->row->arena, "%.*s,%.*s", SLICE_PRINTF(f->i.labels), SLICE_PRINTF(s));
}

static void fill_from(struct filling *f, slice s)
{
	instant t;
	if (f->i.valid_from == INSTANT_NONE && value_time(s, &t)) f->i.valid_from = t;
}

static void fill_until(struct filling *f, slice s)
{
	if (!slice_equal_nocase(s, SLICE("never")) && !value_time(s, &f->i.valid_until))
		row_trouble(f->row, "CSV: valid_until is no time; the row is kept without it");
}

static void fill_confidence(struct filling *f, slice s)
{
	static const struct {
		slice word;
		int value;
	} words[] = {{SLICE("low"), 15}, {SLICE("medium"), 50}, {SLICE("med"), 50}, {SLICE("high"), 85}}; /* STIX 2.1 appendix A */
	uint64_t number;
	if (s.n > 1 && s.p[s.n - 1] == '%') s.n--;
	if (text_to_number(s, &number) && number <= 100) f->i.confidence = (int)number;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal_nocase(s, words[i].word)) f->i.confidence = words[i].value;
}

typedef void fill(struct filling *f, slice s);
static fill *const fills[COLUMN_ROLES] = {
	[COLUMN_TYPE] = fill_type,
	[COLUMN_ID] = fill_id,
	[COLUMN_NAME] = fill_name,
	[COLUMN_AUTHOR] = fill_author,
	[COLUMN_MARKING] = fill_marking,
	[COLUMN_FROM] = fill_from,
	[COLUMN_UNTIL] = fill_until,
	[COLUMN_CONFIDENCE] = fill_confidence,
	[COLUMN_LABELS] = fill_labels,
	[COLUMN_REVOKED] = fill_revoked,
	[COLUMN_TO_IDS] = fill_to_ids,
};

static bool type_known(slice text, enum observable *type, bool *unmatchable)
{
	char room[WORD_BYTES];
	slice word = value_word(room, sizeof room, text);
	for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
		if (!slice_equal(word, slice_from(type_names[i].word))) continue;
		*type = type_names[i].type;
		*unmatchable = type_names[i].unmatchable;
		return true;
	}
	return false;
}

/* MISP's composite types: of "filename|md5" the hash, of "ip-dst|port", "regkey|value" the first. */
static void part_of_composite(slice *type, slice *value)
{
	slice types = *type, values = *value;
	slice first = slice_cut(&types, '|'), first_value = slice_cut(&values, '|');
	bool file = slice_equal_nocase(first, SLICE("filename")) || slice_equal_nocase(first, SLICE("malware-sample"));
	if (types.n == 0) {
		if (slice_equal_nocase(first, SLICE("malware-sample")) && values.n > 0) {
			*type = SLICE("md5");
			*value = values;
		}
		return;
	}
	*type = file && values.n > 0 ? types : first;
	*value = file && values.n > 0 ? values : first_value;
}

/* "a-b", or what plainly means a range and is none: told. False: something else. */
static bool add_range(struct filling *f, slice value, enum observable type)
{
	struct value_range r;
	struct fault wrong = {0};
	char text[RANGE_TEXT_BYTES];
	if (value_range_read(value, &r, &wrong) != OK) {
		row_trouble(f->row, wrong.text);
		f->i.unmatchable = "an address that is none";
		return true;
	}
	size_t room = sizeof f->terms / sizeof *f->terms - f->i.terms_n - f->row->n;
	if (r.n > room) row_trouble(f->row, "RANGE_CIDRS_MAX: too many ranges in one row; what is over is left out");
	for (size_t i = 0; i < r.n && i < room; i++)
		f->terms[f->i.terms_n++] = (struct indicator_term){
			.op = TERM_EQUAL, .type = type, .value = arena_copy(f->row->arena, value_range_text(&r.cidrs[i], text))};
	return r.n > 0;
}

static void add_term(struct filling *f, const struct csv_column *c, slice value)
{
	struct indicator_term *t = &f->terms[f->i.terms_n];
	enum observable type = c->type;
	bool unmatchable = false;
	if (f->type.n > 0 && c->rank == RANK_MAIN) {
		part_of_composite(&f->type, &value);
		(void)type_known(f->type, &type, &unmatchable);
	}
	if (unmatchable) {
		f->i.unmatchable = "a type that records do not show";
		return;
	}
	slice plain = value_without_port(value_refang(f->row->scratch, value_trim(value)));
	if (plain.n == 0) return;
	if (f->row->scratch->n > 0 && plain.p >= f->row->scratch->p && plain.p < f->row->scratch->p + f->row->scratch->n)
		plain = arena_copy(f->row->arena, plain);
	if (type == OBSERVABLE_NONE || type == OBSERVABLE_HOST || type == OBSERVABLE_DOMAIN) plain = value_of_wildcard(plain);
	if ((type == OBSERVABLE_ADDRESS || type == OBSERVABLE_NONE) && add_range(f, plain, type)) return;
	*t = (struct indicator_term){.op = TERM_EQUAL, .type = type, .value = plain};
	f->i.terms_n++;
}

/* Both of "domain|ip", as MISP says it. */
static void add_cell(struct filling *f, const struct csv_column *c, slice value)
{
	slice type = f->type, address = value, name = slice_cut(&address, '|');
	if (c->rank != RANK_MAIN || !slice_equal_nocase(type, SLICE("domain|ip")) || address.n == 0) {
		add_term(f, c, value);
		return;
	}
	f->type = SLICE("domain");
	add_term(f, c, name);
	f->type = SLICE("ip");
	add_term(f, c, address);
	f->type = type;
}

static void add_terms(struct filling *f, enum column_rank rank)
{
	const struct csv_row *row = f->row;
	for (size_t i = 0; i < row->n && i < row->header->n; i++) {
		const struct csv_column *c = &row->header->columns[i];
		if (c->role == COLUMN_VALUE && c->rank == rank && !says_nothing(row->fields[i])) add_cell(f, c, row->fields[i]);
	}
}

enum err csv_row_emit(const struct csv_row *row)
{
	struct filling f;
	f.row = row;
	f.i = indicator_empty(row->author);
	f.type = (slice){0};
	f.skipped = false;
	f.i.line = row->line;
	f.i.marking = row->marking;
	f.i.terms = f.terms;
	for (size_t i = 0; i < row->n && i < row->header->n; i++) {
		fill *take = fills[row->header->columns[i].role];
		if (take != NULL && !says_nothing(row->fields[i])) take(&f, row->fields[i]);
	}
	if (f.skipped) {
		f.i.context = true;
		f.i.unmatchable = "context only: to_ids is false";
		return row->sink->indicator(row->sink->context, &f.i);
	}
	add_terms(&f, row->header->best);
	if (f.i.terms_n == 0 && f.i.unmatchable == NULL && row->header->best == RANK_USUAL) add_terms(&f, RANK_WEAK);
	if (f.i.terms_n == 0 && f.i.unmatchable == NULL) {
		row_trouble(row, "CSV: the row has no value, left out");
		return OK;
	}
	return row->sink->indicator(row->sink->context, &f.i);
}
