/* Which format intelligence has, told from its first bytes. Pure; never fails: what is nothing else is a plain list. */
#include "intel_int.h"

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

/* A warninglist has "list" beside "type" and "matching_attributes" at its top; the list may be longer than what we see, and its keys come in any order. */
static enum intel_format object_format(slice s, size_t at)
{
	size_t depth = 0;
	bool list = false, stix = false;
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
		if (depth != 1 || colon >= s.n || s.p[colon] != ':') continue;
		if (slice_equal(key, SLICE("list")) || slice_equal(key, SLICE("matching_attributes"))) list = true;
		if (slice_equal(key, SLICE("objects")) || slice_equal(key, SLICE("id")) || slice_equal(key, SLICE("spec_version"))) stix = true;
	}
	return list && !stix ? INTEL_WARNINGLIST : INTEL_STIX;
}

static bool json_start(slice s, size_t at)
{
	if (at >= s.n || (s.p[at] != '{' && s.p[at] != '[')) return false;
	size_t next = past_space(s, at + 1);
	if (next >= s.n) return true;
	return s.p[at] == '{' ? s.p[next] == '"' || s.p[next] == '}' : s.p[next] == '{' || s.p[next] == ']';
}

static enum intel_format lines_format(slice s)
{
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

enum intel_format intel_detect(slice start)
{
	uint8_t ascii[4096];
	if (slice_starts(start, SLICE("\xEF\xBB\xBF"))) start = slice_sub(start, 3, start.n);
	if (slice_starts(start, SLICE("\xFF\xFE")) || slice_starts(start, SLICE("\xFE\xFF")))
		start = narrow(start, ascii, sizeof ascii);
	size_t at = past_space(start, 0);
	if (json_start(start, at)) return start.p[at] == '{' ? object_format(start, at) : INTEL_STIX;
	if (at < start.n && start.p[at] == '<') return INTEL_UNKNOWN;
	if (start.n > 0 && memchr(start.p, 0, start.n) != NULL) return INTEL_UNKNOWN;
	return lines_format(start);
}
