/* The fast path names every record that it must: whatever the exact reader finds by shape in a line without any plan, made an indicator,
 * is met in that line again, on every path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "property_make.h"
#include "rig.h"
#include "shape_int.h"

#define SHAPES_MAX 64u
#define ROUNDS 400u
#define LINES 12u

struct shapes {
	struct arena *a;
	struct indicator in[SHAPES_MAX];
	size_t line[SHAPES_MAX], n, at;
};

static void add_value(struct shapes *s, enum observable type, slice value)
{
	if (s->n == SHAPES_MAX) return;
	struct indicator_term t = {.op = TERM_EQUAL, .type = type, .value = arena_copy(s->a, value)};
	s->line[s->n] = s->at;
	s->in[s->n] = rig_indicator(s->a, (const char *)arena_printf(s->a, "indicator--%zu", s->n).p, t);
	s->n++;
}

static void collect(void *context, const struct shape *x)
{
	struct shapes *s = context;
	char text[ADDRESS_TEXT_BYTES];
	switch (x->kind) {
	case SHAPE_IPV4: add_value(s, OBSERVABLE_IPV4, slice_from(ipv4_format(x->v4, text))); break;
	case SHAPE_IPV6: add_value(s, OBSERVABLE_IPV6, slice_from(ipv6_format(&x->v6, text))); break;
	case SHAPE_NAME: add_value(s, OBSERVABLE_DOMAIN, x->normal); break;
	case SHAPE_EMAIL: add_value(s, OBSERVABLE_EMAIL, x->normal); break;
	case SHAPE_HASH: add_value(s, OBSERVABLE_NONE, x->normal); break;
	case SHAPE_URL:
		add_value(s, OBSERVABLE_URL,
			x->scheme.n > 0 ? arena_printf(s->a, "%.*s://%.*s", SLICE_PRINTF(x->scheme), SLICE_PRINTF(x->normal)) : x->normal);
		break;
	}
}

/* Pieces that make and break names, addresses, URLs and hashes. */
static slice make_line(struct arena *a, struct dice *d)
{
	static const char *const parts[] = {".", ".", ".", "-", "_", "@", ":", "::", "/", "//", "\\", " ", "\t", "\"", ",", "=", "a", "b",
		"x", "com", "org", "co.uk", "exe", "xn--p1ai", "1", "7", "10", "192", "255", "256", "0", "01", "0000", "ffff", "2001",
		"db8", "fe80", "dead", "http://", "https://", ":80", "www", "mail", "d41d8cd98f00b204e9800998ecf8427e",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709", "d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e",
		"da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07", "aa", "f9", "\xc3\xbc", "\xd1\x80\xd1\x84", "\xff",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbb", "example.com", "10.1.2.3",
		"host.example.org", "1.2.3", ".4", "v1", "%41", "?q=", "#", "[", "]", "(", ")", "'", ";"};
	struct buf out = {0};
	for (uint32_t n = 1 + dice_below(d, 60); n > 0; n--) buf_add_text(&out, parts[dice_below(d, sizeof parts / sizeof *parts)]);
	slice kept = arena_copy(a, buf_slice(&out));
	buf_free(&out);
	return kept;
}

static void assert_met(const struct shapes *s, const struct reference_hits *hits, slice text, const char *path)
{
	for (size_t i = 0; i < s->n; i++) {
		bool met = false;
		for (size_t k = 0; k < hits->n; k++) met |= hits->at[k].indicator == i && hits->at[k].line == s->line[i];
		if (met) continue;
		for (size_t k = 0; k < s->line[i]; k++) (void)slice_cut(&text, '\n');
		fail_msg("%s: \"%.*s\" in\n%.*s", path, SLICE_PRINTF(s->in[i].terms->value), SLICE_PRINTF(slice_cut(&text, '\n')));
	}
}

static size_t check_round(struct arena *a, struct dice *d)
{
	struct shapes *s = ARENA_NEW(a, struct shapes);
	struct buf text = {0};
	struct arena *normals = arena_new(0); /* shape_scan takes back what it gives */
	s->a = a;
	for (s->at = 0; s->at < LINES; s->at++) {
		slice line = make_line(a, d);
		if (line.n > 0 && (line.p[0] == '[' || slice_trim(line).n == 0)) line = SLICE("-");
		shape_scan(normals, line, collect, s);
		buf_add(&text, line);
		buf_add_byte(&text, '\n');
	}
	arena_free(normals);
	struct watchlist_settings ws = {.marking_default = TLP_RED, .fingerprint_key = d->state};
	struct watchlist *list = rig_watchlist(&ws, s->in, s->n);
	assert_non_null(list);
	struct rig_watch w = {list, s->in, s->n};
	struct reference_input in = {.format = FORMAT_TEXT, .text = buf_slice(&text)};
	struct scan_settings settings = {.telemetry = {.year = 2021}};
	for (int p = SCAN_SCALAR; p <= SCAN_AVX512; p++) {
		struct reference_hits hits;
		if (rig_scan(a, &w, &settings, (enum scan_path)p, &in, &hits))
			assert_met(s, &hits, in.text, rig_path_name((enum scan_path)p));
	}
	watchlist_free(list);
	buf_free(&text);
	return s->n;
}

static void every_shape_is_met(void **state)
{
	(void)state;
	const char *seed = getenv("KULLA_SEED");
	struct dice d = {.state = seed != NULL ? strtoull(seed, NULL, 10) : 3};
	fprintf(stderr, "seed %llu\n", (unsigned long long)d.state);
	struct arena *a = arena_new(0);
	size_t shapes = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		arena_reset(a);
		shapes += check_round(a, &d);
	}
	arena_free(a);
	assert_true(shapes > 10 * ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_shape_is_met)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
