/* Homes: what init makes, what it refuses, what it takes back. */
#include "homes.h"

#include <fcntl.h>
#include <sys/stat.h>

static void a_home_is_made_and_opened(void **state)
{
	(void)state;
	char path[64];
	struct fault f = {0};
	struct home *h = home_new(path, TEST_NOW);
	struct home_genesis g;
	struct home_key key = {0};
	assert_true(slice_equal(h->settings.origin, SLICE("h.example/kulla")));
	assert_int_equal(h->settings.keeper_idle_s, 30);
	assert_int_equal(home_genesis(h, &g, &f), OK);
	assert_false(g.exercise);
	assert_true(slice_equal(g.origin, SLICE("h.example/kulla")));
	assert_int_equal(home_key_load(h, HOME_KEY_LEDGER, NOTE_ED25519, &key, &f), OK);
	struct buf vkey = {0};
	note_key_put(&vkey, &key.signer.key);
	assert_true(slice_equal(buf_slice(&vkey), g.vkey));
	buf_free(&vkey);
	home_key_free(&key);
	assert_int_equal(home_key_load(h, HOME_KEY_NEXT, NOTE_ED25519, &key, &f), ERR_NOT_FOUND);
	assert_int_equal(home_key_make(h, HOME_KEY_LEDGER, SLICE("x"), &f), ERR_EXISTS);
	home_close(h);
	folder_remove(path);
}

static void keys_that_others_read_are_refused(void **state)
{
	(void)state;
	static const mode_t modes[] = {0640, 0604, 0660, 0611, 0602};
	char path[64];
	struct fault f = {0};
	struct home_key key = {0};
	struct home *h = home_new(path, TEST_NOW);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(fchmodat(h->fd, HOME_KEY_LEDGER, modes[i], 0), 0);
		assert_int_equal(home_key_load(h, HOME_KEY_LEDGER, NOTE_ED25519, &key, &f), ERR_ACCESS);
		assert_non_null(strstr(f.text, HOME_KEY_LEDGER));
	}
	assert_int_equal(fchmodat(h->fd, HOME_KEY_LEDGER, 0600, 0), 0);
	assert_int_equal(home_key_load(h, HOME_KEY_LEDGER, NOTE_ED25519, &key, &f), OK);
	home_key_free(&key);
	home_close(h);
	folder_remove(path);
}

/* Every bit of a key file: another key or none, never a crash. */
static void changed_keys_are_read_or_refused(void **state)
{
	(void)state;
	char path[64];
	uint8_t bytes[200], changed[200];
	struct fault f = {0};
	struct home *h = home_new(path, TEST_NOW);
	int fd = openat(h->fd, HOME_KEY_LEDGER, O_RDWR);
	ssize_t n = pread(fd, bytes, sizeof bytes, 0);
	assert_true(n > 40);
	for (ssize_t bit = 0; bit < n * 8; bit++) {
		struct home_key key = {0};
		memcpy(changed, bytes, (size_t)n);
		changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(pwrite(fd, changed, (size_t)n, 0), n);
		enum err e = home_key_load(h, HOME_KEY_LEDGER, NOTE_ED25519, &key, &f);
		assert_true(e == OK || e == ERR_SYNTAX);
		home_key_free(&key);
	}
	close(fd);
	home_close(h);
	folder_remove(path);
}

static void refused_homes_leave_nothing(void **state)
{
	(void)state;
	char path[64], below[80];
	struct fault f = {0};
	struct buf vkey = {0};
	struct home_birth birth = {.path = folder_new(path), .origin = SLICE("no name"), .now = TEST_NOW};
	assert_int_equal(home_init(&birth, &vkey, &f), ERR_SYNTAX);
	assert_int_equal(rmdir(path), 0); /* it is empty */
	assert_int_equal(home_init(&birth, &vkey, &f), ERR_SYNTAX);
	assert_int_equal(access(path, F_OK), -1); /* what init made itself is gone too */
	snprintf(below, sizeof below, "%s/deeper", path);
	birth.path = below;
	birth.origin = SLICE("a.example");
	assert_int_equal(home_init(&birth, &vkey, &f), ERR_NOT_FOUND);
	buf_free(&vkey);
}

static void settings_say_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{"", "has no origin"},
		{"origin = a b\n", "no name"},
		{"origin = a.example\npublish = 0\n", "line 2: publish is \"0\", expected a number from 1 to 60000"},
		{"origin = a.example\nkeeper-idle = 01\n", "line 2: keeper-idle"},
		{"origin = a.example\ncolour = red\n", "line 2: there is no setting \"colour\""},
		{"origin =\n", "line 1: origin is empty"},
	};
	char path[64];
	struct home *h = home_new(path, TEST_NOW), *again = NULL;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct fault f = {0};
		int fd = openat(h->fd, "kulla.conf", O_WRONLY | O_TRUNC);
		assert_int_equal(write(fd, wrong[i].text, strlen(wrong[i].text)), (ssize_t)strlen(wrong[i].text));
		close(fd);
		assert_int_equal(home_open(path, &again, &f), ERR_SYNTAX);
		if (strstr(f.text, wrong[i].says) == NULL) fail_msg("\"%s\" does not say \"%s\"", f.text, wrong[i].says);
	}
	home_close(h);
	folder_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_home_is_made_and_opened), cmocka_unit_test(keys_that_others_read_are_refused),
		cmocka_unit_test(changed_keys_are_read_or_refused), cmocka_unit_test(refused_homes_leave_nothing),
		cmocka_unit_test(settings_say_what_is_wrong)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
