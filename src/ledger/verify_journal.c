/* What is durable but not yet in tiles: the journals behind the checkpoint.
 * They are read together with the checkpoint, so that a keeper that publishes meanwhile changes nothing, and judged last, when the keys
 * that count are known. */
#include "verify_int.h"

#include <stdlib.h>

#include "limit.h"

static enum err note_journal(void *context, slice name)
{
	struct verifying *v = context;
	uint64_t first;
	if (!journal_name_read(name, &first)) return OK; /* verify_strays tells it */
	if (v->journals_n == v->journals_room) {
		v->journals_room = v->journals_room == 0 ? 16 : 2 * v->journals_room;
		v->journals = mem_resize(v->journals, v->journals_room * sizeof *v->journals);
	}
	v->journals[v->journals_n++] = (struct verify_journal){.first = first};
	return OK;
}

static int by_first(const void *a, const void *b)
{
	const struct verify_journal *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first;
}

enum err verify_journals_read(struct verifying *v, struct fault *f)
{
	const struct storage *s = v->storage;
	char name[JOURNAL_NAME_BYTES];
	enum err e = s->list(s->context, JOURNAL_FOLDER, note_journal, v, f);
	if (v->journals_n > 0) qsort(v->journals, v->journals_n, sizeof *v->journals, by_first);
	for (size_t i = 0; e == OK && i < v->journals_n; i++) {
		e = s->get(s->context, journal_name(v->journals[i].first, name), LEDGER_JOURNAL_BYTES_MAX, &v->journals[i].bytes, f);
		if (e == ERR_NOT_FOUND) e = OK; /* dropped just now: the checkpoint has changed, and all of this is read again */
	}
	return e;
}

/* Roots that somebody asked for. */
static void take_marks(struct verifying *v)
{
	for (unsigned m = 0; m < VERIFY_MARKS; m++) {
		struct verify_mark *mark = &v->marks[m];
		if (!mark->asked || mark->stated.size != v->grown.size) continue;
		mark->root = frontier_root(&v->grown);
		mark->found = true;
	}
}

/* The frame's own checkpoint covers what the frame led to. */
static bool judge_note(struct verifying *v, const struct journal_frame *frame, struct verify_place at)
{
	struct fault f = {0};
	struct note note;
	struct checkpoint c;
	bool counts = false;
	const struct verify_key *key = verify_key_at(v, v->grown.size);
	struct arena_mark mark = arena_mark(v->arena);
	enum err e = checkpoint_open(frame->note, verify_keys(v, false), v->arena, &note, &c, &f);
	for (unsigned i = 0; e == OK && i < note.n; i++)
		counts = counts || (note.signatures[i].key != NULL && key != NULL &&
					   memcmp(note.signatures[i].key->public_key, key->key.public_key, ED25519_PUBLIC_BYTES) == 0);
	digest root = frontier_root(&v->grown);
	if (e != OK) verify_fault(v, at, "the checkpoint of a frame: %s", f.text);
	else if (!counts) verify_fault(v, at, "the checkpoint of a frame is not signed by the key that counts there");
	else if (!slice_equal(c.origin, v->answer->origin) || c.head.size != v->grown.size || !digest_equal(&c.head.root, &root)) {
		verify_fault(v, at, "the entries of a frame are not those that its checkpoint covers");
		e = ERR_DAMAGED;
	}
	arena_release(v->arena, mark);
	return e == OK && counts;
}

static bool judge_frame(struct verifying *v, const struct journal_frame *frame, struct verify_place at)
{
	slice rest = frame->entries, entry;
	uint32_t count = 0;
	if (frame->first + frame->count <= v->grown.size) return true; /* is in tiles */
	if (frame->first != v->grown.size) {
		verify_fault(v, at, "a frame begins with entry %llu where %llu is next", (unsigned long long)frame->first,
			(unsigned long long)v->grown.size);
		return false;
	}
	for (; count < frame->count; count++) {
		uint64_t offset = at.offset + JOURNAL_HEAD_BYTES + (uint64_t)(rest.p - frame->entries.p);
		if (bundle_next(&rest, &entry, NULL) != OK) break;
		digest leaf = tree_leaf(entry);
		uint64_t index = v->grown.size;
		frontier_add(&v->grown, &leaf, NULL);
		take_marks(v);
		verify_entry(v, index, entry, (struct verify_place){at.file, index, offset});
	}
	if (count < frame->count || rest.n > 0) {
		verify_fault(v, at, "a frame says that it has %u entries, and has not", frame->count);
		return false;
	}
	return judge_note(v, frame, at);
}

static bool judge_journal(struct verifying *v, const struct verify_journal *j, bool last)
{
	char name[JOURNAL_NAME_BYTES];
	struct verify_place at = {journal_name(j->first, name), VERIFY_NOWHERE, 0};
	slice file = buf_slice(&j->bytes);
	struct journal_frame frame;
	struct fault f = {0};
	uint64_t next = j->first;
	for (size_t behind = 0; v->stop.kind == OK; at.offset = behind) {
		enum err e = journal_next(file, &behind, &frame, &f);
		if (e == ERR_NOT_FOUND) return true;
		if (e == ERR_CHANGED && last && journal_torn(file, behind, next, v->grown.size)) {
			v->answer->torn_bytes = file.n - behind;
			verify_note(v, at, "%zu bytes of an append that was cut short, or is being written: nobody was answered",
				file.n - behind);
			return true;
		}
		if (e != OK) verify_piece(v, at, "%s", f.text);
		if (e != OK || !judge_frame(v, &frame, at)) return false;
		next = frame.first + frame.count;
		v->answer->journal_entries = v->grown.size - v->head.size;
		v->answer->head = frontier_head(&v->grown);
	}
	return false;
}

void verify_journals_judge(struct verifying *v)
{
	if (!verify_frontier(v, &v->grown)) {
		if (v->journals_n > 0) verify_note(v, AT_FILE(JOURNAL_FOLDER), "not looked at: what they continue is not known");
		return;
	}
	for (size_t i = 0; i < v->journals_n; i++)
		if (!judge_journal(v, &v->journals[i], i + 1 == v->journals_n)) {
			if (i + 1 < v->journals_n) verify_note(v, AT_FILE(JOURNAL_FOLDER), "what lies behind this was not looked at");
			return;
		}
}

static uint64_t journal_reach(slice file)
{
	struct journal_frame frame;
	uint64_t reach = 0;
	for (size_t at = 0; journal_next(file, &at, &frame, NULL) == OK;)
		if (frame.first + frame.count > reach) reach = frame.first + frame.count;
	return reach;
}

/* Journals before the checkpoint: what leaves them is in it then. */
uint64_t verify_reach_now(struct verifying *v)
{
	const struct storage *s = v->storage;
	struct buf bytes = {0};
	struct note note;
	struct checkpoint c;
	uint64_t reach = 0;
	for (size_t i = 0; i < v->journals_n; i++) buf_free(&v->journals[i].bytes);
	v->journals_n = 0;
	if (verify_journals_read(v, NULL) != OK) return UINT64_MAX;
	for (size_t i = 0; i < v->journals_n; i++) {
		uint64_t one = journal_reach(buf_slice(&v->journals[i].bytes));
		if (one > reach) reach = one;
	}
	bool fine = s->get(s->context, LEDGER_CHECKPOINT, NOTE_BYTES_MAX, &bytes, NULL) == OK;
	struct arena_mark mark = arena_mark(v->arena);
	fine = fine && note_parse(buf_slice(&bytes), v->arena, &note, NULL) == OK && checkpoint_parse(note.text, &c, NULL) == OK;
	if (fine && c.head.size > reach) reach = c.head.size;
	arena_release(v->arena, mark);
	buf_free(&bytes);
	return reach;
}
