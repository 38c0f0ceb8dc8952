/* What the files of this room share: lines, defanging, a map from text to a number, and the readers behind intel_reader.
 * Everything belongs to one reader and so to one thread. */
#ifndef INTEL_INTEL_INT_H
#define INTEL_INTEL_INT_H
#include "address.h"
#include "intel.h"

/* ---- lines.c: physical lines out of pieces ---- */
struct lines {
	struct buf partial; /* a line that is not complete yet */
	uint64_t number;    /* of the last line given out, from 1 */
	uint64_t offset;    /* where the next line starts */
	size_t held;        /* bytes of the line that came before this piece */
	bool after_cr;      /* the last line ended in CR: an LF now belongs to it */
	bool skipping;      /* in a line over INTEL_LINE_BYTES_MAX, already reported */
	bool marked;        /* a comment said a marking: the strictest so far, of all values that follow */
	enum tlp marking;
	bool valued;            /* a value came */
	uint64_t marking_waits; /* line of a stricter marking between a value and the next, or 0 */
	const struct intel_sink *sink;
};
typedef enum err line_take(void *context, slice line /* without its end */, uint64_t number);
enum err lines_feed(struct lines *l, slice bytes, line_take *take, void *context);
enum err lines_end(struct lines *l, line_take *take, void *context);

/* ---- marking.c: TLP in text ---- */
/* The strictest level that a text says ("TLP:AMBER; PAP:RED", "TLP 2.0: red"); TLP_NONE when there is none. */
enum tlp value_tlp(slice s);
enum tlp value_tlp_said(slice s, bool *unknown /* out: "TLP:" and no level behind */);
/* A line that is a comment: what it says holds for all values that follow. A level that is none is told and taken as TLP:RED. */
void marking_comment(struct lines *l, slice comment, uint64_t number);
/* Marking of a value: what comments before it say, and the text beside it on its line for this value alone; the strictest. */
enum tlp marking_of_value(struct lines *l, slice beside, uint64_t number);
void marking_end(struct lines *l); /* lines_end does it */

/* ---- value.c: values as people write them ---- */
/* Undo hxxp, [.], (.), {.}, [dot], [at], [@], [:], [://]. Returns s itself when nothing changes, else text in *scratch. */
slice value_refang(struct buf *scratch, slice s);
/* Without blanks at either end, no-break and zero-width ones too; value_trim: without typographic quotes as well. */
slice value_trim_blanks(slice s);
slice value_trim(slice s);
/* "*.name" and ".name" (Squid, dnsmasq): the name; anything else as it is. */
slice value_of_wildcard(slice s);
/* "1.2.3.4:443", "[v6]:443", "[1.2.3.4]" and "name.example:443" without the port; anything else as it is. */
slice value_without_port(slice s);
bool value_is_range(slice s);                /* address/len */
bool value_is_name(slice s);                 /* plainly a domain name: labels, the last of letters */
bool text_to_number(slice s, uint64_t *out); /* 1-9 decimal digits */
/* RFC 3339, "YYYY-MM-DD hh:mm:ss UTC", "YYYY-MM-DD" or seconds since 1970; false when it is none of these. */
bool value_time(slice s, instant *out);
/* Lower-case letters and digits of s, others dropped: how names of columns and types are compared. */
slice value_word(char *out, size_t room, slice s);
enum observable value_hash_type(slice s); /* digest.c: by its length; OBSERVABLE_HASH_OTHER for any other */
void trouble(const struct intel_sink *sink, enum err kind, uint64_t line, uint64_t offset, const char *text);
struct indicator indicator_empty(slice author);

/* ---- range.c ---- */
#define RANGE_CIDRS_MAX 254u /* two of each length cover any range */
#define RANGE_TEXT_BYTES (ADDRESS_TEXT_BYTES + 4)
struct value_range {
	struct cidr cidrs[RANGE_CIDRS_MAX];
	size_t n;
};
/* "a-b": the ranges that cover it exactly. OK with n 0: the value is something else (an address, "a/length", a name, …).
 * ERR_SYNTAX: it plainly means an address or a range and is none ("10.1.2.3/33", "256.1.1.1", "10.0.0.9-10.0.0.1"); the fault says what was
 * expected. */
CHECKED enum err value_range_read(slice s, struct value_range *out, struct fault *f);
slice value_range_text(const struct cidr *c, char text[RANGE_TEXT_BYTES]);

/* ---- map.c: text to number; keys are borrowed ---- */
struct map {
	struct map_slot *slots;
	size_t n, room;
};
void map_free(struct map *m);
void map_put(struct map *m, slice key, uint64_t value); /* replaces */
bool map_get(const struct map *m, slice key, uint64_t *value);

/* ---- readers ---- */
struct reader_kind {
	void *(*open)(slice author, const struct intel_sink *sink); /* both outlive the reader */
	enum err (*feed)(void *reader, slice bytes, struct fault *f);
	enum err (*end)(void *reader, struct fault *f);
	void (*close)(void *reader);
};
extern const struct reader_kind reader_plain, reader_csv, reader_stix, reader_misp, reader_zeek_intel, reader_dataset, reader_hosts,
	reader_rpz, reader_openioc, reader_yara, reader_sigma, reader_snort;
/* ---- for intel_detect: whether the first bytes (whole: there are no more) are of a format ---- */
bool csv_is_header(slice line, bool comment);
bool dataset_is(slice start, bool whole);
bool hosts_is(slice start);
bool rpz_is(slice start);
enum intel_format rules_format(slice start); /* INTEL_YARA, INTEL_SIGMA, INTEL_SNORT or INTEL_UNKNOWN */
#endif
