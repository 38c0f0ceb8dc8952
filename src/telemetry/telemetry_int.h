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
	ROLE_URL_HOST, ROLE_URL_PATH, ROLE_URL_PORT, ROLE_URL_PORT_GUESS,
	ROLE_HASHES,   /* "SHA1=…,MD5=…": split into typed fields */
	ROLE_LIST,     /* elements behind ';' */
	ROLE_OBJECT,   /* a registry key when it starts with "\REGISTRY\", else untyped: a file, a service, … */
};

/* One row of the field tables. Several rows of one name: the first whose log fits. */
struct field_row {
	const char *name;      /* path of the field in that format */
	enum observable type;
	const char *stix;      /* or NULL */
	enum role role;
	uint8_t rank;
	const char *log;       /* only in this log; NULL: in all */
};
struct field_table { const struct field_row *rows; size_t rows_n; };
const struct field_table *field_table_of(enum format f); /* never NULL; empty for text */
/* The row of `name` in the log `log` (may be empty), or NULL. Slow: for headers. */
const struct field_row *field_row_find(enum format f, slice name, slice log);

/* The tables by hash: open addressing, rows of one name in table order. */
#define FIELD_INDEX_SLOTS 2048u
struct field_index { struct { const struct field_row *row; uint32_t hash; uint16_t name_bytes; uint16_t format; } slots[FIELD_INDEX_SLOTS]; };
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
/* The machine named by a syslog line whose time ends at `end`; empty when it names none. */
slice host_of_line(slice text, size_t end);

/* Growing list of fields in an arena, and what the roles found. */
struct field_list { struct arena *arena; struct field *fields; size_t n, room; bool full; };
void field_list_add(struct field_list *l, const struct field *f);

struct found {
	const struct telemetry_settings *settings;
	struct record_fields *out;
	unsigned time_rank, host_rank; /* RANK_UNSET until found */
	slice log, port, port_guess;
};
#define RANK_UNSET 256u
/* Type one field by its row (may be NULL), note its roles and add it (or its parts) to the list. */
void field_typed(struct field_list *l, struct found *d, const struct field_row *row, struct field *f);
/* When everything is known: the port goes to the URL's host. */
void found_finish(struct found *d, struct arena *a);

struct zeek_column { slice name; const struct field_row *row; enum observable type; bool set; };
struct telemetry_header {
	uint8_t separator;
	slice set_separator, empty, unset, path;
	slice fields_line, types_line; /* as written, without "#fields" */
	struct zeek_column *columns; size_t columns_n;
};
void zeek_tsv_fields(struct field_list *l, struct found *d, const struct telemetry_header *h, slice record);
#endif
