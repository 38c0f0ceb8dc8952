/* Cosignatures: eight bytes of time, the high byte first, then Ed25519 over a header, the time and the checkpoint's text. */
#include "note_int.h"

void cosignature_message(struct buf *b, uint64_t time, slice text)
{
	buf_printf(b, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buf_add(b, text);
}

enum err cosignature_sign(struct buf *b, slice text, uint64_t time, const struct note_signer *s, struct fault *f)
{
	struct buf message = {0};
	uint8_t bytes[COSIGNATURE_BYTES];
	enum err e = note_text_check(text, f);

	if (e != OK) return e;
	if (time == 0 || time > COSIGNATURE_TIME_MAX)
		return fault_set(
			f, ERR_USAGE, 0, 0, "tlog-cosignature: the time %llu is no time of a cosignature", (unsigned long long)time);
	cosignature_message(&message, time, text);
	for (unsigned i = 0; i < 8; i++) bytes[i] = (uint8_t)(time >> (56 - 8 * i));
	e = note_signer_run(s, NOTE_COSIGNATURE, buf_slice(&message), bytes + 8, f);
	if (e == OK) note_put_line(b, &s->key, slice_of(bytes, sizeof bytes));
	buf_free(&message);
	return e;
}

bool cosignature_verify(const struct note_key *key, slice text, slice bytes, uint64_t *time)
{
	struct buf message = {0};
	uint64_t told = 0;

	if (bytes.n != COSIGNATURE_BYTES) return false;
	for (unsigned i = 0; i < 8; i++) told = told << 8 | bytes.p[i];
	if (told > COSIGNATURE_TIME_MAX) return false;
	cosignature_message(&message, told, text);
	bool good = ed25519_verify(key->public_key, buf_slice(&message), bytes.p + 8);
	buf_free(&message);
	if (good) *time = told;
	return good;
}
