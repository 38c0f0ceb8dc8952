/* The keeper as a process: the clock that runs backwards, the disk that is full, the kill in the middle of everything. */
#include "../node/homes.h"
#include "keeper.h"
#include "keeper_client.h"
#include "ledger_use.h"
#include "protocol.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

static pid_t keeper_start(const char *path)
{
	int ready[2];
	char answer[FAULT_TEXT_BYTES] = "";
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		struct home *h = NULL;
		struct fault f = {0};
		close(ready[0]);
		(void)signal(SIGXFSZ, SIG_IGN);
		int code = home_open(path, &h, &f) == OK && keeper_run(h, ready[1], &f) == OK ? 0 : 1;
		_exit(code);
	}
	close(ready[1]);
	assert_true(read(ready[0], answer, sizeof answer - 1) > 0);
	assert_string_equal(answer, "ok\n");
	close(ready[0]);
	return child;
}

static void keeper_end(pid_t keeper, int with)
{
	int status;
	assert_int_equal(kill(keeper, with), 0);
	assert_int_equal(waitpid(keeper, &status, 0), keeper);
	if (with == SIGTERM) assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A `head` entry whose size is the number. */
static void body_of(struct buf *b, uint64_t number)
{
	digest root = {{0}};
	buf_clear(b);
	struct canonical_writer w = canonical_open(b);
	canonical_put_text(&w, "how", SLICE("file"));
	canonical_put_text(&w, "origin", SLICE("x.example"));
	entry_write_root(&w, "root", &root);
	canonical_put_count(&w, "size", number);
	canonical_put_text(&w, "verdict", SLICE("same"));
	canonical_close(&w);
}

static enum err append_number(struct keeper_client *c, uint64_t number, uint64_t *first, struct fault *f)
{
	struct buf body = {0};
	body_of(&body, number);
	enum err e = keeper_append(c, SLICE("head"), buf_slice(&body), NULL, 0, first, f);
	buf_free(&body);
	return e;
}

static slice kind_at(struct ledger_view *v, uint64_t index, struct entry *e)
{
	slice bytes;
	struct fault f = {0};
	if (ledger_view_entry(v, index, &bytes, &f) != OK || entry_parse(bytes, e, &f) != OK) fail_msg("%s", f.text);
	return e->kind;
}

static void a_clock_that_runs_backwards_is_recorded(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	struct entry e;
	struct ledger_view v = {0};
	uint64_t first;
	instant future = (instant)4102444800 * 1000000; /* 2100 */
	struct home *h = home_new(path, future);
	pid_t keeper = keeper_start(path);
	struct keeper_client *c = NULL;
	assert_int_equal(keeper_connect_running(h, &c, &f), OK);
	assert_int_equal(append_number(c, 1, &first, &f), OK);
	assert_int_equal(append_number(c, 2, &first, &f), OK);
	assert_int_equal(ledger_view_open(h, &v, &f), OK);
	assert_int_equal(v.checkpoint.head.size, 4); /* home, clock, and two */
	assert_true(slice_equal(kind_at(&v, 1, &e), SLICE("clock")));
	instant last, read;
	assert_true(entry_field_time(&e, "last", &last) && entry_field_time(&e, "read", &read));
	assert_true(last == future && read < future);
	for (uint64_t i = 1; i < 4; i++) {
		(void)kind_at(&v, i, &e);
		assert_true(e.time == future); /* order stays */
	}
	ledger_view_close(&v);
	keeper_close_client(c);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

static void a_full_disk_refuses_and_loses_nothing(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	struct ledger_view v = {0};
	uint64_t first = 0, answered = 0;
	struct home *h = home_new(path, TEST_NOW);
	pid_t keeper = keeper_start(path);
	struct keeper_client *c = NULL;
	struct rlimit all, none;
	assert_int_equal(keeper_connect_running(h, &c, &f), OK);
	assert_int_equal(append_number(c, 1, &first, &f), OK);
	answered = first;
	assert_int_equal(prlimit(keeper, RLIMIT_FSIZE, NULL, &all), 0);
	none = (struct rlimit){0, all.rlim_max};
	assert_int_equal(prlimit(keeper, RLIMIT_FSIZE, &none, NULL), 0);
	assert_int_equal(append_number(c, 2, &first, &f), ERR_DISK);
	assert_non_null(strstr(f.text, "journal/"));
	assert_int_equal(append_number(c, 3, &first, &f), ERR_DISK);
	assert_int_equal(prlimit(keeper, RLIMIT_FSIZE, &all, NULL), 0);
	assert_int_equal(append_number(c, 4, &first, &f), OK);
	assert_int_equal(first, answered + 1); /* the refused ones are not there */
	assert_int_equal(ledger_view_open(h, &v, &f), OK);
	assert_int_equal(v.checkpoint.head.size, first + 1);
	ledger_view_close(&v);
	keeper_close_client(c);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

/* ---- killed, with clients ---- */
#define CLIENTS 4u
#define ACKNOWLEDGED_MAX 4096u

struct acknowledged {
	struct home *home;
	uint64_t next; /* numbers of this client: next, next + CLIENTS, … */
	struct {
		uint64_t number, place;
	} all[ACKNOWLEDGED_MAX];
	size_t n;
};

static void *append_until_it_dies(void *context)
{
	struct acknowledged *a = context;
	struct keeper_client *c = NULL;
	struct fault f;
	uint64_t place;
	if (keeper_connect_running(a->home, &c, &f) != OK) return NULL;
	for (;;) {
		uint64_t number = a->next;
		a->next += CLIENTS;
		if (append_number(c, number, &place, &f) != OK) break;
		if (a->n < ACKNOWLEDGED_MAX) {
			a->all[a->n].number = number;
			a->all[a->n++].place = place;
		}
	}
	keeper_close_client(c);
	return NULL;
}

static void check_acknowledged(struct home *h, const struct acknowledged *clients)
{
	struct ledger_view v = {0};
	struct fault f = {0};
	struct entry e;
	uint64_t number;
	if (ledger_view_open(h, &v, &f) != OK) fail_msg("%s", f.text);
	for (unsigned i = 0; i < CLIENTS; i++)
		for (size_t k = 0; k < clients[i].n; k++) {
			assert_true(slice_equal(kind_at(&v, clients[i].all[k].place, &e), SLICE("head")));
			assert_true(entry_field_count(&e, "size", &number));
			assert_int_equal(number, clients[i].all[k].number);
		}
	ledger_view_close(&v);
}

/* The keeper dies between two requests of one client: the next append finds a successor. (It is started from /proc/self/exe, which is not
 * the program here: the test starts it.) */
static void a_dead_keeper_costs_a_retry(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	uint64_t first;
	struct home *h = home_new(path, TEST_NOW);
	struct keeper_client *c = NULL;
	pid_t keeper = keeper_start(path);
	assert_int_equal(keeper_connect_running(h, &c, &f), OK);
	assert_int_equal(append_number(c, 1, &first, &f), OK);
	keeper_end(keeper, SIGKILL);
	keeper = keeper_start(path);
	assert_int_equal(append_number(c, 2, &first, &f), OK);
	assert_int_equal(first, 2);
	keeper_close_client(c);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

static void killed_keepers_lose_nothing_that_was_answered(void **state)
{
	(void)state;
	char path[64];
	const char *kills = getenv("KULLA_KILLS");
	unsigned rounds = kills != NULL ? (unsigned)strtoul(kills, NULL, 10) / 10 : 20;
	struct home *h = home_new(path, TEST_NOW);
	struct acknowledged *clients = calloc(CLIENTS, sizeof *clients);
	for (unsigned i = 0; i < CLIENTS; i++) clients[i].home = h;
	for (unsigned i = 0; i < CLIENTS; i++) clients[i].next = i;
	for (unsigned round = 0; round < rounds; round++) {
		pthread_t threads[CLIENTS];
		pid_t keeper = keeper_start(path);
		for (unsigned i = 0; i < CLIENTS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, append_until_it_dies, &clients[i]), 0);
		struct timespec t = {0, (long)(round * 7919 % 53 + 1) * 1000000};
		(void)nanosleep(&t, NULL);
		keeper_end(keeper, SIGKILL);
		for (unsigned i = 0; i < CLIENTS; i++) pthread_join(threads[i], NULL);
	}
	pid_t keeper = keeper_start(path);
	check_acknowledged(h, clients);
	size_t n = 0;
	for (unsigned i = 0; i < CLIENTS; i++) n += clients[i].n;
	assert_true(n > 0);
	keeper_end(keeper, SIGTERM);
	free(clients);
	home_close(h);
	folder_remove(path);
}

/* ---- requests have names ---- */

/* One append as keeper_append sends it; place: UINT64_MAX when it is refused. */
static uint64_t ask_named(struct keeper_client *c, char name, const char *since, enum err *e)
{
	struct buf message = {0}, body = {0};
	slice answer;
	struct fault f = {0};
	uint64_t first = UINT64_MAX;
	body_of(&body, 7);
	buf_printf(&message, "{\"do\":\"append\",\"entries\":[{\"body\":%.*s,\"kind\":\"head\"}],\"request\":\"",
		SLICE_PRINTF(buf_slice(&body)));
	for (unsigned i = 0; i < 2 * REQUEST_ID_BYTES; i++) buf_add_byte(&message, (uint8_t)name);
	buf_printf(&message, "\"%s}", since);
	*e = keeper_ask(c, buf_slice(&message), &answer, &f);
	if (*e == OK) assert_true(protocol_count(answer, "first", &first));
	buf_free(&message);
	buf_free(&body);
	return first;
}

/* Two clients append the same: each has its own place, and after a kill each is told its own again, whoever asks first. */
static void identical_entries_are_told_apart(void **state)
{
	(void)state;
	char path[64];
	enum err e;
	struct fault f = {0};
	struct home *h = home_new(path, TEST_NOW);
	struct keeper_client *c = NULL;
	for (unsigned published = 0; published < 2; published++) {
		pid_t keeper = keeper_start(path);
		assert_int_equal(keeper_connect_running(h, &c, &f), OK);
		uint64_t a = ask_named(c, published ? 'c' : 'a', "", &e), b = ask_named(c, published ? 'd' : 'b', "", &e);
		assert_int_equal(b, a + 1);
		if (published) assert_int_equal(keeper_publish(c, NULL, &f), OK);
		assert_int_equal(ask_named(c, published ? 'c' : 'a', ",\"since\":1", &e), a); /* the same keeper: its connection was lost */
		keeper_end(keeper, SIGKILL);
		keeper_close_client(c);
		keeper = keeper_start(path);
		assert_int_equal(keeper_connect_running(h, &c, &f), OK);
		assert_int_equal(ask_named(c, published ? 'd' : 'b', ",\"since\":1", &e), b);
		assert_int_equal(ask_named(c, published ? 'c' : 'a', ",\"since\":1", &e), a);
		assert_int_equal(ask_named(c, published ? 'f' : 'e', ",\"since\":1", &e), b + 1); /* which never was */
		assert_int_equal(ask_named(c, published ? 'f' : 'e', ",\"since\":1", &e), b + 1);
		keeper_close_client(c);
		keeper_end(keeper, SIGKILL);
	}
	pid_t keeper = keeper_start(path);
	keeper_end(keeper, SIGTERM);
	keeper = keeper_start(path); /* the names went with the keeper that left in peace */
	assert_int_equal(keeper_connect_running(h, &c, &f), OK);
	assert_int_equal(ask_named(c, 'a', ",\"since\":1", &e), UINT64_MAX);
	assert_int_equal(e, ERR_CHANGED);
	assert_int_equal(ask_named(c, '9', ",\"since\":7", &e), 7); /* nothing was appended since */
	assert_int_equal(ask_named(c, 'A', "", &e), UINT64_MAX);
	assert_int_equal(e, ERR_SYNTAX);
	keeper_close_client(c);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

/* A client that is killed away from its keeper again and again while others append the same: each number stands once. */
struct stubborn {
	struct home *home;
	uint64_t places[64];
	unsigned n;
};

static void *append_the_same(void *context)
{
	struct stubborn *s = context;
	struct keeper_client *c = NULL;
	struct fault f;
	while (keeper_connect_running(s->home, &c, &f) != OK) (void)usleep(1000);
	while (s->n < sizeof s->places / sizeof *s->places) {
		enum err e = append_number(c, 5, &s->places[s->n], &f);
		if (e == OK) s->n++;
		else if (e != ERR_NOT_FOUND) break; /* no keeper runs: this program cannot start one, and gives the request up */
		(void)usleep(500);
	}
	keeper_close_client(c);
	return NULL;
}

static void no_place_is_told_twice(void **state)
{
	(void)state;
#ifdef __SANITIZE_THREAD__
	skip(); /* it cannot start threads (the keeper's) in the child of a process that has some (the clients) */
#endif
	char path[64];
	struct home *h = home_new(path, TEST_NOW);
	struct stubborn clients[CLIENTS] = {{0}};
	pthread_t threads[CLIENTS];
	struct fault f = {0};
	struct ledger_view v = {0};
	uint8_t *seen = calloc(1, 1u << 20);
	pid_t keeper = keeper_start(path);
	for (unsigned i = 0; i < CLIENTS; i++) {
		clients[i].home = h;
		assert_int_equal(pthread_create(&threads[i], NULL, append_the_same, &clients[i]), 0);
	}
	for (unsigned round = 0; round < 6; round++) {
		(void)usleep(8000);
		keeper_end(keeper, SIGKILL);
		keeper = keeper_start(path);
	}
	for (unsigned i = 0; i < CLIENTS; i++) pthread_join(threads[i], NULL);
	assert_int_equal(ledger_view_open(h, &v, &f), OK);
	for (unsigned i = 0; i < CLIENTS; i++) {
		assert_int_equal(clients[i].n, 64);
		for (unsigned k = 0; k < clients[i].n; k++) {
			assert_true(clients[i].places[k] < v.checkpoint.head.size);
			assert_int_equal(seen[clients[i].places[k]]++, 0);
		}
	}
	ledger_view_close(&v);
	free(seen);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

/* ---- many connections ---- */
static void the_idlest_connection_makes_room(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	uint64_t first;
	slice answer;
	struct rlimit files;
	struct keeper_client **c = calloc(KEEPER_CLIENTS_MAX + 1, sizeof *c);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	struct rlimit more = {files.rlim_max < 4096 ? files.rlim_max : 4096, files.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &more), 0);
	if (more.rlim_cur < KEEPER_CLIENTS_MAX + 100) skip();
	struct home *h = home_new(path, TEST_NOW);
	pid_t keeper = keeper_start(path);
	for (unsigned i = 0; i < KEEPER_CLIENTS_MAX; i++) {
		assert_int_equal(keeper_connect_running(h, &c[i], &f), OK);
		if (i < 2) assert_int_equal(append_number(c[i], i, &first, &f), OK);
		if (i == 1) (void)usleep(5000);
	}
	assert_int_equal(append_number(c[0], 7, &first, &f), OK); /* so the second one is the idlest that is known */
	assert_int_equal(keeper_connect_running(h, &c[KEEPER_CLIENTS_MAX], &f), OK);
	assert_int_equal(append_number(c[KEEPER_CLIENTS_MAX], 8, &first, &f), OK);
	assert_int_equal(keeper_ask(c[1], SLICE("{\"do\":\"hello\"}"), &answer, &f), ERR_CHANGED);
	assert_int_equal(append_number(c[1], 9, &first, &f), OK); /* it connects again */
	assert_int_equal(first, 5);
	for (unsigned i = 0; i <= KEEPER_CLIENTS_MAX; i++) keeper_close_client(c[i]);
	keeper_end(keeper, SIGTERM);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	free(c);
	home_close(h);
	folder_remove(path);
}

/* Tiles cannot be written behind the rotation's entry: both keys stay, and sign; the next request ends it, with the same key. */
static void a_rotation_that_is_cut_short_is_ended(void **state)
{
	static const slice ROTATE = SLICE("{\"do\":\"rotate\"}");
	(void)state;
	char path[64];
	struct fault f = {0};
	struct ledger_view v = {0};
	struct entry e;
	slice answer, vkey, new;
	uint64_t first;
	struct arena *a = arena_new(0);
	struct home *h = home_new(path, TEST_NOW);
	struct keeper_client *c = NULL;
	pid_t keeper = keeper_start(path);
	assert_int_equal(mkdirat(h->fd, "ledger/tile/entries/000.p/2", 0700), 0); /* where the tile is to be */
	assert_int_equal(mkdirat(h->fd, "ledger/tile/entries/000.p/2/x", 0700), 0);
	assert_int_equal(keeper_connect_running(h, &c, &f), OK);
	assert_int_not_equal(keeper_ask(c, ROTATE, &answer, &f), OK);
	assert_int_equal(faccessat(h->fd, HOME_KEY_NEXT, F_OK, 0), 0);
	assert_int_not_equal(keeper_ask(c, ROTATE, &answer, &f), OK);
	assert_int_equal(faccessat(h->fd, HOME_KEY_NEXT, F_OK, 0), 0); /* an entry says that it counts */
	assert_int_equal(append_number(c, 1, &first, &f), OK);
	assert_int_equal(first, 2);
	assert_int_equal(unlinkat(h->fd, "ledger/tile/entries/000.p/2/x", AT_REMOVEDIR), 0);
	assert_int_equal(keeper_ask(c, ROTATE, &answer, &f), OK);
	assert_true(protocol_text(answer, "vkey", a, &vkey));
	vkey = arena_copy(a, vkey);
	assert_int_not_equal(faccessat(h->fd, HOME_KEY_NEXT, F_OK, 0), 0);
	assert_int_equal(append_number(c, 2, &first, &f), OK);
	assert_int_equal(first, 3); /* one entry for the rotation */
	assert_int_equal(ledger_view_open(h, &v, &f), OK);
	assert_true(slice_equal(kind_at(&v, 1, &e), SLICE("key")));
	assert_true(entry_field_text(&e, "new", &new) && slice_equal(new, vkey));
	ledger_view_close(&v);
	keeper_close_client(c);
	keeper_end(keeper, SIGKILL);
	keeper = keeper_start(path); /* the new key opens it */
	keeper_end(keeper, SIGTERM);
	arena_free(a);
	home_close(h);
	folder_remove(path);
}

/* What a kill in the writing of the next key leaves does not hold up the next keeper, nor the next rotation. */
static void a_key_that_was_cut_short_is_none(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	slice answer;
	struct home *h = home_new(path, TEST_NOW);
	struct keeper_client *c = NULL;
	int fd = openat(h->fd, HOME_KEY_NEXT ".new", O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0 && close(fd) == 0);
	pid_t keeper = keeper_start(path);
	assert_int_equal(keeper_connect_running(h, &c, &f), OK);
	assert_int_equal(keeper_ask(c, SLICE("{\"do\":\"rotate\"}"), &answer, &f), OK);
	assert_int_not_equal(faccessat(h->fd, HOME_KEY_NEXT ".new", F_OK, 0), 0);
	keeper_close_client(c);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

static void a_second_keeper_is_refused_though_the_lock_file_is_gone(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	struct home *h = home_new(path, TEST_NOW), *second = NULL;
	pid_t keeper = keeper_start(path);
	assert_int_equal(unlinkat(h->fd, "keeper.lock", 0), 0);
	assert_int_equal(home_open(path, &second, &f), OK);
	assert_int_equal(keeper_run(second, -1, &f), ERR_EXISTS);
	home_close(second);
	keeper_end(keeper, SIGTERM);
	home_close(h);
	folder_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_clock_that_runs_backwards_is_recorded),
		cmocka_unit_test(a_full_disk_refuses_and_loses_nothing), cmocka_unit_test(a_dead_keeper_costs_a_retry),
		cmocka_unit_test(killed_keepers_lose_nothing_that_was_answered), cmocka_unit_test(identical_entries_are_told_apart),
		cmocka_unit_test(no_place_is_told_twice), cmocka_unit_test(the_idlest_connection_makes_room),
		cmocka_unit_test(a_rotation_that_is_cut_short_is_ended), cmocka_unit_test(a_key_that_was_cut_short_is_none),
		cmocka_unit_test(a_second_keeper_is_refused_though_the_lock_file_is_gone)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
