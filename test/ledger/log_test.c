/* The disk log: what is appended is there again, in order, under a signed head with the right root; whatever fails, and wherever the
 * process is killed, what was answered is never lost and nothing half is there. */
#include "logs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct ledger_log *log_of(struct fixture *x, struct ledger_recovery *told)
{
	struct ledger_log *l = NULL;
	struct fault f = {0};
	enum err e = ledger_log_open(fixture_store(x), &x->signer, NULL, &l, told, &f);
	if (e != OK) fail_msg("%s", f.text);
	return l;
}

/* All entries read back, and the head is that of exactly these. */
static void check_files(struct fixture *x, uint64_t n)
{
	struct ledger_reader *r = ledger_reader_new(fixture_store(x));
	struct buf note = {0};
	struct arena *a = arena_new(0);
	struct checkpoint c;
	struct fault f = {0};
	struct note_keys keys = {&x->signer.key, 1};
	uint8_t room[192];
	assert_int_equal(ledger_read_checkpoint(fixture_store(x), &note, &f), OK);
	assert_int_equal(checkpoint_open(buf_slice(&note), keys, a, NULL, &c, &f), OK);
	struct tree_head expected = tree_made(n);
	assert_int_equal(c.head.size, n);
	assert_true(digest_equal(&c.head.root, &expected.root));
	for (uint64_t i = 0; i < n; i++) {
		slice entry;
		assert_int_equal(ledger_read_entry(r, i, n, &entry, &f), OK);
		assert_true(slice_equal(entry, entry_made(i, room)));
	}
	ledger_reader_free(r);
	buf_free(&note);
	arena_free(a);
}

static void appended_is_there(void **state)
{
	(void)state;
	static const size_t batches[] = {1, 1, 3, 250, 1, 1, 256, 511, 1, 700, 2};
	struct fixture x;
	struct ledger_recovery told;
	struct fault f = {0};
	uint64_t n = 0;
	fixture_begin(&x);
	assert_int_equal(ledger_log_create(fixture_store(&x), &x.signer, &f), OK);
	assert_int_equal(ledger_log_create(fixture_store(&x), &x.signer, &f), ERR_EXISTS);
	struct ledger_log *l = log_of(&x, &told);
	for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
		assert_int_equal(append_made(l, n, batches[i], &f), OK);
		n += batches[i];
		if (i % 3 == 1) assert_int_equal(ledger_log_publish_now(l, &f), OK);
		if (i % 4 != 3) continue;
		ledger_log_free(l); /* as if it had crashed here */
		l = log_of(&x, &told);
		assert_int_equal(ledger_log_head(l).size, n);
		check_files(&x, n);
	}
	assert_int_equal(ledger_log_publish_now(l, &f), OK);
	check_files(&x, n);
	ledger_log_free(l);
	fixture_end(&x);
}

/* ---- every call fails once ---- */
static unsigned calls_left; /* until one fails */
static bool kill_there;

static bool call_fails(void)
{
	if (calls_left == 0 || --calls_left > 0) return false;
	if (kill_there) {
		(void)kill(getpid(), SIGKILL);
		for (;;) (void)pause();
	}
	errno = EIO;
	return true;
}

static ssize_t failing_write(int fd, const void *p, size_t n)
{
	if (calls_left == 1) { /* half of it is written */
		if (write(fd, p, n / 2) < 0) return -1;
	}
	return call_fails() ? -1 : write(fd, p, n);
}
static int failing_fsync(int fd)
{
	return call_fails() ? -1 : fsync(fd);
}
static int failing_fdatasync(int fd)
{
	return call_fails() ? -1 : fdatasync(fd);
}
static int failing_syncfs(int fd)
{
	return call_fails() ? -1 : fsync(fd); /* the machine's other files are nobody's business here */
}
static int failing_ftruncate(int fd, off_t n)
{
	return call_fails() ? -1 : ftruncate(fd, n);
}
static int failing_rename(int a, const char *from, int b, const char *to)
{
	return call_fails() ? -1 : renameat(a, from, b, to);
}
static const struct storage_calls FAILING = {
	failing_write, failing_fsync, failing_fdatasync, failing_syncfs, failing_ftruncate, failing_rename};

/* Some life of a ledger. Returns how many entries were answered; stops at the first error. */
static uint64_t live(struct fixture *x, int answered_fd)
{
	static const size_t batches[] = {1, 254, 1, 1, 300, 2};
	struct ledger_recovery told;
	struct ledger_log *l = NULL;
	struct fault f = {0};
	uint64_t n = 0;
	if (ledger_log_create(fixture_store(x), &x->signer, &f) != OK) return 0;
	if (ledger_log_open(fixture_store(x), &x->signer, NULL, &l, &told, &f) != OK) return 0;
	for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
		if (append_made(l, n, batches[i], &f) != OK) break;
		n += batches[i];
		if (answered_fd >= 0 && write(answered_fd, &n, sizeof n) != sizeof n) break;
		if (i % 2 == 1 && ledger_log_publish_now(l, &f) != OK) break;
	}
	ledger_log_free(l);
	return n;
}

/* What is there afterwards: a whole number of batches, not less than what was answered; or no ledger, if nothing was. */
static void check_after(struct fixture *x, uint64_t answered, bool failed_once)
{
	struct ledger_log *l = NULL;
	struct ledger_recovery told;
	struct fault f = {0};
	fixture_storage(x, NULL);
	enum err e = ledger_log_open(fixture_store(x), &x->signer, NULL, &l, &told, &f);
	if (e == ERR_NOT_FOUND && answered == 0) return;
	if (e != OK) fail_msg("after %llu answered: %s", (unsigned long long)answered, f.text);
	uint64_t n = ledger_log_head(l).size;
	assert_true(n >= answered);
	if (failed_once) assert_int_equal(n, answered); /* a refused append is not there */
	assert_int_equal(append_made(l, n, 5, &f), OK);
	assert_int_equal(ledger_log_publish_now(l, &f), OK);
	check_files(x, n + 5);
	ledger_log_free(l);
}

static void each_call_fails(void **state)
{
	(void)state;
	bool failed = true;
	kill_there = false;
	for (unsigned k = 1; failed; k++) {
		struct fixture x;
		fixture_begin(&x);
		fixture_storage(&x, &FAILING);
		calls_left = k;
		uint64_t answered = live(&x, -1);
		failed = calls_left == 0;
		calls_left = 0;
		check_after(&x, answered, true);
		fixture_end(&x);
		if (!failed) assert_true(k > 20);
	}
}

/* KULLA_KILLS: how many; each at another call, so that all boundaries are met again and again with what was left before. */
static void killed_at_each_boundary(void **state)
{
	(void)state;
	const char *kills = getenv("KULLA_KILLS");
	unsigned n = kills != NULL ? (unsigned)strtoul(kills, NULL, 10) : 200, killed = 0;
	for (unsigned k = 1, done = 0; done < n; k++, done++) {
		struct fixture x;
		int answers[2], status;
		uint64_t answered = 0, last;
		fixture_begin(&x);
		fixture_storage(&x, &FAILING);
		assert_int_equal(pipe(answers), 0);
		pid_t child = fork();
		if (child == 0) {
			kill_there = true;
			calls_left = k;
			(void)live(&x, answers[1]);
			_exit(0);
		}
		close(answers[1]);
		while (read(answers[0], &last, sizeof last) == sizeof last) answered = last;
		close(answers[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		killed += WIFSIGNALED(status);
		check_after(&x, answered, false);
		fixture_end(&x);
		if (!WIFSIGNALED(status)) k = 0; /* the life is shorter than that: begin again */
	}
	assert_true(killed > n / 2);
}

/* ---- damage ---- */
static void flip(const struct fixture *x, const char *name, off_t at)
{
	char path[128];
	uint8_t byte;
	snprintf(path, sizeof path, "%s/%s", x->path, name);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void make_and_leave(struct fixture *x, uint64_t published, uint64_t journalled)
{
	struct ledger_recovery told;
	struct fault f = {0};
	fixture_begin(x);
	assert_int_equal(ledger_log_create(fixture_store(x), &x->signer, &f), OK);
	struct ledger_log *l = log_of(x, &told);
	assert_int_equal(append_made(l, 0, published, &f), OK);
	assert_int_equal(ledger_log_publish_now(l, &f), OK);
	if (journalled > 0) {
		assert_int_equal(append_made(l, published, journalled, &f), OK);
		assert_int_equal(append_made(l, published + journalled, 1, &f), OK);
	}
	ledger_log_free(l);
}

static enum err open_error(struct fixture *x, struct fault *f, struct ledger_recovery *told)
{
	struct ledger_log *l = NULL;
	enum err e = ledger_log_open(fixture_store(x), &x->signer, NULL, &l, told, f);
	ledger_log_free(l);
	return e;
}

/* Each byte of a journal: a change is refused and named, a cut loses only the cut frame. */
static void journals_are_judged(void **state)
{
	(void)state;
	struct stat st;
	struct ledger_recovery told;
	struct fault f = {0};
	char path[128];
	struct fixture x;
	make_and_leave(&x, 3, 2);
	snprintf(path, sizeof path, "%s/journal/00000000000000000003", x.path);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		flip(&x, "journal/00000000000000000003", at);
		assert_int_equal(open_error(&x, &f, &told), ERR_DAMAGED);
		assert_non_null(strstr(f.text, "journal/00000000000000000003"));
		flip(&x, "journal/00000000000000000003", at);
	}
	assert_int_equal(truncate(path, st.st_size - 7), 0);
	assert_int_equal(open_error(&x, &f, &told), OK);
	assert_int_equal(told.recovered, 2);
	assert_true(told.dropped_bytes > 0);
	check_files(&x, 5);
	fixture_end(&x);
}

static void edges_are_judged(void **state)
{
	(void)state;
	static const char *const names[] = {"checkpoint", "tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"};
	struct ledger_recovery told;
	struct fault f = {0};
	struct fixture x;
	make_and_leave(&x, 300, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		flip(&x, names[i], 10);
		assert_int_equal(open_error(&x, &f, &told), ERR_DAMAGED);
		flip(&x, names[i], 10);
	}
	assert_int_equal(open_error(&x, &f, &told), OK);
	fixture_end(&x);
}

/* Names of requests are known again after a crash, before and behind a publication, and from which entry on all are. */
static void requests_are_remembered(void **state)
{
	(void)state;
	struct ledger_recovery told;
	struct fault f = {0};
	struct fixture x;
	uint8_t rooms[2][192];
	uint64_t first = 0, found = 0;
	make_and_leave(&x, 3, 0);
	for (unsigned round = 0; round < 4; round++) {
		struct ledger_log *l = log_of(&x, &told);
		uint64_t size = ledger_log_head(l).size;
		for (uint8_t i = 1; i <= round; i++) {
			assert_true(ledger_log_find_request(l, &(struct request_id){{i, 7}}, &found));
			assert_int_equal(found, 3 + 2 * (i - 1) + 1);
		}
		assert_false(ledger_log_find_request(l, &(struct request_id){{(uint8_t)(round + 1), 7}}, &found));
		assert_true(ledger_log_requests_since(l) <= 3);
		slice entries[] = {entry_made(size, rooms[0]), entry_made(size + 1, rooms[1])};
		struct journal_request r = {.id = {{(uint8_t)(round + 1), 7}}, .at = 1};
		assert_int_equal(ledger_log_append_batch(l, &(struct ledger_batch){entries, 2, &r, 1}, &first, &f), OK);
		assert_true(ledger_log_find_request(l, &r.id, &found));
		assert_int_equal(found, first + 1);
		if (round % 2 == 1) assert_int_equal(ledger_log_publish_now(l, &f), OK);
		if (round == 3) {
			ledger_log_forget_requests(l);
			assert_false(ledger_log_find_request(l, &r.id, &found));
			assert_int_equal(ledger_log_requests_since(l), size + 2);
		}
		ledger_log_free(l);
	}
	struct ledger_log *l = log_of(&x, &told);
	assert_int_equal(ledger_log_requests_since(l), 11);
	ledger_log_free(l);
	check_files(&x, 11);
	fixture_end(&x);
}

/* Journals that are in tiles go when there are too many of them; then no request before them is known. */
static void old_journals_go(void **state)
{
	(void)state;
	struct ledger_recovery told;
	struct fault f = {0};
	struct fixture x;
	make_and_leave(&x, 3, 0);
	struct ledger_log *l = log_of(&x, &told);
	uint64_t n = 3;
	for (unsigned i = 0; i < 6; i++, n += 20000) {
		assert_int_equal(append_made(l, n, 20000, &f), OK);
		assert_int_equal(ledger_log_publish_now(l, &f), OK);
	}
	ledger_log_free(l);
	l = log_of(&x, &told);
	assert_true(ledger_log_requests_since(l) > 3 && ledger_log_requests_since(l) < n);
	ledger_log_free(l);
	fixture_end(&x);
}

/* A checkpoint alone, out of a backup: the tiles know better. */
static void an_older_checkpoint_is_refused(void **state)
{
	(void)state;
	static const struct {
		uint64_t older, newer;
		const char *beyond;
	} cases[] = {{3, 5, "tile/0/000.p/5"}, {3, 300, "tile/0/000 "}, {256, 257, "tile/0/001.p/1 "}, {256, 512, "tile/0/001 "}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ledger_recovery told;
		struct fault f = {0};
		struct fixture x;
		struct buf old = {0}, new = {0};
		make_and_leave(&x, cases[i].older, 0);
		const struct storage *s = fixture_store(&x);
		assert_int_equal(s->get(s->context, LEDGER_CHECKPOINT, 10000, &old, &f), OK);
		struct ledger_log *l = log_of(&x, &told);
		assert_int_equal(append_made(l, cases[i].older, cases[i].newer - cases[i].older, &f), OK);
		assert_int_equal(ledger_log_publish_now(l, &f), OK);
		ledger_log_forget_requests(l);
		ledger_log_free(l);
		assert_int_equal(s->get(s->context, LEDGER_CHECKPOINT, 10000, &new, &f), OK);
		slice before = buf_slice(&new);
		assert_int_equal(s->swap(s->context, LEDGER_CHECKPOINT, &before, buf_slice(&old), &f), OK);
		assert_int_equal(open_error(&x, &f, &told), ERR_DAMAGED);
		assert_non_null(strstr(f.text, "an older checkpoint"));
		assert_non_null(strstr(f.text, cases[i].beyond));
		before = buf_slice(&old);
		assert_int_equal(s->swap(s->context, LEDGER_CHECKPOINT, &before, buf_slice(&new), &f), OK);
		check_files(&x, cases[i].newer);
		buf_free(&old);
		buf_free(&new);
		fixture_end(&x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(appended_is_there), cmocka_unit_test(each_call_fails),
		cmocka_unit_test(killed_at_each_boundary), cmocka_unit_test(journals_are_judged), cmocka_unit_test(edges_are_judged),
		cmocka_unit_test(requests_are_remembered), cmocka_unit_test(old_journals_go),
		cmocka_unit_test(an_older_checkpoint_is_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
