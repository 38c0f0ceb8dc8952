/* Which format intelligence has, told from its first bytes. Pure; never fails: what is nothing else is a plain list. */
#include "intel_int.h"
#include "text.h"

#define DETECT_BYTES (64u << 10) /* what we are given when there is more */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t past_space(slice s, size_t at)
{
	while (at < s.n && is_space(s.p[at])) at++;
	return at;
}

/* Position behind the JSON string that opens at `at`. */
static size_t past_string(slice s, size_t at)
{
	for (at++; at < s.n && s.p[at] != '"'; at++)
		if (s.p[at] == '\\') at++;
	return at < s.n ? at + 1 : s.n;
}

/* What keys at the top of a document say. A warninglist has "list" beside "type" and "matching_attributes"; a MISP attribute without a
 * wrapper "value" beside "category"; the index of a MISP feed has uuids. */
enum mark { MARK_NONE, MARK_STIX = 1, MARK_LIST = 2, MARK_MISP = 4, MARK_VALUE = 8, MARK_CATEGORY = 16, MARK_UUID = 32 };
static const struct {
	slice key;
	enum mark mark;
} marks[] = {
	{SLICE("list"), MARK_LIST},
	{SLICE("matching_attributes"), MARK_LIST},
	{SLICE("objects"), MARK_STIX},
	{SLICE("id"), MARK_STIX},
	{SLICE("spec_version"), MARK_STIX},
	{SLICE("Event"), MARK_MISP},
	{SLICE("response"), MARK_MISP},
	{SLICE("Attribute"), MARK_MISP},
	{SLICE("Object"), MARK_MISP},
	{SLICE("Orgc"), MARK_MISP},
	{SLICE("orgc_id"), MARK_MISP},
	{SLICE("threat_level_id"), MARK_MISP},
	{SLICE("to_ids"), MARK_MISP},
	{SLICE("value"), MARK_VALUE},
	{SLICE("category"), MARK_CATEGORY},
};

static bool is_uuid(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? s.p[i] != '-' : text_hex_value(s.p[i]) < 0) return false;
	}
	return s.n == 36;
}

static unsigned mark_of(slice key)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_equal(key, marks[i].key)) return marks[i].mark;
	return is_uuid(key) ? MARK_UUID : MARK_NONE;
}

static enum intel_format format_of_marks(unsigned found)
{
	static const struct {
		unsigned all, none;
		enum intel_format format;
	} rules[] = {
		{MARK_LIST, MARK_STIX, INTEL_WARNINGLIST},
		{MARK_MISP, 0, INTEL_MISP},
		{MARK_VALUE | MARK_CATEGORY, MARK_STIX, INTEL_MISP},
		{MARK_UUID, ~(unsigned)MARK_UUID, INTEL_MISP_MANIFEST},
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if ((found & rules[i].all) == rules[i].all && (found & rules[i].none) == 0) return rules[i].format;
	return INTEL_STIX;
}

/* The keys come in any order, and values may be longer than what we see. `within`: keys of this depth are looked at. */
static enum intel_format object_format(slice s, size_t at, size_t within)
{
	size_t depth = 0;
	unsigned found = 0;
	while (at < s.n) {
		uint8_t c = s.p[at];
		if (c != '"') {
			if (c == '{' || c == '[') depth++;
			if ((c == '}' || c == ']') && depth > 0 && --depth == 0) break;
			at++;
			continue;
		}
		size_t end = past_string(s, at);
		slice key = end > at + 1 ? slice_sub(s, at + 1, end - at - 2) : (slice){0};
		size_t colon = past_space(s, end);
		at = end;
		if (depth != within || colon >= s.n || s.p[colon] != ':') continue;
		found |= mark_of(key);
	}
	return format_of_marks(found);
}

static bool json_start(slice s, size_t at)
{
	if (at >= s.n || (s.p[at] != '{' && s.p[at] != '[')) return false;
	size_t next = past_space(s, at + 1);
	if (next >= s.n) return true;
	return s.p[at] == '{' ? s.p[next] == '"' || s.p[next] == '}' : s.p[next] == '{' || s.p[next] == ']';
}

static bool zeek_is(slice s)
{
	while (s.n > 0 && s.p[0] == '#') {
		slice line = slice_cut(&s, '\n');
		bool fields = slice_starts(line, SLICE("#fields\t"));
		if (fields && slice_find(line, SLICE("\tindicator\t")) < line.n && slice_find(line, SLICE("\tindicator_type")) < line.n)
			return true;
	}
	return false;
}

static enum intel_format lines_format(slice s)
{
	enum intel_format rules = rules_format(s);
	if (rules != INTEL_UNKNOWN) return rules;
	if (zeek_is(s)) return INTEL_ZEEK;
	if (rpz_is(s)) return INTEL_RPZ;
	if (hosts_is(s)) return INTEL_HOSTS;
	if (dataset_is(s, s.n < DETECT_BYTES)) return INTEL_DATASET;
	while (s.n > 0) {
		slice line = slice_trim(slice_cut(&s, '\n'));
		if (line.n == 0) continue;
		bool comment = line.p[0] == '#';
		if (csv_is_header(line, comment)) return INTEL_CSV;
		if (!comment && line.p[0] != ';' && !slice_starts(line, SLICE("//"))) return INTEL_PLAIN;
	}
	return INTEL_PLAIN;
}

/* ASCII of UTF-16 text, enough to tell the format. */
static slice narrow(slice s, uint8_t *out, size_t room)
{
	size_t n = 0;
	for (size_t i = s.p[0] == 0xFE ? 3 : 2; i < s.n && n < room; i += 2) out[n++] = s.p[i];
	return slice_of(out, n);
}

/* Text whose lines end in CR alone, with LF; whole lines as far as there is room. */
static slice with_line_feeds(slice s, uint8_t *out, size_t room)
{
	size_t n = s.n < room ? s.n : room;
	for (size_t i = 0; i < n; i++) out[i] = s.p[i] == '\r' ? '\n' : s.p[i];
	while (n < s.n && n > 0 && out[n - 1] != '\n') n--;
	return slice_of(out, n);
}

static bool is_binary_line(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 && !is_space(s.p[i])) || s.p[i] == 0x7f) return true;
	return false;
}

/* A list of which a few lines are damaged is a list still: it begins with text, and most of its lines are text. */
static bool is_binary(slice s)
{
	size_t lines = 0, binary = 0;
	bool first = true;
	if (s.n == 0 || memchr(s.p, 0, s.n) == NULL) return false;
	for (; s.n > 0; lines++) {
		bool bad = is_binary_line(slice_cut(&s, '\n'));
		if (first && bad) return true;
		first = false;
		binary += bad;
	}
	return binary > 1 + lines / 16;
}

static bool openioc_is(slice s)
{
	return slice_find(s, SLICE("<ioc")) < s.n || slice_find(s, SLICE("<OpenIOC")) < s.n || slice_find(s, SLICE(":ioc ")) < s.n;
}

const char *intel_format_name(enum intel_format f)
{
	static const char *const names[INTEL_FORMATS] = {
		[INTEL_UNKNOWN] = "unknown",
		[INTEL_PLAIN] = "plain",
		[INTEL_CSV] = "csv",
		[INTEL_STIX] = "stix",
		[INTEL_WARNINGLIST] = "warninglist",
		[INTEL_MISP] = "misp",
		[INTEL_MISP_MANIFEST] = "misp-manifest",
		[INTEL_ZEEK] = "zeek-intel",
		[INTEL_DATASET] = "suricata-dataset",
		[INTEL_HOSTS] = "hosts",
		[INTEL_RPZ] = "rpz",
		[INTEL_OPENIOC] = "openioc",
		[INTEL_YARA] = "yara",
		[INTEL_SIGMA] = "sigma",
		[INTEL_SNORT] = "snort",
	};
	return (unsigned)f < INTEL_FORMATS && names[f] != NULL ? names[f] : "unknown";
}

enum intel_format intel_detect(slice start)
{
	uint8_t ascii[16384];
	if (slice_starts(start, SLICE("\xEF\xBB\xBF"))) start = slice_sub(start, 3, start.n);
	if (slice_starts(start, SLICE("\xFF\xFE")) || slice_starts(start, SLICE("\xFE\xFF"))) start = narrow(start, ascii, sizeof ascii);
	if (slice_find_byte(start, '\n') == start.n && slice_find_byte(start, '\r') < start.n)
		start = with_line_feeds(start, ascii, sizeof ascii);
	size_t at = past_space(start, 0);
	if (json_start(start, at)) return object_format(start, at, start.p[at] == '{' ? 1 : 2);
	if (at < start.n && start.p[at] == '<') return openioc_is(start) ? INTEL_OPENIOC : INTEL_UNKNOWN;
	if (is_binary(start)) return INTEL_UNKNOWN;
	return lines_format(start);
}
