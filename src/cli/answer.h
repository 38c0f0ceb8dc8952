/* Answers: what a scan found, written in one of several forms. Each form is a table of three functions. */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H
#include <stdio.h>
#include "match.h"

#define TROUBLES_MAX 1000u         /* troubles that are named one by one; all are counted */
#define PLACES_TOLD_MAX 10000u     /* institutions or hosts in the JSON summary; all are counted */
#define GAPS_TOLD_MAX 10000u       /* in the JSON summary; all are counted */
#define UNFINISHED_MAX 1000u       /* indicators that are named because their expression was given up on some record */
#define UNMATCHABLE_TOLD_MAX 1000u /* per format, indicators that its records cannot meet; all are counted */

struct loaded;
struct findings;
struct trouble {
	char *path;
	struct fault fault;
	bool unreadable;
};
struct format_count {
	uint64_t files, records, bytes;
};
struct summary {
	uint64_t files, records, bytes, raw_bytes;
	uint64_t hits, suppressed_hits;
	uint64_t hits_without_time; /* stayed in an answer filtered by time */
	uint64_t hits_time_guessed;
	uint64_t left_out_time_guessed; /* met a record whose time is not asked for, as far as its guessed zone or year is right */
	uint64_t unreadable;            /* inputs that could not be read, or not to their end */
	uint64_t intel_troubles;        /* lines and objects of intelligence that could not be read */
	uint64_t refused;               /* JSON records matched as text */
	uint64_t cut_records;
	uint64_t limited[SCAN_LIMITS]; /* records that met the limit */
	struct scan_unfinished *unfinished;
	size_t unfinished_n;  /* by term; the first UNFINISHED_MAX terms */
	enum tlp marking;     /* strictest among the hits; TLP_NONE: no hit */
	bool marking_default; /* no hit with this marking said it */
	instant hit_first, hit_last;
	struct watchlist_counts indicators;
	const struct loaded *loaded; /* which files they come from; NULL in a hand-made summary */
	struct findings *findings;   /* sorted when the answer is closed; NULL in a hand-made summary */
	struct format_count formats[FORMAT_COUNT];
	struct trouble *troubles;
	size_t troubles_n;
	uint64_t troubles_all;
	bool stopped, enough;    /* by the user; by --max-hits */
	bool exercise;           /* what was met is of an exercise, or a part of it; without hits what was read or looked for */
	uint64_t exercise_hits;  /* by the label of the indicator or the path of the file */
	uint64_t exercise_files; /* by their path */
	instant since, until;
	double seconds;
};
struct answer_settings {
	FILE *out;
	const struct watchlist *watchlist;
	bool color;
	int64_t records_shown; /* per indicator, on a terminal */
	unsigned width;        /* of the terminal, in columns */
	bool terminal;         /* it is one: not a file or a pipe */
	bool ascii;            /* a terminal that shows no UTF-8 */
	slice command;         /* the command that shows the records, for a shell */
	instant now;
	instant valid_at; /* what ended at or before it is not looked for; INSTANT_NONE: all of the watchlist is */
};
struct answer_hit {
	const struct hit *hit;
	struct watched watched;
	slice file;
	uint64_t line, record_no, offset; /* line and record_no from 1 */
	bool exercise;
};
struct answer {
	void *(*open)(const struct answer_settings *s); /* settings are borrowed until close */
	void (*hit)(void *state, const struct answer_hit *h);
	void (*close)(void *state, const struct summary *s); /* writes what is left; frees the state */
};
/* `"coverage":{…}` as in the JSON summary, a comma before it. */
void answer_json_put_coverage(struct buf *b, const struct summary *s);
extern const struct answer answer_terminal, answer_json, answer_csv, answer_stix, answer_count, answer_brief, answer_html;

/* Seen value in its normal form as far as the hit tells it: an exact hit's is the indicator's. Lives in the arena. */
slice answer_seen_normal(struct arena *a, const struct answer_hit *h);
#endif
