/* Stamps of a home: what is configured, what waits, what a kept token says again, and what an authority that fails leaves behind. (What
 * appends needs a keeper: test/cli_stamp.sh.) */
#include "../../fuzz/stamp_sample.h"
#include "homes.h"

#include <fcntl.h>

#include "blob.h"
#include "stamping.h"

#define AT "http://a.example/"

struct bench {
	char path[64];
	struct home *home;
	struct arena *arena;
	struct fault fault;
};

static void put_file(const struct bench *b, const char *name, const char *text)
{
	int fd = openat(b->home->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	b->home = home_new(b->path, TEST_NOW);
	b->arena = arena_new(0);
	put_file(b, "a.pem", STAMP_SAMPLE_ANCHORS);
	put_file(b, "b.pem", STAMP_SAMPLE_OTHER_ANCHORS);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	home_close(b->home);
	arena_free(b->arena);
	folder_remove(b->path);
	free(b);
	return 0;
}

/* The home again, with these lines behind its origin. */
static enum err configure(struct bench *b, const char *lines)
{
	struct home *again = NULL;
	put_file(b, "kulla.conf", (const char *)arena_printf(b->arena, "origin = h.example/kulla\n%s", lines).p);
	enum err e = home_open(b->path, &again, &b->fault);
	if (e != OK) return e;
	home_close(b->home);
	b->home = again;
	return OK;
}

static void authorities_are_read(void **state)
{
	struct bench *b = *state;
	struct stamp_queue q;
	digest item = digest_of(SLICE("kulla"));
	assert_int_equal(b->home->settings.authorities_n, 0);
	assert_int_equal(stamp_queue_one(b->home, &item, b->arena, &q, &b->fault), OK);
	assert_int_equal(q.n, 0);
	if (configure(b, "time-stamp = " AT "  a.pem \ntime-stamp = https://b.example:8443/x b.pem\n") != OK) fail_msg("%s", b->fault.text);
	if (stamp_queue_one(b->home, &item, b->arena, &q, &b->fault) != OK) fail_msg("%s", b->fault.text);
	assert_int_equal(q.authorities_n, 2);
	assert_int_equal(q.n, 2);
	assert_true(slice_equal(q.authorities[0].url, SLICE(AT)));
	assert_true(slice_equal(q.authorities[0].anchors, SLICE(STAMP_SAMPLE_ANCHORS)));
	assert_true(slice_equal(q.authorities[1].url, SLICE("https://b.example:8443/x")));
	assert_int_equal(q.tasks[1].authority, 1);
	assert_true(digest_equal(&q.tasks[1].item, &item));
}

static void what_is_configured_wrong_is_told(void **state)
{
	struct bench *b = *state;
	struct stamp_queue q;
	digest item = {{0}};
	static const struct {
		const char *lines, *word;
	} rows[] = {
		{"time-stamp = ftp://a.example/ a.pem\n", "line 2: time-stamp"},
		{"time-stamp = http://a.example/\x01 a.pem\n", "the address is none"},
		{"\ntime-stamp = " AT "\n", "line 3: time-stamp"},
		{"time-stamp = " AT " a.pem\ntime-stamp = " AT " b.pem\n", "twice"},
		{"time-stamp = http://1.example/ a\ntime-stamp = http://2.example/ a\ntime-stamp = http://3.example/ a\n"
		 "time-stamp = http://4.example/ a\ntime-stamp = http://5.example/ a\ntime-stamp = http://6.example/ a\n"
		 "time-stamp = http://7.example/ a\ntime-stamp = http://8.example/ a\ntime-stamp = http://9.example/ a\n",
			"STAMP_AUTHORITIES_MAX"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(configure(b, rows[i].lines), ERR_SYNTAX);
		if (strstr(b->fault.text, rows[i].word) == NULL) fail_msg("%s: %s", rows[i].word, b->fault.text);
	}
	assert_int_equal(configure(b, "time-stamp = " AT " kulla.conf\n"), OK);
	assert_int_equal(stamp_queue_one(b->home, &item, b->arena, &q, &b->fault), ERR_USAGE);
	assert_non_null(strstr(b->fault.text, AT ": kulla.conf: the anchors have no certificate"));
	assert_int_equal(configure(b, "time-stamp = " AT " none.pem\n"), OK);
	assert_int_equal(stamp_queue_one(b->home, &item, b->arena, &q, &b->fault), ERR_USAGE);
	assert_non_null(strstr(b->fault.text, "none.pem: No such file"));
}

static slice read_answer(struct bench *b)
{
	uint8_t bytes[16384];
	FILE *f = fopen(STAMP_SAMPLE_FOLDER "good.tsr", "rb");
	assert_non_null(f);
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return arena_copy(b->arena, slice_of(bytes, n));
}

static void a_kept_token_is_judged_again(void **state)
{
	struct bench *b = *state;
	struct blob_store *blobs = NULL;
	struct stamp stamp;
	struct stamp_row row = {
		.item = digest_of(SLICE("kulla")), .granted = true, .has_token = true, .has_anchors = true, .serial = SLICE("a09")};
	row.told = stamp_sample_request().sent + 60 * INT64_C(1000000);
	assert_int_equal(instant_parse(SLICE("2026-11-24T18:44:26.051Z"), 0, &row.gen_time, NULL), OK);
	assert_int_equal(blob_store_open(b->home->fd, NULL, &blobs, &b->fault), OK);
	assert_int_equal(blob_put(blobs, read_answer(b), &row.token, &b->fault), OK);
	assert_int_equal(stamp_row_verify(b->home, &row, b->arena, &stamp, &b->fault), ERR_NOT_FOUND);
	assert_int_equal(blob_put(blobs, SLICE(STAMP_SAMPLE_ANCHORS), &row.anchors, &b->fault), OK);
	blob_store_close(blobs);
	if (stamp_row_verify(b->home, &row, b->arena, &stamp, &b->fault) != OK) fail_msg("%s", b->fault.text);
	assert_true(slice_equal(stamp.authority, SLICE("CN=Time stamps,O=Test of Arberia")));

	struct stamp_row other = row;
	other.serial = SLICE("a0a");
	assert_int_equal(stamp_row_verify(b->home, &other, b->arena, &stamp, &b->fault), ERR_DAMAGED);
	other = row;
	other.gen_time++;
	assert_int_equal(stamp_row_verify(b->home, &other, b->arena, &stamp, &b->fault), ERR_DAMAGED);
	other = row;
	other.item = digest_of(SLICE("another"));
	assert_int_equal(stamp_row_verify(b->home, &other, b->arena, &stamp, &b->fault), ERR_SYNTAX);
	other = row;
	other.told -= INT64_C(86400) * 1000000; /* an entry from before its token */
	assert_int_equal(stamp_row_verify(b->home, &other, b->arena, &stamp, &b->fault), ERR_SYNTAX);
	other = row;
	other.granted = false;
	assert_int_equal(stamp_row_verify(b->home, &other, b->arena, &stamp, &b->fault), ERR_USAGE);
}

/* ---- authorities that fail ---- */

struct post {
	struct bench *bench;
	unsigned asked, told;
	char nonces[8][STAMP_NONCE_BYTES];
	const char *answer; /* NULL: unreachable */
};

static enum err carry(void *context, slice url, slice request, uint32_t timeout_ms, struct buf *answer, struct fault *f)
{
	struct post *p = context;
	assert_true(slice_equal(url, SLICE(AT)) || slice_equal(url, SLICE("http://b.example/")));
	assert_int_equal(request.n, STAMP_REQUEST_BYTES);
	assert_true(timeout_ms > 0);
	memcpy(p->nonces[p->asked % 8], request.p + 58, STAMP_NONCE_BYTES);
	p->asked++;
	if (p->answer == NULL) return fault_set(f, ERR_NOT_FOUND, 0, 0, "nobody is there");
	buf_add(answer, slice_from(p->answer));
	return OK;
}

static void tell(void *context, const struct stamp_told *t)
{
	struct post *p = context;
	assert_int_equal(t->result, STAMP_WAITING);
	assert_non_null(strstr(t->why, p->answer == NULL ? "nobody is there" : "no TimeStampResp"));
	p->told++;
}

static void each_failure_waits(void **state)
{
	struct bench *b = *state;
	struct post p = {.bench = b};
	struct stamping s = {.carrier = {&p, carry}, .timeout_ms = 300, .tell = tell, .context = &p};
	struct stamp_queue q;
	struct stamp_sum sum;
	digest item = digest_of(SLICE("kulla"));
	assert_int_equal(configure(b, "time-stamp = " AT " a.pem\ntime-stamp = http://b.example/ b.pem\n"), OK);
	assert_int_equal(stamp_queue_one(b->home, &item, b->arena, &q, &b->fault), OK);
	for (int i = 0; i < 2; i++) {
		p.asked = p.told = 0;
		assert_int_equal(stamp_queue_work(b->home, &q, &s, &sum, &b->fault), OK);
		assert_int_equal(sum.waiting, 2);
		assert_int_equal(sum.granted + sum.refused, 0);
		assert_int_equal(p.told, 2);
		assert_true(p.asked >= 2);
		assert_memory_not_equal(p.nonces[0], p.nonces[1], STAMP_NONCE_BYTES);
		p.answer = "<html>";
	}
	q.n = 0;
	assert_int_equal(stamp_queue_work(b->home, &q, &s, &sum, &b->fault), OK);
	assert_int_equal(sum.waiting, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(authorities_are_read), TEST(what_is_configured_wrong_is_told),
		TEST(a_kept_token_is_judged_again), TEST(each_failure_waits)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
