/* The scan on any bytes: the first byte picks format and settings, the rest is the chunk. Every CPU path must say the same, and every hit
 * must lie in the chunk. The chunk's margins are exactly SCAN_MARGIN zero bytes, so that a sanitizer sees any reach beyond. */
#include <stdlib.h>

#include "match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct indicator_term terms[] = {
	{.op = TERM_EQUAL, .value = SLICE("1.2.3.4")},
	{.op = TERM_EQUAL, .value = SLICE("10.0.0.0/8")},
	{.op = TERM_EQUAL, .value = SLICE("2001:db8::1")},
	{.op = TERM_EQUAL, .value = SLICE("fe80::/10")},
	{.op = TERM_EQUAL, .value = SLICE("evil.com")},
	{.op = TERM_EQUAL,
		.value = SLICE("b\xc3\xbc"
			       "cher.com")},
	{.op = TERM_EQUAL, .value = SLICE("bob@evil.com")},
	{.op = TERM_EQUAL, .value = SLICE("http://evil.com/gate?a=1")},
	{.op = TERM_EQUAL, .value = SLICE("evil.com/x")},
	{.op = TERM_EQUAL, .value = SLICE("d41d8cd98f00b204e9800998ecf8427e")},
	{.op = TERM_EQUAL, .value = SLICE("da39a3ee5e6b4b0d3255bfef95601890afd80709")},
	{.op = TERM_EQUAL, .type = OBSERVABLE_FILE_NAME, .value = SLICE("cl.exe")},
	{.op = TERM_EQUAL, .type = OBSERVABLE_FILE_NAME, .value = SLICE("C:\\Windows\\a b.doc")},
	{.op = TERM_EQUAL,
		.type = OBSERVABLE_REGISTRY_KEY,
		.value = SLICE("HKLM\\Software\\Evil"),
		.path = SLICE("windows-registry-key:key")},
	{.op = TERM_EQUAL, .type = OBSERVABLE_MUTEX, .value = SLICE("caf\xc3\xa9"), .path = SLICE("mutex:name")},
	{.op = TERM_LIKE,
		.type = OBSERVABLE_COMMAND_LINE,
		.value = SLICE("%who_mi%"),
		.path = SLICE("process:command_line"),
		.strict = true},
	{.op = TERM_MATCHES,
		.type = OBSERVABLE_COMMAND_LINE,
		.value = SLICE("cmd(\\.exe)? +/c"),
		.path = SLICE("process:command_line"),
		.strict = true},
};
static const char header_text[] =
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n"
	"#fields\tts\tuid\tid.orig_h\tid.resp_h\thost\turi\tanswers\n#types\ttime\tstring\taddr\taddr\tstring\tstring\tset[string]\n";

#define TERMS (sizeof terms / sizeof *terms)

static struct watchlist *make_watchlist(void)
{
	struct watchlist_settings s = {.marking_default = TLP_AMBER_STRICT};
	struct watchlist_builder *b = watchlist_builder_new(&s);
	struct watchlist *w = NULL;
	char ids[TERMS][3];
	for (size_t i = 0; i < TERMS; i++) {
		ids[i][0] = 'i';
		ids[i][1] = (char)('a' + i);
		struct indicator x = {.id = slice_of(ids[i], 2),
			.name = SLICE("n"),
			.author = SLICE("a"),
			.marking = TLP_NONE,
			.valid_from = INSTANT_NONE,
			.valid_until = INSTANT_NONE,
			.confidence = -1,
			.terms = &terms[i],
			.terms_n = 1};
		if (watchlist_builder_add(b, &x, NULL) != OK) abort();
	}
	if (watchlist_builder_finish(b, &w, NULL) != OK) abort();
	return w;
}

static void check_inside(const struct scan_chunk *c, const struct scan_result *r)
{
	for (size_t i = 0; i < r->hits_n; i++) {
		const struct hit *h = &r->hits[i];
		if (h->record.p < c->bytes.p || h->record.p + h->record.n > c->bytes.p + c->bytes.n) abort();
		if (h->record_no >= r->records || h->line >= r->lines || h->offset != (uint64_t)(h->record.p - c->bytes.p)) abort();
		if (h->seen_n > 0 && h->seen_at + h->seen_n > h->record.n) abort();
	}
}

static void check_same(const struct scan_result *x, const struct scan_result *y)
{
	if (x->hits_n != y->hits_n || x->records != y->records || x->lines != y->lines || x->refused != y->refused) abort();
	for (size_t i = 0; i < x->hits_n; i++) {
		const struct hit *a = &x->hits[i], *b = &y->hits[i];
		if (a->term != b->term || a->kind != b->kind || a->typed != b->typed || a->offset != b->offset ||
			!slice_equal(a->seen, b->seen))
			abort();
	}
}

static void scan_all_paths(const struct watchlist *w, const struct scan_settings *s, const struct scan_chunk *c)
{
	struct scanner *first = scanner_new(w, s, SCAN_SCALAR);
	struct scan_result want = {0}, got = {0};
	scan_chunk(first, c, &want);
	check_inside(c, &want);
	for (int path = SCAN_BEST; path <= SCAN_AVX512; path++) {
		struct scanner *other = scanner_new(w, s, (enum scan_path)path);
		if (other == NULL) continue;
		scan_chunk(other, c, &got);
		check_same(&want, &got);
		scanner_free(other);
	}
	scanner_free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 65536) return 0;
	struct arena *a = arena_new(0);
	struct watchlist *w = make_watchlist();
	uint8_t *bytes = mem_alloc(size + 2 * SCAN_MARGIN);
	memcpy(bytes + SCAN_MARGIN, data + 1, size - 1);
	struct scan_settings s = {.exact_only = (data[0] & 8) != 0, .url_prefix = (data[0] & 16) != 0, .telemetry = {.year = 2021}};
	struct scan_chunk c = {.bytes = slice_of(bytes + SCAN_MARGIN, size - 1), .format = (enum format)((data[0] & 7) % FORMAT_COUNT)};
	if (c.format == FORMAT_ZEEK_TSV) c.format = telemetry_detect(a, slice_from(header_text), &c.header);
	scan_all_paths(w, &s, &c);
	free(bytes);
	watchlist_free(w);
	arena_free(a);
	return 0;
}
