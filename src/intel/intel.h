/* Intelligence in: plain lists, CSV with a header, STIX 2.0/2.1, MISP, OpenIOC, Zeek, Suricata, hosts files, RPZ, rules of other engines;
 * warninglists. Bytes are fed in any pieces; memory stays flat. Indicators arrive one by one and borrow until the callback returns. */
#ifndef INTEL_INTEL_H
#define INTEL_INTEL_H
#include "err.h"
#include "instant.h"
#include "observable.h"

enum term_op { TERM_EQUAL, TERM_SUBSET /* CIDR */, TERM_LIKE, TERM_MATCHES };
struct indicator_term {
	enum term_op op;
	enum observable
		type; /* from the path or column (OBSERVABLE_ADDRESS, _HOST: one of those); OBSERVABLE_NONE: told from the value's shape */
	slice value;  /* as written, defanging undone; not normalised */
	slice path;   /* STIX path as written, empty in plain lists */
	bool strict;  /* strict STIX: LIKE, MATCHES, or a path that is no value property ("network-traffic:dst_ref.value") */
	bool by_path; /* the path says more than the value (a direction, a role): only fields of that path count, for LIKE and MATCHES too
		       */
};
struct indicator {
	slice id;                        /* STIX id, or empty */
	slice name, author;              /* name; who says so: the identity's name, else created_by_ref, else the file's name */
	slice labels;                    /* comma-joined labels and indicator_types */
	enum tlp marking;                /* TLP_NONE: not said */
	enum tlp marking_floor;          /* when none is said: the default, but at least this; TLP_NONE or TLP_CLEAR: just the default */
	instant valid_from, valid_until; /* INSTANT_NONE: not said */
	instant modified;                /* version of the id: the newest counts; INSTANT_NONE: not said */
	bool revoked;
	bool context;   /* its source says that it is no indicator (MISP: to_ids false): no terms; a newer one withdraws older versions */
	int confidence; /* 0-100, -1 not said */
	const struct indicator_term *terms;
	size_t terms_n;          /* 0: unmatchable */
	const char *unmatchable; /* short reason when terms_n is 0 */
	uint64_t line;           /* plain lists and CSV: where it stands */
};
typedef enum err intel_indicator(void *context, const struct indicator *i);
typedef void intel_trouble(
	void *context, const struct fault *f); /* one line or object could not be read; the rest goes on. Kind OK: a remark, all was read */
struct intel_sink {
	intel_indicator *indicator;
	intel_trouble *trouble;
	void *context;
};

enum intel_format {
	INTEL_UNKNOWN,
	INTEL_PLAIN,
	INTEL_CSV,
	INTEL_STIX,
	INTEL_WARNINGLIST,
	INTEL_MISP,
	INTEL_MISP_MANIFEST /* index of a feed: no indicators */,
	INTEL_ZEEK,
	INTEL_DATASET /* Suricata's, of strings */,
	INTEL_HOSTS,
	INTEL_RPZ,
	INTEL_OPENIOC,
	INTEL_YARA,
	INTEL_SIGMA,
	INTEL_SNORT /* rules: named, not matched */,
	INTEL_FORMATS
};
const char *intel_format_name(enum intel_format f); /* "plain", "stix", … */
enum intel_format intel_detect(slice start);        /* first bytes, up to 64 KiB */
struct intel_reader;
/* NULL for INTEL_UNKNOWN, INTEL_WARNINGLIST, INTEL_MISP_MANIFEST. UTF-8 with or without its mark, UTF-16 with one.
 * author: what indicators without an author are said by (the file's name); copied, as is *sink. */
struct intel_reader *intel_reader_new(enum intel_format f, slice author, const struct intel_sink *sink);
CHECKED enum err intel_reader_feed(struct intel_reader *r, slice bytes, struct fault *f);
CHECKED enum err intel_reader_end(struct intel_reader *r, struct fault *f);
void intel_reader_free(struct intel_reader *r);

/* A warninglist (MISP format): `match` = whether the value is on it. type of the list: cidr, hostname, string, substring, regex. */
struct warninglist;
/* OK with f->kind ERR_SYNTAX: entries were left out, the fault names the first; else f->kind is OK. */
CHECKED enum err warninglist_read(slice json, struct warninglist **out, struct fault *f);
slice warninglist_name(const struct warninglist *w);
bool warninglist_has(const struct warninglist *w, enum observable type, slice normal_value);
void warninglist_free(struct warninglist *w);
#endif
