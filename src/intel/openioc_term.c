/* Places and conditions of OpenIOC items: two tables. "contains" of a name means the name and those below it; of other text LIKE, or
 * MATCHES when the text holds LIKE's own signs. Source: the OpenIOC terms list of Mandiant's IOC editor. */
#include "limit.h"
#include "openioc_int.h"

const char openioc_unknown[] = "OpenIOC: a place that is not matched";

static const struct {
	slice search;
	enum observable type;
	const char *path;
} places[] = {
	{SLICE("FileItem/Md5sum"), OBSERVABLE_MD5, NULL},
	{SLICE("FileItem/Sha1sum"), OBSERVABLE_SHA1, NULL},
	{SLICE("FileItem/Sha256sum"), OBSERVABLE_SHA256, NULL},
	{SLICE("FileItem/FileName"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("FileItem/FullPath"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("FileItem/FilePath"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("FileItem/PEInfo/ImportHash"), OBSERVABLE_HASH_OTHER, NULL},
	{SLICE("ProcessItem/name"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("ProcessItem/path"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("ProcessItem/arguments"), OBSERVABLE_COMMAND_LINE, NULL},
	{SLICE("ProcessItem/HandleList/Handle/Name"), OBSERVABLE_MUTEX, NULL},
	{SLICE("ProcessItem/SectionList/MemorySection/Md5sum"), OBSERVABLE_MD5, NULL},
	{SLICE("ProcessItem/SectionList/MemorySection/Name"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("TaskItem/ActionList/Action/ExecProgramPath"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("DriverItem/DriverName"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("ServiceItem/name"), OBSERVABLE_OTHER, "process:extensions.'windows-service-ext'.service_name"},
	{SLICE("ServiceItem/path"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("ServiceItem/serviceDLL"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("RegistryItem/KeyPath"), OBSERVABLE_REGISTRY_KEY, NULL},
	{SLICE("RegistryItem/Path"), OBSERVABLE_REGISTRY_KEY, NULL},
	{SLICE("Network/DNS"), OBSERVABLE_HOST, NULL},
	{SLICE("Network/URI"), OBSERVABLE_URL, NULL},
	{SLICE("Network/HTTP_Referr"), OBSERVABLE_URL, NULL},
	{SLICE("Network/UserAgent"), OBSERVABLE_USER_AGENT, NULL},
	{SLICE("DnsEntryItem/Host"), OBSERVABLE_HOST, NULL},
	{SLICE("DnsEntryItem/RecordName"), OBSERVABLE_HOST, NULL},
	{SLICE("DnsEntryItem/RecordData/Host"), OBSERVABLE_HOST, NULL},
	{SLICE("DnsEntryItem/RecordData/IPv4Address"), OBSERVABLE_ADDRESS, NULL},
	{SLICE("PortItem/remoteIP"), OBSERVABLE_ADDRESS, NULL},
	{SLICE("ProcessItem/PortList/PortItem/remoteIP"), OBSERVABLE_ADDRESS, NULL},
	{SLICE("RouteEntryItem/Destination"), OBSERVABLE_ADDRESS, NULL},
	{SLICE("UrlHistoryItem/URL"), OBSERVABLE_URL, NULL},
	{SLICE("UrlHistoryItem/HostName"), OBSERVABLE_HOST, NULL},
	{SLICE("CookieHistoryItem/HostName"), OBSERVABLE_HOST, NULL},
	{SLICE("FileDownloadHistoryItem/SourceURL"), OBSERVABLE_URL, NULL},
	{SLICE("FileDownloadHistoryItem/FileName"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("PrefetchItem/ApplicationFileName"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("Email/From"), OBSERVABLE_EMAIL, NULL},
	{SLICE("Email/To"), OBSERVABLE_EMAIL, NULL},
	{SLICE("Email/Subject"), OBSERVABLE_OTHER, "email-message:subject"},
	{SLICE("Email/Attachment/Name"), OBSERVABLE_FILE_NAME, NULL},
	{SLICE("UserItem/Username"), OBSERVABLE_OTHER, "user-account:account_login"},
};

enum form { FORM_IS, FORM_PART, FORM_EXPRESSION };
static const struct {
	slice condition;
	enum form form;
	const char *before, *behind;
} conditions[] = {
	{SLICE("is"), FORM_IS, "", ""},
	{SLICE("contains"), FORM_PART, "%", "%"},
	{SLICE("starts-with"), FORM_PART, "", "%"},
	{SLICE("ends-with"), FORM_PART, "%", ""},
	{SLICE("matches"), FORM_EXPRESSION, "", ""},
};

/* A part of a text. LIKE has no escapes, so that a text with its signs becomes an expression. */
static const char *part_of(const struct openioc_item *item, size_t condition, struct buf *scratch, struct indicator_term *out)
{
	slice v = item->value;
	bool signs = slice_find_byte(v, '%') < v.n || slice_find_byte(v, '_') < v.n;
	bool first = conditions[condition].before[0] == '\0', last = conditions[condition].behind[0] == '\0';
	if (signs && slice_find(v, SLICE("\\E")) < v.n) return "OpenIOC: a text that cannot be put into an expression";
	buf_clear(scratch);
	buf_add_text(scratch, !signs ? conditions[condition].before : first ? "(?is)^\\Q" : "(?is)\\Q");
	buf_add(scratch, v);
	buf_add_text(scratch, !signs ? conditions[condition].behind : last ? "\\E$" : "\\E");
	out->op = signs ? TERM_MATCHES : TERM_LIKE;
	out->value = buf_slice(scratch);
	out->strict = true;
	return out->value.n > EXPRESSION_BYTES_MAX ? "OpenIOC: the text is longer than EXPRESSION_BYTES_MAX" : NULL;
}

static const char *form_of(const struct openioc_item *item, struct buf *scratch, struct indicator_term *out)
{
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		if (!slice_equal_nocase(item->condition, conditions[i].condition)) continue;
		bool whole_name =
			out->type == OBSERVABLE_HOST && slice_find_byte(item->value, '.') < item->value.n && item->value.p[0] != '.';
		if (conditions[i].form == FORM_IS || whole_name) return NULL;
		if (conditions[i].form == FORM_PART) return part_of(item, i, scratch, out);
		out->op = TERM_MATCHES;
		out->strict = true;
		return item->value.n > EXPRESSION_BYTES_MAX ? "OpenIOC: the expression is longer than EXPRESSION_BYTES_MAX" : NULL;
	}
	return "OpenIOC: a condition that is not matched";
}

const char *openioc_term(const struct openioc_item *item, struct buf *scratch, struct indicator_term *out)
{
	if (item->value.n == 0) return "OpenIOC: an item without content";
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (!slice_equal_nocase(item->search, places[i].search)) continue;
		*out = (struct indicator_term){
			.op = TERM_EQUAL, .type = places[i].type, .value = item->value, .path = slice_from(places[i].path)};
		if (out->type == OBSERVABLE_ADDRESS && value_is_range(item->value)) out->op = TERM_SUBSET;
		return form_of(item, scratch, out);
	}
	return openioc_unknown;
}
