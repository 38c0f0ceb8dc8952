/* Rebuilding and catching up a home's view: the same every time, whole or not at all. */
#include "scan_homes.h"
#include "rebuild.h"

#include <fcntl.h>
#include <signal.h>

#define SCANS 600 /* more than two bundles */

static int set_up(void **state)
{
	struct homes *x = mem_alloc(sizeof *x);

	homes_begin(x);
	homes_fill(x, SCANS, (slice){NULL, 0});
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	homes_end(*state);
	free(*state);
	return 0;
}

static struct rebuild_result rebuilt(const struct homes *x)
{
	struct rebuild_result r = {.applied = 0};
	struct fault f = {0};

	if (view_rebuild(x->home, NULL, &r, &f) != OK) fail_msg("%s", f.text);
	return r;
}

static digest content(const struct homes *x)
{
	struct view *v = NULL;
	struct fault f = {0};
	digest d = {{0}};

	if (view_of_home(x->home, &v, &f) != OK || view_digest(v, &d, &f) != OK) fail_msg("%s", f.text);
	view_free(v);
	return d;
}

static void nothing_is_left_beside(const struct homes *x)
{
	static const char *const NAMES[] = {"view.db.new", "view.db.new-wal", "view.db.new-shm", "view.db.new-journal"};

	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (homes_has(x, NAMES[i])) fail_msg("%s is left", NAMES[i]);
}

static void copy(const struct homes *x, const char *from, const char *to)
{
	char a[128], b[128], bytes[65536];
	FILE *in = fopen(homes_file(x, from, a), "rb"), *out = fopen(homes_file(x, to, b), "wb");

	assert_true(in != NULL && out != NULL);
	for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;) assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(in), 0);
	assert_int_equal(fclose(out), 0);
}

/* ---- the same every time ---- */

static void twice_gives_the_same(void **state)
{
	struct homes *x = *state;
	struct rebuild_result first = rebuilt(x), second = rebuilt(x);

	nothing_is_left_beside(x);
	assert_false(homes_has(x, "view.db-wal"));
	digest held = content(x);

	assert_int_equal(first.head.size, SCANS + 1);
	assert_int_equal(first.applied, SCANS + 1);
	assert_int_equal(first.unreadable, 0);
	assert_memory_equal(first.content.b, second.content.b, DIGEST_BYTES);
	assert_memory_equal(first.content.b, held.b, DIGEST_BYTES);
}

/* Who opens it to answer a question sees what was published. */
static void opened_by_a_command_it_is_caught_up(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x);
	struct fault f = {0};
	struct view *v = NULL;
	homes_fill(x, 5, SLICE("{\"actor\":\"unix:7\",\"body\":{},\"kind\":\"scan\",\"time\":\"2026-11-24T15:30:00.123456Z\"}"));
	assert_int_equal(view_of_home(x->home, &v, &f), OK);
	assert_int_equal(view_head(v).size, r.head.size);
	view_free(v);
	assert_int_equal(view_of_home_now(x->home, &v, &f), OK);
	assert_int_equal(view_head(v).size, r.head.size + 6);
	view_free(v);
}

static void caught_up_is_as_rebuilt(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x), up;
	struct fault f = {0};
	digest before = r.content;

	assert_int_equal(view_catch_up(x->home, NULL, &up, &f), OK);
	assert_int_equal(up.applied, 0);
	homes_fill(x, 300, SLICE("{\"actor\":\"unix:7\",\"body\":{},\"kind\":\"scan\",\"time\":\"2026-11-24T15:30:00.123456Z\"}"));
	assert_int_equal(view_catch_up(x->home, NULL, &up, &f), OK);
	assert_int_equal(up.applied, 301);
	assert_int_equal(up.unreadable, 1);
	assert_int_equal(up.head.size, SCANS + 302);
	digest caught_up = content(x);
	r = rebuilt(x);
	assert_int_equal(r.unreadable, 1);
	assert_memory_equal(r.content.b, caught_up.b, DIGEST_BYTES);
	assert_memory_not_equal(r.content.b, before.b, DIGEST_BYTES);
}

static void catching_up_needs_a_view(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r;
	struct fault f = {0};

	assert_int_equal(view_catch_up(x->home, NULL, &r, &f), ERR_NOT_FOUND);
	assert_non_null(strstr(f.text, "kulla rebuild"));
}

/* ---- another ledger ---- */

static void a_view_of_another_ledger_is_not_caught_up(void **state)
{
	struct homes *x = *state, y;
	struct rebuild_result r;
	struct fault f = {0};
	char from[128], to[128];

	homes_begin(&y);
	homes_fill(&y, SCANS / 2, (slice){NULL, 0});
	(void)rebuilt(&y);
	assert_int_equal(rename(homes_file(&y, "view.db", from), homes_file(x, "view.db", to)), 0);
	digest before = content(x);
	assert_int_equal(view_catch_up(x->home, NULL, &r, &f), ERR_CHANGED);
	assert_non_null(strstr(f.text, "of another ledger"));
	digest after = content(x);
	assert_memory_equal(after.b, before.b, DIGEST_BYTES);
	(void)rebuilt(x); /* and a longer one's neither */
	assert_int_equal(rename(homes_file(x, "view.db", from), homes_file(&y, "view.db", to)), 0);
	assert_int_equal(view_catch_up(y.home, NULL, &r, &f), ERR_CHANGED);
	assert_non_null(strstr(f.text, "601 entries"));
	homes_end(&y);
}

/* ---- damage ---- */

static void flip(const struct homes *x, const char *name, off_t at)
{
	char path[128];
	uint8_t byte;
	int fd = open(homes_file(x, name, path), O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	assert_int_equal(close(fd), 0);
}

static void a_damaged_view_is_named_and_replaced(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x), again;
	struct view *v = NULL;
	struct fault f = {0};

	flip(x, "view.db", 3);
	assert_int_equal(view_of_home(x->home, &v, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, "view.db"));
	assert_non_null(strstr(f.text, "kulla rebuild"));
	assert_int_equal(view_catch_up(x->home, NULL, &again, &f), ERR_DAMAGED);
	again = rebuilt(x);
	assert_memory_equal(r.content.b, again.content.b, DIGEST_BYTES);
}

/* The ledger's entries are what the checkpoint says, or there is no new view. */
static void a_damaged_ledger_leaves_the_old_view(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x), again;
	struct fault f = {0};

	flip(x, "ledger/tile/entries/001", 500);
	assert_int_equal(view_rebuild(x->home, NULL, &again, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, "root"));
	nothing_is_left_beside(x);
	digest held = content(x);
	assert_memory_equal(held.b, r.content.b, DIGEST_BYTES);
}

/* ---- cut short ---- */

struct cut {
	enum rebuild_stage stage;
	uint64_t done;
	bool kill;
};

static bool cut_here(void *context, enum rebuild_stage stage, uint64_t done, uint64_t all)
{
	const struct cut *c = context;

	(void)all;
	if (stage != c->stage || done < c->done) return true;
	if (c->kill) (void)kill(getpid(), SIGKILL);
	return false;
}

static void stopped_it_leaves_the_old_view(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x), again;
	struct fault f = {0};
	digest old = r.content;

	homes_fill(x, 10, (slice){NULL, 0});
	for (int stage = REBUILD_ENTRIES; stage <= REBUILD_REPLACE; stage++) {
		struct cut c = {.stage = (enum rebuild_stage)stage};
		struct rebuild_watch watch = {&c, cut_here};
		assert_int_equal(view_rebuild(x->home, &watch, &again, &f), ERR_STOPPED);
		nothing_is_left_beside(x);
		digest held = content(x);
		assert_memory_equal(held.b, old.b, DIGEST_BYTES);
	}
}

static void killed_at(const struct homes *x, struct cut c)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rebuild_watch watch = {&c, cut_here};
		struct rebuild_result r;
		_exit(view_rebuild(x->home, &watch, &r, NULL) == OK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void killed_at_a_stage_it_leaves_the_old_view(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x);
	digest old = r.content;

	homes_fill(x, 5000, (slice){NULL, 0}); /* so that entries are told of more than once */
	for (int stage = REBUILD_ENTRIES; stage <= REBUILD_REPLACE; stage++) {
		killed_at(x, (struct cut){.stage = (enum rebuild_stage)stage, .done = 4000, .kill = true});
		assert_true(homes_has(x, "view.db.new"));
		digest held = content(x);
		assert_memory_equal(held.b, old.b, DIGEST_BYTES);
	}
	killed_at(x, (struct cut){.stage = REBUILD_DONE, .kill = true}); /* it was renamed */
	digest held = content(x);
	assert_memory_not_equal(held.b, old.b, DIGEST_BYTES);
	r = rebuilt(x);
	assert_memory_equal(held.b, r.content.b, DIGEST_BYTES);
	nothing_is_left_beside(x);
}

/* Killed after so many microseconds, wherever that is: the old view or the new one, never another. */
static void killed_anywhere_it_leaves_a_whole_view(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x);
	struct fault f = {0};
	digest old = r.content;
	int status;

	copy(x, "view.db", "view.old");
	homes_fill(x, 2000, (slice){NULL, 0});
	r = rebuilt(x);
	for (unsigned us = 0; us < 40000; us += 1000) {
		copy(x, "view.old", "view.db");
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			struct rebuild_result mine;
			_exit(view_rebuild(x->home, NULL, &mine, NULL) == OK ? 0 : 1);
		}
		(void)usleep(us);
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		digest held = content(x);
		if (!digest_equal(&held, &old) && !digest_equal(&held, &r.content)) fail_msg("killed after %u us: another view", us);
	}
	struct rebuild_result again;
	assert_int_equal(view_rebuild(x->home, NULL, &again, &f), OK);
	assert_memory_equal(again.content.b, r.content.b, DIGEST_BYTES);
	nothing_is_left_beside(x);
}

/* ---- others ---- */

static bool rebuild_within(void *context, enum rebuild_stage stage, uint64_t done, uint64_t all)
{
	struct homes *x = context;
	struct rebuild_result r;
	struct fault f = {0};

	(void)done;
	(void)all;
	if (stage != REBUILD_ENTRIES) return true;
	assert_int_equal(view_rebuild(x->home, NULL, &r, &f), ERR_EXISTS);
	assert_non_null(strstr(f.text, "another process writes it"));
	assert_int_equal(view_catch_up(x->home, NULL, &r, &f), ERR_EXISTS);
	return true;
}

static void one_writer_at_a_time(void **state)
{
	struct homes *x = *state;
	struct rebuild_watch watch = {x, rebuild_within};
	struct rebuild_result r;
	struct fault f = {0};

	assert_int_equal(view_rebuild(x->home, &watch, &r, &f), OK);
	nothing_is_left_beside(x);
}

/* Who has the old view open reads the old view to the end, and nothing of the new one. */
static void a_reader_keeps_its_view(void **state)
{
	struct homes *x = *state;
	struct rebuild_result r = rebuilt(x), up;
	struct view *reader = NULL;
	struct fault f = {0};
	digest seen;

	assert_int_equal(view_of_home(x->home, &reader, &f), OK);
	assert_int_equal(view_digest(reader, &seen, &f), OK);
	homes_fill(x, 10, (slice){NULL, 0});
	(void)rebuilt(x);
	homes_fill(x, 10, (slice){NULL, 0});
	assert_int_equal(view_catch_up(x->home, NULL, &up, &f), OK);
	assert_int_equal(view_digest(reader, &seen, &f), OK);
	assert_memory_equal(seen.b, r.content.b, DIGEST_BYTES);
	view_free(reader);
	digest held = content(x);
	r = rebuilt(x);
	assert_memory_equal(held.b, r.content.b, DIGEST_BYTES);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(twice_gives_the_same),
		TEST(opened_by_a_command_it_is_caught_up),
		TEST(caught_up_is_as_rebuilt),
		TEST(catching_up_needs_a_view),
		TEST(a_view_of_another_ledger_is_not_caught_up),
		TEST(a_damaged_view_is_named_and_replaced),
		TEST(a_damaged_ledger_leaves_the_old_view),
		TEST(stopped_it_leaves_the_old_view),
		TEST(killed_at_a_stage_it_leaves_the_old_view),
		TEST(killed_anywhere_it_leaves_a_whole_view),
		TEST(one_writer_at_a_time),
		TEST(a_reader_keeps_its_view),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
