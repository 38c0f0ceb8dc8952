/* Lines, and what people read. */
#include "finding_answer.h"

#include "command.h"
#include "json.h"
#include "text.h"

#define PLACES_SHOWN 8u /* of a match, to people */
#define ITEM_DIGITS 12

static void put_digest(struct buf *b, const char *key, const digest *d)
{
	char hex[DIGEST_HEX_BYTES + 1];
	json_put_key(b, key);
	buf_printf(b, "\"sha256:%s\"", digest_hex(d, hex));
}

/* Any bytes: as text when they are, else in base64 under another key. */
static void put_bytes(struct buf *b, const char *key, const char *key_base64, slice bytes)
{
	if (text_is_utf8(bytes)) {
		json_put_member_text(b, key, bytes);
		return;
	}
	json_put_key(b, key_base64);
	buf_add_byte(b, '"');
	text_put_base64(b, bytes);
	buf_add_byte(b, '"');
}

static void put_optional(struct buf *b, const char *key, slice text)
{
	if (text.n > 0) json_put_member_text(b, key, text);
	else json_put_member_null(b, key);
}

static void put_count(struct buf *b, const char *key, uint64_t n)
{
	json_put_member_int(b, key, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static void put_time(struct buf *b, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	json_put_member_text(b, key, slice_from(instant_format(t, -1, text)));
}

static void line_open(struct finding_answer *a, const char *kind)
{
	buf_clear(&a->line);
	buf_printf(&a->line, "{\"kind\":\"%s\"", kind);
}

static void line_close(struct finding_answer *a)
{
	buf_add_text(&a->line, "}\n");
	(void)fwrite(a->line.p, 1, a->line.n, a->kept);
	if (a->json) (void)fwrite(a->line.p, 1, a->line.n, stdout);
}

static void put_place(struct buf *b, const struct scanned_file *at)
{
	put_digest(b, "item", at->item);
	put_bytes(b, "file", "file_base64", at->file->name);
	put_digest(b, "blob", &at->file->blob);
	put_count(b, "bytes", at->file->bytes);
}

/* ---- for people ---- */

static void tell_place(const struct scanned_file *at)
{
	char hex[DIGEST_HEX_BYTES + 1];
	put_visible(stdout, at->file->name);
	printf("  (item %.*s)\n", ITEM_DIGITS, digest_hex(at->item, hex));
}

static void tell_rule(const struct finding_answer *a, const struct scanned_file *at, const struct wire_rule *r)
{
	put_visible(stdout, r->name);
	fputs("  ", stdout);
	tell_place(at);
	fputs("    rule of ", stdout);
	put_visible(stdout, slice_from(a->sources[r->source].path));
	for (unsigned i = 0; i < r->tags_n; i++) {
		fputs(i == 0 ? ", tags " : " ", stdout);
		put_visible(stdout, r->tags[i]);
	}
	fputs("\n", stdout);
	unsigned shown = r->places_n < PLACES_SHOWN ? r->places_n : PLACES_SHOWN;
	for (unsigned i = 0; i < shown; i++) {
		const struct wire_place *p = &r->places[i];
		fputs("    ", stdout);
		put_visible(stdout, p->name);
		printf(" at %llu, %llu bytes: ", (unsigned long long)p->offset, (unsigned long long)p->bytes);
		put_visible(stdout, p->shown);
		fputs(p->bytes > p->shown.n ? "...\n" : "\n", stdout);
	}
	if (r->places_all > shown) printf("    and at %llu more places\n", (unsigned long long)(r->places_all - shown));
}

static const char *algorithm_name(enum observable type)
{
	switch (type) {
	case OBSERVABLE_MD5: return "MD5";
	case OBSERVABLE_SHA1: return "SHA-1";
	case OBSERVABLE_SHA256: return "SHA-256";
	default: return "SHA-512";
	}
}

static void tell_hash(const struct scanned_file *at, const struct wire_hash *h)
{
	put_visible(stdout, h->value);
	fputs("  ", stdout);
	tell_place(at);
	printf("    %s", algorithm_name(h->type));
	const slice texts[] = {h->indicator, h->name, h->author};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].n == 0) continue;
		fputs(", ", stdout);
		put_visible(stdout, texts[i]);
	}
	printf(", %s\n", tlp_text(h->marking));
}

/* ---- lines ---- */

static void put_tags(struct buf *b, const struct wire_rule *r)
{
	json_put_key(b, "tags");
	buf_add_byte(b, '[');
	for (unsigned i = 0; i < r->tags_n; i++) {
		if (i > 0) buf_add_byte(b, ',');
		json_put_text(b, r->tags[i]);
	}
	buf_add_byte(b, ']');
}

static void put_metas(struct buf *b, const struct wire_rule *r)
{
	json_put_key(b, "meta");
	buf_add_byte(b, '[');
	for (unsigned i = 0; i < r->metas_n; i++) {
		const struct wire_value *m = &r->metas[i];
		if (i > 0) buf_add_byte(b, ',');
		buf_add_byte(b, '{');
		json_put_member_text(b, "name", m->name);
		if (m->type == WIRE_META_TEXT) put_bytes(b, "value", "value_base64", m->text);
		else if (m->type == WIRE_META_BOOL) json_put_member_bool(b, "value", m->number != 0);
		else json_put_member_int(b, "value", m->number);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

static void put_strings(struct buf *b, const struct wire_rule *r)
{
	json_put_key(b, "strings");
	buf_add_byte(b, '[');
	for (unsigned i = 0; i < r->places_n; i++) {
		const struct wire_place *p = &r->places[i];
		if (i > 0) buf_add_byte(b, ',');
		buf_add_byte(b, '{');
		json_put_member_text(b, "name", p->name);
		put_count(b, "offset", p->offset);
		put_count(b, "bytes", p->bytes);
		json_put_key(b, "shown");
		buf_add_byte(b, '"');
		for (size_t k = 0; k < p->shown.n; k++) buf_printf(b, "%02x", p->shown.p[k]);
		buf_add_text(b, "\"}");
	}
	buf_add_byte(b, ']');
	put_count(b, "strings_count", r->places_all);
}

void finding_put_rule(struct finding_answer *a, const struct scanned_file *at, const struct wire_rule *r)
{
	struct buf *b = &a->line;
	line_open(a, "match");
	put_place(b, at);
	json_put_member_text(b, "rule", r->name);
	put_bytes(b, "namespace", "namespace_base64", slice_from(a->sources[r->source].path));
	put_tags(b, r);
	put_metas(b, r);
	put_strings(b, r);
	if (r->cut) json_put_member_bool(b, "cut", true);
	line_close(a);
	a->rule_matches++;
	if (!a->json) tell_rule(a, at, r);
}

void finding_put_hash(struct finding_answer *a, const struct scanned_file *at, const struct wire_hash *h)
{
	struct buf *b = &a->line;
	line_open(a, "match");
	put_place(b, at);
	put_optional(b, "indicator", h->indicator);
	json_put_member_text(b, "value", h->value);
	json_put_member_text(b, "algorithm", slice_from(algorithm_name(h->type)));
	json_put_member_text(b, "marking", slice_from(tlp_text(h->marking)));
	if (h->marking_default) json_put_member_text(b, "marking_from", SLICE("default"));
	put_optional(b, "name", h->name);
	put_optional(b, "author", h->author);
	put_optional(b, "labels", h->labels);
	if (h->confidence >= 0) json_put_member_int(b, "confidence", h->confidence);
	line_close(a);
	a->hash_matches++;
	a->marking = tlp_stricter(a->marking, h->marking);
	if (!a->json) tell_hash(at, h);
}

void finding_put_not_scanned(struct finding_answer *a, const struct scanned_file *at, const struct fault *why)
{
	line_open(a, "not_scanned");
	put_place(&a->line, at);
	json_put_member_text(&a->line, "error", slice_from(err_text(why->kind)));
	json_put_member_text(&a->line, "reason", slice_from(why->text));
	line_close(a);
	fputs("kulla: not scanned: ", stderr);
	put_visible(stderr, at->file->name);
	fputs(": ", stderr);
	put_visible(stderr, slice_from(why->text));
	fputs("\n", stderr);
}

void finding_put_cut(struct finding_answer *a, const struct scanned_file *at)
{
	line_open(a, "cut");
	put_place(&a->line, at);
	line_close(a);
	fputs("kulla: more places than libyara counts, or more rules than YARA_FRAMES_MAX: ", stderr);
	put_visible(stderr, at->file->name);
	fputs("\n", stderr);
}

void finding_put_item(
	struct finding_answer *a, const struct evidence_item *item, const struct evidence_scan_counts *of_it, const char *wrong)
{
	struct buf *b = &a->line;
	line_open(a, "item");
	put_digest(b, "item", &item->id);
	put_count(b, "files", of_it->files);
	put_count(b, "bytes", of_it->bytes);
	put_count(b, "matches", of_it->matches);
	put_count(b, "not_scanned", of_it->not_scanned);
	json_put_member_text(b, "marking", slice_from(tlp_text(item->marking)));
	if (item->exercise) json_put_member_bool(b, "exercise", true);
	if (wrong != NULL) json_put_member_text(b, "unreadable", slice_from(wrong));
	line_close(a);
	a->marking = tlp_stricter(a->marking, item->marking);
}

static void put_sources(struct buf *b, const struct finding_answer *a, uint64_t n)
{
	json_put_key(b, "rules");
	buf_add_byte(b, '[');
	for (uint64_t i = 0; i < n; i++) {
		if (i > 0) buf_add_byte(b, ',');
		buf_add_byte(b, '{');
		put_bytes(b, "file", "file_base64", slice_from(a->sources[i].path));
		put_count(b, "bytes", a->sources[i].bytes.n);
		put_digest(b, "sha256", &a->sources[i].sha256);
		buf_add_byte(b, '}');
	}
	buf_add_byte(b, ']');
}

void finding_put_summary(struct finding_answer *a, const struct finding_summary *s)
{
	struct buf *b = &a->line;
	line_open(a, "summary");
	put_count(b, "items", s->items);
	put_count(b, "items_unreadable", s->items_unreadable);
	put_count(b, "files", s->counts.files);
	put_count(b, "bytes", s->counts.bytes);
	put_count(b, "matches", s->counts.matches);
	put_count(b, "matches_rules", a->rule_matches);
	put_count(b, "matches_hashes", a->hash_matches);
	put_count(b, "not_scanned", s->counts.not_scanned);
	put_count(b, "cut", s->counts.cut);
	json_put_member_bool(b, "complete", s->complete);
	put_count(b, "rules_count", s->rules->indicators);
	put_sources(b, a, s->sources_n);
	put_count(b, "hashes", s->hashes->indicators);
	put_count(b, "unreadable", s->hashes->troubles);
	put_digest(b, "watchlist", &s->hashes->watchlist);
	json_put_member_text(b, "marking", slice_from(tlp_text(a->marking)));
	if (s->exercise) json_put_member_bool(b, "exercise", true);
	put_time(b, "began", s->began);
	put_time(b, "ended", s->ended);
	line_close(a);
	if (a->json) return;
	printf("%s%llu %s in %llu %s of %llu %s; %llu not scanned; %s\n", s->exercise ? "EXERCISE: " : "",
		(unsigned long long)s->counts.matches, s->counts.matches == 1 ? "match" : "matches", (unsigned long long)s->counts.files,
		s->counts.files == 1 ? "file" : "files", (unsigned long long)s->items, s->items == 1 ? "item" : "items",
		(unsigned long long)s->counts.not_scanned, tlp_text(a->marking == TLP_NONE ? TLP_CLEAR : a->marking));
}
