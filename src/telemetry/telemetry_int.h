/* What the files of this room share: the field tables, the time finder, the Zeek TSV header, the growing list of fields. */
#ifndef TELEMETRY_TELEMETRY_INT_H
#define TELEMETRY_TELEMETRY_INT_H
#include "telemetry.h"

/* What a field is for besides its value. */
enum role {
	ROLE_NONE,
	ROLE_TIME,     /* the record's time; the lowest rank wins */
	ROLE_UTC,      /* the same, and UTC although the text says no zone */
	ROLE_HOST,     /* the machine; the lowest rank wins */
	ROLE_LOG,      /* which log of the format: Zeek's _path, EVE's event_type */
	ROLE_URL_HOST, /* the lowest rank wins */
	ROLE_VHOST,    /* a web server's name: the machine and the URL's host when nothing better names them */
	ROLE_URL_PATH,
	ROLE_REQUEST, /* "GET /x HTTP/1.1": has the URL's path when no other field has it */
	ROLE_URL_PORT,
	ROLE_URL_PORT_GUESS,
	ROLE_HASHES, /* "SHA1=…,MD5=…": split into typed fields */
	ROLE_LIST,   /* elements behind ';' */
	ROLE_OBJECT, /* a registry key when it starts with "\REGISTRY\", else untyped: a file, a service, … */
	ROLE_DATE,
	ROLE_CLOCK,
	ROLE_CLOCK_UTC, /* a time in two fields */
	ROLE_ZONE,      /* and its zone */
	ROLE_URL_QUERY,
	ROLE_URL_SCHEME,
	ROLE_JSON, /* a JSON record in a cell */
	ROLE_PLUS, /* W3C: '+' stands for a blank */
	ROLE_HEX,
	ROLE_SOCKADDR,
	ROLE_ARGUMENT, /* audit: hex when bare; a socket address; a part of the command line */
};
#define RANK_HEADER 100 /* of time and host in a header around the record: what the record itself says is better */

/* One row of the field tables. Several rows of one name: the first whose log fits. */
struct field_row {
	const char *name; /* path of the field in that format */
	enum observable type;
	const char *stix; /* or NULL */
	enum role role;
	uint8_t rank;
	const char *log; /* only in this log; NULL: in all */
};
struct field_table {
	const struct field_row *rows;
	size_t rows_n;
};
extern const struct field_table zeek_fields, eve_fields, windows_fields, json_fields_table;               /* table.c */
extern const struct field_table ecs_fields, ocsf_fields, cloudtrail_fields, m365_fields, web_json_fields; /* rows_json.c */
extern const struct field_table syslog_fields, line_fields_table, cef_fields, leef_fields, netfilter_fields, audit_fields, w3c_fields,
	exchange_fields, named_fields;                   /* rows_line.c */
const struct field_table *field_table_of(enum format f); /* never NULL; empty for text */
/* The row of `name` in the log `log` (may be empty), or NULL. Slow: for headers. */
const struct field_row *field_row_find(enum format f, slice name, slice log);

/* The tables by hash: open addressing, rows of one name in table order. */
#define FIELD_INDEX_SLOTS 4096u
struct field_index {
	struct {
		const struct field_row *row;
		const struct field_table *table;
		uint32_t hash;
		uint32_t name_bytes;
	} slots[FIELD_INDEX_SLOTS];
};
void field_index_make(struct field_index *x);
const struct field_row *field_index_find(const struct field_index *x, enum format f, slice name, slice log);

/* Top-level keys tell the kind of a JSON record: a bit each. */
uint32_t signal_of_key(slice key);
enum format format_from_signals(uint32_t signals); /* FORMAT_JSON when they tell nothing */

/* The type that a value really has: OBSERVABLE_NONE when it is not shaped like `type` (so that shapes are looked for). */
enum observable field_fit(enum observable type, slice value);

/* First time in the text, within its first KiB. INSTANT_NONE when there is none. *end: byte behind it. */
instant time_find(slice text, const struct telemetry_settings *s, bool *guessed, size_t *end);
/* A field that is a time: RFC 3339, epoch in seconds or (by size) milliseconds, microseconds, nanoseconds; else as time_find. */
instant time_of_text(slice text, const struct telemetry_settings *s, bool *guessed);
instant time_of_number(double seconds);
/* A time that starts with the text's first byte; *end as above. */
instant time_at(slice text, const struct telemetry_settings *s, bool *guessed, size_t *end);
/* The machine named by a syslog line whose time ends at `end`; empty when it names none. */
slice host_of_line(slice text, size_t end);

/* Growing list of fields in an arena, and what the roles found. */
struct field_list {
	struct arena *arena;
	struct field *fields;
	size_t n, room;
	bool full;
};
void field_list_add(struct field_list *l, const struct field *f);

struct found {
	const struct telemetry_settings *settings;
	struct record_fields *out;
	unsigned time_rank, host_rank, url_host_rank; /* RANK_UNSET until found */
	slice log, port, port_guess, query, date, clock, zone, request;
	bool clock_utc;
};
#define RANK_UNSET 256u
/* Type one field by its row (may be NULL), note its roles and add it (or its parts) to the list. */
void field_typed(struct field_list *l, struct found *d, const struct field_row *row, struct field *f);
/* When everything is known: the port goes to the URL's host. */
void found_finish(struct found *d, struct arena *a);

/* ---- the table of formats ---- */
struct cutting {
	struct telemetry_reader *reader;
	const struct telemetry_settings *settings;
	struct field_list *list;
	struct found *found;
	enum format format; /* whose rows name the fields */
	slice tag;          /* the program that syslog names, or empty */
	slice inner;        /* out: a message whose own format is to be found; p NULL: none */
};
/* Takes one line apart: every byte that may belong to an observable goes into a field. False when it is not of that syntax; what was added
 * is then dropped. */
typedef bool cutter(struct cutting *c, slice record);
enum syntax { SYNTAX_TEXT, SYNTAX_JSON, SYNTAX_LINE, SYNTAX_COLUMNS /* named by a header */ };
/* How the values of a format may say more than its bytes: in hex behind '=' as in audit records, by the backslashes of an undoing. */
enum {
	HIDES_HEX = 1,
	HIDES_QUOTED = 2 << UNDO_QUOTED,
	HIDES_PAIRS = 2 << UNDO_PAIRS,
	HIDES_ALL = HIDES_HEX | HIDES_QUOTED | HIDES_PAIRS | 2 << UNDO_STRUCTURED
};
/* What an audit record's value in hex says, or the value itself when it is none: a text, a socket address. */
slice encoded_text(struct arena *a, slice v);
slice encoded_sockaddr(struct arena *a, slice v);
void encoded_put(slice v, struct buf *out); /* the text, added; 16 readable bytes must follow the value */
void audit_join(slice record, struct buf *out);
#define SIGNAL_SETS 4
struct format_row {
	const char *name, *summary;
	const char *sample; /* where it was tried on */
	enum syntax syntax;
	const struct field_table *fields; /* NULL: none */
	uint32_t signals[SIGNAL_SETS];    /* JSON: all bits of one of these */
	const char *const *prefixes;      /* JSON: dropped from paths before the look-up; NULL at the end */
	cutter *cut;                      /* lines */
	const char *const *templates;     /* lines without a cutter: the first that fits; NULL at the end */
	const char *tag;                  /* only as a message of the program whose name starts so */
	uint8_t blank;                    /* a byte that stands for a blank, or 0 */
	uint8_t hides;                    /* HIDES_…, or 0 */
};
const struct format_row *format_row_of(enum format f); /* never NULL */

/* Lines: whether the record, or its message, is of a known format (then *l holds its fields). */
bool line_cut(struct telemetry_reader *r, struct field_list *l, struct found *d, enum format file, slice record);
/* The JSON in a message. False when there is none, or the parser refuses it. */
bool json_cut(struct cutting *c, slice record);
void cut_add(struct cutting *c, slice name, slice value);
const struct field_row *cut_row(const struct cutting *c, slice name);
slice skip_blanks(slice s);
/* Whether a time stands at the start of the text; a year that nobody told does not matter. *end: byte behind it. */
bool time_stands(const struct cutting *c, slice text, size_t *end);
/* A name in any spelling as the tables have it: lower case, '_' for blank, '-' and '.'. `to` has NAME_BYTES_MAX bytes; longer names come
 * back as they are. */
#define NAME_BYTES_MAX 64u
slice name_folded(uint8_t *to, slice name);
/* The row of a name in a format's table, or NULL. */
const struct field_row *reader_row(const struct telemetry_reader *r, enum format f, slice name, slice log);
const struct telemetry_settings *reader_settings(const struct telemetry_reader *r);

/* Line templates: see template.c. */
extern const char *const access_templates[],
	*const web_error_templates[],
		*const squid_templates[],
			*const bind_templates[],
				*const unbound_templates[],
					*const dnsmasq_templates[],
						*const powerdns_templates[],
							*const filterlog_templates[],
								*const sshd_templates[],
									*const sudo_templates[],
										*const postfix_templates[]; /* line_templates.c */
/* Whether the text starts with as many pairs key=value as make it a line of pairs. */
bool pairs_stand(slice text);
bool template_cut(struct cutting *c, const char *template, slice record);
cutter syslog_cut, cef_cut, leef_cut, netfilter_cut, audit_cut, pairs_line_cut;

struct zeek_column {
	slice name;
	const struct field_row *row;
	enum observable type;
	bool set;
};
struct telemetry_header {
	uint8_t separator;
	slice set_separator, empty, unset, path;
	slice fields_line, types_line; /* as written, without "#fields" */
	struct zeek_column *columns;
	size_t columns_n;
	enum format format; /* FORMAT_ZEEK_TSV, or of columns.c */
	slice date;         /* W3C's #Date */
	slice first_line;   /* CSV's */
};
/* Header of W3C, Exchange and CSV; columns.c. NULL when the text has none. */
const struct telemetry_header *columns_detect(struct arena *a, slice start);
const struct telemetry_header *columns_header_line(struct arena *a, const struct telemetry_header *old, slice line);
bool columns_is_header_line(slice line); /* '#Fields:' */
void columns_cut(struct cutting *c, const struct telemetry_header *h, slice record);
void zeek_tsv_fields(struct field_list *l, struct found *d, const struct telemetry_header *h, slice record);
#endif
