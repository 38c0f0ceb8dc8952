/* Batches of blobs: what was added is there once it is flushed, holes stay holes, and no failure of the disk leaves anything half there.
 * Digests: the same as libcrypto's in one piece, however the bytes are cut. */
#include "folder.h"

#include <openssl/evp.h>

#include "blob_batch.h"

struct part {
	slice piece;
	uint64_t hole;
};
struct parts {
	const struct part *rows;
	size_t n, at;
	enum err fails; /* at the end */
};

static enum err next_part(void *context, slice *piece, uint64_t *hole, struct fault *f)
{
	struct parts *p = context;
	*piece = (slice){0};
	*hole = 0;
	if (p->at == p->n) return p->fails == OK ? OK : fault_set(f, p->fails, 0, 0, "the source fails");
	*piece = p->rows[p->at].piece;
	*hole = p->rows[p->at].hole;
	p->at++;
	return OK;
}

static enum err add(struct blob_batch *b, const struct part *rows, size_t n, struct blob_added *out, struct fault *f)
{
	struct parts p = {.rows = rows, .n = n};
	return blob_batch_add(b, (struct blob_source){&p, next_part}, out, f);
}

/* ---- digests ---- */
static void hash_as(const char *name, slice bytes, uint8_t *out)
{
	assert_int_equal(EVP_Digest(bytes.p, bytes.n, out, NULL, EVP_get_digestbyname(name), NULL), 1);
}

static void digests_are_those_of_the_whole(void **state)
{
	(void)state;
	static const size_t CUTS[] = {1, 4095, 262143, 262144, 1048576, 3000000};
	struct buf bytes = {0};
	uint8_t md5[16], sha1[20], sha512[64];
	for (uint32_t i = 0, x = 1; i < 3000000; i++, x = x * 1664525 + 1013904223) buf_add_byte(&bytes, (uint8_t)(x >> 24));
	hash_as("MD5", buf_slice(&bytes), md5);
	hash_as("SHA1", buf_slice(&bytes), sha1);
	hash_as("SHA512", buf_slice(&bytes), sha512);
	const digest sha256 = digest_of(buf_slice(&bytes));
	struct digests *d = digests_new(DIGESTS_MD5 | DIGESTS_SHA1 | DIGESTS_SHA512);
	for (size_t c = 1; c < sizeof CUTS / sizeof *CUTS; c++) {
		digests_start(d);
		for (slice rest = buf_slice(&bytes); rest.n > 0; rest = slice_sub(rest, CUTS[c], SIZE_MAX))
			digests_add(d, slice_sub(rest, 0, CUTS[c]));
		struct digests_result r = digests_end(d);
		assert_true(digest_equal(&r.sha256, &sha256));
		assert_memory_equal(r.md5, md5, sizeof md5);
		assert_memory_equal(r.sha1, sha1, sizeof sha1);
		assert_memory_equal(r.sha512, sha512, sizeof sha512);
	}
	digests_free(d);
	buf_free(&bytes);
	d = digests_new(0);
	digests_add_zeros(d, 5000000);
	struct digests_result zeros = digests_end(d);
	uint8_t *nothing = mem_alloc(5000000);
	const digest wanted = digest_of(slice_of(nothing, 5000000));
	assert_true(digest_equal(&zeros.sha256, &wanted));
	free(nothing);
	digests_free(d);
	digests_free(NULL);
}

/* ---- batches ---- */
static void what_was_flushed_is_there(void **state)
{
	(void)state;
	static const struct part ROWS[] = {{SLICE("head"), 0}, {{NULL, 0}, 3u << 20}, {SLICE("tail"), 0}};
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct blob_added whole, again, empty;
	struct fault f = {0};
	struct stat st;
	char path[BLOB_PATH_BYTES];
	bool there = true;
	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
	struct blob_batch *b = blob_batch_new(s, 0);
	assert_int_equal(add(b, ROWS, 3, &whole, &f), OK);
	assert_int_equal(add(b, ROWS, 3, &again, &f), OK); /* twice in one batch */
	assert_int_equal(add(b, ROWS, 0, &empty, &f), OK);
	assert_true(whole.bytes == (3u << 20) + 8 && whole.holes == 3u << 20 && empty.bytes == 0);
	assert_true(digest_equal(&whole.digests.sha256, &again.digests.sha256));
	assert_int_equal(blob_exists(s, &whole.digests.sha256, &there, &f), OK);
	assert_false(there);
	assert_int_equal(blob_batch_flush(b, &f), OK);
	assert_int_equal(blob_verify(s, &whole.digests.sha256, NULL, &f), OK);
	assert_int_equal(blob_verify(s, &empty.digests.sha256, NULL, &f), OK);
	assert_int_equal(fstatat(h.fd, blob_path(&whole.digests.sha256, path), &st, 0), 0);
	assert_true(st.st_blocks * 512 < 1 << 20);         /* the hole is one still */
	assert_int_equal(add(b, ROWS, 3, &again, &f), OK); /* never flushed */
	blob_batch_free(b);
	blob_batch_free(NULL);
	blob_store_close(s);
	home_free(&h);
}

static enum err count(void *context, const struct blob_found *found)
{
	unsigned *n = context;
	n[found->stray ? 1 : 0]++;
	return OK;
}

static void many_are_flushed_as_they_come(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct fault f = {0};
	unsigned n[2] = {0};
	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
	struct blob_batch *b = blob_batch_new(s, 0);
	for (uint32_t i = 0; i < 2 * BLOB_BATCH_MAX + 7; i++) {
		struct part row = {slice_of(&i, sizeof i), 0};
		struct blob_added got;
		if (add(b, &row, 1, &got, &f) != OK) fail_msg("%s", f.text);
	}
	assert_int_equal(blob_batch_flush(b, &f), OK);
	assert_int_equal(blob_each(s, count, n, &f), OK);
	assert_true(n[0] == 2 * BLOB_BATCH_MAX + 7 && n[1] == 0);
	blob_batch_free(b);
	blob_store_close(s);
	home_free(&h);
}

static void a_source_that_fails_adds_nothing(void **state)
{
	(void)state;
	static const struct part ROW = {SLICE("half"), 0};
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct blob_added got;
	struct fault f = {0};
	unsigned n[2] = {0};
	struct parts p = {.rows = &ROW, .n = 1, .fails = ERR_CHANGED};
	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
	struct blob_batch *b = blob_batch_new(s, 0);
	assert_int_equal(blob_batch_add(b, (struct blob_source){&p, next_part}, &got, &f), ERR_CHANGED);
	assert_string_equal(f.text, "the source fails");
	assert_int_equal(blob_batch_flush(b, &f), OK);
	assert_int_equal(blob_each(s, count, n, &f), OK);
	assert_true(n[0] == 0 && n[1] == 0);
	blob_batch_free(b);
	blob_store_close(s);
	home_free(&h);
}

/* Every call fails once, or from then on: the batch says so, and a second try on a sound disk succeeds. False: nothing failed any more. */
static bool batch_survives(struct broken *disk)
{
	static const struct part ROWS[3][2] = {{{SLICE("one"), 0}, {{NULL, 0}, 100000}}, {{SLICE("two"), 0}}, {{SLICE("three"), 0}}};
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct fault f = {0};
	struct blob_added got[3];
	unsigned n[2] = {0};
	enum err e = blob_store_open(h.fd, &disk->disk, &s, &f);
	if (e == OK) {
		struct blob_batch *b = blob_batch_new(s, 0);
		for (int i = 0; i < 3 && e == OK; i++) e = add(b, ROWS[i], 2, &got[i], &f);
		if (e == OK) e = blob_batch_flush(b, &f);
		blob_batch_free(b);
		blob_store_close(s);
	}
	bool failed = disk->failed != DISK_ANY;
	assert_true(e != OK || !failed || disk->failed == DISK_UNLINK);
	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
	if (e == OK)
		for (int i = 0; i < 3; i++) assert_int_equal(blob_verify(s, &got[i].digests.sha256, NULL, &f), OK);
	struct blob_batch *b = blob_batch_new(s, 0);
	for (int i = 0; i < 3; i++)
		if (add(b, ROWS[i], 2, &got[i], &f) != OK) fail_msg("%s", f.text);
	if (blob_batch_flush(b, &f) != OK) fail_msg("%s", f.text);
	blob_batch_free(b);
	for (int i = 0; i < 3; i++) assert_int_equal(blob_verify(s, &got[i].digests.sha256, NULL, &f), OK);
	assert_int_equal(blob_each(s, count, n, &f), OK);
	assert_int_equal(n[0], 3);
	blob_store_close(s);
	home_free(&h);
	return failed;
}

/* More than a few: the file system is synced twice, and each time it can fail. */
static void many_fail(void)
{
	for (unsigned n = 1; n <= 2; n++) {
		struct broken disk;
		struct home h = home_new();
		struct blob_store *s = NULL;
		struct fault f = {0};
		broken_init(&disk);
		disk.only = DISK_SYNCFS;
		disk.first = disk.last = n;
		assert_int_equal(blob_store_open(h.fd, &disk.disk, &s, &f), OK);
		struct blob_batch *b = blob_batch_new(s, 0);
		for (uint32_t i = 0; i < 20; i++) {
			struct part row = {slice_of(&i, sizeof i), 0};
			struct blob_added got;
			assert_int_equal(add(b, &row, 1, &got, &f), OK);
		}
		assert_int_equal(blob_batch_flush(b, &f), ERR_DISK);
		assert_non_null(strstr(f.text, "sync the file system"));
		blob_batch_free(b);
		blob_store_close(s);
		home_free(&h);
	}
}

static void every_failure_of_a_batch(void **state)
{
	(void)state;
	static const int ERRORS[] = {EIO, ENOSPC, EROFS};
	unsigned runs = 0;
	for (unsigned way = 0; way < 2; way++)
		for (enum disk_call only = DISK_ANY; only <= DISK_UNLINK; only++)
			for (unsigned n = 1; n < 100; n++) {
				struct broken disk;
				broken_init(&disk);
				disk.only = only;
				disk.first = n;
				disk.last = way & 1 ? UINT32_MAX : n;
				disk.error = ERRORS[n % 3];
				runs++;
				if (!batch_survives(&disk)) break;
				assert_true(n < 98);
			}
	printf("# %u batches on a failing disk\n", runs);
	assert_true(runs > 60);
	many_fail();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_whole),
		cmocka_unit_test(what_was_flushed_is_there),
		cmocka_unit_test(many_are_flushed_as_they_come),
		cmocka_unit_test(a_source_that_fails_adds_nothing),
		cmocka_unit_test(every_failure_of_a_batch),
	};
	return cmocka_run_group_tests_name("archive/blob_batch", tests, NULL, NULL);
}
