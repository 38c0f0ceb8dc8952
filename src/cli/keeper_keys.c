/* The ledger's key is replaced.
 * Order: the next key is written; an entry signed by both is appended under checkpoints that both sign; these are published; then the next
 * key takes the old one's file. A crash leaves both files: whether both signed the newest checkpoint says which way to go. From the entry
 * on there is no way back: when the rest fails, the next key stays, both go on signing, and the next request for a rotation ends this one.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "keeper_int.h"
#include "text.h"

static enum err take_next(struct keeper *k, struct fault *f)
{
	char why[64];
	if (renameat(k->home->fd, HOME_KEY_NEXT, k->home->fd, HOME_KEY_LEDGER) != 0)
		return fault_set(f, ERR_DISK, 0, 0, "%s/" HOME_KEY_NEXT ": cannot take the place of the old key: %s", k->home->path,
			strerror_r(errno, why, sizeof why));
	home_key_free(&k->key);
	k->key = k->next;
	k->next = (struct home_key){0};
	if (k->log != NULL) ledger_log_sign_with(k->log, &k->key.signer, NULL);
	return home_sync_folder_of(k->home, HOME_KEY_LEDGER, f);
}

enum err keeper_settle_keys(struct keeper *k, struct fault *f)
{
	if (k->next.key == NULL) return OK;
	enum err e = OK;
	if (k->recovery.by_next) e = take_next(k, f);
	else {
		home_key_free(&k->next);
		if (unlinkat(k->home->fd, HOME_KEY_NEXT, 0) != 0)
			e = fault_set(f, ERR_DISK, 0, 0, "%s/" HOME_KEY_NEXT ": cannot be removed", k->home->path);
	}
	if (k->log != NULL) ledger_log_sign_with(k->log, &k->key.signer, NULL);
	return e;
}

static void put_signature(struct canonical_writer *w, const char *key, const struct note_signer *signer, slice message)
{
	uint8_t bytes[ED25519_SIGNATURE_BYTES];
	struct buf text = {0};
	struct fault f;
	if (signer->sign(signer->context, message, bytes, &f) == OK) text_put_base64(&text, slice_of(bytes, sizeof bytes));
	canonical_put_text(w, key, buf_slice(&text)); /* a signature that could not be made is none: the entry's rule refuses it */
	buf_free(&text);
}

/* Why a key goes, and since when it is doubted: empty, or a time as entries write it. */
struct rotation {
	slice reason, since;
	instant now;
};

static enum err append_rotation(struct keeper *k, const struct rotation *why, slice new_vkey, struct fault *f)
{
	struct buf old = {0}, message = {0}, body = {0};
	uint64_t first;
	note_key_put(&old, &k->key.signer.key);
	entry_rotation_message(&message, k->key.signer.key.name, buf_slice(&old), new_vkey);
	struct canonical_writer w = canonical_open(&body);
	if (why->since.n > 0) canonical_put_text(&w, "doubtful_since", why->since);
	canonical_put_text(&w, "new", new_vkey);
	canonical_put_text(&w, "old", buf_slice(&old));
	canonical_put_text(&w, "reason", why->reason);
	put_signature(&w, "signature_new", &k->next.signer, buf_slice(&message));
	put_signature(&w, "signature_old", &k->key.signer, buf_slice(&message));
	canonical_close(&w);
	ledger_log_sign_with(k->log, &k->key.signer, &k->next.signer);
	enum err e = keeper_append_own(k, SLICE("key"), buf_slice(&body), why->now, &first, f);
	buf_free(&old);
	buf_free(&message);
	buf_free(&body);
	return e;
}

/* The append failed. Where the log had to be opened again, its recovery says whether the entry is there all the same; where even that
 * failed, the files stay for the keeper that comes next. */
static enum err give_up(struct keeper *k, enum err e)
{
	if (k->log == NULL) return e;
	if (k->recovery.by_next) return OK;
	ledger_log_sign_with(k->log, &k->key.signer, NULL);
	home_key_free(&k->next);
	(void)unlinkat(k->home->fd, HOME_KEY_NEXT, 0);
	return e;
}

static enum err begin(struct keeper *k, const struct rotation *why, struct fault *f)
{
	struct buf vkey = {0};
	k->recovery.by_next = false;
	enum err e = home_key_make(k->home, HOME_KEY_NEXT, k->genesis.origin, f);
	if (e != OK) return e;
	e = home_key_load(k->home, HOME_KEY_NEXT, NOTE_ED25519, &k->next, f);
	if (e == OK) {
		note_key_put(&vkey, &k->next.signer.key);
		e = append_rotation(k, why, buf_slice(&vkey), f);
	}
	if (e != OK) e = give_up(k, e);
	buf_free(&vkey);
	return e;
}

static enum err rotate(struct keeper *k, const struct rotation *why, struct buf *vkey, struct fault *f)
{
	enum err e = k->next.key != NULL ? OK : begin(k, why, f);
	if (e != OK) return e;
	note_key_put(vkey, &k->next.signer.key);
	e = keeper_publish_now(k, f);
	return e == OK ? take_next(k, f) : e;
}

void keeper_rotate(struct keeper *k, struct job *j)
{
	struct fault f = {0};
	struct buf vkey = {0};
	struct arena *a = arena_new(0);
	struct rotation why = {.reason = SLICE("scheduled"), .now = j->time};
	struct canonical_value given;
	slice request = buf_slice(&j->request);
	bool fine = !canonical_member(request, "reason", &given) || canonical_get_plain(given, &why.reason);
	fine = fine && (!canonical_member(request, "doubtful_since", &given) || canonical_get_plain(given, &why.since));
	enum err e = fine ? rotate(k, &why, &vkey, &f)
			  : fault_set(&f, ERR_SYNTAX, 0, 0, "rotate: the reason, or the time since when the key is doubted, is no text");
	if (e != OK) protocol_put_error(&j->answer, e, &f);
	else {
		size_t at = protocol_begin(&j->answer);
		struct canonical_writer w = canonical_open(&j->answer);
		canonical_put_bool(&w, "ok", true);
		canonical_put_text(&w, "vkey", buf_slice(&vkey));
		canonical_close(&w);
		protocol_end(&j->answer, at);
	}
	buf_free(&vkey);
	arena_free(a);
}
