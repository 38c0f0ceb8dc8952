/* Repair: what is damaged comes back from a copy, byte for byte, and nothing is changed when the copy cannot prove itself. */
#include "lives.h"

#include "repair.h"

struct repaired {
	enum err e;
	struct repair_answer answer;
	struct fault fault;
	struct arena *arena;
};

static struct memory_files *copy_of(const struct memory_files *m)
{
	struct memory_files *copy = memory_files_new();
	for (unsigned i = 0; i < m->n; i++) memory_set(copy, m->files[i].name, buf_slice(&m->files[i].bytes));
	return copy;
}

static void repair(struct repaired *k, const struct life *l, const struct memory_files *copy, slice key)
{
	struct arena *a = k->arena != NULL ? k->arena : arena_new(0);
	struct repair_request r = {.home = life_storage(l), .copy = &copy->table, .key = key, .now = l->now};
	arena_reset(a);
	*k = (struct repaired){.arena = a};
	k->e = ledger_repair(&r, a, &k->answer, &k->fault);
}

static void same_files(const struct memory_files *m, const struct memory_files *expected)
{
	for (unsigned i = 0; i < expected->n; i++) {
		struct memory_file *file = memory_find((struct memory_files *)(uintptr_t)m, expected->files[i].name);
		if (file == NULL) fail_msg("%s is not there", expected->files[i].name);
		if (!slice_equal(buf_slice(&file->bytes), buf_slice(&expected->files[i].bytes)))
			fail_msg("%s differs", expected->files[i].name);
	}
}

static void holds(const struct life *l)
{
	struct looked k = {0};
	look(&k, l);
	show(&k);
	assert_true(k.answer.holds);
	arena_free(k.arena);
}

/* Each file of the tree in turn: changed, then missing. */
static void each_file_comes_back(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	struct buf vkey = {0};
	life_of(&l, 700, 0);
	struct memory_files *copy = copy_of(l.files);
	slice key = life_vkey(&l, 0, &vkey);
	for (unsigned i = 0; i < copy->n; i++) {
		const char *name = copy->files[i].name;
		if (strncmp(name, "journal", 7) == 0) continue;
		for (unsigned missing = 0; missing < 2; missing++) {
			if (missing) (void)memory_drop(l.files, name, NULL);
			else memory_find(l.files, name)->bytes.p[copy->files[i].bytes.n / 2] ^= 1;
			repair(&k, &l, copy, key);
			if (k.e != OK) fail_msg("%s: %s", name, k.fault.text);
			assert_int_equal(k.answer.files_n, 1);
			assert_string_equal(k.answer.files[0], name);
			assert_int_equal(k.answer.left, 0);
			same_files(l.files, copy);
		}
	}
	holds(&l);
	life_end(&l);
	memory_files_free(copy);
	buf_free(&vkey);
	arena_free(k.arena);
}

static void many_at_once_and_kept_aside(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	life_of(&l, 700, 5);
	struct memory_files *copy = copy_of(l.files);
	memory_find(l.files, "tile/1/000.p/2")->bytes.p[1] ^= 1;
	memory_find(l.files, "tile/entries/001")->bytes.p[400] ^= 1;
	(void)memory_drop(l.files, "tile/0/001", NULL);
	repair(&k, &l, copy, (slice){0});
	assert_int_equal(k.e, OK);
	assert_int_equal(k.answer.files_n, 3);
	assert_string_equal(k.answer.files[0], "tile/0/001");
	assert_string_equal(k.answer.files[1], "tile/1/000.p/2");
	assert_string_equal(k.answer.files[2], "tile/entries/001");
	assert_int_equal(k.answer.head.size, 700);
	same_files(l.files, copy);
	unsigned kept = 0;
	for (unsigned i = 0; i < l.files->n; i++) kept += strstr(l.files->files[i].name, ".damaged-2026-") != NULL;
	assert_int_equal(kept, 2);
	holds(&l);
	life_end(&l);
	memory_files_free(copy);
	arena_free(k.arena);
}

/* A copy that has grown further has the piece in a wider tile. */
static void from_a_copy_that_is_ahead(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	life_of(&l, 300, 0);
	struct memory_files *ours = copy_of(l.files), *theirs;
	life_clocks(&l, 400);
	life_publish(&l);
	theirs = l.files;
	l.files = copy_of(ours);
	(void)memory_drop(l.files, "tile/entries/001.p/44", NULL);
	memory_find(l.files, "tile/0/001.p/44")->bytes.p[9] ^= 1;
	repair(&k, &l, theirs, (slice){0});
	if (k.e != OK) fail_msg("%s", k.fault.text);
	assert_int_equal(k.answer.files_n, 2);
	same_files(l.files, ours);
	memory_files_free(l.files);
	l.files = theirs;
	life_end(&l);
	memory_files_free(ours);
	arena_free(k.arena);
}

static void refuses(struct repaired *k, const struct life *l, const struct memory_files *copy, slice key, enum err expected)
{
	struct memory_files *before = copy_of(l->files);
	repair(k, l, copy, key);
	assert_int_equal(k->e, expected);
	assert_true(strlen(k->fault.text) > 0);
	assert_int_equal(l->files->n, before->n);
	same_files(l->files, before);
	memory_files_free(before);
}

static void nothing_is_changed_by_a_wrong_copy(void **state)
{
	(void)state;
	struct life l, other;
	struct repaired k = {0};
	struct buf vkey = {0};
	life_of(&l, 300, 0);
	life_begin(&other); /* another history under the same key */
	life_home(&other, ORIGIN);
	other.now += 5;
	life_clocks(&other, 299);
	life_publish(&other);
	memory_find(l.files, "tile/0/000")->bytes.p[9] ^= 1;
	refuses(&k, &l, other.files, (slice){0}, ERR_CHANGED);
	life_clocks(&other, 100);
	life_publish(&other); /* and ahead of ours */
	refuses(&k, &l, other.files, (slice){0}, ERR_CHANGED);
	memory_find(l.files, LEDGER_CHECKPOINT)->bytes.p[25] ^= 1;
	refuses(&k, &l, other.files, (slice){0}, ERR_USAGE); /* no key */
	other.now = 0;
	refuses(&k, &l, other.files, life_vkey(&l, 1, &vkey), ERR_DAMAGED); /* another's key */
	life_end(&l);
	life_end(&other);
	buf_free(&vkey);
	arena_free(k.arena);
}

static void a_copy_that_is_damaged_too(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	life_of(&l, 700, 0);
	struct memory_files *copy = copy_of(l.files);
	memory_find(l.files, "tile/entries/000")->bytes.p[400] ^= 1;
	memory_find(l.files, "tile/entries/001")->bytes.p[400] ^= 1;
	memory_find(copy, "tile/entries/001")->bytes.p[800] ^= 1;
	repair(&k, &l, copy, (slice){0});
	assert_int_equal(k.e, OK);
	assert_int_equal(k.answer.files_n, 1);
	assert_string_equal(k.answer.files[0], "tile/entries/000");
	assert_int_equal(k.answer.left, 1);
	life_end(&l);
	memory_files_free(copy);
	arena_free(k.arena);
}

/* A checkpoint of an older copy would take entries away. */
static void no_entry_is_lost(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	struct buf vkey = {0};
	life_of(&l, 300, 0);
	struct memory_files *copy = copy_of(l.files);
	life_clocks(&l, 5);
	life_publish(&l);
	memory_find(l.files, LEDGER_CHECKPOINT)->bytes.p[25] ^= 1;
	refuses(&k, &l, copy, life_vkey(&l, 0, &vkey), ERR_DAMAGED);
	life_end(&l);
	memory_files_free(copy);

	life_of(&l, 300, 0);
	copy = copy_of(l.files);
	life_clocks(&l, 5);
	life_publish(&l);
	life_clocks(&l, 5); /* in the journal, behind a checkpoint that the copy has not */
	memory_find(l.files, LEDGER_CHECKPOINT)->bytes.p[25] ^= 1;
	for (unsigned i = 0; i < l.files->n; i++)
		if (strstr(l.files->files[i].name, "/305") != NULL || strstr(l.files->files[i].name, ".p/49") != NULL)
			(void)memory_drop(l.files, l.files->files[i--].name, NULL);
	(void)memory_drop(l.files, "journal/00000000000000000300", NULL); /* which would have what the copy lacks */
	refuses(&k, &l, copy, life_vkey(&l, 0, &vkey), ERR_DAMAGED);
	life_end(&l);
	memory_files_free(copy);
	buf_free(&vkey);
	arena_free(k.arena);
}

#define JOURNAL "journal/00000000000000000300"

/* A journal comes from the copy as it is, or from one whose checkpoint covers what it had; never with less. */
static void journals_come_back(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	struct buf vkey = {0};
	life_of(&l, 300, 3);
	struct memory_files *before = copy_of(l.files), *same = copy_of(l.files);
	slice key = life_vkey(&l, 0, &vkey);
	memory_find(l.files, JOURNAL)->bytes.p[60] ^= 1;
	repair(&k, &l, same, (slice){0});
	if (k.e != OK) fail_msg("%s", k.fault.text);
	assert_int_equal(k.answer.files_n, 1);
	same_files(l.files, before);
	holds(&l);
	(void)memory_drop(same, JOURNAL, NULL); /* a copy of before */
	memory_find(l.files, JOURNAL)->bytes.p[60] ^= 1;
	refuses(&k, &l, same, key, ERR_DAMAGED);
	memory_find(l.files, JOURNAL)->bytes.p[60] ^= 1;
	life_clocks(&l, 4);
	life_publish(&l);
	struct memory_files *grown = copy_of(l.files);
	(void)memory_drop(grown, JOURNAL, NULL);
	memory_files_free(l.files);
	l.files = copy_of(before);
	memory_find(l.files, JOURNAL)->bytes.p[60] ^= 1;
	repair(&k, &l, grown, key);
	if (k.e != OK) fail_msg("%s", k.fault.text);
	assert_int_equal(k.answer.head.size, 307);
	assert_int_equal(k.answer.left, 0);
	holds(&l);
	memory_files_free(before);
	memory_files_free(same);
	memory_files_free(grown);
	buf_free(&vkey);
	life_end(&l);
	arena_free(k.arena);
}

/* What witnesses saw comes from the copy, or stays as it is. */
static void cosigned_comes_back(void **state)
{
	(void)state;
	struct life l;
	struct repaired k = {0};
	life_of(&l, 300, 0);
	memory_set(l.files, LEDGER_COSIGNED, buf_slice(&memory_find(l.files, LEDGER_CHECKPOINT)->bytes));
	struct memory_files *copy = copy_of(l.files);
	memory_find(l.files, LEDGER_COSIGNED)->bytes.p[25] ^= 1;
	repair(&k, &l, copy, (slice){0});
	if (k.e != OK) fail_msg("%s", k.fault.text);
	assert_int_equal(k.answer.files_n, 1);
	same_files(l.files, copy);
	holds(&l);
	(void)memory_drop(copy, LEDGER_COSIGNED, NULL);
	memory_find(l.files, LEDGER_COSIGNED)->bytes.p[25] ^= 1;
	repair(&k, &l, copy, (slice){0});
	assert_int_equal(k.e, OK);
	assert_int_equal(k.answer.files_n, 0);
	assert_int_equal(k.answer.left, 1);
	memory_files_free(copy);
	life_end(&l);
	arena_free(k.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_comes_back),
		cmocka_unit_test(many_at_once_and_kept_aside),
		cmocka_unit_test(from_a_copy_that_is_ahead),
		cmocka_unit_test(nothing_is_changed_by_a_wrong_copy),
		cmocka_unit_test(a_copy_that_is_damaged_too),
		cmocka_unit_test(no_entry_is_lost),
		cmocka_unit_test(journals_come_back),
		cmocka_unit_test(cosigned_comes_back),
	};
	return cmocka_run_group_tests_name("ledger repair", tests, NULL, NULL);
}
