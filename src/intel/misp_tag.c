/* What MISP's tags, galaxies and distributions say: TLP levels (the strictest counts), confidence, labels.
 * Sources: taxonomies tlp, misp, admiralty-scale; STIX 2.1 appendix A for the scale; facts/stix-taxii.md 5.6. */
#include "misp_int.h"

#define LABELS_BYTES_MAX 4096u /* of one attribute or event; more tags than that are not shown */

static const struct {
	slice tag;
	int confidence;
} confidences[] = {
	{SLICE("misp:confidence-level=\"completely-confident\""), 100},
	{SLICE("misp:confidence-level=\"usually-confident\""), 75},
	{SLICE("misp:confidence-level=\"fairly-confident\""), 50},
	{SLICE("misp:confidence-level=\"rarely-confident\""), 25},
	{SLICE("misp:confidence-level=\"unconfident\""), 0},
	{SLICE("admiralty-scale:information-credibility=\"1\""), 90},
	{SLICE("admiralty-scale:information-credibility=\"2\""), 70},
	{SLICE("admiralty-scale:information-credibility=\"3\""), 50},
	{SLICE("admiralty-scale:information-credibility=\"4\""), 30},
	{SLICE("admiralty-scale:information-credibility=\"5\""), 10},
	{SLICE("estimative-language:confidence-in-analytic-judgment=\"high\""), 85},
	{SLICE("estimative-language:confidence-in-analytic-judgment=\"moderate\""), 50},
	{SLICE("estimative-language:confidence-in-analytic-judgment=\"low\""), 15},
};

void misp_said_clear(struct misp_said *s)
{
	struct buf labels = s->labels;
	buf_clear(&labels);
	labels.max = LABELS_BYTES_MAX;
	labels.failed = false;
	*s = (struct misp_said){.marking = TLP_NONE, .confidence = -1, .labels = labels};
}

static bool has_label(slice labels, slice name)
{
	while (labels.n > 0)
		if (slice_equal(slice_cut(&labels, ','), name)) return true;
	return false;
}

static void add_label(struct misp_said *s, slice name)
{
	if (name.n == 0 || name.n + 1 > LABELS_BYTES_MAX - s->labels.n || has_label(buf_slice(&s->labels), name)) return;
	if (s->labels.n > 0) buf_add_byte(&s->labels, ',');
	buf_add(&s->labels, name);
}

/* A TLP tag that nobody defines is taken for the strictest; "tlp:ex:chr" adds a rule to a level, "tlp:unclear" says none. */
static void read_tlp(struct misp_said *s, slice name)
{
	if (name.n < 5 || !slice_equal_nocase(slice_sub(name, 0, 4), SLICE("tlp:"))) return;
	enum tlp level = tlp_from_text(name);
	bool none = slice_equal_nocase(name, SLICE("tlp:ex:chr")) || slice_equal_nocase(name, SLICE("tlp:unclear"));
	if (none) return;
	if (level == TLP_NONE) s->unknown_tlp = true;
	s->marking = tlp_stricter(s->marking, level == TLP_NONE ? TLP_RED : level);
}

static void read_name(struct misp_said *s, slice name)
{
	read_tlp(s, name);
	for (size_t i = 0; i < sizeof confidences / sizeof *confidences; i++)
		if (slice_equal_nocase(name, confidences[i].tag)) s->confidence = confidences[i].confidence;
	add_label(s, name);
}

void misp_tags_read(struct misp_said *s, json_value tags)
{
	struct json_iter i = json_iter(tags);
	slice name;
	while (json_next(&i))
		if (json_get_text(i.value, &name) || json_member_text(i.value, "name", &name)) read_name(s, slice_trim(name));
}

void misp_galaxies_read(struct misp_said *s, json_value galaxies)
{
	struct json_iter i = json_iter(galaxies);
	json_value clusters;
	slice name;
	while (json_next(&i)) {
		if (!json_member(i.value, "GalaxyCluster", &clusters)) continue;
		struct json_iter k = json_iter(clusters);
		while (json_next(&k))
			if (json_member_text(k.value, "tag_name", &name)) add_label(s, name);
	}
}

/* 0 your organisation, 1 this community, 2 connected communities, 3 all, 4 a sharing group, 5 inherit. These say who may get it on MISP
 * servers, which is less than a marking: each only raises the default. */
bool misp_distribution(json_value v, enum tlp *floor)
{
	static const enum tlp floors[] = {TLP_AMBER_STRICT, TLP_GREEN, TLP_GREEN, TLP_CLEAR, TLP_AMBER};
	slice text = {0};
	int64_t n = -1;
	if (json_get_text(v, &text) && text.n == 1 && text.p[0] >= '0' && text.p[0] <= '9') n = text.p[0] - '0';
	else (void)json_get_int(v, &n);
	if (n < 0 || (size_t)n >= sizeof floors / sizeof *floors) return false;
	*floor = floors[n];
	return true;
}
