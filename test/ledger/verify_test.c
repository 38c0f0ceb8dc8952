/* Verification: whatever is changed in a ledger's files is a fault that names the file which was changed, or changes nothing that the
 * ledger states. */
#include "lives.h"

#include "journal.h"

static void holds(struct looked *k, const struct life *l, uint64_t entries)
{
	look(k, l);
	show(k);
	assert_int_equal(k->e, OK);
	assert_true(k->answer.holds);
	assert_int_equal(k->faults, 0);
	assert_int_equal(k->answer.head.size, entries);
	struct tree_head head = ledger_log_head(l->log);
	assert_true(digest_equal(&k->answer.head.root, &head.root));
}

static void sound_ones_hold(void **state)
{
	(void)state;
	static const struct {
		unsigned n, behind;
	} sizes[] = {{1, 0}, {2, 1}, {255, 0}, {256, 0}, {257, 3}, {511, 1}, {512, 0}, {700, 40}, {1030, 300}};
	struct looked k = {0};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct life l;
		life_of(&l, sizes[i].n, sizes[i].behind);
		holds(&k, &l, sizes[i].n + sizes[i].behind);
		assert_int_equal(k.answer.journal_entries, sizes[i].behind);
		assert_int_equal(k.answer.published.size, sizes[i].n);
		assert_int_equal(k.answer.since, BEGAN + 1000000);
		assert_int_equal(k.answer.last, l.now);
		assert_true(k.answer.exercise);
		assert_true(slice_equal(k.answer.origin, SLICE(ORIGIN)));
		life_end(&l);
	}
	arena_free(k.arena);
}

/* The statement: what whoever relies on the ledger relies on. */
static bool same_statement(const struct verify_answer *x, const struct verify_answer *y)
{
	return x->head.size == y->head.size && digest_equal(&x->head.root, &y->head.root) && slice_equal(x->origin, y->origin) &&
	       slice_equal(x->key, y->key) && x->exercise == y->exercise;
}

/* Each changed byte in turn; `step` of them apart. */
static void flip_all(struct life *l, size_t step)
{
	struct looked sound = {0}, k = {0};
	unsigned seen = 0, same = 0;
	look(&sound, l);
	assert_true(sound.answer.holds);
	for (unsigned i = 0; i < l->files->n; i++) {
		struct memory_file *file = &l->files->files[i];
		for (size_t at = 0; at < file->bytes.n; at += step) {
			uint8_t bit = (uint8_t)(1u << (at / step % 8));
			file->bytes.p[at] ^= bit;
			look(&k, l);
			bool fine = k.e == OK && (told(&k, file->name) || (k.answer.holds && same_statement(&k.answer, &sound.answer)));
			same += k.answer.holds;
			seen++;
			if (!fine) {
				show(&k);
				fail_msg("%s, byte %zu, bit %u: not named", file->name, at, bit);
			}
			if (k.faults > 3) {
				show(&k);
				fail_msg("%s, byte %zu, bit %u: %u faults for one byte", file->name, at, bit, k.faults);
			}
			file->bytes.p[at] ^= bit;
		}
	}
	print_message("# %u bytes changed, of which %u state the same\n", seen, same);
	arena_free(sound.arena);
	arena_free(k.arena);
}

static void every_byte_of_a_small_one(void **state)
{
	(void)state;
	struct life l;
	life_of(&l, 3, 0);
	life_clocks(&l, 2);
	life_publish(&l);
	life_rotate(&l, 0, 1, 0);
	life_clocks(&l, 2);
	life_publish(&l);
	life_clocks(&l, 2);
	life_rotate(&l, 1, 2, 0);
	life_clocks(&l, 1);
	flip_all(&l, 1);
	life_end(&l);
}

static void bytes_of_a_large_one(void **state)
{
	(void)state;
	struct life l;
	life_of(&l, 600, 5);
	flip_all(&l, 29);
	life_end(&l);
}

static void every_hash_of_a_large_one(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	life_of(&l, 600, 0);
	for (unsigned i = 0; i < l.files->n; i++) {
		struct memory_file *file = &l.files->files[i];
		if (strncmp(file->name, "tile/", 5) != 0 || strncmp(file->name, "tile/entries", 12) == 0) continue;
		for (size_t at = 5; at < file->bytes.n; at += DIGEST_BYTES) {
			file->bytes.p[at] ^= 4;
			look(&k, &l);
			assert_int_equal(k.faults, 1); /* one changed hash is one fault */
			assert_string_equal(k.files[0], file->name);
			file->bytes.p[at] ^= 4;
		}
	}
	life_end(&l);
	arena_free(k.arena);
}

static void cut_missing_and_swapped(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	life_of(&l, 600, 3);
	for (unsigned i = 0; i < l.files->n; i++) {
		struct memory_file *file = &l.files->files[i];
		struct memory_file whole = *file;
		char name[96];
		snprintf(name, sizeof name, "%s", file->name);
		bool journal = strncmp(name, "journal", 7) == 0, last = strcmp(name, "journal/00000000000000000600") == 0;
		for (size_t cut = 1; cut < whole.bytes.n; cut += cut < 40 ? 1 : 997) {
			file->bytes.n = whole.bytes.n - cut;
			look(&k, &l);
			if (!journal) assert_true(told(&k, name));
			else if (!last)
				assert_true(told(&k, name) || k.answer.holds);       /* between frames that are in tiles nothing is lost */
			else assert_true(k.answer.holds && k.answer.torn_bytes > 0); /* as a crash leaves it */
		}
		file->bytes.n = whole.bytes.n;
		file->name[0] = '#'; /* it is not there */
		look(&k, &l);
		if (!journal) assert_true(told(&k, name));
		memcpy(file->name, name, sizeof name);
	}
	struct memory_file *a = memory_find(l.files, "tile/entries/000"), *b = memory_find(l.files, "tile/entries/001");
	struct buf bytes = a->bytes;
	a->bytes = b->bytes;
	b->bytes = bytes;
	look(&k, &l);
	assert_true(told(&k, "tile/entries/000") && told(&k, "tile/entries/001"));
	life_end(&l);
	arena_free(k.arena);
}

static void several_at_once(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	life_of(&l, 1300, 0);
	memory_find(l.files, "tile/1/000.p/5")->bytes.p[40] ^= 1;
	memory_find(l.files, "tile/0/003")->bytes.p[40] ^= 1;
	memory_find(l.files, "tile/entries/001")->bytes.p[400] ^= 1;
	(void)memory_drop(l.files, "tile/0/002", NULL);
	look(&k, &l);
	show(&k);
	assert_int_equal(k.faults, 4);
	assert_true(told(&k, "tile/1/000.p/5") && told(&k, "tile/0/003") && told(&k, "tile/entries/001") && told(&k, "tile/0/002"));
	life_end(&l);
	arena_free(k.arena);
}

/* Entry and hash changed together, as whoever writes to the disk could. */
static void changed_together(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	slice entries[TILE_WIDTH];
	life_of(&l, 600, 0);
	struct memory_file *bundle = memory_find(l.files, "tile/entries/001"), *tile = memory_find(l.files, "tile/0/001");
	assert_int_equal(bundle_read(buf_slice(&bundle->bytes), TILE_WIDTH, entries, NULL), OK);
	uint8_t *at = bundle->bytes.p + (entries[7].p - bundle->bytes.p);
	size_t place = slice_find(entries[7], SLICE("1000"));
	at[place] = '2';
	digest leaf = tree_leaf(entries[7]);
	memcpy(tile->bytes.p + 7 * DIGEST_BYTES, leaf.b, DIGEST_BYTES);
	look(&k, &l);
	assert_true(told(&k, "tile/entries/001") && told(&k, "tile/0/001"));
	life_end(&l);

	life_of(&l, 20, 0); /* at the right edge nothing stands above but the checkpoint */
	bundle = memory_find(l.files, "tile/entries/000.p/20");
	tile = memory_find(l.files, "tile/0/000.p/20");
	assert_int_equal(bundle_read(buf_slice(&bundle->bytes), 20, entries, NULL), OK);
	at = bundle->bytes.p + (entries[7].p - bundle->bytes.p);
	at[slice_find(entries[7], SLICE("1000"))] = '2';
	leaf = tree_leaf(entries[7]);
	memcpy(tile->bytes.p + 7 * DIGEST_BYTES, leaf.b, DIGEST_BYTES);
	look(&k, &l);
	assert_false(k.answer.holds);
	life_end(&l);
	arena_free(k.arena);
}

static void fault_says(struct looked *k, const struct life *l, const char *part)
{
	look(k, l);
	assert_int_equal(k->e, OK);
	assert_false(k->answer.holds);
	for (unsigned i = 0; i < k->faults; i++)
		if (strstr(k->texts[i], part) != NULL) return;
	show(k);
	fail_msg("nothing says \"%s\"", part);
}

static void entries_keep_the_rules(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	life_of(&l, 3, 0);
	l.now -= 60 * 1000000; /* the keeper would not */
	life_clocks(&l, 1);
	fault_says(&k, &l, "is before that of the entry before it");
	life_publish(&l);
	fault_says(&k, &l, "is before that of the entry before it");
	assert_string_equal(k.files[0], "tile/entries/000.p/4");
	assert_int_equal(k.entries[0], 3);
	life_end(&l);

	life_of(&l, 2, 0);
	life_append(&l, SLICE("{\"kind\":\"clock\"}"));
	fault_says(&k, &l, "envelope");
	life_home(&l, ORIGIN);
	fault_says(&k, &l, "begins once");
	life_end(&l);

	life_begin(&l);
	life_clocks(&l, 1);
	life_publish(&l);
	fault_says(&k, &l, "expected home");
	life_end(&l);

	life_begin(&l);
	life_home(&l, "ledger.example/other");
	life_publish(&l);
	fault_says(&k, &l, "this ledger began as ledger.example/other");
	life_end(&l);
	arena_free(k.arena);
}

static void repeated_entries(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	slice entries[TILE_WIDTH];
	struct buf again = {0};
	life_of(&l, 5, 0);
	struct memory_file *bundle = memory_find(l.files, "tile/entries/000.p/5");
	assert_int_equal(bundle_read(buf_slice(&bundle->bytes), 5, entries, NULL), OK);
	for (unsigned i = 0; i < 5; i++) assert_int_equal(bundle_add(&again, entries[i == 3 ? 2 : i]), OK);
	memory_set(l.files, "tile/entries/000.p/5", buf_slice(&again));
	look(&k, &l);
	assert_int_equal(k.faults, 1);
	assert_string_equal(k.files[0], "tile/entries/000.p/5");
	assert_int_equal(k.entries[0], 3);
	buf_free(&again);
	life_end(&l);
	arena_free(k.arena);
}

static void keys_follow_one_another(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	struct buf vkey = {0};
	for (unsigned wrong = 1; wrong <= 2; wrong++) {
		life_of(&l, 3, 0);
		life_rotate(&l, 0, 1, wrong);
		life_publish(&l);
		fault_says(&k, &l, wrong == 1 ? "the old key's signature does not hold" : "the new key's signature does not hold");
		life_end(&l);
	}
	life_of(&l, 3, 0);
	life_rotate(&l, 0, 1, 0);
	life_publish(&l);
	holds(&k, &l, 4);
	assert_int_equal(k.answer.rotations, 1);
	life_clocks(&l, 2);
	life_publish(&l); /* signed by the new key alone */
	holds(&k, &l, 6);
	assert_true(slice_equal(k.answer.key, life_vkey(&l, 1, &vkey)));
	for (unsigned key = 0; key < 3; key++) {
		look_with(&k, &(struct verify_request){.storage = life_storage(&l), .key = life_vkey(&l, key, &vkey)});
		assert_int_equal(k.answer.holds, key < 2);
		assert_int_equal(k.answer.key_given, key < 2);
	}
	ledger_log_sign_with(l.log, &l.signers[0], NULL); /* the old key goes on signing */
	life_clocks(&l, 1);
	fault_says(&k, &l, "not signed by the key that counts");
	life_publish(&l);
	fault_says(&k, &l, "not signed by the key that counts");
	assert_true(told(&k, "checkpoint"));
	life_rotate(&l, 0, 2, 0); /* from a key that does not count any more */
	fault_says(&k, &l, "is not the one that counted");
	life_end(&l);
	buf_free(&vkey);
	arena_free(k.arena);
}

static void heads_from_outside(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	struct tree_head heads[3], other = {.size = 300};
	life_of(&l, 300, 0);
	heads[0] = ledger_log_head(l.log);
	life_clocks(&l, 400);
	life_publish(&l);
	heads[1] = ledger_log_head(l.log);
	life_clocks(&l, 7);
	heads[2] = ledger_log_head(l.log);
	static const enum verify_outside expected[] = {VERIFY_CONSISTENT, VERIFY_CONSISTENT, VERIFY_SAME};
	for (unsigned i = 0; i < 3; i++) {
		look_with(&k, &(struct verify_request){.storage = life_storage(&l), .outside = &heads[i]});
		assert_true(k.answer.holds);
		assert_int_equal(k.answer.outside, expected[i]);
	}
	look_with(&k, &(struct verify_request){.storage = life_storage(&l), .outside = &other});
	assert_int_equal(k.answer.outside, VERIFY_CONFLICT);
	assert_false(k.answer.holds);
	life_end(&l);
	life_of(&l, 300, 0); /* the same ledger, rolled back */
	look_with(&k, &(struct verify_request){.storage = life_storage(&l), .outside = &heads[1]});
	assert_int_equal(k.answer.outside, VERIFY_AHEAD);
	assert_false(k.answer.holds);
	look_with(&k, &(struct verify_request){.storage = life_storage(&l), .outside = &heads[0]});
	assert_int_equal(k.answer.outside, VERIFY_SAME);
	life_end(&l);
	arena_free(k.arena);
}

/* ---- witnesses ---- */
static void cosign(struct life *l, const struct note_signer *witness, uint64_t time)
{
	struct buf note = {0};
	struct note parsed;
	struct arena *a = arena_new(0);
	buf_add(&note, ledger_log_note(l->log));
	slice bytes = arena_copy(a, buf_slice(&note));
	assert_int_equal(note_parse(bytes, a, &parsed, NULL), OK);
	assert_int_equal(cosignature_sign(&note, parsed.text, time, witness, NULL), OK);
	memory_set(l->files, LEDGER_COSIGNED, buf_slice(&note));
	buf_free(&note);
	arena_free(a);
}

static void witness_entry(struct life *l, const struct note_signer *witness, const char *state)
{
	digest name = digest_of(SLICE("a name"));
	struct buf body = {0}, vkey = {0};
	note_key_put(&vkey, &witness->key);
	struct canonical_writer w = canonical_open(&body);
	entry_write_digest(&w, "name", &name);
	canonical_put_text(&w, "state", slice_from(state));
	canonical_put_text(&w, "vkey", buf_slice(&vkey));
	canonical_close(&w);
	life_entry(l, "witness", buf_slice(&body), &name, 1);
	buf_free(&body);
	buf_free(&vkey);
}

static void witnesses(void **state)
{
	(void)state;
	static const uint8_t seed[ED25519_SEED_BYTES] = {9};
	struct life l;
	struct looked k = {0};
	struct ed25519_key *key;
	struct note_signer witness;
	assert_int_equal(ed25519_key_new(seed, &key, NULL), OK);
	assert_int_equal(note_signer_make(SLICE("ally.example"), NOTE_COSIGNATURE, key, &witness, NULL), OK);
	life_of(&l, 20, 0);
	witness_entry(&l, &witness, "added");
	life_publish(&l);
	cosign(&l, &witness, 1800000000);
	life_clocks(&l, 9);
	holds(&k, &l, 30);
	assert_int_equal(k.answer.cosigned_size, 21);
	assert_int_equal(k.answer.cosignatures_n, 1);
	assert_int_equal(k.answer.cosignatures[0].time, 1800000000);
	assert_true(slice_equal(k.answer.cosignatures[0].witness, SLICE("ally.example")));
	flip_all(&l, 5);
	cosign(&l, &witness, 1800000001); /* of the newest, which is in the journal */
	life_publish(&l);
	holds(&k, &l, 30);
	life_end(&l);

	struct buf kept = {0};
	life_of(&l, 20, 0);
	witness_entry(&l, &witness, "added");
	life_clocks(&l, 5);
	life_publish(&l);
	cosign(&l, &witness, 1800000000);
	buf_add(&kept, buf_slice(&memory_find(l.files, LEDGER_COSIGNED)->bytes));
	life_end(&l);
	life_of(&l, 20, 0);
	witness_entry(&l, &witness, "added");
	life_publish(&l);
	memory_set(l.files, LEDGER_COSIGNED, buf_slice(&kept));
	fault_says(&k, &l, "rolled back");
	l.now += 5;
	life_clocks(&l, 5);
	life_publish(&l);
	fault_says(&k, &l, "two histories");
	life_end(&l);
	buf_free(&kept);
	ed25519_key_free(key);
	arena_free(k.arena);
}

/* ---- blobs ---- */
static digest lost;
static enum err some_blobs(void *context, const digest *name, struct buf *out, struct fault *f)
{
	(void)context;
	(void)out;
	if (digest_equal(name, &lost)) return ERR_NOT_FOUND;
	return name->b[0] == 0xff ? fault_set(f, ERR_DAMAGED, 0, 0, "other bytes") : OK;
}

static void erasure_entry(struct life *l, const digest *blob)
{
	digest ground = digest_of(SLICE("a law"));
	struct buf body = {0};
	struct canonical_writer w = canonical_open(&body);
	entry_write_digest(&w, "blob", blob);
	canonical_put_count(&w, "bytes", 100);
	entry_write_digest(&w, "ground", &ground);
	canonical_close(&w);
	life_entry(l, "erasure", buf_slice(&body), &ground, 1);
	buf_free(&body);
}

static void blobs_are_there_or_erased(void **state)
{
	(void)state;
	static const uint8_t seed[ED25519_SEED_BYTES] = {9};
	const struct verify_blobs blobs = {NULL, some_blobs};
	struct life l;
	struct looked k = {0};
	struct ed25519_key *key;
	struct note_signer witness;
	assert_int_equal(ed25519_key_new(seed, &key, NULL), OK);
	assert_int_equal(note_signer_make(SLICE("ally.example"), NOTE_COSIGNATURE, key, &witness, NULL), OK);
	lost = digest_of(SLICE("a name"));
	life_of(&l, 2, 0);
	witness_entry(&l, &witness, "added");
	struct verify_request r = {.storage = life_storage(&l), .blobs = &blobs};
	look_with(&k, &r);
	assert_int_equal(k.faults, 1);
	assert_non_null(strstr(k.files[0], "blobs/"));
	assert_int_equal(k.entries[0], 2);
	erasure_entry(&l, &lost);
	look_with(&k, &r);
	assert_true(k.answer.holds);
	assert_int_equal(k.answer.blobs_erased, 1);
	assert_int_equal(k.answer.blobs, 1); /* the ground */
	life_end(&l);
	ed25519_key_free(key);
	arena_free(k.arena);
}

static void what_does_not_belong(void **state)
{
	(void)state;
	struct life l;
	struct looked k = {0};
	life_of(&l, 300, 2);
	memory_set(l.files, "tile/0/notes.txt", SLICE("x"));
	memory_set(l.files, "tile/0/x001/7", SLICE("x"));
	memory_set(l.files, "README", SLICE("x"));
	memory_set(l.files, "journal/old", SLICE("x"));
	memory_set(l.files, "tile/0/009", SLICE("x"));
	memory_set(l.files, "tile/entries/000.p/9", SLICE("x"));
	holds(&k, &l, 302);
	assert_int_equal(k.notes, 6);
	life_end(&l);
	arena_free(k.arena);
}

static void no_ledger(void **state)
{
	(void)state;
	struct memory_files *m = memory_files_new();
	struct looked k = {0};
	look_with(&k, &(struct verify_request){.storage = &m->table});
	assert_int_equal(k.e, ERR_NOT_FOUND);
	memory_set(m, "tile/0/000.p/1", SLICE("x"));
	look_with(&k, &(struct verify_request){.storage = &m->table});
	assert_int_equal(k.e, OK);
	assert_true(told(&k, "checkpoint"));
	memory_files_free(m);
	arena_free(k.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_ones_hold),
		cmocka_unit_test(every_byte_of_a_small_one),
		cmocka_unit_test(bytes_of_a_large_one),
		cmocka_unit_test(every_hash_of_a_large_one),
		cmocka_unit_test(cut_missing_and_swapped),
		cmocka_unit_test(several_at_once),
		cmocka_unit_test(changed_together),
		cmocka_unit_test(entries_keep_the_rules),
		cmocka_unit_test(repeated_entries),
		cmocka_unit_test(keys_follow_one_another),
		cmocka_unit_test(heads_from_outside),
		cmocka_unit_test(witnesses),
		cmocka_unit_test(blobs_are_there_or_erased),
		cmocka_unit_test(what_does_not_belong),
		cmocka_unit_test(no_ledger),
	};
	return cmocka_run_group_tests_name("ledger verify", tests, NULL, NULL);
}
