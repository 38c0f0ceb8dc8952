/* What a scan leaves behind. */
#include "keep.h"

#include <stdlib.h>
#include <time.h>

#include "command.h"
#include "json.h"
#include "limit.h"

struct keep {
	struct recorder *recorder;
	struct answer_settings settings; /* the user's, with the recorder's stream */
	void *answer;
	struct buf line;
	uint64_t files;
	bool too_long; /* the answer: it is kept no longer */
};

instant keep_now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (instant)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct keep *keep_new(struct recorder *r, const struct answer_settings *s)
{
	struct keep *k = mem_alloc(sizeof *k);
	*k = (struct keep){.recorder = r, .settings = *s};
	k->settings.out = recorder_stream(r, RECORDER_ANSWER);
	k->answer = answer_json.open(&k->settings);
	return k;
}

void keep_hit(struct keep *k, const struct answer_hit *h)
{
	if (!k->too_long) answer_json.hit(k->answer, h);
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) json_put_member_null(b, key);
	else json_put_member_text(b, key, slice_from(instant_format(t, -1, text)));
}

static void line_end(struct keep *k)
{
	buf_add_text(&k->line, "}\n");
	(void)fwrite(k->line.p, 1, k->line.n, recorder_stream(k->recorder, RECORDER_COVERAGE));
	buf_clear(&k->line);
}

void keep_file(struct keep *k, const struct input_file *f)
{
	struct buf *b = &k->line;
	buf_add_text(b, "{\"kind\":\"file\"");
	json_put_member_text(b, "file", slice_from(f->path));
	if (f->opened) {
		json_put_member_text(b, "format", slice_from(format_name(f->format)));
		json_put_member_int(b, "records", (int64_t)f->records);
		json_put_member_int(b, "bytes", (int64_t)f->bytes);
		put_time(b, "from", f->first);
		put_time(b, "to", f->last);
		if (f->times_guessed) json_put_member_bool(b, "times_guessed", true);
	}
	json_put_member_bool(b, "unreadable", f->unreadable);
	if (f->unreadable) json_put_member_text(b, "reason", slice_from(f->fault.text));
	line_end(k);
	k->files++;
	k->too_long |= ftello(k->settings.out) > (off_t)SCAN_ANSWER_BYTES_MAX;
}

void keep_close(struct keep *k, const struct summary *s)
{
	answer_json.close(k->answer, s);
	k->answer = NULL;
	buf_add_text(&k->line, "{\"kind\":\"summary\"");
	answer_json_put_coverage(&k->line, s);
	line_end(k);
}

static void inputs_put(struct keep *k, const struct intake *intake)
{
	struct buf list = {0};
	uint64_t left_out = intake_put_list(&list, intake, SALTED_TEXT_BYTES_MAX);
	(void)fwrite(list.p, 1, list.n, recorder_stream(k->recorder, RECORDER_INPUTS));
	buf_free(&list);
	if (left_out == 0) return;
	fprintf(stderr, "kulla: the list of inputs would be longer than SALTED_TEXT_BYTES_MAX: the names of %llu files are not in it\n",
		(unsigned long long)left_out);
}

static struct scan_facts facts_make(const struct keep *k, const struct keep_facts *from)
{
	const struct summary *m = from->summary;
	struct intake_sums inputs = intake_sum(from->intake, INTAKE_LOG);
	struct scan_facts facts;
	memset(&facts, 0, sizeof facts); /* its padding goes through the pipe too */
	facts.watchlist = record_watchlist(k->settings.watchlist, k->settings.valid_at);
	facts.inputs = inputs.sha256;
	facts.inputs_bytes = inputs.bytes;
	facts.inputs_count = inputs.files;
	facts.hits = m->hits;
	facts.indicators = m->indicators.loaded;
	facts.records = m->records;
	facts.suppressed = m->suppressed_hits;
	facts.unreadable = m->unreadable + m->intel_troubles;
	facts.began = from->began;
	facts.ended = keep_now();
	if (facts.ended < facts.began) facts.ended = facts.began;
	facts.marking = m->marking == TLP_NONE ? TLP_CLEAR : m->marking;
	facts.complete = !m->stopped && !m->enough;
	facts.exercise = from->exercise;
	return facts;
}

static void tell_place(const struct keep *k, const struct node_place *place)
{
	fprintf(stderr, "kulla: recorded as entry %llu of ", (unsigned long long)place->index);
	put_visible(stderr, recorder_origin(k->recorder));
	fprintf(stderr, " (checkpoint of %llu entries)\n", (unsigned long long)place->size);
}

static void tell_item(const struct record_item *item)
{
	char hex[DIGEST_HEX_BYTES + 1];
	fprintf(stderr, "kulla: sealed as item sha256:%s, entry %llu (checkpoint of %llu entries)\n", digest_hex(&item->id, hex),
		(unsigned long long)item->place.index, (unsigned long long)item->place.size);
}

bool keep_record(struct keep *k, const struct keep_facts *from)
{
	struct fault f = {0};
	struct node_place place = {.size = 0};
	struct record_item item;
	bool seal = from->excerpt != NULL && excerpt_hits(from->excerpt) > 0;
	enum err e = recorder_allows(k->recorder, from->exercise, &f);
	if (e == OK && k->too_long)
		e = fault_set(&f, ERR_LIMIT, 0, 0, "the answer is longer than SCAN_ANSWER_BYTES_MAX = %llu bytes", SCAN_ANSWER_BYTES_MAX);
	if (e == OK && seal && excerpt_too_long(from->excerpt))
		e = fault_set(&f, ERR_LIMIT, 0, 0, "the records to seal are longer than EXCERPT_BYTES_MAX = %llu bytes", EXCERPT_BYTES_MAX);
	if (e == OK) {
		inputs_put(k, from->intake);
		struct scan_facts facts = facts_make(k, from);
		e = recorder_end(k->recorder, &facts, &place, seal ? &item : NULL, &f);
	}
	if (place.size > 0) tell_place(k, &place);
	if (e != OK) complain(place.size > 0 ? "what it found was not sealed" : "this scan was not recorded", &f);
	else if (seal) tell_item(&item);
	else if (from->excerpt != NULL) fputs("kulla: no record hit: nothing was sealed\n", stderr);
	buf_free(&k->line);
	free(k);
	return e == OK;
}
