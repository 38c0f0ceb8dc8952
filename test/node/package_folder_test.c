/* A bag on a disk that fails, and in a process that is killed, at every call: under its name stands nothing, or all of it. And a bag that
 * was changed, read. */
#include "package_folder.h"

#include "../base/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "homes.h"
#include "package_read.h"

#define CALLS_MAX 300
#define IMAGE_BYTES (1u << 20)

struct world {
	char path[64], bag[96];
	int fd;
	digest text, image; /* the image is a hole with an end */
	/* the disk: fails, or ends the process, at call number `at` */
	unsigned calls, at;
	bool kills;
	struct package_disk disk;
};

/* ---- a disk that fails ---- */
static bool now(void *context)
{
	struct world *w = context;
	if (++w->calls != w->at) return false;
	if (w->kills) _exit(7);
	errno = ENOSPC;
	return true;
}

static int bad_openat(void *c, int folder, const char *name, int flags, mode_t mode)
{
	return now(c) ? -1 : package_disk_real()->openat(NULL, folder, name, flags, mode);
}

static int bad_mkdirat(void *c, int folder, const char *name, mode_t mode)
{
	return now(c) ? -1 : package_disk_real()->mkdirat(NULL, folder, name, mode);
}

/* Half of it was written before. */
static ssize_t bad_write(void *c, int fd, const void *bytes, size_t n)
{
	struct world *w = c;
	bool last = w->calls + 1 == w->at;
	if (last && n > 1) (void)package_disk_real()->write(NULL, fd, bytes, n / 2);
	return now(c) ? -1 : package_disk_real()->write(NULL, fd, bytes, n);
}

static int bad_syncfs(void *c, int fd)
{
	return now(c) ? -1 : package_disk_real()->syncfs(NULL, fd);
}

static int bad_rename_new(void *c, const char *from, const char *to)
{
	return now(c) ? -1 : package_disk_real()->rename_new(NULL, from, to);
}

static int bad_fsync(void *c, int fd)
{
	return now(c) ? -1 : package_disk_real()->fsync(NULL, fd);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct blob_store *blobs = NULL;
	struct fault f = {0};
	uint8_t *image = calloc(1, IMAGE_BYTES);
	image[IMAGE_BYTES - 1] = 1;
	(void)folder_new(w->path);
	(void)snprintf(w->bag, sizeof w->bag, "%s/bag", w->path);
	w->fd = open(w->path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(blob_store_open(w->fd, NULL, &blobs, &f), OK);
	assert_int_equal(blob_put(blobs, SLICE("hello\n"), &w->text, &f), OK);
	assert_int_equal(blob_put(blobs, slice_of(image, IMAGE_BYTES), &w->image, &f), OK);
	blob_store_close(blobs);
	free(image);
	w->disk = (struct package_disk){w, bad_openat, bad_mkdirat, bad_write, bad_syncfs, bad_rename_new, bad_fsync};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	(void)close(w->fd);
	folder_remove(w->path);
	free(w);
	return 0;
}

static enum err put_all(struct world *w, struct package_folder *p, digest *bag, struct fault *f)
{
	struct bag_info info = {.organization = SLICE("a.example/kulla"), .version = SLICE("0.1"), .items = &w->text, .items_n = 1};
	enum err e = package_folder_put(p, SLICE("metadata/x/item.json"), SLICE("{}"), f);
	if (e == OK) e = package_folder_put_blob(p, SLICE("data/x/sub/a.txt"), &w->text, 6, f);
	if (e == OK) e = package_folder_put_blob(p, SLICE("data/x/image"), &w->image, IMAGE_BYTES, f);
	if (e == OK) e = package_folder_seal(p, &info, bag, f);
	return e == OK ? package_folder_name(p, f) : e;
}

static enum err write_bag(struct world *w, const struct package_disk *disk, digest *bag, struct fault *f)
{
	struct package_folder *p = NULL;
	enum err e = package_folder_new(w->bag, w->fd, disk, &p, f);
	if (e == OK) e = put_all(w, p, bag, f);
	package_folder_free(p);
	return e;
}

static enum err read_bag(const char *path, digest *bag, struct fault *f)
{
	struct package_bag b = {.fd = -1};
	struct arena *a = arena_new(0);
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	enum err e = package_bag_open(fd, true, a, &b, f);
	if (e == OK && bag != NULL) *bag = b.bag;
	package_bag_close(&b);
	(void)close(fd);
	arena_free(a);
	return e;
}

static bool leftovers(const struct world *w)
{
	char pattern[128];
	glob_t found;
	(void)snprintf(pattern, sizeof pattern, "%s.new-*", w->bag);
	bool some = glob(pattern, 0, NULL, &found) == 0;
	globfree(&found);
	return some;
}

static bool stands(const struct world *w)
{
	return access(w->bag, F_OK) == 0;
}

/* ---- tests ---- */
static void a_bag_is_read_as_it_was_written(void **state)
{
	struct world *w = *state;
	struct fault f = {0};
	struct stat st;
	char path[128];
	digest written, found;
	if (write_bag(w, NULL, &written, &f) != OK) fail_msg("%s", f.text);
	if (read_bag(w->bag, &found, &f) != OK) fail_msg("%s", f.text);
	assert_true(digest_equal(&written, &found));
	(void)snprintf(path, sizeof path, "%s/data/x/image", w->bag);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, IMAGE_BYTES);
	assert_true(st.st_blocks * 512 < IMAGE_BYTES / 2);
	assert_int_equal(write_bag(w, NULL, &written, &f), ERR_EXISTS);
	assert_false(leftovers(w));
}

static void a_disk_that_fails_leaves_nothing_half(void **state)
{
	struct world *w = *state;
	unsigned failed = 0;
	for (w->at = 1; w->at < CALLS_MAX; w->at++) {
		struct fault f = {0};
		digest bag;
		w->calls = 0;
		enum err e = write_bag(w, &w->disk, &bag, &f);
		assert_false(leftovers(w));
		if (e == OK) break;
		failed++;
		assert_true(f.kind == e && f.text[0] != 0);
		if (!stands(w)) continue;
		assert_int_equal(read_bag(w->bag, NULL, &f), OK); /* only its folder's name was not synced */
		folder_remove(w->bag);
	}
	assert_true(failed > 20 && w->at < CALLS_MAX);
}

static void a_process_that_is_killed_leaves_nothing_half(void **state)
{
	struct world *w = *state;
	int status = 0;
	w->kills = true;
	for (w->at = 1; w->at < CALLS_MAX; w->at++) {
		struct fault f = {0};
		digest bag;
		pid_t child = fork();
		if (child == 0) {
			w->calls = 0;
			_exit(write_bag(w, &w->disk, &bag, &f) == OK ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		if (stands(w)) assert_int_equal(read_bag(w->bag, NULL, &f), OK);
		if (WEXITSTATUS(status) == 0) break;
		assert_int_equal(WEXITSTATUS(status), 7);
		if (stands(w)) folder_remove(w->bag);
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(w->at > 20);
}

static void a_damaged_blob_is_refused_by_name(void **state)
{
	struct world *w = *state;
	char path[192], name[BLOB_PATH_BYTES];
	struct fault f = {0};
	digest bag;
	(void)snprintf(path, sizeof path, "%s/%s", w->path, blob_path(&w->text, name));
	assert_int_equal(chmod(path, 0600), 0);
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "H", 1, 0), 1);
	(void)close(fd);
	assert_int_equal(write_bag(w, NULL, &bag, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, name));
	assert_false(stands(w) || leftovers(w));
}

static void a_blob_of_another_size_is_refused(void **state)
{
	struct world *w = *state;
	struct package_folder *p = NULL;
	struct fault f = {0};
	assert_int_equal(package_folder_new(w->bag, w->fd, NULL, &p, &f), OK);
	assert_int_equal(package_folder_put_blob(p, SLICE("data/a"), &w->text, 7, &f), ERR_DAMAGED);
	assert_int_equal(package_folder_put(p, SLICE("../a"), SLICE("x"), &f), ERR_SYNTAX);
	package_folder_free(p);
	assert_false(stands(w) || leftovers(w));
}

/* ---- a bag that was changed ---- */
static const char *in_bag(const struct world *w, const char *name, char room[192])
{
	(void)snprintf(room, 192, "%s/%s", w->bag, name);
	return room;
}

static void each_changed_bit_is_refused(void **state)
{
	static const char *const names[] = {
		"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "metadata/x/item.json", "data/x/sub/a.txt"};
	struct world *w = *state;
	struct fault f = {0};
	digest bag;
	char path[192];
	uint8_t byte;
	assert_int_equal(write_bag(w, NULL, &bag, &f), OK);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int fd = open(in_bag(w, names[i], path), O_RDWR);
		for (off_t at = 0; pread(fd, &byte, 1, at) == 1; at++)
			for (int bit = 0; bit < 8; bit += 5) {
				uint8_t other = (uint8_t)(byte ^ (1 << bit));
				assert_int_equal(pwrite(fd, &other, 1, at), 1);
				if (read_bag(w->bag, NULL, &f) == OK) fail_msg("%s, byte %ld, bit %d", names[i], (long)at, bit);
				assert_int_equal(pwrite(fd, &byte, 1, at), 1);
			}
		(void)close(fd);
	}
	assert_int_equal(read_bag(w->bag, NULL, &f), OK);
}

static void put_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	assert_true(fd >= 0);
	(void)close(fd);
}

static void what_is_not_listed_is_refused(void **state)
{
	struct world *w = *state;
	struct fault f = {0};
	digest bag;
	char a[192], b[192];
	static const char *const more[] = {"data/more", "more", "metadata/more", "data/x/sub/a.txt~", "data/con", "a%b"};
	assert_int_equal(write_bag(w, NULL, &bag, &f), OK);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		put_file(in_bag(w, more[i], a));
		assert_int_not_equal(read_bag(w->bag, NULL, &f), OK);
		assert_non_null(strstr(f.text, more[i]));
		assert_int_equal(unlink(a), 0);
	}
	assert_int_equal(symlink("/etc/passwd", in_bag(w, "data/link", a)), 0);
	assert_int_equal(read_bag(w->bag, NULL, &f), ERR_SYNTAX);
	assert_int_equal(unlink(a), 0);
	assert_int_equal(mkfifo(in_bag(w, "data/pipe", a), 0600), 0);
	assert_int_equal(read_bag(w->bag, NULL, &f), ERR_SYNTAX);
	assert_int_equal(unlink(a), 0);
	/* a folder that is a link to one outside, with the very files */
	assert_int_equal(rename(in_bag(w, "data/x", a), in_bag(w, "../outside", b)), 0);
	assert_int_equal(symlink("../../outside", in_bag(w, "data/x", a)), 0);
	assert_int_equal(read_bag(w->bag, NULL, &f), ERR_SYNTAX);
	assert_int_equal(unlink(a), 0);
	assert_int_equal(read_bag(w->bag, NULL, &f), ERR_DAMAGED);
	assert_non_null(strstr(f.text, "is missing"));
	assert_int_equal(rename(b, a), 0);
	assert_int_equal(read_bag(w->bag, NULL, &f), OK);
	assert_int_equal(unlink(in_bag(w, "tagmanifest-sha256.txt", a)), 0);
	assert_int_equal(read_bag(w->bag, NULL, &f), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bag_is_read_as_it_was_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_disk_that_fails_leaves_nothing_half, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_process_that_is_killed_leaves_nothing_half, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_damaged_blob_is_refused_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_blob_of_another_size_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_changed_bit_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_listed_is_refused, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
