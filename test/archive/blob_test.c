/* Blobs: what was put comes back, a wrong byte never does, and no failure of the disk leaves anything half there. */
#include "folder.h"

#include <signal.h>
#include <sys/resource.h>

#define PIECES_BYTES 200001 /* more than one piece, and not a multiple */

static void fill(struct buf *b, size_t n)
{
	buf_clear(b);
	for (size_t i = 0; i < n; i++) buf_add_byte(b, (uint8_t)(i * 7 + i / 251));
}

/* A descriptor that gives these bytes. */
static int source(const struct home *h, slice bytes)
{
	int fd = openat(h->fd, "source", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

struct counts {
	unsigned blobs, strays, temporaries, stop_at;
	uint64_t bytes;
	digest last;
	char stray[300];
};

static enum err count_one(void *context, const struct blob_found *found)
{
	struct counts *c = context;
	char path[BLOB_PATH_BYTES];

	if (found->stray) {
		c->strays++;
		c->temporaries += found->temporary;
		(void)snprintf(c->stray, sizeof c->stray, "%s", found->path);
		return OK;
	}
	assert_string_equal(found->path, blob_path(&found->name, path));
	assert_true(c->blobs == 0 || memcmp(&c->last, &found->name, sizeof c->last) < 0);
	c->last = found->name;
	c->bytes += found->bytes;
	return ++c->blobs == c->stop_at ? ERR_STOPPED : OK;
}

static struct counts counts_of(struct blob_store *s)
{
	struct counts c = {0};

	assert_int_equal(blob_each(s, count_one, &c, NULL), OK);
	return c;
}

/* ---- put and get ---- */

static void puts_and_gets(void **state)
{
	(void)state;
	static const size_t SIZES[] = {0, 1, 65535, 65536, 65537, PIECES_BYTES};
	struct home h = home_new();
	struct buf b = {0}, back = {0};
	struct blob_store *s = NULL;
	struct fault f = {0};
	bool there = true;

	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
	for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
		digest name = {{0}}, streamed = {{0}}, wanted;
		uint64_t bytes = 1;
		char path[BLOB_PATH_BYTES];
		struct stat st;
		fill(&b, SIZES[i]);
		wanted = digest_of(buf_slice(&b));
		assert_int_equal(blob_exists(s, &wanted, &there, &f), OK);
		assert_false(there);
		if (i % 2 == 0) assert_int_equal(blob_put(s, buf_slice(&b), &name, &f), OK);
		int fd = source(&h, buf_slice(&b));
		assert_int_equal(blob_put_stream(s, fd, &streamed, &f), OK);
		(void)close(fd);
		if (i % 2 != 0) assert_int_equal(blob_put(s, buf_slice(&b), &name, &f), OK);
		assert_true(digest_equal(&name, &wanted) && digest_equal(&streamed, &wanted));
		assert_int_equal(fstatat(h.fd, blob_path(&name, path), &st, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		path[sizeof "blobs/ab" - 1] = 0;
		assert_int_equal(fstatat(h.fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(st.st_mode & 07777, 0700);
		buf_clear(&back);
		buf_add_text(&back, "before");
		assert_int_equal(blob_get(s, &name, &back, &f), OK);
		assert_true(slice_equal(slice_sub(buf_slice(&back), 6, SIZE_MAX), buf_slice(&b)));
		assert_int_equal(blob_verify(s, &name, &bytes, &f), OK);
		assert_int_equal(bytes, SIZES[i]);
		assert_int_equal(blob_exists(s, &name, &there, &f), OK);
		assert_true(there);
	}
	struct counts c = counts_of(s);
	assert_true(c.blobs == 6 && c.strays == 0 && c.bytes == 65535 + 65536 + 65537 + 1 + PIECES_BYTES);
	blob_store_close(s);
	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK); /* again, now that the folder is there */
	assert_int_equal(counts_of(s).blobs, 6);
	blob_store_close(s);
	blob_store_close(NULL);
	buf_free(&b);
	buf_free(&back);
	home_free(&h);
}

static void copies_to_a_descriptor(void **state)
{
	(void)state;
	struct home h = home_new();
	struct buf b = {0};
	struct blob_store *s = NULL;
	digest name;
	uint8_t back[PIECES_BYTES + 1];

	fill(&b, PIECES_BYTES);
	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(blob_put(s, buf_slice(&b), &name, NULL), OK);
	int fd = source(&h, SLICE(""));
	assert_int_equal(blob_copy(s, &name, fd, NULL), OK);
	assert_int_equal(pread(fd, back, sizeof back, 0), PIECES_BYTES);
	assert_memory_equal(back, b.p, b.n);
	(void)close(fd);
	blob_store_close(s);
	buf_free(&b);
	home_free(&h);
}

static void limits_of_the_reader(void **state)
{
	(void)state;
	struct home h = home_new();
	struct buf b = {.max = 10};
	struct blob_store *s = NULL;
	struct fault f = {0};
	digest name, absent = digest_of(SLICE("absent"));

	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(blob_put(s, SLICE("eleven byte"), &name, NULL), OK);
	buf_add_text(&b, "x");
	assert_int_equal(blob_get(s, &name, &b, &f), ERR_LIMIT);
	assert_true(b.n == 1 && !b.failed);
	assert_int_equal(blob_get(s, &absent, &b, &f), ERR_NOT_FOUND);
	assert_int_equal(blob_verify(s, &absent, NULL, &f), ERR_NOT_FOUND);
	assert_int_equal(blob_erase(s, &absent, &f), ERR_NOT_FOUND);
	blob_store_close(s);
	buf_free(&b);
	home_free(&h);
}

/* ---- damage ---- */

static void damage_check(struct blob_store *s, const digest *name, const char *path)
{
	struct buf b = {0};
	struct fault f = {0};

	assert_int_equal(blob_get(s, name, &b, &f), ERR_DAMAGED);
	assert_int_equal(b.n, 0);
	if (strncmp(f.text, path, strlen(path)) != 0) fail_msg("%s", f.text);
	assert_int_equal(blob_verify(s, name, NULL, &f), ERR_DAMAGED);
	buf_free(&b);
}

static void a_wrong_byte_is_found(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct fault f = {0};
	slice text = SLICE("what was received");
	digest name, out = {{1}}, kept = out;
	char path[BLOB_PATH_BYTES];

	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(blob_put(s, text, &name, NULL), OK);
	int fd = openat(h.fd, blob_path(&name, path), O_RDWR | O_CLOEXEC);
	for (size_t bit = 0; bit < 8 * text.n; bit++) {
		uint8_t c = text.p[bit / 8] ^ (uint8_t)(1u << bit % 8);
		assert_int_equal(pwrite(fd, &c, 1, (off_t)(bit / 8)), 1);
		damage_check(s, &name, path);
		assert_int_equal(pwrite(fd, text.p + bit / 8, 1, (off_t)(bit / 8)), 1);
	}
	assert_int_equal(blob_verify(s, &name, NULL, NULL), OK);
	for (size_t n = 0; n < text.n; n++) {
		assert_int_equal(ftruncate(fd, (off_t)n), 0);
		damage_check(s, &name, path);
	}
	/* A put of the right bytes does not hide the damage, nor does one by stream. */
	assert_int_equal(blob_put(s, text, &out, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, path));
	int from = source(&h, text);
	assert_int_equal(blob_put_stream(s, from, &out, &f), ERR_DAMAGED);
	(void)close(from);
	assert_true(digest_equal(&out, &kept));
	assert_int_equal(counts_of(s).temporaries, 0);
	(void)close(fd);
	/* Erased and put again it is whole. */
	assert_int_equal(blob_erase(s, &name, &f), OK);
	assert_int_equal(blob_put(s, text, &out, &f), OK);
	assert_int_equal(blob_verify(s, &name, NULL, NULL), OK);
	blob_store_close(s);
	home_free(&h);
}

static void what_is_no_file_is_no_blob(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct fault f = {0};
	slice text = SLICE("text");
	digest name, out;
	char path[BLOB_PATH_BYTES];

	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(blob_put(s, text, &name, NULL), OK);
	blob_path(&name, path);
	assert_int_equal(renameat(h.fd, path, h.fd, "elsewhere"), 0);
	assert_int_equal(symlinkat("../../elsewhere", h.fd, path), 0); /* even to the right bytes */
	damage_check(s, &name, path);
	assert_int_equal(blob_put(s, text, &out, &f), ERR_DAMAGED);
	assert_int_equal(unlinkat(h.fd, path, 0), 0);
	assert_int_equal(mkfifoat(h.fd, path, 0600), 0);
	damage_check(s, &name, path);
	assert_int_equal(unlinkat(h.fd, path, 0), 0);
	assert_int_equal(mkdirat(h.fd, path, 0700), 0);
	damage_check(s, &name, path);
	struct counts c = counts_of(s);
	assert_true(c.blobs == 0 && c.strays == 1);
	assert_string_equal(c.stray, path);
	blob_store_close(s);
	home_free(&h);
}

static void the_folder_is_ours(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct fault f = {0};

	assert_int_equal(mkdirat(h.fd, "blobs", 0700), 0);
	assert_int_equal(fchmodat(h.fd, "blobs", 0770, 0), 0);
	assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), ERR_ACCESS);
	assert_string_equal(f.text, "blobs: others may write there: found mode 0770, expected 0700");
	assert_int_equal(unlinkat(h.fd, "blobs", AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("/tmp", h.fd, "blobs"), 0);
	assert_int_not_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
	assert_null(s);
	home_free(&h);
}

/* ---- failures ---- */

#define CONTENT "the bytes that must be whole or absent"

static enum err try_put(struct blob_store *s, const struct home *h, bool stream, digest *out)
{
	struct fault f = {0};

	if (!stream) return blob_put(s, SLICE(CONTENT), out, &f);
	int fd = source(h, SLICE(CONTENT));
	enum err e = blob_put_stream(s, fd, out, &f);
	(void)close(fd);
	if (e != OK) assert_true(f.kind == e && f.text[0] != 0);
	return e;
}

/* One put in a fresh home (or in one that has the blob already) on a disk that fails as told. Afterwards, seen through a whole disk, the
 * blob is whole or absent, and a put succeeds. False when the put needed fewer calls: nothing failed. */
static bool put_survives(struct broken *disk, bool stream, bool there)
{
	struct home h = home_new();
	struct blob_store *s = NULL, *whole = NULL;
	digest name = digest_of(SLICE(CONTENT)), out = {{7}}, kept = out;
	unsigned first = disk->first;
	bool present;

	disk->first = 0;
	assert_int_equal(blob_store_open(h.fd, NULL, &whole, NULL), OK);
	if (there) assert_int_equal(blob_put(whole, SLICE(CONTENT), &out, NULL), OK);
	out = kept;
	assert_int_equal(blob_store_open(h.fd, &disk->disk, &s, NULL), OK);
	disk->first = first;
	disk->calls = 0;
	enum err e = try_put(s, &h, stream, &out);
	assert_true(e == OK || e == ERR_DISK);
	assert_true(digest_equal(&out, e == OK ? &name : &kept));
	assert_int_equal(blob_exists(whole, &name, &present, NULL), OK);
	assert_true(present || (e != OK && !there));
	if (present) assert_int_equal(blob_verify(whole, &name, NULL, NULL), OK);
	if (disk->last == first && disk->failed != DISK_UNLINK) assert_int_equal(counts_of(whole).temporaries, 0); /* it could clean up */
	bool failed = disk->failed != DISK_ANY;
	assert_true(failed || e == OK);
	disk->first = 0;
	assert_int_equal(try_put(s, &h, stream, &out), OK);
	assert_int_equal(blob_verify(whole, &name, NULL, NULL), OK);
	struct counts c = counts_of(whole);
	assert_true(c.blobs == 1 && c.strays == c.temporaries && c.temporaries <= 1);
	uint64_t removed = 9;
	assert_int_equal(blob_sweep(whole, INT64_C(4000000000000000), &removed, NULL), OK);
	assert_int_equal(removed, c.temporaries);
	blob_store_close(s);
	blob_store_close(whole);
	home_free(&h);
	return failed;
}

/* The n-th call of each kind fails, once or from then on, for every n, until a put needs no more calls. */
static void every_failure_of_a_put(void **state)
{
	(void)state;
	static const int ERRORS[] = {EIO, ENOSPC, EROFS};
	unsigned runs = 0;
	for (unsigned way = 0; way < 8; way++)
		for (enum disk_call only = DISK_ANY; only <= DISK_UNLINK; only++)
			for (unsigned n = 1; n < 100; n++) {
				struct broken disk;
				broken_init(&disk);
				disk.only = only;
				disk.first = n;
				disk.last = way & 1 ? UINT32_MAX : n;
				disk.error = ERRORS[n % 3];
				runs++;
				if (!put_survives(&disk, way & 2, way & 4)) break;
				assert_true(n < 98);
			}
	printf("# %u puts on a failing disk\n", runs);
	assert_true(runs > 150);
}

static void short_and_interrupted_calls(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct broken disk;
	struct buf b = {0}, back = {0};
	digest name, streamed;

	broken_init(&disk);
	disk.short_bytes = 1000;
	fill(&b, PIECES_BYTES);
	assert_int_equal(blob_store_open(h.fd, &disk.disk, &s, NULL), OK);
	assert_int_equal(blob_put(s, buf_slice(&b), &name, NULL), OK);
	int fd = source(&h, buf_slice(&b));
	assert_int_equal(blob_put_stream(s, fd, &streamed, NULL), OK);
	(void)close(fd);
	assert_int_equal(blob_get(s, &name, &back, NULL), OK);
	assert_true(slice_equal(buf_slice(&b), buf_slice(&back)) && digest_equal(&name, &streamed));
	assert_true(disk.interrupted > 100);
	blob_store_close(s);
	buf_free(&b);
	buf_free(&back);
	home_free(&h);
}

static void reading_fails(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct broken disk;
	struct buf b = {0};
	struct fault f = {0};
	digest name;

	broken_init(&disk);
	assert_int_equal(blob_store_open(h.fd, &disk.disk, &s, NULL), OK);
	assert_int_equal(blob_put(s, SLICE(CONTENT), &name, NULL), OK);
	for (unsigned n = 1; n < 50; n++) {
		disk.calls = 0;
		disk.first = disk.last = n;
		enum err e = blob_get(s, &name, &b, &f);
		if (e == OK) break;
		assert_true(e == ERR_DISK && b.n == 0 && n < 49);
		assert_non_null(strstr(f.text, "Input/output error"));
	}
	assert_true(slice_equal(buf_slice(&b), SLICE(CONTENT)));
	blob_store_close(s);
	buf_free(&b);
	home_free(&h);
}

/* A real refusal of the system in the middle of a write. */
static void the_system_itself_refuses(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct rlimit before, small;
	struct buf b = {0};
	struct fault f = {0};
	digest name = {{7}}, kept = name;

	fill(&b, PIECES_BYTES);
	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 70000;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum err e = blob_put(s, buf_slice(&b), &name, &f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(e, ERR_DISK);
	assert_non_null(strstr(f.text, "cannot write: File too large"));
	assert_true(digest_equal(&name, &kept));
	struct counts c = counts_of(s);
	assert_true(c.blobs == 0 && c.strays == 0);
	assert_int_equal(blob_put(s, buf_slice(&b), &name, &f), OK);
	blob_store_close(s);
	buf_free(&b);
	home_free(&h);
}

static void opening_fails(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 50; n++) {
		struct home h = home_new();
		struct blob_store *s = NULL;
		struct broken disk;
		struct fault f = {0};
		broken_init(&disk);
		disk.first = disk.last = n;
		enum err e = blob_store_open(h.fd, &disk.disk, &s, &f);
		if (e != OK) {
			assert_true(e == ERR_DISK && s == NULL && f.text[0] != 0);
			assert_int_equal(blob_store_open(h.fd, NULL, &s, &f), OK);
		}
		blob_store_close(s);
		home_free(&h);
		if (e == OK) break;
		assert_true(n < 49);
	}
}

/* ---- erasing ---- */

static void erases(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	struct broken disk;
	struct fault f = {0};
	digest name, other;
	bool there = true;

	broken_init(&disk);
	assert_int_equal(blob_store_open(h.fd, &disk.disk, &s, NULL), OK);
	assert_int_equal(blob_put(s, SLICE("a name"), &name, NULL), OK);
	assert_int_equal(blob_put(s, SLICE("another"), &other, NULL), OK);
	disk.only = DISK_UNLINK;
	disk.calls = 0;
	disk.first = disk.last = 1;
	assert_int_equal(blob_erase(s, &name, &f), ERR_DISK);
	assert_int_equal(blob_verify(s, &name, NULL, NULL), OK);
	disk.only = DISK_FSYNC;
	disk.calls = 0;
	assert_int_equal(blob_erase(s, &name, &f), ERR_DISK); /* perhaps gone: not acknowledged */
	disk.first = 0;
	assert_int_equal(blob_put(s, SLICE("a name"), &name, NULL), OK);
	assert_int_equal(blob_erase(s, &name, &f), OK);
	assert_int_equal(blob_exists(s, &name, &there, &f), OK);
	assert_false(there);
	assert_int_equal(blob_erase(s, &name, &f), ERR_NOT_FOUND);
	assert_int_equal(blob_verify(s, &other, NULL, NULL), OK);
	blob_store_close(s);
	home_free(&h);
}

/* ---- listing and sweeping ---- */

static void lists_in_order_and_tells_strays(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	digest name;

	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	for (unsigned i = 0; i < 600; i++) {
		char text[16];
		(void)snprintf(text, sizeof text, "%u", i);
		assert_int_equal(blob_put(s, slice_from(text), &name, NULL), OK);
	}
	assert_int_equal(mkdirat(h.fd, "blobs/zz", 0700), 0);
	int fd = openat(h.fd, "blobs/.new-1-1", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	(void)close(fd);
	char upper[BLOB_PATH_BYTES];
	blob_path(&name, upper);
	for (size_t i = 9; i < sizeof upper - 1; i++)
		if (upper[i] >= 'a') upper[i] = (char)(upper[i] - 32);
	(void)close(openat(h.fd, upper, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); /* hex in capitals is no blob */
	struct counts c = counts_of(s);
	assert_true(c.blobs == 600 && c.strays == 3 && c.temporaries == 1);
	c = (struct counts){.stop_at = 300};
	assert_int_equal(blob_each(s, count_one, &c, NULL), ERR_STOPPED);
	assert_int_equal(c.blobs, 300);
	blob_store_close(s);
	home_free(&h);
}

static void sweeps_only_what_is_old_and_temporary(void **state)
{
	(void)state;
	struct home h = home_new();
	struct blob_store *s = NULL;
	const struct timespec old[2] = {{1000000, 0}, {1000000, 0}};
	const instant when = INT64_C(1000000) * 1000000 + (instant)BLOB_TEMPORARY_SECONDS * 1000000;
	uint64_t removed = 7;
	digest name;

	assert_int_equal(blob_store_open(h.fd, NULL, &s, NULL), OK);
	assert_int_equal(blob_put(s, SLICE("kept"), &name, NULL), OK);
	static const char *const NAMES[] = {"blobs/.new-1-1", "blobs/.new-2-1", "blobs/.other"};
	for (size_t i = 0; i < 3; i++) {
		(void)close(openat(h.fd, NAMES[i], O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		if (i != 1) assert_int_equal(utimensat(h.fd, NAMES[i], old, 0), 0);
	}
	assert_int_equal(blob_sweep(s, when - 1, &removed, NULL), OK);
	assert_int_equal(removed, 0);
	assert_int_equal(blob_sweep(s, when, &removed, NULL), OK);
	assert_int_equal(removed, 1);
	struct counts c = counts_of(s);
	assert_true(c.blobs == 1 && c.strays == 2 && c.temporaries == 1);
	blob_store_close(s);
	home_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_and_gets),
		cmocka_unit_test(copies_to_a_descriptor),
		cmocka_unit_test(limits_of_the_reader),
		cmocka_unit_test(a_wrong_byte_is_found),
		cmocka_unit_test(what_is_no_file_is_no_blob),
		cmocka_unit_test(the_folder_is_ours),
		cmocka_unit_test(every_failure_of_a_put),
		cmocka_unit_test(short_and_interrupted_calls),
		cmocka_unit_test(reading_fails),
		cmocka_unit_test(the_system_itself_refuses),
		cmocka_unit_test(opening_fails),
		cmocka_unit_test(erases),
		cmocka_unit_test(lists_in_order_and_tells_strays),
		cmocka_unit_test(sweeps_only_what_is_old_and_temporary),
	};
	return cmocka_run_group_tests_name("archive/blob", tests, NULL, NULL);
}
