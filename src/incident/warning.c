/* The ally's warning as STIX 2.1. Every object that may carry labels and a name says that it is an exercise, and all refer to a marking of
 * their own that says so too: a marking goes wherever its object goes. TLP's own object keeps the bytes that its standard gives it. */
#include "exercise_int.h"
#include "json.h"

#define STATEMENT "EXERCISE EXERCISE EXERCISE: invented for an exercise of Kulla. Not for production, block lists or partners."

struct bundle {
	const struct exercise *exercise;
	struct buf *out;
	bool first;
	char author[80], published[INSTANT_TEXT_BYTES];
};

/* The members that all objects share; the caller adds its own and closes. */
static void object_open(struct bundle *w, const char *type, slice key)
{
	struct buf *b = w->out;
	char id[80];
	buf_add_text(b, w->first ? "\n{" : ",\n{");
	w->first = false;
	json_put_member_text(b, "type", slice_from(type));
	json_put_member_text(b, "spec_version", SLICE("2.1"));
	json_put_member_text(b, "id", slice_from(exercise_id(w->exercise->scenario, type, key, id)));
	json_put_member_text(b, "created", slice_from(w->published));
	json_put_member_text(b, "modified", slice_from(w->published));
	json_put_member_text(b, "created_by_ref", slice_from(w->author));
	json_put_key(b, "labels");
	buf_add_text(b, "[\"exercise\"]");
	json_put_key(b, "object_marking_refs");
	buf_add_byte(b, '[');
	json_put_text(b, slice_from(tlp_marking_id(w->exercise->scenario->warning.tlp)));
	buf_add_byte(b, ',');
	json_put_text(b, SLICE(EXERCISE_MARKING_ID));
	buf_add_byte(b, ']');
}

static void put_exercise_text(struct buf *b, const char *key, slice text)
{
	struct buf said = {0};
	if (!slice_starts(text, SLICE("EXERCISE"))) buf_add_text(&said, "EXERCISE: ");
	buf_add(&said, text);
	json_put_member_text(b, key, buf_slice(&said));
	buf_free(&said);
}

/* TLP 2.0 as its extension gives it (OASIS, TLP 2.0 extension for STIX 2.1). */
static void put_tlp(struct bundle *w)
{
	enum tlp tlp = w->exercise->scenario->warning.tlp;
	slice word = slice_sub(slice_from(tlp_text(tlp)), 4, 32);
	struct buf lower = {0};
	for (size_t i = 0; i < word.n; i++)
		buf_add_byte(&lower, (uint8_t)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] + 32 : word.p[i]));
	buf_printf(w->out,
		"%s{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"2022-10-01T00:00:00.000Z\","
		"\"name\":\"%s\",\"extensions\":{"
		"\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"%."
		"*s\"}}}",
		w->first ? "\n" : ",\n", tlp_marking_id(tlp), tlp_text(tlp), SLICE_PRINTF(buf_slice(&lower)));
	w->first = false;
	buf_free(&lower);
}

/* STIX 2.1 7.2.1.3 */
void exercise_put_marking(struct buf *out)
{
	buf_add_text(out, "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" EXERCISE_MARKING_ID
			  "\",\"created\":\"2022-01-01T00:00:00.000Z\",\"name\":\"EXERCISE\",\"definition_type\":\"statement\","
			  "\"definition\":{\"statement\":\"" STATEMENT "\"}}");
}

static void put_statement(struct bundle *w)
{
	buf_add_text(w->out, w->first ? "\n" : ",\n");
	w->first = false;
	exercise_put_marking(w->out);
}

static void put_author(struct bundle *w)
{
	const struct scenario_warning *of = &w->exercise->scenario->warning;
	object_open(w, "identity", SLICE("author"));
	put_exercise_text(w->out, "name", of->author);
	json_put_member_text(w->out, "description", SLICE(STATEMENT));
	buf_add_text(w->out, ",\"identity_class\":\"organization\"}");
}

static void put_indicator(struct bundle *w, const struct scenario_indicator *x)
{
	object_open(w, "indicator", x->key);
	put_exercise_text(w->out, "name", x->name);
	put_exercise_text(w->out, "description", x->description.n > 0 ? x->description : x->name);
	json_put_key(w->out, "indicator_types");
	buf_add_text(w->out, "[\"malicious-activity\"]");
	json_put_member_text(w->out, "pattern", x->pattern);
	json_put_member_text(w->out, "pattern_type", SLICE("stix"));
	json_put_member_text(w->out, "valid_from", slice_from(w->published));
	json_put_member_int(w->out, "confidence", 80);
	buf_add_byte(w->out, '}');
}

static void put_report(struct bundle *w)
{
	const struct scenario *s = w->exercise->scenario;
	char id[80];
	object_open(w, "report", SLICE("report"));
	put_exercise_text(w->out, "name", s->warning.name);
	put_exercise_text(w->out, "description", s->warning.description);
	json_put_key(w->out, "report_types");
	buf_add_text(w->out, "[\"threat-report\"]");
	json_put_member_text(w->out, "published", slice_from(w->published));
	json_put_key(w->out, "object_refs");
	for (size_t i = 0; i < s->indicators.n; i++) {
		buf_add_byte(w->out, i == 0 ? '[' : ',');
		json_put_text(
			w->out, slice_from(exercise_id(s, "indicator", SCENARIO_AT(s->indicators, struct scenario_indicator, i)->key, id)));
	}
	buf_add_text(w->out, "]}");
}

void exercise_put_warning(const struct exercise *e, struct buf *out)
{
	const struct scenario *s = e->scenario;
	struct bundle w = {.exercise = e, .out = out, .first = true};
	char id[80];
	(void)exercise_id(s, "identity", SLICE("author"), w.author);
	(void)instant_format(s->warning.published, 3, w.published);
	buf_add_text(out, "{\"type\":\"bundle\"");
	json_put_member_text(out, "id", slice_from(exercise_id(s, "bundle", SLICE("warning"), id)));
	json_put_key(out, "objects");
	buf_add_byte(out, '[');
	put_tlp(&w);
	put_statement(&w);
	put_author(&w);
	for (size_t i = 0; i < s->indicators.n; i++) put_indicator(&w, SCENARIO_AT(s->indicators, struct scenario_indicator, i));
	put_report(&w);
	buf_add_text(out, "\n]}\n");
}

void exercise_put_warninglist(const struct exercise *e, struct buf *out)
{
	const struct scenario *s = e->scenario;
	bool first = true;
	buf_add_text(out, "{\n\"name\":\"EXERCISE list of what everybody uses\",\"description\":\"" STATEMENT
			  "\",\"version\":1,\"type\":\"hostname\",\"exercise\":true,\n"
			  "\"matching_attributes\":[\"domain\",\"hostname\",\"url\"],\n\"list\":[");
	for (size_t i = 0; i < s->indicators.n; i++) {
		const struct scenario_indicator *x = SCENARIO_AT(s->indicators, struct scenario_indicator, i);
		if (!x->listed) continue;
		if (!first) buf_add_byte(out, ',');
		json_put_text(out, x->value);
		first = false;
	}
	buf_add_text(out, "]\n}\n");
}
