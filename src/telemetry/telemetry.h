/* Log formats: which format a file is, and what the fields of one record are. Pure. A format is a row of one table.
 * A `telemetry_reader` belongs to one thread. */
#ifndef TELEMETRY_TELEMETRY_H
#define TELEMETRY_TELEMETRY_H
#include "err.h"
#include "instant.h"
#include "observable.h"
struct json_parser;

enum format {
	FORMAT_TEXT,
	FORMAT_JSON /* JSON lines, unknown kind */,
	FORMAT_ZEEK_JSON,
	FORMAT_ZEEK_TSV,
	FORMAT_EVE,
	FORMAT_WINDOWS /* both forms */,
	FORMAT_ECS,
	FORMAT_OCSF,
	FORMAT_CLOUDTRAIL,
	FORMAT_M365,
	FORMAT_WEB_JSON,
	FORMAT_SYSLOG,
	FORMAT_ACCESS,
	FORMAT_WEB_ERROR,
	FORMAT_SQUID,
	FORMAT_CEF,
	FORMAT_LEEF,
	FORMAT_BIND,
	FORMAT_UNBOUND,
	FORMAT_DNSMASQ,
	FORMAT_POWERDNS,
	FORMAT_NETFILTER,
	FORMAT_FILTERLOG,
	FORMAT_AUDIT,
	FORMAT_SSHD,
	FORMAT_SUDO,
	FORMAT_POSTFIX,
	FORMAT_PAIRS,
	FORMAT_W3C,
	FORMAT_EXCHANGE,
	FORMAT_CSV,
	FORMAT_COUNT
};
const char *format_name(enum format f);    /* "text", "json", "zeek-json", … */
const char *format_summary(enum format f); /* one line for people */
const char *format_sample(enum format f);  /* where the sample comes from on which it was tried */

/* Header of the file that the records need: Zeek TSV's #separator, #set_separator, #unset_field, #empty_field, #path, #fields, #types;
 * W3C's #Fields and #Date; the first line of CSV.
 * Immutable once made; one for a run of records, as files may be concatenated. Lives in the arena given. */
struct telemetry_header;
/* From the first bytes of a file (up to 64 KiB, whole lines where possible) tell its format; *header is NULL unless the format has one. */
enum format telemetry_detect(struct arena *a, slice start, const struct telemetry_header **header);
/* A '#' line met in the middle of a file with a header: a new header, made from the old one and this line (or the old one when it says
 * nothing new). */
const struct telemetry_header *telemetry_header_line(struct arena *a, const struct telemetry_header *old, slice line);
/* Whether this line is no record in that format ('#…' of Zeek TSV and W3C, CSV's header again). Blank lines are handled by the caller. */
bool telemetry_is_header(enum format f, const struct telemetry_header *h, slice line);
/* Whether '#' lines in the middle of such a file may change the header, and whether this one gives the records that follow other columns.
 */
bool telemetry_has_headers(enum format f);
bool telemetry_changes_columns(enum format f, slice line);

/* What a format's fields carry, one row each: types and STIX paths (either may be none); false at the end. Text and unknown JSON have no
 * rows that carry. */
bool telemetry_row(enum format f, size_t index, enum observable *type, const char **stix_path);

struct field {
	slice name;            /* path: "id.orig_h", "event_data.SourceIp", "http.hostname"; empty for a whole text record */
	slice value;           /* decoded; one element of a list each */
	enum observable type;  /* OBSERVABLE_NONE: untyped */
	const char *stix_path; /* "network-traffic:dst_ref.value", "process:command_line", … or NULL */
	bool is_key;           /* a JSON key, only ever matched by shape */
};
struct record_fields {
	struct field *fields;
	size_t fields_n;
	instant time;            /* INSTANT_NONE when the record has none */
	bool time_guessed;       /* zone or year was not in the record */
	slice host;              /* the machine the record is about, or empty */
	bool as_text;            /* a JSON record that the parser refused: one field with the raw text */
	bool too_many, too_deep; /* why it, or the JSON in its message, is text: FIELDS_MAX, JSON_DEPTH_MAX */
	bool is_json;            /* the parser took it apart: its values are decoded */
	enum format kind;        /* what the record is */
	enum format inner;       /* what its message is, in syslog; else FORMAT_TEXT */
	/* URL halves: host (with port if told) and path with query, when the format gives them in two fields; scheme empty when not told */
	slice url_host, url_path, url_scheme;
	const char *url_field; /* name of the path's field */
	slice url_port;        /* 80 or 443, told beside the host and not in it: the default of a scheme that is not told, or not */
};
struct telemetry_reader;
struct telemetry_settings {
	int zone_minutes;
	int year;       /* of times that say none; 0: they are no times */
	instant latest; /* 0: none. A time that says no year and would be later is of an earlier one: the last that has its day */
};
struct telemetry_reader *telemetry_reader_new(const struct telemetry_settings *s);
void telemetry_reader_free(struct telemetry_reader *r);
/* Fields of one record (without its line end; 64 readable bytes must follow). `format` is the file's; a record of FORMAT_TEXT or
 * FORMAT_JSON that starts with '{' is looked at on its own: kinds of JSON are recognised by their keys, lines by their shape, so that mixed
 * files work. Every string value and every key of a JSON record is a field; everything lives in `a`. Never fails: what cannot be parsed is
 * one text field. */
void telemetry_fields(struct telemetry_reader *r, struct arena *a, enum format format, const struct telemetry_header *header, slice record,
	struct record_fields *out);
/* ---- values that say more than the record's bytes do (hidden.c) ---- */
/* Hex in audit records, escapes in CEF: who looks for values in raw bytes looks at the decoded ones too. Such records are only taken apart
 * in files of such a format, or of syslog. What quoted cells double, and the escapes of JSON, hides nothing: see match/hidden.c. */
/* The decoded values of one record (as for telemetry_fields), each with a line feed behind it, in the arena; empty when the bytes say all.
 */
slice telemetry_hidden(
	struct telemetry_reader *r, struct arena *a, enum format format, const struct telemetry_header *header, slice record);
/* The same for chunks, where every byte counts; perhaps more than the records say, never less. */
/* Whether values may be in hex behind '=', or text be in several fields. */
bool telemetry_encodes(enum format f);
/* Of the places of '=' those before which a name stands whose value may be in hex: they are moved to the front, and counted.
 *   bytes  two readable ones before the first place, five behind the last */
size_t telemetry_encoded(const uint8_t *bytes, uint32_t *equals, size_t n);
/* What the value behind such a place says: added with a line feed. False when it is in no hex after all, or says too little.
 *   bytes  64 readable ones behind
 *   hex    a bit for each of them that is a hex digit, and a word of zeros behind */
bool telemetry_decode(slice bytes, const uint64_t *hex, size_t equals, struct buf *out);
/* A word of the records that hold a text in several fields (EXECVE: a command line in its arguments). */
#define TELEMETRY_SPLITS "EXECVE"
/* The text of such a record in one piece, as its field has it: added with a line feed. 64 readable bytes must follow the record. */
void telemetry_join(slice record, struct buf *out);
/* The ways in which some format undoes its backslashes. */
enum telemetry_undoing {
	UNDO_QUOTED /* \" \\ \xHH */,
	UNDO_PAIRS /* \\ \= \| \" \]; \n \r \t are blanks */,
	UNDO_STRUCTURED /* \" \\ \] */,
	UNDO_COUNT
};
unsigned telemetry_undoings(enum format f); /* those that its records need, a bit each */
/* A text with its escapes undone in one of them: added with a line feed. */
void telemetry_undo(enum telemetry_undoing u, slice text, struct buf *out);
/* A byte that stands for a blank in such files (W3C's '+'), or 0: words, expressions and e-mail addresses are looked for with blanks in its
 * place too. */
uint8_t telemetry_blank(enum format f);
#endif
