/* The view: rows of entries, order, roots, the digest of its content, damage. */
#include "../ledger/entry_samples.h"
#include "view.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 64

/* Entries in memory, as a source. */
struct world {
	char folder[32], path[48];
	struct buf entries[ENTRIES_MAX];
	uint64_t n, at;
	uint64_t lie; /* the source says this index when it is not UINT64_MAX */
};

static void add_raw(struct world *w, const char *text)
{
	assert_true(w->n < ENTRIES_MAX);
	buf_add_text(&w->entries[w->n++], text);
}

static void add_kind(struct world *w, const struct entry_kind *k, const char *without)
{
	struct buf body = {0};
	struct fault f;
	digest blobs[2];
	unsigned blobs_n = sample_blobs(k, without, blobs);

	sample_body(&body, k, without, NULL, NULL);
	struct entry_draft d = {
		SLICE("unix:1000"), slice_from(k->name), buf_slice(&body), blobs, blobs_n, 1764000000000000 + (instant)w->n};
	if (entry_compose(&w->entries[w->n++], &d, &f) != OK) fail_msg("%s: %s", k->name, f.text);
	buf_free(&body);
}

/* One of each kind, one whose kind nobody knows, one that breaks its kind's rules. */
static void set_entries(struct world *w)
{
	unsigned n;
	const struct entry_kind *kinds = entry_kinds(&n);

	for (unsigned i = 0; i < n; i++) add_kind(w, &kinds[i], NULL);
	add_raw(w, "{\"actor\":\"unix:7\",\"body\":{\"x\":1},\"kind\":\"of-tomorrow\",\"time\":\"2026-11-24T15:30:00.123456Z\"}");
	add_raw(w, "{\"actor\":\"unix:7\",\"body\":{\"x\":1},\"kind\":\"scan\",\"time\":\"2026-11-24T15:30:00.123456Z\"}");
	add_kind(w, entry_kind_find(SLICE("head")), "known_size");
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	w->lie = UINT64_MAX;
	(void)snprintf(w->folder, sizeof w->folder, "/tmp/kulla-view-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	(void)snprintf(w->path, sizeof w->path, "%s/view.db", w->folder);
	set_entries(w);
	*state = w;
	return 0;
}

static void remove_view(const struct world *w)
{
	static const char *const ENDS[] = {"", "-wal", "-shm", "-journal"};
	char path[64];

	for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
		(void)snprintf(path, sizeof path, "%s%s", w->path, ENDS[i]);
		(void)unlink(path);
	}
}

static int tear_down(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ENTRIES_MAX; i++) buf_free(&w->entries[i]);
	remove_view(w);
	assert_int_equal(rmdir(w->folder), 0);
	free(w);
	return 0;
}

static enum err next(void *context, uint64_t *index, slice *bytes, struct fault *f)
{
	struct world *w = context;

	if (w->at >= w->n) return fault_set(f, ERR_NOT_FOUND, 0, 0, "no more");
	*bytes = buf_slice(&w->entries[w->at]);
	*index = w->lie != UINT64_MAX ? w->lie : w->at;
	w->at++;
	return OK;
}

static struct tree_head head_at(const struct world *w, uint64_t n)
{
	struct frontier tree = {0};

	for (uint64_t i = 0; i < n; i++) {
		digest leaf = tree_leaf(buf_slice(&w->entries[i]));
		(void)frontier_add(&tree, &leaf, NULL);
	}
	return frontier_head(&tree);
}

static enum err apply_to(struct world *w, struct view *v, uint64_t n, struct fault *f)
{
	struct tree_head until = head_at(w, n);

	w->at = view_head(v).size;
	return view_apply(v, (struct view_source){w, next}, &until, f);
}

/* A sealed view of the first n entries. */
static void make(struct world *w, uint64_t n)
{
	struct view *v = NULL;
	struct fault f = {0};

	remove_view(w);
	assert_int_equal(view_create(w->path, &v, &f), OK);
	if (apply_to(w, v, n, &f) != OK) fail_msg("%s", f.text);
	assert_int_equal(view_seal(v, &f), OK);
}

static digest digest_now(const struct world *w)
{
	struct view *v = NULL;
	struct fault f = {0};
	digest d = {{0}};

	if (view_open(w->path, false, &v, &f) != OK || view_digest(v, &d, &f) != OK) fail_msg("%s", f.text);
	view_free(v);
	return d;
}

/* SQLite's own view of it. */
static void sql(const struct world *w, const char *statement)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, statement, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s: %s", statement, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void says(const struct world *w, const char *question, const char *answer)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, question, -1, &s, NULL) != SQLITE_OK) fail_msg("%s: %s", question, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	const char *found = (const char *)sqlite3_column_text(s, 0);
	assert_string_equal(found != NULL ? found : "NULL", answer);
	(void)sqlite3_finalize(s);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- rows ---- */

static void each_kind_has_its_table_and_its_row(void **state)
{
	struct world *w = *state;
	unsigned n;
	const struct entry_kind *kinds = entry_kinds(&n);
	char question[200], answer[16];

	make(w, w->n);
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(question, sizeof question, "SELECT count(*) - 1 FROM pragma_table_info('kind_%s')", kinds[i].name);
		(void)snprintf(answer, sizeof answer, "%u", kinds[i].field_count);
		says(w, question, answer);
		(void)snprintf(question, sizeof question, "SELECT kind FROM entries JOIN \"kind_%s\" USING (idx) WHERE idx = %u",
			kinds[i].name, i);
		says(w, question, kinds[i].name);
		for (unsigned k = 0; k < kinds[i].field_count; k++) {
			const char *value = kinds[i].fields[k].rule == ENTRY_STIX_ID ? "1" : "0"; /* the sample's is null */
			(void)snprintf(question, sizeof question, "SELECT \"%s\" IS NULL FROM \"kind_%s\" WHERE idx = %u",
				kinds[i].fields[k].name, kinds[i].name, i);
			says(w, question, value);
		}
	}
}

static void values_are_typed_by_their_rule(void **state)
{
	struct world *w = *state;

	make(w, w->n);
	says(w, "SELECT lower(hex(answer)) FROM kind_scan", HEX_A);
	says(w, "SELECT lower(hex(command)) FROM kind_scan", HEX_B);
	says(w, "SELECT began FROM kind_scan", "1795534200123456"); /* date -u -d 2026-11-24T15:30:00Z +%s */
	says(w, "SELECT complete FROM kind_scan", "0");
	says(w, "SELECT hits FROM kind_scan", "12");
	says(w, "SELECT marking FROM kind_scan", "TLP:AMBER+STRICT");
	says(w, "SELECT json_extract(files, '$[1]') FROM kind_repair", "tile/0/x001/067");
	says(w, "SELECT lower(hex(root)) FROM kind_head", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	says(w, "SELECT known_size FROM kind_head ORDER BY idx DESC LIMIT 1", "NULL");
	says(w, "SELECT time FROM entries WHERE idx = 0", "1764000000000000");
	says(w, "SELECT actor FROM entries WHERE idx = 0", "unix:1000");
	says(w, "SELECT reason FROM kind_key", "scheduled");
}

static void what_is_not_understood_is_kept(void **state)
{
	struct world *w = *state;
	struct view *v = NULL;

	make(w, w->n);
	says(w, "SELECT count(*) FROM entries WHERE kind = 'of-tomorrow' AND actor = 'unix:7' AND time = 1795534200123456", "1");
	says(w, "SELECT count(*) FROM entries WHERE kind IS NULL AND actor IS NULL AND time IS NULL AND length(hash) = 32", "1");
	says(w, "SELECT count(*) FROM kind_scan", "1");
	assert_int_equal(view_open(w->path, false, &v, NULL), OK);
	assert_int_equal(view_unreadable(v), 1);
	assert_int_equal(view_head(v).size, w->n);
	view_free(v);
}

static void hashes_are_the_ledgers_leaves(void **state)
{
	struct world *w = *state;
	struct view *v = NULL;
	struct fault f;
	digest leaf, expected = tree_leaf(buf_slice(&w->entries[3]));
	struct tree_head head = head_at(w, w->n);

	make(w, w->n);
	assert_int_equal(view_open(w->path, false, &v, &f), OK);
	assert_int_equal(view_leaf(v, 3, &leaf, &f), OK);
	assert_memory_equal(leaf.b, expected.b, DIGEST_BYTES);
	assert_int_equal(view_leaf(v, w->n, &leaf, &f), ERR_NOT_FOUND);
	digest root = view_head(v).root;
	assert_memory_equal(root.b, head.root.b, DIGEST_BYTES);
	view_free(v);
}

/* ---- order ---- */

static void another_order_is_refused(void **state)
{
	struct world *w = *state;
	struct view *v = NULL;
	struct fault f;
	const uint64_t lies[] = {0, 2, 3, 4, w->n, UINT64_MAX - 1};

	make(w, 3);
	digest before = digest_now(w);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		assert_int_equal(view_open(w->path, true, &v, &f), OK);
		w->lie = lies[i];
		assert_int_equal(apply_to(w, v, 5, &f), ERR_USAGE); /* 3 is right once, then 4 should come */
		assert_non_null(strstr(f.text, "is the next"));
		assert_int_equal(view_head(v).size, 3);
		w->lie = UINT64_MAX;
		assert_int_equal(apply_to(w, v, 2, &f), ERR_USAGE); /* backwards */
		view_free(v);
		digest after = digest_now(w);
		assert_memory_equal(after.b, before.b, DIGEST_BYTES);
	}
}

static void a_gap_another_root_or_a_short_source_leaves_it_as_it_was(void **state)
{
	struct world *w = *state;
	struct view *v = NULL;
	struct fault f;

	make(w, 3);
	digest before = digest_now(w);
	assert_int_equal(view_open(w->path, true, &v, &f), OK);
	struct tree_head until = head_at(w, 6);
	w->at = 4; /* entry 3 is missing */
	assert_int_equal(view_apply(v, (struct view_source){w, next}, &until, &f), ERR_USAGE);
	until.root.b[7] ^= 1;
	w->at = 3;
	assert_int_equal(view_apply(v, (struct view_source){w, next}, &until, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, "root"));
	until.size = w->n + 1;
	w->at = 3;
	assert_int_equal(view_apply(v, (struct view_source){w, next}, &until, &f), ERR_NOT_FOUND);
	assert_int_equal(view_head(v).size, 3);
	view_free(v);
	digest after = digest_now(w);
	assert_memory_equal(after.b, before.b, DIGEST_BYTES);
}

/* ---- the digest ---- */

static void the_digest_is_of_the_content_alone(void **state)
{
	struct world *w = *state;

	make(w, w->n);
	digest whole = digest_now(w);
	make(w, 0);
	digest none = digest_now(w);
	assert_memory_not_equal(none.b, whole.b, DIGEST_BYTES);
	for (uint64_t n = 1; n <= w->n; n++) { /* one by one, each in a connection of its own */
		struct view *v = NULL;
		struct fault f = {0};
		assert_int_equal(view_open(w->path, true, &v, &f), OK);
		assert_int_equal(apply_to(w, v, n, &f), OK);
		view_free(v);
	}
	digest steps = digest_now(w);
	assert_memory_equal(steps.b, whole.b, DIGEST_BYTES);
	sql(w, "PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM; PRAGMA journal_mode = WAL");
	digest layout = digest_now(w);
	assert_memory_equal(layout.b, whole.b, DIGEST_BYTES);
}

static void every_changed_value_changes_it(void **state)
{
	struct world *w = *state;
	static const char *const CHANGES[] = {"UPDATE entries SET time = time + 1 WHERE idx = 2",
		"UPDATE entries SET actor = NULL WHERE idx = 2", "UPDATE entries SET kind = 'x' WHERE idx = 2",
		"UPDATE entries SET bytes = -bytes WHERE idx = 2", "UPDATE entries SET hash = zeroblob(32) WHERE idx = 2",
		"DELETE FROM entries WHERE idx = 2", "DELETE FROM kind_scan", "UPDATE kind_scan SET marking = 'TLP:CLEAR'",
		"UPDATE kind_scan SET hits = hits + 4294967296", "UPDATE kind_scan SET idx = idx + 1",
		"UPDATE kind_head SET known_size = 0 WHERE known_size IS NULL", "UPDATE kind_witness SET vkey = vkey || ' '"};

	make(w, w->n);
	digest whole = digest_now(w);
	for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
		make(w, w->n);
		sql(w, CHANGES[i]);
		digest changed = digest_now(w);
		if (digest_equal(&changed, &whole)) fail_msg("%s: the digest stays", CHANGES[i]);
	}
}

/* ---- files ---- */

static void a_sealed_view_is_one_private_file_in_wal_mode(void **state)
{
	struct world *w = *state;
	struct stat st;
	char beside[64];
	struct view *v = NULL;
	struct fault f;

	make(w, w->n);
	assert_int_equal(stat(w->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	(void)snprintf(beside, sizeof beside, "%s-wal", w->path);
	assert_int_not_equal(access(beside, F_OK), 0);
	(void)snprintf(beside, sizeof beside, "%s-shm", w->path);
	assert_int_not_equal(access(beside, F_OK), 0);
	says(w, "PRAGMA journal_mode", "wal");
	says(w, "PRAGMA integrity_check", "ok");
	assert_int_equal(view_create(w->path, &v, &f), ERR_EXISTS);
}

static void refused(const struct world *w, enum err expected, const char *word)
{
	struct view *v = NULL;
	struct fault f = {0};
	enum err e = view_open(w->path, false, &v, &f);

	if (e != expected || strstr(f.text, word) == NULL || strstr(f.text, "kulla rebuild") == NULL || strstr(f.text, w->path) == NULL)
		fail_msg("found %s: %s, expected %s: %s", err_text(e), f.text, err_text(expected), word);
	assert_null(v);
}

static void damage_and_other_versions_are_named(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *change;
		enum err expected;
		const char *word;
	} ROWS[] = {
		{"PRAGMA user_version = 7", ERR_VERSION, "version 7"},
		{"UPDATE state SET schema = zeroblob(32)", ERR_VERSION, "another version's kinds"},
		{"PRAGMA application_id = 1", ERR_DAMAGED, "no view"},
		{"DELETE FROM state", ERR_DAMAGED, "no state"},
		{"DROP TABLE state", ERR_DAMAGED, "not ours"},
		{"UPDATE state SET applied = 2 * applied + 1", ERR_DAMAGED, "frontier"}, /* one hash more, whatever the number */
		{"UPDATE state SET applied = -1", ERR_DAMAGED, "state"},
		{"UPDATE state SET frontier = CAST(frontier || x'00' AS BLOB)", ERR_DAMAGED, "frontier"},
		{"UPDATE state SET frontier = zeroblob(4000)", ERR_DAMAGED, "state"},
		{"UPDATE state SET root = zeroblob(32)", ERR_DAMAGED, "root"},
		{"DELETE FROM entries WHERE idx = (SELECT max(idx) FROM entries)", ERR_DAMAGED, "do not end"},
	};

	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		make(w, w->n);
		sql(w, ROWS[i].change);
		refused(w, ROWS[i].expected, ROWS[i].word);
	}
	remove_view(w);
	refused(w, ERR_NOT_FOUND, "not there");
}

static void overwrite(const struct world *w, off_t at, const void *bytes, size_t n)
{
	int fd = open(w->path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	assert_int_equal(close(fd), 0);
}

static void what_is_no_database_is_named(void **state)
{
	struct world *w = *state;
	uint8_t rubbish[4096];

	memset(rubbish, 'x', sizeof rubbish);
	remove_view(w);
	overwrite(w, 0, rubbish, sizeof rubbish);
	refused(w, ERR_DAMAGED, "not a database");
	assert_int_equal(truncate(w->path, 0), 0);
	refused(w, ERR_DAMAGED, "no view");
}

/* A flipped byte is named, or shows in the digest, or lies where no content is. */
static void no_flipped_byte_goes_further(void **state)
{
	struct world *w = *state;
	struct stat st;
	unsigned named = 0, shown = 0;

	make(w, w->n);
	digest whole = digest_now(w);
	assert_int_equal(stat(w->path, &st), 0);
	for (off_t at = 0; at < st.st_size; at += 509) {
		struct view *v = NULL;
		struct fault f = {0};
		uint8_t byte;
		make(w, w->n);
		int fd = open(w->path, O_RDONLY);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		assert_int_equal(close(fd), 0);
		byte ^= 0x41;
		overwrite(w, at, &byte, 1);
		digest d = whole;
		enum err e = view_open(w->path, false, &v, &f);
		if (e == OK) e = view_digest(v, &d, &f);
		view_free(v);
		if (e != OK && e != ERR_DAMAGED && e != ERR_VERSION && e != ERR_ACCESS) fail_msg("byte %ld: %s", (long)at, f.text);
		named += e != OK;
		shown += e == OK && !digest_equal(&d, &whole);
	}
	assert_true(named > 0 && shown > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_kind_has_its_table_and_its_row),
		TEST(values_are_typed_by_their_rule),
		TEST(what_is_not_understood_is_kept),
		TEST(hashes_are_the_ledgers_leaves),
		TEST(another_order_is_refused),
		TEST(a_gap_another_root_or_a_short_source_leaves_it_as_it_was),
		TEST(the_digest_is_of_the_content_alone),
		TEST(every_changed_value_changes_it),
		TEST(a_sealed_view_is_one_private_file_in_wal_mode),
		TEST(damage_and_other_versions_are_named),
		TEST(what_is_no_database_is_named),
		TEST(no_flipped_byte_goes_further),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
