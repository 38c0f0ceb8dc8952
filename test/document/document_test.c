/* Printed documents: the same bytes everywhere, what stock tools read in them, how pages break, what hostile texts do. */
#include "../base/cmocka_all.h"
#include "confine.h"
#include "limit.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMAND_BYTES 256

struct world {
	struct arena *a;
	char folder[40], path[64];
	struct buf pdf, text;
	struct document_told told;
};

static int open_world(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	w->a = arena_new(0);
	(void)snprintf(w->folder, sizeof w->folder, "/tmp/kulla-document-XXXXXX");
	if (mkdtemp(w->folder) == NULL) return -1;
	(void)snprintf(w->path, sizeof w->path, "%s/it.pdf", w->folder);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;
	(void)unlink(w->path);
	(void)rmdir(w->folder);
	buf_free(&w->pdf);
	buf_free(&w->text);
	arena_free(w->a);
	free(w);
	return 0;
}

/* ---- tools ---- */

static void write_file(const char *path, slice bytes)
{
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
	assert_int_equal(fclose(out), 0);
}

/* What a stock tool says of the document, which it finds as $F, in w->text; it must end well. */
static slice tool(struct world *w, const char *words)
{
	char command[COMMAND_BYTES], bytes[4096];
	size_t n;
	(void)snprintf(command, sizeof command, "F=%s; %s", w->path, words);
	FILE *in = popen(command, "r");
	assert_non_null(in);
	buf_clear(&w->text);
	while ((n = fread(bytes, 1, sizeof bytes, in)) > 0) buf_add(&w->text, slice_of(bytes, n));
	int status = pclose(in);
	if (status != 0) fail_msg("%s: %d: %.*s", command, status, (int)w->text.n, (const char *)w->text.p);
	return buf_slice(&w->text);
}

static void print(struct world *w, struct document *d)
{
	struct fault f = {0};
	buf_clear(&w->pdf);
	if (document_pdf(d, &w->pdf, &w->told, &f) != OK) fail_msg("%s", f.text);
	write_file(w->path, buf_slice(&w->pdf));
}

static struct document *blank(struct world *w)
{
	struct document_head head = {.title = SLICE("Report"), .created = SAMPLE_TIME, .marking = TLP_NONE};
	return document_new(w->a, &head);
}

static size_t count(slice text, const char *needle)
{
	size_t n = 0;
	for (;;) {
		size_t at = slice_find(text, slice_from(needle));
		if (at == text.n) return n;
		text = slice_sub(text, at + strlen(needle), text.n);
		n++;
	}
}

static void has(slice text, const char *needle)
{
	if (count(text, needle) == 0) fail_msg("no %s in: %.*s", needle, (int)text.n, (const char *)text.p);
}

/* Without blanks and line ends: what was broken over lines is whole again. */
static slice squeezed(struct world *w, slice text)
{
	uint8_t *p = arena_alloc(w->a, text.n);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] > ' ') p[n++] = text.p[i];
	return slice_of(p, n);
}

static void refused(struct document *d, enum err kind, const char *words)
{
	struct fault f = {0};
	struct buf out = {0};
	struct document_told told = {.pages = 77};
	assert_int_equal(document_pdf(d, &out, &told, &f), kind);
	assert_int_equal(f.kind, kind);
	if (strstr(f.text, words) == NULL) fail_msg("no %s in: %s", words, f.text);
	assert_int_equal(out.n, 0);
	assert_int_equal(told.pages, 77);
	buf_free(&out);
}

/* ---- the same bytes ---- */

static void the_same_calls_give_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct buf again = {0};
	struct document *d = sample_form(w->a);
	print(w, d);
	assert_int_equal(document_pdf(d, &again, NULL, NULL), OK);
	assert_true(slice_equal(buf_slice(&again), buf_slice(&w->pdf)));
	buf_clear(&again);
	assert_int_equal(document_pdf(sample_form(w->a), &again, NULL, NULL), OK);
	assert_true(slice_equal(buf_slice(&again), buf_slice(&w->pdf)));
	buf_free(&again);
}

/* Another process, with this environment and no other variable. */
static void same_under(struct world *w, char *const *environment)
{
	char path[64];
	(void)snprintf(path, sizeof path, "%s/child.pdf", w->folder);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char *arguments[] = {(char *)"document_test", (char *)"sample", path, NULL};
		(void)execve("/proc/self/exe", arguments, environment);
		_exit(99);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	char compare[COMMAND_BYTES];
	(void)snprintf(compare, sizeof compare, "cmp $F %s", path);
	(void)tool(w, compare);
	assert_int_equal(unlink(path), 0);
}

static void no_environment_changes_a_byte(void **state)
{
	struct world *w = *state;
	char *const none[] = {NULL};
	char *const zone[] = {
		(char *)"TZ=Asia/Riyadh", (char *)"LANG=ar_SA.UTF-8", (char *)"LC_ALL=ar_SA.UTF-8", (char *)"HOME=/nowhere", NULL};
	char *const languages[] = {
		(char *)"LANGUAGE=sr:mk:bg", (char *)"PANGO_LANGUAGE=sr:fa", (char *)"FC_LANG=bg", (char *)"LC_CTYPE=tr_TR.UTF-8", NULL};
	char *const fonts[] = {
		(char *)"FONTCONFIG_FILE=/dev/null", (char *)"XDG_CACHE_HOME=/nowhere", (char *)"PANGOCAIRO_BACKEND=win32", NULL};
	print(w, sample_form(w->a));
	same_under(w, none);
	same_under(w, zone);
	same_under(w, languages);
	same_under(w, fonts);
}

/* Also proves that nothing is written: in there no file can be made, and the child says so first. */
static void a_confined_process_prints_the_same(void **state)
{
	struct world *w = *state;
	struct document *d = sample_form(w->a);
	print(w, d);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct buf out = {0};
		(void)unsetenv("HOME");
		(void)confine(NULL);
		if (confinement_here().landlock > 0 && fopen("/tmp/kulla-document-must-not-be", "w") != NULL) _exit(3);
		if (document_pdf(sample_form(w->a), &out, NULL, NULL) != OK) _exit(1);
		_exit(slice_equal(buf_slice(&out), buf_slice(&w->pdf)) ? 0 : 2);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* ---- what stock tools read ---- */

static void stock_tools_accept_it(void **state)
{
	struct world *w = *state;
	print(w, sample_form(w->a));
	has(tool(w, "qpdf --check $F 2>&1"), "No syntax or stream encoding errors found");
	slice said = tool(w, "TZ=UTC pdfinfo $F 2>&1");
	has(said, "Title:           Custody form\n");
	has(said, "Author:          National Cyber Security Authority of Arberia\n");
	has(said, "CreationDate:    Tue Mar  3 02:36:20 2026 UTC\n");
	has(said, "ModDate:         Tue Mar  3 02:36:20 2026 UTC\n");
	has(said, "(A4)");
	has(said, "Pages:           2\n");
	assert_int_equal(w->told.pages, 2);
	assert_int_equal(w->told.escaped, 0);
	assert_int_equal(w->told.unknown, 0);
}

/* pdffonts: a line each, with emb, sub and uni behind the encoding. */
static void all_fonts_are_embedded(void **state)
{
	struct world *w = *state;
	print(w, sample_form(w->a));
	slice said = tool(w, "pdffonts $F | tail -n +3");
	size_t fonts = count(said, "\n");
	assert_true(fonts >= 4);
	assert_int_equal(count(said, "yes yes yes"), fonts);
	has(said, "+NotoSans-Regular");
	has(said, "+NotoSans-Bold");
	has(said, "+NotoSansArabic-Regular");
	has(said, "+DejaVuSansMono");
}

/* (What this pdftotext makes of the letters of an Arabic ligature is in the wrong order; in the file they are right.) */
static void three_scripts_can_be_read_again(void **state)
{
	struct world *w = *state;
	print(w, sample_form(w->a));
	slice text = tool(w, "pdftotext -enc UTF-8 $F -");
	has(text, SAMPLE_ALBANIAN);
	has(text, SAMPLE_CYRILLIC);
	has(text, "журнал подій 02-03.evtx");
	has(text, "المحكمة");
	has(text, "المنصوري");
	has(text, "Gjykata e Tiranës");
	has(text, "transferred");
	has(squeezed(w, text), SAMPLE_DIGEST);
	has(text, "page 1 of 2");
	has(text, "page 2 of 2");
}

static void every_page_has_its_marking(void **state)
{
	static const struct {
		enum tlp marking;
		const char *text, *ink;
	} rows[] = {
		{TLP_CLEAR, "TLP:CLEAR", "1 1 1 rg BT"},
		{TLP_GREEN, "TLP:GREEN", "0.2 1 0 rg BT"},
		{TLP_AMBER, "TLP:AMBER", "1 0.752941 0 rg BT"},
		{TLP_AMBER_STRICT, "TLP:AMBER+STRICT", "1 0.752941 0 rg BT"},
		{TLP_RED, "TLP:RED", "1 0.168627 0.168627 rg BT"},
	};
	struct world *w = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document_head head = {
			.title = SLICE("Report"), .created = SAMPLE_TIME, .marking = rows[i].marking, .exercise = true};
		struct document *d = document_new(w->a, &head);
		for (int n = 0; n < 100; n++) document_paragraph(d, SLICE("One more paragraph."));
		print(w, d);
		assert_true(w->told.pages >= 3);
		slice text = tool(w, "pdftotext $F -");
		assert_int_equal(count(text, rows[i].text), 2 * w->told.pages);
		assert_int_equal(count(text, "EXERCISE"), 2 * w->told.pages);
		has(tool(w, "qpdf --qdf $F -"), rows[i].ink);
	}
	print(w, blank(w));
	assert_int_equal(count(tool(w, "pdftotext $F -"), "TLP"), 0);
}

/* ---- pages ---- */

#define ROWS 400

static void a_long_table_repeats_its_head(void **state)
{
	static const struct document_column columns[] = {
		{SLICE("Ordinal"), 1, DOCUMENT_NUMBER}, {SLICE("Name"), 3, DOCUMENT_PLAIN}, {SLICE("Digest"), 4, DOCUMENT_MONO}};
	struct world *w = *state;
	struct document *d = blank(w);
	document_table(d, columns, 3);
	for (unsigned i = 0; i < ROWS; i++) {
		const struct document_cell cells[] = {{arena_printf(w->a, "%u.", i + 1), SLICE("")},
			{arena_printf(w->a, "row-%u-begins", i + 1), arena_printf(w->a, "and row-%u-ends", i + 1)},
			{SLICE(SAMPLE_DIGEST), SLICE("")}};
		document_row(d, cells, 3);
	}
	print(w, d);
	assert_in_range(w->told.pages, 10, ROWS / 10);
	unsigned next = 1;
	for (unsigned page = 1; page <= w->told.pages; page++) {
		char command[COMMAND_BYTES], words[40];
		(void)snprintf(command, sizeof command, "pdftotext -f %u -l %u $F -", page, page);
		slice text = tool(w, command);
		assert_int_equal(count(text, "Ordinal"), 1);
		assert_int_equal(count(text, "-begins"), count(text, "-ends"));
		for (size_t n = count(text, "-begins"); n > 0; n--, next++) {
			(void)snprintf(words, sizeof words, "row-%u-begins", next);
			assert_int_equal(count(text, words), 1);
			(void)snprintf(words, sizeof words, "row-%u-ends", next);
			assert_int_equal(count(text, words), 1);
		}
	}
	assert_int_equal(next, ROWS + 1);
}

static void a_row_taller_than_a_page_is_split(void **state)
{
	static const struct document_column columns[] = {{SLICE("Kolumn"), 1, DOCUMENT_PLAIN}, {SLICE("More"), 1, DOCUMENT_PLAIN}};
	struct world *w = *state;
	struct buf words = {0};
	for (unsigned i = 0; i < 3000; i++) buf_printf(&words, "w%u. ", i);
	struct document *d = blank(w);
	const struct document_cell cells[] = {{buf_slice(&words), SLICE("below")}, {SLICE("short"), SLICE("")}};
	document_table(d, columns, 2);
	document_row(d, cells, 2);
	document_paragraph(d, SLICE("Behind the table."));
	print(w, d);
	assert_true(w->told.pages > 2);
	slice text = tool(w, "pdftotext $F -");
	assert_int_equal(count(text, "Kolumn"), w->told.pages);
	for (unsigned i = 0; i < 3000; i++) {
		char word[16];
		(void)snprintf(word, sizeof word, "w%u.", i);
		if (count(text, word) != 1) fail_msg("%s stands there %zu times", word, count(text, word));
	}
	has(text, "below");
	has(text, "Behind the table.");
	buf_free(&words);
}

/* The heading and the lines to sign, wherever the text before them ends. */
static void what_belongs_together_stays_on_a_page(void **state)
{
	static const struct document_party parties[] = {{SLICE("Handed over by"), SLICE("Arbër")}, {SLICE("Received by"), SLICE("")}};
	struct world *w = *state;
	unsigned broke = 0;
	for (unsigned before = 30; before < 44; before++) {
		struct document *d = blank(w);
		for (unsigned i = 0; i < before; i++) document_paragraph(d, SLICE("Before."));
		document_heading(d, SLICE("Signatures"));
		document_lines_to_sign(d, parties, 2);
		print(w, d);
		char command[COMMAND_BYTES];
		(void)snprintf(command, sizeof command, "pdftotext -f %u $F -", w->told.pages);
		slice last = tool(w, command);
		has(last, "Signatures");
		has(last, "Handed over by");
		assert_int_equal(count(last, "Date and time (UTC)"), 2);
		assert_int_equal(count(last, "Signature\n"), 2);
		broke += count(last, "Before.") == 0;
	}
	assert_in_range(broke, 1, 13);
}

/* ---- hostile texts ---- */

static void texts_have_limits(void **state)
{
	struct world *w = *state;
	uint8_t *many = mem_alloc(10u << 20);
	memset(many, 'a', 10u << 20);
	struct document *d = blank(w);
	document_paragraph(d, slice_of(many, 10u << 20));
	document_paragraph(d, SLICE("More."));
	refused(d, ERR_LIMIT, "DOCUMENT_TEXT_BYTES_MAX: 10485760 bytes of text, at most 65536");

	d = blank(w);
	for (int i = 0; i < 200; i++) document_paragraph(d, slice_of(many, DOCUMENT_TEXT_BYTES_MAX));
	refused(d, ERR_LIMIT, "DOCUMENT_BYTES_MAX");

	memset(many, '\n', DOCUMENT_TEXT_BYTES_MAX);
	d = blank(w);
	for (int i = 0; i < 3; i++) document_paragraph(d, slice_of(many, DOCUMENT_TEXT_BYTES_MAX));
	refused(d, ERR_LIMIT, "DOCUMENT_PAGES_MAX");
	free(many);
}

static void empty_rows_have_a_limit(void **state)
{
	static const struct document_pair pair = {SLICE(""), SLICE(""), DOCUMENT_PLAIN};
	struct world *w = *state;
	struct document *d = blank(w);
	for (int i = 0; i < 200000; i++) document_pairs(d, &pair, 1);
	refused(d, ERR_LIMIT, "DOCUMENT_BYTES_MAX");
	assert_true(arena_bytes(w->a) < 4 * DOCUMENT_BYTES_MAX);
}

static void a_very_long_word_is_broken(void **state)
{
	struct world *w = *state;
	struct document *d = blank(w);
	uint8_t *word = arena_alloc(w->a, DOCUMENT_TEXT_BYTES_MAX);
	memset(word, 'q', DOCUMENT_TEXT_BYTES_MAX);
	document_paragraph(d, slice_of(word, DOCUMENT_TEXT_BYTES_MAX));
	const struct document_pair pair = {SLICE("Digest"), slice_of(word, 5000), DOCUMENT_MONO};
	document_pairs(d, &pair, 1);
	print(w, d);
	slice text = tool(w, "pdftotext $F -");
	assert_int_equal(count(text, "q"), DOCUMENT_TEXT_BYTES_MAX + 5000);
	assert_int_equal(count(text, "qqq-"), 0); /* no hyphen was put in */
}

static void what_cannot_be_seen_is_written_out(void **state)
{
	static const struct {
		slice text;
		const char *seen;
		unsigned escaped, unknown;
	} rows[] = {
		{SLICE("invoice\u202Egpj.exe"), "invoice\\u{202e}gpj.exe", 1, 0},
		{SLICE("a\u2066b\u2069c\u200Bd\uFEFFe\u00ADf"), "a\\u{2066}b\\u{2069}c\\u{200b}d\\u{feff}e\\u{ad}f", 5, 0},
		{SLICE("a\x01\x1b[31m\x7f"), "a\\u{1}\\u{1b}[31m\\u{7f}", 3, 0},
		{SLICE("one\ntwo\r\n\t"), "one\\u{a}two\\u{d}\\u{a}\\u{9}", 4, 0},
		{SLICE("nul\0nul"), "nul\\u{0}nul", 1, 0},
		{SLICE("bad\xff\xc3(\xed\xa0\x80"), "bad\\xff\\xc3(\\xed\\xa0\\x80", 5, 0},
		{SLICE("name \u4E2D\u6587"), "name\\u{4e2d}\\u{6587}", 2, 2},
		{SLICE("\U0001F9F8\U000E0041\uE000"), "\\u{1f9f8}\\u{e0041}\\u{e000}", 3, 1},
		{SLICE("z\u0301\u0302\u0303\u0304\u0305\u0306y"), "\\u{305}\\u{306}y", 2, 0},
		{SLICE("<b>&amp;</b><span size='99999'>"), "<b>&amp;</b><spansize='99999'>", 0, 0},
	};
	struct world *w = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *d = blank(w);
		const struct document_pair pair = {SLICE("Name"), rows[i].text, DOCUMENT_PLAIN};
		document_pairs(d, &pair, 1);
		print(w, d);
		has(squeezed(w, tool(w, "pdftotext -raw $F -")), rows[i].seen);
		assert_int_equal(w->told.escaped, rows[i].escaped);
		assert_int_equal(w->told.unknown, rows[i].unknown);
	}
}

/* What every font lacks is found before printing, so that no glyph is missing then; joiners and marks of direction need none. */
static void languages_of_the_neighbours_have_glyphs(void **state)
{
	struct world *w = *state;
	struct document *d = blank(w);
	document_paragraph(d, SLICE("ëçËÇ ğışİ ąęłż ñõ ÆØÅ €§№ ΑΒΓ ЂЋЏ ҐЄЇ ԱԲ აბგ"));
	document_paragraph(d, SLICE("می\u200Cخواهم \u200F(۱۲۳)\u200E پچژگ ٱلْحَمْدُ שלום नमस्ते ไทย አማርኛ"));
	print(w, d);
	assert_int_equal(w->told.escaped, 0);
	assert_int_equal(w->told.unknown, 0);
}

static void hostile_heads_do_no_harm(void **state)
{
	struct world *w = *state;
	struct buf many = {0}, more = {0};
	for (int i = 0; i < 200; i++) buf_add_text(&many, i % 3 == 0 ? "\u202E" : i % 3 == 1 ? "ש" : ") ");
	struct document_head head = {.title = buf_slice(&many),
		.subtitle = SLICE("\xff\xfe"),
		.author = SLICE("A\0B\n(\\)\x80"),
		.footer = buf_slice(&many),
		.created = SAMPLE_TIME,
		.marking = TLP_RED};
	print(w, document_new(w->a, &head));
	has(tool(w, "qpdf --check $F 2>&1"), "No syntax or stream encoding errors found");
	for (int i = 0; i < 200; i++) buf_add_text(&more, "long");
	head.footer = buf_slice(&more);
	refused(document_new(w->a, &head), ERR_LIMIT, "DOCUMENT_TITLE_BYTES_MAX");
	has(tool(w, "pdfinfo $F 2>&1"), "Author:          A\\u{0}B\\u{a}(\\)\\x80\n");
	buf_free(&more);
	buf_free(&many);
}

/* ---- arguments ---- */

static void wrong_arguments_are_refused(void **state)
{
	static const struct document_column columns[DOCUMENT_COLUMNS_MAX + 1] = {
		{SLICE("A"), 1, DOCUMENT_PLAIN}, {SLICE("B"), 0, DOCUMENT_PLAIN}};
	static const struct document_cell cells[2] = {{SLICE("a"), SLICE("")}, {SLICE("b"), SLICE("")}};
	static const struct document_party parties[3] = {{SLICE("a"), SLICE("")}};
	struct world *w = *state;
	struct document *d = blank(w);
	document_table(d, columns, 0);
	refused(d, ERR_USAGE, "a table of 0 columns");
	document_table(d = blank(w), columns, DOCUMENT_COLUMNS_MAX + 1);
	refused(d, ERR_USAGE, "a table of 13 columns");
	document_table(d = blank(w), columns, 2);
	refused(d, ERR_USAGE, "each with a width");
	document_row(d = blank(w), cells, 2);
	refused(d, ERR_USAGE, "2 cells in a table of 0 columns");
	document_table(d = blank(w), columns, 1);
	document_row(d, cells, 2);
	refused(d, ERR_USAGE, "2 cells in a table of 1 columns");
	document_lines_to_sign(d = blank(w), parties, 3);
	refused(d, ERR_USAGE, "3 parties");
	struct document_head head = {.title = SLICE("Report"), .created = INSTANT_NONE};
	refused(document_new(w->a, &head), ERR_USAGE, "the time at which it is made");
}

static void a_full_buffer_is_an_error(void **state)
{
	struct world *w = *state;
	struct fault f = {0};
	struct buf out = {.max = 20000};
	buf_add_text(&out, "before");
	assert_int_equal(document_pdf(sample_form(w->a), &out, NULL, &f), ERR_LIMIT);
	assert_true(slice_equal(buf_slice(&out), SLICE("before")));
	assert_false(out.failed);
	buf_free(&out);
}

static int write_sample(const char *path)
{
	struct arena *a = arena_new(0);
	struct buf out = {0};
	struct fault f = {0};
	if (document_pdf(sample_form(a), &out, NULL, &f) != OK) return 1;
	write_file(path, buf_slice(&out));
	buf_free(&out);
	arena_free(a);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "sample") == 0) return write_sample(argv[2]);
	const struct CMUnitTest tests[] = {
		TEST(the_same_calls_give_the_same_bytes),
		TEST(no_environment_changes_a_byte),
		TEST(a_confined_process_prints_the_same),
		TEST(stock_tools_accept_it),
		TEST(all_fonts_are_embedded),
		TEST(three_scripts_can_be_read_again),
		TEST(every_page_has_its_marking),
		TEST(a_long_table_repeats_its_head),
		TEST(a_row_taller_than_a_page_is_split),
		TEST(what_belongs_together_stays_on_a_page),
		TEST(texts_have_limits),
		TEST(empty_rows_have_a_limit),
		TEST(a_very_long_word_is_broken),
		TEST(what_cannot_be_seen_is_written_out),
		TEST(languages_of_the_neighbours_have_glyphs),
		TEST(hostile_heads_do_no_harm),
		TEST(wrong_arguments_are_refused),
		TEST(a_full_buffer_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
