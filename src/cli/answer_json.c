/* The answer as JSON lines: docs/json.md. Kind comes first; the keys are a contract with other programs. */
#include <stdlib.h>
#include "answer.h"
#include "findings.h"
#include "json.h"
#include "load.h"
#include "text.h"

struct json_answer {
	const struct answer_settings *settings;
	struct buf line;
};

static void *json_open(const struct answer_settings *s)
{
	struct json_answer *j = mem_alloc(sizeof *j);
	j->settings = s;
	return j;
}

static void put_text_or_null(struct buf *b, const char *key, slice text)
{
	if (text.n > 0) json_put_member_text(b, key, text);
	else json_put_member_null(b, key);
}

static void put_text(struct buf *b, const char *key, const char *text)
{
	json_put_member_text(b, key, slice_from(text));
}

static void put_count(struct buf *b, const char *key, uint64_t n)
{
	json_put_member_int(b, key, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) json_put_member_null(b, key);
	else put_text(b, key, instant_format(t, -1, text));
}

static void line_end(struct json_answer *j)
{
	buf_add_text(&j->line, "}\n");
	(void)fwrite(j->line.p, 1, j->line.n, j->settings->out);
	buf_clear(&j->line);
}

static void put_record(struct buf *b, slice record)
{
	if (text_is_utf8(record)) {
		json_put_member_text(b, "record", record);
		return;
	}
	json_put_key(b, "record_base64");
	buf_add_byte(b, '"');
	text_put_base64(b, record);
	buf_add_byte(b, '"');
}

static void json_hit(void *state, const struct answer_hit *h)
{
	struct json_answer *j = state;
	struct buf *b = &j->line;
	const struct watched *w = &h->watched;
	buf_add_text(b, "{\"kind\":\"hit\"");
	put_text_or_null(b, "indicator", w->id);
	json_put_member_text(b, "value", w->value);
	json_put_member_text(b, "seen", h->hit->seen);
	put_text(b, "type", observable_stix_type(h->hit->type));
	put_text(b, "match", match_kind_name(h->hit->kind));
	json_put_member_bool(b, "typed", h->hit->typed);
	put_text(b, "marking", tlp_text(w->marking));
	if (w->marking_default) put_text(b, "marking_from", "default");
	if (w->warninglist.n > 0) json_put_member_text(b, "suppressed_by", w->warninglist);
	json_put_member_text(b, "file", h->file);
	put_count(b, "line", h->line);
	put_count(b, "record_no", h->record_no);
	put_count(b, "offset", h->offset);
	json_put_member_null(b, "segment");
	json_put_member_null(b, "source");
	put_time(b, "time", h->hit->time);
	if (h->hit->time_guessed && h->hit->time != INSTANT_NONE) json_put_member_bool(b, "time_guessed", true);
	put_text_or_null(b, "host", h->hit->host);
	put_text_or_null(b, "field", h->hit->field);
	put_text_or_null(b, "name", w->name);
	put_text_or_null(b, "author", w->author);
	put_text_or_null(b, "labels", w->labels);
	if (w->confidence >= 0) json_put_member_int(b, "confidence", w->confidence);
	if (h->exercise) json_put_member_bool(b, "exercise", true);
	put_record(b, h->hit->record);
	line_end(j);
}

static void put_troubles(struct buf *b, const struct summary *s)
{
	json_put_key(b, "troubles");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < s->troubles_n; i++) {
		const struct trouble *t = &s->troubles[i];
		buf_add_text(b, i > 0 ? ",{" : "{");
		json_put_member_text(b, "file", slice_from(t->path));
		put_count(b, "offset", t->fault.offset);
		put_text(b, "error", err_text(t->fault.kind));
		put_text(b, "text", t->fault.text);
		json_put_member_bool(b, "unreadable", t->unreadable);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
	put_count(b, "troubles_all", s->troubles_all);
}

/* What the hits say together. */
static void put_first_at(struct buf *b, const struct findings *f)
{
	json_put_key(b, "first_seen_at");
	if (f->first == INSTANT_NONE) {
		buf_add_text(b, "null");
		return;
	}
	buf_add_byte(b, '{');
	json_put_member_text(b, "file", f->first_file);
	put_count(b, "line", f->first_line);
	buf_add_byte(b, '}');
}

static void put_marking_by(struct buf *b, const struct findings *f, enum tlp marking)
{
	bool first = true;
	json_put_key(b, "marking_by");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < f->authors.rows_n && i < PLACES_TOLD_MAX; i++) {
		const struct found *r = &f->authors.rows[i];
		if (r->marking != marking) continue;
		if (!first) buf_add_byte(b, ',');
		first = false;
		if (r->name.n > 0) json_put_text(b, r->name);
		else buf_add_text(b, "null");
	}
	buf_add_byte(b, ']');
}

static void put_places(struct buf *b, const struct findings *f)
{
	const struct found_table *t = findings_places(f);
	const bool institutions = findings_by_institution(f);
	json_put_key(b, "places");
	buf_add_byte(b, '{');
	put_text(b, "by", institutions ? "institution" : "host");
	if (institutions && f->folders_n == 1) json_put_member_text(b, "under", f->root);
	put_count(b, "hit", findings_hit_rows(t));
	put_count(b, "all", t->rows_n + t->more);
	json_put_key(b, "list");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < t->rows_n && i < PLACES_TOLD_MAX; i++) {
		const struct found *r = &t->rows[i];
		buf_add_text(b, i > 0 ? ",{" : "{");
		put_text_or_null(b, "name", r->name);
		put_count(b, "hits", r->hits);
		put_time(b, "first_seen", r->first);
		put_time(b, "last_seen", r->last);
		if (institutions) put_count(b, "files", r->files);
		if (institutions) put_count(b, "unreadable", r->unread);
		buf_add_byte(b, '}');
	}
	buf_add_text(b, "]}");
}

static void put_findings(struct buf *b, const struct findings *f, enum tlp marking)
{
	if (f == NULL) return;
	put_count(b, "hits_typed", f->hits_typed);
	put_count(b, "hits_untimed", f->hits_untimed);
	put_count(b, "hits_hostless", f->hits_hostless);
	put_count(b, "indicators_met", f->indicators.rows_n + f->indicators.more);
	put_marking_by(b, f, marking);
	put_first_at(b, f);
	put_places(b, f);
}

static void put_day(struct buf *b, const char *key, int64_t day)
{
	char text[INSTANT_TEXT_BYTES];
	json_put_member_text(b, key, slice_sub(slice_from(instant_format(day * INT64_C(86400000000), 0, text)), 0, 10));
}

/* Days of which a folder has no records though it has earlier and later ones. */
static void put_gaps(struct buf *b, const struct findings *f)
{
	uint64_t all = 0;
	json_put_key(b, "gaps");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < f->folders.rows_n; i++) {
		struct day_range gap;
		for (size_t next = 0; days_gap(&f->folders.rows[i].days, &next, &gap); all++) {
			if (all >= GAPS_TOLD_MAX) continue;
			buf_add_text(b, all > 0 ? ",{" : "{");
			json_put_member_text(b, "folder", f->folders.rows[i].name);
			put_day(b, "from", gap.from);
			put_day(b, "to", gap.to);
			buf_add_byte(b, '}');
		}
	}
	buf_add_byte(b, ']');
	put_count(b, "gaps_all", all);
}

/* Which limits were met, each with the number of records that met it. */
static void put_limits(struct buf *b, const struct summary *s)
{
	json_put_key(b, "limits");
	buf_add_byte(b, '{');
	for (enum scan_limit l = 0; l < SCAN_LIMITS; l++)
		if (s->limited[l] > 0) put_count(b, scan_limit_name(l), s->limited[l]);
	buf_add_byte(b, '}');
}

static bool is_complete(const struct summary *s)
{
	bool hidden = false;
	for (enum scan_limit l = 0; l < SCAN_LIMITS; l++) hidden |= s->limited[l] > 0 && scan_limit_hides(l);
	return !hidden && !s->stopped && !s->enough && s->unreadable == 0 && s->cut_records == 0 && s->intel_troubles == 0 &&
	       s->indicators.loaded > 0;
}

void answer_json_put_coverage(struct buf *b, const struct summary *s)
{
	json_put_key(b, "coverage");
	buf_add_byte(b, '{');
	put_count(b, "files", s->files);
	put_count(b, "unreadable", s->unreadable);
	json_put_member_bool(b, "complete", is_complete(s));
	if (s->stopped || s->enough) put_text(b, "ended_by", s->stopped ? "user" : "max-hits");
	put_count(b, "json_as_text", s->refused);
	put_count(b, "records_cut", s->cut_records);
	put_limits(b, s);
	put_time(b, "since", s->since);
	put_time(b, "until", s->until);
	put_time(b, "from", s->findings != NULL ? s->findings->records_first : INSTANT_NONE);
	put_time(b, "to", s->findings != NULL ? s->findings->records_last : INSTANT_NONE);
	if (s->findings != NULL && s->findings->records_guessed) json_put_member_bool(b, "times_guessed", true);
	json_put_key(b, "formats");
	buf_add_byte(b, '{');
	for (int i = 0; i < FORMAT_COUNT; i++) {
		const struct format_count *c = &s->formats[i];
		if (c->files == 0) continue;
		json_put_key(b, format_name((enum format)i));
		buf_add_byte(b, '{');
		put_count(b, "files", c->files);
		put_count(b, "records", c->records);
		put_count(b, "bytes", c->bytes);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, '}');
	if (s->findings != NULL) put_gaps(b, s->findings);
	put_troubles(b, s);
	buf_add_byte(b, '}');
}

static void put_unmatchable(struct buf *b, const struct watchlist *w)
{
	slice id, reason;
	json_put_key(b, "unmatchable_reasons");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < TROUBLES_MAX && watchlist_unmatchable(w, i, &id, &reason); i++) {
		buf_add_text(b, i > 0 ? ",{" : "{");
		put_text_or_null(b, "indicator", id);
		json_put_member_text(b, "reason", reason);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

/* By format that was read: indicators that none of its records can meet. */
static void put_unmatchable_there(struct buf *b, const struct watchlist *w, const struct summary *s)
{
	bool first = true;
	json_put_key(b, "unmatchable_there");
	buf_add_byte(b, '[');
	for (enum format f = 0; f < FORMAT_COUNT; f++) {
		uint64_t n = 0;
		slice id;
		if (s->formats[f].records == 0) continue;
		for (uint32_t next = 0; watchlist_unmatchable_there(w, f, &next, &id); n++) {
			if (n == 0) {
				buf_add_text(b, first ? "{" : ",{");
				put_text(b, "format", format_name(f));
				json_put_key(b, "indicators");
			}
			if (n >= UNMATCHABLE_TOLD_MAX) continue;
			buf_add_byte(b, n == 0 ? '[' : ',');
			json_put_text(b, id);
		}
		if (n == 0) continue;
		first = false;
		buf_add_byte(b, ']');
		put_count(b, "count", n);
		put_count(b, "records", s->formats[f].records);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

/* Indicators whose expression was given up on some record (MATCH_STEPS_MAX), so that nobody knows whether it meets it. */
static void put_unfinished(struct buf *b, const struct watchlist *w, const struct summary *s)
{
	json_put_key(b, "unfinished");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < s->unfinished_n; i++) {
		struct watched x = watchlist_get(w, s->unfinished[i].term);
		buf_add_text(b, i > 0 ? ",{" : "{");
		put_text_or_null(b, "indicator", x.id);
		json_put_member_text(b, "value", x.value);
		put_count(b, "records", s->unfinished[i].records);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

/* Which files the indicators come from. */
static void put_inputs(struct buf *b, const struct loaded *l)
{
	json_put_key(b, "inputs");
	buf_add_byte(b, '[');
	for (size_t i = 0; i < l->inputs_n; i++) {
		const struct loaded_input *in = &l->inputs[i];
		buf_add_text(b, i > 0 ? ",{" : "{");
		json_put_member_text(b, "file", slice_from(in->path));
		put_text(b, "format", intel_format_name(in->format));
		put_count(b, "indicators", in->indicators);
		put_count(b, "context", in->context);
		put_count(b, "unreadable", in->troubles);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

static void put_indicators(struct buf *b, const struct json_answer *j, const struct summary *s)
{
	json_put_key(b, "indicators");
	buf_add_byte(b, '{');
	put_count(b, "loaded", s->indicators.loaded);
	put_count(b, "suppressed", s->indicators.suppressed);
	put_count(b, "expired", s->indicators.expired);
	put_count(b, "unmatchable", s->indicators.unmatchable);
	put_count(b, "revoked", s->indicators.revoked);
	put_count(b, "duplicate", s->indicators.duplicate);
	put_count(b, "unreadable", s->intel_troubles);
	put_unmatchable(b, j->settings->watchlist);
	put_unmatchable_there(b, j->settings->watchlist, s);
	put_unfinished(b, j->settings->watchlist, s);
	if (s->loaded != NULL) {
		put_count(b, "context", s->loaded->context);
		put_inputs(b, s->loaded);
	}
	buf_add_byte(b, '}');
}

static void json_close(void *state, const struct summary *s)
{
	struct json_answer *j = state;
	struct buf *b = &j->line;
	buf_add_text(b, "{\"kind\":\"summary\"");
	if (s->exercise) {
		json_put_member_bool(b, "exercise", true);
		put_count(b, "exercise_hits", s->exercise_hits);
	}
	put_count(b, "records", s->records);
	put_count(b, "bytes", s->bytes);
	put_count(b, "hits", s->hits);
	put_text(b, "marking", tlp_text(s->marking == TLP_NONE ? TLP_CLEAR : s->marking));
	if (s->marking_default) put_text(b, "marking_from", "default");
	put_indicators(b, j, s);
	put_count(b, "unreadable", s->unreadable + s->intel_troubles);
	put_count(b, "suppressed_hits", s->suppressed_hits);
	put_count(b, "hits_without_time", s->hits_without_time);
	put_count(b, "hits_time_guessed", s->hits_time_guessed);
	put_count(b, "left_out_time_guessed", s->left_out_time_guessed);
	put_time(b, "first_seen", s->hit_first);
	put_time(b, "last_seen", s->hit_last);
	put_findings(b, s->findings, s->marking);
	answer_json_put_coverage(b, s);
	line_end(j);
	buf_free(b);
	free(j);
}

const struct answer answer_json = {json_open, json_hit, json_close};
