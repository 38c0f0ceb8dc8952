/* misp-stix's documentation, read from both sides: what our MISP reader yields of the MISP document against what our STIX reader yields of
 * its STIX rendering. A conjunction ("file:name = … AND file:hashes…") is unmatchable as STIX while MISP's attributes count one by one:
 * then each value that MISP yields has to stand in the pattern. The other differences are listed here with their reason. */
#ifndef TEST_INTEL_MISP_CORPUS_H
#define TEST_INTEL_MISP_CORPUS_H
#include "collect.h"
#include "json.h"

struct tally {
	size_t compared, equal, conjunctions, explained, unexplained;
};
struct side {
	struct buf terms[64];
	size_t n;
	bool any_without;
};

/* name: of the corpus's line, up to its "/"; differences that are meant */
static const struct {
	const char *name, *why;
} meant[] = {
	{"AS", "a number would meet any text: named as unmatchable on the MISP side"},
	{"asn", "the same"},
	{"http-method", "the same"},
	{"size-in-bytes", "the same"},
	{"registry-key-value", "the same: the data of a value is free text"},
	{"regkey", "the documentation doubles a backslash on its MISP side"},
	{"registry-key with references to registry-key-value(s)", "the same"},
	{"http-request", "the documentation leaves a quote and a bracket in its MISP values"},
	{"artifact", "the name of the artifact's file is no part of the pattern"},
	{"ssdeep", "a similarity digest: named at once; as STIX it is refused when the watchlist is built"},
	{"tlsh", "the same"},
	{"telfhash", "the same"},
	{"vhash", "the same"},
	{"email-reply-to", "an address on the MISP side, a header's text on the STIX side"},
	{"sha512/224", "not SHA-224, though misp-stix writes it so"},
	{"sha512/256", "not SHA-256, though misp-stix writes it so"},
};

static inline enum observable family(enum observable o)
{
	if (o == OBSERVABLE_HOST) return OBSERVABLE_DOMAIN;
	if (o == OBSERVABLE_IPV4 || o == OBSERVABLE_IPV6) return OBSERVABLE_ADDRESS;
	return o;
}
static inline enum err side_add(void *context, const struct indicator *i)
{
	struct side *s = context;
	s->any_without |= i->terms_n == 0 && !i->context;
	for (size_t k = 0; k < i->terms_n && s->n < 64; k++)
		buf_printf(&s->terms[s->n++], "%d %.*s", (int)family(i->terms[k].type), SLICE_PRINTF(i->terms[k].value));
	return OK;
}
static inline void side_read(struct side *s, enum intel_format format, slice text)
{
	struct fault f = {0};
	struct intel_sink sink = {side_add, NULL, s};
	struct intel_reader *r = intel_reader_new(format, SLICE("file"), &sink);
	assert_int_equal(intel_reader_feed(r, text, &f), OK);
	assert_int_equal(intel_reader_end(r, &f), OK);
	intel_reader_free(r);
}
static inline bool side_has(const struct side *s, slice term)
{
	for (size_t i = 0; i < s->n; i++)
		if (slice_equal(buf_slice(&s->terms[i]), term)) return true;
	return false;
}
static inline bool side_within(const struct side *a, const struct side *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!side_has(b, buf_slice(&a->terms[i]))) return false;
	return true;
}
static inline void side_free(struct side *s)
{
	for (size_t i = 0; i < s->n; i++) buf_free(&s->terms[i]);
}
/* Each value stands, quoted, in the text of the STIX side. */
static inline bool values_stand(const struct side *misp, slice stix)
{
	bool all = true;
	for (size_t i = 0; i < misp->n; i++) {
		struct buf quoted = {0};
		slice term = buf_slice(&misp->terms[i]), value = term;
		(void)slice_cut(&value, ' ');
		buf_add_byte(&quoted, '\'');
		for (size_t k = 0; k < value.n; k++) {
			if (value.p[k] == '\\') buf_add_text(&quoted, "\\\\\\"); /* escaped in the pattern, then in JSON */
			buf_add_byte(&quoted, value.p[k]);
		}
		buf_add_byte(&quoted, '\'');
		if (slice_find(stix, buf_slice(&quoted)) == stix.n) {
			if (getenv("SHOW") != NULL) print_message("  %.*s does not stand there\n", SLICE_PRINTF(buf_slice(&quoted)));
			all = false;
		}
		buf_free(&quoted);
	}
	return all;
}
static inline bool is_meant(slice name)
{
	slice plain = slice_sub(name, 0, slice_find(name, SLICE("/Indicator")));
	plain = slice_sub(plain, 0, slice_find(plain, SLICE("/Observed Data")));
	if (slice_starts(plain, SLICE("filename|"))) plain = slice_sub(plain, 9, plain.n);
	for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
		if (slice_equal(plain, slice_from(meant[i].name))) return true;
	return false;
}
static inline void misp_text(struct buf *out, json_value misp)
{
	json_value member;
	buf_add_text(out, json_member(misp, "Attribute", &member) ? "{\"Object\":" : "{\"Attribute\":");
	assert_int_equal(json_put_canonical(out, misp), OK);
	buf_add_text(out, "}\n");
}
static inline void corpus_line(json_value root, struct tally *t)
{
	json_value misp, stix;
	slice name = {0};
	struct side m = {0}, s = {0};
	struct buf misp_side = {0}, stix_side = {0};
	(void)json_member_text(root, "name", &name);
	if (!json_member(root, "MISP", &misp) || !json_member(root, "STIX", &stix)) return;
	assert_int_equal(json_put_canonical(&stix_side, stix), OK);
	side_read(&s, INTEL_STIX, buf_slice(&stix_side));
	bool list = json_type_of(misp) == JSON_ARRAY;
	struct json_iter i = json_iter(misp);
	while (list && json_next(&i)) misp_text(&misp_side, i.value);
	if (!list) misp_text(&misp_side, misp);
	if (s.n > 0 || s.any_without) { /* the STIX side has an indicator */
		side_read(&m, INTEL_MISP, buf_slice(&misp_side));
		t->compared++;
		bool equal = side_within(&m, &s) && side_within(&s, &m), conjunction = s.n == 0 && m.n > 0;
		bool stands = conjunction && values_stand(&m, buf_slice(&stix_side));
		t->equal += equal;
		t->conjunctions += !equal && stands;
		t->explained += !equal && !stands && is_meant(name);
		if (!equal && !stands && !is_meant(name)) {
			t->unexplained++;
			for (size_t k = 0; k < m.n; k++)
				print_message("%.*s: MISP %.*s\n", SLICE_PRINTF(name), SLICE_PRINTF(buf_slice(&m.terms[k])));
			for (size_t k = 0; k < s.n; k++)
				print_message("%.*s: STIX %.*s\n", SLICE_PRINTF(name), SLICE_PRINTF(buf_slice(&s.terms[k])));
		}
	}
	side_free(&m), side_free(&s), buf_free(&misp_side), buf_free(&stix_side);
}
static inline bool corpus_compare(const char *path, struct tally *t)
{
	struct buf b = {0};
	if (!collect_shared(path, &b)) return false;
	struct json_parser *parser = json_parser_new();
	slice rest = buf_slice(&b);
	while (rest.n > 0) {
		json_value root;
		struct fault f;
		slice line = slice_trim(slice_cut(&rest, '\n'));
		if (line.n == 0) continue;
		assert_int_equal(json_parse(parser, line, &root, &f), OK);
		corpus_line(root, t);
	}
	json_parser_free(parser);
	buf_free(&b);
	return true;
}
#endif
