/* Ledgers of real entries, for tests of verification and repair. */
#ifndef TEST_LEDGER_LIVES_H
#define TEST_LEDGER_LIVES_H
#include "memory_storage.h"

#include "cosignature.h"
#include "entry.h"
#include "log.h"
#include "text.h"
#include "verify.h"

#define ORIGIN "ledger.example/test"
#define BEGAN ((instant)1790000000 * 1000000)

struct life {
	struct memory_files *files;
	struct ed25519_key *keys[3];
	struct note_signer signers[3];
	struct ledger_log *log;
	instant now;
};

static inline const struct storage *life_storage(const struct life *l)
{
	return &l->files->table;
}

static inline slice life_vkey(const struct life *l, unsigned key, struct buf *b)
{
	buf_clear(b);
	note_key_put(b, &l->signers[key].key);
	return buf_slice(b);
}

static inline void life_open(struct life *l, unsigned key)
{
	struct ledger_recovery told;
	struct fault f = {0};
	ledger_log_free(l->log);
	l->log = NULL;
	enum err e = ledger_log_open(life_storage(l), &l->signers[key], NULL, &l->log, &told, &f);
	if (e != OK) fail_msg("%s", f.text);
}

/* Bytes as they are, whatever they say. */
static inline void life_append(struct life *l, slice bytes)
{
	uint64_t first;
	struct fault f = {0};
	enum err e = ledger_log_append(l->log, &bytes, 1, &first, &f);
	if (e != OK) fail_msg("%s", f.text);
}

static inline void life_entry(struct life *l, const char *kind, slice body, const digest *blobs, unsigned blobs_n)
{
	struct buf entry = {0};
	struct fault f = {0};
	struct entry_draft d = {.actor = SLICE("unix:1000"),
		.kind = slice_from(kind),
		.body = body,
		.blobs = blobs,
		.blob_count = blobs_n,
		.time = l->now += 1000000};
	enum err e = entry_compose(&entry, &d, &f);
	if (e != OK) fail_msg("%s", f.text);
	life_append(l, buf_slice(&entry));
	buf_free(&entry);
}

static inline void life_clocks(struct life *l, unsigned n)
{
	struct buf body = {0};
	for (; n > 0; n--) {
		struct canonical_writer w = canonical_open(&body);
		entry_write_time(&w, "last", l->now);
		entry_write_time(&w, "read", l->now - 5);
		canonical_close(&w);
		life_entry(l, "clock", buf_slice(&body), NULL, 0);
		buf_clear(&body);
	}
	buf_free(&body);
}

static inline void life_home(struct life *l, const char *origin)
{
	struct buf body = {0}, vkey = {0};
	struct canonical_writer w = canonical_open(&body);
	canonical_put_bool(&w, "exercise", true);
	canonical_put_count(&w, "format", 1);
	canonical_put_text(&w, "origin", slice_from(origin));
	canonical_put_text(&w, "version", SLICE("0.1"));
	canonical_put_text(&w, "vkey", life_vkey(l, 0, &vkey));
	canonical_close(&w);
	life_entry(l, "home", buf_slice(&body), NULL, 0);
	buf_free(&body);
	buf_free(&vkey);
}

static inline void life_sign(struct canonical_writer *w, const char *key, const struct note_signer *s, slice message, bool wrong)
{
	uint8_t bytes[ED25519_SIGNATURE_BYTES];
	struct buf text = {0};
	assert_int_equal(s->sign(s->context, message, bytes, NULL), OK);
	bytes[3] ^= wrong;
	text_put_base64(&text, slice_of(bytes, sizeof bytes));
	canonical_put_text(w, key, buf_slice(&text));
	buf_free(&text);
}

/* From one key to another; wrong: 1 the old one's, 2 the new one's signature does not hold. */
static inline void life_rotate(struct life *l, unsigned from, unsigned to, unsigned wrong)
{
	struct buf old = {0}, new = {0}, message = {0}, body = {0};
	entry_rotation_message(&message, SLICE(ORIGIN), life_vkey(l, from, &old), life_vkey(l, to, &new));
	struct canonical_writer w = canonical_open(&body);
	canonical_put_text(&w, "new", buf_slice(&new));
	canonical_put_text(&w, "old", buf_slice(&old));
	canonical_put_text(&w, "reason", SLICE("scheduled"));
	life_sign(&w, "signature_new", &l->signers[to], buf_slice(&message), wrong == 2);
	life_sign(&w, "signature_old", &l->signers[from], buf_slice(&message), wrong == 1);
	canonical_close(&w);
	ledger_log_sign_with(l->log, &l->signers[from], &l->signers[to]);
	life_entry(l, "key", buf_slice(&body), NULL, 0);
	ledger_log_sign_with(l->log, &l->signers[to], NULL);
	buf_free(&old);
	buf_free(&new);
	buf_free(&message);
	buf_free(&body);
}

static inline void life_publish(struct life *l)
{
	struct fault f = {0};
	enum err e = ledger_log_publish_now(l->log, &f);
	if (e != OK) fail_msg("%s", f.text);
}

/* Keys, and an empty ledger that is open. */
static inline void life_begin(struct life *l)
{
	*l = (struct life){.files = memory_files_new(), .now = BEGAN};
	for (unsigned i = 0; i < 3; i++) {
		uint8_t seed[ED25519_SEED_BYTES] = {7, (uint8_t)i};
		assert_int_equal(ed25519_key_new(seed, &l->keys[i], NULL), OK);
		assert_int_equal(note_signer_make(SLICE(ORIGIN), NOTE_ED25519, l->keys[i], &l->signers[i], NULL), OK);
	}
	assert_int_equal(ledger_log_create(life_storage(l), &l->signers[0], NULL), OK);
	life_open(l, 0);
}

/* A ledger of n published entries and `behind` in the journal. */
static inline void life_of(struct life *l, unsigned n, unsigned behind)
{
	life_begin(l);
	life_home(l, ORIGIN);
	life_clocks(l, n - 1);
	life_publish(l);
	life_clocks(l, behind);
}

static inline void life_end(struct life *l)
{
	ledger_log_free(l->log);
	for (unsigned i = 0; i < 3; i++) ed25519_key_free(l->keys[i]);
	memory_files_free(l->files);
}

/* ---- looking ---- */
#define FINDINGS_MAX 64
struct looked {
	struct verify_answer answer;
	struct arena *arena;
	enum err e;
	struct fault fault;
	unsigned faults, notes;
	char files[FINDINGS_MAX][96], texts[FINDINGS_MAX][256]; /* of faults */
	uint64_t entries[FINDINGS_MAX];
};

static inline void looked_tell(void *context, const struct verify_finding *found)
{
	struct looked *k = context;
	assert_non_null(found->file);
	assert_true(strlen(found->text) > 0);
	k->notes += !found->fault;
	if (!found->fault || k->faults == FINDINGS_MAX) return;
	snprintf(k->files[k->faults], sizeof k->files[0], "%s", found->file);
	snprintf(k->texts[k->faults], sizeof k->texts[0], "%s", found->text);
	k->entries[k->faults++] = found->entry;
}

static inline void look_with(struct looked *k, const struct verify_request *given)
{
	struct verify_request r = *given;
	struct arena *a = k->arena != NULL ? k->arena : arena_new(0);
	arena_reset(a);
	*k = (struct looked){.arena = a};
	r.tell = looked_tell;
	r.tell_context = k;
	k->e = ledger_verify(&r, a, &k->answer, &k->fault);
}

static inline void look(struct looked *k, const struct life *l)
{
	look_with(k, &(struct verify_request){.storage = life_storage(l)});
}

static inline bool told(const struct looked *k, const char *file)
{
	for (unsigned i = 0; i < k->faults; i++)
		if (strcmp(k->files[i], file) == 0) return true;
	return false;
}

static inline void show(const struct looked *k)
{
	if (k->e != OK) print_message("# %s\n", k->fault.text);
	for (unsigned i = 0; i < k->faults; i++) print_message("# %s: %s\n", k->files[i], k->texts[i]);
}
#endif
