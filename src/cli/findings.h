/* What the hits of a scan say together, whatever the form of the answer: where they are, since when, of which indicators, who said those;
 * and which times and institutions the logs that were read are of. The memory does not grow with the hits: FOUND_MAX names of a kind, the
 * rest is counted. Belongs to one thread. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H
#include "days.h"
#include "match.h"

#define FOUND_MAX 100000u /* names kept of each kind */

struct answer_hit;
struct found {
	slice name;    /* of an indicator: empty */
	uint32_t term; /* for watchlist_get: the first that hit with this name */
	uint64_t hits, files, unread;
	instant first, last; /* of hits; INSTANT_NONE */
	enum tlp marking;    /* the strictest of the indicators that hit */
	struct days days;    /* of a folder's records */
	uint64_t key;
};
struct found_table {
	struct found *rows;
	size_t rows_n, room;
	uint32_t *slots;
	size_t slots_n; /* open addressing: index + 1; a power of two, at least twice rows_n */
	uint64_t more;  /* told of names that found no place */
};
struct findings {
	struct arena *kept;
	const char *const *logs;
	size_t logs_n;
	size_t folders_n;                     /* of the logs given */
	slice root;                           /* where one folder was given: that one, without a slash at its end */
	struct found_table institutions;      /* of every file that was met */
	struct found_table hosts, indicators; /* of hits */
	struct found_table authors;           /* of hits, those on warninglists too */
	uint64_t hits_typed, hits_untimed, hits_hostless;
	slice first_file;
	uint64_t first_line; /* the record seen first; empty when no hit has a time */
	bool first_guessed;
	instant first;
	instant records_first, records_last; /* of the records that begin and end what was read piece by piece */
	struct found_table folders;          /* of the files that were read: a sensor's, mostly */
	bool records_guessed;
};
/* logs are borrowed. */
struct findings *findings_new(const char *const *logs, size_t logs_n);
void findings_free(struct findings *f); /* takes NULL */
/* A file, or a folder that could not be read, was done with. */
void findings_file(struct findings *f, slice path, bool is_folder, bool unread);
void findings_hit(struct findings *f, const struct answer_hit *h);
/* A piece of a file was read; its first and last record are of these times. */
void findings_piece(struct findings *f, slice path, instant from, instant to, bool guessed);
/* Sort what was found: places by when they were hit first, the untimed behind those, the others last; indicators by hits, authors by name.
 * Call once, at the end. */
void findings_sort(struct findings *f);
/* Whether the places of the answer are institutions: the folders given, when there are several; else the first folders under the one that
 * was given, when there are several of those. Otherwise they are hosts. */
bool findings_by_institution(const struct findings *f);
const struct found_table *findings_places(const struct findings *f);
/* Rows that have hits. */
size_t findings_hit_rows(const struct found_table *t);
/* The days within the times of each folder's logs of which it has no records, gap by gap, once the findings are sorted. */
struct findings_gaps {
	uint64_t gaps, days, folders;
	slice longest_folder;
	struct day_range longest;
};
struct findings_gaps findings_gaps(const struct findings *f);
#endif
