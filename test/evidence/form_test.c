/* The custody form: what it says, by pdftotext; what it refuses; the same bytes. */
#include "../base/cmocka_all.h"
#include "form.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)
#define SEALED (INT64_C(1772486047) * SECOND) /* 2026-03-02T21:14:07Z */
#define FILES 3

struct world {
	struct arena *a;
	struct buf manifest, pdf, text;
	struct manifest_head head;
	struct manifest_file files[FILES];
	digest other, made;
	struct form_row rows[6];
	struct form form;
	struct document_told told;
};

static void fill_manifest(struct world *w)
{
	w->head = (struct manifest_head){.case_name = SLICE("HJ-2026-03"),
		.collector = SLICE("Arbër Çelaj"),
		.reason = SLICE("disk wiper on the registry's file server"),
		.version = SLICE("0.1.0"),
		.authority = SLICE("قرار المحكمة رقم ٤١٢"),
		.exhibit = SLICE("7"),
		.notes = SLICE("Sectors 81 920 to 81 935 could not be read.\nТом отримано опечатаним."),
		.place = SLICE("Tiranë, server room 2"),
		.seal = SLICE("A-0093 417"),
		.began = SEALED - 600 * SECOND,
		.ended = SEALED,
		.files = FILES,
		.bytes = 1920383410176u + 20975616u,
		.form = ITEM_ORIGINAL,
		.marking = TLP_AMBER_STRICT,
		.exercise = true};
	w->files[0] = (struct manifest_file){
		.name = SLICE("disk0.raw"), .bytes = 1920383410176u, .holes = 4096, .type = SLICE("application/octet-stream")};
	w->files[1] = (struct manifest_file){.name = SLICE("link"), .kind = MANIFEST_LINK, .target = SLICE("журнал.evtx")};
	w->files[2] = (struct manifest_file){.name = SLICE("журнал\n\xff.evtx"), .bytes = 20975616u};
	memset(w->files[0].blob.b, 0xa1, DIGEST_BYTES);
	memset(w->files[2].blob.b, 0xc3, DIGEST_BYTES);
	manifest_put_head(&w->manifest, &w->head);
	for (size_t i = 0; i < FILES; i++) {
		w->files[i].accessed = w->files[i].changed = w->files[i].modified = INSTANT_NONE;
		manifest_put_file(&w->manifest, &w->files[i]);
	}
}

static struct form_row row(enum custody_act act, int minutes, slice by, slice party)
{
	instant at = SEALED + minutes * 60 * SECOND;
	return (struct form_row){.entry = 47002 + (uint64_t)minutes,
		.told = at,
		.at = at,
		.act = act,
		.by = by,
		.party = party,
		.reason = SLICE("laboratory"),
		.done = true};
}

static void fill_rows(struct world *w)
{
	slice first = SLICE("Arbër Çelaj"), second = SLICE("Оксана Шевченко"), third = SLICE("د. منصور");
	w->rows[0] = row(CUSTODY_TRANSFER, 10, first, second);
	w->rows[1] = row(CUSTODY_RECEIVE, 40, second, SLICE(""));
	w->rows[2] = row(CUSTODY_OPEN, 60, third, SLICE(""));
	w->rows[3] = row(CUSTODY_COPY, 90, second, SLICE(""));
	w->rows[4] = row(CUSTODY_RETURN, 95, SLICE(""), SLICE(""));
	w->rows[5] = row(CUSTODY_TRANSFER, 120, second, third);
	w->rows[0].seal = SLICE("A-0093 418");
	w->rows[0].before = w->rows[0].after = w->rows[1].after = &w->form.item;
	w->rows[1].told += 3600 * SECOND;
	w->rows[1].place = SLICE("Київ");
	w->rows[2].done = false;
	w->rows[2].rule = CUSTODY_NOT_HOLDER;
	w->rows[3].made = &w->made;
	w->rows[5].before = &w->form.item;
	w->rows[5].after = &w->other;
	w->rows[5].authority = SLICE("court order 412/2026");
}

static int open_world(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	w->a = arena_new(0);
	memset(w->form.item.b, 0x5e, DIGEST_BYTES);
	memset(w->other.b, 0x77, DIGEST_BYTES);
	memset(w->made.b, 0x99, DIGEST_BYTES);
	fill_manifest(w);
	fill_rows(w);
	w->form.manifest = buf_slice(&w->manifest);
	w->form.origin = SLICE("kulla.example/arberia");
	w->form.entry = 47002;
	w->form.sealed = SEALED;
	w->form.state = (struct custody_state){
		.place = CUSTODY_OFFERED, .holder = SLICE("Оксана Шевченко"), .addressee = SLICE("د. منصور"), .holds = 2};
	w->form.rows = w->rows;
	w->form.rows_n = 6;
	w->form.now = SEALED + 86400 * SECOND;
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;
	buf_free(&w->manifest);
	buf_free(&w->pdf);
	buf_free(&w->text);
	arena_free(w->a);
	free(w);
	return 0;
}

/* What pdftotext reads, each run of blanks as one. */
static slice words(struct world *w)
{
	char path[] = "/tmp/kulla-form-XXXXXX", command[80], bytes[4096];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, w->pdf.p, w->pdf.n), (ssize_t)w->pdf.n);
	assert_int_equal(close(fd), 0);
	(void)snprintf(command, sizeof command, "pdftotext -raw %s -", path);
	FILE *in = popen(command, "r");
	assert_non_null(in);
	buf_clear(&w->text);
	for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
		for (size_t i = 0; i < n; i++) {
			bool blank = bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\f';
			if (!blank) buf_add_byte(&w->text, (uint8_t)bytes[i]);
			else if (w->text.n > 0 && w->text.p[w->text.n - 1] != ' ') buf_add_byte(&w->text, ' ');
		}
	assert_int_equal(pclose(in), 0);
	assert_int_equal(unlink(path), 0);
	return buf_slice(&w->text);
}

static slice printed(struct world *w)
{
	struct fault f = {0};
	if (form_pdf(&w->form, w->a, &w->pdf, &w->told, &f) != OK) fail_msg("%s", f.text);
	return words(w);
}

static void has(slice text, const char *needle)
{
	if (slice_find(text, slice_from(needle)) == text.n) fail_msg("no %s in: %.*s", needle, (int)text.n, (const char *)text.p);
}

static void the_form_says_what_the_manifest_says(void **state)
{
	static const char *const parts[] = {"Evidence item 5e5e5e5e5e5e, case HJ-2026-03", "Exhibit 7", "Kind original",
		"Collected by Arbër Çelaj", "disk wiper on the registry's file server", "2026-03-02 21:04:07 to 2026-03-02 21:14:07 UTC",
		"3 entries, 1 920 404 385 792 bytes", "kulla.example/arberia", "47 002, of 2026-03-02 21:14:07 UTC", "in transit to",
		"under 2 holds", "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
		"disk0.raw application/octet-stream, 4 096 bytes in holes", "1 920 383 410 176 a1a1a1a1", "link to журнал.evtx",
		"журнал\\u{a}\\xff.evtx", "20 975 616 c3c3c3", "Sectors 81 920 to 81 935", "Том отримано опечатаним.", "TLP:AMBER+STRICT",
		"EXERCISE", "Handed over by", "Received by", "Signature"};
	struct world *w = *state;
	slice text = printed(w);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) has(text, parts[i]);
	assert_int_equal(w->told.escaped, 2);
	assert_int_equal(w->told.unknown, 0);
}

static void the_form_says_who_had_it(void **state)
{
	static const char *const parts[] = {"2026-03-02 21:14:07 entry 47 002 sealed seal A-0093 417 Arbër Çelaj",
		"transferred seal A-0093 418 Arbër Çelaj to Оксана Шевченко laboratory as sealed", "told 2026-03-02 22:54:07", "received",
		"Київ laboratory", "refused: open", "copied made 999999999999", "not read", "returned (erased)",
		"authority: court order 412/2026", "CHANGED after: 7777"};
	struct world *w = *state;
	slice text = printed(w);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) has(text, parts[i]);
	has(text, "only who holds an item may hand it over");
}

static void the_same_form_gives_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct buf again = {0};
	(void)printed(w);
	assert_int_equal(form_pdf(&w->form, w->a, &again, NULL, NULL), OK);
	assert_true(slice_equal(buf_slice(&again), buf_slice(&w->pdf)));
	buf_free(&again);
}

/* Nothing is known of how it may be shared: it is shared as little as can be. */
static void without_its_manifest_the_form_says_so(void **state)
{
	struct world *w = *state;
	w->form.manifest = SLICE("");
	slice text = printed(w);
	has(text, "not there, or damaged");
	has(text, "TLP:RED");
	has(text, "transferred");
	assert_true(slice_find(text, SLICE("disk0.raw")) == text.n);
}

static void a_manifest_that_breaks_a_rule_is_no_form(void **state)
{
	struct world *w = *state;
	struct fault f = {0};
	w->form.manifest = slice_sub(w->form.manifest, 0, w->form.manifest.n - 2);
	assert_int_equal(form_pdf(&w->form, w->a, &w->pdf, NULL, &f), ERR_SYNTAX);
	assert_int_equal(f.kind, ERR_SYNTAX);
	w->form.manifest = SLICE("{}\n");
	assert_int_not_equal(form_pdf(&w->form, w->a, &w->pdf, NULL, &f), OK);
	assert_int_equal(w->pdf.n, 0);
}

static void many_files_are_counted(void **state)
{
	struct world *w = *state;
	buf_clear(&w->manifest);
	w->head.files = FORM_FILES_MAX + 1234;
	w->head.bytes = 0;
	manifest_put_head(&w->manifest, &w->head);
	for (unsigned i = 0; i < FORM_FILES_MAX + 1234; i++) {
		struct manifest_file file = {.name = arena_printf(w->a, "f%05u", i),
			.accessed = INSTANT_NONE,
			.changed = INSTANT_NONE,
			.modified = INSTANT_NONE};
		manifest_put_file(&w->manifest, &file);
	}
	w->form.manifest = buf_slice(&w->manifest);
	slice text = printed(w);
	has(text, "f00999");
	has(text, "1 234 more stand in the manifest");
	assert_true(slice_find(text, SLICE("f01000")) == text.n);
	assert_true(w->told.pages > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_form_says_what_the_manifest_says),
		TEST(the_form_says_who_had_it),
		TEST(the_same_form_gives_the_same_bytes),
		TEST(without_its_manifest_the_form_says_so),
		TEST(a_manifest_that_breaks_a_rule_is_no_form),
		TEST(many_files_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
